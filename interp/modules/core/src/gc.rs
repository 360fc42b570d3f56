//! `gc`: the collector as programs see it.
//!
//! The heap is not reference-counted, so some of it is history: thresholds are kept and have
//! no effect, and nothing is ever uncollectable.

use crate::audit;
use krait_gc::{CellPtr, header};
use krait_object::class::{Class, flag};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::kind::{KINDS, Kind};
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::tuple::{self, Tuple};
use krait_object::{Name, Res, Thread, Value, gc_callbacks, gc_debug, int, natives, protocol};

static THRESHOLDS: InterpSlot = InterpSlot::new();
static FROZEN: InterpSlot = InterpSlot::new();
/// What explicit collections found: (collections, collected) per generation.
static COLLECTED: InterpSlot = InterpSlot::new();

fn enable(th: &Thread, _a: &[Value]) -> Res {
    th.heap.enable();
    Ok(Value::none())
}

fn disable(th: &Thread, _a: &[Value]) -> Res {
    th.heap.disable();
    Ok(Value::none())
}

fn isenabled(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::bool(th.heap.is_enabled()))
}

/// Overwrites the machine stack below the caller's frame. Frames that are pushed there next have words that they do
/// not write (padding, spill slots of paths not taken); what earlier calls left in them would keep objects alive that
/// the program let go of, as the machine stack is scanned conservatively.
#[inline(never)]
fn forget_dead_frames() {
    let mut words = [0u64; 2048];
    std::hint::black_box(&mut words);
}

fn collect(th: &Thread, a: &[Value]) -> Res {
    forget_dead_frames();
    collect_now(th, a)
}

#[inline(never)]
fn collect_now(th: &Thread, a: &[Value]) -> Res {
    let generation = match a[0].given() {
        None => 2,
        Some(v) => crate::sys::settings::c_int(th, v)? as i64,
    };
    if !(0..=2).contains(&generation) {
        return Err(th.value_error("invalid generation"));
    }
    if th.interp.gc_telling.get() {
        // From a callback, or a finalizer that a collection runs: one at a time.
        return Ok(Value::ZERO);
    }
    let n = gc_callbacks::telling(th, generation, || {
        let n = th.heap.collect(generation == 2) as i64;
        // Finalizers and callbacks run before the call returns, as programs expect.
        let kept = generation == 2 && th.heap.finalizers_wait();
        krait_vm::finalizers(th);
        if kept {
            // What was kept for the finalizers only goes in the same call; it is counted already.
            th.heap.collect(true);
            krait_vm::finalizers(th);
        }
        n
    });
    let counts = Dict::of(COLLECTED.get_or(th, |th| Ok(dict::new(th).value()))?);
    for (key, by) in [(generation, 1), (generation + 3, n)] {
        let old = counts.get(th, Value::small(key))?.and_then(Value::small_int).unwrap_or(0);
        counts.set(th, Value::small(key), Value::small(old + by))?;
    }
    Ok(Value::small(n))
}

fn get_stats(th: &Thread, _a: &[Value]) -> Res {
    let counts = COLLECTED.get(th).and_then(Dict::from_value);
    let count = |k: i64| -> Res<i64> {
        Ok(match counts {
            Some(d) => d.get(th, Value::small(k))?.and_then(Value::small_int).unwrap_or(0),
            None => 0,
        })
    };
    let s = th.heap.stats();
    let l = list::new(th);
    for generation in 0..3 {
        let d = dict::new(th);
        let automatic = match generation {
            0 => s.young.count as i64,
            2 => s.full.count as i64,
            _ => count(1)?,
        };
        d.set_text(th, "collections", Value::small(automatic));
        d.set_text(th, "collected", Value::small(count(generation + 3)?));
        d.set_text(th, "uncollectable", Value::ZERO);
        l.push(th, d.value())?;
    }
    Ok(l.value())
}

fn get_count(th: &Thread, _a: &[Value]) -> Res {
    let s = th.heap.stats();
    let counts = [(s.young_bytes / 64) as i64, s.young.count as i64 % 10, s.full.count as i64 % 10];
    tuple::from_slice(th, &counts.map(Value::small))
}

fn get_threshold(th: &Thread, _a: &[Value]) -> Res {
    THRESHOLDS.get_or(th, |th| tuple::from_slice(th, &[700, 10, 10].map(Value::small)))
}

fn set_threshold(th: &Thread, a: &[Value]) -> Res {
    let old = Tuple::of(get_threshold(th, &[])?);
    let mut new = [old.get(0), old.get(1), old.get(2)];
    for (slot, v) in new.iter_mut().zip(a) {
        if let Some(v) = v.given() {
            *slot = Value::small(crate::sys::settings::c_int(th, v)? as i64);
        }
    }
    THRESHOLDS.set(th, tuple::from_slice(th, &new)?);
    Ok(Value::none())
}

fn set_debug(th: &Thread, a: &[Value]) -> Res {
    let flags = crate::sys::settings::c_int(th, a[0])? as i64;
    th.interp.gc_debug.set(flags);
    th.heap.show_garbage(flags & (gc_debug::STATS | gc_debug::COLLECTABLE | gc_debug::SAVEALL) != 0);
    Ok(Value::none())
}

fn get_debug(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::small(th.interp.gc_debug.get()))
}

/// Is the cell an object that can refer to others (as opposed to storage of one)?
fn is_container(c: CellPtr) -> bool {
    // SAFETY: the walk and the tracers give live cells only.
    KINDS[unsafe { c.as_ref() }.kind() as usize].container
}

/// Is the cell storage that belongs to an object and that no program sees?
fn is_storage(c: CellPtr) -> bool {
    // SAFETY: as in `is_container`.
    let kind = Kind::from_u8(unsafe { c.as_ref() }.kind());
    matches!(kind, Kind::Slots | Kind::Raw | Kind::DictTable | Kind::NameCell | Kind::Free)
}

/// What a cell refers to, through its storage.
fn referents(th: &Thread, c: CellPtr, f: &mut dyn FnMut(CellPtr)) {
    let mut work = vec![c];
    while let Some(c) = work.pop() {
        th.heap.references_of(c, &mut |r| if is_storage(r) { work.push(r) } else { f(r) });
    }
}

/// Runs `f` while no collection can happen by itself, so that addresses may lie in Rust's memory.
fn undisturbed<R>(th: &Thread, f: impl FnOnce() -> R) -> R {
    let was = th.heap.is_enabled();
    th.heap.disable();
    let r = f();
    if was {
        th.heap.enable();
    }
    r
}

/// All containers that are alive.
fn containers(th: &Thread) -> Vec<CellPtr> {
    th.heap.collect(true);
    let mut all = Vec::new();
    th.heap.for_each_object(&mut |c| {
        if is_container(c) {
            all.push(c);
        }
    });
    all
}

fn get_objects(th: &Thread, a: &[Value]) -> Res {
    let generation = match a[0].given_not_none() {
        None => None,
        Some(v) => Some(protocol::index_i64(th, v)?),
    };
    if let Some(g) = generation
        && !(0..=2).contains(&g)
    {
        let what = if g < 0 {
            "parameter cannot be negative"
        } else {
            "parameter must be less than the number of available generations (3)"
        };
        return Err(th.value_error(format!("generation {what}")));
    }
    audit::audit(th, "gc.get_objects", &[Value::small(generation.unwrap_or(-1))])?;
    undisturbed(th, || {
        let all = containers(th);
        let l = list::new(th);
        for c in all {
            // SAFETY: alive: collected just now, and nothing was collected since.
            let old = unsafe { c.as_ref() }.has(header::OLD);
            if generation.is_none_or(|g| if g == 2 { old } else { g == 0 && !old }) {
                l.push(th, Value::from_cell(c))?;
            }
        }
        Ok(l.value())
    })
}

fn get_referrers(th: &Thread, a: &[Value]) -> Res {
    audit::audit(th, "gc.get_referrers", a)?;
    let targets = Tuple::of(a[0]);
    undisturbed(th, || {
        let all = containers(th);
        let l = list::new(th);
        for c in all {
            if c == targets.cell() || c == l.cell() {
                continue;
            }
            let mut hit = false;
            referents(th, c, &mut |r| hit |= targets.as_slice().contains(&Value::from_cell(r)));
            if hit {
                l.push(th, Value::from_cell(c))?;
            }
        }
        Ok(l.value())
    })
}

fn get_referents(th: &Thread, a: &[Value]) -> Res {
    audit::audit(th, "gc.get_referents", a)?;
    let l = list::new(th);
    for &v in Tuple::of(a[0]).as_slice() {
        if !v.is_cell() || !is_container(v.cell()) {
            continue;
        }
        let mut found = Vec::new();
        undisturbed(th, || {
            referents(th, v.cell(), &mut |r| found.push(r));
            found.iter().try_for_each(|&r| l.push(th, Value::from_cell(r)))
        })?;
        immediate_referents(th, v, l)?;
    }
    Ok(l.value())
}

/// The numbers in a container, which are no cells but objects to the program.
fn immediate_referents(th: &Thread, v: Value, into: List) -> Res<()> {
    let add = |x: Value| if x.is_cell() { Ok(()) } else { into.push(th, x) };
    match v.kind() {
        Kind::List => {
            // The list itself may be the one that grows.
            let count = List::of(v).len();
            (0..count).filter_map(|i| List::of(v).get(i)).try_for_each(add)
        }
        Kind::Tuple => Tuple::of(v).as_slice().iter().try_for_each(|&x| add(x)),
        Kind::Dict => {
            let (d, mut at) = (Dict::of(v), 0);
            while let Some((k, x)) = d.next(th, &mut at) {
                add(k)?;
                add(x)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn is_tracked(th: &Thread, a: &[Value]) -> Res {
    let v = a[0];
    let tracked = v.is_cell()
        && is_container(v.cell())
        && match v.kind() {
            Kind::Tuple => !Tuple::of(v).is_empty(),
            // A dict of plain values needs no tracking.
            Kind::Dict => {
                let (d, mut at, mut any) = (Dict::of(v), 0, false);
                while let Some((k, x)) = d.next(th, &mut at) {
                    any |= [k, x].iter().any(|x| x.is_cell() && is_container(x.cell()));
                }
                any
            }
            Kind::Native => false,
            Kind::Type => Class::of(v).has_flag(flag::HEAP),
            // `object()` refers to nothing.
            Kind::Instance => Class::of_value(th, v).has_flag(flag::HEAP),
            _ => true,
        };
    Ok(Value::bool(tracked))
}

fn is_finalized(th: &Thread, a: &[Value]) -> Res {
    let v = a[0];
    let finalized = v.is_cell()
        && Class::of_value(th, v).special(th, Name::__del__).is_some()
        && !v.header().has(header::FINALIZER);
    Ok(Value::bool(finalized))
}

fn freeze(th: &Thread, _a: &[Value]) -> Res {
    let n = containers(th).len();
    FROZEN.set(th, int::from_usize(th, n));
    Ok(Value::none())
}

fn unfreeze(th: &Thread, _a: &[Value]) -> Res {
    FROZEN.set(th, Value::ZERO);
    Ok(Value::none())
}

fn get_freeze_count(th: &Thread, _a: &[Value]) -> Res {
    Ok(FROZEN.get(th).unwrap_or(Value::ZERO))
}

natives! {
    static FUNCTIONS = {
        function "enable" "()" enable, "Enable automatic garbage collection.";
        function "disable" "()" disable, "Disable automatic garbage collection.";
        function "isenabled" "()" isenabled, "Is automatic garbage collection enabled?";
        function "set_debug" "(flags, /)" set_debug, "Set the garbage collection debugging flags.";
        function "get_debug" "()" get_debug, "The garbage collection debugging flags.";
        function "get_count" "()" get_count, "The current collection counts.";
        function "set_threshold" "(threshold0, threshold1=10, threshold2=10, /)" set_threshold, "Set the collection thresholds.";
        function "get_threshold" "()" get_threshold, "The collection thresholds.";
        function "collect" "(generation=2)" collect, "Run the garbage collector; the number of unreachable objects.";
        function "get_objects" "(generation=None)" get_objects, "A list of objects tracked by the collector.";
        function "get_stats" "()" get_stats, "Figures of each generation.";
        function "is_tracked" "(obj, /)" is_tracked, "Is the object tracked by the collector?";
        function "is_finalized" "(obj, /)" is_finalized, "Has the object been finalized already?";
        function "get_referrers" "(*objs)" get_referrers, "The objects that directly refer to any of objs.";
        function "get_referents" "(*objs)" get_referents, "The objects that objs directly refer to.";
        function "freeze" "()" freeze, "Count all current objects as permanent.";
        function "unfreeze" "()" unfreeze, "Undo freeze().";
        function "get_freeze_count" "()" get_freeze_count, "The number of permanent objects.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    for (name, place) in [("callbacks", &th.interp.gc_callbacks), ("garbage", &th.interp.garbage)] {
        // The lists stay when the module is made anew.
        if List::from_value(place.get()).is_none() {
            place.set(list::new(th).value());
        }
        m.add(th, name, place.get());
    }
    for (name, n) in [
        ("DEBUG_STATS", gc_debug::STATS),
        ("DEBUG_COLLECTABLE", gc_debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", gc_debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", gc_debug::SAVEALL),
        ("DEBUG_LEAK", gc_debug::COLLECTABLE | gc_debug::UNCOLLECTABLE | gc_debug::SAVEALL),
    ] {
        m.add_int(th, name, n);
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "gc", doc: "The garbage collector.", functions: FUNCTIONS, exec };
