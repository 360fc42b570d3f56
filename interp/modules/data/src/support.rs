//! What the files here share with other crates of modules.

pub use krait_object::module_tools::*;
pub use krait_object::payload;
