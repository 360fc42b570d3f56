//! Constants of `sys`: what the program, the numbers and the platform are.

use crate::paths;
use crate::sys::names::STDLIB;
use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::structseq::StructSeq;
use krait_object::{
    Class, Res, Thread, TypeId, Value, ValueVec, call, dict, float, int, list, set, string, tuple,
};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The version of Python that this is: of the standard library.
pub const VERSION: [i64; 3] = [3, 12, 7];
const HEX_VERSION: i64 = 0x030c_07f0;

/// The text of `sys.version`.
pub fn version() -> String {
    let [a, b, c] = VERSION;
    format!("{a}.{b}.{c} (main, {}) [Krait {}]", build_date(), env!("CARGO_PKG_VERSION"))
}

/// When this was built is not recorded: builds are reproducible.
fn build_date() -> &'static str {
    "Jan  1 2025, 00:00:00"
}

macro_rules! fields {
    ($($name:literal),* $(,)?) => { &[$(($name, "")),*] };
}

static FLAGS: StructSeq = StructSeq::new(
    "sys.flags",
    "Flags given through command line arguments or environment variables.",
    fields![
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
    ],
    18,
)
.sealed();
const FLAG_NAMES: [&str; 18] = [
    "debug",
    "inspect",
    "interactive",
    "optimize",
    "dont_write_bytecode",
    "no_user_site",
    "no_site",
    "ignore_environment",
    "verbose",
    "bytes_warning",
    "quiet",
    "hash_randomization",
    "isolated",
    "dev_mode",
    "utf8_mode",
    "warn_default_encoding",
    "safe_path",
    "int_max_str_digits",
];

static VERSION_INFO: StructSeq = StructSeq::new(
    "sys.version_info",
    "Version information as a named tuple.",
    fields!["major", "minor", "micro", "releaselevel", "serial"],
    5,
)
.sealed();

static HASH_INFO: StructSeq = StructSeq::new(
    "sys.hash_info",
    "Parameters of the hashes of numbers and strings.",
    fields!["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    9,
);

static INT_INFO: StructSeq = StructSeq::new(
    "sys.int_info",
    "The internal representation of integers.",
    fields!["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    4,
);

static FLOAT_INFO: StructSeq = StructSeq::new(
    "sys.float_info",
    "Precision and range of floats.",
    fields![
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ],
    11,
);

static THREAD_INFO: StructSeq =
    StructSeq::new("sys.thread_info", "How threads are made.", fields!["name", "lock", "version"], 3);

fn make(th: &Thread, s: &'static StructSeq, values: &[Value]) -> Res {
    let class = s.make(th)?;
    s.instance(th, class, values)
}

/// A path or another text of the operating system.
pub fn os_text(th: &Thread, s: &OsStr) -> Res {
    paths::decode(th, s.as_bytes())
}

static FLAGS_CLASS: InterpSlot = InterpSlot::new();

/// `sys.flags`, made from the start-up options.
pub fn flags(th: &Thread) -> Res {
    let class = Class::of(FLAGS_CLASS.get_or(th, |th| Ok(FLAGS.make(th)?.value()))?);
    let mut values = [Value::ZERO; 18];
    let config = th.interp.config.borrow();
    for (v, name) in values.iter_mut().zip(FLAG_NAMES) {
        let n = config.flags.get(name).copied().unwrap_or(0);
        *v = match name {
            "dev_mode" | "safe_path" => Value::bool(n != 0),
            _ => Value::small(n),
        };
    }
    values[17] = int::from_usize(th, th.interp.int_max_str_digits.get());
    drop(config);
    FLAGS.instance(th, class, &values)
}

fn strings(th: &Thread, items: &[OsString]) -> Res {
    let l = list::new(th);
    for s in items {
        let v = os_text(th, s)?;
        l.push(th, v)?;
    }
    Ok(l.value())
}

/// The libc's version, for `thread_info`.
fn libc_version() -> String {
    // SAFETY: a static NUL-terminated string.
    let v = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
    format!("NPTL {}", v.to_string_lossy())
}

/// Adds what depends on neither options nor threads.
pub fn add_constants(th: &Thread, m: Module) -> Res<()> {
    let text = |s: &str| string::new(th, s);
    m.add_str(th, "version", &version());
    let level = text("final");
    let version_info = make(
        th,
        &VERSION_INFO,
        &[Value::small(VERSION[0]), Value::small(VERSION[1]), Value::small(VERSION[2]), level, Value::ZERO],
    )?;
    m.add(th, "version_info", version_info);
    m.add_int(th, "hexversion", HEX_VERSION);
    m.add_int(th, "api_version", 1013);
    m.add_str(th, "copyright", "Copyright (c) the Krait developers.\nAll Rights Reserved.");
    m.add_str(th, "platform", if cfg!(target_os = "macos") { "darwin" } else { "linux" });
    m.add_str(th, "byteorder", if cfg!(target_endian = "little") { "little" } else { "big" });
    m.add_int(th, "maxsize", i64::MAX);
    m.add_int(th, "maxunicode", 0x10ffff);
    m.add_str(th, "float_repr_style", "short");
    m.add_str(th, "abiflags", "");
    m.add_str(th, "_framework", "");
    m.add(th, "_git", tuple::new(th, &[text("Krait"), text(""), text("")]));
    let cache_tag = text(crate::frozen::CACHE_TAG);
    let name = text("krait");
    let multiarch = text(concat!("x86_64", "-linux-gnu"));
    let names = ["name", "cache_tag", "version", "hexversion", "_multiarch"].map(text);
    let values = [name, cache_tag, version_info, int::from_i64(th, HEX_VERSION), multiarch];
    let names = tuple::from_slice(th, &names)?;
    let class = th.interp.class_value(TypeId::SimpleNamespace);
    m.add(th, "implementation", call::call_kw(th, class, &values, names)?);
    let hash = [
        Value::small(64),
        int::from_i64(th, (1 << 61) - 1),
        Value::small(314159),
        Value::ZERO,
        Value::small(1000003),
        text("siphash13"),
        Value::small(64),
        Value::small(128),
        Value::ZERO,
    ];
    m.add(th, "hash_info", make(th, &HASH_INFO, &hash)?);
    let ints = [30, 4, 4300, 640].map(Value::small);
    m.add(th, "int_info", make(th, &INT_INFO, &ints)?);
    let floats = [
        float::new(th, f64::MAX),
        Value::small(1024),
        Value::small(308),
        float::new(th, f64::MIN_POSITIVE),
        Value::small(-1021),
        Value::small(-307),
        Value::small(15),
        Value::small(53),
        float::new(th, f64::EPSILON),
        Value::small(2),
        Value::small(1),
    ];
    m.add(th, "float_info", make(th, &FLOAT_INFO, &floats)?);
    let thread = [text("pthread"), text("semaphore"), text(&libc_version())];
    m.add(th, "thread_info", make(th, &THREAD_INFO, &thread)?);
    let names = dict::new(th);
    for n in STDLIB {
        names.set(th, th.interp.interned.intern_text(th, n), Value::none())?;
    }
    m.add(th, "stdlib_module_names", set::new_frozen(th, names));
    let mut builtin: Vec<&str> = crate::import::native_modules().iter().map(|d| d.name).collect();
    builtin.sort_unstable();
    let mut v = ValueVec::new();
    for n in builtin {
        v.push(th, th.interp.interned.intern_text(th, n))?;
    }
    m.add(th, "builtin_module_names", tuple::from_vec(th, &v)?);
    Ok(())
}

/// Adds what the command line, the environment and the file system say.
pub fn add_options(th: &Thread, m: Module) -> Res<()> {
    let c = th.interp.config.borrow().clone();
    m.add(th, "flags", flags(th)?);
    m.add(th, "argv", strings(th, &c.argv)?);
    m.add(th, "orig_argv", strings(th, &c.orig_argv)?);
    m.add(th, "path", strings(th, &c.search_path)?);
    let one = |name: &str, s: &OsStr| -> Res<()> {
        m.add(th, name, os_text(th, s)?);
        Ok(())
    };
    one("executable", &c.executable)?;
    one("_base_executable", &c.base_executable)?;
    one("prefix", &c.prefix)?;
    one("exec_prefix", &c.exec_prefix)?;
    one("base_prefix", &c.base_prefix)?;
    one("base_exec_prefix", &c.base_exec_prefix)?;
    one("platlibdir", &c.platlibdir)?;
    one("_stdlib_dir", &c.stdlib)?;
    let home = if c.home.is_empty() { Value::none() } else { os_text(th, &c.home)? };
    m.add(th, "_home", home);
    let cache = match &c.pycache_prefix {
        Some(p) => os_text(th, p)?,
        None => Value::none(),
    };
    m.add(th, "pycache_prefix", cache);
    m.add(th, "dont_write_bytecode", Value::bool(c.flags.get("dont_write_bytecode").is_some_and(|&n| n > 0)));
    let warnings = list::new(th);
    for w in &c.warnoptions {
        warnings.push(th, string::try_new(th, w)?)?;
    }
    m.add(th, "warnoptions", warnings.value());
    let x = dict::new(th);
    for (k, v) in &c.xoptions {
        let v = match v {
            Some(v) => string::try_new(th, v)?,
            None => Value::true_(),
        };
        x.set_text(th, k, v);
    }
    m.add(th, "_xoptions", x.value());
    Ok(())
}
