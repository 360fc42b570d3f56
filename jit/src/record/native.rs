//! Recording calls of native functions: some have a recorder of their own, the others are steps.

use super::{Next, Rec, Recorder};
use crate::helpers;
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::class::Class;
use krait_object::native::{DefKind, Native};
use krait_object::string::Str;
use krait_object::tuple;
use krait_object::{Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

impl Recorder {
    /// A native function's arguments, receiver included.
    pub(super) fn call_native(
        &mut self,
        pc: Pc,
        regs: Regs,
        th: &Thread,
        n: Native,
        bound: bool,
    ) -> Rec<Next> {
        let def = n.def();
        let s = pc.a();
        let first = if bound { s } else { s + 1 };
        let count = pc.b() + bound as usize;
        let now: Vec<Value> = (0..count).map(|i| regs.get(first + i)).collect();
        let owner = Str::from_value(n.owner.get()).map(Str::to_text);
        let result = match (def.kind, owner.as_deref(), def.name) {
            (DefKind::Function, Some("builtins"), "len") if count == 1 => {
                self.len(pc, n, bound, first, now[0], th)?
            }
            (DefKind::Function, Some("builtins"), "isinstance") if count == 2 => {
                self.isinstance(pc, n, bound, first, &now, th)?
            }
            (DefKind::Function, Some("builtins"), "abs") if count == 1 => {
                self.abs(pc, n, bound, first, now[0], th)?
            }
            (DefKind::Function, Some("math"), name) if count == 1 => {
                self.math(pc, n, bound, first, now[0], name, th)?
            }
            (DefKind::Method, _, "append")
                if count == 2 && bound && now[0].has_shape(TypeId::List as u32) =>
            {
                let class = Class::from_value(n.owner.get());
                if class.is_some_and(|c| c.is(TypeId::List)) { self.append(pc, n, first, th)? } else { None }
            }
            _ => None,
        };
        match result {
            Some(v) => {
                self.set(pc.c(), v);
                self.go(Op::CALL.words())
            }
            None => self.step(),
        }
    }

    /// The callee is this function, called this way.
    fn check_native(&mut self, pc: Pc, n: Native, bound: bool, th: &Thread) -> Rec {
        let f = self.get(pc.a() - 1)?;
        let k = self.val(th, n.value());
        self.guard(Inst::new(Ir::GuardEq, &[f, k]))?;
        self.check_receiver(pc.a(), bound)
    }

    fn len(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        first: usize,
        now: Value,
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        let list = now.has_shape(TypeId::List as u32);
        if !list && !now.has_shape(TypeId::Tuple as u32) {
            return Ok(None);
        }
        self.check_native(pc, n, bound, th)?;
        let v = self.get(first)?;
        if list {
            self.exact(v, TypeId::List)?;
            return Ok(Some(self.list_len(v)?));
        }
        self.exact(v, TypeId::Tuple)?;
        let offset = tuple::LEN_OFFSET as i64;
        Ok(Some(self.emit(Inst::new(Ir::LoadW, &[v]).imm(offset).alias(Alias::Constant))?))
    }

    /// `isinstance` of a class whose metaclass is `type`: the answer goes by the object's class alone.
    fn isinstance(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        first: usize,
        now: &[Value],
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        let Some(class) = Class::from_value(now[1]) else { return Ok(None) };
        if !Class::of_value(th, now[1]).is(TypeId::Type) {
            return Ok(None);
        }
        let own = Class::of_value(th, now[0]);
        let truth = own.is_subclass_of(class);
        // An object of another class may claim a class by its `__class__`.
        if !truth && !own.is(TypeId::Int) && !own.is(TypeId::Float) && !own.is(TypeId::Str) {
            return Ok(None);
        }
        self.check_native(pc, n, bound, th)?;
        let (v, c) = (self.get(first)?, self.get(first + 1)?);
        self.is_word(c, now[1])?;
        if now[0].is_small_int() {
            self.int(v)?;
        } else if now[0].is_float_word() {
            self.float(v)?;
        } else {
            let shape = Class::shape_of(now[0]);
            let alias = if (shape as usize) < TypeId::COUNT { Alias::Constant } else { Alias::Shape };
            self.guard(Inst::new(Ir::GuardShape, &[v]).imm(shape as i64).alias(alias))?;
            self.check_version(shape, th)?;
        }
        Ok(Some(self.b.val(Value::bool(truth).0)))
    }

    fn abs(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        first: usize,
        now: Value,
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        if now.is_float_word() {
            self.check_native(pc, n, bound, th)?;
            let v = self.get(first)?;
            let f = self.float(v)?;
            return Ok(Some(self.emit(Inst::new(Ir::AbsF, &[f]))?));
        }
        let Some(i) = now.small_int() else { return Ok(None) };
        self.check_native(pc, n, bound, th)?;
        let v = self.get(first)?;
        let v = self.int(v)?;
        let zero = self.b.int(0);
        let cond = if i < 0 { Cond::Lt } else { Cond::Ge };
        self.guard(Inst::new(Ir::GuardI, &[v, zero]).aux(cond as u32))?;
        if i >= 0 {
            return Ok(Some(v));
        }
        Ok(Some(self.guard(Inst::new(Ir::NegI, &[v]))?))
    }

    /// Functions of one float that raise nothing in the range checked for here.
    #[allow(clippy::too_many_arguments)] // The call's parts.
    fn math(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        first: usize,
        now: Value,
        name: &str,
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        if !now.is_float_word() && !now.is_small_int() {
            return Ok(None);
        }
        let x = if now.is_float_word() { now.as_float_word() } else { now.as_small() as f64 };
        let (f, positive): (extern "C" fn(f64) -> f64, bool) = match name {
            "sqrt" if x >= 0.0 => (helpers::sqrt, true),
            "sin" if x.is_finite() => (helpers::sin, false),
            "cos" if x.is_finite() => (helpers::cos, false),
            _ => return Ok(None),
        };
        self.check_native(pc, n, bound, th)?;
        let v = self.get(first)?;
        let v = self.float_of(v, now)?;
        if positive {
            let zero = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[v, zero]).aux(Cond::Ge as u32))?;
            return Ok(Some(self.emit(Inst::new(Ir::SqrtF, &[v]))?));
        }
        // Not an infinity (which raises), not a NaN.
        let limit = self.b.constant(Ir::KFloat, f64::MAX.to_bits() as i64);
        let size = self.emit(Inst::new(Ir::AbsF, &[v]))?;
        self.guard(Inst::new(Ir::GuardF, &[size, limit]).aux(Cond::Le as u32))?;
        Ok(Some(self.emit(Inst::new(Ir::CallF, &[v]).imm(f as *const () as i64))?))
    }

    fn append(&mut self, pc: Pc, n: Native, first: usize, th: &Thread) -> Rec<Option<Ref>> {
        self.check_native(pc, n, true, th)?;
        let (list, v) = (self.get(first)?, self.get(first + 1)?);
        self.exact(list, TypeId::List)?;
        let v = self.boxed(v)?;
        let effects = Alias::List.bit() | Alias::Items.bit();
        let f = helpers::list_append as *const () as i64;
        self.raising(Inst::new(Ir::CallRaise, &[list, v]).imm(f).aux(effects))?;
        Ok(Some(self.b.val(Value::none().0)))
    }
}
