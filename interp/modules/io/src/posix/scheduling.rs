//! Scheduling: policies, priorities, processor affinity.

use super::instance;
use crate::support::{args, oserror, sys};
use krait_object::interp::InterpSlot;
use krait_object::structseq::{self, StructSeq};
use krait_object::{Class, Res, Thread, Value, float, int, natives, protocol, set};

pub static PARAM_CLASS: InterpSlot = InterpSlot::new();

pub static SCHED_PARAM: StructSeq = StructSeq::new(
    "posix.sched_param",
    "sched_param(sched_priority)\n--\n\nScheduling parameters: only a priority.",
    &[("sched_priority", "the scheduling priority")],
    1,
)
.methods(PARAM_METHODS);

fn param_new(th: &Thread, a: &[Value]) -> Res {
    let c = Class::from_value(a[0])
        .ok_or_else(|| th.type_error("sched_param.__new__(X): X is not a type object"))?;
    SCHED_PARAM.instance(th, c, &[a[1]])
}

fn param_reduce(th: &Thread, a: &[Value]) -> Res {
    let args = krait_object::tuple::from_slice(th, &[structseq::field(th, a[0], 0)])?;
    krait_object::tuple::from_slice(th, &[Class::of_value(th, a[0]).value(), args])
}

natives! {
    static PARAM_METHODS = {
        staticmethod "__new__" "(cls, sched_priority)" param_new, "";
        method "__repr__" "()" structseq::repr, "";
        method "__reduce__" "()" param_reduce, "";
    }
}

fn param_arg(th: &Thread, v: Value) -> Res<libc::sched_param> {
    let own = crate::support::class::get(th, &PARAM_CLASS)?;
    if Class::of_value(th, v) != own {
        return Err(th.type_error("must have a sched_param object"));
    }
    let n = args::c_long(th, structseq::field(th, v, 0))?;
    match i32::try_from(n) {
        Ok(n) => Ok(libc::sched_param { sched_priority: n }),
        Err(_) => Err(th.overflow_error("sched_priority out of range")),
    }
}

/// The priority of a `sched_param`, for `posix_spawn`.
pub fn param_of(th: &Thread, v: Value) -> Res<libc::sched_param> {
    param_arg(th, v)
}

fn get_priority_max(th: &Thread, a: &[Value]) -> Res {
    let policy = args::c_int(th, a[0])?;
    // SAFETY: asks for a number.
    Ok(Value::small(sys::quick(th, unsafe { libc::sched_get_priority_max(policy) } as i64)?))
}

fn get_priority_min(th: &Thread, a: &[Value]) -> Res {
    let policy = args::c_int(th, a[0])?;
    // SAFETY: asks for a number.
    Ok(Value::small(sys::quick(th, unsafe { libc::sched_get_priority_min(policy) } as i64)?))
}

fn getparam(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let mut p = libc::sched_param { sched_priority: 0 };
    // SAFETY: fills in the struct.
    sys::quick(th, unsafe { libc::sched_getparam(pid, &mut p) } as i64)?;
    instance(th, &SCHED_PARAM, &PARAM_CLASS, &[Value::small(p.sched_priority as i64)])
}

fn setparam(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let p = param_arg(th, a[1])?;
    // SAFETY: reads the struct.
    sys::quick(th, unsafe { libc::sched_setparam(pid, &p) } as i64)?;
    Ok(Value::none())
}

fn getscheduler(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    // SAFETY: asks for a number.
    Ok(Value::small(sys::quick(th, unsafe { libc::sched_getscheduler(pid) } as i64)?))
}

fn setscheduler(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let policy = args::c_int(th, a[1])?;
    let p = param_arg(th, a[2])?;
    // SAFETY: reads the struct.
    sys::quick(th, unsafe { libc::sched_setscheduler(pid, policy, &p) } as i64)?;
    Ok(Value::none())
}

fn rr_get_interval(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills in the struct.
    sys::quick(th, unsafe { libc::sched_rr_get_interval(pid, &mut t) } as i64)?;
    Ok(float::new(th, t.tv_sec as f64 + 1e-9 * t.tv_nsec as f64))
}

fn sched_yield(th: &Thread, _: &[Value]) -> Res {
    sys::attempt(th, || {
        // SAFETY: has no arguments.
        unsafe { libc::sched_yield() as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    Ok(Value::none())
}

/// Most processors that a mask is made for.
const MOST_CPUS: usize = 1 << 20;

fn getaffinity(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let mut words = 16usize;
    let mask = loop {
        let mut mask = vec![0u64; words];
        // SAFETY: the mask has the size given.
        let r = unsafe { libc::sched_getaffinity(pid, words * 8, mask.as_mut_ptr().cast()) };
        if r == 0 {
            break mask;
        }
        let n = oserror::errno();
        if n != libc::EINVAL || words * 64 > MOST_CPUS {
            return Err(oserror::raise(th, n));
        }
        words *= 2;
    };
    let s = set::new(th);
    for cpu in 0..words * 64 {
        if mask[cpu / 64] >> (cpu % 64) & 1 != 0 {
            s.add(th, Value::small(cpu as i64))?;
        }
    }
    Ok(s.value())
}

fn setaffinity(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let mut mask = vec![0u64; 16];
    protocol::for_each(th, a[1], &mut |v| {
        if !int::is_int(v) {
            let class = protocol::repr_text(th, Class::of_value(th, v).value())?;
            return Err(th.type_error(format!("expected an iterator of ints, but iterator yielded {class}")));
        }
        let cpu = args::c_long(th, v)?;
        if cpu < 0 {
            return Err(th.value_error("negative CPU number"));
        }
        if cpu > i32::MAX as i64 - 1 {
            return Err(th.overflow_error("CPU number too large"));
        }
        let cpu = cpu as usize;
        if cpu >= MOST_CPUS {
            return Err(th.overflow_error("CPU number too large"));
        }
        if cpu / 64 >= mask.len() {
            mask.resize((cpu / 64 + 1).next_power_of_two(), 0);
        }
        mask[cpu / 64] |= 1 << (cpu % 64);
        Ok(())
    })?;
    // SAFETY: the mask has the size given.
    sys::quick(th, unsafe { libc::sched_setaffinity(pid, mask.len() * 8, mask.as_ptr().cast()) } as i64)?;
    Ok(Value::none())
}

fn nice(th: &Thread, a: &[Value]) -> Res {
    let by = args::c_int(th, a[0])?;
    oserror::set_errno(0);
    // SAFETY: changes the process's priority.
    let n = unsafe { libc::nice(by) };
    if n == -1 && oserror::errno() != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(Value::small(n as i64))
}

fn getpriority(th: &Thread, a: &[Value]) -> Res {
    let (which, who) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    oserror::set_errno(0);
    // SAFETY: asks for a number.
    let n = unsafe { libc::getpriority(which as _, who as u32) };
    if oserror::errno() != 0 {
        return Err(oserror::raise_last(th));
    }
    Ok(Value::small(n as i64))
}

fn setpriority(th: &Thread, a: &[Value]) -> Res {
    let (which, who) = (args::c_int(th, a[0])?, args::c_int(th, a[1])?);
    let n = args::c_int(th, a[2])?;
    // SAFETY: sets a priority.
    sys::quick(th, unsafe { libc::setpriority(which as _, who as u32, n) } as i64)?;
    Ok(Value::none())
}

natives! {
    pub static FUNCTIONS = {
        function "sched_get_priority_max" "(policy)" get_priority_max, "";
        function "sched_get_priority_min" "(policy)" get_priority_min, "";
        function "sched_getparam" "(pid, /)" getparam, "";
        function "sched_setparam" "(pid, param, /)" setparam, "";
        function "sched_getscheduler" "(pid, /)" getscheduler, "";
        function "sched_setscheduler" "(pid, policy, param, /)" setscheduler, "";
        function "sched_rr_get_interval" "(pid, /)" rr_get_interval, "";
        function "sched_yield" "()" sched_yield, "";
        function "sched_getaffinity" "(pid, /)" getaffinity, "";
        function "sched_setaffinity" "(pid, mask, /)" setaffinity, "";
        function "nice" "(increment, /)" nice, "";
        function "getpriority" "(which, who)" getpriority, "";
        function "setpriority" "(which, who, priority)" setpriority, "";
    }
}
