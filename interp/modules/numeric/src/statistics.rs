//! `_statistics`: the inverse of the normal distribution's cumulative distribution function.

use krait_number::math::real::normal_dist_inv_cdf;
use krait_object::native_module::{ModuleDef, no_exec};
use krait_object::thread::{Res, Thread};
use krait_object::value::Value;
use krait_object::{attr, float, natives, object_reduce, protocol};

/// The `_statistics` module.
pub static MODULE: ModuleDef = ModuleDef {
    name: "_statistics",
    doc: "Accelerators for the statistics module.\n",
    functions: FUNCTIONS,
    exec: no_exec,
};

fn inv_cdf(th: &Thread, a: &[Value]) -> Res {
    let (p, mu, sigma) =
        (protocol::to_f64(th, a[0])?, protocol::to_f64(th, a[1])?, protocol::to_f64(th, a[2])?);
    let wrong = if p <= 0.0 || p >= 1.0 {
        Some("p must be in the range 0.0 < p < 1.0")
    } else if sigma <= 0.0 {
        Some("inv_cdf undefined if sigma is 0")
    } else {
        None
    };
    if let Some(text) = wrong {
        // The exception is the pure module's.
        let m = object_reduce::import(th, "statistics")?;
        let class = attr::get_text(th, m, "StatisticsError")?;
        let e = krait_object::call::call(th, class, &[krait_object::string::new(th, text)])?;
        return Err(krait_object::exception::raise(th, e));
    }
    Ok(float::new(th, normal_dist_inv_cdf(p, mu, sigma)))
}

natives! {
    static FUNCTIONS = {
        function "_normal_dist_inv_cdf" "(p, mu, sigma, /)" inv_cdf, "", Pure;
    }
}
