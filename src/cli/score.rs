//! The commands that judge results by a truth.

use std::{error::Error, path::Path};

use super::{
    CommandResult, Outcome,
    products::named,
    progress::Progress,
    score_options::{Score, ScoreLabels, ScoreMasks, ScoreSubmission},
    table::{aligned, header, measure},
    terminal::{complain, complain_each, count, say},
};
use crate::{
    atlas::Location,
    score::{
        CellLabels, LabelScore, RegionScore,
        labels::FoundLabels,
        score_labels,
        submission::{ErrorKind, LocationScore, SubmissionScore},
    },
    storage::{
        ImageLabels, MaskSet,
        cell_labels::{read_cell_labels, read_suspects},
        mask_set::MaskNames,
        masks::MaskKind,
        write_json,
    },
    workbench::{
        Stop,
        scoring::{CellTruth, MaskReport, place_suspects, score_masks, score_submission},
    },
};

/// The table of what cells really show, in the folder of the truth.
const CELL_TABLE: &str = "cells.csv";

/// `score`: one of the three.
pub fn score(command: &Score) -> CommandResult {
    match command {
        Score::Masks(command) => masks(command),
        Score::Submission(command) => submission(command),
        Score::Labels(command) => labels(command),
    }
}

fn masks(command: &ScoreMasks) -> CommandResult {
    let names = if command.kind().is_some() { MaskNames::EndingOrPlain } else { MaskNames::Ending };
    let kinds = command.kind().map_or(MaskKind::ALL.to_vec(), |kind| vec![kind]);
    let mut reports = Vec::new();
    let mut whole = true;
    for kind in kinds {
        let truth = open(&command.truth, kind, names)?;
        if truth.ids().next().is_none() {
            continue;
        }
        let found = open(&command.masks, kind, names)?;
        whole &= truth.unreadable.is_empty() && found.unreadable.is_empty();
        let mut progress = Progress::new(kind.name(), truth.ids().count());
        let report = score_masks(&truth, &found, |event| progress.show(event, &Stop::default()));
        progress.finish();
        for id in &report.without_mask {
            complain(&format!("note: {id}: no mask of its {} to judge, all are missed", kind.name()));
        }
        if report.without_truth > 0 {
            complain(&format!("note: {} without truth passed over", count(report.without_truth, "mask")));
        }
        whole &= complain_of(&report.failures);
        reports.push((kind, report));
    }
    if reports.is_empty() {
        let expected = match command.kind() {
            Some(kind) => format!("<ID>{}.png or <ID>.png", kind.ending()),
            None => "<ID>_nucleimask.png or <ID>_cellmask.png; other names need --kind".to_owned(),
        };
        return Err(format!("found no masks: expected {expected} — {}", command.truth.display()).into());
    }
    let tables: Vec<String> = reports.iter().map(|(kind, report)| mask_table(*kind, report)).collect();
    say(&tables.join("\n\n"));
    let by_kind = reports.iter().map(|(kind, report)| Ok((kind.name().to_owned(), serde_json::to_value(report)?)));
    let by_kind: serde_json::Map<_, _> = by_kind.collect::<Result<_, serde_json::Error>>()?;
    finish(command.json.as_deref(), &by_kind, whole)
}

pub(super) fn mask_table(kind: MaskKind, report: &MaskReport) -> String {
    let mut rows = vec![header(
        "_ truth found match50 prec rec F1 match60 prec rec F1 AP50 AP50-95 split merged missed extra IoU",
    )];
    kind.name().clone_into(&mut rows[0][0]);
    rows.extend(report.fields.iter().map(|field| mask_row(&field.id, &field.score)));
    rows.extend(report.total.as_ref().map(|total| mask_row(&count(report.fields.len(), "field"), total)));
    aligned(&rows)
}

fn mask_row(name: &str, score: &RegionScore) -> Vec<String> {
    let mut row = vec![name.to_owned(), score.truth.to_string(), score.found.to_string()];
    for at in [&score.at_50, &score.at_60] {
        row.extend([at.matched.to_string(), measure(at.precision), measure(at.recall), measure(at.f1)]);
    }
    row.extend([score.average_precision_50, score.average_precision_50_to_95].map(measure));
    row.extend([score.split, score.merged, score.missed, score.extra].map(|regions| regions.to_string()));
    row.push(measure(score.mean_best_iou));
    row
}

fn submission(command: &ScoreSubmission) -> CommandResult {
    let cells = cell_labels(&command.truth)?;
    let image_labels = command.labels.as_deref().map(read_labels).transpose()?.unwrap_or_default();
    let masks = open(&command.truth, MaskKind::Cells, MaskNames::Ending)?;
    let truth = CellTruth { masks: &masks, labels: &cells, image_labels: &image_labels.by_id };
    let mut progress = Progress::new("judging", masks.ids().count());
    let report = score_submission(&truth, &command.submission, command.params(), |event| {
        progress.show(event, &Stop::default());
    })?;
    progress.finish();
    for id in &report.without_row {
        complain(&format!("note: {id}: the submission has no row for it, all cells are missed"));
    }
    let remarks = [
        (report.without_truth, "row", "of images without truth passed over"),
        (report.unlabelled_cells, "cell", "of the masks without a row in cells.csv, taken to show nothing"),
        (report.cells_without_mask, "cell", "of cells.csv not in the masks, passed over"),
    ];
    remark(&remarks);
    let whole = complain_of(&report.failures) && masks.unreadable.is_empty();
    say(&submission_table(&report.score));
    let (images, locations) = (count(report.images, "image"), count(report.score.scored_locations, "location"));
    let mean = measure(report.score.mean_average_precision);
    say(&format!("\nmean average precision {mean} of {locations} in {images}"));
    finish(command.json.as_deref(), &report, whole)
}

fn submission_table(score: &SubmissionScore) -> String {
    let mut rows = vec![header(
        "location cells AP recall rank_loss off_border right missed missed_at_border no_cell loss wrong_loc. loss \
         duplicate loss false_at_border loss",
    )];
    rows.extend(score.locations.iter().filter(|score| score.cells + score.detections > 0).map(location_row));
    aligned(&rows)
}

fn location_row(score: &LocationScore) -> Vec<String> {
    let mut row = vec![format!("{:>2} {}", score.location.index(), score.name), score.cells.to_string()];
    row.extend(
        [score.average_precision, score.recall, score.rank_loss, score.average_precision_off_border].map(measure),
    );
    row.extend([score.right, score.missed, score.missed_at_border].map(|cells| cells.to_string()));
    for ErrorKind { count, loss } in [score.no_cell, score.wrong_location, score.duplicate, score.at_border] {
        row.extend([count.to_string(), measure(loss)]);
    }
    row
}

fn labels(command: &ScoreLabels) -> CommandResult {
    let cells = cell_labels(&command.truth)?;
    let given = read_labels(&command.labels)?;
    let found = read_suspects(&command.found)?;
    complain_each(&named(&command.found, &found.problems));
    let masks = open(&command.truth, MaskKind::Cells, MaskNames::Ending)?;
    let placed = place_suspects(found.rows.into_iter().map(|(_, row)| row).collect(), &masks);
    let score = score_labels(&cells, &given.by_id, &placed.suspects);
    let remarks = [
        (placed.off_cells, "suspect", "on no cell of the truth, passed over"),
        (score.not_given, "suspect", "not a given label of a cell of the truth, passed over"),
        (score.repeated, "suspect", "repeated, the highest score counts"),
        (score.images_without_labels, "image", "of the truth without labels passed over"),
    ];
    remark(&remarks);
    let whole = complain_of(&placed.failures) && masks.unreadable.is_empty();
    say(&label_tables(&score));
    finish(command.json.as_deref(), &score, whole)
}

fn label_tables(score: &LabelScore) -> String {
    let mut rows = vec![header("location given wrong base_rate suspects found precision recall AP")];
    let row = |name: String, found: &FoundLabels| {
        let mut row = vec![name, found.given.to_string(), found.wrong.to_string(), measure(found.base_rate)];
        row.extend([found.suspects.to_string(), found.found.to_string()]);
        row.extend([found.precision, found.recall, found.average_precision].map(measure));
        row
    };
    let locations = Location::all().zip(&score.locations).filter(|(_, found)| found.given > 0);
    rows.extend(locations.map(|(location, found)| row(format!("{:>2} {location}", location.index()), found)));
    rows.push(row("all".to_owned(), &score.total));
    let mut tables = aligned(&rows);
    if !score.top.is_empty() {
        let mut rows = vec![header("top found precision")];
        rows.extend(
            score.top.iter().map(|top| vec![top.suspects.to_string(), top.found.to_string(), measure(top.precision)]),
        );
        tables = format!("{tables}\n\n{}", aligned(&rows));
    }
    tables
}

/// The masks of a kind in `folder`. Folders inside it that cannot be read are named.
fn open(folder: &Path, kind: MaskKind, names: MaskNames) -> Result<MaskSet, Box<dyn Error>> {
    let masks = MaskSet::open(folder, kind, names)?;
    for error in &masks.unreadable {
        complain(&format!("failed: {error}"));
    }
    Ok(masks)
}

fn cell_labels(truth: &Path) -> Result<CellLabels, Box<dyn Error>> {
    let path = truth.join(CELL_TABLE);
    let (cells, problems) = read_cell_labels(&path)?;
    complain_each(&named(&path, &problems));
    Ok(cells)
}

fn read_labels(path: &Path) -> Result<ImageLabels, Box<dyn Error>> {
    let labels = ImageLabels::read(path)?;
    complain_each(&named(path, &labels.problems));
    Ok(labels)
}

/// Says how many things there are of each kind, unless there is none.
fn remark(remarks: &[(usize, &str, &str)]) {
    for (number, thing, what) in remarks.iter().filter(|(number, ..)| *number > 0) {
        complain(&format!("note: {} {what}", count(*number, thing)));
    }
}

/// Names what failed; whether nothing did.
pub(super) fn complain_of(failures: &[(String, String)]) -> bool {
    for (id, reason) in failures {
        complain(&format!("failed: {id}: {reason}"));
    }
    failures.is_empty()
}

/// Writes the JSON file that was asked for.
pub(super) fn finish(json: Option<&Path>, report: &impl serde::Serialize, whole: bool) -> CommandResult {
    if let Some(path) = json {
        write_json(path, report)?;
    }
    Ok(if whole { Outcome::Well } else { Outcome::WithFailures })
}
