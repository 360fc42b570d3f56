//! What a pickler writes: bytes, in frames from protocol 4 on.
//!
//! A frame's header is left room for when its first byte is written, and filled in when the frame ends. Bytes go to the file
//! by whole frames; what is long goes there by itself, outside of frames.

use crate::op;
use krait_object::{Res, Thread, Value, bytes, call};

const HEADER: usize = 9;
/// A frame shorter than this has no header.
const SHORTEST: usize = 4;
/// A frame ends when it is as long as this.
const TARGET: usize = 64 * 1024;

/// The bytes that were not given to the file yet.
pub struct Out {
    pub data: Vec<u8>,
    pub framing: bool,
    /// Where the frame that is open starts.
    frame: Option<usize>,
    /// The file's `write`; `MISSING` when everything stays here.
    pub file: Value,
}

impl Out {
    pub fn new(file: Value) -> Out {
        Out { data: Vec::new(), framing: false, frame: None, file }
    }

    #[inline]
    fn begin(&mut self) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.data.len());
            self.data.extend_from_slice(&[0; HEADER]);
        }
    }

    #[inline]
    pub fn byte(&mut self, b: u8) {
        self.begin();
        self.data.push(b);
    }

    #[inline]
    pub fn write(&mut self, data: &[u8]) {
        self.begin();
        self.data.extend_from_slice(data);
    }

    /// An instruction and its argument.
    pub fn op(&mut self, op: u8, argument: &[u8]) {
        self.begin();
        self.data.push(op);
        self.data.extend_from_slice(argument);
    }

    /// Ends the frame.
    pub fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let len = self.data.len() - start - HEADER;
        if len >= SHORTEST {
            self.data[start] = op::FRAME;
            self.data[start + 1..start + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.data.drain(start..start + HEADER);
        }
    }

    /// Between two objects: a frame that is long enough ends.
    #[inline]
    pub fn boundary(&mut self, th: &Thread) -> Res<()> {
        if let Some(start) = self.frame
            && self.data.len() - start - HEADER >= TARGET
        {
            self.close_frame();
            self.flush(th)?;
        }
        Ok(())
    }

    /// Gives the bytes to the file, if there is one.
    pub fn flush(&mut self, th: &Thread) -> Res<()> {
        if self.file != Value::MISSING {
            let b = bytes::from_slice(th, &self.data)?;
            self.data.clear();
            call::call(th, self.file, &[b])?;
        }
        Ok(())
    }

    /// An instruction with its argument and much data, which `object` has in memory.
    pub fn large(&mut self, th: &Thread, head: &[u8], data: &[u8], object: Option<Value>) -> Res<()> {
        if data.len() < TARGET {
            self.write(head);
            self.write(data);
            return Ok(());
        }
        self.close_frame();
        let framing = std::mem::replace(&mut self.framing, false);
        self.write(head);
        if self.file == Value::MISSING {
            self.write(data);
        } else {
            self.flush(th)?;
            let b = match object {
                Some(o) => o,
                None => bytes::from_slice(th, data)?,
            };
            call::call(th, self.file, &[b])?;
        }
        self.framing = framing;
        Ok(())
    }
}
