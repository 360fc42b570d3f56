//! Struct sequences: tuples whose items also have names, as `os.stat_result` is one.
//!
//! A struct sequence is a tuple cell of its class. Fields beyond the visible ones are no
//! items: they lie in the class's tail words, counted from the end of the cell (`attrs.rs`),
//! so that every tuple operation sees the visible part only. The class refers to its
//! description by address, in `extra`.

use crate::attrs;
use crate::class::{self, Class, ClassSpec, flag};
use crate::descriptor::{self, GetSetDef};
use crate::dict::{self, Dict};
use crate::kind::Kind;
use crate::names::Name;
use crate::native::NativeDef;
use crate::natives;
use crate::storage::ValueVec;
use crate::string::{self, Str};
use crate::thread::{Res, Thread};
use crate::tuple::{self, Tuple};
use crate::type_new::tp_name;
use crate::types::TypeId;
use crate::value::Value;
use crate::{int, protocol};
use std::sync::OnceLock;

/// Most fields a struct sequence may have.
const MAX_FIELDS: usize = 32;

/// The description of a struct sequence type. Declare as a `static`.
pub struct StructSeq {
    spec: ClassSpec,
    /// Name and documentation of each field; a visible field without a name has the empty one.
    fields: &'static [(&'static str, &'static str)],
    visible: usize,
    getset: OnceLock<Vec<GetSetDef>>,
}

impl StructSeq {
    /// `name` is `module.class`; the first `visible` fields are the tuple's items.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        fields: &'static [(&'static str, &'static str)],
        visible: usize,
    ) -> StructSeq {
        assert!(fields.len() <= MAX_FIELDS && visible <= fields.len());
        let spec = ClassSpec::new(name, doc, METHODS, &[]).base(TypeId::Tuple).flags(0);
        StructSeq { spec, fields, visible, getset: OnceLock::new() }
    }

    /// With other methods than the usual ones (a `__new__` of its own, built on [`construct`]).
    pub const fn methods(mut self, methods: &'static [NativeDef]) -> StructSeq {
        self.spec.methods = methods;
        self
    }

    /// Programs cannot make instances.
    pub const fn sealed(mut self) -> StructSeq {
        self.spec.methods = SEALED;
        self.spec.flags = flag::NO_NEW;
        self
    }

    fn hidden(&self) -> usize {
        self.fields.len() - self.visible
    }

    /// Makes the class. Keep it: put it into an `InterpSlot`.
    pub fn make(&'static self, th: &Thread) -> Res<Class> {
        let c = self.spec.make(th)?;
        c.tail_words.set(self.hidden() as u16);
        c.extra.set(th, c.cell(), int::from_usize(th, self as *const StructSeq as usize));
        let getset = self.getset.get_or_init(|| {
            let named = self.fields.iter().enumerate().filter(|(_, f)| !f.0.is_empty());
            named.map(|(i, &(name, doc))| GetSetDef::ro(name, GETTERS[i], doc).member()).collect()
        });
        descriptor::add_getset(th, c, getset);
        let d = c.dict();
        let unnamed = self.fields.iter().filter(|f| f.0.is_empty()).count();
        d.set_text(th, "n_sequence_fields", Value::small(self.visible as i64));
        d.set_text(th, "n_fields", Value::small(self.fields.len() as i64));
        d.set_text(th, "n_unnamed_fields", Value::small(unnamed as i64));
        let mut names = ValueVec::new();
        for (name, _) in self.fields[..self.visible].iter().filter(|f| !f.0.is_empty()) {
            names.push(th, th.interp.interned.intern_text(th, name))?;
        }
        d.set_name(th, th.name(Name::__match_args__), tuple::from_vec(th, &names)?);
        Ok(c)
    }

    /// An instance of the class made from this description, with the values of all fields, hidden ones included
    /// (those not given are None).
    pub fn instance(&self, th: &Thread, class: Class, values: &[Value]) -> Res {
        let t = tuple::allocate(th, self.visible, class.shape.get(), class.tail_bytes())?;
        class.init_tail(t.cell());
        for (i, &v) in values[..self.visible].iter().enumerate() {
            t.set_item(th, i, v);
        }
        for i in 0..self.hidden() {
            let v = values.get(self.visible + i).copied().unwrap_or(Value::none());
            set_hidden(th, t, i, v);
        }
        Ok(t.value())
    }
}

fn set_hidden(th: &Thread, t: Tuple, i: usize, v: Value) {
    // SAFETY: the class has a tail word for each hidden field.
    let p = unsafe { attrs::tail(t.cell(), i) };
    // SAFETY: as above.
    unsafe { p.write(v) };
    th.heap.barrier(t.cell(), p.cast());
}

/// The description behind a class.
fn description(c: Class) -> &'static StructSeq {
    let address = int::to_i64(c.extra.get()).unwrap_or(0);
    assert!(address != 0, "not a struct sequence class");
    // SAFETY: `make` stored the address of a `&'static`; classes of struct sequences are final.
    unsafe { &*(address as usize as *const StructSeq) }
}

/// Field `i` of an instance, hidden ones included.
pub fn field(th: &Thread, v: Value, i: usize) -> Value {
    let t = Tuple::of(v);
    let visible = description(Class::of_value(th, v)).visible;
    if i < visible {
        return t.get(i);
    }
    // SAFETY: the class has a tail word for each hidden field.
    unsafe { *attrs::tail(t.cell(), i - visible) }
}

fn get<const I: usize>(th: &Thread, v: Value) -> Res {
    Ok(field(th, v, I))
}

type Getter = fn(&Thread, Value) -> Res;

#[rustfmt::skip]
static GETTERS: [Getter; MAX_FIELDS] = [
    get::<0>, get::<1>, get::<2>, get::<3>, get::<4>, get::<5>, get::<6>, get::<7>,
    get::<8>, get::<9>, get::<10>, get::<11>, get::<12>, get::<13>, get::<14>, get::<15>,
    get::<16>, get::<17>, get::<18>, get::<19>, get::<20>, get::<21>, get::<22>, get::<23>,
    get::<24>, get::<25>, get::<26>, get::<27>, get::<28>, get::<29>, get::<30>, get::<31>,
];

/// What `__new__` of a struct sequence does; the class in the first argument was checked by nobody yet.
pub fn construct(th: &Thread, a: &[Value]) -> Res {
    let class = match Class::from_value(a[0]) {
        Some(c)
            if c.kind.get() == Kind::Tuple
                && c.extra.get().is_small_int()
                && c.extra.get() != Value::ZERO =>
        {
            c
        }
        _ => {
            return Err(th.type_error(format!(
                "structseq.__new__(X): X is not a struct sequence type ({})",
                class::type_name(th, a[0])
            )));
        }
    };
    let d = description(class);
    let items = protocol::collect(th, a[1]);
    let Some(items) = th.catch(items, TypeId::TypeError)? else {
        return Err(th.type_error("constructor requires a sequence"));
    };
    let rest = match a.get(2).copied().and_then(Value::given) {
        None => None,
        Some(v) => match Dict::from_value(v) {
            Some(d) => Some(d),
            None => {
                let name = tp_name(th, class);
                return Err(th.type_error(format!("{name}() takes a dict as second arg, if any")));
            }
        },
    };
    let (n, min, max) = (items.len(), d.visible, d.fields.len());
    if n < min || n > max {
        let (how, limit) = match (min == max, n < min) {
            (true, _) => ("a ", min),
            (false, true) => ("an at least ", min),
            (false, false) => ("an at most ", max),
        };
        let name = tp_name(th, class);
        return Err(th.type_error(format!("{name}() takes {how}{limit}-sequence ({n}-sequence given)")));
    }
    let mut values = [Value::none(); MAX_FIELDS];
    values[..n].copy_from_slice(items.as_slice());
    if let Some(rest) = rest {
        for (value, field) in values[n..max].iter_mut().zip(&d.fields[n..max]) {
            if let Some(v) = rest.get_text(th, field.0) {
                *value = v;
            }
        }
    }
    d.instance(th, class, &values[..max])
}

/// `__repr__`: `os.terminal_size(columns=80, lines=24)`.
pub fn repr(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let d = description(class);
    let mut out = krait_text::CharsBuf::new();
    out.extend_str(&tp_name(th, class));
    out.extend_str("(");
    let names = d.fields.iter().filter(|f| !f.0.is_empty());
    for (i, (name, _)) in (0..d.visible).zip(names) {
        if i > 0 {
            out.extend_str(", ");
        }
        out.extend_str(name);
        out.extend_str("=");
        let r = protocol::repr(th, Tuple::of(a[0]).get(i))?;
        out.extend(Str::of(r).chars());
    }
    out.extend_str(")");
    string::from_buf(th, &out)
}

/// `__reduce__`: the class with the visible fields and a dict of the hidden ones.
pub fn reduce(th: &Thread, a: &[Value]) -> Res {
    let class = Class::of_value(th, a[0]);
    let d = description(class);
    let items = tuple::from_slice(th, Tuple::of(a[0]).as_slice())?;
    let rest = dict::new(th);
    for (i, (name, _)) in d.fields.iter().enumerate().skip(d.visible) {
        rest.set_text(th, name, field(th, a[0], i));
    }
    let args = tuple::from_slice(th, &[items, rest.value()])?;
    tuple::from_slice(th, &[class.value(), args])
}

natives! {
    static METHODS = {
        staticmethod "__new__" "(cls, sequence, dict={})" construct, "";
        method "__repr__" "()" repr, "";
        method "__reduce__" "()" reduce, "";
    }
}

natives! {
    static SEALED = {
        method "__repr__" "()" repr, "";
        method "__reduce__" "()" reduce, "";
    }
}
