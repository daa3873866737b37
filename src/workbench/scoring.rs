//! Results on disk against a truth on disk, a field at a time on every thread.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    convert::Infallible,
    error::Error,
    path::Path,
};

use serde::Serialize;

use super::{BatchEvent, fault::in_words, in_order::in_order};
use crate::{
    atlas::LocationSet,
    imaging::Plane,
    score::{
        CellLabels, Detection, FieldVerdicts, FoundField, MatchParams, RegionCounts, RegionScore, SubmissionScore,
        SubmissionTally, Suspect, TruthField, compare_masks, judge, masks::total,
    },
    storage::{
        MaskSet,
        cell_labels::{CellName, SuspectRow},
        submission::{LineDefect, SubmissionError, SubmissionRow, SubmissionRows},
    },
};

/// The masks of one kind against the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MaskReport {
    /// Every field of the truth that could be compared, by ID.
    pub fields: Vec<FieldRegions>,
    /// All of them together; `None` of no field.
    pub total: Option<RegionScore>,
    /// The fields that could not be compared, with the reason.
    pub failures: Vec<(String, String)>,
    /// The fields of the truth without a mask; all of their regions were missed.
    pub without_mask: Vec<String>,
    /// Number of masks of which there is no truth; they do not count.
    pub without_truth: usize,
}

/// The regions of one field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldRegions {
    /// The field's ID.
    pub id: String,
    /// What became of its regions.
    #[serde(flatten)]
    pub score: RegionScore,
}

/// Compares `masks` with `truth`, field by field; after each `done` is called.
pub fn score_masks(truth: &MaskSet, masks: &MaskSet, mut done: impl FnMut(BatchEvent) + Send) -> MaskReport {
    let ids: Vec<&str> = truth.ids().collect();
    let (mut fields, mut counts, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    let Ok(()) = in_order(
        &ids,
        |id| in_words(|| compare(truth, masks, id)),
        |id, compared: Result<RegionCounts, String>| {
            done(BatchEvent::FieldDone { failed: compared.is_err() });
            match compared {
                Ok(of_field) => {
                    fields.push(FieldRegions { id: (*id).to_owned(), score: of_field.score() });
                    counts.push(of_field);
                }
                Err(reason) => failures.push(((*id).to_owned(), reason)),
            }
            Ok::<_, Infallible>(())
        },
    );
    MaskReport {
        total: total(&counts),
        fields,
        failures,
        without_mask: ids.iter().filter(|id| !masks.has(id)).map(|id| (*id).to_owned()).collect(),
        without_truth: masks.ids().filter(|id| !truth.has(id)).count(),
    }
}

fn compare(truth: &MaskSet, masks: &MaskSet, id: &str) -> Result<RegionCounts, Box<dyn Error>> {
    let truth = truth.read(id).ok_or(NO_MASK)??;
    let found = masks.read(id).unwrap_or_else(|| Ok(Plane::filled(truth.height(), truth.width(), 0)))?;
    Ok(compare_masks(&truth, &found)?)
}

const NO_MASK: &str = "its cells have no mask in the truth";

/// What is known of the cells of a set.
#[derive(Clone, Copy, Debug)]
pub struct CellTruth<'a> {
    /// Their masks.
    pub masks: &'a MaskSet,
    /// What they show. Cells of a mask without labels show nothing.
    pub labels: &'a CellLabels,
    /// What images show besides what their cells do.
    pub image_labels: &'a BTreeMap<String, LocationSet>,
}

/// A submission against the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubmissionReport {
    /// How good it is.
    #[serde(flatten)]
    pub score: SubmissionScore,
    /// Number of images that were judged.
    pub images: usize,
    /// The images that could not be judged, with the reason; they do not count.
    pub failures: Vec<(String, String)>,
    /// Images of the truth without a row that could be read; all of their cells were missed.
    pub without_row: Vec<String>,
    /// Number of rows of images of which there is no truth; they do not count.
    pub without_truth: usize,
    /// Cells of the masks of the truth whose labels nobody gave; they count as showing nothing.
    pub unlabelled_cells: usize,
    /// Labelled cells that are not in the mask of their image; they do not count.
    pub cells_without_mask: usize,
}

/// Judges the submission at `path`; after each of its images `done` is called.
///
/// # Errors
/// If the file cannot be read or is no submission. A row with a defect costs its image alone.
pub fn score_submission(
    truth: &CellTruth,
    path: &Path,
    params: MatchParams,
    mut done: impl FnMut(BatchEvent) + Send,
) -> Result<SubmissionReport, SubmissionError> {
    let mut tally = Tally::default();
    let mut first_lines: HashMap<String, usize> = HashMap::new();
    let mut rows = SubmissionRows::open(path)?;
    loop {
        let batch = rows.next_batch()?;
        if batch.is_empty() {
            break;
        }
        // What the truth does not know and what has been judged already is no image that is done.
        let mut judged_now = Vec::new();
        for row in batch {
            match truth.masks.has(&row.id).then(|| first_lines.entry(row.id.clone())) {
                None => tally.without_truth += 1,
                Some(Entry::Vacant(place)) => {
                    place.insert(row.line);
                    judged_now.push(row);
                }
                Some(Entry::Occupied(first)) => {
                    let repeated = LineDefect::Repeated { first: *first.get() };
                    tally.failures.push((row.id, in_line(row.line, &repeated)));
                }
            }
        }
        let Ok(()) = in_order(
            &judged_now,
            |row| in_words(|| judge_row(truth, row, params)),
            |row, judged: Result<FieldVerdicts, String>| {
                done(BatchEvent::FieldDone { failed: judged.is_err() });
                tally.add(row.id.clone(), judged);
                Ok::<_, Infallible>(())
            },
        );
    }
    let without_row: Vec<&str> = truth.masks.ids().filter(|id| !first_lines.contains_key(*id)).collect();
    let Ok(()) = in_order(
        &without_row,
        |id| in_words(|| judge_field(truth, id, &FoundField::default(), params)),
        |id, judged: Result<FieldVerdicts, String>| {
            done(BatchEvent::FieldDone { failed: judged.is_err() });
            tally.add((*id).to_owned(), judged);
            Ok::<_, Infallible>(())
        },
    );
    let without_mask = truth.labels.keys().filter(|id| !truth.masks.has(id));
    tally.failures.extend(without_mask.map(|id| (id.clone(), NO_MASK.to_owned())));
    Ok(SubmissionReport {
        score: tally.sum.score(),
        images: tally.images,
        failures: tally.failures,
        without_row: without_row.into_iter().map(str::to_owned).collect(),
        without_truth: tally.without_truth,
        unlabelled_cells: tally.unlabelled_cells,
        cells_without_mask: tally.cells_without_mask,
    })
}

/// The images so far.
#[derive(Default)]
struct Tally {
    sum: SubmissionTally,
    images: usize,
    failures: Vec<(String, String)>,
    without_truth: usize,
    unlabelled_cells: usize,
    cells_without_mask: usize,
}

impl Tally {
    fn add(&mut self, id: String, judged: Result<FieldVerdicts, String>) {
        match judged {
            Ok(verdicts) => {
                self.images += 1;
                self.unlabelled_cells += verdicts.unlabelled_cells;
                self.cells_without_mask += verdicts.cells_without_mask;
                self.sum.add(verdicts);
            }
            Err(reason) => self.failures.push((id, reason)),
        }
    }
}

fn judge_row(truth: &CellTruth, row: &SubmissionRow, params: MatchParams) -> Result<FieldVerdicts, Box<dyn Error>> {
    let predictions = row.predictions().map_err(|defect| in_line(row.line, &defect))?;
    let detection = |(location, confidence, mask)| Detection { location, confidence, mask };
    let detections = predictions.triples.into_iter().map(detection).collect();
    judge_field(truth, &row.id, &FoundField { masks: predictions.masks, detections }, params)
}

fn in_line(line: usize, defect: &LineDefect) -> String {
    format!("line {line}: {defect}")
}

fn judge_field(
    truth: &CellTruth,
    id: &str,
    found: &FoundField,
    params: MatchParams,
) -> Result<FieldVerdicts, Box<dyn Error>> {
    let mask = truth.masks.read(id).ok_or(NO_MASK)??;
    let no_cell = BTreeMap::new();
    let labels = truth.labels.get(id).unwrap_or(&no_cell);
    let image_labels = truth.image_labels.get(id).copied().unwrap_or_default();
    Ok(judge(&TruthField { mask: &mask, labels, image_labels }, found, params)?)
}

/// Suspects by the cells of the truth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedSuspects {
    /// Those whose cell is known.
    pub suspects: Vec<Suspect>,
    /// Number of those whose anchor is not on a cell of the truth.
    pub off_cells: usize,
    /// The images whose mask cannot be read, with the reason; their suspects do not count.
    pub failures: Vec<(String, String)>,
}

/// Finds the cells that `rows` speak of. Masks are read only of images with a cell that is named by its anchor.
#[must_use]
pub fn place_suspects(rows: Vec<SuspectRow>, masks: &MaskSet) -> PlacedSuspects {
    let mut by_image: BTreeMap<String, Vec<SuspectRow>> = BTreeMap::new();
    for row in rows {
        by_image.entry(row.image.clone()).or_default().push(row);
    }
    let images: Vec<(String, Vec<SuspectRow>)> = by_image.into_iter().collect();
    let mut placed = PlacedSuspects::default();
    let Ok(()) = in_order(
        &images,
        |(image, rows)| in_words(|| cells_of(image, rows, masks)),
        |(image, rows), cells: Result<Vec<u32>, String>| {
            match cells {
                Ok(cells) => {
                    placed.off_cells += cells.iter().filter(|&&cell| cell == 0).count();
                    let on_cells = rows.iter().zip(cells).filter(|&(_, cell)| cell > 0);
                    placed.suspects.extend(on_cells.map(|(row, cell)| Suspect {
                        image: image.clone(),
                        cell,
                        location: row.location,
                        score: row.score,
                    }));
                }
                Err(reason) => placed.failures.push((image.clone(), reason)),
            }
            Ok::<_, Infallible>(())
        },
    );
    placed
}

/// The id of each row's cell; 0 where there is none.
fn cells_of(image: &str, rows: &[SuspectRow], masks: &MaskSet) -> Result<Vec<u32>, Box<dyn Error>> {
    let is_anchored = rows.iter().any(|row| matches!(row.cell, CellName::Anchor(..)));
    let mask = if is_anchored { Some(masks.read(image).ok_or(NO_MASK)??) } else { None };
    let id_at = |row: usize, col: usize| {
        let mask = mask.as_ref().filter(|mask| row < mask.height() && col < mask.width());
        mask.map_or(0, |mask| mask[(row, col)])
    };
    let cell = |row: &SuspectRow| match row.cell {
        CellName::Id(id) => id,
        CellName::Anchor(row, col) => id_at(row, col),
    };
    Ok(rows.iter().map(cell).collect())
}
