//! The probe's questions about codecs.

use super::{hex, show, unhex};
use krait_text::codecs::*;
use krait_text::{Chars, CharsBuf, cjk, wtf8};

/// A caller's error, for hooks.
type Own = String;

fn order(name: &str) -> ByteOrder {
    match name {
        n if n.ends_with("_le") => ByteOrder::Little,
        n if n.ends_with("_be") => ByteOrder::Big,
        _ => ByteOrder::Native,
    }
}

fn decoder<'a>(name: &str, table: Chars<'a>) -> Option<Box<dyn Decoder<Own> + 'a>> {
    Some(match name {
        "utf_8" => Box::new(Utf8),
        "utf_7" => Box::new(Utf7::default()),
        "ascii" => Box::new(Ascii),
        "latin_1" => Box::new(Latin1),
        "unicode_escape" => Box::new(UnicodeEscape::default()),
        "raw_unicode_escape" => Box::new(RawUnicodeEscape),
        "charmap" => Box::new(TableDecoder::new(table)),
        n if n.starts_with("utf_16") => Box::new(Utf16::new(order(n))),
        n if n.starts_with("utf_32") => Box::new(Utf32::new(order(n))),
        _ => return None,
    })
}

fn encoder(name: &str, map: Option<EncodingMap>) -> Option<Box<dyn Encoder<Own>>> {
    Some(match name {
        "utf_8" => Box::new(Utf8),
        "utf_7" => Box::new(Utf7::default()),
        "ascii" => Box::new(Ascii),
        "latin_1" => Box::new(Latin1),
        "unicode_escape" => Box::new(UnicodeEscape::default()),
        "raw_unicode_escape" => Box::new(RawUnicodeEscape),
        "charmap" => {
            let map = map?;
            Box::new(map_encoded(move |c| Ok(map.get(c).map_or(EncodedChar::Undefined, EncodedChar::Byte))))
        }
        n if n.starts_with("utf_16") => Box::new(Utf16::new(order(n))),
        n if n.starts_with("utf_32") => Box::new(Utf32::new(order(n))),
        _ => return None,
    })
}

fn failure(e: CodecError<Own>) -> String {
    match e {
        CodecError::Fault(name, f) => format!("fault {name} {} {} {}", f.start, f.end, f.reason),
        CodecError::Position(p) => format!("position {p}"),
        CodecError::Unsuitable => "unsuitable".into(),
        CodecError::Caller(own) => own,
    }
}

/// The hooks that tools/compare.py registers, too: they tell what they saw.
fn told(encoding: &str, f: Fault) -> String {
    format!("<{encoding}:{}:{}>", f.start, f.end)
}

pub fn decode_with(d: &mut dyn Decoder<Own>, errors: &str, last: bool, input: &[u8]) -> String {
    let mut out = CharsBuf::new();
    let mut count = 0;
    let mut hook = |f: &DecodeFault<'_>| {
        count += 1;
        let text = CharsBuf::from(told(f.encoding, f.fault).as_str());
        let end = f.fault.end as isize;
        Ok(match errors {
            "test.back" => DecodeResume { text, position: end - f.input.len() as isize - 1, input: None },
            "test.far" => DecodeResume { text, position: f.input.len() as isize + 1, input: None },
            "test.change" if count == 1 => {
                let input = Some([b"ab".as_slice(), &f.input[f.fault.end..]].concat());
                DecodeResume { text, position: 1, input }
            }
            _ => DecodeResume { text, position: end, input: None },
        })
    };
    let mut errors = match ErrorMode::from_name(errors.as_bytes()) {
        Some(mode) => DecodeErrors::Mode(mode),
        None => DecodeErrors::Hook(&mut hook),
    };
    match decode(d, input, last, &mut errors, &mut out) {
        Ok(n) => format!("{n} {}", show(out.as_chars())),
        Err(e) => failure(e),
    }
}

pub fn encode_with(e: &mut dyn Encoder<Own>, errors: &str, input: Chars<'_>) -> String {
    let mut out = Vec::new();
    let mut hook = |f: &EncodeFault<'_>| {
        let text = told(f.encoding, f.fault);
        let end = f.fault.end as isize;
        Ok(match errors {
            "test.back" => (Replacement::Text(text.as_str().into()), end - f.input.len() as isize - 1),
            "test.far" => (Replacement::Text(CharsBuf::new()), f.input.len() as isize + 1),
            "test.change" => (Replacement::Bytes(text.into_bytes()), end),
            "test.wide" => (Replacement::Text("\u{e9}".into()), end),
            _ => (Replacement::Text(text.as_str().into()), end),
        })
    };
    let mut errors = match ErrorMode::from_name(errors.as_bytes()) {
        Some(mode) => EncodeErrors::Mode(mode),
        None => EncodeErrors::Hook(&mut hook),
    };
    match encode(e, input, &mut errors, &mut out) {
        Ok(()) => hex(&out),
        Err(e) => failure(e),
    }
}

fn hex_state(state: cjk::State) -> String {
    hex(&state)
}

/// Decodes or encodes by a CJK codec; also tells what is consumed, and the state.
fn multibyte(codec: cjk::Codec, words: &[&str]) -> String {
    let (errors, last) = (words[2], words[3] == "1");
    if words[0] == "cjk_decode" {
        let mut d = codec.decoder();
        let said = decode_with(&mut d, errors, last, &unhex(words[4]));
        return format!("{said} {}", hex_state(d.state));
    }
    let text = wtf8::decode(&unhex(words[4])).unwrap_or_default();
    let mut e = codec.encoder();
    e.last = last;
    let said = encode_with(&mut e, errors, text.as_chars());
    format!("{said} {} {}", e.consumed, hex_state(e.state))
}

/// Answers codec questions; `None` for others.
pub fn answer(words: &[&str]) -> Option<String> {
    let table = wtf8::decode(&unhex(words.get(5).copied().unwrap_or_default())).unwrap_or_default();
    Some(match words[0] {
        "decode" => {
            let mut d = decoder(words[1], table.as_chars())?;
            decode_with(&mut *d, words[2], words[3] == "1", &unhex(words[4]))
        }
        "encode" => {
            let mut e = encoder(words[1], EncodingMap::build(table.as_chars()))?;
            let text = wtf8::decode(&unhex(words[4])).unwrap_or_default();
            encode_with(&mut *e, words[2], text.as_chars())
        }
        "cjk_decode" | "cjk_encode" => multibyte(cjk::Codec::from_name(words[1])?, words),
        "escape_decode" => {
            let errors = match words[1] {
                "strict" => ByteEscapeErrors::Strict,
                "replace" => ByteEscapeErrors::Replace,
                "ignore" => ByteEscapeErrors::Ignore,
                _ => ByteEscapeErrors::Unknown,
            };
            match escape_decode(&unhex(words[2]), errors) {
                Ok((bytes, bad)) => format!("{} {}", hex(&bytes), complaint(bad)),
                Err(ByteEscapeError::Trailing) => "Trailing \\ in string".into(),
                Err(ByteEscapeError::Hex(at)) => format!("invalid \\x escape at position {at}"),
                Err(ByteEscapeError::Handler) => {
                    format!("decoding error; unknown error handling code: {}", words[1])
                }
            }
        }
        "escape_encode" => hex(&escape_encode(&unhex(words[1]))),
        "bad_escape" => {
            let mut d = UnicodeEscape::default();
            let mut out = CharsBuf::new();
            let mut errors = DecodeErrors::<Own>::Mode(ErrorMode::Ignore);
            let _ = decode(&mut d, &unhex(words[1]), true, &mut errors, &mut out);
            complaint(d.bad_escape)
        }
        "shortcut" => format!("{:?}", shortcut(words[1].as_bytes())),
        _ => return None,
    })
}

fn complaint(bad: Option<BadEscape>) -> String {
    match bad {
        None => "-".into(),
        Some(BadEscape::Letter(b)) => format!("invalid escape sequence '\\{}'", b as char),
        Some(BadEscape::Octal(o)) => {
            format!("invalid octal escape sequence '\\{}'", String::from_utf8_lossy(&o))
        }
    }
}
