//! The report of an export: one page of text that lets it be repeated. Nothing in it depends on time, machine or place.

use std::fmt::Write;

use serde::Serialize;

use super::{
    Source,
    counts::Counts,
    doctor::Diagnosis,
    effects::{Effects, LocalScore, Predicted},
    files::WrittenFile,
    gather::Gathered,
    learn::Learnt,
};
use crate::{
    pipeline::{classifier::TrainingParams, submission::SubmissionParams},
    storage::{Checksum, journal},
    workbench::score_table::score_table,
};

/// Remarks and failures that are named one by one.
const NAMED: usize = 20;

/// What a report is made of.
pub struct Told<'a> {
    /// What was exported.
    pub source: &'a Source<'a>,
    /// How locations are learnt.
    pub training: &'a TrainingParams,
    /// What of the submission is left out.
    pub selection: SubmissionParams,
    /// The cells.
    pub gathered: &'a Gathered,
    /// What was learnt, or why nothing was.
    pub learnt: Result<&'a Learnt, &'a str>,
    /// What is predicted.
    pub predicted: Option<&'a Predicted>,
    /// The files.
    pub written: &'a [WrittenFile],
    /// What the doctor found.
    pub diagnosis: &'a Diagnosis,
}

/// The text of the report.
#[must_use]
pub fn report(told: &Told) -> String {
    let mut text = format!("cytoscribe {}: export of a project\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "To repeat it: cytoscribe replay PROJECT --out DIR");
    counts(told, &mut text);
    files(told, &mut text);
    section(&mut text, "The doctor");
    list(&mut text, told.diagnosis.sentences());
    learning(told, &mut text);
    parameters(told, &mut text);
    text
}

fn section(text: &mut String, title: &str) {
    let _ = writeln!(text, "\n{title}\n{}", "-".repeat(title.len()));
}

fn list(text: &mut String, lines: impl IntoIterator<Item = String>) {
    let mut is_empty = true;
    for line in lines {
        let _ = writeln!(text, "{line}");
        is_empty = false;
    }
    if is_empty {
        text.push_str("nothing\n");
    }
}

fn counts(told: &Told, text: &mut String) {
    let counts = Counts::of(told.gathered);
    section(text, "Counts");
    let Counts { images, measured_images, cells, decided, .. } = counts;
    let _ = writeln!(
        text,
        "{images} images, {measured_images} measured, with {cells} cells; {decided} of them decided about"
    );
    section(text, "Unsettled");
    let mut lines = counts.unsettled();
    if let Ok(learnt) = told.learnt.as_ref()
        && learnt.doubtful > 0
    {
        lines.push(format!(
            "given labels that look wrong, as they are no more probable than in cells without them: {}",
            learnt.doubtful
        ));
    }
    list(text, lines);
    let failures = told
        .gathered
        .fields
        .iter()
        .filter_map(|field| Some(format!("failed: {}: {}", field.id, field.failure.as_ref()?)));
    let remarks = told.gathered.fields.iter();
    let remarks =
        remarks.flat_map(|field| field.remarks.iter().map(move |remark| format!("note: {}: {remark}", field.id)));
    let all: Vec<String> = failures.chain(remarks).collect();
    for line in all.iter().take(NAMED) {
        let _ = writeln!(text, "{line}");
    }
    if all.len() > NAMED {
        let _ = writeln!(text, "and {} more", all.len() - NAMED);
    }
}

/// What went in and what came out, by CRC-32.
fn files(told: &Told, text: &mut String) {
    let source = told.source;
    section(text, "What went in (CRC-32)");
    let _ = writeln!(text, "images    {}", told.gathered.images);
    let label_file = source.project.label_file().and_then(|path| Checksum::of_file(path).ok());
    let _ = writeln!(text, "labels    {}", label_file.map_or_else(|| "none".to_owned(), |sum| sum.to_string()));
    let records = source.project.labels().records().len();
    let decisions = match records {
        0 => "none".to_owned(),
        _ => Checksum::of_file(&journal::path_in(source.folder))
            .map_or_else(|_| "not readable".to_owned(), |sum| format!("{sum}, {records} records")),
    };
    let _ = writeln!(text, "decisions {decisions}");
    let _ = writeln!(text, "features measured of them: {}", Checksum::of_values(&told.gathered.features));
    section(text, "What came out (CRC-32)");
    let width = told.written.iter().map(|file| file.name.len()).max().unwrap_or(0);
    list(
        text,
        told.written.iter().map(|WrittenFile { name, checksum, files }| {
            let files = if *files == 1 { String::new() } else { format!(" in {files} files") };
            format!("{name:<width$} {checksum}{files}")
        }),
    );
}

fn learning(told: &Told, text: &mut String) {
    section(text, "What was learnt");
    let learnt = match told.learnt {
        Ok(learnt) => learnt,
        Err(reason) => {
            let _ = writeln!(text, "nothing: {reason}");
            return;
        }
    };
    let _ = writeln!(
        text,
        "{} cells were taught, by {}, each as the labels of its image changed by what is decided about it: yes, 4 and 5 \
         add\na location, no, 1 and 2 take it away, 3 leaves what the image says. Excluded cells teach nothing.",
        learnt.taught,
        told.training.learner.name()
    );
    match &learnt.validation {
        Ok(validation) => {
            let _ = writeln!(
                text,
                "Probabilities are those of rules that have not seen the image: cross-validated in {} folds of images.\n\
                 Confidences of what was decided about a cell lie within 0.01 of that.\n",
                validation.folds
            );
            text.push_str(&score_table(&validation.scores, "images"));
        }
        Err(one_group) => {
            let _ = writeln!(text, "{one_group}");
        }
    }
    if let Some(predicted) = told.predicted {
        let effects = predicted.effects(told.source.project.post_processing());
        let _ = writeln!(text, "\n{}", effects_in_words(&effects, predicted.known_from.name()));
    }
}

/// What post-processing does to the local score, a line each.
#[must_use]
pub fn effects_in_words(effects: &Effects, known_from: &str) -> String {
    let number = |score: Option<LocalScore>| {
        score.map_or_else(|| "-".to_owned(), |score| format!("{:.4}", score.mean_average_precision))
    };
    let Some(before) = effects.before else {
        return "Cells are not scored one by one: too little is known of what they show.".to_owned();
    };
    let mut text = format!(
        "Cells ranked by probability against {known_from}: mean average precision {} of {} locations, {} answers.",
        number(effects.before),
        before.locations,
        before.answers
    );
    for (step, score) in &effects.alone {
        let _ = write!(text, "\nwith {} alone: {}", step.name(), number(*score));
    }
    if !effects.alone.is_empty() {
        let _ = write!(text, "\nafter post-processing: {}", number(effects.after));
    }
    text
}

fn parameters(told: &Told, text: &mut String) {
    let project = told.source.project;
    section(text, "Parameters");
    let mut write = |name: &str, value: String| {
        let _ = writeln!(text, "{name}: {value}");
    };
    write("measurement", in_ron(&project.measurement()));
    for (id, own) in project.overrides() {
        write(&format!("image '{id}'"), in_ron(own));
    }
    for (id, corrections) in project.labels().corrections().iter() {
        write(&format!("image '{id}'"), format!("{} corrections by hand", corrections.all().len()));
    }
    write("training", in_ron(told.training));
    write("post-processing", in_ron(project.post_processing()));
    write("submission", in_ron(&told.selection));
}

/// As in the project's own file, on one line.
fn in_ron(value: &impl Serialize) -> String {
    ron::ser::to_string(value).unwrap_or_default()
}
