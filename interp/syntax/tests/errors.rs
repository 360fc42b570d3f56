//! Errors of grammar: kind, place, text and line, as `errors.txt` has them.

use krait_syntax::error::{ErrorKind, SyntaxError};
use krait_syntax::parse::{Flags, Mode, parse};

fn show(error: &SyntaxError) -> String {
    let kind = match error.kind {
        ErrorKind::Syntax | ErrorKind::IncompleteInput => "SyntaxError",
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab => "TabError",
        other => return format!("{other:?}: {}", error.msg),
    };
    format!(
        "{kind} {}:{}-{}:{} {:?} {:?}",
        error.lineno,
        error.offset,
        error.end_lineno,
        error.end_offset,
        error.msg,
        error.text.as_deref().unwrap_or_default()
    )
}

fn outcome(source: &str, mode: Mode, flags: &Flags) -> String {
    match parse(source, mode, flags) {
        Ok(parsed) => {
            let warnings: Vec<String> =
                parsed.warnings.iter().map(|w| format!("{}:{}", w.lineno, w.msg)).collect();
            format!("ok {}", warnings.join(" ")).trim_end().into()
        }
        Err(error) => show(&error),
    }
}

#[test]
fn errors_are_cpythons() {
    let mut failures = Vec::new();
    for case in include_str!("errors.txt").split("---\n").skip(1) {
        let (source, expected) = case.rsplit_once("=> ").expect("a case has an outcome");
        let found = outcome(source, Mode::Exec, &Flags::default());
        if found != expected.trim_end() {
            failures.push(format!("{source}expected {expected}found    {found}\n"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn interactive_input() {
    let flags = Flags { allow_incomplete_input: true, dont_imply_dedent: true, ..Flags::default() };
    let single = |source: &str| outcome(source, Mode::Single, &flags);
    assert_eq!(single("x = 1"), "ok");
    assert_eq!(single("if x:\n  y\n"), "ok");
    for source in ["if x:", "if x:\n  y", "f(", "'''a", "def f():\n", "x = \\\n", "[1,\n"] {
        let error = parse(source, Mode::Single, &flags).expect_err(source);
        assert_eq!(
            (error.kind, error.msg.as_str()),
            (ErrorKind::IncompleteInput, "incomplete input"),
            "{source}"
        );
    }
    assert!(single("x = = 1").contains("invalid syntax"));
    let several = "multiple statements found while compiling a single statement";
    assert!(single("x = 1\ny = 2\n").contains(several));
    assert_eq!(outcome("if x:\n  y", Mode::Single, &Flags::default()), "ok");
}

#[test]
fn limits_do_not_overflow() {
    let flags = Flags::default();
    let many = 100_000;
    for source in [
        "-".repeat(many) + "a",
        "not ".repeat(many) + "a",
        "a".to_string() + &"+a".repeat(many),
        "a".to_string() + &".b".repeat(many),
        "a".to_string() + &"()".repeat(many),
        "lambda:".repeat(many) + "a",
        "a if b else ".repeat(many) + "a",
        "await ".repeat(many) + "a b",
        "if a: pass\n".to_string() + &"elif a: pass\n".repeat(many),
        "(".repeat(many),
        "f'{".repeat(many),
        "{1:".repeat(150) + "1" + &"}".repeat(149),
    ] {
        assert!(parse(&source, Mode::Exec, &flags).is_err(), "{:.20}", source);
    }
    assert!(parse(&("(".repeat(199) + &")".repeat(199)), Mode::Exec, &flags).is_ok());
    let deep = parse(&("(".repeat(201) + &")".repeat(201)), Mode::Exec, &flags).unwrap_err();
    assert_eq!(deep.msg, "too many nested parentheses");
}

#[test]
fn warnings_have_their_place() {
    let parsed =
        parse("x = ('\\d',\n  f'\\w{x}', 1if x else b'\\z')\n", Mode::Exec, &Flags::default()).unwrap();
    let found: Vec<_> = parsed
        .warnings
        .iter()
        .map(|w| (w.lineno, w.msg.as_str(), w.error.offset, w.error.end_offset))
        .collect();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0], (1, "invalid escape sequence '\\d'", 6, 10));
    assert!(found[1..].iter().all(|w| w.0 == 2));
    assert!(found.iter().any(|w| w.1 == "invalid decimal literal"));
}

#[test]
fn function_types() {
    use krait_syntax::ast::ModKind;
    let count = |source: &str| match parse(source, Mode::FuncType, &Flags::default()).unwrap().tree.kind {
        ModKind::FunctionType { argtypes, .. } => argtypes.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(count("() -> int"), 0);
    assert_eq!(count("((a, b)) -> int"), 1);
    assert_eq!(count("(a[b, c], (d, e), *f, **g) -> (h, i)"), 4);
    assert_eq!(count("(f(x), 'a,b') -> [c]"), 2);
    assert!(parse("(a, b -> c", Mode::FuncType, &Flags::default()).is_err());
}
