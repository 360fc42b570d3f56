//! `csv.reader`: an automaton over the characters of lines.
//!
//! Lines come from an iterator, which runs Python code; between two lines the automaton's state is in the object, and
//! nothing is borrowed. Runs of ordinary characters are copied in one go.

use super::dialect::{self, Dialect, QUOTE_NONE, QUOTE_NONNUMERIC};
use super::{error, limit, shown};
use krait_gc::Tracer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom::{self, Custom, NextFn, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::list::{self, List};
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::{Raised, Res, Thread, Value, float, float_methods, int, natives, protocol};
use krait_text::CharsBuf;
use std::cell::{Cell, RefCell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline,
}

/// What follows the last character of a line.
const END: u32 = u32::MAX - 1;

struct Reader {
    source: Slot,
    dialect: Slot,
    /// The fields of the record so far: a list.
    fields: Slot,
    line_num: Cell<i64>,
    state: Cell<State>,
    /// Is the field an unquoted one that is to become a float?
    numeric: Cell<bool>,
    field: RefCell<CharsBuf>,
}

impl Payload for Reader {
    const NAME: &'static str = "reader";
    const NEXT: Option<NextFn> = Some(next);
    fn trace(&self, tracer: &mut Tracer) {
        self.source.trace(tracer);
        self.dialect.trace(tracer);
        self.fields.trace(tracer);
    }
}

type Handle = Custom<Reader>;

/// A reader of the lines that an iterable gives.
pub fn new(th: &Thread, source: Value, d: Value, options: Value) -> Res {
    let source = protocol::iter(th, source)?;
    let d = dialect::make(th, d, options)?;
    let r = Reader {
        source: Slot::new(source),
        dialect: Slot::new(d.value()),
        fields: Slot::new(Value::none()),
        line_num: Cell::new(0),
        state: Cell::new(State::StartRecord),
        numeric: Cell::new(false),
        field: RefCell::new(CharsBuf::with_capacity(0)),
    };
    Ok(custom::alloc(th, READER.get(th)?, r)?.value())
}

/// Ends the field and adds it to the record.
fn save(th: &Thread, r: Handle) -> Result<(), Raised> {
    let text = string::from_buf(th, &r.field.borrow())?;
    r.field.borrow_mut().truncate(0);
    let v =
        if r.numeric.replace(false) { float::new(th, float_methods::from_object(th, text)?) } else { text };
    match List::from_value(r.fields.get()) {
        Some(l) => l.push(th, v),
        None => Ok(()),
    }
}

fn add(th: &Thread, r: Handle, c: u32, most: i64) -> Result<(), Raised> {
    let mut field = r.field.borrow_mut();
    if field.len() as i64 >= most {
        return Err(error(th, format!("field larger than field limit ({most})")));
    }
    field.push(c);
    Ok(())
}

fn is_newline(c: u32) -> bool {
    c == u32::from(b'\n') || c == u32::from(b'\r')
}

/// The state after a field that ended with a line's end or its last characters.
fn after_line(c: u32) -> State {
    if c == END { State::StartRecord } else { State::EatNewline }
}

/// One step of the automaton.
fn step(th: &Thread, r: Handle, d: &Dialect, c: u32, most: i64) -> Result<(), Raised> {
    let ends = is_newline(c) || c == END;
    let quotes = d.quoting != QUOTE_NONE && c == d.quote;
    let mut state = r.state.get();
    if state == State::StartRecord {
        if c == END {
            return Ok(());
        }
        if is_newline(c) {
            r.state.set(State::EatNewline);
            return Ok(());
        }
        state = State::StartField;
    }
    if state == State::AfterEscapedNewline {
        if c == END {
            return Ok(());
        }
        state = State::InField;
    }
    let next = match state {
        State::StartField => {
            if ends {
                save(th, r)?;
                after_line(c)
            } else if quotes {
                State::InQuoted
            } else if c == d.escape {
                State::Escaped
            } else if c == u32::from(b' ') && d.skip_space {
                State::StartField
            } else if c == d.delimiter {
                save(th, r)?;
                State::StartField
            } else {
                r.numeric.set(d.quoting == QUOTE_NONNUMERIC);
                add(th, r, c, most)?;
                State::InField
            }
        }
        State::Escaped if is_newline(c) => {
            add(th, r, c, most)?;
            State::AfterEscapedNewline
        }
        State::Escaped => {
            add(th, r, if c == END { u32::from(b'\n') } else { c }, most)?;
            State::InField
        }
        State::InField => {
            if ends {
                save(th, r)?;
                after_line(c)
            } else if c == d.escape {
                State::Escaped
            } else if c == d.delimiter {
                save(th, r)?;
                State::StartField
            } else {
                // After an escaped newline the state stays what it was: as in C, the end of the line is skipped then.
                return add(th, r, c, most);
            }
        }
        State::InQuoted => {
            if c == END {
                State::InQuoted
            } else if c == d.escape {
                State::EscapeInQuoted
            } else if quotes {
                if d.doublequote { State::QuoteInQuoted } else { State::InField }
            } else {
                add(th, r, c, most)?;
                State::InQuoted
            }
        }
        State::EscapeInQuoted => {
            add(th, r, if c == END { u32::from(b'\n') } else { c }, most)?;
            State::InQuoted
        }
        State::QuoteInQuoted => {
            if quotes {
                add(th, r, c, most)?;
                State::InQuoted
            } else if c == d.delimiter {
                save(th, r)?;
                State::StartField
            } else if ends {
                save(th, r)?;
                after_line(c)
            } else if !d.strict {
                add(th, r, c, most)?;
                State::InField
            } else {
                let show = |c: u32| char::from_u32(c).unwrap_or('\u{fffd}');
                let text = format!("'{}' expected after '{}'", show(d.delimiter), show(d.quote));
                return Err(error(th, text));
            }
        }
        State::EatNewline => {
            if is_newline(c) {
                State::EatNewline
            } else if c == END {
                State::StartRecord
            } else {
                return Err(error(
                    th,
                    "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?",
                ));
            }
        }
        // Both went on as another state above.
        State::StartRecord | State::AfterEscapedNewline => state,
    };
    r.state.set(next);
    Ok(())
}

fn next(th: &Thread, v: Value) -> Res<Option<Value>> {
    let r = Handle::of(v);
    let d = dialect::Handle::of(r.dialect.get());
    let most = limit(th);
    r.fields.set(th, r.cell(), list::new(th).value());
    r.field.borrow_mut().truncate(0);
    r.state.set(State::StartRecord);
    r.numeric.set(false);
    loop {
        let Some(line) = protocol::next(th, r.source.get())? else {
            if r.field.borrow().is_empty() && r.state.get() != State::InQuoted {
                return Ok(None);
            }
            if d.strict {
                return Err(error(th, "unexpected end of data"));
            }
            save(th, r)?;
            break;
        };
        let Some(text) = Str::from_value(line) else {
            return Err(error(
                th,
                format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    shown(th, line)
                ),
            ));
        };
        r.line_num.set(r.line_num.get() + 1);
        let chars = text.chars();
        let mut i = 0;
        while i < chars.len() {
            // What stays in the field whatever the dialect says is taken at once.
            let stop = match r.state.get() {
                State::InField => d.delimiter,
                State::InQuoted => d.quote,
                _ => dialect::NONE,
            };
            if stop != dialect::NONE {
                let in_field = r.state.get() == State::InField;
                let ordinary =
                    |c: u32| c != stop && c != d.escape && !(in_field && is_newline(c)) && c != END;
                let rest = chars.slice(i..chars.len());
                let n = rest.iter().position(|c| !ordinary(c)).unwrap_or(rest.len());
                let mut field = r.field.borrow_mut();
                if n > 0 && (field.len() + n) as i64 <= most {
                    field.extend(rest.slice(0..n));
                    i += n;
                    continue;
                }
            }
            step(th, r, &d, chars.at(i), most)?;
            i += 1;
        }
        step(th, r, &d, END, most)?;
        if r.state.get() == State::StartRecord {
            break;
        }
    }
    let fields = r.fields.get();
    r.fields.set(th, r.cell(), Value::none());
    Ok(Some(fields))
}

fn get_dialect(_: &Thread, v: Value) -> Res {
    Ok(Handle::of(v).dialect.get())
}

fn get_line_num(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, Handle::of(v).line_num.get()))
}

natives! {
    static METHODS = {
        method "__iter__" "()" custom::iter_method, "";
        method "__next__" "()" custom::next_method, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("dialect", get_dialect, "").member(),
    GetSetDef::ro("line_num", get_line_num, "").member(),
];

/// The class.
pub static READER: NativeClass =
    NativeClass::new(ClassSpec::new("_csv.reader", "CSV reader", METHODS, GETSET).flags(flag::NO_NEW));
