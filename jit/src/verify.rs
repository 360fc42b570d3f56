//! Looks whether a region is well formed: what the passes and the assembler take for granted.
//!
//! Every value is computed on all ways to where it is needed, jumps give parameters values of their types, and
//! blocks stand in order. Asked in tests and when there is a log (`-X jit-log`), not otherwise.

use crate::ir::{End, Kind, Op, Ref, Region};
use rustc_hash::FxHashSet as HashSet;

/// What is wrong with the region.
///
/// # Errors
/// The first thing found.
pub fn check(region: &Region) -> Result<(), String> {
    let mut at_end: Vec<Option<HashSet<Ref>>> = vec![None; region.blocks.len()];
    for n in 0..region.blocks.len() {
        let before = (0..n).filter(|&k| region.successors(k).any(|s| s == n));
        let mut known: Option<HashSet<Ref>> = (n == 0).then(HashSet::default);
        for k in before {
            let Some(other) = &at_end[k] else { continue };
            known = Some(match known {
                Some(mut s) => {
                    s.retain(|r| other.contains(r));
                    s
                }
                None => other.clone(),
            });
        }
        let Some(mut known) = known else { return Err(format!("nothing before b{n} goes there")) };
        let b = &region.blocks[n];
        known.extend(&b.params);
        let everywhere = |r: Ref| region.is_const(r) || region.inst(r).op == Op::FrameAddr;
        let is_known = |known: &HashSet<Ref>, r: Ref| !r.is_some() || everywhere(r) || known.contains(&r);
        let snapshot = |known: &HashSet<Ref>, snap: u32| -> Result<(), String> {
            let Some(s) = region.snaps.get(snap as usize) else { return Ok(()) };
            let made = |v: Ref| s.objects.iter().any(|o| o.cell == v);
            match s.values().find(|&v| !is_known(known, v) && !made(v)) {
                Some(v) => Err(format!("b{n}: !{snap} needs {v:?}")),
                None => Ok(()),
            }
        };
        for &r in &b.body {
            let i = region.inst(r);
            if let Some(a) = i.operands().find(|&a| !is_known(&known, a)) {
                return Err(format!("b{n}: {r:?} needs {a:?}"));
            }
            snapshot(&known, i.snap)?;
            if i.op.kind() != Kind::Const {
                known.insert(r);
            }
        }
        match &b.end {
            End::Open => return Err(format!("b{n} is open")),
            End::Jump(to, args) => {
                let params = &region.blocks[*to].params;
                if params.len() != args.len() {
                    return Err(format!("b{n}: {} arguments for {} parameters", args.len(), params.len()));
                }
                for (&a, &p) in args.iter().zip(params) {
                    if !is_known(&known, a) || region.ty(a) != region.ty(p) {
                        return Err(format!("b{n}: {a:?} can not be {p:?}"));
                    }
                }
            }
            End::Branch { guard, then, other } => {
                if let Some(a) = region.inst(*guard).operands().find(|&a| !is_known(&known, a)) {
                    return Err(format!("b{n}: the branch needs {a:?}"));
                }
                if [then, other].iter().any(|&&t| t <= n || !region.blocks[t].params.is_empty()) {
                    return Err(format!("b{n}: the branch goes wrong"));
                }
            }
            End::Return(v, s) => {
                if !is_known(&known, *v) {
                    return Err(format!("b{n}: the return needs {v:?}"));
                }
                snapshot(&known, *s)?;
            }
            End::Link(_, s) | End::Exit(s) => snapshot(&known, *s)?,
        }
        at_end[n] = Some(known);
    }
    Ok(())
}
