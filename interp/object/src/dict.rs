//! `dict`: the hash table and its three representations.
//!
//! - *Table*: insertion-ordered entries with a compact index of 8, 16 or 32 bits.
//! - *Namespace*: a table whose values are name cells (module globals), so that an inline cache
//!   holds the cell and a load is one dereference.
//! - *View*: the live `__dict__` of an instance; the attributes stay in the instance's slots.
//!
//! Everything else in the interpreter uses the operations here and cannot tell them apart.
//! Comparing keys may run Python code that changes the dict: after every such comparison
//! the table is looked at again from the start if it was replaced or changed.

use crate::cellref::{Owned, Slot};
use crate::cellvar::NameCell;
use crate::handle;
use crate::instance::Instance;
use crate::kind::Kind;
use crate::shape::fixed;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;
use crate::watch::{self, Watched};
use crate::{attrs, plain, protocol};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;
use std::ptr::NonNull;

/// Representation of a dict.
pub const TABLE: u8 = 0;
/// Values are name cells.
pub const NAMESPACE: u8 = 1;
/// Attributes of `owner`.
pub const VIEW: u8 = 2;

#[repr(C)]
pub struct DictCell {
    header: Header,
    table: Owned,
    /// The instance of a view; for a namespace the name cells of deleted names by name, which inline caches may
    /// still point to; else zero.
    owner: Slot,
    used: Cell<u32>,
    /// The number of a namespace (see `Code::bind_namespace`), 0 for other dicts.
    namespace_id: Cell<u32>,
    /// Changes when the set of keys changes, or the table is replaced.
    keys_version: Cell<u32>,
    mode: Cell<u8>,
}

/// Offset of the version of the key set (32 bits) in the cell.
pub const KEYS_VERSION: usize = std::mem::offset_of!(DictCell, keys_version);

handle!(
    /// A dict.
    Dict, DictCell, Kind::Dict
);

/// One entry; a deleted one has the key `UNBOUND`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry {
    pub hash: i64,
    pub key: Value,
    pub value: Value,
}

/// The table: this head, the entries, then the index.
#[repr(C)]
struct TableCell {
    header: Header,
    /// Entries there is room for.
    capacity: Cell<u32>,
    /// Entries used, deleted ones included.
    filled: Cell<u32>,
    /// Entries below this number are deleted ones.
    first: Cell<u32>,
    /// Index places that are not EMPTY. Never more than `capacity`, so that a search always ends.
    linked: Cell<u32>,
    /// log2 of the number of index places.
    log: Cell<u8>,
    /// All keys are exact strings.
    str_only: Cell<bool>,
}

const HEAD: usize = size_of::<TableCell>();
const EMPTY: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Table(NonNull<TableCell>);

impl std::ops::Deref for Table {
    type Target = TableCell;
    fn deref(&self) -> &TableCell {
        // SAFETY: a table is reached only through its live dict.
        unsafe { self.0.as_ref() }
    }
}

impl Table {
    fn new(th: &Thread, log: u8) -> Res<Table> {
        let places = 1usize << log;
        let capacity = places * 2 / 3;
        let index_bytes = places * index_width(log);
        let bytes = HEAD + capacity * size_of::<Entry>() + index_bytes;
        let cell = if bytes <= 4096 {
            th.heap.alloc(bytes, 0, Kind::DictTable as u8)
        } else {
            th.heap.try_alloc(bytes, 0, Kind::DictTable as u8).ok_or_else(|| th.memory_error())?
        };
        let t = Table(cell.cast());
        t.capacity.set(capacity as u32);
        t.log.set(log);
        t.str_only.set(true);
        // SAFETY: the index lies behind the entries, inside the cell; all ones is EMPTY in each width.
        unsafe { std::ptr::write_bytes(t.index(), 0xff, index_bytes) };
        Ok(t)
    }

    #[inline(always)]
    fn entries(self) -> *mut Entry {
        // SAFETY: the entries follow the head inside the cell.
        unsafe { self.0.as_ptr().cast::<u8>().add(HEAD).cast() }
    }

    #[inline(always)]
    fn index(self) -> *mut u8 {
        // SAFETY: the index follows the entries inside the cell.
        unsafe { self.entries().add(self.capacity.get() as usize).cast() }
    }

    #[inline(always)]
    fn entry(self, i: u32) -> Entry {
        debug_assert!(i < self.capacity.get());
        // SAFETY: index places hold numbers of entries below `filled` only.
        unsafe { *self.entries().add(i as usize) }
    }

    #[inline(always)]
    fn place(self, p: usize) -> u32 {
        match index_width(self.log.get()) {
            1 => self.place_in::<1>(p),
            2 => self.place_in::<2>(p),
            _ => self.place_in::<4>(p),
        }
    }

    /// As `place`, in an index whose places have `W` bytes.
    #[inline(always)]
    fn place_in<const W: usize>(self, p: usize) -> u32 {
        debug_assert_eq!(W, index_width(self.log.get()));
        // SAFETY: p is masked to the number of places.
        unsafe {
            match W {
                1 => match *self.index().add(p) {
                    0xff => EMPTY,
                    0xfe => DELETED,
                    n => n as u32,
                },
                2 => match *self.index().cast::<u16>().add(p) {
                    0xffff => EMPTY,
                    0xfffe => DELETED,
                    n => n as u32,
                },
                _ => *self.index().cast::<u32>().add(p),
            }
        }
    }

    #[inline(always)]
    fn set_place(self, p: usize, n: u32) {
        match index_width(self.log.get()) {
            1 => self.set_place_in::<1>(p, n),
            2 => self.set_place_in::<2>(p, n),
            _ => self.set_place_in::<4>(p, n),
        }
    }

    #[inline(always)]
    fn set_place_in<const W: usize>(self, p: usize, n: u32) {
        debug_assert_eq!(W, index_width(self.log.get()));
        // SAFETY: as in `place_in`; truncation keeps EMPTY and DELETED, and entry numbers fit the width by capacity.
        unsafe {
            match W {
                1 => *self.index().add(p) = n as u8,
                2 => *self.index().cast::<u16>().add(p) = n as u16,
                _ => *self.index().cast::<u32>().add(p) = n,
            }
        }
    }

    /// The places of the index at which an entry with the hash may be.
    #[inline(always)]
    fn probe(self, hash: i64) -> Probe {
        let mask = (1usize << self.log.get()) - 1;
        Probe { at: hash as usize & mask, perturb: hash as u64, mask }
    }

    /// Puts entry number `n` with the hash into the index.
    #[inline]
    fn link(self, hash: i64, n: u32) {
        match index_width(self.log.get()) {
            1 => self.link_in::<1>(hash, n),
            2 => self.link_in::<2>(hash, n),
            _ => self.link_in::<4>(hash, n),
        }
    }

    #[inline(always)]
    fn link_in<const W: usize>(self, hash: i64, n: u32) {
        let mut probe = self.probe(hash);
        let mut there = self.place_in::<W>(probe.at);
        while there < DELETED {
            probe.step();
            there = self.place_in::<W>(probe.at);
        }
        if there == EMPTY {
            self.linked.set(self.linked.get() + 1);
        }
        self.set_place_in::<W>(probe.at, n);
    }

    /// The index place of entry number `n`.
    fn place_of(self, hash: i64, n: u32) -> usize {
        let mut probe = self.probe(hash);
        while self.place(probe.at) != n {
            probe.step();
        }
        probe.at
    }

    /// Finds an exact string in a table of exact strings: runs no Python code.
    #[inline]
    fn find_str(self, key: Str, hash: i64) -> Option<u32> {
        let mut probe = self.probe(hash);
        loop {
            let n = self.place(probe.at);
            if n == EMPTY {
                return None;
            }
            if n != DELETED {
                let e = self.entry(n);
                if e.key == key.value() || (e.hash == hash && Str::of(e.key).equals(key)) {
                    return Some(n);
                }
            }
            probe.step();
        }
    }
}

/// A walk over the index of a table, in the order that all look-ups follow; it comes to every place.
struct Probe {
    at: usize,
    /// The bits of the hash that had no say yet.
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    fn step(&mut self) {
        self.perturb >>= 5;
        self.at = self.at.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1) & self.mask;
    }
}

/// Bytes of a place in the index.
#[inline(always)]
fn index_width(log: u8) -> usize {
    match log {
        0..=7 => 1,
        8..=15 => 2,
        _ => 4,
    }
}

/// # Safety
/// The cell is a live table.
pub unsafe fn trace_table(cell: CellPtr, tracer: &mut Tracer) {
    let t = Table(cell.cast());
    for i in 0..t.filled.get() {
        let e = t.entry(i);
        tracer.visit(e.key.0);
        tracer.visit(e.value.0);
    }
}

/// # Safety
/// The cell is a live table; `lo..hi` is a byte range inside it.
pub unsafe fn trace_table_range(cell: CellPtr, lo: usize, hi: usize, tracer: &mut Tracer) {
    let t = Table(cell.cast());
    let first = lo.saturating_sub(HEAD) / size_of::<Entry>();
    let end = hi.saturating_sub(HEAD).div_ceil(size_of::<Entry>()).min(t.filled.get() as usize);
    for i in first..end {
        let e = t.entry(i as u32);
        tracer.visit(e.key.0);
        tracer.visit(e.value.0);
    }
}

/// # Safety
/// The cell is a live dict.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let d = Dict::from_cell(cell);
    d.table.trace(tracer);
    d.owner.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// An empty dict.
pub fn new(th: &Thread) -> Dict {
    new_with_shape(th, fixed::DICT, 0)
}

/// An empty dict of a subclass: its shape and the bytes its class adds.
pub fn new_with_shape(th: &Thread, shape: u32, tail_bytes: usize) -> Dict {
    Dict::from_cell(th.heap.alloc(size_of::<DictCell>() + tail_bytes, shape, Kind::Dict as u8))
}

/// An empty dict with room for `n` entries.
pub fn with_capacity(th: &Thread, n: usize) -> Res<Dict> {
    let d = new(th);
    if n > 0 {
        d.grow_to(th, n)?;
    }
    Ok(d)
}

/// An empty namespace (module globals).
pub fn new_namespace(th: &Thread) -> Dict {
    let d = new(th);
    d.mode.set(NAMESPACE);
    d.namespace_id.set(crate::code::new_namespace_id());
    d
}

/// The `__dict__` of an instance, showing its slots.
pub fn new_view(th: &Thread, owner: Instance) -> Dict {
    let d = new(th);
    d.owner.init(owner.value());
    d.mode.set(VIEW);
    d
}

impl Dict {
    #[inline(always)]
    fn table(self) -> Option<Table> {
        NonNull::new(self.table.get()).map(|p| Table(p.cast()))
    }

    #[inline(always)]
    pub fn mode(self) -> u8 {
        self.mode.get()
    }

    /// The number of items.
    #[inline(always)]
    pub fn len(self) -> usize {
        if self.mode.get() == VIEW { self.owner().slot_count() } else { self.used.get() as usize }
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Changes when keys are added or removed.
    #[inline(always)]
    pub fn keys_version(self) -> u32 {
        if self.mode.get() == VIEW { self.owner().header_shape() } else { self.keys_version.get() }
    }

    #[inline(always)]
    fn owner(self) -> Instance {
        Instance::of(self.owner.get())
    }

    /// The number of the namespace.
    pub fn namespace_id(self) -> u32 {
        self.namespace_id.get()
    }

    fn bump(self) {
        self.keys_version.set(self.keys_version.get().wrapping_add(1));
        if self.mode.get() == NAMESPACE {
            watch::changed(Watched::Names(self.value().0));
        }
    }

    /// Address of the keys version, for compiled code and inline caches.
    pub fn keys_version_address(self) -> *const u32 {
        self.keys_version.as_ptr()
    }

    /// Entry number of a key. May run Python code.
    fn find(self, th: &Thread, key: Value, hash: i64) -> Res<Option<u32>> {
        let Some(t) = self.table() else { return Ok(None) };
        if t.str_only.get() && key.has_shape(fixed::STR) {
            return Ok(t.find_str(Str::of(key), hash));
        }
        self.find_any(th, key, hash)
    }

    #[inline(never)]
    fn find_any(self, th: &Thread, key: Value, hash: i64) -> Res<Option<u32>> {
        'again: loop {
            let Some(t) = self.table() else { return Ok(None) };
            let version = self.keys_version.get();
            let mut probe = t.probe(hash);
            loop {
                let n = t.place(probe.at);
                if n == EMPTY {
                    return Ok(None);
                }
                if n != DELETED {
                    let e = t.entry(n);
                    if e.key == key {
                        return Ok(Some(n));
                    }
                    if e.hash == hash {
                        let same = protocol::equal(th, e.key, key)?;
                        if self.table() != Some(t) || self.keys_version.get() != version {
                            continue 'again;
                        }
                        if same {
                            return Ok(Some(n));
                        }
                    }
                }
                probe.step();
            }
        }
    }

    /// As `find`, without running Python code; None: that is not possible.
    fn find_plain(self, th: &Thread, key: Value, hash: i64) -> Option<Option<u32>> {
        let Some(t) = self.table() else { return Some(None) };
        if t.str_only.get() && key.has_shape(fixed::STR) {
            return Some(t.find_str(Str::of(key), hash));
        }
        match index_width(t.log.get()) {
            1 => Self::search_plain::<1>(th, t, key, hash).map(Result::ok),
            2 => Self::search_plain::<2>(th, t, key, hash).map(Result::ok),
            _ => Self::search_plain::<4>(th, t, key, hash).map(Result::ok),
        }
    }

    /// The number of the key's entry, or the empty place of the index at which the search for it ended; None when
    /// finding out would run Python code.
    #[inline(always)]
    fn search_plain<const W: usize>(
        th: &Thread,
        t: Table,
        key: Value,
        hash: i64,
    ) -> Option<Result<u32, usize>> {
        let mut probe = t.probe(hash);
        loop {
            let n = t.place_in::<W>(probe.at);
            if n == EMPTY {
                return Some(Err(probe.at));
            }
            if n != DELETED {
                let e = t.entry(n);
                if e.key == key || e.hash == hash && plain::equal(th, e.key, key)? {
                    return Some(Ok(n));
                }
            }
            probe.step();
        }
    }

    /// Is the key with the hash there? Runs no Python code; None: that is not possible.
    pub fn has_plain(self, th: &Thread, key: Value, hash: i64) -> Option<bool> {
        if self.mode.get() != TABLE {
            return None;
        }
        Some(self.find_plain(th, key, hash)?.is_some())
    }

    /// Adds a small integer to a small table that has room, unless it is there: with one walk over the index.
    /// None: not done.
    #[inline(always)]
    fn add_small(self, th: &Thread, key: Value, value: Value) -> Option<()> {
        let t = self.table()?;
        let n = t.filled.get();
        if index_width(t.log.get()) != 1 || n.max(t.linked.get()) >= t.capacity.get() {
            return None;
        }
        let hash = krait_number::int::hash_i64(key.as_small());
        let Err(place) = Self::search_plain::<1>(th, t, key, hash)? else { return Some(()) };
        // SAFETY: there is room for the entry.
        let e = unsafe { t.entries().add(n as usize) };
        // SAFETY: as above.
        unsafe { e.write(Entry { hash, key, value }) };
        t.filled.set(n + 1);
        t.str_only.set(false);
        t.linked.set(t.linked.get() + 1);
        t.set_place_in::<1>(place, n);
        // The key is no cell.
        // SAFETY: a field of the entry just written.
        unsafe { th.heap.barrier(t.0.cast(), (&raw const (*e).value).cast()) };
        self.used.set(self.used.get() + 1);
        self.bump();
        Some(())
    }

    /// As `get`, without running Python code; None: that is not possible.
    pub fn get_plain(self, th: &Thread, key: Value) -> Option<Option<Value>> {
        if self.mode.get() == VIEW {
            return if key.has_shape(fixed::STR) { Some(self.view_get(th, key)) } else { None };
        }
        let hash = plain::hash(th, key)?;
        let Some(n) = self.find_plain(th, key, hash)? else { return Some(None) };
        Some(self.table().map(|t| self.value_of(t.entry(n))))
    }

    /// As `set` of a plain table, without running Python code. None: not done.
    pub fn set_plain(self, th: &Thread, key: Value, value: Value) -> Option<()> {
        if self.mode.get() != TABLE {
            return None;
        }
        let hash = plain::hash(th, key)?;
        if let Some(n) = self.find_plain(th, key, hash)? {
            self.write_value(th, self.table()?, n, value);
            return Some(());
        }
        if self.append(th, key, hash, value).is_err() {
            th.clear_pending();
            return None;
        }
        Some(())
    }

    /// As `add_hashed` to a plain table, without running Python code. None: not done.
    pub fn add_plain(self, th: &Thread, key: Value, value: Value) -> Option<()> {
        if self.mode.get() != TABLE {
            return None;
        }
        if key.is_small_int() && self.add_small(th, key, value).is_some() {
            return Some(());
        }
        let hash = plain::hash(th, key)?;
        if self.find_plain(th, key, hash)?.is_some() {
            return Some(());
        }
        if self.append(th, key, hash, value).is_err() {
            th.clear_pending();
            return None;
        }
        Some(())
    }

    /// Removes a key that is there from a plain table, without running Python code. None: not done.
    pub fn remove_plain(self, th: &Thread, key: Value) -> Option<Value> {
        if self.mode.get() != TABLE {
            return None;
        }
        let hash = plain::hash(th, key)?;
        let n = self.find_plain(th, key, hash)??;
        self.remove_at(th, n)
    }

    #[inline(always)]
    fn value_of(self, e: Entry) -> Value {
        if self.mode.get() == NAMESPACE { NameCell::of(e.value).value.get() } else { e.value }
    }

    /// The value of a key, or None. Hashes and compares, so may run Python code.
    #[inline]
    pub fn get(self, th: &Thread, key: Value) -> Res<Option<Value>> {
        let hash = protocol::hash(th, key)?;
        self.get_hashed(th, key, hash)
    }

    /// The value of a key whose hash is known.
    #[inline]
    pub fn get_hashed(self, th: &Thread, key: Value, hash: i64) -> Res<Option<Value>> {
        if self.mode.get() == VIEW {
            return Ok(self.view_get(th, key));
        }
        let Some(n) = self.find(th, key, hash)? else { return Ok(None) };
        Ok(self.table().map(|t| self.value_of(t.entry(n))))
    }

    fn view_get(self, th: &Thread, key: Value) -> Option<Value> {
        let s = Str::from_value(key)?;
        self.owner().get_own(th, crate::string::intern(th, exact(th, s)))
    }

    /// The value of a string key: runs no Python code when all keys are strings.
    #[inline]
    pub fn get_str(self, th: &Thread, key: Str) -> Option<Value> {
        if self.mode.get() == VIEW {
            return self.view_get(th, key.value());
        }
        let t = self.table()?;
        let hash = key.hash(th);
        let n = if t.str_only.get() {
            t.find_str(key, hash)?
        } else {
            match self.find_any(th, key.value(), hash) {
                Ok(n) => n?,
                Err(_) => {
                    th.clear_pending();
                    return None;
                }
            }
        };
        self.table().map(|t| self.value_of(t.entry(n)))
    }

    /// The value of a pre-interned name.
    #[inline]
    pub fn get_name(self, th: &Thread, name: Value) -> Option<Value> {
        self.get_str(th, Str::of(name))
    }

    /// The value of a text key.
    pub fn get_text(self, th: &Thread, key: &str) -> Option<Value> {
        self.get_str(th, Str::of(th.interp.interned.intern_text(th, key)))
    }

    /// The name cell of a name in a namespace.
    pub fn name_cell(self, th: &Thread, name: Value) -> Option<NameCell> {
        if self.mode.get() != NAMESPACE {
            return None;
        }
        let t = self.table()?;
        if !t.str_only.get() {
            return None;
        }
        let n = t.find_str(Str::of(name), Str::of(name).hash(th))?;
        Some(NameCell::of(t.entry(n).value))
    }

    /// Turns a plain table into a namespace (a dict that code is run in as globals). Does nothing to views.
    pub fn make_namespace(self, th: &Thread) {
        if self.mode.get() != TABLE {
            return;
        }
        self.namespace_id.set(crate::code::new_namespace_id());
        let Some(mut t) = self.table() else {
            self.mode.set(NAMESPACE);
            return;
        };
        for i in 0..t.filled.get() {
            let e = t.entry(i);
            if e.key != Value::UNBOUND {
                let cell = NameCell::new(th, e.value);
                if let Some(now) = self.table() {
                    t = now;
                }
                self.write_value(th, t, i, cell.value());
            }
        }
        self.mode.set(NAMESPACE);
    }

    fn write_value(self, th: &Thread, t: Table, n: u32, value: Value) {
        // SAFETY: n is the number of an entry of the live table.
        let slot = unsafe { &raw mut (*t.entries().add(n as usize)).value };
        // SAFETY: as above.
        unsafe { slot.write(value) };
        th.heap.barrier(t.0.cast(), slot.cast());
    }

    /// Sets a key. May run Python code (hash and comparison).
    #[inline]
    pub fn set(self, th: &Thread, key: Value, value: Value) -> Result<(), Raised> {
        let hash = protocol::hash(th, key)?;
        self.set_hashed(th, key, hash, value)
    }

    /// Sets a key whose hash is known.
    pub fn set_hashed(self, th: &Thread, key: Value, hash: i64, value: Value) -> Result<(), Raised> {
        if self.mode.get() == VIEW {
            if let Some(s) = Str::from_value(key) {
                let name = crate::string::intern(th, exact(th, s));
                return self.owner().set_own(th, name, value);
            }
            self.owner().demote(th)?;
        }
        if let Some(n) = self.find(th, key, hash)? {
            let Some(t) = self.table() else { return Ok(()) };
            if self.mode.get() == NAMESPACE {
                NameCell::of(t.entry(n).value).store(th, value);
            } else {
                self.write_value(th, t, n, value);
            }
            return Ok(());
        }
        let value = if self.mode.get() == NAMESPACE { self.new_name_cell(th, key, value)? } else { value };
        self.append(th, key, hash, value)
    }

    /// Adds a key unless it is there; false: it was. For sets and for what sets a value only once.
    pub fn add_hashed(self, th: &Thread, key: Value, hash: i64, value: Value) -> Res<bool> {
        if self.mode.get() != TABLE {
            if self.get_hashed(th, key, hash)?.is_some() {
                return Ok(false);
            }
            self.set_hashed(th, key, hash, value)?;
            return Ok(true);
        }
        if self.find(th, key, hash)?.is_some() {
            return Ok(false);
        }
        self.append(th, key, hash, value)?;
        Ok(true)
    }

    /// The value of a key; a missing one is added with `value` first. The key is compared with others only once.
    pub fn get_or_add(self, th: &Thread, key: Value, value: Value) -> Res {
        let hash = protocol::hash(th, key)?;
        if self.mode.get() != TABLE {
            if let Some(there) = self.get_hashed(th, key, hash)? {
                return Ok(there);
            }
            self.set_hashed(th, key, hash, value)?;
            return Ok(value);
        }
        if let Some(n) = self.find(th, key, hash)?
            && let Some(t) = self.table()
        {
            return Ok(t.entry(n).value);
        }
        self.append(th, key, hash, value)?;
        Ok(value)
    }

    /// Sets a name known to be a string; memory exhaustion is ignored only at start-up.
    pub fn set_name(self, th: &Thread, name: Value, value: Value) {
        if self.set(th, name, value).is_err() {
            th.clear_pending();
        }
    }

    /// Sets a text key.
    pub fn set_text(self, th: &Thread, key: &str, value: Value) {
        self.set_name(th, th.interp.interned.intern_text(th, key), value);
    }

    /// Adds an entry whose key is known to be absent.
    fn append(self, th: &Thread, key: Value, hash: i64, value: Value) -> Result<(), Raised> {
        let t = match self.table() {
            Some(t) if t.filled.get().max(t.linked.get()) < t.capacity.get() => t,
            _ => self.grow_to(th, self.used.get() as usize + 1)?,
        };
        let n = t.filled.get();
        // SAFETY: there is room for the entry.
        let e = unsafe { t.entries().add(n as usize) };
        // SAFETY: as above.
        unsafe { e.write(Entry { hash, key, value }) };
        t.filled.set(n + 1);
        if !key.has_shape(fixed::STR) {
            t.str_only.set(false);
        }
        t.link(hash, n);
        // Two cards at most: one entry is shorter than a card.
        // SAFETY: the fields of the entry just written.
        unsafe {
            th.heap.barrier(t.0.cast(), (&raw const (*e).key).cast());
            th.heap.barrier(t.0.cast(), (&raw const (*e).value).cast());
        }
        self.used.set(self.used.get() + 1);
        self.bump();
        Ok(())
    }

    /// A table with room for at least `n` live entries in all, half as many again to spare; the old entries are moved, without the deleted.
    fn grow_to(self, th: &Thread, n: usize) -> Res<Table> {
        let wanted = if n <= 5 { 5 } else { n + n / 2 };
        let mut log = 3u8;
        while (1usize << log) * 2 / 3 < wanted {
            log += 1;
            if log > 31 {
                return Err(th.memory_error());
            }
        }
        let new = Table::new(th, log)?;
        if let Some(old) = self.table() {
            let mut filled = 0;
            for i in 0..old.filled.get() {
                let e = old.entry(i);
                if e.key != Value::UNBOUND {
                    // SAFETY: the new table has room for all live entries.
                    unsafe { new.entries().add(filled as usize).write(e) };
                    new.link(e.hash, filled);
                    filled += 1;
                }
            }
            new.filled.set(filled);
            new.str_only.set(old.str_only.get());
            // The new table can be old only if a collection ran since it was made, and none did.
            let dead = old.0.cast();
            self.table.set(th, self.cell(), new.0.as_ptr().cast());
            th.heap.free_now(dead);
        } else {
            self.table.set(th, self.cell(), new.0.as_ptr().cast());
        }
        self.bump();
        Ok(new)
    }

    /// Removes a key and returns its value, or None when it is absent.
    pub fn remove(self, th: &Thread, key: Value) -> Res<Option<Value>> {
        let hash = protocol::hash(th, key)?;
        self.remove_hashed(th, key, hash)
    }

    /// Removes a key whose hash is known.
    pub fn remove_hashed(self, th: &Thread, key: Value, hash: i64) -> Res<Option<Value>> {
        if self.mode.get() == VIEW {
            let Some(s) = Str::from_value(key) else { return Ok(None) };
            return self.owner().remove_own(th, crate::string::intern(th, exact(th, s)));
        }
        let Some(n) = self.find(th, key, hash)? else { return Ok(None) };
        Ok(self.remove_at(th, n))
    }

    fn remove_at(self, th: &Thread, n: u32) -> Option<Value> {
        let t = self.table()?;
        let e = t.entry(n);
        let mut value = e.value;
        if self.mode.get() == NAMESPACE {
            let cell = NameCell::of(value);
            value = cell.value.get();
            cell.store(th, Value::UNBOUND);
            self.bury(th, e.key, cell);
        }
        t.set_place(t.place_of(e.hash, n), DELETED);
        // SAFETY: n is an entry of the table; internal words need no barrier.
        unsafe {
            t.entries().add(n as usize).write(Entry { hash: 0, key: Value::UNBOUND, value: Value::ZERO })
        };
        self.used.set(self.used.get() - 1);
        if n == t.first.get() {
            t.first.set(n + 1);
        }
        if self.used.get() == 0 && t.filled.get() == t.capacity.get() {
            // An empty dict starts over when it is full of deleted entries, so that a queue of one key needs no new
            // tables. Not sooner: an iterator whose key was replaced is to meet the new one and complain.
            // SAFETY: all index places become EMPTY.
            unsafe { std::ptr::write_bytes(t.index(), 0xff, index_width(t.log.get()) << t.log.get()) };
            t.filled.set(0);
            t.first.set(0);
            t.linked.set(0);
        }
        self.bump();
        Some(value)
    }

    /// Keeps the cell of a deleted name: inline caches may point to it.
    fn bury(self, th: &Thread, name: Value, cell: NameCell) {
        let graves = match Dict::from_value(self.owner.get()) {
            Some(d) => d,
            None => {
                let d = new(th);
                self.owner.set(th, self.cell(), d.value());
                d
            }
        };
        graves.set_name(th, name, cell.value());
    }

    /// A cell for a new name: the one it had before it was deleted, if it had one.
    fn new_name_cell(self, th: &Thread, name: Value, value: Value) -> Res {
        if let Some(graves) = Dict::from_value(self.owner.get())
            && let Some(old) = graves.remove(th, name)?
        {
            NameCell::of(old).store(th, value);
            return Ok(old);
        }
        Ok(NameCell::new(th, value).value())
    }

    /// Makes room for `n` items to come. Does nothing to views and small numbers.
    pub fn reserve(self, th: &Thread, n: usize) -> Result<(), Raised> {
        if self.mode.get() == VIEW || n <= 5 {
            return Ok(());
        }
        let free = self.table().map_or(0, |t| (t.capacity.get() - t.filled.get()) as usize);
        if free < n {
            self.grow_to(th, self.used.get() as usize + n)?;
        }
        Ok(())
    }

    /// Removes and returns the last item.
    pub fn pop_last(self, th: &Thread) -> Res<Option<(Value, Value)>> {
        if self.mode.get() == VIEW {
            let mut at = usize::MAX;
            let Some((k, v)) = self.previous(th, &mut at) else { return Ok(None) };
            self.remove(th, k)?;
            return Ok(Some((k, v)));
        }
        let Some(t) = self.table() else { return Ok(None) };
        let mut n = t.filled.get();
        while n > 0 {
            n -= 1;
            let e = t.entry(n);
            if e.key != Value::UNBOUND {
                let value = self.remove_at(th, n);
                // What lies behind the last item is free again, so that popping in a row stays cheap.
                if let Some(t) = self.table()
                    && t.filled.get() > n
                {
                    t.filled.set(n);
                    t.first.set(t.first.get().min(n));
                }
                return Ok(value.map(|v| (e.key, v)));
            }
        }
        Ok(None)
    }

    /// Removes everything.
    pub fn clear(self, th: &Thread) -> Result<(), Raised> {
        match self.mode.get() {
            VIEW => self.owner().clear_own(th)?,
            NAMESPACE => {
                let mut at = 0;
                while let Some((n, _)) = self.entry_from(&mut at) {
                    self.remove_at(th, n);
                }
            }
            _ => {
                self.table.set(th, self.cell(), std::ptr::null_mut());
                self.used.set(0);
                self.bump();
            }
        }
        Ok(())
    }

    #[inline]
    fn entry_from(self, at: &mut usize) -> Option<(u32, Entry)> {
        let t = self.table()?;
        let first = t.first.get() as usize;
        if *at <= first {
            *at = first;
        }
        while *at < t.filled.get() as usize {
            let n = *at as u32;
            *at += 1;
            let e = t.entry(n);
            if e.key != Value::UNBOUND {
                return Some((n, e));
            }
            // What is skipped here once need not be skipped again.
            if n == t.first.get() {
                t.first.set(n + 1);
            }
        }
        None
    }

    /// Moves an item behind all others or, with `last` false, before them. False when the key is absent. Not for views.
    pub fn move_to(self, th: &Thread, key: Value, last: bool) -> Res<bool> {
        let hash = protocol::hash(th, key)?;
        let Some(n) = self.find(th, key, hash)? else { return Ok(false) };
        let Some(t) = self.table() else { return Ok(false) };
        let e = t.entry(n);
        let mut at = if last { usize::MAX } else { 0 };
        let there = if last {
            self.previous(th, &mut at).map(|(k, _)| k)
        } else {
            self.next(th, &mut at).map(|(k, _)| k)
        };
        if there == Some(e.key) {
            return Ok(true);
        }
        // Both ways keep `used`, and the table never is empty meanwhile: another item is there.
        if last {
            let value = self.value_of(e);
            self.remove_at(th, n);
            self.set_hashed(th, e.key, e.hash, value)?;
            return Ok(true);
        }
        let mut t = t;
        if t.first.get() == 0 {
            t = self.open_front(th)?;
        }
        let Some(now) = self.find(th, e.key, e.hash)? else { return Ok(false) };
        let front = t.first.get() - 1;
        t.set_place(t.place_of(e.hash, now), front);
        // SAFETY: both are numbers of entries; the first of them is a deleted one.
        unsafe {
            t.entries().add(now as usize).write(Entry { hash: 0, key: Value::UNBOUND, value: Value::ZERO });
            t.entries().add(front as usize).write(e);
            th.heap.barrier(t.0.cast(), (&raw const (*t.entries().add(front as usize)).key).cast());
            th.heap.barrier(t.0.cast(), (&raw const (*t.entries().add(front as usize)).value).cast());
        }
        t.first.set(front);
        self.bump();
        Ok(true)
    }

    /// Replaces the table by one with deleted entries before the items.
    fn open_front(self, th: &Thread) -> Res<Table> {
        let used = self.used.get() as usize;
        let t = self.grow_to(th, used * 2 + 2)?;
        let gap = used as u32 / 2 + 1;
        for i in (0..used as u32).rev() {
            let e = t.entry(i);
            t.set_place(t.place_of(e.hash, i), i + gap);
            // SAFETY: the table has room for more than the items and the gap; nothing was allocated since it was made.
            unsafe { t.entries().add((i + gap) as usize).write(e) };
        }
        for i in 0..gap {
            // SAFETY: as above.
            unsafe {
                t.entries().add(i as usize).write(Entry { hash: 0, key: Value::UNBOUND, value: Value::ZERO })
            };
        }
        t.filled.set(used as u32 + gap);
        t.first.set(gap);
        Ok(t)
    }

    /// The next item from position `*at` on, in insertion order; advances the position. Start with 0.
    #[inline]
    pub fn next(self, th: &Thread, at: &mut usize) -> Option<(Value, Value)> {
        if self.mode.get() == VIEW {
            return self.owner().own_at(th, at);
        }
        self.entry_from(at).map(|(_, e)| (e.key, self.value_of(e)))
    }

    /// As `next`, with the hash.
    pub fn next_hashed(self, th: &Thread, at: &mut usize) -> Option<(Value, Value, i64)> {
        if self.mode.get() == VIEW {
            return self.owner().own_at(th, at).map(|(k, v)| (k, v, Str::of(k).hash(th)));
        }
        self.entry_from(at).map(|(_, e)| (e.key, self.value_of(e), e.hash))
    }

    /// The last item before position `*at` (start with `usize::MAX`); moves the position down.
    pub fn previous(self, th: &Thread, at: &mut usize) -> Option<(Value, Value)> {
        if self.mode.get() == VIEW {
            let n = (*at).min(self.owner().slot_count());
            let mut i = n.checked_sub(1)?;
            *at = i;
            return self.owner().own_at(th, &mut i);
        }
        let t = self.table()?;
        let mut n = (*at).min(t.filled.get() as usize);
        while n > 0 {
            n -= 1;
            let e = t.entry(n as u32);
            if e.key != Value::UNBOUND {
                *at = n;
                return Some((e.key, self.value_of(e)));
            }
        }
        *at = 0;
        None
    }

    /// A copy as an exact, plain dict.
    pub fn copy(self, th: &Thread) -> Res<Dict> {
        let new = new(th);
        if new.clone_table(th, self)? {
            return Ok(new);
        }
        new.grow_to(th, self.len())?;
        let mut at = 0;
        while let Some((k, v, h)) = self.next_hashed(th, &mut at) {
            new.append(th, k, h, v)?;
        }
        Ok(new)
    }

    /// Gives this empty dict a copy of another's table as it is, deleted entries and all; false when one of the two is
    /// not of that kind or the table has too many deleted entries to be worth it.
    pub fn clone_table(self, th: &Thread, from: Dict) -> Res<bool> {
        if self.mode.get() != TABLE || from.mode.get() != TABLE || self.used.get() != 0 {
            return Ok(false);
        }
        let Some(old) = from.table() else { return Ok(from.used.get() == 0) };
        if old.filled.get() > from.used.get() + from.used.get() / 2 || from.used.get() < 8 {
            return Ok(false);
        }
        let copy = Table::new(th, old.log.get())?;
        let bytes =
            old.capacity.get() as usize * size_of::<Entry>() + (index_width(old.log.get()) << old.log.get());
        // SAFETY: tables of the same size have the same layout, and the fresh one is nobody else's; it needs no barrier
        // since nothing was allocated after it.
        unsafe {
            std::ptr::copy_nonoverlapping(old.entries().cast::<u8>(), copy.entries().cast::<u8>(), bytes)
        };
        copy.filled.set(old.filled.get());
        copy.str_only.set(old.str_only.get());
        self.table.set(th, self.cell(), copy.0.as_ptr().cast());
        self.used.set(from.used.get());
        self.bump();
        Ok(true)
    }

    /// Takes over the representation of a plain table with the given items (an instance leaving its slots).
    pub(crate) fn become_table(self, th: &Thread, from: Dict) {
        self.table.set(th, self.cell(), from.table.get());
        self.used.set(from.used.get());
        self.owner.set(th, self.cell(), Value::ZERO);
        self.mode.set(TABLE);
        self.bump();
    }
}

/// The string itself when it is of the exact class, else an exact copy (keys of views are exact strings).
fn exact(th: &Thread, s: Str) -> Str {
    if s.value().has_shape(fixed::STR) {
        return s;
    }
    match crate::string::from_chars(th, s.chars()) {
        Ok(v) => Str::of(v),
        Err(_) => {
            th.clear_pending();
            s
        }
    }
}
