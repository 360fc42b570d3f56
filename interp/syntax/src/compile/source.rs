//! Source to bytecode in one step: parsing, scopes, compilation.

use super::{Options, Output, compile};
use crate::error::{ErrorKind, SyntaxError};
use crate::parse::source::DecodeWith;
use crate::parse::{self, Flags, Mode};
use crate::stack;

const DONT_IMPLY_DEDENT: u32 = 0x200;
const TYPE_COMMENTS: u32 = 0x1000;
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
const BARRY_AS_FLUFL: u32 = 0x40_0000;

/// Runs what recurses as deeply as the source nests on a stack that is large enough for the deepest tree there is.
pub(super) fn deep<T>(run: impl FnOnce() -> Result<T, Box<SyntaxError>>) -> Result<T, Box<SyntaxError>> {
    stack::with(6 << 20, 32 << 20, stack::no_memory, run)
}

/// Compiles source bytes in an encoding that this crate knows.
///
/// `flags` are those of `compile()`: `CO_FUTURE_*` and `PyCF_*` bits.
///
/// # Errors
/// Whatever CPython's parser, symbol table and compiler refuse, with their texts and positions.
pub fn compile_source(
    source: &[u8],
    filename: &str,
    mode: Mode,
    optimize: u8,
    flags: u32,
) -> Result<Output, Box<SyntaxError>> {
    let mut decode = |encoding: &str, _: &[u8]| {
        Err(SyntaxError::bare(ErrorKind::Syntax, format!("unknown encoding: {encoding}")))
    };
    compile_bytes(source, filename.as_bytes(), mode, optimize, flags, false, &mut decode)
}

/// As [`compile_source`], with the bytes of the file's name, whether the source is a file's, and a decoder for the
/// encodings that this crate does not know.
pub fn compile_bytes(
    source: &[u8],
    filename: &[u8],
    mode: Mode,
    optimize: u8,
    flags: u32,
    from_file: bool,
    decode: DecodeWith<'_>,
) -> Result<Output, Box<SyntaxError>> {
    let parse_flags =
        Flags { from_file, filename: String::from_utf8_lossy(filename).into_owned(), ..parse_flags(flags) };
    deep(|| {
        let parsed = parse::parse_bytes(source, mode, &parse_flags, decode)?;
        finish(parsed, filename, optimize, flags)
    })
}

/// As [`compile_bytes`] for text in UTF-8 whose encoding declaration, if any, does not count.
pub fn compile_text(
    source: &str,
    filename: &[u8],
    mode: Mode,
    optimize: u8,
    flags: u32,
) -> Result<Output, Box<SyntaxError>> {
    deep(|| finish(parse::parse(source, mode, &parse_flags(flags))?, filename, optimize, flags))
}

/// The tree of source bytes in the language of Python 3.`version`; the other arguments are those of
/// [`compile_bytes`].
///
/// # Errors
/// Whatever CPython's parser refuses.
pub fn parse_bytes(
    source: &[u8],
    filename: &[u8],
    mode: Mode,
    flags: u32,
    version: u8,
    from_file: bool,
    decode: DecodeWith<'_>,
) -> Result<parse::Parsed, Box<SyntaxError>> {
    let parse_flags =
        Flags { from_file, filename: String::from_utf8_lossy(filename).into_owned(), ..parse_flags(flags) };
    let parse_flags = Flags { feature_version: version, ..parse_flags };
    deep(|| parse::parse_bytes(source, mode, &parse_flags, decode))
}

/// As [`parse_bytes`] for text.
///
/// # Errors
/// As there.
pub fn parse_text(
    source: &str,
    mode: Mode,
    flags: u32,
    version: u8,
) -> Result<parse::Parsed, Box<SyntaxError>> {
    deep(|| parse::parse(source, mode, &Flags { feature_version: version, ..parse_flags(flags) }))
}

fn parse_flags(flags: u32) -> Flags {
    Flags {
        barry_as_flufl: flags & BARRY_AS_FLUFL != 0,
        type_comments: flags & TYPE_COMMENTS != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
        allow_incomplete_input: flags & ALLOW_INCOMPLETE_INPUT != 0,
        ..Flags::default()
    }
}

fn finish(
    mut parsed: parse::Parsed,
    filename: &[u8],
    optimize: u8,
    flags: u32,
) -> Result<Output, Box<SyntaxError>> {
    let mut output = compile(&mut parsed.tree, filename, Options { optimize, flags })?;
    output.warnings.splice(0..0, parsed.warnings);
    Ok(output)
}
