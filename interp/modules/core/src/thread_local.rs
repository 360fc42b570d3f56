//! `_thread._local`: attributes that each thread has for itself.
//!
//! The object holds a dict of the threads' dicts by a number that no other thread ever had.
//! Each thread keeps weak references to the objects it has attributes in (in
//! `Thread::locals`); when it ends it takes its dicts out again.

use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::object_methods::name_arg;
use krait_object::string::Str;
use krait_object::weakref::{self, WeakRef};
use krait_object::{Name, Res, Thread, TypeId, Value, attr, call, int, natives};

struct Local {
    /// Serial number of a thread -> its dict.
    dicts: Slot,
    /// What `__init__` gets in every thread: a tuple, and a dict or `UNBOUND`.
    args: Slot,
    kwargs: Slot,
}

impl Payload for Local {
    const NAME: &'static str = "_thread._local";
    fn trace(&self, t: &mut Tracer) {
        self.dicts.trace(t);
        self.args.trace(t);
        self.kwargs.trace(t);
    }
}

static SPEC: ClassSpec = ClassSpec::new("_thread._local", "Thread-local data", METHODS, &[]);
static CLASS: InterpSlot = InterpSlot::new();

/// The class.
pub fn class(th: &Thread) -> Res<Class> {
    Ok(Class::of(CLASS.get_or(th, |th| Ok(SPEC.make(th)?.value()))?))
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let base = class(th)?;
    let Some(c) = Class::from_value(a[0]).filter(|c| c.is_subclass_of(base)) else {
        return Err(th.type_error("_local.__new__(X): X is not a subtype of _thread._local"));
    };
    let given = krait_object::tuple::Tuple::from_value(a[1]).is_some_and(|t| !t.is_empty())
        || a[2].given().and_then(Dict::from_value).is_some_and(|d| !d.is_empty());
    if given && c.inherits_special(th, Name::__init__, TypeId::Object) {
        return Err(th.type_error("Initialization arguments are not supported"));
    }
    let local =
        Local { dicts: Slot::new(dict::new(th).value()), args: Slot::new(a[1]), kwargs: Slot::new(a[2]) };
    let l = custom::alloc(th, c, local)?;
    // The making thread's dict is there before `__init__` runs, so that it runs only once here.
    make_dict(th, l)?;
    Ok(l.value())
}

fn make_dict(th: &Thread, l: Custom<Local>) -> Res<Dict> {
    let d = dict::new(th);
    Dict::of(l.dicts.get()).set(th, int::from_u64(th, th.serial.get()), d.value())?;
    let known = match List::from_value(th.locals.get()) {
        Some(k) => k,
        None => {
            let k = list::new(th);
            th.locals.set(k.value());
            k
        }
    };
    let r = weakref::new(th, l.value(), Value::none(), TypeId::WeakRef as u32, 0);
    // Dead ones make room once they are the majority of a power of two.
    if known.len() >= 16 && known.len().is_power_of_two() {
        let items = known.to_vec(th)?;
        known.clear();
        for v in items.iter().filter(|&v| WeakRef::of(v).referent().is_some()) {
            known.push(th, v)?;
        }
    }
    known.push(th, r.value())?;
    Ok(d)
}

/// The thread's own dict; made, and filled by `__init__`, on first use.
fn own_dict(th: &Thread, v: Value) -> Res<Dict> {
    let l = Custom::<Local>::of(v);
    if let Some(d) = Dict::of(l.dicts.get()).get(th, int::from_u64(th, th.serial.get()))? {
        return Ok(Dict::of(d));
    }
    let d = make_dict(th, l)?;
    let class = Class::of_value(th, v);
    if !class.inherits_special(th, Name::__init__, TypeId::Object)
        && let Some(init) = class.special(th, Name::__init__)
    {
        let bound = attr::bind(th, init, v)?;
        let args = krait_object::tuple::Tuple::of(l.args.get());
        if let Err(e) = call::call_dict(th, bound, args.as_slice(), l.kwargs.get()) {
            let pending = th.take_pending();
            Dict::of(l.dicts.get()).remove(th, int::from_u64(th, th.serial.get()))?;
            th.raise(pending);
            return Err(e);
        }
    }
    Ok(d)
}

/// A thread ends: its attributes go.
pub fn thread_ended(th: &Thread) {
    let Some(known) = List::from_value(th.locals.replace(Value::UNBOUND)) else { return };
    let mut i = 0;
    while let Some(r) = known.get(i) {
        if let Some(l) = WeakRef::of(r).referent().and_then(Custom::<Local>::from_value)
            && Dict::of(l.dicts.get()).remove(th, int::from_u64(th, th.serial.get())).is_err()
        {
            th.clear_pending();
        }
        i += 1;
    }
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    let d = own_dict(th, a[0])?;
    if name == th.name(Name::__dict__) {
        return Ok(d.value());
    }
    let class = Class::of_value(th, a[0]);
    let on_class = class.lookup(th, name);
    if let Some(v) = on_class
        && attr::is_data_descriptor(th, v)
    {
        return attr::bind_to(th, v, a[0], class);
    }
    if let Some(v) = d.get(th, name)? {
        return Ok(v);
    }
    match on_class {
        Some(v) => attr::bind_to(th, v, a[0], class),
        None => Err(attr::no_attribute(th, a[0], name)),
    }
}

fn set(th: &Thread, v: Value, name: Value, value: Value) -> Res {
    let name = name_arg(th, name)?;
    let d = own_dict(th, v)?;
    if name == th.name(Name::__dict__) {
        let text =
            format!("'{}' object attribute '{}' is read-only", type_name(th, v), Str::of(name).to_text());
        return Err(attr::attribute_error(th, &text, v, name));
    }
    if let Some(descriptor) = Class::of_value(th, v).lookup(th, name)
        && attr::descriptor_set(th, descriptor, v, value)?
    {
        return Ok(Value::none());
    }
    if value != Value::MISSING {
        d.set(th, name, value)?;
    } else if d.remove(th, name)?.is_none() {
        return Err(attr::no_attribute(th, v, name));
    }
    Ok(Value::none())
}

fn setattr(th: &Thread, a: &[Value]) -> Res {
    set(th, a[0], a[1], a[2])
}

fn delattr(th: &Thread, a: &[Value]) -> Res {
    set(th, a[0], a[1], Value::MISSING)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "";
        method "__getattribute__" "(name, /)" getattribute, "";
        method "__setattr__" "(name, value, /)" setattr, "";
        method "__delattr__" "(name, /)" delattr, "";
    }
}
