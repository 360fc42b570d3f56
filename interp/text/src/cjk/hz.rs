//! HZ (RFC 1843): GB 2312 in seven bits, between `~{` and `~}`.

use super::set::{self, Meaning};
use super::{State, Trouble, tables as t};
use crate::buf::CharsBuf;

pub(super) fn read(state: &mut State, input: &[u8], out: &mut CharsBuf) -> Result<usize, Trouble> {
    let shifted = state[0] != 0;
    let first = input[0];
    if first == b'~' {
        match (input.get(1), shifted) {
            (None, _) => return Err(Trouble::Incomplete),
            (Some(b'~'), false) => out.push('~' as u32),
            (Some(b'{'), false) => state[0] = 1,
            (Some(b'\n'), false) => {}
            (Some(b'}'), true) => state[0] = 0,
            _ => return Err(Trouble::Illegal(1)),
        }
        return Ok(2);
    }
    if first >= 0x80 {
        return Err(Trouble::Illegal(1));
    }
    if !shifted {
        out.push(first as u32);
        return Ok(1);
    }
    let &second = input.get(1).ok_or(Trouble::Incomplete)?;
    if second >= 0x80 {
        return Err(Trouble::Illegal(1));
    }
    match set::decode(t::GB2312, u16::from_be_bytes([first, second]) | 0x8080) {
        Meaning::Char(c) => out.push(c),
        _ => return Err(Trouble::Illegal(1)),
    }
    Ok(2)
}

pub(super) fn write(state: &mut State, c: u32, out: &mut Vec<u8>) -> Result<usize, Trouble> {
    if c < 0x80 {
        reset_encoder(state, out);
        out.push(c as u8);
        if c == '~' as u32 {
            out.push(b'~');
        }
        return Ok(1);
    }
    let code =
        set::inverse(t::GB2312, Some(0)).get(c).filter(|&code| code > 0xFF).ok_or(Trouble::Illegal(1))?;
    if state[0] == 0 {
        out.extend_from_slice(b"~{");
        state[0] = 1;
    }
    out.extend_from_slice(&(code & 0x7F7F).to_be_bytes());
    Ok(1)
}

pub(super) fn reset_encoder(state: &mut State, out: &mut Vec<u8>) {
    if std::mem::take(&mut state[0]) != 0 {
        out.extend_from_slice(b"~}");
    }
}
