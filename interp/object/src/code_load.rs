//! Code objects from images: a few numbers and names at first, the rest when it is needed.

use crate::code::{self, Code, CodeData};
use crate::storage::{Slots, ValueVec};
use crate::string::Str;
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, float, int, set, string, tuple};
use krait_bytecode::image::{ConstRef, Consts, Image, Record};
use krait_bytecode::{Instr, Op};
use std::cell::OnceCell;
use std::sync::Arc;

/// The code object of an image's outermost block. `filename` is used instead of the one in the image.
///
/// # Errors
/// ValueError when the image makes no sense.
pub fn from_image(th: &Thread, image: &Arc<Image>, filename: Option<Value>) -> Res<Code> {
    let Some(r) = image.record(image.root()) else { return Err(damaged(th)) };
    let filename = match filename {
        Some(v) => v,
        None => string::from_wtf8(th, r.filename().unwrap_or_default())?,
    };
    stub(th, image, image.root(), string::intern(th, Str::of(filename)))
}

fn damaged(th: &Thread) -> crate::thread::Raised {
    th.value_error("damaged code object")
}

/// A code object that is not loaded.
fn stub(th: &Thread, image: &Arc<Image>, at: u32, around: Value) -> Res<Code> {
    let Some(r) = image.record(at) else { return Err(damaged(th)) };
    let (Some(name), Some(qualname)) = (r.name(), r.qualname()) else { return Err(damaged(th)) };
    let name = th.interp.interned.intern_text(th, name);
    let qualname = th.interp.interned.intern_text(th, qualname);
    let filename = match r.filename() {
        Some(f) if at != image.root() => string::intern(th, Str::of(string::from_wtf8(th, f)?)),
        _ => around,
    };
    let c = code::allocate(th);
    for (slot, v) in [(&c.name, name), (&c.qualname, qualname), (&c.filename, filename)] {
        slot.set(th, c.cell(), v);
    }
    c.register_count.set(r.register_count());
    c.arg_count.set(r.arg_count());
    c.posonly_count.set(r.posonly_count());
    c.kwonly_count.set(r.kwonly_count());
    c.flags.set(r.flags());
    c.local_count.set(r.local_count());
    c.first_line.set(r.first_line());
    c.update_simple();
    c.set_image(image, at);
    Ok(c)
}

/// Loads code that is about to run.
///
/// # Errors
/// SystemError when the image makes no sense, MemoryError.
pub fn load(th: &Thread, c: Code) -> Res<()> {
    let image = c.image();
    let loaded = match image.record(c.record_place()) {
        Some(r) => parts(th, c, &image, &r)?,
        None => None,
    };
    match loaded {
        Some(()) => Ok(()),
        None => Err(th.raise_new(TypeId::SystemError, "damaged code object")),
    }
}

/// Loads code that is looked at. What cannot be loaded has no content, and cannot be run either.
#[cold]
#[inline(never)]
pub fn load_anyhow(c: Code) {
    let th = Thread::current();
    let pending = th.pending().map(|_| th.take_pending());
    if load(th, c).is_err() {
        th.clear_pending();
        let empty = th.interp.empty_tuple.get();
        c.set_names(th, [empty; 4]);
        c.set_data(CodeData {
            code: [Instr::new(Op::LOAD_CODE, 0, 0, 0).0].into(),
            positions: OnceCell::new(),
            exceptions: Vec::new(),
            liveness: Vec::new(),
            gaps: Vec::new(),
            cell_registers: Vec::new(),
            has_docstring: false,
        });
    }
    if let Some(e) = pending {
        th.raise(e);
    }
}

/// Makes the parts and installs them; None when the record makes no sense.
fn parts(th: &Thread, c: Code, image: &Arc<Image>, r: &Record<'_>) -> Res<Option<()>> {
    let n = r.const_count();
    // Each constant takes a byte at least.
    if n > image.blob().len() {
        return Ok(None);
    }
    let consts = Slots::new(th, n.max(1))?;
    let mut reader = r.consts();
    for i in 0..n {
        let Some(v) = constant(th, c, image, &mut reader, 0)? else { return Ok(None) };
        consts.set(th, i, v);
    }
    let (Some(words), Some(cells), Some(exceptions), Some(liveness)) =
        (r.words(), r.cells(), r.exceptions(), r.liveness())
    else {
        return Ok(None);
    };
    let varnames: Option<Vec<&str>> = r.varnames().collect();
    let Some(varnames) = varnames else { return Ok(None) };
    let cellvars = cells.iter().map(|&i| varnames.get(i as usize).copied());
    let (Some(freevars), Some(cellvars), Some(names)) =
        (name_tuple(th, r.freevars())?, name_tuple(th, cellvars)?, name_tuple(th, r.names())?)
    else {
        return Ok(None);
    };
    let Some(varnames) = name_tuple(th, varnames.iter().map(|n| Some(*n)))? else { return Ok(None) };
    if c.is_loaded() {
        return Ok(Some(()));
    }
    c.set_names(th, [varnames, freevars, cellvars, names]);
    c.set_consts(th, consts);
    c.set_data(CodeData {
        code: words.into(),
        positions: OnceCell::new(),
        exceptions,
        liveness,
        gaps: r.gaps(),
        cell_registers: cells,
        has_docstring: r.has_docstring(),
    });
    Ok(Some(()))
}

/// A tuple of interned names.
fn name_tuple<'a>(th: &Thread, names: impl ExactSizeIterator<Item = Option<&'a str>>) -> Res<Option<Value>> {
    if names.len() == 0 {
        return Ok(Some(th.interp.empty_tuple.get()));
    }
    let mut v = ValueVec::with_capacity(th, names.len())?;
    for n in names {
        let Some(n) = n else { return Ok(None) };
        v.push(th, th.interp.interned.intern_text(th, n))?;
    }
    Ok(Some(tuple::from_vec(th, &v)?))
}

/// The next constant; None when it makes no sense.
fn constant(
    th: &Thread,
    c: Code,
    image: &Arc<Image>,
    reader: &mut Consts<'_>,
    depth: usize,
) -> Res<Option<Value>> {
    /// Deeper nesting of tuples than any compiler output has.
    const DEEPEST: usize = 200;
    let Some(next) = reader.next() else { return Ok(None) };
    let mut items = |n: usize| -> Res<Option<ValueVec>> {
        let mut v = ValueVec::with_capacity(th, n)?;
        for _ in 0..n {
            let item = if depth < DEEPEST { constant(th, c, image, reader, depth + 1)? } else { None };
            let Some(item) = item else { return Ok(None) };
            v.push(th, item)?;
        }
        Ok(Some(v))
    };
    Ok(Some(match next {
        ConstRef::None => Value::none(),
        ConstRef::True => Value::true_(),
        ConstRef::False => Value::false_(),
        ConstRef::Ellipsis => Value::ellipsis(),
        ConstRef::Int(n) => int::from_i64(th, n),
        ConstRef::BigInt(neg, limbs) => int::from_ref(th, krait_number::int::IntRef::new(neg, &limbs))?,
        ConstRef::Float(x) => float::new(th, x),
        ConstRef::Complex(re, im) => float::new_complex(th, re, im),
        // Text that could be a name is interned, as CPython does it: attribute names in dicts are the same objects.
        ConstRef::Str(s) if s.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_') => {
            th.interp.interned.intern_text(th, std::str::from_utf8(s).unwrap_or_default())
        }
        ConstRef::Str(s) => string::from_wtf8(th, s)?,
        ConstRef::Name(s) => match std::str::from_utf8(s) {
            Ok(s) => th.interp.interned.intern_text(th, s),
            Err(_) => string::intern(th, Str::of(string::from_wtf8(th, s)?)),
        },
        ConstRef::Bytes(b) => bytes::from_slice(th, b)?,
        ConstRef::Tuple(0) => th.interp.empty_tuple.get(),
        ConstRef::Tuple(n) => match items(n)? {
            Some(v) => tuple::from_vec(th, &v)?,
            None => return Ok(None),
        },
        ConstRef::FrozenSet(n) => {
            let Some(items) = items(n)? else { return Ok(None) };
            let d = crate::dict::new(th);
            for v in items.iter() {
                d.set(th, v, Value::none())?;
            }
            set::new_frozen(th, d)
        }
        ConstRef::Code(at) => stub(th, image, at, c.filename.get())?.value(),
    }))
}
