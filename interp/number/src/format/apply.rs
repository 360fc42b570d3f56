//! Writing integers, floats, complex numbers and strings under a format spec.

use super::spec::{Align, Grouping, Spec};
use super::{FormatError, Sink};
use crate::float::{self, complex::Complex};
use crate::int::{self, IntRef};

/// What type `n` takes from the locale (`localeconv()`).
#[derive(Clone, Copy, Debug)]
pub struct Locale<'a> {
    /// The decimal point.
    pub decimal_point: &'a str,
    /// The separator of groups.
    pub thousands_sep: &'a str,
    /// Group sizes from the right; the last is repeated, 127 ends grouping.
    pub grouping: &'a [u8],
}

impl Locale<'static> {
    /// The C locale: no grouping.
    pub const C: Locale<'static> = Locale { decimal_point: ".", thousands_sep: "", grouping: &[] };
}

/// A number split for layout; digits are ASCII.
pub(crate) struct Parts<'a> {
    /// `-`, `+`, a space, or none.
    pub sign: Option<u8>,
    /// `0x` and the like.
    pub prefix: &'a [u8],
    /// Digits before the point: these are grouped.
    pub whole: &'a [u8],
    /// Whether the decimal point follows.
    pub point: bool,
    /// What follows the digits and the point.
    pub rest: &'a [u8],
}

/// The sign to show.
fn sign_for(option: Option<u8>, negative: bool) -> Option<u8> {
    match option {
        _ if negative => Some(b'-'),
        Some(b'+') => Some(b'+'),
        Some(b' ') => Some(b' '),
        _ => None,
    }
}

/// The grouping that a spec asks for.
fn grouping_of<'a>(spec: &Spec, locale: Locale<'a>, four: bool) -> Locale<'a> {
    match spec.grouping {
        _ if spec.kind == u32::from(b'n') => locale,
        Grouping::None => Locale::C,
        Grouping::Comma => Locale { decimal_point: ".", thousands_sep: ",", grouping: &[3] },
        Grouping::Underscore => {
            Locale { decimal_point: ".", thousands_sep: "_", grouping: if four { &[4] } else { &[3] } }
        }
    }
}

/// Sizes of the groups of `digits` digits from the right, with zeros to fill at least `min_width` columns.
/// Each entry is (zeros, digits).
fn groups(digits: usize, min_width: usize, locale: &Locale) -> Vec<(usize, usize)> {
    let separator = locale.thousands_sep.chars().count() as i128;
    let mut remaining = digits as i128;
    let mut min_width = min_width as i128;
    let mut out = Vec::new();
    let mut sizes = locale.grouping.iter();
    let mut previous = 0;
    loop {
        let size = match sizes.next() {
            Some(&0) | None => previous,
            Some(&127) => 0,
            Some(&n) => i128::from(n),
        };
        previous = size;
        let wanted = remaining.max(min_width).max(1);
        let length = if size > 0 { size.min(wanted) } else { wanted };
        let shown = remaining.min(length).max(0);
        out.push(((length - shown) as usize, shown as usize));
        remaining -= shown;
        min_width -= length;
        if size == 0 || (remaining <= 0 && min_width <= 0) {
            return out;
        }
        min_width -= separator;
    }
}

/// Whether a spec pads with zeros that count as digits.
fn zero_padded(spec: &Spec) -> bool {
    spec.fill == u32::from(b'0') && spec.align == Align::AfterSign
}

/// Writes a split number with padding and grouping; `zeros` says whether zeros fill the width as digits.
pub(crate) fn layout<S: Sink + ?Sized>(
    spec: &Spec,
    parts: &Parts,
    locale: &Locale,
    zeros: bool,
    out: &mut S,
) {
    let fixed = usize::from(parts.sign.is_some())
        + parts.prefix.len()
        + if parts.point { locale.decimal_point.chars().count() } else { 0 }
        + parts.rest.len();
    let width = spec.width.unwrap_or(0);
    let min_digits = if zeros { width.saturating_sub(fixed) } else { 0 };
    let separator = locale.thousands_sep.chars().count();
    let plain = locale.grouping.is_empty() && min_digits <= parts.whole.len();
    let split = if plain || parts.whole.is_empty() {
        Vec::new()
    } else if locale.grouping.is_empty() {
        vec![(min_digits - parts.whole.len(), parts.whole.len())]
    } else {
        groups(parts.whole.len(), min_digits, locale)
    };
    let whole: usize = if split.is_empty() {
        parts.whole.len()
    } else {
        split.iter().map(|(z, d)| z + d).sum::<usize>() + (split.len() - 1) * separator
    };
    let padding = width.saturating_sub(fixed + whole);
    let (left, inner, right) = pad(spec.align, padding);
    out.fill(spec.fill, left);
    if let Some(sign) = parts.sign {
        out.ascii(&[sign]);
    }
    out.ascii(parts.prefix);
    out.fill(spec.fill, inner);
    if split.is_empty() {
        out.ascii(parts.whole);
    } else {
        let mut at = 0;
        for (i, &(zeros, digits)) in split.iter().enumerate().rev() {
            out.fill(u32::from(b'0'), zeros);
            out.ascii(&parts.whole[at..at + digits]);
            at += digits;
            if i > 0 {
                out.text(locale.thousands_sep);
            }
        }
    }
    if parts.point {
        out.text(locale.decimal_point);
    }
    out.ascii(parts.rest);
    out.fill(spec.fill, right);
}

/// Padding before, after the sign, and behind.
fn pad(align: Align, padding: usize) -> (usize, usize, usize) {
    match align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    }
}

/// Lays out a string of `length` code points: how many fills come before, how many code points of the string
/// are written, and how many fills follow.
///
/// Errors: the texts of `str.__format__`.
pub fn format_str(spec: &Spec, length: usize, type_name: &str) -> Result<(usize, usize, usize), FormatError> {
    if spec.kind != u32::from(b's') {
        return Err(spec.unknown_kind(type_name));
    }
    let refuse = |text: &str| Err(FormatError::value(text));
    match spec.sign {
        Some(b' ') => return refuse("Space not allowed in string format specifier"),
        Some(_) => return refuse("Sign not allowed in string format specifier"),
        None => {}
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return refuse("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == Align::AfterSign {
        return refuse("'=' alignment not allowed in string format specifier");
    }
    let shown = length.min(spec.precision.unwrap_or(length));
    let (left, _, right) = pad(spec.align, spec.width.unwrap_or(0).saturating_sub(shown));
    Ok((left, shown, right))
}

/// Writes an integer: types `b c d n o x X`, and those of floats by conversion. `max_digits` is
/// `sys.get_int_max_str_digits()`.
///
/// Errors: the texts of `int.__format__`; [`FormatError::Overflow`] if a float type is asked of a number that no
/// float can hold.
pub fn format_int<S: Sink + ?Sized>(
    value: IntRef,
    spec: &Spec,
    type_name: &str,
    locale: Locale,
    max_digits: usize,
    out: &mut S,
) -> Result<(), FormatError> {
    let kind = u8::try_from(spec.kind).unwrap_or(0);
    match kind {
        b'b' | b'c' | b'd' | b'o' | b'x' | b'X' | b'n' => {}
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%' => {
            let float = int::to_f64(value)
                .map_err(|_| FormatError::Overflow("int too large to convert to float".into()))?;
            return format_float(float, spec, type_name, locale, out);
        }
        _ => return Err(spec.unknown_kind(type_name)),
    }
    let refuse = |text: &str| Err(FormatError::value(text));
    if spec.precision.is_some() {
        return refuse("Precision not allowed in integer format specifier");
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if kind == b'c' {
        if spec.sign.is_some() {
            return refuse("Sign not allowed with integer format specifier 'c'");
        }
        if spec.alternate {
            return refuse("Alternate form (#) not allowed with integer format specifier 'c'");
        }
        let code = value.to_i64();
        let Some(code) = code.and_then(|c| u32::try_from(c).ok()).filter(|&c| c < 0x110000) else {
            // What does not fit C's long fails one step earlier.
            return Err(FormatError::Overflow(match code {
                Some(_) => "%c arg not in range(0x110000)".into(),
                None => "Python int too large to convert to C long".into(),
            }));
        };
        let (left, inner, right) = pad(spec.align, spec.width.unwrap_or(0).saturating_sub(1));
        out.fill(spec.fill, left + inner);
        out.fill(code, 1);
        out.fill(spec.fill, right);
        return Ok(());
    }
    let (radix, prefix): (u32, &[u8]) = match kind {
        b'b' => (2, b"0b"),
        b'o' => (8, b"0o"),
        b'x' => (16, b"0x"),
        b'X' => (16, b"0X"),
        _ => (10, b""),
    };
    let mut digits = Vec::with_capacity(24);
    write_digits(value, radix, max_digits, &mut digits)?;
    if kind == b'X' {
        digits.make_ascii_uppercase();
    }
    let parts = Parts {
        sign: sign_for(spec.sign, value.neg),
        prefix: if spec.alternate { prefix } else { b"" },
        whole: &digits,
        point: false,
        rest: b"",
    };
    layout(spec, &parts, &grouping_of(spec, locale, radix != 10), zero_padded(spec), out);
    Ok(())
}

/// The digits of the magnitude, within the limit on decimal ones.
pub(super) fn write_digits(
    value: IntRef,
    radix: u32,
    max_digits: usize,
    out: &mut Vec<u8>,
) -> Result<(), FormatError> {
    if radix == 10 && int::digits_exceed_limit(value.bit_length(), max_digits) {
        return Err(FormatError::TooManyDigits);
    }
    let start = out.len();
    int::write_radix(value, radix, out);
    let written = out.len() - start;
    if radix == 10 && max_digits > 0 && written > int::STR_DIGITS_CHECK_THRESHOLD && written > max_digits {
        return Err(FormatError::TooManyDigits);
    }
    Ok(())
}

/// The largest precision (C's `INT_MAX`).
const MAX_PRECISION: usize = i32::MAX as usize;

/// Splits formatted float text (without its sign) into integer digits, point and the rest.
fn split_float(text: &[u8]) -> (&[u8], bool, &[u8]) {
    let n = text.iter().take_while(|b| b.is_ascii_digit()).count();
    match text.get(n) {
        Some(b'.') => (&text[..n], true, &text[n + 1..]),
        _ => (&text[..n], false, &text[n..]),
    }
}

/// Writes a float: types `e E f F g G n %` or none.
///
/// Errors: the texts of `float.__format__`.
pub fn format_float<S: Sink + ?Sized>(
    value: f64,
    spec: &Spec,
    type_name: &str,
    locale: Locale,
    out: &mut S,
) -> Result<(), FormatError> {
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    if !matches!(kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%') {
        return Err(spec.unknown_kind(type_name));
    }
    let precision = checked_precision(spec)?;
    let mut flags = flags_of(spec);
    let (code, value) = match kind {
        0 => {
            flags |= float::ADD_DOT_0;
            (if precision.is_some() { b'g' } else { b'r' }, value)
        }
        b'n' => (b'g', value),
        b'%' => (b'f', value * 100.0),
        code => (code, value),
    };
    let mut buffer = Vec::with_capacity(32);
    float::format(value, code, precision.unwrap_or(6), flags, &mut buffer);
    let negative = buffer.first() == Some(&b'-');
    if kind == b'%' {
        buffer.push(b'%');
    }
    let (whole, point, rest) = split_float(&buffer[usize::from(negative)..]);
    let parts = Parts { sign: sign_for(spec.sign, negative), prefix: b"", whole, point, rest };
    layout(spec, &parts, &grouping_of(spec, locale, false), zero_padded(spec), out);
    Ok(())
}

fn checked_precision(spec: &Spec) -> Result<Option<usize>, FormatError> {
    match spec.precision {
        Some(p) if p > MAX_PRECISION => Err(FormatError::value("precision too big")),
        p => Ok(p),
    }
}

fn flags_of(spec: &Spec) -> u8 {
    (if spec.alternate { float::ALTERNATE } else { 0 })
        | (if spec.no_negative_zero { float::NO_NEGATIVE_ZERO } else { 0 })
}

/// Writes a complex number: types `e E f F g G n` or none.
///
/// Errors: the texts of `complex.__format__`.
pub fn format_complex<S: Sink + ?Sized>(
    value: Complex,
    spec: &Spec,
    type_name: &str,
    locale: Locale,
    out: &mut S,
) -> Result<(), FormatError> {
    let kind = u8::try_from(spec.kind).unwrap_or(b'?');
    if !matches!(kind, 0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') {
        return Err(spec.unknown_kind(type_name));
    }
    let precision = checked_precision(spec)?;
    if spec.fill == u32::from(b'0') {
        return Err(FormatError::value("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == Align::AfterSign {
        return Err(FormatError::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let code = match kind {
        0 if precision.is_none() => b'r',
        0 | b'n' => b'g',
        code => code,
    };
    let only_imaginary = kind == 0 && value.re == 0.0 && !value.re.is_sign_negative();
    let parentheses = kind == 0 && !only_imaginary;
    let mut body = String::new();
    // Each part is laid out by itself, without padding; the whole is padded then.
    let inner = Spec { width: None, align: Align::Left, ..*spec };
    let locale = grouping_of(spec, locale, false);
    let mut buffer = Vec::with_capacity(32);
    let mut part = |x: f64, sign: Option<u8>| {
        buffer.clear();
        float::format(x, code, precision.unwrap_or(6), flags_of(spec), &mut buffer);
        let negative = buffer.first() == Some(&b'-');
        let (whole, point, rest) = split_float(&buffer[usize::from(negative)..]);
        let parts = Parts { sign: sign_for(sign, negative), prefix: b"", whole, point, rest };
        layout(&inner, &parts, &locale, false, &mut body);
    };
    if !only_imaginary {
        part(value.re, spec.sign);
    }
    part(value.im, if only_imaginary { spec.sign } else { Some(b'+') });
    let width = body.chars().count() + 1 + 2 * usize::from(parentheses);
    let (left, _, right) = pad(spec.align, spec.width.unwrap_or(0).saturating_sub(width));
    out.fill(spec.fill, left);
    if parentheses {
        out.ascii(b"(");
    }
    out.text(&body);
    out.ascii(if parentheses { b"j)" } else { b"j" });
    out.fill(spec.fill, right);
    Ok(())
}
