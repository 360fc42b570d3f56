//! `_queue`: a first-in first-out queue between threads that may be used from finalizers and signal handlers, too.
//!
//! The interpreter lock keeps the items; the queue's own lock is only there to wait. Whoever finds the queue
//! empty takes it, and taking it again waits until a `put` releases it.

use krait_object::cellref::Slot;
use krait_object::class::ClassSpec;
use krait_object::custom::{self, Custom};
use krait_object::dict::Dict;
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeClass, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::raw_lock::{RawLock, Waited};
use krait_object::tuple::Tuple;
use krait_object::{Res, Thread, TypeId, Value, float, int, natives, payload, protocol};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The `_queue` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_queue", doc: "C implementation of the Python queue module.", functions: &[], exec };

struct SimpleQueue {
    /// A list; the items before `first` were taken.
    items: Slot,
    first: Cell<usize>,
    lock: RawLock,
    /// Somebody holds `lock` and may be waited for.
    locked: Cell<bool>,
}
payload!(SimpleQueue, "_queue.SimpleQueue", [items]);

static QUEUE: NativeClass = NativeClass::new(ClassSpec::new(
    "_queue.SimpleQueue",
    "Simple, unbounded, reentrant FIFO queue.",
    METHODS,
    &[],
));
static EMPTY: NativeException = NativeException::new(
    "_queue.Empty",
    &[ExceptionBase::Builtin(TypeId::Exception)],
    "Raised by a queue's get() that does not wait, or no longer.",
);

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, QUEUE.get(th)?);
    m.add_class(th, EMPTY.get(th)?);
    Ok(())
}

type Q = Custom<SimpleQueue>;

/// Taken items are cut off when they are this many and half of the list.
const COMPACT: usize = 32;

fn items(q: Q) -> List {
    List::of(q.items.get())
}

fn pop(th: &Thread, q: Q) -> Res<Option<Value>> {
    let (list, first) = (items(q), q.first.get());
    let Some(v) = list.get(first) else { return Ok(None) };
    list.set(th, first, Value::none());
    let first = first + 1;
    q.first.set(first);
    if first == list.len() {
        list.clear();
        q.first.set(0);
    } else if first >= COMPACT && first * 2 > list.len() {
        q.first.set(0);
        list.splice(th, 0, first, &[])?;
    }
    Ok(Some(v))
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = QUEUE.class_arg(th, a[0])?;
    if a[0] == QUEUE.get(th)?.value() {
        if !Tuple::of(a[1]).is_empty() {
            return Err(th.type_error("SimpleQueue() takes no positional arguments"));
        }
        if a[2].given().and_then(Dict::from_value).is_some_and(|d| !d.is_empty()) {
            return Err(th.type_error("SimpleQueue() takes no keyword arguments"));
        }
    }
    let q = SimpleQueue {
        items: Slot::new(list::new(th).value()),
        first: Cell::new(0),
        lock: RawLock::default(),
        locked: Cell::new(false),
    };
    Ok(custom::alloc(th, class, q)?.value())
}

fn put(th: &Thread, a: &[Value]) -> Res {
    let q = Q::of(a[0]);
    items(q).push(th, a[1])?;
    wake(q);
    Ok(Value::none())
}

/// Lets one that waits look again: after a `put`, and after a `get`, since there may be more items than one.
fn wake(q: Q) {
    if q.locked.replace(false) {
        q.lock.release();
    }
}

/// Longest wait in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// How long to wait; None: for good.
fn timeout(th: &Thread, v: Value) -> Res<Option<Duration>> {
    let Some(v) = v.given_not_none() else { return Ok(None) };
    let seconds = match float::get(v) {
        Some(x) if x.is_nan() => return Err(th.value_error("Invalid value NaN (not a number)")),
        Some(x) if x.abs() >= 9_223_372_036.854_776 => {
            return Err(th.overflow_error("timestamp out of range for platform time_t"));
        }
        Some(x) => x,
        None => match int::to_i64(protocol::index(th, v)?) {
            Some(n) if n.unsigned_abs() <= 9_223_372_036 => n as f64,
            _ => return Err(th.overflow_error("timestamp too large to convert to C _PyTime_t")),
        },
    };
    if seconds < 0.0 {
        return Err(th.value_error("'timeout' must be a non-negative number"));
    }
    if seconds > TIMEOUT_MAX {
        return Err(th.overflow_error("timeout value is too large"));
    }
    Ok(Some(Duration::from_secs_f64(seconds)))
}

fn get_with(th: &Thread, q: Q, wait: Option<Option<Instant>>) -> Res {
    loop {
        if let Some(v) = pop(th, q)? {
            wake(q);
            return Ok(v);
        }
        let mut got = if q.lock.try_acquire() { Waited::Acquired } else { Waited::TimedOut };
        if got == Waited::TimedOut
            && let Some(until) = wait
        {
            got = th.without_lock(|| q.lock.wait(until));
        }
        match got {
            Waited::Acquired => q.locked.set(true),
            Waited::Interrupted => krait_vm::run_events(th)?,
            Waited::TimedOut => return Err(EMPTY.raise_args(th, &[])),
        }
        // One that does not wait has looked once.
        if wait.is_none() && items(q).len() == q.first.get() {
            return Err(EMPTY.raise_args(th, &[]));
        }
    }
}

fn get(th: &Thread, a: &[Value]) -> Res {
    let block = a[1].given().map_or(Ok(true), |v| protocol::truth(th, v))?;
    let wait = if block { Some(timeout(th, a[2])?.map(|d| Instant::now() + d)) } else { None };
    get_with(th, Q::of(a[0]), wait)
}

fn get_nowait(th: &Thread, a: &[Value]) -> Res {
    get_with(th, Q::of(a[0]), None)
}

fn empty(_: &Thread, a: &[Value]) -> Res {
    let q = Q::of(a[0]);
    Ok(Value::bool(items(q).len() == q.first.get()))
}

fn qsize(th: &Thread, a: &[Value]) -> Res {
    let q = Q::of(a[0]);
    Ok(int::from_usize(th, items(q).len() - q.first.get()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "";
        method "put" "(item, block=True, timeout=None)" put, "Puts an item on the queue. It never waits; the other arguments are for compatibility with queue.Queue.";
        method "put_nowait" "(item)" put, "Puts an item on the queue.";
        method "get" "(block=True, timeout=None)" get, "Takes an item off the queue; waits for one if asked to.";
        method "get_nowait" "()" get_nowait, "Takes an item off the queue, or raises Empty.";
        method "empty" "()" empty, "Is the queue empty (now)?";
        method "qsize" "()" qsize, "How many items there are (now).";
        classmethod "__class_getitem__" "!(item, /)" krait_object::construct::class_getitem, "";
    }
}
