//! Starting an interpreter, and running its main program.

use crate::{compiler, import, warn};
use krait_gc::{Config as HeapConfig, Heap};
use krait_object::dict::{self, Dict};
use krait_object::interp::{CompileRequest, Hooks, Interp};
use krait_object::{Name, Res, Thread, Value, bootstrap, string};

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
const STACK_RESERVE: usize = 256 * 1024;
/// Words of the main thread's value stack: address space, committed when touched.
const VALUE_STACK: usize = 1 << 27;

/// Makes the interpreter and its main thread, attached to this machine thread, with builtins and sys.
pub fn interpreter(hash_key: krait_text::hash::Key, heap: HeapConfig) -> Res<&'static Thread> {
    let stress = heap.stress;
    let heap: &'static Heap = Box::leak(Box::new(Heap::new(HeapConfig { stress: 0, ..heap })));
    let interp = Interp::new(heap, hash_key);
    let thread: &'static Thread = Box::leak(Thread::new(interp, heap, VALUE_STACK));
    let (base, size) = machine_stack();
    thread.set_machine_stack(base, size, STACK_RESERVE);
    // SAFETY: the interpreter was leaked: it lives as long as the heap.
    unsafe { heap.set_host(interp) };
    interp.threads.borrow_mut().push(thread);
    Thread::attach(thread);
    bootstrap::start(thread)?;
    krait_vm::setup(thread);
    let hooks: &'static Hooks = Box::leak(Box::new(Hooks {
        compile: compiler::compile,
        warn: warn::at_level,
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
    heap.set_stress(stress);
    Ok(thread)
}

/// A fresh `__main__` module's namespace.
pub fn main_namespace(th: &Thread) -> Res<Dict> {
    let m = krait_object::module::new(th, "__main__", None);
    let d = m.dict();
    d.set(
        th,
        th.name(Name::__builtins__),
        Dict::of(th.interp.modules.get()).get_text(th, "builtins").unwrap_or(Value::none()),
    )?;
    Dict::of(th.interp.modules.get()).set_text(th, "__main__", m.value());
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
