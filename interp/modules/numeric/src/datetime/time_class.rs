//! `time`: a time of day, perhaps with a time zone.

use super::date::{bad_isoformat, pickled};
use super::moment::{self, Fields, Handle, Which};
use super::{delta, iso_text, text, tz};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::descriptor::GetSetDef;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::protocol::{self, Cmp};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{bytes, call, natives};

/// A time of exactly the native class.
pub fn new(th: &Thread, f: Fields, tz: Value, fold: bool) -> Res {
    moment::alloc(th, TIME.get(th)?, Which::Time, f.time(), tz, fold)
}

/// Fields of a time from the six bytes of a pickle, the first bit being the fold.
fn unpickled(b: &[u8]) -> (Fields, bool) {
    let f = Fields {
        hour: b[0] & 0x7f,
        minute: b[1],
        second: b[2],
        us: u32::from_be_bytes([0, b[3], b[4], b[5]]),
        ..Fields::default()
    };
    (f, b[0] & 0x80 != 0)
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = TIME.class_arg(th, a[0])?;
    let pickle = a[1].given().is_some() && a[3..].iter().all(|v| v.given().is_none());
    if pickle {
        let sane = |b: &[u8]| b[0] & 0x7f < 24;
        if let Some(b) = pickled(th, a[1], 6, "time", sane)? {
            let (f, fold) = unpickled(&b);
            let tz = state_zone(th, a[2])?;
            return moment::alloc(th, class, Which::Time, f, tz, fold);
        }
    }
    let hour = moment::int_or(th, a[1], 0)?;
    let minute = moment::int_or(th, a[2], 0)?;
    let second = moment::int_or(th, a[3], 0)?;
    let us = moment::int_or(th, a[4], 0)?;
    let n = moment::int_or(th, a[6], 0)?;
    let mut f = Fields::default();
    moment::set_time(th, &mut f, hour, minute, second, us)?;
    let fold = moment::check_fold(th, n)?;
    let tz = tz::argument(th, a[5])?;
    moment::alloc(th, class, Which::Time, f, tz, fold)
}

/// The time zone of a pickle's state.
pub fn state_zone(th: &Thread, v: Value) -> Res {
    match v.given() {
        None => Ok(Value::none()),
        Some(v) if v.is_none() || tz::is_tzinfo(th, v)? => Ok(v),
        _ => Err(th.type_error("bad tzinfo state arg")),
    }
}

/// The time zone that an offset in text means.
pub fn text_zone(th: &Thread, offset: Option<(i64, i64)>) -> Res {
    match offset {
        None => Ok(Value::none()),
        Some((0, _)) => tz::utc(th),
        Some((seconds, us)) => tz::new(th, delta::new(th, 0, seconds, us)?, Value::MISSING),
    }
}

fn fromisoformat(th: &Thread, a: &[Value]) -> Res {
    let Some(s) = Str::from_value(a[1]) else {
        return Err(th.type_error("fromisoformat: argument must be str"));
    };
    let parsed = s.as_ascii().and_then(|t| iso_text::time(t.strip_prefix('T').unwrap_or(t).as_bytes()));
    let Some(t) = parsed else { return Err(bad_isoformat(th, a[1])) };
    let zone = text_zone(th, t.offset)?;
    let mut f = Fields::default();
    moment::set_time(th, &mut f, t.hour, t.minute, t.second, t.us)?;
    if a[0] == TIME.get(th)?.value() {
        return new(th, f, zone, false);
    }
    moment::call_class(th, a[0], &[f.hour.into(), f.minute.into(), f.second.into(), f.us], Some(zone))
}

fn isoformat(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let mut out = text::clock(th, &m.f, a[1], 1)?;
    if let Some(d) = tz::utcoffset(th, m.tz(), Value::none())? {
        out += &text::offset(&d, ":");
    }
    string::try_new(th, &out)
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    call::call_method_text(th, a[0], "isoformat", &[])
}

fn strftime(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    // A day that there is, for the formats of days; old enough to be no daylight saving time.
    let f = Fields { year: 1900, month: 1, day: 1, ..m.f };
    let n = |n: i64| Value::small(n);
    let tuple = tools::tup(
        th,
        &[n(1900), n(1), n(1), n(f.hour.into()), n(f.minute.into()), n(f.second.into()), n(0), n(1), n(-1)],
    )?;
    text::strftime(th, m, a[1], tuple, Value::none())
}

/// Puts time zone and fold behind the last number of a repr.
pub fn finish_repr(th: &Thread, m: Handle, out: &mut String) -> Result<(), Raised> {
    if m.has_tz() {
        out.push_str(", tzinfo=");
        out.push_str(&protocol::repr_text(th, m.tz())?);
    }
    if m.fold() {
        out.push_str(", fold=1");
    }
    Ok(())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let f = m.f;
    let mut out = format!("{}({}, {}", tp_name(th, Class::of_value(th, a[0])), f.hour, f.minute);
    if f.us != 0 {
        out += &format!(", {}, {}", f.second, f.us);
    } else if f.second != 0 {
        out += &format!(", {}", f.second);
    }
    finish_repr(th, m, &mut out)?;
    out.push(')');
    string::try_new(th, &out)
}

fn utcoffset(th: &Thread, a: &[Value]) -> Res {
    tz::utcoffset(th, Handle::of(a[0]).tz(), Value::none()).map(tz::or_none)
}

fn dst(th: &Thread, a: &[Value]) -> Res {
    tz::dst(th, Handle::of(a[0]).tz(), Value::none()).map(tz::or_none)
}

fn tzname(th: &Thread, a: &[Value]) -> Res {
    tz::tzname(th, Handle::of(a[0]).tz(), Value::none())
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let hour = moment::int_or(th, a[1], m.f.hour.into())?;
    let minute = moment::int_or(th, a[2], m.f.minute.into())?;
    let second = moment::int_or(th, a[3], m.f.second.into())?;
    let us = moment::int_or(th, a[4], m.f.us.into())?;
    let zone = a[5].given().unwrap_or(m.tz());
    let fold = moment::fold_arg(th, a[6], m.fold())?;
    let mut f = Fields::default();
    moment::set_time(th, &mut f, hour, minute, second, us)?;
    let zone = tz::argument(th, zone)?;
    moment::alloc(th, Class::of_value(th, a[0]), Which::Time, f, zone, fold)
}

fn state(th: &Thread, m: Handle, with_fold: bool) -> Res {
    let us = m.f.us.to_be_bytes();
    let first = m.f.hour | if with_fold && m.fold() { 0x80 } else { 0 };
    bytes::from_slice(th, &[first, m.f.minute, m.f.second, us[1], us[2], us[3]])
}

fn reduce_for(th: &Thread, v: Value, protocol: i64) -> Res {
    let m = Handle::of(v);
    let state = state(th, m, protocol > 3)?;
    if m.has_tz() { tools::reduce(th, v, &[state, m.tz()]) } else { tools::reduce(th, v, &[state]) }
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    reduce_for(th, a[0], 2)
}

fn reduce_ex(th: &Thread, a: &[Value]) -> Res {
    reduce_for(th, a[0], moment::c_int(th, a[1])?)
}

/// The offset that the receiver would have with the other fold.
fn offset_of(th: &Thread, m: Handle) -> Res<Option<delta::Handle>> {
    tz::utcoffset(th, m.tz(), Value::none())
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    if m.hash.get() == -1 {
        let h = match offset_of(th, m)? {
            None => protocol::hash(th, state(th, m, false)?)?,
            Some(offset) => {
                let day = delta::Handle::of(delta::new(th, 0, m.f.seconds(), m.f.us.into())?);
                protocol::hash(th, delta::combine(th, day, offset, -1)?)?
            }
        };
        m.hash.set(h);
    }
    Ok(Value::small(m.hash.get()))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let Some(y) = moment::as_time(a[1]) else { return Ok(Value::not_implemented()) };
    let x = Handle::of(a[0]);
    let base = || Ok(Value::bool(op.of(x.f.cmp(&y.f))));
    if x.tz() == y.tz() {
        return base();
    }
    match (offset_of(th, x)?, offset_of(th, y)?) {
        (None, None) => base(),
        (Some(a), Some(b)) if a.parts() == b.parts() => base(),
        (Some(a), Some(b)) => {
            let place = |m: Handle, d: delta::Handle| {
                let (seconds, us) = d.seconds_and_us();
                (m.f.seconds() - seconds) * 1_000_000 + i64::from(m.f.us) - us
            };
            Ok(Value::bool(op.of(place(x, a).cmp(&place(y, b)))))
        }
        _ => match op {
            Cmp::Eq => Ok(Value::false_()),
            Cmp::Ne => Ok(Value::true_()),
            _ => Err(th.type_error("can't compare offset-naive and offset-aware times")),
        },
    }
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

pub fn hour(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.hour.into()))
}
pub fn minute(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.minute.into()))
}
pub fn second(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.second.into()))
}
pub fn microsecond(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.us.into()))
}
pub fn tzinfo(_: &Thread, v: Value) -> Res {
    Ok(Handle::of(v).tz())
}
pub fn fold(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).fold().into()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!?(cls, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)" construct, "";
        classmethod "fromisoformat" "!(string, /)" fromisoformat, "string -> time from a string in ISO 8601 format";
        method "isoformat" "!(timespec='auto')" isoformat, "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n";
        method "strftime" "!(format)" strftime, "format -> strftime() style string.";
        method "__format__" "!(format, /)" text::format, "Formats self with strftime.";
        method "utcoffset" "!()" utcoffset, "Return self.tzinfo.utcoffset(self).";
        method "tzname" "!()" tzname, "Return self.tzinfo.tzname(self).";
        method "dst" "!()" dst, "Return self.tzinfo.dst(self).";
        method "replace" "!(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)" replace, "Return time with new specified fields.";
        method "__reduce_ex__" "!(proto, /)" reduce_ex, "__reduce_ex__(proto) -> (cls, state)";
        method "__reduce__" "!()" reduce, "__reduce__() -> (cls, state)";
        method "__repr__" "()" repr, "";
        method "__str__" "()" str_, "";
        method "__hash__" "()" hash, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        method "__lt__" "(value, /)" lt, "";
        method "__le__" "(value, /)" le, "";
        method "__gt__" "(value, /)" gt, "";
        method "__ge__" "(value, /)" ge, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("hour", hour, ""),
    GetSetDef::ro("minute", minute, ""),
    GetSetDef::ro("second", second, ""),
    GetSetDef::ro("microsecond", microsecond, ""),
    GetSetDef::ro("tzinfo", tzinfo, ""),
    GetSetDef::ro("fold", fold, ""),
];

/// The class.
pub static TIME: NativeClass = NativeClass::new(
    ClassSpec::new(
        "datetime.time",
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE),
);

/// Adds what is known only when the class is there.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = TIME.get(th)?;
    let last = Fields { hour: 23, minute: 59, second: 59, us: 999_999, ..Fields::default() };
    super::set_constant(th, c, "min", new(th, Fields::default(), Value::none(), false)?);
    super::set_constant(th, c, "max", new(th, last, Value::none(), false)?);
    super::set_constant(th, c, "resolution", delta::new(th, 0, 0, 1)?);
    Ok(c)
}
