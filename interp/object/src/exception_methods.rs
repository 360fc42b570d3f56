//! What programs see of `BaseException`, and the texts that all exceptions share.
//!
//! Exceptions with fields of their own are in `exception_fields`, `exception_os`,
//! `exception_unicode` and `exception_group`. The builtin classes without fields have
//! nothing but `args`, and native code makes them without a call.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::class::{Class, type_name};
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::dict::Dict;
use crate::exception::{self, Exception};
use crate::kind::Kind;
use crate::list::List;
use crate::names::Name;
use crate::natives;
use crate::object_methods;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;

type Done = Result<(), Raised>;

/// Does the class have nothing but `args`: `BaseException`'s own `__new__` and `__init__`?
pub fn is_plain(th: &Thread, class: Class) -> bool {
    class.inherits_special(th, Name::__init__, TypeId::BaseException)
        && class.inherits_special(th, Name::__new__, TypeId::BaseException)
}

/// Adds a note to an exception, as `add_note` does.
pub fn add_note_text(th: &Thread, e: Value, text: &str) -> Done {
    let note = string::new(th, text);
    note_value(th, e, note)
}

fn note_value(th: &Thread, e: Value, note: Value) -> Done {
    let name = th.name(Name::__notes__);
    let notes = match attr::get_opt(th, e, name)? {
        Some(n) => n,
        None => {
            let l = crate::list::new(th).value();
            attr::set(th, e, name, l)?;
            l
        }
    };
    match List::from_value(notes) {
        Some(l) => l.push(th, note),
        None => Err(th.type_error("Cannot add note: __notes__ is not a list")),
    }
}

/// The exception that a method was called on.
pub fn this(a: &[Value]) -> Exception {
    Exception::of(a[0])
}

/// TypeError when keyword arguments were given: "C() takes no keyword arguments".
pub fn no_keywords(th: &Thread, class: Class, kwargs: Value) -> Done {
    if Dict::from_value(kwargs).is_some_and(|d| !d.is_empty()) {
        return Err(th.type_error(format!("{}() takes no keyword arguments", class.name_text())));
    }
    Ok(())
}

/// `BaseException.__new__`: the arguments are kept whatever `__init__` does.
fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::BaseException)?;
    Ok(exception::allocate(th, c, a[1]).value())
}

/// `BaseException.__init__`: no keywords, `args`.
pub fn base_init(th: &Thread, e: Exception, args: Value, kwargs: Value) -> Done {
    no_keywords(th, Class::of_value(th, e.value()), kwargs)?;
    e.args.set(th, e.cell(), args);
    Ok(())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    base_init(th, this(a), a[1], a[2])?;
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let args = this(a).args();
    let shown = match args.as_slice() {
        [one] => protocol::repr(th, *one)?,
        _ => protocol::repr(th, args.value())?,
    };
    let mut b = krait_text::CharsBuf::with_capacity(32);
    b.extend_str(&Class::of_value(th, a[0]).name_text());
    let one = args.len() == 1;
    if one {
        b.push('(' as u32);
    }
    b.extend(Str::of(shown).chars());
    if one {
        b.push(')' as u32);
    }
    string::from_buf(th, &b)
}

/// `BaseException.__str__`.
pub fn base_str(th: &Thread, e: Exception) -> Res {
    match e.args().as_slice() {
        [] => Ok(th.interp.empty_str.get()),
        [one] => protocol::str_of(th, *one),
        _ => protocol::str_of(th, e.args.get()),
    }
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    base_str(th, this(a))
}

/// What `__reduce__` gives: class, arguments, and the attribute dict if there is one.
pub fn reduce_with(th: &Thread, e: Exception, args: Value) -> Res {
    let class = Class::of_value(th, e.value()).value();
    match attr::own_dict(e.value()) {
        Some(d) => tuple::from_slice(th, &[class, args, d.value()]),
        None => tuple::from_slice(th, &[class, args]),
    }
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    reduce_with(th, this(a), this(a).args.get())
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    if a[1].is_none() {
        return Ok(Value::none());
    }
    let Some(d) = Dict::from_value(a[1]) else { return Err(th.type_error("state is not a dictionary")) };
    let d = d.copy(th)?;
    let mut at = 0;
    while let Some((k, v)) = d.next(th, &mut at) {
        let name = object_methods::name_arg(th, k)?;
        attr::set(th, a[0], name, v)?;
    }
    Ok(Value::none())
}

fn with_traceback(th: &Thread, a: &[Value]) -> Res {
    set_traceback(th, a[0], a[1])?;
    Ok(a[0])
}

fn add_note(th: &Thread, a: &[Value]) -> Res {
    if !a[1].is_kind(Kind::Str) {
        return Err(th.type_error(format!("note must be a str, not '{}'", type_name(th, a[1]))));
    }
    note_value(th, a[0], a[1])?;
    Ok(Value::none())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__str__" "()" str_, "Return str(self).";
        method "__init__" "(*args, **kwargs)" init, "Initialize self.";
        method "__reduce__" "()" reduce, "";
        method "__setstate__" "(state, /)" setstate, "";
        method "with_traceback" "(tb, /)" with_traceback, "Sets self.__traceback__ to tb and returns self.";
        method "add_note" "(note, /)" add_note, "Adds a note to the exception.";
    }
}

fn not_deletable(th: &Thread, name: &str) -> Raised {
    th.type_error(format!("{name} may not be deleted"))
}

fn get_args(_: &Thread, v: Value) -> Res {
    Ok(Exception::of(v).args.get())
}

fn set_args(th: &Thread, v: Value, value: Value) -> Done {
    if value == Value::MISSING {
        return Err(not_deletable(th, "args"));
    }
    let t = protocol::to_sequence(th, value)?;
    let e = Exception::of(v);
    e.args.set(th, e.cell(), t.value());
    Ok(())
}

fn get_traceback(_: &Thread, v: Value) -> Res {
    Ok(Exception::of(v).traceback.get())
}

fn set_traceback(th: &Thread, v: Value, value: Value) -> Done {
    if value == Value::MISSING {
        return Err(not_deletable(th, "__traceback__"));
    }
    if !value.is_none() && !value.is_kind(Kind::Traceback) {
        return Err(th.type_error("__traceback__ must be a traceback or None"));
    }
    let e = Exception::of(v);
    e.traceback.set(th, e.cell(), value);
    Ok(())
}

fn get_context(_: &Thread, v: Value) -> Res {
    Ok(Exception::of(v).context.get())
}

fn set_context(th: &Thread, v: Value, value: Value) -> Done {
    check_chained(th, value, "context")?;
    let e = Exception::of(v);
    e.context.set(th, e.cell(), value);
    Ok(())
}

fn get_cause(_: &Thread, v: Value) -> Res {
    Ok(Exception::of(v).cause.get())
}

fn set_cause(th: &Thread, v: Value, value: Value) -> Done {
    check_chained(th, value, "cause")?;
    let e = Exception::of(v);
    e.cause.set(th, e.cell(), value);
    e.suppress_context.set(true);
    Ok(())
}

fn check_chained(th: &Thread, value: Value, what: &str) -> Done {
    if value == Value::MISSING {
        return Err(not_deletable(th, &format!("__{what}__")));
    }
    if !value.is_none() && !value.is_kind(Kind::Exception) {
        return Err(th.type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(())
}

fn get_suppress(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Exception::of(v).suppress_context.get()))
}

fn set_suppress(th: &Thread, v: Value, value: Value) -> Done {
    if value == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    let Some(b) = value.as_bool() else { return Err(th.type_error("attribute value type must be bool")) };
    Exception::of(v).suppress_context.set(b);
    Ok(())
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::rw("__suppress_context__", get_suppress, set_suppress, "").member(),
    GetSetDef::rw("args", get_args, set_args, ""),
    GetSetDef::rw("__traceback__", get_traceback, set_traceback, ""),
    GetSetDef::rw("__context__", get_context, set_context, "exception context"),
    GetSetDef::rw("__cause__", get_cause, set_cause, "exception cause"),
];

// ---- What the classes with fields share.

/// An extra field as an attribute: None while it is unset.
pub fn get_field<const I: usize>(_: &Thread, v: Value) -> Res {
    let f = Exception::of(v).field(I);
    Ok(if f == Value::UNBOUND { Value::none() } else { f })
}

/// Sets or deletes an extra field.
pub fn set_field<const I: usize>(th: &Thread, v: Value, value: Value) -> Done {
    let value = if value == Value::MISSING { Value::UNBOUND } else { value };
    Exception::of(v).set_field(th, I, value)
}

/// The attribute of extra field `I`.
pub const fn field<const I: usize>(name: &'static str) -> GetSetDef {
    GetSetDef::rw(name, get_field::<I>, set_field::<I>, "").member()
}

/// Keyword arguments with the names, `MISSING` where not given; TypeError for others.
pub fn keywords<const N: usize>(
    th: &Thread,
    kwargs: Value,
    function: &str,
    names: [&str; N],
) -> Res<[Value; N]> {
    let mut out = [Value::MISSING; N];
    let Some(d) = Dict::from_value(kwargs) else { return Ok(out) };
    let mut at = 0;
    while let Some((k, v)) = d.next(th, &mut at) {
        match names.iter().position(|n| Str::of(k).is(n)) {
            Some(i) => out[i] = v,
            None => {
                return Err(th.type_error(format!(
                    "'{}' is an invalid keyword argument for {function}()",
                    Str::of(k).to_text()
                )));
            }
        }
    }
    Ok(out)
}

/// Sets the given fields from `first` on.
pub fn set_fields(th: &Thread, e: Exception, first: usize, values: &[Value]) -> Done {
    for (i, &v) in values.iter().enumerate() {
        if v != Value::MISSING {
            e.set_field(th, first + i, v)?;
        }
    }
    Ok(())
}

/// The items of an argument tuple.
pub fn items<'a>(args: Value) -> &'a [Value] {
    Tuple::of(args).as_slice()
}

/// The table of `BaseException`.
pub const TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::BaseException, "Common base class for all exceptions.", METHODS, GETSET)];
