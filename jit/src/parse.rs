//! Reads the text of a region back (`text.rs` has the format), so that passes are tested as text: what goes in, what
//! comes out.
//!
//! Values keep their numbers. Instructions without a result have none in the text; they get those that are free.
//! Frames of snapshots are not in the text: a region that was read can be optimized, not run.

use crate::ir::{
    Alias, Block, Cond, End, Inst, NO_SNAPSHOT, NOT, Object, Op, Ref, Region, Resume, Snapshot, StepInfo, Ty,
    Word,
};
use crate::text::{shows_alias, shows_hex};
use rustc_hash::FxHashSet as HashSet;
use std::rc::Rc;

/// Reads a region.
///
/// # Errors
/// The number of the line and what is wrong with it.
pub fn region(text: &str) -> Result<Region, String> {
    let mut p = Parser {
        region: Region::default(),
        taken: Vec::new(),
        nameless: Vec::new(),
        snapshots: HashSet::default(),
    };
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() {
            p.line(line).map_err(|e| format!("line {}: {e}: {line}", n + 1))?;
        }
    }
    p.finish()
}

/// Is the text of the region one that gives the same text again?
///
/// # Errors
/// What is wrong.
pub fn round_trip(r: &Region) -> Result<(), String> {
    let first = r.to_string();
    let second = region(&first)?.to_string();
    match first.lines().zip(second.lines()).find(|(a, b)| a != b) {
        Some((a, b)) => Err(format!("'{a}' becomes '{b}'")),
        None if first.len() != second.len() => Err("a part is lost".to_owned()),
        None => Ok(()),
    }
}

struct Parser {
    region: Region,
    /// Which numbers are values of the text.
    taken: Vec<bool>,
    /// Instructions without a result: block, place in its body, instruction.
    nameless: Vec<(usize, usize, Inst)>,
    /// The snapshots of the text; what nothing refers to is not in it.
    snapshots: HashSet<u32>,
}

type Parsed<T> = Result<T, String>;

/// The words of a line, with look-ahead.
struct Words<'a> {
    words: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Words<'a> {
        Words { words: text.split_whitespace().peekable() }
    }

    fn next(&mut self) -> Parsed<&'a str> {
        self.words.next().ok_or_else(|| "something is missing at the end".to_owned())
    }

    /// The word, which must be this one.
    fn skip(&mut self, word: &str) -> Parsed<()> {
        let got = self.next()?;
        if got == word { Ok(()) } else { Err(format!("'{word}' is expected, not '{got}'")) }
    }

    /// `word N`
    fn number<T: TryFrom<i64>>(&mut self, word: &str) -> Parsed<T> {
        self.skip(word)?;
        number(self.next()?)
    }

    /// The rest of a word that starts this way, if the next one does.
    fn after(&mut self, prefix: &str) -> Option<&'a str> {
        let rest = self.words.peek()?.strip_prefix(prefix)?;
        self.words.next();
        Some(rest)
    }

    fn end(&mut self) -> Parsed<()> {
        self.words.next().map_or(Ok(()), |w| Err(format!("'{w}' is too much")))
    }
}

/// A number in either base. All 64 bits may be used in the one with sixteen.
fn bits(text: &str) -> Parsed<i64> {
    let n = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).map(|n| n as i64).ok(),
        None => text.parse().ok(),
    };
    n.ok_or_else(|| format!("'{text}' is no number"))
}

fn number<T: TryFrom<i64>>(text: &str) -> Parsed<T> {
    T::try_from(bits(text)?).map_err(|_| format!("'{text}' is out of range"))
}

fn value(text: &str) -> Parsed<Ref> {
    let n = text.strip_prefix('v').and_then(|n| n.parse().ok()).filter(|&n| n < MOST);
    n.map(Ref).ok_or_else(|| format!("'{text}' is no value"))
}

/// Numbers of values beyond this are a slip.
const MOST: u32 = 1 << 20;

fn ty(text: &str) -> Parsed<Ty> {
    [Ty::None, Ty::Val, Ty::Int, Ty::Float, Ty::Ptr]
        .into_iter()
        .find(|t| t.letter() == text)
        .ok_or_else(|| format!("'{text}' is no type"))
}

/// What is between brackets; what follows.
/// A cell that an exit makes: what follows its opening brace.
fn object(text: &str) -> Parsed<Object> {
    let mut words = text.trim_end().strip_suffix('}').ok_or("a brace is open")?.split_whitespace();
    let (cell, header) = words.next().and_then(|w| w.split_once('=')).ok_or("a cell has a header")?;
    let word = |w: &str| -> Parsed<Word> {
        let (store, v) = w.split_once('=').ok_or("a word has a value")?;
        let (store, offset) = store.split_once('#').ok_or("a word has an offset")?;
        let (op, class) = store.split_once('.').ok_or("a word has an alias class")?;
        let store = [Op::Store, Op::StoreW].into_iter().find(|o| o.name() == op).ok_or("no such store")?;
        let alias = Alias::ALL.into_iter().find(|a| format!("{a:?}") == class);
        let alias = alias.ok_or("no such alias class")?;
        Ok(Word { offset: number(offset)?, value: value(v)?, store, alias })
    };
    Ok(Object { cell: value(cell)?, header: bits(header)?, words: words.map(word).collect::<Parsed<_>>()? })
}

fn brackets(text: &str) -> Parsed<(&str, &str)> {
    let inner = text.trim_start().strip_prefix('[').and_then(|t| t.split_once(']'));
    inner.ok_or_else(|| "brackets are expected".to_owned())
}

impl Parser {
    fn line(&mut self, line: &str) -> Parsed<()> {
        if line.starts_with('!') {
            return self.snapshot(line);
        }
        if let Some(rest) = line.strip_prefix("step ") {
            return self.step(rest);
        }
        if line.starts_with('b') && line.ends_with("):") {
            return self.block(line);
        }
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "open" => return self.end(End::Open),
            "jump" => {
                let (to, args) = rest.split_once(' ').ok_or("a jump has arguments")?;
                let to = to.strip_prefix('b').ok_or("a jump goes to a block")?;
                let args = brackets(args)?.0.split_whitespace().map(value).collect::<Parsed<_>>()?;
                return self.end(End::Jump(number(to)?, args));
            }
            "link" => {
                let mut w = Words::of(rest);
                let trace = w.after("t").ok_or("a link goes to a trace")?;
                let snap = w.after("!").ok_or("a link has a snapshot")?;
                return self.end(End::Link(number(trace)?, number(snap)?));
            }
            "return" => {
                let mut w = Words::of(rest);
                let v = value(w.next()?)?;
                let snap = w.after("!").ok_or("a return has a snapshot")?;
                return self.end(End::Return(v, number(snap)?));
            }
            "branch" => {
                let (then, rest) = rest.split_once(' ').ok_or("a branch goes to a block")?;
                let (other, guard) = rest.split_once(' ').ok_or("a branch goes to another block")?;
                let block = |b: &str| b.strip_prefix('b').ok_or("a branch goes to blocks").map(str::to_owned);
                let (then, other) = (number(&block(then)?)?, number(&block(other)?)?);
                // It gets its number when all are there; until then it stands last in the body.
                self.instruction(guard)?;
                return self.end(End::Branch { guard: Ref::NONE, then, other });
            }
            "exit" => {
                let snap = rest.strip_prefix('!').ok_or("an exit has a snapshot")?;
                return self.end(End::Exit(number(snap)?));
            }
            _ => {}
        }
        self.instruction(line)
    }

    fn last(&mut self) -> Parsed<&mut Block> {
        self.region.blocks.last_mut().ok_or_else(|| "there is no block yet".to_owned())
    }

    fn end(&mut self, end: End) -> Parsed<()> {
        self.last()?.end = end;
        Ok(())
    }

    /// Puts an instruction where its value's number says.
    fn define(&mut self, r: Ref, i: Inst) -> Parsed<()> {
        let n = r.index();
        if self.taken.len() <= n {
            self.taken.resize(n + 1, false);
        }
        while self.region.insts.len() <= n {
            self.region.push(Inst::new(Op::KInt, &[]));
        }
        if std::mem::replace(&mut self.taken[n], true) {
            return Err(format!("{r:?} is there already"));
        }
        self.region.insts[n] = i;
        Ok(())
    }

    fn block(&mut self, line: &str) -> Parsed<()> {
        let (name, params) = line.trim_end_matches("):").split_once('(').ok_or("a block has parameters")?;
        let n = self.region.block();
        if name.strip_prefix('b').and_then(|x| x.parse().ok()) != Some(n) {
            return Err(format!("block b{n} is expected"));
        }
        for (k, p) in params.split(", ").filter(|p| !p.is_empty()).enumerate() {
            let (name, t) = p.split_once(':').ok_or("a parameter has a type")?;
            let r = value(name)?;
            self.define(r, Inst { ty: ty(t)?, ..Inst::new(Op::Param, &[]).imm(k as i64) })?;
            self.last()?.params.push(r);
        }
        Ok(())
    }

    fn instruction(&mut self, line: &str) -> Parsed<()> {
        let (result, rest) = match line.split_once(" = ") {
            Some((r, rest)) => {
                let (name, t) = r.split_once(':').ok_or("a value has a type")?;
                (Some((value(name)?, ty(t)?)), rest)
            }
            None => (None, line),
        };
        let mut w = Words::of(rest);
        let (name, suffix) = match w.next()?.split_once('.') {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (rest.split_whitespace().next().unwrap_or(rest), None),
        };
        let op = *Op::ALL
            .iter()
            .find(|o| o.name() == name)
            .ok_or_else(|| format!("no instruction is called '{name}'"))?;
        let mut i = Inst::new(op, &[]);
        match suffix {
            Some(s) if shows_alias(op) => {
                let class = Alias::ALL.into_iter().find(|a| format!("{a:?}") == s);
                i.alias = class.ok_or("no such alias class")?;
            }
            Some(s) => {
                let (not, s) = s.strip_prefix("not-").map_or((0, s), |s| (NOT, s));
                let cond = Cond::ALL.into_iter().find(|c| c.name() == s);
                i.aux = cond.ok_or("no such condition")? as u32 | not;
            }
            None => {}
        }
        for k in 0.. {
            let Some(a) = w.after("v") else { break };
            *i.args.get_mut(k).ok_or("too many operands")? = value(&format!("v{a}"))?;
        }
        if op == Op::KFloat {
            let x = w.next()?;
            i.imm = match x.parse::<f64>() {
                Ok(x) => x.to_bits() as i64,
                Err(_) => bits(x)?,
            };
        } else if shows_hex(op) {
            i.imm = bits(w.next()?)?;
        } else if let Some(n) = w.after("#") {
            i.imm = bits(n)?;
        }
        if let Some(n) = w.after("~") {
            i.aux = number(n)?;
        }
        i.snap = w.after("!").map_or(Ok(NO_SNAPSHOT), number)?;
        w.end()?;
        match result {
            Some((r, t)) => {
                i.ty = t;
                self.define(r, i)?;
                let constant = self.region.is_const(r);
                match self.region.blocks.last_mut() {
                    Some(b) => b.body.push(r),
                    None if constant => {}
                    None => return Err("only constants stand before the blocks".to_owned()),
                }
            }
            None => {
                i.ty = Ty::None;
                let n = self.region.blocks.len();
                let body = &mut self.last()?.body;
                body.push(Ref::NONE);
                let place = body.len() - 1;
                self.nameless.push((n - 1, place, i));
            }
        }
        Ok(())
    }

    fn snapshot(&mut self, line: &str) -> Parsed<()> {
        let (name, rest) = line.split_once(": ").ok_or("a snapshot has a number")?;
        let number_of: u32 = number(name.trim_start_matches('!'))?;
        if number_of >= MOST || !self.snapshots.insert(number_of) {
            return Err(format!("{name} is too large, or there already"));
        }
        let (head, rest) = rest.split_at(rest.find('[').ok_or("a snapshot has registers")?);
        let mut w = Words::of(head);
        let resume = match w.next()? {
            "Run" => Resume::Run,
            "Raise" => Resume::Raise,
            "Ahead" => Resume::Ahead,
            other => return Err(format!("'{other}' is no way to go on")),
        };
        w.skip("pc")?;
        let pc = bits(w.next()?)? as u64;
        let (frame, depth, live) = (w.number("frame")?, w.number("depth")?, w.number("live")?);
        w.end()?;
        let (slots, rest) = brackets(rest)?;
        let slots = slots.split_whitespace().map(|s| {
            let (slot, v) = s.split_once('=').ok_or("a register is SLOT=VALUE")?;
            Ok((number(slot)?, value(v)?))
        });
        let slots = slots.collect::<Parsed<_>>()?;
        let (rest, made) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        let objects = made.split('{').skip(1).map(object).collect::<Parsed<_>>()?;
        let rest = rest.trim();
        let all_in_memory = rest == "memory all";
        let in_memory = if rest.is_empty() || all_in_memory {
            Vec::new()
        } else {
            let list = rest.strip_prefix("memory").ok_or("only what is in memory may follow")?;
            brackets(list)?.0.split_whitespace().map(number).collect::<Parsed<_>>()?
        };
        let (chain, shapes) = (Rc::default(), Rc::default());
        let s = Snapshot {
            slots,
            objects,
            pc,
            frame,
            depth,
            live,
            in_memory: Rc::new(in_memory),
            all_in_memory,
            chain,
            resume,
            shapes,
        };
        let snaps = &mut self.region.snaps;
        if snaps.len() <= number_of as usize {
            let empty =
                Snapshot { slots: Vec::new(), objects: Vec::new(), in_memory: Rc::default(), ..s.clone() };
            snaps.resize(number_of as usize + 1, empty);
        }
        snaps[number_of as usize] = s;
        Ok(())
    }

    fn step(&mut self, text: &str) -> Parsed<()> {
        let (_, rest) = text.split_once(": ").ok_or("a step has a number")?;
        let (head, writes) = rest.split_once(" writes ").ok_or("a step writes")?;
        let mut w = Words::of(head);
        w.skip("pc")?;
        let pc = bits(w.next()?)? as u64;
        let (frame, top, depth) = (w.number("frame")?, w.number("top")?, w.number("depth")?);
        w.skip("next")?;
        let next_pc = bits(w.next()?)? as u64;
        let (next_frame, next_depth) = (w.number("frame")?, w.number("depth")?);
        let writes = match writes {
            "all" => None,
            list => Some(brackets(list)?.0.split_whitespace().map(number).collect::<Parsed<_>>()?),
        };
        self.region.steps.push(StepInfo { pc, frame, top, next_pc, next_frame, depth, next_depth, writes });
        Ok(())
    }

    /// Gives the nameless their numbers and looks whether all that is referred to exists.
    fn finish(mut self) -> Parsed<Region> {
        let mut free: Vec<Ref> =
            (0..self.taken.len() as u32).rev().map(Ref).filter(|r| !self.taken[r.index()]).collect();
        for (block, place, i) in std::mem::take(&mut self.nameless) {
            let r = match free.pop() {
                Some(r) => {
                    self.region.insts[r.index()] = i;
                    r
                }
                None => self.region.push(i),
            };
            self.taken.resize(self.region.insts.len(), false);
            self.taken[r.index()] = true;
            self.region.blocks[block].body[place] = r;
        }
        // A cell that exits alone make is no instruction of the text, but a value of its snapshots.
        let cells = self.region.snaps.iter().flat_map(|s| &s.objects).map(|o| o.cell.index() + 1);
        for _ in self.region.insts.len()..cells.max().unwrap_or(0) {
            self.region.push(Inst::new(Op::New, &[]));
        }
        for b in &mut self.region.blocks {
            if let End::Branch { guard, .. } = &mut b.end {
                *guard = b.body.pop().ok_or("a branch has a guard")?;
            }
        }
        let region = self.region;
        let known = |r: Ref| !r.is_some() || self.taken.get(r.index()) == Some(&true);
        let snap = |s: u32| s == NO_SNAPSHOT || self.snapshots.contains(&s);
        for b in &region.blocks {
            for &r in &b.body {
                let i = region.inst(r);
                if let Some(a) = i.operands().find(|&a| !known(a)) {
                    return Err(format!("{a:?} is used and not computed"));
                }
                if !snap(i.snap) {
                    return Err(format!("there is no snapshot !{}", i.snap));
                }
                if i.op == Op::Step && i.imm as usize >= region.steps.len() {
                    return Err(format!("there is no step {}", i.imm));
                }
            }
            let fits = match &b.end {
                End::Jump(to, args) => {
                    region.blocks.get(*to).is_some_and(|t| t.params.len() == args.len())
                        && args.iter().all(|&a| known(a))
                }
                End::Return(v, s) => known(*v) && snap(*s),
                End::Link(_, s) | End::Exit(s) => snap(*s),
                End::Branch { guard, then, other } => {
                    region.inst(*guard).operands().all(&known)
                        && [then, other]
                            .iter()
                            .all(|&&n| region.blocks.get(n).is_some_and(|t| t.params.is_empty()))
                }
                End::Open => true,
            };
            if !fits {
                return Err("a block's end does not fit".to_owned());
            }
        }
        let computed = |s: &Snapshot| s.values().all(|v| known(v) || s.objects.iter().any(|o| o.cell == v));
        if !region.snaps.iter().all(computed) {
            return Err("a snapshot has a value that is not computed".to_owned());
        }
        Ok(region)
    }
}
