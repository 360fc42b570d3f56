//! Objects to trees: reading fields, with the errors of CPython's converter.
//!
//! A node is read in two steps, as there: first all fields, where None stands for nothing whatever the field; then
//! what must not be missing is missed.

use super::classes::{self, Classes, number};
use super::validate;
use krait_object::class::Class;
use krait_object::list::List;
use krait_object::string::Str;
use krait_object::thread::{Raised, Res, Thread};
use krait_object::tuple::Tuple;
use krait_object::value::Value;
use krait_object::{TypeId, attr, bytes, codec, float, int, protocol, set};
use krait_syntax::asdl::CLASSES;
use krait_syntax::ast::*;
use krait_syntax::parse::Mode;

/// Deepest tree that the compiler is ready for; the parser's limit is the same.
const MAX_DEPTH: u32 = 2990;

/// The tree of a node object, checked.
///
/// # Errors
/// TypeError and ValueError for objects that are no tree of the mode, RecursionError; what reading attributes raises.
pub fn from_object(th: &Thread, v: Value, mode: Mode) -> Res<Mod> {
    let mut r = Reader {
        th,
        classes: classes::get(th)?,
        ids: NodeIds::default(),
        shared: Names::default(),
        depth: 0,
        bad_position: None,
        foreign: Vec::new(),
    };
    let wanted = match mode {
        Mode::Exec => number!(Module),
        Mode::Eval => number!(Expression),
        Mode::Single => number!(Interactive),
        Mode::FuncType => number!(FunctionType),
    };
    if !protocol::is_instance(th, v, r.classes.class(wanted).value())? {
        let (name, given) = (CLASSES[wanted].name, Class::of_value(th, v).name_text());
        return Err(th.type_error(format!("expected {name} node, got {given}")));
    }
    let kind = r.module(v)?;
    if let Some(numbers) = r.bad_position {
        return Err(validate::bad_position(th, numbers));
    }
    let tree = Mod { kind, node_count: r.ids.count() };
    validate::module(th, &tree, &r.foreign)?;
    Ok(tree)
}

pub(super) struct Reader<'a> {
    pub(super) th: &'a Thread,
    pub(super) classes: Classes,
    pub(super) ids: NodeIds,
    shared: Names,
    depth: u32,
    /// The first position that makes no sense: an error once everything was read.
    bad_position: Option<[i32; 4]>,
    /// Names of the types of constants that cannot be any.
    foreign: Vec<String>,
}

/// A node that is being read: the object, the number of the class it counts as.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) v: Value,
    pub(super) class: usize,
}

impl Node {
    fn field_name(self, i: usize) -> &'static str {
        CLASSES[self.class].fields[i].name
    }

    pub(super) fn class_name(self) -> &'static str {
        CLASSES[self.class].name
    }
}

impl Reader<'_> {
    /// Goes one level down, to a node of the kind.
    pub(super) fn deeper<T>(&mut self, kind: &str, f: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        self.th.check_native_stack()?;
        if self.depth >= MAX_DEPTH {
            let text = format!("maximum recursion depth exceeded while traversing '{kind}' node");
            return Err(self.th.raise_new(TypeId::RecursionError, text));
        }
        self.depth += 1;
        let r = f(self);
        self.depth -= 1;
        r
    }

    /// The node as an instance of one of the cases of a class, or of the class itself if it has none.
    ///
    /// # Errors
    /// TypeError "expected some sort of CLASS, but got V".
    pub(super) fn case(&mut self, v: Value, base: usize) -> Res<Node> {
        let found = self.classes.number_of(self.th, v)?;
        match found.filter(|&n| CLASSES[n].base == CLASSES[base].name) {
            Some(class) => Ok(Node { v, class }),
            None => {
                let shown = protocol::repr_text(self.th, v)?;
                let name = CLASSES[base].name;
                Err(self.th.type_error(format!("expected some sort of {name}, but got {shown}")))
            }
        }
    }

    #[cold]
    fn missing(&self, field: &str, owner: &str) -> Raised {
        self.th.type_error(format!("required field \"{field}\" missing from {owner}"))
    }

    /// A field's value; None when there is none or it is None.
    pub(super) fn field(&mut self, n: Node, i: usize) -> Res<Option<Value>> {
        let name = self.classes.fields(n.class).get(i);
        Ok(attr::get_opt(self.th, n.v, name)?.filter(|v| !v.is_none()))
    }

    /// A field that has to be there; None when it is None.
    ///
    /// # Errors
    /// TypeError "required field "F" missing from C".
    fn there(&mut self, n: Node, i: usize) -> Res<Value> {
        let name = self.classes.fields(n.class).get(i);
        match attr::get_opt(self.th, n.v, name)? {
            Some(v) => Ok(v),
            None => Err(self.missing(n.field_name(i), n.class_name())),
        }
    }

    /// Reads a field of a single value.
    pub(super) fn one<T>(
        &mut self,
        n: Node,
        i: usize,
        f: impl FnOnce(&mut Self, Value) -> Res<T>,
    ) -> Res<Option<T>> {
        let v = self.there(n, i)?;
        if v.is_none() { Ok(None) } else { f(self, v).map(Some) }
    }

    /// Reads a field that has to be there and for which None is a value like others.
    pub(super) fn any<T>(&mut self, n: Node, i: usize, f: impl FnOnce(&mut Self, Value) -> Res<T>) -> Res<T> {
        let v = self.there(n, i)?;
        f(self, v)
    }

    /// Reads an optional field.
    pub(super) fn optional<T>(
        &mut self,
        n: Node,
        i: usize,
        f: impl FnOnce(&mut Self, Value) -> Res<T>,
    ) -> Res<Option<T>> {
        match self.field(n, i)? {
            Some(v) => f(self, v).map(Some),
            None => Ok(None),
        }
    }

    /// Reads a list.
    pub(super) fn many<T>(
        &mut self,
        n: Node,
        i: usize,
        mut f: impl FnMut(&mut Self, Value) -> Res<T>,
    ) -> Res<Vec<T>> {
        let name = self.classes.fields(n.class).get(i);
        // A list that is not there is an empty one.
        let Some(v) = attr::get_opt(self.th, n.v, name)? else { return Ok(Vec::new()) };
        let (class, field) = (n.class_name(), n.field_name(i));
        let Some(list) = List::from_value(v) else {
            let given = Class::of_value(self.th, v).name_text();
            let text = format!("{class} field \"{field}\" must be a list, not a {given}");
            return Err(self.th.type_error(text));
        };
        let len = list.len();
        let mut out = Vec::with_capacity(len);
        while let Some(item) = list.get(out.len()) {
            out.push(f(self, item)?);
            if list.len() != len {
                let text = format!("{class} field \"{field}\" changed size during iteration");
                return Err(self.th.runtime_error(text));
            }
        }
        Ok(out)
    }

    /// The field after all were read.
    ///
    /// # Errors
    /// ValueError "field 'F' is required for C".
    pub(super) fn required<T>(&self, value: Option<T>, field: &str, n: Node) -> Res<T> {
        value
            .ok_or_else(|| self.th.value_error(format!("field '{field}' is required for {}", n.class_name())))
    }

    /// The position of a node, to be checked; `owner` is what the messages name.
    pub(super) fn span(&mut self, v: Value, owner: &str, end_required: bool) -> Res<Span> {
        let numbers = self.numbers(v, owner, end_required)?;
        if self.bad_position.is_none() && !validate::is_position(numbers) {
            self.bad_position = Some(numbers);
        }
        Ok(span_of(numbers))
    }

    /// The position of a keyword or an alias, which nobody checks.
    pub(super) fn loose_span(&mut self, v: Value, owner: &str) -> Res<Span> {
        self.numbers(v, owner, false).map(span_of)
    }

    fn numbers(&mut self, v: Value, owner: &str, end_required: bool) -> Res<[i32; 4]> {
        let mut numbers = [0; 4];
        for i in 0..4 {
            let name = self.classes.position(i);
            let found = attr::get_opt(self.th, v, name)?;
            numbers[i] = match found {
                Some(v) if i < 2 || !v.is_none() || end_required => self.int(v)?,
                // The end is where the start is.
                _ if i >= 2 && !end_required => numbers[i - 2],
                _ => return Err(self.missing(krait_syntax::asdl::ATTRIBUTES[i], owner)),
            };
        }
        Ok(numbers)
    }

    pub(super) fn int(&mut self, v: Value) -> Res<i32> {
        if !int::is_int(v) {
            let shown = protocol::repr_text(self.th, v)?;
            return Err(self.th.value_error(format!("invalid integer value: {shown}")));
        }
        int::to_i64(v)
            .and_then(|n| i32::try_from(n).ok())
            .ok_or_else(|| self.th.overflow_error("Python int too large to convert to C int"))
    }

    pub(super) fn identifier(&mut self, v: Value) -> Res<Name> {
        match Str::from_value(v).filter(|_| v.has_shape(TypeId::Str as u32)) {
            Some(s) => {
                let text = codec::utf8(self.th, s)?;
                Ok(self.shared.intern(&text))
            }
            None => Err(self.th.type_error("AST identifier must be of type str")),
        }
    }

    /// The text of a type comment.
    pub(super) fn text(&mut self, v: Value) -> Res<Name> {
        if let Some(s) = Str::from_value(v).filter(|_| v.has_shape(TypeId::Str as u32)) {
            return Ok(Name::new(&codec::utf8(self.th, s)?));
        }
        match bytes::get(v).filter(|_| v.has_shape(TypeId::Bytes as u32)) {
            Some(b) => Ok(Name::new(&String::from_utf8_lossy(b))),
            None => Err(self.th.type_error("AST string must be of type str")),
        }
    }

    pub(super) fn constant(&mut self, v: Value) -> Res<Constant> {
        self.deeper("expr", |r| r.constant_here(v))
    }

    fn constant_here(&mut self, v: Value) -> Res<Constant> {
        if v.is_none() {
            return Ok(Constant::None);
        }
        if v == Value::ellipsis() {
            return Ok(Constant::Ellipsis);
        }
        if let Some(b) = v.as_bool() {
            return Ok(if b { Constant::True } else { Constant::False });
        }
        if let Some(n) = v.small_int() {
            return Ok(Constant::Int(IntLit::Small(n)));
        }
        if float::is_exact(v) {
            return Ok(Constant::Float(float::get(v).unwrap_or_default()));
        }
        let class = Class::of_value(self.th, v);
        if class.is(TypeId::Int) {
            return Ok(Constant::Int(int::with_ref(v, |r| IntLit::from_limbs(r.neg, r.limbs.to_vec()))));
        }
        if let (true, Some(c)) = (class.is(TypeId::Complex), float::Complex::from_value(v)) {
            return Ok(Constant::Complex(c.real.get(), c.imag.get()));
        }
        if let (true, Some(s)) = (class.is(TypeId::Str), Str::from_value(v)) {
            let mut out = Vec::with_capacity(s.len());
            krait_text::wtf8::encode(s.chars(), &mut out);
            return Ok(Constant::Str(out.into()));
        }
        if let (true, Some(b)) = (class.is(TypeId::Bytes), bytes::get(v)) {
            return Ok(Constant::Bytes(b.into()));
        }
        if let (true, Some(t)) = (class.is(TypeId::Tuple), Tuple::from_value(v)) {
            let items: Res<Vec<Constant>> = t.as_slice().iter().map(|&v| self.constant(v)).collect();
            return Ok(Constant::Tuple(items?));
        }
        if let (true, Some(d)) = (class.is(TypeId::FrozenSet), set::items(v)) {
            let (mut items, mut at) = (Vec::with_capacity(d.len()), 0);
            while let Some((item, _)) = d.next(self.th, &mut at) {
                items.push(self.constant(item)?);
            }
            return Ok(Constant::FrozenSet(items));
        }
        // The tree is checked when all of it was read.
        self.foreign.push(class.name_text());
        Ok(Constant::Foreign(self.foreign.len() as u32 - 1))
    }

    fn module(&mut self, v: Value) -> Res<ModKind> {
        let n = self.case(v, number!(mod))?;
        Ok(match n.class_name() {
            "Module" => {
                let body = self.many(n, 0, Self::stmt)?;
                let type_ignores = self.many(n, 1, Self::type_ignore)?;
                ModKind::Module { body, type_ignores }
            }
            "Interactive" => ModKind::Interactive { body: self.many(n, 0, Self::stmt)? },
            "Expression" => {
                let body = self.one(n, 0, Self::boxed)?;
                ModKind::Expression { body: self.required(body, "body", n)? }
            }
            _ => {
                let argtypes = self.many(n, 0, Self::expr)?;
                let returns = self.one(n, 1, Self::boxed)?;
                ModKind::FunctionType { argtypes, returns: self.required(returns, "returns", n)? }
            }
        })
    }

    fn type_ignore(&mut self, v: Value) -> Res<TypeIgnore> {
        let n = self.case(v, number!(type_ignore))?;
        let lineno = self.any(n, 0, Self::int)?;
        let tag = self.one(n, 1, Self::text)?;
        let tag = self.required(tag, "tag", n)?.to_string();
        Ok(TypeIgnore { lineno: lineno.max(0) as u32, tag })
    }
}

fn span_of(numbers: [i32; 4]) -> Span {
    // Places before the first are nowhere.
    let [lineno, col_offset, end_lineno, end_col_offset] = numbers.map(|n| n.max(0) as u32);
    Span { lineno, col_offset, end_lineno, end_col_offset }
}
