//! `__import__`: the fast path for loaded modules, and the way into importlib.

use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, TypeId, Value, attr, call, protocol};
use std::sync::OnceLock;

/// `importlib._bootstrap`, once it runs.
pub static BOOTSTRAP: InterpSlot = InterpSlot::new();

static NATIVE: OnceLock<Vec<&'static ModuleDef>> = OnceLock::new();

/// Tells which native modules there are. To be called once, before any interpreter starts.
pub fn register(modules: Vec<&'static ModuleDef>) {
    // A second call is a program that starts twice; the first list stays.
    let _ = NATIVE.set(modules);
}

/// All native modules.
pub fn native_modules() -> &'static [&'static ModuleDef] {
    NATIVE.get().map_or(&[], Vec::as_slice)
}

/// Makes a native module and puts it into `sys.modules`; None when there is none of the name.
pub fn load_native(th: &Thread, name: &str) -> Res<Option<Module>> {
    let Some(def) = native_modules().iter().find(|d| d.name == name) else { return Ok(None) };
    let modules = Dict::of(th.interp.modules.get());
    if let Some(m) = modules.get_text(th, name).and_then(Module::from_value) {
        return Ok(Some(m));
    }
    let m = def.make(th)?;
    modules.set_text(th, name, m.value());
    Ok(Some(m))
}

/// `__import__(name, globals, locals, fromlist, level)`.
pub fn import_name(th: &Thread, a: &[Value]) -> Res {
    let Some(name) = Str::from_value(a[0]) else {
        return Err(th.type_error("module name must be a string"));
    };
    let level = match a[4].given() {
        Some(v) => protocol::index_i64(th, v)?,
        None => 0,
    };
    if level < 0 {
        return Err(th.value_error("level must be >= 0"));
    }
    let globals = a[1].given_not_none();
    let fromlist = a[3].given_not_none();
    let absolute = if level > 0 {
        resolve(th, name, globals, level)?
    } else if name.is_empty() {
        return Err(th.value_error("Empty module name"));
    } else {
        name.value()
    };
    let module = find_or_load(th, absolute)?;
    let has_from = match fromlist {
        Some(f) => protocol::truth(th, f)?,
        None => false,
    };
    if has_from {
        if attr::get_opt(th, module, th.name(Name::__path__))?.is_none() {
            return Ok(module);
        }
        let Some(bootstrap) = BOOTSTRAP.get(th) else { return Ok(module) };
        let import = attr::get_text(th, bootstrap, "_gcd_import")?;
        return call::call_method(
            th,
            bootstrap,
            th.name(Name::_handle_fromlist),
            &[module, fromlist.unwrap_or(Value::none()), import],
        );
    }
    // `import a.b.c` binds `a`; relative: the part of the absolute name that the head of the relative one is.
    let text = name.to_text();
    if level > 0 && text.is_empty() {
        return Ok(module);
    }
    let Some(dot) = text.find('.') else { return Ok(module) };
    if level == 0 {
        return find_or_load(th, string::try_new(th, &text[..dot])?);
    }
    let full = Str::of(absolute).to_text();
    let cut = full.len() - (text.len() - dot);
    let modules = Dict::of(th.interp.modules.get());
    match modules.get_text(th, &full[..cut]) {
        Some(m) => Ok(m),
        None => Err(th.key_error(string::new(th, &full[..cut]))),
    }
}

/// The absolute name of a relative import.
fn resolve(th: &Thread, name: Str, globals: Option<Value>, level: i64) -> Res {
    let Some(bootstrap) = BOOTSTRAP.get(th) else {
        return Err(
            th.raise_new(TypeId::ImportError, "attempted relative import with no known parent package")
        );
    };
    let Some(g) = globals.and_then(Dict::from_value) else {
        return Err(th.key_error(string::new(th, "'__name__' not in globals")));
    };
    let package = call::call_method_text(th, bootstrap, "_calc___package__", &[g.value()])?;
    let Some(p) = Str::from_value(package) else {
        return Err(th.type_error("package must be a string"));
    };
    if p.is_empty() {
        return Err(
            th.raise_new(TypeId::ImportError, "attempted relative import with no known parent package")
        );
    }
    call::call_method_text(th, bootstrap, "_resolve_name", &[name.value(), package, Value::small(level)])
}

/// The module of an absolute name, imported if it is not in `sys.modules`.
pub fn find_or_load(th: &Thread, name: Value) -> Res {
    let modules = th.interp.modules.get();
    let found = match Dict::from_value(modules) {
        Some(d) => d.get(th, name)?,
        None => {
            let r = protocol::getitem(th, modules, name);
            th.catch(r, TypeId::KeyError)?
        }
    };
    if let Some(m) = found
        && !m.is_none()
    {
        return initialized(th, m, name);
    }
    match BOOTSTRAP.get(th) {
        Some(b) => call::call_method(th, b, th.name(Name::_find_and_load), &[name, import_function(th)?]),
        None => match load_native(th, &Str::of(name).to_text())? {
            Some(m) => Ok(m.value()),
            None => Err(th.raise_new(
                TypeId::ModuleNotFoundError,
                format!("No module named '{}'", Str::of(name).to_text()),
            )),
        },
    }
}

/// The `__import__` that importlib calls back.
fn import_function(th: &Thread) -> Res {
    let builtins = Dict::of(th.interp.builtins.get());
    Ok(builtins.get_name(th, th.name(Name::__import__)).unwrap_or(Value::none()))
}

/// A module that another thread is still importing is waited for.
fn initialized(th: &Thread, m: Value, name: Value) -> Res {
    let Some(module) = Module::from_value(m) else { return Ok(m) };
    let Some(spec) = module.dict().get_name(th, th.name(Name::__spec__)) else { return Ok(m) };
    if spec.is_none() {
        return Ok(m);
    }
    if let Some(v) = attr::get_opt(th, spec, th.name(Name::_initializing))?
        && protocol::truth(th, v)?
        && let Some(b) = BOOTSTRAP.get(th)
    {
        call::call_method_text(th, b, "_lock_unlock_module", &[name])?;
    }
    Ok(m)
}
