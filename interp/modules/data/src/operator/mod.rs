//! `_operator`: the operators as functions, and the getters.

mod getters;

use krait_object::buffer;
use krait_object::class::{Class, flag, type_name};
use krait_object::kind::Kind;
use krait_object::module::Module;
use krait_object::names::Name;
use krait_object::native_module::ModuleDef;
use krait_object::operators::{self, BinOp};
use krait_object::protocol::{self, Cmp};
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, call as calling, int, natives};

/// The `_operator` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_operator", doc: "", functions: FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, getters::ITEMGETTER.get(th)?);
    m.add_class(th, getters::ATTRGETTER.get(th)?);
    m.add_class(th, getters::METHODCALLER.get(th)?);
    Ok(())
}

macro_rules! binary {
    ($($name:ident $iname:ident $op:ident;)*) => {
        $(
            fn $name(th: &Thread, a: &[Value]) -> Res {
                operators::binary(th, BinOp::$op, a[0], a[1])
            }
            fn $iname(th: &Thread, a: &[Value]) -> Res {
                operators::inplace(th, BinOp::$op, a[0], a[1])
            }
        )*
    };
}
binary! {
    add iadd Add; sub isub Sub; mul imul Mul; matmul imatmul MatMul; floordiv ifloordiv FloorDiv;
    truediv itruediv TrueDiv; modulo imod Mod; lshift ilshift LShift; rshift irshift RShift;
    and_ iand And; xor ixor Xor; or_ ior Or; pow ipow Pow;
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res { protocol::compare(th, Cmp::$op, a[0], a[1]) })*
    };
}
comparisons! { lt Lt; le Le; eq Eq; ne Ne; gt Gt; ge Ge; }

macro_rules! unary {
    ($($name:ident $special:ident;)*) => {
        $(fn $name(th: &Thread, a: &[Value]) -> Res { operators::unary(th, Name::$special, a[0]) })*
    };
}
unary! { neg __neg__; pos __pos__; invert __invert__; abs __abs__; }

fn truth(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::truth(th, a[0])?))
}

fn not_(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(!protocol::truth(th, a[0])?))
}

fn is_(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(a[0] == a[1]))
}

fn is_not(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(a[0] != a[1]))
}

fn index(th: &Thread, a: &[Value]) -> Res {
    protocol::index(th, a[0])
}

/// Has the object items by number, as C's `PySequence_Check` sees it?
fn is_sequence(th: &Thread, v: Value) -> bool {
    !v.is_kind(Kind::Dict) && Class::of_value(th, v).special(th, Name::__getitem__).is_some()
}

fn concat_by(th: &Thread, a: Value, b: Value, names: &[Name]) -> Res {
    let class = Class::of_value(th, a);
    if class.has_flag(flag::CONCAT) || is_sequence(th, a) && is_sequence(th, b) {
        for &n in names {
            if let Some(f) = class.special(th, n) {
                let r = calling::call_special(th, f, a, &[b])?;
                if !r.is_not_implemented() {
                    return Ok(r);
                }
            }
        }
        if !class.has_flag(flag::CONCAT)
            && let Some(f) = Class::of_value(th, b).special(th, Name::__radd__)
        {
            let r = calling::call_special(th, f, b, &[a])?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
    }
    Err(th.type_error(format!("'{}' object can't be concatenated", type_name(th, a))))
}

fn concat(th: &Thread, a: &[Value]) -> Res {
    concat_by(th, a[0], a[1], &[Name::__add__])
}

fn iconcat(th: &Thread, a: &[Value]) -> Res {
    concat_by(th, a[0], a[1], &[Name::__iadd__, Name::__add__])
}

fn contains(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(protocol::contains(th, a[0], a[1])?))
}

/// `iter(v)` with the error text of searches.
fn search_iter(th: &Thread, v: Value) -> Res {
    let it = protocol::iter(th, v);
    match th.catch(it, TypeId::TypeError)? {
        Some(it) => Ok(it),
        None => Err(th.type_error(format!("argument of type '{}' is not iterable", type_name(th, v)))),
    }
}

fn count_of(th: &Thread, a: &[Value]) -> Res {
    let it = search_iter(th, a[0])?;
    let mut n = 0i64;
    while let Some(x) = protocol::next(th, it)? {
        n += i64::from(protocol::equal(th, x, a[1])?);
    }
    Ok(Value::small(n))
}

fn index_of(th: &Thread, a: &[Value]) -> Res {
    let it = search_iter(th, a[0])?;
    let mut n = 0i64;
    while let Some(x) = protocol::next(th, it)? {
        if protocol::equal(th, x, a[1])? {
            return Ok(Value::small(n));
        }
        n += 1;
    }
    Err(th.value_error("sequence.index(x): x not in sequence"))
}

fn getitem(th: &Thread, a: &[Value]) -> Res {
    protocol::getitem(th, a[0], a[1])
}

fn setitem(th: &Thread, a: &[Value]) -> Res {
    protocol::setitem(th, a[0], a[1], a[2])?;
    Ok(Value::none())
}

fn delitem(th: &Thread, a: &[Value]) -> Res {
    protocol::delitem(th, a[0], a[1])?;
    Ok(Value::none())
}

fn length_hint(th: &Thread, a: &[Value]) -> Res {
    let default = match a[1].given() {
        Some(v) => crate::support::ssize(th, v)?,
        None => 0,
    };
    if default < 0 {
        // An object with a hint never comes to the default.
        let n = protocol::length_hint(th, a[0], usize::MAX)?;
        return Ok(if n == usize::MAX { int::from_i64(th, default as i64) } else { int::from_usize(th, n) });
    }
    Ok(int::from_usize(th, protocol::length_hint(th, a[0], default as usize)?))
}

fn call(th: &Thread, a: &[Value]) -> Res {
    let args = Tuple::of(a[0]).as_slice();
    let [f, rest @ ..] = args else {
        return Err(th.type_error("call expected at least 1 argument, got 0"));
    };
    calling::call_dict(th, *f, rest, a[1])
}

/// Compares in a time that depends on the lengths alone.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let mut differ = u8::from(a.len() != b.len());
    let left = if a.len() == b.len() { a } else { b };
    for (x, y) in left.iter().zip(b) {
        differ |= std::hint::black_box(x ^ y);
    }
    differ == 0
}

fn compare_digest(th: &Thread, a: &[Value]) -> Res {
    if let (Some(x), Some(y)) = (Str::from_value(a[0]), Str::from_value(a[1])) {
        let (Some(x), Some(y)) = (x.as_ascii(), y.as_ascii()) else {
            return Err(th.type_error("comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(Value::bool(same_bytes(x.as_bytes(), y.as_bytes())));
    }
    if !buffer::has_buffer(th, a[0]) || !buffer::has_buffer(th, a[1]) {
        let (x, y) = (type_name(th, a[0]), type_name(th, a[1]));
        return Err(
            th.type_error(format!("unsupported operand types(s) or combination of types: '{x}' and '{y}'"))
        );
    }
    let x = buffer::bytes_like(th, a[0])?;
    let y = buffer::bytes_like(th, a[1])?;
    if x.ndim() > 1 || y.ndim() > 1 {
        return Err(th.raise_new(TypeId::BufferError, "Buffer must be single dimension"));
    }
    Ok(Value::bool(same_bytes(&x, &y)))
}

natives! {
    static FUNCTIONS = {
        function "truth" "(a, /)" truth, "";
        function "contains" "(a, b, /)" contains, "";
        function "indexOf" "(a, b, /)" index_of, "";
        function "countOf" "(a, b, /)" count_of, "";
        function "is_" "(a, b, /)" is_, "", Pure;
        function "is_not" "(a, b, /)" is_not, "", Pure;
        function "add" "(a, b, /)" add, "";
        function "sub" "(a, b, /)" sub, "";
        function "mul" "(a, b, /)" mul, "";
        function "matmul" "(a, b, /)" matmul, "";
        function "floordiv" "(a, b, /)" floordiv, "";
        function "truediv" "(a, b, /)" truediv, "";
        function "mod" "(a, b, /)" modulo, "";
        function "neg" "(a, /)" neg, "";
        function "pos" "(a, /)" pos, "";
        function "abs" "(a, /)" abs, "";
        function "inv" "(a, /)" invert, "";
        function "invert" "(a, /)" invert, "";
        function "lshift" "(a, b, /)" lshift, "";
        function "rshift" "(a, b, /)" rshift, "";
        function "not_" "(a, /)" not_, "";
        function "and_" "(a, b, /)" and_, "";
        function "xor" "(a, b, /)" xor, "";
        function "or_" "(a, b, /)" or_, "";
        function "pow" "(a, b, /)" pow, "";
        function "iadd" "(a, b, /)" iadd, "";
        function "isub" "(a, b, /)" isub, "";
        function "imul" "(a, b, /)" imul, "";
        function "imatmul" "(a, b, /)" imatmul, "";
        function "ifloordiv" "(a, b, /)" ifloordiv, "";
        function "itruediv" "(a, b, /)" itruediv, "";
        function "imod" "(a, b, /)" imod, "";
        function "ilshift" "(a, b, /)" ilshift, "";
        function "irshift" "(a, b, /)" irshift, "";
        function "iand" "(a, b, /)" iand, "";
        function "ixor" "(a, b, /)" ixor, "";
        function "ior" "(a, b, /)" ior, "";
        function "ipow" "(a, b, /)" ipow, "";
        function "concat" "(a, b, /)" concat, "";
        function "iconcat" "(a, b, /)" iconcat, "";
        function "getitem" "(a, b, /)" getitem, "";
        function "setitem" "(a, b, c, /)" setitem, "";
        function "delitem" "(a, b, /)" delitem, "";
        function "eq" "(a, b, /)" eq, "";
        function "lt" "(a, b, /)" lt, "";
        function "le" "(a, b, /)" le, "";
        function "ne" "(a, b, /)" ne, "";
        function "gt" "(a, b, /)" gt, "";
        function "ge" "(a, b, /)" ge, "";
        function "index" "(a, /)" index, "";
        function "length_hint" "(obj, default=0, /)" length_hint, "";
        function "call" "(*args, **kwargs)" call, "";
        function "_compare_digest" "(a, b, /)" compare_digest, "";
    }
}
