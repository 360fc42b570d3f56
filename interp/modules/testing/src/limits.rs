//! Limits of C's types, which `struct`, `array`, `time` and others go by, and what this build has.

use krait_object::module::Module;
use krait_object::thread::Thread;
use krait_object::value::Value;
use krait_object::{float, int};

const INTEGERS: &[(&str, i64)] = &[
    ("CHAR_MAX", i8::MAX as i64),
    ("CHAR_MIN", i8::MIN as i64),
    ("INT_MAX", i32::MAX as i64),
    ("INT_MIN", i32::MIN as i64),
    ("LLONG_MAX", i64::MAX),
    ("LLONG_MIN", i64::MIN),
    ("LONG_MAX", i64::MAX),
    ("LONG_MIN", i64::MIN),
    ("PY_SSIZE_T_MAX", i64::MAX),
    ("PY_SSIZE_T_MIN", i64::MIN),
    ("SHRT_MAX", i16::MAX as i64),
    ("SHRT_MIN", i16::MIN as i64),
    ("SIZEOF_TIME_T", 8),
    ("SIZEOF_VOID_P", 8),
    ("SIZEOF_WCHAR_T", 4),
    ("UCHAR_MAX", u8::MAX as i64),
    ("UINT_MAX", u32::MAX as i64),
    ("USHRT_MAX", u16::MAX as i64),
];

/// Adds the constants.
pub fn add(th: &Thread, m: Module) {
    for &(name, n) in INTEGERS {
        m.add_int(th, name, n);
    }
    for name in ["SIZE_MAX", "ULLONG_MAX", "ULONG_MAX"] {
        m.add(th, name, int::from_usize(th, usize::MAX));
    }
    m.add(th, "DBL_MAX", float::new(th, f64::MAX));
    m.add(th, "DBL_MIN", float::new(th, f64::MIN_POSITIVE));
    m.add(th, "FLT_MAX", float::new(th, f32::MAX.into()));
    m.add(th, "FLT_MIN", float::new(th, f32::MIN_POSITIVE.into()));
    // There is no C interface to be limited, and no allocator of CPython's.
    m.add(th, "LIMITED_API_AVAILABLE", Value::false_());
    m.add(th, "WITH_PYMALLOC", Value::false_());
}
