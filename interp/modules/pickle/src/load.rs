//! Unpickling: the machine that runs a pickle's instructions.
//!
//! A stack of values and a stack of marks in it. Nothing is popped below the last mark (`fence`). The memo is an array for
//! numbers as picklers give them, and a dict for wild ones.

use crate::input::Input;
use crate::op;
use crate::outside::UNPICKLING_ERROR;
use krait_number::int::{self as int_bytes, IntBuf};
use krait_object::dict::{self, Dict};
use krait_object::list;
use krait_object::{
    Raised, Res, Str, Thread, TypeId, Value, ValueVec, bytes, call, float, int, set, string, tuple,
};
use std::borrow::Cow;

/// The numbered objects of a pickle.
pub struct Memo {
    /// `UNBOUND` where there is none.
    dense: ValueVec,
    sparse: Option<Dict>,
}

/// Numbers may be so far beyond the array's end, to be kept in it.
const GAP: usize = 4096;

impl Memo {
    pub fn new() -> Memo {
        Memo { dense: ValueVec::new(), sparse: None }
    }

    #[inline]
    pub fn get(&self, th: &Thread, n: usize) -> Res<Option<Value>> {
        if n < self.dense.len() {
            let v = self.dense.get(n);
            return Ok(if v == Value::UNBOUND { None } else { Some(v) });
        }
        match self.sparse {
            Some(d) => d.get(th, int::from_usize(th, n)),
            None => Ok(None),
        }
    }

    #[inline]
    pub fn set(&mut self, th: &Thread, n: usize, v: Value) -> Res<()> {
        if n == self.dense.len() && self.sparse.is_none() {
            return self.dense.push(th, v);
        }
        if n < self.dense.len() {
            self.dense.set(th, n, v);
            return Ok(());
        }
        if self.sparse.is_none() && n - self.dense.len() < GAP {
            while self.dense.len() < n {
                self.dense.push(th, Value::UNBOUND)?;
            }
            return self.dense.push(th, v);
        }
        let d = *self.sparse.get_or_insert_with(|| dict::new(th));
        d.set(th, int::from_usize(th, n), v)
    }

    /// How many there are: the number that MEMOIZE gives.
    fn len(&self) -> usize {
        self.dense.iter().filter(|&v| v != Value::UNBOUND).count() + self.sparse.map_or(0, Dict::len)
    }

    /// All of them, as a dict.
    pub fn to_dict(&self, th: &Thread) -> Res<Dict> {
        let d = dict::new(th);
        for (n, v) in self.dense.iter().enumerate() {
            if v != Value::UNBOUND {
                d.set(th, int::from_usize(th, n), v)?;
            }
        }
        let mut at = 0;
        while let Some((k, v)) = self.sparse.and_then(|s| s.next(th, &mut at)) {
            d.set(th, k, v)?;
        }
        Ok(d)
    }
}

/// One run of an unpickler. It holds values: it lives on the machine stack only.
pub struct Loader<'a> {
    pub th: &'a Thread,
    pub input: Input,
    pub stack: ValueVec,
    marks: Vec<usize>,
    /// Nothing is popped from below.
    pub fence: usize,
    pub memo: Memo,
    /// The number of the next MEMOIZE.
    memoized: usize,
    pub protocol: u8,
    pub fix_imports: bool,
    pub encoding: Cow<'static, str>,
    pub errors: Cow<'static, str>,
    /// An iterator, or `MISSING`.
    pub buffers: Value,
    /// What the unpickler overrides, or `MISSING`.
    pub find_class: Value,
    pub persistent_load: Value,
}

impl<'a> Loader<'a> {
    pub fn new(th: &'a Thread, input: Input, memo: Memo) -> Loader<'a> {
        let memoized = memo.len();
        Loader {
            th,
            input,
            stack: ValueVec::new(),
            marks: Vec::new(),
            fence: 0,
            memo,
            memoized,
            protocol: 0,
            fix_imports: true,
            encoding: Cow::Borrowed("ASCII"),
            errors: Cow::Borrowed("strict"),
            buffers: Value::MISSING,
            find_class: Value::MISSING,
            persistent_load: Value::MISSING,
        }
    }

    #[cold]
    pub fn error(&self, text: impl AsRef<str>) -> Raised {
        UNPICKLING_ERROR.raise(self.th, text)
    }

    #[cold]
    pub fn underflow(&self) -> Raised {
        self.error(if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" })
    }

    #[inline]
    pub fn push(&mut self, v: Value) -> Res<()> {
        self.stack.push(self.th, v)
    }

    #[inline]
    pub fn pop(&mut self) -> Res {
        if self.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    pub fn top(&self) -> Res {
        if self.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        Ok(self.stack.get(self.stack.len() - 1))
    }

    pub fn set_top(&mut self, v: Value) {
        let n = self.stack.len();
        self.stack.set(self.th, n - 1, v);
    }

    fn mark(&mut self) {
        self.marks.push(self.stack.len());
        self.fence = self.stack.len();
    }

    /// Takes the last mark: where the items above it begin.
    pub fn take_mark(&mut self) -> Res<usize> {
        let Some(m) = self.marks.pop() else { return Err(self.error("could not find MARK")) };
        self.fence = self.marks.last().copied().unwrap_or(0);
        Ok(m)
    }

    /// The items from a place on, as a tuple; they leave the stack.
    pub fn pop_tuple(&mut self, from: usize) -> Res {
        if from < self.fence {
            return Err(self.underflow());
        }
        let t = tuple::from_slice(self.th, &self.stack.as_slice()[from..])?;
        self.stack.truncate(from);
        Ok(t)
    }

    pub fn pop_list(&mut self, from: usize) -> Res {
        let l = list::from_slice(self.th, &self.stack.as_slice()[from..])?;
        self.stack.truncate(from);
        Ok(l)
    }

    /// Runs the pickle; its object.
    pub fn run(&mut self) -> Res {
        let th = self.th;
        loop {
            let code = match self.input.byte_or_end(th)? {
                Some(c) => c,
                None => return Err(th.raise_new(TypeId::EOFError, "Ran out of input")),
            };
            if code == op::STOP {
                break;
            }
            self.step(code)?;
        }
        self.input.skip_consumed(th)?;
        self.pop()
    }

    #[inline(always)]
    fn step(&mut self, code: u8) -> Res<()> {
        let th = self.th;
        match code {
            op::NONE => self.push(Value::none()),
            op::BININT => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                self.push(Value::small(n.into()))
            }
            op::BININT1 => {
                let n = self.input.byte(th)?;
                self.push(Value::small(n.into()))
            }
            op::BININT2 => {
                let n = u16::from_le_bytes(self.input.array(th)?);
                self.push(Value::small(n.into()))
            }
            op::INT => self.load_int(),
            op::LONG => self.load_long(),
            op::LONG1 => {
                let n = self.input.byte(th)?;
                self.load_counted_long(n.into())
            }
            op::LONG4 => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                match usize::try_from(n) {
                    Ok(n) => self.load_counted_long(n),
                    Err(_) => Err(self.error("LONG pickle has negative byte count")),
                }
            }
            op::FLOAT => self.load_float(),
            op::BINFLOAT => {
                let x = f64::from_be_bytes(self.input.array(th)?);
                self.push(float::new(th, x))
            }
            op::SHORT_BINBYTES => self.load_bytes::<1>("BINBYTES"),
            op::BINBYTES => self.load_bytes::<4>("BINBYTES"),
            op::BINBYTES8 => self.load_bytes::<8>("BINBYTES"),
            op::BYTEARRAY8 => {
                let n = self.length::<8>("BYTEARRAY8")?;
                let v = self.input.bytearray(th, n)?;
                self.push(v)
            }
            op::NEXT_BUFFER => self.load_next_buffer(),
            op::READONLY_BUFFER => self.load_readonly_buffer(),
            op::SHORT_BINSTRING => {
                let n = self.input.byte(th)?;
                self.load_counted_string(n.into())
            }
            op::BINSTRING => {
                let n = u32::from_le_bytes(self.input.array(th)?);
                self.load_counted_string(n as usize)
            }
            op::STRING => self.load_string(),
            op::UNICODE => self.load_unicode(),
            op::SHORT_BINUNICODE => self.load_text::<1>(),
            op::BINUNICODE => self.load_text::<4>(),
            op::BINUNICODE8 => self.load_text::<8>(),
            op::EMPTY_TUPLE => self.push(th.interp.empty_tuple.get()),
            op::TUPLE1 => self.load_short_tuple(1),
            op::TUPLE2 => self.load_short_tuple(2),
            op::TUPLE3 => self.load_short_tuple(3),
            op::TUPLE => {
                let m = self.take_mark()?;
                let t = self.pop_tuple(m)?;
                self.push(t)
            }
            op::EMPTY_LIST => self.push(list::new(th).value()),
            op::EMPTY_DICT => self.push(dict::new(th).value()),
            op::EMPTY_SET => self.push(set::new(th).value()),
            op::ADDITEMS => self.load_add_items(),
            op::FROZENSET => {
                let m = self.take_mark()?;
                let t = self.pop_tuple(m)?;
                let f = call::call(th, th.interp.class_value(TypeId::FrozenSet), &[t])?;
                self.push(f)
            }
            op::LIST => {
                let m = self.take_mark()?;
                let l = self.pop_list(m)?;
                self.push(l)
            }
            op::DICT => self.load_dict(),
            op::APPEND => {
                let n = self.stack.len();
                if n <= self.fence {
                    return Err(self.underflow());
                }
                self.append_from(n - 1)
            }
            op::APPENDS => {
                let m = self.take_mark()?;
                self.append_from(m)
            }
            op::SETITEM => {
                let n = self.stack.len();
                if n < 2 {
                    return Err(self.underflow());
                }
                self.set_items_from(n - 2)
            }
            op::SETITEMS => {
                let m = self.take_mark()?;
                self.set_items_from(m)
            }
            op::MARK => {
                self.mark();
                Ok(())
            }
            op::BINGET => {
                let n = self.input.byte(th)?;
                self.load_get(n.into())
            }
            op::LONG_BINGET => {
                let n = u32::from_le_bytes(self.input.array(th)?);
                self.load_get(n as usize)
            }
            op::GET => {
                let n = self.text_number()?;
                match usize::try_from(n) {
                    Ok(n) => self.load_get(n),
                    Err(_) => Err(self.error(format!("Memo value not found at index {n}"))),
                }
            }
            op::MEMOIZE => {
                let v = self.top()?;
                self.memoized += 1;
                self.memo.set(th, self.memoized - 1, v)
            }
            op::BINPUT => {
                let n = self.input.byte(th)?;
                self.load_put(n.into())
            }
            op::LONG_BINPUT => {
                let n = u32::from_le_bytes(self.input.array(th)?);
                self.load_put(n as usize)
            }
            op::PUT => {
                let line_ok = self.text_number();
                // The stack is looked at before the number.
                if self.stack.len() <= self.fence && (line_ok.is_ok() || !self.at_end()) {
                    th.clear_pending();
                    return Err(self.underflow());
                }
                match usize::try_from(line_ok?) {
                    Ok(n) => self.load_put(n),
                    Err(_) => Err(th.value_error("negative PUT argument")),
                }
            }
            op::NEWTRUE => self.push(Value::true_()),
            op::NEWFALSE => self.push(Value::false_()),
            op::POP => self.load_pop(),
            op::POP_MARK => {
                let m = self.take_mark()?;
                self.stack.truncate(m);
                Ok(())
            }
            op::DUP => {
                let v = self.top()?;
                self.push(v)
            }
            _ => self.step_object(code),
        }
    }

    fn at_end(&self) -> bool {
        UNPICKLING_ERROR.is_pending(self.th)
    }

    fn load_pop(&mut self) -> Res<()> {
        // A mark on top is what is popped.
        if self.marks.last() == Some(&self.stack.len()) {
            self.take_mark()?;
            return Ok(());
        }
        self.pop().map(|_| ())
    }

    fn load_get(&mut self, n: usize) -> Res<()> {
        match self.memo.get(self.th, n)? {
            Some(v) => self.push(v),
            None => Err(self.error(format!("Memo value not found at index {n}"))),
        }
    }

    fn load_put(&mut self, n: usize) -> Res<()> {
        let v = self.top()?;
        if self.memo.get(self.th, n)?.is_none() {
            self.memoized += 1;
        }
        self.memo.set(self.th, n, v)
    }

    /// The number of a line of GET or PUT.
    fn text_number(&mut self) -> Res<i64> {
        let th = self.th;
        let line = self.line()?;
        let v = int_of_text(th, &line[..line.len() - 1], 10)?;
        int::to_i64(v).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
    }

    /// A line with its end; an empty one is no argument of anything.
    pub fn line(&mut self) -> Res<Vec<u8>> {
        let line = self.input.line(self.th)?.to_vec();
        if line.len() < 2 {
            return Err(self.error("pickle data was truncated"));
        }
        Ok(line)
    }

    fn load_int(&mut self) -> Res<()> {
        let th = self.th;
        let line = self.line()?;
        let text = &line[..line.len() - 1];
        let v = match text {
            b"00" => Value::false_(),
            b"01" => Value::true_(),
            _ => {
                let r = int_of_text(th, text, 0);
                match th.catch(r, TypeId::ValueError)? {
                    Some(v) => v,
                    None => return Err(th.value_error("could not convert string to int")),
                }
            }
        };
        self.push(v)
    }

    fn load_long(&mut self) -> Res<()> {
        let line = self.line()?;
        // The end of the line stays, as errors show it.
        let text = match line.strip_suffix(b"L\n") {
            Some(t) => t,
            None => &line,
        };
        let v = int_of_text(self.th, text, 10)?;
        self.push(v)
    }

    fn load_counted_long(&mut self, n: usize) -> Res<()> {
        let th = self.th;
        let mut buf = IntBuf::default();
        int_bytes::from_bytes(self.input.read(th, n)?, true, true, &mut buf);
        self.push(int::from_buf(th, &buf)?)
    }

    fn load_float(&mut self) -> Res<()> {
        let th = self.th;
        let line = self.line()?;
        let Some(x) = krait_number::float::parse(&line[..line.len() - 1]) else {
            let text = String::from_utf8_lossy(&line);
            return Err(th.value_error(format!("could not convert string to float: '{text}'")));
        };
        self.push(float::new(th, x))
    }

    /// The length that comes in `N` bytes.
    #[inline]
    fn length<const N: usize>(&mut self, what: &str) -> Res<usize> {
        let mut all = [0; 8];
        all[..N].copy_from_slice(&self.input.array::<N>(self.th)?);
        match isize::try_from(u64::from_le_bytes(all)) {
            Ok(n) => Ok(n as usize),
            Err(_) => Err(self.too_long(what)),
        }
    }

    #[cold]
    fn too_long(&self, what: &str) -> Raised {
        self.th.overflow_error(format!("{what} exceeds system's maximum size of {} bytes", isize::MAX))
    }

    fn load_bytes<const N: usize>(&mut self, what: &str) -> Res<()> {
        let th = self.th;
        let n = self.length::<N>(what)?;
        let v = bytes::from_slice(th, self.input.read(th, n)?)?;
        self.push(v)
    }

    fn load_text<const N: usize>(&mut self) -> Res<()> {
        let th = self.th;
        let n = self.length::<N>("BINUNICODE")?;
        let data = self.input.read(th, n)?;
        let v = text_of(th, data)?;
        self.push(v)
    }

    fn load_short_tuple(&mut self, n: usize) -> Res<()> {
        if self.stack.len() < n + self.fence {
            return Err(self.underflow());
        }
        let from = self.stack.len() - n;
        let t = self.pop_tuple(from)?;
        self.push(t)
    }

    /// The end of a frame is known to be there.
    pub fn load_frame(&mut self) -> Res<()> {
        let th = self.th;
        let n = u64::from_le_bytes(self.input.array(th)?);
        if n > isize::MAX as u64 {
            return Err(
                th.overflow_error(format!("FRAME length exceeds system's maximum of {} bytes", isize::MAX))
            );
        }
        self.input.ensure(th, n as usize)
    }
}

/// An integer of text as `int(text, base)` reads it.
fn int_of_text(th: &Thread, text: &[u8], base: i64) -> Res {
    // The usual form.
    if (1..=18).contains(&text.len())
        && text.iter().all(u8::is_ascii_digit)
        && (text[0] != b'0' || text.len() == 1 || base == 10)
    {
        let n = text.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0'));
        return Ok(int::from_i64(th, n));
    }
    let t = string::from_latin1(th, text)?;
    call::call(th, th.interp.class_value(TypeId::Int), &[t, Value::small(base)])
}

/// Text in UTF-8 that may have surrogates.
fn text_of(th: &Thread, data: &[u8]) -> Res {
    if data.is_ascii() {
        return string::from_latin1(th, data);
    }
    krait_object::codec::decode(th, data, Some("utf-8"), Some("surrogatepass"))
}

/// Text as a key of attributes: interned.
pub fn interned(th: &Thread, v: Value) -> Value {
    match Str::from_value(v) {
        Some(s) if v.has_shape(krait_object::shape::fixed::STR) => string::intern(th, s),
        _ => v,
    }
}
