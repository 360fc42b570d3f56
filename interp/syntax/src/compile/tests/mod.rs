//! Tests as text: `cases/code.txt` holds sources with the code they become, `cases/errors.txt` sources with what is
//! said about them. A case is `### name`, the source, `---`, the expectation. `KRAIT_BLESS=1` writes what is there now
//! into the files.
//!
//! With `KRAIT_TEST_LIB` set to a folder, every Python file in it must compile and pass the verifier.

use super::compile_source;
use crate::parse::Mode;
use krait_bytecode::disassemble::disassemble;
use krait_bytecode::verify::verify;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn check(file: &str, produce: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compile/tests").join(file);
    let text = std::fs::read_to_string(&path).expect("the cases are there");
    let mut blessed = String::new();
    let mut failures = String::new();
    for case in text.split("### ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("a case has a name");
        let (source, expected) = rest.split_once("---\n").expect("a case has an expectation");
        let got = produce(source);
        let _ = write!(blessed, "### {name}\n{source}---\n{got}\n");
        if got.trim_end() != expected.trim_end() {
            let _ = write!(failures, "{name}: got\n{got}\nexpected\n{expected}\n");
        }
    }
    if std::env::var_os("KRAIT_BLESS").is_some() {
        std::fs::write(&path, blessed.trim_end().to_string() + "\n").expect("the cases can be written");
    } else {
        assert!(failures.is_empty(), "{failures}");
    }
}

#[test]
fn code() {
    check("code.txt", |source| match compile_source(source.as_bytes(), "<test>", Mode::Exec, 0, 0) {
        Ok(output) => {
            verify(&output.template).expect("the verifier accepts it");
            // The module itself only makes the functions.
            let text = disassemble(&output.template, true);
            match text.split_once("\n\n") {
                Some((_, functions)) => functions.to_string(),
                None => text,
            }
        }
        Err(error) => error.to_string(),
    });
}

#[test]
fn errors() {
    check("errors.txt", |source| match compile_source(source.as_bytes(), "<test>", Mode::Exec, 0, 0) {
        Ok(output) => {
            verify(&output.template).expect("the verifier accepts it");
            let lines: Vec<String> =
                output.warnings.iter().map(|w| format!("{}: warning: {}\n", w.lineno, w.msg)).collect();
            if lines.is_empty() { "ok\n".into() } else { lines.concat() }
        }
        Err(e) => format!("{}:{}-{}:{}: {}\n", e.lineno, e.offset, e.end_lineno, e.end_offset, e.msg),
    });
}

#[test]
fn optimize_levels() {
    let source = b"\"doc\"\ndef f(x):\n    \"inner\"\n    assert x\n    return __debug__\n";
    let code = |optimize| {
        let output = compile_source(source, "<test>", Mode::Exec, optimize, 0).expect("it compiles");
        disassemble(&output.template, true)
    };
    assert!(code(0).contains("LOAD_ASSERTION_ERROR") && code(0).contains("__doc__"));
    assert!(!code(1).contains("LOAD_ASSERTION_ERROR") && code(1).contains("__doc__"));
    assert!(!code(2).contains("__doc__") && code(2).contains("#0"));
}

#[test]
fn modes() {
    let eval = compile_source(b"a + 1", "<test>", Mode::Eval, 0, 0).expect("it compiles");
    assert!(disassemble(&eval.template, false).contains("RETURN"));
    let single = compile_source(b"a\n", "<test>", Mode::Single, 0, 0).expect("it compiles");
    assert!(disassemble(&single.template, false).contains("INTRINSIC"));
}

#[test]
fn unparsed_annotations() {
    let texts = [
        "a + b * c",
        "(a + b) * c",
        "-a ** (-b)",
        "(-a) ** b",
        "not (a and b)",
        "lambda a, b=2, /, *c, d, e=4, **f: a if b else c",
        "[x for x in y if z]",
        "f(a, *b, c=1, **d)",
        "f(x for x in y)",
        "{**a, 'b': 1}",
        "a[b:c:d, ...]",
        "f'{a!r:>{w}} {{b}}'",
        "1 .real",
        "1e309",
        "(a, b)[0]",
        "\"it's\"",
    ];
    for text in texts {
        let source = format!("from __future__ import annotations\ndef f(x: {text}): pass\n");
        let output = compile_source(source.as_bytes(), "<test>", Mode::Exec, 0, 0).expect("it compiles");
        let code = disassemble(&output.template, false);
        assert!(code.contains(&format!("{text:?}")), "{text}: {code}");
    }
}

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "py") {
            found.push(path);
        }
    }
}

#[test]
fn library() {
    let Some(folder) = std::env::var_os("KRAIT_TEST_LIB") else { return };
    let mut files = Vec::new();
    python_files(Path::new(&folder), &mut files);
    let mut failures = String::new();
    for file in &files {
        // Files that are wrong on purpose.
        let name = file.to_string_lossy();
        if ["bad", "lib2to3", "tokenizedata", "encoded_modules"].iter().any(|part| name.contains(part)) {
            continue;
        }
        let Ok(source) = std::fs::read(file) else { continue };
        match compile_source(&source, &name, Mode::Exec, 0, 0) {
            Ok(output) => {
                if let Err(error) = verify(&output.template) {
                    let _ = writeln!(failures, "{name}: {error}");
                }
            }
            Err(error) if error.msg.starts_with("unknown encoding") => {}
            Err(error) => {
                let _ = writeln!(failures, "{name}: {error}");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
