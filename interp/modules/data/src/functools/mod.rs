//! `_functools`: `partial`, `reduce`, `cmp_to_key` and the wrapper of `lru_cache`.

mod cmp_to_key;
mod lru;
mod partial;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, call, natives, protocol};

/// The `_functools` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_functools", doc: "", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "reduce" "(function, iterable, initial=<unrepresentable>, /)" reduce, "";
        function "cmp_to_key" "(mycmp)" cmp_to_key::cmp_to_key, "";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, partial::PARTIAL.get(th)?);
    m.add_class(th, lru::LRU.get(th)?);
    Ok(())
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let it = protocol::iter(th, a[1]);
    let Some(it) = th.catch(it, TypeId::TypeError)? else {
        return Err(th.type_error("reduce() arg 2 must support iteration"));
    };
    let mut result = match a[2].given() {
        Some(v) => v,
        None => match protocol::next(th, it)? {
            Some(v) => v,
            None => return Err(th.type_error("reduce() of empty iterable with no initial value")),
        },
    };
    while let Some(x) = protocol::next(th, it)? {
        result = call::call(th, a[0], &[result, x])?;
    }
    Ok(result)
}
