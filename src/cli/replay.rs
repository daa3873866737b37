//! `replay`: the export of a project without a window.

use std::{
    error::Error,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use clap::{Args, ValueEnum};

use super::{
    CommandResult, Outcome,
    output_options::{MaskFormatOption, SubmissionOptions, TableFormatOption},
    terminal,
};
use crate::workbench::{
    Stop,
    export::{
        Doing, ExportProgress, ExportWatch, Products, Source, TableKind, Target, export, report::effects_in_words,
        truth::truth_beside,
    },
    label_work::LabelWork,
};

/// Options of `replay`.
#[derive(Args)]
pub struct Replay {
    /// The folder of a project, or of images that have one
    #[arg(value_name = "PROJECT")]
    pub project: PathBuf,
    /// The folder for the results; not among the images
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What to write, besides a report; several are joined by commas [default: all]
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    write: Vec<ProductName>,
    /// The folder with true cell masks and cells.csv, to score by [default: truth/<SET> beside the set, if there is one]
    #[arg(long, value_name = "DIR")]
    pub truth: Option<PathBuf>,
    #[command(flatten)]
    table_format: TableFormatOption,
    #[command(flatten)]
    mask_format: MaskFormatOption,
    #[command(flatten)]
    submission: SubmissionOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProductName {
    /// submission.csv
    Submission,
    /// cells.parquet or cells.csv
    Table,
    /// masks of nuclei and cells
    Masks,
    /// coco.json
    Coco,
    /// model.ron
    Model,
}

impl Replay {
    /// What is asked for.
    fn products(&self) -> Result<Products, Box<dyn Error>> {
        let wants = |name| self.write.is_empty() || self.write.contains(&name);
        let table = if self.table_format.ending() == "csv" { TableKind::Csv } else { TableKind::Parquet };
        Ok(Products {
            submission: wants(ProductName::Submission),
            selection: self.submission.params()?,
            table: wants(ProductName::Table).then_some(table),
            masks: wants(ProductName::Masks).then(|| (&self.mask_format).into()),
            coco: wants(ProductName::Coco),
            model: wants(ProductName::Model),
        })
    }
}

/// `replay`: exports a project.
pub fn replay(command: &Replay, stop: &Stop) -> CommandResult {
    let target = Target { folder: std::path::absolute(&command.out)?, products: command.products()? };
    let LabelWork { opened, folder, labels, problems, .. } = LabelWork::read(&command.project)?;
    terminal::complain_each(&problems);
    let project = opened.project.with_labels(labels);
    let image_labels: Vec<_> = opened.set.fields().iter().map(|files| opened.labels.get(files.id()).copied()).collect();
    let truth = command.truth.clone().or_else(|| truth_beside(opened.set.root()));
    let source = Source {
        set: &opened.set,
        image_labels: &image_labels,
        project: &project,
        folder: &folder,
        truth: truth.as_deref(),
    };
    let progress = ExportProgress::default();
    let said = Mutex::new("");
    let say_what = || {
        let Doing { what, total, .. } = progress.now();
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if *said != what {
            *said = what;
            let of = if total > 0 { format!(": {}", terminal::count(total, "image")) } else { String::new() };
            terminal::complain(&format!("{}{of}", what.to_lowercase()));
        }
    };
    let watch = ExportWatch { stop, progress: &progress, wake: &say_what };
    let exported = export(&source, Some(&target), watch)?;
    for (id, reason) in &exported.failures {
        terminal::complain(&format!("failed: {id}: {reason}"));
    }
    let counts = exported.counts;
    let mut lines =
        vec![format!("{} with {}", terminal::count(counts.images, "image"), terminal::count(counts.cells, "cell"))];
    lines.extend(exported.diagnosis.sentences());
    if let Some(predicted) = &exported.predicted {
        lines.push(effects_in_words(&predicted.effects(project.post_processing()), predicted.known_from.name()));
    }
    lines.push(format!("all files are in {}, the report is {}", command.out.display(), target.report().display()));
    terminal::say(&lines.join("\n"));
    let is_well = exported.failures.is_empty() && exported.diagnosis.is_well();
    Ok(if is_well { Outcome::Well } else { Outcome::WithFailures })
}
