//! What goes wrong with source text: errors and warnings with CPython's texts and positions.
//!
//! Positions are as `SyntaxError` objects show them: lines from 1, offsets from 1 and in characters. The
//! filename is the caller's business; it is the same for the whole source.

/// Which exception the caller raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    Syntax,
    Indentation,
    Tab,
    /// The source ends where more is needed; only with `allow_incomplete_input`.
    IncompleteInput,
    /// Nested too deeply for the tree: `RecursionError`, no position.
    Recursion,
    /// Nested too deeply for the parser: `MemoryError`, no position.
    Memory,
    /// What is no syntax error at all, such as null bytes given to `compile`: `ValueError`, no position.
    Value,
}

/// An error in source text.
///
/// A `lineno` of 0 with an `offset` of 0 means that there is no position at all. With an `offset` of -1 the
/// position is shown as it is, line 0 and offset -1, and has no end: CPython's decoder reports so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub msg: String,
    pub lineno: u32,
    /// 1-based, in characters; 0 when only the line is known.
    pub offset: i32,
    /// 0: none.
    pub end_lineno: u32,
    /// -1 is shown as it is: the tokenizer knows no end. [`SyntaxError::NO_OFFSET`]: none.
    pub end_offset: i32,
    /// The source line, with its newline if it has one.
    pub text: Option<String>,
    /// CPython's symbol table sets the place on an exception that it has raised: `args` has only the message.
    pub place_not_in_args: bool,
    /// What was noticed before the error.
    pub warnings: Vec<SyntaxWarning>,
}

impl SyntaxError {
    /// No end of the range.
    pub const NO_OFFSET: i32 = i32::MIN;

    /// An error of decoding, which has no place in the text.
    pub fn undecodable(msg: impl Into<String>) -> SyntaxError {
        SyntaxError { offset: -1, end_offset: Self::NO_OFFSET, ..SyntaxError::bare(ErrorKind::Syntax, msg) }
    }

    /// An error without a position.
    pub fn bare(kind: ErrorKind, msg: impl Into<String>) -> SyntaxError {
        SyntaxError {
            kind,
            msg: msg.into(),
            lineno: 0,
            offset: 0,
            end_lineno: 0,
            end_offset: 0,
            text: None,
            place_not_in_args: false,
            warnings: Vec::new(),
        }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (line {}, offset {})", self.msg, self.lineno, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// The category of a warning about source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    Syntax,
    Deprecation,
    /// A bool was inverted while folding. It is the inversion that warns, in whose name the compiler runs. A filter that makes
    /// it an error leaves the inversion to run time.
    InvertedBool,
}

/// A warning about source text. When warnings are errors, the caller raises `error` instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxWarning {
    pub kind: WarningKind,
    pub msg: String,
    pub lineno: u32,
    /// The `SyntaxError` that takes the warning's place when the filter turns it into an error.
    pub error: Box<SyntaxError>,
}
