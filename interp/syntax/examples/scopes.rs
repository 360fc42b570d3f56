//! Prints the scopes of each file named, one name per line, in the form of `compare_scopes.py`.
//! With `--check DIR`, compares with what that script left in DIR.

use krait_syntax::ast::NodeId;
use krait_syntax::error::SyntaxError;
use krait_syntax::parse::{Flags, Mode, parse_bytes};
use krait_syntax::scope::{ScopeKind, Scopes};
use std::fmt::Write;

fn dump(scopes: &Scopes, id: NodeId, depth: usize, out: &mut String) {
    let Some(scope) = scopes.get(id) else { return };
    let kind = match scope.kind {
        ScopeKind::Function => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotation => 3,
        ScopeKind::TypeVarBound => 4,
        ScopeKind::TypeAlias => 5,
        ScopeKind::TypeParams => 6,
    };
    let _ = writeln!(out, "{depth} {kind} {} {} {}", scope.name, scope.span.lineno, scope.nested as i32);
    for param in &scope.params {
        let _ = writeln!(out, "param {param}");
    }
    let mut names: Vec<_> = scope.symbols.iter().collect();
    names.sort_by(|a, b| a.0.chars().cmp(b.0.chars()));
    for (name, symbol) in names {
        let _ = writeln!(out, "{name} {:x}", symbol.flags);
    }
    for &child in &scope.children {
        dump(scopes, child, depth + 1, out);
    }
}

fn scopes_of(source: &[u8]) -> Result<String, SyntaxError> {
    let parsed = parse_bytes(source, Mode::Exec, &Flags::default(), &mut |codec, _| {
        Err(SyntaxError::undecodable(format!("unknown encoding: {codec}")))
    })
    .map_err(|e| *e)?;
    let features = krait_syntax::future::features(&parsed.tree, 0).map_err(|e| *e)?;
    let scopes = krait_syntax::scope::analyze(&parsed.tree, &features).map_err(|e| *e)?;
    let mut out = String::new();
    dump(&scopes, NodeId::MODULE, 0, &mut out);
    Ok(out)
}

fn main() {
    let mut check = None;
    let mut files: Vec<String> = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--check" => check = args.next(),
            "-" => files.extend(std::io::stdin().lines().map_while(Result::ok)),
            _ => files.push(arg),
        }
    }
    for file in files {
        let Ok(source) = std::fs::read(&file) else { continue };
        let out = match scopes_of(&source) {
            Ok(out) => out,
            Err(e) => {
                let end = match e.end_offset {
                    SyntaxError::NO_OFFSET => "None".into(),
                    end => end.to_string(),
                };
                format!("error {}:{}-{}:{end} {}\n", e.lineno, e.offset, e.end_lineno, e.msg)
            }
        };
        let Some(dir) = &check else {
            print!("{out}");
            continue;
        };
        let theirs = std::fs::read_to_string(format!("{dir}/{}", file.replace('/', "%"))).unwrap_or_default();
        if out != theirs {
            let at = out.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
            println!("{file}: {at}: {:?}, CPython {:?}", out.lines().nth(at), theirs.lines().nth(at));
        }
    }
}
