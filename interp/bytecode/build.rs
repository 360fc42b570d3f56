//! Gives the sources that decide what compiled code looks like a number, for cache files.

use std::path::Path;

fn digest(folder: &Path, h: &mut u32) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(|e| e.file_name());
    for e in entries {
        let path = e.path();
        if path.is_dir() {
            digest(&path, h);
        } else if path.extension().is_some_and(|e| e == "rs") {
            for b in std::fs::read(&path).unwrap_or_default() {
                *h = (*h ^ u32::from(b)).wrapping_mul(0x0100_0193);
            }
        }
    }
}

fn main() {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut h = 0x811c_9dc5;
    for folder in ["src", "../syntax/src"] {
        let folder = Path::new(&own).join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        digest(&folder, &mut h);
    }
    println!("cargo::rustc-env=KRAIT_CODE_DIGEST={h}");
}
