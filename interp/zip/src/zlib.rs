//! `zlib`: one-shot functions, compressobj, decompressobj, `_ZlibDecompressor` and the checksums.

use libz_rs_sys as z;

pub use libz_rs_sys::{
    Z_BEST_COMPRESSION, Z_BEST_SPEED, Z_BLOCK, Z_BUF_ERROR, Z_DATA_ERROR, Z_DEFAULT_COMPRESSION,
    Z_DEFAULT_STRATEGY, Z_DEFLATED, Z_FILTERED, Z_FINISH, Z_FIXED, Z_FULL_FLUSH, Z_HUFFMAN_ONLY, Z_MEM_ERROR,
    Z_NEED_DICT, Z_NO_COMPRESSION, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_RLE, Z_STREAM_ERROR, Z_SYNC_FLUSH, Z_TREES,
};

use crate::feed::{Decoder, Incremental, Step, make_room};
use crate::stream::{self, Stream};

/// The largest window, which is the default.
pub const MAX_WBITS: i32 = 15;
/// The default of `memLevel`.
pub const DEF_MEM_LEVEL: i32 = 8;
/// Room `decompress` and `Decompress.flush` make by default.
pub const DEF_BUF_SIZE: usize = 16 << 10;

/// What zlib complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// zlib's code; [`Z_MEM_ERROR`] also stands for vectors that could not grow.
    pub code: i32,
    /// What was being done, in CPython's words.
    pub context: &'static str,
    /// zlib's words.
    pub message: Option<&'static str>,
}

impl Error {
    fn new(code: i32, context: &'static str, stream: Option<&Stream>) -> Error {
        let message = stream.and_then(Stream::message).or(match code {
            z::Z_BUF_ERROR => Some("incomplete or truncated stream"),
            z::Z_STREAM_ERROR => Some("inconsistent stream state"),
            z::Z_DATA_ERROR => Some("invalid input data"),
            _ => None,
        });
        Error { code, context, message }
    }

    fn memory(context: &'static str) -> Error {
        Error { code: z::Z_MEM_ERROR, context, message: None }
    }
}

impl std::fmt::Display for Error {
    /// The text of `zlib.error`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Error {} {}", self.code, self.context)?;
        self.message.map_or(Ok(()), |m| write!(f, ": {m}"))
    }
}

impl std::error::Error for Error {}

type Result<T> = std::result::Result<T, Error>;

const COMPRESSING: &str = "while compressing data";
const DECOMPRESSING: &str = "while decompressing data";
const PREPARING: &str = "while preparing to decompress data";
const FLUSHING: &str = "while flushing";
const DICTIONARY: &str = "while setting zdict";

/// The version of the library (`ZLIB_RUNTIME_VERSION`).
pub fn version() -> &'static str {
    stream::version()
}

/// `zlib.crc32`.
pub fn crc32(data: &[u8], value: u32) -> u32 {
    stream::crc32(data, value)
}

/// `zlib.adler32`.
pub fn adler32(data: &[u8], value: u32) -> u32 {
    stream::adler32(data, value)
}

/// Compresses all of `data` (`zlib.compress`).
///
/// # Errors
/// [`Z_STREAM_ERROR`] for a bad level or `wbits` ("Bad compression level"), [`Z_MEM_ERROR`].
pub fn compress(data: &[u8], level: i32, wbits: i32) -> Result<Vec<u8>> {
    let mut c = Compressor::new(level, Z_DEFLATED, wbits, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY)?;
    c.run(data, Z_FINISH, COMPRESSING)
}

/// Decompresses all of `data` (`zlib.decompress`), making room for `size` bytes first. What follows the end is ignored.
///
/// # Errors
/// See [`Error`].
pub fn decompress(data: &[u8], wbits: i32, size: usize) -> Result<Vec<u8>> {
    let mut s = Stream::inflate(wbits).map_err(|code| Error::new(code, PREPARING, None))?;
    let (mut read, mut out) = (0, Vec::new());
    out.try_reserve_exact(size.max(1)).map_err(|_| Error::memory(DECOMPRESSING))?;
    loop {
        if out.len() == out.capacity() && !make_room(&mut out, None) {
            return Err(Error::memory(DECOMPRESSING));
        }
        let a = s.run(&data[read..], &mut out, Z_SYNC_FLUSH);
        read += a.read;
        match a.code {
            z::Z_STREAM_END => return Ok(out),
            z::Z_OK | z::Z_BUF_ERROR if out.len() == out.capacity() => {}
            z::Z_OK if read < data.len() => {}
            z::Z_OK | z::Z_BUF_ERROR => return Err(Error::new(Z_BUF_ERROR, DECOMPRESSING, None)),
            code => return Err(Error::new(code, DECOMPRESSING, Some(&s))),
        }
    }
}

/// `zlib.compressobj`.
#[derive(Debug)]
pub struct Compressor {
    /// Nothing once the stream was finished.
    stream: Option<Stream>,
}

impl Compressor {
    /// Starts a stream.
    ///
    /// # Errors
    /// [`Z_STREAM_ERROR`]: a parameter is out of range ("Invalid initialization option", a ValueError).
    pub fn new(level: i32, method: i32, wbits: i32, mem_level: i32, strategy: i32) -> Result<Compressor> {
        let stream = Stream::deflate(level, method, wbits, mem_level, strategy);
        stream
            .map(|s| Compressor { stream: Some(s) })
            .map_err(|code| Error::new(code, "while creating compression object", None))
    }

    /// Sets the dictionary, before any data.
    ///
    /// # Errors
    /// [`Z_STREAM_ERROR`]: it is not possible with this format ("Invalid dictionary", a ValueError).
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<()> {
        match self.stream.as_mut().map(|s| s.set_dictionary(dictionary)) {
            Some(z::Z_OK) => Ok(()),
            code => Err(Error::new(code.unwrap_or(Z_STREAM_ERROR), DICTIONARY, None)),
        }
    }

    /// Takes data, and gives what is ready.
    ///
    /// # Errors
    /// The stream was finished.
    pub fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>> {
        self.run(data, Z_NO_FLUSH, COMPRESSING)
    }

    /// Gives all that can be given; how much of what follows may depend on what came before is `mode`'s matter. After
    /// [`Z_FINISH`] nothing more can be done.
    ///
    /// # Errors
    /// The stream was finished, or there is no such mode.
    pub fn flush(&mut self, mode: i32) -> Result<Vec<u8>> {
        if mode == Z_NO_FLUSH {
            return Ok(Vec::new());
        }
        self.run(b"", mode, FLUSHING)
    }

    fn run(&mut self, data: &[u8], mode: i32, context: &'static str) -> Result<Vec<u8>> {
        let s = self.stream.as_mut().ok_or(Error::new(Z_STREAM_ERROR, context, None))?;
        let (mut read, mut out) = (0, Vec::new());
        loop {
            if out.len() == out.capacity() && !make_room(&mut out, None) {
                return Err(Error::memory(context));
            }
            // Only the last part of very long data is followed by a flush.
            let last = data.len() - read <= u32::MAX as usize;
            let a = s.run(&data[read..], &mut out, if last { mode } else { Z_NO_FLUSH });
            read += a.read;
            match a.code {
                z::Z_STREAM_END => {
                    self.stream = None;
                    return Ok(out);
                }
                z::Z_OK | z::Z_BUF_ERROR => {}
                code => return Err(Error::new(code, context, Some(s))),
            }
            if out.len() < out.capacity() && read == data.len() {
                return Ok(out);
            }
        }
    }

    /// A second compressor in the same state.
    ///
    /// # Errors
    /// [`Z_STREAM_ERROR`]: the stream was finished ("Inconsistent stream state", a ValueError).
    pub fn try_clone(&mut self) -> Result<Compressor> {
        let context = "while copying compression object";
        let s = self.stream.as_mut().ok_or(Error::new(Z_STREAM_ERROR, context, None))?;
        s.try_clone().map(|s| Compressor { stream: Some(s) }).map_err(|code| Error::new(code, context, None))
    }
}

/// Starts to decompress; raw streams get their dictionary at once, others when they ask for it.
fn start(wbits: i32, dictionary: Option<&[u8]>) -> Result<Stream> {
    let mut s = Stream::inflate(wbits)
        .map_err(|code| Error::new(code, "while creating decompression object", None))?;
    if let (true, Some(d)) = (wbits < 0, dictionary) {
        let code = s.set_dictionary(d);
        if code != z::Z_OK {
            return Err(Error::new(code, DICTIONARY, None));
        }
    }
    Ok(s)
}

/// One call of inflate; a dictionary that is asked for is set. Gives the code, errors among them.
fn inflate(
    s: &mut Stream,
    dictionary: Option<&[u8]>,
    input: &[u8],
    out: &mut Vec<u8>,
    mode: i32,
) -> Result<(i32, Step)> {
    let mut a = s.run(input, out, mode);
    if let (z::Z_NEED_DICT, Some(d)) = (a.code, dictionary) {
        let code = s.set_dictionary(d);
        if code != z::Z_OK {
            return Err(Error::new(code, DICTIONARY, Some(s)));
        }
        let more = s.run(&input[a.read..], out, mode);
        (a.code, a.read, a.written) = (more.code, a.read + more.read, a.written + more.written);
    }
    Ok((a.code, Step { read: a.read, written: a.written, end: a.code == z::Z_STREAM_END }))
}

/// `zlib.decompressobj`.
#[derive(Debug)]
pub struct Decompressor {
    /// Nothing once `flush` has come to the end of the stream.
    stream: Option<Stream>,
    dictionary: Option<Vec<u8>>,
    unused_data: Vec<u8>,
    unconsumed_tail: Vec<u8>,
    eof: bool,
}

impl Decompressor {
    /// Starts a stream.
    ///
    /// # Errors
    /// [`Z_STREAM_ERROR`]: `wbits` is out of range ("Invalid initialization option", a ValueError); or the dictionary of a
    /// raw stream is too long.
    pub fn new(wbits: i32, dictionary: Option<Vec<u8>>) -> Result<Decompressor> {
        let stream = Some(start(wbits, dictionary.as_deref())?);
        Ok(Decompressor {
            stream,
            dictionary,
            unused_data: Vec::new(),
            unconsumed_tail: Vec::new(),
            eof: false,
        })
    }

    /// Whether the end of the stream was reached.
    pub fn eof(&self) -> bool {
        self.eof
    }

    /// Data found after the end of the stream.
    pub fn unused_data(&self) -> &[u8] {
        &self.unused_data
    }

    /// Input that the limit of the last call left over; to be fed again.
    pub fn unconsumed_tail(&self) -> &[u8] {
        &self.unconsumed_tail
    }

    /// Decompresses `data` to at most `max_length` bytes (0: no limit).
    ///
    /// # Errors
    /// The data are invalid, or the stream was flushed to its end.
    pub fn decompress(&mut self, data: &[u8], max_length: usize) -> Result<Vec<u8>> {
        let limit = (max_length != 0).then_some(max_length);
        let s = self.stream.as_mut().ok_or(Error::new(Z_STREAM_ERROR, DECOMPRESSING, None))?;
        let (mut read, mut out) = (0, Vec::new());
        let mut failed = None;
        loop {
            if Some(out.len()) == limit {
                break;
            }
            if out.len() == out.capacity() && !make_room(&mut out, limit) {
                return Err(Error::memory(DECOMPRESSING));
            }
            let (code, step) = inflate(s, self.dictionary.as_deref(), &data[read..], &mut out, Z_SYNC_FLUSH)?;
            read += step.read;
            match code {
                z::Z_STREAM_END => {
                    self.eof = true;
                    break;
                }
                z::Z_OK | z::Z_BUF_ERROR => {}
                code => {
                    failed = Some(Error::new(code, DECOMPRESSING, Some(s)));
                    break;
                }
            }
            if out.len() < out.capacity() && (read == data.len() || code == Z_BUF_ERROR) {
                break;
            }
        }
        let had_tail = !self.unconsumed_tail.is_empty();
        self.keep(&data[read..], had_tail);
        failed.map_or(Ok(out), Err)
    }

    /// Keeps the input not consumed.
    fn keep(&mut self, rest: &[u8], had_tail: bool) {
        self.unconsumed_tail.clear();
        if self.eof {
            self.unused_data.extend_from_slice(rest);
        }
        // As in CPython, a tail is not emptied by the end of the stream but replaced.
        if !self.eof || had_tail {
            self.unconsumed_tail.extend_from_slice(rest);
        }
    }

    /// Decompresses what was left over, making room for `size` bytes first. Invalid data end it without an error, as in
    /// CPython.
    ///
    /// # Errors
    /// The dictionary is wrong.
    pub fn flush(&mut self, size: usize) -> Result<Vec<u8>> {
        let Some(s) = self.stream.as_mut() else { return Ok(Vec::new()) };
        let data = std::mem::take(&mut self.unconsumed_tail);
        let (mut read, mut out) = (0, Vec::new());
        out.try_reserve_exact(size.max(1)).map_err(|_| Error::memory(FLUSHING))?;
        let mut ended = false;
        loop {
            if out.len() == out.capacity() && !make_room(&mut out, None) {
                return Err(Error::memory(FLUSHING));
            }
            let (code, step) = inflate(s, self.dictionary.as_deref(), &data[read..], &mut out, Z_FINISH)?;
            read += step.read;
            ended = ended || step.end;
            let going = matches!(code, z::Z_OK | z::Z_BUF_ERROR) && out.len() == out.capacity();
            if !going {
                break;
            }
        }
        self.eof = self.eof || ended;
        self.keep(&data[read..], !data.is_empty());
        if ended {
            self.stream = None;
        }
        Ok(out)
    }

    /// A second decompressor in the same state.
    ///
    /// # Errors
    /// [`Z_STREAM_ERROR`]: the stream was flushed to its end ("Inconsistent stream state", a ValueError).
    pub fn try_clone(&mut self) -> Result<Decompressor> {
        let context = "while copying decompression object";
        let s = self.stream.as_mut().ok_or(Error::new(Z_STREAM_ERROR, context, None))?;
        Ok(Decompressor {
            stream: Some(s.try_clone().map_err(|code| Error::new(code, context, None))?),
            dictionary: self.dictionary.clone(),
            unused_data: self.unused_data.clone(),
            unconsumed_tail: self.unconsumed_tail.clone(),
            eof: self.eof,
        })
    }
}

/// The decoder behind `zlib._ZlibDecompressor`.
#[derive(Debug)]
pub struct Inflate {
    stream: Stream,
    dictionary: Option<Vec<u8>>,
}

/// `zlib._ZlibDecompressor`.
pub type ZlibDecompressor = Incremental<Inflate>;

impl Inflate {
    /// Starts a stream.
    ///
    /// # Errors
    /// As [`Decompressor::new`].
    pub fn new(wbits: i32, dictionary: Option<Vec<u8>>) -> Result<Inflate> {
        Ok(Inflate { stream: start(wbits, dictionary.as_deref())?, dictionary })
    }
}

impl Decoder for Inflate {
    type Error = Error;
    const HOLDS_OUTPUT: bool = false;

    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<Step> {
        let (code, step) =
            inflate(&mut self.stream, self.dictionary.as_deref(), input, output, Z_SYNC_FLUSH)?;
        match code {
            z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => Ok(step),
            code => Err(Error::new(code, DECOMPRESSING, Some(&self.stream))),
        }
    }
}
