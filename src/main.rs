//! The program: the command line, or the window.

use std::{env, process::ExitCode};

use cytoscribe::{cli, ui};

fn main() -> ExitCode {
    cli::run(env::args_os(), &|set| Ok(ui::open_window(set)?))
}
