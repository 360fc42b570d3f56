//! `_datetime`: dates, times of day, durations and time zones.
//!
//! `calendar` and `iso_text` know no objects; `moment` is what dates, times and datetimes are made of. Classes from
//! Python derived from these are called where results are to be of their class.

mod calendar;
mod date;
mod datetime_arith;
mod datetime_class;
mod delta;
mod iso_text;
mod local;
mod moment;
mod text;
mod time_class;
mod tz;

use krait_object::class::Class;
use krait_object::module::Module;
use krait_object::native_module::ModuleDef;
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;

/// The `_datetime` module.
pub static MODULE: ModuleDef =
    ModuleDef { name: "_datetime", doc: "Fast implementation of the datetime type.", functions: &[], exec };

/// Puts a value into a native class.
fn set_constant(th: &Thread, c: Class, name: &str, v: Value) {
    c.dict().set_name(th, th.interp.interned.intern_text(th, name), v);
}

fn exec(th: &Thread, m: Module) -> Res<()> {
    m.add_class(th, tz::TZINFO.get(th)?);
    m.add_class(th, delta::finish(th)?);
    m.add_class(th, tz::finish(th)?);
    m.add_class(th, date::finish(th)?);
    m.add_class(th, time_class::finish(th)?);
    m.add_class(th, datetime_class::finish(th)?);
    m.add_int(th, "MINYEAR", 1);
    m.add_int(th, "MAXYEAR", calendar::MAX_YEAR);
    m.add(th, "UTC", tz::utc(th)?);
    Ok(())
}
