//! placeholder
use krait_object::{Raised, Thread};
/// x
pub fn run_handlers(_: &Thread) -> Result<(), Raised> {
    Ok(())
}
