//! The intermediate representation: typed SSA in blocks with parameters.
//!
//! A [`Region`] is what is compiled at once. Its first block is entered from the interpreter, or
//! from an exit of another trace; a recorded loop has a second block, the loop, whose
//! parameters are the values that change from turn to turn. Instructions that may leave
//! (guards, checked arithmetic, calls that may raise) name a [`Snapshot`]: the registers of the
//! interpreter's frames as they must be when the interpreter goes on.
//!
//! [`Op`] is the one table of instructions: optimizer, allocator, assembler and printer
//! go by it. Nothing here knows how a recording is made or what machine code looks like.

use rustc_hash::FxHashMap as HashMap;
use std::fmt;

/// The type of an instruction's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Ty {
    /// No result.
    None,
    /// A tagged word.
    Val,
    /// An integer of 64 bits, untagged.
    Int,
    /// A float.
    Float,
    /// A raw address or raw word of a frame record.
    Ptr,
}

impl Ty {
    /// The name in text.
    pub fn letter(self) -> &'static str {
        match self {
            Ty::None => "none",
            Ty::Val => "val",
            Ty::Int => "int",
            Ty::Float => "float",
            Ty::Ptr => "ptr",
        }
    }
}

/// What an instruction does besides computing its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A constant.
    Const,
    /// Depends on its operands only.
    Pure,
    /// Depends on its operands; leaves when they are not as expected.
    Guard,
    /// Reads memory of its alias class.
    Load,
    /// Reads memory of its alias class and leaves when it is not as expected.
    LoadGuard,
    /// Writes memory of its alias class.
    Store,
    /// A new cell: different from all other values, and unknown to everyone until it is passed on.
    New,
    /// Calls a helper; its effects are in `aux`.
    Call,
    /// Anything can happen: memory is not known any more.
    Barrier,
    /// A place of a frame in memory.
    Frame,
}

macro_rules! ir_ops {
    ($($(#[doc = $doc:literal])* $name:ident $ty:ident $args:literal $kind:ident;)*) => {
        /// An instruction's operation.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $($(#[doc = $doc])* $name),* }

        impl Op {
            /// The name in text.
            pub fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name)),* }
            }

            /// The type of the result; [`Ty::None`] also where the instruction says.
            pub fn ty(self) -> Ty {
                match self { $(Op::$name => Ty::$ty),* }
            }

            /// All operations.
            pub const ALL: &[Op] = &[$(Op::$name),*];

            /// What else it does.
            pub fn kind(self) -> Kind {
                match self { $(Op::$name => Kind::$kind),* }
            }
        }
    };
}

ir_ops! {
    /// The integer `imm`.
    KInt Int 0 Const;
    /// The float with the bits `imm`.
    KFloat Float 0 Const;
    /// The tagged word `imm`.
    KVal Val 0 Const;
    /// The raw word `imm`.
    KPtr Ptr 0 Const;
    /// Register `imm` (signed; records lie below 0) of the root frame as it was at the entry.
    Slot Val 0 Frame;
    /// Register `imm` of the root frame, read again after an instruction of the interpreter.
    Reload Val 0 Load;
    /// A block's parameter number `imm`; its type is the instruction's.
    Param None 0 Frame;
    /// The address of register `imm` of the root frame.
    FrameAddr Ptr 0 Frame;

    /// a + b; leaves on overflow
    AddI Int 2 Guard;
    /// a - b; leaves on overflow
    SubI Int 2 Guard;
    /// a * b; leaves on overflow
    MulI Int 2 Guard;
    /// a << b for a constant b below 63; leaves when bits are lost
    ShlI Int 2 Guard;
    /// -a; leaves on overflow
    NegI Int 1 Guard;
    /// a + b, known not to overflow
    AddW Int 2 Pure;
    /// a - b, known not to overflow
    SubW Int 2 Pure;
    /// a * b, known not to overflow
    MulW Int 2 Pure;
    /// a << b for a constant b below 63; no bits are lost
    ShlW Int 2 Pure;
    /// -a, known not to overflow
    NegW Int 1 Pure;
    /// a, known to be in the range of immediate integers
    SmallI Int 1 Pure;
    /// a >> b for b in 0..=63
    SarI Int 2 Pure;
    /// a & b
    AndI Int 2 Pure;
    /// a | b
    OrI Int 2 Pure;
    /// a ^ b
    XorI Int 2 Pure;
    /// floor(a / b); b is neither 0 nor -1
    DivI Int 2 Pure;
    /// a modulo b with the sign of b; b is neither 0 nor -1
    ModI Int 2 Pure;

    /// a + b
    AddF Float 2 Pure;
    /// a - b
    SubF Float 2 Pure;
    /// a * b
    MulF Float 2 Pure;
    /// a / b
    DivF Float 2 Pure;
    /// -a
    NegF Float 1 Pure;
    /// |a|
    AbsF Float 1 Pure;
    /// square root
    SqrtF Float 1 Pure;
    /// the integer as the nearest float
    IntToF Float 1 Pure;
    /// the float without its fraction; leaves when it is no integer of 64 bits
    FToI Int 1 Guard;
    /// a function of the C library or of Krait, `imm`, of one float
    CallF Float 1 Pure;
    /// the same of two floats
    CallFF Float 2 Pure;
    /// a ** (imm / 2) for a few exponents, as the C library has it; a call to the allocator
    PowF Float 1 Pure;

    /// the integer of an immediate integer; leaves when it is none
    UnboxI Int 1 Guard;
    /// the float of an immediate float; leaves when it is none
    UnboxF Float 1 Guard;
    /// the tagged integer, in a cell if it must be
    BoxI Val 1 Pure;
    /// the tagged integer, known to be no cell
    TagI Val 1 Pure;
    /// the tagged float, in a cell if it must be
    BoxF Val 1 Pure;
    /// `aux` is a condition: leaves unless `a cond b`
    GuardI None 2 Guard;
    /// the same of floats; a NaN satisfies only `ne`. With `NOT` in `aux`: leaves when it holds
    GuardF None 2 Guard;
    /// leaves unless the words are the same
    GuardEq None 2 Guard;
    /// leaves when the words are the same
    GuardNe None 2 Guard;
    /// leaves unless a is a cell
    GuardCell None 1 Guard;
    /// leaves unless the cell a has the shape `imm`
    GuardShape None 1 LoadGuard;
    /// leaves unless the shape `imm & 0xffffffff` still has the version `imm >> 32`
    GuardVersion None 0 LoadGuard;
    /// leaves when what the trace relies on has changed: when the word at the address `imm` is not zero
    GuardValid None 0 LoadGuard;
    /// leaves when an event waits for the thread
    GuardEvents None 0 Barrier;
    /// the frame at slot `imm` is the innermost one from here on: those above it have been returned from
    Lower None 0 Barrier;

    /// a new cell with the header word `imm` and zeroes behind it; as an address if the type is so
    New Val 0 New;
    /// the word at a + offset
    Load Val 1 Load;
    /// the raw integer at a + offset
    LoadW Int 1 Load;
    /// the 32-bit integer at a + offset
    LoadU Int 1 Load;
    /// the address at a + offset
    LoadP Ptr 1 Load;
    /// the word at a + 8 * b + offset
    LoadEl Val 2 Load;
    /// the word at the thread's offset `imm`; as an integer, one of 32 bits
    LoadTh None 0 Load;
    /// word at a + offset = b
    Store None 2 Store;
    /// raw integer at a + offset = b
    StoreW None 2 Store;
    /// the machine value (`aux` is its [`Item`]) at a + size * b + offset
    LoadT None 2 Load;
    /// machine value (`aux` is its [`Item`]) at a + size * b + offset = c; an integer fits
    StoreT None 3 Store;
    /// shape of the cell a = `imm`
    StoreShape None 1 Store;
    /// word at a + 8 * b + offset = c
    StoreEl None 3 Store;
    /// the write barrier for a store at a + offset
    BarrierAt None 1 Call;
    /// the write barrier for a store at a + 8 * b + offset
    BarrierEl None 2 Call;
    /// a helper of up to three operands after the thread; its address is `imm`, its effects are `aux`; the word ERROR
    /// says that it raised
    CallRaise Val 3 Call;
    /// operand number `imm` of the next `CallArgs`
    Arg None 1 Call;
    /// as `CallRaise` of a helper that takes the address of the operands set by `Arg`, and their number, the constant a
    CallArgs Val 1 Call;
    /// appends b to the list a; `aux` has its effects
    Append None 2 Call;
    /// slice(a, b, c); may be left away
    NewSlice Val 3 Call;
    /// one instruction by the interpreter; number `imm` of the region's list of steps
    Step None 0 Barrier;
}

/// A value: the index of the instruction that computes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub u32);

impl Ref {
    /// No operand.
    pub const NONE: Ref = Ref(u32::MAX);

    /// The index.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Is there an operand?
    pub fn is_some(self) -> bool {
        self != Ref::NONE
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_some() { write!(f, "v{}", self.0) } else { write!(f, "-") }
    }
}

/// Conditions of `GuardI` and `GuardF`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Cond {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
    /// Unsigned less than: both bounds of an index at once.
    Below,
}

impl Cond {
    /// All conditions by their numbers.
    pub const ALL: [Cond; 7] = [Cond::Lt, Cond::Le, Cond::Eq, Cond::Ne, Cond::Gt, Cond::Ge, Cond::Below];

    /// From its number.
    pub fn from_u32(n: u32) -> Cond {
        Cond::ALL[n as usize]
    }

    /// The condition that holds exactly when this one does not (integers only; None for `Below`).
    pub fn negate(self) -> Option<Cond> {
        Some(match self {
            Cond::Lt => Cond::Ge,
            Cond::Le => Cond::Gt,
            Cond::Eq => Cond::Ne,
            Cond::Ne => Cond::Eq,
            Cond::Gt => Cond::Le,
            Cond::Ge => Cond::Lt,
            Cond::Below => return None,
        })
    }

    /// Does it hold of two integers?
    pub fn of(self, a: i64, b: i64) -> bool {
        match self {
            Cond::Lt => a < b,
            Cond::Le => a <= b,
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
            Cond::Below => (a as u64) < b as u64,
        }
    }

    /// Does it hold of two floats?
    pub fn of_floats(self, a: f64, b: f64) -> bool {
        match self {
            Cond::Lt | Cond::Below => a < b,
            Cond::Le => a <= b,
            Cond::Eq => a == b,
            Cond::Ne => a != b,
            Cond::Gt => a > b,
            Cond::Ge => a >= b,
        }
    }

    /// The name in text.
    pub fn name(self) -> &'static str {
        ["lt", "le", "eq", "ne", "gt", "ge", "below"][self as usize]
    }
}

/// In `aux` of a `GuardEq` or `GuardNe`: the outcome of a step that is done decides where the exit leads. So a test run must
/// not take it while the guard holds.
pub const DECIDES: u32 = 64;

/// In `aux` of a `GuardF`: the condition must not hold. (With NaN, `not a < b` is no `a >= b`.)
pub const NOT: u32 = 16;

/// In `aux` of a `LoadW`: the word is a length, which no memory makes very large.
pub const LENGTH: u32 = 1;
/// In `aux` of a `LoadW`: the word counts something; it is not negative.
pub const COUNT: u32 = 2;
/// A machine value in an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Item {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    F32,
    F64,
}

impl Item {
    const ALL: [Item; 9] =
        [Item::I8, Item::U8, Item::I16, Item::U16, Item::I32, Item::U32, Item::I64, Item::F32, Item::F64];

    /// From its number.
    pub fn from_u32(n: u32) -> Item {
        Item::ALL[n as usize]
    }

    /// From the letter that `struct` and `array` use; None for what compiled code leaves alone.
    pub fn from_letter(c: u8) -> Option<Item> {
        Some(match c {
            b'b' => Item::I8,
            b'B' => Item::U8,
            b'h' => Item::I16,
            b'H' => Item::U16,
            b'i' => Item::I32,
            b'I' => Item::U32,
            b'l' | b'q' => Item::I64,
            b'f' => Item::F32,
            b'd' => Item::F64,
            _ => return None,
        })
    }

    /// The type of its value.
    pub fn ty(self) -> Ty {
        if matches!(self, Item::F32 | Item::F64) { Ty::Float } else { Ty::Int }
    }

    /// The integers it holds; None when it holds all of 64 bits, or floats.
    pub fn bounds(self) -> Option<(i64, i64)> {
        Some(match self {
            Item::I8 => (i8::MIN.into(), i8::MAX.into()),
            Item::U8 => (0, u8::MAX.into()),
            Item::I16 => (i16::MIN.into(), i16::MAX.into()),
            Item::U16 => (0, u16::MAX.into()),
            Item::I32 => (i32::MIN.into(), i32::MAX.into()),
            Item::U32 => (0, u32::MAX.into()),
            Item::I64 | Item::F32 | Item::F64 => return None,
        })
    }
}

/// Parts of memory that do not overlap. A load or store names one; calls have a set of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Alias {
    /// Never written while the owner lives: tuples, a function's code at a trace's level of trust.
    Constant,
    /// Attribute slots of instances.
    Attr,
    /// Items of lists' arrays.
    Items,
    /// Length and array of a list.
    List,
    /// Captured variables.
    Captured,
    /// Values of names in namespaces.
    Names,
    /// State of iterators.
    Iterator,
    /// Suspended frames of generators.
    Generator,
    /// Shapes of cells.
    Shape,
    /// Versions of shapes and of namespaces' key sets.
    Version,
    /// Registers of frames in memory.
    Frame,
    /// Length and memory of arrays of machine values.
    Buffer,
    /// The machine values in them.
    Raw,
    /// Everything else.
    Other,
}

impl Alias {
    /// All classes.
    pub const ALL: [Alias; 14] = [
        Alias::Constant,
        Alias::Attr,
        Alias::Items,
        Alias::List,
        Alias::Captured,
        Alias::Names,
        Alias::Iterator,
        Alias::Generator,
        Alias::Shape,
        Alias::Version,
        Alias::Frame,
        Alias::Buffer,
        Alias::Raw,
        Alias::Other,
    ];

    /// The set with this class alone.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The set of everything that can be written.
pub const EVERYTHING: u32 = !1;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub struct Inst {
    pub op: Op,
    pub ty: Ty,
    /// The alias class of loads and stores.
    pub alias: Alias,
    /// A condition; the effects of a call.
    pub aux: u32,
    pub args: [Ref; 3],
    /// A constant's bits, an offset, a shape, an address.
    pub imm: i64,
    /// Number of the snapshot, or `NO_SNAPSHOT`.
    pub snap: u32,
}

/// An instruction without a snapshot.
pub const NO_SNAPSHOT: u32 = u32::MAX;

impl Inst {
    /// An instruction with its type from the table.
    pub fn new(op: Op, args: &[Ref]) -> Inst {
        let mut a = [Ref::NONE; 3];
        a[..args.len()].copy_from_slice(args);
        Inst { op, ty: op.ty(), alias: Alias::Other, aux: 0, args: a, imm: 0, snap: NO_SNAPSHOT }
    }

    /// With an immediate.
    pub fn imm(mut self, imm: i64) -> Inst {
        self.imm = imm;
        self
    }

    /// With an alias class.
    pub fn alias(mut self, alias: Alias) -> Inst {
        self.alias = alias;
        self
    }

    /// With a condition or effects.
    pub fn aux(mut self, aux: u32) -> Inst {
        self.aux = aux;
        self
    }

    /// The operands.
    pub fn operands(&self) -> impl Iterator<Item = Ref> + '_ {
        self.args.iter().copied().filter(|a| a.is_some())
    }

    /// Must it stay although nobody uses its result?
    pub fn is_effect(&self) -> bool {
        !matches!(self.op.kind(), Kind::Const | Kind::Pure | Kind::Load | Kind::Frame | Kind::New)
            && self.op != Op::NewSlice
    }
}

/// How the interpreter goes on after an exit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resume {
    /// Runs the instruction (again).
    Run,
    /// The instruction raised: the exception is pending.
    Raise,
    /// Runs the instruction: a check that was made ahead of a loop, for all of its turns, did not hold. No trace grows there.
    Ahead,
}

/// A cell that is made at an exit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// The `New` that stands for it in snapshots.
    pub cell: Ref,
    pub header: i64,
    /// The words that were stored.
    pub words: Vec<Word>,
}

/// A word of a cell that is not made yet: what a store put there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    pub offset: i32,
    /// The value; a number that `store` would need boxed may be here as it is.
    pub value: Ref,
    /// `Store` or `StoreW`, and its class.
    pub store: Op,
    pub alias: Alias,
}

/// The state of the interpreter at an instruction.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Words of the root frame (register 0 is slot 0) that differ from memory at the entry.
    pub slots: Vec<(i32, Ref)>,
    /// Cells that the exit makes: those that `slots` and the cells themselves refer to but no instruction made so far.
    pub objects: Vec<Object>,
    /// Address of the instruction to go on with.
    pub pc: u64,
    /// Where the innermost frame's register 0 is, as a slot.
    pub frame: i32,
    /// How many frames are above the root frame.
    pub depth: i32,
    /// How many registers of the root frame are alive.
    pub live: i32,
    /// Registers of the root frame that the interpreter changed in memory since the entry; all of them?
    pub in_memory: std::rc::Rc<Vec<i32>>,
    pub all_in_memory: bool,
    /// The frames from the root frame on.
    pub chain: std::rc::Rc<Vec<crate::record::Frame>>,
    pub resume: Resume,
    /// What is known besides, for a trace that begins here. No pass looks at it.
    pub shapes: std::rc::Rc<Vec<KnownShape>>,
}

/// A register's value is a cell of this shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownShape {
    pub slot: i32,
    pub shape: i64,
    /// The class of the fact: may the shape change?
    pub alias: Alias,
}

impl Snapshot {
    /// All values that it needs.
    pub fn values(&self) -> impl Iterator<Item = Ref> + '_ {
        let fields = self.objects.iter().flat_map(|o| o.words.iter().map(|w| w.value));
        self.slots.iter().map(|s| s.1).chain(fields)
    }
}

/// One instruction left to the interpreter.
#[derive(Clone, Debug)]
pub struct StepInfo {
    pub pc: u64,
    /// Where the frame is, as a slot.
    pub frame: i32,
    /// The first slot above the frame's registers: from there on other frames may have written.
    pub top: i32,
    /// Where the trace goes on: the instruction and frame that the interpreter came to when it was recorded.
    pub next_pc: u64,
    pub next_frame: i32,
    /// Depth before and after it.
    pub depth: i32,
    pub next_depth: i32,
    /// Slots that it changed in memory; None: any of the frame that it came to, and above.
    pub writes: Option<Vec<i32>>,
}

/// What follows a block.
#[derive(Clone, Debug)]
pub enum End {
    /// Not known yet.
    Open,
    /// Another block, with arguments for its parameters.
    Jump(usize, Vec<Ref>),
    /// One of two blocks without parameters: the first when the guard (which is in no body) holds.
    Branch { guard: Ref, then: usize, other: usize },
    /// Another trace: memory is brought up to date as the snapshot says, and the trace is entered from its start.
    Link(u64, u32),
    /// The caller's frame, by the interpreter: the frame of the snapshot returns the value. When the frame is not an
    /// ordinary one the interpreter does it, as the snapshot says.
    Return(Ref, u32),
    /// The interpreter.
    Exit(u32),
}

/// A sequence of instructions.
#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<Ref>,
    pub body: Vec<Ref>,
    pub end: End,
}

/// What is compiled at once.
#[derive(Clone, Debug, Default)]
pub struct Region {
    pub insts: Vec<Inst>,
    pub blocks: Vec<Block>,
    pub snaps: Vec<Snapshot>,
    pub steps: Vec<StepInfo>,
}

/// What a value is now, after parameters were dropped.
fn settled(now: &HashMap<Ref, Ref>, mut r: Ref) -> Ref {
    while let Some(&to) = now.get(&r) {
        r = to;
    }
    r
}

impl Region {
    /// The instruction that computes a value.
    pub fn inst(&self, r: Ref) -> &Inst {
        &self.insts[r.index()]
    }

    /// The type of a value.
    pub fn ty(&self, r: Ref) -> Ty {
        self.insts[r.index()].ty
    }

    /// Is it a constant?
    pub fn is_const(&self, r: Ref) -> bool {
        self.inst(r).op.kind() == Kind::Const
    }

    /// Adds an instruction to no block yet.
    pub fn push(&mut self, inst: Inst) -> Ref {
        self.insts.push(inst);
        Ref(self.insts.len() as u32 - 1)
    }

    /// Gives values new names everywhere.
    pub fn rename(&mut self, named: &[Ref]) {
        let swap = |r: &mut Ref| {
            if r.is_some() {
                *r = named[r.index()];
            }
        };
        for i in &mut self.insts {
            i.args.iter_mut().for_each(swap);
        }
        for s in &mut self.snaps {
            s.slots.iter_mut().for_each(|x| swap(&mut x.1));
            s.objects.iter_mut().flat_map(|o| &mut o.words).for_each(|w| swap(&mut w.value));
        }
        for b in &mut self.blocks {
            match &mut b.end {
                End::Jump(_, args) => args.iter_mut().for_each(swap),
                End::Return(v, _) => swap(v),
                End::Open | End::Branch { .. } | End::Link(..) | End::Exit(_) => {}
            }
        }
    }

    /// The blocks that may follow a block.
    pub fn successors(&self, block: usize) -> impl Iterator<Item = usize> {
        let (a, b) = match &self.blocks[block].end {
            End::Jump(to, _) => (Some(*to), None),
            End::Branch { then, other, .. } => (Some(*then), Some(*other)),
            _ => (None, None),
        };
        a.into_iter().chain(b)
    }

    /// The blocks that can be come to, each before those that follow it (but for a loop's jump back), and the first side
    /// of a branch before the other.
    pub fn order(&self) -> Vec<usize> {
        let mut seen = vec![false; self.blocks.len()];
        let mut out = Vec::new();
        // A block, and whether what follows it is done.
        let mut work = vec![(0, false)];
        while let Some((n, done)) = work.pop() {
            if done {
                out.push(n);
            } else if !std::mem::replace(&mut seen[n], true) {
                work.push((n, true));
                // The last one pushed is done first, and comes last.
                work.extend(self.successors(n).map(|s| (s, false)));
            }
        }
        out.reverse();
        out
    }

    /// Numbers the blocks in order, and drops those that can not be come to.
    pub fn sort_blocks(&mut self) {
        let order = self.order();
        if order.len() == self.blocks.len() && order.is_sorted() {
            return;
        }
        let mut number = vec![usize::MAX; self.blocks.len()];
        for (k, &n) in order.iter().enumerate() {
            number[n] = k;
        }
        let mut sorted = Vec::new();
        for &n in &order {
            let block = &mut self.blocks[n];
            let mut b = Block {
                params: std::mem::take(&mut block.params),
                body: std::mem::take(&mut block.body),
                end: std::mem::replace(&mut block.end, End::Open),
            };
            match &mut b.end {
                End::Jump(to, _) => *to = number[*to],
                End::Branch { then, other, .. } => {
                    *then = number[*then];
                    *other = number[*other];
                }
                _ => {}
            }
            sorted.push(b);
        }
        self.blocks = sorted;
    }

    /// The jumps to a block: the block that each ends.
    pub fn jumps_to(&self, block: usize) -> Vec<usize> {
        (0..self.blocks.len())
            .filter(|&n| matches!(&self.blocks[n].end, End::Jump(to, _) if *to == block))
            .collect()
    }

    /// The arguments of the jump that ends a block.
    pub fn arguments(&mut self, block: usize) -> Option<&mut Vec<Ref>> {
        if let End::Jump(_, args) = &mut self.blocks[block].end { Some(args) } else { None }
    }

    /// Parameters that every jump gives one and the same value (or themselves) are that value.
    pub fn drop_same_params(&mut self) {
        let mut now = HashMap::default();
        while self.drop_some_params(&mut now) {}
        if !now.is_empty() {
            self.replace(&now);
        }
    }

    /// Notes in `now` what the dropped ones are; they are still named everywhere.
    fn drop_some_params(&mut self, now: &mut HashMap<Ref, Ref>) -> bool {
        let mut changed = false;
        for n in 1..self.blocks.len() {
            let jumps = self.jumps_to(n);
            let mut k = 0;
            while k < self.blocks[n].params.len() {
                let p = self.blocks[n].params[k];
                let mut given = jumps.iter().filter_map(|&j| match &self.blocks[j].end {
                    End::Jump(_, args) => Some(settled(now, args[k])),
                    _ => None,
                });
                let to = given.clone().find(|&a| a != p);
                match to {
                    Some(to) if self.ty(to) == self.ty(p) && given.all(|a| a == p || a == to) => {
                        self.blocks[n].params.remove(k);
                        for &j in &jumps {
                            if let Some(args) = self.arguments(j) {
                                args.remove(k);
                            }
                        }
                        now.insert(p, to);
                        changed = true;
                    }
                    _ => k += 1,
                }
            }
        }
        changed
    }

    /// Puts other values in the places of some everywhere.
    fn replace(&mut self, now: &HashMap<Ref, Ref>) {
        let swap = |r: &mut Ref| *r = settled(now, *r);
        for i in &mut self.insts {
            i.args.iter_mut().for_each(swap);
        }
        for s in &mut self.snaps {
            s.slots.iter_mut().for_each(|x| swap(&mut x.1));
        }
        for b in &mut self.blocks {
            match &mut b.end {
                End::Jump(_, args) => args.iter_mut().for_each(swap),
                End::Return(v, _) => swap(v),
                End::Open | End::Branch { .. } | End::Link(..) | End::Exit(_) => {}
            }
        }
    }

    /// Adds an empty block.
    pub fn block(&mut self) -> usize {
        self.blocks.push(Block { params: Vec::new(), body: Vec::new(), end: End::Open });
        self.blocks.len() - 1
    }
}
