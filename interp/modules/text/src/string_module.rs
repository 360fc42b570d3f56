//! `_string`: the grammar of `str.format` for `string.Formatter`.

use crate::support::payload;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, iter_method, next_method};
use krait_object::format_markup::{Markup, Path, Step, integer, split_name};
use krait_object::native_class::NativeClass;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{int, natives, str_build, tuple};
use std::cell::Cell;

/// The `_string` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_string", doc: "string helper module", functions: FUNCTIONS, exec: no_exec };

/// Walks the parts of a template.
struct Formatter {
    text: Slot,
    at: Cell<usize>,
}

payload!(Formatter, "formatteriterator", [text], next formatter_step);

/// Walks the steps of a field name.
struct FieldName {
    text: Slot,
    at: Cell<usize>,
}

payload!(FieldName, "fieldnameiterator", [text], next field_name_step);

fn text_arg(th: &Thread, v: Value) -> Res<Str> {
    match Str::from_value(v) {
        Some(s) => Ok(s),
        None => Err(th.type_error(format!("expected str, got {}", type_name(th, v)))),
    }
}

fn formatter_parser(th: &Thread, a: &[Value]) -> Res {
    text_arg(th, a[0])?;
    let it = Formatter { text: Slot::new(a[0]), at: Cell::new(0) };
    Ok(custom::alloc(th, FORMATTER.get(th)?, it)?.value())
}

/// `(literal, field name, spec, conversion)`; the last three are None where there is no field.
fn formatter_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<Formatter>::of(v);
    let s = Str::of(it.text.get());
    let mut markup = Markup::new(s.chars(), it.at.get()..s.len());
    let part = markup.next().map_err(|e| th.value_error(e));
    it.at.set(markup.position());
    let Some(part) = part? else { return Ok(None) };
    let literal = str_build::substring(th, s, part.literal)?;
    let none = Value::none();
    let (name, spec, conversion) = match part.field {
        None => (none, none, none),
        Some(f) => (
            str_build::substring(th, s, f.name)?,
            str_build::substring(th, s, f.spec)?,
            match f.conversion {
                Some(c) => string::from_code_point(th, c)?,
                None => none,
            },
        ),
    };
    tuple::from_slice(th, &[literal, name, spec, conversion]).map(Some)
}

/// `(first, rest)`: a number or a name, and an iterator over the steps from there.
fn formatter_field_name_split(th: &Thread, a: &[Value]) -> Res {
    let s = text_arg(th, a[0])?;
    let (first, path) = split_name(s.chars(), 0..s.len());
    let first = match integer(s.chars().slice(first.clone())).map_err(|e| th.value_error(e))? {
        Some(n) => int::from_usize(th, n),
        None => str_build::substring(th, s, first)?,
    };
    let it = FieldName { text: Slot::new(a[0]), at: Cell::new(path.rest().start) };
    let it = custom::alloc(th, FIELD_NAME.get(th)?, it)?.value();
    tuple::from_slice(th, &[first, it])
}

/// `(is attribute, name or index)`.
fn field_name_step(th: &Thread, v: Value) -> Res<Option<Value>> {
    let it = Custom::<FieldName>::of(v);
    let s = Str::of(it.text.get());
    let mut path = Path::new(s.chars(), it.at.get()..s.len());
    let step = path.next().map_err(|e| th.value_error(e));
    it.at.set(path.rest().start);
    let (is_attribute, what) = match step? {
        None => return Ok(None),
        Some(Step::Attribute(r)) => (true, str_build::substring(th, s, r)?),
        Some(Step::Index(n)) => (false, int::from_usize(th, n)),
        Some(Step::Key(r)) => (false, str_build::substring(th, s, r)?),
    };
    tuple::from_slice(th, &[Value::bool(is_attribute), what]).map(Some)
}

natives! {
    static FUNCTIONS = {
        function "formatter_field_name_split" "!(format, /)" formatter_field_name_split, "split the argument as a field name";
        function "formatter_parser" "!(format, /)" formatter_parser, "parse the argument as a format string";
    }
}

natives! {
    static ITERATOR = {
        method "__iter__" "()" iter_method, "";
        method "__next__" "()" next_method, "";
    }
}

static FORMATTER: NativeClass =
    NativeClass::new(ClassSpec::new("formatteriterator", "", ITERATOR, &[]).flags(flag::NO_NEW));
static FIELD_NAME: NativeClass =
    NativeClass::new(ClassSpec::new("fieldnameiterator", "", ITERATOR, &[]).flags(flag::NO_NEW));
