//! `_lzma` over `krait_zip::lzma`. Filter chains, which come as dicts, are read and made in `chain`.

mod chain;

use crate::args::c_int_or;
use crate::shared::{SHORT, Shared};
use crate::zlib::length_limit;
use krait_object::buffer;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeClass, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, int, natives, protocol};
use krait_zip::FeedError;
use krait_zip::lzma::{self as z, Compressor, Error, Filter, LZMADecompressor, Options, Unlzma};

/// The `_lzma` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_lzma", doc: "", functions: FUNCTIONS, exec };

static ERROR: NativeException = NativeException::new(
    "_lzma.LZMAError",
    &[ExceptionBase::Builtin(TypeId::Exception)],
    "Call to liblzma failed.",
);

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, ERROR.get(th)?);
    m.add_class(th, COMPRESSOR.get(th)?);
    m.add_class(th, DECOMPRESSOR.get(th)?);
    let constants: [(&str, u64); 28] = [
        ("FORMAT_AUTO", FORMAT_AUTO as u64),
        ("FORMAT_XZ", FORMAT_XZ as u64),
        ("FORMAT_ALONE", FORMAT_ALONE as u64),
        ("FORMAT_RAW", FORMAT_RAW as u64),
        ("CHECK_NONE", z::CHECK_NONE.into()),
        ("CHECK_CRC32", z::CHECK_CRC32.into()),
        ("CHECK_CRC64", z::CHECK_CRC64.into()),
        ("CHECK_SHA256", z::CHECK_SHA256.into()),
        ("CHECK_ID_MAX", z::CHECK_ID_MAX.into()),
        ("CHECK_UNKNOWN", z::CHECK_UNKNOWN.into()),
        ("FILTER_LZMA1", z::FILTER_LZMA1),
        ("FILTER_LZMA2", z::FILTER_LZMA2),
        ("FILTER_DELTA", z::FILTER_DELTA),
        ("FILTER_X86", 4),
        ("FILTER_POWERPC", 5),
        ("FILTER_IA64", 6),
        ("FILTER_ARM", 7),
        ("FILTER_ARMTHUMB", 8),
        ("FILTER_SPARC", 9),
        ("MF_HC3", z::MF_HC3.into()),
        ("MF_HC4", z::MF_HC4.into()),
        ("MF_BT2", z::MF_BT2.into()),
        ("MF_BT3", z::MF_BT3.into()),
        ("MF_BT4", z::MF_BT4.into()),
        ("MODE_FAST", z::MODE_FAST.into()),
        ("MODE_NORMAL", z::MODE_NORMAL.into()),
        ("PRESET_DEFAULT", z::PRESET_DEFAULT.into()),
        ("PRESET_EXTREME", z::PRESET_EXTREME.into()),
    ];
    for (name, n) in constants {
        m.add(th, name, int::from_u64(th, n));
    }
    Ok(())
}

#[cold]
fn raise(th: &Thread, e: Error) -> Raised {
    match e {
        Error::Flushed | Error::Finished => th.value_error(e.to_string()),
        Error::OutOfMemory => th.memory_error(),
        _ => ERROR.raise(th, e.to_string()),
    }
}

fn cannot_pickle(th: &Thread, a: &[Value]) -> Res {
    Err(th.type_error(format!("cannot pickle '{}' object", type_name(th, a[0]))))
}

/// The parameters of a preset argument, None being the default.
fn preset_options(th: &Thread, v: Value) -> Res<Option<Options>> {
    let preset = match v.given_not_none() {
        Some(v) => chain::uint32(th, v)?,
        None => z::PRESET_DEFAULT,
    };
    Ok(Options::preset(preset))
}

struct Compress(Shared<Compressor>);

impl Payload for Compress {
    const NAME: &'static str = "LZMACompressor";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn compressor_new(th: &Thread, a: &[Value]) -> Res {
    let class = COMPRESSOR.class_arg(th, a[0])?;
    let format = c_int_or(th, a[1], FORMAT_XZ)?;
    let check = c_int_or(th, a[2], -1)?;
    let filters = a[4].given_not_none();
    if a[3].given_not_none().is_some() && filters.is_some() {
        return Err(th.value_error("Cannot specify both preset and filter chain"));
    }
    let preset = a[3];
    if format != FORMAT_XZ && check != -1 && check != z::CHECK_NONE as i32 {
        return Err(th.value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let made = match format {
        FORMAT_XZ => {
            let check = u32::try_from(check).unwrap_or(z::CHECK_CRC64);
            let filters = match filters {
                Some(f) => chain::filters(th, f)?,
                None => match preset_options(th, preset)? {
                    Some(o) => vec![Filter::Lzma2(o)],
                    None => return Err(raise(th, Error::Options)),
                },
            };
            if !z::is_check_supported(check) {
                let text =
                    if check <= z::CHECK_ID_MAX { "Unsupported integrity check" } else { "Internal error" };
                return Err(ERROR.raise(th, text));
            }
            Compressor::xz(check, &filters)
        }
        FORMAT_ALONE => {
            let options = match filters {
                Some(f) => match &chain::filters(th, f)?[..] {
                    [Filter::Lzma1(o)] => *o,
                    _ => {
                        return Err(th.value_error(
                            "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter",
                        ));
                    }
                },
                None => match preset_options(th, preset)? {
                    Some(o) => o,
                    None => return Err(chain::bad_preset(th, preset)),
                },
            };
            Compressor::alone(&options)
        }
        FORMAT_RAW => match filters {
            Some(f) => Compressor::raw(&chain::filters(th, f)?),
            None => return Err(th.value_error("Must specify filters for FORMAT_RAW")),
        },
        _ => return Err(th.value_error(format!("Invalid container format: {format}"))),
    };
    let c = made.map_err(|e| raise(th, e))?;
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
        staticmethod "__new__" "!(cls, format=FORMAT_XZ, check=-1, preset=None, filters=None)" compressor_new, "";
        method "compress" "(data, /)" compress, "Provide data to the compressor object.";
        method "flush" "()" flush, "Finish the compression process.";
        method "__reduce__" "!()" cannot_pickle, "";
        method "__reduce_ex__" "!(protocol, /)" cannot_pickle, "";
    }
}

static COMPRESSOR: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_lzma.LZMACompressor",
        "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCreate a compressor object for compressing data incrementally.",
        COMPRESSOR_METHODS,
        &[],
    )
    .flags(flag::BASE),
);

struct Decompress(Shared<LZMADecompressor>);

impl Payload for Decompress {
    const NAME: &'static str = "LZMADecompressor";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn decompressor_new(th: &Thread, a: &[Value]) -> Res {
    let class = DECOMPRESSOR.class_arg(th, a[0])?;
    let format = c_int_or(th, a[1], FORMAT_AUTO)?;
    let limit = match a[2].given_not_none() {
        None => None,
        Some(_) if format == FORMAT_RAW => {
            return Err(th.value_error("Cannot specify memory limit with FORMAT_RAW"));
        }
        Some(v) => {
            let i = protocol::index(th, v)?;
            if int::with_ref(i, |r| r.signum()) < 0 {
                return Err(th.overflow_error("can't convert negative int to unsigned"));
            }
            let n = int::with_ref(i, |r| r.to_u64());
            Some(n.ok_or_else(|| th.overflow_error("int too big to convert"))?)
        }
    };
    let filters = a[3].given_not_none();
    if format == FORMAT_RAW && filters.is_none() {
        return Err(th.value_error("Must specify filters for FORMAT_RAW"));
    }
    if format != FORMAT_RAW && filters.is_some() {
        return Err(th.value_error("Cannot specify filters except with FORMAT_RAW"));
    }
    let d = match (format, filters) {
        (FORMAT_AUTO, _) => Unlzma::auto(limit),
        (FORMAT_XZ, _) => Unlzma::xz(limit),
        (FORMAT_ALONE, _) => Unlzma::alone(limit),
        (FORMAT_RAW, Some(f)) => Unlzma::raw(&chain::filters(th, f)?).map_err(|e| raise(th, e))?,
        _ => return Err(th.value_error(format!("Invalid container format: {format}"))),
    };
    Ok(custom::alloc(th, class, Decompress(Shared::new(LZMADecompressor::new(d))))?.value())
}

fn decompress(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[1])?;
    let limit = length_limit(th, a[2])?;
    match Custom::<Decompress>::of(a[0]).0.work(th, data.len, |d| d.decompress(&data, limit)) {
        Ok(out) => bytes::from_slice(th, &out),
        Err(FeedError::EndOfStream) => Err(th.raise_new(TypeId::EOFError, "Already at end of stream")),
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

fn check(th: &Thread, v: Value) -> Res {
    Ok(Value::small(Custom::<Decompress>::of(v).0.look(th, |d| d.decoder().check()).into()))
}

natives! {
    static DECOMPRESSOR_METHODS = {
        staticmethod "__new__" "(cls, format=FORMAT_AUTO, memlimit=None, filters=None)" decompressor_new, "";
        method "decompress" "(data, max_length=-1)" decompress, "Decompress *data*, returning uncompressed data as bytes.";
        method "__reduce__" "!()" cannot_pickle, "";
        method "__reduce_ex__" "!(protocol, /)" cannot_pickle, "";
    }
}

static DECOMPRESSOR_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("check", check, "ID of the integrity check used by the input stream.").member(),
    GetSetDef::ro("eof", eof, "True if the end-of-stream marker has been reached.").member(),
    GetSetDef::ro(
        "needs_input",
        needs_input,
        "True if more input is needed before more output can be produced.",
    )
    .member(),
    GetSetDef::ro("unused_data", unused_data, "Data found after the end of the compressed stream.").member(),
];

static DECOMPRESSOR: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_lzma.LZMADecompressor",
        "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)\n--\n\nCreate a decompressor object for decompressing data incrementally.",
        DECOMPRESSOR_METHODS,
        DECOMPRESSOR_GETSET,
    )
    .flags(flag::BASE),
);

fn is_check_supported(th: &Thread, a: &[Value]) -> Res {
    let check = crate::args::c_int(th, a[0])?;
    Ok(Value::bool(u32::try_from(check).is_ok_and(z::is_check_supported)))
}

fn encode_filter_properties(th: &Thread, a: &[Value]) -> Res {
    let filter = chain::filter(th, a[0])?;
    bytes::from_slice(th, &filter.encode_properties().map_err(|e| raise(th, e))?)
}

fn decode_filter_properties(th: &Thread, a: &[Value]) -> Res {
    let id = chain::uint64(th, a[0])?;
    let data = buffer::bytes_like(th, a[1])?;
    let filter = Filter::decode_properties(id, &data).map_err(|e| raise(th, e))?;
    chain::to_dict(th, &filter, !data.is_empty())
}

natives! {
    static FUNCTIONS = {
        function "is_check_supported" "(check_id, /)" is_check_supported, "Test whether the given integrity check is supported.";
        function "_encode_filter_properties" "(filter, /)" encode_filter_properties, "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).";
        function "_decode_filter_properties" "(filter_id, encoded_props, /)" decode_filter_properties, "Return a dict describing a filter with ID *filter_id*, and options (properties) decoded from the bytes object *encoded_props*.";
    }
}
