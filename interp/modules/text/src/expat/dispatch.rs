//! Events to calls of handlers.

use super::parser::{Handler, This, XmlParser};
use krait_object::call;
use krait_object::dict::{self, Dict};
use krait_object::storage::ValueVec;
use krait_object::string;
use krait_object::thread::{Res, Thread};
use krait_object::tuple;
use krait_object::value::Value;
use krait_object::{TypeId, codec, list, protocol};
use krait_xml::{Event, Model, Token, code};

fn text(th: &Thread, s: &str) -> Res {
    string::try_new(th, s)
}

/// A text or None.
fn opt(th: &Thread, s: Option<&str>) -> Res {
    s.map_or(Ok(Value::none()), |s| text(th, s))
}

/// A name: the same object each time, if the parser has a dict for that.
fn name(th: &Thread, p: This, s: &str) -> Res {
    let v = text(th, s)?;
    match Dict::from_value(p.intern.get()) {
        Some(d) => d.get_or_add(th, v, v),
        None => Ok(v),
    }
}

fn opt_name(th: &Thread, p: This, s: Option<&str>) -> Res {
    s.map_or(Ok(Value::none()), |s| name(th, p, s))
}

/// Calls a handler; text that was kept comes first.
fn run(th: &Thread, p: This, f: Value, args: &[Value]) -> Res {
    let outer = p.in_callback.replace(true);
    let r = call::call(th, f, args);
    p.in_callback.set(outer);
    r
}

/// Gives the text that was kept to its handler.
pub fn flush(th: &Thread, p: This) -> Res<()> {
    let kept = std::mem::take(&mut *p.kept.borrow_mut());
    if kept.is_empty() {
        return Ok(());
    }
    characters(th, p, &kept)
}

fn characters(th: &Thread, p: This, s: &str) -> Res<()> {
    if let Some(f) = p.handler(Handler::CharacterData) {
        let v = text(th, s)?;
        run(th, p, f, &[v])?;
    }
    Ok(())
}

/// Text: kept, when the parser is to put pieces together.
fn on_text(th: &Thread, p: This, s: &str) -> Res<()> {
    if !p.buffer_text.get() {
        return characters(th, p, s);
    }
    let size = p.buffer_size.get();
    if p.kept.borrow().len() + s.len() > size {
        flush(th, p)?;
        if p.handler(Handler::CharacterData).is_none() {
            return Ok(());
        }
    }
    if s.len() > size {
        return characters(th, p, s);
    }
    p.kept.borrow_mut().push_str(s);
    Ok(())
}

fn model(th: &Thread, p: This, m: &Model) -> Res {
    th.check_native_stack()?;
    let mut parts = ValueVec::new();
    for part in &m.parts {
        let v = model(th, p, part)?;
        parts.push(th, v)?;
    }
    let parts = tuple::from_vec(th, &parts)?;
    let name = opt_name(th, p, m.name.as_deref())?;
    tuple::from_slice(th, &[Value::small(m.kind.into()), Value::small(m.quantifier.into()), name, parts])
}

/// Attributes as a dict, or as a list of names and values.
fn attributes(th: &Thread, p: This, all: &[(String, String)]) -> Res {
    if p.ordered.get() {
        let l = list::new(th);
        for (k, v) in all {
            let k = name(th, p, k)?;
            l.push(th, k)?;
            let v = text(th, v)?;
            l.push(th, v)?;
        }
        return Ok(l.value());
    }
    let d = dict::new(th);
    for (k, v) in all {
        let k = name(th, p, k)?;
        let v = text(th, v)?;
        d.set(th, k, v)?;
    }
    Ok(d.value())
}

/// The handler of an event, if there is one that takes it.
fn handler_of(p: This, e: &Event) -> Option<Value> {
    let h = match e {
        Event::StartNamespace { .. } => Handler::StartNamespaceDecl,
        Event::EndNamespace { .. } => Handler::EndNamespaceDecl,
        Event::Start { .. } => Handler::StartElement,
        Event::End { .. } => Handler::EndElement,
        Event::Text(_) => Handler::CharacterData,
        Event::Comment(_) => Handler::Comment,
        Event::Instruction { .. } => Handler::ProcessingInstruction,
        Event::StartCdata => Handler::StartCdataSection,
        Event::EndCdata => Handler::EndCdataSection,
        Event::Declaration { .. } => Handler::XmlDecl,
        Event::StartDoctype { .. } => Handler::StartDoctypeDecl,
        Event::EndDoctype => Handler::EndDoctypeDecl,
        Event::Entity(e) => {
            let unparsed = p.handler(Handler::UnparsedEntityDecl).filter(|_| e.notation.is_some());
            return unparsed.or_else(|| p.handler(Handler::EntityDecl));
        }
        Event::Notation { .. } => Handler::NotationDecl,
        Event::Element { .. } => Handler::ElementDecl,
        Event::Attribute { .. } => Handler::AttlistDecl,
        Event::External { .. } => Handler::ExternalEntityRef,
        Event::Skipped { .. } => Handler::SkippedEntity,
        Event::NotStandalone => Handler::NotStandalone,
        Event::UnknownEncoding(_) | Event::Other => return None,
    };
    p.handler(h)
}

/// Handles a token.
pub fn token(th: &Thread, p: This, t: &Token) -> Res<()> {
    if let Event::UnknownEncoding(name) = &t.event {
        return unknown_encoding(th, p, name);
    }
    let Some(f) = handler_of(p, &t.event) else {
        if !t.raw.is_empty()
            && let Some(f) = p.handler(Handler::DefaultExpand).or_else(|| p.handler(Handler::Default))
        {
            flush(th, p)?;
            let declares = matches!(
                t.event,
                Event::StartDoctype { .. }
                    | Event::EndDoctype
                    | Event::Entity(_)
                    | Event::Notation { .. }
                    | Event::Element { .. }
                    | Event::Attribute { .. }
            );
            if !declares {
                let v = text(th, &t.raw)?;
                run(th, p, f, &[v])?;
                return Ok(());
            }
            for piece in krait_xml::pieces(&t.raw) {
                let v = text(th, piece)?;
                run(th, p, f, &[v])?;
            }
        }
        return Ok(());
    };
    if let Event::Text(s) = &t.event {
        return on_text(th, p, s);
    }
    flush(th, p)?;
    let small = |n: i64| Value::small(n);
    let args: &[Value] = match &t.event {
        Event::StartNamespace { prefix, uri } => {
            &[opt_name(th, p, prefix.as_deref())?, opt_name(th, p, uri.as_deref())?]
        }
        Event::EndNamespace { prefix } => &[opt_name(th, p, prefix.as_deref())?],
        Event::Start { name: n, attributes: all, given } => {
            let shown = if p.specified.get() { &all[..*given] } else { &all[..] };
            let attributes = attributes(th, p, shown)?;
            &[name(th, p, n)?, attributes]
        }
        Event::End { name: n } => &[name(th, p, n)?],
        Event::Comment(s) => &[text(th, s)?],
        Event::Instruction { target, data } => &[name(th, p, target)?, text(th, data)?],
        Event::Declaration { version, encoding, standalone } => {
            &[opt(th, version.as_deref())?, opt(th, encoding.as_deref())?, small((*standalone).into())]
        }
        Event::StartDoctype { name: n, system, public, internal } => &[
            name(th, p, n)?,
            opt_name(th, p, system.as_deref())?,
            opt_name(th, p, public.as_deref())?,
            small((*internal).into()),
        ],
        Event::Entity(e) => {
            let name = name(th, p, &e.name)?;
            let base = opt_name(th, p, e.base.as_deref())?;
            let system = opt_name(th, p, e.system.as_deref())?;
            let public = opt_name(th, p, e.public.as_deref())?;
            let notation = opt_name(th, p, e.notation.as_deref())?;
            if e.notation.is_some() && p.handler(Handler::UnparsedEntityDecl).is_some() {
                &[name, base, system, public, notation]
            } else {
                let value = opt(th, e.value.as_deref())?;
                &[name, small(e.parameter.into()), value, base, system, public, notation]
            }
        }
        Event::Notation { name: n, base, system, public } => &[
            name(th, p, n)?,
            opt_name(th, p, base.as_deref())?,
            opt_name(th, p, system.as_deref())?,
            opt_name(th, p, public.as_deref())?,
        ],
        Event::Element { name: n, model: m } => {
            let model = model(th, p, m)?;
            &[name(th, p, n)?, model]
        }
        Event::Attribute { element, name: n, kind, default, required } => &[
            name(th, p, element)?,
            name(th, p, n)?,
            text(th, kind)?,
            opt(th, default.as_deref())?,
            small((*required).into()),
        ],
        Event::External { context, base, system, public } => &[
            opt(th, context.as_deref())?,
            opt_name(th, p, base.as_deref())?,
            opt_name(th, p, system.as_deref())?,
            opt_name(th, p, public.as_deref())?,
        ],
        Event::Skipped { name: n, parameter } => &[name(th, p, n)?, small((*parameter).into())],
        _ => &[],
    };
    let r = run(th, p, f, args)?;
    let refusal = match t.event {
        Event::External { .. } => code::EXTERNAL_ENTITY_HANDLING,
        Event::NotStandalone => code::NOT_STANDALONE,
        _ => return Ok(()),
    };
    if protocol::index_i64(th, r)? == 0 {
        p.engine.borrow_mut().refuse(refusal);
    }
    Ok(())
}

/// Makes the table of an encoding with a character for each byte by Python's codecs.
fn unknown_encoding(th: &Thread, p: This, name: &str) -> Res<()> {
    let all: Vec<u8> = (0..=255).collect();
    let decoded = codec::decode(th, &all, Some(name), Some("replace"));
    let decoded = match decoded {
        Ok(v) => krait_object::string::Str::of(v),
        Err(r) => {
            p.engine.borrow_mut().set_map(None);
            return Err(r);
        }
    };
    if decoded.len() != 256 {
        p.engine.borrow_mut().set_map(None);
        return Err(th.raise_new(TypeId::ValueError, "multi-byte encodings are not supported"));
    }
    let mut map = Box::new([None; 256]);
    for (to, c) in map.iter_mut().zip(decoded.chars().iter()) {
        *to = char::from_u32(c).filter(|&c| c != '\u{fffd}');
    }
    // What markup is written with must be as in ASCII.
    let foreign = (0..128u8).any(|b| {
        let used =
            matches!(b, b'\t' | b'\n' | b'\r') || ((b' '..0x7f).contains(&b) && !b"$@\\^`{}~".contains(&b));
        used && map[b as usize] != Some(b as char)
    });
    p.engine.borrow_mut().set_map(if foreign { None } else { Some(map) });
    Ok(())
}

/// Forgets all handlers, after one raised.
pub fn clear(p: &XmlParser) {
    for h in &p.handlers {
        h.init(Value::none());
    }
}
