//! Tests of ints, bools, floats and complex numbers.

use crate::operators::{self, BinOp};
use crate::protocol::Cmp;
use crate::testing::{method, show, with};
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, float, int, numeric, string};

fn new(th: &Thread, t: TypeId, args: &[Value]) -> String {
    let mut all = vec![th.interp.class_value(t)];
    all.extend_from_slice(args);
    let f = th.interp.class(t).lookup(th, th.name(crate::Name::__new__)).expect("__new__");
    show(th, call::call(th, f, &all))
}

fn text(th: &Thread, s: &str) -> Value {
    string::new(th, s)
}

fn big(th: &Thread, s: &str) -> Value {
    crate::int_new::parse(th, s.as_bytes(), 10, Value::ZERO).expect("digits")
}

#[test]
fn ints_from_text() {
    with(|th| {
        let int = |args: &[Value]| new(th, TypeId::Int, args);
        assert_eq!(int(&[]), "0");
        assert_eq!(int(&[text(th, " -12_3 ")]), "-123");
        assert_eq!(int(&[text(th, "١٢")]), "12");
        assert_eq!(int(&[text(th, "ff"), Value::small(16)]), "255");
        assert!(int(&[text(th, "a")]).starts_with("ValueError: invalid literal for int() with base 10: "));
        assert_eq!(int(&[float::new(th, 1e30)]), "1000000000000000019884624838656");
        assert_eq!(
            int(&[text(th, "1"), Value::small(99)]),
            "ValueError: int() base must be >= 2 and <= 36, or 0"
        );
        assert_eq!(
            int(&[Value::none()]),
            "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"
        );
        let too_many = "9".repeat(5000);
        assert!(int(&[text(th, &too_many)]).starts_with("ValueError: Exceeds the limit (4300 digits)"));
        let huge = int_shift(th, 1, 20000);
        assert_eq!(show(th, Ok(huge)), "<int>");
    });
}

fn int_shift(th: &Thread, n: i64, by: i64) -> Value {
    operators::binary(th, BinOp::LShift, Value::small(n), Value::small(by)).expect("shift")
}

#[test]
fn int_methods() {
    with(|th| {
        let n = |x| Value::small(x);
        assert_eq!(method(th, n(5), "__add__", &[n(6)]), "11");
        assert_eq!(method(th, n(5), "__add__", &[float::new(th, 1.0)]), "NotImplemented");
        assert_eq!(method(th, n(5), "__add__", &[]), "TypeError: expected 1 argument, got 0");
        assert_eq!(method(th, n(-7), "__divmod__", &[n(2)]), "(-4, 1)");
        assert_eq!(method(th, n(-7), "__floordiv__", &[n(2)]), "-4");
        assert_eq!(method(th, n(-7), "__mod__", &[n(2)]), "1");
        assert_eq!(method(th, n(1), "__mod__", &[n(0)]), "ZeroDivisionError: integer modulo by zero");
        assert_eq!(method(th, n(2), "__pow__", &[n(100)]), "1267650600228229401496703205376");
        assert_eq!(method(th, n(2), "__pow__", &[n(-1)]), "0.5");
        assert_eq!(method(th, n(3), "__pow__", &[n(5), n(7)]), "5");
        assert_eq!(method(th, n(1), "__lshift__", &[n(-1)]), "ValueError: negative shift count");
        assert_eq!(method(th, n(255), "bit_length", &[]), "8");
        assert_eq!(method(th, n(1234567), "__round__", &[n(-2)]), "1234600");
        assert_eq!(method(th, n(150), "__round__", &[n(-2)]), "200");
        assert_eq!(method(th, n(250), "__round__", &[n(-2)]), "200");
        assert_eq!(method(th, n(-250), "__round__", &[n(-2)]), "-200");
        assert_eq!(method(th, n(49), "__round__", &[n(-2)]), "0");
        assert_eq!(method(th, n(51), "__round__", &[n(-2)]), "100");
        assert_eq!(method(th, n(51), "__round__", &[n(-1000)]), "0");
        assert_eq!(method(th, n(256), "to_bytes", &[]), "OverflowError: int too big to convert");
        let t = call::call_method_text(th, n(258), "to_bytes", &[n(3)]);
        let t = t.ok().and_then(crate::bytes::get).map(<[u8]>::to_vec);
        assert_eq!(t.as_deref(), Some(&[0, 1, 2][..]));
        assert_eq!(
            method(th, n(1), "bit_length", &[n(1)]),
            "TypeError: int.bit_length() takes no arguments (1 given)"
        );
        let s = call::call_method_text(th, n(-1234567), "__format__", &[text(th, ">+15,d")]).expect("format");
        assert_eq!(string::get(s).map(|s| s.to_text()).as_deref(), Some("     -1,234,567"));
        assert_eq!(
            method(th, n(5), "__format__", &[text(th, "s")]),
            "ValueError: Unknown format code 's' for object of type 'int'"
        );
        assert_eq!(new(th, TypeId::Bool, &[n(5)]), "True");
        assert_eq!(
            new(th, TypeId::Bool, &[n(5), n(6)]),
            "TypeError: bool expected at most 1 argument, got 2"
        );
        assert_eq!(
            new(th, TypeId::Int, &[n(5), n(6), n(7)]),
            "TypeError: int() takes at most 2 arguments (3 given)"
        );
    });
}

#[test]
fn mixed_arithmetic() {
    with(|th| {
        let f = |x| float::new(th, x);
        let n = |x| Value::small(x);
        let max = crate::value::SMALL_INT_MAX;
        let run = |op, a, b| show(th, numeric::binary(th, op, a, b).expect("numbers"));
        assert_eq!(run(BinOp::Add, n(max), n(1)), (max + 1).to_string());
        assert_eq!(run(BinOp::Mul, n(max), n(max)), (max as i128 * max as i128).to_string());
        assert_eq!(run(BinOp::Add, n(1), f(0.5)), "1.5");
        assert_eq!(run(BinOp::TrueDiv, n(1), n(4)), "0.25");
        assert_eq!(run(BinOp::TrueDiv, n(0), n(-4)), "-0.0");
        assert_eq!(run(BinOp::FloorDiv, f(7.5), n(2)), "3.0");
        assert_eq!(run(BinOp::Mod, f(-7.5), n(2)), "0.5");
        assert_eq!(run(BinOp::Pow, n(-8), f(0.5)), "(1.7319121124709868e-16+2.8284271247461903j)");
        assert_eq!(run(BinOp::And, Value::true_(), Value::false_()), "False");
        assert_eq!(run(BinOp::And, Value::true_(), n(3)), "1");
        assert_eq!(run(BinOp::Sub, Value::true_(), n(3)), "-2");
        let huge = big(th, &format!("1{}", "0".repeat(400)));
        assert_eq!(run(BinOp::Add, huge, f(1.0)), "OverflowError: int too large to convert to float");
        assert_eq!(run(BinOp::Sub, huge, huge), "0");
        assert!(numeric::binary(th, BinOp::Add, n(1), text(th, "a")).is_none());
        assert_eq!(numeric::compare(Cmp::Lt, f(1e308), huge), Some(true));
        assert_eq!(numeric::compare(Cmp::Eq, n(1 << 53), f(9007199254740992.0)), Some(true));
        assert_eq!(numeric::compare(Cmp::Lt, n((1 << 53) + 1), f(9007199254740992.0)), Some(false));
        assert_eq!(numeric::compare(Cmp::Gt, n((1 << 53) + 1), f(9007199254740992.0)), Some(true));
        assert_eq!(numeric::compare(Cmp::Ne, n(1), f(f64::NAN)), Some(true));
        assert_eq!(numeric::compare(Cmp::Lt, n(1), f(f64::NAN)), Some(false));
        assert_eq!(int::to_i64(numeric::invert(th, n(5)).expect("int").expect("no error")), Some(-6));
    });
}

#[test]
fn floats() {
    with(|th| {
        let f = |x| float::new(th, x);
        assert_eq!(new(th, TypeId::Float, &[text(th, " 1_0.5e3 ")]), "10500.0");
        assert!(
            new(th, TypeId::Float, &[text(th, "x")])
                .starts_with("ValueError: could not convert string to float: ")
        );
        assert_eq!(method(th, f(2.5), "__round__", &[]), "2");
        assert_eq!(method(th, f(2.675), "__round__", &[Value::small(2)]), "2.67");
        assert_eq!(method(th, f(1e300), "__trunc__", &[]).len(), 301);
        assert_eq!(
            method(th, f(f64::NAN), "__int__", &[]),
            "ValueError: cannot convert float NaN to integer"
        );
        assert_eq!(method(th, f(0.75), "is_integer", &[]), "False");
        assert_eq!(method(th, f(1.0), "__mod__", &[Value::ZERO]), "ZeroDivisionError: float modulo");
        assert_eq!(method(th, f(1e200), "__repr__", &[]), "'1e+200'");
        assert_eq!(show(th, Ok(f(1e200))), "1e+200");
        assert_eq!(show(th, operators::binary(th, BinOp::Mul, Value::small(3), f(0.5))), "1.5");
        let c = float::new_complex(th, 1.0, 2.0);
        assert_eq!(show(th, Ok(c)), "(1+2j)");
        assert_eq!(show(th, operators::binary(th, BinOp::Mul, c, c)), "(-3+4j)");
        assert_eq!(show(th, operators::binary(th, BinOp::Add, Value::small(3), c)), "(4+2j)");
        assert_eq!(new(th, TypeId::Complex, &[text(th, "1+2j")]), "(1+2j)");
        assert_eq!(new(th, TypeId::Complex, &[Value::small(1), c]), "(-1+1j)");
        assert_eq!(
            show(th, operators::power(th, f(2.0), Value::small(3), Value::small(4))),
            "TypeError: pow() 3rd argument not allowed unless all arguments are integers"
        );
        assert_eq!(
            show(th, operators::power(th, Value::small(2), Value::small(3), f(4.0))),
            "TypeError: pow() 3rd argument not allowed unless all arguments are integers"
        );
    });
}
