//! Decimal digits of a float: the shortest that read back, or correctly rounded ones.
//!
//! A [`Digits`] stands for `0.d1 d2 d3 ... * 10**point`; there are no trailing zeros, and zero is one digit `0`
//! with `point` 1.

use smallvec::SmallVec;
use std::fmt::Write;

/// Decimal digits (ASCII) and the position of the decimal point relative to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The digits, most significant first.
    pub digits: SmallVec<[u8; 32]>,
    /// How many of them stand before the decimal point (negative: zeros follow the point first).
    pub point: i32,
}

/// No double has more significant digits than this.
const MAX_SIGNIFICANT: usize = 780;
/// No double has more digits after the point than this.
const MAX_FRACTION: usize = 1080;

impl Digits {
    fn zero() -> Digits {
        Digits { digits: SmallVec::from_slice(b"0"), point: 1 }
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.digits[..] == *b"0"
    }

    /// Reads `ddd.ddde-dd` as formatting prints it.
    fn read(text: &[u8]) -> Digits {
        let mut digits = SmallVec::new();
        let mut point = None;
        let mut exponent = 0i32;
        let mut leading = 0;
        for (i, &b) in text.iter().enumerate() {
            match b {
                b'0' if digits.is_empty() => leading += i32::from(point.is_some()),
                b'0'..=b'9' => digits.push(b),
                b'.' => point = Some(digits.len() as i32),
                _ => {
                    let negative = text.get(i + 1) == Some(&b'-');
                    for &d in &text[i + 1..] {
                        if d.is_ascii_digit() {
                            exponent = exponent * 10 + i32::from(d - b'0');
                        }
                    }
                    if negative {
                        exponent = -exponent;
                    }
                    break;
                }
            }
        }
        let point = point.unwrap_or(digits.len() as i32) - leading + exponent;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() { Digits::zero() } else { Digits { digits, point } }
    }
}

/// A `fmt::Write` on a small vector.
struct Text(SmallVec<[u8; 64]>);

impl Write for Text {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.0.extend_from_slice(s.as_bytes());
        Ok(())
    }
}

/// The shortest digits that read back as `value` (finite; the sign is ignored).
pub fn shortest(value: f64) -> Digits {
    let mut buffer = zmij::Buffer::new();
    Digits::read(buffer.format_finite(value.abs()).as_bytes())
}

/// `count` significant digits (at least 1), correctly rounded, ties to even; trailing zeros are dropped.
/// `value` is finite; its sign is ignored.
pub fn exact(value: f64, count: usize) -> Digits {
    let count = count.clamp(1, MAX_SIGNIFICANT);
    let mut text = Text(SmallVec::new());
    // Writing to memory does not fail.
    let _ = write!(text, "{:.*e}", count - 1, value.abs());
    Digits::read(&text.0)
}

/// Rounded to `places` digits after the point (negative: to tens, hundreds, ...), ties to even; trailing zeros
/// are dropped. `value` is finite; its sign is ignored.
pub fn fixed(value: f64, places: i32) -> Digits {
    if places < 0 {
        return fixed_left(value, places);
    }
    let mut text = Text(SmallVec::new());
    let _ = write!(text, "{:.*}", (places as usize).min(MAX_FRACTION), value.abs());
    Digits::read(&text.0)
}

/// Rounding left of the decimal point, on all the digits there are.
fn fixed_left(value: f64, places: i32) -> Digits {
    let all = exact(value, MAX_SIGNIFICANT);
    let keep = all.point.saturating_add(places);
    if all.is_zero() || keep < 0 {
        return Digits::zero();
    }
    let keep = keep as usize;
    if keep >= all.digits.len() {
        return all;
    }
    let (kept, rest) = all.digits.split_at(keep);
    let odd = kept.last().is_some_and(|d| d & 1 == 1);
    let up = rest[0] > b'5' || (rest[0] == b'5' && (rest.len() > 1 || odd));
    let mut digits: SmallVec<[u8; 32]> = SmallVec::from_slice(kept);
    let mut point = all.point;
    if up {
        loop {
            match digits.last_mut() {
                Some(b'9') => _ = digits.pop(),
                Some(d) => break *d += 1,
                None => {
                    digits.push(b'1');
                    point += 1;
                    break;
                }
            }
        }
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    if digits.is_empty() { Digits::zero() } else { Digits { digits, point } }
}
