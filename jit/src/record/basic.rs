//! Recording moves: constants, registers, cells, names.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::cellvar::{CellVar, NAME_VALUE, NameCell, VALUE};
use krait_object::function::{CLOSURE, Function, GLOBALS};
use krait_object::tuple::{FIRST_ITEM, Tuple};
use krait_object::{Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

impl Recorder {
    pub(super) fn basic(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        match op {
            Op::MOVE => {
                let v = self.get(pc.b())?;
                self.set(pc.a(), v);
            }
            Op::LOAD_CONST => {
                let v = self.val(th, regs.constant(pc.extra(0) as usize));
                self.set(pc.a(), v);
            }
            Op::LOAD_K => {
                let v = self.val(th, regs.constant(pc.b()));
                self.set(pc.a(), v);
            }
            Op::LOAD_INT => {
                let v = self.b.val(Value::small(pc.bc() as i64).0);
                self.set(pc.a(), v);
            }
            Op::LOAD_NONE => {
                let v = self.b.val(Value::none().0);
                self.set(pc.a(), v);
            }
            Op::LOAD_BOOL => {
                let v = self.b.val(Value::bool(pc.b() != 0).0);
                self.set(pc.a(), v);
            }
            Op::CLEAR => {
                let v = self.b.val(Value::UNBOUND.0);
                self.set(pc.a(), v);
            }
            Op::PUSH_MISSING => {
                let v = self.b.val(Value::MISSING.0);
                self.set(pc.a(), v);
            }
            Op::CHECK_BOUND => {
                if regs.get(pc.a()) == Value::UNBOUND {
                    return self.step();
                }
                let v = self.get(pc.a())?;
                self.not_word(v, Value::UNBOUND)?;
            }
            Op::LOAD_CELL => {
                let v = CellVar::of(regs.get(pc.b())).value.get();
                let cell = self.get(pc.b())?;
                return self.load_cell(pc, cell, v, 1);
            }
            Op::LOAD_FREE => {
                let v = CellVar::of(free_cell(regs, pc.b())).value.get();
                let cell = self.free_cell(pc.b())?;
                return self.load_cell(pc, cell, v, 1);
            }
            Op::LOAD_FREE_CELL => {
                let cell = self.free_cell(pc.b())?;
                self.set(pc.a(), cell);
            }
            Op::STORE_CELL => {
                let (cell, v) = (self.get(pc.a())?, self.get(pc.b())?);
                self.store_ref(cell, VALUE as i64, Alias::Captured, v)?;
            }
            Op::STORE_FREE => {
                let (cell, v) = (self.free_cell(pc.a())?, self.get(pc.b())?);
                self.store_ref(cell, VALUE as i64, Alias::Captured, v)?;
            }
            Op::LOAD_GLOBAL | Op::LOAD_GLOBAL_CELL | Op::LOAD_GLOBAL_BUILTIN => {
                return self.load_global(op, pc, regs, th);
            }
            Op::LOAD_GLOBAL_CELL_CALLEE | Op::LOAD_GLOBAL_BUILTIN_CALLEE => {
                return self.load_callee(op, pc, regs, th);
            }
            Op::STORE_GLOBAL_CELL => return self.store_global(pc, regs, th),
            _ => {}
        }
        self.go(op.words())
    }

    /// Leaves when the value is the word.
    pub(super) fn not_word(&mut self, v: Ref, word: Value) -> Rec {
        let w = self.b.val(word.0);
        self.guard(Inst::new(Ir::GuardNe, &[v, w]))?;
        Ok(())
    }

    /// Leaves unless the value is the word.
    pub(super) fn is_word(&mut self, v: Ref, word: Value) -> Rec {
        let w = self.b.val(word.0);
        self.guard(Inst::new(Ir::GuardEq, &[v, w]))?;
        Ok(())
    }

    fn load_cell(&mut self, pc: Pc, cell: Ref, now: Value, words: usize) -> Rec<Next> {
        if now == Value::UNBOUND {
            return self.step();
        }
        let v = self.emit(Inst::new(Ir::Load, &[cell]).imm(VALUE as i64).alias(Alias::Captured))?;
        self.not_word(v, Value::UNBOUND)?;
        self.set(pc.a(), v);
        self.go(words)
    }

    /// The function that runs in the innermost frame.
    pub(super) fn function(&mut self) -> Rec<Ref> {
        self.slot(self.base() - 1)
    }

    fn free_cell(&mut self, i: usize) -> Rec<Ref> {
        let f = self.function()?;
        // A function's closure is set when it is made.
        let closure = self.emit(Inst::new(Ir::Load, &[f]).imm(CLOSURE as i64).alias(Alias::Constant))?;
        self.emit(Inst::new(Ir::Load, &[closure]).imm((FIRST_ITEM + 8 * i) as i64).alias(Alias::Constant))
    }

    /// The globals of the innermost frame are those that its code's caches were filled for.
    fn check_globals(&mut self, regs: Regs, th: &Thread) -> Rec<Ref> {
        let f = self.function()?;
        let globals = self.emit(Inst::new(Ir::Load, &[f]).imm(GLOBALS as i64).alias(Alias::Constant))?;
        let expected = self.val(th, regs.function().globals.get());
        self.guard(Inst::new(Ir::GuardEq, &[globals, expected]))?;
        Ok(expected)
    }

    /// A global and the PUSH_MISSING after it, as one instruction.
    fn load_callee(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let next = self.load_global(op, pc, regs, th)?;
        if self.pending.is_none() {
            let missing = self.b.val(Value::MISSING.0);
            self.set(pc.a() + 1, missing);
            self.pc = self.pc.skip(Op::PUSH_MISSING.words());
        }
        Ok(next)
    }

    fn load_global(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        if op == Op::LOAD_GLOBAL {
            return self.step();
        }
        let builtin = matches!(op, Op::LOAD_GLOBAL_BUILTIN | Op::LOAD_GLOBAL_BUILTIN_CALLEE);
        let address = pc.extra(0);
        let cell =
            NameCell::from_cell(std::ptr::NonNull::new(address as *mut krait_gc::Header).expect("a cell"));
        let now = cell.value.get();
        let globals = regs.function().globals();
        if now == Value::UNBOUND || builtin && globals.keys_version() as u64 != pc.extra(1) {
            return self.step();
        }
        let expected = self.check_globals(regs, th)?;
        if builtin {
            self.check_names(expected, globals, pc.extra(1))?;
        }
        let v = self.name_value(cell, th)?;
        self.set(pc.a(), v);
        self.go(op.words())
    }

    fn store_global(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let cell = NameCell::from_cell(
            std::ptr::NonNull::new(pc.extra(0) as *mut krait_gc::Header).expect("a cell"),
        );
        if cell.value.get() == Value::UNBOUND {
            return self.step();
        }
        self.check_globals(regs, th)?;
        let c = self.val(th, Value::from_cell(cell.cell()));
        let old = self.emit(Inst::new(Ir::Load, &[c]).imm(NAME_VALUE as i64).alias(Alias::Names))?;
        self.not_word(old, Value::UNBOUND)?;
        Self::is_variable(cell);
        let v = self.get(pc.b())?;
        self.store_ref(c, NAME_VALUE as i64, Alias::Names, v)?;
        self.go(Op::STORE_GLOBAL_CELL.words())
    }

    /// Stores a value into a field of a cell, with the write barrier if it may refer to a cell.
    pub(super) fn store_ref(&mut self, owner: Ref, offset: i64, alias: Alias, v: Ref) -> Rec {
        let v = self.boxed(v)?;
        self.emit(Inst::new(Ir::Store, &[owner, v]).imm(offset).alias(alias))?;
        if self.may_be_reference(v) {
            self.emit(Inst::new(Ir::BarrierAt, &[owner]).imm(offset))?;
        }
        Ok(())
    }

    pub(super) fn may_be_reference(&self, v: Ref) -> bool {
        let i = self.b.region.inst(v);
        match i.op {
            Ir::KVal => {
                let v = Value(i.imm as u64);
                v.is_cell() && !v.is_none() && v.as_bool().is_none()
            }
            // A number outside the immediate range is a cell, too.
            _ => true,
        }
    }

    /// The value as a tagged word.
    pub(super) fn boxed(&mut self, v: Ref) -> Rec<Ref> {
        match self.b.region.ty(v) {
            crate::ir::Ty::Int => self.emit(Inst::new(Ir::BoxI, &[v])),
            crate::ir::Ty::Float => self.emit(Inst::new(Ir::BoxF, &[v])),
            _ => Ok(v),
        }
    }

    /// Leaves unless the value is a cell of exactly this builtin type.
    pub(super) fn exact(&mut self, v: Ref, t: TypeId) -> Rec {
        self.guard(Inst::new(Ir::GuardShape, &[v]).imm(t as i64).alias(Alias::Constant))?;
        Ok(())
    }
}

fn free_cell(regs: Regs, i: usize) -> Value {
    Tuple::of(Function::of(regs.function_value()).closure.get()).get(i)
}
