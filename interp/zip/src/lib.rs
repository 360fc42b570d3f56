//! Compression for `zlib`, `_bz2` and `_lzma`, without Python objects.
//!
//! The algorithms are crates written in Rust: zlib-rs, libbz2-rs and lzma-rust2. What is here gives them the shape of
//! Python's modules: what is consumed, kept and handed out, and when; and CPython's error texts. Data are slices in and
//! vectors out; hostile data end in an error, and a lack of memory too where vectors grow with the data.
//!
//! Compressed data are valid but not byte for byte those of the C libraries.
//!
//! | file | concern |
//! |---|---|
//! | `feed` | the protocol of `BZ2Decompressor`, `LZMADecompressor` and `_ZlibDecompressor` |
//! | `zlib` | compressobj, decompressobj, checksums; `stream` holds the unsafe calls below it |
//! | `bz2` | bzip2 |
//! | `lzma` | xz, lzma and raw streams; `filters` describes chains of filters |

pub mod bz2;
mod feed;
mod filters;
pub mod lzma;
mod stream;
pub mod zlib;

pub use feed::{Decoder, FeedError, Incremental, Step};
