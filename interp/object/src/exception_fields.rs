//! Exceptions with a few fields: StopIteration, SystemExit, ImportError, AttributeError, NameError, SyntaxError;
//! and KeyError, whose text is its key's `repr`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::class::Class;
use crate::descriptor::GetSetDef;
use crate::dict::{self, Dict};
use crate::exception::{Exception, fields};
use crate::exception_methods::{base_init, base_str, field, items, keywords, set_fields, this};
use crate::int;
use crate::natives;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple;
use crate::types::TypeId;
use crate::value::Value;

fn stop_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    let value = items(a[1]).first().copied().unwrap_or(Value::none());
    e.set_field(th, fields::VALUE, value)?;
    Ok(Value::none())
}

fn exit_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    match items(a[1]) {
        [] => {}
        [one] => e.set_field(th, fields::VALUE, *one)?,
        _ => e.set_field(th, fields::VALUE, a[1])?,
    }
    Ok(Value::none())
}

fn import_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    e.clear_fields(th);
    base_init(th, e, a[1], Value::MISSING)?;
    let given = keywords(th, a[2], "ImportError", ["name", "path", "name_from"])?;
    set_fields(th, e, 1, &given)?;
    if let [msg] = items(a[1]) {
        e.set_field(th, 0, *msg)?;
    }
    Ok(Value::none())
}

fn import_str(th: &Thread, a: &[Value]) -> Res {
    let msg = this(a).field(0);
    if msg.has_shape(crate::shape::fixed::STR) { Ok(msg) } else { base_str(th, this(a)) }
}

/// The attribute dict with extra fields in it: what is pickled besides the arguments.
fn state_with(th: &Thread, e: Exception, extra: &[(&str, Value)]) -> Res<Option<Value>> {
    let own = attr::own_dict(e.value());
    if extra.iter().all(|x| x.1 == Value::UNBOUND) {
        return Ok(own.map(Dict::value));
    }
    let d = match own {
        Some(d) => d.copy(th)?,
        None => dict::new(th),
    };
    for (name, v) in extra {
        if *v != Value::UNBOUND {
            d.set(th, th.interp.interned.intern_text(th, name), *v)?;
        }
    }
    Ok(Some(d.value()))
}

fn import_reduce(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let extra = [("name", e.field(1)), ("path", e.field(2)), ("name_from", e.field(3))];
    let state = state_with(th, e, &extra)?;
    let class = Class::of_value(th, a[0]).value();
    match state {
        Some(s) => tuple::from_slice(th, &[class, e.args.get(), s]),
        None => tuple::from_slice(th, &[class, e.args.get()]),
    }
}

fn attribute_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], Value::MISSING)?;
    let given = keywords(th, a[2], "AttributeError", fields::ATTRIBUTE)?;
    set_fields(th, e, 0, &given)?;
    Ok(Value::none())
}

fn attribute_getstate(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    // The object is left out: it is often one that cannot be pickled.
    let state = state_with(th, e, &[("name", e.field(0)), ("args", e.args.get())])?;
    Ok(state.unwrap_or(Value::none()))
}

fn attribute_reduce(th: &Thread, a: &[Value]) -> Res {
    let state = attribute_getstate(th, a)?;
    tuple::from_slice(th, &[Class::of_value(th, a[0]).value(), this(a).args.get(), state])
}

fn name_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], Value::MISSING)?;
    let given = keywords(th, a[2], "NameError", ["name"])?;
    set_fields(th, e, 0, &given)?;
    Ok(Value::none())
}

fn key_str(th: &Thread, a: &[Value]) -> Res {
    match this(a).args().as_slice() {
        [key] => protocol::repr(th, *key),
        _ => base_str(th, this(a)),
    }
}

fn syntax_init(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    base_init(th, e, a[1], a[2])?;
    let args = items(a[1]);
    if let Some(&msg) = args.first() {
        e.set_field(th, 0, msg)?;
    }
    let &[_, info] = args else { return Ok(Value::none()) };
    let info = protocol::to_sequence(th, info)?;
    let given = info.len();
    if given < 4 {
        return Err(th.type_error(format!("function takes at least 4 arguments ({given} given)")));
    }
    if given > 6 {
        return Err(th.type_error(format!("function takes at most 6 arguments ({given} given)")));
    }
    set_fields(th, e, 1, info.as_slice())?;
    if given == 5 {
        return Err(th.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(Value::none())
}

fn syntax_str(th: &Thread, a: &[Value]) -> Res {
    let e = this(a);
    let field = |i: usize| if e.field(i) == Value::UNBOUND { Value::none() } else { e.field(i) };
    let msg = protocol::str_of(th, field(0))?;
    let filename = Str::from_value(field(1));
    let line = field(2);
    let line = (line.is_small_int() || line.has_shape(crate::shape::fixed::INT))
        .then(|| int::to_i64(line))
        .flatten();
    if filename.is_none() && line.is_none() {
        return Ok(msg);
    }
    let mut b = krait_text::CharsBuf::with_capacity(64);
    b.extend(Str::of(msg).chars());
    b.extend_str(" (");
    if let Some(f) = filename {
        let units: Vec<u32> = f.chars().iter().collect();
        let start = units.iter().rposition(|&c| c == '/' as u32).map_or(0, |i| i + 1);
        units[start..].iter().for_each(|&c| b.push(c));
    }
    if let Some(n) = line {
        b.extend_str(&format!("{}line {n}", if filename.is_some() { ", " } else { "" }));
    }
    b.push(')' as u32);
    string::from_buf(th, &b)
}

natives! {
    static STOP = {
        method "__init__" "(*args, **kwargs)" stop_init, "Initialize self.";
    }
}
natives! {
    static EXIT = {
        method "__init__" "(*args, **kwargs)" exit_init, "Initialize self.";
    }
}
natives! {
    static IMPORT = {
        method "__init__" "(*args, **kwargs)" import_init, "Initialize self.";
        method "__str__" "()" import_str, "Return str(self).";
        method "__reduce__" "()" import_reduce, "";
    }
}
natives! {
    static ATTRIBUTE = {
        method "__init__" "(*args, **kwargs)" attribute_init, "Initialize self.";
        method "__getstate__" "()" attribute_getstate, "";
        method "__reduce__" "()" attribute_reduce, "";
    }
}
natives! {
    static NAME = {
        method "__init__" "(*args, **kwargs)" name_init, "Initialize self.";
    }
}
natives! {
    static KEY = {
        method "__str__" "()" key_str, "Return str(self).";
    }
}
natives! {
    static SYNTAX = {
        method "__init__" "(*args, **kwargs)" syntax_init, "Initialize self.";
        method "__str__" "()" syntax_str, "Return str(self).";
    }
}

static STOP_FIELDS: &[GetSetDef] = &[field::<0>("value")];
static EXIT_FIELDS: &[GetSetDef] = &[field::<0>("code")];
static IMPORT_FIELDS: &[GetSetDef] =
    &[field::<0>("msg"), field::<1>("name"), field::<2>("path"), field::<3>("name_from")];
static ATTRIBUTE_FIELDS: &[GetSetDef] = &[field::<0>("name"), field::<1>("obj")];
static NAME_FIELDS: &[GetSetDef] = &[field::<0>("name")];
static SYNTAX_FIELDS: &[GetSetDef] = &[
    field::<0>("msg"),
    field::<1>("filename"),
    field::<2>("lineno"),
    field::<3>("offset"),
    field::<4>("text"),
    field::<5>("end_lineno"),
    field::<6>("end_offset"),
    field::<7>("print_file_and_line"),
];

/// The tables of the classes here.
pub const TABLES: &[TypeTable] = &[
    TypeTable::new(TypeId::StopIteration, "Signal the end from iterator.__next__().", STOP, STOP_FIELDS),
    TypeTable::new(TypeId::SystemExit, "Request to exit from the interpreter.", EXIT, EXIT_FIELDS),
    TypeTable::new(
        TypeId::ImportError,
        "Import can't find module, or can't find name in module.",
        IMPORT,
        IMPORT_FIELDS,
    ),
    TypeTable::new(TypeId::AttributeError, "Attribute not found.", ATTRIBUTE, ATTRIBUTE_FIELDS),
    TypeTable::new(TypeId::NameError, "Name not found globally.", NAME, NAME_FIELDS),
    TypeTable::new(TypeId::KeyError, "Mapping key not found.", KEY, &[]),
    TypeTable::new(TypeId::SyntaxError, "Invalid syntax.", SYNTAX, SYNTAX_FIELDS),
];
