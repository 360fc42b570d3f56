//! `_weakref`: the functions and classes are in the object crate.

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, TypeId, weakref_methods};

fn exec(th: &Thread, m: Module) -> Res<()> {
    let r = th.interp.class_value(TypeId::WeakRef);
    m.add(th, "ref", r);
    m.add(th, "ReferenceType", r);
    m.add(th, "ProxyType", th.interp.class_value(TypeId::WeakProxy));
    m.add(th, "CallableProxyType", th.interp.class_value(TypeId::WeakCallableProxy));
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: "Weak-reference support module.",
    functions: weakref_methods::FUNCTIONS,
    exec,
};
