//! The content of the document: elements, text, references, CDATA sections.

use crate::chars::{bad_char, is_name_start, name_len, space_len};
use crate::document::{Element, Parser, Problem, State, problem};
use crate::values::{Reference, attribute, predefined, reference, squeeze};
use crate::{Event, code};

/// An attribute as it is written, with the offsets of name and value.
struct Written<'a> {
    name: &'a str,
    name_at: usize,
    value: &'a str,
    value_at: usize,
}

impl Parser {
    pub(crate) fn content(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        match s.as_bytes()[0] {
            b'<' => self.markup(s, last),
            b'&' => self.reference(s),
            b'\n' | b'\r' => Ok(self.newline(s, last)),
            b']' if s.starts_with("]]>") => problem(code::INVALID_TOKEN, 2),
            b']' if !last && s.len() < 3 && "]]>".starts_with(s) => Ok(0),
            _ => {
                let first = s.chars().next().map_or(1, char::len_utf8);
                let n = s[first..].find(['<', '&', '\n', '\r', ']']).map_or(s.len(), |n| n + first);
                self.run(s, n)
            }
        }
    }

    /// Inside a CDATA section.
    pub(crate) fn cdata(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        match s.as_bytes()[0] {
            b'\n' | b'\r' => Ok(self.newline(s, last)),
            b']' if s.starts_with("]]>") => {
                self.push(Event::EndCdata, "]]>");
                self.state = State::Content;
                Ok(3)
            }
            b']' if !last && s.len() < 3 && "]]>".starts_with(s) => Ok(0),
            _ => {
                let first = s.chars().next().map_or(1, char::len_utf8);
                let n = s[first..].find(['\n', '\r', ']']).map_or(s.len(), |n| n + first);
                self.run(s, n)
            }
        }
    }

    /// Text without an end of a line.
    fn run(&mut self, s: &str, n: usize) -> Result<usize, Problem> {
        let n = match self.longest_text() {
            most if n > most => (0..=most).rev().find(|&n| s.is_char_boundary(n)).unwrap_or(n),
            _ => n,
        };
        let text = &s[..n];
        match bad_char(text) {
            Some(0) => problem(code::INVALID_TOKEN, 0),
            Some(i) => {
                self.push(Event::Text(text[..i].to_owned()), &text[..i]);
                Ok(i)
            }
            None => {
                self.push(Event::Text(text.to_owned()), text);
                Ok(n)
            }
        }
    }

    fn newline(&mut self, s: &str, last: bool) -> usize {
        let n = if s.starts_with("\r\n") { 2 } else { 1 };
        if s == "\r" && !last {
            return 0;
        }
        self.push(Event::Text("\n".to_owned()), &s[..n]);
        n
    }

    fn markup(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        let cdata = "<![CDATA[";
        match s[1..].chars().next() {
            None => Ok(0),
            Some('!') if s.starts_with("<!--") => self.comment(s),
            Some('!') if s.starts_with(cdata) => {
                self.push(Event::StartCdata, cdata);
                self.state = State::Cdata;
                Ok(cdata.len())
            }
            Some('!') if !last && ("<!--".starts_with(s) || cdata.starts_with(s)) => Ok(0),
            Some('!') if last && ("<!--".starts_with(s) || cdata.starts_with(s)) => Ok(0),
            Some('!') => {
                let like = if s.starts_with("<!-") { "<!--" } else { cdata };
                let same = s.bytes().zip(like.bytes()).take_while(|(a, b)| a == b).count();
                problem(code::INVALID_TOKEN, same)
            }
            Some('?') => self.instruction(s),
            Some('/') => self.end_tag(s),
            Some(c) if is_name_start(c) => self.start_tag(s),
            Some(_) => problem(code::INVALID_TOKEN, 1),
        }
    }

    fn start_tag(&mut self, s: &str) -> Result<usize, Problem> {
        let invalid = |at| problem(code::INVALID_TOKEN, at);
        let mut i = 1 + name_len(&s[1..]);
        let name = &s[1..i];
        let mut written: Vec<Written<'_>> = Vec::new();
        let empty = loop {
            let spaces = space_len(&s[i..]);
            i += spaces;
            match s[i..].chars().next() {
                None => return Ok(0),
                Some('>') => {
                    i += 1;
                    break false;
                }
                Some('/') => match s[i + 1..].chars().next() {
                    None => return Ok(0),
                    Some('>') => {
                        i += 2;
                        break true;
                    }
                    Some(_) => return invalid(i + 1),
                },
                Some(c) if spaces == 0 || !is_name_start(c) => return invalid(i),
                Some(_) => {}
            }
            let name_at = i;
            i += name_len(&s[i..]);
            let name = &s[name_at..i];
            i += space_len(&s[i..]);
            match s[i..].chars().next() {
                None => return Ok(0),
                Some('=') => i += 1,
                Some(_) => return invalid(i),
            }
            i += space_len(&s[i..]);
            let quote = match s[i..].chars().next() {
                None => return Ok(0),
                Some(q @ ('"' | '\'')) => q,
                Some(_) => return invalid(i),
            };
            i += 1;
            let end = s[i..].find(quote);
            let value = &s[i..end.map_or(s.len(), |n| i + n)];
            if let Some(n) = value.find('<').or_else(|| bad_char(value)) {
                return invalid(i + n);
            }
            let Some(n) = end else { return Ok(0) };
            written.push(Written { name, name_at, value, value_at: i });
            i += n + 1;
        };
        self.open(name, &written, &s[..i], empty)?;
        Ok(i)
    }

    /// Tells the start of an element.
    fn open(&mut self, name: &str, written: &[Written<'_>], raw: &str, empty: bool) -> Result<(), Problem> {
        let mut attributes: Vec<(String, String)> = Vec::with_capacity(written.len());
        {
            let dtd = self.dtd.borrow();
            let declared = dtd.attributes.get(name);
            for (i, w) in written.iter().enumerate() {
                if written[..i].iter().any(|o| o.name == w.name) {
                    return problem(code::DUPLICATE_ATTRIBUTE, w.name_at);
                }
                let mut value = String::new();
                let at = w.value_at;
                attribute(&dtd, w.value, &mut value, &mut self.open_entities())
                    .map_err(|p| Problem { at: p.at + at, ..p })?;
                if declared.is_some_and(|d| d.iter().any(|a| a.name == w.name && !a.cdata)) {
                    value = squeeze(&value);
                }
                attributes.push((w.name.to_owned(), value));
            }
            for a in declared.into_iter().flatten() {
                if let Some(default) = &a.default
                    && !written.iter().any(|w| w.name == a.name)
                {
                    attributes.push((a.name.clone(), default.clone()));
                }
            }
        }
        let mut given = written.len();
        let bindings = self.bindings.len();
        let mut expanded = name.to_owned();
        if let Some(style) = self.style.clone() {
            let mut kept = Vec::with_capacity(attributes.len());
            let written_count = given;
            for (i, (name, value)) in attributes.into_iter().enumerate() {
                let prefix = match name.as_str() {
                    "xmlns" => "",
                    n => match n.strip_prefix("xmlns:") {
                        Some(p) => p,
                        None => {
                            kept.push((name, value));
                            continue;
                        }
                    },
                };
                self.bindings.bind(prefix, &value, &style)?;
                let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
                self.push(Event::StartNamespace { prefix, uri: (!value.is_empty()).then_some(value) }, "");
                if i < written_count {
                    given -= 1;
                }
            }
            for i in 0..kept.len() {
                kept[i].0 = self.bindings.expand(&kept[i].0, true, &style)?;
                if kept[..i].iter().any(|o| o.0 == kept[i].0) {
                    return problem(code::DUPLICATE_ATTRIBUTE, 0);
                }
            }
            attributes = kept;
            expanded = self.bindings.expand(name, false, &style)?;
        }
        self.push(Event::Start { name: expanded.clone(), attributes, given }, raw);
        self.stack.push(Element { raw: name.to_owned(), name: expanded, bindings });
        if empty {
            let at = self.queue.len();
            self.close("");
            self.queue[at].at_end = true;
        }
        Ok(())
    }

    fn end_tag(&mut self, s: &str) -> Result<usize, Problem> {
        let n = name_len(&s[2..]);
        let i = 2 + n + space_len(&s[2 + n..]);
        match s[i..].chars().next() {
            None => return Ok(0),
            Some('>') if n > 0 => {}
            Some(_) => return problem(code::INVALID_TOKEN, i),
        }
        let outside = self.inputs.last().map_or(0, |input| input.depth);
        if self.stack.len() <= outside {
            return problem(code::ASYNC_ENTITY, 0);
        }
        if self.stack.last().is_none_or(|e| e.raw != s[2..2 + n]) {
            return problem(code::TAG_MISMATCH, 2);
        }
        self.close(&s[..=i]);
        Ok(i + 1)
    }

    /// Tells the end of the innermost element.
    fn close(&mut self, raw: &str) {
        let Some(e) = self.stack.pop() else { return };
        self.push(Event::End { name: e.name }, raw);
        for prefix in self.bindings.unbind(e.bindings) {
            self.push(Event::EndNamespace { prefix: (!prefix.is_empty()).then_some(prefix) }, "");
        }
        if self.stack.is_empty() {
            self.root_closed();
        }
    }

    /// Names of the entities that are being read.
    fn open_entities(&self) -> Vec<String> {
        self.outer.iter().cloned().chain(self.inputs.iter().map(|i| i.name.clone())).collect()
    }

    fn reference(&mut self, s: &str) -> Result<usize, Problem> {
        let Some((r, n)) = reference(s)? else { return Ok(0) };
        let raw = &s[..n];
        let name = match r {
            Reference::Char(c) => {
                self.push(Event::Text(c.to_string()), raw);
                return Ok(n);
            }
            Reference::Entity(name) => name,
        };
        if let Some(c) = predefined(name) {
            self.push(Event::Text(c.to_string()), raw);
            return Ok(n);
        }
        let (found, must_know) = {
            let dtd = self.dtd.borrow();
            (dtd.entities.get(name).cloned(), dtd.must_know())
        };
        let Some(e) = found else {
            if must_know {
                return problem(code::UNDEFINED_ENTITY, 0);
            }
            self.push(Event::Skipped { name: name.to_owned(), parameter: false }, raw);
            return Ok(n);
        };
        if self.inputs.iter().any(|i| i.name == name) || self.outer.iter().any(|o| o == name) {
            return problem(code::RECURSIVE_ENTITY_REF, 0);
        }
        if e.notation.is_some() {
            return problem(code::BINARY_ENTITY_REF, 0);
        }
        match e.value {
            Some(_) if !self.expand => {
                self.push(Event::Skipped { name: name.to_owned(), parameter: false }, raw);
            }
            Some(value) => {
                self.dtd.borrow().expanded(value.len()).or_else(|code| problem(code, 0))?;
                self.push_input(name, value, false);
            }
            None => {
                let mut context = self.style.as_ref().map_or_else(String::new, |_| self.bindings.context());
                for open in self.open_entities().iter().map(String::as_str).chain([name]) {
                    if !context.is_empty() {
                        context.push('\x0c');
                    }
                    context.push_str(open);
                }
                let context = Some(context);
                let event = Event::External { context, base: e.base, system: e.system, public: e.public };
                self.push(event, raw);
            }
        }
        Ok(n)
    }
}
