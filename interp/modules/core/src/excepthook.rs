//! Exceptions that end a program or a thread: printed on `sys.stderr`.

use crate::{output, traceback_print};
use krait_object::exception::Exception;
use krait_object::{Kind, Name, Res, Thread, Value, attr};
use krait_text::CharsBuf;

/// Prints an exception with its traceback; `tb` is the one to show if it has none.
pub fn display(th: &Thread, e: Value, tb: Value) {
    if let Some(x) = Exception::from_value(e)
        && x.traceback.get().is_none()
        && tb.is_kind(Kind::Traceback)
    {
        x.traceback.set(th, x.cell(), tb);
    }
    let text = traceback_print::exception(th, e);
    output::write_error_chars(th, &text);
    output::flush_errors(th);
}

/// What `threading.excepthook` prints in native code.
///
/// # Errors
/// What reading the thread's attributes raises.
pub fn thread_exception(th: &Thread, e: Value, tb: Value, thread: Value) -> Res<()> {
    let file = match output::stream(th, Name::stderr).filter(|f| !f.is_none()) {
        Some(f) => f,
        None if thread.is_none() => return Ok(()),
        None => {
            let f = attr::get_text(th, thread, "_stderr")?;
            if f.is_none() {
                return Ok(());
            }
            f
        }
    };
    let mut out = CharsBuf::new();
    out.extend_str("Exception in thread ");
    let name = if thread.is_none() { None } else { attr::get_opt(th, thread, th.name(Name::name))? };
    match name {
        Some(n) => {
            output::push_str(th, &mut out, n, "<failed to get thread name>");
        }
        None => out.extend_str(&crate::threads::ident().to_string()),
    }
    out.extend_str(":\n");
    if let Some(x) = Exception::from_value(e)
        && x.traceback.get().is_none()
        && tb.is_kind(Kind::Traceback)
    {
        x.traceback.set(th, x.cell(), tb);
    }
    let text = traceback_print::exception(th, e);
    out.extend(text.as_chars());
    output::write_to(th, file, &out)?;
    krait_object::call::call_method(th, file, th.name(Name::flush), &[])?;
    Ok(())
}
