//! Shows the bytecode of Python files, or only checks it: `dis [-q] FILE...`; `-` reads standard input.

use krait_bytecode::{disassemble::disassemble, verify::verify};
use krait_syntax::parse::Mode;
use std::io::Read;

fn main() {
    let mut quiet = false;
    let mut failed = 0;
    let mut files = 0;
    for file in std::env::args().skip(1) {
        if file == "-q" {
            quiet = true;
            continue;
        }
        let mut source = Vec::new();
        if file == "-" {
            let _ = std::io::stdin().read_to_end(&mut source);
        } else {
            match std::fs::read(&file) {
                Ok(text) => source = text,
                Err(error) => {
                    println!("{file}: {error}");
                    continue;
                }
            }
        }
        files += 1;
        match krait_syntax::compile_source(&source, &file, Mode::Exec, 0, 0) {
            Ok(output) => {
                if !quiet {
                    print!("{}", disassemble(&output.template, true));
                    for warning in &output.warnings {
                        println!("line {}: warning: {}", warning.lineno, warning.msg);
                    }
                }
                if let Err(error) = verify(&output.template) {
                    println!("{file}: {error}");
                    failed += 1;
                }
            }
            Err(error) => {
                println!("{file}: {error}");
                failed += 1;
            }
        }
    }
    if quiet {
        println!("{files} files, {failed} failed");
    }
}
