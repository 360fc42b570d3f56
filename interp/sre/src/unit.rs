//! One code unit of a text: 1, 2 or 4 bytes wide. The few loops whose speed depends on the width live here.

use memchr::memmem::Finder;

/// A code unit. Narrow ones are indexes into 256-entry tables as they are; wide ones need a look first.
pub(crate) trait Unit: Copy + Eq {
    /// Whether values of 256 and up exist.
    const WIDE: bool;

    /// The value.
    fn code(self) -> u32;

    /// The value of this unit type, or nothing when it does not fit (then no text can contain it).
    fn narrow(code: u32) -> Option<Self>;

    /// The entry of a Latin-1 table, or what `high` says of a character beyond it.
    fn look(self, table: &[bool; 256], high: impl FnOnce(u32) -> bool) -> bool;

    /// The entry of a Latin-1 table, or `high` for a character beyond it.
    fn pick(self, table: &[u16; 256], high: u16) -> u16;

    /// Whether `text` starts with these Latin-1 characters.
    fn starts_with(text: &[Self], latin1: &[u8]) -> bool;

    /// Index of the first unit equal to `unit`.
    fn find(text: &[Self], unit: Self) -> Option<usize>;

    /// Whether there is a quick way to find the first of these Latin-1 characters.
    fn has_quick(few: &[u8]) -> bool;

    /// Index of the first of these Latin-1 characters; only right where there is a quick way.
    fn find_few(text: &[Self], few: &[u8]) -> Option<usize>;

    /// Index of the first occurrence of a Latin-1 string.
    fn find_string(text: &[Self], finder: &Finder<'_>) -> Option<usize>;

    /// Index of the last unit equal to `unit`.
    fn rfind(text: &[Self], unit: Self) -> Option<usize>;
}

impl Unit for u8 {
    const WIDE: bool = false;

    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }

    #[inline(always)]
    fn narrow(code: u32) -> Option<Self> {
        u8::try_from(code).ok()
    }

    #[inline(always)]
    fn look(self, table: &[bool; 256], _high: impl FnOnce(u32) -> bool) -> bool {
        table[self as usize]
    }

    #[inline(always)]
    fn pick(self, table: &[u16; 256], _high: u16) -> u16 {
        table[self as usize]
    }

    #[inline(always)]
    fn starts_with(text: &[Self], latin1: &[u8]) -> bool {
        text.len() >= latin1.len() && text.iter().zip(latin1).all(|(a, b)| a == b)
    }

    #[inline]
    fn find(text: &[Self], unit: Self) -> Option<usize> {
        memchr::memchr(unit, text)
    }

    #[inline]
    fn has_quick(few: &[u8]) -> bool {
        (1..=3).contains(&few.len())
    }

    #[inline]
    fn find_few(text: &[Self], few: &[u8]) -> Option<usize> {
        match *few {
            [a] => memchr::memchr(a, text),
            [a, b] => memchr::memchr2(a, b, text),
            [a, b, c] => memchr::memchr3(a, b, c, text),
            _ => None,
        }
    }

    #[inline]
    fn find_string(text: &[Self], finder: &Finder<'_>) -> Option<usize> {
        // Setting out costs more than a short text is worth.
        if text.len() < 64 { find_by_first(text, finder.needle()) } else { finder.find(text) }
    }

    #[inline]
    fn rfind(text: &[Self], unit: Self) -> Option<usize> {
        memchr::memrchr(unit, text)
    }
}

/// Index of the first occurrence of a Latin-1 string, going by its first character.
fn find_by_first<C: Unit>(text: &[C], needle: &[u8]) -> Option<usize> {
    let first = C::narrow(u32::from(*needle.first()?))?;
    let mut at = 0;
    loop {
        at += C::find(&text[at..], first)?;
        if C::starts_with(&text[at..], needle) {
            return Some(at);
        }
        at += 1;
    }
}

/// Units looked at together: the compare of a whole block compiles to vector instructions.
const BLOCK: usize = 16;

macro_rules! wide_unit {
    ($t:ty) => {
        impl Unit for $t {
            const WIDE: bool = true;

            #[inline(always)]
            fn code(self) -> u32 {
                self as u32
            }

            #[inline(always)]
            fn narrow(code: u32) -> Option<Self> {
                <$t>::try_from(code).ok()
            }

            #[inline(always)]
            fn look(self, table: &[bool; 256], high: impl FnOnce(u32) -> bool) -> bool {
                if self < 256 { table[self as u8 as usize] } else { high(self as u32) }
            }

            #[inline(always)]
            fn pick(self, table: &[u16; 256], high: u16) -> u16 {
                if self < 256 { table[self as u8 as usize] } else { high }
            }

            #[inline(always)]
            fn starts_with(text: &[Self], latin1: &[u8]) -> bool {
                text.len() >= latin1.len() && text.iter().zip(latin1).all(|(a, b)| *a == <$t>::from(*b))
            }

            fn find(text: &[Self], unit: Self) -> Option<usize> {
                let mut at = 0;
                for block in text.chunks(BLOCK) {
                    if block.iter().fold(false, |any, c| any | (*c == unit)) {
                        return block.iter().position(|c| *c == unit).map(|i| at + i);
                    }
                    at += block.len();
                }
                None
            }

            #[inline]
            fn has_quick(few: &[u8]) -> bool {
                few.len() == 1
            }

            #[inline]
            fn find_few(text: &[Self], few: &[u8]) -> Option<usize> {
                Self::find(text, <$t>::from(*few.first()?))
            }

            fn find_string(text: &[Self], finder: &Finder<'_>) -> Option<usize> {
                find_by_first(text, finder.needle())
            }

            fn rfind(text: &[Self], unit: Self) -> Option<usize> {
                let mut at = text.len();
                for block in text.rchunks(BLOCK) {
                    at -= block.len();
                    if block.iter().fold(false, |any, c| any | (*c == unit)) {
                        return block.iter().rposition(|c| *c == unit).map(|i| at + i);
                    }
                }
                None
            }
        }
    };
}

wide_unit!(u16);
wide_unit!(u32);
