//! The native modules that this program has, by crate.

use krait_modules_core::ast_bridge::Nodes;
use krait_object::native_module::ModuleDef;

/// One line per crate.
#[rustfmt::skip]
static CRATES: &[&[&ModuleDef]] = &[
    krait_modules_concurrent::MODULES,
    krait_modules_core::MODULES,
    krait_modules_data::MODULES,
    krait_modules_io::MODULES,
    krait_modules_math::MODULES,
    krait_modules_numeric::MODULES,
    krait_modules_testing::MODULES,
    krait_modules_pickle::MODULES,
    krait_modules_text::MODULES,
    krait_modules_text::CJK_MODULES,
];

/// All native modules.
pub fn all() -> Vec<&'static ModuleDef> {
    CRATES.iter().flat_map(|c| c.iter().copied()).collect()
}

/// Tells crates of modules about each other where they cannot know.
pub fn connect() {
    krait_modules_core::events::register_signals(krait_modules_io::run_handlers);
    krait_modules_core::ast_bridge::register(Nodes {
        is_node: krait_modules_text::ast::is_node,
        to_object: krait_modules_text::ast::to_object,
        from_object: krait_modules_text::ast::from_object,
    });
    krait_modules_text::symtable::register(krait_modules_core::source::scopes);
    krait_modules_core::finish::register_flush(krait_modules_io::flush_left_files);
}
