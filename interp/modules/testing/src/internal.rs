//! `_testinternalcapi`: how the interpreter was started, and the depth of its stack.

use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::storage::ValueVec;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{codec, dict, list, natives};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// The `_testinternalcapi` module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_testinternalcapi",
    doc: "Inner state for CPython's test package.",
    functions: FUNCTIONS,
    exec: no_exec,
};

fn get_recursion_depth(_: &Thread, _: &[Value]) -> Res {
    // The function itself counts as CPython counts it.
    Ok(Value::small(i64::from(Thread::current().depth.get())))
}

/// Flags that are named differently in the configuration, and those that are the other way round.
const RENAMED: &[(&str, &str)] = &[("optimize", "optimization_level"), ("debug", "parser_debug")];
const NEGATED: &[(&str, &str)] = &[
    ("dont_write_bytecode", "write_bytecode"),
    ("ignore_environment", "use_environment"),
    ("no_site", "site_import"),
    ("no_user_site", "user_site_directory"),
];
const PLAIN: &[&str] = &[
    "bytes_warning",
    "dev_mode",
    "inspect",
    "interactive",
    "isolated",
    "quiet",
    "safe_path",
    "verbose",
    "warn_default_encoding",
];

fn path(th: &Thread, p: &OsStr) -> Res {
    codec::decode(th, p.as_bytes(), Some("utf-8"), Some("surrogateescape"))
}

/// The options and paths that the interpreter goes by.
fn get_config(th: &Thread, _: &[Value]) -> Res {
    let config = th.interp.config.borrow();
    let flag = |name: &str| config.flags.get(name).copied().unwrap_or(0);
    let d = dict::new(th);
    for name in PLAIN {
        d.set_text(th, name, Value::small(flag(name)));
    }
    for (from, to) in RENAMED {
        d.set_text(th, to, Value::small(flag(from)));
    }
    for (from, to) in NEGATED {
        d.set_text(th, to, Value::small((flag(from) == 0).into()));
    }
    d.set_text(th, "code_debug_ranges", Value::small((!config.hide_columns).into()));
    d.set_text(th, "int_max_str_digits", Value::small(th.interp.int_max_str_digits.get() as i64));
    let paths = [
        ("executable", &config.executable),
        ("base_executable", &config.base_executable),
        ("prefix", &config.prefix),
        ("exec_prefix", &config.exec_prefix),
        ("base_prefix", &config.base_prefix),
        ("base_exec_prefix", &config.base_exec_prefix),
        ("stdlib_dir", &config.stdlib),
    ];
    for (name, p) in paths {
        let v = path(th, p)?;
        d.set_text(th, name, v);
    }
    for (name, words) in [("argv", &config.argv), ("orig_argv", &config.orig_argv)] {
        let mut items = ValueVec::new();
        for w in words {
            let v = path(th, w)?;
            items.push(th, v)?;
        }
        let l = list::from_vec(th, items);
        d.set_text(th, name, l);
    }
    Ok(d.value())
}

natives! {
    static FUNCTIONS = {
        function "get_config" "!()" get_config, "The options and paths that the interpreter goes by.";
        function "get_recursion_depth" "!()" get_recursion_depth, "Depth of calls of Python functions.";
    }
}
