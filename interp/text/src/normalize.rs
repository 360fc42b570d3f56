//! Unicode normalization forms (UAX #15) for `unicodedata.normalize` and `is_normalized`.
//!
//! Text that the quick check passes is never copied. Otherwise: decompose fully, put
//! combining marks into canonical order, and for NFC and NFKC compose again. As in CPython,
//! 3.2.0 changes what decomposes and how, but orders and composes by the newer classes.

use crate::buf::CharsBuf;
use crate::tables as t;
use crate::ucd::{self, Version, record};
use crate::units::{Chars, Unit};
use crate::with_units;

/// A normalization form; the numbers order the bits of the quick check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition.
    Nfc = 0,
    /// Canonical decomposition.
    Nfd = 1,
    /// Compatibility composition.
    Nfkc = 2,
    /// Compatibility decomposition.
    Nfkd = 3,
}

impl Form {
    /// The form called `NFC`, `NFD`, `NFKC` or `NFKD`.
    pub fn from_name(name: &[u8]) -> Option<Form> {
        Some(match name {
            b"NFC" => Form::Nfc,
            b"NFD" => Form::Nfd,
            b"NFKC" => Form::Nfkc,
            b"NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    fn compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }
}

const S: u32 = 0xAC00;
const L: u32 = 0x1100;
const V: u32 = 0x1161;
const T: u32 = 0x11A7;
const LN: u32 = 19;
const VN: u32 = 21;
const TN: u32 = 28;

fn class(c: u32) -> u8 {
    if c < 0x300 { 0 } else { record(Version::V15, c).combining() }
}

#[derive(PartialEq)]
enum Quick {
    Yes,
    Maybe,
    No,
}

fn quick_check(version: Version, form: Form, text: Chars<'_>) -> Quick {
    if text.is_ascii() {
        return Quick::Yes;
    }
    if version == Version::V3_2 {
        return Quick::No;
    }
    if matches!((form, text), (Form::Nfc, Chars::One(_))) {
        return Quick::Yes;
    }
    // Below this, nothing combines or changes.
    let plain = if form == Form::Nfc { 0x300 } else { 0xA0 };
    let (mut answer, mut last) = (Quick::Yes, 0);
    let ordered = with_units!(text, s => s.iter().all(|u| {
        if u.code() < plain {
            last = 0;
            return true;
        }
        let r = record(version, u.code());
        if r.is_plain() {
            last = 0;
            return true;
        }
        let (class, check) = (r.combining(), r.quick_check() >> (2 * form as u8) & 3);
        let good = class == 0 || class >= last;
        last = class;
        if check == 1 {
            answer = Quick::Maybe;
        }
        good && check != 2
    }));
    if ordered { answer } else { Quick::No }
}

/// Normalized text, or `None` if `text` already is (as far as the quick check can tell).
pub fn normalize(version: Version, form: Form, text: Chars<'_>) -> Option<CharsBuf> {
    if quick_check(version, form, text) == Quick::Yes {
        return None;
    }
    let mut codes = decomposed(version, form, text);
    if form.composes() {
        compose(&mut codes);
    }
    Some(CharsBuf::from_ucs4(codes))
}

/// Whether `text` is in the form.
pub fn is_normalized(version: Version, form: Form, text: Chars<'_>) -> bool {
    match quick_check(version, form, text) {
        Quick::Yes => true,
        Quick::No if version == Version::V15 => false,
        _ => normalize(version, form, text).is_none_or(|n| n.as_chars() == text),
    }
}

fn decompose(version: Version, form: Form, c: u32, out: &mut Vec<u32>) {
    if c < 0xA0 {
        return out.push(c);
    }
    if (S..S + LN * VN * TN).contains(&c) {
        let s = c - S;
        out.push(L + s / (VN * TN));
        out.push(V + s % (VN * TN) / TN);
        if !s.is_multiple_of(TN) {
            out.push(T + s % TN);
        }
        return;
    }
    if version == Version::V3_2
        && let Some(&(_, other)) = t::FIXES_3_2_0.iter().find(|f| f.0 == c)
    {
        return out.push(other);
    }
    match ucd::decomposition_of(version, c) {
        Some(d) if d.tag == 0 || form.compatible() => {
            d.codes().for_each(|c| decompose(version, form, c, out))
        }
        _ => out.push(c),
    }
}

/// The full decomposition, marks in canonical order.
fn decomposed(version: Version, form: Form, text: Chars<'_>) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    with_units!(text, s => s.iter().for_each(|u| decompose(version, form, u.code(), &mut out)));
    let mut at = 0;
    while at < out.len() {
        if class(out[at]) == 0 {
            at += 1;
            continue;
        }
        let end = out[at..].iter().position(|&c| class(c) == 0).map_or(out.len(), |n| at + n);
        out[at..end].sort_by_key(|&c| class(c));
        at = end;
    }
    out
}

/// The character that `first` and `second` compose to.
fn pair(first: u32, second: u32) -> Option<u32> {
    if (L..L + LN).contains(&first) && (V..V + VN).contains(&second) {
        return Some(S + ((first - L) * VN + second - V) * TN);
    }
    if (S..S + LN * VN * TN).contains(&first)
        && (first - S).is_multiple_of(TN)
        && (T + 1..T + TN).contains(&second)
    {
        return Some(first + second - T);
    }
    let row = |i: usize| [0, 4, 8].map(|o| crate::chars::u32_at(t::COMPOSE, i * 12 + o));
    let (mut low, mut high) = (0, t::COMPOSE.len() / 12);
    while low < high {
        let mid = (low + high) / 2;
        let [a, b, composed] = row(mid);
        match (a, b).cmp(&(first, second)) {
            std::cmp::Ordering::Less => low = mid + 1,
            std::cmp::Ordering::Greater => high = mid,
            std::cmp::Ordering::Equal => return Some(composed),
        }
    }
    None
}

/// Composes decomposed text in place.
fn compose(codes: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    let (mut kept, mut last) = (0, 0);
    for i in 0..codes.len() {
        let c = codes[i];
        let class = class(c);
        // A mark is blocked by one of the same or a higher class, a starter by any mark.
        if let Some(s) = starter
            && (s + 1 == kept || last < class)
            && let Some(composed) = pair(codes[s], c)
        {
            codes[s] = composed;
            continue;
        }
        if class == 0 {
            starter = Some(kept);
        }
        last = class;
        codes[kept] = c;
        kept += 1;
    }
    codes.truncate(kept);
}
