//! The program: the command line, or the window.

use std::{env, process::ExitCode};

use cytoscribe::{cli, ui};

fn main() -> ExitCode {
    let window = cli::Window {
        open: &|set| Ok(ui::open_window(set)?),
        measure: &|set| Ok(ui::measure_window(set)?.to_string()),
    };
    cli::run(env::args_os(), &window)
}
