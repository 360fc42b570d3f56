//! The standard streams: encoding and error mode by options, environment and locale.

use krait_modules_io::{Streams, setup};
use krait_object::interp::Config;
use krait_object::string::Str;
use krait_object::{Name, Res, Thread, attr, codec_registry};
use std::ffi::CStr;

/// Takes over the user's locale for text. Where none is set, "C.UTF-8" takes the place of "C" (PEP 538), for child
/// processes too. True when bytes that are no text are to go through: the locale says nothing about the encoding.
pub fn take_locale() -> bool {
    let set = |name: &CStr| {
        // SAFETY: a NUL-terminated name; no other thread runs yet.
        let r = unsafe { libc::setlocale(libc::LC_CTYPE, name.as_ptr()) };
        // SAFETY: null or a NUL-terminated string that is valid until the next call.
        (!r.is_null()).then(|| unsafe { CStr::from_ptr(r) }.to_bytes().to_vec())
    };
    let plain = |l: &[u8]| l == b"C" || l == b"POSIX";
    let locale = set(c"");
    if !locale.as_deref().is_none_or(plain) {
        // What "C" is coerced to says as little.
        return matches!(locale.as_deref(), Some(b"C.UTF-8" | b"C.utf8" | b"UTF-8"));
    }
    if std::env::var_os("LC_ALL").is_none_or(|v| v.is_empty())
        && std::env::var_os("PYTHONCOERCECLOCALE").is_none_or(|v| v != "0")
        && set(c"C.UTF-8").is_some()
    {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("LC_CTYPE", "C.UTF-8") };
    }
    true
}

/// The encoding of the locale.
fn locale_encoding() -> String {
    // SAFETY: a NUL-terminated string that is valid until the next call.
    let s = unsafe { CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) };
    s.to_string_lossy().into_owned()
}

/// The name that the codec calls itself.
fn codec_name(th: &Thread, encoding: &str) -> Res<String> {
    if encoding.eq_ignore_ascii_case("utf-8") || encoding.eq_ignore_ascii_case("utf8") {
        return Ok("utf-8".to_owned());
    }
    let codec = codec_registry::lookup(th, encoding)?;
    let name = attr::get(th, codec.value(), th.name(Name::name))?;
    Ok(Str::from_value(name).map_or_else(|| encoding.to_owned(), Str::to_text))
}

/// Makes `sys.stdin`, `sys.stdout`, `sys.stderr` and `open`.
///
/// # Errors
/// LookupError for encodings that there are not.
pub fn set_up(th: &Thread, c: &Config, loose: bool) -> Res<()> {
    let utf8_mode = c.flags.get("utf8_mode").is_some_and(|&n| n > 0);
    let loose = utf8_mode || loose;
    let given = c.stdio_encoding.as_deref().unwrap_or("");
    let (encoding, errors) = given.split_once(':').unwrap_or((given, ""));
    let encoding = (!encoding.is_empty()).then_some(encoding);
    let errors = match errors {
        "" if encoding.is_none() && loose => Some("surrogateescape"),
        "" => Some("strict"),
        e => Some(e),
    };
    let encoding = match encoding {
        Some(e) => codec_name(th, e)?,
        None if utf8_mode => "utf-8".to_owned(),
        None => codec_name(th, &locale_encoding())?,
    };
    setup(th, &Streams { unbuffered: c.unbuffered, encoding: Some(&encoding), errors })
}
