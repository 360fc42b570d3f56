//! Handlers that build containers and strings.

use crate::call::function_text;
use crate::machine::{Pc, Regs, Table, next};
use crate::unwind::unwind;
use krait_object::class::{Class, type_name};
use krait_object::dict::{self, Dict};
use krait_object::list::{self, List};
use krait_object::set::{self, Set};
use krait_object::string::Str;
use krait_object::{Name, Res, Thread, TypeId, Value, protocol, tuple};

/// A handler whose work is a function of the instruction that returns a value for register a.
macro_rules! value_handlers {
    ($($name:ident $words:literal |$pc:ident, $regs:ident, $th:ident| $work:expr;)*) => {
        $(
            pub extern "C" fn $name($pc: Pc, $regs: Regs, $th: &Thread, t: &Table) -> Value {
                #[inline(never)]
                fn work($pc: Pc, $regs: Regs, $th: &Thread) -> Res {
                    $work
                }
                $regs.save($pc);
                match work($pc, $regs, $th) {
                    Ok(v) => {
                        $regs.set($pc.a(), v);
                        next($pc.skip($words), $regs, $th, t)
                    }
                    Err(_) => unwind($regs, $th, t),
                }
            }
        )*
    };
}
pub(crate) use value_handlers;

/// A handler whose work has no result.
macro_rules! action_handlers {
    ($($name:ident $words:literal |$pc:ident, $regs:ident, $th:ident| $work:expr;)*) => {
        $(
            pub extern "C" fn $name($pc: Pc, $regs: Regs, $th: &Thread, t: &Table) -> Value {
                #[inline(never)]
                fn work($pc: Pc, $regs: Regs, $th: &Thread) -> Res<()> {
                    $work
                }
                $regs.save($pc);
                match work($pc, $regs, $th) {
                    Ok(()) => next($pc.skip($words), $regs, $th, t),
                    Err(_) => unwind($regs, $th, t),
                }
            }
        )*
    };
}
pub(crate) use action_handlers;

value_handlers! {
    build_tuple 1 |pc, regs, th| tuple::from_slice(th, regs.slice(pc.b(), pc.c()));
    build_list 1 |pc, regs, th| list::from_slice(th, regs.slice(pc.b(), pc.c()));
    build_set 1 |pc, regs, th| {
        let s = set::new(th);
        for i in 0..pc.c() {
            s.add(th, regs.get(pc.b() + i))?;
        }
        Ok(s.value())
    };
    build_map 1 |pc, regs, th| {
        let d = dict::with_capacity(th, pc.c())?;
        for i in 0..pc.c() {
            d.set(th, regs.get(pc.b() + 2 * i), regs.get(pc.b() + 2 * i + 1))?;
        }
        Ok(d.value())
    };
    build_string 1 |pc, regs, th| krait_object::str_build::concat_all(th, regs.slice(pc.b(), pc.c()));
    list_to_tuple 1 |pc, regs, th| tuple::from_slice(th, List::of(regs.get(pc.b())).as_slice());
    convert 1 |pc, regs, th| match pc.c() {
        1 => protocol::str_of(th, regs.get(pc.b())),
        2 => protocol::repr(th, regs.get(pc.b())),
        _ => protocol::ascii(th, regs.get(pc.b())),
    };
    format 1 |pc, regs, th| protocol::format(th, regs.get(pc.b()), th.interp.empty_str.get());
    format_spec 1 |pc, regs, th| protocol::format(th, regs.get(pc.b()), regs.get(pc.c()));
    get_iter 1 |pc, regs, th| protocol::iter(th, regs.get(pc.b()));
    get_len 1 |pc, regs, th| Ok(krait_object::int::from_usize(th, protocol::len(th, regs.get(pc.b()))?));
}

action_handlers! {
    list_extend 1 |pc, regs, th| {
        let (l, v) = (List::of(regs.get(pc.a())), regs.get(pc.b()));
        if pc.c() == 1 || !v.is_cell() || Class::of_value(th, v).special(th, Name::__iter__).is_none() {
            let class = Class::of_value(th, v);
            if class.special(th, Name::__iter__).is_none() && class.special(th, Name::__getitem__).is_none() {
                return Err(th.type_error(format!("Value after * must be an iterable, not {}", krait_object::type_new::tp_name(th, class))));
            }
        }
        protocol::for_each(th, v, &mut |x| l.push(th, x))
    };
    set_add 1 |pc, regs, th| Set::of(regs.get(pc.a())).add(th, regs.get(pc.b()));
    set_update 1 |pc, regs, th| {
        let s = Set::of(regs.get(pc.a()));
        protocol::for_each(th, regs.get(pc.b()), &mut |x| s.add(th, x))
    };
    map_add 1 |pc, regs, th| Dict::of(regs.get(pc.a())).set(th, regs.get(pc.b()), regs.get(pc.c()));
    dict_update 1 |pc, regs, th| {
        let v = regs.get(pc.b());
        if Dict::from_value(v).is_none() && krait_object::attr::get_opt(th, v, th.name(Name::keys))?.is_none() {
            return Err(th.type_error(format!("'{}' object is not a mapping", type_name(th, v))));
        }
        each_item(th, v, &mut |k, x| Dict::of(regs.get(pc.a())).set(th, k, x))
    };
    dict_merge 1 |pc, regs, th| {
        let (d, v) = (Dict::of(regs.get(pc.a())), regs.get(pc.b()));
        if Dict::from_value(v).is_none() && krait_object::attr::get_opt(th, v, th.name(Name::keys))?.is_none() {
            return Err(th.type_error(format!(
                "{} argument after ** must be a mapping, not {}",
                function_text(th, regs.get(pc.c()))?,
                type_name(th, v)
            )));
        }
        each_item(th, v, &mut |k, x| {
            if d.get(th, k)?.is_some() {
                return Err(th.type_error(format!(
                    "{} got multiple values for keyword argument '{}'",
                    function_text(th, regs.get(pc.c()))?,
                    Str::of(protocol::str_of(th, k)?).to_text()
                )));
            }
            d.set(th, k, x)
        })
    };
}

/// Calls `f` with the items of a dict, or of anything with `keys` and `__getitem__`.
fn each_item(th: &Thread, v: Value, f: &mut dyn FnMut(Value, Value) -> Res<()>) -> Res<()> {
    if v.has_shape(TypeId::Dict as u32) {
        let d = Dict::of(v);
        let mut at = 0;
        while let Some((k, x)) = d.next(th, &mut at) {
            f(k, x)?;
        }
        return Ok(());
    }
    let keys = krait_object::call::call_method(th, v, th.name(Name::keys), &[])?;
    protocol::for_each(th, keys, &mut |k| {
        let x = protocol::getitem(th, v, k)?;
        f(k, x)
    })
}

pub extern "C" fn list_append(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    if List::of(regs.get(pc.a())).push_in_place(th, regs.get(pc.b())) {
        return next(pc.skip(1), regs, th, t);
    }
    list_append_slow(pc, regs, th, t)
}

#[cold]
#[inline(never)]
extern "C" fn list_append_slow(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    regs.save(pc);
    match List::of(regs.get(pc.a())).push(th, regs.get(pc.b())) {
        Ok(()) => next(pc.skip(1), regs, th, t),
        Err(_) => unwind(regs, th, t),
    }
}
