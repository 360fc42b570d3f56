//! Recording generators and coroutines: made, resumed, suspended and finished inside a trace.
//!
//! A suspended generator's registers lie in its cell. Resuming one pushes its frame in the recorder's map with the
//! cell's words as values, so that nothing is copied to the value stack; a yield stores the living registers back.
//! The instruction that it is suspended at is part of what is checked: it says which code goes on and where.
//!
//! Invariants: the cell says `Running` while the frame is on the chain, as the interpreter and the collector expect it at
//! every exit; every reference that lives across a yield is stored again, because nobody looks into the cell
//! meanwhile; a generator that was suspended while it handled an exception, or has a frame object, is the
//! interpreter's business.

use super::frame::FrameInfo;
use super::{Abort, MAX_FRAMES, Next, Rec, Recorder};
use crate::cache::Start;
use crate::helpers;
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref, Ty};
use krait_bytecode::{CodeFlags, FRAME_WORDS, Op};
use krait_object::function::{self, Function};
use krait_object::generator::{self as layout, Generator, State};
use krait_object::{Kind, Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};
use std::mem::offset_of;

/// Generators with more registers than this have cells whose stores are noted by place.
const MAX_REGISTERS: usize = 200;

/// Longest chain of delegating generators that is followed.
const MAX_CHAIN: usize = 3;
/// Instructions of a generator that is run as one step while recording.
const MAX_OVER: usize = 3000;

/// Is the generator suspended in one of its own kind, or in a long chain? Recursive generators take another way at each
/// turn; the interpreter goes down the chain at once.
fn delegates_deeply(g: Generator) -> bool {
    let mut at = g;
    for _ in 0..MAX_CHAIN {
        match krait_vm::jit::delegate_of(at).and_then(Generator::from_value) {
            Some(d) if d.code() == g.code() => return true,
            Some(d) => at = d,
            None => return false,
        }
    }
    true
}

/// Words of a generator's frame record, below register 0.
const CALLER_EXC: i32 = 8;
const GENERATOR: i32 = 9;

/// Where a resumed generator goes on, and what becomes of its values.
pub(super) struct Resumption {
    /// What the `yield` gives; None for the word None.
    pub sent: Option<Ref>,
    pub cont: Cont,
    /// The register that gets what it yields.
    pub dst: usize,
    /// Words of the instruction that resumes.
    pub words: usize,
}

/// The registers that live across the instruction at `pc`.
fn living(code: krait_object::code::Code, pc: Pc) -> Vec<usize> {
    let mut out = Vec::new();
    code.live_runs(code.offset_of(pc.0), |first, count| out.extend(first..first + count));
    out
}

fn register_offset(register: usize) -> i64 {
    (layout::REGISTERS + 8 * register) as i64
}

impl Recorder {
    fn generator_field(&mut self, op: Ir, g: Ref, offset: usize, alias: Alias) -> Rec<Ref> {
        self.emit(Inst::new(op, &[g]).imm(offset as i64).alias(alias))
    }

    /// Could the generator be resumed in the trace, as it is now?
    fn is_resumable(&self, g: Generator, th: &Thread) -> bool {
        let v = g.value();
        let code = g.code();
        (v.has_shape(TypeId::Generator as u32) || v.has_shape(TypeId::Coroutine as u32))
            && matches!(g.state(), State::Created | State::Suspended)
            && g.handled.get().is_none()
            && g.frame_object.get() == Value::ZERO
            && code.register_count.get() as usize <= MAX_REGISTERS
            && th.depth.get() < th.interp.recursion_limit.get()
            && self.frames.len() < MAX_FRAMES
            && !self.frames.iter().any(|x| x.code() == code)
            && !delegates_deeply(g)
    }

    /// Has the interpreter run the generator to its next yield or its end, as one step.
    pub(super) fn step_generator(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let over = krait_vm::jit::steps_over(th, pc, regs).is_some();
        let next = self.step()?;
        self.over = over.then_some(0);
        Ok(next)
    }

    /// Is the instruction one of a generator that is run as one step?
    pub(super) fn is_over(&mut self, regs: Regs) -> Rec<bool> {
        let Some(n) = self.over else { return Ok(false) };
        if regs.0 as usize <= self.root.at_slot(self.base()) as usize {
            self.over = None;
            return Ok(false);
        }
        self.over = Some(n + 1);
        if n < MAX_OVER { Ok(true) } else { Err(Abort::TooLong) }
    }

    /// Resumes the generator `it`, which is `g` now. None, and nothing done, when it is left to the interpreter.
    pub(super) fn resume(
        &mut self,
        it: Ref,
        g: Generator,
        how: Resumption,
        th: &Thread,
    ) -> Rec<Option<Next>> {
        if !self.is_resumable(g, th) {
            return Ok(None);
        }
        let function = Function::of(g.function.get());
        let code = g.code();
        let at = Pc(g.pc.get());
        let created = g.state() == State::Created;
        let coroutine = g.value().has_shape(TypeId::Coroutine as u32);
        let class = if coroutine { TypeId::Coroutine } else { TypeId::Generator };
        let zero = self.b.ptr(0);
        self.exact(it, class)?;
        let state = self.generator_field(Ir::LoadW, it, layout::STATE, Alias::Generator)?;
        let expected = self.b.int(g.state() as i64);
        self.guard(Inst::new(Ir::GuardI, &[state, expected]).aux(Cond::Eq as u32))?;
        let place = self.generator_field(Ir::LoadP, it, layout::PC, Alias::Generator)?;
        let expected = self.b.ptr(at.0 as u64);
        self.guard(Inst::new(Ir::GuardEq, &[place, expected]))?;
        let object = self.generator_field(Ir::Load, it, layout::FRAME_OBJECT, Alias::Generator)?;
        self.guard(Inst::new(Ir::GuardEq, &[object, zero]))?;
        let handled = self.generator_field(Ir::Load, it, layout::HANDLED, Alias::Generator)?;
        self.is_word(handled, Value::none())?;
        // Globals are looked up through the code's caches, and functions that are made again and again share their code.
        let f = self.generator_field(Ir::Load, it, layout::FUNCTION, Alias::Constant)?;
        self.check_function_globals(f, function, th)?;
        // From here on nothing leaves to this instruction again.
        if coroutine && created {
            let f = helpers::coroutine_started as *const () as i64;
            self.raising(Inst::new(Ir::CallRaise, &[it]).imm(f))?;
        }
        let namespace = self.generator_field(Ir::Load, it, layout::NAMESPACE, Alias::Constant)?;
        let exc = self.emit(Inst {
            ty: Ty::Val,
            ..Inst::new(Ir::LoadTh, &[]).imm(offset_of!(Thread, handled) as i64).alias(Alias::Other)
        })?;
        let registers = living(code, at);
        let mut values = Vec::with_capacity(registers.len());
        for &i in &registers {
            let v = self.emit(Inst::new(Ir::Load, &[it]).imm(register_offset(i)).alias(Alias::Generator))?;
            values.push(v);
        }
        let running = self.b.int(State::Running as i64);
        self.emit(Inst::new(Ir::StoreW, &[it, running]).imm(layout::STATE as i64).alias(Alias::Generator))?;
        let base = self.above();
        let meta = Meta(Meta::new(how.cont, how.dst, how.words).0 | Meta::GENERATOR);
        let code_value = self.val(th, code.value());
        self.push_record(base, f, code_value, meta, Some(namespace));
        self.set_slot(base - CALLER_EXC, exc);
        self.set_slot(base - GENERATOR, it);
        for (&i, v) in registers.iter().zip(values) {
            self.set_slot(base + i as i32, v);
        }
        self.frames.push(FrameInfo::inlined(base, code, meta));
        self.pc = at;
        if !created {
            let none = self.b.val(Value::none().0);
            self.set(at.a(), how.sent.unwrap_or(none));
            self.pc = at.skip(1);
        }
        Ok(Some(Next::Go))
    }

    /// Is the innermost frame one that [`Recorder::resume`] pushed and that is now as it was then? Then that is checked.
    fn is_own_generator(&mut self, regs: Regs) -> Rec<bool> {
        let f = *self.frame();
        let meta = Meta(f.meta);
        if self.frames.len() == 1
            || !f.inlined
            || !meta.is_generator()
            || !matches!(meta.cont(), Cont::ForIter | Cont::Send)
            || f.exposed && (regs.meta().0 != f.meta || regs.frame_object() != Value::ZERO)
        {
            return Ok(false);
        }
        if f.exposed {
            // The interpreter was here: the frame may have got an object or an exception to handle.
            let zero = self.b.ptr(0);
            let object = self.b.reload(f.base - 6)?;
            self.guard(Inst::new(Ir::GuardEq, &[object, zero]))?;
            let now = self.b.reload(f.base - 5)?;
            let meta_word = self.b.ptr(f.meta);
            self.guard(Inst::new(Ir::GuardEq, &[now, meta_word]))?;
        }
        Ok(true)
    }

    /// Pops the innermost frame; the caller's instruction in progress.
    pub(super) fn pop_frame(&mut self) -> Rec<Pc> {
        let f = self.frames.pop().ok_or(Abort::LeftFrame)?;
        self.known.retain(|&s, _| s < f.base - FRAME_WORDS as i32);
        let base = self.base();
        self.known.remove(&(base - 4));
        Ok(Pc(self.frame().call_pc as *const u64))
    }

    /// `YIELD`: the registers go back into the cell.
    pub(super) fn yield_(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        if self.frames.len() == 1 {
            if self.yield_below(pc, regs, th)? {
                return Ok(Next::Go);
            }
            // What the generator's consumer does is no part of the trace.
            self.suspends = true;
            return Ok(Next::Stop);
        }
        if !self.is_own_generator(regs)? {
            return self.step();
        }
        let f = *self.frame();
        let v = self.get(pc.b())?;
        self.suspend(pc)?;
        let meta = Meta(f.meta);
        let call = self.pop_frame()?;
        self.set(meta.dst(), v);
        self.pc = call.skip(meta.words());
        Ok(Next::Go)
    }

    /// The innermost frame's registers go back into its generator.
    fn suspend(&mut self, pc: Pc) -> Rec {
        let f = *self.frame();
        let g = self.slot(f.base - GENERATOR)?;
        let mut words = Vec::new();
        for i in living(f.code(), pc) {
            let v = self.get(i)?;
            words.push((i, self.boxed(v)?));
        }
        for (i, v) in words {
            self.emit(Inst::new(Ir::Store, &[g, v]).imm(register_offset(i)).alias(Alias::Generator))?;
        }
        let place = self.b.ptr(pc.0 as u64);
        self.emit(Inst::new(Ir::StoreW, &[g, place]).imm(layout::PC as i64).alias(Alias::Generator))?;
        let suspended = self.b.int(State::Suspended as i64);
        self.emit(Inst::new(Ir::StoreW, &[g, suspended]).imm(layout::STATE as i64).alias(Alias::Generator))?;
        self.emit(Inst::new(Ir::BarrierAt, &[g]).imm(layout::REGISTERS as i64))?;
        Ok(())
    }

    /// A yield of the lowest frame to a `for` loop: the trace of a loop goes on in the frame of that one, as after a return
    /// (`Recorder::return_below`). False, and nothing done: the interpreter's business.
    fn yield_below(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<bool> {
        let Start::Side { exit } = self.start else { return Ok(false) };
        let (meta, caller) = (regs.meta(), regs.previous());
        let in_stack = caller.0 as usize > th.stack_base as usize && (caller.0 as usize) < regs.0 as usize;
        if !crate::cache::is_of_loop(exit)
            || !meta.is_generator()
            || meta.is_handling()
            || meta.cont() != Cont::ForIter
            || !in_stack
            || regs.frame_object() != Value::ZERO
            || !regs.generator().has_shape(TypeId::Generator as u32)
            || !Generator::of(regs.generator()).handled.get().is_none()
            || th.handled.get() != regs.caller_exc()
            || regs.code().register_count.get() as usize > MAX_REGISTERS
        {
            return Ok(false);
        }
        let Some(below) = self.below(regs, caller) else { return Ok(false) };
        let f = *self.frame();
        let v = self.get(pc.b())?;
        self.is_called_from(below, caller, meta)?;
        let g = self.slot(f.base - GENERATOR)?;
        let handled = self.generator_field(Ir::Load, g, layout::HANDLED, Alias::Generator)?;
        self.is_word(handled, Value::none())?;
        // A generator that handles nothing leaves what its consumer handles as it is.
        let now = self.emit(Inst {
            ty: Ty::Val,
            ..Inst::new(Ir::LoadTh, &[]).imm(offset_of!(Thread, handled) as i64).alias(Alias::Other)
        })?;
        let before = self.slot(f.base - CALLER_EXC)?;
        self.guard(Inst::new(Ir::GuardEq, &[now, before]))?;
        self.suspend(pc)?;
        self.lower(below, caller)?;
        self.set(meta.dst(), v);
        self.pc = caller.pc().skip(meta.words());
        Ok(true)
    }

    /// A generator's frame returns. None: the interpreter's business.
    pub(super) fn generator_returns(&mut self, v: Ref, regs: Regs) -> Rec<Option<Next>> {
        if !self.is_own_generator(regs)? {
            return Ok(None);
        }
        let f = *self.frame();
        let g = self.slot(f.base - GENERATOR)?;
        let finish = helpers::generator_finished as *const () as i64;
        self.raising(Inst::new(Ir::CallRaise, &[g]).imm(finish).aux(Alias::Generator.bit()))?;
        let meta = Meta(f.meta);
        let call = self.pop_frame()?;
        if meta.cont() == Cont::Send {
            self.set(meta.dst(), v);
        }
        self.pc = call.jump(meta.words(), call.extra(0) as i32);
        Ok(Some(Next::Go))
    }

    /// `RETURN_GENERATOR`: what a call of a generator function comes to.
    pub(super) fn return_generator(&mut self, pc: Pc, th: &Thread) -> Rec<Next> {
        let f = *self.frame();
        let code = f.code();
        let meta = Meta(f.meta);
        let coroutine = code.has_flag(CodeFlags::COROUTINE);
        if self.frames.len() == 1
            || !f.inlined
            || f.exposed
            || meta.cont() != Cont::Normal
            || code.has_flag(CodeFlags::ASYNC_GENERATOR)
            || coroutine && th.origin_depth.get() > 0
            || code.register_count.get() as usize > MAX_REGISTERS
        {
            return self.step();
        }
        if coroutine {
            // Nobody wants to know where coroutines come from.
            let at = offset_of!(Thread, origin_depth) as i64;
            let depth =
                self.emit(Inst { ty: Ty::Int, ..Inst::new(Ir::LoadTh, &[]).imm(at).alias(Alias::Other) })?;
            let zero = self.b.int(0);
            self.guard(Inst::new(Ir::GuardI, &[depth, zero]).aux(Cond::Eq as u32))?;
        }
        let start = pc.skip(1);
        let function = self.slot(f.base - 1)?;
        let code_value = self.slot(f.base - 2)?;
        let none = self.b.val(Value::none().0);
        let mut words = Vec::new();
        for i in living(code, start) {
            let v = self.get(i)?;
            words.push((layout::REGISTERS + 8 * i, Alias::Generator, self.boxed(v)?));
        }
        for (from, to) in [(function::NAME, layout::NAME), (function::QUALNAME, layout::QUALNAME)] {
            let v = self.emit(Inst::new(Ir::Load, &[function]).imm(from as i64).alias(Alias::Other))?;
            words.push((to, Alias::Other, v));
        }
        words.extend([
            (layout::CODE, Alias::Constant, code_value),
            (layout::FUNCTION, Alias::Constant, function),
            (layout::HANDLED, Alias::Generator, none),
            (layout::ORIGIN, Alias::Other, none),
        ]);
        let shape = if coroutine { TypeId::Coroutine } else { TypeId::Generator };
        let bytes = layout::REGISTERS + 8 * code.register_count.get() as usize;
        let g = self.new_cell(shape as u32, Kind::Generator, bytes, Ty::Val)?;
        for (offset, alias, v) in words {
            self.init(g, offset, alias, v)?;
        }
        let zero = self.b.ptr(0);
        let (place, created) = (self.b.ptr(start.0 as u64), self.b.int(State::Created as i64));
        self.init(g, layout::NAMESPACE, Alias::Constant, zero)?;
        self.init(g, layout::FRAME_OBJECT, Alias::Generator, zero)?;
        self.init_word(g, layout::STATE, Alias::Generator, created)?;
        self.init_word(g, layout::PC, Alias::Generator, place)?;
        if krait_vm::jit::is_generator_finalized(code) {
            let f = helpers::finalize_generator as *const () as i64;
            self.raising(Inst::new(Ir::CallRaise, &[g]).imm(f))?;
        }
        let call = self.pop_frame()?;
        self.set(meta.dst(), g);
        self.pc = call.skip(meta.words());
        Ok(Next::Go)
    }

    /// `SEND` to a generator or coroutine.
    pub(super) fn send(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let Some(g) = Generator::from_value(regs.get(pc.a())) else { return self.step() };
        if !self.is_resumable(g, th) || g.state() == State::Created && !regs.get(pc.b()).is_none() {
            return self.step_generator(pc, regs, th);
        }
        let target = self.get(pc.a())?;
        let value = self.get(pc.b())?;
        if g.state() == State::Created {
            self.is_word(value, Value::none())?;
        }
        let how = Resumption { sent: Some(value), cont: Cont::Send, dst: pc.c(), words: Op::SEND.words() };
        match self.resume(target, g, how, th)? {
            Some(next) => Ok(next),
            None => self.step_generator(pc, regs, th),
        }
    }

    /// `GET_YIELD_FROM_ITER` of a generator is that.
    pub(super) fn get_yield_from(&mut self, pc: Pc, regs: Regs) -> Rec<Next> {
        if !Self::is_exact(regs.get(pc.b()), TypeId::Generator) {
            return self.step();
        }
        let v = self.get(pc.b())?;
        self.exact(v, TypeId::Generator)?;
        self.set(pc.a(), v);
        self.go(Op::GET_YIELD_FROM_ITER.words())
    }

    /// `MAKE_FUNCTION` of a lambda, a generator expression or the like: without defaults and annotations.
    pub(super) fn make_function(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        const CLOSURE: u64 = 8;
        if pc.extra(0) & !CLOSURE != 0 {
            return self.step();
        }
        let by = self.slot(self.base() - 1)?;
        let code = self.val(th, regs.constant(pc.b()));
        let closure = if pc.extra(0) == CLOSURE { self.get(pc.c())? } else { self.b.val(Value::MISSING.0) };
        let make = helpers::make_function as *const () as i64;
        let f = self.raising(Inst::new(Ir::CallRaise, &[by, code, closure]).imm(make))?;
        self.set(pc.a(), f);
        self.go(Op::MAKE_FUNCTION.words())
    }
}
