//! `zlib` over `krait_zip::zlib`.

use crate::args::{c_int_or, masked_u32};
use crate::shared::{SHORT, Shared};
use crate::support::ssize;
use krait_object::buffer::{self, Buffer};
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeClass, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, int, natives};
use krait_zip::FeedError;
use krait_zip::zlib::{self as z, Compressor, Decompressor, Error, Inflate, ZlibDecompressor};

/// The `zlib` module.
pub static MODULE: ModuleDef = ModuleDef { name: "zlib", doc: "", functions: FUNCTIONS, exec };

static ERROR: NativeException =
    NativeException::new("zlib.error", &[ExceptionBase::Builtin(TypeId::Exception)], "");

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, ERROR.get(th)?);
    m.add_class(th, INFLATOR.get(th)?);
    let constants = [
        ("MAX_WBITS", z::MAX_WBITS),
        ("DEFLATED", z::Z_DEFLATED),
        ("DEF_MEM_LEVEL", z::DEF_MEM_LEVEL),
        ("DEF_BUF_SIZE", z::DEF_BUF_SIZE as i32),
        ("Z_NO_COMPRESSION", z::Z_NO_COMPRESSION),
        ("Z_BEST_SPEED", z::Z_BEST_SPEED),
        ("Z_BEST_COMPRESSION", z::Z_BEST_COMPRESSION),
        ("Z_DEFAULT_COMPRESSION", z::Z_DEFAULT_COMPRESSION),
        ("Z_FILTERED", z::Z_FILTERED),
        ("Z_HUFFMAN_ONLY", z::Z_HUFFMAN_ONLY),
        ("Z_RLE", z::Z_RLE),
        ("Z_FIXED", z::Z_FIXED),
        ("Z_DEFAULT_STRATEGY", z::Z_DEFAULT_STRATEGY),
        ("Z_NO_FLUSH", z::Z_NO_FLUSH),
        ("Z_PARTIAL_FLUSH", z::Z_PARTIAL_FLUSH),
        ("Z_SYNC_FLUSH", z::Z_SYNC_FLUSH),
        ("Z_FULL_FLUSH", z::Z_FULL_FLUSH),
        ("Z_FINISH", z::Z_FINISH),
        ("Z_BLOCK", z::Z_BLOCK),
        ("Z_TREES", z::Z_TREES),
    ];
    for (name, n) in constants {
        m.add_int(th, name, n.into());
    }
    m.add_str(th, "ZLIB_VERSION", z::version());
    m.add_str(th, "ZLIB_RUNTIME_VERSION", z::version());
    m.add_str(th, "__version__", "1.0");
    Ok(())
}

#[cold]
fn zlib_error(th: &Thread, e: Error) -> Raised {
    if e.code == z::Z_MEM_ERROR { th.memory_error() } else { ERROR.raise(th, e.to_string()) }
}

/// Errors of making a stream: bad parameters are ValueErrors.
#[cold]
fn start_error(th: &Thread, e: Error) -> Raised {
    if e.code == z::Z_STREAM_ERROR {
        th.value_error("Invalid initialization option")
    } else {
        zlib_error(th, e)
    }
}

#[cold]
fn copy_error(th: &Thread, e: Error) -> Raised {
    if e.code == z::Z_STREAM_ERROR { th.value_error("Inconsistent stream state") } else { zlib_error(th, e) }
}

fn run<R>(th: &Thread, data: &[u8], f: impl FnOnce() -> R) -> R {
    if data.len() < SHORT { f() } else { th.without_lock(f) }
}

fn compress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let level = c_int_or(th, a[1], z::Z_DEFAULT_COMPRESSION)?;
    let wbits = c_int_or(th, a[2], z::MAX_WBITS)?;
    let out = run(th, &data, || z::compress(&data, level, wbits));
    match out {
        Ok(out) => bytes::from_slice(th, &out),
        Err(e) if e.code == z::Z_STREAM_ERROR => Err(ERROR.raise(th, "Bad compression level")),
        Err(e) => Err(zlib_error(th, e)),
    }
}

fn decompress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let wbits = c_int_or(th, a[1], z::MAX_WBITS)?;
    let size = a[2].given().map_or(Ok(z::DEF_BUF_SIZE as isize), |v| ssize(th, v))?;
    if size < 0 {
        return Err(th.value_error("bufsize must be non-negative"));
    }
    let out = run(th, &data, || z::decompress(&data, wbits, size as usize));
    bytes::from_slice(th, &out.map_err(|e| zlib_error(th, e))?)
}

fn checksum(th: &Thread, a: &[Value], start: u32, f: fn(&[u8], u32) -> u32) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let value = a[1].given().map_or(Ok(start), |v| masked_u32(th, v))?;
    Ok(int::from_u64(th, run(th, &data, || f(&data, value)).into()))
}

fn crc32(th: &Thread, a: &[Value]) -> Res {
    checksum(th, a, 0, z::crc32)
}

fn adler32(th: &Thread, a: &[Value]) -> Res {
    checksum(th, a, 1, z::adler32)
}

/// The dictionary argument of decompressors.
fn dictionary(th: &Thread, v: Value) -> Res<Option<Vec<u8>>> {
    let Some(v) = v.given() else { return Ok(None) };
    if !buffer::has_buffer(th, v) {
        return Err(th.type_error("zdict argument must support the buffer protocol"));
    }
    let b: Buffer = buffer::bytes_like(th, v)?;
    Ok(Some(b.to_vec()))
}

struct Compress(Shared<Compressor>);

impl Payload for Compress {
    const NAME: &'static str = "Compress";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn compressobj(th: &Thread, a: &[Value]) -> Res {
    let level = c_int_or(th, a[0], z::Z_DEFAULT_COMPRESSION)?;
    let method = c_int_or(th, a[1], z::Z_DEFLATED)?;
    let wbits = c_int_or(th, a[2], z::MAX_WBITS)?;
    let mem_level = c_int_or(th, a[3], z::DEF_MEM_LEVEL)?;
    let strategy = c_int_or(th, a[4], z::Z_DEFAULT_STRATEGY)?;
    let dict = a[5].given_not_none().map(|v| buffer::bytes_like(th, v)).transpose()?;
    let mut c = Compressor::new(level, method, wbits, mem_level, strategy).map_err(|e| start_error(th, e))?;
    if let Some(d) = dict {
        c.set_dictionary(&d).map_err(|e| {
            if e.code == z::Z_STREAM_ERROR { th.value_error("Invalid dictionary") } else { zlib_error(th, e) }
        })?;
    }
    Ok(custom::alloc(th, COMPRESS.get(th)?, Compress(Shared::new(c)))?.value())
}

fn compress_data(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let out = Custom::<Compress>::of(a[0]).0.work(th, data.len, |c| c.compress(&data));
    bytes::from_slice(th, &out.map_err(|e| zlib_error(th, e))?)
}

fn compress_flush(th: &Thread, a: &[Value]) -> Res {
    let mode = c_int_or(th, a[1], z::Z_FINISH)?;
    let out = Custom::<Compress>::of(a[0]).0.work(th, SHORT, |c| c.flush(mode));
    bytes::from_slice(th, &out.map_err(|e| zlib_error(th, e))?)
}

fn compress_copy(th: &Thread, a: &[Value]) -> Res {
    let copy = Custom::<Compress>::of(a[0]).0.look(th, Compressor::try_clone);
    let copy = copy.map_err(|e| copy_error(th, e))?;
    Ok(custom::alloc(th, COMPRESS.get(th)?, Compress(Shared::new(copy)))?.value())
}

natives! {
    static COMPRESS_METHODS = {
        method "compress" "(data, /)" compress_data, "";
        method "flush" "(mode=zlib.Z_FINISH, /)" compress_flush, "";
        method "copy" "()" compress_copy, "";
        method "__copy__" "()" compress_copy, "";
        method "__deepcopy__" "(memo, /)" compress_copy, "";
    }
}

static COMPRESS: NativeClass =
    NativeClass::new(ClassSpec::new("zlib.Compress", "", COMPRESS_METHODS, &[]).flags(flag::NO_NEW));

struct Decompress(Shared<Decompressor>);

impl Payload for Decompress {
    const NAME: &'static str = "Decompress";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn decompressobj(th: &Thread, a: &[Value]) -> Res {
    let wbits = c_int_or(th, a[0], z::MAX_WBITS)?;
    let dict = dictionary(th, a[1])?;
    let d = Decompressor::new(wbits, dict).map_err(|e| start_error(th, e))?;
    Ok(custom::alloc(th, DECOMPRESS.get(th)?, Decompress(Shared::new(d)))?.value())
}

fn decompress_data(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let max = a[2].given().map_or(Ok(0), |v| ssize(th, v))?;
    if max < 0 {
        return Err(th.value_error("max_length must be non-negative"));
    }
    let out = Custom::<Decompress>::of(a[0]).0.work(th, data.len, |d| d.decompress(&data, max as usize));
    bytes::from_slice(th, &out.map_err(|e| zlib_error(th, e))?)
}

fn decompress_flush(th: &Thread, a: &[Value]) -> Res {
    let size = a[1].given().map_or(Ok(z::DEF_BUF_SIZE as isize), |v| ssize(th, v))?;
    if size <= 0 {
        return Err(th.value_error("length must be greater than zero"));
    }
    let out = Custom::<Decompress>::of(a[0]).0.work(th, SHORT, |d| d.flush(size as usize));
    bytes::from_slice(th, &out.map_err(|e| zlib_error(th, e))?)
}

fn decompress_copy(th: &Thread, a: &[Value]) -> Res {
    let copy = Custom::<Decompress>::of(a[0]).0.look(th, Decompressor::try_clone);
    let copy = copy.map_err(|e| copy_error(th, e))?;
    Ok(custom::alloc(th, DECOMPRESS.get(th)?, Decompress(Shared::new(copy)))?.value())
}

fn unused_data(th: &Thread, v: Value) -> Res {
    Custom::<Decompress>::of(v).0.look(th, |d| bytes::from_slice(th, d.unused_data()))
}

fn unconsumed_tail(th: &Thread, v: Value) -> Res {
    Custom::<Decompress>::of(v).0.look(th, |d| bytes::from_slice(th, d.unconsumed_tail()))
}

fn decompress_eof(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Decompress>::of(v).0.look(th, |d| d.eof())))
}

natives! {
    static DECOMPRESS_METHODS = {
        method "decompress" "(data, /, max_length=0)" decompress_data, "";
        method "flush" "(length=zlib.DEF_BUF_SIZE, /)" decompress_flush, "";
        method "copy" "()" decompress_copy, "";
        method "__copy__" "()" decompress_copy, "";
        method "__deepcopy__" "(memo, /)" decompress_copy, "";
    }
}

static DECOMPRESS_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("unused_data", unused_data, "").member(),
    GetSetDef::ro("unconsumed_tail", unconsumed_tail, "").member(),
    GetSetDef::ro("eof", decompress_eof, "").member(),
];

static DECOMPRESS: NativeClass = NativeClass::new(
    ClassSpec::new("zlib.Decompress", "", DECOMPRESS_METHODS, DECOMPRESS_GETSET).flags(flag::NO_NEW),
);

struct Inflator(Shared<ZlibDecompressor>);

impl Payload for Inflator {
    const NAME: &'static str = "_ZlibDecompressor";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn inflator_new(th: &Thread, a: &[Value]) -> Res {
    let class = INFLATOR.class_arg(th, a[0])?;
    let wbits = c_int_or(th, a[1], z::MAX_WBITS)?;
    let dict = dictionary(th, a[2])?;
    let d = Inflate::new(wbits, dict).map_err(|e| start_error(th, e))?;
    Ok(custom::alloc(th, class, Inflator(Shared::new(ZlibDecompressor::new(d))))?.value())
}

/// The limit argument of incremental decompressors: negative for none.
pub fn length_limit(th: &Thread, v: Value) -> Res<Option<usize>> {
    let n = v.given().map_or(Ok(-1), |v| ssize(th, v))?;
    Ok(usize::try_from(n).ok())
}

fn inflator_decompress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let limit = length_limit(th, a[2])?;
    match Custom::<Inflator>::of(a[0]).0.work(th, data.len, |d| d.decompress(&data, limit)) {
        Ok(out) => bytes::from_slice(th, &out),
        Err(FeedError::EndOfStream) => Err(th.raise_new(TypeId::EOFError, "End of stream already reached")),
        Err(FeedError::OutOfMemory) => Err(th.memory_error()),
        Err(FeedError::Format(e)) => Err(zlib_error(th, e)),
    }
}

fn inflator_unused(th: &Thread, v: Value) -> Res {
    Custom::<Inflator>::of(v).0.look(th, |d| bytes::from_slice(th, d.unused_data()))
}

fn inflator_eof(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Inflator>::of(v).0.look(th, |d| d.eof())))
}

fn inflator_needs_input(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Inflator>::of(v).0.look(th, |d| d.needs_input())))
}

natives! {
    static INFLATOR_METHODS = {
        staticmethod "__new__" "(cls, wbits=15, zdict=b'')" inflator_new, "";
        method "decompress" "(data, max_length=-1)" inflator_decompress, "";
    }
}

static INFLATOR_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("eof", inflator_eof, "True if the end-of-stream marker has been reached.").member(),
    GetSetDef::ro("unused_data", inflator_unused, "Data found after the end of the compressed stream.")
        .member(),
    GetSetDef::ro(
        "needs_input",
        inflator_needs_input,
        "True if more input is needed before more output can be produced.",
    )
    .member(),
];

static INFLATOR: NativeClass = NativeClass::new(
    ClassSpec::new(
        "zlib._ZlibDecompressor",
        "_ZlibDecompressor(wbits=15, zdict=b'')\n--\n\nCreate a decompressor object for decompressing data incrementally.",
        INFLATOR_METHODS,
        INFLATOR_GETSET,
    )
    .flags(0),
);

natives! {
    static FUNCTIONS = {
        function "adler32" "(data, value=1, /)" adler32, "";
        function "compress" "(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)" compress, "";
        function "compressobj" "(level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None)" compressobj, "";
        function "crc32" "(data, value=0, /)" crc32, "";
        function "decompress" "(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)" decompress, "";
        function "decompressobj" "(wbits=MAX_WBITS, zdict=b'')" decompressobj, "";
    }
}
