//! `_random.Random`: the Mersenne Twister.

use crate::support::tup;
use krait_number::int::IntBuf;
use krait_number::random::MersenneTwister;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::shape::fixed;
use krait_object::thread::{Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{float, int, int_arith, natives, protocol};
use std::cell::RefCell;

/// The `_random` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_random", doc: "", functions: &[], exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, RANDOM.get(th)?);
    Ok(())
}

struct Random {
    twister: RefCell<MersenneTwister>,
}

impl Payload for Random {
    const NAME: &'static str = "Random";
    fn trace(&self, _: &mut krait_gc::Tracer) {}
}

fn this(a: &[Value]) -> Custom<Random> {
    Custom::of(a[0])
}

fn new(th: &Thread, a: &[Value]) -> Res {
    let class = RANDOM.class_arg(th, a[0])?;
    let r = Random { twister: RefCell::new(MersenneTwister::new()) };
    Ok(custom::alloc(th, class, r)?.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    crate::support::no_keywords(th, "Random", RANDOM.is_exact(th, a[0]), a[2])?;
    let args = Tuple::of(a[1]).as_slice();
    if args.len() > 1 {
        return Err(th.type_error("Random() requires 0 or 1 argument"));
    }
    seed_by(th, this(a), args.first().copied().unwrap_or(Value::none()))?;
    Ok(Value::none())
}

/// Words from the system's source of randomness; without one, from the clock and the address space.
fn system_words(words: &mut [u32]) {
    // SAFETY: the array is writable for its whole length.
    let got = unsafe { libc::getrandom(words.as_mut_ptr().cast(), size_of_val(words), 0) };
    if got == size_of_val(words) as isize {
        return;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut x = now.as_nanos() as u64 ^ std::process::id() as u64 ^ words.as_ptr() as u64;
    for w in words {
        // SplitMix64.
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        *w = (z ^ z >> 27) as u32;
    }
}

fn seed_by(th: &Thread, r: Custom<Random>, v: Value) -> Res<()> {
    if v.is_none() {
        let mut words = [0; 624];
        system_words(&mut words);
        r.twister.borrow_mut().seed_words(&words);
        return Ok(());
    }
    let n = if v.is_small_int() || v.has_shape(fixed::INT) {
        int_arith::abs(th, v)?
    } else if int::is_int(v) {
        let special = krait_object::Name::__abs__;
        protocol::index(th, krait_object::operators::unary(th, special, v)?)?
    } else {
        int::from_u64(th, protocol::hash(th, v)? as u64)
    };
    int::with_ref(n, |n| r.twister.borrow_mut().seed(n));
    Ok(())
}

fn seed(th: &Thread, a: &[Value]) -> Res {
    seed_by(th, this(a), a[1].given().unwrap_or(Value::none()))?;
    Ok(Value::none())
}

fn random(th: &Thread, a: &[Value]) -> Res {
    let x = this(a).twister.borrow_mut().random();
    Ok(float::new(th, x))
}

fn getrandbits(th: &Thread, a: &[Value]) -> Res {
    let k = protocol::index(th, a[1])?;
    let Some(k) = int::to_i64(k).and_then(|k| i32::try_from(k).ok()) else {
        return Err(th.overflow_error("Python int too large to convert to C int"));
    };
    if k < 0 {
        return Err(th.value_error("number of bits must be non-negative"));
    }
    let r = this(a);
    let mut t = r.twister.borrow_mut();
    if k <= 64 {
        let n = if k == 0 { 0 } else { t.bits(k as u32) };
        return Ok(int::from_u64(th, n));
    }
    let mut out = IntBuf::new();
    t.bits_into(k as u64, &mut out);
    int::from_buf(th, &out)
}

fn getstate(th: &Thread, a: &[Value]) -> Res {
    let r = this(a);
    let t = r.twister.borrow();
    let (words, index) = t.state();
    let all: Vec<Value> =
        words.iter().map(|&w| Value::small(w.into())).chain([Value::small(index as i64)]).collect();
    tup(th, &all)
}

fn setstate(th: &Thread, a: &[Value]) -> Res {
    let Some(state) = Tuple::from_value(a[1]) else {
        return Err(th.type_error("state vector must be a tuple"));
    };
    if state.len() != 625 {
        return Err(th.value_error("state vector is the wrong size"));
    }
    let mut words = [0u32; 624];
    for (w, &v) in words.iter_mut().zip(state.as_slice()) {
        if !int::is_int(v) {
            return Err(th.type_error("an integer is required"));
        }
        match int::with_ref(v, |r| (r.signum(), r.to_u64())) {
            (s, _) if s < 0 => return Err(th.overflow_error("can't convert negative value to unsigned int")),
            (_, Some(n)) => *w = n as u32,
            (_, None) => {
                return Err(th.overflow_error("Python int too large to convert to C unsigned long"));
            }
        }
    }
    let v = state.get(624);
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    let Some(index) = int::to_i64(v) else {
        return Err(th.overflow_error("Python int too large to convert to C long"));
    };
    if !(0..=624).contains(&index) || this(a).twister.borrow_mut().set_state(&words, index as usize).is_none()
    {
        return Err(th.value_error("invalid state"));
    }
    Ok(Value::none())
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(/, *args, **kwargs)" init, "";
        method "random" "()" random, "";
        method "seed" "(n=None, /)" seed, "";
        method "getstate" "()" getstate, "";
        method "setstate" "(state, /)" setstate, "";
        method "getrandbits" "(k, /)" getrandbits, "";
    }
}

static RANDOM: NativeClass = NativeClass::new(
    ClassSpec::new(
        "_random.Random",
        "Random() -> create a random number generator with its own internal state.",
        METHODS,
        &[],
    )
    .flags(flag::BASE),
);
