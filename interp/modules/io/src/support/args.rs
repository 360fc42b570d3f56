//! Conversion of arguments to machine types, with CPython's errors.

use krait_object::class::type_name;
use krait_object::{Raised, Res, Str, Thread, TypeId, Value, attr, call, int, protocol};

/// A C `int`.
pub fn c_int(th: &Thread, v: Value) -> Res<i32> {
    let i = protocol::index(th, v)?;
    match int::to_i64(i).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// A C `int` with a default for an argument that was not given.
pub fn c_int_or(th: &Thread, v: Value, default: i32) -> Res<i32> {
    v.given().map_or(Ok(default), |v| c_int(th, v))
}

/// A C `long`, `long long` or `off_t`.
pub fn c_long(th: &Thread, v: Value) -> Res<i64> {
    protocol::index_i64(th, v)
}

/// A C `unsigned int`, taking the low bits of any integer (the mask conversion of C's argument parser).
pub fn masked_u32(th: &Thread, v: Value) -> Res<u32> {
    Ok(masked_u64(th, v)? as u32)
}

/// The low 64 bits of any integer.
pub fn masked_u64(th: &Thread, v: Value) -> Res<u64> {
    let i = protocol::index(th, v)?;
    Ok(int::with_ref(i, |r| {
        let low = r.limbs.first().copied().unwrap_or(0);
        if r.signum() < 0 { low.wrapping_neg() } else { low }
    }))
}

/// An unsigned 64-bit integer.
pub fn c_ulong(th: &Thread, v: Value) -> Res<u64> {
    let i = protocol::index(th, v)?;
    int::with_ref(i, |r| match (r.signum() < 0, r.limbs) {
        (true, _) => Err("can't convert negative value to unsigned int"),
        (false, []) => Ok(0),
        (false, [n]) => Ok(*n),
        _ => Err("Python int too large to convert to C unsigned long"),
    })
    .map_err(|e| th.overflow_error(e))
}

/// An optional size: not given or None is -1.
pub fn opt_size(th: &Thread, v: Value) -> Res<isize> {
    let Some(v) = v.given_not_none() else { return Ok(-1) };
    if let Some(n) = v.small_int() {
        return Ok(n as isize);
    }
    match protocol::index_opt(th, v)? {
        Some(_) => protocol::index_isize(th, v),
        None => Err(th.type_error(format!("argument should be integer or None, not '{}'", type_name(th, v)))),
    }
}

/// A size argument with a default of -1 for one that was not given; None is no size.
pub fn size_or(th: &Thread, v: Value, default: isize) -> Res<isize> {
    v.given().map_or(Ok(default), |v| protocol::index_isize(th, v))
}

/// A truth value with a default.
pub fn flag(th: &Thread, v: Value, default: bool) -> Res<bool> {
    v.given().map_or(Ok(default), |v| protocol::truth(th, v))
}

/// A file descriptor: an int, or an object with `fileno()`.
pub fn file_descriptor(th: &Thread, v: Value) -> Res<i32> {
    let n = if int::is_int(v) {
        c_int(th, v)?
    } else {
        match attr::get_opt(th, v, th.interp.interned.intern_text(th, "fileno"))? {
            Some(f) => {
                let r = call::call(th, f, &[])?;
                if !int::is_int(r) {
                    return Err(th.type_error("fileno() returned a non-integer"));
                }
                c_int(th, r)?
            }
            None => return Err(th.type_error("argument must be an int, or have a fileno() method.")),
        }
    };
    if n < 0 {
        return Err(th.value_error(format!("file descriptor cannot be a negative integer ({n})")));
    }
    Ok(n)
}

/// A string argument: `what` is `f() argument 1` or `f() argument 'name'`.
pub fn text(th: &Thread, v: Value, what: &str) -> Res<Str> {
    Str::from_value(v).ok_or_else(|| th.type_error(format!("{what} must be str, not {}", shown_type(th, v))))
}

/// A string argument that may also be None (or not given).
pub fn opt_text(th: &Thread, v: Value, what: &str) -> Res<Option<Str>> {
    match v.given_not_none() {
        None => Ok(None),
        Some(v) => match Str::from_value(v) {
            Some(s) => {
                if !s.is_ascii() {
                    krait_object::codec::utf8(th, s)?;
                }
                Ok(Some(s))
            }
            None => Err(th.type_error(format!("{what} must be str or None, not {}", shown_type(th, v)))),
        },
    }
}

/// The type as argument errors show it: None by itself.
pub fn shown_type(th: &Thread, v: Value) -> String {
    if v.is_none() { "None".into() } else { type_name(th, v) }
}

/// A user or group id: -1 means "leave it". Errors name the id (`uid`, `gid`).
pub fn id(th: &Thread, v: Value, what: &str) -> Res<u32> {
    let Some(i) = protocol::index_opt(th, v)? else {
        return Err(th.type_error(format!("{what} should be integer, not {}", type_name(th, v))));
    };
    match int::to_i64(i) {
        Some(-1) => Ok(u32::MAX),
        Some(n) if (0..u32::MAX as i64).contains(&n) => Ok(n as u32),
        // CPython says so of every number that a long holds.
        Some(_) => Err(th.overflow_error(format!("{what} is less than minimum"))),
        None if int::with_ref(i, |r| r.signum() < 0) => {
            Err(th.overflow_error(format!("{what} is less than minimum")))
        }
        None => Err(th.overflow_error(format!("{what} is greater than maximum"))),
    }
}

/// An id as programs see it: the largest is -1.
pub fn id_value(id: u32) -> Value {
    Value::small(if id == u32::MAX { -1 } else { id as i64 })
}

/// A process id: an `int` in the words of C's argument parser.
pub fn pid(th: &Thread, v: Value) -> Res<i32> {
    match c_long(th, v)? {
        n if n > i32::MAX as i64 => Err(th.overflow_error("signed integer is greater than maximum")),
        n if n < i32::MIN as i64 => Err(th.overflow_error("signed integer is less than minimum")),
        n => Ok(n as i32),
    }
}

/// ValueError unless the class of the pending exception is another; used where C code replaces an error's text.
pub fn replace_error(th: &Thread, old: TypeId, new: TypeId, text: &str, e: Raised) -> Raised {
    if !th.pending_is(old) {
        return e;
    }
    th.clear_pending();
    th.raise_new(new, text)
}
