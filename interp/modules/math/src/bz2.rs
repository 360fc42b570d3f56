//! `_bz2` over `krait_zip::bz2`.

use crate::args::c_int_or;
use crate::shared::{SHORT, Shared};
use crate::zlib::length_limit;
use krait_object::buffer;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, natives};
use krait_zip::FeedError;
use krait_zip::bz2::{BZ2Decompressor, Bunzip, Compressor, Error};

/// The `_bz2` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_bz2", doc: "", functions: &[], exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, COMPRESSOR.get(th)?);
    m.add_class(th, DECOMPRESSOR.get(th)?);
    Ok(())
}

#[cold]
fn raise(th: &Thread, e: Error) -> Raised {
    match e {
        Error::Level | Error::Flushed | Error::Finished => th.value_error(e.to_string()),
        Error::Data => th.raise_new(TypeId::OSError, e.to_string()),
        Error::OutOfMemory => th.memory_error(),
        Error::Internal => th.runtime_error(e.to_string()),
    }
}

fn cannot_pickle(th: &Thread, a: &[Value]) -> Res {
    Err(th.type_error(format!("cannot pickle '{}' object", type_name(th, a[0]))))
}

struct Compress(Shared<Compressor>);

impl Payload for Compress {
    const NAME: &'static str = "BZ2Compressor";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn compressor_new(th: &Thread, a: &[Value]) -> Res {
    let class = COMPRESSOR.class_arg(th, a[0])?;
    let level = c_int_or(th, a[1], 9)?;
    let c = u32::try_from(level).map_err(|_| Error::Level).and_then(Compressor::new);
    let c = c.map_err(|e| raise(th, e))?;
    Ok(custom::alloc(th, class, Compress(Shared::new(c)))?.value())
}

fn compress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let out = Custom::<Compress>::of(a[0]).0.work(th, data.len, |c| c.compress(&data));
    bytes::from_slice(th, &out.map_err(|e| raise(th, e))?)
}

fn flush(th: &Thread, a: &[Value]) -> Res {
    let out = Custom::<Compress>::of(a[0]).0.work(th, SHORT, Compressor::flush);
    bytes::from_slice(th, &out.map_err(|e| raise(th, e))?)
}

natives! {
    static COMPRESSOR_METHODS = {
        staticmethod "__new__" "(cls, compresslevel=9, /)" compressor_new, "";
        method "compress" "(data, /)" compress, "Provide data to the compressor object.";
        method "flush" "()" flush, "Finish the compression process.";
        method "__reduce__" "!()" cannot_pickle, "";
        method "__reduce_ex__" "!(protocol, /)" cannot_pickle, "";
    }
}

static COMPRESSOR: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_bz2.BZ2Compressor",
        "BZ2Compressor(compresslevel=9, /)\n--\n\nCreate a compressor object for compressing data incrementally.",
        COMPRESSOR_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

struct Decompress(Shared<BZ2Decompressor>);

impl Payload for Decompress {
    const NAME: &'static str = "BZ2Decompressor";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn decompressor_new(th: &Thread, a: &[Value]) -> Res {
    let class = DECOMPRESSOR.class_arg(th, a[0])?;
    Ok(custom::alloc(th, class, Decompress(Shared::new(BZ2Decompressor::new(Bunzip::new()))))?.value())
}

fn decompress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let limit = length_limit(th, a[2])?;
    match Custom::<Decompress>::of(a[0]).0.work(th, data.len, |d| d.decompress(&data, limit)) {
        Ok(out) => bytes::from_slice(th, &out),
        Err(FeedError::EndOfStream) => Err(th.raise_new(TypeId::EOFError, "End of stream already reached")),
        Err(FeedError::OutOfMemory) => Err(th.memory_error()),
        Err(FeedError::Format(e)) => Err(raise(th, e)),
    }
}

fn unused_data(th: &Thread, v: Value) -> Res {
    Custom::<Decompress>::of(v).0.look(th, |d| bytes::from_slice(th, d.unused_data()))
}

fn eof(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Decompress>::of(v).0.look(th, |d| d.eof())))
}

fn needs_input(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Decompress>::of(v).0.look(th, |d| d.needs_input())))
}

natives! {
    static DECOMPRESSOR_METHODS = {
        staticmethod "__new__" "(cls)" decompressor_new, "";
        method "decompress" "(data, max_length=-1)" decompress, "Decompress *data*, returning uncompressed data as bytes.";
        method "__reduce__" "!()" cannot_pickle, "";
        method "__reduce_ex__" "!(protocol, /)" cannot_pickle, "";
    }
}

static DECOMPRESSOR_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("eof", eof, "True if the end-of-stream marker has been reached.").member(),
    GetSetDef::ro("unused_data", unused_data, "Data found after the end of the compressed stream.").member(),
    GetSetDef::ro(
        "needs_input",
        needs_input,
        "True if more input is needed before more output can be produced.",
    )
    .member(),
];

static DECOMPRESSOR: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_bz2.BZ2Decompressor",
        "BZ2Decompressor()\n--\n\nCreate a decompressor object for decompressing data incrementally.",
        DECOMPRESSOR_METHODS,
        DECOMPRESSOR_GETSET,
    )
    .flags(flag::BASE),
);
