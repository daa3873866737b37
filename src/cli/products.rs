//! The commands that take whole sets through the stages.

use std::{collections::BTreeMap, error::Error, fmt::Display, path::Path};

use super::{
    CommandResult, Outcome,
    arguments::{Features, Run, Segment, Submit, Train},
    progress::Progress,
    sets, terminal,
    training::{Learnt, Lessons, learn},
};
use crate::{
    atlas::LocationSet,
    pipeline::{border_cells::BorderCells, features::feature_names, measurement::Model, recipe::Recipe},
    storage::{
        FeatureTableWriter, FieldFiles, ImageLabels, ImageSet, MaskFolder, OutputFile, SubmissionWriter, WorkFile,
        read_model, write_model,
    },
    workbench::{Batch, BatchError, BatchReport, Product, Stains, Stop, Submission, TrainingCells},
};

/// `segment`: masks. Its work file stays, so that only what is new in the set is worked on the next time.
pub fn segment(command: &Segment, stop: &Stop) -> CommandResult {
    let params = command.measurement.recipe()?.measurement;
    let set = sets::open(&command.set.set, &command.set.layout)?;
    let stains = if set.is_nucleus_only() { Stains::NucleusOnly } else { Stains::All };
    let batch = Batch {
        fields: set.fields(),
        stains,
        how: &params.clone().into(),
        mask_folder: Some(MaskFolder { path: &command.out, format: (&command.mask_format).into() }),
        border_cells: BorderCells::Keep,
        model: None,
        work_file: &command.out.join("segment.work"),
    };
    let (report, _) = run_batch("segmenting", &batch, command.exports.products(stains)?, stop)?;
    let folder = command.out.display();
    terminal::say(&match stains {
        Stains::All => format!("{}; masks are in {folder}", counts(&report)),
        Stains::NucleusOnly => format!(
            "{} with {} nuclei{}; masks are in {folder}, of nuclei only, as the set has no other stain",
            terminal::count(report.read, "image"),
            report.cells,
            failed(&report)
        ),
    });
    command.exports.tell();
    Ok(tell(&set, &report))
}

/// `features`: a table.
pub fn features(command: &Features, stop: &Stop) -> CommandResult {
    let params = command.measurement.recipe()?.measurement;
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let table = FeatureTableWriter::create(&command.out, &feature_names())?;
    let batch = Batch {
        fields: set.fields(),
        stains: Stains::All,
        how: &params.clone().into(),
        mask_folder: None,
        border_cells: (&command.border_cells).into(),
        model: None,
        work_file: &WorkFile::beside(&command.out),
    };
    let (report, work) = run_batch("measuring", &batch, vec![Box::new(table)], stop)?;
    terminal::say(&format!("{}; the table is {}", counts(&report), command.out.display()));
    tell_and_put_away(&set, &report, work)
}

/// `train`: a model.
pub fn train(command: &Train, stop: &Stop) -> CommandResult {
    let Recipe { measurement: params, training } = command.measurement.recipe()?;
    let lessons = Lessons::new(training, &command.training, &command.samples)?;
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let labels = Labels::read(&command.labels, &set)?;
    let model = OutputFile::create(&command.out)?;
    let labelled: Vec<FieldFiles> =
        set.fields().iter().filter(|files| labels.by_id.contains_key(files.id())).cloned().collect();
    let mut cells = TrainingCells::new(labels.by_id);
    let batch = Batch {
        fields: &labelled,
        stains: Stains::All,
        how: &params.clone().into(),
        mask_folder: None,
        border_cells: (&command.border_cells).into(),
        model: None,
        work_file: &WorkFile::beside(&command.out),
    };
    let (report, work) = run_batch("measuring", &batch, vec![Box::new(&mut cells)], stop)?;
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
    tell_and_put_away(&set, &report, work)
}

/// `submit`: a submission.
pub fn submit(command: &Submit, stop: &Stop) -> CommandResult {
    let model = read_model(&command.model)?;
    let set = sets::open_with_all_stains(&command.set.set, &command.set.layout)?;
    let submission = SubmissionWriter::create(&command.out)?;
    let submission = Submission::new(submission, command.submission.params()?, &model.image_rates);
    let batch = Batch {
        fields: set.fields(),
        stains: Stains::All,
        how: &model.measurement.clone().into(),
        mask_folder: None,
        border_cells: (&command.border_cells).into(),
        model: Some(&model),
        work_file: &WorkFile::beside(&command.out),
    };
    let (report, work) = run_batch("predicting", &batch, vec![Box::new(submission)], stop)?;
    terminal::say(&format!("{}; the submission is {}", counts(&report), command.out.display()));
    tell_and_put_away(&set, &report, work)
}

/// `run`: all of it.
pub fn run(command: &Run, stop: &Stop) -> CommandResult {
    let Recipe { measurement: params, training } = command.measurement.recipe()?;
    let lessons = Lessons::new(training, &command.training, &command.samples)?;
    let train = sets::open_with_all_stains(&command.train, &command.layout)?;
    let test = sets::open_with_all_stains(&command.test, &command.layout)?;
    let labels = Labels::read(&command.labels, &train)?;
    let out = |name: &str| command.out.join(name);
    let table_at = |name: &str| out(&format!("{name}.{}", command.table_format.ending()));
    let (border_cells, selected) = (BorderCells::from(&command.border_cells), command.submission.params()?);

    let model_file = OutputFile::create(out("model.ron"))?;
    let mut cells = TrainingCells::new(labels.by_id);
    let table = FeatureTableWriter::create(&table_at("features_train"), &feature_names())?;
    let batch = Batch {
        fields: train.fields(),
        stains: Stains::All,
        how: &params.clone().into(),
        mask_folder: Some(MaskFolder { path: &out("masks/train"), format: (&command.mask_format).into() }),
        border_cells,
        model: None,
        work_file: &out("train.work"),
    };
    let products: Vec<Box<dyn Product>> = vec![Box::new(table), Box::new(&mut cells)];
    let (trained, training_work) = run_batch("measuring the training set", &batch, products, stop)?;
    let Learnt { model, summary } = learn(&cells, &lessons, params)?;
    write_model(model_file, &model)?;

    let table = FeatureTableWriter::create(&table_at("features_test"), &feature_names())?;
    let submission = SubmissionWriter::create(&out("submission.csv"))?;
    let submission = Submission::new(submission, selected, &model.image_rates);
    let batch = Batch {
        fields: test.fields(),
        stains: Stains::All,
        how: &model.measurement.clone().into(),
        mask_folder: Some(MaskFolder { path: &out("masks/test"), format: (&command.mask_format).into() }),
        border_cells,
        model: Some(&model),
        work_file: &out("test.work"),
    };
    let products: Vec<Box<dyn Product>> = vec![Box::new(table), Box::new(submission)];
    let (tested, test_work) = run_batch("predicting the test set", &batch, products, stop)?;

    let choices = format!("border cells: {border_cells:?}\nsubmission: {selected:?}");
    let sets = [("Training set", &train, &trained), ("Test set", &test, &tested)];
    OutputFile::write(out("report.txt"), report_text(&sets, &labels.problems, &model, &summary, &choices).as_bytes())?;
    terminal::say(&format!(
        "training set: {}\n{summary}\ntest set: {}; submission.csv and all else is in {}",
        counts(&trained),
        counts(&tested),
        command.out.display()
    ));
    let outcomes = [tell_and_put_away(&train, &trained, training_work)?, tell_and_put_away(&test, &tested, test_work)?];
    Ok(if outcomes == [Outcome::Well; 2] { Outcome::Well } else { Outcome::WithFailures })
}

fn run_batch(
    what: &'static str,
    batch: &Batch,
    products: Vec<Box<dyn Product + '_>>,
    stop: &Stop,
) -> Result<(BatchReport, WorkFile), BatchError> {
    let mut progress = Progress::new(what, batch.fields.len());
    let finished = batch.run(products, stop, |event| progress.show(event, stop));
    progress.finish();
    finished
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

/// A line for each problem of the label file or table at `path`, as far as that is not too many.
pub fn named(path: &Path, problems: &[impl Display]) -> Vec<String> {
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

/// [`tell`]s and removes the work file, unless fields failed: with it these alone are tried again.
fn tell_and_put_away(set: &ImageSet, report: &BatchReport, work: WorkFile) -> CommandResult {
    let outcome = tell(set, report);
    match report.failures.len() {
        0 => work.remove()?,
        failed => terminal::complain(&format!(
            "the same command tries the {} that failed again; what was found in the others is kept in {}",
            terminal::count(failed, "image"),
            work.path().display()
        )),
    }
    Ok(outcome)
}

/// What was done, with what, and what came of it; nothing in it depends on time or machine.
fn report_text(
    sets: &[(&str, &ImageSet, &BatchReport)],
    label_problems: &[String],
    model: &Model,
    summary: &str,
    choices: &str,
) -> String {
    let mut report = vec![format!("cytoscribe {}", env!("CARGO_PKG_VERSION"))];
    for (name, set, of_set) in sets {
        report.extend([String::new(), format!("{name}: {}", set.root().display()), counts(of_set)]);
        report.extend(lines(of_set));
    }
    let parameters = ron::ser::to_string_pretty(&model.measurement, ron::ser::PrettyConfig::default());
    report.extend(["\nTraining".to_owned()]);
    report.extend_from_slice(label_problems);
    report.extend([
        summary.to_owned(),
        "\nParameters".to_owned(),
        parameters.unwrap_or_default(),
        choices.to_owned(),
        String::new(),
    ]);
    report.join("\n")
}
