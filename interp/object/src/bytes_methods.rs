//! What programs see of `bytes`: construction, operators, the table of methods.
//!
//! Most methods are shared with `bytearray` and go by their receiver: `bytes_search`,
//! `bytes_split`, `bytes_case`, `bytes_hex`. The table of shared ones is the macro
//! `shared_methods` here.

use crate::bootstrap::TypeTable;
use crate::buffer::{self, flags};
use crate::bytes;
use crate::call::call_special;
use crate::class::{Class, flag, type_name};
use crate::custom::Custom;
use crate::kind::Kind;
use crate::memoryview::{self, MemoryView};
use crate::names::Name;
use crate::protocol::{self, Cmp};
use crate::shape::fixed;
use crate::slice::{self, Slice};
use crate::str_methods::repeat_count;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytearray, bytes_hex, bytes_iter, codec, construct, int, memory_items, percent, tuple};

/// The bytes of a bytes or bytearray; of a bytearray not to be held across Python code.
#[inline]
pub(crate) fn data<'a>(v: Value) -> &'a [u8] {
    if v.is_kind(Kind::Bytes) {
        bytes::Bytes::of(v).as_slice()
    } else {
        bytearray::get(v).map(|b| b.as_slice()).unwrap_or_default()
    }
}

/// A result of a method: `bytes` or a `bytearray`, as the receiver is.
#[inline]
pub(crate) fn make(th: &Thread, receiver: Value, out: &[u8]) -> Res {
    if receiver.is_kind(Kind::Bytes) { bytes::from_slice(th, out) } else { bytearray::from_slice(th, out) }
}

/// As [`make`], of `len` bytes that `f` writes.
pub(crate) fn fill(th: &Thread, receiver: Value, len: usize, f: impl FnOnce(&mut [u8])) -> Res {
    if !receiver.is_kind(Kind::Bytes) {
        return bytearray::fill(th, len, f);
    }
    if len == 0 { Ok(th.interp.empty_bytes.get()) } else { bytes::fill(th, len, f) }
}

/// The receiver as an unchanged result: itself when it is an exact `bytes`, else a copy.
#[inline]
pub(crate) fn same(th: &Thread, receiver: Value) -> Res {
    if receiver.has_shape(fixed::BYTES) { Ok(receiver) } else { make(th, receiver, data(receiver)) }
}

/// An argument that must be a byte.
///
/// # Errors
/// TypeError for objects that are no integers; ValueError with the text.
pub(crate) fn byte_arg(th: &Thread, v: Value, text: &str) -> Res<u8> {
    let i = protocol::index(th, v)?;
    match int::to_i64(i) {
        Some(n @ 0..=255) => Ok(n as u8),
        _ => Err(th.value_error(text)),
    }
}

/// An instance of the class (`bytes` or a subclass) with the data.
fn with_class(th: &Thread, class: Class, b: Value) -> Res {
    if class.is(TypeId::Bytes) {
        return Ok(b);
    }
    let v = bytes::copy_for_subclass(th, data(b), class.shape.get(), class.tail_bytes())?;
    class.init_tail(v.cell());
    Ok(v)
}

/// TypeError for `encoding` and `errors` without text, if there is one of them.
pub(crate) fn no_text(th: &Thread, encoding: bool, errors: bool) -> Res<()> {
    match (encoding, errors) {
        (true, _) => Err(th.type_error("encoding without a string argument")),
        (_, true) => Err(th.type_error("errors without a string argument")),
        _ => Ok(()),
    }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::Bytes)?;
    let encoding = codec::name(th, a[2], "bytes() argument 'encoding'")?;
    let errors = codec::name(th, a[3], "bytes() argument 'errors'")?;
    let b = match a[1].given() {
        None => {
            no_text(th, encoding.is_some(), errors.is_some())?;
            th.interp.empty_bytes.get()
        }
        Some(v) => match (Str::from_value(v), &encoding) {
            (Some(s), Some(e)) => codec::encode(th, s, Some(e), errors.as_deref())?,
            (Some(_), None) if errors.is_some() => {
                return Err(th.type_error("string argument without an encoding"));
            }
            (None, _) if encoding.is_some() || errors.is_some() => {
                no_text(th, encoding.is_some(), errors.is_some())?;
                v
            }
            (text, _) => from_argument(th, v, text.is_some())?,
        },
    };
    with_class(th, class, b)
}

/// `bytes(v)` with one argument.
fn from_argument(th: &Thread, v: Value, is_text: bool) -> Res {
    if v.has_shape(fixed::BYTES) {
        return Ok(v);
    }
    if let Some(b) = special_bytes(th, v)? {
        return Ok(b);
    }
    if is_text {
        return Err(th.type_error("string argument without an encoding"));
    }
    if int::is_int(v) || Class::of_value(th, v).special(th, Name::__index__).is_some() {
        let n = protocol::index_isize(th, v);
        if let Some(n) = th.catch(n, TypeId::TypeError)? {
            if n < 0 {
                return Err(th.value_error("negative count"));
            }
            return fill(th, th.interp.empty_bytes.get(), n as usize, |_| {});
        }
    }
    from_items(th, v)
}

/// The result of `__bytes__`, if there is such a method.
fn special_bytes(th: &Thread, v: Value) -> Res<Option<Value>> {
    let Some(f) = Class::of_value(th, v).special(th, Name::__bytes__) else { return Ok(None) };
    let r = call_special(th, f, v, &[])?;
    if r.is_kind(Kind::Bytes) {
        return Ok(Some(r));
    }
    Err(th.type_error(format!("__bytes__ returned non-bytes (type {})", type_name(th, r))))
}

/// `bytes` of a buffer or an iterable of small integers (what C calls `PyBytes_FromObject`).
pub fn from_items(th: &Thread, v: Value) -> Res {
    if v.has_shape(fixed::BYTES) {
        return Ok(v);
    }
    if buffer::has_buffer(th, v) {
        return contiguous_copy(th, v);
    }
    let refuse = || th.type_error(format!("cannot convert '{}' object to bytes", type_name(th, v)));
    if v.is_kind(Kind::Str) {
        return Err(refuse());
    }
    let mut out = Vec::new();
    let mut take = |x: Value| -> Result<(), Raised> {
        out.push(byte_arg(th, x, "bytes must be in range(0, 256)")?);
        Ok(())
    };
    if v.has_shape(fixed::LIST) || v.has_shape(fixed::TUPLE) {
        protocol::for_each(th, v, &mut take)?;
    } else {
        let it = protocol::iter(th, v);
        let Some(it) = th.catch(it, TypeId::TypeError)? else { return Err(refuse()) };
        while let Some(x) = protocol::next(th, it)? {
            take(x)?;
        }
    }
    bytes::from_slice(th, &out)
}

/// The bytes of any buffer in C order.
fn contiguous_copy(th: &Thread, v: Value) -> Res {
    let b = buffer::get_buffer(th, v, flags::FULL_RO)?;
    let mut plain = [0; 2];
    let items = memory_items::items_of(&b, &mut plain);
    if memoryview::is_contiguous(items.shape, items.strides, items.itemsize, true) {
        return bytes::from_slice(th, &b);
    }
    let mut out = Vec::with_capacity(b.len);
    items.copy_out(&mut out);
    bytes::from_slice(th, &out)
}

/// What C calls `PyObject_Bytes`: `__bytes__`, a buffer, or an iterable of small integers.
///
/// # Errors
/// TypeError "cannot convert 'T' object to bytes".
pub fn from_object(th: &Thread, v: Value) -> Res {
    if v.has_shape(fixed::BYTES) {
        return Ok(v);
    }
    match special_bytes(th, v)? {
        Some(b) => Ok(b),
        None => from_items(th, v),
    }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    string::from_latin1(th, &krait_text::repr::repr_bytes(data(a[0]), b"b"))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    bytes_warning(th, "str() on a bytes instance")?;
    repr(th, a)
}

/// BytesWarning, when the option `-b` asks for it.
pub(crate) fn bytes_warning(th: &Thread, text: &str) -> Res<()> {
    if th.interp.bytes_warning.get() > 0 {
        (th.interp.hooks().warn)(th, TypeId::BytesWarning, text, 1)?;
    }
    Ok(())
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(bytes::Bytes::of(a[0]).hash(th)))
}

pub(crate) fn len(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(data(a[0]).len() as i64))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    if let Some(other) = bytes::get(a[1]) {
        let own = data(a[0]);
        return Ok(Value::bool(match op {
            Cmp::Eq => own == other,
            Cmp::Ne => own != other,
            _ => op.of(own.cmp(other)),
        }));
    }
    if th.interp.bytes_warning.get() > 0 && matches!(op, Cmp::Eq | Cmp::Ne) {
        if a[1].is_kind(Kind::Str) {
            bytes_warning(th, "Comparison between bytes and string")?;
        } else if int::is_int(a[1]) {
            bytes_warning(th, "Comparison between bytes and int")?;
        }
    }
    Ok(Value::not_implemented())
}

fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

/// An index or a slice of a sequence of bytes.
pub(crate) enum Place {
    At(usize),
    Span(slice::Span),
}

/// Resolves a subscript; `name` and `range` are for the error texts.
pub(crate) fn place(th: &Thread, v: Value, key: Value, name: &str, range: &str) -> Res<Place> {
    if let Some(k) = Slice::from_value(key) {
        return Ok(Place::Span(slice::resolve(th, k, || data(v).len())?));
    }
    if !key.is_small_int()
        && !int::is_int(key)
        && Class::of_value(th, key).special(th, Name::__index__).is_none()
    {
        return Err(
            th.type_error(format!("{name} indices must be integers or slices, not {}", type_name(th, key)))
        );
    }
    let i = protocol::sequence_index(th, key)?;
    let n = data(v).len() as isize;
    let at = if i < 0 { i.saturating_add(n) } else { i };
    if at < 0 || at >= n { Err(th.index_error(range)) } else { Ok(Place::At(at as usize)) }
}

/// The items of a slice.
pub(crate) fn sliced(th: &Thread, v: Value, span: slice::Span) -> Res {
    let d = data(v);
    if span.count == d.len() && span.step == 1 {
        return same(th, v);
    }
    if span.step == 1 || span.count == 0 {
        let start = if span.count == 0 { 0 } else { span.start as usize };
        return make(th, v, &d[start..start + span.count]);
    }
    fill(th, v, span.count, |to| to.iter_mut().zip(span.indexes()).for_each(|(t, i)| *t = d[i]))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    match place(th, a[0], a[1], "byte", "index out of range")? {
        Place::At(i) => Ok(Value::small(data(a[0])[i].into())),
        Place::Span(span) => sliced(th, a[0], span),
    }
}

pub(crate) fn add(th: &Thread, a: &[Value]) -> Res {
    if !buffer::has_buffer(th, a[1]) {
        return Err(th.type_error(format!(
            "can't concat {} to {}",
            type_name(th, a[1]),
            type_name(th, a[0])
        )));
    }
    let other = buffer::bytes_like(th, a[1])?;
    let own = data(a[0]);
    if a[0].has_shape(fixed::BYTES) && other.is_empty() {
        return Ok(a[0]);
    }
    if a[0].is_kind(Kind::Bytes) && own.is_empty() && a[1].has_shape(fixed::BYTES) {
        return Ok(a[1]);
    }
    fill(th, a[0], own.len() + other.len(), |to| {
        to[..own.len()].copy_from_slice(own);
        to[own.len()..].copy_from_slice(&other);
    })
}

/// `v * n`.
pub(crate) fn repeated(th: &Thread, v: Value, n: isize) -> Res {
    let d = data(v);
    if n == 1 && v.has_shape(fixed::BYTES) {
        return Ok(v);
    }
    let n = n.max(0) as usize;
    let total = match d.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize - 64) {
        Some(t) => t,
        None if v.is_kind(Kind::Bytes) => return Err(th.overflow_error("repeated bytes are too long")),
        None => return Err(th.memory_error()),
    };
    fill(th, v, total, |to| match d {
        [b] => to.fill(*b),
        _ => to.chunks_exact_mut(d.len().max(1)).for_each(|t| t.copy_from_slice(d)),
    })
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    repeated(th, a[0], n)
}

fn mod_(th: &Thread, a: &[Value]) -> Res {
    let out = percent::format_bytes(th, data(a[0]), a[1])?;
    bytes::from_slice(th, &out)
}

fn rmod(th: &Thread, a: &[Value]) -> Res {
    match bytes::get(a[1]) {
        Some(template) => {
            let out = percent::format_bytes(th, template, a[0])?;
            bytes::from_slice(th, &out)
        }
        None => Ok(Value::not_implemented()),
    }
}

pub(crate) fn iter(th: &Thread, a: &[Value]) -> Res {
    bytes_iter::new(th, a[0])
}

fn bytes_(th: &Thread, a: &[Value]) -> Res {
    same(th, a[0])
}

fn getnewargs(th: &Thread, a: &[Value]) -> Res {
    // A copy: what is pickled is not the object itself.
    let b = bytes::from_slice(th, data(a[0]))?;
    tuple::from_slice(th, &[b])
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    // As CPython counts: a header of 33 bytes, with the NUL.
    let tail = Class::of_value(th, a[0]).tail_bytes();
    Ok(int::from_usize(th, 33 + data(a[0]).len() + tail))
}

pub(crate) fn decode(th: &Thread, a: &[Value]) -> Res {
    let encoding = codec::name(th, a[1], "decode() argument 'encoding'")?;
    let errors = codec::name(th, a[2], "decode() argument 'errors'")?;
    // Handlers run Python code: the receiver's memory is held.
    let d = buffer::native(th, a[0], flags::SIMPLE)?;
    codec::decode(th, &d, encoding.as_deref(), errors.as_deref())
}

pub(crate) fn hex(th: &Thread, a: &[Value]) -> Res {
    let d = buffer::native(th, a[0], flags::SIMPLE)?;
    bytes_hex::hex(th, &d, a[1], a[2])
}

fn fromhex(th: &Thread, a: &[Value]) -> Res {
    let text = string::expect(th, a[1], "fromhex() argument")?;
    let b = bytes::from_slice(th, &bytes_hex::from_hex(th, text)?)?;
    if a[0] == th.interp.class_value(TypeId::Bytes) { Ok(b) } else { crate::call::call(th, a[0], &[b]) }
}

/// `__buffer__(flags)` of builtin exporters.
pub fn buffer_(th: &Thread, a: &[Value]) -> Res {
    let wanted = protocol::index_isize(th, a[1])?;
    let Ok(wanted) = i32::try_from(wanted) else {
        return Err(th.overflow_error("buffer flags too large"));
    };
    let b = buffer::native(th, a[0], wanted as u32)?;
    memoryview::from_buffer(th, b)
}

/// `__release_buffer__(view)` of builtin exporters.
pub fn release_buffer(th: &Thread, a: &[Value]) -> Res {
    let Some(m) = Custom::<MemoryView>::from_value(a[1]) else {
        return Err(th.type_error("expected a memoryview object"));
    };
    if m.is_released() {
        return Err(th.value_error("memoryview's buffer has already been released"));
    }
    if m.obj() != a[0] {
        return Err(th.value_error("memoryview's buffer is not this object"));
    }
    memoryview::release(th, m)?;
    Ok(Value::none())
}

/// The table of a type's methods: those that both types share, and its own.
#[macro_export]
macro_rules! byte_methods {
    ($(#[$attr:meta])* static $name:ident = { $($own:tt)* }) => {
        $crate::natives! {
            $(#[$attr])* static $name = {
                $($own)*
                method "__len__" "()" $crate::bytes_methods::len, "", Reads;
                method "__contains__" "(key, /)" $crate::bytes_search::contains, "";
                method "__add__" "(value, /)" $crate::bytes_methods::add, "";
                method "__iter__" "()" $crate::bytes_methods::iter, "", Reads;
                method "__buffer__" "(flags, /)" $crate::bytes_methods::buffer_, "";
                method "capitalize" "!()" $crate::bytes_case::capitalize, "", Reads;
                method "center" "(width, fillchar=b' ', /)" $crate::bytes_case::center, "";
                method "count" "!(sub, start=None, end=None, /)" $crate::bytes_search::count, "";
                method "decode" "(encoding='utf-8', errors='strict')" $crate::bytes_methods::decode, "The bytes as text in an encoding.";
                method "endswith" "!(suffix, start=None, end=None, /)" $crate::bytes_search::endswith, "";
                method "expandtabs" "(tabsize=8)" $crate::bytes_case::expandtabs, "";
                method "find" "!(sub, start=None, end=None, /)" $crate::bytes_search::find, "";
                method "hex" "(sep=<unrepresentable>, bytes_per_sep=1)" $crate::bytes_methods::hex, "The bytes as hexadecimal digits, with a separator after so many bytes from the right (from the left: negative).\n\n   >>> bytes(b'\\x01\\x80\\xff').hex(':')\n   '01:80:ff'";
                method "index" "!(sub, start=None, end=None, /)" $crate::bytes_search::index, "";
                method "isalnum" "!()" $crate::bytes_case::isalnum, "", Reads;
                method "isalpha" "!()" $crate::bytes_case::isalpha, "", Reads;
                method "isascii" "!()" $crate::bytes_case::isascii, "", Reads;
                method "isdigit" "!()" $crate::bytes_case::isdigit, "", Reads;
                method "islower" "!()" $crate::bytes_case::islower, "", Reads;
                method "isspace" "!()" $crate::bytes_case::isspace, "", Reads;
                method "istitle" "!()" $crate::bytes_case::istitle, "", Reads;
                method "isupper" "!()" $crate::bytes_case::isupper, "", Reads;
                method "join" "(iterable_of_bytes, /)" $crate::bytes_split::join, "";
                method "ljust" "(width, fillchar=b' ', /)" $crate::bytes_case::ljust, "";
                method "lower" "!()" $crate::bytes_case::lower, "", Reads;
                method "lstrip" "(bytes=None, /)" $crate::bytes_split::lstrip, "";
                staticmethod "maketrans" "(frm, to, /)" $crate::bytes_case::maketrans, "";
                method "partition" "(sep, /)" $crate::bytes_split::partition, "";
                method "removeprefix" "(prefix, /)" $crate::bytes_search::removeprefix, "";
                method "removesuffix" "(suffix, /)" $crate::bytes_search::removesuffix, "";
                method "replace" "(old, new, count=-1, /)" $crate::bytes_search::replace, "";
                method "rfind" "!(sub, start=None, end=None, /)" $crate::bytes_search::rfind, "";
                method "rindex" "!(sub, start=None, end=None, /)" $crate::bytes_search::rindex, "";
                method "rjust" "(width, fillchar=b' ', /)" $crate::bytes_case::rjust, "";
                method "rpartition" "(sep, /)" $crate::bytes_split::rpartition, "";
                method "rsplit" "(sep=None, maxsplit=-1)" $crate::bytes_split::rsplit, "";
                method "rstrip" "(bytes=None, /)" $crate::bytes_split::rstrip, "";
                method "split" "(sep=None, maxsplit=-1)" $crate::bytes_split::split, "";
                method "splitlines" "(keepends=False)" $crate::bytes_split::splitlines, "";
                method "startswith" "!(prefix, start=None, end=None, /)" $crate::bytes_search::startswith, "";
                method "strip" "(bytes=None, /)" $crate::bytes_split::strip, "";
                method "swapcase" "!()" $crate::bytes_case::swapcase, "", Reads;
                method "title" "!()" $crate::bytes_case::title, "", Reads;
                method "translate" "(table, /, delete=b'')" $crate::bytes_case::translate, "";
                method "upper" "!()" $crate::bytes_case::upper, "", Reads;
                method "zfill" "(width, /)" $crate::bytes_case::zfill, "";
            }
        }
    };
}

crate::byte_methods! {
    static METHODS = {
        staticmethod "__new__" "(cls, source=b'', encoding='utf-8', errors='strict')" new, "";
        method "__repr__" "()" repr, "", Pure;
        method "__str__" "()" str_, "";
        method "__hash__" "()" hash, "", Pure;
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__mod__" "(value, /)" mod_, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__bytes__" "()" bytes_, "Convert this value to exact type bytes.", Pure;
        method "__getnewargs__" "!()" getnewargs, "";
        method "__sizeof__" "()" sizeof, "";
        classmethod "fromhex" "(string, /)" fromhex, "Bytes from hexadecimal digits; white space may lie between them.";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Bytes,
    "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::CONCAT)];
