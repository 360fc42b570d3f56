//! `_abc`: abstract base classes, with their registries and caches.
//!
//! Every abstract base class has an `_abc_impl`: three sets of classes, weakly held. A set is
//! a dict from the class's address to a weak reference; an address that was used again is
//! told by its dead reference.

use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::list::List;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::string::{self, Str};
use krait_object::tuple::{self, Tuple};
use krait_object::weakref::WeakRef;
use krait_object::{
    Name, Res, Thread, TypeId, Value, ValueVec, attr, call, int, natives, protocol, set, weakref_methods,
};
use std::cell::Cell;

struct Data {
    registry: Slot,
    cache: Slot,
    negative: Slot,
    negative_version: Cell<u64>,
}

impl Payload for Data {
    const NAME: &'static str = "_abc._abc_data";
    fn trace(&self, t: &mut Tracer) {
        self.registry.trace(t);
        self.cache.trace(t);
        self.negative.trace(t);
    }
}

static SPEC: ClassSpec =
    ClassSpec::new("_abc._abc_data", "Internal state held by ABC machinery.", &[], &[]).flags(flag::NO_NEW);
static CLASS: InterpSlot = InterpSlot::new();
/// Grows with every registration: negative caches of older versions are void.
static COUNTER: InterpSlot = InterpSlot::new();

/// Bits of `__abc_tpflags__`, as C has them.
const SEQUENCE_BIT: i64 = 1 << 5;
const MAPPING_BIT: i64 = 1 << 6;

fn counter(th: &Thread) -> u64 {
    COUNTER.get(th).and_then(Value::small_int).unwrap_or(0) as u64
}

fn get_cache_token(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_u64(th, counter(th)))
}

fn key(c: Value) -> Value {
    Value::small((c.0 >> 3) as i64)
}

fn contains(th: &Thread, s: &Slot, c: Value) -> Res<bool> {
    let Some(d) = Dict::from_value(s.get()) else { return Ok(false) };
    if !c.is_cell() {
        return Ok(false);
    }
    let found = d.get(th, key(c))?;
    Ok(found.is_some_and(|r| WeakRef::of(r).referent() == Some(c)))
}

fn add(th: &Thread, data: Custom<Data>, s: &Slot, c: Value) -> Res<()> {
    let d = match Dict::from_value(s.get()) {
        Some(d) => d,
        None => {
            let d = dict::new(th);
            s.set(th, data.cell(), d.value());
            d
        }
    };
    // Dead entries go when the set has doubled.
    if d.len() >= 32 && d.len().is_power_of_two() {
        let mut dead = ValueVec::new();
        let mut at = 0;
        while let Some((k, r)) = d.next(th, &mut at) {
            if WeakRef::of(r).referent().is_none() {
                dead.push(th, k)?;
            }
        }
        for k in dead.iter() {
            d.remove(th, k)?;
        }
    }
    let r = weakref_methods::new_reference(th, c, Value::none())?;
    d.set(th, key(c), r)
}

/// The classes of a set that are alive.
fn members(th: &Thread, s: &Slot) -> Res<ValueVec> {
    let mut out = ValueVec::new();
    if let Some(d) = Dict::from_value(s.get()) {
        let mut at = 0;
        while let Some((_, r)) = d.next(th, &mut at) {
            if let Some(c) = WeakRef::of(r).referent() {
                out.push(th, c)?;
            }
        }
    }
    Ok(out)
}

fn data_of(th: &Thread, class: Value) -> Res<Custom<Data>> {
    let v = attr::get(th, class, th.interp.interned.intern_text(th, "_abc_impl"))?;
    Custom::from_value(v).ok_or_else(|| th.type_error("_abc_impl is set to a wrong type"))
}

/// `__isabstractmethod__` of a value that may have none.
fn is_abstract(th: &Thread, v: Value) -> Res<bool> {
    match attr::get_opt(th, v, th.name(Name::__isabstractmethod__))? {
        Some(f) => protocol::truth(th, f),
        None => Ok(false),
    }
}

fn compute_abstract_methods(th: &Thread, class: Value) -> Res<()> {
    let names = dict::new(th);
    let own = attr::get(th, class, th.name(Name::__dict__))?;
    let items = call::call_method(th, own, th.name(Name::items), &[])?;
    for pair in protocol::collect(th, items)?.iter() {
        let Some(pair) = Tuple::from_value(pair).filter(|p| p.len() == 2) else { continue };
        if is_abstract(th, pair.get(1))? {
            names.set(th, pair.get(0), Value::none())?;
        }
    }
    let bases = attr::get(th, class, th.name(Name::__bases__))?;
    let Some(bases) = Tuple::from_value(bases) else {
        return Err(th.type_error("__bases__ is not tuple"));
    };
    for &base in bases.as_slice() {
        let Some(inherited) = attr::get_opt(th, base, th.name(Name::__abstractmethods__))? else { continue };
        for name in protocol::collect(th, inherited)?.iter() {
            let Some(s) = Str::from_value(name) else { continue };
            if let Some(v) = attr::get_opt(th, class, string::intern(th, s))?
                && is_abstract(th, v)?
            {
                names.set(th, name, Value::none())?;
            }
        }
    }
    let all = set::new_frozen(th, names);
    attr::set(th, class, th.name(Name::__abstractmethods__), all)
}

fn abc_init(th: &Thread, a: &[Value]) -> Res {
    compute_abstract_methods(th, a[0])?;
    let class = Class::of(CLASS.get_or(th, |th| Ok(SPEC.make(th)?.value()))?);
    let empty = || Slot::new(Value::ZERO);
    let data = Data {
        registry: empty(),
        cache: empty(),
        negative: empty(),
        negative_version: Cell::new(counter(th)),
    };
    let data = custom::alloc(th, class, data)?;
    attr::set(th, a[0], th.interp.interned.intern_text(th, "_abc_impl"), data.value())?;
    if let Some(c) = Class::from_value(a[0]) {
        take_flags(th, c)?;
    }
    Ok(Value::none())
}

/// `__abc_tpflags__` in the class's body says how patterns see its instances.
fn take_flags(th: &Thread, c: Class) -> Res<()> {
    let name = th.interp.interned.intern_text(th, "__abc_tpflags__");
    let Some(v) = c.dict().get_name(th, name) else { return Ok(()) };
    if let Some(bits) = v.small_int() {
        if bits & SEQUENCE_BIT != 0 && bits & MAPPING_BIT != 0 {
            return Err(
                th.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING")
            );
        }
        set_flags(c, pattern_flags(bits));
    }
    attr::delete(th, c.value(), name)
}

fn pattern_flags(bits: i64) -> u32 {
    match (bits & SEQUENCE_BIT != 0, bits & MAPPING_BIT != 0) {
        (true, _) => flag::SEQUENCE,
        (_, true) => flag::MAPPING,
        _ => 0,
    }
}

fn set_flags(c: Class, f: u32) {
    if f != 0 {
        c.set_flag(flag::SEQUENCE | flag::MAPPING, false);
        c.set_flag(f, true);
    }
}

/// A registered class and those derived from it match as the abstract class's instances do.
fn set_flags_below(th: &Thread, c: Class, f: u32) -> Res<()> {
    if c.has_flag(f) || !c.has_flag(flag::HEAP) {
        return Ok(());
    }
    set_flags(c, f);
    for &s in c.subclasses(th)?.as_slice() {
        set_flags_below(th, Class::of(s), f)?;
    }
    Ok(())
}

fn abc_register(th: &Thread, a: &[Value]) -> Res {
    if Class::from_value(a[1]).is_none() {
        return Err(th.type_error("Can only register classes"));
    }
    if protocol::is_subclass(th, a[1], a[0])? {
        return Ok(a[1]);
    }
    if protocol::is_subclass(th, a[0], a[1])? {
        return Err(th.runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data_of(th, a[0])?;
    add(th, data, &data.registry, a[1])?;
    COUNTER.set(th, Value::small(counter(th) as i64 + 1));
    if let (Some(own), Some(sub)) = (Class::from_value(a[0]), Class::from_value(a[1])) {
        for f in [flag::SEQUENCE, flag::MAPPING] {
            if own.has_flag(f) {
                set_flags_below(th, sub, f)?;
            }
        }
    }
    Ok(a[1])
}

fn abc_instancecheck(th: &Thread, a: &[Value]) -> Res {
    let data = data_of(th, a[0])?;
    let class = attr::get(th, a[1], th.name(Name::__class__))?;
    if contains(th, &data.cache, class)? {
        return Ok(Value::true_());
    }
    let own = Class::of_value(th, a[1]).value();
    let check = th.name(Name::__subclasscheck__);
    if own == class {
        if data.negative_version.get() == counter(th) && contains(th, &data.negative, class)? {
            return Ok(Value::false_());
        }
        return call::call_method(th, a[0], check, &[class]);
    }
    let r = call::call_method(th, a[0], check, &[class])?;
    if protocol::truth(th, r)? {
        return Ok(r);
    }
    call::call_method(th, a[0], check, &[own])
}

fn abc_subclasscheck(th: &Thread, a: &[Value]) -> Res {
    let (class, subclass) = (a[0], a[1]);
    if Class::from_value(subclass).is_none() {
        return Err(th.type_error("issubclass() arg 1 must be a class"));
    }
    let data = data_of(th, class)?;
    if contains(th, &data.cache, subclass)? {
        return Ok(Value::true_());
    }
    if data.negative_version.get() < counter(th) {
        data.negative.set(th, data.cell(), Value::ZERO);
        data.negative_version.set(counter(th));
    } else if contains(th, &data.negative, subclass)? {
        return Ok(Value::false_());
    }
    let hook = th.interp.interned.intern_text(th, "__subclasshook__");
    let ok = call::call_method(th, class, hook, &[subclass])?;
    if ok.is_true() {
        add(th, data, &data.cache, subclass)?;
        return Ok(ok);
    }
    if ok.is_false() {
        add(th, data, &data.negative, subclass)?;
        return Ok(ok);
    }
    if !ok.is_not_implemented() {
        return Err(th.raise_new(
            TypeId::AssertionError,
            "__subclasshook__ must return either False, True, or NotImplemented",
        ));
    }
    let found =
        derived(th, class, subclass)? || registered(th, data, subclass)? || below(th, class, subclass)?;
    add(th, data, if found { &data.cache } else { &data.negative }, subclass)?;
    Ok(Value::bool(found))
}

/// Is the class one of the subclass's bases?
fn derived(th: &Thread, class: Value, subclass: Value) -> Res<bool> {
    let mro = attr::get_opt(th, subclass, th.name(Name::__mro__))?.and_then(Tuple::from_value);
    Ok(mro.is_some_and(|m| m.as_slice().contains(&class)))
}

fn registered(th: &Thread, data: Custom<Data>, subclass: Value) -> Res<bool> {
    if contains(th, &data.registry, subclass)? {
        return Ok(true);
    }
    for c in members(th, &data.registry)?.iter() {
        if protocol::is_subclass(th, subclass, c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Is it a subclass of a subclass?
fn below(th: &Thread, class: Value, subclass: Value) -> Res<bool> {
    let all = call::call_method(th, class, th.name(Name::__subclasses__), &[])?;
    let Some(all) = List::from_value(all) else {
        return Err(th.type_error("__subclasses__() must return a list"));
    };
    for c in all.to_vec(th)?.iter() {
        if protocol::is_subclass(th, subclass, c)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A set of weak references, as the debugging helpers print it.
fn as_set(th: &Thread, s: &Slot) -> Res {
    let out = set::new(th);
    for c in members(th, s)?.iter() {
        let r = weakref_methods::new_reference(th, c, Value::none())?;
        out.add(th, r)?;
    }
    Ok(out.value())
}

fn get_dump(th: &Thread, a: &[Value]) -> Res {
    let d = data_of(th, a[0])?;
    let parts = [as_set(th, &d.registry)?, as_set(th, &d.cache)?, as_set(th, &d.negative)?];
    let version = int::from_u64(th, d.negative_version.get());
    tuple::from_slice(th, &[parts[0], parts[1], parts[2], version])
}

fn reset_registry(th: &Thread, a: &[Value]) -> Res {
    let d = data_of(th, a[0])?;
    d.registry.set(th, d.cell(), Value::ZERO);
    Ok(Value::none())
}

fn reset_caches(th: &Thread, a: &[Value]) -> Res {
    let d = data_of(th, a[0])?;
    d.cache.set(th, d.cell(), Value::ZERO);
    d.negative.set(th, d.cell(), Value::ZERO);
    Ok(Value::none())
}

natives! {
    static FUNCTIONS = {
        function "get_cache_token" "()" get_cache_token, "The current ABC cache token.";
        function "_abc_init" "(self, /)" abc_init, "Internal ABC helper for class set-up.";
        function "_abc_register" "(self, subclass, /)" abc_register, "Internal ABC helper for subclass registration.";
        function "_abc_instancecheck" "(self, instance, /)" abc_instancecheck, "Internal ABC helper for instance checks.";
        function "_abc_subclasscheck" "(self, subclass, /)" abc_subclasscheck, "Internal ABC helper for subclass checks.";
        function "_get_dump" "(self, /)" get_dump, "Internal ABC helper for cache and registry debugging.";
        function "_reset_registry" "(self, /)" reset_registry, "Internal ABC helper to reset the registry of a class.";
        function "_reset_caches" "(self, /)" reset_caches, "Internal ABC helper to reset both caches of a class.";
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    doc: "Accelerator of abstract base classes.",
    functions: FUNCTIONS,
    exec: no_exec,
};
