//! `_heapq`: binary heaps in lists.
//!
//! Comparisons may run Python code that changes the list: after each one its length is
//! checked, and items are read again by index.

use crate::order::less;
use krait_object::class::type_name;
use krait_object::list::List;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::natives;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;

/// The `_heapq` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_heapq", doc: "", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_str(th, "__about__", "Heaps are lists with a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k.");
    Ok(())
}

/// The heap argument; `place` is how messages count it.
fn heap_arg(th: &Thread, v: Value, name: &str, place: &str) -> Res<List> {
    List::from_value(v).ok_or_else(|| {
        let got = type_name(th, v);
        th.type_error(format!("{name}() argument{place} must be list, not {got}"))
    })
}

#[cold]
fn changed(th: &Thread) -> Raised {
    th.runtime_error("list changed size during iteration")
}

fn item(th: &Thread, h: List, i: usize) -> Res {
    h.get(i).ok_or_else(|| changed(th))
}

/// `a` before `b` in the heap's order: the smallest first, or with `max` the largest.
#[inline]
fn before(th: &Thread, max: bool, a: Value, b: Value) -> Res<bool> {
    if max { less(th, b, a) } else { less(th, a, b) }
}

/// Moves the item at `at` towards the root, not above `start`.
fn towards_root(th: &Thread, h: List, start: usize, mut at: usize, max: bool) -> Res<()> {
    let size = h.len();
    if at >= size {
        return Err(th.index_error("index out of range"));
    }
    let new = item(th, h, at)?;
    while at > start {
        let parent = (at - 1) / 2;
        let up = before(th, max, new, item(th, h, parent)?)?;
        if h.len() != size {
            return Err(changed(th));
        }
        if !up {
            break;
        }
        let (p, n) = (item(th, h, parent)?, item(th, h, at)?);
        h.set(th, parent, n);
        h.set(th, at, p);
        at = parent;
    }
    Ok(())
}

/// Moves the smaller children of `at` up until a leaf is free, then the item towards its place from there.
fn towards_leaf(th: &Thread, h: List, start: usize, max: bool) -> Res<()> {
    let size = h.len();
    if start >= size {
        return Err(th.index_error("index out of range"));
    }
    let mut at = start;
    let limit = size / 2;
    while at < limit {
        let mut child = 2 * at + 1;
        if child + 1 < size {
            let left = before(th, max, item(th, h, child)?, item(th, h, child + 1)?)?;
            child += usize::from(!left);
            if h.len() != size {
                return Err(changed(th));
            }
        }
        let (c, n) = (item(th, h, child)?, item(th, h, at)?);
        h.set(th, child, n);
        h.set(th, at, c);
        at = child;
    }
    towards_root(th, h, start, at, max)
}

fn push(th: &Thread, a: &[Value]) -> Res {
    let h = heap_arg(th, a[0], "heappush", " 1")?;
    h.push(th, a[1])?;
    towards_root(th, h, 0, h.len() - 1, false)?;
    Ok(Value::none())
}

fn pop_from(th: &Thread, h: List, max: bool) -> Res {
    let Some(last) = h.pop() else { return Err(th.index_error("index out of range")) };
    let Some(first) = h.get(0) else { return Ok(last) };
    h.set(th, 0, last);
    towards_leaf(th, h, 0, max)?;
    Ok(first)
}

fn replace_in(th: &Thread, h: List, v: Value, max: bool) -> Res {
    let Some(first) = h.get(0) else { return Err(th.index_error("index out of range")) };
    h.set(th, 0, v);
    towards_leaf(th, h, 0, max)?;
    Ok(first)
}

fn pop(th: &Thread, a: &[Value]) -> Res {
    pop_from(th, heap_arg(th, a[0], "heappop", "")?, false)
}

fn pop_max(th: &Thread, a: &[Value]) -> Res {
    pop_from(th, heap_arg(th, a[0], "_heappop_max", "")?, true)
}

fn replace(th: &Thread, a: &[Value]) -> Res {
    replace_in(th, heap_arg(th, a[0], "heapreplace", " 1")?, a[1], false)
}

fn replace_max(th: &Thread, a: &[Value]) -> Res {
    replace_in(th, heap_arg(th, a[0], "_heapreplace_max", " 1")?, a[1], true)
}

fn pushpop(th: &Thread, a: &[Value]) -> Res {
    let h = heap_arg(th, a[0], "heappushpop", " 1")?;
    let Some(top) = h.get(0) else { return Ok(a[1]) };
    if !less(th, top, a[1])? {
        return Ok(a[1]);
    }
    if h.is_empty() {
        return Err(th.index_error("index out of range"));
    }
    replace_in(th, h, a[1], false)
}

fn make_heap(th: &Thread, h: List, max: bool) -> Res {
    for i in (0..h.len() / 2).rev() {
        towards_leaf(th, h, i, max)?;
    }
    Ok(Value::none())
}

fn heapify(th: &Thread, a: &[Value]) -> Res {
    make_heap(th, heap_arg(th, a[0], "heapify", "")?, false)
}

fn heapify_max(th: &Thread, a: &[Value]) -> Res {
    make_heap(th, heap_arg(th, a[0], "_heapify_max", "")?, true)
}

natives! {
    static FUNCTIONS = {
        function "heappush" "(heap, item, /)" push, "";
        function "heappop" "(heap, /)" pop, "";
        function "heapreplace" "(heap, item, /)" replace, "";
        function "heappushpop" "(heap, item, /)" pushpop, "";
        function "heapify" "(heap, /)" heapify, "";
        function "_heappop_max" "(heap, /)" pop_max, "";
        function "_heapify_max" "(heap, /)" heapify_max, "";
        function "_heapreplace_max" "(heap, item, /)" replace_max, "";
    }
}
