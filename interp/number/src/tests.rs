//! Spot checks of the parts that have no tests of their own; `tests/differ.py` does the thorough comparison.

use crate::float::{self, complex::Complex};
use crate::format::{self, Locale, Percent, Piece, Spec};
use crate::int::{self, IntBuf, IntRef};
use crate::math::{MathError, cmath, gamma, integer, real, sums};
use crate::random::MersenneTwister;

#[test]
fn float_text() {
    for (value, text) in [
        (0.1, "0.1"),
        (1e16, "1e+16"),
        (1e-5, "1e-05"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (-0.0, "-0.0"),
        (5e-324, "5e-324"),
        (f64::INFINITY, "inf"),
    ] {
        assert_eq!(float::repr(value), text);
        assert_eq!(float::parse(text.as_bytes()), Some(value));
    }
    assert_eq!(float::parse(b"  1_0.5e3 "), Some(10500.0));
    assert_eq!(float::parse(b"1__0"), None);
    let mut out = Vec::new();
    float::format(0.1, b'f', 60, 0, &mut out);
    assert_eq!(out, b"0.100000000000000005551115123125782702118158340454101562500000");
    assert_eq!(float::round_to(2.675, 2), Ok(2.67));
    assert_eq!(float::round_to(25.0, -1), Ok(20.0));
    assert_eq!(float::to_hex(1.5), "0x1.8000000000000p+0");
    assert_eq!(float::from_hex(b"0x1.8p0"), Ok(1.5));
    assert_eq!(Complex::parse(b"(1-2j)"), Some(Complex::new(1.0, -2.0)));
}

#[test]
fn format_specs() {
    let int = |spec: &str, n: i64| {
        let mut out = String::new();
        let mut cell = 0;
        let spec = Spec::parse_int(spec.as_bytes(), "int").unwrap();
        format::format_int(IntRef::from_i64(n, &mut cell), &spec, "int", Locale::C, 4300, &mut out).unwrap();
        out
    };
    assert_eq!(int("+,", 1234567), "+1,234,567");
    assert_eq!(int("#010x", -255), "-0x00000ff");
    assert_eq!(int("010_b", 5), "0_0000_0101");
    assert_eq!(int("*^7", 12), "**12***");
    let locale = Locale { decimal_point: ",", thousands_sep: ".", grouping: &[3, 2] };
    let mut out = String::new();
    let spec = Spec::parse_float("n".as_bytes(), "float").unwrap();
    format::format_float(1234567.0, &spec, "float", locale, &mut out).unwrap();
    assert_eq!(out, "1,23457e+06");
    out.clear();
    let spec = Spec::parse_float("012.9n".as_bytes(), "float").unwrap();
    format::format_float(1234567.5, &spec, "float", locale, &mut out).unwrap();
    assert_eq!(out, "0.12.34.567,5");
    let mut walk = Percent::new("a%%b%-5d".as_bytes(), false, false);
    assert_eq!(walk.next().unwrap(), Some(Piece::Literal(0..1)));
    assert!(
        matches!(walk.next().unwrap(), Some(Piece::Directive(d)) if d.conversion == format::Conversion::Percent)
    );
    assert_eq!(walk.next().unwrap(), Some(Piece::Literal(3..4)));
    assert!(matches!(walk.next().unwrap(), Some(Piece::Directive(d)) if d.left));
    assert_eq!(walk.next().unwrap(), None);
}

#[test]
fn mathematics() {
    let mut out = IntBuf::new();
    integer::factorial(50, &mut out).unwrap();
    assert_eq!(
        int::to_string(out.as_ref(), 10, false),
        "30414093201713378043612608166064768844377641568960512000000000000"
    );
    let (mut a, mut b) = (0, 0);
    integer::comb(IntRef::from_i64(60, &mut a), IntRef::from_i64(30, &mut b), &mut out).unwrap();
    assert_eq!(out.to_i64(), Some(118264581564861424));
    assert_eq!(real::log(0.0), Err(MathError::Domain));
    assert_eq!(real::exp(1000.0), Err(MathError::Range));
    assert_eq!(gamma::gamma(5.0), Ok(24.0));
    assert_eq!(real::nextafter(1.0, 2.0, 1), 1.0f64.next_up());
    assert_eq!(sums::norm(&mut [3.0, 4.0]), 5.0);
    let mut sum = sums::ExactSum::new();
    for x in [1e100, 1.0, -1e100] {
        sum.add(x).unwrap();
    }
    assert_eq!(sum.value(), Ok(1.0));
    assert_eq!(cmath::sqrt(Complex::new(-4.0, 0.0)), Ok(Complex::new(0.0, 2.0)));
}

#[test]
fn random_numbers() {
    // The reference implementation's first output for its default seed.
    let mut generator = MersenneTwister::new();
    generator.seed_word(5489);
    assert_eq!(generator.next_u32(), 3499211612);
    // random.seed(42); random.random()
    let mut cell = 0;
    generator.seed(IntRef::from_i64(42, &mut cell));
    assert_eq!(generator.random(), 0.6394267984578837);
}
