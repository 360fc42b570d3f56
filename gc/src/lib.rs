//! krait-gc
