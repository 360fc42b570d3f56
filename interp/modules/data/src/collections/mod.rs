//! `_collections`: `deque`, `defaultdict`, `OrderedDict` and the helpers of `Counter` and `namedtuple`.

mod defaultdict;
mod deque;
mod deque_iter;
mod ordered;
mod ordered_views;
mod tuplegetter;

use krait_object::class::Class;
use krait_object::dict::Dict;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::operators::{self, BinOp};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{Name, TypeId, attr, call, natives, protocol};

/// The `_collections` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_collections", doc: "", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "_count_elements" "(mapping, iterable, /)" count_elements, "";
    }
}

static CLASSES: &[&NativeClass] = &[
    &deque::DEQUE,
    &defaultdict::DEFAULTDICT,
    &ordered::ORDEREDDICT,
    &deque_iter::FORWARD,
    &deque_iter::BACKWARD,
    &tuplegetter::TUPLEGETTER,
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in CLASSES {
        m.add_class(th, c.get(th)?);
    }
    Ok(())
}

/// Adds one to the count of every item.
fn count_elements(th: &Thread, a: &[Value]) -> Res {
    let (mapping, one) = (a[0], Value::small(1));
    let class = Class::of_value(th, mapping);
    let dict = th.interp.class(TypeId::Dict);
    let plain = |n: Name| class.lookup(th, th.name(n)) == dict.lookup(th, th.name(n));
    if let Some(d) = Dict::from_value(mapping).filter(|_| plain(Name::get) && plain(Name::__setitem__)) {
        protocol::for_each(th, a[1], &mut |k| {
            let hash = protocol::hash(th, k)?;
            let new = match d.get_hashed(th, k, hash)? {
                Some(n) => match n.small_int().and_then(|n| Value::try_small(n + 1)) {
                    Some(n) => n,
                    None => operators::binary(th, BinOp::Add, n, one)?,
                },
                None => one,
            };
            d.set_hashed(th, k, hash, new)
        })?;
        return Ok(Value::none());
    }
    let it = protocol::iter(th, a[1])?;
    let get = attr::get_name(th, mapping, Name::get)?;
    while let Some(k) = protocol::next(th, it)? {
        let old = call::call(th, get, &[k, Value::ZERO])?;
        let new = operators::binary(th, BinOp::Add, old, one)?;
        protocol::setitem(th, mapping, k, new)?;
    }
    Ok(Value::none())
}
