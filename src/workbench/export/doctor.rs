//! The submission doctor: looks at what was just written as anybody else would see it. The file is checked by the rules
//! of the competition, its masks and the label maps are decoded and compared with the cells that they are to be, and it
//! is scored where one knows what cells show. Nothing is taken from memory that could be read back.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

use rayon::prelude::*;

use super::{
    ExportError, ExportWatch,
    effects::{KnownFrom, LocalScore, Predicted, local_score},
    files::is_written,
    gather::{Gathered, GatheredField, MaskSeal},
    target::{MaskTarget, Target},
    truth::Truth,
};
use crate::{
    atlas::Location,
    imaging::{Plane, RunLengths, ScaledMask, rle::region_run_lengths},
    pipeline::submission::Selection,
    score::MatchParams,
    storage::{
        MaskFolder,
        masks::{MaskKind, read_mask},
        submission::{Sizes, SubmissionRow, SubmissionRows, check_submission},
    },
    workbench::scoring::{CellTruth, score_submission},
};

/// Things of one kind that are named one by one.
pub const NAMED: usize = 20;

/// What the doctor found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// Rows of the submission; `None` if there is none.
    pub rows: Option<usize>,
    /// Triples of location, confidence and mask in it.
    pub predictions: usize,
    /// Cells in it.
    pub cells: usize,
    /// Everything that is against the rules.
    pub defects: Vec<String>,
    /// Masks of the submission that were compared with cells.
    pub compared: usize,
    /// Masks of label maps that were.
    pub compared_in_maps: usize,
    /// Every mask that is not that of its cell.
    pub unlike: Vec<String>,
    /// How good it is, where one knows what cells show.
    pub score: Option<Scored>,
}

/// How good the submission is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scored {
    /// By the measure of the competition against a truth: the mean average precision, and of how many locations.
    ByTruth(f64, usize),
    /// By how it ranks the cells about which people decided.
    ByDecisions(LocalScore),
}

impl Diagnosis {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.defects.is_empty() && self.unlike.is_empty()
    }

    /// What was found, a sentence each; the verdict first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if let Some(rows) = self.rows {
            let verdict = match self.defects.len() {
                0 => "without a defect".to_owned(),
                1 => "with 1 defect".to_owned(),
                defects => format!("with {defects} defects"),
            };
            let Self { predictions, cells, .. } = self;
            sentences
                .push(format!("submission.csv has {rows} rows, {cells} cells, {predictions} predictions: {verdict}"));
        }
        let compared = [(self.compared, "submission.csv"), (self.compared_in_maps, "label maps")];
        for (count, place) in compared.into_iter().filter(|(count, _)| *count > 0) {
            sentences.push(format!("{count} masks of {place} were decoded and compared with the cells"));
        }
        if self.compared + self.compared_in_maps > 0 {
            let unlike = self.unlike.len();
            sentences.push(if unlike == 0 {
                "all masks are right".to_owned()
            } else {
                format!("{unlike} masks differ")
            });
        }
        match self.score {
            Some(Scored::ByTruth(score, locations)) => sentences.push(format!(
                "mean average precision by {}: {score:.4}, over {locations} locations, at an overlap of 0.6",
                KnownFrom::Truth.name()
            )),
            Some(Scored::ByDecisions(LocalScore { mean_average_precision: score, locations, answers })) => {
                sentences.push(format!(
                    "mean average precision by {}: {score:.4}, over {locations} locations and {answers} answers",
                    KnownFrom::Decisions.name()
                ));
            }
            None => {}
        }
        let found: Vec<&String> = self.defects.iter().chain(&self.unlike).collect();
        sentences.extend(found.iter().take(NAMED).map(|sentence| (*sentence).clone()));
        if found.len() > NAMED {
            sentences.push(format!("and {} more", found.len() - NAMED));
        }
        sentences
    }
}

/// What should be in the files.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The cells.
    pub gathered: &'a Gathered,
    /// What is predicted of them.
    pub predicted: Option<&'a Predicted>,
    /// The confidences that were written, and which of them.
    pub written: Option<(&'a [[f32; Location::COUNT]], &'a Selection)>,
    /// What cells really show.
    pub truth: Option<&'a Truth>,
}

/// Examines what was written into `target`.
///
/// # Errors
/// If a file cannot be read back, or the work is stopped. What is wrong in it is in the diagnosis.
pub fn examine(target: &Target, expected: Expected, watch: ExportWatch) -> Result<Diagnosis, ExportError> {
    let mut diagnosis = Diagnosis::default();
    let gathered = expected.gathered;
    if let Some((confidences, selection)) = expected.written.filter(|_| target.products.submission) {
        let path = target.submission();
        watch.begin("Checking the submission", 0)?;
        let sizes: Sizes = gathered.fields.iter().map(|field| (field.id.clone(), field.size)).collect();
        let report = check_submission(&path, Some(&sizes))?;
        diagnosis.rows = Some(report.rows);
        (diagnosis.cells, diagnosis.predictions) = (report.cells, report.predictions);
        diagnosis.defects = report.defects.iter().map(ToString::to_string).collect();
        watch.begin("Comparing its masks with the cells", 0)?;
        let found = compare_submission(&path, gathered, confidences, selection)?;
        (diagnosis.compared, diagnosis.unlike) = found;
        watch.begin("Scoring the submission", 0)?;
        diagnosis.score = score(&path, &expected, confidences)?;
    }
    if let Some(masks) = target.masks() {
        watch.begin("Comparing label maps with the cells", 0)?;
        let found = compare_maps(&masks, gathered);
        diagnosis.compared_in_maps = found.0;
        diagnosis.unlike.extend(found.1);
    }
    Ok(diagnosis)
}

fn score(
    path: &Path,
    expected: &Expected,
    confidences: &[[f32; Location::COUNT]],
) -> Result<Option<Scored>, ExportError> {
    if let Some(Truth { masks, labels }) = expected.truth {
        let truth = CellTruth { masks, labels, image_labels: &BTreeMap::new() };
        let report = score_submission(&truth, path, MatchParams::default(), |_| {})
            .map_err(|error| ExportError::Fault(error.to_string()))?;
        let mean = report.score.mean_average_precision;
        return Ok(mean.map(|mean| Scored::ByTruth(mean, report.score.scored_locations)));
    }
    let Some(predicted) = expected.predicted else { return Ok(None) };
    let confidences = ndarray::ArrayView2::from(confidences);
    Ok(local_score(confidences, &predicted.known).map(Scored::ByDecisions))
}

/// Every mask of the submission against the cells that should be in it; how many were compared, and which differ.
fn compare_submission(
    path: &Path,
    gathered: &Gathered,
    confidences: &[[f32; Location::COUNT]],
    selection: &Selection,
) -> Result<(usize, Vec<String>), ExportError> {
    let mut confidences = confidences.iter();
    let mut expected: HashMap<&str, Vec<(u32, MaskSeal)>> = HashMap::new();
    for field in &gathered.fields {
        let cells = field.cells.iter().zip(confidences.by_ref());
        let written = cells.filter(|(cell, confidences)| is_written(field, cell, selection.of_cell(confidences)));
        let seals = written.filter_map(|(cell, _)| {
            field.masks.binary_search_by_key(&cell.id, |(id, _)| *id).ok().map(|at| field.masks[at])
        });
        expected.insert(&field.id, seals.collect());
    }
    let mut rows = SubmissionRows::open(path).map_err(|error| ExportError::Fault(error.to_string()))?;
    let (mut compared, mut unlike) = (0, Vec::new());
    loop {
        let batch = rows.next_batch()?;
        if batch.is_empty() {
            return Ok((compared, unlike));
        }
        let of_row = |row: &SubmissionRow| {
            let cells = expected.get(row.id.as_str()).map_or(&[] as &[_], Vec::as_slice);
            // That a row cannot be read is a defect already.
            let decoded: Vec<RunLengths> = row.predictions().map(|found| found.masks).unwrap_or_default();
            let seals = decoded.iter().filter(|mask| mask.area() > 0).map(MaskSeal::of).collect();
            (cells.len(), differences(&row.id, "submission.csv", cells, seals))
        };
        for (cells, differ) in batch.par_iter().map(of_row).collect::<Vec<_>>() {
            compared += cells;
            unlike.extend(differ);
        }
    }
}

/// The cells of one image that are not in `found`, and the masks in `found` that are no cell.
fn differences(image: &str, place: &str, cells: &[(u32, MaskSeal)], found: Vec<MaskSeal>) -> Vec<String> {
    let known: HashSet<MaskSeal> = found.iter().copied().collect();
    let mut strange: Vec<MaskSeal> = {
        let cells: HashSet<MaskSeal> = cells.iter().map(|(_, seal)| *seal).collect();
        found.into_iter().filter(|seal| !cells.contains(seal)).collect()
    };
    strange.reverse();
    let mut sentences = Vec::new();
    for (id, seal) in cells.iter().filter(|(_, seal)| !known.contains(seal)) {
        let instead =
            strange.pop().map_or_else(|| "is missing".to_owned(), |other| format!("has {} pixels", other.area_px));
        sentences.push(format!("image '{image}', cell {id} of {} pixels: its mask in {place} {instead}", seal.area_px));
    }
    let more = strange.into_iter().rev();
    sentences
        .extend(more.map(|seal| format!("image '{image}': a mask of {} pixels in {place} is no cell", seal.area_px)));
    sentences
}

/// Every label map of cells against the cells.
fn compare_maps(masks: &MaskTarget, gathered: &Gathered) -> (usize, Vec<String>) {
    let folder = MaskFolder { path: &masks.folder, format: masks.format };
    let of_field = |field: &GatheredField| {
        let path = folder.path.join(MaskKind::Cells.file_name(&field.id, folder.format));
        let map: Plane<u32> = match read_mask(&path) {
            Ok(map) => map,
            Err(error) => return (0, vec![error.to_string()]),
        };
        let (height, width) = map.size();
        let found = region_run_lengths(&ScaledMask::new(map, height, width));
        let found: Vec<(u32, MaskSeal)> = found.iter().map(|(id, mask)| (*id, MaskSeal::of(mask))).collect();
        if found == field.masks {
            return (found.len(), Vec::new());
        }
        let seals = found.iter().map(|(_, seal)| *seal).collect();
        let mut differ = differences(&field.id, "its label map", &field.masks, seals);
        if differ.is_empty() {
            differ.push(format!("image '{}': the cells have other numbers in its label map", field.id));
        }
        (found.len(), differ)
    };
    let fields: Vec<&GatheredField> = gathered.fields.iter().filter(|field| field.failure.is_none()).collect();
    let compared: Vec<(usize, Vec<String>)> = fields.par_iter().map(|field| of_field(field)).collect();
    let count = compared.iter().map(|(count, _)| count).sum();
    (count, compared.into_iter().flat_map(|(_, differ)| differ).collect())
}
