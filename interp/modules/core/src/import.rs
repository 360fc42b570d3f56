//! `__import__`: the fast path for loaded modules, and the way into importlib.

use crate::frozen;
use krait_object::dict::{self, Dict};
use krait_object::exception::{self, Exception};
use krait_object::frameobj::Frame;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::traceback::Traceback;
use krait_object::tuple::Tuple;
use krait_object::weakref::{self, WeakRef};
use krait_object::{Kind, Name, Raised, Res, Thread, TypeId, Value, attr, call, protocol, tuple};
use std::sync::OnceLock;

/// `importlib._bootstrap`, once it runs.
pub static BOOTSTRAP: InterpSlot = InterpSlot::new();

/// The part of importlib that finds files, whatever programs do to `sys.modules`.
static EXTERNAL: InterpSlot = InterpSlot::new();

/// The module that finds modules in files; None before it is there.
pub fn external(th: &Thread) -> Option<Module> {
    EXTERNAL.get(th).and_then(Module::from_value)
}

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

/// The modules that are made once: importing them again gives the same objects.
static ONCE: InterpSlot = InterpSlot::new();

/// Makes a native module; None when there is none of the name.
pub fn make_native(th: &Thread, name: &str) -> Res<Option<Module>> {
    let Some(def) = native_modules().iter().find(|d| d.name == name) else { return Ok(None) };
    if name != "sys" && name != "builtins" {
        return Ok(Some(def.make(th)?));
    }
    let once = Dict::of(ONCE.get_or(th, |th| Ok(dict::new(th).value()))?);
    if let Some(m) = once.get_text(th, name).and_then(Module::from_value) {
        return Ok(Some(m));
    }
    let m = def.make(th)?;
    once.set_text(th, name, m.value());
    Ok(Some(m))
}

/// Makes a native module and puts it into `sys.modules`; None when there is none of the name.
pub fn load_native(th: &Thread, name: &str) -> Res<Option<Module>> {
    let modules = Dict::of(th.interp.modules.get());
    if let Some(m) = modules.get_text(th, name).and_then(Module::from_value) {
        return Ok(Some(m));
    }
    let Some(m) = make_native(th, name)? else { return Ok(None) };
    modules.set_text(th, name, m.value());
    Ok(Some(m))
}

/// Is there a native module of the name?
pub fn has_native(name: &str) -> bool {
    native_modules().iter().any(|d| d.name == name)
}

/// Can modules be found in files?
pub fn finds_files(th: &Thread) -> bool {
    external(th).is_some()
}

/// Runs a frozen module's code in a new module that is in `sys.modules` then.
pub fn run_frozen(th: &Thread, f: &frozen::Frozen) -> Res<Module> {
    let code = frozen::load(th, f)?;
    let m = krait_object::module::new(th, f.name, None);
    let modules = Dict::of(th.interp.modules.get());
    modules.set_text(th, f.name, m.value());
    let d = m.dict();
    d.set_name(th, th.name(Name::__builtins__), th.interp.builtins.get());
    // importlib takes it out again.
    d.set_text(th, "__origname__", string::new(th, f.original));
    krait_vm::run_code(th, code, d.value(), d.value(), Value::none())?;
    Ok(m)
}

/// An ImportError (or a class derived from it) with its name and path.
pub fn import_error(th: &Thread, class: TypeId, message: Value, name: Value, path: Value) -> Raised {
    let names = [th.name(Name::name), th.name(Name::path)];
    let made = tuple::from_slice(th, &names)
        .and_then(|names| call::call_kw(th, th.interp.class_value(class), &[message, name, path], names));
    match made {
        Ok(e) => exception::raise(th, e),
        Err(r) => r,
    }
}

/// Brings importlib up: first what needs no files, then the finders of files.
///
/// # Errors
/// Whatever the library's code raises.
pub fn start(th: &Thread) -> Res<()> {
    let Some(f) = frozen::find(th, "_frozen_importlib") else { return Ok(()) };
    if !frozen::is_there(th, f) {
        // Only native modules can be imported then.
        let lib = th.interp.config.borrow().platlibdir.to_string_lossy().into_owned();
        krait_object::complain!("Could not find the standard library <prefix>/{lib}/python3.12");
        return Ok(());
    }
    let imp = load_native(th, "_imp")?;
    let m = run_frozen(th, f)?;
    let sys = load_native(th, "sys")?;
    let (Some(imp), Some(sys)) = (imp, sys) else { return Ok(()) };
    call::call_method_text(th, m.value(), "_install", &[sys.value(), imp.value()])?;
    BOOTSTRAP.set(th, m.value());
    if !has_native("posix") || !has_native("_io") {
        return Ok(());
    }
    call::call_method_text(th, m.value(), "_install_external_importers", &[])?;
    let modules = Dict::of(th.interp.modules.get());
    if let Some(external) = modules.get_text(th, "_frozen_importlib_external").and_then(Module::from_value) {
        EXTERNAL.set(th, external.value());
        crate::pyc::install(th, external)?;
        crate::library::install(th, external)?;
    }
    zip_hook(th)
}

/// Archives in `sys.path` are looked into first.
fn zip_hook(th: &Thread) -> Res<()> {
    let m = import_module(th, "zipimport")?;
    let class = attr::get_text(th, m, "zipimporter")?;
    match crate::sys::get(th, "path_hooks").and_then(krait_object::list::List::from_value) {
        Some(l) => l.splice(th, 0, 0, &[class]),
        None => Ok(()),
    }
}

/// Takes importlib's own frames out of the pending exception's traceback, as users are to see their own code only.
fn remove_importlib_frames(th: &Thread) {
    let Some(e) = th.pending() else { return };
    if th.interp.config.borrow().flags.get("verbose").is_some_and(|&v| v > 0) {
        return;
    }
    let always = th.pending_is(TypeId::ImportError);
    let e = Exception::of(e);
    // Chunks of frames of importlib that end in `_call_with_frames_removed` go; for ImportError all chunks do.
    let mut kept: Vec<Traceback> = Vec::new();
    let mut chunk: Vec<Traceback> = Vec::new();
    let mut at = e.traceback.get();
    while let Some(t) = Traceback::from_value(at) {
        at = t.next.get();
        let code = Frame::of(t.frame.get()).code();
        let file = Str::of(code.filename.get());
        let inside =
            file.is("<frozen importlib._bootstrap>") || file.is("<frozen importlib._bootstrap_external>");
        if inside {
            chunk.push(t);
            if always || Str::of(code.name.get()).is("_call_with_frames_removed") {
                chunk.clear();
            }
        } else {
            kept.append(&mut chunk);
            kept.push(t);
        }
    }
    kept.append(&mut chunk);
    let mut next = Value::none();
    for t in kept.iter().rev() {
        if t.next.get() != next {
            t.next.set(th, t.cell(), next);
        }
        next = t.value();
    }
    e.traceback.set(th, e.cell(), next);
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
        let r = call::call_method(
            th,
            bootstrap,
            th.name(Name::_handle_fromlist),
            &[module, fromlist.unwrap_or(Value::none()), import],
        );
        if r.is_err() {
            remove_importlib_frames(th);
        }
        return r;
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

fn no_parent(th: &Thread) -> Raised {
    th.raise_new(TypeId::ImportError, "attempted relative import with no known parent package")
}

/// The package that a relative import counts from.
fn package_of(th: &Thread, globals: Dict) -> Res {
    let get = |n: Name| globals.get_name(th, th.name(n)).filter(|v| !v.is_none());
    let spec = get(Name::__spec__);
    let parent = |spec: Value| attr::get(th, spec, th.name(Name::parent));
    if let Some(p) = get(Name::__package__) {
        if Str::from_value(p).is_none() {
            return Err(th.type_error("package must be a string"));
        }
        if let Some(spec) = spec
            && !protocol::equal(th, p, parent(spec)?)?
        {
            let text = "__package__ != __spec__.parent";
            (th.interp.hooks().warn)(th, TypeId::DeprecationWarning, text, 1)?;
        }
        return Ok(p);
    }
    if let Some(spec) = spec {
        let p = parent(spec)?;
        if Str::from_value(p).is_none() {
            return Err(th.type_error("__spec__.parent must be a string"));
        }
        return Ok(p);
    }
    let text = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
    (th.interp.hooks().warn)(th, TypeId::ImportWarning, text, 1)?;
    let Some(name) = globals.get_name(th, th.name(Name::__name__)) else {
        return Err(th.key_error(string::new(th, "'__name__' not in globals")));
    };
    let Some(s) = Str::from_value(name) else {
        return Err(th.type_error("__name__ must be a string"));
    };
    if globals.get_name(th, th.name(Name::__path__)).is_some() {
        return Ok(name);
    }
    match s.to_text().rfind('.') {
        Some(dot) => string::try_new(th, &s.to_text()[..dot]),
        None => Err(no_parent(th)),
    }
}

/// The absolute name of a relative import.
fn resolve(th: &Thread, name: Str, globals: Option<Value>, level: i64) -> Res {
    let Some(globals) = globals else {
        return Err(th.key_error(string::new(th, "'__name__' not in globals")));
    };
    let Some(globals) = Dict::from_value(globals) else {
        return Err(th.type_error("globals must be a dict"));
    };
    let package = Str::of(package_of(th, globals)?).to_text();
    if package.is_empty() {
        return Err(no_parent(th));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => {
                let text = "attempted relative import beyond top-level package";
                return Err(th.raise_new(TypeId::ImportError, text));
            }
        }
    }
    let full = if name.is_empty() { base.to_owned() } else { format!("{base}.{}", name.to_text()) };
    Ok(th.interp.interned.intern_text(th, &full))
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
        Some(b) => {
            let r = timed(th, name, || {
                call::call_method(th, b, th.name(Name::_find_and_load), &[name, import_function(th)?])
            });
            if r.is_err() {
                remove_importlib_frames(th);
            }
            r
        }
        None => match load_native(th, &Str::of(name).to_text())? {
            Some(m) => Ok(m.value()),
            None => Err(th.raise_new(
                TypeId::ModuleNotFoundError,
                format!("No module named '{}'", Str::of(name).to_text()),
            )),
        },
    }
}

/// `-X importtime`: nesting, and the time that imports inside of the running one took, in nanoseconds.
static TIMES: InterpSlot = InterpSlot::new();

/// Tells from now on how long imports take.
pub fn tell_times(th: &Thread, on: bool) {
    if on {
        TIMES.set(th, tuple::new(th, &[Value::ZERO, Value::ZERO]));
        krait_object::complain!("import time: self [us] | cumulative | imported package");
    }
}

fn timed(th: &Thread, name: Value, f: impl FnOnce() -> Res) -> Res {
    let Some(t) = TIMES.get(th).and_then(Tuple::from_value) else { return f() };
    let level = t.get(0).small_int().unwrap_or(0);
    let before = t.get(1).small_int().unwrap_or(0);
    TIMES.set(th, tuple::new(th, &[Value::small(level + 1), Value::ZERO]));
    let start = std::time::Instant::now();
    let r = f();
    let all = start.elapsed().as_nanos() as i64;
    let inner = TIMES.get(th).and_then(Tuple::from_value).and_then(|t| t.get(1).small_int()).unwrap_or(0);
    let text = Str::of(name).to_text();
    let (own, indent) = ((all - inner).max(0) / 1000, 2 * level as usize);
    krait_object::complain!("import time: {own:9} | {:10} | {:indent$}{text}", all / 1000, "");
    TIMES.set(th, tuple::new(th, &[Value::small(level), Value::small(before + all)]));
    r
}

/// The module of a dotted name, imported.
///
/// # Errors
/// What importing raises.
pub fn import_module(th: &Thread, name: &str) -> Res {
    find_or_load(th, string::try_new(th, name)?)
}

/// At the end: `sys.modules` lets go of the modules; those that are still there afterwards are emptied.
pub fn clear_modules(th: &Thread) {
    let Some(held) = let_go(th) else { return th.clear_pending() };
    th.heap.collect(true);
    krait_vm::finalizers(th);
    let kept = [th.interp.builtins.get(), th.interp.sys.get()];
    while let Some(r) = held.pop() {
        if let Some(m) = WeakRef::of(r).referent().and_then(Module::from_value)
            && !kept.contains(&m.dict.get())
            && let Some(d) = Dict::from_value(m.dict.get())
        {
            empty(th, d);
        }
    }
}

/// Empties `sys.modules`; weak references to the modules, so that the list keeps none of them. None: an error is pending.
///
/// In a frame of its own, which is gone when the collection looks through the machine stack.
#[inline(never)]
fn let_go(th: &Thread) -> Option<krait_object::list::List> {
    let modules = Dict::from_value(th.interp.modules.get())?;
    let held = krait_object::list::new(th);
    let mut at = 0;
    while let Some((_, m)) = modules.next(th, &mut at) {
        if m.is_kind(Kind::Module) {
            let r = weakref::new(th, m, Value::none(), TypeId::WeakRef as u32, 0);
            held.push(th, r.value()).ok()?;
        }
    }
    modules.clear(th).ok()?;
    Some(held)
}

/// Sets a module's names to None: those with one leading underscore first.
fn empty(th: &Thread, d: Dict) {
    for first in [true, false] {
        let mut at = 0;
        while let Some((k, v)) = d.next(th, &mut at) {
            let Some(name) = Str::from_value(k) else { continue };
            let private = name.len() > 1 && name.at(0) == 0x5f && name.at(1) != 0x5f;
            if !v.is_none()
                && private == first
                && !name.is("__builtins__")
                && d.set(th, k, Value::none()).is_err()
            {
                th.clear_pending();
            }
        }
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
