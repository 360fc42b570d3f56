//! Recording steps of iterators: inline those over ranges, lists and tuples, and `enumerate` and `zip` of such
//! (`steps.rs`), by helpers those of other builtin types that run no Python code, and generators (`generator.rs`).
//!
//! What a helper's step comes to is not known before it is done, and it can not be done again: the trace tests the
//! helper's answer after the step, and the exit goes where the other answer leads.

use super::generator::Resumption;
use super::{Abort, Next, Rec, Recorder, steps};
use crate::helpers;
use crate::ir::{Alias, Cond, DECIDES, Inst, Op as Ir, Ref, Resume, Ty};
use krait_bytecode::Op;
use krait_object::generator::{self, Generator, State};
use krait_object::iter_tools_methods;
use krait_object::thread::Compiled;
use krait_object::{Thread, TypeId, Value};
use krait_vm::jit::{Cont, Pc, Regs};

/// A step of an iterator by a helper.
pub(super) struct Stepping {
    /// What the helper gave.
    result: Ref,
    /// The FOR_ITER.
    pc: Pc,
    /// The item is a pair: the second half is in the thread, and the UNPACK that follows takes them apart.
    pair: bool,
}

/// Is the item a pair that the next instruction takes apart? (It must be a temporary: nobody asks for it later.)
fn takes_pair(pc: Pc, regs: Regs, now: Value) -> bool {
    let unpack = pc.skip(Op::FOR_ITER.words());
    let gives_pairs = [TypeId::Enumerate, TypeId::DictItemIter].iter().any(|&t| now.has_shape(t as u32))
        || now.has_shape(TypeId::Zip as u32) && iter_tools_methods::is_pair_zip(now);
    gives_pairs
        && pc.b() >= regs.code().local_count.get() as usize
        && unpack.op() == Op::UNPACK as u16
        && unpack.b() == pc.b()
        && unpack.c() == 2
}

impl Recorder {
    /// A step of an iterator of a builtin type that runs no Python code.
    fn native_step(&mut self, pc: Pc, regs: Regs, now: Value) -> Rec<Next> {
        if !iter_tools_methods::is_plain(now, 3) {
            return self.step();
        }
        let it = self.get(pc.a())?;
        let shape = now.header().shape() as i64;
        self.guard(Inst::new(Ir::GuardShape, &[it]).imm(shape).alias(Alias::Constant))?;
        let pair = takes_pair(pc, regs, now);
        let f = if pair { helpers::iter_pair } else { helpers::iter_next }
            as extern "C" fn(&Thread, Value) -> Value;
        let call = Inst::new(Ir::CallRaise, &[it]).imm(f as *const () as i64);
        let result = self.raising(call.aux(Alias::Iterator.bit() | Alias::Other.bit()))?;
        // With this answer it did nothing, and the instruction can be run again.
        let snap = self.snapshot();
        let word = self.b.val(helpers::NOT_PLAIN.0);
        self.emit(Inst { snap, ..Inst::new(Ir::GuardNe, &[result, word]).aux(DECIDES) })?;
        self.stepping = Some(Stepping { result, pc, pair });
        Ok(Next::Go)
    }

    /// The interpreter did the step, too: the loop went on or ended. The other outcome is an exit to where it leads.
    pub(super) fn stepped(&mut self, s: Stepping, pc: Pc, regs: Regs) -> Rec {
        let words = Op::FOR_ITER.words();
        let (next, end) = (s.pc.skip(words), s.pc.jump(words, s.pc.extra(0) as i32));
        if !self.at(regs) || pc != next && pc != end {
            return Err(Abort::Surprise);
        }
        let more = pc == next;
        let second = if s.pair {
            let at = std::mem::offset_of!(Thread, compiled) + std::mem::offset_of!(Compiled, value);
            Some(self.emit(Inst {
                ty: Ty::Val,
                ..Inst::new(Ir::LoadTh, &[]).imm(at as i64).alias(Alias::Other)
            })?)
        } else {
            None
        };
        let word = self.b.val(helpers::END.0);
        let before = (!more).then(|| (self.known.clone(), self.in_memory.clone()));
        if more {
            self.pc = end;
        } else {
            self.pc = if s.pair { next.skip(1) } else { next };
            self.item(&s, next, second);
        }
        let snap = self.make_snapshot(Resume::Run);
        let op = if more { Ir::GuardNe } else { Ir::GuardEq };
        self.emit(Inst { snap, ..Inst::new(op, &[s.result, word]).aux(DECIDES) })?;
        match before {
            None => {
                self.item(&s, next, second);
                self.unpacked = s.pair.then_some(next);
            }
            // At the end the registers keep what they have.
            Some((known, in_memory)) => (self.known, self.in_memory) = (known, in_memory),
        }
        self.pc = pc;
        self.snap = None;
        Ok(())
    }

    /// Gives the registers that take the item their values.
    fn item(&mut self, s: &Stepping, unpack: Pc, second: Option<Ref>) {
        match second {
            Some(second) => {
                self.set(unpack.a(), s.result);
                self.set(unpack.a() + 1, second);
            }
            None => self.set(s.pc.b(), s.result),
        }
    }

    /// `iter()` of objects of builtin types: iterators are their own.
    pub(super) fn other_iter(&mut self, pc: Pc, now: Value) -> Rec<Option<Ref>> {
        if !now.is_cell() || now.header().shape() as usize >= TypeId::COUNT {
            return Ok(None);
        }
        let shape = now.header().shape();
        let own = match TypeId::ALL[shape as usize] {
            TypeId::Generator
            | TypeId::Enumerate
            | TypeId::Zip
            | TypeId::Map
            | TypeId::Filter
            | TypeId::Reversed
            | TypeId::RangeIter
            | TypeId::ListIter
            | TypeId::ListReverseIter
            | TypeId::TupleIter
            | TypeId::DictKeyIter
            | TypeId::DictValueIter
            | TypeId::DictItemIter
            | TypeId::SetIter => true,
            TypeId::Str
            | TypeId::Bytes
            | TypeId::Range
            | TypeId::Dict
            | TypeId::DictKeys
            | TypeId::DictValues
            | TypeId::DictItems
            | TypeId::Set
            | TypeId::FrozenSet => false,
            _ => return Ok(None),
        };
        let v = self.get(pc.b())?;
        self.guard(Inst::new(Ir::GuardShape, &[v]).imm(shape as i64).alias(Alias::Constant))?;
        if own {
            return Ok(Some(v));
        }
        let f = helpers::get_iter as *const () as i64;
        Ok(Some(self.raising(Inst::new(Ir::CallRaise, &[v]).imm(f))?))
    }

    pub(super) fn field(&mut self, op: Ir, it: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(op, &[it]).imm(offset as i64).alias(alias))
    }

    pub(super) fn for_iter(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let now = regs.get(pc.a());
        if let Some(g) = Generator::from_value(now) {
            return self.for_generator(pc, regs, now, g, th);
        }
        if !steps::is_known(now) {
            return self.native_step(pc, regs, now);
        }
        let it = self.get(pc.a())?;
        let step = self.look_ahead(it, now)?;
        for w in step.writes {
            self.emit(w)?;
        }
        let Some(item) = step.item else { return self.end_of_loop(pc) };
        let v = self.item_of(th, item)?;
        self.set(pc.b(), v);
        self.go(Op::FOR_ITER.words())
    }

    /// A step of a generator. One that is finished ends the loop.
    fn for_generator(&mut self, pc: Pc, regs: Regs, now: Value, g: Generator, th: &Thread) -> Rec<Next> {
        if !Self::is_exact(now, TypeId::Generator) {
            return self.step();
        }
        let it = self.get(pc.a())?;
        if g.state() == State::Finished {
            self.exact(it, TypeId::Generator)?;
            let state = self.field(Ir::LoadW, it, generator::STATE, Alias::Generator)?;
            let expected = self.b.int(State::Finished as i64);
            self.guard(Inst::new(Ir::GuardI, &[state, expected]).aux(Cond::Eq as u32))?;
            return self.end_of_loop(pc);
        }
        let how = Resumption { sent: None, cont: Cont::ForIter, dst: pc.b(), words: Op::FOR_ITER.words() };
        match self.resume(it, g, how, th)? {
            Some(next) => Ok(next),
            None => self.step_generator(pc, regs, th),
        }
    }

    /// The loop is left.
    fn end_of_loop(&mut self, pc: Pc) -> Rec<Next> {
        self.pc = pc.jump(Op::FOR_ITER.words(), pc.extra(0) as i32);
        Ok(Next::Go)
    }
}
