//! Recording attributes: by shape, with the class's version where the class has a say.

use super::layered::Layered;
use super::{Next, Rec, Recorder};
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::attr_cache::{self, Found, Place};
use krait_object::cellvar::NameCell;
use krait_object::class::Class;
use krait_object::function::Function;
use krait_object::instance::{EXTENSION, FIRST_SLOT};
use krait_object::native::Native;
use krait_object::storage::DATA;
use krait_object::string::Str;
use krait_object::{Kind, Thread, TypeId, Value};
use krait_vm::jit::{Cont, Meta, Pc, Regs};
use std::ptr::NonNull;

const WORDS: usize = 4;

impl Recorder {
    /// Makes sure that the object has the shape, and the shape the version, that it has now.
    pub(super) fn check_shape(&mut self, obj: Ref, now: Value, th: &Thread) -> Rec {
        let shape = Class::shape_of(now);
        // Exact builtin types keep their shape for life.
        let alias = if (shape as usize) < TypeId::COUNT { Alias::Constant } else { Alias::Shape };
        self.guard(Inst::new(Ir::GuardShape, &[obj]).imm(shape as i64).alias(alias))?;
        self.check_version(shape, th)
    }

    fn name_cell(word: u64) -> NameCell {
        NameCell::from_cell(NonNull::new(word as *mut krait_gc::Header).expect("plans hold a cell's address"))
    }

    pub(super) fn load_attr(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (now, name) = (regs.get(pc.b()), regs.constant(pc.c()));
        if now.is_small_int() {
            return self.load_of_int(pc, name);
        }
        if !now.is_cell() {
            return self.step();
        }
        let obj = self.get(pc.b())?;
        let v = if now.is_kind(Kind::Module) {
            match self.module_value(obj, now, name, th)? {
                Some(v) => v,
                None => return self.step(),
            }
        } else {
            let Some(found) = attr_cache::classify(th, now, name) else {
                let v = match self.layered(obj, now, name, th)? {
                    Some(Layered::Own(v)) => v,
                    Some(Layered::Value(v)) => self.val(th, v),
                    Some(Layered::Method(f)) if is_bindable(f) => self.new_method(th, f, obj)?,
                    _ => return self.step(),
                };
                self.set(pc.a(), v);
                return self.go(WORDS);
            };
            if let Found::Property(f) = found
                && let Some(getter) = Function::from_value(f)
                && !now.is_kind(Kind::Type)
            {
                self.check_shape(obj, now, th)?;
                let f = self.val(th, f);
                let meta = Meta::new(Cont::Normal, pc.a(), WORDS);
                let base = self.above();
                return self.enter(getter, f, &[obj], base, meta, None, th);
            }
            if let Found::Method(f) = found
                && is_bindable(f)
            {
                if now.is_kind(Kind::Type) {
                    // A class method.
                    self.check_class(obj, now, th)?;
                } else {
                    self.check_shape(obj, now, th)?;
                }
                self.new_method(th, f, obj)?
            } else {
                match self.found(obj, now, found, th)? {
                    Some(v) => v,
                    None => return self.step(),
                }
            }
        };
        self.set(pc.a(), v);
        self.go(WORDS)
    }

    /// An attribute of a small integer that every integer has: it is one of a rational and of a complex number.
    fn load_of_int(&mut self, pc: Pc, name: Value) -> Rec<Next> {
        let text = Str::from_value(name).map(Str::to_text).unwrap_or_default();
        let constant = match text.as_str() {
            "numerator" | "real" => None,
            "denominator" => Some(1),
            "imag" => Some(0),
            _ => return self.step(),
        };
        let v = self.get(pc.b())?;
        let n = self.int(v)?;
        let v = constant.map_or(n, |k| self.b.int(k));
        self.set(pc.a(), v);
        self.go(WORDS)
    }

    /// The value of a module's global; None when there is none.
    fn module_value(&mut self, obj: Ref, now: Value, name: Value, th: &Thread) -> Rec<Option<Ref>> {
        let Some((Op::LOAD_ATTR_MODULE, word)) = krait_vm::jit::plan_load(th, now, name, false) else {
            return Ok(None);
        };
        let cell = Self::name_cell(word);
        if cell.value.get() == Value::UNBOUND {
            return Ok(None);
        }
        let k = self.val(th, now);
        self.guard(Inst::new(Ir::GuardEq, &[obj, k]))?;
        Ok(Some(self.name_value(cell, th)?))
    }

    /// The attribute that a look-up found; None when it is no plain value.
    fn found(&mut self, obj: Ref, now: Value, found: Found, th: &Thread) -> Rec<Option<Ref>> {
        if now.is_kind(Kind::Type) {
            let Found::Value(v) = found else { return Ok(None) };
            self.check_class(obj, now, th)?;
            return Ok(Some(self.val(th, v)));
        }
        if !matches!(found, Found::Slot(_) | Found::Member(_) | Found::Extension(_) | Found::Value(_)) {
            return Ok(None);
        }
        self.check_shape(obj, now, th)?;
        Ok(Some(match found {
            Found::Slot(i) | Found::Member(i) => {
                let offset = (FIRST_SLOT + 8 * i as usize) as i64;
                let v = self.emit(Inst::new(Ir::Load, &[obj]).imm(offset).alias(Alias::Attr))?;
                if let Found::Member(_) = found {
                    self.not_word(v, Value::UNBOUND)?;
                }
                v
            }
            Found::Extension(i) => {
                let (array, offset) = self.extension(obj, i)?;
                self.emit(Inst::new(Ir::Load, &[array]).imm(offset).alias(Alias::Attr))?
            }
            Found::Value(v) => self.val(th, v),
            _ => return Ok(None),
        }))
    }

    /// The array of attributes beyond the inline slots, and the offset of the `i`th.
    fn extension(&mut self, obj: Ref, i: u32) -> Rec<(Ref, i64)> {
        let array = self.emit(Inst::new(Ir::LoadP, &[obj]).imm(EXTENSION as i64).alias(Alias::Attr))?;
        Ok((array, (DATA + 8 * (1 + i as usize)) as i64))
    }

    /// Makes sure that the value is this class, with the attributes that it has now.
    pub(super) fn check_class(&mut self, obj: Ref, now: Value, th: &Thread) -> Rec {
        let class = Class::of(now);
        let k = self.val(th, now);
        self.guard(Inst::new(Ir::GuardEq, &[obj, k]))?;
        self.check_class_version(k, class, th)?;
        self.check_shape(k, now, th)
    }

    pub(super) fn load_method(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (now, name) = (regs.get(pc.b()), regs.constant(pc.c()));
        let obj = self.get(pc.b())?;
        let s = pc.a();
        let missing = self.b.val(Value::MISSING.0);
        let (f, receiver) = if now.is_kind(Kind::Module) {
            match self.module_value(obj, now, name, th)? {
                Some(v) => (v, missing),
                None => return self.step(),
            }
        } else {
            match attr_cache::classify(th, now, name) {
                Some(Found::Method(f)) if is_plain_method(f) => {
                    if now.is_kind(Kind::Type) {
                        // A class method: the class is its receiver.
                        self.check_class(obj, now, th)?;
                    } else if now.is_cell() {
                        self.check_shape(obj, now, th)?;
                    } else {
                        self.check_type(obj, now)?;
                    }
                    (self.val(th, f), obj)
                }
                Some(_) if !now.is_cell() => return self.step(),
                None => match self.layered(obj, now, name, th)? {
                    Some(Layered::Own(v)) => (v, missing),
                    Some(Layered::Value(v)) => (self.val(th, v), missing),
                    Some(Layered::Method(f)) => (self.val(th, f), obj),
                    None => return self.step(),
                },
                Some(found @ (Found::Slot(_) | Found::Extension(_) | Found::Value(_)))
                    if !now.is_kind(Kind::Type) =>
                {
                    match self.found(obj, now, found, th)? {
                        Some(v) => (v, missing),
                        None => return self.step(),
                    }
                }
                Some(found @ Found::Value(_)) if now.is_kind(Kind::Type) => {
                    match self.found(obj, now, found, th)? {
                        Some(v) => (v, missing),
                        None => return self.step(),
                    }
                }
                _ => return self.step(),
            }
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
        let Some(place) = attr_cache::classify_store(th, now, name) else { return self.step() };
        let (obj, v) = (self.get(pc.a())?, self.get(pc.b())?);
        self.check_shape(obj, now, th)?;
        // Before the shape says that there is one attribute more: making a cell may collect.
        let v = self.boxed(v)?;
        let (owner, offset) = match place {
            Place::Slot(i) => (obj, (FIRST_SLOT + 8 * i as usize) as i64),
            Place::Add(shape, i) => {
                self.emit(Inst::new(Ir::StoreShape, &[obj]).imm(shape as i64).alias(Alias::Shape))?;
                (obj, (FIRST_SLOT + 8 * i as usize) as i64)
            }
            Place::Extension(i) => self.extension(obj, i)?,
        };
        self.store_ref(owner, offset, Alias::Attr, v)?;
        self.go(WORDS)
    }
}

/// A function that [`Recorder::new_method`] binds.
fn is_bindable(f: Value) -> bool {
    is_plain_method(f) && !Native::from_value(f).is_some_and(|n| n.def().name.starts_with("__"))
}

/// A function that a call puts its receiver before.
fn is_plain_method(v: Value) -> bool {
    v.is_kind(Kind::Function) || Native::from_value(v).is_some_and(Native::is_method_descriptor)
}
