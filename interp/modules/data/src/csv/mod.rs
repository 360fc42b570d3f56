//! `_csv`: reading and writing separated values.

mod dialect;
mod reader;
mod writer;

use krait_object::class::type_name;
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::tuple::Tuple;
use krait_object::{Raised, Res, Thread, TypeId, Value, int, natives};

/// The `_csv` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_csv", doc: "", functions: FUNCTIONS, exec };

/// `csv.Error`.
pub static ERROR: NativeException =
    NativeException::new("_csv.Error", &[ExceptionBase::Builtin(TypeId::Exception)], "");

/// The registered dialects by name.
static DIALECTS: InterpSlot = InterpSlot::new();
/// The longest field that is read.
static LIMIT: InterpSlot = InterpSlot::new();

const DEFAULT_LIMIT: i64 = 128 * 1024;

fn dialects(th: &Thread) -> Res<Dict> {
    DIALECTS.get_or(th, |th| Ok(dict::new(th).value())).map(Dict::of)
}

/// Characters a field may have.
fn limit(th: &Thread) -> i64 {
    LIMIT.get(th).and_then(Value::small_int).unwrap_or(DEFAULT_LIMIT)
}

#[cold]
fn error(th: &Thread, text: impl AsRef<str>) -> Raised {
    ERROR.raise(th, text)
}

/// One or two positional arguments of a function without a name in its errors.
fn one_or_two(th: &Thread, v: Value) -> Res<(Value, Value)> {
    let t = Tuple::of(v);
    match t.len() {
        0 => Err(th.type_error(" expected at least 1 argument, got 0")),
        1 => Ok((t.get(0), Value::MISSING)),
        2 => Ok((t.get(0), t.get(1))),
        n => Err(th.type_error(format!(" expected at most 2 arguments, got {n}"))),
    }
}

fn make_reader(th: &Thread, a: &[Value]) -> Res {
    let (source, d) = one_or_two(th, a[0])?;
    reader::new(th, source, d, a[1])
}

fn make_writer(th: &Thread, a: &[Value]) -> Res {
    let (target, d) = one_or_two(th, a[0])?;
    writer::new(th, target, d, a[1])
}

fn register(th: &Thread, a: &[Value]) -> Res {
    let (name, d) = one_or_two(th, a[0])?;
    if Str::from_value(name).is_none() {
        return Err(th.type_error("dialect name must be a string"));
    }
    let d = dialect::make(th, d, a[1])?;
    dialects(th)?.set(th, name, d.value())?;
    Ok(Value::none())
}

fn unregister(th: &Thread, a: &[Value]) -> Res {
    match dialects(th)?.remove(th, a[0])? {
        Some(_) => Ok(Value::none()),
        None => Err(error(th, "unknown dialect")),
    }
}

fn get(th: &Thread, a: &[Value]) -> Res {
    dialect::registered(th, a[0])
}

fn list(th: &Thread, _: &[Value]) -> Res {
    let d = dialects(th)?;
    let out = krait_object::list::new(th);
    let mut at = 0;
    while let Some((k, _)) = d.next(th, &mut at) {
        out.push(th, k)?;
    }
    Ok(out.value())
}

fn field_size_limit(th: &Thread, a: &[Value]) -> Res {
    let old = Value::small(limit(th));
    if let Some(v) = a[0].given() {
        if !int::is_int(v) || v.is_true() || v.is_false() {
            return Err(th.type_error("limit must be an integer"));
        }
        let Some(n) = int::to_i64(v) else {
            return Err(th.overflow_error("Python int too large to convert to C long"));
        };
        let range = krait_object::value::SMALL_INT_MIN..=krait_object::value::SMALL_INT_MAX;
        LIMIT.set(th, Value::small(n.clamp(*range.start(), *range.end())));
    }
    Ok(old)
}

natives! {
    static FUNCTIONS = {
        function "reader" "!(*args, **kwargs)" make_reader, "";
        function "writer" "!(*args, **kwargs)" make_writer, "";
        function "register_dialect" "!(*args, **kwargs)" register, "Create a mapping from a string name to a dialect class.";
        function "unregister_dialect" "(name)" unregister, "Delete the name/dialect mapping associated with a string name.";
        function "get_dialect" "(name)" get, "Return the dialect instance associated with name.";
        function "list_dialects" "()" list, "Return a list of all known dialect names.";
        function "field_size_limit" "(new_limit=<unrepresentable>)" field_size_limit, "Sets an upper limit on parsed fields.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, ERROR.get(th)?);
    m.add_class(th, dialect::DIALECT.get(th)?);
    m.add(th, "Reader", reader::READER.get(th)?.value());
    m.add(th, "Writer", writer::WRITER.get(th)?.value());
    m.add(th, "_dialects", dialects(th)?.value());
    m.add_str(th, "__version__", "1.0");
    for (name, n) in dialect::QUOTINGS {
        m.add_int(th, name, n);
    }
    Ok(())
}

/// The name of a value's type, for errors.
fn shown(th: &Thread, v: Value) -> String {
    type_name(th, v)
}
