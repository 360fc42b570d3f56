//! `timedelta`: days, seconds and microseconds, always normalized (seconds and microseconds not negative).

use krait_gc::Tracer;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::int_arith as ints;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::protocol::{self, Cmp};
use krait_object::thread::{Res, Thread};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{call, float, float_methods, int, natives, string};
use std::cmp::Ordering;

/// A duration.
pub struct Delta {
    pub days: i32,
    pub seconds: i32,
    pub us: i32,
}

impl Payload for Delta {
    const NAME: &'static str = "timedelta";
    fn trace(&self, _: &mut Tracer) {}
}

/// A handle to a duration.
pub type Handle = Custom<Delta>;

pub const MAX_DAYS: i64 = 999_999_999;
const US_PER_SECOND: i64 = 1_000_000;
const US_PER_DAY: i64 = 86_400_000_000;

impl Delta {
    /// The parts, in order of weight.
    pub fn parts(&self) -> (i32, i32, i32) {
        (self.days, self.seconds, self.us)
    }

    pub fn is_zero(&self) -> bool {
        self.parts() == (0, 0, 0)
    }

    /// Is it strictly between minus a day and a day?
    pub fn is_offset(&self) -> bool {
        self.days == 0 || self.days == -1 && (self.seconds != 0 || self.us != 0)
    }

    /// Whole seconds and the microseconds after them.
    pub fn seconds_and_us(&self) -> (i64, i64) {
        (i64::from(self.days) * 86_400 + i64::from(self.seconds), i64::from(self.us))
    }

    fn total_us(&self) -> i128 {
        i128::from(self.days) * i128::from(US_PER_DAY)
            + i128::from(self.seconds) * i128::from(US_PER_SECOND)
            + i128::from(self.us)
    }

    /// All of it in microseconds, as an int.
    fn to_us(&self, th: &Thread) -> Value {
        int::from_i128(th, self.total_us())
    }
}

/// The duration, when the value is one.
#[inline]
pub fn get(v: Value) -> Option<Handle> {
    Handle::from_value(v)
}

/// A duration of the class, of parts that may be out of their ranges.
pub fn with_class(th: &Thread, class: Class, days: i64, seconds: i64, us: i64) -> Res {
    let seconds = seconds + us.div_euclid(US_PER_SECOND);
    let us = us.rem_euclid(US_PER_SECOND);
    let days = days + seconds.div_euclid(86_400);
    let seconds = seconds.rem_euclid(86_400);
    if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
        return Err(th.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}")));
    }
    let d = Delta { days: days as i32, seconds: seconds as i32, us: us as i32 };
    Ok(custom::alloc(th, class, d)?.value())
}

/// A duration of parts that may be out of their ranges.
pub fn new(th: &Thread, days: i64, seconds: i64, us: i64) -> Res {
    with_class(th, DELTA.get(th)?, days, seconds, us)
}

/// `a - b` or `a + b`.
pub fn combine(th: &Thread, a: Handle, b: Handle, sign: i64) -> Res {
    let ((ad, a_s, au), (bd, bs, bu)) = (a.parts(), b.parts());
    new(
        th,
        i64::from(ad) + sign * i64::from(bd),
        i64::from(a_s) + sign * i64::from(bs),
        i64::from(au) + sign * i64::from(bu),
    )
}

fn from_us(th: &Thread, class: Class, us: Value) -> Res {
    let parts = int::with_ref(us, |r| r.to_i128())
        .map(|n| (n.div_euclid(US_PER_DAY.into()), n.rem_euclid(US_PER_DAY.into()) as i64));
    match parts.and_then(|(days, rest)| Some((i32::try_from(days).ok()?, rest))) {
        Some((days, rest)) => with_class(th, class, days.into(), rest / US_PER_SECOND, rest % US_PER_SECOND),
        None => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// Adds `num` units of `factor` microseconds; what is left of a microsecond goes to `leftover`.
fn add_units(th: &Thread, sum: Value, num: Value, tag: &str, factor: i64, leftover: &mut f64) -> Res {
    let factor_value = Value::small(factor);
    if int::is_int(num) {
        return ints::add(th, sum, ints::mul(th, int::exact(th, num)?, factor_value)?);
    }
    let Some(x) = float::get(num) else {
        let got = type_name(th, num);
        return Err(th.type_error(format!("unsupported type for timedelta {tag} component: {got}")));
    };
    let whole = float_methods::to_int(th, x.trunc())?;
    let sum = ints::add(th, sum, ints::mul(th, whole, factor_value)?)?;
    if x.fract() == 0.0 {
        return Ok(sum);
    }
    let rest = x.fract() * factor as f64;
    *leftover += rest.fract();
    ints::add(th, sum, Value::small(rest.trunc() as i64))
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = DELTA.class_arg(th, a[0])?;
    // Small integers of days, seconds and microseconds alone need no big arithmetic.
    let small = |v: Value| match v.given() {
        None => Some(0),
        Some(v) => v.small_int().filter(|n| n.unsigned_abs() < 1 << 40),
    };
    if a[4..].iter().all(|v| v.given().is_none())
        && let (Some(days), Some(seconds), Some(us)) = (small(a[1]), small(a[2]), small(a[3]))
        && i32::try_from(days).is_ok()
    {
        return with_class(th, class, days, seconds, us);
    }
    const UNITS: [(usize, &str, i64); 7] = [
        (3, "microseconds", 1),
        (4, "milliseconds", 1000),
        (2, "seconds", US_PER_SECOND),
        (5, "minutes", 60 * US_PER_SECOND),
        (6, "hours", 3600 * US_PER_SECOND),
        (1, "days", US_PER_DAY),
        (7, "weeks", 7 * US_PER_DAY),
    ];
    let mut sum = Value::ZERO;
    let mut leftover = 0.0;
    for (i, tag, factor) in UNITS {
        if a[i].given().is_some() {
            sum = add_units(th, sum, a[i], tag, factor, &mut leftover)?;
        }
    }
    if leftover != 0.0 {
        let mut whole = leftover.round();
        if (whole - leftover).abs() == 0.5 {
            // Half way: the sum is to become even.
            let odd = f64::from(int::with_ref(sum, |r| r.is_odd()));
            whole = 2.0 * ((leftover + odd) * 0.5).round() - odd;
        }
        sum = ints::add(th, sum, Value::small(whole as i64))?;
    }
    from_us(th, class, sum)
}

/// `a / b` as an integer, rounded half to even.
fn divide_nearest(th: &Thread, a: Value, b: Value) -> Res {
    let (a, b) =
        if int::with_ref(b, |r| r.signum()) < 0 { (ints::neg(th, a)?, ints::neg(th, b)?) } else { (a, b) };
    let q = ints::floordiv(th, a, b)?;
    let rest = ints::sub(th, a, ints::mul(th, q, b)?)?;
    let up = match ints::compare(ints::add(th, rest, rest)?, b) {
        Ordering::Less => false,
        Ordering::Equal => int::with_ref(q, |r| r.is_odd()),
        Ordering::Greater => true,
    };
    if up { ints::add(th, q, Value::small(1)) } else { Ok(q) }
}

/// `d * x` or, when `inverse`, `d / x`.
fn scale(th: &Thread, d: Handle, x: Value, inverse: bool) -> Res {
    let ratio = call::call_method_text(th, x, "as_integer_ratio", &[])?;
    let ratio = match krait_object::tuple::Tuple::from_value(ratio) {
        Some(t) if t.len() == 2 => t,
        Some(_) => {
            return Err(th.value_error("unexpected return value from as_integer_ratio(): expected 2-tuple"));
        }
        None => {
            let got = type_name(th, ratio);
            return Err(th.type_error(format!(
                "unexpected return type from as_integer_ratio(): expected tuple, got '{got}'"
            )));
        }
    };
    for &v in ratio.as_slice() {
        if !int::is_int(v) {
            let got = type_name(th, v);
            return Err(
                th.type_error(format!("unexpected item of as_integer_ratio(): expected int, got '{got}'"))
            );
        }
    }
    let (num, den) = (ratio.get(usize::from(inverse)), ratio.get(usize::from(!inverse)));
    let (num, den) = (int::exact(th, num)?, int::exact(th, den)?);
    let us = divide_nearest(th, ints::mul(th, d.to_us(th), num)?, den)?;
    from_us(th, DELTA.get(th)?, us)
}

fn add(th: &Thread, a: &[Value]) -> Res {
    match (get(a[0]), get(a[1])) {
        (Some(x), Some(y)) => combine(th, x, y, 1),
        _ => Ok(Value::not_implemented()),
    }
}

fn sub(th: &Thread, a: &[Value]) -> Res {
    match (get(a[0]), get(a[1])) {
        (Some(x), Some(y)) => combine(th, x, y, -1),
        _ => Ok(Value::not_implemented()),
    }
}

fn rsub(th: &Thread, a: &[Value]) -> Res {
    sub(th, &[a[1], a[0]])
}

/// The negated duration.
pub fn negated(th: &Thread, d: Handle) -> Res {
    new(th, -i64::from(d.days), -i64::from(d.seconds), -i64::from(d.us))
}

fn neg(th: &Thread, a: &[Value]) -> Res {
    negated(th, Handle::of(a[0]))
}

fn pos(th: &Thread, a: &[Value]) -> Res {
    let (d, s, u) = Handle::of(a[0]).parts();
    new(th, d.into(), s.into(), u.into())
}

fn abs(th: &Thread, a: &[Value]) -> Res {
    if Handle::of(a[0]).days < 0 { neg(th, a) } else { pos(th, a) }
}

fn bool_(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(!Handle::of(a[0]).is_zero()))
}

fn mul(th: &Thread, a: &[Value]) -> Res {
    let d = Handle::of(a[0]);
    if int::is_int(a[1]) {
        let us = ints::mul(th, d.to_us(th), int::exact(th, a[1])?)?;
        return from_us(th, DELTA.get(th)?, us);
    }
    if float::get(a[1]).is_some() { scale(th, d, a[1], false) } else { Ok(Value::not_implemented()) }
}

fn floordiv(th: &Thread, a: &[Value]) -> Res {
    let Some(x) = get(a[0]) else { return Ok(Value::not_implemented()) };
    if let Some(y) = get(a[1]) {
        return ints::floordiv(th, x.to_us(th), y.to_us(th));
    }
    if int::is_int(a[1]) {
        let us = ints::floordiv(th, x.to_us(th), int::exact(th, a[1])?)?;
        return from_us(th, DELTA.get(th)?, us);
    }
    Ok(Value::not_implemented())
}

fn rfloordiv(th: &Thread, a: &[Value]) -> Res {
    floordiv(th, &[a[1], a[0]])
}

fn truediv(th: &Thread, a: &[Value]) -> Res {
    let Some(x) = get(a[0]) else { return Ok(Value::not_implemented()) };
    if let Some(y) = get(a[1]) {
        return ints::truediv(th, x.to_us(th), y.to_us(th));
    }
    if float::get(a[1]).is_some() {
        return scale(th, x, a[1], true);
    }
    if int::is_int(a[1]) {
        let us = divide_nearest(th, x.to_us(th), int::exact(th, a[1])?)?;
        return from_us(th, DELTA.get(th)?, us);
    }
    Ok(Value::not_implemented())
}

fn rtruediv(th: &Thread, a: &[Value]) -> Res {
    truediv(th, &[a[1], a[0]])
}

fn modulo(th: &Thread, a: &[Value]) -> Res {
    match (get(a[0]), get(a[1])) {
        (Some(x), Some(y)) => {
            let us = ints::modulo(th, x.to_us(th), y.to_us(th))?;
            from_us(th, DELTA.get(th)?, us)
        }
        _ => Ok(Value::not_implemented()),
    }
}

fn rmod(th: &Thread, a: &[Value]) -> Res {
    modulo(th, &[a[1], a[0]])
}

fn divmod(th: &Thread, a: &[Value]) -> Res {
    match (get(a[0]), get(a[1])) {
        (Some(x), Some(y)) => {
            let (n, m) = (x.to_us(th), y.to_us(th));
            let q = ints::floordiv(th, n, m)?;
            let r = from_us(th, DELTA.get(th)?, ints::modulo(th, n, m)?)?;
            tools::tup(th, &[q, r])
        }
        _ => Ok(Value::not_implemented()),
    }
}

fn rdivmod(th: &Thread, a: &[Value]) -> Res {
    divmod(th, &[a[1], a[0]])
}

fn compare(a: &[Value], op: Cmp) -> Res {
    match (get(a[0]), get(a[1])) {
        (Some(x), Some(y)) => Ok(Value::bool(op.of(x.parts().cmp(&y.parts())))),
        _ => Ok(Value::not_implemented()),
    }
}

fn eq(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Eq)
}
fn ne(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ne)
}
fn lt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Lt)
}
fn le(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Le)
}
fn gt(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Gt)
}
fn ge(_: &Thread, a: &[Value]) -> Res {
    compare(a, Cmp::Ge)
}

fn state(th: &Thread, d: Handle) -> Res {
    let (days, seconds, us) = d.parts();
    tools::tup(th, &[Value::small(days.into()), Value::small(seconds.into()), Value::small(us.into())])
}

/// The hash of a duration: its parts' tuple's.
pub fn hash_of(th: &Thread, d: Handle) -> Res<i64> {
    protocol::hash(th, state(th, d)?)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(hash_of(th, Handle::of(a[0]))?))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let (days, seconds, us) = Handle::of(a[0]).parts();
    let mut args = Vec::new();
    for (name, n) in [("days", days), ("seconds", seconds), ("microseconds", us)] {
        if n != 0 {
            args.push(format!("{name}={n}"));
        }
    }
    if args.is_empty() {
        args.push("0".to_owned());
    }
    let name = tp_name(th, Class::of_value(th, a[0]));
    string::try_new(th, &format!("{name}({})", args.join(", ")))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    let (days, seconds, us) = Handle::of(a[0]).parts();
    let mut text = String::new();
    if days != 0 {
        let s = if days.abs() == 1 { "" } else { "s" };
        text = format!("{days} day{s}, ");
    }
    text += &format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if us != 0 {
        text += &format!(".{us:06}");
    }
    string::try_new(th, &text)
}

fn total_seconds(th: &Thread, a: &[Value]) -> Res {
    ints::truediv(th, Handle::of(a[0]).to_us(th), Value::small(US_PER_SECOND))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let args = state(th, Handle::of(a[0]))?;
    tools::tup(th, &[tools::class_of(th, a[0]), args])
}

fn days(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).days.into()))
}
fn seconds(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).seconds.into()))
}
fn microseconds(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).us.into()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)" construct, "";
        method "__repr__" "()" repr, "";
        method "__str__" "()" str_, "";
        method "__hash__" "()" hash, "", Pure;
        method "__eq__" "(value, /)" eq, "", Pure;
        method "__ne__" "(value, /)" ne, "", Pure;
        method "__lt__" "(value, /)" lt, "", Pure;
        method "__le__" "(value, /)" le, "", Pure;
        method "__gt__" "(value, /)" gt, "", Pure;
        method "__ge__" "(value, /)" ge, "", Pure;
        method "__add__" "(value, /)" add, "";
        method "__radd__" "(value, /)" add, "";
        method "__sub__" "(value, /)" sub, "";
        method "__rsub__" "(value, /)" rsub, "";
        method "__mul__" "(value, /)" mul, "";
        method "__rmul__" "(value, /)" mul, "";
        method "__floordiv__" "(value, /)" floordiv, "";
        method "__rfloordiv__" "(value, /)" rfloordiv, "";
        method "__truediv__" "(value, /)" truediv, "";
        method "__rtruediv__" "(value, /)" rtruediv, "";
        method "__mod__" "(value, /)" modulo, "";
        method "__rmod__" "(value, /)" rmod, "";
        method "__divmod__" "(value, /)" divmod, "";
        method "__rdivmod__" "(value, /)" rdivmod, "";
        method "__neg__" "()" neg, "";
        method "__pos__" "()" pos, "";
        method "__abs__" "()" abs, "";
        method "__bool__" "()" bool_, "", Pure;
        method "total_seconds" "!()" total_seconds, "Total seconds in the duration.", Pure;
        method "__reduce__" "!()" reduce, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("days", days, "Number of days.").member(),
    GetSetDef::ro("seconds", seconds, "Number of seconds (>= 0 and less than 1 day).").member(),
    GetSetDef::ro("microseconds", microseconds, "Number of microseconds (>= 0 and less than 1 second).")
        .member(),
];

/// The class.
pub static DELTA: NativeClass = NativeClass::new(
    ClassSpec::new("datetime.timedelta", "Difference between two datetime values.", METHODS, GETSET)
        .flags(flag::BASE),
);

/// Adds what is known only when the class is there.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = DELTA.get(th)?;
    super::set_constant(th, c, "min", new(th, -MAX_DAYS, 0, 0)?);
    super::set_constant(th, c, "max", new(th, MAX_DAYS, 86_399, 999_999)?);
    super::set_constant(th, c, "resolution", new(th, 0, 0, 1)?);
    Ok(c)
}
