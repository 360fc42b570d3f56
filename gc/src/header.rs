//! The header of a cell: the one word the heap owns in every cell.
//!
//! Bits 0..32 hold the shape and 32..40 the kind (a byte of its own, at offset 4), 40..54 flags, 54..64 the
//! size in granules of 16 bytes. A size of 0 granules says "large object": its size is in the page table.
//! The heap never looks at the shape; the kind only selects the tracer.

use std::cell::Cell;
use std::ptr::NonNull;

/// The cell has survived a collection. Set at the first survival, never cleared.
pub const OLD: u64 = 1 << 40;
/// The old cell is on the list of cells to be traced again at the next young collection.
pub const REMEMBERED: u64 = 1 << 41;
/// The weak reference table has an entry for this cell.
pub const WEAKREF: u64 = 1 << 42;
/// The cell is to be queued, once, when it is found dead.
pub const FINALIZER: u64 = 1 << 43;
/// The first flag bit that the heap leaves to its user; the last is bit 53.
pub const USER_FLAGS_SHIFT: u32 = 44;
/// All flag bits that the heap leaves to its user.
pub const USER_FLAGS: u64 = ((1 << 54) - 1) & !((1 << USER_FLAGS_SHIFT) - 1);
/// All flag bits.
pub const FLAGS: u64 = ((1 << 54) - 1) & !((1 << 40) - 1);
/// Where the size in granules begins.
pub const GRANULES_SHIFT: u32 = 54;
/// Where the kind begins.
pub const KIND_SHIFT: u32 = 32;

/// The header word of a cell. Its address is the address of the cell.
#[repr(C)]
pub struct Header(Cell<u64>);

/// A cell; 16-byte aligned, never null.
pub type CellPtr = NonNull<Header>;

impl Header {
    /// The header of a new cell: no flags.
    #[inline(always)]
    pub const fn pack(shape: u32, kind: u8, granules: usize) -> u64 {
        shape as u64 | (kind as u64) << KIND_SHIFT | (granules as u64) << GRANULES_SHIFT
    }

    /// The whole word.
    #[inline(always)]
    pub fn word(&self) -> u64 {
        self.0.get()
    }

    /// Overwrites the whole word. Only for a cell that has just been allocated.
    #[inline(always)]
    pub(crate) fn set_word(&self, word: u64) {
        self.0.set(word)
    }

    /// The shape index.
    #[inline(always)]
    pub fn shape(&self) -> u32 {
        self.0.get() as u32
    }

    /// Replaces the shape index.
    #[inline(always)]
    pub fn set_shape(&self, shape: u32) {
        self.0.set(self.0.get() & !0xffff_ffff | shape as u64)
    }

    /// The kind: index into the host's table of tracers.
    #[inline(always)]
    pub fn kind(&self) -> u8 {
        (self.0.get() >> KIND_SHIFT) as u8
    }

    /// Replaces the kind. The cell must be traceable as the new kind at once.
    #[inline(always)]
    pub fn set_kind(&self, kind: u8) {
        self.0.set(self.0.get() & !(0xff << KIND_SHIFT) | (kind as u64) << KIND_SHIFT)
    }

    /// The flag bits, in place (bits 40..54 of the word).
    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.0.get() & FLAGS
    }

    /// Sets the flags of `mask` (bits in place).
    #[inline(always)]
    pub fn set_flag(&self, mask: u64) {
        debug_assert_eq!(mask & !FLAGS, 0);
        self.0.set(self.0.get() | mask)
    }

    /// Clears the flags of `mask` (bits in place).
    #[inline(always)]
    pub fn clear_flag(&self, mask: u64) {
        debug_assert_eq!(mask & !FLAGS, 0);
        self.0.set(self.0.get() & !mask)
    }

    /// Whether any flag of `mask` is set.
    #[inline(always)]
    pub fn has(&self, mask: u64) -> bool {
        self.0.get() & mask != 0
    }

    /// The size in granules of 16 bytes; 0 for a large object.
    #[inline(always)]
    pub fn granules(&self) -> usize {
        (self.0.get() >> GRANULES_SHIFT) as usize
    }
}
