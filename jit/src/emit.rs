//! The assembler: a region with places becomes machine code.
//!
//! rax, rcx, rdx, xmm0 and xmm1 are free inside one instruction's code; r14 holds register 0 of the root frame, r15 the
//! thread. An instruction that may leave jumps out before it writes its result, whose register may be that of
//! an operand the exit still needs. Exits lie out of line, after the code.

// dynasm's expansion converts register numbers that need no conversion.
#![allow(clippy::useless_conversion)]

use crate::alloc::Places;
use crate::code::{Asm, Common, FRAME_BYTES, OUTER_EXTENT, OUTER_FRAME, thread};
use crate::exit::{Entry, Exit, Loc, TARGET};
use crate::ir::{Cond, End, Inst, NO_SNAPSHOT, NOT, Op, Ref, Region, Ty};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use krait_object::Value;
use krait_object::shape::{SHAPE_BYTES, VERSION_OFFSET};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// How a region is entered.
pub enum Entrance {
    /// From the interpreter and from other traces.
    Root {
        /// The instruction that the root frame's record names while the trace runs.
        pc: u64,
    },
    /// From an exit, whose places the first block's parameters have.
    Side {
        places: Vec<Loc>,
        /// The thread's depth in memory, from the root frame's.
        depth: i32,
    },
}

/// What the assembler made.
pub struct Code {
    pub asm: Asm,
    /// Offset of the entrance for links from other traces.
    pub link: usize,
    pub exits: usize,
    pub bytes: usize,
}

/// What other traces and the heap are to this one.
pub struct Context<'a> {
    pub common: &'a Common,
    pub trace: u64,
    pub extent: i32,
    /// Address of the shape table.
    pub shapes: u64,
    /// The entrance of a linked trace.
    pub link: u64,
    pub fail_guards: bool,
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
    exits: usize,
    /// Values that were found to be cells on the way here.
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
}

/// Words above a root frame that a trace may use, and frames that it may push.
pub const ROOM: i32 = 4096;
const FRAMES: i32 = 16;
/// Record words, below register 0.
const RECORD_PC: i32 = 4;

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
        memory: HashMap::new(),
        depth: 0,
        exits: 0,
        cells: HashSet::new(),
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
            Entrance::Root { pc } => {
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
                // Links come here; the root frame may be another one, higher up.
                let link = self.a.offset().0;
                let go = self.a.new_dynamic_label();
                dynasm!(self.a
                    ; .arch x64
                    ; lea rax, [r14 + 8 * ROOM]
                    ; cmp rax, [r15 + thread::LIMIT]
                    ; jbe =>go
                    ; mov rax, QWORD *pc as i64
                    ; mov [r15 + thread::C_PC], rax
                    ; mov [r15 + thread::C_AT], r14
                    ; mov eax, 1
                    ; mov rcx, QWORD self.cx.common.landed as i64
                    ; jmp rcx
                    ; =>start
                    ; =>go
                    ; mov [r15 + thread::C_FRAME], r14
                    ; mov QWORD [r15 + thread::C_EXTENT], extent
                    ; mov rax, QWORD *pc as i64
                    ; mov [r14 - 8 * RECORD_PC], rax
                );
                link
            }
            Entrance::Side { places: incoming, depth } => {
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

    fn loc(&self, r: Ref) -> Loc {
        self.places.of[r.index()]
    }

    /// A general register with the value; `scratch` if it must be made or fetched.
    fn gpr(&mut self, r: Ref, scratch: u8) -> u8 {
        let i = *self.region.inst(r);
        match i.op {
            Op::KInt | Op::KVal | Op::KPtr | Op::KFloat => {
                self.load_imm(scratch, i.imm);
                return scratch;
            }
            Op::FrameAddr => {
                dynasm!(self.a ; .arch x64 ; lea Rq(scratch), [r14 + 8 * i.imm as i32]);
                return scratch;
            }
            _ => {}
        }
        match self.loc(r) {
            Loc::Gpr(n) => n,
            Loc::Spill(k) => {
                dynasm!(self.a ; .arch x64 ; mov Rq(scratch), [rsp + 8 * k as i32]);
                scratch
            }
            Loc::Xmm(n) => {
                dynasm!(self.a ; .arch x64 ; movq Rq(scratch), Rx(n));
                scratch
            }
            Loc::None => {
                debug_assert!(false, "{r:?} has no place");
                scratch
            }
        }
    }

    fn load_imm(&mut self, register: u8, imm: i64) {
        if imm == 0 {
            dynasm!(self.a ; .arch x64 ; xor Rd(register), Rd(register));
        } else if let Ok(n) = i32::try_from(imm) {
            dynasm!(self.a ; .arch x64 ; mov Rq(register), n);
        } else {
            dynasm!(self.a ; .arch x64 ; mov Rq(register), QWORD imm);
        }
    }

    /// A vector register with the float.
    fn xmm(&mut self, r: Ref, scratch: u8) -> u8 {
        let i = *self.region.inst(r);
        if i.op == Op::KFloat {
            if i.imm == 0 {
                dynasm!(self.a ; .arch x64 ; xorpd Rx(scratch), Rx(scratch));
            } else {
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD i.imm ; movq Rx(scratch), rax);
            }
            return scratch;
        }
        match self.loc(r) {
            Loc::Xmm(n) => n,
            Loc::Spill(k) => {
                dynasm!(self.a ; .arch x64 ; movsd Rx(scratch), [rsp + 8 * k as i32]);
                scratch
            }
            _ => {
                debug_assert!(false, "{r:?} is in no vector register");
                scratch
            }
        }
    }

    /// The register to compute an integer result in.
    fn dst(&self, r: Ref) -> u8 {
        if let Loc::Gpr(n) = self.loc(r) { n } else { 0 }
    }

    fn dst_x(&self, r: Ref) -> u8 {
        if let Loc::Xmm(n) = self.loc(r) { n } else { 0 }
    }

    /// Puts a computed general register where the result belongs.
    fn finish(&mut self, r: Ref, from: u8) {
        match self.loc(r) {
            Loc::Gpr(n) if n != from => dynasm!(self.a ; .arch x64 ; mov Rq(n), Rq(from)),
            Loc::Spill(k) => dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], Rq(from)),
            _ => {}
        }
    }

    fn finish_x(&mut self, r: Ref, from: u8) {
        match self.loc(r) {
            Loc::Xmm(n) if n != from => dynasm!(self.a ; .arch x64 ; movapd Rx(n), Rx(from)),
            Loc::Spill(k) => dynasm!(self.a ; .arch x64 ; movsd [rsp + 8 * k as i32], Rx(from)),
            _ => {}
        }
    }

    /// A small constant operand.
    fn imm32(&self, r: Ref) -> Option<i32> {
        let i = self.region.inst(r);
        if matches!(i.op, Op::KInt | Op::KVal | Op::KPtr) { i32::try_from(i.imm).ok() } else { None }
    }

    /// The label of the exit for a snapshot, here.
    fn exit(&mut self, snap: u32) -> DynamicLabel {
        let s = &self.region.snaps[snap as usize];
        let mut entries = Vec::new();
        for &(slot, v) in &s.slots {
            // Memory has it.
            if self.memory.get(&slot) == Some(&v) {
                continue;
            }
            let i = self.region.inst(v);
            let entry = match i.op {
                Op::KInt | Op::KVal | Op::KPtr | Op::KFloat | Op::FrameAddr => Entry::Const(i.op, i.imm),
                _ => Entry::At(self.loc(v)),
            };
            entries.push((slot, entry, i.ty));
        }
        let exit = Box::leak(Box::new(Exit {
            target: Cell::new(self.cx.common.exit),
            trace: self.cx.trace,
            count: Cell::new(0),
            attempts: Cell::new(0),
            entries,
            pc: s.pc,
            frame: s.frame,
            depth: s.depth - self.depth,
            depth_in_memory: self.depth,
            resume: s.resume,
            chain: s.chain.clone(),
            forced: Cell::new(self.cx.fail_guards),
        }));
        let label = self.a.new_dynamic_label();
        self.stubs.push((label, exit));
        self.exits += 1;
        label
    }

    /// Under test every guard leaves the first time.
    fn force(&mut self, label: DynamicLabel) {
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

    fn block(&mut self, n: usize) {
        let region = self.region;
        if n > 0 {
            // What is in memory when the loop comes round is not known.
            self.memory.clear();
            self.depth = 0;
        }
        let label = self.labels[n];
        if n > 0 {
            dynasm!(self.a ; .arch x64 ; .align 16);
        }
        dynasm!(self.a ; .arch x64 ; =>label);
        for &r in &region.blocks[n].body {
            self.inst(r);
        }
        match &region.blocks[n].end {
            End::Jump(to, args) => {
                self.set_depth(0);
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
            End::Link(_, s) => {
                let s = &region.snaps[*s as usize];
                let slots = s.slots.clone();
                self.write_slots(&slots);
                self.set_depth(s.depth);
                let link = self.cx.link as i64;
                let frame = 8 * s.frame;
                if frame != 0 {
                    dynasm!(self.a ; .arch x64 ; lea r14, [r14 + frame] ; mov [r15 + thread::FRAME], r14);
                }
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD link ; jmp rax);
            }
            End::Exit(s) => {
                let label = self.exit(*s);
                dynasm!(self.a ; .arch x64 ; jmp =>label);
            }
            End::Open => debug_assert!(false, "an open block"),
        }
    }

    fn source(&self, r: Ref) -> Source {
        let i = self.region.inst(r);
        match i.op {
            Op::KInt | Op::KVal | Op::KPtr | Op::KFloat => Source::Imm(i.imm),
            Op::FrameAddr => Source::Frame(i.imm as i32),
            _ => Source::Place(self.loc(r)),
        }
    }

    /// Moves that happen at once.
    fn parallel(&mut self, mut moves: Vec<(Source, Loc)>) {
        while !moves.is_empty() {
            let free = (0..moves.len()).find(|&k| {
                let dest = moves[k].1;
                !moves.iter().enumerate().any(|(j, m)| j != k && m.0 == Source::Place(dest))
            });
            match free {
                Some(k) => {
                    let (from, to) = moves.swap_remove(k);
                    self.mov(from, to);
                }
                None => {
                    // A cycle: one source is put aside. Vector and general registers may be in one cycle through memory.
                    let (from, _) = moves[0];
                    let Source::Place(place) = from else { return };
                    let aside = if let Loc::Xmm(_) = place { Loc::Xmm(1) } else { Loc::Gpr(2) };
                    self.mov(from, aside);
                    for m in &mut moves {
                        if m.0 == from {
                            m.0 = Source::Place(aside);
                        }
                    }
                }
            }
        }
    }

    fn mov(&mut self, from: Source, to: Loc) {
        match (from, to) {
            (Source::Imm(n), Loc::Gpr(d)) => self.load_imm(d, n),
            (Source::Imm(n), Loc::Xmm(d)) => {
                dynasm!(self.a ; .arch x64 ; mov rax, QWORD n ; movq Rx(d), rax);
            }
            (Source::Imm(n), Loc::Spill(k)) => {
                self.load_imm(0, n);
                dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], rax);
            }
            (Source::Frame(at), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; lea Rq(d), [r14 + 8 * at]),
            (Source::Frame(at), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; lea rax, [r14 + 8 * at] ; mov [rsp + 8 * k as i32], rax);
            }
            (Source::Place(Loc::Gpr(s)), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(s)),
            (Source::Place(Loc::Xmm(s)), Loc::Xmm(d)) => dynasm!(self.a ; .arch x64 ; movapd Rx(d), Rx(s)),
            (Source::Place(Loc::Gpr(s)), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; mov [rsp + 8 * k as i32], Rq(s))
            }
            (Source::Place(Loc::Xmm(s)), Loc::Spill(k)) => {
                dynasm!(self.a ; .arch x64 ; movsd [rsp + 8 * k as i32], Rx(s))
            }
            (Source::Place(Loc::Spill(s)), Loc::Gpr(d)) => {
                dynasm!(self.a ; .arch x64 ; mov Rq(d), [rsp + 8 * s as i32])
            }
            (Source::Place(Loc::Spill(s)), Loc::Xmm(d)) => {
                dynasm!(self.a ; .arch x64 ; movsd Rx(d), [rsp + 8 * s as i32])
            }
            (Source::Place(Loc::Spill(s)), Loc::Spill(k)) => dynasm!(self.a
                ; .arch x64
                ; mov rax, [rsp + 8 * s as i32]
                ; mov [rsp + 8 * k as i32], rax
            ),
            (Source::Place(Loc::Gpr(s)), Loc::Xmm(d)) => dynasm!(self.a ; .arch x64 ; movq Rx(d), Rq(s)),
            (Source::Place(Loc::Xmm(s)), Loc::Gpr(d)) => dynasm!(self.a ; .arch x64 ; movq Rq(d), Rx(s)),
            _ => debug_assert!(false, "no move {from:?} to {to:?}"),
        }
    }

    fn set_depth(&mut self, depth: i32) {
        let change = depth - self.depth;
        if change != 0 {
            dynasm!(self.a ; .arch x64 ; add DWORD [r15 + thread::DEPTH], change);
            self.depth = depth;
        }
    }

    /// Writes slots that memory does not have yet.
    fn write_slots(&mut self, slots: &[(i32, Ref)]) {
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
    fn box_int(&mut self, v: Ref) {
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
    fn box_float(&mut self, v: Ref) {
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

    fn out_of_line(&mut self) {
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
    fn guard_exit(&mut self, i: &Inst) -> DynamicLabel {
        debug_assert!(i.snap != NO_SNAPSHOT, "{:?} has no snapshot", i.op);
        let label = self.exit(i.snap);
        self.force(label);
        label
    }

    fn inst(&mut self, r: Ref) {
        let region = self.region;
        let i = *region.inst(r);
        let [a, b, c] = i.args;
        match i.op {
            Op::KInt | Op::KFloat | Op::KVal | Op::KPtr | Op::FrameAddr | Op::Param => {}
            Op::Slot | Op::Reload => {
                self.memory.insert(i.imm as i32, r);
                self.load(r, 14, 8 * i.imm as i32);
            }
            Op::AddI | Op::SubI | Op::MulI | Op::ShlI | Op::NegI => self.checked(r, &i),
            Op::AddW | Op::SubW | Op::AndI | Op::OrI | Op::XorI => self.integer(r, &i),
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
                let exit = self.guard_exit(&i);
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
            Op::GuardEvents => {
                let exit = self.guard_exit(&i);
                dynasm!(self.a ; .arch x64 ; cmp DWORD [r15 + thread::EVENTS], 0 ; jne =>exit);
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
            Op::Store | Op::StoreW => {
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
            Op::CallRaise => self.call(r, &i),
            Op::Step => self.step(&i),
        }
    }

    fn load(&mut self, r: Ref, base: u8, disp: i32) {
        let d = self.dst(r);
        if self.loc(r) == Loc::None {
            return;
        }
        dynasm!(self.a ; .arch x64 ; mov Rq(d), [Rq(base) + disp]);
        self.finish(r, d);
    }

    /// The register and displacement of `offset` in a cell (whose word is its address plus one) or at a raw address.
    fn address(&mut self, base: Ref, offset: i64, scratch: u8) -> (u8, i32) {
        let tagged = self.region.ty(base) == Ty::Val;
        (self.gpr(base, scratch), offset as i32 - tagged as i32)
    }

    fn checked(&mut self, r: Ref, i: &Inst) {
        let exit = self.guard_exit(i);
        let [a, b, _] = i.args;
        // In rax: the exit must find the operands as they were.
        match i.op {
            Op::NegI => {
                let x = self.gpr(a, 0);
                if x != 0 {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                }
                dynasm!(self.a ; .arch x64 ; neg rax ; jo =>exit);
            }
            Op::ShlI => {
                let n = self.imm32(b).unwrap_or(0) as i8;
                let x = self.gpr(a, 2);
                dynasm!(self.a
                    ; .arch x64
                    ; mov rax, Rq(x)
                    ; shl rax, n
                    ; mov rcx, rax
                    ; sar rcx, n
                    ; cmp rcx, Rq(x)
                    ; jne =>exit
                );
            }
            Op::MulI => {
                let x = self.gpr(a, 0);
                if let Some(n) = self.imm32(b) {
                    dynasm!(self.a ; .arch x64 ; imul rax, Rq(x), n ; jo =>exit);
                } else {
                    let y = self.gpr(b, 1);
                    if x != 0 {
                        dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                    }
                    dynasm!(self.a ; .arch x64 ; imul rax, Rq(y) ; jo =>exit);
                }
            }
            _ => {
                let x = self.gpr(a, 0);
                if x != 0 {
                    dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
                }
                match (self.imm32(b), i.op) {
                    (Some(n), Op::AddI) => dynasm!(self.a ; .arch x64 ; add rax, n),
                    (Some(n), _) => dynasm!(self.a ; .arch x64 ; sub rax, n),
                    (None, op) => {
                        let y = self.gpr(b, 1);
                        if op == Op::AddI {
                            dynasm!(self.a ; .arch x64 ; add rax, Rq(y));
                        } else {
                            dynasm!(self.a ; .arch x64 ; sub rax, Rq(y));
                        }
                    }
                }
                dynasm!(self.a ; .arch x64 ; jo =>exit);
            }
        }
        self.finish(r, 0);
    }

    fn integer(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        let d = self.dst(r);
        let x = self.gpr(a, 0);
        if let Some(n) = self.imm32(b) {
            if d != x {
                dynasm!(self.a ; .arch x64 ; mov Rq(d), Rq(x));
            }
            match i.op {
                Op::AddW => dynasm!(self.a ; .arch x64 ; add Rq(d), n),
                Op::SubW => dynasm!(self.a ; .arch x64 ; sub Rq(d), n),
                Op::AndI => dynasm!(self.a ; .arch x64 ; and Rq(d), n),
                Op::OrI => dynasm!(self.a ; .arch x64 ; or Rq(d), n),
                _ => dynasm!(self.a ; .arch x64 ; xor Rq(d), n),
            }
            self.finish(r, d);
            return;
        }
        let y = self.gpr(b, 1);
        // The result's register may be the second operand's.
        let t = if d == y && d != x { 0 } else { d };
        if t != x {
            dynasm!(self.a ; .arch x64 ; mov Rq(t), Rq(x));
        }
        match i.op {
            Op::AddW => dynasm!(self.a ; .arch x64 ; add Rq(t), Rq(y)),
            Op::SubW => dynasm!(self.a ; .arch x64 ; sub Rq(t), Rq(y)),
            Op::AndI => dynasm!(self.a ; .arch x64 ; and Rq(t), Rq(y)),
            Op::OrI => dynasm!(self.a ; .arch x64 ; or Rq(t), Rq(y)),
            _ => dynasm!(self.a ; .arch x64 ; xor Rq(t), Rq(y)),
        }
        self.finish(r, t);
    }

    fn shift_right(&mut self, r: Ref, a: Ref, b: Ref) {
        let x = self.gpr(a, 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        match self.imm32(b) {
            Some(n) => dynasm!(self.a ; .arch x64 ; sar rax, n as i8),
            None => {
                let n = self.gpr(b, 1);
                if n != 1 {
                    dynasm!(self.a ; .arch x64 ; mov rcx, Rq(n));
                }
                dynasm!(self.a ; .arch x64 ; sar rax, cl);
            }
        }
        self.finish(r, 0);
    }

    /// Floor division and modulo: the processor's truncate.
    fn divide(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        if i.op == Op::ModI
            && let Some(n) = self.imm32(b)
            && n > 0
            && n & (n - 1) == 0
        {
            let x = self.gpr(a, 0);
            if x != 0 {
                dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
            }
            dynasm!(self.a ; .arch x64 ; and rax, n - 1);
            self.finish(r, 0);
            return;
        }
        let done = self.a.new_dynamic_label();
        let x = self.gpr(a, 0);
        if x != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(x));
        }
        let y = self.gpr(b, 1);
        dynasm!(self.a ; .arch x64 ; cqo ; idiv Rq(y) ; test rdx, rdx ; je =>done);
        if i.op == Op::DivI {
            // The remainder has the dividend's sign: other than the divisor's means one less.
            dynasm!(self.a ; .arch x64 ; xor rdx, Rq(y) ; jns =>done ; dec rax ; =>done);
            self.finish(r, 0);
        } else {
            dynasm!(self.a ; .arch x64 ; mov rax, rdx ; xor rax, Rq(y) ; jns =>done ; add rdx, Rq(y) ; =>done);
            self.finish(r, 2);
        }
    }

    fn float(&mut self, r: Ref, i: &Inst) {
        let [a, b, _] = i.args;
        let d = self.dst_x(r);
        let y = self.xmm(b, 1);
        let x = self.xmm(a, 0);
        let t = if d == y && d != x { 0 } else { d };
        if t != x {
            dynasm!(self.a ; .arch x64 ; movapd Rx(t), Rx(x));
        }
        match i.op {
            Op::AddF => dynasm!(self.a ; .arch x64 ; addsd Rx(t), Rx(y)),
            Op::SubF => dynasm!(self.a ; .arch x64 ; subsd Rx(t), Rx(y)),
            Op::MulF => dynasm!(self.a ; .arch x64 ; mulsd Rx(t), Rx(y)),
            _ => dynasm!(self.a ; .arch x64 ; divsd Rx(t), Rx(y)),
        }
        self.finish_x(r, t);
    }

    fn compare(&mut self, a: Ref, b: Ref) {
        let x = self.gpr(a, 0);
        match self.imm32(b) {
            Some(n) => dynasm!(self.a ; .arch x64 ; cmp Rq(x), n),
            None => {
                let y = self.gpr(b, 1);
                dynasm!(self.a ; .arch x64 ; cmp Rq(x), Rq(y));
            }
        }
    }

    fn guard_int(&mut self, i: &Inst) {
        let exit = self.guard_exit(i);
        self.compare(i.args[0], i.args[1]);
        match Cond::from_u32(i.aux) {
            Cond::Lt => dynasm!(self.a ; .arch x64 ; jge =>exit),
            Cond::Le => dynasm!(self.a ; .arch x64 ; jg =>exit),
            Cond::Eq => dynasm!(self.a ; .arch x64 ; jne =>exit),
            Cond::Ne => dynasm!(self.a ; .arch x64 ; je =>exit),
            Cond::Gt => dynasm!(self.a ; .arch x64 ; jle =>exit),
            Cond::Ge => dynasm!(self.a ; .arch x64 ; jl =>exit),
            Cond::Below => dynasm!(self.a ; .arch x64 ; jae =>exit),
        }
    }

    /// With a NaN the comparison sets the parity flag, and those of below and equal.
    fn guard_float(&mut self, i: &Inst) {
        let exit = self.guard_exit(i);
        let not = i.aux & NOT != 0;
        let [a, b, _] = i.args;
        let cond = Cond::from_u32(i.aux & !NOT);
        // a < b is b > a, which a NaN does not satisfy by the carry flag alone.
        let (a, b) = if matches!(cond, Cond::Lt | Cond::Le) { (b, a) } else { (a, b) };
        let y = self.xmm(b, 1);
        let x = self.xmm(a, 0);
        dynasm!(self.a ; .arch x64 ; ucomisd Rx(x), Rx(y));
        match (cond, not) {
            (Cond::Lt | Cond::Gt | Cond::Below, false) => dynasm!(self.a ; .arch x64 ; jbe =>exit),
            (Cond::Lt | Cond::Gt | Cond::Below, true) => dynasm!(self.a ; .arch x64 ; ja =>exit),
            (Cond::Le | Cond::Ge, false) => dynasm!(self.a ; .arch x64 ; jb =>exit),
            (Cond::Le | Cond::Ge, true) => dynasm!(self.a ; .arch x64 ; jae =>exit),
            (Cond::Eq, false) | (Cond::Ne, true) => {
                dynasm!(self.a ; .arch x64 ; jne =>exit ; jp =>exit);
            }
            (Cond::Eq, true) | (Cond::Ne, false) => {
                let on = self.a.new_dynamic_label();
                dynasm!(self.a ; .arch x64 ; jp =>on ; je =>exit ; =>on);
            }
        }
    }

    /// Leaves unless the value is a cell; the register it is in.
    fn check_cell(&mut self, v: Ref, exit: DynamicLabel) -> u8 {
        let s = self.gpr(v, 0);
        if self.cells.insert(v) {
            dynasm!(self.a ; .arch x64 ; lea ecx, [Rq(s) - 1] ; test cl, 7 ; jnz =>exit);
        }
        s
    }

    fn barrier(&mut self, i: &Inst) {
        let [a, b, _] = i.args;
        let (label, back) = (self.a.new_dynamic_label(), self.a.new_dynamic_label());
        let (base, disp) = self.address(a, i.imm, 0);
        let header = disp - i.imm as i32;
        // OLD and not REMEMBERED: bits 40 and 41 of the header.
        dynasm!(self.a
            ; .arch x64
            ; movzx ecx, BYTE [Rq(base) + header + 5]
            ; and ecx, 3
            ; cmp ecx, 1
            ; jne =>back
        );
        match (b.is_some(), self.imm32_opt(b)) {
            (false, _) => dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + disp]),
            (true, Some(n)) => dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + disp + 8 * n]),
            (true, None) => {
                let n = self.gpr(b, 1);
                dynasm!(self.a ; .arch x64 ; lea rdx, [Rq(base) + Rq(n) * 8 + disp]);
            }
        }
        if base != 0 {
            dynasm!(self.a ; .arch x64 ; mov rax, Rq(base));
        }
        dynasm!(self.a ; .arch x64 ; jmp =>label ; =>back);
        self.slow.push(Slow { label, back, what: SlowPath::Barrier });
    }

    fn imm32_opt(&self, r: Ref) -> Option<i32> {
        if r.is_some() { self.imm32(r) } else { None }
    }

    /// A helper: the thread, then the operands.
    fn call(&mut self, r: Ref, i: &Inst) {
        let exit = self.exit(i.snap);
        let targets = [6u8, 2, 1];
        let mut moves = Vec::new();
        for (arg, to) in i.operands().zip(targets) {
            moves.push((self.source(arg), Loc::Gpr(to)));
        }
        moves.retain(|(from, to)| *from != Source::Place(*to));
        self.parallel(moves);
        dynasm!(self.a ; .arch x64 ; mov rdi, r15 ; mov rax, QWORD i.imm ; call rax);
        dynasm!(self.a ; .arch x64 ; cmp rax, Value::ERROR.0 as i32 ; je =>exit);
        self.finish(r, 0);
    }

    fn step(&mut self, i: &Inst) {
        let s = &self.region.steps[i.imm as usize];
        let slots = self.region.snaps[i.snap as usize].slots.clone();
        self.write_slots(&slots);
        self.set_depth(s.depth);
        let label = self.a.new_dynamic_label();
        self.landed.push(label);
        dynasm!(self.a
            ; .arch x64
            ; mov rdi, r15
            ; mov rsi, QWORD s.pc as i64
            ; lea rdx, [r14 + 8 * s.frame]
            ; mov rcx, QWORD s.next_pc as i64
            ; lea r8, [r14 + 8 * s.next_frame]
            ; mov rax, QWORD crate::helpers::step as *const () as i64
            ; call rax
            ; test eax, eax
            ; jnz =>label
        );
        self.depth = s.next_depth;
        self.memory.retain(|&k, _| k < s.top);
        // The interpreter saves addresses of instructions in the frames' records.
        self.memory.remove(&(s.frame - RECORD_PC));
        self.memory.remove(&(s.next_frame - RECORD_PC));
        match &s.writes {
            Some(w) if s.next_frame == s.frame => {
                for slot in w {
                    self.memory.remove(slot);
                }
            }
            // A frame was pushed or left: what lies above the lower one is not known.
            _ => {
                let edge = if s.next_frame > s.frame { s.next_frame } else { s.next_frame.min(s.frame) };
                self.memory.retain(|&k, _| k < edge - krait_bytecode::FRAME_WORDS as i32);
            }
        }
    }
}

/// Where a moved value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Place(Loc),
    Imm(i64),
    Frame(i32),
}
