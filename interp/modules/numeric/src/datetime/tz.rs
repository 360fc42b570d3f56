//! `tzinfo`, `timezone`, and asking any tzinfo for offsets and names.

use super::delta::{self, DELTA};
use super::moment;
use super::{datetime_class, text};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::interp::InterpSlot;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{TypeId, attr, call, natives, protocol, string};

/// A fixed offset, with a name or `MISSING`.
pub struct Zone {
    offset: Slot,
    name: Slot,
}

impl Payload for Zone {
    const NAME: &'static str = "timezone";
    fn trace(&self, tracer: &mut Tracer) {
        self.offset.trace(tracer);
        self.name.trace(tracer);
    }
}

type Handle = Custom<Zone>;

/// The one `timezone.utc`.
static UTC: InterpSlot = InterpSlot::new();

const OUT_OF_RANGE: &str =
    "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)";

/// `timezone.utc`.
pub fn utc(th: &Thread) -> Res {
    UTC.get_or(th, |th| make(th, delta::new(th, 0, 0, 0)?, Value::MISSING))
}

/// Is it `timezone.utc` itself?
pub fn is_utc(th: &Thread, v: Value) -> bool {
    UTC.get(th) == Some(v)
}

fn make(th: &Thread, offset: Value, name: Value) -> Res {
    let z = Zone { offset: Slot::new(offset), name: Slot::new(name) };
    Ok(custom::alloc(th, TIMEZONE.get(th)?, z)?.value())
}

/// A fixed offset; `offset` is a timedelta, `name` a string or `MISSING`.
///
/// # Errors
/// ValueError for offsets of a day or more.
pub fn new(th: &Thread, offset: Value, name: Value) -> Res {
    let d = delta::Handle::of(offset);
    if name.given().is_none() && d.is_zero() {
        return utc(th);
    }
    if !d.is_offset() {
        let shown = protocol::repr_text(th, offset)?;
        return Err(th.value_error(format!("{OUT_OF_RANGE}, not {shown}.")));
    }
    make(th, offset, name)
}

/// Checks a tzinfo argument; the value, or None when it was not given.
pub fn argument(th: &Thread, v: Value) -> Res {
    match v.given_not_none() {
        None => Ok(Value::none()),
        Some(v) if is_tzinfo(th, v)? => Ok(v),
        Some(v) => {
            let got = type_name(th, v);
            Err(th.type_error(format!(
                "tzinfo argument must be None or of a tzinfo subclass, not type '{got}'"
            )))
        }
    }
}

/// Is it an instance of tzinfo?
pub fn is_tzinfo(th: &Thread, v: Value) -> Res<bool> {
    TZINFO.get(th)?;
    Ok(TZINFO.is_instance(th, v))
}

fn ask_offset(th: &Thread, tz: Value, method: &str, arg: Value) -> Res<Option<delta::Handle>> {
    if tz.is_none() {
        return Ok(None);
    }
    if let Some(z) = Handle::from_value(tz) {
        return Ok(if method == "utcoffset" { delta::get(z.offset.get()) } else { None });
    }
    let r = call::call_method_text(th, tz, method, &[arg])?;
    if r.is_none() {
        return Ok(None);
    }
    match delta::get(r) {
        Some(d) if d.is_offset() => Ok(Some(d)),
        Some(_) => Err(th.value_error(format!("{OUT_OF_RANGE}."))),
        None => {
            let got = type_name(th, r);
            Err(th.type_error(format!("tzinfo.{method}() must return None or a timedelta, not '{got}'")))
        }
    }
}

/// `tz.utcoffset(arg)`, checked; `tz` may be None.
pub fn utcoffset(th: &Thread, tz: Value, arg: Value) -> Res<Option<delta::Handle>> {
    ask_offset(th, tz, "utcoffset", arg)
}

/// `tz.dst(arg)`, checked.
pub fn dst(th: &Thread, tz: Value, arg: Value) -> Res<Option<delta::Handle>> {
    ask_offset(th, tz, "dst", arg)
}

/// `tz.tzname(arg)`, checked: a string or None.
pub fn tzname(th: &Thread, tz: Value, arg: Value) -> Res {
    if tz.is_none() {
        return Ok(tz);
    }
    let r = call::call_method_text(th, tz, "tzname", &[arg])?;
    if r.is_none() || Str::from_value(r).is_some() {
        return Ok(r);
    }
    let got = type_name(th, r);
    Err(th.type_error(format!("tzinfo.tzname() must return None or a string, not '{got}'")))
}

/// What an optional duration is to Python.
pub fn or_none(d: Option<delta::Handle>) -> Value {
    d.map_or(Value::none(), |d| d.value())
}

// tzinfo: the abstract base.

#[cold]
fn abstract_(th: &Thread, name: &str) -> Raised {
    th.raise_new(TypeId::NotImplementedError, format!("a tzinfo subclass must implement {name}()"))
}

fn base_utcoffset(th: &Thread, _: &[Value]) -> Res {
    Err(abstract_(th, "utcoffset"))
}
fn base_dst(th: &Thread, _: &[Value]) -> Res {
    Err(abstract_(th, "dst"))
}
fn base_tzname(th: &Thread, _: &[Value]) -> Res {
    Err(abstract_(th, "tzname"))
}

/// The datetime that a `fromutc` was given, which must have the receiver for its time zone.
fn utc_argument(th: &Thread, a: &[Value], text: &str) -> Res<moment::Handle> {
    let Some(dt) = moment::as_datetime(a[1]) else { return Err(th.type_error(text)) };
    if dt.tz() != a[0] {
        return Err(th.value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(dt)
}

fn base_fromutc(th: &Thread, a: &[Value]) -> Res {
    let dt = utc_argument(th, a, "fromutc: argument must be a datetime")?;
    let Some(offset) = utcoffset(th, dt.tz(), a[1])? else {
        return Err(th.value_error("fromutc: non-None utcoffset() result required"));
    };
    let Some(saving) = dst(th, dt.tz(), a[1])? else {
        return Err(th.value_error("fromutc: non-None dst() result required"));
    };
    let standard = delta::combine(th, offset, saving, -1)?;
    let local = datetime_class::add(th, dt, delta::Handle::of(standard), 1)?;
    let Some(saving) = dst(th, dt.tz(), local)? else {
        return Err(th.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
    };
    if saving.is_zero() {
        return Ok(local);
    }
    match moment::as_datetime(local) {
        Some(local) => datetime_class::add(th, local, saving, 1),
        None => Ok(local),
    }
}

fn base_reduce(th: &Thread, a: &[Value]) -> Res {
    let name = th.interp.interned.intern_text(th, "__getinitargs__");
    let args = match attr::get_opt(th, a[0], name)? {
        Some(f) => call::call(th, f, &[])?,
        None => th.interp.empty_tuple.get(),
    };
    let state = call::call_method_text(th, a[0], "__getstate__", &[])?;
    tools::tup(th, &[tools::class_of(th, a[0]), args, state])
}

natives! {
    static TZINFO_METHODS = {
        method "tzname" "!(dt, /)" base_tzname, "datetime -> string name of time zone.";
        method "utcoffset" "!(dt, /)" base_utcoffset, "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC";
        method "dst" "!(dt, /)" base_dst, "datetime -> DST offset as timedelta positive east of UTC.";
        method "fromutc" "!(dt, /)" base_fromutc, "datetime in UTC -> datetime in local time.";
        method "__reduce__" "!()" base_reduce, "-> (cls, state)";
    }
}

/// The abstract base of time zones.
pub static TZINFO: NativeClass = NativeClass::new(
    ClassSpec::new("datetime.tzinfo", "Abstract base class for time zone info objects.", TZINFO_METHODS, &[])
        .flags(flag::BASE)
        .plain(),
);

// timezone: fixed offsets.

fn construct(th: &Thread, a: &[Value]) -> Res {
    TIMEZONE.class_arg(th, a[0])?;
    DELTA.get(th)?;
    if delta::get(a[1]).is_none() {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("timezone() argument 1 must be datetime.timedelta, not {got}")));
    }
    if let Some(name) = a[2].given()
        && Str::from_value(name).is_none()
    {
        let got = if name.is_none() { "None".to_owned() } else { type_name(th, name) };
        return Err(th.type_error(format!("timezone() argument 2 must be str, not {got}")));
    }
    new(th, a[1], a[2])
}

fn check_argument(th: &Thread, v: Value, method: &str) -> Res<()> {
    if v.is_none() || moment::as_datetime(v).is_some() {
        return Ok(());
    }
    let got = type_name(th, v);
    Err(th.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {got}")))
}

fn zone_utcoffset(th: &Thread, a: &[Value]) -> Res {
    check_argument(th, a[1], "utcoffset")?;
    Ok(Handle::of(a[0]).offset.get())
}

fn zone_dst(th: &Thread, a: &[Value]) -> Res {
    check_argument(th, a[1], "dst")?;
    Ok(Value::none())
}

fn zone_tzname(th: &Thread, a: &[Value]) -> Res {
    check_argument(th, a[1], "tzname")?;
    zone_str(th, a)
}

fn zone_fromutc(th: &Thread, a: &[Value]) -> Res {
    let dt = utc_argument(th, a, "fromutc: argument must be a datetime")?;
    datetime_class::add(th, dt, delta::Handle::of(Handle::of(a[0]).offset.get()), 1)
}

fn zone_str(th: &Thread, a: &[Value]) -> Res {
    let z = Handle::of(a[0]);
    if let Some(name) = z.name.get().given() {
        return Ok(name);
    }
    let d = delta::Handle::of(z.offset.get());
    if d.is_zero() {
        return Ok(string::new(th, "UTC"));
    }
    string::try_new(th, &format!("UTC{}", text::offset(&d, ":")))
}

fn zone_repr(th: &Thread, a: &[Value]) -> Res {
    if is_utc(th, a[0]) {
        return Ok(string::new(th, "datetime.timezone.utc"));
    }
    let z = Handle::of(a[0]);
    let mut out = protocol::repr(th, z.offset.get()).and_then(|v| text_of(th, v))?;
    if let Some(name) = z.name.get().given() {
        out = format!("{out}, {}", protocol::repr(th, name).and_then(|v| text_of(th, v))?);
    }
    let class = tp_name(th, Class::of_value(th, a[0]));
    string::try_new(th, &format!("{class}({out})"))
}

fn text_of(_: &Thread, v: Value) -> Res<String> {
    Ok(string::get(v).map(Str::to_text).unwrap_or_default())
}

fn same(a: &[Value]) -> Option<bool> {
    let (x, y) = (Handle::from_value(a[0])?, Handle::from_value(a[1])?);
    Some(delta::get(x.offset.get()).map(|d| d.parts()) == delta::get(y.offset.get()).map(|d| d.parts()))
}

fn zone_eq(_: &Thread, a: &[Value]) -> Res {
    Ok(same(a).map_or(Value::not_implemented(), Value::bool))
}

fn zone_ne(_: &Thread, a: &[Value]) -> Res {
    Ok(same(a).map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

fn zone_hash(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(protocol::hash(th, Handle::of(a[0]).offset.get())?))
}

fn zone_initargs(th: &Thread, a: &[Value]) -> Res {
    let z = Handle::of(a[0]);
    match z.name.get().given() {
        Some(name) => tools::tup(th, &[z.offset.get(), name]),
        None => tools::tup(th, &[z.offset.get()]),
    }
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, offset, name=None)" construct, "";
        method "__repr__" "()" zone_repr, "";
        method "__str__" "()" zone_str, "";
        method "__hash__" "()" zone_hash, "";
        method "__eq__" "(value, /)" zone_eq, "";
        method "__ne__" "(value, /)" zone_ne, "";
        method "tzname" "!(dt, /)" zone_tzname, "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.";
        method "utcoffset" "!(dt, /)" zone_utcoffset, "Return fixed offset.";
        method "dst" "!(dt, /)" zone_dst, "Return None.";
        method "fromutc" "!(dt, /)" zone_fromutc, "datetime in UTC -> datetime in local time.";
        method "__getinitargs__" "!()" zone_initargs, "pickle support";
    }
}

/// Fixed offsets.
pub static TIMEZONE: NativeClass = NativeClass::derived(
    ClassSpec::new("datetime.timezone", "Fixed offset from UTC implementation of tzinfo.", METHODS, &[])
        .flags(0),
    &TZINFO,
);

/// Adds what is known only when the class is there.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = TIMEZONE.get(th)?;
    super::set_constant(th, c, "utc", utc(th)?);
    // A minute less than a day on either side.
    for (name, minutes) in [("min", -1439), ("max", 1439)] {
        let z = new(th, delta::new(th, 0, minutes * 60, 0)?, Value::MISSING)?;
        super::set_constant(th, c, name, z);
    }
    Ok(c)
}
