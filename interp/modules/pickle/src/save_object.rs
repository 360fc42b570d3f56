//! Pickling of objects by what `__reduce__` gives, of classes and functions by name, and of persistent identities.

use crate::op;
use crate::outside::{self, EXTENSION_REGISTRY, GETATTR, MODULE_3TO2, NAME_3TO2, PARTIAL, PICKLING_ERROR};
use crate::save::Saver;
use krait_object::class::{Class, type_name};
use krait_object::dict::Dict;
use krait_object::shape::fixed;
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Kind, Name, Raised, Res, Str, Thread, TypeId, Value, ValueVec, attr, call, int, protocol, string,
};

/// How a module and a name are given in a pickle.
struct GlobalName {
    module: Value,
    name: Value,
}

impl Saver<'_> {
    #[cold]
    fn error(&self, text: impl AsRef<str>) -> Raised {
        PICKLING_ERROR.raise(self.th, text)
    }

    /// Writes the object's persistent identity if it has one.
    pub fn save_persistent(&mut self, v: Value) -> Res<bool> {
        let th = self.th;
        let id = call::call(th, self.persistent_id, &[v])?;
        if id.is_none() {
            return Ok(false);
        }
        if self.bin {
            self.save_with(id, false)?;
            self.out.byte(op::BINPERSID);
            return Ok(true);
        }
        let text = protocol::str_of(th, id)?;
        let Some(text) = Str::of(text).as_ascii() else {
            return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.out.op(op::PERSID, text.as_bytes());
        self.out.byte(b'\n');
        Ok(true)
    }

    /// Writes what `__reduce__` gave for `v` (None: it is not to be memoized).
    pub fn save_reduce(&mut self, reduced: Tuple, v: Option<Value>) -> Res<()> {
        let th = self.th;
        if !(2..=6).contains(&reduced.len()) {
            return Err(self.error("tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let part = |i: usize| reduced.as_slice().get(i).copied().filter(|x| !x.is_none());
        let (f, args) = (reduced.get(0), reduced.get(1));
        if !call::is_callable(th, f) {
            return Err(self.error("first item of the tuple returned by __reduce__ must be callable"));
        }
        let Some(args_tuple) = Tuple::from_value(args) else {
            return Err(self.error("second item of the tuple returned by __reduce__ must be a tuple"));
        };
        let (state, list_items, dict_items, setter) = (part(2), part(3), part(4), part(5));
        for (x, which) in [(list_items, "fourth"), (dict_items, "fifth")] {
            if let Some(x) = x.filter(|&x| !protocol::is_iterator(th, x)) {
                let name = type_name(th, x);
                return Err(self.error(format!(
                    "{which} element of the tuple returned by __reduce__ must be an iterator, not {name}"
                )));
            }
        }
        if let Some(x) = setter.filter(|&x| !call::is_callable(th, x)) {
            let name = type_name(th, x);
            return Err(self.error(format!(
                "sixth element of the tuple returned by __reduce__ must be a function, not {name}"
            )));
        }
        self.save_call(f, args_tuple, v)?;
        if let Some(v) = v {
            // Written with its own arguments: the object contains itself by way of them.
            if self.is_known(v) {
                self.out.byte(op::POP);
                self.save_known(v);
                return Ok(());
            }
            self.memoize(v)?;
        }
        if let Some(it) = list_items {
            self.save_appends(it)?;
        }
        if let Some(it) = dict_items {
            self.save_set_items(it)?;
        }
        let Some(state) = state else { return Ok(()) };
        match (setter, v) {
            (Some(f), Some(v)) => {
                self.save(f)?;
                self.save(v)?;
                self.save(state)?;
                self.out.write(&[op::TUPLE2, op::REDUCE, op::POP]);
            }
            _ => {
                self.save(state)?;
                self.out.byte(op::BUILD);
            }
        }
        Ok(())
    }

    /// The call that makes the object; calls of `__new__` have instructions of their own.
    fn save_call(&mut self, f: Value, args: Tuple, v: Option<Value>) -> Res<()> {
        let th = self.th;
        let name = if self.protocol >= 2 { attr::get_opt(th, f, th.name(Name::__name__))? } else { None };
        let is = |text: &str| name.and_then(Str::from_value).is_some_and(|n| n.is(text));
        if is("__newobj_ex__") {
            return self.save_new_ex(args);
        }
        if !is("__newobj__") {
            self.save(f)?;
            self.save(args.value())?;
            self.out.byte(op::REDUCE);
            return Ok(());
        }
        let [class, rest @ ..] = args.as_slice() else {
            return Err(self.error("__newobj__ arglist is empty"));
        };
        if Class::from_value(*class).is_none() {
            return Err(self.error("args[0] from __newobj__ args is not a type"));
        }
        if let Some(v) = v {
            let own = match attr::get_opt(th, v, th.name(Name::__class__))? {
                Some(c) => c,
                None => Class::of_value(th, v).value(),
            };
            if own != *class {
                return Err(self.error("args[0] from __newobj__ args has the wrong class"));
            }
        }
        self.save(*class)?;
        let rest = tuple::from_slice(th, rest)?;
        self.save(rest)?;
        self.out.byte(op::NEWOBJ);
        Ok(())
    }

    fn save_new_ex(&mut self, args: Tuple) -> Res<()> {
        let th = self.th;
        let [class, args, kwargs] = *args.as_slice() else {
            return Err(self.error(format!(
                "length of the NEWOBJ_EX argument tuple must be exactly 3, not {}",
                args.len()
            )));
        };
        let wrong = |which: &str, what: &str, x: Value| {
            let name = type_name(th, x);
            PICKLING_ERROR
                .raise(th, format!("{which} item from NEWOBJ_EX argument tuple must be a {what}, not {name}"))
        };
        if Class::from_value(class).is_none() {
            return Err(wrong("first", "class", class));
        }
        let Some(positional) = Tuple::from_value(args) else { return Err(wrong("second", "tuple", args)) };
        if !kwargs.is_kind(Kind::Dict) {
            return Err(wrong("third", "dict", kwargs));
        }
        if self.protocol >= 4 {
            self.save(class)?;
            self.save(args)?;
            self.save(kwargs)?;
            self.out.byte(op::NEWOBJ_EX);
            return Ok(());
        }
        // A partial of `__new__` that wants no more arguments.
        let mut all = ValueVec::new();
        all.push(th, attr::get_name(th, class, Name::__new__)?)?;
        all.push(th, class)?;
        for &x in positional.as_slice() {
            all.push(th, x)?;
        }
        let partial = PARTIAL.get(th)?;
        let f = call::call_dict(th, partial, all.as_slice(), kwargs)?;
        self.save(f)?;
        self.save(th.interp.empty_tuple.get())?;
        self.out.byte(op::REDUCE);
        Ok(())
    }

    /// Classes; those of the singletons have no names, and are made by `type`.
    pub fn save_type(&mut self, v: Value) -> Res<()> {
        let th = self.th;
        let only = match Class::of(v) {
            c if c.is(TypeId::NoneType) => Value::none(),
            c if c.is(TypeId::Ellipsis) => Value::ellipsis(),
            c if c.is(TypeId::NotImplementedType) => Value::not_implemented(),
            _ => return self.save_global(v, None),
        };
        let args = tuple::from_slice(th, &[only])?;
        let reduced = tuple::from_slice(th, &[th.interp.class_value(TypeId::Type), args])?;
        self.save_reduce(Tuple::of(reduced), Some(v))
    }

    /// An object by its module and name.
    pub fn save_global(&mut self, v: Value, name: Option<Str>) -> Res<()> {
        let th = self.th;
        let name = match name {
            Some(n) => n.value(),
            None => match attr::get_opt(th, v, th.name(Name::__qualname__))? {
                Some(n) => n,
                None => attr::get_name(th, v, Name::__name__)?,
            },
        };
        let Some(text) = Str::from_value(name) else {
            return Err(th.type_error(format!("must be str, not {}", type_name(th, name))));
        };
        let path = outside::dotted_path(th, text, None)?;
        let module_name = which_module(th, v, &path)?;
        let shown = || protocol::repr_text(th, v);
        let print = |x: Value| protocol::str_of(th, x).map(|s| Str::of(s).to_text());
        let Ok(module) = outside::import(th, module_name) else {
            if !th.pending_is(TypeId::Exception) {
                return Err(th.raised());
            }
            th.clear_pending();
            let shown_module = protocol::repr_text(th, module_name)?;
            return Err(
                self.error(format!("Can't pickle {}: import of module {shown_module} failed", shown()?))
            );
        };
        let Some((found, parent)) = outside::deep_attribute(th, module, &path)? else {
            return Err(self.error(format!(
                "Can't pickle {}: attribute lookup {} on {} failed",
                shown()?,
                print(name)?,
                print(module_name)?
            )));
        };
        if found != v {
            return Err(self.error(format!(
                "Can't pickle {}: it's not the same object as {}.{}",
                shown()?,
                print(module_name)?,
                print(name)?
            )));
        }
        // A path that comes back to the module is shortened.
        let name = match path.last() {
            Some(last) if parent == module && path.len() > 1 => string::try_new(th, last)?,
            _ => name,
        };
        let g = GlobalName { module: module_name, name };
        if self.protocol >= 2 && self.save_extension(v, &g)? {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save(g.module)?;
            self.save(g.name)?;
            self.out.byte(op::STACK_GLOBAL);
        } else if parent != module {
            let last = string::try_new(th, path.last().map_or("", |s| s))?;
            let args = tuple::from_slice(th, &[parent, last])?;
            let reduced = tuple::from_slice(th, &[GETATTR.get(th)?, args])?;
            self.save_reduce(Tuple::of(reduced), None)?;
        } else {
            self.save_global_text(g)?;
        }
        self.memoize(v)
    }

    /// A global that has a number in the registry of extensions.
    fn save_extension(&mut self, v: Value, g: &GlobalName) -> Res<bool> {
        let th = self.th;
        let registry = EXTENSION_REGISTRY.dict(th)?;
        if registry.is_empty() {
            return Ok(false);
        }
        let key = tuple::from_slice(th, &[g.module, g.name])?;
        let Some(code) = registry.get(th, key)? else { return Ok(false) };
        let shown = || protocol::repr_text(th, v);
        let n = match int::to_i64(code) {
            Some(n) if code.is_small_int() || code.has_shape(fixed::INT) => n,
            None if code.has_shape(fixed::INT) => i64::MAX,
            _ => {
                let code = protocol::repr_text(th, code)?;
                return Err(
                    self.error(format!("Can't pickle {}: extension code {code} isn't an integer", shown()?))
                );
            }
        };
        match n {
            1..=0xff => self.out.op(op::EXT1, &[n as u8]),
            0x100..=0xffff => self.out.op(op::EXT2, &(n as u16).to_le_bytes()),
            0x1_0000..=0x7fff_ffff => self.out.op(op::EXT4, &(n as u32).to_le_bytes()),
            _ => {
                let text = format!("Can't pickle {}: extension code {n} is out of range", shown()?);
                return Err(th.runtime_error(text));
            }
        }
        Ok(true)
    }

    /// A global of the older protocols: two lines, with the names of Python 2 below protocol 3.
    fn save_global_text(&mut self, g: GlobalName) -> Res<()> {
        let th = self.th;
        let g = if self.protocol < 3 && self.fix_imports { old_name(th, g)? } else { g };
        self.out.byte(op::GLOBAL);
        for (what, v) in [("module", g.module), ("global", g.name)] {
            let s = Str::of(v);
            let text = if self.protocol >= 3 { s.to_utf8() } else { s.as_ascii().map(str::to_owned) };
            let Some(text) = text else {
                return Err(self.error(format!(
                    "can't pickle {what} identifier '{}' using pickle protocol {}",
                    s.to_text(),
                    self.protocol
                )));
            };
            self.out.write(text.as_bytes());
            self.out.byte(b'\n');
        }
        Ok(())
    }
}

/// The name that a global had in Python 2.
fn old_name(th: &Thread, g: GlobalName) -> Res<GlobalName> {
    let key = tuple::from_slice(th, &[g.module, g.name])?;
    if let Some(found) = NAME_3TO2.dict(th)?.get(th, key)? {
        let pair = Tuple::from_value(found).filter(|p| p.len() == 2);
        let Some(pair) = pair else {
            let text = format!(
                "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not {}",
                type_name(th, found)
            );
            return Err(th.runtime_error(text));
        };
        if !pair.as_slice().iter().all(|x| x.is_kind(Kind::Str)) {
            let [a, b] = [pair.get(0), pair.get(1)].map(|x| type_name(th, x));
            return Err(th.runtime_error(format!(
                "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not ({a}, {b})"
            )));
        }
        return Ok(GlobalName { module: pair.get(0), name: pair.get(1) });
    }
    match MODULE_3TO2.dict(th)?.get(th, g.module)? {
        Some(m) if m.is_kind(Kind::Str) => Ok(GlobalName { module: m, name: g.name }),
        Some(m) => Err(th.runtime_error(format!(
            "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not {}",
            type_name(th, m)
        ))),
        None => Ok(g),
    }
}

/// The name of the module that an object says it is from, else of one that it is found in.
fn which_module(th: &Thread, v: Value, path: &[String]) -> Res {
    if let Some(m) = attr::get_opt(th, v, th.name(Name::__module__))?.filter(|m| !m.is_none()) {
        return Ok(m);
    }
    let modules = outside::modules(th)?;
    // Looking may import something, so the names are collected first.
    let mut all = ValueVec::new();
    let mut at = 0;
    while let Some((name, m)) = Dict::next(modules, th, &mut at) {
        all.push(th, name)?;
        all.push(th, m)?;
    }
    for pair in all.as_slice().chunks_exact(2) {
        let (name, m) = (pair[0], pair[1]);
        if m.is_none() || Str::from_value(name).is_some_and(|n| n.is("__main__")) {
            continue;
        }
        if let Some((found, _)) = outside::deep_attribute(th, m, path)?
            && found == v
        {
            return Ok(name);
        }
    }
    string::try_new(th, "__main__")
}
