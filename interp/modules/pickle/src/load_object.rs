//! Unpickling: containers that are filled, classes that are found, objects that are made and given their state.

use crate::load::{Loader, interned};
use crate::op;
use crate::outside::{self, EXTENSION_CACHE, INVERTED_REGISTRY, MODULE_2TO3, NAME_2TO3};
use krait_object::class::{Class, flag, type_name};
use krait_object::dict::{self, Dict};
use krait_object::instance::Instance;
use krait_object::list::List;
use krait_object::shape::fixed;
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Kind, Name, Res, Str, Thread, TypeId, Value, attr, buffer, call, codec, int, memoryview, protocol, set,
    string, type_call,
};

impl Loader<'_> {
    /// The less usual instructions.
    pub fn step_object(&mut self, code: u8) -> Res<()> {
        let th = self.th;
        match code {
            op::GLOBAL => {
                let module = self.name_line()?;
                let name = self.name_line()?;
                let v = self.class(module, name)?;
                self.push(v)
            }
            op::STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                if !name.has_shape(fixed::STR) || !module.has_shape(fixed::STR) {
                    return Err(self.error("STACK_GLOBAL requires str"));
                }
                let v = self.class(module, name)?;
                self.push(v)
            }
            op::INST => {
                let m = self.take_mark()?;
                let module = self.name_line()?;
                let name = self.name_line()?;
                let c = self.class(module, name)?;
                let args = self.pop_tuple(m)?;
                let v = instantiate(th, c, args)?;
                self.push(v)
            }
            op::OBJ => {
                let m = self.take_mark()?;
                if self.stack.len() < m + 1 {
                    return Err(self.underflow());
                }
                let args = self.pop_tuple(m + 1)?;
                let c = self.pop()?;
                let v = instantiate(th, c, args)?;
                self.push(v)
            }
            op::NEWOBJ => self.load_new(false),
            op::NEWOBJ_EX => self.load_new(true),
            op::REDUCE => {
                let args = self.pop()?;
                let f = self.pop()?;
                let Some(args) = Tuple::from_value(args) else {
                    return Err(th.type_error("argument list must be a tuple"));
                };
                let v = call::call(th, f, args.as_slice())?;
                self.push(v)
            }
            op::BUILD => self.load_build(),
            op::EXT1 => {
                let n = self.input.byte(th)?;
                self.load_extension(n.into())
            }
            op::EXT2 => {
                let n = u16::from_le_bytes(self.input.array(th)?);
                self.load_extension(n.into())
            }
            op::EXT4 => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                self.load_extension(n.into())
            }
            op::PERSID => {
                self.need_persistent_load()?;
                let line = self.input.line(th)?.to_vec();
                let text = &line[..line.len() - 1];
                if !text.is_ascii() {
                    return Err(self.error("persistent IDs in protocol 0 must be ASCII strings"));
                }
                let id = string::from_latin1(th, text)?;
                let v = call::call(th, self.persistent_load, &[id])?;
                self.push(v)
            }
            op::BINPERSID => {
                self.need_persistent_load()?;
                let id = self.pop()?;
                let v = call::call(th, self.persistent_load, &[id])?;
                self.push(v)
            }
            op::PROTO => {
                let n = self.input.byte(th)?;
                if i64::from(n) > op::HIGHEST_PROTOCOL {
                    return Err(th.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.protocol = n;
                Ok(())
            }
            op::FRAME => self.load_frame(),
            b'\'' | b'\\' => Err(self.error(format!("invalid load key, '\\x{code:02x}'."))),
            0x20..=0x7e => Err(self.error(format!("invalid load key, '{}'.", code as char))),
            _ => Err(self.error(format!("invalid load key, '\\x{code:02x}'."))),
        }
    }

    fn need_persistent_load(&self) -> Res<()> {
        match self.persistent_load {
            Value::MISSING => Err(self.error(
                "A load persistent id instruction was encountered, but no persistent_load function was specified.",
            )),
            _ => Ok(()),
        }
    }

    /// A module or class in a line of its own.
    fn name_line(&mut self) -> Res {
        let line = self.line()?;
        codec::decode(self.th, &line[..line.len() - 1], Some("utf-8"), None)
    }

    fn class(&mut self, module: Value, name: Value) -> Res {
        if self.find_class != Value::MISSING {
            return call::call(self.th, self.find_class, &[module, name]);
        }
        find_class(self.th, module, name, self.protocol, self.fix_imports)
    }

    /// Text of Python 2: bytes, or decoded as the unpickler was told.
    fn push_old_string(&mut self, data: &[u8]) -> Res<()> {
        let th = self.th;
        let v = if self.encoding == "bytes" {
            krait_object::bytes::from_slice(th, data)?
        } else {
            codec::decode(th, data, Some(&self.encoding), Some(&self.errors))?
        };
        self.push(v)
    }

    pub fn load_counted_string(&mut self, n: usize) -> Res<()> {
        let data = self.input.read(self.th, n)?.to_vec();
        self.push_old_string(&data)
    }

    pub fn load_string(&mut self) -> Res<()> {
        let th = self.th;
        let line = self.input.line(th)?.to_vec();
        let inner = match &line[..line.len() - 1] {
            [a @ (b'\'' | b'"'), inner @ .., b] if a == b => inner,
            _ => return Err(self.error("the STRING opcode argument must be quoted")),
        };
        // The escapes of a bytes literal.
        let data = krait_object::bytes::from_slice(th, inner)?;
        let f = outside::ESCAPE_DECODE.get(th)?;
        let r = call::call(th, f, &[data])?;
        let Some(data) = Tuple::from_value(r).and_then(|t| krait_object::bytes::get(t.get(0))) else {
            return Err(th.type_error("escape_decode() gave no bytes"));
        };
        self.push_old_string(data)
    }

    pub fn load_unicode(&mut self) -> Res<()> {
        let th = self.th;
        let line = self.input.line(th)?.to_vec();
        let v = codec::decode(th, &line[..line.len() - 1], Some("raw-unicode-escape"), None)?;
        self.push(v)
    }

    pub fn load_next_buffer(&mut self) -> Res<()> {
        let th = self.th;
        if self.buffers == Value::MISSING {
            return Err(
                self.error("pickle stream refers to out-of-band data but no *buffers* argument was given")
            );
        }
        match protocol::next(th, self.buffers)? {
            Some(b) => self.push(b),
            None => Err(self.error("not enough out-of-band buffers")),
        }
    }

    pub fn load_readonly_buffer(&mut self) -> Res<()> {
        let th = self.th;
        let v = self.top()?;
        let view = memoryview::from_object(th, v)?;
        let m = memoryview::usable(th, view)?;
        if !m.readonly.get() {
            let p = memoryview::Parts { readonly: true, ..memoryview::parts(&m) };
            let ro = memoryview::derive(th, m, &p)?;
            self.set_top(ro);
        }
        Ok(())
    }

    pub fn load_dict(&mut self) -> Res<()> {
        let th = self.th;
        let m = self.take_mark()?;
        if !(self.stack.len() - m).is_multiple_of(2) {
            return Err(self.error("odd number of items for DICT"));
        }
        let d = dict::new(th);
        let mut i = m;
        while i < self.stack.len() {
            d.set(th, self.stack.get(i), self.stack.get(i + 1))?;
            i += 2;
        }
        self.stack.truncate(m);
        self.push(d.value())
    }

    /// Appends the items from a place on to the list below them.
    pub fn append_from(&mut self, from: usize) -> Res<()> {
        let th = self.th;
        if from > self.stack.len() || from <= self.fence {
            return Err(self.underflow());
        }
        if from == self.stack.len() {
            return Ok(());
        }
        let target = self.stack.get(from - 1);
        if target.has_shape(fixed::LIST) {
            let l = List::of(target);
            let n = self.stack.len();
            if n - from == 1 {
                l.push(th, self.stack.get(from))?;
            } else {
                l.reserve(th, n - from)?;
                for i in from..n {
                    l.push(th, self.stack.get(i))?;
                }
            }
            self.stack.truncate(from);
            return Ok(());
        }
        if let Some(f) = attr::get_opt(th, target, th.name(Name::extend))? {
            let items = self.pop_list(from)?;
            call::call(th, f, &[items])?;
            return Ok(());
        }
        let f = attr::get_name(th, target, Name::append)?;
        for i in from..self.stack.len() {
            call::call(th, f, &[self.stack.get(i)])?;
        }
        self.stack.truncate(from);
        Ok(())
    }

    /// Puts the pairs from a place on into the dict below them.
    pub fn set_items_from(&mut self, from: usize) -> Res<()> {
        let th = self.th;
        if from > self.stack.len() || from <= self.fence {
            return Err(self.underflow());
        }
        let n = self.stack.len();
        if from == n {
            return Ok(());
        }
        if !(n - from).is_multiple_of(2) {
            return Err(self.error("odd number of items for SETITEMS"));
        }
        let target = self.stack.get(from - 1);
        let exact = if target.has_shape(fixed::DICT) { Some(Dict::of(target)) } else { None };
        let mut i = from;
        while i < n {
            let (k, v) = (self.stack.get(i), self.stack.get(i + 1));
            match exact {
                Some(d) => d.set(th, k, v)?,
                None => protocol::setitem(th, target, k, v)?,
            }
            i += 2;
        }
        self.stack.truncate(from);
        Ok(())
    }

    pub fn load_add_items(&mut self) -> Res<()> {
        let th = self.th;
        let m = self.take_mark()?;
        if m > self.stack.len() || m <= self.fence {
            return Err(self.underflow());
        }
        if m == self.stack.len() {
            return Ok(());
        }
        let target = self.stack.get(m - 1);
        if let Some(s) = set::Set::from_value(target).filter(|_| target.is_kind(Kind::Set)) {
            for i in m..self.stack.len() {
                s.add(th, self.stack.get(i))?;
            }
        } else {
            let f = attr::get_name(th, target, Name::add)?;
            for i in m..self.stack.len() {
                call::call(th, f, &[self.stack.get(i)])?;
            }
        }
        self.stack.truncate(m);
        Ok(())
    }

    /// NEWOBJ and NEWOBJ_EX: `cls.__new__(cls, *args, **kwargs)`.
    fn load_new(&mut self, ex: bool) -> Res<()> {
        let th = self.th;
        let what = if ex { "NEWOBJ_EX" } else { "NEWOBJ" };
        let kwargs = if ex { self.pop()? } else { Value::MISSING };
        let args = self.pop()?;
        let class = self.pop()?;
        let Some(c) = Class::from_value(class) else {
            let name = type_name(th, class);
            return Err(self.error(format!("{what} class argument must be a type, not {name}")));
        };
        let Some(args) = Tuple::from_value(args) else {
            let name = type_name(th, args);
            return Err(self.error(format!("{what} args argument must be a tuple, not {name}")));
        };
        if ex && !kwargs.is_kind(Kind::Dict) {
            let name = type_name(th, kwargs);
            return Err(self.error(format!("{what} kwargs argument must be a dict, not {name}")));
        }
        // Most classes have the `__new__` of object, which makes a bare instance.
        if args.is_empty()
            && !ex
            && c.kind.get() == Kind::Instance
            && c.inherits_special(th, Name::__new__, TypeId::Object)
        {
            let v = type_call::new_instance(th, c)?;
            return self.push(v);
        }
        let mut all = krait_object::ValueVec::with_capacity(th, args.len() + 1)?;
        all.push(th, class)?;
        for &x in args.as_slice() {
            all.push(th, x)?;
        }
        let f = attr::get_name(th, class, Name::__new__)?;
        let v = call::call_dict(th, f, all.as_slice(), kwargs)?;
        self.push(v)
    }

    /// BUILD: the state on top goes to the object below it.
    fn load_build(&mut self) -> Res<()> {
        let th = self.th;
        if self.stack.len() < self.fence + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let v = self.top()?;
        if let Some(f) = attr::get_opt(th, v, th.name(Name::__setstate__))? {
            call::call(th, f, &[state])?;
            return Ok(());
        }
        let (state, slots) = match Tuple::from_value(state).filter(|t| t.len() == 2) {
            Some(t) => (t.get(0), Some(t.get(1)).filter(|s| !s.is_none())),
            None => (state, None),
        };
        if !state.is_none() {
            let Some(d) = Dict::from_value(state) else {
                return Err(self.error("state is not a dictionary"));
            };
            set_state(th, v, d)?;
        }
        if let Some(slots) = slots {
            let Some(d) = Dict::from_value(slots) else {
                return Err(self.error("slot state is not a dictionary"));
            };
            let mut at = 0;
            while let Some((k, x)) = d.next(th, &mut at) {
                let Some(k) = Str::from_value(k) else {
                    return Err(
                        th.type_error(format!("attribute name must be string, not '{}'", type_name(th, k)))
                    );
                };
                attr::set(th, v, string::intern(th, k), x)?;
            }
        }
        Ok(())
    }

    fn load_extension(&mut self, code: i64) -> Res<()> {
        let th = self.th;
        if code <= 0 {
            return Err(self.error("EXT specifies code <= 0"));
        }
        let key = Value::small(code);
        if let Some(v) = EXTENSION_CACHE.dict(th)?.get(th, key)? {
            return self.push(v);
        }
        let Some(pair) = INVERTED_REGISTRY.dict(th)?.get(th, key)? else {
            return Err(th.value_error(format!("unregistered extension code {code}")));
        };
        let names = Tuple::from_value(pair)
            .filter(|t| t.len() == 2 && t.as_slice().iter().all(|x| x.is_kind(Kind::Str)));
        let Some(names) = names else {
            return Err(th.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let v = self.class(names.get(0), names.get(1))?;
        EXTENSION_CACHE.dict(th)?.set(th, key, v)?;
        self.push(v)
    }
}

/// The entries of a state become attributes, past `__setattr__`.
fn set_state(th: &Thread, v: Value, d: Dict) -> Res<()> {
    let mut at = 0;
    let class = Class::of_value(th, v);
    // Ordinary instances keep attributes without a dict; none is made for this.
    if v.is_kind(Kind::Instance) && class.has_flag(flag::DICT) && has_usual_dict(th, class) {
        let i = Instance::of(v);
        while let Some((k, x)) = d.next(th, &mut at) {
            if !k.has_shape(fixed::STR) {
                return set_in_dict(th, v, d);
            }
            i.set_own(th, interned(th, k), x)?;
        }
        return Ok(());
    }
    set_in_dict(th, v, d)
}

fn set_in_dict(th: &Thread, v: Value, d: Dict) -> Res<()> {
    let target = attr::get_name(th, v, Name::__dict__)?;
    let mut at = 0;
    while let Some((k, x)) = d.next(th, &mut at) {
        protocol::setitem(th, target, interned(th, k), x)?;
    }
    Ok(())
}

/// Is `__dict__` of the class's instances what it is for every class?
fn has_usual_dict(th: &Thread, c: Class) -> bool {
    let found = c.lookup(th, th.name(Name::__dict__)).and_then(krait_object::descriptor::GetSet::from_value);
    found.is_some_and(|g| std::ptr::fn_addr_eq(g.def().get, attr::dict_getter as fn(&Thread, Value) -> Res))
        && attr::is_generic(th, c)
}

/// INST and OBJ: a call, but a class without arguments is not called.
fn instantiate(th: &Thread, c: Value, args: Value) -> Res {
    let args = Tuple::of(args);
    if args.is_empty() && Class::from_value(c).is_some() {
        let name = th.interp.interned.intern_text(th, "__getinitargs__");
        if attr::get_opt(th, c, name)?.is_none() {
            let f = attr::get_name(th, c, Name::__new__)?;
            return call::call(th, f, &[c]);
        }
    }
    call::call(th, c, args.as_slice())
}

/// `Unpickler.find_class`: the object of a name in a module, which is imported.
pub fn find_class(th: &Thread, module: Value, name: Value, protocol: u8, fix_imports: bool) -> Res {
    let (mut module, mut name) = (module, name);
    if protocol < 3 && fix_imports {
        (module, name) = new_name(th, module, name)?;
    }
    let m = outside::import(th, module)?;
    let Some(text) = Str::from_value(name) else {
        return Err(th.type_error(format!("attribute name must be string, not '{}'", type_name(th, name))));
    };
    let found = if protocol >= 4 {
        let path = outside::dotted_path(th, text, Some(m))?;
        outside::deep_attribute(th, m, &path)?.map(|f| f.0)
    } else {
        attr::get_opt(th, m, string::intern(th, text))?
    };
    match found {
        Some(v) => Ok(v),
        None => {
            let (n, m) = (protocol::repr_text(th, name)?, protocol::repr_text(th, m)?);
            Err(th.raise_new(TypeId::AttributeError, format!("Can't get attribute {n} on {m}")))
        }
    }
}

/// The name that a global of Python 2 has now.
fn new_name(th: &Thread, module: Value, name: Value) -> Res<(Value, Value)> {
    let key = tuple::from_slice(th, &[module, name])?;
    if let Some(found) = NAME_2TO3.dict(th)?.get(th, key)? {
        let pair = Tuple::from_value(found).filter(|p| p.len() == 2);
        let Some(pair) = pair else {
            let n = type_name(th, found);
            return Err(
                th.runtime_error(format!("_compat_pickle.NAME_MAPPING values should be 2-tuples, not {n}"))
            );
        };
        if !pair.as_slice().iter().all(|x| x.is_kind(Kind::Str)) {
            let [a, b] = [pair.get(0), pair.get(1)].map(|x| type_name(th, x));
            let text = format!("_compat_pickle.NAME_MAPPING values should be pairs of str, not ({a}, {b})");
            return Err(th.runtime_error(text));
        }
        return Ok((pair.get(0), pair.get(1)));
    }
    match MODULE_2TO3.dict(th)?.get(th, module)? {
        Some(m) if m.is_kind(Kind::Str) => Ok((m, name)),
        Some(m) => {
            let n = type_name(th, m);
            Err(th.runtime_error(format!("_compat_pickle.IMPORT_MAPPING values should be strings, not {n}")))
        }
        None => Ok((module, name)),
    }
}

/// The bytes-like argument of `loads`, as the machine's input.
pub fn memory(th: &Thread, v: Value) -> Res<crate::input::Input> {
    Ok(crate::input::Input::memory(buffer::bytes_like(th, v)?))
}

/// A number as C's `int` arguments are: of `protocol`.
pub fn protocol_arg(th: &Thread, v: Value) -> Res<i64> {
    let n = protocol::index(th, v)?;
    int::to_i64(n).ok_or_else(|| th.overflow_error("Python int too large to convert to C int"))
}
