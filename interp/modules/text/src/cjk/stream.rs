//! `MultibyteStreamReader` and `MultibyteStreamWriter`: bases of the classes in `encodings`.

use super::incremental::init;
use super::{DecoderState, EncoderState, codec_of, errors_arg, new_errors, text_of};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{Name, bytes, call, int, natives, protocol};

struct Reader {
    stream: Slot,
    state: DecoderState,
}

impl Payload for Reader {
    const NAME: &'static str = "MultibyteStreamReader";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.stream.trace(tracer);
        self.state.shared.trace(tracer);
    }
}

struct Writer {
    stream: Slot,
    state: EncoderState,
}

impl Payload for Writer {
    const NAME: &'static str = "MultibyteStreamWriter";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.stream.trace(tracer);
        self.state.shared.trace(tracer);
    }
}

fn reader_new(th: &Thread, a: &[Value]) -> Res {
    let class = READER.class_arg(th, a[0])?;
    let errors = errors_arg(th, a[2], "StreamReader", 2)?;
    let made = Reader { stream: Slot::new(a[1]), state: DecoderState::new(errors) };
    let v = custom::alloc(th, class, made)?;
    let codec = codec_of(th, class.value())?;
    v.state.shared.codec.set(th, v.cell(), codec);
    v.state.start();
    Ok(v.value())
}

/// The argument of `read`: -1 for everything.
fn size_arg(th: &Thread, v: Value) -> Res<i64> {
    match v.given_not_none() {
        None => Ok(-1),
        Some(v) if int::is_int(v) => {
            int::to_i64(v).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
        }
        Some(_) => Err(th.type_error("arg 1 must be an integer")),
    }
}

/// Reads with a method of the stream until there is a character, or the end.
fn read_with(th: &Thread, v: Value, method: &str, size: i64) -> Res {
    let r = Custom::<Reader>::of(v);
    let mut size = size;
    if size == 0 {
        return Ok(th.interp.empty_str.get());
    }
    loop {
        let args = [Value::small(size)];
        let got = call::call_method_text(th, r.stream.get(), method, if size < 0 { &[] } else { &args[..] })?;
        let Some(data) = bytes::get(got) else {
            let name = type_name(th, got);
            return Err(th.type_error(format!("stream function returned a non-bytes object ({name})")));
        };
        let last = data.is_empty() || size < 0;
        let (text, total) = r.state.decode(th, data, last)?;
        if size < 0 || total == 0 || string::get(text).is_some_and(|s| !s.is_empty()) {
            return Ok(text);
        }
        size = 1;
    }
}

fn read(th: &Thread, a: &[Value]) -> Res {
    let size = size_arg(th, a[1])?;
    read_with(th, a[0], "read", size)
}

fn readline(th: &Thread, a: &[Value]) -> Res {
    let size = size_arg(th, a[1])?;
    read_with(th, a[0], "readline", size)
}

fn readlines(th: &Thread, a: &[Value]) -> Res {
    let size = size_arg(th, a[1])?;
    let text = read_with(th, a[0], "read", size)?;
    call::call_method_text(th, text, "splitlines", &[Value::true_()])
}

fn reader_reset(_: &Thread, a: &[Value]) -> Res {
    Custom::<Reader>::of(a[0]).state.reset();
    Ok(Value::none())
}

natives! {
    static READER_METHODS = {
        staticmethod "__new__" "(cls, stream, errors='strict')" reader_new, "";
        method "__init__" "(*args, **kwargs)" init, "";
        method "read" "(sizeobj=None, /)" read, "";
        method "readline" "(sizeobj=None, /)" readline, "";
        method "readlines" "(sizehintobj=None, /)" readlines, "";
        method "reset" "()" reader_reset, "";
    }
}

static READER_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("stream", |_, v| Ok(Custom::<Reader>::of(v).stream.get()), "").member(),
    GetSetDef::rw(
        "errors",
        |_, v| Ok(Custom::<Reader>::of(v).state.shared.errors.get()),
        |th, v, new| {
            let (r, new) = (Custom::<Reader>::of(v), new_errors(th, new)?);
            r.state.shared.errors.set(th, r.cell(), new);
            Ok(())
        },
        "how to treat errors",
    ),
];

pub static READER: NativeClass = NativeClass::new(ClassSpec::new(
    "_multibytecodec.MultibyteStreamReader",
    "",
    READER_METHODS,
    READER_GETSET,
));

fn writer_new(th: &Thread, a: &[Value]) -> Res {
    let class = WRITER.class_arg(th, a[0])?;
    let errors = errors_arg(th, a[2], "StreamWriter", 2)?;
    let made = Writer { stream: Slot::new(a[1]), state: EncoderState::new(errors) };
    let v = custom::alloc(th, class, made)?;
    let codec = codec_of(th, class.value())?;
    v.state.shared.codec.set(th, v.cell(), codec);
    v.state.start();
    Ok(v.value())
}

fn write_one(th: &Thread, w: Custom<Writer>, v: Value) -> Res<()> {
    let text = text_of(th, v)?;
    let data = w.state.encode(th, text, false)?;
    call::call_method_text(th, w.stream.get(), "write", &[data]).map(|_| ())
}

fn write(th: &Thread, a: &[Value]) -> Res {
    write_one(th, Custom::of(a[0]), a[1])?;
    Ok(Value::none())
}

fn writelines(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[1]);
    let is_mapping = a[1].is_kind(krait_object::Kind::Dict);
    if is_mapping || class.special(th, Name::__getitem__).is_none() {
        return Err(th.type_error("arg must be a sequence object"));
    }
    let mut i = 0;
    while i < protocol::len(th, a[1])? {
        let item = protocol::getitem(th, a[1], Value::small(i as i64))?;
        write_one(th, Custom::of(a[0]), item)?;
        i += 1;
    }
    Ok(Value::none())
}

/// Writes what was kept, and what brings the output back to the start.
fn writer_reset(th: &Thread, a: &[Value]) -> Res {
    let w = Custom::<Writer>::of(a[0]);
    if w.state.pending.borrow().is_empty() {
        return Ok(Value::none());
    }
    let done = w.state.encode(th, Str::of(th.interp.empty_str.get()), true);
    *w.state.pending.borrow_mut() = krait_text::CharsBuf::new();
    let data = done?;
    if bytes::get(data).is_some_and(|b| !b.is_empty()) {
        call::call_method_text(th, w.stream.get(), "write", &[data])?;
    }
    Ok(Value::none())
}

natives! {
    static WRITER_METHODS = {
        staticmethod "__new__" "(cls, stream, errors='strict')" writer_new, "";
        method "__init__" "(*args, **kwargs)" init, "";
        method "write" "(strobj, /)" write, "";
        method "writelines" "(lines, /)" writelines, "";
        method "reset" "()" writer_reset, "";
    }
}

static WRITER_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("stream", |_, v| Ok(Custom::<Writer>::of(v).stream.get()), "").member(),
    GetSetDef::rw(
        "errors",
        |_, v| Ok(Custom::<Writer>::of(v).state.shared.errors.get()),
        |th, v, new| {
            let (w, new) = (Custom::<Writer>::of(v), new_errors(th, new)?);
            w.state.shared.errors.set(th, w.cell(), new);
            Ok(())
        },
        "how to treat errors",
    ),
];

pub static WRITER: NativeClass = NativeClass::new(ClassSpec::new(
    "_multibytecodec.MultibyteStreamWriter",
    "",
    WRITER_METHODS,
    WRITER_GETSET,
));
