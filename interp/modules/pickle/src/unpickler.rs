//! The class `Unpickler`, its memo as a program sees it, and `load` and `loads`.

use crate::input::{self, File, Input};
use crate::load::{Loader, Memo};
use crate::load_object;
use crate::outside::UNPICKLING_ERROR;
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, type_name};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::{self, Dict};
use krait_object::native::Native;
use krait_object::native_class::NativeClass;
use krait_object::{
    Kind, Res, Str, Thread, TypeId, Value, attr, call, int, natives, payload, protocol, tuple,
};
use std::borrow::Cow;
use std::cell::Cell;

/// An unpickler.
struct Unpickler {
    /// The file's methods; `read` is `UNBOUND` before `__init__`.
    read: Slot,
    readline: Slot,
    readinto: Slot,
    peek: Slot,
    /// Strings.
    encoding: Slot,
    errors: Slot,
    /// An iterator, or `UNBOUND`.
    buffers: Slot,
    persistent_load: Slot,
    /// A dict: the memo between runs.
    memo: Slot,
    fix_imports: Cell<bool>,
    /// Of the pickle that was read last.
    protocol: Cell<u8>,
}
payload!(
    Unpickler,
    "_pickle.Unpickler",
    [read, readline, readinto, peek, encoding, errors, buffers, persistent_load, memo]
);

pub static UNPICKLER: NativeClass = NativeClass::new(ClassSpec::new(
    "_pickle.Unpickler",
    "Reads pickles from a binary file.",
    METHODS,
    GETSET,
));

type U = Custom<Unpickler>;

fn new(th: &Thread, a: &[Value]) -> Res {
    let none = || Slot::new(Value::UNBOUND);
    let u = Unpickler {
        read: none(),
        readline: none(),
        readinto: none(),
        peek: none(),
        encoding: none(),
        errors: none(),
        buffers: none(),
        persistent_load: none(),
        memo: Slot::new(dict::new(th).value()),
        fix_imports: Cell::new(false),
        protocol: Cell::new(0),
    };
    Ok(custom::alloc(th, UNPICKLER.class_arg(th, a[0])?, u)?.value())
}

/// The iterator of the `buffers` argument.
fn buffers(th: &Thread, v: Value) -> Res {
    match v.given_not_none() {
        Some(b) => protocol::iter(th, b),
        None => Ok(Value::MISSING),
    }
}

/// A text argument; the function's name and the parameter's are for the error.
fn text_arg(
    th: &Thread,
    v: Value,
    function: &str,
    name: &str,
    default: &'static str,
) -> Res<Cow<'static, str>> {
    match v.given() {
        None => Ok(Cow::Borrowed(default)),
        Some(t) => match Str::from_value(t) {
            Some(s) => Ok(Cow::Owned(s.to_text())),
            None => {
                let n = type_name(th, t);
                Err(th.type_error(format!("{function}() argument '{name}' must be str, not {n}")))
            }
        },
    }
}

fn truth_arg(th: &Thread, v: Value) -> Res<bool> {
    v.given().map_or(Ok(true), |v| protocol::truth(th, v))
}

fn init(th: &Thread, a: &[Value]) -> Res {
    let u = U::of(a[0]);
    let fix_imports = truth_arg(th, a[2])?;
    let encoding = text_arg(th, a[3], "Unpickler", "encoding", "ASCII")?;
    let errors = text_arg(th, a[4], "Unpickler", "errors", "strict")?;
    let f = input::file_methods(th, a[1])?;
    let buffers = buffers(th, a[5])?;
    let unbound = |v: Value| v.given().unwrap_or(Value::UNBOUND);
    let cell = u.cell();
    u.readline.set(th, cell, f.readline);
    u.readinto.set(th, cell, unbound(f.readinto));
    u.peek.set(th, cell, unbound(f.peek));
    u.buffers.set(th, cell, unbound(buffers));
    u.encoding.set(th, cell, krait_object::string::try_new(th, &encoding)?);
    u.errors.set(th, cell, krait_object::string::try_new(th, &errors)?);
    u.fix_imports.set(fix_imports);
    let name = th.interp.interned.intern_text(th, "persistent_load");
    let load = attr::get_opt(th, a[0], name)?;
    u.persistent_load.set(th, cell, load.unwrap_or(Value::UNBOUND));
    u.memo.set(th, cell, dict::new(th).value());
    u.protocol.set(0);
    u.read.set(th, cell, f.read);
    Ok(Value::none())
}

fn missing(s: &Slot) -> Value {
    match s.get() {
        Value::UNBOUND => Value::MISSING,
        v => v,
    }
}

fn text_of(s: &Slot) -> Cow<'static, str> {
    Cow::Owned(Str::from_value(s.get()).map(Str::to_text).unwrap_or_default())
}

/// `find_class` if a derived class has its own; it is called then.
fn overridden_find_class(th: &Thread, v: Value) -> Res {
    let name = th.interp.interned.intern_text(th, "find_class");
    let f = attr::get(th, v, name)?;
    let own = Native::from_value(f)
        .is_some_and(|n| std::ptr::fn_addr_eq(n.def().func, find_class as krait_object::native::NativeFn));
    Ok(if own { Value::MISSING } else { f })
}

fn load_method(th: &Thread, a: &[Value]) -> Res {
    let u = U::of(a[0]);
    if u.read.get() == Value::UNBOUND {
        let name = Class::of_value(th, a[0]).name_text();
        let text = format!("Unpickler.__init__() was not called by {name}.__init__()");
        return Err(UNPICKLING_ERROR.raise(th, text));
    }
    let file = File {
        read: u.read.get(),
        readline: u.readline.get(),
        readinto: missing(&u.readinto),
        peek: missing(&u.peek),
    };
    let mut memo = Memo::new();
    let d = Dict::of(u.memo.get());
    let mut at = 0;
    while let Some((k, v)) = d.next(th, &mut at) {
        memo.set(th, int::to_i64(k).unwrap_or(0) as usize, v)?;
    }
    let mut l = Loader::new(th, Input::file(file), memo);
    l.fix_imports = u.fix_imports.get();
    l.encoding = text_of(&u.encoding);
    l.errors = text_of(&u.errors);
    l.buffers = missing(&u.buffers);
    l.persistent_load = missing(&u.persistent_load);
    l.find_class = overridden_find_class(th, a[0])?;
    let r = l.run();
    u.protocol.set(l.protocol);
    if r.is_ok() {
        let d = l.memo.to_dict(th)?;
        u.memo.set(th, u.cell(), d.value());
    }
    r
}

fn find_class(th: &Thread, a: &[Value]) -> Res {
    if !a[1].is_kind(Kind::Str) {
        return Err(th.type_error("module name must be a string"));
    }
    let u = U::of(a[0]);
    load_object::find_class(th, a[1], a[2], u.protocol.get(), u.fix_imports.get())
}

/// What `load` and `loads` have in common: arguments from `fix_imports` on.
fn run(th: &Thread, function: &str, input: Input, a: &[Value]) -> Res {
    let mut l = Loader::new(th, input, Memo::new());
    l.fix_imports = truth_arg(th, a[0])?;
    l.encoding = text_arg(th, a[1], function, "encoding", "ASCII")?;
    l.errors = text_arg(th, a[2], function, "errors", "strict")?;
    l.buffers = buffers(th, a[3])?;
    l.run()
}

/// `loads(data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=())`.
pub fn loads(th: &Thread, a: &[Value]) -> Res {
    let input = load_object::memory(th, a[0])?;
    run(th, "loads", input, &a[1..])
}

/// `load(file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=())`.
pub fn load(th: &Thread, a: &[Value]) -> Res {
    let input = Input::file(input::file_methods(th, a[0])?);
    run(th, "load", input, &a[1..])
}

fn sizeof(th: &Thread, _: &[Value]) -> Res {
    Ok(int::from_usize(th, size_of::<Unpickler>() + 16))
}

/// The memo of an unpickler as a program sees it.
struct MemoProxy {
    unpickler: Slot,
}
payload!(MemoProxy, "_pickle.UnpicklerMemoProxy", [unpickler]);

static PROXY: NativeClass =
    NativeClass::new(ClassSpec::new("_pickle.UnpicklerMemoProxy", "", PROXY_METHODS, &[]).flags(0));

fn proxy_new(th: &Thread, _: &[Value]) -> Res {
    Err(th.type_error("cannot create '_pickle.UnpicklerMemoProxy' instances"))
}

fn of_proxy(v: Value) -> U {
    U::of(Custom::<MemoProxy>::of(v).unpickler.get())
}

fn proxy_copy(th: &Thread, a: &[Value]) -> Res {
    Ok(Dict::of(of_proxy(a[0]).memo.get()).copy(th)?.value())
}

fn proxy_clear(th: &Thread, a: &[Value]) -> Res {
    Dict::of(of_proxy(a[0]).memo.get()).clear(th)?;
    Ok(Value::none())
}

fn proxy_reduce(th: &Thread, a: &[Value]) -> Res {
    let d = proxy_copy(th, a)?;
    let args = tuple::from_slice(th, &[d])?;
    tuple::from_slice(th, &[th.interp.class_value(TypeId::Dict), args])
}

fn memo(th: &Thread, v: Value) -> Res {
    Ok(custom::alloc(th, PROXY.get(th)?, MemoProxy { unpickler: Slot::new(v) })?.value())
}

fn set_memo(th: &Thread, v: Value, to: Value) -> Res<()> {
    let u = U::of(v);
    if to == Value::MISSING {
        return Err(th.type_error("attribute deletion is not supported"));
    }
    let new = if let Some(x) = Custom::<MemoProxy>::from_value(to) {
        Dict::of(U::of(x.unpickler.get()).memo.get()).copy(th)?
    } else if let Some(d) = Dict::from_value(to) {
        let new = dict::new(th);
        let mut at = 0;
        while let Some((k, x)) = d.next(th, &mut at) {
            if !int::is_int(k) {
                return Err(th.type_error("memo key must be integers"));
            }
            let n = protocol::index_i64(th, k)?;
            if n < 0 {
                return Err(th.value_error("memo key must be positive integers."));
            }
            new.set(th, Value::small(n), x)?;
        }
        new
    } else {
        let name = type_name(th, to);
        let text = format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {name}");
        return Err(th.type_error(text));
    };
    u.memo.set(th, u.cell(), new.value());
    Ok(())
}

fn persistent_load(th: &Thread, v: Value) -> Res {
    match U::of(v).persistent_load.get() {
        Value::UNBOUND => Err(th.raise_new(TypeId::AttributeError, "persistent_load")),
        f => Ok(f),
    }
}

fn set_persistent_load(th: &Thread, v: Value, to: Value) -> Res<()> {
    if to == Value::MISSING {
        return Err(th.type_error("attribute deletion is not supported"));
    }
    if !call::is_callable(th, to) {
        return Err(th.type_error("persistent_load must be a callable taking one argument"));
    }
    let u = U::of(v);
    u.persistent_load.set(th, u.cell(), to);
    Ok(())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())" init, "";
        method "load" "()" load_method, "Reads a pickle from the file and gives its object.";
        method "find_class" "(module_name, global_name, /)" find_class, "The object of a name in a module.";
        method "__sizeof__" "()" sizeof, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::rw("memo", memo, set_memo, ""),
    GetSetDef::rw("persistent_load", persistent_load, set_persistent_load, ""),
];

natives! {
    static PROXY_METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" proxy_new, "";
        method "clear" "()" proxy_clear, "Forgets all objects.";
        method "copy" "()" proxy_copy, "A dict from numbers to objects.";
        method "__reduce__" "()" proxy_reduce, "";
    }
}
