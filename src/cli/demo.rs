//! `demo`: a synthetic set with known truth; and what the program does when it is told nothing.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use clap::{Args, ValueEnum};

use super::{CommandResult, Outcome, progress::Progress, terminal};
use crate::{
    demo::{Background, Crowding, DemoParams, DemoSet, Depth, Prevalence},
    storage::user_folders::cache_folder,
    workbench::{
        BatchEvent, Stop,
        demo_set::{Done, ProvideError, provide_demo_set},
    },
};

/// Options of `demo`.
#[derive(Args)]
pub struct Demo {
    /// The folder for the set [default: demo in the user's cache folder]
    pub dir: Option<PathBuf>,
    /// How many fields to learn from; their labels are in train.csv
    #[arg(long, value_name = "N", default_value_t = DemoSet::default().training_fields)]
    fields: usize,
    /// How many fields to be tested on
    #[arg(long, value_name = "N", default_value_t = DemoSet::default().test_fields)]
    test_fields: usize,
    /// Side of the square fields; the scene stays the same, seen at another resolution
    #[arg(long, value_name = "PX", default_value_t = DemoParams::default().side_px)]
    size: usize,
    /// Another seed, another set
    #[arg(long, value_name = "K", default_value_t = DemoParams::default().seed)]
    seed: u64,
    /// How many cells there are to a field
    #[arg(long, value_name = "HOW", default_value = "mixed")]
    crowding: CrowdingName,
    /// Share of cells that do not show all of their image's labels
    #[arg(long, value_name = "SHARE", default_value_t = DemoParams::default().silent_share)]
    silent: f64,
    /// Share of cells in division
    #[arg(long, value_name = "SHARE", default_value_t = DemoParams::default().mitotic_share)]
    mitotic: f64,
    /// Show all locations equally often; without it some are as rare as in the atlas
    #[arg(long)]
    even: bool,
    /// Samples of 16 bit
    #[arg(long = "16-bit")]
    sixteen_bit: bool,
    /// A faint light where no cell is, in place of black
    #[arg(long)]
    haze: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum CrowdingName {
    /// 4 to 9 cells, mostly alone
    Sparse,
    /// 11 to 24 cells, some of them touching
    Typical,
    /// 28 to 45 cells side by side, with nuclei that touch, and some that are lobed
    Crowded,
    /// Mostly typical fields, every fourth sparse or crowded
    Mixed,
}

impl From<CrowdingName> for Crowding {
    fn from(name: CrowdingName) -> Self {
        match name {
            CrowdingName::Sparse => Self::Sparse,
            CrowdingName::Typical => Self::Typical,
            CrowdingName::Crowded => Self::Crowded,
            CrowdingName::Mixed => Self::Mixed,
        }
    }
}

impl Demo {
    /// The set asked for.
    fn set(&self) -> Result<DemoSet, Box<dyn Error>> {
        let params = DemoParams {
            seed: self.seed,
            side_px: self.size,
            crowding: self.crowding.into(),
            silent_share: self.silent,
            mitotic_share: self.mitotic,
            prevalence: if self.even { Prevalence::Even } else { Prevalence::Natural },
            depth: if self.sixteen_bit { Depth::Sixteen } else { Depth::Eight },
            background: if self.haze { Background::Haze } else { Background::Black },
        };
        params.check()?;
        if self.fields + self.test_fields == 0 {
            return Err("a set needs a field: give --fields or --test-fields more than 0".into());
        }
        Ok(DemoSet { params, training_fields: self.fields, test_fields: self.test_fields })
    }
}

/// `demo`: makes the set, unless it is there.
pub fn demo(command: &Demo, stop: &Stop) -> CommandResult {
    let set = command.set()?;
    let folder = match &command.dir {
        Some(dir) => dir.clone(),
        None => default_folder()?,
    };
    provide(&set, &folder, stop)?;
    let folder = folder.display();
    terminal::say(&format!(
        "the images are in {folder}/train and {folder}/test, the truth about them in {folder}/truth"
    ));
    if set.training_fields > 0 && set.test_fields > 0 {
        terminal::say(&format!(
            "to learn from it and find out how well:\n  cytoscribe run --train {folder}/train --labels {folder}/train.csv \
             --test {folder}/test --out results\n  cytoscribe score submission --truth {folder}/truth/test --submission \
             results/submission.csv"
        ));
    }
    Ok(Outcome::Well)
}

/// Where the set for newcomers is kept.
fn default_folder() -> Result<PathBuf, Box<dyn Error>> {
    Ok(cache_folder()?.join("demo"))
}

/// Sees to it that `set` is in `folder`, and tells what that took.
fn provide(set: &DemoSet, folder: &Path, stop: &Stop) -> Result<(), ProvideError> {
    let fields = set.numbers().count();
    let progress = Mutex::new(Progress::new("drawing the demo set", fields));
    let done = provide_demo_set(set, folder, stop, || {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.show(BatchEvent::FieldDone { failed: false }, stop);
    });
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    let folder = folder.display();
    match done? {
        Done::WasThere => terminal::complain(&format!("the demo set is there already, whole: {folder}")),
        Done::Made => {}
        Done::Replaced => terminal::complain(&format!("another or a damaged demo set was replaced: {folder}")),
    }
    Ok(())
}
