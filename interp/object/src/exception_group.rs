//! BaseExceptionGroup and ExceptionGroup: creation, `derive`, `split`, `subgroup` (PEP 654).

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{Class, type_name};
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::exception::{self, Exception};
use crate::exception_methods::{get_field, no_keywords, this};
use crate::kind::Kind;
use crate::list;
use crate::names::Name;
use crate::natives;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

/// Is the value an exception group?
pub fn is_group(th: &Thread, v: Value) -> bool {
    v.is_kind(Kind::Exception)
        && Class::of_value(th, v).is_subclass_of(th.interp.class(TypeId::BaseExceptionGroup))
}

/// The exceptions of a group.
pub fn exceptions(v: Value) -> Option<Tuple> {
    Tuple::from_value(Exception::of(v).field(EXCEPTIONS))
}

fn is_exception_class(th: &Thread, v: Value) -> bool {
    Class::from_value(v).is_some_and(|c| c.is_subclass_of(th.interp.class(TypeId::BaseException)))
}

/// Is the value a sequence as `PySequence_Check` has it: it can be indexed and is no dict?
fn is_sequence(th: &Thread, v: Value) -> bool {
    !v.is_kind(Kind::Dict) && Class::of_value(th, v).special(th, Name::__getitem__).is_some()
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let mut c = construct::class_arg(th, a[0], TypeId::BaseExceptionGroup)?;
    let args = Tuple::of(a[1]);
    if args.len() != 2 {
        return Err(th.type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.len()
        )));
    }
    let (message, given) = (args.get(0), args.get(1));
    if !message.is_kind(Kind::Str) {
        return Err(th.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            type_name(th, message)
        )));
    }
    if !is_sequence(th, given) {
        return Err(th.type_error("second argument (exceptions) must be a sequence"));
    }
    let all = protocol::to_sequence(th, given)?;
    if all.is_empty() {
        return Err(th.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let plain = th.interp.class(TypeId::Exception);
    let mut nested_base = false;
    for (i, &e) in all.as_slice().iter().enumerate() {
        if !e.is_kind(Kind::Exception) {
            return Err(
                th.value_error(format!("Item {i} of second argument (exceptions) is not an exception"))
            );
        }
        nested_base |= !Class::of_value(th, e).is_subclass_of(plain);
    }
    if c.is(TypeId::BaseExceptionGroup) {
        if !nested_base {
            c = th.interp.class(TypeId::ExceptionGroup);
        }
    } else if nested_base && c.is(TypeId::ExceptionGroup) {
        return Err(th.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    } else if nested_base && c.is_subclass_of(plain) {
        return Err(th.type_error(format!("Cannot nest BaseExceptions in '{}'", c.name_text())));
    }
    let e = exception::allocate(th, c, a[1]);
    e.set_field(th, MESSAGE, message)?;
    e.set_field(th, EXCEPTIONS, all.value())?;
    Ok(e.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    no_keywords(th, Class::of_value(th, a[0]), a[2])?;
    let e = this(a);
    e.args.set(th, e.cell(), a[1]);
    Ok(Value::none())
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    let n = exceptions(a[0]).map_or(0, Tuple::len);
    let message = protocol::str_of(th, get_field::<MESSAGE>(th, a[0])?)?;
    let mut b = krait_text::CharsBuf::with_capacity(48);
    b.extend(Str::of(message).chars());
    b.extend_str(&format!(" ({n} sub-exception{})", if n > 1 { "s" } else { "" }));
    string::from_buf(th, &b)
}

/// The one argument of a method that takes its arguments as a tuple, for CPython's error text.
fn one(th: &Thread, name: &str, args: Value) -> Res {
    match Tuple::of(args).as_slice() {
        [v] => Ok(*v),
        more => Err(th.type_error(format!("{name} expected 1 argument, got {}", more.len()))),
    }
}

fn derive(th: &Thread, a: &[Value]) -> Res {
    let list = one(th, "derive", a[1])?;
    let message = get_field::<MESSAGE>(th, a[0])?;
    call::call(th, th.interp.class_value(TypeId::BaseExceptionGroup), &[message, list])
}

/// How exceptions are picked.
enum Matcher {
    /// A class or a tuple of classes.
    Class(Value),
    /// A callable.
    Predicate(Value),
}

fn matcher(th: &Thread, v: Value) -> Res<Matcher> {
    if Class::from_value(v).is_none() && call::is_callable(th, v) {
        return Ok(Matcher::Predicate(v));
    }
    let classes = match Tuple::from_value(v) {
        Some(t) => t.as_slice().iter().all(|&c| is_exception_class(th, c)),
        None => is_exception_class(th, v),
    };
    if classes {
        return Ok(Matcher::Class(v));
    }
    Err(th.type_error("expected a function, exception type or tuple of exception types"))
}

impl Matcher {
    fn picks(&self, th: &Thread, e: Value) -> Res<bool> {
        match *self {
            // By the MRO alone, as `except` does it.
            Matcher::Class(c) => {
                let own = Class::of_value(th, e);
                Ok(match Tuple::from_value(c) {
                    Some(t) => t.as_slice().iter().any(|&c| own.is_subclass_of(Class::of(c))),
                    None => own.is_subclass_of(Class::of(c)),
                })
            }
            Matcher::Predicate(f) => {
                let r = call::call(th, f, &[e])?;
                protocol::truth(th, r)
            }
        }
    }
}

/// The matching part of an exception and the rest, None where empty; the rest only when `want_rest`.
fn divide(th: &Thread, e: Value, m: &Matcher, want_rest: bool) -> Res<(Value, Value)> {
    th.check_native_stack()?;
    let none = Value::none();
    if m.picks(th, e)? {
        return Ok((e, none));
    }
    let inner = if is_group(th, e) { exceptions(e) } else { None };
    let Some(inner) = inner else { return Ok((none, if want_rest { e } else { none })) };
    let (mut matched, mut rest) = (ValueVec::new(), ValueVec::new());
    for &x in inner.as_slice() {
        let (m, r) = divide(th, x, m, want_rest)?;
        if !m.is_none() {
            matched.push(th, m)?;
        }
        if !r.is_none() {
            rest.push(th, r)?;
        }
    }
    let matched = subset(th, e, matched)?;
    let rest = if want_rest { subset(th, e, rest)? } else { none };
    Ok((matched, rest))
}

/// A group like `original` of some of its exceptions; None when there are none.
pub fn subset(th: &Thread, original: Value, picked: ValueVec) -> Res {
    if picked.is_empty() {
        return Ok(Value::none());
    }
    let list = list::from_vec(th, picked);
    let made = call::call_method_text(th, original, "derive", &[list])?;
    if !is_group(th, made) {
        return Err(th.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (Exception::of(original), Exception::of(made));
    to.traceback.set(th, to.cell(), from.traceback.get());
    to.context.set(th, to.cell(), from.context.get());
    to.cause.set(th, to.cell(), from.cause.get());
    to.suppress_context.set(true);
    let name = th.name(Name::__notes__);
    if let Some(notes) = attr::get_opt(th, original, name)?
        && is_sequence(th, notes)
    {
        let copy = protocol::collect(th, notes)?;
        let copy = list::from_vec(th, copy);
        attr::set(th, made, name, copy)?;
    }
    Ok(made)
}

fn split(th: &Thread, a: &[Value]) -> Res {
    let m = matcher(th, one(th, "split", a[1])?)?;
    let (matched, rest) = divide(th, a[0], &m, true)?;
    tuple::from_slice(th, &[matched, rest])
}

fn subgroup(th: &Thread, a: &[Value]) -> Res {
    let m = matcher(th, one(th, "subgroup", a[1])?)?;
    Ok(divide(th, a[0], &m, false)?.0)
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__str__" "()" str_, "Return str(self).";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "derive" "(*args)" derive, "";
        method "split" "(*args)" split, "";
        method "subgroup" "(*args)" subgroup, "";
        classmethod "__class_getitem__" "(object, /)" construct::class_getitem, "See PEP 585";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("message", get_field::<MESSAGE>, "exception message").member(),
    GetSetDef::ro("exceptions", get_field::<EXCEPTIONS>, "nested exceptions").member(),
];

/// The table of `BaseExceptionGroup`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::BaseExceptionGroup,
    "A combination of multiple unrelated exceptions.",
    METHODS,
    GETSET,
)];
