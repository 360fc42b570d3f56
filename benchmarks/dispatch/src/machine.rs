//! The machine all dispatchers share: words, cells, the thread, and the slow paths.
//!
//! Words are tagged as Krait's values are (integer `n << 2`, float rotated so that bit 1 is set, object
//! address + 1, internal words 0b101). Slow paths are out of line, take the full state, may allocate, and
//! report failure as the error word. Nothing here knows how instructions are dispatched.

use std::cell::Cell;

/// The internal word for "error pending".
pub const ERROR: u64 = 0b101;
/// Header flag of a cell whose stores the collector must see.
pub const FLAG_OLD: u64 = 1 << 32;
/// Header of a list.
pub const LIST: u64 = 1;
/// Header of a function.
pub const FUNCTION: u64 = 2;
/// Header of a range iterator.
pub const RANGE_ITER: u64 = 3;
/// Header of a boxed float.
pub const FLOAT: u64 = 4;
/// Header of True and False.
pub const BOOL: u64 = 5;
/// Header of the instances that the programs use; any number from here is an instance's shape.
pub const INSTANCE: u64 = 16;
/// Words of a frame record below register 0.
pub const FRAME_WORDS: usize = 8;
/// Frame record: the constants.
pub const FRAME_CONSTS: isize = -2;
/// Frame record: the call instruction to go on behind.
pub const FRAME_PC: isize = -3;
/// Frame record: the caller's registers.
pub const FRAME_REGS: isize = -4;

/// A list; its items lie apart.
#[repr(C)]
pub struct List {
    pub header: u64,
    pub items: *mut u64,
    pub len: usize,
}

/// An instance with attributes in slots.
#[repr(C)]
pub struct Instance {
    pub header: u64,
    pub slots: [u64; 8],
}

/// A Python function.
#[repr(C)]
pub struct Function {
    pub header: u64,
    pub code: *const Code,
}

/// What a call needs of a code object.
#[repr(C)]
pub struct Code {
    pub entry: *const u64,
    pub consts: *const u64,
    /// Bytes of registers and outgoing windows.
    pub frame_bytes: usize,
}

/// `iter(range(..))`; all three are tagged.
#[repr(C)]
pub struct RangeIter {
    pub header: u64,
    pub current: i64,
    pub stop: i64,
    pub step: i64,
}

/// A float or bool cell.
#[repr(C)]
pub struct Boxed {
    pub header: u64,
    pub payload: u64,
}

/// What a thread's state holds for the dispatch loop.
#[repr(C)]
pub struct Thread {
    pub events: Cell<u64>,
    pub stack_end: usize,
    pub true_word: u64,
    pub false_word: u64,
    /// What went wrong, when a slow path returned [`ERROR`].
    pub error: Cell<&'static str>,
    /// How often a loop header became hot.
    pub hot: Cell<u64>,
}

/// The word of an integer.
#[inline(always)]
pub const fn int(n: i64) -> u64 {
    (n << 2) as u64
}

/// The word of a float; an immediate one only if bit 1 is set.
#[inline(always)]
pub const fn float_bits(f: f64) -> u64 {
    f.to_bits().rotate_left(4).wrapping_add(3)
}

/// The float in a word with bit 1 set.
#[inline(always)]
pub const fn unfloat(w: u64) -> f64 {
    f64::from_bits(w.wrapping_sub(3).rotate_right(4))
}

/// Both words are integers.
#[inline(always)]
pub const fn ints(x: u64, y: u64) -> bool {
    (x | y) & 3 == 0
}

/// Both words are immediate floats.
#[inline(always)]
pub const fn floats(x: u64, y: u64) -> bool {
    x & y & 2 != 0
}

/// The word is an object.
#[inline(always)]
pub const fn is_object(x: u64) -> bool {
    x & 7 == 1
}

/// The cell of an object word.
#[inline(always)]
pub const fn cell<T>(x: u64) -> *mut T {
    (x - 1) as *mut T
}

/// The header of an object word's cell.
///
/// # Safety
/// `x` is an object word of a live cell.
#[inline(always)]
pub unsafe fn header(x: u64) -> u64 {
    // SAFETY: every cell begins with its header.
    unsafe { *cell::<u64>(x) }
}

/// An instruction's operand fields.
///
/// # Safety
/// For all methods: an [`At`] points to an instruction.
#[allow(clippy::missing_safety_doc)]
pub trait Fields: Copy {
    unsafe fn a(self) -> usize;
    unsafe fn b(self) -> usize;
    unsafe fn c(self) -> usize;
    /// b and c as one signed number.
    unsafe fn bc(self) -> isize;
}

/// The word in a register, taken apart by shifts: best where it has been loaded anyway.
impl Fields for u64 {
    #[inline(always)]
    unsafe fn a(self) -> usize {
        (self >> 16) as u16 as usize
    }
    #[inline(always)]
    unsafe fn b(self) -> usize {
        (self >> 32) as u16 as usize
    }
    #[inline(always)]
    unsafe fn c(self) -> usize {
        (self >> 48) as usize
    }
    #[inline(always)]
    unsafe fn bc(self) -> isize {
        (self as i64 >> 32) as isize
    }
}

/// The instruction in memory, each field loaded when needed: one load instead of two or three operations,
/// and no register is held.
#[derive(Clone, Copy)]
pub struct At(pub *const u64);

impl Fields for At {
    #[inline(always)]
    unsafe fn a(self) -> usize {
        // SAFETY: the pointer is at an instruction.
        unsafe { *self.0.cast::<u16>().add(1) as usize }
    }
    #[inline(always)]
    unsafe fn b(self) -> usize {
        // SAFETY: as above.
        unsafe { *self.0.cast::<u16>().add(2) as usize }
    }
    #[inline(always)]
    unsafe fn c(self) -> usize {
        // SAFETY: as above.
        unsafe { *self.0.cast::<u16>().add(3) as usize }
    }
    #[inline(always)]
    unsafe fn bc(self) -> isize {
        // SAFETY: as above.
        unsafe { *self.0.cast::<i32>().add(1) as isize }
    }
}

/// The interpreter's state; the dispatchers keep it in registers.
#[derive(Clone, Copy)]
pub struct State {
    pub pc: *const u64,
    pub regs: *mut u64,
    pub thread: *const Thread,
    /// The table of handlers, for the dispatchers that have one.
    pub table: *const (),
}

/// The instruction's operand fields and the registers they name.
///
/// # Safety
/// For all methods: the program is well formed, that is, every register it names is inside its frame and
/// every constant exists.
#[allow(clippy::missing_safety_doc)]
impl State {
    #[inline(always)]
    pub unsafe fn reg(self, n: usize) -> *mut u64 {
        // SAFETY: registers named by a well-formed program lie in its frame.
        unsafe { self.regs.add(n) }
    }
    #[inline(always)]
    pub unsafe fn ra(self, w: impl Fields) -> u64 {
        // SAFETY: as above.
        unsafe { *self.reg(w.a()) }
    }
    #[inline(always)]
    pub unsafe fn rb(self, w: impl Fields) -> u64 {
        // SAFETY: as above.
        unsafe { *self.reg(w.b()) }
    }
    #[inline(always)]
    pub unsafe fn rc(self, w: impl Fields) -> u64 {
        // SAFETY: as above.
        unsafe { *self.reg(w.c()) }
    }
    #[inline(always)]
    pub unsafe fn set(self, w: impl Fields, v: u64) {
        // SAFETY: as above.
        unsafe { *self.reg(w.a()) = v }
    }
    #[inline(always)]
    pub unsafe fn constant(self, n: usize) -> u64 {
        // SAFETY: the frame record holds the constants' address; the program names only existing ones.
        unsafe { *(*self.regs.offset(FRAME_CONSTS) as *const u64).add(n) }
    }
    #[inline(always)]
    pub unsafe fn extra(self, n: usize) -> u64 {
        // SAFETY: the opcode has that many extra words.
        unsafe { *self.pc.add(n) }
    }
}

enum Number {
    Int(i64),
    Float(f64),
}

/// Reads any number, boxed floats included.
unsafe fn number(w: u64) -> Option<Number> {
    if w & 3 == 0 {
        return Some(Number::Int(w as i64 >> 2));
    }
    if w & 2 != 0 {
        return Some(Number::Float(unfloat(w)));
    }
    // SAFETY: object words are live cells.
    if is_object(w) && unsafe { header(w) } == FLOAT {
        // SAFETY: the header says it is a boxed float.
        return Some(Number::Float(f64::from_bits(unsafe { (*cell::<Boxed>(w)).payload })));
    }
    None
}

/// The word of any float; allocates for the rare magnitudes.
pub fn float(f: f64) -> u64 {
    let w = float_bits(f);
    if w & 2 != 0 {
        return w;
    }
    Box::leak(Box::new(Boxed { header: FLOAT, payload: f.to_bits() })) as *const Boxed as u64 + 1
}

/// What every slow path looks like.
pub type Slow = unsafe extern "C" fn(*const Thread, *mut u64, *const u64) -> u64;

#[cold]
fn fail(thread: &Thread, message: &'static str) -> u64 {
    thread.error.set(message);
    ERROR
}

/// Arithmetic on whatever is not two small numbers of one kind.
unsafe fn arithmetic(
    thread: &Thread,
    x: u64,
    y: u64,
    ints: fn(i64, i64) -> Option<i64>,
    floats: fn(f64, f64) -> Option<f64>,
) -> u64 {
    // SAFETY: register contents are words.
    let (Some(x), Some(y)) = (unsafe { number(x) }, unsafe { number(y) }) else {
        return fail(thread, "unsupported operand type(s)");
    };
    let (x, y) = match (x, y) {
        (Number::Int(x), Number::Int(y)) => match ints(x, y) {
            Some(r) if r << 2 >> 2 == r => return int(r),
            _ => (x as f64, y as f64),
        },
        (Number::Int(x), Number::Float(y)) => (x as f64, y),
        (Number::Float(x), Number::Int(y)) => (x, y as f64),
        (Number::Float(x), Number::Float(y)) => (x, y),
    };
    floats(x, y).map_or_else(|| fail(thread, "division by zero"), float)
}

macro_rules! slow {
    ($($(#[doc = $doc:literal])* fn $name:ident($s:ident, $w:ident, $thread:ident) $body:block)*) => { $(
        $(#[doc = $doc])*
        ///
        /// # Safety
        /// `pc` is at an instruction of a well-formed program, `regs` its frame.
        #[cold]
        #[inline(never)]
        pub unsafe extern "C" fn $name(thread: *const Thread, regs: *mut u64, pc: *const u64) -> u64 {
            let $s = State { pc, regs, thread, table: std::ptr::null() };
            // SAFETY: the caller's promise; the thread outlives the run.
            unsafe {
                let $w = *pc;
                let $thread = &*thread;
                $body
            }
        }
    )* };
}

slow! {
    /// b + c
    fn slow_add(s, w, thread) { arithmetic(thread, s.rb(w), s.rc(w), i64::checked_add, |x, y| Some(x + y)) }
    /// b - c
    fn slow_sub(s, w, thread) { arithmetic(thread, s.rb(w), s.rc(w), i64::checked_sub, |x, y| Some(x - y)) }
    /// b * c
    fn slow_mul(s, w, thread) { arithmetic(thread, s.rb(w), s.rc(w), i64::checked_mul, |x, y| Some(x * y)) }
    /// b / c
    fn slow_truediv(s, w, thread) {
        arithmetic(thread, s.rb(w), s.rc(w), |_, _| None, |x, y| if y == 0.0 { None } else { Some(x / y) })
    }
    /// b & c
    fn slow_and(_s, _w, thread) { fail(thread, "unsupported operand type(s) for &") }
    /// b + constant c
    fn slow_add_k(s, w, thread) {
        arithmetic(thread, s.rb(w), s.constant(w.c()), i64::checked_add, |x, y| Some(x + y))
    }
    /// b * constant c
    fn slow_mul_k(s, w, thread) {
        arithmetic(thread, s.rb(w), s.constant(w.c()), i64::checked_mul, |x, y| Some(x * y))
    }
    /// b < c as a bool
    fn slow_lt(s, w, thread) {
        match less(thread, s.rb(w), s.rc(w)) {
            0 => thread.false_word,
            1 => thread.true_word,
            e => e,
        }
    }
    /// 1 when a < b, else 0
    fn slow_jump_lt(s, w, thread) { less(thread, s.ra(w), s.rb(w)) }
    /// 1 when a < constant b, else 0
    fn slow_jump_lt_k(s, w, thread) { less(thread, s.ra(w), s.constant(w.b())) }
    /// 1 when a is true, else 0
    fn slow_truth(s, w, thread) {
        match number(s.ra(w)) {
            Some(Number::Int(n)) => (n != 0) as u64,
            Some(Number::Float(f)) => (f != 0.0) as u64,
            None => fail(thread, "no truth value"),
        }
    }
    /// A loop header became hot or an event is pending
    fn slow_jump_back(s, _w, thread) {
        thread.events.set(0);
        thread.hot.set(thread.hot.get() + 1);
        *s.pc.add(1).cast_mut() = 1 << 40;
        0
    }
    /// b[c]
    fn slow_getitem(s, w, thread) {
        match item(s.rb(w), s.rc(w)) {
            Ok(p) => *p,
            Err(e) => fail(thread, e),
        }
    }
    /// a[b] = c
    fn slow_setitem(s, w, thread) {
        match item(s.ra(w), s.rb(w)) {
            Ok(p) => {
                *cell::<u64>(s.ra(w)) &= !FLAG_OLD;
                *p = s.rc(w);
                0
            }
            Err(e) => fail(thread, e),
        }
    }
    /// b.c
    fn slow_load_attr(s, w, thread) {
        let x = s.rb(w);
        if !is_object(x) || header(x) as u32 as u64 != INSTANCE {
            return fail(thread, "object has no such attribute");
        }
        *s.pc.add(1).cast_mut() = INSTANCE | s.extra(1) >> 32 << 32;
        (*cell::<Instance>(x)).slots[(s.extra(1) >> 32 & 7) as usize]
    }
    /// a.c = b
    fn slow_store_attr(s, w, thread) {
        let x = s.ra(w);
        if !is_object(x) || header(x) as u32 as u64 != INSTANCE {
            return fail(thread, "object has no such attribute");
        }
        *cell::<u64>(x) &= !FLAG_OLD;
        (*cell::<Instance>(x)).slots[(s.extra(1) >> 32 & 7) as usize] = s.rb(w);
        0
    }
    /// Any call that is not of the expected function
    fn slow_call(_s, _w, thread) { fail(thread, "object is not callable") }
    /// Any iterator that is no range
    fn slow_for_iter(_s, _w, thread) { fail(thread, "object is not an iterator") }
}

/// 1 when x < y, 0 when not, or the error word.
unsafe fn less(thread: &Thread, x: u64, y: u64) -> u64 {
    // SAFETY: register contents are words.
    match (unsafe { number(x) }, unsafe { number(y) }) {
        (Some(Number::Int(x)), Some(Number::Int(y))) => (x < y) as u64,
        (Some(Number::Int(x)), Some(Number::Float(y))) => ((x as f64) < y) as u64,
        (Some(Number::Float(x)), Some(Number::Int(y))) => (x < y as f64) as u64,
        (Some(Number::Float(x)), Some(Number::Float(y))) => (x < y) as u64,
        _ => fail(thread, "'<' not supported"),
    }
}

/// Where a list's item lies; negative indexes count from the end.
unsafe fn item(list: u64, index: u64) -> Result<*mut u64, &'static str> {
    // SAFETY: object words are live cells.
    if !is_object(list) || unsafe { header(list) } as u32 as u64 != LIST || index & 3 != 0 {
        return Err("object is not subscriptable");
    }
    // SAFETY: the header says it is a list.
    let list = unsafe { &*cell::<List>(list) };
    let index = index as i64 >> 2;
    let index = if index < 0 { index + list.len as i64 } else { index };
    if index < 0 || index >= list.len as i64 {
        return Err("list index out of range");
    }
    // SAFETY: just checked.
    Ok(unsafe { list.items.add(index as usize) })
}
