//! printf-style formatting: `str % args` and `bytes % args`. The directives are `krait_number`'s.

use crate::bytes;
use crate::call::call_special;
use crate::class::{Class, type_name};
use crate::int_new;
use crate::kind::Kind;
use crate::names::Name;
use crate::number_text::{TextSink, format_error};
use crate::protocol;
use crate::shape::fixed;
use crate::str_build::ShortText;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{buffer, bytearray, float, int};
use krait_number::format::{Amount, CodePoints, Conversion, Directive, FormatError, Percent, Piece, Sink};
use krait_text::{Chars, with_units};

/// The right operand: a tuple's items in turn, or one object; a mapping also serves keys.
struct Arguments {
    args: Value,
    tuple: bool,
    mapping: bool,
    next: usize,
}

impl Arguments {
    fn new(th: &Thread, args: Value, is_text: fn(Value) -> bool) -> Arguments {
        let tuple = args.is_kind(Kind::Tuple);
        let mapping = !tuple
            && !is_text(args)
            && (args.is_kind(Kind::Dict)
                || Class::of_value(th, args).special(th, Name::__getitem__).is_some());
        Arguments { args, tuple, mapping, next: 0 }
    }

    /// The next argument.
    fn take(&mut self, th: &Thread) -> Res {
        self.next += 1;
        if self.tuple {
            if let Some(&v) = Tuple::of(self.args).as_slice().get(self.next - 1) {
                return Ok(v);
            }
        } else if self.next == 1 {
            return Ok(self.args);
        }
        Err(th.type_error("not enough arguments for format string"))
    }

    /// TypeError unless all have been used.
    fn check_done(&self, th: &Thread, what: &str) -> Res<()> {
        if self.mapping || self.next >= if self.tuple { Tuple::of(self.args).len() } else { 1 } {
            return Ok(());
        }
        Err(th.type_error(format!("not all arguments converted during {what} formatting")))
    }
}

/// What the two kinds of template do differently.
trait Template {
    type Out: Sink;
    /// The key of `%(key)s`.
    fn key(&self, th: &Thread, d: &Directive) -> Res<Option<Value>>;
    fn literal(&self, out: &mut Self::Out, range: std::ops::Range<usize>);
    /// `%s`, `%r`, `%a`, `%c`: what is no number.
    fn object(&self, th: &Thread, d: &Directive, v: Value, out: &mut Self::Out) -> Res<()>;
    fn float_arg(&self, th: &Thread, v: Value) -> Res<f64>;
    /// The letter at a place of the template.
    fn letter(&self, at: usize) -> char;
    const BYTES: bool;
}

fn render<T: CodePoints + ?Sized, K: Template>(
    th: &Thread,
    text: &T,
    template: &K,
    args: Value,
    is_text: fn(Value) -> bool,
    out: &mut K::Out,
) -> Result<(), Raised> {
    let mut source = Arguments::new(th, args, is_text);
    let whole = args;
    let mapping = source.mapping;
    let limit = th.interp.int_max_str_digits.get();
    let raise = |e: FormatError| format_error(th, e);
    let mut walk = Percent::new(text, K::BYTES, mapping);
    while let Some(piece) = walk.next().map_err(raise)? {
        let mut d = match piece {
            Piece::Literal(range) => {
                template.literal(out, range);
                continue;
            }
            Piece::Directive(d) => d,
        };
        if d.conversion == Conversion::Percent {
            out.ascii(b"%");
            continue;
        }
        if let Some(key) = template.key(th, &d)? {
            // From here on the value is the one argument.
            let v = protocol::getitem(th, whole, key)?;
            source = Arguments { args: v, tuple: false, mapping: true, next: 0 };
        }
        if d.width == Amount::Star {
            d.set_width(star(th, &mut source, false)?);
        }
        if d.precision == Amount::Star {
            d.set_precision(star(th, &mut source, true)?);
        }
        let v = source.take(th)?;
        match d.conversion {
            Conversion::Decimal | Conversion::Octal | Conversion::Hex(_) => {
                let n = integer(th, v, d.conversion != Conversion::Decimal, template.letter(d.at))?;
                int::with_ref(n, |r| d.write_int(r, limit, out)).map_err(raise)?;
            }
            Conversion::Float(_) => {
                let x = template.float_arg(th, v)?;
                d.write_float(x, out);
            }
            Conversion::Other(code) => return Err(raise(d.unsupported(code, K::BYTES))),
            _ => template.object(th, &d, v, out)?,
        }
    }
    source.check_done(th, if K::BYTES { "bytes" } else { "string" })
}

/// The value of a `*`.
fn star(th: &Thread, source: &mut Arguments, precision: bool) -> Res<i64> {
    let v = source.take(th)?;
    if !int::is_int(v) {
        return Err(th.type_error("* wants int"));
    }
    let n = int::to_i64(v);
    if precision {
        n.filter(|&n| i32::try_from(n).is_ok())
            .ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))
    } else {
        n.ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
    }
}

/// Is the object a number as C's `PyNumber_Check` sees it?
fn is_number(th: &Thread, v: Value) -> bool {
    let c = Class::of_value(th, v);
    c.special(th, Name::__index__).is_some()
        || c.special(th, Name::__int__).is_some()
        || c.special(th, Name::__float__).is_some()
        || v.is_kind(Kind::Complex)
}

/// The integer for `d`, or for `o` and `x` (`whole`: no rounding).
fn integer(th: &Thread, v: Value, whole: bool, letter: char) -> Res {
    if int::is_int(v) {
        return Ok(v);
    }
    if is_number(th, v) {
        let r = if whole { protocol::index(th, v) } else { int_new::from_object(th, v) };
        if let Some(n) = th.catch(r, TypeId::TypeError)? {
            return Ok(n);
        }
    }
    let wanted = if whole { "an integer" } else { "a real number" };
    Err(th.type_error(format!("%{letter} format: {wanted} is required, not {}", type_name(th, v))))
}

struct TextTemplate(Str);

impl Template for TextTemplate {
    type Out = TextSink;
    const BYTES: bool = false;

    fn key(&self, th: &Thread, d: &Directive) -> Res<Option<Value>> {
        match &d.key {
            Some(r) => string::from_chars(th, self.0.chars().slice(r.clone())).map(Some),
            None => Ok(None),
        }
    }

    fn literal(&self, out: &mut TextSink, range: std::ops::Range<usize>) {
        out.buf.extend(self.0.chars().slice(range));
    }

    fn object(&self, th: &Thread, d: &Directive, v: Value, out: &mut TextSink) -> Res<()> {
        if d.conversion == Conversion::Char {
            let c = char_arg(th, v)?;
            let (left, right) = d.pad_text(1);
            out.fill(32, left);
            out.fill(c, 1);
            out.fill(32, right);
            return Ok(());
        }
        let shown = match d.conversion {
            Conversion::Repr => protocol::repr(th, v)?,
            Conversion::Ascii => protocol::ascii(th, v)?,
            _ => protocol::str_of(th, v)?,
        };
        let mut text = Str::of(shown).chars();
        if let Some(most) = d.precision()
            && most < text.len()
        {
            text = text.slice(0..most);
        }
        let (left, right) = d.pad_text(text.len());
        out.fill(32, left);
        if !out.full {
            out.buf.extend(text);
        }
        out.fill(32, right);
        Ok(())
    }

    fn float_arg(&self, th: &Thread, v: Value) -> Res<f64> {
        protocol::to_f64(th, v)
    }

    fn letter(&self, at: usize) -> char {
        char::from_u32(self.0.at(at)).unwrap_or('?')
    }
}

/// The argument of `%c`.
fn char_arg(th: &Thread, v: Value) -> Res<u32> {
    if let Some(s) = Str::from_value(v) {
        if s.len() == 1 {
            return Ok(s.at(0));
        }
        return Err(th.type_error("%c requires int or char"));
    }
    let i = protocol::index(th, v);
    let Some(i) = th.catch(i, TypeId::TypeError)? else {
        return Err(th.type_error("%c requires int or char"));
    };
    match int::to_i64(i) {
        Some(n @ 0..=0x10FFFF) => Ok(n as u32),
        _ => Err(th.overflow_error("%c arg not in range(0x110000)")),
    }
}

/// `template % args` for strings.
///
/// # Errors
/// The texts of `str.__mod__`; what converting the arguments raises.
pub fn format_str(th: &Thread, template: Str, args: Value) -> Res {
    if let Chars::One(text) = template.chars()
        && is_simple(text)
    {
        return format_simple(th, text, args);
    }
    let mut out = TextSink::default();
    let walk = TextTemplate(template);
    let is_text = |v: Value| v.is_kind(Kind::Str);
    with_units!(template.chars(), t => render(th, t, &walk, args, is_text, &mut out))?;
    out.finish(th)
}

/// Are all directives `%s`, `%r`, `%d` and the like, without flags?
fn is_simple(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(i) = memchr(text, at) {
        if !matches!(text.get(i + 1), Some(b's' | b'd' | b'i' | b'r' | b'%')) {
            return false;
        }
        at = i + 2;
    }
    true
}

fn memchr(text: &[u8], from: usize) -> Option<usize> {
    text[from..].iter().position(|&b| b == b'%').map(|i| from + i)
}

/// Formats a template of simple directives.
fn format_simple(th: &Thread, text: &[u8], args: Value) -> Res {
    let mut source = Arguments::new(th, args, |v| v.is_kind(Kind::Str));
    let mut out = ShortText::new();
    let mut at = 0;
    while let Some(i) = memchr(text, at) {
        out.latin1(&text[at..i]);
        at = i + 2;
        let letter = text[i + 1];
        if letter == b'%' {
            out.latin1(b"%");
            continue;
        }
        let v = source.take(th)?;
        let v = match letter {
            b'r' => protocol::repr(th, v)?,
            b's' if !v.is_small_int() => protocol::str_of(th, v)?,
            b's' => v,
            _ => integer(th, v, false, letter as char)?,
        };
        match v.small_int() {
            Some(n) => out.integer(n),
            None if v.is_kind(Kind::Str) => out.chars(Str::of(v).chars()),
            None => {
                let digits = crate::int_methods::to_str(th, int::exact(th, v)?)?;
                out.chars(Str::of(digits).chars());
            }
        }
    }
    out.latin1(&text[at..]);
    source.check_done(th, "string")?;
    out.finish(th)
}

struct ByteTemplate<'a>(&'a [u8]);

impl Template for ByteTemplate<'_> {
    type Out = Vec<u8>;
    const BYTES: bool = true;

    fn key(&self, th: &Thread, d: &Directive) -> Res<Option<Value>> {
        match &d.key {
            Some(r) => bytes::from_slice(th, &self.0[r.clone()]).map(Some),
            None => Ok(None),
        }
    }

    fn literal(&self, out: &mut Vec<u8>, range: std::ops::Range<usize>) {
        out.extend_from_slice(&self.0[range]);
    }

    fn object(&self, th: &Thread, d: &Directive, v: Value, out: &mut Vec<u8>) -> Res<()> {
        match d.conversion {
            Conversion::Char => {
                put(out, d, &[byte_arg(th, v)?]);
            }
            Conversion::Repr | Conversion::Ascii => {
                let r = Str::of(protocol::ascii(th, v)?);
                put(out, d, cut(d, r.as_ascii().unwrap_or_default().as_bytes()));
            }
            _ => {
                if let Some(b) = bytes::get(v).filter(|_| v.has_shape(fixed::BYTES)) {
                    put(out, d, cut(d, b));
                } else if let Some(b) = bytearray::get(v) {
                    put(out, d, cut(d, b.as_slice()));
                } else if let Some(f) = Class::of_value(th, v).special(th, Name::__bytes__) {
                    let r = call_special(th, f, v, &[])?;
                    let Some(b) = bytes::get(r) else {
                        return Err(th.type_error(format!(
                            "__bytes__ returned non-bytes (type {})",
                            type_name(th, r)
                        )));
                    };
                    put(out, d, cut(d, b));
                } else if buffer::has_buffer(th, v) {
                    let b = buffer::bytes_like(th, v)?;
                    put(out, d, cut(d, &b));
                } else {
                    return Err(th.type_error(format!(
                        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                        type_name(th, v)
                    )));
                }
            }
        }
        Ok(())
    }

    fn float_arg(&self, th: &Thread, v: Value) -> Res<f64> {
        if let Some(x) = float::get(v) {
            return Ok(x);
        }
        match protocol::to_f64(th, v) {
            Ok(x) => Ok(x),
            Err(_) => {
                th.clear_pending();
                Err(th.type_error(format!("float argument required, not {}", type_name(th, v))))
            }
        }
    }

    fn letter(&self, at: usize) -> char {
        // C treats `i` as `d` before it looks at the argument, here but not in strings.
        if self.0[at] == b'i' { 'd' } else { self.0[at] as char }
    }
}

fn cut<'a>(d: &Directive, data: &'a [u8]) -> &'a [u8] {
    &data[..data.len().min(d.precision().unwrap_or(usize::MAX))]
}

fn put(out: &mut Vec<u8>, d: &Directive, data: &[u8]) {
    let (left, right) = d.pad_text(data.len());
    out.fill(32, left);
    out.extend_from_slice(data);
    out.fill(32, right);
}

/// The argument of bytes' `%c`.
fn byte_arg(th: &Thread, v: Value) -> Res<u8> {
    if let Some([b]) = bytes::get(v) {
        return Ok(*b);
    }
    if let Some(&[b]) = bytearray::get(v).as_ref().map(|b| b.as_slice()) {
        return Ok(b);
    }
    if int::is_int(v) || is_number(th, v) && Class::of_value(th, v).special(th, Name::__index__).is_some() {
        let i = protocol::index(th, v)?;
        return match int::to_i64(i) {
            Some(n @ 0..=255) => Ok(n as u8),
            _ => Err(th.overflow_error("%c arg not in range(256)")),
        };
    }
    Err(th.type_error("%c requires an integer in range(256) or a single byte"))
}

/// `template % args` for bytes; the result as bytes.
///
/// # Errors
/// The texts of `bytes.__mod__`; what converting the arguments raises.
pub fn format_bytes(th: &Thread, template: &[u8], args: Value) -> Res<Vec<u8>> {
    let mut out = Vec::with_capacity(template.len() + 32);
    let is_text = |v: Value| matches!(v.kind(), Kind::Str | Kind::Bytes | Kind::ByteArray);
    render(th, template, &ByteTemplate(template), args, is_text, &mut out)?;
    Ok(out)
}
