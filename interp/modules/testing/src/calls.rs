//! Calls from native code, and native functions of every calling convention as function of a module, method, class
//! method and static method.

use krait_object::call;
use krait_object::class::ClassSpec;
use krait_object::custom;
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::natives;
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;

/// The module object: what the functions of the module are bound to.
static THE_MODULE: InterpSlot = InterpSlot::new();

fn module(th: &Thread) -> Value {
    THE_MODULE.get(th).unwrap_or(Value::none())
}

/// What the functions of each convention return: their receiver and arguments.
fn told(th: &Thread, receiver: Value, rest: &[Value]) -> Res {
    match rest {
        [] => Ok(receiver),
        [one] => tuple::from_slice(th, &[receiver, *one]),
        [args, kwargs, ..] => {
            let kwargs = kwargs.given().unwrap_or(Value::none());
            tuple::from_slice(th, &[receiver, *args, kwargs])
        }
    }
}

fn of_module(th: &Thread, a: &[Value]) -> Res {
    told(th, module(th), a)
}

fn of_receiver(th: &Thread, a: &[Value]) -> Res {
    told(th, a[0], &a[1..])
}

fn of_nothing(th: &Thread, a: &[Value]) -> Res {
    told(th, Value::none(), a)
}

macro_rules! conventions {
    ($table:ident, $kind:ident, $function:path $(, $new:path)?) => {
        natives! {
            static $table = {
                $(staticmethod "__new__" "(cls)" $new, "";)?
                $kind "meth_varargs" "(*args)" $function, "";
                $kind "meth_varargs_keywords" "(*args, **kwargs)" $function, "";
                $kind "meth_o" "(obj, /)" $function, "";
                $kind "meth_noargs" "()" $function, "";
                $kind "meth_fastcall" "(*args)" $function, "";
                $kind "meth_fastcall_keywords" "(*args, **kwargs)" $function, "";
            }
        }
    };
}

conventions!(OF_MODULE, function, of_module);
conventions!(OF_INSTANCE, method, of_receiver, new_instance);
conventions!(OF_CLASS, classmethod, of_receiver, new_class);
conventions!(STATIC, staticmethod, of_nothing, new_static);

/// Objects of the classes have no state.
struct Empty;

impl custom::Payload for Empty {
    const NAME: &'static str = "calling conventions";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

static INSTANCE: NativeClass =
    NativeClass::new(ClassSpec::new("_testcapi.MethInstance", "", OF_INSTANCE, &[]));
static CLASS: NativeClass = NativeClass::new(ClassSpec::new("_testcapi.MethClass", "", OF_CLASS, &[]));
static STATICS: NativeClass = NativeClass::new(ClassSpec::new("_testcapi.MethStatic", "", STATIC, &[]));

fn new_instance(th: &Thread, a: &[Value]) -> Res {
    Ok(custom::alloc(th, INSTANCE.class_arg(th, a[0])?, Empty)?.value())
}

fn new_class(th: &Thread, a: &[Value]) -> Res {
    Ok(custom::alloc(th, CLASS.class_arg(th, a[0])?, Empty)?.value())
}

fn new_static(th: &Thread, a: &[Value]) -> Res {
    Ok(custom::alloc(th, STATICS.class_arg(th, a[0])?, Empty)?.value())
}

/// The items of a tuple; None for no arguments.
fn items(th: &Thread, v: Value, what: &str) -> Res<ValueVec> {
    let mut out = ValueVec::new();
    match (v.given_not_none(), v.given_not_none().and_then(Tuple::from_value)) {
        (None, _) => {}
        (Some(_), Some(t)) => {
            for &x in t.as_slice() {
                out.push(th, x)?;
            }
        }
        _ => return Err(th.type_error(format!("{what} must be None or a tuple"))),
    }
    Ok(out)
}

fn fastcall(th: &Thread, a: &[Value]) -> Res {
    let args = items(th, a[1], "args")?;
    call::call(th, a[0], args.as_slice())
}

fn fastcalldict(th: &Thread, a: &[Value]) -> Res {
    let args = items(th, a[1], "args")?;
    with_dict(th, a[0], &args, a[2])
}

fn with_dict(th: &Thread, f: Value, args: &ValueVec, kwargs: Value) -> Res {
    match kwargs.given_not_none() {
        None => call::call(th, f, args.as_slice()),
        Some(k) if Dict::from_value(k).is_some() => call::call_dict(th, f, args.as_slice(), k),
        Some(_) => Err(th.type_error("kwnames must be None or a dict")),
    }
}

/// The values of keywords are the last arguments.
fn vectorcall(th: &Thread, a: &[Value]) -> Res {
    let args = items(th, a[1], "args")?;
    let names = items(th, a[2], "kwnames")?;
    if names.len() > args.len() {
        return Err(th.value_error("kwnames longer than args"));
    }
    if names.is_empty() {
        return call::call(th, a[0], args.as_slice());
    }
    call::call_kw(th, a[0], args.as_slice(), a[2])
}

fn vectorcall_call(th: &Thread, a: &[Value]) -> Res {
    let args = items(th, a[1], "args")?;
    with_dict(th, a[0], &args, a[2])
}

natives! {
    static FUNCTIONS = {
        function "pyobject_fastcall" "!(func, args, /)" fastcall, "";
        function "pyobject_fastcalldict" "!(func, args, kwargs, /)" fastcalldict, "";
        function "pyobject_vectorcall" "!(func, args, kwnames, /)" vectorcall, "";
        function "pyvectorcall_call" "!(func, args, kwargs=None, /)" vectorcall_call, "";
    }
}

/// Adds functions and classes.
pub fn add(th: &Thread, m: Module) -> Res<()> {
    THE_MODULE.set(th, m.value());
    for table in [OF_MODULE, FUNCTIONS] {
        krait_object::native::add_functions(th, m.dict(), "_testcapi", table);
    }
    for c in [&INSTANCE, &CLASS, &STATICS] {
        m.add_class(th, c.get(th)?);
    }
    Ok(())
}
