//! What a `Decimal` object is made of, and how numbers, ints and floats become one.
//!
//! Coefficients of up to 38 digits lie in the object; the words of longer ones in a raw cell of their own. So most
//! objects own nothing outside the heap and die without being visited.

use super::context::{self, Ctx};
use super::number_class::DECIMAL;
use krait_gc::Tracer;
use krait_number::decimal::{Coef, Decimal, Kind as NumberKind, Number};
use krait_object::cellref::Owned;
use krait_object::class::{Class, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::kind::Kind;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{float, int};

/// A decimal number.
pub struct Dec {
    exp: i64,
    /// The coefficient, low half first; of a long one the number of words, and zero.
    small: [u64; 2],
    /// The words of a long coefficient, behind the raw cell's header; else null.
    words: Owned,
    neg: bool,
    kind: NumberKind,
}

impl Payload for Dec {
    const NAME: &'static str = "Decimal";
    fn trace(&self, tracer: &mut Tracer) {
        self.words.trace(tracer);
    }
}

/// A handle to a decimal.
pub type Handle = Custom<Dec>;

impl Dec {
    /// Bytes of the words that lie outside the object.
    pub fn outside_bytes(&self) -> usize {
        if self.words.get().is_null() { 0 } else { self.small[0] as usize * 8 }
    }

    /// The number. Valid while the object is reachable.
    #[inline]
    pub fn view<'a>(&self) -> Number<'a> {
        let raw = self.words.get();
        let coef = if raw.is_null() {
            Coef::Small(u128::from(self.small[0]) | u128::from(self.small[1]) << 64)
        } else {
            // SAFETY: as many words follow the raw cell's header; they never change, and the raw cell lives as long as
            // this object, which the caller keeps reachable.
            let words = unsafe {
                std::slice::from_raw_parts(raw.cast::<u8>().add(8).cast::<u64>(), self.small[0] as usize)
            };
            Coef::Borrowed(words)
        };
        Number { neg: self.neg, kind: self.kind, exp: self.exp, coef }
    }
}

/// The decimal, when the value is one.
#[inline]
pub fn get(v: Value) -> Option<Handle> {
    Handle::from_value(v)
}

/// The number of a receiver.
#[inline]
pub fn of<'a>(v: Value) -> Number<'a> {
    Handle::of(v).view()
}

/// An object of the class with the number.
pub fn with_class(th: &Thread, class: Class, n: &Number<'_>) -> Res {
    let mut words = std::ptr::null_mut();
    let small = match &n.coef {
        Coef::Small(x) => [*x as u64, (*x >> 64) as u64],
        _ => {
            let view = n.coef.view();
            let source = view.words();
            let raw = th
                .heap
                .try_alloc(8 + source.len() * 8, 0, Kind::Raw as u8)
                .ok_or_else(|| th.memory_error())?;
            words = raw.as_ptr();
            // SAFETY: the fresh cell has room for the words behind its header; the source is other memory.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    source.as_ptr(),
                    words.cast::<u8>().add(8).cast::<u64>(),
                    source.len(),
                );
            }
            [source.len() as u64, 0]
        }
    };
    let d = Dec { exp: n.exp, small, words: Owned::new(words), neg: n.neg, kind: n.kind };
    Ok(custom::alloc(th, class, d)?.value())
}

/// A `Decimal` with the number.
#[inline]
pub fn new(th: &Thread, n: &Number<'_>) -> Res {
    with_class(th, DECIMAL.get(th)?, n)
}

/// The result of an operation: an object, or the exception of a trapped condition.
#[inline]
pub fn result(th: &Thread, ctx: Ctx, status: u32, n: &Decimal) -> Res {
    context::add_status(th, ctx, status)?;
    new(th, n)
}

/// An operand: a decimal or an int. None for others.
#[inline]
pub fn operand<'a>(th: &Thread, ctx: Ctx, v: Value) -> Res<Option<Number<'a>>> {
    if let Some(d) = get(v) {
        return Ok(Some(d.view()));
    }
    if int::is_int(v) { from_int(th, ctx, v).map(Some) } else { Ok(None) }
}

/// An int as a number, exactly.
pub fn from_int(th: &Thread, ctx: Ctx, v: Value) -> Res<Decimal> {
    if let Some(n) = v.small_int() {
        return Ok(Number::from_i64(n));
    }
    let mut status = 0;
    let n = int::with_ref(v, |r| Number::from_int(r, &mut status));
    context::add_status(th, ctx, status)?;
    Ok(n)
}

/// An operand of a method.
///
/// # Errors
/// TypeError when it is neither a decimal nor an int.
#[inline]
pub fn operand_arg<'a>(th: &Thread, ctx: Ctx, v: Value) -> Res<Number<'a>> {
    operand(th, ctx, v)?.ok_or_else(|| not_supported(th, v))
}

/// An operand as an object: itself, or made of an int.
pub fn operand_object(th: &Thread, ctx: Ctx, v: Value) -> Res {
    if get(v).is_some() {
        return Ok(v);
    }
    let n = operand_arg(th, ctx, v)?;
    new(th, &n)
}

#[cold]
pub fn not_supported(th: &Thread, v: Value) -> Raised {
    th.type_error(format!("conversion from {} to Decimal is not supported", type_name(th, v)))
}

/// The value of a float, exactly.
pub fn from_float(v: Value) -> Option<Decimal> {
    float::get(v).map(Number::from_f64)
}
