//! Copying recorded blocks through the builder, to another place of a region.
//!
//! The source is a recording: blocks that only jump forward, of which one is still open. Every instruction is appended
//! anew, so what is known at the new place is not computed again, and a branch that can go only one way there is none.
//! Where two copies of paths meet, what both know is known.
//!
//! What an instruction that reads a frame means at the new place, and what an exit must write there, is the
//! host's business.

use crate::build::{Builder, Contradiction, Facts};
use crate::ir::{End, Inst, Kind, NO_SNAPSHOT, Op, Ref, Region, Ty};
use krait_object::Value;
use rustc_hash::FxHashMap as HashMap;

/// Who has something copied.
pub trait Host {
    type Error: From<Contradiction>;

    /// Where the copy goes.
    fn builder(&mut self) -> &mut Builder;

    /// The value of a `Slot` or `Reload` at the new place; None: it is copied like any other.
    fn frame(&mut self, r: Ref, i: &Inst) -> Result<Option<Ref>, Self::Error>;

    /// The value of an instruction (with its operands at the new place) that the new place has computed already, though
    /// nothing that the builder knows says so.
    fn made(&mut self, _r: Ref, _i: &Inst) -> Option<Ref> {
        None
    }

    /// The new place's snapshot for one of the source.
    fn snapshot(&mut self, source: &Region, snap: u32, map: &Map) -> Result<u32, Self::Error>;

    /// The address of the flag that tells when something taken for constant has changed, where it is another one.
    fn flag(&mut self) -> Option<i64>;
}

/// The copies of values.
pub type Map = HashMap<Ref, Ref>;

/// The copy of a value. Constants are made anew.
pub fn copied(b: &mut Builder, source: &Region, map: &Map, r: Ref) -> Result<Ref, Contradiction> {
    if !r.is_some() {
        return Ok(r);
    }
    if let Some(&to) = map.get(&r) {
        return Ok(to);
    }
    let i = source.inst(r);
    match i.op.kind() {
        Kind::Const => Ok(b.constant(i.op, i.imm)),
        _ if i.op == Op::FrameAddr => Ok(b.frame_addr(i.imm as i32)),
        _ => Err(Contradiction),
    }
}

/// A jump of the copy, not written yet: its parameters' types are settled when all are there.
struct Pending {
    block: usize,
    args: Vec<Ref>,
}

struct Copier<'a> {
    source: &'a Region,
    blocks: Vec<Option<usize>>,
    facts: Vec<Option<Facts>>,
    pending: Vec<Vec<Pending>>,
}

/// Copies the source's blocks behind what the builder has in its block, which goes on with the source's first. Afterwards
/// the builder is in the copy of the open block.
pub fn copy<H: Host>(host: &mut H, source: &Region, map: &mut Map) -> Result<(), H::Error> {
    let n = source.blocks.len();
    let mut c = Copier {
        source,
        blocks: vec![None; n],
        facts: vec![None; n],
        pending: (0..n).map(|_| Vec::new()).collect(),
    };
    let mut open = None;
    for n in source.order() {
        if n > 0 && !c.begin(host, n, map)? {
            continue;
        }
        for &r in &source.blocks[n].body {
            c.inst(host, r, map)?;
        }
        match &source.blocks[n].end {
            End::Open => {
                let b = host.builder();
                open = Some((b.block, std::mem::take(&mut b.facts)));
            }
            End::Jump(to, args) => {
                let b = host.builder();
                let args = args
                    .iter()
                    .map(|&a| copied(b, source, map, a))
                    .collect::<Result<Vec<Ref>, Contradiction>>()?;
                c.jump(b, *to, args);
            }
            End::Branch { guard, then, other } => c.branch(host, *guard, *then, *other, map)?,
            End::Exit(s) => {
                let s = host.snapshot(source, *s, map)?;
                let b = host.builder();
                b.region.blocks[b.block].end = End::Exit(s);
            }
            End::Return(v, s) => {
                let s = host.snapshot(source, *s, map)?;
                let b = host.builder();
                let v = copied(b, source, map, *v)?;
                b.region.blocks[b.block].end = End::Return(v, s);
            }
            End::Link(t, s) => {
                let s = host.snapshot(source, *s, map)?;
                let b = host.builder();
                b.region.blocks[b.block].end = End::Link(*t, s);
            }
        }
    }
    let (block, facts) = open.ok_or(Contradiction)?;
    let b = host.builder();
    b.block = block;
    b.facts = facts;
    Ok(())
}

impl Copier<'_> {
    /// Notes that the builder's block goes on with a block, and what is known then.
    fn arrive(&mut self, facts: &Facts, to: usize) {
        match &mut self.facts[to] {
            Some(f) => f.meet(facts),
            none => *none = Some(facts.clone()),
        }
    }

    fn jump(&mut self, b: &mut Builder, to: usize, args: Vec<Ref>) {
        b.escape_all();
        self.arrive(&b.facts, to);
        self.pending[to].push(Pending { block: b.block, args });
    }

    /// Starts the copy of a block; false: nothing comes to it.
    fn begin<H: Host>(&mut self, host: &mut H, n: usize, map: &mut Map) -> Result<bool, H::Error> {
        let Some(facts) = self.facts[n].take() else { return Ok(false) };
        let b = host.builder();
        let block = match self.blocks[n] {
            Some(block) => block,
            None => b.region.block(),
        };
        b.block = block;
        b.facts = facts;
        let mut jumps = std::mem::take(&mut self.pending[n]);
        for (k, &p) in self.source.blocks[n].params.iter().enumerate() {
            let args: Vec<Ref> = jumps.iter().map(|j| j.args[k]).collect();
            let ty = agreed(&b.region, self.source.ty(p), &args)?;
            for j in &mut jumps {
                j.args[k] = convert(b, j.block, j.args[k], ty);
            }
            let new = b.region.push(Inst { ty, ..Inst::new(Op::Param, &[]).imm(k as i64) });
            b.region.blocks[block].params.push(new);
            map.insert(p, new);
        }
        for j in jumps {
            b.region.blocks[j.block].end = End::Jump(block, j.args);
        }
        Ok(true)
    }

    fn inst<H: Host>(&mut self, host: &mut H, r: Ref, map: &mut Map) -> Result<Ref, H::Error> {
        let i = *self.source.inst(r);
        if let Some(&v) = map.get(&r) {
            return Ok(v);
        }
        if matches!(i.op, Op::Slot | Op::Reload)
            && let Some(v) = host.frame(r, &i)?
        {
            map.insert(r, v);
            return Ok(v);
        }
        if i.op == Op::FrameAddr {
            return Ok(host.builder().frame_addr(i.imm as i32));
        }
        let snap = if i.snap == NO_SNAPSHOT { NO_SNAPSHOT } else { host.snapshot(self.source, i.snap, map)? };
        let imm = match i.op {
            Op::GuardValid => host.flag().unwrap_or(i.imm),
            _ => i.imm,
        };
        let mut args = i.args;
        let b = host.builder();
        for a in &mut args {
            *a = copied(b, self.source, map, *a)?;
        }
        let new = match host.made(r, &Inst { args, snap, imm, ..i }) {
            Some(v) => v,
            None => host.builder().emit(Inst { args, snap, imm, ..i })?,
        };
        map.insert(r, new);
        Ok(new)
    }

    /// A branch stays one only if both sides can happen.
    fn branch<H: Host>(
        &mut self,
        host: &mut H,
        guard: Ref,
        then: usize,
        other: usize,
        map: &mut Map,
    ) -> Result<(), H::Error> {
        let mut args = self.source.inst(guard).args;
        let b = host.builder();
        for a in &mut args {
            *a = copied(b, self.source, map, *a)?;
        }
        let block = b.block;
        let before = b.region.blocks[block].body.len();
        let made = b.emit(Inst { args, ..*self.source.inst(guard) });
        if made.is_err() {
            self.jump(b, other, Vec::new());
            return Ok(());
        }
        let last = b.region.blocks[block].body.last().copied();
        match last {
            Some(g) if b.region.blocks[block].body.len() > before && is_branch_guard(b.region.inst(g).op) => {
                b.region.blocks[block].body.pop();
                self.arrive(&b.facts, then);
                b.facts.refute(&b.region.insts[g.index()]);
                self.arrive(&b.facts, other);
                let then = *self.blocks[then].get_or_insert_with(|| b.region.block());
                let other = *self.blocks[other].get_or_insert_with(|| b.region.block());
                b.region.blocks[block].end = End::Branch { guard: g, then, other };
            }
            // It became a check that can not end a block.
            Some(g)
                if b.region.blocks[block].body.len() > before
                    && matches!(b.region.inst(g).op.kind(), Kind::Guard | Kind::LoadGuard)
                    && b.region.inst(g).snap == NO_SNAPSHOT =>
            {
                return Err(Contradiction.into());
            }
            _ => self.jump(b, then, Vec::new()),
        }
        Ok(())
    }
}

/// Can a block end with this guard and go on elsewhere when it fails?
pub fn is_branch_guard(op: Op) -> bool {
    matches!(op, Op::GuardI | Op::GuardF | Op::GuardEq | Op::GuardNe)
}

/// The type that all values given to a parameter can have.
fn agreed(region: &Region, was: Ty, args: &[Ref]) -> Result<Ty, Contradiction> {
    if was != Ty::Val {
        return if args.iter().all(|&a| fits(region, a, was)) { Ok(was) } else { Err(Contradiction) };
    }
    let number = [Ty::Int, Ty::Float].into_iter().find(|&t| args.iter().all(|&a| fits(region, a, t)));
    Ok(number.unwrap_or(Ty::Val))
}

/// Has the value the type, or is it a constant that can have it?
pub fn fits(region: &Region, r: Ref, ty: Ty) -> bool {
    let i = region.inst(r);
    match (i.op, ty) {
        (Op::KVal, Ty::Int) => Value(i.imm as u64).small_int().is_some(),
        (Op::KVal, Ty::Float) => Value(i.imm as u64).is_float_word(),
        _ => i.ty == ty,
    }
}

/// The value as one of the type, which it fits or which is `Val`, at the end of a block.
pub fn convert(b: &mut Builder, block: usize, r: Ref, ty: Ty) -> Ref {
    let i = *b.region.inst(r);
    let boxing = match (i.op, i.ty, ty) {
        (Op::KVal, _, Ty::Int) => {
            let n = Value(i.imm as u64).as_small();
            return b.int(n);
        }
        (Op::KVal, _, Ty::Float) => {
            let x = Value(i.imm as u64).as_float_word();
            return b.constant(Op::KFloat, x.to_bits() as i64);
        }
        (_, Ty::Int, Ty::Val) => Op::BoxI,
        (_, Ty::Float, Ty::Val) => Op::BoxF,
        _ => return r,
    };
    if i.op == Op::KInt
        && let Some(v) = Value::try_small(i.imm)
    {
        return b.val(v.0);
    }
    let boxed = b.region.push(Inst::new(boxing, &[r]));
    b.region.blocks[block].body.push(boxed);
    boxed
}
