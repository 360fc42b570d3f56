//! What `date`, `time` and `datetime` are made of, and the checks of their fields.
//!
//! The three share one payload, because a `datetime` is a `date`: methods of the one work on the other.

use super::calendar;
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{Class, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{call, int, protocol};
use std::cell::Cell;

/// Which of the three types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Date,
    Time,
    DateTime,
}

/// A point of time as numbers; the fields that a type does not have are zero.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fields {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub us: u32,
}

/// A date, a time, or both.
pub struct Moment {
    pub f: Fields,
    fold: Cell<bool>,
    pub which: Which,
    /// A tzinfo, or None.
    pub tz: Slot,
    /// The hash once it is known, else -1.
    pub hash: Cell<i64>,
}

impl Payload for Moment {
    const NAME: &'static str = "datetime";
    fn trace(&self, tracer: &mut Tracer) {
        self.tz.trace(tracer);
    }
}

/// A handle to one of the three.
pub type Handle = Custom<Moment>;

impl Fields {
    /// Seconds since midnight.
    pub fn seconds(&self) -> i64 {
        (i64::from(self.hour) * 60 + i64::from(self.minute)) * 60 + i64::from(self.second)
    }

    /// The number of the day.
    pub fn ordinal(&self) -> i64 {
        calendar::to_ordinal(self.year.into(), self.month.into(), self.day.into())
    }

    /// The date alone.
    pub fn date(&self) -> Fields {
        Fields { hour: 0, minute: 0, second: 0, us: 0, ..*self }
    }

    /// The time of day alone.
    pub fn time(&self) -> Fields {
        Fields { year: 0, month: 0, day: 0, ..*self }
    }

    /// Seconds since the midnight that began day 0, as a clock without offsets counts them.
    pub fn all_seconds(&self) -> i64 {
        self.ordinal() * 86_400 + self.seconds()
    }
}

impl Moment {
    pub fn tz(&self) -> Value {
        self.tz.get()
    }

    /// Is this the second of two times that clocks show alike?
    pub fn fold(&self) -> bool {
        self.fold.get()
    }

    /// Sets the fold of an object that was just made.
    pub fn set_fold(&self, fold: bool) {
        self.fold.set(fold);
    }

    /// Is there a time zone?
    pub fn has_tz(&self) -> bool {
        !self.tz.get().is_none()
    }
}

fn find(v: Value, ok: impl FnOnce(Which) -> bool) -> Option<Handle> {
    Handle::from_value(v).filter(|m| ok(m.which))
}

/// The date (a datetime is one), when the value is one.
pub fn as_date(v: Value) -> Option<Handle> {
    find(v, |w| w != Which::Time)
}

/// The time, when the value is one.
pub fn as_time(v: Value) -> Option<Handle> {
    find(v, |w| w == Which::Time)
}

/// The datetime, when the value is one.
pub fn as_datetime(v: Value) -> Option<Handle> {
    find(v, |w| w == Which::DateTime)
}

/// An instance of the class with checked fields.
pub fn alloc(th: &Thread, class: Class, which: Which, f: Fields, tz: Value, fold: bool) -> Res {
    let m = Moment { f, fold: Cell::new(fold), which, tz: Slot::new(tz), hash: Cell::new(-1) };
    Ok(custom::alloc(th, class, m)?.value())
}

/// Fields of numbers of a date.
///
/// # Errors
/// ValueError when there is no such day.
pub fn date_fields(th: &Thread, year: i64, month: i64, day: i64) -> Res<Fields> {
    if !(1..=calendar::MAX_YEAR).contains(&year) {
        return Err(th.value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(th.value_error("month must be in 1..12"));
    }
    if !(1..=calendar::days_in_month(year, month)).contains(&day) {
        return Err(th.value_error("day is out of range for month"));
    }
    Ok(Fields { year: year as u16, month: month as u8, day: day as u8, ..Fields::default() })
}

/// Sets the time of day.
///
/// # Errors
/// ValueError for numbers out of range.
pub fn set_time(th: &Thread, f: &mut Fields, hour: i64, minute: i64, second: i64, us: i64) -> Res<()> {
    let checks = [
        (hour, 23, "hour must be in 0..23"),
        (minute, 59, "minute must be in 0..59"),
        (second, 59, "second must be in 0..59"),
        (us, 999_999, "microsecond must be in 0..999999"),
    ];
    for (n, most, text) in checks {
        if !(0..=most).contains(&n) {
            return Err(th.value_error(text));
        }
    }
    (f.hour, f.minute, f.second, f.us) = (hour as u8, minute as u8, second as u8, us as u32);
    Ok(())
}

/// An argument of C's type `int`, or `default` when it was not given.
pub fn int_or(th: &Thread, v: Value, default: i64) -> Res<i64> {
    match v.given() {
        None => Ok(default),
        Some(v) => c_int(th, v),
    }
}

/// An argument of C's type `int` as its `i` format takes it.
pub fn c_int(th: &Thread, v: Value) -> Res<i64> {
    let n = match v.small_int() {
        Some(n) => n,
        None => {
            let i = protocol::index(th, v)?;
            int::to_i64(i).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))?
        }
    };
    if n > i64::from(i32::MAX) {
        return Err(th.overflow_error("signed integer is greater than maximum"));
    }
    if n < i64::from(i32::MIN) {
        return Err(th.overflow_error("signed integer is less than minimum"));
    }
    Ok(n)
}

/// The `fold` argument.
pub fn fold_arg(th: &Thread, v: Value, default: bool) -> Res<bool> {
    check_fold(th, int_or(th, v, default.into())?)
}

/// A fold of 0 or 1.
pub fn check_fold(th: &Thread, n: i64) -> Res<bool> {
    match n {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(th.value_error("fold must be either 0 or 1")),
    }
}

/// The arguments `year`, `month` and `day` of a constructor, looked at one after the other.
///
/// # Errors
/// TypeError for the first that is not there or no integer.
pub fn day_args(th: &Thread, a: &[Value]) -> Res<[i64; 3]> {
    let mut out = [0; 3];
    for (i, to) in out.iter_mut().enumerate() {
        *to = match a[i + 1].given() {
            Some(v) => c_int(th, v)?,
            None => {
                let name = ["year", "month", "day"][i];
                return Err(
                    th.type_error(format!("function missing required argument '{name}' (pos {})", i + 1))
                );
            }
        };
    }
    Ok(out)
}

/// TypeError of comparing unlike things.
#[cold]
pub fn cannot_compare(th: &Thread, a: Value, b: Value) -> Raised {
    th.type_error(format!("can't compare {} to {}", type_name(th, a), type_name(th, b)))
}

/// Calls a class that is not the exact native one with numbers and perhaps a time zone.
pub fn call_class(th: &Thread, class: Value, numbers: &[u32], tz: Option<Value>) -> Res {
    let mut args = [Value::none(); 8];
    for (to, &n) in args.iter_mut().zip(numbers) {
        *to = Value::small(n.into());
    }
    let mut count = numbers.len();
    if let Some(tz) = tz {
        args[count] = tz;
        count += 1;
    }
    call::call(th, class, &args[..count])
}
