//! The interpreter: everything that would be a global variable.
//!
//! Holds the heap, the shapes, the builtin classes, the interned strings, and slots in
//! which native modules keep their per-interpreter values. It is the collector's host: the
//! precise roots are what this struct holds, the value stacks, and what the VM adds.

use crate::class::Class;
use crate::names::Name;
use crate::shape::Shapes;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{gc_callbacks, gc_debug};
use hashbrown::HashTable;
use krait_gc::{CellPtr, CollectionStats, Heap, KindInfo, Tracer};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the object crate needs from the VM.
pub struct Hooks {
    /// Calls any callable: positional arguments, then the values of `kwnames` (a tuple of names, or `MISSING`).
    pub call: fn(&Thread, Value, &[Value], Value) -> Res,
    /// Roots of a thread's value stack: frames with their live registers.
    pub trace_thread: fn(&Thread, &mut Tracer),
    /// Resumes a generator: value sent (or `MISSING`), or throws the pending exception when `throw`.
    /// `Ok(None)`: it returned; its value is in the second place.
    pub resume: fn(&Thread, crate::generator::Generator, Value, bool) -> Res<crate::generator::Resumed>,
    /// Runs a code object with the globals and locals given.
    pub run_code: fn(&Thread, Value, Value, Value, Value) -> Res,
    /// Events other than finalizers, at a safe point: signals, hand-over, ... (the bits of `thread::event`).
    pub on_events: Option<fn(&Thread, u32) -> Res<()>>,
    /// The Python frame `depth` levels up as an object, or None.
    pub frame_at: fn(&Thread, usize) -> Res<Option<Value>>,
    /// The caller's frame object of the live frame with these registers, or None.
    pub frame_back: fn(&Thread, *mut Value) -> Res<Option<Value>>,
    /// The word offset of the instruction that the live frame with these registers is at.
    pub frame_offset: fn(*mut Value) -> usize,
    /// The running Python frame's globals.
    pub globals: fn(&Thread) -> Option<Value>,
    /// Issues a warning: category, text, stack level. An error when the filters say so.
    pub warn: fn(&Thread, TypeId, &str, usize) -> Res<()>,
    /// Reports the pending exception, which nobody can catch (`sys.unraisablehook`): the object and what was going on.
    pub unraisable: fn(&Thread, Value, &str),
    /// Compiles source: (source bytes, filename, mode, flags, optimize) to a code object.
    pub compile: fn(&Thread, &CompileRequest<'_>) -> Res,
}

/// What `compile()` is asked.
pub struct CompileRequest<'a> {
    pub source: &'a [u8],
    pub filename: Value,
    /// "exec", "eval", "single" or "func_type".
    pub mode: &'a str,
    pub flags: u32,
    /// -1: the interpreter's own level.
    pub optimize: i32,
    /// The source is text (`str`): an encoding declaration in it is ignored.
    pub is_text: bool,
}

/// A value that a native module keeps per interpreter. Declare as a `static`; get and set through it.
pub struct InterpSlot(AtomicUsize);

static NEXT_SLOT: AtomicUsize = AtomicUsize::new(1);

impl Default for InterpSlot {
    fn default() -> Self {
        Self::new()
    }
}

impl InterpSlot {
    pub const fn new() -> InterpSlot {
        InterpSlot(AtomicUsize::new(0))
    }

    fn index(&self) -> usize {
        let i = self.0.load(Ordering::Relaxed);
        if i != 0 {
            return i;
        }
        let new = NEXT_SLOT.fetch_add(1, Ordering::Relaxed);
        match self.0.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => new,
            Err(other) => other,
        }
    }

    /// The value, or None before it was set.
    pub fn get(&self, th: &Thread) -> Option<Value> {
        let i = self.index();
        th.interp.slots.borrow().get(i).copied().filter(|v| *v != Value::UNBOUND)
    }

    pub fn set(&self, th: &Thread, v: Value) {
        let i = self.index();
        let mut slots = th.interp.slots.borrow_mut();
        if slots.len() <= i {
            slots.resize(i + 1, Value::UNBOUND);
        }
        slots[i] = v;
    }

    /// The value, made on first use.
    pub fn get_or(&self, th: &Thread, make: impl FnOnce(&Thread) -> Res) -> Res {
        if let Some(v) = self.get(th) {
            return Ok(v);
        }
        let v = make(th)?;
        self.set(th, v);
        Ok(v)
    }
}

/// The interned strings: a set by text. A string's own cached hash is the table's too, so no text is kept twice.
#[derive(Default)]
pub struct Interned {
    table: RefCell<HashTable<Value>>,
}

/// The table looks at the top bits, which the hashes of strings do not have.
fn spread(hash: i64) -> u64 {
    (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Interned {
    /// The one string of the text of `s`.
    pub fn intern(&self, th: &Thread, s: Str) -> Value {
        if s.is_interned() {
            return s.value();
        }
        let hash = spread(s.hash(th));
        let mut table = self.table.borrow_mut();
        if let Some(&v) = table.find(hash, |&v| Str::of(v).equals(s)) {
            return v;
        }
        string::mark_interned(s);
        table.insert_unique(hash, s.value(), |&v| spread(Str::of(v).hash(th)));
        s.value()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The interned string of an ASCII or UTF-8 text.
    pub fn intern_text(&self, th: &Thread, text: &str) -> Value {
        if text.is_ascii() {
            let hash = krait_text::hash::hash_bytes(th.interp.hash_key, text.as_bytes());
            let hash = spread(crate::hash::fit(hash));
            if let Some(&v) = self.table.borrow().find(hash, |&v| Str::of(v).as_ascii() == Some(text)) {
                return v;
            }
        }
        // The strings of one character and the empty one are there already, but for the very first names.
        let known = match text.as_bytes() {
            [] => th.interp.empty_str.get(),
            &[c] => th.interp.latin1(c),
            _ => Value::UNBOUND,
        };
        let s = match known {
            Value::UNBOUND if text.is_ascii() => string::fresh_latin1(th, text.as_bytes()),
            Value::UNBOUND => string::try_new(th, text),
            v => Ok(v),
        };
        match s {
            Ok(v) => self.intern(th, Str::of(v)),
            Err(_) => {
                th.clear_pending();
                th.interp.empty_str.get()
            }
        }
    }
}

/// One interpreter.
pub struct Interp {
    pub heap: &'static Heap,
    pub shapes: Shapes,
    names: Vec<Cell<Value>>,
    types: Vec<Cell<Value>>,
    pub interned: Interned,
    latin1: Vec<Cell<Value>>,
    pub empty_str: Cell<Value>,
    pub empty_tuple: Cell<Value>,
    pub empty_bytes: Cell<Value>,
    pub empty_frozenset: Cell<Value>,
    slots: RefCell<Vec<Value>>,
    /// Values kept for good.
    permanent: RefCell<Vec<Value>>,
    pub hooks: Cell<Option<&'static Hooks>>,
    pub hash_key: krait_text::hash::Key,
    /// The dicts of `builtins` and `sys`, and `sys.modules`.
    pub builtins: Cell<Value>,
    pub sys: Cell<Value>,
    pub modules: Cell<Value>,
    pub threads: RefCell<Vec<*const Thread>>,
    /// Held by the thread that runs.
    pub lock: crate::lock::InterpLock,
    pub recursion_limit: Cell<u32>,
    /// What new threads have as [`Thread::hot_threshold`].
    pub hot_threshold: Cell<u64>,
    pub int_max_str_digits: Cell<usize>,
    /// `-X dev`: names of encodings and error handlers are checked even if they are not needed.
    pub dev_mode: Cell<bool>,
    /// Columns of source ranges are not to be shown (`-X no_debug_ranges`).
    pub hide_columns: Cell<bool>,
    /// Compiled code is to be named for the system's profiler (`-X perf`, `sys.activate_stack_trampoline`).
    pub stack_trampoline: Cell<bool>,
    /// `-b` level, for comparisons of str with bytes.
    pub bytes_warning: Cell<u8>,
    /// `-O` level.
    pub optimize: Cell<u8>,
    /// Changes whenever any class changes: guards the global method cache.
    pub type_epoch: Cell<u32>,
    pub method_cache: crate::class::MethodCache,
    pub attr_cache: crate::attr_cache::AttrCache,
    /// Weak reference callbacks waiting to run: weakref values.
    pub callbacks: RefCell<VecDeque<Value>>,
    /// Python-visible `gc.callbacks` and `gc.garbage` lists, or `UNBOUND` before the module is there.
    /// `gc.callbacks`: a list, or unbound before `gc` was imported.
    pub gc_callbacks: Cell<Value>,
    /// `gc.callbacks` are being told of a collection.
    pub gc_telling: Cell<bool>,
    /// Automatic collections that `gc.callbacks` were not told of yet: young ones, full ones.
    pub gc_untold: Cell<(u32, u32)>,
    /// The flags of `gc.set_debug`.
    pub gc_debug: Cell<i64>,
    /// `gc.garbage`: a list, or unbound before `gc` was imported.
    pub garbage: Cell<Value>,
    pub next_ident: Cell<u64>,
    pub monitor: crate::monitor::Monitor,
    /// Start-up options, as `sys.flags`, `sys._xoptions`, ... show them.
    pub config: RefCell<Config>,
}

/// Start-up options of the program.
#[derive(Default, Clone, Debug)]
pub struct Config {
    /// Fields of `sys.flags` that are not zero.
    pub flags: HashMap<&'static str, i64>,
    pub xoptions: Vec<(String, Option<String>)>,
    pub warnoptions: Vec<String>,
    pub argv: Vec<std::ffi::OsString>,
    pub orig_argv: Vec<std::ffi::OsString>,
    pub executable: std::ffi::OsString,
    /// `sys._base_executable`: outside of a virtual environment.
    pub base_executable: std::ffi::OsString,
    pub prefix: std::ffi::OsString,
    pub exec_prefix: std::ffi::OsString,
    pub base_prefix: std::ffi::OsString,
    pub base_exec_prefix: std::ffi::OsString,
    /// `PYTHONHOME`, or empty.
    pub home: std::ffi::OsString,
    /// `sys.platlibdir`: the name of the folder for libraries in a prefix.
    pub platlibdir: std::ffi::OsString,
    /// The folder of the standard library.
    pub stdlib: std::ffi::OsString,
    /// `sys.path` as `site` finds it.
    pub search_path: Vec<std::ffi::OsString>,
    pub pycache_prefix: Option<std::ffi::OsString>,
    /// `--check-hash-based-pycs`: "default", "always" or "never"; empty for the default.
    pub check_hash_pycs: String,
    /// `PYTHONIOENCODING`, or None.
    pub stdio_encoding: Option<String>,
    /// `-X no_debug_ranges`, `PYTHONNODEBUGRANGES`.
    pub hide_columns: bool,
    /// `-u`.
    pub unbuffered: bool,
}

impl Interp {
    /// A new interpreter with an empty heap; `bootstrap::start` fills it.
    pub fn new(heap: &'static Heap, hash_key: krait_text::hash::Key) -> &'static Interp {
        Box::leak(Box::new(Interp {
            heap,
            shapes: Shapes::new(),
            names: (0..Name::ALL.len()).map(|_| Cell::new(Value::UNBOUND)).collect(),
            types: (0..TypeId::COUNT).map(|_| Cell::new(Value::UNBOUND)).collect(),
            interned: Interned::default(),
            latin1: (0..256).map(|_| Cell::new(Value::UNBOUND)).collect(),
            empty_str: Cell::new(Value::UNBOUND),
            empty_tuple: Cell::new(Value::UNBOUND),
            empty_bytes: Cell::new(Value::UNBOUND),
            empty_frozenset: Cell::new(Value::UNBOUND),
            slots: RefCell::default(),
            permanent: RefCell::default(),
            hooks: Cell::new(None),
            hash_key,
            builtins: Cell::new(Value::UNBOUND),
            sys: Cell::new(Value::UNBOUND),
            modules: Cell::new(Value::UNBOUND),
            threads: RefCell::default(),
            lock: Default::default(),
            recursion_limit: Cell::new(1000),
            hot_threshold: Cell::new(u64::MAX),
            int_max_str_digits: Cell::new(4300),
            dev_mode: Cell::new(false),
            hide_columns: Cell::new(false),
            stack_trampoline: Cell::new(false),
            bytes_warning: Cell::new(0),
            optimize: Cell::new(0),
            type_epoch: Cell::new(1),
            method_cache: Default::default(),
            attr_cache: Default::default(),
            callbacks: RefCell::default(),
            monitor: Default::default(),
            gc_callbacks: Cell::new(Value::UNBOUND),
            gc_telling: Cell::new(false),
            gc_untold: Cell::default(),
            gc_debug: Cell::new(0),
            garbage: Cell::new(Value::UNBOUND),
            next_ident: Cell::new(1),
            config: RefCell::default(),
        }))
    }

    /// The pre-interned name.
    #[inline(always)]
    pub fn name(&self, n: Name) -> Value {
        self.names[n as usize].get()
    }

    pub(crate) fn set_name(&self, n: usize, v: Value) {
        self.names[n].set(v);
    }

    /// The class object of a builtin type.
    #[inline(always)]
    pub fn class(&self, t: TypeId) -> Class {
        Class::of(self.types[t as usize].get())
    }

    /// The class object of a builtin type, as a value.
    #[inline(always)]
    pub fn class_value(&self, t: TypeId) -> Value {
        self.types[t as usize].get()
    }

    pub(crate) fn set_class(&self, t: TypeId, v: Value) {
        self.types[t as usize].set(v);
    }

    /// The string of one latin-1 character.
    #[inline(always)]
    pub fn latin1(&self, c: u8) -> Value {
        self.latin1[c as usize].get()
    }

    pub(crate) fn set_latin1(&self, c: u8, v: Value) {
        self.latin1[c as usize].set(v);
    }

    /// Keeps a value alive for good.
    pub fn keep(&self, v: Value) -> Value {
        self.permanent.borrow_mut().push(v);
        v
    }

    /// The VM's functions.
    ///
    /// # Panics
    /// Before the VM was set up.
    #[inline]
    pub fn hooks(&self) -> &'static Hooks {
        self.hooks.get().expect("the VM sets its hooks before any code runs")
    }
}

impl krait_gc::Host for Interp {
    fn kinds(&self) -> &'static [KindInfo; 256] {
        &crate::kind::KINDS
    }

    fn trace_roots(&self, tracer: &mut Tracer) {
        let mut visit = |v: Value| tracer.visit(v.0);
        self.names.iter().for_each(|c| visit(c.get()));
        self.types.iter().for_each(|c| visit(c.get()));
        self.latin1.iter().for_each(|c| visit(c.get()));
        self.interned.table.borrow().iter().for_each(|&v| visit(v));
        self.slots.borrow().iter().for_each(|&v| visit(v));
        self.permanent.borrow().iter().for_each(|&v| visit(v));
        self.callbacks.borrow().iter().for_each(|&v| visit(v));
        self.monitor.visit(&mut visit);
        for c in [
            &self.empty_str,
            &self.empty_tuple,
            &self.empty_bytes,
            &self.empty_frozenset,
            &self.builtins,
            &self.sys,
            &self.modules,
            &self.garbage,
            &self.gc_callbacks,
        ] {
            visit(c.get());
        }
        self.method_cache.clear();
        self.attr_cache.clear();
        for &t in self.threads.borrow().iter() {
            // SAFETY: threads are removed from the list before they are freed.
            let t = unsafe { &*t };
            t.trace(tracer);
            if let Some(h) = self.hooks.get() {
                (h.trace_thread)(t, tracer);
            }
            if t.parked_at.get() != 0 {
                // SAFETY: the thread waits without the lock; its stack below the base does not change meanwhile.
                unsafe { tracer.conservative(t.parked_at.get(), t.native_base.get()) };
            }
        }
    }

    fn marker_identity(&self) -> usize {
        Thread::current() as *const Thread as usize
    }

    fn begin_marker(&self, identity: usize) {
        // Tracers of cells ask the current thread for its interpreter's shapes and the size of a cell.
        Thread::attach(identity as *const Thread);
    }

    fn stack_base(&self) -> usize {
        Thread::current().native_base.get()
    }

    fn clear_weakref(&self, weakref: CellPtr, alive: bool) {
        let r = crate::weakref::WeakRef::from_cell(weakref);
        r.clear();
        if alive && r.has_callback() {
            self.callbacks.borrow_mut().push_back(r.value());
        }
    }

    fn pending(&self) {
        Thread::current().signal_event(crate::thread::event::FINALIZERS);
    }

    fn defers(&self) -> bool {
        let defers = gc_callbacks::defer(self);
        if defers {
            self.pending();
        }
        defers
    }

    fn collecting(&self, full: bool) {
        gc_debug::collecting(self, full);
    }

    fn garbage(&self, cells: &[CellPtr]) -> bool {
        gc_debug::garbage(self, cells)
    }

    fn collected(&self, stats: &CollectionStats) {
        gc_debug::collected(self, stats);
        if gc_callbacks::note(self, stats.full) {
            self.pending();
        }
    }
}

impl Thread {
    /// Visits what the thread holds itself (the value stack is the VM's part).
    pub fn trace(&self, tracer: &mut Tracer) {
        for v in [
            self.pending().unwrap_or(Value::UNBOUND),
            self.handled.get(),
            self.asyncgen_hooks[0].get(),
            self.asyncgen_hooks[1].get(),
            self.context.get(),
            self.running_loop.get(),
            self.trace_function.get(),
            self.profile_function.get(),
            self.monitor_open.get(),
            self.async_exc.get(),
            self.locals.get(),
            self.sentinel.get(),
        ] {
            tracer.visit(v.0);
        }
    }
}
