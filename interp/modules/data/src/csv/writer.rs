//! `csv.writer`: fields to lines of text.

use super::dialect::{
    self, Dialect, NONE, QUOTE_ALL, QUOTE_NONE, QUOTE_NONNUMERIC, QUOTE_NOTNULL, QUOTE_STRINGS,
};
use super::{error, shown};
use krait_object::cellref::Slot;
use krait_object::class::{Class, ClassSpec, flag};
use krait_object::custom::{self, Custom};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::{
    Name, Raised, Res, Thread, TypeId, Value, attr, call, float, int, natives, payload, protocol,
};
use krait_text::{Chars, CharsBuf};

struct Writer {
    /// The bound `write` of the target.
    write: Slot,
    dialect: Slot,
}
payload!(Writer, "writer", [write, dialect]);

type Handle = Custom<Writer>;

/// A writer to an object with a `write` method.
pub fn new(th: &Thread, target: Value, d: Value, options: Value) -> Res {
    let d = dialect::make(th, d, options)?;
    let write = attr::get_opt(th, target, th.name(Name::write))?;
    let Some(write) = write.filter(|w| call::is_callable(th, *w)) else {
        return Err(th.type_error("argument 1 must have a \"write\" method"));
    };
    let w = Writer { write: Slot::new(write), dialect: Slot::new(d.value()) };
    Ok(custom::alloc(th, WRITER.get(th)?, w)?.value())
}

/// Is the value a number, as C's `PyNumber_Check` has it?
fn is_number(th: &Thread, v: Value) -> bool {
    if int::is_int(v) || float::is_exact(v) {
        return true;
    }
    let c = Class::of_value(th, v);
    v.is_kind(krait_object::Kind::Complex)
        || [Name::__index__, Name::__int__, Name::__float__]
            .iter()
            .any(|&n| c.special(th, n).is_some_and(|f| !f.is_none()))
}

/// Adds a field to the line; `first` tells that no separator goes before it.
fn append(
    th: &Thread,
    d: &Dialect,
    line: &mut CharsBuf,
    first: bool,
    text: Chars<'_>,
    quoted: bool,
) -> Result<(), Raised> {
    let terminator = string::get(d.terminator.get()).map(Str::chars);
    let ends_line = |c: u32| terminator.is_some_and(|t| t.iter().any(|x| x == c));
    let special = |c: u32| c == d.delimiter || c == d.escape || c == d.quote || ends_line(c);
    let quotes_it = |c: u32| {
        // Characters that are escaped or doubled instead do not ask for quotes.
        special(c)
            && d.quoting != QUOTE_NONE
            && (c != d.quote || d.doublequote)
            && (c == d.quote || c != d.escape)
    };
    let quoted = quoted || text.iter().any(quotes_it);
    if !first {
        line.push(d.delimiter);
    }
    if quoted {
        line.push(d.quote);
    }
    if text.iter().any(special) {
        for c in text.iter() {
            if special(c) {
                let escape = match d.quoting {
                    QUOTE_NONE => true,
                    _ if c == d.quote => !d.doublequote,
                    _ => c == d.escape,
                };
                if escape {
                    if d.escape == NONE {
                        return Err(error(th, "need to escape, but no escapechar set"));
                    }
                    line.push(d.escape);
                } else if c == d.quote {
                    line.push(d.quote);
                }
            }
            line.push(c);
        }
    } else {
        line.extend(text);
    }
    if quoted {
        line.push(d.quote);
    }
    Ok(())
}

fn write_row(th: &Thread, w: Handle, row: Value) -> Res {
    let d = dialect::Handle::of(w.dialect.get());
    let fields = match protocol::iter(th, row) {
        Ok(it) => it,
        Err(_) if th.pending_is(TypeId::TypeError) => {
            th.clear_pending();
            return Err(error(th, format!("iterable expected, not {}", shown(th, row))));
        }
        Err(e) => return Err(e),
    };
    let mut line = CharsBuf::with_capacity(64);
    let mut count = 0;
    while let Some(v) = protocol::next(th, fields)? {
        let null = v.is_none();
        let text = Str::from_value(v);
        let quoted = match d.quoting {
            QUOTE_ALL => true,
            QUOTE_NONNUMERIC => !is_number(th, v),
            QUOTE_STRINGS => text.is_some(),
            QUOTE_NOTNULL => !null,
            _ => false,
        };
        let text = match text {
            _ if null => None,
            Some(s) => Some(s),
            None => Some(Str::of(protocol::str_of(th, v)?)),
        };
        let chars = text.map_or(Chars::One(&[]), Str::chars);
        append(th, &d, &mut line, count == 0, chars, quoted)?;
        count += 1;
    }
    if count > 0 && line.is_empty() {
        // One empty field would look like no field.
        if d.quoting == QUOTE_NONE {
            return Err(error(th, "single empty field record must be quoted"));
        }
        append(th, &d, &mut line, true, Chars::One(&[]), true)?;
    }
    if let Some(t) = string::get(d.terminator.get()) {
        line.extend(t.chars());
    }
    let line = string::from_buf(th, &line)?;
    call::call(th, w.write.get(), &[line])
}

fn writerow(th: &Thread, a: &[Value]) -> Res {
    write_row(th, Handle::of(a[0]), a[1])
}

fn writerows(th: &Thread, a: &[Value]) -> Res {
    let rows = protocol::iter(th, a[1])?;
    while let Some(row) = protocol::next(th, rows)? {
        write_row(th, Handle::of(a[0]), row)?;
    }
    Ok(Value::none())
}

fn get_dialect(_: &Thread, v: Value) -> Res {
    Ok(Handle::of(v).dialect.get())
}

natives! {
    static METHODS = {
        method "writerow" "!(row, /)" writerow, "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.";
        method "writerows" "!(rows, /)" writerows, "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.";
    }
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("dialect", get_dialect, "").member()];

/// The class.
pub static WRITER: NativeClass =
    NativeClass::new(ClassSpec::new("_csv.writer", "CSV writer", METHODS, GETSET).flags(flag::NO_NEW));
