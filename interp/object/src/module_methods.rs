//! What programs see of modules.

use crate::module::Module;
use crate::names::Name;
use crate::string::Str;
use crate::thread::{Raised, Thread};
use crate::value::Value;

/// The AttributeError of a module, which tells partially initialized ones.
#[cold]
pub fn no_attribute(th: &Thread, m: Module, name: Value) -> Raised {
    let n = Str::from_value(name).map(Str::to_text).unwrap_or_default();
    let text = match m.dict().get_name(th, th.name(Name::__name__)).and_then(Str::from_value) {
        Some(module) => format!("module '{}' has no attribute '{n}'", module.to_text()),
        None => format!("module has no attribute '{n}'"),
    };
    crate::attr::attribute_error(th, &text, m.value(), name)
}
