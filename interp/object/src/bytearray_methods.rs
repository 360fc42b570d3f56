//! What programs see of `bytearray` beyond what it shares with `bytes` (see `bytes_methods`): changing it.

use crate::arguments::c_ssize;
use crate::bootstrap::TypeTable;
use crate::buffer::{self, flags};
use crate::bytearray::{self, ByteArray};
use crate::bytes_methods::{Place, byte_arg, bytes_warning, no_text, place, repeated, sliced};
use crate::call;
use crate::class::{Class, flag, type_name};
use crate::kind::Kind;
use crate::names::Name;
use crate::protocol::{self, Cmp};
use crate::str_methods::repeat_count;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, bytes_hex, codec, construct, int, percent, tuple};

const NOT_A_BYTE: &str = "byte must be in range(0, 256)";

#[inline]
fn own(a: &[Value]) -> ByteArray {
    ByteArray::of(a[0])
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = construct::class_arg(th, a[0], TypeId::ByteArray)?;
    let b = bytearray::new(th, class.shape.get(), class.tail_bytes());
    class.init_tail(b.cell());
    Ok(b.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let b = own(a);
    let encoding = codec::name(th, a[2], "bytearray() argument 'encoding'")?;
    let errors = codec::name(th, a[3], "bytearray() argument 'errors'")?;
    b.truncate(th, 0)?;
    let Some(v) = a[1].given() else {
        no_text(th, encoding.is_some(), errors.is_some())?;
        return Ok(Value::none());
    };
    if let Some(s) = Str::from_value(v) {
        if encoding.is_none() {
            return Err(th.type_error("string argument without an encoding"));
        }
        let data = codec::encode(th, s, encoding.as_deref(), errors.as_deref())?;
        b.extend(th, bytes::get(data).unwrap_or_default())?;
        return Ok(Value::none());
    }
    no_text(th, encoding.is_some(), errors.is_some())?;
    if int::is_int(v) || Class::of_value(th, v).special(th, Name::__index__).is_some() {
        let n = protocol::index_isize(th, v);
        if let Some(n) = th.catch(n, TypeId::TypeError)? {
            if n < 0 {
                return Err(th.value_error("negative count"));
            }
            b.grow_zeroed(th, n as usize)?;
            return Ok(Value::none());
        }
    }
    if buffer::has_buffer(th, v) {
        let data = copy_of(th, v)?;
        b.extend(th, &data)?;
        return Ok(Value::none());
    }
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error(format!("cannot convert '{}' object to bytearray", type_name(th, v))));
    };
    while let Some(x) = protocol::next(th, it)? {
        let byte = byte_arg(th, x, NOT_A_BYTE)?;
        b.push(th, byte)?;
    }
    Ok(Value::none())
}

/// A copy of a buffer's bytes in C order.
fn copy_of(th: &Thread, v: Value) -> Res<Vec<u8>> {
    let b = crate::bytes_methods::from_items(th, v)?;
    Ok(bytes::get(b).unwrap_or_default().to_vec())
}

/// The bytearray as written: `bytearray(b'...')`, a subclass by its own name.
fn repr(th: &Thread, a: &[Value]) -> Res {
    let body = krait_text::repr::repr_bytes(own(a).as_slice(), b"b");
    let mut body = String::from_utf8_lossy(&body);
    if body.starts_with("b\"") {
        // Unlike that of bytes, this repr escapes single quotes between double ones, too.
        body = body.replace('\'', "\\'").into();
    }
    string::try_new(th, &format!("{}({body})", type_name(th, a[0])))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    bytes_warning(th, "str() on a bytearray instance")?;
    repr(th, a)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    if a[1].is_kind(Kind::Str) {
        if matches!(op, Cmp::Eq | Cmp::Ne) {
            bytes_warning(th, "Comparison between bytearray and string")?;
        }
        return Ok(Value::not_implemented());
    }
    if !buffer::has_buffer(th, a[1]) {
        return Ok(Value::not_implemented());
    }
    let Ok(other) = buffer::bytes_like(th, a[1]) else {
        th.clear_pending();
        return Ok(Value::not_implemented());
    };
    Ok(Value::bool(op.of(own(a).as_slice().cmp(&*other))))
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

const RANGE: &str = "bytearray index out of range";

fn getitem(th: &Thread, a: &[Value]) -> Res {
    match place(th, a[0], a[1], "bytearray", RANGE)? {
        Place::At(i) => Ok(Value::small(own(a).as_slice()[i].into())),
        Place::Span(span) => sliced(th, a[0], span),
    }
}

/// The bytes that are assigned to a slice: a copy, since the source may be the bytearray itself.
fn assigned(th: &Thread, v: Value) -> Res<Vec<u8>> {
    if buffer::has_buffer(th, v) {
        return copy_of(th, v);
    }
    let number = int::is_int(v)
        || Class::of_value(th, v).special(th, Name::__index__).is_some()
        || Class::of_value(th, v).special(th, Name::__float__).is_some();
    if number || v.is_kind(Kind::Str) {
        return Err(th.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
    }
    let it = protocol::iter(th, v);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error(format!("cannot convert '{}' object to bytearray", type_name(th, v))));
    };
    let mut out = Vec::new();
    while let Some(x) = protocol::next(th, it)? {
        out.push(byte_arg(th, x, NOT_A_BYTE)?);
    }
    Ok(out)
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let b = own(a);
    match place(th, a[0], a[1], "bytearray", RANGE)? {
        Place::At(i) => {
            let byte = byte_arg(th, a[2], NOT_A_BYTE)?;
            // The value's `__index__` may have shortened the bytearray.
            match b.as_mut_slice().get_mut(i) {
                Some(place) => *place = byte,
                None => return Err(th.index_error(RANGE)),
            }
        }
        Place::Span(_) => {
            let data = assigned(th, a[2])?;
            let Place::Span(span) = place(th, a[0], a[1], "bytearray", RANGE)? else {
                return Ok(Value::none());
            };
            assign_span(th, b, span, &data)?;
        }
    }
    Ok(Value::none())
}

fn assign_span(th: &Thread, b: ByteArray, span: crate::slice::Span, data: &[u8]) -> Result<(), Raised> {
    if span.step == 1 {
        let start = span.start as usize;
        return b.splice(th, start, start + span.count, data);
    }
    if data.is_empty() {
        return delete_span(th, b, span);
    }
    if data.len() != span.count {
        return Err(th.value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            data.len(),
            span.count
        )));
    }
    let to = b.as_mut_slice();
    span.indexes().zip(data).for_each(|(i, &d)| to[i] = d);
    Ok(())
}

fn delete_span(th: &Thread, b: ByteArray, span: crate::slice::Span) -> Result<(), Raised> {
    if span.count == 0 {
        return Ok(());
    }
    if span.step == 1 {
        return b.splice(th, span.start as usize, span.start as usize + span.count, &[]);
    }
    b.check_resizable(th)?;
    let mut gone = vec![false; b.len()];
    span.indexes().for_each(|i| gone[i] = true);
    let kept: Vec<u8> = b.as_slice().iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(b, _)| *b).collect();
    b.splice(th, 0, b.len(), &kept)
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    match place(th, a[0], a[1], "bytearray", RANGE)? {
        Place::At(i) => own(a).splice(th, i, i + 1, &[])?,
        Place::Span(span) => delete_span(th, own(a), span)?,
    }
    Ok(Value::none())
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?;
    repeated(th, a[0], n)
}

fn iadd(th: &Thread, a: &[Value]) -> Res {
    if !buffer::has_buffer(th, a[1]) {
        return Err(th.type_error(format!(
            "can't concat {} to {}",
            type_name(th, a[1]),
            type_name(th, a[0])
        )));
    }
    if a[1] == a[0] && !own(a).is_empty() {
        // The right operand's buffer is held while the left one grows, and they are the same.
        return Err(th.raise_new(TypeId::BufferError, bytearray::EXPORTED));
    }
    append_buffer(th, own(a), a[1])?;
    Ok(a[0])
}

/// Appends another object's bytes.
fn append_buffer(th: &Thread, b: ByteArray, v: Value) -> Result<(), Raised> {
    if v == b.value() {
        let copy = b.as_slice().to_vec();
        return b.extend(th, &copy);
    }
    if v.is_kind(Kind::Custom) {
        // A view of this very bytearray must not be held while it grows, nor copied from old storage.
        let copy = copy_of(th, v)?;
        return b.extend(th, &copy);
    }
    let data = buffer::bytes_like(th, v)?;
    b.extend(th, &data)
}

fn imul(th: &Thread, a: &[Value]) -> Res {
    let n = repeat_count(th, a[1])?.max(0) as usize;
    let b = own(a);
    let copy = b.as_slice().to_vec();
    if copy.len().checked_mul(n).is_none_or(|t| t > isize::MAX as usize / 2) {
        return Err(th.memory_error());
    }
    if n == 0 {
        b.truncate(th, 0)?;
    } else if n > 1 && !copy.is_empty() {
        b.grow_zeroed(th, copy.len() * (n - 1))?;
        b.as_mut_slice().chunks_exact_mut(copy.len()).for_each(|t| t.copy_from_slice(&copy));
    }
    Ok(a[0])
}

fn mod_(th: &Thread, a: &[Value]) -> Res {
    // Arguments run Python code, which may change the template.
    let template = own(a).as_slice().to_vec();
    let out = percent::format_bytes(th, &template, a[1])?;
    bytearray::from_slice(th, &out)
}

fn rmod(th: &Thread, a: &[Value]) -> Res {
    match bytearray::get(a[1]) {
        Some(template) => {
            let template = template.as_slice().to_vec();
            let out = percent::format_bytes(th, &template, a[0])?;
            bytearray::from_slice(th, &out)
        }
        None => Ok(Value::not_implemented()),
    }
}

fn append(th: &Thread, a: &[Value]) -> Res {
    let byte = byte_arg(th, a[1], NOT_A_BYTE)?;
    own(a).push(th, byte)?;
    Ok(Value::none())
}

fn extend(th: &Thread, a: &[Value]) -> Res {
    let b = own(a);
    if buffer::has_buffer(th, a[1]) {
        append_buffer(th, b, a[1])?;
        return Ok(Value::none());
    }
    let it = protocol::iter(th, a[1]);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error(format!("can't extend bytearray with {}", type_name(th, a[1]))));
    };
    // Nothing is appended when an item is no byte.
    let mut data = Vec::new();
    while let Some(x) = protocol::next(th, it)? {
        data.push(byte_arg(th, x, NOT_A_BYTE)?);
    }
    b.extend(th, &data)?;
    Ok(Value::none())
}

fn insert(th: &Thread, a: &[Value]) -> Res {
    let i = c_ssize(th, a[1])?;
    let byte = byte_arg(th, a[2], NOT_A_BYTE)?;
    let b = own(a);
    let n = b.len() as isize;
    let at = if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) } as usize;
    b.splice(th, at, at, &[byte])?;
    Ok(Value::none())
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    let i = match a[1].given() {
        Some(v) => c_ssize(th, v)?,
        None => -1,
    };
    let b = own(a);
    if b.is_empty() {
        return Err(th.index_error("pop from empty bytearray"));
    }
    let n = b.len() as isize;
    let at = if i < 0 { i.saturating_add(n) } else { i };
    if at < 0 || at >= n {
        return Err(th.index_error("pop index out of range"));
    }
    let at = at as usize;
    let byte = b.as_slice()[at];
    b.splice(th, at, at + 1, &[])?;
    Ok(Value::small(byte.into()))
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    let byte = byte_arg(th, a[1], NOT_A_BYTE)?;
    let b = own(a);
    match b.as_slice().iter().position(|&x| x == byte) {
        Some(i) => {
            b.splice(th, i, i + 1, &[])?;
            Ok(Value::none())
        }
        None => Err(th.value_error("value not found in bytearray")),
    }
}

fn reverse(_: &Thread, a: &[Value]) -> Res {
    own(a).as_mut_slice().reverse();
    Ok(Value::none())
}

fn clear(th: &Thread, a: &[Value]) -> Res {
    own(a).truncate(th, 0)?;
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    bytearray::from_slice(th, own(a).as_slice())
}

fn fromhex(th: &Thread, a: &[Value]) -> Res {
    let text = string::expect(th, a[1], "fromhex() argument")?;
    let b = bytearray::from_slice(th, &bytes_hex::from_hex(th, text)?)?;
    if a[0] == th.interp.class_value(TypeId::ByteArray) { Ok(b) } else { call::call(th, a[0], &[b]) }
}

fn reduced(th: &Thread, v: Value, protocol: isize) -> Res {
    let state = call::call_method(th, v, th.name(Name::__getstate__), &[])?;
    let d = buffer::native(th, v, flags::SIMPLE)?;
    let args = if d.is_empty() {
        th.interp.empty_tuple.get()
    } else if protocol < 3 {
        let text = string::from_latin1(th, &d)?;
        tuple::from_slice(th, &[text, string::new(th, "latin-1")])?
    } else {
        let data = bytes::from_slice(th, &d)?;
        tuple::from_slice(th, &[data])?
    };
    tuple::from_slice(th, &[Class::of_value(th, v).value(), args, state])
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    reduced(th, a[0], 2)
}

fn reduce_ex(th: &Thread, a: &[Value]) -> Res {
    let protocol = match a[1].given() {
        Some(v) => crate::arguments::c_int(th, v)? as isize,
        None => 0,
    };
    reduced(th, a[0], protocol)
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    // As CPython counts: a header of 56 bytes, then what is allocated.
    let tail = Class::of_value(th, a[0]).tail_bytes();
    Ok(int::from_usize(th, 56 + allocated(own(a)) + tail))
}

/// What CPython would have allocated at least: the bytes and a NUL.
fn allocated(b: ByteArray) -> usize {
    if b.is_empty() { b.allocated().min(1) } else { b.len() + 1 }
}

fn alloc(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, own(a).allocated()))
}

crate::byte_methods! {
    static METHODS = {
        staticmethod "__new__" "(cls, *args, **kwargs)" new, "";
        method "__init__" "(source=b'', encoding='utf-8', errors='strict')" init, "";
        method "__repr__" "()" repr, "", Reads;
        method "__str__" "()" str_, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__iadd__" "(value, /)" iadd, "";
        method "__imul__" "(value, /)" imul, "";
        method "__mod__" "(value, /)" mod_, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__release_buffer__" "(buffer, /)" crate::bytes_methods::release_buffer, "";
        method "__reduce__" "()" reduce, "";
        method "__reduce_ex__" "(proto=0, /)" reduce_ex, "";
        method "__sizeof__" "()" sizeof, "";
        method "__alloc__" "!()" alloc, "";
        method "append" "(item, /)" append, "Append a byte.";
        method "clear" "()" clear, "Remove all bytes.";
        method "copy" "()" copy, "A copy of the bytearray.", Reads;
        method "extend" "(iterable_of_ints, /)" extend, "Append bytes.";
        method "insert" "(index, item, /)" insert, "Insert a byte before the index.";
        method "pop" "(index=-1, /)" pop, "Remove and return a byte.";
        method "remove" "(value, /)" remove, "Remove the first byte of the value.";
        method "reverse" "()" reverse, "Reverse the bytes in place.", Writes;
        classmethod "fromhex" "(string, /)" fromhex, "A bytearray from hexadecimal digits; white space may lie between them.";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::ByteArray,
    "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array",
    METHODS,
    &[],
)
.flags(flag::MATCH_SELF | flag::CONCAT)];
