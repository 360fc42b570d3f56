//! The `krait` program.

mod modules;

use krait_modules_core::start;
use krait_object::Thread;
use krait_object::string::Str;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    krait_modules_core::import::register(modules::all());
    let stress = std::env::var("KRAIT_GC_STRESS").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let heap = krait_gc::Config { stress, ..krait_gc::Config::default() };
    let Ok(th) = start::interpreter(krait_text::hash::Key::from_seed(0), heap) else {
        eprintln!("krait: the interpreter cannot be started");
        std::process::exit(1);
    };
    if krait_modules_io::setup(th, &krait_modules_io::Streams::default()).is_err() {
        eprintln!("krait: the standard streams cannot be set up");
        std::process::exit(1);
    }
    let args: Vec<String> = std::env::args().collect();
    let done = match args.get(1).map(String::as_str) {
        Some("-c") => run(th, args[2].as_bytes(), "<string>", true),
        Some(path) => match std::fs::read(path) {
            Ok(source) => run(th, &source, path, false),
            Err(e) => {
                eprintln!("krait: can't open file '{path}': {e}");
                std::process::exit(2);
            }
        },
        None => Ok(()),
    };
    if !krait_modules_io::flush_std(th) {
        std::process::exit(120);
    }
    std::process::exit(i32::from(done.is_err()));
}

fn run(th: &Thread, source: &[u8], filename: &str, is_text: bool) -> Result<(), ()> {
    let ns = start::main_namespace(th).map_err(|_| ())?;
    if start::run_source(th, source, filename, "exec", ns, is_text).is_ok() {
        return Ok(());
    }
    let e = th.take_pending();
    let mut tb = krait_object::exception::Exception::of(e).traceback.get();
    while let Some(t) = krait_object::traceback::Traceback::from_value(tb) {
        let f = krait_object::frameobj::Frame::of(t.frame.get());
        let line = f.code().position(t.lasti.get() as usize / 8).map_or(0, |p| p.line);
        eprintln!("  line {line} in {}", Str::of(f.code().name.get()).to_text());
        tb = t.next.get();
    }
    let name = krait_object::class::type_name(th, e);
    match krait_object::protocol::str_of(th, e) {
        Ok(s) => eprintln!("{name}: {}", Str::of(s).to_text()),
        Err(_) => {
            let text = krait_object::exception::Exception::of(e).args().as_slice().first().copied();
            eprintln!("{name}: {}", text.and_then(Str::from_value).map(Str::to_text).unwrap_or_default());
        }
    }
    Err(())
}
