//! `select.poll` objects.

use super::scaled;
use crate::support::{args, oserror, sys};
use krait_gc::Tracer;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::native_class::NativeClass;
use krait_object::{Res, Thread, Value, int, list, natives, tuple};
use std::cell::{Cell, RefCell};

struct Poll {
    /// Descriptors and masks, in the order of registration.
    fds: RefCell<Vec<(i32, u16)>>,
    running: Cell<bool>,
}

impl Payload for Poll {
    const NAME: &'static str = "poll";
    fn trace(&self, _: &mut Tracer) {}
}

type This = Custom<Poll>;

static CLASS: NativeClass =
    NativeClass::new(ClassSpec::new("select.poll", "", METHODS, &[]).flags(flag::NO_NEW));

pub fn new(th: &Thread) -> Res {
    let p = Poll { fds: RefCell::default(), running: Cell::new(false) };
    Ok(custom::alloc(th, CLASS.get(th)?, p)?.value())
}

fn mask(th: &Thread, v: Value) -> Res<u16> {
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    match int::to_i64(v) {
        Some(n) if n < 0 => Err(th.value_error("value must be positive")),
        Some(n) if n <= u16::MAX as i64 => Ok(n as u16),
        _ => Err(th.overflow_error("Python int too large for C unsigned short")),
    }
}

fn register(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let fd = args::file_descriptor(th, a[1])?;
    let usual = (libc::POLLIN | libc::POLLPRI | libc::POLLOUT) as u16;
    let m = a[2].given().map_or(Ok(usual), |v| mask(th, v))?;
    let mut fds = p.fds.borrow_mut();
    match fds.iter_mut().find(|e| e.0 == fd) {
        Some(e) => e.1 = m,
        None => fds.push((fd, m)),
    }
    Ok(Value::none())
}

fn modify(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let fd = args::file_descriptor(th, a[1])?;
    let m = mask(th, a[2])?;
    let found = p.fds.borrow_mut().iter_mut().find(|e| e.0 == fd).map(|e| e.1 = m);
    match found {
        Some(()) => Ok(Value::none()),
        None => Err(oserror::raise(th, libc::ENOENT)),
    }
}

fn unregister(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let fd = args::file_descriptor(th, a[1])?;
    let at = p.fds.borrow().iter().position(|e| e.0 == fd);
    match at {
        Some(i) => {
            p.fds.borrow_mut().remove(i);
            Ok(Value::none())
        }
        None => Err(th.key_error(Value::small(fd as i64))),
    }
}

fn poll(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let ns = match a[1].given_not_none() {
        None => -1,
        Some(v) => scaled(th, v, "timeout must be an integer or None", 1_000_000)?,
    };
    if p.running.get() {
        return Err(th.runtime_error("concurrent poll() invocation"));
    }
    let mut fds: Vec<libc::pollfd> =
        p.fds.borrow().iter().map(|&(fd, m)| libc::pollfd { fd, events: m as i16, revents: 0 }).collect();
    let end = (ns >= 0).then(|| sys::monotonic().saturating_add(ns));
    p.running.set(true);
    let r = wait(th, &mut fds, end);
    p.running.set(false);
    r?;
    let l = list::new(th);
    for f in fds.iter().filter(|f| f.revents != 0) {
        let pair = [Value::small(f.fd as i64), Value::small(f.revents as u16 as i64)];
        l.push(th, tuple::from_slice(th, &pair)?)?;
    }
    Ok(l.value())
}

/// Polls until the time (None: for ever), across signals.
fn wait(th: &Thread, fds: &mut [libc::pollfd], end: Option<i64>) -> Res<()> {
    loop {
        let ms = match end {
            None => -1,
            Some(end) => {
                let left = (end - sys::monotonic()).max(0);
                (left / 1_000_000 + i64::from(left % 1_000_000 != 0)).min(i32::MAX as i64) as i32
            }
        };
        let r = sys::attempt(th, || {
            // SAFETY: the array has the length given.
            unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, ms) as i64 }
        });
        match r {
            Ok(_) => return Ok(()),
            Err(libc::EINTR) => {
                sys::check_signals(th)?;
                if end.is_some_and(|e| e < sys::monotonic()) {
                    fds.iter_mut().for_each(|f| f.revents = 0);
                    return Ok(());
                }
            }
            Err(n) => return Err(oserror::raise(th, n)),
        }
    }
}

natives! {
    static METHODS = {
        method "register" "(fd, eventmask=7, /)" register, "";
        method "modify" "(fd, eventmask, /)" modify, "";
        method "unregister" "(fd, /)" unregister, "";
        method "poll" "(timeout=None, /)" poll, "";
    }
}
