//! References, and the values of attributes and entities.

use crate::chars::{is_char, name_len};
use crate::code;
use crate::document::Problem;
use crate::dtd::Dtd;

/// A reference that starts with `&`.
pub enum Reference<'a> {
    Char(char),
    Entity(&'a str),
}

/// Reads a reference at the start of the text: it and its length. None when its end is not there.
pub fn reference(s: &str) -> Result<Option<(Reference<'_>, usize)>, Problem> {
    let rest = &s[1..];
    let invalid = |at| Problem { code: code::INVALID_TOKEN, at };
    if let Some(digits) = rest.strip_prefix('#') {
        let (digits, radix, start) = match digits.strip_prefix('x') {
            Some(d) => (d, 16, 3),
            None => (digits, 10, 2),
        };
        let Some(end) = digits.find(|c: char| !c.is_digit(radix)) else { return Ok(None) };
        if end == 0 || !digits[end..].starts_with(';') {
            return Err(invalid(start + end));
        }
        let number = digits[..end].bytes().try_fold(0u32, |n, b| {
            let n = n.checked_mul(radix)?.checked_add((b as char).to_digit(radix)?)?;
            (n < 0x11_0000).then_some(n)
        });
        return match number.and_then(char::from_u32).filter(|&c| is_char(c)) {
            Some(c) => Ok(Some((Reference::Char(c), start + end + 1))),
            None => Err(Problem { code: code::BAD_CHAR_REF, at: 0 }),
        };
    }
    let n = name_len(rest);
    match rest[n..].chars().next() {
        None => Ok(None),
        Some(';') if n > 0 => Ok(Some((Reference::Entity(&rest[..n]), n + 2))),
        Some(_) => Err(invalid(1 + n)),
    }
}

/// The character of an entity that every document has.
pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

/// Text with ends of lines as one newline each.
pub fn lines(s: &str) -> String {
    if s.contains('\r') { s.replace("\r\n", "\n").replace('\r', "\n") } else { s.to_owned() }
}

/// Takes leading, trailing and repeated spaces away, as values of types other than CDATA have none.
pub fn squeeze(s: &str) -> String {
    s.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The value of an attribute, from what stands between its quotes. References to entities that are not there are left
/// out when declarations may have been missed.
pub fn attribute(dtd: &Dtd, s: &str, out: &mut String, open: &mut Vec<String>) -> Result<(), Problem> {
    let mut i = 0;
    while i < s.len() {
        let rest = &s[i..];
        match rest.as_bytes()[0] {
            b'&' => {
                let (r, n) = match reference(rest) {
                    Ok(Some(r)) => r,
                    Ok(None) => return Err(Problem { code: code::INVALID_TOKEN, at: i }),
                    Err(p) => return Err(Problem { at: p.at + i, ..p }),
                };
                match r {
                    Reference::Char(c) => out.push(c),
                    Reference::Entity(name) => {
                        entity(dtd, name, out, open).map_err(|p| Problem { at: i, ..p })?
                    }
                }
                i += n;
            }
            b'<' => return Err(Problem { code: code::INVALID_TOKEN, at: i }),
            b'\r' => {
                out.push(' ');
                i += if rest.as_bytes().get(1) == Some(&b'\n') { 2 } else { 1 };
            }
            b'\n' | b'\t' | b' ' => {
                out.push(' ');
                i += 1;
            }
            _ => {
                let n = rest.find(['&', '<', '\r', '\n', '\t', ' ']).unwrap_or(rest.len());
                out.push_str(&rest[..n]);
                i += n;
            }
        }
        dtd.check_growth(out.len()).map_err(|code| Problem { code, at: i.min(s.len()) })?;
    }
    Ok(())
}

fn entity(dtd: &Dtd, name: &str, out: &mut String, open: &mut Vec<String>) -> Result<(), Problem> {
    let fault = |code| Err(Problem { code, at: 0 });
    if let Some(c) = predefined(name) {
        out.push(c);
        return Ok(());
    }
    let Some(e) = dtd.entities.get(name) else {
        return if dtd.must_know() { fault(code::UNDEFINED_ENTITY) } else { Ok(()) };
    };
    if open.iter().any(|o| o == name) || open.len() > 500 {
        return fault(code::RECURSIVE_ENTITY_REF);
    }
    if e.notation.is_some() {
        return fault(code::BINARY_ENTITY_REF);
    }
    let Some(value) = e.value.clone() else { return fault(code::ATTRIBUTE_EXTERNAL_ENTITY_REF) };
    dtd.expanded(value.len()).or_else(fault)?;
    open.push(name.to_owned());
    let done = attribute(dtd, &value, out, open);
    open.pop();
    done
}
