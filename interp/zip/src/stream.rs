//! zlib's streams as owned values: the only unsafe calls of this crate.
//!
//! A `z_stream` is initialized before a value exists and ended when it is dropped. It is boxed, and its input and output
//! pointers are set anew for each call from slices that live through the call.

use std::ffi::CStr;

use libz_rs_sys as z;

/// What a call answers: zlib's code, and how far it got.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) read: usize,
    pub(crate) written: usize,
}

/// A compressing or decompressing stream.
pub(crate) struct Stream {
    raw: Box<z::z_stream>,
    deflates: bool,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("deflates", &self.deflates).finish_non_exhaustive()
    }
}

// SAFETY: the stream's state is owned by this value alone and bound to no thread; the allocator is Rust's global one.
unsafe impl Send for Stream {}

const STREAM_SIZE: i32 = size_of::<z::z_stream>() as i32;

impl Stream {
    /// A compressing stream, or zlib's code for what is wrong with the parameters.
    pub(crate) fn deflate(
        level: i32,
        method: i32,
        wbits: i32,
        mem_level: i32,
        strategy: i32,
    ) -> Result<Stream, i32> {
        let mut raw = Box::new(z::z_stream::default());
        // SAFETY: `raw` is a default stream, and the version and size are those of this library.
        let code = unsafe {
            z::deflateInit2_(
                &mut *raw,
                level,
                method,
                wbits,
                mem_level,
                strategy,
                z::zlibVersion(),
                STREAM_SIZE,
            )
        };
        if code == z::Z_OK { Ok(Stream { raw, deflates: true }) } else { Err(code) }
    }

    /// A decompressing stream, or zlib's code for what is wrong with the parameter.
    pub(crate) fn inflate(wbits: i32) -> Result<Stream, i32> {
        let mut raw = Box::new(z::z_stream::default());
        // SAFETY: as for `deflate`.
        let code = unsafe { z::inflateInit2_(&mut *raw, wbits, z::zlibVersion(), STREAM_SIZE) };
        if code == z::Z_OK { Ok(Stream { raw, deflates: false }) } else { Err(code) }
    }

    /// Appends to `out`, into its spare capacity, what `input` gives.
    pub(crate) fn run(&mut self, input: &[u8], out: &mut Vec<u8>, flush: i32) -> Answer {
        let room = out.spare_capacity_mut();
        let (take, give) = (input.len().min(u32::MAX as usize), room.len().min(u32::MAX as usize));
        self.raw.next_in = input.as_ptr();
        self.raw.avail_in = take as u32;
        self.raw.next_out = room.as_mut_ptr().cast();
        self.raw.avail_out = give as u32;
        // SAFETY: the stream was initialized for this direction; the pointers are to slices of the lengths given, which
        // live through the call, and the output is only written to.
        let code = unsafe {
            if self.deflates { z::deflate(&mut *self.raw, flush) } else { z::inflate(&mut *self.raw, flush) }
        };
        let (read, written) = (take - self.raw.avail_in as usize, give - self.raw.avail_out as usize);
        self.raw.next_in = std::ptr::null();
        self.raw.next_out = std::ptr::null_mut();
        (self.raw.avail_in, self.raw.avail_out) = (0, 0);
        // SAFETY: the library wrote this many bytes, within the spare capacity.
        unsafe { out.set_len(out.len() + written) };
        Answer { code, read, written }
    }

    /// Sets the dictionary. Gives zlib's code.
    pub(crate) fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        let length = dictionary.len().min(u32::MAX as usize) as u32;
        // SAFETY: the stream was initialized for this direction, and the dictionary has this length.
        unsafe {
            if self.deflates {
                z::deflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), length)
            } else {
                z::inflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), length)
            }
        }
    }

    /// A second stream in the same state, or zlib's code.
    pub(crate) fn try_clone(&mut self) -> Result<Stream, i32> {
        let mut raw = Box::new(z::z_stream::default());
        // A stream without a place for output does not count as one to be copied; nothing is written there.
        self.raw.next_out = std::ptr::NonNull::dangling().as_ptr();
        // SAFETY: the source was initialized for this direction; the copy is a default stream to be overwritten.
        let code = unsafe {
            if self.deflates {
                z::deflateCopy(&mut *raw, &mut *self.raw)
            } else {
                z::inflateCopy(&mut *raw, &*self.raw)
            }
        };
        self.raw.next_out = std::ptr::null_mut();
        raw.next_out = std::ptr::null_mut();
        if code == z::Z_OK { Ok(Stream { raw, deflates: self.deflates }) } else { Err(code) }
    }

    /// What the library says about the last error.
    pub(crate) fn message(&self) -> Option<&'static str> {
        if self.raw.msg.is_null() {
            return None;
        }
        // SAFETY: the library's messages are constants that end in NUL.
        unsafe { CStr::from_ptr(self.raw.msg.cast_const()) }.to_str().ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was initialized for this direction and is ended once.
        unsafe {
            if self.deflates {
                z::deflateEnd(&mut *self.raw);
            } else {
                z::inflateEnd(&mut *self.raw);
            }
        }
    }
}

/// The CRC-32 of `data`, going on from `value`.
pub(crate) fn crc32(data: &[u8], value: u32) -> u32 {
    // SAFETY: the pointer and the length are a slice's.
    unsafe { z::crc32_z(value.into(), data.as_ptr(), data.len()) as u32 }
}

/// The Adler-32 of `data`, going on from `value`.
pub(crate) fn adler32(data: &[u8], value: u32) -> u32 {
    // SAFETY: the pointer and the length are a slice's.
    unsafe { z::adler32_z(value.into(), data.as_ptr(), data.len()) as u32 }
}

/// The library's version.
pub(crate) fn version() -> &'static str {
    // SAFETY: a constant that ends in NUL.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_str().unwrap_or("1.3.0")
}
