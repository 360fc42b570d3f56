//! Strings as JSON text.

use krait_object::class::type_name;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_text::{Chars, CharsBuf};

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_unicode(c: u32, out: &mut CharsBuf) {
    let d = |shift: u32| HEX[(c >> shift & 15) as usize];
    out.extend_latin1(&[b'\\', b'u', d(12), d(8), d(4), d(0)]);
}

/// Does a byte stand for itself in JSON text?
const PLAIN: [bool; 256] = {
    let mut t = [true; 256];
    let mut i = 0;
    while i < 0x20 {
        t[i] = false;
        i += 1;
    }
    t[b'"' as usize] = false;
    t[b'\\' as usize] = false;
    t
};

fn push_escaped(c: u32, ascii: bool, out: &mut CharsBuf) {
    let short = match c {
        0x22 => b'"',
        0x5c => b'\\',
        8 => b'b',
        12 => b'f',
        10 => b'n',
        13 => b'r',
        9 => b't',
        _ => 0,
    };
    if short != 0 {
        out.extend_latin1(&[b'\\', short]);
    } else if c < 0x20 {
        push_unicode(c, out);
    } else if !ascii || c < 0x7f {
        out.push(c);
    } else if c > 0xffff {
        let c = c - 0x10000;
        push_unicode(0xd800 | c >> 10, out);
        push_unicode(0xdc00 | c & 0x3ff, out);
    } else {
        push_unicode(c, out);
    }
}

/// Appends a string in quotes; with `ascii` everything else than printable ASCII is escaped.
pub fn quote(text: Chars<'_>, ascii: bool, out: &mut CharsBuf) {
    out.push('"' as u32);
    match text {
        Chars::One(s) => {
            let mut from = 0;
            for (i, &c) in s.iter().enumerate() {
                if !PLAIN[c as usize] || ascii && c >= 0x7f {
                    out.extend_latin1(&s[from..i]);
                    push_escaped(c.into(), ascii, out);
                    from = i + 1;
                }
            }
            out.extend_latin1(&s[from..]);
        }
        _ if ascii => text.iter().for_each(|c| push_escaped(c, true, out)),
        _ => {
            let mut from = 0;
            for (i, c) in text.iter().enumerate() {
                if c < 0x80 && !PLAIN[c as usize] {
                    out.extend(text.slice(from..i));
                    push_escaped(c, false, out);
                    from = i + 1;
                }
            }
            out.extend(text.slice(from..text.len()));
        }
    }
    out.push('"' as u32);
}

fn encode(th: &Thread, v: Value, ascii: bool) -> Res {
    let Some(s) = Str::from_value(v) else {
        let got = type_name(th, v);
        return Err(th.type_error(format!("first argument must be a string, not {got}")));
    };
    let mut out = CharsBuf::with_capacity(s.len() + 2);
    quote(s.chars(), ascii, &mut out);
    string::from_buf(th, &out)
}

/// `encode_basestring_ascii(string)`.
pub fn encode_basestring_ascii(th: &Thread, a: &[Value]) -> Res {
    encode(th, a[0], true)
}

/// `encode_basestring(string)`.
pub fn encode_basestring(th: &Thread, a: &[Value]) -> Res {
    encode(th, a[0], false)
}
