//! The class `Pickler`, its memo as a program sees it, and `dump` and `dumps`.

use crate::ids::IdMap;
use crate::load_object::protocol_arg;
use crate::op;
use crate::out::Out;
use crate::outside::PICKLING_ERROR;
use crate::save::Saver;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::{self, Dict};
use krait_object::list::{self, List};
use krait_object::native_class::NativeClass;
use krait_object::tuple::{self, Tuple};
use krait_object::{Res, Thread, TypeId, Value, attr, bytes, call, int, natives, payload, protocol};
use std::cell::{Cell, RefCell};

/// A pickler.
pub struct Pickler {
    /// The file's `write`, or `UNBOUND` before `__init__`.
    write: Slot,
    /// `persistent_id`, `dispatch_table`, the callback for buffers; or `UNBOUND`.
    persistent_id: Slot,
    dispatch_table: Slot,
    buffer_callback: Slot,
    memo: RefCell<IdMap>,
    /// A list of the objects in `memo`.
    kept: Slot,
    protocol: Cell<u8>,
    bin: Cell<i32>,
    fast: Cell<i32>,
    fix_imports: Cell<bool>,
}

impl Payload for Pickler {
    const NAME: &'static str = "_pickle.Pickler";
    fn trace(&self, t: &mut krait_gc::Tracer) {
        for s in [&self.write, &self.persistent_id, &self.dispatch_table, &self.buffer_callback, &self.kept] {
            s.trace(t);
        }
    }
}

pub static PICKLER: NativeClass =
    NativeClass::new(ClassSpec::new("_pickle.Pickler", "Writes pickles to a binary file.", METHODS, GETSET));

type P = Custom<Pickler>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let none = || Slot::new(Value::UNBOUND);
    let p = Pickler {
        write: none(),
        persistent_id: none(),
        dispatch_table: none(),
        buffer_callback: none(),
        memo: RefCell::default(),
        kept: Slot::new(list::new(th).value()),
        protocol: Cell::new(0),
        bin: Cell::new(0),
        fast: Cell::new(0),
        fix_imports: Cell::new(false),
    };
    Ok(custom::alloc(th, PICKLER.class_arg(th, a[0])?, p)?.value())
}

/// What the arguments say about the format.
struct Format {
    protocol: u8,
    fix_imports: bool,
    buffer_callback: Value,
}

fn format(th: &Thread, protocol: Value, fix_imports: Value, callback: Value) -> Res<Format> {
    let n = match protocol.given_not_none() {
        None => op::DEFAULT_PROTOCOL,
        Some(p) => match protocol_arg(th, p)? {
            n if n < 0 => op::HIGHEST_PROTOCOL,
            n if n > op::HIGHEST_PROTOCOL => {
                let text = format!("pickle protocol must be <= {}", op::HIGHEST_PROTOCOL);
                return Err(th.value_error(text));
            }
            n => n,
        },
    };
    let callback = callback.given_not_none();
    if callback.is_some() && n < 5 {
        return Err(th.value_error("buffer_callback needs protocol >= 5"));
    }
    let fix_imports = fix_imports.given().map_or(Ok(true), |v| protocol::truth(th, v))?;
    Ok(Format {
        protocol: n as u8,
        fix_imports: fix_imports && n < 3,
        buffer_callback: callback.unwrap_or(Value::MISSING),
    })
}

fn write_method(th: &Thread, file: Value) -> Res {
    match attr::get_opt(th, file, th.interp.interned.intern_text(th, "write"))? {
        Some(w) => Ok(w),
        None => Err(th.type_error("file must have a 'write' attribute")),
    }
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let p = P::of(a[0]);
    let f = format(th, a[2], a[3], a[4])?;
    let write = write_method(th, a[1])?;
    p.write.set(th, p.cell(), write);
    p.protocol.set(f.protocol);
    p.bin.set(i32::from(f.protocol > 0));
    p.fast.set(0);
    p.fix_imports.set(f.fix_imports);
    let unbound = |v: Value| v.given().unwrap_or(Value::UNBOUND);
    p.buffer_callback.set(th, p.cell(), unbound(f.buffer_callback));
    p.memo.borrow_mut().clear();
    List::of(p.kept.get()).clear();
    let intern = |name: &str| th.interp.interned.intern_text(th, name);
    // What a derived class defines is kept as a bound method.
    let persistent = attr::get_opt(th, a[0], intern("persistent_id"))?;
    p.persistent_id.set(th, p.cell(), persistent.unwrap_or(Value::UNBOUND));
    let table = attr::get_opt(th, a[0], intern("dispatch_table"))?;
    p.dispatch_table.set(th, p.cell(), table.unwrap_or(Value::UNBOUND));
    Ok(Value::none())
}

fn missing(s: &Slot) -> Value {
    match s.get() {
        Value::UNBOUND => Value::MISSING,
        v => v,
    }
}

fn dump_method(th: &Thread, a: &[Value]) -> Res {
    let p = P::of(a[0]);
    if p.write.get() == Value::UNBOUND {
        let name = Class::of_value(th, a[0]).name_text();
        return Err(
            PICKLING_ERROR.raise(th, format!("Pickler.__init__() was not called by {name}.__init__()"))
        );
    }
    let name = th.interp.interned.intern_text(th, "reducer_override");
    let reducer_override = attr::get_opt(th, a[0], name)?.unwrap_or(Value::MISSING);
    let mut s = Saver {
        th,
        out: Out::new(p.write.get()),
        protocol: p.protocol.get(),
        bin: p.bin.get() != 0,
        fast: p.fast.get() != 0,
        fix_imports: p.fix_imports.get(),
        memo: &p.memo,
        kept: List::of(p.kept.get()),
        persistent_id: missing(&p.persistent_id),
        dispatch_table: missing(&p.dispatch_table),
        reducer_override,
        buffer_callback: missing(&p.buffer_callback),
        depth: 0,
        deep: None,
    };
    s.dump(a[1])?;
    s.out.flush(th)?;
    Ok(Value::none())
}

fn run(th: &Thread, v: Value, f: &Format, write: Value) -> Res<Out> {
    let memo = RefCell::default();
    let mut s = Saver {
        th,
        out: Out::new(write),
        protocol: f.protocol,
        bin: f.protocol > 0,
        fast: false,
        fix_imports: f.fix_imports,
        memo: &memo,
        kept: list::new(th),
        persistent_id: Value::MISSING,
        dispatch_table: Value::MISSING,
        reducer_override: Value::MISSING,
        buffer_callback: f.buffer_callback,
        depth: 0,
        deep: None,
    };
    s.dump(v)?;
    s.out.flush(th)?;
    Ok(s.out)
}

/// `dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)`.
pub fn dumps(th: &Thread, a: &[Value]) -> Res {
    let f = format(th, a[1], a[2], a[3])?;
    let out = run(th, a[0], &f, Value::MISSING)?;
    bytes::from_slice(th, &out.data)
}

/// `dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)`.
pub fn dump(th: &Thread, a: &[Value]) -> Res {
    let f = format(th, a[2], a[3], a[4])?;
    let write = write_method(th, a[1])?;
    run(th, a[0], &f, write)?;
    Ok(Value::none())
}

fn clear_memo(_: &Thread, a: &[Value]) -> Res {
    let p = P::of(a[0]);
    p.memo.borrow_mut().clear();
    List::of(p.kept.get()).clear();
    Ok(Value::none())
}

fn sizeof(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, size_of::<Pickler>() + 16 + P::of(a[0]).memo.borrow().len() * 24))
}

/// The memo of a pickler as a program sees it.
struct MemoProxy {
    pickler: Slot,
}
payload!(MemoProxy, "_pickle.PicklerMemoProxy", [pickler]);

static PROXY: NativeClass =
    NativeClass::new(ClassSpec::new("_pickle.PicklerMemoProxy", "", PROXY_METHODS, &[]).flags(0));

fn proxy_new(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("cannot create '_pickle.PicklerMemoProxy' instances"))
}

fn of_proxy(v: Value) -> P {
    P::of(Custom::<MemoProxy>::of(v).pickler.get())
}

fn copy_memo(th: &Thread, p: P) -> Res<Dict> {
    let d = dict::new(th);
    let kept = List::of(p.kept.get());
    let mut i = 0;
    while let Some(v) = kept.get(i) {
        i += 1;
        let Some(n) = p.memo.borrow().get(v.0) else { continue };
        let pair = tuple::from_slice(th, &[int::from_u64(th, n), v])?;
        d.set(th, int::from_u64(th, krait_object::object_methods::address(v)), pair)?;
    }
    Ok(d)
}

fn proxy_copy(th: &Thread, a: &[Value]) -> Res {
    Ok(copy_memo(th, of_proxy(a[0]))?.value())
}

fn proxy_clear(th: &Thread, a: &[Value]) -> Res {
    clear_memo(th, &[of_proxy(a[0]).value()])
}

fn proxy_reduce(th: &Thread, a: &[Value]) -> Res {
    let d = copy_memo(th, of_proxy(a[0]))?;
    let args = tuple::from_slice(th, &[d.value()])?;
    tuple::from_slice(th, &[th.interp.class_value(TypeId::Dict), args])
}

fn memo(th: &Thread, v: Value) -> Res {
    Ok(custom::alloc(th, PROXY.get(th)?, MemoProxy { pickler: Slot::new(v) })?.value())
}

fn set_memo(th: &Thread, v: Value, to: Value) -> Res<()> {
    let p = P::of(v);
    if to == Value::MISSING {
        return Err(th.type_error("attribute deletion is not supported"));
    }
    let kept = list::new(th);
    let mut map = IdMap::default();
    if let Some(x) = Custom::<MemoProxy>::from_value(to) {
        let other = P::of(x.pickler.get());
        for v in List::of(other.kept.get()).to_vec(th)?.iter() {
            if let Some(n) = other.memo.borrow().get(v.0) {
                map.set(v.0, n);
                kept.push(th, v)?;
            }
        }
    } else if let Some(d) = Dict::from_value(to) {
        let mut at = 0;
        while let Some((_, pair)) = d.next(th, &mut at) {
            let Some(pair) = Tuple::from_value(pair).filter(|t| t.len() == 2) else {
                return Err(th.type_error("'memo' values must be 2-item tuples"));
            };
            let n = protocol::index_i64(th, pair.get(0))?;
            map.set(pair.get(1).0, n as u64);
            kept.push(th, pair.get(1))?;
        }
    } else {
        let name = type_name(th, to);
        let text = format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {name}");
        return Err(th.type_error(text));
    }
    p.memo.replace(map);
    p.kept.set(th, p.cell(), kept.value());
    Ok(())
}

fn persistent_id(th: &Thread, v: Value) -> Res {
    match P::of(v).persistent_id.get() {
        Value::UNBOUND => Err(th.raise_new(TypeId::AttributeError, "persistent_id")),
        f => Ok(f),
    }
}

fn set_persistent_id(th: &Thread, v: Value, to: Value) -> Res<()> {
    if to == Value::MISSING {
        return Err(th.type_error("attribute deletion is not supported"));
    }
    if !call::is_callable(th, to) {
        return Err(th.type_error("persistent_id must be a callable taking one argument"));
    }
    let p = P::of(v);
    p.persistent_id.set(th, p.cell(), to);
    Ok(())
}

fn dispatch_table(th: &Thread, v: Value) -> Res {
    match P::of(v).dispatch_table.get() {
        Value::UNBOUND => {
            let name = th.interp.interned.intern_text(th, "dispatch_table");
            Err(attr::no_attribute(th, v, name))
        }
        d => Ok(d),
    }
}

fn set_dispatch_table(th: &Thread, v: Value, to: Value) -> Res<()> {
    let p = P::of(v);
    if to == Value::MISSING && p.dispatch_table.get() == Value::UNBOUND {
        return Err(th.raise_new(TypeId::AttributeError, "dispatch_table"));
    }
    p.dispatch_table.set(th, p.cell(), to.given().unwrap_or(Value::UNBOUND));
    Ok(())
}

fn c_int(th: &Thread, to: Value) -> Res<i32> {
    if to == Value::MISSING {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    if !int::is_int(to) && !to.is_kind(krait_object::Kind::Bool) {
        return Err(
            th.type_error(format!("'{}' object cannot be interpreted as an integer", type_name(th, to)))
        );
    }
    Ok(protocol::index_i64(th, to)? as i32)
}

fn bin(_: &Thread, v: Value) -> Res {
    Ok(Value::small(P::of(v).bin.get().into()))
}

fn set_bin(th: &Thread, v: Value, to: Value) -> Res<()> {
    P::of(v).bin.set(c_int(th, to)?);
    Ok(())
}

fn fast(_: &Thread, v: Value) -> Res {
    Ok(Value::small(P::of(v).fast.get().into()))
}

fn set_fast(th: &Thread, v: Value, to: Value) -> Res<()> {
    P::of(v).fast.set(c_int(th, to)?);
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(file, protocol=None, fix_imports=True, buffer_callback=None)" init, "";
        method "dump" "(obj, /)" dump_method, "Writes the pickle of an object to the file.";
        method "clear_memo" "()" clear_memo, "Forgets which objects were written.";
        method "__sizeof__" "()" sizeof, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::rw("bin", bin, set_bin, ""),
    GetSetDef::rw("fast", fast, set_fast, ""),
    GetSetDef::rw("dispatch_table", dispatch_table, set_dispatch_table, ""),
    GetSetDef::rw("memo", memo, set_memo, ""),
    GetSetDef::rw("persistent_id", persistent_id, set_persistent_id, ""),
];

natives! {
    static PROXY_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" proxy_new, "";
        method "clear" "()" proxy_clear, "Forgets all objects.";
        method "copy" "()" proxy_copy, "A dict from identities to numbers and objects.";
        method "__reduce__" "()" proxy_reduce, "";
    }
}
