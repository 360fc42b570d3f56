//! The module `_socket`.
//!
//! `object.rs` has the socket with its timeout and the one way in which blocking calls are
//! made; addresses are converted in `address.rs`, names resolved in `resolve.rs`.

mod address;
mod connect;
mod constants;
mod lookup;
mod message;
mod numbers;
mod object;
mod options;
mod resolve;
mod transfer;

use krait_object::module::Module;
use krait_object::native;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, TypeId, Value};

/// The module.
pub static MODULE: ModuleDef = ModuleDef { name: "_socket", doc: "", functions: object::FUNCTIONS, exec };

static GAIERROR: NativeException =
    NativeException::new("socket.gaierror", &[ExceptionBase::Builtin(TypeId::OSError)], "");
static HERROR: NativeException =
    NativeException::new("socket.herror", &[ExceptionBase::Builtin(TypeId::OSError)], "");

fn exec(th: &Thread, m: Module) -> Res<()> {
    native::add_functions(th, m.dict(), "_socket", numbers::FUNCTIONS);
    native::add_functions(th, m.dict(), "_socket", lookup::FUNCTIONS);
    for &(name, n) in constants::INTS {
        m.add_int(th, name, n);
    }
    let c = object::CLASS.get(th)?;
    m.add(th, "socket", c.value());
    m.add(th, "SocketType", c.value());
    m.add(th, "error", th.interp.class_value(TypeId::OSError));
    m.add(th, "timeout", th.interp.class_value(TypeId::TimeoutError));
    m.add(th, "gaierror", GAIERROR.get(th)?.value());
    m.add(th, "herror", HERROR.get(th)?.value());
    m.add(th, "has_ipv6", Value::true_());
    Ok(())
}
