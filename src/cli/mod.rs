//! THE COMMAND LINE (floor 6): the same pipeline without a window. Thin calls into storage, pipeline and workbench.
//!
//! What a command found goes to standard output; progress, remarks and failures to standard error. Exit codes: 0 all
//! went well; 1 something failed and is named, the rest is done; 2 it stopped, what is finished stays; 130 it was asked
//! to stop, the same command continues.

mod arguments;
mod check;
mod demo;
mod explain;
mod label_options;
mod labels;
mod mask_options;
mod masks;
mod measurement_options;
mod output_options;
mod params;
mod pictures;
mod products;
mod progress;
mod replay;
mod score;
mod score_options;
mod sets;
mod summary;
mod table;
mod terminal;
mod training;
mod tune;

use std::{error::Error, ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Parser;

use crate::workbench::{
    BatchError, Stop, demo_set::ProvideError, export::ExportError, limit_threads, mask_import::ImportError,
    tuning::TuningError,
};
use arguments::{Arguments, Command};

/// How a command ended, if it came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All went well.
    Well,
    /// Something failed and was named; the rest is done.
    WithFailures,
}

type CommandResult = Result<Outcome, Box<dyn Error>>;

/// The window, which is not the command line's own.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    /// Opens it, on a set if one is named, until it is closed.
    pub open: &'a dyn Fn(Option<PathBuf>) -> Result<(), Box<dyn Error>>,
    /// Measures how quick it is on a set, and returns that as a table.
    pub measure: &'a dyn Fn(PathBuf) -> Result<String, Box<dyn Error>>,
}

/// Runs the program with the command line `arguments`, of which the first is the program's own name. Without a command
/// that is the window.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>, window: &Window) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            // Help and version are "refusals" too, with exit code 0.
            let _ = refusal.print();
            return ExitCode::from(refusal.exit_code() as u8);
        }
    };
    match execute(arguments, window) {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::WithFailures) => ExitCode::from(1),
        Err(error) if was_stopped(error.as_ref()) => {
            terminal::complain(&error.to_string());
            ExitCode::from(Stop::EXIT_CODE)
        }
        Err(error) => {
            terminal::complain(&format!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// Whether nothing went wrong but that somebody asked to stop.
fn was_stopped(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(BatchError::Stopped { .. }))
        || matches!(error.downcast_ref(), Some(ProvideError::Stopped))
        || matches!(error.downcast_ref(), Some(ExportError::Stopped(_)))
        || matches!(error.downcast_ref(), Some(ImportError::Stopped))
        || matches!(error.downcast_ref(), Some(TuningError::Stopped(_)))
}

fn execute(arguments: Arguments, window: &Window) -> CommandResult {
    if let Some(threads) = arguments.threads {
        limit_threads(threads)?;
    }
    match arguments.command {
        None => {
            match (arguments.set, arguments.measure) {
                (Some(set), true) => terminal::say(&(window.measure)(set)?),
                (set, _) => (window.open)(set)?,
            }
            Ok(Outcome::Well)
        }
        Some(Command::Segment(segment)) => products::segment(&segment, &Stop::on_signals()?),
        Some(Command::Features(features)) => products::features(&features, &Stop::on_signals()?),
        Some(Command::Train(train)) => products::train(&train, &Stop::on_signals()?),
        Some(Command::Submit(submit)) => products::submit(&submit, &Stop::on_signals()?),
        Some(Command::Run(run)) => products::run(&run, &Stop::on_signals()?),
        Some(Command::Composite(composite)) => pictures::composite(&composite),
        Some(Command::Regions(regions)) => pictures::regions(&regions),
        Some(Command::Explain(explain)) => explain::explain(&explain),
        Some(Command::Params(params)) => params::params(&params),
        Some(Command::Check(check)) => check::check(&check),
        Some(Command::Demo(demo)) => demo::demo(&demo, &Stop::on_signals()?),
        Some(Command::Compare(compare)) => masks::compare(&compare),
        Some(Command::ImportMasks(import)) => masks::import(&import, &Stop::on_signals()?),
        Some(Command::Tune(tune)) => tune::tune(&tune, &Stop::on_signals()?),
        Some(Command::Labels(labels)) => labels::labels(&labels),
        Some(Command::Replay(replay)) => replay::replay(&replay, &Stop::on_signals()?),
        Some(Command::Score(score)) => score::score(&score),
        Some(Command::Summary(summary)) => summary::summary(&summary),
    }
}
