//! Recording instructions whose operands are instances of Python classes: their special methods are called like any
//! function, with the interpreter's own continuation saying what happens to the result.
//!
//! The conditions are those under which the interpreter pushes a frame for the method (`arith.rs`, `compare.rs`,
//! `items.rs` of the VM); under others it runs the method in a nested loop, and the instruction is a step.

use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Cond, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::class::Class;
use krait_object::descriptor::{ClassMethod, StaticMethod};
use krait_object::function::Function;
use krait_object::native::{DefKind, Native};
use krait_object::operators::BinOp;
use krait_object::{Kind, Name, Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};

impl Recorder {
    /// An instruction on instances of Python classes; None when it is none, or another recorder's business.
    pub(super) fn special(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Option<Next>> {
        if let Some((operator, in_place, constant)) = krait_vm::jit::operator_of(op) {
            return self.operator(operator, in_place, constant, pc, regs, th);
        }
        if let Some((cond, jump, constant)) = super::arith::comparison(op) {
            return self.comparison(cond, jump, constant, pc, regs, th);
        }
        match op {
            Op::GETITEM | Op::GETITEM_K | Op::GETITEM_LIST | Op::GETITEM_TUPLE | Op::GETITEM_DICT => {
                let now = regs.get(pc.b());
                let Some(f) = method(th, now, Name::__getitem__) else { return Ok(None) };
                let obj = self.get(pc.b())?;
                let key =
                    if op == Op::GETITEM_K { self.val(th, regs.constant(pc.c())) } else { self.get(pc.c())? };
                self.check_shape(obj, now, th)?;
                self.call_special(f, &[obj, key], Meta::new(Cont::Normal, pc.a(), op.words()), th)
            }
            Op::SETITEM | Op::SETITEM_LIST | Op::SETITEM_DICT => {
                let now = regs.get(pc.a());
                let Some(f) = method(th, now, Name::__setitem__) else { return Ok(None) };
                let (obj, key, v) = (self.get(pc.a())?, self.get(pc.b())?, self.get(pc.c())?);
                self.check_shape(obj, now, th)?;
                self.call_special(f, &[obj, key, v], Meta::new(Cont::Discard, 0, op.words()), th)
            }
            Op::JUMP_IF_TRUE | Op::JUMP_IF_FALSE => {
                if !self.always_true(pc.a(), regs, th)? {
                    return Ok(None);
                }
                self.pc = if op == Op::JUMP_IF_TRUE { pc.jump(1, pc.bc()) } else { pc.skip(1) };
                Ok(Some(Next::Go))
            }
            Op::NOT | Op::TO_BOOL => {
                if !self.always_true(pc.b(), regs, th)? {
                    return Ok(None);
                }
                let v = self.b.val(Value::bool(op == Op::TO_BOOL).0);
                self.set(pc.a(), v);
                self.go(op.words()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Calls a special method that is known by the shape of its first operand.
    fn call_special(&mut self, f: Function, args: &[Ref], meta: Meta, th: &Thread) -> Rec<Option<Next>> {
        if self.is_too_deep(f) {
            return Ok(Some(Next::Stop));
        }
        self.check_loaded(f)?;
        let callee = self.val(th, f.value());
        let Some(args) = self.bind(f, callee, args, &[], th)? else { return self.step().map(Some) };
        let base = self.above();
        self.enter(f, callee, &args, base, meta, None, th).map(Some)
    }

    fn operator(
        &mut self,
        op: BinOp,
        in_place: bool,
        constant: bool,
        pc: Pc,
        regs: Regs,
        th: &Thread,
    ) -> Rec<Option<Next>> {
        let x = regs.get(pc.b());
        let y = if constant { regs.constant(pc.c()) } else { regs.get(pc.c()) };
        let reflected = is_number_word(x);
        let (own, special) = if reflected { (y, op.reflected()) } else { (x, op.forward()) };
        let Some(f) = method(th, own, special) else { return Ok(None) };
        let (cx, cy) = (Class::of_value(th, x), Class::of_value(th, y));
        if !reflected
            && (in_place && cx.special(th, op.inplace()).is_some() || cx != cy && cy.is_subclass_of(cx))
        {
            return Ok(None);
        }
        let a = self.get(pc.b())?;
        let b = if constant { self.val(th, y) } else { self.get(pc.c())? };
        self.check_class_of(a, x, th)?;
        self.check_class_of(b, y, th)?;
        let (args, cont) = if reflected { ([b, a], Cont::Reflected) } else { ([a, b], Cont::Binary) };
        self.call_special(f, &args, Meta::new(cont, pc.a(), 2), th)
    }

    fn comparison(
        &mut self,
        cond: Cond,
        jump: bool,
        constant: bool,
        pc: Pc,
        regs: Regs,
        th: &Thread,
    ) -> Rec<Option<Next>> {
        let (ra, rb) = if jump { (pc.a(), pc.b()) } else { (pc.b(), pc.c()) };
        let x = regs.get(ra);
        if !x.is_kind(Kind::Instance) {
            return Ok(None);
        }
        let y = if constant { regs.constant(rb) } else { regs.get(rb) };
        let (cx, cy) = (Class::of_value(th, x), Class::of_value(th, y));
        let Some(f) = method(th, x, special_of(cond)) else {
            return self.compare_identity(cond, jump, constant, pc, regs, th);
        };
        if cx != cy && cy.is_subclass_of(cx) {
            return Ok(None);
        }
        let a = self.get(ra)?;
        let b = if constant { self.val(th, y) } else { self.get(rb)? };
        self.check_class_of(a, x, th)?;
        self.check_class_of(b, y, th)?;
        let meta =
            if jump { Meta::new(Cont::CompareJump, 0, 2) } else { Meta::new(Cont::Compare, pc.a(), 1) };
        self.call_special(f, &[a, b], meta, th)
    }

    /// `==` and `!=` of objects that have them from `object`: identity.
    fn compare_identity(
        &mut self,
        cond: Cond,
        jump: bool,
        constant: bool,
        pc: Pc,
        regs: Regs,
        th: &Thread,
    ) -> Rec<Option<Next>> {
        if !matches!(cond, Cond::Eq | Cond::Ne) {
            return Ok(None);
        }
        let (ra, rb) = if jump { (pc.a(), pc.b()) } else { (pc.b(), pc.c()) };
        let (x, y) = (regs.get(ra), if constant { regs.constant(rb) } else { regs.get(rb) });
        for v in [x, y] {
            let c = Class::of_value(th, v);
            let plain = c.inherits_special(th, Name::__eq__, TypeId::Object)
                && c.inherits_special(th, Name::__ne__, TypeId::Object);
            if !plain || !v.is_cell() {
                return Ok(None);
            }
        }
        let a = self.get(ra)?;
        let b = if constant { self.val(th, y) } else { self.get(rb)? };
        self.check_shape(a, x, th)?;
        self.check_shape(b, y, th)?;
        let same = x == y;
        self.guard(Inst::new(if same { Ir::GuardEq } else { Ir::GuardNe }, &[a, b]))?;
        let truth = same == (cond == Cond::Eq);
        if jump {
            return self.jump_fused(pc, truth).map(Some);
        }
        let v = self.b.val(Value::bool(truth).0);
        self.set(pc.a(), v);
        self.go(1).map(Some)
    }

    /// Makes sure that an operand has the class that it has now, and this the methods it has now.
    fn check_class_of(&mut self, v: Ref, now: Value, th: &Thread) -> Rec {
        if now.is_small_int() {
            self.int(v)?;
        } else if now.is_float_word() {
            self.float(v)?;
        } else {
            self.check_shape(v, now, th)?;
        }
        Ok(())
    }

    /// Is the register's value an instance whose class says nothing of truth? Then it is made sure of.
    fn always_true(&mut self, register: usize, regs: Regs, th: &Thread) -> Rec<bool> {
        let now = regs.get(register);
        if !now.is_kind(Kind::Instance) {
            return Ok(false);
        }
        let c = Class::of_value(th, now);
        if c.special(th, Name::__bool__).is_some() || c.special(th, Name::__len__).is_some() {
            return Ok(false);
        }
        let v = self.get(register)?;
        self.check_shape(v, now, th)?;
        Ok(true)
    }

    /// `super().name` for an instance, found as a function or a plain value after the class in the MRO.
    pub(super) fn load_super(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (class, receiver) = (regs.get(pc.b()), regs.get(pc.c()));
        let name = regs.constant(pc.extra(0) as usize);
        let Some(start) = Class::from_value(class) else { return self.step() };
        if let Some(own) = Class::from_value(receiver).filter(|c| c.is_subclass_of(start)) {
            return self.load_super_of_class(op, pc, class, own, name, th);
        }
        let own = Class::of_value(th, receiver);
        if !receiver.is_cell()
            || receiver.is_none()
            || receiver.is_kind(Kind::Type)
            || !own.is_subclass_of(start)
            || name == th.name(Name::__class__)
        {
            return self.step();
        }
        let mut after = own.mro().iter().skip_while(|&&c| c != class).skip(1);
        let found = after.find_map(|&c| Class::of(c).dict().get_name(th, name));
        let Some(found) = found.filter(|v| {
            v.is_kind(Kind::Function) || Native::from_value(*v).is_some_and(Native::is_method_descriptor)
        }) else {
            return self.step();
        };
        if op == Op::LOAD_SUPER_ATTR {
            return self.step();
        }
        let (c, obj) = (self.get(pc.b())?, self.get(pc.c())?);
        self.is_word(c, class)?;
        // All classes looked at are in the MRO of the receiver's class: the version of its shape covers them.
        self.check_shape(obj, receiver, th)?;
        let f = self.val(th, found);
        self.set(pc.a() - 1, f);
        self.set(pc.a(), obj);
        self.go(op.words())
    }

    /// The same in a function whose first parameter is a class, as of `__new__` and class methods.
    fn load_super_of_class(
        &mut self,
        op: Op,
        pc: Pc,
        class: Value,
        own: Class,
        name: Value,
        th: &Thread,
    ) -> Rec<Next> {
        let mut after = own.mro().iter().skip_while(|&&c| c != class).skip(1);
        let found = after.find_map(|&c| Class::of(c).dict().get_name(th, name));
        let Some(found) = found.filter(|_| op != Op::LOAD_SUPER_ATTR && name != th.name(Name::__class__))
        else {
            return self.step();
        };
        let (f, binds) = match found.kind() {
            Kind::Function => (found, false),
            Kind::Native if Native::of(found).def().kind == DefKind::StaticMethod => (found, false),
            Kind::StaticMethod if found.has_shape(TypeId::StaticMethod as u32) => {
                (StaticMethod::of(found).function.get(), false)
            }
            Kind::ClassMethod if found.has_shape(TypeId::ClassMethod as u32) => {
                (ClassMethod::of(found).function.get(), true)
            }
            _ => return self.step(),
        };
        if binds && !f.is_kind(Kind::Function) {
            return self.step();
        }
        let (c, obj) = (self.get(pc.b())?, self.get(pc.c())?);
        self.is_word(c, class)?;
        // All classes looked at are in the MRO of the class.
        self.check_class(obj, own.value(), th)?;
        let f = self.val(th, f);
        let receiver = if binds { obj } else { self.b.val(Value::MISSING.0) };
        self.set(pc.a() - 1, f);
        self.set(pc.a(), receiver);
        self.go(op.words())
    }

    /// A field of a cell that is set when the cell is made.
    pub(super) fn constant_field(&mut self, op: Ir, obj: Ref, offset: usize) -> Rec<Ref> {
        self.emit(Inst::new(op, &[obj]).imm(offset as i64).alias(Alias::Constant))
    }
}

/// An immediate number.
fn is_number_word(v: Value) -> bool {
    v.is_small_int() || v.is_float_word()
}

/// The special method of an instance of a Python class, when it is a Python function.
fn method(th: &Thread, v: Value, n: Name) -> Option<Function> {
    if !v.is_kind(Kind::Instance) {
        return None;
    }
    Class::of_value(th, v).special(th, n).and_then(Function::from_value)
}

fn special_of(cond: Cond) -> Name {
    match cond {
        Cond::Lt | Cond::Below => Name::__lt__,
        Cond::Le => Name::__le__,
        Cond::Eq => Name::__eq__,
        Cond::Ne => Name::__ne__,
        Cond::Gt => Name::__gt__,
        Cond::Ge => Name::__ge__,
    }
}
