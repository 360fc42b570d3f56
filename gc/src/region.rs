//! Address space from the operating system: reserve much, commit little, give back.
//!
//! A reservation is one mapping of which pages are used from the bottom upwards. Data regions are reserved
//! without access and made writable piece by piece, so that the system's own accounting can refuse (that is a
//! MemoryError later, not a killed process). Metadata regions are writable at once and touched lazily.
//!
//! Must not know: blocks, cells, marks.

use std::io;

/// A reserved range of addresses; unmapped when dropped.
pub(crate) struct Reservation {
    start: usize,
    len: usize,
    /// Bytes at the bottom that are readable and writable.
    committed: usize,
    /// Offsets between which it was given back, in order.
    holes: Vec<(usize, usize)>,
}

impl Reservation {
    /// Reserves `len` bytes without access, aligned to `align` (a power of two of at least a page).
    pub fn data(len: usize, align: usize) -> io::Result<Reservation> {
        let mut area = map(len + align, libc::PROT_NONE, 0)?;
        let aligned = area.start.next_multiple_of(align);
        let (before, after) = (aligned - area.start, area.start + area.len - (aligned + len));
        unmap(area.start, before);
        unmap(aligned + len, after);
        area.start = aligned;
        area.len = len;
        Ok(area)
    }

    /// Two reservations out of an untouched one: its first `at` bytes and the rest.
    pub fn split(mut self, at: usize) -> (Reservation, Reservation) {
        debug_assert!(self.committed == 0 && at <= self.len);
        let rest =
            Reservation { start: self.start + at, len: self.len - at, committed: 0, holes: Vec::new() };
        self.len = at;
        (self, rest)
    }

    /// Reserves `len` bytes that read as zero and may be written; they cost nothing until touched.
    pub fn lazy(len: usize) -> io::Result<Reservation> {
        let mut area = map(len, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_NORESERVE)?;
        area.committed = len;
        // Entries are far apart: a huge page for each would make the sparse array dense.
        #[cfg(target_os = "linux")]
        // SAFETY: the range is ours; the advice does not change contents.
        unsafe {
            libc::madvise(area.start as *mut libc::c_void, area.len, libc::MADV_NOHUGEPAGE);
        }
        Ok(area)
    }

    /// The first address.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Bytes at the bottom that can be used.
    pub fn committed(&self) -> usize {
        self.committed
    }

    /// Makes the next `bytes` (a multiple of the page size) usable; they read as zero. False when the system
    /// refuses or the reservation is used up.
    pub fn commit_more(&mut self, bytes: usize) -> bool {
        if bytes > self.len - self.committed || !limit_allows(self.committed + bytes) {
            return false;
        }
        let at = (self.start + self.committed) as *mut libc::c_void;
        // SAFETY: the range lies inside this reservation.
        if unsafe { libc::mprotect(at, bytes, libc::PROT_READ | libc::PROT_WRITE) } != 0 {
            return false;
        }
        self.committed += bytes;
        true
    }

    /// Gives back the unused top, so that the reservation ends at `len` or at what is committed. Returns the
    /// new length.
    pub fn shorten(&mut self, len: usize) -> usize {
        let keep = len.max(self.committed).next_multiple_of(page_size());
        if keep < self.len {
            unmap(self.start + keep, self.len - keep);
            self.len = keep;
        }
        self.len
    }

    /// Gives back the whole pages between two offsets; nothing there may be used any more. Nothing happens to
    /// what lies before an earlier hole's end.
    pub fn give_back(&mut self, from: usize, to: usize) {
        let (from, to) = (from.next_multiple_of(page_size()), to / page_size() * page_size());
        if from < to && to <= self.len && self.holes.last().is_none_or(|&(_, end)| end <= from) {
            unmap(self.start + from, to - from);
            self.holes.push((from, to));
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // In the holes there may be mappings of others by now.
        let mut from = 0;
        for &(start, end) in &self.holes {
            unmap(self.start + from, start - from);
            from = end;
        }
        unmap(self.start + from, self.len - from);
    }
}

fn map(len: usize, prot: i32, flags: i32) -> io::Result<Reservation> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON | flags;
    // SAFETY: a new anonymous mapping at an address of the system's choice touches no existing memory.
    let at = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, -1, 0) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(Reservation { start: at as usize, len, committed: 0, holes: Vec::new() })
}

fn unmap(start: usize, len: usize) {
    if len != 0 {
        // SAFETY: callers pass ranges of their own reservation that nothing uses any more.
        unsafe {
            libc::munmap(start as *mut libc::c_void, len);
        }
    }
}

/// Only Linux promises zeroes after MADV_DONTNEED on private anonymous memory.
pub(crate) const DISCARD_ZEROES: bool = cfg!(target_os = "linux");

/// Returns the memory of whole pages to the system. True when the range reads as zero afterwards; otherwise
/// its contents are whatever they were or zero.
pub(crate) fn discard(start: usize, len: usize) -> bool {
    let advice = if DISCARD_ZEROES { libc::MADV_DONTNEED } else { libc::MADV_FREE };
    // SAFETY: callers pass ranges without live cells.
    let result = unsafe { libc::madvise(start as *mut libc::c_void, len, advice) };
    DISCARD_ZEROES && result == 0
}

/// Asks for huge pages on a range; of use only once the heap is large.
pub(crate) fn prefer_huge_pages(start: usize, len: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: advice only; the range is ours.
    unsafe {
        libc::madvise(start as *mut libc::c_void, len, libc::MADV_HUGEPAGE);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, len);
}

/// The system's page size.
pub(crate) fn page_size() -> usize {
    // SAFETY: sysconf has no preconditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    if size > 0 { size as usize } else { 4096 }
}

/// What is left of the address space that the process may use, if there is a limit.
pub fn address_space_left() -> Option<usize> {
    Some(address_space_limit()?.saturating_sub(address_space_used()))
}

/// Address space in use, as far as the system tells.
fn address_space_used() -> usize {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = told.split(' ').next().and_then(|n| n.parse::<usize>().ok());
    pages.unwrap_or(0).saturating_mul(page_size())
}

/// Ends the process: there is no address space for something that cannot be done without.
#[cold]
pub fn no_address_space(what: &str) -> ! {
    crate::complain!("krait: no address space for {what}");
    std::process::exit(1)
}

/// The soft limit on address space, if there is one.
pub(crate) fn address_space_limit() -> Option<usize> {
    soft_limit(libc::RLIMIT_AS)
}

/// The soft limit on writable memory, if there is one.
pub(crate) fn data_limit() -> Option<usize> {
    soft_limit(libc::RLIMIT_DATA)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
type Resource = libc::c_int;

fn soft_limit(resource: Resource) -> Option<usize> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid rlimit to fill in.
    let result = unsafe { libc::getrlimit(resource, &mut limit) };
    (result == 0 && limit.rlim_cur != libc::RLIM_INFINITY)
        .then(|| usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX))
}

/// Reserved space is charged against RLIMIT_AS when it is mapped, so that the system does not look at a limit
/// set later: we do.
fn limit_allows(bytes: usize) -> bool {
    address_space_limit().is_none_or(|limit| bytes <= limit)
}
