//! What a character is: the questions the engine asks about characters.
//!
//! Latin-1 is settled here once and for all (it is stable in Unicode), so that charset bitmaps can be made when a
//! pattern is compiled. Everything above, and the C locale's 8-bit view, comes from the caller through [`CharTables`].

/// Character facts the caller supplies. The Unicode methods are asked for characters of 256 and up only.
///
/// Two facts are relied upon to skip useless attempts: decimals are alphanumeric, and spaces are not. Tables that
/// break this make wrong matches, never anything worse.
pub trait CharTables {
    /// Lower case: where the full mapping has several characters, the first of them, as CPython does it.
    fn lower(&self, ch: u32) -> u32;
    /// Upper case, by the same rule.
    fn upper(&self, ch: u32) -> u32;
    /// `str.isdecimal`.
    fn is_decimal(&self, ch: u32) -> bool;
    /// `str.isspace`.
    fn is_space(&self, ch: u32) -> bool;
    /// `str.isalnum`.
    fn is_alnum(&self, ch: u32) -> bool;
    /// What `str.splitlines` splits at.
    fn is_linebreak(&self, ch: u32) -> bool;

    /// `tolower` of the current C locale. The C locale by default.
    fn locale_lower(&self, ch: u8) -> u8 {
        ch.to_ascii_lowercase()
    }
    /// `toupper` of the current C locale. The C locale by default.
    fn locale_upper(&self, ch: u8) -> u8 {
        ch.to_ascii_uppercase()
    }
    /// `isalnum` of the current C locale. The C locale by default.
    fn locale_is_alnum(&self, ch: u8) -> bool {
        ch.is_ascii_alphanumeric()
    }
}

/// Tables made of what Rust's standard library knows: enough for tests and tools. Alphanumerics differ from
/// Python's in corners (combining letters), so a Python needs its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdTables;

impl CharTables for StdTables {
    fn lower(&self, ch: u32) -> u32 {
        char::from_u32(ch).and_then(|c| c.to_lowercase().next()).map_or(ch, |c| c as u32)
    }

    fn upper(&self, ch: u32) -> u32 {
        char::from_u32(ch).and_then(|c| c.to_uppercase().next()).map_or(ch, |c| c as u32)
    }

    fn is_decimal(&self, ch: u32) -> bool {
        // The blocks of decimals start at a multiple of ten digits of value 0 to 9; std has no such table, so that
        // only the ASCII and full-width digits are known.
        (0x30..0x3a).contains(&ch) || (0xff10..0xff1a).contains(&ch)
    }

    fn is_space(&self, ch: u32) -> bool {
        char::from_u32(ch).is_some_and(char::is_whitespace)
    }

    fn is_alnum(&self, ch: u32) -> bool {
        char::from_u32(ch).is_some_and(char::is_alphanumeric)
    }

    fn is_linebreak(&self, ch: u32) -> bool {
        matches!(ch, 0x2028 | 0x2029)
    }
}

/// Lower case in ASCII; anything else is returned as it is (`_sre.ascii_tolower`).
#[inline]
pub const fn ascii_lower(ch: u32) -> u32 {
    if ch >= b'A' as u32 && ch <= b'Z' as u32 { ch + 32 } else { ch }
}

/// Whether an ASCII letter (`_sre.ascii_iscased`).
#[inline]
pub const fn ascii_is_cased(ch: u32) -> bool {
    ch < 128 && (ch as u8).is_ascii_alphabetic()
}

/// Lower case over all of Unicode (`_sre.unicode_tolower`).
#[inline]
pub fn unicode_lower(tables: &dyn CharTables, ch: u32) -> u32 {
    if ch < 256 { latin1_lower(ch) } else { tables.lower(ch) }
}

/// Whether either case mapping changes the character (`_sre.unicode_iscased`).
pub fn unicode_is_cased(tables: &dyn CharTables, ch: u32) -> bool {
    unicode_lower(tables, ch) != ch || unicode_upper(tables, ch) != ch
}

/// Upper case over all of Unicode.
#[inline]
pub(crate) fn unicode_upper(tables: &dyn CharTables, ch: u32) -> u32 {
    if ch < 256 { latin1_upper(ch) } else { tables.upper(ch) }
}

/// `tolower` of the C locale for bytes; wider characters have no case in it.
pub(crate) fn locale_lower(tables: &dyn CharTables, ch: u32) -> u32 {
    if ch < 256 { u32::from(tables.locale_lower(ch as u8)) } else { ch }
}

/// `toupper` of the C locale for bytes; wider characters have no case in it.
pub(crate) fn locale_upper(tables: &dyn CharTables, ch: u32) -> u32 {
    if ch < 256 { u32::from(tables.locale_upper(ch as u8)) } else { ch }
}

/// Unicode lower case of a Latin-1 character: it is Latin-1 again.
pub(crate) const fn latin1_lower(ch: u32) -> u32 {
    match ch {
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde => ch + 32,
        _ => ch,
    }
}

/// Unicode upper case of a Latin-1 character: two of them leave Latin-1, and that of U+00DF is two letters.
pub(crate) const fn latin1_upper(ch: u32) -> u32 {
    match ch {
        0x61..=0x7a | 0xe0..=0xf6 | 0xf8..=0xfe => ch - 32,
        0xb5 => 0x39c,
        0xdf => 0x53,
        0xff => 0x178,
        _ => ch,
    }
}

/// `str.isspace` in Latin-1.
pub(crate) const fn latin1_is_space(ch: u32) -> bool {
    matches!(ch, 9..=13 | 0x1c..=0x20 | 0x85 | 0xa0)
}

/// `str.isalnum` in Latin-1: letters, digits, superscript digits and fractions.
pub(crate) const fn latin1_is_alnum(ch: u32) -> bool {
    matches!(ch, 0x30..=0x39 | 0x41..=0x5a | 0x61..=0x7a | 0xaa | 0xb2 | 0xb3 | 0xb5 | 0xb9 | 0xba)
        || matches!(ch, 0xbc..=0xbe | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0xff)
}

/// What `str.splitlines` splits at, in Latin-1.
pub(crate) const fn latin1_is_linebreak(ch: u32) -> bool {
    matches!(ch, 10..=13 | 0x1c..=0x1e | 0x85)
}

/// Spaces of the ASCII class `\s`.
pub(crate) const fn ascii_is_space(ch: u32) -> bool {
    matches!(ch, 9..=13 | 0x20)
}

/// The ASCII class `\w`.
pub(crate) const fn ascii_is_word(ch: u32) -> bool {
    ch < 128 && ((ch as u8).is_ascii_alphanumeric() || ch == b'_' as u32)
}

/// The Unicode class `\w`.
#[inline]
pub(crate) fn unicode_is_word(tables: &dyn CharTables, ch: u32) -> bool {
    if ch < 256 { ch == u32::from(b'_') || latin1_is_alnum(ch) } else { tables.is_alnum(ch) }
}

/// The locale's class `\w`; wider characters are never in it.
pub(crate) fn locale_is_word(tables: &dyn CharTables, ch: u32) -> bool {
    ch == u32::from(b'_') || (ch < 256 && tables.locale_is_alnum(ch as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin1_agrees_with_std() {
        let t = StdTables;
        for ch in 0..256 {
            assert_eq!(latin1_lower(ch), t.lower(ch), "{ch:x}");
            assert_eq!(latin1_upper(ch), t.upper(ch), "{ch:x}");
            assert_eq!(latin1_is_alnum(ch), t.is_alnum(ch), "{ch:x}");
        }
    }
}
