//! The attributes of classes that are not in their namespace: `__name__`, `__bases__`, `__doc__`, ...
//!
//! Builtin classes keep no `__module__` in their namespace (their instances have no such
//! attribute); it comes from the table of types.

use crate::attr;
use crate::class::{self, Class, flag, type_name};
use crate::descriptor::GetSetDef;
use crate::dict;
use crate::kind::Kind;
use crate::names::Name;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::type_new;
use crate::types::TypeId;
use crate::value::Value;

type Done = Result<(), Raised>;

/// `__module__` of a class, whatever it is; None when a program deleted it.
pub fn module_of(th: &Thread, c: Class) -> Option<Value> {
    match c.dict().get_name(th, th.name(Name::__module__)) {
        // Some builtin types keep their instances' attribute of this name there.
        m if c.type_id.get() != 0 && m.and_then(Str::from_value).is_none() => {
            let t = TypeId::ALL[c.type_id.get() as usize];
            Some(th.interp.interned.intern_text(th, t.module()))
        }
        m => m,
    }
}

/// May the special attribute be set or deleted?
fn check_special(th: &Thread, c: Class, value: Value, name: &str) -> Done {
    let what = if !c.has_flag(flag::HEAP) || c.has_flag(flag::IMMUTABLE) {
        "set"
    } else if value == Value::MISSING {
        "delete"
    } else {
        return Ok(());
    };
    Err(th.type_error(format!(
        "cannot {what} '{name}' attribute of immutable type '{}'",
        type_new::tp_name(th, c)
    )))
}

fn get_name(_: &Thread, v: Value) -> Res {
    Ok(Class::of(v).name.get())
}

fn set_name(th: &Thread, v: Value, value: Value) -> Done {
    let c = Class::of(v);
    check_special(th, c, value, "__name__")?;
    if !value.is_kind(Kind::Str) {
        return Err(th.type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            c.name_text(),
            type_name(th, value)
        )));
    }
    type_new::check_name(th, value)?;
    c.name.set(th, c.cell(), value);
    Ok(())
}

fn get_qualname(_: &Thread, v: Value) -> Res {
    Ok(Class::of(v).qualname.get())
}

fn set_qualname(th: &Thread, v: Value, value: Value) -> Done {
    let c = Class::of(v);
    check_special(th, c, value, "__qualname__")?;
    if !value.is_kind(Kind::Str) {
        return Err(th.type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            c.name_text(),
            type_name(th, value)
        )));
    }
    c.qualname.set(th, c.cell(), value);
    Ok(())
}

fn get_module(th: &Thread, v: Value) -> Res {
    module_of(th, Class::of(v)).ok_or_else(|| th.raise_new(TypeId::AttributeError, "__module__"))
}

fn set_module(th: &Thread, v: Value, value: Value) -> Done {
    set_entry(th, v, value, Name::__module__)
}

/// Stores a special attribute in the namespace.
fn set_entry(th: &Thread, v: Value, value: Value, n: Name) -> Done {
    let c = Class::of(v);
    check_special(th, c, value, n.text())?;
    c.dict().set(th, th.name(n), value)?;
    c.modified(th, Some(th.name(n)));
    Ok(())
}

fn get_doc(th: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    let builtin = c.doc.get();
    if !builtin.is_empty() && !c.has_flag(flag::HEAP) {
        return string::try_new(th, builtin.split_once("\n--\n\n").map_or(builtin, |t| t.1));
    }
    match c.dict().get_name(th, th.name(Name::__doc__)) {
        Some(d) => attr::bind_to(th, d, Value::MISSING, c),
        None => Ok(Value::none()),
    }
}

fn set_doc(th: &Thread, v: Value, value: Value) -> Done {
    set_entry(th, v, value, Name::__doc__)
}

fn get_mro(_: &Thread, v: Value) -> Res {
    Ok(Class::of(v).mro.get())
}

fn get_base(_: &Thread, v: Value) -> Res {
    Ok(Class::of(v).base.get())
}

fn get_bases(_: &Thread, v: Value) -> Res {
    Ok(Class::of(v).bases.get())
}

fn get_dict(th: &Thread, v: Value) -> Res {
    crate::mappingproxy_methods::new(th, Class::of(v).dict().value())
}

fn get_abstract_methods(th: &Thread, v: Value) -> Res {
    let name = th.name(Name::__abstractmethods__);
    let own = if Class::of(v).is(TypeId::Type) { None } else { Class::of(v).dict().get_name(th, name) };
    own.ok_or_else(|| th.raise_with(TypeId::AttributeError, name))
}

fn set_abstract_methods(th: &Thread, v: Value, value: Value) -> Done {
    let c = Class::of(v);
    let name = th.name(Name::__abstractmethods__);
    if value == Value::MISSING {
        if c.dict().remove(th, name)?.is_none() {
            return Err(th.raise_with(TypeId::AttributeError, name));
        }
        c.set_flag(flag::ABSTRACT, false);
    } else {
        let on = protocol::truth(th, value)?;
        c.dict().set(th, name, value)?;
        c.set_flag(flag::ABSTRACT, on);
    }
    c.modified(th, Some(name));
    Ok(())
}

fn get_annotations(th: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    let name = th.name(Name::__annotations__);
    if !c.has_flag(flag::HEAP) {
        return Err(th.raise_new(
            TypeId::AttributeError,
            format!("type object '{}' has no attribute '__annotations__'", type_new::tp_name(th, c)),
        ));
    }
    if let Some(a) = c.dict().get_name(th, name) {
        return attr::bind_to(th, a, Value::MISSING, c);
    }
    let d = dict::new(th).value();
    c.dict().set(th, name, d)?;
    c.modified(th, Some(name));
    Ok(d)
}

fn set_annotations(th: &Thread, v: Value, value: Value) -> Done {
    let c = Class::of(v);
    let name = th.name(Name::__annotations__);
    if !c.has_flag(flag::HEAP) || c.has_flag(flag::IMMUTABLE) {
        return Err(th.type_error(format!(
            "cannot set '__annotations__' attribute of immutable type '{}'",
            class::set_target_name(th, c)
        )));
    }
    if value == Value::MISSING {
        if c.dict().remove(th, name)?.is_none() {
            return Err(th.raise_with(TypeId::AttributeError, name));
        }
    } else {
        c.dict().set(th, name, value)?;
    }
    c.modified(th, Some(name));
    Ok(())
}

fn get_type_params(th: &Thread, v: Value) -> Res {
    let own = Class::of(v).dict().get_name(th, th.name(Name::__type_params__));
    Ok(own.unwrap_or(th.interp.empty_tuple.get()))
}

fn set_type_params(th: &Thread, v: Value, value: Value) -> Done {
    set_entry(th, v, value, Name::__type_params__)
}

fn get_text_signature(th: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    let builtin = c.text_signature.get();
    if !builtin.is_empty() {
        return Ok(string::new(th, builtin));
    }
    // A docstring may start with the signature: `name(args)`, a line of two dashes, an empty line.
    let doc = c.dict().get_name(th, th.name(Name::__doc__)).and_then(Str::from_value);
    if let Some(doc) = doc.filter(|_| c.has_flag(flag::HEAP)).and_then(Str::to_utf8)
        && let Some(rest) = doc.strip_prefix(&c.name_text())
        && rest.starts_with('(')
        && let Some(end) = rest.find("\n--\n\n")
    {
        return Ok(string::new(th, &rest[..end]));
    }
    Ok(Value::none())
}

/// Whether C would let its collector see instances: all that can refer to something.
fn is_collectable(c: Class) -> bool {
    let container = match c.kind.get() {
        Kind::Instance => c.fixed_slots.get() > 0,
        k => crate::kind::KINDS[k as usize].container,
    };
    container || c.flags.get() & (flag::DICT | flag::WEAKREF) != 0 || c.tail_words.get() > 0
}

fn get_flags(_: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    let mut f: i64 = 1 << 12 | 1 << 19;
    let mut put = |on: bool, bit: u32| {
        if on {
            f |= 1 << bit;
        }
    };
    let heap = c.has_flag(flag::HEAP);
    put(c.type_id.get() != 0, 1);
    put(heap && c.has_flag(flag::WEAKREF), 3);
    put(heap && c.has_flag(flag::DICT), 4);
    put(c.has_flag(flag::SEQUENCE), 5);
    put(c.has_flag(flag::MAPPING), 6);
    put(c.has_flag(flag::NO_NEW), 7);
    put(c.has_flag(flag::IMMUTABLE), 8);
    // The classes of `typing` are heap types in C.
    put(c.type_id.get() == 0 || c.is(TypeId::Generic), 9);
    put(c.has_flag(flag::BASE), 10);
    put(is_collectable(c), 14);
    let method = matches!(c.kind.get(), Kind::Function);
    put(method || c.is(TypeId::MethodDescriptor) || c.is(TypeId::WrapperDescriptor), 17);
    put(c.has_flag(flag::ABSTRACT), 20);
    put(c.has_flag(flag::MATCH_SELF), 22);
    let kind = match c.kind.get() {
        Kind::Int | Kind::Bool => 24,
        Kind::List => 25,
        Kind::Tuple => 26,
        Kind::Bytes => 27,
        Kind::Str => 28,
        Kind::Dict => 29,
        Kind::Exception => 30,
        Kind::Type => 31,
        _ => return Ok(Value::small(f)),
    };
    Ok(Value::small(f | 1 << kind))
}

/// `__basicsize__` as CPython's structures have it, for the layouts that programs ask for.
pub fn basic_size(c: Class) -> i64 {
    let own = match c.kind.get() {
        Kind::Instance => 16,
        Kind::Int | Kind::Bool | Kind::Float | Kind::Tuple => 24,
        Kind::Complex => 32,
        Kind::Str => 64,
        Kind::Bytes => 33,
        Kind::ByteArray => 56,
        Kind::List => 40,
        Kind::Dict => 48,
        Kind::Set | Kind::FrozenSet => 200,
        Kind::Exception => 72,
        Kind::Type => 928,
        _ => 48,
    };
    own + 8 * (c.fixed_slots.get() as i64 + c.tail_words.get().saturating_sub(1) as i64)
}

/// `__itemsize__` as CPython's structures have it.
pub fn item_size(c: Class) -> i64 {
    match c.kind.get() {
        Kind::Int | Kind::Bool => 4,
        Kind::Tuple => 8,
        Kind::Bytes => 1,
        Kind::Type => 40,
        _ => 0,
    }
}

fn get_basic_size(_: &Thread, v: Value) -> Res {
    Ok(Value::small(basic_size(Class::of(v))))
}

fn get_item_size(_: &Thread, v: Value) -> Res {
    Ok(Value::small(item_size(Class::of(v))))
}

fn get_dict_offset(_: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    Ok(Value::small(match (type_new::has_dict(c), c.has_flag(flag::HEAP)) {
        (false, _) => 0,
        (true, true) => -1,
        (true, false) => 16,
    }))
}

fn get_weakref_offset(_: &Thread, v: Value) -> Res {
    let c = Class::of(v);
    Ok(Value::small(match (c.has_flag(flag::WEAKREF), c.has_flag(flag::HEAP)) {
        (false, _) => 0,
        (true, true) => -32,
        (true, false) => 24,
    }))
}

// ---- Assignment of __bases__, and what makes classes interchangeable.

fn set_bases(th: &Thread, v: Value, value: Value) -> Done {
    let c = Class::of(v);
    check_special(th, c, value, "__bases__")?;
    let name = c.name_text();
    let Some(new) = Tuple::from_value(value) else {
        return Err(
            th.type_error(format!("can only assign tuple to {name}.__bases__, not {}", type_name(th, value)))
        );
    };
    if new.is_empty() {
        return Err(th.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    for &b in new.as_slice() {
        let Some(b) = Class::from_value(b) else {
            return Err(th.type_error(format!(
                "{name}.__bases__ must be tuple of classes, not '{}'",
                type_name(th, b)
            )));
        };
        if b.is_subclass_of(c) || has_layout_base(b, c) {
            return Err(th.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let base = type_new::best_base(th, new.as_slice())?;
    if let Some(old) = Class::from_value(c.base.get()) {
        check_compatible(th, old, base, "__bases__")?;
    }
    let (old_bases, old_base, before) = (c.bases.get(), c.base.get(), c.binding(th));
    c.bases.set(th, c.cell(), value);
    c.base.set(th, c.cell(), base.value());
    let mut changed = ValueVec::new();
    if let Err(e) = renew_mro(th, c, &mut changed) {
        for i in (0..changed.len()).step_by(3) {
            let k = Class::of(changed.get(i));
            if k.mro.get() == changed.get(i + 1) {
                k.mro.set(th, k.cell(), changed.get(i + 2));
            }
        }
        if c.bases.get() == value {
            c.bases.set(th, c.cell(), old_bases);
            c.base.set(th, c.cell(), old_base);
        }
        return Err(e);
    }
    // A metaclass's mro() may have assigned other bases meanwhile; those stand.
    if c.bases.get() != value {
        return Ok(());
    }
    for &b in Tuple::of(old_bases).as_slice() {
        Class::of(b).remove_subclass(c);
    }
    for &b in new.as_slice() {
        Class::of(b).add_subclass(c);
    }
    c.modified(th, None);
    if c.binding(th) != before {
        Class::descriptors_changed(th);
    }
    Ok(())
}

/// Is `c` in the chain of layout bases of `b`? In a call of `mro()` that assigns bases, that chain is ahead of the MRO.
fn has_layout_base(b: Class, c: Class) -> bool {
    let mut at = Some(b);
    while let Some(k) = at {
        if k == c {
            return true;
        }
        at = Class::from_value(k.base.get());
    }
    false
}

/// Makes the MROs of a class and its subclasses anew; `changed` gets each class, its new MRO and its old one.
/// A class whose MRO was replaced while its `mro()` ran keeps that one.
fn renew_mro(th: &Thread, c: Class, changed: &mut ValueVec) -> Done {
    th.check_native_stack()?;
    let old = c.mro.get();
    let new = type_new::find_mro(th, c)?;
    if c.mro.get() != old {
        return Ok(());
    }
    c.mro.set(th, c.cell(), new);
    for v in [c.value(), new, old] {
        changed.push(th, v)?;
    }
    // The list may change while `mro()` of a metaclass runs.
    for &sub in c.subclasses(th)?.as_slice() {
        renew_mro(th, Class::of(sub), changed)?;
    }
    Ok(())
}

/// May instances of one class become instances of the other? Else TypeError "WHAT assignment: ...".
pub fn check_compatible(th: &Thread, old: Class, new: Class, what: &str) -> Done {
    if is_collectable(old) != is_collectable(new) && old.kind.get() == new.kind.get() && what == "__bases__" {
        return Err(th.type_error(format!(
            "{what} assignment: '{}' deallocator differs from '{}'",
            new.name_text(),
            old.name_text()
        )));
    }
    let (o, n) = (representative(th, old), representative(th, new));
    let same = o == n || o.base.get() == n.base.get() && same_additions(th, o, n);
    if same && old.kind.get() == new.kind.get() && old.tail_words.get() == new.tail_words.get() {
        return Ok(());
    }
    Err(th.type_error(format!(
        "{what} assignment: '{}' object layout differs from '{}'",
        new.name_text(),
        old.name_text()
    )))
}

/// The highest class in the chain of layout bases with the same layout.
fn representative(th: &Thread, c: Class) -> Class {
    let mut c = c;
    while let Some(base) = Class::from_value(c.base.get()) {
        let extra = flag::DICT | flag::WEAKREF;
        if type_new::extends_layout(th, c, base) || (c.flags.get() ^ base.flags.get()) & extra != 0 {
            break;
        }
        c = base;
    }
    c
}

/// Did both classes add the same to their common base: dict, weak references, and slots of the same names?
fn same_additions(th: &Thread, a: Class, b: Class) -> bool {
    let extra = flag::DICT | flag::WEAKREF;
    if (a.flags.get() ^ b.flags.get()) & extra != 0
        || !a.has_flag(flag::HEAP)
        || !b.has_flag(flag::HEAP)
        || a.fixed_slots.get() != b.fixed_slots.get()
        || a.tail_words.get() != b.tail_words.get()
    {
        return false;
    }
    own_members(th, a) == own_members(th, b)
}

/// Names and places of the members that a class defines.
fn own_members(th: &Thread, c: Class) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some((k, v)) = c.dict().next(th, &mut at) {
        if let (Some(m), Some(name)) = (crate::descriptor::Member::from_value(v), Str::from_value(k))
            && m.class.get() == c.value()
        {
            out.push((m.index.get(), name.to_text()));
        }
    }
    out.sort();
    out
}

/// The attributes of classes.
pub static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("__basicsize__", get_basic_size, "").member(),
    GetSetDef::ro("__itemsize__", get_item_size, "").member(),
    GetSetDef::ro("__flags__", get_flags, "").member(),
    GetSetDef::ro("__weakrefoffset__", get_weakref_offset, "").member(),
    GetSetDef::ro("__base__", get_base, "").member(),
    GetSetDef::ro("__dictoffset__", get_dict_offset, "").member(),
    GetSetDef::rw("__name__", get_name, set_name, ""),
    GetSetDef::rw("__qualname__", get_qualname, set_qualname, ""),
    GetSetDef::rw("__bases__", get_bases, set_bases, ""),
    GetSetDef::ro("__mro__", get_mro, ""),
    GetSetDef::rw("__module__", get_module, set_module, ""),
    GetSetDef::rw("__abstractmethods__", get_abstract_methods, set_abstract_methods, ""),
    GetSetDef::ro("__dict__", get_dict, ""),
    GetSetDef::rw("__doc__", get_doc, set_doc, ""),
    GetSetDef::ro("__text_signature__", get_text_signature, ""),
    GetSetDef::rw("__annotations__", get_annotations, set_annotations, ""),
    GetSetDef::rw("__type_params__", get_type_params, set_type_params, ""),
];
