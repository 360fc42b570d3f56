//! `functools.cmp_to_key`: objects that compare by a function of two arguments.

use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::protocol::{self, Cmp};
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{call, natives};

struct Key {
    function: Slot,
    /// `MISSING` in the key function itself.
    object: Slot,
}

impl Payload for Key {
    const NAME: &'static str = "KeyWrapper";
    const CALL: Option<CallFn> = Some(wrap);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.function.trace(tracer);
        self.object.trace(tracer);
    }
}

/// `cmp_to_key(mycmp)`.
pub fn cmp_to_key(th: &Thread, a: &[Value]) -> Res {
    make(th, a[0], Value::MISSING)
}

fn make(th: &Thread, function: Value, object: Value) -> Res {
    let k = Key { function: Slot::new(function), object: Slot::new(object) };
    Ok(custom::alloc(th, KEY_WRAPPER.get(th)?, k)?.value())
}

/// `K(obj)`.
fn wrap(th: &Thread, k: Value, args: &[Value], kwnames: Value) -> Res {
    let object = match (args, Tuple::from_value(kwnames)) {
        ([v], None) => *v,
        ([v], Some(names)) => {
            let name = Str::of(names.get(0));
            if !name.is("obj") {
                let name = name.to_text();
                return Err(th.type_error(format!("'{name}' is an invalid keyword argument for K()")));
            }
            *v
        }
        ([], _) => return Err(th.type_error("K() missing required argument 'obj' (pos 1)")),
        _ => {
            let n = args.len();
            return Err(th.type_error(format!("K() takes at most 1 argument ({n} given)")));
        }
    };
    make(th, Custom::<Key>::of(k).function.get(), object)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let x = Custom::<Key>::of(a[0]);
    let Some(y) = Custom::<Key>::from_value(a[1]) else {
        return Err(th.type_error("other argument must be K instance"));
    };
    let (p, q) = (x.object.get(), y.object.get());
    if p == Value::MISSING || q == Value::MISSING {
        return Err(th.raise_new(krait_object::TypeId::AttributeError, "object"));
    }
    let r = call::call(th, x.function.get(), &[p, q])?;
    protocol::compare(th, op, r, Value::ZERO)
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res { compare(th, a, Cmp::$op) })*
    };
}
comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn get_obj(_: &Thread, v: Value) -> Res {
    let o = Custom::<Key>::of(v).object.get();
    Ok(o.given().unwrap_or(Value::none()))
}

fn set_obj(th: &Thread, v: Value, o: Value) -> Result<(), Raised> {
    let k = Custom::<Key>::of(v);
    k.object.set(th, k.cell(), o);
    Ok(())
}

natives! {
    static METHODS = {
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
    }
}

static GETSET: &[GetSetDef] =
    &[GetSetDef::rw("obj", get_obj, set_obj, "Value wrapped by a key function.").member()];

static KEY_WRAPPER: NativeClass =
    NativeClass::new(ClassSpec::new("functools.KeyWrapper", "", METHODS, GETSET).flags(flag::NO_NEW));
