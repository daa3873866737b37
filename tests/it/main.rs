//! All integration tests in one binary; the modules mirror the floors of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed test may panic")]

mod chance;
mod cli;
mod demo;
mod drawn_set;
mod floors;
mod imaging;
mod pictures;
mod pipeline;
mod project;
mod score;
mod shared;
mod storage;
mod ui;
mod workbench;
