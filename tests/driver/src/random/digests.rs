//! What CPython 3.12 printed for the programs that run without a CPython: `tests/random/digests`.
//!
//! A line has a seed, a digest of the program and one of what it printed. The first tells when the generator
//! has changed and the recording is to be made anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Digests of program and output by seed.
pub type Digests = BTreeMap<u64, (u64, u64)>;

/// FNV-1a, 64 bits.
pub fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Reads a recording.
///
/// # Errors
/// A message for a file that is missing or no recording.
pub fn read(path: &Path) -> Result<Digests, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut digests = Digests::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let hex = |word: &str| u64::from_str_radix(word, 16).map_err(|e| format!("{}: {e}", path.display()));
        let [seed, program, output] = words[..] else {
            return Err(format!("{}: not a line of digests: {line}", path.display()));
        };
        let seed = seed.parse().map_err(|e| format!("{}: {e}", path.display()))?;
        digests.insert(seed, (hex(program)?, hex(output)?));
    }
    Ok(digests)
}

/// Writes a recording.
///
/// # Errors
/// A message when the file cannot be written.
pub fn write(path: &Path, digests: &Digests) -> Result<(), String> {
    let mut text = String::from(
        "# seed, digest of the program, digest of what CPython 3.12 printed; made by tests/regenerate\n",
    );
    for (seed, (program, output)) in digests {
        let _ = writeln!(text, "{seed} {program:016x} {output:016x}");
    }
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}
