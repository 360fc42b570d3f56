//! Dead code: what neither an effect, an exit nor the next turn needs goes.

use crate::ir::{End, Op, Ref, Region};

/// Removes instructions nobody needs.
pub fn run(region: &mut Region) {
    let mut needed = vec![false; region.insts.len()];
    let mut work: Vec<Ref> = Vec::new();
    for b in &region.blocks {
        for &r in &b.body {
            if region.inst(r).is_effect() {
                work.push(r);
            }
        }
        match &b.end {
            // Arguments count when their parameter does.
            End::Jump(..) | End::Open => {}
            End::Branch { guard, .. } => work.push(*guard),
            End::Link(_, s) | End::Exit(s) | End::Return(_, s) => {
                if let End::Return(v, _) = b.end {
                    work.push(v);
                }
                work.extend(region.snaps[*s as usize].values())
            }
        }
    }
    while let Some(r) = work.pop() {
        if !r.is_some() || std::mem::replace(&mut needed[r.index()], true) {
            continue;
        }
        let i = region.inst(r);
        work.extend(i.operands());
        if let Some(s) = region.snaps.get(i.snap as usize) {
            work.extend(s.values());
        }
        if i.op == Op::Param {
            for b in &region.blocks {
                if let End::Jump(to, args) = &b.end
                    && let Some(k) = region.blocks[*to].params.iter().position(|&p| p == r)
                {
                    work.push(args[k]);
                }
            }
        }
    }
    for n in 0..region.blocks.len() {
        region.blocks[n].body.retain(|r| needed[r.index()]);
        // The first block's parameters are places at an exit: they keep their numbers.
        if n > 0 {
            let keep: Vec<bool> = region.blocks[n].params.iter().map(|p| needed[p.index()]).collect();
            let mut k = keep.iter();
            region.blocks[n].params.retain(|_| *k.next().unwrap_or(&true));
            for b in &mut region.blocks {
                if let End::Jump(to, args) = &mut b.end
                    && *to == n
                {
                    let mut k = keep.iter();
                    args.retain(|_| *k.next().unwrap_or(&true));
                }
            }
        }
    }
}
