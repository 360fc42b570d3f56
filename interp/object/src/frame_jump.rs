//! Where a debugger may move a frame to (`frame.f_lineno = n`), and what has to be done for it.
//!
//! A line can be jumped to when everything that the code there expects on the stack is
//! there already: the iterators of the loops around it, the exceptions being handled, the exit
//! methods of `with` blocks. What lies on the stack is found by following the code once from
//! its start: which temporary registers were written by what, and are still to be read.
//!
//! Knows code objects only; the VM does the move.

use crate::code::Code;
use krait_bytecode::{Instr, Op, Operand};

/// What a temporary register holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Iterator,
    /// The exception being handled.
    Exception,
    /// What was handled before it; leaving the block puts it back.
    Outer,
    Object,
    /// Half of a callable and its receiver.
    Half,
}

impl Kind {
    /// Does code that expects `self` work with `other`?
    fn takes(self, other: Kind) -> bool {
        let plain = |k| if k == Kind::Outer { Kind::Exception } else { k };
        self == Kind::Object && other != Kind::Half || plain(self) == plain(other)
    }
}

/// Kinds of the temporaries, from the first one on. None: nothing there.
type Stack = Vec<Option<Kind>>;

/// A move of a frame.
#[derive(Debug)]
pub struct Jump {
    /// Word offset to go on at.
    pub to: usize,
    /// Registers with the exceptions to be handled again, innermost first.
    pub leave: Vec<u16>,
    /// Registers to be copied: (to, from).
    pub moves: Vec<(u16, u16)>,
}

/// The line that a request for `line` means: it or the next one that has code. Err: CPython's text.
pub fn resolve(code: Code, line: i64) -> Result<i64, String> {
    if line < code.first_line.get() as i64 {
        return Err(format!("line {line} comes before the current code block"));
    }
    let lines = code.positions().iter().map(|p| p.1.line as i64);
    lines
        .filter(|&l| l != 0 && l >= line)
        .min()
        .ok_or_else(|| format!("line {line} comes after the current code block"))
}

/// How to get from the instruction at `from` to a resolved line. Err: CPython's text for why that cannot be.
pub fn plan(code: Code, from: usize, line: i64) -> Result<Jump, String> {
    let flow = Flow::of(code);
    let mut here = flow.stack_at(from);
    if let Some(here) = &mut here
        && flow.instruction(from).op() == Op::YIELD
    {
        // The value to be yielded is dropped.
        let value = flow.temporary(flow.instruction(from).b());
        here.retain(|e| Some(e.0) != value);
    }
    let mut best: Option<(usize, Vec<(usize, Kind)>)> = None;
    let mut problem = "cannot find bytecode for specified line";
    let mut named = false;
    for &(at, _) in code.positions().iter().filter(|p| p.1.line as i64 == line) {
        let at = at as usize;
        let there = flow.stack_at(at);
        match (&here, there) {
            (Some(here), Some(there)) if compatible(here, &there) => {
                let deeper = best.as_ref().is_none_or(|(_, b)| there.len() > b.len());
                best = if deeper { Some((at, there)) } else { best };
            }
            (None, _) if !named => problem = "can't jump from unreachable code",
            (_, there) if !named => {
                problem = explain(there.as_deref());
                named = true;
            }
            _ => {}
        }
    }
    let (Some((to, there)), Some(here)) = (best, here) else { return Err(problem.to_owned()) };
    let base = code.local_count.get() as usize;
    let register = |i: usize| (base + i) as u16;
    let leave = here[there.len()..].iter().rev().filter(|e| e.1 == Kind::Outer).map(|e| register(e.0));
    let moves = there.iter().zip(&here).map(|(t, h)| (register(t.0), register(h.0)));
    Ok(Jump { to, leave: leave.collect(), moves: moves.filter(|(t, f)| t != f).collect() })
}

/// Does what lies at `here` begin with what is expected `there`?
fn compatible(here: &[(usize, Kind)], there: &[(usize, Kind)]) -> bool {
    there.len() <= here.len() && there.iter().zip(here).all(|(t, h)| t.1.takes(h.1) && t.0 <= h.0 || t == h)
}

fn explain(there: Option<&[(usize, Kind)]>) -> &'static str {
    match there.map(|t| t.last().map(|e| e.1)) {
        None => "can't jump into an exception handler, or code may be unreachable",
        Some(Some(Kind::Iterator)) => "can't jump into the body of a for loop",
        Some(Some(Kind::Exception | Kind::Outer)) => {
            "can't jump into an 'except' block as there's no exception"
        }
        Some(_) => "incompatible stacks",
    }
}

/// The stack at every instruction that can be reached.
struct Flow {
    code: Code,
    words: Vec<u64>,
    stacks: Vec<Option<Stack>>,
    /// Temporaries that are read later, by instruction.
    alive: Vec<Vec<bool>>,
}

impl Flow {
    fn of(code: Code) -> Flow {
        let words = code.original();
        let size = words.len();
        let depth = code.register_count.get().saturating_sub(code.local_count.get()) as usize;
        let mut flow = Flow { code, words, stacks: vec![None; size], alive: vec![Vec::new(); size] };
        flow.follow(depth);
        flow.find_alive(depth);
        flow
    }

    fn instruction(&self, at: usize) -> Instr {
        Instr(self.words[at])
    }

    fn data_word(&self, at: usize) -> usize {
        self.words[at + 1] as usize
    }

    /// Which temporary a register is.
    fn temporary(&self, register: usize) -> Option<usize> {
        register.checked_sub(self.code.local_count.get() as usize)
    }

    /// The instructions that may come after the one at `at`, handlers aside.
    fn next(&self, at: usize) -> [Option<usize>; 2] {
        let op = self.instruction(at).op();
        let end = at + op.words();
        let target = op.jump().map(|in_data| {
            let distance = if in_data { self.data_word(at) as i32 } else { self.instruction(at).bc() };
            (end as i64 + distance as i64) as usize
        });
        let ends = [Op::JUMP, Op::JUMP_BACK, Op::RETURN, Op::RETURN_NONE, Op::RAISE, Op::RERAISE];
        let falls = !ends.contains(&op) && end < self.stacks.len();
        [target, falls.then_some(end)]
    }

    /// Follows the code forward and notes what is written to temporaries on the way to each instruction.
    fn follow(&mut self, depth: usize) {
        let mut todo = vec![(0usize, vec![None; depth])];
        while let Some((at, mut stack)) = todo.pop() {
            if at >= self.stacks.len() || self.stacks[at].is_some() {
                continue;
            }
            self.stacks[at] = Some(stack.clone());
            for e in &self.code.data().exceptions {
                if (e.start as usize..e.end as usize).contains(&at) {
                    todo.push((e.handler as usize, self.in_handler(&stack, e.exc as usize)));
                }
            }
            for (t, k) in self.written(at) {
                if let Some(place) = stack.get_mut(t) {
                    *place = Some(k);
                }
            }
            todo.extend(self.next(at).into_iter().flatten().map(|n| (n, stack.clone())));
        }
    }

    /// Finds out, from the end, which temporaries are still to be read.
    fn find_alive(&mut self, depth: usize) {
        let places: Vec<usize> = (0..self.stacks.len()).filter(|&i| self.stacks[i].is_some()).collect();
        places.iter().for_each(|&at| self.alive[at] = vec![false; depth]);
        let mut changed = true;
        while changed {
            changed = false;
            for &at in places.iter().rev() {
                let mut now = vec![false; depth];
                for n in self.next(at).into_iter().flatten() {
                    now.iter_mut().zip(&self.alive[n]).for_each(|(a, b)| *a |= b);
                }
                for (t, _) in self.written(at) {
                    if let Some(a) = now.get_mut(t) {
                        *a = false;
                    }
                }
                for e in &self.code.data().exceptions {
                    if (e.start as usize..e.end as usize).contains(&at) {
                        let exc = self.temporary(e.exc as usize);
                        for (t, (a, b)) in now.iter_mut().zip(&self.alive[e.handler as usize]).enumerate() {
                            *a |= *b && Some(t) != exc;
                        }
                    }
                }
                for t in self.read(at) {
                    if let Some(a) = now.get_mut(t) {
                        *a = true;
                    }
                }
                if now != self.alive[at] {
                    self.alive[at] = now;
                    changed = true;
                }
            }
        }
    }

    fn in_handler(&self, stack: &Stack, exc: usize) -> Stack {
        let mut s = stack.clone();
        if let Some(t) = self.temporary(exc) {
            s.iter_mut().skip(t).for_each(|k| *k = None);
            if let Some(k) = s.get_mut(t) {
                *k = Some(Kind::Exception);
            }
        }
        s
    }

    fn is_call(op: Op) -> bool {
        matches!(op, Op::CALL | Op::CALL_KW | Op::CALL_EX)
    }

    /// The temporaries that the instruction writes.
    fn written(&self, at: usize) -> Vec<(usize, Kind)> {
        let i = self.instruction(at);
        let op = i.op();
        let mut out = Vec::new();
        let mut put = |register: usize, k: Kind| out.extend(self.temporary(register).map(|t| (t, k)));
        for (kind, field) in op.operands().into_iter().zip([i.a(), i.b(), i.c()]) {
            match kind {
                Operand::D | Operand::U => {
                    let k = match op {
                        Op::GET_ITER | Op::GET_AITER => Kind::Iterator,
                        Op::PUSH_EXC => Kind::Outer,
                        _ => Kind::Object,
                    };
                    put(field, k);
                }
                Operand::V => {
                    let count = match op {
                        Op::UNPACK => i.c(),
                        Op::UNPACK_STAR => i.c() + 1 + self.data_word(at),
                        Op::EXC_INFO => 3,
                        _ => 2,
                    };
                    (0..count).for_each(|n| put(field + n, Kind::Object));
                }
                Operand::S if !Flow::is_call(op) => {
                    put(field - 1, Kind::Half);
                    put(field, Kind::Object);
                }
                _ => {}
            }
        }
        out
    }

    /// The temporaries that the instruction reads.
    fn read(&self, at: usize) -> Vec<usize> {
        let i = self.instruction(at);
        let op = i.op();
        let mut out = Vec::new();
        let mut take = |register: usize| out.extend(self.temporary(register));
        for (kind, field) in op.operands().into_iter().zip([i.a(), i.b(), i.c()]) {
            match kind {
                Operand::R | Operand::U => take(field),
                Operand::W => {
                    let count = match op {
                        Op::BUILD_MAP => 2 * i.c(),
                        Op::MAKE_FUNCTION => self.data_word(at).count_ones() as usize,
                        Op::BUILD_TUPLE
                        | Op::BUILD_LIST
                        | Op::BUILD_SET
                        | Op::BUILD_STRING
                        | Op::BUILD_SLICE => i.c(),
                        Op::INTRINSIC => {
                            use krait_bytecode::opcode::intrinsic::*;
                            let two =
                                [TYPEVAR_WITH_BOUND, TYPEVAR_WITH_CONSTRAINTS, SET_FUNCTION_TYPE_PARAMS];
                            1 + two.contains(&(i.c() as u16)) as usize
                        }
                        _ => 2,
                    };
                    (0..count).for_each(|n| take(field + n));
                }
                Operand::S if op == Op::CALL_EX => (0..4).for_each(|n| take(field + n - 1)),
                Operand::S if Flow::is_call(op) => (0..i.b() + 2).for_each(|n| take(field + n - 1)),
                _ => {}
            }
        }
        out
    }

    /// What lies on the stack before the instruction: temporaries with their kinds.
    fn stack_at(&self, at: usize) -> Option<Vec<(usize, Kind)>> {
        let s = self.stacks.get(at)?.as_ref()?;
        let alive = &self.alive[at];
        Some(s.iter().enumerate().filter_map(|(i, k)| k.filter(|_| alive[i]).map(|k| (i, k))).collect())
    }
}
