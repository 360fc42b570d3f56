//! `compile`, `eval`, `exec`, and `locals()`.

use crate::ast_bridge;
use krait_object::class::type_name;
use krait_object::code::Code;
use krait_object::dict::{self, Dict};
use krait_object::interp::CompileRequest;
use krait_object::string::{self, Str};
use krait_object::tuple::Tuple;
use krait_object::{Kind, Name, Res, Thread, TypeId, Value, buffer, protocol};
use krait_vm::Regs;

/// What `locals()` gives in the running frame.
pub fn locals_now(th: &Thread) -> Res {
    let r = Regs(th.frame.get());
    if r.is_null() {
        return Err(th.raise_new(krait_object::TypeId::SystemError, "frame does not exist"));
    }
    krait_vm::frame_locals(th, r)
}

/// Source text or bytes of an argument: bytes, and whether it was text.
pub(crate) fn source_of(th: &Thread, v: Value, name: &str, what: &str) -> Res<(Vec<u8>, bool)> {
    if let Some(s) = Str::from_value(v) {
        let Some(text) = s.to_utf8() else {
            let at = s.chars().iter().position(|c| (0xd800..0xe000).contains(&c)).unwrap_or(0);
            let args = [
                string::new(th, "utf-8"),
                v,
                Value::small(at as i64),
                Value::small(at as i64 + 1),
                string::new(th, "surrogates not allowed"),
            ];
            return Err(th.raise_args(krait_object::TypeId::UnicodeEncodeError, &args));
        };
        return Ok((text.into_bytes(), true));
    }
    if buffer::has_buffer(th, v) {
        let bytes = buffer::bytes_like(th, v)?.as_slice().to_vec();
        if bytes.contains(&0) {
            return Err(th.raise_new(TypeId::SyntaxError, "source code string cannot contain null bytes"));
        }
        return Ok((bytes, false));
    }
    Err(th.type_error(format!("{name}() arg 1 must be a {what}")))
}

/// `compile(source, filename, mode, flags, dont_inherit, optimize)`.
pub fn compile(th: &Thread, a: &[Value]) -> Res {
    let filename = crate::paths::decoded_path(th, a[1])?;
    let Some(mode) = Str::from_value(a[2]).map(Str::to_text) else {
        return Err(
            th.type_error(format!("compile() argument 'mode' must be str, not {}", type_name(th, a[2])))
        );
    };
    let mut flags = match a[3].given() {
        Some(v) => protocol::index_i64(th, v)? as u32,
        None => 0,
    };
    if flags & crate::source::FROM_FILE != 0 {
        return Err(th.value_error("compile(): unrecognised flags"));
    }
    let dont_inherit = match a[4].given() {
        Some(v) => protocol::truth(th, v)?,
        None => false,
    };
    let optimize = match a[5].given() {
        Some(v) => protocol::index_i64(th, v)? as i32,
        None => -1,
    };
    if !(-1..=2).contains(&optimize) {
        return Err(th.value_error("compile(): invalid optimize value"));
    }
    if !dont_inherit {
        flags |= inherited_flags(th);
    }
    let only_ast = flags & ast_bridge::ONLY_AST != 0;
    match mode.as_str() {
        "exec" | "eval" | "single" => {}
        "func_type" if only_ast => {}
        "func_type" => {
            return Err(th.value_error("compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ => {
            let more = if only_ast {
                "'exec', 'eval', 'single' or 'func_type'"
            } else {
                "'exec', 'eval' or 'single'"
            };
            return Err(th.value_error(format!("compile() mode must be {more}")));
        }
    }
    if ast_bridge::is_node(th, a[0])? {
        if only_ast {
            return Ok(a[0]);
        }
        return ast_bridge::compile_node(th, a[0], filename, &mode, flags, optimize);
    }
    let (source, is_text) = source_of(th, a[0], "compile", "string, bytes or AST object")?;
    let request = CompileRequest { source: &source, filename, mode: &mode, flags, optimize, is_text };
    let version = match a[6].given() {
        Some(v) => protocol::index_i64(th, v)?,
        None => -1,
    };
    let newest = krait_syntax::parse::feature::NEWEST;
    let version = u8::try_from(version).unwrap_or(newest).min(newest);
    if only_ast {
        ast_bridge::parse(th, &request, version)
    } else {
        (th.interp.hooks().compile)(th, &request)
    }
}

/// Future features of the calling code that compiled code inherits.
fn inherited_flags(th: &Thread) -> u32 {
    let r = Regs(th.frame.get());
    if r.is_null() { 0 } else { r.code().flags.get() & krait_bytecode::CodeFlags::FUTURE_ANNOTATIONS }
}

/// Globals and locals arguments of `eval` and `exec`.
fn namespaces(th: &Thread, name: &str, globals: Value, locals: Value) -> Res<(Dict, Value)> {
    let globals = globals.given_not_none();
    let locals = locals.given_not_none();
    if let Some(l) = locals
        && !l.is_kind(Kind::Dict)
        && krait_object::Class::of_value(th, l).special(th, Name::__getitem__).is_none()
    {
        return Err(th.type_error(if name == "exec" {
            format!("locals must be a mapping or None, not {}", type_name(th, l))
        } else {
            "locals must be a mapping".to_owned()
        }));
    }
    match globals {
        None => {
            let g = (th.interp.hooks().globals)(th);
            let g = match g {
                Some(g) => g,
                None => dict::new_namespace(th).value(),
            };
            let l = match locals {
                Some(l) => l,
                None => locals_now(th)?,
            };
            Ok((Dict::of(g), l))
        }
        Some(g) => match Dict::from_value(g) {
            Some(d) => Ok((d, locals.unwrap_or(g))),
            None if name == "exec" => {
                Err(th.type_error(format!("exec() globals must be a dict, not {}", type_name(th, g))))
            }
            None => Err(th.type_error(
                if krait_object::Class::of_value(th, g).special(th, Name::__getitem__).is_some() {
                    "globals must be a real dict; try eval(code, {}, mapping)"
                } else {
                    "globals must be a dict"
                },
            )),
        },
    }
}

pub fn eval(th: &Thread, a: &[Value]) -> Res {
    let (globals, locals) = namespaces(th, "eval", a[1], a[2])?;
    let code = match Code::from_value(a[0]) {
        Some(c) => {
            if !Tuple::of(c.freevars()).is_empty() {
                return Err(th.type_error("code object passed to eval() may not contain free variables"));
            }
            c.value()
        }
        None => {
            let (source, is_text) = source_of(th, a[0], "eval", "string, bytes or code object")?;
            // Leading blanks are no indentation here.
            let start = source.iter().position(|b| *b != b' ' && *b != b'\t').unwrap_or(source.len());
            let filename = th.interp.interned.intern_text(th, "<string>");
            let flags = inherited_flags(th);
            let request = CompileRequest {
                source: &source[start..],
                filename,
                mode: "eval",
                flags,
                optimize: -1,
                is_text,
            };
            (th.interp.hooks().compile)(th, &request)?
        }
    };
    krait_vm::run_code(th, code, globals.value(), locals, Value::none())
}

pub fn exec(th: &Thread, a: &[Value]) -> Res {
    let (globals, locals) = namespaces(th, "exec", a[1], a[2])?;
    let closure = a[3].given_not_none();
    let code = match Code::from_value(a[0]) {
        Some(c) => {
            let free = Tuple::of(c.freevars()).len();
            match closure {
                None if free > 0 => {
                    return Err(
                        th.type_error(format!("code object requires a closure of exactly length {free}"))
                    );
                }
                Some(_) if free == 0 => {
                    return Err(th.type_error("cannot use a closure with this code object"));
                }
                Some(v)
                    if Tuple::from_value(v).is_none_or(|t| {
                        t.len() != free || t.as_slice().iter().any(|c| !c.is_kind(Kind::CellVar))
                    }) =>
                {
                    return Err(
                        th.type_error(format!("code object requires a closure of exactly length {free}"))
                    );
                }
                _ => {}
            }
            c.value()
        }
        None => {
            if closure.is_some() {
                return Err(th.type_error("closure can only be used when source is a code object"));
            }
            let (source, is_text) = source_of(th, a[0], "exec", "string, bytes or code object")?;
            let filename = th.interp.interned.intern_text(th, "<string>");
            let flags = inherited_flags(th);
            let request =
                CompileRequest { source: &source, filename, mode: "exec", flags, optimize: -1, is_text };
            (th.interp.hooks().compile)(th, &request)?
        }
    };
    krait_vm::run_code(th, code, globals.value(), locals, closure.unwrap_or(Value::none()))?;
    Ok(Value::none())
}
