//! Properties, casing, names and normalization; the values are CPython 3.12's.

use krait_text::names::{self, Named};
use krait_text::normalize::{self, Form};
use krait_text::ucd::{self, Version};
use krait_text::{Chars, CharsBuf, casing, chars};

fn t(s: &str) -> CharsBuf {
    CharsBuf::from(s)
}

#[test]
fn predicates() {
    let all = |f: fn(Chars<'_>) -> bool, yes: &[&str], no: &[&str]| {
        yes.iter().for_each(|s| assert!(f(t(s).as_chars()), "{s:?}"));
        no.iter().for_each(|s| assert!(!f(t(s).as_chars()), "{s:?}"));
    };
    all(casing::is_alpha, &["a", "\u{e9}x", "\u{4e00}"], &["", "1", "a b", "\u{1f600}"]);
    all(casing::is_decimal, &["09", "\u{660}"], &["", "\u{b2}", "x"]);
    all(casing::is_digit, &["\u{b2}"], &["\u{bd}"]);
    all(casing::is_numeric, &["\u{bd}", "\u{4e00}"], &["a"]);
    all(casing::is_space, &[" \t\u{1c}\u{85}\u{a0}\u{2028}\u{3000}"], &["", "\u{200b}"]);
    all(casing::is_printable, &["", "a \u{e9}"], &["\n", "\u{ad}", "\u{a0}", "\u{e000}"]);
    all(casing::is_identifier, &["_", "a1", "\u{2118}"], &["", "1a", "a-b", "\u{ff9e}"]);
    all(casing::is_upper, &["A", "A1"], &["", "1", "Aa", "A\u{1c5}"]);
    all(casing::is_lower, &["a", "\u{aa}"], &["", "1", "aA"]);
    all(casing::is_title, &["Ab Cd", "A1 B"], &["", "AB", "ab", "Ab cd"]);
}

#[test]
fn case_mappings() {
    let check = |f: fn(Chars<'_>) -> CharsBuf, from: &str, to: &str| assert_eq!(f(t(from).as_chars()), t(to));
    check(
        casing::lower,
        "\u{391}\u{3a3} \u{391}\u{3a3}\u{391}. \u{3a3}",
        "\u{3b1}\u{3c2} \u{3b1}\u{3c3}\u{3b1}. \u{3c3}",
    );
    check(casing::lower, "\u{c0}\u{d7}\u{de}Z\u{df}", "\u{e0}\u{d7}\u{fe}z\u{df}");
    check(casing::lower, "\u{130}", "i\u{307}");
    check(casing::upper, "\u{df}\u{b5}\u{ff}", "SS\u{39c}\u{178}");
    check(casing::upper, "\u{390}", "\u{399}\u{308}\u{301}");
    check(casing::title, "\u{149}\u{df}\u{1c6}", "\u{2bc}N\u{df}\u{1c6}");
    check(casing::title, "they're bill's", "They'Re Bill'S");
    check(casing::casefold, "\u{df}\u{1e9e}\u{130}", "ssssi\u{307}");
    check(casing::capitalize, "\u{1c6}\u{391}\u{3a3}", "\u{1c5}\u{3b1}\u{3c2}");
    check(casing::swapcase, "aB\u{df}", "AbSS");
    assert_eq!(chars::simple_lower(0x130), 0x69);
    assert_eq!(chars::to_decimal(0x669), Some(9));
    assert_eq!(chars::to_decimal(0xB2), None);
    assert_eq!(chars::to_numeric(0x2153), Some(1.0 / 3.0));
    assert_eq!(chars::to_upper(0x110000).as_slice(), [0x110000]);
}

#[test]
fn database() {
    let r = ucd::record(Version::V15, 0x28);
    assert_eq!(
        (r.category(), r.bidirectional(), r.mirrored(), r.east_asian_width()),
        ("Ps", "ON", true, "Na")
    );
    assert_eq!(ucd::record(Version::V15, 0x301).combining(), 230);
    assert_eq!(ucd::record(Version::V15, 0x221).category(), "Ll");
    assert_eq!(ucd::record(Version::V3_2, 0x221).category(), "Cn");
    assert_eq!(ucd::decomposition(Version::V15, 0xBD), "<fraction> 0031 2044 0032");
    assert_eq!(ucd::decomposition(Version::V15, 0x1D15E), "1D157 1D165");
    assert_eq!(ucd::decomposition(Version::V15, 0x41), "");
}

#[test]
fn names_both_ways() {
    for (c, name) in [
        (0x41, "LATIN CAPITAL LETTER A"),
        (0xF43, "TIBETAN LETTER GHA"),
        (0xF0A, "TIBETAN MARK BKA- SHOG YIG MGO"),
        (0xAC01, "HANGUL SYLLABLE GAG"),
        (0x4E00, "CJK UNIFIED IDEOGRAPH-4E00"),
        (0x1F600, "GRINNING FACE"),
    ] {
        assert_eq!(names::name(c).as_deref(), Some(name));
        assert_eq!(names::lookup(name.as_bytes()), Some(Named::Char(c)));
    }
    assert_eq!(names::name(0), None);
    assert_eq!(names::name(0x110001), None);
    assert_eq!(names::lookup(b"line feed"), Some(Named::Char(10)));
    assert_eq!(names::lookup(b"LATIN SMALL LETTER GHA"), Some(Named::Char(0x1A3)));
    assert_eq!(names::lookup(b"KEYCAP DIGIT ONE"), Some(Named::Sequence([0x31, 0xFE0F, 0x20E3, 0])));
    for wrong in [
        &b""[..],
        b"GRINNING",
        b"GRINNING FACES",
        b"CJK UNIFIED IDEOGRAPH-0041",
        b"HANGUL SYLLABLE X",
        &[b'A'; 300],
    ] {
        assert_eq!(names::lookup(wrong), None);
    }
}

#[test]
fn normal_forms() {
    let check = |form, from: &str, to: &str| {
        let (from, to) = (t(from), t(to));
        let done = normalize::normalize(Version::V15, form, from.as_chars()).unwrap_or(from.clone());
        assert_eq!(done, to);
        assert_eq!(normalize::is_normalized(Version::V15, form, from.as_chars()), from == to);
        assert!(normalize::is_normalized(Version::V15, form, to.as_chars()));
    };
    check(Form::Nfd, "\u{ac01}\u{1e69}", "\u{1100}\u{1161}\u{11a8}s\u{323}\u{307}");
    check(Form::Nfc, "\u{1100}\u{1161}\u{11a8}s\u{307}\u{323}", "\u{ac01}\u{1e69}");
    check(Form::Nfkc, "\u{fb01}\u{1e9b}\u{323}", "fi\u{1e69}");
    check(Form::Nfkd, "\u{bd}", "1\u{2044}2");
    check(Form::Nfc, "\u{e9}\u{ff}", "\u{e9}\u{ff}");
    check(Form::Nfc, "\u{2126}", "\u{3a9}");
    let old = normalize::normalize(Version::V3_2, Form::Nfc, t("\u{2f868}").as_chars());
    assert_eq!(old, Some(t("\u{2136a}")));
}
