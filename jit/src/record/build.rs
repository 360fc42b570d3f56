//! Recording the building of dicts, sets, slices and strings, and what comprehensions do.

use super::{Next, Rec, Recorder};
use crate::code::ARG_WORDS;
use crate::helpers::container as helper;
use crate::ir::{Alias, Inst, Op as Ir, Ref};
use krait_bytecode::Op;
use krait_object::dict::Dict;
use krait_object::set::Set;
use krait_object::{Thread, TypeId, Value, plain};
use krait_vm::jit::{Pc, Regs};

/// What changes a list.
pub(super) const LIST: u32 = Alias::List.bit() | Alias::Items.bit();
/// What changes a dict or a set.
pub(super) const DICT: u32 = Alias::Other.bit();

impl Recorder {
    /// Calls a helper that does everything or nothing (then the interpreter runs the instruction again). All guards of
    /// the instruction come before it if it has effects.
    pub(super) fn helper(&mut self, f: *const (), args: &[Ref], effects: u32) -> Rec<Ref> {
        self.guard(Inst::new(Ir::CallRaise, args).imm(f as i64).aux(effects))
    }

    /// The same for any number of operands up to `ARG_WORDS`.
    pub(super) fn helper_of_many(&mut self, f: *const (), args: &[Ref], effects: u32) -> Rec<Ref> {
        for (n, &a) in args.iter().enumerate() {
            self.emit(Inst::new(Ir::Arg, &[a]).imm(n as i64))?;
        }
        let n = self.b.ptr(args.len() as u64);
        self.guard(Inst::new(Ir::CallArgs, &[n]).imm(f as i64).aux(effects))
    }

    /// A run of registers.
    fn run(&mut self, first: usize, n: usize) -> Rec<Vec<Ref>> {
        (first..first + n).map(|r| self.get(r)).collect()
    }

    pub(super) fn build(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (a, b, c) = (pc.a(), pc.b(), pc.c());
        let hashable = |v: Value| plain::hash(th, v).is_some();
        let result = match op {
            Op::BUILD_SLICE => return self.build_slice(pc),
            Op::BUILD_MAP if c == 0 => self.helper(helper::new_dict as *const (), &[], 0)?,
            Op::BUILD_MAP => {
                if 2 * c > ARG_WORDS || !(0..c).all(|i| hashable(regs.get(b + 2 * i))) {
                    return self.step();
                }
                let args = self.run(b, 2 * c)?;
                self.helper_of_many(helper::build_map as *const (), &args, 0)?
            }
            Op::BUILD_SET => {
                if c > ARG_WORDS || !(0..c).all(|i| hashable(regs.get(b + i))) {
                    return self.step();
                }
                let args = self.run(b, c)?;
                self.helper_of_many(helper::build_set as *const (), &args, 0)?
            }
            Op::BUILD_STRING => {
                if c > ARG_WORDS {
                    return self.step();
                }
                let args = self.run(b, c)?;
                self.helper_of_many(helper::build_string as *const (), &args, 0)?
            }
            Op::LIST_TO_TUPLE => {
                let list = self.get(b)?;
                self.helper(helper::list_to_tuple as *const (), &[list], 0)?
            }
            Op::FORMAT | Op::FORMAT_SPEC => {
                let empty = th.interp.empty_str.get();
                let spec = if op == Op::FORMAT { empty } else { regs.get(c) };
                if plain::format(th, regs.get(b), spec).is_none() {
                    return self.step();
                }
                let v = self.get(b)?;
                if regs.get(b).has_shape(TypeId::Str as u32) && op == Op::FORMAT {
                    self.exact(v, TypeId::Str)?;
                    v
                } else {
                    let spec = if op == Op::FORMAT { self.val(th, empty) } else { self.get(c)? };
                    self.helper(helper::format as *const (), &[v, spec], 0)?
                }
            }
            Op::CONVERT => {
                if plain::convert(th, c, regs.get(b)).is_none() {
                    return self.step();
                }
                let (how, v) = (self.b.ptr(c as u64), self.get(b)?);
                self.helper(helper::convert as *const (), &[how, v], 0)?
            }
            _ => return self.step(),
        };
        self.set(a, result);
        self.go(op.words())
    }

    /// A slice that only the next instruction needs is not made: if that one leaves, it leaves to this one.
    fn build_slice(&mut self, pc: Pc) -> Rec<Next> {
        let (start, stop) = (self.get(pc.b())?, self.get(pc.b() + 1)?);
        let step = if pc.c() == 3 { self.get(pc.b() + 2)? } else { self.b.val(Value::none().0) };
        let before = self.snapshot();
        let slice = self.emit(Inst::new(Ir::NewSlice, &[start, stop, step]))?;
        self.set(pc.a(), slice);
        self.slice = Some((slice, before));
        self.go(Op::BUILD_SLICE.words())
    }

    pub(super) fn comprehend(&mut self, op: Op, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        let (container, v) = (regs.get(pc.a()), regs.get(pc.b()));
        match op {
            Op::LIST_APPEND => {
                let (list, v) = (self.get(pc.a())?, self.get(pc.b())?);
                self.append_item(list, v)?;
            }
            Op::LIST_EXTEND => {
                let t = if v.has_shape(TypeId::List as u32) { TypeId::List } else { TypeId::Tuple };
                if !v.has_shape(t as u32) {
                    return self.step();
                }
                let (list, items) = (self.get(pc.a())?, self.get(pc.b())?);
                self.exact(items, t)?;
                self.helper(helper::extend as *const (), &[list, items], LIST)?;
            }
            Op::SET_ADD => {
                if Set::of(container).items().get_plain(th, v).is_none() {
                    return self.step();
                }
                let (set, v) = (self.get(pc.a())?, self.get(pc.b())?);
                self.helper(helper::set_add as *const (), &[set, v], DICT)?;
            }
            _ => {
                let d = Dict::of(container);
                if d.mode() != krait_object::dict::TABLE || d.get_plain(th, v).is_none() {
                    return self.step();
                }
                let (d, k, v) = (self.get(pc.a())?, self.get(pc.b())?, self.get(pc.c())?);
                self.helper(helper::set_dict_item as *const (), &[d, k, v], DICT)?;
            }
        }
        self.go(op.words())
    }

    /// Appends to a list, which is one whatever the recording saw.
    pub(super) fn append_item(&mut self, list: Ref, v: Ref) -> Rec {
        let v = self.boxed(v)?;
        let number = !self.may_be_reference(v);
        self.guard(Inst::new(Ir::Append, &[list, v]).imm(number as i64).aux(LIST))?;
        Ok(())
    }
}
