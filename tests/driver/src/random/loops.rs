//! Loops: over ranges, containers, generators, iterators of builtins, and `while`.

use super::program::{Gen, Ty, Var};
use super::tree::Stmt;

impl Gen {
    /// What is written next is inside a loop of at most `turns` turns, which `counter` counts.
    pub fn enter_loop(&mut self, counter: Option<&str>, turns: usize) {
        let s = self.scope();
        s.weight *= turns.max(1) as u64;
        s.loops.push((counter.map(str::to_owned), turns));
        if let Some(counter) = counter {
            s.vars.push(Var { name: counter.to_owned(), ty: Ty::Int, writable: false });
        }
    }

    pub fn leave_loop(&mut self) {
        let s = self.scope();
        if let Some((counter, turns)) = s.loops.pop() {
            s.weight /= turns.max(1) as u64;
            s.vars.retain(|v| Some(&v.name) != counter.as_ref());
        }
    }

    /// The innermost loop's counter and the number of its turns.
    pub fn counter(&mut self) -> Option<(String, usize)> {
        self.scope().loops.iter().rev().find_map(|(counter, turns)| Some((counter.clone()?, *turns)))
    }

    /// A loop with its body, and what must come before it.
    pub fn loop_statement(&mut self, depth: usize) -> Vec<Stmt> {
        let most = if self.scope().loops.is_empty() { 45 } else { 9 };
        let turns = self.rng.between(3, most);
        if !self.affords(turns as u64 * 3) {
            return vec![self.report()];
        }
        match self.rng.below(20) {
            0..=7 => self.range_loop(depth, turns),
            8..=11 => self.while_loop(depth, turns),
            _ => self.iteration(depth),
        }
    }

    fn range_loop(&mut self, depth: usize, turns: usize) -> Vec<Stmt> {
        let i = self.name("i");
        let over = match self.rng.below(7) {
            0 => format!("range({turns}, 0, -1)"),
            1 => format!("range(0, {}, 3)", turns * 3),
            2 => format!("range({} % 5, {turns})", self.expr(Ty::Int, 1)),
            3 => format!("range(2305843009213693951 - {0}, 2305843009213693951 - {0} + {turns})", turns / 2),
            _ => format!("range({turns})"),
        };
        self.enter_loop(Some(&i), turns);
        let body = self.loop_body(depth);
        self.leave_loop();
        self.with_else(format!("for {i} in {over}:"), body)
    }

    fn while_loop(&mut self, depth: usize, turns: usize) -> Vec<Stmt> {
        let i = self.name("i");
        self.enter_loop(Some(&i), turns);
        let mut body = self.loop_body(depth);
        let also =
            if self.rng.chance(25) { format!(" and not ({})", self.condition(1)) } else { String::new() };
        self.leave_loop();
        let start = Stmt::Fixed(format!("{i} = 0"));
        let (head, step) = match self.rng.below(5) {
            0 => (format!("while ({i} := {i} + 1) < {turns}{also}:"), None),
            1 => (
                "while True:".to_owned(),
                Some(vec![Stmt::Fixed(format!("{i} += 1")), Stmt::Fixed(format!("if {i} > {turns}: break"))]),
            ),
            2 => (format!("while {turns} - {i}{also}:"), Some(vec![Stmt::Fixed(format!("{i} += 1"))])),
            _ => (format!("while {i} < {turns}{also}:"), Some(vec![Stmt::Fixed(format!("{i} += 1"))])),
        };
        if let Some(step) = step {
            body.splice(0..0, step);
        }
        let mut out = vec![start];
        out.extend(self.with_else(head, body));
        out
    }

    /// A loop over what a container or an iterator gives.
    fn iteration(&mut self, depth: usize) -> Vec<Stmt> {
        let v = self.name("x");
        let n = self.name("i");
        let (head, turns, vars): (String, usize, Vec<(String, Ty)>) = match self.rng.below(15) {
            0 | 1 => (format!("for {v} in {}:", self.expr(Ty::Ints, 2)), 10, vec![(v, Ty::Int)]),
            2 => (format!("for {v} in {}:", self.expr(Ty::Floats, 1)), 10, vec![(v, Ty::Float)]),
            3 => (
                format!("for {n}, {v} in enumerate({}):", self.expr(Ty::Ints, 2)),
                10,
                vec![(v, Ty::Int), (n, Ty::Int)],
            ),
            4 => {
                let (a, b) = (self.expr(Ty::Ints, 2), self.expr(Ty::Floats, 1));
                (format!("for {n}, {v} in zip({a}, {b}):"), 8, vec![(n, Ty::Int), (v, Ty::Float)])
            }
            5 => (format!("for {v} in {}:", self.expr(Ty::Str, 2)), 8, vec![(v, Ty::Str)]),
            6 => (
                format!("for {n}, {v} in list({}.items()):", self.expr(Ty::Dict, 1)),
                8,
                vec![(n, Ty::Int), (v, Ty::Int)],
            ),
            7 => (format!("for {v} in sorted({}):", self.expr(Ty::Dict, 1)), 8, vec![(v, Ty::Int)]),
            8 => (format!("for {v} in {}.values():", self.expr(Ty::Names, 1)), 8, vec![(v, Ty::Int)]),
            9 => (format!("for {v} in reversed({}):", self.expr(Ty::Ints, 1)), 10, vec![(v, Ty::Int)]),
            10 => (format!("for {v} in map(abs, {}):", self.expr(Ty::Ints, 1)), 10, vec![(v, Ty::Int)]),
            11 => {
                let (k, c) = (self.name("w"), self.rng.below(5));
                (
                    format!("for {v} in filter(lambda {k}: {k} > {c}, {}):", self.expr(Ty::Ints, 1)),
                    10,
                    vec![(v, Ty::Int)],
                )
            }
            12 => {
                let l = self.expr(Ty::Ints, 1);
                (
                    format!("for {n}, {v} in [({v}, {v} % 3) for {v} in {l}]:"),
                    10,
                    vec![(n, Ty::Int), (v, Ty::Int)],
                )
            }
            _ => {
                let ty = self.rng.pick(&[Ty::Int, Ty::Int, Ty::Float, Ty::Str, Ty::Tuple]);
                match self.iterated_generator(ty) {
                    Some(call) => (format!("for {v} in {call}:"), 10, vec![(v, ty)]),
                    None => (format!("for {v} in {}:", self.expr(Ty::Tuple, 2)), 4, vec![(v, Ty::Int)]),
                }
            }
        };
        if !self.affords(turns as u64 * 3) {
            return vec![self.report()];
        }
        let before = self.scope().vars.len();
        for (name, ty) in vars {
            self.scope().vars.push(Var { name, ty, writable: false });
        }
        self.enter_loop(None, turns);
        let body = self.loop_body(depth);
        self.leave_loop();
        self.scope().vars.truncate(before);
        self.with_else(head, body)
    }

    fn loop_body(&mut self, depth: usize) -> Vec<Stmt> {
        let depth = depth.saturating_sub(1);
        if depth > 0 && self.rng.chance(22) {
            let mut body = self.try_statement(depth);
            if self.rng.chance(50) {
                body.push(self.report());
            }
            return body;
        }
        let most = if self.scope().loops.len() == 1 { 6 } else { 4 };
        self.block(depth, most)
    }

    fn with_else(&mut self, head: String, body: Vec<Stmt>) -> Vec<Stmt> {
        let mut parts = vec![(head, body)];
        if self.rng.chance(12) {
            let body = self.block(0, 1);
            parts.push(("else:".to_owned(), body));
        }
        vec![Stmt::Compound(parts)]
    }
}
