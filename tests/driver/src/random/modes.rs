//! The modes that random programs run in. A batch runs in one or a few of them, in turn, so that a long run meets all.

/// Passes that can be switched off.
const PASSES: &[&str] = &["fold", "cse", "forward", "peel", "range", "hoist", "dce", "sink"];

/// A mode: its name and the flags that Krait gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mode {
    pub name: String,
    pub flags: Vec<String>,
}

fn mode(name: &str, flags: &str) -> Mode {
    let flags = flags.split_whitespace().flat_map(|f| ["-X".to_owned(), f.to_owned()]).collect();
    Mode { name: name.to_owned(), flags }
}

/// All of them, with their weights: how many of the slots of a rotation they have.
pub fn all() -> Vec<(Mode, usize)> {
    let mut modes = vec![
        (mode("off", "jit=off"), 2),
        (mode("jit-1", "jit=on jit-threshold=1"), 6),
        (mode("jit-3", "jit=on jit-threshold=3"), 5),
        (mode("jit-20", "jit=on jit-threshold=20"), 2),
        (mode("jit-fail-1", "jit=on jit-threshold=1 jit-fail-guards=1"), 2),
        (mode("jit-fail-3", "jit=on jit-threshold=3 jit-fail-guards=1"), 3),
        (mode("jit-gc", "jit=on jit-threshold=2 gc-stress=61"), 1),
    ];
    for pass in PASSES {
        modes.push((mode(&format!("no-{pass}"), &format!("jit=on jit-threshold=2 jit-disable={pass}")), 1));
    }
    modes
}

/// `count` modes for this batch: consecutive slots of the rotation.
pub fn for_batch(batch: usize, count: usize, only: &[String]) -> Vec<Mode> {
    let modes: Vec<(Mode, usize)> =
        all().into_iter().filter(|(m, _)| only.is_empty() || only.contains(&m.name)).collect();
    // Slots are dealt out so that a mode's own are far apart.
    let most = modes.iter().map(|m| m.1).max().unwrap_or(0);
    let slots: Vec<&Mode> =
        (0..most).flat_map(|turn| modes.iter().filter(move |m| m.1 > turn).map(|m| &m.0)).collect();
    let mut chosen: Vec<Mode> = Vec::new();
    for k in 0..slots.len() {
        let next = slots[(batch * count + k) % slots.len()];
        if chosen.len() < count && !chosen.contains(next) {
            chosen.push(next.clone());
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_meets_all_modes() {
        let mut seen = std::collections::HashSet::new();
        for batch in 0..30 {
            let modes = for_batch(batch, 2, &[]);
            assert_eq!(modes.len(), 2);
            seen.extend(modes.into_iter().map(|m| m.name));
        }
        assert_eq!(seen.len(), all().len());
        assert_eq!(for_batch(3, 2, &["off".to_owned()]).len(), 1);
    }
}
