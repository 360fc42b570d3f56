//! CJK codecs; the values are CPython 3.12's.

use krait_text::cjk::Codec;
use krait_text::codecs::*;
use krait_text::{Chars, CharsBuf};

fn dec(name: &str, bytes: &[u8], last: bool) -> Result<(CharsBuf, usize), CodecError<()>> {
    let Some(codec) = Codec::from_name(name) else { panic!("no codec {name}") };
    let mut out = CharsBuf::new();
    decode(&mut codec.decoder(), bytes, last, &mut DecodeErrors::Mode(ErrorMode::Strict), &mut out)
        .map(|n| (out, n))
}

fn enc(name: &str, text: &str) -> Result<Vec<u8>, CodecError<()>> {
    let Some(codec) = Codec::from_name(name) else { panic!("no codec {name}") };
    let (mut out, text) = (Vec::new(), CharsBuf::from(text));
    encode(&mut codec.encoder(), text.as_chars(), &mut EncodeErrors::Mode(ErrorMode::Strict), &mut out)
        .map(|()| out)
}

#[test]
fn both_ways() {
    for (name, text, bytes) in [
        ("gb2312", "a\u{6c49}", &b"a\xba\xba"[..]),
        ("gbk", "\u{6f22}", b"\x9dh"),
        ("gb18030", "\u{6f22}\u{e9}\u{1f600}", b"\x9dh\xa8\xa6\x949\xfc6"),
        ("gb18030", "\u{80}\u{ffff}", b"\x810\x810\x841\xa49"),
        ("hz", "a\u{6c49}~", b"a~{::~}~~"),
        ("big5", "\u{6f22}", b"\xba~"),
        ("big5hkscs", "\u{ca}\u{304}\u{ca}", b"\x88b\x88f"),
        ("cp950", "\u{20ac}", b"\xa3\xe1"),
        ("shift_jis", "\u{6f22}\u{ff71}", b"\x8a\xbf\xb1"),
        ("cp932", "\u{2460}", b"\x87@"),
        ("shift_jis_2004", "\u{304b}\u{309a}\u{304b}", b"\x82\xf5\x82\xa9"),
        ("euc_jp", "\u{6f22}\u{ff71}\u{4e02}", b"\xb4\xc1\x8e\xb1\x8f\xb0\xa1"),
        ("euc_kr", "\u{ac00}\u{b620}", b"\xb0\xa1\xa4\xd4\xa4\xa8\xa4\xc7\xa4\xb1"),
        ("cp949", "\u{b620}", b"\x8cc"),
        ("johab", "\u{ac00}", b"\x88a"),
        ("iso2022_jp", "\u{6f22}a\u{a5}", b"\x1b$B4A\x1b(Ba\x1b(J\\\x1b(B"),
        ("iso2022_jp_2", "\u{ac00}\u{4e02}", b"\x1b$(C0!\x1b$(D0!\x1b(B"),
        ("iso2022_jp_2004", "\u{304b}\u{309a}", b"\x1b$(Q$w\x1b(B"),
        ("iso2022_jp_ext", "\u{ff71}", b"\x1b(I1\x1b(B"),
        ("iso2022_kr", "\u{ac00}a", b"\x1b$)C\x0e0!\x0fa"),
    ] {
        assert_eq!(enc(name, text), Ok(bytes.to_vec()), "{name}");
        assert_eq!(dec(name, bytes, true), Ok((CharsBuf::from(text), bytes.len())), "{name}");
    }
    assert!(Codec::from_name("utf_8").is_none());
}

#[test]
fn faults() {
    let fault = |name, start, end, reason| Err(CodecError::Fault(name, Fault { start, end, reason }));
    assert_eq!(dec("gb2312", b"a\xba", true), fault("gb2312", 1, 2, "incomplete multibyte sequence"));
    assert_eq!(dec("gb2312", b"a\xba", false), Ok((CharsBuf::from("a"), 1)));
    assert_eq!(dec("euc_jp", b"\xff\xff", true), fault("euc_jp", 0, 1, "illegal multibyte sequence"));
    assert_eq!(dec("iso2022_jp", b"\x1b(X", true), fault("iso2022_jp", 0, 3, "illegal multibyte sequence"));
    let unknown = CodecError::Fault("big5", Fault { start: 1, end: 2, reason: "illegal multibyte sequence" });
    assert_eq!(enc("big5", "a\u{1f600}"), Err(unknown));
}

#[test]
fn state_goes_from_call_to_call() {
    let Some(codec) = Codec::from_name("euc_jis_2004") else { panic!("no codec") };
    let mut encoder = codec.encoder();
    encoder.last = false;
    let mut out = Vec::new();
    let mut errors = EncodeErrors::<()>::Mode(ErrorMode::Strict);
    assert_eq!(encode(&mut encoder, Chars::Two(&[0x61, 0xE6]), &mut errors, &mut out), Ok(()));
    assert_eq!((encoder.consumed, &out[..]), (1, &b"a"[..]));
    let Some(codec) = Codec::from_name("iso2022_jp") else { panic!("no codec") };
    assert_eq!(codec.encoder().state, *b"BB\0\0\0\0\0\0");
    let mut decoder = codec.decoder();
    let mut out = CharsBuf::new();
    for part in [&b"\x1b$B4"[..], b"4A"] {
        let mut errors = DecodeErrors::<()>::Mode(ErrorMode::Strict);
        assert!(decode(&mut decoder, part, false, &mut errors, &mut out).is_ok());
    }
    assert_eq!(out, CharsBuf::from("\u{6f22}"));
    decoder.reset();
    assert_eq!(decoder.state[0], b'B');
}
