//! The parser: takes bytes, gives tokens. Prolog and epilog are here, elements and text in `content`.
//!
//! One token is scanned at a time from text that is decoded already. A scanner returns how many bytes it took, 0 when the
//! end of its token is not there yet, or a [`Problem`] at an offset of the text. It puts tokens into `queue`.

use crate::chars::{bad_char, is_name_start, is_space, name_len, space_len};
use crate::decode::{Encoding, Start, detect};
use crate::dtd::{self, Dtd};
use crate::names::{Bindings, Style};
use crate::values::lines;
use crate::{Event, Fault, Place, Token, code};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// What is wrong, at an offset of the text that is being scanned.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    pub code: u8,
    pub at: usize,
}

pub fn problem<T>(code: u8, at: usize) -> Result<T, Problem> {
    Err(Problem { code, at })
}

/// What [`Parser::next`] found.
pub enum Step {
    Token(Token),
    /// All tokens were given that are complete.
    More,
}

/// Whether external declarations are to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamEntities {
    Never,
    UnlessStandalone,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Document,
    /// An external entity of the content.
    General,
    /// External declarations.
    Parameter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The encoding is not known yet.
    Start,
    Prolog,
    /// Declarations.
    Subset,
    Content,
    Cdata,
    Epilog,
}

/// An element that is not closed yet.
pub struct Element {
    /// As it is written.
    pub raw: String,
    pub name: String,
    /// Bindings that were in force outside of it.
    pub bindings: usize,
}

/// The text of an internal entity that is being read.
pub struct Input {
    text: Rc<str>,
    at: usize,
    pub name: String,
    /// Open elements where it was referred to.
    pub depth: usize,
    parameter: bool,
}

/// A parser of one document or external entity.
pub struct Parser {
    forced: Option<String>,
    encoding: Option<Encoding>,
    /// Bytes that are not decoded yet.
    raw: Vec<u8>,
    /// The bytes that come next stand for no character.
    bad: bool,
    text: String,
    /// How much of the text was taken, and where the last token starts.
    at: usize,
    token_at: usize,
    last: bool,
    here: Place,
    /// The character before was a carriage return.
    after_cr: bool,
    token_place: Option<Place>,
    /// Nothing but a byte order mark was read.
    fresh: bool,
    kind: Kind,
    pub(crate) state: State,
    pub(crate) stack: Vec<Element>,
    pub(crate) inputs: Vec<Input>,
    /// Entities around this external one.
    pub(crate) outer: Vec<String>,
    pub(crate) queue: VecDeque<Token>,
    pub(crate) bindings: Bindings,
    pub(crate) style: Option<Style>,
    pub(crate) dtd: Rc<RefCell<Dtd>>,
    /// External identifiers of the document type: public, system.
    doctype: Option<(Option<String>, Option<String>)>,
    foreign: bool,
    params: ParamEntities,
    /// Internal entities are replaced by their text.
    pub expand: bool,
    pub base: Option<String>,
    refused: Option<u8>,
    fault: Option<Fault>,
}

impl Parser {
    /// A parser of a document. An encoding given by name counts more than what the document says; with a separator
    /// (which may be nothing) names get their namespaces.
    pub fn new(encoding: Option<&str>, namespaces: Option<Option<char>>) -> Parser {
        Parser {
            forced: encoding.map(str::to_owned),
            encoding: None,
            raw: Vec::new(),
            bad: false,
            text: String::new(),
            at: 0,
            token_at: 0,
            last: false,
            here: Place { index: 0, line: 1, column: 0 },
            after_cr: false,
            token_place: None,
            fresh: true,
            kind: Kind::Document,
            state: State::Start,
            stack: Vec::new(),
            inputs: Vec::new(),
            outer: Vec::new(),
            queue: VecDeque::new(),
            bindings: Bindings::default(),
            style: namespaces.map(|separator| Style { separator, triplets: false }),
            dtd: Rc::default(),
            doctype: None,
            foreign: false,
            params: ParamEntities::Never,
            expand: true,
            base: None,
            refused: None,
            fault: None,
        }
    }

    /// A parser of an external entity: of the content with the context that its event gave, of declarations with none.
    pub fn child(&self, context: Option<&str>, encoding: Option<&str>) -> Parser {
        let mut p = Parser::new(encoding, None);
        p.style = self.style.clone();
        p.params = self.params;
        p.expand = self.expand;
        p.base = self.base.clone();
        match context {
            None => {
                p.kind = Kind::Parameter;
                p.dtd = self.dtd.clone();
            }
            Some(context) => {
                p.kind = Kind::General;
                p.dtd = Rc::new(RefCell::new(self.dtd.borrow().clone()));
                for part in context.split('\x0c').filter(|part| !part.is_empty()) {
                    match part.split_once('=') {
                        Some((prefix, uri)) => p.bindings.add_context(prefix, uri),
                        None => p.outer.push(part.to_owned()),
                    }
                }
            }
        }
        p
    }

    /// Names are to be followed by their prefixes.
    pub fn set_triplets(&mut self, on: bool) {
        if let Some(s) = &mut self.style {
            s.triplets = on;
        }
    }

    /// Was anything fed yet?
    pub fn has_begun(&self) -> bool {
        self.state != State::Start || !self.raw.is_empty() || self.last
    }

    pub fn set_params(&mut self, params: ParamEntities) -> bool {
        let may = !self.has_begun();
        if may {
            self.params = params;
        }
        may
    }

    pub fn set_foreign(&mut self, foreign: bool) -> bool {
        let may = !self.has_begun();
        if may {
            self.foreign = foreign;
        }
        may
    }

    /// Adds bytes; `last` says that there will be no more.
    ///
    /// # Errors
    /// After the last bytes, and after a fault.
    pub fn feed(&mut self, data: &[u8], last: bool) -> Result<(), Fault> {
        if let Some(f) = self.fault {
            return Err(f);
        }
        if self.last {
            return Err(Fault { code: code::FINISHED, place: self.place().unwrap_or(self.here) });
        }
        self.dtd.borrow().read.set(self.dtd.borrow().read.get() + data.len() as u64);
        self.raw.extend_from_slice(data);
        self.last = last;
        Ok(())
    }

    /// From now on, the text is in the encoding that was asked for.
    pub fn set_encoding(&mut self, name: &str) {
        if self.encoding.is_none() {
            self.forced = Some(name.to_owned());
        }
    }

    /// The answer to [`Event::UnknownEncoding`].
    pub fn set_map(&mut self, map: Option<Box<[Option<char>; 256]>>) {
        match map {
            Some(map) => self.encoding = Some(Encoding::Map(map)),
            None => self.refused = Some(code::UNKNOWN_ENCODING),
        }
    }

    /// Parsing is to end with an error of this number.
    pub fn refuse(&mut self, code: u8) {
        self.refused = Some(code);
    }

    /// Where the token is that was given last, or the error.
    pub fn place(&self) -> Option<Place> {
        self.token_place
    }

    /// The text from the token that was given last on, as far as it is known.
    pub fn context(&self) -> &str {
        self.text.get(self.token_at..).unwrap_or_default()
    }

    /// The next token.
    ///
    /// # Errors
    /// The first fault, again and again.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Step, Fault> {
        loop {
            if let Some(f) = self.fault {
                return Err(f);
            }
            if let Some(code) = self.refused.take() {
                let mut place = self.token_place.unwrap_or(self.here);
                if code == code::UNKNOWN_ENCODING {
                    place = self.place_of_encoding();
                }
                return Err(self.fail(code, place));
            }
            if let Some(t) = self.queue.pop_front() {
                if t.at_end && self.inputs.is_empty() {
                    self.token_place = Some(self.here);
                }
                return Ok(Step::Token(t));
            }
            if !self.advance()? {
                return Ok(Step::More);
            }
        }
    }

    fn fail(&mut self, code: u8, place: Place) -> Fault {
        self.token_place = Some(place);
        let f = Fault { code, place };
        self.fault = Some(f);
        f
    }

    /// Scans one token; false when more bytes are needed, or there are no more.
    fn advance(&mut self) -> Result<bool, Fault> {
        if self.encoding.is_none() {
            return self.start();
        }
        if self.state == State::Start {
            self.state = match self.kind {
                Kind::Document => State::Prolog,
                Kind::General => State::Content,
                Kind::Parameter => State::Subset,
            };
        }
        if !self.inputs.is_empty() {
            return self.advance_input();
        }
        self.decode();
        let text = std::mem::take(&mut self.text);
        let rest = &text[self.at..];
        let all = self.last && self.raw.is_empty();
        let place = self.here;
        let scanned = if rest.is_empty() { Ok(0) } else { self.scan(rest, all) };
        let result = match scanned {
            Ok(0) if self.bad => Err((code::INVALID_TOKEN, rest.len())),
            Ok(0) if !self.last => Ok(false),
            Ok(0) if self.raw.len() == 1 && matches!(self.encoding, Some(Encoding::Utf16 { .. })) => {
                Err((code::UNCLOSED_TOKEN, 0))
            }
            Ok(0) if !self.raw.is_empty() => Err((code::PARTIAL_CHAR, rest.len())),
            Ok(0) => self.end(rest),
            Ok(n) => {
                self.token_place = Some(place);
                self.token_at = self.at;
                self.step_over(&rest[..n]);
                self.at += n;
                Ok(true)
            }
            Err(p) => Err((p.code, p.at.min(rest.len()))),
        };
        let fault = result.map_err(|(code, at)| {
            self.step_over(rest.get(..at).unwrap_or(rest));
            (code, self.here)
        });
        self.text = text;
        if self.at > 1 << 16 && self.at * 2 > self.text.len() {
            self.text.drain(..self.token_at);
            self.at -= self.token_at;
            self.token_at = 0;
        }
        fault.map_err(|(code, place)| self.fail(code, place))
    }

    /// What the end of the input means; `rest` is an incomplete token.
    fn end(&mut self, rest: &str) -> Result<bool, (u8, usize)> {
        if self.state == State::Cdata {
            return Err((code::UNCLOSED_CDATA_SECTION, 0));
        }
        if !rest.is_empty() {
            return Err((code::UNCLOSED_TOKEN, 0));
        }
        match (self.kind, self.state) {
            (Kind::Document, State::Epilog) | (Kind::Parameter, _) => Ok(false),
            (Kind::Document, _) => Err((code::NO_ELEMENTS, 0)),
            (Kind::General, _) if self.stack.is_empty() => Ok(false),
            (Kind::General, _) => Err((code::ASYNC_ENTITY, 0)),
        }
    }

    /// Scans one token of an internal entity. The place stays that of the reference.
    fn advance_input(&mut self) -> Result<bool, Fault> {
        let Some(top) = self.inputs.last() else { return Ok(true) };
        let (text, at, depth, parameter) = (top.text.clone(), top.at, top.depth, top.parameter);
        let n = if at < text.len() { self.scan(&text[at..], true) } else { Ok(0) };
        let done = match n {
            Ok(0) if at < text.len() => problem(code::UNCLOSED_TOKEN, 0),
            Ok(0) if self.state == State::Cdata => problem(code::UNCLOSED_CDATA_SECTION, 0),
            Ok(0) if !parameter && self.stack.len() != depth => problem(code::ASYNC_ENTITY, 0),
            Ok(0) => {
                self.inputs.pop();
                return Ok(true);
            }
            other => other,
        };
        match done {
            Ok(n) => {
                // An entity in this one lies above it now; where this one goes on is behind the reference.
                if let Some(input) =
                    self.inputs.iter_mut().rev().find(|i| Rc::ptr_eq(&i.text, &text) && i.at == at)
                {
                    input.at += n;
                }
                Ok(true)
            }
            Err(p) => {
                let place = self.token_place.unwrap_or(self.here);
                Err(self.fail(p.code, place))
            }
        }
    }

    /// Begins to read the text of an entity.
    pub(crate) fn push_input(&mut self, name: &str, text: Rc<str>, parameter: bool) {
        self.inputs.push(Input { text, at: 0, name: name.to_owned(), depth: self.stack.len(), parameter });
    }

    fn step_over(&mut self, s: &str) {
        if let Some(e) = &self.encoding {
            self.here.index += e.size(s);
        }
        for c in s.chars() {
            match c {
                '\n' if self.after_cr => {}
                '\n' | '\r' => {
                    self.here.line += 1;
                    self.here.column = 0;
                }
                _ => self.here.column += 1,
            }
            self.after_cr = c == '\r';
        }
    }

    /// Finds out the encoding; false when more bytes are needed for that.
    fn start(&mut self) -> Result<bool, Fault> {
        if let Some(name) = self.forced.clone() {
            let found = match Encoding::from_name(&name) {
                None => {
                    self.push(Event::UnknownEncoding(name), "");
                    self.forced = None;
                    return Ok(true);
                }
                Some(Encoding::Utf16 { big }) => match detect(&self.raw, self.last) {
                    Start::Is(e @ Encoding::Utf16 { .. }, n) if n > 0 => (e, n),
                    _ => (Encoding::Utf16 { big }, 0),
                },
                Some(e) => {
                    let mark = b"\xef\xbb\xbf";
                    if self.raw.len() < 3 && mark.starts_with(&self.raw) && !self.last {
                        return Ok(false);
                    }
                    let skip = if e == Encoding::Utf8 && self.raw.starts_with(mark) { 3 } else { 0 };
                    (e, skip)
                }
            };
            self.begin(found);
            return Ok(true);
        }
        match detect(&self.raw, self.last) {
            Start::Unknown => Ok(false),
            Start::Is(e, n) => {
                self.begin((e, n));
                Ok(true)
            }
            Start::Named(name) => match Encoding::from_name(&name) {
                Some(Encoding::Utf16 { .. }) => {
                    let place = self.place_of_encoding();
                    Err(self.fail(code::INCORRECT_ENCODING, place))
                }
                Some(e) => {
                    self.begin((e, 0));
                    Ok(true)
                }
                None => {
                    self.push(Event::UnknownEncoding(name), "");
                    Ok(true)
                }
            },
        }
    }

    fn begin(&mut self, (encoding, skip): (Encoding, usize)) {
        self.raw.drain(..skip.min(self.raw.len()));
        self.here.index += skip as u64;
        self.encoding = Some(encoding);
    }

    /// Where the declaration names the encoding.
    fn place_of_encoding(&self) -> Place {
        let head: String = self.raw.iter().take(200).map(|&b| b as char).collect();
        let at =
            head.find("encoding").and_then(|i| head[i..].find(['"', '\'']).map(|q| i + q + 1)).unwrap_or(0);
        Place { index: at as u64, line: 1, column: at as u64 }
    }

    fn decode(&mut self) {
        if self.raw.is_empty() || self.bad {
            return;
        }
        let Some(e) = &self.encoding else { return };
        let (n, bad) = e.decode(&self.raw, &mut self.text);
        self.raw.drain(..n);
        self.bad = bad;
    }

    /// The longest piece of text that is given at once: Expat converts other encodings than UTF-8 by so many bytes.
    pub(crate) fn longest_text(&self) -> usize {
        match self.encoding {
            Some(Encoding::Utf8) => usize::MAX,
            _ if self.inputs.is_empty() => 1024,
            _ => usize::MAX,
        }
    }

    pub(crate) fn push(&mut self, event: Event, raw: &str) {
        self.queue.push_back(Token { event, raw: raw.to_owned(), at_end: false });
    }

    fn scan(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        if self.fresh && self.inputs.is_empty() {
            let head = "<?xml";
            if !last && s.len() <= head.len() && head.starts_with(s) {
                return Ok(0);
            }
            if s.strip_prefix(head).and_then(|r| r.chars().next()).is_some_and(is_space) {
                return self.declaration(s);
            }
            self.fresh = false;
        }
        match self.state {
            State::Start | State::Prolog | State::Epilog => self.misc(s, last),
            State::Subset => self.subset(s, last),
            State::Content => self.content(s, last),
            State::Cdata => self.cdata(s, last),
        }
    }

    /// `<?xml ...?>` at the start.
    fn declaration(&mut self, s: &str) -> Result<usize, Problem> {
        let Some(end) = s.find("?>") else { return Ok(0) };
        let document = self.kind == Kind::Document;
        let code = if document { code::XML_DECL } else { code::TEXT_DECL };
        let (mut version, mut encoding, mut standalone) = (None, None, -1);
        let mut i = 5;
        let mut stage = 0;
        loop {
            let n = space_len(&s[i..end]);
            i += n;
            if i == end {
                break;
            }
            if n == 0 {
                return problem(code, i);
            }
            let name = &s[i..i + name_len(&s[i..end])];
            let start = i;
            i += name.len();
            i += space_len(&s[i..end]);
            if !s[i..end].starts_with('=') {
                return problem(code, i);
            }
            i += 1;
            i += space_len(&s[i..end]);
            let Some(quote) = s[i..end].chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                return problem(code, i);
            };
            i += 1;
            let Some(n) = s[i..end].find(quote) else { return problem(code, i) };
            let value = &s[i..i + n];
            let is_word = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b));
            match name {
                "version" if stage == 0 && is_word => (version, stage) = (Some(value.to_owned()), 1),
                "encoding"
                    if stage == (if document { 1 } else { stage.min(1) })
                        && is_word
                        && value.starts_with(|c: char| c.is_ascii_alphabetic()) =>
                {
                    (encoding, stage) = (Some(value.to_owned()), 2);
                }
                "standalone" if document && (1..=2).contains(&stage) => {
                    standalone = match value {
                        "yes" => 1,
                        "no" => 0,
                        _ => return problem(code, i),
                    };
                    stage = 3;
                }
                _ => return problem(code, if is_word { start } else { i }),
            }
            i += n + 1;
        }
        if (document && version.is_none()) || (!document && encoding.is_none()) {
            return problem(code, i);
        }
        self.fresh = false;
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        self.push(Event::Declaration { version, encoding, standalone }, &s[..end + 2]);
        Ok(end + 2)
    }

    /// Before or after the document element.
    fn misc(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        let n = space_len(s);
        if n > 0 {
            self.push(Event::Other, &s[..n]);
            return Ok(n);
        }
        let before = self.state != State::Epilog;
        let mut chars = s.chars();
        let first = chars.next();
        if first != Some('<') {
            if bad_char(&s[..first.map_or(0, char::len_utf8)]).is_some() {
                return problem(code::INVALID_TOKEN, 0);
            }
            // A word is a token of its own where something may follow it that declarations have.
            let n = name_len(s);
            if s[n..].chars().next().is_some_and(|c| n > 0 && !is_space(c) && !">),|[%?*+".contains(c)) {
                return problem(code::INVALID_TOKEN, n);
            }
            return problem(if before { code::SYNTAX } else { code::JUNK_AFTER_DOC_ELEMENT }, 0);
        }
        match chars.next() {
            None => Ok(0),
            Some('?') => self.instruction(s),
            Some('!') if s.starts_with("<!--") => self.comment(s),
            Some('!') if s.starts_with("<!DOCTYPE") => {
                if !before || self.doctype.is_some() {
                    return problem(if before { code::SYNTAX } else { code::JUNK_AFTER_DOC_ELEMENT }, 0);
                }
                self.start_doctype(s)
            }
            Some('!') if !last && ("<!--".starts_with(s) || "<!DOCTYPE".starts_with(s)) => Ok(0),
            Some('!') => {
                let n = 2 + name_len(&s[2..]);
                match s[n..].chars().next() {
                    None => Ok(0),
                    Some(c) if n > 2 && (is_space(c) || c == '%') => problem(code::SYNTAX, 0),
                    Some(_) => problem(code::INVALID_TOKEN, n),
                }
            }
            Some(c) if is_name_start(c) && before => {
                if self.doctype.is_none() && self.foreign {
                    self.doctype = Some((None, None));
                    self.ask_for_declarations();
                }
                self.state = State::Content;
                match self.content(s, last) {
                    Ok(0) => {
                        self.state = State::Prolog;
                        Ok(0)
                    }
                    other => other,
                }
            }
            Some(c) if is_name_start(c) => problem(code::JUNK_AFTER_DOC_ELEMENT, 0),
            Some(_) => problem(code::INVALID_TOKEN, 1),
        }
    }

    /// `<!--...-->`.
    pub(crate) fn comment(&mut self, s: &str) -> Result<usize, Problem> {
        let Some(n) = s[4..].find("--") else {
            return bad_char(&s[4..]).map_or(Ok(0), |i| problem(code::INVALID_TOKEN, 4 + i));
        };
        let text = &s[4..4 + n];
        if let Some(i) = bad_char(text) {
            return problem(code::INVALID_TOKEN, 4 + i);
        }
        match s[6 + n..].chars().next() {
            None => Ok(0),
            Some('>') => {
                self.push(Event::Comment(lines(text)), &s[..7 + n]);
                Ok(7 + n)
            }
            Some(_) => problem(code::INVALID_TOKEN, 6 + n),
        }
    }

    /// `<?target data?>`.
    pub(crate) fn instruction(&mut self, s: &str) -> Result<usize, Problem> {
        let n = name_len(&s[2..]);
        if n == 0 {
            return if s.len() == 2 { Ok(0) } else { problem(code::INVALID_TOKEN, 2) };
        }
        let Some(end) = s.find("?>") else { return Ok(0) };
        let target = &s[2..2 + n];
        let rest = &s[2 + n..end.max(2 + n)];
        if target == "xml" {
            return problem(code::MISPLACED_XML_PI, 0);
        }
        if target.eq_ignore_ascii_case("xml") {
            return problem(code::INVALID_TOKEN, 0);
        }
        if !rest.is_empty() && !rest.starts_with(is_space) {
            return problem(code::INVALID_TOKEN, 2 + n);
        }
        if let Some(i) = bad_char(rest) {
            return problem(code::INVALID_TOKEN, 2 + n + i);
        }
        let data = lines(rest.trim_start_matches(is_space));
        self.push(Event::Instruction { target: target.to_owned(), data }, &s[..end + 2]);
        Ok(end + 2)
    }

    fn start_doctype(&mut self, s: &str) -> Result<usize, Problem> {
        let Some(n) = markup_end(s, true) else { return Ok(0) };
        let d = dtd::doctype(&s[..n])?;
        let external = d.system.is_some();
        self.doctype = Some((d.public.clone(), d.system.clone()));
        let internal = d.internal;
        if external && self.params == ParamEntities::Never && !self.dtd.borrow().standalone {
            self.push(Event::NotStandalone, "");
        }
        let event = Event::StartDoctype { name: d.name, system: d.system, public: d.public, internal };
        self.push(event, &s[..n]);
        if internal {
            self.state = State::Subset;
        } else {
            self.end_doctype("");
        }
        Ok(n)
    }

    fn end_doctype(&mut self, raw: &str) {
        if self.foreign || self.doctype.as_ref().is_some_and(|d| d.1.is_some()) {
            self.ask_for_declarations();
        }
        self.push(Event::EndDoctype, raw);
        self.state = State::Prolog;
    }

    /// Asks for the external declarations, if they are wanted.
    fn ask_for_declarations(&mut self) {
        self.dtd.borrow_mut().has_more = true;
        if !self.wants_declarations() {
            return;
        }
        let (public, system) = self.doctype.clone().unwrap_or_default();
        self.push(Event::External { context: None, base: self.base.clone(), system, public }, "");
        if !self.dtd.borrow().standalone {
            self.push(Event::NotStandalone, "");
        }
    }

    fn wants_declarations(&self) -> bool {
        match self.params {
            ParamEntities::Never => false,
            ParamEntities::Always => true,
            ParamEntities::UnlessStandalone => !self.dtd.borrow().standalone,
        }
    }

    /// Declarations.
    fn subset(&mut self, s: &str, last: bool) -> Result<usize, Problem> {
        let n = space_len(s);
        if n > 0 {
            self.push(Event::Other, &s[..n]);
            return Ok(n);
        }
        let external = self.kind == Kind::Parameter || !self.inputs.is_empty();
        match s.as_bytes()[0] {
            b']' if external && s.starts_with("]]>") => {
                // The end of an included section.
                self.push(Event::Other, "]]>");
                Ok(3)
            }
            b']' if !external => {
                let n = 1 + space_len(&s[1..]);
                match s[n..].chars().next() {
                    None => Ok(0),
                    Some('>') => {
                        self.end_doctype(&s[..=n]);
                        Ok(n + 1)
                    }
                    Some(_) => problem(code::SYNTAX, n),
                }
            }
            b'%' => self.parameter(s),
            b'<' if s.starts_with("<!--") => self.comment(s),
            b'<' if s.starts_with("<?") => self.instruction(s),
            b'<' if s.starts_with("<![") && external => self.section(s),
            b'<' if s.starts_with("<!") => {
                if !last && "<!--".starts_with(s) {
                    return Ok(0);
                }
                let Some(n) = markup_end(s, false) else { return Ok(0) };
                let base = self.base.clone();
                let events =
                    dtd::declaration(&mut self.dtd.borrow_mut(), &s[..n], external, base.as_deref())?;
                for (i, e) in events.into_iter().enumerate() {
                    self.push(e, if i == 0 { &s[..n] } else { "" });
                }
                Ok(n)
            }
            b'<' if s.len() == 1 => Ok(0),
            b'<' => problem(code::INVALID_TOKEN, 1),
            _ => problem(if bad_char(s) == Some(0) { code::INVALID_TOKEN } else { code::SYNTAX }, 0),
        }
    }

    /// `<![INCLUDE[` or `<![IGNORE[...]]>`.
    fn section(&mut self, s: &str) -> Result<usize, Problem> {
        let mut i = 3 + space_len(&s[3..]);
        let n = name_len(&s[i..]);
        let mut word = s[i..i + n].to_owned();
        i += n;
        if n == 0 && s[i..].starts_with('%') {
            let n = name_len(&s[i + 1..]);
            if !s[i + 1 + n..].starts_with(';') {
                return if s.len() > i + 1 + n { problem(code::SYNTAX, i) } else { Ok(0) };
            }
            let value = self.dtd.borrow().parameters.get(&s[i + 1..i + 1 + n]).and_then(|e| e.value.clone());
            word = value.map_or_else(String::new, |v| v.trim().to_owned());
            i += n + 2;
        }
        i += space_len(&s[i..]);
        match s[i..].chars().next() {
            None => return Ok(0),
            Some('[') => i += 1,
            Some(_) => return problem(code::SYNTAX, i),
        }
        match word.as_str() {
            "INCLUDE" => {}
            "IGNORE" => {
                let mut depth = 1;
                while depth > 0 {
                    let (open, close) = (s[i..].find("<!["), s[i..].find("]]>"));
                    match (open, close) {
                        (_, None) => return Ok(0),
                        (Some(o), Some(c)) if o < c => (depth, i) = (depth + 1, i + o + 3),
                        (_, Some(c)) => (depth, i) = (depth - 1, i + c + 3),
                    }
                }
            }
            _ => return problem(code::SYNTAX, 3),
        }
        self.push(Event::Other, &s[..i]);
        Ok(i)
    }

    /// `%name;` between declarations.
    fn parameter(&mut self, s: &str) -> Result<usize, Problem> {
        let n = name_len(&s[1..]);
        match s[1 + n..].chars().next() {
            None => return Ok(0),
            Some(';') if n > 0 => {}
            Some(_) => return problem(code::INVALID_TOKEN, 1 + n),
        }
        let (name, raw) = (&s[1..=n], &s[..n + 2]);
        let (known, found) = {
            let mut d = self.dtd.borrow_mut();
            d.has_more = true;
            (d.standalone, d.parameters.get(name).cloned())
        };
        let parsing = self.params != ParamEntities::Never;
        let Some(e) = found.filter(|_| parsing) else {
            self.dtd.borrow_mut().ignoring = !known;
            let name = name.to_owned();
            self.push(if parsing { Event::Skipped { name, parameter: true } } else { Event::Other }, raw);
            if !known {
                self.push(Event::NotStandalone, "");
            }
            return Ok(n + 2);
        };
        if self.inputs.iter().any(|i| i.parameter && i.name == name) {
            return problem(code::RECURSIVE_ENTITY_REF, 0);
        }
        match e.value {
            Some(value) => {
                self.dtd.borrow().expanded(value.len()).or_else(|code| problem(code, 0))?;
                self.push_input(name, value, true);
                self.push(Event::Other, raw);
            }
            None => {
                let event =
                    Event::External { context: None, base: e.base, system: e.system, public: e.public };
                self.push(event, raw);
            }
        }
        Ok(n + 2)
    }

    /// The document element was closed.
    pub(crate) fn root_closed(&mut self) {
        if self.kind == Kind::Document && self.inputs.is_empty() {
            self.state = State::Epilog;
        }
    }
}

/// The end of a declaration: behind its `>` (or `[`), which stands outside of quotes.
fn markup_end(s: &str, or_bracket: bool) -> Option<usize> {
    let mut quote = None;
    for (i, c) in s.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(i + 1),
            (None, '[') if or_bracket => return Some(i + 1),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}
