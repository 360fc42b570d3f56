//! Codecs and error handlers; the values are CPython 3.12's.

use krait_text::codecs::*;
use krait_text::{Chars, CharsBuf};

type Failed = CodecError<&'static str>;

fn dec(
    d: &mut dyn Decoder<&'static str>,
    mode: ErrorMode,
    last: bool,
    bytes: &[u8],
) -> Result<(CharsBuf, usize), Failed> {
    let mut out = CharsBuf::new();
    decode(d, bytes, last, &mut DecodeErrors::Mode(mode), &mut out).map(|n| (out, n))
}

fn enc(e: &mut dyn Encoder<&'static str>, mode: ErrorMode, text: Chars<'_>) -> Result<Vec<u8>, Failed> {
    let mut out = Vec::new();
    encode(e, text, &mut EncodeErrors::Mode(mode), &mut out).map(|()| out)
}

fn t(s: &str) -> CharsBuf {
    CharsBuf::from(s)
}

fn fault(name: &'static str, start: usize, end: usize, reason: &'static str) -> Failed {
    CodecError::Fault(name, Fault { start, end, reason })
}

#[test]
fn utf8_faults() {
    for (bytes, start, end, reason) in [
        (&b"ab\xff"[..], 2, 3, "invalid start byte"),
        (b"\xe2\x82", 0, 2, "unexpected end of data"),
        (b"\xe2\x82a", 0, 2, "invalid continuation byte"),
        (b"a\xc0\x80", 1, 2, "invalid start byte"),
        (b"\xed\xa0\x80", 0, 1, "invalid continuation byte"),
        (b"\xf0\x9f\x98", 0, 3, "unexpected end of data"),
        (b"\xf4\x90\x80\x80", 0, 1, "invalid continuation byte"),
    ] {
        assert_eq!(dec(&mut Utf8, ErrorMode::Strict, true, bytes), Err(fault("utf-8", start, end, reason)));
        assert_eq!(decode_utf8(bytes), Err(Fault { start, end, reason }));
    }
    assert_eq!(dec(&mut Utf8, ErrorMode::Strict, false, b"a\xe2\x82"), Ok((t("a"), 1)));
    let long = format!("{}\u{e9}\u{20ac}\u{1f600}{}", "a".repeat(99), "b".repeat(33));
    assert_eq!(dec(&mut Utf8, ErrorMode::Strict, true, long.as_bytes()), Ok((t(&long), long.len())));
}

#[test]
fn built_in_modes() {
    let bytes = b"a\xe2\x82b\xff";
    let modes = |mode| dec(&mut Utf8, mode, true, bytes).map(|r| r.0);
    assert_eq!(modes(ErrorMode::Ignore), Ok(t("ab")));
    assert_eq!(modes(ErrorMode::Replace), Ok(t("a\u{fffd}b\u{fffd}")));
    assert_eq!(modes(ErrorMode::BackslashReplace), Ok(t("a\\xe2\\x82b\\xff")));
    let escaped = modes(ErrorMode::SurrogateEscape).unwrap_or_default();
    assert_eq!(escaped.as_chars(), Chars::Two(&[97, 0xDCE2, 0xDC82, 98, 0xDCFF]));
    assert_eq!(modes(ErrorMode::NameReplace), Err(CodecError::Unsuitable));
    assert_eq!(enc(&mut Utf8, ErrorMode::SurrogateEscape, escaped.as_chars()), Ok(bytes.to_vec()));
    let reason = "surrogates not allowed";
    assert_eq!(enc(&mut Utf8, ErrorMode::Strict, escaped.as_chars()), Err(fault("utf-8", 1, 3, reason)));
    let mixed = Chars::Two(&[0xDC80, 0xD800, 97]);
    assert_eq!(enc(&mut Utf8, ErrorMode::SurrogateEscape, mixed), Err(fault("utf-8", 1, 2, reason)));
    assert_eq!(enc(&mut Utf8, ErrorMode::SurrogatePass, mixed), Ok(b"\xed\xb2\x80\xed\xa0\x80a".to_vec()));
    assert_eq!(
        dec(&mut Utf8, ErrorMode::SurrogatePass, true, b"\xed\xa0\x80"),
        Ok((CharsBuf::from_ucs2(vec![0xD800]), 3))
    );
    let text = t("a\u{e9}\u{20ac}\u{1f600}");
    let modes = |mode| enc(&mut Ascii, mode, text.as_chars());
    assert_eq!(modes(ErrorMode::Strict), Err(fault("ascii", 1, 4, "ordinal not in range(128)")));
    assert_eq!(modes(ErrorMode::Ignore), Ok(b"a".to_vec()));
    assert_eq!(modes(ErrorMode::Replace), Ok(b"a???".to_vec()));
    assert_eq!(modes(ErrorMode::BackslashReplace), Ok(b"a\\xe9\\u20ac\\U0001f600".to_vec()));
    assert_eq!(modes(ErrorMode::XmlCharRefReplace), Ok(b"a&#233;&#8364;&#128512;".to_vec()));
    let named = b"a\\N{LATIN SMALL LETTER E WITH ACUTE}\\N{EURO SIGN}\\N{GRINNING FACE}";
    assert_eq!(modes(ErrorMode::NameReplace), Ok(named.to_vec()));
    assert_eq!(enc(&mut Latin1, ErrorMode::Replace, text.as_chars()), Ok(b"a\xe9??".to_vec()));
}

#[test]
fn hooks() {
    let mut out = CharsBuf::new();
    let mut hook = |f: &DecodeFault<'_>| {
        assert_eq!((f.encoding, f.input), ("ascii", &b"a\xffb"[..]));
        Ok(DecodeResume { text: t("<\u{20ac}>"), position: -1, input: None })
    };
    assert_eq!(
        decode::<&str>(&mut Ascii, b"a\xffb", true, &mut DecodeErrors::Hook(&mut hook), &mut out),
        Ok(3)
    );
    assert_eq!(out, t("a<\u{20ac}>b"));
    let mut hook = |_: &DecodeFault<'_>| Ok(DecodeResume { text: CharsBuf::new(), position: 9, input: None });
    let far = decode::<&str>(&mut Ascii, b"\xff", true, &mut DecodeErrors::Hook(&mut hook), &mut out);
    assert_eq!(far, Err(CodecError::Position(9)));
    let mut hook = |_: &EncodeFault<'_>| Err("own");
    let own = encode(&mut Ascii, t("\u{e9}").as_chars(), &mut EncodeErrors::Hook(&mut hook), &mut Vec::new());
    assert_eq!(own, Err(CodecError::Caller("own")));
    // Text that can not be encoded in its turn raises the first fault.
    let mut hook = |f: &EncodeFault<'_>| Ok((Replacement::Text(t("\u{e9}")), f.fault.end as isize));
    let again = encode::<&str>(
        &mut Ascii,
        t("\u{e9}").as_chars(),
        &mut EncodeErrors::Hook(&mut hook),
        &mut Vec::new(),
    );
    assert_eq!(again, Err(fault("ascii", 0, 1, "ordinal not in range(128)")));
}

#[test]
fn utf16_and_utf32() {
    let text = t("a\u{1f600}");
    let le = b"a\0\x3d\xd8\x00\xde";
    assert_eq!(enc(&mut Utf16::new(ByteOrder::Little), ErrorMode::Strict, text.as_chars()), Ok(le.to_vec()));
    assert_eq!(dec(&mut Utf16::new(ByteOrder::Little), ErrorMode::Strict, true, le), Ok((text.clone(), 6)));
    let mut native = Utf16::new(ByteOrder::Native);
    assert_eq!(dec(&mut native, ErrorMode::Strict, true, b"\xfe\xff\0a"), Ok((t("a"), 4)));
    assert_eq!(native.order, ByteOrder::Big);
    let le =
        |bytes: &[u8]| dec(&mut Utf16::new(ByteOrder::Little), ErrorMode::Strict, true, bytes).map(|r| r.1);
    assert_eq!(le(b"a"), Err(fault("utf-16-le", 0, 1, "truncated data")));
    assert_eq!(le(b"\0\xd8"), Err(fault("utf-16-le", 0, 2, "unexpected end of data")));
    assert_eq!(le(b"\0\xdc"), Err(fault("utf-16-le", 0, 2, "illegal encoding")));
    assert_eq!(le(b"\0\xd8a\0"), Err(fault("utf-16-le", 0, 2, "illegal UTF-16 surrogate")));
    let be = |bytes: &[u8]| dec(&mut Utf32::new(ByteOrder::Big), ErrorMode::Strict, true, bytes);
    assert_eq!(be(b"\0\x01\xf6\0"), Ok((t("\u{1f600}"), 4)));
    assert_eq!(be(b"\0\x11\0\0"), Err(fault("utf-32-be", 0, 4, "code point not in range(0x110000)")));
    assert_eq!(be(b"\0\0"), Err(fault("utf-32-be", 0, 2, "truncated data")));
    let bom = enc(&mut Utf32::new(ByteOrder::Native), ErrorMode::Strict, t("a").as_chars());
    assert_eq!(bom, Ok(b"\xff\xfe\0\0a\0\0\0".to_vec()));
}

#[test]
fn utf7() {
    let text = t("a\u{20ac}\u{1f600}+~\\");
    let bytes = b"a+IKzYPd4AACsAfgBc-";
    assert_eq!(enc(&mut Utf7::default(), ErrorMode::Strict, text.as_chars()), Ok(bytes.to_vec()));
    assert_eq!(dec(&mut Utf7::default(), ErrorMode::Strict, true, bytes), Ok((text, bytes.len())));
    assert_eq!(dec(&mut Utf7::default(), ErrorMode::Strict, false, b"ab+AGE"), Ok((t("ab"), 2)));
    let bad = |bytes: &[u8]| dec(&mut Utf7::default(), ErrorMode::Strict, true, bytes).map(|r| r.1);
    assert_eq!(bad(b"a\xff"), Err(fault("utf7", 1, 2, "unexpected special character")));
    assert_eq!(bad(b"a+IK"), Err(fault("utf7", 1, 4, "unterminated shift sequence")));
    assert_eq!(bad(b"+~"), Err(fault("utf7", 0, 2, "ill-formed sequence")));
}

#[test]
fn escapes() {
    let good = |bytes: &[u8]| dec(&mut UnicodeEscape::default(), ErrorMode::Strict, true, bytes).map(|r| r.0);
    assert_eq!(
        good(b"\\x41\\u20ac\\U0001f600\\n\\101\\N{EURO SIGN}\\\n\xe9"),
        Ok(t("A\u{20ac}\u{1f600}\nA\u{20ac}\u{e9}"))
    );
    assert_eq!(good(b"a\\"), Err(fault("unicodeescape", 1, 2, "\\ at end of string")));
    assert_eq!(good(b"\\x4g"), Err(fault("unicodeescape", 0, 3, "truncated \\xXX escape")));
    assert_eq!(good(b"\\U00110000"), Err(fault("unicodeescape", 0, 10, "illegal Unicode character")));
    assert_eq!(good(b"\\N{NONE}"), Err(fault("unicodeescape", 0, 8, "unknown Unicode character name")));
    assert_eq!(dec(&mut UnicodeEscape::default(), ErrorMode::Strict, false, b"a\\u20"), Ok((t("a"), 1)));
    let mut codec = UnicodeEscape::default();
    assert_eq!(dec(&mut codec, ErrorMode::Strict, true, b"\\d\\q"), Ok((t("\\d\\q"), 4)));
    assert_eq!(codec.bad_escape, Some(BadEscape::Letter(b'd')));
    let text = t("a\n\\'\x7f\u{e9}\u{20ac}\u{1f600}");
    assert_eq!(
        enc(&mut codec, ErrorMode::Strict, text.as_chars()),
        Ok(b"a\\n\\\\'\\x7f\\xe9\\u20ac\\U0001f600".to_vec())
    );
    let raw = enc(&mut RawUnicodeEscape, ErrorMode::Strict, text.as_chars());
    assert_eq!(raw, Ok(b"a\n\\'\x7f\xe9\\u20ac\\U0001f600".to_vec()));
    let raw = dec(&mut RawUnicodeEscape, ErrorMode::Strict, true, b"\\u20ac\\\\u20ac\\n\\");
    assert_eq!(raw, Ok((t("\u{20ac}\\\\u20ac\\n\\"), 16)));
    assert_eq!(
        escape_decode(b"\\x41\\777\\q", ByteEscapeErrors::Strict),
        Ok((b"A\xff\\q".to_vec(), Some(BadEscape::Octal(*b"777"))))
    );
    assert_eq!(escape_decode(b"a\\x4", ByteEscapeErrors::Strict), Err(ByteEscapeError::Hex(1)));
    assert_eq!(escape_decode(b"a\\x4", ByteEscapeErrors::Replace), Ok((b"a?".to_vec(), None)));
    assert_eq!(escape_decode(b"a\\", ByteEscapeErrors::Ignore), Err(ByteEscapeError::Trailing));
    assert_eq!(escape_encode(b"'\"\n\xff"), b"\\'\"\\n\\xff");
}

#[test]
fn character_maps() {
    let table = t("\0ab\u{fffe}\u{20ac}");
    let good = dec(&mut TableDecoder::new(table.as_chars()), ErrorMode::Strict, true, b"\x01\x04\x00");
    assert_eq!(good, Ok((t("a\u{20ac}\0"), 3)));
    let reason = "character maps to <undefined>";
    for bytes in [b"\x01\x03", b"\x01\x05"] {
        let bad = dec(&mut TableDecoder::new(table.as_chars()), ErrorMode::Strict, true, bytes);
        assert_eq!(bad, Err(fault("charmap", 1, 2, reason)));
    }
    let Some(map) = EncodingMap::build(table.as_chars()) else { panic!("a plain table") };
    assert_eq!(enc(&mut &map, ErrorMode::Strict, t("b\u{20ac}\0").as_chars()), Ok(b"\x02\x04\x00".to_vec()));
    assert_eq!(enc(&mut &map, ErrorMode::Strict, t("bxya").as_chars()), Err(fault("charmap", 1, 3, reason)));
    // The question mark itself is not in the map.
    assert_eq!(enc(&mut &map, ErrorMode::Replace, t("x").as_chars()), Err(fault("charmap", 0, 1, reason)));
    assert!(EncodingMap::build(t("ab").as_chars()).is_none());
    let mut own = map_decoded(|b| if b == 1 { Err("own") } else { Ok(DecodedChar::Text(t("xy"))) });
    assert_eq!(dec(&mut own, ErrorMode::Strict, true, b"\0\0"), Ok((t("xyxy"), 2)));
    assert_eq!(dec(&mut own, ErrorMode::Strict, true, b"\0\x01"), Err(CodecError::Caller("own")));
}

#[test]
fn shortcuts() {
    assert_eq!(shortcut(b"UTF-8"), Some(Shortcut::Utf8));
    assert_eq!(shortcut(b"Latin 1"), Some(Shortcut::Latin1));
    assert_eq!(shortcut(b"us-ascii"), Some(Shortcut::Ascii));
    assert_eq!(shortcut(b"cp1252"), None);
}
