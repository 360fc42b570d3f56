//! Native modules of numbers and encodings: `math`, `_struct`, `array`, `zlib`, `_pickle` and their kin.

mod cmath;
mod json;
mod math;
mod random;
mod structs;
mod support;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &cmath::MODULE,
    &json::MODULE,
    &math::MODULE,
    &random::MODULE,
    &structs::MODULE,
];
