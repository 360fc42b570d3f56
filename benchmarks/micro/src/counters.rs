//! Event counters of the processor, or of the kernel where the processor's are out of reach (virtual machines).

use std::fmt;

/// What was counted over some runs, per run.
pub struct Counts {
    rows: Vec<(&'static str, f64)>,
    /// Nothing can be counted: why.
    missing: Option<String>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.missing {
            return write!(f, "no counters: {why}");
        }
        write!(f, "per run:")?;
        for (name, count) in &self.rows {
            write!(f, "  {count:.1} {name}")?;
        }
        Ok(())
    }
}

/// Counts events over `runs` runs.
#[cfg(target_os = "linux")]
pub fn count<T>(runs: u64, mut run: impl FnMut() -> T) -> Counts {
    use perf_event::events::{Event, Hardware, Software};
    use perf_event::{Builder, Counter, Group};
    const HARDWARE: [(&str, Event); 4] = [
        ("instructions", Event::Hardware(Hardware::INSTRUCTIONS)),
        ("cycles", Event::Hardware(Hardware::CPU_CYCLES)),
        ("branch misses", Event::Hardware(Hardware::BRANCH_MISSES)),
        ("cache misses", Event::Hardware(Hardware::CACHE_MISSES)),
    ];
    const SOFTWARE: [(&str, Event); 3] = [
        ("ns of task clock", Event::Software(Software::TASK_CLOCK)),
        ("page faults", Event::Software(Software::PAGE_FAULTS)),
        ("context switches", Event::Software(Software::CONTEXT_SWITCHES)),
    ];
    type Counters = (Group, Vec<(&'static str, Counter)>);
    let open = |events: &[(&'static str, Event)]| -> std::io::Result<Counters> {
        let mut group = Group::new()?;
        let mut counters = Vec::new();
        for (name, event) in events {
            counters.push((*name, Builder::new().group(&mut group).kind(event.clone()).build()?));
        }
        Ok((group, counters))
    };
    let opened = open(&HARDWARE).or_else(|_| open(&SOFTWARE)).and_then(|(mut group, counters)| {
        group.enable()?;
        for _ in 0..runs {
            std::hint::black_box(run());
        }
        group.disable()?;
        let counts = group.read()?;
        Ok(counters.iter().map(|(name, c)| (*name, counts[c] as f64 / runs as f64)).collect())
    });
    match opened {
        Ok(rows) => Counts { rows, missing: None },
        Err(e) => Counts { rows: Vec::new(), missing: Some(e.to_string()) },
    }
}

/// Counts events over `runs` runs.
#[cfg(not(target_os = "linux"))]
pub fn count<T>(runs: u64, mut run: impl FnMut() -> T) -> Counts {
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    Counts { rows: Vec::new(), missing: Some("perf events are Linux's".into()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_or_says_why_not() {
        let mut runs = 0;
        let counts = super::count(10, || runs += 1);
        if counts.missing.is_none() {
            assert_eq!(runs, 10);
            assert!(counts.to_string().starts_with("per run:"));
        } else {
            assert!(counts.to_string().starts_with("no counters:"));
        }
    }
}
