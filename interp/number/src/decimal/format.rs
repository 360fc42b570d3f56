//! `Decimal.__format__`.

use super::coef::Coef;
use super::rounding::shift_round;
use super::{Context, Decimal, Number};
use crate::format::apply::{Parts, layout};
use crate::format::{Align, CodePoints, Grouping, Locale, Sink, Spec};

/// A format spec for decimals.
#[derive(Clone, Copy, Debug)]
pub struct DecimalSpec {
    spec: Spec,
    /// `0` before the width: zeros instead of padding, grouped along.
    zeros: bool,
}

/// Reads a format spec; `None` is ValueError "invalid format string". `capitals` is the context's, for the type
/// that is not given.
pub fn parse_spec<T: CodePoints + ?Sized>(text: &T, capitals: bool) -> Option<DecimalSpec> {
    let byte = |i: usize| if i < text.len() { u8::try_from(text.at(i)).unwrap_or(0xff) } else { 0xff };
    let align = |b: u8| match b {
        b'<' => Some(Align::Left),
        b'>' => Some(Align::Right),
        b'^' => Some(Align::Center),
        b'=' => Some(Align::AfterSign),
        _ => None,
    };
    // As in CPython, `z` is taken out first, from behind alignment and sign; what remains is read without it.
    let mut z = match (align(byte(1)), align(byte(0))) {
        (Some(_), _) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    if matches!(byte(z), b'+' | b'-' | b' ') {
        z += 1;
    }
    let no_negative_zero = byte(z) == b'z';
    let hidden = if no_negative_zero { z } else { usize::MAX };
    let end = text.len() - usize::from(no_negative_zero);
    let at = |i: usize| if i < end { byte(i + usize::from(i >= hidden)) } else { 0xff };
    let mut spec = Spec::plain(if capitals { b'G' } else { b'g' }, Align::Right);
    let mut zeros = false;
    let mut i = 0;
    let mut aligned = true;
    if let Some(a) = align(at(1)) {
        (spec.fill, spec.align) = (text.at(usize::from(hidden == 0)), a);
        if hidden == 0 && spec.fill >= 0x80 {
            // CPython takes `z` out byte by byte and then stumbles over such a fill.
            return None;
        }
        i = 2;
    } else if let Some(a) = align(at(0)) {
        spec.align = a;
        i = 1;
    } else {
        aligned = false;
    }
    spec.no_negative_zero = no_negative_zero;
    if matches!(at(i), b'+' | b'-' | b' ') {
        spec.sign = Some(at(i));
        i += 1;
    }
    if at(i) == b'0' {
        if aligned {
            return None;
        }
        zeros = true;
        (spec.fill, spec.align) = (u32::from(b'0'), Align::AfterSign);
        i += 1;
    }
    let number = |i: &mut usize| {
        let start = *i;
        let mut value = 0usize;
        while at(*i).is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add(usize::from(at(*i) - b'0'))?;
            *i += 1;
        }
        (*i > start && value as u64 <= super::MAX_PREC as u64).then_some(value)
    };
    if at(i).is_ascii_digit() {
        if at(i) == b'0' {
            return None;
        }
        spec.width = Some(number(&mut i)?);
    }
    if at(i) == b',' {
        spec.grouping = Grouping::Comma;
        i += 1;
    }
    if at(i) == b'.' {
        i += 1;
        spec.precision = Some(number(&mut i)?);
    }
    match at(i) {
        kind @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%') => spec.kind = u32::from(kind),
        // The locale's grouping; no other besides.
        kind @ (b'n' | b'N') if spec.grouping == Grouping::None => spec.kind = u32::from(kind),
        _ if i == end => return Some(DecimalSpec { spec, zeros }),
        _ => return None,
    }
    (i + 1 == end).then_some(DecimalSpec { spec, zeros })
}

impl Context {
    /// Writes `a` under a format spec, rounding by the context's mode. `None` if there is no memory for the digits.
    pub fn format<S: Sink + ?Sized>(
        &self,
        a: &Number,
        format: &DecimalSpec,
        locale: Locale,
        out: &mut S,
    ) -> Option<()> {
        let mut spec = format.spec;
        let kind = spec.kind as u8;
        let locale = match spec.grouping {
            _ if kind == b'n' => locale,
            Grouping::None => Locale::C,
            _ => Locale { decimal_point: ".", thousands_sep: ",", grouping: &[3] },
        };
        if !a.is_finite() {
            // No zeros before what is no digit.
            if format.zeros {
                (spec.fill, spec.align) = (u32::from(b' '), Align::Right);
            }
            let mut text = Vec::new();
            Number { neg: false, ..a.borrow() }.write(true, false, &mut text);
            if kind == b'%' {
                text.push(b'%');
            }
            let parts =
                Parts { sign: sign_for(&spec, a.neg), prefix: b"", whole: b"", point: false, rest: &text };
            layout(&spec, &parts, &locale, format.zeros, out);
            return Some(());
        }
        // CPython does not look again after rounding for this one type.
        let coerces = spec.no_negative_zero && (kind != b'F' || a.is_zero());
        let a = self.round_for(a, kind, spec.precision)?;
        let neg = a.neg && !(a.coef.is_zero() && coerces);
        let left = a.exp + a.coef.digits();
        let point = match kind.to_ascii_lowercase() {
            b'e' => match spec.precision {
                Some(p) if a.coef.is_zero() => 1 - i64::try_from(p).ok()?,
                _ => 1,
            },
            b'f' | b'%' => left,
            _ if a.exp <= 0 && left > -6 => left,
            _ => 1,
        };
        let mut digits = Vec::new();
        a.coef.write(&mut digits);
        let mut text = Vec::new();
        let fraction_start = if point <= 0 {
            let zeros = usize::try_from(-point).ok()?;
            text.try_reserve(zeros + digits.len() + 1).ok()?;
            text.push(b'0');
            text.resize(1 + zeros, b'0');
            text.extend_from_slice(&digits);
            1
        } else {
            let whole = usize::try_from(point).ok()?;
            text.try_reserve(whole.max(digits.len())).ok()?;
            text.extend_from_slice(&digits);
            text.resize(whole.max(digits.len()), b'0');
            whole
        };
        let mut rest = text.split_off(fraction_start);
        let has_point = !rest.is_empty();
        let exponent = left - point;
        if exponent != 0 || matches!(kind, b'e' | b'E') {
            rest.push(if matches!(kind, b'E' | b'G') { b'E' } else { b'e' });
            if exponent >= 0 {
                rest.push(b'+');
            }
            crate::int::write_i64(exponent, &mut rest);
        }
        if kind == b'%' {
            rest.push(b'%');
        }
        let parts =
            Parts { sign: sign_for(&spec, neg), prefix: b"", whole: &text, point: has_point, rest: &rest };
        layout(&spec, &parts, &locale, format.zeros, out);
        Some(())
    }

    /// The number as a type with a precision shows it.
    fn round_for(&self, a: &Number, kind: u8, precision: Option<usize>) -> Option<Decimal> {
        let mut out = a.to_owned();
        if kind == b'%' {
            out.exp += 2;
        }
        let lower = kind.to_ascii_lowercase();
        if let Some(precision) = precision {
            let p = i64::try_from(precision).ok()?;
            match lower {
                b'e' => self.to_digits(&mut out, p.checked_add(1)?)?,
                b'f' | b'%' => self.to_exponent(&mut out, -p)?,
                _ if out.coef.digits() > p.max(1) => self.to_digits(&mut out, p.max(1))?,
                _ => {}
            }
        }
        if out.exp > 0 && matches!(lower, b'f' | b'%') {
            self.to_exponent(&mut out, 0)?;
        }
        Some(out)
    }

    /// Exactly `n` digits, with zeros or by rounding; zero stays as it is.
    fn to_digits(&self, a: &mut Decimal, n: i64) -> Option<()> {
        if a.coef.is_zero() {
            return Some(());
        }
        let mut exp = a.exp + a.coef.digits() - n;
        self.to_exponent(a, exp)?;
        if a.coef.digits() > n {
            exp += 1;
            self.to_exponent(a, exp)?;
        }
        Some(())
    }

    fn to_exponent(&self, a: &mut Decimal, exp: i64) -> Option<()> {
        a.coef = if a.coef.is_zero() {
            Coef::ZERO
        } else if a.exp >= exp {
            a.coef.shl(a.exp - exp)?
        } else {
            shift_round(&a.coef, exp - a.exp, a.neg, self.rounding).0
        };
        a.exp = exp;
        Some(())
    }
}

fn sign_for(spec: &Spec, neg: bool) -> Option<u8> {
    match spec.sign {
        _ if neg => Some(b'-'),
        Some(b'-') | None => None,
        other => other,
    }
}
