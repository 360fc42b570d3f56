//! `unicodedata`: the character database, and its 3.2.0 version as an object with the same functions.

use crate::support::payload;
use krait_object::arguments::bad_argument;
use krait_object::class::{ClassSpec, flag};
use krait_object::custom;
use krait_object::descriptor::GetSetDef;
use krait_object::module::Module;
use krait_object::native_class::NativeClass;
use krait_object::native_module::ModuleDef;
use krait_object::string::{self, Str};
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{buffer, float, natives, str_build};
use krait_text::Chars;
use krait_text::names::{self, Named};
use krait_text::normalize::{self, Form};
use krait_text::ucd::{self, Version};

/// The `unicodedata` module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "unicodedata",
    doc: "Access to the Unicode Character Database, version 15.0.0.",
    functions: FUNCTIONS,
    exec,
};

/// Names longer than this are none.
const NAME_MAX: usize = 256;

/// The code point of an argument that must be a string of one character; `which` is "argument" or "argument 1".
fn char_arg(th: &Thread, v: Value, function: &str, which: &str) -> Res<u32> {
    match Str::from_value(v).filter(|s| s.len() == 1) {
        Some(s) => Ok(s.at(0)),
        None => Err(bad_argument(th, v, &format!("{function}() {which}"), "a unicode character")),
    }
}

/// A property, or the default in the second argument, or ValueError.
fn or_default(th: &Thread, a: &[Value], found: Option<Value>, error: &str) -> Res {
    match found.or(a[1].given()) {
        Some(v) => Ok(v),
        None => Err(th.value_error(error)),
    }
}

fn category(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "category", "argument")?;
    Ok(th.interp.interned.intern_text(th, ucd::record(version, c).category()))
}

fn bidirectional(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "bidirectional", "argument")?;
    Ok(th.interp.interned.intern_text(th, ucd::record(version, c).bidirectional()))
}

fn east_asian_width(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "east_asian_width", "argument")?;
    Ok(th.interp.interned.intern_text(th, ucd::record(version, c).east_asian_width()))
}

fn combining(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "combining", "argument")?;
    Ok(Value::small(ucd::record(version, c).combining().into()))
}

fn mirrored(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "mirrored", "argument")?;
    Ok(Value::small(ucd::record(version, c).mirrored().into()))
}

fn decomposition(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "decomposition", "argument")?;
    string::try_new(th, &ucd::decomposition(version, c))
}

fn decimal(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "decimal", "argument 1")?;
    let found = ucd::record(version, c).decimal().map(|n| Value::small(n.into()));
    or_default(th, a, found, "not a decimal")
}

fn digit(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "digit", "argument 1")?;
    let found = ucd::record(version, c).digit().map(|n| Value::small(n.into()));
    or_default(th, a, found, "not a digit")
}

fn numeric(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "numeric", "argument 1")?;
    let found = ucd::record(version, c).numeric().map(|x| float::new(th, x));
    or_default(th, a, found, "not a numeric character")
}

fn name(th: &Thread, version: Version, a: &[Value]) -> Res {
    let c = char_arg(th, a[0], "name", "argument 1")?;
    // What was not assigned yet had no name.
    let unknown = version == Version::V3_2 && ucd::record(version, c).category() == "Cn";
    let found = if unknown { None } else { names::name(c) };
    let found = match found {
        Some(text) => Some(string::try_new(th, &text)?),
        None => None,
    };
    or_default(th, a, found, "no such name")
}

#[cold]
fn undefined(th: &Thread, name: &[u8]) -> Raised {
    // C's string: it ends at a NUL.
    let name = name.split(|&b| b == 0).next().unwrap_or_default();
    let shown = format!("undefined character name '{}'", String::from_utf8_lossy(name));
    let text = string::new(th, &shown);
    th.key_error(text)
}

/// Was this a name in version 3.2.0? Aliases and sequences were not; CJK ideographs count as if they had all been there.
fn was_name(wanted: &[u8], named: Named) -> bool {
    let Named::Char(c) = named else { return false };
    wanted.starts_with(b"CJK UNIFIED IDEOGRAPH-")
        || ucd::record(Version::V3_2, c).category() != "Cn"
            && names::name(c).is_some_and(|n| n.as_bytes().eq_ignore_ascii_case(wanted))
}

fn lookup(th: &Thread, version: Version, a: &[Value]) -> Res {
    let owned;
    let buffer;
    let wanted: &[u8] = match Str::from_value(a[0]) {
        Some(s) => {
            owned = krait_object::codec::utf8(th, s)?;
            owned.as_bytes()
        }
        None if a[0].is_kind(krait_object::Kind::Bytes) => {
            buffer = buffer::bytes_like(th, a[0])?;
            &buffer
        }
        None => {
            buffer::bytes_like(th, a[0])?;
            return Err(bad_argument(th, a[0], "lookup() argument", "read-only bytes-like object"));
        }
    };
    if wanted.len() > NAME_MAX {
        let text = string::new(th, "name too long");
        return Err(th.key_error(text));
    }
    match names::lookup(wanted).filter(|n| version == Version::V15 || was_name(wanted, *n)) {
        Some(Named::Char(c)) => string::from_code_point(th, c),
        Some(Named::Sequence(codes)) => {
            let n = codes.iter().position(|&c| c == 0).unwrap_or(codes.len());
            string::from_chars(th, Chars::Four(&codes[..n]))
        }
        None => Err(undefined(th, wanted)),
    }
}

/// The arguments `form` and `unistr`.
fn form_args(th: &Thread, a: &[Value], function: &str) -> Res<(Option<Form>, Str)> {
    let form = string::expect(th, a[0], &format!("{function}() argument 1"))?;
    let text = string::expect(th, a[1], &format!("{function}() argument 2"))?;
    let form = form.as_ascii().and_then(|f| Form::from_name(f.as_bytes()));
    Ok((form, text))
}

#[cold]
fn invalid_form(th: &Thread) -> Raised {
    th.value_error("invalid normalization form")
}

fn normalize(th: &Thread, version: Version, a: &[Value]) -> Res {
    let (form, text) = form_args(th, a, "normalize")?;
    if text.is_empty() {
        return Ok(a[1]);
    }
    let Some(form) = form else { return Err(invalid_form(th)) };
    match normalize::normalize(version, form, text.chars()) {
        Some(buf) => string::from_buf(th, &buf),
        None => str_build::exact(th, text),
    }
}

fn is_normalized(th: &Thread, version: Version, a: &[Value]) -> Res {
    let (form, text) = form_args(th, a, "is_normalized")?;
    if text.is_empty() {
        return Ok(Value::true_());
    }
    let Some(form) = form else { return Err(invalid_form(th)) };
    Ok(Value::bool(normalize::is_normalized(version, form, text.chars())))
}

/// Makes each function twice: of the module, and of `UCD` objects.
macro_rules! both {
    ($($name:literal $text:literal $f:ident;)*) => {
        mod module {
            use super::*;
            $(pub fn $f(th: &Thread, a: &[Value]) -> Res {
                super::$f(th, Version::V15, a)
            })*
        }
        mod old {
            use super::*;
            $(pub fn $f(th: &Thread, a: &[Value]) -> Res {
                super::$f(th, Version::V3_2, &a[1..])
            })*
        }
        natives! {
            static FUNCTIONS = { $(function $name $text module::$f, "";)* }
        }
        natives! {
            static METHODS = { $(method $name $text old::$f, "";)* }
        }
    };
}

both! {
    "bidirectional" "(chr, /)" bidirectional;
    "category" "(chr, /)" category;
    "combining" "(chr, /)" combining;
    "decimal" "(chr, default=<unrepresentable>, /)" decimal;
    "decomposition" "(chr, /)" decomposition;
    "digit" "(chr, default=<unrepresentable>, /)" digit;
    "east_asian_width" "(chr, /)" east_asian_width;
    "is_normalized" "(form, unistr, /)" is_normalized;
    "lookup" "(name, /)" lookup;
    "mirrored" "(chr, /)" mirrored;
    "name" "(chr, default=<unrepresentable>, /)" name;
    "normalize" "(form, unistr, /)" normalize;
    "numeric" "(chr, default=<unrepresentable>, /)" numeric;
}

/// The database of version 3.2.0.
struct Ucd;

payload!(Ucd, "UCD", []);

fn version(th: &Thread, _: Value) -> Res {
    Ok(string::new(th, Version::V3_2.name()))
}

static GETSET: &[GetSetDef] = &[GetSetDef::ro("unidata_version", version, "").member()];

static UCD: NativeClass =
    NativeClass::new(ClassSpec::new("unicodedata.UCD", "", METHODS, GETSET).flags(flag::NO_NEW));

fn exec(th: &Thread, m: Module) -> Res<()> {
    let class = UCD.get(th)?;
    m.add_class(th, class);
    m.add_str(th, "unidata_version", Version::V15.name());
    let old = custom::alloc(th, class, Ucd)?;
    m.add(th, "ucd_3_2_0", old.value());
    Ok(())
}
