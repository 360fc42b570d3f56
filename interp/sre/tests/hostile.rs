//! Code lists no compiler would emit, and runs without end: an error each time, never a panic or an overflow.

use std::cell::Cell;

use krait_sre::{Error, Host, InvalidCode, Kind, Program, State, StdTables, Text};

const MAXREPEAT: u32 = u32::MAX;

/// `(?:ab)*c`, `(a)?(?(1)b|c)d`, `(?:a|bc|d[ef])g`, `(?<=ab)c`, `(?>a+|b)c`, `(?:a*?b)+?c`, `(?:ab)*+c`, `foo(bar|baz)`,
/// `(a|b)*\1`, with a category and a bitmap.
const SEEDS: [&[u32]; 10] = [
    &[14, 4, 0, 1, MAXREPEAT, 23, 7, 0, MAXREPEAT, 16, 97, 16, 98, 18, 16, 99, 1],
    &[14, 4, 0, 2, 3, 23, 9, 0, 1, 17, 0, 16, 97, 17, 1, 18, 12, 0, 6, 16, 98, 15, 3, 16, 99, 16, 100, 1],
    &[
        14, 10, 4, 2, 3, 22, 97, 98, 16, 100, 0, 7, 5, 16, 97, 15, 20, 7, 16, 98, 16, 99, 15, 13, 11, 16,
        100, 13, 5, 22, 101, 102, 0, 15, 2, 0, 16, 103, 1,
    ],
    &[14, 4, 0, 1, 1, 4, 7, 2, 16, 97, 16, 98, 1, 16, 99, 1],
    &[
        14, 4, 0, 2, MAXREPEAT, 27, 19, 7, 10, 24, 6, 1, MAXREPEAT, 16, 97, 1, 15, 7, 5, 16, 98, 15, 2, 0, 1,
        16, 99, 1,
    ],
    &[14, 4, 0, 2, MAXREPEAT, 23, 12, 1, MAXREPEAT, 26, 6, 0, MAXREPEAT, 16, 97, 1, 16, 98, 19, 16, 99, 1],
    &[14, 4, 0, 1, MAXREPEAT, 28, 7, 0, MAXREPEAT, 16, 97, 16, 98, 1, 16, 99, 1],
    &[
        14, 16, 1, 6, 6, 5, 3, 102, 111, 111, 98, 97, 0, 0, 0, 0, 0, 16, 102, 16, 111, 16, 111, 17, 0, 16,
        98, 16, 97, 13, 6, 16, 114, 16, 122, 0, 17, 1, 1,
    ],
    &[14, 4, 0, 0, MAXREPEAT, 23, 13, 0, MAXREPEAT, 17, 0, 13, 5, 22, 97, 98, 0, 17, 1, 18, 11, 0, 1],
    &[13, 14, 21, 9, 0, 1, 2, 3, 4, 5, 6, 8, 8, 14, 0, 5, 4, 0, 3, 1, 6, 10, 1],
];

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Runs on a short text, giving up after some steps.
fn run(p: &Program, state: &mut State) {
    let text = "abababcbcdefgfoobarc".as_bytes();
    for kind in [Kind::Match, Kind::Search, Kind::FullMatch] {
        for must_advance in [false, true] {
            let left = Cell::new(2);
            let interrupt = || {
                left.set(left.get() - 1);
                left.get() == 0
            };
            let host = Host { tables: &StdTables, interrupt: &interrupt };
            let found = p.run(state, &host, Text::Latin1(text), kind, 1, usize::MAX, must_advance);
            assert_ne!(found, Err(Error::Internal));
            if found == Ok(true) {
                for g in 0..=3 {
                    assert!(state.span(g).is_none_or(|(a, b)| a <= b && b <= text.len()));
                }
            }
        }
    }
}

#[test]
fn seeds_are_valid() {
    for code in SEEDS {
        run(&Program::compile(code, 1, 0).expect("valid"), &mut State::new());
        for cut in 0..code.len() {
            if let Ok(p) = Program::compile(&code[..cut], 1, 0) {
                run(&p, &mut State::new());
            }
        }
    }
}

#[test]
fn mutations_do_no_harm() {
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    let mut state = State::new();
    state.set_memory_limit(1 << 20);
    let mut accepted = 0;
    for _ in 0..60_000 {
        let mut code = SEEDS[r.below(SEEDS.len())].to_vec();
        for _ in 0..=r.below(3) {
            let at = r.below(code.len());
            match r.below(5) {
                0 => code[at] = r.below(44) as u32,
                1 => code[at] = [MAXREPEAT, MAXREPEAT - 1, 1 << 31, 255, 256, 65536][r.below(6)],
                2 => code.insert(at, r.below(30) as u32),
                3 => _ = code.remove(at),
                _ => {
                    let other = SEEDS[r.below(SEEDS.len())];
                    let part = other[r.below(other.len())..].to_vec();
                    code.splice(at..at, part);
                }
            }
            if code.is_empty() {
                break;
            }
        }
        if let Ok(p) = Program::compile(&code, r.below(3), 0) {
            accepted += 1;
            run(&p, &mut state);
        }
    }
    assert!(accepted > 1000);
}

#[test]
fn bad_references_are_refused() {
    for (code, groups) in
        [(&[17, 2, 1][..], 1), (&[11, 1, 1], 1), (&[12, 1, 2, 1], 1), (&[], 0), (&[16, 97], 0), (&[16, 1], 0)]
    {
        assert_eq!(Program::compile(code, groups, 0).map(|_| ()), Err(InvalidCode), "{code:?}");
    }
}

/// `depth` lazy groups around `a`, each a repeat or a look-ahead.
fn nested(depth: usize, open: &[u32], close: &[u32]) -> Vec<u32> {
    let mut code = vec![16, 97];
    for _ in 0..depth {
        let mut next = vec![open[0], 0];
        next.extend(&open[2..]);
        next.extend(&code);
        next[1] = next.len() as u32 - 1 + open[1];
        next.extend(close);
        code = next;
    }
    code.push(1);
    code
}

#[test]
fn nesting_has_no_limit() {
    let text = Text::Latin1(b"aaaa");
    let host = Host { tables: &StdTables, interrupt: &|| false };
    for (open, close) in [
        (&[23, 0, 0, MAXREPEAT][..], &[18][..]),
        (&[4, 1, 0], &[1]),
        (&[27, 1], &[1]),
        (&[28, 0, 1, 3], &[1]),
    ] {
        let p = Program::compile(&nested(3000, open, close), 0, 0).expect("valid");
        let mut state = State::new();
        assert_eq!(p.run(&mut state, &host, text, Kind::Match, 0, 4, false), Ok(true));
        assert_eq!(p.run(&mut state, &host, text, Kind::Search, 0, 4, false), Ok(true));
    }
}

#[test]
fn memory_and_time_are_bounded() {
    // `(?:a|b.)*a` on a long text, `(?:a*)*b` in exponential time, and an empty body 4294967294 times.
    let branch = [23, 16, 0, MAXREPEAT, 7, 5, 16, 97, 15, 8, 6, 16, 98, 2, 15, 2, 0, 18, 16, 97, 1];
    let p = Program::compile(&branch, 0, 0).expect("valid");
    let text = vec![b'a'; 1 << 20];
    let mut state = State::new();
    let never = Host { tables: &StdTables, interrupt: &|| false };
    state.set_memory_limit(1 << 16);
    let run = |p: &Program, state: &mut State, host: &Host<'_>, text: &[u8]| {
        p.run(state, host, Text::Latin1(text), Kind::Match, 0, usize::MAX, false)
    };
    assert_eq!(run(&p, &mut state, &never, &text), Err(Error::OutOfMemory));
    assert_eq!(run(&p, &mut state, &never, b"aaaa"), Ok(true));
    state.set_memory_limit(1 << 30);
    assert_eq!(run(&p, &mut state, &never, &text), Ok(true));

    let left = Cell::new(3);
    let interrupt = || {
        left.set(left.get() - 1);
        left.get() == 0
    };
    let host = Host { tables: &StdTables, interrupt: &interrupt };
    let exponential = [23, 10, 0, MAXREPEAT, 23, 5, 0, MAXREPEAT, 16, 97, 18, 18, 16, 98, 1];
    let p = Program::compile(&exponential, 0, 0).expect("valid");
    assert_eq!(run(&p, &mut state, &host, &[b'a'; 200]), Err(Error::Interrupted));

    left.set(3);
    let p = Program::compile(&[23, 3, MAXREPEAT - 1, MAXREPEAT, 18, 1], 0, 0).expect("valid");
    assert_eq!(run(&p, &mut state, &host, b""), Err(Error::Interrupted));
}
