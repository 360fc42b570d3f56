//! `Context`: precision, limits, rounding, flags and traps; and which one is current.
//!
//! The current context is the value of a context variable. It is looked up for every operation, so the last answer is
//! kept with the `contextvars` context that it was found in: only this module sets the variable, and does so through
//! [`set_current`], so an answer stays right as long as the thread is in that context.

use super::context_methods;
use super::signal_dict::{self, Which};
use super::signals::{self, INVALID};
use krait_gc::Tracer;
use krait_number::decimal::{Context as Arith, MAX_PREC, Rounding, status};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::interp::InterpSlot;
use krait_object::list::List;
use krait_object::native_class::NativeClass;
use krait_object::object_reduce::import;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{Str, TypeId, attr, call, int, module_tools as tools, natives, string, tuple};
use std::cell::Cell;

/// A context.
pub struct CtxData {
    prec: Cell<i64>,
    emax: Cell<i64>,
    emin: Cell<i64>,
    rounding: Cell<Rounding>,
    clamp: Cell<bool>,
    capitals: Cell<bool>,
    pub status: Cell<u32>,
    pub traps: Cell<u32>,
    /// The signal dicts that show `status` and `traps`; None before they are asked for.
    flags_dict: Slot,
    traps_dict: Slot,
}

impl Payload for CtxData {
    const NAME: &'static str = "Context";
    fn trace(&self, tracer: &mut Tracer) {
        self.flags_dict.trace(tracer);
        self.traps_dict.trace(tracer);
    }
}

/// A handle to a context.
pub type Ctx = Custom<CtxData>;

impl CtxData {
    /// What arithmetic needs of it.
    #[inline]
    pub fn arith(&self) -> Arith {
        Arith {
            prec: self.prec.get(),
            emax: self.emax.get(),
            emin: self.emin.get(),
            rounding: self.rounding.get(),
            clamp: self.clamp.get(),
        }
    }

    /// Are exponents written with a capital E?
    pub fn capitals(&self) -> bool {
        self.capitals.get()
    }
}

/// Sets flags.
///
/// # Errors
/// The exception of the first condition that is trapped; MemoryError.
#[inline]
pub fn add_status(th: &Thread, ctx: Ctx, status: u32) -> Result<(), Raised> {
    if status == 0 {
        return Ok(());
    }
    ctx.status.set(ctx.status.get() | status);
    if status & (ctx.traps.get() | status::MALLOC_ERROR) == 0 {
        Ok(())
    } else {
        Err(trapped(th, ctx, status))
    }
}

#[cold]
fn trapped(th: &Thread, ctx: Ctx, status: u32) -> Raised {
    if status & status::MALLOC_ERROR != 0 {
        return th.memory_error();
    }
    signals::raise(th, ctx.traps.get() & status)
}

// Templates and the current context.

/// `DefaultContext`, `BasicContext` and `ExtendedContext`.
static TEMPLATES: [InterpSlot; 3] = [InterpSlot::new(), InterpSlot::new(), InterpSlot::new()];
/// Bound methods of the context variable.
static VAR_GET: InterpSlot = InterpSlot::new();
static VAR_SET: InterpSlot = InterpSlot::new();
/// The `contextvars` context of the last look at the variable, and what was found.
static SEEN_IN: InterpSlot = InterpSlot::new();
static SEEN: InterpSlot = InterpSlot::new();

const STANDARD_TRAPS: u32 = INVALID | status::DIVISION_BY_ZERO | status::OVERFLOW;

fn blank(th: &Thread, class: Class, prec: i64, rounding: Rounding, traps: u32) -> Res<Ctx> {
    let data = CtxData {
        prec: Cell::new(prec),
        emax: Cell::new(999_999),
        emin: Cell::new(-999_999),
        rounding: Cell::new(rounding),
        clamp: Cell::new(false),
        capitals: Cell::new(true),
        status: Cell::new(0),
        traps: Cell::new(traps),
        flags_dict: Slot::new(Value::none()),
        traps_dict: Slot::new(Value::none()),
    };
    custom::alloc(th, class, data)
}

fn copy_fields(from: Ctx, to: Ctx) {
    to.prec.set(from.prec.get());
    to.emax.set(from.emax.get());
    to.emin.set(from.emin.get());
    to.rounding.set(from.rounding.get());
    to.clamp.set(from.clamp.get());
    to.capitals.set(from.capitals.get());
    to.status.set(from.status.get());
    to.traps.set(from.traps.get());
}

/// A copy of the context, flags included.
pub fn copy(th: &Thread, from: Ctx) -> Res<Ctx> {
    let to = blank(th, CONTEXT.get(th)?, 28, Rounding::HalfEven, 0)?;
    copy_fields(from, to);
    Ok(to)
}

/// Makes the templates and the context variable, unless the module was made before.
pub fn set_up(th: &Thread) -> Res<[Ctx; 3]> {
    let [Some(a), Some(b), Some(c)] = TEMPLATES.each_ref().map(|t| t.get(th)) else {
        return first_set_up(th);
    };
    Ok([a, b, c].map(Ctx::of))
}

fn first_set_up(th: &Thread) -> Res<[Ctx; 3]> {
    let class = CONTEXT.get(th)?;
    let basic_traps = STANDARD_TRAPS | status::UNDERFLOW | status::CLAMPED;
    let made = [
        blank(th, class, 28, Rounding::HalfEven, STANDARD_TRAPS)?,
        blank(th, class, 9, Rounding::HalfUp, basic_traps)?,
        blank(th, class, 9, Rounding::HalfEven, 0)?,
    ];
    for (slot, c) in TEMPLATES.iter().zip(made) {
        slot.set(th, c.value());
    }
    let module = import(th, "_contextvars")?;
    let class = attr::get_text(th, module, "ContextVar")?;
    let var = call::call(th, class, &[string::new(th, "decimal_context")])?;
    VAR_GET.set(th, attr::get_text(th, var, "get")?);
    VAR_SET.set(th, attr::get_text(th, var, "set")?);
    Ok(made)
}

fn slot(th: &Thread, s: &InterpSlot) -> Res {
    s.get(th).ok_or_else(|| th.runtime_error("the _decimal module is not there yet"))
}

/// The current context; a copy of `DefaultContext` when the thread has none yet.
#[inline]
pub fn current(th: &Thread) -> Res<Ctx> {
    let place = th.context.get();
    if place != Value::UNBOUND
        && SEEN_IN.get(th) == Some(place)
        && let Some(c) = SEEN.get(th)
    {
        return Ok(Ctx::of(c));
    }
    look_up(th)
}

#[cold]
fn look_up(th: &Thread) -> Res<Ctx> {
    let found = call::call(th, slot(th, &VAR_GET)?, &[Value::none()])?;
    if let Some(c) = Ctx::from_value(found) {
        let place = th.context.get();
        if place != Value::UNBOUND {
            SEEN_IN.set(th, place);
            SEEN.set(th, found);
        }
        return Ok(c);
    }
    let c = copy(th, Ctx::of(slot(th, &TEMPLATES[0])?))?;
    c.status.set(0);
    set_current(th, c)?;
    Ok(c)
}

/// Makes the context current; of templates, a copy.
pub fn set_current(th: &Thread, c: Ctx) -> Res<()> {
    let mut c = c;
    if TEMPLATES.iter().any(|t| t.get(th) == Some(c.value())) {
        c = copy(th, c)?;
        c.status.set(0);
    }
    call::call(th, slot(th, &VAR_SET)?, &[c.value()])?;
    SEEN_IN.set(th, th.context.get());
    SEEN.set(th, c.value());
    Ok(())
}

/// An optional context argument.
///
/// # Errors
/// TypeError when it is none.
#[inline]
pub fn argument(th: &Thread, v: Value) -> Res<Ctx> {
    match v.given_not_none() {
        None => current(th),
        Some(v) => Ctx::from_value(v).ok_or_else(|| th.type_error("optional argument must be a context")),
    }
}

// Attributes.

/// Names of the rounding modes, as `ROUND_*` constants have them.
pub const ROUNDINGS: [(&str, Rounding); 8] = [
    ("ROUND_UP", Rounding::Up),
    ("ROUND_DOWN", Rounding::Down),
    ("ROUND_CEILING", Rounding::Ceiling),
    ("ROUND_FLOOR", Rounding::Floor),
    ("ROUND_HALF_UP", Rounding::HalfUp),
    ("ROUND_HALF_DOWN", Rounding::HalfDown),
    ("ROUND_HALF_EVEN", Rounding::HalfEven),
    ("ROUND_05UP", Rounding::ZeroFiveUp),
];

/// A rounding mode by its name.
pub fn rounding_arg(th: &Thread, v: Value) -> Res<Rounding> {
    if let Some(s) = Str::from_value(v)
        && let Some((_, r)) = ROUNDINGS.iter().find(|(name, _)| s.is(name))
    {
        return Ok(*r);
    }
    Err(th.type_error("valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]"))
}

fn rounding_name(r: Rounding) -> &'static str {
    ROUNDINGS.iter().find(|(_, x)| *x == r).map_or("", |(name, _)| name)
}

fn number_arg(th: &Thread, v: Value, low: i64, high: i64, text: &str) -> Res<i64> {
    if v.given().is_none() {
        return Err(th.raise_new(TypeId::AttributeError, "context attributes cannot be deleted"));
    }
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    match int::to_i64(v) {
        None => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
        Some(n) if (low..=high).contains(&n) => Ok(n),
        Some(_) => Err(th.value_error(text)),
    }
}

fn get_prec(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, Ctx::of(v).prec.get()))
}
fn get_emax(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, Ctx::of(v).emax.get()))
}
fn get_emin(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, Ctx::of(v).emin.get()))
}
fn get_rounding(th: &Thread, v: Value) -> Res {
    Ok(th.interp.interned.intern_text(th, rounding_name(Ctx::of(v).rounding.get())))
}
fn get_clamp(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Ctx::of(v).clamp.get().into()))
}
fn get_capitals(_: &Thread, v: Value) -> Res {
    Ok(Value::small(Ctx::of(v).capitals.get().into()))
}

fn set_prec(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    Ctx::of(v).prec.set(number_arg(th, x, 1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?);
    Ok(())
}
fn set_emax(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    Ctx::of(v).emax.set(number_arg(th, x, 0, MAX_PREC, "valid range for Emax is [0, MAX_EMAX]")?);
    Ok(())
}
fn set_emin(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    Ctx::of(v).emin.set(number_arg(th, x, -MAX_PREC, 0, "valid range for Emin is [MIN_EMIN, 0]")?);
    Ok(())
}
fn set_rounding(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    if x.given().is_none() {
        return Err(th.raise_new(TypeId::AttributeError, "context attributes cannot be deleted"));
    }
    Ctx::of(v).rounding.set(rounding_arg(th, x)?);
    Ok(())
}
fn set_clamp(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    Ctx::of(v).clamp.set(number_arg(th, x, 0, 1, "valid values for clamp are 0 or 1")? == 1);
    Ok(())
}
fn set_capitals(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    Ctx::of(v).capitals.set(number_arg(th, x, 0, 1, "valid values for capitals are 0 or 1")? == 1);
    Ok(())
}

fn signal_view(th: &Thread, v: Value, which: Which) -> Res {
    let c = Ctx::of(v);
    let place = if which == Which::Flags { &c.flags_dict } else { &c.traps_dict };
    if place.get().is_none() {
        let d = signal_dict::new(th, c, which)?;
        place.set(th, c.cell(), d);
    }
    Ok(place.get())
}

fn get_flags(th: &Thread, v: Value) -> Res {
    signal_view(th, v, Which::Flags)
}
fn get_traps(th: &Thread, v: Value) -> Res {
    signal_view(th, v, Which::Traps)
}

fn set_signals(th: &Thread, v: Value, x: Value, which: Which) -> Result<(), Raised> {
    if x.given().is_none() {
        return Err(th.raise_new(TypeId::AttributeError, "context attributes cannot be deleted"));
    }
    let bits = signal_dict::bits(th, x)?;
    which.set(Ctx::of(v), bits);
    Ok(())
}
fn set_flags(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    set_signals(th, v, x, Which::Flags)
}
fn set_traps(th: &Thread, v: Value, x: Value) -> Result<(), Raised> {
    set_signals(th, v, x, Which::Traps)
}

/// The names of the arguments of [`apply`].
const ARGUMENTS: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// Sets what the arguments `prec, rounding, Emin, Emax, capitals, clamp, flags, traps` give.
pub fn apply(th: &Thread, c: Ctx, a: &[Value]) -> Result<(), Raised> {
    const SETTERS: [krait_object::descriptor::Setter; 6] =
        [set_prec, set_rounding, set_emin, set_emax, set_capitals, set_clamp];
    for (&v, set) in a.iter().zip(SETTERS) {
        if let Some(v) = v.given_not_none() {
            set(th, c.value(), v)?;
        }
    }
    // Signals may be listed as well.
    for (&v, which) in a[6..8].iter().zip([Which::Flags, Which::Traps]) {
        let Some(v) = v.given_not_none() else { continue };
        let bits = match List::from_value(v) {
            Some(l) => {
                let mut bits = 0;
                let mut i = 0;
                while let Some(x) = l.get(i) {
                    bits |= signals::bits_of(th, x)?;
                    i += 1;
                }
                bits
            }
            None => signal_dict::bits(th, v)?,
        };
        which.set(c, bits);
    }
    Ok(())
}

fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = CONTEXT.class_arg(th, a[0])?;
    let c = blank(th, class, 28, Rounding::HalfEven, STANDARD_TRAPS)?;
    if let Some(t) = TEMPLATES[0].get(th) {
        copy_fields(Ctx::of(t), c);
        c.status.set(0);
    }
    Ok(c.value())
}

fn init(th: &Thread, a: &[Value]) -> Res {
    apply(th, Ctx::of(a[0]), &a[1..9])?;
    Ok(Value::none())
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let c = Ctx::of(a[0]);
    string::try_new(
        th,
        &format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
            c.prec.get(),
            rounding_name(c.rounding.get()),
            c.emin.get(),
            c.emax.get(),
            u8::from(c.capitals.get()),
            u8::from(c.clamp.get()),
            signals::names(c.status.get()),
            signals::names(c.traps.get()),
        ),
    )
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let c = Ctx::of(a[0]);
    let flags = signals::as_list(th, c.status.get())?;
    let traps = signals::as_list(th, c.traps.get())?;
    let args = tuple::from_slice(
        th,
        &[
            get_prec(th, a[0])?,
            get_rounding(th, a[0])?,
            get_emin(th, a[0])?,
            get_emax(th, a[0])?,
            get_capitals(th, a[0])?,
            get_clamp(th, a[0])?,
            flags,
            traps,
        ],
    )?;
    tools::tup(th, &[tools::class_of(th, a[0]), args])
}

fn copy_method(th: &Thread, a: &[Value]) -> Res {
    Ok(copy(th, Ctx::of(a[0]))?.value())
}

fn clear_flags(_: &Thread, a: &[Value]) -> Res {
    Ctx::of(a[0]).status.set(0);
    Ok(Value::none())
}

fn clear_traps(_: &Thread, a: &[Value]) -> Res {
    Ctx::of(a[0]).traps.set(0);
    Ok(Value::none())
}

fn etiny(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, Ctx::of(a[0]).arith().etiny()))
}

fn etop(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, Ctx::of(a[0]).arith().etop()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, /, *args, **kwargs)" construct, "";
        method "__init__" "!?(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)" init, "";
        method "__repr__" "()" repr, "";
        method "__reduce__" "!()" reduce, "";
        method "__copy__" "()" copy_method, "";
        method "copy" "()" copy_method, "Return a duplicate of the context with all flags cleared.";
        method "clear_flags" "()" clear_flags, "Reset all flags to False.";
        method "clear_traps" "()" clear_traps, "Set all traps to False.";
        method "Etiny" "()" etiny, "Return a value equal to Emin - prec + 1.";
        method "Etop" "()" etop, "Return a value equal to Emax - prec + 1.";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::rw("prec", get_prec, set_prec, ""),
    GetSetDef::rw("Emax", get_emax, set_emax, ""),
    GetSetDef::rw("Emin", get_emin, set_emin, ""),
    GetSetDef::rw("rounding", get_rounding, set_rounding, ""),
    GetSetDef::rw("capitals", get_capitals, set_capitals, ""),
    GetSetDef::rw("clamp", get_clamp, set_clamp, ""),
    GetSetDef::rw("flags", get_flags, set_flags, ""),
    GetSetDef::rw("traps", get_traps, set_traps, ""),
];

/// The class. Its arithmetic methods are in `context_methods`.
pub static CONTEXT: NativeClass = NativeClass::new(
    ClassSpec::new(
        "decimal.Context",
        "Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)\n--\n\nThe context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.",
        METHODS,
        GETSET,
    )
    .flags(flag::BASE),
);

/// Adds what does not fit the table above.
pub fn finish(th: &Thread) -> Res<Class> {
    let c = CONTEXT.get(th)?;
    krait_object::native::add_methods(th, c, context_methods::METHODS);
    Ok(c)
}

// The module's functions.

pub fn getcontext(th: &Thread, _: &[Value]) -> Res {
    Ok(current(th)?.value())
}

pub fn setcontext(th: &Thread, a: &[Value]) -> Res {
    let Some(c) = Ctx::from_value(a[0]) else { return Err(th.type_error("argument must be a context")) };
    set_current(th, c)?;
    Ok(Value::none())
}

/// `localcontext`'s manager: a context to be current inside, and the one to come back to.
struct Manager {
    local: Slot,
    global: Slot,
}
krait_object::payload!(Manager, "ContextManager", [local, global]);

fn enter(th: &Thread, a: &[Value]) -> Res {
    let m = Custom::<Manager>::of(a[0]);
    set_current(th, Ctx::of(m.local.get()))?;
    Ok(m.local.get())
}

fn exit(th: &Thread, a: &[Value]) -> Res {
    set_current(th, Ctx::of(Custom::<Manager>::of(a[0]).global.get()))?;
    Ok(Value::false_())
}

natives! {
    static MANAGER_METHODS = {
        method "__enter__" "!()" enter, "";
        method "__exit__" "!(*args)" exit, "";
    }
}

static MANAGER: NativeClass =
    NativeClass::new(ClassSpec::new("decimal.ContextManager", "", MANAGER_METHODS, &[]).flags(flag::NO_NEW));

/// `localcontext(ctx=None, **kwargs)`.
pub fn localcontext(th: &Thread, a: &[Value]) -> Res {
    let global = current(th)?;
    let local = copy(th, argument(th, a[0])?)?;
    let mut given = [Value::none(); 8];
    if let Some(d) = a[1].given().and_then(Dict::from_value) {
        let mut at = 0;
        while let Some((k, v)) = d.next(th, &mut at) {
            let name = Str::from_value(k).map(Str::to_text).unwrap_or_default();
            match ARGUMENTS.iter().position(|n| *n == name) {
                Some(i) => given[i] = v,
                None => {
                    return Err(
                        th.type_error(format!("'{name}' is an invalid keyword argument for this function"))
                    );
                }
            }
        }
    }
    apply(th, local, &given)?;
    let m = Manager { local: Slot::new(local.value()), global: Slot::new(global.value()) };
    Ok(custom::alloc(th, MANAGER.get(th)?, m)?.value())
}
