//! What `str` does, checked on a fresh interpreter; the values are CPython 3.12's.

use crate::operators::{self, BinOp};
use crate::testing::{method, show, with, with_stress};
use crate::thread::Thread;
use crate::value::Value;
use crate::{dict, list, protocol, slice, string, tuple};

fn s(th: &Thread, text: &str) -> Value {
    string::new(th, text)
}

fn n(i: i64) -> Value {
    Value::small(i)
}

#[test]
fn searching() {
    with(|th| {
        let t = s(th, "hello wörld");
        assert_eq!(method(th, t, "find", &[s(th, "l")]), "2");
        assert_eq!(method(th, t, "rfind", &[s(th, "l")]), "9");
        assert_eq!(method(th, t, "find", &[s(th, "l"), n(4), Value::none()]), "9");
        assert_eq!(method(th, t, "find", &[s(th, ""), n(12), n(20)]), "-1");
        assert_eq!(method(th, t, "count", &[s(th, "o"), n(-100)]), "1");
        assert_eq!(method(th, t, "index", &[s(th, "x")]), "ValueError: substring not found");
        assert_eq!(method(th, t, "find", &[n(1)]), "TypeError: must be str, not int");
        assert_eq!(method(th, t, "find", &[]), "TypeError: find() takes at least 1 argument (0 given)");
        assert_eq!(
            method(th, t, "find", &[t, t, t, t]),
            "TypeError: find() takes at most 3 arguments (4 given)"
        );
        let two = tuple::new(th, &[s(th, "x"), s(th, "he")]);
        assert_eq!(method(th, t, "startswith", &[two]), "True");
        assert_eq!(method(th, t, "endswith", &[s(th, "wör"), n(0), n(-2)]), "True");
        assert_eq!(
            method(th, t, "startswith", &[n(1)]),
            "TypeError: startswith first arg must be str or a tuple of str, not int"
        );
        assert_eq!(method(th, t, "replace", &[s(th, "l"), s(th, "€"), n(2)]), "'he€€o wörld'");
        assert_eq!(
            method(th, t, "replace", &[Value::none(), t]),
            "TypeError: replace() argument 1 must be str, not None"
        );
        assert_eq!(method(th, t, "removeprefix", &[s(th, "hell")]), "'o wörld'");
        assert_eq!(method(th, t, "removesuffix", &[s(th, "x")]), "'hello wörld'");
        assert_eq!(
            show(th, protocol::contains(th, t, n(1)).map(Value::bool)),
            "TypeError: 'in <string>' requires string as left operand, not int"
        );
    });
}

/// The strings of a list or tuple.
fn texts(th: &Thread, v: Value) -> Vec<String> {
    let items = protocol::collect(th, v).expect("iterable");
    items.iter().map(|v| string::get(v).expect("str").to_text()).collect()
}

#[test]
fn cutting() {
    with(|th| {
        let t = s(th, " a b  c ");
        let call = |name: &str, args: &[Value]| {
            let r = crate::call::call_method_text(th, t, name, args);
            texts(th, r.expect(name))
        };
        assert_eq!(call("split", &[]), ["a", "b", "c"]);
        assert_eq!(call("split", &[Value::none(), n(1)]), ["a", "b  c "]);
        assert_eq!(call("rsplit", &[Value::none(), n(1)]), [" a b", "c"]);
        assert_eq!(call("split", &[s(th, " ")]), ["", "a", "b", "", "c", ""]);
        assert_eq!(call("partition", &[s(th, "b")]), [" a ", "b", "  c "]);
        assert_eq!(call("rpartition", &[s(th, "x")]), ["", "", " a b  c "]);
        assert_eq!(method(th, t, "strip", &[]), "'a b  c'");
        assert_eq!(method(th, t, "lstrip", &[s(th, " a")]), "'b  c '");
        assert_eq!(method(th, t, "strip", &[n(1)]), "TypeError: strip arg must be None or str");
        assert_eq!(method(th, t, "split", &[s(th, "")]), "ValueError: empty separator");
        assert_eq!(method(th, t, "split", &[n(1)]), "TypeError: must be str or None, not int");
        let lines = crate::call::call_method_text(th, s(th, "a\r\nb\x0bc"), "splitlines", &[Value::true_()]);
        assert_eq!(texts(th, lines.expect("list")), ["a\r\n", "b\x0b", "c"]);
        assert_eq!(texts(th, s(th, "aé€")), ["a", "é", "€"]);
    });
}

#[test]
fn making() {
    with(|th| {
        let run = |op, a, b| show(th, operators::binary(th, op, a, b));
        assert_eq!(run(BinOp::Add, s(th, "a"), s(th, "€")), "'a€'");
        assert_eq!(run(BinOp::Mul, s(th, "ab"), n(3)), "'ababab'");
        assert_eq!(run(BinOp::Mul, n(2), s(th, "é")), "'éé'");
        assert_eq!(
            run(BinOp::Add, s(th, "a"), n(1)),
            "TypeError: can only concatenate str (not \"int\") to str"
        );
        assert_eq!(
            run(BinOp::Mul, s(th, "a"), crate::float::new(th, 1.5)),
            "TypeError: can't multiply sequence by non-int of type 'float'"
        );
        assert_eq!(run(BinOp::Mul, s(th, "ab"), n(1 << 60)), "MemoryError: []");
        let l = list::from_slice(th, &[s(th, "a"), s(th, "é"), s(th, "€")]).expect("list");
        assert_eq!(method(th, s(th, ", "), "join", &[l]), "'a, é, €'");
        assert_eq!(method(th, s(th, ", "), "join", &[s(th, "xyz")]), "'x, y, z'");
        assert_eq!(method(th, s(th, ""), "join", &[n(1)]), "TypeError: can only join an iterable");
        let bad = tuple::new(th, &[s(th, "a"), n(1)]);
        assert_eq!(
            method(th, s(th, ""), "join", &[bad]),
            "TypeError: sequence item 1: expected str instance, int found"
        );
        let t = s(th, "abcdef");
        let cut = |a, b, c| show(th, protocol::getitem(th, t, slice::new(th, a, b, c)));
        assert_eq!(cut(n(1), n(-1), Value::none()), "'bcde'");
        assert_eq!(cut(Value::none(), Value::none(), n(-2)), "'fdb'");
        assert_eq!(show(th, protocol::getitem(th, t, n(-1))), "'f'");
        assert_eq!(show(th, protocol::getitem(th, t, n(9))), "IndexError: string index out of range");
        assert_eq!(
            show(th, protocol::getitem(th, t, t)),
            "TypeError: string indices must be integers, not 'str'"
        );
        assert_eq!(method(th, t, "center", &[n(9)]), "'  abcdef '");
        assert_eq!(method(th, t, "center", &[n(9), s(th, "€")]), "'€€abcdef€'");
        assert_eq!(method(th, s(th, "-5"), "zfill", &[n(5)]), "'-0005'");
        assert_eq!(method(th, s(th, "a\tb"), "expandtabs", &[n(4)]), "'a   b'");
        assert_eq!(method(th, s(th, "straße"), "upper", &[]), "'STRASSE'");
        assert_eq!(method(th, s(th, "hello world"), "title", &[]), "'Hello World'");
        assert_eq!(method(th, s(th, "Abc"), "swapcase", &[]), "'aBC'");
        assert_eq!(method(th, s(th, "abc1"), "isidentifier", &[]), "True");
        assert_eq!(method(th, s(th, "x'y\n"), "__repr__", &[]), "'\"x'y\\n\"'");
        assert_eq!(show(th, protocol::format(th, s(th, "abc"), s(th, "*^9.2"))), "'***ab****'");
        assert_eq!(
            show(th, protocol::format(th, s(th, "abc"), s(th, "d"))),
            "ValueError: Unknown format code 'd' for object of type 'str'"
        );
    });
}

#[test]
fn formatting() {
    with(|th| {
        let fmt = |t: &str, args: &[Value]| method(th, s(th, t), "format", args);
        assert_eq!(
            fmt("{} {{}} {:>4}|{:.2f}", &[n(1), s(th, "ab"), crate::float::new(th, 1.005)]),
            "'1 {}   ab|1.00'"
        );
        assert_eq!(fmt("{0}{1}{0}", &[n(1), s(th, "é")]), "'1é1'");
        assert_eq!(fmt("{0!r:{1}}", &[s(th, "x"), n(5)]), "''x'  '");
        assert_eq!(fmt("{0[1]}", &[tuple::new(th, &[n(4), n(5)])]), "'5'");
        assert_eq!(fmt("{}", &[]), "IndexError: Replacement index 0 out of range for positional args tuple");
        assert_eq!(fmt("{a}", &[]), "KeyError: a");
        assert_eq!(
            fmt("{0}{}", &[n(1)]),
            "ValueError: cannot switch from manual field specification to automatic field numbering"
        );
        assert_eq!(fmt("{:{:{}}}", &[n(1), n(2), n(3)]), "ValueError: Max string recursion exceeded");
        assert_eq!(fmt("{!x}", &[n(1)]), "ValueError: Unknown conversion specifier x");
        let d = dict::new(th);
        d.set_text(th, "a", n(7));
        assert_eq!(method(th, s(th, "{a}"), "format_map", &[d.value()]), "'7'");
        let percent = |t: &str, args: Value| show(th, operators::binary(th, BinOp::Mod, s(th, t), args));
        assert_eq!(
            percent(
                "%5.1f|%-5d|%s|%r|%%",
                tuple::new(th, &[crate::float::new(th, 2.25), n(42), n(1), s(th, "q")])
            ),
            "'  2.2|42   |1|'q'|%'"
        );
        assert_eq!(percent("%(a)03d %(a)x", d.value()), "'007 7'");
        assert_eq!(percent("%c%c", tuple::new(th, &[n(8364), s(th, "b")])), "'€b'");
        assert_eq!(percent("%d", s(th, "x")), "TypeError: %d format: a real number is required, not str");
        assert_eq!(
            percent("%x", crate::float::new(th, 1.0)),
            "TypeError: %x format: an integer is required, not float"
        );
        assert_eq!(percent("%s%s", n(1)), "TypeError: not enough arguments for format string");
        assert_eq!(percent("a", n(1)), "TypeError: not all arguments converted during string formatting");
        assert_eq!(percent("%(a)s", n(1)), "TypeError: format requires a mapping");
        assert_eq!(percent("%*d", tuple::new(th, &[n(-4), n(1)])), "'1   '");
    });
}

#[test]
fn translating() {
    with(|th| {
        let make = |a: &[Value]| crate::str_translate::maketrans(th, a);
        let table = make(&[s(th, "ab"), s(th, "x€"), s(th, "c")]).expect("a table");
        assert_eq!(method(th, s(th, "abcd"), "translate", &[table]), "'x€d'");
        assert_eq!(
            show(th, make(&[n(1), Value::MISSING, Value::MISSING])),
            "TypeError: if you give only one argument to maketrans it must be a dict"
        );
        let d = dict::new(th);
        d.set(th, n(97), n(-1)).expect("set");
        assert_eq!(
            method(th, s(th, "a"), "translate", &[d.value()]),
            "ValueError: character mapping must be in range(0x110000)"
        );
    });
}

#[test]
fn coding() {
    with(|th| {
        let t = s(th, "aé€😀");
        for (encoding, size) in [("utf-8", 10), ("UTF-16", 12), ("utf_32", 20)] {
            let b = crate::call::call_method_text(th, t, "encode", &[s(th, encoding)]).expect("encodes");
            assert_eq!(crate::bytes::get(b).map(<[u8]>::len), Some(size), "{encoding}");
            let back = crate::codec::decode_object(th, b, Some(encoding), None).expect("decodes");
            assert_eq!(show(th, Ok(back)), "'aé€😀'");
        }
        let b = crate::codec::encode(th, crate::Str::of(t), Some("ascii"), Some("backslashreplace"));
        assert_eq!(crate::bytes::get(b.expect("bytes")), Some(&b"a\\xe9\\u20ac\\U0001f600"[..]));
        let b = crate::codec::decode(th, b"a\xff", None, Some("replace")).expect("text");
        assert_eq!(show(th, Ok(b)), "'a\u{fffd}'");
        assert_eq!(
            method(th, t, "encode", &[s(th, "ascii"), s(th, "none")]),
            "LookupError: unknown error handler name 'none'"
        );
        assert_eq!(
            method(th, t, "encode", &[n(1)]),
            "TypeError: encode() argument 'encoding' must be str, not int"
        );
        assert!(crate::codec::decode(th, b"a\xff", None, None).is_err());
        let e = crate::exception::Exception::of(th.take_pending());
        assert_eq!(crate::class::type_name(th, e.value()), "UnicodeDecodeError");
    });
}

#[test]
fn under_stress() {
    with_stress(1, |th| {
        let mut parts = Vec::new();
        let l = list::new(th);
        for i in 0..50 {
            let v = operators::binary(th, BinOp::Mod, s(th, "%05d-é"), n(i)).expect("text");
            l.push(th, v).expect("push");
            parts.push(format!("{i:05}-é"));
        }
        let all = crate::call::call_method_text(th, s(th, "/"), "join", &[l.value()]).expect("text");
        let cut = crate::call::call_method_text(th, all, "split", &[s(th, "/")]).expect("list");
        assert_eq!(texts(th, cut), parts);
    });
}

#[test]
fn growing() {
    for stress in [0, 1] {
        with_stress(stress, |th| {
            let cat = |a: Value, b: &str| {
                let b = s(th, b);
                string::concat(th, crate::Str::of(a), crate::Str::of(b)).expect("room")
            };
            let text = |v: Value| crate::Str::of(v).to_text();
            let base = s(th, &"x".repeat(600));
            let one = cat(base, "1");
            // The second append makes room, the third uses it; a fork of the same text must not.
            let two = cat(one, "2");
            let three = cat(two, "3");
            let fork = cat(two, "é");
            let four = cat(three, "4");
            let wide = cat(four, "€");
            let wider = cat(wide, "😀5");
            assert_eq!(text(one), "x".repeat(600) + "1");
            assert_eq!(text(two), "x".repeat(600) + "12");
            assert_eq!(text(fork), "x".repeat(600) + "12é");
            assert_eq!(text(four), "x".repeat(600) + "1234");
            assert_eq!(text(wider), "x".repeat(600) + "1234€😀5");
            assert!(crate::Str::of(four).is_ascii() && !crate::Str::of(fork).is_ascii());
            // Prepending makes ropes.
            let mut front = wider;
            for i in 0..40 {
                let head = s(th, &format!("{i},"));
                let long = string::concat(th, crate::Str::of(head), crate::Str::of(front)).expect("room");
                front = long;
            }
            assert!(text(front).starts_with("39,38,") && text(front).ends_with("€😀5"));
            let mut all = s(th, "");
            let mut expected = String::new();
            for i in 0..2000 {
                all = cat(all, &format!("{i};"));
                expected += &format!("{i};");
            }
            assert_eq!(text(all), expected);
            assert_eq!(method(th, all, "count", &[s(th, ";")]), "2000");
        });
    }
}
