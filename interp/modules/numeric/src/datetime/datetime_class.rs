//! `datetime`: what makes one, what it shows, and how it is pickled. Arithmetic and comparisons are in `datetime_arith`.

use super::calendar;
use super::date::{self, DATE, bad_isoformat, pickled};
use super::moment::{self, Fields, Handle, Which};
use super::time_class::{self, state_zone};
use super::{datetime_arith as arith, delta, iso_text, local, text, tz};
use krait_object::class::{Class, ClassSpec, flag, type_name};
use krait_object::descriptor::GetSetDef;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::object_reduce::import;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{TypeId, bytes, call, float, natives};
use krait_text::CharsBuf;

pub use arith::add;

/// A datetime of exactly the native class.
pub fn new(th: &Thread, f: Fields, tz: Value, fold: bool) -> Res {
    moment::alloc(th, DATETIME.get(th)?, Which::DateTime, f, tz, fold)
}

/// A datetime of the class, which is called unless it is the native one.
pub fn of_class(th: &Thread, class: Value, f: Fields, tz: Value, fold: bool) -> Res {
    let own = DATETIME.get(th)?;
    if class == own.value() {
        return moment::alloc(th, own, Which::DateTime, f, tz, fold);
    }
    let numbers =
        [f.year.into(), f.month.into(), f.day.into(), f.hour.into(), f.minute.into(), f.second.into(), f.us];
    let made = moment::call_class(th, class, &numbers, Some(tz))?;
    // The class knows no fold: it is put in afterwards.
    match moment::as_datetime(made) {
        Some(m) if fold => m.set_fold(true),
        _ => {}
    }
    Ok(made)
}

/// The same with another fold, of the same class without calling it.
pub fn with_fold(th: &Thread, m: Handle, fold: bool) -> Res {
    moment::alloc(th, Class::of_value(th, m.value()), Which::DateTime, m.f, m.tz(), fold)
}

fn unpickled(b: &[u8]) -> (Fields, bool) {
    let f = Fields {
        year: u16::from_be_bytes([b[0], b[1]]),
        month: b[2] & 0x7f,
        day: b[3],
        hour: b[4],
        minute: b[5],
        second: b[6],
        us: u32::from_be_bytes([0, b[7], b[8], b[9]]),
    };
    (f, b[2] & 0x80 != 0)
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = DATETIME.class_arg(th, a[0])?;
    if a[1].given().is_some() && a[3..].iter().all(|v| v.given().is_none()) {
        let sane = |b: &[u8]| (1..=12).contains(&(b[2] & 0x7f));
        if let Some(b) = pickled(th, a[1], 10, "datetime", sane)? {
            let (f, fold) = unpickled(&b);
            return moment::alloc(th, class, Which::DateTime, f, state_zone(th, a[2])?, fold);
        }
    }
    let [y, m, d] = moment::day_args(th, a)?;
    let mut n = [y, m, d, 0, 0, 0, 0];
    for (to, &v) in n[3..].iter_mut().zip(&a[4..]) {
        *to = moment::int_or(th, v, 0)?;
    }
    let fold = moment::int_or(th, a[9], 0)?;
    let mut f = moment::date_fields(th, n[0], n[1], n[2])?;
    moment::set_time(th, &mut f, n[3], n[4], n[5], n[6])?;
    let fold = moment::check_fold(th, fold)?;
    let zone = tz::argument(th, a[8])?;
    moment::alloc(th, class, Which::DateTime, f, zone, fold)
}

/// A datetime of a time stamp, in local time unless there is a time zone or it is to be UTC.
fn of_timestamp(th: &Thread, class: Value, (t, us): (i64, u32), utc: bool, zone: Value) -> Res {
    let tm = local::broken_down(th, t, !utc)?;
    let f = local::fields(th, &tm, us)?;
    let fold = !utc && zone.is_none() && local::fold(th, t, &Fields { us: 0, ..f })?;
    of_class(th, class, f, zone, fold)
}

/// Local time, or the time in a zone, by its `fromutc`.
fn in_zone(th: &Thread, class: Value, at: (i64, u32), zone: Value) -> Res {
    let zone = tz::argument(th, zone)?;
    let made = of_timestamp(th, class, at, !zone.is_none(), zone)?;
    if zone.is_none() { Ok(made) } else { call::call_method_text(th, zone, "fromutc", &[made]) }
}

fn clock_now() -> (i64, u32) {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(d) => (d.as_secs() as i64, d.subsec_micros()),
        // A clock before 1970.
        Err(e) => {
            let us = -(e.duration().as_micros() as i64);
            (us.div_euclid(1_000_000), us.rem_euclid(1_000_000) as u32)
        }
    }
}

fn now(th: &Thread, a: &[Value]) -> Res {
    in_zone(th, a[0], clock_now(), a[1])
}

fn utcnow(th: &Thread, a: &[Value]) -> Res {
    tools::warn(
        th,
        TypeId::DeprecationWarning,
        "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
    )?;
    of_timestamp(th, a[0], clock_now(), true, Value::none())
}

fn fromtimestamp(th: &Thread, a: &[Value]) -> Res {
    let zone = tz::argument(th, a[2])?;
    in_zone(th, a[0], local::timestamp(th, a[1])?, zone)
}

fn utcfromtimestamp(th: &Thread, a: &[Value]) -> Res {
    tools::warn(
        th,
        TypeId::DeprecationWarning,
        "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).",
    )?;
    of_timestamp(th, a[0], local::timestamp(th, a[1])?, true, Value::none())
}

fn strptime(th: &Thread, a: &[Value]) -> Res {
    for (i, &v) in a[1..3].iter().enumerate() {
        if Str::from_value(v).is_none() {
            let got = if v.is_none() { "None".to_owned() } else { type_name(th, v) };
            return Err(th.type_error(format!("strptime() argument {} must be str, not {got}", i + 1)));
        }
    }
    let m = import(th, "_strptime")?;
    call::call_method_text(th, m, "_strptime_datetime", &[a[0], a[1], a[2]])
}

fn combine(th: &Thread, a: &[Value]) -> Res {
    let wrong = |i: usize, wanted: &str| {
        let got = if a[i].is_none() { "None".to_owned() } else { type_name(th, a[i]) };
        th.type_error(format!("combine() argument {i} must be datetime.{wanted}, not {got}"))
    };
    let Some(d) = moment::as_date(a[1]) else { return Err(wrong(1, "date")) };
    let Some(t) = moment::as_time(a[2]) else { return Err(wrong(2, "time")) };
    let zone = match a[3].given() {
        Some(z) => tz::argument(th, z)?,
        None => t.tz(),
    };
    let f = Fields { hour: t.f.hour, minute: t.f.minute, second: t.f.second, us: t.f.us, ..d.f };
    of_class(th, a[0], f, zone, t.fold())
}

fn fromisoformat(th: &Thread, a: &[Value]) -> Res {
    let Some(s) = Str::from_value(a[1]) else {
        return Err(th.type_error("fromisoformat: argument must be str"));
    };
    let chars = s.chars();
    if chars.len() < 7 {
        return Err(bad_isoformat(th, a[1]));
    }
    // Any one character may separate date and time; the others are ASCII.
    let mut ascii: Vec<u8> = chars.iter().map(|c| if c < 0x80 { c as u8 } else { 0x80 }).collect();
    let parsed = iso_text::date_end(&ascii).and_then(|end| {
        if end > ascii.len() {
            return None;
        }
        if let Some(c) = ascii.get_mut(end) {
            *c = b'T';
        }
        if ascii.contains(&0x80) {
            return None;
        }
        let day = iso_text::date(&ascii[..end])?;
        let rest = &ascii[(end + 1).min(ascii.len())..];
        let time = if end < ascii.len() { iso_text::time(rest)? } else { iso_text::IsoTime::default() };
        Some((day, time))
    });
    let Some(((y, m, d), t)) = parsed else { return Err(bad_isoformat(th, a[1])) };
    let zone = time_class::text_zone(th, t.offset)?;
    let mut f = moment::date_fields(th, y, m, d)?;
    moment::set_time(th, &mut f, t.hour, t.minute, t.second, t.us)?;
    of_class(th, a[0], f, zone, false)
}

fn date(th: &Thread, a: &[Value]) -> Res {
    date::new(th, Handle::of(a[0]).f)
}

fn time(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    time_class::new(th, m.f, Value::none(), m.fold())
}

fn timetz(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    time_class::new(th, m.f, m.tz(), m.fold())
}

fn ctime(th: &Thread, a: &[Value]) -> Res {
    date::ctime_of(th, &Handle::of(a[0]).f)
}

fn tuple_of(th: &Thread, f: &Fields, isdst: i64) -> Res {
    text::struct_time(th, f, date::yearday(f), date::weekday_of(f), isdst)
}

fn timetuple(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let isdst = match tz::dst(th, m.tz(), a[0])? {
        Some(d) => i64::from(!d.is_zero()),
        None => -1,
    };
    tuple_of(th, &m.f, isdst)
}

fn utctimetuple(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let f = match tz::utcoffset(th, m.tz(), a[0])? {
        Some(d) => arith::shifted(th, &m.f, d, -1)?,
        None => m.f,
    };
    tuple_of(th, &f, 0)
}

fn timestamp(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    match tz::utcoffset(th, m.tz(), a[0])? {
        Some(d) => {
            // Exact as an integer of microseconds, and rounded once.
            let (seconds, us) = d.seconds_and_us();
            let seconds = m.f.all_seconds() - local::EPOCH - seconds;
            let since = delta::new(th, 0, seconds, i64::from(m.f.us) - us)?;
            call::call_method_text(th, since, "total_seconds", &[])
        }
        None if m.has_tz() => Err(th.type_error("can't subtract offset-naive and offset-aware datetimes")),
        None => {
            let seconds = local::to_utc(th, &m.f, m.fold())? - local::EPOCH;
            Ok(float::new(th, seconds as f64 + f64::from(m.f.us) / 1e6))
        }
    }
}

fn isoformat(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let separator = match a[1].given() {
        None => u32::from(b'T'),
        Some(v) => match Str::from_value(v) {
            Some(s) if s.len() == 1 => s.at(0),
            Some(_) => {
                return Err(th.type_error("isoformat() argument 1 must be a unicode character, not str"));
            }
            None => {
                let got = if v.is_none() { "None".to_owned() } else { type_name(th, v) };
                return Err(
                    th.type_error(format!("isoformat() argument 1 must be a unicode character, not {got}"))
                );
            }
        },
    };
    let mut out = CharsBuf::with_capacity(32);
    out.extend_str(&text::date(&m.f));
    out.push(separator);
    out.extend_str(&text::clock(th, &m.f, a[2], 2)?);
    if let Some(d) = tz::utcoffset(th, m.tz(), a[0])? {
        out.extend_str(&text::offset(&d, ":"));
    }
    string::from_buf(th, &out)
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    let space = string::new(th, " ");
    call::call_method_text(th, a[0], "isoformat", &[space])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let f = m.f;
    let name = tp_name(th, Class::of_value(th, a[0]));
    let mut out = format!("{name}({}, {}, {}, {}, {}", f.year, f.month, f.day, f.hour, f.minute);
    if f.us != 0 {
        out += &format!(", {}, {}", f.second, f.us);
    } else if f.second != 0 {
        out += &format!(", {}", f.second);
    }
    time_class::finish_repr(th, m, &mut out)?;
    out.push(')');
    string::try_new(th, &out)
}

fn utcoffset(th: &Thread, a: &[Value]) -> Res {
    tz::utcoffset(th, Handle::of(a[0]).tz(), a[0]).map(tz::or_none)
}

fn dst(th: &Thread, a: &[Value]) -> Res {
    tz::dst(th, Handle::of(a[0]).tz(), a[0]).map(tz::or_none)
}

fn tzname(th: &Thread, a: &[Value]) -> Res {
    tz::tzname(th, Handle::of(a[0]).tz(), a[0])
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let own = [
        i64::from(m.f.year),
        m.f.month.into(),
        m.f.day.into(),
        m.f.hour.into(),
        m.f.minute.into(),
        m.f.second.into(),
        m.f.us.into(),
    ];
    let mut n = [0; 7];
    for (i, to) in n.iter_mut().enumerate() {
        *to = moment::int_or(th, a[i + 1], own[i])?;
    }
    let fold = moment::fold_arg(th, a[9], m.fold())?;
    let mut f = moment::date_fields(th, n[0], n[1], n[2])?;
    moment::set_time(th, &mut f, n[3], n[4], n[5], n[6])?;
    let zone = tz::argument(th, a[8].given().unwrap_or(m.tz()))?;
    moment::alloc(th, Class::of_value(th, a[0]), Which::DateTime, f, zone, fold)
}

fn astimezone(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    let target = tz::argument(th, a[1])?;
    let mut own = m.tz();
    let mut offset = None;
    if !own.is_none() {
        if own == target {
            return Ok(a[0]);
        }
        offset = tz::utcoffset(th, own, a[0])?;
    }
    let offset = match offset {
        Some(d) => d,
        // No time zone, or one that does not know: local time.
        None => {
            own = local::zone_of(th, m)?;
            match tz::utcoffset(th, own, a[0])? {
                Some(d) => d,
                None => return Err(th.runtime_error("the local time zone has no offset")),
            }
        }
    };
    if own == target {
        return Ok(a[0]);
    }
    let f = arith::shifted(th, &m.f, offset, -1)?;
    let target = if target.is_none() { local::zone(th, f.all_seconds() - local::EPOCH)? } else { target };
    let utc = of_class(th, tools::class_of(th, a[0]), f, m.tz(), false)?;
    if let Some(m) = moment::as_datetime(utc) {
        m.tz.set(th, m.cell(), target);
    }
    call::call_method_text(th, target, "fromutc", &[utc])
}

/// The pickled state.
pub fn state(th: &Thread, m: Handle, with_fold: bool) -> Res {
    let f = m.f;
    let (y, us) = (f.year.to_be_bytes(), f.us.to_be_bytes());
    let month = f.month | if with_fold && m.fold() { 0x80 } else { 0 };
    bytes::from_slice(th, &[y[0], y[1], month, f.day, f.hour, f.minute, f.second, us[1], us[2], us[3]])
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

natives! {
    static METHODS = {
        staticmethod "__new__" "!?(cls, year=None, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)" construct, "";
        classmethod "now" "(tz=None)" now, "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone.";
        classmethod "utcnow" "!()" utcnow, "Return a new datetime representing UTC day and time.";
        classmethod "fromtimestamp" "!(timestamp, tz=None)" fromtimestamp, "timestamp[, tz] -> tz's local time from POSIX timestamp.";
        classmethod "utcfromtimestamp" "!(timestamp, /)" utcfromtimestamp, "Construct a naive UTC datetime from a POSIX timestamp.";
        classmethod "strptime" "!(date_string, format, /)" strptime, "string, format -> new datetime parsed from a string (like time.strptime()).";
        classmethod "combine" "!(date, time, tzinfo=True)" combine, "date, time -> datetime with same date and time fields";
        classmethod "fromisoformat" "!(string, /)" fromisoformat, "string -> datetime from a string in most ISO 8601 formats";
        method "date" "!()" date, "Return date object with same year, month and day.";
        method "time" "!()" time, "Return time object with same time but with tzinfo=None.";
        method "timetz" "!()" timetz, "Return time object with same time and tzinfo.";
        method "ctime" "!()" ctime, "Return ctime() style string.";
        method "timetuple" "!()" timetuple, "Return time tuple, compatible with time.localtime().";
        method "timestamp" "!()" timestamp, "Return POSIX timestamp as float.";
        method "utctimetuple" "!()" utctimetuple, "Return UTC time tuple, compatible with time.localtime().";
        method "isoformat" "!(sep='T', timespec='auto')" isoformat, "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n";
        method "utcoffset" "!()" utcoffset, "Return self.tzinfo.utcoffset(self).";
        method "tzname" "!()" tzname, "Return self.tzinfo.tzname(self).";
        method "dst" "!()" dst, "Return self.tzinfo.dst(self).";
        method "replace" "!(year=None, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)" replace, "Return datetime with new specified fields.";
        method "astimezone" "!(tz=None)" astimezone, "tz -> convert to local time in new timezone tz\n";
        method "__reduce_ex__" "!(proto, /)" reduce_ex, "__reduce_ex__(proto) -> (cls, state)";
        method "__reduce__" "!()" reduce, "__reduce__() -> (cls, state)";
        method "__repr__" "()" repr, "";
        method "__str__" "()" str_, "";
        method "__hash__" "()" arith::hash, "";
        method "__eq__" "(value, /)" arith::eq, "";
        method "__ne__" "(value, /)" arith::ne, "";
        method "__lt__" "(value, /)" arith::lt, "";
        method "__le__" "(value, /)" arith::le, "";
        method "__gt__" "(value, /)" arith::gt, "";
        method "__ge__" "(value, /)" arith::ge, "";
        method "__add__" "(value, /)" arith::add_method, "";
        method "__radd__" "(value, /)" arith::add_method, "";
        method "__sub__" "(value, /)" arith::sub_method, "";
        method "__rsub__" "(value, /)" arith::rsub_method, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("hour", time_class::hour, ""),
    GetSetDef::ro("minute", time_class::minute, ""),
    GetSetDef::ro("second", time_class::second, ""),
    GetSetDef::ro("microsecond", time_class::microsecond, ""),
    GetSetDef::ro("tzinfo", time_class::tzinfo, ""),
    GetSetDef::ro("fold", time_class::fold, ""),
];

/// The class.
pub static DATETIME: NativeClass = NativeClass::derived(
    ClassSpec::new(
        "datetime.datetime",
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE),
    &DATE,
);

/// Adds what is known only when the class is there.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = DATETIME.get(th)?;
    let first = date::fields_of((1, 1, 1));
    let last = Fields {
        hour: 23,
        minute: 59,
        second: 59,
        us: 999_999,
        ..date::fields_of((calendar::MAX_YEAR, 12, 31))
    };
    super::set_constant(th, c, "min", new(th, first, Value::none(), false)?);
    super::set_constant(th, c, "max", new(th, last, Value::none(), false)?);
    super::set_constant(th, c, "resolution", delta::new(th, 0, 0, 1)?);
    Ok(c)
}
