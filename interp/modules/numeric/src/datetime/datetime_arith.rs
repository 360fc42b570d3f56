//! Sums, differences, comparisons and hashes of `datetime`.

use super::calendar::{self, MAX_ORDINAL};
use super::datetime_class::{self, of_class};
use super::moment::{self, Fields, Handle};
use super::{date, delta, tz};
use krait_object::module_tools as tools;
use krait_object::protocol::{self, Cmp};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;

/// Fields moved by a duration, in direction `sign`.
///
/// # Errors
/// OverflowError when the year is out of range.
pub fn shifted(th: &Thread, f: &Fields, d: delta::Handle, sign: i64) -> Res<Fields> {
    let (days, seconds, us) = d.parts();
    let us = i64::from(f.us) + sign * i64::from(us);
    let seconds = f.seconds() + sign * i64::from(seconds) + us.div_euclid(1_000_000);
    let ordinal = f.ordinal() + sign * i64::from(days) + seconds.div_euclid(86_400);
    if !(1..=MAX_ORDINAL).contains(&ordinal) {
        return Err(th.overflow_error("date value out of range"));
    }
    let seconds = seconds.rem_euclid(86_400);
    Ok(Fields {
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        us: us.rem_euclid(1_000_000) as u32,
        ..date::fields_of(calendar::from_ordinal(ordinal))
    })
}

/// The datetime, moved, of the same class and time zone.
pub fn add(th: &Thread, m: Handle, d: delta::Handle, sign: i64) -> Res {
    let f = shifted(th, &m.f, d, sign)?;
    of_class(th, tools::class_of(th, m.value()), f, m.tz(), false)
}

pub fn add_method(th: &Thread, a: &[Value]) -> Res {
    match (moment::as_datetime(a[0]), delta::get(a[1])) {
        (Some(m), Some(d)) => add(th, m, d, 1),
        _ => Ok(Value::not_implemented()),
    }
}

/// Days, seconds and microseconds from `b` to `a`, not normalized, offsets not regarded.
fn difference(a: &Fields, b: &Fields) -> (i64, i64, i64) {
    (a.ordinal() - b.ordinal(), a.seconds() - b.seconds(), i64::from(a.us) - i64::from(b.us))
}

fn difference_with(a: &Fields, ad: delta::Handle, b: &Fields, bd: delta::Handle) -> (i64, i64, i64) {
    let (days, mut seconds, mut us) = difference(a, b);
    let ((a_s, au), (b_s, bu)) = (ad.seconds_and_us(), bd.seconds_and_us());
    seconds -= a_s - b_s;
    us -= au - bu;
    (days, seconds, us)
}

pub fn sub_method(th: &Thread, a: &[Value]) -> Res {
    let Some(x) = moment::as_datetime(a[0]) else { return Ok(Value::not_implemented()) };
    if let Some(d) = delta::get(a[1]) {
        return add(th, x, d, -1);
    }
    let Some(y) = moment::as_datetime(a[1]) else { return Ok(Value::not_implemented()) };
    if x.tz() != y.tz() {
        match (tz::utcoffset(th, x.tz(), a[0])?, tz::utcoffset(th, y.tz(), a[1])?) {
            (None, None) => {}
            (Some(ad), Some(bd)) => {
                let (days, seconds, us) = difference_with(&x.f, ad, &y.f, bd);
                return delta::new(th, days, seconds, us);
            }
            _ => return Err(th.type_error("can't subtract offset-naive and offset-aware datetimes")),
        }
    }
    let (days, seconds, us) = difference(&x.f, &y.f);
    delta::new(th, days, seconds, us)
}

pub fn rsub_method(th: &Thread, a: &[Value]) -> Res {
    sub_method(th, &[a[1], a[0]])
}

/// Would the datetime have another offset with the other fold? Then it equals none of another time zone (PEP 495).
fn depends_on_fold(th: &Thread, m: Handle, offset: Option<delta::Handle>) -> Res<bool> {
    let flipped = datetime_class::with_fold(th, m, !m.fold())?;
    let other = tz::utcoffset(th, m.tz(), flipped)?;
    Ok(other.map(|d| d.parts()) != offset.map(|d| d.parts()))
}

fn compare(th: &Thread, a: &[Value], op: Cmp) -> Res {
    let x = Handle::of(a[0]);
    let Some(y) = moment::as_datetime(a[1]) else {
        if moment::as_date(a[1]).is_none() {
            return Ok(Value::not_implemented());
        }
        // A date alone is no point of time; its own comparison would look at the dates.
        return match op {
            Cmp::Eq => Ok(Value::false_()),
            Cmp::Ne => Ok(Value::true_()),
            _ => Err(moment::cannot_compare(th, a[0], a[1])),
        };
    };
    if x.tz() == y.tz() {
        return Ok(Value::bool(op.of(x.f.cmp(&y.f))));
    }
    let (ad, bd) = (tz::utcoffset(th, x.tz(), a[0])?, tz::utcoffset(th, y.tz(), a[1])?);
    let mut order = match (ad, bd) {
        (None, None) => x.f.cmp(&y.f),
        (Some(p), Some(q)) if p.parts() == q.parts() => x.f.cmp(&y.f),
        (Some(p), Some(q)) => {
            let (days, seconds, us) = difference_with(&x.f, p, &y.f, q);
            let seconds = days * 86_400 + seconds;
            (i128::from(seconds) * 1_000_000 + i128::from(us)).cmp(&0)
        }
        _ => {
            return match op {
                Cmp::Eq => Ok(Value::false_()),
                Cmp::Ne => Ok(Value::true_()),
                _ => Err(th.type_error("can't compare offset-naive and offset-aware datetimes")),
            };
        }
    };
    if matches!(op, Cmp::Eq | Cmp::Ne)
        && order.is_eq()
        && (depends_on_fold(th, x, ad)? || depends_on_fold(th, y, bd)?)
    {
        order = std::cmp::Ordering::Greater;
    }
    Ok(Value::bool(op.of(order)))
}

pub fn eq(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Eq)
}
pub fn ne(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ne)
}
pub fn lt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Lt)
}
pub fn le(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Le)
}
pub fn gt(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Gt)
}
pub fn ge(th: &Thread, a: &[Value]) -> Res {
    compare(th, a, Cmp::Ge)
}

pub fn hash(th: &Thread, a: &[Value]) -> Res {
    let m = Handle::of(a[0]);
    if m.hash.get() == -1 {
        // Equal ones that differ in the fold must have equal hashes.
        let asked = if m.fold() { datetime_class::with_fold(th, m, false)? } else { a[0] };
        let h = match tz::utcoffset(th, m.tz(), asked)? {
            None => protocol::hash(th, datetime_class::state(th, m, false)?)?,
            Some(offset) => {
                let since = delta::new(th, m.f.ordinal(), m.f.seconds(), m.f.us.into())?;
                protocol::hash(th, delta::combine(th, delta::Handle::of(since), offset, -1)?)?
            }
        };
        m.hash.set(h);
    }
    Ok(Value::small(m.hash.get()))
}
