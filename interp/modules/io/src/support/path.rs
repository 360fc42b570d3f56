//! Path arguments: str, bytes, objects with `__fspath__`, and descriptors where they are allowed.

use super::oserror;
use krait_object::call::call_special;
use krait_object::class::{Class, type_name};
use krait_object::{Name, Raised, Res, Str, Thread, TypeId, Value, bytes, int, protocol, string};
use krait_text::codecs::{self, EncodeErrors, ErrorMode};
use std::ffi::CString;

/// A path argument.
pub struct Path {
    /// What errors show: the argument, or what its `__fspath__` gave. None when None was given.
    pub object: Value,
    /// The path for the system; of a descriptor, empty.
    pub text: CString,
    /// The descriptor, or -1.
    pub fd: i32,
    /// Results that are names come as bytes.
    pub is_bytes: bool,
}

impl Path {
    #[inline]
    pub fn ptr(&self) -> *const libc::c_char {
        self.text.as_ptr()
    }

    pub fn is_fd(&self) -> bool {
        self.fd != -1
    }

    /// OSError about this path.
    #[cold]
    pub fn error(&self, th: &Thread, n: i32) -> Raised {
        oserror::raise_with_name(th, n, self.object)
    }

    /// OSError about this path for the last failed call.
    #[cold]
    pub fn last_error(&self, th: &Thread) -> Raised {
        self.error(th, oserror::errno())
    }
}

/// What a function takes as path.
#[derive(Clone, Copy)]
pub struct Spec {
    pub function: &'static str,
    pub argument: &'static str,
    pub nullable: bool,
    pub allow_fd: bool,
}

impl Spec {
    pub const fn new(function: &'static str) -> Spec {
        Spec { function, argument: "path", nullable: false, allow_fd: false }
    }

    pub const fn named(mut self, argument: &'static str) -> Spec {
        self.argument = argument;
        self
    }

    pub const fn fd(mut self) -> Spec {
        self.allow_fd = true;
        self
    }

    pub const fn nullable(mut self) -> Spec {
        self.nullable = true;
        self
    }

    #[cold]
    fn wrong_type(self, th: &Thread, v: Value) -> Raised {
        let what = match (self.allow_fd, self.nullable) {
            (true, true) => "string, bytes, os.PathLike, integer or None",
            (true, false) => "string, bytes, os.PathLike or integer",
            (false, true) => "string, bytes, os.PathLike or None",
            (false, false) => "string, bytes or os.PathLike",
        };
        th.type_error(format!(
            "{}: {} should be {what}, not {}",
            self.function,
            self.argument,
            type_name(th, v)
        ))
    }

    /// Converts the argument.
    pub fn convert(self, th: &Thread, v: Value) -> Res<Path> {
        if self.nullable && (v == Value::MISSING || v.is_none()) {
            let text = CString::from(c".");
            return Ok(Path { object: Value::none(), text, fd: -1, is_bytes: false });
        }
        let mut v = v;
        if !v.is_kind(krait_object::Kind::Str) && bytes::get(v).is_none() {
            if self.allow_fd && has_index(th, v) {
                let fd = fd_argument(th, v)?;
                return Ok(Path { object: v, text: CString::default(), fd, is_bytes: false });
            }
            let Some(f) = Class::of_value(th, v).special(th, Name::__fspath__) else {
                return Err(self.wrong_type(th, v));
            };
            let r = call_special(th, f, v, &[])?;
            if !r.is_kind(krait_object::Kind::Str) && bytes::get(r).is_none() {
                return Err(bad_fspath(th, v, r));
            }
            v = r;
        }
        if let Some(b) = bytes::get(v) {
            let text = CString::new(b).map_err(|_| {
                th.value_error(format!("{}: embedded null character in {}", self.function, self.argument))
            })?;
            return Ok(Path { object: v, text, fd: -1, is_bytes: true });
        }
        let encoded = encode(th, Str::of(v))?;
        let text = CString::new(encoded).map_err(|_| th.value_error("embedded null byte"))?;
        Ok(Path { object: v, text, fd: -1, is_bytes: false })
    }
}

fn fd_argument(th: &Thread, v: Value) -> Res<i32> {
    let i = protocol::index(th, v)?;
    match int::to_i64(i) {
        Some(n) if n > i32::MAX as i64 => Err(th.overflow_error("fd is greater than maximum")),
        Some(n) if n < i32::MIN as i64 => Err(th.overflow_error("fd is less than minimum")),
        Some(n) => Ok(n as i32),
        None if int::with_ref(i, |r| r.signum() < 0) => Err(th.overflow_error("fd is less than minimum")),
        None => Err(th.overflow_error("fd is greater than maximum")),
    }
}

#[cold]
fn bad_fspath(th: &Thread, v: Value, r: Value) -> Raised {
    th.type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        type_name(th, v),
        type_name(th, r)
    ))
}

/// A `dir_fd` argument: not given or None is the current directory.
pub fn dir_fd(th: &Thread, v: Value) -> Res<i32> {
    match v.given_not_none() {
        None => Ok(libc::AT_FDCWD),
        Some(v) if has_index(th, v) => fd_argument(th, v),
        Some(v) => {
            Err(th.type_error(format!("argument should be integer or None, not {}", type_name(th, v))))
        }
    }
}

/// `os.fspath(v)`: a str or bytes.
pub fn fspath(th: &Thread, v: Value) -> Res {
    if v.is_kind(krait_object::Kind::Str) || bytes::get(v).is_some() {
        return Ok(v);
    }
    let Some(f) = Class::of_value(th, v).special(th, Name::__fspath__) else {
        return Err(
            th.type_error(format!("expected str, bytes or os.PathLike object, not {}", type_name(th, v)))
        );
    };
    let r = call_special(th, f, v, &[])?;
    if r.is_kind(krait_object::Kind::Str) || bytes::get(r).is_some() {
        return Ok(r);
    }
    Err(bad_fspath(th, v, r))
}

/// What C's `PyUnicode_FSConverter` gives: the path in the file system's encoding.
pub fn fs_bytes(th: &Thread, v: Value) -> Res<CString> {
    let v = fspath(th, v)?;
    let b = match bytes::get(v) {
        Some(b) => b.to_vec(),
        None => encode(th, Str::of(v))?,
    };
    CString::new(b).map_err(|_| th.value_error("embedded null byte"))
}

/// Text in the file system's encoding: UTF-8 with surrogate escapes.
pub fn encode(th: &Thread, s: Str) -> Res<Vec<u8>> {
    if let Some(t) = s.as_ascii() {
        return Ok(t.as_bytes().to_vec());
    }
    let mut out = Vec::new();
    let mut errors: EncodeErrors<'_, ()> = EncodeErrors::Mode(ErrorMode::SurrogateEscape);
    match codecs::encode(&mut codecs::Utf8, s.chars(), &mut errors, &mut out) {
        Ok(()) => Ok(out),
        Err(codecs::CodecError::Fault(name, fault)) => Err(th.raise_args(
            TypeId::UnicodeEncodeError,
            &[
                string::new(th, name),
                s.value(),
                int::from_usize(th, fault.start),
                int::from_usize(th, fault.end),
                string::new(th, fault.reason),
            ],
        )),
        Err(_) => Err(th.value_error("the text has no form in the file system's encoding")),
    }
}

/// Text from bytes in the file system's encoding.
pub fn decode(th: &Thread, b: &[u8]) -> Res {
    if b.is_ascii() {
        return string::from_latin1(th, b);
    }
    let mut out = krait_text::CharsBuf::with_capacity(b.len());
    let mut errors: codecs::DecodeErrors<'_, ()> = codecs::DecodeErrors::Mode(ErrorMode::SurrogateEscape);
    match codecs::decode(&mut codecs::Utf8, b, true, &mut errors, &mut out) {
        Ok(_) => string::from_buf(th, &out),
        Err(_) => Err(th.value_error("bytes that no surrogate escapes")),
    }
}

/// A name as str, or as bytes when the caller asked with bytes.
pub fn name(th: &Thread, b: &[u8], as_bytes: bool) -> Res {
    if as_bytes { bytes::from_slice(th, b) } else { decode(th, b) }
}

/// Has the object `__index__`?
pub fn has_index(th: &Thread, v: Value) -> bool {
    int::is_int(v) || Class::of_value(th, v).special(th, Name::__index__).is_some()
}
