//! Native modules: what a crate of modules exports, and how one is made.

use crate::class::Class;
use crate::module::{self, Module};
use crate::native::{self, NativeDef};
use crate::thread::{Res, Thread};
use crate::value::Value;

/// A native module.
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [NativeDef],
    /// Adds what is no function: classes, constants. Run once per interpreter, after the functions were added.
    pub exec: fn(&Thread, Module) -> Res<()>,
}

impl ModuleDef {
    /// Makes and fills the module object.
    pub fn make(&'static self, th: &Thread) -> Res<Module> {
        let doc = if self.doc.is_empty() { None } else { Some(self.doc) };
        let m = module::new(th, self.name, doc);
        native::add_functions(th, m.dict(), self.name, self.functions);
        (self.exec)(th, m)?;
        Ok(m)
    }
}

impl Module {
    /// Adds a value under a name.
    pub fn add(self, th: &Thread, name: &str, v: Value) {
        self.dict().set_text(th, name, v);
    }

    /// Adds an integer constant.
    pub fn add_int(self, th: &Thread, name: &str, n: i64) {
        self.add(th, name, crate::int::from_i64(th, n));
    }

    /// Adds a text constant.
    pub fn add_str(self, th: &Thread, name: &str, text: &str) {
        self.add(th, name, crate::string::new(th, text));
    }

    /// Adds a class under its own name.
    pub fn add_class(self, th: &Thread, c: Class) {
        self.dict().set_name(th, c.name.get(), c.value());
    }
}

/// Nothing to add beyond functions.
pub fn no_exec(_: &Thread, _: Module) -> Res<()> {
    Ok(())
}
