//! Cache files of modules: Krait's own magic number, and damage found before the code is used.
//!
//! importlib's file loaders call `_classify_pyc` with the whole file, and fall back to the
//! source when it raises ImportError or EOFError. The function put there does what the one in
//! Python does, and verifies the code's own checksum.

use crate::frozen::{self, MAGIC, PYC_HEADER};
use crate::import::import_error;
use krait_bytecode::serialize;
use krait_object::dict::Dict;
use krait_object::module::Module;
use krait_object::native;
use krait_object::{Name, Raised, Res, Thread, TypeId, Value, buffer, bytes, int, natives, protocol, string};

/// Gives importlib's file loaders Krait's magic number and check.
pub fn install(th: &Thread, external: Module) -> Res<()> {
    let magic = bytes::from_slice(th, &MAGIC)?;
    external.add(th, "MAGIC_NUMBER", magic);
    external.add(th, "_RAW_MAGIC_NUMBER", int::from_i64(th, u32::from_le_bytes(MAGIC) as i64));
    let name = external.dict().get_name(th, th.name(Name::__name__)).unwrap_or(Value::none());
    let f = native::new_function(th, &FUNCTIONS[0], name);
    external.add(th, "_classify_pyc", f);
    Ok(())
}

/// ImportError with the details that the loader passes as a dict.
fn invalid(th: &Thread, text: &str, details: Value) -> Raised {
    let get =
        |n: Name| Dict::from_value(details).and_then(|d| d.get_name(th, th.name(n))).unwrap_or(Value::none());
    let (name, path) = (get(Name::name), get(Name::path));
    let message = string::new(th, text);
    import_error(th, TypeId::ImportError, message, name, path)
}

fn classify(th: &Thread, a: &[Value]) -> Res {
    let data = buffer::bytes_like(th, a[0])?;
    let data = data.as_slice();
    let name = protocol::repr_text(th, a[1])?;
    let head = &data[..data.len().min(4)];
    if head != MAGIC {
        let shown = protocol::repr_text(th, bytes::from_slice(th, head)?)?;
        return Err(invalid(th, &format!("bad magic number in {name}: {shown}"), a[2]));
    }
    if data.len() < PYC_HEADER {
        return Err(th.raise_new(TypeId::EOFError, format!("reached EOF while reading pyc header of {name}")));
    }
    let flags = u32::from_le_bytes([data[4], data[5], data[6], data[7]]);
    if flags & !0b11 != 0 {
        return Err(invalid(th, &format!("invalid flags {flags} in {name}"), a[2]));
    }
    let rest = &data[PYC_HEADER..];
    if rest.first().is_some_and(|b| b & 0x7f == b'c') {
        let whole = frozen::blob(rest).is_some_and(|b| serialize::check(b).is_ok());
        if !whole {
            return Err(invalid(th, &format!("damaged code in {name}"), a[2]));
        }
    }
    Ok(Value::small(flags as i64))
}

natives! {
    static FUNCTIONS = {
        function "_classify_pyc" "(data, name, exc_details)" classify, "Check the header and the code of a cache file.";
    }
}
