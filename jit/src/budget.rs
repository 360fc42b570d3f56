//! How much time compiling may take: never more than a small share of the processor time that the process has taken, and
//! a burst at the start.
//!
//! A program that is over before its traces have paid must not be slower than without them, and one whose ways through
//! its code are countless must not spend its time on compiling each. What is hot and refused counts
//! again, and the hotter it is, the sooner it asks again: so what there is goes to the hottest places.

use crate::options::Options;
use crate::stats::{process_time, spent};
use std::time::Duration;

/// Compile time that is there from the start.
const BURST: Duration = Duration::from_millis(30);

/// Compile time that may have been spent after `elapsed`, of which `percent` is allowed.
fn allowed(elapsed: Duration, percent: u32) -> Duration {
    BURST + elapsed * percent / 100
}

/// How long a function must have been hot before it is recorded, as long as about ten compilations take. A burst of calls
/// may be all there is; and of what goes on, the loops are recorded first, with what they call: many a function is called
/// no more then.
const AGE: Duration = Duration::from_millis(2);

/// Is a function that is hot, for the first time `since` then, worth being recorded? Time spent on compiling does not count.
pub fn is_of_age(since: &mut Option<Duration>) -> bool {
    if Options::get().budget.is_none() {
        return true;
    }
    let now = process_time().saturating_sub(spent());
    now.saturating_sub(*since.get_or_insert(now)) >= AGE
}

/// Is there time for another recording?
pub fn is_left() -> bool {
    match Options::get().budget {
        Some(percent) => spent() <= allowed(process_time(), percent),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{AGE, allowed, is_of_age};
    use crate::stats::process_time;
    use std::time::Duration;

    #[test]
    fn a_function_is_of_age_after_a_while() {
        let mut since = None;
        assert!(!is_of_age(&mut since));
        assert!(since.is_some());
        let mut long_ago = Some(Duration::ZERO);
        while process_time() < 4 * AGE {}
        assert!(is_of_age(&mut long_ago));
    }

    #[test]
    fn a_long_run_spends_less_than_a_twentieth() {
        let two = Duration::from_secs(2);
        assert!(allowed(two, 3) <= two / 20);
        assert!(allowed(Duration::from_secs(60), 3) <= Duration::from_secs(2));
    }
}
