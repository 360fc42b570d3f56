//! The module `select`: waiting for descriptors.

mod epoll;
mod poll;

use crate::support::{args, oserror, sys, timearg};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, TypeId, Value, ValueVec, list, natives, protocol, tuple};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "select", doc: "", functions: FUNCTIONS, exec };

#[rustfmt::skip]
const INTS: &[(&str, i64)] = &[
    ("EPOLLERR", 8), ("EPOLLET", 2147483648), ("EPOLLEXCLUSIVE", 268435456), ("EPOLLHUP", 16), ("EPOLLIN", 1),
    ("EPOLLMSG", 1024), ("EPOLLONESHOT", 1073741824), ("EPOLLOUT", 4), ("EPOLLPRI", 2), ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192), ("EPOLLRDNORM", 64), ("EPOLLWRBAND", 512), ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", 524288), ("PIPE_BUF", 4096), ("POLLERR", 8), ("POLLHUP", 16), ("POLLIN", 1),
    ("POLLMSG", 1024), ("POLLNVAL", 32), ("POLLOUT", 4), ("POLLPRI", 2), ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192), ("POLLRDNORM", 64), ("POLLWRBAND", 512), ("POLLWRNORM", 256),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    m.add(th, "error", th.interp.class_value(TypeId::OSError));
    m.add_class(th, epoll::CLASS.get(th)?);
    Ok(())
}

/// A set of descriptors for `select()`, of objects.
struct Set {
    objects: ValueVec,
    fds: Vec<i32>,
    set: libc::fd_set,
}

impl Set {
    fn of(th: &Thread, v: Value) -> Res<Set> {
        // SAFETY: all-zero is an empty set.
        let set = unsafe { std::mem::zeroed() };
        let objects = protocol::collect(th, v);
        let Some(objects) = th.catch(objects, TypeId::TypeError)? else {
            return Err(th.type_error("arguments 1-3 must be sequences"));
        };
        let mut s = Set { objects, fds: Vec::new(), set };
        for i in 0..s.objects.len() {
            let fd = args::file_descriptor(th, s.objects.get(i))?;
            if fd as usize >= libc::FD_SETSIZE {
                return Err(th.value_error("filedescriptor out of range in select()"));
            }
            s.fds.push(fd);
            // SAFETY: the descriptor fits the set.
            unsafe { libc::FD_SET(fd, &mut s.set) };
        }
        Ok(s)
    }

    fn last(&self) -> i32 {
        self.fds.iter().copied().max().unwrap_or(-1)
    }

    fn pointer(&mut self) -> *mut libc::fd_set {
        if self.fds.is_empty() { std::ptr::null_mut() } else { &mut self.set }
    }

    /// The objects whose descriptors are in the set now.
    fn ready(&self, th: &Thread, any: bool) -> Res {
        let l = list::new(th);
        for (i, &fd) in self.fds.iter().enumerate() {
            // SAFETY: the descriptor fits the set.
            if any && unsafe { libc::FD_ISSET(fd, &self.set) } {
                l.push(th, self.objects.get(i))?;
            }
        }
        Ok(l.value())
    }
}

fn select(th: &Thread, a: &[Value]) -> Res {
    let timeout = match a[3].given_not_none() {
        None => None,
        Some(v) => {
            let ns = timeout_arg(th, v, "timeout must be a float or None")?;
            if ns < 0 {
                return Err(th.value_error("timeout must be non-negative"));
            }
            Some(ns)
        }
    };
    let (mut r, mut w, mut x) = (Set::of(th, a[0])?, Set::of(th, a[1])?, Set::of(th, a[2])?);
    let n = r.last().max(w.last()).max(x.last()) + 1;
    let saved = (r.set, w.set, x.set);
    let end = timeout.map(|t| sys::monotonic().saturating_add(t));
    let mut left = timeout.unwrap_or(0);
    let count = loop {
        let mut tv =
            libc::timeval { tv_sec: left / 1_000_000_000, tv_usec: (left % 1_000_000_000 + 999) / 1000 };
        if tv.tv_usec >= 1_000_000 {
            tv = libc::timeval { tv_sec: tv.tv_sec + 1, tv_usec: 0 };
        }
        let tv_p = if timeout.is_some() { &raw mut tv } else { std::ptr::null_mut() };
        let (rp, wp, xp) = (r.pointer(), w.pointer(), x.pointer());
        let got = sys::attempt(th, || {
            // SAFETY: the sets are null or initialized.
            unsafe { libc::select(n, rp, wp, xp, tv_p) as i64 }
        });
        match got {
            Ok(k) => break k,
            Err(libc::EINTR) => {
                sys::check_signals(th)?;
                (r.set, w.set, x.set) = saved;
                if let Some(end) = end {
                    left = end - sys::monotonic();
                    if left < 0 {
                        break 0;
                    }
                }
            }
            Err(n) => return Err(oserror::raise(th, n)),
        }
    };
    let any = count > 0;
    let all = [r.ready(th, any)?, w.ready(th, any)?, x.ready(th, any)?];
    tuple::from_slice(th, &all)
}

/// Seconds as nanoseconds, with the TypeError text given.
fn timeout_arg(th: &Thread, v: Value, text: &str) -> Res<i64> {
    scaled(th, v, text, 1_000_000_000)
}

/// A timeout as nanoseconds, rounded up; one of the argument's units has `unit` of them.
fn scaled(th: &Thread, v: Value, text: &str, unit: i64) -> Res<i64> {
    match timearg::scaled(th, v, timearg::Round::Up, unit) {
        Ok(n) => Ok(n),
        Err(_) if th.pending_is(TypeId::TypeError) => {
            th.clear_pending();
            Err(th.type_error(text))
        }
        Err(e) => Err(e),
    }
}

fn new_poll(th: &Thread, _: &[Value]) -> Res {
    poll::new(th)
}

natives! {
    static FUNCTIONS = {
        function "select" "(rlist, wlist, xlist, timeout=None, /)" select, "Wait until one or more descriptors are ready.";
        function "poll" "()" new_poll, "Return a polling object.";
    }
}
