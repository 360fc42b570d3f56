//! Krait's own abstract syntax tree, in the shape of CPython 3.12's ASDL.
//!
//! The idea: one tree that both the parser and `_ast` objects convert to, and that the scope analysis and the
//! compiler walk. Every node carries its source range in CPython's units (1-based lines, columns as UTF-8 byte
//! offsets). Every node that opens a scope carries a [`NodeId`], so that the scope table is a plain vector.
//!
//! Invariants:
//! - a `NodeId` is unique within one tree and below [`Mod::node_count`];
//! - identifiers are NFKC-normalized and never empty (trees made by a program may break this; the compiler
//!   treats them as opaque text);
//! - string constants are generalized UTF-8 (WTF-8): a lone surrogate is its three-byte sequence;
//! - a tree made by the parser is never nested so deeply that dropping it overflows the stack.
//!
//! The tree must not know runtime values: an arbitrary object used as a constant by a program's own tree is a
//! [`Constant::Foreign`] index into a table that the converter keeps.

use rustc_hash::FxHashSet;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// An identifier: shared text, cheap to clone and compare.
#[derive(Clone, Eq, PartialOrd, Ord)]
pub struct Name(Rc<str>);

impl Name {
    /// A name that shares nothing with others; use [`Names::intern`] where names repeat.
    pub fn new(text: &str) -> Name {
        Name(Rc::from(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // The same as `str`'s, so that a map keyed by `Name` can be asked with a `&str`.
        (*self.0).hash(state)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The table that makes equal identifiers of one tree share their text.
#[derive(Default)]
pub struct Names {
    table: FxHashSet<Name>,
}

impl Names {
    /// The shared name for `text`.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(name) = self.table.get(text) {
            return name.clone();
        }
        let name = Name::new(text);
        self.table.insert(name.clone());
        name
    }
}

/// A source range: lines from 1, columns in UTF-8 bytes from 0, the end exclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub lineno: u32,
    pub col_offset: u32,
    pub end_lineno: u32,
    pub end_col_offset: u32,
}

impl Span {
    /// From the start of `self` to the end of `end`.
    pub fn to(self, end: Span) -> Span {
        Span { end_lineno: end.end_lineno, end_col_offset: end.end_col_offset, ..self }
    }
}

/// Identity of a node that opens a scope: an index into the scope table of its tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The whole tree's own scope.
    pub const MODULE: NodeId = NodeId(0);

    /// The index it stands for.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Hands out the [`NodeId`]s of one tree; the module itself has the first.
#[derive(Debug, Clone)]
pub struct NodeIds {
    next: u32,
}

impl Default for NodeIds {
    fn default() -> Self {
        NodeIds { next: 1 }
    }
}

impl NodeIds {
    /// A fresh identity.
    pub fn fresh(&mut self) -> NodeId {
        let id = NodeId(self.next);
        self.next += 1;
        id
    }

    /// How many there are so far, the module's included.
    pub fn count(&self) -> u32 {
        self.next
    }
}

/// A whole tree.
#[derive(Debug, Clone)]
pub struct Mod {
    pub kind: ModKind,
    /// One more than the largest [`NodeId`] in the tree.
    pub node_count: u32,
}

#[derive(Debug, Clone)]
pub enum ModKind {
    Module { body: Vec<Stmt>, type_ignores: Vec<TypeIgnore> },
    Interactive { body: Vec<Stmt> },
    Expression { body: Box<Expr> },
    FunctionType { argtypes: Vec<Expr>, returns: Box<Expr> },
}

#[derive(Debug, Clone)]
pub struct TypeIgnore {
    pub lineno: u32,
    pub tag: String,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    AsyncFunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return {
        value: Option<Box<Expr>>,
    },
    Delete {
        targets: Vec<Expr>,
    },
    Assign {
        targets: Vec<Expr>,
        value: Box<Expr>,
        type_comment: Option<Name>,
    },
    TypeAlias(Box<TypeAlias>),
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    /// `simple` is true for a bare name without parentheses around it.
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: bool,
    },
    For(Box<For>),
    AsyncFor(Box<For>),
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With(Box<With>),
    AsyncWith(Box<With>),
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    Try(Box<Try>),
    TryStar(Box<Try>),
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import {
        names: Vec<Alias>,
    },
    /// `level` is the number of leading dots.
    ImportFrom {
        module: Option<Name>,
        names: Vec<Alias>,
        level: u32,
    },
    Global {
        names: Vec<Name>,
    },
    Nonlocal {
        names: Vec<Name>,
    },
    Expr {
        value: Box<Expr>,
    },
    Pass,
    Break,
    Continue,
}

/// `def` and `async def`. The span of the statement starts at `def`/`async`, not at the decorators.
#[derive(Debug, Clone)]
pub struct FunctionDef {
    /// The function's own scope.
    pub id: NodeId,
    pub name: Name,
    pub args: Box<Arguments>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub returns: Option<Box<Expr>>,
    pub type_comment: Option<Name>,
    pub type_params: TypeParams,
}

#[derive(Debug, Clone)]
pub struct ClassDef {
    /// The class body's scope.
    pub id: NodeId,
    pub name: Name,
    pub bases: Vec<Expr>,
    pub keywords: Vec<Keyword>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub type_params: TypeParams,
}

/// `type NAME[...] = value`
#[derive(Debug, Clone)]
pub struct TypeAlias {
    /// The scope that the value is evaluated in.
    pub id: NodeId,
    /// Always a name when it comes from the parser.
    pub name: Expr,
    pub type_params: TypeParams,
    pub value: Expr,
}

/// The type parameters of a function, class or alias. They open a scope of their own when there are any.
#[derive(Debug, Clone)]
pub struct TypeParams {
    /// The scope around the generic definition; meaningless when `params` is empty.
    pub id: NodeId,
    pub params: Vec<TypeParam>,
}

impl TypeParams {
    /// No type parameters.
    pub fn none() -> TypeParams {
        TypeParams { id: NodeId::MODULE, params: Vec::new() }
    }

    /// Whether there are none, and hence no scope.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }
}

#[derive(Debug, Clone)]
pub struct TypeParam {
    pub kind: TypeParamKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum TypeParamKind {
    /// `id` is the scope that the bound is evaluated in; meaningless without a bound.
    TypeVar {
        id: NodeId,
        name: Name,
        bound: Option<Box<Expr>>,
    },
    ParamSpec {
        name: Name,
    },
    TypeVarTuple {
        name: Name,
    },
}

/// `for` and `async for`
#[derive(Debug, Clone)]
pub struct For {
    pub target: Expr,
    pub iter: Expr,
    pub body: Vec<Stmt>,
    pub orelse: Vec<Stmt>,
    pub type_comment: Option<Name>,
}

/// `with` and `async with`
#[derive(Debug, Clone)]
pub struct With {
    pub items: Vec<WithItem>,
    pub body: Vec<Stmt>,
    pub type_comment: Option<Name>,
}

#[derive(Debug, Clone)]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Box<Expr>>,
}

/// `try` with `except` or with `except*`
#[derive(Debug, Clone)]
pub struct Try {
    pub body: Vec<Stmt>,
    pub handlers: Vec<ExceptHandler>,
    pub orelse: Vec<Stmt>,
    pub finalbody: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub struct ExceptHandler {
    pub typ: Option<Box<Expr>>,
    pub name: Option<Name>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// `a.b.c as d`: `name` keeps its dots.
#[derive(Debug, Clone)]
pub struct Alias {
    pub name: Name,
    pub asname: Option<Name>,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Box<Expr>>,
    pub body: Vec<Stmt>,
}

#[derive(Debug, Clone)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum PatternKind {
    MatchValue {
        value: Box<Expr>,
    },
    /// None, True or False.
    MatchSingleton {
        value: Constant,
    },
    MatchSequence {
        patterns: Vec<Pattern>,
    },
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Name>,
    },
    MatchClass {
        cls: Box<Expr>,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<Name>,
        kwd_patterns: Vec<Pattern>,
    },
    MatchStar {
        name: Option<Name>,
    },
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Name>,
    },
    MatchOr {
        patterns: Vec<Pattern>,
    },
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda {
        id: NodeId,
        args: Box<Arguments>,
        body: Box<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// A key of `None` is `**value`.
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set {
        elts: Vec<Expr>,
    },
    ListComp {
        id: NodeId,
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    SetComp {
        id: NodeId,
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    DictComp {
        id: NodeId,
        key: Box<Expr>,
        value: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    GeneratorExp {
        id: NodeId,
        elt: Box<Expr>,
        generators: Vec<Comprehension>,
    },
    Await {
        value: Box<Expr>,
    },
    Yield {
        value: Option<Box<Expr>>,
    },
    YieldFrom {
        value: Box<Expr>,
    },
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    FormattedValue {
        value: Box<Expr>,
        conversion: Conversion,
        /// A `JoinedStr`.
        format_spec: Option<Box<Expr>>,
    },
    JoinedStr {
        values: Vec<Expr>,
    },
    /// `u_kind`: a string written with the prefix `u`.
    Constant {
        value: Constant,
        u_kind: bool,
    },
    Attribute {
        value: Box<Expr>,
        attr: Name,
        ctx: ExprContext,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: ExprContext,
    },
    Starred {
        value: Box<Expr>,
        ctx: ExprContext,
    },
    Name {
        id: Name,
        ctx: ExprContext,
    },
    List {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: ExprContext,
    },
    /// Only inside the `slice` of a subscript.
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

/// The conversion of a replacement field; the number is the character that `ast` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Conversion {
    None = -1,
    Str = b's' as i32,
    Repr = b'r' as i32,
    Ascii = b'a' as i32,
}

#[derive(Debug, Clone)]
pub struct Comprehension {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

/// `arg=value`, or `**value` when `arg` is `None`.
#[derive(Debug, Clone)]
pub struct Keyword {
    pub arg: Option<Name>,
    pub value: Expr,
    pub span: Span,
}

/// The parameters of a function or lambda.
///
/// `defaults` belong to the last of `posonlyargs` and `args` taken together; `kw_defaults` is as long as
/// `kwonlyargs`.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    pub posonlyargs: Vec<Arg>,
    pub args: Vec<Arg>,
    pub vararg: Option<Box<Arg>>,
    pub kwonlyargs: Vec<Arg>,
    pub kw_defaults: Vec<Option<Expr>>,
    pub kwarg: Option<Box<Arg>>,
    pub defaults: Vec<Expr>,
}

#[derive(Debug, Clone)]
pub struct Arg {
    pub arg: Name,
    pub annotation: Option<Box<Expr>>,
    pub type_comment: Option<Name>,
    pub span: Span,
}

/// A constant. Literals are never negative; constants made by folding or by a program's own tree may be.
#[derive(Debug, Clone)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    Int(IntLit),
    Float(f64),
    /// Real and imaginary part.
    Complex(f64, f64),
    /// Generalized UTF-8.
    Str(Box<[u8]>),
    Bytes(Box<[u8]>),
    Tuple(Vec<Constant>),
    FrozenSet(Vec<Constant>),
    /// An arbitrary object of a program's own tree: an index into the converter's side table.
    Foreign(u32),
}

/// An integer of any size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IntLit {
    Small(i64),
    /// Sign and magnitude for what does not fit into an `i64`: little-endian limbs, the last one not zero.
    Big {
        negative: bool,
        limbs: Box<[u64]>,
    },
}

impl IntLit {
    /// From a magnitude of any length (high zero limbs allowed), in its canonical form.
    pub fn from_limbs(negative: bool, mut limbs: Vec<u64>) -> IntLit {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        match (limbs.as_slice(), negative) {
            ([], _) => IntLit::Small(0),
            ([n], false) if *n <= i64::MAX as u64 => IntLit::Small(*n as i64),
            ([n], true) if *n <= i64::MIN.unsigned_abs() => IntLit::Small((*n as i64).wrapping_neg()),
            _ => IntLit::Big { negative, limbs: limbs.into_boxed_slice() },
        }
    }
}

impl Expr {
    /// Whether this is the name `id`.
    pub fn is_name(&self, name: &str) -> bool {
        matches!(&self.kind, ExprKind::Name { id, .. } if &**id == name)
    }
}
