//! What programs see of `object`.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::class::{self, Class};
use crate::natives;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;

fn name_arg(th: &Thread, v: Value) -> Res {
    match Str::from_value(v) {
        Some(s) => Ok(string::intern(th, s)),
        None => {
            Err(th.type_error(format!("attribute name must be string, not '{}'", class::type_name(th, v))))
        }
    }
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::generic_get_strict(th, a[0], Class::of_value(th, a[0]), name)
}

fn setattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::generic_set(th, a[0], name, a[2])?;
    Ok(Value::none())
}

fn delattr(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::generic_set(th, a[0], name, Value::MISSING)?;
    Ok(Value::none())
}

natives! {
    static METHODS = {
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__setattr__" "(name, value, /)" setattr, "Implement setattr(self, name, value).";
        method "__delattr__" "(name, /)" delattr, "Implement delattr(self, name).";
    }
}

pub const TABLES: &[TypeTable] =
    &[TypeTable::new(TypeId::Object, "The base class of the class hierarchy.", METHODS, &[])];
