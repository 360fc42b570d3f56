//! `_lzma`: `LZMACompressor` and `LZMADecompressor`.
//!
//! The encoders write into vectors that are emptied after each call. Of filters before LZMA the decoder knows one at a
//! time; longer chains are refused as unsupported. It looks ahead some bytes, so raw LZMA1 data that end without a marker
//! keep what their last 20 bytes stand for to themselves.

use std::io::{self, ErrorKind, Write};

use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::filter::delta::DeltaWriter;
use lzma_rust2::{
    Action, CheckType, FilterConfig, FilterType, Lzma2Options, Lzma2Stream, Lzma2Writer, LzmaStream,
    LzmaWriter, Status, StreamResult, XzOptions, XzStream, XzWriter,
};

use crate::feed::{Decoder, Incremental, Step};
use crate::filters::split_properties;
pub use crate::filters::{
    Branch, FILTER_DELTA, FILTER_LZMA1, FILTER_LZMA2, Filter, MF_BT2, MF_BT3, MF_BT4, MF_HC3, MF_HC4,
    MODE_FAST, MODE_NORMAL, Options, PRESET_DEFAULT, PRESET_EXTREME,
};

/// What liblzma would complain of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The beginning is not that of the format.
    Format,
    /// Parameters or filters do not fit, here or in the data.
    Options,
    /// The data are corrupt.
    Data,
    /// The memory limit is too low.
    MemoryLimit,
    /// There is no memory (a MemoryError).
    OutOfMemory,
    /// `flush` after `flush` (a ValueError).
    Flushed,
    /// `compress` after `flush` (a ValueError).
    Finished,
    /// Anything else.
    Internal,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Format => "Input format not supported by decoder",
            Error::Options => "Invalid or unsupported options",
            Error::Data => "Corrupt input data",
            Error::MemoryLimit => "Memory usage limit exceeded",
            Error::OutOfMemory => "out of memory",
            Error::Flushed => "Repeated call to flush()",
            Error::Finished => "Compressor has been flushed",
            Error::Internal => "Internal error",
        })
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(e: io::Error) -> Error {
        match e.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Error::Data,
            ErrorKind::InvalidInput | ErrorKind::Unsupported => Error::Options,
            ErrorKind::OutOfMemory => Error::OutOfMemory,
            _ => Error::Internal,
        }
    }
}

pub const CHECK_NONE: u32 = 0;
pub const CHECK_CRC32: u32 = 1;
pub const CHECK_CRC64: u32 = 4;
pub const CHECK_SHA256: u32 = 10;
pub const CHECK_ID_MAX: u32 = 15;
/// The check of a stream whose header has not been seen yet.
pub const CHECK_UNKNOWN: u32 = 16;

/// Whether the check can be computed.
pub fn is_check_supported(check: u32) -> bool {
    check_type(check).is_some()
}

fn check_type(check: u32) -> Option<CheckType> {
    Some(match check {
        CHECK_NONE => CheckType::None,
        CHECK_CRC32 => CheckType::Crc32,
        CHECK_CRC64 => CheckType::Crc64,
        CHECK_SHA256 => CheckType::Sha256,
        _ => return None,
    })
}

/// An encoder with an end: the vector that holds what is compressed.
trait Stage: Write {
    fn output(&mut self) -> &mut Vec<u8>;
    fn end(self: Box<Self>) -> io::Result<Vec<u8>>;
}

type Next = Box<dyn Stage + Send>;

macro_rules! last_stage {
    ($writer:ty) => {
        impl Stage for $writer {
            fn output(&mut self) -> &mut Vec<u8> {
                self.inner_mut()
            }
            fn end(self: Box<Self>) -> io::Result<Vec<u8>> {
                self.finish()
            }
        }
    };
}

last_stage!(XzWriter<Vec<u8>>);
last_stage!(LzmaWriter<Vec<u8>>);
last_stage!(Lzma2Writer<Vec<u8>>);

impl Stage for DeltaWriter<Next> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.inner_mut().output()
    }
    fn end(self: Box<Self>) -> io::Result<Vec<u8>> {
        self.into_inner().end()
    }
}

impl Stage for BcjWriter<Next> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.inner_mut().output()
    }
    fn end(self: Box<Self>) -> io::Result<Vec<u8>> {
        self.finish()?.end()
    }
}

/// The stage that filters what goes to `next`.
fn before(config: &FilterConfig, next: Next) -> Result<Next, Error> {
    let offset = config.property as usize;
    Ok(match config.filter_type {
        FilterType::Delta => Box::new(DeltaWriter::new(next, offset)),
        FilterType::BcjX86 => Box::new(BcjWriter::new_x86(next, offset)),
        FilterType::BcjPpc => Box::new(BcjWriter::new_ppc(next, offset)),
        FilterType::BcjIa64 => Box::new(BcjWriter::new_ia64(next, offset)),
        FilterType::BcjArm => Box::new(BcjWriter::new_arm(next, offset)),
        FilterType::BcjArmThumb => Box::new(BcjWriter::new_arm_thumb(next, offset)),
        FilterType::BcjSparc => Box::new(BcjWriter::new_sparc(next, offset)),
        _ => return Err(Error::Options),
    })
}

/// Splits a chain into the filters before LZMA and LZMA itself, which must be the last.
fn chain(filters: &[Filter]) -> Result<(Vec<FilterConfig>, &Filter), Error> {
    let (last, first) = filters.split_last().ok_or(Error::Internal)?;
    if filters.len() > 4 || !matches!(last, Filter::Lzma1(_) | Filter::Lzma2(_)) {
        return Err(Error::Options);
    }
    let first: Result<_, _> = first.iter().map(Filter::config).collect();
    Ok((first?, last))
}

/// `lzma.LZMACompressor`.
pub struct Compressor {
    /// Nothing once the stream was finished.
    stage: Option<Next>,
}

impl Compressor {
    fn new(stage: Next) -> Compressor {
        Compressor { stage: Some(stage) }
    }

    /// Starts an xz stream (`FORMAT_XZ`) with this check, through a chain of filters that ends in LZMA2.
    ///
    /// # Errors
    /// The check, the chain or a parameter is not supported.
    pub fn xz(check: u32, filters: &[Filter]) -> Result<Compressor, Error> {
        let check_type = check_type(check).ok_or(Error::Internal)?;
        let (first, Filter::Lzma2(options)) = chain(filters)? else { return Err(Error::Internal) };
        let options =
            XzOptions { lzma_options: options.encoder()?, check_type, block_size: None, filters: first };
        Ok(Compressor::new(Box::new(XzWriter::new(Vec::new(), options)?)))
    }

    /// Starts a stream of the old format (`FORMAT_ALONE`).
    ///
    /// # Errors
    /// A parameter is out of range.
    pub fn alone(options: &Options) -> Result<Compressor, Error> {
        let writer = LzmaWriter::new_use_header(Vec::new(), &options.encoder()?, None)?;
        Ok(Compressor::new(Box::new(writer)))
    }

    /// Starts data without a container (`FORMAT_RAW`).
    ///
    /// # Errors
    /// The chain or a parameter is not supported.
    pub fn raw(filters: &[Filter]) -> Result<Compressor, Error> {
        let (first, last) = chain(filters)?;
        let mut stage: Next = match last {
            Filter::Lzma1(o) => Box::new(LzmaWriter::new_no_header(Vec::new(), &o.encoder()?, true)?),
            Filter::Lzma2(o) => {
                let options = Lzma2Options { lzma_options: o.encoder()?, ..Default::default() };
                Box::new(Lzma2Writer::new(Vec::new(), options))
            }
            _ => return Err(Error::Options),
        };
        for config in first.iter().rev() {
            stage = before(config, stage)?;
        }
        Ok(Compressor::new(stage))
    }

    /// Takes data, and gives what is ready.
    ///
    /// # Errors
    /// The stream was finished.
    pub fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>, Error> {
        let stage = self.stage.as_mut().ok_or(Error::Finished)?;
        stage.write_all(data)?;
        Ok(std::mem::take(stage.output()))
    }

    /// Finishes the stream.
    ///
    /// # Errors
    /// It was finished before.
    pub fn flush(&mut self) -> Result<Vec<u8>, Error> {
        Ok(self.stage.take().ok_or(Error::Flushed)?.end()?)
    }
}

/// The decoder of the format at hand.
enum Engine {
    /// The first byte will tell.
    Auto,
    Xz(Box<XzStream>),
    Alone(Box<LzmaStream>),
    Lzma1(Box<LzmaStream>),
    Lzma2(Box<Lzma2Stream>),
}

/// The decoder of xz, lzma and raw streams.
pub struct Unlzma {
    engine: Engine,
    /// The beginning of the stream, as far as it tells the format.
    header: Vec<u8>,
    limit_kb: u32,
}

/// `lzma.LZMADecompressor`.
pub type LZMADecompressor = Incremental<Unlzma>;

const XZ_MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
const XZ_HEADER: usize = 12;
const ALONE_HEADER: usize = 13;

/// A limit in bytes as the decoders count it.
fn kilobytes(limit: Option<u64>) -> u32 {
    limit.map_or(u32::MAX, |l| u32::try_from(l / 1024).unwrap_or(u32::MAX))
}

impl Unlzma {
    fn new(engine: Engine, limit_kb: u32) -> Unlzma {
        Unlzma { engine, header: Vec::new(), limit_kb }
    }

    /// Starts a stream of either container format (`FORMAT_AUTO`). The limit is in bytes.
    pub fn auto(memory_limit: Option<u64>) -> Unlzma {
        Unlzma::new(Engine::Auto, kilobytes(memory_limit))
    }

    /// Starts an xz stream (`FORMAT_XZ`).
    pub fn xz(memory_limit: Option<u64>) -> Unlzma {
        let limit = kilobytes(memory_limit);
        Unlzma::new(Engine::Xz(Box::new(XzStream::new_mem_limit(false, limit))), limit)
    }

    /// Starts a stream of the old format (`FORMAT_ALONE`).
    pub fn alone(memory_limit: Option<u64>) -> Unlzma {
        let limit = kilobytes(memory_limit);
        Unlzma::new(Engine::Alone(Box::new(LzmaStream::new_mem_limit(limit, None))), limit)
    }

    /// Starts data without a container (`FORMAT_RAW`).
    ///
    /// # Errors
    /// The chain or a parameter is not supported.
    pub fn raw(filters: &[Filter]) -> Result<Unlzma, Error> {
        let (first, last) = chain(filters)?;
        let engine = match last {
            Filter::Lzma1(o) if o.is_valid() => {
                let mut stream = LzmaStream::new(u64::MAX, o.lc, o.lp, o.pb, o.dict_size, None)?;
                stream.set_filters(&first)?;
                Engine::Lzma1(Box::new(stream))
            }
            Filter::Lzma2(o) if o.is_valid() => {
                let mut stream = Lzma2Stream::new(o.dict_size);
                stream.set_filters(&first)?;
                Engine::Lzma2(Box::new(stream))
            }
            _ => return Err(Error::Options),
        };
        Ok(Unlzma::new(engine, u32::MAX))
    }

    /// The integrity check of the stream: [`CHECK_UNKNOWN`] before it is known, [`CHECK_NONE`] where there is none.
    pub fn check(&self) -> u32 {
        match &self.engine {
            Engine::Auto => CHECK_UNKNOWN,
            Engine::Xz(s) => s.check_type().map_or(CHECK_UNKNOWN, |c| c as u32),
            Engine::Alone(_) | Engine::Lzma1(_) | Engine::Lzma2(_) => CHECK_NONE,
        }
    }

    /// Looks at the beginning of the stream, whose format tells right away what the decoders only tell later.
    fn look(&mut self, input: &[u8]) -> Result<(), Error> {
        if let (Engine::Auto, Some(first)) = (&self.engine, input.first()) {
            self.engine = if *first == XZ_MAGIC[0] {
                Engine::Xz(Box::new(XzStream::new_mem_limit(false, self.limit_kb)))
            } else {
                Engine::Alone(Box::new(LzmaStream::new_mem_limit(self.limit_kb, None)))
            };
        }
        let whole = match self.engine {
            Engine::Xz(_) => XZ_HEADER,
            Engine::Alone(_) => ALONE_HEADER,
            _ => return Ok(()),
        };
        if self.header.len() == whole {
            return Ok(());
        }
        let seen = self.header.len();
        self.header.extend(input.iter().take(whole - seen));
        match self.engine {
            Engine::Xz(_) if self.header.len() == whole && self.header[..6] != XZ_MAGIC => Err(Error::Format),
            Engine::Alone(_) if !is_alone(&self.header) => Err(Error::Format),
            _ => Ok(()),
        }
    }
}

/// Whether this can begin a stream of the old format. liblzma takes only what encoders write: a dictionary of 2^n or
/// 2^n + 2^(n-1) bytes, and less than 256 GiB of data.
fn is_alone(header: &[u8]) -> bool {
    let properties = header.first().is_none_or(|b| split_properties(*b).is_some());
    let dictionary =
        header.get(1..5).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).is_none_or(|size| {
            let one = |n: u32| n.is_power_of_two();
            size == u32::MAX || one(size) || (size % 3 == 0 && one(size / 3) && size > 1)
        });
    let length = header.get(5..13).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    properties && dictionary && length.is_none_or(|l| l == u64::MAX || l < 1 << 38)
}

impl Decoder for Unlzma {
    type Error = Error;
    const HOLDS_OUTPUT: bool = true;

    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<Step, Error> {
        self.look(input)?;
        let start = output.len();
        output.resize(output.capacity(), 0);
        let room = &mut output[start..];
        let result: io::Result<StreamResult> = match &mut self.engine {
            Engine::Auto => Ok(StreamResult { bytes_consumed: 0, bytes_produced: 0, status: Status::Ok }),
            Engine::Xz(s) => s.process(input, room, Action::Run),
            Engine::Alone(s) | Engine::Lzma1(s) => s.process(input, room, Action::Run),
            Engine::Lzma2(s) => s.process(input, room, Action::Run),
        };
        let written = result.as_ref().map_or(0, |r| r.bytes_produced);
        output.truncate(start + written);
        let r = result.map_err(|e| {
            let need = match &self.engine {
                Engine::Xz(s) => s.memory_usage(),
                Engine::Alone(s) => s.memory_usage(),
                _ => None,
            };
            let over = need.is_some_and(|need| need > self.limit_kb);
            if over && e.kind() == ErrorKind::OutOfMemory { Error::MemoryLimit } else { Error::from(e) }
        })?;
        Ok(Step { read: r.bytes_consumed, written, end: r.status == Status::StreamEnd })
    }

    fn excess(&mut self) -> Vec<u8> {
        match &self.engine {
            Engine::Alone(s) | Engine::Lzma1(s) => s.unused_input().to_vec(),
            _ => Vec::new(),
        }
    }
}
