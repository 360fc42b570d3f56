//! Times the engine on what `tests/differential/bench.py` wrote, beside CPython's times.

use std::time::Instant;

use krait_sre::{CharTables, Host, Kind, Program, State, StdTables, Text};

enum Owned {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
}

impl Owned {
    fn text(&self) -> Text<'_> {
        match self {
            Owned::Narrow(t) => Text::Latin1(t),
            Owned::Middle(t) => Text::Ucs2(t),
        }
    }
}

/// Character facts in arrays, as an interpreter has them.
struct Fast {
    lower: Vec<u32>,
    alnum: Vec<bool>,
}

impl CharTables for Fast {
    fn lower(&self, ch: u32) -> u32 {
        self.lower[ch as usize]
    }
    fn upper(&self, ch: u32) -> u32 {
        StdTables.upper(ch)
    }
    fn is_decimal(&self, ch: u32) -> bool {
        StdTables.is_decimal(ch)
    }
    fn is_space(&self, ch: u32) -> bool {
        StdTables.is_space(ch)
    }
    fn is_alnum(&self, ch: u32) -> bool {
        self.alnum[ch as usize]
    }
    fn is_linebreak(&self, ch: u32) -> bool {
        StdTables.is_linebreak(ch)
    }
}

/// Counts the matches as finditer does (up to `limit`), or tries one match at the start.
fn count(p: &Program, state: &mut State, host: &Host<'_>, text: Text<'_>, kind: Kind, limit: usize) -> usize {
    let (mut found, mut pos, mut must_advance) = (0, 0, false);
    while p.run(state, host, text, kind, pos, usize::MAX, must_advance) == Ok(true) {
        found += 1;
        if found == limit || kind == Kind::Match {
            break;
        }
        let (a, b) = state.span(0).unwrap_or_default();
        (pos, must_advance) = (b, a == b);
    }
    found
}

fn main() {
    let path = std::env::args().nth(1).expect("a file written by bench.py");
    let cases = std::fs::read_to_string(path).expect("readable");
    let mut lines = cases.lines();
    let fast = Fast {
        lower: (0..0x10000).map(|ch| StdTables.lower(ch)).collect(),
        alnum: (0..0x10000).map(|ch| StdTables.is_alnum(ch)).collect(),
    };
    let host = Host { tables: &fast, interrupt: &|| false };
    let (mut log_sum, mut n) = (0.0, 0);
    while let (Some(head), Some(text)) = (lines.next(), lines.next()) {
        let mut words = head.split_ascii_whitespace();
        let mut word = || words.next().expect("a word");
        let (name, source) = (word(), word());
        let (expected, theirs): (usize, f64) =
            (word().parse().expect("count"), word().parse().expect("time"));
        let numbers: Vec<u32> = words.map(|w| w.parse().expect("number")).collect();
        let wide: Vec<u16> = text.split_ascii_whitespace().map(|w| w.parse().expect("character")).collect();
        let text = match wide.iter().map(|c| u8::try_from(*c).ok()).collect() {
            Some(narrow) => Owned::Narrow(narrow),
            None => Owned::Middle(wide),
        };
        let start = Instant::now();
        let p = Program::compile(&numbers[1..], numbers[0] as usize, 0).expect("valid");
        let compile = start.elapsed();
        let mut state = State::new();
        let (kind, limit) = if name == "match" {
            (Kind::Match, 1)
        } else {
            (Kind::Search, if expected > 1 { usize::MAX } else { 1 })
        };
        assert_eq!(count(&p, &mut state, &host, text.text(), kind, limit), expected, "{source}");
        let mut best = f64::MAX;
        for _ in 0..5 {
            let (start, mut runs) = (Instant::now(), 0);
            while start.elapsed().as_millis() < 10 {
                count(&p, &mut state, &host, text.text(), kind, limit);
                runs += 1;
            }
            best = best.min(start.elapsed().as_nanos() as f64 / f64::from(runs));
        }
        log_sum += (theirs / best).ln();
        n += 1;
        println!(
            "{name:7} {source:62} {expected:6} found  {theirs:11.0} ns  {best:10.0} ns  x{:6.1}  (compile {compile:?})",
            theirs / best
        );
    }
    println!("geometric mean x{:.1} of {n}", (log_sum / f64::from(n)).exp());
}
