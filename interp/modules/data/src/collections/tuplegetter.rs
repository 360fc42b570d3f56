//! `_collections._tuplegetter`: the descriptor of a named tuple's field.

use crate::support::{payload, ssize};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, int, natives, protocol, string};
use std::cell::Cell;

struct Getter {
    index: Cell<isize>,
    doc: Slot,
}

payload!(Getter, "_tuplegetter", [doc]);

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = TUPLEGETTER.class_arg(th, a[0])?;
    let index = ssize(th, a[1])?;
    Ok(custom::alloc(th, class, Getter { index: Cell::new(index), doc: Slot::new(a[2]) })?.value())
}

fn get(th: &Thread, a: &[Value]) -> Res {
    let i = Custom::<Getter>::of(a[0]).index.get();
    if let Some(t) = Tuple::from_value(a[1]) {
        if i >= 0 && (i as usize) < t.len() {
            return Ok(t.get(i as usize));
        }
        return Err(th.index_error("tuple index out of range"));
    }
    if a[1].is_none() {
        return Ok(a[0]);
    }
    let got = type_name(th, a[1]);
    Err(th.type_error(format!(
        "descriptor for index '{i}' for tuple subclasses doesn't apply to '{got}' object"
    )))
}

fn set(th: &Thread, _: &[Value]) -> Res {
    Err(th.raise_new(TypeId::AttributeError, "can't set attribute"))
}

fn delete(th: &Thread, _: &[Value]) -> Res {
    Err(th.raise_new(TypeId::AttributeError, "can't delete attribute"))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let g = Custom::<Getter>::of(a[0]);
    crate::support::reduce(th, a[0], &[int::from_i64(th, g.index.get() as i64), g.doc.get()])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let g = Custom::<Getter>::of(a[0]);
    let doc = protocol::repr_text(th, g.doc.get())?;
    let name = Class::of_value(th, a[0]).name_text();
    string::try_new(th, &format!("{name}({}, {doc})", g.index.get()))
}

fn get_doc(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Getter>::of(v).doc.get())
}

fn set_doc(th: &Thread, v: Value, doc: Value) -> Result<(), Raised> {
    let g = Custom::<Getter>::of(v);
    g.doc.set(th, g.cell(), doc.given().unwrap_or(Value::none()));
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, index, doc, /)" new, "";
        method "__get__" "(instance, owner=None, /)" get, "";
        method "__set__" "(instance, value, /)" set, "";
        method "__delete__" "(instance, /)" delete, "";
        method "__reduce__" "()" reduce, "";
        method "__repr__" "()" repr, "";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::rw("__doc__", get_doc, set_doc, "").member()];

pub static TUPLEGETTER: NativeClass =
    NativeClass::new(ClassSpec::new("collections._tuplegetter", "", METHODS, GETSET).flags(0));
