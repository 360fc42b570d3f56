//! Exception cells and how native code makes and raises exceptions. The methods are in `exception_methods`.

use crate::attrs::{self, ATTRS};
use crate::cellref::{Owned, Slot};
use crate::class::Class;
use crate::handle;
use crate::kind::Kind;
use crate::storage::Slots;
use crate::thread::{Raised, Res, Thread};
use crate::types::TypeId;
use crate::value::Value;
use crate::{call, tuple};
use krait_gc::{CellPtr, Header, Tracer};
use std::cell::Cell;

#[repr(C)]
pub struct ExceptionCell {
    header: Header,
    pub args: Slot,
    pub traceback: Slot,
    pub context: Slot,
    pub cause: Slot,
    pub suppress_context: Cell<bool>,
    /// Extra fields of particular classes (`OSError.errno`, ...), see `fields`.
    fields: Owned,
}

handle!(
    /// An exception instance.
    Exception, ExceptionCell, Kind::Exception
);

/// Numbers of the extra fields, by class. An unset field is `UNBOUND`.
pub mod fields {
    pub const MAX: usize = 8;
    /// StopIteration.value, SystemExit.code
    pub const VALUE: usize = 0;
    /// ImportError
    pub const IMPORT: [&str; 4] = ["msg", "name", "path", "name_from"];
    /// AttributeError: name, obj; NameError: name
    pub const ATTRIBUTE: [&str; 2] = ["name", "obj"];
    /// OSError
    pub const OS: [&str; 5] = ["errno", "strerror", "filename", "filename2", "characters_written"];
    /// SyntaxError
    pub const SYNTAX: [&str; 8] =
        ["msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line"];
    /// UnicodeError
    pub const UNICODE: [&str; 5] = ["encoding", "object", "start", "end", "reason"];
    /// BaseExceptionGroup: message, exceptions (tuple)
    pub const GROUP: [&str; 2] = ["message", "exceptions"];
}

/// # Safety
/// The cell is a live exception.
pub unsafe fn trace(cell: CellPtr, tracer: &mut Tracer) {
    let e = Exception::from_cell(cell);
    for s in [&e.args, &e.traceback, &e.context, &e.cause] {
        s.trace(tracer);
    }
    e.fields.trace(tracer);
    // SAFETY: the cell is live.
    unsafe { attrs::trace_attrs(cell, tracer) };
}

/// A bare exception instance of a class with the exception layout; `args` is a tuple. Runs no `__init__`.
pub fn allocate(th: &Thread, class: Class, args: Value) -> Exception {
    let tail = 8 * class.tail_words.get().max(1) as usize;
    let size = size_of::<ExceptionCell>() + tail;
    let e = Exception::from_cell(th.heap.alloc(size, class.shape.get(), Kind::Exception as u8));
    e.header.set_flag(ATTRS);
    e.args.init(args);
    e.traceback.init(Value::none());
    e.context.init(Value::none());
    e.cause.init(Value::none());
    class.init_tail(e.cell());
    e
}

impl Exception {
    /// An extra field; `UNBOUND` when it was never set.
    pub fn field(self, i: usize) -> Value {
        // SAFETY: null or this exception's array.
        unsafe { Slots::from_raw(self.fields.get()) }.map_or(Value::UNBOUND, |s| s.get(i))
    }

    /// Makes all extra fields unset, as they are in a new exception.
    pub fn clear_fields(self, th: &Thread) {
        // SAFETY: null or this exception's array.
        if let Some(s) = unsafe { Slots::from_raw(self.fields.get()) } {
            (0..fields::MAX).for_each(|i| s.set(th, i, Value::UNBOUND));
        }
    }

    /// Sets an extra field.
    pub fn set_field(self, th: &Thread, i: usize, v: Value) -> Result<(), Raised> {
        // SAFETY: null or this exception's array.
        let s = match unsafe { Slots::from_raw(self.fields.get()) } {
            Some(s) => s,
            None => {
                let s = Slots::new(th, fields::MAX)?;
                for k in 0..fields::MAX {
                    s.init(k, Value::UNBOUND);
                }
                self.fields.set(th, self.cell(), s.raw());
                s
            }
        };
        s.set(th, i, v);
        Ok(())
    }

    #[inline]
    pub fn args(self) -> tuple::Tuple {
        tuple::Tuple::of(self.args.get())
    }
}

/// Raises a new instance of a builtin class: calls it like a program would, then sets the context.
#[cold]
pub fn raise_args(th: &Thread, class: TypeId, args: &[Value]) -> Raised {
    let made = make(th, class, args);
    match made {
        Ok(e) => raise(th, e),
        Err(r) => r,
    }
}

/// A new instance of a builtin exception class.
pub fn make(th: &Thread, class: TypeId, args: &[Value]) -> Res {
    let class = th.interp.class(class);
    // The common classes have nothing but `args`: no call is needed, which also works when the stack is used up.
    if crate::exception_methods::is_plain(th, class) {
        let args = tuple::from_slice(th, args)?;
        return Ok(allocate(th, class, args).value());
    }
    // Natives end iterations with these all the time.
    if class.is(TypeId::StopIteration) {
        let all = tuple::from_slice(th, args)?;
        let e = allocate(th, class, all);
        if let Some(&value) = args.first() {
            e.set_field(th, fields::VALUE, value)?;
        }
        return Ok(e.value());
    }
    if class.is(TypeId::AttributeError) || class.is(TypeId::NameError) {
        let args = tuple::from_slice(th, args)?;
        return Ok(allocate(th, class, args).value());
    }
    call::call(th, class.value(), args)
}

/// Makes an exception instance pending; its context becomes the exception being handled.
pub fn raise(th: &Thread, e: Value) -> Raised {
    set_context(th, e);
    th.raise(e)
}

/// What `raise` does about `__context__`: the handled exception becomes the new one's context, and a cycle is cut.
pub fn set_context(th: &Thread, e: Value) {
    let handled = th.handled.get();
    if !handled.is_kind(Kind::Exception) || handled == e {
        return;
    }
    // Cut the chain where it would come back to `e` (Floyd's algorithm guards against older cycles).
    let mut o = handled;
    let mut slow = handled;
    let mut step = false;
    loop {
        let context = Exception::of(o).context.get();
        if !context.is_kind(Kind::Exception) {
            break;
        }
        if context == e {
            let o = Exception::of(o);
            o.context.set(th, o.cell(), Value::none());
            break;
        }
        o = context;
        if o == slow {
            break;
        }
        if step {
            slow = Exception::of(slow).context.get();
        }
        step = !step;
    }
    let e = Exception::of(e);
    e.context.set(th, e.cell(), handled);
}
