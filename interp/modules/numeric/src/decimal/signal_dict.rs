//! The mapping of signals to truth values that shows a context's flags or traps.

use super::context::{Ctx, CtxData};
use super::signals::{self, COUNT, SIGNALS};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::object_reduce::import;
use krait_object::protocol::{self, Cmp};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, attr, call, natives, string};
use std::cell::Cell;

/// Which bits of a context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Flags,
    Traps,
}

impl Which {
    fn place(self, c: &CtxData) -> &Cell<u32> {
        if self == Which::Flags { &c.status } else { &c.traps }
    }

    /// The context's bits.
    pub fn get(self, c: Ctx) -> u32 {
        self.place(&c).get()
    }

    /// Sets the context's bits.
    pub fn set(self, c: Ctx, bits: u32) {
        self.place(&c).set(bits);
    }
}

struct SignalDict {
    /// The context.
    ctx: Slot,
    which: Which,
}
krait_object::payload!(SignalDict, "SignalDict", [ctx]);

type Handle = Custom<SignalDict>;

/// The class made of the native mixin and `MutableMapping`.
static CLASS: InterpSlot = InterpSlot::new();

/// Makes the class.
pub fn set_up(th: &Thread) -> Res<()> {
    if CLASS.get(th).is_some() {
        return Ok(());
    }
    let abc = import(th, "collections.abc")?;
    let mapping = attr::get_text(th, abc, "MutableMapping")?;
    let bases = tools::tup(th, &[MIXIN.get(th)?.value(), mapping])?;
    let args = [string::new(th, "SignalDict"), bases, dict::new(th).value()];
    let made = call::call(th, th.interp.class_value(TypeId::Type), &args)?;
    CLASS.set(th, made);
    Ok(())
}

/// The mapping of a context's flags or traps.
pub fn new(th: &Thread, c: Ctx, which: Which) -> Res {
    let class = CLASS.get(th).and_then(Class::from_value);
    let Some(class) = class else { return Err(th.runtime_error("the _decimal module is not there yet")) };
    Ok(custom::alloc(th, class, SignalDict { ctx: Slot::new(c.value()), which })?.value())
}

impl SignalDict {
    /// The context.
    ///
    /// # Errors
    /// ValueError for an object that a program made: it belongs to no context.
    fn ctx(&self, th: &Thread) -> Res<Ctx> {
        Ctx::from_value(self.ctx.get()).ok_or_else(|| th.value_error("invalid signal dict"))
    }

    fn bits(&self, th: &Thread) -> Res<u32> {
        Ok(self.which.get(self.ctx(th)?))
    }
}

/// The bits of a signal dict, or of a dict of all signals.
///
/// # Errors
/// TypeError, KeyError "invalid signal dict".
pub fn bits(th: &Thread, v: Value) -> Res<u32> {
    if let Some(d) = Handle::from_value(v) {
        return d.bits(th);
    }
    let Some(d) = Dict::from_value(v) else { return Err(th.type_error("argument must be a signal dict")) };
    if d.len() != COUNT {
        return Err(th.raise_new(TypeId::KeyError, "invalid signal dict"));
    }
    let mut bits = 0;
    let mut at = 0;
    while let Some((k, x)) = d.next(th, &mut at) {
        let b = signals::bits_of(th, k)?;
        if protocol::truth(th, x)? {
            bits |= b;
        }
    }
    Ok(bits)
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let b = signals::bits_of(th, a[1])?;
    Ok(Value::bool(Handle::of(a[0]).bits(th)? & b != 0))
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let b = signals::bits_of(th, a[1])?;
    let on = protocol::truth(th, a[2])?;
    let d = Handle::of(a[0]);
    let ctx = d.ctx(th)?;
    let bits = d.which.get(ctx);
    d.which.set(ctx, if on { bits | b } else { bits & !b });
    Ok(Value::none())
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = MIXIN.class_arg(th, a[0])?;
    let d = SignalDict { ctx: Slot::new(Value::none()), which: Which::Flags };
    Ok(custom::alloc(th, class, d)?.value())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    Handle::of(a[0]).ctx(th)?;
    Err(th.value_error("signal keys cannot be deleted"))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    Handle::of(a[0]).ctx(th)?;
    protocol::iter(th, signals::all(th)?)
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Handle::of(a[0]).ctx(th)?;
    Ok(Value::small(COUNT as i64))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let bits = Handle::of(a[0]).bits(th)?;
    let mut parts = Vec::with_capacity(COUNT);
    for s in &SIGNALS {
        let class = protocol::repr_text(th, s.class.get(th)?.value())?;
        parts.push(format!("{class}:{}", if bits & s.bits != 0 { "True" } else { "False" }));
    }
    string::try_new(th, &format!("{{{}}}", parts.join(", ")))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let own = Handle::of(a[0]).bits(th)?;
    if Handle::from_value(a[1]).is_none() && Dict::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    // A dict with other keys is no signal dict, and so not equal.
    let other = bits(th, a[1]);
    let Some(other) = th.catch(other, TypeId::KeyError)? else { return Ok(Value::not_implemented()) };
    let same = normal(own) == normal(other);
    Ok(Value::bool(same == (op == Cmp::Eq)))
}

/// The bits, with all for a signal of which one is set.
fn normal(bits: u32) -> u32 {
    SIGNALS.iter().filter(|s| bits & s.bits != 0).fold(0, |all, s| all | s.bits)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    let bits = Handle::of(a[0]).bits(th)?;
    let d = dict::new(th);
    for s in &SIGNALS {
        d.set(th, s.class.get(th)?.value(), Value::bool(bits & s.bits != 0))?;
    }
    Ok(d.value())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" construct, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__iter__" "()" iter, "";
        method "__len__" "()" len, "";
        method "__repr__" "()" repr, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "copy" "!()" copy, "";
    }
}

static MIXIN: NativeClass =
    NativeClass::new(ClassSpec::new("decimal.SignalDictMixin", "", METHODS, &[]).flags(flag::BASE));
