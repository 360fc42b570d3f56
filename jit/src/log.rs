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

/// One line of source that a recording came along.
pub struct Came {
    /// Instructions of IR made before it.
    pub from: usize,
    pub file: String,
    pub line: u32,
}

/// Is there a log?
pub fn is_on() -> bool {
    Options::get().log.is_some()
}

/// The lines of source of a recording, with the IR that begins there.
pub fn sources(out: &mut String, trail: &[Came]) {
    let mut files: std::collections::HashMap<&str, Vec<String>> = std::collections::HashMap::new();
    for came in trail {
        let lines = files.entry(&came.file).or_insert_with(|| {
            // Code need not come from a file that can be read: then there is only the number.
            let text = std::fs::read(&came.file).unwrap_or_default();
            String::from_utf8_lossy(&text).lines().map(|l| l.trim().to_owned()).collect()
        });
        let text = (came.line as usize).checked_sub(1).and_then(|n| lines.get(n)).map_or("", String::as_str);
        let _ = writeln!(out, "  from v{}: {}:{}  {text}", came.from, came.file, came.line);
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
