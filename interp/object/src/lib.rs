//! Objects: values, cells, shapes, classes, and the builtin types, one file per type.
//!
//! Knows the heap below it and nothing of bytecode execution above it: Python code is
//! run through the hooks that the VM puts into the interpreter. The files without a suffix
//! define layouts and the operations native code uses; `*_methods` files hold what
//! Python programs see of a type.

pub mod attr;
pub mod attrs;
pub mod bool_methods;
pub mod bootstrap;
pub mod bytearray;
pub mod bytes;
pub mod call;
pub mod cellref;
pub mod cellvar;
pub mod class;
#[cfg(test)]
mod class_tests;
pub mod code;
pub mod complex_methods;
pub mod construct;
pub mod custom;
pub mod descriptor;
pub mod dict;
pub mod dict_methods;
pub mod dict_views;
pub mod exception;
pub mod exception_fields;
pub mod exception_group;
pub mod exception_methods;
pub mod exception_os;
pub mod exception_unicode;
pub mod float;
pub mod float_methods;
pub mod frameobj;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod generic_alias_methods;
pub mod hash;
pub mod instance;
pub mod int;
pub mod int_arith;
pub mod int_methods;
pub mod int_new;
pub mod interp;
pub mod iter_tools_methods;
pub mod iterator_methods;
pub mod iterators;
pub mod kind;
pub mod list;
pub mod list_methods;
pub mod list_sort;
pub mod lock;
pub mod mappingproxy_methods;
pub mod method;
pub mod module;
pub mod module_methods;
pub mod names;
pub mod native;
pub mod native_module;
pub mod number_text;
pub mod numeric;
pub mod object_methods;
pub mod object_reduce;
pub mod operators;
pub mod protocol;
pub mod range;
pub mod range_methods;
pub mod repr_guard;
pub mod seq_iter_methods;
pub mod set;
pub mod set_ops;
pub mod shape;
pub mod signature;
pub mod singleton_methods;
pub mod slice;
pub mod slice_methods;
pub mod storage;
pub mod string;
pub mod structseq;
pub mod testing;
pub mod thread;
pub mod traceback;
pub mod tuple;
pub mod tuple_methods;
pub mod type_alias_methods;
pub mod type_attrs;
pub mod type_call;
pub mod type_methods;
pub mod type_new;
pub mod type_params;
pub mod types;
pub mod typevar_methods;
pub mod union_type;
pub mod value;
pub mod weakref;
pub mod weakref_methods;

#[cfg(test)]
mod number_tests;
#[cfg(test)]
mod sequence_tests;

pub use class::Class;
pub use interp::Interp;
pub use kind::Kind;
pub use names::Name;
pub use storage::ValueVec;
pub use string::Str;
pub use thread::{Raised, Res, Thread};
pub use types::TypeId;
pub use value::Value;
