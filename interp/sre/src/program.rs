//! The program the engine runs: code words rewritten as operations with direct targets and tables beside them.
//!
//! Invariants, made by `parse` and relied on by `vm`: every target and table index is in range; control only goes
//! forward, except from the end of a loop body to its start; the last operation is `Success`; every `Mark` is below
//! `Program::marks`. The engine still checks its indexes (no unsafe code), so a broken invariant would be a panic,
//! not undefined behaviour.

use std::sync::OnceLock;

use crate::charset::{Fold, Set};
use crate::prefilter::Prefilter;

/// No entry of a table.
pub(crate) const NONE: u32 = u32::MAX;

/// A position test: AT's operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Beginning,
    BeginningLine,
    End,
    EndLine,
    EndString,
    /// A word boundary (true) or not (false), by one of the three ideas of a word.
    Boundary(bool, Words),
}

/// Which characters make a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    Ascii,
    Locale,
    Unicode,
}

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Any,
    AnyAll,
    Literal(u32),
    NotLiteral(u32),
    /// Index of a set with a table.
    Set(u32),
    /// Index of a set without one.
    LocaleSet(u32),
}

/// One operation. Those without a target go on at the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Any,
    AnyAll,
    Literal(u32),
    NotLiteral(u32),
    Set(u32),
    LocaleSet(u32),
    /// Latin-1 characters: a range of `Program::strings`.
    Str {
        start: u32,
        len: u32,
    },
    At(At),
    Mark(u32),
    Jump(u32),
    /// Index of the branch's first chunk.
    Branch(u32),
    /// Single-character repeats; index into `Program::ones`.
    Greedy(u32),
    Lazy(u32),
    Possessive(u32),
    /// An optional part, tried first or last; index into `Program::loops`. Its body runs on into the tail.
    Optional(u32),
    OptionalLazy(u32),
    /// Start and end of a general repeat; index into `Program::loops`.
    Repeat(u32),
    MaxUntil(u32),
    MinUntil(u32),
    /// Start and end of a possessive repeat; index into `Program::loops`.
    PossRepeat(u32),
    PossUntil(u32),
    /// Start and end of bodies that are left for good once they matched; index into `Program::blocks`.
    Assert(u32),
    AssertEnd(u32),
    AssertNot(u32),
    AssertNotEnd(u32),
    Atomic(u32),
    AtomicEnd(u32),
    GroupRef(u32, Fold),
    /// Goes to `no` unless the group has matched.
    GroupExists {
        group: u32,
        no: u32,
    },
    Success,
    Fail,
}

/// A repeat of a single-character test.
#[derive(Clone, Debug)]
pub(crate) struct One {
    pub(crate) test: Test,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// Filter every following character must pass; `NONE` when anything may follow.
    pub(crate) follow: u32,
    /// Nothing repeated can follow, in Latin-1 texts: giving characters back is of no use.
    pub(crate) sealed_low: bool,
    /// The same for texts of any width.
    pub(crate) sealed: bool,
}

/// A general repeat.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) greedy: bool,
    pub(crate) body: u32,
    pub(crate) tail: u32,
    /// Filter for the next character of a further iteration; `NONE` when the body may match nothing.
    pub(crate) enter: u32,
    /// Filter for the next character when the loop is left.
    pub(crate) leave: u32,
}

/// An assertion's or atomic group's body.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Characters a look-behind goes back.
    pub(crate) back: usize,
    /// Where it goes on afterwards.
    pub(crate) after: u32,
}

/// Up to 64 alternatives, chosen by the next character.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) alts: Vec<u32>,
    /// For a Latin-1 character, the index of its mask.
    pub(crate) class: Box<[u8; 256]>,
    /// Sets of alternatives (bit n: the nth) that can start with the character.
    pub(crate) masks: Vec<u64>,
    /// The set for any other character, and for the end of the text.
    pub(crate) high: u64,
    pub(crate) end: u64,
    /// The chunk with the alternatives after these, or `NONE`.
    pub(crate) next: u32,
}

/// What can come next.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) low: [bool; 256],
    pub(crate) high: bool,
    /// Whether the end of the text will do as well.
    pub(crate) end: bool,
    /// The only such character, if there is just one.
    pub(crate) only: Option<u32>,
}

/// A compiled pattern. It knows nothing of texts; it can be shared among threads.
#[derive(Debug)]
pub struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) strings: Vec<u8>,
    pub(crate) sets: Vec<Set>,
    pub(crate) ones: Vec<One>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) filters: Vec<Filter>,
    /// Marks the operations use: one more than the highest.
    pub(crate) marks: usize,
    /// Whether a group is asked about, so that what was captured can decide a match.
    pub(crate) back_references: bool,
    /// No match is shorter.
    pub(crate) min_width: usize,
    groups: usize,
    flags: u32,
    /// How to search; made at the first search.
    pub(crate) prefilter: OnceLock<Prefilter>,
}

impl Program {
    /// An empty program, to be filled by `parse`.
    pub(crate) fn new(groups: usize, flags: u32) -> Program {
        Program {
            ops: Vec::new(),
            strings: Vec::new(),
            sets: Vec::new(),
            ones: Vec::new(),
            loops: Vec::new(),
            blocks: Vec::new(),
            branches: Vec::new(),
            filters: Vec::new(),
            marks: 0,
            back_references: false,
            min_width: 0,
            groups,
            flags,
            prefilter: OnceLock::new(),
        }
    }

    /// The number of groups it was compiled with.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The flags it was compiled with; the engine itself has no use for them.
    pub fn flags(&self) -> u32 {
        self.flags
    }
}
