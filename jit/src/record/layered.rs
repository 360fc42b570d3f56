//! Recording attributes of objects of builtin layouts whose class gives them an attribute dict: instances of Python
//! classes derived from builtin ones, functions, exceptions.
//!
//! Their shape says nothing of the dict. So a helper looks the name up there each time, and what is on the class goes by the
//! version of the shape.

use super::{Rec, Recorder};
use crate::helpers;
use crate::ir::{Inst, Op as Ir, Ref};
use krait_object::class::{Class, flag};
use krait_object::native::Native;
use krait_object::{Kind, Name, Thread, TypeId, Value, attr};

/// Where an attribute was found.
pub(super) enum Layered {
    /// In the object's own dict.
    Own(Ref),
    /// On the class: a function that binds.
    Method(Value),
    /// On the class: a value that does not bind.
    Value(Value),
}

impl Recorder {
    /// Looks an attribute up; None when that is left to others.
    pub(super) fn layered(&mut self, obj: Ref, now: Value, name: Value, th: &Thread) -> Rec<Option<Layered>> {
        if !now.is_cell()
            || now.is_kind(Kind::Instance)
            || now.is_kind(Kind::Type)
            || now.is_kind(Kind::Module)
        {
            return Ok(None);
        }
        let class = Class::of_value(th, now);
        if !class.has_flag(flag::DICT) || !class.inherits_special(th, Name::__getattribute__, TypeId::Object)
        {
            return Ok(None);
        }
        let on_class = class.lookup(th, name);
        if on_class.is_some_and(|v| attr::is_data_descriptor(th, v)) {
            return Ok(None);
        }
        let own = attr::own(th, now, name).is_some();
        let found = match on_class {
            _ if own => None,
            Some(v) if v.is_kind(Kind::Function) => Some(Layered::Method(v)),
            Some(v) if Native::from_value(v).is_some_and(Native::is_method_descriptor) => {
                Some(Layered::Method(v))
            }
            Some(v)
                if !v.is_kind(Kind::Native)
                    && Class::of_value(th, v).special(th, Name::__get__).is_none() =>
            {
                Some(Layered::Value(v))
            }
            _ => return Ok(None),
        };
        self.check_shape(obj, now, th)?;
        let k = self.val(th, name);
        let look = helpers::own_attribute as *const () as i64;
        let v = self.raising(Inst::new(Ir::CallRaise, &[obj, k]).imm(look))?;
        match found {
            None => {
                self.not_word(v, Value::UNBOUND)?;
                Ok(Some(Layered::Own(v)))
            }
            found => {
                self.is_word(v, Value::UNBOUND)?;
                Ok(found)
            }
        }
    }
}
