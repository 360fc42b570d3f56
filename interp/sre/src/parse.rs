//! Reads a code list: checks all of it and writes the program in the same pass.
//!
//! A code list is untrusted (`_sre.compile` is callable): whatever the words are, the outcome is a program that keeps
//! the invariants of `program`, or [`InvalidCode`]. Bodies nest without limit, so the open ones are on a list, not on
//! the machine stack. The literal prefix and charset of an INFO block are checked for form only; what the search
//! needs is derived from the code itself (`prefilter`), which cannot contradict it.

use crate::charset::{Category, Fold, High, Item, Set};
use crate::first;
use crate::opcodes as oc;
use crate::program::{At, Block, Branch, Loop, NONE, One, Op, Program, Test, Words};

/// The code list is not one that `re._compiler` could have emitted ("invalid SRE code").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCode;

impl std::fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("invalid SRE code")
    }
}

impl std::error::Error for InvalidCode {}

type Res<T> = Result<T, InvalidCode>;

/// A body being read. `end` is where its own words end.
struct Open {
    end: usize,
    kind: Kind,
}

enum Kind {
    /// An alternative: chunk it belongs to, jumps to patch, and where all must lead once one told.
    Branch {
        chunk: u32,
        jumps: Vec<u32>,
        target: Option<usize>,
    },
    Repeat {
        index: u32,
        greedy: bool,
    },
    Optional {
        index: u32,
    },
    Possessive {
        index: u32,
    },
    Block {
        index: u32,
        close: Op,
    },
    /// The part taken if the group matched; the operation to patch.
    Yes {
        op: usize,
    },
    /// The other part; the jump over it.
    No {
        jump: usize,
    },
}

/// Sets already made, found again by their words.
type Known = (Fold, std::ops::Range<usize>, Test);

struct Reader<'a> {
    code: &'a [u32],
    i: usize,
    groups: usize,
    program: Program,
    open: Vec<Open>,
    /// Operations before this one must not be merged with later ones: something may jump here.
    label: usize,
    known: Vec<Known>,
}

impl Program {
    /// Checks a code list and makes it ready to run. `groups` is the number of capturing groups; `flags` are only
    /// kept.
    ///
    /// # Errors
    /// The list is malformed or refers to groups that do not exist.
    pub fn compile(code: &[u32], groups: usize, flags: u32) -> Result<Program, InvalidCode> {
        let [.., oc::SUCCESS] = code else { return Err(InvalidCode) };
        if groups > oc::MAXGROUPS || code.len() >= (u32::MAX / 2) as usize {
            return Err(InvalidCode);
        }
        let program = Program::new(groups, flags);
        let mut r = Reader { code, i: 0, groups, program, open: Vec::new(), label: 0, known: Vec::new() };
        r.info()?;
        r.body()?;
        let mut program = r.program;
        program.ops.push(Op::Success);
        thread_jumps(&mut program.ops);
        first::analyse(&mut program);
        Ok(program)
    }
}

/// Lets jumps lead where they end, and puts in their place operations that do not care where they stand.
fn thread_jumps(ops: &mut [Op]) {
    // Jumps go forward: from the last to the first, every target has been settled.
    for pc in (0..ops.len()).rev() {
        if let Op::Jump(to) = ops[pc]
            && let target @ (Op::Jump(_)
            | Op::MaxUntil(_)
            | Op::MinUntil(_)
            | Op::PossUntil(_)
            | Op::Success
            | Op::Fail) = ops[to as usize]
        {
            ops[pc] = target;
        }
    }
}

impl Reader<'_> {
    /// Where the innermost open body ends.
    fn limit(&self) -> usize {
        self.open.last().map_or(self.code.len() - 1, |o| o.end)
    }

    /// The next word of the innermost body.
    fn word(&mut self) -> Res<u32> {
        if self.i >= self.limit() {
            return Err(InvalidCode);
        }
        self.i += 1;
        Ok(self.code[self.i - 1])
    }

    /// Reads a distance; the place it leads to must be inside the innermost body, or at its end.
    fn skip(&mut self) -> Res<usize> {
        let at = self.i;
        let to = at.checked_add(self.word()? as usize).ok_or(InvalidCode)?;
        if to < self.i || to > self.limit() { Err(InvalidCode) } else { Ok(to) }
    }

    fn info(&mut self) -> Res<()> {
        if self.code[0] != oc::INFO {
            return Ok(());
        }
        self.i = 1;
        let end = self.skip()?;
        let flags = self.word()?;
        self.program.min_width = self.word()? as usize;
        self.word()?;
        let (prefix, charset) = (flags & oc::INFO_PREFIX != 0, flags & oc::INFO_CHARSET != 0);
        if flags & !(oc::INFO_PREFIX | oc::INFO_LITERAL | oc::INFO_CHARSET) != 0
            || (prefix && charset)
            || (flags & oc::INFO_LITERAL != 0 && !prefix)
            || self.i > end
        {
            return Err(InvalidCode);
        }
        if prefix {
            let len = self.word()? as usize;
            if self.word()? as usize > len || len > self.code.len() {
                return Err(InvalidCode);
            }
            let overlap = self.i + len;
            if overlap + len != end || self.code[overlap..end].iter().any(|w| *w as usize >= len) {
                return Err(InvalidCode);
            }
        } else if charset {
            self.charset(end)?;
        } else if self.i != end {
            return Err(InvalidCode);
        }
        self.i = end;
        Ok(())
    }

    /// Reads set elements up to the FAILURE that must be the last word before `end`.
    fn charset(&mut self, end: usize) -> Res<Vec<Item>> {
        let mut items = Vec::new();
        loop {
            if self.i >= end {
                return Err(InvalidCode);
            }
            items.push(match self.word()? {
                oc::FAILURE if self.i == end => return Ok(items),
                oc::NEGATE => Item::Negate,
                oc::LITERAL => Item::Literal(self.word()?),
                oc::RANGE => Item::Range(self.word()?, self.word()?),
                oc::RANGE_UNI_IGNORE => Item::RangeUpper(self.word()?, self.word()?),
                oc::CATEGORY => Item::Category(Category::new(self.word()?).ok_or(InvalidCode)?),
                oc::CHARSET => Item::Bitmap(self.bits()?),
                oc::BIGCHARSET => {
                    let count = self.word()? as usize;
                    if count > 256 || self.i + 64 > end {
                        return Err(InvalidCode);
                    }
                    let mut index = Box::new([0u8; 256]);
                    for quad in index.chunks_mut(4) {
                        quad.copy_from_slice(&self.word()?.to_ne_bytes());
                    }
                    if index.iter().any(|b| usize::from(*b) >= count) {
                        return Err(InvalidCode);
                    }
                    let blocks: Res<Vec<_>> = (0..count).map(|_| self.bits()).collect();
                    Item::Big(index, blocks?.into())
                }
                _ => return Err(InvalidCode),
            });
        }
    }

    fn bits(&mut self) -> Res<[u32; 8]> {
        let mut bits = [0; 8];
        for b in &mut bits {
            *b = self.word()?;
        }
        Ok(bits)
    }

    /// Reads bodies until the outermost one ends.
    fn body(&mut self) -> Res<()> {
        loop {
            while self.open.last().is_some_and(|o| o.end == self.i) {
                self.close()?;
            }
            if self.i == self.limit() {
                return Ok(());
            }
            self.operation()?;
        }
    }

    fn operation(&mut self) -> Res<()> {
        let op = self.word()?;
        match op {
            oc::FAILURE => self.emit(Op::Fail),
            oc::LITERAL => self.literal(),
            oc::AT => {
                let at = self.at()?;
                self.emit(Op::At(at))
            }
            oc::MARK => {
                let n = self.word()?;
                if n as usize >= 2 * self.groups {
                    return Err(InvalidCode);
                }
                self.program.marks = self.program.marks.max((n as usize | 1) + 1);
                self.emit(Op::Mark(n))
            }
            oc::GROUPREF => self.group_ref(Fold::None),
            oc::GROUPREF_IGNORE => self.group_ref(Fold::Ascii),
            oc::GROUPREF_UNI_IGNORE => self.group_ref(Fold::Unicode),
            oc::GROUPREF_LOC_IGNORE => self.group_ref(Fold::Locale),
            oc::GROUPREF_EXISTS => self.group_exists(),
            oc::BRANCH => {
                self.program.branches.push(Branch::new());
                let chunk = self.program.branches.len() as u32 - 1;
                self.emit(Op::Branch(chunk))?;
                self.alternative(chunk, Vec::new(), None)
            }
            oc::REPEAT_ONE | oc::MIN_REPEAT_ONE | oc::POSSESSIVE_REPEAT_ONE => self.repeat_one(op),
            oc::REPEAT | oc::POSSESSIVE_REPEAT => self.repeat(op),
            oc::ASSERT | oc::ASSERT_NOT | oc::ATOMIC_GROUP => self.block(op),
            oc::JUMP => self.otherwise(),
            _ => {
                let test = self.test(op)?;
                self.emit_test(test)
            }
        }
    }

    fn emit(&mut self, op: Op) -> Res<()> {
        // What program holds one entry per word at most, so that indexes fit.
        self.program.ops.push(op);
        Ok(())
    }

    fn here(&mut self) -> u32 {
        self.label = self.program.ops.len();
        self.label as u32
    }

    fn literal(&mut self) -> Res<()> {
        let ch = self.word()?;
        let fusible = self.program.ops.len() > self.label && ch < 256;
        let p = &mut self.program;
        match p.ops.last_mut() {
            Some(Op::Str { len, .. }) if fusible => {
                *len += 1;
                p.strings.push(ch as u8);
            }
            Some(last @ Op::Literal(0..=255)) if fusible => {
                let Op::Literal(before) = *last else { return Err(InvalidCode) };
                *last = Op::Str { start: p.strings.len() as u32, len: 2 };
                p.strings.extend([before as u8, ch as u8]);
            }
            _ => p.ops.push(Op::Literal(ch)),
        }
        Ok(())
    }

    fn emit_test(&mut self, test: Test) -> Res<()> {
        self.emit(match test {
            Test::Any => Op::Any,
            Test::AnyAll => Op::AnyAll,
            Test::Literal(c) => Op::Literal(c),
            Test::NotLiteral(c) => Op::NotLiteral(c),
            Test::Set(s) => Op::Set(s),
            Test::LocaleSet(s) => Op::LocaleSet(s),
        })
    }

    /// Reads the rest of a single-character test.
    fn test(&mut self, op: u32) -> Res<Test> {
        let set = |fold, op| match op {
            oc::LITERAL_IGNORE | oc::LITERAL_LOC_IGNORE | oc::LITERAL_UNI_IGNORE => (fold, false),
            _ => (fold, true),
        };
        let (fold, negated) = match op {
            oc::ANY => return Ok(Test::Any),
            oc::ANY_ALL => return Ok(Test::AnyAll),
            oc::LITERAL => return Ok(Test::Literal(self.word()?)),
            oc::NOT_LITERAL => return Ok(Test::NotLiteral(self.word()?)),
            oc::CATEGORY => {
                let category = Category::new(self.word()?).ok_or(InvalidCode)?;
                return Ok(self.add_set(vec![Item::Category(category)], Fold::None));
            }
            oc::IN => return self.set(Fold::None),
            oc::IN_IGNORE => return self.set(Fold::Ascii),
            oc::IN_UNI_IGNORE => return self.set(Fold::Unicode),
            oc::IN_LOC_IGNORE => return self.set(Fold::Locale),
            oc::LITERAL_IGNORE | oc::NOT_LITERAL_IGNORE => set(Fold::Ascii, op),
            oc::LITERAL_UNI_IGNORE | oc::NOT_LITERAL_UNI_IGNORE => set(Fold::Unicode, op),
            oc::LITERAL_LOC_IGNORE | oc::NOT_LITERAL_LOC_IGNORE => set(Fold::LocaleLiteral, op),
            _ => return Err(InvalidCode),
        };
        let literal = Item::Literal(self.word()?);
        Ok(self.add_set(if negated { vec![Item::Negate, literal] } else { vec![literal] }, fold))
    }

    fn set(&mut self, fold: Fold) -> Res<Test> {
        let end = self.skip()?;
        let words = self.i..end;
        let known = self
            .known
            .iter()
            .find(|(f, r, _)| *f == fold && self.code[r.clone()] == self.code[words.clone()]);
        if let Some(&(.., test)) = known {
            self.i = end;
            return Ok(test);
        }
        let items = self.charset(end)?;
        let test = self.add_set(items, fold);
        // A look at a few is cheap; patterns with hundreds of different sets gain nothing from it.
        if self.known.len() < 32 {
            self.known.push((fold, words, test));
        }
        Ok(test)
    }

    fn add_set(&mut self, items: Vec<Item>, fold: Fold) -> Test {
        match (&items[..], fold) {
            ([Item::Literal(c)], Fold::None) => return Test::Literal(*c),
            ([Item::Negate, Item::Literal(c)], Fold::None) => return Test::NotLiteral(*c),
            _ => {}
        }
        let set = Set::new(items, fold);
        let index = self.program.sets.len() as u32;
        if set.locale {
            self.program.sets.push(set);
            return Test::LocaleSet(index);
        }
        let mut missing = (0..256).filter(|c| !set.low[*c as usize]);
        if set.high == (High { mask: High::ALL, exact: true }) {
            match (missing.next(), missing.next()) {
                (None, _) => return Test::AnyAll,
                (Some(c), None) => return Test::NotLiteral(c),
                _ => {}
            }
        }
        self.program.sets.push(set);
        Test::Set(index)
    }

    fn at(&mut self) -> Res<At> {
        Ok(match self.word()? {
            0 | 2 => At::Beginning,
            1 => At::BeginningLine,
            3 => At::Boundary(true, Words::Ascii),
            4 => At::Boundary(false, Words::Ascii),
            5 => At::End,
            6 => At::EndLine,
            7 => At::EndString,
            8 => At::Boundary(true, Words::Locale),
            9 => At::Boundary(false, Words::Locale),
            10 => At::Boundary(true, Words::Unicode),
            11 => At::Boundary(false, Words::Unicode),
            _ => return Err(InvalidCode),
        })
    }

    fn group(&mut self) -> Res<u32> {
        let group = self.word()?;
        self.program.back_references = true;
        if (group as usize) < self.groups { Ok(group) } else { Err(InvalidCode) }
    }

    fn group_ref(&mut self, fold: Fold) -> Res<()> {
        let group = self.group()?;
        self.emit(Op::GroupRef(group, fold))
    }

    fn group_exists(&mut self) -> Res<()> {
        let group = self.group()?;
        let op = self.program.ops.len();
        self.emit(Op::GroupExists { group, no: NONE })?;
        // The distance counts from the word before it.
        self.i -= 1;
        let at = self.i;
        self.i += 1;
        let to = at.checked_add(self.word()? as usize).ok_or(InvalidCode)?;
        if to < self.i || to > self.limit() {
            return Err(InvalidCode);
        }
        self.open.push(Open { end: to, kind: Kind::Yes { op } });
        Ok(())
    }

    /// A JUMP in place of an operation: the end of a conditional's first part when there is a second one.
    fn otherwise(&mut self) -> Res<()> {
        let Some(Open { end, kind: Kind::Yes { op } }) = self.open.pop() else { return Err(InvalidCode) };
        if self.i + 1 != end {
            return Err(InvalidCode);
        }
        let to = self.skip()?;
        let jump = self.program.ops.len();
        self.emit(Op::Jump(NONE))?;
        let here = self.here();
        if let Op::GroupExists { no, .. } = &mut self.program.ops[op] {
            *no = here;
        }
        self.open.push(Open { end: to, kind: Kind::No { jump } });
        Ok(())
    }

    /// Reads the distance before an alternative and opens it.
    fn alternative(&mut self, mut chunk: u32, jumps: Vec<u32>, target: Option<usize>) -> Res<()> {
        let next = self.skip()?;
        if next < self.i + 2 {
            return Err(InvalidCode);
        }
        if self.program.branches[chunk as usize].alts.len() == 64 {
            self.program.branches.push(Branch::new());
            let new = self.program.branches.len() as u32 - 1;
            self.program.branches[chunk as usize].next = new;
            chunk = new;
        }
        let here = self.here();
        self.program.branches[chunk as usize].alts.push(here);
        self.open.push(Open { end: next - 2, kind: Kind::Branch { chunk, jumps, target } });
        Ok(())
    }

    fn repeat_one(&mut self, op: u32) -> Res<()> {
        let end = self.skip()?;
        let (min, max) = self.bounds()?;
        let inner = self.word()?;
        let test = self.test(inner)?;
        if self.i + 1 != end || self.word()? != oc::SUCCESS {
            return Err(InvalidCode);
        }
        if (min, max) == (1, 1) {
            return self.emit_test(test);
        }
        self.program.ones.push(One { test, min, max, follow: NONE, sealed_low: false, sealed: false });
        let index = self.program.ones.len() as u32 - 1;
        self.emit(match op {
            oc::REPEAT_ONE => Op::Greedy(index),
            oc::MIN_REPEAT_ONE => Op::Lazy(index),
            _ => Op::Possessive(index),
        })
    }

    fn bounds(&mut self) -> Res<(u32, u32)> {
        let (min, max) = (self.word()?, self.word()?);
        if min <= max { Ok((min, max)) } else { Err(InvalidCode) }
    }

    fn repeat(&mut self, op: u32) -> Res<()> {
        let end = self.skip()?;
        let (min, max) = self.bounds()?;
        if end >= self.limit() || end < self.i {
            return Err(InvalidCode);
        }
        let greedy = match (op, self.code[end]) {
            (oc::POSSESSIVE_REPEAT, oc::SUCCESS) => true,
            (oc::REPEAT, oc::MAX_UNTIL) => true,
            (oc::REPEAT, oc::MIN_UNTIL) => false,
            _ => return Err(InvalidCode),
        };
        let index = self.program.loops.len() as u32;
        let (op, kind) = match op {
            oc::REPEAT if (min, max) == (0, 1) => {
                (if greedy { Op::Optional(index) } else { Op::OptionalLazy(index) }, Kind::Optional { index })
            }
            oc::REPEAT => (Op::Repeat(index), Kind::Repeat { index, greedy }),
            _ => (Op::PossRepeat(index), Kind::Possessive { index }),
        };
        self.emit(op)?;
        let body = self.here();
        self.program.loops.push(Loop { min, max, body, tail: NONE, enter: NONE, leave: NONE, greedy });
        self.open.push(Open { end, kind });
        Ok(())
    }

    fn block(&mut self, op: u32) -> Res<()> {
        let end = self.skip()?;
        let back = if op == oc::ATOMIC_GROUP { 0 } else { self.word()? as usize };
        if end < self.i + 1 || self.code[end - 1] != oc::SUCCESS {
            return Err(InvalidCode);
        }
        let index = self.program.blocks.len() as u32;
        self.program.blocks.push(Block { back, after: NONE });
        let (open, close) = match op {
            oc::ASSERT => (Op::Assert(index), Op::AssertEnd(index)),
            oc::ASSERT_NOT => (Op::AssertNot(index), Op::AssertNotEnd(index)),
            _ => (Op::Atomic(index), Op::AtomicEnd(index)),
        };
        self.emit(open)?;
        self.here();
        self.open.push(Open { end: end - 1, kind: Kind::Block { index, close } });
        Ok(())
    }

    /// Ends the innermost body, whose words have all been read.
    fn close(&mut self) -> Res<()> {
        let Some(Open { end, kind }) = self.open.pop() else { return Err(InvalidCode) };
        match kind {
            Kind::Branch { chunk, mut jumps, target } => {
                // JUMP, distance; then the next alternative's distance or the closing 0.
                if self.word()? != oc::JUMP {
                    return Err(InvalidCode);
                }
                let to = self.skip()?;
                if target.is_some_and(|t| t != to) {
                    return Err(InvalidCode);
                }
                if self.i < self.limit() && self.code[self.i] == oc::FAILURE {
                    self.i += 1;
                    if self.i != to {
                        return Err(InvalidCode);
                    }
                    let here = self.here();
                    for jump in jumps {
                        self.program.ops[jump as usize] = Op::Jump(here);
                    }
                    return Ok(());
                }
                jumps.push(self.program.ops.len() as u32);
                self.emit(Op::Jump(NONE))?;
                self.alternative(chunk, jumps, Some(to))?;
            }
            Kind::Repeat { index, greedy } => {
                self.i = end + 1;
                self.emit(if greedy { Op::MaxUntil(index) } else { Op::MinUntil(index) })?;
                self.program.loops[index as usize].tail = self.here();
            }
            Kind::Possessive { index } => {
                self.i = end + 1;
                self.emit(Op::PossUntil(index))?;
                self.program.loops[index as usize].tail = self.here();
            }
            Kind::Optional { index } => {
                self.i = end + 1;
                self.program.loops[index as usize].tail = self.here();
            }
            Kind::Block { index, close } => {
                self.i = end + 1;
                self.emit(close)?;
                self.program.blocks[index as usize].after = self.here();
            }
            Kind::Yes { op } => {
                let here = self.here();
                if let Op::GroupExists { no, .. } = &mut self.program.ops[op] {
                    *no = here;
                }
            }
            Kind::No { jump } => {
                let here = self.here();
                self.program.ops[jump] = Op::Jump(here);
            }
        }
        Ok(())
    }
}
