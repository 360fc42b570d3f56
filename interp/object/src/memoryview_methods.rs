//! What programs see of `memoryview`.

use crate::bootstrap::TypeTable;
use crate::buffer::{self, flags};
use crate::bytes_hex;
use crate::bytes_methods::{buffer_, release_buffer};
use crate::class::{Class, flag};
use crate::construct;
use crate::custom::Custom;
use crate::descriptor::GetSetDef;
use crate::kind::Kind;
use crate::list::List;
use crate::memory_items::{self as items, Reader, check_format};
use crate::memoryview::{self, Items, MAX_NDIM, MemoryView, Parts, c_strides, derive, parts, usable};
use crate::names::Name;
use crate::protocol;
use crate::slice::{self, Slice};
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use crate::{bytes, int, memoryview_iter, natives};

#[cold]
fn not_implemented(th: &Thread, text: &str) -> Raised {
    th.raise_new(TypeId::NotImplementedError, text)
}

fn new(th: &Thread, a: &[Value]) -> Res {
    construct::class_arg(th, a[0], TypeId::MemoryView)?;
    memoryview::from_object(th, a[1])
}

fn from_flags(th: &Thread, a: &[Value]) -> Res {
    let wanted = crate::arguments::c_int(th, a[2])?;
    memoryview::from_flags(th, a[1], wanted as u32)
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<MemoryView>::of(a[0]);
    let what = if m.is_released() { "released memory" } else { "memory" };
    Ok(string::new(th, &format!("<{what} at {:#x}>", a[0].0 - 1)))
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<MemoryView>::of(a[0]);
    if m.hash.get() == 0 {
        usable(th, a[0])?;
        if !m.readonly.get() {
            return Err(th.value_error("cannot hash writable memoryview object"));
        }
        if !matches!(m.code.get(), b'B' | b'b' | b'c') {
            return Err(th.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        protocol::hash(th, m.obj())?;
        let copy = in_order(&m);
        m.hash.set(crate::hash::fit(krait_text::hash::hash_bytes(th.interp.hash_key, &copy)));
    }
    Ok(Value::small(m.hash.get()))
}

/// A copy of the items' bytes in C order.
fn in_order(m: &MemoryView) -> Vec<u8> {
    let mut out = Vec::with_capacity(m.len.get());
    m.items().copy_out(&mut out);
    out
}

fn len(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    match m.shape().first() {
        Some(&n) => Ok(Value::small(n as i64)),
        None => Err(th.type_error("0-dim memory has no length")),
    }
}

/// Address of an item by one index.
fn item_at(th: &Thread, m: &MemoryView, index: isize, dimension: usize, at: *mut u8) -> Res<*mut u8> {
    let n = m.shape()[dimension];
    let i = if index < 0 { index.saturating_add(n) } else { index };
    if i < 0 || i >= n {
        return Err(th.index_error(format!("index out of bounds on dimension {}", dimension + 1)));
    }
    // SAFETY: the index is in range, so the address lies in the exported memory.
    Ok(unsafe { at.offset(i * m.strides()[dimension]) })
}

/// What a subscript means.
enum Key {
    /// One item.
    Item(*mut u8),
    Slice(Slice),
    Whole,
}

fn is_index(th: &Thread, v: Value) -> bool {
    int::is_int(v) || Class::of_value(th, v).special(th, Name::__index__).is_some()
}

/// Resolves a subscript, for reading or for writing.
fn resolve(th: &Thread, m: Custom<MemoryView>, key: Value, write: bool) -> Res<Key> {
    let ndim = m.ndim();
    if ndim == 0 {
        return match Tuple::from_value(key) {
            Some(t) if t.is_empty() => Ok(Key::Item(m.data.get())),
            _ if key == Value::ellipsis() => Ok(if write { Key::Item(m.data.get()) } else { Key::Whole }),
            _ => Err(th.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(th, key) {
        if ndim > 1 {
            let what = if write { "sub-views" } else { "multi-dimensional sub-views" };
            return Err(not_implemented(th, &format!("{what} are not implemented")));
        }
        let i = protocol::sequence_index(th, key)?;
        usable(th, m.value())?;
        return item_at(th, &m, i, 0, m.data.get()).map(Key::Item);
    }
    if let Some(s) = Slice::from_value(key) {
        if write && ndim > 1 {
            return Err(not_implemented(
                th,
                "memoryview slice assignments are currently restricted to ndim = 1",
            ));
        }
        return Ok(Key::Slice(s));
    }
    if let Some(t) = Tuple::from_value(key).filter(|t| !t.is_empty()) {
        if t.as_slice().iter().all(|&v| is_index(th, v)) {
            if t.len() < ndim {
                return Err(not_implemented(th, "sub-views are not implemented"));
            }
            if t.len() > ndim {
                return Err(th.type_error(format!(
                    "cannot index {ndim}-dimension view with {}-element tuple",
                    t.len()
                )));
            }
            let mut at = m.data.get();
            for (dimension, &v) in t.as_slice().iter().enumerate() {
                let i = protocol::sequence_index(th, v)?;
                usable(th, m.value())?;
                at = item_at(th, &m, i, dimension, at)?;
            }
            return Ok(Key::Item(at));
        }
        if t.as_slice().iter().all(|v| v.is_kind(Kind::Slice)) {
            return Err(not_implemented(
                th,
                if write {
                    "memoryview slice assignments are currently restricted to ndim = 1"
                } else {
                    "multi-dimensional slicing is not implemented"
                },
            ));
        }
    }
    Err(th.type_error("memoryview: invalid slice key"))
}

/// The slice of the first dimension: address, number of items and stride.
fn cut(th: &Thread, m: Custom<MemoryView>, s: Slice) -> Res<(*mut u8, isize, isize)> {
    let n = m.shape()[0] as usize;
    let span = slice::resolve(th, s, || n)?;
    usable(th, m.value())?;
    let stride = m.strides()[0];
    // SAFETY: the first index of a slice lies in the dimension, or at its end when there is none.
    let data = unsafe { m.data.get().offset(span.start * stride) };
    Ok((data, span.count as isize, stride * span.step))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    match resolve(th, m, a[1], false)? {
        Key::Whole => Ok(a[0]),
        Key::Item(at) => {
            check_format(th, m.code.get(), m.format())?;
            // SAFETY: the address is that of an item.
            unsafe { items::unpack(th, m.code.get(), at) }
        }
        Key::Slice(s) if is_plain(s) => sliced(th, m, s),
        Key::Slice(s) => {
            // The bounds' `__index__` may release the view: another one holds the memory.
            let hold = Custom::<MemoryView>::of(derive(th, m, &parts(&m))?);
            let r = sliced(th, hold, s);
            memoryview::release(th, hold)?;
            r
        }
    }
}

/// Are the bounds numbers that run no Python code?
fn is_plain(s: Slice) -> bool {
    [&s.start, &s.stop, &s.step].iter().all(|b| b.get().is_small_int() || b.get().is_none())
}

fn sliced(th: &Thread, m: Custom<MemoryView>, s: Slice) -> Res {
    let (data, count, stride) = cut(th, m, s)?;
    let old = parts(&m);
    if m.ndim() == 1 {
        return derive(th, m, &Parts { data, shape: &[count], strides: &[stride], ..old });
    }
    let (mut shape, mut strides) = (old.shape.to_vec(), old.strides.to_vec());
    (shape[0], strides[0]) = (count, stride);
    derive(th, m, &Parts { data, shape: &shape, strides: &strides, ..old })
}

fn same_format(a: &Items<'_>, b: &Items<'_>) -> bool {
    let plain = |f: &str| f.strip_prefix('@').unwrap_or(f).to_owned();
    plain(a.format) == plain(b.format) && a.itemsize == b.itemsize
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    check_format(th, m.code.get(), m.format())?;
    if m.readonly.get() {
        return Err(th.type_error("cannot modify read-only memory"));
    }
    match resolve(th, m, a[1], true)? {
        Key::Whole => {}
        Key::Item(at) => {
            let (item, size) = items::pack(th, m.code.get(), m.format(), a[2])?;
            // The value's conversion may have released the view.
            usable(th, a[0])?;
            // SAFETY: the address is that of an item of this size.
            unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), at, size) };
        }
        Key::Slice(s) => {
            let source = buffer::get_buffer(th, a[2], flags::FULL_RO)?;
            let (data, count, stride) = cut(th, m, s)?;
            let (shape, strides) = ([count], [stride]);
            let target = Items { data, shape: &shape, strides: &strides, ..m.items() };
            let mut plain = [0; 2];
            let from = items::items_of(&source, &mut plain);
            if !same_format(&target, &from) || from.shape != target.shape {
                return Err(
                    th.value_error("memoryview assignment: lvalue and rvalue have different structures")
                );
            }
            // A copy in between: both may be the same memory.
            let mut copy = Vec::with_capacity(source.len);
            from.copy_out(&mut copy);
            target.copy_in(&copy);
        }
    }
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    check_format(th, m.code.get(), m.format())?;
    Err(th.type_error(if m.readonly.get() {
        "cannot modify read-only memory"
    } else {
        "cannot delete memory"
    }))
}

fn equals(th: &Thread, v: Value, w: Value) -> Res<Option<bool>> {
    let m = Custom::<MemoryView>::of(v);
    let released = |v: Value| Custom::<MemoryView>::from_value(v).is_some_and(|m| m.is_released());
    if released(v) || released(w) {
        return Ok(Some(v == w));
    }
    if !buffer::has_buffer(th, w) {
        return Ok(None);
    }
    let Ok(other) = buffer::get_buffer(th, w, flags::FULL_RO) else {
        th.clear_pending();
        return Ok(None);
    };
    let mut plain = [0; 2];
    let theirs = items::items_of(&other, &mut plain);
    let own = m.items();
    if own.shape != theirs.shape {
        return Ok(Some(false));
    }
    // Items of the same native format are compared as such, others as `struct` reads them.
    let (Some(x), Some(y)) =
        (Reader::new(th, own.code, own.format)?, Reader::new(th, theirs.code, theirs.format)?)
    else {
        return Ok(Some(false));
    };
    // Comparing items may run Python code: the memory is held.
    let _hold = buffer::native(th, v, flags::FULL_RO)?;
    items::equal(th, &own, &x, &theirs, &y).map(Some)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    Ok(equals(th, a[0], a[1])?.map_or(Value::not_implemented(), Value::bool))
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    Ok(equals(th, a[0], a[1])?.map_or(Value::not_implemented(), |e| Value::bool(!e)))
}

fn order(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::not_implemented())
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    match m.ndim() {
        0 => Err(th.type_error("invalid indexing of 0-dim memory")),
        1 => {
            check_format(th, m.code.get(), m.format())?;
            memoryview_iter::new(th, a[0])
        }
        _ => Err(not_implemented(th, "multi-dimensional sub-views are not implemented")),
    }
}

fn tobytes(th: &Thread, a: &[Value]) -> Res {
    let order = match a[1].given_not_none() {
        None => b'C',
        Some(v) => {
            let Some(s) = Str::from_value(v) else {
                return Err(crate::arguments::bad_argument(
                    th,
                    v,
                    "tobytes() argument 'order'",
                    "str or None",
                ));
            };
            match s.as_ascii() {
                Some("C") => b'C',
                Some("F") => b'F',
                Some("A") => b'A',
                _ => return Err(th.value_error("order must be 'C', 'F' or 'A'")),
            }
        }
    };
    let m = usable(th, a[0])?;
    if m.c_contiguous.get() && order != b'F' {
        return bytes::from_slice(th, m.bytes());
    }
    let fortran = order == b'F' || order == b'A' && m.f_contiguous.get();
    if !fortran {
        return bytes::from_slice(th, &in_order(&m));
    }
    // Fortran's order is C's of the dimensions turned round.
    let own = m.items();
    let shape: Vec<isize> = own.shape.iter().rev().copied().collect();
    let strides: Vec<isize> = own.strides.iter().rev().copied().collect();
    let mut out = Vec::with_capacity(m.len.get());
    Items { shape: &shape, strides: &strides, ..own }.copy_out(&mut out);
    bytes::from_slice(th, &out)
}

fn tolist(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    check_format(th, m.code.get(), m.format())?;
    m.items().to_list(th)
}

fn hex(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    if m.c_contiguous.get() {
        let d = buffer::native(th, a[0], flags::SIMPLE)?;
        return bytes_hex::hex(th, &d, a[1], a[2]);
    }
    let copy = in_order(&m);
    bytes_hex::hex(th, &copy, a[1], a[2])
}

fn toreadonly(th: &Thread, a: &[Value]) -> Res {
    let m = usable(th, a[0])?;
    derive(th, m, &Parts { readonly: true, ..parts(&m) })
}

fn release(th: &Thread, a: &[Value]) -> Res {
    memoryview::release(th, Custom::<MemoryView>::of(a[0]))?;
    Ok(Value::none())
}

fn enter(th: &Thread, a: &[Value]) -> Res {
    usable(th, a[0])?;
    Ok(a[0])
}

fn cast(th: &Thread, a: &[Value]) -> Res {
    let format = string::expect(th, a[1], "cast() argument 'format'")?;
    let m = usable(th, a[0])?;
    if !m.c_contiguous.get() {
        return Err(th.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let shape = a[2].given();
    if (shape.is_some() || m.ndim() != 1) && m.shape().contains(&0) {
        return Err(th.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = match shape {
        None => None,
        Some(v) => {
            let numbers: Vec<Value> = if let Some(l) = List::from_value(v) {
                l.as_slice().to_vec()
            } else if let Some(t) = Tuple::from_value(v) {
                t.as_slice().to_vec()
            } else {
                return Err(th.type_error("shape must be a list or a tuple"));
            };
            if numbers.len() > MAX_NDIM {
                return Err(
                    th.value_error(format!("memoryview: number of dimensions must not exceed {MAX_NDIM}"))
                );
            }
            if m.ndim() != 1 && numbers.len() != 1 {
                return Err(th.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
            }
            Some(numbers)
        }
    };
    crate::codec::encode(th, format, Some("ascii"), None)?;
    let native = format.as_ascii().and_then(items::native_code);
    let Some((code, size)) = native else {
        return Err(th.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |c: u8| matches!(c, b'B' | b'b' | b'c');
    if !is_byte(m.code.get()) && !is_byte(code) {
        return Err(th.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let total = m.len.get();
    if !total.is_multiple_of(size) {
        return Err(th.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![(total / size) as isize],
        Some(numbers) => cast_shape(th, &numbers, size, total)?,
    };
    let strides = c_strides(&shape, size);
    let format = string::intern(th, Str::of(crate::str_build::exact(th, format)?));
    let old = parts(&m);
    derive(th, m, &Parts { itemsize: size, code, format, shape: &shape, strides: &strides, ..old })
}

/// The shape argument of `cast`, checked against the size. The values are integers, which the caller's list or tuple holds.
fn cast_shape(th: &Thread, numbers: &[Value], size: usize, total: usize) -> Res<Vec<isize>> {
    let (mut shape, mut product) = (Vec::with_capacity(numbers.len()), size);
    for &v in numbers {
        if !int::is_int(v) {
            return Err(th.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let Some(n) = int::to_i64(v) else {
            return Err(th.overflow_error("Python int too large to convert to C ssize_t"));
        };
        if n <= 0 {
            return Err(th.value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        product = product
            .checked_mul(n as usize)
            .filter(|&p| p <= isize::MAX as usize)
            .ok_or_else(|| th.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"))?;
        shape.push(n as isize);
    }
    if product != total {
        return Err(th.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(shape)
}

fn numbers(th: &Thread, v: &[isize]) -> Res {
    let v: Vec<Value> = v.iter().map(|&n| Value::small(n as i64)).collect();
    tuple::from_slice(th, &v)
}

macro_rules! attributes {
    ($($name:ident |$th:ident, $m:ident| $e:expr;)*) => {
        $(fn $name($th: &Thread, v: Value) -> Res {
            let $m = usable($th, v)?;
            $e
        })*
    };
}

attributes! {
    get_obj |_th, m| Ok(m.obj());
    get_nbytes |th, m| Ok(int::from_usize(th, m.len.get()));
    get_readonly |_th, m| Ok(Value::bool(m.readonly.get()));
    get_itemsize |th, m| Ok(int::from_usize(th, m.itemsize.get()));
    get_format |_th, m| Ok(m.format_value());
    get_ndim |_th, m| Ok(Value::small(m.ndim() as i64));
    get_shape |th, m| numbers(th, m.shape());
    get_strides |th, m| numbers(th, m.strides());
    get_suboffsets |th, _m| Ok(th.interp.empty_tuple.get());
    get_c |_th, m| Ok(Value::bool(m.c_contiguous.get()));
    get_f |_th, m| Ok(Value::bool(m.f_contiguous.get()));
    get_contiguous |_th, m| Ok(Value::bool(m.c_contiguous.get() || m.f_contiguous.get()));
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("obj", get_obj, "The object that owns the memory."),
    GetSetDef::ro("nbytes", get_nbytes, "Bytes that the items take together."),
    GetSetDef::ro("readonly", get_readonly, "Whether the memory must not be written."),
    GetSetDef::ro("itemsize", get_itemsize, "Bytes of an item."),
    GetSetDef::ro("format", get_format, "The format of the items, in the syntax of struct."),
    GetSetDef::ro("ndim", get_ndim, "Number of dimensions."),
    GetSetDef::ro("shape", get_shape, "Number of items in each dimension."),
    GetSetDef::ro("strides", get_strides, "Bytes from one item to the next in each dimension."),
    GetSetDef::ro("suboffsets", get_suboffsets, "Of arrays of pointers; always empty here."),
    GetSetDef::ro("c_contiguous", get_c, "Whether the items lie side by side in C's order."),
    GetSetDef::ro("f_contiguous", get_f, "Whether the items lie side by side in Fortran's order."),
    GetSetDef::ro("contiguous", get_contiguous, "Whether the items lie side by side."),
];

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, object)" new, "";
        method "__repr__" "()" repr, "", Reads;
        method "__hash__" "()" hash, "";
        method "__len__" "()" len, "", Reads;
        method "__getitem__" "(key, /)" getitem, "";
        method "__setitem__" "(key, value, /)" setitem, "";
        method "__delitem__" "(key, /)" delitem, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__lt__" "(value, /)" order, "", Reads;
        method "__le__" "(value, /)" order, "", Reads;
        method "__gt__" "(value, /)" order, "", Reads;
        method "__ge__" "(value, /)" order, "", Reads;
        method "__iter__" "()" iter, "";
        method "__enter__" "!()" enter, "";
        method "__exit__" "!(*args)" release, "";
        method "__buffer__" "(flags, /)" buffer_, "";
        method "__release_buffer__" "(buffer, /)" release_buffer, "";
        method "cast" "(format, shape=<unrepresentable>)" cast, "A view with another format or shape.";
        method "hex" "(sep=<unrepresentable>, bytes_per_sep=1)" hex, "The bytes as hexadecimal digits, with a separator after so many bytes from the right (from the left: negative).\n\n   >>> memoryview(b'\\x01\\x80\\xff').hex(':')\n   '01:80:ff'";
        method "release" "()" release, "Give the memory back; the view cannot be used afterwards.";
        method "tobytes" "(order='C')" tobytes, "The items' bytes.";
        method "tolist" "()" tolist, "The items in lists, one per dimension.";
        method "toreadonly" "()" toreadonly, "A view that cannot be written through.";
        classmethod "_from_flags" "(object, flags)" from_flags, "A view by explicit flags.";
    }
}

pub static TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::MemoryView,
    "memoryview(object)\n--\n\nA view on the memory of an object.",
    METHODS,
    GETSET,
)
.flags(flag::SEQUENCE)];
