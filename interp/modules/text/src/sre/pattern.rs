//! `Pattern`: making one, and what it knows of itself.

use super::{scanner, search, subject::Subject, substitute};
use krait_object::arguments::{bad_argument, c_int, c_ssize};
use krait_object::buffer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag};
use krait_object::construct::class_getitem;
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::list::List;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, int, mappingproxy_methods, natives, protocol};
use krait_sre::Program;
use krait_text::CharsBuf;

/// What a pattern may be applied to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    Str,
    Bytes,
    /// Made without a source: anything.
    Any,
}

/// A compiled pattern.
pub struct Pattern {
    /// The source, or None.
    pub source: Slot,
    /// Names of groups with their numbers.
    pub groupindex: Slot,
    /// By number: the name of a group, or None.
    pub indexgroup: Slot,
    /// The replacement text that was compiled last, with its template; `MISSING` before.
    pub replacement: Slot,
    pub template: Slot,
    pub over: Over,
    pub groups: usize,
    flags: i32,
    /// As `_sre.compile` got it: what equality and hash go by.
    code: Vec<u32>,
    pub program: Program,
}

impl Payload for Pattern {
    const NAME: &'static str = "Pattern";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        for s in [&self.source, &self.groupindex, &self.indexgroup, &self.replacement, &self.template] {
            s.trace(tracer);
        }
    }
}

impl Pattern {
    /// The string or bytes to search.
    ///
    /// # Errors
    /// TypeErrors for what is neither, and for text where bytes are wanted or the other way round.
    #[inline]
    pub fn subject(&self, th: &Thread, v: Value) -> Res<Subject> {
        let s = Subject::new(th, v)?;
        match (s.is_bytes(), self.over) {
            (true, Over::Str) => Err(th.type_error("cannot use a string pattern on a bytes-like object")),
            (false, Over::Bytes) => Err(th.type_error("cannot use a bytes pattern on a string-like object")),
            _ => Ok(s),
        }
    }
}

/// The code words of a list of ints.
fn code_words(th: &Thread, list: List) -> Res<Vec<u32>> {
    let mut code = Vec::with_capacity(list.len());
    let mut i = 0;
    while let Some(v) = list.get(i) {
        i += 1;
        let n = match int::to_i64(v) {
            Some(n) if n >= 0 => n,
            Some(_) => return Err(th.overflow_error("can't convert negative value to unsigned int")),
            None if int::is_int(v) => {
                return Err(th.overflow_error("Python int too large to convert to C unsigned long"));
            }
            None => return Err(th.type_error("an integer is required")),
        };
        let Ok(word) = u32::try_from(n) else {
            return Err(th.overflow_error("regular expression code size limit exceeded"));
        };
        code.push(word);
    }
    Ok(code)
}

/// `_sre.compile(pattern, flags, code, groups, groupindex, indexgroup)`.
pub fn compile(th: &Thread, a: &[Value]) -> Res {
    let flags = c_int(th, a[1])?;
    let Some(list) = List::from_value(a[2]) else {
        return Err(bad_argument(th, a[2], "compile() argument 'code'", "list"));
    };
    let groups = c_ssize(th, a[3])?;
    if Dict::from_value(a[4]).is_none() {
        return Err(bad_argument(th, a[4], "compile() argument 'groupindex'", "dict"));
    }
    if Tuple::from_value(a[5]).is_none() {
        return Err(bad_argument(th, a[5], "compile() argument 'indexgroup'", "tuple"));
    }
    let code = code_words(th, list)?;
    let over = if a[0].is_none() {
        Over::Any
    } else if Subject::new(th, a[0])?.is_bytes() {
        Over::Bytes
    } else {
        Over::Str
    };
    let program = usize::try_from(groups).ok().and_then(|n| Program::compile(&code, n, flags as u32).ok());
    let Some(program) = program else { return Err(th.runtime_error("invalid SRE code")) };
    let p = Pattern {
        source: Slot::new(a[0]),
        groupindex: Slot::new(a[4]),
        indexgroup: Slot::new(a[5]),
        replacement: Slot::new(Value::MISSING),
        template: Slot::new(Value::MISSING),
        over,
        groups: groups as usize,
        flags,
        code,
        program,
    };
    Ok(custom::alloc(th, PATTERN.get(th)?, p)?.value())
}

fn get_pattern(_: &Thread, v: Value) -> Res {
    Ok(Custom::<Pattern>::of(v).source.get())
}

fn get_flags(th: &Thread, v: Value) -> Res {
    Ok(int::from_i64(th, Custom::<Pattern>::of(v).flags.into()))
}

fn get_groups(th: &Thread, v: Value) -> Res {
    Ok(int::from_usize(th, Custom::<Pattern>::of(v).groups))
}

fn get_groupindex(th: &Thread, v: Value) -> Res {
    mappingproxy_methods::new(th, Custom::<Pattern>::of(v).groupindex.get())
}

/// `copy` and `deepcopy` of what never changes.
pub fn itself(_: &Thread, a: &[Value]) -> Res {
    Ok(a[0])
}

const UNICODE: i32 = 32;
/// Locale, Unicode, ASCII.
const CHARACTERS: i32 = 4 | UNICODE | 256;
const FLAG_NAMES: [(&str, i32); 9] = [
    ("re.TEMPLATE", 1),
    ("re.IGNORECASE", 2),
    ("re.LOCALE", 4),
    ("re.MULTILINE", 8),
    ("re.DOTALL", 16),
    ("re.UNICODE", UNICODE),
    ("re.VERBOSE", 64),
    ("re.DEBUG", 128),
    ("re.ASCII", 256),
];

fn repr(th: &Thread, a: &[Value]) -> Res {
    let p = Custom::<Pattern>::of(a[0]);
    let mut flags = p.flags;
    // Text patterns are Unicode unless told otherwise.
    if p.over == Over::Str && flags & CHARACTERS == UNICODE {
        flags &= !UNICODE;
    }
    let source = Str::of(protocol::repr(th, p.source.get())?).chars();
    let mut out = CharsBuf::new();
    out.extend_str("re.compile(");
    out.extend(source.slice(0..source.len().min(200)));
    let mut sep = ", ";
    for (name, bit) in FLAG_NAMES {
        if flags & bit != 0 {
            out.extend_str(sep);
            out.extend_str(name);
            sep = "|";
            flags &= !bit;
        }
    }
    if flags != 0 {
        out.extend_str(&format!("{sep}0x{flags:x}"));
    }
    out.push(')'.into());
    string::from_buf(th, &out)
}

fn hash(th: &Thread, a: &[Value]) -> Res {
    let p = Custom::<Pattern>::of(a[0]);
    let mut h = protocol::hash(th, p.source.get())?;
    let words: Vec<u8> = p.code.iter().flat_map(|w| w.to_ne_bytes()).collect();
    h ^= krait_text::hash::hash_bytes(th.interp.hash_key, &words);
    h ^= i64::from(p.flags) ^ p.over as i64 ^ p.code.len() as i64;
    Ok(int::from_i64(th, krait_object::hash::fit(h)))
}

fn equal(th: &Thread, v: Value, w: Value) -> Res<Option<bool>> {
    let (Some(p), Some(q)) = (Custom::<Pattern>::from_value(v), Custom::<Pattern>::from_value(w)) else {
        return Ok(None);
    };
    if v == w {
        return Ok(Some(true));
    }
    if p.flags != q.flags || p.over != q.over || p.code != q.code {
        return Ok(Some(false));
    }
    protocol::equal(th, p.source.get(), q.source.get()).map(Some)
}

fn eq(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a[0], a[1])?.map_or(Value::not_implemented(), Value::bool))
}

fn ne(th: &Thread, a: &[Value]) -> Res {
    Ok(equal(th, a[0], a[1])?.map_or(Value::not_implemented(), |b| Value::bool(!b)))
}

/// Calls `re._compile_template`, keeping the last answer.
///
/// # Errors
/// `re.error` for bad templates; RuntimeError when something else was put in the function's place.
pub fn compile_template(th: &Thread, v: Value, text: Value) -> Res {
    let p = Custom::<Pattern>::of(v);
    if p.replacement.get() == text {
        return Ok(p.template.get());
    }
    let module = krait_object::object_reduce::import(th, "re")?;
    let f = krait_object::attr::get_text(th, module, "_compile_template")?;
    let mut made = krait_object::call::call(th, f, &[v, text]);
    if made.is_err() && th.pending_is(TypeId::TypeError) {
        // What cannot be hashed can still be a replacement: as the plain type.
        let plain = if let Some(s) = Str::from_value(text).filter(|_| !text.has_shape(TypeId::Str as u32)) {
            th.clear_pending();
            Some(string::from_chars(th, s.chars())?)
        } else if !text.has_shape(TypeId::Bytes as u32) && buffer::has_buffer(th, text) {
            th.clear_pending();
            let b = buffer::bytes_like(th, text)?;
            Some(krait_object::bytes::from_slice(th, &b)?)
        } else {
            None
        };
        if let Some(plain) = plain {
            made = krait_object::call::call(th, f, &[v, plain]);
        }
    }
    let made = made?;
    if Custom::<super::template::Template>::from_value(made).is_none() {
        let given = krait_object::class::type_name(th, made);
        return Err(th.runtime_error(format!(
            "the result of compiling a replacement string is {given}, not _sre.SRE_Template"
        )));
    }
    // Only texts that cannot change, and by identity.
    if text.has_shape(TypeId::Str as u32) || text.has_shape(TypeId::Bytes as u32) {
        p.replacement.set(th, p.cell(), text);
        p.template.set(th, p.cell(), made);
    }
    Ok(made)
}

natives! {
    static METHODS = {
        method "match" "(string, pos=0, endpos=sys.maxsize)" search::match_, "";
        method "fullmatch" "(string, pos=0, endpos=sys.maxsize)" search::fullmatch, "";
        method "search" "(string, pos=0, endpos=sys.maxsize)" search::search, "";
        method "sub" "(repl, string, count=0)" substitute::sub, "";
        method "subn" "(repl, string, count=0)" substitute::subn, "";
        method "findall" "(string, pos=0, endpos=sys.maxsize)" search::findall, "";
        method "split" "(string, maxsplit=0)" search::split, "";
        method "finditer" "(string, pos=0, endpos=sys.maxsize)" scanner::finditer, "";
        method "scanner" "(string, pos=0, endpos=sys.maxsize)" scanner::scanner, "";
        method "__copy__" "()" itself, "";
        method "__deepcopy__" "(memo, /)" itself, "";
        method "__repr__" "()" repr, "";
        method "__hash__" "()" hash, "";
        method "__eq__" "(value, /)" eq, "";
        method "__ne__" "(value, /)" ne, "";
        classmethod "__class_getitem__" "!(object, /)" class_getitem, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("groupindex", get_groupindex, "A dictionary mapping group names to group numbers."),
    GetSetDef::ro("pattern", get_pattern, "The pattern that was compiled.").member(),
    GetSetDef::ro("flags", get_flags, "The flags it was compiled with.").member(),
    GetSetDef::ro("groups", get_groups, "The number of capturing groups.").member(),
];

pub static PATTERN: NativeClass = NativeClass::new(
    ClassSpec::new("re.Pattern", "Compiled regular expression object.", METHODS, GETSET)
        .flags(flag::WEAKREF | flag::NO_NEW),
);

/// The pattern behind a method's receiver.
#[inline(always)]
pub fn this(a: &[Value]) -> Custom<Pattern> {
    Custom::of(a[0])
}
