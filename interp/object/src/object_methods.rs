//! What programs see of `object`: the defaults of the data model, and `__class__`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::class::{Class, flag, type_name};
use crate::descriptor::GetSetDef;
use crate::dict;
use crate::instance::Instance;
use crate::kind::Kind;
use crate::names::Name;
use crate::natives;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, hash, object_reduce, protocol, type_attrs, type_call, type_methods};

/// An attribute name argument, interned; else TypeError.
pub fn name_arg(th: &Thread, v: Value) -> Res {
    match Str::from_value(v) {
        Some(s) => Ok(string::intern(th, s)),
        None => Err(th.type_error(format!("attribute name must be string, not '{}'", type_name(th, v)))),
    }
}

/// `object.__getattribute__`.
pub fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::generic_get_strict(th, a[0], Class::of_value(th, a[0]), name)
}

/// `object.__setattr__` must not go around a class's own setter ("Carlo Verre's hack").
fn check_setter(th: &Thread, v: Value, what: &str) -> Result<(), Raised> {
    if v.is_kind(Kind::Type) {
        let n = type_name(th, v);
        return Err(th.type_error(format!("can't apply this {what} to {n} object")));
    }
    Ok(())
}

/// `object.__setattr__`.
pub fn setattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    check_setter(th, a[0], "__setattr__")?;
    attr::generic_set(th, a[0], name, a[2])?;
    Ok(Value::none())
}

/// `object.__delattr__`.
pub fn delattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    check_setter(th, a[0], "__delattr__")?;
    attr::generic_set(th, a[0], name, Value::MISSING)?;
    Ok(Value::none())
}

/// The address that `repr` shows: `id()` of the object.
pub fn address(v: Value) -> u64 {
    if v.is_cell() { v.0 - 1 } else { v.0 }
}

/// The default `repr`: `<module.Class object at 0x...>`.
pub fn default_repr(th: &Thread, v: Value) -> Res {
    let c = Class::of_value(th, v);
    let module = type_attrs::module_of(th, c).and_then(Str::from_value).filter(|m| !m.is("builtins"));
    let mut b = krait_text::CharsBuf::with_capacity(48);
    b.push('<' as u32);
    if let Some(m) = module {
        b.extend(m.chars());
        b.push('.' as u32);
    }
    if let Some(q) = Str::from_value(c.qualname.get()) {
        b.extend(q.chars());
    }
    b.extend_str(&format!(" object at {:#x}>", address(v)));
    string::from_buf(th, &b)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    default_repr(th, a[0])
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    protocol::repr(th, a[0])
}

fn hash_(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(hash::of_identity(a[0].0)))
}

fn eq(_: &Thread, a: &[Value]) -> Res {
    Ok(if a[0] == a[1] { Value::true_() } else { Value::not_implemented() })
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    let Some(f) = Class::of_value(th, a[0]).special(th, Name::__eq__).filter(|f| !f.is_none()) else {
        return Ok(Value::not_implemented());
    };
    let r = call::call_special(th, f, a[0], &[a[1]])?;
    if r.is_not_implemented() {
        return Ok(r);
    }
    Ok(Value::bool(!protocol::truth(th, r)?))
}

fn declined(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let Some(spec) = Str::from_value(a[1]) else {
        return Err(th.type_error(format!("__format__() argument must be str, not {}", type_name(th, a[1]))));
    };
    if !spec.is_empty() {
        return Err(
            th.type_error(format!("unsupported format string passed to {}.__format__", type_name(th, a[0])))
        );
    }
    protocol::str_of(th, a[0])
}

fn dir(th: &Thread, a: &[Value]) -> Res {
    let names = match attr::get_opt(th, a[0], th.name(Name::__dict__))? {
        Some(d) if d.is_kind(Kind::Dict) => dict::Dict::of(d).copy(th)?,
        _ => dict::new(th),
    };
    if let Some(class) = attr::get_opt(th, a[0], th.name(Name::__class__))? {
        type_methods::merge_class_names(th, class, names)?;
    }
    crate::dict_methods::key_list(th, names)
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    let c = Class::of_value(th, a[0]);
    let items = match a[0].kind() {
        Kind::Tuple => crate::tuple::Tuple::of(a[0]).len() as i64,
        Kind::Bytes => crate::bytes::Bytes::of(a[0]).len() as i64,
        Kind::Int => 2 * crate::int::BigInt::from_value(a[0]).map_or(1, |b| b.limbs().len() as i64),
        _ => 0,
    };
    Ok(Value::small(type_attrs::basic_size(c) + items * type_attrs::item_size(c)))
}

fn init_subclass(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::none())
}

fn get_class(th: &Thread, v: Value) -> Res {
    Ok(Class::of_value(th, v).value())
}

fn set_class(th: &Thread, v: Value, value: Value) -> Result<(), Raised> {
    if value == Value::MISSING {
        return Err(th.type_error("can't delete __class__ attribute"));
    }
    let Some(new) = Class::from_value(value) else {
        return Err(
            th.type_error(format!("__class__ must be set to a class, not '{}' object", type_name(th, value)))
        );
    };
    let old = Class::of_value(th, v);
    let module = th.interp.class(TypeId::Module);
    let fixed = |c: Class| !c.has_flag(flag::HEAP) || c.has_flag(flag::IMMUTABLE);
    if (fixed(old) || fixed(new)) && !(old.is_subclass_of(module) && new.is_subclass_of(module)) {
        return Err(
            th.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses")
        );
    }
    if old == new {
        return Ok(());
    }
    type_attrs::check_compatible(th, old, new, "__class__")?;
    if v.is_kind(Kind::Instance) {
        Instance::of(v).set_class(th, new)?;
    } else {
        v.header().set_shape(new.shape.get());
        th.heap.barrier(v.cell(), v.cell().as_ptr().cast());
    }
    if new.has_flag(flag::FINALIZER) && !old.has_flag(flag::FINALIZER) {
        th.heap.add_finalizer(v.cell());
    }
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" type_call::object_new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__hash__" "()" hash_, "Return hash(self).", Pure;
        method "__str__" "()" str_, "Return str(self).";
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__setattr__" "(name, value, /)" setattr, "Implement setattr(self, name, value).";
        method "__delattr__" "(name, /)" delattr, "Implement delattr(self, name).";
        method "__lt__" "(value, /)" declined, "Return self<value.", Pure;
        method "__le__" "(value, /)" declined, "Return self<=value.", Pure;
        method "__eq__" "(value, /)" eq, "Return self==value.", Pure;
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__gt__" "(value, /)" declined, "Return self>value.", Pure;
        method "__ge__" "(value, /)" declined, "Return self>=value.", Pure;
        method "__init__" "(*args, **kwargs)" type_call::object_init, "Initialize self.";
        method "__reduce_ex__" "(protocol, /)" object_reduce::reduce_ex, "Helper for pickle.";
        method "__reduce__" "()" object_reduce::reduce, "Helper for pickle.";
        method "__getstate__" "()" object_reduce::getstate, "Helper for pickle.";
        classmethod "__subclasshook__" "(*args)" declined, "Abstract classes can override this to customize issubclass().", Pure;
        classmethod "__init_subclass__" "()" init_subclass, "This method is called when a class is subclassed.", Pure;
        method "__format__" "(format_spec, /)" format, "Default object formatter.";
        method "__sizeof__" "()" sizeof, "Size of object in memory, in bytes.";
        method "__dir__" "()" dir, "Default dir() implementation.";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::rw("__class__", get_class, set_class, "the object's class")];

pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Object,
    "object()\n--\n\nThe base class of the class hierarchy.",
    METHODS,
    GETSET,
)];
