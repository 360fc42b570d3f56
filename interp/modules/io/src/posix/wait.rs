//! Waiting for children, and what their statuses mean.

use super::instance;
use crate::support::{args, sys};
use krait_object::interp::InterpSlot;
use krait_object::structseq::StructSeq;
use krait_object::{Res, Thread, Value, int, natives, tuple};

pub static WAITID_CLASS: InterpSlot = InterpSlot::new();

pub static WAITID_RESULT: StructSeq = StructSeq::new(
    "posix.waitid_result",
    "What waitid() tells of a child.",
    &[("si_pid", ""), ("si_uid", ""), ("si_signo", ""), ("si_status", ""), ("si_code", "")],
    5,
);

fn result(th: &Thread, pid: i64, status: i32) -> Res {
    tuple::from_slice(th, &[Value::small(pid), Value::small(status as i64)])
}

fn wait(th: &Thread, _: &[Value]) -> Res {
    wait_for(th, -1, 0)
}

fn wait_for(th: &Thread, pid: i32, options: i32) -> Res {
    let mut status = 0;
    let got = sys::call(th, || {
        // SAFETY: fills in the status.
        unsafe { libc::waitpid(pid, &mut status, options) as i64 }
    })?;
    result(th, got, status)
}

fn waitpid(th: &Thread, a: &[Value]) -> Res {
    wait_for(th, args::pid(th, a[0])?, args::c_int(th, a[1])?)
}

fn wait_usage(th: &Thread, pid: i32, options: i32) -> Res {
    let mut status = 0;
    // SAFETY: all-zero is a valid `rusage`.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let got = sys::call(th, || {
        // SAFETY: fills in status and usage.
        unsafe { libc::wait4(pid, &mut status, options, &mut usage) as i64 }
    })?;
    let usage = crate::resource::usage_value(th, &usage)?;
    tuple::from_slice(th, &[Value::small(got), Value::small(status as i64), usage])
}

fn wait3(th: &Thread, a: &[Value]) -> Res {
    wait_usage(th, -1, args::c_int(th, a[0])?)
}

fn wait4(th: &Thread, a: &[Value]) -> Res {
    wait_usage(th, args::pid(th, a[0])?, args::c_int(th, a[1])?)
}

fn waitid(th: &Thread, a: &[Value]) -> Res {
    let kind = args::c_int(th, a[0])?;
    let id = args::pid(th, a[1])?;
    let options = args::c_int(th, a[2])?;
    // SAFETY: all-zero is a valid `siginfo_t`.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    sys::call(th, || {
        // SAFETY: fills in the struct.
        unsafe { libc::waitid(kind as libc::idtype_t, id as libc::id_t, &mut info, options) as i64 }
    })?;
    // SAFETY: the kernel filled in a child's fields (or zeros).
    let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
    if pid == 0 {
        return Ok(Value::none());
    }
    let fields = [
        Value::small(pid as i64),
        args::id_value(uid),
        Value::small(info.si_signo as i64),
        Value::small(status as i64),
        Value::small(info.si_code as i64),
    ];
    instance(th, &WAITID_RESULT, &WAITID_CLASS, &fields)
}

/// Defines functions that take a status apart.
macro_rules! status {
    ($($f:ident $s:ident $value:expr;)*) => { $(
        fn $f(th: &Thread, a: &[Value]) -> Res {
            let $s = args::c_int(th, a[0])?;
            Ok($value)
        }
    )* };
}

status! {
    wcoredump s Value::bool(libc::WCOREDUMP(s));
    wifcontinued s Value::bool(libc::WIFCONTINUED(s));
    wifstopped s Value::bool(libc::WIFSTOPPED(s));
    wifsignaled s Value::bool(libc::WIFSIGNALED(s));
    wifexited s Value::bool(libc::WIFEXITED(s));
    wexitstatus s Value::small(libc::WEXITSTATUS(s) as i64);
    wtermsig s Value::small(libc::WTERMSIG(s) as i64);
    wstopsig s Value::small(libc::WSTOPSIG(s) as i64);
}

fn waitstatus_to_exitcode(th: &Thread, a: &[Value]) -> Res {
    if !crate::support::path::has_index(th, a[0]) {
        args::c_int(th, a[0])?;
    }
    let s = args::c_int(th, a[0])?;
    if libc::WIFEXITED(s) {
        return Ok(Value::small(libc::WEXITSTATUS(s) as i64));
    }
    if libc::WIFSIGNALED(s) {
        return Ok(int::from_i64(th, -(libc::WTERMSIG(s) as i64)));
    }
    if libc::WIFSTOPPED(s) {
        let n = libc::WSTOPSIG(s);
        return Err(th.value_error(format!("process stopped by delivery of signal {n}")));
    }
    Err(th.value_error(format!("invalid wait status: {s}")))
}

natives! {
    pub static FUNCTIONS = {
        function "wait" "()" wait, "";
        function "waitpid" "(pid, options, /)" waitpid, "";
        function "wait3" "(options)" wait3, "";
        function "wait4" "(pid, options)" wait4, "";
        function "waitid" "(idtype, id, options, /)" waitid, "";
        function "WCOREDUMP" "(status, /)" wcoredump, "";
        function "WIFCONTINUED" "(status)" wifcontinued, "";
        function "WIFSTOPPED" "(status)" wifstopped, "";
        function "WIFSIGNALED" "(status)" wifsignaled, "";
        function "WIFEXITED" "(status)" wifexited, "";
        function "WEXITSTATUS" "(status)" wexitstatus, "";
        function "WTERMSIG" "(status)" wtermsig, "";
        function "WSTOPSIG" "(status)" wstopsig, "";
        function "waitstatus_to_exitcode" "(status)" waitstatus_to_exitcode, "";
    }
}
