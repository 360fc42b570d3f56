//! The module `posix`: the operating system, as Linux has it.
//!
//! One file per area; each has its table of functions. Paths are converted by
//! `support::path`, calls that may block run without the interpreter lock.

mod constants;
mod direntry;
mod environ;
mod fds;
mod files;
mod info;
mod links;
mod listing;
mod metadata;
mod names;
mod permissions;
mod process;
mod scheduling;
mod spawn;
mod stat;
mod transfer;
mod wait;
mod xattr;

use krait_object::interp::InterpSlot;
use krait_object::module::Module;
use krait_object::native;
use krait_object::native_module::ModuleDef;
use krait_object::structseq::StructSeq;
use krait_object::{Class, Res, Thread, TypeId, Value, dict, list, string};

pub use fds::close_range;
pub use process::{after_fork_child, after_fork_parent, before_fork};

/// The module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "posix", doc: "Access to the operating system.", functions: names::FUNCTIONS, exec };

fn exec(th: &Thread, m: Module) -> Res<()> {
    for table in [
        environ::FUNCTIONS,
        fds::FUNCTIONS,
        files::FUNCTIONS,
        info::FUNCTIONS,
        links::FUNCTIONS,
        listing::FUNCTIONS,
        metadata::FUNCTIONS,
        permissions::FUNCTIONS,
        process::FUNCTIONS,
        scheduling::FUNCTIONS,
        spawn::FUNCTIONS,
        stat::FUNCTIONS,
        transfer::FUNCTIONS,
        wait::FUNCTIONS,
        xattr::FUNCTIONS,
    ] {
        native::add_functions(th, m.dict(), "posix", table);
    }
    for &(name, n) in constants::INTS {
        m.add_int(th, name, n);
    }
    let tables = [
        ("sysconf_names", constants::SYSCONF_NAMES),
        ("confstr_names", constants::CONFSTR_NAMES),
        ("pathconf_names", constants::PATHCONF_NAMES),
    ];
    for (name, table) in tables {
        let d = dict::new(th);
        for &(key, n) in table {
            d.set(th, string::new(th, key), Value::small(n))?;
        }
        m.add(th, name, d.value());
    }
    let have = list::new(th);
    for name in constants::HAVE_FUNCTIONS {
        have.push(th, string::new(th, name))?;
    }
    m.add(th, "_have_functions", have.value());
    m.add(th, "environ", environ::environment(th)?);
    m.add(th, "error", th.interp.class_value(TypeId::OSError));
    for (spec, slot) in [
        (&stat::STAT_RESULT, &stat::STAT_CLASS),
        (&stat::STATVFS_RESULT, &stat::STATVFS_CLASS),
        (&info::UNAME_RESULT, &info::UNAME_CLASS),
        (&info::TIMES_RESULT, &info::TIMES_CLASS),
        (&info::TERMINAL_SIZE, &info::TERMINAL_CLASS),
        (&scheduling::SCHED_PARAM, &scheduling::PARAM_CLASS),
        (&wait::WAITID_RESULT, &wait::WAITID_CLASS),
    ] {
        publish(th, m, spec, slot)?;
    }
    let entry = direntry::class(th)?;
    m.add_class(th, entry);
    Ok(())
}

fn publish(th: &Thread, m: Module, spec: &'static StructSeq, slot: &InterpSlot) -> Res<Class> {
    let c = spec.make(th)?;
    slot.set(th, c.value());
    m.add_class(th, c);
    Ok(c)
}

/// An instance of a struct sequence of this module.
fn instance(th: &Thread, spec: &'static StructSeq, slot: &InterpSlot, values: &[Value]) -> Res {
    spec.instance(th, crate::support::class::get(th, slot)?, values)
}
