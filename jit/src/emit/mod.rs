//! The assembler: a region with places becomes machine code.
//!
//! rax, rcx, rdx, xmm0 and xmm1 are free inside one instruction's code; r14 holds register 0 of the root frame, r15 the
//! thread. An instruction that may leave jumps out before it writes its result, whose register may be that of
//! an operand the exit still needs. Exits lie out of line, after the code.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

mod alloc;
mod divide;
mod items;
mod memory;
mod numbers;
mod places;
pub mod power;
mod stale;

use crate::alloc::Places;
use crate::code::{Asm, Common, FRAME_BYTES, OUTER_EXTENT, OUTER_FRAME, ROOT_CODE, thread};
use crate::exit::{Entry, Exit, ExitField, ExitObject, Loc, TARGET};
use crate::ir::{DECIDES, End, Inst, NO_SNAPSHOT, Op, Ref, Region, Ty};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use krait_object::shape::{SHAPE_BYTES, VERSION_OFFSET};
use places::Source;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::Cell;

/// How a region is entered.
pub enum Entrance {
    /// From the interpreter and from other traces.
    Root {
        /// The instruction that the root frame's record names while the trace runs.
        pc: u64,
        /// The code object (its word) that holds what the trace refers to.
        code: u64,
    },
    /// From an exit, whose places the first block's parameters have.
    Side {
        places: Vec<Loc>,
        /// The thread's depth in memory, from the root frame's.
        depth: i32,
        /// Where the lowest frame is, as a slot.
        lowest: i32,
    },
}

/// What the assembler made.
pub struct Code {
    pub asm: Asm,
    /// Offset of the entrance for links from other traces.
    pub link: usize,
    /// The exits. Code has their addresses: they live as long as it.
    pub exits: Vec<&'static Exit>,
    pub bytes: usize,
}

/// What other traces and the heap are to this one.
pub struct Context<'a> {
    pub common: &'a Common,
    pub trace: u64,
    pub extent: i32,
    /// Address of the shape table.
    pub shapes: u64,
    /// Where the address of the linked trace's entrance is, or 0 while there is none.
    pub link: u64,
    /// What tells that the trace relies on something that has changed.
    pub flag: Option<crate::watch::Flag>,
    pub fail_guards: bool,
    /// The words of the machine frame in which what ran before may have left references.
    pub stale: u128,
}

struct Emitter<'a> {
    a: Asm,
    region: &'a Region,
    places: &'a Places,
    cx: &'a Context<'a>,
    labels: Vec<DynamicLabel>,
    stubs: Vec<(DynamicLabel, &'static Exit)>,
    slow: Vec<Slow>,
    landed: Vec<DynamicLabel>,
    /// What memory has of the root frame's slots at this place.
    memory: HashMap<i32, Ref>,
    /// The thread's depth in memory, from the root frame's.
    depth: i32,
    exits: Vec<&'static Exit>,
    /// What the store just before this instruction stored.
    stored: Option<Ref>,
    /// The instruction being assembled.
    why: Op,
    /// Values that were found to be cells on the way here.
    cells: HashSet<Ref>,
    /// The places needed after each step, and the words of the machine frame that may hold references.
    needed: HashMap<Ref, stale::Held>,
    stale: u128,
    /// How the blocks are come to.
    arrivals: Vec<Option<Arrival>>,
    /// Where the guard that ends a block goes on.
    other: Option<DynamicLabel>,
}

/// What holds at a block's start on every way to it.
#[derive(Clone)]
struct Arrival {
    memory: HashMap<i32, Ref>,
    depth: i32,
    cells: HashSet<Ref>,
}

/// A slow path out of line.
struct Slow {
    label: DynamicLabel,
    back: DynamicLabel,
    what: SlowPath,
}

enum SlowPath {
    /// The integer is in this register; the value goes to rax.
    BoxInt(u8),
    /// The float is in this vector register; the value goes to rax.
    BoxFloat(u8),
    /// rax has the cell, rdx the slot.
    Barrier,
    /// The header; the cell's address goes to rax.
    New(i64),
    /// The list and the value; leaves when it can not be done.
    Append(Ref, Ref, DynamicLabel),
}

/// Words above a root frame that a trace may use, and frames that it may push.
pub const ROOM: i32 = 4096;
const FRAMES: i32 = 16;
/// Record words, below register 0.
const RECORD_PREVIOUS: i32 = 3;
const RECORD_PC: i32 = 4;
const RECORD_META: i32 = 5;
const RECORD_OBJECT: i32 = 6;

/// Assembles a region.
pub fn assemble(region: &Region, places: &Places, entrance: &Entrance, cx: &Context) -> Code {
    let mut a = Asm::new(0);
    let labels = region.blocks.iter().map(|_| a.new_dynamic_label()).collect();
    let mut e = Emitter {
        a,
        region,
        places,
        cx,
        labels,
        stubs: Vec::new(),
        slow: Vec::new(),
        landed: Vec::new(),
        memory: HashMap::default(),
        depth: 0,
        exits: Vec::new(),
        stored: None,
        why: Op::Step,
        cells: HashSet::default(),
        needed: stale::needed_after_steps(region, places),
        stale: cx.stale | stale::words_with_references(region, places),
        arrivals: vec![None; region.blocks.len()],
        other: None,
    };
    let link = e.entrance(entrance);
    for n in 0..region.blocks.len() {
        e.block(n);
    }
    e.out_of_line();
    let bytes = e.a.offset().0;
    Code { asm: e.a, link, exits: e.exits, bytes }
}

impl Emitter<'_> {
    fn entrance(&mut self, entrance: &Entrance) -> usize {
        let extent = self.cx.extent;
        match entrance {
            Entrance::Root { pc, code } => {
                let (bail, start) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
                // No trace uses more than `ROOM`, with all that grows on it; so side traces need not look.
                dynasm!(self.a
                    ; .arch x64
                    ; lea rax, [rsi + 8 * ROOM]
                    ; cmp rax, [rdx + thread::LIMIT]
                    ; ja =>bail
                    ; mov rax, [rdx + thread::INTERP]
                    ; mov eax, [rax + thread::RECURSION_LIMIT]
                    ; sub eax, [rdx + thread::DEPTH]
                    ; cmp eax, FRAMES
                    ; jl =>bail
                    ; push rbx
                    ; push rbp
                    ; push r12
                    ; push r13
                    ; push r14
                    ; push r15
                    ; sub rsp, FRAME_BYTES
                    ; mov rax, QWORD self.cx.common.clear as i64
                    ; call rax
                    ; mov r14, rsi
                    ; mov r15, rdx
                    ; mov rax, [r15 + thread::C_FRAME]
                    ; mov [rsp + OUTER_FRAME], rax
                    ; mov rax, [r15 + thread::C_EXTENT]
                    ; mov [rsp + OUTER_EXTENT], rax
                    ; jmp =>start
                    ; =>bail
                    ; mov rax, QWORD krait_vm::jit::without_trace as *const () as i64
                    ; jmp rax
                );
                // Links come here; the root frame may be another one, higher up, which recursion may bring to the limit.
                let link = self.a.offset().0;
                let (go, no_room) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
                dynasm!(self.a
                    ; .arch x64
                    ; lea rax, [r14 + 8 * ROOM]
                    ; cmp rax, [r15 + thread::LIMIT]
                    ; ja =>no_room
                    ; mov rax, [r15 + thread::INTERP]
                    ; mov eax, [rax + thread::RECURSION_LIMIT]
                    ; sub eax, [r15 + thread::DEPTH]
                    ; cmp eax, FRAMES
                    ; jge =>go
                    ; =>no_room
                );
                self.land(*pc as i64);
                dynasm!(self.a
                    ; .arch x64
                    ; =>start
                    ; =>go
                    ; mov [r15 + thread::C_FRAME], r14
                    ; mov QWORD [r15 + thread::C_EXTENT], extent
                    ; mov rax, QWORD *pc as i64
                    ; mov [r14 - 8 * RECORD_PC], rax
                    ; mov rax, QWORD *code as i64
                    ; mov [rsp + ROOT_CODE], rax
                );
                link
            }
            Entrance::Side { places: incoming, depth, lowest } => {
                let extent = extent - lowest;
                self.depth = *depth;
                dynasm!(self.a ; .arch x64 ; mov QWORD [r15 + thread::C_EXTENT], extent);
                let moves: Vec<(Source, Loc)> = self.region.blocks[0]
                    .params
                    .iter()
                    .zip(incoming)
                    .filter_map(|(&p, &from)| {
                        let to = self.places.of[p.index()];
                        if to == Loc::None || to == from { None } else { Some((Source::Place(from), to)) }
                    })
                    .collect();
                self.parallel(moves);
                0
            }
        }
    }

    /// The label of the exit for a snapshot, here.
    pub(super) fn exit(&mut self, snap: u32) -> DynamicLabel {
        let s = &self.region.snaps[snap as usize];
        let entry = |v: Ref| {
            if let Some(k) = s.objects.iter().position(|o| o.cell == v) {
                return Entry::Object(k);
            }
            let i = self.region.inst(v);
            match i.op {
                Op::KInt | Op::KVal | Op::KPtr | Op::KFloat | Op::FrameAddr => Entry::Const(i.op, i.imm),
                _ => Entry::At(self.loc(v)),
            }
        };
        // What memory has already need not be written.
        let missing = s.slots.iter().filter(|(slot, v)| self.memory.get(slot) != Some(v));
        let entries = missing.map(|&(slot, v)| (slot, entry(v), self.region.ty(v))).collect();
        let objects = s
            .objects
            .iter()
            .map(|o| ExitObject {
                header: o.header as u64,
                ty: self.region.ty(o.cell),
                fields: o
                    .words
                    .iter()
                    .map(|w| ExitField {
                        offset: w.offset,
                        value: entry(w.value),
                        ty: self.region.ty(w.value),
                        store: w.store,
                        alias: w.alias,
                    })
                    .collect(),
            })
            .collect();
        let exit = Box::leak(Box::new(Exit {
            target: Cell::new(self.cx.common.exit),
            trace: self.cx.trace,
            flag: self.cx.flag,
            why: self.why,
            count: Cell::new(0),
            attempts: Cell::new(0),
            arm: Cell::new(crate::exit::ArmState::New),
            entries,
            objects,
            pc: s.pc,
            frame: s.frame,
            depth: s.depth - self.depth,
            depth_in_memory: self.depth,
            resume: s.resume,
            chain: s.chain.clone(),
            stale: self.stale,
            shapes: s.shapes.clone(),
            forced: Cell::new(self.cx.fail_guards),
        }));
        let label = self.a.new_dynamic_label();
        self.stubs.push((label, exit));
        self.exits.push(exit);
        label
    }

    /// Under test every guard leaves the first time.
    pub(super) fn force(&mut self, label: DynamicLabel) {
        if self.cx.fail_guards
            && let Some((_, exit)) = self.stubs.last()
        {
            let flag = exit.forced.as_ptr() as u64;
            let on = self.a.new_dynamic_label();
            dynasm!(self.a
                ; .arch x64
                ; mov rcx, QWORD flag as i64
                ; cmp BYTE [rcx], 0
                ; je =>on
                ; mov BYTE [rcx], 0
                ; jmp =>label
                ; =>on
            );
        }
    }

    pub(super) fn block(&mut self, n: usize) {
        let region = self.region;
        if let Some(a) = self.arrivals[n].take() {
            self.memory = a.memory;
            self.depth = a.depth;
            self.cells = a.cells;
        }
        let label = self.labels[n];
        let is_loop = region.jumps_to(n).iter().any(|&j| j >= n);
        if is_loop {
            // As `memory::ALIGN`.
            dynasm!(self.a ; .arch x64 ; .align 32);
        }
        dynasm!(self.a ; .arch x64 ; =>label);
        for &r in &region.blocks[n].body {
            self.inst(r);
        }
        match &region.blocks[n].end {
            End::Jump(to, args) => {
                self.set_depth(self.arrivals[*to].as_ref().map_or(0, |a| a.depth));
                self.arrive(*to);
                let mut moves = Vec::new();
                for (&arg, &p) in args.iter().zip(&region.blocks[*to].params) {
                    let dest = self.loc(p);
                    let source = self.source(arg);
                    if dest != Loc::None && source != Source::Place(dest) {
                        moves.push((source, dest));
                    }
                }
                self.parallel(moves);
                let label = self.labels[*to];
                if *to != n + 1 {
                    dynasm!(self.a ; .arch x64 ; jmp =>label);
                }
            }
            End::Branch { guard, then, other } => {
                let (then, other) = (*then, *other);
                // The guard itself may find out that a value is a cell, which holds on the one side only.
                self.arrive(other);
                self.other = Some(self.labels[other]);
                self.inst(*guard);
                self.other = None;
                self.arrive(then);
                let label = self.labels[then];
                if then != n + 1 {
                    dynasm!(self.a ; .arch x64 ; jmp =>label);
                }
            }
            End::Link(_, s) => {
                let s = &region.snaps[*s as usize];
                let slots = s.slots.clone();
                self.write_slots(&slots);
                self.set_depth(s.depth);
                self.clear_words(self.stale);
                let link = self.cx.link as i64;
                let frame = 8 * s.frame;
                if frame != 0 {
                    dynasm!(self.a ; .arch x64 ; lea r14, [r14 + frame] ; mov [r15 + thread::FRAME], r14);
                }
                let none = self.a.new_dynamic_label();
                dynasm!(self.a
                    ; .arch x64
                    ; mov rax, QWORD link
                    ; mov rax, [rax]
                    ; test rax, rax
                    ; jz =>none
                    ; jmp rax
                    // The trace that was there is gone: the interpreter goes on.
                    ; =>none
                );
                self.land(s.pc as i64);
            }
            End::Return(v, s) => self.return_value(*v, *s),
            End::Exit(s) => {
                let label = self.exit(*s);
                dynasm!(self.a ; .arch x64 ; jmp =>label);
            }
            End::Open => debug_assert!(false, "an open block"),
        }
    }

    /// Leaves native code: the interpreter goes on at `pc` in the current frame, all of whose slots are in memory.
    fn land(&mut self, pc: i64) {
        dynasm!(self.a
            ; .arch x64
            ; mov rax, QWORD pc
            ; mov [r15 + thread::C_PC], rax
            ; mov [r15 + thread::C_AT], r14
            ; mov [r15 + thread::FRAME], r14
            ; mov eax, 1
            ; mov rcx, QWORD self.cx.common.landed as i64
            ; jmp rcx
        );
    }

    /// Notes what holds here for a block that is gone to.
    fn arrive(&mut self, to: usize) {
        let here = Arrival { memory: self.memory.clone(), depth: self.depth, cells: self.cells.clone() };
        // What is in memory when a loop comes round is not known.
        let region = self.region;
        let is_loop = region.jumps_to(to).iter().any(|&j| j >= to);
        match &mut self.arrivals[to] {
            Some(a) => {
                debug_assert!(a.depth == here.depth);
                a.memory.retain(|s, v| here.memory.get(s) == Some(v));
                a.cells.retain(|v| here.cells.contains(v));
            }
            none if is_loop => *none = Some(Arrival { memory: HashMap::default(), ..here }),
            none => *none = Some(here),
        }
    }

    pub(super) fn set_depth(&mut self, depth: i32) {
        let change = depth - self.depth;
        if change != 0 {
            dynasm!(self.a ; .arch x64 ; add DWORD [r15 + thread::DEPTH], change);
            self.depth = depth;
        }
    }

    /// Writes slots that memory does not have yet.
    pub(super) fn write_slots(&mut self, slots: &[(i32, Ref)]) {
        for &(slot, v) in slots {
            if self.memory.get(&slot) == Some(&v) {
                continue;
            }
            match self.region.ty(v) {
                Ty::Int => {
                    self.box_int(v);
                    dynasm!(self.a ; .arch x64 ; mov [r14 + 8 * slot], rax);
                }
                Ty::Float => {
                    self.box_float(v);
                    dynasm!(self.a ; .arch x64 ; mov [r14 + 8 * slot], rax);
                }
                _ => match self.imm32(v) {
                    Some(n) => dynasm!(self.a ; .arch x64 ; mov QWORD [r14 + 8 * slot], n),
                    None => {
                        let r = self.gpr(v, 0);
                        dynasm!(self.a ; .arch x64 ; mov [r14 + 8 * slot], Rq(r));
                    }
                },
            }
            self.memory.insert(slot, v);
        }
    }

    /// rax = the integer as a value.
    pub(super) fn box_int(&mut self, v: Ref) {
        let (label, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        let r = self.gpr(v, 2);
        dynasm!(self.a
            ; .arch x64
            ; lea rax, [Rq(r) * 4]
            ; mov rcx, rax
            ; sar rcx, 2
            ; cmp rcx, Rq(r)
            ; jne =>label
            ; =>back
        );
        self.slow.push(Slow { label, back, what: SlowPath::BoxInt(r) });
    }

    /// rax = the float as a value.
    pub(super) fn box_float(&mut self, v: Ref) {
        let (label, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        let x = self.xmm(v, 0);
        dynasm!(self.a
            ; .arch x64
            ; movq rax, Rx(x)
            ; rol rax, 4
            ; add rax, 3
            ; test al, 2
            ; je =>label
            ; =>back
        );
        self.slow.push(Slow { label, back, what: SlowPath::BoxFloat(x) });
    }

    pub(super) fn out_of_line(&mut self) {
        for s in std::mem::take(&mut self.slow) {
            let (label, back) = (s.label, s.back);
            dynasm!(self.a ; .arch x64 ; =>label);
            let routine = match s.what {
                SlowPath::BoxInt(r) => {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(r));
                    self.cx.common.box_int
                }
                SlowPath::BoxFloat(x) => {
                    if x != 0 {
                        dynasm!(self.a ; .arch x64 ; movapd xmm0, Rx(x));
                    }
                    self.cx.common.box_float
                }
                SlowPath::Barrier => self.cx.common.barrier,
                SlowPath::New(header) => {
                    dynasm!(self.a ; .arch x64 ; mov rax, QWORD header);
                    self.cx.common.new
                }
                SlowPath::Append(list, v, exit) => {
                    self.append_slow(list, v, exit, back);
                    continue;
                }
            };
            dynasm!(self.a ; .arch x64 ; mov rcx, QWORD routine as i64 ; call rcx ; jmp =>back);
        }
        for (label, exit) in std::mem::take(&mut self.stubs) {
            dynasm!(self.a
                ; .arch x64
                ; =>label
                ; mov rax, QWORD std::ptr::from_ref(exit) as i64
                ; jmp QWORD [rax + TARGET]
            );
        }
        for label in std::mem::take(&mut self.landed) {
            dynasm!(self.a ; .arch x64 ; =>label ; mov rcx, QWORD self.cx.common.landed as i64 ; jmp rcx);
        }
    }

    /// The exit of a guard, and under test its forced failing.
    pub(super) fn guard_exit(&mut self, i: &Inst) -> DynamicLabel {
        if let Some(other) = self.other {
            return other;
        }
        debug_assert!(i.snap != NO_SNAPSHOT, "{:?} has no snapshot", i.op);
        let label = self.exit(i.snap);
        self.force(label);
        label
    }

    pub(super) fn inst(&mut self, r: Ref) {
        let region = self.region;
        let i = *region.inst(r);
        let [a, b, c] = i.args;
        if !matches!(i.op, Op::BarrierAt | Op::BarrierEl) {
            self.stored = match i.op {
                Op::Store => Some(b),
                Op::StoreEl => Some(c),
                _ => None,
            };
        }
        self.why = i.op;
        match i.op {
            Op::KInt | Op::KFloat | Op::KVal | Op::KPtr | Op::FrameAddr | Op::Param => {}
            Op::Slot | Op::Reload => {
                self.memory.insert(i.imm as i32, r);
                self.load(r, 14, 8 * i.imm as i32);
            }
            Op::AddI | Op::SubI | Op::MulI | Op::ShlI | Op::NegI => self.checked(r, &i),
            Op::AddW | Op::SubW | Op::MulW | Op::AndI | Op::OrI | Op::XorI => self.integer(r, &i),
            Op::NegW | Op::ShlW | Op::TagI | Op::SmallI => self.one_integer(r, &i),
            Op::SarI => self.shift_right(r, a, b),
            Op::DivI | Op::ModI => self.divide(r, &i),
            Op::AddF | Op::SubF | Op::MulF | Op::DivF => self.float(r, &i),
            Op::NegF | Op::AbsF => {
                let x = self.xmm(a, 0);
                let d = self.dst_x(r);
                let mask = if i.op == Op::NegF { i64::MIN } else { i64::MAX };
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD mask ; movq xmm1, rax);
                if d != x {
                    dynasm!(self.a ; .arch x64 ; movapd Rx(d), Rx(x));
                }
                if i.op == Op::NegF {
                    dynasm!(self.a ; .arch x64 ; xorpd Rx(d), xmm1);
                } else {
                    dynasm!(self.a ; .arch x64 ; andpd Rx(d), xmm1);
                }
                self.finish_x(r, d);
            }
            Op::SqrtF => {
                let (x, d) = (self.xmm(a, 0), self.dst_x(r));
                dynasm!(self.a ; .arch x64 ; sqrtsd Rx(d), Rx(x));
                self.finish_x(r, d);
            }
            Op::IntToF => {
                let (n, d) = (self.gpr(a, 0), self.dst_x(r));
                dynasm!(self.a ; .arch x64 ; xorps Rx(d), Rx(d) ; cvtsi2sd Rx(d), Rq(n));
                self.finish_x(r, d);
            }
            Op::FToI => {
                let exit = self.guard_exit(&i);
                let x = self.xmm(a, 0);
                // What does not fit gives the lowest integer, which has no number below it.
                dynasm!(self.a ; .arch x64 ; cvttsd2si rax, Rx(x) ; cmp rax, 1 ; jo =>exit);
                self.finish(r, 0);
            }
            Op::PowF => self.power(r, &i),
            Op::CallF | Op::CallFF => {
                let mut moves = vec![(self.source(a), Loc::Xmm(0))];
                if b.is_some() {
                    // xmm1 is where a cycle would be broken; none can come about between two sources and scratch targets.
                    moves.push((self.source(b), Loc::Xmm(1)));
                }
                for (from, to) in moves {
                    if from != Source::Place(to) {
                        self.mov(from, to);
                    }
                }
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD i.imm ; call rax);
                self.finish_x(r, 0);
            }
            Op::UnboxI => {
                let exit = self.guard_exit(&i);
                let s = self.gpr(a, 0);
                let d = self.dst(r);
                dynasm!(self.a ; .arch x64 ; test Rb(s), 3 ; jnz =>exit);
                if d != s {
                    dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(s));
                }
                dynasm!(self.a ; .arch x64 ; sar Rq(d), 2);
                self.finish(r, d);
            }
            Op::UnboxF => {
                let exit = self.guard_exit(&i);
                let s = self.gpr(a, 0);
                dynasm!(self.a ; .arch x64 ; test Rb(s), 2 ; je =>exit ; lea rax, [Rq(s) - 3] ; ror rax, 4);
                let d = self.dst_x(r);
                dynasm!(self.a ; .arch x64 ; movq Rx(d), rax);
                self.finish_x(r, d);
            }
            Op::BoxI => {
                self.box_int(a);
                self.finish(r, 0);
            }
            Op::BoxF => {
                self.box_float(a);
                self.finish(r, 0);
            }
            Op::GuardI => self.guard_int(&i),
            Op::GuardF => self.guard_float(&i),
            Op::GuardEq | Op::GuardNe => {
                let exit = if i.aux & DECIDES != 0 { self.exit(i.snap) } else { self.guard_exit(&i) };
                self.compare(a, b);
                if i.op == Op::GuardEq {
                    dynasm!(self.a ; .arch x64 ; jne =>exit);
                } else {
                    dynasm!(self.a ; .arch x64 ; je =>exit);
                }
            }
            Op::GuardCell => {
                let exit = self.guard_exit(&i);
                self.check_cell(a, exit);
            }
            Op::GuardShape => {
                let exit = self.guard_exit(&i);
                let s = self.check_cell(a, exit);
                dynasm!(self.a ; .arch x64 ; cmp DWORD [Rq(s) - 1], i.imm as i32 ; jne =>exit);
            }
            Op::GuardVersion => {
                let exit = self.guard_exit(&i);
                let at = self.cx.shapes + (i.imm as u32 as u64) * SHAPE_BYTES as u64 + VERSION_OFFSET as u64;
                dynasm!(self.a
                    ; .arch x64
                    ; mov rax, QWORD at as i64
                    ; cmp DWORD [rax], (i.imm >> 32) as i32
                    ; jne =>exit
                );
            }
            Op::GuardValid => {
                let exit = self.guard_exit(&i);
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD i.imm ; cmp DWORD [rax], 0 ; jne =>exit);
            }
            Op::GuardEvents => {
                let exit = self.guard_exit(&i);
                dynasm!(self.a ; .arch x64 ; cmp DWORD [r15 + thread::EVENTS], 0 ; jne =>exit);
            }
            Op::Lower => {
                let extent = self.cx.extent - i.imm as i32;
                dynasm!(self.a
                    ; .arch x64
                    ; lea rax, [r14 + 8 * i.imm as i32]
                    ; mov [r15 + thread::FRAME], rax
                    ; mov [r15 + thread::C_FRAME], rax
                    ; mov QWORD [r15 + thread::C_EXTENT], extent
                );
            }
            Op::Load | Op::LoadW | Op::LoadP => {
                let (base, disp) = self.address(a, i.imm, 0);
                let d = self.dst(r);
                dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(base) + disp]);
                self.finish(r, d);
            }
            Op::LoadU => {
                let (base, disp) = self.address(a, i.imm, 0);
                let d = self.dst(r);
                dynasm!(self.a ; .arch x64 ; mov Rd(d), [Rq(base) + disp]);
                self.finish(r, d);
            }
            Op::LoadEl => {
                let d = self.dst(r);
                let (base, disp) = self.address(a, i.imm, 0);
                match self.imm32(b).and_then(|n| n.checked_mul(8)?.checked_add(disp)) {
                    Some(at) => dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(base) + at]),
                    None => {
                        let n = self.gpr(b, 1);
                        dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(base) + Rq(n) * 8 + disp]);
                    }
                }
                self.finish(r, d);
            }
            Op::LoadTh => {
                let d = self.dst(r);
                if i.ty == Ty::Int {
                    dynasm!(self.a ; .arch x64 ; mov Rd(d), [r15 + i.imm as i32]);
                } else {
                    dynasm!(self.a ; .arch x64 ; mov Rq(d), [r15 + i.imm as i32]);
                }
                self.finish(r, d);
            }
            Op::Store | Op::StoreW => {
                if let Inst { op: Op::FrameAddr, imm, .. } = *region.inst(a) {
                    self.memory.remove(&(imm as i32 + i.imm as i32 / 8));
                }
                let (base, disp) = self.address(a, i.imm, 0);
                match self.imm32(b) {
                    Some(n) => dynasm!(self.a ; .arch x64 ; mov QWORD [Rq(base) + disp], n),
                    None => {
                        let v = self.gpr(b, 1);
                        dynasm!(self.a ; .arch x64 ; mov [Rq(base) + disp], Rq(v));
                    }
                }
            }
            Op::StoreShape => {
                let base = self.gpr(a, 0);
                dynasm!(self.a ; .arch x64 ; mov DWORD [Rq(base) - 1], i.imm as i32);
            }
            Op::StoreEl => {
                let (base, disp) = self.address(a, i.imm, 0);
                let v = self.gpr(c, 2);
                match self.imm32(b).and_then(|n| n.checked_mul(8)?.checked_add(disp)) {
                    Some(at) => dynasm!(self.a ; .arch x64 ; mov [Rq(base) + at], Rq(v)),
                    None => {
                        let n = self.gpr(b, 1);
                        dynasm!(self.a ; .arch x64 ; mov [Rq(base) + Rq(n) * 8 + disp], Rq(v));
                    }
                }
            }
            Op::BarrierAt | Op::BarrierEl => self.barrier(&i),
            Op::New => self.new_cell(r, &i),
            Op::CallRaise => self.call(r, &i),
            Op::LoadT => self.load_item(r, &i),
            Op::StoreT => self.store_item(&i),
            Op::Arg => self.argument(&i),
            Op::CallArgs => self.call_args(r, &i),
            Op::Append => self.append(&i),
            Op::NewSlice => self.new_slice(r, &i),
            Op::Step => self.step(r, &i),
        }
    }

    pub(super) fn load(&mut self, r: Ref, base: u8, disp: i32) {
        let d = self.dst(r);
        if self.loc(r) == Loc::None {
            return;
        }
        dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(base) + disp]);
        self.finish(r, d);
    }

    /// The register and displacement of `offset` in a cell (whose word is its address plus one) or at a raw address.
    pub(super) fn address(&mut self, base: Ref, offset: i64, scratch: u8) -> (u8, i32) {
        let tagged = self.region.ty(base) == Ty::Val;
        (self.gpr(base, scratch), offset as i32 - tagged as i32)
    }
}
