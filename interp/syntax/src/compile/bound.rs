//! Which locals are certainly bound: drops the `CHECK_BOUND`s that can not fail.
//!
//! A forward analysis over the instructions: one bit per local that is checked anywhere, set where it is certainly
//! bound. A write sets it, `CLEAR` clears it, a check that passed sets it. Paths meet by intersection; a handler
//! meets the state before every instruction it protects, because an instruction writes only when it succeeds.

use super::assemble::{Row, is_last};
use super::unit::{Handler, Insn, NONE, Reg};
use krait_bytecode::{Op, Operand};

/// The locals an instruction writes: first and count.
fn written(insn: &Insn) -> Option<(u16, u16)> {
    for (kind, value) in insn.op.operands().into_iter().zip([insn.a, insn.b, insn.c]) {
        if value & Reg::TEMP != 0 {
            continue;
        }
        match kind {
            Operand::D | Operand::U => return Some((value, 1)),
            Operand::V => {
                return Some(match insn.op {
                    Op::UNPACK => (value, insn.c),
                    Op::UNPACK_STAR => (value, insn.c + 1 + insn.data as u16),
                    Op::EG_MATCH => (value, 2),
                    _ => (value, 3),
                });
            }
            _ => {}
        }
    }
    None
}

/// Sets of bits, one per checked local, for every block of code.
struct States {
    words: usize,
    bits: Vec<u64>,
    known: Vec<bool>,
}

impl States {
    /// Meets the state of `block` with `state`; whether it changed.
    fn meet(&mut self, block: usize, state: &[u64]) -> bool {
        let own = &mut self.bits[block * self.words..(block + 1) * self.words];
        if !self.known[block] {
            self.known[block] = true;
            own.copy_from_slice(state);
            return true;
        }
        let mut changed = false;
        for (o, s) in own.iter_mut().zip(state) {
            let met = *o & *s;
            changed |= met != *o;
            *o = met;
        }
        changed
    }
}

/// Marks the checks that can not fail as dead.
pub(super) fn drop_checks(row: &mut Row, handlers: &[Handler], parameters: usize, locals: usize) {
    // Bit numbers of the locals that need the analysis.
    let mut cleared = vec![false; locals];
    let mut any = false;
    for insn in &row.code {
        match insn.op {
            Op::CLEAR if insn.a & Reg::TEMP == 0 => cleared[insn.a as usize] = true,
            Op::CHECK_BOUND => any = true,
            _ => {}
        }
    }
    if !any {
        return;
    }
    const UNNUMBERED: u32 = u32::MAX;
    let mut number = vec![UNNUMBERED; locals];
    let mut count = 0;
    for index in 0..row.code.len() {
        if row.code[index].op == Op::CHECK_BOUND {
            let local = row.code[index].a as usize;
            if local < parameters && !cleared[local] {
                row.live[index] = false;
            } else if number[local] == UNNUMBERED {
                number[local] = count;
                count += 1;
            }
        }
    }
    if count == 0 {
        return;
    }
    let words = (count as usize).div_ceil(64);

    // Blocks start at jump targets, handlers, and behind jumps.
    let n = row.code.len();
    let mut leader = vec![false; n + 1];
    leader[0] = true;
    for (index, insn) in row.code.iter().enumerate() {
        if insn.label != NONE {
            leader[row.labels[insn.label as usize]] = true;
            leader[index + 1] = true;
        } else if is_last(insn.op) {
            leader[index + 1] = true;
        }
    }
    for h in handlers {
        if h.used {
            leader[row.labels[h.label.0 as usize]] = true;
        }
    }
    let mut starts = Vec::new();
    let mut block_of = vec![0u32; n + 1];
    for index in 0..n {
        if leader[index] {
            starts.push(index);
        }
        block_of[index] = starts.len() as u32 - 1;
    }
    starts.push(n);
    let blocks = starts.len() - 1;

    let mut states = States { words, bits: vec![0; words * blocks], known: vec![false; blocks] };
    let mut state = vec![0u64; words];
    let set = |state: &mut [u64], local: usize, value: bool, number: &[u32]| -> bool {
        let bit = number[local];
        if bit == UNNUMBERED {
            return false;
        }
        let (word, mask) = (bit as usize / 64, 1u64 << (bit % 64));
        let old = state[word] & mask != 0;
        if value {
            state[word] |= mask;
        } else {
            state[word] &= !mask;
        }
        old != value
    };
    for local in 0..parameters {
        set(&mut state, local, true, &number);
    }
    states.meet(0, &state);
    let mut work = vec![0usize];
    let mut queued = vec![false; blocks];
    queued[0] = true;
    let enqueue =
        |states: &mut States, work: &mut Vec<usize>, queued: &mut [bool], to: usize, state: &[u64]| {
            if states.meet(to, state) && !queued[to] {
                queued[to] = true;
                work.push(to);
            }
        };
    while let Some(block) = work.pop() {
        queued[block] = false;
        state.copy_from_slice(&states.bits[block * words..(block + 1) * words]);
        let mut protected = NONE;
        let mut falls = true;
        for index in starts[block]..starts[block + 1] {
            let insn = &row.code[index];
            if insn.handler != NONE && insn.handler != protected {
                let to = row.labels[handlers[insn.handler as usize].label.0 as usize];
                enqueue(&mut states, &mut work, &mut queued, block_of[to] as usize, &state);
            }
            protected = insn.handler;
            // A jump is taken before the instruction writes (FOR_ITER), but SEND writes either way.
            if insn.label != NONE && insn.op != Op::SEND {
                let to = block_of[row.labels[insn.label as usize]] as usize;
                enqueue(&mut states, &mut work, &mut queued, to, &state);
            }
            let mut changed = false;
            match insn.op {
                Op::CLEAR => {
                    if insn.a & Reg::TEMP == 0 {
                        changed = set(&mut state, insn.a as usize, false, &number);
                    }
                }
                Op::CHECK_BOUND => changed = set(&mut state, insn.a as usize, true, &number),
                _ => {
                    if let Some((first, count)) = written(insn) {
                        for local in first..first + count {
                            changed |= set(&mut state, local as usize, true, &number);
                        }
                    }
                }
            }
            if insn.label != NONE && insn.op == Op::SEND {
                let to = block_of[row.labels[insn.label as usize]] as usize;
                enqueue(&mut states, &mut work, &mut queued, to, &state);
            }
            if changed {
                protected = NONE;
            }
            falls = !is_last(insn.op);
        }
        if falls && block + 1 < blocks {
            enqueue(&mut states, &mut work, &mut queued, block + 1, &state);
        }
    }

    // A second walk with the settled states.
    for block in 0..blocks {
        state.copy_from_slice(&states.bits[block * words..(block + 1) * words]);
        for index in starts[block]..starts[block + 1] {
            let insn = &row.code[index];
            match insn.op {
                Op::CLEAR => {
                    if insn.a & Reg::TEMP == 0 {
                        set(&mut state, insn.a as usize, false, &number);
                    }
                }
                Op::CHECK_BOUND => {
                    let bit = number[insn.a as usize];
                    if bit == UNNUMBERED {
                        continue;
                    }
                    if state[bit as usize / 64] >> (bit % 64) & 1 == 1 {
                        row.live[index] = false;
                    }
                    set(&mut state, insn.a as usize, true, &number);
                }
                _ => {
                    if let Some((first, count)) = written(insn) {
                        for local in first..first + count {
                            set(&mut state, local as usize, true, &number);
                        }
                    }
                }
            }
        }
    }
}
