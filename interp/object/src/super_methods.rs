//! `super`: attributes looked up in the MRO of an object's class, after a given class.
//!
//! The compiler gives the class and the object of `super()` explicitly; a call of `super`
//! under another name finds them in the calling frame.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::cellref::Slot;
use crate::cellvar::CellVar;
use crate::class::{Class, type_name};
use crate::construct;
use crate::custom::{self, Custom, Payload};
use crate::descriptor::GetSetDef;
use crate::dict::Dict;
use crate::frameobj::Frame;
use crate::function::Function;
use crate::names::Name;
use crate::natives;
use crate::object_methods::name_arg;
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple::Tuple;
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Tracer;

/// The payload; fields are None while the object is not initialized or not bound.
pub struct Super {
    /// The class after which the search starts.
    class: Slot,
    /// The object that methods are bound to.
    object: Slot,
    /// The class whose MRO is searched.
    object_class: Slot,
}

impl Payload for Super {
    const NAME: &'static str = "super";
    fn trace(&self, tracer: &mut Tracer) {
        self.class.trace(tracer);
        self.object.trace(tracer);
        self.object_class.trace(tracer);
    }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::Super)?;
    let none = Value::none;
    let s = Super { class: Slot::new(none()), object: Slot::new(none()), object_class: Slot::new(none()) };
    Ok(custom::alloc(th, c, s)?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[2]).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error("super() takes no keyword arguments"));
    }
    let (class, object) = match Tuple::of(a[1]).as_slice() {
        [] => from_frame(th)?,
        [class] => (*class, Value::none()),
        [class, object] => (*class, *object),
        more => {
            return Err(th.type_error(format!("super() expected at most 2 arguments, got {}", more.len())));
        }
    };
    let Some(c) = Class::from_value(class) else {
        return Err(th.type_error(format!("super() argument 1 must be a type, not {}", type_name(th, class))));
    };
    let object_class = if object.is_none() { Value::none() } else { check(th, c, object)?.value() };
    let s = Custom::<Super>::of(a[0]);
    s.class.set(th, s.cell(), class);
    s.object.set(th, s.cell(), object);
    s.object_class.set(th, s.cell(), object_class);
    Ok(Value::none())
}

/// The class whose MRO is searched for an object: its own, or the object itself when it is a class below `start`.
pub fn check(th: &Thread, start: Class, object: Value) -> Res<Class> {
    if let Some(c) = Class::from_value(object)
        && c.is_subclass_of(start)
    {
        return Ok(c);
    }
    let own = Class::of_value(th, object);
    if own.is_subclass_of(start) {
        return Ok(own);
    }
    match attr::get_opt(th, object, th.name(Name::__class__))?.and_then(Class::from_value) {
        Some(c) if c != own && c.is_subclass_of(start) => Ok(c),
        _ => Err(th.type_error("super(type, obj): obj must be an instance or subtype of type")),
    }
}

/// Class and object of the calling function: the cell `__class__` and the first argument.
fn from_frame(th: &Thread) -> Res<(Value, Value)> {
    let frame = match th.interp.hooks.get() {
        Some(h) => (h.frame_at)(th, 0)?,
        None => None,
    };
    let Some(frame) = frame.and_then(Frame::from_value) else {
        return Err(th.runtime_error("super(): no current frame"));
    };
    let code = frame.code();
    if code.arg_count.get() == 0 {
        return Err(th.runtime_error("super(): no arguments"));
    }
    let mut object = frame.register(0);
    if code.data().cell_registers.contains(&0)
        && let Some(cell) = CellVar::from_value(object)
    {
        object = cell.value.get();
    }
    if object == Value::UNBOUND {
        return Err(th.runtime_error("super(): arg[0] deleted"));
    }
    let name = th.name(Name::__class__);
    let place = Tuple::from_value(code.freevars()).and_then(|t| t.as_slice().iter().position(|&n| n == name));
    let closure = Function::from_value(frame.function.get()).and_then(|f| Tuple::from_value(f.closure.get()));
    let (Some(i), Some(closure)) = (place, closure) else {
        return Err(th.runtime_error("super(): __class__ cell not found"));
    };
    match CellVar::from_value(closure.get(i)).map(|c| c.value.get()) {
        None | Some(Value::UNBOUND) => Err(th.runtime_error("super(): empty __class__ cell")),
        Some(c) if Class::from_value(c).is_none() => {
            Err(th.runtime_error(format!("super(): __class__ is not a type ({})", type_name(th, c))))
        }
        Some(c) => Ok((c, object)),
    }
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    let s = Custom::<Super>::of(a[0]);
    if let Some(searched) = Class::from_value(s.object_class.get())
        && name != th.name(Name::__class__)
    {
        let start = s.class.get();
        for &c in searched.mro().iter().skip_while(|&&c| c != start).skip(1) {
            if let Some(v) = Class::of(c).dict().get_name(th, name) {
                let object = s.object.get();
                let object = if object == searched.value() { Value::MISSING } else { object };
                return attr::bind_to(th, v, object, searched);
            }
        }
    }
    attr::generic_get_strict(th, a[0], Class::of_value(th, a[0]), name)
}

fn get(th: &Thread, a: &[Value]) -> Res {
    let s = Custom::<Super>::of(a[0]);
    let object = a[1];
    crate::descriptor_methods::check_get(th, a)?;
    if object.is_none() || !s.object.get().is_none() {
        return Ok(a[0]);
    }
    let own = Class::of_value(th, a[0]);
    if !own.is(TypeId::Super) {
        return call::call(th, own.value(), &[s.class.get(), object]);
    }
    let Some(start) = Class::from_value(s.class.get()) else { return Ok(a[0]) };
    let searched = check(th, start, object)?;
    let bound = Super {
        class: Slot::new(start.value()),
        object: Slot::new(object),
        object_class: Slot::new(searched.value()),
    };
    custom::alloc_exact(th, TypeId::Super, bound)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let s = Custom::<Super>::of(a[0]);
    let name = |v: Value| Class::from_value(v).map_or_else(|| String::from("NULL"), Class::name_text);
    let bound = Class::from_value(s.object_class.get());
    let text = match bound {
        Some(c) => format!("<super: <class '{}'>, <{} object>>", name(s.class.get()), c.name_text()),
        None => format!("<super: <class '{}'>, NULL>", name(s.class.get())),
    };
    string::try_new(th, &text)
}

fn get_class(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Super>::of(v).class.get())
}

fn get_object(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Super>::of(v).object.get())
}

fn get_object_class(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Super>::of(v).object_class.get())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__get__" "(instance, owner=None, /)" get, "Return an attribute of instance, which is of type owner.";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("__thisclass__", get_class, "the class invoking super()").member(),
    GetSetDef::ro("__self__", get_object, "the instance invoking super(); may be None").member(),
    GetSetDef::ro(
        "__self_class__",
        get_object_class,
        "the type of the instance invoking super(); may be None",
    )
    .member(),
];

/// The table of `super`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Super,
    "super(type, obj) -> bound super object; requires isinstance(obj, type)",
    METHODS,
    GETSET,
)];
