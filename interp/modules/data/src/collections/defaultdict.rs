//! `collections.defaultdict`: a dict that keeps its factory in a tail word.

use crate::support::{class_of, tup};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::dict_methods;
use krait_object::names::Name;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, attrs, call, natives, protocol, repr_guard};

/// Tail word of the factory; word 0 is kept for the attribute dict.
const FACTORY: usize = 1;

fn factory_word(v: Value) -> *mut Value {
    // SAFETY: the class gives its instances the word.
    unsafe { attrs::tail(v.cell(), FACTORY) }
}

/// The factory, or None.
fn factory(v: Value) -> Value {
    // SAFETY: as above.
    let f = unsafe { *factory_word(v) };
    if f.is_internal() { Value::none() } else { f }
}

fn set_factory(th: &Thread, v: Value, f: Value) {
    let word = factory_word(v);
    // SAFETY: as above.
    unsafe { word.write(f) };
    th.heap.barrier(v.cell(), word.cast());
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let args = Tuple::of(a[1]).as_slice();
    let rest = match args {
        [] => args,
        [f, rest @ ..] => {
            if !f.is_none() && !call::is_callable(th, *f) {
                return Err(th.type_error("first argument must be callable or None"));
            }
            rest
        }
    };
    set_factory(th, a[0], args.first().copied().unwrap_or(Value::none()));
    let dict_init = th.interp.class(TypeId::Dict).special(th, Name::__init__);
    let mut all = krait_object::ValueVec::with_capacity(th, rest.len() + 1)?;
    all.push(th, a[0])?;
    for &v in rest {
        all.push(th, v)?;
    }
    match dict_init {
        Some(f) => call::call_dict(th, f, all.as_slice(), a[2]),
        None => Ok(Value::none()),
    }
}

fn missing(th: &Thread, a: &[Value]) -> Res {
    let f = factory(a[0]);
    if f.is_none() {
        return Err(th.key_error(a[1]));
    }
    let v = call::call(th, f, &[])?;
    protocol::setitem(th, a[0], a[1], v)?;
    Ok(v)
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    call::call(th, class_of(th, a[0]), &[factory(a[0]), a[0]])
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let f = factory(a[0]);
    let args = if f.is_none() { th.interp.empty_tuple.get() } else { tup(th, &[f])? };
    let items = call::call_method(th, a[0], th.name(Name::items), &[])?;
    let it = protocol::iter(th, items)?;
    tup(th, &[class_of(th, a[0]), args, Value::none(), Value::none(), it])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let base = dict_methods::repr_of(th, Dict::of(a[0]))?;
    let f = factory(a[0]);
    let shown = match repr_guard::enter(th, f) {
        Some(_guard) => protocol::repr(th, f)?,
        None => string::new(th, "..."),
    };
    let mut out = krait_text::CharsBuf::with_capacity(32);
    out.extend_str(&Class::of_value(th, a[0]).name_text());
    out.extend_str("(");
    out.extend(Str::of(shown).chars());
    out.extend_str(", ");
    out.extend(Str::of(base).chars());
    out.extend_str(")");
    string::from_buf(th, &out)
}

/// `like`'s class and factory with the items of both.
fn union(th: &Thread, like: Value, left: Value, right: Value) -> Res {
    let new = call::call(th, class_of(th, like), &[factory(like), left])?;
    call::call_method_text(th, new, "update", &[right])?;
    Ok(new)
}

fn or(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    union(th, a[0], a[0], a[1])
}

fn ror(th: &Thread, a: &[Value]) -> Res {
    if Dict::from_value(a[1]).is_none() {
        return Ok(Value::not_implemented());
    }
    // A defaultdict on the left has its say about the class.
    let like = if DEFAULTDICT.is_instance(th, a[1]) { a[1] } else { a[0] };
    union(th, like, a[1], a[0])
}

fn get_factory(_: &Thread, v: Value) -> Res {
    Ok(factory(v))
}

fn put_factory(th: &Thread, v: Value, f: Value) -> Result<(), Raised> {
    set_factory(th, v, f.given().unwrap_or(Value::none()));
    Ok(())
}

natives! {
    static METHODS = {
        method "__init__" "(/, *args, **kwargs)" init, "";
        method "__missing__" "(key, /)" missing, "";
        method "copy" "()" copy, "";
        method "__copy__" "()" copy, "";
        method "__reduce__" "()" reduce, "";
        classmethod "__class_getitem__" "(item, /)" krait_object::construct::class_getitem, "";
        method "__repr__" "()" repr, "";
        method "__or__" "(value, /)" or, "";
        method "__ror__" "(value, /)" ror, "";
    }
}

static GETSET: &[GetSetDef] =
    &[GetSetDef::rw("default_factory", get_factory, put_factory, "Factory for missing values.").member()];

pub static DEFAULTDICT: NativeClass = NativeClass::new(
    ClassSpec::new(
        "collections.defaultdict",
        "A dict that makes missing values by a factory.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE)
    .base(TypeId::Dict)
    .tail_words(FACTORY as u16 + 1),
);
