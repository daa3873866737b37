//! What rules say of cells that they have not seen: how well they rank them, and which labels are to be doubted.

use std::collections::HashSet;

use ndarray::Array2;
use rayon::prelude::*;

use super::lessons::{DecidedCells, Lessons};
use crate::{
    atlas::{Location, LocationSet},
    pipeline::classifier::{Targets, Unscored, retraining::CrossFit},
    score::{
        curves::{CalibrationBin, Ranked, calibration},
        doubt::doubts_where,
    },
};

/// Parts of 0 to 1 in which predictions are compared with what was observed.
pub const CALIBRATION_BINS: usize = 10;

/// Points that a curve is drawn with at most.
const CURVE_POINTS: usize = 300;

/// Stands for a cell that is not learnt from.
const NOT_JUDGED: u32 = u32::MAX;

/// What is known of the rules of a model by cross-validation.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub(super) cross_fit: CrossFit,
    /// Of each cell by number, its row.
    row_of: Vec<u32>,
    /// (rows, locations).
    doubts: Array2<f32>,
    /// How good each location's rule is, by [`Location::index`].
    pub locations: Vec<LocationJudgement>,
    /// Mean average precision of the locations that have one.
    pub mean: Option<f64>,
    /// The same on cells that people decided about alone.
    pub mean_of_decided: Option<f64>,
}

/// How good the rules of one location are.
#[derive(Clone, Debug, PartialEq)]
pub struct LocationJudgement {
    /// Cells that show it, as they are taught.
    pub positives: usize,
    /// Cells that do not.
    pub negatives: usize,
    /// How well the one are ranked above the other, or why that cannot be told.
    pub quality: Result<Quality, Unscored>,
    /// What people found of labels that images gave.
    pub given: Reviewed,
    /// What people found of labels that images did not give.
    pub absent: Reviewed,
    /// Probabilities in ascending order, of cells that do not show it and of those that do.
    probabilities: [Vec<f32>; 2],
}

/// How well cells that show a location rank above those that do not.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// By chance it is the share of positives.
    pub average_precision: f64,
    /// By chance it is one half.
    pub area_under_curve: f64,
    /// (recall, precision) from the highest threshold to the lowest, thinned out for drawing.
    pub curve: Vec<[f64; 2]>,
    /// What was predicted against what was observed.
    pub calibration: Vec<CalibrationBin>,
}

/// What people found of labels of labelled images' cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Labels that somebody decided about.
    pub reviewed: usize,
    /// Those that turned out otherwise than the image says.
    pub changed: usize,
    /// Labels that nobody decided about.
    pub open: usize,
}

impl Reviewed {
    fn add(&mut self, other: Self) {
        self.reviewed += other.reviewed;
        self.changed += other.changed;
        self.open += other.open;
    }
}

/// What lies at or above a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Above {
    /// Cells that are taught to show the location.
    pub positives: usize,
    /// Cells that are taught not to.
    pub negatives: usize,
}

impl LocationJudgement {
    fn side(&mut self, is_given: bool) -> &mut Reviewed {
        if is_given { &mut self.given } else { &mut self.absent }
    }

    /// What lies at or above a threshold. O(log n).
    #[must_use]
    pub fn above(&self, threshold: f32) -> Above {
        let count = |sorted: &Vec<f32>| sorted.len() - sorted.partition_point(|&probability| probability < threshold);
        Above { negatives: count(&self.probabilities[0]), positives: count(&self.probabilities[1]) }
    }
}

impl Judgement {
    /// Judges by what was said of cells that were held out.
    #[must_use]
    pub fn new(lessons: &Lessons, targets: &Targets, cross_fit: CrossFit, decided: &[DecidedCells]) -> Self {
        let rows = lessons.trainer().rows();
        let mut row_of = vec![NOT_JUDGED; lessons.cells().len()];
        rows.iter().enumerate().for_each(|(row, &number)| row_of[number] = row as u32);
        let given: Vec<LocationSet> = rows.par_iter().map(|&number| given(lessons, targets, number)).collect();
        let images: Vec<usize> = rows.iter().map(|&number| lessons.cells()[number].field as usize).collect();
        let is_told = |row: usize, location: Location| targets.of(rows[row], location).is_some();
        let doubts = doubts_where(cross_fit.probabilities.view(), &given, &images, is_told);
        let all: Vec<Location> = Location::all().collect();
        let mut locations: Vec<LocationJudgement> =
            all.par_iter().map(|&location| judged(lessons, targets, &cross_fit, location)).collect();
        count_reviewed(lessons, decided, &mut locations);
        let mean =
            mean(locations.iter().filter_map(|location| Some(location.quality.as_ref().ok()?.average_precision)));
        let mean_of_decided = mean_of_decided(lessons, decided, &cross_fit, &row_of);
        Self { cross_fit, row_of, doubts, locations, mean, mean_of_decided }
    }

    /// How good the rules of a location are.
    #[must_use]
    pub fn of(&self, location: Location) -> Option<&LocationJudgement> {
        self.locations.get(location.index())
    }

    /// The probability of a location for a cell by number; `None` if it was not judged.
    #[must_use]
    pub fn probability(&self, number: usize, location: Location) -> Option<f32> {
        self.cross_fit.probabilities.get([self.row(number)?, location.index()]).copied()
    }

    /// How much is to be doubted what is said of a cell as to a location; `None` if it was not judged.
    #[must_use]
    pub fn doubt(&self, number: usize, location: Location) -> Option<f32> {
        self.doubts.get([self.row(number)?, location.index()]).copied()
    }

    /// What people found of labels that images gave or, if not `is_given`, did not give: of one location, or of all.
    #[must_use]
    pub fn reviewed(&self, location: Option<Location>, is_given: bool) -> Reviewed {
        let mut sum = Reviewed::default();
        for (of, judged) in Location::all().zip(&self.locations) {
            if location.is_none_or(|location| location == of) {
                sum.add(if is_given { judged.given } else { judged.absent });
            }
        }
        sum
    }

    fn row(&self, number: usize) -> Option<usize> {
        self.row_of.get(number).copied().filter(|&row| row != NOT_JUDGED).map(|row| row as usize)
    }
}

/// The labels that hold for a cell: what it is taught as or, where that is open, what its image says.
fn given(lessons: &Lessons, targets: &Targets, number: usize) -> LocationSet {
    let of_image = lessons.of_image(number).unwrap_or_default();
    let holds = |location: &Location| match targets.of(number, *location) {
        Some(target) if target > 0.5 => true,
        Some(target) if target < 0.5 => false,
        _ => of_image.contains(*location),
    };
    Location::all().filter(holds).collect()
}

fn judged(lessons: &Lessons, targets: &Targets, cross_fit: &CrossFit, location: Location) -> LocationJudgement {
    let probabilities = cross_fit.probabilities.column(location.index());
    let rows = lessons.trainer().rows();
    let mut cells: Vec<(f32, bool)> = Vec::with_capacity(rows.len());
    // Samples with a cell that does not show it, and those with one that does.
    let mut samples = [HashSet::new(), HashSet::new()];
    for (&number, &probability) in rows.iter().zip(probabilities) {
        // A grade in the middle says neither.
        let Some(target) = targets.of(number, location).filter(|&target| (target - 0.5).abs() > 1e-6) else { continue };
        cells.push((probability, target > 0.5));
        samples[usize::from(target > 0.5)].insert(lessons.samples()[number]);
    }
    let ranked = Ranked::of(&cells);
    let quality = match Unscored::of(samples[1].len(), samples[0].len()) {
        Some(reason) => Err(reason),
        None => Ok(Quality {
            average_precision: ranked.average_precision().unwrap_or(0.0),
            area_under_curve: ranked.area_under_curve().unwrap_or(0.5),
            curve: thinned(&ranked.precision_recall()),
            calibration: calibration(&cells, CALIBRATION_BINS),
        }),
    };
    let probabilities = [false, true].map(|shows| {
        let mut of_kind: Vec<f32> = cells.iter().filter(|cell| cell.1 == shows).map(|cell| cell.0).collect();
        of_kind.sort_by(f32::total_cmp);
        of_kind
    });
    let (positives, negatives) = ranked.counts();
    let (given, absent) = (Reviewed::default(), Reviewed::default());
    LocationJudgement { positives, negatives, quality, given, absent, probabilities }
}

/// Counts what people found of labels that images gave or did not give.
fn count_reviewed(lessons: &Lessons, decided: &[DecidedCells], locations: &mut [LocationJudgement]) {
    for (of_image, cells) in lessons.labelled_images() {
        for (location, judged) in Location::all().zip(locations.iter_mut()) {
            judged.side(of_image.contains(location)).open += cells;
        }
    }
    for (number, location, shows) in lessons.verdicts(decided) {
        let Some((of_image, judged)) = lessons.of_image(number).zip(locations.get_mut(location.index())) else {
            continue;
        };
        let is_given = of_image.contains(location);
        let side = judged.side(is_given);
        side.reviewed += 1;
        side.changed += usize::from(shows != is_given);
        side.open = side.open.saturating_sub(1);
    }
}

/// At most [`CURVE_POINTS`] points of a curve, the first and the last among them.
fn thinned(curve: &[(f64, f64)]) -> Vec<[f64; 2]> {
    let step = curve.len().div_ceil(CURVE_POINTS - 1).max(1);
    let last = curve.last().filter(|_| !(curve.len() - 1).is_multiple_of(step));
    curve.iter().step_by(step).chain(last).map(|&(recall, precision)| [recall, precision]).collect()
}

/// Mean average precision on cells that people decided about, of the locations with a yes and a no.
fn mean_of_decided(lessons: &Lessons, decided: &[DecidedCells], cross_fit: &CrossFit, row_of: &[u32]) -> Option<f64> {
    let mut cells: Vec<Vec<(f32, bool)>> = vec![Vec::new(); Location::COUNT];
    for (number, location, shows) in lessons.verdicts(decided) {
        let row = row_of.get(number).copied().unwrap_or(NOT_JUDGED) as usize;
        if let Some(&probability) = cross_fit.probabilities.get([row, location.index()]) {
            cells[location.index()].push((probability, shows));
        }
    }
    mean(cells.iter().map(|cells| Ranked::of(cells)).filter_map(|ranked| {
        let (positives, negatives) = ranked.counts();
        ranked.average_precision().filter(|_| positives > 0 && negatives > 0)
    }))
}

/// `None` of none.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}
