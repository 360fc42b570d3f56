//! Functions of `sys` that read and set what the interpreter keeps: limits, hooks of threads, flags.

use crate::events;
use krait_object::class::type_name;
use krait_object::dict;
use krait_object::interp::InterpSlot;
use krait_object::string::{self, Str};
use krait_object::structseq::StructSeq;
use krait_object::{Class, Kind, Res, Thread, TypeId, Value, ValueVec, call, float, int, protocol};
use std::time::Duration;

pub fn getrecursionlimit(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_i64(th, th.interp.recursion_limit.get() as i64))
}

/// A C `int` argument.
pub fn c_int(th: &Thread, v: Value) -> Res<i32> {
    let v = protocol::index(th, v)?;
    let fits = int::to_i64(v).and_then(|n| i32::try_from(n).ok());
    fits.ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))
}

pub fn setrecursionlimit(th: &Thread, a: &[Value]) -> Res {
    let n = c_int(th, a[0])?;
    if n < 1 {
        return Err(th.value_error("recursion limit must be greater or equal than 1"));
    }
    let n = n as u32;
    let depth = th.depth.get();
    if depth >= n {
        return Err(th.raise_new(
            TypeId::RecursionError,
            format!(
                "cannot set the recursion limit to {n} at the recursion depth {depth}: the limit is too low"
            ),
        ));
    }
    th.interp.recursion_limit.set(n);
    Ok(Value::none())
}

pub fn get_int_max_str_digits(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_usize(th, th.interp.int_max_str_digits.get()))
}

pub fn set_int_max_str_digits(th: &Thread, a: &[Value]) -> Res {
    let n = c_int(th, a[0])?;
    if n != 0 && n < 640 {
        return Err(th.value_error("maxdigits must be 0 or larger than 640"));
    }
    th.interp.int_max_str_digits.set(n as usize);
    krait_syntax::parse::set_max_int_digits(n as usize);
    Ok(Value::none())
}

pub fn getswitchinterval(th: &Thread, _a: &[Value]) -> Res {
    Ok(float::new(th, th.interp.lock.interval().as_secs_f64()))
}

pub fn setswitchinterval(th: &Thread, a: &[Value]) -> Res {
    let x = protocol::to_f64(th, a[0])?;
    if x <= 0.0 {
        return Err(th.value_error("switch interval must be strictly positive"));
    }
    if x.is_nan() {
        return Ok(Value::none());
    }
    th.interp.lock.set_interval(Duration::from_secs_f64(x.min(4294.0)));
    Ok(Value::none())
}

pub fn intern(th: &Thread, a: &[Value]) -> Res {
    match Str::from_value(a[0]) {
        Some(s) if a[0].has_shape(TypeId::Str as u32) => Ok(string::intern(th, s)),
        Some(_) => Err(th.type_error(format!("can't intern {}", type_name(th, a[0])))),
        None => Err(th.type_error(format!("intern() argument must be str, not {}", type_name(th, a[0])))),
    }
}

fn hook_or_none(v: Value) -> Value {
    if v == Value::UNBOUND { Value::none() } else { v }
}

pub fn gettrace(th: &Thread, _a: &[Value]) -> Res {
    Ok(hook_or_none(th.trace_function.get()))
}

pub fn getprofile(th: &Thread, _a: &[Value]) -> Res {
    Ok(hook_or_none(th.profile_function.get()))
}

fn hook_arg(v: Value) -> Value {
    if v.is_none() { Value::UNBOUND } else { v }
}

pub fn settrace(th: &Thread, a: &[Value]) -> Res {
    crate::audit::audit(th, "sys.settrace", &[])?;
    th.trace_function.set(hook_arg(a[0]));
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

pub fn setprofile(th: &Thread, a: &[Value]) -> Res {
    crate::audit::audit(th, "sys.setprofile", &[])?;
    th.profile_function.set(hook_arg(a[0]));
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

/// Runs `f` on every thread of the interpreter.
pub fn each_thread(th: &Thread, mut f: impl FnMut(&Thread)) {
    let threads = th.interp.threads.borrow().clone();
    for t in threads {
        // SAFETY: threads leave the list before they are freed, which takes the lock that this thread holds.
        f(unsafe { &*t });
    }
}

pub fn settraceallthreads(th: &Thread, a: &[Value]) -> Res {
    each_thread(th, |t| t.trace_function.set(hook_arg(a[0])));
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

pub fn setprofileallthreads(th: &Thread, a: &[Value]) -> Res {
    each_thread(th, |t| t.profile_function.set(hook_arg(a[0])));
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

pub fn call_tracing(th: &Thread, a: &[Value]) -> Res {
    let Some(args) = krait_object::tuple::Tuple::from_value(a[1]) else {
        return Err(
            th.type_error(format!("call_tracing() argument 2 must be tuple, not {}", type_name(th, a[1])))
        );
    };
    // The call is traced even when a trace function makes it.
    let (depth, event) = (th.monitor_depth.replace(0), th.monitor_event.replace(-1));
    let r = call::call(th, a[0], args.as_slice());
    th.monitor_depth.set(depth);
    th.monitor_event.set(event);
    r
}

static ASYNCGEN_HOOKS: StructSeq = StructSeq::new(
    "asyncgen_hooks",
    "The hooks of asynchronous generators of a thread.",
    &[("firstiter", ""), ("finalizer", "")],
    2,
);
static ASYNCGEN_CLASS: InterpSlot = InterpSlot::new();

pub fn get_asyncgen_hooks(th: &Thread, _a: &[Value]) -> Res {
    let class = Class::of(ASYNCGEN_CLASS.get_or(th, |th| Ok(ASYNCGEN_HOOKS.make(th)?.value()))?);
    ASYNCGEN_HOOKS.instance(th, class, &[th.asyncgen_hooks[0].get(), th.asyncgen_hooks[1].get()])
}

pub fn set_asyncgen_hooks(th: &Thread, a: &[Value]) -> Res {
    for (v, what) in [(a[1], "finalizer"), (a[0], "firstiter")] {
        if let Some(v) = v.given_not_none()
            && !call::is_callable(th, v)
        {
            return Err(th.type_error(format!("callable {what} expected, got {}", type_name(th, v))));
        }
    }
    for (slot, v) in th.asyncgen_hooks.iter().zip(a) {
        if let Some(v) = v.given() {
            slot.set(v);
        }
    }
    Ok(Value::none())
}

pub fn get_origin_depth(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::small(th.origin_depth.get() as i64))
}

pub fn set_origin_depth(th: &Thread, a: &[Value]) -> Res {
    let n = c_int(th, a[0])?;
    let n = u32::try_from(n).map_err(|_| th.value_error("depth must be >= 0"))?;
    th.origin_depth.set(n);
    Ok(Value::none())
}

static DLOPEN_FLAGS: InterpSlot = InterpSlot::new();

pub fn getdlopenflags(th: &Thread, _a: &[Value]) -> Res {
    Ok(DLOPEN_FLAGS.get(th).unwrap_or(Value::small(libc::RTLD_NOW as i64)))
}

pub fn setdlopenflags(th: &Thread, a: &[Value]) -> Res {
    DLOPEN_FLAGS.set(th, Value::small(c_int(th, a[0])? as i64));
    Ok(Value::none())
}

/// There are no reference counts: objects that CPython never frees show its number for that, others two.
pub fn getrefcount(th: &Thread, a: &[Value]) -> Res {
    let immortal = !a[0].is_cell()
        || matches!(a[0].kind(), Kind::None | Kind::Bool | Kind::Ellipsis | Kind::NotImplemented);
    Ok(int::from_i64(th, if immortal { u32::MAX as i64 } else { 2 }))
}

pub fn getsizeof(th: &Thread, a: &[Value]) -> Res {
    match size_of(th, a[0]) {
        Ok(v) => Ok(v),
        Err(e) => match a[1].given() {
            Some(default) if th.pending_is(TypeId::TypeError) => {
                th.clear_pending();
                Ok(default)
            }
            _ => Err(e),
        },
    }
}

fn size_of(th: &Thread, v: Value) -> Res {
    let class = Class::of_value(th, v);
    let Some(f) = class.special(th, krait_object::Name::__sizeof__) else {
        return Err(th.type_error(format!("Type {} doesn't define __sizeof__", class.name_text())));
    };
    let r = call::call_special(th, f, v, &[])?;
    if !int::is_int(r) {
        return Err(th.type_error("an integer is required"));
    }
    match int::to_i64(r) {
        Some(n) if n >= 0 => Ok(r),
        Some(_) => Err(th.value_error("__sizeof__() should return >= 0")),
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

pub fn getallocatedblocks(th: &Thread, _a: &[Value]) -> Res {
    let s = th.heap.stats();
    Ok(int::from_usize(th, (s.live_bytes + s.young_bytes) / 64))
}

pub fn getunicodeinternedsize(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_usize(th, th.interp.interned.len()))
}

pub fn clear_type_cache(th: &Thread, _a: &[Value]) -> Res {
    th.interp.method_cache.clear();
    th.interp.attr_cache.clear();
    Ok(Value::none())
}

pub fn current_frames(th: &Thread, _a: &[Value]) -> Res {
    crate::audit::audit(th, "sys._current_frames", &[])?;
    let d = dict::new(th);
    let mut all = ValueVec::new();
    let mut result = Ok(());
    each_thread(th, |t| {
        if result.is_ok() {
            result = (th.interp.hooks().frame_at)(t, 0).and_then(|f| match f {
                Some(f) => all.push(th, events::ident_value(th, t)).and_then(|()| all.push(th, f)),
                None => Ok(()),
            });
        }
    });
    result?;
    for pair in all.as_slice().chunks_exact(2) {
        d.set(th, pair[0], pair[1])?;
    }
    Ok(d.value())
}

pub fn current_exceptions(th: &Thread, _a: &[Value]) -> Res {
    crate::audit::audit(th, "sys._current_exceptions", &[])?;
    let d = dict::new(th);
    let mut all = ValueVec::new();
    let mut result = Ok(());
    each_thread(th, |t| {
        if result.is_ok() {
            result = all.push(th, events::ident_value(th, t)).and_then(|()| all.push(th, t.handled.get()));
        }
    });
    result?;
    for pair in all.as_slice().chunks_exact(2) {
        d.set(th, pair[0], pair[1])?;
    }
    Ok(d.value())
}
