//! `make_encoder`: objects to JSON text.

use super::escape::{self, quote};
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, type_name};
use krait_object::custom::{self, CallFn, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::dict::Dict;
use krait_object::kind::Kind;
use krait_object::list::List;
use krait_object::native::{Native, NativeFn};
use krait_object::native_class::NativeClass;
use krait_object::shape::fixed;
use krait_object::string::{self, Str};
use krait_object::thread::{Nested, Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::value::Value;
use krait_object::{Name, TypeId, call, float, int, int_methods, list, natives, protocol};
use krait_text::CharsBuf;
use std::cell::Cell;

struct Encoder {
    /// Objects being encoded by identity, or None.
    markers: Slot,
    default: Slot,
    encoder: Slot,
    indent: Slot,
    key_separator: Slot,
    item_separator: Slot,
    sort_keys: Cell<bool>,
    skip_keys: Cell<bool>,
    allow_nan: Cell<bool>,
}

impl Payload for Encoder {
    const NAME: &'static str = "Encoder";
    const CALL: Option<CallFn> = Some(iterencode);
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        for s in [
            &self.markers,
            &self.default,
            &self.encoder,
            &self.indent,
            &self.key_separator,
            &self.item_separator,
        ] {
            s.trace(tracer);
        }
    }
}

fn encoder_new(th: &Thread, a: &[Value]) -> Res {
    let class = ENCODER.class_arg(th, a[0])?;
    for (i, n) in [(5, 5), (6, 6)] {
        if Str::from_value(a[i]).is_none() {
            let got = type_name(th, a[i]);
            return Err(th.type_error(format!("make_encoder() argument {n} must be str, not {got}")));
        }
    }
    let sort_keys = protocol::truth(th, a[7])?;
    let skip_keys = protocol::truth(th, a[8])?;
    let allow_nan = protocol::truth(th, a[9])?;
    if !a[1].is_none() && Dict::from_value(a[1]).is_none() {
        let got = type_name(th, a[1]);
        return Err(th.type_error(format!("make_encoder() argument 1 must be dict or None, not {got}")));
    }
    let e = Encoder {
        markers: Slot::new(a[1]),
        default: Slot::new(a[2]),
        encoder: Slot::new(a[3]),
        indent: Slot::new(a[4]),
        key_separator: Slot::new(a[5]),
        item_separator: Slot::new(a[6]),
        sort_keys: Cell::new(sort_keys),
        skip_keys: Cell::new(skip_keys),
        allow_nan: Cell::new(allow_nan),
    };
    Ok(custom::alloc(th, class, e)?.value())
}

/// How strings are encoded.
#[derive(Clone, Copy)]
enum Strings {
    Native { ascii: bool },
    Call,
}

/// One run of an encoder.
struct Run<'a> {
    th: &'a Thread,
    e: Custom<Encoder>,
    strings: Strings,
    out: CharsBuf,
    /// Scratch for numbers.
    digits: Vec<u8>,
}

fn which(v: Value) -> Strings {
    let f = Native::from_value(v).map(|n| n.def().func);
    let is = |own: NativeFn| f.is_some_and(|f| std::ptr::fn_addr_eq(f, own));
    if is(escape::encode_basestring_ascii) {
        Strings::Native { ascii: true }
    } else if is(escape::encode_basestring) {
        Strings::Native { ascii: false }
    } else {
        Strings::Call
    }
}

impl<'a> Run<'a> {
    fn enter(&self) -> Res<Nested<'a>> {
        match self.th.nest("") {
            Ok(nested) => Ok(nested),
            Err(_) => {
                self.th.clear_pending();
                let text = "maximum recursion depth exceeded while encoding a JSON object";
                Err(self.th.raise_new(TypeId::RecursionError, text))
            }
        }
    }

    fn string(&mut self, v: Value) -> Res<()> {
        if let Strings::Native { ascii } = self.strings {
            quote(Str::of(v).chars(), ascii, &mut self.out);
            return Ok(());
        }
        let r = call::call(self.th, self.e.encoder.get(), &[v])?;
        match Str::from_value(r) {
            Some(s) => {
                self.out.extend(s.chars());
                Ok(())
            }
            None => {
                let got = type_name(self.th, r);
                Err(self.th.type_error(format!("encoder() must return a string, not {got}")))
            }
        }
    }

    fn float(&mut self, v: Value, x: f64) -> Res<()> {
        if !x.is_finite() {
            if !self.e.allow_nan.get() {
                let shown = protocol::repr_text(self.th, v)?;
                return Err(self
                    .th
                    .value_error(format!("Out of range float values are not JSON compliant: {shown}")));
            }
            self.out.extend_str(if x.is_nan() {
                "NaN"
            } else if x > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            });
            return Ok(());
        }
        self.digits.clear();
        krait_number::float::write_repr(x, &mut self.digits);
        self.out.extend_latin1(&self.digits);
        Ok(())
    }

    fn int(&mut self, v: Value) -> Res<()> {
        if let Some(n) = v.small_int() {
            self.digits.clear();
            krait_number::int::write_i64(n, &mut self.digits);
            self.out.extend_latin1(&self.digits);
            return Ok(());
        }
        let exact = int::exact(self.th, v)?;
        let text = int_methods::to_str(self.th, exact)?;
        self.out.extend(Str::of(text).chars());
        Ok(())
    }

    fn constant(v: Value) -> Option<&'static str> {
        if v.is_none() {
            Some("null")
        } else if v.is_true() {
            Some("true")
        } else if v.is_false() {
            Some("false")
        } else {
            None
        }
    }

    fn value(&mut self, v: Value) -> Res<()> {
        if v.is_small_int() {
            return self.int(v);
        }
        if v.is_float_word() {
            return self.float(v, v.as_float_word());
        }
        match v.kind() {
            Kind::Str => self.string(v),
            Kind::Int => self.int(v),
            Kind::Float => self.float(v, float::get(v).unwrap_or(0.0)),
            Kind::List | Kind::Tuple => {
                let _nested = self.enter()?;
                self.array(v)
            }
            Kind::Dict => {
                let _nested = self.enter()?;
                self.object(v)
            }
            _ => match Self::constant(v) {
                Some(text) => {
                    self.out.extend_str(text);
                    Ok(())
                }
                None => self.other(v),
            },
        }
    }

    /// Marks a container as being encoded; the key to unmark it by.
    fn mark(&self, v: Value) -> Res<Option<Value>> {
        let Some(markers) = Dict::from_value(self.e.markers.get()) else { return Ok(None) };
        let id = int::from_u64(self.th, if v.is_cell() { v.0 - 1 } else { v.0 });
        if markers.get(self.th, id)?.is_some() {
            return Err(self.th.value_error("Circular reference detected"));
        }
        markers.set(self.th, id, v)?;
        Ok(Some(id))
    }

    fn unmark(&self, id: Option<Value>) -> Res<()> {
        if let (Some(id), Some(markers)) = (id, Dict::from_value(self.e.markers.get())) {
            markers.remove(self.th, id)?;
        }
        Ok(())
    }

    fn other(&mut self, v: Value) -> Res<()> {
        let id = self.mark(v)?;
        let new = call::call(self.th, self.e.default.get(), &[v])?;
        let _nested = self.enter()?;
        self.value(new)?;
        self.unmark(id)
    }

    fn array(&mut self, v: Value) -> Res<()> {
        let len = if v.is_kind(Kind::List) { List::of(v).len() } else { Tuple::of(v).len() };
        if len == 0 {
            self.out.extend_str("[]");
            return Ok(());
        }
        let id = self.mark(v)?;
        self.out.push('[' as u32);
        let mut i = 0;
        loop {
            let item = if v.is_kind(Kind::List) {
                List::of(v).get(i)
            } else {
                Tuple::of(v).as_slice().get(i).copied()
            };
            let Some(item) = item else { break };
            if i > 0 {
                self.separator(self.e.item_separator.get());
            }
            self.value(item)?;
            i += 1;
        }
        self.unmark(id)?;
        self.out.push(']' as u32);
        Ok(())
    }

    #[inline]
    fn separator(&mut self, v: Value) {
        self.out.extend(Str::of(v).chars());
    }

    fn object(&mut self, v: Value) -> Res<()> {
        let d = Dict::of(v);
        if d.is_empty() {
            self.out.extend_str("{}");
            return Ok(());
        }
        let id = self.mark(v)?;
        self.out.push('{' as u32);
        let mut first = true;
        if self.e.sort_keys.get() || !v.has_shape(fixed::DICT) {
            let items = call::call_method(self.th, v, self.th.name(Name::items), &[])?;
            let items = protocol::collect(self.th, items)?;
            let items = list::from_vec(self.th, items);
            if self.e.sort_keys.get() {
                call::call_method(self.th, items, self.th.name(Name::sort), &[])?;
            }
            let mut i = 0;
            while let Some(item) = List::of(items).get(i) {
                i += 1;
                let Some(pair) = Tuple::from_value(item).filter(|t| t.len() == 2) else {
                    return Err(self.th.value_error("items must return 2-tuples"));
                };
                self.member(&mut first, pair.get(0), pair.get(1))?;
            }
        } else {
            let mut at = 0;
            while let Some((k, x)) = d.next(self.th, &mut at) {
                self.member(&mut first, k, x)?;
            }
        }
        self.unmark(id)?;
        self.out.push('}' as u32);
        Ok(())
    }

    fn member(&mut self, first: &mut bool, k: Value, v: Value) -> Res<()> {
        let key = if k.is_kind(Kind::Str) {
            k
        } else if let Some(text) = Self::constant(k) {
            string::new(self.th, text)
        } else if k.kind() == Kind::Float || int::is_int(k) {
            self.number_key(k)?
        } else if self.e.skip_keys.get() {
            return Ok(());
        } else {
            let got = type_name(self.th, k);
            return Err(self.th.type_error(format!("keys must be str, int, float, bool or None, not {got}")));
        };
        if *first {
            *first = false;
        } else {
            self.separator(self.e.item_separator.get());
        }
        self.string(key)?;
        self.separator(self.e.key_separator.get());
        self.value(v)
    }

    /// The text of a number as a string object.
    fn number_key(&mut self, k: Value) -> Res {
        let before = std::mem::replace(&mut self.out, CharsBuf::with_capacity(24));
        let done = match float::get(k) {
            Some(x) => self.float(k, x),
            None => self.int(k),
        };
        let text = std::mem::replace(&mut self.out, before);
        done?;
        string::from_buf(self.th, &text)
    }
}

fn iterencode(th: &Thread, encoder: Value, args: &[Value], kwnames: Value) -> Res {
    let names = Tuple::from_value(kwnames).map_or(&[][..], Tuple::as_slice);
    let mut found = [args.first().copied(), args.get(1).copied()];
    if args.len() > 2 {
        let n = args.len();
        return Err(th.type_error(format!("_iterencode() takes at most 2 arguments ({n} given)")));
    }
    if !names.is_empty() {
        let (positional, values) = args.split_at(args.len() - names.len());
        found = [positional.first().copied(), positional.get(1).copied()];
        for (&name, &v) in names.iter().zip(values) {
            match Str::of(name).to_text().as_str() {
                "obj" => found[0] = Some(v),
                "_current_indent_level" => found[1] = Some(v),
                other => {
                    return Err(
                        th.type_error(format!("'{other}' is an invalid keyword argument for _iterencode()"))
                    );
                }
            }
        }
    }
    let obj = match found {
        [Some(v), Some(level)] => {
            krait_object::module_tools::ssize(th, level)?;
            v
        }
        [None, _] => return Err(th.type_error("_iterencode() missing required argument 'obj' (pos 1)")),
        _ => {
            let text = "_iterencode() missing required argument '_current_indent_level' (pos 2)";
            return Err(th.type_error(text));
        }
    };
    let e = Custom::<Encoder>::of(encoder);
    let mut run = Run {
        th,
        e,
        strings: which(e.encoder.get()),
        out: CharsBuf::with_capacity(256),
        digits: Vec::with_capacity(32),
    };
    run.value(obj)?;
    let text = string::from_buf(th, &run.out)?;
    tuple::from_slice(th, &[text])
}

macro_rules! getters {
    ($($name:ident $field:ident;)*) => {
        $(fn $name(_: &Thread, v: Value) -> Res { Ok(Custom::<Encoder>::of(v).$field.get()) })*
    };
}
getters! {
    get_markers markers; get_default default; get_encoder encoder; get_indent indent;
    get_key_separator key_separator; get_item_separator item_separator;
}

fn get_sort_keys(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Encoder>::of(v).sort_keys.get()))
}

fn get_skipkeys(_: &Thread, v: Value) -> Res {
    Ok(Value::bool(Custom::<Encoder>::of(v).skip_keys.get()))
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)" encoder_new, "";
        method "__call__" "(/, *args, **kwargs)" custom::call_method, "";
    }
}

static GETSET: &[GetSetDef] = &[
    GetSetDef::ro("markers", get_markers, "markers").member(),
    GetSetDef::ro("default", get_default, "default").member(),
    GetSetDef::ro("encoder", get_encoder, "encoder").member(),
    GetSetDef::ro("indent", get_indent, "indent").member(),
    GetSetDef::ro("key_separator", get_key_separator, "key_separator").member(),
    GetSetDef::ro("item_separator", get_item_separator, "item_separator").member(),
    GetSetDef::ro("sort_keys", get_sort_keys, "sort_keys").member(),
    GetSetDef::ro("skipkeys", get_skipkeys, "skipkeys").member(),
];

pub static ENCODER: NativeClass = NativeClass::new(
    ClassSpec::new("_json.Encoder", "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)", METHODS, GETSET)
        .flags(0),
);
