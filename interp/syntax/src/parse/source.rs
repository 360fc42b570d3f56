//! From bytes to text: the encoding declaration (PEP 263), the byte order mark, newlines, and the line table.
//!
//! Invariant: the text that the parser sees has `\n` as its only line ending and no byte order mark, so that a
//! position is a line and a byte column in that text.

use crate::ast::Span;
use crate::error::{ErrorKind, SyntaxError};
use std::borrow::Cow;
use std::cell::Cell;

/// Decodes bytes with a codec that this crate does not know. The answer may be the text or the error to raise.
pub type DecodeWith<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<String, SyntaxError>;

/// `\r\n` and `\r` become `\n`.
pub fn normalize_newlines(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        if rest.starts_with('\n') {
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The codec named in a comment of the first two lines, if there is one (PEP 263).
///
/// The second line counts only when the first is blank or a comment.
pub fn encoding_cookie(source: &[u8]) -> Option<(usize, String)> {
    let mut rest = source;
    for line in 0..2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let text = &rest[..end];
        if let Some(name) = cookie_in_line(text) {
            return Some((line, name));
        }
        let code = text.iter().find(|c| !matches!(c, b' ' | b'\t' | b'\x0c'));
        if !matches!(code, None | Some(b'#')) || end == rest.len() {
            return None;
        }
        let newline = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + newline..];
    }
    None
}

/// `coding[:=]\s*([-\w.]+)` in a line that is only a comment.
fn cookie_in_line(line: &[u8]) -> Option<String> {
    let start = line.iter().position(|c| !matches!(c, b' ' | b'\t' | b'\x0c'))?;
    let comment = line[start..].strip_prefix(b"#")?;
    let mut rest = comment;
    while let Some(at) = memchr::memmem::find(rest, b"coding") {
        rest = &rest[at + 6..];
        if !matches!(rest.first(), Some(b':' | b'=')) {
            continue;
        }
        let mut name = &rest[1..];
        while let [b' ' | b'\t', tail @ ..] = name {
            name = tail;
        }
        let len =
            name.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')).count();
        if len > 0 {
            return Some(normalize_codec(&String::from_utf8_lossy(&name[..len])));
        }
    }
    None
}

/// Spellings of utf-8 and latin-1 with suffixes count as those.
fn normalize_codec(name: &str) -> String {
    let lower: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |base: &str| lower == base || lower.strip_prefix(base).is_some_and(|tail| tail.starts_with('-'));
    if is("utf-8") {
        "utf-8".into()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".into()
    } else {
        name.into()
    }
}

/// Decodes source bytes as CPython's tokenizer does.
///
/// `decode` is asked for codecs other than utf-8, latin-1 and ascii. The text still has its own newlines.
pub fn decode_source(source: &[u8], from_file: bool, decode: DecodeWith<'_>) -> Result<String, SyntaxError> {
    let (bom, body) = match source.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (true, body),
        None => (false, source),
    };
    let cookie = encoding_cookie(body);
    if let (true, Some((_, name))) = (bom, &cookie)
        && name != "utf-8"
    {
        return Err(SyntaxError::undecodable(format!("encoding problem: {name} with BOM")));
    }
    match cookie.as_ref().map(|(_, name)| name.as_str()) {
        None | Some("utf-8") => match std::str::from_utf8(body) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(bad_utf8(body, error, from_file, cookie.is_none() && !bom)),
        },
        Some("iso-8859-1") => Ok(body.iter().map(|&b| b as char).collect()),
        Some(name) => {
            let mut text = decode(name, body)?;
            if text.starts_with('\u{feff}') {
                text.remove(0);
            }
            Ok(text)
        }
    }
}

fn bad_utf8(source: &[u8], error: std::str::Utf8Error, from_file: bool, undeclared: bool) -> SyntaxError {
    let at = error.valid_up_to();
    let bad = source[at];
    let line_start = memchr::memrchr(b'\n', &source[..at]).map_or(0, |n| n + 1);
    if from_file && undeclared {
        let line = 1 + memchr::memchr_iter(b'\n', &source[..at]).count();
        return SyntaxError::bare(
            ErrorKind::Syntax,
            format!(
                "Non-UTF-8 code starting with '\\x{bad:02x}' on line {line}, but no encoding declared; see \
                 https://peps.python.org/pep-0263/ for details"
            ),
        );
    }
    let reason = utf8_reason(&source[at..]);
    let (position, end) = (at - line_start, at - line_start + reason.1);
    let place = if reason.1 == 1 {
        format!("byte 0x{bad:02x} in position {position}")
    } else {
        format!("bytes in position {position}-{}", end - 1)
    };
    SyntaxError::bare(
        ErrorKind::Syntax,
        format!("(unicode error) 'utf-8' codec can't decode {place}: {}", reason.0),
    )
}

/// The decoder's reason for stopping at the first byte, and how many bytes it blames.
fn utf8_reason(bytes: &[u8]) -> (&'static str, usize) {
    let need = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return ("invalid start byte", 1),
    };
    for i in 1..need {
        let Some(&b) = bytes.get(i) else {
            return ("unexpected end of data", i);
        };
        let ok = match (i, bytes[0]) {
            (1, 0xe0) => matches!(b, 0xa0..=0xbf),
            (1, 0xed) => matches!(b, 0x80..=0x9f),
            (1, 0xf0) => matches!(b, 0x90..=0xbf),
            (1, 0xf4) => matches!(b, 0x80..=0x8f),
            _ => matches!(b, 0x80..=0xbf),
        };
        if !ok {
            return ("invalid continuation byte", i);
        }
    }
    ("invalid start byte", 1)
}

/// Where the lines of a text begin; turns byte offsets into lines and columns.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
    /// The line of the last question: the next one is usually about the same or the following line.
    hint: Cell<usize>,
}

impl<'a> Lines<'a> {
    /// The table for `text`, whose newlines are normalized.
    pub fn new(text: &'a str) -> Lines<'a> {
        let mut starts = Vec::with_capacity(text.len() / 32 + 2);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Lines { text, starts, hint: Cell::new(0) }
    }

    /// The whole text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The line (from 1) and the byte column (from 0) of a byte offset.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let mut line = self.hint.get();
        let starts = self.starts.as_slice();
        if starts[line] > offset || starts.get(line + 1).is_some_and(|&next| next <= offset) {
            let next = line + 1;
            line = if starts.get(next).is_some_and(|&s| s <= offset)
                && starts.get(next + 1).is_none_or(|&s| s > offset)
            {
                next
            } else {
                starts.partition_point(|&s| s <= offset) - 1
            };
            self.hint.set(line);
        }
        (line as u32 + 1, offset - starts[line])
    }

    /// The source range between two byte offsets.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let (lineno, col_offset) = self.position(start);
        let (end_lineno, end_col_offset) = self.position(end);
        Span { lineno, col_offset, end_lineno, end_col_offset }
    }

    /// The byte offset of a line (from 1) and byte column.
    pub fn offset(&self, lineno: u32, col: u32) -> u32 {
        self.starts[(lineno as usize - 1).min(self.starts.len() - 1)] + col
    }

    /// The text of a line (from 1), with its newline if it has one; empty beyond the end.
    pub fn line(&self, lineno: u32) -> &'a str {
        let index = lineno as usize;
        let Some(&start) = index.checked_sub(1).and_then(|i| self.starts.get(i)) else { return "" };
        let end = self.starts.get(index).map_or(self.text.len(), |&e| e as usize);
        &self.text[start as usize..end]
    }

    /// How many lines there are; text after the last newline counts.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// A byte column of a line as the 1-based character offset that errors show.
    pub fn char_offset(&self, lineno: u32, col: u32) -> i32 {
        let line = self.line(lineno).as_bytes();
        let upto = &line[..(col as usize).min(line.len())];
        let extra = col as usize - upto.len();
        1 + (upto.iter().filter(|&&b| b & 0xc0 != 0x80).count() + extra) as i32
    }
}
