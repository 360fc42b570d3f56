//! What programs see of exceptions.

use crate::attr;
use crate::class::Class;
use crate::list::List;
use crate::names::Name;
use crate::string;
use crate::thread::{Raised, Thread};
use crate::types::TypeId;
use crate::value::Value;

/// Does the class have nothing but `args`: `BaseException`'s own `__new__` and `__init__`?
pub fn is_plain(th: &Thread, class: Class) -> bool {
    class.inherits_special(th, Name::__init__, TypeId::BaseException)
        && class.inherits_special(th, Name::__new__, TypeId::BaseException)
}

/// Adds a note to an exception, as `add_note` does.
pub fn add_note_text(th: &Thread, e: Value, text: &str) -> Result<(), Raised> {
    let note = string::new(th, text);
    let name = th.name(Name::__notes__);
    let notes = match attr::get_opt(th, e, name)? {
        Some(n) => n,
        None => {
            let l = crate::list::new(th).value();
            attr::set(th, e, name, l)?;
            l
        }
    };
    match List::from_value(notes) {
        Some(l) => l.push(th, note),
        None => Err(th.type_error("Cannot add note: __notes__ is not a list")),
    }
}
