//! Where an unpickler reads: bytes in memory, or a file.
//!
//! Of a file that can `peek`, much is looked at ahead and read when it is done with; of another one, no byte more
//! than the pickle has is read.

use crate::outside::UNPICKLING_ERROR;
use krait_object::buffer::{self, Buffer};
use krait_object::{Raised, Res, Thread, TypeId, Value, attr, bytearray, call, int};

/// Bytes that a `peek` asks for.
const AHEAD: usize = 128 * 1024;

/// The methods of a file; `MISSING` for those it does not have.
#[derive(Clone, Copy)]
pub struct File {
    pub read: Value,
    pub readline: Value,
    pub readinto: Value,
    pub peek: Value,
}

/// The input. It holds values: it lives on the machine stack only.
pub struct Input {
    file: Option<File>,
    /// What is there without asking the file.
    data: Option<Buffer>,
    /// Where the bytes of `data` are.
    start: *const u8,
    len: usize,
    at: usize,
    /// Of `data`, so much was really read from the file; the rest was peeked at.
    taken: usize,
}

#[cold]
fn truncated(th: &Thread) -> Raised {
    UNPICKLING_ERROR.raise(th, "pickle data was truncated")
}

/// The methods that are needed of a file.
///
/// # Errors
/// TypeError "file must have 'read' and 'readline' attributes".
pub fn file_methods(th: &Thread, file: Value) -> Res<File> {
    let get = |name: &str| attr::get_opt(th, file, th.interp.interned.intern_text(th, name));
    let (peek, readinto) = (get("peek")?, get("readinto")?);
    match (get("read")?, get("readline")?) {
        (Some(read), Some(readline)) => Ok(File {
            read,
            readline,
            readinto: readinto.unwrap_or(Value::MISSING),
            peek: peek.unwrap_or(Value::MISSING),
        }),
        _ => Err(th.type_error("file must have 'read' and 'readline' attributes")),
    }
}

impl Input {
    pub fn memory(data: Buffer) -> Input {
        let mut i =
            Input { file: None, data: None, start: std::ptr::null(), len: 0, at: 0, taken: data.len() };
        i.set_data(data);
        i
    }

    pub fn file(file: File) -> Input {
        Input { file: Some(file), data: None, start: std::ptr::null(), len: 0, at: 0, taken: 0 }
    }

    fn set_data(&mut self, b: Buffer) {
        let bytes = b.as_slice();
        (self.start, self.len) = (bytes.as_ptr(), bytes.len());
        self.data = Some(b);
    }

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the buffer in `data` keeps so many bytes there.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }

    /// The next byte; None when there is none.
    #[inline]
    pub fn byte_or_end(&mut self, th: &Thread) -> Res<Option<u8>> {
        if let Some(&b) = self.bytes().get(self.at) {
            self.at += 1;
            return Ok(Some(b));
        }
        if self.file.is_none() || self.fill(th, 1)? == 0 {
            return Ok(None);
        }
        let b = self.bytes().first().copied();
        self.at = 1;
        Ok(b)
    }

    /// The next byte.
    #[inline]
    pub fn byte(&mut self, th: &Thread) -> Res<u8> {
        Ok(self.read(th, 1)?[0])
    }

    /// The next `n` bytes.
    #[inline]
    pub fn read(&mut self, th: &Thread, n: usize) -> Res<&[u8]> {
        let left = self.bytes().len() - self.at;
        if n > left && n > 0 {
            self.need(th, n)?;
        }
        let from = self.at;
        self.at += n;
        Ok(&self.bytes()[from..from + n])
    }

    /// As `read`, as an array.
    #[inline]
    pub fn array<const N: usize>(&mut self, th: &Thread) -> Res<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.read(th, N)?);
        Ok(out)
    }

    /// The bytes of a frame are all there; they are read again one by one.
    pub fn ensure(&mut self, th: &Thread, n: usize) -> Res<()> {
        self.read(th, n)?;
        self.at -= n;
        Ok(())
    }

    /// Makes the next `n` bytes lie in `data` from `at` on; there are fewer now.
    #[cold]
    fn need(&mut self, th: &Thread, n: usize) -> Res<()> {
        if self.file.is_none() {
            return Err(truncated(th));
        }
        let rest = self.bytes()[self.at..].to_vec();
        // What was only peeked at comes again, with the rest.
        let real = self.taken.saturating_sub(self.at).min(rest.len());
        let rest = &rest[..real];
        let wanted = n - rest.len();
        let got = self.fill(th, wanted)?;
        if got < wanted {
            return Err(truncated(th));
        }
        if !rest.is_empty() {
            let all = [rest, self.bytes()].concat();
            let peeked = self.bytes().len() - self.taken;
            let copy = krait_object::bytes::from_slice(th, &all)?;
            self.taken = all.len() - peeked;
            self.set_data(buffer::bytes_like(th, copy)?);
        }
        Ok(())
    }

    /// Takes over what a method of the file gave.
    fn take(&mut self, th: &Thread, v: Value, what: &str) -> Res<usize> {
        if !v.is_kind(krait_object::Kind::Bytes) {
            let name = krait_object::class::type_name(th, v);
            return Err(th.type_error(format!("{what}() returned non-bytes object ({name})")));
        }
        self.set_data(buffer::bytes_like(th, v)?);
        self.at = 0;
        self.taken = self.bytes().len();
        Ok(self.taken)
    }

    /// The bytes that were peeked at and used are read from the file.
    pub fn skip_consumed(&mut self, th: &Thread) -> Res<()> {
        let (at, taken) = (self.at, self.taken);
        if at > taken
            && let Some(f) = self.file
        {
            self.taken = at;
            call::call(th, f.read, &[int::from_usize(th, at - taken)])?;
        }
        Ok(())
    }

    /// New data from the file, `n` bytes at least if it has them; gives how many there are.
    fn fill(&mut self, th: &Thread, n: usize) -> Res<usize> {
        let Some(f) = self.file else { return Ok(0) };
        self.skip_consumed(th)?;
        if f.peek != Value::MISSING && n < AHEAD {
            let r = call::call(th, f.peek, &[int::from_usize(th, AHEAD)]);
            match th.catch(r, TypeId::NotImplementedError)? {
                Some(v) => {
                    let got = self.take(th, v, "peek")?;
                    self.taken = 0;
                    if got >= n {
                        return Ok(got);
                    }
                }
                None => self.file = Some(File { peek: Value::MISSING, ..f }),
            }
        }
        let v = call::call(th, f.read, &[int::from_usize(th, n)])?;
        self.take(th, v, "read")
    }

    /// The rest of the line, its end included.
    pub fn line(&mut self, th: &Thread) -> Res<&[u8]> {
        let rest = &self.bytes()[self.at..];
        let end = match rest.iter().position(|&b| b == b'\n') {
            Some(i) => i + 1,
            None => {
                let Some(f) = self.file else { return Err(truncated(th)) };
                // Bytes of the line that were read already, and those only peeked at, which come again.
                let real = self.taken.saturating_sub(self.at).min(rest.len());
                let before = rest[..real].to_vec();
                self.skip_consumed(th)?;
                let v = call::call(th, f.readline, &[])?;
                self.take(th, v, "readline")?;
                if !before.is_empty() {
                    let all = [&before[..], self.bytes()].concat();
                    let copy = krait_object::bytes::from_slice(th, &all)?;
                    self.take(th, copy, "readline")?;
                }
                let got = self.bytes();
                if got.last() != Some(&b'\n') {
                    return Err(truncated(th));
                }
                got.len()
            }
        };
        let from = self.at;
        self.at += end;
        Ok(&self.bytes()[from..from + end])
    }

    /// A bytearray of the next `n` bytes; a file that can puts them right there.
    pub fn bytearray(&mut self, th: &Thread, n: usize) -> Res {
        let left = self.bytes().len() - self.at;
        let Some(f) =
            self.file.filter(|f| n > left && f.readinto != Value::MISSING && f.peek == Value::MISSING)
        else {
            let data = self.read(th, n)?;
            return bytearray::from_slice(th, data);
        };
        let b = bytearray::zeroed(th, n)?;
        b.as_mut_slice()[..left].copy_from_slice(&self.bytes()[self.at..]);
        self.at += left;
        let view = krait_object::memoryview::from_object(th, b.value())?;
        let bounds = [int::from_usize(th, left), Value::none()];
        let slice = krait_object::slice::new(th, bounds[0], bounds[1], Value::none());
        let part = krait_object::protocol::getitem(th, view, slice)?;
        let r = call::call(th, f.readinto, &[part])?;
        if krait_object::protocol::index_i64(th, r)? != (n - left) as i64 {
            return Err(truncated(th));
        }
        call::call_method_text(th, part, "release", &[])?;
        call::call_method_text(th, view, "release", &[])?;
        Ok(b.value())
    }
}
