//! What programs see of property, staticmethod, classmethod, and the descriptors of `__slots__` and native attributes.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::Class;
use crate::construct;
use crate::descriptor::{self, ClassMethod, GetSet, GetSetDef, Member, Property, StaticMethod};
use crate::dict::Dict;
use crate::kind::Kind;
use crate::names::Name;
use crate::natives;
use crate::object_reduce;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;

type Done = Result<(), Raised>;

/// What all `__get__(instance, owner=None)` called from Python refuse: two times None.
pub fn check_get(th: &Thread, a: &[Value]) -> Done {
    if a[1].is_none() && a[2].given_not_none().is_none() {
        return Err(th.type_error("__get__(None, None) is invalid"));
    }
    Ok(())
}

/// The class of a `__get__` call: the owner given, or the instance's.
fn owner(th: &Thread, a: &[Value]) -> Class {
    match a[2].given_not_none().and_then(Class::from_value) {
        Some(c) => c,
        None => Class::of_value(th, a[1]),
    }
}

// ---- property

fn given(v: Value) -> Value {
    v.given().unwrap_or(Value::none())
}

fn property_new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::Property)?;
    Ok(descriptor::new_property(th, c).value())
}

fn property_init(th: &Thread, a: &[Value]) -> Res {
    let p = Property::of(a[0]);
    let (get, doc) = (given(a[1]), given(a[4]));
    p.get.set(th, p.cell(), get);
    p.set.set(th, p.cell(), given(a[2]));
    p.del.set(th, p.cell(), given(a[3]));
    p.name.init(Value::none());
    p.doc.init(Value::none());
    p.getter_doc.set(false);
    let mut text = doc;
    if doc.is_none()
        && !get.is_none()
        && let Some(d) = attr::get_opt(th, get, th.name(Name::__doc__))?
    {
        text = d;
        p.getter_doc.set(!d.is_none());
    }
    if a[0].has_shape(TypeId::Property as u32) {
        p.doc.set(th, p.cell(), text);
        return Ok(Value::none());
    }
    // In a subclass the class's own docstring would hide the property's: it goes to the instance.
    let r = attr::set(th, a[0], th.name(Name::__doc__), text);
    if r.is_err() && !p.getter_doc.get() {
        th.catch(r, TypeId::AttributeError)?;
    } else {
        r?;
    }
    Ok(Value::none())
}

fn property_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    if a[1].is_none() {
        return Ok(a[0]);
    }
    let f = Property::of(a[0]).get.get();
    if f.is_none() {
        return Err(attr::property_error(th, a[0], a[1], "getter"));
    }
    call::call(th, f, &[a[1]])
}

fn property_set(th: &Thread, a: &[Value]) -> Res {
    let f = Property::of(a[0]).set.get();
    if f.is_none() {
        return Err(attr::property_error(th, a[0], a[1], "setter"));
    }
    call::call(th, f, &[a[1], a[2]])?;
    Ok(Value::none())
}

fn property_delete(th: &Thread, a: &[Value]) -> Res {
    let f = Property::of(a[0]).del.get();
    if f.is_none() {
        return Err(attr::property_error(th, a[0], a[1], "deleter"));
    }
    call::call(th, f, &[a[1]])?;
    Ok(Value::none())
}

/// A copy with other accessors (`MISSING`: the old one).
fn property_copy(th: &Thread, old: Value, get: Value, set: Value, del: Value) -> Res {
    let p = Property::of(old);
    let pick = |new: Value, slot: Value| new.given_not_none().unwrap_or(slot);
    let (get, set, del) = (pick(get, p.get.get()), pick(set, p.set.get()), pick(del, p.del.get()));
    let doc = if p.getter_doc.get() && !get.is_none() { Value::none() } else { p.doc.get() };
    let class = Class::of_value(th, old).value();
    let new = call::call(th, class, &[get, set, del, doc])?;
    if let Some(n) = Property::from_value(new) {
        n.name.set(th, n.cell(), p.name.get());
    }
    Ok(new)
}

fn property_getter(th: &Thread, a: &[Value]) -> Res {
    property_copy(th, a[0], a[1], Value::MISSING, Value::MISSING)
}

fn property_setter(th: &Thread, a: &[Value]) -> Res {
    property_copy(th, a[0], Value::MISSING, a[1], Value::MISSING)
}

fn property_deleter(th: &Thread, a: &[Value]) -> Res {
    property_copy(th, a[0], Value::MISSING, Value::MISSING, a[1])
}

fn property_set_name(th: &Thread, a: &[Value]) -> Res {
    let &[_, name] = Tuple::of(a[1]).as_slice() else {
        return Err(th.type_error(format!(
            "__set_name__() takes 2 positional arguments but {} were given",
            Tuple::of(a[1]).len()
        )));
    };
    let p = Property::of(a[0]);
    p.name.set(th, p.cell(), name);
    Ok(Value::none())
}

fn get_fget(_: &Thread, v: Value) -> Res {
    Ok(Property::of(v).get.get())
}

fn get_fset(_: &Thread, v: Value) -> Res {
    Ok(Property::of(v).set.get())
}

fn get_fdel(_: &Thread, v: Value) -> Res {
    Ok(Property::of(v).del.get())
}

fn get_property_doc(_: &Thread, v: Value) -> Res {
    Ok(Property::of(v).doc.get())
}

fn set_property_doc(th: &Thread, v: Value, value: Value) -> Done {
    let p = Property::of(v);
    p.doc.set(th, p.cell(), given(value));
    Ok(())
}

/// Has a callable a true `__isabstractmethod__`?
fn is_abstract(th: &Thread, f: Value) -> Res<bool> {
    if f.is_none() {
        return Ok(false);
    }
    match attr::get_opt(th, f, th.name(Name::__isabstractmethod__))? {
        Some(v) => protocol::truth(th, v),
        None => Ok(false),
    }
}

fn get_property_abstract(th: &Thread, v: Value) -> Res {
    let p = Property::of(v);
    for f in [p.get.get(), p.set.get(), p.del.get()] {
        if is_abstract(th, f)? {
            return Ok(Value::true_());
        }
    }
    Ok(Value::false_())
}

natives! {
    static PROPERTY = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" property_new, "Create and return a new object.";
        method "__get__" "(instance, owner=None, /)" property_get, "Return an attribute of instance, which is of type owner.";
        method "__set__" "(instance, value, /)" property_set, "Set an attribute of instance to value.";
        method "__delete__" "(instance, /)" property_delete, "Delete an attribute of instance.";
        method "__init__" "(fget=None, fset=None, fdel=None, doc=None)" property_init, "Initialize self.";
        method "getter" "(object, /)" property_getter, "Descriptor to obtain a copy of the property with a different getter.";
        method "setter" "(object, /)" property_setter, "Descriptor to obtain a copy of the property with a different setter.";
        method "deleter" "(object, /)" property_deleter, "Descriptor to obtain a copy of the property with a different deleter.";
        method "__set_name__" "(*args)" property_set_name, "Method to set name of a property.";
    }
}

static PROPERTY_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("fget", get_fget, "").member(),
    GetSetDef::ro("fset", get_fset, "").member(),
    GetSetDef::ro("fdel", get_fdel, "").member(),
    GetSetDef::rw("__doc__", get_property_doc, set_property_doc, "").member(),
    GetSetDef::ro("__isabstractmethod__", get_property_abstract, ""),
];

// ---- staticmethod and classmethod

/// The wrapped callable, whichever of the two it is.
fn wrapped(v: Value) -> Value {
    match StaticMethod::from_value(v) {
        Some(s) => s.function.get(),
        None => ClassMethod::of(v).function.get(),
    }
}

fn static_new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::StaticMethod)?;
    let s = StaticMethod::from_cell(c.allocate_builtin(th, descriptor::WRAPPER_SIZE));
    s.function.init(Value::none());
    Ok(s.value())
}

fn class_new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::ClassMethod)?;
    let s = ClassMethod::from_cell(c.allocate_builtin(th, descriptor::WRAPPER_SIZE));
    s.function.init(Value::none());
    Ok(s.value())
}

fn static_init(th: &Thread, a: &[Value]) -> Res {
    let f = wrapper_argument(th, "staticmethod", a)?;
    let s = StaticMethod::of(a[0]);
    s.function.set(th, s.cell(), f);
    copy_attributes(th, a[0], f)?;
    Ok(Value::none())
}

fn class_init(th: &Thread, a: &[Value]) -> Res {
    let f = wrapper_argument(th, "classmethod", a)?;
    let s = ClassMethod::of(a[0]);
    s.function.set(th, s.cell(), f);
    copy_attributes(th, a[0], f)?;
    Ok(Value::none())
}

fn wrapper_argument(th: &Thread, name: &str, a: &[Value]) -> Res {
    if Dict::from_value(a[2]).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error(format!("{name}() takes no keyword arguments")));
    }
    match Tuple::of(a[1]).as_slice() {
        [f] => Ok(*f),
        args => Err(th.type_error(format!("{name} expected 1 argument, got {}", args.len()))),
    }
}

/// Takes over what `functools.wraps` would.
fn copy_attributes(th: &Thread, wrapper: Value, f: Value) -> Done {
    let names = [Name::__module__, Name::__name__, Name::__qualname__, Name::__doc__, Name::__annotations__];
    for n in names {
        if let Some(v) = attr::get_opt(th, f, th.name(n))? {
            attr::set(th, wrapper, th.name(n), v)?;
        }
    }
    Ok(())
}

fn static_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    Ok(wrapped(a[0]))
}

fn static_call(th: &Thread, a: &[Value]) -> Res {
    call::call_dict(th, wrapped(a[0]), Tuple::of(a[1]).as_slice(), a[2])
}

fn class_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    let class = match a[2].given_not_none() {
        Some(c) => c,
        None => Class::of_value(th, a[1]).value(),
    };
    let f = wrapped(a[0]);
    match Class::of_value(th, f).special(th, Name::__get__) {
        Some(g) if !f.is_kind(Kind::Function) => call::call_special(th, g, f, &[class, class]),
        _ => Ok(crate::method::new(th, f, class)),
    }
}

fn wrapper_repr(th: &Thread, a: &[Value]) -> Res {
    let text = protocol::repr(th, wrapped(a[0]))?;
    let mut b = krait_text::CharsBuf::with_capacity(32);
    b.extend_str(if a[0].is_kind(Kind::StaticMethod) { "<staticmethod(" } else { "<classmethod(" });
    b.extend(Str::of(text).chars());
    b.extend_str(")>");
    string::from_buf(th, &b)
}

fn get_wrapped(_: &Thread, v: Value) -> Res {
    Ok(wrapped(v))
}

fn get_wrapper_abstract(th: &Thread, v: Value) -> Res {
    Ok(Value::bool(is_abstract(th, wrapped(v))?))
}

natives! {
    static STATIC = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" static_new, "Create and return a new object.";
        method "__repr__" "()" wrapper_repr, "Return repr(self).";
        method "__call__" "(*args, **kwargs)" static_call, "Call self as a function.";
        method "__get__" "(instance, owner=None, /)" static_get, "Return an attribute of instance, which is of type owner.";
        method "__init__" "(*args, **kwargs)" static_init, "Initialize self.";
    }
}

natives! {
    static CLASS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" class_new, "Create and return a new object.";
        method "__repr__" "()" wrapper_repr, "Return repr(self).";
        method "__get__" "(instance, owner=None, /)" class_get, "Return an attribute of instance, which is of type owner.";
        method "__init__" "(*args, **kwargs)" class_init, "Initialize self.";
    }
}

static WRAPPER_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__func__", get_wrapped, "").member(),
    GetSetDef::ro("__wrapped__", get_wrapped, "").member(),
    GetSetDef::ro("__isabstractmethod__", get_wrapper_abstract, ""),
];

// ---- member_descriptor and getset_descriptor

/// Class and name of a descriptor.
fn identity(th: &Thread, v: Value) -> (Class, Value) {
    match Member::from_value(v) {
        Some(m) => (Class::of(m.class.get()), m.name.get()),
        None => {
            let g = GetSet::of(v);
            (Class::of(g.class.get()), th.interp.interned.intern_text(th, g.def().name))
        }
    }
}

fn descriptor_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    if a[1].is_none() && !owner(th, a).is(TypeId::NoneType) {
        return Ok(a[0]);
    }
    attr::bind_to(th, a[0], a[1], owner(th, a))
}

fn descriptor_set(th: &Thread, a: &[Value]) -> Res {
    attr::descriptor_set(th, a[0], a[1], a[2])?;
    Ok(Value::none())
}

fn descriptor_delete(th: &Thread, a: &[Value]) -> Res {
    attr::descriptor_set(th, a[0], a[1], Value::MISSING)?;
    Ok(Value::none())
}

fn descriptor_repr(th: &Thread, a: &[Value]) -> Res {
    let (class, name) = identity(th, a[0]);
    let what = if Class::of_value(th, a[0]).is(TypeId::MemberDescriptor) { "member" } else { "attribute" };
    let name = Str::of(name).to_text();
    string::try_new(th, &format!("<{what} '{name}' of '{}' objects>", crate::type_new::tp_name(th, class)))
}

fn descriptor_reduce(th: &Thread, a: &[Value]) -> Res {
    let (class, name) = identity(th, a[0]);
    object_reduce::call_builtin(th, "getattr", &[class.value(), name])
}

fn get_owner(th: &Thread, v: Value) -> Res {
    Ok(identity(th, v).0.value())
}

fn get_name(th: &Thread, v: Value) -> Res {
    Ok(identity(th, v).1)
}

fn get_doc(th: &Thread, v: Value) -> Res {
    match GetSet::from_value(v).map(|g| g.def().doc) {
        None | Some("") => Ok(Value::none()),
        Some(d) => string::try_new(th, d),
    }
}

fn get_qualname(th: &Thread, v: Value) -> Res {
    let (class, name) = identity(th, v);
    let class = attr::get_name(th, class.value(), Name::__qualname__)?;
    let (Some(c), Some(n)) = (Str::from_value(class), Str::from_value(name)) else {
        return Err(th.type_error("<descriptor>.__objclass__.__qualname__ is not a unicode object"));
    };
    string::try_new(th, &format!("{}.{}", c.to_text(), n.to_text()))
}

natives! {
    static DESCRIPTOR = {
        method "__repr__" "()" descriptor_repr, "Return repr(self).";
        method "__get__" "(instance, owner=None, /)" descriptor_get, "Return an attribute of instance, which is of type owner.";
        method "__set__" "(instance, value, /)" descriptor_set, "Set an attribute of instance to value.";
        method "__delete__" "(instance, /)" descriptor_delete, "Delete an attribute of instance.";
    }
}

natives! {
    static REDUCE = {
        method "__reduce__" "()" descriptor_reduce, "";
    }
}

static DESCRIPTOR_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__objclass__", get_owner, "").member(),
    GetSetDef::ro("__name__", get_name, "").member(),
    GetSetDef::ro("__doc__", get_doc, ""),
    GetSetDef::ro("__qualname__", get_qualname, ""),
];

const PROPERTY_DOC: &str = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.";
const STATIC_DOC: &str = "Convert a function to be a static method.";
const CLASS_DOC: &str = "Convert a function to be a class method.";

/// The tables of the descriptors.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::Property, PROPERTY_DOC, PROPERTY, PROPERTY_ATTRIBUTES),
    TypeTable::new(TypeId::StaticMethod, STATIC_DOC, STATIC, WRAPPER_ATTRIBUTES),
    TypeTable::new(TypeId::ClassMethod, CLASS_DOC, CLASS, WRAPPER_ATTRIBUTES),
    TypeTable::new(TypeId::GetSetDescriptor, "", DESCRIPTOR, DESCRIPTOR_ATTRIBUTES),
    TypeTable::new(TypeId::MemberDescriptor, "", DESCRIPTOR, DESCRIPTOR_ATTRIBUTES),
    TypeTable::new(TypeId::MemberDescriptor, "", REDUCE, &[]),
];
