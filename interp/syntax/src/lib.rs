//! krait-syntax
