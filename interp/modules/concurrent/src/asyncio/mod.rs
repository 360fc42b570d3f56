//! `_asyncio`: futures and tasks, and which loop and task are running.

mod future;
mod future_methods;
mod outside;
mod registry;
mod task;
mod task_methods;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, Value, natives};

/// The `_asyncio` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_asyncio", doc: "Accelerator module for asyncio", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&future_methods::FUTURE, &task_methods::TASK] {
        m.add_class(th, c.get(th)?);
    }
    m.add(th, "_scheduled_tasks", registry::scheduled_tasks(th)?);
    m.add(th, "_eager_tasks", registry::eager_tasks(th)?.value());
    m.add(th, "_current_tasks", registry::current_tasks(th)?.value());
    Ok(())
}

fn get_running_loop_or_none(th: &Thread, _: &[Value]) -> Res {
    Ok(outside::running_loop(th).unwrap_or(Value::none()))
}

fn set_running_loop(th: &Thread, a: &[Value]) -> Res {
    th.running_loop.set(a[0]);
    Ok(Value::none())
}

fn get_running_loop(th: &Thread, _: &[Value]) -> Res {
    outside::need_running_loop(th)
}

fn get_event_loop(th: &Thread, _: &[Value]) -> Res {
    outside::event_loop(th)
}

fn register_task(th: &Thread, a: &[Value]) -> Res {
    registry::register(th, a[0])?;
    Ok(Value::none())
}

fn unregister_task(th: &Thread, a: &[Value]) -> Res {
    registry::unregister(th, a[0]);
    Ok(Value::none())
}

fn register_eager_task(th: &Thread, a: &[Value]) -> Res {
    registry::eager_tasks(th)?.add(th, a[0])?;
    Ok(Value::none())
}

fn unregister_eager_task(th: &Thread, a: &[Value]) -> Res {
    registry::eager_tasks(th)?.items().remove(th, a[0])?;
    Ok(Value::none())
}

fn enter_task(th: &Thread, a: &[Value]) -> Res {
    registry::enter(th, a[0], a[1])?;
    Ok(Value::none())
}

fn leave_task(th: &Thread, a: &[Value]) -> Res {
    registry::leave(th, a[0], a[1])?;
    Ok(Value::none())
}

fn swap_current_task(th: &Thread, a: &[Value]) -> Res {
    registry::swap_current(th, a[0], a[1])
}

fn current_task(th: &Thread, a: &[Value]) -> Res {
    let event_loop = match a[0].given_not_none() {
        Some(l) => l,
        None => outside::need_running_loop(th)?,
    };
    Ok(registry::current_tasks(th)?.get(th, event_loop)?.unwrap_or(Value::none()))
}

natives! {
    static FUNCTIONS = {
        function "_get_running_loop" "()" get_running_loop_or_none, "The loop that runs in this thread, or None.";
        function "_set_running_loop" "(loop, /)" set_running_loop, "Says which loop runs in this thread.";
        function "get_running_loop" "()" get_running_loop, "The loop that runs in this thread.";
        function "get_event_loop" "()" get_event_loop, "The loop that runs in this thread, else the policy's.";
        function "_register_task" "(task)" register_task, "";
        function "_unregister_task" "(task)" unregister_task, "";
        function "_register_eager_task" "(task)" register_eager_task, "";
        function "_unregister_eager_task" "(task)" unregister_eager_task, "";
        function "_enter_task" "(loop, task)" enter_task, "";
        function "_leave_task" "(loop, task)" leave_task, "";
        function "_swap_current_task" "(loop, task)" swap_current_task, "";
        function "current_task" "(loop=None)" current_task, "The task that the loop is running, or None.";
    }
}
