//! Recording calls and returns: frames of Python functions are pushed in the recorder's map only.

use super::frame::FrameInfo;
use super::{Abort, MAX_FRAMES, Next, Rec, Recorder};
use crate::cache::Start;
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::{FRAME_WORDS, Op};
use krait_object::class::{Class, flag};
use krait_object::function::{Function, GLOBALS};
use krait_object::native::Native;
use krait_object::{Kind, Name, Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};

/// How often one function may be on the chain: recursion is followed a little.
const MAX_SAME: usize = 3;
/// Frames below its root that a trace may return to, and words between two of them.
const MAX_POPPED: i32 = 8;
const MAX_DISTANCE: isize = 1000;

impl Recorder {
    /// Where a frame starts that does not use the caller's window.
    pub(super) fn above(&self) -> i32 {
        let f = self.frame();
        f.base + f.code().register_count.get() as i32 + FRAME_WORDS as i32
    }

    pub(super) fn call(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let s = pc.a();
        let f = regs.get(s - 1);
        let bound = regs.get(s) != Value::MISSING;
        match f.kind() {
            Kind::Function => self.call_function(pc, regs, th, f, bound),
            Kind::Native => self.call_native(pc, regs, th, Native::of(f), bound),
            Kind::Type if !bound && Class::of(f).is(TypeId::Range) => self.call_range(pc, regs, th),
            Kind::Type if !bound => self.call_class(pc, regs, th, Class::of(f)),
            _ => self.step(),
        }
    }

    /// The self slot of a window holds the receiver, or the word that says there is none, as it does now.
    pub(super) fn check_receiver(&mut self, s: usize, bound: bool) -> Rec {
        let v = self.get(s)?;
        if bound { self.not_word(v, Value::MISSING) } else { self.is_word(v, Value::MISSING) }
    }

    fn call_function(&mut self, pc: Pc, regs: Regs, th: &Thread, f: Value, bound: bool) -> Rec<Next> {
        let s = pc.a();
        let function = Function::of(f);
        let code = function.code();
        let given = pc.b() + bound as usize;
        if !code.simple.get() || given != code.arg_count.get() as usize {
            return self.step();
        }
        if self.is_too_deep(function) {
            return Ok(Next::Stop);
        }
        let _ = regs;
        let callee = self.get(s - 1)?;
        self.check_receiver(s, bound)?;
        let base = self.base() + s as i32 + !bound as i32;
        let args: Vec<Ref> = (0..given).map(|i| self.slot(base + i as i32)).collect::<Rec<_>>()?;
        self.enter(function, callee, &args, base, Meta::new(Cont::Normal, pc.c(), Op::CALL.words()), None, th)
    }

    fn is_too_deep(&self, f: Function) -> bool {
        let same = self.frames.iter().filter(|x| x.code() == f.code()).count();
        self.frames.len() >= MAX_FRAMES || same >= MAX_SAME
    }

    /// Pushes the frame of a function with exactly matching arguments.
    #[allow(clippy::too_many_arguments)] // The parts of a frame record.
    pub(super) fn enter(
        &mut self,
        function: Function,
        callee: Ref,
        args: &[Ref],
        base: i32,
        meta: Meta,
        namespace: Option<Ref>,
        th: &Thread,
    ) -> Rec<Next> {
        if self.is_too_deep(function) {
            return Ok(Next::Stop);
        }
        let code = function.code();
        if Pc(code.start.get()).op() == Op::LOAD_CODE as u16 {
            return Err(Abort::NotLoaded);
        }
        // Functions that are made again and again share their code. Globals are looked up through the code's caches.
        if !self.b.region.is_const(callee) {
            self.exact(callee, TypeId::Function)?;
            let globals =
                self.emit(Inst::new(Ir::Load, &[callee]).imm(GLOBALS as i64).alias(Alias::Constant))?;
            let expected = self.val(th, function.globals.get());
            self.guard(Inst::new(Ir::GuardEq, &[globals, expected]))?;
        }
        let expected = self.check_code(callee, function, th)?;
        // From here on nothing leaves to this instruction again.
        let pc = self.pc;
        let caller = self.base();
        let live = super::frame::live(self.frame().code(), pc) as i32;
        let at_pc = self.b.ptr(pc.0 as u64);
        self.set_slot(caller - 4, at_pc);
        if let Some(f) = self.frames.last_mut() {
            f.call_pc = pc.0 as u64;
            f.live = live;
        }
        self.known.retain(|&s, _| s < base - FRAME_WORDS as i32);
        let zero = self.b.ptr(0);
        let meta_word = self.b.ptr(meta.0);
        let previous = self.b.frame_addr(caller);
        for (k, v) in [
            (1, callee),
            (2, expected),
            (3, previous),
            (5, meta_word),
            (6, zero),
            (7, namespace.unwrap_or(zero)),
        ] {
            self.set_slot(base - k, v);
        }
        for (i, &a) in args.iter().enumerate() {
            self.set_slot(base + i as i32, a);
        }
        let unbound = self.b.val(Value::UNBOUND.0);
        for i in args.len() as i32..code.local_count.get() as i32 {
            self.set_slot(base + i, unbound);
        }
        self.frames.push(FrameInfo::inlined(base, code, meta));
        self.pc = Pc(code.start.get());
        Ok(Next::Go)
    }

    /// `C(...)` for an ordinary class with a Python `__init__`.
    fn call_class(&mut self, pc: Pc, regs: Regs, th: &Thread, c: Class) -> Rec<Next> {
        let s = pc.a();
        let plain = Class::of_value(th, c.value()).is(TypeId::Type)
            && krait_vm::jit::plain_creation(th, c)
            && !c.has_flag(flag::FINALIZER)
            && c.instance_shape(th).is_ok();
        let init = if plain { c.special(th, Name::__init__) } else { None };
        let Some(init) = init.and_then(Function::from_value) else {
            if plain {
                th.clear_pending();
            }
            return self.step();
        };
        let code = init.code();
        if !code.simple.get() || code.arg_count.get() as usize != pc.b() + 1 {
            return self.step();
        }
        if self.is_too_deep(init) {
            return Ok(Next::Stop);
        }
        let _ = regs;
        let class = self.get(s - 1)?;
        let k = self.val(th, c.value());
        self.guard(Inst::new(Ir::GuardEq, &[class, k]))?;
        self.check_receiver(s, false)?;
        self.check_version(c.shape.get(), th)?;
        let f = self.val(th, init.value());
        self.check_code(f, init, th)?;
        let mut args = vec![k];
        for i in 0..pc.b() {
            args.push(self.get(s + 1 + i)?);
        }
        let obj = self.new_instance(th, c)?;
        args[0] = obj;
        let base = self.base() + s as i32;
        let meta = Meta::new(Cont::Init, pc.c(), Op::CALL.words());
        self.enter(init, f, &args, base, meta, Some(obj), th)
    }

    pub(super) fn return_(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let f = *self.frame();
        if self.frames.len() == 1 {
            return match self.start {
                Start::Root { .. } if self.start.is_loop() => Err(Abort::LeftFrame),
                Start::Root { .. } => self.return_outside(op, pc, regs),
                // A function's callers are many, and what follows in each belongs to loops there.
                Start::Side { exit } if crate::cache::is_of_loop(exit) => self.return_below(op, pc, regs, th),
                Start::Side { .. } => self.return_outside(op, pc, regs),
            };
        }
        if !f.inlined {
            return self.step();
        }
        let v = match op {
            Op::RETURN => self.get(pc.a())?,
            _ => self.b.val(Value::none().0),
        };
        if f.exposed {
            // The frame may have got an object, which takes the variables along: the interpreter's business.
            let object = self.b.reload(f.base - 6)?;
            let zero = self.b.ptr(0);
            self.guard(Inst::new(Ir::GuardEq, &[object, zero]))?;
        }
        let meta = Meta(f.meta);
        let result = if meta.cont() == Cont::Init {
            self.is_word(v, Value::none())?;
            self.slot(f.base - 7)?
        } else {
            v
        };
        self.frames.pop();
        self.known.retain(|&s, _| s < f.base - FRAME_WORDS as i32);
        let base = self.base();
        self.known.remove(&(base - 4));
        let call = Pc(self.frame().call_pc as *const u64);
        self.set(meta.dst(), result);
        self.pc = call.skip(meta.words());
        Ok(Next::Go)
    }

    /// A return that ends the trace.
    fn return_outside(&mut self, op: Op, pc: Pc, regs: Regs) -> Rec<Next> {
        if !regs.meta().is_normal() || regs.frame_object() != Value::ZERO {
            return Ok(Next::Stop);
        }
        Ok(Next::Return(match op {
            Op::RETURN => self.get(pc.a())?,
            _ => self.b.val(Value::none().0),
        }))
    }

    /// A return from the lowest frame: the trace goes on in its caller as long as that is the one seen now, at the same
    /// call (LuaJIT's "return to lower frame").
    fn return_below(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (meta, caller) = (regs.meta(), regs.previous());
        let in_stack = caller.0 as usize > th.stack_base as usize && (caller.0 as usize) < regs.0 as usize;
        if !meta.is_normal() || !in_stack || regs.frame_object() != Value::ZERO {
            return self.return_outside(op, pc, regs);
        }
        let f = *self.frame();
        // SAFETY: both are addresses in this thread's value stack.
        let distance = unsafe { regs.0.offset_from(caller.0) };
        if self.popped >= MAX_POPPED || distance > MAX_DISTANCE {
            return self.return_outside(op, pc, regs);
        }
        let below = f.base - distance as i32;
        let v = match op {
            Op::RETURN => self.get(pc.a())?,
            _ => self.b.val(Value::none().0),
        };
        let expected = self.b.frame_addr(below);
        let previous = self.slot(f.base - 3)?;
        self.guard(Inst::new(Ir::GuardEq, &[previous, expected]))?;
        let call = caller.pc();
        for (slot, word) in [(f.base - 5, meta.0), (f.base - 6, 0), (below - 4, call.0 as u64)] {
            let now = self.slot(slot)?;
            let word = self.b.ptr(word);
            self.guard(Inst::new(Ir::GuardEq, &[now, word]))?;
        }
        self.emit(Inst::new(Ir::Lower, &[]).imm(below as i64))?;
        self.frames = vec![FrameInfo::pushed(below, caller.code())];
        self.popped += 1;
        self.known.retain(|&s, _| s < f.base - FRAME_WORDS as i32);
        self.known.remove(&(below - 4));
        self.set(meta.dst(), v);
        self.pc = call.skip(meta.words());
        Ok(Next::Go)
    }
}
