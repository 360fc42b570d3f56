//! The intermediate representation as text; `parse.rs` reads it back.
//!
//! Constants come first, then the blocks, then what the instructions refer to by number: snapshots (`!`) and steps
//! (`step`). An instruction is `vN:TYPE = OP.ALIAS operands #immediate ~aux !snapshot`, where a condition stands in
//! the place of the alias class, and what has its usual value is left out.
//!
//! Invariant: text holds all that passes look at. Frames of snapshots are addresses of the running program and are not
//! in it.

use crate::ir::{Cond, End, Kind, NO_SNAPSHOT, NOT, Op, Ref, Region, Snapshot, StepInfo, Ty};
use std::fmt;

/// A list without commas.
struct List<'a, T>(&'a [T]);

impl<T: fmt::Debug> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[")?;
        for (n, x) in self.0.iter().enumerate() {
            write!(f, "{}{x:?}", if n > 0 { " " } else { "" })?;
        }
        write!(f, "]")
    }
}

/// Is the alias class part of the instruction's text?
pub fn shows_alias(op: Op) -> bool {
    matches!(op.kind(), Kind::Load | Kind::Store | Kind::LoadGuard)
}

/// Is the immediate written as a number with sixteen for its base?
pub fn shows_hex(op: Op) -> bool {
    matches!(
        op,
        Op::KVal
            | Op::KPtr
            | Op::New
            | Op::CallRaise
            | Op::CallArgs
            | Op::CallF
            | Op::CallFF
            | Op::GuardVersion
            | Op::GuardValid
    )
}

/// Is the immediate part of the text although it is zero?
fn shows_zero(op: Op) -> bool {
    matches!(op, Op::KInt | Op::Slot | Op::Param | Op::FrameAddr | Op::Reload | Op::Step | Op::LoadTh)
}

impl Region {
    /// Which snapshots something still refers to.
    fn snapshots(&self) -> Vec<bool> {
        let mut used = vec![false; self.snaps.len()];
        let mut touch = |s: u32| {
            if let Some(u) = used.get_mut(s as usize) {
                *u = true;
            }
        };
        for b in &self.blocks {
            b.body.iter().for_each(|&r| touch(self.inst(r).snap));
            if let End::Link(_, s) | End::Return(_, s) | End::Exit(s) = &b.end {
                touch(*s);
            }
        }
        used
    }

    /// Constants that something needs.
    fn constants(&self) -> Vec<Ref> {
        let mut used = vec![false; self.insts.len()];
        let mut touch = |r: Ref| {
            if r.is_some() {
                used[r.index()] = true;
            }
        };
        for b in &self.blocks {
            for &r in &b.body {
                self.inst(r).operands().for_each(&mut touch);
            }
            match &b.end {
                End::Jump(_, args) => args.iter().copied().for_each(&mut touch),
                End::Return(v, _) => touch(*v),
                End::Branch { guard, .. } => self.inst(*guard).operands().for_each(&mut touch),
                End::Open | End::Link(..) | End::Exit(_) => {}
            }
        }
        for (s, _) in self.snaps.iter().zip(self.snapshots()).filter(|x| x.1) {
            s.values().filter(|&v| !s.objects.iter().any(|o| o.cell == v)).for_each(&mut touch);
        }
        let all = (0..self.insts.len() as u32).map(Ref);
        all.filter(|&r| used[r.index()] && self.is_const(r)).collect()
    }

    fn show(&self, f: &mut fmt::Formatter<'_>, r: Ref) -> fmt::Result {
        let i = self.inst(r);
        if i.ty != Ty::None {
            write!(f, "{r:?}:{} = ", i.ty.letter())?;
        }
        write!(f, "{}", i.op.name())?;
        let condition = matches!(i.op, Op::GuardI | Op::GuardF);
        if condition {
            let not = if i.aux & NOT != 0 { "not-" } else { "" };
            write!(f, ".{not}{}", Cond::from_u32(i.aux & !NOT).name())?;
        } else if shows_alias(i.op) {
            write!(f, ".{:?}", i.alias)?;
        }
        for a in i.operands() {
            write!(f, " {a:?}")?;
        }
        match i.op {
            Op::KFloat => {
                let x = f64::from_bits(i.imm as u64);
                if x.is_nan() { write!(f, " {:#x}", i.imm)? } else { write!(f, " {x:?}")? }
            }
            op if shows_hex(op) => write!(f, " {:#x}", i.imm)?,
            op if i.imm != 0 || shows_zero(op) => write!(f, " #{}", i.imm)?,
            _ => {}
        }
        if i.aux != 0 && !condition {
            write!(f, " ~{:#x}", i.aux)?;
        }
        if i.snap != NO_SNAPSHOT {
            write!(f, " !{}", i.snap)?;
        }
        Ok(())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for r in self.constants() {
            self.show(f, r)?;
            writeln!(f)?;
        }
        for (n, b) in self.blocks.iter().enumerate() {
            write!(f, "b{n}(")?;
            for (i, p) in b.params.iter().enumerate() {
                let comma = if i > 0 { ", " } else { "" };
                write!(f, "{comma}{p:?}:{}", self.ty(*p).letter())?;
            }
            writeln!(f, "):")?;
            for &r in &b.body {
                write!(f, "    ")?;
                self.show(f, r)?;
                writeln!(f)?;
            }
            match &b.end {
                End::Open => writeln!(f, "    open")?,
                End::Jump(to, args) => writeln!(f, "    jump b{to} {}", List(args))?,
                End::Branch { guard, then, other } => {
                    write!(f, "    branch b{then} b{other} ")?;
                    self.show(f, *guard)?;
                    writeln!(f)?;
                }
                End::Link(trace, s) => writeln!(f, "    link t{trace} !{s}")?,
                End::Return(v, s) => writeln!(f, "    return {v:?} !{s}")?,
                End::Exit(s) => writeln!(f, "    exit !{s}")?,
            }
        }
        for (n, _) in self.snapshots().iter().enumerate().filter(|x| *x.1) {
            writeln!(f, "  !{n}: {}", self.snaps[n])?;
        }
        for (n, s) in self.steps.iter().enumerate() {
            writeln!(f, "  step {n}: {s}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pc, frame, depth, live) = (self.pc, self.frame, self.depth, self.live);
        write!(f, "{:?} pc {pc:#x} frame {frame} depth {depth} live {live} [", self.resume)?;
        for (n, (slot, v)) in self.slots.iter().enumerate() {
            write!(f, "{}{slot}={v:?}", if n > 0 { " " } else { "" })?;
        }
        write!(f, "]")?;
        if self.all_in_memory {
            write!(f, " memory all")?;
        } else if !self.in_memory.is_empty() {
            write!(f, " memory {}", List(&self.in_memory))?;
        }
        for o in &self.objects {
            write!(f, " {{{:?}={:#x}", o.cell, o.header)?;
            for w in &o.words {
                write!(f, " {}.{:?}#{}={:?}", w.store.name(), w.alias, w.offset, w.value)?;
            }
            write!(f, "}}")?;
        }
        Ok(())
    }
}

impl fmt::Display for StepInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pc {:#x} frame {} top {} depth {}", self.pc, self.frame, self.top, self.depth)?;
        write!(f, " next {:#x} frame {} depth {}", self.next_pc, self.next_frame, self.next_depth)?;
        match &self.writes {
            Some(w) => write!(f, " writes {}", List(w)),
            None => write!(f, " writes all"),
        }
    }
}
