//! Handlers of exceptions: raising, handling, matching, exception groups.

use crate::build::{action_handlers, value_handlers};
use crate::machine::{Meta, Pc, Regs, Table, next};
use crate::unwind::{unwind, unwind_again};
use krait_bytecode::opcode::intrinsic;
use krait_object::class::{Class, type_name};
use krait_object::exception::{self, Exception};
use krait_object::tuple::Tuple;
use krait_object::{
    Kind, Raised, Res, Thread, TypeId, Value, call, list, type_alias_methods, typevar_methods,
};

pub extern "C" fn raise(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    if pc.c() == 0 {
        let e = th.handled.get();
        if !e.is_kind(Kind::Exception) {
            th.runtime_error("No active exception to reraise");
            return unwind(regs, th, t);
        }
        th.raise(e);
        return unwind_again(regs, th, t);
    }
    raise_value(pc, regs, th);
    unwind(regs, th, t)
}

#[inline(never)]
fn raise_value(pc: Pc, regs: Regs, th: &Thread) -> Raised {
    let cause = if pc.c() == 2 { Some(regs.get(pc.b())) } else { None };
    match prepare(th, regs.get(pc.a()), cause) {
        Ok(e) => exception::raise(th, e),
        Err(r) => r,
    }
}

/// The exception instance for `raise value from cause`.
fn prepare(th: &Thread, v: Value, cause: Option<Value>) -> Res {
    let e = instance_of(th, v, "exceptions must derive from BaseException")?;
    if let Some(c) = cause {
        let ex = Exception::of(e);
        let c = if c.is_none() {
            c
        } else {
            instance_of(th, c, "exception causes must derive from BaseException")?
        };
        ex.cause.set(th, ex.cell(), c);
        ex.suppress_context.set(true);
    }
    Ok(e)
}

/// An exception instance, from itself or its class.
fn instance_of(th: &Thread, v: Value, error: &str) -> Res {
    if v.is_kind(Kind::Exception) {
        return Ok(v);
    }
    if let Some(c) = Class::from_value(v)
        && c.is_subclass_of(th.interp.class(TypeId::BaseException))
    {
        let e = call::call(th, v, &[])?;
        if e.is_kind(Kind::Exception) {
            return Ok(e);
        }
        return Err(th.type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            krait_object::protocol::repr_text(th, v)?,
            krait_object::protocol::repr_text(th, Class::of_value(th, e).value())?
        )));
    }
    Err(th.type_error(error))
}

pub extern "C" fn reraise(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    // The saved address stays that of the instruction that raised when operand b asks for it: handlers of `finally`
    // and `with` are then invisible in tracebacks.
    regs.save(pc);
    th.raise(regs.get(pc.a()));
    unwind_again(regs, th, t)
}

pub extern "C" fn push_exc(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let e = regs.get(pc.b());
    let meta = regs.meta();
    // In a generator the outer handled exception is the resumer's of the moment.
    if meta.is_generator() && !meta.is_handling() {
        regs.set_meta(Meta(meta.0 | Meta::HANDLING));
        regs.set(pc.a(), Value::INHERIT);
    } else {
        regs.set(pc.a(), th.handled.get());
    }
    th.handled.set(e);
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn pop_exc(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let v = regs.get(pc.a());
    if v == Value::INHERIT {
        regs.set_meta(Meta(regs.meta().0 & !Meta::HANDLING));
        th.handled.set(regs.caller_exc());
    } else {
        th.handled.set(v);
    }
    next(pc.skip(1), regs, th, t)
}

/// Is the value something `except` takes: an exception class or a tuple of them?
fn check_match_type(th: &Thread, c: Value) -> Res<()> {
    let base = th.interp.class(TypeId::BaseException);
    let good = |c: Value| Class::from_value(c).is_some_and(|c| c.is_subclass_of(base));
    let ok = match Tuple::from_value(c) {
        Some(t) => t.as_slice().iter().all(|&c| good(c)),
        None => good(c),
    };
    if ok {
        return Ok(());
    }
    Err(th.type_error("catching classes that do not inherit from BaseException is not allowed"))
}

/// Does the exception (instance) match the class or tuple of classes?
pub fn matches(e: Value, th: &Thread, c: Value) -> bool {
    let class = Class::of_value(th, e);
    match Tuple::from_value(c) {
        Some(t) => {
            t.as_slice().iter().any(|&c| Class::from_value(c).is_some_and(|c| class.is_subclass_of(c)))
        }
        None => Class::from_value(c).is_some_and(|c| class.is_subclass_of(c)),
    }
}

value_handlers! {
    exc_match 1 |pc, regs, th| {
        let c = regs.get(pc.c());
        check_match_type(th, c)?;
        Ok(Value::bool(matches(regs.get(pc.b()), th, c)))
    };
    load_assertion_error 1 |_pc, _regs, th| Ok(th.interp.class_value(TypeId::AssertionError));
    prep_reraise_star 1 |pc, regs, th| prepare_star(th, regs.get(pc.b()), regs.get(pc.c()));
    intrinsic_call 1 |pc, regs, th| run_intrinsic(pc, regs, th);
}

action_handlers! {
    eg_match 1 |pc, regs, th| {
        let (matched, rest) = split_group(th, regs.get(pc.b()), regs.get(pc.c()))?;
        if !matched.is_none() {
            th.handled.set(matched);
        }
        regs.set(pc.a(), matched);
        regs.set(pc.a() + 1, rest);
        Ok(())
    };
    exc_info 1 |pc, regs, th| {
        let e = regs.get(pc.b());
        regs.set(pc.a(), Class::of_value(th, e).value());
        regs.set(pc.a() + 1, e);
        regs.set(pc.a() + 2, Exception::of(e).traceback.get());
        Ok(())
    };
}

/// `except* c`: the part of the exception that matches and the rest, each None when empty.
fn split_group(th: &Thread, e: Value, c: Value) -> Res<(Value, Value)> {
    check_match_type(th, c)?;
    let group = th.interp.class(TypeId::BaseExceptionGroup);
    let is_group = |c: Value| Class::from_value(c).is_some_and(|c| c.is_subclass_of(group));
    let bad = match Tuple::from_value(c) {
        Some(t) => t.as_slice().iter().any(|&c| is_group(c)),
        None => is_group(c),
    };
    if bad {
        return Err(th.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    if e.is_none() {
        return Ok((Value::none(), Value::none()));
    }
    if matches(e, th, c) {
        if Class::of_value(th, e).is_subclass_of(group) {
            return Ok((e, Value::none()));
        }
        // A naked exception is wrapped.
        let list = krait_object::tuple::new(th, &[e]);
        let g =
            call::call(th, th.interp.class_value(TypeId::ExceptionGroup), &[th.interp.empty_str.get(), list]);
        let g = match g {
            Ok(g) => g,
            Err(_) if th.pending_is(TypeId::TypeError) => {
                th.clear_pending();
                call::call(th, group.value(), &[th.interp.empty_str.get(), list])?
            }
            Err(r) => return Err(r),
        };
        let ge = Exception::of(g);
        ge.traceback.set(th, ge.cell(), Exception::of(e).traceback.get());
        return Ok((g, Value::none()));
    }
    if Class::of_value(th, e).is_subclass_of(group) {
        let pair = call::call_method_text(th, e, "split", &[c])?;
        return match Tuple::from_value(pair) {
            Some(t) if t.len() == 2 => Ok((t.get(0), t.get(1))),
            _ => Err(th.type_error(format!("{}.split must return a 2-tuple", type_name(th, e)))),
        };
    }
    Ok((Value::none(), e))
}

/// What `except*` clauses leave to raise: raised exceptions and the unhandled rest of the original.
fn prepare_star(th: &Thread, original: Value, results: Value) -> Res {
    let items = krait_object::list::List::of(results).to_vec(th)?;
    let group = th.interp.class(TypeId::BaseExceptionGroup);
    let mut raised = krait_object::ValueVec::new();
    let mut reraised = krait_object::ValueVec::new();
    for v in items.iter() {
        if v.is_none() {
            continue;
        }
        if same_metadata(v, original) { reraised.push(th, v)? } else { raised.push(th, v)? }
    }
    if raised.is_empty() && reraised.is_empty() {
        return Ok(Value::none());
    }
    if !Class::of_value(th, original).is_subclass_of(group) {
        // A naked exception: at most one of the clauses handled it.
        return Ok(if raised.is_empty() { reraised.get(0) } else { raised.get(0) });
    }
    if !reraised.is_empty() {
        let keep = projection(th, original, &reraised)?;
        if raised.is_empty() {
            return Ok(keep);
        }
        raised.push(th, keep)?;
    }
    if raised.len() == 1 {
        return Ok(raised.get(0));
    }
    let all = list::from_slice(th, raised.as_slice())?;
    call::call(th, th.interp.class_value(TypeId::ExceptionGroup), &[th.interp.empty_str.get(), all])
}

/// Was the exception left as it was (a part of the original), rather than raised anew?
fn same_metadata(a: Value, b: Value) -> bool {
    let (a, b) = (Exception::of(a), Exception::of(b));
    a.traceback.get() == b.traceback.get()
        && a.cause.get() == b.cause.get()
        && a.context.get() == b.context.get()
}

/// The subgroup of the original with the leaves of the given groups, in the original's structure.
fn projection(th: &Thread, original: Value, keep: &krait_object::ValueVec) -> Res {
    let leaves = krait_object::set::new(th);
    for g in keep.iter() {
        collect_leaves(th, g, leaves)?;
    }
    let ids = leaves.value();
    subgroup(th, original, ids)
}

fn collect_leaves(th: &Thread, e: Value, into: krait_object::set::Set) -> Res<()> {
    th.check_native_stack()?;
    let ex = Exception::of(e);
    match Tuple::from_value(ex.field(1)) {
        Some(t) if Class::of_value(th, e).is_subclass_of(th.interp.class(TypeId::BaseExceptionGroup)) => {
            for &x in t.as_slice() {
                collect_leaves(th, x, into)?;
            }
            Ok(())
        }
        _ => into.add(th, krait_object::int::from_u64(th, e.0)),
    }
}

/// The part of a group whose leaves are in the set of identities; None when it is empty.
fn subgroup(th: &Thread, e: Value, ids: Value) -> Res {
    th.check_native_stack()?;
    let ids_set = krait_object::set::Set::of(ids);
    let ex = Exception::of(e);
    let is_group = Class::of_value(th, e).is_subclass_of(th.interp.class(TypeId::BaseExceptionGroup));
    let Some(t) = Tuple::from_value(ex.field(1)).filter(|_| is_group) else {
        let id = krait_object::int::from_u64(th, e.0);
        return Ok(if ids_set.contains(th, id)? { e } else { Value::none() });
    };
    let mut parts = krait_object::ValueVec::new();
    for &x in t.as_slice() {
        let p = subgroup(th, x, ids)?;
        if !p.is_none() {
            parts.push(th, p)?;
        }
    }
    if parts.is_empty() {
        return Ok(Value::none());
    }
    if parts.as_slice() == t.as_slice() {
        return Ok(e);
    }
    let l = list::from_slice(th, parts.as_slice())?;
    let g = call::call_method_text(th, e, "derive", &[l])?;
    if g.is_kind(Kind::Exception) {
        let ge = Exception::of(g);
        ge.traceback.set(th, ge.cell(), ex.traceback.get());
        ge.cause.set(th, ge.cell(), ex.cause.get());
        ge.context.set(th, ge.cell(), ex.context.get());
    }
    Ok(g)
}

fn run_intrinsic(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let v = regs.get(pc.b());
    match pc.c() as u16 {
        intrinsic::PRINT => {
            let sys = krait_object::dict::Dict::of(th.interp.sys.get());
            match sys.get_name(th, th.name(krait_object::Name::displayhook)) {
                Some(hook) => call::call(th, hook, &[v]),
                None => Err(th.runtime_error("lost sys.displayhook")),
            }
        }
        intrinsic::STOPITERATION_ERROR => stopiteration_error(th, regs, v),
        intrinsic::ASYNC_GEN_WRAP => crate::async_generators::wrap(th, v),
        intrinsic::TYPEVAR => typevar_methods::new_typevar(th, v, None, None),
        intrinsic::PARAMSPEC => typevar_methods::new_paramspec(th, v),
        intrinsic::TYPEVARTUPLE => typevar_methods::new_typevartuple(th, v),
        intrinsic::SUBSCRIPT_GENERIC => type_alias_methods::subscript_generic(th, v),
        intrinsic::TYPEALIAS => type_alias_methods::from_parts(th, v),
        intrinsic::TYPEVAR_WITH_BOUND => {
            typevar_methods::new_typevar(th, v, Some(regs.get(pc.b() + 1)), None)
        }
        intrinsic::TYPEVAR_WITH_CONSTRAINTS => {
            typevar_methods::new_typevar(th, v, None, Some(regs.get(pc.b() + 1)))
        }
        intrinsic::SET_FUNCTION_TYPE_PARAMS => {
            let f = krait_object::function::Function::of(v);
            f.type_params.set(th, f.cell(), regs.get(pc.b() + 1));
            Ok(v)
        }
        n => Err(th.raise_new(TypeId::SystemError, format!("intrinsic {n} is not available"))),
    }
}

/// StopIteration (or StopAsyncIteration) leaving a generator becomes RuntimeError.
fn stopiteration_error(th: &Thread, regs: Regs, e: Value) -> Res {
    use krait_bytecode::CodeFlags;
    let code = regs.code();
    let what = if code.has_flag(CodeFlags::COROUTINE) {
        "coroutine"
    } else if code.has_flag(CodeFlags::ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    };
    let class = Class::of_value(th, e);
    let name = if class.is_subclass_of(th.interp.class(TypeId::StopIteration)) {
        "StopIteration"
    } else if code.has_flag(CodeFlags::ASYNC_GENERATOR)
        && class.is_subclass_of(th.interp.class(TypeId::StopAsyncIteration))
    {
        "StopAsyncIteration"
    } else {
        return Ok(e);
    };
    let text = krait_object::string::new(th, &format!("{what} raised {name}"));
    let r = exception::make(th, TypeId::RuntimeError, &[text])?;
    let ex = Exception::of(r);
    ex.cause.set(th, ex.cell(), e);
    ex.context.set(th, ex.cell(), e);
    ex.suppress_context.set(true);
    Ok(r)
}
