//! `__build_class__`: what a `class` statement runs.

use krait_object::cellvar::CellVar;
use krait_object::class::{Class, type_name};
use krait_object::dict::{self, Dict};
use krait_object::function::Function;
use krait_object::string::Str;
use krait_object::tuple::{self, Tuple};
use krait_object::{Name, Res, Thread, TypeId, Value, ValueVec, attr, call, protocol, type_methods};

/// Bases with `__mro_entries__` replaced; the original tuple itself when there are none.
fn resolve_bases(th: &Thread, bases: Tuple) -> Res<Tuple> {
    let mut out = ValueVec::new();
    let mut changed = false;
    for &b in bases.as_slice() {
        if Class::from_value(b).is_none()
            && let Some(f) = attr::get_opt(th, b, th.name(Name::__mro_entries__))?
        {
            let r = call::call(th, f, &[bases.value()])?;
            let Some(t) = Tuple::from_value(r) else {
                return Err(th.type_error("__mro_entries__ must return a tuple"));
            };
            changed = true;
            for &x in t.as_slice() {
                out.push(th, x)?;
            }
            continue;
        }
        out.push(th, b)?;
    }
    if changed { Ok(Tuple::of(tuple::from_vec(th, &out)?)) } else { Ok(bases) }
}

/// Positional arguments followed by the items of a keyword dict, and the tuple of names.
fn with_keywords(th: &Thread, positional: &[Value], kw: Option<Dict>) -> Res<(ValueVec, Value)> {
    let mut args = ValueVec::new();
    for &v in positional {
        args.push(th, v)?;
    }
    let Some(kw) = kw.filter(|k| !k.is_empty()) else { return Ok((args, Value::MISSING)) };
    let mut names = ValueVec::new();
    let mut at = 0;
    while let Some((k, v)) = kw.next(th, &mut at) {
        names.push(th, k)?;
        args.push(th, v)?;
    }
    Ok((args, tuple::from_vec(th, &names)?))
}

pub fn build_class(th: &Thread, a: &[Value]) -> Res {
    let Some(func) = Function::from_value(a[0]) else {
        return Err(th.type_error("__build_class__: func must be a function"));
    };
    let name = a[1];
    if Str::from_value(name).is_none() {
        return Err(th.type_error("__build_class__: name is not a string"));
    }
    let original = Tuple::of(a[2]);
    let bases = resolve_bases(th, original)?;
    let kw = a[4].given().and_then(Dict::from_value);
    let (meta, is_class) = match a[3].given() {
        Some(m) => (m, Class::from_value(m).is_some()),
        None if bases.is_empty() => (th.interp.class_value(TypeId::Type), true),
        None => (Class::of_value(th, bases.get(0)).value(), true),
    };
    let meta = if is_class {
        type_methods::calculate_metaclass(th, Class::of(meta), bases.as_slice())?.value()
    } else {
        meta
    };
    let namespace = match attr::get_opt(th, meta, th.name(Name::__prepare__))? {
        None => dict::new(th).value(),
        Some(prepare) => {
            let (args, names) = with_keywords(th, &[name, bases.value()], kw)?;
            let ns = call::call_kw(th, prepare, args.as_slice(), names)?;
            let class = Class::of_value(th, ns);
            if Dict::from_value(ns).is_none() && class.special(th, Name::__getitem__).is_none() {
                let shown = match Class::from_value(meta) {
                    Some(m) => m.name_text(),
                    None => "<metaclass>".to_owned(),
                };
                return Err(th.type_error(format!(
                    "{shown}.__prepare__() must return a mapping, not {}",
                    type_name(th, ns)
                )));
            }
            ns
        }
    };
    let cell = krait_vm::run_class_body(th, func, namespace)?;
    if bases != original {
        protocol::setitem(th, namespace, th.name(Name::__orig_bases__), original.value())?;
    }
    let (args, names) = with_keywords(th, &[name, bases.value(), namespace], kw)?;
    let class = call::call_kw(th, meta, args.as_slice(), names)?;
    if let Some(c) = Class::from_value(class)
        && let Some(cell) = CellVar::from_value(cell)
    {
        let now = cell.value.get();
        if now == Value::UNBOUND {
            return Err(th.runtime_error(format!(
                "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                protocol::repr_text(th, name)?,
                protocol::repr_text(th, c.value())?
            )));
        }
        if now != class {
            return Err(th.type_error(format!(
                "__class__ set to {} defining {} as {}",
                protocol::repr_text(th, now)?,
                protocol::repr_text(th, name)?,
                protocol::repr_text(th, class)?
            )));
        }
    }
    Ok(class)
}
