//! `krait-stdlib`: brings the standard library and lays it out for krait.
//!
//! The pure-Python part of the library is a pinned dependency, not a copy in the repository. This
//! program gets it with the npm client, checks its digests, leaves out what belongs to browsers, and
//! lays Krait's own modules from `Lib/` over it. The result stands where krait looks for it: in
//! `lib/python3.12` beside the folder of the program, both in a cargo target folder and installed.
//! Beside it goes a file with the compiled code of all modules, which krait reads at start-up.
//! Run again, it only brings `Lib/` and the code up to date.
//!
//! It knows the compiler, and must not know anything about the interpreter: it needs none to run.

mod code;
mod digest;
mod fetch;
mod files;
mod layout;
mod pin;
mod unpack;

use std::path::PathBuf;
use std::process::ExitCode;

use layout::{Outcome, Places};
use pin::Pin;

const USAGE: &str = "\
usage: krait-stdlib [--dest DIR] [--lib DIR] [--cache DIR] [--quiet]
  --dest DIR   the folder to fill (default: $KRAIT_STDLIB_DIR, else ../lib/python3.12
               seen from this program's folder)
  --lib DIR    Krait's own modules (default: Lib/ of the repository this was built from)
  --cache DIR  where the downloaded package is kept (default: ../downloads, as above)
  --quiet      say nothing when all is well
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(message) => {
            eprintln!("krait-stdlib: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let mut destination = std::env::var_os("KRAIT_STDLIB_DIR").map(PathBuf::from);
    let mut own = None;
    let mut cache = None;
    let mut quiet = false;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .map(PathBuf::from)
                .ok_or_else(|| format!("{} needs a folder", argument.display()))
        };
        match argument.to_str() {
            Some("--dest") => destination = Some(value()?),
            Some("--lib") => own = Some(value()?),
            Some("--cache") => cache = Some(value()?),
            Some("--quiet") => quiet = true,
            Some("-h" | "--help") => {
                print!("{USAGE}");
                return Ok(ExitCode::SUCCESS);
            }
            _ => {
                eprint!("{USAGE}");
                return Ok(ExitCode::from(2));
            }
        }
    }
    let beside = beside_this_program()?;
    let places = Places {
        destination: std::path::absolute(destination.unwrap_or_else(|| beside.join("lib/python3.12")))
            .map_err(|e| e.to_string())?,
        own: own.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Lib"))),
        cache: cache.unwrap_or_else(|| beside.join("downloads")),
    };
    let pin = Pin::load()?;
    let outcome = layout::bring(&pin, &places)?;
    let compiled = code::bring(&places.destination)?;
    if !quiet {
        let place = places.destination.display();
        match outcome {
            Outcome::Unchanged if compiled => println!("krait-stdlib: compiled {place}"),
            Outcome::Unchanged => println!("krait-stdlib: {place} is up to date"),
            Outcome::Written(files) => println!("krait-stdlib: {files} files written to {place}"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder that holds the folder of this program.
fn beside_this_program() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|e| format!("where is this program? {e}"))?;
    let folder = program.ancestors().nth(2).ok_or("this program has no folder")?;
    Ok(folder.to_owned())
}
