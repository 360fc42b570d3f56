//! `array`: arrays of machine values.
//!
//! The items lie in a raw cell of the heap. While their memory is exported (`exports` > 0)
//! the array keeps its size. Converting an item may run Python code that changes the array,
//! so places are computed again afterwards.

mod items;
mod iterator;
mod methods;
mod pickle;

use items::Code;
use krait_gc::Tracer;
use krait_object::buffer::{BufferProcs, Export, Layout};
use krait_object::cellref::Owned;
use krait_object::class::Class;
use krait_object::custom::{self, Custom, Payload, TypedItems};
use krait_object::kind::Kind;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{Name, TypeId, attr, call, natives};
use std::cell::Cell;

/// The `array` module.
pub static MODULE: ModuleDef = ModuleDef { name: "array", doc: "", functions: FUNCTIONS, exec };

natives! {
    static FUNCTIONS = {
        function "_array_reconstructor" "(arraytype, typecode, mformat_code, items, /)" pickle::reconstruct, "";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    let class = methods::ARRAY.get(th)?;
    m.add_class(th, class);
    m.add(th, "ArrayType", class.value());
    let letters: String = Code::ALL.iter().map(|c| c.letter() as char).collect();
    m.add_str(th, "typecodes", &letters);
    // Arrays are sequences, as C registers them.
    let abc = krait_object::object_reduce::import(th, "collections.abc")?;
    let sequence = attr::get_text(th, abc, "MutableSequence")?;
    let register = th.interp.interned.intern_text(th, "register");
    call::call_method(th, sequence, register, &[class.value()])?;
    Ok(())
}

/// An array.
pub struct Array {
    code: Cell<Code>,
    /// The items, behind the raw cell's header word.
    storage: Owned,
    /// Number of items.
    len: Cell<usize>,
    /// Bytes there is room for.
    capacity: Cell<usize>,
    exports: Cell<usize>,
}

impl Payload for Array {
    const NAME: &'static str = "array";
    const BUFFER: Option<&'static BufferProcs> = Some(&BufferProcs { get: export, release });
    const ITEMS: Option<&'static TypedItems> = Some(&TypedItems {
        code: std::mem::offset_of!(Array, code),
        storage: std::mem::offset_of!(Array, storage),
        len: std::mem::offset_of!(Array, len),
        letter: |n| Code::ALL.get(n as usize).map_or(0, |c| c.letter()),
    });
    fn trace(&self, tracer: &mut Tracer) {
        self.storage.trace(tracer);
    }
}

/// A handle to an array.
pub type Handle = Custom<Array>;

fn export(_: &Thread, v: Value, _: u32) -> Res<Export> {
    let a = Handle::of(v);
    a.exports.set(a.exports.get() + 1);
    let layout = Layout::linear(a.code().format(), a.size(), a.len());
    Ok(Export { data: a.data(), len: a.len() * a.size(), readonly: false, layout: Some(Box::new(layout)) })
}

fn release(v: Value) {
    if let Some(a) = Handle::from_value(v) {
        a.exports.set(a.exports.get().saturating_sub(1));
    }
}

impl Array {
    #[inline(always)]
    pub fn code(&self) -> Code {
        self.code.get()
    }

    /// Bytes of an item.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.code.get().size()
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    #[inline(always)]
    fn data(&self) -> *mut u8 {
        let raw = self.storage.get();
        if raw.is_null() {
            return std::ptr::without_provenance_mut(8);
        }
        // SAFETY: the bytes follow the raw cell's header word.
        unsafe { raw.cast::<u8>().add(8) }
    }

    /// All bytes; not to be held across anything that may change the array or run Python code.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `len` items are initialized; see the rule above.
        unsafe { std::slice::from_raw_parts(self.data(), self.len() * self.size()) }
    }

    /// All bytes for writing, under the same rule.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes_mut(&self) -> &mut [u8] {
        // SAFETY: as in `bytes`; callers hold one at a time.
        unsafe { std::slice::from_raw_parts_mut(self.data(), self.len() * self.size()) }
    }

    /// Item `i` as an object, None when it is out of range.
    #[inline(always)]
    pub fn get(&self, th: &Thread, i: usize) -> Res<Option<Value>> {
        if i >= self.len() {
            return Ok(None);
        }
        let n = self.size();
        items::load(th, self.code(), &self.bytes()[i * n..(i + 1) * n]).map(Some)
    }

    /// Writes the bytes of item `i`, if it is (still) there.
    #[inline(always)]
    fn put(&self, i: usize, b: &items::Bytes) {
        let n = self.size();
        if i < self.len() {
            self.bytes_mut()[i * n..(i + 1) * n].copy_from_slice(&b[..n]);
        }
    }
}

/// An empty array.
pub fn new(th: &Thread, class: Class, code: Code) -> Res<Handle> {
    let a = Array {
        code: Cell::new(code),
        storage: Owned::new(std::ptr::null_mut()),
        len: Cell::new(0),
        capacity: Cell::new(0),
        exports: Cell::new(0),
    };
    custom::alloc(th, class, a)
}

/// An array of the bytes, whose number is a multiple of the item's size.
pub fn from_bytes(th: &Thread, class: Class, code: Code, bytes: &[u8]) -> Res<Handle> {
    let a = new(th, class, code)?;
    splice(th, a, 0, 0, bytes)?;
    Ok(a)
}

#[cold]
fn exported(th: &Thread) -> Raised {
    th.raise_new(TypeId::BufferError, "cannot resize an array that is exporting buffers")
}

fn check_resizable(th: &Thread, a: Handle) -> Res<()> {
    if a.exports.get() > 0 { Err(exported(th)) } else { Ok(()) }
}

/// Replaces the items `from..to` by the ones in `data`, which is not this array's memory.
fn splice(th: &Thread, a: Handle, from: usize, to: usize, data: &[u8]) -> Res<()> {
    let n = a.size();
    let (old, cut) = (a.len() * n, (to - from) * n);
    if cut != data.len() {
        check_resizable(th, a)?;
    }
    let new =
        (old - cut).checked_add(data.len()).filter(|&n| n < 1 << 47).ok_or_else(|| th.memory_error())?;
    if new > a.capacity.get() {
        let capacity = if old == 0 { new.max(16) } else { new + new / 8 + 16 };
        let raw = th.heap.try_alloc(8 + capacity, 0, Kind::Raw as u8).ok_or_else(|| th.memory_error())?;
        // SAFETY: the fresh cell has room for the old bytes, which lie in the old storage.
        unsafe { std::ptr::copy_nonoverlapping(a.data(), raw.as_ptr().cast::<u8>().add(8), old) };
        let dead = a.storage.get();
        a.storage.set(th, a.cell(), raw.as_ptr());
        a.capacity.set(capacity);
        if let Some(dead) = std::ptr::NonNull::new(dead) {
            th.heap.free_now(dead);
        }
    }
    let p = a.data();
    // SAFETY: there is room for the new bytes; `copy` allows the overlap of the tail, and `data` is other memory.
    unsafe {
        std::ptr::copy(p.add(to * n), p.add(from * n + data.len()), old - to * n);
        std::ptr::copy_nonoverlapping(data.as_ptr(), p.add(from * n), data.len());
    }
    a.len.set(new / n);
    Ok(())
}

/// Appends an object.
fn append(th: &Thread, a: Handle, v: Value) -> Res<()> {
    let b = items::store(th, a.code(), v)?;
    check_resizable(th, a)?;
    let n = a.size();
    // Room there is already: no more than a store.
    if (a.len() + 1) * n <= a.capacity.get() {
        let i = a.len();
        a.len.set(i + 1);
        a.put(i, &b);
        return Ok(());
    }
    splice(th, a, a.len(), a.len(), &b[..n])
}

/// Appends the items of a bytes object's or another buffer's memory.
fn append_bytes(th: &Thread, a: Handle, data: &[u8]) -> Res<()> {
    if !data.len().is_multiple_of(a.size()) {
        return Err(th.value_error("bytes length not a multiple of item size"));
    }
    splice(th, a, a.len(), a.len(), data)
}

/// The attribute dict of an instance of a derived class, or None.
fn own_dict(th: &Thread, v: Value) -> Res {
    Ok(attr::get_opt(th, v, th.name(Name::__dict__))?.unwrap_or(Value::none()))
}
