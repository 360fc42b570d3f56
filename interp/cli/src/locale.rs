//! The locale of the environment: taken over for text, and made UTF-8 where none is set (PEP 538, PEP 540).
//!
//! Runs once, before there are other threads and before the options are settled: UTF-8 mode depends on it.

use std::ffi::{CStr, OsString};

/// What takes the place of "C" for child processes, too; the first that the system has.
const TARGETS: [&CStr; 3] = [c"C.UTF-8", c"C.utf8", c"UTF-8"];

/// What the environment says about text.
#[derive(Clone, Copy)]
pub struct Locale {
    /// No locale is set, or "C", or one that the system does not have: UTF-8 mode unless the user says no.
    pub plain: bool,
    /// The locale says nothing about the encoding, so bytes that are no text are to go through the standard streams.
    pub loose: bool,
}

fn set(name: &CStr) -> Option<Vec<u8>> {
    // SAFETY: a NUL-terminated name; no other thread runs yet.
    let r = unsafe { libc::setlocale(libc::LC_CTYPE, name.as_ptr()) };
    // SAFETY: null or a NUL-terminated string that is valid until the next call.
    (!r.is_null()).then(|| unsafe { CStr::from_ptr(r) }.to_bytes().to_vec())
}

/// Takes over the environment's locale. `wish` is `PYTHONCOERCECLOCALE`: "0" leaves "C" as it is, "warn" tells.
pub fn take(wish: Option<OsString>) -> Locale {
    let locale = set(c"");
    let plain = locale.as_deref().is_none_or(|l| l == b"C" || l == b"POSIX");
    if !plain {
        let loose = TARGETS.iter().any(|t| locale.as_deref() == Some(t.to_bytes()));
        return Locale { plain, loose };
    }
    let warn = wish.as_deref().is_some_and(|w| w == "warn");
    let free = std::env::var_os("LC_ALL").is_none_or(|v| v.is_empty()) && wish.is_none_or(|w| w != "0");
    let target = if free { TARGETS.into_iter().find(|t| set(t).is_some()) } else { None };
    if let Some(target) = target {
        let name = target.to_string_lossy();
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("LC_CTYPE", &*name) };
        if warn {
            krait_object::complain!(
                "Python detected LC_CTYPE=C: LC_CTYPE coerced to {name} (set another locale or PYTHONCOERCECLOCALE=0 \
                 to disable this locale coercion behavior)."
            );
        }
    } else if warn {
        krait_object::complain!(
            "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause \
             Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative \
             Unicode-compatible locales is recommended."
        );
    }
    Locale { plain, loose: true }
}
