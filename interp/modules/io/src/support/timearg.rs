//! Times and timeouts as arguments: integers or floats of seconds, with C's rounding and errors.

use krait_object::class::type_name;
use krait_object::{Res, Thread, Value, float, int, protocol};

/// How a fraction of the unit is rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)] // select and _socket, which come next, use it.
pub enum Round {
    Floor,
    Ceiling,
    /// Away from zero: timeouts, so that a wait is never too short.
    Up,
    HalfEven,
}

impl Round {
    fn apply(self, x: f64) -> f64 {
        match self {
            Round::Floor => x.floor(),
            Round::Ceiling => x.ceil(),
            Round::Up => {
                if x >= 0.0 {
                    x.ceil()
                } else {
                    x.floor()
                }
            }
            Round::HalfEven => x.round_ties_even(),
        }
    }
}

/// Seconds as a number of nanoseconds that fits 64 bits: the arguments of `sleep`, timeouts.
///
/// # Errors
/// ValueError for NaN, OverflowError "timestamp too large to convert to C _PyTime_t", TypeError for other types.
pub fn nanoseconds(th: &Thread, v: Value, round: Round) -> Res<i64> {
    scaled(th, v, round, 1_000_000_000)
}

fn too_large(th: &Thread) -> krait_object::Raised {
    th.overflow_error("timestamp too large to convert to C _PyTime_t")
}

/// As [`nanoseconds`] for an argument of which one has `unit` nanoseconds.
pub fn scaled(th: &Thread, v: Value, round: Round, unit: i64) -> Res<i64> {
    if let Some(x) = float::get(v) {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let n = round.apply(x * unit as f64);
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&n) {
            return Err(th.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(n as i64);
    }
    let Some(i) = protocol::index_opt(th, v)? else {
        return Err(
            th.type_error(format!("'{}' object cannot be interpreted as an integer", type_name(th, v)))
        );
    };
    int::to_i64(i).and_then(|n| n.checked_mul(unit)).ok_or_else(|| too_large(th))
}

/// Seconds as whole seconds and nanoseconds, rounded down.
pub fn timespec_floor(th: &Thread, v: Value) -> Res<libc::timespec> {
    timespec(th, v, Round::Floor)
}

/// Seconds as whole seconds and nanoseconds.
///
/// # Errors
/// ValueError for NaN, OverflowError "timestamp out of range for platform time_t".
pub fn timespec(th: &Thread, v: Value, round: Round) -> Res<libc::timespec> {
    let out_of_range = || th.overflow_error("timestamp out of range for platform time_t");
    if let Some(x) = float::get(v) {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let mut whole = x.trunc();
        let mut ns = round.apply((x - whole) * 1e9);
        if ns >= 1e9 {
            ns -= 1e9;
            whole += 1.0;
        } else if ns < 0.0 {
            ns += 1e9;
            whole -= 1.0;
        }
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&whole) {
            return Err(out_of_range());
        }
        return Ok(libc::timespec { tv_sec: whole as i64, tv_nsec: ns as i64 });
    }
    Ok(libc::timespec { tv_sec: time_t(th, v, round)?, tv_nsec: 0 })
}

/// Seconds as whole seconds.
pub fn time_t(th: &Thread, v: Value, round: Round) -> Res<i64> {
    if let Some(x) = float::get(v) {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let n = round.apply(x);
        if !(-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&n) {
            return Err(th.overflow_error("timestamp out of range for platform time_t"));
        }
        return Ok(n as i64);
    }
    let i = protocol::index(th, v)?;
    int::to_i64(i).ok_or_else(|| th.overflow_error("timestamp out of range for platform time_t"))
}
