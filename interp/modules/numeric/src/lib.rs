//! Native modules of dates and exact numbers: `_datetime`, `_decimal`, `_statistics`. One directory or file per module.

mod datetime;
mod decimal;
mod statistics;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &datetime::MODULE,
    &decimal::MODULE,
    &statistics::MODULE,
];
