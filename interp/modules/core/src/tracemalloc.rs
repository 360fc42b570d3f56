//! `_tracemalloc`: what `tracemalloc` needs to be imported and asked. Allocations are not traced: the heap allocates
//! in six instructions and compiled code will do it in line, so that nothing could be told. `start` says so.

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, Value, list, natives, protocol, tuple};

/// The largest number of frames that `start` takes.
pub const MAX_FRAMES: i64 = 65535;

fn start(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index_i64(th, a[0])?;
    if !(1..=MAX_FRAMES).contains(&n) {
        return Err(th.value_error(format!("the number of frames must be in range [1; {MAX_FRAMES}]")));
    }
    Err(th.runtime_error("Krait does not trace memory allocations"))
}

fn nothing(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::none())
}

fn no(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::false_())
}

fn one(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::small(1))
}

fn zero(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::ZERO)
}

fn none_traced(th: &Thread, _: &[Value]) -> Res {
    tuple::from_slice(th, &[Value::ZERO, Value::ZERO])
}

fn no_traces(th: &Thread, _: &[Value]) -> Res {
    Ok(list::new(th).value())
}

natives! {
    static FUNCTIONS = {
        function "start" "(nframe=1, /)" start, "Raises RuntimeError: allocations cannot be traced.";
        function "stop" "()" nothing, "Does nothing: allocations are not traced.";
        function "is_tracing" "()" no, "False.";
        function "clear_traces" "()" nothing, "Does nothing: there are no traces.";
        function "reset_peak" "()" nothing, "Does nothing.";
        function "get_traceback_limit" "()" one, "The number of frames of a trace.";
        function "get_traced_memory" "()" none_traced, "(0, 0): nothing is traced.";
        function "get_tracemalloc_memory" "()" zero, "0: nothing is traced.";
        function "_get_traces" "()" no_traces, "An empty list.";
        function "_get_object_traceback" "(obj, /)" nothing, "None.";
    }
}

fn exec(_: &Thread, _: Module) -> Res<()> {
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_tracemalloc",
    doc: "Stands in for the tracing of allocations.",
    functions: FUNCTIONS,
    exec,
};
