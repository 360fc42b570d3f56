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

/// What compiled code must hear of before it happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    /// A code object (its word) has died; its instructions, so many words from this address on, are freed. The
    /// collector is at work: nothing may be allocated.
    CodeDied { code: u64, start: usize, words: usize },
    /// The process is forked, and both go on with what they have.
    Forking,
}

static NOTICES: OnceLock<fn(Notice)> = OnceLock::new();

/// Names who gets notices. To be called once per process.
pub fn hear(f: fn(Notice)) {
    // The first one stays, as above.
    let _ = NOTICES.set(f);
}

/// Gives notice.
pub fn notify(n: Notice) {
    if let Some(f) = NOTICES.get() {
        f(n);
    }
}
