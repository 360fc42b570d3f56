//! Binding of arguments to the parameters of a Python function, with CPython's error texts.

use crate::machine::Regs;
use krait_bytecode::CodeFlags;
use krait_object::dict::{self, Dict};
use krait_object::function::Function;
use krait_object::shape::fixed;
use krait_object::string::Str;
use krait_object::tuple::{self, Tuple};
use krait_object::{Raised, Res, Thread, Value, protocol};

/// Values given by name are kept in an array on the machine stack up to this number.
const FEW: usize = 8;

/// Binds into the registers from `base` on. The arguments may lie in those registers.
pub fn bind_arguments(th: &Thread, f: Function, args: &[Value], kwnames: Value, base: Regs) -> Res<()> {
    let code = f.code();
    let positional = code.arg_count.get() as usize;
    let keyword_only = code.kwonly_count.get() as usize;
    let total = positional + keyword_only;
    let nkw = if kwnames == Value::MISSING { 0 } else { Tuple::of(kwnames).len() };
    let given = args.len() - nkw;
    // Keyword values are needed after the registers they may lie in are overwritten.
    let mut few = [Value::MISSING; FEW];
    let many;
    let keywords: &[Value] = if nkw <= FEW {
        few[..nkw].copy_from_slice(&args[given..]);
        &few[..nkw]
    } else {
        many = Tuple::of(tuple::from_slice(th, &args[given..])?);
        many.as_slice()
    };
    let extra = if code.has_flag(CodeFlags::VARARGS) {
        Some(tuple::from_slice(th, &args[given.min(positional)..given])?)
    } else {
        None
    };
    let direct = given.min(positional);
    let rest = if code.has_flag(CodeFlags::VARKEYWORDS) { Some(dict::new(th)) } else { None };
    // Comparing names may run Python code, whose frames lie where the parameters go: that is done first then.
    let placed = if nkw > 0 && Tuple::of(kwnames).as_slice().iter().any(|n| !n.has_shape(fixed::STR)) {
        Some(place_keywords(th, f, keywords, Tuple::of(kwnames), direct, rest)?)
    } else {
        None
    };
    // SAFETY: the frame has room for its parameters; source and target may overlap.
    unsafe { std::ptr::copy(args.as_ptr(), base.0, direct) };
    for i in direct..total {
        base.set(i, Value::UNBOUND);
    }
    let mut at = total;
    if let Some(extra) = extra {
        base.set(at, extra);
        at += 1;
    }
    if let Some(d) = rest {
        base.set(at, d.value());
    }
    if let Some(placed) = placed {
        for (k, place) in placed.into_iter().enumerate() {
            if let Some(i) = place {
                base.set(i, keywords[k]);
            }
        }
    } else if nkw > 0 {
        bind_keywords(th, f, keywords, Tuple::of(kwnames), base, total, rest)?;
    }
    if given > positional && extra.is_none() {
        return Err(too_many(th, f, given, base));
    }
    if given < positional {
        fill_defaults(th, f, given, base)?;
    }
    if keyword_only > 0 {
        fill_keyword_defaults(th, f, base, positional, total)?;
    }
    // The registers are not traced before the frame is entered: until now this frame kept the collected arguments.
    std::hint::black_box((keywords.as_ptr(), extra, rest.map(Dict::value)));
    Ok(())
}

fn qualname(f: Function) -> String {
    Str::from_value(f.qualname.get()).map(Str::to_text).unwrap_or_default()
}

/// Binds keywords whose names are exact strings.
fn bind_keywords(
    th: &Thread,
    f: Function,
    values: &[Value],
    names: Tuple,
    base: Regs,
    total: usize,
    rest: Option<Dict>,
) -> Res<()> {
    let code = f.code();
    let params = Tuple::of(code.varnames());
    let posonly = code.posonly_count.get() as usize;
    for (&name, &value) in names.as_slice().iter().zip(values) {
        // Names made at run time need not be interned.
        let found = (posonly..total)
            .find(|&i| params.get(i) == name)
            .or_else(|| (posonly..total).find(|&i| Str::of(params.get(i)).equals(Str::of(name))));
        match found {
            Some(i) if base.get(i) == Value::UNBOUND => base.set(i, value),
            Some(_) => return Err(multiple_values(th, f, name)),
            None => match rest {
                Some(d) => d.set(th, name, value)?,
                None => return Err(unexpected(th, f, name, names)),
            },
        }
    }
    Ok(())
}

/// For keywords with names of classes derived from `str`: the parameter that each goes to. What goes to none is in
/// `rest` afterwards.
#[cold]
fn place_keywords(
    th: &Thread,
    f: Function,
    values: &[Value],
    names: Tuple,
    direct: usize,
    rest: Option<Dict>,
) -> Res<Vec<Option<usize>>> {
    let code = f.code();
    let params = Tuple::of(code.varnames());
    let total = (code.arg_count.get() + code.kwonly_count.get()) as usize;
    let mut places = Vec::with_capacity(names.len());
    for (&name, &value) in names.as_slice().iter().zip(values) {
        let mut found = None;
        for i in code.posonly_count.get() as usize..total {
            if protocol::equal(th, name, params.get(i))? {
                found = Some(i);
                break;
            }
        }
        match (found, rest) {
            (Some(i), _) if i < direct || places.contains(&found) => {
                return Err(multiple_values(th, f, name));
            }
            (Some(_), _) => {}
            (None, Some(d)) => d.set(th, name, value)?,
            (None, None) => return Err(unexpected(th, f, name, names)),
        }
        places.push(found);
    }
    Ok(places)
}

#[cold]
fn multiple_values(th: &Thread, f: Function, name: Value) -> Raised {
    th.type_error(format!("{}() got multiple values for argument '{}'", qualname(f), Str::of(name).to_text()))
}

#[cold]
fn unexpected(th: &Thread, f: Function, name: Value, names: Tuple) -> Raised {
    let code = f.code();
    let params = Tuple::of(code.varnames());
    let wrong: Vec<String> = (0..code.posonly_count.get() as usize)
        .filter(|&i| names.as_slice().iter().any(|&n| Str::of(n).equals(Str::of(params.get(i)))))
        .map(|i| Str::of(params.get(i)).to_text())
        .collect();
    if !wrong.is_empty() {
        return th.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            qualname(f),
            wrong.join(", ")
        ));
    }
    th.type_error(format!(
        "{}() got an unexpected keyword argument '{}'",
        qualname(f),
        Str::of(name).to_text()
    ))
}

fn fill_defaults(th: &Thread, f: Function, given: usize, base: Regs) -> Res<()> {
    let code = f.code();
    let positional = code.arg_count.get() as usize;
    let defaults = Tuple::from_value(f.defaults.get());
    let count = defaults.map_or(0, Tuple::len);
    let first = positional.saturating_sub(count);
    if (given..first).any(|i| base.get(i) == Value::UNBOUND) {
        return Err(missing(th, f, "positional", 0..first, base));
    }
    if let Some(d) = defaults {
        for i in first.max(given)..positional {
            if base.get(i) == Value::UNBOUND {
                base.set(i, d.get(i - first + count.saturating_sub(positional)));
            }
        }
    }
    Ok(())
}

fn fill_keyword_defaults(th: &Thread, f: Function, base: Regs, from: usize, to: usize) -> Res<()> {
    let params = Tuple::of(f.code().varnames());
    let defaults = Dict::from_value(f.kwdefaults.get());
    let mut lacking = false;
    for i in from..to {
        if base.get(i) != Value::UNBOUND {
            continue;
        }
        match defaults {
            Some(d) => match d.get(th, params.get(i))? {
                Some(v) => base.set(i, v),
                None => lacking = true,
            },
            None => lacking = true,
        }
    }
    if lacking { Err(missing(th, f, "keyword-only", from..to, base)) } else { Ok(()) }
}

#[cold]
fn missing(th: &Thread, f: Function, kind: &str, range: std::ops::Range<usize>, base: Regs) -> Raised {
    let params = Tuple::of(f.code().varnames());
    let names: Vec<String> = range
        .filter(|&i| base.get(i) == Value::UNBOUND)
        .map(|i| format!("'{}'", Str::of(params.get(i)).to_text()))
        .collect();
    let list = match names.as_slice() {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        [] => String::new(),
    };
    th.type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        qualname(f),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    ))
}

#[cold]
fn too_many(th: &Thread, f: Function, given: usize, base: Regs) -> Raised {
    let code = f.code();
    let positional = code.arg_count.get() as usize;
    let keyword_only = code.kwonly_count.get() as usize;
    let defaults = Tuple::from_value(f.defaults.get()).map_or(0, Tuple::len);
    let (text, plural) = if defaults > 0 {
        (format!("from {} to {positional}", positional.saturating_sub(defaults)), true)
    } else {
        (positional.to_string(), positional != 1)
    };
    let keywords_given =
        (positional..positional + keyword_only).filter(|&i| base.get(i) != Value::UNBOUND).count();
    let also = if keywords_given > 0 {
        format!(
            " positional argument{} (and {keywords_given} keyword-only argument{})",
            if given != 1 { "s" } else { "" },
            if keywords_given != 1 { "s" } else { "" }
        )
    } else {
        String::new()
    };
    th.type_error(format!(
        "{}() takes {text} positional argument{} but {given}{also} {} given",
        qualname(f),
        if plural { "s" } else { "" },
        if given == 1 && keywords_given == 0 { "was" } else { "were" }
    ))
}
