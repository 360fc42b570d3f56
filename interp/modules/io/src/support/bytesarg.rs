//! Bytes-like arguments of native functions.

use krait_object::bytearray::{self, ByteArray};
use krait_object::bytes;
use krait_object::class::type_name;
use krait_object::{Res, Thread, Value};

/// A view of an object's bytes. The object stays reachable and exported while the view lives on the machine stack.
pub struct View {
    data: *mut u8,
    len: usize,
    array: Option<ByteArray>,
    _object: Value,
}

impl View {
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes in place while the view lives.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Address of the first byte.
    #[inline]
    pub fn ptr(&self) -> *mut u8 {
        self.data
    }

    /// The bytes of a view made by [`writable`].
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: as in `as_slice`; the exporter allowed writing, and callers hold one slice at a time.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.len) }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if let Some(a) = self.array {
            a.exports.set(a.exports.get() - 1);
        }
    }
}

fn of_array(v: Value, a: ByteArray) -> View {
    a.exports.set(a.exports.get() + 1);
    let s = a.as_mut_slice();
    View { data: s.as_mut_ptr(), len: s.len(), array: Some(a), _object: v }
}

/// The bytes of a bytes-like object; TypeError "a bytes-like object is required, not 'T'".
pub fn readable(th: &Thread, v: Value) -> Res<View> {
    if let Some(s) = bytes::get(v) {
        return Ok(View { data: s.as_ptr().cast_mut(), len: s.len(), array: None, _object: v });
    }
    if let Some(a) = bytearray::get(v) {
        return Ok(of_array(v, a));
    }
    Err(th.type_error(format!("a bytes-like object is required, not '{}'", type_name(th, v))))
}

/// The bytes of a writable bytes-like object; `what` as in "readinto() argument".
pub fn writable(th: &Thread, v: Value, what: &str) -> Res<View> {
    if let Some(a) = bytearray::get(v) {
        return Ok(of_array(v, a));
    }
    Err(th.type_error(format!(
        "{what} must be read-write bytes-like object, not {}",
        super::args::shown_type(th, v)
    )))
}
