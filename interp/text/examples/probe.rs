//! Answers questions on stdin, one a line, for tools/compare.py, which asks CPython the same.
//!
//! A question is a command and arguments, separated by tabs. Text travels as hexadecimal
//! generalized UTF-8, bytes as hexadecimal. `chars` prints all there is to know of every
//! code point.

use krait_text::normalize::Form;
use krait_text::search::{self, Rules, Sides};
use krait_text::ucd::Version;
use krait_text::{Chars, CharsBuf, casing, chars, hash, names, normalize, repr, ucd, wtf8};
use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::ops::Range;

#[path = "probe/codecs.rs"]
mod codecs;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map_while(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect()
}

pub fn show(text: Chars<'_>) -> String {
    let mut out = Vec::new();
    wtf8::encode(text, &mut out);
    let kind = match text {
        Chars::One(_) if text.is_ascii() => 'a',
        Chars::One(_) => '1',
        Chars::Two(_) => '2',
        Chars::Four(_) => '4',
    };
    format!("{kind}{}", hex(&out))
}

fn buf(text: &CharsBuf) -> String {
    assert_eq!(text.is_ascii(), text.as_chars().is_ascii());
    show(text.as_chars())
}

fn ranges(list: &[Range<usize>]) -> String {
    list.iter().map(|r| format!("{}:{}", r.start, r.end)).collect::<Vec<_>>().join(" ")
}

fn number(n: Option<usize>) -> String {
    n.map_or("-1".into(), |n| n.to_string())
}

fn dump(out: &mut impl Write) -> std::io::Result<()> {
    let full = |m: chars::Mapped| m.as_slice().iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(".");
    for c in 0..0x110000 {
        let n = |v: Option<f64>| v.map_or("-".into(), |v| format!("{:x}", v.to_bits()));
        let d = |v: Option<u8>| v.map_or("-".into(), |v| v.to_string());
        let cases =
            [chars::to_lower(c), chars::to_upper(c), chars::to_title(c), chars::to_folded(c)].map(full);
        let simple = [chars::simple_lower(c), chars::simple_upper(c), chars::simple_title(c)];
        let flags = [
            chars::is_alpha(c),
            chars::is_decimal(c),
            chars::is_digit(c),
            chars::is_numeric(c),
            chars::is_alnum(c),
            chars::is_space(c),
            chars::is_printable(c),
            chars::is_linebreak(c),
            chars::is_upper(c),
            chars::is_lower(c),
            chars::is_title(c),
            chars::is_identifier_start(c),
            chars::is_xid_continue(c),
            chars::is_cased(c),
            chars::is_case_ignorable(c),
        ]
        .map(|f| if f { '1' } else { '0' });
        write!(out, "{}|{}|{:x?}|", String::from_iter(flags), cases.join(","), simple)?;
        let values = [d(chars::to_decimal(c)), d(chars::to_digit(c)), n(chars::to_numeric(c))];
        write!(out, "{}|{}", values.join(","), names::name(c).unwrap_or_default())?;
        for v in [Version::V15, Version::V3_2] {
            let r = ucd::record(v, c);
            let (cat, bidi, width) = (r.category(), r.bidirectional(), r.east_asian_width());
            write!(out, "|{cat},{bidi},{},{width},{},", r.combining(), r.mirrored() as u8)?;
            write!(
                out,
                "{},{},{},{}",
                d(r.decimal()),
                d(r.digit()),
                n(r.numeric()),
                ucd::decomposition(v, c)
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn answer(words: &[&str]) -> String {
    if let Some(reply) = codecs::answer(words) {
        return reply;
    }
    let text = |i: usize| wtf8::decode(&unhex(words.get(i).copied().unwrap_or_default())).unwrap_or_default();
    let int = |i: usize| words.get(i).and_then(|w| w.parse::<usize>().ok());
    let (a, b, c) = (text(1), text(2), text(3));
    let (a, b, c) = (a.as_chars(), b.as_chars(), c.as_chars());
    let rules = if words[0].starts_with("b:") { Rules::Bytes } else { Rules::Str };
    match words[0].trim_start_matches("b:") {
        "predicates" => [
            casing::is_alpha(a),
            casing::is_decimal(a),
            casing::is_digit(a),
            casing::is_numeric(a),
            casing::is_alnum(a),
            casing::is_space(a),
            casing::is_printable(a),
            casing::is_identifier(a),
            casing::is_upper(a),
            casing::is_lower(a),
            casing::is_title(a),
        ]
        .map(|p| (p as u8).to_string())
        .join(""),
        "cases" => [
            casing::lower(a),
            casing::upper(a),
            casing::title(a),
            casing::casefold(a),
            casing::capitalize(a),
            casing::swapcase(a),
        ]
        .map(|t| buf(&t))
        .join(" "),
        "repr" => [repr::repr_str(a), repr::ascii_str(a)].map(|t| buf(&t)).join(" "),
        "repr_bytes" => hex(&repr::repr_bytes(&unhex(words[1]), b"b")),
        "hash" => {
            let seed = words[2].parse().expect("seed");
            hash::hash_bytes(hash::Key::from_seed(seed), a.native_bytes()).to_string()
        }
        "lookup" => match names::lookup(&unhex(words[1])) {
            Some(names::Named::Char(c)) => format!("{c:x}"),
            Some(names::Named::Sequence(s)) => {
                s.iter().filter(|&&c| c != 0).map(|c| format!("{c:x}")).collect::<Vec<_>>().join(".")
            }
            None => "-".into(),
        },
        "normalize" => {
            let form = Form::from_name(words[2].as_bytes()).expect("form");
            let version = if words[3] == "3.2.0" { Version::V3_2 } else { Version::V15 };
            let done = normalize::normalize(version, form, a).unwrap_or_else(|| CharsBuf::from(a));
            format!("{} {}", buf(&done), normalize::is_normalized(version, form, a) as u8)
        }
        "search" => {
            let found = [search::find(a, b), search::rfind(a, b), Some(search::count(a, b, usize::MAX))];
            let splits = match b.is_empty() {
                true => String::new(),
                false => format!(
                    "{}|{}|{}|{}",
                    ranges(&search::split(a, b, None)),
                    ranges(&search::split(a, b, Some(2))),
                    ranges(&search::rsplit(a, b, None)),
                    ranges(&search::rsplit(a, b, Some(2)))
                ),
            };
            format!("{}|{splits}", found.map(number).join(" "))
        }
        "replace" => search::replace(a, b, c, int(4)).map_or("=".into(), |t| buf(&t)),
        "split" => [
            search::split_space(a, rules, None),
            search::split_space(a, rules, Some(2)),
            search::rsplit_space(a, rules, None),
            search::rsplit_space(a, rules, Some(2)),
            search::split_lines(a, rules, false),
            search::split_lines(a, rules, true),
            vec![
                search::strip(a, rules, Sides::Left),
                search::strip(a, rules, Sides::Right),
                search::strip(a, rules, Sides::Both),
            ],
        ]
        .map(|r| ranges(&r))
        .join("|"),
        "strip" => [Sides::Left, Sides::Right, Sides::Both]
            .map(|s| ranges(&[search::strip_chars(a, b, s)]))
            .join("|"),
        "expandtabs" => match search::expand_tabs(a, int(2).unwrap_or(8), 1 << 20) {
            Ok(t) => t.map_or("=".into(), |t| buf(&t)),
            Err(e) => format!("{e:?}"),
        },
        "compare" => format!("{:?}", a.compare(b)),
        other => format!("unknown command {other}"),
    }
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line == "chars" {
            dump(&mut out)?;
        } else {
            writeln!(out, "{}", answer(&line.split('\t').collect::<Vec<_>>()))?;
        }
    }
    out.flush()
}
