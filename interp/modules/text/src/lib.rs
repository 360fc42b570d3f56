//! Native modules about text: `_sre`, `_codecs` and their kin. One directory or file per module.
//!
//! The algorithms are in `krait-sre` and `krait-text`; here they meet objects.

pub mod ast;
mod cjk;
mod codecs;
mod expat;
mod locale;
mod opcode;
mod sre;
mod string_module;
mod support;
pub mod symtable;
mod unicodedata;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[
    &ast::MODULE,
    &cjk::MODULE,
    &codecs::MODULE,
    &expat::MODULE,
    &locale::MODULE,
    &opcode::MODULE,
    &sre::MODULE,
    &string_module::MODULE,
    &symtable::MODULE,
    &unicodedata::MODULE,
];

/// The modules of CJK codecs.
pub static CJK_MODULES: &[&ModuleDef] = cjk::MODULES;
