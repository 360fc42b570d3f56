//! The format-spec mini-language (PEP 3101) and printf-style formatting.
//!
//! [`spec`] reads a format spec, [`apply`] writes numbers under one, [`percent`] reads `%` templates and writes
//! numbers under their directives. Output goes to a [`Sink`] of code points, so that the caller builds its own
//! kind of string; input text comes through [`CodePoints`]. Error texts are CPython's, complete.

pub mod apply;
pub mod percent;
pub mod spec;

pub use apply::{Locale, format_complex, format_float, format_int, format_str};
pub use percent::{Amount, Conversion, Directive, Percent, Piece};
pub use spec::{Align, Grouping, Spec};

/// Text as code points, whatever its storage.
pub trait CodePoints {
    /// Number of code points.
    fn len(&self) -> usize;
    /// The code point at `index`, which is below `len`.
    fn at(&self, index: usize) -> u32;
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl CodePoints for [u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }
    #[inline]
    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

impl CodePoints for [u16] {
    fn len(&self) -> usize {
        <[u16]>::len(self)
    }
    #[inline]
    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

impl CodePoints for [u32] {
    fn len(&self) -> usize {
        <[u32]>::len(self)
    }
    #[inline]
    fn at(&self, index: usize) -> u32 {
        self[index]
    }
}

impl CodePoints for [char] {
    fn len(&self) -> usize {
        <[char]>::len(self)
    }
    #[inline]
    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

/// Where formatted text goes. A sink that can not grow remembers that itself and ignores the rest: widths come
/// from programs and may be any number.
pub trait Sink {
    /// Appends ASCII text.
    fn ascii(&mut self, text: &[u8]);
    /// Appends `code` `count` times.
    fn fill(&mut self, code: u32, count: usize);
    /// Appends any text.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            self.fill(u32::from(c), 1);
        }
    }
}

/// Bytes: for `bytes % args`, whose fill is always ASCII.
impl Sink for Vec<u8> {
    fn ascii(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }
    fn fill(&mut self, code: u32, count: usize) {
        if self.try_reserve(count).is_ok() {
            self.resize(self.len() + count, code as u8);
        }
    }
}

impl Sink for String {
    fn ascii(&mut self, text: &[u8]) {
        self.extend(text.iter().map(|&b| b as char));
    }
    fn fill(&mut self, code: u32, count: usize) {
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        if self.try_reserve(count.saturating_mul(c.len_utf8())).is_ok() {
            self.extend(std::iter::repeat_n(c, count));
        }
    }
}

/// Why text can not be formatted. [`FormatError::message`] is CPython's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// ValueError with this text.
    Value(String),
    /// OverflowError with this text.
    Overflow(String),
    /// TypeError with this text.
    Type(String),
    /// An integer has more digits than `sys.get_int_max_str_digits()` allows: a ValueError.
    TooManyDigits,
}

impl FormatError {
    fn value(text: impl Into<String>) -> FormatError {
        FormatError::Value(text.into())
    }

    /// The exception's text (for [`FormatError::TooManyDigits`] with the limit it names).
    pub fn message(&self, max_digits: usize) -> String {
        match self {
            FormatError::Value(text) | FormatError::Overflow(text) | FormatError::Type(text) => text.clone(),
            FormatError::TooManyDigits => format!(
                "Exceeds the limit ({max_digits} digits) for integer string conversion; \
                 use sys.set_int_max_str_digits() to increase the limit"
            ),
        }
    }
}
