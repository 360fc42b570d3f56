//! Tokens, exactly as CPython 3.12's own tokenizer makes them: the same kinds and numbers, the same positions, the
//! same errors in the same order.
//!
//! The parser does not need it for sources that are fine. The diagnosis of errors does, the REPL does, and so does
//! the `_tokenize` module.

mod fstring;
mod number;
mod scan;

pub use scan::{TokenError, Tokenizer};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal $text:literal,)*) => {
        /// The kind of a token; the numbers are those of the `token` module.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum TokenKind { $($(#[$doc])* $name = $number,)* }

        impl TokenKind {
            /// The text of an operator; empty for the other kinds.
            pub fn text(self) -> &'static str {
                match self { $(TokenKind::$name => $text,)* }
            }
        }
    };
}

kinds! {
    EndMarker = 0 "",
    Name = 1 "",
    Number = 2 "",
    String = 3 "",
    Newline = 4 "",
    Indent = 5 "",
    Dedent = 6 "",
    LPar = 7 "(",
    RPar = 8 ")",
    LSqb = 9 "[",
    RSqb = 10 "]",
    Colon = 11 ":",
    Comma = 12 ",",
    Semi = 13 ";",
    Plus = 14 "+",
    Minus = 15 "-",
    Star = 16 "*",
    Slash = 17 "/",
    VBar = 18 "|",
    Amper = 19 "&",
    Less = 20 "<",
    Greater = 21 ">",
    Equal = 22 "=",
    Dot = 23 ".",
    Percent = 24 "%",
    LBrace = 25 "{",
    RBrace = 26 "}",
    EqEqual = 27 "==",
    NotEqual = 28 "!=",
    LessEqual = 29 "<=",
    GreaterEqual = 30 ">=",
    Tilde = 31 "~",
    Circumflex = 32 "^",
    LeftShift = 33 "<<",
    RightShift = 34 ">>",
    DoubleStar = 35 "**",
    PlusEqual = 36 "+=",
    MinEqual = 37 "-=",
    StarEqual = 38 "*=",
    SlashEqual = 39 "/=",
    PercentEqual = 40 "%=",
    AmperEqual = 41 "&=",
    VBarEqual = 42 "|=",
    CircumflexEqual = 43 "^=",
    LeftShiftEqual = 44 "<<=",
    RightShiftEqual = 45 ">>=",
    DoubleStarEqual = 46 "**=",
    DoubleSlash = 47 "//",
    DoubleSlashEqual = 48 "//=",
    At = 49 "@",
    AtEqual = 50 "@=",
    RArrow = 51 "->",
    Ellipsis = 52 "...",
    ColonEqual = 53 ":=",
    Exclamation = 54 "!",
    /// A character that starts no token: `$`, `?`, a backquote.
    Op = 55 "",
    /// The keyword; a `Name` with extra tokens.
    Await = 56 "await",
    /// The keyword; a `Name` with extra tokens.
    Async = 57 "async",
    FStringStart = 61 "",
    FStringMiddle = 62 "",
    FStringEnd = 63 "",
    /// Only with extra tokens.
    Comment = 64 "",
    /// A newline that ends no statement; only with extra tokens.
    Nl = 65 "",
}

/// A token. Positions are byte offsets into the source; lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
    pub lineno: u32,
    /// -1 where CPython has no position: indentation and the end.
    pub col: i32,
    pub end_lineno: u32,
    pub end_col: i32,
    /// How many brackets are open after it.
    pub level: u16,
}

impl Token {
    /// The source text of the token.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// The operator that a character starts on its own.
pub(crate) fn one_char(c: u8) -> TokenKind {
    use TokenKind::*;
    match c {
        b'(' => LPar,
        b')' => RPar,
        b'[' => LSqb,
        b']' => RSqb,
        b':' => Colon,
        b',' => Comma,
        b';' => Semi,
        b'+' => Plus,
        b'-' => Minus,
        b'*' => Star,
        b'/' => Slash,
        b'|' => VBar,
        b'&' => Amper,
        b'<' => Less,
        b'>' => Greater,
        b'=' => Equal,
        b'.' => Dot,
        b'%' => Percent,
        b'{' => LBrace,
        b'}' => RBrace,
        b'~' => Tilde,
        b'^' => Circumflex,
        b'@' => At,
        b'!' => Exclamation,
        _ => Op,
    }
}

/// The operator of two characters.
pub(crate) fn two_chars(a: u8, b: u8) -> Option<TokenKind> {
    use TokenKind::*;
    Some(match (a, b) {
        (b'!', b'=') | (b'<', b'>') => NotEqual,
        (b'%', b'=') => PercentEqual,
        (b'&', b'=') => AmperEqual,
        (b'*', b'*') => DoubleStar,
        (b'*', b'=') => StarEqual,
        (b'+', b'=') => PlusEqual,
        (b'-', b'=') => MinEqual,
        (b'-', b'>') => RArrow,
        (b'/', b'/') => DoubleSlash,
        (b'/', b'=') => SlashEqual,
        (b':', b'=') => ColonEqual,
        (b'<', b'<') => LeftShift,
        (b'<', b'=') => LessEqual,
        (b'=', b'=') => EqEqual,
        (b'>', b'=') => GreaterEqual,
        (b'>', b'>') => RightShift,
        (b'@', b'=') => AtEqual,
        (b'^', b'=') => CircumflexEqual,
        (b'|', b'=') => VBarEqual,
        _ => return None,
    })
}

/// The operator of three characters.
pub(crate) fn three_chars(a: u8, b: u8, c: u8) -> Option<TokenKind> {
    use TokenKind::*;
    Some(match (a, b, c) {
        (b'*', b'*', b'=') => DoubleStarEqual,
        (b'.', b'.', b'.') => Ellipsis,
        (b'/', b'/', b'=') => DoubleSlashEqual,
        (b'<', b'<', b'=') => LeftShiftEqual,
        (b'>', b'>', b'=') => RightShiftEqual,
        _ => return None,
    })
}
