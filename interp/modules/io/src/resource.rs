//! The module `resource`: limits and usage.

use crate::support::{args, oserror, sys};
use krait_object::class::type_name;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::structseq::StructSeq;
use krait_object::tuple::{self, Tuple};
use krait_object::{Kind, Res, Thread, TypeId, Value, float, int, natives, protocol};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "resource", doc: "", functions: FUNCTIONS, exec };

static USAGE_CLASS: InterpSlot = InterpSlot::new();

static USAGE: StructSeq = StructSeq::new(
    "resource.struct_rusage",
    "What getrusage() tells.",
    &[
        ("ru_utime", "user time used"),
        ("ru_stime", "system time used"),
        ("ru_maxrss", "max. resident set size"),
        ("ru_ixrss", "shared memory size"),
        ("ru_idrss", "unshared data size"),
        ("ru_isrss", "unshared stack size"),
        ("ru_minflt", "page faults not requiring I/O"),
        ("ru_majflt", "page faults requiring I/O"),
        ("ru_nswap", "number of swap outs"),
        ("ru_inblock", "block input operations"),
        ("ru_oublock", "block output operations"),
        ("ru_msgsnd", "IPC messages sent"),
        ("ru_msgrcv", "IPC messages received"),
        ("ru_nsignals", "signals received"),
        ("ru_nvcsw", "voluntary context switches"),
        ("ru_nivcsw", "involuntary context switches"),
    ],
    16,
);

const INTS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", libc::RLIMIT_CPU as i64),
    ("RLIMIT_FSIZE", libc::RLIMIT_FSIZE as i64),
    ("RLIMIT_DATA", libc::RLIMIT_DATA as i64),
    ("RLIMIT_STACK", libc::RLIMIT_STACK as i64),
    ("RLIMIT_CORE", libc::RLIMIT_CORE as i64),
    ("RLIMIT_NOFILE", libc::RLIMIT_NOFILE as i64),
    ("RLIMIT_OFILE", libc::RLIMIT_NOFILE as i64),
    ("RLIMIT_AS", libc::RLIMIT_AS as i64),
    ("RLIMIT_RSS", libc::RLIMIT_RSS as i64),
    ("RLIMIT_NPROC", libc::RLIMIT_NPROC as i64),
    ("RLIMIT_MEMLOCK", libc::RLIMIT_MEMLOCK as i64),
    ("RLIMIT_MSGQUEUE", libc::RLIMIT_MSGQUEUE as i64),
    ("RLIMIT_NICE", libc::RLIMIT_NICE as i64),
    ("RLIMIT_RTPRIO", libc::RLIMIT_RTPRIO as i64),
    ("RLIMIT_RTTIME", libc::RLIMIT_RTTIME as i64),
    ("RLIMIT_SIGPENDING", libc::RLIMIT_SIGPENDING as i64),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_SELF", libc::RUSAGE_SELF as i64),
    ("RUSAGE_CHILDREN", libc::RUSAGE_CHILDREN as i64),
    ("RUSAGE_THREAD", libc::RUSAGE_THREAD as i64),
];

/// Number of limits of the system.
const LIMITS: i32 = 16;

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    m.add(th, "error", th.interp.class_value(TypeId::OSError));
    let c = usage_class(th)?;
    m.add(th, "struct_rusage", c);
    Ok(())
}

fn usage_class(th: &Thread) -> Res {
    USAGE_CLASS.get_or(th, |th| Ok(USAGE.make(th)?.value()))
}

/// The usage as Python has it; also for `os.wait4`.
pub fn usage_value(th: &Thread, u: &libc::rusage) -> Res {
    let time = |t: libc::timeval| float::new(th, t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let n = |x: i64| int::from_i64(th, x);
    let fields = [
        time(u.ru_utime),
        time(u.ru_stime),
        n(u.ru_maxrss),
        n(u.ru_ixrss),
        n(u.ru_idrss),
        n(u.ru_isrss),
        n(u.ru_minflt),
        n(u.ru_majflt),
        n(u.ru_nswap),
        n(u.ru_inblock),
        n(u.ru_oublock),
        n(u.ru_msgsnd),
        n(u.ru_msgrcv),
        n(u.ru_nsignals),
        n(u.ru_nvcsw),
        n(u.ru_nivcsw),
    ];
    let c = krait_object::Class::of(usage_class(th)?);
    USAGE.instance(th, c, &fields)
}

fn getrusage(th: &Thread, a: &[Value]) -> Res {
    let who = args::c_int(th, a[0])?;
    // SAFETY: all-zero is a valid `rusage`.
    let mut u: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the struct.
    if unsafe { libc::getrusage(who, &mut u) } != 0 {
        return Err(match oserror::errno() {
            libc::EINVAL => th.value_error("invalid who parameter"),
            n => oserror::raise(th, n),
        });
    }
    usage_value(th, &u)
}

fn resource_arg(th: &Thread, v: Value) -> Res<i32> {
    let r = args::c_int(th, v)?;
    if (0..LIMITS).contains(&r) { Ok(r) } else { Err(th.value_error("invalid resource specified")) }
}

fn limit_value(th: &Thread, n: libc::rlim_t) -> Value {
    if n == libc::RLIM_INFINITY { Value::small(-1) } else { int::from_u64(th, n) }
}

fn limits_value(th: &Thread, l: &libc::rlimit) -> Res {
    tuple::from_slice(th, &[limit_value(th, l.rlim_cur), limit_value(th, l.rlim_max)])
}

fn limit_arg(th: &Thread, v: Value) -> Res<libc::rlim_t> {
    if !int::is_int(v) {
        let t = type_name(th, v);
        let i = protocol::index_opt(th, v)?;
        if i.is_none() {
            return Err(th.type_error(format!("'{t}' object cannot be interpreted as an integer")));
        }
    }
    let i = protocol::index(th, v)?;
    if i == Value::small(-1) {
        return Ok(libc::RLIM_INFINITY);
    }
    match int::to_i64(i) {
        Some(n) => Ok(n as libc::rlim_t),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

fn limits_arg(th: &Thread, v: Value) -> Res<libc::rlimit> {
    let t = if v.is_kind(Kind::Tuple) { Tuple::of(v) } else { protocol::to_tuple(th, v)? };
    if t.len() != 2 {
        return Err(th.value_error("expected a tuple of 2 integers"));
    }
    Ok(libc::rlimit { rlim_cur: limit_arg(th, t.get(0))?, rlim_max: limit_arg(th, t.get(1))? })
}

fn getrlimit(th: &Thread, a: &[Value]) -> Res {
    let r = resource_arg(th, a[0])?;
    let mut l = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: fills in the struct.
    sys::quick(th, unsafe { libc::getrlimit(r as _, &mut l) } as i64)?;
    limits_value(th, &l)
}

/// Errors of setting a limit, in CPython's words.
fn refused(th: &Thread) -> krait_object::Raised {
    match oserror::errno() {
        libc::EINVAL => th.value_error("current limit exceeds maximum limit"),
        libc::EPERM => th.value_error("not allowed to raise maximum limit"),
        n => oserror::raise(th, n),
    }
}

fn setrlimit(th: &Thread, a: &[Value]) -> Res {
    let r = resource_arg(th, a[0])?;
    let l = limits_arg(th, a[1])?;
    // SAFETY: reads the struct.
    if unsafe { libc::setrlimit(r as _, &l) } != 0 {
        return Err(refused(th));
    }
    Ok(Value::none())
}

fn prlimit(th: &Thread, a: &[Value]) -> Res {
    let pid = args::pid(th, a[0])?;
    let r = resource_arg(th, a[1])?;
    let new = a[2].given_not_none().map(|v| limits_arg(th, v)).transpose()?;
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new_p = new.as_ref().map_or(std::ptr::null(), |l| l as *const libc::rlimit);
    // SAFETY: reads and fills in structs.
    if unsafe { libc::prlimit(pid, r as _, new_p, &mut old) } != 0 {
        return Err(match oserror::errno() {
            libc::EINVAL => th.value_error("current limit exceeds maximum limit"),
            n => oserror::raise(th, n),
        });
    }
    limits_value(th, &old)
}

fn getpagesize(_: &Thread, _: &[Value]) -> Res {
    // SAFETY: asks for a number.
    Ok(Value::small(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }))
}

natives! {
    static FUNCTIONS = {
        function "getrusage" "(who, /)" getrusage, "";
        function "getrlimit" "(resource, /)" getrlimit, "";
        function "setrlimit" "(resource, limits, /)" setrlimit, "";
        function "prlimit" "(pid, resource, limits=None, /)" prlimit, "";
        function "getpagesize" "()" getpagesize, "";
    }
}
