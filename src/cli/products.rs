//! The commands that take whole sets through the stages.

use std::{fmt::Write, path::Path};

use super::{
    CommandResult, Outcome,
    arguments::{Features, Run, Segment, Submit, Train},
    progress::Progress,
    terminal,
    training::{Learnt, learn},
};
use crate::{
    pipeline::{
        features::feature_names,
        measurement::{MeasurementParams, Model},
    },
    storage::{
        FeatureTableWriter, FieldFiles, ImageLabels, ImageSet, OutputFile, SubmissionWriter, read_model, write_model,
    },
    workbench::{Batch, BatchError, BatchReport, Products, batch::TrainingCells},
};

/// `segment`: masks.
pub fn segment(command: &Segment) -> CommandResult {
    let params = command.measurement.params()?;
    let set = ImageSet::open(&command.set)?;
    let mut products = Products { masks: Some(command.out.clone()), ..Products::default() };
    let report = run_batch("segmenting", set.fields(), &params, &mut products)?;
    terminal::say(&format!("{}; masks are in {}", counts(&report), command.out.display()));
    Ok(tell(&report))
}

/// `features`: a table.
pub fn features(command: &Features) -> CommandResult {
    let params = command.measurement.params()?;
    let set = ImageSet::open(&command.set)?;
    let table = FeatureTableWriter::create(&command.out, &feature_names())?;
    let mut products = Products { table: Some(table), ..Products::default() };
    let report = run_batch("measuring", set.fields(), &params, &mut products)?;
    finish(products)?;
    terminal::say(&format!("{}; the table is {}", counts(&report), command.out.display()));
    Ok(tell(&report))
}

/// `train`: a model.
pub fn train(command: &Train) -> CommandResult {
    let params = command.measurement.params()?;
    let set = ImageSet::open(&command.set)?;
    let labels = read_labels(&command.labels, &set)?;
    let labelled: Vec<FieldFiles> =
        set.fields().iter().filter(|files| labels.by_id.contains_key(files.id())).cloned().collect();
    let labels_of = |id: &str| labels.by_id.get(id).copied();
    let mut products = Products { training: Some(TrainingCells::new(&labels_of)), ..Products::default() };
    let report = run_batch("measuring", &labelled, &params, &mut products)?;
    let cells = products.training.unwrap_or_else(|| TrainingCells::new(&labels_of));
    let learnt = learn(&cells, &command.training, params)?;
    write_model(&command.out, &learnt.model)?;
    terminal::say(&format!(
        "{} of {} images have labels; {}\n{}\nthe model is {}",
        labelled.len(),
        set.fields().len(),
        counts(&report),
        learnt.summary,
        command.out.display()
    ));
    Ok(tell(&report))
}

/// `submit`: a submission.
pub fn submit(command: &Submit) -> CommandResult {
    let model = read_model(&command.model)?;
    let set = ImageSet::open(&command.set)?;
    let writer = SubmissionWriter::create(&command.out)?;
    let mut products = Products { submission: Some((&model, writer)), ..Products::default() };
    let report = run_batch("predicting", set.fields(), &model.measurement, &mut products)?;
    finish(products)?;
    terminal::say(&format!("{}; the submission is {}", counts(&report), command.out.display()));
    Ok(tell(&report))
}

/// `run`: all of it.
pub fn run(command: &Run) -> CommandResult {
    let params = command.measurement.params()?;
    let (train, test) = (ImageSet::open(&command.train)?, ImageSet::open(&command.test)?);
    let labels = read_labels(&command.labels, &train)?;
    let out = |name: &str| command.out.join(name);

    let labels_of = |id: &str| labels.by_id.get(id).copied();
    let mut products = Products {
        masks: Some(out("masks/train")),
        table: Some(FeatureTableWriter::create(&out("features_train.parquet"), &feature_names())?),
        training: Some(TrainingCells::new(&labels_of)),
        submission: None,
    };
    let trained = run_batch("measuring the training set", train.fields(), &params, &mut products)?;
    let cells = products.training.take().unwrap_or_else(|| TrainingCells::new(&labels_of));
    finish(products)?;
    let Learnt { model, summary } = learn(&cells, &command.training, params)?;
    write_model(&out("model.ron"), &model)?;

    let mut products = Products {
        masks: Some(out("masks/test")),
        table: Some(FeatureTableWriter::create(&out("features_test.parquet"), &feature_names())?),
        training: None,
        submission: Some((&model, SubmissionWriter::create(&out("submission.csv"))?)),
    };
    let tested = run_batch("predicting the test set", test.fields(), &model.measurement, &mut products)?;
    finish(products)?;

    let sets = [("Training set", &train, &trained), ("Test set", &test, &tested)];
    OutputFile::write(out("report.txt"), report_text(&sets, &model, &summary).as_bytes())?;
    terminal::say(&format!(
        "training set: {}\n{summary}\ntest set: {}; submission.csv and all else is in {}",
        counts(&trained),
        counts(&tested),
        command.out.display()
    ));
    let outcomes = [tell(&trained), tell(&tested)];
    Ok(if outcomes == [Outcome::Well; 2] { Outcome::Well } else { Outcome::WithFailures })
}

fn run_batch(
    what: &'static str,
    fields: &[FieldFiles],
    params: &MeasurementParams,
    products: &mut Products,
) -> Result<BatchReport, BatchError> {
    let mut progress = Progress::new(what, fields.len());
    let report = Batch { fields, params }.run(products, |field| progress.count(field));
    progress.finish();
    report
}

fn finish(products: Products) -> Result<(), BatchError> {
    if let Some(table) = products.table {
        table.finish()?;
    }
    if let Some((_, submission)) = products.submission {
        submission.finish()?;
    }
    Ok(())
}

/// The labels, after telling what is wrong with them.
fn read_labels(path: &Path, set: &ImageSet) -> Result<ImageLabels, Box<dyn std::error::Error>> {
    let labels = ImageLabels::read(path)?;
    let without_image = labels.without_image(set);
    for problem in labels.problems.iter().chain(&without_image) {
        terminal::complain(&format!("{}: {problem}", path.display()));
    }
    Ok(labels)
}

fn counts(report: &BatchReport) -> String {
    let failed = match report.failures.len() {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    format!("{} images with {} cells{failed}", report.read, report.cells)
}

/// Names remarks and failures, the failures last so that they stay in sight.
fn tell(report: &BatchReport) -> Outcome {
    for (id, remark) in &report.remarks {
        terminal::complain(&format!("note: {id}: {remark}"));
    }
    for (id, reason) in &report.failures {
        terminal::complain(&format!("failed: {id}: {reason}"));
    }
    if report.failures.is_empty() { Outcome::Well } else { Outcome::WithFailures }
}

/// What was done, with what, and what came of it; nothing in it depends on time or machine.
fn report_text(sets: &[(&str, &ImageSet, &BatchReport)], model: &Model, summary: &str) -> String {
    let mut text = format!("cytoscribe {}\n", env!("CARGO_PKG_VERSION"));
    for (name, set, report) in sets {
        let _ = writeln!(text, "\n{name}: {}\n{}", set.root().display(), counts(report));
        for (id, reason) in &report.failures {
            let _ = writeln!(text, "failed: {id}: {reason}");
        }
        for (id, remark) in &report.remarks {
            let _ = writeln!(text, "note: {id}: {remark}");
        }
    }
    let parameters = ron::ser::to_string_pretty(&model.measurement, ron::ser::PrettyConfig::default());
    let _ = writeln!(text, "\nTraining\n{summary}\n\nParameters\n{}", parameters.unwrap_or_default());
    text
}
