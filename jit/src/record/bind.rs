//! Recording the binding of a call's arguments to the parameters of a Python function.
//!
//! The shape of a call (how many arguments, which names) is a constant of the instruction, and what the function lacks is
//! in its defaults. So binding is done here, once: a trace only makes sure that code and defaults are still those
//! that were seen. What raises is left to the interpreter, whose texts it has.

use super::{Rec, Recorder};
use crate::helpers;
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::CodeFlags;
use krait_object::dict::Dict;
use krait_object::function::{DEFAULTS, Function, KWDEFAULTS};
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Thread, TypeId, Value};

/// Where the value of a parameter comes from.
enum From {
    Given(Ref),
    /// An item of the tuple of defaults.
    Default(Value),
    /// By name from the dict of keyword-only defaults.
    KeywordDefault(Value),
}

impl Recorder {
    /// The values of the function's parameters in their order; None when the interpreter has to do the call.
    pub(super) fn bind(
        &mut self,
        f: Function,
        callee: Ref,
        given: &[Ref],
        named: &[(Value, Ref)],
        th: &Thread,
    ) -> Rec<Option<Vec<Ref>>> {
        let code = f.code();
        let positional = code.arg_count.get() as usize;
        if code.simple.get() && named.is_empty() && given.len() == positional {
            return Ok(Some(given.to_vec()));
        }
        let total = positional + code.kwonly_count.get() as usize;
        let (varargs, varkw) = (code.has_flag(CodeFlags::VARARGS), code.has_flag(CodeFlags::VARKEYWORDS));
        let extra = given.get(positional..).unwrap_or(&[]);
        if !extra.is_empty() && !varargs || extra.len() > super::new::MAX_ITEMS {
            return Ok(None);
        }
        let names = Tuple::of(code.varnames());
        let mut places: Vec<Option<From>> = (0..total)
            .map(|i| if i < positional { given.get(i).map(|&v| From::Given(v)) } else { None })
            .collect();
        let mut rest = Vec::new();
        for &(name, v) in named {
            let Some(text) = Str::from_value(name).filter(|_| name.has_shape(TypeId::Str as u32)) else {
                return Ok(None);
            };
            let place = (code.posonly_count.get() as usize..total)
                .find(|&i| names.get(i) == name || Str::of(names.get(i)).equals(text));
            match place {
                Some(i) if places[i].is_none() => places[i] = Some(From::Given(v)),
                None if varkw => rest.push((name, v)),
                _ => return Ok(None),
            }
        }
        let defaults = Tuple::from_value(f.defaults.get());
        let count = defaults.map_or(0, Tuple::len);
        let keyword_defaults = Dict::from_value(f.kwdefaults.get());
        for (i, place) in places.iter_mut().enumerate().filter(|(_, p)| p.is_none()) {
            let found = if i < positional {
                let at = (i + count).checked_sub(positional);
                at.and_then(|n| defaults.map(|d| From::Default(d.get(n))))
            } else {
                let name = names.get(i);
                keyword_defaults
                    .filter(|d| d.get_str(th, Str::of(name)).is_some())
                    .map(|_| From::KeywordDefault(name))
            };
            match found {
                Some(from) => *place = Some(from),
                None => return Ok(None),
            }
        }
        if !self.b.region.is_const(callee) {
            self.exact(callee, TypeId::Function)?;
        }
        if places.iter().any(|p| matches!(p, Some(From::Default(_)))) {
            self.check_field(callee, DEFAULTS, f.defaults.get(), th)?;
        }
        if places.iter().any(|p| matches!(p, Some(From::KeywordDefault(_)))) {
            self.check_field(callee, KWDEFAULTS, f.kwdefaults.get(), th)?;
        }
        let mut out = Vec::with_capacity(total + 2);
        for p in places {
            out.push(match p {
                Some(From::Given(v)) => v,
                Some(From::Default(v)) => self.val(th, v),
                Some(From::KeywordDefault(name)) => {
                    // The dict may be changed in place.
                    let (d, name) = (self.val(th, f.kwdefaults.get()), self.val(th, name));
                    let get = helpers::keyword_default as *const () as i64;
                    let v = self.raising(Inst::new(Ir::CallRaise, &[d, name]).imm(get))?;
                    self.not_word(v, Value::UNBOUND)?;
                    v
                }
                None => return Ok(None),
            });
        }
        if varargs {
            out.push(self.new_tuple(th, extra)?);
        }
        if varkw {
            let make = helpers::new_dict as *const () as i64;
            let d = self.raising(Inst::new(Ir::CallRaise, &[]).imm(make))?;
            for (name, v) in rest {
                let name = self.val(th, name);
                let put = helpers::put_name as *const () as i64;
                self.raising(Inst::new(Ir::CallRaise, &[d, name, v]).imm(put))?;
            }
            out.push(d);
        }
        Ok(Some(out))
    }

    /// A field of a function has the value that it has now.
    fn check_field(&mut self, f: Ref, offset: usize, now: Value, th: &Thread) -> Rec {
        let v = self.emit(Inst::new(Ir::Load, &[f]).imm(offset as i64).alias(Alias::Version))?;
        let k = self.val(th, now);
        self.guard(Inst::new(Ir::GuardEq, &[v, k]))?;
        Ok(())
    }

    /// Puts values into words above the innermost frame, for a helper that takes a run of them: address and number.
    pub(super) fn scratch(&mut self, values: &[Ref]) -> Rec<(Ref, Ref)> {
        let f = self.frame();
        let at = f.base + f.code().register_count.get() as i32;
        self.extent = self.extent.max(at + values.len() as i32);
        for (i, &v) in values.iter().enumerate() {
            let v = self.boxed(v)?;
            let place = self.b.frame_addr(at + i as i32);
            self.emit(Inst::new(Ir::Store, &[place, v]).alias(Alias::Other))?;
        }
        Ok((self.b.frame_addr(at), self.b.ptr(values.len() as u64)))
    }
}
