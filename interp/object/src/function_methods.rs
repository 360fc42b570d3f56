//! What programs see of functions, bound methods and cells.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellvar::CellVar;
use crate::class::type_name;
use crate::code::Code;
use crate::descriptor::GetSetDef;
use crate::descriptor_methods::check_get;
use crate::dict::{self, Dict};
use crate::function::{self, Function};
use crate::kind::Kind;
use crate::method::{self, Method};
use crate::names::Name;
use crate::natives;
use crate::object_methods::{address, name_arg};
use crate::object_reduce;
use crate::protocol::{self, Cmp};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use crate::watch::{self, Watched};

type Done = Result<(), Raised>;

fn new(th: &Thread, a: &[Value]) -> Res {
    crate::construct::class_arg(th, a[0], TypeId::Function)?;
    let Some(code) = Code::from_value(a[1]) else {
        return Err(
            th.type_error(format!("function() argument 'code' must be code, not {}", type_name(th, a[1])))
        );
    };
    let Some(globals) = Dict::from_value(a[2]) else {
        return Err(
            th.type_error(format!("function() argument 'globals' must be dict, not {}", type_name(th, a[2])))
        );
    };
    let pick = |i: usize| a[i].given().unwrap_or(Value::none());
    let (name, defaults, closure) = (pick(3), pick(4), pick(5));
    if !name.is_none() && !name.is_kind(Kind::Str) {
        return Err(th.type_error("arg 3 (name) must be None or string"));
    }
    if !defaults.is_none() && !defaults.is_kind(Kind::Tuple) {
        return Err(th.type_error("arg 4 (defaults) must be None or tuple"));
    }
    let free = Tuple::from_value(code.freevars()).map_or(0, Tuple::len);
    if !closure.is_kind(Kind::Tuple) {
        if free > 0 && closure.is_none() {
            return Err(th.type_error("arg 5 (closure) must be tuple"));
        }
        if !closure.is_none() {
            return Err(th.type_error("arg 5 (closure) must be None or tuple"));
        }
    }
    let cells = Tuple::from_value(closure).map_or(&[][..], Tuple::as_slice);
    if cells.len() != free {
        let name = Str::from_value(code.name.get()).map(Str::to_text).unwrap_or_default();
        return Err(th.value_error(format!("{name} requires closure of length {free}, not {}", cells.len())));
    }
    for &c in cells {
        if !c.is_kind(Kind::CellVar) {
            return Err(th.type_error(format!("arg 5 (closure) expected cell, found {}", type_name(th, c))));
        }
    }
    let f = function::new(th, code, globals, builtins_of(th, globals)?);
    if !name.is_none() {
        f.name.set(th, f.cell(), name);
    }
    f.defaults.set(th, f.cell(), defaults);
    if !closure.is_none() {
        f.closure.set(th, f.cell(), closure);
    }
    Ok(f.value())
}

/// The dict in which names that the globals lack are looked up: their `__builtins__`, or the running frame's.
fn builtins_of(th: &Thread, globals: Dict) -> Res {
    match globals.get_name(th, th.name(Name::__builtins__)) {
        Some(v) if v.is_kind(Kind::Module) => return Ok(crate::module::Module::of(v).dict().value()),
        Some(v) if v.is_kind(Kind::Dict) => return Ok(v),
        _ => {}
    }
    let frame = match th.interp.hooks.get() {
        Some(h) => (h.frame_at)(th, 0)?,
        None => None,
    };
    let frame = frame.and_then(crate::frameobj::Frame::from_value);
    Ok(frame.map_or(th.interp.builtins.get(), |f| f.builtins.get()))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let q = Function::of(a[0]).qualname.get();
    let mut b = krait_text::CharsBuf::with_capacity(48);
    b.extend_str("<function ");
    if let Some(s) = Str::from_value(q) {
        b.extend(s.chars());
    }
    b.extend_str(&format!(" at {:#x}>", address(a[0])));
    string::from_buf(th, &b)
}

fn call_self(th: &Thread, a: &[Value]) -> Res {
    call::call_dict(th, a[0], Tuple::of(a[1]).as_slice(), a[2])
}

fn get(th: &Thread, a: &[Value]) -> Res {
    check_get(th, a)?;
    if a[1].is_none() && a[2].given() != Some(th.interp.class_value(TypeId::NoneType)) {
        return Ok(a[0]);
    }
    Ok(method::new(th, a[0], a[1]))
}

fn get_code(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).code.get())
}

fn set_code(th: &Thread, v: Value, value: Value) -> Done {
    let Some(code) = Code::from_value(value) else {
        return Err(th.type_error("__code__ must be set to a code object"));
    };
    let f = Function::of(v);
    let free = Tuple::from_value(code.freevars()).map_or(0, Tuple::len);
    let have = Tuple::from_value(f.closure.get()).map_or(0, Tuple::len);
    if free != have {
        let name = Str::from_value(f.name.get()).map(Str::to_text).unwrap_or_default();
        return Err(
            th.value_error(format!("{name}() requires a code object with {have} free vars, not {free}"))
        );
    }
    code.bind_namespace(f.globals(), f.builtins.get() == th.interp.builtins.get());
    f.code.set(th, f.cell(), value);
    watch::changed(Watched::Code(v.0));
    Ok(())
}

fn get_globals(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).globals.get())
}

fn get_builtins(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).builtins.get())
}

fn get_closure(_: &Thread, v: Value) -> Res {
    let c = Function::of(v).closure.get();
    Ok(if Tuple::from_value(c).is_none_or(Tuple::is_empty) { Value::none() } else { c })
}

fn get_doc(_: &Thread, v: Value) -> Res {
    let f = Function::of(v);
    let d = f.doc.get();
    Ok(if d == Value::UNBOUND { f.code().docstring() } else { d })
}

fn set_doc(th: &Thread, v: Value, value: Value) -> Done {
    let f = Function::of(v);
    f.doc.set(th, f.cell(), value.given().unwrap_or(Value::none()));
    Ok(())
}

fn get_module(th: &Thread, v: Value) -> Res {
    let f = Function::of(v);
    let m = f.module.get();
    if m != Value::UNBOUND {
        return Ok(m);
    }
    Ok(f.globals().get_name(th, th.name(Name::__name__)).unwrap_or(Value::none()))
}

fn set_module(th: &Thread, v: Value, value: Value) -> Done {
    let f = Function::of(v);
    f.module.set(th, f.cell(), value.given().unwrap_or(Value::none()));
    Ok(())
}

fn get_defaults(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).defaults.get())
}

/// The value that a setter stores: None for deletion, else of the kind; TypeError "NAME must be set to a WHAT object".
fn checked(th: &Thread, value: Value, kind: Kind, name: &str, what: &str) -> Res {
    match value.given_not_none() {
        None => Ok(Value::none()),
        Some(v) if v.is_kind(kind) => Ok(v),
        Some(_) => Err(th.type_error(format!("{name} must be set to a {what}"))),
    }
}

fn set_defaults(th: &Thread, v: Value, value: Value) -> Done {
    let f = Function::of(v);
    let value = checked(th, value, Kind::Tuple, "__defaults__", "tuple object")?;
    f.defaults.set(th, f.cell(), value);
    Ok(())
}

fn get_kwdefaults(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).kwdefaults.get())
}

fn set_kwdefaults(th: &Thread, v: Value, value: Value) -> Done {
    let f = Function::of(v);
    let value = checked(th, value, Kind::Dict, "__kwdefaults__", "dict object")?;
    f.kwdefaults.set(th, f.cell(), value);
    Ok(())
}

/// `f.__annotations__`: the compiler's names and values become a dict when it is asked for.
pub fn get_annotations(th: &Thread, v: Value) -> Res {
    let f = Function::of(v);
    let now = f.annotations.get();
    if now.is_kind(Kind::Dict) {
        return Ok(now);
    }
    let d = dict::new(th);
    if let Some(t) = Tuple::from_value(now) {
        for pair in t.as_slice().chunks_exact(2) {
            d.set(th, pair[0], pair[1])?;
        }
    }
    f.annotations.set(th, f.cell(), d.value());
    Ok(d.value())
}

fn set_annotations(th: &Thread, v: Value, value: Value) -> Done {
    let f = Function::of(v);
    let value = checked(th, value, Kind::Dict, "__annotations__", "dict object")?;
    f.annotations.set(th, f.cell(), value);
    Ok(())
}

fn get_type_params(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).type_params.get())
}

fn set_type_params(th: &Thread, v: Value, value: Value) -> Done {
    if !value.is_kind(Kind::Tuple) {
        return Err(th.type_error("__type_params__ must be set to a tuple"));
    }
    let f = Function::of(v);
    f.type_params.set(th, f.cell(), value);
    Ok(())
}

fn get_name(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).name.get())
}

fn set_name(th: &Thread, v: Value, value: Value) -> Done {
    if !value.is_kind(Kind::Str) {
        return Err(th.type_error("__name__ must be set to a string object"));
    }
    let f = Function::of(v);
    f.name.set(th, f.cell(), value);
    Ok(())
}

fn get_qualname(_: &Thread, v: Value) -> Res {
    Ok(Function::of(v).qualname.get())
}

fn set_qualname(th: &Thread, v: Value, value: Value) -> Done {
    if !value.is_kind(Kind::Str) {
        return Err(th.type_error("__qualname__ must be set to a string object"));
    }
    let f = Function::of(v);
    f.qualname.set(th, f.cell(), value);
    Ok(())
}

natives! {
    static FUNCTION = {
        staticmethod "__new__" "(cls, code, globals, name=None, argdefs=None, closure=None)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__get__" "(instance, owner=None, /)" get, "Return an attribute of instance, which is of type owner.";
    }
}

static FUNCTION_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__closure__", get_closure, "").member(),
    GetSetDef::rw("__doc__", get_doc, set_doc, "").member(),
    GetSetDef::ro("__globals__", get_globals, "").member(),
    GetSetDef::rw("__module__", get_module, set_module, "").member(),
    GetSetDef::ro("__builtins__", get_builtins, "").member(),
    GetSetDef::rw("__code__", get_code, set_code, ""),
    GetSetDef::rw("__defaults__", get_defaults, set_defaults, ""),
    GetSetDef::rw("__kwdefaults__", get_kwdefaults, set_kwdefaults, ""),
    GetSetDef::rw("__annotations__", get_annotations, set_annotations, ""),
    GetSetDef::rw("__dict__", attr::dict_getter, attr::dict_setter, ""),
    GetSetDef::rw("__name__", get_name, set_name, ""),
    GetSetDef::rw("__qualname__", get_qualname, set_qualname, ""),
    GetSetDef::rw("__type_params__", get_type_params, set_type_params, ""),
];

// ---- Bound methods

fn method_new(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[2]).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error("method() takes no keyword arguments"));
    }
    let args = Tuple::of(a[1]).as_slice();
    let &[f, receiver] = args else {
        return Err(th.type_error(format!("method expected 2 arguments, got {}", args.len())));
    };
    if !call::is_callable(th, f) {
        return Err(th.type_error("first argument must be callable"));
    }
    if receiver.is_none() {
        return Err(th.type_error("instance must not be None"));
    }
    Ok(method::new(th, f, receiver))
}

fn method_getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    let own = th.interp.class(TypeId::Method);
    if let Some(v) = own.lookup(th, name) {
        return attr::bind(th, v, a[0]);
    }
    attr::get_strict(th, Method::of(a[0]).function.get(), name)
}

fn method_eq(th: &Thread, a: &[Value]) -> Res {
    let Some(b) = Method::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    let m = Method::of(a[0]);
    Ok(Value::bool(
        m.receiver.get() == b.receiver.get() && protocol::equal(th, m.function.get(), b.function.get())?,
    ))
}

fn method_ne(th: &Thread, a: &[Value]) -> Res {
    let r = method_eq(th, a)?;
    Ok(r.as_bool().map_or(r, |b| Value::bool(!b)))
}

fn method_hash(th: &Thread, a: &[Value]) -> Res {
    let m = Method::of(a[0]);
    let f = protocol::hash(th, m.function.get())?;
    Ok(Value::small(crate::hash::fit(crate::hash::of_identity(m.receiver.get().0) ^ f)))
}

fn method_repr(th: &Thread, a: &[Value]) -> Res {
    let m = Method::of(a[0]);
    let f = m.function.get();
    let name = match attr::get_opt(th, f, th.name(Name::__qualname__))? {
        Some(n) => Some(n),
        None => attr::get_opt(th, f, th.name(Name::__name__))?,
    };
    let receiver = protocol::repr(th, m.receiver.get())?;
    let mut b = krait_text::CharsBuf::with_capacity(64);
    b.extend_str("<bound method ");
    match name.and_then(Str::from_value) {
        Some(n) => b.extend(n.chars()),
        None => b.push('?' as u32),
    }
    b.extend_str(" of ");
    b.extend(Str::of(receiver).chars());
    b.push('>' as u32);
    string::from_buf(th, &b)
}

fn method_reduce(th: &Thread, a: &[Value]) -> Res {
    let m = Method::of(a[0]);
    let name = attr::get_name(th, m.function.get(), Name::__name__)?;
    object_reduce::call_builtin(th, "getattr", &[m.receiver.get(), name])
}

fn get_method_function(_: &Thread, v: Value) -> Res {
    Ok(Method::of(v).function.get())
}

fn get_method_receiver(_: &Thread, v: Value) -> Res {
    Ok(Method::of(v).receiver.get())
}

fn get_method_doc(th: &Thread, v: Value) -> Res {
    let doc = attr::get_opt(th, Method::of(v).function.get(), th.name(Name::__doc__))?;
    Ok(doc.unwrap_or(Value::none()))
}

natives! {
    static METHOD = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" method_new, "Create and return a new object.";
        method "__repr__" "()" method_repr, "Return repr(self).";
        method "__hash__" "()" method_hash, "Return hash(self).";
        method "__call__" "(*args, **kwargs)" call_self, "Call self as a function.";
        method "__getattribute__" "(name, /)" method_getattribute, "Return getattr(self, name).";
        method "__eq__" "(value, /)" method_eq, "Return self==value.";
        method "__ne__" "(value, /)" method_ne, "Return self!=value.";
        method "__reduce__" "()" method_reduce, "";
    }
}

static METHOD_ATTRIBUTES: &[GetSetDef] = &[
    GetSetDef::ro("__func__", get_method_function, "the function (or other callable) implementing a method")
        .member(),
    GetSetDef::ro("__self__", get_method_receiver, "the instance to which a method is bound").member(),
    GetSetDef::ro("__doc__", get_method_doc, ""),
];

// ---- Cells

fn cell_new(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[2]).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error("cell() takes no keyword arguments"));
    }
    let value = match Tuple::of(a[1]).as_slice() {
        [] => Value::UNBOUND,
        [v] => *v,
        more => {
            return Err(th.type_error(format!("cell expected at most 1 argument, got {}", more.len())));
        }
    };
    Ok(CellVar::new(th, value).value())
}

fn cell_repr(th: &Thread, a: &[Value]) -> Res {
    let v = CellVar::of(a[0]).value.get();
    let at = address(a[0]);
    Ok(string::new(
        th,
        &if v == Value::UNBOUND {
            format!("<cell at {at:#x}: empty>")
        } else {
            format!("<cell at {at:#x}: {} object at {:#x}>", type_name(th, v), address(v))
        },
    ))
}

fn cell_compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let Some(b) = CellVar::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    let (x, y) = (CellVar::of(a[0]).value.get(), b.value.get());
    if x != Value::UNBOUND && y != Value::UNBOUND {
        return protocol::compare(th, op, x, y);
    }
    // An empty cell is less than any other.
    Ok(Value::bool(op.of((y == Value::UNBOUND).cmp(&(x == Value::UNBOUND)))))
}

fn cell_lt(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Lt)
}
fn cell_le(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Le)
}
fn cell_eq(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Eq)
}
fn cell_ne(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Ne)
}
fn cell_gt(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Gt)
}
fn cell_ge(th: &Thread, a: &[Value]) -> Res {
    cell_compare(th, a, Cmp::Ge)
}

fn get_contents(th: &Thread, v: Value) -> Res {
    match CellVar::of(v).value.get() {
        Value::UNBOUND => Err(th.value_error("Cell is empty")),
        v => Ok(v),
    }
}

fn set_contents(th: &Thread, v: Value, value: Value) -> Done {
    CellVar::of(v).store(th, value.given().unwrap_or(Value::UNBOUND));
    Ok(())
}

natives! {
    static CELL = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" cell_new, "Create and return a new object.";
        method "__repr__" "()" cell_repr, "Return repr(self).";
        method "__lt__" "(value, /)" cell_lt, "Return self<value.";
        method "__le__" "(value, /)" cell_le, "Return self<=value.";
        method "__eq__" "(value, /)" cell_eq, "Return self==value.";
        method "__ne__" "(value, /)" cell_ne, "Return self!=value.";
        method "__gt__" "(value, /)" cell_gt, "Return self>value.";
        method "__ge__" "(value, /)" cell_ge, "Return self>=value.";
    }
}

static CELL_ATTRIBUTES: &[GetSetDef] = &[GetSetDef::rw("cell_contents", get_contents, set_contents, "")];

/// The tables of functions, methods and cells.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(
        TypeId::Function,
        "function(code, globals, name=None, argdefs=None, closure=None)\n--\n\nCreate a function object.",
        FUNCTION,
        FUNCTION_ATTRIBUTES,
    ),
    TypeTable::new(
        TypeId::Method,
        "method(function, instance, /)\n--\n\nCreate a bound instance method object.",
        METHOD,
        METHOD_ATTRIBUTES,
    ),
    TypeTable::new(TypeId::Cell, "cell([contents])\n--\n\nCreate a new cell object.", CELL, CELL_ATTRIBUTES),
];
