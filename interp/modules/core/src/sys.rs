//! `sys`.

use krait_object::dict;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::{Res, Thread, TypeId, Value, exception, int, list, natives, protocol, string};

fn exit(th: &Thread, a: &[Value]) -> Res {
    let args: &[Value] = match a[0].given() {
        Some(_) => &a[..1],
        None => &[],
    };
    let e = exception::make(th, TypeId::SystemExit, args)?;
    Err(exception::raise(th, e))
}

fn getrecursionlimit(th: &Thread, _a: &[Value]) -> Res {
    Ok(int::from_i64(th, th.interp.recursion_limit.get() as i64))
}

fn setrecursionlimit(th: &Thread, a: &[Value]) -> Res {
    let n = protocol::index_i64(th, a[0])?;
    if n < 1 {
        return Err(th.value_error("recursion limit must be greater or equal than 1"));
    }
    let n = u32::try_from(n).map_err(|_| th.overflow_error("Python int too large to convert to C int"))?;
    if th.depth.get() >= n {
        return Err(th.raise_new(
            TypeId::RecursionError,
            format!(
                "cannot set the recursion limit to {n} at the recursion depth {}: the limit is too low",
                th.depth.get()
            ),
        ));
    }
    th.interp.recursion_limit.set(n);
    Ok(Value::none())
}

fn exc_info(th: &Thread, _a: &[Value]) -> Res {
    let e = th.handled.get();
    let parts = if e.is_none() {
        [Value::none(); 3]
    } else {
        [krait_object::Class::of_value(th, e).value(), e, exception::Exception::of(e).traceback.get()]
    };
    krait_object::tuple::from_slice(th, &parts)
}

fn current_exception(th: &Thread, _a: &[Value]) -> Res {
    Ok(th.handled.get())
}

fn getframe(th: &Thread, a: &[Value]) -> Res {
    let depth = match a[0].given() {
        Some(v) => protocol::index_i64(th, v)?.max(0) as usize,
        None => 0,
    };
    match (th.interp.hooks().frame_at)(th, depth)? {
        Some(f) => Ok(f),
        None => Err(th.value_error("call stack is not deep enough")),
    }
}

fn intern(th: &Thread, a: &[Value]) -> Res {
    match Str::from_value(a[0]) {
        Some(s) if a[0].has_shape(TypeId::Str as u32) => Ok(string::intern(th, s)),
        Some(_) => Err(th.type_error(format!("can't intern {}", krait_object::class::type_name(th, a[0])))),
        None => Err(th.type_error(format!(
            "intern() argument must be str, not {}",
            krait_object::class::type_name(th, a[0])
        ))),
    }
}

natives! {
    static FUNCTIONS = {
        function "_getframe" "(depth=0, /)" getframe, "The frame object depth levels up.";
        function "exc_info" "()" exc_info, "The exception being handled, as a tuple.";
        function "exception" "()" current_exception, "The exception being handled.";
        function "exit" "(status=None, /)" exit, "Raise SystemExit.";
        function "getrecursionlimit" "()" getrecursionlimit, "The recursion limit.";
        function "intern" "(string, /)" intern, "The one string of this text.";
        function "setrecursionlimit" "(limit, /)" setrecursionlimit, "Set the recursion limit.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add(th, "modules", th.interp.modules.get());
    let empty = list::new(th).value();
    m.add(th, "path", empty);
    let empty = list::new(th).value();
    m.add(th, "argv", empty);
    m.add_int(th, "maxsize", i64::MAX);
    m.add_int(th, "maxunicode", 0x10ffff);
    m.add_str(th, "byteorder", "little");
    m.add_str(th, "platform", "linux");
    let cache = dict::new(th).value();
    m.add(th, "path_importer_cache", cache);
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "sys", doc: "Access to objects of the interpreter.", functions: FUNCTIONS, exec };
