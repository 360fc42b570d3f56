//! Native modules of data structures and algorithms on objects: `itertools`, `_collections`, `_functools`, `_operator`
//! and their kin. One directory or file per module.

mod collections;
mod functools;
mod itertools;
mod operator;
mod support;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &collections::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &operator::MODULE,
];
