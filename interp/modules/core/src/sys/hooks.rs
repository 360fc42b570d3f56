//! Hooks of `sys` that programs replace: what shows values and exceptions.

use crate::{excepthook, output, unraisable};
use krait_object::dict::Dict;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, TypeId, Value, attr, call, protocol, tuple};

/// `sys.displayhook`: shows a value of the prompt and keeps it as `builtins._`.
pub fn displayhook(th: &Thread, a: &[Value]) -> Res {
    let modules = th.interp.modules.get();
    let builtins = Dict::from_value(modules).and_then(|d| d.get_text(th, "builtins"));
    let Some(builtins) = builtins else { return Err(th.runtime_error("lost builtins module")) };
    if a[0].is_none() {
        return Ok(Value::none());
    }
    attr::set_text(th, builtins, "_", Value::none())?;
    let stdout = match output::stream(th, Name::stdout) {
        Some(f) if !f.is_none() => f,
        _ => return Err(th.runtime_error("lost sys.stdout")),
    };
    let text = protocol::repr(th, a[0])?;
    let written = call::call_method(th, stdout, th.name(Name::write), &[text]);
    if th.catch(written, TypeId::UnicodeEncodeError)?.is_none() {
        unencodable(th, stdout, text)?;
    }
    call::call_method(th, stdout, th.name(Name::write), &[string::new(th, "\n")])?;
    attr::set_text(th, builtins, "_", a[0])?;
    Ok(Value::none())
}

/// Writes text that the stream cannot encode with its unencodable characters as escapes.
fn unencodable(th: &Thread, stdout: Value, text: Value) -> Res<()> {
    let encoding = attr::get(th, stdout, th.name(Name::encoding))?;
    let how = string::new(th, "backslashreplace");
    let encoded = call::call_method(th, text, th.name(Name::encode), &[encoding, how])?;
    if let Some(buffer) = attr::get_opt(th, stdout, th.name(Name::buffer))? {
        call::call_method(th, buffer, th.name(Name::write), &[encoded])?;
        return Ok(());
    }
    let strict = string::new(th, "strict");
    let escaped = call::call_method(th, encoded, th.name(Name::decode), &[encoding, strict])?;
    call::call_method(th, stdout, th.name(Name::write), &[escaped])?;
    Ok(())
}

/// `sys.excepthook`: prints an exception with its traceback on `sys.stderr`.
pub fn excepthook_function(th: &Thread, a: &[Value]) -> Res {
    excepthook::display(th, a[1], a[2]);
    Ok(Value::none())
}

/// `sys.unraisablehook`.
pub fn unraisablehook(th: &Thread, a: &[Value]) -> Res {
    unraisable::default_hook(th, a[0])
}

/// `sys.breakpointhook`: calls what `PYTHONBREAKPOINT` names, `pdb.set_trace` by default.
pub fn breakpointhook(th: &Thread, a: &[Value]) -> Res {
    let ignore = th.interp.config.borrow().flags.get("ignore_environment").is_some_and(|&n| n > 0);
    let named = match std::env::var("PYTHONBREAKPOINT") {
        Ok(s) if !s.is_empty() && !ignore => s,
        _ => "pdb.set_trace".to_owned(),
    };
    if named == "0" {
        return Ok(Value::none());
    }
    let (module, name) = named.rsplit_once('.').unwrap_or(("builtins", &named));
    let unimportable = |th: &Thread| {
        th.clear_pending();
        let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{named}\"");
        (th.interp.hooks().warn)(th, TypeId::RuntimeWarning, &text, 0)?;
        Ok(Value::none())
    };
    let module = match crate::import::import_module(th, module) {
        Ok(m) => m,
        Err(_) if th.pending_is(TypeId::ImportError) => return unimportable(th),
        Err(e) => return Err(e),
    };
    let f = match attr::get_text(th, module, name) {
        Ok(f) => f,
        Err(_) if th.pending_is(TypeId::AttributeError) => return unimportable(th),
        Err(e) => return Err(e),
    };
    call::call_dict(th, f, tuple::Tuple::of(a[0]).as_slice(), a[1])
}

/// Calls the program's `sys.excepthook` for the pending exception; if that fails, both are shown.
pub fn report_uncaught(th: &Thread) {
    let e = th.take_pending();
    let tb = krait_object::exception::Exception::of(e).traceback.get();
    let class = krait_object::Class::of_value(th, e).value();
    keep_last(th, class, e, tb);
    let hook = crate::sys::get(th, "excepthook");
    let Some(hook) = hook else {
        output::write_error(th, "sys.excepthook is missing\n");
        excepthook::display(th, e, tb);
        return;
    };
    if call::call(th, hook, &[class, e, tb]).is_err() {
        if th.pending_is(TypeId::SystemExit) {
            return;
        }
        let second = th.take_pending();
        output::write_error(th, "Error in sys.excepthook:\n");
        let second_tb = krait_object::exception::Exception::of(second).traceback.get();
        excepthook::display(th, second, second_tb);
        output::write_error(th, "\nOriginal exception was:\n");
        excepthook::display(th, e, tb);
    }
    output::flush_errors(th);
}

/// `sys.last_exc` and its older kin, for debuggers.
fn keep_last(th: &Thread, class: Value, e: Value, tb: Value) {
    let Some(sys) = Dict::from_value(th.interp.sys.get()) else { return };
    for (n, v) in
        [(Name::last_exc, e), (Name::last_type, class), (Name::last_value, e), (Name::last_traceback, tb)]
    {
        sys.set_name(th, th.name(n), v);
    }
}

/// The text argument of `sys.audit` and friends.
pub fn expect_text(th: &Thread, v: Value, what: &str) -> Res<String> {
    match Str::from_value(v) {
        Some(s) => Ok(s.to_text()),
        None => Err(th.type_error(format!("{what}{}", krait_object::class::type_name(th, v)))),
    }
}
