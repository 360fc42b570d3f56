//! Decimals from text and to scientific and engineering notation.

use super::coef::Coef;
use super::{Context, Decimal, Kind, Number, status};

/// Reads the numeric string syntax of the specification, without limits. `None` if it is not one. White space
/// and underscores are the caller's business (Python strips and drops them before).
fn read(text: &[u8]) -> Option<Decimal> {
    let (neg, rest) = match text {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) {
        return read_special(neg, rest);
    }
    let (body, exponent) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(i) => (&rest[..i], Some(&rest[i + 1..])),
        None => (rest, None),
    };
    let mut exp = match exponent {
        Some(text) => read_exponent(text)?,
        None => 0,
    };
    let (whole, fraction) = match body.iter().position(|&b| b == b'.') {
        Some(i) => (&body[..i], &body[i + 1..]),
        None => (body, &[][..]),
    };
    exp -= fraction.len() as i64;
    let all = whole.iter().chain(fraction);
    if whole.len() + fraction.len() == 0 || !all.clone().all(u8::is_ascii_digit) {
        return None;
    }
    let coef = if fraction.is_empty() {
        Coef::parse(whole)
    } else if whole.len() + fraction.len() <= 19 {
        Coef::Small(u128::from(all.fold(0u64, |v, b| v * 10 + u64::from(b - b'0'))))
    } else {
        Coef::parse(&[whole, fraction].concat())
    };
    Some(Number::finite(neg, coef, exp))
}

/// An exponent, limited to far beyond what any context allows.
fn read_exponent(text: &[u8]) -> Option<i64> {
    let (neg, digits) = match text {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    const LIMIT: i64 = 4_000_000_000_000_000_000;
    let value = digits.iter().fold(0i64, |v, b| v.saturating_mul(10).saturating_add(i64::from(b - b'0')));
    Some(if neg { -value.min(LIMIT) } else { value.min(LIMIT) })
}

fn read_special(neg: bool, text: &[u8]) -> Option<Decimal> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(Number::infinity(neg));
    }
    let (kind, rest) = match text {
        [b's' | b'S', rest @ ..] => (Kind::SignalingNan, rest),
        rest => (Kind::Nan, rest),
    };
    let payload = rest.get(..3).filter(|t| t.eq_ignore_ascii_case(b"nan")).map(|_| &rest[3..])?;
    payload.iter().all(u8::is_ascii_digit).then(|| Number { neg, kind, exp: 0, coef: Coef::parse(payload) })
}

impl Context {
    /// The number that `text` stands for, rounded to this context (`create_decimal`). Text that is no number
    /// sets `CONVERSION_SYNTAX` and gives a NaN, as does a payload that is too long.
    pub fn parse(&self, text: &[u8], status: &mut u32) -> Decimal {
        let Some(number) = read(text) else {
            *status |= status::CONVERSION_SYNTAX;
            return Number::nan();
        };
        if number.is_nan()
            && !number.coef.is_zero()
            && number.coef.digits() > self.prec - i64::from(self.clamp)
        {
            *status |= status::CONVERSION_SYNTAX;
            return Number::nan();
        }
        self.finish_number(&number, status)
    }
}

/// The number that `text` stands for, exactly (`Decimal(text)`); what the widest context can not hold is invalid.
pub fn parse_exact(text: &[u8], status: &mut u32) -> Decimal {
    let mut inner = 0;
    let number = Context::MAX.parse(text, &mut inner);
    exact(number, inner, status)
}

/// A result of the widest context, which must not have changed the value.
pub(super) fn exact(number: Decimal, inner: u32, status: &mut u32) -> Decimal {
    if inner & (status::INEXACT | status::ROUNDED | status::CLAMPED) != 0 {
        return Number::invalid(status);
    }
    *status |= inner & status::ERRORS;
    number
}

impl Number<'_> {
    /// Scientific notation (`str`).
    pub fn to_sci(&self, capitals: bool) -> String {
        let mut out = Vec::with_capacity(48);
        self.write(capitals, false, &mut out);
        crate::ascii_string(out)
    }

    /// Engineering notation (`to_eng_string`).
    pub fn to_eng(&self, capitals: bool) -> String {
        let mut out = Vec::with_capacity(48);
        self.write(capitals, true, &mut out);
        crate::ascii_string(out)
    }

    /// Appends either notation.
    pub fn write(&self, capitals: bool, engineering: bool, out: &mut Vec<u8>) {
        if self.neg {
            out.push(b'-');
        }
        match self.kind {
            Kind::Infinity => return out.extend_from_slice(b"Infinity"),
            Kind::Nan | Kind::SignalingNan => {
                out.extend_from_slice(if self.kind == Kind::Nan { b"NaN" } else { b"sNaN" });
                if !self.coef.is_zero() {
                    self.coef.write(out);
                }
                return;
            }
            Kind::Finite => {}
        }
        let start = out.len();
        self.coef.write(out);
        let digits = (out.len() - start) as i64;
        let left = self.exp + digits;
        // Where the point goes, counted in digits from the left.
        let point = if self.exp <= 0 && left > -6 {
            left
        } else if !engineering {
            1
        } else if self.coef.is_zero() {
            (left + 1).rem_euclid(3) - 1
        } else {
            (left - 1).rem_euclid(3) + 1
        };
        if point <= 0 {
            let zeros = (2 - point) as usize;
            out.splice(start..start, std::iter::repeat_n(b'0', zeros));
            out[start + 1] = b'.';
        } else if point >= digits {
            out.resize(out.len() + (point - digits) as usize, b'0');
        } else {
            out.insert(start + point as usize, b'.');
        }
        let exponent = left - point;
        if exponent != 0 {
            out.push(if capitals { b'E' } else { b'e' });
            if exponent > 0 {
                out.push(b'+');
            }
            crate::int::write_i64(exponent, out);
        }
    }
}
