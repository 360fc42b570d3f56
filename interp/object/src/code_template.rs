//! From a code object back to a template: what `marshal` and the code cache write.
//!
//! The reverse of `code::new`. Quick forms and caches are left behind: the instructions are
//! those the compiler made. Most code objects are what their image says, and are not loaded for this.

use crate::code::Code;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::string::Str;
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, float, int, set};
use krait_bytecode::{CodeTemplate, Const, serialize};

fn wtf8(s: Str) -> Box<[u8]> {
    let mut out = Vec::new();
    krait_text::wtf8::encode(s.chars(), &mut out);
    out.into()
}

fn text(v: Value) -> Box<str> {
    Str::from_value(v).map(Str::to_text).unwrap_or_default().into()
}

/// The template of a code object; None when it has constants that no compiler makes.
pub fn to_template(c: Code) -> Option<CodeTemplate> {
    let mut t = c.image().template(c.record_place())?;
    if c.changed.get() {
        t.consts =
            (0..c.const_count()).map(|i| constant(c.constant(i), 0)).collect::<Option<Vec<Const>>>()?;
        t.name = text(c.name.get());
        t.qualname = text(c.qualname.get());
        t.first_line = c.first_line.get();
        t.flags = c.flags.get();
        t.arg_count = c.arg_count.get();
        t.posonly_count = c.posonly_count.get();
        t.kwonly_count = c.kwonly_count.get();
        t.filename = wtf8(Str::of(c.filename.get()));
    } else {
        let before = std::mem::take(&mut t.filename);
        rename(&mut t, &before, &wtf8(Str::of(c.filename.get())));
    }
    Some(t)
}

/// Blocks of the same file as the outermost go with it.
fn rename(t: &mut CodeTemplate, before: &[u8], now: &[u8]) {
    t.filename = now.into();
    for c in &mut t.consts {
        if let Const::Code(inner) = c
            && *inner.filename == *before
        {
            rename(inner, before, now);
        }
    }
}

/// The blob of a code object; None when it has constants that no compiler makes.
pub fn to_blob(c: Code) -> Option<Vec<u8>> {
    let image = c.image();
    let whole = !c.changed.get() && c.record_place() == image.root();
    let filename = image.record(image.root())?.filename()?;
    if whole && *filename == *wtf8(Str::of(c.filename.get())) {
        return Some(image.blob().to_vec());
    }
    serialize::write(&to_template(c)?)
}

fn constant(v: Value, depth: usize) -> Option<Const> {
    if depth > 100 {
        return None;
    }
    if v.is_small_int() || v.has_shape(fixed::INT) {
        return Some(match int::to_i64(v) {
            Some(n) => Const::Int(n),
            None => int::with_ref(v, |r| Const::BigInt(r.neg, r.limbs.into())),
        });
    }
    if float::is_exact(v) {
        return float::get(v).map(Const::Float);
    }
    let items = |items: &mut dyn Iterator<Item = Value>| -> Option<Vec<Const>> {
        items.map(|i| constant(i, depth + 1)).collect()
    };
    Some(match v.kind() {
        Kind::None => Const::None,
        Kind::Ellipsis => Const::Ellipsis,
        Kind::Bool if v.is_true() => Const::True,
        Kind::Bool => Const::False,
        Kind::Str if v.has_shape(fixed::STR) => {
            let s = Str::of(v);
            if s.is_interned() { Const::Name(wtf8(s)) } else { Const::Str(wtf8(s)) }
        }
        Kind::Complex if v.has_shape(fixed::COMPLEX) => {
            let z = float::Complex::of(v);
            Const::Complex(z.real.get(), z.imag.get())
        }
        Kind::Bytes if v.has_shape(TypeId::Bytes as u32) => Const::Bytes(bytes::get(v)?.into()),
        Kind::Tuple if v.has_shape(fixed::TUPLE) => {
            Const::Tuple(items(&mut Tuple::of(v).as_slice().iter().copied())?)
        }
        Kind::FrozenSet if v.has_shape(TypeId::FrozenSet as u32) => {
            let d = set::items(v)?;
            let th = crate::thread::Thread::current();
            let mut at = 0;
            Const::FrozenSet(items(&mut std::iter::from_fn(|| d.next(th, &mut at).map(|e| e.0)))?)
        }
        Kind::Code => Const::Code(Box::new(to_template(Code::of(v))?)),
        _ => return None,
    })
}
