//! What programs see of classes.

use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{self, Class};
use crate::dict::Dict;
use crate::kind::Kind;
use crate::names::Name;
use crate::natives;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, list, protocol, type_attrs, type_call, type_new};

/// `C[key]`: `__class_getitem__`; `type[key]` itself is a generic alias.
pub fn class_getitem(th: &Thread, c: Class, key: Value) -> Res {
    let method = attr::get_opt(th, c.value(), th.name(Name::__class_getitem__))?;
    if let Some(f) = method.filter(|f| !f.is_none()) {
        return call::call(th, f, &[key]);
    }
    if c.is(TypeId::Type) {
        return crate::generic_alias::new(th, c.value(), key);
    }
    Err(th.type_error(format!("type '{}' is not subscriptable", c.name_text())))
}

/// `isinstance` with a class-like object: by its `__bases__`.
pub fn abstract_is_instance(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if Class::from_value(class).is_some() {
        return protocol::real_is_instance(th, v, Class::of(class));
    }
    if bases_of(th, class)?.is_none() {
        return Err(th.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    }
    match attr::get_opt(th, v, th.name(Name::__class__))? {
        Some(k) => abstract_derives(th, k, class),
        None => Ok(false),
    }
}

/// `issubclass` with class-like objects: by their `__bases__`.
pub fn abstract_is_subclass(th: &Thread, v: Value, class: Value) -> Res<bool> {
    if let (Some(a), Some(b)) = (Class::from_value(v), Class::from_value(class)) {
        return Ok(a.is_subclass_of(b));
    }
    if bases_of(th, v)?.is_none() {
        return Err(th.type_error("issubclass() arg 1 must be a class"));
    }
    if bases_of(th, class)?.is_none() {
        return Err(th.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_derives(th, v, class)
}

fn bases_of(th: &Thread, v: Value) -> Res<Option<Tuple>> {
    Ok(attr::get_opt(th, v, th.name(Name::__bases__))?.and_then(Tuple::from_value))
}

fn abstract_derives(th: &Thread, v: Value, class: Value) -> Res<bool> {
    th.check_native_stack()?;
    if v == class {
        return Ok(true);
    }
    let Some(bases) = bases_of(th, v)? else { return Ok(false) };
    for &b in bases.as_slice() {
        if abstract_derives(th, b, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The most derived metaclass of a metaclass and the bases' metaclasses; TypeError on a conflict.
pub fn calculate_metaclass(th: &Thread, meta: Class, bases: &[Value]) -> Res<Class> {
    let mut winner = meta;
    for &b in bases {
        let c = Class::of_value(th, b);
        // What is no class at all is told apart by `best_base`, after the metaclass.
        if winner.is_subclass_of(c) {
            continue;
        }
        if c.is_subclass_of(winner) {
            winner = c;
            continue;
        }
        return Err(th.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// Is the value `type` itself?
pub fn is_type_type(th: &Thread, v: Value) -> bool {
    v == th.interp.class_value(TypeId::Type)
}

/// The class that a method of `type` was called on (the descriptor has checked the receiver).
fn receiver(a: &[Value]) -> Class {
    Class::of(a[0])
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let meta = match Class::from_value(a[0]) {
        Some(c) if c.is_subclass_of(th.interp.class(TypeId::Type)) => c,
        Some(c) => {
            let n = c.name_text();
            return Err(th.type_error(format!("type.__new__({n}): {n} is not a subtype of type")));
        }
        None => {
            return Err(th.type_error(format!(
                "type.__new__(X): X is not a type object ({})",
                class::type_name(th, a[0])
            )));
        }
    };
    let args = Tuple::of(a[1]).as_slice();
    let &[name, bases, namespace] = args else {
        return Err(th.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", args.len())));
    };
    let wrong = |i: usize, want: &str, v: Value| {
        Err(th.type_error(format!(
            "type.__new__() argument {i} must be {want}, not {}",
            class::type_name(th, v)
        )))
    };
    if !name.is_kind(Kind::Str) {
        return wrong(1, "str", name);
    }
    if !bases.is_kind(Kind::Tuple) {
        return wrong(2, "tuple", bases);
    }
    if !namespace.is_kind(Kind::Dict) {
        return wrong(3, "dict", namespace);
    }
    type_new::type_new(th, meta, name, bases, namespace, a[2])
}

fn init(th: &Thread, a: &[Value]) -> Res {
    match Tuple::of(a[1]).len() {
        1 if Dict::from_value(a[2]).is_some_and(|d| !d.is_empty()) => {
            Err(th.type_error("type.__init__() takes no keyword arguments"))
        }
        1 | 3 => Ok(Value::none()),
        _ => Err(th.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn call_method(th: &Thread, a: &[Value]) -> Res {
    let args = Tuple::of(a[1]).as_slice();
    let Some(kw) = Dict::from_value(a[2]).filter(|d| !d.is_empty()) else {
        return type_call::call_class(th, receiver(a), args, Value::MISSING);
    };
    let mut all = ValueVec::with_capacity(th, args.len() + kw.len())?;
    let mut names = ValueVec::with_capacity(th, kw.len())?;
    for &v in args {
        all.push(th, v)?;
    }
    let mut at = 0;
    while let Some((k, v)) = kw.next(th, &mut at) {
        names.push(th, k)?;
        all.push(th, v)?;
    }
    let names = tuple::from_vec(th, &names)?;
    type_call::call_class(th, receiver(a), all.as_slice(), names)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let c = receiver(a);
    let Some(q) = Str::from_value(c.qualname.get()) else { return Ok(th.interp.empty_str.get()) };
    let module = type_attrs::module_of(th, c).and_then(Str::from_value).filter(|m| !m.is("builtins"));
    let mut b = krait_text::CharsBuf::with_capacity(40);
    b.extend_str("<class '");
    if let Some(m) = module {
        b.extend(m.chars());
        b.push('.' as u32);
    }
    b.extend(q.chars());
    b.extend_str("'>");
    string::from_buf(th, &b)
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = crate::object_methods::name_arg(th, a[1])?;
    attr::type_get_strict(th, receiver(a), name)
}

fn setattr(th: &Thread, a: &[Value]) -> Res {
    let name = crate::object_methods::name_arg(th, a[1])?;
    attr::type_set(th, receiver(a), name, a[2])?;
    Ok(Value::none())
}

fn delattr(th: &Thread, a: &[Value]) -> Res {
    let name = crate::object_methods::name_arg(th, a[1])?;
    attr::type_set(th, receiver(a), name, Value::MISSING)?;
    Ok(Value::none())
}

fn mro(th: &Thread, a: &[Value]) -> Res {
    let t = type_new::standard_mro(th, receiver(a))?;
    list::from_slice(th, Tuple::of(t).as_slice())
}

fn subclasses(th: &Thread, a: &[Value]) -> Res {
    let all = receiver(a).subclasses(th)?;
    list::from_slice(th, all.as_slice())
}

fn prepare(th: &Thread, _: &[Value]) -> Res {
    Ok(crate::dict::new(th).value())
}

fn instancecheck(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::real_is_instance(th, a[1], receiver(a))?))
}

fn subclasscheck(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(abstract_is_subclass(th, a[1], a[0])?))
}

/// Adds the names in a class's namespace and its bases' to `names`.
pub fn merge_class_names(th: &Thread, class: Value, names: Dict) -> Result<(), Raised> {
    th.check_native_stack()?;
    if let Some(d) = attr::get_opt(th, class, th.name(Name::__dict__))? {
        crate::dict_methods::merge(th, names, d, true)?;
    }
    let Some(bases) = attr::get_opt(th, class, th.name(Name::__bases__))? else { return Ok(()) };
    if let Some(t) = Tuple::from_value(bases) {
        for &b in t.as_slice() {
            merge_class_names(th, b, names)?;
        }
    }
    Ok(())
}

fn dir(th: &Thread, a: &[Value]) -> Res {
    let names = crate::dict::new(th);
    merge_class_names(th, a[0], names)?;
    crate::dict_methods::key_list(th, names)
}

fn sizeof(_: &Thread, a: &[Value]) -> Res {
    // The sizes of CPython's structures: a heap type, and a static one.
    Ok(Value::small(if receiver(a).has_flag(class::flag::HEAP) { 928 } else { 416 }))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__call__" "(*args, **kwargs)" call_method, "Call self as a function.";
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__setattr__" "(name, value, /)" setattr, "Implement setattr(self, name, value).";
        method "__delattr__" "(name, /)" delattr, "Implement delattr(self, name).";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__or__" "(value, /)" crate::union_type::or_method, "Return self|value.";
        method "__ror__" "(value, /)" crate::union_type::ror_method, "Return value|self.";
        method "mro" "()" mro, "Return a type's method resolution order.";
        method "__subclasses__" "()" subclasses, "Return a list of immediate subclasses.";
        classmethod "__prepare__" "(*args, **kwargs)" prepare, "Used for the class statement.";
        method "__instancecheck__" "(instance, /)" instancecheck, "Check if an object is an instance.";
        method "__subclasscheck__" "(subclass, /)" subclasscheck, "Check if a class is a subclass.";
        method "__dir__" "()" dir, "Specialized __dir__ implementation for types.";
        method "__sizeof__" "()" sizeof, "Return memory consumption of the type object.";
    }
}

/// The table of `type`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Type,
    "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    METHODS,
    type_attrs::GETSET,
)];
