//! `make_scanner`: JSON text to objects.

use super::numbers;
use super::scanstring::{decode_error, scan};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Nested, Raised, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{TypeId, attr, call, dict, int, list, natives, protocol};
use std::cell::Cell;

struct Scanner {
    strict: Cell<bool>,
    object_hook: Slot,
    object_pairs_hook: Slot,
    parse_float: Slot,
    parse_int: Slot,
    parse_constant: Slot,
}

impl Payload for Scanner {
    const NAME: &'static str = "Scanner";
    const CALL: Option<CallFn> = Some(scan_once);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        for s in [
            &self.object_hook,
            &self.object_pairs_hook,
            &self.parse_float,
            &self.parse_int,
            &self.parse_constant,
        ] {
            s.trace(tracer);
        }
    }
}

fn scanner_new(th: &Thread, a: &[Value]) -> Res {
    let class = SCANNER.class_arg(th, a[0])?;
    let strict = attr::get_text(th, a[1], "strict")?;
    let strict = protocol::truth(th, strict)?;
    let part = |name: &str| -> Res { attr::get_text(th, a[1], name) };
    let object_hook = part("object_hook")?;
    let object_pairs_hook = part("object_pairs_hook")?;
    let parse_float = part("parse_float")?;
    let parse_int = part("parse_int")?;
    let parse_constant = part("parse_constant")?;
    let s = Scanner {
        strict: Cell::new(strict),
        object_hook: Slot::new(object_hook),
        object_pairs_hook: Slot::new(object_pairs_hook),
        parse_float: Slot::new(parse_float),
        parse_int: Slot::new(parse_int),
        parse_constant: Slot::new(parse_constant),
    };
    Ok(custom::alloc(th, class, s)?.value())
}

/// Keys seen lately, so that equal keys are one object. On the machine stack, where the collector sees it.
const KEYS: usize = 64;

/// One run over a document.
struct Run<'a> {
    th: &'a Thread,
    s: Custom<Scanner>,
    document: Str,
    strict: bool,
    keys: [Value; KEYS],
}

#[cold]
fn stop(th: &Thread, at: usize) -> Raised {
    th.raise_args(TypeId::StopIteration, &[int::from_usize(th, at)])
}

impl<'a> Run<'a> {
    #[inline(always)]
    fn at(&self, i: usize) -> Option<u32> {
        self.document.chars().get(i)
    }

    #[inline(always)]
    fn skip_space(&self, mut i: usize) -> usize {
        while matches!(self.at(i), Some(0x20 | 0x09 | 0x0a | 0x0d)) {
            i += 1;
        }
        i
    }

    #[cold]
    fn error(&self, message: &str, at: usize) -> Raised {
        decode_error(self.th, message, self.document.value(), at as isize)
    }

    fn enter(&self, what: &str) -> Res<Nested<'a>> {
        match self.th.nest("") {
            Ok(nested) => Ok(nested),
            Err(_) => {
                self.th.clear_pending();
                let text = format!(
                    "maximum recursion depth exceeded while decoding a JSON {what} from a unicode string"
                );
                Err(self.th.raise_new(TypeId::RecursionError, text))
            }
        }
    }

    fn has(&self, at: usize, word: &str) -> bool {
        let text = self.document.chars();
        at + word.len() <= text.len() && word.bytes().enumerate().all(|(i, c)| text.at(at + i) == c.into())
    }

    /// The value at `at`, and where it ends.
    fn value(&mut self, at: usize) -> Res<(Value, usize)> {
        let Some(c) = self.at(at) else { return Err(stop(self.th, at)) };
        match char::from_u32(c) {
            Some('"') => return scan(self.th, self.document, at + 1, self.strict),
            Some('{') => {
                let _nested = self.enter("object")?;
                return self.object(at + 1);
            }
            Some('[') => {
                let _nested = self.enter("array")?;
                return self.array(at + 1);
            }
            Some('n') if self.has(at, "null") => return Ok((Value::none(), at + 4)),
            Some('t') if self.has(at, "true") => return Ok((Value::true_(), at + 4)),
            Some('f') if self.has(at, "false") => return Ok((Value::false_(), at + 5)),
            Some('N') if self.has(at, "NaN") => return self.constant("NaN", at),
            Some('I') if self.has(at, "Infinity") => return self.constant("Infinity", at),
            Some('-') if self.has(at, "-Infinity") => return self.constant("-Infinity", at),
            _ => {}
        }
        self.number(at)
    }

    #[cold]
    fn constant(&self, name: &str, at: usize) -> Res<(Value, usize)> {
        let f = self.s.parse_constant.get();
        let v = call::call(self.th, f, &[string::new(self.th, name)])?;
        Ok((v, at + name.len()))
    }

    fn number(&self, at: usize) -> Res<(Value, usize)> {
        let text = self.document.chars();
        let Some(found) = numbers::find(text, at) else { return Err(stop(self.th, at)) };
        let part = text.slice(at..found.end);
        let (own, class) = if found.is_float {
            (self.s.parse_float.get(), TypeId::Float)
        } else {
            (self.s.parse_int.get(), TypeId::Int)
        };
        let v = if own == self.th.interp.class_value(class) {
            numbers::parse(self.th, part, found.is_float)?
        } else {
            let s = string::from_chars(self.th, part)?;
            call::call(self.th, own, &[s])?
        };
        Ok((v, found.end))
    }

    /// The one object for equal keys, as far as it is remembered.
    #[inline]
    fn key(&mut self, v: Value) -> Value {
        let place = Str::of(v).hash(self.th) as usize % KEYS;
        let known = self.keys[place];
        if known != Value::ZERO && Str::of(known).equals(Str::of(v)) {
            return known;
        }
        self.keys[place] = v;
        v
    }

    fn object(&mut self, start: usize) -> Res<(Value, usize)> {
        let th = self.th;
        let as_pairs = !self.s.object_pairs_hook.get().is_none();
        let result = dict::new(th);
        let pairs = if as_pairs { Some(list::new(th)) } else { None };
        let mut i = self.skip_space(start);
        if self.at(i) != Some('}' as u32) {
            loop {
                if self.at(i) != Some('"' as u32) {
                    return Err(self.error("Expecting property name enclosed in double quotes", i));
                }
                let (key, end) = scan(th, self.document, i + 1, self.strict)?;
                let key = self.key(key);
                i = self.skip_space(end);
                if self.at(i) != Some(':' as u32) {
                    return Err(self.error("Expecting ':' delimiter", i));
                }
                i = self.skip_space(i + 1);
                let (value, end) = self.value(i)?;
                match pairs {
                    Some(pairs) => {
                        let pair = tuple::from_slice(th, &[key, value])?;
                        pairs.push(th, pair)?;
                    }
                    None => result.set(th, key, value)?,
                }
                i = self.skip_space(end);
                match self.at(i).and_then(char::from_u32) {
                    Some('}') => break,
                    Some(',') => i = self.skip_space(i + 1),
                    _ => return Err(self.error("Expecting ',' delimiter", i)),
                }
            }
        }
        if let Some(pairs) = pairs {
            let v = call::call(th, self.s.object_pairs_hook.get(), &[pairs.value()])?;
            return Ok((v, i + 1));
        }
        let hook = self.s.object_hook.get();
        if !hook.is_none() {
            return Ok((call::call(th, hook, &[result.value()])?, i + 1));
        }
        Ok((result.value(), i + 1))
    }

    fn array(&mut self, start: usize) -> Res<(Value, usize)> {
        let th = self.th;
        let mut items = ValueVec::new();
        let mut i = self.skip_space(start);
        if self.at(i) != Some(']' as u32) {
            loop {
                let (value, end) = self.value(i)?;
                items.push(th, value)?;
                i = self.skip_space(end);
                match self.at(i).and_then(char::from_u32) {
                    Some(']') => break,
                    Some(',') => i = self.skip_space(i + 1),
                    _ => return Err(self.error("Expecting ',' delimiter", i)),
                }
            }
        }
        Ok((list::from_vec(th, items), i + 1))
    }
}

/// The arguments `string` and `idx`.
fn arguments(th: &Thread, args: &[Value], kwnames: Value) -> Res<(Value, Value)> {
    let names = Tuple::from_value(kwnames).map_or(&[][..], Tuple::as_slice);
    let (positional, values) = args.split_at(args.len() - names.len());
    if args.len() > 2 {
        let n = args.len();
        return Err(th.type_error(format!("scan_once() takes at most 2 arguments ({n} given)")));
    }
    let mut found = [positional.first().copied(), positional.get(1).copied()];
    for (&name, &v) in names.iter().zip(values) {
        let place = if Str::of(name).is("string") {
            0
        } else if Str::of(name).is("idx") {
            1
        } else {
            let name = Str::of(name).to_text();
            return Err(th.type_error(format!("'{name}' is an invalid keyword argument for scan_once()")));
        };
        if found[place].is_some() {
            let name = Str::of(name).to_text();
            let n = place + 1;
            return Err(th.type_error(format!(
                "argument for scan_once() given by name ('{name}') and position ({n})"
            )));
        }
        found[place] = Some(v);
    }
    match found {
        [Some(s), Some(i)] => Ok((s, i)),
        [None, _] => Err(th.type_error("scan_once() missing required argument 'string' (pos 1)")),
        _ => Err(th.type_error("scan_once() missing required argument 'idx' (pos 2)")),
    }
}

fn scan_once(th: &Thread, scanner: Value, args: &[Value], kwnames: Value) -> Res {
    let (document, at) = arguments(th, args, kwnames)?;
    let at = krait_object::module_tools::ssize(th, at)?;
    let Some(s) = Str::from_value(document) else {
        let got = type_name(th, document);
        return Err(th.type_error(format!("first argument must be a string, not {got}")));
    };
    if at < 0 {
        return Err(th.value_error("idx cannot be negative"));
    }
    let own = Custom::<Scanner>::of(scanner);
    let mut run = Run { th, s: own, document: s, strict: own.strict.get(), keys: [Value::ZERO; KEYS] };
    let (v, end) = run.value(at as usize)?;
    tuple::from_slice(th, &[v, int::from_usize(th, end)])
}

fn get_strict(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Scanner>::of(v).strict.get()))
}

macro_rules! getters {
    ($($name:ident $field:ident;)*) => {
        $(fn $name(_: &Thread, v: Value) -> Res { Ok(Custom::<Scanner>::of(v).$field.get()) })*
    };
}
getters! {
    get_object_hook object_hook; get_object_pairs_hook object_pairs_hook; get_parse_float parse_float;
    get_parse_int parse_int; get_parse_constant parse_constant;
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, context)" scanner_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("strict", get_strict, "strict").member(),
    GetSetDef::ro("object_hook", get_object_hook, "object_hook").member(),
    GetSetDef::ro("object_pairs_hook", get_object_pairs_hook, "").member(),
    GetSetDef::ro("parse_float", get_parse_float, "parse_float").member(),
    GetSetDef::ro("parse_int", get_parse_int, "parse_int").member(),
    GetSetDef::ro("parse_constant", get_parse_constant, "parse_constant").member(),
];

pub static SCANNER: NativeClass =
    NativeClass::new(ClassSpec::new("_json.Scanner", "JSON scanner object", METHODS, GETSET).flags(0));
