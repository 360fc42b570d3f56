//! Starting an interpreter, and running its main program.

use crate::{compiler, events, import, threads, warnings};
use krait_gc::{Config as HeapConfig, Heap};
use krait_object::dict::{self, Dict};
use krait_object::interp::{CompileRequest, Config, Hooks, Interp};
use krait_object::{Name, Res, Thread, Value, attr, bootstrap, string};

/// The bounds of the machine stack this runs on: highest address and size.
pub fn machine_stack() -> (usize, usize) {
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: fills in attributes of the calling thread and frees them again.
    unsafe {
        let mut attr = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attr) == 0 {
            libc::pthread_attr_getstack(&attr, &mut low, &mut size);
            libc::pthread_attr_destroy(&mut attr);
        }
    }
    (low as usize + size, size)
}

/// Machine stack that native code must leave free for errors and signal handlers.
pub const STACK_RESERVE: usize = 256 * 1024;
/// Words of the main thread's value stack: address space, committed when touched.
const VALUE_STACK: usize = 1 << 27;

/// The machine stack that an interpreter's main thread runs on.
#[derive(Clone, Copy)]
pub struct MachineStack {
    /// Highest address.
    pub base: usize,
    pub size: usize,
}

impl MachineStack {
    /// The one of the running thread.
    pub fn current() -> MachineStack {
        let (base, size) = machine_stack();
        MachineStack { base, size }
    }
}

/// Makes the interpreter and its main thread, attached to this machine thread, with builtins and sys.
///
/// # Errors
/// Whatever the start of the modules raises; the exception is pending in the current thread.
pub fn interpreter(
    hash_key: krait_text::hash::Key,
    heap: HeapConfig,
    config: Config,
    stack: MachineStack,
) -> Res<&'static Thread> {
    let stress = heap.stress;
    let heap: &'static Heap = Box::leak(Box::new(Heap::new(HeapConfig { stress: 0, ..heap })));
    let interp = Interp::new(heap, hash_key);
    let flag = |name: &str| config.flags.get(name).copied().unwrap_or(0);
    interp.optimize.set(flag("optimize").min(2) as u8);
    interp.bytes_warning.set(flag("bytes_warning").min(2) as u8);
    if let Some(&n) = config.flags.get("int_max_str_digits") {
        interp.int_max_str_digits.set(n as usize);
        krait_syntax::parse::set_max_int_digits(n as usize);
    }
    interp.hide_columns.set(config.hide_columns);
    interp.dev_mode.set(config.flags.get("dev_mode").is_some_and(|&n| n != 0));
    *interp.config.borrow_mut() = config;
    let thread: &'static Thread = Box::leak(Thread::new(interp, heap, VALUE_STACK));
    thread.set_machine_stack(stack.base, stack.size, STACK_RESERVE);
    // SAFETY: the interpreter was leaked: it lives as long as the heap.
    unsafe { heap.set_host(interp) };
    interp.threads.borrow_mut().push(thread);
    Thread::attach(thread);
    thread.ident.set(threads::ident());
    thread.acquire_lock();
    bootstrap::start(thread)?;
    krait_vm::setup(thread);
    let hooks: &'static Hooks = Box::leak(Box::new(Hooks {
        compile: compiler::compile,
        warn: warnings::at_level,
        on_events: Some(events::on_events),
        unraisable: crate::unraisable::report,
        ..krait_vm::hooks()
    }));
    interp.hooks.set(Some(hooks));
    let modules = dict::new(thread);
    interp.modules.set(modules.value());
    // The namespaces have to be there before anything looks a name up in them.
    interp.builtins.set(dict::new_namespace(thread).value());
    if let Some(m) = import::load_native(thread, "builtins")? {
        interp.builtins.set(m.dict.get());
    }
    if let Some(m) = import::load_native(thread, "sys")? {
        interp.sys.set(m.dict.get());
    }
    crate::preliminary::install(thread)?;
    import::start(thread)?;
    heap.set_stress(stress);
    Ok(thread)
}

/// A fresh `__main__` module's namespace.
///
/// # Errors
/// MemoryError.
pub fn main_namespace(th: &Thread) -> Res<Dict> {
    let m = krait_object::module::new(th, "__main__", None);
    let d = m.dict();
    let modules = Dict::of(th.interp.modules.get());
    let builtins = modules.get_text(th, "builtins").unwrap_or(Value::none());
    d.set_text(th, "__annotations__", dict::new(th).value());
    d.set(th, th.name(Name::__builtins__), builtins)?;
    if let Some(b) = import::BOOTSTRAP.get(th) {
        let loader = attr::get_text(th, b, "BuiltinImporter")?;
        d.set_name(th, th.name(Name::__loader__), loader);
    }
    modules.set_text(th, "__main__", m.value());
    Ok(d)
}

/// Compiles and runs source in a namespace.
pub fn run_source(
    th: &Thread,
    source: &[u8],
    filename: &str,
    mode: &str,
    namespace: Dict,
    is_text: bool,
) -> Res {
    let filename = string::try_new(th, filename)?;
    let request = CompileRequest { source, filename, mode, flags: 0, optimize: -1, is_text };
    let code = compiler::compile(th, &request)?;
    krait_vm::run_code(th, code, namespace.value(), namespace.value(), Value::none())
}

/// Compiles and runs the bytes of a source file.
///
/// # Errors
/// SyntaxError, and what the program raises.
pub fn run_source_named(th: &Thread, source: &[u8], filename: Value, namespace: Dict) -> Res<()> {
    let request = CompileRequest {
        source,
        filename,
        mode: "exec",
        flags: crate::source::FROM_FILE,
        optimize: -1,
        is_text: false,
    };
    let code = compiler::compile(th, &request)?;
    run_code(th, code, namespace)
}

/// Runs a module's code object.
///
/// # Errors
/// What it raises.
pub fn run_code(th: &Thread, code: Value, namespace: Dict) -> Res<()> {
    krait_vm::run_code(th, code, namespace.value(), namespace.value(), Value::none())?;
    Ok(())
}

/// The text of an error number.
pub fn error_text(n: i32) -> String {
    // SAFETY: a NUL-terminated string that lives until the thread's next call.
    let s = unsafe { std::ffi::CStr::from_ptr(libc::strerror(n)) };
    s.to_string_lossy().into_owned()
}
