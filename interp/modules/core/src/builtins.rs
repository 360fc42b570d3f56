//! The functions of `builtins`.

use crate::code_run;
use krait_object::class::{Class, type_name};
use krait_object::dict::Dict;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::operators::{self, BinOp};
use krait_object::protocol::{self, Cmp};
use krait_object::string::{self, Str};
use krait_object::tuple::Tuple;
use krait_object::{Kind, Name, Res, Thread, TypeId, Value, attr, call, float, int, list, natives};

fn abs(th: &Thread, a: &[Value]) -> Res {
    operators::unary(th, Name::__abs__, a[0])
}

fn all(th: &Thread, a: &[Value]) -> Res {
    let it = protocol::iter(th, a[0])?;
    while let Some(v) = protocol::next(th, it)? {
        if !protocol::truth(th, v)? {
            return Ok(Value::false_());
        }
    }
    Ok(Value::true_())
}

fn any(th: &Thread, a: &[Value]) -> Res {
    let it = protocol::iter(th, a[0])?;
    while let Some(v) = protocol::next(th, it)? {
        if protocol::truth(th, v)? {
            return Ok(Value::true_());
        }
    }
    Ok(Value::false_())
}

fn ascii(th: &Thread, a: &[Value]) -> Res {
    protocol::ascii(th, a[0])
}

fn radix(th: &Thread, v: Value, base: u32) -> Res {
    let i = protocol::index(th, v)?;
    let text = int::with_ref(i, |r| krait_number::int::to_string(r, base, true));
    string::try_new(th, &text)
}

fn bin(th: &Thread, a: &[Value]) -> Res {
    radix(th, a[0], 2)
}

fn hex(th: &Thread, a: &[Value]) -> Res {
    radix(th, a[0], 16)
}

fn oct(th: &Thread, a: &[Value]) -> Res {
    radix(th, a[0], 8)
}

fn callable(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(call::is_callable(th, a[0])))
}

fn chr(th: &Thread, a: &[Value]) -> Res {
    let i = protocol::index(th, a[0])?;
    match int::to_i64(i) {
        Some(n) if (0..0x110000).contains(&n) => string::from_code_point(th, n as u32),
        Some(n) if i32::try_from(n).is_ok() => Err(th.value_error("chr() arg not in range(0x110000)")),
        _ => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

fn ord(th: &Thread, a: &[Value]) -> Res {
    let n = if let Some(s) = Str::from_value(a[0]) {
        if s.len() == 1 {
            return Ok(Value::small(s.at(0) as i64));
        }
        s.len()
    } else if let Some(b) = krait_object::bytes::get(a[0]) {
        if b.len() == 1 {
            return Ok(Value::small(b[0] as i64));
        }
        b.len()
    } else if let Some(b) = krait_object::bytearray::get(a[0]) {
        if b.len() == 1 {
            return Ok(Value::small(b.as_slice()[0] as i64));
        }
        b.len()
    } else {
        return Err(
            th.type_error(format!("ord() expected string of length 1, but {} found", type_name(th, a[0])))
        );
    };
    Err(th.type_error(format!("ord() expected a character, but string of length {n} found")))
}

/// An attribute name argument, interned.
fn attribute_name(th: &Thread, v: Value) -> Res {
    match Str::from_value(v) {
        Some(s) if v.has_shape(TypeId::Str as u32) => Ok(string::intern(th, s)),
        Some(s) => {
            let exact = string::from_chars(th, s.chars())?;
            Ok(string::intern(th, Str::of(exact)))
        }
        None => Err(th.type_error(format!("attribute name must be string, not '{}'", type_name(th, v)))),
    }
}

fn getattr(th: &Thread, a: &[Value]) -> Res {
    let name = attribute_name(th, a[1])?;
    match a[2].given() {
        Some(default) => Ok(attr::get_opt(th, a[0], name)?.unwrap_or(default)),
        None => attr::get_strict(th, a[0], name),
    }
}

fn hasattr(th: &Thread, a: &[Value]) -> Res {
    let name = attribute_name(th, a[1])?;
    Ok(Value::bool(attr::has(th, a[0], name)?))
}

fn setattr(th: &Thread, a: &[Value]) -> Res {
    let name = attribute_name(th, a[1])?;
    attr::set(th, a[0], name, a[2])?;
    Ok(Value::none())
}

fn delattr(th: &Thread, a: &[Value]) -> Res {
    let name = attribute_name(th, a[1])?;
    attr::delete(th, a[0], name)?;
    Ok(Value::none())
}

fn divmod(th: &Thread, a: &[Value]) -> Res {
    operators::binary(th, BinOp::DivMod, a[0], a[1])
}

fn format(th: &Thread, a: &[Value]) -> Res {
    let spec = a[1].given().unwrap_or(th.interp.empty_str.get());
    if Str::from_value(spec).is_none() {
        return Err(th.type_error(format!("format() argument 2 must be str, not {}", type_name(th, spec))));
    }
    protocol::format(th, a[0], spec)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, protocol::hash(th, a[0])?))
}

fn id(th: &Thread, a: &[Value]) -> Res {
    // A cell's identity is its address; immediates are identified by their word, which no address equals.
    let v = a[0];
    Ok(int::from_u64(th, if v.is_cell() { v.0 - 1 } else { v.0 }))
}

fn isinstance(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::is_instance(th, a[0], a[1])?))
}

fn issubclass(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::is_subclass(th, a[0], a[1])?))
}

fn iter(th: &Thread, a: &[Value]) -> Res {
    match a[1].given() {
        None => protocol::iter(th, a[0]),
        Some(_) if !call::is_callable(th, a[0]) => {
            Err(th.type_error("iter(object, sentinel): object must be callable"))
        }
        Some(sentinel) => krait_object::iterator_methods::new_callable_iter(th, a[0], sentinel),
    }
}

fn next(th: &Thread, a: &[Value]) -> Res {
    if !protocol::is_iterator(th, a[0]) {
        return Err(th.type_error(format!("'{}' object is not an iterator", type_name(th, a[0]))));
    }
    if let Some(default) = a[1].given() {
        return Ok(protocol::next(th, a[0])?.unwrap_or(default));
    }
    match Class::of_value(th, a[0]).special(th, Name::__next__) {
        // The method's own StopIteration, with its value, comes through.
        Some(f) => call::call_special(th, f, a[0], &[]),
        None => Err(th.stop_iteration()),
    }
}

fn len(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_usize(th, protocol::len(th, a[0])?))
}

fn extremum(th: &Thread, a: &[Value], op: Cmp, name: &str) -> Res {
    let args = Tuple::of(a[0]);
    let key = a[1].given_not_none();
    let default = a[2].given();
    let source = match args.len() {
        0 => return Err(th.type_error(format!("{name} expected at least 1 argument, got 0"))),
        1 => args.get(0),
        _ if default.is_some() => {
            return Err(th.type_error(format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        _ => a[0],
    };
    let it = protocol::iter(th, source)?;
    let mut best: Option<(Value, Value)> = None;
    while let Some(v) = protocol::next(th, it)? {
        let k = match key {
            Some(f) => call::call(th, f, &[v])?,
            None => v,
        };
        best = match best {
            Some((_, bk)) if !protocol::compare_bool(th, op, k, bk)? => best,
            _ => Some((v, k)),
        };
    }
    match (best, default) {
        (Some((v, _)), _) => Ok(v),
        (None, Some(d)) => Ok(d),
        (None, None) => Err(th.value_error(format!("{name}() iterable argument is empty"))),
    }
}

fn max(th: &Thread, a: &[Value]) -> Res {
    extremum(th, a, Cmp::Gt, "max")
}

fn min(th: &Thread, a: &[Value]) -> Res {
    extremum(th, a, Cmp::Lt, "min")
}

fn pow(th: &Thread, a: &[Value]) -> Res {
    operators::power(th, a[0], a[1], a[2].given().unwrap_or(Value::none()))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    protocol::repr(th, a[0])
}

fn round(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let Some(f) = class.special(th, Name::__round__) else {
        return Err(th.type_error(format!("type {} doesn't define __round__ method", class.name_text())));
    };
    match a[1].given_not_none() {
        Some(n) => call::call_special(th, f, a[0], &[n]),
        None => call::call_special(th, f, a[0], &[]),
    }
}

fn sorted(th: &Thread, a: &[Value]) -> Res {
    let items = protocol::collect(th, a[0])?;
    let l = list::from_vec(th, items);
    let names = krait_object::tuple::new(th, &[th.name(Name::key), th.name(Name::reverse)]);
    let sort = attr::get(th, l, th.name(Name::sort))?;
    let key = a[1].given().unwrap_or(Value::none());
    let reverse = a[2].given().unwrap_or(Value::false_());
    call::call_kw(th, sort, &[key, reverse], names)?;
    Ok(l)
}

fn sum(th: &Thread, a: &[Value]) -> Res {
    let start = a[1].given().unwrap_or(Value::ZERO);
    if start.is_kind(Kind::Str) {
        return Err(th.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if start.is_kind(Kind::Bytes) {
        return Err(th.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
    }
    if start.is_kind(Kind::ByteArray) {
        return Err(th.type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
    }
    let it = protocol::iter(th, a[0])?;
    let mut total = start;
    // Small integers first: no allocation until they overflow.
    if let Some(mut n) = total.small_int() {
        loop {
            let Some(v) = protocol::next(th, it)? else { return Ok(int::from_i64(th, n)) };
            match v.small_int().and_then(|m| n.checked_add(m)) {
                Some(s) => n = s,
                None => {
                    total = operators::binary(th, BinOp::Add, int::from_i64(th, n), v)?;
                    break;
                }
            }
        }
    }
    if float::is_exact(total) {
        match sum_floats(th, it, float::get(total).unwrap_or(0.0))? {
            Ok(v) => return Ok(v),
            Err(v) => total = v,
        }
    }
    while let Some(v) = protocol::next(th, it)? {
        total = operators::binary(th, BinOp::Add, total, v)?;
    }
    Ok(total)
}

/// Sums floats with a running compensation (Neumaier 1974), as CPython 3.12 does. `Err(total)`: another type came, and was added.
fn sum_floats(th: &Thread, it: Value, start: f64) -> Res<Result<Value, Value>> {
    let (mut s, mut c) = (start, 0.0f64);
    let finish = |s: f64, c: f64| if c != 0.0 && c.is_finite() { s + c } else { s };
    loop {
        let Some(v) = protocol::next(th, it)? else { return Ok(Ok(float::new(th, finish(s, c)))) };
        if float::is_exact(v) {
            let x = float::get(v).unwrap_or(0.0);
            let t = s + x;
            c += if s.abs() >= x.abs() { (s - t) + x } else { (x - t) + s };
            s = t;
            continue;
        }
        if let Some(n) = v.small_int() {
            s += n as f64;
            continue;
        }
        let total = float::new(th, finish(s, c));
        return Ok(Err(operators::binary(th, BinOp::Add, total, v)?));
    }
}

fn vars(th: &Thread, a: &[Value]) -> Res {
    match a[0].given() {
        None => code_run::locals_now(th),
        Some(v) => match attr::get_opt(th, v, th.name(Name::__dict__))? {
            Some(d) => Ok(d),
            None => Err(th.type_error("vars() argument must have __dict__ attribute")),
        },
    }
}

fn globals(th: &Thread, _a: &[Value]) -> Res {
    Ok((th.interp.hooks().globals)(th).unwrap_or(Value::none()))
}

fn locals(th: &Thread, _a: &[Value]) -> Res {
    code_run::locals_now(th)
}

fn dir(th: &Thread, a: &[Value]) -> Res {
    let names = match a[0].given() {
        None => {
            let l = code_run::locals_now(th)?;
            let keys = call::call_method(th, l, th.name(Name::keys), &[])?;
            protocol::collect(th, keys)?
        }
        Some(v) => return dir_of(th, v),
    };
    let l = list::from_vec(th, names);
    call::call_method(th, l, th.name(Name::sort), &[])?;
    Ok(l)
}

/// `dir(v)`: the sorted list of the names that its `__dir__` gives.
pub fn dir_of(th: &Thread, v: Value) -> Res {
    let class = Class::of_value(th, v);
    let Some(f) = class.special(th, Name::__dir__) else {
        return Err(th.type_error("object does not provide __dir__"));
    };
    let r = call::call_special(th, f, v, &[])?;
    let l = list::from_vec(th, protocol::collect(th, r)?);
    call::call_method(th, l, th.name(Name::sort), &[])?;
    Ok(l)
}

fn print(th: &Thread, a: &[Value]) -> Res {
    let sys = Dict::of(th.interp.sys.get());
    let file = match a[3].given_not_none() {
        Some(f) => f,
        None => match sys.get_name(th, th.name(Name::stdout)) {
            Some(f) if f.is_none() => return Ok(Value::none()),
            Some(f) => f,
            None => return Err(th.runtime_error("lost sys.stdout")),
        },
    };
    let text = |v: Value, default: &str, name: &str| -> Res {
        match v.given_not_none() {
            None => Ok(th.interp.interned.intern_text(th, default)),
            Some(v) if Str::from_value(v).is_some() => Ok(v),
            Some(v) => {
                Err(th.type_error(format!("{name} must be None or a string, not {}", type_name(th, v))))
            }
        }
    };
    let sep = text(a[1], " ", "sep")?;
    let end = text(a[2], "\n", "end")?;
    let write = attr::get(th, file, th.name(Name::write))?;
    for (i, &v) in Tuple::of(a[0]).as_slice().iter().enumerate() {
        if i > 0 {
            call::call(th, write, &[sep])?;
        }
        let s = protocol::str_of(th, v)?;
        call::call(th, write, &[s])?;
    }
    call::call(th, write, &[end])?;
    if let Some(f) = a[4].given()
        && protocol::truth(th, f)?
    {
        call::call_method(th, file, th.name(Name::flush), &[])?;
    }
    Ok(Value::none())
}

fn aiter(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let Some(f) = class.special(th, Name::__aiter__) else {
        return Err(th.type_error(format!("'{}' object is not an async iterable", class.name_text())));
    };
    let it = call::call_special(th, f, a[0], &[])?;
    let found = Class::of_value(th, it);
    if found.special(th, Name::__anext__).is_none() {
        return Err(
            th.type_error(format!("aiter() returned not an async iterator of type '{}'", found.name_text()))
        );
    }
    Ok(it)
}

fn anext(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let Some(f) = class.special(th, Name::__anext__) else {
        return Err(th.type_error(format!("'{}' object is not an async iterator", class.name_text())));
    };
    let awaitable = call::call_special(th, f, a[0], &[])?;
    match a[1].given() {
        None => Ok(awaitable),
        Some(default) => krait_vm::anext_with_default(th, awaitable, default),
    }
}

fn input(th: &Thread, a: &[Value]) -> Res {
    crate::input::input(th, a[0].given())
}

fn breakpoint(th: &Thread, a: &[Value]) -> Res {
    let sys = Dict::of(th.interp.sys.get());
    let Some(hook) = sys.get_text(th, "breakpointhook") else {
        return Err(th.runtime_error("lost sys.breakpointhook"));
    };
    let args = Tuple::of(a[0]);
    match a[1].given().and_then(Dict::from_value) {
        Some(kw) => {
            let mut all = krait_object::ValueVec::new();
            for &v in args.as_slice() {
                all.push(th, v)?;
            }
            let mut names = krait_object::ValueVec::new();
            let mut at = 0;
            while let Some((k, v)) = kw.next(th, &mut at) {
                names.push(th, k)?;
                all.push(th, v)?;
            }
            let names = krait_object::tuple::from_vec(th, &names)?;
            call::call_kw(th, hook, all.as_slice(), names)
        }
        None => call::call(th, hook, args.as_slice()),
    }
}

/// `__import__` itself: importlib's function does the work once it is there.
fn import(th: &Thread, a: &[Value]) -> Res {
    crate::import::import_name(th, a)
}

natives! {
    static FUNCTIONS = {
        function "__build_class__" "(func, name, /, *bases, metaclass=None, **kwds)" crate::build_class::build_class, "";
        function "__import__" "(name, globals=None, locals=None, fromlist=(), level=0)" import, "Import a module.";
        function "abs" "(x, /)" abs, "Return the absolute value of the argument.";
        function "aiter" "(async_iterable, /)" aiter, "Return an AsyncIterator for an AsyncIterable object.";
        function "all" "(iterable, /)" all, "True when every item is true.";
        function "anext" "(aiterator, default=None, /)" anext, "The next item of an async iterator.";
        function "any" "(iterable, /)" any, "True when some item is true.";
        function "ascii" "(obj, /)" ascii, "An ASCII-only representation of an object.";
        function "bin" "(number, /)" bin, "The binary representation of an integer.\n\n   >>> bin(-10)\n   '-0b1010'";
        function "breakpoint" "(*args, **kws)" breakpoint, "Call sys.breakpointhook.";
        function "callable" "(obj, /)" callable, "Can the object be called?";
        function "chr" "(i, /)" chr, "The string of one character.", Pure;
        function "compile" "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)" code_run::compile, "Compile source into a code object.";
        function "delattr" "(obj, name, /)" delattr, "Delete an attribute.";
        function "dir" "(object=None, /)" dir, "The names in a scope or of an object.";
        function "divmod" "(x, y, /)" divmod, "Return the tuple (x//y, x%y).";
        function "eval" "(source, globals=None, locals=None, /)" code_run::eval, "Evaluate an expression.";
        function "exec" "(source, globals=None, locals=None, /, *, closure=None)" code_run::exec, "Execute code.";
        function "format" "(value, format_spec='', /)" format, "Return type(value).__format__(value, format_spec).";
        function "getattr" "(object, name, default=None, /)" getattr, "Get an attribute.";
        function "globals" "()" globals, "The dict of the module's names.";
        function "hasattr" "(obj, name, /)" hasattr, "Has the object the attribute?";
        function "hash" "(obj, /)" hash, "The hash of an object.";
        function "hex" "(number, /)" hex, "The hexadecimal representation of an integer.\n\n   >>> hex(-48879)\n   '-0xbeef'";
        function "id" "(obj, /)" id, "The identity of an object.", Pure;
        function "input" "(prompt='', /)" input, "Read a line from standard input.";
        function "isinstance" "(obj, class_or_tuple, /)" isinstance, "Is the object an instance of the class?";
        function "issubclass" "(cls, class_or_tuple, /)" issubclass, "Is the class derived from the other?";
        function "iter" "(object, sentinel=None, /)" iter, "An iterator of an object.";
        function "len" "(obj, /)" len, "The number of items in a container.";
        function "locals" "()" locals, "The dict of the local names.";
        function "max" "(*args, key=None, default=None)" max, "The largest item.";
        function "min" "(*args, key=None, default=None)" min, "The smallest item.";
        function "next" "(iterator, default=None, /)" next, "The next item of an iterator.";
        function "oct" "(number, /)" oct, "The octal representation of an integer.\n\n   >>> oct(64)\n   '0o100'";
        function "ord" "(c, /)" ord, "The code point of a character.", Pure;
        function "pow" "(base, exp, mod=None)" pow, "base**exp, or base**exp % mod.";
        function "print" "(*args, sep=' ', end='\\n', file=None, flush=False)" print, "Print the values.";
        function "repr" "(obj, /)" repr, "The canonical representation of an object.";
        function "round" "(number, ndigits=None)" round, "Round a number.";
        function "setattr" "(obj, name, value, /)" setattr, "Set an attribute.";
        function "sorted" "(iterable, /, *, key=None, reverse=False)" sorted, "A sorted list of the items.";
        function "sum" "(iterable, /, start=0)" sum, "The sum of a start value and the items.";
        function "vars" "(object=None, /)" vars, "The __dict__ of an object, or locals().";
    }
}

fn exec_module(th: &Thread, m: Module) -> Res<()> {
    for (name, class) in krait_object::bootstrap::public_classes(th) {
        m.add(th, name, class.value());
    }
    m.add(th, "None", Value::none());
    m.add(th, "True", Value::true_());
    m.add(th, "False", Value::false_());
    m.add(th, "Ellipsis", Value::ellipsis());
    m.add(th, "NotImplemented", Value::not_implemented());
    m.add(th, "EnvironmentError", th.interp.class_value(TypeId::OSError));
    m.add(th, "IOError", th.interp.class_value(TypeId::OSError));
    m.add(th, "__debug__", Value::bool(th.interp.optimize.get() == 0));
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.",
    functions: FUNCTIONS,
    exec: exec_module,
};
