//! Native modules about doing several things at a time: `_contextvars`, and what `asyncio` and `queue` build on.

pub mod asyncio;
pub mod contextvars;
pub mod queue;

use krait_object::native_module::ModuleDef;

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &asyncio::MODULE,
    &contextvars::MODULE,
    &queue::MODULE,
];
