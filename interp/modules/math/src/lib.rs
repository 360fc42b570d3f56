//! Native modules of numbers and encodings: `math`, `_struct`, `array`, `zlib`, `_pickle` and their kin.

mod args;
mod array;
mod binascii;
mod binascii_codec;
mod bz2;
mod cmath;
mod hashes;
mod hashlib;
mod json;
mod lzma;
mod math;
mod random;
mod shared;
mod structs;
mod support;
mod zlib;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &array::MODULE,
    &binascii::MODULE,
    &bz2::MODULE,
    &cmath::MODULE,
    &hashes::BLAKE2,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &hashlib::MODULE,
    &json::MODULE,
    &lzma::MODULE,
    &math::MODULE,
    &random::MODULE,
    &structs::MODULE,
    &zlib::MODULE,
];
