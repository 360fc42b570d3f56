//! Cell kinds: how the bytes of a cell are laid out, whatever its class.
//!
//! A subclass of a builtin type has its own shape and the kind of the builtin, so a
//! kind test is `isinstance` of the builtin layout and one byte compare. What a kind's
//! cell looks like is defined in the file of its type; this file only joins the tracers
//! into the one table that the heap is given.

use crate::*;
use krait_gc::{CellPtr, KindInfo, Tracer};

macro_rules! kinds {
    ($($name:ident $text:literal $trace:expr, container $container:literal $(, range $range:expr)? $(, release $release:expr)?;)*) => {
        /// The layout of a cell.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $($name),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];
        }

        /// What the heap knows of each kind.
        pub static KINDS: [KindInfo; 256] = {
            const UNUSED: KindInfo = KindInfo { name: "unused", trace: trace_nothing, trace_range: None, container: false, release: None };
            let mut table = [UNUSED; 256];
            $(
                #[allow(unused_mut)]
                let mut info = KindInfo { name: $text, trace: $trace, trace_range: None, container: $container, release: None };
                $(info.trace_range = Some($range);)?
                $(info.release = Some($release);)?
                table[Kind::$name as usize] = info;
            )*
            table
        };
    };
}

/// Tracer of cells without references.
///
/// # Safety
/// The cell is live.
pub unsafe fn trace_nothing(_: CellPtr, _: &mut Tracer) {}

kinds! {
    Free "free" trace_nothing, container false;
    // Storage: cells that belong to one object and that no program sees.
    Slots "slots" storage::trace_slots, container false, range storage::trace_slots_range;
    Raw "raw" trace_nothing, container false;
    DictTable "dict table" dict::trace_table, container false, range dict::trace_table_range;
    // Singletons and numbers.
    None "NoneType" trace_nothing, container false;
    NotImplemented "NotImplementedType" trace_nothing, container false;
    Ellipsis "ellipsis" trace_nothing, container false;
    Bool "bool" trace_nothing, container false;
    Int "int" attrs::trace_attrs, container false;
    Float "float" attrs::trace_attrs, container false;
    Complex "complex" attrs::trace_attrs, container false;
    // Text and bytes.
    Str "str" string::trace, container false;
    Bytes "bytes" attrs::trace_attrs, container false;
    ByteArray "bytearray" bytearray::trace, container false;
    // Containers.
    Tuple "tuple" tuple::trace, container true;
    List "list" list::trace, container true;
    Dict "dict" dict::trace, container true;
    Set "set" set::trace, container true;
    FrozenSet "frozenset" set::trace, container true;
    Slice "slice" slice::trace, container true;
    Range "range" range::trace, container false;
    // Code and calls.
    Code "code" code::trace, container false, release code::release;
    Function "function" function::trace, container true;
    Native "builtin_function_or_method" native::trace, container true;
    Method "method" method::trace, container true;
    CellVar "cell" cellvar::trace, container true;
    NameCell "name cell" cellvar::trace_name_cell, container false;
    Module "module" module::trace, container true;
    Type "type" class::trace, container true, release class::release;
    Instance "instance" instance::trace, container true;
    Exception "exception" exception::trace, container true;
    Generator "generator" generator::trace, container true;
    Traceback "traceback" traceback::trace, container true;
    Frame "frame" frameobj::trace, container true;
    // Descriptors.
    Property "property" descriptor::trace_property, container true;
    StaticMethod "staticmethod" descriptor::trace_wrapper, container true;
    ClassMethod "classmethod" descriptor::trace_wrapper, container true;
    Member "member_descriptor" descriptor::trace_member, container true;
    GetSet "getset_descriptor" descriptor::trace_getset, container true;
    // Iterators with a fast path in the interpreter.
    ListIter "list_iterator" iterators::trace_seq_iter, container true;
    TupleIter "tuple_iterator" iterators::trace_seq_iter, container true;
    RangeIter "range_iterator" trace_nothing, container false;
    WeakRef "weakref" weakref::trace, container true;
    // A native type of a module: word 1 is its vtable (see `custom.rs`).
    Custom "custom" custom::trace, container true, release custom::release;
}

impl Kind {
    /// The kind with the number; `Free` when there is none.
    #[inline(always)]
    pub fn from_u8(n: u8) -> Kind {
        debug_assert!((n as usize) < Kind::ALL.len());
        // SAFETY: headers are written from a `Kind` only, so the number is one of the enum's.
        unsafe { std::mem::transmute::<u8, Kind>(n) }
    }
}
