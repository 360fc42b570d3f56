//! Calls: frames of Python functions, native functions, classes, and everything callable.
//!
//! A call window lies at the top of the caller's registers (see `FRAME_WORDS`): a Python callee
//! runs with the window as its first registers, a native one gets it as a slice. Only
//! calls that need binding (keywords, defaults, `*args`) move values.

use crate::bind::bind_arguments;
use crate::machine::{Cont, Meta, Pc, Regs, Table, next, stack_top};
use crate::unwind::unwind;
use krait_bytecode::FRAME_WORDS;
use krait_object::class::{Class, flag};
use krait_object::code::Code;
use krait_object::dict::Dict;
use krait_object::function::Function;
use krait_object::method::Method;
use krait_object::native::{self, DefKind, Native};
use krait_object::string::Str;
use krait_object::tuple::{self, Tuple};
use krait_object::{Kind, Name, Raised, Res, Thread, TypeId, Value, ValueVec, instance, protocol};

/// Words of a CALL, CALL_KW and CALL_EX instruction.
const CALL_WORDS: usize = 3;
const CALL_KW_WORDS: usize = 4;
const CALL_EX_WORDS: usize = 2;

/// Is there room for a frame at `base`? Otherwise RecursionError.
#[inline(always)]
fn has_room(th: &Thread, base: Regs, code: Code) -> bool {
    base.0 as usize + (code.register_count.get() as usize + FRAME_WORDS) * 8 <= th.stack_limit.get() as usize
        && th.depth.get() < th.interp.recursion_limit.get()
}

/// RecursionError; while it is handled there is some depth to spare.
#[cold]
#[inline(never)]
pub fn too_deep(th: &Thread) -> Raised {
    th.raise_new(TypeId::RecursionError, "maximum recursion depth exceeded")
}

/// Starts a frame whose record lies below `base` and whose arguments are in place.
#[inline(always)]
fn start(th: &Thread, caller: Regs, base: Regs, code: Code, args: usize, meta: Meta) {
    let locals = code.local_count.get() as usize;
    let mut i = args;
    while i < locals {
        base.set(i, Value::UNBOUND);
        i += 1;
    }
    base.enter(code, caller, meta);
    th.frame.set(base.0);
    th.depth.set(th.depth.get() + 1);
}

pub extern "C" fn call(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let s = pc.a();
    let f = regs.get(s - 1);
    if f.is_kind(Kind::Function) {
        let code = Function::of(f).code();
        let missing = regs.get(s) == Value::MISSING;
        let given = pc.b() + !missing as usize;
        if code.simple.get() && given == code.arg_count.get() as usize {
            let base = Regs(regs.at(s + missing as usize));
            if has_room(th, base, code) {
                regs.save(pc);
                base.set_function(f);
                start(th, regs, base, code, given, Meta::new(Cont::Normal, pc.c(), CALL_WORDS));
                return next(Pc(code.start.get()), base, th, t);
            }
        }
    } else if f.is_kind(Kind::Native) {
        return call_native(pc, regs, th, t);
    }
    call_slow(pc, regs, th, t)
}

/// Not inlined: calls of Python functions save no registers.
#[inline(never)]
pub extern "C" fn call_native(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    let s = pc.a();
    let n = Native::of(regs.get(s - 1));
    let def = n.def();
    let receiver = regs.get(s);
    // A bound native without a receiver in the window: put it there.
    let first = if receiver != Value::MISSING {
        s
    } else if n.is_bound() {
        regs.set(s, n.receiver.get());
        s
    } else {
        s + 1
    };
    let count = pc.b() + (s + 1 - first);
    let lead = matches!(def.kind, DefKind::Method | DefKind::ClassMethod) as usize;
    regs.save(pc);
    // An unbound method called as a plain function has its receiver checked by the general path.
    let trusted = first == s || lead == 0;
    let r = if trusted && def.sig.passes(count.wrapping_sub(lead)) {
        (def.func)(th, regs.slice(first, count))
    } else {
        native_general(th, n, regs, first, count)
    };
    match r {
        Ok(v) => {
            regs.set(pc.c(), v);
            next(pc.skip(CALL_WORDS), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn native_general(th: &Thread, n: Native, regs: Regs, first: usize, count: usize) -> Res {
    native::call_def(th, n, regs.slice(first, count), Value::MISSING)
}

/// Calls that are neither exact Python calls nor native: binding, methods, classes, `__call__`.
#[inline(never)]
extern "C" fn call_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match call_window(pc, regs, th, Value::MISSING, CALL_WORDS) {
        Some(r) if r == regs => next(pc.skip(CALL_WORDS), regs, th, t),
        Some(r) => next(r.pc(), r, th, t),
        None => unwind(regs, th, t),
    }
}

pub extern "C" fn call_kw(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    let names = regs.constant(pc.extra(0) as usize);
    match call_window(pc, regs, th, names, CALL_KW_WORDS) {
        Some(r) if r == regs => next(pc.skip(CALL_KW_WORDS), regs, th, t),
        Some(r) => next(r.pc(), r, th, t),
        None => unwind(regs, th, t),
    }
}

/// Does the call of a window. The result is the frame to go on with: this one when the call is done and its value
/// stored, the callee's when one was pushed, None when it raised.
#[inline(never)]
fn call_window(pc: Pc, regs: Regs, th: &Thread, kwnames: Value, words: usize) -> Option<Regs> {
    let s = pc.a();
    let mut f = regs.get(s - 1);
    let meta = Meta::new(Cont::Normal, pc.c(), words);
    // Unwrap bound methods into the window.
    if let Some(m) = Method::from_value(f)
        && regs.get(s) == Value::MISSING
    {
        f = m.function.get();
        regs.set(s - 1, f);
        regs.set(s, m.receiver.get());
    } else if regs.get(s) == Value::MISSING
        && let Some(m) = python_special(th, f, Name::__call__)
    {
        // An instance is the receiver of its `__call__`.
        regs.set(s - 1, m);
        regs.set(s, f);
        f = m;
    }
    let bound = regs.get(s) != Value::MISSING;
    if f.is_kind(Kind::Function) {
        let first = if bound { s } else { s + 1 };
        return push_bound(
            th,
            regs,
            f,
            regs.slice(first, pc.b() + bound as usize),
            kwnames,
            meta,
            Regs(regs.at(first)),
        );
    }
    if let Some(n) = Native::from_value(f) {
        let r = if bound {
            native::call_def(th, n, regs.slice(s, pc.b() + 1), kwnames)
        } else {
            native::call_native(th, n, regs.slice(s + 1, pc.b()), kwnames)
        };
        return finish(regs, pc, r);
    }
    if !bound && let Some(c) = Class::from_value(f) {
        return call_class(pc, regs, th, c, kwnames, words);
    }
    let first = if bound { s } else { s + 1 };
    let r = call_any(th, f, regs.slice(first, pc.b() + bound as usize), kwnames);
    finish(regs, pc, r)
}

fn finish(regs: Regs, pc: Pc, r: Res) -> Option<Regs> {
    match r {
        Ok(v) => {
            regs.set(pc.c(), v);
            Some(regs)
        }
        Err(_) => None,
    }
}

/// Calls a class: an ordinary instance with a Python `__init__` gets a frame, everything else goes through `__call__`.
fn call_class(pc: Pc, regs: Regs, th: &Thread, c: Class, kwnames: Value, words: usize) -> Option<Regs> {
    let s = pc.a();
    if plain_creation(th, c)
        && let Some(init) = c.special(th, Name::__init__)
        && init.is_kind(Kind::Function)
    {
        let obj = match new_instance(th, c) {
            Ok(v) => v,
            Err(_) => return None,
        };
        // The window becomes the call of `__init__` with the instance as its receiver.
        regs.set(s, obj);
        regs.set(s - 1, init);
        let meta = Meta::new(Cont::Init, pc.c(), words);
        let args = regs.slice(s, pc.b() + 1);
        let callee = push_bound(th, regs, init, args, kwnames, meta, Regs(regs.at(s)))?;
        callee.set_namespace(obj);
        return Some(callee);
    }
    if kwnames == Value::MISSING
        && let Some(r) = krait_object::convert::call(th, c, regs.slice(s + 1, pc.b()))
    {
        return finish(regs, pc, r);
    }
    let r = call_any(th, c.value(), regs.slice(s + 1, pc.b()), kwnames);
    finish(regs, pc, r)
}

/// Is `C(...)` nothing but a bare instance and `__init__`: metaclass `type`, `object.__new__`, not abstract?
pub fn plain_creation(th: &Thread, c: Class) -> bool {
    c.kind.get() == Kind::Instance
        && !c.has_flag(flag::ABSTRACT)
        && Class::of_value(th, c.value()).inherits_special(th, Name::__call__, TypeId::Type)
        && c.inherits_special(th, Name::__new__, TypeId::Object)
}

/// A bare instance of a class with the instance layout.
pub fn new_instance(th: &Thread, c: Class) -> Res {
    c.instance_shape(th)?;
    let v = instance::new(th, c);
    if c.has_flag(flag::FINALIZER) {
        th.heap.add_finalizer(v.cell());
    }
    Ok(v)
}

pub extern "C" fn call_ex(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match call_unpacked(pc, regs, th) {
        Some(r) if r == regs => next(pc.skip(CALL_EX_WORDS), regs, th, t),
        Some(r) => next(r.pc(), r, th, t),
        None => unwind(regs, th, t),
    }
}

#[inline(never)]
fn call_unpacked(pc: Pc, regs: Regs, th: &Thread) -> Option<Regs> {
    let s = pc.a();
    let mut f = regs.get(s - 1);
    let mut receiver = regs.get(s);
    if let Some(m) = Method::from_value(f)
        && receiver == Value::MISSING
    {
        f = m.function.get();
        receiver = m.receiver.get();
    } else if receiver == Value::MISSING
        && let Some(m) = python_special(th, f, Name::__call__)
    {
        receiver = f;
        f = m;
    }
    let positional = Tuple::of(regs.get(s + 1));
    let keywords = Dict::from_value(regs.get(s + 2));
    let built = (|| -> Res<(ValueVec, Value)> {
        let mut args = ValueVec::with_capacity(th, positional.len() + 1 + keywords.map_or(0, Dict::len))?;
        if receiver != Value::MISSING {
            args.push(th, receiver)?;
        }
        for &v in positional.as_slice() {
            args.push(th, v)?;
        }
        let Some(k) = keywords.filter(|k| !k.is_empty()) else { return Ok((args, Value::MISSING)) };
        let mut names = ValueVec::with_capacity(th, k.len())?;
        let mut at = 0;
        while let Some((name, v)) = k.next(th, &mut at) {
            if Str::from_value(name).is_none() {
                return Err(th.type_error("keywords must be strings"));
            }
            names.push(th, name)?;
            args.push(th, v)?;
        }
        Ok((args, tuple::from_vec(th, &names)?))
    })();
    let (args, kwnames) = match built {
        Ok(b) => b,
        Err(_) => return None,
    };
    let meta = Meta::new(Cont::Normal, pc.c(), CALL_EX_WORDS);
    if f.is_kind(Kind::Function) {
        // The arguments may be more than the window has room for: the frame starts above all registers.
        let base = Regs(regs.at(regs.code().register_count.get() as usize + FRAME_WORDS));
        return push_bound(th, regs, f, args.as_slice(), kwnames, meta, base);
    }
    let r = call_any(th, f, args.as_slice(), kwnames);
    finish(regs, pc, r)
}

/// Pushes the frame of a Python function at `base`, binding the arguments (which may be the registers at `base`).
/// None when it raised.
pub fn push_bound(
    th: &Thread,
    caller: Regs,
    f: Value,
    args: &[Value],
    kwnames: Value,
    meta: Meta,
    base: Regs,
) -> Option<Regs> {
    let function = Function::of(f);
    let code = function.code();
    if !has_room(th, base, code) || base.0 as usize + args.len() * 8 > th.stack_limit.get() as usize {
        too_deep(th);
        return None;
    }
    let positional = code.arg_count.get() as usize;
    let plain = code.simple.get() && kwnames == Value::MISSING && args.len() <= positional;
    let defaults = Tuple::from_value(function.defaults.get()).map_or(&[][..], Tuple::as_slice);
    let count = if plain && args.len() + defaults.len() >= positional {
        // SAFETY: there is room at `base`; the arguments may already be there.
        unsafe { std::ptr::copy(args.as_ptr(), base.0, args.len()) };
        for i in args.len()..positional {
            base.set(i, defaults[i + defaults.len() - positional]);
        }
        positional
    } else {
        if bind_arguments(th, function, args, kwnames, base).is_err() {
            return None;
        }
        code.param_count()
    };
    base.set_function(f);
    start(th, caller, base, code, count, meta);
    Some(base)
}

/// Pushes the frame of a function of one argument above the caller's registers. None when it raised.
#[inline(never)]
pub fn push_one(th: &Thread, caller: Regs, f: Function, arg: Value, meta: Meta) -> Option<Regs> {
    let base = Regs(caller.at(caller.code().register_count.get() as usize + FRAME_WORDS));
    push_bound(th, caller, f.value(), &[arg], Value::MISSING, meta, base)
}

/// Pushes the frame of a Python special method of an instruction, with its two or three operands (`c` may be `MISSING`)
/// as arguments. None when it raised. The operands come one by one: an array's address would be in the handler's frame.
#[inline(never)]
pub fn push_special(
    th: &Thread,
    caller: Regs,
    f: Value,
    a: Value,
    b: Value,
    c: Value,
    meta: Meta,
) -> Option<Regs> {
    let args = [a, b, c];
    let count = if c == Value::MISSING { 2 } else { 3 };
    let base = Regs(caller.at(caller.code().register_count.get() as usize + FRAME_WORDS));
    push_bound(th, caller, f, &args[..count], Value::MISSING, meta, base)
}

/// The special method of an object's class, when it is a Python function.
#[inline(never)]
pub fn python_special(th: &Thread, v: Value, n: Name) -> Option<Value> {
    if !v.is_cell() || !v.is_kind(Kind::Instance) {
        return None;
    }
    Class::of_value(th, v).special(th, n).filter(|f| f.is_kind(Kind::Function))
}

/// Calls anything from native code: the hook behind `krait_object::call`.
pub fn call_any(th: &Thread, f: Value, args: &[Value], kwnames: Value) -> Res {
    th.check_native_stack()?;
    match f.kind() {
        Kind::Function => call_python(th, f, args, kwnames),
        Kind::Native => native::call_native(th, Native::of(f), args, kwnames),
        Kind::Method => {
            let m = Method::of(f);
            with_receiver(th, m.function.get(), m.receiver.get(), args, kwnames)
        }
        Kind::Type => call_class_value(th, Class::of(f), args, kwnames),
        _ => call_object(th, f, args, kwnames),
    }
}

fn call_object(th: &Thread, f: Value, args: &[Value], kwnames: Value) -> Res {
    if let Some(run) = krait_object::custom::call_fn(th, f) {
        return run(th, f, args, kwnames);
    }
    let class = Class::of_value(th, f);
    match class.special(th, Name::__call__) {
        Some(m)
            if m.is_kind(Kind::Function)
                || Native::from_value(m).is_some_and(Native::is_method_descriptor) =>
        {
            with_receiver(th, m, f, args, kwnames)
        }
        Some(m) => {
            let bound = krait_object::attr::bind(th, m, f)?;
            call_any(th, bound, args, kwnames)
        }
        None => Err(
            th.type_error(format!("'{}' object is not callable", krait_object::type_new::tp_name(th, class)))
        ),
    }
}

fn with_receiver(th: &Thread, f: Value, receiver: Value, args: &[Value], kwnames: Value) -> Res {
    if args.len() < 8 {
        let mut all = [Value::MISSING; 8];
        all[0] = receiver;
        all[1..=args.len()].copy_from_slice(args);
        let all = &all[..=args.len()];
        return match Native::from_value(f) {
            Some(n) => native::call_def(th, n, all, kwnames),
            None => call_any(th, f, all, kwnames),
        };
    }
    let mut all = ValueVec::with_capacity(th, args.len() + 1)?;
    all.push(th, receiver)?;
    for &a in args {
        all.push(th, a)?;
    }
    if let Some(n) = Native::from_value(f) {
        return native::call_def(th, n, all.as_slice(), kwnames);
    }
    call_any(th, f, all.as_slice(), kwnames)
}

fn call_class_value(th: &Thread, c: Class, args: &[Value], kwnames: Value) -> Res {
    if plain_creation(th, c)
        && let Some(init) = c.special(th, Name::__init__)
        && init.is_kind(Kind::Function)
    {
        let obj = new_instance(th, c)?;
        let r = with_receiver(th, init, obj, args, kwnames)?;
        check_init(th, r)?;
        return Ok(obj);
    }
    if Class::of_value(th, c.value()).inherits_special(th, Name::__call__, TypeId::Type) {
        return krait_object::type_call::call_class(th, c, args, kwnames);
    }
    call_object(th, c.value(), args, kwnames)
}

/// `__init__` must return None.
pub fn check_init(th: &Thread, r: Value) -> Res<()> {
    if r.is_none() {
        return Ok(());
    }
    Err(th.type_error(format!(
        "__init__() should return None, not '{}'",
        krait_object::class::type_name(th, r)
    )))
}

/// Runs a Python function in a nested dispatch loop.
fn call_python(th: &Thread, f: Value, args: &[Value], kwnames: Value) -> Res {
    let caller = Regs(th.frame.get());
    // SAFETY: the record of the new frame lies above everything in use; `push_bound` checks the limit.
    let base = Regs(unsafe { stack_top(th).add(FRAME_WORDS) });
    let meta = Meta::new(Cont::Entry, 0, 0);
    match push_bound(th, caller, f, args, kwnames, meta, base) {
        Some(callee) => crate::dispatch::run(th, callee),
        None => Err(th.raised()),
    }
}

/// Runs a code object in the globals with the namespace (modules, classes, `exec`, `eval`).
pub fn run_code(th: &Thread, code: Value, globals: Value, namespace: Value, closure: Value) -> Res {
    th.check_native_stack()?;
    let code = Code::of(code);
    let globals = Dict::of(globals);
    let builtins = builtins_of(th, globals)?;
    let f = krait_object::function::new(th, code, globals, builtins);
    if closure.is_cell() && !closure.is_none() {
        f.closure.set(th, f.cell(), closure);
    }
    if namespace != globals.value() && code.bound_namespace.get() == globals.namespace_id() {
        // Names of this code are not always globals: no quick forms for them.
        code.unbind_namespace();
    }
    let caller = Regs(th.frame.get());
    // SAFETY: as in `call_python`.
    let base = Regs(unsafe { stack_top(th).add(FRAME_WORDS) });
    match push_bound(th, caller, f.value(), &[], Value::MISSING, Meta::new(Cont::Entry, 0, 0), base) {
        Some(callee) => {
            callee.set_namespace(namespace);
            crate::dispatch::run(th, callee)
        }
        None => Err(th.raised()),
    }
}

/// Runs a class body's function in the namespace; the result is the `__class__` cell or None.
pub fn run_class_body(th: &Thread, f: Function, namespace: Value) -> Res {
    th.check_native_stack()?;
    let caller = Regs(th.frame.get());
    // SAFETY: as in `call_python`.
    let base = Regs(unsafe { stack_top(th).add(FRAME_WORDS) });
    match push_bound(th, caller, f.value(), &[], Value::MISSING, Meta::new(Cont::Entry, 0, 0), base) {
        Some(callee) => {
            callee.set_namespace(namespace);
            crate::dispatch::run(th, callee)
        }
        None => Err(th.raised()),
    }
}

/// The dict of builtins that code with the globals uses: `__builtins__` of the globals, set when it is missing.
pub fn builtins_of(th: &Thread, globals: Dict) -> Res {
    let name = th.name(Name::__builtins__);
    match globals.get_name(th, name) {
        Some(v) => Ok(match krait_object::module::Module::from_value(v) {
            Some(m) => m.dict.get(),
            None => v,
        }),
        None => {
            let v = th.interp.builtins.get();
            globals.set(th, name, v)?;
            Ok(v)
        }
    }
}

/// `*b` of a call as a tuple.
pub extern "C" fn args_tuple(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match unpack_args(pc, regs, th) {
        Ok(v) => {
            regs.set(pc.a(), v);
            next(pc.skip(1), regs, th, t)
        }
        Err(_) => unwind(regs, th, t),
    }
}

#[inline(never)]
fn unpack_args(pc: Pc, regs: Regs, th: &Thread) -> Res {
    let v = regs.get(pc.b());
    if v.has_shape(krait_object::shape::fixed::TUPLE) {
        return Ok(v);
    }
    let class = Class::of_value(th, v);
    if class.special(th, Name::__iter__).is_none() && class.special(th, Name::__getitem__).is_none() {
        return Err(th.type_error(format!(
            "{} argument after * must be an iterable, not {}",
            function_text(th, regs.get(pc.c()))?,
            class.name_text()
        )));
    }
    Ok(protocol::to_tuple(th, v)?.value())
}

/// A callable as argument errors show it: `module.qualname()`, or its text.
pub fn function_text(th: &Thread, f: Value) -> Res<String> {
    let qualname = krait_object::attr::get_opt(th, f, th.name(Name::__qualname__))?;
    let Some(q) = qualname.and_then(Str::from_value) else {
        return Ok(Str::of(protocol::str_of(th, f)?).to_text());
    };
    let module = krait_object::attr::get_opt(th, f, th.name(Name::__module__))?.and_then(Str::from_value);
    Ok(match module.map(Str::to_text) {
        Some(m) if m != "builtins" => format!("{m}.{}()", q.to_text()),
        _ => format!("{}()", q.to_text()),
    })
}

pub extern "C" fn push_missing(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.set(pc.a(), Value::MISSING);
    next(pc.skip(1), regs, th, t)
}

pub extern "C" fn return_value(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    leave(pc, regs, th, t, regs.get(pc.a()))
}

pub extern "C" fn return_none(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    leave(pc, regs, th, t, Value::none())
}

/// Ends a frame with a value.
#[inline(always)]
fn leave(pc: Pc, regs: Regs, th: &Thread, t: &Table, v: Value) -> Value {
    let meta = regs.meta();
    if meta.is_normal() && regs.frame_object() == Value::ZERO {
        let caller = regs.previous();
        th.frame.set(caller.0);
        th.depth.set(th.depth.get() - 1);
        caller.set(meta.dst(), v);
        return next(caller.pc().skip(meta.words()), caller, th, t);
    }
    // The frame's object, if it has one, keeps the place that the frame was left at.
    regs.save(pc);
    crate::deliver::returned(regs, th, t, v)
}
