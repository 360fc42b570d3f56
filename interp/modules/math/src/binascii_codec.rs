//! The codings of `binascii` on slices: uuencode, base64, hexadecimal, quoted-printable, CRC-CCITT.

/// What is wrong with a uuencoded line.
pub enum UuError {
    IllegalChar,
    Garbage,
}

/// Decodes a line of uuencoded data. Missing characters at the end count as spaces.
pub fn uu_decode(line: &[u8]) -> Result<Vec<u8>, UuError> {
    let (first, mut rest) = line.split_first().map_or((0, line), |(f, r)| (*f, r));
    let count = (first.wrapping_sub(b' ') & 63) as usize;
    let mut out = Vec::with_capacity(count);
    let (mut bits, mut have) = (0u32, 0);
    while out.len() < count {
        let c = match rest.first() {
            None | Some(b'\n' | b'\r') => 0,
            Some(&c) if !(b' '..=b'`').contains(&c) => return Err(UuError::IllegalChar),
            Some(&c) => (c - b' ') & 63,
        };
        rest = rest.get(1..).unwrap_or_default();
        bits = bits << 6 | c as u32;
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
        }
    }
    if rest.iter().all(|c| matches!(c, b' ' | b'`' | b'\n' | b'\r')) {
        Ok(out)
    } else {
        Err(UuError::Garbage)
    }
}

/// Encodes at most 45 bytes as a line.
pub fn uu_encode(data: &[u8], backtick: bool) -> Vec<u8> {
    let letter = |n: u8| if n == 0 && backtick { b'`' } else { n + b' ' };
    let mut out = vec![letter(data.len() as u8)];
    for part in data.chunks(3) {
        let at = |i: usize| part.get(i).copied().unwrap_or(0);
        let n = u32::from_be_bytes([0, at(0), at(1), at(2)]);
        out.extend([18, 12, 6, 0].map(|s| letter((n >> s & 63) as u8)));
    }
    out.push(b'\n');
    out
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const FROM_BASE64: [u8; 256] = {
    let mut t = [255; 256];
    let mut i = 0;
    while i < 64 {
        t[BASE64[i] as usize] = i as u8;
        i += 1;
    }
    t
};

/// Encodes into a place of the exact size.
pub fn base64_encode(data: &[u8], newline: bool, to: &mut [u8]) {
    let mut at = 0;
    for part in data.chunks(3) {
        let b = |i: usize| part.get(i).copied().unwrap_or(0);
        let n = u32::from_be_bytes([0, b(0), b(1), b(2)]) as usize;
        let quad = [BASE64[n >> 18], BASE64[n >> 12 & 63], BASE64[n >> 6 & 63], BASE64[n & 63]];
        to[at..at + 4].copy_from_slice(&quad);
        if part.len() < 3 {
            to[at + 3] = b'=';
            if part.len() < 2 {
                to[at + 2] = b'=';
            }
        }
        at += 4;
    }
    if newline {
        to[at] = b'\n';
    }
}

/// What is wrong with base64 text.
pub enum Base64Error {
    LeadingPadding,
    ExcessData,
    OtherData,
    Discontinuous,
    Padding,
    /// So many data characters.
    Count(usize),
}

/// Decodes base64. Unless `strict`, other characters and misplaced padding are skipped.
pub fn base64_decode(text: &[u8], strict: bool) -> Result<Vec<u8>, Base64Error> {
    if strict && text.first() == Some(&b'=') {
        return Err(Base64Error::LeadingPadding);
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut in_quad, mut left, mut pads, mut padding) = (0, 0u8, 0, false);
    for (i, &c) in text.iter().enumerate() {
        if c == b'=' {
            padding = true;
            if in_quad >= 2 {
                pads += 1;
                if in_quad + pads >= 4 {
                    if strict && i + 1 < text.len() {
                        return Err(Base64Error::ExcessData);
                    }
                    return Ok(out);
                }
            }
            continue;
        }
        let n = FROM_BASE64[c as usize];
        if n == 255 {
            if strict {
                return Err(Base64Error::OtherData);
            }
            continue;
        }
        if strict && padding {
            return Err(Base64Error::Discontinuous);
        }
        pads = 0;
        match in_quad {
            0 => left = n,
            1 => {
                out.push(left << 2 | n >> 4);
                left = n & 15;
            }
            2 => {
                out.push(left << 4 | n >> 2);
                left = n & 3;
            }
            _ => out.push(left << 6 | n),
        }
        in_quad = (in_quad + 1) % 4;
    }
    match in_quad {
        0 => Ok(out),
        1 => Err(Base64Error::Count(out.len() / 3 * 4 + 1)),
        _ => Err(Base64Error::Padding),
    }
}

/// CRC-CCITT as BinHex has it.
pub fn crc_hqx(data: &[u8], crc: u16) -> u16 {
    data.iter().fold(crc, |mut crc, &b| {
        crc ^= u16::from(b) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
        }
        crc
    })
}

/// Hexadecimal digits, with a separator after every `per_group` bytes: counted from the right, or from the left when
/// it is negative.
pub fn hex_encode(data: &[u8], sep: Option<u8>, per_group: i32) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let group = per_group.unsigned_abs() as usize;
    let first = if per_group > 0 && group > 0 { data.len() % group } else { 0 };
    let mut out = Vec::with_capacity(data.len() * 3);
    for (i, b) in data.iter().enumerate() {
        if let Some(s) = sep.filter(|_| group > 0 && i > 0 && (i + group - first).is_multiple_of(group)) {
            out.push(s);
        }
        out.extend([DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]);
    }
    out
}

fn hex_digit(c: u8) -> Option<u8> {
    (c as char).to_digit(16).map(|d| d as u8)
}

/// Bytes of an even number of hexadecimal digits.
pub fn hex_decode(text: &[u8]) -> Option<Vec<u8>> {
    text.chunks(2).map(|p| Some(hex_digit(p[0])? << 4 | hex_digit(p[1])?)).collect()
}

/// Decodes quoted-printable; in a header `_` is a space.
pub fn qp_decode(text: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while let Some(&c) = text.get(i) {
        i += 1;
        if c != b'=' {
            out.push(if c == b'_' && header { b' ' } else { c });
            continue;
        }
        match text.get(i) {
            None => {}
            // A soft line break: the rest of the line goes, too.
            Some(b'\n' | b'\r') => {
                while i < text.len() && text[i] != b'\n' {
                    i += 1;
                }
                i += 1;
            }
            Some(b'=') => {
                out.push(b'=');
                i += 1;
            }
            Some(&high) => match (hex_digit(high), text.get(i + 1).copied().and_then(hex_digit)) {
                (Some(h), Some(l)) => {
                    out.push(h << 4 | l);
                    i += 2;
                }
                _ => out.push(b'='),
            },
        }
    }
    out
}

/// How to encode as quoted-printable.
#[derive(Clone, Copy)]
pub struct QuotedPrintable {
    /// Tabs and spaces are quoted everywhere.
    pub quote_tabs: bool,
    /// Line ends stay as they are.
    pub is_text: bool,
    /// Spaces become `_`.
    pub header: bool,
}

/// Longest line.
const LINE: usize = 76;

/// Encodes as quoted-printable. Line ends become what the first one is.
pub fn qp_encode(data: &[u8], how: QuotedPrintable) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let crlf = data.iter().position(|&c| c == b'\n').is_some_and(|i| i > 0 && data[i - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(data.len() * 5 / 4 + 8);
    let quoted = |c: u8| [b'=', DIGITS[(c >> 4) as usize], DIGITS[(c & 15) as usize]];
    let (mut i, mut column) = (0, 0);
    while let Some(&c) = data.get(i) {
        let next = data.get(i + 1).copied();
        let lone_dot = c == b'.' && column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0));
        let blank = c == b'\t' || c == b' ';
        let line_end = c == b'\r' || c == b'\n';
        let quote = c > 126
            || c == b'='
            || how.header && c == b'_'
            || lone_dot
            || !how.is_text && line_end
            || blank && next.is_none()
            || c < 33 && !line_end && (how.quote_tabs || !blank);
        if quote {
            if column + 3 >= LINE {
                out.push(b'=');
                out.extend_from_slice(end);
                column = 0;
            }
            out.extend(quoted(c));
            column += 3;
            i += 1;
        } else if how.is_text && (c == b'\n' || c == b'\r' && next == Some(b'\n')) {
            column = 0;
            // A blank at the end of a line would get lost.
            if let Some(last) = out.last().copied().filter(|&l| l == b' ' || l == b'\t') {
                out.pop();
                out.extend(quoted(last));
            }
            out.extend_from_slice(end);
            i += if c == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|n| n != b'\n') && column + 1 >= LINE {
                out.push(b'=');
                out.extend_from_slice(end);
                column = 0;
            }
            column += 1;
            out.push(if how.header && c == b' ' { b'_' } else { c });
            i += 1;
        }
    }
    out
}
