//! `_struct`: packing and unpacking of C values.
//!
//! `format` parses formats, `codec` converts values; here are `Struct` objects, the cache of
//! them that the module's functions go by, and the iterator of `iter_unpack`.

mod codec;
mod format;

use crate::support::ssize;
use format::Format;
use krait_object::buffer::{self, Buffer};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, NextFn, Payload, iter_method, next_method};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeClass, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, bytes, codec as codecs, int, natives};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The `_struct` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_struct", doc: "", functions: FUNCTIONS, exec };

pub static STRUCT_ERROR: NativeException =
    NativeException::new("struct.error", &[ExceptionBase::Builtin(TypeId::Exception)], "");

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, STRUCT.get(th)?);
    m.add_class(th, STRUCT_ERROR.get(th)?);
    Ok(())
}

struct Struct {
    /// None before `__init__`.
    format: RefCell<Option<Rc<Format>>>,
    /// The text as bytes, or None.
    text: Slot,
}

impl Payload for Struct {
    const NAME: &'static str = "Struct";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.text.trace(tracer);
    }
}

fn parse(th: &Thread, text: Value) -> Res<(Rc<Format>, Value)> {
    let text = if let Some(s) = Str::from_value(text) {
        codecs::encode(th, s, Some("ascii"), None)?
    } else if bytes::get(text).is_some() {
        text
    } else {
        let got = type_name(th, text);
        return Err(th.type_error(format!("Struct() argument 1 must be a str or bytes object, not {got}")));
    };
    match Format::parse(bytes::get(text).unwrap_or_default()) {
        Ok(f) => Ok((Rc::new(f), text)),
        Err(e) => Err(STRUCT_ERROR.raise(th, e.text())),
    }
}

fn struct_new(th: &Thread, a: &[Value]) -> Res {
    let class = STRUCT.class_arg(th, a[0])?;
    let s = Struct { format: RefCell::new(None), text: Slot::new(Value::none()) };
    Ok(custom::alloc(th, class, s)?.value())
}

fn struct_init(th: &Thread, a: &[Value]) -> Res {
    let s = Custom::<Struct>::of(a[0]);
    let (format, text) = parse(th, a[1])?;
    s.text.set(th, s.cell(), text);
    *s.format.borrow_mut() = Some(format);
    Ok(Value::none())
}

/// The format of a `Struct`.
fn format_of(th: &Thread, v: Value) -> Res<Rc<Format>> {
    let f = Custom::<Struct>::of(v).format.borrow().clone();
    f.ok_or_else(|| th.runtime_error("Struct object is not initialized"))
}

/// Formats by their text, for the module's functions.
static CACHE: InterpSlot = InterpSlot::new();
const CACHE_SIZE: usize = 100;

/// The format of a text, from the cache or parsed now.
fn cached(th: &Thread, text: Value) -> Res<Rc<Format>> {
    let cache = Dict::of(CACHE.get_or(th, |th| Ok(dict::new(th).value()))?);
    if let Some(s) = cache.get(th, text)? {
        return format_of(th, s);
    }
    let (format, bytes) = parse(th, text)?;
    let s = Struct { format: RefCell::new(Some(format.clone())), text: Slot::new(bytes) };
    let s = custom::alloc(th, STRUCT.get(th)?, s)?.value();
    if cache.len() >= CACHE_SIZE {
        cache.clear(th)?;
    }
    cache.set(th, text, s)?;
    Ok(format)
}

fn clear_cache(th: &Thread, _: &[Value]) -> Res {
    if let Some(d) = CACHE.get(th) {
        Dict::of(d).clear(th)?;
    }
    Ok(Value::none())
}

fn check_count(th: &Thread, f: &Format, what: &str, given: usize) -> Res<()> {
    if given == f.items {
        return Ok(());
    }
    let text = format!("{what} expected {} items for packing (got {given})", f.items);
    Err(STRUCT_ERROR.raise(th, text))
}

fn pack_values(th: &Thread, f: &Format, values: &[Value]) -> Res {
    check_count(th, f, "pack", values.len())?;
    let mut small = [0u8; 128];
    if f.size <= small.len() {
        codec::pack(th, f, &mut small[..f.size], values)?;
        return bytes::from_slice(th, &small[..f.size]);
    }
    let mut large = Vec::new();
    if large.try_reserve_exact(f.size).is_err() {
        return Err(th.memory_error());
    }
    large.resize(f.size, 0);
    codec::pack(th, f, &mut large, values)?;
    bytes::from_slice(th, &large)
}

/// Arguments of `pack_into` after the format.
fn pack_into_values(th: &Thread, f: &Format, args: &[Value]) -> Res {
    let [target, offset, values @ ..] = args else {
        let missing = if args.is_empty() { "buffer" } else { "offset" };
        return Err(STRUCT_ERROR.raise(th, format!("pack_into expected {missing} argument")));
    };
    check_count(th, f, "pack_into", values.len())?;
    let buffer = writable(th, *target)?;
    let at = ssize(th, *offset)?;
    let (size, len) = (f.size, buffer.len);
    let at = if at < 0 {
        let from_end = at + len as isize;
        if at.saturating_add(size as isize) > 0 {
            let text = format!("no space to pack {size} bytes at offset {at}");
            return Err(STRUCT_ERROR.raise(th, text));
        }
        if from_end < 0 {
            let text = format!("offset {at} out of range for {len}-byte buffer");
            return Err(STRUCT_ERROR.raise(th, text));
        }
        from_end as usize
    } else {
        at as usize
    };
    if len.checked_sub(at).is_none_or(|room| room < size) {
        let need = at.saturating_add(size);
        return Err(STRUCT_ERROR.raise(
            th,
            format!(
                "pack_into requires a buffer of at least {need} bytes for packing {size} bytes at offset {at} \
                 (actual buffer size is {len})"
            ),
        ));
    }
    // Packing may run Python code, which may look into the buffer: the bytes are put there in the end.
    let mut packed = vec![0u8; size];
    codec::pack(th, f, &mut packed, values)?;
    buffer.as_mut_slice()[at..at + size].copy_from_slice(&packed);
    Ok(Value::none())
}

fn writable(th: &Thread, v: Value) -> Res<Buffer> {
    if buffer::has_buffer(th, v) {
        let b = buffer::get_buffer(th, v, buffer::flags::WRITABLE);
        if let Some(b) = th.catch(b, TypeId::BufferError)? {
            return Ok(b);
        }
    }
    let got = type_name(th, v);
    Err(th.type_error(format!("argument must be read-write bytes-like object, not {got}")))
}

fn unpack_buffer(th: &Thread, f: &Format, v: Value) -> Res {
    let b = buffer::bytes_like(th, v)?;
    if b.len != f.size {
        return Err(STRUCT_ERROR.raise(th, format!("unpack requires a buffer of {} bytes", f.size)));
    }
    codec::unpack(th, f, &b)
}

fn unpack_at(th: &Thread, f: &Format, v: Value, offset: Value) -> Res {
    let b = buffer::bytes_like(th, v)?;
    let at = offset.given().map_or(Ok(0), |v| ssize(th, v))?;
    let (size, len) = (f.size, b.len);
    let at = if at < 0 {
        if at.saturating_add(size as isize) > 0 {
            let text = format!("not enough data to unpack {size} bytes at offset {at}");
            return Err(STRUCT_ERROR.raise(th, text));
        }
        if at + (len as isize) < 0 {
            let text = format!("offset {at} out of range for {len}-byte buffer");
            return Err(STRUCT_ERROR.raise(th, text));
        }
        (at + len as isize) as usize
    } else {
        at as usize
    };
    if len.checked_sub(at).is_none_or(|rest| rest < size) {
        let need = at.saturating_add(size);
        return Err(STRUCT_ERROR.raise(
            th,
            format!(
                "unpack_from requires a buffer of at least {need} bytes for unpacking {size} bytes at offset {at} \
                 (actual buffer size is {len})"
            ),
        ));
    }
    codec::unpack(th, f, &b[at..at + size])
}

struct Unpacking {
    format: Rc<Format>,
    /// The buffer's owner as a memoryview, or None at the end.
    source: Slot,
    at: Cell<usize>,
    len: Cell<usize>,
}

impl Payload for Unpacking {
    const NAME: &'static str = "unpack_iterator";
    const NEXT: Option<NextFn> = Some(unpacking_step);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.source.trace(tracer);
    }
}

fn new_iterator(th: &Thread, format: Rc<Format>, v: Value) -> Res {
    if format.size == 0 {
        return Err(STRUCT_ERROR.raise(th, "cannot iteratively unpack with a struct of length 0"));
    }
    // The view holds the export for as long as the iterator lives.
    let len = {
        let b = buffer::bytes_like(th, v)?;
        if b.len % format.size != 0 {
            return Err(STRUCT_ERROR.raise(
                th,
                format!("iterative unpacking requires a buffer of a multiple of {} bytes", format.size),
            ));
        }
        b.len
    };
    let source = if v.is_kind(krait_object::Kind::Bytes) {
        v
    } else {
        krait_object::call::call(th, th.interp.class_value(TypeId::MemoryView), &[v])?
    };
    let it = Unpacking { format, source: Slot::new(source), at: Cell::new(0), len: Cell::new(len) };
    Ok(custom::alloc(th, UNPACKING.get(th)?, it)?.value())
}

fn unpacking_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Unpacking>::of(v);
    let (source, at, size) = (it.source.get(), it.at.get(), it.format.size);
    if source.is_none() {
        return Ok(None);
    }
    if at + size > it.len.get() {
        it.source.init(Value::none());
        return Ok(None);
    }
    let b = buffer::bytes_like(th, source)?;
    let Some(part) = b.get(at..at + size) else { return Ok(None) };
    let r = codec::unpack(th, &it.format, part)?;
    it.at.set(at + size);
    Ok(Some(r))
}

fn unpacking_hint(th: &Thread, a: &[Value]) -> Res {
    let it = Custom::<Unpacking>::of(a[0]);
    if it.source.get().is_none() {
        return Ok(Value::ZERO);
    }
    Ok(int::from_usize(th, (it.len.get() - it.at.get()) / it.format.size))
}

natives! {
    static UNPACKING_METHODS = {
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
        method "__length_hint__" "()" unpacking_hint, "";
    }
}

static UNPACKING: NativeClass = NativeClass::new(
    ClassSpec::new("_struct.unpack_iterator", "", UNPACKING_METHODS, &[]).flags(flag::NO_NEW),
);

fn method_pack(th: &Thread, a: &[Value]) -> Res {
    let f = format_of(th, a[0])?;
    pack_values(th, &f, Tuple::of(a[1]).as_slice())
}

fn method_pack_into(th: &Thread, a: &[Value]) -> Res {
    let f = format_of(th, a[0])?;
    pack_into_values(th, &f, Tuple::of(a[1]).as_slice())
}

fn method_unpack(th: &Thread, a: &[Value]) -> Res {
    let f = format_of(th, a[0])?;
    unpack_buffer(th, &f, a[1])
}

fn method_unpack_from(th: &Thread, a: &[Value]) -> Res {
    let f = format_of(th, a[0])?;
    unpack_at(th, &f, a[1], a[2])
}

fn method_iter_unpack(th: &Thread, a: &[Value]) -> Res {
    let f = format_of(th, a[0])?;
    new_iterator(th, f, a[1])
}

fn get_format(th: &Thread, v: Value) -> Res {
    let text = Custom::<Struct>::of(v).text.get();
    match bytes::get(text) {
        Some(b) => string::from_latin1(th, b),
        None => Ok(th.interp.empty_str.get()),
    }
}

fn get_size(th: &Thread, v: Value) -> Res {
    match &*Custom::<Struct>::of(v).format.borrow() {
        Some(f) => Ok(int::from_usize(th, f.size)),
        None => Ok(Value::small(-1)),
    }
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    let n = Custom::<Struct>::of(a[0]).format.borrow().as_ref().map_or(0, |f| f.fields.len());
    Ok(int::from_usize(th, 56 + 32 * (n + 1)))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" struct_new, "";
        method "__init__" "(format)" struct_init, "";
        method "iter_unpack" "(buffer, /)" method_iter_unpack, "";
        method "pack" "(*values)" method_pack, "";
        method "pack_into" "(*args)" method_pack_into, "";
        method "unpack" "(buffer, /)" method_unpack, "";
        method "unpack_from" "(buffer, offset=0)" method_unpack_from, "";
        method "__sizeof__" "()" sizeof, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("format", get_format, "struct format string"),
    GetSetDef::ro("size", get_size, "struct size in bytes"),
];

static STRUCT: NativeClass =
    NativeClass::new(ClassSpec::new("_struct.Struct", "", METHODS, GETSET).flags(flag::BASE | flag::WEAKREF));

#[cold]
fn missing_format(th: &Thread) -> Raised {
    th.type_error("missing format argument")
}

fn pack(th: &Thread, a: &[Value]) -> Res {
    let [text, values @ ..] = Tuple::of(a[0]).as_slice() else { return Err(missing_format(th)) };
    let f = cached(th, *text)?;
    pack_values(th, &f, values)
}

fn pack_into(th: &Thread, a: &[Value]) -> Res {
    let [text, args @ ..] = Tuple::of(a[0]).as_slice() else { return Err(missing_format(th)) };
    let f = cached(th, *text)?;
    pack_into_values(th, &f, args)
}

fn unpack(th: &Thread, a: &[Value]) -> Res {
    let f = cached(th, a[0])?;
    unpack_buffer(th, &f, a[1])
}

fn unpack_from(th: &Thread, a: &[Value]) -> Res {
    let f = cached(th, a[0])?;
    unpack_at(th, &f, a[1], a[2])
}

fn iter_unpack(th: &Thread, a: &[Value]) -> Res {
    let f = cached(th, a[0])?;
    new_iterator(th, f, a[1])
}

fn calcsize(th: &Thread, a: &[Value]) -> Res {
    let f = cached(th, a[0])?;
    Ok(int::from_usize(th, f.size))
}

natives! {
    static FUNCTIONS = {
        function "_clearcache" "()" clear_cache, "";
        function "calcsize" "(format, /)" calcsize, "";
        function "iter_unpack" "(format, buffer, /)" iter_unpack, "";
        function "pack" "(*args)" pack, "";
        function "pack_into" "(*args)" pack_into, "";
        function "unpack" "(format, buffer, /)" unpack, "";
        function "unpack_from" "(format, /, buffer, offset=0)" unpack_from, "";
    }
}
