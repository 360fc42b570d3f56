//! Audit hooks (PEP 578).

use crate::sys::hooks::expect_text;
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::tuple::{self, Tuple};
use krait_object::{Res, Thread, TypeId, Value, call, string};

/// The hooks, as a list; unset while there are none.
static HOOKS: InterpSlot = InterpSlot::new();

/// Tells the hooks of an event.
///
/// # Errors
/// What a hook raises: the event is not to happen then.
#[inline]
pub fn audit(th: &Thread, event: &str, args: &[Value]) -> Res<()> {
    match HOOKS.get(th) {
        None => Ok(()),
        Some(hooks) => run(th, List::of(hooks), event, args),
    }
}

#[cold]
fn run(th: &Thread, hooks: List, event: &str, args: &[Value]) -> Res<()> {
    let event = string::new(th, event);
    // Arguments that were not given show as None.
    let mut given = krait_object::ValueVec::new();
    for a in args {
        given.push(th, a.given().unwrap_or(Value::none()))?;
    }
    let args = tuple::from_vec(th, &given)?;
    let mut i = 0;
    while let Some(h) = hooks.get(i) {
        call::call(th, h, &[event, args])?;
        i += 1;
    }
    Ok(())
}

/// `sys.audit(event, *args)`.
pub fn audit_function(th: &Thread, a: &[Value]) -> Res {
    let Some((&event, args)) = Tuple::of(a[0]).as_slice().split_first() else {
        return Err(th.type_error("audit() missing 1 required positional argument: 'event'"));
    };
    let event = expect_text(th, event, "expected str for argument 'event', not ")?;
    audit(th, &event, args)?;
    Ok(Value::none())
}

/// `sys.addaudithook(hook)`: the hooks there are may refuse it.
pub fn addaudithook(th: &Thread, a: &[Value]) -> Res {
    let told = audit(th, "sys.addaudithook", &[]);
    if th.catch(told, TypeId::Exception)?.is_none() {
        return Ok(Value::none());
    }
    let hooks = HOOKS.get_or(th, |th| Ok(list::new(th).value()))?;
    List::of(hooks).push(th, a[0])?;
    Ok(Value::none())
}
