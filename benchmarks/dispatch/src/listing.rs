//! Checks machine code for what a dispatcher of sibling calls lives by.
//!
//! A handler ends in a jump through the dispatch table. rustc promises no such thing; LLVM does it where it
//! can, and a local whose address escapes, or drop glue after the call, silently makes it a call: the machine
//! stack then grows with every instruction. So the built program is disassembled with objdump and read.
//!
//! For every function whose demangled name has the given prefix:
//!
//! - no `call` through a table: `call *(base,index,8)`, or `call *reg` where the register was loaded so;
//! - no path from the entry to a jump out of the function that saves registers or moves the stack pointer
//!   without calling anything: that is a fast path paying for a slow one.
//!
//! Indirect calls of other kinds (a native function's pointer out of a cell) are allowed.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// Something wrong in one handler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The handler's demangled name.
    pub handler: String,
    /// What is wrong.
    pub fault: Fault,
    /// The instruction.
    pub line: String,
}

/// What can be wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// The next handler is called, not jumped to.
    TableCall,
    /// A path without any call saves registers or moves the stack.
    FastPathSaves,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::TableCall => "calls through the dispatch table",
            Fault::FastPathSaves => "uses the stack on a path without calls",
        };
        write!(f, "{}: {what}: {}", self.handler, self.line)
    }
}

/// What was looked at.
#[derive(Default, Debug)]
pub struct Report {
    /// Handlers found.
    pub handlers: usize,
    /// Jumps through a register or memory in them.
    pub indirect_jumps: usize,
    /// What is wrong, in the program's order.
    pub findings: Vec<Finding>,
}

struct Line<'a> {
    address: u64,
    mnemonic: &'a str,
    operands: &'a str,
    text: &'a str,
}

/// Disassembles `binary` with objdump and checks every function whose name starts with `prefix`.
///
/// # Errors
/// When objdump can not be run or fails.
pub fn check(binary: &Path, prefix: &str) -> Result<Report, String> {
    let output = Command::new("objdump")
        .args(["--disassemble", "--demangle", "--no-show-raw-insn"])
        .arg(binary)
        .output()
        .map_err(|e| format!("objdump: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(check_text(&String::from_utf8_lossy(&output.stdout), prefix))
}

/// Checks a listing as objdump prints it (AT&T syntax, demangled, without the bytes).
pub fn check_text(listing: &str, prefix: &str) -> Report {
    let mut report = Report::default();
    let mut function: Option<(&str, Vec<Line>)> = None;
    for text in listing.lines().chain([""]) {
        if let Some(name) = text.strip_suffix(">:").and_then(|t| t.split_once(" <")).map(|(_, n)| n) {
            finish(&mut report, function.take());
            function = name.starts_with(prefix).then_some((name, Vec::new()));
        } else if let Some((_, lines)) = &mut function
            && let Some(line) = parse(text)
        {
            lines.push(line);
        }
    }
    finish(&mut report, function);
    report
}

fn parse(text: &str) -> Option<Line<'_>> {
    let (address, rest) = text.split_once(":\t")?;
    let address = u64::from_str_radix(address.trim(), 16).ok()?;
    let (mut mnemonic, mut operands) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    // Prefixes that do not change what the instruction is to us.
    while matches!(mnemonic, "notrack" | "bnd" | "addr32" | "data16" | "rex.W" | "cs") {
        (mnemonic, operands) = operands.trim().split_once(' ').unwrap_or((operands.trim(), ""));
    }
    Some(Line { address, mnemonic, operands: operands.trim(), text: text.trim() })
}

fn is_call(line: &Line) -> bool {
    matches!(line.mnemonic, "call" | "callq")
}

fn is_jump(line: &Line) -> bool {
    matches!(line.mnemonic, "jmp" | "jmpq")
}

/// `(base,index,8)`, with or without a displacement.
fn is_table_slot(operand: &str) -> bool {
    operand.contains(",8)")
}

fn finish(report: &mut Report, function: Option<(&str, Vec<Line>)>) {
    let Some((name, lines)) = function else { return };
    report.handlers += 1;
    let mut add = |fault, line: &Line| {
        report.findings.push(Finding { handler: name.to_owned(), fault, line: line.text.to_owned() });
    };
    for (i, line) in lines.iter().enumerate() {
        if is_call(line) && is_through_table(&lines[..i], line) {
            add(Fault::TableCall, line);
        }
        if is_jump(line) && line.operands.starts_with('*') {
            report.indirect_jumps += 1;
        }
    }
    if let Some(i) = saving_path(&lines) {
        add(Fault::FastPathSaves, &lines[i]);
    }
}

/// Whether a call's target comes out of a table of words.
fn is_through_table(before: &[Line], call: &Line) -> bool {
    let Some(target) = call.operands.strip_prefix('*') else { return false };
    if !target.starts_with('%') {
        return is_table_slot(target);
    }
    // The last instruction that writes the register decides.
    let written = |line: &&Line| line.operands.ends_with(target);
    before
        .iter()
        .rev()
        .filter(|l| !l.mnemonic.starts_with("cmp") && !l.mnemonic.starts_with("test") && !is_call(l))
        .find(written)
        .is_some_and(|line| {
            if !line.mnemonic.starts_with("mov") {
                return false;
            }
            let source = line.operands.strip_suffix(target).unwrap_or("").trim_end_matches(',');
            if source.starts_with('%') && source != target {
                let line = Line { operands: &format!("*{source}"), mnemonic: "call", text: "", address: 0 };
                let at = before.iter().rposition(|l| l.operands.ends_with(target)).unwrap_or(0);
                return is_through_table(&before[..at], &line);
            }
            is_table_slot(source)
        })
}

/// An instruction that uses the stack on a path from the entry out of the function without a call.
fn saving_path(lines: &[Line]) -> Option<usize> {
    let index: HashMap<u64, usize> = lines.iter().enumerate().map(|(i, l)| (l.address, i)).collect();
    let target = |line: &Line| {
        let address = line.operands.split_whitespace().next()?;
        index.get(&u64::from_str_radix(address, 16).ok()?).copied()
    };
    // Each instruction is visited at most twice: before and after the path has used the stack.
    let mut seen = vec![[false; 2]; lines.len()];
    let mut work: Vec<(usize, Option<usize>)> = vec![(0, None)];
    while let Some((mut i, mut saved)) = work.pop() {
        while i < lines.len() && !std::mem::replace(&mut seen[i][saved.is_some() as usize], true) {
            let line = &lines[i];
            let m = line.mnemonic;
            if is_call(line) || m.starts_with("ret") || m == "ud2" {
                break;
            }
            if m.starts_with("push") || (matches!(m, "sub" | "subq") && line.operands.ends_with("%rsp")) {
                saved = saved.or(Some(i));
            }
            if is_jump(line) {
                match target(line) {
                    Some(next) => i = next,
                    None if saved.is_some() => return saved,
                    None => break,
                }
                continue;
            }
            if m.starts_with('j') {
                match target(line) {
                    Some(next) => work.push((next, saved)),
                    None if saved.is_some() => return saved,
                    None => {}
                }
            }
            i += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<Fault> {
        let mut text = String::from("0000000000001000 <vm::op_x>:\n");
        for (i, line) in body.split(';').enumerate() {
            text += &format!("    {:x}:\t{}\n", 0x1000 + i, line.trim());
        }
        text += "\n0000000000002000 <other>:\n    2000:\tcall   *(%rcx,%rax,8)\n";
        let report = check_text(&text, "vm::op_");
        assert_eq!(report.handlers, 1);
        report.findings.iter().map(|f| f.fault).collect()
    }

    #[test]
    fn jumps_are_fine() {
        assert_eq!(faults("mov (%rcx,%rax,8),%rax; jmp *%rax"), []);
        assert_eq!(faults("jmp *(%rcx,%rax,8)"), []);
    }

    #[test]
    fn native_calls_are_fine() {
        assert_eq!(faults("push %rbx; mov 0x10(%rdi),%rax; call *%rax; pop %rbx; jmp *%rcx"), []);
        assert_eq!(faults("push %rbx; call *0x18(%rdi); pop %rbx; jmp *%rcx"), []);
    }

    #[test]
    fn table_calls_are_found() {
        assert_eq!(faults("push %rax; call *(%rcx,%rax,8); pop %rcx; ret"), [Fault::TableCall]);
        assert_eq!(
            faults("push %rax; mov (%rcx,%rax,8),%rax; mov %rbx,%rdi; call *%rax; pop %rcx; ret"),
            [Fault::TableCall]
        );
        assert_eq!(
            faults("mov (%rcx,%rax,8),%rax; mov %rax,%r8; mov %rbx,%rdi; call *%r8; ret"),
            [Fault::TableCall]
        );
    }

    #[test]
    fn saving_fast_paths_are_found() {
        let body = "push %rbx; test $3,%al; jne 1005 <vm::op_x+0x5>; pop %rbx; jmp *%rax; call 3000 <slow>; \
                    pop %rbx; jmp *%rax";
        assert_eq!(faults(body), [Fault::FastPathSaves]);
        let shrunk = "test $3,%al; jne 1003 <vm::op_x+0x3>; jmp *%rax; push %rbx; call 3000 <slow>; pop %rbx; \
                      jmp *%rax";
        assert_eq!(faults(shrunk), []);
    }
}
