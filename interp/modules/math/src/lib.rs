//! Native modules of numbers and encodings: `math`, `_struct`, `array`, `zlib`, `_pickle` and their kin.

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
pub static MODULES: &[&ModuleDef] = &[];
