//! `date`, and the named tuple that `isocalendar` gives.

use super::calendar::{self, MAX_ORDINAL};
use super::moment::{self, Fields, Handle, Which};
use super::{delta, iso_text, local, text};
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::descriptor::GetSetDef;
use krait_object::module_tools as tools;
use krait_object::native_class::NativeClass;
use krait_object::object_reduce::import;
use krait_object::protocol::{self, Cmp};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{TypeId, attr, bytes, call, natives};

/// A date of exactly the native class.
pub fn new(th: &Thread, f: Fields) -> Res {
    moment::alloc(th, DATE.get(th)?, Which::Date, f.date(), Value::none(), false)
}

/// A date of the class, which is called unless it is the native one.
fn of_class(th: &Thread, class: Value, f: Fields) -> Res {
    let own = DATE.get(th)?;
    if class == own.value() {
        return moment::alloc(th, own, Which::Date, f.date(), Value::none(), false);
    }
    moment::call_class(th, class, &[f.year.into(), f.month.into(), f.day.into()], None)
}

/// The bytes of a pickle, when the argument looks like one: bytes, or text of a pickle from Python 2.
pub fn pickled<'a>(
    th: &Thread,
    v: Value,
    len: usize,
    what: &str,
    sane: impl Fn(&[u8]) -> bool,
) -> Res<Option<std::borrow::Cow<'a, [u8]>>> {
    if let Some(b) = bytes::get(v) {
        return Ok(if b.len() == len && sane(b) { Some(b.into()) } else { None });
    }
    let Some(s) = Str::from_value(v).filter(|s| s.len() == len) else { return Ok(None) };
    let chars = s.chars();
    let cut: Vec<u8> = chars.iter().map(|c| c.min(0xff) as u8).collect();
    if !sane(&cut) {
        return Ok(None);
    }
    if chars.max_char() > 0xff {
        return Err(th.value_error(format!(
            "Failed to encode latin1 string when unpickling a {what} object. pickle.load(data, encoding='latin1') is assumed."
        )));
    }
    Ok(Some(cut.into()))
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = DATE.class_arg(th, a[0])?;
    if a[1].given().is_some() && a[2].given().is_none() && a[3].given().is_none() {
        let sane = |b: &[u8]| (1..=12).contains(&b[2]);
        if let Some(b) = pickled(th, a[1], 4, "date", sane)? {
            let f = Fields {
                year: u16::from_be_bytes([b[0], b[1]]),
                month: b[2],
                day: b[3],
                ..Fields::default()
            };
            return moment::alloc(th, class, Which::Date, f, Value::none(), false);
        }
    }
    let [y, m, d] = moment::day_args(th, a)?;
    let f = moment::date_fields(th, y, m, d)?;
    moment::alloc(th, class, Which::Date, f, Value::none(), false)
}

fn fromtimestamp(th: &Thread, a: &[Value]) -> Res {
    let t = local::timestamp_floor(th, a[1])?;
    let tm = local::broken_down(th, t, true)?;
    of_class(th, a[0], local::fields(th, &tm, 0)?)
}

fn today(th: &Thread, a: &[Value]) -> Res {
    // By `time.time` and the class's own `fromtimestamp`, which a class may override.
    let time = import(th, "time")?;
    let now = call::call(th, attr::get_text(th, time, "time")?, &[])?;
    call::call_method_text(th, a[0], "fromtimestamp", &[now])
}

fn fromordinal(th: &Thread, a: &[Value]) -> Res {
    let n = moment::c_int(th, a[1])?;
    if n < 1 {
        return Err(th.value_error("ordinal must be >= 1"));
    }
    if n > MAX_ORDINAL {
        let year = calendar::from_ordinal(n).0;
        return Err(th.value_error(format!("year {year} is out of range")));
    }
    of_class(th, a[0], fields_of(calendar::from_ordinal(n)))
}

/// Fields of a day.
pub fn fields_of((year, month, day): (i64, i64, i64)) -> Fields {
    Fields { year: year as u16, month: month as u8, day: day as u8, ..Fields::default() }
}

#[cold]
pub fn bad_isoformat(th: &Thread, v: Value) -> Raised {
    match protocol::repr_text(th, v) {
        Ok(shown) => th.value_error(format!("Invalid isoformat string: {shown}")),
        Err(e) => e,
    }
}

fn fromisoformat(th: &Thread, a: &[Value]) -> Res {
    let Some(s) = Str::from_value(a[1]) else {
        return Err(th.type_error("fromisoformat: argument must be str"));
    };
    let day =
        s.as_ascii().filter(|t| matches!(t.len(), 7 | 8 | 10)).and_then(|t| iso_text::date(t.as_bytes()));
    let Some((y, m, d)) = day else { return Err(bad_isoformat(th, a[1])) };
    let f = moment::date_fields(th, y, m, d)?;
    of_class(th, a[0], f)
}

fn fromisocalendar(th: &Thread, a: &[Value]) -> Res {
    let mut n = [0; 3];
    for (to, &v) in n.iter_mut().zip(&a[1..]) {
        let r = moment::c_int(th, v);
        *to = match th.catch(r, TypeId::OverflowError)? {
            Some(n) => n,
            None => return Err(th.value_error("ISO calendar component out of range")),
        };
    }
    match calendar::from_iso(n[0], n[1], n[2]) {
        Ok((y, m, d)) => of_class(th, a[0], moment::date_fields(th, y, m, d)?),
        Err(e) => Err(th.value_error(iso_text::iso_error(e, n[0], n[1], n[2]))),
    }
}

fn parts(f: &Fields) -> (i64, i64, i64) {
    (f.year.into(), f.month.into(), f.day.into())
}

/// The day of the week, Monday is 0.
pub fn weekday_of(f: &Fields) -> i64 {
    let (y, m, d) = parts(f);
    calendar::weekday(y, m, d)
}

/// The day of the year.
pub fn yearday(f: &Fields) -> i64 {
    let (y, m, d) = parts(f);
    calendar::days_before_month(y, m) + d
}

/// `Wed Jun  9 04:26:40 1993`.
pub fn ctime_of(th: &Thread, f: &Fields) -> Res {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = DAYS[weekday_of(f) as usize];
    let month = MONTHS[f.month as usize - 1];
    string::try_new(
        th,
        &format!("{day} {month} {:2} {:02}:{:02}:{:02} {:04}", f.day, f.hour, f.minute, f.second, f.year),
    )
}

fn ctime(th: &Thread, a: &[Value]) -> Res {
    ctime_of(th, &Handle::of(a[0]).f.date())
}

fn strftime(th: &Thread, a: &[Value]) -> Res {
    let tuple = call::call_method_text(th, a[0], "timetuple", &[])?;
    text::strftime(th, Handle::of(a[0]), a[1], tuple, a[0])
}

fn isoformat(th: &Thread, a: &[Value]) -> Res {
    string::try_new(th, &text::date(&Handle::of(a[0]).f))
}

fn str_(th: &Thread, a: &[Value]) -> Res {
    call::call_method_text(th, a[0], "isoformat", &[])
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let f = Handle::of(a[0]).f;
    let name = tp_name(th, Class::of_value(th, a[0]));
    string::try_new(th, &format!("{name}({}, {}, {})", f.year, f.month, f.day))
}

fn isoweekday(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(weekday_of(&Handle::of(a[0]).f) + 1))
}

fn weekday(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(weekday_of(&Handle::of(a[0]).f)))
}

fn isocalendar(th: &Thread, a: &[Value]) -> Res {
    let (y, m, d) = parts(&Handle::of(a[0]).f);
    let (year, week, day) = calendar::iso_of(y, m, d);
    iso_date(th, ISO_DATE.get(th)?, &[Value::small(year), Value::small(week), Value::small(day)])
}

fn timetuple(th: &Thread, a: &[Value]) -> Res {
    let f = Handle::of(a[0]).f.date();
    text::struct_time(th, &f, yearday(&f), weekday_of(&f), -1)
}

fn toordinal(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(Handle::of(a[0]).f.ordinal()))
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    let f = Handle::of(a[0]).f;
    let y = moment::int_or(th, a[1], f.year.into())?;
    let m = moment::int_or(th, a[2], f.month.into())?;
    let d = moment::int_or(th, a[3], f.day.into())?;
    let f = moment::date_fields(th, y, m, d)?;
    moment::alloc(th, Class::of_value(th, a[0]), Which::Date, f, Value::none(), false)
}

/// The pickled state.
fn state(th: &Thread, f: &Fields) -> Res {
    let y = f.year.to_be_bytes();
    bytes::from_slice(th, &[y[0], y[1], f.month, f.day])
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    if m.hash.get() == -1 {
        m.hash.set(protocol::hash(th, state(th, &m.f)?)?);
    }
    Ok(Value::small(m.hash.get()))
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let state = state(th, &Handle::of(a[0]).f)?;
    tools::reduce(th, a[0], &[state])
}

/// Both dates, unless one is a datetime as well: those know better.
fn plain(v: Value) -> Option<Handle> {
    Handle::from_value(v).filter(|m| m.which == Which::Date)
}

fn shifted(th: &Thread, m: Handle, days: i64) -> Res {
    let n = m.f.ordinal() + days;
    if !(1..=MAX_ORDINAL).contains(&n) {
        return Err(th.overflow_error("date value out of range"));
    }
    of_class(th, tools::class_of(th, m.value()), fields_of(calendar::from_ordinal(n)))
}

fn add(th: &Thread, a: &[Value]) -> Res {
    match (plain(a[0]), delta::get(a[1])) {
        (Some(m), Some(d)) => shifted(th, m, d.days.into()),
        _ => Ok(Value::not_implemented()),
    }
}

fn sub(th: &Thread, a: &[Value]) -> Res {
    let Some(m) = plain(a[0]) else { return Ok(Value::not_implemented()) };
    if let Some(d) = delta::get(a[1]) {
        return shifted(th, m, -i64::from(d.days));
    }
    match plain(a[1]) {
        Some(other) => delta::new(th, m.f.ordinal() - other.f.ordinal(), 0, 0),
        None => Ok(Value::not_implemented()),
    }
}

fn rsub(th: &Thread, a: &[Value]) -> Res {
    sub(th, &[a[1], a[0]])
}

fn compare(a: &[Value], op: Cmp) -> Res {
    match (moment::as_date(a[0]), moment::as_date(a[1])) {
        (Some(x), Some(y)) => Ok(Value::bool(op.of(x.f.date().cmp(&y.f.date())))),
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

fn year(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.year.into()))
}
fn month(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.month.into()))
}
fn day(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Handle::of(v).f.day.into()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!?(cls, year=None, month=None, day=None)" construct, "";
        classmethod "fromtimestamp" "(timestamp, /)" fromtimestamp, "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is interpreted\nas local time.";
        classmethod "fromordinal" "!(ordinal, /)" fromordinal, "int -> date corresponding to a proleptic Gregorian ordinal.";
        classmethod "fromisoformat" "!(string, /)" fromisoformat, "str -> Construct a date from a string in ISO 8601 format.";
        classmethod "fromisocalendar" "!(year, week, day)" fromisocalendar, "int, int, int -> Construct a date from the ISO year, week number and weekday.";
        classmethod "today" "!()" today, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).";
        method "ctime" "!()" ctime, "Return ctime() style string.";
        method "strftime" "!(format)" strftime, "format -> strftime() style string.";
        method "__format__" "!(format, /)" text::format, "Formats self with strftime.";
        method "isoformat" "!()" isoformat, "Return string in ISO 8601 format, YYYY-MM-DD.";
        method "isoweekday" "!()" isoweekday, "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7";
        method "isocalendar" "!()" isocalendar, "Return a named tuple containing ISO year, week number, and weekday.";
        method "timetuple" "!()" timetuple, "Return time tuple, compatible with time.localtime().";
        method "toordinal" "!()" toordinal, "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.";
        method "weekday" "!()" weekday, "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6";
        method "replace" "!(year=None, month=None, day=None)" replace, "Return date with new specified fields.";
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
        method "__add__" "(value, /)" add, "";
        method "__radd__" "(value, /)" add, "";
        method "__sub__" "(value, /)" sub, "";
        method "__rsub__" "(value, /)" rsub, "";
    }
}

static GETSET: &[GetSetDef] =
    &[GetSetDef::ro("year", year, ""), GetSetDef::ro("month", month, ""), GetSetDef::ro("day", day, "")];

/// The class.
pub static DATE: NativeClass = NativeClass::new(
    ClassSpec::new("datetime.date", "date(year, month, day) --> date object", METHODS, GETSET)
        .flags(flag::BASE),
);

/// Adds what is known only when the class is there.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = DATE.get(th)?;
    super::set_constant(th, c, "min", new(th, fields_of((1, 1, 1)))?);
    super::set_constant(th, c, "max", new(th, fields_of((9999, 12, 31)))?);
    super::set_constant(th, c, "resolution", delta::new(th, 1, 0, 0)?);
    Ok(c)
}

// The named tuple of `isocalendar`.

fn iso_date(th: &Thread, class: Class, items: &[Value]) -> Res {
    let t = tuple::allocate(th, items.len(), class.shape.get(), class.tail_bytes())?;
    class.init_tail(t.cell());
    for (i, &v) in items.iter().enumerate() {
        t.set_item(th, i, v);
    }
    Ok(t.value())
}

fn iso_new(th: &Thread, a: &[Value]) -> Res {
    let class = ISO_DATE.class_arg(th, a[0])?;
    iso_date(th, class, &a[1..4])
}

fn iso_repr(th: &Thread, a: &[Value]) -> Res {
    let mut out = Vec::new();
    for v in Tuple::of(a[0]).as_slice() {
        out.push(protocol::repr_text(th, *v)?);
    }
    let name = tp_name(th, Class::of_value(th, a[0]));
    let [year, week, day] = &out[..] else {
        return protocol::repr(th, tuple::from_slice(th, Tuple::of(a[0]).as_slice())?);
    };
    string::try_new(th, &format!("{name}(year={year}, week={week}, weekday={day})"))
}

fn iso_reduce(th: &Thread, a: &[Value]) -> Res {
    let plain = tuple::from_slice(th, Tuple::of(a[0]).as_slice())?;
    let args = tools::tup(th, &[plain])?;
    tools::tup(th, &[th.interp.class_value(TypeId::Tuple), args])
}

fn iso_item(v: Value, i: usize) -> Res {
    Ok(Tuple::of(v).as_slice().get(i).copied().unwrap_or(Value::none()))
}
fn iso_year(_: &Thread, v: Value) -> Res {
    iso_item(v, 0)
}
fn iso_week(_: &Thread, v: Value) -> Res {
    iso_item(v, 1)
}
fn iso_weekday(_: &Thread, v: Value) -> Res {
    iso_item(v, 2)
}

natives! {
    static ISO_METHODS = {
        staticmethod "__new__" "!(cls, year, week, weekday)" iso_new, "";
        method "__repr__" "()" iso_repr, "";
        method "__reduce__" "!()" iso_reduce, "";
    }
}

static ISO_GETSET: &[GetSetDef] = &[
    GetSetDef::ro("year", iso_year, ""),
    GetSetDef::ro("week", iso_week, ""),
    GetSetDef::ro("weekday", iso_weekday, ""),
];

static ISO_DATE: NativeClass = NativeClass::new(
    ClassSpec::new(
        "datetime.IsoCalendarDate",
        "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
        ISO_METHODS,
        ISO_GETSET,
    )
    .base(TypeId::Tuple)
    .flags(0),
);
