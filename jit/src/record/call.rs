//! Recording calls and returns: frames of Python functions are pushed in the recorder's map only.

use super::frame::FrameInfo;
use super::{Abort, MAX_FRAMES, Next, Rec, Recorder};
use crate::cache::Start;
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::{FRAME_WORDS, Op};
use krait_object::class::{Class, flag};
use krait_object::function::{Function, GLOBALS};
use krait_object::method::{FUNCTION, Method, RECEIVER};
use krait_object::native::Native;
use krait_object::tuple::{FIRST_ITEM, LEN_OFFSET, Tuple};
use krait_object::{Kind, Name, Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};

/// How often one function may be on the chain: recursion is followed a little.
const MAX_SAME: usize = 3;
/// Frames below its root that a trace may return to, and words between two of them.
const MAX_POPPED: i32 = 8;
const MAX_DISTANCE: isize = 1000;

/// Arguments given by name.
type Named = Vec<(Value, Ref)>;

impl Recorder {
    /// Where a frame starts that does not use the caller's window.
    pub(super) fn above(&self) -> i32 {
        let f = self.frame();
        f.base + f.code().register_count.get() as i32 + FRAME_WORDS as i32
    }

    pub(super) fn call(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let s = pc.a();
        let f = regs.get(s - 1);
        let bound = regs.get(s) != Value::MISSING;
        let names =
            if op == Op::CALL_KW { Some(Tuple::of(regs.constant(pc.extra(0) as usize))) } else { None };
        match f.kind() {
            Kind::Function => {
                self.check_receiver(s, bound)?;
                let receiver = if bound { Some(self.get(s)?) } else { None };
                let callee = self.get(s - 1)?;
                self.call_function(op, pc, names, Function::of(f), callee, receiver, th)
            }
            Kind::Method if !bound => {
                let m = Method::of(f);
                let Some(function) = Function::from_value(m.function.get()) else { return self.step() };
                self.check_receiver(s, false)?;
                let method = self.get(s - 1)?;
                let (callee, receiver) = self.method_parts(method)?;
                self.call_function(op, pc, names, function, callee, Some(receiver), th)
            }
            Kind::Native if names.is_none() => self.call_native(pc, regs, th, Native::of(f), bound),
            Kind::Type if !bound && names.is_none() && Class::of(f).is(TypeId::Range) => {
                self.call_range(pc, regs, th)
            }
            Kind::Type if !bound => self.call_class(op, pc, regs, names, th, Class::of(f)),
            Kind::Instance if !bound => {
                let special = Class::of_value(th, f).special(th, Name::__call__);
                let Some(function) = special.and_then(Function::from_value) else { return self.step() };
                self.check_receiver(s, false)?;
                let receiver = self.get(s - 1)?;
                self.check_shape(receiver, f, th)?;
                let callee = self.val(th, function.value());
                self.call_function(op, pc, names, function, callee, Some(receiver), th)
            }
            _ => self.step(),
        }
    }

    /// Function and receiver of a bound method.
    fn method_parts(&mut self, method: Ref) -> Rec<(Ref, Ref)> {
        self.exact(method, TypeId::Method)?;
        let f = self.emit(Inst::new(Ir::Load, &[method]).imm(FUNCTION as i64).alias(Alias::Constant))?;
        let r = self.emit(Inst::new(Ir::Load, &[method]).imm(RECEIVER as i64).alias(Alias::Constant))?;
        Ok((f, r))
    }

    /// The arguments of a window, those given by name apart.
    fn arguments(&mut self, pc: Pc, names: Option<Tuple>, receiver: Option<Ref>) -> Rec<(Vec<Ref>, Named)> {
        let (s, count) = (pc.a(), pc.b());
        let named = names.map_or(0, Tuple::len);
        let mut given: Vec<Ref> = receiver.into_iter().collect();
        let mut by_name = Vec::new();
        for i in 0..count {
            let v = self.get(s + 1 + i)?;
            match names {
                Some(n) if i >= count - named => by_name.push((n.get(i - (count - named)), v)),
                _ => given.push(v),
            }
        }
        Ok((given, by_name))
    }

    #[allow(clippy::too_many_arguments)] // The parts of a call.
    fn call_function(
        &mut self,
        op: Op,
        pc: Pc,
        names: Option<Tuple>,
        function: Function,
        callee: Ref,
        receiver: Option<Ref>,
        th: &Thread,
    ) -> Rec<Next> {
        if self.is_too_deep(function) {
            return Ok(Next::Stop);
        }
        self.check_loaded(function)?;
        let (given, named) = self.arguments(pc, names, receiver)?;
        let Some(args) = self.bind(function, callee, &given, &named, th)? else { return self.step() };
        let base = self.base() + pc.a() as i32 + receiver.is_none() as i32;
        self.enter(function, callee, &args, base, Meta::new(Cont::Normal, pc.c(), op.words()), None, th)
    }

    /// `f(*args)` of a Python function, with a tuple of as many items as now and without keywords.
    pub(super) fn call_ex(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let s = pc.a();
        let (f, items, keywords) = (regs.get(s - 1), regs.get(s + 1), regs.get(s + 2));
        let bound = regs.get(s) != Value::MISSING;
        if keywords != Value::MISSING || !items.has_shape(TypeId::Tuple as u32) {
            return self.step();
        }
        let method = Method::from_value(f).filter(|_| !bound);
        let Some(function) = Function::from_value(method.map_or(f, |m| m.function.get())) else {
            return self.step();
        };
        if self.is_too_deep(function) {
            return Ok(Next::Stop);
        }
        self.check_loaded(function)?;
        self.check_receiver(s, bound)?;
        let no_keywords = self.get(s + 2)?;
        self.is_word(no_keywords, Value::MISSING)?;
        let mut callee = self.get(s - 1)?;
        let mut given = Vec::new();
        if method.is_some() {
            let (f, r) = self.method_parts(callee)?;
            callee = f;
            given.push(r);
        } else if bound {
            given.push(self.get(s)?);
        }
        let t = self.get(s + 1)?;
        self.exact(t, TypeId::Tuple)?;
        let len = self.emit(Inst::new(Ir::LoadW, &[t]).imm(LEN_OFFSET as i64).alias(Alias::Constant))?;
        let want = self.b.int(Tuple::of(items).len() as i64);
        self.guard(Inst::new(Ir::GuardI, &[len, want]).aux(Cond::Eq as u32))?;
        for i in 0..Tuple::of(items).len() {
            let offset = (FIRST_ITEM + 8 * i) as i64;
            given.push(self.emit(Inst::new(Ir::Load, &[t]).imm(offset).alias(Alias::Constant))?);
        }
        let Some(args) = self.bind(function, callee, &given, &[], th)? else { return self.step() };
        let meta = Meta::new(Cont::Normal, pc.c(), Op::CALL_EX.words());
        let base = self.above();
        self.enter(function, callee, &args, base, meta, None, th)
    }

    /// The argument of `*` as a tuple, when it is one.
    pub(super) fn args_tuple(&mut self, pc: Pc, regs: Regs) -> Rec<Next> {
        if !regs.get(pc.b()).has_shape(TypeId::Tuple as u32) {
            return self.step();
        }
        let t = self.get(pc.b())?;
        self.exact(t, TypeId::Tuple)?;
        self.set(pc.a(), t);
        self.go(Op::ARGS_TUPLE.words())
    }

    /// The function's code is there, not only what calls need.
    pub(super) fn check_loaded(&self, f: Function) -> Rec {
        if Pc(f.code().start.get()).op() == Op::LOAD_CODE as u16 { Err(Abort::NotLoaded) } else { Ok(()) }
    }

    /// The self slot of a window holds the receiver, or the word that says there is none, as it does now.
    pub(super) fn check_receiver(&mut self, s: usize, bound: bool) -> Rec {
        let v = self.get(s)?;
        if bound { self.not_word(v, Value::MISSING) } else { self.is_word(v, Value::MISSING) }
    }

    pub(super) fn is_too_deep(&self, f: Function) -> bool {
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
        self.check_loaded(function)?;
        // Functions that are made again and again share their code. Globals are looked up through the code's caches.
        if !self.b.region.is_const(callee) {
            self.exact(callee, TypeId::Function)?;
            self.check_function_globals(callee, function, th)?;
        }
        let expected = self.check_code(callee, function, th)?;
        // From here on nothing leaves to this instruction again. (Of a call's window only what lies below the callee's
        // frame is left.)
        self.push_record(base, callee, expected, meta, namespace);
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

    /// The globals of a function, which is `function` now, are those that its code's caches were filled from.
    pub(super) fn check_function_globals(&mut self, f: Ref, function: Function, th: &Thread) -> Rec {
        let globals = self.emit(Inst::new(Ir::Load, &[f]).imm(GLOBALS as i64).alias(Alias::Constant))?;
        let expected = self.val(th, function.globals.get());
        self.guard(Inst::new(Ir::GuardEq, &[globals, expected]))?;
        Ok(())
    }

    /// The instruction in progress is left for a frame at `base`: notes where, and writes the frame's record.
    pub(super) fn push_record(
        &mut self,
        base: i32,
        function: Ref,
        code: Ref,
        meta: Meta,
        namespace: Option<Ref>,
    ) {
        let pc = self.pc;
        let caller = self.base();
        // The operands stay where they are until the instruction is done: the collector visits them, and after a special
        // method declined they are looked at again.
        let live = super::frame::needed(self.frame().code(), pc) as i32;
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
            (1, function),
            (2, code),
            (3, previous),
            (5, meta_word),
            (6, zero),
            (7, namespace.unwrap_or(zero)),
        ] {
            self.set_slot(base - k, v);
        }
    }

    /// `C(...)` for an ordinary class with a Python `__init__` or none, and for builtin classes.
    fn call_class(
        &mut self,
        op: Op,
        pc: Pc,
        regs: Regs,
        names: Option<Tuple>,
        th: &Thread,
        c: Class,
    ) -> Rec<Next> {
        let s = pc.a();
        let plain = krait_vm::jit::plain_creation(th, c) && !c.has_flag(flag::FINALIZER);
        if !plain {
            return if names.is_none() { self.convert(pc, regs, c, th) } else { self.step() };
        }
        if c.instance_shape(th).is_err() {
            th.clear_pending();
            return self.step();
        }
        let init = c.special(th, Name::__init__);
        let function = init.and_then(Function::from_value);
        if function.is_none() && (pc.b() > 0 || !c.inherits_special(th, Name::__init__, TypeId::Object)) {
            return self.step();
        }
        if let Some(f) = function {
            if self.is_too_deep(f) {
                return Ok(Next::Stop);
            }
            self.check_loaded(f)?;
        }
        let class = self.get(s - 1)?;
        let k = self.val(th, c.value());
        if Class::of_value(th, c.value()).is(TypeId::Type) {
            self.guard(Inst::new(Ir::GuardEq, &[class, k]))?;
        } else {
            // The metaclass might say how its classes are called.
            self.check_class(class, c.value(), th)?;
        }
        self.check_receiver(s, false)?;
        self.check_version(c.shape.get(), th)?;
        let Some(init) = function else {
            let obj = self.new_instance(th, c)?;
            self.set(pc.c(), obj);
            return self.go(op.words());
        };
        let f = self.val(th, init.value());
        self.check_code(f, init, th)?;
        // The instance is made last: the stores that follow it directly need no write barrier.
        let takes_receiver = init.code().arg_count.get() > 0;
        let (given, named) = self.arguments(pc, names, Some(k))?;
        let Some(mut args) = self.bind(init, f, &given, &named, th)?.filter(|_| takes_receiver) else {
            return self.step();
        };
        let obj = self.new_instance(th, c)?;
        args[0] = obj;
        let base = self.base() + s as i32;
        self.enter(init, f, &args, base, Meta::new(Cont::Init, pc.c(), op.words()), Some(obj), th)
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
        let meta = Meta(f.meta);
        if meta.is_generator() {
            let v = match op {
                Op::RETURN => self.get(pc.a())?,
                _ => self.b.val(Value::none().0),
            };
            return match self.generator_returns(v, regs)? {
                Some(next) => Ok(next),
                None => self.step(),
            };
        }
        let Some((v, truth)) = self.returned(op, pc, regs, meta, th)? else { return self.step() };
        if f.exposed {
            // The frame may have got an object, which takes the variables along: the interpreter's business.
            if regs.frame_object() != Value::ZERO {
                return self.step();
            }
            let object = self.b.reload(f.base - 6)?;
            let zero = self.b.ptr(0);
            self.guard(Inst::new(Ir::GuardEq, &[object, zero]))?;
        }
        let result = if meta.cont() == Cont::Init { self.slot(f.base - 7)? } else { v };
        let call = self.pop_frame()?;
        self.deliver(meta, call, result, truth)
    }

    /// The value that a frame returns, and its truth if that is asked for; None when the interpreter must see to it.
    fn returned(&mut self, op: Op, pc: Pc, regs: Regs, meta: Meta, th: &Thread) -> Rec<Option<(Ref, bool)>> {
        let (v, now) = match op {
            Op::RETURN => (self.get(pc.a())?, regs.get(pc.a())),
            _ => (self.b.val(Value::none().0), Value::none()),
        };
        match meta.cont() {
            Cont::Normal | Cont::Next | Cont::Discard => {}
            Cont::Init if now.is_none() => self.is_word(v, Value::none())?,
            Cont::Binary | Cont::Reflected | Cont::Compare | Cont::CompareJump
                if !now.is_not_implemented() =>
            {
                self.not_word(v, Value::not_implemented())?;
                if meta.cont() == Cont::CompareJump && op == Op::RETURN {
                    return Ok(self.truth(pc.a(), now, th)?.map(|truth| (v, truth)));
                }
            }
            _ => return Ok(None),
        }
        Ok(Some((v, false)))
    }

    /// Goes on in the caller's frame with the value of the frame that was left.
    fn deliver(&mut self, meta: Meta, call: Pc, v: Ref, truth: bool) -> Rec<Next> {
        if meta.cont() == Cont::CompareJump {
            return self.jump_fused(call, truth);
        }
        if meta.cont() != Cont::Discard {
            self.set(meta.dst(), v);
        }
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
        if meta.is_generator() || !in_stack || regs.frame_object() != Value::ZERO {
            return self.return_outside(op, pc, regs);
        }
        let Some(below) = self.below(regs, caller) else { return self.return_outside(op, pc, regs) };
        let f = *self.frame();
        let Some((v, truth)) = self.returned(op, pc, regs, meta, th)? else {
            return self.return_outside(op, pc, regs);
        };
        let v = if meta.cont() == Cont::Init { self.slot(f.base - 7)? } else { v };
        self.is_called_from(below, caller, meta)?;
        let call = caller.pc();
        self.lower(below, caller)?;
        self.deliver(meta, call, v, truth)
    }

    /// Where the lowest frame's caller is, as a slot; None when a trace may not go down to it.
    pub(super) fn below(&self, regs: Regs, caller: Regs) -> Option<i32> {
        // SAFETY: both are addresses in this thread's value stack.
        let distance = unsafe { regs.0.offset_from(caller.0) };
        (self.popped < MAX_POPPED && distance <= MAX_DISTANCE).then(|| self.base() - distance as i32)
    }

    /// Makes sure that the lowest frame is called as now: from this frame and instruction, and without a frame object.
    pub(super) fn is_called_from(&mut self, below: i32, caller: Regs, meta: Meta) -> Rec {
        let f = *self.frame();
        let expected = self.b.frame_addr(below);
        let previous = self.slot(f.base - 3)?;
        self.guard(Inst::new(Ir::GuardEq, &[previous, expected]))?;
        for (slot, word) in [(f.base - 5, meta.0), (f.base - 6, 0), (below - 4, caller.pc().0 as u64)] {
            let now = self.slot(slot)?;
            let word = self.b.ptr(word);
            self.guard(Inst::new(Ir::GuardEq, &[now, word]))?;
        }
        Ok(())
    }

    /// The caller of the lowest frame becomes the lowest, and only, frame.
    pub(super) fn lower(&mut self, below: i32, caller: Regs) -> Rec {
        let f = *self.frame();
        self.emit(Inst::new(Ir::Lower, &[]).imm(below as i64))?;
        self.frames = vec![FrameInfo::pushed(below, caller.code())];
        self.popped += 1;
        self.known.retain(|&s, _| s < f.base - FRAME_WORDS as i32);
        self.known.remove(&(below - 4));
        Ok(())
    }
}
