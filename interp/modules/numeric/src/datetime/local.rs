//! Local time by the C library, and which of two points of time a clock that was set back shows.

use super::calendar::{EPOCH_ORDINAL, MAX_YEAR};
use super::moment::{self, Fields};
use super::{delta, tz};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, float, int, protocol, string};

/// Seconds from the day 0 of `calendar` to the epoch.
pub const EPOCH: i64 = EPOCH_ORDINAL * 86_400;
/// Clocks are never set back by more.
const MAX_FOLD: i64 = 86_400;

#[cold]
fn os_error(th: &Thread) -> Raised {
    let e = std::io::Error::last_os_error();
    let code = e.raw_os_error().unwrap_or(0);
    let text = e.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    th.raise_args(TypeId::OSError, &[Value::small(code.into()), string::new(th, text)])
}

/// The C library's broken-down time.
pub fn broken_down(th: &Thread, t: i64, local: bool) -> Res<libc::tm> {
    // SAFETY: an all-zero tm is valid.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both fill in the tm and return null on failure.
    let r = unsafe { if local { libc::localtime_r(&t, &mut tm) } else { libc::gmtime_r(&t, &mut tm) } };
    if r.is_null() { Err(os_error(th)) } else { Ok(tm) }
}

/// The fields of a broken-down time; a leap second is the one before it.
///
/// # Errors
/// ValueError for years out of range.
pub fn fields(th: &Thread, tm: &libc::tm, us: u32) -> Res<Fields> {
    let year = i64::from(tm.tm_year) + 1900;
    if !(1..=MAX_YEAR).contains(&year) {
        return Err(th.value_error(format!("year {year} is out of range")));
    }
    Ok(Fields {
        year: year as u16,
        month: tm.tm_mon as u8 + 1,
        day: tm.tm_mday as u8,
        hour: tm.tm_hour as u8,
        minute: tm.tm_min as u8,
        second: tm.tm_sec.min(59) as u8,
        us,
    })
}

/// What local clocks show, in seconds from day 0, `u` seconds after the same in UTC.
fn local(th: &Thread, u: i64) -> Res<i64> {
    let tm = broken_down(th, u - EPOCH, true)?;
    Ok(fields(th, &tm, 0)?.all_seconds())
}

/// The point of time (seconds from day 0, UTC) at which local clocks show the fields.
pub fn to_utc(th: &Thread, f: &Fields, fold: bool) -> Res<i64> {
    let t = f.all_seconds();
    let a = local(th, t)? - t;
    let u1 = t - a;
    let t1 = local(th, u1)?;
    let b = if t1 == t {
        // One answer. The other, if there is one, lies before or after it.
        let u2 = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        let b = local(th, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local(th, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // The clocks never showed it: they were set forward over it.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

/// Do local clocks show the fields, which are those of the time stamp, for the second time?
pub fn fold(th: &Thread, timestamp: i64, f: &Fields) -> Res<bool> {
    let shown = f.all_seconds();
    let before = local(th, EPOCH + timestamp - MAX_FOLD)?;
    let transition = shown - before - MAX_FOLD;
    Ok(transition < 0 && local(th, EPOCH + timestamp + transition)? == shown)
}

/// The local time zone at a time stamp.
pub fn zone(th: &Thread, timestamp: i64) -> Res {
    let tm = broken_down(th, timestamp, true)?;
    let name = if tm.tm_zone.is_null() {
        Value::MISSING
    } else {
        // SAFETY: the C library's zone names are terminated and stay.
        let text = unsafe { std::ffi::CStr::from_ptr(tm.tm_zone) };
        string::try_new(th, &text.to_string_lossy())?
    };
    tz::new(th, delta::new(th, 0, tm.tm_gmtoff, 0)?, name)
}

/// The local time zone at a time that local clocks show.
pub fn zone_of(th: &Thread, m: moment::Handle) -> Res {
    let (at, other) = (to_utc(th, &m.f, m.fold())?, to_utc(th, &m.f, !m.fold())?);
    // Clocks that are set forward never show some times: then the offset before or after holds, not the one at the
    // point of time computed.
    let skipped = other != at && (other > at) == m.fold();
    zone(th, if skipped { other } else { at } - EPOCH)
}

const OUT_OF_RANGE: &str = "timestamp out of range for platform time_t";

fn whole(th: &Thread, x: f64) -> Res<i64> {
    if (-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&x) {
        Ok(x as i64)
    } else {
        Err(th.overflow_error(OUT_OF_RANGE))
    }
}

fn not_nan(th: &Thread, x: f64) -> Res<f64> {
    if x.is_nan() { Err(th.value_error("Invalid value NaN (not a number)")) } else { Ok(x) }
}

fn integer(th: &Thread, v: Value) -> Res<i64> {
    let i = protocol::index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error(OUT_OF_RANGE))
}

/// A time stamp argument rounded down to seconds.
pub fn timestamp_floor(th: &Thread, v: Value) -> Res<i64> {
    match float::get(v) {
        Some(x) => whole(th, not_nan(th, x)?.floor()),
        None => integer(th, v),
    }
}

/// A time stamp argument as seconds and microseconds, rounded half to even.
pub fn timestamp(th: &Thread, v: Value) -> Res<(i64, u32)> {
    let Some(x) = float::get(v) else { return Ok((integer(th, v)?, 0)) };
    let x = not_nan(th, x)?;
    let mut seconds = x.trunc();
    let mut us = ((x - seconds) * 1e6).round_ties_even();
    if us >= 1e6 {
        us -= 1e6;
        seconds += 1.0;
    } else if us < 0.0 {
        us += 1e6;
        seconds -= 1.0;
    }
    Ok((whole(th, seconds)?, us as u32))
}
