//! The standard streams: encoding and error mode by options, environment and locale.

use krait_modules_io::{Streams, setup};
use krait_object::interp::Config;
use krait_object::{Res, Thread};

/// Is the locale "C", or what takes its place when nothing is set?
fn plain_locale() -> bool {
    let value = |n: &str| std::env::var(n).ok().filter(|v| !v.is_empty());
    match value("LC_ALL").or_else(|| value("LC_CTYPE")).or_else(|| value("LANG")) {
        None => true,
        Some(l) => l == "C" || l == "POSIX",
    }
}

/// Makes `sys.stdin`, `sys.stdout`, `sys.stderr` and `open`.
///
/// # Errors
/// LookupError for encodings that there are not.
pub fn set_up(th: &Thread, c: &Config) -> Res<()> {
    let utf8_mode = c.flags.get("utf8_mode").is_some_and(|&n| n > 0);
    // Bytes that are no text go through where the locale says nothing about the encoding.
    let loose = utf8_mode || plain_locale();
    let given = c.stdio_encoding.as_deref().unwrap_or("");
    let (encoding, errors) = given.split_once(':').unwrap_or((given, ""));
    let encoding = (!encoding.is_empty()).then_some(encoding);
    let errors = match errors {
        "" if encoding.is_none() && loose => Some("surrogateescape"),
        "" => Some("strict"),
        e => Some(e),
    };
    let encoding = encoding.or((utf8_mode || loose).then_some("utf-8"));
    setup(th, &Streams { unbuffered: c.unbuffered, encoding, errors })
}
