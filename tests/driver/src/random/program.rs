//! Whole programs: globals, classes, functions, and the calls that run them.
//!
//! A program is a function of its seed. It ends by construction: every loop has a bound, and a static estimate
//! of the statements executed (`cost`, times `weight` inside loops and callees) stays under a budget. It stays
//! small in memory because what is stored in a variable after growing is masked, and containers hold scalars.
//! Apart from that anything may happen, exceptions included: the top level prints them and goes on.

use super::rng::Rng;
use super::tree::Stmt;

/// What the generator believes a value to be. Programs break the belief now and then, on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Int,
    Float,
    /// An int or a float.
    Num,
    Str,
    /// Lists by their items.
    Ints,
    Floats,
    Mixed,
    Tuple,
    /// From small ints to ints.
    Dict,
    /// From short strings to ints.
    Names,
    /// An instance of a class of the program, or of a subclass.
    Obj(usize),
}

/// A variable in sight.
#[derive(Clone)]
pub struct Var {
    pub name: String,
    pub ty: Ty,
    /// May be assigned here.
    pub writable: bool,
}

/// A function or method that may be called.
#[derive(Clone)]
pub struct Func {
    pub name: String,
    pub params: Vec<Ty>,
    pub ret: Ty,
    pub cost: u64,
    /// Takes an int of at most this first, which bounds its work.
    pub bound: Option<usize>,
    /// Calling it makes a generator of `ret`.
    pub generator: bool,
}

/// A class of the program.
#[derive(Clone)]
pub struct Class {
    pub base: Option<usize>,
    pub init: Vec<Ty>,
    pub attrs: Vec<(String, Ty)>,
    /// Attributes that may not be assigned: properties, class attributes.
    pub readable: Vec<(String, Ty)>,
    pub methods: Vec<Func>,
    /// Operator, type of the other operand, type of the result.
    pub operators: Vec<(&'static str, Ty, Ty)>,
}

/// The state of one code block being written.
pub struct Scope {
    pub vars: Vec<Var>,
    /// How often the statement being written may run, per run of the block.
    pub weight: u64,
    /// Statements executed by one run of the block, at most.
    pub cost: u64,
    pub budget: u64,
    /// The loops around the statement being written: counter, turns.
    pub loops: Vec<(Option<String>, usize)>,
    pub ret: Option<Ty>,
    pub generator: bool,
}

impl Scope {
    fn new(budget: u64) -> Scope {
        Scope { vars: Vec::new(), weight: 1, cost: 0, budget, loops: Vec::new(), ret: None, generator: false }
    }
}

/// A generator of one program.
pub struct Gen {
    pub rng: Rng,
    pub classes: Vec<Class>,
    pub functions: Vec<Func>,
    pub scopes: Vec<Scope>,
    /// The expression being written may be larger than its operands were.
    pub grew: bool,
    names: usize,
}

/// The types of ordinary variables.
const SCALARS: [Ty; 6] = [Ty::Int, Ty::Int, Ty::Int, Ty::Float, Ty::Float, Ty::Str];
/// The types of containers.
const CONTAINERS: [Ty; 7] = [Ty::Ints, Ty::Ints, Ty::Floats, Ty::Mixed, Ty::Tuple, Ty::Dict, Ty::Names];

/// The program with this seed.
pub fn program(seed: u64) -> Vec<Stmt> {
    let mut g = Gen {
        rng: Rng::new(seed),
        classes: Vec::new(),
        functions: Vec::new(),
        scopes: vec![Scope::new(0)],
        grew: false,
        names: 0,
    };
    let mut out = vec![Stmt::line("import math"), Stmt::line("INF = float('inf'); NAN = INF - INF")];
    for _ in 0..g.rng.between(2, 5) {
        let ty = g.any_type();
        out.push(g.new_variable("g", ty));
    }
    for _ in 0..g.rng.pick(&[0, 1, 1, 2, 3]) {
        out.push(g.class());
    }
    for _ in 0..g.rng.between(1, 4) {
        out.push(g.function());
    }
    if g.rng.chance(40) {
        out.push(g.context_manager());
    }
    for _ in 0..g.rng.between(1, 3) {
        let (name, body) = g.driver();
        out.push(body);
        out.push(Stmt::Compound(vec![
            ("try:".into(), vec![Stmt::line(format!("print({name}())"))]),
            ("except Exception as e:".into(), vec![Stmt::line("report(e)")]),
        ]));
    }
    if g.rng.chance(50) {
        out.extend(g.module_code());
    }
    let globals: Vec<String> =
        g.scopes[0].vars.iter().filter(|v| v.name.starts_with('g')).map(|v| v.name.clone()).collect();
    for name in globals {
        out.push(Stmt::line(format!("print({name})")));
    }
    out
}

impl Gen {
    /// A name that no other part of the program has.
    pub fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    pub fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the module's scope stays")
    }

    pub fn any_type(&mut self) -> Ty {
        if !self.classes.is_empty() && self.rng.chance(20) {
            Ty::Obj(self.rng.below(self.classes.len()))
        } else if self.rng.chance(40) {
            self.rng.pick(&CONTAINERS)
        } else {
            self.rng.pick(&SCALARS)
        }
    }

    pub fn scalar_type(&mut self) -> Ty {
        self.rng.pick(&SCALARS)
    }

    /// A new variable of the innermost scope, with its first value.
    pub fn new_variable(&mut self, prefix: &str, ty: Ty) -> Stmt {
        let value = self.stored(ty, 2);
        let name = self.name(prefix);
        self.declare(&name, ty);
        Stmt::line(format!("{name} = {value}"))
    }

    pub fn declare(&mut self, name: &str, ty: Ty) {
        self.scope().vars.push(Var { name: name.to_owned(), ty, writable: true });
    }

    /// Can something of this cost be done where we are?
    pub fn affords(&mut self, cost: u64) -> bool {
        let s = self.scope();
        s.cost + s.weight * cost <= s.budget
    }

    pub fn spend(&mut self, cost: u64) {
        let s = self.scope();
        s.cost += s.weight * cost;
    }

    /// The body of a function. `params` are in sight; gives its statements and cost.
    fn body(&mut self, params: Vec<Var>, ret: Ty, budget: u64, statements: usize) -> (Vec<Stmt>, u64) {
        let mut scope = Scope::new(budget);
        scope.vars = params;
        scope.ret = Some(ret);
        self.scopes.push(scope);
        let mut out = Vec::new();
        self.assign_outer(&mut out);
        for _ in 0..self.rng.between(1, 3) {
            let ty = self.any_type();
            out.push(self.new_variable("v", ty));
        }
        for _ in 0..statements {
            let s = self.statement(3);
            out.extend(s);
        }
        let value = self.stored(ret, 2);
        out.push(Stmt::line(format!("return {value}")));
        let scope = self.scopes.pop().expect("it was pushed");
        (out, scope.cost + 2)
    }

    /// Lets a function assign some of the variables around it.
    fn assign_outer(&mut self, out: &mut Vec<Stmt>) {
        let around = self.scopes.len() - 2;
        let mut vars: Vec<(&str, Var)> = Vec::new();
        for (level, word, prefix) in [(0, "global", 'g'), (around, "nonlocal", 'v')] {
            if level > 0 || word == "global" {
                let here =
                    self.scopes[level].vars.iter().filter(|v| v.writable && v.name.starts_with(prefix));
                vars.extend(here.map(|v| (word, v.clone())));
            }
        }
        for (word, v) in vars {
            if self.rng.chance(35) {
                out.push(Stmt::Fixed(format!("{word} {}", v.name)));
                self.scope().vars.push(v);
            }
        }
    }

    fn params(&mut self, count: usize, types: &[Ty]) -> (Vec<Ty>, Vec<Var>) {
        let mut vars = Vec::new();
        for _ in 0..count {
            let ty = if self.rng.chance(70) { self.rng.pick(types) } else { self.any_type() };
            vars.push(Var { name: self.name("p"), ty, writable: true });
        }
        (vars.iter().map(|v| v.ty).collect(), vars)
    }

    /// A function of the module: plain, recursive, or a generator.
    fn function(&mut self) -> Stmt {
        let name = self.name("f");
        let ret = if self.rng.chance(75) { self.scalar_type() } else { self.any_type() };
        let count = self.rng.below(4);
        let (types, vars) = self.params(count, &[Ty::Int, Ty::Num, Ty::Float]);
        let mut list: Vec<String> = vars.iter().map(|v| v.name.clone()).collect();
        match self.rng.below(10) {
            0..=2 => self.generator(name),
            3 | 4 => self.recursive(name),
            kind => {
                let mut inside = vars;
                if kind == 5 {
                    inside.push(Var { name: "rest".into(), ty: Ty::Tuple, writable: false });
                    list.push("*rest".into());
                } else if kind == 6 {
                    list.push("**more".into());
                    inside.push(Var { name: "more".into(), ty: Ty::Names, writable: false });
                } else if kind == 7 && !list.is_empty() {
                    let ty = types[types.len() - 1];
                    let value = self.expr(ty, 0);
                    if let Some(last) = list.last_mut() {
                        last.push_str(&format!("={value}"));
                    }
                }
                let statements = self.rng.between(1, 4);
                let (body, cost) = self.body(inside, ret, 120, statements);
                let f = Func { name: name.clone(), params: types, ret, cost, bound: None, generator: false };
                self.functions.push(f);
                Stmt::block(format!("def {name}({}):", list.join(", ")), body)
            }
        }
    }

    fn recursive(&mut self, name: String) -> Stmt {
        let ty = self.rng.pick(&[Ty::Int, Ty::Int, Ty::Num, Ty::Float]);
        let (n, x) = (self.name("n"), self.name("p"));
        let vars = vec![
            Var { name: n.clone(), ty: Ty::Int, writable: false },
            Var { name: x.clone(), ty, writable: true },
        ];
        let (mut body, cost) = self.body(vars, ty, 25, 1);
        body.pop();
        body.insert(
            0,
            Stmt::Compound(vec![(format!("if {n} <= 0:"), vec![Stmt::line(format!("return {x}"))])]),
        );
        let twice = self.rng.chance(40);
        let other = if twice { format!("{name}({n} - 2, {x})") } else { n.clone() };
        let op = self.rng.pick(&["+", "-", "+"]);
        body.push(Stmt::line(format!("return {name}({n} - 1, {x} {op} 1) {op} {other}")));
        let (bound, calls) = if twice { (7, 40) } else { (9, 10) };
        self.functions.push(Func {
            name: name.clone(),
            params: vec![ty],
            ret: ty,
            cost: (cost + 2) * calls,
            bound: Some(bound),
            generator: false,
        });
        Stmt::block(format!("def {name}({n}, {x}):"), body)
    }

    fn generator(&mut self, name: String) -> Stmt {
        let ret = self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Str, Ty::Tuple]);
        let (n, x) = (self.name("n"), self.name("p"));
        let vars = vec![
            Var { name: n.clone(), ty: Ty::Int, writable: false },
            Var { name: x.clone(), ty: Ty::Num, writable: true },
        ];
        let mut scope = Scope::new(60);
        scope.vars = vars;
        scope.generator = true;
        self.scopes.push(scope);
        let mut out = Vec::new();
        self.assign_outer(&mut out);
        out.push(self.new_variable("v", Ty::Int));
        let counter = self.name("i");
        self.enter_loop(Some(&counter), 8);
        let mut inner = Vec::new();
        for _ in 0..self.rng.between(0, 2) {
            let s = self.statement(2);
            inner.extend(s);
        }
        let value = self.stored(ret, 2);
        if self.rng.chance(30) {
            let ty = self.rng.pick(&[Ty::Int, Ty::Num]);
            let got = self.name("v");
            inner.push(Stmt::line(format!("{got} = yield {value}")));
            self.spend(1);
            if self.rng.chance(50) {
                let other = self.expr(ty, 1);
                inner.push(Stmt::block(
                    format!("if {got} is not None:"),
                    vec![Stmt::line(format!("yield {other}"))],
                ));
            }
        } else {
            inner.push(Stmt::line(format!("yield {value}")));
        }
        self.leave_loop();
        let looped = Stmt::block(format!("for {counter} in range({n}):"), inner);
        if self.rng.chance(25) {
            out.push(Stmt::Compound(vec![
                ("try:".into(), vec![looped]),
                ("finally:".into(), vec![Stmt::line("v0 = 1")]),
            ]));
        } else {
            out.push(looped);
        }
        let scope = self.scopes.pop().expect("it was pushed");
        let cost = scope.cost + 10;
        let params = vec![Ty::Num];
        self.functions.push(Func { name: name.clone(), params, ret, cost, bound: Some(8), generator: true });
        Stmt::block(format!("def {name}({n}, {x}):"), out)
    }

    fn context_manager(&mut self) -> Stmt {
        let swallow =
            self.rng.pick(&["False", "True", "kind is not None and issubclass(kind, ZeroDivisionError)"]);
        let body = vec![
            Stmt::block("def __enter__(self):", vec![Stmt::line("return 3")]),
            Stmt::block(
                "def __exit__(self, kind, value, tb):",
                vec![
                    Stmt::block("if kind is not None:", vec![Stmt::line("print('left by', kind.__name__)")]),
                    Stmt::line(format!("return {swallow}")),
                ],
            ),
        ];
        self.functions.push(Func {
            name: "Manager".into(),
            params: Vec::new(),
            ret: Ty::Obj(usize::MAX),
            cost: 6,
            bound: None,
            generator: false,
        });
        Stmt::block("class Manager:", body)
    }

    /// A function that does the work of a test: loops over what the program has.
    fn driver(&mut self) -> (String, Stmt) {
        let name = self.name("main");
        let functions = self.functions.len();
        let mut scope = Scope::new(2500);
        scope.ret = Some(Ty::Int);
        self.scopes.push(scope);
        let mut out = Vec::new();
        self.assign_outer(&mut out);
        for _ in 0..self.rng.between(2, 6) {
            let ty = self.any_type();
            out.push(self.new_variable("v", ty));
        }
        if self.rng.chance(40) {
            out.push(self.closure());
        }
        for _ in 0..self.rng.between(1, 3) {
            let s = self.loop_statement(4);
            out.extend(s);
            if self.rng.chance(40) {
                let s = self.statement(2);
                out.extend(s);
            }
        }
        let names: Vec<String> =
            self.scope().vars.iter().filter(|v| v.name.starts_with('v')).map(|v| v.name.clone()).collect();
        out.push(Stmt::line(format!("return [{}]", names.join(", "))));
        self.scopes.pop();
        // Functions inside of it are not in sight elsewhere.
        self.functions.truncate(functions);
        (name.clone(), Stmt::block(format!("def {name}():"), out))
    }

    /// Loops of the module itself, whose variables are globals.
    fn module_code(&mut self) -> Vec<Stmt> {
        let mut out = Vec::new();
        self.scope().budget = 800;
        for v in &mut self.scope().vars {
            v.writable = true;
        }
        let inner = self.loop_statement(3);
        out.push(Stmt::Compound(vec![
            ("try:".into(), inner),
            ("except Exception as e:".into(), vec![Stmt::line("report(e)")]),
        ]));
        out
    }

    /// A function inside a function, which uses and assigns its variables.
    pub fn closure(&mut self) -> Stmt {
        let name = self.name("f");
        let ret = self.scalar_type();
        let count = self.rng.below(3);
        let (params, vars) = self.params(count, &[Ty::Int, Ty::Num]);
        let list: Vec<String> = vars.iter().map(|v| v.name.clone()).collect();
        let statements = self.rng.between(0, 2);
        let before = self.functions.len();
        let (body, cost) = self.body(vars, ret, 40, statements);
        self.functions.truncate(before);
        self.functions.push(Func { name: name.clone(), params, ret, cost, bound: None, generator: false });
        Stmt::block(format!("def {name}({}):", list.join(", ")), body)
    }

    /// A class with attributes, a property, methods and operators.
    fn class(&mut self) -> Stmt {
        let id = self.classes.len();
        let name = format!("C{id}");
        let base = (id > 0 && self.rng.chance(50)).then(|| self.rng.below(id));
        let slots = self.rng.chance(20);
        let mut class = match base {
            Some(b) => Class { base, ..self.classes[b].clone() },
            None => Class {
                base,
                init: Vec::new(),
                attrs: Vec::new(),
                readable: Vec::new(),
                methods: Vec::new(),
                operators: Vec::new(),
            },
        };
        let mut body = Vec::new();
        if base.is_none() {
            for n in 0..self.rng.between(1, 3) {
                let ty = if n == 0 { Ty::Int } else { self.scalar_type() };
                class.attrs.push((self.name("a"), ty));
            }
            class.init = class.attrs.iter().map(|a| a.1).collect();
            if slots {
                let names: Vec<String> = class.attrs.iter().map(|a| format!("'{}'", a.0)).collect();
                body.push(Stmt::Fixed(format!("__slots__ = ({},)", names.join(", "))));
            } else {
                let value = self.expr(Ty::Int, 0);
                let attr = self.name("k");
                body.push(Stmt::line(format!("{attr} = {value}")));
                class.readable.push((attr, Ty::Int));
            }
            let params: Vec<String> = class.attrs.iter().map(|a| format!("{}=1", a.0)).collect();
            let sets = class.attrs.iter().map(|a| Stmt::line(format!("self.{0} = {0}", a.0))).collect();
            body.push(Stmt::block(format!("def __init__(self, {}):", params.join(", ")), sets));
            let shown: Vec<String> = class.attrs.iter().map(|a| format!("self.{}", a.0)).collect();
            body.push(Stmt::block(
                "def __repr__(self):",
                vec![Stmt::line(format!("return type(self).__name__ + repr(({},))", shown.join(", ")))],
            ));
        }
        self.classes.push(class);
        let myself = || Var { name: "self".into(), ty: Ty::Obj(id), writable: false };
        if self.rng.chance(50) {
            let prop = self.name("q");
            let ty = self.scalar_type();
            // It calls nothing: what a subclass overrides might come back to it, for ever.
            self.scopes.push(Scope::new(0));
            self.scope().vars.push(myself());
            let value = self.stored(ty, 2);
            self.scopes.pop();
            body.push(Stmt::line("@property"));
            body.push(Stmt::block(format!("def {prop}(self):"), vec![Stmt::line(format!("return {value}"))]));
            self.classes[id].readable.push((prop, ty));
        }
        let mut made = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            let overridden = base.and_then(|b| {
                let methods = &self.classes[b].methods;
                (!methods.is_empty()).then(|| methods[0].clone())
            });
            let (method, types, ret) = match overridden {
                Some(m) if made.is_empty() => (m.name, m.params, m.ret),
                _ => {
                    let ret = self.scalar_type();
                    let count = self.rng.below(3);
                    let (types, _) = self.params(count, &[Ty::Int, Ty::Num]);
                    (self.name("m"), types, ret)
                }
            };
            let mut vars = vec![myself()];
            for &ty in &types {
                vars.push(Var { name: self.name("p"), ty, writable: true });
            }
            let list: Vec<String> = vars.iter().map(|v| v.name.clone()).collect();
            let statements = self.rng.between(0, 2);
            // What overrides a method calls no others, as they may call it.
            let budget = if base.is_some() { 0 } else { 50 };
            let (mut inner, cost) = self.body(vars, ret, budget, statements);
            if made.is_empty() && base.is_some() && self.rng.chance(50) {
                inner.insert(0, Stmt::line(format!("super().{method}({})", list[1..].join(", "))));
            }
            body.push(Stmt::block(format!("def {method}({}):", list.join(", ")), inner));
            made.push(Func {
                name: method,
                params: types,
                ret,
                cost: cost * 2,
                bound: None,
                generator: false,
            });
        }
        self.classes[id].methods.retain(|m| made.iter().all(|n| n.name != m.name));
        self.classes[id].methods.extend(made);
        self.special_methods(id, &mut body);
        let head = base.map_or(format!("class {name}:"), |b| format!("class {name}(C{b}):"));
        Stmt::block(head, body)
    }

    fn special_methods(&mut self, id: usize, body: &mut Vec<Stmt>) {
        let a = self.classes[id].attrs[0].0.clone();
        let mut have = Vec::new();
        for _ in 0..self.rng.below(5) {
            let kind = self.rng.below(13);
            if have.contains(&kind) {
                continue;
            }
            have.push(kind);
            let me = Ty::Obj(id);
            let (head, line, operator) = match kind {
                0 => (
                    "__add__(self, other)",
                    format!("return type(self)(self.{a} + other & 0xffff)"),
                    ("+", Ty::Int, me),
                ),
                1 => ("__sub__(self, other)", format!("return self.{a} - other"), ("-", Ty::Int, Ty::Int)),
                2 => ("__mul__(self, other)", format!("return self.{a} + other.{a}"), ("*", me, Ty::Int)),
                3 => ("__lt__(self, other)", format!("return self.{a} < other.{a}"), ("<", me, Ty::Int)),
                4 => ("__eq__(self, other)", format!("return self.{a} == other"), ("==", Ty::Int, Ty::Int)),
                5 => ("__getitem__(self, i)", format!("return self.{a} + i"), ("[", Ty::Int, Ty::Int)),
                6 => ("__call__(self, x)", format!("return self.{a} - x"), ("(", Ty::Int, Ty::Int)),
                7 => ("__len__(self)", format!("return abs(self.{a}) & 7"), ("len", Ty::Int, Ty::Int)),
                8 => ("__bool__(self)", format!("return self.{a} > 2"), ("bool", Ty::Int, Ty::Int)),
                9 => ("__contains__(self, x)", format!("return self.{a} == x"), ("in", Ty::Int, Ty::Int)),
                10 => ("__neg__(self)", format!("return type(self)(-self.{a})"), ("neg", Ty::Int, me)),
                11 => {
                    ("__iter__(self)", format!("return iter((self.{a}, 2, 3))"), ("iter", Ty::Int, Ty::Int))
                }
                _ => ("__setitem__(self, i, x)", format!("self.{a} = x"), ("[=", Ty::Int, Ty::Int)),
            };
            body.push(Stmt::block(format!("def {head}:"), vec![Stmt::line(line)]));
            self.classes[id].operators.retain(|o| o.0 != operator.0);
            self.classes[id].operators.push(operator);
        }
    }
}
