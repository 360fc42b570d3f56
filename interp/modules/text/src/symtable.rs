//! `_symtable`: the compiler's scopes for the `symtable` module.

use crate::support::payload;
use krait_object::arguments::bad_argument;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag as class_flag};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{dict, int, list, natives, string};
use krait_syntax::ast::NodeId;
use krait_syntax::scope::{Binding, ScopeKind, Scopes, flag};
use std::sync::OnceLock;

/// The `_symtable` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_symtable", doc: "", functions: FUNCTIONS, exec };

/// Makes the scopes of a source: source, filename, mode.
pub type Analyze = fn(&Thread, Value, Value, &str) -> Res<Scopes>;

static ANALYZE: OnceLock<Analyze> = OnceLock::new();

/// Tells who parses. To be called once, before any interpreter starts.
pub fn register(analyze: Analyze) {
    // A second call is a program that starts twice; the first one stays.
    let _ = ANALYZE.set(analyze);
}

/// A scope.
struct Entry {
    name: Slot,
    /// Names with their flags.
    symbols: Slot,
    /// Names of the parameters.
    varnames: Slot,
    /// The scopes inside.
    children: Slot,
    kind: i64,
    nested: bool,
    lineno: u32,
}

payload!(Entry, "symtable entry", [name, symbols, varnames, children]);

fn symtable(th: &Thread, a: &[Value]) -> Res {
    let Some(mode) = Str::from_value(a[2]) else {
        return Err(bad_argument(th, a[2], "symtable() argument 3", "str"));
    };
    let mode = mode.to_text();
    if !matches!(mode.as_str(), "exec" | "eval" | "single") {
        return Err(th.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'"));
    }
    let Some(analyze) = ANALYZE.get() else { return Err(th.runtime_error("there is no parser")) };
    let scopes = analyze(th, a[0], a[1], &mode)?;
    entry(th, &scopes, NodeId::MODULE)
}

/// The object for a scope and all inside.
fn entry(th: &Thread, scopes: &Scopes, id: NodeId) -> Res {
    th.check_native_stack()?;
    let Some(scope) = scopes.get(id) else { return Ok(Value::none()) };
    let intern = |text: &str| th.interp.interned.intern_text(th, text);
    let symbols = dict::new(th);
    for (name, symbol) in &scope.symbols {
        symbols.set_name(th, intern(name), Value::small(symbol.flags.into()));
    }
    let varnames = list::new(th);
    for name in &scope.params {
        varnames.push(th, intern(name))?;
    }
    let children = list::new(th);
    for &child in &scope.children {
        let child = entry(th, scopes, child)?;
        children.push(th, child)?;
    }
    let made = Entry {
        name: Slot::new(intern(&scope.name)),
        symbols: Slot::new(symbols.value()),
        varnames: Slot::new(varnames.value()),
        children: Slot::new(children.value()),
        kind: kind_number(scope.kind),
        nested: scope.nested,
        lineno: if id == NodeId::MODULE { 0 } else { scope.span.lineno },
    };
    Ok(custom::alloc(th, ENTRY.get(th)?, made)?.value())
}

fn kind_number(kind: ScopeKind) -> i64 {
    match kind {
        ScopeKind::Function => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotation => 3,
        ScopeKind::TypeVarBound => 4,
        ScopeKind::TypeAlias => 5,
        ScopeKind::TypeParams => 6,
    }
}

#[inline(always)]
fn of(v: Value) -> Custom<Entry> {
    Custom::of(v)
}

fn get_id(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, v.cell().as_ptr() as usize))
}

fn repr(th: &Thread, a: &[Value]) -> Res {
    let e = of(a[0]);
    let name = Str::of(e.name.get()).to_text();
    let id = a[0].cell().as_ptr() as usize;
    string::try_new(th, &format!("<symtable entry {name}({id}), line {}>", e.lineno))
}

natives! {
    static FUNCTIONS = {
        function "symtable" "(source, filename, startstr, /)" symtable, "Return symbol and scope dictionaries used internally by compiler.";
    }
}

natives! {
    static METHODS = {
        method "__repr__" "()" repr, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("id", get_id, "").member(),
    GetSetDef::ro("name", |_, v| Ok(of(v).name.get()), "").member(),
    GetSetDef::ro("symbols", |_, v| Ok(of(v).symbols.get()), "").member(),
    GetSetDef::ro("varnames", |_, v| Ok(of(v).varnames.get()), "").member(),
    GetSetDef::ro("children", |_, v| Ok(of(v).children.get()), "").member(),
    GetSetDef::ro("nested", |_, v| Ok(Value::small(of(v).nested.into())), "").member(),
    GetSetDef::ro("type", |_, v| Ok(Value::small(of(v).kind)), "").member(),
    GetSetDef::ro("lineno", |_, v| Ok(Value::small(of(v).lineno.into())), "").member(),
];

static ENTRY: NativeClass = NativeClass::new(
    ClassSpec::new("symtable entry", "", METHODS, GETSET).flags(class_flag::WEAKREF | class_flag::NO_NEW),
);

fn exec(th: &Thread, m: Module) -> Res<()> {
    for (name, n) in [
        ("USE", flag::USE),
        ("DEF_GLOBAL", flag::GLOBAL),
        ("DEF_NONLOCAL", flag::NONLOCAL),
        ("DEF_LOCAL", flag::LOCAL),
        ("DEF_PARAM", flag::PARAM),
        ("DEF_FREE", flag::FREE),
        ("DEF_FREE_CLASS", flag::FREE_CLASS),
        ("DEF_IMPORT", flag::IMPORT),
        ("DEF_BOUND", flag::BOUND),
        ("DEF_ANNOT", flag::ANNOT),
        ("LOCAL", Binding::Local as u32),
        ("GLOBAL_EXPLICIT", Binding::GlobalExplicit as u32),
        ("GLOBAL_IMPLICIT", Binding::GlobalImplicit as u32),
        ("FREE", Binding::Free as u32),
        ("CELL", Binding::Cell as u32),
        ("SCOPE_OFF", flag::BINDING_SHIFT),
        ("SCOPE_MASK", flag::BINDING_MASK),
    ] {
        m.add_int(th, name, n.into());
    }
    for (name, kind) in [
        ("TYPE_FUNCTION", ScopeKind::Function),
        ("TYPE_CLASS", ScopeKind::Class),
        ("TYPE_MODULE", ScopeKind::Module),
        ("TYPE_ANNOTATION", ScopeKind::Annotation),
        ("TYPE_TYPE_VAR_BOUND", ScopeKind::TypeVarBound),
        ("TYPE_TYPE_ALIAS", ScopeKind::TypeAlias),
        ("TYPE_TYPE_PARAM", ScopeKind::TypeParams),
    ] {
        m.add_int(th, name, kind_number(kind));
    }
    Ok(())
}
