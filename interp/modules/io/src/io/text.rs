//! The state of `_io.TextIOWrapper`: construction, its codec, and changing both later.
//!
//! What was decoded and not read yet is `decoded[used..]`. While the position may be asked
//! for (`telling`), `snapshot` remembers the decoder's flags and the input since the last
//! point where it was clean, from which `tell` rebuilds the position. Encoded text
//! gathers in `pending` until it is a chunk.

use super::base::closed_error;
use super::buffered::{Buf, Buffered};
use super::codec::{self, Partial, Way};
use super::newline::{self, Newlines};
use super::{Name, ask, call0, call1, is_closed};
use crate::support::args;
use krait_gc::Tracer;
use krait_object::bytearray::{self, ByteArray};
use krait_object::bytes;
use krait_object::cellref::Slot;
use krait_object::custom::{Custom, Payload};
use krait_object::tuple;
use krait_object::{Raised, Res, Str, Thread, Value, attr, call, int, string};
use std::cell::Cell;

/// How lines end, by the `newline` argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// None: read any, give `\n`; write the system's, which is `\n` too.
    Translate,
    /// "": read any, give them as they are.
    Universal,
    Lf,
    Cr,
    CrLf,
}

impl Mode {
    pub fn of(s: Option<Str>) -> Mode {
        match s {
            None => Mode::Translate,
            Some(s) if s.is_empty() => Mode::Universal,
            Some(s) if s.is("\r") => Mode::Cr,
            Some(s) if s.is("\r\n") => Mode::CrLf,
            Some(_) => Mode::Lf,
        }
    }

    pub fn is_universal(self) -> bool {
        matches!(self, Mode::Translate | Mode::Universal)
    }

    /// What is written for `\n`, when it is something else.
    pub fn written(self) -> Option<&'static str> {
        match self {
            Mode::Cr => Some("\r"),
            Mode::CrLf => Some("\r\n"),
            _ => None,
        }
    }
}

pub struct TextIo {
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub chunk_size: Cell<usize>,
    pub buffer: Slot,
    /// The buffer is exactly one of the native classes.
    pub direct: Cell<bool>,
    pub encoding: Slot,
    pub errors: Slot,
    pub way: Cell<Way>,
    pub can_read: Cell<bool>,
    pub can_write: Cell<bool>,
    /// The registry's objects, with `Way::Registry`; else `UNBOUND`.
    pub encoder: Slot,
    pub decoder: Slot,
    pub partial: Cell<Partial>,
    pub mode: Cell<Mode>,
    pub newlines: Newlines,
    pub line_buffering: Cell<bool>,
    pub write_through: Cell<bool>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    pub has_read1: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// Text, or `UNBOUND`.
    pub decoded: Slot,
    pub used: Cell<usize>,
    /// A bytearray, or `UNBOUND`.
    pub pending: Slot,
    /// The input of the snapshot (bytes), or `UNBOUND`.
    pub snapshot: Slot,
    pub snapshot_flags: Cell<u64>,
    /// Bytes per character of the last chunk.
    pub ratio: Cell<f64>,
}

impl Payload for TextIo {
    const NAME: &'static str = "TextIOWrapper";
    fn trace(&self, t: &mut Tracer) {
        for s in [
            &self.buffer,
            &self.encoding,
            &self.errors,
            &self.encoder,
            &self.decoder,
            &self.decoded,
            &self.pending,
            &self.snapshot,
        ] {
            s.trace(t);
        }
    }
}

pub type This = Custom<TextIo>;

impl TextIo {
    pub fn new() -> TextIo {
        let unbound = || Slot::new(Value::UNBOUND);
        TextIo {
            ok: Cell::new(false),
            detached: Cell::new(false),
            chunk_size: Cell::new(8192),
            buffer: unbound(),
            direct: Cell::new(false),
            encoding: unbound(),
            errors: unbound(),
            way: Cell::new(Way::Utf8),
            can_read: Cell::new(false),
            can_write: Cell::new(false),
            encoder: unbound(),
            decoder: unbound(),
            partial: Cell::default(),
            mode: Cell::new(Mode::Translate),
            newlines: Newlines::default(),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            seekable: Cell::new(false),
            telling: Cell::new(false),
            has_read1: Cell::new(false),
            finalizing: Cell::new(false),
            decoded: unbound(),
            used: Cell::new(0),
            pending: unbound(),
            snapshot: unbound(),
            snapshot_flags: Cell::new(0),
            ratio: Cell::new(0.0),
        }
    }

    /// The native buffer below, when it may be called directly.
    #[inline]
    pub fn native_buffer(&self) -> Option<Custom<Buffered>> {
        if self.direct.get() { Buf::from_value(self.buffer.get()) } else { None }
    }
}

#[cold]
fn not_usable(th: &Thread, t: This) -> Raised {
    th.value_error(if t.detached.get() {
        "underlying buffer has been detached"
    } else {
        "I/O operation on uninitialized object"
    })
}

/// Raises unless the stream is initialized and has its buffer.
#[inline]
pub fn check_attached(th: &Thread, t: This) -> Result<(), Raised> {
    if t.ok.get() { Ok(()) } else { Err(not_usable(th, t)) }
}

/// Is the buffer below closed?
#[inline]
pub fn closed(th: &Thread, t: This) -> Res<bool> {
    check_attached(th, t)?;
    match t.native_buffer() {
        Some(b) => super::buffered::closed(th, b),
        None => is_closed(th, t.buffer.get()),
    }
}

/// Raises unless the stream is open.
#[inline]
pub fn check_open(th: &Thread, t: This, object: Value) -> Result<(), Raised> {
    check_attached(th, t)?;
    let is = if super::text_methods::is_exact(th, object) { closed(th, t)? } else { is_closed(th, object)? };
    if is { Err(closed_error(th)) } else { Ok(()) }
}

/// The arguments of `__init__`: buffer, encoding, errors, newline, line_buffering, write_through.
pub fn init(th: &Thread, t: This, a: &[Value]) -> Result<(), Raised> {
    t.ok.set(false);
    t.detached.set(false);
    let what = |n| format!("TextIOWrapper() argument '{n}'");
    let encoding = args::opt_text(th, a[1], &what("encoding"))?;
    let errors_given = a[2].given_not_none();
    let newline = args::opt_text(th, a[3], &what("newline"))?;
    let line_buffering = args::flag(th, a[4], false)?;
    let write_through = args::flag(th, a[5], false)?;
    let errors = match errors_given {
        None => string::new(th, "strict"),
        Some(v) => {
            let text = format!("{} must be str or None, not {}", what("errors"), args::shown_type(th, v));
            let Some(s) = Str::from_value(v) else { return Err(th.type_error(text)) };
            if s.chars().iter().any(|c| c == 0) {
                return Err(th.value_error("embedded null character"));
            }
            v
        }
    };
    if let Some(s) = Str::from_value(errors) {
        let name = krait_object::codec::utf8(th, s)?;
        krait_object::codec::check_names(th, None, Some(&name))?;
    }
    newline::check_argument(th, newline, false)?;
    if encoding.is_none() {
        crate::support::warn::default_encoding(th, 1)?;
    }
    let encoding = match encoding {
        Some(s) if !s.is("locale") => s.value(),
        _ => string::new(th, &codec::locale_encoding(th)),
    };
    let cell = t.cell();
    t.encoding.set(th, cell, encoding);
    t.errors.set(th, cell, errors);
    for s in [&t.encoder, &t.decoder, &t.decoded, &t.snapshot, &t.pending] {
        s.set(th, cell, Value::UNBOUND);
    }
    t.used.set(0);
    t.snapshot_flags.set(0);
    t.partial.set(Partial::default());
    t.ratio.set(0.0);
    t.chunk_size.set(8192);
    set_mode(t, Mode::of(newline));
    let name = Str::of(encoding).to_text();
    if name.contains('\0') {
        return Err(th.value_error("embedded null character"));
    }
    let way = Way::of(&name);
    let info =
        if way == Way::Registry { Some(codec::lookup_text(th, &name, "codecs.open()")?) } else { None };
    t.way.set(way);
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    t.buffer.set(th, cell, a[0]);
    t.direct.set(super::buffered_classes::is_native(th, a[0]));
    set_codec(th, t, info)?;
    let seekable = ask(th, a[0], Name::seekable)?;
    t.seekable.set(seekable);
    t.telling.set(seekable);
    t.has_read1.set(t.direct.get() || attr::get_opt(th, a[0], th.name(Name::read1))?.is_some());
    fix_encoder(th, t)?;
    super::adopt(th, a[0]);
    t.ok.set(true);
    Ok(())
}

pub fn set_mode(t: This, mode: Mode) {
    t.mode.set(mode);
    t.newlines.reset();
    t.newlines.translate.set(mode == Mode::Translate);
}

/// Makes encoder and decoder, as far as the buffer can be written and read.
fn set_codec(th: &Thread, t: This, info: Option<Value>) -> Result<(), Raised> {
    let buffer = t.buffer.get();
    t.partial.set(Partial::default());
    let readable = ask(th, buffer, Name::readable)?;
    t.can_read.set(readable);
    if readable && let Some(info) = info {
        let d = codec::incremental(th, info, Name::incrementaldecoder, t.errors.get())?;
        t.decoder.set(th, t.cell(), d);
    }
    let writable = ask(th, buffer, Name::writable)?;
    t.can_write.set(writable);
    if writable && let Some(info) = info {
        let e = codec::incremental(th, info, Name::incrementalencoder, t.errors.get())?;
        t.encoder.set(th, t.cell(), e);
    }
    Ok(())
}

/// In the middle of a file an encoder must not write a byte order mark.
fn fix_encoder(th: &Thread, t: This) -> Result<(), Raised> {
    if !t.seekable.get() || t.encoder.get() == Value::UNBOUND {
        return Ok(());
    }
    let at = call0(th, t.buffer.get(), Name::tell)?;
    if !krait_object::protocol::equal(th, at, Value::ZERO)? {
        reset_encoder(th, t, false)?;
    }
    Ok(())
}

/// Puts the encoder at the start of a stream, or behind it.
pub fn reset_encoder(th: &Thread, t: This, at_start: bool) -> Result<(), Raised> {
    let e = t.encoder.get();
    if e == Value::UNBOUND {
        return Ok(());
    }
    if at_start {
        call0(th, e, Name::reset)?
    } else {
        call1(th, e, Name::setstate, Value::ZERO)?
    };
    Ok(())
}

/// Forgets what was decoded ahead.
pub fn drop_decoded(th: &Thread, t: This) {
    if t.decoded.get() != Value::UNBOUND {
        t.decoded.set(th, t.cell(), Value::UNBOUND);
    }
    t.used.set(0);
}

pub fn drop_snapshot(th: &Thread, t: This) {
    if t.snapshot.get() != Value::UNBOUND {
        t.snapshot.set(th, t.cell(), Value::UNBOUND);
    }
}

/// Decodes more input.
pub fn decode(th: &Thread, t: This, input: Value, last: bool) -> Res<Str> {
    let text = if t.way.get() == Way::Registry {
        let args = [input, Value::bool(last)];
        let out = call::call_method(th, t.decoder.get(), th.name(Name::decode), &args)?;
        newline::expect_text(th, out)?
    } else {
        match bytes::get(input) {
            Some(b) => codec::decode(th, t.way.get(), &t.partial, b, t.errors.get(), last)?,
            None => {
                let view = crate::support::bytesarg::readable(th, input)?;
                codec::decode(th, t.way.get(), &t.partial, view.as_slice(), t.errors.get(), last)?
            }
        }
    };
    if t.mode.get().is_universal() { t.newlines.apply(th, text, last) } else { Ok(text) }
}

/// The decoder's state: undecoded input and flags, line end translation included.
pub fn decoder_state(th: &Thread, t: This) -> Res<(Value, u64)> {
    let (buffer, flags) = if t.way.get() == Way::Registry {
        let s = call0(th, t.decoder.get(), Name::getstate)?;
        let (buffer, flags) = newline::parse_state(th, s, "illegal decoder state")?;
        if bytes::get(buffer).is_none() {
            return Err(th.type_error(format!(
                "illegal decoder state: the first item should be a bytes object, not '{}'",
                krait_object::class::type_name(th, buffer)
            )));
        }
        (buffer, flags)
    } else {
        (bytes::from_slice(th, t.partial.get().as_slice())?, 0)
    };
    if t.mode.get().is_universal() {
        Ok((buffer, flags << 1 | u64::from(t.newlines.pending_cr.get())))
    } else {
        Ok((buffer, flags))
    }
}

/// Restores a state of the decoder.
pub fn set_decoder_state(th: &Thread, t: This, buffer: Value, flags: u64) -> Result<(), Raised> {
    let mut flags = flags;
    if t.mode.get().is_universal() {
        t.newlines.pending_cr.set(flags & 1 != 0);
        flags >>= 1;
    }
    if t.way.get() == Way::Registry {
        let s = tuple::from_slice(th, &[buffer, int::from_u64(th, flags)])?;
        call1(th, t.decoder.get(), Name::setstate, s)?;
    } else {
        t.partial.set(bytes::get(buffer).and_then(Partial::of).unwrap_or_default());
    }
    Ok(())
}

/// Puts the decoder at the start of a stream.
pub fn reset_decoder(th: &Thread, t: This) -> Result<(), Raised> {
    if !t.can_read.get() {
        return Ok(());
    }
    if t.mode.get().is_universal() {
        t.newlines.reset();
    }
    t.partial.set(Partial::default());
    if t.decoder.get() != Value::UNBOUND {
        call0(th, t.decoder.get(), Name::reset)?;
    }
    Ok(())
}

/// The array that encoded text gathers in.
pub fn pending(th: &Thread, t: This) -> Res<ByteArray> {
    if let Some(b) = bytearray::get(t.pending.get()) {
        return Ok(b);
    }
    let b = bytearray::zeroed(th, t.chunk_size.get().saturating_add(64))?;
    b.reset();
    t.pending.set(th, t.cell(), b.value());
    Ok(b)
}

/// `reconfigure(encoding, errors, newline, line_buffering, write_through)`.
pub fn reconfigure(th: &Thread, a: &[Value]) -> Res {
    let t = This::of(a[0]);
    check_attached(th, t)?;
    let what = |n| format!("reconfigure() argument '{n}'");
    let encoding = args::opt_text(th, a[1], &what("encoding"))?;
    let errors = args::opt_text(th, a[2], &what("errors"))?;
    let newline_given = a[3].given().is_some();
    let newline = args::opt_text(th, a[3], &what("newline"))?;
    if t.decoded.get() != Value::UNBOUND && (encoding.is_some() || errors.is_some() || newline_given) {
        return Err(super::unsupported(
            th,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    if newline_given {
        newline::check_argument(th, newline, false)?;
    }
    let flag = |v: Value, now: bool| -> Res<bool> {
        match v.given_not_none() {
            None => Ok(now),
            Some(v) => Ok(args::c_long(th, v)? != 0),
        }
    };
    let line_buffering = flag(a[4], t.line_buffering.get())?;
    let write_through = flag(a[5], t.write_through.get())?;
    call0(th, a[0], Name::flush)?;
    t.ratio.set(0.0);
    if newline_given {
        set_mode(t, Mode::of(newline));
    }
    if encoding.is_some() || errors.is_some() || newline_given {
        change_codec(th, t, encoding, errors)?;
    }
    t.line_buffering.set(line_buffering);
    t.write_through.set(write_through);
    Ok(Value::none())
}

fn change_codec(th: &Thread, t: This, encoding: Option<Str>, errors: Option<Str>) -> Result<(), Raised> {
    let errors = match (errors, encoding) {
        (Some(e), _) => e.value(),
        (None, Some(_)) => string::new(th, "strict"),
        (None, None) => t.errors.get(),
    };
    let encoding = match encoding {
        None => t.encoding.get(),
        Some(s) if s.is("locale") => string::new(th, &codec::locale_encoding(th)),
        Some(s) => s.value(),
    };
    let name = Str::of(encoding).to_text();
    let way = Way::of(&name);
    let info =
        if way == Way::Registry { Some(codec::lookup_text(th, &name, "codecs.open()")?) } else { None };
    let cell = t.cell();
    t.encoding.set(th, cell, encoding);
    t.errors.set(th, cell, errors);
    t.encoder.set(th, cell, Value::UNBOUND);
    t.decoder.set(th, cell, Value::UNBOUND);
    t.way.set(way);
    set_codec(th, t, info)?;
    fix_encoder(th, t)
}
