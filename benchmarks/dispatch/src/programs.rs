//! The programs, and the small assembler that writes them.
//!
//! A program owns its code, constants, cells and register stack; everything it allocates lives as long as it.

use crate::Op;
use crate::machine::*;
use std::cell::Cell;

/// Registers of the stack.
const STACK: usize = 4096;

/// A program ready to run.
pub struct Program {
    /// Its name in tables.
    pub name: &'static str,
    code: Vec<u64>,
    consts: Vec<u64>,
    stack: Vec<u64>,
    init: Vec<(usize, u64)>,
    thread: Thread,
    _code: Option<Box<Code>>,
}

impl Program {
    /// Runs the program with one of the dispatchers' `run` functions.
    ///
    /// # Errors
    /// What the failed instruction's slow path reported.
    pub fn run(&mut self, run: unsafe fn(State) -> u64) -> Result<u64, &'static str> {
        let regs = self.stack[FRAME_WORDS..].as_mut_ptr();
        for &(register, value) in &self.init {
            // SAFETY: `init` names registers of the first frame.
            unsafe { *regs.add(register) = value };
        }
        // SAFETY: the frame record lies below register 0.
        unsafe { *regs.offset(FRAME_CONSTS) = self.consts.as_ptr() as u64 };
        let state = State { pc: self.code.as_mut_ptr(), regs, thread: &self.thread, table: std::ptr::null() };
        // SAFETY: the assembler below makes well-formed programs.
        match unsafe { run(state) } {
            ERROR => Err(self.thread.error.get()),
            value => Ok(value),
        }
    }

    /// How often the loop header's counter ran out.
    pub fn times_hot(&self) -> u64 {
        self.thread.hot.get()
    }
}

fn leak<T>(value: T) -> *mut T {
    Box::leak(Box::new(value))
}

fn object<T>(value: T) -> u64 {
    leak(value) as u64 + 1
}

/// A new list's word.
pub fn list(items: Vec<u64>) -> u64 {
    let len = items.len();
    object(List { header: LIST, items: items.leak().as_mut_ptr(), len })
}

/// A new instance's word.
pub fn instance(slots: [u64; 8]) -> u64 {
    object(Instance { header: INSTANCE, slots })
}

/// Writes code; jumps name instructions by their place in the list.
#[derive(Default)]
pub struct Assembler {
    code: Vec<u64>,
    consts: Vec<u64>,
    init: Vec<(usize, u64)>,
    labels: Vec<Option<usize>>,
    jumps: Vec<(usize, usize, usize)>,
    code_object: Option<Box<Code>>,
    calls: Vec<usize>,
    entry: usize,
}

impl Assembler {
    /// Adds a constant.
    pub fn constant(&mut self, w: u64) -> u16 {
        self.consts.push(w);
        (self.consts.len() - 1) as u16
    }

    /// Gives a register its value at the start.
    pub fn init(&mut self, register: usize, w: u64) {
        self.init.push((register, w));
    }

    /// Adds an instruction; extra words are zero. Returns where it is.
    pub fn op(&mut self, op: Op, a: u16, b: u16, c: u16) -> usize {
        let at = self.code.len();
        self.code.push(op as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48);
        self.code.resize(at + op.words(), 0);
        if op == Op::JUMP_BACK {
            self.code[at + 1] = 1 << 40;
        }
        at
    }

    /// Adds an instruction whose first extra word is given.
    pub fn op1(&mut self, op: Op, a: u16, b: u16, c: u16, extra: u64) {
        let at = self.op(op, a, b, c);
        self.code[at + 1] = extra;
    }

    /// A place to jump to, not yet set.
    pub fn label(&mut self) -> usize {
        self.labels.push(None);
        self.labels.len() - 1
    }

    /// Sets a label here.
    pub fn bind(&mut self, label: usize) {
        self.labels[label] = Some(self.code.len());
    }

    /// Adds an instruction that jumps.
    pub fn jump(&mut self, op: Op, a: u16, b: u16, c: u16, label: usize) {
        let at = self.op(op, a, b, c);
        self.jumps.push((at, op.words(), label));
    }

    /// Makes the code from here on a function of that many registers, and returns its word. The program
    /// itself must begin by jumping over it.
    pub fn function(&mut self, registers: usize) -> u64 {
        let code =
            Box::new(Code { entry: std::ptr::null(), consts: std::ptr::null(), frame_bytes: registers * 8 });
        let word = object(Function { header: FUNCTION, code: &*code });
        self.code_object = Some(code);
        self.entry = self.code.len();
        word
    }

    /// Calls the function.
    pub fn call(&mut self, window: u16, arguments: u16, result: u16) {
        let at = self.op(Op::CALL_PY, window, arguments, result);
        self.calls.push(at);
    }

    /// The finished program.
    ///
    /// # Panics
    /// When a label was never set.
    pub fn finish(mut self, name: &'static str) -> Program {
        for (at, words, label) in self.jumps {
            let distance = self.labels[label].expect("label") as i64 - (at + words) as i64;
            match Op::ALL[self.code[at] as u16 as usize] {
                Op::JUMP | Op::JUMP_BACK | Op::JUMP_IF_FALSE => self.code[at] |= (distance as u64) << 32,
                _ => self.code[at + 1] = distance as u64,
            }
        }
        if let Some(code) = &mut self.code_object {
            for &at in &self.calls {
                self.code[at + 1] = &**code as *const Code as u64;
            }
            code.entry = self.code[self.entry..].as_ptr();
            code.consts = self.consts.as_ptr();
        }
        let stack = vec![0; STACK];
        let thread = Thread {
            events: Cell::new(0),
            stack_end: stack.as_ptr_range().end as usize,
            true_word: object(Boxed { header: BOOL, payload: 1 }),
            false_word: object(Boxed { header: BOOL, payload: 0 }),
            error: Cell::new(""),
            hot: Cell::new(0),
        };
        let (code, consts, init) = (self.code, self.consts, self.init);
        Program { name, code, consts, stack, init, thread, _code: self.code_object }
    }
}

fn num(f: f64) -> u64 {
    float(f)
}

/// `while i < n: if i & 3 < 2: s += i else: s -= 1; i += 1`
pub fn integers(n: i64) -> Program {
    let mut p = Assembler::default();
    let (one, two) = (p.constant(int(1)), p.constant(int(2)));
    let minus = p.constant(int(-1));
    p.init(2, int(n));
    p.init(5, int(3));
    let (top, end, other, join) = (p.label(), p.label(), p.label(), p.label());
    p.op(Op::LOAD_INT, 0, 0, 0);
    p.op(Op::LOAD_INT, 1, 0, 0);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.bind(top);
    p.op(Op::AND, 3, 0, 5);
    p.jump(Op::JUMP_LT_K, 3, two, 0, other);
    p.op(Op::ADD, 1, 1, 0);
    p.jump(Op::JUMP, 0, 0, 0, join);
    p.bind(other);
    p.op(Op::ADD_K, 1, 1, minus);
    p.bind(join);
    p.op(Op::ADD_K, 0, 0, one);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op(Op::EXIT, 1, 0, 0);
    p.finish("integers")
}

/// One body attracted by another, as in nbody's inner loop, in local variables.
pub fn floats_program(n: i64) -> Program {
    let mut p = Assembler::default();
    let (dt, one) = (p.constant(num(0.001)), p.constant(num(1.0)));
    // 0..3 position, 3..6 velocity, 6 loop iterator, 7 its variable, 8.. temporaries, 20 mass
    for (r, f) in [4.84, -1.16, -0.10, 0.6, 2.8, -0.02].into_iter().enumerate() {
        p.init(r, num(f));
    }
    p.init(20, num(39.47));
    let iterator = RangeIter { header: RANGE_ITER, current: 0, stop: (n << 2), step: 4 };
    let iterator = object(iterator);
    p.init(6, iterator);
    // The iterator is reset through an instance-like store: its current is the first slot.
    p.op(Op::LOAD_INT, 8, 0, 0);
    p.op1(Op::STORE_ATTR_SLOT, 6, 8, 0, RANGE_ITER);
    let (top, end) = (p.label(), p.label());
    p.bind(top);
    p.jump(Op::FOR_ITER_RANGE, 6, 7, 0, end);
    p.op(Op::MUL, 8, 0, 0);
    p.op(Op::MUL, 9, 1, 1);
    p.op(Op::ADD, 8, 8, 9);
    p.op(Op::MUL, 9, 2, 2);
    p.op(Op::ADD, 8, 8, 9);
    p.op(Op::ADD_K, 8, 8, one);
    p.op(Op::TRUEDIV, 9, 20, 8);
    p.op(Op::MUL_K, 9, 9, dt);
    for i in 0..3 {
        p.op(Op::MUL, 10, i, 9);
        p.op(Op::SUB, 3 + i, 3 + i, 10);
    }
    for i in 0..3 {
        p.op(Op::MUL_K, 10, 3 + i, dt);
        p.op(Op::ADD, i, i, 10);
    }
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op(Op::EXIT, 0, 0, 0);
    p.finish("floats")
}

/// `while i < n: k = i & 63; a[k] = a[k] + b[k]; i += 1`
pub fn lists(n: i64) -> Program {
    let mut p = Assembler::default();
    let one = p.constant(int(1));
    p.init(0, list((0..64).map(int).collect()));
    p.init(1, list((0..64).map(|i| int(i * 3)).collect()));
    p.init(3, int(n));
    p.init(4, int(63));
    let (top, end) = (p.label(), p.label());
    p.op(Op::LOAD_INT, 2, 0, 0);
    p.jump(Op::JUMP_LT, 2, 3, 0, end);
    p.bind(top);
    p.op(Op::AND, 5, 2, 4);
    p.op(Op::GETITEM_LIST, 6, 0, 5);
    p.op(Op::GETITEM_LIST, 7, 1, 5);
    p.op(Op::ADD, 6, 6, 7);
    p.op(Op::SETITEM_LIST, 0, 5, 6);
    p.op(Op::ADD_K, 2, 2, one);
    p.jump(Op::JUMP_LT, 2, 3, 0, end);
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op(Op::GETITEM_LIST, 0, 0, 4);
    p.op(Op::EXIT, 0, 0, 0);
    p.finish("lists")
}

/// `def f(x, y): return x + y` called in a loop: `s = f(s, i)`.
pub fn calls(n: i64) -> Program {
    let mut p = Assembler::default();
    let one = p.constant(int(1));
    let (main, top, end) = (p.label(), p.label(), p.label());
    p.jump(Op::JUMP, 0, 0, 0, main);
    let f = p.function(8);
    p.op(Op::ADD, 2, 0, 1);
    p.op(Op::RETURN, 2, 0, 0);
    p.bind(main);
    p.init(2, int(n));
    p.init(3, f);
    p.op(Op::LOAD_INT, 0, 0, 0);
    p.op(Op::LOAD_INT, 1, 0, 0);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.bind(top);
    p.op(Op::MOVE, 13, 3, 0);
    p.op(Op::MOVE, 15, 1, 0);
    p.op(Op::MOVE, 16, 0, 0);
    p.call(14, 2, 1);
    p.op(Op::ADD_K, 0, 0, one);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op(Op::EXIT, 1, 0, 0);
    p.finish("calls")
}

/// `while i < n: p.x = p.x + p.y; i += 1`
pub fn attributes(n: i64) -> Program {
    let mut p = Assembler::default();
    let (one, zero) = (p.constant(int(1)), p.constant(int(0)));
    p.init(0, instance([int(0), int(7), 0, 0, 0, 0, 0, 0]));
    p.init(2, int(n));
    let (top, end) = (p.label(), p.label());
    let slot = |n: u64| INSTANCE | n << 32;
    p.op(Op::LOAD_INT, 1, 0, 0);
    p.op(Op::LOAD_K, 4, zero, 0);
    p.op1(Op::STORE_ATTR_SLOT, 0, 4, 0, slot(0));
    p.jump(Op::JUMP_LT, 1, 2, 0, end);
    p.bind(top);
    p.op1(Op::LOAD_ATTR_SLOT, 4, 0, 0, slot(0));
    p.op1(Op::LOAD_ATTR_SLOT, 5, 0, 0, slot(1));
    p.op(Op::ADD, 4, 4, 5);
    p.op1(Op::STORE_ATTR_SLOT, 0, 4, 0, slot(0));
    p.op(Op::ADD_K, 1, 1, one);
    p.jump(Op::JUMP_LT, 1, 2, 0, end);
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op1(Op::LOAD_ATTR_SLOT, 4, 0, 0, slot(0));
    p.op(Op::EXIT, 4, 0, 0);
    p.finish("attributes")
}

/// All of it in one loop, with a data-dependent branch on a bool.
pub fn mixed(n: i64) -> Program {
    let mut p = Assembler::default();
    let (one, half) = (p.constant(int(1)), p.constant(num(0.5)));
    let multiplier = p.constant(int(1103515245));
    let (main, top, end, skip) = (p.label(), p.label(), p.label(), p.label());
    p.jump(Op::JUMP, 0, 0, 0, main);
    let f = p.function(8);
    p.op(Op::ADD, 2, 0, 1);
    p.op(Op::RETURN, 2, 0, 0);
    p.bind(main);
    let slot = |n: u64| INSTANCE | n << 32;
    p.init(2, int(n));
    p.init(3, f);
    p.init(4, instance([num(0.0), num(1.5), 0, 0, 0, 0, 0, 0]));
    p.init(5, list((0..64).map(|i| int(i * 37 % 64)).collect()));
    p.init(6, int(63));
    p.init(7, int(12345));
    p.init(8, int(0x3fff_ffff));
    p.init(9, int(0x2000_0000));
    p.op(Op::LOAD_INT, 0, 0, 0);
    p.op(Op::LOAD_INT, 1, 0, 0);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.bind(top);
    p.op(Op::MUL_K, 7, 7, multiplier);
    p.op(Op::ADD_K, 7, 7, one);
    p.op(Op::AND, 7, 7, 8);
    p.op(Op::LT, 10, 7, 9);
    p.jump(Op::JUMP_IF_FALSE, 10, 0, 0, skip);
    p.op(Op::AND, 10, 0, 6);
    p.op(Op::GETITEM_LIST, 11, 5, 10);
    p.op(Op::ADD_K, 11, 11, one);
    p.op(Op::SETITEM_LIST, 5, 10, 11);
    p.bind(skip);
    p.op1(Op::LOAD_ATTR_SLOT, 10, 4, 0, slot(1));
    p.op(Op::MUL_K, 10, 10, half);
    p.op1(Op::LOAD_ATTR_SLOT, 11, 4, 0, slot(0));
    p.op(Op::ADD, 10, 10, 11);
    p.op1(Op::STORE_ATTR_SLOT, 4, 10, 0, slot(0));
    p.op(Op::MOVE, 23, 3, 0);
    p.op(Op::MOVE, 25, 1, 0);
    p.op(Op::MOVE, 26, 0, 0);
    p.call(24, 2, 1);
    p.op(Op::ADD_K, 0, 0, one);
    p.jump(Op::JUMP_LT, 0, 2, 0, end);
    p.jump(Op::JUMP_BACK, 0, 0, 0, top);
    p.bind(end);
    p.op(Op::EXIT, 1, 0, 0);
    p.finish("mixed")
}

/// All programs, each with so many iterations of its loop.
pub fn all(n: i64) -> Vec<Program> {
    vec![integers(n), floats_program(n), lists(n), calls(n), attributes(n), mixed(n)]
}
