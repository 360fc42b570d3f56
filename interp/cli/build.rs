//! How the program is linked: at a fixed address, so that start-up has nothing to relocate (a quarter of a megabyte of
//! pointers in tables of natives, strings and classes, which would all be pages of the process's own).

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
