//! What the modules of this crate share: arguments, paths, system calls, OSErrors.

pub mod args;
pub mod bytesarg;
pub mod class;
pub mod imports;
pub mod lockword;
pub mod oserror;
pub mod path;
pub mod sys;
pub mod timearg;
pub mod warn;
