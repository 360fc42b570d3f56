//! `Dialect`: how values are separated and quoted, checked once.

use super::{dialects, error, shown};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, Value, attr, call, int, natives, protocol};

pub const QUOTE_MINIMAL: i64 = 0;
pub const QUOTE_ALL: i64 = 1;
pub const QUOTE_NONNUMERIC: i64 = 2;
pub const QUOTE_NONE: i64 = 3;
pub const QUOTE_STRINGS: i64 = 4;
pub const QUOTE_NOTNULL: i64 = 5;

/// The module's constants.
pub const QUOTINGS: [(&str, i64); 6] = [
    ("QUOTE_MINIMAL", QUOTE_MINIMAL),
    ("QUOTE_ALL", QUOTE_ALL),
    ("QUOTE_NONNUMERIC", QUOTE_NONNUMERIC),
    ("QUOTE_NONE", QUOTE_NONE),
    ("QUOTE_STRINGS", QUOTE_STRINGS),
    ("QUOTE_NOTNULL", QUOTE_NOTNULL),
];

/// What no character is: the ones that are not set.
pub const NONE: u32 = u32::MAX;

/// A dialect.
pub struct Dialect {
    pub delimiter: u32,
    pub quote: u32,
    pub escape: u32,
    pub doublequote: bool,
    pub skip_space: bool,
    pub strict: bool,
    pub quoting: i64,
    /// A string.
    pub terminator: Slot,
}

impl Payload for Dialect {
    const NAME: &'static str = "Dialect";
    fn trace(&self, tracer: &mut Tracer) {
        self.terminator.trace(tracer);
    }
}

/// A handle to a dialect.
pub type Handle = Custom<Dialect>;

/// The registered dialect of the name.
pub fn registered(th: &Thread, name: Value) -> Res {
    dialects(th)?.get(th, name)?.ok_or_else(|| error(th, "unknown dialect"))
}

/// The dialect of a function's arguments: a name, class or instance (or `MISSING`), and options.
pub fn make(th: &Thread, base: Value, options: Value) -> Res<Handle> {
    let class = DIALECT.get(th)?.value();
    let args: &[Value] = if base.given().is_some() { &[base] } else { &[] };
    let made = match Dict::from_value(options).filter(|d| !d.is_empty()) {
        Some(_) => call::call_dict(th, class, args, options)?,
        None => call::call(th, class, args)?,
    };
    Handle::from_value(made).ok_or_else(|| th.type_error("a dialect was expected"))
}

fn one_char(th: &Thread, s: Str, name: &str) -> Res<u32> {
    if s.len() == 1 {
        return Ok(s.at(0));
    }
    Err(th.type_error(format!("\"{name}\" must be a 1-character string")))
}

fn char_option(th: &Thread, v: Value, name: &str, default: char, optional: bool) -> Res<u32> {
    let Some(v) = v.given() else { return Ok(if default == '\0' { NONE } else { default.into() }) };
    if v.is_none() && optional {
        return Ok(NONE);
    }
    match Str::from_value(v) {
        Some(s) => one_char(th, s, name),
        None => {
            let wanted = if optional { "string or None" } else { "string" };
            Err(th.type_error(format!("\"{name}\" must be {wanted}, not {}", shown(th, v))))
        }
    }
}

fn truth_option(th: &Thread, v: Value, default: bool) -> Res<bool> {
    v.given().map_or(Ok(default), |v| protocol::truth(th, v))
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class: Class = DIALECT.class_arg(th, a[0])?;
    let mut base = a[1].given_not_none();
    if let Some(name) = base.filter(|b| Str::from_value(*b).is_some()) {
        base = Some(registered(th, name)?);
    }
    let mut options = [Value::MISSING; 8];
    options.copy_from_slice(&a[2..10]);
    if let Some(b) = base {
        if Handle::from_value(b).is_some() && options.iter().all(|v| v.given().is_none()) {
            return Ok(b);
        }
        const NAMES: [&str; 8] = [
            "delimiter",
            "doublequote",
            "escapechar",
            "lineterminator",
            "quotechar",
            "quoting",
            "skipinitialspace",
            "strict",
        ];
        for (to, name) in options.iter_mut().zip(NAMES) {
            if to.given().is_none() {
                // What can not be had is as if it were not there.
                let found = attr::get_opt(th, b, th.interp.interned.intern_text(th, name));
                *to = match found {
                    Ok(v) => v.unwrap_or(Value::MISSING),
                    Err(_) => {
                        th.clear_pending();
                        Value::MISSING
                    }
                };
            }
        }
    }
    let [delimiter, doublequote, escape, terminator, quote, quoting, skip_space, strict] = options;
    let delimiter = char_option(th, delimiter, "delimiter", ',', false)?;
    let doublequote = truth_option(th, doublequote, true)?;
    let escape = char_option(th, escape, "escapechar", '\0', true)?;
    let terminator = match terminator.given() {
        None => string::new(th, "\r\n"),
        Some(v) if v.is_none() || Str::from_value(v).is_some() => v,
        Some(_) => return Err(th.type_error("\"lineterminator\" must be a string")),
    };
    let no_quote = quote.given().is_some_and(Value::is_none);
    let quote = char_option(th, quote, "quotechar", '"', true)?;
    let given_quoting = quoting.given();
    let mut quoting = match given_quoting {
        None => QUOTE_MINIMAL,
        Some(v) if int::is_int(v) && v.as_bool().is_none() => match int::to_i64(v).map(i32::try_from) {
            Some(Ok(n)) => n.into(),
            _ => return Err(th.overflow_error("Python int too large to convert to C int")),
        },
        Some(_) => return Err(th.type_error("\"quoting\" must be an integer")),
    };
    let skip_space = truth_option(th, skip_space, false)?;
    let strict = truth_option(th, strict, false)?;
    if !(QUOTE_MINIMAL..=QUOTE_NOTNULL).contains(&quoting) {
        return Err(th.type_error("bad \"quoting\" value"));
    }
    if no_quote && given_quoting.is_none() {
        quoting = QUOTE_NONE;
    }
    if quoting != QUOTE_NONE && quote == NONE {
        return Err(th.type_error("quotechar must be set if quoting enabled"));
    }
    if terminator.is_none() {
        return Err(th.type_error("lineterminator must be set"));
    }
    let d = Dialect {
        delimiter,
        quote,
        escape,
        doublequote,
        skip_space,
        strict,
        quoting,
        terminator: Slot::new(terminator),
    };
    Ok(custom::alloc(th, class, d)?.value())
}

fn cannot_pickle(th: &Thread, a: &[Value]) -> Res {
    Err(th.type_error(format!("cannot pickle '{}' instances", Class::of_value(th, a[0]).name_text())))
}

fn char_value(th: &Thread, c: u32) -> Res {
    if c == NONE { Ok(Value::none()) } else { string::from_code_point(th, c) }
}

fn delimiter(th: &Thread, v: Value) -> Res {
    char_value(th, Handle::of(v).delimiter)
}
fn escapechar(th: &Thread, v: Value) -> Res {
    char_value(th, Handle::of(v).escape)
}
fn quotechar(th: &Thread, v: Value) -> Res {
    char_value(th, Handle::of(v).quote)
}
fn lineterminator(_: &Thread, v: Value) -> Res {
    Ok(Handle::of(v).terminator.get())
}
fn quoting(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).quoting))
}
fn doublequote(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Handle::of(v).doublequote))
}
fn skipinitialspace(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Handle::of(v).skip_space))
}
fn strict(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Handle::of(v).strict))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!?(cls, dialect=None, delimiter=None, doublequote=None, escapechar=None, lineterminator=None, quotechar=None, quoting=None, skipinitialspace=None, strict=None)" construct, "";
        method "__reduce__" "!(*args)" cannot_pickle, "";
        method "__reduce_ex__" "!(*args)" cannot_pickle, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("delimiter", delimiter, ""),
    GetSetDef::ro("doublequote", doublequote, "").member(),
    GetSetDef::ro("escapechar", escapechar, ""),
    GetSetDef::ro("lineterminator", lineterminator, ""),
    GetSetDef::ro("quotechar", quotechar, ""),
    GetSetDef::ro("quoting", quoting, ""),
    GetSetDef::ro("skipinitialspace", skipinitialspace, "").member(),
    GetSetDef::ro("strict", strict, "").member(),
];

/// The class.
pub static DIALECT: NativeClass =
    NativeClass::new(ClassSpec::new("_csv.Dialect", "CSV dialect", METHODS, GETSET).flags(flag::BASE));
