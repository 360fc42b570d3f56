//! `_ast`: the node classes, and conversion between their instances and the compiler's trees.
//!
//! The classes come from the table in `krait_syntax::asdl`. They are ordinary classes, made by `type`, so that nodes
//! are instances like those of any program's classes; only `AST.__init__` and `AST.__reduce__` are native.
//!
//! | file | concern |
//! |---|---|
//! | `classes` | the classes |
//! | `build` | trees to objects |
//! | `read`, `read_stmt`, `read_expr` | objects to trees, with CPython's complaints about what is missing or of a wrong type |
//! | `validate` | what no parser would have made |

mod build;
mod classes;
mod read;
mod read_expr;
mod read_stmt;
mod validate;

pub use build::to_object;
pub use classes::is_node;
pub use read::from_object;

use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};

/// The `_ast` module.
pub static MODULE: ModuleDef = ModuleDef { name: "_ast", doc: "", functions: &[], exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    let classes = classes::get(th)?;
    m.add_class(th, classes.root(th)?);
    for (i, c) in krait_syntax::asdl::CLASSES.iter().enumerate() {
        m.add(th, c.name, classes.class(i).value());
    }
    m.add_int(th, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000);
    m.add_int(th, "PyCF_ONLY_AST", 0x400);
    m.add_int(th, "PyCF_TYPE_COMMENTS", 0x1000);
    Ok(())
}
