//! `_multibytecodec` and the modules of CJK codecs over it: `_codecs_cn`, `_codecs_hk`, `_codecs_iso2022`,
//! `_codecs_jp`, `_codecs_kr`, `_codecs_tw`.
//!
//! | file | concern |
//! |---|---|
//! | `codec` | `MultibyteCodec`, `getcodec` |
//! | `incremental` | incremental encoders and decoders |
//! | `stream` | stream readers and writers |

mod codec;
mod incremental;
mod stream;

use krait_object::attr;
use krait_object::buffer;
use krait_object::cellref::Slot;
use krait_object::codec as codecs;
use krait_object::custom::Custom;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, bytes, natives, protocol, str_build};
use krait_text::CharsBuf;
use krait_text::cjk::State;
use std::cell::{Cell, RefCell};

pub use codec::MODULES;

/// The `_multibytecodec` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_multibytecodec", doc: "", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "__create_codec" "(arg, /)" codec::create, "";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&incremental::ENCODER, &incremental::DECODER, &stream::READER, &stream::WRITER] {
        m.add_class(th, c.get(th)?);
    }
    Ok(())
}

/// Code points that an encoder may keep for the next call.
const MAX_TEXT: usize = 2;
/// Bytes that a decoder may keep for the next call.
const MAX_BYTES: usize = 8;

/// What incremental and stream classes of either direction have in common.
struct Shared {
    /// The `MultibyteCodec`.
    codec: Slot,
    /// The name of the error handler.
    errors: Slot,
    state: Cell<State>,
}

impl Shared {
    /// Before the codec is known.
    fn new(errors: Value) -> Shared {
        Shared { codec: Slot::new(Value::MISSING), errors: Slot::new(errors), state: Cell::new([0; 8]) }
    }

    fn codec(&self) -> krait_text::cjk::Codec {
        Custom::<codec::MultibyteCodec>::of(self.codec.get()).codec
    }

    fn errors(&self) -> String {
        Str::from_value(self.errors.get()).map(Str::to_text).unwrap_or_default()
    }

    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.codec.trace(tracer);
        self.errors.trace(tracer);
    }
}

/// The argument `errors` of a constructor.
fn errors_arg(th: &Thread, v: Value, function: &str, number: usize) -> Res {
    match v.given() {
        None => Ok(th.interp.interned.intern_text(th, "strict")),
        Some(v) => {
            let name = codecs::name_arg(th, v, &format!("{function}() argument {number}"))?;
            string::try_new(th, name.as_deref().unwrap_or_default())
        }
    }
}

/// The attribute `codec` of the class of a new object.
fn codec_of(th: &Thread, v: Value) -> Res {
    let found = attr::get_text(th, v, "codec")?;
    match Custom::<codec::MultibyteCodec>::from_value(found) {
        Some(_) => Ok(found),
        None => Err(th.type_error("codec is unexpected type")),
    }
}

/// The value to give to the attribute `errors`.
fn new_errors(th: &Thread, v: Value) -> Res {
    match v.given() {
        None => Err(th.raise_new(TypeId::AttributeError, "cannot delete attribute")),
        Some(v) => match Str::from_value(v) {
            Some(s) => {
                codecs::utf8(th, s)?;
                str_build::exact(th, s)
            }
            None => Err(th.type_error("errors must be a string")),
        },
    }
}

/// A text to encode: a string, or the string of something else.
fn text_of(th: &Thread, v: Value) -> Res<Str> {
    match Str::from_value(v) {
        Some(s) => Ok(s),
        None => Ok(Str::of(protocol::str_of(th, v)?)),
    }
}

/// An encoder between two calls. The text kept has no values in it.
struct EncoderState {
    shared: Shared,
    pending: RefCell<CharsBuf>,
}

impl EncoderState {
    fn new(errors: Value) -> EncoderState {
        EncoderState { shared: Shared::new(errors), pending: RefCell::new(CharsBuf::new()) }
    }

    fn start(&self) {
        self.shared.state.set(self.shared.codec().encoder().state);
    }

    /// Encodes a text after the one that was kept.
    ///
    /// # Errors
    /// UnicodeEncodeError; what an error handler raises. What was kept stays.
    fn encode(&self, th: &Thread, text: Str, last: bool) -> Res {
        let mut whole = std::mem::take(&mut *self.pending.borrow_mut());
        let input = if whole.is_empty() {
            text
        } else {
            let kept = whole.len();
            whole.extend(text.chars());
            let joined = string::from_buf(th, &whole);
            whole.truncate(kept);
            Str::of(joined?)
        };
        let mut encoder = self.shared.codec().encoder();
        encoder.state = self.shared.state.get();
        encoder.last = last;
        let mut out = Vec::with_capacity(input.len());
        let errors = self.shared.errors();
        let done = codecs::encode_with(th, input, &mut encoder, Some(&errors), &mut out);
        self.shared.state.set(encoder.state);
        if let Err(r) = done {
            *self.pending.borrow_mut() = whole;
            return Err(r);
        }
        let left = input.chars().slice(encoder.consumed.min(input.len())..input.len());
        if left.len() > MAX_TEXT {
            return Err(overflow(th));
        }
        *self.pending.borrow_mut() = CharsBuf::from(left);
        bytes::from_slice(th, &out)
    }

    /// Back to the start; what brings the output there is not written.
    fn reset(&self) {
        let mut encoder = self.shared.codec().encoder();
        encoder.state = self.shared.state.get();
        encoder.reset(&mut Vec::new());
        self.shared.state.set(encoder.state);
        *self.pending.borrow_mut() = CharsBuf::new();
    }
}

/// A decoder between two calls.
struct DecoderState {
    shared: Shared,
    pending: RefCell<Vec<u8>>,
}

impl DecoderState {
    fn new(errors: Value) -> DecoderState {
        DecoderState { shared: Shared::new(errors), pending: RefCell::new(Vec::new()) }
    }

    fn start(&self) {
        self.shared.state.set(self.shared.codec().decoder().state);
    }

    /// Decodes bytes after those that were kept; also tells how many there were in all.
    ///
    /// # Errors
    /// UnicodeDecodeError; what an error handler raises.
    fn decode(&self, th: &Thread, data: &[u8], last: bool) -> Res<(Value, usize)> {
        let mut input = std::mem::take(&mut *self.pending.borrow_mut());
        let kept = input.len();
        input.extend_from_slice(data);
        let mut decoder = self.shared.codec().decoder();
        decoder.state = self.shared.state.get();
        let mut out = CharsBuf::new();
        let errors = self.shared.errors();
        let done = codecs::decode_into(th, &input, last, &mut decoder, Some(&errors), &mut out);
        self.shared.state.set(decoder.state);
        let consumed = match done {
            Ok(n) => n,
            Err(r) => {
                if last {
                    input.truncate(kept);
                    *self.pending.borrow_mut() = input;
                }
                return Err(r);
            }
        };
        let total = input.len();
        let left = input.split_off(consumed.min(total));
        if left.len() > MAX_BYTES {
            return Err(overflow(th));
        }
        *self.pending.borrow_mut() = left;
        Ok((string::from_buf(th, &out)?, total))
    }

    fn reset(&self) {
        let mut decoder = self.shared.codec().decoder();
        decoder.state = self.shared.state.get();
        decoder.reset();
        self.shared.state.set(decoder.state);
        self.pending.borrow_mut().clear();
    }
}

#[cold]
fn overflow(th: &Thread) -> Raised {
    th.raise_new(TypeId::UnicodeError, "pending buffer overflow")
}

#[cold]
fn too_large(th: &Thread) -> Raised {
    th.raise_new(TypeId::UnicodeError, "pending buffer too large")
}

/// The bytes of an argument to decode.
fn data_arg(th: &Thread, v: Value) -> Res<buffer::Buffer> {
    buffer::bytes_like(th, v)
}
