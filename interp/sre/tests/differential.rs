//! Compares the engine with CPython's on what `differential/cases.py` wrote.
//!
//! Set `KRAIT_PYTHON` to a Python 3.12 to let the test write its cases, or `KRAIT_SRE_CASES` to a file of them.
//! Without either there is nothing to compare with, and the test passes.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use krait_sre::{CharTables, Error, Host, Kind, Program, State, Text};

/// Character facts as the Python that wrote the cases has them.
#[derive(Default)]
struct Tables {
    sets: HashMap<String, HashSet<u32>>,
    lower: HashMap<u32, u32>,
    upper: HashMap<u32, u32>,
    cased: HashSet<u32>,
}

impl Tables {
    fn is(&self, name: &str, ch: u32) -> bool {
        self.sets[name].contains(&ch)
    }
}

impl CharTables for Tables {
    fn lower(&self, ch: u32) -> u32 {
        *self.lower.get(&ch).unwrap_or(&ch)
    }
    fn upper(&self, ch: u32) -> u32 {
        *self.upper.get(&ch).unwrap_or(&ch)
    }
    fn is_decimal(&self, ch: u32) -> bool {
        self.is("decimal", ch)
    }
    fn is_space(&self, ch: u32) -> bool {
        self.is("space", ch)
    }
    fn is_alnum(&self, ch: u32) -> bool {
        self.is("alnum", ch)
    }
    fn is_linebreak(&self, ch: u32) -> bool {
        self.is("linebreak", ch)
    }
}

/// One text in every width that can hold it.
struct Widths {
    narrow: Option<Vec<u8>>,
    middle: Option<Vec<u16>>,
    wide: Vec<u32>,
}

impl Widths {
    fn new(wide: Vec<u32>) -> Widths {
        Widths {
            narrow: wide.iter().map(|c| u8::try_from(*c).ok()).collect(),
            middle: wide.iter().map(|c| u16::try_from(*c).ok()).collect(),
            wide,
        }
    }

    fn all(&self) -> impl Iterator<Item = Text<'_>> {
        let narrow = self.narrow.as_deref().map(Text::Latin1);
        let middle = self.middle.as_deref().map(Text::Ucs2);
        narrow.into_iter().chain(middle).chain([Text::Ucs4(&self.wide)])
    }
}

fn result(found: Result<bool, Error>, groups: usize, state: &State) -> String {
    match found {
        Err(e) => format!("{e:?}"),
        Ok(false) => "none".into(),
        Ok(true) => {
            let mut out = state.last_index().unwrap_or(0).to_string();
            for g in 0..=groups {
                match state.span(g) {
                    Some((a, b)) => out += &format!(" {a} {b}"),
                    None => out += " -1 -1",
                }
            }
            out
        }
    }
}

/// What finditer (or repeated `scanner.match`) does: the next run starts where the last match ended.
fn all(
    p: &Program,
    state: &mut State,
    host: &Host<'_>,
    text: Text<'_>,
    kind: Kind,
    start: usize,
    end: usize,
) -> String {
    let (mut out, mut pos, mut must_advance) = (Vec::new(), start, false);
    loop {
        match p.run(state, host, text, kind, pos, end, must_advance) {
            Ok(true) => {
                let (a, b) = state.span(0).unwrap_or_default();
                out.extend([a.to_string(), b.to_string()]);
                (pos, must_advance) = (b, a == b);
            }
            Ok(false) => return out.join(" "),
            Err(e) => return format!("{e:?}"),
        }
    }
}

fn numbers<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u32> {
    words.map(|w| w.parse().expect("a number")).collect()
}

fn cases() -> Option<String> {
    if let Ok(path) = std::env::var("KRAIT_SRE_CASES") {
        return Some(std::fs::read_to_string(path).expect("readable cases"));
    }
    let python = std::env::var("KRAIT_PYTHON").ok()?;
    let path = std::env::temp_dir().join(format!("krait-sre-cases-{}", std::process::id()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/cases.py");
    let status = Command::new(python).arg(script).arg(&path).status().expect("a Python to run");
    assert!(status.success());
    let text = std::fs::read_to_string(&path).expect("cases");
    std::fs::remove_file(path).expect("removable cases");
    Some(text)
}

#[test]
fn agrees_with_cpython() {
    let Some(cases) = cases() else { return };
    let mut tables = Tables::default();
    let (mut program, mut groups) = (None, 0);
    let (mut source, mut text) = (String::new(), Widths::new(Vec::new()));
    let (mut state, mut runs, mut wrong) = (State::new(), 0, 0);
    let mut cased_checked = false;
    for line in cases.lines() {
        let mut words = line.split_ascii_whitespace();
        let what = words.next().expect("a word");
        match what {
            "table" => {
                let name = words.next().expect("a name").to_string();
                let set = numbers(words).chunks(2).flat_map(|r| r[0]..r[1]).collect();
                tables.sets.insert(name, set);
            }
            "lower" | "upper" => {
                let n = numbers(words);
                if what == "lower" { &mut tables.lower } else { &mut tables.upper }.insert(n[0], n[1]);
            }
            "cased" => {
                tables.cased.extend(numbers(words));
            }
            "pattern" => {
                if !cased_checked {
                    check_cased(&tables);
                    cased_checked = true;
                }
                source = words.next().expect("a source").to_string();
                let n = numbers(words);
                groups = n[1] as usize;
                program =
                    Some(Program::compile(&n[2..], groups, n[0]).unwrap_or_else(|e| panic!("{source}: {e}")));
            }
            "text" => text = Widths::new(numbers(words)),
            _ => {
                let p = program.as_ref().expect("a pattern before");
                let host = Host { tables: &tables, interrupt: &|| false };
                let kind = match what {
                    "run" => match words.next() {
                        Some("match") => Kind::Match,
                        Some("search") => Kind::Search,
                        _ => Kind::FullMatch,
                    },
                    "all" => Kind::Search,
                    _ => Kind::Match,
                };
                let mut number = || words.next().and_then(|w| w.parse().ok()).expect("a number");
                let (start, end): (usize, usize) = (number(), number());
                let expected = words.collect::<Vec<_>>().join(" ");
                for t in text.all() {
                    runs += 1;
                    let got = if what == "run" {
                        let found = p.run(&mut state, &host, t, kind, start, end, false);
                        result(found, groups, &state)
                    } else {
                        all(p, &mut state, &host, t, kind, start, end)
                    };
                    if got != expected {
                        wrong += 1;
                        if wrong < 40 {
                            let shown: String =
                                text.wide.iter().map(|c| char::from_u32(*c).unwrap_or('\u{fffd}')).collect();
                            eprintln!(
                                "{source} on {shown:?} {what} {kind:?} {start}..{end}: {got}, expected {expected}"
                            );
                        }
                        break;
                    }
                }
            }
        }
    }
    eprintln!("{runs} runs, {wrong} differ");
    assert_eq!(wrong, 0);
}

fn check_cased(tables: &Tables) {
    for ch in 0..0x3000 {
        assert_eq!(krait_sre::unicode_is_cased(tables, ch), tables.cased.contains(&ch), "{ch:x}");
    }
}
