//! How one tree grows: always at the leaf where a split lowers the loss most.
//!
//! The slopes of a leaf's cells are summed by bin; of the two halves of a leaf only the smaller is counted, the larger
//! is what it leaves of the whole (Ke et al. 2017).

use std::mem;

use super::{
    BoostingParams, Tree,
    binning::{BINS, Column},
    tree::Split,
};

/// A leaf has at least this many cells; fewer are chance.
const SMALLEST_LEAF: u32 = 20;

/// Curvature that every leaf is thought to have beside that of its cells. Without it the first tree to find a rare
/// location would jump to certainty.
const STIFFNESS: f64 = 1.0;

/// Less than this is rounding, no gain.
const LEAST_GAIN: f64 = 1e-6;

/// How the loss of a cell changes with the logarithm of its odds; zero for a cell that was not drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slope {
    gradient: f32,
    curvature: f32,
}

impl Slope {
    /// The slope of the logistic loss.
    pub fn of_loss(probability: f64, positive: bool) -> Self {
        let gradient = probability - if positive { 1.0 } else { 0.0 };
        Self { gradient: gradient as f32, curvature: (probability * (1.0 - probability)) as f32 }
    }
}

/// The slopes of some cells.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
    cells: u32,
}

impl Sums {
    fn and(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            curvature: self.curvature + other.curvature,
            cells: self.cells + other.cells,
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
            cells: self.cells - other.cells,
        }
    }

    /// What a value of their own for these cells gains, but for a factor of 2.
    fn gain(self) -> f64 {
        self.gradient * self.gradient / (self.curvature + STIFFNESS)
    }

    /// The value that gains it.
    fn value(self) -> f64 {
        -self.gradient / (self.curvature + STIFFNESS)
    }
}

/// The sums of a leaf by the bins of one column.
type Histogram = [Sums; BINS];

/// A tree and where the cells it grew on ended.
pub struct Grown {
    /// The tree; its values are scaled by the learning rate.
    pub tree: Tree,
    /// Value and cells of each leaf.
    leaves: Vec<(f32, Vec<u32>)>,
}

impl Grown {
    /// Every cell, drawn or not, with its leaf's value.
    pub fn cells(&self) -> impl Iterator<Item = (usize, f32)> {
        self.leaves.iter().flat_map(|(value, cells)| cells.iter().map(|&cell| (cell as usize, *value)))
    }
}

/// Grows a tree on some `columns` by the `slopes` of all cells; `None` if nothing can be split.
pub fn grow(columns: &[&Column], slopes: &[Slope], params: &BoostingParams) -> Option<Grown> {
    let cells: Vec<u32> = (0..slopes.len() as u32).collect();
    let histograms = count(columns, &cells, slopes);
    let sums = histograms.first()?.iter().fold(Sums::default(), |sums, bin| sums.and(*bin));
    let mut leaves = vec![Leaf::new(cells, sums, histograms)];
    let mut splits = Vec::new();
    while leaves.len() < params.leaves {
        let Some((leaf, cut)) = most_gain(&leaves) else { break };
        let column = columns[cut.column];
        splits.push(Split { leaf, feature: column.feature, threshold: column.cuts[cut.bin] });
        let is_last = leaves.len() + 1 == params.leaves;
        let [stays, goes] =
            divide(mem::take(&mut leaves[leaf]), cut, if is_last { &[] } else { columns }, column, slopes);
        leaves[leaf] = stays;
        leaves.push(goes);
    }
    // Five decimals of the logarithm of the odds are plenty, and short in a file.
    let value = |sums: Sums| ((sums.value() * params.learning_rate * 1e5).round() / 1e5) as f32;
    let leaves: Vec<_> = leaves.into_iter().map(|leaf| (value(leaf.sums), leaf.cells)).collect();
    let tree = Tree::new(&splits, leaves.iter().map(|(value, _)| *value).collect()).ok()?;
    (!splits.is_empty()).then_some(Grown { tree, leaves })
}

#[derive(Default)]
struct Leaf {
    cells: Vec<u32>,
    sums: Sums,
    histograms: Vec<Histogram>,
    best: Option<Cut>,
}

/// A way to divide a leaf: cells up to `bin` of `column` stay.
#[derive(Clone, Copy)]
struct Cut {
    gain: f64,
    column: usize,
    bin: usize,
    stays: Sums,
}

impl Leaf {
    fn new(cells: Vec<u32>, sums: Sums, histograms: Vec<Histogram>) -> Self {
        let best = if cells.len() < 2 * SMALLEST_LEAF as usize { None } else { best_cut(&histograms, sums) };
        // What will not be divided needs no histograms; memory that is let go at once is at hand for the next leaf.
        let histograms = if best.is_some() { histograms } else { Vec::new() };
        Self { cells, sums, histograms, best }
    }
}

/// The leaf whose best cut gains most, the first of equals.
fn most_gain(leaves: &[Leaf]) -> Option<(usize, Cut)> {
    let cuts = leaves.iter().enumerate().filter_map(|(leaf, of)| of.best.map(|cut| (leaf, cut)));
    cuts.reduce(|best, next| if next.1.gain > best.1.gain { next } else { best })
}

/// The cut that gains most, the first of equals.
fn best_cut(histograms: &[Histogram], whole: Sums) -> Option<Cut> {
    let mut best = None;
    let mut most = whole.gain() + LEAST_GAIN;
    for (column, histogram) in histograms.iter().enumerate() {
        let mut stays = Sums::default();
        for (bin, sums) in histogram.iter().enumerate().filter(|(_, sums)| sums.cells > 0) {
            stays = stays.and(*sums);
            let goes = whole.without(stays);
            if goes.cells < SMALLEST_LEAF {
                break;
            }
            if stays.cells < SMALLEST_LEAF {
                continue;
            }
            let gain = stays.gain() + goes.gain();
            if gain > most {
                most = gain;
                best = Some(Cut { gain: gain - whole.gain(), column, bin, stays });
            }
        }
    }
    best
}

/// Divides a leaf at its cut of `column`. `columns`: those to seek the next cuts in, none if there will be no next.
fn divide(leaf: Leaf, cut: Cut, columns: &[&Column], column: &Column, slopes: &[Slope]) -> [Leaf; 2] {
    let stays = |&cell: &u32| usize::from(column.bins[cell as usize]) <= cut.bin;
    let (stay, go): (Vec<u32>, Vec<u32>) = leaf.cells.into_iter().partition(stays);
    let fewer = if stay.len() < go.len() { &stay } else { &go };
    let (mut of_stay, mut of_go) = (Vec::new(), Vec::new());
    if !columns.is_empty() && stay.len().max(go.len()) >= 2 * SMALLEST_LEAF as usize {
        let of_fewer = count(columns, fewer, slopes);
        let mut of_more = leaf.histograms;
        for (more, fewer) in of_more.as_flattened_mut().iter_mut().zip(of_fewer.as_flattened()) {
            *more = more.without(*fewer);
        }
        (of_stay, of_go) = if stay.len() < go.len() { (of_fewer, of_more) } else { (of_more, of_fewer) };
    }
    [Leaf::new(stay, cut.stays, of_stay), Leaf::new(go, leaf.sums.without(cut.stays), of_go)]
}

/// The sums of some `cells` by the bins of each column.
fn count(columns: &[&Column], cells: &[u32], slopes: &[Slope]) -> Vec<Histogram> {
    let slopes: Vec<Slope> = cells.iter().map(|&cell| slopes[cell as usize]).collect();
    let mut histograms = vec![[Sums::default(); BINS]; columns.len()];
    for (histogram, column) in histograms.iter_mut().zip(columns) {
        for (&cell, slope) in cells.iter().zip(&slopes) {
            let sums = &mut histogram[usize::from(column.bins[cell as usize])];
            sums.gradient += f64::from(slope.gradient);
            sums.curvature += f64::from(slope.curvature);
            sums.cells += 1;
        }
    }
    histograms
}
