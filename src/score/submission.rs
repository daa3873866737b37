//! The competition's measure: average precision of every location over all images, meaned over locations; and where
//! it was lost.
//!
//! Average precision is the area under the [envelope](Interpolation::Envelope) of precision over recall. What it lacks
//! to 1 is in two parts: cells that no detection found (1 − recall), and cells found too late, behind false detections
//! (recall − average precision: with the same detections in a perfect order it would be the recall). Which false
//! detections stood in the way is told, kind by kind, by what average precision would gain without them; these gains
//! do not add up. After Bolya et al., TIDE (2020).

use serde::Serialize;

use super::{
    average_precision::{Interpolation, average_precision},
    detections::{FieldVerdicts, Judged, LocationVerdicts, Verdict},
    share,
};
use crate::atlas::Location;

/// What became of the fields so far. Holds 16 bytes a detection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubmissionTally {
    locations: [LocationVerdicts; Location::COUNT],
}

impl SubmissionTally {
    /// Takes in one more field. The order of fields does not count.
    pub fn add(&mut self, field: FieldVerdicts) {
        for (sum, of_field) in self.locations.iter_mut().zip(field.locations) {
            sum.cells += of_field.cells;
            sum.border_cells += of_field.border_cells;
            sum.judged.extend(of_field.judged);
        }
    }

    /// The score of all fields together.
    #[must_use]
    pub fn score(&self) -> SubmissionScore {
        let locations: Vec<LocationScore> = Location::all()
            .zip(&self.locations)
            .map(|(location, verdicts)| LocationScore::of(location, verdicts))
            .collect();
        let precisions: Vec<f64> = locations.iter().filter_map(|score| score.average_precision).collect();
        let mean = (!precisions.is_empty()).then(|| precisions.iter().sum::<f64>() / precisions.len() as f64);
        SubmissionScore { mean_average_precision: mean, scored_locations: precisions.len(), locations }
    }
}

/// How good a submission is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubmissionScore {
    /// The mean over the locations that a true cell shows; `None` if there is none.
    pub mean_average_precision: Option<f64>,
    /// Number of these locations.
    pub scored_locations: usize,
    /// Every location, by number.
    pub locations: Vec<LocationScore>,
}

/// How well one location was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocationScore {
    /// Its number.
    pub location: Location,
    /// Its name.
    pub name: &'static str,
    /// True cells that show it.
    pub cells: usize,
    /// Detections that count.
    pub detections: usize,
    /// Detections that found a cell; no cell is found twice.
    pub right: usize,
    /// Cells that were not found.
    pub missed: usize,
    /// Those of them at the border of the image.
    pub missed_at_border: usize,
    /// False detections by kind.
    pub no_cell: ErrorKind,
    /// They overlap a cell, but none of this location.
    pub wrong_location: ErrorKind,
    /// Their cell has been found before.
    pub duplicate: ErrorKind,
    /// False detections of any kind whose mask touches the border of the image.
    pub at_border: ErrorKind,
    /// The area under the envelope; `None` if no cell shows the location.
    pub average_precision: Option<f64>,
    /// The share of cells that were found: the average precision of the same detections in a perfect order.
    pub recall: Option<f64>,
    /// What the order costs: recall less average precision.
    pub rank_loss: Option<f64>,
    /// The average precision of cells and detections that do not touch the border.
    pub average_precision_off_border: Option<f64>,
}

/// False detections of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ErrorKind {
    /// Their number.
    pub count: usize,
    /// What average precision would gain without them.
    pub loss: Option<f64>,
}

impl LocationScore {
    fn of(location: Location, verdicts: &LocationVerdicts) -> Self {
        let LocationVerdicts { cells, border_cells, judged } = verdicts;
        let precision_of = |kept: &dyn Fn(&Judged) -> bool, cells: usize| {
            let kept = judged.iter().filter(|judged| kept(judged));
            let ranked: Vec<_> = kept.map(|judged| (judged.confidence, judged.verdict == Verdict::Right)).collect();
            average_precision(&ranked, cells, Interpolation::Envelope)
        };
        let average_precision = precision_of(&|_| true, *cells);
        let error = |is_kind: &dyn Fn(&Judged) -> bool| {
            let without = precision_of(&|judged| !is_kind(judged), *cells);
            ErrorKind {
                count: judged.iter().filter(|judged| is_kind(judged)).count(),
                loss: without.zip(average_precision).map(|(without, with)| without - with),
            }
        };
        let right = judged.iter().filter(|judged| judged.verdict == Verdict::Right);
        let found_at_border = right.clone().filter(|judged| judged.at_border).count();
        let right = right.count();
        let recall = share(right, *cells);
        Self {
            location,
            name: location.name(),
            cells: *cells,
            detections: judged.len(),
            right,
            missed: cells - right,
            missed_at_border: border_cells - found_at_border,
            no_cell: error(&|judged| judged.verdict == Verdict::NoCell),
            wrong_location: error(&|judged| judged.verdict == Verdict::WrongLocation),
            duplicate: error(&|judged| judged.verdict == Verdict::Duplicate),
            at_border: error(&|judged| judged.verdict != Verdict::Right && judged.at_border),
            average_precision,
            recall,
            rank_loss: recall.zip(average_precision).map(|(recall, precision)| recall - precision),
            average_precision_off_border: precision_of(&|judged| !judged.at_border, cells - border_cells),
        }
    }
}
