//! krait-text
