//! `BufferedRWPair`: a buffered reader and a buffered writer of two raw streams as one object.

use super::base::{check_readable, check_writable};
use super::{DEFAULT_BUFFER_SIZE, Name, READER, RW_PAIR, WRITER, ask, call0, is_closed};
use crate::support::args;
use crate::support::class::{self, new_target};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::ClassSpec;
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::{Res, Thread, Value, attr, call, natives};

struct Pair {
    reader: Slot,
    writer: Slot,
}

impl Payload for Pair {
    const NAME: &'static str = "BufferedRWPair";
    fn trace(&self, t: &mut Tracer) {
        self.reader.trace(t);
        self.writer.trace(t);
    }
}

type This = Custom<Pair>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = new_target(th, a[0], class::get(th, &RW_PAIR)?)?;
    let p = Pair { reader: Slot::new(Value::UNBOUND), writer: Slot::new(Value::UNBOUND) };
    Ok(custom::alloc(th, c, p)?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let size = args::size_or(th, a[3], DEFAULT_BUFFER_SIZE as isize)?;
    check_readable(th, a[1])?;
    check_writable(th, a[2])?;
    let size = Value::small(size as i64);
    let reader = call::call(th, class::get(th, &READER)?.value(), &[a[1], size])?;
    let writer = call::call(th, class::get(th, &WRITER)?.value(), &[a[2], size])?;
    p.reader.set(th, p.cell(), reader);
    p.writer.set(th, p.cell(), writer);
    Ok(Value::none())
}

fn part(th: &Thread, v: Value) -> Res {
    if v == Value::UNBOUND { Err(th.value_error("I/O operation on uninitialized object")) } else { Ok(v) }
}

fn reader(th: &Thread, v: Value) -> Res {
    part(th, This::of(v).reader.get())
}

fn writer(th: &Thread, v: Value) -> Res {
    part(th, This::of(v).writer.get())
}

/// Calls a part's method with the arguments given (a tuple).
fn forward(th: &Thread, to: Value, which: Name, args: Value) -> Res {
    let f = attr::get_name(th, to, which)?;
    call::call(th, f, krait_object::tuple::Tuple::of(args).as_slice())
}

macro_rules! forwards {
    ($($f:ident $part:ident $name:ident;)*) => { $(
        fn $f(th: &Thread, a: &[Value]) -> Res {
            let to = $part(th, a[0])?;
            forward(th, to, Name::$name, a[1])
        }
    )* };
}

forwards! {
    read reader read;
    peek reader peek;
    read1 reader read1;
    readinto reader readinto;
    readinto1 reader readinto1;
    readable reader readable;
    write writer write;
    flush writer flush;
    writable writer writable;
}

fn close(th: &Thread, a: &[Value]) -> Res {
    let r = writer(th, a[0]).and_then(|w| call0(th, w, Name::close));
    super::both(th, r, || {
        let r = reader(th, a[0])?;
        call0(th, r, Name::close)
    })
}

fn isatty(th: &Thread, a: &[Value]) -> Res {
    let w = writer(th, a[0])?;
    if ask(th, w, Name::isatty)? {
        return Ok(Value::true_());
    }
    let r = reader(th, a[0])?;
    call0(th, r, Name::isatty)
}

fn closed_get(th: &Thread, v: Value) -> Res {
    let w = This::of(v).writer.get();
    if w == Value::UNBOUND {
        return Err(th.runtime_error("the BufferedRWPair object is being garbage-collected"));
    }
    Ok(Value::bool(is_closed(th, w)?))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(reader, writer, buffer_size=8192, /)" init, "";
        method "read" "(*args)" read, "";
        method "peek" "(*args)" peek, "";
        method "read1" "(*args)" read1, "";
        method "readinto" "(*args)" readinto, "";
        method "readinto1" "(*args)" readinto1, "";
        method "write" "(*args)" write, "";
        method "flush" "(*args)" flush, "";
        method "readable" "(*args)" readable, "";
        method "writable" "(*args)" writable, "";
        method "close" "()" close, "";
        method "isatty" "()" isatty, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("closed", closed_get, "")];

pub static SPEC: ClassSpec = ClassSpec::new(
    "_io.BufferedRWPair",
    "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA reader and a writer in one.",
    METHODS,
    GETSET,
);
