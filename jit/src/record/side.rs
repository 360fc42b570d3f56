//! The start of a side trace: what its exit knows.
//!
//! Values that the exit has in places are parameters of the first block, in the order of `Exit::values`. Cells that the
//! exit would make are made by the trace: as new cells with the words that the exit would write, so they
//! stay with the trace as long as nothing needs them (`sink.rs`).

use crate::build::Builder;
use crate::exit::{Entry, Exit};
use crate::ir::{Inst, Op, Ref};

/// Declares the exit's values; tells of each slot what is in it.
pub(super) fn enter(b: &mut Builder, exit: &Exit, mut slot: impl FnMut(i32, Ref)) {
    let mut params = Vec::new();
    for (entry, ty) in exit.values() {
        if let Entry::At(_) = entry {
            let p = b.region.push(Inst { ty, ..Inst::new(Op::Param, &[]).imm(params.len() as i64) });
            params.push(p);
        }
    }
    b.region.blocks[0].params = params.clone();
    let cells: Vec<Ref> = exit
        .objects
        .iter()
        .map(|o| b.fresh_cell(Inst { ty: o.ty, ..Inst::new(Op::New, &[]).imm(o.header as i64) }))
        .collect();
    let mut next = params.into_iter();
    let mut values = exit.values().map(|(entry, _)| match entry {
        Entry::At(_) => (entry, next.next()),
        _ => (entry, None),
    });
    let mut value = |b: &mut Builder| match values.next() {
        Some((_, Some(p))) => p,
        Some((Entry::Const(Op::FrameAddr, at), _)) => b.frame_addr(at as i32),
        Some((Entry::Const(op, imm), _)) => b.constant(op, imm),
        Some((Entry::Object(k), _)) => cells[k],
        _ => Ref::NONE,
    };
    for &(at, _, _) in &exit.entries {
        let v = value(b);
        slot(at, v);
    }
    for (o, &cell) in exit.objects.iter().zip(&cells) {
        for f in &o.fields {
            let v = value(b);
            b.fresh_word(cell, f.offset, f.store, f.alias, v);
        }
    }
}
