//! What programs see of modules.

use crate::attr;
use crate::bootstrap::TypeTable;
use crate::call;
use crate::class::{Class, type_name};
use crate::construct;
use crate::descriptor::GetSetDef;
use crate::dict::{self, Dict};
use crate::kind::Kind;
use crate::module::{self, Module};
use crate::names::Name;
use crate::natives;
use crate::object_methods::name_arg;
use crate::protocol;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;

/// The AttributeError of a module, which tells partially initialized ones.
#[cold]
pub fn no_attribute(th: &Thread, m: Module, name: Value) -> Raised {
    let n = Str::from_value(name).map(Str::to_text).unwrap_or_default();
    let module = m.dict().get_name(th, th.name(Name::__name__)).and_then(Str::from_value);
    let text = match module {
        Some(module) => {
            let module = module.to_text();
            let spec = m.dict().get_name(th, th.name(Name::__spec__)).unwrap_or(Value::none());
            match is_initializing(th, spec) {
                Ok(true) => format!(
                    "partially initialized module '{module}' has no attribute '{n}' (most likely due to a circular import)"
                ),
                Ok(false) => match uninitialized_submodule(th, spec, name) {
                    Ok(true) => format!(
                        "cannot access submodule '{n}' of module '{module}' (most likely due to a circular import)"
                    ),
                    Ok(false) => format!("module '{module}' has no attribute '{n}'"),
                    Err(e) => return e,
                },
                Err(e) => return e,
            }
        }
        None => format!("module has no attribute '{n}'"),
    };
    attr::attribute_error(th, &text, m.value(), name)
}

/// Is the module with the spec being imported now?
fn is_initializing(th: &Thread, spec: Value) -> Res<bool> {
    if spec.is_none() {
        return Ok(false);
    }
    match attr::get_opt(th, spec, th.name(Name::_initializing))? {
        Some(v) => protocol::truth(th, v),
        None => Ok(false),
    }
}

fn uninitialized_submodule(th: &Thread, spec: Value, name: Value) -> Res<bool> {
    if spec.is_none() {
        return Ok(false);
    }
    let text = th.interp.interned.intern_text(th, "_uninitialized_submodules");
    match attr::get_opt(th, spec, text)? {
        Some(v) if v.is_kind(Kind::List) => protocol::contains(th, v, name),
        _ => Ok(false),
    }
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let c = construct::class_arg(th, a[0], TypeId::Module)?;
    let m = module::with_shape(th, c.shape.get(), c.tail_bytes());
    c.init_tail(m.cell());
    Ok(m.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let name = a[1];
    if !name.is_kind(Kind::Str) {
        return Err(
            th.type_error(format!("module() argument 'name' must be str, not {}", type_name(th, name)))
        );
    }
    let d = Module::of(a[0]).dict();
    let doc = a[2].given().unwrap_or(Value::none());
    d.set(th, th.name(Name::__name__), name)?;
    d.set(th, th.name(Name::__doc__), doc)?;
    for n in [Name::__package__, Name::__loader__, Name::__spec__] {
        d.set(th, th.name(n), Value::none())?;
    }
    Ok(Value::none())
}

/// The forms are those of `importlib`: by the spec, else by the loader, else by the file.
/// Is it the loader of packages without a file?
fn is_namespace_loader(th: &Thread, loader: Value) -> Res<bool> {
    let modules = Dict::from_value(th.interp.modules.get());
    let external = modules.and_then(|d| d.get_text(th, "_frozen_importlib_external"));
    let Some(m) = external.and_then(Module::from_value) else { return Ok(false) };
    match m.dict().get_text(th, "NamespaceLoader") {
        Some(class) => protocol::is_instance(th, loader, class),
        None => Ok(false),
    }
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let d = Module::of(a[0]).dict();
    let entry = |n: Name| d.get_name(th, th.name(n));
    let unknown = || string::new(th, "?");
    let loader = entry(Name::__loader__).unwrap_or(Value::none());
    let with_loader = |name: String| -> Res<String> {
        Ok(match loader.is_none() {
            true => format!("<module {name}>"),
            false => format!("<module {name} ({})>", protocol::repr_text(th, loader)?),
        })
    };
    let spec = entry(Name::__spec__).unwrap_or(Value::none());
    let text = if !spec.is_none() && protocol::truth(th, spec)? {
        let name = attr::get_name(th, spec, Name::name)?;
        let name = protocol::repr_text(th, if name.is_none() { unknown() } else { name })?;
        let origin = attr::get_name(th, spec, Name::origin)?;
        let loader = attr::get_name(th, spec, Name::loader)?;
        if origin.is_none() {
            match loader.is_none() {
                true => format!("<module {name}>"),
                false if is_namespace_loader(th, loader)? => {
                    let path = protocol::collect(th, attr::get_text(th, loader, "_path")?)?;
                    let path = crate::list::from_slice(th, path.as_slice())?;
                    format!("<module {name} (namespace) from {}>", protocol::repr_text(th, path)?)
                }
                false => format!("<module {name} ({})>", protocol::repr_text(th, loader)?),
            }
        } else {
            let located = attr::get_name(th, spec, Name::has_location)?;
            if protocol::truth(th, located)? {
                format!("<module {name} from {}>", protocol::repr_text(th, origin)?)
            } else {
                format!("<module {name} ({})>", Str::of(protocol::str_of(th, origin)?).to_text())
            }
        }
    } else {
        let name = protocol::repr_text(th, entry(Name::__name__).unwrap_or_else(unknown))?;
        match entry(Name::__file__) {
            Some(f) => format!("<module {name} from {}>", protocol::repr_text(th, f)?),
            None => with_loader(name)?,
        }
    };
    string::try_new(th, &text)
}

fn getattribute(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[1])?;
    attr::module_get_strict(th, a[0], Class::of_value(th, a[0]), name)
}

fn dir(th: &Thread, a: &[Value]) -> Res {
    let Some(d) = Dict::from_value(attr::get_name(th, a[0], Name::__dict__)?) else {
        return Err(th.type_error("<module>.__dict__ is not a dictionary"));
    };
    match d.get_name(th, th.name(Name::__dir__)) {
        Some(f) => call::call(th, f, &[]),
        None => crate::dict_methods::key_list(th, d),
    }
}

fn get_dict(_: &Thread, v: Value) -> Res {
    Ok(Module::of(v).dict().value())
}

fn get_annotations(th: &Thread, v: Value) -> Res {
    let d = Module::of(v).dict();
    let name = th.name(Name::__annotations__);
    if let Some(a) = d.get_name(th, name) {
        return Ok(a);
    }
    let a = dict::new(th).value();
    d.set(th, name, a)?;
    Ok(a)
}

fn set_annotations(th: &Thread, v: Value, value: Value) -> Result<(), Raised> {
    let d = Module::of(v).dict();
    let name = th.name(Name::__annotations__);
    if value != Value::MISSING {
        return d.set(th, name, value);
    }
    match d.remove(th, name)? {
        Some(_) => Ok(()),
        None => Err(th.raise_with(TypeId::AttributeError, name)),
    }
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "Create and return a new object.";
        method "__repr__" "()" repr, "Return repr(self).";
        method "__getattribute__" "(name, /)" getattribute, "Return getattr(self, name).";
        method "__init__" "(name, doc=None)" init, "Initialize self.";
        method "__dir__" "()" dir, "__dir__() -> list";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("__dict__", get_dict, "").member(),
    GetSetDef::rw("__annotations__", get_annotations, set_annotations, ""),
];

/// The table of `module`.
pub const TABLES: &[TypeTable] = &[TypeTable::new(
    TypeId::Module,
    "module(name, doc=None)\n--\n\nCreate a module object.",
    METHODS,
    GETSET,
)];
