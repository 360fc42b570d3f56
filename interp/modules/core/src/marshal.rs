//! `marshal`: values as bytes, in CPython's format (version 4).
//!
//! Code objects are Krait's own: type code `c`, a length, and a blob of
//! `krait_bytecode::serialize`, which checks itself. Everything else is byte for byte what
//! CPython reads and writes, back references included.

use krait_bytecode::image::Image;
use krait_bytecode::serialize;
use krait_number::int::IntRef;
use krait_object::code::Code;
use krait_object::dict::{self, Dict};
use krait_object::list::{self, List};
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::shape::fixed;
use krait_object::string::{self, Str};
use krait_object::tuple::{self, Tuple};
use krait_object::{
    Kind, Res, Thread, TypeId, Value, ValueVec, buffer, bytes, call, code_load, code_template, float, int,
    natives, protocol, set,
};
use std::collections::HashMap;
use std::sync::Arc;

const VERSION: i64 = 4;
const MAX_DEPTH: usize = 2000;
const FLAG_REF: u8 = 0x80;

/// Why nothing could be written.
enum Trouble {
    Unmarshallable,
    TooDeep,
}

struct Writer<'a> {
    th: &'a Thread,
    out: Vec<u8>,
    version: i64,
    /// Values written that may be referred to, by identity. They stay alive: the root is an argument.
    refs: HashMap<u64, u32>,
    depth: usize,
}

impl Writer<'_> {
    fn long(&mut self, n: u32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn sized(&mut self, data: &[u8]) {
        self.long(data.len() as u32);
        self.out.extend_from_slice(data);
    }

    fn object(&mut self, v: Value) -> Result<(), Trouble> {
        self.depth += 1;
        if self.depth > MAX_DEPTH || self.th.check_native_stack().is_err() {
            self.th.clear_pending();
            return Err(Trouble::TooDeep);
        }
        let r = self.simple_or_complex(v);
        self.depth -= 1;
        r
    }

    fn simple_or_complex(&mut self, v: Value) -> Result<(), Trouble> {
        match v.kind() {
            Kind::None => self.out.push(b'N'),
            Kind::Bool => self.out.push(if v.is_true() { b'T' } else { b'F' }),
            Kind::Ellipsis => self.out.push(b'.'),
            Kind::Type if v == self.th.interp.class_value(TypeId::StopIteration) => self.out.push(b'S'),
            Kind::Int if v.is_small_int() && i32::try_from(v.as_small()).is_ok() => {
                self.out.push(b'i');
                self.long(v.as_small() as i32 as u32);
            }
            _ => {
                let mut flag = 0;
                if self.version >= 3 && v.is_cell() {
                    if let Some(&i) = self.refs.get(&v.0) {
                        self.out.push(b'r');
                        self.long(i);
                        return Ok(());
                    }
                    self.refs.insert(v.0, self.refs.len() as u32);
                    flag = FLAG_REF;
                }
                return self.complex(v, flag);
            }
        }
        Ok(())
    }

    fn complex(&mut self, v: Value, flag: u8) -> Result<(), Trouble> {
        if v.is_small_int() || v.has_shape(fixed::INT) {
            self.out.push(b'l' | flag);
            self.digits(v);
            return Ok(());
        }
        if float::is_exact(v) {
            let x = float::get(v).unwrap_or(0.0);
            self.out.push(if self.version > 1 { b'g' | flag } else { b'f' | flag });
            self.float(x);
            return Ok(());
        }
        match v.kind() {
            Kind::Complex if v.has_shape(fixed::COMPLEX) => {
                let z = float::Complex::of(v);
                self.out.push(if self.version > 1 { b'y' | flag } else { b'x' | flag });
                self.float(z.real.get());
                self.float(z.imag.get());
            }
            Kind::Bytes if v.has_shape(TypeId::Bytes as u32) => {
                self.out.push(b's' | flag);
                self.sized(bytes::get(v).unwrap_or(&[]));
            }
            Kind::Str if v.has_shape(fixed::STR) => self.text(Str::of(v), flag),
            Kind::Tuple if v.has_shape(fixed::TUPLE) => {
                let t = Tuple::of(v);
                match u8::try_from(t.len()) {
                    Ok(n) if self.version >= 4 => self.out.extend_from_slice(&[b')' | flag, n]),
                    _ => {
                        self.out.push(b'(' | flag);
                        self.long(t.len() as u32);
                    }
                }
                for &item in t.as_slice() {
                    self.object(item)?;
                }
            }
            Kind::List if v.has_shape(fixed::LIST) => {
                let l = List::of(v);
                self.out.push(b'[' | flag);
                self.long(l.len() as u32);
                let mut i = 0;
                while let Some(item) = l.get(i) {
                    self.object(item)?;
                    i += 1;
                }
            }
            Kind::Dict if v.has_shape(fixed::DICT) => {
                self.out.push(b'{' | flag);
                let (d, mut at) = (Dict::of(v), 0);
                while let Some((k, v)) = d.next(self.th, &mut at) {
                    self.object(k)?;
                    self.object(v)?;
                }
                self.out.push(b'0');
            }
            Kind::Set if v.has_shape(fixed::SET) => {
                self.out.push(b'<' | flag);
                self.set(v)?;
            }
            Kind::FrozenSet if v.has_shape(TypeId::FrozenSet as u32) => {
                self.out.push(b'>' | flag);
                self.set(v)?;
            }
            Kind::Code => {
                let blob = code_template::to_blob(Code::of(v));
                self.out.push(b'c' | flag);
                self.sized(&blob.ok_or(Trouble::Unmarshallable)?);
            }
            _ if buffer::has_buffer(self.th, v) => match buffer::bytes_like(self.th, v) {
                Ok(b) => {
                    self.out.push(b's' | flag);
                    self.sized(b.as_slice());
                }
                Err(_) => {
                    self.th.clear_pending();
                    return Err(Trouble::Unmarshallable);
                }
            },
            _ => return Err(Trouble::Unmarshallable),
        }
        Ok(())
    }

    /// A float in the version's form.
    fn float(&mut self, x: f64) {
        if self.version > 1 {
            self.out.extend_from_slice(&x.to_bits().to_le_bytes());
            return;
        }
        let v = float::new(self.th, x);
        let text = protocol::repr_text(self.th, v).unwrap_or_default();
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Digits of 15 bits.
    fn digits(&mut self, v: Value) {
        int::with_ref(v, |r| {
            let n = (r.bit_length() as usize).div_ceil(15);
            self.long(if r.neg { -(n as i32) } else { n as i32 } as u32);
            for i in 0..n {
                let (word, bit) = (i * 15 / 64, i * 15 % 64);
                let mut d = r.limbs[word] >> bit;
                if bit > 49 && word + 1 < r.limbs.len() {
                    d |= r.limbs[word + 1] << (64 - bit);
                }
                self.out.extend_from_slice(&(d as u16 & 0x7fff).to_le_bytes());
            }
        });
    }

    fn text(&mut self, s: Str, flag: u8) {
        let interned = s.is_interned();
        if self.version >= 4
            && let Some(t) = s.as_ascii()
        {
            match u8::try_from(t.len()) {
                Ok(n) => {
                    self.out.extend_from_slice(&[if interned { b'Z' } else { b'z' } | flag, n]);
                    self.out.extend_from_slice(t.as_bytes());
                }
                Err(_) => {
                    self.out.push(if interned { b'A' } else { b'a' } | flag);
                    self.sized(t.as_bytes());
                }
            }
            return;
        }
        let mut utf8 = Vec::new();
        krait_text::wtf8::encode(s.chars(), &mut utf8);
        self.out.push(if self.version >= 3 && interned { b't' } else { b'u' } | flag);
        self.sized(&utf8);
    }

    /// The elements in the order of their bytes, so that equal sets are equal bytes.
    fn set(&mut self, v: Value) -> Result<(), Trouble> {
        let Some(d) = set::items(v) else { return Ok(()) };
        self.long(d.len() as u32);
        let (mut items, mut at) = (Vec::new(), 0);
        let mut keep = ValueVec::new();
        while let Some((k, _)) = d.next(self.th, &mut at) {
            let mut w =
                Writer { th: self.th, out: vec![], version: self.version, refs: HashMap::new(), depth: 0 };
            w.depth = self.depth;
            w.object(k)?;
            if keep.push(self.th, k).is_err() {
                self.th.clear_pending();
                return Err(Trouble::Unmarshallable);
            }
            items.push((w.out, keep.len() - 1));
        }
        items.sort();
        for (_, i) in items {
            self.object(keep.get(i))?;
        }
        Ok(())
    }
}

/// `marshal.dumps`.
///
/// # Errors
/// ValueError for values that have no form.
pub fn dumps(th: &Thread, v: Value, version: i64) -> Res<Vec<u8>> {
    let mut w = Writer { th, out: Vec::new(), version, refs: HashMap::new(), depth: 0 };
    match w.object(v) {
        Ok(()) => Ok(w.out),
        Err(Trouble::Unmarshallable) => Err(th.value_error("unmarshallable object")),
        Err(Trouble::TooDeep) => Err(th.value_error("object too deeply nested to marshal")),
    }
}

/// Where bytes come from.
enum Input<'a> {
    Bytes(&'a [u8]),
    File(Value),
}

struct Reader<'a> {
    th: &'a Thread,
    input: Input<'a>,
    refs: ValueVec,
    depth: usize,
}

impl Reader<'_> {
    fn bad(&self, what: &str) -> krait_object::Raised {
        self.th.value_error(format!("bad marshal data ({what})"))
    }

    fn take(&mut self, n: usize) -> Res<Vec<u8>> {
        let th = self.th;
        match &mut self.input {
            Input::Bytes(b) => match b.split_at_checked(n) {
                Some((taken, rest)) => {
                    *b = rest;
                    Ok(taken.to_vec())
                }
                None => Err(th.raise_new(TypeId::EOFError, "marshal data too short")),
            },
            Input::File(f) => {
                let r = call::call_method_text(th, *f, "read", &[int::from_usize(th, n)])?;
                let Some(b) = bytes::get(r) else {
                    return Err(th.type_error(format!(
                        "file.read() returned not bytes but {}",
                        krait_object::class::type_name(th, r)
                    )));
                };
                if b.len() > n {
                    return Err(th.value_error(format!(
                        "read() returned too much data: {n} bytes requested, {} returned",
                        b.len()
                    )));
                }
                if b.len() < n {
                    return Err(th.raise_new(TypeId::EOFError, "EOF read where not expected"));
                }
                Ok(b.to_vec())
            }
        }
    }

    fn byte(&mut self) -> Res<u8> {
        if let Input::Bytes(b) = &mut self.input
            && let Some((&first, rest)) = b.split_first()
        {
            *b = rest;
            return Ok(first);
        }
        Ok(self.take(1)?[0])
    }

    fn long(&mut self) -> Res<i32> {
        let b = self.take(4)?;
        Ok(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn double(&mut self) -> Res<f64> {
        let b = self.take(8)?;
        Ok(f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
    }

    fn text_float(&mut self) -> Res<f64> {
        let n = self.byte()? as usize;
        let b = self.take(n)?;
        let text = String::from_utf8_lossy(&b).into_owned();
        match text.trim().parse() {
            Ok(x) => Ok(x),
            Err(_) => {
                let shown = protocol::repr_text(self.th, string::try_new(self.th, &text)?)?;
                Err(self.th.value_error(format!("could not convert string to float: {shown}")))
            }
        }
    }

    fn size(&mut self, what: &str) -> Res<usize> {
        let n = self.long()?;
        usize::try_from(n).map_err(|_| self.bad(&format!("{what} size out of range")))
    }

    /// Remembers a value for back references.
    fn note(&mut self, v: Value, flag: bool) -> Res<()> {
        if flag { self.refs.push(self.th, v) } else { Ok(()) }
    }

    /// A place for a value that is known only when its parts were read.
    fn reserve(&mut self, flag: bool) -> Res<usize> {
        if flag {
            self.refs.push(self.th, Value::UNBOUND)?;
        }
        Ok(self.refs.len())
    }

    fn fill(&mut self, place: usize, v: Value, flag: bool) {
        if flag {
            self.refs.set(self.th, place - 1, v);
        }
    }

    /// A value that has to be there.
    fn value(&mut self) -> Res {
        match self.object()? {
            Some(v) => Ok(v),
            None => Err(self.th.type_error("NULL object in marshal data for object")),
        }
    }

    fn part(&mut self, what: &str) -> Res {
        match self.object()? {
            Some(v) => Ok(v),
            None => Err(self.th.type_error(format!("NULL object in marshal data for {what}"))),
        }
    }

    /// The next value; None for the end mark of a dict.
    fn object(&mut self) -> Res<Option<Value>> {
        self.th.check_native_stack()?;
        let code = match self.byte() {
            Ok(c) => c,
            Err(e) => {
                if self.th.pending_is(TypeId::EOFError) {
                    self.th.clear_pending();
                    return Err(self.th.raise_new(TypeId::EOFError, "EOF read where object expected"));
                }
                return Err(e);
            }
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.th.value_error("recursion limit exceeded"));
        }
        let v = self.typed(code & !FLAG_REF, code & FLAG_REF != 0)?;
        self.depth -= 1;
        Ok(v)
    }

    fn typed(&mut self, code: u8, flag: bool) -> Res<Option<Value>> {
        let th = self.th;
        let v = match code {
            b'0' => return Ok(None),
            b'N' => Value::none(),
            b'T' => Value::true_(),
            b'F' => Value::false_(),
            b'.' => Value::ellipsis(),
            b'S' => th.interp.class_value(TypeId::StopIteration),
            b'r' => {
                let i = self.long()?;
                return match usize::try_from(i)
                    .ok()
                    .filter(|&i| i < self.refs.len())
                    .map(|i| self.refs.get(i))
                {
                    Some(v) if v != Value::UNBOUND => Ok(Some(v)),
                    _ => Err(self.bad("invalid reference")),
                };
            }
            b'(' | b')' | b'[' | b'<' | b'>' | b'{' => return self.container(code, flag).map(Some),
            _ => self.scalar(code)?,
        };
        if !matches!(code, b'N' | b'T' | b'F' | b'.' | b'S') {
            self.note(v, flag)?;
        }
        Ok(Some(v))
    }

    fn scalar(&mut self, code: u8) -> Res {
        let th = self.th;
        Ok(match code {
            b'i' => Value::small(self.long()? as i64),
            b'I' => {
                let b = self.take(8)?;
                int::from_i64(th, i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            }
            b'l' => self.digits()?,
            b'g' => float::new(th, self.double()?),
            b'f' => float::new(th, self.text_float()?),
            b'y' => {
                let re = self.double()?;
                float::new_complex(th, re, self.double()?)
            }
            b'x' => {
                let re = self.text_float()?;
                float::new_complex(th, re, self.text_float()?)
            }
            b's' => {
                let n = self.size("bytes object")?;
                let b = self.take(n)?;
                bytes::from_slice(th, &b)?
            }
            b'u' | b't' => {
                let n = self.size("string")?;
                let b = self.take(n)?;
                let s = string::from_wtf8(th, &b)?;
                if code == b't' { string::intern(th, Str::of(s)) } else { s }
            }
            b'a' | b'A' | b'z' | b'Z' => {
                let short = matches!(code, b'z' | b'Z');
                let n = if short { self.byte()? as usize } else { self.size("string")? };
                let b = self.take(n)?;
                let s = string::from_latin1(th, &b)?;
                if code == b'A' || code == b'Z' { string::intern(th, Str::of(s)) } else { s }
            }
            b'c' => {
                let n = self.size("code")?;
                let b = self.take(n)?;
                // The whole blob is verified before anything of it can be run.
                match serialize::read(&b).and_then(|_| Image::copy_of(&b)) {
                    Ok(image) => code_load::from_image(th, &Arc::new(image), None)?.value(),
                    Err(e) => return Err(self.bad(&e.to_string())),
                }
            }
            _ => return Err(self.bad("unknown type code")),
        })
    }

    fn digits(&mut self) -> Res {
        let n = self.long()?;
        let count = n.unsigned_abs() as usize;
        if n == i32::MIN {
            return Err(self.bad("long size out of range"));
        }
        let b = self.take(2 * count)?;
        let mut limbs = vec![0u64; (count * 15).div_ceil(64) + 1];
        for (i, d) in b.chunks_exact(2).enumerate() {
            let d = u16::from_le_bytes([d[0], d[1]]);
            if d > 0x7fff {
                return Err(self.bad("digit out of range in long"));
            }
            let (word, bit) = (i * 15 / 64, i * 15 % 64);
            limbs[word] |= (d as u64) << bit;
            if bit > 49 {
                limbs[word + 1] |= d as u64 >> (64 - bit);
            }
            if i + 1 == count && d == 0 {
                return Err(self.bad("unnormalized long data"));
            }
        }
        let used = limbs.iter().rposition(|&l| l != 0).map_or(0, |i| i + 1);
        int::from_ref(self.th, IntRef::new(n < 0 && used > 0, &limbs[..used]))
    }

    fn container(&mut self, code: u8, flag: bool) -> Res {
        let th = self.th;
        match code {
            b'(' | b')' => {
                let n = if code == b')' { self.byte()? as usize } else { self.size("tuple")? };
                let place = self.reserve(flag)?;
                let mut items = ValueVec::new();
                for _ in 0..n {
                    let v = self.part("tuple")?;
                    items.push(th, v)?;
                }
                let t = tuple::from_vec(th, &items)?;
                self.fill(place, t, flag);
                Ok(t)
            }
            b'[' => {
                let n = self.size("list")?;
                let l = list::new(th);
                self.note(l.value(), flag)?;
                for _ in 0..n {
                    let v = self.part("list")?;
                    l.push(th, v)?;
                }
                Ok(l.value())
            }
            b'{' => {
                let d = dict::new(th);
                self.note(d.value(), flag)?;
                while let Some(k) = self.object()? {
                    let Some(v) = self.object()? else { break };
                    d.set(th, k, v)?;
                }
                Ok(d.value())
            }
            b'<' => {
                let n = self.size("set")?;
                let s = set::new(th);
                self.note(s.value(), flag)?;
                for _ in 0..n {
                    let v = self.part("set")?;
                    s.add(th, v)?;
                }
                Ok(s.value())
            }
            _ => {
                let n = self.size("set")?;
                let place = self.reserve(flag)?;
                let d = dict::new(th);
                for _ in 0..n {
                    let v = self.part("set")?;
                    d.set(th, v, Value::none())?;
                }
                let s = set::new_frozen(th, d);
                self.fill(place, s, flag);
                Ok(s)
            }
        }
    }
}

/// `marshal.loads`.
///
/// # Errors
/// EOFError, ValueError and TypeError for bytes that are no value.
pub fn loads(th: &Thread, data: &[u8]) -> Res {
    Reader { th, input: Input::Bytes(data), refs: ValueVec::new(), depth: 0 }.value()
}

fn version_arg(th: &Thread, v: Value) -> Res<i64> {
    v.given().map_or(Ok(VERSION), |v| protocol::index_i64(th, v))
}

fn dump_function(th: &Thread, a: &[Value]) -> Res {
    let data = dumps(th, a[0], version_arg(th, a[2])?)?;
    let b = bytes::from_slice(th, &data)?;
    call::call_method(th, a[1], th.name(krait_object::Name::write), &[b])
}

fn dumps_function(th: &Thread, a: &[Value]) -> Res {
    bytes::from_slice(th, &dumps(th, a[0], version_arg(th, a[1])?)?)
}

fn load_function(th: &Thread, a: &[Value]) -> Res {
    let r = call::call_method_text(th, a[0], "read", &[Value::ZERO])?;
    if bytes::get(r).is_none() {
        return Err(th.type_error(format!(
            "file.read() returned not bytes but {}",
            krait_object::class::type_name(th, r)
        )));
    }
    Reader { th, input: Input::File(a[0]), refs: ValueVec::new(), depth: 0 }.value()
}

fn loads_function(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    loads(th, data.as_slice())
}

natives! {
    static FUNCTIONS = {
        function "dump" "(value, file, version=4, /)" dump_function, "Write the value on the open file.";
        function "dumps" "(value, version=4, /)" dumps_function, "The bytes object that would be written by dump().";
        function "load" "(file, /)" load_function, "Read one value from the open file and return it.";
        function "loads" "(bytes, /)" loads_function, "Convert the bytes-like object to a value.";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_int(th, "version", VERSION);
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "marshal", doc: "Values as bytes.", functions: FUNCTIONS, exec };
