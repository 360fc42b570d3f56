//! Dates, times and offsets as text: `isoformat`, and what `strftime` does before it asks `time.strftime`.

use super::delta::Delta;
use super::moment::{Fields, Handle, Which};
use super::tz;
use krait_object::class::type_name;
use krait_object::object_reduce::import;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{attr, call, codec, protocol};
use krait_text::CharsBuf;

/// `+HH:MM[:SS[.ffffff]]` with the separator.
pub fn offset(d: &Delta, separator: &str) -> String {
    let (mut seconds, mut us) = d.seconds_and_us();
    let sign = if seconds < 0 { '-' } else { '+' };
    if seconds < 0 {
        (seconds, us) = if us == 0 { (-seconds, 0) } else { (-seconds - 1, 1_000_000 - us) };
    }
    let mut out = format!("{sign}{:02}{separator}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || us != 0 {
        out += &format!("{separator}{:02}", seconds % 60);
    }
    if us != 0 {
        out += &format!(".{us:06}");
    }
    out
}

/// `YYYY-MM-DD`.
pub fn date(f: &Fields) -> String {
    format!("{:04}-{:02}-{:02}", f.year, f.month, f.day)
}

/// The time of day in as many parts as `timespec` (or `MISSING`) says, the `at`th argument of `isoformat`.
///
/// # Errors
/// ValueError for an unknown one.
pub fn clock(th: &Thread, f: &Fields, timespec: Value, at: usize) -> Res<String> {
    let spec = match timespec.given() {
        None => None,
        Some(v) => match Str::from_value(v) {
            Some(s) => Some(s.to_text()),
            None => {
                let got = if v.is_none() { "None".to_owned() } else { type_name(th, v) };
                return Err(th.type_error(format!("isoformat() argument {at} must be str, not {got}")));
            }
        },
    };
    let mut out = format!("{:02}", f.hour);
    let parts = match spec.as_deref().unwrap_or("auto") {
        "auto" => {
            if f.us == 0 {
                2
            } else {
                4
            }
        }
        "hours" => 0,
        "minutes" => 1,
        "seconds" => 2,
        "milliseconds" => 3,
        "microseconds" => 4,
        _ => return Err(th.value_error("Unknown timespec value")),
    };
    if parts >= 1 {
        out += &format!(":{:02}", f.minute);
    }
    if parts >= 2 {
        out += &format!(":{:02}", f.second);
    }
    match parts {
        3 => out += &format!(".{:03}", f.us / 1000),
        4 => out += &format!(".{:06}", f.us),
        _ => {}
    }
    Ok(out)
}

/// What `%Z` stands for.
fn zone_name(th: &Thread, tz: Value, arg: Value) -> Res<Option<Str>> {
    let name = tz::tzname(th, tz, arg)?;
    if name.is_none() {
        return Ok(None);
    }
    // A percent sign in it is not to be seen as a format.
    let (from, to) = (string::new(th, "%"), string::new(th, "%%"));
    let doubled = call::call_method_text(th, name, "replace", &[from, to])?;
    match Str::from_value(doubled) {
        Some(s) => codec::utf8(th, s).map(|_| Some(s)),
        None => Err(th.type_error("tzname.replace() did not return a string")),
    }
}

/// `obj.strftime(format)`: fills in what only this module knows and leaves the rest to `time.strftime`. `arg` is what
/// the time zone is asked about.
pub fn strftime(th: &Thread, m: Handle, format: Value, tuple: Value, arg: Value) -> Res {
    let Some(format) = Str::from_value(format) else {
        let got = if format.is_none() { "None".to_owned() } else { type_name(th, format) };
        return Err(th.type_error(format!("strftime() argument 1 must be str, not {got}")));
    };
    // Lone surrogates are an error, as in C, where the format is scanned as UTF-8.
    codec::utf8(th, format)?;
    let chars = format.chars();
    let mut out = CharsBuf::with_capacity(chars.len());
    let mut i = 0;
    let at = |i: usize| chars.get(i).unwrap_or(0);
    let percent = u32::from(b'%');
    while i < chars.len() {
        if at(i) != percent || i + 1 == chars.len() {
            out.push(at(i));
            i += 1;
            continue;
        }
        let next = at(i + 1);
        let colon = next == u32::from(b':') && at(i + 2) == u32::from(b'z');
        if next == u32::from(b'z') || colon {
            if let Some(d) = tz::utcoffset(th, m.tz(), arg)? {
                out.extend_str(&offset(&d, if colon { ":" } else { "" }));
            }
            i += if colon { 3 } else { 2 };
        } else if next == u32::from(b'Z') {
            if let Some(name) = zone_name(th, m.tz(), arg)? {
                out.extend(name.chars());
            }
            i += 2;
        } else if next == u32::from(b'f') {
            let us = if m.which == Which::Date { 0 } else { m.f.us };
            out.extend_str(&format!("{us:06}"));
            i += 2;
        } else {
            out.push(percent);
            out.push(next);
            i += 2;
        }
    }
    let time = import(th, "time")?;
    let f = attr::get_text(th, time, "strftime")?;
    call::call(th, f, &[string::from_buf(th, &out)?, tuple])
}

/// `__format__` of all three types: `str` for an empty format, else `strftime`.
pub fn format(th: &Thread, a: &[Value]) -> Res {
    let Some(spec) = Str::from_value(a[1]) else {
        let got = if a[1].is_none() { "None".to_owned() } else { type_name(th, a[1]) };
        return Err(th.type_error(format!("__format__() argument 1 must be str, not {got}")));
    };
    if spec.is_empty() {
        return protocol::str_of(th, a[0]);
    }
    call::call_method_text(th, a[0], "strftime", &[a[1]])
}

/// `time.struct_time` of nine numbers.
pub fn struct_time(th: &Thread, f: &Fields, yday: i64, wday: i64, isdst: i64) -> Res {
    let n = |n: i64| Value::small(n);
    let parts = [
        n(f.year.into()),
        n(f.month.into()),
        n(f.day.into()),
        n(f.hour.into()),
        n(f.minute.into()),
        n(f.second.into()),
        n(wday),
        n(yday),
        n(isdst),
    ];
    let time = import(th, "time")?;
    let class = attr::get_text(th, time, "struct_time")?;
    let parts = krait_object::tuple::from_slice(th, &parts)?;
    call::call(th, class, &[parts])
}
