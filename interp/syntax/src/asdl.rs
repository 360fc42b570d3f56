//! The classes of the `ast` module as a table: names, bases, fields, attributes (the abstract grammar, ASDL).
//!
//! The `_ast` module is made from this table: the classes, their `_fields`, `_attributes`, `__match_args__`, the
//! optional fields that default to `None`, and their docstrings.

/// How often a field's value occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    One,
    /// `?`: may be `None`, and is by default.
    Optional,
    /// `*`: a list.
    Many,
}

/// A field of a class.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// A class of the table, or `identifier`, `int`, `string`, `constant`.
    pub kind: &'static str,
    pub name: &'static str,
    pub count: Count,
}

/// A class of the `ast` module.
#[derive(Debug, Clone, Copy)]
pub struct Class {
    pub name: &'static str,
    /// `AST`, or the class of the table that this is a case of.
    pub base: &'static str,
    pub fields: &'static [Field],
}

/// Whether the nodes of a class have a position, and how much of it may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    None,
    /// `end_lineno` and `end_col_offset` may be `None`, and are by default.
    EndOptional,
    Full,
}

/// `_attributes` of the classes with a position.
pub const ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

impl Class {
    /// Whether the class stands for its cases only.
    pub fn is_abstract(&self) -> bool {
        CLASSES.iter().any(|c| c.base == self.name)
    }

    /// The position of the nodes. Cases have their base's.
    pub fn position(&self) -> Position {
        let owner = if self.base == "AST" { self.name } else { self.base };
        match owner {
            "stmt" | "expr" | "excepthandler" | "arg" | "keyword" | "alias" => Position::EndOptional,
            "pattern" | "type_param" => Position::Full,
            _ => Position::None,
        }
    }

    /// Whether the class has no fields and one shared instance: contexts and operators.
    pub fn is_singleton(&self) -> bool {
        matches!(self.base, "expr_context" | "boolop" | "operator" | "unaryop" | "cmpop")
    }

    /// The docstring: the class's line of the abstract grammar.
    pub fn doc(&self) -> String {
        if !self.is_abstract() {
            return self.signature();
        }
        let cases: Vec<&Class> = CLASSES.iter().filter(|c| c.base == self.name).collect();
        let simple = cases.iter().all(|c| c.fields.is_empty());
        let separator = if simple { " | ".into() } else { format!("\n{:1$} | ", "", self.name.len()) };
        let cases: Vec<String> = cases.iter().map(|c| c.signature()).collect();
        format!("{} = {}", self.name, cases.join(&separator))
    }

    fn signature(&self) -> String {
        if self.fields.is_empty() {
            return self.name.into();
        }
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|f| {
                let mark = match f.count {
                    Count::One => "",
                    Count::Optional => "?",
                    Count::Many => "*",
                };
                format!("{}{mark} {}", f.kind, f.name)
            })
            .collect();
        format!("{}({})", self.name, fields.join(", "))
    }
}

/// The class of that name.
pub fn find(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|c| c.name == name)
}

const fn class(name: &'static str, base: &'static str, fields: &'static [Field]) -> Class {
    Class { name, base, fields }
}

const fn one(kind: &'static str, name: &'static str) -> Field {
    Field { kind, name, count: Count::One }
}

const fn optional(kind: &'static str, name: &'static str) -> Field {
    Field { kind, name, count: Count::Optional }
}

const fn many(kind: &'static str, name: &'static str) -> Field {
    Field { kind, name, count: Count::Many }
}

/// Every class, bases before their cases, cases in the order of the grammar.
pub static CLASSES: &[Class] = &[
    class("mod", "AST", &[]),
    class("Module", "mod", &[many("stmt", "body"), many("type_ignore", "type_ignores")]),
    class("Interactive", "mod", &[many("stmt", "body")]),
    class("Expression", "mod", &[one("expr", "body")]),
    class("FunctionType", "mod", &[many("expr", "argtypes"), one("expr", "returns")]),
    class("stmt", "AST", &[]),
    class(
        "FunctionDef",
        "stmt",
        &[
            one("identifier", "name"),
            one("arguments", "args"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            optional("expr", "returns"),
            optional("string", "type_comment"),
            many("type_param", "type_params"),
        ],
    ),
    class(
        "AsyncFunctionDef",
        "stmt",
        &[
            one("identifier", "name"),
            one("arguments", "args"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            optional("expr", "returns"),
            optional("string", "type_comment"),
            many("type_param", "type_params"),
        ],
    ),
    class(
        "ClassDef",
        "stmt",
        &[
            one("identifier", "name"),
            many("expr", "bases"),
            many("keyword", "keywords"),
            many("stmt", "body"),
            many("expr", "decorator_list"),
            many("type_param", "type_params"),
        ],
    ),
    class("Return", "stmt", &[optional("expr", "value")]),
    class("Delete", "stmt", &[many("expr", "targets")]),
    class(
        "Assign",
        "stmt",
        &[many("expr", "targets"), one("expr", "value"), optional("string", "type_comment")],
    ),
    class(
        "TypeAlias",
        "stmt",
        &[one("expr", "name"), many("type_param", "type_params"), one("expr", "value")],
    ),
    class("AugAssign", "stmt", &[one("expr", "target"), one("operator", "op"), one("expr", "value")]),
    class(
        "AnnAssign",
        "stmt",
        &[one("expr", "target"), one("expr", "annotation"), optional("expr", "value"), one("int", "simple")],
    ),
    class(
        "For",
        "stmt",
        &[
            one("expr", "target"),
            one("expr", "iter"),
            many("stmt", "body"),
            many("stmt", "orelse"),
            optional("string", "type_comment"),
        ],
    ),
    class(
        "AsyncFor",
        "stmt",
        &[
            one("expr", "target"),
            one("expr", "iter"),
            many("stmt", "body"),
            many("stmt", "orelse"),
            optional("string", "type_comment"),
        ],
    ),
    class("While", "stmt", &[one("expr", "test"), many("stmt", "body"), many("stmt", "orelse")]),
    class("If", "stmt", &[one("expr", "test"), many("stmt", "body"), many("stmt", "orelse")]),
    class(
        "With",
        "stmt",
        &[many("withitem", "items"), many("stmt", "body"), optional("string", "type_comment")],
    ),
    class(
        "AsyncWith",
        "stmt",
        &[many("withitem", "items"), many("stmt", "body"), optional("string", "type_comment")],
    ),
    class("Match", "stmt", &[one("expr", "subject"), many("match_case", "cases")]),
    class("Raise", "stmt", &[optional("expr", "exc"), optional("expr", "cause")]),
    class(
        "Try",
        "stmt",
        &[
            many("stmt", "body"),
            many("excepthandler", "handlers"),
            many("stmt", "orelse"),
            many("stmt", "finalbody"),
        ],
    ),
    class(
        "TryStar",
        "stmt",
        &[
            many("stmt", "body"),
            many("excepthandler", "handlers"),
            many("stmt", "orelse"),
            many("stmt", "finalbody"),
        ],
    ),
    class("Assert", "stmt", &[one("expr", "test"), optional("expr", "msg")]),
    class("Import", "stmt", &[many("alias", "names")]),
    class(
        "ImportFrom",
        "stmt",
        &[optional("identifier", "module"), many("alias", "names"), optional("int", "level")],
    ),
    class("Global", "stmt", &[many("identifier", "names")]),
    class("Nonlocal", "stmt", &[many("identifier", "names")]),
    class("Expr", "stmt", &[one("expr", "value")]),
    class("Pass", "stmt", &[]),
    class("Break", "stmt", &[]),
    class("Continue", "stmt", &[]),
    class("expr", "AST", &[]),
    class("BoolOp", "expr", &[one("boolop", "op"), many("expr", "values")]),
    class("NamedExpr", "expr", &[one("expr", "target"), one("expr", "value")]),
    class("BinOp", "expr", &[one("expr", "left"), one("operator", "op"), one("expr", "right")]),
    class("UnaryOp", "expr", &[one("unaryop", "op"), one("expr", "operand")]),
    class("Lambda", "expr", &[one("arguments", "args"), one("expr", "body")]),
    class("IfExp", "expr", &[one("expr", "test"), one("expr", "body"), one("expr", "orelse")]),
    class("Dict", "expr", &[many("expr", "keys"), many("expr", "values")]),
    class("Set", "expr", &[many("expr", "elts")]),
    class("ListComp", "expr", &[one("expr", "elt"), many("comprehension", "generators")]),
    class("SetComp", "expr", &[one("expr", "elt"), many("comprehension", "generators")]),
    class(
        "DictComp",
        "expr",
        &[one("expr", "key"), one("expr", "value"), many("comprehension", "generators")],
    ),
    class("GeneratorExp", "expr", &[one("expr", "elt"), many("comprehension", "generators")]),
    class("Await", "expr", &[one("expr", "value")]),
    class("Yield", "expr", &[optional("expr", "value")]),
    class("YieldFrom", "expr", &[one("expr", "value")]),
    class("Compare", "expr", &[one("expr", "left"), many("cmpop", "ops"), many("expr", "comparators")]),
    class("Call", "expr", &[one("expr", "func"), many("expr", "args"), many("keyword", "keywords")]),
    class(
        "FormattedValue",
        "expr",
        &[one("expr", "value"), one("int", "conversion"), optional("expr", "format_spec")],
    ),
    class("JoinedStr", "expr", &[many("expr", "values")]),
    class("Constant", "expr", &[one("constant", "value"), optional("string", "kind")]),
    class(
        "Attribute",
        "expr",
        &[one("expr", "value"), one("identifier", "attr"), one("expr_context", "ctx")],
    ),
    class("Subscript", "expr", &[one("expr", "value"), one("expr", "slice"), one("expr_context", "ctx")]),
    class("Starred", "expr", &[one("expr", "value"), one("expr_context", "ctx")]),
    class("Name", "expr", &[one("identifier", "id"), one("expr_context", "ctx")]),
    class("List", "expr", &[many("expr", "elts"), one("expr_context", "ctx")]),
    class("Tuple", "expr", &[many("expr", "elts"), one("expr_context", "ctx")]),
    class("Slice", "expr", &[optional("expr", "lower"), optional("expr", "upper"), optional("expr", "step")]),
    class("expr_context", "AST", &[]),
    class("Load", "expr_context", &[]),
    class("Store", "expr_context", &[]),
    class("Del", "expr_context", &[]),
    class("boolop", "AST", &[]),
    class("And", "boolop", &[]),
    class("Or", "boolop", &[]),
    class("operator", "AST", &[]),
    class("Add", "operator", &[]),
    class("Sub", "operator", &[]),
    class("Mult", "operator", &[]),
    class("MatMult", "operator", &[]),
    class("Div", "operator", &[]),
    class("Mod", "operator", &[]),
    class("Pow", "operator", &[]),
    class("LShift", "operator", &[]),
    class("RShift", "operator", &[]),
    class("BitOr", "operator", &[]),
    class("BitXor", "operator", &[]),
    class("BitAnd", "operator", &[]),
    class("FloorDiv", "operator", &[]),
    class("unaryop", "AST", &[]),
    class("Invert", "unaryop", &[]),
    class("Not", "unaryop", &[]),
    class("UAdd", "unaryop", &[]),
    class("USub", "unaryop", &[]),
    class("cmpop", "AST", &[]),
    class("Eq", "cmpop", &[]),
    class("NotEq", "cmpop", &[]),
    class("Lt", "cmpop", &[]),
    class("LtE", "cmpop", &[]),
    class("Gt", "cmpop", &[]),
    class("GtE", "cmpop", &[]),
    class("Is", "cmpop", &[]),
    class("IsNot", "cmpop", &[]),
    class("In", "cmpop", &[]),
    class("NotIn", "cmpop", &[]),
    class(
        "comprehension",
        "AST",
        &[one("expr", "target"), one("expr", "iter"), many("expr", "ifs"), one("int", "is_async")],
    ),
    class("excepthandler", "AST", &[]),
    class(
        "ExceptHandler",
        "excepthandler",
        &[optional("expr", "type"), optional("identifier", "name"), many("stmt", "body")],
    ),
    class(
        "arguments",
        "AST",
        &[
            many("arg", "posonlyargs"),
            many("arg", "args"),
            optional("arg", "vararg"),
            many("arg", "kwonlyargs"),
            many("expr", "kw_defaults"),
            optional("arg", "kwarg"),
            many("expr", "defaults"),
        ],
    ),
    class(
        "arg",
        "AST",
        &[one("identifier", "arg"), optional("expr", "annotation"), optional("string", "type_comment")],
    ),
    class("keyword", "AST", &[optional("identifier", "arg"), one("expr", "value")]),
    class("alias", "AST", &[one("identifier", "name"), optional("identifier", "asname")]),
    class("withitem", "AST", &[one("expr", "context_expr"), optional("expr", "optional_vars")]),
    class("match_case", "AST", &[one("pattern", "pattern"), optional("expr", "guard"), many("stmt", "body")]),
    class("pattern", "AST", &[]),
    class("MatchValue", "pattern", &[one("expr", "value")]),
    class("MatchSingleton", "pattern", &[one("constant", "value")]),
    class("MatchSequence", "pattern", &[many("pattern", "patterns")]),
    class(
        "MatchMapping",
        "pattern",
        &[many("expr", "keys"), many("pattern", "patterns"), optional("identifier", "rest")],
    ),
    class(
        "MatchClass",
        "pattern",
        &[
            one("expr", "cls"),
            many("pattern", "patterns"),
            many("identifier", "kwd_attrs"),
            many("pattern", "kwd_patterns"),
        ],
    ),
    class("MatchStar", "pattern", &[optional("identifier", "name")]),
    class("MatchAs", "pattern", &[optional("pattern", "pattern"), optional("identifier", "name")]),
    class("MatchOr", "pattern", &[many("pattern", "patterns")]),
    class("type_ignore", "AST", &[]),
    class("TypeIgnore", "type_ignore", &[one("int", "lineno"), one("string", "tag")]),
    class("type_param", "AST", &[]),
    class("TypeVar", "type_param", &[one("identifier", "name"), optional("expr", "bound")]),
    class("ParamSpec", "type_param", &[one("identifier", "name")]),
    class("TypeVarTuple", "type_param", &[one("identifier", "name")]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs() {
        let doc = |name| find(name).map(Class::doc).unwrap_or_default();
        assert_eq!(doc("Call"), "Call(expr func, expr* args, keyword* keywords)");
        assert_eq!(doc("expr_context"), "expr_context = Load | Store | Del");
        assert_eq!(doc("Load"), "Load");
        assert_eq!(
            doc("type_param"),
            "type_param = TypeVar(identifier name, expr? bound)\n           | ParamSpec(identifier name)\n           \
             | TypeVarTuple(identifier name)"
        );
        assert_eq!(doc("arguments").find("posonlyargs"), Some(15));
    }

    #[test]
    fn kinds_are_known() {
        for class in CLASSES {
            assert!(class.base == "AST" || find(class.base).is_some(), "{}", class.base);
            for field in class.fields {
                let simple = matches!(field.kind, "identifier" | "int" | "string" | "constant");
                assert!(simple || find(field.kind).is_some(), "{}", field.kind);
            }
        }
    }
}
