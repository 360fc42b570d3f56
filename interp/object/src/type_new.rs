//! Making classes: what `type.__new__` does for a `class` statement or a call of `type`.
//!
//! The steps are CPython's and in its order, because programs see them: metaclass, layout
//! base, `__slots__`, the namespace's special entries, the MRO (custom `mro()` included),
//! `__set_name__`, `__init_subclass__`. Layouts are described by kind, fixed slots and tail
//! words (`class.rs`); two bases fit together when one's layout extends the other's. In a
//! layout with tail words, word 0 is always kept for the attribute dict, so that a
//! derived class can add one without moving its base's slots.

use crate::attr;
use crate::call;
use crate::cellvar::CellVar;
use crate::class::{self, Class, ClassParts, flag, type_name};
use crate::descriptor::{self, GetSetDef};
use crate::dict::Dict;
use crate::kind::Kind;
use crate::names::Name;
use crate::native::Native;
use crate::protocol;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Raised, Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_methods::calculate_metaclass;
use crate::types::TypeId;
use crate::value::Value;

/// What `__slots__` says of a new class.
struct Layout {
    /// Mangled names, sorted: the members to make.
    names: ValueVec,
    add_dict: bool,
    add_weakref: bool,
}

/// Makes a class: `type.__new__(meta, name, bases, namespace, **kwargs)`. `bases` is a tuple, `namespace` a dict (it is
/// copied), `kwargs` a dict for `__init_subclass__` or `MISSING`.
pub fn type_new(th: &Thread, meta: Class, name: Value, bases: Value, namespace: Value, kwargs: Value) -> Res {
    let bases = if Tuple::of(bases).is_empty() {
        tuple::from_slice(th, &[th.interp.class_value(TypeId::Object)])?
    } else {
        bases
    };
    let base_list = Tuple::of(bases).as_slice();
    for &b in base_list {
        if Class::from_value(b).is_none() && attr::get_opt(th, b, th.name(Name::__mro_entries__))?.is_some() {
            return Err(th.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = calculate_metaclass(th, meta, base_list)?;
    if winner != meta && !winner.inherits_special(th, Name::__new__, TypeId::Type) {
        return delegate(th, winner, &[name, bases, namespace], kwargs);
    }
    let meta = winner;
    let base = best_base(th, base_list)?;
    let dict = Dict::of(namespace).copy(th)?;
    let layout = read_slots(th, name, base, base_list, dict)?;
    let c = allocate(th, meta, name, bases, base, dict, &layout)?;
    fill_namespace(th, c, dict, &layout)?;
    let mro = find_mro(th, c)?;
    c.finish(th, mro);
    set_hash(th, dict);
    c.modified(th, None);
    set_names(th, c, dict)?;
    init_subclass(th, c, kwargs)?;
    Ok(c.value())
}

/// The metaclass that won makes the class with its own `__new__`.
fn delegate(th: &Thread, winner: Class, args: &[Value; 3], kwargs: Value) -> Res {
    let f = constructor(th, winner)?;
    call::call_dict(th, f, &[winner.value(), args[0], args[1], args[2]], kwargs)
}

/// The `__new__` of a class, ready to be called with the class as first argument.
pub fn constructor(th: &Thread, c: Class) -> Res {
    match c.special(th, Name::__new__) {
        Some(f) if f.is_kind(Kind::Native) => Ok(f),
        Some(f) => attr::bind_to(th, f, Value::MISSING, c),
        None => Err(th.type_error(format!("cannot create '{}' instances", tp_name(th, c)))),
    }
}

/// The name as C's `tp_name` has it: builtin types outside `builtins` show their module.
pub fn tp_name(th: &Thread, c: Class) -> String {
    if c.has_flag(flag::HEAP) { c.name_text() } else { class::set_target_name(th, c) }
}

/// How many `__slots__` words instances with a builtin layout have.
fn slot_words(c: Class) -> u16 {
    c.tail_words.get().saturating_sub(1)
}

/// Does the class give its instances a layout that its base's do not have?
pub fn extends_layout(th: &Thread, c: Class, base: Class) -> bool {
    if c.kind.get() != base.kind.get() || c.fixed_slots.get() != base.fixed_slots.get() {
        return true;
    }
    if slot_words(c) != slot_words(base) {
        return true;
    }
    if c.type_id.get() != 0 {
        return has_own_fields(c);
    }
    // Native classes of modules: the payload is what their `__new__` makes.
    !c.has_flag(flag::HEAP)
        && c.kind.get() == Kind::Custom
        && c.dict().get_name(th, th.name(Name::__new__)).is_some()
}

/// Builtin exceptions with fields of their own: their layouts exclude each other.
fn has_own_fields(c: Class) -> bool {
    use TypeId::*;
    [
        StopIteration,
        SystemExit,
        ImportError,
        AttributeError,
        NameError,
        OSError,
        SyntaxError,
        UnicodeError,
        UnicodeDecodeError,
        UnicodeEncodeError,
        UnicodeTranslateError,
        BaseExceptionGroup,
    ]
    .into_iter()
    .any(|t| c.is(t))
}

/// The class in the chain of layout bases that last added to the layout.
pub fn solid_base(th: &Thread, c: Class) -> Class {
    let mut c = c;
    while let Some(base) = Class::from_value(c.base.get()) {
        if extends_layout(th, c, base) {
            return c;
        }
        c = base;
    }
    c
}

/// Is `c` derived from `other` by layout bases?
fn layout_derives(c: Class, other: Class) -> bool {
    let mut c = Some(c);
    while let Some(k) = c {
        if k == other {
            return true;
        }
        c = Class::from_value(k.base.get());
    }
    false
}

/// The base whose layout the new class extends.
///
/// # Errors
/// TypeError for bases that are no classes, final, or do not fit together.
pub fn best_base(th: &Thread, bases: &[Value]) -> Res<Class> {
    let mut best: Option<(Class, Class)> = None;
    for &b in bases {
        let Some(b) = Class::from_value(b) else { return Err(th.type_error("bases must be types")) };
        if !b.has_flag(flag::BASE) {
            return Err(th.type_error(format!("type '{}' is not an acceptable base type", tp_name(th, b))));
        }
        let candidate = solid_base(th, b);
        best = match best {
            None => Some((b, candidate)),
            Some((_, solid)) if layout_derives(solid, candidate) => best,
            Some((_, solid)) if layout_derives(candidate, solid) => Some((b, candidate)),
            Some(_) => return Err(th.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Ok(th.interp.class(TypeId::Object)),
    }
}

/// Do instances of the class have an attribute dict, whatever holds it?
pub fn has_dict(c: Class) -> bool {
    c.has_flag(flag::DICT) || matches!(c.kind.get(), Kind::Type | Kind::Module | Kind::Function)
}

/// Layouts that end in a variable number of items take no `__slots__`.
fn is_variable(c: Class) -> bool {
    matches!(c.kind.get(), Kind::Int | Kind::Bytes | Kind::Tuple | Kind::Type)
}

fn read_slots(th: &Thread, name: Value, base: Class, bases: &[Value], dict: Dict) -> Res<Layout> {
    let may_dict = !has_dict(base);
    let may_weakref = !base.has_flag(flag::WEAKREF) && !is_variable(base);
    let mut layout = Layout { names: ValueVec::new(), add_dict: false, add_weakref: false };
    let Some(slots) = dict.get_name(th, th.name(Name::__slots__)) else {
        layout.add_dict = may_dict;
        layout.add_weakref = may_weakref;
        return Ok(layout);
    };
    let slots = if slots.is_kind(Kind::Str) {
        Tuple::of(tuple::from_slice(th, &[slots])?)
    } else {
        protocol::to_tuple(th, slots)?
    };
    if !slots.is_empty() && is_variable(base) {
        return Err(
            th.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", tp_name(th, base)))
        );
    }
    for &s in slots.as_slice() {
        let Some(text) = Str::from_value(s) else {
            return Err(th.type_error(format!("__slots__ items must be strings, not '{}'", type_name(th, s))));
        };
        if !krait_text::casing::is_identifier(text.chars()) {
            return Err(th.type_error("__slots__ must be identifiers"));
        }
        if text.is("__dict__") {
            if !may_dict || layout.add_dict {
                return Err(th.type_error("__dict__ slot disallowed: we already got one"));
            }
            layout.add_dict = true;
        } else if text.is("__weakref__") {
            if !may_weakref || layout.add_weakref {
                return Err(th.type_error("__weakref__ slot disallowed: we already got one"));
            }
            layout.add_weakref = true;
        } else {
            let mangled = mangle(th, Str::of(name), text)?;
            let text = Str::of(mangled);
            // The compiler puts these two into the namespace; they are taken out again.
            if !text.is("__qualname__") && !text.is("__classcell__") && dict.get_name(th, mangled).is_some() {
                return Err(th.value_error(format!(
                    "{} in __slots__ conflicts with class variable",
                    protocol::repr_text(th, mangled)?
                )));
            }
            layout.names.push(th, mangled)?;
        }
    }
    layout.names.as_mut_slice().sort_by(|&a, &b| Str::of(a).chars().iter().cmp(Str::of(b).chars().iter()));
    layout.names.touch(th);
    // The other bases may bring a dict or weak references.
    for &b in bases {
        let b = Class::of(b);
        if b != base {
            layout.add_dict |= may_dict && has_dict(b);
            layout.add_weakref |= may_weakref && b.has_flag(flag::WEAKREF);
        }
    }
    Ok(layout)
}

/// A private name as the compiler mangles it in the class's body (interned).
pub fn mangle(th: &Thread, class_name: Str, name: Str) -> Res {
    let interned = |s: Str| string::intern(th, s);
    let c = name.chars();
    let n = c.len();
    let is = |i: usize, ch: char| c.at(i) == ch as u32;
    if n < 2 || !is(0, '_') || !is(1, '_') || (is(n - 1, '_') && is(n - 2, '_')) {
        return Ok(interned(name));
    }
    if c.iter().any(|ch| ch == '.' as u32) {
        return Ok(interned(name));
    }
    let mut buf = krait_text::CharsBuf::with_capacity(n + class_name.len() + 1);
    buf.push('_' as u32);
    let mut own = class_name.chars().iter().skip_while(|&ch| ch == '_' as u32).peekable();
    if own.peek().is_none() {
        return Ok(interned(name));
    }
    own.for_each(|ch| buf.push(ch));
    c.iter().for_each(|ch| buf.push(ch));
    let s = string::from_buf(th, &buf)?;
    Ok(interned(Str::of(s)))
}

fn allocate(
    th: &Thread,
    meta: Class,
    name: Value,
    bases: Value,
    base: Class,
    dict: Dict,
    layout: &Layout,
) -> Res<Class> {
    let own = layout.names.len();
    let kind = base.kind.get();
    let (mut fixed_slots, mut tail_words) = (base.fixed_slots.get() as usize, base.tail_words.get() as usize);
    match kind {
        Kind::Instance => fixed_slots += own,
        Kind::Type => {}
        _ => {
            if own > 0 {
                tail_words = tail_words.max(1) + own;
            } else if layout.add_dict {
                tail_words = tail_words.max(1);
            }
        }
    }
    if fixed_slots > 2000 || tail_words > 2000 {
        return Err(th.raise_new(TypeId::OverflowError, "too many __slots__"));
    }
    let mut flags = flag::HEAP | flag::BASE | base.flags.get() & (flag::DICT | flag::WEAKREF);
    if layout.add_dict {
        flags |= flag::DICT;
    }
    if layout.add_weakref {
        flags |= flag::WEAKREF;
    }
    let qualname = match dict.get_name(th, th.name(Name::__qualname__)) {
        None => name,
        Some(q) if q.is_kind(Kind::Str) => q,
        Some(q) => {
            return Err(th.type_error(format!("type __qualname__ must be a str, not {}", type_name(th, q))));
        }
    };
    check_name(th, name)?;
    class::allocate(
        th,
        &ClassParts {
            name,
            qualname,
            bases,
            base: Some(base),
            dict,
            meta_shape: meta.shape.get(),
            meta_tail_words: 0,
            flags,
            kind,
            fixed_slots: fixed_slots as u16,
            tail_words: tail_words as u16,
            type_id: 0,
        },
    )
}

/// A class name must be UTF-8 without NUL.
pub fn check_name(th: &Thread, name: Value) -> Result<(), Raised> {
    let s = Str::of(name);
    for (i, c) in s.chars().iter().enumerate() {
        if c == 0 {
            return Err(th.value_error("type name must not contain null characters"));
        }
        if (0xd800..0xe000).contains(&c) {
            let args = [
                string::new(th, "utf-8"),
                name,
                Value::small(i as i64),
                Value::small(i as i64 + 1),
                string::new(th, "surrogates not allowed"),
            ];
            return Err(th.raise_args(TypeId::UnicodeEncodeError, &args));
        }
    }
    Ok(())
}

fn weakref_getter(th: &Thread, obj: Value) -> Res {
    crate::weakref_methods::first_reference(th, obj)
}

/// The `__weakref__` attribute of classes that add it.
pub static WEAKREF_GETSET: &[GetSetDef] =
    &[GetSetDef::ro("__weakref__", weakref_getter, "list of weak references to the object")];

fn fill_namespace(th: &Thread, c: Class, dict: Dict, layout: &Layout) -> Result<(), Raised> {
    let module = th.name(Name::__module__);
    if dict.get_name(th, module).is_none() {
        let globals = th.interp.hooks.get().and_then(|h| (h.globals)(th)).and_then(Dict::from_value);
        if let Some(m) = globals.and_then(|g| g.get_name(th, th.name(Name::__name__))) {
            dict.set(th, module, m)?;
        }
    }
    dict.remove(th, th.name(Name::__qualname__))?;
    for (n, as_class) in
        [(Name::__new__, false), (Name::__init_subclass__, true), (Name::__class_getitem__, true)]
    {
        if let Some(f) = dict.get_name(th, th.name(n))
            && f.is_kind(Kind::Function)
        {
            let wrapped = if as_class {
                descriptor::new_classmethod(th, f)
            } else {
                descriptor::new_staticmethod(th, f)
            };
            dict.set(th, th.name(n), wrapped)?;
        }
    }
    let cell = th.name(Name::__classcell__);
    if let Some(v) = dict.get_name(th, cell) {
        let Some(var) = CellVar::from_value(v) else { return Err(not_a_cell(th, "__classcell__", v)) };
        var.store(th, c.value());
        dict.remove(th, cell)?;
    }
    let cell = th.interp.interned.intern_text(th, "__classdictcell__");
    if let Some(v) = dict.get_name(th, cell) {
        let Some(var) = CellVar::from_value(v) else { return Err(not_a_cell(th, "__classdictcell__", v)) };
        var.store(th, dict.value());
        dict.remove(th, cell)?;
    }
    let base = Class::of(c.base.get());
    let first = match c.kind.get() {
        Kind::Instance => base.fixed_slots.get() as u32,
        _ => base.tail_words.get().max(1) as u32,
    };
    for (i, name) in layout.names.iter().enumerate() {
        let m = descriptor::new_member(th, name, c, first + i as u32);
        dict.set(th, name, m)?;
    }
    // A class may define these itself.
    if layout.add_dict && dict.get_name(th, th.name(Name::__dict__)).is_none() {
        descriptor::add_getset(th, c, attr::DICT_GETSET);
    }
    let weakref = th.interp.interned.intern_text(th, "__weakref__");
    if layout.add_weakref && dict.get_name(th, weakref).is_none() {
        descriptor::add_getset(th, c, WEAKREF_GETSET);
    }
    match dict.get_name(th, th.name(Name::__doc__)) {
        None => dict.set(th, th.name(Name::__doc__), Value::none())?,
        Some(doc) => {
            if let Some(s) = Str::from_value(doc) {
                crate::codec::utf8(th, s)?;
            }
        }
    }
    Ok(())
}

#[cold]
fn not_a_cell(th: &Thread, name: &str, v: Value) -> Raised {
    match protocol::repr_text(th, Class::of_value(th, v).value()) {
        Ok(r) => th.type_error(format!("{name} must be a nonlocal cell, not {r}")),
        Err(e) => e,
    }
}

/// Whoever defines `__eq__` without `__hash__` makes instances unhashable.
fn set_hash(th: &Thread, dict: Dict) {
    if dict.get_name(th, th.name(Name::__eq__)).is_some()
        && dict.get_name(th, th.name(Name::__hash__)).is_none()
    {
        dict.set_name(th, th.name(Name::__hash__), Value::none());
    }
}

/// The MRO of a class by its metaclass's `mro()`, as a tuple.
pub fn find_mro(th: &Thread, c: Class) -> Res {
    let meta = Class::of_value(th, c.value());
    let method = if meta.is(TypeId::Type) { None } else { meta.lookup(th, th.name(Name::mro)) };
    let custom = method.filter(|&f| {
        Native::from_value(f).is_none_or(|n| n.owner.get() != th.interp.class_value(TypeId::Type))
    });
    let Some(f) = custom else { return standard_mro(th, c) };
    let r = call::call_special(th, f, c.value(), &[])?;
    let mro = protocol::to_tuple(th, r)?;
    let solid = solid_base(th, c);
    for &k in mro.as_slice() {
        let Some(k) = Class::from_value(k) else {
            return Err(th.type_error(format!("mro() returned a non-class ('{}')", type_name(th, k))));
        };
        if !layout_derives(solid, solid_base(th, k)) {
            return Err(
                th.type_error(format!("mro() returned base with unsuitable layout ('{}')", tp_name(th, k)))
            );
        }
    }
    Ok(mro.value())
}

/// `type.mro()`: the C3 linearization, as a tuple.
pub fn standard_mro(th: &Thread, c: Class) -> Res {
    let bases = Tuple::from_value(c.bases.get()).map_or(&[][..], Tuple::as_slice);
    for (i, &b) in bases.iter().enumerate() {
        let b = Class::of(b);
        if b.mro().is_empty() {
            return Err(th.type_error(format!("Cannot extend an incomplete type '{}'", b.name_text())));
        }
        if bases[i + 1..].contains(&b.value()) {
            return Err(th.type_error(format!("duplicate base class {}", b.name_text())));
        }
    }
    class::c3(th, c, bases)
}

fn set_names(th: &Thread, c: Class, dict: Dict) -> Result<(), Raised> {
    // The methods may change the namespace: they are called for what it holds now.
    let mut found = ValueVec::new();
    let mut at = 0;
    while let Some((k, v)) = dict.next(th, &mut at) {
        if v.is_cell() && Class::of_value(th, v).special(th, Name::__set_name__).is_some() {
            found.push(th, k)?;
            found.push(th, v)?;
        }
    }
    for i in (0..found.len()).step_by(2) {
        let (k, v) = (found.get(i), found.get(i + 1));
        let owner = Class::of_value(th, v);
        let Some(f) = owner.special(th, Name::__set_name__) else { continue };
        if let Err(e) = call::call_special(th, f, v, &[c.value(), k]) {
            let exception = th.take_pending();
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                owner.name_text(),
                protocol::repr_text(th, k)?,
                c.name_text()
            );
            crate::exception_methods::add_note_text(th, exception, &note)?;
            th.raise(exception);
            return Err(e);
        }
    }
    Ok(())
}

/// `super(c, c).__init_subclass__(**kwargs)`.
fn init_subclass(th: &Thread, c: Class, kwargs: Value) -> Result<(), Raised> {
    if !c.mro().contains(&c.value()) {
        // A custom `mro()` left the class out.
        return Err(th.type_error("super(type, obj): obj must be an instance or subtype of type"));
    }
    let name = th.name(Name::__init_subclass__);
    let found = c.mro().iter().skip(1).find_map(|&k| Class::of(k).dict().get_name(th, name));
    let Some(f) = found else { return Ok(()) };
    let is_objects =
        Native::from_value(f).is_some_and(|n| n.owner.get() == th.interp.class_value(TypeId::Object));
    if is_objects && Dict::from_value(kwargs).is_none_or(Dict::is_empty) {
        return Ok(());
    }
    let bound = attr::bind_to(th, f, Value::MISSING, c)?;
    call::call_dict(th, bound, &[], kwargs).map(|_| ())
}
