//! Recording calls of native functions: the hottest are done in place, those that run no Python code are calls with known
//! effects (`effects.rs`), the others are steps.

use super::{Next, Rec, Recorder, effects};
use crate::helpers;
use crate::ir::{Alias, Cond, Inst, NOT, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::attr_cache::{self, Found};
use krait_object::class::{Class, flag};
use krait_object::dict::Dict;
use krait_object::native::{DEF, DefKind, Native, NativeDef, RECEIVER};
use krait_object::string::Str;
use krait_object::tuple::{self, FIRST_ITEM, Tuple};
use krait_object::{Kind, Name, Thread, TypeId, Value};
use krait_vm::jit::{Pc, Regs};

/// Integers that a float holds exactly.
const EXACT: u64 = 1 << 53;

impl Recorder {
    /// A call of a native function.
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
        let lead = matches!(def.kind, DefKind::Method | DefKind::ClassMethod);
        let mut now: Vec<Value> = Vec::new();
        if bound {
            now.push(regs.get(s));
        } else if n.is_bound() {
            now.push(n.receiver.get());
        }
        now.extend((0..pc.b()).map(|i| regs.get(s + 1 + i)));
        let owner = match Class::from_value(n.owner.get()) {
            Some(c) => c.name_text(),
            None => Str::from_value(n.owner.get()).map(Str::to_text).unwrap_or_default(),
        };
        // A method called through its class: the first argument is the receiver, which the interpreter checks unless it is
        // of exactly that class.
        let own = |v: &Value| {
            v.is_cell()
                && (v.header().shape() as usize) < TypeId::COUNT
                && Class::of_value(th, *v).value() == n.owner.get()
        };
        let through_class = lead && !bound && !n.is_bound();
        let checked = def.kind == DefKind::Method && now.first().is_some_and(own);
        if through_class && !checked {
            return self.step_of(def.name);
        }
        if let Some(v) = self.native_inline(pc, n, bound, &owner, &now, th)? {
            self.set(pc.c(), v);
            return self.go(Op::CALL.words());
        }
        let Some(writes) = effects::of(&owner, def.name, &now) else { return self.step_of(def.name) };
        let Some(shape) = Passing::of(def, lead, now.len()) else { return self.step_of(def.name) };
        let mut args = self.native_args(pc, n, bound, th)?;
        if through_class {
            self.check_type(args[0], now[0])?;
        }
        for (i, &v) in now.iter().enumerate() {
            if effects::is_looked_at(&owner, def.name, &now, i) {
                self.check_type(args[i], v)?;
            }
        }
        match shape {
            Passing::Padded(missing) => {
                let absent = self.b.val(Value::MISSING.0);
                args.extend(std::iter::repeat_n(absent, missing));
            }
            Passing::Rest(direct) => {
                let rest = args.split_off(direct);
                let t = self.new_tuple(th, &rest)?;
                args.push(t);
                let absent = self.b.val(Value::MISSING.0);
                let count = lead as usize + def.sig.count as usize;
                args.extend(std::iter::repeat_n(absent, count - args.len()));
            }
        }
        let v = self.call_def(def, &args, writes)?;
        self.set(pc.c(), v);
        self.go(Op::CALL.words())
    }

    /// Leaves a call to the interpreter and notes whose.
    pub(super) fn step_of(&mut self, name: &'static str) -> Rec<Next> {
        crate::cache::count_call(name);
        self.step()
    }

    /// The call of a native definition with all of its parameters.
    fn call_def(&mut self, def: &'static NativeDef, args: &[Ref], writes: u32) -> Rec<Ref> {
        let f = self.b.ptr(def.func as usize as u64);
        let call = match *args {
            [] => Inst::new(Ir::CallRaise, &[f]).imm(helpers::native_0 as *const () as i64),
            [a] => Inst::new(Ir::CallRaise, &[f, a]).imm(helpers::native_1 as *const () as i64),
            [a, b] => Inst::new(Ir::CallRaise, &[f, a, b]).imm(helpers::native_2 as *const () as i64),
            _ => {
                let (at, n) = self.scratch(args)?;
                Inst::new(Ir::CallRaise, &[f, at, n]).imm(helpers::native_n as *const () as i64)
            }
        };
        self.raising(call.aux(writes))
    }

    /// Makes sure of the callee, and gives its arguments, the receiver included.
    pub(super) fn native_args(&mut self, pc: Pc, n: Native, bound: bool, th: &Thread) -> Rec<Vec<Ref>> {
        let f = self.get(pc.a() - 1)?;
        self.check_receiver(pc.a(), bound)?;
        let mut args = Vec::new();
        if bound {
            args.push(self.get(pc.a())?);
        }
        if n.is_bound() && !bound && !self.b.region.is_const(f) {
            // Bound functions are made again and again.
            self.check_type(f, n.value())?;
            let def = self.emit(Inst::new(Ir::LoadP, &[f]).imm(DEF as i64).alias(Alias::Constant))?;
            let expected = self.b.ptr(std::ptr::from_ref(n.def()) as u64);
            self.guard(Inst::new(Ir::GuardEq, &[def, expected]))?;
            args.push(self.constant_field(Ir::Load, f, RECEIVER)?);
        } else {
            let k = self.val(th, n.value());
            self.guard(Inst::new(Ir::GuardEq, &[f, k]))?;
            if n.is_bound() && !bound {
                args.push(self.val(th, n.receiver.get()));
            }
        }
        for i in 0..pc.b() {
            args.push(self.get(pc.a() + 1 + i)?);
        }
        Ok(args)
    }

    /// Makes sure that a value is of the builtin type that it is of now.
    pub(super) fn check_type(&mut self, v: Ref, now: Value) -> Rec {
        if now.is_small_int() {
            self.int(v)?;
        } else if now.is_float_word() {
            self.float(v)?;
        } else {
            self.check_layout(v, now)?;
        }
        Ok(())
    }

    /// Makes sure of the shape alone, which tells the layout: not of what the class has.
    pub(super) fn check_layout(&mut self, v: Ref, now: Value) -> Rec {
        let shape = Class::shape_of(now);
        // Exact builtin types keep their shape for life.
        let alias = if (shape as usize) < TypeId::COUNT { Alias::Constant } else { Alias::Shape };
        self.guard(Inst::new(Ir::GuardShape, &[v]).imm(shape as i64).alias(alias))?;
        Ok(())
    }

    /// The result of a function that is done in place; None for all others.
    fn native_inline(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        owner: &str,
        now: &[Value],
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        let def = n.def();
        match (owner, def.name, now) {
            ("builtins", "len", &[v]) => self.len(pc, n, bound, v, th),
            ("builtins", "isinstance", _) if now.len() == 2 => self.isinstance(pc, n, bound, now, th),
            ("builtins", "abs", &[v]) => self.abs(pc, n, bound, v, th),
            ("builtins", "min" | "max", _) if now.len() >= 2 => {
                self.extremum(pc, n, bound, now, def.name == "max", th)
            }
            ("math", name, &[v]) => self.math(pc, n, bound, v, name, th),
            ("list", "append", _) if now.len() == 2 && now[0].is_kind(Kind::List) => {
                self.append(pc, n, bound, now[0], th)
            }
            ("list", "insert", _) if now.len() == 3 => self.list_insert(pc, n, bound, now, th),
            ("list", "pop", _) if now.len() <= 2 => self.list_pop(pc, n, bound, now, th),
            ("object", "__new__", &[c]) => self.object_new(pc, n, bound, c, th),
            ("dict", "get", _) if (2..=3).contains(&now.len()) && now[0].has_shape(TypeId::Dict as u32) => {
                if Dict::of(now[0]).get_plain(th, now[1]).is_none() {
                    return Ok(None);
                }
                let args = self.native_args(pc, n, bound, th)?;
                let absent = args.get(2).copied().unwrap_or_else(|| self.b.val(Value::none().0));
                self.exact(args[0], TypeId::Dict)?;
                let f = helpers::container::dict_get as *const ();
                Ok(Some(self.helper(f, &[args[0], args[1], absent], 0)?))
            }
            ("_operator" | "operator", "index", &[v]) if v.is_small_int() => {
                let v = self.native_args(pc, n, bound, th)?[0];
                Ok(Some(self.int(v)?))
            }
            ("object", "__init__", &[_]) => {
                self.native_args(pc, n, bound, th)?;
                Ok(Some(self.b.val(Value::none().0)))
            }
            _ => Ok(None),
        }
    }

    fn len(&mut self, pc: Pc, n: Native, bound: bool, now: Value, th: &Thread) -> Rec<Option<Ref>> {
        let (list, tuple) = (now.is_kind(Kind::List), now.is_kind(Kind::Tuple));
        let of = if list { TypeId::List } else { TypeId::Tuple };
        if !list && !tuple || !Class::of_value(th, now).inherits_special(th, Name::__len__, of) {
            return Ok(None);
        }
        let v = self.native_args(pc, n, bound, th)?[0];
        self.check_shape(v, now, th)?;
        if list {
            return Ok(Some(self.list_len(v)?));
        }
        Ok(Some(self.constant_field(Ir::LoadW, v, tuple::LEN_OFFSET)?))
    }

    /// `isinstance` of a class whose metaclass is `type`, or a tuple of such: the answer goes by the object's class alone.
    fn isinstance(&mut self, pc: Pc, n: Native, bound: bool, now: &[Value], th: &Thread) -> Rec<Option<Ref>> {
        let items = Tuple::from_value(now[1]).filter(|_| now[1].has_shape(TypeId::Tuple as u32));
        let classes: Vec<Value> = items.map_or_else(|| vec![now[1]], |t| t.as_slice().to_vec());
        let plain =
            |&v: &Value| v.is_kind(krait_object::Kind::Type) && Class::of_value(th, v).is(TypeId::Type);
        if !classes.iter().all(plain) {
            return Ok(None);
        }
        let own = Class::of_value(th, now[0]);
        let truth = classes.iter().any(|&c| own.is_subclass_of(Class::of(c)));
        // An object may claim a class by a `__class__` of its own.
        if !truth && now[0].is_cell() {
            let claimed = attr_cache::classify(th, now[0], th.name(Name::__class__));
            let usual = th.interp.class(TypeId::Object).dict().get_name(th, th.name(Name::__class__));
            if !matches!(claimed, Some(Found::GetSet(g)) if Some(g) == usual) {
                return Ok(None);
            }
        }
        let args = self.native_args(pc, n, bound, th)?;
        let (v, c) = (args[0], args[1]);
        if items.is_some() && !self.b.region.is_const(c) {
            self.exact(c, TypeId::Tuple)?;
            let len = self.constant_field(Ir::LoadW, c, tuple::LEN_OFFSET)?;
            let want = self.b.int(classes.len() as i64);
            self.guard(Inst::new(Ir::GuardI, &[len, want]).aux(Cond::Eq as u32))?;
            for (i, &class) in classes.iter().enumerate() {
                let item = self.constant_field(Ir::Load, c, FIRST_ITEM + 8 * i)?;
                let k = self.val(th, class);
                self.guard(Inst::new(Ir::GuardEq, &[item, k]))?;
            }
        } else {
            let k = self.val(th, now[1]);
            self.guard(Inst::new(Ir::GuardEq, &[c, k]))?;
        }
        if now[0].is_cell() {
            self.check_shape(v, now[0], th)?;
        } else {
            self.check_type(v, now[0])?;
        }
        Ok(Some(self.b.val(Value::bool(truth).0)))
    }

    fn abs(&mut self, pc: Pc, n: Native, bound: bool, now: Value, th: &Thread) -> Rec<Option<Ref>> {
        if now.is_float_word() {
            let v = self.native_args(pc, n, bound, th)?[0];
            let f = self.float(v)?;
            return Ok(Some(self.emit(Inst::new(Ir::AbsF, &[f]))?));
        }
        let Some(i) = now.small_int() else { return Ok(None) };
        let v = self.native_args(pc, n, bound, th)?[0];
        let v = self.int(v)?;
        let zero = self.b.int(0);
        let cond = if i < 0 { Cond::Lt } else { Cond::Ge };
        self.guard(Inst::new(Ir::GuardI, &[v, zero]).aux(cond as u32))?;
        if i >= 0 {
            return Ok(Some(v));
        }
        Ok(Some(self.guard(Inst::new(Ir::NegI, &[v]))?))
    }

    /// `min` and `max` of numbers: a comparison each, whose outcome is part of the trace.
    fn extremum(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        now: &[Value],
        max: bool,
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        let ints = now.iter().all(|v| v.is_small_int());
        // An integer among floats must be one that a float holds exactly.
        let exact = |v: &Value| v.is_float_word() || v.small_int().is_some_and(|n| n.unsigned_abs() <= EXACT);
        if !ints && !now.iter().all(exact) || now.len() > 4 {
            return Ok(None);
        }
        let args = self.native_args(pc, n, bound, th)?;
        let cond = if max { Cond::Gt } else { Cond::Lt };
        let mut best = 0;
        // The best one: as it is the result, and as it is compared.
        let (mut result, mut key) = self.extremum_key(args[0], now[0], ints)?;
        for (i, &v) in now.iter().enumerate().skip(1) {
            let (number, k) = self.extremum_key(args[i], v, ints)?;
            let better = if ints {
                let better = cond.of(v.as_small(), now[best].as_small());
                let seen = if better { Some(cond) } else { cond.negate() };
                if let Some(c) = seen {
                    self.guard(Inst::new(Ir::GuardI, &[k, key]).aux(c as u32))?;
                }
                better
            } else {
                let better = cond.of_floats(as_float(v), as_float(now[best]));
                let not = if better { 0 } else { NOT };
                self.guard(Inst::new(Ir::GuardF, &[k, key]).aux(cond as u32 | not))?;
                better
            };
            if better {
                (best, result, key) = (i, number, k);
            }
        }
        Ok(Some(result))
    }

    fn extremum_key(&mut self, v: Ref, now: Value, ints: bool) -> Rec<(Ref, Ref)> {
        if now.is_float_word() {
            let f = self.float(v)?;
            return Ok((f, f));
        }
        let n = self.int(v)?;
        if ints {
            return Ok((n, n));
        }
        self.check_exact(n)?;
        Ok((n, self.emit(Inst::new(Ir::IntToF, &[n]))?))
    }

    /// Functions of one float that raise nothing in the range checked for here.
    fn math(
        &mut self,
        pc: Pc,
        n: Native,
        bound: bool,
        now: Value,
        name: &str,
        th: &Thread,
    ) -> Rec<Option<Ref>> {
        if !now.is_float_word() && !now.is_small_int() {
            return Ok(None);
        }
        let x = if now.is_float_word() { now.as_float_word() } else { now.as_small() as f64 };
        if name == "trunc" && now.is_float_word() && x.abs() < EXACT as f64 {
            let v = self.native_args(pc, n, bound, th)?[0];
            let v = self.float(v)?;
            return Ok(Some(self.guard(Inst::new(Ir::FToI, &[v]))?));
        }
        let (f, positive): (extern "C" fn(f64) -> f64, bool) = match name {
            "sqrt" if x >= 0.0 => (helpers::sqrt, true),
            "sin" if x.is_finite() => (helpers::sin, false),
            "cos" if x.is_finite() => (helpers::cos, false),
            "floor" if now.is_float_word() && x.abs() < EXACT as f64 => (helpers::floor, false),
            "ceil" if now.is_float_word() && x.abs() < EXACT as f64 => (helpers::ceil, false),
            _ => return Ok(None),
        };
        let v = self.native_args(pc, n, bound, th)?[0];
        let v = self.float_of(v, now)?;
        if positive {
            let zero = self.b.constant(Ir::KFloat, 0f64.to_bits() as i64);
            self.guard(Inst::new(Ir::GuardF, &[v, zero]).aux(Cond::Ge as u32))?;
            return Ok(Some(self.emit(Inst::new(Ir::SqrtF, &[v]))?));
        }
        if matches!(name, "floor" | "ceil") {
            let r = self.emit(Inst::new(Ir::CallF, &[v]).imm(f as *const () as i64))?;
            return Ok(Some(self.guard(Inst::new(Ir::FToI, &[r]))?));
        }
        // Not an infinity (which raises), not a NaN.
        let limit = self.b.constant(Ir::KFloat, f64::MAX.to_bits() as i64);
        let size = self.emit(Inst::new(Ir::AbsF, &[v]))?;
        self.guard(Inst::new(Ir::GuardF, &[size, limit]).aux(Cond::Le as u32))?;
        Ok(Some(self.emit(Inst::new(Ir::CallF, &[v]).imm(f as *const () as i64))?))
    }

    /// `object.__new__(c)` of a class whose instances are ordinary ones.
    fn object_new(&mut self, pc: Pc, n: Native, bound: bool, c: Value, th: &Thread) -> Rec<Option<Ref>> {
        let Some(class) = Class::from_value(c) else { return Ok(None) };
        if class.kind.get() != Kind::Instance
            || class.has_flag(flag::ABSTRACT)
            || class.has_flag(flag::FINALIZER)
        {
            return Ok(None);
        }
        if class.instance_shape(th).is_err() {
            th.clear_pending();
            return Ok(None);
        }
        let v = self.native_args(pc, n, bound, th)?[0];
        self.check_class(v, c, th)?;
        self.check_version(class.shape.get(), th)?;
        self.new_instance(th, class).map(Some)
    }

    /// `list.append`, which does not ask what class of list it is.
    fn append(&mut self, pc: Pc, n: Native, bound: bool, now: Value, th: &Thread) -> Rec<Option<Ref>> {
        let args = self.native_args(pc, n, bound, th)?;
        let (list, v) = (args[0], args[1]);
        self.check_layout(list, now)?;
        self.append_item(list, v)?;
        Ok(Some(self.b.val(Value::none().0)))
    }

    /// A call of a builtin class that converts its argument.
    pub(super) fn convert(&mut self, pc: Pc, regs: Regs, c: Class, th: &Thread) -> Rec<Next> {
        let s = pc.a();
        let plain = Class::of_value(th, c.value()).is(TypeId::Type) && c.type_id.get() != 0;
        if plain && (c.is(TypeId::Enumerate) || c.is(TypeId::Zip)) {
            return self.iterators(pc, regs, c, th);
        }
        if pc.b() == 0
            && let Some(v) = self.derived_container(pc, c, th)?
        {
            self.set(pc.c(), v);
            return self.go(Op::CALL.words());
        }
        if !plain || pc.b() > 1 {
            return self.step_of("a class");
        }
        let now = if pc.b() == 1 { regs.get(s + 1) } else { Value::MISSING };
        let exact = |t: TypeId| now.has_shape(t as u32);
        let integer = now.is_small_int() || exact(TypeId::Int) || exact(TypeId::Bool);
        let number = integer || now.is_float_word() || exact(TypeId::Float);
        let known = match pc.b() {
            0 => [TypeId::List, TypeId::Dict, TypeId::Set].into_iter().any(|t| c.is(t)),
            _ if c.is(TypeId::Type) => true,
            _ if c.is(TypeId::Int) || c.is(TypeId::Float) || c.is(TypeId::Bool) => {
                number || exact(TypeId::Str)
            }
            _ if c.is(TypeId::Str) => number || exact(TypeId::Str) || now.is_none(),
            _ if c.is(TypeId::List) || c.is(TypeId::Tuple) => {
                [TypeId::List, TypeId::Tuple, TypeId::Range, TypeId::Str, TypeId::Dict].into_iter().any(exact)
            }
            _ if c.is(TypeId::Reversed) => {
                [TypeId::List, TypeId::Tuple, TypeId::Range, TypeId::Str].into_iter().any(exact)
            }
            _ => false,
        };
        if !known {
            return self.step_of("a builtin class");
        }
        let class = self.get(s - 1)?;
        let k = self.val(th, c.value());
        self.guard(Inst::new(Ir::GuardEq, &[class, k]))?;
        self.check_receiver(s, false)?;
        let result = if pc.b() == 0 {
            let make = helpers::convert_0 as *const () as i64;
            self.raising(Inst::new(Ir::CallRaise, &[k]).imm(make))?
        } else {
            let v = self.get(s + 1)?;
            self.converted(c, k, v, now, th)?
        };
        self.set(pc.c(), result);
        self.go(Op::CALL.words())
    }

    /// `c()` of a class derived from list, dict or set that makes its instances as those do.
    fn derived_container(&mut self, pc: Pc, c: Class, th: &Thread) -> Rec<Option<Ref>> {
        let of = match c.kind.get() {
            Kind::List => TypeId::List,
            Kind::Dict => TypeId::Dict,
            Kind::Set => TypeId::Set,
            _ => return Ok(None),
        };
        if c.type_id.get() != 0
            || c.has_flag(flag::ABSTRACT)
            || c.has_flag(flag::FINALIZER)
            || !Class::of_value(th, c.value()).inherits_special(th, Name::__call__, TypeId::Type)
            || !c.inherits_special(th, Name::__new__, of)
            || !c.inherits_special(th, Name::__init__, of)
        {
            return Ok(None);
        }
        if c.instance_shape(th).is_err() {
            th.clear_pending();
            return Ok(None);
        }
        let class = self.get(pc.a() - 1)?;
        self.check_class(class, c.value(), th)?;
        self.check_receiver(pc.a(), false)?;
        // The finalizer of a class is one of its attributes, too.
        self.check_version(c.shape.get(), th)?;
        let k = self.val(th, c.value());
        let (at, n) = self.scratch(&[k])?;
        let make = helpers::call_class as *const () as i64;
        self.raising(Inst::new(Ir::CallRaise, &[at, n]).imm(make)).map(Some)
    }

    /// `enumerate` of what has an iterator of a builtin type, and `zip` of such.
    fn iterators(&mut self, pc: Pc, regs: Regs, c: Class, th: &Thread) -> Rec<Next> {
        let s = pc.a();
        let now: Vec<Value> = (0..pc.b()).map(|i| regs.get(s + 1 + i)).collect();
        let (first, start) = now.split_at(if c.is(TypeId::Zip) { now.len() } else { now.len().min(1) });
        if !(1..=MOST_ITERATED).contains(&now.len())
            || !first.iter().all(|&v| is_iterated(v))
            || !matches!(start, [] | [_] if start.iter().all(|v| v.is_small_int()))
        {
            return self.step_of("a builtin class");
        }
        let class = self.get(s - 1)?;
        let k = self.val(th, c.value());
        self.guard(Inst::new(Ir::GuardEq, &[class, k]))?;
        self.check_receiver(s, false)?;
        let mut args = vec![k];
        for (i, &v) in now.iter().enumerate() {
            let a = self.get(s + 1 + i)?;
            self.check_type(a, v)?;
            args.push(a);
        }
        let (at, n) = self.scratch(&args)?;
        let make = helpers::call_class as *const () as i64;
        let it = self.raising(Inst::new(Ir::CallRaise, &[at, n]).imm(make))?;
        self.set(pc.c(), it);
        self.go(Op::CALL.words())
    }

    /// `c(v)` for an argument of a type that [`Recorder::convert`] knows.
    fn converted(&mut self, c: Class, class: Ref, v: Ref, now: Value, th: &Thread) -> Rec<Ref> {
        if c.is(TypeId::Type) {
            if now.is_cell() {
                self.check_shape(v, now, th)?;
            } else {
                self.check_type(v, now)?;
            }
            return Ok(self.val(th, Class::of_value(th, now).value()));
        }
        self.check_type(v, now)?;
        if c.is(TypeId::Reversed) {
            if let Some(it) = self.reversed_range(v, now)? {
                return Ok(it);
            }
            let make = helpers::reversed as *const () as i64;
            return self.raising(Inst::new(Ir::CallRaise, &[v]).imm(make));
        }
        if c.is(TypeId::Int) && now.is_small_int() {
            return self.int(v);
        }
        if c.is(TypeId::Int) && now.is_float_word() && now.as_float_word().abs() < EXACT as f64 {
            let f = self.float(v)?;
            return self.guard(Inst::new(Ir::FToI, &[f]));
        }
        if c.is(TypeId::Float) && now.is_float_word() {
            return self.float(v);
        }
        if c.is(TypeId::Float) && now.is_small_int() {
            let n = self.int(v)?;
            return self.emit(Inst::new(Ir::IntToF, &[n]));
        }
        let make = helpers::convert_1 as *const () as i64;
        self.raising(Inst::new(Ir::CallRaise, &[class, v]).imm(make))
    }
}

/// Arguments of `zip` that are looked at.
const MOST_ITERATED: usize = 4;

/// Has it a builtin type whose iterator is made without running Python code?
fn is_iterated(v: Value) -> bool {
    [
        TypeId::List,
        TypeId::Tuple,
        TypeId::Range,
        TypeId::Str,
        TypeId::Bytes,
        TypeId::Dict,
        TypeId::DictKeys,
        TypeId::DictValues,
        TypeId::DictItems,
        TypeId::Set,
        TypeId::FrozenSet,
    ]
    .into_iter()
    .any(|t| v.has_shape(t as u32))
}

fn as_float(v: Value) -> f64 {
    if v.is_float_word() { v.as_float_word() } else { v.as_small() as f64 }
}

/// How the arguments of a call become a native function's parameters.
enum Passing {
    /// In their places; this many optional ones are missing.
    Padded(usize),
    /// Those from this number on are a tuple.
    Rest(usize),
}

impl Passing {
    /// None when the call does not fit.
    fn of(def: &NativeDef, lead: bool, count: usize) -> Option<Passing> {
        let sig = &def.sig;
        let given = count.checked_sub(lead as usize)?;
        if sig.needs_names || given < sig.required as usize {
            return None;
        }
        if sig.varargs != 255 {
            let direct = sig.positional as usize;
            return (given >= direct && sig.varargs == sig.positional)
                .then_some(Passing::Rest(lead as usize + direct));
        }
        (given <= sig.positional as usize).then(|| Passing::Padded(sig.count as usize - given))
    }
}
