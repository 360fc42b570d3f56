//! Single operations of the data model: sequences by C's rules for indexes, attributes, dicts, frames, exceptions.

use krait_object::arguments::c_ssize;
use krait_object::class::{Class, type_name};
use krait_object::dict::{self, Dict};
use krait_object::exception::{self, Exception};
use krait_object::names::Name;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{TypeId, attr, call, codec_registry, int, natives, operators, protocol};

/// The index of an operation on a sequence: C adds the length to a negative one, which then has to be in range.
fn index_of(th: &Thread, seq: Value, v: Value) -> Res {
    let i = c_ssize(th, v)?;
    let has = Class::of_value(th, seq).special(th, Name::__getitem__).is_some();
    if !has || Dict::from_value(seq).is_some() {
        return Err(th.type_error(format!("'{}' object does not support indexing", type_name(th, seq))));
    }
    let i = if i < 0 { i + protocol::len(th, seq)? as isize } else { i };
    if i < 0 {
        return Err(th.index_error(format!("{} index out of range", type_name(th, seq))));
    }
    Ok(int::from_i64(th, i as i64))
}

fn sequence_getitem(th: &Thread, a: &[Value]) -> Res {
    let i = index_of(th, a[0], a[1])?;
    protocol::getitem(th, a[0], i)
}

fn sequence_setitem(th: &Thread, a: &[Value]) -> Res {
    let i = index_of(th, a[0], a[1])?;
    protocol::setitem(th, a[0], i, a[2])?;
    Ok(Value::ZERO)
}

fn sequence_delitem(th: &Thread, a: &[Value]) -> Res {
    let i = index_of(th, a[0], a[1])?;
    protocol::delitem(th, a[0], i)?;
    Ok(Value::ZERO)
}

fn sequence_length(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, protocol::len(th, a[0])?))
}

fn sequence_concat(th: &Thread, a: &[Value]) -> Res {
    operators::binary(th, operators::BinOp::Add, a[0], a[1])
}

fn sequence_repeat(th: &Thread, a: &[Value]) -> Res {
    let n = c_ssize(th, a[1])?;
    operators::binary(th, operators::BinOp::Mul, a[0], int::from_i64(th, n as i64))
}

fn sequence_contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(protocol::contains(th, a[0], a[1])?.into()))
}

fn sequence_tuple(th: &Thread, a: &[Value]) -> Res {
    Ok(protocol::to_tuple(th, a[0])?.value())
}

/// `hasattr` of C: no exception gets out.
fn object_hasattr(th: &Thread, a: &[Value]) -> Res {
    let there = match Str::from_value(a[1]) {
        Some(_) => attr::get(th, a[0], a[1]).is_ok(),
        None => false,
    };
    th.clear_pending();
    Ok(Value::small(there.into()))
}

fn dict_getitem_knownhash(th: &Thread, a: &[Value]) -> Res {
    let Some(d) = Dict::from_value(a[0]) else {
        return Err(th.runtime_error("bad internal call"));
    };
    let hash = c_ssize(th, a[2])?;
    match d.get_hashed(th, a[1], hash as i64)? {
        Some(v) => Ok(v),
        None => Err(th.key_error(a[1])),
    }
}

/// Every exporter here needs somewhere to put the description of its memory.
fn getbuffer_with_null_view(th: &Thread, a: &[Value]) -> Res {
    if !krait_object::buffer::has_buffer(th, a[0]) {
        let name = type_name(th, a[0]);
        return Err(th.type_error(format!("a bytes-like object is required, not '{name}'")));
    }
    Err(th.raise_new(TypeId::BufferError, "view==NULL argument is obsolete"))
}

/// An attribute of a frame under its name in Python.
fn of_frame(th: &Thread, frame: Value, name: &str) -> Res {
    if type_name(th, frame) != "frame" {
        return Err(th.type_error("argument must be a frame"));
    }
    attr::get_text(th, frame, name)
}

fn frame_getlocals(th: &Thread, a: &[Value]) -> Res {
    of_frame(th, a[0], "f_locals")
}

fn frame_getglobals(th: &Thread, a: &[Value]) -> Res {
    of_frame(th, a[0], "f_globals")
}

fn frame_getbuiltins(th: &Thread, a: &[Value]) -> Res {
    of_frame(th, a[0], "f_builtins")
}

fn frame_getlasti(th: &Thread, a: &[Value]) -> Res {
    of_frame(th, a[0], "f_lasti")
}

fn frame_getvar(th: &Thread, a: &[Value]) -> Res {
    let locals = of_frame(th, a[0], "f_locals")?;
    let found = protocol::getitem(th, locals, a[1]);
    match th.catch(found, TypeId::KeyError)? {
        Some(v) => Ok(v),
        None => {
            let name = string::expect(th, a[1], "name")?.to_text();
            Err(th.raise_new(TypeId::NameError, format!("variable '{name}' does not exist")))
        }
    }
}

/// `raise_exception(class, n)`: raises the class with the arguments 0 to n - 1.
fn raise_exception(th: &Thread, a: &[Value]) -> Res {
    let n = c_ssize(th, a[1])?.clamp(0, 1000);
    let mut args = krait_object::storage::ValueVec::new();
    for i in 0..n {
        args.push(th, Value::small(i as i64))?;
    }
    let e = call::call(th, a[0], args.as_slice())?;
    match Exception::from_value(e) {
        Some(_) => Err(exception::raise(th, e)),
        None => Err(th.type_error("exceptions must derive from BaseException")),
    }
}

fn raise_memoryerror(th: &Thread, _: &[Value]) -> Res {
    Err(th.memory_error())
}

/// `make_exception_with_doc(name, doc, base, dict)`: a class of exceptions.
fn make_exception_with_doc(th: &Thread, a: &[Value]) -> Res {
    let name = string::expect(th, a[0], "name")?.to_text();
    let Some((module, name)) = name.rsplit_once('.') else {
        return Err(th.raise_new(TypeId::SystemError, "PyErr_NewException: name must be module.class"));
    };
    let namespace = match a[3].given_not_none() {
        None => dict::new(th),
        Some(v) => match Dict::from_value(v) {
            Some(d) => d.copy(th)?,
            None => return Err(th.type_error("dict must be a dict")),
        },
    };
    if let Some(doc) = a[1].given_not_none() {
        namespace.set_name(th, th.name(Name::__doc__), doc);
    }
    if namespace.get_name(th, th.name(Name::__module__)).is_none() {
        namespace.set_name(th, th.name(Name::__module__), string::new(th, module));
    }
    let bases = match a[2].given_not_none() {
        Some(b) if Tuple::from_value(b).is_some() => b,
        Some(b) => tuple::from_slice(th, &[b])?,
        None => tuple::from_slice(th, &[th.interp.class_value(TypeId::Exception)])?,
    };
    let name = th.interp.interned.intern_text(th, name);
    call::call(th, th.interp.class_value(TypeId::Type), &[name, bases, namespace.value()])
}

/// `exception_print(exc)`: shows an exception as an uncaught one is shown.
fn exception_print(th: &Thread, a: &[Value]) -> Res {
    let Some(_) = Exception::from_value(a[0]) else {
        return Err(th.type_error("an exception is required"));
    };
    let sys = Dict::of(th.interp.sys.get());
    let Some(hook) = sys.get_text(th, "__excepthook__") else {
        return Err(th.runtime_error("lost sys.__excepthook__"));
    };
    let traceback = attr::get_text(th, a[0], "__traceback__")?;
    call::call(th, hook, &[Class::of_value(th, a[0]).value(), a[0], traceback])
}

/// A member of what `codecs.lookup` finds, called with the error handler.
fn from_codec(th: &Thread, a: &[Value], member: &str) -> Res {
    let encoding = string::expect(th, a[0], "encoding")?.to_text();
    let found = codec_registry::lookup(th, &encoding)?;
    let make = attr::get_text(th, found.value(), member)?;
    match a[1].given_not_none() {
        Some(errors) => call::call(th, make, &[errors]),
        None => call::call(th, make, &[]),
    }
}

fn codec_incrementalencoder(th: &Thread, a: &[Value]) -> Res {
    from_codec(th, a, "incrementalencoder")
}

fn codec_incrementaldecoder(th: &Thread, a: &[Value]) -> Res {
    from_codec(th, a, "incrementaldecoder")
}

/// The status word of a child stopped by a signal.
fn stop_code(th: &Thread, a: &[Value]) -> Res {
    let n = krait_object::arguments::c_int(th, a[0])?;
    Ok(Value::small((i64::from(n) << 8 | 0x7f) & 0xffff_ffff))
}

natives! {
    pub static FUNCTIONS = {
        function "W_STOPCODE" "!(sig, /)" stop_code, "";
        function "codec_incrementaldecoder" "!(encoding, errors=None, /)" codec_incrementaldecoder, "";
        function "codec_incrementalencoder" "!(encoding, errors=None, /)" codec_incrementalencoder, "";
        function "dict_getitem_knownhash" "!(mp, key, hash, /)" dict_getitem_knownhash, "";
        function "exception_print" "!(exc, legacy=0, /)" exception_print, "";
        function "frame_getbuiltins" "!(frame, /)" frame_getbuiltins, "";
        function "frame_getglobals" "!(frame, /)" frame_getglobals, "";
        function "frame_getlasti" "!(frame, /)" frame_getlasti, "";
        function "frame_getlocals" "!(frame, /)" frame_getlocals, "";
        function "frame_getvar" "!(frame, name, /)" frame_getvar, "";
        function "frame_getvarstring" "!(frame, name, /)" frame_getvar, "";
        function "getbuffer_with_null_view" "!(obj, /)" getbuffer_with_null_view, "";
        function "make_exception_with_doc" "(name, doc=None, base=None, dict=None)" make_exception_with_doc, "";
        function "object_hasattr" "!(obj, name, /)" object_hasattr, "";
        function "object_hasattrstring" "!(obj, name, /)" object_hasattr, "";
        function "raise_exception" "!(exc, num_args, /)" raise_exception, "";
        function "raise_memoryerror" "!()" raise_memoryerror, "";
        function "sequence_concat" "!(seq1, seq2, /)" sequence_concat, "";
        function "sequence_contains" "!(seq, value, /)" sequence_contains, "";
        function "sequence_delitem" "!(seq, i, /)" sequence_delitem, "";
        function "sequence_getitem" "!(seq, i, /)" sequence_getitem, "";
        function "sequence_length" "!(seq, /)" sequence_length, "";
        function "sequence_repeat" "!(seq, count, /)" sequence_repeat, "";
        function "sequence_setitem" "!(seq, i, value, /)" sequence_setitem, "";
        function "sequence_size" "!(seq, /)" sequence_length, "";
        function "sequence_tuple" "!(seq, /)" sequence_tuple, "";
    }
}
