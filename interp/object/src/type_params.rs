//! Substituting type parameters: what generic aliases and unions share.
//!
//! Parameters are recognized by `__typing_subst__`, nested aliases by `__parameters__`, so
//! that the classes written in Python in `typing` take part.

use crate::attr;
use crate::call;
use crate::class::Class;
use crate::construct::builtin;
use crate::custom::Custom;
use crate::generic_alias::GenericAlias;
use crate::kind::Kind;
use crate::list::List;
use crate::names::Name;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::types::TypeId;
use crate::value::Value;
use krait_text::CharsBuf;

/// A function of the `typing` module, which is imported when needed.
pub fn typing_function(th: &Thread, name: &str) -> Res {
    let import = builtin(th, "__import__")?;
    let module = call::call(th, import, &[string::new(th, "typing")])?;
    attr::get_text(th, module, name)
}

/// Calls a function of the `typing` module.
pub fn call_typing(th: &Thread, name: &str, args: &[Value]) -> Res {
    let f = typing_function(th, name)?;
    call::call(th, f, args)
}

fn get(th: &Thread, v: Value, name: &str) -> Res<Option<Value>> {
    attr::get_opt(th, v, th.interp.interned.intern_text(th, name))
}

/// Adds `v` unless it is there already (by identity).
fn add_once(th: &Thread, out: &mut ValueVec, v: Value) -> Result<(), Raised> {
    if out.as_slice().contains(&v) { Ok(()) } else { out.push(th, v) }
}

/// The type parameters in the arguments of an alias, in order of appearance.
pub fn collect(th: &Thread, args: Tuple) -> Res {
    let mut out = ValueVec::new();
    for &arg in args.as_slice() {
        // A class's own `__parameters__` is a descriptor, or says what the class takes.
        if arg.is_kind(Kind::Type) {
            continue;
        }
        if attr::get_opt(th, arg, th.name(Name::__typing_subst__))?.is_some() {
            add_once(th, &mut out, arg)?;
        } else if let Some(t) = nested_parameters(th, arg)? {
            for &p in t.as_slice() {
                add_once(th, &mut out, p)?;
            }
        }
    }
    tuple::from_vec(th, &out)
}

/// The parameters of an argument that is an alias itself.
fn nested_parameters(th: &Thread, arg: Value) -> Res<Option<Tuple>> {
    Ok(attr::get_opt(th, arg, th.name(Name::__parameters__))?.and_then(Tuple::from_value))
}

/// The items of a subscript, with unpacked tuples (`*tuple[int, str]`) opened.
fn unpack_args(th: &Thread, item: Value) -> Res<Tuple> {
    let single = [item];
    let items = Tuple::from_value(item).map_or(&single[..], Tuple::as_slice);
    let mut out = ValueVec::with_capacity(th, items.len())?;
    for &v in items {
        if !v.is_kind(Kind::Type)
            && let Some(sub) = get(th, v, "__typing_unpacked_tuple_args__")?
            && let Some(sub) = Tuple::from_value(sub)
            && sub.as_slice().last() != Some(&Value::ellipsis())
        {
            for &x in sub.as_slice() {
                out.push(th, x)?;
            }
        } else {
            out.push(th, v)?;
        }
    }
    Ok(Tuple::of(tuple::from_vec(th, &out)?))
}

/// The arguments of an alias after its parameters were replaced by the subscript `item`: a tuple.
///
/// # Errors
/// TypeError when there are no parameters or their number is not that of the items.
pub fn substitute(th: &Thread, alias: Value, args: Tuple, parameters: Tuple, item: Value) -> Res {
    if parameters.is_empty() {
        let r = protocol::repr_text(th, alias)?;
        return Err(th.type_error(format!("{r} is not a generic class")));
    }
    let mut items = unpack_args(th, item)?;
    for &p in parameters.as_slice() {
        if let Some(prepare) = attr::get_opt(th, p, th.name(Name::__typing_prepare_subst__))?
            && !prepare.is_none()
        {
            let r = call::call(th, prepare, &[alias, items.value()])?;
            items = match Tuple::from_value(r) {
                Some(t) => t,
                None => Tuple::of(tuple::from_slice(th, &[r])?),
            };
        }
    }
    if items.len() != parameters.len() {
        let what = if items.len() > parameters.len() { "many" } else { "few" };
        let r = protocol::repr_text(th, alias)?;
        return Err(th.type_error(format!(
            "Too {what} arguments for {r}; actual {}, expected {}",
            items.len(),
            parameters.len()
        )));
    }
    let mut out = ValueVec::with_capacity(th, args.len())?;
    for &arg in args.as_slice() {
        if arg.is_kind(Kind::Type) {
            out.push(th, arg)?;
            continue;
        }
        let unpack = match get(th, arg, "__typing_is_unpacked_typevartuple__")? {
            Some(v) => protocol::truth(th, v)?,
            None => false,
        };
        let replaced = match attr::get_opt(th, arg, th.name(Name::__typing_subst__))? {
            Some(f) => match position(parameters, arg) {
                Some(i) => call::call(th, f, &[items.get(i)])?,
                None => arg,
            },
            None => replace_nested(th, arg, parameters, items)?,
        };
        match Tuple::from_value(replaced) {
            Some(t) if unpack => {
                for &x in t.as_slice() {
                    out.push(th, x)?;
                }
            }
            _ => out.push(th, replaced)?,
        }
    }
    tuple::from_vec(th, &out)
}

fn position(parameters: Tuple, v: Value) -> Option<usize> {
    parameters.as_slice().iter().position(|&p| p == v)
}

/// Replaces the parameters of a nested alias by subscripting it with what stands for them.
fn replace_nested(th: &Thread, arg: Value, parameters: Tuple, items: Tuple) -> Res {
    th.check_native_stack()?;
    let nested = nested_parameters(th, arg)?;
    let Some(nested) = nested.filter(|t| !t.is_empty()) else { return Ok(arg) };
    let mut sub = ValueVec::with_capacity(th, nested.len())?;
    for &p in nested.as_slice() {
        match position(parameters, p) {
            Some(i) => {
                let item = items.get(i);
                // What a type variable tuple stands for is a tuple.
                let several = Class::of_value(th, p).special(th, Name::__iter__).is_some();
                match Tuple::from_value(item) {
                    Some(t) if several => {
                        for &x in t.as_slice() {
                            sub.push(th, x)?;
                        }
                    }
                    _ => sub.push(th, item)?,
                }
            }
            None => sub.push(th, p)?,
        }
    }
    let sub = tuple::from_vec(th, &sub)?;
    protocol::getitem(th, arg, sub)
}

/// How an alias shows one of its parts: classes by their qualified names, other objects by their repr.
pub fn write_part(th: &Thread, out: &mut CharsBuf, v: Value) -> Result<(), Raised> {
    let repr = |out: &mut CharsBuf| -> Result<(), Raised> {
        out.extend(Str::of(protocol::repr(th, v)?).chars());
        Ok(())
    };
    if v == Value::ellipsis() {
        out.extend_latin1(b"...");
        return Ok(());
    }
    let is_alias = attr::get_opt(th, v, th.name(Name::__origin__))?.is_some()
        && attr::get_opt(th, v, th.name(Name::__args__))?.is_some();
    if is_alias {
        return repr(out);
    }
    let Some(qualname) = attr::get_opt(th, v, th.name(Name::__qualname__))? else { return repr(out) };
    let module = match attr::get_opt(th, v, th.name(Name::__module__))? {
        Some(m) if !m.is_none() => m,
        _ => return repr(out),
    };
    let text = Str::of(protocol::str_of(th, module)?);
    if !text.is("builtins") {
        out.extend(text.chars());
        out.push(u32::from(b'.'));
    }
    out.extend(Str::of(protocol::str_of(th, qualname)?).chars());
    Ok(())
}

/// As [`write_part`] for an argument of an alias: a list is shown part by part (a parameter list of a callable).
pub fn write_argument(th: &Thread, out: &mut CharsBuf, v: Value) -> Result<(), Raised> {
    let Some(l) = List::from_value(v).filter(|_| v.has_shape(crate::shape::fixed::LIST)) else {
        return write_part(th, out, v);
    };
    out.push(u32::from(b'['));
    let mut i = 0;
    while let Some(x) = l.get(i) {
        if i > 0 {
            out.extend_latin1(b", ");
        }
        write_part(th, out, x)?;
        i += 1;
    }
    out.push(u32::from(b']'));
    Ok(())
}

/// Is the value a `types.GenericAlias` (subclasses included)?
pub fn is_generic_alias(v: Value) -> bool {
    Custom::<GenericAlias>::from_value(v).is_some()
}

/// The name of the module whose code runs: `__module__` of what it makes.
pub fn caller_module(th: &Thread) -> Option<Value> {
    let globals = (th.interp.hooks().globals)(th)?;
    crate::dict::Dict::from_value(globals)?.get_name(th, th.name(Name::__name__))
}

/// Type parameters with `*Ts` unpacked, as an alias's arguments: a tuple.
pub fn with_unpacked(th: &Thread, parameters: Tuple) -> Res {
    let is_tuple_variable = |v: Value| v.has_shape(TypeId::TypeVarTuple as u32);
    if !parameters.as_slice().iter().any(|&p| is_tuple_variable(p)) {
        return Ok(parameters.value());
    }
    let mut out = ValueVec::with_capacity(th, parameters.len())?;
    for &p in parameters.as_slice() {
        let v = if is_tuple_variable(p) {
            let unpack = typing_function(th, "Unpack")?;
            protocol::getitem(th, unpack, p)?
        } else {
            p
        };
        out.push(th, v)?;
    }
    tuple::from_vec(th, &out)
}
