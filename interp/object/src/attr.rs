//! Attribute access: the generic protocol, and what instances, classes and modules do about it.
//!
//! `get`, `set` and `delete` honour `__getattribute__`, `__getattr__`, `__setattr__` and
//! `__delattr__`; the `generic_*` functions are what `object` itself does.

use crate::attrs::{self, ATTRS};
use crate::call::{self, call_special};
use crate::class::{self, Class, flag, type_name};
use crate::descriptor::{ClassMethod, GetSet, GetSetDef, Member, Property, StaticMethod};
use crate::dict::{self, Dict};
use crate::exception::Exception;
use crate::function::Function;
use crate::instance::Instance;
use crate::kind::Kind;
use crate::method;
use crate::module::Module;
use crate::names::Name;
use crate::native::{self, DefKind, Native};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;

/// `obj.name`, name interned. Errors of user code come through.
#[inline]
pub fn get(th: &Thread, obj: Value, name: Value) -> Res {
    get_strict(th, obj, name)
}

/// `obj.name` with a text name.
pub fn get_text(th: &Thread, obj: Value, name: &str) -> Res {
    get(th, obj, th.interp.interned.intern_text(th, name))
}

/// `obj.name` with a pre-interned name.
pub fn get_name(th: &Thread, obj: Value, n: Name) -> Res {
    get(th, obj, th.name(n))
}

/// `getattr(obj, name, None)` without making an AttributeError where none is needed.
pub fn get_opt(th: &Thread, obj: Value, name: Value) -> Res<Option<Value>> {
    let class = Class::of_value(th, obj);
    let getattribute = class.special(th, Name::__getattribute__);
    let found = match generic_kind(th, getattribute) {
        Some(TypeId::Object) => generic_get_opt(th, obj, class, name)?,
        Some(TypeId::Type) => type_get_opt(th, Class::of(obj), name)?,
        Some(TypeId::Module) => module_get_opt(th, obj, class, name)?,
        _ => {
            let Some(f) = getattribute else { return Ok(None) };
            let r = call_special(th, f, obj, &[name]);
            match class.special(th, Name::__getattr__) {
                Some(g) => match th.catch(r, TypeId::AttributeError)? {
                    Some(v) => return Ok(Some(v)),
                    None => return th.catch(call_special(th, g, obj, &[name]), TypeId::AttributeError),
                },
                None => return th.catch(r, TypeId::AttributeError),
            }
        }
    };
    if found.is_some() {
        return Ok(found);
    }
    match class.special(th, Name::__getattr__) {
        Some(g) => th.catch(call_special(th, g, obj, &[name]), TypeId::AttributeError),
        None => Ok(None),
    }
}

/// As `get`, but an AttributeError that user code raised comes through with its own text.
pub fn get_strict(th: &Thread, obj: Value, name: Value) -> Res {
    let class = Class::of_value(th, obj);
    let getattribute = class.special(th, Name::__getattribute__);
    let found = match generic_kind(th, getattribute) {
        Some(TypeId::Object) => generic_get_strict(th, obj, class, name),
        Some(TypeId::Type) => type_get_strict(th, Class::of(obj), name),
        Some(TypeId::Module) => module_get_strict(th, obj, class, name),
        _ => match getattribute {
            Some(f) => call_special(th, f, obj, &[name]),
            None => Err(no_attribute(th, obj, name)),
        },
    };
    let found = match found {
        Err(e) => match class.special(th, Name::__getattr__) {
            Some(g) if th.pending_is(TypeId::AttributeError) => {
                th.clear_pending();
                call_special(th, g, obj, &[name])
            }
            _ => Err(e),
        },
        ok => ok,
    };
    if found.is_err() {
        add_context(th, obj, name);
    }
    found
}

/// An AttributeError that a program raised without saying about what gets the object and the name.
#[cold]
pub fn add_context(th: &Thread, obj: Value, name: Value) {
    if !th.pending_is(TypeId::AttributeError) {
        return;
    }
    let Some(e) = th.pending().and_then(Exception::from_value) else { return };
    let unset = |i: usize| e.field(i) == Value::UNBOUND || e.field(i).is_none();
    // Without memory for the fields the exception stays as it is.
    if unset(0) && unset(1) && e.set_field(th, 0, name).is_ok() {
        let _ = e.set_field(th, 1, obj);
    }
}

/// Which builtin's `__getattribute__` this is, when it is one of the three that are done in place.
#[inline]
fn generic_kind(_th: &Thread, f: Option<Value>) -> Option<TypeId> {
    let n = Native::from_value(f?)?;
    let c = Class::from_value(n.owner.get())?;
    [TypeId::Object, TypeId::Type, TypeId::Module].into_iter().find(|&t| c.is(t))
}

/// Does the class use `object.__getattribute__` and have no `__getattr__`?
pub fn is_generic(th: &Thread, class: Class) -> bool {
    generic_kind(th, class.special(th, Name::__getattribute__)) == Some(TypeId::Object)
        && class.special(th, Name::__getattr__).is_none()
}

/// Does the class use `object.__setattr__`?
pub fn is_generic_set(th: &Thread, class: Class) -> bool {
    class
        .special(th, Name::__setattr__)
        .and_then(Native::from_value)
        .and_then(|n| Class::from_value(n.owner.get()))
        .is_some_and(|c| c.is(TypeId::Object))
}

/// Is the value a data descriptor (its type has `__set__` or `__delete__`)?
pub fn is_data_descriptor(th: &Thread, v: Value) -> bool {
    match v.kind() {
        Kind::Function | Kind::Native | Kind::StaticMethod | Kind::ClassMethod => false,
        Kind::Property | Kind::Member | Kind::GetSet => true,
        _ => {
            let c = Class::of_value(th, v);
            c.special(th, Name::__set__).is_some() || c.special(th, Name::__delete__).is_some()
        }
    }
}

/// `descriptor.__get__(obj, type(obj))`: what an attribute found on the class becomes for an instance.
pub fn bind(th: &Thread, v: Value, obj: Value) -> Res {
    bind_to(th, v, obj, Class::of_value(th, obj))
}

/// As `bind`, for the class given (`super`); `obj` may be `MISSING` for access through the class.
pub fn bind_to(th: &Thread, v: Value, obj: Value, class: Class) -> Res {
    match v.kind() {
        Kind::Function if obj != Value::MISSING => Ok(method::new(th, v, obj)),
        Kind::Function => Ok(v),
        Kind::Native => {
            let n = Native::of(v);
            match n.def().kind {
                DefKind::Method if obj != Value::MISSING && n.receiver.get() == Value::UNBOUND => {
                    let owner = Class::of(n.owner.get());
                    if !Class::of_value(th, obj).is_subclass_of(owner) {
                        return Err(th.type_error(format!(
                            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                            n.def().name,
                            crate::type_new::tp_name(th, owner),
                            type_name(th, obj)
                        )));
                    }
                    Ok(native::new_bound(th, n.def(), obj, n.owner.get()))
                }
                DefKind::ClassMethod if n.receiver.get() == Value::UNBOUND => {
                    Ok(native::new_bound(th, n.def(), class.value(), n.owner.get()))
                }
                _ => Ok(v),
            }
        }
        Kind::StaticMethod if v.has_shape(TypeId::StaticMethod as u32) => {
            Ok(StaticMethod::of(v).function.get())
        }
        Kind::ClassMethod if v.has_shape(TypeId::ClassMethod as u32) => {
            let f = ClassMethod::of(v).function.get();
            match f.kind() {
                Kind::Function => Ok(method::new(th, f, class.value())),
                _ => match Class::of_value(th, f).special(th, Name::__get__) {
                    Some(g) => call_special(th, g, f, &[class.value(), class.value()]),
                    None => Ok(method::new(th, f, class.value())),
                },
            }
        }
        Kind::Property if v.has_shape(TypeId::Property as u32) && obj != Value::MISSING => {
            let getter = Property::of(v).get.get();
            if getter.is_none() {
                return Err(property_error(th, v, obj, "getter"));
            }
            call::call(th, getter, &[obj])
        }
        Kind::Member if obj != Value::MISSING => {
            let m = Member::of(v);
            check_member(th, m.class.get(), m.name.get(), obj)?;
            m.get(obj).ok_or_else(|| no_attribute(th, obj, m.name.get()))
        }
        Kind::GetSet if obj != Value::MISSING => {
            let g = GetSet::of(v);
            check_member(th, g.class.get(), string::new(th, g.def().name), obj)?;
            (g.def().get)(th, obj)
        }
        Kind::Member | Kind::GetSet => Ok(v),
        _ => match Class::of_value(th, v).special(th, Name::__get__) {
            Some(g) => {
                let obj = if obj == Value::MISSING { Value::none() } else { obj };
                call_special(th, g, v, &[obj, class.value()])
            }
            None => Ok(v),
        },
    }
}

/// A descriptor's object must be an instance of its class.
fn check_member(th: &Thread, class: Value, name: Value, obj: Value) -> Result<(), Raised> {
    let class = Class::of(class);
    if Class::of_value(th, obj).is_subclass_of(class) {
        return Ok(());
    }
    Err(th.type_error(format!(
        "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
        Str::of(name).to_text(),
        crate::type_new::tp_name(th, class),
        type_name(th, obj)
    )))
}

/// AttributeError of a property without the accessor.
#[cold]
pub fn property_error(th: &Thread, property: Value, obj: Value, what: &str) -> Raised {
    let name = Property::of(property).name.get();
    let class = Class::of_value(th, obj);
    let qualname = Str::from_value(class.qualname.get()).map(Str::to_text).unwrap_or_default();
    let text = match Str::from_value(name) {
        Some(_) => match crate::protocol::repr(th, name) {
            Ok(r) => format!("property {} of '{qualname}' object has no {what}", Str::of(r).to_text()),
            Err(e) => return e,
        },
        None => format!("property of '{qualname}' object has no {what}"),
    };
    th.raise_new(TypeId::AttributeError, text)
}

/// The own attribute of an object (not of its class), name interned.
#[inline]
pub fn own(th: &Thread, obj: Value, name: Value) -> Option<Value> {
    if !obj.is_cell() {
        return None;
    }
    match obj.kind() {
        Kind::Instance => Instance::of(obj).get_own(th, name),
        Kind::Module => Module::of(obj).dict().get_name(th, name),
        _ => own_dict(obj).and_then(|d| d.get_name(th, name)),
    }
}

/// The attribute dict of an object that is no instance or class, if it has one already.
pub fn own_dict(obj: Value) -> Option<Dict> {
    match obj.kind() {
        Kind::Function => Dict::from_value(Function::of(obj).dict.get()),
        Kind::Module => Some(Module::of(obj).dict()),
        _ if obj.header().has(ATTRS)
            && Class::of_cell(obj.cell()).is_some_and(|c| c.has_flag(flag::DICT)) =>
        {
            // SAFETY: the flag and the class say that the tail starts with the attribute word.
            Dict::from_value(unsafe { *attrs::tail(obj.cell(), 0) })
        }
        _ => None,
    }
}

/// The `__dict__` of an object, made if it has none yet; None when its type has no attribute dict.
pub fn dict_of(th: &Thread, obj: Value) -> Res<Option<Dict>> {
    if !obj.is_cell() {
        return Ok(None);
    }
    match obj.kind() {
        Kind::Instance => {
            if Class::of_value(th, obj).has_flag(flag::DICT) {
                Ok(Some(Instance::of(obj).dict(th)?))
            } else {
                Ok(None)
            }
        }
        Kind::Type => Ok(Some(Class::of(obj).dict())),
        Kind::Module => Ok(Some(Module::of(obj).dict())),
        Kind::Function => {
            let f = Function::of(obj);
            if let Some(d) = Dict::from_value(f.dict.get()) {
                return Ok(Some(d));
            }
            let d = dict::new(th);
            f.dict.set(th, f.cell(), d.value());
            Ok(Some(d))
        }
        _ if obj.header().has(ATTRS) && Class::of_value(th, obj).has_flag(flag::DICT) => {
            // SAFETY: the flag and the class say that the tail starts with the attribute word.
            let word = unsafe { attrs::tail(obj.cell(), 0) };
            // SAFETY: as above.
            if let Some(d) = Dict::from_value(unsafe { *word }) {
                return Ok(Some(d));
            }
            let d = dict::new(th);
            // SAFETY: as above; the cell did not move.
            unsafe { word.write(d.value()) };
            th.heap.barrier(obj.cell(), word.cast());
            Ok(Some(d))
        }
        _ => Ok(None),
    }
}

/// Replaces the `__dict__` of an object.
pub fn set_dict(th: &Thread, obj: Value, d: Dict) -> Result<(), Raised> {
    match obj.kind() {
        Kind::Instance => Instance::of(obj).replace_dict(th, d)?,
        Kind::Function => {
            let f = Function::of(obj);
            f.dict.set(th, f.cell(), d.value());
        }
        _ => {
            if dict_of(th, obj)?.is_some() {
                // SAFETY: `dict_of` found the attribute word.
                let word = unsafe { attrs::tail(obj.cell(), 0) };
                // SAFETY: as above.
                unsafe { word.write(d.value()) };
                th.heap.barrier(obj.cell(), word.cast());
            }
        }
    }
    Ok(())
}

/// The getter of `__dict__`.
pub fn dict_getter(th: &Thread, obj: Value) -> Res {
    if let Some(c) = Class::from_value(obj) {
        return crate::mappingproxy_methods::new(th, c.dict().value());
    }
    match dict_of(th, obj)? {
        Some(d) => Ok(d.value()),
        None => Err(no_attribute(th, obj, th.name(Name::__dict__))),
    }
}

/// The setter of `__dict__`.
pub fn dict_setter(th: &Thread, obj: Value, v: Value) -> Result<(), Raised> {
    // Classes and modules have a `__dict__` of their builtin type's, which can not be set.
    if obj.is_kind(Kind::Type) {
        let text = "attribute '__dict__' of 'type' objects is not writable";
        return Err(th.raise_new(TypeId::AttributeError, text));
    }
    if obj.is_kind(Kind::Module) {
        return Err(th.raise_new(TypeId::AttributeError, "readonly attribute"));
    }
    if v == Value::MISSING {
        return match obj.kind() {
            Kind::Instance => Instance::of(obj).replace_dict(th, dict::new(th)),
            _ => Err(th.type_error("cannot delete __dict__")),
        };
    }
    match Dict::from_value(v) {
        Some(d) => set_dict(th, obj, d),
        None => {
            Err(th.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", type_name(th, v))))
        }
    }
}

/// The `__dict__` attribute of classes whose instances have one.
pub static DICT_GETSET: &[GetSetDef] = &[GetSetDef::rw("__dict__", dict_getter, dict_setter, "")];

/// `object.__getattribute__`, None when there is no such attribute.
pub fn generic_get_opt(th: &Thread, obj: Value, class: Class, name: Value) -> Res<Option<Value>> {
    let on_class = class.lookup(th, name);
    if let Some(v) = on_class
        && is_data_descriptor(th, v)
        && has_get(th, v)
    {
        let r = bind_to(th, v, obj, class);
        return th.catch(r, TypeId::AttributeError);
    }
    if let Some(v) = own(th, obj, name) {
        return Ok(Some(v));
    }
    match on_class {
        Some(v) => {
            let r = bind_to(th, v, obj, class);
            th.catch(r, TypeId::AttributeError)
        }
        None => Ok(None),
    }
}

/// `object.__getattribute__`.
pub fn generic_get_strict(th: &Thread, obj: Value, class: Class, name: Value) -> Res {
    let on_class = class.lookup(th, name);
    if let Some(v) = on_class
        && is_data_descriptor(th, v)
        && has_get(th, v)
    {
        return bind_to(th, v, obj, class);
    }
    if let Some(v) = own(th, obj, name) {
        return Ok(v);
    }
    match on_class {
        Some(v) => bind_to(th, v, obj, class),
        None => Err(no_attribute(th, obj, name)),
    }
}

fn has_get(th: &Thread, v: Value) -> bool {
    matches!(v.kind(), Kind::Property | Kind::Member | Kind::GetSet)
        || Class::of_value(th, v).special(th, Name::__get__).is_some()
}

/// `type.__getattribute__`, None when there is no such attribute.
pub fn type_get_opt(th: &Thread, c: Class, name: Value) -> Res<Option<Value>> {
    let meta = Class::of_value(th, c.value());
    let on_meta = meta.lookup(th, name);
    if let Some(v) = on_meta
        && is_data_descriptor(th, v)
        && has_get(th, v)
    {
        let r = bind_to(th, v, c.value(), meta);
        return th.catch(r, TypeId::AttributeError);
    }
    if let Some(v) = c.lookup(th, name) {
        let r = bind_to(th, v, Value::MISSING, c);
        return th.catch(r, TypeId::AttributeError);
    }
    match on_meta {
        Some(v) => {
            let r = bind_to(th, v, c.value(), meta);
            th.catch(r, TypeId::AttributeError)
        }
        None => Ok(None),
    }
}

/// `type.__getattribute__`; errors of descriptors come through.
pub fn type_get_strict(th: &Thread, c: Class, name: Value) -> Res {
    let meta = Class::of_value(th, c.value());
    let on_meta = meta.lookup(th, name);
    if let Some(v) = on_meta
        && is_data_descriptor(th, v)
        && has_get(th, v)
    {
        return bind_to(th, v, c.value(), meta);
    }
    if let Some(v) = c.lookup(th, name) {
        return bind_to(th, v, Value::MISSING, c);
    }
    match on_meta {
        Some(v) => bind_to(th, v, c.value(), meta),
        None => Err(no_attribute(th, c.value(), name)),
    }
}

/// `module.__getattribute__` with the module's own `__getattr__`, None when there is no such attribute.
fn module_get_opt(th: &Thread, obj: Value, class: Class, name: Value) -> Res<Option<Value>> {
    if let Some(v) = generic_get_opt(th, obj, class, name)? {
        return Ok(Some(v));
    }
    let d = Module::of(obj).dict();
    match d.get_name(th, th.name(Name::__getattr__)) {
        Some(f) => {
            let r = call::call(th, f, &[name]);
            th.catch(r, TypeId::AttributeError)
        }
        None => Ok(None),
    }
}

/// `module.__getattribute__`; errors of descriptors and of the module's `__getattr__` come through.
pub fn module_get_strict(th: &Thread, obj: Value, class: Class, name: Value) -> Res {
    let on_class = class.lookup(th, name);
    if let Some(v) = on_class
        && is_data_descriptor(th, v)
        && has_get(th, v)
    {
        return bind_to(th, v, obj, class);
    }
    let d = Module::of(obj).dict();
    if let Some(v) = d.get_name(th, name) {
        return Ok(v);
    }
    if let Some(v) = on_class {
        return bind_to(th, v, obj, class);
    }
    match d.get_name(th, th.name(Name::__getattr__)) {
        Some(f) => call::call(th, f, &[name]),
        None => Err(no_attribute(th, obj, name)),
    }
}

/// The AttributeError for a missing attribute.
#[cold]
pub fn no_attribute(th: &Thread, obj: Value, name: Value) -> Raised {
    let n = Str::from_value(name).map(Str::to_text).unwrap_or_default();
    let text = if let Some(c) = Class::from_value(obj) {
        format!("type object '{}' has no attribute '{n}'", crate::type_new::tp_name(th, c))
    } else if let Some(m) = Module::from_value(obj) {
        return crate::module_methods::no_attribute(th, m, name);
    } else {
        format!("'{}' object has no attribute '{n}'", type_name(th, obj))
    };
    attribute_error(th, &text, obj, name)
}

/// The AttributeError of a deletion, which for modules has no words of their own.
#[cold]
fn no_own_attribute(th: &Thread, obj: Value, name: Value) -> Raised {
    if !obj.is_kind(Kind::Module) {
        return no_attribute(th, obj, name);
    }
    let n = Str::from_value(name).map(Str::to_text).unwrap_or_default();
    attribute_error(th, &format!("'{}' object has no attribute '{n}'", type_name(th, obj)), obj, name)
}

/// An AttributeError with `name` and `obj` set.
#[cold]
pub fn attribute_error(th: &Thread, text: &str, obj: Value, name: Value) -> Raised {
    let message = string::new(th, text);
    match crate::exception::make(th, TypeId::AttributeError, &[message]) {
        Ok(e) => {
            let ex = crate::exception::Exception::of(e);
            match ex.set_field(th, 0, name).and_then(|()| ex.set_field(th, 1, obj)) {
                Ok(()) => crate::exception::raise(th, e),
                Err(r) => r,
            }
        }
        Err(r) => r,
    }
}

/// A method for calling: the function and whether the receiver goes in front. None: no plain method; use `get`.
pub fn find_method(th: &Thread, obj: Value, name: Value) -> Res<Option<(Value, bool)>> {
    let class = Class::of_value(th, obj);
    if !is_generic(th, class) {
        return Ok(None);
    }
    let Some(v) = class.lookup(th, name) else { return Ok(None) };
    let plain = v.is_kind(Kind::Function) || Native::from_value(v).is_some_and(Native::is_method_descriptor);
    if !plain || own(th, obj, name).is_some() {
        return Ok(None);
    }
    Ok(Some((v, true)))
}

/// `obj.name = value`, name interned.
pub fn set(th: &Thread, obj: Value, name: Value, value: Value) -> Result<(), Raised> {
    let class = Class::of_value(th, obj);
    match class.special(th, Name::__setattr__) {
        Some(f) => match builtin_setter(f) {
            Some(TypeId::Object) => generic_set(th, obj, name, value),
            Some(TypeId::Type) => type_set(th, Class::of(obj), name, value),
            _ => call_special(th, f, obj, &[name, value]).map(|_| ()),
        },
        None => generic_set(th, obj, name, value),
    }
}

/// `obj.name = value` with a text name.
pub fn set_text(th: &Thread, obj: Value, name: &str, value: Value) -> Result<(), Raised> {
    set(th, obj, th.interp.interned.intern_text(th, name), value)
}

/// `del obj.name`, name interned.
pub fn delete(th: &Thread, obj: Value, name: Value) -> Result<(), Raised> {
    let class = Class::of_value(th, obj);
    match class.special(th, Name::__delattr__) {
        Some(f) => match builtin_setter(f) {
            Some(TypeId::Object) => generic_set(th, obj, name, Value::MISSING),
            Some(TypeId::Type) => type_set(th, Class::of(obj), name, Value::MISSING),
            _ => call_special(th, f, obj, &[name]).map(|_| ()),
        },
        None => generic_set(th, obj, name, Value::MISSING),
    }
}

fn builtin_setter(f: Value) -> Option<TypeId> {
    let c = Class::from_value(Native::from_value(f)?.owner.get())?;
    [TypeId::Object, TypeId::Type].into_iter().find(|&t| c.is(t))
}

/// Sets (or with `MISSING` deletes) through a data descriptor.
pub fn descriptor_set(th: &Thread, descriptor: Value, obj: Value, value: Value) -> Res<bool> {
    match descriptor.kind() {
        Kind::Member => {
            let m = Member::of(descriptor);
            check_member(th, m.class.get(), m.name.get(), obj)?;
            if value == Value::MISSING {
                if m.get(obj).is_none() {
                    return Err(th.raise_with(TypeId::AttributeError, m.name.get()));
                }
                m.set(th, obj, Value::UNBOUND);
            } else {
                m.set(th, obj, value);
            }
            Ok(true)
        }
        Kind::GetSet => {
            let g = GetSet::of(descriptor);
            check_member(th, g.class.get(), string::new(th, g.def().name), obj)?;
            match g.def().set {
                Some(f) => f(th, obj, value)?,
                None if g.def().member => {
                    return Err(th.raise_new(TypeId::AttributeError, "readonly attribute"));
                }
                None => {
                    return Err(th.raise_new(
                        TypeId::AttributeError,
                        format!(
                            "attribute '{}' of '{}' objects is not writable",
                            g.def().name,
                            crate::type_new::tp_name(th, Class::of(g.class.get()))
                        ),
                    ));
                }
            }
            Ok(true)
        }
        Kind::Property if descriptor.has_shape(TypeId::Property as u32) => {
            let p = Property::of(descriptor);
            if value == Value::MISSING {
                if p.del.get().is_none() {
                    return Err(property_error(th, descriptor, obj, "deleter"));
                }
                call::call(th, p.del.get(), &[obj])?;
            } else {
                if p.set.get().is_none() {
                    return Err(property_error(th, descriptor, obj, "setter"));
                }
                call::call(th, p.set.get(), &[obj, value])?;
            }
            Ok(true)
        }
        Kind::Function | Kind::Native | Kind::StaticMethod | Kind::ClassMethod => Ok(false),
        _ => {
            let c = Class::of_value(th, descriptor);
            let (f, other) = if value == Value::MISSING {
                (c.special(th, Name::__delete__), Name::__set__)
            } else {
                (c.special(th, Name::__set__), Name::__delete__)
            };
            match f {
                Some(f) if value == Value::MISSING => call_special(th, f, descriptor, &[obj]).map(|_| true),
                Some(f) => call_special(th, f, descriptor, &[obj, value]).map(|_| true),
                None if c.special(th, other).is_some() => Err(th.raise_new(
                    TypeId::AttributeError,
                    if value == Value::MISSING { "__delete__" } else { "__set__" },
                )),
                None => Ok(false),
            }
        }
    }
}

/// `object.__setattr__` and, with `MISSING`, `object.__delattr__`.
pub fn generic_set(th: &Thread, obj: Value, name: Value, value: Value) -> Result<(), Raised> {
    let class = Class::of_value(th, obj);
    let on_class = class.lookup(th, name);
    if let Some(d) = on_class
        && descriptor_set(th, d, obj, value)?
    {
        return Ok(());
    }
    if obj.is_kind(Kind::Instance) && class.has_flag(flag::DICT) {
        let i = Instance::of(obj);
        if value != Value::MISSING {
            return i.set_own(th, name, value);
        }
        return match i.remove_own(th, name)? {
            Some(_) => Ok(()),
            None => Err(no_own_attribute(th, obj, name)),
        };
    }
    if let Some(d) = dict_of(th, obj)? {
        if value != Value::MISSING {
            return d.set(th, name, value);
        }
        return match d.remove(th, name)? {
            Some(_) => Ok(()),
            None => Err(no_own_attribute(th, obj, name)),
        };
    }
    let text = match on_class {
        Some(_) => {
            format!(
                "'{}' object attribute '{}' is read-only",
                crate::type_new::tp_name(th, class),
                Str::of(name).to_text()
            )
        }
        None => return Err(no_own_attribute(th, obj, name)),
    };
    Err(attribute_error(th, &text, obj, name))
}

/// `type.__setattr__` and, with `MISSING`, `type.__delattr__`.
pub fn type_set(th: &Thread, c: Class, name: Value, value: Value) -> Result<(), Raised> {
    if !c.has_flag(flag::HEAP) || c.has_flag(flag::IMMUTABLE) {
        let full = class::set_target_name(th, c);
        return Err(th.type_error(format!(
            "cannot set {} attribute of immutable type '{full}'",
            crate::protocol::repr(th, name).map(|r| Str::of(r).to_text())?
        )));
    }
    let meta = Class::of_value(th, c.value());
    if let Some(d) = meta.lookup(th, name)
        && descriptor_set(th, d, c.value(), value)?
    {
        c.modified(th, Some(name));
        return Ok(());
    }
    if value == Value::MISSING {
        if c.dict().remove(th, name)?.is_none() {
            return Err(no_attribute(th, c.value(), name));
        }
    } else {
        c.dict().set(th, name, value)?;
    }
    c.modified(th, Some(name));
    if [Name::__get__, Name::__set__, Name::__delete__].iter().any(|&n| th.name(n) == name) {
        Class::descriptors_changed(th);
    }
    Ok(())
}

/// `hasattr`.
pub fn has(th: &Thread, obj: Value, name: Value) -> Res<bool> {
    Ok(get_opt(th, obj, name)?.is_some())
}
