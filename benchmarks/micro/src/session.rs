//! An interpreter in this process, with native modules and without a library.

use krait_modules_core::start::{self, MachineStack};
use krait_modules_core::{MODULES, import};
use krait_object::dict::Dict;
use krait_object::{Raised, Thread, Value, call};

/// A running interpreter; there is one per process.
///
/// The namespace is held by `sys.modules`, so that the session may lie anywhere.
pub struct Session {
    th: &'static Thread,
    namespace: Dict,
}

impl Session {
    /// Starts the interpreter on this thread.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn new(jit: krait_jit::Options) -> Session {
        import::register(MODULES.to_vec());
        let key = krait_text::hash::Key::from_seed(1);
        let heap = krait_gc::Config::default();
        let th = start::interpreter(key, heap, Default::default(), MachineStack::current())
            .unwrap_or_else(|_| panic!("the interpreter cannot be started"));
        krait_jit::install(th, jit);
        let namespace = start::main_namespace(th).unwrap_or_else(|_| panic!("there is no __main__"));
        Session { th, namespace }
    }

    /// Runs statements in `__main__`.
    ///
    /// # Panics
    /// When they raise.
    pub fn exec(&self, source: &str) {
        let done = start::run_source(self.th, source.as_bytes(), "<bench>", "exec", self.namespace, true);
        self.check(done.map(|_| ()));
    }

    /// Calls a function of `__main__` without arguments.
    ///
    /// # Panics
    /// When it raises.
    pub fn call(&self, name: &str) -> Value {
        let f = self.namespace.get_text(self.th, name).unwrap_or_else(|| panic!("no {name}"));
        let result = call::call(self.th, f, &[]);
        result.unwrap_or_else(|e| {
            self.check(Err(e));
            Value::none()
        })
    }

    fn check(&self, done: Result<(), Raised>) {
        if done.is_err() {
            krait_modules_core::sys::hooks::report_uncaught(self.th);
            panic!("the program of a bench raised an exception");
        }
    }
}
