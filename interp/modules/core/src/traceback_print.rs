//! Tracebacks and exceptions as text, as CPython's C code prints them.
//!
//! Everything goes into one buffer, which the caller writes. Nothing here raises: what cannot
//! be shown is left out or replaced.

use crate::{anchors, output, source_lines::Sources, suggestions};
use krait_object::class::Class;
use krait_object::exception::{Exception, fields};
use krait_object::frameobj::Frame;
use krait_object::string::Str;
use krait_object::traceback::Traceback;
use krait_object::tuple::Tuple;
use krait_object::{Kind, Name, Thread, TypeId, Value, ValueVec, attr, int, protocol};
use krait_text::CharsBuf;

/// Entries shown when `sys.tracebacklimit` does not say otherwise.
const LIMIT: i64 = 1000;
/// Equal entries shown before "Previous line repeated".
const REPEATS: usize = 3;
/// Exceptions of a group shown on one level, and levels shown.
const MAX_WIDTH: usize = 15;
const MAX_DEPTH: usize = 10;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

struct Printer<'a> {
    th: &'a Thread,
    out: CharsBuf,
    sources: Sources,
    /// Inside of exception groups: how many.
    depth: usize,
    /// The last exception of a group closes it.
    need_close: bool,
    /// Exceptions shown already, by identity.
    seen: Vec<Value>,
}

/// The exception with its causes and contexts and their tracebacks.
pub fn exception(th: &Thread, e: Value) -> CharsBuf {
    let mut p = new(th);
    p.recursive(e);
    p.out
}

/// A traceback alone, with its heading.
pub fn traceback(th: &Thread, tb: Value) -> CharsBuf {
    let mut p = new(th);
    p.traceback(tb, "Traceback (most recent call last):\n");
    p.out
}

fn new(th: &Thread) -> Printer<'_> {
    Printer {
        th,
        out: CharsBuf::new(),
        sources: Sources::default(),
        depth: 0,
        need_close: false,
        seen: Vec::new(),
    }
}

/// `module.qualname` of an exception's class.
pub fn class_text(th: &Thread, class: Class) -> CharsBuf {
    let mut out = CharsBuf::new();
    let module = attr::get(th, class.value(), th.name(Name::__module__));
    match module.map(Str::from_value) {
        Ok(Some(m)) => {
            if !m.is("builtins") && !m.is("__main__") {
                out.extend(m.chars());
                out.push(u32::from('.'));
            }
        }
        _ => {
            th.clear_pending();
            out.extend_str("<unknown>.");
        }
    }
    match Str::from_value(class.qualname.get()) {
        Some(q) => out.extend(q.chars()),
        None => out.extend_str("<unknown>"),
    }
    out
}

impl Printer<'_> {
    fn text(&mut self, s: &str) {
        self.out.extend_str(s);
    }

    /// How far lines of the group level in work are indented.
    fn indent(&self) -> usize {
        2 * self.depth
    }

    fn spaces(&mut self, n: usize) {
        for _ in 0..n {
            self.out.push(u32::from(' '));
        }
    }

    /// What lines of an exception inside of a group begin with.
    fn margin(&mut self) {
        let n = self.indent();
        self.spaces(n);
        if self.depth > 0 {
            self.text("| ");
        }
    }

    /// Text of several lines, each behind the margin.
    fn with_margin(&mut self, s: &str) {
        for line in s.split_inclusive('\n') {
            self.margin();
            self.text(line);
        }
    }

    fn recursive(&mut self, e: Value) {
        if self.th.check_native_stack().is_err() {
            self.th.clear_pending();
            return;
        }
        self.seen.push(e);
        if e.is_kind(Kind::Exception) {
            let x = Exception::of(e);
            let (cause, context) = (x.cause.get(), x.context.get());
            if cause.is_kind(Kind::Exception) {
                if !self.seen.contains(&cause) {
                    self.chained(cause, CAUSE);
                }
            } else if context.is_kind(Kind::Exception)
                && !x.suppress_context.get()
                && !self.seen.contains(&context)
            {
                self.chained(context, CONTEXT);
            }
        }
        let group = e.is_kind(Kind::Exception)
            && Class::of_value(self.th, e).is_subclass_of(self.th.interp.class(TypeId::BaseExceptionGroup));
        if group { self.group(e) } else { self.single(e) }
    }

    fn chained(&mut self, e: Value, words: &str) {
        let close = std::mem::replace(&mut self.need_close, false);
        self.recursive(e);
        self.need_close = close;
        self.with_margin(words);
    }

    fn group(&mut self, e: Value) {
        if self.depth > MAX_DEPTH {
            self.margin();
            self.text(&format!("... (max_group_depth is {MAX_DEPTH})\n"));
            return;
        }
        if self.depth == 0 {
            self.depth = 1;
        }
        self.group_heading(e);
        self.message(e);
        let items = Tuple::from_value(Exception::of(e).field(1));
        let items = items.map_or(&[][..], Tuple::as_slice);
        let shown = if items.len() <= MAX_WIDTH { items.len() } else { MAX_WIDTH + 1 };
        self.need_close = false;
        for i in 0..shown {
            let last = i + 1 == shown;
            if last {
                // The closing line belongs to the innermost group that ends here.
                self.need_close = true;
            }
            let n = self.indent();
            self.spaces(n);
            self.text(if i == 0 { "+-" } else { "  " });
            self.depth += 1;
            if i < MAX_WIDTH {
                self.text(&format!("+---------------- {} ----------------\n", i + 1));
                self.recursive(items[i]);
            } else {
                self.text("+---------------- ... ----------------\n");
                let more = items.len() - MAX_WIDTH;
                let s = if more == 1 { "" } else { "s" };
                self.margin();
                self.text(&format!("and {more} more exception{s}\n"));
            }
            if last && self.need_close {
                let n = self.indent();
                self.spaces(n);
                self.text("+------------------------------------\n");
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if self.depth == 1 {
            self.depth = 0;
        }
    }

    fn group_heading(&mut self, e: Value) {
        let tb = Exception::of(e).traceback.get();
        if Traceback::from_value(tb).is_none() || self.limit() <= 0 {
            return;
        }
        let n = self.indent();
        self.spaces(n);
        // The outermost group's heading opens the margin.
        self.text(if self.depth == 1 { "+ " } else { "| " });
        self.text("Exception Group Traceback (most recent call last):\n");
        self.traceback_lines(tb);
    }

    fn single(&mut self, e: Value) {
        if e.is_kind(Kind::Exception) {
            self.traceback(Exception::of(e).traceback.get(), "Traceback (most recent call last):\n");
        }
        self.message(e);
    }

    /// The lines that say what happened: location of a syntax error, class, text, hint, notes.
    fn message(&mut self, e: Value) {
        let th = self.th;
        if !e.is_kind(Kind::Exception) {
            self.margin();
            self.text(&format!(
                "TypeError: print_exception(): Exception expected for value, {} found",
                krait_object::class::type_name(th, e)
            ));
            return;
        }
        let class = Class::of_value(th, e);
        let mut value = Some(e);
        if class.is_subclass_of(th.interp.class(TypeId::SyntaxError))
            && attr::get_opt(th, e, th.name(Name::print_file_and_line)).is_ok_and(|v| v.is_some())
            && let Some(message) = self.syntax_location(e)
        {
            value = Some(message);
        }
        th.clear_pending();
        self.margin();
        let name = class_text(th, class);
        self.out.extend(name.as_chars());
        if let Some(v) = value {
            let mut text = CharsBuf::new();
            let known = output::push_str(th, &mut text, v, "<exception str() failed>");
            if !text.as_chars().is_empty() || !known {
                self.text(": ");
                self.out.extend(text.as_chars());
            }
        }
        let hint = suggestions::hint(th, e);
        self.text(&hint);
        self.text("\n");
        self.notes(e);
    }

    fn notes(&mut self, e: Value) {
        let th = self.th;
        let Ok(Some(notes)) = attr::get_opt(th, e, th.name(Name::__notes__)) else {
            th.clear_pending();
            return;
        };
        let is_sequence = !matches!(notes.kind(), Kind::Str | Kind::Bytes | Kind::Dict)
            && Class::of_value(th, notes).special(th, Name::__getitem__).is_some();
        if !is_sequence {
            let mut s = CharsBuf::new();
            match protocol::repr(th, notes) {
                Ok(r) => s.extend(Str::of(r).chars()),
                Err(_) => {
                    th.clear_pending();
                    s.extend_str("<__notes__ repr() failed>");
                }
            }
            self.margin();
            self.out.extend(s.as_chars());
            self.text("\n");
            return;
        }
        let Ok(items) = protocol::collect(th, notes) else {
            th.clear_pending();
            return;
        };
        for note in items.iter() {
            let mut s = CharsBuf::new();
            output::push_str(th, &mut s, note, "<note str() failed>");
            self.lines(&s);
            self.text("\n");
        }
    }

    /// Text with the margin before each of its lines.
    fn lines(&mut self, s: &CharsBuf) {
        self.margin();
        let chars: Vec<u32> = s.as_chars().iter().collect();
        for (i, &c) in chars.iter().enumerate() {
            self.out.push(c);
            if c == u32::from('\n') && i + 1 < chars.len() {
                self.margin();
            }
        }
    }

    /// Where the error is; the message to show after the class, or None when the fields are not usable.
    fn syntax_location(&mut self, e: Value) -> Option<Value> {
        let th = self.th;
        let get = |n: Name| attr::get_opt(th, e, th.name(n)).ok().flatten().unwrap_or(Value::none());
        let message = get(Name::msg);
        let number = |n: Name| Some(get(n)).filter(|v| int::is_int(*v)).and_then(int::to_i64);
        let line = number(Name::lineno)?;
        let offset = match get(Name::offset) {
            v if v.is_none() => -1,
            v => int::to_i64(v)?,
        };
        let (end_line, end_offset) = (
            number(Name::end_lineno).unwrap_or(line),
            match get(Name::end_offset) {
                v if v.is_none() => -1,
                v => int::to_i64(v)?,
            },
        );
        let filename = get(Name::filename);
        self.margin();
        self.text("  File \"");
        match Str::from_value(filename) {
            Some(s) => self.out.extend(s.chars()),
            None if filename.is_none() => self.text("<string>"),
            None => {
                let mut b = CharsBuf::new();
                output::push_str(th, &mut b, filename, "<unknown>");
                self.out.extend(b.as_chars());
            }
        }
        self.text(&format!("\", line {line}\n"));
        if let Some(text) = Str::from_value(get(Name::text)) {
            // An error that goes on in the next line is marked up to the end of its first one.
            let end = if end_line > line { text.len() as i64 } else { end_offset };
            self.error_text(text, offset, end);
        }
        Some(message)
    }

    /// The line of a syntax error with its carets; offsets count from 1.
    fn error_text(&mut self, text: Str, offset: i64, end_offset: i64) {
        let mut chars: Vec<u32> = text.chars().iter().collect();
        let newline = u32::from('\n');
        let width = chars.len() - usize::from(chars.last() == Some(&newline));
        let end_offset = end_offset.min(width as i64 + 1);
        let carets = if end_offset > 0 && end_offset > offset { end_offset - offset } else { 1 };
        let mut offset = offset - 1;
        let lead = chars.iter().take_while(|c| [32, 9, 12].contains(*c)).count();
        chars.drain(..lead);
        offset -= lead as i64;
        let ends = chars.last() == Some(&newline);
        offset = offset.min((chars.len() - usize::from(ends)) as i64);
        // The text may be several lines; the offset tells which one is meant.
        while let Some(at) = chars.iter().position(|&c| c == newline) {
            if at as i64 >= offset {
                break;
            }
            chars.drain(..=at);
            offset -= at as i64 + 1;
        }
        self.margin();
        self.text("    ");
        chars.iter().for_each(|&c| self.out.push(c));
        if chars.last() != Some(&newline) {
            self.text("\n");
        }
        if offset < 0 {
            return;
        }
        self.margin();
        self.spaces(4 + offset as usize);
        for _ in 0..carets {
            self.text("^");
        }
        self.text("\n");
    }

    /// `sys.tracebacklimit`.
    fn limit(&self) -> i64 {
        match crate::sys::get(self.th, "tracebacklimit") {
            Some(v) if int::is_int(v) => {
                let negative = int::BigInt::from_value(v).is_some_and(int::BigInt::is_negative);
                int::to_i64(v).unwrap_or(if negative { 0 } else { LIMIT })
            }
            _ => LIMIT,
        }
    }

    fn traceback(&mut self, tb: Value, heading: &str) {
        if Traceback::from_value(tb).is_none() || self.limit() <= 0 {
            return;
        }
        self.with_margin(heading);
        self.traceback_lines(tb);
    }

    fn traceback_lines(&mut self, tb: Value) {
        let limit = self.limit();
        if limit <= 0 {
            return;
        }
        let mut entries = ValueVec::new();
        let mut at = tb;
        while let Some(t) = Traceback::from_value(at) {
            if entries.push(self.th, at).is_err() {
                self.th.clear_pending();
                return;
            }
            at = t.next.get();
        }
        let skip = entries.len().saturating_sub(limit as usize);
        let mut last: Option<(Value, i64, Value)> = None;
        let mut count = 0;
        for v in entries.iter().skip(skip) {
            let t = Traceback::of(v);
            let code = Frame::of(t.frame.get()).code();
            let line = line_of(t);
            let this = (code.filename.get(), line, code.name.get());
            if last == Some(this) {
                count += 1;
            } else {
                self.repeated(count);
                last = Some(this);
                count = 1;
            }
            if count <= REPEATS {
                self.entry(t, line);
            }
        }
        self.repeated(count);
    }

    fn repeated(&mut self, count: usize) {
        if count > REPEATS {
            let more = count - REPEATS;
            let s = if more == 1 { "" } else { "s" };
            self.text(&format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    }

    fn entry(&mut self, t: Traceback, line: i64) {
        let code = Frame::of(t.frame.get()).code();
        self.margin();
        self.text("  File \"");
        self.out.extend(Str::of(code.filename.get()).chars());
        self.text(&format!("\", line {line}, in "));
        self.out.extend(Str::of(code.name.get()).chars());
        self.text("\n");
        let Some(source) = self.sources.line(self.th, Str::of(code.filename.get()), line) else { return };
        let blanks = |c: &char| matches!(c, ' ' | '\t' | '\u{c}');
        let lead = source.chars().take_while(blanks).count();
        self.margin();
        self.text("    ");
        self.text(source.trim_start_matches([' ', '\t', '\u{c}']));
        self.text("\n");
        if t.lasti.get() < 0 || self.th.interp.hide_columns.get() {
            return;
        }
        let Some(p) = code.position(t.lasti.get() as usize / 8) else { return };
        if p.line as i64 != line {
            return;
        }
        if let Some(marks) = anchors::carets(&source, lead, p) {
            self.margin();
            self.text(&marks);
            self.text("\n");
        }
    }
}

/// The line of a traceback entry.
pub fn line_of(t: Traceback) -> i64 {
    if t.line.get() > 0 {
        return t.line.get();
    }
    let code = Frame::of(t.frame.get()).code();
    code.position(t.lasti.get().max(0) as usize / 8).map_or(code.first_line.get() as i64, |p| p.line as i64)
}

/// Field of an exception, if it is set.
pub fn field(e: Value, i: usize) -> Option<Value> {
    debug_assert!(i < fields::MAX);
    Exception::from_value(e).map(|e| e.field(i)).filter(|v| *v != Value::UNBOUND && !v.is_none())
}
