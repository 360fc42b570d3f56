//! Text of numbers: what `int()`, `float()` and `complex()` read, and number formatting under a format spec.

use crate::class::{self, Class};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_number::float::complex::Complex;
use krait_number::format::{self, FormatError, Locale, Sink, Spec};
use krait_number::int::IntRef;
use krait_text::{Chars, CharsBuf, chars, with_units};
use std::borrow::Cow;

/// Text with Unicode decimal digits and white space turned to ASCII; other characters beyond ASCII become `?`, which
/// no number contains.
pub fn to_ascii(text: Chars<'_>) -> Cow<'_, [u8]> {
    if let Chars::One(s) = text
        && s.is_ascii()
    {
        return Cow::Borrowed(s);
    }
    let one = |c: u32| {
        if c < 0x80 {
            c as u8
        } else if chars::is_space(c) {
            b' '
        } else {
            chars::to_decimal(c).map_or(b'?', |d| b'0' + d)
        }
    };
    Cow::Owned(text.iter().map(one).collect())
}

/// The first 200 characters of a repr, as "invalid literal" errors show it.
pub fn short_repr(th: &Thread, v: Value) -> Res<String> {
    let r = Str::of(crate::protocol::repr(th, v)?);
    let n = r.len().min(200);
    Ok(r.chars().slice(0..n).to_string_lossy())
}

/// A sink for text of any characters that gives up, and remembers it, when there is no room.
#[derive(Default)]
pub struct TextSink {
    pub buf: CharsBuf,
    pub full: bool,
}

impl Sink for TextSink {
    fn ascii(&mut self, text: &[u8]) {
        if !self.full {
            self.buf.extend_latin1(text);
        }
    }

    fn fill(&mut self, code: u32, count: usize) {
        // Small amounts are simply had; large ones come from programs' widths and may be any number.
        if count > 1 << 20 {
            let bytes = count.checked_add(self.buf.len()).and_then(|n| n.checked_mul(8));
            let room = bytes.is_some_and(|n| Vec::<u8>::new().try_reserve_exact(n).is_ok());
            self.full |= !room;
        }
        if !self.full {
            self.buf.extend_repeat(code, count);
        }
    }
}

impl TextSink {
    /// The string; MemoryError when there was no room.
    pub fn finish(self, th: &Thread) -> Res {
        if self.full { Err(th.memory_error()) } else { string::from_buf(th, &self.buf) }
    }
}

/// The exception of a formatting error.
#[cold]
pub fn format_error(th: &Thread, e: FormatError) -> Raised {
    let text = e.message(th.interp.int_max_str_digits.get());
    match e {
        FormatError::Value(_) | FormatError::TooManyDigits => th.value_error(text),
        FormatError::Overflow(_) => th.overflow_error(text),
        FormatError::Type(_) => th.type_error(text),
    }
}

/// Which number a spec is applied to.
pub enum Number<'a> {
    Int(IntRef<'a>),
    Float(f64),
    Complex(Complex),
}

/// `format(number, spec)` for a spec that is not empty; `type_name` is for error texts.
pub fn format_number(th: &Thread, n: Number<'_>, spec: Str, type_name: &str) -> Res {
    let is_int = matches!(n, Number::Int(_));
    let spec = with_units!(spec.chars(), s => if is_int {
        Spec::parse_int(s, type_name)
    } else {
        Spec::parse_float(s, type_name)
    })
    .map_err(|e| format_error(th, e))?;
    let limit = th.interp.int_max_str_digits.get();
    let text = spec.kind;
    // A fill or a locale's separators may be any characters, and `c` makes one.
    let wide = spec.fill > 0x7f
        || text == u32::from(b'n')
        || text == u32::from(b'c')
        || spec.width.unwrap_or(0) > 1 << 20;
    if !wide {
        let mut out = Vec::with_capacity(32);
        write(n, &spec, type_name, Locale::C, limit, &mut out).map_err(|e| format_error(th, e))?;
        return string::from_latin1(th, &out);
    }
    let mut out = TextSink::default();
    let r = if text == u32::from(b'n') {
        with_locale(|l| write(n, &spec, type_name, l, limit, &mut out))
    } else {
        write(n, &spec, type_name, Locale::C, limit, &mut out)
    };
    r.map_err(|e| format_error(th, e))?;
    out.finish(th)
}

fn write<S: Sink>(
    n: Number<'_>,
    spec: &Spec,
    type_name: &str,
    locale: Locale<'_>,
    limit: usize,
    out: &mut S,
) -> Result<(), FormatError> {
    match n {
        Number::Int(r) => format::format_int(r, spec, type_name, locale, limit, out),
        Number::Float(x) => format::format_float(x, spec, type_name, locale, out),
        Number::Complex(c) => format::format_complex(c, spec, type_name, locale, out),
    }
}

/// The process's number format (`locale.setlocale(LC_NUMERIC, ...)`).
pub fn with_locale<R>(f: impl FnOnce(Locale<'_>) -> R) -> R {
    // SAFETY: `localeconv` fills a static struct with NUL-terminated strings, copied before anything can change it.
    let (point, separator, grouping) = unsafe {
        let l = &*libc::localeconv();
        let copy = |p: *const libc::c_char| std::ffi::CStr::from_ptr(p).to_bytes().to_vec();
        (copy(l.decimal_point), copy(l.thousands_sep), copy(l.grouping))
    };
    let (point, separator) = (String::from_utf8_lossy(&point), String::from_utf8_lossy(&separator));
    f(Locale { decimal_point: &point, thousands_sep: &separator, grouping: &grouping })
}

/// The name of a number's type, for error texts; the exact builtin types' names need no copy.
pub fn name_for_errors(th: &Thread, v: Value) -> Cow<'static, str> {
    let c = Class::of_value(th, v);
    match c.type_id.get() {
        0 => Cow::Owned(class::type_name(th, v)),
        t => Cow::Borrowed(TypeId::ALL[t as usize].name()),
    }
}

/// The spec argument of `__format__`.
pub fn spec_arg(th: &Thread, v: Value) -> Res<Str> {
    string::expect(th, v, "__format__() argument")
}
