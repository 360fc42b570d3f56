//! Buffers, repr, hash and generalized UTF-8.

use krait_text::hash::{Key, hash_bytes};
use krait_text::{Chars, CharsBuf, ascii_prefix, repr, wtf8};
use std::cmp::Ordering;

fn t(s: &str) -> CharsBuf {
    CharsBuf::from(s)
}

#[test]
fn buffers_stay_as_narrow_as_possible() {
    let mut buf = CharsBuf::new();
    buf.extend_str("ab");
    assert!(buf.is_ascii() && matches!(buf.as_chars(), Chars::One(b"ab")));
    buf.push(0xE9);
    assert!(!buf.is_ascii() && matches!(buf.as_chars(), Chars::One(_)));
    buf.push(0xD800);
    assert!(matches!(buf.as_chars(), Chars::Two(_)));
    buf.push(0x10FFFF);
    assert!(matches!(buf.as_chars(), Chars::Four(_)));
    assert_eq!((buf.len(), buf.max_char()), (5, 0x10FFFF));
    buf.truncate(4);
    assert!(matches!(buf.as_chars(), Chars::Two(&[97, 98, 0xE9, 0xD800])));
    buf.truncate(2);
    assert!(buf.is_ascii() && matches!(buf.as_chars(), Chars::One(b"ab")));
    assert!(matches!(CharsBuf::from_ucs4(vec![1, 0xFF]).as_chars(), Chars::One(&[1, 0xFF])));
    assert_eq!(t("a\u{1f600}").as_chars().compare(t("a\u{ffff}").as_chars()), Ordering::Greater);
    assert!(Chars::Two(&[97]) == Chars::One(b"a") && Chars::Two(&[97]) != Chars::One(b"ab"));
    assert!(t("x\u{20ac}y").as_chars().has_at(1, t("\u{20ac}y").as_chars()));
    for n in 0..70 {
        let mut bytes = vec![b'a'; 80];
        bytes[n] = 0x80;
        assert_eq!(ascii_prefix(&bytes), n);
    }
}

#[test]
fn representations() {
    let check = |s: &str, want: &str| assert_eq!(repr::repr_str(t(s).as_chars()), t(want));
    check("a'b", "\"a'b\"");
    check("a'\"b\\", "'a\\'\"b\\\\'");
    check("\t\n\r\0\x7f", "'\\t\\n\\r\\x00\\x7f'");
    check(
        "\u{e9}\u{ad}\u{20ac}\u{2028}\u{1f600}\u{e0001}",
        "'\u{e9}\\xad\u{20ac}\\u2028\u{1f600}\\U000e0001'",
    );
    assert_eq!(repr::repr_str(Chars::Two(&[0xD800])), t("'\\ud800'"));
    assert_eq!(repr::ascii_str(t("\u{e9}'\u{1f600}").as_chars()), t("\"\\xe9'\\U0001f600\""));
    assert_eq!(repr::escape_non_ascii(t("'\n\u{e9}").as_chars()), t("'\n\\xe9"));
    assert_eq!(repr::repr_bytes(b"a'\xff\n", b"b"), b"b\"a'\\xff\\n\"");
    assert_eq!(repr::repr_bytes(b"'\"", b"b"), b"b'\\'\"'");
}

#[test]
fn hashes_are_those_of_cpython() {
    let texts = ["a", "abcdefgh", "\u{e9}", "\u{20ac}x", "\u{1f600}"].map(t);
    for (seed, want) in [
        (
            0,
            [
                4644417185603328019,
                4574395652268504554,
                6047309291227476195,
                -483395623852268653,
                -3536540696076613844,
            ],
        ),
        (
            1,
            [
                -3012895188637184397,
                -202642195356325900,
                8133168473585362875,
                -620210491401233264,
                7663130467274561019,
            ],
        ),
        (
            42,
            [
                -123207753977932514,
                -5457871895989710762,
                5653850369683463245,
                5570975265233553142,
                6601963133753205906,
            ],
        ),
    ] {
        let key = Key::from_seed(seed);
        assert_eq!(texts.each_ref().map(|s| hash_bytes(key, s.as_chars().native_bytes())), want);
        assert_eq!(hash_bytes(key, b""), 0);
    }
}

#[test]
fn generalized_utf8() {
    let text: CharsBuf = [0x41, 0xE9, 0x20AC, 0xD800, 0xDC00, 0x1F600].into_iter().collect();
    let mut bytes = Vec::new();
    wtf8::encode(text.as_chars(), &mut bytes);
    assert_eq!(bytes, b"A\xc3\xa9\xe2\x82\xac\xed\xa0\x80\xed\xb0\x80\xf0\x9f\x98\x80");
    assert_eq!(wtf8::decode(&bytes), Ok(text));
    for bad in [&b"\x80"[..], b"\xc0\x80", b"\xe0\x80\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff"] {
        assert_eq!(wtf8::decode(bad), Err(0));
    }
}
