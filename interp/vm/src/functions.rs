//! Handlers that make functions and classes, and import modules.

use crate::build::{action_handlers, value_handlers};
use crate::machine::{Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_object::class::{Class, type_name};
use krait_object::code::Code;
use krait_object::dict::{self, Dict};
use krait_object::function::Function;
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Name, Res, Thread, TypeId, Value, attr, call, function, protocol};

value_handlers! {
    make_function 2 |pc, regs, th| {
        let code = Code::of(regs.constant(pc.b()));
        let f = plain_function(th, regs.function(), code, Value::MISSING);
        let cell = f.cell();
        let flags = pc.extra(0);
        let mut from = pc.c();
        let mut take = |bit: u64| {
            if flags & bit == 0 {
                return None;
            }
            from += 1;
            Some(regs.get(from - 1))
        };
        if let Some(v) = take(1) {
            f.defaults.set(th, cell, v);
        }
        if let Some(v) = take(2) {
            f.kwdefaults.set(th, cell, v);
        }
        if let Some(v) = take(4) {
            f.annotations.set(th, cell, v);
        }
        if let Some(v) = take(8) {
            f.closure.set(th, cell, v);
        }
        Ok(f.value())
    };
    load_build_class 1 |_pc, regs, th| {
        let builtins = regs.function().builtins.get();
        let name = th.name(Name::__build_class__);
        let found = match Dict::from_value(builtins) {
            Some(d) => d.get(th, name)?,
            None => {
                let r = protocol::getitem(th, builtins, name);
                th.catch(r, TypeId::KeyError)?
            }
        };
        found.ok_or_else(|| crate::basic::name_error(th, TypeId::NameError, "__build_class__ not found", name))
    };
    import_name 1 |pc, regs, th| {
        let f = regs.function();
        let builtins = f.builtins.get();
        let import = match Dict::from_value(builtins) {
            Some(d) => d.get_name(th, th.name(Name::__import__)),
            None => None,
        };
        let Some(import) = import else {
            return Err(th.raise_new(TypeId::ImportError, "__import__ not found"));
        };
        let locals = if regs.namespace().is_cell() { regs.namespace() } else { Value::none() };
        let (level, names) = (regs.get(pc.b()), regs.get(pc.b() + 1));
        call::call(th, import, &[regs.constant(pc.c()), f.globals.get(), locals, names, level])
    };
    import_from 1 |pc, regs, th| import_from_module(th, regs.get(pc.b()), regs.constant(pc.c()));
}

/// A function without defaults and annotations, made by one that runs. `closure` may be `MISSING`.
pub fn plain_function(th: &Thread, by: Function, code: Code, closure: Value) -> Function {
    let f = function::new(th, code, by.globals(), by.builtins.get());
    if closure != Value::MISSING {
        f.closure.set(th, f.cell(), closure);
    }
    f
}

/// `from module import name`: the attribute, or the submodule in `sys.modules`.
fn import_from_module(th: &Thread, module: Value, name: Value) -> Res {
    if let Some(v) = attr::get_opt(th, module, name)? {
        return Ok(v);
    }
    let package = attr::get_opt(th, module, th.name(Name::__name__))?.and_then(Str::from_value);
    if let Some(p) = package {
        let full = format!("{}.{}", p.to_text(), Str::of(name).to_text());
        if let Some(modules) = Dict::from_value(th.interp.modules.get())
            && let Some(v) = modules.get_text(th, &full)
        {
            return Ok(v);
        }
    }
    let shown = package.map_or("<unknown module name>".to_owned(), Str::to_text);
    let path = attr::get_opt(th, module, th.name(Name::__file__))?.filter(|p| Str::from_value(*p).is_some());
    let wanted = Str::of(name).to_text();
    let text = match path {
        None => format!("cannot import name '{wanted}' from '{shown}' (unknown location)"),
        Some(p) => {
            let p = Str::of(p).to_text();
            if is_initializing(th, module)? {
                format!(
                    "cannot import name '{wanted}' from partially initialized module '{shown}' (most likely due to a circular import) ({p})"
                )
            } else {
                format!("cannot import name '{wanted}' from '{shown}' ({p})")
            }
        }
    };
    let message = krait_object::string::new(th, &text);
    let e = krait_object::exception::make(th, TypeId::ImportError, &[message])?;
    let ex = krait_object::exception::Exception::of(e);
    let module_name = package.map_or(Value::none(), Str::value);
    for (i, v) in [message, module_name, path.unwrap_or(Value::none()), name].into_iter().enumerate() {
        ex.set_field(th, i, v)?;
    }
    Err(krait_object::exception::raise(th, e))
}

fn is_initializing(th: &Thread, module: Value) -> Res<bool> {
    match attr::get_opt(th, module, th.name(Name::__spec__))? {
        Some(spec) => match attr::get_opt(th, spec, th.name(Name::_initializing))? {
            Some(v) => protocol::truth(th, v),
            None => Ok(false),
        },
        None => Ok(false),
    }
}

action_handlers! {
    import_star 1 |pc, regs, th| {
        let module = regs.get(pc.a());
        let into = regs.namespace();
        let all = attr::get_opt(th, module, th.name(Name::__all__))?;
        let (names, skip_private) = match all {
            Some(a) => (a, false),
            None => {
                let Some(d) = attr::get_opt(th, module, th.name(Name::__dict__))? else {
                    return Err(th.raise_new(
                        TypeId::ImportError,
                        "from-import-* object has no __dict__ and no __all__",
                    ));
                };
                (call::call_method(th, d, th.name(Name::keys), &[])?, true)
            }
        };
        let names = protocol::collect(th, names)?;
        for name in names.iter() {
            let Some(s) = Str::from_value(name) else {
                let in_what = if skip_private { "__dict__" } else { "__all__" };
                let shown = attr::get_opt(th, module, th.name(Name::__name__))?.and_then(Str::from_value);
                return Err(th.type_error(format!(
                    "{} in {}.{in_what} must be str, not {}",
                    if skip_private { "Key" } else { "Item" },
                    shown.map(Str::to_text).unwrap_or_default(),
                    type_name(th, name)
                )));
            };
            if skip_private && !s.is_empty() && s.at(0) == u32::from('_') {
                continue;
            }
            let v = attr::get(th, module, krait_object::string::intern(th, s))?;
            if into.has_shape(krait_object::shape::fixed::DICT) {
                Dict::of(into).set(th, name, v)?;
            } else {
                protocol::setitem(th, into, name, v)?;
            }
        }
        Ok(())
    };
}

value_handlers! {
    match_mapping 1 |pc, regs, th| {
        let c = Class::of_value(th, regs.get(pc.b()));
        Ok(Value::bool(c.has_flag(krait_object::class::flag::MAPPING)))
    };
    match_sequence 1 |pc, regs, th| {
        let c = Class::of_value(th, regs.get(pc.b()));
        Ok(Value::bool(c.has_flag(krait_object::class::flag::SEQUENCE)))
    };
    match_keys 1 |pc, regs, th| match_keys_of(th, regs.get(pc.b()), Tuple::of(regs.get(pc.c())));
    match_class 2 |pc, regs, th| {
        let (subject, class, names) = (regs.get(pc.b()), regs.get(pc.c()), regs.get(pc.c() + 1));
        match_class_of(th, subject, class, Tuple::of(names), pc.extra(0) as usize)
    };
}

/// The values of the keys in a mapping, or None when one is missing.
fn match_keys_of(th: &Thread, subject: Value, keys: Tuple) -> Res {
    let seen = dict::new(th);
    let mut values = krait_object::ValueVec::new();
    let get = if keys.is_empty() { Value::none() } else { attr::get_text(th, subject, "get")? };
    // A value that no mapping holds tells a missing key.
    let dummy = krait_object::instance::new(th, th.interp.class(TypeId::Object));
    for &k in keys.as_slice() {
        if seen.get(th, k)?.is_some() {
            return Err(th.value_error(format!(
                "mapping pattern checks duplicate key ({})",
                protocol::repr_text(th, k)?
            )));
        }
        seen.set(th, k, Value::none())?;
        let v = call::call(th, get, &[k, dummy])?;
        if v == dummy {
            return Ok(Value::none());
        }
        values.push(th, v)?;
    }
    krait_object::tuple::from_vec(th, &values)
}

/// The attributes that a class pattern binds, or None when the subject does not match.
fn match_class_of(th: &Thread, subject: Value, class: Value, names: Tuple, positional: usize) -> Res {
    let Some(c) = Class::from_value(class) else {
        return Err(th.type_error("called match pattern must be a class"));
    };
    if !protocol::is_instance(th, subject, class)? {
        return Ok(Value::none());
    }
    let seen = krait_object::set::new(th);
    let mut values = krait_object::ValueVec::new();
    if positional > 0 {
        let match_args = attr::get_opt(th, class, th.name(Name::__match_args__))?;
        let (allowed, args) = match match_args {
            Some(v) => match Tuple::from_value(v) {
                Some(t) => (t.len(), Some(t)),
                None => {
                    return Err(th.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        c.name_text(),
                        type_name(th, v)
                    )));
                }
            },
            None if c.has_flag(krait_object::class::flag::MATCH_SELF) => (1, None),
            None => (0, None),
        };
        if positional > allowed {
            return Err(th.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{} ({positional} given)",
                c.name_text(),
                if allowed == 1 { "" } else { "s" }
            )));
        }
        match args {
            None => values.push(th, subject)?,
            Some(t) => {
                for i in 0..positional {
                    let name = t.get(i);
                    if Str::from_value(name).is_none() {
                        return Err(th.type_error(format!(
                            "__match_args__ elements must be strings (got {})",
                            type_name(th, name)
                        )));
                    }
                    match pattern_attribute(th, subject, c, name, seen)? {
                        Some(v) => values.push(th, v)?,
                        None => return Ok(Value::none()),
                    }
                }
            }
        }
    }
    for &name in names.as_slice() {
        match pattern_attribute(th, subject, c, name, seen)? {
            Some(v) => values.push(th, v)?,
            None => return Ok(Value::none()),
        }
    }
    krait_object::tuple::from_vec(th, &values)
}

fn pattern_attribute(
    th: &Thread,
    subject: Value,
    c: Class,
    name: Value,
    seen: krait_object::set::Set,
) -> Res<Option<Value>> {
    if seen.contains(th, name)? {
        return Err(th.type_error(format!(
            "{}() got multiple sub-patterns for attribute {}",
            c.name_text(),
            protocol::repr_text(th, name)?
        )));
    }
    seen.add(th, name)?;
    attr::get_opt(th, subject, krait_object::string::intern(th, Str::of(name)))
}
