//! Reading ISO 8601 text as `fromisoformat` does. No objects.
//!
//! Text is a slice of bytes; past its end a zero byte is read, which no digit or sign is.

use super::calendar::{self, IsoError};

/// A time of day with an offset.
#[derive(Default)]
pub struct IsoTime {
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub us: i64,
    /// Seconds and microseconds of the offset, when there is one.
    pub offset: Option<(i64, i64)>,
}

/// A cursor over text.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let mut n = 0;
        for _ in 0..digits {
            let d = self.peek().wrapping_sub(b'0');
            if d > 9 {
                return None;
            }
            n = n * 10 + i64::from(d);
            self.at += 1;
        }
        Some(n)
    }
}

/// A calendar date or a week date. None when the text is neither.
pub fn date(text: &[u8]) -> Option<(i64, i64, i64)> {
    let mut c = Cursor { text, at: 0 };
    let year = c.number(4)?;
    let separated = c.peek() == b'-';
    c.at += usize::from(separated);
    if c.peek() == b'W' {
        c.at += 1;
        let week = c.number(2)?;
        let mut day = 1;
        if c.at < text.len() {
            if separated {
                if c.peek() != b'-' {
                    return None;
                }
                c.at += 1;
            }
            day = c.number(1)?;
        }
        return calendar::from_iso(year, week, day).ok();
    }
    let month = c.number(2)?;
    if separated {
        if c.peek() != b'-' {
            return None;
        }
        c.at += 1;
    }
    let day = c.number(2)?;
    if c.at == text.len() { Some((year, month, day)) } else { None }
}

/// Where the date ends in the text of a date and time that has at least 7 bytes.
pub fn date_end(text: &[u8]) -> Option<usize> {
    let len = text.len();
    let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_digit);
    if len == 7 {
        return Some(7);
    }
    Some(match (text[4], text[5]) {
        (b'-', b'W') if len == 9 && text[8] == b'-' => return None,
        // `YYYY-Www-##`: the hyphen is the separator rather than the one before a digit.
        (b'-', b'W') if len > 9 && text[8] == b'-' && !digit(10) => 10,
        (b'-', b'W') => 8,
        (b'-', _) => 10,
        (b'W', _) => {
            let end = (7..len).find(|&i| !digit(i)).unwrap_or(len);
            match end {
                0..9 => end,
                _ if end % 2 == 0 => 7,
                _ => 8,
            }
        }
        _ => 8,
    })
}

/// `HH[:?MM[:?SS[.f+]]]` up to `end`: the four numbers, and whether something follows that does not belong to them.
fn clock(text: &[u8], start: usize, end: usize) -> Option<([i64; 4], bool)> {
    let mut out = [0; 4];
    let mut c = Cursor { text, at: start };
    let mut separated = true;
    for i in 0..3 {
        out[i] = c.number(2)?;
        let next = c.peek();
        c.at += 1;
        if i == 0 {
            separated = next == b':';
        }
        if c.at >= end {
            return Some((out, next != 0));
        }
        match next {
            b':' if separated && i == 2 => return None,
            b':' if separated => {}
            b'.' | b',' => break,
            _ if !separated => c.at -= 1,
            _ => return None,
        }
    }
    let digits = (end - c.at).min(6);
    out[3] = c.number(digits)? * 10i64.pow(6 - digits as u32);
    while c.peek().is_ascii_digit() {
        c.at += 1;
    }
    Some((out, c.peek() != 0))
}

/// A time of day.
pub fn time(text: &[u8]) -> Option<IsoTime> {
    let sign = text.iter().position(|c| matches!(c, b'+' | b'-' | b'Z')).unwrap_or(text.len());
    let (n, more) = clock(text, 0, sign)?;
    let mut t = IsoTime { hour: n[0], minute: n[1], second: n[2], us: n[3], offset: None };
    if sign == text.len() {
        return if more { None } else { Some(t) };
    }
    if text[sign] == b'Z' {
        t.offset = Some((0, 0));
        return if sign + 1 == text.len() { Some(t) } else { None };
    }
    let (n, more) = clock(text, sign + 1, text.len())?;
    if more {
        return None;
    }
    let direction = if text[sign] == b'-' { -1 } else { 1 };
    t.offset = Some((direction * (n[0] * 3600 + n[1] * 60 + n[2]), direction * n[3]));
    Some(t)
}

/// The text of an error of [`calendar::from_iso`].
pub fn iso_error(e: IsoError, year: i64, week: i64, day: i64) -> String {
    match e {
        IsoError::Year => format!("Year is out of range: {year}"),
        IsoError::Week => format!("Invalid week: {week}"),
        IsoError::Weekday => format!("Invalid day: {day} (range is [1, 7])"),
    }
}
