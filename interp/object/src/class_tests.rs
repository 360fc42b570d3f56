//! Classes made and used from native code: layouts, errors, instances, attributes.

use crate::class::Class;
use crate::dict::{self, Dict};
use crate::testing::{show, with, with_stress};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{attr, call, string, tuple};

fn class_of(th: &Thread, t: TypeId) -> Value {
    th.interp.class_value(t)
}

fn make(th: &Thread, name: &str, bases: &[Value], entries: &[(&str, Value)]) -> Res {
    let ns = dict::new(th);
    for (k, v) in entries {
        ns.set_text(th, k, *v);
    }
    let bases = tuple::from_slice(th, bases)?;
    call::call(th, class_of(th, TypeId::Type), &[string::new(th, name), bases, ns.value()])
}

fn text(th: &Thread, s: &str) -> Value {
    string::new(th, s)
}

#[test]
fn makes_classes_and_instances() {
    with(|th| {
        let m = text(th, "m");
        let a = make(th, "A", &[], &[("__module__", m), ("x", Value::small(7))]).unwrap();
        assert_eq!(show(th, Ok(a)), "<class 'm.A'>");
        let i = call::call(th, a, &[]).unwrap();
        assert!(show(th, Ok(i)).starts_with("<m.A object at 0x"));
        assert_eq!(show(th, attr::get_text(th, i, "x")), "7");
        attr::set_text(th, i, "y", Value::small(8)).unwrap();
        assert_eq!(show(th, attr::get_text(th, i, "__dict__")), "{'y': 8}");
        assert_eq!(show(th, call::call(th, a, &[Value::small(1)])), "TypeError: A() takes no arguments");
        let names = crate::dict_methods::key_list(th, Class::of(a).dict());
        assert_eq!(show(th, names), "['__module__', 'x', '__dict__', '__weakref__', '__doc__']");
        let e = call::call(th, class_of(th, TypeId::Type), &[]);
        assert_eq!(show(th, e), "TypeError: type() takes 1 or 3 arguments");
    });
}

#[test]
fn keeps_layouts_apart() {
    with(|th| {
        let object = class_of(th, TypeId::Object);
        let (int, list) = (class_of(th, TypeId::Int), class_of(th, TypeId::List));
        assert_eq!(
            show(th, make(th, "C", &[int, list], &[])),
            "TypeError: multiple bases have instance lay-out conflict"
        );
        let boolean = class_of(th, TypeId::Bool);
        assert_eq!(
            show(th, make(th, "C", &[boolean], &[])),
            "TypeError: type 'bool' is not an acceptable base type"
        );
        let a = make(th, "A", &[], &[]).unwrap();
        assert_eq!(show(th, make(th, "C", &[a, a], &[])), "TypeError: duplicate base class A");
        let e = make(th, "C", &[object, a], &[]);
        assert_eq!(
            show(th, e),
            "TypeError: Cannot create a consistent method resolution\norder (MRO) for bases object, A"
        );
        let (l1, l2) = (make(th, "L1", &[list], &[]).unwrap(), make(th, "L2", &[list], &[]).unwrap());
        assert!(make(th, "L", &[l1, l2], &[]).is_ok());
    });
}

#[test]
fn gives_slots_their_places() {
    with_stress(7, |th| {
        let slots = tuple::new(th, &[text(th, "b"), text(th, "a"), text(th, "__p")]);
        let s = make(th, "S", &[], &[("__slots__", slots)]).unwrap();
        let i = call::call(th, s, &[]).unwrap();
        assert_eq!(show(th, attr::get_text(th, i, "a")), "AttributeError: 'S' object has no attribute 'a'");
        for (k, v) in [("a", 1), ("b", 2), ("_S__p", 3)] {
            attr::set_text(th, i, k, Value::small(v)).unwrap();
        }
        assert_eq!(show(th, attr::get_text(th, i, "b")), "2");
        assert!(attr::set_text(th, i, "zz", Value::ZERO).is_err());
        th.clear_pending();
        // A subclass of a builtin layout: the slots of the base stay when a dict comes in.
        let d = class_of(th, TypeId::Dict);
        let one = tuple::new(th, &[text(th, "a")]);
        let e = make(th, "E", &[d], &[("__slots__", one)]).unwrap();
        let f = make(th, "F", &[e], &[]).unwrap();
        let i = call::call(th, f, &[]).unwrap();
        attr::set_text(th, i, "a", text(th, "slot")).unwrap();
        attr::set_text(th, i, "x", text(th, "dict")).unwrap();
        Dict::of(i).set_text(th, "k", Value::small(5));
        th.heap.collect(true);
        assert_eq!(show(th, attr::get_text(th, i, "a")), "'slot'");
        assert_eq!(show(th, attr::get_text(th, i, "x")), "'dict'");
        assert_eq!(show(th, Ok(i)), "{'k': 5}");
        assert_eq!(show(th, attr::get_text(th, i, "__dict__")), "{'x': 'dict'}");
        let e = make(th, "G", &[class_of(th, TypeId::Int)], &[("__slots__", one)]);
        assert_eq!(show(th, e), "TypeError: nonempty __slots__ not supported for subtype of 'int'");
        let conflict = make(th, "H", &[], &[("__slots__", one), ("a", Value::ZERO)]);
        assert_eq!(show(th, conflict), "ValueError: 'a' in __slots__ conflicts with class variable");
    });
}

#[test]
fn assigns_bases_and_class() {
    with(|th| {
        let x = [("v", Value::small(1))];
        let a = make(th, "A", &[], &x).unwrap();
        let b = make(th, "B", &[], &[("v", Value::small(2))]).unwrap();
        let c = make(th, "C", &[a], &[]).unwrap();
        let i = call::call(th, c, &[]).unwrap();
        assert_eq!(show(th, attr::get_text(th, i, "v")), "1");
        let bases = tuple::new(th, &[b]);
        attr::set_text(th, c, "__bases__", bases).unwrap();
        assert_eq!(show(th, attr::get_text(th, i, "v")), "2");
        attr::set_text(th, i, "own", Value::small(9)).unwrap();
        attr::set_text(th, i, "__class__", a).unwrap();
        assert_eq!(show(th, attr::get_text(th, i, "v")), "1");
        assert_eq!(show(th, attr::get_text(th, i, "own")), "9");
        let r = attr::set_text(th, i, "__class__", class_of(th, TypeId::Int)).map(|()| Value::none());
        let want =
            "TypeError: __class__ assignment only supported for mutable types or ModuleType subclasses";
        assert_eq!(show(th, r), want);
    });
}
