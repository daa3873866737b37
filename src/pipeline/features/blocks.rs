//! The ten blocks of 54 features: three summaries, and seven blocks of ratios that say where in the cell things are.

use super::{
    crop::CellCrop,
    sectors::{OUTSIDE, PIECES, RINGS, SLICES, pieces},
    silhouette::Silhouette,
    speckles::Speckles,
    summary::{SUMMARY_LEN, Summary, summary, summary_names},
    tally::Tally,
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
    let nucleus = Shape::of(&crop.nucleus, crop, &speckles);
    let cell = Shape::of(&crop.cell, crop, &speckles);
    let inside = nucleus.whole();
    let of_nucleus = summary(&inside)?;
    let whole = cell.whole();
    let of_cell = summary(&whole)?;
    let of_rest = summary(&whole.without(&inside)).unwrap_or(of_cell);
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

/// A cell or a nucleus, counted in the pieces that its rings and slices cut each other into. So every pixel is counted
/// once, and the counts of a ring or a slice are those of its pieces together.
pub struct Shape {
    pieces: Vec<Tally>,
}

impl Shape {
    /// Counts the pixels of `shape` in its pieces.
    pub fn of(shape: &Silhouette, crop: &CellCrop, speckles: &Speckles) -> Self {
        let piece_of_pixels = pieces(shape);
        let mut pieces = vec![Tally::new(speckles.count); PIECES];
        for row in 0..piece_of_pixels.height() {
            let mut left = shape.left;
            for run in piece_of_pixels.row(row).chunk_by(|piece, next| piece == next) {
                let cols = left..left + run.len();
                left = cols.end;
                if run[0] != OUTSIDE {
                    let samples = crop.stains.each_ref().map(|stain| &stain.row(shape.top + row)[cols.clone()]);
                    pieces[usize::from(run[0])].add(samples);
                }
            }
        }
        for &(id, row, col) in &speckles.pixels {
            let piece = shape.place((row, col)).map_or(OUTSIDE, |place| piece_of_pixels[place]);
            if piece != OUTSIDE {
                pieces[usize::from(piece)].add_to_speckle(id);
            }
        }
        Self { pieces }
    }

    fn whole(&self) -> Tally {
        together(&self.pieces)
    }

    /// How far the summaries of the rings, and those of the slices, lie apart.
    fn ranges(&self) -> (Summary, Summary) {
        (range(self.rings()), range(self.slices()))
    }

    /// The counts of the rings, from the edge inwards.
    pub fn rings(&self) -> impl Iterator<Item = Tally> + '_ {
        self.pieces.chunks(SLICES).take(RINGS).map(together)
    }

    /// The counts of the slices.
    pub fn slices(&self) -> impl Iterator<Item = Tally> + '_ {
        (0..SLICES).map(|slice| together(self.pieces.iter().skip(slice).step_by(SLICES)))
    }
}

/// The counts over all of these pieces.
fn together<'a>(pieces: impl IntoIterator<Item = &'a Tally>) -> Tally {
    let mut pieces = pieces.into_iter();
    let mut together = pieces.next().cloned().unwrap_or_else(|| Tally::new(0));
    pieces.filter(|piece| piece.pixels > 0).for_each(|piece| together.merge(piece));
    together
}

/// Largest less smallest of each number over the regions that have a pixel; 0 if none has.
fn range(regions: impl Iterator<Item = Tally>) -> Summary {
    let summaries: Vec<Summary> = regions.filter_map(|region| summary(&region)).collect();
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
