//! The cells around the nuclei: how far the cytoplasm reaches, and whose it is.
//!
//! Cytoplasm is what is brighter than the background by a share of what is usual around nuclei. It is flooded from the
//! nuclei along its brightest ways, so that borders run where it is dark. Each cell then loses what is dim beside its own
//! brightness and what hangs on by a thread.

use super::{
    foreground::without_holes,
    levels::{Levels, quantile, share_below},
    pieces::shapes_of,
};
use crate::imaging::{
    Connectivity, Plane, basins::flood, distance::squared_distance, regions::number_regions, smoothing::gaussian,
};

/// Lengths as shares of a nucleus' diameter: of the smoothing for thresholds and for flooding, of the ring around a
/// nucleus, and of the disc that a cell is opened by.
const SMOOTHING: f32 = 0.03;
const FLOOD_SMOOTHING: f32 = 0.04;
const RING: f32 = 0.12;
const OPENING: f32 = 0.04;
/// Holes up to this share of a nucleus' square are filled.
const HOLE: f32 = 0.6;
/// Brightness around nuclei, 0 to 510, where there is none to measure.
const UNKNOWN_BRIGHTNESS: f32 = 50.0;
/// A cell loses what is darker than this share of its bright cytoplasm, …
const DIM: f32 = 0.05;
/// … if it has at least so many pixels of it.
const LEAST_CYTOPLASM: usize = 20;
/// Levels of the relief for one of the square root of brightness, which is at most 22.6.
const RELIEF_STEPS: f32 = 2000.0;
const RELIEF_TOP: u16 = 60_000;

/// Where cells may be.
#[derive(Clone, Debug, PartialEq)]
pub struct CellForeground {
    /// The cytoplasm without its noise, 0 to 510.
    pub smooth: Plane<f32>,
    /// Brightness of the background.
    background: f32,
    /// Cytoplasm and nuclei.
    pub foreground: Plane<bool>,
}

/// The cells.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodedCells {
    /// What was flooded, low where the cytoplasm is bright.
    pub relief: Plane<u16>,
    /// The cells: each with the id of its nucleus, which it contains.
    pub mask: Plane<u32>,
}

/// The diameter of a disc of the median area of the nuclei that no border cuts; `otherwise` where there are none.
pub(super) fn diameter_of(nuclei: &Plane<u32>, otherwise: f32) -> f32 {
    let shapes = shapes_of(nuclei);
    let mut areas: Vec<f64> = shapes.iter().filter(|s| s.area > 0.0 && !s.is_at_border).map(|s| s.area).collect();
    areas.sort_by(f64::total_cmp);
    areas.get(areas.len() / 2).map_or(otherwise, |area| (area * 4.0 / std::f64::consts::PI).sqrt() as f32)
}

impl CellForeground {
    /// Of the `cytoplasm` around `nuclei` of the given usual diameter; `level` as a share of the usual brightness.
    #[must_use]
    pub fn of(cytoplasm: &Plane<f32>, nuclei: &Plane<u32>, diameter_px: f32, level: f32) -> Self {
        let smooth = gaussian(cytoplasm, SMOOTHING * diameter_px);
        let background = share_below(&Levels::of(&smooth), 0.01);
        let usual = brightness_around(&smooth, nuclei, RING * diameter_px).unwrap_or(UNKNOWN_BRIGHTNESS);
        let threshold = background + level * (usual - background).max(1.0);
        let pixels = smooth.samples().iter().zip(nuclei.samples());
        let bright = pixels.map(|(&sample, &id)| sample > threshold || id > 0).collect();
        let bright = Plane::from_samples(smooth.height(), smooth.width(), bright);
        let foreground = without_holes(&bright, (HOLE * diameter_px * diameter_px) as usize);
        Self { smooth, background, foreground }
    }
}

/// The median over nuclei of the mean brightness of the ring around them; `None` if no nucleus has one.
fn brightness_around(smooth: &Plane<f32>, nuclei: &Plane<u32>, reach_px: f32) -> Option<f32> {
    let squared = squared_distance(&nuclei.map(|&id| id > 0));
    let is_near = |pixel: usize, _| squared.samples()[pixel] as f32 <= reach_px * reach_px;
    let rings = flood(&nuclei.map(|_| 0), nuclei, is_near);
    let mut sums = vec![(0.0_f64, 0_u32); nuclei.largest() as usize + 1];
    let pixels = rings.samples().iter().zip(nuclei.samples()).zip(smooth.samples());
    for ((&ring, _), &sample) in pixels.filter(|((ring, nucleus), _)| **ring > 0 && **nucleus == 0) {
        sums[ring as usize].0 += f64::from(sample);
        sums[ring as usize].1 += 1;
    }
    let rings = sums.iter().filter(|(_, count)| *count > 0);
    let mut means: Vec<f32> = rings.map(|(sum, count)| (sum / f64::from(*count)) as f32).collect();
    (!means.is_empty()).then(|| quantile(&mut means, 0.5))
}

impl FloodedCells {
    /// Floods the foreground from `nuclei`.
    #[must_use]
    pub fn of(cytoplasm: &Plane<f32>, cells: &CellForeground, nuclei: &Plane<u32>, diameter_px: f32) -> Self {
        let bright = gaussian(cytoplasm, FLOOD_SMOOTHING * diameter_px);
        let relief = bright.map(|&sample| RELIEF_TOP - (sample.max(0.0).sqrt() * RELIEF_STEPS) as u16);
        let mut mask = flood(&relief, nuclei, |pixel, _| cells.foreground.samples()[pixel]);
        drop_dim(&mut mask, cells, nuclei);
        Self { mask: tidied(&mask, nuclei, OPENING * diameter_px), relief }
    }
}

/// Takes from each cell what is dark beside its own cytoplasm.
fn drop_dim(mask: &mut Plane<u32>, cells: &CellForeground, nuclei: &Plane<u32>) {
    let mut by_cell = vec![Vec::new(); nuclei.largest() as usize + 1];
    let outside = |(&cell, &nucleus): (&u32, &u32)| cell > 0 && nucleus == 0;
    let samples = cells.smooth.samples();
    for (pixel, ids) in mask.samples().iter().zip(nuclei.samples()).enumerate() {
        if outside(ids) {
            by_cell[*ids.0 as usize].push(samples[pixel]);
        }
    }
    let least = |samples: &mut Vec<f32>| {
        let is_enough = samples.len() >= LEAST_CYTOPLASM;
        is_enough.then(|| cells.background + DIM * (quantile(samples, 0.9) - cells.background))
    };
    let least: Vec<Option<f32>> = by_cell.iter_mut().map(least).collect();
    for ((cell, &nucleus), &sample) in mask.samples_mut().iter_mut().zip(nuclei.samples()).zip(samples) {
        if nucleus == 0 && least[*cell as usize].is_some_and(|least| sample < least) {
            *cell = 0;
        }
    }
}

/// Each cell opened by a disc, with its nucleus, in one piece and without holes.
fn tidied(mask: &Plane<u32>, nuclei: &Plane<u32>, radius: f32) -> Plane<u32> {
    let (height, width) = mask.size();
    let mut tidy = nuclei.clone();
    for (id, bounds) in boxes(mask) {
        let (id, frame) = (id as u32, radius.ceil() as usize + 1);
        let (rows, cols) = (bounds.bottom - bounds.top + 2 * frame, bounds.right - bounds.left + 2 * frame);
        // A place of the framed box in the picture; beyond its border it goes on as at the border.
        let at = |row: usize, col: usize| {
            let row = (row + bounds.top).saturating_sub(frame).min(height - 1);
            let col = (col + bounds.left).saturating_sub(frame).min(width - 1);
            (row, col)
        };
        let is_beyond = |row: usize, col: usize| {
            row + bounds.top < frame
                || col + bounds.left < frame
                || row + bounds.top - frame >= height
                || col + bounds.left - frame >= width
        };
        let cell = Plane::from_fn(rows, cols, |row, col| mask[at(row, col)] == id);
        let open = opened(&cell, radius);
        let kept = Plane::from_fn(rows, cols, |row, col| {
            !is_beyond(row, col) && (open[(row, col)] && cell[(row, col)] || nuclei[at(row, col)] == id)
        });
        let kept = whole(&kept, |row, col| nuclei[at(row, col)] == id);
        for row in frame..rows - frame {
            for col in frame..cols - frame {
                let place = at(row, col);
                let is_free = tidy[place] == 0 && (mask[place] == 0 || mask[place] == id);
                if kept[(row, col)] && is_free {
                    tidy[place] = id;
                }
            }
        }
    }
    tidy
}

/// `cell` without what a disc of `radius` does not fit into.
fn opened(cell: &Plane<bool>, radius: f32) -> Plane<bool> {
    let square = radius * radius;
    let inner = squared_distance(&cell.map(|inside| !inside)).map(|&squared| squared as f32 > square);
    squared_distance(&inner).map(|&squared| squared as f32 <= square)
}

/// The piece of `cell` with most of the nucleus, without holes. The outermost pixels are outside.
fn whole(cell: &Plane<bool>, is_nucleus: impl Fn(usize, usize) -> bool) -> Plane<bool> {
    let pieces = number_regions(cell, Connectivity::Eight);
    let mut counts = vec![0_usize; pieces.largest() as usize + 1];
    for row in 0..cell.height() {
        for (col, &piece) in pieces.row(row).iter().enumerate() {
            if piece > 0 && is_nucleus(row, col) {
                counts[piece as usize] += 1;
            }
        }
    }
    // The first of those with the most.
    let best = (1..counts.len()).rev().max_by_key(|&piece| counts[piece]).unwrap_or(0) as u32;
    let outside = number_regions(&pieces.map(|&piece| piece == 0 || piece != best), Connectivity::Four);
    let beyond = outside[(0, 0)];
    outside.map(|&piece| piece != beyond)
}

/// Where a region is.
#[derive(Clone, Copy)]
struct Bounds {
    top: usize,
    left: usize,
    bottom: usize,
    right: usize,
}

fn boxes(mask: &Plane<u32>) -> impl Iterator<Item = (usize, Bounds)> {
    let mut boxes: Vec<Option<Bounds>> = vec![None; mask.largest() as usize + 1];
    for row in 0..mask.height() {
        for (col, &id) in mask.row(row).iter().enumerate().filter(|(_, id)| **id > 0) {
            let here = Bounds { top: row, left: col, bottom: row + 1, right: col + 1 };
            let bounds = boxes[id as usize].get_or_insert(here);
            bounds.left = bounds.left.min(col);
            bounds.bottom = row + 1;
            bounds.right = bounds.right.max(col + 1);
        }
    }
    boxes.into_iter().enumerate().filter_map(|(id, bounds)| Some((id, bounds?)))
}
