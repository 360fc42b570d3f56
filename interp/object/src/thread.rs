//! The thread: what native code carries along as `&Thread`.
//!
//! Holds the pending exception, the handled one, the value stack and the guards against
//! deep recursion. Errors travel as `Err(Raised)`, a witness without content: the
//! exception itself is pending in the thread, where the collector sees it.

use crate::interp::Interp;
use crate::shape::Shape;
use crate::types::TypeId;
use crate::value::Value;
use krait_gc::Heap;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// An exception is pending in the thread. Made only by the raising functions here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised(());

/// The result of anything that may raise.
pub type Res<T = Value> = Result<T, Raised>;

/// Bits of [`Thread::events`].
pub mod event {
    /// A signal arrived: run its Python handler.
    pub const SIGNAL: u32 = 1;
    /// Finalizers or weak reference callbacks are waiting.
    pub const FINALIZERS: u32 = 2;
    /// Another thread waits for the interpreter lock.
    pub const HANDOVER: u32 = 4;
    /// An exception set from another thread (`PyThreadState_SetAsyncExc`).
    pub const ASYNC_EXC: u32 = 8;
    /// Calls queued for the main thread.
    pub const PENDING_CALLS: u32 = 16;
    /// Tracing, profiling or monitoring changed: look at the instrumentation.
    pub const MONITOR: u32 = 32;
    /// The interpreter is going down; other threads stop.
    pub const SHUTDOWN: u32 = 64;
}

/// One thread of an interpreter. The first fields are read by compiled code; their order is fixed.
#[repr(C)]
pub struct Thread {
    pub heap: &'static Heap,
    pub shapes: *const Shape,
    pub interp: &'static Interp,
    /// Registers of the innermost Python frame, null when none runs.
    pub frame: Cell<*mut Value>,
    /// First free word of the value stack above everything in use (native arguments included).
    pub top: Cell<*mut Value>,
    /// End of the usable value stack (a margin for error handling lies beyond it).
    pub stack_limit: Cell<*mut Value>,
    /// Events for the next safe point; see [`event`].
    pub events: AtomicU32,
    /// Iterations or calls after which the JIT is told; `u64::MAX` when it is off.
    pub hot_threshold: Cell<u64>,
    /// Python frames entered and not left, for the recursion limit.
    pub depth: Cell<u32>,
    /// The pending exception, or `UNBOUND`.
    pending: Cell<Value>,
    /// The exception being handled (`sys.exception()`), or None.
    pub handled: Cell<Value>,
    /// Native code must not let the machine stack grow below this address.
    pub native_limit: Cell<usize>,
    /// Highest address of the machine stack, for the collector.
    pub native_base: Cell<usize>,
    /// Lowest word of the value stack.
    pub stack_base: *mut Value,
    /// Bytes of its mapping.
    stack_bytes: usize,
    /// Identity, as `_thread.get_ident()` gives it.
    pub ident: Cell<u64>,
    /// Native nesting of the dispatch loop.
    pub entries: Cell<u32>,
    /// Async generator hooks (`sys.set_asyncgen_hooks`): firstiter, finalizer.
    pub asyncgen_hooks: [Cell<Value>; 2],
    /// The current `contextvars` context, or `UNBOUND`.
    pub context: Cell<Value>,
    /// The event loop that runs in the thread (`asyncio`), None or `UNBOUND`.
    pub running_loop: Cell<Value>,
    /// `sys.set_coroutine_origin_tracking_depth`.
    pub origin_depth: Cell<u32>,
    /// Trace and profile functions with their states, or `UNBOUND`.
    pub trace_function: Cell<Value>,
    pub profile_function: Cell<Value>,
    /// How many callbacks of monitoring, trace and profile functions run: while they do, nothing is observed.
    pub monitor_depth: Cell<u32>,
    /// The [`crate::monitor::Event`] whose callback runs, or -1.
    pub monitor_event: Cell<i8>,
    /// Calls and branches under observation whose outcome is still to be told (the VM's list), or `UNBOUND`.
    pub monitor_open: Cell<Value>,
    /// The frame that last went to an exception handler, and the instruction that raised.
    pub monitor_raised: Cell<(*mut Value, *const u64)>,
    /// An exception set from another thread, or `UNBOUND`.
    pub async_exc: Cell<Value>,
    /// Where the thread's machine stack ends while it waits without the lock (0: it runs).
    pub parked_at: Cell<usize>,
    /// Objects now being formatted by `repr`, for the `...` of recursive containers.
    pub repr_running: std::cell::RefCell<crate::repr_guard::Running>,
    /// A list of weak references to the `threading.local` objects that the thread has attributes in, or `UNBOUND`.
    pub locals: Cell<Value>,
    /// The lock that is released when the thread has ended (`_thread._set_sentinel`), or `UNBOUND`.
    pub sentinel: Cell<Value>,
    /// A number that no other thread of the interpreter ever had.
    pub serial: Cell<u64>,
    /// Native recursions over nested objects in progress; see [`Thread::nest`].
    nested: Cell<u32>,
    /// What compiled code and its helpers tell each other.
    pub compiled: Compiled,
}

/// Words that compiled code shares with its helpers and with the collector.
#[repr(C)]
pub struct Compiled {
    /// Register 0 of the frame that a trace was entered in, while it runs between calls of the interpreter; else null.
    /// The trace's values are on the machine stack and, in part, in `extent` words from the frame's record on,
    /// which may be stale: the collector looks them up like words of the machine stack.
    pub frame: Cell<*mut Value>,
    pub extent: Cell<usize>,
    /// Where the interpreter is to go on, or came to after one instruction: the instruction and the frame.
    pub pc: Cell<*const u64>,
    pub at: Cell<*mut Value>,
    /// What the loop was left with.
    pub value: Cell<Value>,
    /// The dispatch table to go on under.
    pub table: Cell<*const ()>,
    /// The value of [`Thread::entries`] in the innermost dispatch loop that is being recorded; 0: none is.
    pub recording: Cell<u32>,
}

impl Compiled {
    const fn new() -> Compiled {
        Compiled {
            frame: Cell::new(std::ptr::null_mut()),
            extent: Cell::new(0),
            pc: Cell::new(std::ptr::null()),
            at: Cell::new(std::ptr::null_mut()),
            value: Cell::new(Value::ZERO),
            table: Cell::new(std::ptr::null()),
            recording: Cell::new(0),
        }
    }
}

/// A native recursion in progress, until it is dropped.
pub struct Nested<'a>(&'a Thread);

impl Drop for Nested<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.nested.set(self.0.nested.get() - 1);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`; a thread is dropped when nothing runs on its stack any more.
        unsafe { libc::munmap(self.stack_base.cast(), self.stack_bytes) };
    }
}

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(std::ptr::null()) };
}

/// Words of value stack that errors may use beyond the limit.
pub const STACK_MARGIN: usize = 4096;

/// Native recursions may nest so deep, as in CPython. The machine stack has room for more of the small ones, but work
/// at each level on what lies below it (a repr copies the text of its parts) would make the way to the error long.
const DEEPEST_NESTING: u32 = 10_000;

impl Thread {
    /// The thread that runs on this machine thread. For cold paths; hot code is handed `&Thread`.
    ///
    /// # Panics
    /// When none was attached.
    #[inline]
    pub fn current() -> &'static Thread {
        let t = CURRENT.with(Cell::get);
        assert!(!t.is_null(), "no Python thread is attached to this thread");
        // SAFETY: set by `attach` to a thread that lives until it is detached.
        unsafe { &*t }
    }

    /// The same, if one was attached.
    #[inline]
    pub fn current_or_none() -> Option<&'static Thread> {
        let t = CURRENT.with(Cell::get);
        // SAFETY: as in `current`.
        unsafe { t.as_ref() }
    }

    /// Makes `thread` the current one of this machine thread (null: none).
    pub fn attach(thread: *const Thread) {
        CURRENT.with(|c| c.set(thread));
    }

    /// A new thread with a value stack of `words` words. Ends the process when the address space for the stack cannot be
    /// reserved.
    pub fn new(interp: &'static Interp, heap: &'static Heap, words: usize) -> Box<Thread> {
        Thread::try_new(interp, heap, words).unwrap_or_else(|| krait_gc::no_address_space("a value stack"))
    }

    /// As [`Thread::new`]; None when the address space cannot be reserved.
    pub fn try_new(interp: &'static Interp, heap: &'static Heap, words: usize) -> Option<Box<Thread>> {
        // Where address space is limited a smaller stack does, which leaves room for everything else; it ends in
        // RecursionError earlier.
        const SHARE: usize = 32;
        const LEAST: usize = 64 * STACK_MARGIN;
        let words = match krait_gc::address_space_left() {
            Some(left) => words.min((left / SHARE / 8).max(LEAST)),
            None => words,
        };
        let bytes = words * 8;
        // SAFETY: an anonymous private mapping at an address the kernel chooses.
        let base = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return None;
        }
        let base = base.cast::<Value>();
        Some(Box::new(Thread {
            heap,
            shapes: interp.shapes.base(),
            interp,
            frame: Cell::new(std::ptr::null_mut()),
            top: Cell::new(base),
            // SAFETY: the margin is inside the mapping.
            stack_limit: Cell::new(unsafe { base.add(words - STACK_MARGIN) }),
            events: AtomicU32::new(0),
            hot_threshold: Cell::new(interp.hot_threshold.get()),
            depth: Cell::new(0),
            pending: Cell::new(Value::UNBOUND),
            handled: Cell::new(Value::none()),
            native_limit: Cell::new(0),
            native_base: Cell::new(0),
            stack_base: base,
            stack_bytes: bytes,
            ident: Cell::new(0),
            entries: Cell::new(0),
            asyncgen_hooks: [Cell::new(Value::none()), Cell::new(Value::none())],
            context: Cell::new(Value::UNBOUND),
            running_loop: Cell::new(Value::UNBOUND),
            origin_depth: Cell::new(0),
            trace_function: Cell::new(Value::UNBOUND),
            profile_function: Cell::new(Value::UNBOUND),
            monitor_depth: Cell::new(0),
            monitor_event: Cell::new(-1),
            monitor_open: Cell::new(Value::UNBOUND),
            monitor_raised: Cell::new((std::ptr::null_mut(), std::ptr::null())),
            async_exc: Cell::new(Value::UNBOUND),
            parked_at: Cell::new(0),
            repr_running: Default::default(),
            locals: Cell::new(Value::UNBOUND),
            sentinel: Cell::new(Value::UNBOUND),
            serial: Cell::new(interp.next_ident.replace(interp.next_ident.get() + 1)),
            nested: Cell::new(0),
            compiled: Compiled::new(),
        }))
    }

    /// Records the bounds of the machine stack this is called on: the guard leaves `reserve` bytes.
    pub fn set_machine_stack(&self, base: usize, size: usize, reserve: usize) {
        self.native_base.set(base);
        self.native_limit.set(base - size + reserve);
    }

    /// RecursionError when the machine stack is nearly used up. Every native recursion over user data calls this.
    #[inline(always)]
    pub fn check_native_stack(&self) -> Res<()> {
        self.check_native_stack_while("")
    }

    /// As [`Self::check_native_stack`]; the error's text goes on with `what` (" in comparison").
    #[inline(always)]
    pub fn check_native_stack_while(&self, what: &'static str) -> Res<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.native_limit.get() {
            Err(self.native_overflow(what))
        } else {
            Ok(())
        }
    }

    /// Enters a native recursion over nested objects (repr, comparison): RecursionError when too many are in progress
    /// or the machine stack is nearly used up. The text goes on with `what`. Hold the result while the recursion lasts.
    #[inline(always)]
    pub fn nest(&self, what: &'static str) -> Res<Nested<'_>> {
        self.check_native_stack_while(what)?;
        let n = self.nested.get();
        if n >= DEEPEST_NESTING {
            return Err(self.native_overflow(what));
        }
        self.nested.set(n + 1);
        Ok(Nested(self))
    }

    #[cold]
    #[inline(never)]
    fn native_overflow(&self, what: &str) -> Raised {
        // Building the exception needs some stack of its own.
        let limit = self.native_limit.replace(self.native_limit.get().saturating_sub(256 * 1024));
        let r = self.raise_new(TypeId::RecursionError, format!("maximum recursion depth exceeded{what}"));
        self.native_limit.set(limit);
        r
    }

    /// Sets bits of `events`; callable from any thread and from signal handlers.
    #[inline]
    pub fn signal_event(&self, bits: u32) {
        self.events.fetch_or(bits, Ordering::Release);
    }

    /// Makes the exception instance pending.
    #[inline]
    pub fn raise(&self, exception: Value) -> Raised {
        debug_assert!(exception.is_kind(crate::kind::Kind::Exception));
        self.pending.set(exception);
        Raised(())
    }

    /// Is an exception pending?
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.pending.get() != Value::UNBOUND
    }

    /// The witness for an exception that is known to be pending.
    #[inline]
    pub fn raised(&self) -> Raised {
        debug_assert!(self.is_pending());
        Raised(())
    }

    /// The pending exception.
    #[inline]
    pub fn pending(&self) -> Option<Value> {
        let v = self.pending.get();
        if v == Value::UNBOUND { None } else { Some(v) }
    }

    /// Takes the pending exception: after `Err(Raised)`, to handle it.
    #[inline]
    pub fn take_pending(&self) -> Value {
        let v = self.pending.replace(Value::UNBOUND);
        debug_assert!(v != Value::UNBOUND);
        v
    }

    /// Drops the pending exception.
    pub fn clear_pending(&self) {
        self.pending.set(Value::UNBOUND);
    }

    /// Raises a new instance of a builtin exception with one text argument. The context is set as `raise` does it.
    #[cold]
    pub fn raise_new(&self, class: TypeId, text: impl AsRef<str>) -> Raised {
        let message = crate::string::new(self, text.as_ref());
        self.raise_with(class, message)
    }

    /// Raises a new instance of a builtin exception with one argument.
    #[cold]
    pub fn raise_with(&self, class: TypeId, argument: Value) -> Raised {
        self.raise_args(class, &[argument])
    }

    /// Raises a new instance of a builtin exception with the arguments.
    #[cold]
    pub fn raise_args(&self, class: TypeId, args: &[Value]) -> Raised {
        crate::exception::raise_args(self, class, args)
    }

    #[cold]
    pub fn type_error(&self, text: impl AsRef<str>) -> Raised {
        self.raise_new(TypeId::TypeError, text)
    }

    #[cold]
    pub fn value_error(&self, text: impl AsRef<str>) -> Raised {
        self.raise_new(TypeId::ValueError, text)
    }

    #[cold]
    pub fn index_error(&self, text: impl AsRef<str>) -> Raised {
        self.raise_new(TypeId::IndexError, text)
    }

    /// KeyError whose argument is the key itself.
    #[cold]
    pub fn key_error(&self, key: Value) -> Raised {
        self.raise_with(TypeId::KeyError, key)
    }

    #[cold]
    pub fn overflow_error(&self, text: impl AsRef<str>) -> Raised {
        self.raise_new(TypeId::OverflowError, text)
    }

    #[cold]
    pub fn runtime_error(&self, text: impl AsRef<str>) -> Raised {
        self.raise_new(TypeId::RuntimeError, text)
    }

    #[cold]
    pub fn memory_error(&self) -> Raised {
        self.raise_args(TypeId::MemoryError, &[])
    }

    #[cold]
    pub fn stop_iteration(&self) -> Raised {
        self.raise_args(TypeId::StopIteration, &[])
    }

    /// Turns the result of a call into None when it raised the exception class (or a subclass), clearing it.
    pub fn catch<T>(&self, r: Res<T>, class: TypeId) -> Res<Option<T>> {
        match r {
            Ok(v) => Ok(Some(v)),
            Err(e) => {
                if self.pending_is(class) {
                    self.clear_pending();
                    Ok(None)
                } else {
                    Err(e)
                }
            }
        }
    }

    /// Is the pending exception an instance of the builtin class?
    pub fn pending_is(&self, class: TypeId) -> bool {
        let v = self.pending.get();
        v.is_cell() && crate::class::Class::of_value(self, v).is_subclass_of(self.interp.class(class))
    }

    /// The pre-interned name.
    #[inline(always)]
    pub fn name(&self, n: crate::names::Name) -> Value {
        self.interp.name(n)
    }
}
