//! `_thread`: threads of the operating system that run Python code.
//!
//! Every thread has a value stack and a machine stack of its own; it enters the interpreter's
//! list before it runs, so that the collector sees what it is to call.

use crate::thread_local;
use crate::thread_locks::{self, TIMEOUT_MAX};
use krait_object::class::type_name;
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::structseq::StructSeq;
use krait_object::tuple::{self, Tuple};
use krait_object::{Class, Res, Thread, TypeId, Value, call, exception, int, natives, protocol};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Machine stack of a thread unless the program asks for another.
const DEFAULT_STACK: usize = 64 << 20;
/// Words of a thread's value stack: address space, committed when touched.
const VALUE_STACK: usize = 1 << 24;

/// `stack_size()`: 0 for the default. Of the process: the next thread that starts takes it.
static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);

static HOOK_ARGS: StructSeq = StructSeq::new(
    "_thread._ExceptHookArgs",
    "Type used to pass arguments to threading.excepthook.",
    &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("thread", "Thread"),
    ],
    4,
);
static HOOK_ARGS_CLASS: InterpSlot = InterpSlot::new();

/// The number by which the operating system's thread library knows the running thread.
pub fn ident() -> u64 {
    // SAFETY: has no preconditions.
    unsafe { libc::pthread_self() as u64 }
}

/// What the new machine thread is handed.
struct Start(*const Thread);

// SAFETY: the thread object is used by the new machine thread alone, after the one that made it has given it away.
unsafe impl Send for Start {}

/// Starts a thread that calls `f(*args, **kwargs)`; its identity.
///
/// # Errors
/// RuntimeError when there can be no more threads.
pub fn start(th: &Thread, f: Value, args: Value, kwargs: Value) -> Res<u64> {
    let wanted = STACK_SIZE.load(Ordering::Relaxed);
    let size = if wanted == 0 { DEFAULT_STACK } else { wanted };
    let words = if wanted > DEFAULT_STACK { VALUE_STACK.max(wanted / 8) } else { VALUE_STACK };
    let cannot = || th.runtime_error("can't start new thread");
    let Some(new) = Thread::try_new(th.interp, th.heap, words) else { return Err(cannot()) };
    let task = tuple::from_slice(th, &[f, args, kwargs])?;
    new.context.set(Value::UNBOUND);
    new.sentinel.set(task);
    new.trace_function.set(Value::UNBOUND);
    let new: *const Thread = Box::into_raw(new);
    th.interp.threads.borrow_mut().push(new);
    let start = Start(new);
    let (ready, wait) = std::sync::mpsc::channel();
    let spawned = std::thread::Builder::new().stack_size(size.max(1 << 20)).spawn(move || {
        let start = start;
        // Whoever started this thread waits for the identity.
        let _ = ready.send(ident());
        run(start);
    });
    if spawned.is_err() {
        th.interp.threads.borrow_mut().retain(|&t| t != new);
        // SAFETY: made by `Box::into_raw` above; no thread runs on it.
        drop(unsafe { Box::from_raw(new.cast_mut()) });
        return Err(cannot());
    }
    wait.recv().map_err(|_| cannot())
}

/// The life of a thread.
fn run(start: Start) {
    // SAFETY: `start` gave the object to this machine thread; it is freed at the end of this function only.
    let th = unsafe { &*start.0 };
    let (base, size) = crate::start::machine_stack();
    th.set_machine_stack(base, size, crate::start::STACK_RESERVE);
    th.ident.set(ident());
    Thread::attach(th);
    th.acquire_lock();
    call_task(th);
    end(th);
    th.release_lock();
    Thread::attach(std::ptr::null());
    // SAFETY: made by `Box::into_raw` in `start`, taken out of the interpreter's list by `end`.
    drop(unsafe { Box::from_raw(start.0.cast_mut()) });
}

fn call_task(th: &Thread) {
    let task = Tuple::of(th.sentinel.replace(Value::UNBOUND));
    let (f, args, kwargs) = (task.get(0), Tuple::of(task.get(1)), task.get(2));
    if call::call_dict(th, f, args.as_slice(), kwargs).is_err() {
        if th.pending_is(TypeId::SystemExit) {
            th.clear_pending();
        } else {
            (th.interp.hooks().unraisable)(th, f, "Exception ignored in thread started by");
        }
    }
}

/// What a thread leaves behind goes: locals, its sentinel lock, its place in the list.
fn end(th: &Thread) {
    thread_local::thread_ended(th);
    let sentinel = th.sentinel.replace(Value::UNBOUND);
    thread_locks::release_sentinel(sentinel);
    let context: [&Cell<Value>; 3] = [&th.context, &th.trace_function, &th.profile_function];
    context.iter().for_each(|c| c.set(Value::UNBOUND));
    th.interp.threads.borrow_mut().retain(|&t| !std::ptr::eq(t, th));
}

fn start_new_thread(th: &Thread, a: &[Value]) -> Res {
    if !call::is_callable(th, a[0]) {
        return Err(th.type_error("first arg must be callable"));
    }
    if Tuple::from_value(a[1]).is_none() {
        return Err(th.type_error("2nd arg must be a tuple"));
    }
    if let Some(k) = a[2].given()
        && Dict::from_value(k).is_none()
    {
        return Err(th.type_error("optional 3rd arg must be a dictionary"));
    }
    if crate::finish::is_finalizing(th) {
        return Err(th.runtime_error("can't create new thread at interpreter shutdown"));
    }
    crate::audit::audit(th, "_thread.start_new_thread", a)?;
    let id = start(th, a[0], a[1], a[2])?;
    Ok(int::from_u64(th, id))
}

fn get_ident(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_u64(th, ident()))
}

fn get_native_id(th: &Thread, _a: &[Value]) -> Res {
    // SAFETY: has no preconditions.
    Ok(int::from_i64(th, unsafe { libc::syscall(libc::SYS_gettid) }))
}

fn allocate_lock(th: &Thread, _a: &[Value]) -> Res {
    Ok(thread_locks::new_lock(th)?.value())
}

fn set_sentinel(th: &Thread, _a: &[Value]) -> Res {
    // A forked child's main thread had one already: it is forgotten, not released.
    let l = thread_locks::new_lock(th)?.value();
    th.sentinel.set(l);
    Ok(l)
}

fn exit(th: &Thread, _a: &[Value]) -> Res {
    Err(th.raise_args(TypeId::SystemExit, &[]))
}

fn count(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_usize(th, th.interp.threads.borrow().len() - 1))
}

fn stack_size(th: &Thread, a: &[Value]) -> Res {
    let new = a[0].given().map_or(Ok(0), |v| protocol::index_i64(th, v))?;
    if new < 0 {
        return Err(th.value_error("size must be 0 or a positive value"));
    }
    let old = STACK_SIZE.load(Ordering::Relaxed);
    if new != 0 && new < 0x8000 {
        return Err(th.value_error(format!("size not valid: {new} bytes")));
    }
    if a[0].given().is_some() {
        STACK_SIZE.store(new as usize, Ordering::Relaxed);
    }
    Ok(int::from_usize(th, old))
}

fn interrupt_main(th: &Thread, a: &[Value]) -> Res {
    let signum = a[0].given().map_or(Ok(libc::SIGINT as i64), |v| protocol::index_i64(th, v))?;
    if !(1..65).contains(&signum) {
        return Err(th.value_error("signal number out of range"));
    }
    crate::events::trip(th, signum as i32);
    // The main thread's own signal is handled before the call returns.
    crate::events::check(th)?;
    Ok(Value::none())
}

fn yes(_: &Thread, _a: &[Value]) -> Res {
    Ok(Value::true_())
}

fn excepthook(th: &Thread, a: &[Value]) -> Res {
    let class = HOOK_ARGS_CLASS.get(th).map(Class::of);
    let Some(t) = Tuple::from_value(a[0]).filter(|_| class == Some(Class::of_value(th, a[0]))) else {
        return Err(th.type_error("_thread.excepthook argument type must be ExceptHookArgs"));
    };
    if t.get(0) == th.interp.class_value(TypeId::SystemExit) {
        return Ok(Value::none());
    }
    crate::excepthook::thread_exception(th, t.get(1), t.get(2), t.get(3))?;
    Ok(Value::none())
}

/// The exception of a thread, for `_excepthook`.
pub fn hook_args(th: &Thread, e: Value, thread: Value) -> Res {
    let Some(class) = HOOK_ARGS_CLASS.get(th) else {
        return Err(th.runtime_error(format!("no _thread module for {}", type_name(th, e))));
    };
    let tb = exception::Exception::of(e).traceback.get();
    HOOK_ARGS.instance(th, Class::of(class), &[Class::of_value(th, e).value(), e, tb, thread])
}

natives! {
    static FUNCTIONS = {
        function "start_new_thread" "(function, args, kwargs={}, /)" start_new_thread, "Start a new thread and return its identifier.";
        function "start_new" "(function, args, kwargs={}, /)" start_new_thread, "An obsolete synonym of start_new_thread().";
        function "daemon_threads_allowed" "()" yes, "Are daemon threads allowed in the interpreter?";
        function "allocate_lock" "()" allocate_lock, "Create a new lock object.";
        function "allocate" "()" allocate_lock, "An obsolete synonym of allocate_lock().";
        function "exit_thread" "()" exit, "An obsolete synonym of exit().";
        function "exit" "()" exit, "Raise SystemExit.";
        function "interrupt_main" "(signum=signal.SIGINT, /)" interrupt_main, "Simulate the arrival of a signal in the main thread.";
        function "get_ident" "()" get_ident, "An integer that identifies the running thread.";
        function "get_native_id" "()" get_native_id, "The kernel's number of the running thread.";
        function "_count" "()" count, "The number of threads other than the main one.";
        function "stack_size" "(size=0, /)" stack_size, "The stack size of new threads; sets it if given.";
        function "_set_sentinel" "()" set_sentinel, "A lock that is released when the running thread ends.";
        function "_excepthook" "(exc_info, /)" excepthook, "Print the exception that ended a thread.";
        function "_is_main_interpreter" "()" yes, "Is this the main interpreter?";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    let lock = thread_locks::lock_class(th)?;
    m.add(th, "LockType", lock.value());
    m.add_class(th, thread_locks::rlock_class(th)?);
    m.add_class(th, thread_local::class(th)?);
    m.add(th, "error", thread_locks::error_class(th));
    m.add(th, "TIMEOUT_MAX", krait_object::float::new(th, TIMEOUT_MAX));
    let args = HOOK_ARGS.make(th)?;
    HOOK_ARGS_CLASS.set(th, args.value());
    m.add_class(th, args);
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    doc: "The primitives that threading is built on.",
    functions: FUNCTIONS,
    exec,
};
