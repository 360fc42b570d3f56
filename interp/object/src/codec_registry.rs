//! The codec registry: search functions, found codecs, error handlers (`codecs.register`, ...).
//!
//! It is filled on first use by importing `encodings`, whose search function finds the
//! codecs of the standard library.

use crate::call;
use crate::class::type_name;
use crate::codec_errors;
use crate::dict::{self, Dict};
use crate::interp::InterpSlot;
use crate::kind::Kind;
use crate::list::{self, List};
use crate::names::Name;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytearray, bytes, protocol};

static SEARCH: InterpSlot = InterpSlot::new();
static FOUND: InterpSlot = InterpSlot::new();
static HANDLERS: InterpSlot = InterpSlot::new();

/// The search functions. The first call imports `encodings`, which registers its own.
fn search_path(th: &Thread) -> Res<List> {
    if let Some(l) = SEARCH.get(th) {
        return Ok(List::of(l));
    }
    let l = list::new(th);
    SEARCH.set(th, l.value());
    let import =
        Dict::from_value(th.interp.builtins.get()).and_then(|d| d.get_name(th, th.name(Name::__import__)));
    if let Some(import) = import {
        let name = th.interp.interned.intern_text(th, "encodings");
        if let Err(r) = call::call(th, import, &[name]) {
            SEARCH.set(th, Value::UNBOUND);
            return Err(r);
        }
    }
    Ok(l)
}

fn found(th: &Thread) -> Res<Dict> {
    FOUND.get_or(th, |th| Ok(dict::new(th).value())).map(Dict::of)
}

fn handlers(th: &Thread) -> Res<Dict> {
    let d = HANDLERS.get_or(th, |th| {
        let d = dict::new(th);
        codec_errors::each_builtin(th, &mut |name, f| {
            d.set_text(th, name, f);
            Ok(())
        })?;
        Ok(d.value())
    })?;
    Ok(Dict::of(d))
}

fn callable_arg(th: &Thread, f: Value, text: &str) -> Res<()> {
    if call::is_callable(th, f) { Ok(()) } else { Err(th.type_error(text)) }
}

/// `codecs.register(f)`.
///
/// # Errors
/// TypeError "argument must be callable".
pub fn register(th: &Thread, f: Value) -> Res<()> {
    callable_arg(th, f, "argument must be callable")?;
    search_path(th)?.push(th, f)
}

/// `codecs.unregister(f)`; forgets what was found so far.
pub fn unregister(th: &Thread, f: Value) -> Res<()> {
    let Some(l) = SEARCH.get(th) else { return Ok(()) };
    let l = List::of(l);
    if let Some(i) = l.as_slice().iter().position(|&v| v == f) {
        found(th)?.clear(th)?;
        l.splice(th, i, i + 1, &[])?;
    }
    Ok(())
}

/// `codecs.register_error(name, f)`.
///
/// # Errors
/// TypeError "handler must be callable".
pub fn register_error(th: &Thread, name: &str, f: Value) -> Res<()> {
    callable_arg(th, f, "handler must be callable")?;
    handlers(th)?.set_text(th, name, f);
    Ok(())
}

/// `codecs.lookup_error(name)`.
///
/// # Errors
/// LookupError "unknown error handler name 'NAME'".
pub fn lookup_error(th: &Thread, name: &str) -> Res {
    match handlers(th)?.get_text(th, name) {
        Some(f) => Ok(f),
        None => Err(th.raise_new(TypeId::LookupError, format!("unknown error handler name '{name}'"))),
    }
}

/// The name as search functions get it: lower case, runs of other characters than letters, digits and dots as one `_`.
fn normalized(name: &str) -> String {
    let (mut out, mut gap) = (String::with_capacity(name.len()), false);
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || b == b'.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(b.to_ascii_lowercase() as char);
        } else {
            gap = true;
        }
    }
    out
}

/// `codecs.lookup(name)`: the codec's tuple (encode, decode, stream reader, stream writer).
///
/// # Errors
/// LookupError "unknown encoding: NAME"; what a search function raises.
pub fn lookup(th: &Thread, encoding: &str) -> Res<Tuple> {
    let path = search_path(th)?;
    let key = th.interp.interned.intern_text(th, &normalized(encoding));
    if let Some(t) = found(th)?.get_name(th, key) {
        return Ok(Tuple::of(t));
    }
    if path.is_empty() {
        return Err(
            th.raise_new(TypeId::LookupError, "no codec search functions registered: can't find encoding")
        );
    }
    let mut i = 0;
    while let Some(f) = path.get(i) {
        i += 1;
        let r = call::call(th, f, &[key])?;
        if r.is_none() {
            continue;
        }
        let Some(t) = Tuple::from_value(r).filter(|t| t.len() == 4) else {
            return Err(th.type_error("codec search functions must return 4-tuples"));
        };
        found(th)?.set_name(th, key, r);
        return Ok(t);
    }
    Err(th.raise_new(TypeId::LookupError, format!("unknown encoding: {encoding}")))
}

/// The codec of an encoding that is between text and bytes.
fn lookup_text(th: &Thread, encoding: &str, instead: &str) -> Res<Tuple> {
    let codec = lookup(th, encoding)?;
    if !codec.value().has_shape(TypeId::Tuple as u32)
        && let Some(flag) =
            crate::attr::get_opt(th, codec.value(), th.interp.interned.intern_text(th, "_is_text_encoding"))?
        && !protocol::truth(th, flag)?
    {
        return Err(th.raise_new(
            TypeId::LookupError,
            format!("'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs"),
        ));
    }
    Ok(codec)
}

/// Calls an encoder or decoder and takes its result apart.
fn run(th: &Thread, f: Value, object: Value, encoding: &str, errors: Option<&str>, encoding_it: bool) -> Res {
    let args = [object, errors.map_or(Value::MISSING, |e| string::new(th, e))];
    let r = call::call(th, f, &args[..1 + usize::from(errors.is_some())]);
    let r = match r {
        Ok(r) => r,
        Err(r) => {
            let what = if encoding_it { "encoding" } else { "decoding" };
            return Err(with_note(th, r, &format!("{what} with '{encoding}' codec failed")));
        }
    };
    match Tuple::from_value(r).filter(|t| t.len() == 2) {
        Some(t) => Ok(t.get(0)),
        None if encoding_it => Err(th.type_error("encoder must return a tuple (object, integer)")),
        None => Err(th.type_error("decoder must return a tuple (object,integer)")),
    }
}

/// Adds a note to the pending exception.
fn with_note(th: &Thread, r: Raised, note: &str) -> Raised {
    let Some(e) = th.pending() else { return r };
    th.clear_pending();
    let note = string::new(th, note);
    if call::call_method_text(th, e, "add_note", &[note]).is_err() {
        th.clear_pending();
    }
    th.raise(e)
}

/// `codecs.encode(object, encoding, errors)`: any object, any codec.
///
/// # Errors
/// LookupError; what the codec raises.
pub fn encode(th: &Thread, object: Value, encoding: &str, errors: Option<&str>) -> Res {
    let f = lookup(th, encoding)?.get(0);
    run(th, f, object, encoding, errors, true)
}

/// `codecs.decode(object, encoding, errors)`: any object, any codec.
///
/// # Errors
/// LookupError; what the codec raises.
pub fn decode(th: &Thread, object: Value, encoding: &str, errors: Option<&str>) -> Res {
    let f = lookup(th, encoding)?.get(1);
    run(th, f, object, encoding, errors, false)
}

/// `str.encode` by the registry.
pub(crate) fn encode_text(th: &Thread, object: Value, encoding: &str, errors: Option<&str>) -> Res {
    let f = lookup_text(th, encoding, "codecs.encode()")?.get(0);
    let r = run(th, f, object, encoding, errors, true)?;
    if r.is_kind(Kind::Bytes) {
        return Ok(r);
    }
    if let Some(b) = bytearray::get(r) {
        let text = format!(
            "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
        );
        (th.interp.hooks().warn)(th, TypeId::RuntimeWarning, &text, 1)?;
        return bytes::from_slice(th, b.as_slice());
    }
    Err(th.type_error(format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        type_name(th, r)
    )))
}

/// `bytes.decode` by the registry; the object is a memoryview.
pub(crate) fn decode_text(th: &Thread, object: Value, encoding: &str, errors: Option<&str>) -> Res {
    let f = lookup_text(th, encoding, "codecs.decode()")?.get(1);
    let r = run(th, f, object, encoding, errors, false)?;
    if let Some(s) = Str::from_value(r) {
        return crate::str_build::exact(th, s);
    }
    Err(th.type_error(format!(
        "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        type_name(th, r)
    )))
}

/// The text as a tuple's member, for codecs implemented natively: `(object, consumed)`.
pub fn result(th: &Thread, object: Value, consumed: usize) -> Res {
    tuple::from_slice(th, &[object, Value::small(consumed as i64)])
}
