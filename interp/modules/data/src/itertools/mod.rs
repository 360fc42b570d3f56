//! `itertools`: one payload per iterator type.
//!
//! The step functions are what loops run; `__reduce__` and `__setstate__` give the forms of
//! 3.12, with its deprecation warning.

mod chain;
mod combine;
mod filter;
mod group;
mod product;
mod simple;
mod slice;
mod tee;

use crate::support::warn;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};
use krait_object::{TypeId, natives};

/// The `itertools` module.
pub static MODULE: ModuleDef = ModuleDef { name: "itertools", doc: "", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "tee" "(iterable, n=2, /)" tee::tee, "";
    }
}

static CLASSES: &[&NativeClass] = &[
    &chain::ACCUMULATE,
    &simple::BATCHED,
    &chain::CHAIN,
    &combine::COMBINATIONS,
    &combine::WITH_REPLACEMENT,
    &filter::COMPRESS,
    &simple::COUNT,
    &simple::CYCLE,
    &filter::DROPWHILE,
    &filter::FILTERFALSE,
    &group::GROUPBY,
    &slice::ISLICE,
    &simple::PAIRWISE,
    &combine::PERMUTATIONS,
    &product::PRODUCT,
    &simple::REPEAT,
    &filter::STARMAP,
    &filter::TAKEWHILE,
    &slice::ZIP_LONGEST,
    &group::GROUPER,
    &tee::TEE,
    &tee::TEE_DATA,
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in CLASSES {
        m.add_class(th, c.get(th)?);
    }
    Ok(())
}

/// The warning of everything about pickling here.
fn deprecated(th: &Thread) -> Res<()> {
    let text = "Pickle, copy, and deepcopy support will be removed from itertools in Python 3.14.";
    warn(th, TypeId::DeprecationWarning, text)
}
