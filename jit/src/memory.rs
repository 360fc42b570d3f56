//! Code memory: where finished code lies, and what of it is free.
//!
//! Anonymous memory is mapped twice: once to write, once to run. So no address is ever writable and
//! executable, nothing is patched in place, and a trace costs no system call. (Linux perf looks traces up in its map only if
//! their memory is that of no file: a memfd will not do.)
//!
//! All code together is bounded (`-X jit-code-size=KB`). What is given back is filled with instructions that trap, and
//! used again; whole pages go back to the system.
//!
//! The mappings are shared, so a forked child runs code that its parent could overwrite, and the other way round. A fork
//! therefore *seals* the memory there is: nobody writes there any more, and new code goes to a new mapping. A sealed mapping
//! goes as a whole, when nothing in it is used.
//!
//! This file knows nothing of traces: who gives memory back knows that no thread is in it.

use memmap2::{MmapMut, MmapOptions};
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What addresses of code are multiples of. Loops are aligned to as much (`emit/mod.rs`): the short ones of scimark's LU took
/// 1.6 times as long at some odd multiples of 16.
const ALIGN: usize = 32;
const PAGE: usize = 4096;
/// The least bound: the shared routines and a few traces must have room.
pub const LEAST: usize = 64 << 10;
/// The greatest: distances in code are 32 bits.
pub const MOST: usize = 1 << 30;
/// Free memory of this size goes back to the system.
const LARGE: usize = 64 << 10;
/// An instruction that traps (`int3`).
const TRAP: u8 = 0xcc;

struct Mapping {
    write: MmapMut,
    /// Where the same pages may be run.
    run: u64,
    /// Free ranges: where they begin, and how long they are. No two of them touch.
    free: BTreeMap<usize, usize>,
    used: usize,
    /// Another process may have it, too.
    sealed: bool,
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the executable mapping made in `new`; nothing in it is used.
        unsafe { libc::munmap(self.run as *mut libc::c_void, self.write.len()) };
    }
}

impl Mapping {
    fn new(size: usize) -> Option<Mapping> {
        let zeros = File::options().read(true).write(true).open("/dev/zero").ok()?;
        // SAFETY: a shared mapping of /dev/zero is memory of its own, which has no name and no other user.
        let write = unsafe { MmapOptions::new().len(size).map_mut(&zeros) }.ok()?;
        let from = write.as_ptr().cast_mut().cast();
        // SAFETY: with an old size of 0 the pages of a shared mapping are mapped a second time, at an address that the
        // kernel chooses.
        let run = unsafe { libc::mremap(from, 0, size, libc::MREMAP_MAYMOVE) };
        if run == libc::MAP_FAILED {
            return None;
        }
        let mapping =
            Mapping { write, run: run as u64, free: BTreeMap::from([(0, size)]), used: 0, sealed: false };
        // SAFETY: the mapping made above; nothing uses it yet.
        let protected = unsafe { libc::mprotect(run, size, libc::PROT_READ | libc::PROT_EXEC) };
        (protected == 0).then_some(mapping)
    }

    fn contains(&self, address: u64) -> bool {
        (self.run..self.run + self.write.len() as u64).contains(&address)
    }

    /// Takes the first range that is long enough; or the last one, which has never been used as long as there is such memory.
    fn take(&mut self, bytes: usize, fresh: bool) -> Option<usize> {
        let long_enough = |r: &(&usize, &usize)| *r.1 >= bytes;
        let found =
            if fresh { self.free.iter().rfind(long_enough) } else { self.free.iter().find(long_enough) };
        let (&at, &len) = found?;
        self.free.remove(&at);
        if len > bytes {
            self.free.insert(at + bytes, len - bytes);
        }
        self.used += bytes;
        Some(at)
    }

    fn give(&mut self, at: usize, bytes: usize) {
        self.used -= bytes;
        if self.sealed {
            return;
        }
        self.write[at..at + bytes].fill(TRAP);
        let (mut from, mut to) = (at, at + bytes);
        if let Some((&before, &len)) = self.free.range(..at).next_back()
            && before + len == at
        {
            from = before;
        }
        if let Some(len) = self.free.remove(&to) {
            to += len;
        }
        self.free.insert(from, to - from);
        self.drop_pages(from, to);
    }

    /// Gives whole pages of a large free range back to the system.
    fn drop_pages(&self, from: usize, to: usize) {
        let (from, to) = (from.next_multiple_of(PAGE), to / PAGE * PAGE);
        if to >= from + LARGE {
            let start = self.write[from..].as_ptr().cast_mut();
            // SAFETY: the pages are inside the mapping and hold nothing. When the system can not do it they stay.
            unsafe { libc::madvise(start.cast(), to - from, libc::MADV_REMOVE) };
        }
    }
}

/// The mappings; new code goes to the last one.
struct Memory {
    mappings: Vec<Mapping>,
    bound: usize,
    /// Addresses are used again only when there are no others: a profiler's map has one name for each.
    fresh: bool,
}

fn memory() -> MutexGuard<'static, Memory> {
    static MEMORY: Mutex<Memory> = Mutex::new(Memory { mappings: Vec::new(), bound: 0, fresh: false });
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets the bound, in bytes, and whether addresses should not be used again.
pub fn set_up(bytes: usize, fresh: bool) {
    let mut m = memory();
    m.bound = bytes.clamp(LEAST, MOST).next_multiple_of(PAGE);
    m.fresh = fresh;
}

impl Memory {
    fn used(&self) -> usize {
        self.mappings.iter().map(|m| m.used).sum()
    }

    fn install(&mut self, code: &[u8]) -> Option<u64> {
        let bytes = code.len().next_multiple_of(ALIGN);
        if self.used() + bytes > self.bound {
            return None;
        }
        if self.mappings.last().is_none_or(|m| m.sealed) {
            self.mappings.push(Mapping::new(self.bound)?);
        }
        let fresh = self.fresh;
        let m = self.mappings.last_mut()?;
        let at = m.take(bytes, fresh)?;
        m.write[at..at + code.len()].copy_from_slice(code);
        Some(m.run + at as u64)
    }
}

/// Puts finished code into code memory; its address, or None when there is no room.
pub fn install(code: &[u8]) -> Option<u64> {
    memory().install(code)
}

/// The code at this address, `bytes` long, is not used any more: no thread is in it or will come to it.
pub fn free(address: u64, bytes: usize) {
    let mut m = memory();
    let Some(k) = m.mappings.iter().position(|m| m.contains(address)) else { return };
    let mapping = &mut m.mappings[k];
    mapping.give((address - mapping.run) as usize, bytes.next_multiple_of(ALIGN));
    if mapping.sealed && mapping.used == 0 {
        m.mappings.remove(k);
    }
}

/// Nothing is written any more to the memory that there is: another process is about to share it.
pub fn seal() {
    memory().mappings.iter_mut().for_each(|m| m.sealed = true);
}

/// Bytes of code memory in use.
pub fn used() -> usize {
    memory().used()
}

/// Bytes that may be in use.
pub fn bound() -> usize {
    memory().bound
}

/// The lowest address of code and the end of the highest.
pub fn range() -> (u64, u64) {
    let m = memory();
    let low = m.mappings.iter().map(|m| m.run).min().unwrap_or(0);
    let high = m.mappings.iter().map(|m| m.run + m.write.len() as u64).max().unwrap_or(0);
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Mapping, Memory};

    #[test]
    fn what_is_given_back_is_used_again() {
        let mut m = Mapping::new(LEAST).expect("memory");
        let (a, b, c) = (m.take(64, false), m.take(128, false), m.take(64, false));
        assert_eq!((a, b, c), (Some(0), Some(64), Some(192)));
        m.give(64, 128);
        assert_eq!(m.take(144, false), Some(256));
        assert_eq!(m.take(96, false), Some(64));
        m.give(0, 64);
        // Neighbours become one range.
        m.give(64, 96);
        assert_eq!(m.free.get(&0), Some(&192));
        assert_eq!(m.take(192, false), Some(0));
        m.give(0, 192);
        assert_eq!(m.take(64, true), Some(400));
    }

    #[test]
    fn code_is_where_it_may_be_run_only() {
        let mut m = Memory { mappings: Vec::new(), bound: LEAST, fresh: false };
        let code = [0xb8, 42, 0, 0, 0, 0xc3];
        let at = m.install(&code).expect("room");
        // SAFETY: the code is that of a function that returns 42.
        let f = unsafe { std::mem::transmute::<*const (), extern "C" fn() -> i32>(at as *const ()) };
        assert_eq!(f(), 42);
        assert!(m.install(&[0; LEAST]).is_none());
    }

    #[test]
    fn sealed_memory_is_not_written_to() {
        let mut m = Memory { mappings: Vec::new(), bound: LEAST, fresh: false };
        let first = m.install(&[1; 32]).expect("room");
        m.mappings[0].sealed = true;
        let second = m.install(&[2; 32]).expect("room");
        assert!(!m.mappings[0].contains(second));
        let at = (first - m.mappings[0].run) as usize;
        m.mappings[0].give(at, 32);
        assert_eq!(m.mappings[0].write[at..at + 32], [1; 32]);
        assert_eq!(m.used(), 32);
    }
}
