//! Prints the tree of each file named, one node per line, in a form that `compare_ast.py` prints for CPython's
//! trees too. With `--check DIR`, compares with what that script left in DIR; with `--time`, measures parsing.

use krait_syntax::ast::*;
use krait_syntax::parse::{Flags, Mode, parse_bytes};
use std::fmt::Write;

struct Dump {
    out: String,
    depth: usize,
}

impl Dump {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        for _ in 0..self.depth {
            self.out.push(' ');
        }
        let _ = self.out.write_fmt(text);
        self.out.push('\n');
    }

    fn node(&mut self, name: &str, span: Option<Span>, fields: impl FnOnce(&mut Self)) {
        match span {
            Some(s) => self.line(format_args!(
                "{name} {}:{}-{}:{}",
                s.lineno, s.col_offset, s.end_lineno, s.end_col_offset
            )),
            None => self.line(format_args!("{name}")),
        }
        self.depth += 1;
        fields(self);
        self.depth -= 1;
    }

    fn list<T>(&mut self, field: &str, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.line(format_args!("{field}={}", items.len()));
        self.depth += 1;
        for item in items {
            each(self, item);
        }
        self.depth -= 1;
    }

    fn exprs(&mut self, field: &str, items: &[Expr]) {
        self.list(field, items, |d, e| d.expr(e));
    }

    fn stmts(&mut self, field: &str, items: &[Stmt]) {
        self.list(field, items, |d, s| d.stmt(s));
    }

    fn name(&mut self, field: &str, name: &Option<Name>) {
        if let Some(name) = name {
            self.line(format_args!("{field}={name}"));
        }
    }

    fn one(&mut self, field: &str, e: &Expr) {
        self.line(format_args!("{field}"));
        self.depth += 1;
        self.expr(e);
        self.depth -= 1;
    }

    fn optional(&mut self, field: &str, e: &Option<Box<Expr>>) {
        if let Some(e) = e {
            self.one(field, e);
        }
    }

    fn ctx(&mut self, ctx: ExprContext) {
        self.line(format_args!("ctx={ctx:?}"));
    }

    fn constant(&mut self, c: &Constant) {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        match c {
            Constant::None => self.line(format_args!("None")),
            Constant::True => self.line(format_args!("True")),
            Constant::False => self.line(format_args!("False")),
            Constant::Ellipsis => self.line(format_args!("Ellipsis")),
            Constant::Int(IntLit::Small(n)) => self.line(format_args!("int {n:x}")),
            Constant::Int(IntLit::Big { limbs, .. }) => {
                let mut text = String::new();
                for (i, limb) in limbs.iter().rev().enumerate() {
                    let _ = if i == 0 { write!(text, "{limb:x}") } else { write!(text, "{limb:016x}") };
                }
                self.line(format_args!("int {text}"))
            }
            Constant::Float(f) => self.line(format_args!("float {:016x}", f.to_bits())),
            Constant::Complex(re, im) => {
                self.line(format_args!("complex {:016x} {:016x}", re.to_bits(), im.to_bits()))
            }
            Constant::Str(s) => self.line(format_args!("str {}", hex(s))),
            Constant::Bytes(s) => self.line(format_args!("bytes {}", hex(s))),
            other => self.line(format_args!("{other:?}")),
        }
    }

    fn stmt(&mut self, s: &Stmt) {
        let name = match &s.kind {
            StmtKind::FunctionDef(_) => "FunctionDef",
            StmtKind::AsyncFunctionDef(_) => "AsyncFunctionDef",
            StmtKind::ClassDef(_) => "ClassDef",
            StmtKind::Return { .. } => "Return",
            StmtKind::Delete { .. } => "Delete",
            StmtKind::Assign { .. } => "Assign",
            StmtKind::TypeAlias(_) => "TypeAlias",
            StmtKind::AugAssign { .. } => "AugAssign",
            StmtKind::AnnAssign { .. } => "AnnAssign",
            StmtKind::For(_) => "For",
            StmtKind::AsyncFor(_) => "AsyncFor",
            StmtKind::While { .. } => "While",
            StmtKind::If { .. } => "If",
            StmtKind::With(_) => "With",
            StmtKind::AsyncWith(_) => "AsyncWith",
            StmtKind::Match { .. } => "Match",
            StmtKind::Raise { .. } => "Raise",
            StmtKind::Try(_) => "Try",
            StmtKind::TryStar(_) => "TryStar",
            StmtKind::Assert { .. } => "Assert",
            StmtKind::Import { .. } => "Import",
            StmtKind::ImportFrom { .. } => "ImportFrom",
            StmtKind::Global { .. } => "Global",
            StmtKind::Nonlocal { .. } => "Nonlocal",
            StmtKind::Expr { .. } => "Expr",
            StmtKind::Pass => "Pass",
            StmtKind::Break => "Break",
            StmtKind::Continue => "Continue",
        };
        self.node(name, Some(s.span), |d| match &s.kind {
            StmtKind::FunctionDef(f) | StmtKind::AsyncFunctionDef(f) => {
                d.line(format_args!("name={}", f.name));
                d.arguments(&f.args);
                d.stmts("body", &f.body);
                d.exprs("decorator_list", &f.decorator_list);
                if let Some(returns) = &f.returns {
                    d.one("returns", returns);
                }
                d.type_params(&f.type_params);
            }
            StmtKind::ClassDef(c) => {
                d.line(format_args!("name={}", c.name));
                d.exprs("bases", &c.bases);
                d.list("keywords", &c.keywords, |d, k| d.keyword(k));
                d.stmts("body", &c.body);
                d.exprs("decorator_list", &c.decorator_list);
                d.type_params(&c.type_params);
            }
            StmtKind::Return { value } => d.optional("value", value),
            StmtKind::Delete { targets } => d.exprs("targets", targets),
            StmtKind::Assign { targets, value, .. } => {
                d.exprs("targets", targets);
                d.one("value", value);
            }
            StmtKind::TypeAlias(a) => {
                d.one("name", &a.name);
                d.type_params(&a.type_params);
                d.one("value", &a.value);
            }
            StmtKind::AugAssign { target, op, value } => {
                d.one("target", target);
                d.line(format_args!("op={op:?}"));
                d.one("value", value);
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                d.one("target", target);
                d.one("annotation", annotation);
                d.optional("value", value);
                d.line(format_args!("simple={}", *simple as i32));
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                d.one("target", &f.target);
                d.one("iter", &f.iter);
                d.stmts("body", &f.body);
                d.stmts("orelse", &f.orelse);
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                d.one("test", test);
                d.stmts("body", body);
                d.stmts("orelse", orelse);
            }
            StmtKind::With(w) | StmtKind::AsyncWith(w) => {
                d.list("items", &w.items, |d, item| {
                    d.node("withitem", None, |d| {
                        d.one("context_expr", &item.context_expr);
                        d.optional("optional_vars", &item.optional_vars);
                    })
                });
                d.stmts("body", &w.body);
            }
            StmtKind::Match { subject, cases } => {
                d.one("subject", subject);
                d.list("cases", cases, |d, case| {
                    d.node("match_case", None, |d| {
                        d.pattern("pattern", &case.pattern);
                        d.optional("guard", &case.guard);
                        d.stmts("body", &case.body);
                    })
                });
            }
            StmtKind::Raise { exc, cause } => {
                d.optional("exc", exc);
                d.optional("cause", cause);
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => {
                d.stmts("body", &t.body);
                d.list("handlers", &t.handlers, |d, h| {
                    d.node("ExceptHandler", Some(h.span), |d| {
                        d.optional("type", &h.typ);
                        d.name("name", &h.name);
                        d.stmts("body", &h.body);
                    })
                });
                d.stmts("orelse", &t.orelse);
                d.stmts("finalbody", &t.finalbody);
            }
            StmtKind::Assert { test, msg } => {
                d.one("test", test);
                d.optional("msg", msg);
            }
            StmtKind::Import { names } => d.aliases(names),
            StmtKind::ImportFrom { module, names, level } => {
                d.name("module", module);
                d.aliases(names);
                d.line(format_args!("level={level}"));
            }
            StmtKind::Global { names } | StmtKind::Nonlocal { names } => {
                d.list("names", names, |d, n| d.line(format_args!("{n}")))
            }
            StmtKind::Expr { value } => d.one("value", value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => {}
        });
    }

    fn aliases(&mut self, names: &[Alias]) {
        self.list("names", names, |d, a| {
            d.node("alias", Some(a.span), |d| {
                d.line(format_args!("name={}", a.name));
                d.name("asname", &a.asname);
            })
        });
    }

    fn keyword(&mut self, k: &Keyword) {
        self.node("keyword", Some(k.span), |d| {
            d.name("arg", &k.arg);
            d.one("value", &k.value);
        });
    }

    fn type_params(&mut self, params: &TypeParams) {
        self.list("type_params", &params.params, |d, p| match &p.kind {
            TypeParamKind::TypeVar { name, bound, .. } => d.node("TypeVar", Some(p.span), |d| {
                d.line(format_args!("name={name}"));
                d.optional("bound", bound);
            }),
            TypeParamKind::ParamSpec { name } => {
                d.node("ParamSpec", Some(p.span), |d| d.line(format_args!("name={name}")))
            }
            TypeParamKind::TypeVarTuple { name } => {
                d.node("TypeVarTuple", Some(p.span), |d| d.line(format_args!("name={name}")))
            }
        });
    }

    fn arg(&mut self, a: &Arg) {
        self.node("arg", Some(a.span), |d| {
            d.line(format_args!("arg={}", a.arg));
            d.optional("annotation", &a.annotation);
        });
    }

    fn arguments(&mut self, a: &Arguments) {
        self.line(format_args!("args"));
        self.depth += 1;
        self.node("arguments", None, |d| {
            d.list("posonlyargs", &a.posonlyargs, |d, a| d.arg(a));
            d.list("args", &a.args, |d, a| d.arg(a));
            if let Some(arg) = &a.vararg {
                d.line(format_args!("vararg"));
                d.depth += 1;
                d.arg(arg);
                d.depth -= 1;
            }
            d.list("kwonlyargs", &a.kwonlyargs, |d, a| d.arg(a));
            d.list("kw_defaults", &a.kw_defaults, |d, e| match e {
                Some(e) => d.expr(e),
                None => d.line(format_args!("None")),
            });
            if let Some(arg) = &a.kwarg {
                d.line(format_args!("kwarg"));
                d.depth += 1;
                d.arg(arg);
                d.depth -= 1;
            }
            d.exprs("defaults", &a.defaults);
        });
        self.depth -= 1;
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        self.list("generators", generators, |d, g| {
            d.node("comprehension", None, |d| {
                d.one("target", &g.target);
                d.one("iter", &g.iter);
                d.exprs("ifs", &g.ifs);
                d.line(format_args!("is_async={}", g.is_async as i32));
            })
        });
    }

    fn pattern(&mut self, field: &str, p: &Pattern) {
        if !field.is_empty() {
            self.line(format_args!("{field}"));
            self.depth += 1;
            self.pattern("", p);
            self.depth -= 1;
            return;
        }
        let name = match &p.kind {
            PatternKind::MatchValue { .. } => "MatchValue",
            PatternKind::MatchSingleton { .. } => "MatchSingleton",
            PatternKind::MatchSequence { .. } => "MatchSequence",
            PatternKind::MatchMapping { .. } => "MatchMapping",
            PatternKind::MatchClass { .. } => "MatchClass",
            PatternKind::MatchStar { .. } => "MatchStar",
            PatternKind::MatchAs { .. } => "MatchAs",
            PatternKind::MatchOr { .. } => "MatchOr",
        };
        self.node(name, Some(p.span), |d| match &p.kind {
            PatternKind::MatchValue { value } => d.one("value", value),
            // `ast` leaves out a value of None here.
            PatternKind::MatchSingleton { value } => d.constant(value),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                d.list("patterns", patterns, |d, p| d.pattern("", p))
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                d.exprs("keys", keys);
                d.list("patterns", patterns, |d, p| d.pattern("", p));
                d.name("rest", rest);
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                d.one("cls", cls);
                d.list("patterns", patterns, |d, p| d.pattern("", p));
                d.list("kwd_attrs", kwd_attrs, |d, n| d.line(format_args!("{n}")));
                d.list("kwd_patterns", kwd_patterns, |d, p| d.pattern("", p));
            }
            PatternKind::MatchStar { name } => d.name("name", name),
            PatternKind::MatchAs { pattern, name } => {
                if let Some(p) = pattern {
                    d.pattern("pattern", p);
                }
                d.name("name", name);
            }
        });
    }

    fn expr(&mut self, e: &Expr) {
        let name = match &e.kind {
            ExprKind::BoolOp { .. } => "BoolOp",
            ExprKind::NamedExpr { .. } => "NamedExpr",
            ExprKind::BinOp { .. } => "BinOp",
            ExprKind::UnaryOp { .. } => "UnaryOp",
            ExprKind::Lambda { .. } => "Lambda",
            ExprKind::IfExp { .. } => "IfExp",
            ExprKind::Dict { .. } => "Dict",
            ExprKind::Set { .. } => "Set",
            ExprKind::ListComp { .. } => "ListComp",
            ExprKind::SetComp { .. } => "SetComp",
            ExprKind::DictComp { .. } => "DictComp",
            ExprKind::GeneratorExp { .. } => "GeneratorExp",
            ExprKind::Await { .. } => "Await",
            ExprKind::Yield { .. } => "Yield",
            ExprKind::YieldFrom { .. } => "YieldFrom",
            ExprKind::Compare { .. } => "Compare",
            ExprKind::Call { .. } => "Call",
            ExprKind::FormattedValue { .. } => "FormattedValue",
            ExprKind::JoinedStr { .. } => "JoinedStr",
            ExprKind::Constant { .. } => "Constant",
            ExprKind::Attribute { .. } => "Attribute",
            ExprKind::Subscript { .. } => "Subscript",
            ExprKind::Starred { .. } => "Starred",
            ExprKind::Name { .. } => "Name",
            ExprKind::List { .. } => "List",
            ExprKind::Tuple { .. } => "Tuple",
            ExprKind::Slice { .. } => "Slice",
        };
        self.node(name, Some(e.span), |d| match &e.kind {
            ExprKind::BoolOp { op, values } => {
                d.line(format_args!("op={op:?}"));
                d.exprs("values", values);
            }
            ExprKind::NamedExpr { target, value } => {
                d.one("target", target);
                d.one("value", value);
            }
            ExprKind::BinOp { left, op, right } => {
                d.one("left", left);
                d.line(format_args!("op={op:?}"));
                d.one("right", right);
            }
            ExprKind::UnaryOp { op, operand } => {
                d.line(format_args!("op={op:?}"));
                d.one("operand", operand);
            }
            ExprKind::Lambda { args, body, .. } => {
                d.arguments(args);
                d.one("body", body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                d.one("test", test);
                d.one("body", body);
                d.one("orelse", orelse);
            }
            ExprKind::Dict { keys, values } => {
                d.list("keys", keys, |d, e| match e {
                    Some(e) => d.expr(e),
                    None => d.line(format_args!("None")),
                });
                d.exprs("values", values);
            }
            ExprKind::Set { elts } => d.exprs("elts", elts),
            ExprKind::ListComp { elt, generators, .. }
            | ExprKind::SetComp { elt, generators, .. }
            | ExprKind::GeneratorExp { elt, generators, .. } => {
                d.one("elt", elt);
                d.generators(generators);
            }
            ExprKind::DictComp { key, value, generators, .. } => {
                d.one("key", key);
                d.one("value", value);
                d.generators(generators);
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } => d.one("value", value),
            ExprKind::Yield { value } => d.optional("value", value),
            ExprKind::Compare { left, ops, comparators } => {
                d.one("left", left);
                d.list("ops", ops, |d, op| d.line(format_args!("{op:?}")));
                d.exprs("comparators", comparators);
            }
            ExprKind::Call { func, args, keywords } => {
                d.one("func", func);
                d.exprs("args", args);
                d.list("keywords", keywords, |d, k| d.keyword(k));
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                d.one("value", value);
                d.line(format_args!("conversion={}", *conversion as i32));
                d.optional("format_spec", format_spec);
            }
            ExprKind::JoinedStr { values } => d.exprs("values", values),
            ExprKind::Constant { value, u_kind } => {
                d.constant(value);
                if *u_kind {
                    d.line(format_args!("kind=u"));
                }
            }
            ExprKind::Attribute { value, attr, ctx } => {
                d.one("value", value);
                d.line(format_args!("attr={attr}"));
                d.ctx(*ctx);
            }
            ExprKind::Subscript { value, slice, ctx } => {
                d.one("value", value);
                d.one("slice", slice);
                d.ctx(*ctx);
            }
            ExprKind::Starred { value, ctx } => {
                d.one("value", value);
                d.ctx(*ctx);
            }
            ExprKind::Name { id, ctx } => {
                d.line(format_args!("id={id}"));
                d.ctx(*ctx);
            }
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
                d.exprs("elts", elts);
                d.ctx(*ctx);
            }
            ExprKind::Slice { lower, upper, step } => {
                d.optional("lower", lower);
                d.optional("upper", upper);
                d.optional("step", step);
            }
        });
    }
}

fn first_difference(path: &str, ours: &str, theirs: &str) {
    let number = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
    let (a, b) = (ours.lines().nth(number), theirs.lines().nth(number));
    println!("{path}: line {number} of the dump: {a:?}, CPython {b:?}");
}

fn main() {
    let mut check = None;
    let mut time = false;
    let mut files: Vec<String> = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--check" => check = args.next(),
            "--time" => time = true,
            "-" => files.extend(std::io::stdin().lines().map_while(Result::ok)),
            _ => files.push(arg),
        }
    }
    let mut bytes = 0;
    let mut spent = std::time::Duration::ZERO;
    for file in files {
        let Ok(source) = std::fs::read(&file) else {
            println!("{file}: cannot read");
            continue;
        };
        let start = std::time::Instant::now();
        let result = parse_bytes(&source, Mode::Exec, &Flags::default(), &mut |codec, _| {
            Err(krait_syntax::error::SyntaxError::undecodable(format!("unknown encoding: {codec}")))
        });
        spent += start.elapsed();
        bytes += source.len();
        match result {
            Ok(_) if time => {}
            Ok(parsed) => {
                let mut dump = Dump { out: String::new(), depth: 0 };
                match &parsed.tree.kind {
                    ModKind::Module { body, .. } | ModKind::Interactive { body } => {
                        dump.stmts("Module", body)
                    }
                    ModKind::Expression { body } => dump.one("Expression", body),
                    ModKind::FunctionType { argtypes, returns } => {
                        dump.exprs("argtypes", argtypes);
                        dump.one("returns", returns);
                    }
                }
                match &check {
                    None => print!("{}", dump.out),
                    Some(dir) => match std::fs::read_to_string(format!("{dir}/{}", file.replace('/', "%"))) {
                        Ok(theirs) if theirs == dump.out => {}
                        Ok(theirs) => first_difference(&file, &dump.out, &theirs),
                        Err(_) => println!("{file}: no dump to compare with"),
                    },
                }
            }
            Err(error) => {
                let expected = check.as_ref().and_then(|dir| {
                    std::fs::read_to_string(format!("{dir}/{}", file.replace('/', "%"))).ok()
                });
                let ours = format!("error {}\n", error.msg);
                if expected.as_deref() != Some(&ours) {
                    println!("{file} {:?} {error} instead of {:.60?}", error.kind, expected);
                }
            }
        }
    }
    if time {
        let seconds = spent.as_secs_f64();
        println!("{bytes} bytes in {seconds:.3} s, {:.1} MB/s", bytes as f64 / seconds / 1e6);
    }
}
