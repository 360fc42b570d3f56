//! `input()`.

use krait_object::dict::Dict;
use krait_object::string::{self, Str};
use krait_object::{Name, Res, Thread, TypeId, Value, call, protocol};

/// Writes the prompt and reads a line from `sys.stdin`, without its newline.
pub fn input(th: &Thread, prompt: Option<Value>) -> Res {
    let sys = Dict::of(th.interp.sys.get());
    let stream = |n: Name| match sys.get_name(th, th.name(n)) {
        Some(v) if !v.is_none() => Ok(v),
        _ => Err(th.runtime_error(format!("input(): lost sys.{}", n.text()))),
    };
    let (stdin, stdout, stderr) = (stream(Name::stdin)?, stream(Name::stdout)?, stream(Name::stderr)?);
    let flushed = call::call_method(th, stderr, th.name(Name::flush), &[]);
    th.catch(flushed, TypeId::Exception)?;
    if let Some(p) = prompt {
        let text = protocol::str_of(th, p)?;
        call::call_method(th, stdout, th.name(Name::write), &[text])?;
    }
    let flushed = call::call_method(th, stdout, th.name(Name::flush), &[]);
    th.catch(flushed, TypeId::Exception)?;
    let line = call::call_method(th, stdin, th.name(Name::readline), &[])?;
    let Some(s) = Str::from_value(line) else {
        return Err(th.type_error("object.readline() returned non-string"));
    };
    match s.len() {
        0 => Err(th.raise_new(TypeId::EOFError, "EOF when reading a line")),
        n if s.at(n - 1) == u32::from('\n') => string::from_chars(th, s.chars().slice(0..n - 1)),
        _ => Ok(line),
    }
}
