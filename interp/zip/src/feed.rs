//! The protocol of Python's incremental decompressors: data are fed in pieces, output may be limited, what could not be
//! decompressed yet is kept inside, and what comes after the end is handed back.

/// Progress made by a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Bytes taken from the input.
    pub read: usize,
    /// Bytes appended to the output.
    pub written: usize,
    /// The end of the stream was reached.
    pub end: bool,
}

/// A format.
pub trait Decoder {
    /// What is wrong with the data.
    type Error;

    /// Whether a decoder that filled its output may hold more although all input was taken, so that more input must not
    /// be asked for.
    const HOLDS_OUTPUT: bool;

    /// Decompresses some of `input` to the end of `output`, at most up to its capacity, which exceeds its length.
    ///
    /// # Errors
    /// The data are invalid.
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<Step, Self::Error>;

    /// Input the decoder took but found to be beyond the end. Asked once, at the end.
    fn excess(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

/// Why nothing was decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedError<E> {
    /// The stream had ended before ("End of stream already reached", an EOFError).
    EndOfStream,
    /// There is no memory for the output.
    OutOfMemory,
    /// The decoder's complaint.
    Format(E),
}

impl<E: std::fmt::Display> std::fmt::Display for FeedError<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FeedError::EndOfStream => f.write_str("End of stream already reached"),
            FeedError::OutOfMemory => f.write_str("out of memory"),
            FeedError::Format(e) => e.fmt(f),
        }
    }
}

/// The first room made for output.
const ROOM: usize = 32 << 10;

/// Makes room in `out`, twice as much as before, but not for more than `limit` bytes in all. False if there is no memory.
pub(crate) fn make_room(out: &mut Vec<u8>, limit: Option<usize>) -> bool {
    let more = out.capacity().max(ROOM);
    let more = limit.map_or(more, |l| more.min(l - out.len()));
    out.try_reserve_exact(more).is_ok()
}

/// An incremental decompressor.
#[derive(Debug)]
pub struct Incremental<D> {
    decoder: D,
    /// Input that waits for room in the output; what was taken of it is behind `start`.
    pending: Vec<u8>,
    start: usize,
    unused: Vec<u8>,
    eof: bool,
    needs_input: bool,
}

impl<D: Decoder> Incremental<D> {
    /// Starts with nothing read.
    pub fn new(decoder: D) -> Self {
        Incremental {
            decoder,
            pending: Vec::new(),
            start: 0,
            unused: Vec::new(),
            eof: false,
            needs_input: true,
        }
    }

    /// The format's decoder.
    pub fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Whether the end of the stream was reached.
    pub fn eof(&self) -> bool {
        self.eof
    }

    /// Whether more can only come from more input.
    pub fn needs_input(&self) -> bool {
        self.needs_input
    }

    /// Data found after the end of the stream.
    pub fn unused_data(&self) -> &[u8] {
        &self.unused
    }

    /// Decompresses what was kept and `data`, to at most `max_length` bytes (`None`: all there is).
    ///
    /// # Errors
    /// See [`FeedError`]. Like CPython's, a decompressor that failed is not to be used further.
    pub fn decompress(
        &mut self,
        data: &[u8],
        max_length: Option<usize>,
    ) -> Result<Vec<u8>, FeedError<D::Error>> {
        if self.eof {
            return Err(FeedError::EndOfStream);
        }
        let mut pending = std::mem::take(&mut self.pending);
        let kept = pending.len() > self.start;
        if kept {
            pending.drain(..self.start);
            pending.try_reserve(data.len()).map_err(|_| FeedError::OutOfMemory)?;
            pending.extend_from_slice(data);
        }
        self.start = 0;
        let input = if kept { &pending[..] } else { data };
        let (mut read, mut out) = (0, Vec::new());
        let mut full = false;
        loop {
            if Some(out.len()) == max_length {
                full = true;
                break;
            }
            if out.len() == out.capacity() && !make_room(&mut out, max_length) {
                return Err(FeedError::OutOfMemory);
            }
            let step = self.decoder.step(&input[read..], &mut out).map_err(FeedError::Format)?;
            read += step.read;
            if step.end {
                self.eof = true;
                break;
            }
            let stuck = step.read == 0 && step.written == 0;
            if stuck || (read == input.len() && out.len() < out.capacity()) {
                break;
            }
        }
        let rest = input.len() - read;
        if self.eof {
            self.needs_input = false;
            self.unused = self.decoder.excess();
            self.unused.extend_from_slice(&input[read..]);
        } else {
            self.needs_input = rest == 0 && !(D::HOLDS_OUTPUT && full);
            if rest > 0 {
                if kept {
                    self.start = read;
                    self.pending = pending;
                } else {
                    self.pending = data[read..].to_vec();
                }
            }
        }
        Ok(out)
    }
}
