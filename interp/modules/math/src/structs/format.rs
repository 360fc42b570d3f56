//! Formats of the `struct` module: from text to a list of fields with their offsets.

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// `c`
    Char,
    /// `s`
    Bytes,
    /// `p`
    Pascal,
    /// `?`
    Bool,
    /// Signed or not, of the size of the field.
    Int { signed: bool },
    /// `P`
    Pointer,
    /// `e`, `f`, `d` by size.
    Float,
}

/// A run of equal fields.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub code: Code,
    /// The letter, for messages.
    pub letter: u8,
    pub offset: usize,
    /// Bytes of one item.
    pub size: usize,
    /// Items; always 1 for `s` and `p`, whose count is their size.
    pub count: usize,
}

/// A parsed format.
#[derive(Clone, Debug, Default)]
pub struct Format {
    pub fields: Vec<Field>,
    pub size: usize,
    /// Values that it takes.
    pub items: usize,
    pub big_endian: bool,
    /// Native byte order, sizes and alignment (`@`).
    pub native: bool,
}

/// Why a text is no format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatError {
    BadChar,
    NoSpecifier,
    TooLong,
    Nul,
}

impl FormatError {
    pub fn text(self) -> &'static str {
        match self {
            FormatError::BadChar => "bad char in struct format",
            FormatError::NoSpecifier => "repeat count given without format specifier",
            FormatError::TooLong => "total struct size too long",
            FormatError::Nul => "embedded null character",
        }
    }
}

/// Code, size and alignment of a letter.
fn letter(c: u8, native: bool) -> Option<(Code, usize, usize)> {
    let signed = c.is_ascii_lowercase();
    let size = match (c, native) {
        (b'c', _) => return Some((Code::Char, 1, 1)),
        (b's', _) => return Some((Code::Bytes, 1, 1)),
        (b'p', _) => return Some((Code::Pascal, 1, 1)),
        (b'?', _) => return Some((Code::Bool, 1, 1)),
        (b'e', _) => return Some((Code::Float, 2, if native { 2 } else { 1 })),
        (b'f', _) => return Some((Code::Float, 4, if native { 4 } else { 1 })),
        (b'd', _) => return Some((Code::Float, 8, if native { 8 } else { 1 })),
        (b'P', true) => return Some((Code::Pointer, 8, 8)),
        (b'b' | b'B', _) => 1,
        (b'h' | b'H', _) => 2,
        (b'i' | b'I', _) => 4,
        (b'l' | b'L', true) => 8,
        (b'l' | b'L', false) => 4,
        (b'q' | b'Q', _) => 8,
        (b'n' | b'N', true) => 8,
        _ => return None,
    };
    Some((Code::Int { signed }, size, if native { size } else { 1 }))
}

impl Format {
    /// Parses a format.
    pub fn parse(text: &[u8]) -> Result<Format, FormatError> {
        if text.contains(&0) {
            return Err(FormatError::Nul);
        }
        let mut f = Format { native: true, big_endian: cfg!(target_endian = "big"), ..Format::default() };
        let mut at = 0;
        if let Some(&c) = text.first() {
            at = 1;
            match c {
                b'@' => {}
                b'=' => f.native = false,
                b'<' => (f.native, f.big_endian) = (false, false),
                b'>' | b'!' => (f.native, f.big_endian) = (false, true),
                _ => at = 0,
            }
        }
        while let Some(&c) = text.get(at) {
            at += 1;
            if c.is_ascii_whitespace() || c == 0x0b {
                continue;
            }
            let mut count = 1usize;
            let mut c = c;
            if c.is_ascii_digit() {
                count = (c - b'0') as usize;
                loop {
                    let Some(&d) = text.get(at) else { return Err(FormatError::NoSpecifier) };
                    at += 1;
                    if !d.is_ascii_digit() {
                        c = d;
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|n| n.checked_add((d - b'0') as usize))
                        .filter(|&n| n <= isize::MAX as usize)
                        .ok_or(FormatError::TooLong)?;
                }
            }
            f.add(c, count)?;
        }
        Ok(f)
    }

    fn add(&mut self, c: u8, count: usize) -> Result<(), FormatError> {
        let pad = c == b'x';
        let (code, size, align) = match letter(c, self.native) {
            Some(l) => l,
            None if pad => (Code::Char, 1, 1),
            None => return Err(FormatError::BadChar),
        };
        let offset = self.size.checked_next_multiple_of(align).ok_or(FormatError::TooLong)?;
        let end = size
            .checked_mul(count)
            .and_then(|n| n.checked_add(offset))
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or(FormatError::TooLong)?;
        match code {
            _ if pad => {}
            Code::Bytes | Code::Pascal => {
                self.fields.push(Field { code, letter: c, offset, size: count, count: 1 });
                self.items += 1;
            }
            _ if count > 0 => {
                self.fields.push(Field { code, letter: c, offset, size, count });
                self.items += count;
            }
            _ => {}
        }
        self.size = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let size = |t: &str| Format::parse(t.as_bytes()).map(|f| f.size);
        assert_eq!(size("@bxi"), Ok(8));
        assert_eq!(size("<2h 3b"), Ok(7));
        assert_eq!(size("i0q"), Ok(8));
        assert_eq!(size("3"), Err(FormatError::NoSpecifier));
        assert_eq!(size("1 i"), Err(FormatError::BadChar));
        assert_eq!(size("=n"), Err(FormatError::BadChar));
        assert_eq!(size("99999999999999999999i"), Err(FormatError::TooLong));
    }
}
