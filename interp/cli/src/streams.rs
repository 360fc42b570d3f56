//! The standard streams: encoding and error mode by options, environment and locale.

use krait_modules_io::{Streams, setup};
use krait_object::interp::Config;
use krait_object::string::Str;
use krait_object::{Name, Res, Thread, attr, codec_registry};
use std::ffi::CStr;

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
