//! Native modules of data structures and algorithms on objects: `itertools`, `_collections`, `_functools`, `_operator`
//! and their kin. One directory or file per module.

mod bisect;
mod collections;
mod csv;
mod functools;
mod heapq;
mod itertools;
mod operator;
mod order;
mod support;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &bisect::MODULE,
    &collections::MODULE,
    &csv::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &itertools::MODULE,
    &operator::MODULE,
];
