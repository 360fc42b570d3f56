//! krait-number
