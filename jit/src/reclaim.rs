//! Throwing code out: what can not be entered any more, and what must make room.
//!
//! A trace is *retired* when what it took for constant has changed, when its code object has died, or when its tree is
//! thrown out; whatever grew on it is retired with it. Its doors are shut then: instructions, links and exits do not lead there.
//! But threads may be in it: a step of the interpreter, or a helper, returns to it. So the machine stacks are looked
//! through for addresses of code before anything is freed, and what they lead to stays for another time. Nothing else keeps such
//! an address; a recording on a tree keeps the tree.
//!
//! When the memory's bound is reached, whole trees are thrown out until a quarter of it is free. Which, is the clock's way of
//! finding what is not used: at such a time the doors of all others are shut, too, and counting is begun just below the
//! threshold. What is used opens its door again soon; what has not is thrown out first the next time, the oldest before
//! the others. A place whose trace is thrown out again and again must get hot more and more often.

use crate::cache::{Cache, Door, Tried, cache, unpatch};
use crate::exit::Exit;
use crate::options::Options;
use crate::{code, kept, memory, watch};
use krait_object::Thread;
use rustc_hash::FxHashSet as HashSet;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// Units waiting before it is worth looking at the stacks.
const MANY: usize = 16;

/// What waits to be freed.
#[derive(Default)]
pub struct State {
    /// Traces that were retired together.
    waiting: Vec<Vec<u64>>,
    /// How many there were after the last look at the stacks.
    left: usize,
}

impl State {
    /// Is it time to free something?
    pub fn is_due(&self) -> bool {
        self.waiting.len() >= self.left + MANY
    }
}

impl Cache {
    /// The code object is gone, and its instructions with it.
    pub fn code_died(&mut self, code: u64, instructions: Range<u64>) {
        for root in self.by_code.remove(&code).unwrap_or_default() {
            if let Some(t) = self.traces.get_mut(&root) {
                // There are no instructions any more that could be changed, and nobody holds the list.
                if let Door::Places { at, .. } = &mut t.door {
                    at.clear();
                }
                t.list = 0;
            }
            self.retire(root, |_, _| {});
        }
        remove(&mut self.loops, &instructions);
        remove(&mut self.functions, &instructions);
        remove(&mut self.links, &instructions);
        remove(&mut self.tried, &instructions);
    }

    /// Shuts the doors of a trace and of all that grew on it; `place` is told of the places that count again.
    pub fn retire(&mut self, trace: u64, mut place: impl FnMut(&mut Cache, u64)) {
        let mut unit = Vec::new();
        let mut todo = vec![trace];
        while let Some(id) = todo.pop() {
            let Some(t) = self.traces.get_mut(&id).filter(|t| !t.retired) else { continue };
            t.retired = true;
            todo.append(&mut t.children);
            let (door, link) = (std::mem::replace(&mut t.door, Door::Closed), t.link);
            unit.push(id);
            match door {
                Door::Places { target, is_loop, at } => {
                    let known = if is_loop { &mut self.loops } else { &mut self.functions };
                    if known.get(&target) == Some(&id) {
                        known.remove(&target);
                    }
                    // A generator's loop is among the functions.
                    if self.functions.get(&target) == Some(&id) {
                        self.functions.remove(&target);
                    }
                    self.shut_link(target, link);
                    for at in at {
                        unpatch(at, 0);
                        if let Some(t) = self.tried.get_mut(&at) {
                            // What its data are like stays known.
                            *t = Tried { retyped: t.retyped, unhoisted: t.unhoisted, ..Tried::default() };
                        }
                        place(self, at);
                    }
                }
                Door::Exit(exit) => {
                    // SAFETY: the exit is that of the trace that this one grew on, which is not freed before.
                    let exit = unsafe { &*(exit as *const Exit) };
                    exit.target.set(code::common_exit());
                    exit.attempts.set(0);
                }
                Door::Closed => {}
            }
        }
        if !unit.is_empty() {
            self.reclaim.waiting.push(unit);
        }
    }

    /// Links do not lead to this entrance any more.
    fn shut_link(&self, target: u64, entrance: u64) {
        if let Some(word) = self.links.get(&target)
            && entrance != 0
            && word.load(Ordering::Relaxed) == entrance
        {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// The traces that a thread will come back to.
    fn running(&self, th: &Thread) -> HashSet<u64> {
        let (low, high) = memory::range();
        let mut found = HashSet::default();
        let mut look = |from: usize, to: usize| {
            let mut at = from.next_multiple_of(size_of::<u64>());
            while at + size_of::<u64>() <= to {
                // SAFETY: the words lie on the machine stack of this thread, or of one that waits for the interpreter lock.
                // Volatile, because they belong to other functions' frames.
                let word = unsafe { (at as *const u64).read_volatile() };
                at += size_of::<u64>();
                if (low..high).contains(&word)
                    && let Some((&entry, &id)) = self.by_address.range(..=word).next_back()
                    && self.traces.get(&id).is_some_and(|t| word <= entry + t.bytes as u64)
                {
                    found.insert(id);
                }
            }
        };
        krait_gc::with_saved_registers(&mut |sp| look(sp, th.native_base.get()));
        for &t in th.interp.threads.borrow().iter() {
            // SAFETY: threads are removed from the list before they are freed.
            let t = unsafe { &*t };
            if t.parked_at.get() != 0 {
                look(t.parked_at.get(), t.native_base.get());
            }
        }
        found
    }

    fn is_recorded(&self, trace: u64) -> bool {
        self.traces.get(&trace).is_some_and(|t| self.recorded.contains_key(&t.root))
    }

    fn free(&mut self, th: &Thread, id: u64) {
        let Some(t) = self.traces.remove(&id) else { return };
        self.by_address.remove(&t.entry);
        crate::stats::gone(&t.exits);
        // SAFETY: the trace is retired and no thread is in it, so nothing comes to its exits.
        t.exits.into_iter().for_each(|e| unsafe { free_exit(e) });
        if let Some(flag) = t.flag {
            // SAFETY: as above; the exits that had it are gone.
            unsafe { watch::release(flag) };
        }
        memory::free(t.entry, t.bytes);
        self.stats.freed_bytes += t.bytes;
        if t.root != id {
            return;
        }
        if let Some(roots) = self.by_code.get_mut(&t.code) {
            roots.retain(|&r| r != id);
            if roots.is_empty() {
                self.by_code.remove(&t.code);
            }
            if t.list != 0 {
                kept::drop_list(th, t.code, t.list);
            }
        }
        if Options::get().stats {
            self.stats.gone.push(format!("trace {id}: {}", t.name));
        }
    }

    /// The next trees to be thrown out: those that were not used since they were asked, the oldest first.
    fn candidates(&self, except: u64, running: &HashSet<u64>) -> Vec<u64> {
        let in_use: HashSet<u64> =
            running.iter().filter_map(|id| self.traces.get(id)).map(|t| t.root).collect();
        let mut roots: Vec<(bool, bool, u64)> = self
            .traces
            .iter()
            .filter(|(id, t)| **id == t.root && !t.retired && **id != except && !self.is_recorded(**id))
            .map(|(id, t)| (in_use.contains(id), !t.asked, *id))
            .collect();
        roots.sort_unstable();
        roots.into_iter().map(|r| r.2).collect()
    }

    /// Bytes of code of a tree.
    fn size(&self, root: u64) -> usize {
        let (mut bytes, mut todo) = (0, vec![root]);
        while let Some(t) = todo.pop().and_then(|id| self.traces.get(&id)) {
            bytes += t.bytes;
            todo.extend(&t.children);
        }
        bytes
    }

    /// Throws trees out, so that this much can be installed; `except` stays.
    fn make_room(&mut self, th: &Thread, bytes: usize, except: u64) {
        let wanted = bytes.max(memory::bound() / 4);
        let running = self.running(th);
        let mut gained = 0;
        for root in self.candidates(except, &running) {
            if gained >= wanted {
                let threshold = Options::get().threshold;
                self.ask(root, threshold - threshold.div_ceil(4));
                continue;
            }
            gained += self.size(root);
            self.stats.evicted += 1;
            let mut before = Vec::new();
            if let Some(Door::Places { at, .. }) = self.traces.get(&root).map(|t| &t.door) {
                before = at.iter().map(|at| self.tried.get(at).map_or(0, |t| t.evicted)).collect();
            }
            let mut before = before.into_iter();
            self.retire(root, |c, at| {
                let tried = c.tried.entry(at).or_default();
                tried.evicted = before.next().unwrap_or(0) + 1;
                tried.skip = (1 << tried.evicted.min(12)) - 2;
            });
        }
        reclaim(th, self);
    }

    /// Shuts the door of a tree until its place gets hot again, which is soon if it is used.
    fn ask(&mut self, root: u64, count: u64) {
        if let Some(t) = self.traces.get_mut(&root) {
            t.asked = true;
            self.shut(root, count);
        }
    }

    /// Shuts the door of a tree; its places count from this number on.
    pub fn shut(&mut self, root: u64, count: u64) {
        let Some(t) = self.traces.get_mut(&root) else { return };
        let link = t.link;
        let Door::Places { target, at, .. } = &mut t.door else { return };
        let (target, at) = (*target, std::mem::take(at));
        self.shut_link(target, link);
        at.into_iter().for_each(|at| unpatch(at, count));
    }
}

fn remove<T>(map: &mut std::collections::BTreeMap<u64, T>, keys: &Range<u64>) {
    let found: Vec<u64> = map.range(keys.clone()).map(|(&k, _)| k).collect();
    found.iter().for_each(|k| {
        map.remove(k);
    });
}

/// Frees what waits and no thread is in.
pub fn reclaim(th: &Thread, c: &mut Cache) {
    let mut waiting = std::mem::take(&mut c.reclaim.waiting);
    if !waiting.is_empty() {
        let running = c.running(th);
        waiting.retain(|unit| {
            let stays = unit.iter().any(|id| running.contains(id) || c.is_recorded(*id));
            if !stays {
                c.stats.freed += 1;
                unit.iter().rev().for_each(|&id| c.free(th, id));
            }
            stays
        });
    }
    c.reclaim.left = waiting.len();
    c.reclaim.waiting = waiting;
}

/// Puts code into memory, for a trace of the tree with this root, and makes room for it if there is none.
pub fn install(th: &Thread, code: &[u8], root: u64) -> Option<u64> {
    if let Some(at) = memory::install(code) {
        return Some(at);
    }
    let mut c = cache();
    reclaim(th, &mut c);
    if let Some(at) = memory::install(code) {
        return Some(at);
    }
    c.make_room(th, code.len(), root);
    memory::install(code)
}

/// Frees the exit with this address.
///
/// # Safety
/// It is that of an exit, and nothing leads there any more.
pub unsafe fn free_exit(address: usize) {
    // SAFETY: exits are made by `Box::leak` (`emit`); promised by the caller.
    drop(unsafe { Box::from_raw(address as *mut Exit) });
}
