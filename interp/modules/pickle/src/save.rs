//! Pickling: which way an object is written, and the plain types.

use crate::ids::IdMap;
use crate::op;
use crate::out::Out;
use crate::outside::{CODECS_ENCODE, DISPATCH_TABLE, PICKLING_ERROR};
use krait_number::int as int_bytes;
use krait_object::buffer::{self, flags};
use krait_object::bytearray::ByteArray;
use krait_object::bytes::Bytes;
use krait_object::class::{Class, type_name};
use krait_object::dict::{self, Dict};
use krait_object::list::List;
use krait_object::shape::fixed;
use krait_object::{Name, Res, Str, Thread, TypeId, Value, attr, call, float, int, protocol, string, tuple};
use std::cell::RefCell;

/// One run of a pickler. It holds values: it lives on the machine stack only.
pub struct Saver<'a> {
    pub th: &'a Thread,
    pub out: Out,
    pub protocol: u8,
    pub bin: bool,
    /// Nothing is memoized.
    pub fast: bool,
    pub fix_imports: bool,
    /// Numbers of the objects that were written.
    pub memo: &'a RefCell<IdMap>,
    /// Those objects: they must not go while their addresses are in `memo`.
    pub kept: List,
    /// What the pickler overrides, or `MISSING`.
    pub persistent_id: Value,
    pub dispatch_table: Value,
    pub reducer_override: Value,
    pub buffer_callback: Value,
    /// Depth of containers in fast mode, and those of them that are deep.
    pub depth: usize,
    pub deep: Option<Dict>,
}

/// From so deep on, fast mode looks out for cycles.
const FAST_DEPTH: usize = 50;

impl Saver<'_> {
    /// The whole pickle of an object.
    pub fn dump(&mut self, v: Value) -> Res<()> {
        if self.protocol >= 2 {
            self.out.op(op::PROTO, &[self.protocol]);
            self.out.framing = self.protocol >= 4;
        }
        self.save(v)?;
        self.out.byte(op::STOP);
        self.out.close_frame();
        self.out.framing = false;
        Ok(())
    }

    /// Writes an object.
    #[inline]
    pub fn save(&mut self, v: Value) -> Res<()> {
        self.save_with(v, true)
    }

    /// As `save`; without asking for a persistent identity unless `ask`.
    pub fn save_with(&mut self, v: Value, ask: bool) -> Res<()> {
        let done = ask && self.persistent_id != Value::MISSING && self.save_persistent(v)?;
        if !done && !self.save_atom(v)? {
            self.save_cell(v)?;
        }
        self.out.boundary(self.th)
    }

    /// None, booleans and numbers, which are never memoized.
    fn save_atom(&mut self, v: Value) -> Res<bool> {
        if let Some(n) = v.small_int() {
            self.save_small(n, v)?;
        } else if v.is_float_word() {
            self.save_float(v.as_float_word());
        } else if v.is_none() {
            self.out.byte(op::NONE);
        } else if let Some(b) = v.as_bool() {
            match (self.protocol >= 2, b) {
                (true, true) => self.out.byte(op::NEWTRUE),
                (true, false) => self.out.byte(op::NEWFALSE),
                (false, true) => self.out.write(b"I01\n"),
                (false, false) => self.out.write(b"I00\n"),
            }
        } else if v.has_shape(fixed::INT) {
            self.save_big(v)?;
        } else if v.has_shape(fixed::FLOAT) {
            self.save_float(float::get(v).unwrap_or_default());
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn save_small(&mut self, n: i64, v: Value) -> Res<()> {
        let Ok(n) = i32::try_from(n) else { return self.save_big(v) };
        if !self.bin {
            self.out.op(op::INT, format!("{n}\n").as_bytes());
        } else if let Ok(b) = u8::try_from(n) {
            self.out.op(op::BININT1, &[b]);
        } else if let Ok(w) = u16::try_from(n) {
            self.out.op(op::BININT2, &w.to_le_bytes());
        } else {
            self.out.op(op::BININT, &n.to_le_bytes());
        }
        Ok(())
    }

    fn save_big(&mut self, v: Value) -> Res<()> {
        if self.protocol < 2 {
            let text = protocol::repr(self.th, v)?;
            let text = Str::of(text).to_text() + "L\n";
            self.out.op(op::LONG, text.as_bytes());
            return Ok(());
        }
        let data = int::with_ref(v, |r| {
            // One bit more than the magnitude has, for the sign.
            let mut data = vec![0; (r.bit_length() / 8 + 1) as usize];
            int_bytes::to_bytes(r, &mut data, true, true).map(|()| data)
        });
        let Ok(mut data) = data else { return Err(self.th.overflow_error("int too big to pickle")) };
        // A negative power of 256 needs no byte for the sign.
        if let [.., before, 0xff] = data[..]
            && before & 0x80 != 0
        {
            data.pop();
        }
        match u8::try_from(data.len()) {
            Ok(n) => self.out.op(op::LONG1, &[n]),
            Err(_) => match i32::try_from(data.len()) {
                Ok(n) => self.out.op(op::LONG4, &n.to_le_bytes()),
                Err(_) => return Err(self.th.overflow_error("int too large to pickle")),
            },
        }
        self.out.write(&data);
        Ok(())
    }

    fn save_float(&mut self, x: f64) {
        if self.bin {
            self.out.op(op::BINFLOAT, &x.to_be_bytes());
        } else {
            let mut text = vec![op::FLOAT];
            krait_number::float::write_repr(x, &mut text);
            text.push(b'\n');
            self.out.write(&text);
        }
    }

    /// Anything that may be in the memo.
    fn save_cell(&mut self, v: Value) -> Res<()> {
        if self.save_known(v) {
            return Ok(());
        }
        let shape = v.header().shape();
        match shape {
            fixed::STR => return self.save_str(v),
            fixed::BYTES => return self.save_bytes(v),
            _ => {}
        }
        self.th.check_native_stack_while(" while pickling an object")?;
        match shape {
            fixed::DICT => self.save_dict(v),
            fixed::SET => self.save_set(v),
            fixed::LIST => self.save_list(v),
            fixed::TUPLE => self.save_tuple(v),
            s if s == TypeId::FrozenSet as u32 => self.save_frozenset(v),
            s if s == TypeId::ByteArray as u32 => self.save_bytearray(v),
            _ if crate::buffer_object::PICKLE_BUFFER.is_exact(self.th, v) => self.save_buffer(v),
            _ => self.save_other(v),
        }
    }

    fn save_other(&mut self, v: Value) -> Res<()> {
        let th = self.th;
        let class = Class::of_value(th, v);
        let mut reduced = Value::not_implemented();
        if self.reducer_override != Value::MISSING {
            reduced = call::call(th, self.reducer_override, &[v])?;
        }
        if reduced.is_not_implemented() {
            if class.is(TypeId::Type) {
                return self.save_type(v);
            }
            if class.is(TypeId::Function) {
                return self.save_global(v, None);
            }
            let f = match self.dispatch_table {
                Value::MISSING => DISPATCH_TABLE.dict(th)?.get(th, class.value())?,
                table => {
                    let r = protocol::getitem(th, table, class.value());
                    th.catch(r, TypeId::KeyError)?
                }
            };
            reduced = match f {
                Some(f) => call::call(th, f, &[v])?,
                None if class.is_subclass_of(th.interp.class(TypeId::Type)) => {
                    return self.save_global(v, None);
                }
                None => self.reduce(v)?,
            };
        }
        if let Some(name) = Str::from_value(reduced) {
            return self.save_global(v, Some(name));
        }
        let Some(t) = tuple::Tuple::from_value(reduced) else {
            return Err(PICKLING_ERROR.raise(th, "__reduce__ must return a string or tuple"));
        };
        self.save_reduce(t, Some(v))
    }

    /// What the object's own `__reduce_ex__` or `__reduce__` gives.
    fn reduce(&mut self, v: Value) -> Res {
        let th = self.th;
        if let Some((f, true)) = attr::find_method(th, v, th.name(Name::__reduce_ex__))? {
            return call::call(th, f, &[v, Value::small(self.protocol.into())]);
        }
        if let Some(f) = attr::get_opt(th, v, th.name(Name::__reduce_ex__))? {
            return call::call(th, f, &[Value::small(self.protocol.into())]);
        }
        match attr::get_opt(th, v, th.name(Name::__reduce__))? {
            Some(f) => call::call(th, f, &[]),
            None => {
                let shown = protocol::repr_text(th, v)?;
                let text = format!("can't pickle '{}' object: {shown}", type_name(th, v));
                Err(PICKLING_ERROR.raise(th, text))
            }
        }
    }

    /// Refers to an object that was written already.
    pub fn save_known(&mut self, v: Value) -> bool {
        let Some(n) = self.memo.borrow().get(v.0) else { return false };
        if !self.bin {
            self.out.op(op::GET, format!("{n}\n").as_bytes());
        } else if let Ok(b) = u8::try_from(n) {
            self.out.op(op::BINGET, &[b]);
        } else {
            self.out.op(op::LONG_BINGET, &(n as u32).to_le_bytes());
        }
        true
    }

    pub fn is_known(&self, v: Value) -> bool {
        self.memo.borrow().get(v.0).is_some()
    }

    /// Gives the object that was just written a number.
    pub fn memoize(&mut self, v: Value) -> Res<()> {
        if self.fast {
            return Ok(());
        }
        let n = self.memo.borrow().len() as u64;
        self.kept.push(self.th, v)?;
        self.memo.borrow_mut().set(v.0, n);
        if self.protocol >= 4 {
            self.out.byte(op::MEMOIZE);
        } else if !self.bin {
            self.out.op(op::PUT, format!("{n}\n").as_bytes());
        } else if let Ok(b) = u8::try_from(n) {
            self.out.op(op::BINPUT, &[b]);
        } else if let Ok(w) = u32::try_from(n) {
            self.out.op(op::LONG_BINPUT, &w.to_le_bytes());
        } else {
            return Err(PICKLING_ERROR.raise(self.th, "memo id too large for LONG_BINPUT"));
        }
        Ok(())
    }

    /// Fast mode has no memo to tell cycles by.
    pub fn enter_fast(&mut self, v: Value) -> Res<()> {
        if !self.fast {
            return Ok(());
        }
        self.depth += 1;
        if self.depth < FAST_DEPTH {
            return Ok(());
        }
        let th = self.th;
        let deep = *self.deep.get_or_insert_with(|| dict::new(th));
        let key = int::from_u64(th, v.0 >> 3);
        if deep.get(th, key)?.is_some() {
            let text = format!(
                "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
                type_name(th, v),
                krait_object::object_methods::address(v)
            );
            return Err(th.value_error(text));
        }
        deep.set(th, key, Value::none())
    }

    pub fn leave_fast(&mut self, v: Value) -> Res<()> {
        if !self.fast {
            return Ok(());
        }
        if self.depth >= FAST_DEPTH
            && let Some(d) = self.deep
        {
            d.remove(self.th, int::from_u64(self.th, v.0 >> 3))?;
        }
        self.depth -= 1;
        Ok(())
    }

    pub fn save_str(&mut self, v: Value) -> Res<()> {
        let s = Str::of(v);
        if !self.bin {
            let mut text = vec![op::UNICODE];
            raw_escape(s, &mut text);
            text.push(b'\n');
            self.out.write(&text);
            return self.memoize(v);
        }
        if let Some(t) = s.as_ascii() {
            self.save_text(t.as_bytes())?;
        } else {
            let mut text = Vec::new();
            krait_text::wtf8::encode(s.chars(), &mut text);
            self.save_text(&text)?;
        }
        self.memoize(v)
    }

    fn save_text(&mut self, t: &[u8]) -> Res<()> {
        let ops = [op::SHORT_BINUNICODE, op::BINUNICODE, op::BINUNICODE8];
        self.save_block(ops, 4, t, None, "a string larger than 4 GiB requires pickle protocol 4 or higher")
    }

    /// Data with its length in front, in the shortest of three forms; the first is there from a protocol on.
    fn save_block(
        &mut self,
        ops: [u8; 3],
        short: u8,
        data: &[u8],
        object: Option<Value>,
        what: &str,
    ) -> Res<()> {
        let n = data.len();
        let mut head = [0; 9];
        let len = if let (Ok(b), true) = (u8::try_from(n), self.protocol >= short) {
            head[..2].copy_from_slice(&[ops[0], b]);
            2
        } else if let Ok(w) = u32::try_from(n) {
            head[0] = ops[1];
            head[1..5].copy_from_slice(&w.to_le_bytes());
            5
        } else if self.protocol >= 4 {
            head[0] = ops[2];
            head[1..].copy_from_slice(&(n as u64).to_le_bytes());
            9
        } else {
            return Err(self.th.overflow_error(format!("serializing {what}")));
        };
        self.out.large(self.th, &head[..len], data, object)
    }

    fn save_bytes(&mut self, v: Value) -> Res<()> {
        let th = self.th;
        let data = Bytes::of(v).as_slice();
        if self.protocol >= 3 {
            self.save_bytes_data(data, Some(v))?;
            return self.memoize(v);
        }
        // Older protocols have no bytes: a call makes them.
        let reduced = if data.is_empty() {
            tuple::from_slice(th, &[th.interp.class_value(TypeId::Bytes), th.interp.empty_tuple.get()])?
        } else {
            let text = string::from_latin1(th, data)?;
            let args = tuple::from_slice(th, &[text, string::try_new(th, "latin1")?])?;
            tuple::from_slice(th, &[CODECS_ENCODE.get(th)?, args])?
        };
        self.save_reduce(tuple::Tuple::of(reduced), Some(v))
    }

    fn save_bytes_data(&mut self, data: &[u8], object: Option<Value>) -> Res<()> {
        let ops = [op::SHORT_BINBYTES, op::BINBYTES, op::BINBYTES8];
        let what = "a bytes object larger than 4 GiB requires pickle protocol 4 or higher";
        self.save_block(ops, 3, data, object, what)
    }

    fn save_bytearray_data(&mut self, data: &[u8]) -> Res<()> {
        let mut head = [op::BYTEARRAY8; 9];
        head[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
        self.out.large(self.th, &head, data, None)
    }

    fn save_bytearray(&mut self, v: Value) -> Res<()> {
        let th = self.th;
        if self.protocol >= 5 {
            // Writing may run Python code, which must not move the bytes.
            let data = buffer::get_buffer(th, v, flags::SIMPLE)?;
            self.save_bytearray_data(&data)?;
            drop(data);
            return self.memoize(v);
        }
        let data = ByteArray::of(v);
        let args = if data.is_empty() {
            th.interp.empty_tuple.get()
        } else {
            let copy = krait_object::bytes::from_slice(th, data.as_slice())?;
            tuple::from_slice(th, &[copy])?
        };
        let reduced = tuple::from_slice(th, &[th.interp.class_value(TypeId::ByteArray), args])?;
        self.save_reduce(tuple::Tuple::of(reduced), Some(v))
    }

    fn save_buffer(&mut self, v: Value) -> Res<()> {
        let th = self.th;
        if self.protocol < 5 {
            return Err(PICKLING_ERROR.raise(th, "PickleBuffer can only pickled with protocol >= 5"));
        }
        let Some((data, readonly)) = crate::buffer_object::contents(th, v)? else {
            let text = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(PICKLING_ERROR.raise(th, text));
        };
        let in_band = match self.buffer_callback {
            Value::MISSING => true,
            f => {
                let r = call::call(th, f, &[v])?;
                protocol::truth(th, r)?
            }
        };
        if in_band {
            if readonly {
                self.save_bytes_data(&data, None)?;
            } else {
                self.save_bytearray_data(&data)?;
            }
            return self.memoize(v);
        }
        self.out.byte(op::NEXT_BUFFER);
        if readonly {
            self.out.byte(op::READONLY_BUFFER);
        }
        Ok(())
    }
}

/// Text of protocol 0: Latin-1 as it is, escapes for what is beyond it or would end the line.
fn raw_escape(s: Str, out: &mut Vec<u8>) {
    for c in s.chars().iter() {
        match c {
            0x10000.. => out.extend_from_slice(format!("\\U{c:08x}").as_bytes()),
            0x100.. | 0x5c | 0 | 0x0a | 0x0d | 0x1a => {
                out.extend_from_slice(format!("\\u{c:04x}").as_bytes())
            }
            _ => out.push(c as u8),
        }
    }
}
