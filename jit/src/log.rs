//! The log of compilations (`-X jit-log=FILE`): bytecode's place, IR, machine code.

use crate::options::Options;
use std::fmt::Write as _;
use std::io::Write as _;

/// Appends to the log, if there is one.
pub fn write(text: impl FnOnce(&mut String)) {
    let Some(path) = &Options::get().log else { return };
    let mut out = String::new();
    text(&mut out);
    // A log that cannot be written is no reason to disturb the program.
    if let Ok(mut f) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        let _ = f.write_all(out.as_bytes());
    }
}

/// Machine code as text.
pub fn disassemble(out: &mut String, address: u64, bytes: usize) {
    use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
    // SAFETY: the range is code that was just installed; code memory is never unmapped.
    let code = unsafe { std::slice::from_raw_parts(address as *const u8, bytes) };
    let mut formatter = IntelFormatter::new();
    for i in &mut Decoder::with_ip(64, code, address, DecoderOptions::NONE) {
        let mut text = String::new();
        formatter.format(&i, &mut text);
        let _ = writeln!(out, "    {:x}  {text}", i.ip());
    }
}
