//! `functools.partial`.

use crate::support::{class_of, tup};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::{self, Dict};
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{attr, attrs, call, natives, protocol, repr_guard};

struct Partial {
    function: Slot,
    /// A tuple.
    args: Slot,
    /// A dict.
    keywords: Slot,
}

impl Payload for Partial {
    const NAME: &'static str = "partial";
    const CALL: Option<CallFn> = Some(run);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.function.trace(tracer);
        self.args.trace(tracer);
        self.keywords.trace(tracer);
    }
}

/// The attribute dict, if there is one already.
fn own_dict(v: Value) -> Option<Dict> {
    // SAFETY: the class gives its instances an attribute word.
    Dict::from_value(unsafe { *attrs::tail(v.cell(), 0) })
}

fn partial_new(th: &Thread, a: &[Value]) -> Res {
    let class = PARTIAL.class_arg(th, a[0])?;
    let args = Tuple::of(a[1]).as_slice();
    let [f, rest @ ..] = args else {
        return Err(th.type_error("type 'partial' takes at least one argument"));
    };
    let mut function = *f;
    let mut all = ValueVec::with_capacity(th, rest.len())?;
    let keywords = dict::new(th);
    // A partial of a partial is one partial.
    let inner = Custom::<Partial>::from_value(*f);
    if let Some(p) = inner.filter(|_| own_dict(*f).is_none() && custom::call_fn(th, *f).is_some()) {
        for &v in Tuple::of(p.args.get()).as_slice() {
            all.push(th, v)?;
        }
        copy_into(th, keywords, Dict::of(p.keywords.get()))?;
        function = p.function.get();
    }
    if !call::is_callable(th, function) {
        return Err(th.type_error("the first argument must be callable"));
    }
    for &v in rest {
        all.push(th, v)?;
    }
    if let Some(k) = Dict::from_value(a[2]) {
        copy_into(th, keywords, k)?;
    }
    let args = tuple::from_vec(th, &all)?;
    let p = Partial {
        function: Slot::new(function),
        args: Slot::new(args),
        keywords: Slot::new(keywords.value()),
    };
    Ok(custom::alloc(th, class, p)?.value())
}

fn copy_into(th: &Thread, to: Dict, from: Dict) -> Res<()> {
    let mut at = 0;
    while let Some((k, v, h)) = from.next_hashed(th, &mut at) {
        to.set_hashed(th, k, h, v)?;
    }
    Ok(())
}

fn run(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    let p = Custom::<Partial>::of(v);
    let (function, own, keywords) =
        (p.function.get(), Tuple::of(p.args.get()).as_slice(), Dict::of(p.keywords.get()));
    if keywords.is_empty() {
        let n = own.len() + args.len();
        let mut few = [Value::MISSING; 8];
        if n <= few.len() {
            few[..own.len()].copy_from_slice(own);
            few[own.len()..n].copy_from_slice(args);
            return call::call_kw(th, function, &few[..n], kwnames);
        }
        let mut all = ValueVec::with_capacity(th, n)?;
        own.iter().chain(args).try_for_each(|&x| all.push(th, x))?;
        return call::call_kw(th, function, all.as_slice(), kwnames);
    }
    let names = Tuple::from_value(kwnames).map_or(&[][..], Tuple::as_slice);
    let (positional, values) = args.split_at(args.len() - names.len());
    let mut all = ValueVec::with_capacity(th, own.len() + args.len() + keywords.len())?;
    own.iter().chain(positional).try_for_each(|&x| all.push(th, x))?;
    let merged = if names.is_empty() { keywords } else { keywords.copy(th)? };
    for (&k, &x) in names.iter().zip(values) {
        merged.set(th, k, x)?;
    }
    call::call_dict(th, function, all.as_slice(), merged.value())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let Some(_guard) = repr_guard::enter(th, a[0]) else { return Ok(string::new(th, "...")) };
    let p = Custom::<Partial>::of(a[0]);
    let mut out = krait_text::CharsBuf::with_capacity(32);
    out.extend_str(&type_name(th, a[0]));
    out.extend_str("(");
    let text = protocol::repr(th, p.function.get())?;
    out.extend(Str::of(text).chars());
    for &x in Tuple::of(p.args.get()).as_slice() {
        out.extend_str(", ");
        let text = protocol::repr(th, x)?;
        out.extend(Str::of(text).chars());
    }
    let keywords = Dict::of(p.keywords.get());
    let mut at = 0;
    while let Some((k, x)) = keywords.next(th, &mut at) {
        out.extend_str(", ");
        let name = protocol::str_of(th, k)?;
        out.extend(Str::of(name).chars());
        out.extend_str("=");
        let text = protocol::repr(th, x)?;
        out.extend(Str::of(text).chars());
    }
    out.extend_str(")");
    string::from_buf(th, &out)
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let p = Custom::<Partial>::of(a[0]);
    let d = own_dict(a[0]).map_or(Value::none(), Dict::value);
    let state = tup(th, &[p.function.get(), p.args.get(), p.keywords.get(), d])?;
    let args = tup(th, &[p.function.get()])?;
    tup(th, &[class_of(th, a[0]), args, state])
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let invalid = || th.type_error("invalid partial state");
    let Some(state) = Tuple::from_value(a[1]).filter(|t| t.len() == 4) else { return Err(invalid()) };
    let [function, args, keywords, d] = *state.as_slice() else { return Err(invalid()) };
    if !call::is_callable(th, function)
        || Tuple::from_value(args).is_none()
        || !keywords.is_none() && Dict::from_value(keywords).is_none()
    {
        return Err(invalid());
    }
    let args = if args.has_shape(fixed::TUPLE) { args } else { tup(th, Tuple::of(args).as_slice())? };
    let keywords = match Dict::from_value(keywords) {
        None => dict::new(th).value(),
        Some(_) if keywords.has_shape(fixed::DICT) => keywords,
        Some(k) => k.copy(th)?.value(),
    };
    let p = Custom::<Partial>::of(a[0]);
    p.function.set(th, p.cell(), function);
    p.args.set(th, p.cell(), args);
    p.keywords.set(th, p.cell(), keywords);
    // No dict in the state: no attributes.
    attr::set_dict(th, a[0], Dict::from_value(d).unwrap_or_else(|| dict::new(th)))?;
    Ok(Value::none())
}

fn get_func(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Partial>::of(v).function.get())
}

fn get_args(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Partial>::of(v).args.get())
}

fn get_keywords(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Partial>::of(v).keywords.get())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" partial_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "__repr__" "()" repr, "";
        method "__reduce__" "()" reduce, "";
        method "__setstate__" "(state, /)" setstate, "";
        classmethod "__class_getitem__" "(item, /)" krait_object::construct::class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("func", get_func, "function object to use in future partial calls").member(),
    GetSetDef::ro("args", get_args, "tuple of arguments to future partial calls").member(),
    GetSetDef::ro("keywords", get_keywords, "dictionary of keyword arguments to future partial calls")
        .member(),
];

pub static PARTIAL: NativeClass = NativeClass::new(
    ClassSpec::new("functools.partial", "A function with some of its arguments given.", METHODS, GETSET)
        .flags(flag::BASE | flag::WEAKREF | flag::DICT),
);
