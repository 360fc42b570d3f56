//! Marking by several threads: a full collection of a large heap.
//!
//! Every thread has a tracer with a stack of its own and marks as if it were alone. Now and then it looks whether
//! somebody has run out of work, and if so puts part of its stack, or half of a long row of slots, on a deque that the
//! others steal from. So the price of sharing is paid per gift, and a graph that can not be shared (a long chain) costs
//! little more than without helpers. Mark bits are set by atomic instructions, which are slow, only while others mark too.
//!
//! The helpers are threads that are started for one collection, when processors are free, and joined at its end: nothing
//! is left of them when a program forks, and a program with a small heap never has any. Starting one takes some 50 µs,
//! which is little beside the milliseconds that marking so much takes. When one can not be started, the others do its work.
//!
//! Order of memory. Before: starting a thread makes all that was written earlier visible to it, the cells and the cleared
//! marks. Meanwhile: cells are only read, except the flag `OLD` in the header of a cell, which the thread writes that
//! traces the cell; that is one thread, since one thread won its mark bit (`Map::mark`), and a cell that is given away
//! passes through a deque, whose push and steal are a release and an acquire. Tracers read no header but their own cell's
//! (`KindInfo::trace`). Line marks are stores of the same byte. After: joining makes everything visible to the collecting
//! thread, which alone does the rest.
//!
//! The end. `idle` counts the threads that have neither cells nor slots nor anything on their deque; those that were not
//! started yet are among them. A thread stops being counted *before* it tries to steal, and only those that are not
//! counted put work on deques, their own. So once all are counted there is no work, and there never will be. And a thread
//! that finds its deque empty and *then* all others counted marks alone until it makes its next gift: all changes of the
//! count are releases and its look at it is an acquire, so it sees the others' marks, and a thread that has stolen from
//! it in the meantime was no longer counted when the deque became empty.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crossbeam::deque::{Steal, Stealer, Worker};

use crate::map::Map;
use crate::mark::Work;
use crate::{Heap, Host, KindInfo, Tracer};

/// Cells between two looks at whether somebody is idle.
const SHARE_EVERY: usize = 128;
/// More threads than this would wait for memory rather than mark.
const MOST_MARKERS: usize = 8;
/// So many live bytes keep one thread busy.
const BYTES_PER_MARKER: usize = 16 << 20;
/// A tracer needs little stack, and does not recurse.
const STACK: usize = 256 << 10;
/// In stress mode one full collection in so many is marked in parallel.
const STRESS_PARALLEL: usize = 4;

/// An idle thread looks so often before it lets others run, and then so often before it sleeps.
const SPINS: u32 = 6;
const YIELDS: u32 = 8;
/// How long it sleeps, when nobody wakes it.
const NAP: Duration = Duration::from_micros(200);

/// What the marking threads have in common.
struct Crew {
    stealers: Vec<Stealer<Work>>,
    idle: AtomicUsize,
    /// Those of them that were not started yet, or could not be.
    absent: AtomicUsize,
    sleepers: AtomicUsize,
    nap: Mutex<()>,
    wake: Condvar,
}

/// What helpers get from the collecting thread, which waits for them.
struct Gear<'a> {
    heap: *const Heap,
    map: Map,
    kinds: &'static [KindInfo; 256],
    host: &'a dyn Host,
    identity: usize,
}

// SAFETY: helpers use the heap's map, whose arrays they access atomically, and of the host only `begin_marker` and
// the tracers of cells, which are made for it. The heap pointer is followed by the collecting thread only.
unsafe impl Sync for Gear<'_> {}

/// A thread that is gone would be waited for without end.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::abort();
        }
    }
}

impl Crew {
    /// A thread that is counted as idle: traces what others give away, until nothing is left anywhere.
    fn help(&self, tracer: &mut Tracer, own: &Worker<Work>, me: usize) {
        while let Some(work) = self.steal(me) {
            tracer.set_shared(true);
            tracer.take(work);
            self.work(tracer, own);
        }
    }

    /// A thread that has work: traces it, and is counted as idle then.
    fn work(&self, tracer: &mut Tracer, own: &Worker<Work>) {
        let _others_wait = AbortOnPanic;
        loop {
            while tracer.drain_some(SHARE_EVERY) {
                self.share(tracer, own);
            }
            match own.pop() {
                Some(work) => tracer.take(work),
                None => break,
            }
        }
        self.idle.fetch_add(1, Ordering::SeqCst);
    }

    /// Gives work away when somebody has none and has not been left any.
    #[inline]
    fn share(&self, tracer: &mut Tracer, own: &Worker<Work>) {
        // In this order; see the head of the file.
        if !own.is_empty() {
            return;
        }
        let idle = self.idle.load(Ordering::SeqCst);
        if idle == 0 {
            return;
        }
        if idle > self.absent.load(Ordering::Relaxed)
            && let Some(work) = tracer.give()
        {
            tracer.set_shared(true);
            own.push(work);
            if self.sleepers.load(Ordering::Relaxed) != 0 {
                self.wake.notify_one();
            }
        } else if idle + 1 == self.stealers.len() {
            tracer.set_shared(false);
        }
    }

    /// Work of another thread; `None` when all work is done.
    #[cold]
    fn steal(&self, me: usize) -> Option<Work> {
        let mut tries = 0;
        loop {
            let others = self.stealers.iter().cycle().skip(me + 1).take(self.stealers.len() - 1);
            for other in others.filter(|other| !other.is_empty()) {
                // No longer idle, before there is anything in hand.
                self.idle.fetch_sub(1, Ordering::SeqCst);
                loop {
                    match other.steal() {
                        Steal::Success(work) => return Some(work),
                        Steal::Retry => std::hint::spin_loop(),
                        Steal::Empty => break,
                    }
                }
                self.idle.fetch_add(1, Ordering::SeqCst);
            }
            if self.all_idle() {
                // Under the lock: those who have not seen it yet either look again or sleep already.
                drop(self.nap.lock());
                self.wake.notify_all();
                return None;
            }
            self.wait(tries);
            tries += 1;
        }
    }

    fn all_idle(&self) -> bool {
        self.idle.load(Ordering::SeqCst) == self.stealers.len()
    }

    /// Longer and longer: on a busy machine the processor is needed by those who have work.
    fn wait(&self, tries: u32) {
        if tries < SPINS {
            (0..1 << tries).for_each(|_| std::hint::spin_loop());
        } else if tries < SPINS + YIELDS {
            std::thread::yield_now();
        } else {
            let guard = self.nap.lock().unwrap_or_else(PoisonError::into_inner);
            if self.all_idle() {
                return;
            }
            self.sleepers.fetch_add(1, Ordering::Relaxed);
            // A gift may be missed for as long as a nap.
            drop(self.wake.wait_timeout(guard, NAP));
            self.sleepers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Heap {
    /// How many threads are to mark, when so much was allocated since the last collection.
    pub(crate) fn markers_for(&self, full: bool, allocated: usize) -> usize {
        if !full {
            return 1;
        }
        if self.stress.get() != 0 {
            // With any number of processors, and any heap.
            let nth = self.record.borrow().full.count();
            return if nth.is_multiple_of(STRESS_PARALLEL as u64) { 2 } else { 1 };
        }
        let live = self.pace.borrow().live + allocated;
        if live < self.parallel_from {
            return 1;
        }
        if self.markers != 0 {
            return self.markers;
        }
        // By its affinity and its share of the machine, as they are now.
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let wanted = processors.min(MOST_MARKERS).min(live / BYTES_PER_MARKER);
        if wanted > 1 { wanted.min(1 + free_processors().unwrap_or(wanted)) } else { 1 }
    }

    /// As [`Tracer::drain`], with `markers - 1` helper threads.
    pub(crate) fn drain_together(
        &self,
        tracer: &mut Tracer,
        markers: usize,
        host: &dyn Host,
        kinds: &'static [KindInfo; 256],
    ) {
        let mut deques: Vec<Worker<Work>> = (0..markers).map(|_| Worker::new_fifo()).collect();
        let crew = Crew {
            stealers: deques.iter().map(Worker::stealer).collect(),
            idle: AtomicUsize::new(markers - 1),
            absent: AtomicUsize::new(markers - 1),
            sleepers: AtomicUsize::new(0),
            nap: Mutex::new(()),
            wake: Condvar::new(),
        };
        let gear = Gear { heap: self, map: self.map, kinds, host, identity: host.marker_identity() };
        let own = deques.swap_remove(0);
        let (crew, gear) = (&crew, &gear);
        std::thread::scope(|scope| {
            let started = without_signals(|| {
                let mut started = Vec::new();
                for (deque, me) in deques.into_iter().rev().zip(1..) {
                    let helper = move || {
                        gear.host.begin_marker(gear.identity);
                        crew.absent.fetch_sub(1, Ordering::Relaxed);
                        let mut tracer = Tracer::helper(gear.heap, gear.map, gear.kinds);
                        crew.help(&mut tracer, &deque, me);
                        (tracer.bytes(), tracer.cells())
                    };
                    let thread = std::thread::Builder::new().name("krait-marker".into()).stack_size(STACK);
                    // The others do without one that can not be started: it counts as idle.
                    started.extend(thread.spawn_scoped(scope, helper));
                }
                started
            });
            crew.work(tracer, &own);
            crew.help(tracer, &own, 0);
            tracer.set_shared(false);
            for handle in started {
                // Joined one by one: a scope alone waits for the closures, not for the threads.
                match handle.join() {
                    Ok((bytes, cells)) => tracer.add(bytes, cells),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }
}

/// How many processors of the machine have nothing to do. Where others wait for one, a helper would too, with work that
/// the collecting thread then waits for.
#[cfg(target_os = "linux")]
fn free_processors() -> Option<usize> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    // The fourth word: threads that run or could, this one among them, and all threads.
    let running: usize = load.split(' ').nth(3)?.split('/').next()?.parse().ok()?;
    // SAFETY: asks for a number.
    let online = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    Some(usize::try_from(online).ok()?.saturating_sub(running))
}

#[cfg(not(target_os = "linux"))]
fn free_processors() -> Option<usize> {
    None
}

/// Calls `f` with signals blocked: threads that it starts get none, so that handlers run on threads of the program.
#[cfg(unix)]
fn without_signals<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: the sets are filled before they are used. Faults of the thread itself stay deliverable.
    let before = unsafe {
        let (mut set, mut before) = std::mem::zeroed::<(libc::sigset_t, libc::sigset_t)>();
        libc::sigfillset(&mut set);
        for fault in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGTRAP] {
            libc::sigdelset(&mut set, fault);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &set, &mut before);
        before
    };
    let result = f();
    // SAFETY: the mask as it was.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut()) };
    result
}

#[cfg(not(unix))]
fn without_signals<R>(f: impl FnOnce() -> R) -> R {
    f()
}
