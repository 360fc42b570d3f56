//! `_pickle`: writing objects as pickles and reading them back.

mod buffer_object;
mod ids;
mod input;
mod load;
mod load_object;
mod op;
mod out;
mod outside;
mod pickler;
mod save;
mod save_containers;
mod save_object;
mod unpickler;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::{Res, Thread, natives};

/// The modules of this crate.
#[rustfmt::skip]
pub static MODULES: &[&ModuleDef] = &[
    &MODULE,
];

static MODULE: ModuleDef = ModuleDef {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: FUNCTIONS,
    exec,
};

fn exec(th: &Thread, m: Module) -> Res<()> {
    for c in [&pickler::PICKLER, &unpickler::UNPICKLER, &buffer_object::PICKLE_BUFFER] {
        m.add_class(th, c.get(th)?);
    }
    for e in [&outside::PICKLE_ERROR, &outside::PICKLING_ERROR, &outside::UNPICKLING_ERROR] {
        m.add_class(th, e.get(th)?);
    }
    Ok(())
}

natives! {
    static FUNCTIONS = {
        function "dump" "(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)" pickler::dump, "Writes the pickle of an object to a file.";
        function "dumps" "(obj, protocol=None, *, fix_imports=True, buffer_callback=None)" pickler::dumps, "The pickle of an object, as bytes.";
        function "load" "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())" unpickler::load, "Reads a pickle from a file and gives its object.";
        function "loads" "(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())" unpickler::loads, "The object of a pickle in bytes.";
    }
}
