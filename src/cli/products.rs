//! The commands that take whole sets through the stages.

use std::{collections::BTreeMap, error::Error, path::Path};

use super::{
    CommandResult, Outcome,
    arguments::{Features, Run, Segment, Submit, Train},
    progress::Progress,
    sets, terminal,
    training::{Learnt, Lessons, learn},
};
use crate::{
    atlas::LocationSet,
    pipeline::{
        features::feature_names,
        measurement::{MeasurementParams, Model},
    },
    storage::{
        FeatureTableWriter, FieldFiles, ImageLabels, ImageSet, OutputFile, SubmissionWriter, labels::LabelProblem,
        read_model, write_model,
    },
    workbench::{Batch, BatchError, BatchReport, Products, batch::TrainingCells, nuclei::write_nuclei},
};

/// `segment`: masks.
pub fn segment(command: &Segment) -> CommandResult {
    let params = command.measurement.params()?;
    let set = sets::open(&command.set.set, &command.set.layout)?;
    if set.is_nucleus_only() {
        return segment_nuclei(command, &set, &params);
    }
    let mut products = Products { masks: Some(command.out.clone()), ..Products::default() };
    let report = run_batch("segmenting", set.fields(), &params, &mut products)?;
    terminal::say(&format!("{}; masks are in {}", counts(&report), command.out.display()));
    Ok(tell(&set, &report))
}

/// `segment` of a set that has no other stain than the nucleus.
fn segment_nuclei(command: &Segment, set: &ImageSet, params: &MeasurementParams) -> CommandResult {
    let mut progress = Progress::new("segmenting", set.fields().len());
    let report = write_nuclei(set.fields(), params, &command.out, |field| progress.count(field))?;
    progress.finish();
    terminal::say(&format!(
        "{} with {} nuclei{}; masks are in {}, of nuclei only, as the set has no other stain",
        terminal::count(report.read, "image"),
        report.cells,
        failed(&report),
        command.out.display()
    ));
    Ok(tell(set, &report))
}

/// `features`: a table.
pub fn features(command: &Features) -> CommandResult {
    let params = command.measurement.params()?;
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let table = FeatureTableWriter::create(&command.out, &feature_names())?;
    let mut products = Products { table: Some(table), ..Products::default() };
    let report = run_batch("measuring", set.fields(), &params, &mut products)?;
    finish(products)?;
    terminal::say(&format!("{}; the table is {}", counts(&report), command.out.display()));
    Ok(tell(&set, &report))
}

/// `train`: a model.
pub fn train(command: &Train) -> CommandResult {
    let (params, lessons) = (command.measurement.params()?, Lessons::new(&command.training)?);
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let labels = Labels::read(&command.labels, &set)?;
    let model = OutputFile::create(&command.out)?;
    let labelled: Vec<FieldFiles> =
        set.fields().iter().filter(|files| labels.by_id.contains_key(files.id())).cloned().collect();
    let mut cells = TrainingCells::new(labels.by_id);
    let mut products = Products { training: Some(&mut cells), ..Products::default() };
    let report = run_batch("measuring", &labelled, &params, &mut products)?;
    let learnt = learn(&cells, &lessons, params)?;
    write_model(model, &learnt.model)?;
    terminal::say(&format!(
        "{} of {} images have labels; {}\n{}\nthe model is {}",
        labelled.len(),
        set.fields().len(),
        counts(&report),
        learnt.summary,
        command.out.display()
    ));
    Ok(tell(&set, &report))
}

/// `submit`: a submission.
pub fn submit(command: &Submit) -> CommandResult {
    let model = read_model(&command.model)?;
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let writer = SubmissionWriter::create(&command.out)?;
    let mut products = Products { submission: Some((&model, writer)), ..Products::default() };
    let report = run_batch("predicting", set.fields(), &model.measurement, &mut products)?;
    finish(products)?;
    terminal::say(&format!("{}; the submission is {}", counts(&report), command.out.display()));
    Ok(tell(&set, &report))
}

/// `run`: all of it.
pub fn run(command: &Run) -> CommandResult {
    let (params, lessons) = (command.measurement.params()?, Lessons::new(&command.training)?);
    let train = sets::open_with_all_stains(&command.train, &command.layout)?;
    let test = sets::open_with_all_stains(&command.test, &command.layout)?;
    let labels = Labels::read(&command.labels, &train)?;
    let out = |name: &str| command.out.join(name);
    let table = |name: &str| FeatureTableWriter::create(&out(name), &feature_names());

    let model_file = OutputFile::create(out("model.ron"))?;
    let mut cells = TrainingCells::new(labels.by_id);
    let mut products = Products {
        masks: Some(out("masks/train")),
        table: Some(table("features_train.parquet")?),
        training: Some(&mut cells),
        submission: None,
    };
    let trained = run_batch("measuring the training set", train.fields(), &params, &mut products)?;
    finish(products)?;
    let Learnt { model, summary } = learn(&cells, &lessons, params)?;
    write_model(model_file, &model)?;

    let mut products = Products {
        masks: Some(out("masks/test")),
        table: Some(table("features_test.parquet")?),
        training: None,
        submission: Some((&model, SubmissionWriter::create(&out("submission.csv"))?)),
    };
    let tested = run_batch("predicting the test set", test.fields(), &model.measurement, &mut products)?;
    finish(products)?;

    let sets = [("Training set", &train, &trained), ("Test set", &test, &tested)];
    OutputFile::write(out("report.txt"), report_text(&sets, &labels.problems, &model, &summary).as_bytes())?;
    terminal::say(&format!(
        "training set: {}\n{summary}\ntest set: {}; submission.csv and all else is in {}",
        counts(&trained),
        counts(&tested),
        command.out.display()
    ));
    let outcomes = [tell(&train, &trained), tell(&test, &tested)];
    Ok(if outcomes == [Outcome::Well; 2] { Outcome::Well } else { Outcome::WithFailures })
}

fn run_batch(
    what: &'static str,
    fields: &[FieldFiles],
    params: &MeasurementParams,
    products: &mut Products,
) -> Result<BatchReport, BatchError> {
    let mut progress = Progress::new(what, fields.len());
    let report = Batch { fields, params }.run(products, |field| progress.count(field))?;
    progress.finish();
    Ok(report)
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

/// Problems of a label file that are named one by one; of more, only the number is told.
const NAMED_PROBLEMS: usize = 20;

/// The labels of a set's images, and in words what was wrong with their file.
struct Labels {
    by_id: BTreeMap<String, LocationSet>,
    problems: Vec<String>,
}

impl Labels {
    /// Reads the labels and tells what is wrong with them; that no image has any is an error.
    fn read(path: &Path, set: &ImageSet) -> Result<Self, Box<dyn Error>> {
        let labels = ImageLabels::read(path)?;
        let without_image = labels.without_image(set);
        if labels.by_id.len() == without_image.len() {
            let count = labels.by_id.len();
            return Err(format!("none of the {count} IDs of the label file has an image — {}", path.display()).into());
        }
        let mut problems = named(path, &labels.problems);
        problems.extend(named(path, &without_image));
        terminal::complain_each(&problems);
        Ok(Self { by_id: labels.by_id, problems })
    }
}

/// A line for each problem of the label file at `path`, as far as that is not too many.
pub fn named(path: &Path, problems: &[LabelProblem]) -> Vec<String> {
    let each = problems.iter().take(NAMED_PROBLEMS).map(|problem| format!("labels: {problem} — {}", path.display()));
    let more = problems.len().saturating_sub(NAMED_PROBLEMS);
    each.chain((more > 0).then(|| format!("labels: and {more} more lines of that kind — {}", path.display()))).collect()
}

fn counts(report: &BatchReport) -> String {
    let [images, cells] = [(report.read, "image"), (report.cells, "cell")].map(|(n, thing)| terminal::count(n, thing));
    format!("{images} with {cells}{}", failed(report))
}

fn failed(report: &BatchReport) -> String {
    match report.failures.len() {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    }
}

/// A line for each remark and each failure, the failures last so that they stay in sight.
fn lines(report: &BatchReport) -> Vec<String> {
    let remarks = report.remarks.iter().map(|(id, remark)| format!("note: {id}: {remark}"));
    let failures = report.failures.iter().map(|(id, reason)| format!("failed: {id}: {reason}"));
    remarks.chain(failures).collect()
}

fn tell(set: &ImageSet, report: &BatchReport) -> Outcome {
    terminal::complain_each(&lines(report));
    let whole = report.failures.is_empty() && set.unreadable().is_empty();
    if whole { Outcome::Well } else { Outcome::WithFailures }
}

/// What was done, with what, and what came of it; nothing in it depends on time or machine.
fn report_text(
    sets: &[(&str, &ImageSet, &BatchReport)],
    label_problems: &[String],
    model: &Model,
    summary: &str,
) -> String {
    let mut report = vec![format!("cytoscribe {}", env!("CARGO_PKG_VERSION"))];
    for (name, set, of_set) in sets {
        report.extend([String::new(), format!("{name}: {}", set.root().display()), counts(of_set)]);
        report.extend(lines(of_set));
    }
    let parameters = ron::ser::to_string_pretty(&model.measurement, ron::ser::PrettyConfig::default());
    report.extend(["\nTraining".to_owned()]);
    report.extend_from_slice(label_problems);
    report.extend([summary.to_owned(), "\nParameters".to_owned(), parameters.unwrap_or_default(), String::new()]);
    report.join("\n")
}
