//! The `krait` program.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    eprintln!("krait: the interpreter is not built yet");
    std::process::exit(1);
}
