//! `_locale`: the C library's locales, collation and message catalogs.
//!
//! Texts go to the C library in UTF-8 and come from it likewise, stray bytes as surrogates.

use krait_object::arguments::{bad_argument, c_int};
use krait_object::class::{Class, type_name};
use krait_object::module::Module;
use krait_object::native_class::{ExceptionBase, NativeException};
use krait_object::native_module::ModuleDef;
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::value::Value;
use krait_object::{Name, TypeId, bytes, call, codec, dict, exception_os, list, natives, string};
use libc::{c_char, c_int as int, wchar_t};
use std::ffi::{CStr, CString};

/// The `_locale` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_locale", doc: "Support for POSIX locales.", functions: FUNCTIONS, exec };

static ERROR: NativeException =
    NativeException::new("locale.Error", &[ExceptionBase::Builtin(TypeId::Exception)], "");

unsafe extern "C" {
    fn wcscoll(a: *const wchar_t, b: *const wchar_t) -> int;
    fn wcsxfrm(to: *mut wchar_t, from: *const wchar_t, n: usize) -> usize;
    fn gettext(msg: *const c_char) -> *mut c_char;
    fn dgettext(domain: *const c_char, msg: *const c_char) -> *mut c_char;
    fn dcgettext(domain: *const c_char, msg: *const c_char, category: int) -> *mut c_char;
    fn textdomain(domain: *const c_char) -> *mut c_char;
    fn bindtextdomain(domain: *const c_char, dir: *const c_char) -> *mut c_char;
    fn bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
}

/// A text of the C library; null is the empty one.
fn decode(th: &Thread, p: *const c_char) -> Res {
    if p.is_null() {
        return Ok(th.interp.empty_str.get());
    }
    // SAFETY: the C library gave a NUL-terminated text; it is copied before anything can change it.
    let text = unsafe { CStr::from_ptr(p) };
    codec::decode(th, text.to_bytes(), None, Some("surrogateescape"))
}

/// A text argument in UTF-8; `which` is "argument" or "argument N".
fn text_arg(th: &Thread, v: Value, function: &str, which: &str) -> Res<CString> {
    let text = codec::name_arg(th, v, &format!("{function}() {which}"))?.unwrap_or_default();
    CString::new(text).map_err(|_| th.value_error("embedded null character"))
}

/// As [`text_arg`], or None.
fn optional_arg(th: &Thread, v: Value, function: &str, which: &str) -> Res<Option<CString>> {
    match v.given_not_none() {
        None => Ok(None),
        Some(v) if Str::from_value(v).is_none() => {
            Err(bad_argument(th, v, &format!("{function}() {which}"), "str or None"))
        }
        Some(v) => text_arg(th, v, function, which).map(Some),
    }
}

fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(std::ptr::null(), |t| t.as_ptr())
}

fn setlocale(th: &Thread, a: &[Value]) -> Res {
    let category = c_int(th, a[0])?;
    let locale = optional_arg(th, a[1], "setlocale", "argument 2")?;
    // SAFETY: null or a NUL-terminated text.
    let found = unsafe { libc::setlocale(category, pointer(&locale)) };
    if found.is_null() {
        let text = if locale.is_some() { "unsupported locale setting" } else { "locale query failed" };
        return Err(ERROR.raise(th, text));
    }
    decode(th, found)
}

/// A grouping as a list of ints; what ends it is part of it.
fn grouping(th: &Thread, p: *const c_char) -> Res {
    let out = list::new(th);
    // SAFETY: a NUL-terminated text of the C library, copied at once.
    let text = unsafe { CStr::from_ptr(p) }.to_bytes_with_nul().to_vec();
    if text.len() > 1 {
        for b in text {
            out.push(th, Value::small(b.into()))?;
            if b == 0 || b == c_char::MAX as u8 {
                break;
            }
        }
    }
    Ok(out.value())
}

fn localeconv(th: &Thread, _: &[Value]) -> Res {
    let d = dict::new(th);
    // SAFETY: the struct is static; nothing below calls the C library's locale functions.
    let l = unsafe { &*libc::localeconv() };
    for (name, text) in [
        ("int_curr_symbol", l.int_curr_symbol),
        ("currency_symbol", l.currency_symbol),
        ("mon_decimal_point", l.mon_decimal_point),
        ("mon_thousands_sep", l.mon_thousands_sep),
    ] {
        d.set_text(th, name, decode(th, text)?);
    }
    d.set_text(th, "mon_grouping", grouping(th, l.mon_grouping)?);
    d.set_text(th, "positive_sign", decode(th, l.positive_sign)?);
    d.set_text(th, "negative_sign", decode(th, l.negative_sign)?);
    for (name, n) in [
        ("int_frac_digits", l.int_frac_digits),
        ("frac_digits", l.frac_digits),
        ("p_cs_precedes", l.p_cs_precedes),
        ("p_sep_by_space", l.p_sep_by_space),
        ("n_cs_precedes", l.n_cs_precedes),
        ("n_sep_by_space", l.n_sep_by_space),
        ("p_sign_posn", l.p_sign_posn),
        ("n_sign_posn", l.n_sign_posn),
    ] {
        d.set_text(th, name, Value::small(n.into()));
    }
    d.set_text(th, "decimal_point", decode(th, l.decimal_point)?);
    d.set_text(th, "thousands_sep", decode(th, l.thousands_sep)?);
    d.set_text(th, "grouping", grouping(th, l.grouping)?);
    Ok(d.value())
}

/// A string as C's wide characters.
fn wide(th: &Thread, v: Value, function: &str, which: &str) -> Res<Vec<wchar_t>> {
    let s = string::expect(th, v, &format!("{function}() {which}"))?;
    let mut out: Vec<wchar_t> = s.chars().iter().map(|c| c as wchar_t).collect();
    if out.contains(&0) {
        return Err(th.value_error("embedded null character"));
    }
    out.push(0);
    Ok(out)
}

fn strcoll(th: &Thread, a: &[Value]) -> Res {
    // Types are checked before contents.
    string::expect(th, a[0], "strcoll() argument 1")?;
    string::expect(th, a[1], "strcoll() argument 2")?;
    let x = wide(th, a[0], "strcoll", "argument 1")?;
    let y = wide(th, a[1], "strcoll", "argument 2")?;
    // Only the sign means anything.
    // SAFETY: both end in NUL.
    Ok(Value::small(unsafe { wcscoll(x.as_ptr(), y.as_ptr()) }.signum().into()))
}

fn strxfrm(th: &Thread, a: &[Value]) -> Res {
    let x = wide(th, a[0], "strxfrm", "argument")?;
    let mut out: Vec<wchar_t> = vec![0; x.len() + 1];
    loop {
        // SAFETY: `out` has room for as many wide characters as it is told; the source ends in NUL.
        let n = unsafe { wcsxfrm(out.as_mut_ptr(), x.as_ptr(), out.len()) };
        if n < out.len() {
            out.truncate(n);
            break;
        }
        out = vec![0; n + 1];
    }
    let units: Vec<u32> = out.iter().map(|&c| c as u32).collect();
    string::from_chars(th, krait_text::Chars::Four(&units))
}

fn nl_langinfo(th: &Thread, a: &[Value]) -> Res {
    let key = c_int(th, a[0])?;
    if !ITEMS.iter().any(|&(_, k)| k == key) {
        return Err(th.value_error("unsupported langinfo constant"));
    }
    // SAFETY: any number may be asked for.
    decode(th, unsafe { libc::nl_langinfo(key) })
}

fn getencoding(th: &Thread, _: &[Value]) -> Res {
    // SAFETY: the item is a constant.
    let name = decode(th, unsafe { libc::nl_langinfo(libc::CODESET) })?;
    if Str::of(name).is_empty() { Ok(string::new(th, "utf-8")) } else { Ok(name) }
}

fn gettext_(th: &Thread, a: &[Value]) -> Res {
    let msg = text_arg(th, a[0], "gettext", "argument")?;
    // SAFETY: a NUL-terminated text, and so below.
    decode(th, unsafe { gettext(msg.as_ptr()) })
}

fn dgettext_(th: &Thread, a: &[Value]) -> Res {
    let domain = optional_arg(th, a[0], "dgettext", "argument 1")?;
    let msg = text_arg(th, a[1], "dgettext", "argument 2")?;
    // SAFETY: as above.
    decode(th, unsafe { dgettext(pointer(&domain), msg.as_ptr()) })
}

fn dcgettext_(th: &Thread, a: &[Value]) -> Res {
    let domain = optional_arg(th, a[0], "dcgettext", "argument 1")?;
    let msg = text_arg(th, a[1], "dcgettext", "argument 2")?;
    let category = c_int(th, a[2])?;
    // SAFETY: as above.
    decode(th, unsafe { dcgettext(pointer(&domain), msg.as_ptr(), category) })
}

/// The OSError of `errno`.
#[cold]
fn os_error(th: &Thread) -> Raised {
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    exception_os::raise_errno(th, errno, Value::MISSING, Value::MISSING)
}

fn textdomain_(th: &Thread, a: &[Value]) -> Res {
    let domain = optional_arg(th, a[0], "textdomain", "argument")?;
    // SAFETY: as above.
    let found = unsafe { textdomain(pointer(&domain)) };
    if found.is_null() { Err(os_error(th)) } else { decode(th, found) }
}

/// A path argument (`str`, `bytes` or `os.PathLike`) as the system takes it.
fn path_arg(th: &Thread, v: Value) -> Res<CString> {
    let mut v = v;
    if Str::from_value(v).is_none() && bytes::get(v).is_none() {
        let class = Class::of_value(th, v);
        let Some(f) = class.special(th, Name::__fspath__) else {
            let name = type_name(th, v);
            return Err(th.type_error(format!("expected str, bytes or os.PathLike object, not {name}")));
        };
        v = call::call_special(th, f, v, &[])?;
    }
    let data = match Str::from_value(v) {
        Some(s) => codec::encode(th, s, None, Some("surrogateescape"))?,
        None => v,
    };
    match bytes::get(data) {
        Some(b) => CString::new(b).map_err(|_| th.value_error("embedded null byte")),
        None => {
            let name = type_name(th, v);
            Err(th.type_error(format!("expected __fspath__() to return str or bytes, not {name}")))
        }
    }
}

fn bindtextdomain_(th: &Thread, a: &[Value]) -> Res {
    let domain = text_arg(th, a[0], "bindtextdomain", "argument 1")?;
    if domain.is_empty() {
        return Err(ERROR.raise(th, "domain must be a non-empty string"));
    }
    let dir = match a[1].given_not_none() {
        Some(v) => Some(path_arg(th, v)?),
        None => None,
    };
    // SAFETY: as above.
    let found = unsafe { bindtextdomain(domain.as_ptr(), pointer(&dir)) };
    if found.is_null() { Err(os_error(th)) } else { decode(th, found) }
}

fn bind_textdomain_codeset_(th: &Thread, a: &[Value]) -> Res {
    let domain = text_arg(th, a[0], "bind_textdomain_codeset", "argument 1")?;
    let codeset = optional_arg(th, a[1], "bind_textdomain_codeset", "argument 2")?;
    // SAFETY: as above.
    let found = unsafe { bind_textdomain_codeset(domain.as_ptr(), pointer(&codeset)) };
    if found.is_null() { Ok(Value::none()) } else { decode(th, found) }
}

natives! {
    static FUNCTIONS = {
        function "setlocale" "(category, locale=<unrepresentable>, /)" setlocale, "Activates/queries locale processing.";
        function "localeconv" "()" localeconv, "";
        function "strcoll" "(os1, os2, /)" strcoll, "";
        function "strxfrm" "(string, /)" strxfrm, "";
        function "nl_langinfo" "(key, /)" nl_langinfo, "";
        function "gettext" "(msg, /)" gettext_, "";
        function "dgettext" "(domain, msg, /)" dgettext_, "";
        function "dcgettext" "(domain, msg, category, /)" dcgettext_, "";
        function "textdomain" "(domain, /)" textdomain_, "";
        function "bindtextdomain" "(domain, dir, /)" bindtextdomain_, "";
        function "bind_textdomain_codeset" "(domain, codeset, /)" bind_textdomain_codeset_, "";
        function "getencoding" "()" getencoding, "";
    }
}

/// GNU's format of `date`; the libc crate does not have it.
const DATE_FMT: int = 0x2006C;

/// What `nl_langinfo` may be asked for.
static ITEMS: &[(&str, int)] = &[
    ("DAY_1", libc::DAY_1),
    ("DAY_2", libc::DAY_2),
    ("DAY_3", libc::DAY_3),
    ("DAY_4", libc::DAY_4),
    ("DAY_5", libc::DAY_5),
    ("DAY_6", libc::DAY_6),
    ("DAY_7", libc::DAY_7),
    ("ABDAY_1", libc::ABDAY_1),
    ("ABDAY_2", libc::ABDAY_2),
    ("ABDAY_3", libc::ABDAY_3),
    ("ABDAY_4", libc::ABDAY_4),
    ("ABDAY_5", libc::ABDAY_5),
    ("ABDAY_6", libc::ABDAY_6),
    ("ABDAY_7", libc::ABDAY_7),
    ("MON_1", libc::MON_1),
    ("MON_2", libc::MON_2),
    ("MON_3", libc::MON_3),
    ("MON_4", libc::MON_4),
    ("MON_5", libc::MON_5),
    ("MON_6", libc::MON_6),
    ("MON_7", libc::MON_7),
    ("MON_8", libc::MON_8),
    ("MON_9", libc::MON_9),
    ("MON_10", libc::MON_10),
    ("MON_11", libc::MON_11),
    ("MON_12", libc::MON_12),
    ("ABMON_1", libc::ABMON_1),
    ("ABMON_2", libc::ABMON_2),
    ("ABMON_3", libc::ABMON_3),
    ("ABMON_4", libc::ABMON_4),
    ("ABMON_5", libc::ABMON_5),
    ("ABMON_6", libc::ABMON_6),
    ("ABMON_7", libc::ABMON_7),
    ("ABMON_8", libc::ABMON_8),
    ("ABMON_9", libc::ABMON_9),
    ("ABMON_10", libc::ABMON_10),
    ("ABMON_11", libc::ABMON_11),
    ("ABMON_12", libc::ABMON_12),
    ("RADIXCHAR", libc::RADIXCHAR),
    ("THOUSEP", libc::THOUSEP),
    ("CRNCYSTR", libc::CRNCYSTR),
    ("D_FMT", libc::D_FMT),
    ("D_T_FMT", libc::D_T_FMT),
    ("T_FMT", libc::T_FMT),
    ("AM_STR", libc::AM_STR),
    ("PM_STR", libc::PM_STR),
    ("CODESET", libc::CODESET),
    ("T_FMT_AMPM", libc::T_FMT_AMPM),
    ("ERA", libc::ERA),
    ("ERA_D_FMT", libc::ERA_D_FMT),
    ("ERA_D_T_FMT", libc::ERA_D_T_FMT),
    ("ERA_T_FMT", libc::ERA_T_FMT),
    ("ALT_DIGITS", libc::ALT_DIGITS),
    ("YESEXPR", libc::YESEXPR),
    ("NOEXPR", libc::NOEXPR),
    ("_DATE_FMT", DATE_FMT),
];

fn exec(th: &Thread, m: Module) -> Res<()> {
    for (name, n) in [
        ("LC_CTYPE", libc::LC_CTYPE),
        ("LC_TIME", libc::LC_TIME),
        ("LC_COLLATE", libc::LC_COLLATE),
        ("LC_MONETARY", libc::LC_MONETARY),
        ("LC_MESSAGES", libc::LC_MESSAGES),
        ("LC_NUMERIC", libc::LC_NUMERIC),
        ("LC_ALL", libc::LC_ALL),
        ("CHAR_MAX", c_char::MAX.into()),
    ] {
        m.add_int(th, name, n.into());
    }
    m.add(th, "Error", ERROR.get(th)?.value());
    for &(name, n) in ITEMS {
        m.add_int(th, name, n.into());
    }
    Ok(())
}
