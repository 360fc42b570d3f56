//! `MultibyteIncrementalEncoder` and `MultibyteIncrementalDecoder`: bases of the classes in `encodings`.

use super::{
    DecoderState, EncoderState, MAX_BYTES, MAX_TEXT, codec_of, data_arg, errors_arg, new_errors, text_of,
    too_large,
};
use krait_number::int::IntRef;
use krait_object::arguments::bad_argument;
use krait_object::class::ClassSpec;
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{bytes, int, natives, protocol};
use krait_text::codecs;

/// The longest state of an encoder: size of the text kept, the text in UTF-8, the codec's state.
const ENCODER_STATE: usize = 1 + MAX_TEXT * 4 + 8;

struct Encoder(EncoderState);

impl Payload for Encoder {
    const NAME: &'static str = "MultibyteIncrementalEncoder";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.0.shared.trace(tracer);
    }
}

struct Decoder(DecoderState);

impl Payload for Decoder {
    const NAME: &'static str = "MultibyteIncrementalDecoder";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.0.shared.trace(tracer);
    }
}

/// Bytes as an int, the lowest first.
fn to_int(th: &Thread, data: &[u8]) -> Res {
    let limbs: Vec<u64> =
        data.chunks(8).map(|c| c.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))).collect();
    int::from_ref(th, IntRef::new(false, &limbs))
}

/// An int as bytes, the lowest first.
///
/// # Errors
/// OverflowError for negative ones, and those of more bytes.
fn from_int<const N: usize>(th: &Thread, v: Value) -> Res<[u8; N]> {
    let (neg, data) = int::with_ref(v, |r| {
        let data: Vec<u8> = r.limbs.iter().flat_map(|l| l.to_le_bytes()).collect();
        (r.neg, data)
    });
    if neg {
        return Err(th.overflow_error("can't convert negative int to unsigned"));
    }
    if data.iter().skip(N).any(|&b| b != 0) {
        return Err(th.overflow_error("int too big to convert"));
    }
    let mut out = [0; N];
    let n = data.len().min(N);
    out[..n].copy_from_slice(&data[..n]);
    Ok(out)
}

/// The last eight bytes of a state from `at` on.
fn state_at(data: &[u8], at: usize) -> [u8; 8] {
    let mut state = [0; 8];
    state.copy_from_slice(&data[at..at + 8]);
    state
}

fn encoder_new(th: &Thread, a: &[Value]) -> Res {
    let class = ENCODER.class_arg(th, a[0])?;
    let errors = errors_arg(th, a[1], "IncrementalEncoder", 1)?;
    let v = custom::alloc(th, class, Encoder(EncoderState::new(errors)))?;
    let codec = codec_of(th, class.value())?;
    v.0.shared.codec.set(th, v.cell(), codec);
    v.0.start();
    Ok(v.value())
}

/// `__init__`: everything was done by `__new__`.
pub fn init(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::none())
}

fn final_arg(th: &Thread, v: Value) -> Res<bool> {
    v.given().map_or(Ok(false), |v| protocol::truth(th, v))
}

fn encode(th: &Thread, a: &[Value]) -> Res {
    let last = final_arg(th, a[2])?;
    let text = text_of(th, a[1])?;
    Custom::<Encoder>::of(a[0]).0.encode(th, text, last)
}

fn encoder_getstate(th: &Thread, a: &[Value]) -> Res {
    let e = Custom::<Encoder>::of(a[0]);
    let mut text = Vec::new();
    for c in e.0.pending.borrow().as_chars().iter() {
        krait_text::wtf8::push_code(&mut text, c);
    }
    if text.len() > MAX_TEXT * 4 {
        return Err(too_large(th));
    }
    let mut data = vec![text.len() as u8];
    data.extend(text);
    data.extend(e.0.shared.state.get());
    to_int(th, &data)
}

fn encoder_setstate(th: &Thread, a: &[Value]) -> Res {
    if !int::is_int(a[1]) {
        return Err(bad_argument(th, a[1], "setstate() argument", "int"));
    }
    let data = from_int::<ENCODER_STATE>(th, a[1])?;
    let n = data[0] as usize;
    if n > MAX_TEXT * 4 {
        return Err(too_large(th));
    }
    let kept = match codecs::decode_utf8(&data[1..1 + n]) {
        Ok(buf) => buf,
        Err(fault) => {
            return Err(krait_object::codec::raise_decode_fault(th, "utf-8", &data[1..1 + n], fault));
        }
    };
    let e = Custom::<Encoder>::of(a[0]);
    *e.0.pending.borrow_mut() = kept;
    e.0.shared.state.set(state_at(&data, 1 + n));
    Ok(Value::none())
}

fn encoder_reset(_: &Thread, a: &[Value]) -> Res {
    Custom::<Encoder>::of(a[0]).0.reset();
    Ok(Value::none())
}

natives! {
    static ENCODER_METHODS = {
        staticmethod "__new__" "(cls, errors='strict')" encoder_new, "";
        method "__init__" "(*args, **kwargs)" init, "";
        method "encode" "(input, final=False)" encode, "";
        method "getstate" "()" encoder_getstate, "";
        method "setstate" "(state, /)" encoder_setstate, "";
        method "reset" "()" encoder_reset, "";
    }
}

static ENCODER_GETSET: &[GetSetDef] = &[GetSetDef::rw(
    "errors",
    |_, v| Ok(Custom::<Encoder>::of(v).0.shared.errors.get()),
    |th, v, new| {
        let (e, new) = (Custom::<Encoder>::of(v), new_errors(th, new)?);
        e.0.shared.errors.set(th, e.cell(), new);
        Ok(())
    },
    "how to treat errors",
)];

pub static ENCODER: NativeClass = NativeClass::new(ClassSpec::new(
    "_multibytecodec.MultibyteIncrementalEncoder",
    "",
    ENCODER_METHODS,
    ENCODER_GETSET,
));

fn decoder_new(th: &Thread, a: &[Value]) -> Res {
    let class = DECODER.class_arg(th, a[0])?;
    let errors = errors_arg(th, a[1], "IncrementalDecoder", 1)?;
    let v = custom::alloc(th, class, Decoder(DecoderState::new(errors)))?;
    let codec = codec_of(th, class.value())?;
    v.0.shared.codec.set(th, v.cell(), codec);
    v.0.start();
    Ok(v.value())
}

fn decode(th: &Thread, a: &[Value]) -> Res {
    let data = data_arg(th, a[1])?;
    let last = final_arg(th, a[2])?;
    Ok(Custom::<Decoder>::of(a[0]).0.decode(th, &data, last)?.0)
}

fn decoder_getstate(th: &Thread, a: &[Value]) -> Res {
    let d = Custom::<Decoder>::of(a[0]);
    let kept = d.0.pending.borrow().clone();
    let kept = bytes::from_slice(th, &kept)?;
    let state = to_int(th, &d.0.shared.state.get())?;
    tuple::from_slice(th, &[kept, state])
}

fn decoder_setstate(th: &Thread, a: &[Value]) -> Res {
    let Some(t) = Tuple::from_value(a[1]) else {
        return Err(bad_argument(th, a[1], "setstate() argument", "tuple"));
    };
    let (kept, state) = match t.as_slice() {
        &[kept, state] if bytes::get(kept).is_some() && int::is_int(state) => (kept, state),
        _ => return Err(th.type_error("setstate(): illegal state argument")),
    };
    let state = from_int::<8>(th, state)?;
    let kept = bytes::get(kept).unwrap_or_default();
    if kept.len() > MAX_BYTES {
        return Err(too_large(th));
    }
    let d = Custom::<Decoder>::of(a[0]);
    *d.0.pending.borrow_mut() = kept.to_vec();
    d.0.shared.state.set(state);
    Ok(Value::none())
}

fn decoder_reset(_: &Thread, a: &[Value]) -> Res {
    Custom::<Decoder>::of(a[0]).0.reset();
    Ok(Value::none())
}

natives! {
    static DECODER_METHODS = {
        staticmethod "__new__" "(cls, errors='strict')" decoder_new, "";
        method "__init__" "(*args, **kwargs)" init, "";
        method "decode" "(input, final=False)" decode, "";
        method "getstate" "()" decoder_getstate, "";
        method "setstate" "(state, /)" decoder_setstate, "";
        method "reset" "()" decoder_reset, "";
    }
}

static DECODER_GETSET: &[GetSetDef] = &[GetSetDef::rw(
    "errors",
    |_, v| Ok(Custom::<Decoder>::of(v).0.shared.errors.get()),
    |th, v, new| {
        let (d, new) = (Custom::<Decoder>::of(v), new_errors(th, new)?);
        d.0.shared.errors.set(th, d.cell(), new);
        Ok(())
    },
    "how to treat errors",
)];

pub static DECODER: NativeClass = NativeClass::new(ClassSpec::new(
    "_multibytecodec.MultibyteIncrementalDecoder",
    "",
    DECODER_METHODS,
    DECODER_GETSET,
));
