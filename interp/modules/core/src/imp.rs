//! `_imp`: what importlib needs from native code.

use crate::{frozen, import};
use krait_object::code::Code;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::{Res, Thread, TypeId, Value, attr, buffer, bytes, list, natives, protocol, tuple};

/// The import lock: (owner, depth) as small integers.
static LOCK_OWNER: InterpSlot = InterpSlot::new();
static LOCK_DEPTH: InterpSlot = InterpSlot::new();

fn depth(th: &Thread) -> i64 {
    LOCK_DEPTH.get(th).and_then(Value::small_int).unwrap_or(0)
}

fn owner(th: &Thread) -> i64 {
    LOCK_OWNER.get(th).and_then(Value::small_int).unwrap_or(0)
}

fn lock_held(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::bool(depth(th) > 0))
}

/// Takes the import lock. It is held for moments only, so waiting is handing over until it is free.
pub fn acquire(th: &Thread) {
    let me = th.serial.get() as i64;
    while depth(th) > 0 && owner(th) != me {
        th.without_lock(std::thread::yield_now);
    }
    LOCK_OWNER.set(th, Value::small(me));
    LOCK_DEPTH.set(th, Value::small(depth(th) + 1));
}

fn acquire_lock(th: &Thread, _a: &[Value]) -> Res {
    acquire(th);
    Ok(Value::none())
}

fn release_lock(th: &Thread, _a: &[Value]) -> Res {
    if depth(th) == 0 || owner(th) != th.serial.get() as i64 {
        return Err(th.runtime_error("not holding the import lock"));
    }
    LOCK_DEPTH.set(th, Value::small(depth(th) - 1));
    Ok(Value::none())
}

fn name_arg(th: &Thread, v: Value, function: &str) -> Res<String> {
    match Str::from_value(v) {
        Some(s) => Ok(s.to_text()),
        None => Err(th.type_error(format!(
            "{function}() argument must be str, not {}",
            krait_object::class::type_name(th, v)
        ))),
    }
}

fn is_builtin(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "is_builtin")?;
    let n = match name.as_str() {
        "builtins" | "sys" => -1,
        n => import::native_modules().iter().any(|d| d.name == n) as i64,
    };
    Ok(Value::small(n))
}

fn create_builtin(th: &Thread, a: &[Value]) -> Res {
    let name = attr::get_text(th, a[0], "name")?;
    let text = name_arg(th, name, "create_builtin")?;
    match import::make_native(th, &text)? {
        Some(m) => Ok(m.value()),
        None => Ok(Value::none()),
    }
}

fn exec_builtin(_: &Thread, _a: &[Value]) -> Res {
    // Native modules are filled when they are made.
    Ok(Value::ZERO)
}

fn create_dynamic(th: &Thread, a: &[Value]) -> Res {
    let name = attr::get_text(th, a[0], "name")?;
    let path = attr::get_text(th, a[0], "origin")?;
    let text = format!(
        "Krait cannot load extension modules of CPython: {}",
        Str::from_value(path).map(Str::to_text).unwrap_or_default()
    );
    let message = string::new(th, &text);
    Err(import::import_error(th, TypeId::ImportError, message, name, path))
}

fn extension_suffixes(th: &Thread, _a: &[Value]) -> Res {
    Ok(list::new(th).value())
}

fn no_frozen(th: &Thread, name: &str) -> krait_object::Raised {
    frozen_error(th, name, format!("No such frozen object named '{name}'"))
}

fn frozen_error(th: &Thread, name: &str, message: String) -> krait_object::Raised {
    let (v, message) = (string::new(th, name), string::new(th, &message));
    import::import_error(th, TypeId::ImportError, message, v, Value::none())
}

fn is_frozen(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(frozen::find(th, &name_arg(th, a[0], "is_frozen")?).is_some()))
}

fn is_frozen_package(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "is_frozen_package")?;
    if frozen::find(th, &name).is_none() {
        return Err(no_frozen(th, &name));
    }
    Ok(Value::false_())
}

fn find_frozen(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "find_frozen")?;
    let Some(f) = frozen::find(th, &name) else { return Ok(Value::none()) };
    let data = match a[1].given() {
        Some(v) if protocol::truth(th, v)? => {
            let code = frozen::load(th, f)?;
            bytes::from_slice(th, &crate::marshal::dumps(th, code, 4)?)?
        }
        _ => Value::none(),
    };
    tuple::from_slice(th, &[data, Value::false_(), string::new(th, f.original)])
}

fn get_frozen_object(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "get_frozen_object")?;
    if let Some(data) = a[1].given_not_none() {
        let b = buffer::bytes_like(th, data)?;
        let Ok(code) = crate::marshal::loads(th, b.as_slice()) else {
            th.clear_pending();
            return Err(frozen_error(th, &name, format!("Frozen object named '{name}' is invalid")));
        };
        if Code::from_value(code).is_none() {
            return Err(th.type_error(format!("frozen object '{name}' is not a code object")));
        }
        return Ok(code);
    }
    match frozen::find(th, &name) {
        Some(f) => frozen::load(th, f),
        None => Err(no_frozen(th, &name)),
    }
}

fn init_frozen(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "init_frozen")?;
    match frozen::find(th, &name) {
        Some(f) => Ok(import::run_frozen(th, f)?.value()),
        None => Ok(Value::none()),
    }
}

fn frozen_names(th: &Thread, _a: &[Value]) -> Res {
    let l = list::new(th);
    for n in frozen::names() {
        l.push(th, string::new(th, n))?;
    }
    Ok(l.value())
}

fn override_frozen(th: &Thread, a: &[Value]) -> Res {
    frozen::OVERRIDE.set(th, Value::small(protocol::index_i64(th, a[0])?.signum()));
    Ok(Value::none())
}

fn override_extensions_check(th: &Thread, a: &[Value]) -> Res {
    protocol::index_i64(th, a[0])?;
    Ok(Value::ZERO)
}

fn rename(th: &Thread, c: Code, old: Value, new: Value) {
    if c.filename.get() != old && !Str::of(c.filename.get()).equals(Str::of(old)) {
        return;
    }
    c.filename.set(th, c.cell(), new);
    // Blocks inside of code that is not loaded will get the name from it.
    if !c.is_loaded() {
        return;
    }
    for i in 0..c.const_count() {
        if let Some(inner) = Code::from_value(c.constant(i)) {
            rename(th, inner, old, new);
        }
    }
}

fn fix_co_filename(th: &Thread, a: &[Value]) -> Res {
    let Some(c) = Code::from_value(a[0]) else {
        return Err(th.type_error(format!(
            "_fix_co_filename() argument 1 must be code, not {}",
            krait_object::class::type_name(th, a[0])
        )));
    };
    name_arg(th, a[1], "_fix_co_filename")?;
    rename(th, c, c.filename.get(), a[1]);
    Ok(Value::none())
}

fn source_hash(th: &Thread, a: &[Value]) -> Res {
    let key = protocol::index_i64(th, a[0])?;
    let source = buffer::bytes_like(th, a[1])?;
    let h = krait_text::hash::hash_bytes(krait_text::hash::Key(key as u64, 0), source.as_slice());
    bytes::from_slice(th, &h.to_le_bytes())
}

natives! {
    static FUNCTIONS = {
        function "extension_suffixes" "()" extension_suffixes, "The suffixes of extension modules.";
        function "lock_held" "()" lock_held, "Is the import lock held?";
        function "acquire_lock" "()" acquire_lock, "Acquire the interpreter's import lock.";
        function "release_lock" "()" release_lock, "Release the interpreter's import lock.";
        function "find_frozen" "(name, /, *, withdata=False)" find_frozen, "What is known of a frozen module.";
        function "get_frozen_object" "(name, data=None, /)" get_frozen_object, "The code object of a frozen module.";
        function "is_frozen_package" "(name, /)" is_frozen_package, "Is the frozen module a package?";
        function "create_builtin" "(spec, /)" create_builtin, "Create a native module.";
        function "init_frozen" "(name, /)" init_frozen, "Initialize a frozen module.";
        function "is_builtin" "(name, /)" is_builtin, "Is the module native?";
        function "is_frozen" "(name, /)" is_frozen, "Is the module frozen?";
        function "_frozen_module_names" "()" frozen_names, "The names of the frozen modules.";
        function "_override_frozen_modules_for_tests" "(override, /)" override_frozen, "";
        function "_override_multi_interp_extensions_check" "(override, /)" override_extensions_check, "";
        function "create_dynamic" "(spec, file=None, /)" create_dynamic, "Create an extension module.";
        function "exec_dynamic" "(mod, /)" exec_builtin, "Initialize an extension module.";
        function "exec_builtin" "(mod, /)" exec_builtin, "Initialize a native module.";
        function "_fix_co_filename" "(code, path, /)" fix_co_filename, "Change the filename of a code object.";
        function "source_hash" "(key, source)" source_hash, "The hash of a source file.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    let text = th.interp.config.borrow().check_hash_pycs.clone();
    m.add_str(th, "check_hash_based_pycs", if text.is_empty() { "default" } else { &text });
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_imp",
    doc: "What the import system needs from native code.",
    functions: FUNCTIONS,
    exec,
};
