//! `sys`.

pub mod hooks;
pub mod info;
mod monitoring;
mod names;
pub mod settings;

use crate::{audit, finish, paths};
use krait_object::dict::{self, Dict};
use krait_object::exception::{self, Exception};
use krait_object::function::Function;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::tuple::Tuple;
use krait_object::{Class, Name, Res, Thread, TypeId, Value, list, natives, protocol, string, tuple};

/// An attribute of `sys`, if it is there.
pub fn get(th: &Thread, name: &str) -> Option<Value> {
    Dict::from_value(th.interp.sys.get()).and_then(|d| d.get_text(th, name))
}

/// Sets an attribute of `sys`.
pub fn set(th: &Thread, name: &str, v: Value) {
    if let Some(d) = Dict::from_value(th.interp.sys.get()) {
        d.set_text(th, name, v);
    }
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    let status = a[0].given_not_none();
    let e = match status {
        None => exception::make(th, TypeId::SystemExit, &[])?,
        Some(v) => match Tuple::from_value(v) {
            Some(t) => exception::make(th, TypeId::SystemExit, t.as_slice())?,
            None if v.is_kind(krait_object::Kind::Exception)
                && Class::of_value(th, v).is(TypeId::SystemExit) =>
            {
                v
            }
            None => exception::make(th, TypeId::SystemExit, &[v])?,
        },
    };
    Err(exception::raise(th, e))
}

fn exc_info(th: &Thread, _a: &[Value]) -> Res {
    let e = th.handled.get();
    let parts = if e.is_none() {
        [Value::none(); 3]
    } else {
        [Class::of_value(th, e).value(), e, Exception::of(e).traceback.get()]
    };
    tuple::from_slice(th, &parts)
}

fn current_exception(th: &Thread, _a: &[Value]) -> Res {
    Ok(th.handled.get())
}

fn getframe(th: &Thread, a: &[Value]) -> Res {
    let depth = match a[0].given() {
        Some(v) => settings::c_int(th, v)?.max(0) as usize,
        None => 0,
    };
    match (th.interp.hooks().frame_at)(th, depth)? {
        Some(f) => {
            audit::audit(th, "sys._getframe", &[f])?;
            Ok(f)
        }
        None => Err(th.value_error("call stack is not deep enough")),
    }
}

fn getframemodulename(th: &Thread, a: &[Value]) -> Res {
    let depth = match a[0].given() {
        Some(v) => settings::c_int(th, v)?.max(0) as usize,
        None => 0,
    };
    audit::audit(th, "sys._getframemodulename", &[Value::small(depth as i64)])?;
    let Some(f) = (th.interp.hooks().frame_at)(th, depth)? else { return Ok(Value::none()) };
    let function = krait_object::frameobj::Frame::of(f).function.get();
    let module = Function::from_value(function).and_then(|f| {
        let globals = Dict::from_value(f.globals.get())?;
        globals.get_name(th, th.name(Name::__name__))
    });
    Ok(module.unwrap_or(Value::none()))
}

fn text_utf8(th: &Thread, _a: &[Value]) -> Res {
    Ok(th.interp.interned.intern_text(th, "utf-8"))
}

fn encode_errors(th: &Thread, _a: &[Value]) -> Res {
    Ok(th.interp.interned.intern_text(th, "surrogateescape"))
}

fn is_finalizing(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::bool(finish::is_finalizing(th)))
}

fn debugmallocstats(th: &Thread, _a: &[Value]) -> Res {
    crate::output::write_error(th, &format!("{:#?}\n", th.heap.stats()));
    Ok(Value::none())
}

fn activate_trampoline(th: &Thread, a: &[Value]) -> Res {
    let backend = hooks::expect_text(th, a[0], "activate_stack_trampoline() argument must be str, not ")?;
    if backend != "perf" {
        return Err(th.value_error(format!("invalid backend: {backend}")));
    }
    th.interp.stack_trampoline.set(true);
    Ok(Value::none())
}

fn deactivate_trampoline(th: &Thread, _a: &[Value]) -> Res {
    th.interp.stack_trampoline.set(false);
    Ok(Value::none())
}

fn trampoline_active(th: &Thread, _a: &[Value]) -> Res {
    Ok(Value::bool(th.interp.stack_trampoline.get()))
}

natives! {
    static FUNCTIONS = {
        function "_clear_type_cache" "()" settings::clear_type_cache, "Clear the internal type lookup cache.";
        function "_current_exceptions" "()" settings::current_exceptions, "The exceptions that threads are handling.";
        function "_current_frames" "()" settings::current_frames, "The innermost frames of all threads.";
        function "_debugmallocstats" "()" debugmallocstats, "Print figures of the heap.";
        function "_getframe" "(depth=0, /)" getframe, "The frame object depth levels up.";
        function "_getframemodulename" "(depth=0)" getframemodulename, "The name of the module of a calling frame.";
        function "_setprofileallthreads" "(arg, /)" settings::setprofileallthreads, "Set the profiling function of all threads.";
        function "_settraceallthreads" "(arg, /)" settings::settraceallthreads, "Set the tracing function of all threads.";
        function "activate_stack_trampoline" "(backend, /)" activate_trampoline, "Activate stack profiler trampoline.";
        function "addaudithook" "(hook)" audit::addaudithook, "Add a new audit hook.";
        function "audit" "(*args)" audit::audit_function, "Pass the event to any hooks that are attached.";
        function "breakpointhook" "(*args, **kwargs)" hooks::breakpointhook, "Called by breakpoint().";
        function "call_tracing" "(func, args, /)" settings::call_tracing, "Call a function while tracing.";
        function "deactivate_stack_trampoline" "()" deactivate_trampoline, "Deactivate the stack profiler trampoline.";
        function "displayhook" "(object, /)" hooks::displayhook, "Print an object and keep it as builtins._.";
        function "exc_info" "()" exc_info, "The exception being handled, as a tuple.";
        function "excepthook" "(exctype, value, traceback, /)" hooks::excepthook_function, "Print an exception with its traceback.";
        function "exception" "()" current_exception, "The exception being handled.";
        function "exit" "(status=None, /)" exit, "Raise SystemExit.";
        function "get_asyncgen_hooks" "()" settings::get_asyncgen_hooks, "The hooks of asynchronous generators.";
        function "get_coroutine_origin_tracking_depth" "()" settings::get_origin_depth, "How many frames coroutines remember.";
        function "get_int_max_str_digits" "()" settings::get_int_max_str_digits, "The limit of digits in int-str conversions.";
        function "getallocatedblocks" "()" settings::getallocatedblocks, "A figure of the memory in use.";
        function "getdefaultencoding" "()" text_utf8, "The default encoding of str.";
        function "getdlopenflags" "()" settings::getdlopenflags, "The flags of dlopen() calls.";
        function "getfilesystemencodeerrors" "()" encode_errors, "The error mode of file names.";
        function "getfilesystemencoding" "()" text_utf8, "The encoding of file names.";
        function "getprofile" "()" settings::getprofile, "The profiling function.";
        function "getrecursionlimit" "()" settings::getrecursionlimit, "The recursion limit.";
        function "getrefcount" "(object, /)" settings::getrefcount, "A plausible number; there are no reference counts.";
        function "getsizeof" "(object, default=None)" settings::getsizeof, "The size of an object in bytes.";
        function "getswitchinterval" "()" settings::getswitchinterval, "The thread switch interval in seconds.";
        function "gettrace" "()" settings::gettrace, "The tracing function.";
        function "getunicodeinternedsize" "()" settings::getunicodeinternedsize, "The number of interned strings.";
        function "intern" "(string, /)" settings::intern, "The one string of this text.";
        function "is_finalizing" "()" is_finalizing, "Is the interpreter shutting down?";
        function "is_stack_trampoline_active" "()" trampoline_active, "Is a stack profiler trampoline active?";
        function "set_asyncgen_hooks" "(firstiter=None, finalizer=None)" settings::set_asyncgen_hooks, "Set the hooks of asynchronous generators.";
        function "set_coroutine_origin_tracking_depth" "(depth)" settings::set_origin_depth, "How many frames coroutines are to remember.";
        function "set_int_max_str_digits" "(maxdigits)" settings::set_int_max_str_digits, "Set the limit of digits in int-str conversions.";
        function "setdlopenflags" "(flags, /)" settings::setdlopenflags, "Set the flags of dlopen() calls.";
        function "setprofile" "(function, /)" settings::setprofile, "Set the profiling function.";
        function "setrecursionlimit" "(limit, /)" settings::setrecursionlimit, "Set the recursion limit.";
        function "setswitchinterval" "(interval, /)" settings::setswitchinterval, "Set the thread switch interval in seconds.";
        function "settrace" "(function, /)" settings::settrace, "Set the tracing function.";
        function "unraisablehook" "(unraisable, /)" hooks::unraisablehook, "Handle an unraisable exception.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "modules", th.interp.modules.get());
    for name in ["meta_path", "path_hooks"] {
        m.add(th, name, list::new(th).value());
    }
    m.add(th, "path_importer_cache", dict::new(th).value());
    info::add_constants(th, m)?;
    info::add_options(th, m)?;
    let monitoring = monitoring::MODULE.make(th)?;
    m.add(th, "monitoring", monitoring.value());
    for name in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
        if let Some(f) = m.dict().get_text(th, name) {
            m.add(th, &format!("__{name}__"), f);
        }
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "sys", doc: "Access to objects of the interpreter.", functions: FUNCTIONS, exec };

/// `argv` and `path[0]` as the program sees them once it is known what runs.
pub fn set_argv(th: &Thread, args: &[std::ffi::OsString]) -> Res<()> {
    let l = list::new(th);
    for a in args {
        let v = info::os_text(th, a)?;
        l.push(th, v)?;
    }
    set(th, "argv", l.value());
    Ok(())
}

/// Puts an entry in front of `sys.path`.
pub fn prepend_path(th: &Thread, entry: &[u8]) -> Res<()> {
    let v = paths::decode(th, entry)?;
    match get(th, "path").and_then(list::List::from_value) {
        Some(l) => l.splice(th, 0, 0, &[v]),
        None => Err(th.runtime_error("unable to get sys.path")),
    }
}

/// The repr of a value, or a replacement when it fails.
pub fn shown(th: &Thread, v: Value) -> String {
    protocol::repr_text(th, v).unwrap_or_else(|_| {
        th.clear_pending();
        "<object repr() failed>".to_owned()
    })
}

/// A string value, for callers outside.
pub fn text(th: &Thread, s: &str) -> Value {
    string::new(th, s)
}
