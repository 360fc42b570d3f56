//! Prints the tokens of each file named, one per line, in the form of `compare_tokens.py`.
//! With `--check DIR`, compares with what that script left in DIR.

use krait_syntax::parse::source::{decode_source, normalize_newlines};
use krait_syntax::token::{TokenError, TokenKind, Tokenizer};
use std::fmt::Write;

fn tokens(text: &str) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let chars = |lineno: u32, col: i32| match lines.get(lineno as usize - 1) {
        Some(line) if col > 0 => {
            String::from_utf8_lossy(&line.as_bytes()[..col as usize]).chars().count() as i32
        }
        _ => col,
    };
    let mut scanner = Tokenizer::new(text);
    loop {
        match scanner.next_token() {
            Ok(t) => {
                let (start, end) = (chars(t.lineno.max(1), t.col), chars(t.end_lineno.max(1), t.end_col));
                let _ = writeln!(out, "{} {}:{start}-{}:{end}", t.kind as u8, t.lineno, t.end_lineno);
                if t.kind == TokenKind::EndMarker {
                    return out;
                }
            }
            Err(TokenError::Syntax(e) | TokenError::Noted(e)) => {
                let _ = writeln!(out, "error {}:{} {}", e.lineno, e.offset, e.msg);
                return out;
            }
            Err(e) => {
                let _ = writeln!(out, "error {e:?}");
                return out;
            }
        }
    }
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
    let (mut bytes, mut spent) = (0, std::time::Duration::ZERO);
    for file in files {
        let Ok(source) = std::fs::read(&file) else { continue };
        let decoded = decode_source(&source, None, &mut |codec, _| {
            Err(krait_syntax::error::SyntaxError::undecodable(format!("unknown encoding: {codec}")))
        });
        let Ok(text) = decoded else { continue };
        let mut text = normalize_newlines(&text).into_owned();
        if !text.ends_with('\n') && !text.is_empty() {
            text.push('\n');
        }
        let start = std::time::Instant::now();
        let mut scanner = Tokenizer::new(&text);
        while scanner.next_token().is_ok_and(|t| t.kind != TokenKind::EndMarker) {}
        spent += start.elapsed();
        bytes += text.len();
        let out = tokens(&text);
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
    println!("{:.1} MB/s", bytes as f64 / spent.as_secs_f64() / 1e6);
}
