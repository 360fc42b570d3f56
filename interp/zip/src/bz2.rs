//! `_bz2`: `BZ2Compressor` and `BZ2Decompressor`.

use bzip2::{Action, Compress, Compression, Decompress, Status};

use crate::feed::{Decoder, Incremental, Step, make_room};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The level is not 1 to 9 (a ValueError).
    Level,
    /// The data are not bzip2's (an OSError).
    Data,
    /// `flush` after `flush` (a ValueError).
    Flushed,
    /// `compress` after `flush` (a ValueError).
    Finished,
    /// There is no memory.
    OutOfMemory,
    /// The library is in disorder.
    Internal,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Level => "compresslevel must be between 1 and 9",
            Error::Data => "Invalid data stream",
            Error::Flushed => "Repeated call to flush()",
            Error::Finished => "Compressor has been flushed",
            Error::OutOfMemory => "out of memory",
            Error::Internal => "Internal error - Invalid sequence of commands sent to libbzip2",
        })
    }
}

impl std::error::Error for Error {}

/// `bz2.BZ2Compressor`.
pub struct Compressor {
    inner: Compress,
    flushed: bool,
}

impl Compressor {
    /// Starts a stream with blocks of `level` times 100 kB.
    ///
    /// # Errors
    /// The level is out of range.
    pub fn new(level: u32) -> Result<Compressor, Error> {
        if !(1..=9).contains(&level) {
            return Err(Error::Level);
        }
        // A work factor of 0 is the library's own choice.
        Ok(Compressor { inner: Compress::new(Compression::new(level), 0), flushed: false })
    }

    /// Takes data, and gives what is ready.
    ///
    /// # Errors
    /// The stream was finished.
    pub fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>, Error> {
        if self.flushed { Err(Error::Finished) } else { self.run(data, Action::Run) }
    }

    /// Finishes the stream.
    ///
    /// # Errors
    /// It was finished before.
    pub fn flush(&mut self) -> Result<Vec<u8>, Error> {
        if self.flushed {
            return Err(Error::Flushed);
        }
        self.flushed = true;
        self.run(b"", Action::Finish)
    }

    fn run(&mut self, mut data: &[u8], action: Action) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        loop {
            if action == Action::Run && data.is_empty() {
                return Ok(out);
            }
            if out.len() == out.capacity() && !make_room(&mut out, None) {
                return Err(Error::OutOfMemory);
            }
            let before = self.inner.total_in();
            let status = self.inner.compress_vec(data, &mut out, action).map_err(|_| Error::Internal)?;
            data = &data[(self.inner.total_in() - before) as usize..];
            if status == Status::StreamEnd {
                return Ok(out);
            }
        }
    }
}

/// The decoder of bzip2 streams.
pub struct Bunzip(Decompress);

/// `bz2.BZ2Decompressor`.
pub type BZ2Decompressor = Incremental<Bunzip>;

impl Bunzip {
    /// Starts a stream.
    pub fn new() -> Bunzip {
        Bunzip(Decompress::new(false))
    }
}

impl Default for Bunzip {
    fn default() -> Self {
        Bunzip::new()
    }
}

impl Decoder for Bunzip {
    type Error = Error;
    const HOLDS_OUTPUT: bool = false;

    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<Step, Error> {
        let (before_in, before_out) = (self.0.total_in(), self.0.total_out());
        let end = match self.0.decompress_vec(input, output) {
            Ok(Status::StreamEnd) => true,
            Ok(Status::MemNeeded) => return Err(Error::OutOfMemory),
            Ok(_) => false,
            Err(bzip2::Error::Data | bzip2::Error::DataMagic) => return Err(Error::Data),
            Err(_) => return Err(Error::Internal),
        };
        let read = (self.0.total_in() - before_in) as usize;
        Ok(Step { read, written: (self.0.total_out() - before_out) as usize, end })
    }
}
