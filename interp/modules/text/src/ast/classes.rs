//! The classes of the nodes, made once per interpreter.

use krait_object::class::{self, Class};
use krait_object::dict::{self, Dict};
use krait_object::interp::InterpSlot;
use krait_object::storage::ValueVec;
use krait_object::string::{self, Str};
use krait_object::thread::{Res, Thread};
use krait_object::tuple::{self, Tuple};
use krait_object::type_new::tp_name;
use krait_object::value::Value;
use krait_object::{Name, TypeId, attr, call, int, native, natives, protocol, str_build, type_call};
use krait_syntax::asdl::{ATTRIBUTES, CLASSES, Count, Position};

/// A tuple: the classes in the table's order, their tuples of field names, the shared instances of those that have
/// one (or None), the names of positions, `AST`, and a dict from classes to numbers.
static TABLE: InterpSlot = InterpSlot::new();

/// The place of a class in the table.
///
/// # Panics
/// When there is none: at compile time, for uses in constants.
pub const fn index_of(name: &str) -> usize {
    let mut i = 0;
    while i < CLASSES.len() {
        let (a, b) = (CLASSES[i].name.as_bytes(), name.as_bytes());
        let mut same = a.len() == b.len();
        let mut k = 0;
        while same && k < a.len() {
            same = a[k] == b[k];
            k += 1;
        }
        if same {
            return i;
        }
        i += 1;
    }
    panic!("no such class")
}

/// The number of a class of the table, known at compile time.
macro_rules! number {
    ($name:ident) => {
        const { $crate::ast::classes::index_of(stringify!($name)) }
    };
}
pub(super) use number;

/// The classes and what goes with them. Holds values: on the machine stack only.
#[derive(Clone, Copy)]
pub struct Classes {
    classes: Tuple,
    names: Tuple,
    singles: Tuple,
    positions: Tuple,
    root: Value,
    numbers: Dict,
}

impl Classes {
    /// Class number `i`.
    #[inline]
    pub fn class(&self, i: usize) -> Class {
        Class::of(self.classes.get(i))
    }

    /// Names of the fields of class number `i`.
    #[inline]
    pub fn fields(&self, i: usize) -> Tuple {
        Tuple::of(self.names.get(i))
    }

    /// The shared instance of class number `i`, which is a context or an operator.
    #[inline]
    pub fn single(&self, i: usize) -> Value {
        self.singles.get(i)
    }

    /// Name number `i` of `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    #[inline]
    pub fn position(&self, i: usize) -> Value {
        self.positions.get(i)
    }

    /// `AST`.
    pub fn root(&self, _: &Thread) -> Res<Class> {
        Ok(Class::of(self.root))
    }

    /// The number of the class of the table that the value is an instance of.
    pub fn number_of(&self, th: &Thread, v: Value) -> Res<Option<usize>> {
        for &c in Class::of_value(th, v).mro() {
            if let Some(n) = self.numbers.get(th, c)? {
                return Ok(int::to_i64(n).map(|n| n as usize));
            }
        }
        Ok(None)
    }
}

/// The classes; made at the first use.
pub fn get(th: &Thread) -> Res<Classes> {
    let t = Tuple::of(TABLE.get_or(th, make)?);
    Ok(Classes {
        classes: Tuple::of(t.get(0)),
        names: Tuple::of(t.get(1)),
        singles: Tuple::of(t.get(2)),
        positions: Tuple::of(t.get(3)),
        root: t.get(4),
        numbers: Dict::of(t.get(5)),
    })
}

/// Is the value a node?
pub fn is_node(th: &Thread, v: Value) -> Res<bool> {
    if TABLE.get(th).is_none() {
        // Nobody can have made one yet.
        return Ok(false);
    }
    protocol::is_instance(th, v, get(th)?.root)
}

fn name_tuple(th: &Thread, names: impl Iterator<Item = &'static str>) -> Res {
    let mut v = ValueVec::new();
    for n in names {
        v.push(th, th.interp.interned.intern_text(th, n))?;
    }
    tuple::from_vec(th, &v)
}

/// `type(name, (base,), namespace)`.
fn new_class(th: &Thread, name: &str, base: Option<Value>, namespace: Dict) -> Res<Class> {
    let bases = match base {
        Some(b) => tuple::from_slice(th, &[b])?,
        None => th.interp.empty_tuple.get(),
    };
    let name = th.interp.interned.intern_text(th, name);
    let module = th.interp.interned.intern_text(th, "ast");
    namespace.set_name(th, th.name(Name::__module__), module);
    let c = call::call(th, th.interp.class_value(TypeId::Type), &[name, bases, namespace.value()])?;
    Ok(Class::of(c))
}

fn make(th: &Thread) -> Res {
    let none = Value::none();
    let empty = th.interp.empty_tuple.get();
    let d = dict::new(th);
    d.set_name(th, th.name(Name::__doc__), none);
    d.set_text(th, "_fields", empty);
    d.set_text(th, "__match_args__", empty);
    d.set_text(th, "_attributes", empty);
    let root = new_class(th, "AST", None, d)?;
    native::add_methods(th, root, METHODS);
    root.modified(th, None);
    let positions = name_tuple(th, ATTRIBUTES.into_iter())?;
    let (mut classes, mut names, mut singles) = (ValueVec::new(), ValueVec::new(), ValueVec::new());
    let numbers = dict::new(th);
    for (i, c) in CLASSES.iter().enumerate() {
        let fields = name_tuple(th, c.fields.iter().map(|f| f.name))?;
        let d = dict::new(th);
        d.set_text(th, "_fields", fields);
        d.set_text(th, "__match_args__", fields);
        d.set_name(th, th.name(Name::__doc__), string::new(th, &c.doc()));
        for f in c.fields.iter().filter(|f| f.count == Count::Optional) {
            d.set_text(th, f.name, none);
        }
        if c.base == "AST" {
            let place = c.position();
            d.set_text(th, "_attributes", if place == Position::None { empty } else { positions });
            if place == Position::EndOptional {
                d.set_text(th, "end_lineno", none);
                d.set_text(th, "end_col_offset", none);
            }
        }
        let base = CLASSES[..i].iter().position(|b| b.name == c.base).map(|b| classes.get(b));
        let made = new_class(th, c.name, Some(base.unwrap_or(root.value())), d)?;
        classes.push(th, made.value())?;
        names.push(th, fields)?;
        numbers.set(th, made.value(), Value::small(i as i64))?;
        let single = if c.is_singleton() { type_call::new_instance(th, made)? } else { none };
        singles.push(th, single)?;
    }
    let parts = [
        tuple::from_vec(th, &classes)?,
        tuple::from_vec(th, &names)?,
        tuple::from_vec(th, &singles)?,
        positions,
        root.value(),
        numbers.value(),
    ];
    tuple::from_slice(th, &parts)
}

/// The name of an attribute, as attributes are looked up by it.
fn interned(th: &Thread, name: Value) -> Res {
    match Str::from_value(name) {
        Some(s) => Ok(string::intern(th, Str::of(str_build::exact(th, s)?))),
        None => {
            let given = class::type_name(th, name);
            Err(th.type_error(format!("attribute name must be string, not '{given}'")))
        }
    }
}

/// `AST.__new__` leaves the arguments to `__init__`, unlike that of `object`.
fn new(th: &Thread, a: &[Value]) -> Res {
    let root = get(th)?.root(th)?;
    match Class::from_value(a[0]) {
        Some(c) if c.is_subclass_of(root) => type_call::new_instance(th, c),
        Some(c) => {
            let name = c.name_text();
            Err(th.type_error(format!("ast.AST.__new__({name}): {name} is not a subtype of ast.AST")))
        }
        None => {
            let given = class::type_name(th, a[0]);
            Err(th.type_error(format!("ast.AST.__new__(X): X is not a type object ({given})")))
        }
    }
}

/// `AST.__init__`: fields by position, anything by name.
fn init(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let name = th.interp.interned.intern_text(th, "_fields");
    let fields = attr::get_opt(th, class.value(), name)?;
    let count = match fields {
        Some(f) => protocol::len(th, f)?,
        None => 0,
    };
    let args = Tuple::of(a[1]).as_slice();
    if args.len() > count {
        let (name, s) = (class.name_text(), if count == 1 { "" } else { "s" });
        return Err(th.type_error(format!("{name} constructor takes at most {count} positional argument{s}")));
    }
    for (i, &v) in args.iter().enumerate() {
        if let Some(fields) = fields {
            let field = protocol::getitem(th, fields, Value::small(i as i64))?;
            attr::set(th, a[0], interned(th, field)?, v)?;
        }
    }
    let Some(keywords) = Dict::from_value(a[2]) else { return Ok(Value::none()) };
    let mut at = 0;
    while let Some((key, v)) = keywords.next(th, &mut at) {
        for i in 0..args.len() {
            if let Some(fields) = fields
                && protocol::equal(th, protocol::getitem(th, fields, Value::small(i as i64))?, key)?
            {
                let shown = Str::from_value(key).map(Str::to_text).unwrap_or_default();
                let name = tp_name(th, class);
                return Err(th.type_error(format!("{name} got multiple values for argument '{shown}'")));
            }
        }
        attr::set(th, a[0], interned(th, key)?, v)?;
    }
    Ok(Value::none())
}

fn reduce(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]).value();
    let empty = th.interp.empty_tuple.get();
    match attr::get_opt(th, a[0], th.name(Name::__dict__))? {
        Some(d) => tuple::from_slice(th, &[class, empty, d]),
        None => tuple::from_slice(th, &[class, empty]),
    }
}

natives! {
    static METHODS = {
        staticmethod "__new__" "!(cls, /, *args, **kwargs)" new, "";
        method "__init__" "(*args, **kwargs)" init, "";
        method "__reduce__" "!()" reduce, "";
    }
}
