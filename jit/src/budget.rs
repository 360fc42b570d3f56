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

/// Is there time for another recording?
pub fn is_left() -> bool {
    match Options::get().budget {
        Some(percent) => spent() <= allowed(process_time(), percent),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;
    use std::time::Duration;

    #[test]
    fn a_long_run_spends_less_than_a_twentieth() {
        let two = Duration::from_secs(2);
        assert!(allowed(two, 3) <= two / 20);
        assert!(allowed(Duration::from_secs(60), 3) <= Duration::from_secs(2));
    }
}
