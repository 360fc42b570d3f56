//! `str.maketrans` and `str.translate`.

use crate::dict::{self, Dict};
use crate::int;
use crate::protocol;
use crate::shape::fixed;
use crate::str_methods::own;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use krait_text::CharsBuf;

pub(crate) fn maketrans(th: &Thread, a: &[Value]) -> Res {
    let out = dict::new(th);
    let Some(to) = a[1].given() else {
        if !a[0].has_shape(fixed::DICT) {
            return Err(th.type_error("if you give only one argument to maketrans it must be a dict"));
        }
        let (d, mut at) = (Dict::of(a[0]), 0);
        while let Some((k, v)) = d.next(th, &mut at) {
            let k = match Str::from_value(k) {
                Some(s) if s.len() == 1 => Value::small(s.at(0).into()),
                Some(_) => {
                    return Err(th.value_error("string keys in translate table must be of length 1"));
                }
                None if int::is_int(k) => k,
                None => {
                    return Err(th.type_error("keys in translate table must be strings or integers"));
                }
            };
            out.set(th, k, v)?;
        }
        return Ok(out.value());
    };
    let to = string::expect(th, to, "maketrans() argument 2")?;
    let dropped = match a[2].given() {
        Some(v) => Some(string::expect(th, v, "maketrans() argument 3")?),
        None => None,
    };
    let Some(from) = Str::from_value(a[0]) else {
        return Err(th.type_error("first maketrans argument must be a string if there is a second argument"));
    };
    if from.len() != to.len() {
        return Err(th.value_error("the first two maketrans arguments must have equal length"));
    }
    for (x, y) in from.chars().iter().zip(to.chars().iter()) {
        out.set(th, Value::small(x.into()), Value::small(y.into()))?;
    }
    for x in dropped.iter().flat_map(|s| s.chars().iter()) {
        out.set(th, Value::small(x.into()), Value::none())?;
    }
    Ok(out.value())
}

/// What a table makes of a code point.
pub enum Mapped {
    /// Nothing is said of it: it stays.
    Same,
    Char(u32),
    /// None: it goes.
    Dropped,
    Text(Str),
}

/// Looks a code point up in a translation table (a mapping or any object with `__getitem__`).
///
/// # Errors
/// The texts of `str.translate`; what the table raises, LookupError excepted.
pub fn look_up(th: &Thread, table: Value, c: u32) -> Res<Mapped> {
    let key = Value::small(c.into());
    let v = if table.has_shape(fixed::DICT) {
        match Dict::of(table).get(th, key)? {
            Some(v) => v,
            None => return Ok(Mapped::Same),
        }
    } else {
        let r = protocol::getitem(th, table, key);
        match th.catch(r, TypeId::LookupError)? {
            Some(v) => v,
            None => return Ok(Mapped::Same),
        }
    };
    if v.is_none() {
        return Ok(Mapped::Dropped);
    }
    if let Some(s) = Str::from_value(v) {
        return Ok(if s.len() == 1 { Mapped::Char(s.at(0)) } else { Mapped::Text(s) });
    }
    if int::is_int(v) {
        return match int::to_i64(v) {
            Some(n @ 0..=0x10FFFF) => Ok(Mapped::Char(n as u32)),
            _ => Err(th.value_error("character mapping must be in range(0x110000)")),
        };
    }
    Err(th.type_error("character mapping must return integer, None or str"))
}

pub(crate) fn translate(th: &Thread, a: &[Value]) -> Res {
    let (s, table) = (own(a), a[1]);
    let mut out = CharsBuf::with_capacity(s.len());
    // What ASCII characters became: a table of the last answers, since texts repeat them.
    const UNKNOWN: u8 = 0xFF;
    let mut seen = [UNKNOWN; 128];
    for i in 0..s.len() {
        let c = s.at(i);
        if let Some(&known) = seen.get(c as usize)
            && known != UNKNOWN
        {
            out.push(known.into());
            continue;
        }
        match look_up(th, table, c)? {
            Mapped::Same => out.push(c),
            Mapped::Char(to) => {
                out.push(to);
                // Only a dict is sure to say the same again.
                if to < 0x80 && c < 0x80 && table.has_shape(fixed::DICT) {
                    seen[c as usize] = to as u8;
                }
                continue;
            }
            Mapped::Dropped => continue,
            Mapped::Text(t) => {
                out.extend(t.chars());
                continue;
            }
        }
        if c < 0x80 && table.has_shape(fixed::DICT) {
            seen[c as usize] = c as u8;
        }
    }
    string::from_buf(th, &out)
}
