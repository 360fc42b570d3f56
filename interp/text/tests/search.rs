//! Searching, splitting and replacing, over all widths.

use krait_text::search::{self, Rules, Sides, TooLong};
use krait_text::{Chars, CharsBuf};
use std::ops::Range;

fn t(s: &str) -> CharsBuf {
    CharsBuf::from(s)
}

/// The same text in one width, two and four.
fn widths(s: &str) -> [CharsBuf; 3] {
    [t(s), t(&s.replace('b', "\u{20ac}")), t(&s.replace('b', "\u{1f600}"))]
}

#[test]
fn finding() {
    for (h, n, first, last, count) in [
        ("aabaab", "aab", Some(0), Some(3), 2),
        ("aabaab", "b", Some(2), Some(5), 2),
        ("aaaa", "aa", Some(0), Some(2), 2),
        ("aba", "bb", None, None, 0),
        ("ab", "", Some(0), Some(2), 3),
        ("", "", Some(0), Some(0), 1),
        ("", "a", None, None, 0),
    ] {
        for (h, n) in widths(h).iter().zip(&widths(n)) {
            let (h, n) = (h.as_chars(), n.as_chars());
            assert_eq!(search::find(h, n), first);
            assert_eq!(search::rfind(h, n), last);
            assert_eq!(search::count(h, n, usize::MAX), count);
            assert_eq!(search::count(h, n, 1), count.min(1));
        }
    }
    // Needles of another width.
    assert_eq!(search::find(t("x\u{20ac}ab").as_chars(), t("ab").as_chars()), Some(2));
    assert_eq!(search::find(t("xab").as_chars(), t("\u{20ac}").as_chars()), None);
    assert_eq!(search::find(t("xab").as_chars(), Chars::Four(&[97, 98])), Some(1));
}

#[test]
fn no_quadratic_case() {
    let n = 200_000;
    let wide = |c: u16, k: usize| vec![c; k];
    let haystack = wide(0x20AC, n);
    let mut needle = wide(0x20AC, n / 2);
    for at in [0, n / 4, n / 2 - 1] {
        needle[at] = 0x20AD;
        assert_eq!(search::find(Chars::Two(&haystack), Chars::Two(&needle)), None);
        assert_eq!(search::rfind(Chars::Two(&haystack), Chars::Two(&needle)), None);
        assert_eq!(search::count(Chars::Two(&haystack), Chars::Two(&needle), usize::MAX), 0);
        needle[at] = 0x20AC;
    }
    // Periodic needles, and a match at the very end.
    let pattern: Vec<u16> = (0..n).map(|i| if i % 7 == 0 { 0x3A3 } else { 0x20AC }).collect();
    let part: Vec<u16> = pattern[3..n / 2].iter().copied().chain([0x20AD]).collect();
    let whole: Vec<u16> = pattern.iter().copied().chain(part.iter().copied()).collect();
    assert_eq!(search::find(Chars::Two(&whole), Chars::Two(&part)), Some(n));
    assert_eq!(search::rfind(Chars::Two(&whole), Chars::Two(&part)), Some(n));
}

#[test]
fn replacing() {
    let check = |text: &str, old: &str, new: &str, max, want: Option<&str>| {
        assert_eq!(
            search::replace(t(text).as_chars(), t(old).as_chars(), t(new).as_chars(), max),
            want.map(t)
        );
    };
    check("abcab", "ab", "x", None, Some("xcx"));
    check("abcab", "b", "x", Some(1), Some("axcab"));
    check("abcab", "b", "\u{20ac}", None, Some("a\u{20ac}ca\u{20ac}"));
    check("a\u{20ac}b", "\u{20ac}", "-", None, Some("a-b"));
    check("ab", "", "-", None, Some("-a-b-"));
    check("ab", "", "-", Some(2), Some("-a-b"));
    check("", "", "-", None, Some("-"));
    check("ab", "x", "y", None, None);
    check("ab", "a", "y", Some(0), None);
}

fn pieces(s: &str, ranges: Vec<Range<usize>>) -> Vec<String> {
    let text = t(s);
    ranges.into_iter().map(|r| text.as_chars().slice(r).to_string_lossy()).collect()
}

#[test]
fn splitting() {
    let space = |s: &str, max| pieces(s, search::split_space(t(s).as_chars(), Rules::Str, max));
    assert_eq!(space(" a b\u{3000}c ", None), ["a", "b", "c"]);
    assert_eq!(space(" a b c ", Some(1)), ["a", "b c "]);
    assert_eq!(space("  ", None), [""; 0]);
    let rspace = |s: &str, max| pieces(s, search::rsplit_space(t(s).as_chars(), Rules::Str, max));
    assert_eq!(rspace(" a b c ", Some(1)), [" a b", "c"]);
    let bytes = Chars::One(b"a\x1cb\x85c d");
    assert_eq!(search::split_space(bytes, Rules::Bytes, None), [0..5, 6..7]);
    let by = |s: &str, sep: &str, max| pieces(s, search::split(t(s).as_chars(), t(sep).as_chars(), max));
    assert_eq!(by("a,b,,c", ",", None), ["a", "b", "", "c"]);
    assert_eq!(by("a,b,,c", ",", Some(1)), ["a", "b,,c"]);
    assert_eq!(by("a\u{20ac}, b", ", ", None), ["a\u{20ac}", "b"]);
    let rby = |s: &str, sep: &str, max| pieces(s, search::rsplit(t(s).as_chars(), t(sep).as_chars(), max));
    assert_eq!(rby("a,b,,c", ",", Some(2)), ["a,b", "", "c"]);
    assert_eq!(rby("aaa", "aa", None), ["a", ""]);
    assert_eq!(rby("abc", "\u{20ac}", None), ["abc"]);
    let lines = |s: &str, rules, keep| pieces(s, search::split_lines(t(s).as_chars(), rules, keep));
    assert_eq!(lines("a\r\nb\n\rc\u{2028}d", Rules::Str, false), ["a", "b", "", "c", "d"]);
    assert_eq!(lines("a\r\nb\x0b\n", Rules::Bytes, true), ["a\r\n", "b\x0b\n"]);
    assert_eq!(lines("", Rules::Str, true), [""; 0]);
}

#[test]
fn stripping_and_tabs() {
    let text = t(" \u{20ac}a \u{3000}");
    assert_eq!(search::strip(text.as_chars(), Rules::Str, Sides::Both), 1..3);
    assert_eq!(search::strip(text.as_chars(), Rules::Bytes, Sides::Right), 0..5);
    assert_eq!(search::strip(t("  ").as_chars(), Rules::Str, Sides::Both), 2..2);
    assert_eq!(search::strip_chars(t("xyaxy").as_chars(), t("yx").as_chars(), Sides::Both), 2..3);
    assert_eq!(search::strip_chars(t("xxa").as_chars(), t("x").as_chars(), Sides::Left), 2..3);
    let tabs = |s: &str, n| search::expand_tabs(t(s).as_chars(), n, 1000);
    assert_eq!(tabs("ab\tc\n\td", 4), Ok(Some(t("ab  c\n    d"))));
    assert_eq!(tabs("a\tb", 0), Ok(Some(t("ab"))));
    assert_eq!(tabs("ab", 4), Ok(None));
    assert_eq!(tabs("\t\t", 900), Err(TooLong));
}
