//! What the compiler makes of one code block, as plain data.
//!
//! Register layout of a frame: the parameters in order (positional-only, positional,
//! keyword-only, `*args`, `**kwargs`), then the other local variables, then temporaries,
//! used as a stack. A parameter or local that an inner scope captures is kept in a cell:
//! its register holds the cell from `MAKE_CELL` on. Free variables have no register;
//! they are read through the function's closure.

/// Flags of a code object, as `co_flags` has them.
pub struct CodeFlags;

impl CodeFlags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
}

/// A constant of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// Sign and little-endian magnitude, beyond i64.
    BigInt(bool, Box<[u64]>),
    Float(f64),
    Complex(f64, f64),
    /// Generalized UTF-8 (lone surrogates as three bytes).
    Str(Box<[u8]>),
    /// As `Str`, and interned: names.
    Name(Box<[u8]>),
    Bytes(Box<[u8]>),
    Tuple(Vec<Const>),
    FrozenSet(Vec<Const>),
    Code(Box<CodeTemplate>),
    /// An arbitrary object of an `ast` tree, by index in the tree's side table.
    Foreign(u32),
}

/// Source range of an instruction; columns are UTF-8 byte offsets, lines start at 1. Zero line: none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    pub line: u32,
    pub end_line: u32,
    pub col: u32,
    pub end_col: u32,
}

/// Instructions in `start..end` (word offsets) that raise continue at `handler` with the exception in register `exc`.
/// Inner entries come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionEntry {
    pub start: u32,
    pub end: u32,
    pub handler: u32,
    pub exc: u16,
}

/// Registers from `first` on, `count` of them, that hold nothing (stale words) while instructions in `start..end`
/// call out, although they lie below the liveness count: the free words of call windows whose arguments are being
/// evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub start: u32,
    pub end: u32,
    pub first: u16,
    pub count: u16,
}

/// Calls `f` with each run (first, count) of registers alive at a word offset: those below `live` that are in no gap.
pub fn live_runs(live: usize, gaps: &[Gap], offset: u32, mut f: impl FnMut(usize, usize)) {
    let mut from = 0;
    // Sorted by start, and windows open upwards, so the gaps around an offset come in ascending order.
    for gap in gaps.iter().take_while(|g| g.start <= offset).filter(|g| offset < g.end) {
        let first = (gap.first as usize).min(live);
        if first > from {
            f(from, first - from);
        }
        from = from.max(first + gap.count as usize);
    }
    if live > from {
        f(from, live - from);
    }
}

/// One compiled code block.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeTemplate {
    pub name: Box<str>,
    pub qualname: Box<str>,
    pub filename: Box<[u8]>,
    pub first_line: u32,
    pub flags: u32,
    /// Positional parameters, positional-only included.
    pub arg_count: u32,
    pub posonly_count: u32,
    pub kwonly_count: u32,
    /// Names of the registers from 0: parameters, then locals (cell variables included).
    pub varnames: Vec<Box<str>>,
    /// Registers (indexes into `varnames`) that hold cells.
    pub cell_registers: Vec<u16>,
    pub freevars: Vec<Box<str>>,
    /// All registers, temporaries and call windows included.
    pub register_count: u32,
    pub consts: Vec<Const>,
    /// consts[0] is the docstring of a function that has one.
    pub has_docstring: bool,
    pub code: Vec<u64>,
    /// Sorted by word offset; each holds from its offset to the next one's.
    pub positions: Vec<(u32, Position)>,
    pub exceptions: Vec<ExceptionEntry>,
    /// Sorted by word offset: how many registers (from 0) are alive *while* the instruction at the offset calls out,
    /// that is without its operands that die and without its result. Each holds to the next one's offset. The
    /// free words of call windows that are being filled are among them and hold anything.
    pub liveness: Vec<(u32, u16)>,
    /// Exceptions to the liveness, sorted by start.
    pub gaps: Vec<Gap>,
    /// `co_names`: attribute and global names in order of first use.
    pub names: Vec<Box<str>>,
}
