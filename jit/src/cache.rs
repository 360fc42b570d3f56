//! The trace cache: which places have traces, what was tried and given up, and how often.
//!
//! One per process, behind a lock that is only taken when something is recorded or compiled, never by running code.

use crate::alloc::allocate;
use crate::code;
use crate::emit::{Context, Entrance, assemble};
use crate::exit::{Exit, Loc};
use crate::ir::{End, Op as Ir};
use crate::kept::Kept;
use crate::log;
use crate::options::Options;
use crate::passes::Pass;
use crate::record::{Abort, Rec, Recorder};
use krait_bytecode::Op;
use krait_object::code::Code;
use krait_object::watch::Notice;
use krait_object::{Thread, Value, string};
use krait_vm::jit::{Heat, Pc, Table};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Recordings that may be begun at one place.
const ATTEMPTS: u32 = 4;
/// Traces grown on a root trace that is given up for another recording, with other types or with the sides of branches:
/// larger trees cost too much.
const MAX_GIVEN_UP: u32 = 6;
/// A root is recorded anew this often at most; a recording that gained nothing counts as several.
const RENEWALS: u32 = 8;
const VAIN_RENEWAL: u32 = 4;
/// Traces that may grow on one root trace.
const MAX_SIDE: u32 = 200;
/// Side traces that grow one on another at one instruction. What an instruction finds there is as often something new (a
/// class that is made at every call): one more check would not help, and all of them are passed each time.
const MAX_KINDS: u32 = 8;

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
pub(crate) struct Trace {
    pub entry: u64,
    /// Bytes of code.
    pub bytes: usize,
    /// Where links enter it (a loop's).
    pub link: u64,
    /// The root trace that it belongs to.
    pub root: u64,
    /// The traces that begin at its exits.
    pub children: Vec<u64>,
    /// Traces grown on it (of a root trace).
    grown: u32,
    /// Does it begin at a loop's header?
    is_loop: bool,
    /// How often the root was recorded anew, and whether it is to be now.
    renewals: u32,
    renew: bool,
    pub name: String,
    /// How it is entered, other than by links.
    pub door: Door,
    /// Nothing enters it any more; it waits until no thread is in it.
    pub retired: bool,
    /// It was shut to see whether it is used (`reclaim.rs`), and was not since.
    pub asked: bool,
    /// The addresses of its exits.
    pub exits: Vec<usize>,
    pub flag: Option<crate::watch::Flag>,
    /// The word with the entrance of the trace that it is linked to.
    #[expect(dead_code, reason = "code has the word's address")]
    linked: Option<Arc<AtomicU64>>,
    /// The code object (its word) that the root begins in, and the list that holds what the tree refers to (`kept.rs`).
    pub code: u64,
    pub list: u64,
}

/// How a trace is entered.
pub(crate) enum Door {
    /// By instructions: what they name, and their addresses.
    Places { target: u64, is_loop: bool, at: Vec<u64> },
    /// Through an exit (its address; it lives at least as long).
    Exit(usize),
    /// Not any more.
    Closed,
}

/// What happened, for `-X jit-stats`.
#[derive(Default)]
pub struct Stats {
    pub roots: u32,
    pub sides: u32,
    /// Roots recorded anew, and branches in regions.
    pub renewed: u32,
    pub joined: u32,
    /// Traces given up because something changed that they took for constant.
    pub forgotten: u32,
    /// Loops recorded anew because values have other types.
    pub retyped: u32,
    /// Loops recorded anew because checks ahead of them did not hold.
    pub unhoisted: u32,
    /// Trees given up to make room.
    pub evicted: u32,
    /// Trees and single traces whose code was freed, and its bytes.
    pub freed: u32,
    pub freed_bytes: usize,
    /// Names of roots that are gone, while they are to be printed.
    pub gone: Vec<String>,
    /// Recordings put off because compiling took too much of the time already.
    pub refused: u32,
    pub exits: usize,
    pub bytecodes: usize,
    pub aborts: BTreeMap<(String, String), u32>,
    pub steps: BTreeMap<&'static str, u32>,
    /// Calls of native functions that were recorded as steps, by name.
    pub calls: BTreeMap<&'static str, u32>,
}

/// How often something was tried at a place.
#[derive(Default)]
pub(crate) struct Tried {
    pub attempts: u32,
    /// When it was hot first.
    pub since: Option<Duration>,
    /// How often its trace was thrown out, and how often the place may get hot before it is recorded again.
    pub evicted: u32,
    pub skip: u32,
    /// Its loop's trace was given up once because values have other types than when it was recorded.
    pub retyped: bool,
    /// Checks that were made ahead of its loop did not hold: they stay in the loop.
    pub unhoisted: bool,
}

#[derive(Default)]
pub(crate) struct Cache {
    pub traces: HashMap<u64, Trace>,
    /// The number of the next one.
    next: u64,
    /// The traces by their code's addresses.
    pub by_address: BTreeMap<u64, u64>,
    /// The roots by the code object (its word) that they begin in.
    pub by_code: HashMap<u64, Vec<u64>>,
    pub loops: BTreeMap<u64, u64>,
    pub functions: BTreeMap<u64, u64>,
    /// Where links to the trace of a place find its entrance.
    pub links: BTreeMap<u64, Arc<AtomicU64>>,
    pub tried: BTreeMap<u64, Tried>,
    /// Recordings in progress on a tree, by its root.
    pub recorded: HashMap<u64, u32>,
    pub reclaim: crate::reclaim::State,
    pub stats: Stats,
}

/// Code objects that have died since the cache was looked at last: word, first instruction, words.
static DIED: Mutex<Vec<(u64, u64, u64)>> = Mutex::new(Vec::new());

/// Notes what happened; the cache may be in use by whoever allocated.
pub fn noticed(n: Notice) {
    match n {
        Notice::CodeDied { code, start, words } => {
            DIED.lock().unwrap_or_else(PoisonError::into_inner).push((code, start as u64, words as u64));
        }
        Notice::Forking => crate::memory::seal(),
    }
}

/// The cache, without what has died.
pub(crate) fn cache() -> MutexGuard<'static, Cache> {
    static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();
    let mut c = CACHE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let died = std::mem::take(&mut *DIED.lock().unwrap_or_else(PoisonError::into_inner));
    died.into_iter().for_each(|(code, start, words)| c.code_died(code, start..start + 8 * words));
    c
}

/// A recording begins at the exit: what holds its values.
pub fn opened(th: &Thread, exit: &Exit) -> Kept {
    let (code, list) = {
        let mut c = cache();
        let root = c.traces.get(&exit.trace).map_or(exit.trace, |t| t.root);
        *c.recorded.entry(root).or_default() += 1;
        c.traces.get(&root).map_or((0, 0), |r| (r.code, r.list))
    };
    Kept::side(th, code, list)
}

/// A recording has ended.
pub fn closed(start: &Start) {
    let Start::Side { exit } = start else { return };
    let mut c = cache();
    let root = c.traces.get(&exit.trace).map_or(exit.trace, |t| t.root);
    if let Some(n) = c.recorded.get_mut(&root) {
        *n -= 1;
        if *n == 0 {
            c.recorded.remove(&root);
        }
    }
}

/// Not zero where the address of some loop's first instruction falls that had a trace once.
static LOOPS: [AtomicU8; 4096] = [const { AtomicU8::new(0) }; 4096];

fn filter(pc: u64) -> usize {
    (pc >> 3) as usize % LOOPS.len()
}

/// The trace of the loop with this header.
pub fn loop_at(pc: Pc) -> Option<u64> {
    // Every recorded instruction asks, and hardly any is a loop's first.
    if LOOPS[filter(pc.0 as u64)].load(Ordering::Relaxed) == 0 {
        return None;
    }
    cache().loops.get(&(pc.0 as u64)).copied()
}

/// Does the exit belong to a loop and what grew on it? (The other trees begin at functions.)
pub fn is_of_loop(exit: &Exit) -> bool {
    let c = cache();
    c.traces.get(&exit.trace).and_then(|t| c.traces.get(&t.root)).is_some_and(|r| r.is_loop)
}

impl Cache {
    /// How many of the traces below the exit left at the same instruction.
    fn kinds(&self, exit: &Exit) -> u32 {
        let (mut n, mut trace) = (0, exit.trace);
        while let Some(Door::Exit(at)) = self.traces.get(&trace).map(|t| &t.door) {
            // SAFETY: the exit is that of the trace that this one grew on, which is not freed before.
            let below = unsafe { &*(*at as *const Exit) };
            n += (below.pc == exit.pc) as u32;
            trace = below.trace;
        }
        n
    }
}

/// May a trace grow at the exit?
pub fn may_grow(exit: &Exit) -> bool {
    let mut c = cache();
    let Some(t) = c.traces.get(&exit.trace) else { return false };
    if t.retired || c.traces.get(&t.root).is_none_or(|r| r.grown >= MAX_SIDE) {
        return false;
    }
    if c.kinds(exit) >= MAX_KINDS {
        return false;
    }
    if !crate::budget::is_left() {
        c.stats.refused += 1;
        return false;
    }
    true
}

/// The root of the tree that an exit belongs to.
pub fn root_of(exit: &Exit) -> u64 {
    cache().traces.get(&exit.trace).map_or(exit.trace, |t| t.root)
}

/// Is there such a root?
pub fn is_root(id: u64) -> bool {
    cache().traces.get(&id).is_some_and(|t| t.root == id && !t.retired)
}

/// May the exit's trace get the other sides of its branches?
pub fn takes_arms(exit: &Exit) -> bool {
    let off = Options::get().disable;
    let c = cache();
    let Some(t) = c.traces.get(&exit.trace) else { return false };
    !off.has(Pass::Merge)
        && !off.has(Pass::Peel)
        && t.root == exit.trace
        && !t.retired
        && t.renewals < RENEWALS
        && t.grown <= MAX_GIVEN_UP
}

/// Is the exit's trace, a root, better recorded anew, with its branches in one region? Then its places count again, and
/// are hot the next time.
pub fn renews(th: &Thread, exit: &Exit) -> bool {
    let mut c = cache();
    let Some(t) = c.traces.get_mut(&exit.trace) else { return false };
    if t.retired || t.renewals >= RENEWALS || !matches!(t.door, Door::Places { .. }) {
        return false;
    }
    t.renewals += 1;
    t.renew = true;
    c.shut(exit.trace, th.hot_threshold.get().saturating_sub(1));
    true
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
    if c.reclaim.is_due() {
        crate::reclaim::reclaim(th, &mut c);
    }
    let target = heat.target().0 as u64;
    let is_loop = heat.at.op() == Op::JUMP_BACK as u16;
    let known =
        if is_loop { c.loops.get(&target) } else { None }.or_else(|| c.functions.get(&target)).copied();
    if let Some(t) = known.and_then(|t| c.traces.get_mut(&t)) {
        if std::mem::take(&mut t.renew) {
            drop(c);
            return Some(crate::record::start(th, heat, known));
        }
        let (entry, link) = (t.entry, t.link);
        t.asked = false;
        if let Door::Places { at, .. } = &mut t.door
            && !at.contains(&(heat.at.0 as u64))
        {
            at.push(heat.at.0 as u64);
        }
        if link != 0
            && let Some(word) = c.links.get(&target)
        {
            word.store(link, Ordering::Relaxed);
        }
        drop(c);
        patch(heat.at, entry);
        return None;
    }
    let tried = c.tried.entry(heat.at.0 as u64).or_default();
    if tried.skip > 0 {
        tried.skip -= 1;
        drop(c);
        heat.at.set_extra(0, 0);
        return None;
    }
    if tried.attempts >= ATTEMPTS {
        return None;
    }
    if !is_loop && tried.attempts == 0 && !crate::budget::is_of_age(&mut tried.since) {
        drop(c);
        heat.at.set_extra(0, 0);
        return None;
    }
    if !crate::budget::is_left() {
        c.stats.refused += 1;
        drop(c);
        count_again(th, heat.at);
        return None;
    }
    tried.attempts += 1;
    drop(c);
    Some(crate::record::start(th, heat, None))
}

/// The place could not be recorded now, for no reason of its own.
fn count_again(th: &Thread, at: Pc) {
    at.set_extra(0, th.hot_threshold.get() / 2);
}

fn patch(at: Pc, entry: u64) {
    at.set_extra(0, entry);
    at.set_op(if at.op() == Op::JUMP_BACK as u16 { Op::JUMP_BACK_TRACE } else { Op::ENTER_TRACE });
}

/// The instruction counts again, from this number on.
pub(crate) fn unpatch(at: u64, count: u64) {
    let pc = Pc(at as *const u64);
    let general = match Op::ALL[pc.op() as usize] {
        Op::JUMP_BACK_TRACE => Op::JUMP_BACK,
        Op::ENTER_TRACE => Op::ENTER,
        _ => return,
    };
    pc.set_op(general);
    pc.set_extra(0, count);
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
    if Options::get().stats || log::is_on() {
        let op = Op::ALL[pc.op() as usize].name();
        let home = place(r.code(), r.start.target());
        log::write(|o| {
            use std::fmt::Write;
            let _ = writeln!(o, "abort: {why:?} at {op} while recording {home}\n{}", r.b.region);
        });
        *cache().stats.aborts.entry((format!("{why:?} at {op}"), home)).or_default() += 1;
    }
    if let Some(flag) = r.flag {
        // SAFETY: what was assembled with it, if anything, is gone.
        unsafe { crate::watch::release(flag) };
    }
    if let Start::Side { exit } = r.start
        && why == Abort::NoProgress
    {
        // It would be so the next time, too.
        exit.attempts.set(crate::exit::ATTEMPTS);
    }
    // The tree that was to be recorded anew goes on.
    if let Start::Root { at, .. } = r.start
        && let Some(old) = r.renewed()
        && let Some(t) = cache().traces.get_mut(&old).filter(|t| !t.retired)
    {
        t.renewals += VAIN_RENEWAL;
        if at.op() == Op::JUMP_BACK as u16 || at.op() == Op::ENTER as u16 {
            at.set_extra(0, th.hot_threshold.get().saturating_sub(1));
        }
        return;
    }
    // The place counts again, a few times; from another number, so that it does not meet the same turn of a short loop.
    if let Start::Root { at, .. } = r.start
        && (at.op() == Op::JUMP_BACK as u16 || at.op() == Op::ENTER as u16)
    {
        let tried = cache().tried.get(&(at.0 as u64)).map_or(1, |t| t.attempts) as u64;
        let threshold = th.hot_threshold.get();
        at.set_extra(0, (7 * tried) % threshold.max(1) / 2);
    }
}

/// Gives up a trace that relied on something that has changed: nothing enters it any more, and its place may be recorded
/// again.
pub fn forget(trace: u64) {
    let mut c = cache();
    if c.traces.get(&trace).is_some_and(|t| !t.retired) {
        c.stats.forgotten += 1;
        c.retire(trace, |_, _| {});
    }
}

/// A side trace of a loop's own trace comes back to the loop, and began where a value had another type than in the recording.
/// From now on all turns may be so (a program's first data are often not like the others), and each would begin with the
/// recorded turn, leave it, and go through the side trace: nothing would be outside of the loop. So the loop is recorded
/// anew, once, with the values that it has now. True: its trace is given up.
pub fn is_retyped(exit: &Exit, linked: u64) -> bool {
    if exit.trace != linked || !matches!(exit.why, Ir::UnboxI | Ir::UnboxF | Ir::GuardShape) {
        return false;
    }
    let mut c = cache();
    let Some(t) = c.traces.get(&linked).filter(|t| t.is_loop && !t.retired && t.grown <= MAX_GIVEN_UP) else {
        return false;
    };
    let Door::Places { at, .. } = &t.door else { return false };
    if at.iter().any(|at| c.tried.get(at).is_some_and(|t| t.retyped)) {
        return false;
    }
    c.stats.retyped += 1;
    c.retire(linked, |c, at| c.tried.entry(at).or_default().retyped = true);
    true
}

/// What was checked ahead of a root's loop does not hold as a rule: it is recorded anew, and checks in every turn.
pub fn unhoist(trace: u64) {
    let mut c = cache();
    if c.traces.get(&trace).is_some_and(|t| !t.retired) {
        c.stats.unhoisted += 1;
        c.retire(trace, |c, at| c.tried.entry(at).or_default().unhoisted = true);
    }
}

/// May checks be made ahead of the loop that begins there?
fn hoists(start: &Start) -> bool {
    match start {
        Start::Root { at, .. } => !cache().tried.get(&(at.0 as u64)).is_some_and(|t| t.unhoisted),
        Start::Side { .. } => false,
    }
}

/// Compiles a finished recording and puts it in its place.
pub fn compile(th: &Thread, r: &mut Recorder) -> Rec {
    let begun = Instant::now();
    if r.flag.is_some_and(crate::watch::is_stale) {
        return Err(Abort::Stale);
    }
    if r.renewed().is_some() && r.joins.joined == 0 {
        return Err(Abort::NoGain);
    }
    let options = Options::get();
    // A log shows the region as it was recorded if this is given up.
    let mut region = if log::is_on() { r.b.region.clone() } else { std::mem::take(&mut r.b.region) };
    region.sort_blocks();
    region.drop_same_params();
    if !options.disable.has(Pass::Range) {
        crate::range::run(&mut region);
    }
    if !options.disable.has(Pass::Hoist) && hoists(&r.start) {
        crate::hoist::run(&mut region);
    }
    if !options.disable.has(Pass::Dce) {
        crate::dce::run(&mut region);
    }
    if !options.disable.has(Pass::Sink) && crate::sink::run(&mut region) && !options.disable.has(Pass::Dce) {
        crate::dce::run(&mut region);
    }
    let incoming: Vec<Loc> = match r.start {
        Start::Root { .. } => Vec::new(),
        Start::Side { exit } => exit.places(),
    };
    let places = allocate(&region, &incoming).map_err(|_| Abort::NoRoom)?;
    let common = code::common().ok_or(Abort::NoRoom)?;
    let (id, root, linked) = {
        let mut c = cache();
        let id = c.next;
        c.next += 1;
        let root = match r.start {
            Start::Root { .. } => id,
            Start::Side { exit } => match c.traces.get(&exit.trace) {
                Some(t) if !t.retired => t.root,
                _ => return Err(Abort::Stale),
            },
        };
        let link =
            region.blocks.iter().find_map(|b| if let End::Link(t, _) = b.end { Some(t) } else { None });
        let linked = match link.map(|t| c.traces.get(&t).map(|t| &t.door)) {
            Some(Some(Door::Places { target, .. })) => c.links.get(target).cloned(),
            Some(_) => return Err(Abort::Stale),
            None => None,
        };
        if link.is_some() && linked.is_none() {
            return Err(Abort::Stale);
        }
        (id, root, linked)
    };
    let entrance = match r.start {
        Start::Root { target, .. } => Entrance::Root { pc: target.0 as u64, code: r.kept.code },
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
        link: linked.as_ref().map_or(0, |l| l.as_ptr() as u64),
        flag: r.flag,
        fail_guards: options.fail_guards,
        stale: if let Start::Side { exit } = r.start { exit.stale } else { 0 },
    };
    let made = assemble(&region, &places, &entrance, &cx);
    let (offset, exits) = (made.link as u64, made.exits);
    let bytes = made.bytes;
    let Some(entry) = made.asm.finalize().ok().and_then(|code| crate::reclaim::install(th, &code, root))
    else {
        // SAFETY: the code that has their addresses is nowhere.
        exits.into_iter().for_each(|e| unsafe { crate::reclaim::free_exit(std::ptr::from_ref(e) as usize) });
        return Err(Abort::NoRoom);
    };
    // To find a line takes time.
    let named = options.stats || log::is_on();
    let name = if named { place(r.code(), r.start.target()) } else { String::new() };
    let time = begun.elapsed();
    log::write(|o| {
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
        log::sources(o, &r.trail);
        let _ = writeln!(o, "{region}");
        if let Err(e) = crate::verify::check(&region) {
            let _ = writeln!(o, "this region is wrong: {e}");
        }
        // What a log shows can be made a test.
        if let Err(e) = crate::parse::round_trip(&region) {
            let _ = writeln!(o, "this text does not read back: {e}");
        }
        log::disassemble(o, entry, bytes);
    });
    crate::perf::trace(th, entry, bytes, id, || symbol(r.code(), r.start.target()));
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
                c.links.entry(target).or_default().store(entry + offset, Ordering::Relaxed);
            }
            Door::Places { target, is_loop, at: vec![at.0 as u64] }
        }
        Start::Side { exit } => Door::Exit(std::ptr::from_ref(exit) as usize),
    };
    c.stats.exits += exits.len();
    c.stats.bytecodes += r.bytecodes;
    c.stats.joined += r.joins.joined;
    let is_loop = r.start.is_loop();
    let mut renewals = 0;
    if let Some(old) = r.renewed() {
        renewals = c.traces.get(&old).map_or(0, |t| t.renewals);
        c.retire(old, |_, _| {});
        c.stats.renewed += 1;
        c.stats.roots -= 1;
        crate::record::move_arms(old, id);
    }
    let trace = Trace {
        entry,
        bytes,
        link: if is_loop { entry + offset } else { 0 },
        root,
        children: Vec::new(),
        grown: 0,
        is_loop,
        renewals,
        renew: false,
        name,
        door,
        retired: false,
        asked: false,
        exits: exits.into_iter().map(|e| std::ptr::from_ref(e) as usize).collect(),
        flag: r.flag,
        linked,
        code: r.kept.code,
        list: r.kept.list(),
    };
    c.traces.insert(id, trace);
    c.by_address.insert(entry, id);
    match r.start {
        Start::Root { at, target } => {
            c.by_code.entry(r.kept.code).or_default().push(id);
            c.stats.roots += 1;
            // A generator's loop that was left by a yield is entered by the interpreter only: whoever consumes the generator
            // in a trace records its body.
            let is_loop = r.start.is_loop() && !r.suspends;
            if is_loop {
                LOOPS[filter(target.0 as u64)].store(1, Ordering::Relaxed);
                &mut c.loops
            } else {
                &mut c.functions
            }
            .insert(target.0 as u64, id);
            drop(c);
            if matches!(Op::ALL[at.op() as usize], Op::JUMP_BACK | Op::ENTER) {
                patch(at, entry);
            }
        }
        Start::Side { exit } => {
            c.stats.sides += 1;
            if let Some(parent) = c.traces.get_mut(&exit.trace) {
                parent.children.push(id);
            }
            if let Some(t) = c.traces.get_mut(&root) {
                t.grown += 1;
            }
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
    let (spent, run) = (crate::stats::spent().as_secs_f64(), crate::stats::process_time().as_secs_f64());
    krait_object::complain!(
        "jit: {} root traces, {} recorded anew, {} side traces, {} branches joined, {} forgotten, {} retyped, {} unhoisted, {} exits, {} bytecodes, {:.3} ms compile time, {} KiB code",
        s.roots,
        s.renewed,
        s.sides,
        s.joined,
        s.forgotten,
        s.retyped,
        s.unhoisted,
        s.exits,
        s.bytecodes,
        spent * 1e3,
        crate::memory::used() / 1024
    );
    krait_object::complain!(
        "jit: compile time is {:.2} % of {run:.2} s; put off {} times to keep it low",
        spent / run.max(1e-9) * 1e2,
        s.refused
    );
    krait_object::complain!(
        "jit: {} trees and traces freed, {} KiB of code; {} trees thrown out to make room",
        s.freed,
        s.freed_bytes / 1024,
        s.evicted
    );
    let mut roots: Vec<(&u64, &Trace)> = c.traces.iter().filter(|(id, t)| **id == t.root).collect();
    roots.sort_by_key(|r| r.0);
    for (id, t) in roots {
        krait_object::complain!("jit: trace {id}: {} ({} side traces)", t.name, t.grown);
    }
    s.gone.iter().for_each(|name| krait_object::complain!("jit: {name}, freed"));
    crate::stats::print_exits();
    for ((why, at), n) in &s.aborts {
        krait_object::complain!("jit: abort {n}x {why}: {at}");
    }
    for (name, n) in &s.calls {
        krait_object::complain!("jit: native call left to the interpreter {n}x {name}");
    }
    for (op, n) in &s.steps {
        krait_object::complain!("jit: left to the interpreter {n}x {op}");
    }
}
