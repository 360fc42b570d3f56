//! `sys.monitoring`: tools register callbacks for events of running code (PEP 669).
//!
//! The state is the interpreter's ([`krait_object::monitor`]); whoever changes it here has the VM
//! look whether anything is to be observed at all.

use super::settings::c_int;
use krait_object::code::Code;
use krait_object::dict;
use krait_object::module::Module;
use krait_object::monitor::{EVENT_NAMES, EVENTS, Event, LOCAL_EVENTS, Monitor, TOOLS};
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, TypeId, Value, call, natives, tuple};

/// Events that are no part of `CALL`.
const UNGROUPED: usize = 15;
/// The two that are.
const OF_CALL: u32 = Event::CReturn.bit() | Event::CRaise.bit();

fn tool_id(th: &Thread, v: Value) -> Res<usize> {
    let n = c_int(th, v)?;
    match usize::try_from(n) {
        Ok(tool) if tool < TOOLS => Ok(tool),
        _ => Err(th.value_error(format!("invalid tool {n} (must be between 0 and 5)"))),
    }
}

fn state(th: &Thread) -> &'static Monitor {
    &th.interp.monitor
}

fn in_use(th: &Thread, tool: usize) -> Res<()> {
    if state(th).names[tool].get() == Value::UNBOUND {
        return Err(th.value_error(format!("tool {tool} is not in use")));
    }
    Ok(())
}

fn code_arg(th: &Thread, v: Value) -> Res<Code> {
    Code::from_value(v).ok_or_else(|| th.type_error("code must be a code object"))
}

/// The bits of a set of events without those that come with `CALL`.
fn event_set(th: &Thread, v: Value, known: usize, what: &str) -> Res<u32> {
    let set = c_int(th, v)? as u32;
    if set >= 1 << EVENTS {
        return Err(th.value_error(format!("invalid {what} 0x{set:x}")));
    }
    let own = set & !OF_CALL;
    if set != own && (set & OF_CALL != OF_CALL || set & Event::Call.bit() == 0) {
        return Err(th.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    if own >= 1 << known {
        return Err(th.value_error(format!("invalid {what} 0x{set:x}")));
    }
    Ok(own)
}

fn use_tool_id(th: &Thread, a: &[Value]) -> Res {
    let tool = tool_id(th, a[0])?;
    if Str::from_value(a[1]).is_none() {
        return Err(th.value_error("tool name must be a str"));
    }
    let name = &state(th).names[tool];
    if name.get() != Value::UNBOUND {
        return Err(th.value_error(format!("tool {tool} is already in use")));
    }
    name.set(a[1]);
    Ok(Value::none())
}

fn free_tool_id(th: &Thread, a: &[Value]) -> Res {
    state(th).names[tool_id(th, a[0])?].set(Value::UNBOUND);
    Ok(Value::none())
}

fn get_tool(th: &Thread, a: &[Value]) -> Res {
    let name = state(th).names[tool_id(th, a[0])?].get();
    Ok(if name == Value::UNBOUND { Value::none() } else { name })
}

fn register_callback(th: &Thread, a: &[Value]) -> Res {
    let tool = tool_id(th, a[0])?;
    let event = c_int(th, a[1])?;
    if event <= 0 || event.count_ones() != 1 {
        return Err(th.value_error("The callback can only be set for one event at a time"));
    }
    let number = event.trailing_zeros() as usize;
    if number >= EVENTS {
        return Err(th.value_error(format!("invalid event {event}")));
    }
    crate::audit::audit(th, "sys.monitoring.register_callback", &[a[2]])?;
    let new = if a[2].is_none() { Value::UNBOUND } else { a[2] };
    let old = state(th).callbacks[tool][number].replace(new);
    Ok(if old == Value::UNBOUND { Value::none() } else { old })
}

fn get_events(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::small(state(th).events(tool_id(th, a[0])?) as i64))
}

fn set_events(th: &Thread, a: &[Value]) -> Res {
    let tool = tool_id(th, a[0])?;
    let set = event_set(th, a[1], EVENTS, "event set")?;
    in_use(th, tool)?;
    state(th).set_events(tool, set);
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

fn get_local_events(th: &Thread, a: &[Value]) -> Res {
    let code = code_arg(th, a[1])?;
    let tool = tool_id(th, a[0])?;
    Ok(Value::small(state(th).local_events(code, tool) as i64))
}

fn set_local_events(th: &Thread, a: &[Value]) -> Res {
    let code = code_arg(th, a[1])?;
    let tool = tool_id(th, a[0])?;
    let set = event_set(th, a[2], LOCAL_EVENTS, "local event set")?;
    in_use(th, tool)?;
    state(th).set_local_events(code, tool, set);
    krait_vm::monitor::refresh(th);
    Ok(Value::none())
}

fn restart_events(th: &Thread, _a: &[Value]) -> Res {
    state(th).restart();
    Ok(Value::none())
}

fn all_events(th: &Thread, _a: &[Value]) -> Res {
    let d = dict::new(th);
    for (i, name) in EVENT_NAMES.iter().enumerate().take(UNGROUPED) {
        let tools = (0..TOOLS).filter(|&t| state(th).events(t) & 1 << i != 0).fold(0, |set, t| set | 1 << t);
        if tools != 0 {
            d.set_text(th, name, Value::small(tools));
        }
    }
    Ok(d.value())
}

natives! {
    static FUNCTIONS = {
        function "_all_events" "()" all_events, "";
        function "free_tool_id" "(tool_id, /)" free_tool_id, "";
        function "get_events" "(tool_id, /)" get_events, "";
        function "get_local_events" "(tool_id, code, /)" get_local_events, "";
        function "get_tool" "(tool_id, /)" get_tool, "";
        function "register_callback" "(tool_id, event, func, /)" register_callback, "";
        function "restart_events" "()" restart_events, "";
        function "set_events" "(tool_id, event_set, /)" set_events, "";
        function "set_local_events" "(tool_id, code, event_set, /)" set_local_events, "";
        function "use_tool_id" "(tool_id, name, /)" use_tool_id, "";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    for (name, slot) in [("DISABLE", &state(th).disable), ("MISSING", &state(th).missing)] {
        let v = call::call(th, th.interp.class_value(TypeId::Object), &[])?;
        slot.set(v);
        m.add(th, name, v);
    }
    for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        m.add_int(th, name, id);
    }
    let names = tuple::from_slice(th, &EVENT_NAMES.map(|n| string::new(th, n)))?;
    let mut bits = [Value::ZERO; EVENTS];
    bits.iter_mut().enumerate().for_each(|(i, v)| *v = Value::small(1 << i));
    let events = call::call_kw(th, th.interp.class_value(TypeId::SimpleNamespace), &bits, names)?;
    krait_object::attr::set_text(th, events, "NO_EVENTS", Value::small(0))?;
    m.add(th, "events", events);
    Ok(())
}

/// `sys.monitoring`.
pub static MODULE: ModuleDef = ModuleDef { name: "sys.monitoring", doc: "", functions: FUNCTIONS, exec };
