//! Filters as dicts: `{"id": FILTER_LZMA2, "preset": 6}` and the like.

use super::ERROR;
use krait_object::dict::{self, Dict};
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{TypeId, call, int, protocol};
use krait_zip::lzma::{Filter, Options, PRESET_DEFAULT};

/// An unsigned number of 64 bits.
pub fn uint64(th: &Thread, v: Value) -> Res<u64> {
    if !int::is_int(v) {
        return Err(th.type_error("an integer is required"));
    }
    if int::with_ref(v, |r| r.signum()) < 0 {
        return Err(th.overflow_error("can't convert negative int to unsigned"));
    }
    int::with_ref(v, |r| r.to_u64()).ok_or_else(|| th.overflow_error("int too big to convert"))
}

/// An unsigned number of 32 bits.
pub fn uint32(th: &Thread, v: Value) -> Res<u32> {
    u32::try_from(uint64(th, v)?).map_err(|_| th.overflow_error("Value too large for uint32_t type"))
}

#[cold]
pub fn bad_preset(th: &Thread, v: Value) -> Raised {
    let shown = v.given_not_none().and_then(int::to_i64).unwrap_or(PRESET_DEFAULT.into());
    ERROR.raise(th, format!("Invalid compression preset: {shown}"))
}

/// `spec[key]`, or None when there is no such key.
fn entry(th: &Thread, spec: Value, key: &str) -> Res<Option<Value>> {
    let found = protocol::getitem(th, spec, string::new(th, key));
    th.catch(found, TypeId::KeyError)
}

/// ValueError when the spec has keys besides these.
fn check_keys(th: &Thread, spec: Value, keys: &[&str], what: &str) -> Result<(), Raised> {
    let wrong = || th.value_error(format!("Invalid filter specifier for {what} filter"));
    let all = match Dict::from_value(spec) {
        Some(_) => spec,
        None => call::call_method_text(th, spec, "keys", &[])?,
    };
    protocol::for_each(th, all, &mut |k| match Str::from_value(k) {
        Some(s) if keys.iter().any(|key| s.is(key)) => Ok(()),
        _ => Err(wrong()),
    })
}

/// An optional number of the spec.
fn number(th: &Thread, spec: Value, key: &str, what: &str) -> Res<Option<u32>> {
    let Some(v) = entry(th, spec, key)? else { return Ok(None) };
    match uint32(th, v) {
        Ok(n) => Ok(Some(n)),
        // Whatever is wrong with a number, the specifier is.
        Err(_) => {
            th.clear_pending();
            Err(th.value_error(format!("Invalid filter specifier for {what} filter")))
        }
    }
}

fn lzma_options(th: &Thread, spec: Value) -> Res<Options> {
    let preset = entry(th, spec, "preset")?;
    let level = preset.map_or(Ok(PRESET_DEFAULT), |v| uint32(th, v))?;
    let Some(mut o) = Options::preset(level) else {
        return Err(bad_preset(th, preset.unwrap_or(Value::MISSING)));
    };
    const KEYS: [&str; 10] =
        ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    check_keys(th, spec, &KEYS, "LZMA")?;
    let fields: [(&str, &mut u32); 8] = [
        ("dict_size", &mut o.dict_size),
        ("lc", &mut o.lc),
        ("lp", &mut o.lp),
        ("pb", &mut o.pb),
        ("mode", &mut o.mode),
        ("nice_len", &mut o.nice_len),
        ("mf", &mut o.mf),
        ("depth", &mut o.depth),
    ];
    for (key, to) in fields {
        if let Some(n) = number(th, spec, key, "LZMA")? {
            *to = n;
        }
    }
    Ok(o)
}

/// A filter.
pub fn filter(th: &Thread, spec: Value) -> Res<Filter> {
    let is_mapping = Dict::from_value(spec).is_some()
        || krait_object::class::Class::of_value(th, spec)
            .special(th, krait_object::Name::__getitem__)
            .is_some();
    if !is_mapping {
        return Err(th.type_error("Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = entry(th, spec, "id")? else {
        return Err(th.value_error("Filter specifier must have an \"id\" entry"));
    };
    let id = uint64(th, id)?;
    match id {
        krait_zip::lzma::FILTER_LZMA1 => Ok(Filter::Lzma1(lzma_options(th, spec)?)),
        krait_zip::lzma::FILTER_LZMA2 => Ok(Filter::Lzma2(lzma_options(th, spec)?)),
        krait_zip::lzma::FILTER_DELTA => {
            check_keys(th, spec, &["id", "dist"], "delta")?;
            Ok(Filter::Delta(number(th, spec, "dist", "delta")?.unwrap_or(1)))
        }
        _ => match Filter::branch(id) {
            Some(b) => {
                check_keys(th, spec, &["id", "start_offset"], "BCJ")?;
                Ok(Filter::Branch(b, number(th, spec, "start_offset", "BCJ")?.unwrap_or(0)))
            }
            None => Err(th.value_error(format!("Invalid filter ID: {id}"))),
        },
    }
}

/// A chain of filters.
pub fn filters(th: &Thread, v: Value) -> Res<Vec<Filter>> {
    let n = protocol::len(th, v)?;
    if n > 4 {
        return Err(th.value_error("Too many filters - liblzma supports a maximum of 4"));
    }
    (0..n).map(|i| filter(th, protocol::getitem(th, v, Value::small(i as i64))?)).collect()
}

/// What is stored of a filter, as a dict; `stored` tells that anything is.
pub fn to_dict(th: &Thread, f: &Filter, stored: bool) -> Res {
    let d = dict::new(th);
    d.set_text(th, "id", int::from_u64(th, f.id()));
    let add = |key: &str, n: u32| d.set_text(th, key, Value::small(n.into()));
    match f {
        Filter::Lzma1(o) => {
            add("dict_size", o.dict_size);
            add("lc", o.lc);
            add("lp", o.lp);
            add("pb", o.pb);
        }
        Filter::Lzma2(o) => add("dict_size", o.dict_size),
        Filter::Delta(distance) => add("dist", *distance),
        Filter::Branch(_, offset) if stored => add("start_offset", *offset),
        Filter::Branch(..) => {}
    }
    Ok(d.value())
}
