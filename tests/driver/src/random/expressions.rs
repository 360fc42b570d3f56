//! Expressions of a wanted type.

use super::program::{Func, Gen, Ty};

/// Ints where representations change: 62-bit words, 63- and 64-bit machine integers, and beyond.
const EDGES: [&str; 14] = [
    "2305843009213693951",
    "-2305843009213693952",
    "2305843009213693952",
    "2305843009213693900",
    "-2305843009213693900",
    "4611686018427387903",
    "-4611686018427387904",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "2147483647",
    "-2147483648",
    "1099511627776",
    "1152921504606846976",
];
const FLOATS: [&str; 18] = [
    "0.0",
    "-0.0",
    "1.0",
    "0.5",
    "-1.5",
    "2.25",
    "3.0",
    "0.1",
    "1e10",
    "INF",
    "-INF",
    "NAN",
    "1e308",
    "-1e-308",
    "5e-324",
    "1e-300",
    "9007199254740993.0",
    "1e19",
];
const STRINGS: [&str; 9] =
    ["''", "'a'", "'bc'", "'hello'", "'\\u20ac\\xe9'", "'x y z'", "'12'", "'Zz'", "'\\U0001f600'"];
const COMPARISONS: [&str; 6] = ["<", "<=", "==", "!=", ">", ">="];

impl Gen {
    /// An expression whose value may be kept: one that may have grown is brought back to a bounded size.
    pub fn stored(&mut self, ty: Ty, depth: usize) -> String {
        self.grew = false;
        let e = self.expr(ty, depth);
        if !self.grew {
            return e;
        }
        self.grew = false;
        match ty {
            Ty::Int => match self.rng.below(9) {
                0 => format!("({e} & 0xffff)"),
                1 => format!("({e} & 0xffffffff)"),
                2 => format!("({e} & 0x1fffffffffffffff)"),
                3 => format!("({e} & 0x7fffffffffffffff)"),
                4 => format!("(({e} + 0x2000000000000000 & 0x3fffffffffffffff) - 0x2000000000000000)"),
                5 => format!("(({e} + 0x4000000000000000 & 0x7fffffffffffffff) - 0x4000000000000000)"),
                6 => format!("({e} % 1000003)"),
                7 => format!("({e} % 97)"),
                _ => format!("({e} % 2305843009213693951)"),
            },
            Ty::Num => format!("({e} % 1000003)"),
            _ => e,
        }
    }

    /// A readable place of the type: a variable, or an attribute of one.
    fn place(&mut self, ty: Ty) -> Option<String> {
        let mut found = Vec::new();
        for (level, scope) in self.scopes.iter().enumerate() {
            // What a function around this one has may be unbound; what the module has is the likely case.
            for v in &scope.vars {
                if fits(v.ty, ty) {
                    found.push(v.name.clone());
                    if level + 1 == self.scopes.len() {
                        found.push(v.name.clone());
                    }
                }
                if let Ty::Obj(c) = v.ty
                    && let Some(class) = self.classes.get(c)
                {
                    for (attr, t) in class.attrs.iter().chain(&class.readable) {
                        if fits(*t, ty) {
                            found.push(format!("{}.{attr}", v.name));
                        }
                    }
                }
            }
        }
        if found.is_empty() { None } else { Some(found.swap_remove(self.rng.below(found.len()))) }
    }

    /// A variable of the type.
    pub fn variable(&mut self, ty: Ty) -> Option<String> {
        let found: Vec<String> = self
            .scopes
            .iter()
            .flat_map(|s| &s.vars)
            .filter(|v| fits(v.ty, ty))
            .map(|v| v.name.clone())
            .collect();
        if found.is_empty() { None } else { Some(found[self.rng.below(found.len())].clone()) }
    }

    /// An expression of the type; as an operand it needs no parentheses.
    pub fn expr(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.rng.chance(12) {
            return self.leaf(ty);
        }
        if self.rng.chance(14)
            && let Some(call) = self.call(ty, depth)
        {
            return call;
        }
        if self.rng.chance(5) {
            let (c, a, b) = (self.condition(depth - 1), self.expr(ty, depth - 1), self.expr(ty, depth - 1));
            return format!("({a} if {c} else {b})");
        }
        match ty {
            Ty::Int => self.int(depth - 1),
            Ty::Float => self.float(depth - 1),
            Ty::Num => {
                let ty = self.rng.pick(&[Ty::Int, Ty::Float, Ty::Num]);
                if ty == Ty::Num {
                    let (a, b) = (self.expr(Ty::Num, depth - 1), self.expr(Ty::Num, depth - 1));
                    let op = self.rng.pick(&["+", "-", "*", "+", "-"]);
                    self.grew |= op == "*";
                    format!("({a} {op} {b})")
                } else {
                    self.expr(ty, depth)
                }
            }
            Ty::Str => self.string(depth - 1),
            Ty::Ints | Ty::Floats | Ty::Mixed => self.list(ty, depth - 1),
            Ty::Tuple => self.tuple(depth - 1),
            Ty::Dict | Ty::Names => self.dict(ty, depth - 1),
            Ty::Obj(c) => self.object(c, depth - 1),
        }
    }

    fn leaf(&mut self, ty: Ty) -> String {
        if self.rng.chance(70)
            && let Some(p) = self.place(ty)
        {
            return p;
        }
        match ty {
            Ty::Int => match self.rng.below(10) {
                0 | 1 => format!("({})", self.rng.pick(&EDGES)),
                2 => self.rng.pick(&["True", "False", "-1", "len(\"abc\")", "1000"]).to_owned(),
                _ => format!("{}", self.rng.below(12)),
            },
            Ty::Float => self.rng.pick(&FLOATS).to_owned(),
            Ty::Num => {
                let ty = self.rng.pick(&[Ty::Int, Ty::Float]);
                self.leaf(ty)
            }
            Ty::Str => self.rng.pick(&STRINGS).to_owned(),
            Ty::Ints => self
                .rng
                .pick(&["[1, 2, 3]", "([0] * 6)", "[5, -7, 2305843009213693951]", "list(range(9))"])
                .to_owned(),
            Ty::Floats => self.rng.pick(&["[1.0, 2.5]", "([0.0] * 5)", "[1.0, -0.0, NAN, INF]"]).to_owned(),
            Ty::Mixed => {
                self.rng.pick(&["[1, 2.5, 3]", "[None, 1, 'a']", "[True, 1.0, 2, 2**70]"]).to_owned()
            }
            Ty::Tuple => self.rng.pick(&["(1, 2)", "(3, 4.5, 'x')", "(1, 2, 3, 4)"]).to_owned(),
            Ty::Dict => self.rng.pick(&["{1: 2, 3: 4}", "{0: 7}", "{n: n * n for n in range(6)}"]).to_owned(),
            Ty::Names => {
                self.rng.pick(&["{'a': 1, 'b': 2}", "dict(a=5)", "{'bc': 3, 'x': 1, 'y': 0}"]).to_owned()
            }
            Ty::Obj(c) => self.construct(c, 0),
        }
    }

    fn construct(&mut self, c: usize, depth: usize) -> String {
        let Some(class) = self.classes.get(c) else { return "Manager()".into() };
        let init = class.init.clone();
        let heirs: Vec<usize> = (0..self.classes.len()).filter(|&k| self.inherits(k, c)).collect();
        let kind = self.rng.pick(&heirs);
        let grew = self.grew;
        let arguments: Vec<String> = init.iter().map(|&ty| self.stored(ty, depth)).collect();
        self.grew = grew;
        format!("C{kind}({})", arguments.join(", "))
    }

    /// Is class `k` the class `c` or derived from it?
    fn inherits(&self, k: usize, c: usize) -> bool {
        k == c || self.classes[k].base.is_some_and(|b| self.inherits(b, c))
    }

    /// A call of a function or method of the program that gives the type, if the budget allows one.
    fn call(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let mut found: Vec<(String, Func)> = self
            .functions
            .iter()
            .filter(|f| !f.generator && fits(f.ret, ty))
            .map(|f| (f.name.clone(), f.clone()))
            .collect();
        for v in self.scopes.iter().flat_map(|s| &s.vars) {
            if let Ty::Obj(c) = v.ty
                && let Some(class) = self.classes.get(c)
            {
                let good = class.methods.iter().filter(|m| fits(m.ret, ty));
                found.extend(good.map(|m| (format!("{}.{}", v.name, m.name), m.clone())));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (name, f) = found.swap_remove(self.rng.below(found.len()));
        if !self.affords(f.cost) {
            return None;
        }
        self.spend(f.cost);
        self.grew = true;
        let arguments = self.arguments(&f, depth - 1);
        Some(format!("{name}({arguments})"))
    }

    pub fn arguments(&mut self, f: &Func, depth: usize) -> String {
        let mut list = Vec::new();
        if let Some(bound) = f.bound {
            list.push(format!("{}", self.rng.below(bound + 1)));
        }
        for &ty in &f.params {
            let ty = if self.rng.chance(4) { self.any_type() } else { ty };
            let grew = self.grew;
            list.push(self.stored(ty, depth));
            self.grew = grew;
        }
        if list.len() > 1 && self.rng.chance(8) {
            let last = list.pop().unwrap_or_default();
            list.push(format!("*({last},)"));
        }
        list.join(", ")
    }

    pub fn condition(&mut self, depth: usize) -> String {
        let d = depth.saturating_sub(1);
        match self.rng.below(14) {
            0..=4 => {
                let (a, b) = (self.expr(Ty::Int, d), self.expr(Ty::Int, d));
                format!("{a} {} {b}", self.rng.pick(&COMPARISONS))
            }
            5 => {
                let (a, b) = (self.expr(Ty::Num, d), self.expr(Ty::Num, d));
                format!("{a} {} {b}", self.rng.pick(&COMPARISONS))
            }
            6 => {
                let (a, b) = (self.expr(Ty::Float, d), self.expr(Ty::Float, d));
                format!("{a} {} {b}", self.rng.pick(&COMPARISONS))
            }
            7 => {
                let (a, b) = (self.expr(Ty::Str, d), self.expr(Ty::Str, d));
                format!("{a} {} {b}", self.rng.pick(&["==", "!=", "<", "in", "not in"]))
            }
            8 if depth > 0 => {
                let (a, b) = (self.condition(d), self.condition(d));
                format!("({a}) {} ({b})", self.rng.pick(&["and", "or"]))
            }
            9 => {
                let ty = self.any_type();
                let e = self.expr(ty, d);
                self.rng.pick(&["not ", ""]).to_owned() + &e
            }
            10 => {
                let (a, l) = (self.expr(Ty::Int, d), self.expr(Ty::Ints, d));
                format!("{a} {} {l}", self.rng.pick(&["in", "not in"]))
            }
            11 => {
                let (a, b, c) = (self.expr(Ty::Num, d), self.expr(Ty::Num, d), self.expr(Ty::Num, d));
                format!("{a} {} {b} {} {c}", self.rng.pick(&["<", "<="]), self.rng.pick(&["<", ">", "=="]))
            }
            12 => {
                let ty = self.any_type();
                let e = self.expr(ty, d);
                let class = self.rng.pick(&["int", "float", "str", "list", "(int, float)", "bool"]);
                format!("isinstance({e}, {class})")
            }
            _ => match self.counter() {
                Some((i, n)) => {
                    let k = self.rng.below(n.max(1));
                    match self.rng.below(3) {
                        0 => format!("{i} == {k}"),
                        1 => format!("{i} % {} == {}", 2 + k % 4, k % 2),
                        _ => format!("{i} > {k}"),
                    }
                }
                None => {
                    let ty = self.any_type();
                    let e = self.expr(ty, d);
                    format!("{e} {} None", self.rng.pick(&["is", "is not"]))
                }
            },
        }
    }

    fn int(&mut self, d: usize) -> String {
        let a = self.expr(Ty::Int, d);
        match self.rng.below(44) {
            0..=7 => format!("({a} + {})", self.expr(Ty::Int, d)),
            8..=13 => format!("({a} - {})", self.expr(Ty::Int, d)),
            14..=16 => {
                let b = self.expr(Ty::Int, d);
                self.grew = true;
                format!("({a} * {b})")
            }
            17 => format!("({a} // ({} | 1))", self.expr(Ty::Int, d)),
            18 => format!("({a} % ({} | 1))", self.expr(Ty::Int, d)),
            19 => {
                let b = self.expr(Ty::Int, d);
                format!("({a} {} {b})", self.rng.pick(&["//", "%"]))
            }
            20 | 21 => format!("({a} & {})", self.expr(Ty::Int, d)),
            22 => format!("({a} | {})", self.expr(Ty::Int, d)),
            23 => format!("({a} ^ {})", self.expr(Ty::Int, d)),
            24 => {
                self.grew = true;
                format!("({a} << {})", self.rng.pick(&["1", "3", "31", "60"]))
            }
            25 => format!("({a} >> {})", self.rng.pick(&["1", "2", "31", "63", "70"])),
            26 => {
                let b = self.expr(Ty::Int, d);
                self.grew = true;
                let op = self.rng.pick(&["<<", ">>"]);
                format!("({a} {op} ({b} & 63))")
            }
            27 => format!("{}{a}", self.rng.pick(&["-", "~", "+"])),
            28 => format!("abs({a})"),
            29 => format!("{}({a}, {})", self.rng.pick(&["min", "max"]), self.expr(Ty::Int, d)),
            30 => {
                self.grew = true;
                format!("({a} ** {})", self.rng.pick(&["2", "3", "0", "1"]))
            }
            31..=34 => self.item(d),
            35 => {
                let ty = self.rng.pick(&[Ty::Ints, Ty::Str, Ty::Tuple, Ty::Dict, Ty::Mixed]);
                format!("len({})", self.expr(ty, d))
            }
            36 => format!("sum({})", self.expr(Ty::Ints, d)),
            37 => {
                format!("({})", self.condition(d))
            }
            38 => self.reduce(d),
            39 => format!("ord(({} + '!')[0])", self.expr(Ty::Str, d)),
            40 => format!("int({})", self.expr(Ty::Num, d)),
            41 => {
                self.grew = true;
                format!("divmod({a}, {} | 1)[{}]", self.expr(Ty::Int, d), self.rng.below(2))
            }
            42 => {
                let v = self.name("w");
                self.scope().vars.push(super::program::Var { name: v.clone(), ty: Ty::Int, writable: false });
                let b = self.expr(Ty::Int, d);
                self.scope().vars.pop();
                format!("(lambda {v}: {b})({a})")
            }
            _ => self.operator(d).unwrap_or(a),
        }
    }

    /// A sum or the like over a sequence made on the spot.
    fn reduce(&mut self, d: usize) -> String {
        let v = self.name("w");
        let over = match self.rng.below(4) {
            0 => format!("range({})", self.rng.below(9)),
            1 => self.expr(Ty::Ints, d),
            2 => match self.iterated_generator(Ty::Int) {
                Some(call) => call,
                None => format!("range(1, {})", self.rng.below(7)),
            },
            _ => format!("reversed({})", self.expr(Ty::Ints, d)),
        };
        if !self.affords(20) {
            return format!("len({})", self.leaf(Ty::Ints));
        }
        self.spend(20);
        self.scope().vars.push(super::program::Var { name: v.clone(), ty: Ty::Int, writable: false });
        let (weight, budget) = (self.scope().weight, self.scope().budget);
        // Nothing that costs may be called in it.
        self.scope().budget = 0;
        let e = self.expr(Ty::Int, 1);
        let c = self.condition(1);
        self.scope().weight = weight;
        self.scope().budget = budget;
        self.scope().vars.pop();
        match self.rng.below(6) {
            0 => format!("sum({e} for {v} in {over})"),
            1 => format!("len([{v} for {v} in {over} if {c}])"),
            2 => format!("max([{e} for {v} in {over}], default=0)"),
            3 => format!("sum(map(lambda {v}: {e}, {over}))"),
            4 => format!("any({c} for {v} in {over})"),
            _ => format!("sum(sorted([{v} for {v} in {over}], key=lambda {v}: {e})[:3])"),
        }
    }

    /// A call of one of the program's generator functions, if the budget allows.
    pub fn iterated_generator(&mut self, ty: Ty) -> Option<String> {
        let found: Vec<Func> =
            self.functions.iter().filter(|f| f.generator && f.ret == ty).cloned().collect();
        if found.is_empty() {
            return None;
        }
        let f = found[self.rng.below(found.len())].clone();
        if !self.affords(f.cost) {
            return None;
        }
        self.spend(f.cost);
        Some(format!("{}({})", f.name, self.arguments(&f, 1)))
    }

    /// An item of a container that gives an int.
    fn item(&mut self, d: usize) -> String {
        let i = self.expr(Ty::Int, d);
        match self.rng.below(8) {
            0..=2 => match self.place(Ty::Ints) {
                Some(l) => format!("{l}[{i} % len({l})]"),
                None => format!("[1, 2, 3][{i} % 3]"),
            },
            3 => match self.place(Ty::Dict) {
                Some(m) => format!("{m}.get({i}, {})", self.rng.below(5)),
                None => format!("{{1: 2}}.get({i}, 0)"),
            },
            4 => match self.place(Ty::Dict) {
                Some(m) => format!("({m}[{i}] if {i} in {m} else -1)"),
                None => i,
            },
            5 => match self.place(Ty::Names) {
                Some(m) => format!("{m}.get({}, 3)", self.expr(Ty::Str, d)),
                None => i,
            },
            6 => {
                let l = self.expr(Ty::Ints, d);
                format!("{l}[{}]", self.rng.pick(&["0", "-1", "1", "2", "-2"]))
            }
            _ => match self.place(Ty::Tuple) {
                Some(t) => format!("{t}[{}]", self.rng.pick(&["0", "1", "-2"])),
                None => i,
            },
        }
    }

    /// A special method of a class of the program, through its syntax.
    fn operator(&mut self, d: usize) -> Option<String> {
        let c = self.rng.below(self.classes.len().max(1));
        let operators = self.classes.get(c)?.operators.clone();
        if operators.is_empty() {
            return None;
        }
        let (op, other, ret) = operators[self.rng.below(operators.len())];
        let o = self.expr(Ty::Obj(c), d);
        let x = self.expr(other, d);
        let attr = if ret == Ty::Int { String::new() } else { format!(".{}", self.classes[c].attrs[0].0) };
        self.spend(4);
        self.grew = true;
        Some(match op {
            "[" => format!("{o}[{x}]"),
            "(" => format!("({o})({x})"),
            "len" => format!("len({o})"),
            "bool" => format!("(1 if {o} else 0)"),
            "in" => format!("({x} in {o})"),
            "neg" => format!("(-{o}){attr}"),
            "iter" => format!("sum({o})"),
            "[=" => return None,
            _ => format!("({o} {op} {x}){attr}"),
        })
    }

    fn float(&mut self, d: usize) -> String {
        let a = self.expr(Ty::Float, d);
        match self.rng.below(24) {
            0..=4 => format!("({a} + {})", self.expr(Ty::Num, d)),
            5..=8 => format!("({a} - {})", self.expr(Ty::Num, d)),
            9..=12 => format!("({a} * {})", self.expr(Ty::Num, d)),
            13 | 14 => format!("({a} / {})", self.expr(Ty::Num, d)),
            15 => format!("({} / ({} | 1))", self.expr(Ty::Int, d), self.expr(Ty::Int, d)),
            16 => format!("({a} {} {})", self.rng.pick(&["//", "%"]), self.expr(Ty::Num, d)),
            17 => format!("{}{a}", self.rng.pick(&["-", "+"])),
            18 => format!("abs({a})"),
            19 => format!("{}({a}, {})", self.rng.pick(&["min", "max"]), self.expr(Ty::Float, d)),
            20 => format!("float({})", self.expr(Ty::Int, d)),
            21 => format!("math.sqrt(abs({a}))"),
            22 => {
                let f =
                    self.rng.pick(&["math.sin", "math.floor", "math.fabs", "math.exp", "math.atan", "round"]);
                format!("{f}({a})")
            }
            _ => match self.place(Ty::Floats) {
                Some(l) => format!("{l}[{} % len({l})]", self.expr(Ty::Int, d)),
                None => format!("({a} ** {})", self.rng.pick(&["2", "0.5", "-1"])),
            },
        }
    }

    fn string(&mut self, d: usize) -> String {
        let s = self.expr(Ty::Str, d);
        match self.rng.below(13) {
            0..=2 => format!("({s} + {})[:20]", self.expr(Ty::Str, d)),
            3 => {
                let ty = self.any_type();
                format!("f'{{{}!r:.12}}'", self.leaf(ty).replace('\'', "\""))
            }
            4 => format!("str({})[-6:]", self.expr(Ty::Int, d)),
            5 => format!("{s}[{}:]", self.expr(Ty::Int, d.min(1))),
            6 => format!("{s}.{}()", self.rng.pick(&["upper", "lower", "strip", "title", "swapcase"])),
            7 => format!("chr(97 + {} % 26)", self.expr(Ty::Int, d)),
            8 => format!("('%s:%s' % ({}, {}))[:15]", self.expr(Ty::Int, d), self.leaf(Ty::Str)),
            9 => format!("'-'.join([{s}, {}])[:20]", self.leaf(Ty::Str)),
            10 => format!("({s} * ({} & 3))[:20]", self.expr(Ty::Int, d)),
            11 => format!("{s}.replace('a', {})[:20]", self.leaf(Ty::Str)),
            _ => format!("({s} + 'q')[{} % (len({s}) + 1)]", self.expr(Ty::Int, d)),
        }
    }

    fn list(&mut self, ty: Ty, d: usize) -> String {
        let item = self.item_type(ty);
        match self.rng.below(8) {
            0..=2 => {
                let n = self.rng.between(1, 4);
                let items: Vec<String> = (0..n).map(|_| self.stored(item, d)).collect();
                format!("[{}]", items.join(", "))
            }
            3 => {
                if !self.affords(12) {
                    return self.leaf(ty);
                }
                self.spend(12);
                let v = self.name("w");
                self.scope().vars.push(super::program::Var { name: v.clone(), ty: Ty::Int, writable: false });
                let budget = std::mem::take(&mut self.scope().budget);
                let e = self.stored(item, d.min(1));
                self.scope().budget = budget;
                self.scope().vars.pop();
                format!("[{e} for {v} in range({})]", self.rng.between(1, 8))
            }
            4 => format!("({} + {})[:12]", self.expr(ty, d), self.expr(ty, d)),
            5 => {
                let l = self.expr(ty, d);
                format!("{l}[{}]", self.rng.pick(&[":", "::-1", "1:", ":-1", "::2", ":5"]))
            }
            6 if ty != Ty::Mixed => format!("sorted({})", self.expr(ty, d)),
            _ => format!("({} * 2)[:10]", self.expr(ty, d)),
        }
    }

    /// The type of a new item of a list.
    pub fn item_type(&mut self, list: Ty) -> Ty {
        match list {
            Ty::Floats => Ty::Float,
            Ty::Mixed | Ty::Tuple => self.scalar_type(),
            Ty::Str => Ty::Str,
            _ => Ty::Int,
        }
    }

    fn tuple(&mut self, d: usize) -> String {
        match self.rng.below(5) {
            0..=2 => {
                let n = self.rng.between(2, 4);
                let items: Vec<String> = (0..n)
                    .map(|k| {
                        let ty = if k < 2 { Ty::Int } else { self.scalar_type() };
                        self.stored(ty, d)
                    })
                    .collect();
                format!("({},)", items.join(", "))
            }
            3 => format!("tuple({}[:4])", self.expr(Ty::Ints, d)),
            _ => format!("({} + {})[:5]", self.expr(Ty::Tuple, d), self.expr(Ty::Tuple, d)),
        }
    }

    fn dict(&mut self, ty: Ty, d: usize) -> String {
        let key = if ty == Ty::Dict { Ty::Int } else { Ty::Str };
        match self.rng.below(3) {
            0 => {
                let (k, v) = (self.expr(key, d), self.stored(Ty::Int, d));
                format!("{{{k}: {v}, {}: 1}}", self.leaf(key))
            }
            1 => format!("dict({})", self.leaf(ty)),
            _ => {
                let (a, b) = (self.leaf(ty), self.leaf(ty));
                format!("{{**{a}, **{b}}}")
            }
        }
    }

    fn object(&mut self, c: usize, d: usize) -> String {
        let operators = self.classes.get(c).map(|k| k.operators.clone()).unwrap_or_default();
        if let Some(&(op, other, _)) = operators.iter().find(|o| matches!(o.2, Ty::Obj(_)))
            && self.rng.chance(30)
        {
            self.spend(6);
            let o = self.expr(Ty::Obj(c), d);
            return match op {
                "neg" => format!("(-{o})"),
                _ => format!("({o} {op} {})", self.expr(other, d)),
            };
        }
        self.spend(5);
        self.construct(c, d)
    }
}

/// May a value believed to be `have` stand where `want` is wanted?
fn fits(have: Ty, want: Ty) -> bool {
    have == want || (want == Ty::Num && matches!(have, Ty::Int | Ty::Float))
}
