//! The recorder: the interpreter run under another table, noting what it does as IR.
//!
//! Every slot of the recording table is [`observe`]: it appends IR for the instruction, for the
//! operands that it sees in the registers, then jumps to the interpreter's own handler, which dispatches the next
//! instruction through the recording table again. So the recorder sees exactly what the interpreter
//! does, calls included, and nothing is interpreted twice.
//!
//! The registers of all frames are words of one value stack, so the recorder keeps one map from *slots* (words
//! counted from the root frame's register 0) to IR values; a frame that a call pushes exists only there.
//! An instruction without a recorder of its own becomes a `Step`: the map is written to memory, the interpreter does the
//! instruction, and the trace checks that it came to the place where it came when it was recorded. So no
//! bytecode ends a trace.
//!
//! The recorder must not keep values in Rust's memory: constants of traces are held by a list in the heap (`kept.rs`).

mod arith;
mod attr;
mod basic;
mod bind;
mod branch;
mod build;
mod call;
mod container;
mod effects;
mod frame;
mod generator;
mod item;
mod iterate;
mod join;
mod layered;
mod lists;
mod meeting;
mod native;
mod new;
mod rely;
mod side;
mod slots;
mod special;
mod steps;

use crate::build::{Builder, Contradiction};
use crate::cache::{self, Start};
use crate::ir::{End, Inst, Op as Ir, Ref, Resume, Snapshot, StepInfo, Ty};
use crate::kept::Kept;
use crate::peel::{self, AtEnd};
use frame::FrameInfo;
pub use join::{is_worth_renewing, move_arms};
use krait_bytecode::{FRAME_WORDS, Op};
use krait_object::{Thread, Value};
use krait_vm::jit::{Handler, Heat, Pc, Regs, TABLE, Table};
use rustc_hash::FxHashMap as HashMap;
use slots::{Known, SlotSet, Slots};
use std::cell::RefCell;
use std::rc::Rc;

pub use frame::FrameInfo as Frame;

/// Longest recording, in instructions of bytecode.
const MAX_LENGTH: usize = 3000;
/// Turns of inner loops without a trace of their own that are unrolled in one recording.
const MAX_UNROLLED: usize = 12;
/// Instructions of bytecode that a recording must have for each that is left to the interpreter.
const MIN_PER_STEP: usize = 4;
/// Fewest instructions of a trace from a root to an exit that it always takes.
const MIN_TO_EXIT: usize = 25;
/// Frames that are followed into.
const MAX_FRAMES: usize = 14;
/// Words above the root frame that a trace may use.
const MAX_EXTENT: i32 = 2000;

/// The recording table.
static RECORDING: Table = Table::new([observe as Handler; Op::COUNT]);

/// Why a recording was given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Abort {
    /// It is too long.
    TooLong,
    /// It came to a loop that has no trace yet.
    InnerLoop,
    /// What was seen and what is known contradict each other.
    Contradiction,
    /// An instruction did not do what its recorder expected.
    Surprise,
    /// The loop's frame was left.
    LeftFrame,
    /// It would end where it began.
    NoProgress,
    /// Values live at one place are more than the machine's frame has room for, or code memory is used up.
    NoRoom,
    /// It would leave again soon, always.
    Short,
    /// Most of it would be left to the interpreter, one instruction at a time, which is slower than going on there.
    MostlySteps,
    /// A function was called whose code is not loaded yet.
    NotLoaded,
    /// Something that it takes for constant has changed meanwhile.
    Stale,
    /// The interpreter is being observed.
    Observed,
    /// It is a loop's way for values of other types, and the loop is recorded anew instead.
    Retyped,
    /// It was to become a side of a branch.
    NoArm,
    /// A root was recorded anew and has no branch with two sides.
    NoGain,
}

impl From<Contradiction> for Abort {
    fn from(_: Contradiction) -> Abort {
        Abort::Contradiction
    }
}

/// The result of recording.
pub type Rec<T = ()> = Result<T, Abort>;

/// What to do after an instruction was recorded.
#[derive(PartialEq, Eq, Debug)]
enum Next {
    Go,
    /// The loop is closed.
    Close,
    /// The trace ends before this instruction; the interpreter goes on.
    Stop,
    /// The trace ends with this return of the lowest frame.
    Return(Ref),
    /// The trace ends before this instruction; this other trace goes on.
    Link(u64),
}

/// A recording in progress.
pub struct Recorder {
    pub b: Builder,
    pub start: Start,
    root: Regs,
    frames: Vec<FrameInfo>,
    known: Slots,
    in_memory: SlotSet,
    /// The frames as the last snapshot has them.
    chain: Rc<Vec<FrameInfo>>,
    all_in_memory: bool,
    /// The instruction being recorded, and its snapshot once there is one.
    pc: Pc,
    snap: Option<u32>,
    /// The frame that the recording began in.
    chain_start: FrameInfo,
    /// The step whose landing is not known yet.
    pending: Option<u32>,
    /// Frames returned from below the one that the recording's root began with.
    popped: i32,
    /// Where the next instruction must be, when it is not a step's.
    length: usize,
    unrolled: usize,
    /// How often each inner loop was followed back to its start.
    turns: HashMap<u64, u32>,
    /// The slice that the last instruction made, and the snapshot before it.
    slice: Option<(Ref, u32)>,
    /// A step of an iterator whose outcome is not known yet.
    stepping: Option<iterate::Stepping>,
    /// The UNPACK whose registers have their values already.
    unpacked: Option<Pc>,
    /// Instructions seen while the interpreter runs a generator to its yield, as one step.
    over: Option<usize>,
    /// The trace ends where the root frame, a generator's, is suspended.
    pub suspends: bool,
    pub extent: i32,
    pub bytecodes: usize,
    /// Tells that something it relies on has changed; once it relies on anything.
    pub flag: Option<crate::watch::Flag>,
    /// Lines of source, if they are logged.
    pub trail: Vec<crate::log::Came>,
    /// The dispatch loop that is recorded: [`Thread::entries`] in it.
    entries: u32,
    /// What the trace refers to.
    pub kept: Kept,
    pub joins: join::Joins,
}

thread_local! {
    /// The recordings in progress, the innermost last: a native function that is called while a loop is recorded may run
    /// Python code for long (`exec`, an event loop), which is recorded by itself.
    #[allow(clippy::vec_box)] // It is taken out and put back at every instruction.
    static CURRENT: RefCell<Vec<Box<Recorder>>> = const { RefCell::new(Vec::new()) };
}

/// Recordings that may nest.
const MAX_NESTED: usize = 6;

/// Is the innermost recording one of this dispatch loop?
pub fn is_current(th: &Thread) -> bool {
    th.compiled.recording.get() == th.entries.get()
}

/// May this dispatch loop not be recorded, because it is already or because too many are?
pub fn is_active(th: &Thread) -> bool {
    is_current(th) || CURRENT.with(|c| c.try_borrow().map_or(true, |c| c.len() >= MAX_NESTED))
}

fn push(th: &Thread, r: Box<Recorder>) {
    th.compiled.recording.set(r.entries);
    CURRENT.with(|c| c.borrow_mut().push(r));
}

fn pop(th: &Thread) -> Option<Box<Recorder>> {
    CURRENT.with(|c| {
        let mut c = c.borrow_mut();
        let r = c.pop();
        th.compiled.recording.set(c.last().map_or(0, |r| r.entries));
        r
    })
}

/// The dispatch loop being recorded has ended.
pub fn left(th: &Thread) {
    if let Some(r) = pop(th) {
        ended(th, &r, Err(Abort::LeftFrame), r.pc);
    }
}

/// A recording is over.
fn ended(th: &Thread, r: &Recorder, result: Rec, pc: Pc) {
    match (r.arm(), result) {
        (Some((exit, done)), _) => {
            exit.arm_ended(done);
            r.drop_arm(done);
        }
        (None, Err(why)) => cache::aborted(th, r, why, pc),
        _ => {}
    }
    r.kept.close(th, result.is_ok(), matches!(r.start, Start::Root { .. }));
    cache::closed(&r.start);
}

/// Starts recording at a hot place; `renews` is the root that is to be recorded anew.
pub fn start(th: &Thread, heat: Heat, renews: Option<u64>) -> &'static Table {
    let target = heat.target();
    let root = FrameInfo::root(heat.regs.code());
    let kept = Kept::root(heat.regs.code());
    let mut r = Recorder::new(Start::Root { at: heat.at, target }, heat.regs, root, kept);
    r.frames.push(root);
    if let Some(root) = renews {
        r.renew(root);
    }
    r.entries = th.entries.get();
    push(th, Box::new(r));
    &RECORDING
}

/// Starts recording where an exit left.
pub fn start_side(th: &Thread, exit: &'static crate::exit::Exit, root: Regs) -> &'static Table {
    let mut frames = exit.chain.as_ref().clone();
    let innermost = *frames.last().expect("an exit has a frame");
    let kept = cache::opened(th, exit);
    let mut r = Recorder::new(Start::Side { exit }, root, innermost, kept);
    r.frames.append(&mut frames);
    r.popped = r.frames.len() as i32 - 1 - (exit.depth + exit.depth_in_memory);
    side::enter(&mut r.b, exit, |slot, value| {
        r.known.insert(slot, Known { value, clean: false });
    });
    // Nothing happens between the check that leaves and this trace's start.
    for k in exit.shapes.iter() {
        let v = r.known.get(&k.slot).map_or_else(|| r.b.slot(k.slot), |k| k.value);
        // Of a cell that is made here the shape is known.
        if r.b.region.ty(v) == Ty::Val && r.b.fresh(v).is_none() {
            r.b.know(Inst::new(Ir::GuardShape, &[v]).imm(k.shape).alias(k.alias), Ref::NONE);
        }
    }
    r.allow_joins(cache::root_of(exit));
    r.entries = th.entries.get();
    push(th, Box::new(r));
    &RECORDING
}

/// Starts recording the other side of the branch where an exit left; None when there is none to be had.
pub fn start_arm(th: &Thread, exit: &'static crate::exit::Exit, root: Regs) -> Option<&'static Table> {
    let mut frames = exit.chain.as_ref().clone();
    let innermost = *frames.last()?;
    let mut r = Recorder::new(Start::Side { exit }, root, innermost, Kept::default());
    r.frames.append(&mut frames);
    r.popped = r.frames.len() as i32 - 1 - (exit.depth + exit.depth_in_memory);
    if !r.begin_arm(exit, cache::root_of(exit)) {
        return None;
    }
    r.kept = cache::opened(th, exit);
    r.entries = th.entries.get();
    push(th, Box::new(r));
    Some(&RECORDING)
}

/// Records one instruction, then runs it.
extern "C" fn observe(pc: Pc, regs: Regs, th: &Thread, _t: &Table) -> Value {
    let next = if note(pc, regs, th) { &RECORDING } else { &TABLE };
    (TABLE.handler(pc.op()))(pc, regs, th, next)
}

/// Records an instruction; false when the recording is over.
#[inline(never)]
fn note(pc: Pc, regs: Regs, th: &Thread) -> bool {
    let Some(mut r) = pop(th) else { return false };
    let timer = crate::stats::Timer::start(r.bytecodes + 3);
    let result = r.advance(pc, regs, th);
    drop(timer);
    match result {
        Ok(Next::Go) => {
            push(th, r);
            true
        }
        // No code is made of an arm.
        Ok(_) if r.arm().is_some() => {
            ended(th, &r, Err(Abort::NoArm), pc);
            false
        }
        Ok(next) => {
            let _timer = crate::stats::CpuTimer::start();
            let result = r.finish(next, pc).and_then(|()| cache::compile(th, &mut r));
            ended(th, &r, result, pc);
            false
        }
        Err(why) => {
            ended(th, &r, Err(why), pc);
            false
        }
    }
}

impl Recorder {
    /// The code that the recording began in.
    pub fn code(&self) -> krait_object::code::Code {
        self.chain_start.code()
    }

    fn new(start: Start, root: Regs, first: FrameInfo, kept: Kept) -> Recorder {
        Recorder {
            b: Builder::new(),
            start,
            root,
            frames: Vec::new(),
            known: Slots::default(),
            in_memory: SlotSet::default(),
            chain: Rc::default(),
            all_in_memory: false,
            pc: Pc(std::ptr::null()),
            chain_start: first,
            snap: None,
            pending: None,
            popped: 0,
            length: 0,
            unrolled: 0,
            turns: HashMap::default(),
            slice: None,
            stepping: None,
            unpacked: None,
            over: None,
            suspends: false,
            extent: 0,
            bytecodes: 0,
            flag: None,
            trail: Vec::new(),
            entries: 0,
            kept,
            joins: join::Joins::default(),
        }
    }

    fn advance(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        if krait_vm::jit::is_observed() {
            return Err(Abort::Observed);
        }
        // What the trace is to keep goes to a list in the heap, which may collect: the registers alive are those of this
        // instruction, not of the last one that saved its address. (Observers look at the saved address.)
        regs.save(pc);
        if self.is_over(regs)? {
            return Ok(Next::Go);
        }
        if pc.op() == Op::LOAD_CODE as u16 {
            return Err(Abort::NotLoaded);
        }
        if let Some(s) = self.stepping.take() {
            self.stepped(s, pc, regs)?;
        }
        if let Some(step) = self.pending.take() {
            if !self.landed(step, pc, regs)? {
                return Ok(Next::Stop);
            }
        } else if self.length > 0 && !(pc == self.pc && self.at(regs)) {
            // The recorders keep `self.pc` at the instruction that must come next.
            return Err(Abort::Surprise);
        }
        self.length += 1;
        self.bytecodes += 1;
        if self.length > MAX_LENGTH || self.extent > MAX_EXTENT {
            return Err(Abort::TooLong);
        }
        if self.bytecodes >= 64 && self.bytecodes.is_power_of_two() && self.is_dull() {
            return Err(Abort::MostlySteps);
        }
        self.pc = pc;
        self.snap = None;
        // Traces are found by the addresses of instructions: the code must not go while they are there.
        self.kept.keep(th, regs.code().value());
        self.keep_arms(th);
        let frame = self.frame();
        let end = frame.base + frame.code().register_count.get() as i32;
        self.extent = self.extent.max(end + FRAME_WORDS as i32);
        self.meet()?;
        if self.length > 1
            && let Some(t) = cache::loop_at(pc)
        {
            return Ok(Next::Link(t));
        }
        if crate::log::is_on() {
            self.note_line(pc);
        }
        let slice = self.slice;
        let region = &self.b.region;
        let before = (self.b.block, region.blocks[self.b.block].body.len(), region.insts.len());
        let next = self.record(pc, regs, th)?;
        if self.slice == slice {
            self.slice = None;
        }
        if next == Next::Go {
            self.check_arm()?;
        }
        match next {
            Next::Go => self.branched(pc, before),
            // What goes on with the next turn meets at the loop's first instruction.
            Next::Close => {
                self.pc = self.start.target();
                self.snap = None;
                self.meet()?;
            }
            _ => {}
        }
        if self.length == 1 && !matches!(next, Next::Go | Next::Return(_)) {
            return Err(Abort::NoProgress);
        }
        Ok(next)
    }

    /// Would the trace not pay? A step costs about three times what its instruction costs in the interpreter, and
    /// flushes what registers hold.
    fn is_dull(&self) -> bool {
        self.b.region.steps.len() * MIN_PER_STEP > self.bytecodes
    }

    /// Would a trace from a root that ends here, at an exit, not pay? Entering and leaving costs as much as a few
    /// instructions do in the interpreter.
    fn is_short(&self) -> bool {
        let root = matches!(self.start, Start::Root { .. });
        let steps = self.b.region.steps.len();
        root && self.bytecodes < MIN_TO_EXIT + 2 * MIN_PER_STEP * steps
    }

    /// Notes the line of source for the log.
    fn note_line(&mut self, pc: Pc) {
        let code = self.frame().code();
        let line = code.position(code.offset_of(pc.0)).map_or(0, |p| p.line);
        let name = krait_object::string::get(code.filename.get());
        let file = name.map(|s| s.to_text().to_string()).unwrap_or_default();
        if self.trail.last().is_none_or(|t| t.line != line || t.file != file) {
            self.trail.push(crate::log::Came { from: self.b.region.insts.len(), file, line });
        }
    }

    /// Is the frame with these registers the innermost one of the recording?
    fn at(&self, regs: Regs) -> bool {
        regs.0 == self.root.at_slot(self.frame().base)
    }

    fn frame(&self) -> &FrameInfo {
        self.frames.last().expect("a recording has a frame")
    }

    fn base(&self) -> i32 {
        self.frame().base
    }

    /// Where the lowest frame is, as a slot: 0, or less after returning to the root frame's caller.
    fn lowest(&self) -> i32 {
        self.frames.first().map_or(0, |f| f.base)
    }

    /// How many frames the innermost one is above the root frame.
    fn depth(&self) -> i32 {
        self.frames.len() as i32 - 1 - self.popped
    }

    /// Where the step came to. False: below the root frame, where no trace goes on.
    fn landed(&mut self, step: u32, pc: Pc, regs: Regs) -> Rec<bool> {
        // SAFETY: both are addresses in this thread's value stack.
        let slot = unsafe { regs.0.offset_from(self.root.0) } as i32;
        if slot < self.lowest() {
            return Err(Abort::LeftFrame);
        }
        let from = Pc(self.b.region.steps[step as usize].pc as *const u64);
        let was = self.base();
        let mut writes = None;
        if slot == was {
            let normal = frame::successors(from).contains(&pc);
            if normal {
                let w = frame::written(from, was);
                for &s in &w {
                    self.forget(s);
                }
                writes = Some(w);
            } else {
                self.forget_from(was);
            }
        } else if slot > was {
            // A frame was pushed.
            self.known.retain(|&s, _| s < slot - FRAME_WORDS as i32);
            self.frames.push(FrameInfo::pushed(slot, regs.code()));
            writes = Some(Vec::new());
        } else {
            while self.base() > slot {
                let f = self.frames.pop().expect("the root frame is lower");
                self.known.retain(|&s, _| s < f.base - FRAME_WORDS as i32);
                if self.frames.is_empty() {
                    return Err(Abort::LeftFrame);
                }
            }
            if self.base() != slot {
                return Err(Abort::Surprise);
            }
            let called = Pc(self.frame().call_pc as *const u64);
            if !called.0.is_null() && frame::successors(called).contains(&pc) {
                let w = frame::written(called, slot);
                for &s in &w {
                    self.forget(s);
                }
                writes = Some(w);
            } else {
                self.forget_from(slot);
            }
        }
        for f in &mut self.frames {
            f.exposed = true;
        }
        let depth = self.depth();
        let info = &mut self.b.region.steps[step as usize];
        info.next_pc = pc.0 as u64;
        info.next_frame = slot;
        info.next_depth = depth;
        info.writes = writes;
        Ok(true)
    }

    /// Memory has another value than what was known.
    fn forget(&mut self, slot: i32) {
        self.known.remove(&slot);
        self.in_memory.insert(slot);
    }

    fn forget_from(&mut self, base: i32) {
        self.known.retain(|&s, _| s < base - FRAME_WORDS as i32);
        if base == self.lowest() {
            self.all_in_memory = true;
        }
    }

    /// The value of a slot.
    fn slot(&mut self, slot: i32) -> Rec<Ref> {
        if let Some(k) = self.known.get(&slot) {
            return Ok(k.value);
        }
        let root = self.frames.len() == 1 || slot < self.frames[1].base - FRAME_WORDS as i32;
        if root && !self.all_in_memory && !self.in_memory.contains(&slot) {
            return Ok(self.b.slot(slot));
        }
        let value = self.b.reload(slot)?;
        self.known.insert(slot, Known { value, clean: true });
        Ok(value)
    }

    fn set_slot(&mut self, slot: i32, value: Ref) {
        self.known.insert(slot, Known { value, clean: false });
        self.in_memory.remove(&slot);
    }

    /// The value of a register of the innermost frame.
    fn get(&mut self, register: usize) -> Rec<Ref> {
        self.slot(self.base() + register as i32)
    }

    /// Gives a register of the innermost frame a value.
    fn set(&mut self, register: usize, value: Ref) {
        self.set_slot(self.base() + register as i32, value);
    }

    /// A constant value, kept alive by the trace.
    fn val(&mut self, th: &Thread, v: Value) -> Ref {
        self.kept.keep(th, v);
        self.b.val(v.0)
    }

    fn emit(&mut self, i: Inst) -> Rec<Ref> {
        Ok(self.b.emit(i)?)
    }

    /// Appends an instruction that may leave, to run this bytecode instruction again.
    fn guard(&mut self, i: Inst) -> Rec<Ref> {
        let snap = self.snapshot();
        self.emit(Inst { snap, ..i })
    }

    /// Appends an instruction that may leave with the pending exception of this bytecode instruction.
    #[allow(dead_code)] // No helper that is called so far raises by itself.
    fn raising(&mut self, i: Inst) -> Rec<Ref> {
        let snap = self.make_snapshot(Resume::Raise);
        self.emit(Inst { snap, ..i })
    }

    fn snapshot(&mut self) -> u32 {
        if let Some(s) = self.snap {
            return s;
        }
        let s = self.make_snapshot(Resume::Run);
        self.snap = Some(s);
        s
    }

    /// The slots that the current instruction may need.
    fn limits(&self) -> Vec<(i32, i32)> {
        frame::limits(&self.frames, self.pc)
    }

    fn make_snapshot(&mut self, resume: Resume) -> u32 {
        let last = self.frames.len() - 1;
        let limits = self.limits();
        let mut slots: Vec<(i32, Ref)> = Vec::with_capacity(16);
        for &(from, to) in &limits {
            slots.extend(self.known.range(from, to).filter(|(_, k)| !k.clean).map(|(s, k)| (s, k.value)));
        }
        let live = limits[0].1;
        if *self.chain != self.frames {
            self.chain = Rc::new(self.frames.clone());
        }
        self.b.snapshot(Snapshot {
            slots,
            objects: Vec::new(),
            pc: self.pc.0 as u64,
            frame: self.frames[last].base,
            depth: self.depth(),
            live,
            in_memory: self.in_memory.share(),
            all_in_memory: self.all_in_memory,
            resume,
            chain: self.chain.clone(),
            shapes: Rc::default(),
        })
    }

    /// Leaves the instruction to the interpreter.
    fn step(&mut self) -> Rec<Next> {
        let pc = self.pc;
        let snap = self.make_snapshot(Resume::Run);
        let (frame, depth) = (self.base(), self.depth());
        self.b.region.steps.push(StepInfo {
            pc: pc.0 as u64,
            frame,
            top: frame + self.frame().code().register_count.get() as i32,
            next_pc: 0,
            next_frame: 0,
            depth,
            next_depth: 0,
            writes: None,
        });
        let n = self.b.region.steps.len() as u32 - 1;
        self.emit(Inst { snap, ..Inst::new(Ir::Step, &[]).imm(n as i64) })?;
        self.pending = Some(n);
        // What was known is in memory now; what is dead is not known any more.
        let alive = &self.b.region.snaps[snap as usize].slots;
        self.known.retain(|s, k| k.clean || alive.binary_search_by_key(s, |a| a.0).is_ok());
        for (s, k) in self.known.iter_mut() {
            k.clean = true;
            if s < self.frames.get(1).map_or(i32::MAX, |f| f.base - FRAME_WORDS as i32) {
                self.in_memory.insert(s);
            }
        }
        let call_pc = pc.0 as u64;
        let needed = frame::live(self.frame().code(), pc) as i32;
        if let Some(f) = self.frames.last_mut() {
            f.call_pc = call_pc;
            f.live = needed;
        }
        Ok(Next::Go)
    }

    /// The next instruction is `words` further.
    fn go(&mut self, words: usize) -> Rec<Next> {
        self.pc = self.pc.skip(words);
        Ok(Next::Go)
    }

    /// Ends the region.
    fn finish(&mut self, next: Next, pc: Pc) -> Rec<()> {
        self.pc = pc;
        if self.is_dull() {
            return Err(Abort::MostlySteps);
        }
        match next {
            Next::Link(t)
                if let Start::Side { exit } = self.start
                    && cache::is_retyped(exit, t) =>
            {
                return Err(Abort::Retyped);
            }
            Next::Close => {
                let live = frame::needed(self.frames[0].code(), self.start.target()) as i32;
                let mut at_end = Vec::new();
                for s in -1..live {
                    match self.known.get(&s) {
                        Some(k) => at_end.push((s, AtEnd::Known(k.value))),
                        None if s >= 0 && (self.all_in_memory || self.in_memory.contains(&s)) => {
                            at_end.push((s, AtEnd::InMemory))
                        }
                        None => {}
                    }
                }
                peel::peel(&mut self.b, &at_end)?;
            }
            Next::Stop => {
                if self.is_short() {
                    return Err(Abort::Short);
                }
                let s = self.make_snapshot(Resume::Run);
                let block = self.b.block;
                self.b.region.blocks[block].end = End::Exit(s);
            }
            Next::Return(v) => {
                let s = self.make_snapshot(Resume::Run);
                let block = self.b.block;
                self.b.region.blocks[block].end = End::Return(v, s);
            }
            Next::Link(t) => {
                let s = self.make_snapshot(Resume::Run);
                let block = self.b.block;
                self.b.region.blocks[block].end = End::Link(t, s);
            }
            Next::Go => {}
        }
        Ok(())
    }

    /// Records the instruction.
    fn record(&mut self, pc: Pc, regs: Regs, th: &Thread) -> Rec<Next> {
        use Op::*;
        let op = Op::ALL[pc.op() as usize];
        if let Some(next) = self.special(op, pc, regs, th)? {
            return Ok(next);
        }
        match op {
            NOP
            | ENTER
            | ENTER_TRACE
            | MOVE
            | LOAD_CONST
            | LOAD_K
            | LOAD_INT
            | LOAD_NONE
            | LOAD_BOOL
            | CLEAR
            | CHECK_BOUND
            | LOAD_CELL
            | STORE_CELL
            | LOAD_FREE
            | STORE_FREE
            | LOAD_FREE_CELL
            | PUSH_MISSING
            | LOAD_GLOBAL
            | LOAD_GLOBAL_CELL
            | LOAD_GLOBAL_BUILTIN
            | LOAD_GLOBAL_CELL_CALLEE
            | LOAD_GLOBAL_BUILTIN_CALLEE
            | STORE_GLOBAL_CELL => self.basic(op, pc, regs, th),
            JUMP | JUMP_BACK | JUMP_BACK_TRACE | JUMP_IF_TRUE | JUMP_IF_FALSE | JUMP_IF_NONE
            | JUMP_IF_NOT_NONE | JUMP_IS | JUMP_IF_NOT_SUPER | JUMP_IF_NOT_BUILTIN | IS | IS_NOT | NOT
            | TO_BOOL => self.branch(op, pc, regs, th),
            LT | LE | EQ | NE | GT | GE | JUMP_LT | JUMP_LE | JUMP_EQ | JUMP_NE | JUMP_GT | JUMP_GE
            | JUMP_LT_K | JUMP_LE_K | JUMP_EQ_K | JUMP_NE_K | JUMP_GT_K | JUMP_GE_K => {
                self.compare(op, pc, regs, th)
            }
            LOAD_ATTR | LOAD_ATTR_SLOT | LOAD_ATTR_CLASS | LOAD_ATTR_MODULE | LOAD_ATTR_MEMBER
            | LOAD_ATTR_PROPERTY | LOAD_ATTR_TYPE => self.load_attr(pc, regs, th),
            LOAD_METHOD | LOAD_METHOD_CLASS | LOAD_METHOD_SLOT | LOAD_METHOD_MODULE | LOAD_METHOD_TYPE => {
                self.load_method(pc, regs, th)
            }
            STORE_ATTR | STORE_ATTR_SLOT | STORE_ATTR_ADD | STORE_ATTR_MEMBER => {
                self.store_attr(pc, regs, th)
            }
            GETITEM | GETITEM_K | GETITEM_LIST | GETITEM_TUPLE | GETITEM_DICT => {
                self.getitem(op, pc, regs, th)
            }
            SETITEM | SETITEM_LIST | SETITEM_DICT => self.setitem(pc, regs, th),
            DELITEM => self.delitem(pc, regs, th),
            GETSLICE => self.getslice(pc, regs, th),
            SETSLICE => self.setslice(pc, regs),
            IN | NOT_IN | JUMP_IN => self.membership(op, pc, regs, th),
            BUILD_SLICE | BUILD_MAP | BUILD_SET | BUILD_STRING | LIST_TO_TUPLE | FORMAT | FORMAT_SPEC
            | CONVERT => self.build(op, pc, regs, th),
            LIST_APPEND | LIST_EXTEND | SET_ADD | MAP_ADD => self.comprehend(op, pc, regs, th),
            UNPACK if self.unpacked.take() == Some(pc) => self.go(op.words()),
            UNPACK => self.unpack(pc, regs, th),
            FOR_ITER | FOR_ITER_LIST | FOR_ITER_TUPLE | FOR_ITER_RANGE | FOR_ITER_GENERATOR => {
                self.for_iter(pc, regs, th)
            }
            GET_ITER => self.get_iter(pc, regs, th),
            BUILD_TUPLE | BUILD_LIST => self.build_sequence(op, pc, th),
            MAKE_CELL => self.make_cell(pc),
            CALL | CALL_PY | CALL_NATIVE | CALL_CLASS | CALL_KW => self.call(op, pc, regs, th),
            CALL_EX => self.call_ex(pc, regs, th),
            ARGS_TUPLE => self.args_tuple(pc, regs),
            LOAD_SUPER_ATTR | LOAD_SUPER_METHOD => self.load_super(op, pc, regs, th),
            YIELD => self.yield_(pc, regs, th),
            MAKE_FUNCTION => self.make_function(pc, regs, th),
            SEND => self.send(pc, regs, th),
            RETURN_GENERATOR => self.return_generator(pc, th),
            GET_YIELD_FROM_ITER => self.get_yield_from(pc, regs),
            RETURN | RETURN_NONE => self.return_(op, pc, regs, th),
            _ if krait_vm::jit::operator_of(op).is_some() => self.arithmetic(op, pc, regs, th),
            NEG | POS | INVERT => self.unary(op, pc, regs, th),
            _ => self.step(),
        }
    }
}
