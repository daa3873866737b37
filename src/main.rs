//! The program: hands its arguments to the command line.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    cytoscribe::cli::run(env::args_os())
}
