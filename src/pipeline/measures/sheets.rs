//! The table of measures: what each is, where it is taken from, and which locations it tells how well.

use std::ops::RangeInclusive;

use super::in_portraits::InPortrait;

/// What is known of a measure.
pub struct Sheet {
    pub name: &'static str,
    pub description: &'static str,
    pub unit: &'static str,
    pub range: RangeInclusive<f32>,
    pub source: Source,
    /// Numbers of locations, with the area under the curve in percent: above 50 high values show it, below low ones.
    pub telling: &'static [(u8, u8)],
}

/// Where a measure is taken from.
pub enum Source {
    /// From the values of these features.
    Features(&'static [&'static str], fn(&[f32]) -> f32),
    /// From the portrait.
    Portrait(fn(&InPortrait) -> f32),
}

/// A grey level, so that what is black is no division by zero.
const LEVEL: f32 = 1.0 / 255.0;

/// The first of two as a share of both, in percent.
fn share(values: &[f32]) -> f32 {
    100.0 * (values[0] + LEVEL) / (values[0] + values[1] + 2.0 * LEVEL)
}

/// The first of two divided by the second.
fn ratio(values: &[f32]) -> f32 {
    (values[0] + LEVEL) / (values[1] + LEVEL)
}

fn alone(values: &[f32]) -> f32 {
    values[0]
}

fn percent(values: &[f32]) -> f32 {
    100.0 * values[0]
}

/// All measures. Their order is that of their numbers.
pub const SHEETS: [Sheet; 25] = [
    Sheet {
        name: "Protein level",
        description: "The mean level of the protein stain in the cell; a cell that shows nothing is dark.",
        unit: "% of full range",
        range: 0.0..=100.0,
        source: Source::Features(&["cell.mean_pr"], percent),
        telling: &[(6, 71), (11, 76), (16, 88), (18, 3)],
    },
    Sheet {
        name: "Protein in the nucleus",
        description: "The mean level in the nucleus as a share of that in the nucleus and around it together: 50 % is \
                      the same in both, 100 % all in the nucleus.",
        unit: "%",
        range: 0.0..=100.0,
        source: Source::Features(&["nuc.mean_pr", "nonnuc.mean_pr"], share),
        telling: &[(0, 90), (1, 75), (2, 79), (3, 78), (4, 88), (5, 68), (8, 19), (10, 18), (14, 20)],
    },
    Sheet {
        name: "Follows the DNA",
        description: "How far the protein is bright where the DNA stain is: 1 everywhere, 0 no connection, -1 just where \
                      it is not.",
        unit: "",
        range: -1.0..=1.0,
        source: Source::Features(&["cell.cor_pr_nu"], alone),
        telling: &[(0, 95), (1, 75), (2, 77), (4, 88), (8, 22), (9, 34), (10, 15), (14, 22)],
    },
    Sheet {
        name: "Follows the microtubules",
        description: "How far the protein around the nucleus is bright where the microtubule stain is: 1 everywhere, 0 no \
                      connection.",
        unit: "",
        range: -1.0..=1.0,
        source: Source::Features(&["nonnuc.cor_pr_mt"], alone),
        telling: &[(2, 28), (7, 65), (10, 97), (11, 93), (12, 68)],
    },
    Sheet {
        name: "Follows the ER",
        description: "How far the protein around the nucleus is bright where the stain of the endoplasmic reticulum is: 1 \
                      everywhere, 0 no connection.",
        unit: "",
        range: -1.0..=1.0,
        source: Source::Features(&["nonnuc.cor_pr_er"], alone),
        telling: &[(6, 89), (9, 32), (16, 84)],
    },
    Sheet {
        name: "Unevenness of the cell",
        description: "How much the level of the protein varies over the cell, to its mean: an even haze has little.",
        unit: "times the mean",
        range: 0.0..=3.0,
        source: Source::Features(&["cell.std_pr", "cell.mean_pr"], ratio),
        telling: &[(6, 19), (7, 67), (13, 32), (16, 6)],
    },
    Sheet {
        name: "Unevenness of the nucleus",
        description: "How much the level of the protein varies over the nucleus, to its mean there.",
        unit: "times the mean",
        range: 0.0..=2.0,
        source: Source::Features(&["nuc.std_pr", "nuc.mean_pr"], ratio),
        telling: &[(0, 9), (1, 25), (16, 12), (18, 83)],
    },
    Sheet {
        name: "Bright structures in the cytoplasm",
        description: "The level that the brightest twentieth of the cytoplasm exceeds, to the mean of the cytoplasm.",
        unit: "times the mean",
        range: 0.0..=6.0,
        source: Source::Features(&["nonnuc.q95_pr", "nonnuc.mean_pr"], ratio),
        telling: &[(6, 29), (7, 76), (16, 13), (17, 68)],
    },
    Sheet {
        name: "Brightest point in the nucleus",
        description: "The highest level of the protein stain in the nucleus.",
        unit: "% of full range",
        range: 0.0..=100.0,
        source: Source::Features(&["nuc.max_pr"], percent),
        telling: &[(1, 77), (3, 88), (5, 76), (18, 7)],
    },
    Sheet {
        name: "Brightest point: nucleus or around it",
        description: "The highest level in the nucleus as a share of the highest levels in and around it together: above \
                      50 % the brightest point is in the nucleus.",
        unit: "%",
        range: 0.0..=100.0,
        source: Source::Features(&["nuc.max_pr", "nonnuc.max_pr"], share),
        telling: &[(0, 80), (2, 74), (3, 80), (4, 81), (5, 71), (8, 27), (12, 33), (13, 32), (14, 26)],
    },
    Sheet {
        name: "Bright spots in the nucleus",
        description: "The share of the cell's bright spots, the pieces of its brightest 2 %, that reach into the nucleus.",
        unit: "%",
        range: 0.0..=100.0,
        source: Source::Features(&["nuc.speckle_frac"], percent),
        telling: &[(0, 88), (3, 74), (4, 82), (5, 68), (8, 26), (10, 27), (14, 28)],
    },
    Sheet {
        name: "Size of the bright spots in the nucleus",
        description: "The mean size, in the nucleus, of the bright spots, the pieces of the cell's brightest 2 %.",
        unit: "pixels",
        range: 0.0..=200.0,
        source: Source::Features(&["nuc.speckle_mean"], alone),
        telling: &[(2, 73), (3, 82), (4, 75), (5, 71), (14, 29)],
    },
    Sheet {
        name: "Largest bright spot around the nucleus",
        description: "The size, outside the nucleus, of the largest of the bright spots, the pieces of the cell's \
                      brightest 2 %.",
        unit: "pixels",
        range: 0.0..=400.0,
        source: Source::Features(&["nonnuc.speckle_max"], alone),
        telling: &[(7, 76), (11, 82), (12, 76), (13, 70), (15, 90), (18, 24)],
    },
    Sheet {
        name: "One-sidedness",
        description: "How far the levels that the brightest twentieth exceeds differ between eight slices of the cell, \
                      like those of a cake, to that of the whole cell.",
        unit: "times the cell's",
        range: 0.0..=4.0,
        source: Source::Features(&["cell_slicerange_div_cell.q95_pr"], alone),
        telling: &[(6, 33), (7, 73), (15, 82)],
    },
    Sheet {
        name: "Microtubules at the DNA",
        description: "The mean level of the microtubule stain in the nucleus to that around it; in a dividing cell the \
                      spindle makes it high.",
        unit: "times",
        range: 0.0..=4.0,
        source: Source::Features(&["nuc.mean_mt", "nonnuc.mean_mt"], ratio),
        telling: &[(11, 94)],
    },
    Sheet {
        name: "Rim of the nucleus",
        description: "The level along the edge of the nucleus to that in the cytoplasm or deep in the nucleus, whichever \
                      is more: above 1 there is a bright rim.",
        unit: "times",
        range: 0.0..=4.0,
        source: Source::Portrait(|measured| measured.nuclear_rim),
        telling: &[(1, 88), (8, 24), (10, 21), (14, 24), (15, 70)],
    },
    Sheet {
        name: "Protein in the nucleoli",
        description: "The level where the DNA stain is darkest in the nucleus, which the nucleoli are, to that in the rest \
                      of the nucleus.",
        unit: "times",
        range: 0.0..=4.0,
        source: Source::Portrait(|measured| measured.in_dark_dna),
        telling: &[(2, 84), (3, 84), (12, 36)],
    },
    Sheet {
        name: "Separate spots in the nucleus",
        description: "The number of separate bright peaks in the nucleus, as its small picture shows them.",
        unit: "spots",
        range: 0.0..=40.0,
        source: Source::Portrait(|measured| measured.nuclear_peaks),
        telling: &[(4, 77), (5, 72), (12, 29), (15, 20), (17, 35)],
    },
    Sheet {
        name: "Edge of the cell",
        description: "The level along the edge of the cell to that in the rest of the cytoplasm: above 1 there is a \
                      bright line.",
        unit: "times",
        range: 0.0..=4.0,
        source: Source::Portrait(|measured| measured.cell_edge),
        telling: &[(11, 20), (13, 81)],
    },
    Sheet {
        name: "Parallel fibres",
        description: "How far the protein runs in one direction all over the cell: 1 is one direction alone, 0 is none \
                      before another.",
        unit: "",
        range: 0.0..=1.0,
        source: Source::Portrait(|measured| measured.one_direction),
        telling: &[(9, 94), (11, 75), (17, 38), (18, 29)],
    },
    Sheet {
        name: "One bright spot by the nucleus",
        description: "The level of the brightest spot beside or around the nucleus to that of the brightest place \
                      elsewhere in the cell.",
        unit: "times",
        range: 0.0..=4.0,
        source: Source::Portrait(|measured| measured.one_spot),
        telling: &[(12, 72), (15, 85)],
    },
    Sheet {
        name: "Scatter of the brightest places",
        description: "How far apart the brightest 2 % of the cytoplasm lie, to the side of a square as large as it: in \
                      one patch little, all over the cell much.",
        unit: "times",
        range: 0.0..=1.0,
        source: Source::Portrait(|measured| measured.scatter),
        telling: &[(7, 24), (13, 70), (15, 19), (17, 64)],
    },
    Sheet {
        name: "Distance from the nucleus",
        description: "How far from the nucleus the brightest 2 % of the cytoplasm lie, to the side of a square as large \
                      as it.",
        unit: "times",
        range: 0.0..=1.0,
        source: Source::Portrait(|measured| measured.far_out),
        telling: &[(0, 24), (1, 20), (9, 74), (13, 70), (17, 66)],
    },
    Sheet {
        name: "Grain of the cytoplasm",
        description: "How much the protein around the nucleus changes from one place to the next, to its mean: dots and \
                      threads have much, a haze little.",
        unit: "times the mean",
        range: 0.0..=3.0,
        source: Source::Portrait(|measured| measured.grain),
        telling: &[(6, 35), (9, 71), (16, 15), (17, 74), (18, 28)],
    },
    Sheet {
        name: "Grain across the nucleus",
        description: "How much the protein over the nucleus changes from one place to another, to its mean there: threads \
                      that run across it have much.",
        unit: "times the mean",
        range: 0.0..=4.0,
        source: Source::Portrait(|measured| measured.nuclear_grain),
        telling: &[(8, 82), (9, 74), (10, 80)],
    },
];
