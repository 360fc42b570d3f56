//! Native functions: their definition, their cells, and how arguments are bound to parameters.
//!
//! A native function is `fn(&Thread, &[Value]) -> Res`, one word per parameter (see
//! `signature.rs`); methods get the receiver first. When a call gives exactly the
//! positional parameters, the slice is the caller's own words on the value stack and
//! nothing is copied; every other call goes through [`bind`], which also makes the error texts.

use crate::cellref::Slot;
use crate::class::{self, Class};
use crate::handle;
use crate::kind::Kind;
use crate::signature::{MAX_PARAMS, Sig};
use crate::string::Str;
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{dict, string, tuple};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

/// The one native calling convention.
pub type NativeFn = fn(&Thread, &[Value]) -> Res;

/// How a definition is put into a class or module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefKind {
    /// Module function: no receiver.
    Function,
    /// Method: the receiver comes first.
    Method,
    /// Class method: the class comes first.
    ClassMethod,
    /// Static method (`__new__` included, which gets the class as its first parameter): no receiver.
    StaticMethod,
}

/// What a call may do, for the recorder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// The result depends on the arguments' immutable parts only.
    Pure,
    /// Reads the heap, changes nothing, runs no Python code.
    Reads,
    /// May change the heap, runs no Python code.
    Writes,
    /// May run Python code: anything can happen.
    Runs,
}

/// The definition of a native function.
pub struct NativeDef {
    pub name: &'static str,
    /// `(params)`, see `signature.rs`.
    pub text: &'static str,
    pub sig: Sig,
    pub func: NativeFn,
    pub doc: &'static str,
    pub kind: DefKind,
    pub effect: Effect,
}

impl NativeDef {
    /// A definition; `text` is the signature.
    pub const fn new(
        kind: DefKind,
        name: &'static str,
        text: &'static str,
        func: NativeFn,
        doc: &'static str,
    ) -> NativeDef {
        NativeDef { name, text, sig: Sig::parse(text), func, doc, kind, effect: Effect::Runs }
    }

    /// Is this a `__new__` that leaves all arguments to `__init__`? Its text says so by being exactly this; it is then
    /// called without them.
    pub fn is_lenient_new(&self) -> bool {
        self.text == "!(cls, /, *args, **kwargs)"
    }

    /// Are arguments parsed by an old-style format in C? Then there is no `__text_signature__`.
    pub const fn old_style(&self) -> bool {
        self.text.as_bytes()[0] == b'!'
    }

    /// Do errors about arguments speak of "function" instead of the name?
    pub const fn anonymous(&self) -> bool {
        let s = self.text.as_bytes();
        s[0] == b'?' || s[1] == b'?'
    }

    /// The definition with a declared effect.
    pub const fn effect(mut self, effect: Effect) -> NativeDef {
        self.effect = effect;
        self
    }
}

/// Defines a table of native functions.
///
/// ```ignore
/// natives! {
///     pub static METHODS = {
///         method "append" "(object, /)" list_append "Append object to the end of the list.";
///         function "len" "(obj, /)" builtin_len "..." Reads;
///     }
/// }
/// ```
#[macro_export]
macro_rules! natives {
    ($vis:vis static $table:ident = { $($kind:ident $name:literal $text:literal $func:path, $doc:expr $(, $effect:ident)?;)* }) => {
        $vis static $table: &[$crate::native::NativeDef] = &[
            $($crate::native::NativeDef::new($crate::natives!(@kind $kind), $name, $text, $func, $doc)
                $(.effect($crate::native::Effect::$effect))?),*
        ];
    };
    (@kind function) => { $crate::native::DefKind::Function };
    (@kind method) => { $crate::native::DefKind::Method };
    (@kind classmethod) => { $crate::native::DefKind::ClassMethod };
    (@kind staticmethod) => { $crate::native::DefKind::StaticMethod };
}

#[repr(C)]
pub struct NativeCell {
    header: Header,
    def: Cell<*const NativeDef>,
    /// The receiver of a bound function; the module of a module function; else `UNBOUND`.
    pub receiver: Slot,
    /// The class of a method (`__objclass__`), or the module's name of a function.
    pub owner: Slot,
}

/// Offsets of fields in the cell.
pub const DEF: usize = std::mem::offset_of!(NativeCell, def);
pub const RECEIVER: usize = std::mem::offset_of!(NativeCell, receiver);
pub const OWNER: usize = std::mem::offset_of!(NativeCell, owner);

handle!(
    /// A native function: module function, unbound or bound method. Which one is its type.
    Native, NativeCell, Kind::Native
);

/// # Safety
/// The cell is a live native function.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let n = Native::from_cell(cell);
    n.receiver.trace(tracer);
    n.owner.trace(tracer);
}

impl Native {
    #[inline(always)]
    pub fn def(self) -> &'static NativeDef {
        // SAFETY: set from a `&'static` at creation.
        unsafe { &*self.def.get() }
    }

    /// Does a call put the receiver before the arguments?
    #[inline(always)]
    pub fn is_bound(self) -> bool {
        self.receiver.get() != Value::UNBOUND
            && self.def().kind != DefKind::Function
            && self.def().kind != DefKind::StaticMethod
    }

    /// Is this a method of a class that binds (an unbound method descriptor)?
    #[inline(always)]
    pub fn is_method_descriptor(self) -> bool {
        self.def().kind == DefKind::Method && self.receiver.get() == Value::UNBOUND
    }
}

fn make(th: &Thread, ty: TypeId, def: &'static NativeDef, receiver: Value, owner: Value) -> Value {
    let cell = th.heap.alloc(size_of::<NativeCell>(), ty as u32, Kind::Native as u8);
    let n = Native::from_cell(cell);
    n.def.set(def);
    n.receiver.init(receiver);
    n.owner.init(owner);
    n.value()
}

/// A module's function; `module` is the module's name (or `MISSING`).
pub fn new_function(th: &Thread, def: &'static NativeDef, module: Value) -> Value {
    make(th, TypeId::BuiltinFunction, def, Value::UNBOUND, module)
}

/// A function bound to a receiver (`[].append`, `dict.fromkeys`).
pub fn new_bound(th: &Thread, def: &'static NativeDef, receiver: Value, owner: Value) -> Value {
    let dunder = is_wrapper(def);
    make(th, if dunder { TypeId::MethodWrapper } else { TypeId::BuiltinFunction }, def, receiver, owner)
}

/// What a class's dict holds for the definition.
pub fn new_class_entry(th: &Thread, def: &'static NativeDef, class: Class) -> Value {
    match def.kind {
        DefKind::Method if is_wrapper(def) => {
            make(th, TypeId::WrapperDescriptor, def, Value::UNBOUND, class.value())
        }
        DefKind::Method | DefKind::Function => {
            make(th, TypeId::MethodDescriptor, def, Value::UNBOUND, class.value())
        }
        DefKind::ClassMethod => make(th, TypeId::ClassMethodDescriptor, def, Value::UNBOUND, class.value()),
        DefKind::StaticMethod if def.name == "__new__" => {
            make(th, TypeId::BuiltinFunction, def, class.value(), class.value())
        }
        DefKind::StaticMethod => {
            let f = make(th, TypeId::BuiltinFunction, def, Value::UNBOUND, class.value());
            crate::descriptor::new_staticmethod(th, f)
        }
    }
}

/// Special methods that C implements as type slots are `wrapper_descriptor`s; a few dunders are ordinary methods.
fn is_wrapper(def: &NativeDef) -> bool {
    const ORDINARY: &[&str] = &[
        "__reduce__",
        "__reduce_ex__",
        "__getnewargs__",
        "__getnewargs_ex__",
        "__getstate__",
        "__setstate__",
        "__sizeof__",
        "__dir__",
        "__format__",
        "__round__",
        "__trunc__",
        "__floor__",
        "__ceil__",
        "__length_hint__",
        "__reversed__",
        "__copy__",
        "__deepcopy__",
        "__complex__",
        "__bytes__",
        "__enter__",
        "__exit__",
        "__class_getitem__",
        "__missing__",
        "__instancecheck__",
        "__subclasscheck__",
        "__subclasses__",
        "__prepare__",
        "__init_subclass__",
        "__subclasshook__",
        "__set_name__",
        "__mro_entries__",
        "__fspath__",
        "__typing_subst__",
        "__typing_prepare_subst__",
    ];
    def.kind == DefKind::Method
        && def.name.starts_with("__")
        && def.name.ends_with("__")
        && !ORDINARY.contains(&def.name)
}

/// Calls a native function with arguments that do not include a bound receiver.
pub fn call_native(th: &Thread, n: Native, args: &[Value], kwnames: Value) -> Res {
    if n.is_bound() {
        let mut all = [Value::MISSING; 8];
        if args.len() < 8 {
            all[0] = n.receiver.get();
            all[1..=args.len()].copy_from_slice(args);
            return call_def(th, n, &all[..=args.len()], kwnames);
        }
        let mut v = crate::storage::ValueVec::with_capacity(th, args.len() + 1)?;
        v.push(th, n.receiver.get())?;
        for &a in args {
            v.push(th, a)?;
        }
        return call_def(th, n, v.as_slice(), kwnames);
    }
    call_def(th, n, args, kwnames)
}

/// Calls of functions with no more parameters than this are bound in a small array.
const FEW: usize = 8;

/// Calls with the receiver, if any, already in front.
#[inline]
pub fn call_def(th: &Thread, n: Native, args: &[Value], kwnames: Value) -> Res {
    let unbound = n.receiver.get() == Value::UNBOUND;
    if unbound && matches!(n.def().kind, DefKind::Method | DefKind::ClassMethod) {
        return call_unbound(th, n, args, kwnames);
    }
    call_trusted(th, n, args, kwnames)
}

/// Calls a method taken from its class: its receiver is checked.
#[inline(never)]
fn call_unbound(th: &Thread, n: Native, args: &[Value], kwnames: Value) -> Res {
    if n.def().kind == DefKind::Method {
        check_receiver(th, n, args)?;
    } else {
        check_class(th, n, args.first().copied())?;
    }
    call_trusted(th, n, args, kwnames)
}

/// Calls with a receiver that is known to be right. Everything is a call in tail position, so that no frame stays on the
/// machine stack: unused words of a frame might keep dead cells alive.
#[inline]
fn call_trusted(th: &Thread, n: Native, args: &[Value], kwnames: Value) -> Res {
    let def = n.def();
    let lead = usize::from(matches!(def.kind, DefKind::Method | DefKind::ClassMethod));
    if kwnames == Value::MISSING {
        let given = args.len().wrapping_sub(lead);
        if def.sig.passes(given) {
            return (def.func)(th, args);
        }
        // Optional parameters were left out, or there are more arguments for `*args`.
        let sig = &def.sig;
        if given >= sig.required as usize
            && lead + sig.count as usize <= FEW
            && !sig.needs_names
            && (given <= sig.positional as usize || sig.varargs != 255)
            && args.len() >= lead
        {
            if sig.varargs != 255 {
                return bind_varargs(th, def, lead, args);
            }
            return bind_few(th, def, lead, args);
        }
    }
    bind(th, n, lead, args, kwnames)
}

/// Calls with positional arguments that leave out optional parameters. The frame holds nothing but the array: unused
/// words in the frames below a collection might keep dead cells alive.
#[inline(never)]
fn bind_few(th: &Thread, def: &'static NativeDef, lead: usize, args: &[Value]) -> Res {
    let mut full = [Value::MISSING; FEW];
    for (to, &v) in full.iter_mut().zip(args) {
        *to = v;
    }
    (def.func)(th, &full[..(lead + def.sig.count as usize).min(FEW)])
}

/// As `bind_few` for functions with `*args`.
#[inline(never)]
fn bind_varargs(th: &Thread, def: &'static NativeDef, lead: usize, args: &[Value]) -> Res {
    let sig = &def.sig;
    let direct = args.len().min(lead + sig.positional as usize);
    let mut full = [Value::MISSING; FEW];
    full[..direct].copy_from_slice(&args[..direct]);
    let rest = &args[direct..];
    full[lead + sig.varargs as usize] =
        if rest.is_empty() { th.interp.empty_tuple.get() } else { tuple::from_slice(th, rest)? };
    (def.func)(th, &full[..lead + sig.count as usize])
}

/// An unbound method wants an instance of its class first.
#[inline]
fn check_receiver(th: &Thread, n: Native, args: &[Value]) -> Result<(), Raised> {
    let owner = n.owner.get();
    if let Some(&first) = args.first()
        && Class::of_value(th, first).is_subclass_of(Class::of(owner))
    {
        return Ok(());
    }
    Err(wrong_receiver(th, n, args.first().copied()))
}

/// An unbound class method wants a class derived from its own first; TypeErrors are CPython's.
pub fn check_class(th: &Thread, n: Native, first: Option<Value>) -> Res<Class> {
    let owner = Class::of(n.owner.get());
    if let Some(c) = first.and_then(Class::from_value)
        && c.is_subclass_of(owner)
    {
        return Ok(c);
    }
    let (name, shown) = (n.def().name, owner.name_text());
    Err(th.type_error(match first {
        None => format!("descriptor '{name}' of '{shown}' object needs an argument"),
        Some(v) => match Class::from_value(v) {
            Some(c) => {
                format!(
                    "descriptor '{name}' requires a subtype of '{shown}' but received '{}'",
                    c.name_text()
                )
            }
            None => format!(
                "descriptor '{name}' for type '{shown}' needs a type, not a '{}' as arg 2",
                class::type_name(th, v)
            ),
        },
    }))
}

#[cold]
fn wrong_receiver(th: &Thread, n: Native, first: Option<Value>) -> Raised {
    let owner = crate::type_new::tp_name(th, Class::of(n.owner.get()));
    let name = n.def().name;
    match first {
        None if is_wrapper(n.def()) => {
            th.type_error(format!("descriptor '{name}' of '{owner}' object needs an argument"))
        }
        None => th.type_error(format!("unbound method {owner}.{name}() needs an argument")),
        Some(v) if is_wrapper(n.def()) => th.type_error(format!(
            "descriptor '{name}' requires a '{owner}' object but received a '{}'",
            class::type_name(th, v)
        )),
        Some(v) => th.type_error(format!(
            "descriptor '{name}' for '{owner}' objects doesn't apply to a '{}' object",
            class::type_name(th, v)
        )),
    }
}

/// The name as error texts show it: methods of classes alone, `type.__new__` as the class.
fn shown_name(n: Native) -> String {
    let def = n.def();
    if (def.name == "__new__" || def.name == "__init__")
        && let Some(c) = Class::from_value(n.owner.get())
    {
        return c.name_text();
    }
    if def.kind != DefKind::Function
        && let Some(c) = Class::from_value(n.receiver.get()).or_else(|| Class::from_value(n.owner.get()))
    {
        return format!("{}.{}", c.name_text(), def.name);
    }
    // Functions of other modules than `builtins` show their module.
    if def.kind == DefKind::Function
        && let Some(m) = Str::from_value(n.owner.get()).filter(|m| !m.is("builtins"))
    {
        return format!("{}.{}", m.to_text(), def.name);
    }
    def.name.to_owned()
}

/// The name as errors about keywords show it: of methods without their class, of `__new__` the class. (The classes of
/// `typing` are made by C functions with names of their own.)
fn called_name(n: Native) -> String {
    if n.def().name != "__new__" && n.def().name != "__init__" {
        return n.def().name.to_owned();
    }
    let name = shown_name(n);
    match name.as_str() {
        "TypeVar" | "ParamSpec" | "ParamSpecArgs" | "ParamSpecKwargs" | "TypeVarTuple" => name.to_lowercase(),
        "TypeAliasType" => "typealias".to_owned(),
        _ => name,
    }
}

/// The function as errors about its arguments begin: `name()`, or "function".
fn label(n: Native, name: &str) -> String {
    if n.def().anonymous() { "function".to_owned() } else { format!("{name}()") }
}

/// Binds arguments to parameters and calls.
#[cold]
#[inline(never)]
fn bind(th: &Thread, n: Native, lead: usize, args: &[Value], kwnames: Value) -> Res {
    let def = n.def();
    let sig = &def.sig;
    let mut slots = [Value::MISSING; MAX_PARAMS + 1];
    slots[..lead].copy_from_slice(&args[..lead]);
    let args = &args[lead..];
    let nkw = if kwnames == Value::MISSING { 0 } else { tuple::Tuple::of(kwnames).len() };
    let (positional, keywords) = args.split_at(args.len() - nkw);
    let max = sig.positional as usize;
    if takes_names(sig) && sig.varargs == 255 && sig.varkw == 255 {
        let most = sig.count as usize;
        if positional.len() + nkw > most {
            return Err(over_all(th, n, most, positional.len(), nkw));
        }
    }
    // Functions of any number of arguments whose C code parses the keywords apart count those alone.
    if sig.varargs != 255 && sig.varkw == 255 && matches!(def.name, "__new__" | "max" | "min") {
        let most = (sig.count - sig.positional - 1) as usize;
        if nkw > most && most > 0 {
            return Err(th.type_error(format!(
                "{}() takes at most {most} keyword argument{} ({nkw} given)",
                called_name(n),
                plural(most)
            )));
        }
    }
    let given = positional.len().min(max);
    slots[lead..lead + given].copy_from_slice(&positional[..given]);
    if positional.len() > max {
        if sig.varargs == 255 {
            return Err(too_many(th, n, positional.len()));
        }
        slots[lead + sig.varargs as usize] = tuple::from_slice(th, &positional[max..])?;
    } else if sig.varargs != 255 {
        slots[lead + sig.varargs as usize] = th.interp.empty_tuple.get();
    }
    let stray = if nkw > 0 {
        let receiver = slots[0];
        bind_keywords(th, n, receiver, &mut slots[lead..], keywords, tuple::Tuple::of(kwnames))?
    } else {
        None
    };
    for (i, p) in sig.params[..sig.count as usize].iter().enumerate() {
        let optional = p.has_default || i == sig.varargs as usize || i == sig.varkw as usize;
        if !optional && slots[lead + i] == Value::MISSING {
            return Err(missing(th, n, i, positional.len()));
        }
    }
    // Names that are wrong are reported after arguments that are not there.
    if let Some((name, at)) = stray {
        return Err(wrong_name(th, n, name, at));
    }
    (def.func)(th, &slots[..lead + sig.count as usize])
}

/// Keywords of a call of a subclass may be meant for its own `__init__`, or its own `__new__`: a builtin's other half
/// passes over them.
fn ignores_names(th: &Thread, n: Native, receiver: Value) -> bool {
    use crate::names::Name;
    let Some(owner) = Class::from_value(n.owner.get()) else { return false };
    match n.def().name {
        "__new__" => Class::from_value(receiver)
            .is_some_and(|c| c.special(th, Name::__init__) != owner.special(th, Name::__init__)),
        "__init__" => {
            Class::of_value(th, receiver).special(th, Name::__new__) != owner.special(th, Name::__new__)
        }
        _ => false,
    }
}

/// Can any parameter be given by name?
fn takes_names(sig: &Sig) -> bool {
    (sig.posonly..sig.count).any(|i| i != sig.varargs && i != sig.varkw)
}

/// Puts keyword arguments into their parameters' places. Returns the first name that has none, or whose parameter was
/// given by position already (with that).
fn bind_keywords(
    th: &Thread,
    n: Native,
    receiver: Value,
    slots: &mut [Value],
    values: &[Value],
    names: tuple::Tuple,
) -> Res<Option<(Str, Option<usize>)>> {
    let def = n.def();
    let sig = &def.sig;
    let mut rest: Option<dict::Dict> = None;
    let mut stray = None;
    for (k, &value) in values.iter().enumerate() {
        let name = Str::of(names.get(k));
        // Parameters' names are ASCII.
        let text = name.as_ascii().map_or(&b""[..], str::as_bytes);
        let found = (sig.posonly as usize..sig.count as usize).find(|&i| {
            let p = sig.params[i];
            i != sig.varargs as usize
                && i != sig.varkw as usize
                && def.text.as_bytes()[p.start as usize..][..p.len as usize] == *text
        });
        match found {
            Some(i) if slots[i] == Value::MISSING => slots[i] = value,
            // The same name twice does not get here: callers merge keywords before.
            Some(i) => stray = stray.or(Some((name, Some(i + 1 - hidden(def))))),
            None if sig.varkw != 255 => {
                let d = match rest {
                    Some(d) => d,
                    None => {
                        let d = dict::new(th);
                        slots[sig.varkw as usize] = d.value();
                        *rest.insert(d)
                    }
                };
                d.set(th, name.value(), value)?;
            }
            None if !takes_names(sig) && ignores_names(th, n, receiver) => return Ok(None),
            None if !takes_names(sig) => {
                return Err(th.type_error(format!("{}() takes no keyword arguments", shown_name(n))));
            }
            None => stray = stray.or(Some((name, None))),
        }
    }
    Ok(stray)
}

#[cold]
fn wrong_name(th: &Thread, n: Native, name: Str, given_at: Option<usize>) -> Raised {
    let (text, mut function) = (name.to_text(), called_name(n));
    // Its names are those of `list.sort`.
    if function == "sorted" {
        function = String::from("sort");
    }
    th.type_error(match given_at {
        Some(at) => {
            format!("argument for {} given by name ('{text}') and position ({at})", label(n, &function))
        }
        None if n.def().anonymous() => format!("'{text}' is an invalid keyword argument for this function"),
        None => format!("'{text}' is an invalid keyword argument for {function}()"),
    })
}

/// More arguments than parameters, names included.
#[cold]
fn over_all(th: &Thread, n: Native, most: usize, given: usize, nkw: usize) -> Raised {
    let hidden = hidden(n.def());
    let (most, given) = (most - hidden, given - hidden);
    if n.def().name == "sorted" {
        return too_many(th, n, given);
    }
    let kind = if given == 0 { "keyword " } else { "" };
    th.type_error(format!(
        "{} takes at most {most} {kind}argument{} ({} given)",
        label(n, &called_name(n)),
        plural(most),
        given + nkw
    ))
}

/// How many leading parameters a call through the class does not show: the class parameter of `__new__`.
fn hidden(def: &NativeDef) -> usize {
    usize::from(def.kind == DefKind::StaticMethod && def.name == "__new__")
}

#[cold]
fn too_many(th: &Thread, n: Native, given: usize) -> Raised {
    let def = n.def();
    let sig = &def.sig;
    let hidden = hidden(def);
    let max = sig.positional as usize - hidden;
    let given = given - hidden;
    let name = shown_name(n);
    let only_positional = !takes_names(sig);
    if is_wrapper(def) && def.name != "__init__" && only_positional {
        return slot_count(th, n, given);
    }
    if hidden == 1 && only_positional {
        let required = (sig.required as usize).saturating_sub(1);
        let at = if required == max { "" } else { "at most " };
        return th.type_error(format!("{name} expected {at}{max} argument{}, got {given}", plural(max)));
    }
    th.type_error(if max == 0 && only_positional {
        format!("{name}() takes no arguments ({given} given)")
    } else if if def.anonymous() { only_positional } else { def.old_style() } {
        let at = if sig.required as usize == max { "exactly" } else { "at most" };
        format!("{} takes {at} {max} argument{} ({given} given)", label(n, def.name), plural(max))
    } else if only_positional && max == 1 && sig.required == 1 {
        format!("{name}() takes exactly one argument ({given} given)")
    } else if only_positional {
        let at = if sig.required as usize == max { "" } else { "at most " };
        format!("{} expected {at}{max} argument{}, got {given}", called_name(n), plural(max))
    } else if max == 0 {
        format!("{}() takes no positional arguments", called_name(n))
    } else if def.name == "sorted" {
        format!("sorted expected 1 argument, got {given}")
    } else {
        let at = if sig.required == sig.positional { "exactly" } else { "at most" };
        let name = label(n, &called_name(n));
        format!("{name} takes {at} {max} positional argument{} ({given} given)", plural(max))
    })
}

#[cold]
fn missing(th: &Thread, n: Native, at: usize, given: usize) -> Raised {
    let def = n.def();
    let sig = &def.sig;
    let hidden = hidden(def);
    if hidden == 1 && at == 0 {
        let owner = shown_name(n);
        return th.type_error(format!("{owner}.__new__(): not enough arguments"));
    }
    let max = sig.positional as usize - hidden;
    let given = given - hidden;
    let only_positional = !takes_names(sig);
    let p = sig.params[at];
    let param = &def.text[p.start as usize..][..p.len as usize];
    if is_wrapper(def) && def.name != "__init__" && only_positional {
        return slot_count(th, n, given);
    }
    if hidden == 1 && only_positional {
        let required = sig.required as usize - 1;
        let least = if required == max { "" } else { "at least " };
        return th.type_error(format!(
            "{} expected {least}{required} argument{}, got {given}",
            shown_name(n),
            plural(required)
        ));
    }
    th.type_error(if (def.old_style() || def.anonymous()) && only_positional && max > 1 {
        let required = sig.required as usize;
        let at = if required == max { "exactly" } else { "at least" };
        format!("{} takes {at} {required} argument{} ({given} given)", label(n, def.name), plural(required))
    } else if only_positional && max == 1 && sig.required == 1 {
        format!("{}() takes exactly one argument ({given} given)", shown_name(n))
    } else if def.name == "sorted" {
        format!("sorted expected 1 argument, got {given}")
    } else if at < sig.posonly as usize && !only_positional {
        let least = (sig.required.min(sig.posonly)) as usize - hidden;
        let at = if least < max { "at least" } else { "exactly" };
        format!(
            "{}() takes {at} {least} positional argument{} ({given} given)",
            called_name(n),
            plural(least)
        )
    } else if only_positional {
        let required = sig.required as usize;
        let least = if required == max { "" } else { "at least " };
        format!("{} expected {least}{required} argument{}, got {given}", called_name(n), plural(required))
    } else {
        let name = label(n, &called_name(n));
        format!("{name} missing required argument '{param}' (pos {})", at + 1 - hidden)
    })
}

/// The wrong number of arguments to a special method: C's slot wrappers do not name the method.
#[cold]
fn slot_count(th: &Thread, n: Native, given: usize) -> Raised {
    let sig = &n.def().sig;
    let (required, max) = (sig.required as usize, sig.positional as usize);
    th.type_error(if max <= 1 && required == max {
        format!("expected {max} argument{}, got {given}", plural(max))
    } else {
        let at = match (required == max, given > max) {
            (true, _) => "",
            (false, true) => "at most ",
            (false, false) => "at least ",
        };
        let n = if given > max { max } else { required };
        format!(" expected {at}{n} argument{}, got {given}", plural(n))
    })
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Adds functions to a module's dict.
pub fn add_functions(th: &Thread, namespace: dict::Dict, module_name: &str, defs: &'static [NativeDef]) {
    let module = th.interp.interned.intern_text(th, module_name);
    for def in defs {
        let f = new_function(th, def, module);
        namespace.set_name(th, th.interp.interned.intern_text(th, def.name), f);
    }
}

/// Adds methods to a class's dict.
pub fn add_methods(th: &Thread, class: Class, defs: &'static [NativeDef]) {
    for def in defs {
        let f = new_class_entry(th, def, class);
        class.dict().set_name(th, th.interp.interned.intern_text(th, def.name), f);
    }
}

/// The class that a native function's `__qualname__` shows: the receiver's for bound methods, else where it is defined.
fn shown_class(th: &Thread, n: Native) -> Option<Class> {
    let receiver = n.receiver.get();
    match n.def().kind {
        DefKind::Function => None,
        _ if receiver == Value::UNBOUND => Class::from_value(n.owner.get()),
        DefKind::Method if is_wrapper(n.def()) => Class::from_value(n.owner.get()),
        DefKind::Method => Some(Class::of_value(th, receiver)),
        _ => Class::from_value(receiver),
    }
}

/// `__qualname__` of a native function.
pub fn qualname(th: &Thread, n: Native) -> Res {
    match shown_class(th, n) {
        Some(c) => {
            let q = c.qualname.get();
            let q = string::get(q).map(Str::to_text).unwrap_or_default();
            Ok(string::new(th, &format!("{q}.{}", n.def().name)))
        }
        None => Ok(th.interp.interned.intern_text(th, n.def().name)),
    }
}
