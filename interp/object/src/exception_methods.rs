//! What programs see of exceptions.

use crate::class::Class;
use crate::names::Name;
use crate::thread::Thread;
use crate::types::TypeId;

/// Does the class have nothing but `args`: `BaseException`'s own `__new__` and `__init__`?
pub fn is_plain(th: &Thread, class: Class) -> bool {
    class.inherits_special(th, Name::__init__, TypeId::BaseException)
        && class.inherits_special(th, Name::__new__, TypeId::BaseException)
}
