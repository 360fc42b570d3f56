//! What programs see of native functions: as functions of modules, bound, and in the namespaces of classes.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{Class, type_name};
use crate::descriptor::GetSetDef;
use crate::descriptor_methods::check_get;
use crate::dict::Dict;
use crate::hash;
use crate::kind::Kind;
use crate::native::{self, DefKind, Native};
use crate::natives;
use crate::object_methods::address;
use crate::object_reduce;
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::type_new::tp_name;
use crate::types::TypeId;
use crate::value::Value;

fn this(a: &[Value]) -> Native {
    Native::of(a[0])
}

/// What a function is bound to: the receiver; for static methods and `__new__` their class; None for module functions.
fn receiver(n: Native) -> Option<Value> {
    match n.receiver.get() {
        Value::UNBOUND if n.def().kind == DefKind::Function => None,
        Value::UNBOUND => Some(n.owner.get()).filter(|v| v.is_kind(Kind::Type)),
        v => Some(v),
    }
}

fn name(th: &Thread, n: Native) -> Value {
    th.interp.interned.intern_text(th, n.def().name)
}

fn call_self(th: &Thread, a: &[Value]) -> Res {
    call::call_dict(th, a[0], Tuple::of(a[1]).as_slice(), a[2])
}

// ---- builtin_function_or_method and method-wrapper

fn function_repr(th: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    let name = n.def().name;
    let text = match receiver(n) {
        Some(r) if !r.is_kind(Kind::Module) => {
            format!("<built-in method {name} of {} object at {:#x}>", type_name(th, r), address(r))
        }
        _ => format!("<built-in function {name}>"),
    };
    Ok(string::new(th, &text))
}

fn wrapper_repr(th: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    let r = n.receiver.get();
    let text =
        format!("<method-wrapper '{}' of {} object at {:#x}>", n.def().name, type_name(th, r), address(r));
    Ok(string::new(th, &text))
}

fn same(a: &[Value]) -> Option<bool> {
    let (x, y) = (this(a), Native::from_value(a[1])?);
    if a[0].header().shape() != a[1].header().shape() {
        return None;
    }
    Some(std::ptr::eq(x.def(), y.def()) && receiver(x) == receiver(y))
}

fn eq(_: &Thread, a: &[Value]) -> Res {
    Ok(same(a).map_or(Value::not_implemented(), Value::bool))
}

fn ne(_: &Thread, a: &[Value]) -> Res {
    Ok(same(a).map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn hash_(_: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    let own = hash::of_identity((n.def() as *const native::NativeDef as u64) << 1 | 1);
    let bound = receiver(n).map_or(0, |r| hash::of_identity(r.0));
    Ok(Value::small(hash::fit(own ^ bound)))
}

fn bound_reduce(th: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    match receiver(n) {
        Some(r) if !r.is_kind(Kind::Module) => object_reduce::call_builtin(th, "getattr", &[r, name(th, n)]),
        _ => native::qualname(th, n),
    }
}

fn get_name(th: &Thread, v: Value) -> Res {
    Ok(name(th, Native::of(v)))
}

fn get_qualname(th: &Thread, v: Value) -> Res {
    native::qualname(th, Native::of(v))
}

fn get_doc(th: &Thread, v: Value) -> Res {
    match Native::of(v).def().doc {
        "" => Ok(Value::none()),
        d => string::try_new(th, d),
    }
}

fn get_self(th: &Thread, v: Value) -> Res {
    let n = Native::of(v);
    if let Some(r) = receiver(n) {
        return Ok(r);
    }
    match Dict::from_value(th.interp.modules.get()) {
        Some(d) if n.owner.get().is_kind(Kind::Str) => Ok(d.get(th, n.owner.get())?.unwrap_or(Value::none())),
        _ => Ok(Value::none()),
    }
}

fn get_module(_: &Thread, v: Value) -> Res {
    let n = Native::of(v);
    let m = n.owner.get();
    Ok(if n.def().kind == DefKind::Function && m.is_kind(Kind::Str) { m } else { Value::none() })
}

fn get_owner(_: &Thread, v: Value) -> Res {
    Ok(Native::of(v).owner.get())
}

/// `__text_signature__`: the definition's parameters with the receiver in front.
pub fn text_signature(n: Native) -> String {
    let def = n.def();
    if def.name == "__new__" {
        return String::from("($type, *args, **kwargs)");
    }
    let first = match def.kind {
        DefKind::Function => "$module",
        DefKind::Method => "$self",
        DefKind::ClassMethod => "$type",
        DefKind::StaticMethod => return def.text.trim_start_matches('?').to_owned(),
    };
    let rest = def.text.trim_start_matches(['?', '(']);
    if rest == ")" {
        return format!("({first}, /)");
    }
    // The receiver is positional-only; when the parameters have a `/` of their own it is in front of that.
    if def.sig.posonly > 0 { format!("({first}, {rest}") } else { format!("({first}, /, {rest}") }
}

fn get_text_signature(th: &Thread, v: Value) -> Res {
    let n = Native::of(v);
    if n.def().old_style() { Ok(Value::none()) } else { Ok(string::new(th, &text_signature(n))) }
}

natives! {
    static FUNCTION = {
        method "__repr__" "()" function_repr, "Return repr(self).";
        method "__hash__" "()" hash_, "Return hash(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__reduce__" "()" bound_reduce, "";
    }
}

natives! {
    static WRAPPER = {
        method "__repr__" "()" wrapper_repr, "Return repr(self).";
        method "__hash__" "()" hash_, "Return hash(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__eq__" "(value, /)" eq, "Return self==value.";
        method "__ne__" "(value, /)" ne, "Return self!=value.";
        method "__reduce__" "()" bound_reduce, "";
    }
}

static FUNCTION_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__module__", get_module, "").member(),
    GetSetDef::ro("__doc__", get_doc, ""),
    GetSetDef::ro("__name__", get_name, ""),
    GetSetDef::ro("__qualname__", get_qualname, ""),
    GetSetDef::ro("__self__", get_self, ""),
    GetSetDef::ro("__text_signature__", get_text_signature, ""),
];

static WRAPPER_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__self__", get_self, "").member(),
    GetSetDef::ro("__objclass__", get_owner, ""),
    GetSetDef::ro("__name__", get_name, ""),
    GetSetDef::ro("__qualname__", get_qualname, ""),
    GetSetDef::ro("__doc__", get_doc, ""),
    GetSetDef::ro("__text_signature__", get_text_signature, ""),
];

// ---- What the namespaces of classes hold

fn descriptor_repr(th: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    let what =
        if Class::of_value(th, a[0]).is(TypeId::WrapperDescriptor) { "slot wrapper" } else { "method" };
    let class = tp_name(th, Class::of(n.owner.get()));
    Ok(string::new(th, &format!("<{what} '{}' of '{class}' objects>", n.def().name)))
}

fn descriptor_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    if a[1].is_none() && a[2].given() != Some(th.interp.class_value(TypeId::NoneType)) {
        return Ok(a[0]);
    }
    attr::bind(th, a[0], a[1])
}

fn class_descriptor_get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    let class = match a[2].given_not_none() {
        Some(c) => c,
        None => Class::of_value(th, a[1]).value(),
    };
    let c = native::check_class(th, this(a), Some(class))?;
    attr::bind_to(th, a[0], Value::MISSING, c)
}

fn descriptor_reduce(th: &Thread, a: &[Value]) -> Res {
    let n = this(a);
    object_reduce::call_builtin(th, "getattr", &[n.owner.get(), name(th, n)])
}

natives! {
    static DESCRIPTOR = {
        method "__repr__" "()" descriptor_repr, "Return repr(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__get__" "(instance, owner=None, /)" descriptor_get, "Return an attribute of instance, which is of type owner.";
        method "__reduce__" "()" descriptor_reduce, "";
    }
}

natives! {
    static CLASS_DESCRIPTOR = {
        method "__repr__" "()" descriptor_repr, "Return repr(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__get__" "(instance, owner=None, /)" class_descriptor_get, "Return an attribute of instance, which is of type owner.";
    }
}

static DESCRIPTOR_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__objclass__", get_owner, "").member(),
    GetSetDef::ro("__name__", get_name, "").member(),
    GetSetDef::ro("__doc__", get_doc, ""),
    GetSetDef::ro("__qualname__", get_qualname, ""),
    GetSetDef::ro("__text_signature__", get_text_signature, ""),
];

/// The tables of the types of native functions.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::BuiltinFunction, "", FUNCTION, FUNCTION_ATTRIBUTES),
    TypeTable::new(TypeId::MethodWrapper, "", WRAPPER, WRAPPER_ATTRIBUTES),
    TypeTable::new(TypeId::MethodDescriptor, "", DESCRIPTOR, DESCRIPTOR_ATTRIBUTES),
    TypeTable::new(TypeId::WrapperDescriptor, "", DESCRIPTOR, DESCRIPTOR_ATTRIBUTES),
    TypeTable::new(TypeId::ClassMethodDescriptor, "", CLASS_DESCRIPTOR, DESCRIPTOR_ATTRIBUTES),
];
