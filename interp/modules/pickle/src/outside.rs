//! What pickling uses of Python modules: registries of `copyreg`, the names of Python 2, a few functions.

use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::{Name, Res, Str, Thread, TypeId, Value, attr, call, object_reduce};

/// Something that another module defines, kept once it was found.
pub struct Outside {
    module: &'static str,
    name: &'static str,
    slot: InterpSlot,
}

impl Outside {
    const fn new(module: &'static str, name: &'static str) -> Outside {
        Outside { module, name, slot: InterpSlot::new() }
    }

    pub fn get(&self, th: &Thread) -> Res {
        self.slot.get_or(th, |th| {
            let m = object_reduce::import(th, self.module)?;
            attr::get_text(th, m, self.name)
        })
    }

    /// The dict that this is.
    pub fn dict(&self, th: &Thread) -> Res<Dict> {
        let v = self.get(th)?;
        match Dict::from_value(v) {
            Some(d) => Ok(d),
            None => Err(th.runtime_error(format!(
                "{}.{} should be a dict, not {}",
                self.module,
                self.name,
                krait_object::class::type_name(th, v)
            ))),
        }
    }
}

pub static DISPATCH_TABLE: Outside = Outside::new("copyreg", "dispatch_table");
pub static EXTENSION_REGISTRY: Outside = Outside::new("copyreg", "_extension_registry");
pub static INVERTED_REGISTRY: Outside = Outside::new("copyreg", "_inverted_registry");
pub static EXTENSION_CACHE: Outside = Outside::new("copyreg", "_extension_cache");
pub static NAME_2TO3: Outside = Outside::new("_compat_pickle", "NAME_MAPPING");
pub static MODULE_2TO3: Outside = Outside::new("_compat_pickle", "IMPORT_MAPPING");
pub static NAME_3TO2: Outside = Outside::new("_compat_pickle", "REVERSE_NAME_MAPPING");
pub static MODULE_3TO2: Outside = Outside::new("_compat_pickle", "REVERSE_IMPORT_MAPPING");
pub static CODECS_ENCODE: Outside = Outside::new("codecs", "encode");
pub static ESCAPE_DECODE: Outside = Outside::new("_codecs", "escape_decode");
pub static PARTIAL: Outside = Outside::new("functools", "partial");
pub static GETATTR: Outside = Outside::new("builtins", "getattr");

pub static PICKLE_ERROR: NativeException =
    NativeException::new("_pickle.PickleError", &[ExceptionBase::Builtin(TypeId::Exception)], "");
pub static PICKLING_ERROR: NativeException =
    NativeException::new("_pickle.PicklingError", &[ExceptionBase::Native(&PICKLE_ERROR)], "");
pub static UNPICKLING_ERROR: NativeException =
    NativeException::new("_pickle.UnpicklingError", &[ExceptionBase::Native(&PICKLE_ERROR)], "");

/// `sys.modules`.
pub fn modules(th: &Thread) -> Res<Dict> {
    Dict::from_value(th.interp.modules.get()).ok_or_else(|| th.runtime_error("unable to get sys.modules"))
}

/// Is the module still being imported? Another thread may do that: importing waits for it.
fn is_initializing(th: &Thread, m: Value) -> Res<bool> {
    let Some(spec) = attr::get_opt(th, m, th.name(Name::__spec__))?.filter(|s| !s.is_none()) else {
        return Ok(false);
    };
    match attr::get_opt(th, spec, th.name(Name::_initializing))? {
        Some(i) => krait_object::protocol::truth(th, i),
        None => Ok(false),
    }
}

/// The module of a name, imported if it was not yet.
pub fn import(th: &Thread, name: Value) -> Res {
    if let Some(m) = modules(th)?.get(th, name)?.filter(|m| !m.is_none())
        && !is_initializing(th, m)?
    {
        return Ok(m);
    }
    let f =
        Dict::from_value(th.interp.builtins.get()).and_then(|d| d.get_name(th, th.name(Name::__import__)));
    let Some(f) = f else { return Err(th.raise_new(TypeId::ImportError, "__import__ not found")) };
    call::call(th, f, &[name])?;
    modules(th)?.get(th, name)?.ok_or_else(|| th.key_error(name))
}

/// The parts of a dotted name.
///
/// # Errors
/// AttributeError for what is local to a function; `obj` is where it was looked for, if that is known.
pub fn dotted_path(th: &Thread, name: Str, obj: Option<Value>) -> Res<Vec<String>> {
    let text = name.to_utf8().unwrap_or_else(|| name.to_text());
    let path: Vec<String> = text.split('.').map(str::to_owned).collect();
    if path.iter().any(|p| p == "<locals>") {
        let shown = krait_object::protocol::repr_text(th, name.value())?;
        let text = match obj {
            None => format!("Can't pickle local object {shown}"),
            Some(o) => {
                format!(
                    "Can't pickle local attribute {shown} on {}",
                    krait_object::protocol::repr_text(th, o)?
                )
            }
        };
        return Err(th.raise_new(TypeId::AttributeError, text));
    }
    Ok(path)
}

/// Follows a path of attributes: the last one and the object it is of; None when there is none.
pub fn deep_attribute(th: &Thread, from: Value, path: &[String]) -> Res<Option<(Value, Value)>> {
    let (mut parent, mut v) = (from, from);
    for p in path {
        parent = v;
        match attr::get_opt(th, v, th.interp.interned.intern_text(th, p))? {
            Some(x) => v = x,
            None => return Ok(None),
        }
    }
    Ok(Some((v, parent)))
}
