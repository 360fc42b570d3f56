//! What `sys.monitoring` (PEP 669) knows: tools, their events and callbacks, local events of code
//! objects, places where a tool disabled an event.
//!
//! This is bookkeeping and the calling of callbacks. Noticing that something happened is the
//! VM's part, which also drives `sys.settrace` and `sys.setprofile` from the same places.
//!
//! Invariants: events `C_RETURN` and `C_RAISE` belong to the `CALL` before them: they are set, and
//! disabled, with it. A disabled place names the epoch of its tool and event; whatever makes
//! disabled events come back starts a new epoch, so nothing has to be searched.

use crate::code::Code;
use crate::thread::{Res, Thread};
use crate::value::Value;
use crate::{call, int};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Tools that programs can register.
pub const TOOLS: usize = 6;
/// Kinds of events.
pub const EVENTS: usize = 17;
/// Events below this number can be set for a code object and disabled at a place.
pub const LOCAL_EVENTS: usize = 10;

/// The events, by their bit number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Event {
    PyStart = 0,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    Branch,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
}

/// Their names in `sys.monitoring.events`.
pub const EVENT_NAMES: [&str; EVENTS] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
];

impl Event {
    /// The event that this one is switched with.
    fn switch(self) -> usize {
        match self {
            Event::CReturn | Event::CRaise => Event::Call as usize,
            e => e as usize,
        }
    }

    /// The bit of the event in sets.
    #[inline]
    pub const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// The monitoring state of an interpreter.
pub struct Monitor {
    /// Name of each tool in use, or `UNBOUND`.
    pub names: [Cell<Value>; TOOLS],
    /// Callbacks, or `UNBOUND`.
    pub callbacks: [[Cell<Value>; EVENTS]; TOOLS],
    /// `sys.monitoring.DISABLE` and `MISSING`.
    pub disable: Cell<Value>,
    pub missing: Cell<Value>,
    /// Events set for all code, by tool.
    global: [Cell<u32>; TOOLS],
    epochs: [[Cell<u32>; EVENTS]; TOOLS],
    /// Events set for any code object ever.
    local: Cell<u32>,
}

impl Default for Monitor {
    fn default() -> Monitor {
        Monitor {
            names: [const { Cell::new(Value::UNBOUND) }; TOOLS],
            callbacks: [const { [const { Cell::new(Value::UNBOUND) }; EVENTS] }; TOOLS],
            disable: Cell::new(Value::UNBOUND),
            missing: Cell::new(Value::UNBOUND),
            global: [const { Cell::new(0) }; TOOLS],
            epochs: [const { [const { Cell::new(0) }; EVENTS] }; TOOLS],
            local: Cell::new(0),
        }
    }
}

/// What a code object keeps for monitoring. No values.
#[derive(Default)]
pub struct CodeMonitor {
    local: [Cell<u32>; TOOLS],
    /// Epoch in which a tool disabled an event at a word offset.
    disabled: RefCell<HashMap<(u32, u8, u8), u32>>,
}

impl Monitor {
    /// The values to be kept alive.
    pub fn visit(&self, mut f: impl FnMut(Value)) {
        self.names.iter().for_each(|c| f(c.get()));
        self.callbacks.iter().flatten().for_each(|c| f(c.get()));
        f(self.disable.get());
        f(self.missing.get());
    }

    /// Is any event of any tool set?
    pub fn any(&self) -> bool {
        self.local.get() != 0 || self.global.iter().any(|c| c.get() != 0)
    }

    /// Is the event set by any tool, for all code or some?
    pub fn wants(&self, e: Event) -> bool {
        let bit = 1 << e.switch();
        self.local.get() & bit != 0 || self.global.iter().any(|c| c.get() & bit != 0)
    }

    pub fn events(&self, tool: usize) -> u32 {
        self.global[tool].get()
    }

    pub fn set_events(&self, tool: usize, events: u32) {
        let dropped = self.global[tool].replace(events) & !events;
        self.renew(tool, dropped);
    }

    /// What a tool disabled of these events comes back when they are set again.
    fn renew(&self, tool: usize, events: u32) {
        for (i, epoch) in self.epochs[tool].iter().enumerate() {
            if events & 1 << i != 0 {
                epoch.set(epoch.get().wrapping_add(1));
            }
        }
    }

    /// `sys.monitoring.restart_events`.
    pub fn restart(&self) {
        (0..TOOLS).for_each(|t| self.renew(t, u32::MAX));
    }

    pub fn local_events(&self, code: Code, tool: usize) -> u32 {
        code.monitor().map_or(0, |m| m.local[tool].get())
    }

    pub fn set_local_events(&self, code: Code, tool: usize, events: u32) {
        let dropped = code.monitor_or_new().local[tool].replace(events) & !events;
        self.renew(tool, dropped);
        self.local.set(self.local.get() | events);
    }

    /// Does the tool want the event at the place?
    fn listens(&self, code: Code, offset: usize, tool: usize, e: Event) -> bool {
        let i = e.switch();
        let bit = 1 << i;
        let global = self.global[tool].get() & bit != 0;
        if !global && self.local.get() & bit == 0 {
            return false;
        }
        let Some(m) = code.monitor() else { return global };
        (global || m.local[tool].get() & bit != 0)
            && m.disabled.borrow().get(&(offset as u32, i as u8, tool as u8)).copied()
                != Some(self.epochs[tool][i].get())
    }
}

/// Calls the callbacks of an event at an instruction (its word offset). `rest` are the arguments after code and offset.
pub fn fire(th: &Thread, code: Code, offset: usize, e: Event, rest: &[Value]) -> Res<()> {
    fire_at(th, code, offset, e, int::from_i64(th, offset as i64 * 8), rest)
}

/// As [`fire`], for `LINE`, whose second argument is the line.
pub fn fire_line(th: &Thread, code: Code, offset: usize, line: u32) -> Res<()> {
    fire_at(th, code, offset, Event::Line, Value::small(line as i64), &[])
}

fn fire_at(th: &Thread, code: Code, offset: usize, e: Event, place: Value, rest: &[Value]) -> Res<()> {
    let m = &th.interp.monitor;
    if th.monitor_depth.get() != 0 {
        return Ok(());
    }
    for tool in (0..TOOLS).rev() {
        if !m.listens(code, offset, tool, e) {
            continue;
        }
        let f = m.callbacks[tool][e as usize].get();
        if f == Value::UNBOUND {
            continue;
        }
        let mut args = [code.value(), place, Value::UNBOUND, Value::UNBOUND];
        args[2..2 + rest.len()].copy_from_slice(rest);
        let r = quietly(th, e, || call::call(th, f, &args[..2 + rest.len()]))?;
        if r != m.disable.get() {
            continue;
        }
        if e.switch() >= LOCAL_EVENTS {
            // A callback that cannot be disabled would be called for ever: it goes.
            m.callbacks[tool][e as usize].set(Value::UNBOUND);
            let name = EVENT_NAMES[e as usize];
            return Err(th.value_error(format!("Cannot disable {name} events. Callback removed.")));
        }
        let key = (offset as u32, e.switch() as u8, tool as u8);
        code.monitor_or_new().disabled.borrow_mut().insert(key, m.epochs[tool][e.switch()].get());
    }
    Ok(())
}

/// Runs a callback or trace function: nothing it does is observed itself.
pub fn quietly<T>(th: &Thread, e: Event, f: impl FnOnce() -> T) -> T {
    let before = th.monitor_event.replace(e as i8);
    th.monitor_depth.set(th.monitor_depth.get() + 1);
    let r = f();
    th.monitor_depth.set(th.monitor_depth.get() - 1);
    th.monitor_event.set(before);
    r
}
