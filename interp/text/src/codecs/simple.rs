//! ASCII and latin-1.

use super::{Decoder, Encoder, Fault, Stop};
use crate::buf::CharsBuf;
use crate::units::{Chars, Unit, ascii_prefix};
use crate::with_units;

/// The `ascii` codec.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ascii;

/// The `latin-1` codec.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latin1;

impl<E> Decoder<E> for Ascii {
    fn name(&self) -> &'static str {
        "ascii"
    }

    fn run(&mut self, input: &[u8], pos: usize, _last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        let rest = &input[pos..];
        let good = ascii_prefix(rest);
        out.extend_latin1(&rest[..good]);
        if good == rest.len() {
            return Ok(Stop::End(input.len()));
        }
        let start = pos + good;
        Ok(Stop::Fault(Fault { start, end: start + 1, reason: "ordinal not in range(128)" }))
    }
}

impl<E> Decoder<E> for Latin1 {
    fn name(&self) -> &'static str {
        "latin-1"
    }

    fn run(&mut self, input: &[u8], pos: usize, _last: bool, out: &mut CharsBuf) -> Result<Stop, E> {
        out.extend_latin1(&input[pos..]);
        Ok(Stop::End(input.len()))
    }
}

/// Appends what is below `limit`; the fault is the whole run that is not.
fn narrow(
    input: Chars<'_>,
    pos: usize,
    limit: u32,
    reason: &'static str,
    out: &mut Vec<u8>,
) -> Option<Fault> {
    if let Chars::One(s) = input
        && (limit == 256 || s.is_ascii())
    {
        out.extend_from_slice(&s[pos..]);
        return None;
    }
    with_units!(input, s => {
        let rest = &s[pos..];
        let good = rest.iter().position(|u| u.code() >= limit).unwrap_or(rest.len());
        out.extend(rest[..good].iter().map(|u| u.code() as u8));
        let bad = rest[good..].iter().take_while(|u| u.code() >= limit).count();
        (bad > 0).then(|| Fault { start: pos + good, end: pos + good + bad, reason })
    })
}

impl<E> Encoder<E> for Ascii {
    fn name(&self) -> &'static str {
        "ascii"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        Ok(narrow(input, pos, 128, "ordinal not in range(128)", out))
    }

    fn escapes_prefix(&self) -> bool {
        true
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        Ok(narrow(text, 0, 128, "", out).is_none())
    }
}

impl<E> Encoder<E> for Latin1 {
    fn name(&self) -> &'static str {
        "latin-1"
    }

    fn run(&mut self, input: Chars<'_>, pos: usize, out: &mut Vec<u8>) -> Result<Option<Fault>, E> {
        Ok(narrow(input, pos, 256, "ordinal not in range(256)", out))
    }

    fn escapes_prefix(&self) -> bool {
        true
    }

    fn replace(&mut self, text: Chars<'_>, out: &mut Vec<u8>) -> Result<bool, E> {
        Ok(narrow(text, 0, 256, "", out).is_none())
    }
}
