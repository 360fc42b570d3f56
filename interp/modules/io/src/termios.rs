//! The module `termios`: terminals.

use crate::support::{args, oserror, sys};
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::{Kind, Raised, Res, Thread, TypeId, Value, bytes, int, natives, protocol, string, tuple};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "termios", doc: "", functions: FUNCTIONS, exec };

static ERROR: NativeException =
    NativeException::new("termios.error", &[ExceptionBase::Builtin(TypeId::Exception)], "");

#[rustfmt::skip]
static INTS: &[(&str, i64)] = &[
    ("B0", 0), ("B1000000", 4104), ("B110", 3), ("B115200", 4098),
    ("B1152000", 4105), ("B1200", 9), ("B134", 4), ("B150", 5),
    ("B1500000", 4106), ("B1800", 10), ("B19200", 14), ("B200", 6),
    ("B2000000", 4107), ("B230400", 4099), ("B2400", 11), ("B2500000", 4108),
    ("B300", 7), ("B3000000", 4109), ("B3500000", 4110), ("B38400", 15),
    ("B4000000", 4111), ("B460800", 4100), ("B4800", 12), ("B50", 1),
    ("B500000", 4101), ("B57600", 4097), ("B576000", 4102), ("B600", 8),
    ("B75", 2), ("B921600", 4103), ("B9600", 13), ("BRKINT", 2),
    ("BS0", 0), ("BS1", 8192), ("BSDLY", 8192), ("CBAUD", 4111),
    ("CBAUDEX", 4096), ("CDSUSP", 25), ("CEOF", 4), ("CEOL", 0),
    ("CEOT", 4), ("CERASE", 127), ("CFLUSH", 15), ("CIBAUD", 269418496),
    ("CINTR", 3), ("CKILL", 21), ("CLNEXT", 22), ("CLOCAL", 2048),
    ("CQUIT", 28), ("CR0", 0), ("CR1", 512), ("CR2", 1024),
    ("CR3", 1536), ("CRDLY", 1536), ("CREAD", 128), ("CRPRNT", 18),
    ("CRTSCTS", 2147483648), ("CS5", 0), ("CS6", 16), ("CS7", 32),
    ("CS8", 48), ("CSIZE", 48), ("CSTART", 17), ("CSTOP", 19),
    ("CSTOPB", 64), ("CSUSP", 26), ("CWERASE", 23), ("ECHO", 8),
    ("ECHOCTL", 512), ("ECHOE", 16), ("ECHOK", 32), ("ECHOKE", 2048),
    ("ECHONL", 64), ("ECHOPRT", 1024), ("EXTA", 14), ("EXTB", 15),
    ("FF0", 0), ("FF1", 32768), ("FFDLY", 32768), ("FIOASYNC", 21586),
    ("FIOCLEX", 21585), ("FIONBIO", 21537), ("FIONCLEX", 21584), ("FIONREAD", 21531),
    ("FLUSHO", 4096), ("HUPCL", 1024), ("ICANON", 2), ("ICRNL", 256),
    ("IEXTEN", 32768), ("IGNBRK", 1), ("IGNCR", 128), ("IGNPAR", 4),
    ("IMAXBEL", 8192), ("INLCR", 64), ("INPCK", 16), ("IOCSIZE_MASK", 1073676288),
    ("IOCSIZE_SHIFT", 16), ("ISIG", 1), ("ISTRIP", 32), ("IUCLC", 512),
    ("IXANY", 2048), ("IXOFF", 4096), ("IXON", 1024), ("NCC", 8),
    ("NCCS", 32), ("NL0", 0), ("NL1", 256), ("NLDLY", 256),
    ("NOFLSH", 128), ("N_MOUSE", 2), ("N_PPP", 3), ("N_SLIP", 1),
    ("N_STRIP", 4), ("N_TTY", 0), ("OCRNL", 8), ("OFDEL", 128),
    ("OFILL", 64), ("OLCUC", 2), ("ONLCR", 4), ("ONLRET", 32),
    ("ONOCR", 16), ("OPOST", 1), ("PARENB", 256), ("PARMRK", 8),
    ("PARODD", 512), ("PENDIN", 16384), ("TAB0", 0), ("TAB1", 2048),
    ("TAB2", 4096), ("TAB3", 6144), ("TABDLY", 6144), ("TCFLSH", 21515),
    ("TCGETA", 21509), ("TCGETS", 21505), ("TCIFLUSH", 0), ("TCIOFF", 2),
    ("TCIOFLUSH", 2), ("TCION", 3), ("TCOFLUSH", 1), ("TCOOFF", 0),
    ("TCOON", 1), ("TCSADRAIN", 1), ("TCSAFLUSH", 2), ("TCSANOW", 0),
    ("TCSBRK", 21513), ("TCSBRKP", 21541), ("TCSETA", 21510), ("TCSETAF", 21512),
    ("TCSETAW", 21511), ("TCSETS", 21506), ("TCSETSF", 21508), ("TCSETSW", 21507),
    ("TCXONC", 21514), ("TIOCCONS", 21533), ("TIOCEXCL", 21516), ("TIOCGETD", 21540),
    ("TIOCGICOUNT", 21597), ("TIOCGLCKTRMIOS", 21590), ("TIOCGPGRP", 21519), ("TIOCGSERIAL", 21534),
    ("TIOCGSOFTCAR", 21529), ("TIOCGWINSZ", 21523), ("TIOCINQ", 21531), ("TIOCLINUX", 21532),
    ("TIOCMBIC", 21527), ("TIOCMBIS", 21526), ("TIOCMGET", 21525), ("TIOCMIWAIT", 21596),
    ("TIOCMSET", 21528), ("TIOCM_CAR", 64), ("TIOCM_CD", 64), ("TIOCM_CTS", 32),
    ("TIOCM_DSR", 256), ("TIOCM_DTR", 2), ("TIOCM_LE", 1), ("TIOCM_RI", 128),
    ("TIOCM_RNG", 128), ("TIOCM_RTS", 4), ("TIOCM_SR", 16), ("TIOCM_ST", 8),
    ("TIOCNOTTY", 21538), ("TIOCNXCL", 21517), ("TIOCOUTQ", 21521), ("TIOCPKT", 21536),
    ("TIOCPKT_DATA", 0), ("TIOCPKT_DOSTOP", 32), ("TIOCPKT_FLUSHREAD", 1), ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16), ("TIOCPKT_START", 8), ("TIOCPKT_STOP", 4), ("TIOCSCTTY", 21518),
    ("TIOCSERCONFIG", 21587), ("TIOCSERGETLSR", 21593), ("TIOCSERGETMULTI", 21594), ("TIOCSERGSTRUCT", 21592),
    ("TIOCSERGWILD", 21588), ("TIOCSERSETMULTI", 21595), ("TIOCSERSWILD", 21589), ("TIOCSER_TEMT", 1),
    ("TIOCSETD", 21539), ("TIOCSLCKTRMIOS", 21591), ("TIOCSPGRP", 21520), ("TIOCSSERIAL", 21535),
    ("TIOCSSOFTCAR", 21530), ("TIOCSTI", 21522), ("TIOCSWINSZ", 21524), ("TOSTOP", 256),
    ("VDISCARD", 13), ("VEOF", 4), ("VEOL", 11), ("VEOL2", 16),
    ("VERASE", 2), ("VINTR", 0), ("VKILL", 3), ("VLNEXT", 15),
    ("VMIN", 6), ("VQUIT", 1), ("VREPRINT", 12), ("VSTART", 8),
    ("VSTOP", 9), ("VSUSP", 10), ("VSWTC", 7), ("VSWTCH", 7),
    ("VT0", 0), ("VT1", 16384), ("VTDLY", 16384), ("VTIME", 5),
    ("VWERASE", 14), ("XCASE", 4), ("XTABS", 6144),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for &(name, n) in INTS {
        m.add_int(th, name, n);
    }
    m.add(th, "error", ERROR.get(th)?.value());
    Ok(())
}

#[cold]
fn error(th: &Thread, n: i32) -> Raised {
    ERROR.raise_args(th, &[Value::small(n as i64), string::new(th, &oserror::strerror(n))])
}

/// Runs a call about a terminal.
fn call(th: &Thread, f: impl FnOnce() -> i32) -> Result<(), Raised> {
    sys::attempt(th, || f() as i64).map(|_| ()).map_err(|n| error(th, n))
}

fn attributes(th: &Thread, fd: i32) -> Res<libc::termios> {
    // SAFETY: all-zero is a valid `termios`.
    let mut t: libc::termios = unsafe { std::mem::zeroed() };
    call(th, || {
        // SAFETY: fills in the struct.
        unsafe { libc::tcgetattr(fd, &mut t) }
    })?;
    Ok(t)
}

fn tcgetattr(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let t = attributes(th, fd)?;
    // SAFETY: reads the struct.
    let (ispeed, ospeed) = unsafe { (libc::cfgetispeed(&t), libc::cfgetospeed(&t)) };
    let cc = list::new(th);
    for (i, &c) in t.c_cc.iter().enumerate() {
        // Without line editing two of the places hold numbers.
        let number = t.c_lflag & libc::ICANON == 0 && (i == libc::VMIN || i == libc::VTIME);
        cc.push(th, if number { Value::small(c as i64) } else { bytes::from_slice(th, &[c])? })?;
    }
    let n = |x: u32| int::from_u64(th, x as u64);
    let all = [n(t.c_iflag), n(t.c_oflag), n(t.c_cflag), n(t.c_lflag), n(ispeed), n(ospeed), cc.value()];
    list::from_slice(th, &all)
}

fn tcsetattr(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let when = args::c_int(th, a[1])?;
    let items = match List::from_value(a[2]) {
        Some(l) if l.len() == 7 => l.to_vec(th)?,
        _ => return Err(th.type_error("tcsetattr, arg 3: must be 7 element list")),
    };
    let mut t = attributes(th, fd)?;
    t.c_iflag = args::masked_u32(th, items.get(0))?;
    t.c_oflag = args::masked_u32(th, items.get(1))?;
    t.c_cflag = args::masked_u32(th, items.get(2))?;
    t.c_lflag = args::masked_u32(th, items.get(3))?;
    let (ispeed, ospeed) = (args::masked_u32(th, items.get(4))?, args::masked_u32(th, items.get(5))?);
    let wrong = || th.type_error(format!("tcsetattr: attributes[6] must be {} element list", t.c_cc.len()));
    let cc = match List::from_value(items.get(6)) {
        Some(l) if l.len() == t.c_cc.len() => l.to_vec(th)?,
        _ => return Err(wrong()),
    };
    for (i, place) in t.c_cc.iter_mut().enumerate() {
        let v = cc.get(i);
        *place = match bytes::get(v) {
            Some([c]) => *c,
            _ if int::is_int(v) => args::masked_u32(th, v)? as u8,
            _ => {
                return Err(th.type_error("tcsetattr: elements of attributes must be characters or integers"));
            }
        };
    }
    call(th, || {
        // SAFETY: changes the struct.
        unsafe { libc::cfsetispeed(&mut t, ispeed) }
    })?;
    call(th, || {
        // SAFETY: changes the struct.
        unsafe { libc::cfsetospeed(&mut t, ospeed) }
    })?;
    call(th, || {
        // SAFETY: reads the struct.
        unsafe { libc::tcsetattr(fd, when, &t) }
    })?;
    Ok(Value::none())
}

fn tcsendbreak(th: &Thread, a: &[Value]) -> Res {
    let (fd, duration) = (args::file_descriptor(th, a[0])?, args::c_int(th, a[1])?);
    call(th, || {
        // SAFETY: acts on a terminal.
        unsafe { libc::tcsendbreak(fd, duration) }
    })?;
    Ok(Value::none())
}

fn tcdrain(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    call(th, || {
        // SAFETY: waits for a terminal.
        unsafe { libc::tcdrain(fd) }
    })?;
    Ok(Value::none())
}

fn tcflush(th: &Thread, a: &[Value]) -> Res {
    let (fd, queue) = (args::file_descriptor(th, a[0])?, args::c_int(th, a[1])?);
    call(th, || {
        // SAFETY: acts on a terminal.
        unsafe { libc::tcflush(fd, queue) }
    })?;
    Ok(Value::none())
}

fn tcflow(th: &Thread, a: &[Value]) -> Res {
    let (fd, action) = (args::file_descriptor(th, a[0])?, args::c_int(th, a[1])?);
    call(th, || {
        // SAFETY: acts on a terminal.
        unsafe { libc::tcflow(fd, action) }
    })?;
    Ok(Value::none())
}

fn tcgetwinsize(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    // SAFETY: all-zero is a valid `winsize`.
    let mut w: libc::winsize = unsafe { std::mem::zeroed() };
    call(th, || {
        // SAFETY: fills in the struct.
        unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) }
    })?;
    tuple::from_slice(th, &[Value::small(w.ws_row as i64), Value::small(w.ws_col as i64)])
}

fn tcsetwinsize(th: &Thread, a: &[Value]) -> Res {
    let fd = args::file_descriptor(th, a[0])?;
    let size = match a[1].kind() {
        Kind::Tuple | Kind::List => protocol::to_tuple(th, a[1])?,
        _ => return Err(th.type_error("tcsetwinsize, arg 2: must be a two-item sequence")),
    };
    if size.len() != 2 {
        return Err(th.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
    }
    let (rows, columns) = (args::c_long(th, size.get(0))?, args::c_long(th, size.get(1))?);
    // SAFETY: all-zero is a valid `winsize`.
    let mut w: libc::winsize = unsafe { std::mem::zeroed() };
    call(th, || {
        // SAFETY: fills in the struct.
        unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut w) }
    })?;
    match (u16::try_from(rows), u16::try_from(columns)) {
        (Ok(r), Ok(c)) => (w.ws_row, w.ws_col) = (r, c),
        _ => {
            return Err(th.overflow_error("winsize value(s) out of range."));
        }
    }
    call(th, || {
        // SAFETY: reads the struct.
        unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &w) }
    })?;
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "tcgetattr" "(fd, /)" tcgetattr, "";
        function "tcsetattr" "(fd, when, attributes, /)" tcsetattr, "";
        function "tcsendbreak" "(fd, duration, /)" tcsendbreak, "";
        function "tcdrain" "(fd, /)" tcdrain, "";
        function "tcflush" "(fd, queue, /)" tcflush, "";
        function "tcflow" "(fd, action, /)" tcflow, "";
        function "tcgetwinsize" "(fd, /)" tcgetwinsize, "";
        function "tcsetwinsize" "(fd, winsize, /)" tcsetwinsize, "";
    }
}
