//! What `-X jit-stats` prints beside the cache's own figures: time spent, and the exits that were taken.
//!
//! Time counts from the first recorded instruction on: recording, optimizing, allocating, assembling, and
//! what was given up. The interpreter's work between two recorded instructions is not in it.

use crate::exit::Exit;
use crate::ir::Resume;
use crate::options::Options;
use krait_bytecode::Op;
use krait_vm::jit::Pc;
use rustc_hash::FxHashSet as HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Exits shown; the others are summed up.
const SHOWN: usize = 30;

static SPENT: AtomicU64 = AtomicU64::new(0);
/// The exits that were taken at least once: their address and where they are. At the end of the process the code object
/// that they leave for may be gone.
static TAKEN: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
/// The same of exits that are freed.
static GONE: Mutex<Vec<Figures>> = Mutex::new(Vec::new());

/// What is shown of an exit.
#[derive(Clone)]
struct Figures {
    count: u32,
    trace: u64,
    grown: bool,
    text: String,
}

impl Figures {
    fn of(exit: &Exit, text: &str) -> Figures {
        let grown = exit.target.get() != crate::code::common_exit();
        Figures { count: exit.count.get(), trace: exit.trace, grown, text: text.to_owned() }
    }
}

/// The most that recording one instruction counts: what took longer was another process's turn.
const MOST_PER_NOTE: Duration = Duration::from_micros(100);

/// One recorded instruction in this many is timed, and counts for all of them.
const TIMED: u32 = 8;

/// Counts the time until it is dropped, of something so short that reading the processor's time would be dear.
pub struct Timer(Option<Instant>);

impl Timer {
    /// For the `n`th of a row.
    pub fn start(n: usize) -> Timer {
        Timer((n as u32).is_multiple_of(TIMED).then(Instant::now))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(begun) = self.0 {
            spend(begun.elapsed().min(MOST_PER_NOTE) * TIMED);
        }
    }
}

/// Counts the thread's processor time until it is dropped.
pub struct CpuTimer(Duration);

impl CpuTimer {
    pub fn start() -> CpuTimer {
        CpuTimer(cpu_time(libc::CLOCK_THREAD_CPUTIME_ID))
    }
}

impl Drop for CpuTimer {
    fn drop(&mut self) {
        spend(cpu_time(libc::CLOCK_THREAD_CPUTIME_ID).saturating_sub(self.0));
    }
}

/// The processor time that the process has taken.
pub fn process_time() -> Duration {
    cpu_time(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn cpu_time(clock: libc::clockid_t) -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the address is that of a timespec. Both clocks exist: no error leaves it as it is.
    unsafe { libc::clock_gettime(clock, &raw mut t) };
    Duration::new(t.tv_sec.cast_unsigned(), t.tv_nsec as u32)
}

fn spend(time: Duration) {
    SPENT.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// The time spent so far.
pub fn spent() -> Duration {
    Duration::from_nanos(SPENT.load(Ordering::Relaxed))
}

/// An exit was taken for the first time.
pub fn taken(exit: &'static Exit, place: impl Fn(&Exit) -> String) {
    if !Options::get().stats {
        return;
    }
    let op = Op::ALL[Pc(exit.pc as *const u64).op() as usize].name();
    let how = if exit.resume == Resume::Raise { "raised" } else { exit.why.name() };
    let text = format!("{how} at {op}: {}", place(exit));
    if let Ok(mut t) = TAKEN.lock() {
        t.push((&raw const *exit as usize, text));
    }
}

/// The exits are about to be freed.
pub fn gone(exits: &[usize]) {
    let (Ok(mut taken), Ok(mut gone)) = (TAKEN.lock(), GONE.lock()) else { return };
    if taken.is_empty() {
        return;
    }
    let exits: HashSet<usize> = exits.iter().copied().collect();
    taken.retain(|(at, text)| {
        if exits.contains(at) {
            // SAFETY: the address of an exit that is there still.
            gone.push(Figures::of(unsafe { &*(*at as *const Exit) }, text));
        }
        !exits.contains(at)
    });
}

/// Prints the exits, the most frequent first.
pub fn print_exits() {
    let (Ok(taken), Ok(gone)) = (TAKEN.lock(), GONE.lock()) else { return };
    // SAFETY: the addresses are those of exits that are there: others were taken out by `gone`. Their counts are read
    // while other threads may count on: a figure that is one off does no harm.
    let exit = |at: usize| unsafe { &*(at as *const Exit) };
    let mut exits: Vec<Figures> = taken.iter().map(|(at, text)| Figures::of(exit(*at), text)).collect();
    exits.extend(gone.iter().cloned());
    exits.sort_by_key(|e| std::cmp::Reverse(e.count));
    let total: u64 = exits.iter().map(|e| u64::from(e.count)).sum();
    krait_object::complain!(
        "jit: {} of the exits were taken, {total} times without a side trace",
        exits.len()
    );
    for e in exits.iter().take(SHOWN) {
        let grown = if e.grown { ", then a side trace" } else { "" };
        krait_object::complain!("jit: exit {}x of trace {}: {}{grown}", e.count, e.trace, e.text);
    }
}
