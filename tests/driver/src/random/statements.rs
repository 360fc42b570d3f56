//! Simple statements, branches, and changes in the middle of loops.

use super::program::{Gen, Ty};
use super::tree::Stmt;

impl Gen {
    /// One or more statements.
    pub fn statement(&mut self, depth: usize) -> Vec<Stmt> {
        self.spend(1);
        let nested = depth > 0 && self.affords(4);
        match self.rng.below(100) {
            0..=21 => vec![self.assign()],
            22..=37 => self.augmented(),
            38..=46 if nested => vec![self.branch(depth)],
            47..=55 if nested => self.loop_statement(depth),
            56..=60 if nested => self.try_statement(depth),
            61..=70 => self.container(),
            71..=76 => vec![self.attribute()],
            77..=80 => self.unpacking(),
            81..=85 => self.twist(),
            86..=88 => vec![self.report()],
            89..=91 => vec![self.jump()],
            92 | 93 => self.call_statement(),
            94 if nested => self.with_statement(depth),
            95 => self.delete(),
            96 => self.matching(depth),
            _ => vec![self.assign()],
        }
    }

    /// A block of a few statements; variables made in it are forgotten after it.
    pub fn block(&mut self, depth: usize, most: usize) -> Vec<Stmt> {
        let vars = self.scope().vars.len();
        let mut out = Vec::new();
        for _ in 0..self.rng.between(1, most) {
            let s = self.statement(depth);
            out.extend(s);
        }
        if !self.rng.chance(4) {
            self.scope().vars.truncate(vars);
        }
        out
    }

    /// A variable that may be assigned here, with its type.
    fn target(&mut self, wanted: impl Fn(Ty) -> bool) -> Option<(String, Ty)> {
        let found: Vec<(String, Ty)> = self
            .scope()
            .vars
            .iter()
            .filter(|v| v.writable && wanted(v.ty))
            .map(|v| (v.name.clone(), v.ty))
            .collect();
        if found.is_empty() { None } else { Some(found[self.rng.below(found.len())].clone()) }
    }

    fn assign(&mut self) -> Stmt {
        let target = self.target(|_| true);
        match target {
            Some((name, ty)) if self.rng.chance(85) => {
                let value = self.stored(ty, 3);
                if self.rng.chance(5)
                    && let Some((other, _)) = self.target(|t| t == ty)
                {
                    return Stmt::line(format!("{name} = {other} = {value}"));
                }
                Stmt::line(format!("{name} = {value}"))
            }
            _ => {
                let ty = self.any_type();
                self.new_variable("v", ty)
            }
        }
    }

    fn augmented(&mut self) -> Vec<Stmt> {
        let Some((name, ty)) =
            self.target(|t| matches!(t, Ty::Int | Ty::Float | Ty::Num | Ty::Str | Ty::Ints))
        else {
            return vec![self.assign()];
        };
        match ty {
            Ty::Int => {
                let value = self.stored(Ty::Int, 2);
                match self.rng.below(10) {
                    0..=3 => vec![Stmt::line(format!("{name} += {value}"))],
                    4..=6 => vec![Stmt::line(format!("{name} -= {value}"))],
                    7 => {
                        let m = self.rng.pick(&["1000003", "2305843009213693951", "97", "2**64"]);
                        vec![Stmt::Fixed(format!("{name} = {name} * {value} % {m}"))]
                    }
                    8 => vec![Stmt::line(format!("{name} {}= {value}", self.rng.pick(&["&", "|", "^"])))],
                    _ => vec![Stmt::line(format!("{name} {}= {value} | 1", self.rng.pick(&["//", "%"])))],
                }
            }
            Ty::Float | Ty::Num => {
                let value = self.stored(Ty::Num, 2);
                let op = self.rng.pick(&["+", "-", "+"]);
                let op = if ty == Ty::Float && self.rng.chance(30) { "*" } else { op };
                vec![Stmt::line(format!("{name} {op}= {value}"))]
            }
            Ty::Str => {
                let value = self.stored(Ty::Str, 1);
                vec![Stmt::Fixed(format!("{name} = {name}[-12:]")), Stmt::line(format!("{name} += {value}"))]
            }
            _ => {
                let value = self.stored(Ty::Int, 2);
                vec![Stmt::Fixed(format!("{name} = {name}[:9]")), Stmt::line(format!("{name} += [{value}]"))]
            }
        }
    }

    fn branch(&mut self, depth: usize) -> Stmt {
        let c = self.condition(2);
        let mut parts = vec![(format!("if {c}:"), self.block(depth - 1, 3))];
        if self.rng.chance(25) {
            let c = self.condition(2);
            let body = self.block(depth - 1, 2);
            parts.push((format!("elif {c}:"), body));
        }
        if self.rng.chance(50) {
            let body = self.block(depth - 1, 2);
            parts.push(("else:".into(), body));
        }
        Stmt::Compound(parts)
    }

    pub fn try_statement(&mut self, depth: usize) -> Vec<Stmt> {
        let mut body = self.block(depth - 1, 3);
        if self.rng.chance(35) {
            let c = self.condition(1);
            let what = self.rng.pick(&[
                "ValueError('v')",
                "ZeroDivisionError",
                "KeyError(1)",
                "StopIteration",
                "IndexError('i')",
            ]);
            body.push(Stmt::block(format!("if {c}:"), vec![Stmt::line(format!("raise {what}"))]));
        }
        let mut parts = vec![("try:".to_owned(), body)];
        let caught = self.rng.pick(&[
            "except Exception as e:",
            "except (ValueError, TypeError) as e:",
            "except ArithmeticError as e:",
            "except LookupError as e:",
            "except Exception as e:",
        ]);
        if self.rng.chance(85) {
            let mut handler = self.block(depth - 1, 2);
            if self.rng.chance(40) {
                handler.insert(0, Stmt::line("print(type(e).__name__, e)"));
                self.spend(4);
            }
            parts.push((caught.to_owned(), handler));
            if self.rng.chance(20) {
                let body = self.block(depth - 1, 1);
                parts.push(("else:".to_owned(), body));
            }
        }
        // A generator that is left alone runs its `finally` when the collector finds it, which is nobody's business.
        let generator = self.scope().generator;
        if generator && parts.len() == 1 {
            parts.push((caught.to_owned(), Vec::new()));
        } else if !generator && (parts.len() == 1 || self.rng.chance(25)) {
            let body = self.block(depth - 1, 2);
            parts.push(("finally:".to_owned(), body));
        }
        vec![Stmt::Compound(parts)]
    }

    fn container(&mut self) -> Vec<Stmt> {
        let ty = self.rng.pick(&[Ty::Ints, Ty::Ints, Ty::Floats, Ty::Mixed, Ty::Dict, Ty::Names]);
        let Some(name) = self.variable(ty) else { return vec![self.assign()] };
        let line = match ty {
            Ty::Dict | Ty::Names => {
                let key_type = if ty == Ty::Dict { Ty::Int } else { Ty::Str };
                let mut key = self.expr(key_type, 1);
                if ty == Ty::Dict {
                    key = format!("{key} % 13");
                }
                let value = self.stored(Ty::Int, 2);
                match self.rng.below(7) {
                    0..=2 => format!("{name}[{key}] = {value}"),
                    3 => format!("{name}[{key}] = {name}.get({key}, 0) + 1"),
                    4 => format!("{name}.pop({key}, None)"),
                    5 => format!("{name}.setdefault({key}, {value})"),
                    _ => {
                        return vec![Stmt::block(
                            format!("if {key} in {name}:"),
                            vec![Stmt::line(format!("del {name}[{key}]"))],
                        )];
                    }
                }
            }
            _ => {
                let item = self.item_type(ty);
                let item = if self.rng.chance(4) { self.any_scalar() } else { item };
                let value = self.stored(item, 2);
                let at = self.expr(Ty::Int, 1);
                match self.rng.below(14) {
                    0..=4 => format!("{name}[{at} % len({name})] = {value}"),
                    5 if matches!(ty, Ty::Ints | Ty::Floats) => {
                        format!(
                            "{name}[{}] {}= {value}",
                            self.rng.pick(&["0", "-1"]),
                            self.rng.pick(&["+", "-"])
                        )
                    }
                    6 | 7 => {
                        return vec![Stmt::block(
                            format!("if len({name}) < 30:"),
                            vec![Stmt::line(format!("{name}.append({value})"))],
                        )];
                    }
                    8 => {
                        return vec![Stmt::block(
                            format!("if len({name}) > 2:"),
                            vec![Stmt::line(format!("{name}.pop({})", self.rng.pick(&["", "0", "-1", "1"])))],
                        )];
                    }
                    9 => {
                        return vec![Stmt::block(
                            format!("if len({name}) < 30:"),
                            vec![Stmt::line(format!("{name}.insert({at} % 5, {value})"))],
                        )];
                    }
                    10 => format!("{name}.reverse()"),
                    11 => format!(
                        "{name}[{}] = [{value}, {value}]",
                        self.rng.pick(&["1:3", ":2", "-1:", "2:2"])
                    )
                    .replace("2:2", "1:2"),
                    12 => {
                        return vec![Stmt::block(
                            format!("if len({name}) > 4:"),
                            vec![Stmt::line(format!(
                                "del {name}[{}]",
                                self.rng.pick(&["0", "-1", "1:3", "::2"])
                            ))],
                        )];
                    }
                    _ => format!("{name}[0], {name}[-1] = {name}[-1], {name}[0]"),
                }
            }
        };
        vec![Stmt::line(line)]
    }

    fn any_scalar(&mut self) -> Ty {
        self.rng.pick(&[Ty::Int, Ty::Float, Ty::Str])
    }

    fn attribute(&mut self) -> Stmt {
        let found: Vec<(String, usize)> = self
            .scopes
            .iter()
            .flat_map(|s| &s.vars)
            .filter_map(|v| {
                if let Ty::Obj(c) = v.ty {
                    (c < self.classes.len()).then(|| (v.name.clone(), c))
                } else {
                    None
                }
            })
            .collect();
        if found.is_empty() {
            return self.assign();
        }
        let (name, c) = found[self.rng.below(found.len())].clone();
        if self.rng.chance(8) && self.classes[c].operators.iter().any(|o| o.0 == "[=") {
            let value = self.stored(Ty::Int, 1);
            return Stmt::line(format!("{name}[0] = {value}"));
        }
        let attrs = self.classes[c].attrs.clone();
        let (attr, ty) = attrs[self.rng.below(attrs.len())].clone();
        if matches!(ty, Ty::Int | Ty::Float) && self.rng.chance(40) {
            let value = self.stored(ty, 2);
            return Stmt::line(format!("{name}.{attr} {}= {value}", self.rng.pick(&["+", "-"])));
        }
        let value = self.stored(ty, 2);
        Stmt::line(format!("{name}.{attr} = {value}"))
    }

    fn unpacking(&mut self) -> Vec<Stmt> {
        let (Some((a, ta)), Some((b, tb))) = (self.target(|_| true), self.target(|_| true)) else {
            return vec![self.assign()];
        };
        match self.rng.below(4) {
            0 if ta == tb => vec![Stmt::line(format!("{a}, {b} = {b}, {a}"))],
            1 if a != b && ta == Ty::Int && tb == Ty::Int => {
                vec![Stmt::line(format!("{a}, {b} = divmod({a}, {b} | 1)"))]
            }
            2 if ta == Ty::Int && tb == Ty::Ints => {
                let value = self.stored(Ty::Ints, 2);
                vec![Stmt::line(format!("{a}, *{b} = {value}"))]
            }
            _ => {
                let (x, y) = (self.stored(ta, 2), self.stored(tb, 2));
                vec![Stmt::line(format!("{a}, {b} = {x}, {y}"))]
            }
        }
    }

    /// Something changes that a trace may have relied on, at one turn of the loop.
    fn twist(&mut self) -> Vec<Stmt> {
        let mut what = Vec::new();
        match self.rng.below(12) {
            0..=4 => {
                if let Some((name, ty)) =
                    self.target(|t| matches!(t, Ty::Int | Ty::Float | Ty::Num | Ty::Obj(_)))
                {
                    let other = match ty {
                        Ty::Int | Ty::Num => self.rng.pick(&[
                            "2.5",
                            "True",
                            "2**64",
                            "-2**61",
                            "None",
                            "0.0",
                            "INF",
                            "2**61 - 1",
                        ]),
                        Ty::Float => self.rng.pick(&["3", "None", "True", "2**70", "-0.0", "NAN"]),
                        _ => "None",
                    };
                    what.push(format!("{name} = {other}"));
                }
            }
            5 => {
                if let Some(name) = self.variable(Ty::Ints) {
                    what.push(format!("{name}[0] = {}", self.rng.pick(&["1.5", "None", "2**65", "True"])));
                }
            }
            6 => {
                let found: Vec<String> = self
                    .functions
                    .iter()
                    .filter(|f| !f.generator && f.name.starts_with('f'))
                    .map(|f| f.name.clone())
                    .collect();
                if !found.is_empty() {
                    let name = &found[self.rng.below(found.len())];
                    what.push(format!(
                        "globals()['{name}'] = lambda *a, **k: {}",
                        self.rng.pick(&["7", "1.5", "len(a)"])
                    ));
                }
            }
            7 => {
                let name = self.rng.pick(&["len", "abs", "min", "range", "int", "sum"]);
                what.push(format!(
                    "globals()['{name}'] = lambda *a, **k: {}",
                    self.rng.pick(&["3", "2.5", "(1, 2)"])
                ));
            }
            8 => {
                let name = self.rng.pick(&["len", "abs", "min", "range", "int", "sum"]);
                what.push(format!("globals().pop('{name}', None)"));
            }
            _ => {
                if !self.classes.is_empty() {
                    let c = self.rng.below(self.classes.len());
                    let class = self.classes[c].clone();
                    let method = class.methods.first().map(|m| m.name.clone());
                    let (attr, _) = class.attrs[0].clone();
                    match (self.rng.below(5), method) {
                        (0 | 1, Some(m)) => what.push(format!(
                            "C{c}.{m} = lambda self, *a: {}",
                            self.rng.pick(&["1", "0.5", "len(a)"])
                        )),
                        (2, _) if !class.readable.is_empty() => {
                            let (k, _) = &class.readable[0];
                            what.push(format!("C{c}.{k} = {}", self.rng.pick(&["5", "1.25", "2**62"])));
                        }
                        (3, _) => {
                            if let Some(o) = self.variable(Ty::Obj(c)) {
                                what.push(format!(
                                    "{o}.{attr} = {}",
                                    self.rng.pick(&["0.5", "2**61", "None"])
                                ));
                            }
                        }
                        (_, Some(m)) => {
                            if let Some(o) = self.variable(Ty::Obj(c)) {
                                what.push(format!("{o}.{m} = lambda *a: 4"));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        if what.is_empty() {
            return vec![self.assign()];
        }
        let lines = what.into_iter().map(Stmt::line).collect();
        match self.counter() {
            Some((i, n)) => vec![Stmt::block(format!("if {i} == {}:", self.rng.below(n.max(1))), lines)],
            None => lines,
        }
    }

    /// Output, rarely enough inside of loops.
    pub fn report(&mut self) -> Stmt {
        let ty = self.any_type();
        let value = self.expr(ty, 1);
        let number = self.expr(Ty::Num, 2);
        self.spend(4);
        let line = Stmt::line(format!("print({number}, {value})"));
        match self.counter() {
            Some((i, n)) if n > 4 => Stmt::block(format!("if {i} % {} == 0:", n / 3), vec![line]),
            _ => line,
        }
    }

    fn jump(&mut self) -> Stmt {
        let c = self.condition(2);
        let inside = !self.scope().loops.is_empty();
        let ret = self.scope().ret;
        let word = match self.rng.below(5) {
            0..=2 if inside => "continue".to_owned(),
            3 if inside => "break".to_owned(),
            _ => match ret {
                Some(ty) if !self.rng.chance(50) => format!("return {}", self.expr(ty, 1)),
                _ => "raise ValueError(3)".to_owned(),
            },
        };
        Stmt::block(format!("if {c}:"), vec![Stmt::line(word)])
    }

    fn call_statement(&mut self) -> Vec<Stmt> {
        let ty = self.scalar_type();
        let value = self.expr(ty, 2);
        vec![Stmt::line(value)]
    }

    fn with_statement(&mut self, depth: usize) -> Vec<Stmt> {
        if self.scope().generator || !self.functions.iter().any(|f| f.name == "Manager") {
            return vec![self.assign()];
        }
        let body = self.block(depth - 1, 3);
        let name = self.name("v");
        self.spend(8);
        vec![Stmt::block(format!("with Manager() as {name}:"), body)]
    }

    /// A variable goes away and comes back.
    fn delete(&mut self) -> Vec<Stmt> {
        let Some((name, ty)) = self.target(|t| matches!(t, Ty::Int | Ty::Float | Ty::Str)) else {
            return vec![self.assign()];
        };
        let value = self.stored(ty, 1);
        let back = Stmt::line(format!("{name} = {value}"));
        let away = Stmt::line(format!("del {name}"));
        if self.rng.chance(90) { vec![away, back] } else { vec![back, away] }
    }

    fn matching(&mut self, depth: usize) -> Vec<Stmt> {
        let subject = self.expr(Ty::Num, 2);
        let depth = depth.saturating_sub(1);
        let mut cases = Vec::new();
        for pattern in ["case 0 | 1:", "case int():", "case _:"] {
            let body = self.block(depth, 1);
            cases.push(Stmt::block(pattern, body));
        }
        vec![Stmt::block(format!("match {subject}:"), cases)]
    }
}
