//! What becomes of the predictions for one field: which of them find a cell of their location, and why others do not.
//!
//! Location by location, from the highest confidence down (of equal ones in the order of the row), a detection looks
//! for the true cell of its location that it overlaps most. From an intersection over union of 0.6 on it has found
//! that cell, unless another detection has before. Only cells of the location are looked at, and no second choice is
//! made. Source: the evaluation of PASCAL VOC 2010 as Open Images uses it, which the competition took over.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::SizesDiffer;
use crate::{
    atlas::{Location, LocationSet},
    imaging::{BorderContact, Plane, RunLengths, rle::Bounds},
};

/// What the intersection over union is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// The masks: the competition's own words.
    #[default]
    Masks,
    /// The smallest rectangles around the masks: what the evaluation code its hosts published does.
    Boxes,
}

/// What becomes of detections of a location that the image does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// They do not count. So Open Images treats classes nobody has looked for in an image, and so the published
    /// evaluation treats all that an image does not show.
    #[default]
    Drop,
    /// They are false like others: right where the truth is complete, and harder.
    Keep,
}

/// The open choices of the competition's measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchParams {
    /// What the intersection over union is of.
    pub overlap: Overlap,
    /// What becomes of detections of a location that the image does not show.
    pub absent: Absent,
}

impl MatchParams {
    /// The least intersection over union of a detection and the cell it has found, in tenths.
    pub const LEAST_IOU_TENTHS: u64 = 6;
}

/// The truth about one field.
#[derive(Clone, Copy, Debug)]
pub struct TruthField<'a> {
    /// The cells by id, 0 = background.
    pub mask: &'a Plane<u32>,
    /// What each cell shows. A cell of the mask that is not here shows nothing; one that is here and not in the mask
    /// does not count.
    pub labels: &'a BTreeMap<u32, LocationSet>,
    /// What the image shows besides what its cells do.
    pub image_labels: LocationSet,
}

/// One prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Where the protein is said to be.
    pub location: Location,
    /// How sure that is; only the order counts.
    pub confidence: f64,
    /// The place of its mask in [`FoundField::masks`].
    pub mask: usize,
}

/// The predictions for one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundField {
    /// The different masks, each of the image's size. Those without a pixel stand for "no cell" and do not count.
    pub masks: Vec<RunLengths>,
    /// All predictions, in their order.
    pub detections: Vec<Detection>,
}

/// What became of a detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has found a cell of its location.
    Right,
    /// The cell of its location that it overlaps most has been found before.
    Duplicate,
    /// It overlaps a cell enough, but none of its location.
    WrongLocation,
    /// It overlaps no cell enough.
    NoCell,
}

/// A detection that was judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Its confidence.
    pub confidence: f64,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether the cell that was found, or else the detection's mask, touches the border of the image.
    pub at_border: bool,
}

/// What became of one location in one field or in several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocationVerdicts {
    /// True cells that show it.
    pub cells: usize,
    /// Those of them that touch the border of the image.
    pub border_cells: usize,
    /// Its detections.
    pub judged: Vec<Judged>,
}

/// What became of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldVerdicts {
    /// By location.
    pub locations: [LocationVerdicts; Location::COUNT],
    /// Cells of the mask whose labels nobody gave.
    pub unlabelled_cells: usize,
    /// Labelled cells that the mask does not show.
    pub cells_without_mask: usize,
}

/// Judges the predictions `found` of one field by its `truth`.
///
/// Time O(n) for n pixels of the mask and of all different masks found; memory one plane of 32 bit.
///
/// # Errors
/// If a mask found has another size than the true one.
pub fn judge(truth: &TruthField, found: &FoundField, params: MatchParams) -> Result<FieldVerdicts, SizesDiffer> {
    for mask in &found.masks {
        SizesDiffer::check(truth.mask.size(), (mask.height(), mask.width()))?;
    }
    let cells = cells_of(truth.mask);
    let matches = match params.overlap {
        Overlap::Masks => mask_matches(truth.mask, &cells, &found.masks),
        Overlap::Boxes => found.masks.iter().map(|mask| box_matches(&cells, mask)).collect(),
    };
    let labels_of = |cell: u32| truth.labels.get(&cell).copied().unwrap_or_default();
    let mut verdicts = FieldVerdicts {
        unlabelled_cells: cells.keys().filter(|cell| !truth.labels.contains_key(cell)).count(),
        cells_without_mask: truth.labels.keys().filter(|cell| !cells.contains_key(cell)).count(),
        ..FieldVerdicts::default()
    };
    let mut shown = truth.image_labels;
    for (&id, cell) in &cells {
        shown = shown.union(labels_of(id));
        for location in labels_of(id).iter() {
            let of_location = &mut verdicts.locations[location.index()];
            of_location.cells += 1;
            of_location.border_cells += usize::from(cell.at_border);
        }
    }

    let at_border: Vec<bool> = found.masks.iter().map(|mask| BorderContact::of(mask).is_any()).collect();
    let mut ranked: Vec<&Detection> = found
        .detections
        .iter()
        .filter(|detection| found.masks[detection.mask].area() > 0)
        .filter(|detection| params.absent == Absent::Keep || shown.contains(detection.location))
        .collect();
    ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut taken = HashSet::new();
    for detection in ranked {
        let matches = &matches[detection.mask];
        let of_location = matches.iter().find(|cell| labels_of(**cell).contains(detection.location));
        let (verdict, at_border) = match of_location {
            Some(&cell) if taken.insert((cell, detection.location)) => (Verdict::Right, cells[&cell].at_border),
            Some(_) => (Verdict::Duplicate, at_border[detection.mask]),
            None if matches.is_empty() => (Verdict::NoCell, at_border[detection.mask]),
            None => (Verdict::WrongLocation, at_border[detection.mask]),
        };
        let judged = Judged { confidence: detection.confidence, verdict, at_border };
        verdicts.locations[detection.location.index()].judged.push(judged);
    }
    Ok(verdicts)
}

/// Where a true cell lies.
struct Cell {
    area_px: u64,
    bounds: Bounds,
    at_border: bool,
}

/// The cells of a mask by id.
fn cells_of(mask: &Plane<u32>) -> BTreeMap<u32, Cell> {
    let (height, width) = mask.size();
    // First row and column, last row and column, area.
    let mut places: HashMap<u32, ([usize; 2], [usize; 2], u64)> = HashMap::new();
    for row in 0..height {
        let mut col = 0;
        for run in mask.row(row).chunk_by(|id, next| id == next) {
            let (first, last) = (col, col + run.len() - 1);
            col += run.len();
            if run[0] > 0 {
                let (low, high, area) = places.entry(run[0]).or_insert(([row, first], [row, last], 0));
                *low = [low[0].min(row), low[1].min(first)];
                *high = [high[0].max(row), high[1].max(last)];
                *area += run.len() as u64;
            }
        }
    }
    let cell = |(low, high, area_px): ([usize; 2], [usize; 2], u64)| Cell {
        area_px,
        bounds: Bounds { top: low[0], left: low[1], height: high[0] - low[0] + 1, width: high[1] - low[1] + 1 },
        at_border: low.contains(&0) || high[0] + 1 == height || high[1] + 1 == width,
    };
    places.into_iter().map(|(id, place)| (id, cell(place))).collect()
}

/// For each of `masks` the cell it overlaps enough, of which there is one at most: cells do not overlap each other.
fn mask_matches(truth: &Plane<u32>, cells: &BTreeMap<u32, Cell>, masks: &[RunLengths]) -> Vec<Vec<u32>> {
    // Run lengths go down the columns; so must the cells under them for memory to be read in its order.
    let (height, width) = truth.size();
    let by_column = Plane::from_fn(width, height, |col, row| truth[(row, col)]);
    let matches_of = |mask: &RunLengths| {
        let mut shared: BTreeMap<u32, u64> = BTreeMap::new();
        for run in mask.ones() {
            for ids in by_column.samples()[run].chunk_by(|id, next| id == next).filter(|ids| ids[0] > 0) {
                *shared.entry(ids[0]).or_default() += ids.len() as u64;
            }
        }
        let enough = |&(cell, shared): &(u32, u64)| is_enough(shared, cells[&cell].area_px + mask.area() as u64);
        shared.into_iter().filter(enough).map(|(cell, _)| cell).collect()
    };
    masks.iter().map(matches_of).collect()
}

/// The cells whose box the box of `mask` overlaps enough, from the greatest overlap down, of equal ones by id.
fn box_matches(cells: &BTreeMap<u32, Cell>, mask: &RunLengths) -> Vec<u32> {
    let Some(bounds) = mask.bounds() else { return Vec::new() };
    let area = |bounds: &Bounds| (bounds.height * bounds.width) as u64;
    let mut matches: Vec<(u32, f64)> = cells
        .iter()
        .filter_map(|(&id, cell)| {
            let (shared, areas) = (shared_area(&bounds, &cell.bounds), area(&bounds) + area(&cell.bounds));
            is_enough(shared, areas).then(|| (id, shared as f64 / (areas - shared) as f64))
        })
        .collect();
    matches.sort_by(|a, b| b.1.total_cmp(&a.1));
    matches.into_iter().map(|(id, _)| id).collect()
}

/// Whether the intersection over union is. `areas`: of both together, what they share counting twice.
fn is_enough(shared: u64, areas: u64) -> bool {
    10 * shared >= MatchParams::LEAST_IOU_TENTHS * (areas - shared)
}

/// The pixels in both rectangles.
fn shared_area(a: &Bounds, b: &Bounds) -> u64 {
    let along = |a: usize, a_len: usize, b: usize, b_len: usize| (a + a_len).min(b + b_len).saturating_sub(a.max(b));
    (along(a.top, a.height, b.top, b.height) * along(a.left, a.width, b.left, b.width)) as u64
}
