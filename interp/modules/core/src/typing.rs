//! `_typing`: the classes that `typing` takes from C.

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, TypeId, Value, natives};

fn identity(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

natives! {
    static FUNCTIONS = {
        function "_idfunc" "(object, /)" identity, "Return the argument.", Pure;
    }
}

/// The module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_typing",
    doc: "Primitives and accelerators for the typing module.",
    functions: FUNCTIONS,
    exec,
};

fn exec(th: &Thread, m: Module) -> Res<()> {
    for t in [
        TypeId::TypeVar,
        TypeId::TypeVarTuple,
        TypeId::ParamSpec,
        TypeId::ParamSpecArgs,
        TypeId::ParamSpecKwargs,
        TypeId::TypeAliasType,
        TypeId::Generic,
    ] {
        m.add_class(th, th.interp.class(t));
    }
    Ok(())
}
