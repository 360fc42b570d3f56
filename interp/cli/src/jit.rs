//! The JIT's switches: `-X` options and environment variables of the same meaning.

use krait_jit::{Options, Passes};

/// Reads the switches. `x` gives an `-X` option: None when it was not given, `Some(None)` without a value.
/// `environment` says whether KRAIT_* variables count (not with `-E`).
///
/// # Errors
/// A message when a switch names something that does not exist.
pub fn options(x: &dyn Fn(&str) -> Option<Option<String>>, environment: bool) -> Result<Options, String> {
    let var = |name: &str| if environment { std::env::var(name).ok() } else { None };
    let value = |option: &str, name: &str| match x(option) {
        Some(v) => Some(v.unwrap_or_default()),
        None => var(name),
    };
    let flag = |option: &str, name: &str| value(option, name).is_some_and(|v| v != "0");
    let mut o = Options::default();
    if let Some(v) = value("jit", "KRAIT_JIT") {
        o.on = !matches!(v.as_str(), "off" | "0");
    }
    if let Some(n) = value("jit-threshold", "KRAIT_JIT_THRESHOLD").and_then(|v| v.parse().ok()) {
        o.set_threshold(n);
    }
    if let Some(n) = value("jit-exits", "KRAIT_JIT_EXITS").and_then(|v| v.parse().ok()) {
        o.exits = std::cmp::max(n, 1);
    }
    if let Some(n) = value("jit-budget", "KRAIT_JIT_BUDGET").and_then(|v| v.parse().ok()) {
        // All of the time is no limit.
        o.budget = Some(n).filter(|n| *n < 100);
    }
    if let Some(kb) = value("jit-code-size", "KRAIT_JIT_CODE_SIZE").and_then(|v| v.parse::<usize>().ok()) {
        o.code_size = kb.saturating_mul(1024).min(krait_jit::MOST_CODE);
    }
    o.log = value("jit-log", "KRAIT_JIT_LOG").filter(|v| !v.is_empty()).map(Into::into);
    o.stats = flag("jit-stats", "KRAIT_JIT_STATS");
    o.fail_guards = flag("jit-fail-guards", "KRAIT_JIT_FAIL_GUARDS");
    if let Some(v) = value("jit-disable", "KRAIT_JIT_DISABLE") {
        o.disable = Passes::parse(&v).map_err(|e| format!("jit-disable: {e}"))?;
    }
    let support = environment && std::env::var("PYTHONPERFSUPPORT").is_ok_and(|v| v != "0");
    o.perf = x("perf").is_some_and(|v| v.as_deref() != Some("0")) || support;
    Ok(o)
}
