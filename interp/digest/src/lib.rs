//! Message digests for `hashlib`, `hmac`, `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`, without Python objects.
//!
//! The compression functions are RustCrypto's; BLAKE2 is written here, because no crate offers its tree parameters.
//! Everything goes by one type, [`Hasher`], chosen by an [`Algorithm`]. Functions take slices and never panic on them.
//!
//! | file | concern |
//! |---|---|
//! | `algorithm` | names and sizes |
//! | `hasher` | one digest being computed |
//! | `blake2` | BLAKE2b and BLAKE2s (RFC 7693 and the BLAKE2 paper's tree mode) |
//! | `keyed` | HMAC (RFC 2104), PBKDF2 (RFC 8018), scrypt (RFC 7914) |

#![forbid(unsafe_code)]

mod algorithm;
mod blake2;
mod hasher;
mod keyed;

pub use algorithm::Algorithm;
pub use blake2::{Blake2b, Blake2s, Parameter, Parameters};
pub use hasher::{Hasher, Output};
pub use keyed::{Hmac, NoHmac, ScryptError, hmac_digest, pbkdf2_hmac, scrypt};
