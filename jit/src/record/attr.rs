//! Recording attributes: by shape, with the class's version where the class has a say.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::cellvar::NameCell;
use krait_object::class::Class;
use krait_object::function::Function;
use krait_object::instance::FIRST_SLOT;
use krait_object::{Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};
use std::ptr::NonNull;

const WORDS: usize = 4;

impl Recorder {
    /// Makes sure that the object has the shape, and the shape the version, that it has now.
    fn check_shape(&mut self, obj: Ref, now: Value, th: &Thread) -> Rec {
        let shape = Class::shape_of(now);
        // Exact builtin types keep their shape for life.
        let alias = if (shape as usize) < TypeId::COUNT { Alias::Constant } else { Alias::Shape };
        self.guard(Inst::new(Ir::GuardShape, &[obj]).imm(shape as i64).alias(alias))?;
        let version = th.interp.shapes.validate(shape);
        self.guard(
            Inst::new(Ir::GuardVersion, &[]).imm(shape as i64 | (version as i64) << 32).alias(Alias::Version),
        )?;
        Ok(())
    }

    fn name_cell(word: u64) -> NameCell {
        NameCell::from_cell(NonNull::new(word as *mut krait_gc::Header).expect("plans hold a cell's address"))
    }

    pub(super) fn load_attr(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (now, name) = (regs.get(pc.b()), regs.constant(pc.c()));
        if !now.is_cell() {
            return self.step();
        }
        let Some((op, word)) = krait_vm::jit::plan_load(th, now, name, false) else { return self.step() };
        let obj = self.get(pc.b())?;
        let v = match op {
            Op::LOAD_ATTR_MODULE => {
                let cell = Self::name_cell(word);
                if cell.value.get() == Value::UNBOUND {
                    return self.step();
                }
                let k = self.val(th, now);
                self.guard(Inst::new(Ir::GuardEq, &[obj, k]))?;
                self.name_value(cell, th)?
            }
            Op::LOAD_ATTR_SLOT | Op::LOAD_ATTR_MEMBER => {
                self.check_shape(obj, now, th)?;
                let offset = (FIRST_SLOT + 8 * word as usize) as i64;
                let v = self.emit(Inst::new(Ir::Load, &[obj]).imm(offset).alias(Alias::Attr))?;
                if op == Op::LOAD_ATTR_MEMBER {
                    self.not_word(v, Value::UNBOUND)?;
                }
                v
            }
            Op::LOAD_ATTR_CLASS => {
                self.check_shape(obj, now, th)?;
                self.val(th, Value(word))
            }
            Op::LOAD_ATTR_PROPERTY => {
                self.check_shape(obj, now, th)?;
                let f = self.val(th, Value(word));
                let meta = Meta::new(Cont::Normal, pc.a(), WORDS);
                let base = self.above();
                return self.enter(Function::of(Value(word)), f, &[obj], base, meta, None, th);
            }
            _ => return self.step(),
        };
        self.set(pc.a(), v);
        self.go(WORDS)
    }

    pub(super) fn load_method(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (now, name) = (regs.get(pc.b()), regs.constant(pc.c()));
        if !now.is_cell() {
            return self.step();
        }
        let Some((op, word)) = krait_vm::jit::plan_load(th, now, name, true) else { return self.step() };
        let obj = self.get(pc.b())?;
        let s = pc.a();
        let missing = self.b.val(Value::MISSING.0);
        let (f, receiver) = match op {
            Op::LOAD_METHOD_CLASS => {
                self.check_shape(obj, now, th)?;
                (self.val(th, Value(word)), obj)
            }
            Op::LOAD_METHOD_SLOT => {
                self.check_shape(obj, now, th)?;
                let offset = (FIRST_SLOT + 8 * word as usize) as i64;
                (self.emit(Inst::new(Ir::Load, &[obj]).imm(offset).alias(Alias::Attr))?, missing)
            }
            Op::LOAD_METHOD_MODULE => {
                let cell = Self::name_cell(word);
                if cell.value.get() == Value::UNBOUND {
                    return self.step();
                }
                let k = self.val(th, now);
                self.guard(Inst::new(Ir::GuardEq, &[obj, k]))?;
                (self.name_value(cell, th)?, missing)
            }
            _ => return self.step(),
        };
        self.set(s - 1, f);
        self.set(s, receiver);
        self.go(WORDS)
    }

    pub(super) fn store_attr(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (now, name) = (regs.get(pc.a()), regs.constant(pc.c()));
        if !now.is_cell() {
            return self.step();
        }
        let Some((op, word)) = krait_vm::jit::plan_store(th, now, name) else { return self.step() };
        let (obj, v) = (self.get(pc.a())?, self.get(pc.b())?);
        self.check_shape(obj, now, th)?;
        // Before the shape says that there is one attribute more: making a cell may collect.
        let v = self.boxed(v)?;
        let slot = if op == Op::STORE_ATTR_ADD {
            self.emit(Inst::new(Ir::StoreShape, &[obj]).imm(word as u32 as i64).alias(Alias::Shape))?;
            (word >> 32) as usize
        } else {
            word as usize
        };
        self.store_ref(obj, (FIRST_SLOT + 8 * slot) as i64, Alias::Attr, v)?;
        self.go(WORDS)
    }
}
