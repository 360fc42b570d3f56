//! Functions of `posix` that only work on text: `fspath`, `_path_normpath`, `strerror`.

use crate::support::{args, oserror, path};
use krait_object::class::type_name;
use krait_object::{Res, Str, Thread, TypeId, Value, bytes, natives, string};
use krait_text::CharsBuf;

fn fspath(th: &Thread, a: &[Value]) -> Res {
    path::fspath(th, a[0])
}

fn strerror(th: &Thread, a: &[Value]) -> Res {
    Ok(string::new(th, &oserror::strerror(args::c_int(th, a[0])?)))
}

/// `os.path.normpath` of a path, in its own type.
fn normpath(th: &Thread, a: &[Value]) -> Res {
    let given = path::fspath(th, a[0]);
    let Some(given) = th.catch(given, TypeId::TypeError)? else {
        let name = type_name(th, a[0]);
        return Err(
            th.type_error(format!("_path_normpath: path should be string, bytes or os.PathLike, not {name}"))
        );
    };
    match bytes::get(given) {
        None => normal(th, Str::of(given)),
        Some(b) => {
            let text = path::decode(th, b)?;
            let text = normal(th, Str::of(text))?;
            bytes::from_slice(th, &path::encode(th, Str::of(text))?)
        }
    }
}

/// A path without empty and `.` components, `..` resolved where it can be; `.` for nothing.
fn normal(th: &Thread, s: Str) -> Res {
    const SLASH: u32 = '/' as u32;
    const DOT: u32 = '.' as u32;
    let text = s.chars();
    let n = text.len();
    // Exactly two leading slashes stay two; three or more are one.
    let lead = text.iter().take_while(|&c| c == SLASH).count();
    let root = match lead {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut i = lead;
    while i < n {
        let mut end = i;
        while end < n && text.at(end) != SLASH {
            end += 1;
        }
        let is_up = |(f, t): (usize, usize)| t - f == 2 && text.at(f) == DOT && text.at(f + 1) == DOT;
        let part = (i, end);
        if end == i || (end - i == 1 && text.at(i) == DOT) {
            // Nothing.
        } else if is_up(part) {
            match parts.last() {
                Some(&last) if !is_up(last) => {
                    parts.pop();
                }
                None if root > 0 => {}
                _ => parts.push(part),
            }
        } else {
            parts.push(part);
        }
        i = end + 1;
    }
    let mut out = CharsBuf::with_capacity(n);
    for _ in 0..root {
        out.push(SLASH);
    }
    for (k, &(from, to)) in parts.iter().enumerate() {
        if k > 0 {
            out.push(SLASH);
        }
        out.extend(text.slice(from..to));
    }
    if out.is_empty() {
        out.push(DOT);
    }
    string::from_buf(th, &out)
}

natives! {
    pub static FUNCTIONS = {
        function "fspath" "(path)" fspath, "The path of an object as str or bytes.";
        function "strerror" "(code, /)" strerror, "The system's text for an error number.";
        function "_path_normpath" "(path)" normpath, "";
    }
}
