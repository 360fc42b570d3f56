//! Scopes: what every name in every block means. CPython calls this the symbol table.
//!
//! The idea: one walk over the tree notes for each block how each name is used ([`build`]), then a second walk
//! over the blocks decides for each name whether it is local, global, a cell or free ([`analyze`]). The compiler
//! finds the scope of a node by the node's [`NodeId`].
//!
//! Invariants:
//! - names in a scope are mangled (`__x` in class `C` is `_C__x`); ask with [`mangle`]d names;
//! - the flags of a [`Symbol`] have CPython's bits, because the `_symtable` module shows them;
//! - errors have positions and no source text: the caller may know the file.
//!
//! This must not know instructions or how a name is loaded.

mod analyze;
mod build;

use crate::ast::{Mod, Name, NodeId, Span};
use crate::error::{ErrorKind, SyntaxError};
use crate::future::Features;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::borrow::Cow;

pub(crate) type NameMap<V> = IndexMap<Name, V, FxBuildHasher>;
pub(crate) type NameSet = IndexSet<Name, FxBuildHasher>;

/// What kind of block a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class,
    /// A function, lambda or comprehension.
    Function,
    /// An annotation that is never evaluated (PEP 563).
    Annotation,
    /// The bound of a type variable.
    TypeVarBound,
    /// The value of a `type` statement.
    TypeAlias,
    /// The type parameters of a generic function, class or alias.
    TypeParams,
}

/// Which comprehension a function scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comprehension {
    None,
    List,
    Dict,
    Set,
    Generator,
}

/// How a name is bound in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Binding {
    /// Not decided: nobody uses the name in code.
    Unknown = 0,
    Local = 1,
    /// By a `global` statement.
    GlobalExplicit = 2,
    /// Because nothing around binds it.
    GlobalImplicit = 3,
    /// Bound in an enclosing function.
    Free = 4,
    /// Local, and used by an inner function.
    Cell = 5,
}

/// Bits of [`Symbol::flags`].
pub mod flag {
    /// `global` statement.
    pub const GLOBAL: u32 = 1;
    /// Assignment in the block.
    pub const LOCAL: u32 = 2;
    /// Formal parameter.
    pub const PARAM: u32 = 4;
    /// `nonlocal` statement.
    pub const NONLOCAL: u32 = 8;
    /// The name is used.
    pub const USE: u32 = 16;
    /// A free variable of an inner block, passed through.
    pub const FREE: u32 = 32;
    /// A free variable of a method that has a name of the class.
    pub const FREE_CLASS: u32 = 64;
    /// Assignment by `import`.
    pub const IMPORT: u32 = 128;
    /// The name is annotated.
    pub const ANNOT: u32 = 256;
    /// The name is an iteration variable of a comprehension.
    pub const COMP_ITER: u32 = 512;
    /// A type parameter.
    pub const TYPE_PARAM: u32 = 1024;
    /// A cell of an inlined comprehension.
    pub const COMP_CELL: u32 = 2048;
    /// What makes a name local.
    pub const BOUND: u32 = LOCAL | PARAM | IMPORT;
    /// The [`super::Binding`] stands above the flags.
    pub const BINDING_SHIFT: u32 = 12;
    /// The width of the binding.
    pub const BINDING_MASK: u32 = GLOBAL | LOCAL | PARAM | NONLOCAL;
}

/// What is known of a name in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Symbol {
    /// The bits of [`flag`], and the binding above them.
    pub flags: u32,
}

impl Symbol {
    /// How the name is bound.
    pub fn binding(self) -> Binding {
        match self.flags >> flag::BINDING_SHIFT & flag::BINDING_MASK {
            1 => Binding::Local,
            2 => Binding::GlobalExplicit,
            3 => Binding::GlobalImplicit,
            4 => Binding::Free,
            5 => Binding::Cell,
            _ => Binding::Unknown,
        }
    }

    /// Whether any of the bits of [`flag`] is set.
    pub fn has(self, bits: u32) -> bool {
        self.flags & bits != 0
    }
}

/// A block of code and its names.
#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The function's or class's name, `top`, `lambda`, `listcomp`, ...
    pub name: Name,
    /// The names in the order of their first appearance.
    pub symbols: NameMap<Symbol>,
    /// The parameters in order: positional, keyword-only, `*args`, `**kwargs`.
    pub params: Vec<Name>,
    /// The scopes inside. Those of an inlined comprehension have moved to the scope around it.
    pub children: Vec<NodeId>,
    /// Inside a function, at any depth.
    pub nested: bool,
    /// Has free variables itself.
    pub free: bool,
    /// A scope inside has free variables.
    pub child_free: bool,
    /// Has a `yield`, or is a generator expression.
    pub generator: bool,
    /// Has an `await` or an asynchronous comprehension, or is an `async def`.
    pub coroutine: bool,
    pub comprehension: Comprehension,
    pub varargs: bool,
    pub varkeywords: bool,
    /// Has `return` with a value.
    pub returns_value: bool,
    /// A class whose methods use `__class__`: it needs a cell for itself.
    pub needs_class_closure: bool,
    /// A class whose annotation scopes use `__classdict__`.
    pub needs_classdict: bool,
    /// A comprehension that runs in the scope around it (PEP 709).
    pub comp_inlined: bool,
    /// A type parameter or annotation scope directly inside a class: it sees the class's names.
    pub can_see_class_scope: bool,
    pub span: Span,
    /// While building: inside the target of a comprehension's `for`.
    comp_iter_target: bool,
    /// While building: how many iterables of comprehensions are around.
    comp_iter_expr: u32,
    /// `global` and `nonlocal` declarations, for errors.
    directives: Vec<(Name, Span)>,
}

impl Scope {
    /// What is known of a (mangled) name.
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }

    /// How a (mangled) name is bound; `Unknown` when the scope does not mention it.
    pub fn binding(&self, name: &str) -> Binding {
        self.get(name).map_or(Binding::Unknown, Symbol::binding)
    }

    /// Whether names bound here are visible in functions inside.
    pub fn is_function_like(&self) -> bool {
        matches!(
            self.kind,
            ScopeKind::Function | ScopeKind::TypeVarBound | ScopeKind::TypeAlias | ScopeKind::TypeParams
        )
    }
}

/// The scopes of one tree.
#[derive(Debug)]
pub struct Scopes {
    /// By [`NodeId`]; nodes whose scope does not exist (a type variable without a bound) have none.
    table: Vec<Option<Box<Scope>>>,
}

impl Scopes {
    /// The scope that a node opens. `None` only for nodes that open none.
    pub fn get(&self, id: NodeId) -> Option<&Scope> {
        self.table.get(id.index())?.as_deref()
    }

    /// The module's own scope.
    pub fn module(&self) -> Option<&Scope> {
        self.get(NodeId::MODULE)
    }
}

/// Finds the scopes of a tree.
///
/// # Errors
/// Whatever the tree does with names that the language forbids.
pub fn analyze(module: &Mod, features: &Features) -> Result<Scopes, Box<SyntaxError>> {
    let mut table = build::build(module, features.annotations)?;
    analyze::analyze(&mut table)?;
    Ok(Scopes { table })
}

/// A name as it is inside the class `class`: `__x` becomes `_Class__x`.
pub fn mangle<'a>(class: Option<&str>, name: &'a str) -> Cow<'a, str> {
    let Some(class) = class else { return Cow::Borrowed(name) };
    // Dunder names stay, and dotted ones: `import __a.b` binds nothing of that name.
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return Cow::Borrowed(name);
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("_{class}{name}")) }
}

/// An error at a node, as the phases after parsing report it: offsets count bytes there.
pub(crate) fn error_at(kind: ErrorKind, msg: String, span: Span) -> SyntaxError {
    SyntaxError {
        lineno: span.lineno,
        offset: span.col_offset as i32 + 1,
        end_lineno: span.end_lineno,
        end_offset: span.end_col_offset as i32 + 1,
        ..SyntaxError::bare(kind, msg)
    }
}
