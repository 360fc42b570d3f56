//! The codec registry as `codecs` shows it.

use krait_object::codec::name_arg;
use krait_object::codec_registry as registry;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;

pub fn register(th: &Thread, a: &[Value]) -> Res {
    registry::register(th, a[0]).map(|()| Value::none())
}

pub fn unregister(th: &Thread, a: &[Value]) -> Res {
    registry::unregister(th, a[0]).map(|()| Value::none())
}

pub fn lookup(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "lookup() argument")?.unwrap_or_default();
    Ok(registry::lookup(th, &name)?.value())
}

/// The names of encoding and error handler.
fn names(th: &Thread, a: &[Value], function: &str) -> Res<(String, Option<String>)> {
    let encoding = name_arg(th, a[1], &format!("{function}() argument 'encoding'"))?;
    let errors = name_arg(th, a[2], &format!("{function}() argument 'errors'"))?;
    Ok((encoding.unwrap_or_else(|| "utf-8".into()), errors))
}

pub fn encode(th: &Thread, a: &[Value]) -> Res {
    let (encoding, errors) = names(th, a, "encode")?;
    registry::encode(th, a[0], &encoding, errors.as_deref())
}

pub fn decode(th: &Thread, a: &[Value]) -> Res {
    let (encoding, errors) = names(th, a, "decode")?;
    registry::decode(th, a[0], &encoding, errors.as_deref())
}

pub fn register_error(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "register_error() argument 1")?.unwrap_or_default();
    registry::register_error(th, &name, a[1]).map(|()| Value::none())
}

pub fn lookup_error(th: &Thread, a: &[Value]) -> Res {
    let name = name_arg(th, a[0], "lookup_error() argument")?.unwrap_or_default();
    registry::lookup_error(th, &name)
}
