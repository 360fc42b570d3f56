//! Bytes to text. The encoding is what the caller says, else what byte order mark and XML declaration say, else UTF-8.

/// An encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Ascii,
    Latin1,
    /// A character for each byte; None for bytes that have none.
    Map(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// A builtin encoding. UTF-16 without byte order is little-endian until a mark says otherwise.
    pub fn from_name(name: &str) -> Option<Encoding> {
        let n = name.to_ascii_uppercase();
        Some(match n.as_str() {
            "UTF-8" | "UTF8" => Encoding::Utf8,
            "UTF-16" | "UTF-16LE" => Encoding::Utf16 { big: false },
            "UTF-16BE" => Encoding::Utf16 { big: true },
            "US-ASCII" => Encoding::Ascii,
            "ISO-8859-1" => Encoding::Latin1,
            _ => return None,
        })
    }

    /// Bytes that the text takes in this encoding.
    pub fn size(&self, text: &str) -> u64 {
        match self {
            Encoding::Utf8 => text.len() as u64,
            Encoding::Utf16 { .. } => text.encode_utf16().count() as u64 * 2,
            _ => text.chars().count() as u64,
        }
    }

    /// Appends the text of the bytes; how many were used, and whether the next ones stand for no character (else they
    /// are an incomplete one).
    pub fn decode(&self, bytes: &[u8], out: &mut String) -> (usize, bool) {
        match self {
            Encoding::Utf8 => match std::str::from_utf8(bytes) {
                Ok(s) => {
                    out.push_str(s);
                    (bytes.len(), false)
                }
                Err(e) => {
                    let n = e.valid_up_to();
                    out.push_str(std::str::from_utf8(&bytes[..n]).unwrap_or_default());
                    (n, e.error_len().is_some())
                }
            },
            Encoding::Utf16 { big } => {
                let unit = |i: usize| {
                    let pair = [bytes[i], bytes[i + 1]];
                    if *big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                };
                let mut i = 0;
                while i + 1 < bytes.len() {
                    let u = unit(i);
                    if (0xd800..0xdc00).contains(&u) {
                        if i + 3 >= bytes.len() {
                            break;
                        }
                        match char::decode_utf16([u, unit(i + 2)]).next() {
                            Some(Ok(c)) => out.push(c),
                            _ => return (i, true),
                        }
                        i += 4;
                        continue;
                    }
                    match char::from_u32(u.into()) {
                        Some(c) => out.push(c),
                        None => return (i, true),
                    }
                    i += 2;
                }
                (i, false)
            }
            Encoding::Ascii => {
                let n = bytes.iter().position(|b| *b >= 0x80).unwrap_or(bytes.len());
                out.extend(bytes[..n].iter().map(|&b| b as char));
                (n, n < bytes.len())
            }
            Encoding::Latin1 => {
                out.extend(bytes.iter().map(|&b| b as char));
                (bytes.len(), false)
            }
            Encoding::Map(map) => {
                for (i, &b) in bytes.iter().enumerate() {
                    match map[b as usize] {
                        Some(c) => out.push(c),
                        None => return (i, true),
                    }
                }
                (bytes.len(), false)
            }
        }
    }
}

/// What the first bytes tell.
pub enum Start {
    /// More bytes are needed.
    Unknown,
    /// An encoding, and how many bytes the mark takes.
    Is(Encoding, usize),
    /// Eight bits; the declaration names an encoding.
    Named(String),
}

/// Finds the encoding of an entity from its first bytes.
pub fn detect(bytes: &[u8], last: bool) -> Start {
    match bytes {
        [0xfe, 0xff, ..] => return Start::Is(Encoding::Utf16 { big: true }, 2),
        [0xff, 0xfe, ..] => return Start::Is(Encoding::Utf16 { big: false }, 2),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            return match declared(rest, last) {
                None => Start::Unknown,
                Some(_) => Start::Is(Encoding::Utf8, 3),
            };
        }
        // A document starts with a character of ASCII, and NUL is none that may stand in one.
        [0, _, ..] => return Start::Is(Encoding::Utf16 { big: true }, 0),
        [_, 0, ..] => return Start::Is(Encoding::Utf16 { big: false }, 0),
        [0xef, rest @ ..] if !last && b"\xbb\xbf".starts_with(rest) => return Start::Unknown,
        [] | [_] if !last => return Start::Unknown,
        _ => {}
    }
    match declared(bytes, last) {
        None => Start::Unknown,
        Some(None) => Start::Is(Encoding::Utf8, 0),
        Some(Some(name)) => Start::Named(name),
    }
}

/// The encoding of a declaration at the start: `None` when its end is not there yet, `Some(None)` when it names none.
fn declared(bytes: &[u8], last: bool) -> Option<Option<String>> {
    let head = b"<?xml";
    if bytes.len() <= head.len() {
        return if head.starts_with(bytes) && !last { None } else { Some(None) };
    }
    if !bytes.starts_with(head) || !bytes[head.len()].is_ascii_whitespace() {
        return Some(None);
    }
    let Some(end) = bytes.windows(2).position(|w| w == b"?>") else {
        return if last { Some(None) } else { None };
    };
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let name = text.find("encoding").and_then(|i| {
        let rest = text[i + 8..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    Some(name.map(str::to_owned))
}
