//! Random programs: `krait-test-driver random` compares what CPython 3.12 and Krait in many modes make of them.
//!
//! A seed names a program (`program.rs`, which says why each ends). Many programs run in one process
//! (`tests/random/harness.py`), so that tens of thousands are a matter of minutes. What CPython printed
//! is either found out on the spot or was recorded as digests (`digests.rs`). A program that differs
//! is made smaller statement by statement (`reduce.rs`) while it goes on to differ.

mod digests;
mod expressions;
mod loops;
mod modes;
mod program;
mod reduce;
mod rng;
mod runner;
mod statements;
mod tree;

pub use runner::{Random, run, seeds};
