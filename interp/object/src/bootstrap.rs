//! Bringing an interpreter up: names, the builtin classes, and their method tables.

use crate::attr;
use crate::class::{self, Class, ClassParts, flag};
use crate::descriptor::{self, GetSetDef};
use crate::dict;
use crate::interp::Interp;
use crate::names::Name;
use crate::native::{self, NativeDef};
use crate::string;
use crate::thread::{Res, Thread};
use crate::tuple;
use crate::types::TypeId;
use crate::value::Value;

/// What one builtin type shows to programs.
pub struct TypeTable {
    pub id: TypeId,
    pub methods: &'static [NativeDef],
    pub getset: &'static [GetSetDef],
    pub doc: &'static str,
    /// More flags (`class::flag`).
    pub flags: u32,
}

impl TypeTable {
    pub const fn new(
        id: TypeId,
        doc: &'static str,
        methods: &'static [NativeDef],
        getset: &'static [GetSetDef],
    ) -> TypeTable {
        TypeTable { id, methods, getset, doc, flags: 0 }
    }

    /// With more class flags.
    pub const fn flags(mut self, flags: u32) -> TypeTable {
        self.flags = flags;
        self
    }
}

/// Tables of all builtin types; each `*_methods` file has its own.
#[rustfmt::skip]
static TABLES: &[&[TypeTable]] = &[
    crate::bool_methods::TABLES,
    crate::bytearray_methods::TABLES,
    crate::bytes_iter::TABLES,
    crate::bytes_methods::TABLES,
    crate::code_methods::TABLES,
    crate::complex_methods::TABLES,
    crate::descriptor_methods::TABLES,
    crate::dict_methods::TABLES,
    crate::dict_views::TABLES,
    crate::exception_fields::TABLES,
    crate::exception_group::TABLES,
    crate::exception_methods::TABLES,
    crate::exception_os::TABLES,
    crate::exception_unicode::TABLES,
    crate::float_methods::TABLES,
    crate::frame_methods::TABLES,
    crate::function_methods::TABLES,
    crate::generic_alias_methods::TABLES,
    crate::int_methods::TABLES,
    crate::iter_tools_methods::TABLES,
    crate::list_methods::TABLES,
    crate::mappingproxy_methods::TABLES,
    crate::memoryview_iter::TABLES,
    crate::memoryview_methods::TABLES,
    crate::module_methods::TABLES,
    crate::namespace_methods::TABLES,
    crate::native_methods::TABLES,
    crate::object_methods::TABLES,
    crate::range_methods::TABLES,
    crate::seq_iter_methods::TABLES,
    crate::set_methods::TABLES,
    crate::singleton_methods::TABLES,
    crate::slice_methods::TABLES,
    crate::str_iter::TABLES,
    crate::str_methods::TABLES,
    crate::super_methods::TABLES,
    crate::tuple_methods::TABLES,
    crate::type_alias_methods::TABLES,
    crate::type_methods::TABLES,
    crate::typevar_methods::TABLES,
    crate::union_type::TABLES,
    crate::weakproxy_methods::TABLES,
    crate::weakref_methods::TABLES,
];

/// Fills a new interpreter: to be called once, on its first thread, before any code runs.
pub fn start(th: &Thread) -> Res<()> {
    let interp = th.interp;
    basics(th, interp)?;
    for &t in &TypeId::ALL[1..] {
        make_class(th, interp, t)?;
    }
    // Methods come last: their cells need all the classes.
    for tables in TABLES {
        install(th, tables);
    }
    for &t in &TypeId::ALL[1..] {
        let c = interp.class(t);
        let inherited = t.base() != TypeId::Object && t.base().flags() & crate::types::flags::DICT != 0;
        // (The attribute dicts of type variables are not shown.)
        let shown = t != TypeId::Function && t.module() != "typing";
        if t.flags() & crate::types::flags::DICT != 0 && shown && !inherited {
            descriptor::add_getset(th, c, attr::DICT_GETSET);
        }
        if c.dict().get_name(th, th.name(Name::__eq__)).is_some()
            && c.dict().get_name(th, th.name(Name::__hash__)).is_none()
        {
            c.dict().set_name(th, th.name(Name::__hash__), Value::none());
        }
        c.modified(th, None);
    }
    for t in crate::generic_alias_methods::GENERIC_CLASSES {
        native::add_methods(th, interp.class(*t), crate::generic_alias_methods::CLASS_GETITEM);
        interp.class(*t).modified(th, None);
    }
    Ok(())
}

/// Adds methods and attributes to builtin classes.
pub fn install(th: &Thread, tables: &[TypeTable]) {
    for table in tables {
        let c = th.interp.class(table.id);
        c.set_flag(table.flags, true);
        native::add_methods(th, c, table.methods);
        let defines = |name| table.methods.iter().any(|m| m.name == name);
        if defines("__eq__") && !defines("__hash__") {
            c.dict().set_name(th, th.name(Name::__hash__), Value::none());
        }
        descriptor::add_getset(th, c, table.getset);
        class::set_doc(th, c, table.doc);
        c.doc.set(table.doc);
        c.modified(th, None);
    }
}

/// The strings and empty containers that everything else needs.
fn basics(th: &Thread, interp: &Interp) -> Res<()> {
    interp.empty_str.set(string::fresh_latin1(th, b"")?);
    for c in 0..=255u8 {
        interp.set_latin1(c, string::fresh_latin1(th, &[c])?);
    }
    for (i, text) in Name::ALL.iter().enumerate() {
        interp.set_name(i, interp.interned.intern_text(th, text));
    }
    interp.empty_tuple.set(tuple::allocate(th, 0, crate::shape::fixed::TUPLE, 0)?.value());
    let empty = crate::bytes::from_slice(th, b"")?;
    interp.empty_bytes.set(empty);
    let none = dict::new(th);
    let frozen = crate::set::new_frozen(th, none);
    interp.empty_frozenset.set(frozen);
    Ok(())
}

fn make_class(th: &Thread, interp: &Interp, t: TypeId) -> Res<()> {
    let base = if t == TypeId::Object { None } else { Some(interp.class(t.base())) };
    let mut bases: Vec<Value> = base.iter().map(|b| b.value()).collect();
    if t == TypeId::ExceptionGroup {
        bases.push(interp.class_value(TypeId::Exception));
    }
    let name = interp.interned.intern_text(th, t.name());
    let bases_value = tuple::from_slice(th, &bases)?;
    let flags = class::builtin_flags(t) | base.map_or(0, |b| b.flags.get() & flag::DICT);
    let namespace = dict::new(th);
    let c = class::allocate(
        th,
        &ClassParts {
            name,
            qualname: name,
            bases: bases_value,
            base,
            dict: namespace,
            meta_shape: TypeId::Type as u32,
            meta_tail_words: 0,
            flags,
            kind: t.kind(),
            fixed_slots: 0,
            tail_words: tail_words(t),
            type_id: t as u16,
        },
    )?;
    interp.set_class(t, c.value());
    let mro = match base {
        Some(_) => class::c3(th, c, &bases)?,
        None => tuple::from_slice(th, &[c.value()])?,
    };
    c.finish(th, mro);
    Ok(())
}

/// Instances of builtin layouts with an attribute dict end in the attribute word; functions and modules have a field for it.
fn tail_words(t: TypeId) -> u16 {
    use crate::kind::Kind;
    let own = matches!(t.kind(), Kind::Function | Kind::Module | Kind::Instance | Kind::Type);
    u16::from(t.flags() & crate::types::flags::DICT != 0 && !own)
}

/// The builtin classes that the `builtins` module shows.
pub fn public_classes(th: &Thread) -> impl Iterator<Item = (&'static str, Class)> {
    let interp = th.interp;
    TypeId::ALL[1..]
        .iter()
        .filter(|t| t.flags() & crate::types::flags::PUBLIC != 0)
        .map(|&t| (t.name(), interp.class(t)))
}
