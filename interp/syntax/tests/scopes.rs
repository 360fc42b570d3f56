//! What names mean: bindings, scopes and the errors about them.

use krait_syntax::ast::NodeId;
use krait_syntax::error::SyntaxError;
use krait_syntax::parse::{Flags, Mode, parse};
use krait_syntax::scope::{Binding, Scope, Scopes, analyze};

fn scopes(source: &str) -> Result<Scopes, Box<SyntaxError>> {
    let parsed = parse(source, Mode::Exec, &Flags::default())?;
    let features = krait_syntax::future::features(&parsed.tree, 0)?;
    analyze(&parsed.tree, &features)
}

fn error(source: &str) -> String {
    match scopes(source) {
        Ok(_) => "ok".into(),
        Err(e) => format!("{}:{}-{}:{} {}", e.lineno, e.offset, e.end_lineno, e.end_offset, e.msg),
    }
}

/// The scope with a given name, wherever it is.
fn find<'a>(scopes: &'a Scopes, name: &str) -> &'a Scope {
    fn search<'a>(scopes: &'a Scopes, id: NodeId, name: &str) -> Option<&'a Scope> {
        let scope = scopes.get(id)?;
        if &*scope.name == name {
            return Some(scope);
        }
        scope.children.iter().find_map(|&child| search(scopes, child, name))
    }
    search(scopes, NodeId::MODULE, name).expect("the scope exists")
}

#[test]
fn bindings() {
    let all = scopes(
        "import os.path\n\
         def outer(a, *b, c=1, **d):\n  x = a\n  global g\n  def inner():\n    nonlocal x\n    x = g + y\n    return a\n  return inner\n\
         class C:\n  __p = 1\n  def m(self):\n    return super().m() + self.__p\n",
    )
    .unwrap();
    let module = all.module().unwrap();
    assert_eq!(module.binding("os"), Binding::Local);
    assert_eq!(module.binding("g"), Binding::GlobalExplicit);
    let outer = find(&all, "outer");
    assert_eq!(outer.params.iter().map(|n| n.as_str()).collect::<Vec<_>>(), ["a", "c", "b", "d"]);
    assert_eq!(outer.binding("x"), Binding::Cell);
    assert_eq!(outer.binding("a"), Binding::Cell);
    assert_eq!(outer.binding("b"), Binding::Local);
    assert!(outer.varargs && outer.varkeywords && outer.returns_value);
    let inner = find(&all, "inner");
    assert_eq!(inner.binding("x"), Binding::Free);
    assert_eq!(inner.binding("g"), Binding::GlobalImplicit);
    assert_eq!(inner.binding("y"), Binding::GlobalImplicit);
    let class = find(&all, "C");
    assert!(class.needs_class_closure);
    assert_eq!(class.binding("_C__p"), Binding::Local);
    assert_eq!(find(&all, "m").binding("__class__"), Binding::Free);
}

#[test]
fn comprehensions_are_inlined() {
    let all =
        scopes("def f(z):\n  a = [x for x in z]\n  b = [lambda: y for y in z]\n  return (w for w in z)\n")
            .unwrap();
    let f = find(&all, "f");
    assert_eq!(f.binding("x"), Binding::Local);
    assert_eq!(f.binding("y"), Binding::Cell);
    assert_eq!(f.binding("w"), Binding::Unknown);
    // The lambda has moved out of its comprehension; the generator stays a scope of its own.
    let names: Vec<_> = f.children.iter().filter_map(|&id| all.get(id)).map(|s| s.name.to_string()).collect();
    assert_eq!(names, ["lambda", "genexpr"]);
}

#[test]
fn type_parameters() {
    let all = scopes("class A[T: int]:\n  def f[U](self, x: T) -> U: ...\n  type B = T\n").unwrap();
    // The scope of the parameters comes first and has the class's name.
    let params = find(&all, "A");
    assert_eq!(params.binding(".type_params"), Binding::Cell);
    assert_eq!(params.binding("T"), Binding::Cell);
    assert_eq!(find(&all, "B").binding("T"), Binding::Free);
    assert!(find(&all, "B").can_see_class_scope);
}

#[test]
fn errors() {
    for (source, expected) in [
        ("def f(a, b, a): pass", "1:13-1:14 duplicate argument 'a' in function definition"),
        ("def f(x):\n  global x", "2:3-2:11 name 'x' is parameter and global"),
        ("def f():\n  x = 1\n  global x", "3:3-3:11 name 'x' is assigned to before global declaration"),
        ("def f():\n  print(x)\n  global x", "3:3-3:11 name 'x' is used prior to global declaration"),
        ("def f():\n  x: int\n  global x", "3:3-3:11 annotated name 'x' can't be global"),
        ("def f():\n  nonlocal x", "2:3-2:13 no binding for nonlocal 'x' found"),
        ("nonlocal x", "1:1-1:11 nonlocal declaration not allowed at module level"),
        ("def f():\n  global x\n  nonlocal x", "2:3-2:11 name 'x' is nonlocal and global"),
        ("def f():\n  from a import *", "2:17-2:18 import * only allowed at module level"),
        (
            "[i := 1 for i in x]",
            "1:2-1:3 assignment expression cannot rebind comprehension iteration variable 'i'",
        ),
        (
            "[i for i in (j := x)]",
            "1:14-1:20 assignment expression cannot be used in a comprehension iterable expression",
        ),
        (
            "class C:\n  [(a := 1) for b in c]",
            "2:5-2:6 assignment expression within a comprehension cannot be used in a class body",
        ),
        ("def f():\n  [(yield) for x in y]", "2:5-2:10 'yield' inside list comprehension"),
        ("type X = (yield)", "1:11-1:16 yield expression cannot be used within a type alias"),
        ("def f[T, T](): pass", "1:10-1:11 duplicate type parameter 'T'"),
        (
            "class C:\n  type X = lambda: 1",
            "2:12-2:21 Cannot use lambda in annotation scope within class scope",
        ),
        ("from __future__ import braces", "1:1-1:-2147483648 not a chance"),
    ] {
        assert_eq!(error(source), expected, "{source}");
    }
}

#[test]
fn deep_nesting_fits_a_small_stack() {
    let source = "lambda:".repeat(2900) + "x";
    let run = move || scopes(&source).map(|_| ()).map_err(|e| e.msg);
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap();
    assert_eq!(thread.join().unwrap(), Ok(()));
}
