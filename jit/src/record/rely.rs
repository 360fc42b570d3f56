//! Recording what is taken for constant: names, the attributes of classes, the code of functions.
//!
//! A constant is not looked at in the trace: the trace relies on it (`watch.rs`) and tests its flag once. What changes
//! too often for that, or with that left out (`-X jit-disable=hoist`), is checked where it is used.

use super::{Rec, Recorder};
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref};
use crate::passes::Pass;
use crate::watch;
use krait_object::cellvar::{NAME_VALUE, NameCell};
use krait_object::class::Class;
use krait_object::dict::{Dict, KEYS_VERSION};
use krait_object::function::{CODE, Function};
use krait_object::watch::Watched;
use krait_object::{Thread, Value};

/// A name that was written this often is a variable.
const FEW_WRITES: u64 = 3;

impl Recorder {
    /// Relies on something. False: it must be checked.
    fn rely(&mut self, on: Watched) -> Rec<bool> {
        if self.b.off.has(Pass::Hoist) {
            return Ok(false);
        }
        let flag = *self.flag.get_or_insert_with(watch::flag);
        if !watch::rely(on, flag) {
            return Ok(false);
        }
        self.joins.relied.push(on);
        let address = std::ptr::from_ref(flag) as i64;
        self.guard(Inst::new(Ir::GuardValid, &[]).imm(address).alias(Alias::Version))?;
        Ok(true)
    }

    /// The classes of objects with the shape have the attributes that they have now.
    pub(super) fn check_version(&mut self, shape: u32, th: &Thread) -> Rec {
        let version = th.interp.shapes.validate(shape);
        if !self.rely(Watched::Shape(shape))? {
            let known = shape as i64 | (version as i64) << 32;
            self.guard(Inst::new(Ir::GuardVersion, &[]).imm(known).alias(Alias::Version))?;
        }
        Ok(())
    }

    /// The class, a constant, has the attributes that it has now.
    pub(super) fn check_class_version(&mut self, k: Ref, class: Class, th: &Thread) -> Rec {
        class.validate(th);
        if !self.rely(Watched::Class(class.value().0))? {
            let offset = krait_object::class::CACHE_VERSION as i64;
            let version = self.emit(Inst::new(Ir::LoadU, &[k]).imm(offset).alias(Alias::Version))?;
            let expected = self.b.int(class.cache_version() as i64);
            self.guard(Inst::new(Ir::GuardI, &[version, expected]).aux(Cond::Eq as u32))?;
        }
        Ok(())
    }

    /// The namespace, a constant, has the names that it had when its keys had this version.
    pub(super) fn check_names(&mut self, k: Ref, names: Dict, version: u64) -> Rec {
        if !self.rely(Watched::Names(names.value().0))? {
            let offset = KEYS_VERSION as i64;
            let now = self.emit(Inst::new(Ir::LoadU, &[k]).imm(offset).alias(Alias::Version))?;
            let expected = self.b.int(version as i64);
            self.guard(Inst::new(Ir::GuardI, &[now, expected]).aux(Cond::Eq as u32))?;
        }
        Ok(())
    }

    /// The function runs the code that it has now; the code.
    pub(super) fn check_code(&mut self, f: Ref, now: Function, th: &Thread) -> Rec<Ref> {
        let code = self.val(th, now.code().value());
        let constant = self.b.region.is_const(f);
        if !constant || !self.rely(Watched::Code(now.value().0))? {
            let loaded = self.emit(Inst::new(Ir::Load, &[f]).imm(CODE as i64).alias(Alias::Version))?;
            self.guard(Inst::new(Ir::GuardEq, &[loaded, code]))?;
        }
        Ok(code)
    }

    /// The value of a name: a constant while it looks like one.
    pub(super) fn name_value(&mut self, cell: NameCell, th: &Thread) -> Rec<Ref> {
        let now = cell.value.get();
        let word = Value::from_cell(cell.cell());
        let c = self.val(th, word);
        let few = cell.times_written() <= FEW_WRITES;
        if few && self.rely(Watched::Name(word.0))? {
            cell.watch();
            return Ok(self.val(th, now));
        }
        let v = self.emit(Inst::new(Ir::Load, &[c]).imm(NAME_VALUE as i64).alias(Alias::Names))?;
        if few && (now.is_cell() || now.is_small_int()) {
            let k = self.val(th, now);
            self.guard(Inst::new(Ir::GuardEq, &[v, k]))?;
            return Ok(k);
        }
        self.not_word(v, Value::UNBOUND)?;
        Ok(v)
    }

    /// The name is a variable from now on: no trace takes it for a constant.
    pub(super) fn is_variable(cell: NameCell) {
        cell.note_writes(FEW_WRITES + 1);
    }
}
