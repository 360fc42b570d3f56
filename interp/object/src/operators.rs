//! Binary and unary operators on any objects.
//!
//! The order of attempts is CPython's: the right operand's reflected method goes first
//! when its class derives from the left's and overrides it; `+` and `*` of sequences come
//! after both numbers' methods (flag `CONCAT`).

use crate::call::call_special;
use crate::class::{Class, flag, type_name};
use crate::kind::Kind;
use crate::names::Name;
use crate::native::Native;
use crate::numeric;
use crate::shape::fixed;
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::value::Value;

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    LShift,
    RShift,
    And,
    Or,
    Xor,
    DivMod,
}

impl BinOp {
    /// `__add__` and so on.
    pub const fn forward(self) -> Name {
        use Name::*;
        [
            __add__,
            __sub__,
            __mul__,
            __truediv__,
            __floordiv__,
            __mod__,
            __pow__,
            __matmul__,
            __lshift__,
            __rshift__,
            __and__,
            __or__,
            __xor__,
            __divmod__,
        ][self as usize]
    }

    /// `__radd__` and so on.
    pub const fn reflected(self) -> Name {
        use Name::*;
        [
            __radd__,
            __rsub__,
            __rmul__,
            __rtruediv__,
            __rfloordiv__,
            __rmod__,
            __rpow__,
            __rmatmul__,
            __rlshift__,
            __rrshift__,
            __rand__,
            __ror__,
            __rxor__,
            __rdivmod__,
        ][self as usize]
    }

    /// `__iadd__` and so on; `divmod` has none.
    pub const fn inplace(self) -> Name {
        use Name::*;
        [
            __iadd__,
            __isub__,
            __imul__,
            __itruediv__,
            __ifloordiv__,
            __imod__,
            __ipow__,
            __imatmul__,
            __ilshift__,
            __irshift__,
            __iand__,
            __ior__,
            __ixor__,
            __divmod__,
        ][self as usize]
    }

    /// As errors show it.
    pub const fn symbol(self) -> &'static str {
        ["+", "-", "*", "/", "//", "%", "** or pow()", "@", "<<", ">>", "&", "|", "^", "divmod()"]
            [self as usize]
    }

    const fn inplace_symbol(self) -> &'static str {
        ["+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "<<=", ">>=", "&=", "|=", "^=", "divmod()"]
            [self as usize]
    }
}

/// `a OP b`.
pub fn binary(th: &Thread, op: BinOp, a: Value, b: Value) -> Res {
    if a.has_shape(fixed::STR)
        && let Some(r) = text(th, op, a, b)
    {
        return r;
    }
    if let Some(r) = numeric::binary(th, op, a, b) {
        return r;
    }
    match attempt(th, op, a, b)? {
        Some(v) => Ok(v),
        None => Err(unsupported(th, op.symbol(), a, b)),
    }
}

/// The operators of an exact `str` that no other class can take part in.
#[inline]
fn text(th: &Thread, op: BinOp, a: Value, b: Value) -> Option<Res> {
    match op {
        BinOp::Add if b.has_shape(fixed::STR) => Some(crate::string::concat(th, Str::of(a), Str::of(b))),
        BinOp::Mul if b.is_small_int() => {
            Some(crate::str_build::repeat(th, Str::of(a), b.as_small() as isize))
        }
        // Only a subclass of `str` has a say before the template.
        BinOp::Mod if b.has_shape(fixed::STR) || !b.is_kind(Kind::Str) => {
            Some(crate::percent::format_str(th, Str::of(a), b))
        }
        _ => None,
    }
}

/// `a OP= b`.
pub fn inplace(th: &Thread, op: BinOp, a: Value, b: Value) -> Res {
    if a.has_shape(fixed::STR)
        && let Some(r) = text(th, op, a, b)
    {
        return r;
    }
    if let Some(r) = numeric::binary(th, op, a, b) {
        return r;
    }
    if let Some(f) = Class::of_value(th, a).special(th, op.inplace()) {
        let r = call_special(th, f, a, &[b])?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match attempt(th, op, a, b)? {
        Some(v) => Ok(v),
        None => Err(unsupported(th, op.inplace_symbol(), a, b)),
    }
}

/// Goes on after the left operand's method gave NotImplemented: the right one's reflected method, or TypeError.
pub fn reflected(th: &Thread, op: BinOp, in_place: bool, a: Value, b: Value) -> Res {
    let (ca, cb) = (Class::of_value(th, a), Class::of_value(th, b));
    if ca != cb
        && let Some(f) = cb.special(th, op.reflected())
    {
        let r = call_special(th, f, b, &[a])?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    Err(refused(th, op, in_place, a, b))
}

/// The TypeError after all methods of the operands declined.
pub fn refused(th: &Thread, op: BinOp, in_place: bool, a: Value, b: Value) -> Raised {
    unsupported(th, if in_place { op.inplace_symbol() } else { op.symbol() }, a, b)
}

/// Tries the operands' methods; None when all declined.
fn attempt(th: &Thread, op: BinOp, a: Value, b: Value) -> Res<Option<Value>> {
    th.check_native_stack()?;
    let (ca, cb) = (Class::of_value(th, a), Class::of_value(th, b));
    let forward = ca.special(th, op.forward());
    let reflected = if ca == cb { None } else { cb.special(th, op.reflected()) };
    // A sequence's own concatenation and repetition wait until the other side's number methods declined.
    let sequence = matches!(op, BinOp::Add | BinOp::Mul) && ca.has_flag(flag::CONCAT) && is_native(forward);
    let derived = ca != cb
        && cb.is_subclass_of(ca)
        && reflected.is_some()
        && reflected != ca.special(th, op.reflected());
    // Between two sequences the left one decides.
    let both = cb.has_flag(flag::CONCAT) && is_native(reflected);
    let first = derived || sequence && !both;
    if first && let Some(f) = reflected {
        let r = call_special(th, f, b, &[a])?;
        if !r.is_not_implemented() {
            return Ok(Some(r));
        }
    }
    if let Some(f) = forward {
        let r = call_special(th, f, a, &[b])?;
        if !r.is_not_implemented() {
            return Ok(Some(r));
        }
    }
    if !first && let Some(f) = reflected {
        let r = call_special(th, f, b, &[a])?;
        if !r.is_not_implemented() {
            return Ok(Some(r));
        }
    }
    Ok(None)
}

fn is_native(f: Option<Value>) -> bool {
    f.is_some_and(|f| f.is_kind(crate::kind::Kind::Native))
}

#[cold]
fn unsupported(th: &Thread, symbol: &str, a: Value, b: Value) -> Raised {
    let hint =
        if symbol == ">>" && crate::native::Native::from_value(a).is_some_and(|n| n.def().name == "print") {
            ". Did you mean \"print(<message>, file=<output_stream>)\"?"
        } else {
            ""
        };
    th.type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'{hint}",
        type_name(th, a),
        type_name(th, b)
    ))
}

/// `pow(a, b, m)`.
pub fn power(th: &Thread, a: Value, b: Value, m: Value) -> Res {
    if m.is_none() {
        return binary(th, BinOp::Pow, a, b);
    }
    if let Some(f) = Class::of_value(th, a).special(th, Name::__pow__) {
        let r = call_special(th, f, a, &[b, m])?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    // The exponent's type has its say when it is native: it reflects with a modulus, classes from Python do not.
    if let Some(f) = Class::of_value(th, b).special(th, Name::__rpow__)
        && Native::from_value(f).is_some()
        && !matches!(b.kind(), Kind::Float | Kind::Complex)
    {
        let r = call_special(th, f, b, &[a, m])?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    // Floats and complex numbers have their say as exponent and modulus, too.
    for v in [b, m] {
        match v.kind() {
            Kind::Float => {
                return Err(th.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
            }
            Kind::Complex => return Err(crate::complex_methods::modulus_error(th)),
            _ => {}
        }
    }
    Err(th.type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        type_name(th, a),
        type_name(th, b),
        type_name(th, m)
    )))
}

/// `-a`, `+a`, `~a`, `abs(a)`.
pub fn unary(th: &Thread, n: Name, a: Value) -> Res {
    match Class::of_value(th, a).special(th, n) {
        Some(f) => call_special(th, f, a, &[]),
        None => {
            let symbol = match n {
                Name::__neg__ => "unary -",
                Name::__pos__ => "unary +",
                Name::__invert__ => "unary ~",
                _ => "abs()",
            };
            Err(th.type_error(format!("bad operand type for {symbol}: '{}'", type_name(th, a))))
        }
    }
}
