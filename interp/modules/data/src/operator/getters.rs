//! `itemgetter`, `attrgetter`, `methodcaller`.

use crate::support::{class_of, tup};
use krait_object::attr;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::dict::Dict;
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{call, natives, object_reduce, protocol, repr_guard};

/// The one argument of a getter.
fn only_arg(th: &Thread, name: &str, args: &[Value], kwnames: Value) -> Res {
    if kwnames != Value::MISSING {
        return Err(th.type_error(format!("{name}() takes no keyword arguments")));
    }
    match args {
        [v] => Ok(*v),
        _ => Err(th.type_error(format!("{name} expected 1 argument, got {}", args.len()))),
    }
}

fn no_keywords(th: &Thread, name: &str, kwargs: Value) -> Result<(), Raised> {
    crate::support::no_keywords(th, name, true, kwargs)
}

/// `name(item)` or `name(item, item)`.
fn repr_of(th: &Thread, v: Value, items: &[Value], keywords: Option<Dict>) -> Res {
    let Some(_guard) = repr_guard::enter(th, v) else {
        return Ok(string::new(th, &format!("{}(...)", type_name(th, v))));
    };
    let mut out = krait_text::CharsBuf::with_capacity(32);
    out.extend_str(&type_name(th, v));
    out.extend_str("(");
    for (i, &x) in items.iter().enumerate() {
        if i > 0 {
            out.extend_str(", ");
        }
        let text = protocol::repr(th, x)?;
        out.extend(Str::of(text).chars());
    }
    let mut at = 0;
    while let Some((k, x)) = keywords.and_then(|d| d.next(th, &mut at)) {
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

struct ItemGetter {
    /// A tuple, never empty.
    items: Slot,
}

impl Payload for ItemGetter {
    const NAME: &'static str = "itemgetter";
    const CALL: Option<CallFn> = Some(itemgetter_call);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.items.trace(tracer);
    }
}

fn itemgetter_new(th: &Thread, a: &[Value]) -> Res {
    let class = ITEMGETTER.class_arg(th, a[0])?;
    no_keywords(th, "itemgetter", a[2])?;
    if Tuple::of(a[1]).is_empty() {
        return Err(th.type_error("itemgetter expected 1 argument, got 0"));
    }
    Ok(custom::alloc(th, class, ItemGetter { items: Slot::new(a[1]) })?.value())
}

fn itemgetter_call(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    let obj = only_arg(th, "itemgetter", args, kwnames)?;
    let items = Tuple::of(Custom::<ItemGetter>::of(v).items.get()).as_slice();
    if let [one] = items {
        if let Some(i) = one.small_int()
            && obj.has_shape(fixed::TUPLE)
            && (0..Tuple::of(obj).len() as i64).contains(&i)
        {
            return Ok(Tuple::of(obj).get(i as usize));
        }
        return protocol::getitem(th, obj, *one);
    }
    let mut out = ValueVec::with_capacity(th, items.len())?;
    for &i in items {
        let x = protocol::getitem(th, obj, i)?;
        out.push(th, x)?;
    }
    tuple::from_vec(th, &out)
}

fn itemgetter_repr(th: &Thread, a: &[Value]) -> Res {
    let items = Custom::<ItemGetter>::of(a[0]).items.get();
    repr_of(th, a[0], Tuple::of(items).as_slice(), None)
}

fn itemgetter_reduce(th: &Thread, a: &[Value]) -> Res {
    tup(th, &[class_of(th, a[0]), Custom::<ItemGetter>::of(a[0]).items.get()])
}

natives! {
    static ITEMGETTER_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" itemgetter_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "__repr__" "()" itemgetter_repr, "";
        method "__reduce__" "()" itemgetter_reduce, "";
    }
}

pub static ITEMGETTER: NativeClass = NativeClass::new(
    ClassSpec::new("operator.itemgetter", "itemgetter(item, /, *items)\n--\n\n", ITEMGETTER_METHODS, &[])
        .flags(0),
);

struct AttrGetter {
    /// The names as they were given, a tuple.
    names: Slot,
    /// For each name its parts, interned: a string, or a tuple of strings for a dotted one.
    paths: Slot,
}

impl Payload for AttrGetter {
    const NAME: &'static str = "attrgetter";
    const CALL: Option<CallFn> = Some(attrgetter_call);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.names.trace(tracer);
        self.paths.trace(tracer);
    }
}

fn path_of(th: &Thread, name: Str) -> Res {
    let chars = name.chars();
    let dots: Vec<usize> = (0..chars.len()).filter(|&i| chars.at(i) == '.' as u32).collect();
    if dots.is_empty() {
        let exact = string::from_chars(th, chars)?;
        return Ok(string::intern(th, Str::of(exact)));
    }
    let mut parts = ValueVec::with_capacity(th, dots.len() + 1)?;
    let mut start = 0;
    for end in dots.into_iter().chain([chars.len()]) {
        let part = string::from_chars(th, chars.slice(start..end))?;
        parts.push(th, string::intern(th, Str::of(part)))?;
        start = end + 1;
    }
    tuple::from_vec(th, &parts)
}

fn attrgetter_new(th: &Thread, a: &[Value]) -> Res {
    let class = ATTRGETTER.class_arg(th, a[0])?;
    no_keywords(th, "attrgetter", a[2])?;
    let names = Tuple::of(a[1]).as_slice();
    if names.is_empty() {
        return Err(th.type_error("attrgetter expected 1 argument, got 0"));
    }
    let mut paths = ValueVec::with_capacity(th, names.len())?;
    for &n in names {
        let Some(s) = Str::from_value(n) else {
            return Err(th.type_error("attribute name must be a string"));
        };
        let path = path_of(th, s)?;
        paths.push(th, path)?;
    }
    let paths = tuple::from_vec(th, &paths)?;
    Ok(custom::alloc(th, class, AttrGetter { names: Slot::new(a[1]), paths: Slot::new(paths) })?.value())
}

fn follow(th: &Thread, obj: Value, path: Value) -> Res {
    match Tuple::from_value(path) {
        None => attr::get_strict(th, obj, path),
        Some(parts) => parts.as_slice().iter().try_fold(obj, |obj, &name| attr::get_strict(th, obj, name)),
    }
}

fn attrgetter_call(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    let obj = only_arg(th, "attrgetter", args, kwnames)?;
    let paths = Tuple::of(Custom::<AttrGetter>::of(v).paths.get()).as_slice();
    if let [one] = paths {
        return follow(th, obj, *one);
    }
    let mut out = ValueVec::with_capacity(th, paths.len())?;
    for &p in paths {
        let x = follow(th, obj, p)?;
        out.push(th, x)?;
    }
    tuple::from_vec(th, &out)
}

fn attrgetter_repr(th: &Thread, a: &[Value]) -> Res {
    let names = Custom::<AttrGetter>::of(a[0]).names.get();
    repr_of(th, a[0], Tuple::of(names).as_slice(), None)
}

fn attrgetter_reduce(th: &Thread, a: &[Value]) -> Res {
    tup(th, &[class_of(th, a[0]), Custom::<AttrGetter>::of(a[0]).names.get()])
}

natives! {
    static ATTRGETTER_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" attrgetter_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "__repr__" "()" attrgetter_repr, "";
        method "__reduce__" "()" attrgetter_reduce, "";
    }
}

pub static ATTRGETTER: NativeClass = NativeClass::new(
    ClassSpec::new("operator.attrgetter", "attrgetter(attr, /, *attrs)\n--\n\n", ATTRGETTER_METHODS, &[])
        .flags(0),
);

struct MethodCaller {
    /// The name, interned.
    name: Slot,
    args: Slot,
    /// A dict, or `MISSING`.
    keywords: Slot,
}

impl Payload for MethodCaller {
    const NAME: &'static str = "methodcaller";
    const CALL: Option<CallFn> = Some(methodcaller_call);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        self.name.trace(tracer);
        self.args.trace(tracer);
        self.keywords.trace(tracer);
    }
}

fn methodcaller_new(th: &Thread, a: &[Value]) -> Res {
    let class = METHODCALLER.class_arg(th, a[0])?;
    let all = Tuple::of(a[1]).as_slice();
    let [name, rest @ ..] = all else {
        return Err(th.type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = Str::from_value(*name) else {
        return Err(th.type_error("method name must be a string"));
    };
    let exact = if name.value().has_shape(fixed::STR) {
        name
    } else {
        Str::of(string::from_chars(th, name.chars())?)
    };
    let name = string::intern(th, exact);
    let args = tup(th, rest)?;
    let m = MethodCaller { name: Slot::new(name), args: Slot::new(args), keywords: Slot::new(a[2]) };
    Ok(custom::alloc(th, class, m)?.value())
}

fn methodcaller_call(th: &Thread, v: Value, args: &[Value], kwnames: Value) -> Res {
    let obj = only_arg(th, "methodcaller", args, kwnames)?;
    let m = Custom::<MethodCaller>::of(v);
    let args = Tuple::of(m.args.get()).as_slice();
    if m.keywords.get() == Value::MISSING {
        return call::call_method(th, obj, m.name.get(), args);
    }
    let f = attr::get_strict(th, obj, m.name.get())?;
    call::call_dict(th, f, args, m.keywords.get())
}

fn methodcaller_repr(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<MethodCaller>::of(a[0]);
    let args = Tuple::of(m.args.get()).as_slice();
    let mut items = ValueVec::with_capacity(th, args.len() + 1)?;
    items.push(th, m.name.get())?;
    args.iter().try_for_each(|&v| items.push(th, v))?;
    repr_of(th, a[0], items.as_slice(), Dict::from_value(m.keywords.get()))
}

fn methodcaller_reduce(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<MethodCaller>::of(a[0]);
    let class = class_of(th, a[0]);
    match Dict::from_value(m.keywords.get()).filter(|d| !d.is_empty()) {
        None => {
            let args = Tuple::of(m.args.get()).as_slice();
            let mut all = ValueVec::with_capacity(th, args.len() + 1)?;
            all.push(th, m.name.get())?;
            args.iter().try_for_each(|&v| all.push(th, v))?;
            let all = tuple::from_vec(th, &all)?;
            tup(th, &[class, all])
        }
        Some(d) => {
            let functools = object_reduce::import(th, "functools")?;
            let partial = attr::get_text(th, functools, "partial")?;
            let f = call::call_dict(th, partial, &[class, m.name.get()], d.value())?;
            tup(th, &[f, m.args.get()])
        }
    }
}

natives! {
    static METHODCALLER_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" methodcaller_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
        method "__repr__" "()" methodcaller_repr, "";
        method "__reduce__" "()" methodcaller_reduce, "";
    }
}

pub static METHODCALLER: NativeClass = NativeClass::new(
    ClassSpec::new(
        "operator.methodcaller",
        "methodcaller(name, /, *args, **kwargs)\n--\n\n",
        METHODCALLER_METHODS,
        &[],
    )
    .flags(0),
);
