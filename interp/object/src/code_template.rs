//! From a code object back to a template: what `marshal` and the code cache write.
//!
//! The reverse of `code::new`. Quick forms and caches are left behind: the instructions are
//! those the compiler made.

use crate::code::Code;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::string::Str;
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, float, int, set};
use krait_bytecode::{CodeTemplate, Const};

fn wtf8(s: Str) -> Box<[u8]> {
    let mut out = Vec::new();
    krait_text::wtf8::encode(s.chars(), &mut out);
    out.into()
}

fn text(v: Value) -> Box<str> {
    Str::from_value(v).map(Str::to_text).unwrap_or_default().into()
}

fn texts(v: Value) -> Vec<Box<str>> {
    Tuple::from_value(v).map_or(Vec::new(), |t| t.as_slice().iter().map(|&n| text(n)).collect())
}

/// The template of a code object; None when it has constants that no compiler makes.
pub fn to_template(c: Code) -> Option<CodeTemplate> {
    let data = c.data();
    let consts = (0..c.const_count()).map(|i| constant(c.constant(i), 0)).collect::<Option<Vec<Const>>>()?;
    Some(CodeTemplate {
        name: text(c.name.get()),
        qualname: text(c.qualname.get()),
        filename: wtf8(Str::of(c.filename.get())),
        first_line: c.first_line.get(),
        flags: c.flags.get(),
        arg_count: c.arg_count.get(),
        posonly_count: c.posonly_count.get(),
        kwonly_count: c.kwonly_count.get(),
        varnames: texts(c.varnames.get()),
        cell_registers: data.cell_registers.clone(),
        freevars: texts(c.freevars.get()),
        register_count: c.register_count.get(),
        consts,
        has_docstring: data.has_docstring,
        code: data.original.to_vec(),
        positions: data.positions.clone(),
        exceptions: data.exceptions.clone(),
        liveness: data.liveness.clone(),
        gaps: data.gaps.clone(),
        names: texts(c.names.get()),
    })
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
