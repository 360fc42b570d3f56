//! What native functions do, for the recorder: the one table of those that run no Python code.
//!
//! A native function that may run Python code is an instruction left to the interpreter. One that does not is a call
//! with known effects, and most are so only for arguments of certain types: `max(a, b)` of two numbers compares
//! them itself, of two instances it calls their methods. So an entry says for which arguments it holds; the trace
//! makes sure of their types. Functions that look at frames, import, warn or switch threads have no place here.
//!
//! Each argument (the receiver first) is a letter:
//!
//! | letter | argument |
//! |---|---|
//! | `i` | an integer or bool |
//! | `n` | an integer, bool or float |
//! | `s` | a string |
//! | `b` | bytes |
//! | `a` | an integer, bool, string, bytes or None |
//! | `x` | any of `n`, `s`, `b`, None |
//! | `l` | a list, or an instance of a derived class: the receiver of a method of lists |
//! | `q` | a list or tuple |
//! | `d` | a dict |
//! | `S` | a set |
//! | `C` | any builtin container, string or bytes |
//! | `.` | anything: it is stored, or looked at only as a word |
//!
//! A `?` says that what follows may be missing, a final `*` that the last may come any number of times. Types are exact:
//! an instance of a derived class is none of these, but for `.` and `l`.

use crate::ir::{Alias, EVERYTHING};
use krait_object::{Kind, TypeId, Value};

/// What a native function may write.
#[derive(Clone, Copy)]
enum Writes {
    /// Nothing that a trace knows of.
    Nothing,
    /// Length, array and items of lists.
    Lists,
    /// Any object, but no frame.
    Objects,
}

/// Functions of a module or methods of a class.
struct Entry {
    owner: &'static str,
    names: &'static [&'static str],
    arguments: &'static str,
    writes: Writes,
}

const fn entry(
    owner: &'static str,
    names: &'static [&'static str],
    arguments: &'static str,
    writes: Writes,
) -> Entry {
    Entry { owner, names, arguments, writes }
}

use Writes::{Lists, Nothing, Objects};

#[rustfmt::skip]
static TABLE: &[Entry] = &[
    entry("builtins", &["abs"], "n", Nothing),
    entry("builtins", &["bin", "hex", "oct", "chr"], "i", Nothing),
    entry("builtins", &["ord"], "s", Nothing),
    entry("builtins", &["ord"], "b", Nothing),
    entry("builtins", &["divmod"], "nn", Nothing),
    entry("builtins", &["pow"], "nn?n", Nothing),
    entry("builtins", &["round"], "n?a", Nothing),
    entry("builtins", &["hash", "repr", "ascii"], "x", Nothing),
    entry("builtins", &["id", "callable"], ".", Nothing),
    entry("builtins", &["len"], "C", Nothing),
    entry("builtins", &["min", "max"], "nn*", Nothing),
    entry("builtins", &["min", "max"], "ss*", Nothing),
    entry("math", &[
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "comb", "copysign", "cos", "cosh",
        "degrees", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "factorial", "floor", "fmod", "frexp", "gamma", "gcd",
        "hypot", "isclose", "isfinite", "isinf", "isnan", "isqrt", "lcm", "ldexp", "lgamma", "log", "log10", "log1p",
        "log2", "modf", "nextafter", "perm", "pow", "radians", "remainder", "sin", "sinh", "sqrt", "tan", "tanh",
        "trunc", "ulp",
    ], "n*", Nothing),
    entry("time", &["monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns"], "", Nothing),
    entry("Random", &["random"], ".", Objects),
    entry("Random", &["getrandbits"], ".i", Objects),
    entry("object", &["__init__"], ".", Nothing),
    entry("list", &["append"], "l.", Lists),
    entry("list", &["insert"], "li.", Lists),
    entry("list", &["pop"], "l?i", Lists),
    entry("list", &["extend"], "lq", Lists),
    entry("list", &["reverse", "clear"], "l", Lists),
    entry("list", &["copy", "__len__"], "l", Nothing),
    entry("dict", &["keys", "values", "items", "copy", "__len__"], "d", Nothing),
    entry("dict", &["clear"], "d", Objects),
    entry("set", &["copy", "__len__"], "S", Nothing),
    entry("set", &["clear"], "S", Objects),
    entry("str", &[
        "lower", "upper", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip", "split", "rsplit",
        "splitlines", "find", "rfind", "index", "rindex", "count", "startswith", "endswith", "replace", "isalnum",
        "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace",
        "istitle", "isupper", "zfill", "ljust", "rjust", "center", "partition", "rpartition", "expandtabs",
        "removeprefix", "removesuffix", "__len__",
    ], "s?a*", Nothing),
    entry("str", &["join"], "sq", Nothing),
    entry("str", &["encode"], "s", Nothing),
    entry("bytes", &[
        "find", "rfind", "index", "rindex", "count", "startswith", "endswith", "strip", "lstrip", "rstrip", "split",
        "lower", "upper", "hex", "__len__",
    ], "b?a*", Nothing),
    entry("bytes", &["decode"], "b", Nothing),
    entry("int", &["bit_length", "bit_count", "conjugate", "as_integer_ratio", "is_integer"], "i", Nothing),
    entry("int", &["to_bytes"], "ias", Nothing),
    entry("float", &["is_integer", "as_integer_ratio", "conjugate", "hex"], "n", Nothing),
];

/// The alias classes that a native function writes when it is called with such arguments; None when it may run Python
/// code, or nothing is known of it.
pub fn of(owner: &str, name: &str, arguments: &[Value]) -> Option<u32> {
    let e = TABLE
        .iter()
        .find(|e| e.owner == owner && e.names.contains(&name) && matches(e.arguments, arguments))?;
    Some(match e.writes {
        Nothing => 0,
        Lists => Alias::List.bit() | Alias::Items.bit(),
        Objects => EVERYTHING & !Alias::Frame.bit(),
    })
}

/// Must the trace make sure of the type of this argument?
pub fn is_looked_at(owner: &str, name: &str, arguments: &[Value], n: usize) -> bool {
    TABLE
        .iter()
        .find(|e| e.owner == owner && e.names.contains(&name) && matches(e.arguments, arguments))
        .is_none_or(|e| letter(e.arguments, n) != Some('.'))
}

/// The letter of argument `n`.
fn letter(pattern: &str, n: usize) -> Option<char> {
    let letters: Vec<char> = pattern.chars().filter(|c| !matches!(c, '?' | '*')).collect();
    match letters.get(n) {
        None if pattern.ends_with('*') => letters.last().copied(),
        l => l.copied(),
    }
}

fn matches(pattern: &str, arguments: &[Value]) -> bool {
    let required = pattern.chars().take_while(|&c| c != '?').filter(|&c| c != '*').count();
    arguments.len() >= required
        && arguments.iter().enumerate().all(|(n, &v)| letter(pattern, n).is_some_and(|l| is(l, v)))
}

fn is(letter: char, v: Value) -> bool {
    let exact = |t: TypeId| v.has_shape(t as u32);
    let integer = || v.is_small_int() || exact(TypeId::Int) || exact(TypeId::Bool);
    let number = || integer() || v.is_float_word() || exact(TypeId::Float);
    match letter {
        '.' => true,
        'i' => integer(),
        'n' => number(),
        's' => exact(TypeId::Str),
        'b' => exact(TypeId::Bytes),
        'a' => integer() || v.is_none() || exact(TypeId::Str) || exact(TypeId::Bytes),
        'x' => number() || v.is_none() || exact(TypeId::Str) || exact(TypeId::Bytes),
        'l' => v.is_kind(Kind::List),
        'q' => exact(TypeId::List) || exact(TypeId::Tuple),
        'd' => exact(TypeId::Dict),
        'S' => exact(TypeId::Set),
        'C' => [
            TypeId::Str,
            TypeId::Bytes,
            TypeId::ByteArray,
            TypeId::List,
            TypeId::Tuple,
            TypeId::Dict,
            TypeId::Set,
            TypeId::FrozenSet,
            TypeId::Range,
        ]
        .into_iter()
        .any(exact),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_decide() {
        let (one, none) = (Value::small(1), Value::none());
        assert_eq!(of("builtins", "max", &[one, one, one]), Some(0));
        assert_eq!(of("builtins", "max", &[one]), None);
        assert_eq!(of("builtins", "max", &[one, none]), None);
        assert_eq!(of("builtins", "round", &[one]), Some(0));
        assert_eq!(of("builtins", "round", &[one, none]), Some(0));
        assert_eq!(of("builtins", "round", &[one, none, none]), None);
        assert_eq!(of("builtins", "print", &[one]), None);
        assert_eq!(of("time", "time", &[]), Some(0));
        assert_eq!(of("time", "time", &[one]), None);
        assert!(!is_looked_at("builtins", "id", &[one], 0));
        assert!(is_looked_at("builtins", "abs", &[one], 0));
    }
}
