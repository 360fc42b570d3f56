//! `_sre`: patterns, matches, scanners and templates over the engine of `krait-sre`.
//!
//! | file | concern |
//! |---|---|
//! | `subject` | what is searched: text or bytes, and slices of it |
//! | `engine` | running a program: character tables, signals, states kept for reuse |
//! | `pattern` | `Pattern`: making one, what it knows of itself |
//! | `search` | `Pattern`: searching, splitting |
//! | `substitute` | `Pattern.sub` |
//! | `template` | compiled replacement texts |
//! | `matching` | `Match` |
//! | `scanner` | `SRE_Scanner` |

mod engine;
mod matching;
mod pattern;
mod scanner;
mod search;
mod subject;
mod substitute;
mod template;

use krait_object::arguments::c_int;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{int, natives};
use krait_sre as sre;

/// The `_sre` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_sre", doc: "", functions: FUNCTIONS, exec };

fn getcodesize(_: &Thread, _: &[Value]) -> Res {
    Ok(Value::small(sre::CODESIZE as i64))
}

fn ascii_iscased(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(sre::ascii_is_cased(c_int(th, a[0])? as u32)))
}

fn unicode_iscased(th: &Thread, a: &[Value]) -> Res {
    Ok(Value::bool(sre::unicode_is_cased(&engine::Tables, c_int(th, a[0])? as u32)))
}

fn ascii_tolower(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, sre::ascii_lower(c_int(th, a[0])? as u32) as i32 as i64))
}

fn unicode_tolower(th: &Thread, a: &[Value]) -> Res {
    Ok(int::from_i64(th, sre::unicode_lower(&engine::Tables, c_int(th, a[0])? as u32) as i32 as i64))
}

natives! {
    static FUNCTIONS = {
        function "ascii_iscased" "(character, /)" ascii_iscased, "";
        function "ascii_tolower" "(character, /)" ascii_tolower, "";
        function "compile" "(pattern, flags, code, groups, groupindex, indexgroup)" pattern::compile, "";
        function "getcodesize" "()" getcodesize, "";
        function "template" "(pattern, template, /)" template::template, "";
        function "unicode_iscased" "(character, /)" unicode_iscased, "";
        function "unicode_tolower" "(character, /)" unicode_tolower, "";
    }
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_int(th, "MAGIC", sre::MAGIC.into());
    m.add_int(th, "CODESIZE", sre::CODESIZE as i64);
    m.add_int(th, "MAXREPEAT", sre::MAXREPEAT.into());
    m.add_int(th, "MAXGROUPS", sre::MAXGROUPS as i64);
    // Behaviour, in a way: programs may show it.
    m.add_str(th, "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ");
    Ok(())
}
