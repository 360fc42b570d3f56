//! Answers operations on standard input, one a line, for the differential script `tests/differ.py`.
//!
//! A line is the operation's name and its arguments, separated by tabs; the answer is one line.

#[path = "differ/decimal.rs"]
mod decimal;

use krait_number::float::{self, complex::Complex};
use krait_number::format::{self, Conversion, FormatError, Locale, Percent, Piece, Spec};
use krait_number::int::{self, IntBuf, IntRef};
use krait_number::math::{MathError, cmath, gamma, integer, real, sums};
use krait_number::random::MersenneTwister;
use std::io::{BufRead, Write};

fn main() {
    let stdin = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in stdin.lines() {
        let Ok(line) = line else { break };
        let parts: Vec<&str> = line.split('\t').collect();
        let answer = answer(parts[0], &parts[1..]).unwrap_or_else(|| format!("?{line}"));
        if writeln!(out, "{answer}").is_err() {
            break;
        }
    }
}

fn integer(text: &str) -> IntBuf {
    let mut out = IntBuf::new();
    if int::parse(text.as_bytes(), 0, 0, &mut out).is_err() {
        eprintln!("not an integer: {text}");
    }
    out
}

fn float(text: &str) -> f64 {
    u64::from_str_radix(text, 16).map_or(f64::NAN, f64::from_bits)
}

fn show_float(value: f64) -> String {
    if value.is_nan() { "nan".into() } else { format!("{:016x}", value.to_bits()) }
}

fn answer(op: &str, args: &[&str]) -> Option<String> {
    if let Some(name) = op.strip_prefix("int.") {
        return int_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("float.") {
        return float_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("format.") {
        return format_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("math.") {
        return math_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("cmath.") {
        return cmath_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("random.") {
        return random_answer(name, args);
    }
    if let Some(name) = op.strip_prefix("dec.") {
        return decimal::answer(name, args);
    }
    if let Some(name) = op.strip_prefix("complex.") {
        return complex_answer(name, args);
    }
    None
}

type Binary = fn(IntRef, IntRef, &mut IntBuf);

fn without_errors(op: &str) -> Option<Binary> {
    Some(match op {
        "add" => int::add,
        "sub" => int::sub,
        "mul" => int::mul,
        "square" => |a, _, out| int::square(a, out),
        "and" => int::and,
        "or" => int::or,
        "xor" => int::xor,
        "invert" => |a, _, out| int::invert(a, out),
        "shr" => |a, b, out| int::shr(a, b.to_u64().unwrap_or(u64::MAX), out),
        "gcd" => int::gcd,
        "lcm" => int::lcm,
        _ => return None,
    })
}

fn int_answer(op: &str, args: &[&str]) -> Option<String> {
    let operand: Vec<IntBuf> = args.iter().map(|a| integer(a)).collect();
    let at = |i: usize| operand.get(i).map_or(IntRef::ZERO, IntBuf::as_ref);
    let mut out = IntBuf::new();
    let mut second = IntBuf::new();
    let hex = |x: &IntBuf| int::to_string(x.as_ref(), 16, true);
    if let Some(f) = without_errors(op) {
        f(at(0), at(1), &mut out);
        return Some(hex(&out));
    }
    let result = match op {
        "divmod" => int::divmod(at(0), at(1), &mut out, &mut second),
        "floordiv" => int::floordiv(at(0), at(1), &mut out),
        "round" => {
            let mut power = IntBuf::new();
            let done = int::pow(IntBuf::from(10u64).as_ref(), at(1), &mut power)
                .and_then(|()| int::divmod_near(at(0), power.as_ref(), &mut out, &mut second));
            int::sub(at(0), second.as_ref(), &mut out);
            done
        }
        "mod" => int::rem(at(0), at(1), &mut out),
        "shl" => int::shl(at(0), at(1).to_u64()?, &mut out),
        "pow" => int::pow(at(0), at(1), &mut out),
        "modpow" => int::modpow(at(0), at(1), at(2), &mut out),
        "isqrt" => int::isqrt(at(0), &mut out),
        "hash" => return Some(int::hash(at(0)).to_string()),
        "str" => return Some(int::to_string(at(0), 10, false)),
        "bit_length" => return Some(at(0).bit_length().to_string()),
        "bit_count" => return Some(int::bit_count(at(0)).to_string()),
        "float" => return Some(int::to_f64(at(0)).map_or_else(|e| format!("{e:?}"), show_float)),
        "truediv" => {
            return Some(int::true_divide(at(0), at(1)).map_or_else(|e| format!("{e:?}"), show_float));
        }
        "from_float" => {
            int::from_f64(float(args[0].strip_prefix("0x")?), &mut out);
            Ok(())
        }
        "cmp_float" => {
            return Some(format!("{:?}", at(0).compare_f64(float(args[1].strip_prefix("0x")?))));
        }
        _ => return None,
    };
    Some(match result {
        Err(e) => format!("{e:?}"),
        Ok(()) if op == "divmod" => format!("{} {}", hex(&out), hex(&second)),
        Ok(()) => hex(&out),
    })
}

/// A text argument, written with backslash escapes for control characters.
fn text(arg: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = arg.bytes();
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'0') => 0,
                Some(other) => other,
                None => b,
            },
            b => b,
        });
    }
    out
}

fn float_answer(op: &str, args: &[&str]) -> Option<String> {
    let x = || float(args[0]);
    let y = || float(args[1]);
    let shown = |r: Result<f64, float::FloatError>| r.map_or_else(|e| format!("{e:?}"), show_float);
    Some(match op {
        "repr" => float::repr(x()),
        "format" => {
            let mut out = Vec::new();
            float::format(x(), args[1].as_bytes()[0], args[2].parse().ok()?, args[3].parse().ok()?, &mut out);
            String::from_utf8(out).ok()?
        }
        "parse" => float::parse(&text(args[0])).map_or("Invalid".into(), show_float),
        "hex" => float::to_hex(x()),
        "fromhex" => float::from_hex(&text(args[0])).map_or_else(|e| format!("{e:?}"), show_float),
        "mod" => shown(float::rem(x(), y())),
        "floordiv" => shown(float::floordiv(x(), y())),
        "divmod" => match float::divmod(x(), y()) {
            Ok((q, r)) => format!("{} {}", show_float(q), show_float(r)),
            Err(e) => format!("{e:?}"),
        },
        "pow" => shown(float::pow(x(), y())),
        "round" => shown(float::round_to(x(), args[1].parse().ok()?)),
        "half" => float::pack_half(x()).map_or("Overflow".into(), |b| format!("{b:x}")),
        "unhalf" => show_float(float::unpack_half(u16::from_str_radix(args[0], 16).ok()?)),
        "hash" => float::hash(x())?.to_string(),
        "ratio" => {
            let (mut n, mut d) = (IntBuf::new(), IntBuf::new());
            float::as_integer_ratio(x(), &mut n, &mut d).ok()?;
            format!("{} {}", int::to_string(n.as_ref(), 16, true), int::to_string(d.as_ref(), 16, true))
        }
        _ => return None,
    })
}

fn complex_answer(op: &str, args: &[&str]) -> Option<String> {
    let number = |i: usize| Complex::new(float(args[i]), float(args[i + 1]));
    let shown = |z: Complex| format!("{} {}", show_float(z.re), show_float(z.im));
    let result = |r: Result<Complex, float::FloatError>| r.map_or_else(|e| format!("{e:?}"), shown);
    Some(match op {
        "repr" => number(0).repr(),
        "mul" => shown(number(0) * number(2)),
        "div" => result(number(0).divide(number(2))),
        "pow" => result(number(0).pow(number(2))),
        "abs" => number(0).abs().map_or_else(|e| format!("{e:?}"), show_float),
        "parse" => Complex::parse(&text(args[0])).map_or("Invalid".into(), shown),
        _ => return None,
    })
}

/// A locale with groups of several sizes, to be compared with a model of it.
const LOCALE: Locale<'static> = Locale::C;

fn format_answer(op: &str, args: &[&str]) -> Option<String> {
    let template: Vec<char> = String::from_utf8(text(args[0])).ok()?.chars().collect();
    let template = &template[..];
    let mut out = String::new();
    let done = match op {
        "int" => Spec::parse_int(template, "int")
            .and_then(|s| format::format_int(integer(args[1]).as_ref(), &s, "int", LOCALE, 4300, &mut out)),
        "float" => Spec::parse_float(template, "float")
            .and_then(|s| format::format_float(float(args[1]), &s, "float", LOCALE, &mut out)),
        "complex" => Spec::parse_float(template, "complex").and_then(|s| {
            let z = Complex::new(float(args[1]), float(args[2]));
            format::format_complex(z, &s, "complex", LOCALE, &mut out)
        }),
        "str" => Spec::parse_str(template, "str").and_then(|s| {
            let value: Vec<char> = args[1].chars().collect();
            let (left, n, right) = format::format_str(&s, value.len(), "str")?;
            let fill = char::from_u32(s.fill).unwrap_or('?');
            out.extend(std::iter::repeat_n(fill, left));
            out.extend(&value[..n]);
            out.extend(std::iter::repeat_n(fill, right));
            Ok(())
        }),
        "percent" => percent_answer(template, &args[1..], &mut out),
        _ => return None,
    };
    Some(match done {
        Ok(()) => format!("={out}"),
        Err(e) => e.message(4300),
    })
}

/// The value of a `*`, which must fit a C type.
fn star(value: &IntBuf, limit: i64, name: &str) -> Result<i64, FormatError> {
    let fits = value.to_i64().filter(|n| (-limit - 1..=limit).contains(n));
    fits.ok_or_else(|| FormatError::Overflow(format!("Python int too large to convert to C {name}")))
}

/// Formats with integer arguments, floats for the float conversions.
fn percent_answer(template: &[char], args: &[&str], out: &mut String) -> Result<(), FormatError> {
    let mut walk = Percent::new(template, false, false);
    let mut next = 0;
    let mut fetch = || {
        next += 1;
        args.get(next - 1)
            .map(|a| integer(a))
            .ok_or_else(|| FormatError::Type("not enough arguments for format string".into()))
    };
    while let Some(piece) = walk.next()? {
        let mut d = match piece {
            Piece::Literal(range) => {
                out.extend(&template[range]);
                continue;
            }
            Piece::Directive(d) => d,
        };
        if d.width == format::Amount::Star {
            d.set_width(star(&fetch()?, i64::MAX, "ssize_t")?);
        }
        if d.precision == format::Amount::Star {
            d.set_precision(star(&fetch()?, i64::from(i32::MAX), "int")?);
        }
        match d.conversion {
            Conversion::Percent => out.push('%'),
            Conversion::Decimal | Conversion::Octal | Conversion::Hex(_) => {
                d.write_int(fetch()?.as_ref(), 4300, out)?;
            }
            Conversion::Float(_) => {
                d.write_float(int::to_f64(fetch()?.as_ref()).unwrap_or(0.0) / 8.0, out);
            }
            Conversion::Other(code) => {
                fetch()?;
                return Err(d.unsupported(code, false));
            }
            _ => {
                let shown = int::to_string(fetch()?.as_ref(), 10, false);
                let shown = &shown[..shown.len().min(d.precision().unwrap_or(usize::MAX))];
                let (left, right) = d.pad_text(shown.len());
                out.extend(std::iter::repeat_n(' ', left));
                out.push_str(shown);
                out.extend(std::iter::repeat_n(' ', right));
            }
        }
    }
    Ok(())
}

fn unary(op: &str) -> Option<fn(f64) -> Result<f64, MathError>> {
    Some(match op {
        "acos" => real::acos,
        "acosh" => real::acosh,
        "asin" => real::asin,
        "asinh" => real::asinh,
        "atan" => real::atan,
        "atanh" => real::atanh,
        "cbrt" => real::cbrt,
        "cos" => real::cos,
        "cosh" => real::cosh,
        "exp" => real::exp,
        "exp2" => real::exp2,
        "expm1" => real::expm1,
        "sin" => real::sin,
        "sinh" => real::sinh,
        "tan" => real::tan,
        "tanh" => real::tanh,
        "sqrt" => real::sqrt,
        "log1p" => real::log1p,
        "log" => real::log,
        "log2" => real::log2,
        "log10" => real::log10,
        "gamma" => gamma::gamma,
        "lgamma" => gamma::lgamma,
        "erf" => |x| Ok(real::erf(x)),
        "erfc" => |x| Ok(real::erfc(x)),
        "ulp" => |x| Ok(real::ulp(x)),
        "degrees" => |x| Ok(real::degrees(x)),
        "radians" => |x| Ok(real::radians(x)),
        _ => return None,
    })
}

fn math_answer(op: &str, args: &[&str]) -> Option<String> {
    let shown = |r: Result<f64, MathError>| r.map_or_else(|e| format!("{e:?}"), show_float);
    if let Some(name) = op.strip_prefix("int_") {
        return Some(shown(integer::logarithm(integer(args[0]).as_ref(), unary(name)?)));
    }
    if let Some(f) = unary(op) {
        return Some(shown(f(float(args[0]))));
    }
    let floats = || args.iter().map(|a| float(a)).collect::<Vec<f64>>();
    let mut out = IntBuf::new();
    Some(match op {
        "atan2" => show_float(real::atan2(float(args[0]), float(args[1]))),
        "fmod" => shown(real::fmod(float(args[0]), float(args[1]))),
        "remainder" => shown(real::remainder(float(args[0]), float(args[1]))),
        "pow" => shown(real::pow(float(args[0]), float(args[1]))),
        "ldexp" => shown(real::ldexp(float(args[0]), args[1].parse().ok()?)),
        "frexp" => {
            let (m, e) = real::frexp(float(args[0]));
            format!("{} {e}", show_float(m))
        }
        "modf" => {
            let (f, w) = real::modf(float(args[0]));
            format!("{} {}", show_float(f), show_float(w))
        }
        "nextafter" => show_float(real::nextafter(float(args[0]), float(args[1]), args[2].parse().ok()?)),
        "hypot" => show_float(sums::norm(&mut floats())),
        "sum" => {
            let mut sum = sums::CompensatedSum::default();
            floats().iter().for_each(|&x| sum.add(x));
            show_float(sum.value())
        }
        "fsum" => {
            let mut sum = sums::ExactSum::new();
            let done = floats().iter().try_for_each(|&x| sum.add(x)).and_then(|()| sum.value());
            done.map_or_else(|e| format!("{e:?}"), show_float)
        }
        "sumprod" => {
            let mut sum = sums::ProductSum::new();
            floats().chunks_exact(2).for_each(|p| sum.add(p[0], p[1]));
            show_float(sum.value())
        }
        "inv_cdf" => show_float(real::normal_dist_inv_cdf(float(args[0]), float(args[1]), float(args[2]))),
        "factorial" => {
            integer::factorial(args[0].parse().ok()?, &mut out).ok()?;
            int::to_string(out.as_ref(), 16, true)
        }
        "perm" => {
            integer::perm(integer(args[0]).as_ref(), args[1].parse().ok()?, &mut out).ok()?;
            int::to_string(out.as_ref(), 16, true)
        }
        "comb" => {
            integer::comb(integer(args[0]).as_ref(), integer(args[1]).as_ref(), &mut out).ok()?;
            int::to_string(out.as_ref(), 16, true)
        }
        _ => return None,
    })
}

fn cmath_answer(op: &str, args: &[&str]) -> Option<String> {
    let z = Complex::new(float(args[0]), float(args[1]));
    let f = match op {
        "acos" => cmath::acos,
        "acosh" => cmath::acosh,
        "asin" => cmath::asin,
        "asinh" => cmath::asinh,
        "atan" => cmath::atan,
        "atanh" => cmath::atanh,
        "cos" => cmath::cos,
        "cosh" => cmath::cosh,
        "exp" => cmath::exp,
        "log" => cmath::log,
        "log10" => cmath::log10,
        "sin" => cmath::sin,
        "sinh" => cmath::sinh,
        "sqrt" => cmath::sqrt,
        "tan" => cmath::tan,
        "tanh" => cmath::tanh,
        "rect" => |z: Complex| cmath::rect(z.re, z.im),
        "polar" => |z| cmath::polar(z).map(|(r, phi)| Complex::new(r, phi)),
        _ => return None,
    };
    Some(f(z).map_or_else(|e| format!("{e:?}"), |r| format!("{} {}", show_float(r.re), show_float(r.im))))
}

fn random_answer(op: &str, args: &[&str]) -> Option<String> {
    let mut generator = MersenneTwister::new();
    generator.seed(integer(args[0]).as_ref());
    let mut out = IntBuf::new();
    match op {
        "mixed" => {
            let mut text = String::new();
            for arg in &args[1..] {
                if *arg == "r" {
                    text += &show_float(generator.random());
                } else {
                    generator.bits_into(arg.parse().ok()?, &mut out);
                    text += &int::to_string(out.as_ref(), 16, true);
                }
                text.push(' ');
            }
            Some(text)
        }
        "state" => {
            generator.random();
            let (words, index) = generator.state();
            Some(format!("{} {} {index}", words[0], words[623]))
        }
        _ => None,
    }
}
