//! The ten blocks of 54 features: three summaries, and seven blocks of ratios that say where in the cell things are.

use crate::imaging::Plane;

use super::{
    crop::CellCrop,
    sectors::{RINGS, SLICES, Sectors},
    speckles::Speckles,
    summary::{SUMMARY_LEN, Summary, summary, summary_names},
    tally::{Pixel, Tally},
};

const BLOCKS: [&str; 10] = [
    "cell",
    "nuc",
    "nonnuc",
    "nuc_div_nonnuc",
    "cell_ringrange_div_cell",
    "cell_slicerange_div_cell",
    "cell_ringrange_div_slicerange",
    "nuc_ringrange_div_nuc",
    "nuc_slicerange_div_nuc",
    "nuc_ringrange_div_slicerange",
];

/// Number of features of a cell.
pub const FEATURE_COUNT: usize = BLOCKS.len() * SUMMARY_LEN;

/// Names of the features in their order, `<block>.<number of its summary>`.
#[must_use]
pub fn feature_names() -> Vec<String> {
    let names = summary_names();
    BLOCKS.iter().flat_map(|block| names.iter().map(move |name| format!("{block}.{name}"))).collect()
}

/// The features of a cell; `None` if the crop shows no pixel of its nucleus.
pub fn features(crop: &CellCrop) -> Option<Vec<f32>> {
    let speckles = Speckles::of(crop);
    let mut nucleus = Shape::new(&crop.nucleus, speckles.count);
    let mut cell = Shape::new(&crop.cell, speckles.count);
    let mut inside = Tally::new(speckles.count);
    let mut around = Tally::new(speckles.count);
    for row in 0..crop.cell.height() {
        for col in (0..crop.cell.width()).filter(|&col| crop.cell[(row, col)]) {
            let samples = std::array::from_fn(|channel| crop.stains[channel][(row, col)]);
            let pixel = Pixel::new(samples, speckles.mask[(row, col)]);
            cell.add(row, col, &pixel);
            if crop.nucleus[(row, col)] {
                nucleus.add(row, col, &pixel);
                inside.add(&pixel);
            } else {
                around.add(&pixel);
            }
        }
    }
    let of_nucleus = summary(&inside)?;
    let of_cell = summary(&inside.merged(&around))?;
    let of_rest = summary(&around).unwrap_or(of_cell);
    let (cell_rings, cell_slices) = cell.ranges();
    let (nucleus_rings, nucleus_slices) = nucleus.ranges();
    let blocks: [Summary; BLOCKS.len()] = [
        of_cell,
        of_nucleus,
        of_rest,
        ratios(&of_nucleus, &of_rest),
        ratios(&cell_rings, &of_cell),
        ratios(&cell_slices, &of_cell),
        ratios(&cell_rings, &cell_slices),
        ratios(&nucleus_rings, &of_nucleus),
        ratios(&nucleus_slices, &of_nucleus),
        ratios(&nucleus_rings, &nucleus_slices),
    ];
    Some(blocks.concat())
}

/// A cell or a nucleus, counted ring by ring and slice by slice.
struct Shape {
    sectors: Sectors,
    rings: Vec<Tally>,
    slices: Vec<Tally>,
}

impl Shape {
    fn new(mask: &Plane<bool>, speckles: usize) -> Self {
        Self {
            sectors: Sectors::of(mask),
            rings: vec![Tally::new(speckles); RINGS],
            slices: vec![Tally::new(speckles); SLICES],
        }
    }

    fn add(&mut self, row: usize, col: usize, pixel: &Pixel) {
        if let Some(ring) = self.sectors.ring(row, col) {
            self.rings[ring].add(pixel);
        }
        self.slices[self.sectors.slice(row, col)].add(pixel);
    }

    /// How far the summaries of the rings, and those of the slices, lie apart.
    fn ranges(&self) -> (Summary, Summary) {
        (range(&self.rings), range(&self.slices))
    }
}

/// Largest less smallest of each number over the regions that have a pixel; 0 if none has.
fn range(regions: &[Tally]) -> Summary {
    let summaries: Vec<Summary> = regions.iter().filter_map(summary).collect();
    std::array::from_fn(|number| {
        let each = || summaries.iter().map(|summary| summary[number]);
        let range = each().fold(f32::NEG_INFINITY, f32::max) - each().fold(f32::INFINITY, f32::min);
        if summaries.is_empty() { 0.0 } else { range }
    })
}

/// Number by number a / b, with 0 / 0 = 1 and x / 0 = 10 in the sign of x.
fn ratios(a: &Summary, b: &Summary) -> Summary {
    std::array::from_fn(|number| match a[number] / b[number] {
        ratio if ratio.is_nan() => 1.0,
        ratio if ratio.is_infinite() => 10.0_f32.copysign(ratio),
        ratio => ratio,
    })
}
