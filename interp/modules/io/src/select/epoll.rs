//! `select.epoll` objects.

use super::scaled;
use crate::support::{args, oserror, sys};
use krait_gc::Tracer;
use krait_object::class::{Class, ClassSpec};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::{Res, Thread, TypeId, Value, int, list, natives, tuple};
use std::cell::Cell;

struct Epoll {
    fd: Cell<i32>,
}

impl Drop for Epoll {
    fn drop(&mut self) {
        if self.fd.get() >= 0 {
            // SAFETY: the descriptor is this object's own.
            unsafe { libc::close(self.fd.get()) };
        }
    }
}

impl Payload for Epoll {
    const NAME: &'static str = "epoll";
    fn trace(&self, _: &mut Tracer) {}
}

type This = Custom<Epoll>;

pub static CLASS: NativeClass = NativeClass::new(
    ClassSpec::new(
        "select.epoll",
        "epoll(sizehint=-1, flags=0)\n--\n\nAn object for waiting for many descriptors.",
        METHODS,
        GETSET,
    )
    .flags(0),
);

fn make(th: &Thread, c: Class, fd: i32) -> Res {
    Ok(custom::alloc(th, c, Epoll { fd: Cell::new(fd) })?.value())
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = CLASS.class_arg(th, a[0])?;
    let size = args::c_int_or(th, a[1], -1)?;
    let flags = args::c_int_or(th, a[2], 0)?;
    if size != -1 && size <= 0 {
        return Err(th.value_error("negative sizehint"));
    }
    if flags != 0 && flags != libc::EPOLL_CLOEXEC {
        return Err(th.raise_new(TypeId::OSError, "invalid flags"));
    }
    // SAFETY: makes a descriptor.
    let fd = sys::quick(th, unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) } as i64)?;
    make(th, c, fd as i32)
}

fn fromfd(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[1])?;
    make(th, Class::of(a[0]), fd)
}

fn open(th: &Thread, v: Value) -> Res<i32> {
    let fd = This::of(v).fd.get();
    if fd < 0 { Err(th.value_error("I/O operation on closed epoll object")) } else { Ok(fd) }
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let fd = This::of(a[0]).fd.replace(-1);
    if fd >= 0 {
        sys::attempt(th, || {
            // SAFETY: the descriptor is this object's own.
            unsafe { libc::close(fd) as i64 }
        })
        .map_err(|n| oserror::raise(th, n))?;
    }
    Ok(Value::none())
}

fn enter(th: &Thread, a: &[Value]) -> Res {
    open(th, a[0])?;
    Ok(a[0])
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    krait_object::call::call_method_text(th, a[0], "close", &[])
}

fn fileno(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(open(th, a[0])? as i64))
}

fn control(th: &Thread, a: &[Value], op: i32, events: u32) -> Res {
    let ep = open(th, a[0])?;
    let fd = args::file_descriptor(th, a[1])?;
    let mut e = libc::epoll_event { events, u64: fd as u64 };
    let r = sys::attempt(th, || {
        // SAFETY: reads the event.
        unsafe { libc::epoll_ctl(ep, op, fd, &mut e) as i64 }
    });
    r.map(|_| Value::none()).map_err(|n| oserror::raise(th, n))
}

fn register(th: &Thread, a: &[Value]) -> Res {
    let usual = (libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT) as u32;
    let events = a[2].given().map_or(Ok(usual), |v| args::masked_u32(th, v))?;
    control(th, a, libc::EPOLL_CTL_ADD, events)
}

fn modify(th: &Thread, a: &[Value]) -> Res {
    let events = args::masked_u32(th, a[2])?;
    control(th, a, libc::EPOLL_CTL_MOD, events)
}

fn unregister(th: &Thread, a: &[Value]) -> Res {
    control(th, a, libc::EPOLL_CTL_DEL, 0)
}

fn poll(th: &Thread, a: &[Value]) -> Res {
    let ep = open(th, a[0])?;
    let ns = match a[1].given_not_none() {
        None => -1,
        Some(v) => scaled(th, v, "timeout must be an integer or None", 1_000_000_000)?,
    };
    let most = match args::c_int_or(th, a[2], -1)? {
        -1 => libc::FD_SETSIZE as i32 - 1,
        n if n < 1 => {
            return Err(th.value_error(format!("maxevents must be greater than 0, got {n}")));
        }
        n => n,
    };
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most as usize];
    let end = (ns >= 0).then(|| sys::monotonic().saturating_add(ns));
    let count = loop {
        let ms = match end {
            None => -1,
            Some(end) => {
                let left = (end - sys::monotonic()).max(0);
                (left / 1_000_000 + i64::from(left % 1_000_000 != 0)).min(i32::MAX as i64) as i32
            }
        };
        let r = sys::attempt(th, || {
            // SAFETY: the array has the length given.
            unsafe { libc::epoll_wait(ep, events.as_mut_ptr(), most, ms) as i64 }
        });
        match r {
            Ok(n) => break n as usize,
            Err(libc::EINTR) => {
                sys::check_signals(th)?;
                if end.is_some_and(|e| e < sys::monotonic()) {
                    break 0;
                }
            }
            Err(n) => return Err(oserror::raise(th, n)),
        }
    };
    let l = list::new(th);
    for e in &events[..count] {
        let (fd, mask) = (e.u64, e.events);
        let pair = [Value::small(fd as i32 as i64), int::from_u64(th, mask as u64)];
        l.push(th, tuple::from_slice(th, &pair)?)?;
    }
    Ok(l.value())
}

fn closed_get(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(This::of(v).fd.get() < 0))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, sizehint=-1, flags=0)" new, "";
        classmethod "fromfd" "(fd, /)" fromfd, "";
        method "close" "()" close, "";
        method "fileno" "()" fileno, "";
        method "register" "(fd, eventmask=7)" register, "";
        method "modify" "(fd, eventmask)" modify, "";
        method "unregister" "(fd)" unregister, "";
        method "poll" "(timeout=None, maxevents=-1)" poll, "";
        method "__enter__" "()" enter, "";
        method "__exit__" "(exc_type=None, exc_value=None, exc_tb=None, /)" exit, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("closed", closed_get, "True if the epoll handler is closed")];
