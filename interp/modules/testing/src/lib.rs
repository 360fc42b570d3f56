//! Native modules through which CPython's own test package drives an interpreter's core: `_testcapi` and
//! `_testinternalcapi`.
//!
//! Many of its programs import them for a limit of a C type or one call and do not run at all without. What is here
//! does what the name says by the public protocols of `krait-object`, so such a test tests Krait; what would only
//! have a meaning for C (layouts, reference counts, argument formats) is missing and raises AttributeError there.
//! Nothing else in Krait imports these modules.

mod calls;
mod internal;
mod limits;
mod objects;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[&TESTCAPI, &internal::MODULE];

static TESTCAPI: ModuleDef = ModuleDef {
    name: "_testcapi",
    doc: "Entry points to the core for CPython's test package.",
    functions: objects::FUNCTIONS,
    exec,
};

fn exec(th: &Thread, m: Module) -> Res<()> {
    limits::add(th, m);
    calls::add(th, m)
}
