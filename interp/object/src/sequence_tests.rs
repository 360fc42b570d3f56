//! Tests of lists, tuples, ranges, slices, sorting and iterators.

use crate::list::List;
use crate::operators::{self, BinOp};
use crate::testing::{method, show, with, with_stress};
use crate::thread::Thread;
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, float, list, list_sort, protocol, slice, string, tuple};

fn ints(th: &Thread, items: &[i64]) -> Value {
    let v: Vec<Value> = items.iter().map(|&n| Value::small(n)).collect();
    list::from_slice(th, &v).expect("list")
}

fn new(th: &Thread, t: TypeId, args: &[Value]) -> crate::thread::Res {
    let mut all = vec![th.interp.class_value(t)];
    all.extend_from_slice(args);
    let f = th.interp.class(t).lookup(th, th.name(crate::Name::__new__)).expect("__new__");
    call::call(th, f, &all)
}

fn n(x: i64) -> Value {
    Value::small(x)
}

#[test]
fn list_basics() {
    with(|th| {
        let l = ints(th, &[1, 2, 3]);
        assert_eq!(method(th, l, "append", &[n(4)]), "None");
        assert_eq!(
            method(th, l, "append", &[]),
            "TypeError: list.append() takes exactly one argument (0 given)"
        );
        assert_eq!(method(th, l, "insert", &[n(-1), n(9)]), "None");
        assert_eq!(show(th, Ok(l)), "[1, 2, 3, 9, 4]");
        assert_eq!(method(th, l, "pop", &[]), "4");
        assert_eq!(method(th, l, "pop", &[n(0)]), "1");
        assert_eq!(method(th, l, "pop", &[n(7)]), "IndexError: pop index out of range");
        assert_eq!(method(th, l, "remove", &[n(3)]), "None");
        assert_eq!(method(th, l, "remove", &[n(3)]), "ValueError: list.remove(x): x not in list");
        assert_eq!(method(th, l, "extend", &[l]), "None");
        assert_eq!(show(th, Ok(l)), "[2, 9, 2, 9]");
        assert_eq!(method(th, l, "index", &[n(9), n(2)]), "3");
        assert_eq!(method(th, l, "index", &[n(5)]), "ValueError: 5 is not in list");
        assert_eq!(method(th, l, "count", &[n(2)]), "2");
        let s = slice::new(th, Value::none(), Value::none(), n(2));
        assert_eq!(method(th, l, "__getitem__", &[s]), "[2, 2]");
        assert_eq!(method(th, l, "__delitem__", &[s]), "None");
        assert_eq!(show(th, Ok(l)), "[9, 9]");
        assert_eq!(method(th, l, "__mul__", &[n(2)]), "[9, 9, 9, 9]");
        assert_eq!(method(th, l, "sort", &[n(2)]), "TypeError: sort() takes no positional arguments");
        let r = operators::binary(th, BinOp::Add, l, n(1));
        assert_eq!(show(th, r), "TypeError: can only concatenate list (not \"int\") to list");
        let r = operators::binary(th, BinOp::Mul, n(2), l);
        assert_eq!(show(th, r), "[9, 9, 9, 9]");
        let r = operators::binary(th, BinOp::Mul, l, l);
        assert_eq!(show(th, r), "TypeError: can't multiply sequence by non-int of type 'list'");
        call::call_method_text(th, l, "append", &[l]).expect("append");
        assert_eq!(show(th, Ok(l)), "[9, 9, [...]]");
        assert_eq!(
            method(th, l, "__getitem__", &[Value::none()]),
            "TypeError: list indices must be integers or slices, not NoneType"
        );
        let r = protocol::hash(th, l).map(Value::small);
        assert_eq!(show(th, r), "TypeError: unhashable type: 'list'");
    });
}

#[test]
fn list_slices() {
    with(|th| {
        let l = ints(th, &[0, 1, 2, 3, 4, 5]);
        let s = |a: i64, b: i64| slice::new(th, n(a), n(b), Value::none());
        let two = ints(th, &[8, 9]);
        method(th, l, "__setitem__", &[s(1, 4), two]);
        assert_eq!(show(th, Ok(l)), "[0, 8, 9, 4, 5]");
        method(th, l, "__setitem__", &[s(5, 2), two]);
        assert_eq!(show(th, Ok(l)), "[0, 8, 9, 4, 5, 8, 9]");
        let step = slice::new(th, Value::none(), Value::none(), n(-3));
        assert_eq!(
            method(th, l, "__setitem__", &[step, two]),
            "ValueError: attempt to assign sequence of size 2 to extended slice of size 3"
        );
        method(th, l, "__delitem__", &[step]);
        assert_eq!(show(th, Ok(l)), "[8, 9, 5, 8]");
        assert_eq!(method(th, l, "__setitem__", &[s(0, 1), n(1)]), "TypeError: can only assign an iterable");
    });
}

/// A deterministic sequence that looks random.
fn noise(count: usize, modulus: u64) -> Vec<i64> {
    let mut x = 88172645463325252u64;
    (0..count)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x % modulus) as i64
        })
        .collect()
}

#[test]
fn sorts_plain_keys() {
    with(|th| {
        let data = noise(1000, 500);
        let l = ints(th, &data);
        list_sort::sort(th, List::of(l), None, false).expect("sort");
        let mut expected = data.clone();
        expected.sort();
        assert!(protocol::equal(th, l, ints(th, &expected)).expect("equal"));
        list_sort::sort(th, List::of(l), None, true).expect("sort");
        expected.reverse();
        assert!(protocol::equal(th, l, ints(th, &expected)).expect("equal"));
        // Words, floats, mixtures.
        let words: Vec<Value> =
            ["pear", "apple", "fig", "apples", "äpfel"].map(|w| string::new(th, w)).to_vec();
        let l = list::from_slice(th, &words).expect("list");
        list_sort::sort(th, List::of(l), None, false).expect("sort");
        let sorted: Vec<String> =
            List::of(l).as_slice().iter().map(|&v| string::Str::of(v).to_text()).collect();
        assert_eq!(sorted, ["apple", "apples", "fig", "pear", "äpfel"]);
        let mixed = [n(3), float::new(th, 2.5), n(-1), float::new(th, 1e300), Value::true_()];
        let l = list::from_slice(th, &mixed).expect("list");
        list_sort::sort(th, List::of(l), None, false).expect("sort");
        assert_eq!(show(th, Ok(l)), "[-1, True, 2.5, 3, 1e+300]");
        let pairs: Vec<Value> =
            data.iter().enumerate().map(|(i, &d)| tuple::new(th, &[n(d % 7), n(i as i64)])).collect();
        let l = list::from_slice(th, &pairs).expect("list");
        list_sort::sort(th, List::of(l), None, false).expect("sort");
        let flat: Vec<(i64, i64)> = List::of(l)
            .as_slice()
            .iter()
            .map(|&t| (tuple::Tuple::of(t).get(0).as_small(), tuple::Tuple::of(t).get(1).as_small()))
            .collect();
        assert!(flat.is_sorted() && flat.len() == 1000);
    });
}

/// Lists of one number as keys: they take the way of comparisons that may do anything.
fn boxed(th: &Thread, data: &[i64]) -> Value {
    let l = list::new(th);
    for (i, &d) in data.iter().enumerate() {
        let pair = list::from_slice(th, &[n(d), n(i as i64)]).expect("pair");
        l.push(th, pair).expect("push");
    }
    l.value()
}

fn unboxed(l: Value) -> Vec<(i64, i64)> {
    let item = |v: Value, i| List::of(v).get(i).expect("item").as_small();
    List::of(l).as_slice().iter().map(|&v| (item(v, 0), item(v, 1))).collect()
}

#[test]
fn merges_runs() {
    with(|th| {
        let mut shapes: Vec<Vec<i64>> =
            vec![vec![], vec![1], vec![2, 1], noise(63, 10), noise(64, 1000), noise(2000, 40)];
        shapes.push((0..700).collect());
        shapes.push((0..700).rev().collect());
        shapes.push((0..300).chain(100..500).chain((0..200).rev()).chain(0..50).collect());
        shapes.push((0..1000).map(|i| i % 100).collect());
        shapes.push((0..2000).map(|i| if i < 1000 { i + 5000 } else { i }).collect());
        for data in shapes {
            let l = boxed(th, &data);
            list_sort::sort(th, List::of(l), None, false).expect("sort");
            let mut expected: Vec<(i64, i64)> =
                data.iter().enumerate().map(|(i, &d)| (d, i as i64)).collect();
            expected.sort();
            assert_eq!(unboxed(l), expected);
            list_sort::sort(th, List::of(l), None, true).expect("sort");
            expected.reverse();
            assert_eq!(unboxed(l), expected);
        }
    });
}

#[test]
fn merges_while_collecting() {
    with_stress(7, |th| {
        let data = noise(300, 50);
        let l = boxed(th, &data);
        list_sort::sort(th, List::of(l), None, false).expect("sort");
        assert!(unboxed(l).is_sorted());
    });
}

#[test]
fn sort_keeps_everything_after_an_error() {
    with(|th| {
        let mut items: Vec<Value> = noise(200, 1000).iter().map(|&d| tuple::new(th, &[n(d)])).collect();
        items[150] = n(5);
        let l = list::from_slice(th, &items).expect("list");
        let r = list_sort::sort(th, List::of(l), None, false);
        assert_eq!(
            show(th, r.map(|()| Value::none())),
            "TypeError: '<' not supported between instances of 'tuple' and 'int'"
        );
        let mut before: Vec<u64> = items.iter().map(|v| v.0).collect();
        let mut after: Vec<u64> = List::of(l).as_slice().iter().map(|v| v.0).collect();
        before.sort();
        after.sort();
        assert_eq!(before, after);
    });
}

#[test]
fn tuples_and_slices() {
    with(|th| {
        let t = tuple::new(th, &[n(1), n(2), n(1)]);
        assert_eq!(show(th, Ok(t)), "(1, 2, 1)");
        assert_eq!(show(th, Ok(tuple::new(th, &[n(1)]))), "(1,)");
        assert_eq!(method(th, t, "count", &[n(1)]), "2");
        assert_eq!(method(th, t, "index", &[n(1), n(1)]), "2");
        assert_eq!(method(th, t, "index", &[n(7)]), "ValueError: tuple.index(x): x not in tuple");
        assert_eq!(method(th, t, "__add__", &[t]), "(1, 2, 1, 1, 2, 1)");
        assert_eq!(method(th, t, "__mul__", &[n(2)]), "(1, 2, 1, 1, 2, 1)");
        assert_eq!(method(th, t, "__lt__", &[tuple::new(th, &[n(1), n(3)])]), "True");
        let s = new(th, TypeId::Slice, &[n(1), Value::none(), n(-1)]).expect("slice");
        assert_eq!(show(th, Ok(s)), "slice(1, None, -1)");
        assert_eq!(method(th, s, "indices", &[n(5)]), "(1, -1, -1)");
        assert_eq!(method(th, t, "__getitem__", &[s]), "(2, 1)");
        let r = new(th, TypeId::Slice, &[]);
        assert_eq!(show(th, r), "TypeError: slice expected at least 1 argument, got 0");
        let r = new(th, TypeId::Tuple, &[n(1), n(2)]);
        assert_eq!(show(th, r), "TypeError: tuple expected at most 1 argument, got 2");
    });
}

#[test]
fn ranges() {
    with(|th| {
        let r = new(th, TypeId::Range, &[n(2), n(20), n(5)]).expect("range");
        assert_eq!(show(th, Ok(r)), "range(2, 20, 5)");
        assert_eq!(method(th, r, "__len__", &[]), "4");
        assert_eq!(method(th, r, "__getitem__", &[n(-1)]), "17");
        assert_eq!(method(th, r, "__contains__", &[n(12)]), "True");
        assert_eq!(method(th, r, "__contains__", &[n(20)]), "False");
        assert_eq!(method(th, r, "__contains__", &[n(1)]), "False");
        assert_eq!(method(th, r, "index", &[n(12)]), "2");
        assert_eq!(method(th, r, "index", &[n(13)]), "ValueError: 13 is not in range");
        assert_eq!(method(th, r, "__getitem__", &[n(4)]), "IndexError: range object index out of range");
        let back = call::call_method_text(th, r, "__reversed__", &[]).expect("reversed");
        assert_eq!(show(th, crate::list_methods::from_iterable(th, back)), "[17, 12, 7, 2]");
        let s = slice::new(th, Value::none(), Value::none(), n(-2));
        assert_eq!(method(th, r, "__getitem__", &[s]), "range(17, -3, -10)");
        let zero = new(th, TypeId::Range, &[n(1), n(2), n(0)]);
        assert_eq!(show(th, zero), "ValueError: range() arg 3 must not be zero");
        let huge = operators::binary(th, BinOp::LShift, n(1), n(70)).expect("shift");
        let more = operators::binary(th, BinOp::Add, huge, n(3)).expect("add");
        let r = new(th, TypeId::Range, &[huge, more]).expect("range");
        assert_eq!(
            show(th, crate::list_methods::from_iterable(th, r)),
            "[1180591620717411303424, 1180591620717411303425, 1180591620717411303426]"
        );
        assert_eq!(method(th, r, "__contains__", &[more]), "False");
        let down = new(th, TypeId::Range, &[n(5), n(0), n(-2)]).expect("range");
        assert_eq!(show(th, crate::list_methods::from_iterable(th, down)), "[5, 3, 1]");
        assert_eq!(method(th, down, "__contains__", &[n(5)]), "True");
        assert_eq!(method(th, down, "__contains__", &[n(0)]), "False");
    });
}

#[test]
fn iterator_tools() {
    with(|th| {
        let l = ints(th, &[5, 6, 7]);
        let m = ints(th, &[1, 2]);
        let all = |v: Value| show(th, crate::list_methods::from_iterable(th, v));
        let z = new(th, TypeId::Zip, &[l, m]).expect("zip");
        assert_eq!(all(z), "[(5, 1), (6, 2)]");
        let f = th.interp.class(TypeId::Zip).lookup(th, th.name(crate::Name::__new__)).expect("__new__");
        let names = tuple::new(th, &[th.name(crate::Name::strict)]);
        let class = th.interp.class_value(TypeId::Zip);
        let z = call::call_kw(th, f, &[class, l, m, Value::true_()], names).expect("zip");
        assert_eq!(all(z), "ValueError: zip() argument 2 is shorter than argument 1");
        let e = new(th, TypeId::Enumerate, &[l, n(10)]).expect("enumerate");
        assert_eq!(all(e), "[(10, 5), (11, 6), (12, 7)]");
        let r = new(th, TypeId::Enumerate, &[]);
        assert_eq!(show(th, r), "TypeError: enumerate() missing required argument 'iterable'");
        let r = new(th, TypeId::Map, &[l]);
        assert_eq!(show(th, r), "TypeError: map() must have at least two arguments.");
        let f = new(th, TypeId::Filter, &[Value::none(), ints(th, &[0, 1, 0, 2])]).expect("filter");
        assert_eq!(all(f), "[1, 2]");
        let r = new(th, TypeId::Reversed, &[tuple::new(th, &[n(1), n(2)])]).expect("reversed");
        assert_eq!(method(th, r, "__length_hint__", &[]), "2");
        assert_eq!(all(r), "[2, 1]");
        let r = new(th, TypeId::Reversed, &[n(1)]);
        assert_eq!(show(th, r), "TypeError: 'int' object is not reversible");
        let r = new(th, TypeId::NoneType, &[n(1)]);
        assert_eq!(show(th, r), "TypeError: NoneType takes no arguments");
    });
}
