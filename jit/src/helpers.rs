//! Functions that compiled code calls. They are `extern "C"`, never unwind, and run no Python code.

pub mod container;
pub mod lists;

use krait_object::class::Class;
use krait_object::code::Code;
use krait_object::dict::Dict;
use krait_object::function::Function;
use krait_object::generator::Generator;
use krait_object::iter_tools_methods::{is_plain, new_reversed, next_pair};
use krait_object::native::NativeFn;
use krait_object::string::Str;
use krait_object::{Thread, Value, float, int, protocol, type_call};
use krait_vm::jit::{Pc, Regs};

/// `x % y` of floats, y not zero.
pub extern "C" fn float_mod(x: f64, y: f64) -> f64 {
    krait_number::float::arith::divmod(x, y).map_or(f64::NAN, |d| d.1)
}

/// `x // y` of floats, y not zero.
pub extern "C" fn float_floordiv(x: f64, y: f64) -> f64 {
    krait_number::float::arith::floordiv(x, y).unwrap_or(f64::NAN)
}

/// `x ** y` where that is a float.
pub extern "C" fn float_pow(x: f64, y: f64) -> f64 {
    x.powf(y)
}

pub extern "C" fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

pub extern "C" fn floor(x: f64) -> f64 {
    x.floor()
}

pub extern "C" fn ceil(x: f64) -> f64 {
    x.ceil()
}

pub extern "C" fn sin(x: f64) -> f64 {
    x.sin()
}

pub extern "C" fn cos(x: f64) -> f64 {
    x.cos()
}

/// An integer as a value, in a cell if it must be.
pub extern "C" fn box_int(th: &Thread, n: i64) -> Value {
    int::from_i64(th, n)
}

/// A float as a value, in a cell if it must be.
pub extern "C" fn box_float(th: &Thread, x: f64) -> Value {
    float::new(th, x)
}

/// A new cell with the header word (a small one: its size is in it); its address.
pub extern "C" fn new_cell(th: &Thread, header: u64) -> *mut krait_gc::Header {
    let size = (header >> krait_gc::header::GRANULES_SHIFT) as usize * 16;
    let kind = (header >> krait_gc::header::KIND_SHIFT) as u8;
    th.heap.alloc(size, header as u32, kind).as_ptr()
}

/// A native function as machine code calls it: its address, its parameters, ERROR when it raised.
pub extern "C" fn native_0(th: &Thread, f: usize) -> Value {
    native(th, f, &[])
}

pub extern "C" fn native_1(th: &Thread, f: usize, a: Value) -> Value {
    native(th, f, &[a])
}

pub extern "C" fn native_2(th: &Thread, f: usize, a: Value, b: Value) -> Value {
    native(th, f, &[a, b])
}

/// With `n` parameters from `at` on.
pub extern "C" fn native_n(th: &Thread, f: usize, at: *const Value, n: usize) -> Value {
    // SAFETY: the trace has put that many values there, above its frames' registers.
    native(th, f, unsafe { std::slice::from_raw_parts(at, n) })
}

#[inline(always)]
fn native(th: &Thread, f: usize, args: &[Value]) -> Value {
    // SAFETY: the recorder gives the address of a definition's function.
    let f = unsafe { std::mem::transmute::<usize, NativeFn>(f) };
    f(th, args).unwrap_or(Value::ERROR)
}

/// `c()` of a builtin class.
pub extern "C" fn convert_0(th: &Thread, c: Value) -> Value {
    converted(th, c, &[])
}

/// `c(v)` of a builtin class.
pub extern "C" fn convert_1(th: &Thread, c: Value, v: Value) -> Value {
    converted(th, c, &[v])
}

fn converted(th: &Thread, c: Value, args: &[Value]) -> Value {
    let result = match krait_object::convert::call(th, Class::of(c), args) {
        Some(r) => r,
        None => Err(th.runtime_error("no conversion")),
    };
    result.unwrap_or(Value::ERROR)
}

/// `reversed(v)` of an exact builtin sequence.
pub extern "C" fn reversed(th: &Thread, v: Value) -> Value {
    new_reversed(th, v).unwrap_or(Value::ERROR)
}

/// A call of the first of `n` values, a builtin class, with the others; it runs no Python code.
pub extern "C" fn call_class(th: &Thread, at: *const Value, n: usize) -> Value {
    // SAFETY: the trace has put that many values there, above its frames' registers.
    let all = unsafe { std::slice::from_raw_parts(at, n) };
    type_call::call_class(th, Class::of(all[0]), &all[1..], Value::MISSING).unwrap_or(Value::ERROR)
}

/// The default of a keyword-only parameter; UNBOUND when there is none any more.
pub extern "C" fn keyword_default(th: &Thread, defaults: Value, name: Value) -> Value {
    Dict::of(defaults).get_str(th, Str::of(name)).unwrap_or(Value::UNBOUND)
}

/// An attribute in an object's own dict; UNBOUND when it has none of the name.
pub extern "C" fn own_attribute(th: &Thread, obj: Value, name: Value) -> Value {
    krait_object::attr::own(th, obj, name).unwrap_or(Value::UNBOUND)
}

pub extern "C" fn new_dict(th: &Thread) -> Value {
    krait_object::dict::new(th).value()
}

/// Puts an item with a string for its key into a new dict; ERROR when there is no memory.
pub extern "C" fn put_name(th: &Thread, d: Value, name: Value, v: Value) -> Value {
    match Dict::of(d).set(th, name, v) {
        Ok(()) => Value::none(),
        Err(_) => Value::ERROR,
    }
}

/// A function without defaults and annotations.
pub extern "C" fn make_function(th: &Thread, by: Value, code: Value, closure: Value) -> Value {
    krait_vm::jit::plain_function(th, Function::of(by), Code::of(code), closure).value()
}

/// The heap is to tell when the generator dies.
pub extern "C" fn finalize_generator(th: &Thread, g: Value) -> Value {
    krait_vm::jit::finalize_generator(th, Generator::of(g));
    Value::none()
}

/// What iterators without Python code answer to a step besides an item: the end.
pub const END: Value = Value::MISSING;
/// That they are none.
pub const NOT_PLAIN: Value = Value::UNBOUND;
/// How many iterators over iterators are looked through.
const DEPTH: usize = 3;

/// A step of an iterator that runs no Python code; ERROR when it raised.
pub extern "C" fn iter_next(th: &Thread, it: Value) -> Value {
    if !is_plain(it, DEPTH) {
        return NOT_PLAIN;
    }
    match protocol::next(th, it) {
        Ok(v) => v.unwrap_or(END),
        Err(_) => Value::ERROR,
    }
}

/// The same of an iterator over pairs; the second item is left in the thread.
pub extern "C" fn iter_pair(th: &Thread, it: Value) -> Value {
    if !is_plain(it, DEPTH) {
        return NOT_PLAIN;
    }
    match next_pair(th, it) {
        None => NOT_PLAIN,
        Some(Ok(Some((a, b)))) => {
            th.compiled.value.set(b);
            a
        }
        Some(Ok(None)) => END,
        Some(Err(_)) => Value::ERROR,
    }
}

/// `iter()` of an object of an exact builtin type; ERROR when it raised.
pub extern "C" fn get_iter(th: &Thread, v: Value) -> Value {
    protocol::iter(th, v).unwrap_or(Value::ERROR)
}

/// A generator's frame returned.
pub extern "C" fn generator_finished(_th: &Thread, g: Value) -> Value {
    krait_vm::jit::generator_finished(Generator::of(g));
    Value::none()
}

/// A coroutine is started.
pub extern "C" fn coroutine_started(_th: &Thread, g: Value) -> Value {
    krait_vm::jit::coroutine_started(Generator::of(g));
    Value::none()
}

/// The slow part of the write barrier.
pub extern "C" fn barrier(th: &Thread, cell: u64, slot: u64) {
    let cell = std::ptr::NonNull::new((cell & !1) as *mut krait_gc::Header);
    if let Some(cell) = cell {
        th.heap.barrier(cell, slot as *const u64);
    }
}

/// One instruction by the interpreter; see `krait_vm::jit::step`.
pub extern "C" fn step(
    th: &Thread,
    pc: *const u64,
    regs: *mut Value,
    want: *const u64,
    frame: *mut Value,
) -> u64 {
    krait_vm::jit::step(th, Pc(pc), Regs(regs), Pc(want), Regs(frame)) as u64
}
