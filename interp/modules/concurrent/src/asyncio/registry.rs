//! Which tasks there are, and which one each loop is running.
//!
//! Tasks that wait are held weakly, by their addresses; one that is done is taken out, so the registry stays small. An
//! address that was used again is told by its dead reference. Other objects may be registered, too, by task
//! classes written in Python.

use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::list;
use krait_object::native_class::NativeClass;
use krait_object::set::{self, Set};
use krait_object::weakref::WeakRef;
use krait_object::{Raised, Res, Thread, Value, ValueVec, int, natives, payload, protocol, weakref_methods};

/// A set of objects that does not keep them alive.
struct WeakTasks {
    /// A dict from addresses to weak references.
    refs: Slot,
}
payload!(WeakTasks, "_asyncio.WeakTasks", [refs]);

static WEAK_TASKS: NativeClass =
    NativeClass::new(ClassSpec::new("_asyncio._WeakTasks", "", WEAK_METHODS, &[]).flags(flag::NO_NEW));
static SCHEDULED: InterpSlot = InterpSlot::new();
static EAGER: InterpSlot = InterpSlot::new();
static CURRENT: InterpSlot = InterpSlot::new();

/// The tasks that wait for the loop or for a future.
pub fn scheduled_tasks(th: &Thread) -> Res {
    SCHEDULED.get_or(th, |th| {
        let w = WeakTasks { refs: Slot::new(dict::new(th).value()) };
        Ok(custom::alloc(th, WEAK_TASKS.get(th)?, w)?.value())
    })
}

/// The tasks whose first step runs at once.
pub fn eager_tasks(th: &Thread) -> Res<Set> {
    Ok(Set::of(EAGER.get_or(th, |th| Ok(set::new(th).value()))?))
}

/// The current task of each loop that is running one: a dict.
pub fn current_tasks(th: &Thread) -> Res<Dict> {
    Ok(Dict::of(CURRENT.get_or(th, |th| Ok(dict::new(th).value()))?))
}

fn refs(tasks: Value) -> Dict {
    Dict::of(Custom::<WeakTasks>::of(tasks).refs.get())
}

fn key(v: Value) -> Value {
    Value::small((v.0 >> 3) as i64)
}

fn add(th: &Thread, tasks: Value, v: Value) -> Res<()> {
    let d = refs(tasks);
    // Dead ones go when there are many more than there were.
    if d.len() >= 64 && d.len().is_power_of_two() {
        let mut dead = ValueVec::new();
        let mut at = 0;
        while let Some((k, r)) = d.next(th, &mut at) {
            if WeakRef::of(r).referent().is_none() {
                dead.push(th, k)?;
            }
        }
        for k in dead.iter() {
            d.remove(th, k)?;
        }
    }
    let r = weakref_methods::new_reference(th, v, Value::none())?;
    d.set(th, key(v), r)
}

fn live(th: &Thread, tasks: Value) -> Res<ValueVec> {
    let mut out = ValueVec::new();
    let d = refs(tasks);
    let mut at = 0;
    while let Some((_, r)) = d.next(th, &mut at) {
        if let Some(v) = WeakRef::of(r).referent() {
            out.push(th, v)?;
        }
    }
    Ok(out)
}

/// Adds a task to those that wait.
pub fn register(th: &Thread, task: Value) -> Res<()> {
    add(th, scheduled_tasks(th)?, task)
}

/// A task that is done, or never was registered.
pub fn unregister(th: &Thread, task: Value) {
    // Small integers are compared without running anything.
    if let Some(t) = SCHEDULED.get(th)
        && refs(t).remove(th, key(task)).is_err()
    {
        th.clear_pending();
    }
}

/// The loop begins a step of the task.
pub fn enter(th: &Thread, event_loop: Value, task: Value) -> Res<()> {
    let d = current_tasks(th)?;
    let hash = protocol::hash(th, event_loop)?;
    if d.add_hashed(th, event_loop, hash, task)? {
        return Ok(());
    }
    let other = d.get_hashed(th, event_loop, hash)?.unwrap_or(Value::none());
    let (task, other) = (protocol::repr_text(th, task)?, protocol::repr_text(th, other)?);
    Err(th.runtime_error(format!(
        "Cannot enter into task {task} while another task {other} is being executed."
    )))
}

/// The loop ends a step of the task.
pub fn leave(th: &Thread, event_loop: Value, task: Value) -> Res<()> {
    let d = current_tasks(th)?;
    let hash = protocol::hash(th, event_loop)?;
    let now = d.get_hashed(th, event_loop, hash)?;
    if now == Some(task) {
        d.remove_hashed(th, event_loop, hash)?;
        return Ok(());
    }
    Err(not_current(th, task, now))
}

#[cold]
fn not_current(th: &Thread, task: Value, now: Option<Value>) -> Raised {
    let shown = protocol::repr_text(th, task)
        .and_then(|t| Ok((t, protocol::repr_text(th, now.unwrap_or(Value::none()))?)));
    match shown {
        Ok((task, now)) => {
            th.runtime_error(format!("Leaving task {task} does not match the current task {now}."))
        }
        Err(r) => r,
    }
}

/// Makes another task (or with None no task) the loop's current one; gives the one before, or None.
pub fn swap_current(th: &Thread, event_loop: Value, task: Value) -> Res {
    let d = current_tasks(th)?;
    let hash = protocol::hash(th, event_loop)?;
    let before = d.get_hashed(th, event_loop, hash)?.unwrap_or(Value::none());
    if task.is_none() {
        d.remove_hashed(th, event_loop, hash)?;
    } else {
        d.set_hashed(th, event_loop, hash, task)?;
    }
    Ok(before)
}

fn weak_add(th: &Thread, a: &[Value]) -> Res {
    add(th, a[0], a[1])?;
    Ok(Value::none())
}

fn weak_discard(th: &Thread, a: &[Value]) -> Res {
    if a[1].is_cell() {
        refs(a[0]).remove(th, key(a[1]))?;
    }
    Ok(Value::none())
}

fn weak_iter(th: &Thread, a: &[Value]) -> Res {
    let all = list::from_vec(th, live(th, a[0])?);
    protocol::iter(th, all)
}

fn weak_len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, live(th, a[0])?.len()))
}

fn weak_contains(th: &Thread, a: &[Value]) -> Res {
    if !a[1].is_cell() {
        return Ok(Value::false_());
    }
    let found = refs(a[0]).get(th, key(a[1]))?;
    Ok(Value::bool(found.is_some_and(|r| WeakRef::of(r).referent() == Some(a[1]))))
}

fn weak_clear(th: &Thread, a: &[Value]) -> Res {
    refs(a[0]).clear(th)?;
    Ok(Value::none())
}

natives! {
    static WEAK_METHODS = {
        method "__iter__" "()" weak_iter, "";
        method "__len__" "()" weak_len, "";
        method "__contains__" "(item, /)" weak_contains, "";
        method "add" "(item, /)" weak_add, "";
        method "discard" "(item, /)" weak_discard, "";
        method "clear" "()" weak_clear, "";
    }
}
