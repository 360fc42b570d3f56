//! `cmath`: the functions of `krait_number::math::cmath` on objects.

use crate::math::{math_error, tolerances};
use crate::support::tup;
use krait_number::float::complex::Complex;
use krait_number::math::{MathError, cmath};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{complex_methods, float, natives, protocol};

/// The `cmath` module.
pub static MODULE: ModuleDef = ModuleDef { name: "cmath", doc: "", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    use std::f64::consts;
    let constants = [
        ("pi", consts::PI),
        ("e", consts::E),
        ("tau", consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, x) in constants {
        m.add(th, name, float::new(th, x));
    }
    m.add(th, "infj", float::new_complex(th, 0.0, f64::INFINITY));
    m.add(th, "nanj", float::new_complex(th, 0.0, f64::NAN));
    Ok(())
}

/// A complex argument: complex numbers, `__complex__`, and what converts to float.
fn complex_arg(th: &Thread, v: Value) -> Res<Complex> {
    if let Some(c) = complex_methods::get(v) {
        return Ok(c);
    }
    if let Some(c) = complex_methods::special(th, v)? {
        return Ok(c);
    }
    Ok(Complex::new(protocol::to_f64(th, v)?, 0.0))
}

fn give(th: &Thread, r: Result<Complex, MathError>) -> Res {
    match r {
        Ok(z) => Ok(float::new_complex(th, z.re, z.im)),
        Err(e) => Err(math_error(th, e)),
    }
}

macro_rules! unary {
    ($($name:ident)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res {
            let z = complex_arg(th, a[0])?;
            give(th, cmath::$name(z))
        })*
    };
}
unary! { acos acosh asin asinh atan atanh cos cosh exp log10 sin sinh sqrt tan tanh }

fn log(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    match a[1].given() {
        None => give(th, cmath::log(z)),
        Some(base) => {
            let base = complex_arg(th, base)?;
            give(th, cmath::log_base(z, base))
        }
    }
}

fn phase(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    Ok(float::new(th, cmath::phase(z)))
}

fn polar(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    let (r, phi) = cmath::polar(z).map_err(|e| math_error(th, e))?;
    let r = float::new(th, r);
    tup(th, &[r, float::new(th, phi)])
}

fn rect(th: &Thread, a: &[Value]) -> Res {
    let r = protocol::to_f64(th, a[0])?;
    let phi = protocol::to_f64(th, a[1])?;
    give(th, cmath::rect(r, phi))
}

fn isfinite(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    Ok(Value::bool(z.re.is_finite() && z.im.is_finite()))
}

fn isinf(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    Ok(Value::bool(z.re.is_infinite() || z.im.is_infinite()))
}

fn isnan(th: &Thread, a: &[Value]) -> Res {
    let z = complex_arg(th, a[0])?;
    Ok(Value::bool(z.re.is_nan() || z.im.is_nan()))
}

fn isclose(th: &Thread, a: &[Value]) -> Res {
    let x = complex_arg(th, a[0])?;
    let y = complex_arg(th, a[1])?;
    let (relative, absolute) = tolerances(th, a[2], a[3])?;
    if x.re == y.re && x.im == y.im {
        return Ok(Value::true_());
    }
    let infinite = |z: Complex| z.re.is_infinite() || z.im.is_infinite();
    if infinite(x) || infinite(y) {
        return Ok(Value::false_());
    }
    let size = |z: Complex| z.abs().unwrap_or(f64::INFINITY);
    let difference = size(Complex::new(x.re - y.re, x.im - y.im));
    let close =
        difference <= relative * size(y) || difference <= relative * size(x) || difference <= absolute;
    Ok(Value::bool(close))
}

natives! {
    static FUNCTIONS = {
        function "acos" "(z, /)" acos, "";
        function "acosh" "(z, /)" acosh, "";
        function "asin" "(z, /)" asin, "";
        function "asinh" "(z, /)" asinh, "";
        function "atan" "(z, /)" atan, "";
        function "atanh" "(z, /)" atanh, "";
        function "cos" "(z, /)" cos, "";
        function "cosh" "(z, /)" cosh, "";
        function "exp" "(z, /)" exp, "";
        function "isclose" "(a, b, *, rel_tol=1e-09, abs_tol=0.0)" isclose, "";
        function "isfinite" "(z, /)" isfinite, "";
        function "isinf" "(z, /)" isinf, "";
        function "isnan" "(z, /)" isnan, "";
        function "log" "(z, base=<unrepresentable>, /)" log, "";
        function "log10" "(z, /)" log10, "";
        function "phase" "(z, /)" phase, "";
        function "polar" "(z, /)" polar, "";
        function "rect" "(r, phi, /)" rect, "";
        function "sin" "(z, /)" sin, "";
        function "sinh" "(z, /)" sinh, "";
        function "sqrt" "(z, /)" sqrt, "";
        function "tan" "(z, /)" tan, "";
        function "tanh" "(z, /)" tanh, "";
    }
}
