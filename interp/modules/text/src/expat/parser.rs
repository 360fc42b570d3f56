//! `xmlparser` objects.

use super::{dispatch, raise, text_arg};
use krait_object::buffer;
use krait_object::cellref::Slot;
use krait_object::class::{ClassSpec, flag, type_name};
use krait_object::custom::{self, Custom, Payload};
use krait_object::descriptor::GetSetDef;
use krait_object::native_class::NativeClass;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, attr, bytes, call, codec, int, natives, protocol};
use krait_xml::{ParamEntities, Parser, Step};
use std::cell::{Cell, RefCell};

macro_rules! handlers {
    ($($name:ident $attribute:literal;)*) => {
        /// The handlers of a parser.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum Handler { $($name),* }

        const HANDLERS: usize = [$($attribute),*].len();

        static GETSET: &[GetSetDef] = &[
            $(GetSetDef::rw(
                $attribute,
                |_, v| Ok(This::of(v).handlers[Handler::$name as usize].get()),
                |th, v, new| set_handler(th, v, Handler::$name, new),
                "",
            ),)*
            GetSetDef::ro("intern", |_, v| Ok(This::of(v).intern.get()), "").member(),
            GetSetDef::ro("CurrentByteIndex", |th, v| Ok(place(th, v, 0)), ""),
            GetSetDef::ro("CurrentColumnNumber", |th, v| Ok(place(th, v, 1)), ""),
            GetSetDef::ro("CurrentLineNumber", |th, v| Ok(place(th, v, 2)), ""),
            GetSetDef::ro("ErrorByteIndex", |th, v| Ok(place(th, v, 0)), ""),
            GetSetDef::ro("ErrorCode", |_, v| Ok(Value::small(This::of(v).error.get().into())), ""),
            GetSetDef::ro("ErrorColumnNumber", |th, v| Ok(place(th, v, 1)), ""),
            GetSetDef::ro("ErrorLineNumber", |th, v| Ok(place(th, v, 2)), ""),
            GetSetDef::rw("buffer_size", |th, v| Ok(int::from_usize(th, This::of(v).buffer_size.get())), set_buffer_size, ""),
            GetSetDef::rw("buffer_text", |_, v| Ok(Value::bool(This::of(v).buffer_text.get())), set_buffer_text, ""),
            GetSetDef::ro("buffer_used", |th, v| Ok(int::from_usize(th, This::of(v).kept.borrow().len())), ""),
            GetSetDef::rw("namespace_prefixes", |_, v| Ok(Value::bool(This::of(v).prefixes.get())), set_prefixes, ""),
            GetSetDef::rw("ordered_attributes", |_, v| Ok(Value::bool(This::of(v).ordered.get())), |th, v, new| {
                This::of(v).ordered.set(truth(th, new)?);
                Ok(())
            }, ""),
            GetSetDef::rw("specified_attributes", |_, v| Ok(Value::bool(This::of(v).specified.get())), |th, v, new| {
                This::of(v).specified.set(truth(th, new)?);
                Ok(())
            }, ""),
        ];
    };
}

handlers! {
    AttlistDecl "AttlistDeclHandler";
    CharacterData "CharacterDataHandler";
    Comment "CommentHandler";
    Default "DefaultHandler";
    DefaultExpand "DefaultHandlerExpand";
    ElementDecl "ElementDeclHandler";
    EndCdataSection "EndCdataSectionHandler";
    EndDoctypeDecl "EndDoctypeDeclHandler";
    EndElement "EndElementHandler";
    EndNamespaceDecl "EndNamespaceDeclHandler";
    EntityDecl "EntityDeclHandler";
    ExternalEntityRef "ExternalEntityRefHandler";
    NotStandalone "NotStandaloneHandler";
    NotationDecl "NotationDeclHandler";
    ProcessingInstruction "ProcessingInstructionHandler";
    SkippedEntity "SkippedEntityHandler";
    StartCdataSection "StartCdataSectionHandler";
    StartDoctypeDecl "StartDoctypeDeclHandler";
    StartElement "StartElementHandler";
    StartNamespaceDecl "StartNamespaceDeclHandler";
    UnparsedEntityDecl "UnparsedEntityDeclHandler";
    XmlDecl "XmlDeclHandler";
}

/// A parser. The engine is borrowed only between two calls of handlers, which may use the parser.
pub struct XmlParser {
    pub engine: RefCell<Parser>,
    pub handlers: [Slot; HANDLERS],
    /// A dict of names, or None.
    pub intern: Slot,
    /// Text that is to be given in one piece.
    pub kept: RefCell<String>,
    pub buffer_size: Cell<usize>,
    pub buffer_text: Cell<bool>,
    pub ordered: Cell<bool>,
    pub specified: Cell<bool>,
    prefixes: Cell<bool>,
    pub in_callback: Cell<bool>,
    /// Number of the error that ended parsing.
    error: Cell<u8>,
    deferral: Cell<bool>,
}

pub type This = Custom<XmlParser>;

impl Payload for XmlParser {
    const NAME: &'static str = "xmlparser";
    fn trace(&self, tracer: &mut krait_gc::Tracer) {
        for h in &self.handlers {
            h.trace(tracer);
        }
        self.intern.trace(tracer);
    }
}

impl XmlParser {
    pub fn handler(&self, h: Handler) -> Option<Value> {
        Some(self.handlers[h as usize].get()).filter(|v| !v.is_none())
    }
}

pub static CLASS: NativeClass =
    NativeClass::new(ClassSpec::new("pyexpat.xmlparser", "XML parser", METHODS, GETSET).flags(flag::NO_NEW));

/// A new parser without handlers.
pub fn new(th: &Thread, engine: Parser, intern: Value) -> Res {
    let p = XmlParser {
        engine: RefCell::new(engine),
        handlers: std::array::from_fn(|_| Slot::new(Value::none())),
        intern: Slot::new(intern),
        kept: RefCell::default(),
        buffer_size: Cell::new(8192),
        buffer_text: Cell::new(false),
        ordered: Cell::new(false),
        specified: Cell::new(false),
        prefixes: Cell::new(false),
        in_callback: Cell::new(false),
        error: Cell::new(0),
        deferral: Cell::new(true),
    };
    Ok(custom::alloc(th, CLASS.get(th)?, p)?.value())
}

/// The new value of an attribute.
fn given(th: &Thread, v: Value) -> Res {
    v.given().ok_or_else(|| th.runtime_error("Cannot delete attribute"))
}

fn truth(th: &Thread, v: Value) -> Res<bool> {
    protocol::truth(th, given(th, v)?)
}

fn set_handler(th: &Thread, v: Value, h: Handler, new: Value) -> Result<(), Raised> {
    let p = This::of(v);
    let new = given(th, new)?;
    if h == Handler::CharacterData {
        // What was kept belongs to the handler before.
        dispatch::flush(th, p)?;
    }
    p.handlers[h as usize].set(th, p.cell(), new);
    match h {
        Handler::Default => p.engine.borrow_mut().expand = false,
        Handler::DefaultExpand => p.engine.borrow_mut().expand = true,
        _ => {}
    }
    Ok(())
}

fn set_buffer_text(th: &Thread, v: Value, new: Value) -> Result<(), Raised> {
    let p = This::of(v);
    let on = truth(th, new)?;
    if !on {
        dispatch::flush(th, p)?;
    }
    p.buffer_text.set(on);
    Ok(())
}

fn set_buffer_size(th: &Thread, v: Value, new: Value) -> Result<(), Raised> {
    let p = This::of(v);
    let new = given(th, new)?;
    if !int::is_int(new) {
        return Err(th.type_error("buffer_size must be an integer"));
    }
    let Some(n) = int::to_i64(new) else {
        return Err(th.overflow_error("Python int too large to convert to C long"));
    };
    if n <= 0 {
        return Err(th.value_error("buffer_size must be greater than zero"));
    }
    if n > i32::MAX.into() {
        return Err(th.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    dispatch::flush(th, p)?;
    p.buffer_size.set(n as usize);
    Ok(())
}

fn set_prefixes(th: &Thread, v: Value, new: Value) -> Result<(), Raised> {
    let p = This::of(v);
    let on = truth(th, new)?;
    p.prefixes.set(on);
    p.engine.borrow_mut().set_triplets(on);
    Ok(())
}

/// Byte index, column or line.
fn place(th: &Thread, v: Value, what: usize) -> Value {
    let place = This::of(v).engine.borrow().place();
    let n = match (place, what) {
        (None, 0) => -1,
        (None, 1) => 0,
        (None, _) => 1,
        (Some(p), 0) => p.index as i64,
        (Some(p), 1) => p.column as i64,
        (Some(p), _) => p.line as i64,
    };
    int::from_i64(th, n)
}

/// Feeds bytes and handles what they make complete.
fn feed(th: &Thread, p: This, data: &[u8], last: bool) -> Res {
    let fed = p.engine.borrow_mut().feed(data, last);
    let mut fault = fed.err();
    while fault.is_none() {
        let step = p.engine.borrow_mut().next();
        match step {
            Ok(Step::Token(t)) => {
                if let Err(r) = dispatch::token(th, p, &t) {
                    dispatch::clear(&p);
                    p.kept.borrow_mut().clear();
                    return Err(r);
                }
            }
            Ok(Step::More) => break,
            Err(f) => fault = Some(f),
        }
    }
    match fault {
        None => {
            dispatch::flush(th, p)?;
            Ok(Value::small(1))
        }
        Some(f) => {
            p.error.set(f.code);
            dispatch::flush(th, p)?;
            Err(raise(th, f))
        }
    }
}

fn parse(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let last = a[2].given().map_or(Ok(false), |v| protocol::truth(th, v))?;
    if let Some(s) = Str::from_value(a[1]) {
        let text = codec::utf8(th, s)?;
        p.engine.borrow_mut().set_encoding("utf-8");
        return feed(th, p, text.as_bytes(), last);
    }
    let data = buffer::bytes_like(th, a[1])?;
    feed(th, p, &data, last)
}

const BLOCK: i64 = 2048;

fn parse_file(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let name = th.interp.interned.intern_text(th, "read");
    let Some(read) = attr::get_opt(th, a[1], name)? else {
        return Err(th.type_error("argument must have 'read' attribute"));
    };
    loop {
        let got = call::call(th, read, &[Value::small(BLOCK)])?;
        let view;
        let data: &[u8] = match bytes::get(got) {
            Some(b) => b,
            None if krait_object::bytearray::get(got).is_some() => {
                view = buffer::bytes_like(th, got)?;
                &view
            }
            None => {
                let name = type_name(th, got);
                return Err(th.type_error(format!("read() did not return a bytes object (type={name})")));
            }
        };
        if data.len() as i64 > BLOCK {
            return Err(th.value_error(format!(
                "read() returned too much data: {BLOCK} bytes requested, {} returned",
                data.len()
            )));
        }
        let last = data.is_empty();
        let r = feed(th, p, data, last)?;
        if last {
            return Ok(r);
        }
    }
}

fn set_base(th: &Thread, a: &[Value]) -> Res {
    let base = codec::utf8(th, string::expect(th, a[1], "SetBase() argument")?)?;
    This::of(a[0]).engine.borrow_mut().base = Some(base);
    Ok(Value::none())
}

fn get_base(th: &Thread, a: &[Value]) -> Res {
    let base = This::of(a[0]).engine.borrow().base.clone();
    base.map_or(Ok(Value::none()), |b| string::try_new(th, &b))
}

fn get_input_context(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    if !p.in_callback.get() {
        return Ok(Value::none());
    }
    let text = p.engine.borrow().context().to_owned();
    bytes::from_slice(th, text.as_bytes())
}

fn external_parser(th: &Thread, a: &[Value]) -> Res {
    let p = This::of(a[0]);
    let context = text_arg(th, a[1], "ExternalEntityParserCreate() argument 1")?;
    let encoding = text_arg(th, a[2], "ExternalEntityParserCreate() argument 2")?;
    let engine = p.engine.borrow().child(context.as_deref(), encoding.as_deref());
    let made = new(th, engine, p.intern.get())?;
    let child = This::of(made);
    child.buffer_size.set(p.buffer_size.get());
    for (to, from) in [
        (&child.buffer_text, &p.buffer_text),
        (&child.ordered, &p.ordered),
        (&child.specified, &p.specified),
        (&child.prefixes, &p.prefixes),
    ] {
        to.set(from.get());
    }
    for (to, from) in child.handlers.iter().zip(&p.handlers) {
        to.set(th, child.cell(), from.get());
    }
    Ok(made)
}

fn set_param_entity_parsing(th: &Thread, a: &[Value]) -> Res {
    let flag = match krait_object::arguments::c_int(th, a[1])? {
        0 => ParamEntities::Never,
        1 => ParamEntities::UnlessStandalone,
        _ => ParamEntities::Always,
    };
    Ok(Value::small(This::of(a[0]).engine.borrow_mut().set_params(flag).into()))
}

fn use_foreign_dtd(th: &Thread, a: &[Value]) -> Res {
    let on = a[1].given().map_or(Ok(true), |v| protocol::truth(th, v))?;
    let p = This::of(a[0]);
    let done = p.engine.borrow_mut().set_foreign(on);
    if done {
        return Ok(Value::none());
    }
    let place = p.engine.borrow().place().unwrap_or(krait_xml::Place { index: 0, line: 1, column: 0 });
    Err(raise(th, krait_xml::Fault { code: krait_xml::code::CANT_CHANGE_FEATURE_ONCE_PARSING, place }))
}

/// Tokens are given as soon as they are complete, whatever the flag says.
fn set_deferral(th: &Thread, a: &[Value]) -> Res {
    This::of(a[0]).deferral.set(protocol::truth(th, a[1])?);
    Ok(Value::none())
}

fn get_deferral(_: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(This::of(a[0]).deferral.get()))
}

fn no_pickle(th: &Thread, _: &[Value]) -> Res {
    Err(th.raise_new(TypeId::TypeError, "cannot pickle 'pyexpat.xmlparser' object"))
}

natives! {
    static METHODS = {
        method "Parse" "(data, isfinal=False, /)" parse, "Parse XML data.";
        method "ParseFile" "(file, /)" parse_file, "Parse XML data from a file.";
        method "SetBase" "(base, /)" set_base, "";
        method "GetBase" "()" get_base, "";
        method "GetInputContext" "()" get_input_context, "";
        method "ExternalEntityParserCreate" "(context, encoding=None, /)" external_parser, "";
        method "SetParamEntityParsing" "(flag, /)" set_param_entity_parsing, "";
        method "UseForeignDTD" "(flag=True, /)" use_foreign_dtd, "";
        method "SetReparseDeferralEnabled" "(enabled, /)" set_deferral, "";
        method "GetReparseDeferralEnabled" "()" get_deferral, "";
        method "__reduce__" "()" no_pickle, "";
    }
}
