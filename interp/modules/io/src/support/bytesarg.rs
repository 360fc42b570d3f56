//! Bytes-like arguments of native functions: thin names over the buffer protocol.

use krait_object::buffer::{self, Buffer};
use krait_object::{Res, Thread, Value};

/// A view of an object's bytes, which stay in place while it lives.
pub struct View(Buffer);

impl View {
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The bytes of a view made by [`writable`].
    #[allow(clippy::mut_from_ref)]
    #[inline]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        self.0.as_mut_slice()
    }

    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Address of the first byte.
    #[inline]
    pub fn ptr(&self) -> *mut u8 {
        self.0.data
    }
}

/// The bytes of a bytes-like object; TypeError "a bytes-like object is required, not 'T'".
#[inline]
pub fn readable(th: &Thread, v: Value) -> Res<View> {
    buffer::bytes_like(th, v).map(View)
}

/// The bytes of a writable bytes-like object; `what` as in "readinto() argument".
pub fn writable(th: &Thread, v: Value, what: &str) -> Res<View> {
    buffer::writable(th, v, what).map(View)
}

impl From<Buffer> for View {
    fn from(b: Buffer) -> View {
        View(b)
    }
}
