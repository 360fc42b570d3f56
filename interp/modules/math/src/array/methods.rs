//! What programs see of `array.array`.

use super::items::{self, Code, letter_arg};
use super::pickle::{reduce_ex, to_list};
use super::{Handle, append, append_bytes, check_resizable, from_bytes, iterator, new, splice};
use crate::support::{no_keywords, ssize, tup};
use krait_object::bytearray;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::descriptor::GetSetDef;
use krait_object::list::List;
use krait_object::native_class::NativeClass;
use krait_object::protocol::{self, Cmp};
use krait_object::slice::{self, Slice, Span};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{Kind, TypeId, buffer, bytes, bytes_methods, call, int, natives};
use krait_text::CharsBuf;

fn this(a: &[Value]) -> Handle {
    Handle::of(a[0])
}

fn array_new(th: &Thread, a: &[Value]) -> Res {
    let class = ARRAY.class_arg(th, a[0])?;
    no_keywords(th, "array.array", crate::support::inherits_init(th, class), a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    if args.is_empty() || args.len() > 2 {
        let (how, n) = if args.is_empty() { ("least", "1 argument") } else { ("most", "2 arguments") };
        let given = args.len();
        return Err(th.type_error(format!("array() takes at {how} {n} ({given} given)")));
    }
    let letter = letter_arg(th, args[0], "array() argument 1")?;
    let initial = args.get(1).copied();
    let shown = || char::from_u32(letter).unwrap_or('?');
    if let Some(v) = initial
        && letter != 'u' as u32
    {
        if Str::from_value(v).is_some() {
            let c = shown();
            return Err(th.type_error(format!("cannot use a str to initialize an array with typecode '{c}'")));
        }
        if Handle::from_value(v).is_some_and(|o| o.code() == Code::Char) {
            let c = shown();
            return Err(th.type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{c}'"
            )));
        }
    }
    // Other iterables are asked for their iterator before the type code is looked at.
    let direct = initial.is_none_or(|v| {
        v.is_kind(Kind::List)
            || v.is_kind(Kind::Tuple)
            || v.is_kind(Kind::Bytes)
            || v.is_kind(Kind::ByteArray)
            || letter == 'u' as u32 && v.is_kind(Kind::Str)
            || Handle::from_value(v).is_some_and(|o| u32::from(o.code().letter()) == letter)
    });
    let iterator = match initial {
        Some(v) if !direct => Some(protocol::iter(th, v)?),
        _ => None,
    };
    let Some(code) = Code::from_letter(letter) else {
        return Err(th.value_error("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"));
    };
    let array = new(th, class, code)?;
    if let Some(it) = iterator {
        while let Some(x) = protocol::next(th, it)? {
            append(th, array, x)?;
        }
    } else if let Some(v) = initial {
        fill(th, array, v)?;
    }
    Ok(array.value())
}

/// Puts the items of an initializer of a known type into an empty array.
fn fill(th: &Thread, array: Handle, v: Value) -> Res<()> {
    match v.kind() {
        Kind::List => {
            let mut i = 0;
            while let Some(x) = List::of(v).get(i) {
                append(th, array, x)?;
                i += 1;
            }
            Ok(())
        }
        Kind::Tuple => Tuple::of(v).as_slice().iter().try_for_each(|&x| append(th, array, x)),
        Kind::Bytes => append_bytes(th, array, bytes::get(v).unwrap_or_default()),
        Kind::ByteArray => {
            append_bytes(th, array, bytearray::get(v).map(|b| b.as_slice()).unwrap_or_default())
        }
        Kind::Str => append_text(th, array, Str::of(v)),
        _ => match Handle::from_value(v) {
            Some(other) => append_bytes(th, array, other.bytes()),
            None => Ok(()),
        },
    }
}

fn append_text(th: &Thread, array: Handle, s: Str) -> Res<()> {
    let data: Vec<u8> = s.chars().iter().flat_map(u32::to_ne_bytes).collect();
    append_bytes(th, array, &data)
}

fn array_append(th: &Thread, a: &[Value]) -> Res {
    append(th, this(a), a[1])?;
    Ok(Value::none())
}

fn extend_by(th: &Thread, array: Handle, v: Value) -> Res<()> {
    if let Some(other) = Handle::from_value(v) {
        if other.code() != array.code() {
            return Err(th.type_error("can only extend with array of same kind"));
        }
        let data = other.bytes().to_vec();
        check_if(th, array, !data.is_empty())?;
        return splice(th, array, array.len(), array.len(), &data);
    }
    let it = protocol::iter(th, v)?;
    while let Some(x) = protocol::next(th, it)? {
        append(th, array, x)?;
    }
    Ok(())
}

fn check_if(th: &Thread, array: Handle, resize: bool) -> Res<()> {
    if resize { check_resizable(th, array) } else { Ok(()) }
}

fn extend(th: &Thread, a: &[Value]) -> Res {
    extend_by(th, this(a), a[1])?;
    Ok(Value::none())
}

fn iadd(th: &Thread, a: &[Value]) -> Res {
    if Handle::from_value(a[1]).is_none() {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("can only extend array with array (not \"{got}\")")));
    }
    extend_by(th, this(a), a[1])?;
    Ok(a[0])
}

#[cold]
fn bad_argument(th: &Thread) -> Raised {
    th.type_error("bad argument type for built-in operation")
}

fn add(th: &Thread, a: &[Value]) -> Res {
    let Some(other) = Handle::from_value(a[1]) else {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("can only append array (not \"{got}\") to array")));
    };
    let array = this(a);
    if other.code() != array.code() {
        return Err(bad_argument(th));
    }
    let data = [array.bytes(), other.bytes()].concat();
    Ok(from_bytes(th, ARRAY.get(th)?, array.code(), &data)?.value())
}

/// The bytes of an array `n` times over.
fn repeated(th: &Thread, array: Handle, n: isize) -> Res<Vec<u8>> {
    let one = array.bytes();
    let times = n.max(0) as usize;
    let total = one.len().checked_mul(times).filter(|&t| t < 1 << 47).ok_or_else(|| th.memory_error())?;
    let mut out = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(th.memory_error());
    }
    for _ in 0..times {
        out.extend_from_slice(one);
    }
    Ok(out)
}

fn count_arg(th: &Thread, v: Value) -> Res<isize> {
    if protocol::index_opt(th, v)?.is_none() {
        let got = type_name(th, v);
        return Err(th.type_error(format!("can't multiply sequence by non-int of type '{got}'")));
    }
    protocol::index_isize(th, v)
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let n = count_arg(th, a[1])?;
    let data = repeated(th, this(a), n)?;
    Ok(from_bytes(th, ARRAY.get(th)?, this(a).code(), &data)?.value())
}

fn imul(th: &Thread, a: &[Value]) -> Res {
    let n = count_arg(th, a[1])?;
    let array = this(a);
    if array.len() > 0 && n != 1 {
        let data = repeated(th, array, n)?;
        splice(th, array, 0, array.len(), &data)?;
    }
    Ok(a[0])
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, this(a).len()))
}

/// Where an index points, if anywhere.
fn place(array: Handle, i: isize) -> Option<usize> {
    let n = array.len() as isize;
    let at = if i < 0 { i + n } else { i };
    if at >= 0 && at < n { Some(at as usize) } else { None }
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || array.len())?;
        let n = array.size();
        let data: Vec<u8> = if span.step == 1 {
            let from = span.start as usize * n;
            array.bytes()[from..from + span.count * n].to_vec()
        } else {
            span.indexes().flat_map(|i| array.bytes()[i * n..(i + 1) * n].iter().copied()).collect()
        };
        return Ok(from_bytes(th, ARRAY.get(th)?, array.code(), &data)?.value());
    }
    let i = index_arg(th, a[1])?;
    let at = place(array, i).ok_or_else(|| th.index_error("array index out of range"))?;
    array.get(th, at)?.ok_or_else(|| th.index_error("array index out of range"))
}

fn index_arg(th: &Thread, v: Value) -> Res<isize> {
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    if protocol::index_opt(th, v)?.is_none() {
        return Err(th.type_error("array indices must be integers"));
    }
    protocol::sequence_index(th, v)
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || array.len())?;
        let Some(other) = Handle::from_value(a[2]) else {
            let got = type_name(th, a[2]);
            return Err(th.type_error(format!("can only assign array (not \"{got}\") to array slice")));
        };
        if other.code() != array.code() {
            return Err(bad_argument(th));
        }
        let data = other.bytes().to_vec();
        assign(th, array, span, &data)?;
        return Ok(Value::none());
    }
    let i = index_arg(th, a[1])?;
    let at = place(array, i).ok_or_else(|| th.index_error("array assignment index out of range"))?;
    let b = items::store(th, array.code(), a[2])?;
    array.put(at, &b);
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    if let Some(s) = Slice::from_value(a[1]) {
        let span = slice::resolve(th, s, || array.len())?;
        assign(th, array, span, &[])?;
        return Ok(Value::none());
    }
    let i = index_arg(th, a[1])?;
    let at = place(array, i).ok_or_else(|| th.index_error("array assignment index out of range"))?;
    splice(th, array, at, at + 1, &[])?;
    Ok(Value::none())
}

/// Replaces the items of a slice by the ones in `data`; none: deletes them.
fn assign(th: &Thread, array: Handle, span: Span, data: &[u8]) -> Res<()> {
    let n = array.size();
    let given = data.len() / n;
    check_if(th, array, given == 0 || given != span.count)?;
    if span.step == 1 {
        let from = span.start as usize;
        return splice(th, array, from, from + span.count, data);
    }
    if given == 0 {
        let mut gone: Vec<usize> = span.indexes().collect();
        gone.sort_unstable();
        let kept: Vec<u8> = (0..array.len())
            .filter(|i| gone.binary_search(i).is_err())
            .flat_map(|i| array.bytes()[i * n..(i + 1) * n].iter().copied())
            .collect();
        return splice(th, array, 0, array.len(), &kept);
    }
    if given != span.count {
        let count = span.count;
        return Err(th.value_error(format!(
            "attempt to assign array of size {given} to extended slice of size {count}"
        )));
    }
    for (i, part) in span.indexes().zip(data.chunks(n)) {
        array.bytes_mut()[i * n..(i + 1) * n].copy_from_slice(part);
    }
    Ok(())
}

/// The first item equal to `v` within `from..to`.
fn find(th: &Thread, array: Handle, v: Value, from: usize, to: usize) -> Res<Option<usize>> {
    for i in from..to {
        let Some(x) = array.get(th, i)? else { break };
        if protocol::equal(th, x, v)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(find(th, this(a), a[1], 0, this(a).len())?.is_some()))
}

fn count(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    let (mut n, mut i) = (0, 0);
    while let Some(x) = array.get(th, i)? {
        n += i64::from(protocol::equal(th, x, a[1])?);
        i += 1;
    }
    Ok(Value::small(n))
}

fn index(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    let bound = |v: Value, default: isize| -> Res<isize> {
        let Some(v) = v.given() else { return Ok(default) };
        if protocol::index_opt(th, v)?.is_none() {
            return Err(th.type_error("slice indices must be integers or have an __index__ method"));
        }
        let i = protocol::slice_index(th, v)?;
        Ok(if i < 0 { i.saturating_add(array.len() as isize).max(0) } else { i })
    };
    let (start, stop) = (bound(a[2], 0)?, bound(a[3], isize::MAX)?);
    let stop = (stop as usize).min(array.len());
    match find(th, array, a[1], (start as usize).min(stop), stop)? {
        Some(i) => Ok(int::from_usize(th, i)),
        None => Err(th.value_error("array.index(x): x not in array")),
    }
}

fn remove(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    match find(th, array, a[1], 0, array.len())? {
        Some(i) => {
            splice(th, array, i, i + 1, &[])?;
            Ok(Value::none())
        }
        None => Err(th.value_error("array.remove(x): x not in array")),
    }
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    let i = a[1].given().map_or(Ok(-1), |v| ssize(th, v))?;
    let array = this(a);
    if array.len() == 0 {
        return Err(th.index_error("pop from empty array"));
    }
    let at = place(array, i).ok_or_else(|| th.index_error("pop index out of range"))?;
    let v = array.get(th, at)?.ok_or_else(|| th.index_error("pop index out of range"))?;
    splice(th, array, at, at + 1, &[])?;
    Ok(v)
}

fn insert(th: &Thread, a: &[Value]) -> Res {
    let i = ssize(th, a[1])?;
    let array = this(a);
    let b = items::store(th, array.code(), a[2])?;
    let n = array.len() as isize;
    let at = if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) } as usize;
    splice(th, array, at, at, &b[..array.size()])?;
    Ok(Value::none())
}

fn reverse(_: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    let (n, count) = (array.size(), array.len());
    let data = array.bytes_mut();
    for i in 0..count / 2 {
        let (left, right) = data.split_at_mut((count - 1 - i) * n);
        left[i * n..(i + 1) * n].swap_with_slice(&mut right[..n]);
    }
    Ok(Value::none())
}

fn byteswap(_: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    array.bytes_mut().chunks_mut(array.size()).for_each(<[u8]>::reverse);
    Ok(Value::none())
}

fn buffer_info(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    let address = int::from_usize(th, array.data() as usize);
    tup(th, &[address, int::from_usize(th, array.len())])
}

fn tobytes(th: &Thread, a: &[Value]) -> Res {
    bytes::from_slice(th, this(a).bytes())
}

fn tolist(th: &Thread, a: &[Value]) -> Res {
    to_list(th, this(a))
}

fn tounicode(th: &Thread, a: &[Value]) -> Res {
    if this(a).code() != Code::Char {
        return Err(th.value_error("tounicode() may only be called on unicode type arrays"));
    }
    let mut out = CharsBuf::with_capacity(this(a).len());
    for part in this(a).bytes().chunks(4) {
        let c = u32::from_ne_bytes(part.try_into().unwrap_or_default());
        if c > 0x10ffff {
            return Err(th.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        out.push(c);
    }
    string::from_buf(th, &out)
}

fn fromunicode(th: &Thread, a: &[Value]) -> Res {
    let s = string::expect(th, a[1], "fromunicode() argument")?;
    if this(a).code() != Code::Char {
        return Err(th.value_error("fromunicode() may only be called on unicode type arrays"));
    }
    append_text(th, this(a), s)?;
    Ok(Value::none())
}

fn frombytes(th: &Thread, a: &[Value]) -> Res {
    let b = buffer::bytes_like(th, a[1])?;
    if b.itemsize() != 1 {
        return Err(th.type_error("a bytes-like object is required"));
    }
    append_bytes(th, this(a), &b)?;
    Ok(Value::none())
}

fn fromlist(th: &Thread, a: &[Value]) -> Res {
    let Some(l) = List::from_value(a[1]) else { return Err(th.type_error("arg must be list")) };
    let (array, count) = (this(a), l.len());
    let before = array.len();
    check_if(th, array, count > 0)?;
    let fill = || -> Res<()> {
        for i in 0..count {
            let v = l.get(i).ok_or_else(|| th.runtime_error("list changed size during iteration"))?;
            append(th, array, v)?;
            if l.len() != count {
                return Err(th.runtime_error("list changed size during iteration"));
            }
        }
        Ok(())
    };
    if let Err(e) = fill() {
        array.len.set(before.min(array.len()));
        return Err(e);
    }
    Ok(Value::none())
}

fn fromfile(th: &Thread, a: &[Value]) -> Res {
    let n = ssize(th, a[2])?;
    if n < 0 {
        return Err(th.value_error("negative count"));
    }
    let array = this(a);
    let wanted = (n as usize).checked_mul(array.size()).ok_or_else(|| th.memory_error())?;
    let read = th.name(krait_object::Name::read);
    let got = call::call_method(th, a[1], read, &[int::from_usize(th, wanted)])?;
    let Some(data) = bytes::get(got) else { return Err(th.type_error("read() didn't return bytes")) };
    append_bytes(th, array, data)?;
    if data.len() != wanted {
        return Err(th.raise_new(TypeId::EOFError, "read() didn't return enough bytes"));
    }
    Ok(Value::none())
}

fn tofile(th: &Thread, a: &[Value]) -> Res {
    const BLOCK: usize = 64 * 1024;
    let write = th.name(krait_object::Name::write);
    let total = this(a).len() * this(a).size();
    let mut at = 0;
    while at < total {
        let array = this(a);
        let data = array.bytes();
        let part = data.get(at..data.len().min(at + BLOCK)).unwrap_or_default();
        let part = bytes::from_slice(th, part)?;
        call::call_method(th, a[1], write, &[part])?;
        at += BLOCK;
    }
    Ok(Value::none())
}

fn copy(th: &Thread, a: &[Value]) -> Res {
    let data = this(a).bytes().to_vec();
    Ok(from_bytes(th, ARRAY.get(th)?, this(a).code(), &data)?.value())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let array = this(a);
    let mut out = CharsBuf::with_capacity(32);
    out.extend_str(&Class::of_value(th, a[0]).name_text());
    out.extend_str(&format!("('{}'", array.code().letter() as char));
    if array.len() > 0 {
        let items = if array.code() == Code::Char { tounicode(th, a)? } else { to_list(th, array)? };
        let text = protocol::repr(th, items)?;
        out.extend_str(", ");
        out.extend(Str::of(text).chars());
    }
    out.extend_str(")");
    string::from_buf(th, &out)
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let Some(y) = Handle::from_value(a[1]) else { return Ok(Value::not_implemented()) };
    let x = this(a);
    if x.len() != y.len() && matches!(op, Cmp::Eq | Cmp::Ne) {
        return Ok(Value::bool(op == Cmp::Ne));
    }
    // Equal bytes of integers are equal items.
    if x.code() == y.code() && x.code().signed().is_some() && x.bytes() == y.bytes() {
        return Ok(Value::bool(op.of(std::cmp::Ordering::Equal)));
    }
    let mut i = 0;
    while let (Some(p), Some(q)) = (x.get(th, i)?, y.get(th, i)?) {
        // Not by identity: a NaN differs from itself.
        if !protocol::compare_bool(th, Cmp::Eq, p, q)? {
            return match op {
                Cmp::Eq | Cmp::Ne => Ok(Value::bool(op == Cmp::Ne)),
                _ => protocol::compare(th, op, p, q),
            };
        }
        i += 1;
    }
    Ok(Value::bool(op.of(x.len().cmp(&y.len()))))
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res { compare(th, a, Cmp::$op) })*
    };
}
comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

fn iter(th: &Thread, a: &[Value]) -> Res {
    iterator::new(th, this(a))
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, 80 + this(a).capacity.get()))
}

fn get_typecode(th: &Thread, v: Value) -> Res {
    Ok(th.interp.latin1(Handle::of(v).code().letter()))
}

fn get_itemsize(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).size() as i64))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" array_new, "";
        method "append" "(v, /)" array_append, "";
        method "buffer_info" "()" buffer_info, "";
        method "byteswap" "()" byteswap, "";
        method "__copy__" "()" copy, "";
        method "count" "(v, /)" count, "";
        method "__deepcopy__" "(unused, /)" copy, "";
        method "extend" "(bb, /)" extend, "";
        method "fromfile" "(f, n, /)" fromfile, "";
        method "fromlist" "(list, /)" fromlist, "";
        method "frombytes" "(buffer, /)" frombytes, "";
        method "fromunicode" "(ustr, /)" fromunicode, "";
        method "index" "(v, start=0, stop=sys.maxsize, /)" index, "";
        method "insert" "(i, v, /)" insert, "";
        method "pop" "(i=-1, /)" pop, "";
        method "__reduce_ex__" "(value, /)" reduce_ex, "";
        method "remove" "(v, /)" remove, "";
        method "reverse" "()" reverse, "";
        method "tofile" "(f, /)" tofile, "";
        method "tolist" "()" tolist, "";
        method "tobytes" "()" tobytes, "";
        method "tounicode" "()" tounicode, "";
        method "__sizeof__" "()" sizeof, "";
        classmethod "__class_getitem__" "(item, /)" krait_object::construct::class_getitem, "";
        method "__repr__" "()" repr, "";
        method "__iter__" "()" iter, "";
        method "__len__" "()" len, "";
        method "__contains__" "(key, /)" contains, "";
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__add__" "(value, /)" add, "";
        method "__iadd__" "(value, /)" iadd, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__imul__" "(value, /)" imul, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
        method "__buffer__" "(flags, /)" bytes_methods::buffer_, "";
        method "__release_buffer__" "(buffer, /)" bytes_methods::release_buffer, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("typecode", get_typecode, "the typecode character used to create the array"),
    GetSetDef::ro("itemsize", get_itemsize, "the size, in bytes, of one array item"),
];

pub static ARRAY: NativeClass = NativeClass::new(
    ClassSpec::new("array.array", "array(typecode [, initializer]) -> array", METHODS, GETSET)
        .flags(flag::BASE | flag::WEAKREF | flag::CONCAT | flag::SEQUENCE),
);
