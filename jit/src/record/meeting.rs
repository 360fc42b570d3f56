//! Where the two sides of a branch meet again: the first instruction that every way from the branch
//! to the end of its function passes (its immediate post-dominator), or else the caller's next instruction.
//!
//! Exceptions are left out: a way that raises does not come to the meeting.

use super::frame::{self, FrameInfo};
use krait_bytecode::Op;
use krait_vm::jit::{Meta, Pc};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::VecDeque;

/// Instructions that are looked at for one branch.
const MAX_LOOK: usize = 1500;

/// A place where paths meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meeting {
    pub pc: u64,
    /// How many frames there are.
    pub frames: usize,
}

/// Is it an instruction that goes one of two ways?
pub fn is_branch(pc: Pc) -> bool {
    let op = Op::ALL[pc.op() as usize];
    op.jump().is_some()
        && !matches!(
            op,
            Op::JUMP
                | Op::JUMP_BACK
                | Op::JUMP_BACK_TRACE
                | Op::FOR_ITER
                | Op::FOR_ITER_LIST
                | Op::FOR_ITER_TUPLE
                | Op::FOR_ITER_RANGE
                | Op::FOR_ITER_GENERATOR
                | Op::SEND
                | Op::JUMP_IF_NOT_SUPER
        )
}

/// The meeting of the branch in the innermost frame.
pub fn meeting(frames: &[FrameInfo], pc: Pc) -> Option<Meeting> {
    if let Some(pc) = post_dominator(pc)? {
        return Some(Meeting { pc: pc.0 as u64, frames: frames.len() });
    }
    // Every side returns.
    let [.., caller, f] = frames else { return None };
    if !f.inlined || caller.call_pc == 0 {
        return None;
    }
    let next = Pc(caller.call_pc as *const u64).skip(Meta(f.meta).words());
    Some(Meeting { pc: next.0 as u64, frames: frames.len() - 1 })
}

/// What follows an instruction; `leaves` when it returns.
fn follow(pc: Pc) -> (Vec<Pc>, bool) {
    let op = Op::ALL[pc.op() as usize];
    match op {
        Op::RETURN | Op::RETURN_NONE => (Vec::new(), true),
        Op::RAISE | Op::RERAISE => (Vec::new(), false),
        Op::JUMP | Op::JUMP_BACK | Op::JUMP_BACK_TRACE => (vec![frame::successors(pc)[1]], false),
        _ => {
            let [a, b] = frame::successors(pc);
            (if a == b { vec![a] } else { vec![a, b] }, false)
        }
    }
}

/// The immediate post-dominator; the inner None: the function's end; the outer None: there is none to be found.
fn post_dominator(pc: Pc) -> Option<Option<Pc>> {
    // The shortest way out has all post-dominators on it.
    let mut before: HashMap<u64, u64> = HashMap::default();
    let mut queue = VecDeque::from([pc]);
    let mut end = None;
    while let Some(p) = queue.pop_front() {
        if before.len() > MAX_LOOK {
            return None;
        }
        let (next, leaves) = follow(p);
        if leaves {
            end = Some(p);
            break;
        }
        for n in next {
            if n != pc && !before.contains_key(&(n.0 as u64)) {
                before.insert(n.0 as u64, p.0 as u64);
                queue.push_back(n);
            }
        }
    }
    let mut way = vec![end?];
    while let Some(&p) = way.last().and_then(|p| before.get(&(p.0 as u64))) {
        way.push(Pc(p as *const u64));
    }
    way.pop();
    way.reverse();
    for p in way {
        if !gets_out(pc, p)? {
            return Some(Some(p));
        }
    }
    Some(None)
}

/// Is there a way out that does not pass `wall`?
fn gets_out(pc: Pc, wall: Pc) -> Option<bool> {
    let mut seen: HashSet<u64> = HashSet::default();
    let mut work = vec![pc];
    while let Some(p) = work.pop() {
        if p == wall || !seen.insert(p.0 as u64) {
            continue;
        }
        if seen.len() > MAX_LOOK {
            return None;
        }
        let (next, leaves) = follow(p);
        if leaves {
            return Some(true);
        }
        work.extend(next);
    }
    Some(false)
}
