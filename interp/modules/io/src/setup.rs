//! Giving a new interpreter its streams and its handling of signals.

use crate::io::standard_stream;
use crate::support::imports;
use krait_object::dict::Dict;
use krait_object::{Res, Thread, attr};

/// What the program's options and environment say about the standard streams.
#[derive(Default, Clone, Copy)]
pub struct Streams<'a> {
    /// `-u`, `PYTHONUNBUFFERED`
    pub unbuffered: bool,
    /// `PYTHONIOENCODING`, before the colon
    pub encoding: Option<&'a str>,
    /// `PYTHONIOENCODING`, after the colon
    pub errors: Option<&'a str>,
}

/// Handles SIGINT as Python does; sets `sys.stdin`, `sys.stdout`, `sys.stderr` (and their `__x__` twins) and `builtins.open`. `sys` and `builtins` are
/// there already.
pub fn setup(th: &Thread, s: &Streams<'_>) -> Res<()> {
    crate::signal::install_defaults(th)?;
    let io = imports::module(th, "_io")?;
    if let Some(b) = Dict::from_value(th.interp.builtins.get()) {
        b.set_text(th, "open", attr::get_text(th, io, "open")?);
    }
    let Some(sys) = Dict::from_value(th.interp.sys.get()) else { return Ok(()) };
    for (fd, name) in [(0, "stdin"), (1, "stdout"), (2, "stderr")] {
        // Messages always come out.
        let errors = if fd == 2 { Some("backslashreplace") } else { s.errors };
        let stream = standard_stream(th, fd, s.unbuffered, s.encoding, errors)?;
        sys.set_text(th, name, stream);
        sys.set_text(th, &format!("__{name}__"), stream);
    }
    Ok(())
}
