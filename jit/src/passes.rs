//! The optimizer's passes by name, so that each can be left out (`-X jit-disable=PASS[,PASS]`).
//!
//! A pass that is left out makes code slower and nothing else: what compiled code needs in order to be right (types
//! that agree, snapshots) is no pass.

/// A pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Pass {
    /// Results that are known are not computed (`fold.rs`).
    Fold,
    /// Nothing is computed or checked twice (`cse.rs`).
    Cse,
    /// Loads give what was loaded or stored before (`forward.rs`).
    Forward,
    /// A loop's first turn is apart (`peel.rs`).
    Peel,
    /// Checks that intervals of integers make needless go (`range.rs`).
    Range,
    /// Checks that hold in every turn are made before the loop (`hoist.rs`), and what is taken for constant is not checked
    /// where it is used (`record/rely.rs`).
    Hoist,
    /// What nobody needs goes (`dce.rs`).
    Dce,
    /// Objects that nobody sees are not made (`sink.rs`).
    Sink,
    /// Sides of a branch meet again (`record/join.rs`).
    Merge,
}

impl Pass {
    /// All passes with their names.
    pub const ALL: [(Pass, &'static str); 9] = [
        (Pass::Fold, "fold"),
        (Pass::Cse, "cse"),
        (Pass::Forward, "forward"),
        (Pass::Peel, "peel"),
        (Pass::Range, "range"),
        (Pass::Hoist, "hoist"),
        (Pass::Dce, "dce"),
        (Pass::Sink, "sink"),
        (Pass::Merge, "merge"),
    ];
}

/// A set of passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passes(u16);

impl Passes {
    /// Is the pass in the set?
    pub fn has(self, pass: Pass) -> bool {
        self.0 & 1 << pass as u16 != 0
    }

    /// The set with one pass more.
    pub fn with(self, pass: Pass) -> Passes {
        Passes(self.0 | 1 << pass as u16)
    }

    /// Names between commas.
    ///
    /// # Errors
    /// A message that names what is there, when a name is unknown.
    pub fn parse(text: &str) -> Result<Passes, String> {
        let mut set = Passes::default();
        for name in text.split(',').map(str::trim).filter(|n| !n.is_empty()) {
            match Pass::ALL.iter().find(|p| p.1 == name) {
                Some(p) => set = set.with(p.0),
                None => {
                    let known: Vec<&str> = Pass::ALL.iter().map(|p| p.1).collect();
                    return Err(format!("no pass is called '{name}'; there are {}", known.join(", ")));
                }
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pass, Passes};

    #[test]
    fn names_are_known_or_an_error() {
        let set = Passes::parse("dce, peel").expect("both exist");
        assert!(set.has(Pass::Dce) && set.has(Pass::Peel) && !set.has(Pass::Fold));
        assert_eq!(Passes::parse(""), Ok(Passes::default()));
        let message = Passes::parse("peel,dec").expect_err("a slip");
        assert!(message.contains("'dec'") && message.contains("dce"), "{message}");
    }

    #[test]
    fn the_order_is_that_of_the_numbers() {
        for (n, p) in Pass::ALL.iter().enumerate() {
            assert_eq!(p.0 as usize, n);
        }
    }
}
