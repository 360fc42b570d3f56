//! "Did you mean": the name nearest to one that was not found.

use krait_object::code::Code;
use krait_object::dict::Dict;
use krait_object::exception::{Exception, fields};
use krait_object::frameobj::Frame;
use krait_object::function::Function;
use krait_object::string::Str;
use krait_object::traceback::Traceback;
use krait_object::tuple::Tuple;
use krait_object::{Class, Res, Thread, TypeId, Value, attr, protocol};

/// Names beyond this number are too many to compare.
const MAX_NAMES: usize = 750;
const MAX_LENGTH: usize = 40;
/// Cost of an inserted, removed or replaced letter, and of one in the other case.
const MOVE: usize = 2;
const CASE: usize = 1;

/// What to add to the message of an exception; empty when there is nothing near.
pub fn hint(th: &Thread, e: Value) -> String {
    let Some(x) = Exception::from_value(e) else { return String::new() };
    let class = Class::of_value(th, e);
    let found = if class.is(TypeId::AttributeError) {
        attribute(th, x)
    } else if class.is(TypeId::NameError) {
        variable(th, x)
    } else if class.is(TypeId::ImportError) {
        imported(th, x)
    } else {
        Ok(None)
    };
    match found {
        Ok(s) => s.unwrap_or_default(),
        Err(_) => {
            th.clear_pending();
            String::new()
        }
    }
}

fn field_text(e: Exception, i: usize) -> Option<Value> {
    Some(e.field(i)).filter(|v| v.has_shape(TypeId::Str as u32))
}

fn did_you_mean(th: &Thread, found: Option<Value>) -> Res<Option<String>> {
    match found {
        Some(v) => Ok(Some(format!(". Did you mean: {}?", protocol::repr_text(th, v)?))),
        None => Ok(None),
    }
}

fn attribute(th: &Thread, e: Exception) -> Res<Option<String>> {
    let object = e.field(1);
    let Some(name) = field_text(e, 0) else { return Ok(None) };
    if object == Value::UNBOUND {
        return Ok(None);
    }
    let names = crate::builtins::dir_of(th, object)?;
    did_you_mean(th, nearest(th, names, name)?)
}

fn imported(th: &Thread, e: Exception) -> Res<Option<String>> {
    let at = |name: &str| fields::IMPORT.iter().position(|f| *f == name).and_then(|i| field_text(e, i));
    let (Some(module), Some(name)) = (at("name"), at("name_from")) else { return Ok(None) };
    let modules = th.interp.modules.get();
    let Some(m) = Dict::from_value(modules).map(|d| d.get(th, module)).transpose()?.flatten() else {
        return Ok(None);
    };
    let names = crate::builtins::dir_of(th, m)?;
    did_you_mean(th, nearest(th, names, name)?)
}

fn variable(th: &Thread, e: Exception) -> Res<Option<String>> {
    let Some(name) = field_text(e, 0) else { return Ok(None) };
    let Some(mut tb) = Traceback::from_value(e.traceback.get()) else { return Ok(None) };
    while let Some(next) = Traceback::from_value(tb.next.get()) {
        tb = next;
    }
    let found = near_variable(th, Frame::of(tb.frame.get()), name)?;
    let known = crate::sys::get(th, "stdlib_module_names");
    let is_module = match known {
        Some(s) => protocol::contains(th, s, name)?,
        None => false,
    };
    if !is_module {
        return Ok(found.map(|f| format!(". Did you mean: {f}?")));
    }
    let shown = protocol::repr_text(th, name)?;
    Ok(Some(match found {
        None => format!(". Did you forget to import {shown}?"),
        Some(f) => format!(". Did you mean: {f}? Or did you forget to import {shown}?"),
    }))
}

/// The nearest of a frame's variables, as `repr` shows it.
fn near_variable(th: &Thread, f: Frame, name: Value) -> Res<Option<String>> {
    let code: Code = f.code();
    let locals = Tuple::of(code.varnames());
    let free = Tuple::of(code.freevars());
    let mut all = krait_object::ValueVec::new();
    for &v in locals.as_slice().iter().chain(free.as_slice()) {
        all.push(th, v)?;
    }
    let names = krait_object::tuple::from_vec(th, &all)?;
    if let Some(v) = nearest(th, names, name)? {
        return Ok(Some(protocol::repr_text(th, v)?));
    }
    if let Some(i) = locals.as_slice().iter().position(|v| Str::of(*v).is("self")) {
        let mut receiver = f.register(i);
        if let Some(c) = krait_object::cellvar::CellVar::from_value(receiver) {
            receiver = c.value.get();
        }
        if !receiver.is_internal() && attr::has(th, receiver, name)? {
            let text = krait_object::string::try_new(th, &format!("self.{}", Str::of(name).to_text()))?;
            return Ok(Some(protocol::repr_text(th, text)?));
        }
    }
    let Some(function) = Function::from_value(f.function.get()) else { return Ok(None) };
    for namespace in [function.globals.get(), function.builtins.get()] {
        if Dict::from_value(namespace).is_some()
            && let Some(v) = nearest(th, namespace, name)?
        {
            return Ok(Some(protocol::repr_text(th, v)?));
        }
    }
    Ok(None)
}

/// The name of an iterable of names that is nearest to one, if any is near enough.
fn nearest(th: &Thread, names: Value, name: Value) -> Res<Option<Value>> {
    let items = protocol::collect(th, names)?;
    if items.len() >= MAX_NAMES {
        return Ok(None);
    }
    let wanted = Str::of(name).to_text();
    let mut best = None;
    let mut best_cost = usize::MAX;
    for v in items.iter() {
        let Some(text) = Str::from_value(v).map(Str::to_text) else { continue };
        if text == wanted {
            continue;
        }
        // No more than a third of the letters may differ.
        let max = ((wanted.len() + text.len() + 3) * MOVE / 6).min(best_cost.saturating_sub(1));
        let cost = distance(wanted.as_bytes(), text.as_bytes(), max);
        if cost <= max && cost < best_cost {
            (best, best_cost) = (Some(v), cost);
        }
    }
    Ok(best)
}

fn replace_cost(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The edit distance, or something larger than `max` when it is larger.
fn distance<'a>(mut a: &'a [u8], mut b: &'a [u8], max: usize) -> usize {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return max + 1;
    }
    if b.len() < a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    if (b.len() - a.len()) * MOVE > max {
        return max + 1;
    }
    // One row of the matrix is enough.
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (i, &c) in b.iter().enumerate() {
        result = i * MOVE;
        let mut diagonal = result;
        let mut least = usize::MAX;
        for (cell, &d) in row.iter_mut().zip(a) {
            let replaced = diagonal + replace_cost(c, d);
            diagonal = *cell;
            result = (result.min(diagonal) + MOVE).min(replaced);
            *cell = result;
            least = least.min(result);
        }
        if least > max {
            return max + 1;
        }
    }
    result
}
