//! Generators, coroutines and async generators: suspending and resuming frames, `yield from`, `await`.

use crate::build::value_handlers;
use crate::call::too_deep;
use crate::chains;
use crate::deliver::{swap_handled_in, swap_handled_out, yielded};
use crate::machine::{Cont, Meta, Pc, Regs, Table, next, stack_top};
use crate::unwind::{unwind, unwind_again};
use krait_bytecode::{CodeFlags, FRAME_WORDS, Op};
use krait_object::class::{Class, type_name};
use krait_object::code::Code;
use krait_object::exception::Exception;
use krait_object::frameobj::Frame;
use krait_object::generator::{self, Generator, Resumed, State};
use krait_object::{Kind, Name, Raised, Res, Thread, TypeId, Value, attr, call, protocol};

/// Turns the frame into a generator object, which is what the call returns.
pub extern "C" fn return_generator(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match suspend_new(pc, regs, th) {
        Ok(v) => crate::deliver::returned(regs, th, t, v),
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn suspend_new(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let code = regs.code();
    let g = generator::allocate(th, code)?;
    let f = regs.function();
    let cell = g.cell();
    g.function.set(th, cell, f.value());
    g.name.set(th, cell, f.name.get());
    g.qualname.set(th, cell, f.qualname.get());
    g.namespace.set(th, cell, regs.namespace());
    // The first instruction is this one: there are arguments, but no temporaries yet.
    // SAFETY: the generator has room for all registers of its code.
    unsafe { copy_registers(regs.0, g.registers(), code.local_count.get() as usize) };
    g.pc.set(pc.skip(1).0);
    g.set_state(State::Created);
    th.heap.barrier(cell, g.registers().cast());
    if code.has_flag(CodeFlags::COROUTINE) && th.origin_depth.get() > 0 {
        let origin = crate::frames::origin(th, th.origin_depth.get() as usize)?;
        g.origin.set(th, cell, origin);
    }
    if needs_finalizer(g) {
        th.heap.add_finalizer(cell);
    }
    Ok(g.value())
}

/// For compiled code: the generator that the instruction would resume, if it can be run to its next yield as one step.
/// While the program is observed, every instruction is the interpreter's.
pub fn steps_over(th: &Thread, pc: Pc, regs: Regs) -> Option<Generator> {
    use Op::*;
    let op = Op::ALL[pc.op() as usize];
    if !matches!(op, FOR_ITER | FOR_ITER_LIST | FOR_ITER_TUPLE | FOR_ITER_RANGE | FOR_ITER_GENERATOR | SEND) {
        return None;
    }
    let v = regs.get(pc.a());
    let coroutine = op == SEND && v.has_shape(TypeId::Coroutine as u32);
    if !coroutine && !v.has_shape(TypeId::Generator as u32) || crate::monitor::active() {
        return None;
    }
    let g = Generator::of(v);
    let ready = match g.state() {
        State::Suspended => true,
        State::Created => op != SEND || regs.get(pc.b()).is_none(),
        _ => false,
    };
    // Errors of a stack that is full are the interpreter's to raise.
    if ready && th.check_native_stack().is_err() {
        th.clear_pending();
        return None;
    }
    ready.then_some(g)
}

/// For compiled code: must the heap know when a generator of this code dies?
pub fn is_finalized(code: Code) -> bool {
    code.has_flag(CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR) || code.cleans_up.get()
}

/// For compiled code: see [`is_finalized`].
pub fn finalize(th: &Thread, g: Generator) {
    th.heap.add_finalizer(g.cell());
}

/// For compiled code: the generator's frame returned.
pub fn finished(g: Generator) {
    g.set_state(State::Finished);
    unregister(g);
}

/// For compiled code: a coroutine is about to be started for the first time.
pub fn started(g: Generator) {
    if !g.code().cleans_up.get() {
        unregister(g);
    }
}

/// Does dropping the generator have an effect: code to run in `finally` or `with`, a warning for a coroutine, a hook?
fn needs_finalizer(g: Generator) -> bool {
    is_finalized(g.code())
}

/// Nothing is left to do when the generator dies: it finished, or has nothing to clean up. (A cell without the flag
/// counts as not registered, wherever the heap's list still has it.)
#[inline(always)]
pub fn unregister(g: Generator) {
    g.value().header().clear_flag(krait_gc::header::FINALIZER);
}

/// A generator is about to delegate to an object that is no generator: if that can be closed, the generator's death
/// must close it.
fn register_delegate(th: &Thread, regs: Regs, delegate: Value) {
    if delegate.has_shape(TypeId::Generator as u32) || delegate.has_shape(TypeId::Coroutine as u32) {
        return;
    }
    if regs.meta().is_generator() && Class::of_value(th, delegate).lookup(th, th.name(Name::close)).is_some()
    {
        th.heap.add_finalizer(Generator::of(regs.generator()).cell());
    }
}

/// Copies a frame's registers. They are few: a loop beats the call of `memcpy`, which the compiler would make of a plain one.
///
/// # Safety
/// Both places have room for `count` words and do not overlap.
#[inline(always)]
pub unsafe fn copy_registers(from: *const Value, to: *mut Value, count: usize) {
    for i in 0..count {
        // SAFETY: the caller's promise.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
    }
}

/// Pushes a suspended generator's frame; `value` is what the `yield` gives (None to start). None when it raised.
pub fn push_resumed(th: &Thread, caller: Regs, g: Generator, value: Value, meta: Meta) -> Option<Regs> {
    let created = g.state() == State::Created;
    if created && g.code().has_flag(CodeFlags::COROUTINE) && !g.code().cleans_up.get() {
        // It was only to be told that nobody awaited it.
        unregister(g);
    }
    let base = push_running(th, caller, g, meta)?;
    let pc = Pc(g.pc.get());
    if created {
        base.save(pc);
    } else {
        base.set(pc.a(), value);
        base.save(pc.skip(1));
    }
    Some(base)
}

/// Pushes a suspended generator's frame as it is. None when there is no room: it raised.
#[inline(always)]
fn push_running(th: &Thread, caller: Regs, g: Generator, meta: Meta) -> Option<Regs> {
    let code = g.code();
    let base = room_for(th, code)?;
    let count = code.register_count.get() as usize;
    // SAFETY: both places have room for the registers.
    unsafe { copy_registers(g.registers(), base.0, count) };
    base.set_function(g.function.get());
    base.enter(code, caller, Meta(meta.0 | Meta::GENERATOR));
    base.set_namespace(g.namespace.get());
    base.set_generator(g.value());
    if let Some(f) = Frame::from_value(g.frame_object.get()) {
        f.registers.set(base.0);
        f.suspended.set(false);
        base.set_frame_object(f.value());
    }
    start_running(th, base, g);
    Some(base)
}

/// Where the next frame goes. None when there is no room for the code's registers: it raised.
#[inline(always)]
pub fn room_for(th: &Thread, code: Code) -> Option<Regs> {
    // SAFETY: the top lies inside the value stack; the limit is checked below.
    let base = Regs(unsafe { stack_top(th).add(FRAME_WORDS) });
    let count = code.register_count.get() as usize;
    if base.0 as usize + (count + FRAME_WORDS) * 8 > th.stack_limit.get() as usize
        || th.depth.get() >= th.interp.recursion_limit.get()
    {
        too_deep(th);
        return None;
    }
    Some(base)
}

/// The frame at `base`, whose record is written, is the running generator's.
#[inline(always)]
pub fn start_running(th: &Thread, base: Regs, g: Generator) {
    swap_handled_in(th, base, g);
    g.set_state(State::Running);
    th.frame.set(base.0);
    th.depth.set(th.depth.get() + 1);
}

pub extern "C" fn yield_value(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = regs.get(pc.b());
    suspend(pc, regs, th, Generator::of(regs.generator()));
    let (mut regs, mut meta) = (regs, regs.meta());
    // Through the frames that only hand on what their delegates yield: SEND is followed by a YIELD of its result.
    while meta.cont() == Cont::Send && crate::dispatch::may_join(t) {
        let caller = regs.previous();
        if caller.meta().is_thin() {
            th.frame.set(caller.0);
            th.depth.set(th.depth.get() - 1);
            chains::pop_thin(th, caller);
            regs = caller;
            meta = regs.meta();
            continue;
        }
        let after = caller.pc().skip(SEND_WORDS);
        if after.op() != Op::YIELD as u16 || after.b() != meta.dst() {
            break;
        }
        caller.set(meta.dst(), v);
        th.frame.set(caller.0);
        th.depth.set(th.depth.get() - 1);
        suspend(after, caller, th, Generator::of(caller.generator()));
        regs = caller;
        meta = regs.meta();
    }
    yielded(regs, th, t, v)
}

/// Puts a running generator's registers back into its cell.
#[inline]
fn suspend(pc: Pc, regs: Regs, th: &Thread, g: Generator) {
    regs.save(pc);
    let count = regs.code().register_count.get() as usize;
    // SAFETY: both places have room for the registers.
    unsafe { copy_registers(regs.0, g.registers(), count) };
    g.pc.set(pc.0);
    g.set_state(State::Suspended);
    swap_handled_out(th, regs, g);
    if regs.frame_object() != Value::ZERO
        && let Some(f) = Frame::from_value(regs.frame_object())
    {
        f.registers.set(g.registers());
        f.suspended.set(true);
        f.lasti.set(regs.code().offset_of(pc.0) as i64 * 8);
        f.generator.set(th, f.cell(), g.value());
        g.frame_object.set(th, g.cell(), f.value());
    }
    th.heap.remember(g.cell());
}

/// Resumes from native code: sends `value` (`MISSING`: None), or raises the pending exception inside when `throw`.
pub fn resume(th: &Thread, g: Generator, value: Value, throw: bool) -> Res<Resumed> {
    th.check_native_stack()?;
    match g.state() {
        State::Running => {
            if throw {
                th.clear_pending();
            }
            return Err(already_executing(th, g));
        }
        State::Finished => {
            return if throw { Err(th.raised()) } else { Ok(Resumed::Returned(Value::none())) };
        }
        _ => {}
    }
    let value = if value == Value::MISSING { Value::none() } else { value };
    let caller = Regs(th.frame.get());
    let pending = if throw { Some(th.take_pending()) } else { None };
    let created = g.state() == State::Created;
    let Some(base) = push_resumed(th, caller, g, value, Meta::new(Cont::Entry, 0, 0)) else {
        return Err(th.raised());
    };
    let r = match pending {
        Some(e) => {
            // Before the start the exception comes from the instruction that made the generator.
            let at = Pc(g.pc.get());
            base.save(if created { at.back(1) } else { at });
            krait_object::exception::raise(th, e);
            if crate::monitor::active() {
                crate::monitor::thrown(base, th);
            }
            crate::dispatch::run_unwinding(th, base)
        }
        None => crate::dispatch::run(th, base),
    }?;
    Ok(if g.state() == State::Suspended { Resumed::Yielded(r) } else { Resumed::Returned(r) })
}

/// "generator already executing", by type.
pub fn already_executing(th: &Thread, g: Generator) -> Raised {
    let what = match g.value().header().shape() {
        s if s == TypeId::Coroutine as u32 => "coroutine",
        s if s == TypeId::AsyncGenerator as u32 => "async generator",
        _ => "generator",
    };
    th.value_error(format!("{what} already executing"))
}

/// Words of SEND.
pub const SEND_WORDS: usize = 2;

pub extern "C" fn send(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let target = regs.get(pc.a());
    if target.has_shape(TypeId::Generator as u32) || target.has_shape(TypeId::Coroutine as u32) {
        let g = Generator::of(target);
        if matches!(g.state(), State::Suspended | State::Created) {
            let value = regs.get(pc.b());
            if g.state() == State::Created && !value.is_none() {
                th.type_error(format!(
                    "can't send non-None value to a just-started {}",
                    type_name(th, target)
                ));
                return unwind(regs, th, t);
            }
            return chains::resume(regs, g, value, Meta::new(Cont::Send, pc.c(), SEND_WORDS), th, t);
        }
    }
    match send_general(pc, regs, th, target) {
        Sent::Yielded => next(pc.skip(SEND_WORDS), regs, th, t),
        Sent::Returned => next(pc.jump(SEND_WORDS, pc.extra(0) as i32), regs, th, t),
        Sent::Raised => unwind(regs, th, t),
    }
}

/// How a step of a SEND ended; what it gave is in the result register.
enum Sent {
    Yielded,
    Returned,
    Raised,
}

#[inline(never)]
fn send_general(pc: Pc, regs: Regs, th: &Thread, target: Value) -> Sent {
    match send_to_other(th, target, regs.get(pc.b())) {
        Ok(Resumed::Yielded(v)) => {
            regs.set(pc.c(), v);
            Sent::Yielded
        }
        Ok(Resumed::Returned(v)) => {
            regs.set(pc.c(), v);
            Sent::Returned
        }
        Err(_) => Sent::Raised,
    }
}

/// Sends to any iterator, generators and coroutines included: `PyIter_Send` of C.
pub fn send_to(th: &Thread, target: Value, value: Value) -> Res<Resumed> {
    if target.has_shape(TypeId::Generator as u32) || target.has_shape(TypeId::Coroutine as u32) {
        let g = Generator::of(target);
        match g.state() {
            State::Created if !value.is_none() => {
                return Err(th.type_error(format!(
                    "can't send non-None value to a just-started {}",
                    type_name(th, target)
                )));
            }
            State::Finished if target.has_shape(TypeId::Coroutine as u32) => {
                return Err(th.runtime_error("cannot reuse already awaited coroutine"));
            }
            _ => return resume(th, g, value, false),
        }
    }
    send_to_other(th, target, value)
}

/// Sends to an iterator by what its class offers.
fn send_to_other(th: &Thread, target: Value, value: Value) -> Res<Resumed> {
    if let Some(f) = krait_object::custom::send_fn(th, target) {
        return f(th, target, value);
    }
    let r = if value.is_none() {
        match Class::of_value(th, target).special(th, Name::__next__) {
            Some(f) => call::call_special(th, f, target, &[]),
            None => call::call_method(th, target, th.name(Name::send), &[value]),
        }
    } else {
        call::call_method(th, target, th.name(Name::send), &[value])
    };
    or_stop_value(th, r)
}

/// Throws an exception into any iterator by its `throw`, generators and coroutines included.
pub fn throw_to(th: &Thread, target: Value, e: Value) -> Res<Resumed> {
    if target.has_shape(TypeId::Generator as u32) || target.has_shape(TypeId::Coroutine as u32) {
        let g = Generator::of(target);
        if g.state() == State::Finished && target.has_shape(TypeId::Coroutine as u32) {
            return Err(th.runtime_error("cannot reuse already awaited coroutine"));
        }
        th.raise(e);
        return throw(th, g);
    }
    let r = call::call_method(th, target, th.name(Name::throw), &[e]);
    or_stop_value(th, r)
}

/// A StopIteration is the end, with its value.
fn or_stop_value(th: &Thread, r: Res) -> Res<Resumed> {
    match r {
        Ok(v) => Ok(Resumed::Yielded(v)),
        Err(_) if th.pending_is(TypeId::StopIteration) => Ok(Resumed::Returned(stop_value(th))),
        Err(e) => Err(e),
    }
}

/// Takes the pending StopIteration and gives its value.
fn stop_value(th: &Thread) -> Value {
    let e = th.take_pending();
    let v = Exception::of(e).field(krait_object::exception::fields::VALUE);
    if v == Value::UNBOUND { Value::none() } else { v }
}

value_handlers! {
    get_yield_from_iter 1 |pc, regs, th| {
        let v = regs.get(pc.b());
        if v.has_shape(TypeId::Generator as u32) {
            return Ok(v);
        }
        if v.has_shape(TypeId::Coroutine as u32) {
            if regs.code().has_flag(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) {
                return Ok(v);
            }
            return Err(th.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
        }
        let it = protocol::iter(th, v)?;
        register_delegate(th, regs, it);
        Ok(it)
    };
    get_awaitable 1 |pc, regs, th| {
        let it = awaitable(th, regs.get(pc.b()), pc.c())?;
        register_delegate(th, regs, it);
        Ok(it)
    };
    get_aiter 1 |pc, regs, th| {
        let v = regs.get(pc.b());
        let class = Class::of_value(th, v);
        let Some(f) = class.special(th, Name::__aiter__) else {
            return Err(th.type_error(format!(
                "'async for' requires an object with __aiter__ method, got {}",
                krait_object::type_new::tp_name(th, class)
            )));
        };
        let it = call::call_special(th, f, v, &[])?;
        let found = Class::of_value(th, it);
        if found.special(th, Name::__anext__).is_none() {
            return Err(th.type_error(format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                krait_object::type_new::tp_name(th, found)
            )));
        }
        Ok(it)
    };
    get_anext 1 |pc, regs, th| {
        let v = regs.get(pc.b());
        let class = Class::of_value(th, v);
        let Some(f) = class.special(th, Name::__anext__) else {
            return Err(th.type_error(format!(
                "'async for' requires an iterator with __anext__ method, got {}",
                krait_object::type_new::tp_name(th, class)
            )));
        };
        let n = call::call_special(th, f, v, &[])?;
        if n.has_shape(TypeId::AsyncGenASend as u32) {
            return Ok(n);
        }
        match awaitable(th, n, 0) {
            Ok(a) => Ok(a),
            Err(_) => {
                let cause = th.take_pending();
                let r = th.type_error(format!(
                    "'async for' received an invalid object from __anext__: {}",
                    type_name(th, n)
                ));
                if let Some(e) = th.pending() {
                    let e = Exception::of(e);
                    e.cause.set(th, e.cell(), cause);
                    e.suppress_context.set(true);
                }
                Err(r)
            }
        }
    };
}

/// The iterator that drives an awaitable. `context`: 0 `await`, 1 and 2 the methods of `async with`.
pub fn awaitable(th: &Thread, v: Value, context: usize) -> Res {
    if v.has_shape(TypeId::Coroutine as u32) {
        let g = Generator::of(v);
        if g.state() != State::Finished && delegate_of(g).is_some() || g.state() == State::Running {
            return Err(th.runtime_error("coroutine is being awaited already"));
        }
        return Ok(v);
    }
    if let Some(g) = Generator::from_value(v)
        && g.code().has_flag(CodeFlags::ITERABLE_COROUTINE)
    {
        return Ok(v);
    }
    let class = Class::of_value(th, v);
    let Some(f) = class.special(th, Name::__await__) else {
        let name = class.name_text();
        return Err(th.type_error(match context {
            1 => format!(
                "'async with' received an object from __aenter__ that does not implement __await__: {name}"
            ),
            2 => format!(
                "'async with' received an object from __aexit__ that does not implement __await__: {name}"
            ),
            _ => format!("object {name} can't be used in 'await' expression"),
        }));
    };
    let it = call::call_special(th, f, v, &[])?;
    if it.has_shape(TypeId::Coroutine as u32) {
        return Err(th.type_error("__await__() returned a coroutine"));
    }
    if !protocol::is_iterator(th, it) {
        return Err(
            th.type_error(format!("__await__() returned non-iterator of type '{}'", type_name(th, it)))
        );
    }
    Ok(it)
}

/// The iterator that a suspended generator delegates to, if it is suspended in a `yield from` or `await`.
pub fn delegate_of(g: Generator) -> Option<Value> {
    if g.state() != State::Suspended {
        return None;
    }
    let c = Pc(g.pc.get()).c();
    // SAFETY: register c - 1 of the generator holds the iterator (YIELD's operand c).
    if c == 0 { None } else { Some(unsafe { *g.registers().add(c - 1) }) }
}

/// Is the exception an instance of the builtin class?
#[inline(never)]
fn is_a(th: &Thread, e: Value, class: TypeId) -> bool {
    Class::of_value(th, e).is_subclass_of(th.interp.class(class))
}

/// `async for`: StopAsyncIteration ends the loop, anything else goes on.
pub extern "C" fn end_async_for(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let e = regs.get(pc.a());
    if is_a(th, e, TypeId::StopAsyncIteration) {
        return next(pc.skip(1), regs, th, t);
    }
    th.raise(e);
    unwind_again(regs, th, t)
}

/// An exception thrown in at a delegating yield: the delegate's StopIteration gives the value.
pub extern "C" fn cleanup_throw(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let e = regs.get(pc.a());
    if is_a(th, e, TypeId::StopIteration) {
        let v = Exception::of(e).field(krait_object::exception::fields::VALUE);
        regs.set(pc.b(), if v == Value::UNBOUND { Value::none() } else { v });
        return next(pc.skip(1), regs, th, t);
    }
    th.raise(e);
    unwind_again(regs, th, t)
}

/// `gen.throw(e)` with `e` pending: goes to the iterator delegated to, if any, else into the frame.
pub fn throw(th: &Thread, g: Generator) -> Res<Resumed> {
    if g.state() == State::Running {
        th.clear_pending();
        return Err(already_executing(th, g));
    }
    let Some(target) = delegate_of(g) else { return resume(th, g, Value::MISSING, true) };
    let e = th.take_pending();
    let is_exit = Class::of_value(th, e).is_subclass_of(th.interp.class(TypeId::GeneratorExit));
    // The frame is on the stack meanwhile: the delegate sees it, and the exception that it handles.
    let pc = Pc(g.pc.get());
    let Some(base) = push_running(th, Regs(th.frame.get()), g, Meta::new(Cont::Entry, 0, 0)) else {
        return Err(th.raised());
    };
    base.save(pc);
    let r = if is_exit { close_delegate(th, target).map(|()| None) } else { throw_into(th, target, e) };
    suspend(pc, base, th, g);
    th.frame.set(base.previous().0);
    th.depth.set(th.depth.get() - 1);
    match r {
        Ok(Some(v)) => return Ok(Resumed::Yielded(v)),
        // It was closed, or has no `throw`: the exception is raised here.
        Ok(None) => {
            th.raise(e);
        }
        // What the delegate raised (StopIteration included) is raised at the `yield from`, where CLEANUP_THROW looks at it.
        Err(_) => {}
    }
    resume(th, g, Value::MISSING, true)
}

fn throw_into(th: &Thread, target: Value, e: Value) -> Res<Option<Value>> {
    if target.is_kind(Kind::Generator) && !target.has_shape(TypeId::AsyncGenerator as u32) {
        th.raise(e);
        return match throw(th, Generator::of(target))? {
            Resumed::Yielded(v) => Ok(Some(v)),
            Resumed::Returned(v) => Err(stop_with(th, v)),
        };
    }
    match attr::get_opt(th, target, th.name(Name::throw))? {
        Some(f) => Ok(Some(call::call(th, f, &[e])?)),
        None => Ok(None),
    }
}

/// StopIteration with a value (a tuple or exception must not be taken for its arguments).
pub fn stop_with(th: &Thread, v: Value) -> Raised {
    if v.is_none() {
        return th.stop_iteration();
    }
    match krait_object::exception::make(th, TypeId::StopIteration, &[v]) {
        Ok(e) => krait_object::exception::raise(th, e),
        Err(r) => r,
    }
}

/// Closes the iterator that a generator delegates to.
fn close_delegate(th: &Thread, target: Value) -> Res<()> {
    if target.is_kind(Kind::Generator) && !target.has_shape(TypeId::AsyncGenerator as u32) {
        return close(th, Generator::of(target));
    }
    match attr::get_opt(th, target, th.name(Name::close)) {
        Ok(Some(f)) => call::call(th, f, &[]).map(|_| ()),
        Ok(None) => Ok(()),
        Err(_) => {
            (th.interp.hooks().unraisable)(th, target, "Exception ignored in");
            Ok(())
        }
    }
}

/// `gen.close()`.
pub fn close(th: &Thread, g: Generator) -> Res<()> {
    match g.state() {
        State::Running => return Err(already_executing(th, g)),
        State::Finished => return Ok(()),
        State::Created => {
            g.set_state(State::Finished);
            return Ok(());
        }
        State::Suspended => {}
    }
    th.raise_args(TypeId::GeneratorExit, &[]);
    match throw(th, g) {
        Ok(Resumed::Yielded(_)) => {
            let what = match g.value().header().shape() {
                s if s == TypeId::Coroutine as u32 => "coroutine",
                s if s == TypeId::AsyncGenerator as u32 => "async generator",
                _ => "generator",
            };
            Err(th.runtime_error(format!("{what} ignored GeneratorExit")))
        }
        Ok(Resumed::Returned(_)) => Ok(()),
        Err(e) => {
            if th.pending_is(TypeId::GeneratorExit) || th.pending_is(TypeId::StopIteration) {
                th.clear_pending();
                return Ok(());
            }
            Err(e)
        }
    }
}
