//! Strings in JSON text.

use krait_object::class::type_name;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{attr, call, exception, int, object_reduce, protocol, tuple};
use krait_text::{Chars, CharsBuf};

/// `json.decoder.JSONDecodeError(message, document, position)`.
#[cold]
pub fn decode_error(th: &Thread, message: &str, document: Value, at: isize) -> Raised {
    let made = (|| {
        let module = object_reduce::import(th, "json.decoder")?;
        let class = attr::get_text(th, module, "JSONDecodeError")?;
        let message = string::new(th, message);
        call::call(th, class, &[message, document, int::from_i64(th, at as i64)])
    })();
    match made {
        Ok(e) => exception::raise(th, e),
        Err(r) => r,
    }
}

/// The first quote, backslash or (with `strict`) control character from `at` on.
fn find_special(text: Chars<'_>, at: usize, strict: bool) -> usize {
    fn find<U: Copy + Into<u32>>(s: &[U], at: usize, strict: bool) -> usize {
        let special = |c: u32| c == 0x22 || c == 0x5c || c < 0x20 && strict;
        s[at..].iter().position(|&c| special(c.into())).map_or(s.len(), |i| at + i)
    }
    match text {
        Chars::One(s) => find(s, at, strict),
        Chars::Two(s) => find(s, at, strict),
        Chars::Four(s) => find(s, at, strict),
    }
}

fn hex_digit(c: u32) -> Option<u32> {
    char::from_u32(c).filter(char::is_ascii).and_then(|c| c.to_digit(16))
}

fn hex4(text: Chars<'_>, at: usize) -> Option<u32> {
    (at..at + 4).try_fold(0, |n, i| Some(n << 4 | hex_digit(text.get(i)?)?))
}

/// The string that starts at `start` (behind the quote), and where it ends (behind the closing quote).
#[inline]
pub fn scan(th: &Thread, document: Str, start: usize, strict: bool) -> Res<(Value, usize)> {
    let text = document.chars();
    let end = find_special(text, start, strict);
    // Most strings have no escapes: they are a part of the document.
    if text.get(end) == Some('"' as u32) {
        let s = string::from_chars(th, text.slice(start..end))?;
        return Ok((s, end + 1));
    }
    scan_escaped(th, document, start, end, strict)
}

fn scan_escaped(
    th: &Thread,
    document: Str,
    start: usize,
    mut next: usize,
    strict: bool,
) -> Res<(Value, usize)> {
    let text = document.chars();
    let begin = start as isize - 1;
    let error = |message: &str, at: isize| decode_error(th, message, document.value(), at);
    let mut out = CharsBuf::with_capacity(next - start + 16);
    let mut from = start;
    loop {
        match text.get(next) {
            Some(0x22) => {
                out.extend(text.slice(from..next));
                return Ok((string::from_buf(th, &out)?, next + 1));
            }
            Some(0x5c) => {}
            Some(_) => return Err(error("Invalid control character at", next as isize)),
            None => return Err(error("Unterminated string starting at", begin)),
        }
        out.extend(text.slice(from..next));
        next += 1;
        let Some(c) = text.get(next) else { return Err(error("Unterminated string starting at", begin)) };
        let mut end = next + 1;
        let c = match char::from_u32(c) {
            Some('u') => {
                next += 1;
                end = next + 4;
                if end >= text.len() {
                    return Err(error("Invalid \\uXXXX escape", next as isize - 1));
                }
                let Some(mut c) = hex4(text, next) else {
                    return Err(error("Invalid \\uXXXX escape", end as isize - 5));
                };
                let pair = (0xd800..0xdc00).contains(&c)
                    && end + 6 < text.len()
                    && text.at(end) == 0x5c
                    && text.at(end + 1) == 'u' as u32;
                if pair {
                    match hex4(text, end + 2) {
                        Some(low) if (0xdc00..0xe000).contains(&low) => {
                            c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
                            end += 6;
                        }
                        Some(_) => {}
                        None => return Err(error("Invalid \\uXXXX escape", end as isize + 1)),
                    }
                }
                c
            }
            Some(c @ ('"' | '\\' | '/')) => c as u32,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            _ => return Err(error("Invalid \\escape", end as isize - 2)),
        };
        out.push(c);
        from = end;
        next = find_special(text, end, strict);
    }
}

/// `scanstring(string, end, strict=True)`: `(text, end)`.
pub fn scanstring(th: &Thread, a: &[Value]) -> Res {
    let end = protocol::index_isize(th, a[1])?;
    let strict = a[2].given().map_or(Ok(true), |v| protocol::truth(th, v))?;
    let Some(s) = Str::from_value(a[0]) else {
        let got = type_name(th, a[0]);
        return Err(th.type_error(format!("first argument must be a string, not {got}")));
    };
    if end < 0 || end as usize > s.len() {
        return Err(th.value_error("end is out of bounds"));
    }
    let (v, end) = scan(th, s, end as usize, strict)?;
    tuple::from_slice(th, &[v, int::from_usize(th, end)])
}
