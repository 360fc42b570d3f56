//! What compiled code takes for constant, and who hears when it changes.
//!
//! Names, versions and codes that hardly ever change are constants in compiled code. It does not look at them each
//! time: whoever changes one says so here, and the compiler gives up what relied on it. Changes are rare, so
//! most are always reported; names, which variables have too, carry a mark ([`crate::cellvar::NameCell`]).
//!
//! Nothing here knows what compiled code is. Without a listener a report is one load.

use std::sync::OnceLock;

/// Something that may be taken for constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Watched {
    /// The value of the name with this cell (its word).
    Name(u64),
    /// The version of the shape with this number.
    Shape(u32),
    /// The version of the class (its word).
    Class(u64),
    /// The set of names of the namespace (the word of its dict).
    Names(u64),
    /// The code of the function (its word).
    Code(u64),
}

static LISTENER: OnceLock<fn(Watched)> = OnceLock::new();

/// Names who is told. To be called once per process.
pub fn listen(f: fn(Watched)) {
    // The first one stays: there is one compiler per process.
    let _ = LISTENER.set(f);
}

/// Something that may be watched has changed.
#[inline]
pub fn changed(what: Watched) {
    if let Some(f) = LISTENER.get() {
        f(what);
    }
}
