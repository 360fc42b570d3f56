//! `_socket.socket`: creation, timeouts, closing, and how blocking calls are made.

use super::{connect, message, options, transfer};
use crate::support::{args, oserror, sys, timearg, warn};
use krait_gc::Tracer;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::{Class, Raised, Res, Str, Thread, TypeId, Value, float, natives, protocol, string, tuple};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

/// Nanoseconds that new sockets wait; -1: for ever.
static DEFAULT_TIMEOUT: AtomicI64 = AtomicI64::new(-1);

pub struct Socket {
    /// -1: closed.
    pub fd: Cell<i32>,
    pub family: Cell<i32>,
    pub kind: Cell<i32>,
    pub proto: Cell<i32>,
    /// Nanoseconds; 0: calls do not block; -1: they wait for ever.
    pub timeout: Cell<i64>,
}

impl Payload for Socket {
    const NAME: &'static str = "socket";
    fn trace(&self, _: &mut Tracer) {}
}

pub type This = Custom<Socket>;

pub static CLASS: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_socket.socket",
        "socket(family=AF_INET, type=SOCK_STREAM, proto=0)\n--\n\nA socket.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE),
);

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = CLASS.class_arg(th, a[0])?;
    let s = Socket {
        fd: Cell::new(-1),
        family: Cell::new(0),
        kind: Cell::new(0),
        proto: Cell::new(0),
        timeout: Cell::new(DEFAULT_TIMEOUT.load(Ordering::Relaxed)),
    };
    let s = custom::alloc(th, c, s)?;
    th.heap.add_finalizer(s.cell());
    Ok(s.value())
}

/// An integer option of a socket.
fn int_option(fd: i32, option: i32) -> Result<i32, i32> {
    let (mut n, mut len) = (0i32, 4u32);
    // SAFETY: fills in the number.
    let r = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, option, (&raw mut n).cast(), &mut len) };
    if r == 0 { Ok(n) } else { Err(oserror::errno()) }
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let mut family = args::c_int_or(th, a[1], -1)?;
    let mut kind = args::c_int_or(th, a[2], -1)?;
    let mut proto = args::c_int_or(th, a[3], -1)?;
    let fd = if let Some(v) = a[4].given_not_none() {
        if float::get(v).is_some() {
            return Err(th.type_error("'float' object cannot be interpreted as an integer"));
        }
        let fd = args::c_int(th, v)?;
        if fd < 0 {
            return Err(th.value_error("negative file descriptor"));
        }
        // Whatever is given, the descriptor must be a socket.
        // SAFETY: all-zero is a valid address; filled in by the call.
        let mut name: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
        let mut len = size_of::<libc::sockaddr_storage>() as u32;
        // SAFETY: as above.
        let r = unsafe { libc::getsockname(fd, (&raw mut name).cast(), &mut len) };
        if r < 0 {
            let n = oserror::errno();
            if family == -1 || n == libc::EBADF || n == libc::ENOTSOCK {
                return Err(oserror::raise(th, n));
            }
        } else if family == -1 {
            family = name.ss_family as i32;
        }
        if kind == -1 {
            kind = int_option(fd, libc::SO_TYPE).map_err(|n| oserror::raise(th, n))?;
        }
        if proto == -1 {
            proto = int_option(fd, libc::SO_PROTOCOL).map_err(|n| oserror::raise(th, n))?;
        }
        fd
    } else {
        if family == -1 {
            family = libc::AF_INET;
        }
        if kind == -1 {
            kind = libc::SOCK_STREAM;
        }
        if proto == -1 {
            proto = 0;
        }
        sys::attempt(th, || {
            // SAFETY: makes a descriptor.
            unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) as i64 }
        })
        .map_err(|n| oserror::raise(th, n))? as i32
    };
    set_up(th, s, fd, family, kind, proto)?;
    Ok(Value::none())
}

fn set_up(th: &Thread, s: This, fd: i32, family: i32, kind: i32, proto: i32) -> Result<(), Raised> {
    s.fd.set(fd);
    s.family.set(family);
    s.kind.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
    s.proto.set(proto);
    if kind & libc::SOCK_NONBLOCK != 0 {
        s.timeout.set(0);
    } else {
        s.timeout.set(DEFAULT_TIMEOUT.load(Ordering::Relaxed));
        if s.timeout.get() >= 0 {
            set_nonblocking(th, s, true)?;
        }
    }
    Ok(())
}

fn set_nonblocking(th: &Thread, s: This, on: bool) -> Result<(), Raised> {
    let mut on = on as i32;
    let fd = s.fd.get();
    sys::attempt(th, || {
        // SAFETY: reads the number.
        unsafe { libc::ioctl(fd, libc::FIONBIO, &mut on) as i64 }
    })
    .map(|_| ())
    .map_err(|n| oserror::raise(th, n))
}

/// What to wait for.
#[derive(Clone, Copy, PartialEq)]
pub enum For {
    Reading,
    Writing,
    Connecting,
}

/// How waiting ended.
enum Waited {
    Ready,
    TimedOut,
}

fn wait(th: &Thread, fd: i32, what: For, end: i64) -> Result<Waited, i32> {
    let left = end - sys::monotonic();
    if left < 0 {
        return Ok(Waited::TimedOut);
    }
    let events = match what {
        For::Reading => libc::POLLIN,
        For::Writing => libc::POLLOUT,
        For::Connecting => libc::POLLOUT | libc::POLLERR,
    };
    let mut p = libc::pollfd { fd, events, revents: 0 };
    let ms = (left / 1_000_000 + i64::from(left % 1_000_000 != 0)).min(i32::MAX as i64) as i32;
    let n = sys::attempt(th, || {
        // SAFETY: one entry.
        unsafe { libc::poll(&mut p, 1, ms) as i64 }
    })?;
    Ok(if n == 0 { Waited::TimedOut } else { Waited::Ready })
}

/// Why a call failed.
pub enum Failed {
    /// The error number.
    Os(i32),
    TimedOut,
    /// A signal handler's exception is pending.
    Signal(Raised),
}

impl Failed {
    #[cold]
    pub fn raise(self, th: &Thread) -> Raised {
        match self {
            Failed::Os(n) => oserror::raise(th, n),
            Failed::TimedOut => th.raise_new(TypeId::TimeoutError, "timed out"),
            Failed::Signal(r) => r,
        }
    }
}

/// Makes a call that may block, as the timeout says: with one, waits until the socket is ready; across signals in any
/// case. `f` gives -1 for failure.
pub fn attempt(th: &Thread, s: This, what: For, f: impl FnMut() -> i64) -> Result<i64, Failed> {
    attempt_until(th, s, what, deadline(s), f)
}

/// When the timeout of a call that starts now is over; None: there is no timeout.
pub fn deadline(s: This) -> Option<i64> {
    let t = s.timeout.get();
    if t > 0 { Some(sys::monotonic().saturating_add(t)) } else { None }
}

/// As [`attempt`] with a deadline that covers several calls.
pub fn attempt_until(
    th: &Thread,
    s: This,
    what: For,
    end: Option<i64>,
    mut f: impl FnMut() -> i64,
) -> Result<i64, Failed> {
    loop {
        if let Some(end) = end {
            match wait(th, s.fd.get(), what, end) {
                Ok(Waited::Ready) => {}
                Ok(Waited::TimedOut) => return Err(Failed::TimedOut),
                Err(libc::EINTR) => {
                    sys::check_signals(th).map_err(Failed::Signal)?;
                    continue;
                }
                Err(n) => return Err(Failed::Os(n)),
            }
        }
        let n = loop {
            match sys::attempt(th, &mut f) {
                Ok(n) => return Ok(n),
                Err(libc::EINTR) => sys::check_signals(th).map_err(Failed::Signal)?,
                Err(n) => break n,
            }
        };
        // Ready, and then not: somebody else was quicker.
        if end.is_some() && (n == libc::EAGAIN || n == libc::EWOULDBLOCK) {
            continue;
        }
        return Err(Failed::Os(n));
    }
}

/// As [`attempt`]; failures are raised.
pub fn call(th: &Thread, s: This, what: For, f: impl FnMut() -> i64) -> Res<i64> {
    attempt(th, s, what, f).map_err(|e| e.raise(th))
}

fn timeout_arg(th: &Thread, v: Value) -> Res<i64> {
    if v.is_none() {
        return Ok(-1);
    }
    let n = timearg::nanoseconds(th, v, timearg::Round::Up)?;
    if n < 0 {
        return Err(th.value_error("Timeout value out of range"));
    }
    if n / 1_000_000 > i32::MAX as i64 {
        return Err(th.overflow_error("timeout doesn't fit into C timeval"));
    }
    Ok(n)
}

fn timeout_value(th: &Thread, n: i64) -> Value {
    if n < 0 { Value::none() } else { float::new(th, n as f64 / 1e9) }
}

fn settimeout(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let n = timeout_arg(th, a[1])?;
    s.timeout.set(n);
    set_nonblocking(th, s, n >= 0)?;
    Ok(Value::none())
}

fn setblocking(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let on = protocol::truth(th, a[1])?;
    s.timeout.set(if on { -1 } else { 0 });
    set_nonblocking(th, s, !on)?;
    Ok(Value::none())
}

fn gettimeout(th: &Thread, a: &[Value]) -> Res {
    Ok(timeout_value(th, This::of(a[0]).timeout.get()))
}

fn getblocking(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(This::of(a[0]).timeout.get() != 0))
}

fn setdefaulttimeout(th: &Thread, a: &[Value]) -> Res {
    DEFAULT_TIMEOUT.store(timeout_arg(th, a[0])?, Ordering::Relaxed);
    Ok(Value::none())
}

fn getdefaulttimeout(th: &Thread, _: &[Value]) -> Res {
    Ok(timeout_value(th, DEFAULT_TIMEOUT.load(Ordering::Relaxed)))
}

fn close_fd(th: &Thread, fd: i32) -> Result<(), Raised> {
    match sys::attempt(th, || {
        // SAFETY: closes what the program asked for.
        unsafe { libc::close(fd) as i64 }
    }) {
        // The peer's reset is no news to who closes.
        Ok(_) | Err(libc::ECONNRESET) => Ok(()),
        Err(n) => Err(oserror::raise(th, n)),
    }
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let fd = s.fd.replace(-1);
    th.heap.remove_finalizer(s.cell());
    if fd >= 0 {
        close_fd(th, fd)?;
    }
    Ok(Value::none())
}

fn detach(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    th.heap.remove_finalizer(s.cell());
    Ok(Value::small(s.fd.replace(-1) as i64))
}

/// A socket that nobody closed.
fn del(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    if s.fd.get() < 0 {
        return Ok(Value::none());
    }
    let r = protocol::repr(th, a[0])
        .and_then(|r| warn::resource(th, &format!("unclosed {}", Str::of(r).to_text()), a[0]));
    let fd = s.fd.replace(-1);
    // SAFETY: the descriptor is this object's own.
    unsafe { libc::close(fd) };
    r?;
    Ok(Value::none())
}

fn fileno(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(This::of(a[0]).fd.get() as i64))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let s = This::of(a[0]);
    let text = format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        s.fd.get(),
        s.family.get(),
        s.kind.get(),
        s.proto.get()
    );
    Ok(string::new(th, &text))
}

fn family_get(_: &Thread, v: Value) -> Res {
    Ok(Value::small(This::of(v).family.get() as i64))
}

fn type_get(_: &Thread, v: Value) -> Res {
    Ok(Value::small(This::of(v).kind.get() as i64))
}

fn proto_get(_: &Thread, v: Value) -> Res {
    Ok(Value::small(This::of(v).proto.get() as i64))
}

fn timeout_get(th: &Thread, v: Value) -> Res {
    Ok(timeout_value(th, This::of(v).timeout.get()))
}

fn close_function(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    close_fd(th, fd)?;
    Ok(Value::none())
}

fn dup(th: &Thread, a: &[Value]) -> Res {
    let fd = args::c_int(th, a[0])?;
    // SAFETY: duplicates a descriptor.
    let r = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    Ok(Value::small(sys::quick(th, r as i64)?))
}

fn socketpair(th: &Thread, a: &[Value]) -> Res {
    let family = args::c_int_or(th, a[0], libc::AF_UNIX)?;
    let kind = args::c_int_or(th, a[1], libc::SOCK_STREAM)?;
    let proto = args::c_int_or(th, a[2], 0)?;
    let mut fds = [0; 2];
    sys::attempt(th, || {
        // SAFETY: the array takes two descriptors.
        unsafe { libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr()) as i64 }
    })
    .map_err(|n| oserror::raise(th, n))?;
    let c: Class = CLASS.get(th)?;
    let mut both = [Value::none(); 2];
    for (place, fd) in both.iter_mut().zip(fds) {
        *place = new(th, &[c.value()])?;
        set_up(th, This::of(*place), fd, family, kind, proto)?;
    }
    tuple::from_slice(th, &both)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(family=-1, type=-1, proto=-1, fileno=None)" init, "";
        method "__repr__" "()" repr, "";
        method "__del__" "()" del, "";
        method "_accept" "()" connect::accept, "";
        method "bind" "(address, /)" connect::bind, "";
        method "close" "()" close, "";
        method "connect" "(address, /)" connect::connect, "";
        method "connect_ex" "(address, /)" connect::connect_ex, "";
        method "detach" "()" detach, "";
        method "fileno" "()" fileno, "";
        method "getblocking" "()" getblocking, "";
        method "getpeername" "()" connect::getpeername, "";
        method "getsockname" "()" connect::getsockname, "";
        method "getsockopt" "(level, option, buffersize=0, /)" options::getsockopt, "";
        method "gettimeout" "()" gettimeout, "";
        method "listen" "(backlog=128, /)" connect::listen, "";
        method "recv" "(bufsize, flags=0, /)" transfer::recv, "";
        method "recv_into" "(buffer, nbytes=0, flags=0)" transfer::recv_into, "";
        method "recvfrom" "(bufsize, flags=0, /)" transfer::recvfrom, "";
        method "recvfrom_into" "(buffer, nbytes=0, flags=0)" transfer::recvfrom_into, "";
        method "recvmsg" "(bufsize, ancbufsize=0, flags=0, /)" message::recvmsg, "";
        method "recvmsg_into" "(buffers, ancbufsize=0, flags=0, /)" message::recvmsg_into, "";
        method "send" "(data, flags=0, /)" transfer::send, "";
        method "sendall" "(data, flags=0, /)" transfer::sendall, "";
        method "sendmsg" "(buffers, ancdata=(), flags=0, address=None, /)" message::sendmsg, "";
        method "sendmsg_afalg" "(msg=(), *, op, iv=None, assoclen=0, flags=0)" message::sendmsg_afalg, "";
        method "sendto" "(*args)" transfer::sendto, "";
        method "setblocking" "(flag, /)" setblocking, "";
        method "setsockopt" "(*args)" options::setsockopt, "";
        method "settimeout" "(timeout, /)" settimeout, "";
        method "shutdown" "(how, /)" connect::shutdown, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("timeout", timeout_get, "the socket timeout"),
    GetSetDef::ro("family", family_get, "the socket family").member(),
    GetSetDef::ro("type", type_get, "the socket type").member(),
    GetSetDef::ro("proto", proto_get, "the socket protocol").member(),
];

natives! {
    pub static FUNCTIONS = {
        function "close" "(integer, /)" close_function, "";
        function "dup" "(integer, /)" dup, "";
        function "socketpair" "(family=1, type=1, proto=0, /)" socketpair, "";
        function "setdefaulttimeout" "(timeout, /)" setdefaulttimeout, "";
        function "getdefaulttimeout" "()" getdefaulttimeout, "";
    }
}
