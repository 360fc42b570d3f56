//! The machine that the handlers program: instruction pointer, registers, dispatch table.
//!
//! A handler is `extern "C" fn(Pc, Regs, &Thread, &Table) -> Value` and ends by jumping to the
//! next one through the table (LLVM makes the call in tail position a jump; a check of the
//! binary guards that). For this to hold a handler keeps nothing in its own machine frame:
//! no local whose address escapes, nothing to drop. Whatever is not the fast path is another
//! handler, `#[cold]`, with the same signature.
//!
//! The table is an argument, so that the recorder is the same handlers run under another
//! table. Observation (`monitor/`) replaces the handlers in the interpreter's own one.
//!
//! Invariant: an instruction that allocates, raises or calls saves its address in the frame
//! record first ([`Regs::save`]); the collector and tracebacks go by it.

use krait_bytecode::Op;
use krait_object::code::Code;
use krait_object::function::Function;
use krait_object::{Thread, Value};
use std::cell::UnsafeCell;

/// A handler of one opcode.
pub type Handler = extern "C" fn(Pc, Regs, &Thread, &Table) -> Value;

/// The handlers by opcode number.
pub struct Table(UnsafeCell<[Handler; Op::COUNT]>);

// SAFETY: tables are read and written by threads that hold the interpreter lock only.
unsafe impl Sync for Table {}

impl Table {
    pub const fn new(handlers: [Handler; Op::COUNT]) -> Table {
        Table(UnsafeCell::new(handlers))
    }

    #[inline(always)]
    pub fn handler(&self, op: u16) -> Handler {
        debug_assert!((op as usize) < Op::COUNT);
        // SAFETY: code is made by the compiler or checked by the verifier, so opcode numbers are in range. Nobody writes
        // meanwhile (see `Sync`).
        unsafe { *self.0.get().cast::<Handler>().add(op as usize) }
    }

    /// Puts other handlers into all slots. Code that runs under this table goes on with them at its next instruction.
    pub fn replace_by(&self, handler: impl Fn(u16) -> Handler) {
        for op in 0..Op::COUNT {
            // SAFETY: the slot is inside the table, and this thread holds the interpreter lock.
            unsafe { *self.0.get().cast::<Handler>().add(op) = handler(op as u16) };
        }
    }
}

/// Address of an instruction word in a code object's private copy.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pc(pub *const u64);

impl Pc {
    #[inline(always)]
    pub fn op(self) -> u16 {
        // SAFETY: the address is that of an instruction word; the opcode is its low half-word (little-endian).
        unsafe { *self.0.cast::<u16>() }
    }

    #[inline(always)]
    pub fn a(self) -> usize {
        // SAFETY: as in `op`; the fields are the other half-words.
        unsafe { *self.0.cast::<u16>().add(1) as usize }
    }

    #[inline(always)]
    pub fn b(self) -> usize {
        // SAFETY: as in `a`.
        unsafe { *self.0.cast::<u16>().add(2) as usize }
    }

    #[inline(always)]
    pub fn c(self) -> usize {
        // SAFETY: as in `a`.
        unsafe { *self.0.cast::<u16>().add(3) as usize }
    }

    #[inline(always)]
    pub fn bc(self) -> i32 {
        // SAFETY: as in `a`; fields b and c are one i32.
        unsafe { *self.0.cast::<i32>().add(1) }
    }

    /// Extra word `i` (data words, then cache words).
    #[inline(always)]
    pub fn extra(self, i: usize) -> u64 {
        // SAFETY: the opcode has that many extra words.
        unsafe { *self.0.add(1 + i) }
    }

    /// Writes extra word `i` of the private copy.
    #[inline(always)]
    pub fn set_extra(self, i: usize, w: u64) {
        // SAFETY: the opcode has that many extra words; the copy is writable and this thread holds the interpreter lock.
        unsafe { *self.0.cast_mut().add(1 + i) = w }
    }

    /// Replaces the opcode (quick forms).
    #[inline(always)]
    pub fn set_op(self, op: Op) {
        // SAFETY: as in `set_extra`; the quick form has the same number of words.
        unsafe { *self.0.cast_mut().cast::<u16>() = op as u16 }
    }

    /// The instruction `n` words on.
    #[inline(always)]
    pub fn skip(self, n: usize) -> Pc {
        // SAFETY: code never runs past its end: the last instruction jumps, returns or raises.
        Pc(unsafe { self.0.add(n) })
    }

    /// The word `n` before.
    pub fn back(self, n: usize) -> Pc {
        // SAFETY: callers know an instruction of `n` words before this one.
        Pc(unsafe { self.0.sub(n) })
    }

    /// The target of a jump from the end of an instruction of `words` words.
    #[inline(always)]
    pub fn jump(self, words: usize, distance: i32) -> Pc {
        // SAFETY: jump targets are instructions of the same code.
        Pc(unsafe { self.0.add(words).offset(distance as isize) })
    }
}

/// How a frame ends: what is done with the value it returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cont {
    /// Into the destination register of the caller, which goes on after its instruction.
    Normal = 0,
    /// Leave the dispatch loop with the value.
    Entry = 1,
    /// The value of `__init__` must be None; the instance (in the record's namespace word) goes into the destination.
    Init = 2,
    /// Truth of the value decides the caller's fused compare and jump.
    Jump = 3,
    /// Truth of the value, as True or False, into the destination.
    Bool = 4,
    /// The negated truth into the destination.
    NotBool = 5,
    /// A generator resumed by `FOR_ITER`: a yielded value goes to the loop variable, the end jumps out.
    ForIter = 6,
    /// A generator resumed by `SEND`.
    Send = 7,
    /// `__next__` called by `FOR_ITER`.
    Next = 8,
    /// A binary operator's method: NotImplemented goes on with the operands' other methods.
    Binary = 9,
    /// A comparison's method, into the destination: NotImplemented goes on with the reflected one.
    Compare = 10,
    /// As `Compare`; the truth decides the caller's fused compare and jump.
    CompareJump = 11,
    /// The value is dropped.
    Discard = 12,
    /// The right operand's reflected method, after which there is no other: NotImplemented is a TypeError.
    Reflected = 13,
}

impl Cont {
    #[inline(always)]
    fn from_u8(n: u8) -> Cont {
        const ALL: [Cont; 14] = [
            Cont::Normal,
            Cont::Entry,
            Cont::Init,
            Cont::Jump,
            Cont::Bool,
            Cont::NotBool,
            Cont::ForIter,
            Cont::Send,
            Cont::Next,
            Cont::Binary,
            Cont::Compare,
            Cont::CompareJump,
            Cont::Discard,
            Cont::Reflected,
        ];
        ALL[n as usize]
    }
}

/// The meta word of a frame record; its low byte is zero so that it is no reference.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Meta(pub u64);

impl Meta {
    /// `words`: how far the caller's instruction extends; `dst`: the destination register.
    #[inline(always)]
    pub const fn new(cont: Cont, dst: usize, words: usize) -> Meta {
        Meta((cont as u64) << 8 | (dst as u64) << 16 | (words as u64) << 32)
    }

    /// A frame of a generator: when it is suspended its registers go back into the generator's cell.
    pub const GENERATOR: u64 = 1 << 40;
    /// A generator's frame that handles an exception of its own (else `Thread::handled` is its resumer's).
    pub const HANDLING: u64 = 1 << 41;
    /// A generator's frame whose registers are still in the generator (see `chains`).
    pub const THIN: u64 = 1 << 42;

    #[inline(always)]
    pub fn cont(self) -> Cont {
        Cont::from_u8((self.0 >> 8) as u8)
    }

    #[inline(always)]
    pub fn is_normal(self) -> bool {
        self.0 & (0xff00 | Meta::GENERATOR) == 0
    }

    #[inline(always)]
    pub fn dst(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline(always)]
    pub fn words(self) -> usize {
        (self.0 >> 32) as u8 as usize
    }

    #[inline(always)]
    pub fn is_generator(self) -> bool {
        self.0 & Meta::GENERATOR != 0
    }

    #[inline(always)]
    pub fn is_handling(self) -> bool {
        self.0 & Meta::HANDLING != 0
    }

    #[inline(always)]
    pub fn is_thin(self) -> bool {
        self.0 & Meta::THIN != 0
    }
}

/// Register 0 of a frame; its record lies below (see `FRAME_WORDS`).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Regs(pub *mut Value);

/// Places of the record's words, below register 0.
mod record {
    pub const FUNCTION: usize = 1;
    pub const CODE: usize = 2;
    pub const PREVIOUS: usize = 3;
    pub const PC: usize = 4;
    pub const META: usize = 5;
    pub const FRAME_OBJECT: usize = 6;
    pub const NAMESPACE: usize = 7;
    pub const CALLER_EXC: usize = 8;
    pub const GENERATOR: usize = 9;
}

impl Regs {
    #[inline(always)]
    pub fn get(self, i: usize) -> Value {
        // SAFETY: register numbers are below the code's register count (verifier), which the frame has room for.
        unsafe { *self.0.add(i) }
    }

    #[inline(always)]
    pub fn set(self, i: usize, v: Value) {
        // SAFETY: as in `get`.
        unsafe { *self.0.add(i) = v }
    }

    /// Address of the word `slot` from register 0, which may be a record's word below it.
    #[inline(always)]
    pub fn at_slot(self, slot: i32) -> *mut Value {
        // SAFETY: as in `get`; the record lies below register 0.
        unsafe { self.0.offset(slot as isize) }
    }

    /// Address of register `i`.
    #[inline(always)]
    pub fn at(self, i: usize) -> *mut Value {
        // SAFETY: as in `get`.
        unsafe { self.0.add(i) }
    }

    /// A run of registers as a slice; it must not be held when the frame goes on.
    #[inline(always)]
    pub fn slice<'a>(self, from: usize, n: usize) -> &'a [Value] {
        // SAFETY: as in `get`; native callees do not write their caller's registers.
        unsafe { std::slice::from_raw_parts(self.0.add(from), n) }
    }

    #[inline(always)]
    fn word(self, k: usize) -> Value {
        // SAFETY: the record lies below register 0.
        unsafe { *self.0.sub(k) }
    }

    #[inline(always)]
    fn set_word(self, k: usize, v: Value) {
        // SAFETY: as in `word`.
        unsafe { *self.0.sub(k) = v }
    }

    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The running function.
    #[inline(always)]
    pub fn function(self) -> Function {
        Function::of(self.word(record::FUNCTION))
    }

    #[inline(always)]
    pub fn function_value(self) -> Value {
        self.word(record::FUNCTION)
    }

    #[inline(always)]
    pub fn set_function(self, f: Value) {
        self.set_word(record::FUNCTION, f);
    }

    #[inline(always)]
    pub fn code(self) -> Code {
        Code::of(self.word(record::CODE))
    }

    /// The word that holds the running code, unchecked: for looking at frames while they change.
    #[inline]
    pub fn code_value(self) -> Value {
        self.word(record::CODE)
    }

    /// Constant `i` of the running code.
    #[inline(always)]
    pub fn constant(self, i: usize) -> Value {
        self.code().constant(i)
    }

    /// Registers of the calling frame (null for the first frame of a thread).
    #[inline(always)]
    pub fn previous(self) -> Regs {
        Regs(self.word(record::PREVIOUS).0 as *mut Value)
    }

    #[inline(always)]
    pub fn set_previous(self, r: Regs) {
        self.set_word(record::PREVIOUS, Value(r.0 as u64));
    }

    /// The instruction saved last.
    #[inline(always)]
    pub fn pc(self) -> Pc {
        Pc(self.word(record::PC).0 as *const u64)
    }

    /// Saves the address of the running instruction.
    #[inline(always)]
    pub fn save(self, pc: Pc) {
        self.set_word(record::PC, Value(pc.0 as u64));
    }

    #[inline(always)]
    pub fn meta(self) -> Meta {
        Meta(self.word(record::META).0)
    }

    #[inline(always)]
    pub fn set_meta(self, m: Meta) {
        self.set_word(record::META, Value(m.0));
    }

    /// The frame object, or zero.
    #[inline(always)]
    pub fn frame_object(self) -> Value {
        self.word(record::FRAME_OBJECT)
    }

    #[inline(always)]
    pub fn set_frame_object(self, v: Value) {
        self.set_word(record::FRAME_OBJECT, v);
    }

    /// The namespace of module, class and `exec` frames, or the instance of an `Init` frame, or zero.
    #[inline(always)]
    pub fn namespace(self) -> Value {
        self.word(record::NAMESPACE)
    }

    #[inline(always)]
    pub fn set_namespace(self, v: Value) {
        self.set_word(record::NAMESPACE, v);
    }

    /// The exception that a generator's resumer was handling; only generator frames have this word.
    #[inline(always)]
    pub fn caller_exc(self) -> Value {
        self.word(record::CALLER_EXC)
    }

    #[inline(always)]
    pub fn set_caller_exc(self, v: Value) {
        self.set_word(record::CALLER_EXC, v);
    }

    /// The generator of a generator frame; only those have this word.
    #[inline(always)]
    pub fn generator(self) -> Value {
        self.word(record::GENERATOR)
    }

    #[inline(always)]
    pub fn set_generator(self, v: Value) {
        self.set_word(record::GENERATOR, v);
    }

    /// Fills the record of a frame whose function word is in place already.
    #[inline(always)]
    pub fn enter(self, code: Code, previous: Regs, meta: Meta) {
        self.set_word(record::CODE, code.value());
        self.set_previous(previous);
        self.set_meta(meta);
        self.set_frame_object(Value::ZERO);
        self.set_namespace(Value::ZERO);
        self.save(Pc(code.start.get()));
    }
}

/// Goes on with the instruction at `pc`.
#[inline(always)]
pub fn next(pc: Pc, regs: Regs, th: &Thread, t: &Table) -> Value {
    (t.handler(pc.op()))(pc, regs, th, t)
}

/// First word above everything that the thread's frames use: where a nested frame may start.
#[inline(always)]
pub fn stack_top(th: &Thread) -> *mut Value {
    let r = Regs(th.frame.get());
    if r.is_null() { th.stack_base } else { r.at(r.code().register_count.get() as usize) }
}
