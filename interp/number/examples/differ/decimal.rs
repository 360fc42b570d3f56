//! The decimal operations of the differential example.
//!
//! Arguments are precision, largest and smallest exponent, rounding mode and clamp, then the operands as text.
//! The answer is the result and the conditions in alphabetical order.

use super::{IntBuf, float, int, show_float, text};
use krait_number::decimal::{self, Context, Decimal, Number, Rounding, status};
use krait_number::format::Locale;

fn rounding(name: &str) -> Option<Rounding> {
    Some(match name {
        "ROUND_UP" => Rounding::Up,
        "ROUND_DOWN" => Rounding::Down,
        "ROUND_CEILING" => Rounding::Ceiling,
        "ROUND_FLOOR" => Rounding::Floor,
        "ROUND_HALF_UP" => Rounding::HalfUp,
        "ROUND_HALF_DOWN" => Rounding::HalfDown,
        "ROUND_HALF_EVEN" => Rounding::HalfEven,
        "ROUND_05UP" => Rounding::ZeroFiveUp,
        _ => return None,
    })
}

/// Names of the signals, each for its bits.
const SIGNALS: [(&str, u32); 9] = [
    ("Clamped", status::CLAMPED),
    ("DivisionByZero", status::DIVISION_BY_ZERO),
    ("Inexact", status::INEXACT),
    ("InvalidOperation", status::ANY_INVALID & !status::MALLOC_ERROR),
    ("MemoryError", status::MALLOC_ERROR),
    ("Overflow", status::OVERFLOW),
    ("Rounded", status::ROUNDED),
    ("Subnormal", status::SUBNORMAL),
    ("Underflow", status::UNDERFLOW),
];

pub fn answer(op: &str, args: &[&str]) -> Option<String> {
    let ctx = Context {
        prec: args[0].parse().ok()?,
        emax: args[1].parse().ok()?,
        emin: args[2].parse().ok()?,
        rounding: rounding(args[3])?,
        clamp: args[4] == "1",
    };
    let mut s = 0;
    let shown = compute(op, &ctx, &args[5..], &mut s)?;
    let names: Vec<&str> = SIGNALS.iter().filter(|(_, bits)| s & bits != 0).map(|(name, _)| *name).collect();
    Some(format!("{shown} {}", names.join(" ")))
}

type Unary = fn(&Context, &Number, &mut u32) -> Decimal;
type Binary = fn(&Context, &Number, &Number, &mut u32) -> Decimal;

fn unary(op: &str) -> Option<Unary> {
    Some(match op {
        "abs" => Context::abs,
        "plus" => Context::plus,
        "minus" => Context::minus,
        "sqrt" => Context::sqrt,
        "exp" => Context::exp,
        "ln" => Context::ln,
        "log10" => Context::log10,
        "logb" => Context::logb,
        "invert" => Context::invert,
        "next_minus" => Context::next_minus,
        "next_plus" => Context::next_plus,
        "normalize" => Context::normalize,
        "to_integral_exact" => Context::to_integral_exact,
        "to_integral_value" => |c, a, s| c.to_integral_value(a, c.rounding, s),
        "copy" => |_, a, _| a.to_owned(),
        "copy_abs" => |_, a, _| a.copy_abs(),
        "copy_negate" => |_, a, _| a.copy_negate(),
        _ => return None,
    })
}

fn binary(op: &str) -> Option<Binary> {
    Some(match op {
        "add" => Context::add,
        "subtract" => Context::sub,
        "multiply" => Context::mul,
        "divide" => Context::div,
        "divide_int" => Context::div_int,
        "remainder" => Context::rem,
        "remainder_near" => Context::rem_near,
        "power" => Context::pow,
        "quantize" => Context::quantize,
        "compare" => Context::compare,
        "compare_signal" => Context::compare_signal,
        "compare_total" => |_, a, b, _| a.compare_total(b),
        "compare_total_mag" => |_, a, b, _| a.compare_total_mag(b),
        "max" => Context::max,
        "max_mag" => Context::max_mag,
        "min" => Context::min,
        "min_mag" => Context::min_mag,
        "next_toward" => Context::next_toward,
        "logical_and" => Context::and,
        "logical_or" => Context::or,
        "logical_xor" => Context::xor,
        "scaleb" => Context::scaleb,
        "shift" => Context::shift,
        "rotate" => Context::rotate,
        "copy_sign" => |_, a, b, _| a.copy_sign(b),
        _ => return None,
    })
}

fn compute(op: &str, ctx: &Context, args: &[&str], s: &mut u32) -> Option<String> {
    if op == "create" {
        return Some(ctx.parse(&text(args[0]), s).to_sci(true));
    }
    if op == "eng" {
        return Some(ctx.parse(&text(args[0]), s).to_eng(true));
    }
    if op == "from_float" {
        return Some(Number::from_f64(float(args[0])).to_sci(true));
    }
    if op == "exact" {
        return Some(decimal::parse_exact(&text(args[0]), s).to_sci(true));
    }
    let numbers: Vec<Decimal> = args.iter().take(3).map(|a| decimal::parse_exact(&text(a), &mut 0)).collect();
    let a = &numbers[0];
    if let Some(f) = unary(op) {
        return Some(f(ctx, a, s).to_sci(true));
    }
    if let Some(f) = binary(op) {
        return Some(f(ctx, a, numbers.get(1)?, s).to_sci(true));
    }
    let hex = |x: &IntBuf| int::to_string(x.as_ref(), 16, true);
    let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
    Some(match op {
        "fma" => ctx.fma(a, &numbers[1], &numbers[2], s).to_sci(true),
        "powmod" => ctx.powmod(a, &numbers[1], &numbers[2], s).to_sci(true),
        "divmod" => {
            let (q, r) = ctx.divmod(a, &numbers[1], s);
            format!("{} {}", q.to_sci(true), r.to_sci(true))
        }
        "same_quantum" => a.same_quantum(&numbers[1]).to_string(),
        "isfinite" => u8::from(a.is_finite()).to_string(),
        "iscanonical" => "1".into(),
        "isinfinite" => u8::from(a.is_infinite()).to_string(),
        "isnan" => u8::from(a.is_nan()).to_string(),
        "issnan" => u8::from(a.is_signaling()).to_string(),
        "isqnan" => u8::from(a.is_nan() && !a.is_signaling()).to_string(),
        "isnormal" => u8::from(a.is_normal(ctx)).to_string(),
        "issubnormal" => u8::from(a.is_subnormal(ctx)).to_string(),
        "issigned" => u8::from(a.neg).to_string(),
        "iszero" => u8::from(a.is_zero()).to_string(),
        "class" => a.class(ctx).to_string(),
        "hash" => a.hash()?.to_string(),
        "float" => a.to_f64().map_or_else(|e| format!("{e:?}"), show_float),
        "int" => a.to_int(Rounding::Down, &mut n).map_or_else(|e| format!("{e:?}"), |()| hex(&n)),
        "round" => a.to_int(Rounding::HalfEven, &mut n).map_or_else(|e| format!("{e:?}"), |()| hex(&n)),
        "ratio" => match a.as_integer_ratio(&mut n, &mut d) {
            Ok(()) => format!("{} {}", hex(&n), hex(&d)),
            Err(e) => format!("{e:?}"),
        },
        "from_int" => {
            int::parse(args[0].as_bytes(), 0, 0, &mut n).ok()?;
            Number::from_int(n.as_ref(), s).to_sci(true)
        }
        "format" => {
            let template: Vec<char> = String::from_utf8(text(args[1])).ok()?.chars().collect();
            match decimal::parse_spec(&template[..], true) {
                None => "invalid format string".into(),
                Some(spec) => {
                    let mut out = String::new();
                    ctx.format(a, &spec, Locale::C, &mut out)?;
                    format!("={out}")
                }
            }
        }
        _ => return None,
    })
}
