//! The trace cache: which places have traces, what was tried and given up, and how often.
//!
//! One per process, behind a lock that is only taken when something is recorded or compiled, never by running code.

use crate::alloc::allocate;
use crate::code;
use crate::emit::{Context, Entrance, assemble};
use crate::exit::{Exit, Loc};
use crate::ir::End;
use crate::options::Options;
use crate::passes::Pass;
use crate::record::{Abort, Rec, Recorder};
use krait_bytecode::Op;
use krait_object::code::Code;
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::{Thread, Value, string};
use krait_vm::jit::{Heat, Pc, Table};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Instant;

/// Recordings that may be begun at one place.
const ATTEMPTS: u32 = 4;
/// Traces that may grow on one root trace.
const MAX_SIDE: u32 = 200;

/// Where a trace begins.
#[derive(Clone, Copy)]
pub enum Start {
    /// At a loop's header or a function's first instruction: `at` counted, `target` is where it goes on.
    Root { at: Pc, target: Pc },
    /// At an exit.
    Side { exit: &'static Exit },
}

impl Start {
    /// The first instruction.
    pub fn target(&self) -> Pc {
        match self {
            Start::Root { target, .. } => *target,
            Start::Side { exit } => Pc(exit.pc as *const u64),
        }
    }

    /// Is it the start of a loop?
    pub fn is_loop(&self) -> bool {
        match self {
            Start::Root { at, .. } => {
                matches!(Op::ALL[at.op() as usize], Op::JUMP_BACK | Op::JUMP_BACK_TRACE)
            }
            Start::Side { .. } => false,
        }
    }
}

/// A compiled trace.
struct Trace {
    entry: u64,
    /// The root trace that it belongs to.
    root: u64,
    /// Traces grown on it (of a root trace).
    grown: u32,
    /// Does it begin at a loop's header?
    is_loop: bool,
    name: String,
    /// How it is entered, other than by links.
    door: Door,
}

/// How a trace is entered.
enum Door {
    /// By instructions: what they name, and their addresses.
    Places { target: u64, is_loop: bool, at: Vec<u64> },
    /// Through an exit (its address; exits live as long as the process).
    Exit(usize),
    /// Not any more.
    Closed,
}

/// What happened, for `-X jit-stats`.
#[derive(Default)]
pub struct Stats {
    pub roots: u32,
    pub sides: u32,
    /// Traces given up because something changed that they took for constant.
    pub forgotten: u32,
    pub exits: usize,
    pub bytecodes: usize,
    pub aborts: BTreeMap<(String, String), u32>,
    pub steps: BTreeMap<&'static str, u32>,
    /// Calls of native functions that were recorded as steps, by name.
    pub calls: BTreeMap<&'static str, u32>,
}

#[derive(Default)]
struct Cache {
    traces: Vec<Trace>,
    loops: HashMap<u64, u64>,
    functions: HashMap<u64, u64>,
    /// Where links to the trace of a place find its entrance. Code has the addresses.
    links: HashMap<u64, &'static AtomicU64>,
    tried: HashMap<u64, u32>,
    kept: HashSet<u64>,
    stats: Stats,
}

fn cache() -> MutexGuard<'static, Cache> {
    static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();
    let m = CACHE.get_or_init(Mutex::default);
    m.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The values that traces refer to: a list in the heap.
static KEPT: InterpSlot = InterpSlot::new();

/// Keeps a value alive as long as traces are.
pub fn keep(th: &Thread, v: Value) {
    if !v.is_cell() || !cache().kept.insert(v.0) {
        return;
    }
    let l = match KEPT.get(th).and_then(List::from_value) {
        Some(l) => l,
        None => {
            let l = list::new(th);
            KEPT.set(th, l.value());
            l
        }
    };
    if l.push(th, v).is_err() {
        // Without memory for one more item the program ends soon; the object is still held by what was recorded.
        th.clear_pending();
    }
}

/// The trace of the loop with this header.
pub fn loop_at(pc: Pc) -> Option<u64> {
    cache().loops.get(&(pc.0 as u64)).copied()
}

/// Does the exit belong to a loop and what grew on it? (The other trees begin at functions.)
pub fn is_of_loop(exit: &Exit) -> bool {
    let c = cache();
    let root = c.traces[exit.trace as usize].root;
    c.traces[root as usize].is_loop
}

/// May a trace grow at the exit?
pub fn may_grow(exit: &Exit) -> bool {
    let c = cache();
    let root = c.traces[exit.trace as usize].root;
    c.traces[root as usize].grown < MAX_SIDE
}

/// A place is hot: enters its trace, or starts recording.
pub fn hot(th: &Thread, heat: Heat) -> Option<&'static Table> {
    if !heat.plain {
        return None;
    }
    // A recording of this loop that lost its table somewhere would keep others away for ever.
    if crate::record::is_current(th) {
        crate::record::left(th);
    }
    if crate::record::is_active(th) {
        return None;
    }
    let mut c = cache();
    let target = heat.target().0 as u64;
    let is_loop = heat.at.op() == Op::JUMP_BACK as u16;
    let known = if is_loop { c.loops.get(&target) } else { None }.or_else(|| c.functions.get(&target));
    if let Some(&t) = known {
        let trace = &mut c.traces[t as usize];
        let entry = trace.entry;
        if let Door::Places { at, .. } = &mut trace.door {
            at.push(heat.at.0 as u64);
        }
        drop(c);
        patch(heat.at, entry);
        return None;
    }
    let tried = c.tried.entry(heat.at.0 as u64).or_default();
    if *tried >= ATTEMPTS {
        return None;
    }
    *tried += 1;
    drop(c);
    Some(crate::record::start(th, heat))
}

fn patch(at: Pc, entry: u64) {
    at.set_extra(0, entry);
    at.set_op(if at.op() == Op::JUMP_BACK as u16 { Op::JUMP_BACK_TRACE } else { Op::ENTER_TRACE });
}

/// A place in a program, for people.
fn place(code: Code, pc: Pc) -> String {
    let line = code.position(code.offset_of(pc.0)).map_or(0, |p| p.line);
    let text = |v: Value| string::get(v).map(|s| s.to_text()).unwrap_or_default();
    format!("{} {}:{line}", text(code.qualname.get()), text(code.filename.get()))
}

/// Where an exit leaves.
pub fn place_of(e: &Exit) -> String {
    e.chain.last().map_or_else(String::new, |f| place(f.code(), Pc(e.pc as *const u64)))
}

/// A call of a native function of this name was left to the interpreter.
pub fn count_call(name: &'static str) {
    *cache().stats.calls.entry(name).or_default() += 1;
}

/// The same as a symbol for a profiler.
fn symbol(code: Code, pc: Pc) -> String {
    let line = code.position(code.offset_of(pc.0)).map_or(0, |p| p.line);
    let text = |v: Value| string::get(v).map(|s| s.to_text()).unwrap_or_default();
    format!("py::{}:{}:{line}", text(code.qualname.get()), text(code.filename.get()))
}

/// A recording was given up.
pub fn aborted(th: &Thread, r: &Recorder, why: Abort, pc: Pc) {
    let op = Op::ALL[pc.op() as usize].name();
    let home = place(r.code(), r.start.target());
    {
        let mut c = cache();
        *c.stats.aborts.entry((format!("{why:?} at {op}"), home.clone())).or_default() += 1;
    }
    crate::log::write(|o| {
        use std::fmt::Write;
        let _ = writeln!(o, "abort: {why:?} at {op} while recording {home}\n{}", r.b.region);
    });
    if let Start::Side { exit } = r.start
        && why == Abort::NoProgress
    {
        // It would be so the next time, too.
        exit.attempts.set(crate::exit::ATTEMPTS);
    }
    // The place counts again, a few times; from another number, so that it does not meet the same turn of a short loop.
    if let Start::Root { at, .. } = r.start
        && (at.op() == Op::JUMP_BACK as u16 || at.op() == Op::ENTER as u16)
    {
        let tried = cache().tried.get(&(at.0 as u64)).copied().unwrap_or(1) as u64;
        let threshold = th.hot_threshold.get();
        at.set_extra(0, (7 * tried) % threshold.max(1) / 2);
    }
}

/// Gives up a trace that relied on something that has changed: nothing enters it any more but links, which leave at its
/// first check, and its place may be recorded again.
pub fn forget(trace: u64) {
    let mut c = cache();
    let c = &mut *c;
    match std::mem::replace(&mut c.traces[trace as usize].door, Door::Closed) {
        Door::Places { target, is_loop, at } => {
            let known = if is_loop { &mut c.loops } else { &mut c.functions };
            if known.get(&target) == Some(&trace) {
                known.remove(&target);
            }
            for at in at {
                let pc = Pc(at as *const u64);
                let general = match Op::ALL[pc.op() as usize] {
                    Op::JUMP_BACK_TRACE => Op::JUMP_BACK,
                    Op::ENTER_TRACE => Op::ENTER,
                    _ => continue,
                };
                pc.set_op(general);
                pc.set_extra(0, 0);
                c.tried.remove(&at);
            }
        }
        Door::Exit(exit) => {
            // SAFETY: the address of an exit, which is never freed.
            let exit = unsafe { &*(exit as *const Exit) };
            exit.target.set(code::common_exit());
            exit.attempts.set(0);
        }
        Door::Closed => return,
    }
    c.stats.forgotten += 1;
}

/// Compiles a finished recording and puts it in its place.
pub fn compile(th: &Thread, r: &Recorder) -> Rec {
    let begun = Instant::now();
    if r.flag.is_some_and(crate::watch::is_stale) {
        return Err(Abort::Stale);
    }
    let mut region = r.b.region.clone();
    let options = Options::get();
    if !options.disable.has(Pass::Range) {
        crate::range::run(&mut region);
    }
    if !options.disable.has(Pass::Dce) {
        crate::dce::run(&mut region);
    }
    if !options.disable.has(Pass::Sink) {
        crate::sink::run(&mut region);
        if !options.disable.has(Pass::Dce) {
            crate::dce::run(&mut region);
        }
    }
    let incoming: Vec<Loc> = match r.start {
        Start::Root { .. } => Vec::new(),
        Start::Side { exit } => exit.places(),
    };
    let places = allocate(&region, &incoming).map_err(|_| Abort::NoRoom)?;
    let common = code::common().ok_or(Abort::NoRoom)?;
    let (id, root, link) = {
        let c = cache();
        let id = c.traces.len() as u64;
        let root = match r.start {
            Start::Root { .. } => id,
            Start::Side { exit } => c.traces[exit.trace as usize].root,
        };
        let link =
            region.blocks.iter().find_map(|b| if let End::Link(t, _) = b.end { Some(t) } else { None });
        let link = match link.map(|t| &c.traces[t as usize].door) {
            Some(Door::Places { target, .. }) => c.links.get(target).map_or(0, |l| l.as_ptr() as u64),
            Some(_) => return Err(Abort::Stale),
            None => 0,
        };
        (id, root, link)
    };
    let entrance = match r.start {
        Start::Root { target, .. } => Entrance::Root { pc: target.0 as u64 },
        Start::Side { exit } => Entrance::Side {
            places: incoming,
            depth: exit.depth_in_memory,
            lowest: exit.chain.first().map_or(0, |f| f.base),
        },
    };
    let cx = Context {
        common,
        trace: id,
        extent: r.extent,
        shapes: th.interp.shapes.base() as u64,
        link,
        flag: r.flag,
        fail_guards: options.fail_guards,
        stale: if let Start::Side { exit } = r.start { exit.stale } else { 0 },
    };
    let made = assemble(&region, &places, &entrance, &cx);
    let (offset, exits) = (made.link as u64, made.exits);
    let bytes = made.bytes;
    let entry = code::install(made.asm).ok_or(Abort::NoRoom)?;
    let name = place(r.code(), r.start.target());
    let symbol = symbol(r.code(), r.start.target());
    let time = begun.elapsed();
    crate::log::write(|o| {
        use std::fmt::Write;
        let kind = match r.start {
            Start::Root { .. } if r.start.is_loop() => "loop".to_owned(),
            Start::Root { .. } => "function".to_owned(),
            Start::Side { exit } => format!("side trace of {}", exit.trace),
        };
        let _ = writeln!(
            o,
            "trace {id}: {kind} {name}, {} bytecodes, {bytes} bytes at {entry:#x}, {time:?}",
            r.bytecodes
        );
        crate::log::sources(o, &r.trail);
        let _ = writeln!(o, "{region}");
        // What a log shows can be made a test.
        if let Err(e) = crate::parse::round_trip(&region) {
            let _ = writeln!(o, "this text does not read back: {e}");
        }
        crate::log::disassemble(o, entry, bytes);
    });
    crate::perf::trace(th, entry, bytes, id, &symbol);
    let mut c = cache();
    for s in &region.steps {
        let op = Op::ALL[Pc(s.pc as *const u64).op() as usize].name();
        *c.stats.steps.entry(op).or_default() += 1;
    }
    let door = match r.start {
        Start::Root { at, target } => {
            let target = target.0 as u64;
            let is_loop = r.start.is_loop();
            if is_loop {
                let link = c.links.entry(target).or_insert_with(|| Box::leak(Box::default()));
                link.store(entry + offset, Ordering::Relaxed);
            }
            Door::Places { target, is_loop, at: vec![at.0 as u64] }
        }
        Start::Side { exit } => Door::Exit(std::ptr::from_ref(exit) as usize),
    };
    c.traces.push(Trace { entry, root, grown: 0, is_loop: r.start.is_loop(), name, door });
    c.stats.exits += exits;
    c.stats.bytecodes += r.bytecodes;
    match r.start {
        Start::Root { at, target } => {
            c.stats.roots += 1;
            // A generator's loop that was left by a yield is entered by the interpreter only: whoever consumes the generator
            // in a trace records its body.
            let is_loop = r.start.is_loop() && !r.suspends;
            if is_loop { &mut c.loops } else { &mut c.functions }.insert(target.0 as u64, id);
            drop(c);
            if matches!(Op::ALL[at.op() as usize], Op::JUMP_BACK | Op::ENTER) {
                patch(at, entry);
            }
        }
        Start::Side { exit } => {
            c.stats.sides += 1;
            c.traces[root as usize].grown += 1;
            drop(c);
            exit.target.set(entry);
        }
    }
    Ok(())
}

/// Prints what happened.
pub fn print_stats() {
    let c = cache();
    let s = &c.stats;
    eprintln!(
        "jit: {} root traces, {} side traces, {} forgotten, {} exits, {} bytecodes, {:.3} ms compile time, {} KiB code",
        s.roots,
        s.sides,
        s.forgotten,
        s.exits,
        s.bytecodes,
        crate::stats::spent().as_secs_f64() * 1e3,
        code::used() / 1024
    );
    for (id, t) in c.traces.iter().enumerate().filter(|(id, t)| *id as u64 == t.root) {
        eprintln!("jit: trace {id}: {} ({} side traces)", t.name, t.grown);
    }
    crate::stats::print_exits();
    for ((why, at), n) in &s.aborts {
        eprintln!("jit: abort {n}x {why}: {at}");
    }
    for (name, n) in &s.calls {
        eprintln!("jit: native call left to the interpreter {n}x {name}");
    }
    for (op, n) in &s.steps {
        eprintln!("jit: left to the interpreter {n}x {op}");
    }
}
