//! What programs see of `str`: construction, operators, the table of methods.
//!
//! The methods themselves are in `str_search` (finding, cutting), `str_case` (casing,
//! predicates, padding), `str_translate`, `str_format` and `percent`.

use crate::bootstrap::TypeTable;
use crate::class::{Class, flag, type_name};
use crate::kind::Kind;
use crate::number_text;
use crate::protocol::{self, Cmp};
use crate::slice::{self, Slice};
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{codec, construct, int, natives, percent, str_build, tuple};
use crate::{str_case, str_format, str_iter, str_search, str_split, str_translate};
use krait_number::format::{self, Spec};
use krait_text::with_units;

/// The receiver of a method, which its descriptor has checked.
#[inline(always)]
pub(crate) fn own(a: &[Value]) -> Str {
    Str::of(a[0])
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Str)?;
    let text = match (a[1].given(), a[2].given(), a[3].given()) {
        (None, ..) => {
            codec::name(th, a[2], "str() argument 'encoding'")?;
            codec::name(th, a[3], "str() argument 'errors'")?;
            th.interp.empty_str.get()
        }
        (Some(v), None, None) => protocol::str_of(th, v)?,
        (Some(v), ..) => {
            let encoding = codec::name(th, a[2], "str() argument 'encoding'")?;
            let errors = codec::name(th, a[3], "str() argument 'errors'")?;
            codec::decode_object(th, v, encoding.as_deref(), errors.as_deref())?
        }
    };
    if class.is(TypeId::Str) { Ok(text) } else { str_build::with_class(th, class, Str::of(text)) }
}

/// `repr(s)`.
pub fn repr(th: &Thread, s: Str) -> Res {
    string::from_buf(th, &krait_text::repr::repr_str(s.chars()))
}

fn repr_(th: &Thread, a: &[Value]) -> Res {
    repr(th, own(a))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    str_build::exact(th, own(a))
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(own(a).hash(th)))
}

fn len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(own(a).len() as i64))
}

fn compare(a: &[Value], op: Cmp) -> Res {
    let Some(other) = Str::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    Ok(Value::bool(match op {
        Cmp::Eq => own(a).equals(other),
        Cmp::Ne => !own(a).equals(other),
        _ => op.of(own(a).chars().compare(other.chars())),
    }))
}

fn lt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Lt)
}
fn le(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Le)
}
fn eq(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Eq)
}
fn ne(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ne)
}
fn gt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Gt)
}
fn ge(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ge)
}

/// `s[key]`.
///
/// # Errors
/// IndexError, TypeError; what `__index__` raises.
pub fn getitem(th: &Thread, s: Str, key: Value) -> Res {
    if let Some(i) = key.small_int() {
        let i = if i < 0 { i + s.len() as i64 } else { i };
        if i < 0 || i as usize >= s.len() {
            return Err(th.index_error("string index out of range"));
        }
        return string::from_code_point(th, s.at(i as usize));
    }
    if let Some(k) = Slice::from_value(key) {
        let span = slice::resolve(th, k, || s.len())?;
        return str_build::stepped(th, s, span);
    }
    match protocol::index_opt(th, key)? {
        Some(i) if i.is_small_int() => getitem(th, s, i),
        Some(_) => {
            Err(th.index_error(format!("cannot fit '{}' into an index-sized integer", type_name(th, key))))
        }
        None => Err(th.type_error(format!("string indices must be integers, not '{}'", type_name(th, key)))),
    }
}

fn getitem_(th: &Thread, a: &[Value]) -> Res {
    getitem(th, own(a), a[1])
}

/// `item in s`.
pub fn contains(th: &Thread, s: Str, item: Value) -> Res<bool> {
    match Str::from_value(item) {
        Some(part) => Ok(krait_text::search::contains(s.chars(), part.chars())),
        None => Err(th.type_error(format!(
            "'in <string>' requires string as left operand, not {}",
            type_name(th, item)
        ))),
    }
}

fn contains_(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(contains(th, own(a), a[1])?))
}

fn add(th: &Thread, a: &[Value]) -> Res {
    match Str::from_value(a[1]) {
        Some(other) => string::concat(th, own(a), other),
        None => {
            Err(th.type_error(format!("can only concatenate str (not \"{}\") to str", type_name(th, a[1]))))
        }
    }
}

/// The count of a repetition `sequence * v`.
///
/// # Errors
/// TypeError "can't multiply sequence by non-int of type 'T'", OverflowError.
pub fn repeat_count(th: &Thread, v: Value) -> Res<isize> {
    match protocol::index_opt(th, v)? {
        Some(i) => int::to_i64(i).map(|n| n as isize).ok_or_else(|| {
            th.overflow_error(format!("cannot fit '{}' into an index-sized integer", type_name(th, v)))
        }),
        None => {
            Err(th.type_error(format!("can't multiply sequence by non-int of type '{}'", type_name(th, v))))
        }
    }
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    str_build::repeat(th, own(a), n)
}

fn mod_(th: &Thread, a: &[Value]) -> Res {
    percent::format_str(th, own(a), a[1])
}

fn rmod(th: &Thread, a: &[Value]) -> Res {
    match Str::from_value(a[1]) {
        Some(template) => percent::format_str(th, template, a[0]),
        None => Ok(Value::not_implemented()),
    }
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    str_iter::new(th, own(a))
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let spec = number_text::spec_arg(th, a[1])?;
    if spec.is_empty() {
        return protocol::str_of(th, a[0]);
    }
    format_with(th, own(a), spec)
}

/// `format(s, spec)`; of a subclass's instance for a spec that is not empty.
///
/// # Errors
/// ValueErrors of `str.__format__`.
pub fn format_with(th: &Thread, s: Str, spec: Str) -> Res {
    if spec.is_empty() {
        return Ok(s.value());
    }
    let name = type_name(th, s.value());
    let raise = |e| number_text::format_error(th, e);
    let spec = with_units!(spec.chars(), t => Spec::parse_str(t, &name)).map_err(raise)?;
    let (left, shown, right) = format::format_str(&spec, s.len(), &name).map_err(raise)?;
    if left == 0 && right == 0 {
        return str_build::substring(th, s, 0..shown);
    }
    str_build::padded(th, s.chars().slice(0..shown), s.is_ascii(), spec.fill, left, right)
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    // A copy: what is pickled is not the object itself.
    let s = string::from_chars(th, own(a).chars())?;
    tuple::from_slice(th, &[s])
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    // As CPython counts: a header of 40 bytes for ASCII, else of 56.
    let s = own(a);
    let head = if s.is_ascii() { 40 } else { 56 };
    let tail = Class::of_value(th, a[0]).tail_bytes();
    Ok(int::from_usize(th, head + (s.len() + 1) * s.width() + tail))
}

fn encode(th: &Thread, a: &[Value]) -> Res {
    let encoding = codec::name(th, a[1], "encode() argument 'encoding'")?;
    let errors = codec::name(th, a[2], "encode() argument 'errors'")?;
    codec::encode(th, own(a), encoding.as_deref(), errors.as_deref())
}

fn join(th: &Thread, a: &[Value]) -> Res {
    str_build::join(th, own(a), a[1])
}

/// The string itself when it is of the exact class, else an exact copy.
pub(crate) fn unchanged(th: &Thread, s: Str) -> Res {
    str_build::exact(th, s)
}

/// An argument that must be a string, by the shortest of CPython's texts: "must be str, not T".
pub(crate) fn must_be_str(th: &Thread, v: Value) -> Res<Str> {
    if v.is_kind(Kind::Str) {
        return Ok(Str::of(v));
    }
    Err(th.type_error(format!("must be str, not {}", type_name(th, v))))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, object='', encoding='utf-8', errors='strict')" new, "";
        method "__repr__" "()" repr_, "", Pure;
        method "__str__" "()" str_, "", Pure;
        method "__hash__" "()" hash, "", Pure;
        method "__len__" "()" len, "", Pure;
        method "__lt__" "(value, /)" lt, "", Pure;
        method "__le__" "(value, /)" le, "", Pure;
        method "__eq__" "(value, /)" eq, "", Pure;
        method "__ne__" "(value, /)" ne, "", Pure;
        method "__gt__" "(value, /)" gt, "", Pure;
        method "__ge__" "(value, /)" ge, "", Pure;
        method "__getitem__" "(key, /)" getitem_, "";
        method "__contains__" "(key, /)" contains_, "", Pure;
        method "__add__" "(value, /)" add, "", Pure;
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__mod__" "(value, /)" mod_, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__iter__" "()" iter, "", Pure;
        method "__format__" "(format_spec, /)" format, "";
        method "__getnewargs__" "!()" getnewargs, "";
        method "__sizeof__" "()" sizeof, "";
        method "encode" "(encoding='utf-8', errors='strict')" encode, "The text as bytes in an encoding.";
        method "join" "(iterable, /)" join, "The strings of the iterable, with this one between them.";
        method "format" "!(*args, **kwargs)" str_format::format, "The text with its replacement fields filled in from the arguments.";
        method "format_map" "!(mapping, /)" str_format::format_map, "The text with its replacement fields filled in from a mapping.";
        method "find" "!(sub, start=None, end=None, /)" str_search::find, "";
        method "rfind" "!(sub, start=None, end=None, /)" str_search::rfind, "";
        method "index" "!(sub, start=None, end=None, /)" str_search::index, "";
        method "rindex" "!(sub, start=None, end=None, /)" str_search::rindex, "";
        method "count" "!(sub, start=None, end=None, /)" str_search::count, "";
        method "startswith" "!(prefix, start=None, end=None, /)" str_search::startswith, "";
        method "endswith" "!(suffix, start=None, end=None, /)" str_search::endswith, "";
        method "removeprefix" "(prefix, /)" str_search::removeprefix, "", Pure;
        method "removesuffix" "(suffix, /)" str_search::removesuffix, "", Pure;
        method "replace" "(old, new, count=-1, /)" str_search::replace, "";
        method "partition" "(sep, /)" str_split::partition, "", Pure;
        method "rpartition" "(sep, /)" str_split::rpartition, "", Pure;
        method "split" "(sep=None, maxsplit=-1)" str_split::split, "";
        method "rsplit" "(sep=None, maxsplit=-1)" str_split::rsplit, "";
        method "splitlines" "(keepends=False)" str_split::splitlines, "";
        method "strip" "(chars=None, /)" str_split::strip, "", Pure;
        method "lstrip" "(chars=None, /)" str_split::lstrip, "", Pure;
        method "rstrip" "(chars=None, /)" str_split::rstrip, "", Pure;
        method "expandtabs" "(tabsize=8)" str_case::expandtabs, "";
        method "capitalize" "()" str_case::capitalize, "", Pure;
        method "casefold" "()" str_case::casefold, "", Pure;
        method "lower" "()" str_case::lower, "", Pure;
        method "swapcase" "()" str_case::swapcase, "", Pure;
        method "title" "()" str_case::title, "", Pure;
        method "upper" "()" str_case::upper, "", Pure;
        method "center" "(width, fillchar=' ', /)" str_case::center, "";
        method "ljust" "(width, fillchar=' ', /)" str_case::ljust, "";
        method "rjust" "(width, fillchar=' ', /)" str_case::rjust, "";
        method "zfill" "(width, /)" str_case::zfill, "";
        method "isalnum" "()" str_case::isalnum, "", Pure;
        method "isalpha" "()" str_case::isalpha, "", Pure;
        method "isascii" "()" str_case::isascii, "", Pure;
        method "isdecimal" "()" str_case::isdecimal, "", Pure;
        method "isdigit" "()" str_case::isdigit, "", Pure;
        method "isidentifier" "()" str_case::isidentifier, "", Pure;
        method "islower" "()" str_case::islower, "", Pure;
        method "isnumeric" "()" str_case::isnumeric, "", Pure;
        method "isprintable" "()" str_case::isprintable, "", Pure;
        method "isspace" "()" str_case::isspace, "", Pure;
        method "istitle" "()" str_case::istitle, "", Pure;
        method "isupper" "()" str_case::isupper, "", Pure;
        staticmethod "maketrans" "(x, y=<unrepresentable>, z=<unrepresentable>, /)" str_translate::maketrans, "";
        method "translate" "(table, /)" str_translate::translate, "";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Str,
    "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nText: the object's `__str__`, or bytes decoded.",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::CONCAT)];
