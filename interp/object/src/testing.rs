//! An interpreter for unit tests of native code: heap, thread and builtin classes, no VM.
//!
//! Python functions cannot run here; everything that is native can, specials of builtin
//! types included.

use crate::bootstrap;
use crate::call;
use crate::class::type_name;
use crate::interp::Interp;
use crate::kind::Kind;
use crate::protocol;
use crate::string::Str;
use crate::thread::{Res, Thread};
use crate::value::Value;
use krait_gc::{Config, Heap};

/// Runs `f` on a fresh interpreter.
///
/// # Panics
/// When the interpreter cannot be brought up.
pub fn with(f: impl FnOnce(&Thread)) {
    with_config(Config { reserve: 4 << 30, ..Config::default() }, f);
}

/// As [`with`] on a heap that collects at every `n`th allocation.
pub fn with_stress(n: u32, f: impl FnOnce(&Thread)) {
    with_config(Config { reserve: 4 << 30, stress: n, ..Config::default() }, f);
}

fn with_config(config: Config, f: impl FnOnce(&Thread)) {
    // What an interpreter consists of lives as long as the process.
    let stress = config.stress;
    let heap: &'static Heap = Box::leak(Box::new(Heap::new(Config { stress: 0, ..config })));
    let interp = Interp::new(heap, krait_text::hash::Key(1, 2));
    let thread: &'static Thread = Box::leak(Thread::new(interp, heap, 1 << 16));
    let (base, size) = machine_stack();
    thread.set_machine_stack(base, size, 256 * 1024);
    // SAFETY: the interpreter was leaked.
    unsafe { heap.set_host(interp) };
    interp.threads.borrow_mut().push(thread);
    Thread::attach(thread);
    bootstrap::start(thread).expect("the builtin classes can be made");
    heap.set_stress(stress);
    f(thread);
    Thread::attach(std::ptr::null());
}

/// The highest address and the size of the stack this runs on.
fn machine_stack() -> (usize, usize) {
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: fills in attributes of the calling thread and frees them again.
    unsafe {
        let mut attr = std::mem::zeroed();
        assert_eq!(libc::pthread_getattr_np(libc::pthread_self(), &mut attr), 0);
        libc::pthread_attr_getstack(&attr, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attr);
    }
    (low as usize + size, size)
}

/// `repr` of a result; of an exception its class and text, as the last line of a traceback.
pub fn show(th: &Thread, r: Res) -> String {
    match r {
        Ok(v) if v.is_not_implemented() => "NotImplemented".into(),
        Ok(v) if v.is_kind(Kind::Str) => format!("'{}'", Str::of(v).to_text()),
        Ok(v) => match protocol::repr(th, v) {
            Ok(s) => Str::of(s).to_text(),
            Err(_) => {
                th.clear_pending();
                format!("<{}>", type_name(th, v))
            }
        },
        Err(_) => {
            let e = th.take_pending();
            let args = crate::exception::Exception::of(e).args();
            let text = match args.as_slice() {
                [one] => match protocol::str_of(th, *one) {
                    Ok(s) => Str::of(s).to_text(),
                    Err(_) => {
                        th.clear_pending();
                        String::from("?")
                    }
                },
                _ => format!("{args:?}", args = args.as_slice()),
            };
            format!("{}: {text}", type_name(th, e))
        }
    }
}

/// Calls a method and shows what comes out.
pub fn method(th: &Thread, obj: Value, name: &str, args: &[Value]) -> String {
    show(th, call::call_method_text(th, obj, name, args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts() {
        with(|th| {
            assert_eq!(type_name(th, Value::none()), "NoneType");
            th.heap.collect(true);
            assert_eq!(type_name(th, Value::small(1)), "int");
        });
        with_stress(1, |th| assert_eq!(crate::string::new(th, "abc").kind(), crate::Kind::Str));
    }
}
