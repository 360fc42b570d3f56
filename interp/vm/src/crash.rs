//! Python's stack as text, for signal handlers and watchdogs.
//!
//! Nothing here allocates, locks, raises or makes objects: it may run in a signal handler, or
//! while another thread holds the interpreter lock and goes on. What it reads may then be half
//! changed: a frame outside of its thread's stack ends the walk.

use crate::machine::Regs;
use krait_object::code::Code;
use krait_object::string::Str;
use krait_object::thread::STACK_MARGIN;
use krait_object::{Interp, Kind, Thread, Value};

/// Frames shown of a thread, threads shown, and characters shown of a name.
const MAX_FRAMES: usize = 100;
const MAX_THREADS: usize = 100;
const MAX_TEXT: usize = 500;

/// A file descriptor that text is written to.
#[derive(Clone, Copy)]
pub struct Output(pub i32);

impl Output {
    /// Writes all of it, or as much as can be.
    pub fn put(self, text: &str) {
        let mut left = text.as_bytes();
        while !left.is_empty() {
            // SAFETY: the buffer is readable for its length.
            let n = unsafe { libc::write(self.0, left.as_ptr().cast(), left.len()) };
            match usize::try_from(n) {
                Ok(n) if n > 0 => left = &left[n..],
                _ => return,
            }
        }
    }

    fn number(self, mut n: u64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.put(std::str::from_utf8(&digits[at..]).unwrap_or("?"));
    }

    fn hex(self, n: u64, width: usize) {
        let mut digits = [0u8; 16];
        for (i, d) in digits[..width].iter_mut().enumerate() {
            *d = b"0123456789abcdef"[(n >> (4 * (width - 1 - i)) & 15) as usize];
        }
        self.put(std::str::from_utf8(&digits[..width]).unwrap_or("?"));
    }

    /// A name or path, with escapes for everything that is not printable ASCII.
    fn text(self, v: Value) {
        let Some(s) = Str::from_value(v) else { return self.put("???") };
        for c in s.chars().iter().take(MAX_TEXT) {
            let c: u32 = c;
            match c {
                0x20..0x7f => {
                    let byte = [c as u8];
                    self.put(std::str::from_utf8(&byte).unwrap_or("?"));
                }
                0..0x100 => {
                    self.put("\\x");
                    self.hex(c as u64, 2);
                }
                0x100..0x10000 => {
                    self.put("\\u");
                    self.hex(c as u64, 4);
                }
                _ => {
                    self.put("\\U");
                    self.hex(c as u64, 8);
                }
            }
        }
        if s.len() > MAX_TEXT {
            self.put("...");
        }
    }
}

/// The frames of a thread, innermost first, without a heading.
fn frames(out: Output, th: &Thread) {
    let mut r = Regs(th.frame.get());
    if r.is_null() {
        return out.put("  <no Python frame>\n");
    }
    let (low, high) = (th.stack_base as usize, th.stack_limit.get() as usize + STACK_MARGIN * 8);
    let mut shown = 0;
    while !r.is_null() {
        if !(low..high).contains(&(r.0 as usize)) {
            return;
        }
        if shown == MAX_FRAMES {
            return out.put("  ...\n");
        }
        frame(out, r);
        shown += 1;
        let previous = r.previous();
        if previous.0 >= r.0 {
            return;
        }
        r = previous;
    }
}

fn frame(out: Output, r: Regs) {
    let code = r.code_value();
    if !code.is_cell() || !code.is_kind(Kind::Code) {
        return out.put("  ???\n");
    }
    let code = Code::of(code);
    out.put("  File \"");
    out.text(code.filename.get());
    out.put("\", line ");
    let offset = code.offset_of(r.pc().0);
    let line = if code.is_loaded() { code.position(offset).map(|p| p.line) } else { None };
    out.number(line.unwrap_or(code.first_line.get()) as u64);
    out.put(" in ");
    out.text(code.name.get());
    out.put("\n");
}

/// The stack of one thread under the heading for a single one.
pub fn dump_one(out: Output, th: Option<&Thread>) {
    out.put("Stack (most recent call first):\n");
    match th {
        Some(th) => frames(out, th),
        None => out.put("  <no Python frame>\n"),
    }
}

/// The stacks of all threads, the newest first.
pub fn dump_all(out: Output, interp: &Interp, current: Option<&Thread>) {
    let Ok(threads) = interp.threads.try_borrow() else { return };
    for (i, &t) in threads.iter().rev().enumerate() {
        if i > 0 {
            out.put("\n");
        }
        if i == MAX_THREADS {
            return out.put("...\n");
        }
        // SAFETY: threads leave the list before they are freed.
        let t = unsafe { &*t };
        let is_current = current.is_some_and(|c| std::ptr::eq(c, t));
        out.put(if is_current { "Current thread 0x" } else { "Thread 0x" });
        out.hex(t.ident.get(), 16);
        out.put(" (most recent call first):\n");
        frames(out, t);
    }
}
