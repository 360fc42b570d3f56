//! `time`: clocks, sleeping, calendar conversions.
//!
//! Calendar work is the C library's, as in CPython, so time zones follow `TZ` and the system's data.

use crate::signal::run_handlers;
use krait_object::class::{Class, type_name};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::structseq::StructSeq;
use krait_object::tuple::Tuple;
use krait_object::{Res, Thread, TypeId, Value, attr, call, float, int, natives, protocol};
use krait_text::CharsBuf;
use std::ffi::{CStr, CString};

static STRUCT_TIME: StructSeq = StructSeq::new(
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and accepted by asctime(), mktime() and strftime().",
    &[
        ("tm_year", "year, for example, 1993"),
        ("tm_mon", "month of year, range [1, 12]"),
        ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"),
        ("tm_min", "minutes, range [0, 59]"),
        ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"),
        ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"),
        ("tm_gmtoff", "offset from UTC in seconds"),
    ],
    9,
);
static STRUCT_TIME_CLASS: InterpSlot = InterpSlot::new();

const NANOS: i64 = 1_000_000_000;

/// Reads a clock, in nanoseconds; OSError when there is none.
fn clock(th: &Thread, id: libc::clockid_t) -> Res<i64> {
    // SAFETY: an all-zero timespec is valid.
    let mut t: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the timespec.
    if unsafe { libc::clock_gettime(id, &mut t) } != 0 {
        return Err(os_error(th));
    }
    Ok(t.tv_sec * NANOS + t.tv_nsec)
}

fn os_error(th: &Thread) -> krait_object::Raised {
    let e = std::io::Error::last_os_error();
    let code = e.raw_os_error().unwrap_or(0);
    // SAFETY: strerror gives a NUL-terminated text.
    let text = unsafe { CStr::from_ptr(libc::strerror(code)) }.to_string_lossy().into_owned();
    th.raise_args(TypeId::OSError, &[Value::small(code as i64), string::new(th, &text)])
}

fn seconds(th: &Thread, nanos: i64) -> Value {
    float::new(th, nanos as f64 / NANOS as f64)
}

macro_rules! clocks {
    ($($name:ident $name_ns:ident $id:expr;)*) => {
        $(
            fn $name(th: &Thread, _a: &[Value]) -> Res {
                Ok(seconds(th, clock(th, $id)?))
            }

            fn $name_ns(th: &Thread, _a: &[Value]) -> Res {
                Ok(int::from_i64(th, clock(th, $id)?))
            }
        )*
    };
}

clocks! {
    time time_ns libc::CLOCK_REALTIME;
    monotonic monotonic_ns libc::CLOCK_MONOTONIC;
    process_time process_time_ns libc::CLOCK_PROCESS_CPUTIME_ID;
    thread_time thread_time_ns libc::CLOCK_THREAD_CPUTIME_ID;
}

fn clock_id(th: &Thread, v: Value) -> Res<libc::clockid_t> {
    let n = protocol::index_i64(th, v)?;
    libc::clockid_t::try_from(n).map_err(|_| th.overflow_error("Python int too large to convert to C int"))
}

fn clock_gettime(th: &Thread, a: &[Value]) -> Res {
    let id = clock_id(th, a[0])?;
    Ok(seconds(th, clock(th, id)?))
}

fn clock_gettime_ns(th: &Thread, a: &[Value]) -> Res {
    let id = clock_id(th, a[0])?;
    Ok(int::from_i64(th, clock(th, id)?))
}

fn set_clock(th: &Thread, id: libc::clockid_t, nanos: i64) -> Res {
    let t = libc::timespec { tv_sec: nanos.div_euclid(NANOS), tv_nsec: nanos.rem_euclid(NANOS) };
    // SAFETY: reads the timespec.
    if unsafe { libc::clock_settime(id, &t) } != 0 {
        return Err(os_error(th));
    }
    Ok(Value::none())
}

fn clock_settime(th: &Thread, a: &[Value]) -> Res {
    let id = clock_id(th, a[0])?;
    let nanos = nanos_of(th, a[1], "timestamp")?;
    set_clock(th, id, nanos)
}

fn clock_settime_ns(th: &Thread, a: &[Value]) -> Res {
    let id = clock_id(th, a[0])?;
    let nanos = protocol::index_i64(th, a[1])?;
    set_clock(th, id, nanos)
}

fn resolution(th: &Thread, id: libc::clockid_t) -> Res<f64> {
    // SAFETY: an all-zero timespec is valid.
    let mut t: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: fills in the timespec.
    if unsafe { libc::clock_getres(id, &mut t) } != 0 {
        return Err(os_error(th));
    }
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

fn clock_getres(th: &Thread, a: &[Value]) -> Res {
    let id = clock_id(th, a[0])?;
    Ok(float::new(th, resolution(th, id)?))
}

/// Seconds (float or integer) as nanoseconds, rounded away from what is asked for: sleeping never ends early.
fn nanos_of(th: &Thread, v: Value, what: &str) -> Res<i64> {
    if let Some(x) = float::get(v) {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let n = (x * NANOS as f64).ceil();
        if n.abs() >= i64::MAX as f64 {
            return Err(th.overflow_error(format!("{what} too large to convert to C PyTime_t")));
        }
        return Ok(n as i64);
    }
    let i = match protocol::index_opt(th, v)? {
        Some(i) => i,
        None => {
            return Err(
                th.type_error(format!("'{}' object cannot be interpreted as an integer", type_name(th, v)))
            );
        }
    };
    int::to_i64(i)
        .and_then(|n| n.checked_mul(NANOS))
        .ok_or_else(|| th.overflow_error(format!("{what} too large to convert to C PyTime_t")))
}

fn sleep(th: &Thread, a: &[Value]) -> Res {
    let nanos = nanos_of(th, a[0], "timestamp")?;
    if nanos < 0 {
        return Err(th.value_error("sleep length must be non-negative"));
    }
    let deadline = clock(th, libc::CLOCK_MONOTONIC)?.saturating_add(nanos);
    let until = libc::timespec { tv_sec: deadline / NANOS, tv_nsec: deadline % NANOS };
    loop {
        let r = th.without_lock(|| {
            // SAFETY: reads the timespec; the remaining time is not wanted for an absolute sleep.
            unsafe {
                libc::clock_nanosleep(
                    libc::CLOCK_MONOTONIC,
                    libc::TIMER_ABSTIME,
                    &until,
                    std::ptr::null_mut(),
                )
            }
        });
        match r {
            0 => return Ok(Value::none()),
            // A signal: its handler runs, then the rest is slept (PEP 475).
            libc::EINTR => run_handlers(th)?,
            code => {
                return Err(th.raise_args(
                    TypeId::OSError,
                    &[
                        Value::small(code as i64),
                        string::new(th, &std::io::Error::from_raw_os_error(code).to_string()),
                    ],
                ));
            }
        }
    }
}

/// The seconds argument of calendar functions: now when it was not given or None.
fn when(th: &Thread, v: Value) -> Res<libc::time_t> {
    let Some(v) = v.given_not_none() else { return Ok(clock(th, libc::CLOCK_REALTIME)?.div_euclid(NANOS)) };
    if let Some(x) = float::get(v) {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let n = x.floor();
        if n.abs() >= i64::MAX as f64 {
            return Err(th.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(n as i64);
    }
    let i = protocol::index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error("timestamp out of range for platform time_t"))
}

fn class(th: &Thread) -> Res<Class> {
    Ok(Class::of(STRUCT_TIME_CLASS.get_or(th, |th| Ok(STRUCT_TIME.make(th)?.value()))?))
}

fn to_struct(th: &Thread, tm: &libc::tm) -> Res {
    let n = |i: i32| Value::small(i as i64);
    let zone = if tm.tm_zone.is_null() {
        Value::none()
    } else {
        // SAFETY: the C library sets a NUL-terminated text that lives as long as the zone.
        string::new(th, &unsafe { CStr::from_ptr(tm.tm_zone) }.to_string_lossy())
    };
    let values = [
        int::from_i64(th, tm.tm_year as i64 + 1900),
        n(tm.tm_mon + 1),
        n(tm.tm_mday),
        n(tm.tm_hour),
        n(tm.tm_min),
        n(tm.tm_sec),
        n((tm.tm_wday + 6) % 7),
        n(tm.tm_yday + 1),
        n(tm.tm_isdst),
        zone,
        int::from_i64(th, tm.tm_gmtoff),
    ];
    STRUCT_TIME.instance(th, class(th)?, &values)
}

fn broken_down(th: &Thread, t: libc::time_t, local: bool) -> Res<libc::tm> {
    // SAFETY: an all-zero tm is valid.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both fill in the tm and return null on failure.
    let r = unsafe { if local { libc::localtime_r(&t, &mut tm) } else { libc::gmtime_r(&t, &mut tm) } };
    if r.is_null() { Err(os_error(th)) } else { Ok(tm) }
}

fn gmtime(th: &Thread, a: &[Value]) -> Res {
    let t = when(th, a[0])?;
    to_struct(th, &broken_down(th, t, false)?)
}

fn localtime(th: &Thread, a: &[Value]) -> Res {
    let t = when(th, a[0])?;
    to_struct(th, &broken_down(th, t, true)?)
}

/// A time tuple argument as the C library's struct. The zone's text, if any, is kept in the second value.
fn from_tuple(th: &Thread, v: Value, name: &str) -> Res<(libc::tm, Option<CString>)> {
    let Some(t) = Tuple::from_value(v) else {
        return Err(th.type_error("Tuple or struct_time argument required"));
    };
    if t.len() != 9 {
        return Err(th.type_error(format!("{name}(): illegal time tuple argument")));
    }
    let mut fields = [0i32; 9];
    for (field, &item) in fields.iter_mut().zip(t.as_slice()) {
        let i = protocol::index(th, item)?;
        *field = int::to_i64(i)
            .and_then(|n| i32::try_from(n).ok())
            .ok_or_else(|| th.overflow_error("signed integer is greater than maximum"))?;
    }
    // SAFETY: an all-zero tm is valid.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    tm.tm_year = fields[0].checked_sub(1900).ok_or_else(|| th.overflow_error("year out of range"))?;
    tm.tm_mon = fields[1] - 1;
    tm.tm_mday = fields[2];
    tm.tm_hour = fields[3];
    tm.tm_min = fields[4];
    tm.tm_sec = fields[5];
    tm.tm_wday = (fields[6] + 1) % 7;
    tm.tm_yday = fields[7] - 1;
    tm.tm_isdst = fields[8];
    let mut zone = None;
    if Class::of_value(th, v) == class(th)? {
        if let Some(z) = Str::from_value(attr::get_text(th, v, "tm_zone")?).and_then(Str::to_utf8) {
            zone = CString::new(z).ok();
        }
        if let Some(off) = int::to_i64(attr::get_text(th, v, "tm_gmtoff")?) {
            tm.tm_gmtoff = off;
        }
    }
    Ok((tm, zone))
}

/// Range checks of `asctime` and `strftime`; zeros stand for the first month, day and day of the year.
fn check_ranges(th: &Thread, tm: &mut libc::tm) -> Res<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    }
    let bad = if !(0..=11).contains(&tm.tm_mon) {
        "month out of range"
    } else if !(0..=31).contains(&tm.tm_mday) {
        "day of month out of range"
    } else if !(0..=23).contains(&tm.tm_hour) {
        "hour out of range"
    } else if !(0..=59).contains(&tm.tm_min) {
        "minute out of range"
    } else if !(0..=61).contains(&tm.tm_sec) {
        "seconds out of range"
    } else if tm.tm_wday < 0 {
        "day of week out of range"
    } else if !(0..=365).contains(&tm.tm_yday) {
        "day of year out of range"
    } else {
        return Ok(());
    };
    Err(th.value_error(bad))
}

fn now_tuple(th: &Thread, v: Value, name: &str) -> Res<(libc::tm, Option<CString>)> {
    match v.given() {
        Some(v) => from_tuple(th, v, name),
        None => {
            let t = when(th, Value::MISSING)?;
            Ok((broken_down(th, t, true)?, None))
        }
    }
}

fn ascii_time(th: &Thread, tm: &libc::tm) -> Res {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        DAYS[tm.tm_wday as usize % 7],
        MONTHS[tm.tm_mon as usize],
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        tm.tm_year as i64 + 1900
    );
    Ok(string::new(th, &text))
}

fn asctime(th: &Thread, a: &[Value]) -> Res {
    let (mut tm, _) = now_tuple(th, a[0], "asctime")?;
    check_ranges(th, &mut tm)?;
    ascii_time(th, &tm)
}

fn ctime(th: &Thread, a: &[Value]) -> Res {
    let t = when(th, a[0])?;
    ascii_time(th, &broken_down(th, t, true)?)
}

fn mktime(th: &Thread, a: &[Value]) -> Res {
    let (mut tm, _) = from_tuple(th, a[0], "mktime")?;
    // The C library does not touch this field when it fails.
    tm.tm_wday = -1;
    // SAFETY: normalizes the tm.
    let t = unsafe { libc::mktime(&mut tm) };
    if t == -1 && tm.tm_wday == -1 {
        return Err(th.overflow_error("mktime argument out of range"));
    }
    Ok(float::new(th, t as f64))
}

fn strftime(th: &Thread, a: &[Value]) -> Res {
    let Some(format) = Str::from_value(a[0]) else {
        return Err(th.type_error(format!("strftime() argument 1 must be str, not {}", type_name(th, a[0]))));
    };
    let (mut tm, zone) = now_tuple(th, a[1], "strftime")?;
    check_ranges(th, &mut tm)?;
    tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
    if let Some(z) = &zone {
        tm.tm_zone = z.as_ptr();
    }
    if format.chars().iter().any(|c| c == 0) {
        return Err(th.value_error("embedded null character"));
    }
    // The C library knows no lone surrogates: the pieces between are formatted one by one.
    let mut out = CharsBuf::with_capacity(format.len());
    let mut rest = format.chars();
    loop {
        let cut = rest.iter().position(|c| char::from_u32(c).is_none());
        let piece = rest.slice(0..cut.unwrap_or(rest.len())).to_string_lossy();
        // A leading character tells an empty result from a buffer that is too small.
        let Ok(c) = CString::new(format!("x{piece}")) else { break };
        let mut size = 256 + piece.len();
        loop {
            let mut buffer = vec![0u8; size];
            // SAFETY: writes at most `size` bytes; the format and the tm are valid.
            let n = unsafe { libc::strftime(buffer.as_mut_ptr().cast(), size, c.as_ptr(), &tm) };
            if n > 0 {
                out.extend_str(&String::from_utf8_lossy(&buffer[1..n]));
                break;
            }
            size *= 2;
        }
        let Some(cut) = cut else { break };
        out.push(rest.at(cut));
        rest = rest.slice(cut + 1..rest.len());
    }
    string::from_buf(th, &out)
}

fn strptime(th: &Thread, a: &[Value]) -> Res {
    let import = krait_object::dict::Dict::of(th.interp.builtins.get()).get_text(th, "__import__");
    let Some(import) = import else { return Err(th.raise_new(TypeId::ImportError, "__import__ not found")) };
    let m = call::call(th, import, &[string::new(th, "_strptime")])?;
    let format = a[1].given().unwrap_or_else(|| string::new(th, "%a %b %d %H:%M:%S %Y"));
    call::call_method_text(th, m, "_strptime_time", &[a[0], format])
}

unsafe extern "C" {
    fn tzset();
}

/// Sets `timezone`, `altzone`, `daylight` and `tzname` from the zone's offsets in January and July.
fn set_zone(th: &Thread, m: Module) -> Res<()> {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = clock(th, libc::CLOCK_REALTIME)?.div_euclid(NANOS);
    let start = now / YEAR * YEAR;
    let (jan, jul) = (broken_down(th, start, true)?, broken_down(th, start + YEAR / 2, true)?);
    let name = |tm: &libc::tm| {
        let text = if tm.tm_zone.is_null() {
            Default::default()
        } else {
            // SAFETY: the C library sets a NUL-terminated text.
            unsafe { CStr::from_ptr(tm.tm_zone) }.to_string_lossy()
        };
        string::new(th, &text)
    };
    // In the southern half of the world January is summer.
    let (standard, summer) = if jan.tm_gmtoff <= jul.tm_gmtoff { (jan, jul) } else { (jul, jan) };
    m.add_int(th, "timezone", -standard.tm_gmtoff);
    m.add_int(th, "altzone", -summer.tm_gmtoff);
    m.add_int(th, "daylight", i64::from(jan.tm_gmtoff != jul.tm_gmtoff));
    m.add(th, "tzname", krait_object::tuple::new(th, &[name(&standard), name(&summer)]));
    Ok(())
}

static MODULE_SLOT: InterpSlot = InterpSlot::new();

fn tzset_function(th: &Thread, _a: &[Value]) -> Res {
    // SAFETY: reads the environment; this thread holds the interpreter lock, under which the environment is changed.
    unsafe { tzset() };
    if let Some(m) = MODULE_SLOT.get(th).and_then(Module::from_value) {
        set_zone(th, m)?;
    }
    Ok(Value::none())
}

fn get_clock_info(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[0]) else {
        return Err(
            th.type_error(format!("get_clock_info() argument 1 must be str, not {}", type_name(th, a[0])))
        );
    };
    let (id, text, monotonic) = match name.to_text().as_str() {
        "time" => (libc::CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false),
        "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true),
        "process_time" => (libc::CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true),
        "thread_time" => (libc::CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true),
        _ => return Err(th.value_error("unknown clock")),
    };
    let resolution = resolution(th, id)?;
    let ns = call::call(th, th.interp.class_value(TypeId::SimpleNamespace), &[])?;
    attr::set_text(th, ns, "implementation", string::new(th, text))?;
    attr::set_text(th, ns, "monotonic", Value::bool(monotonic))?;
    attr::set_text(th, ns, "adjustable", Value::bool(!monotonic))?;
    attr::set_text(th, ns, "resolution", float::new(th, resolution))?;
    Ok(ns)
}

fn pthread_getcpuclockid(th: &Thread, a: &[Value]) -> Res {
    let thread = protocol::index_i64(th, a[0])?;
    let mut id: libc::clockid_t = 0;
    // SAFETY: fills in the clock's number; the caller vouches for the thread, as for the C function.
    let r = unsafe { libc::pthread_getcpuclockid(thread as libc::pthread_t, &mut id) };
    if r != 0 {
        let text = std::io::Error::from_raw_os_error(r).to_string();
        return Err(th.raise_args(TypeId::OSError, &[Value::small(r as i64), string::new(th, &text)]));
    }
    Ok(Value::small(id as i64))
}

natives! {
    static FUNCTIONS = {
        function "asctime" "(tuple=None, /)" asctime, "A time tuple as text.";
        function "clock_getres" "(clk_id, /)" clock_getres, "The resolution of a clock in seconds.";
        function "clock_gettime" "(clk_id, /)" clock_gettime, "The time of a clock in seconds.";
        function "clock_gettime_ns" "(clk_id, /)" clock_gettime_ns, "The time of a clock in nanoseconds.";
        function "clock_settime" "(clk_id, time, /)" clock_settime, "Set a clock.";
        function "clock_settime_ns" "(clk_id, time, /)" clock_settime_ns, "Set a clock, in nanoseconds.";
        function "ctime" "(seconds=None, /)" ctime, "Seconds since the epoch as text in local time.";
        function "get_clock_info" "(name, /)" get_clock_info, "Information about a clock.";
        function "gmtime" "(seconds=None, /)" gmtime, "Seconds since the epoch as a time tuple in UTC.";
        function "localtime" "(seconds=None, /)" localtime, "Seconds since the epoch as a local time tuple.";
        function "mktime" "(tuple, /)" mktime, "A local time tuple as seconds since the epoch.";
        function "monotonic" "()" monotonic, "A clock that cannot go backward.", Reads;
        function "monotonic_ns" "()" monotonic_ns, "A clock that cannot go backward, in nanoseconds.", Reads;
        function "perf_counter" "()" monotonic, "A clock for measuring.", Reads;
        function "perf_counter_ns" "()" monotonic_ns, "A clock for measuring, in nanoseconds.", Reads;
        function "process_time" "()" process_time, "Processor time of the process.", Reads;
        function "process_time_ns" "()" process_time_ns, "Processor time of the process, in nanoseconds.", Reads;
        function "pthread_getcpuclockid" "(thread_id, /)" pthread_getcpuclockid, "The clock of a thread's processor time.";
        function "sleep" "(seconds, /)" sleep, "Wait for some seconds.";
        function "strftime" "(format, tuple=None, /)" strftime, "A time tuple as text by a format.";
        function "strptime" "(string, format='%a %b %d %H:%M:%S %Y', /)" strptime, "Text as a time tuple by a format.";
        function "thread_time" "()" thread_time, "Processor time of the thread.", Reads;
        function "thread_time_ns" "()" thread_time_ns, "Processor time of the thread, in nanoseconds.", Reads;
        function "time" "()" time, "Seconds since the epoch.", Reads;
        function "time_ns" "()" time_ns, "Nanoseconds since the epoch.", Reads;
        function "tzset" "()" tzset_function, "Look at the TZ variable again.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    MODULE_SLOT.set(th, m.value());
    // SAFETY: as in `tzset_function`.
    unsafe { tzset() };
    set_zone(th, m)?;
    m.add_class(th, class(th)?);
    m.add_int(th, "_STRUCT_TM_ITEMS", 11);
    for (name, id) in [
        ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
        ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
        ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
        ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
        ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
        ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
        ("CLOCK_TAI", libc::CLOCK_TAI),
    ] {
        m.add_int(th, name, id as i64);
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "time", doc: "Clocks and calendar times.", functions: FUNCTIONS, exec };
