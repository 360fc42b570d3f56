//! From bytes to text: the encoding declaration (PEP 263), the byte order mark, newlines, and the line table.
//!
//! Invariant: the text that the parser sees has `\n` as its only line ending and no byte order mark, so that a
//! position is a line and a byte column in that text.

use crate::ast::Span;
use crate::error::{ErrorKind, SyntaxError};
use crate::token::{TokenKind, Tokenizer};
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

/// Decodes source bytes as CPython's tokenizer does. The text still has its own newlines.
///
/// `file` is the name of the file that they come from; a string given to `compile` has none, and other texts for
/// its errors. `decode` is asked for the codecs that this crate does not know.
pub fn decode_source(
    source: &[u8],
    file: Option<&str>,
    decode: DecodeWith<'_>,
) -> Result<String, Box<SyntaxError>> {
    let (bom, body) = match source.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (true, body),
        None => (false, source),
    };
    let cookie = encoding_cookie(body).map(|(_, name)| name);
    let problem = |name: &str| {
        let msg = format!("encoding problem: {name}");
        Box::new(match file {
            Some(_) => SyntaxError::bare(ErrorKind::Syntax, msg),
            None => SyntaxError::undecodable(msg),
        })
    };
    let Some(name) = cookie.filter(|name| name != "utf-8" || std::str::from_utf8(body).is_err()) else {
        return match std::str::from_utf8(body) {
            Ok(text) => Ok(text.into()),
            Err(error) => match file {
                Some(file) if !bom => Err(Box::new(undeclared(body, error.valid_up_to(), file))),
                _ => undecodable_token(body, bom),
            },
        };
    };
    if bom && name != "utf-8" {
        return Err(problem(&format!("{name} with BOM")));
    }
    let decoded = match name.to_ascii_lowercase().as_str() {
        "utf-8" => return undecodable_token(body, true),
        "iso-8859-1" | "latin1" => Ok(body.iter().map(|&b| b as char).collect()),
        "utf8" => std::str::from_utf8(body).map(str::to_owned).map_err(|error| {
            let at = error.valid_up_to();
            SyntaxError::undecodable(utf8_message(&body[at..], at))
        }),
        "ascii" | "us-ascii" => match body.iter().position(|b| *b >= 0x80) {
            None => Ok(String::from_utf8_lossy(body).into_owned()),
            Some(at) => Err(SyntaxError::undecodable(format!(
                "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                body[at]
            ))),
        },
        _ => decode(&name, body),
    };
    match decoded {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.remove(0);
            }
            Ok(text)
        }
        Err(error) if file.is_some() && error.kind == ErrorKind::Syntax => Err(problem(&name)),
        Err(error) => Err(Box::new(error)),
    }
}

fn undeclared(source: &[u8], at: usize, file: &str) -> SyntaxError {
    let line = 1 + memchr::memchr_iter(b'\n', &source[..at]).count();
    SyntaxError::bare(
        ErrorKind::Syntax,
        format!(
            "Non-UTF-8 code starting with '\\x{:02x}' in file {file} on line {line}, but no encoding declared; see \
             https://peps.python.org/pep-0263/ for details",
            source[at]
        ),
    )
}

fn utf8_message(bad: &[u8], position: usize) -> String {
    let (reason, len) = utf8_reason(bad);
    let place = if len == 1 {
        format!("byte 0x{:02x} in position {position}", bad[0])
    } else {
        format!("bytes in position {position}-{}", position + len - 1)
    };
    format!("'utf-8' codec can't decode {place}: {reason}")
}

/// Stands for bytes that are no UTF-8; no program can have it.
const BAD: char = '\u{ffff}';

/// Text with bytes that are no UTF-8: the first token that has some is the error. In comments they do not matter.
/// With a declared encoding the columns are counted in the text as it is shown, otherwise they are bytes.
fn undecodable_token(body: &[u8], declared: bool) -> Result<String, Box<SyntaxError>> {
    let mut text = String::with_capacity(body.len() + 8);
    // Where the marks are in the text, and the bytes that they stand for.
    let mut marks: Vec<(usize, &[u8])> = Vec::new();
    for chunk in body.utf8_chunks() {
        text.push_str(&normalize_newlines(chunk.valid()));
        if !chunk.invalid().is_empty() {
            marks.push((text.len(), chunk.invalid()));
            text.push(BAD);
        }
    }
    let shown = |text: &str| text.replace(BAD, "\u{fffd}");
    let raw = |at: usize| {
        let before = marks.iter().take_while(|(mark, _)| *mark < at);
        at - before.map(|(_, bytes)| BAD.len_utf8() - bytes.len()).sum::<usize>()
    };
    let mut scanner = Tokenizer::new(&text);
    loop {
        let (start, end, token) = match scanner.next_token() {
            Ok(token) if token.kind == TokenKind::EndMarker => return Ok(shown(&text)),
            Ok(token) if matches!(token.kind, TokenKind::String | TokenKind::FStringMiddle) => {
                let parts = token.text(&text);
                let quote = parts.find(['"', '\'']).unwrap_or(0);
                let string = token.kind == TokenKind::String;
                let width = if string { quote_width(&parts[quote..]) } else { 0 };
                let start = token.start as usize + if string { quote + width } else { 0 };
                (start, token.end as usize - width, Some(token))
            }
            Ok(_) => continue,
            // A name, which is the only other place for it.
            Err(_) => match scanner.token_start() {
                at if text[at..].contains(BAD) => {
                    let name = |c: char| c.is_alphanumeric() || c == '_' || c == BAD;
                    let len = text[at..].find(|c| !name(c)).unwrap_or(text.len() - at);
                    (at, at + len, None)
                }
                _ => return Ok(shown(&text)),
            },
        };
        let Some((mark, _)) = marks.iter().find(|(mark, _)| (start..end).contains(mark)) else {
            if token.is_none() {
                return Ok(shown(&text));
            }
            continue;
        };
        let position = raw(*mark) - raw(start);
        let bad = &body[byte_of(body, raw(*mark))..byte_of(body, raw(end))];
        let msg = format!("(unicode error) {}", utf8_message(bad, position));
        let lines = Lines::new(&text);
        let (lineno, _) = lines.position(start as u32);
        let line_start = raw(lines.offset(lineno, 0) as usize);
        let (offset, end_lineno, end_offset) = match token {
            Some(token) => {
                let end_start = raw(lines.offset(token.end_lineno, 0) as usize);
                let (start, end) = (raw(token.start as usize), raw(token.end as usize));
                (start - line_start + 1, token.end_lineno, (end - end_start + 1) as i32)
            }
            None => (raw(end) - line_start, lineno, -1),
        };
        let line = shown(lines.line(lineno));
        let column = |bytes: i32| {
            if !declared || bytes < 0 {
                return bytes;
            }
            let inside = &line.as_bytes()[..(bytes as usize).min(line.len())];
            inside.iter().filter(|&&b| b & 0xc0 != 0x80).count() as i32
        };
        return Err(Box::new(SyntaxError {
            lineno,
            offset: column(offset as i32),
            end_lineno,
            end_offset: column(end_offset),
            text: Some(line),
            ..SyntaxError::bare(ErrorKind::Syntax, msg)
        }));
    }
}

fn quote_width(quoted: &str) -> usize {
    if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''")) { 3 } else { 1 }
}

/// The offset in the bytes of an offset in the text whose newlines are normalized.
fn byte_of(body: &[u8], at: usize) -> usize {
    let mut dropped = 0;
    for (i, pair) in body.windows(2).enumerate() {
        if i - dropped >= at {
            break;
        }
        dropped += (pair == b"\r\n") as usize;
    }
    at + dropped
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
