//! Which fields of a set are worth a look, by what is known of their cells: none were found, the background was not what
//! it should be, or their number, their areas or their place at the border are far from those of the other fields. Not
//! whether their labels are right.
//!
//! METHOD. What is usual in a set is the median of its fields, and how far they spread the median of their absolute
//! deviations from it, times 1.4826, which is the standard deviation where values are normally distributed: a few fields
//! that went wrong change neither. A field is far from the others with a distance of more than [`FAR`] of these. Numbers
//! and areas are compared as logarithms, as half as much is as strange as twice as much. So that in a set of fields that
//! are much alike not every small difference is one, a deviation is at least [`LEAST_SPREAD_OF_COUNTS`] and so on.
//!
//! Source: Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers: the modified z-score and its limit of 3.5.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::segmentation::SegmentationRemark;
use crate::imaging::{ScaledMask, border::ids_at_border, regions::areas_by_id};

/// A field is far from the others beyond so many deviations.
pub const FAR: f64 = 3.5;
/// With fewer fields that have cells nobody can say what is usual, and they are not compared.
pub const FEWEST_FIELDS: usize = 8;
/// The smallest deviation of logarithms of numbers of cells: below half or above twice the usual is needed to be far.
pub const LEAST_SPREAD_OF_COUNTS: f64 = 0.2;
/// The smallest deviation of logarithms of areas: 30 % less or 42 % more than usual is needed to be far.
pub const LEAST_SPREAD_OF_AREAS: f64 = 0.1;
/// The smallest deviation of shares of border cells: a share 0.35 above the usual is needed to be far.
pub const LEAST_SPREAD_OF_SHARES: f64 = 0.1;
/// Fields with fewer cells are not judged by how many of them touch the border: one cell more or less says nothing.
pub const FEWEST_CELLS_FOR_SHARE: usize = 4;

/// Makes a median absolute deviation the standard deviation of a normal distribution.
const TO_STANDARD_DEVIATION: f64 = 1.4826;

/// Remarks that tell of the field as a whole.
const OF_FIELD: [SegmentationRemark; 5] = [
    SegmentationRemark::NucleusStainBlack,
    SegmentationRemark::NucleusStainConstant,
    SegmentationRemark::OnlySpecks,
    SegmentationRemark::NoBlackBackground,
    SegmentationRemark::NoBackground,
];

/// What the cells of one field show of how well they were found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldSigns {
    /// Cells that were found.
    pub cell_count: usize,
    /// The area in the middle of those with a pixel, in pixels of the field; `None` of no cells.
    pub median_area_px: Option<f64>,
    /// How many of them touch the border of the field.
    pub border_cells: usize,
    /// Why nuclei and background are not to be trusted, if so, a sentence each.
    pub warnings: Vec<String>,
}

impl FieldSigns {
    /// The signs of the cells in `cell_mask`. Of `remarks`, those that tell of single cells or files are left out. One pass
    /// over the mask as computed.
    #[must_use]
    pub fn of<'a>(cell_mask: &ScaledMask, remarks: impl IntoIterator<Item = &'a String>) -> Self {
        let computed = cell_mask.computed();
        let areas: Vec<u32> = areas_by_id(computed).into_iter().skip(1).filter(|&area| area > 0).collect();
        let pixels = |(height, width): (usize, usize)| height as f64 * width as f64;
        let scale = pixels(cell_mask.size()) / pixels(computed.size()).max(1.0);
        Self {
            cell_count: areas.len(),
            median_area_px: median(areas.into_iter().map(|area| f64::from(area) * scale).collect()),
            border_cells: ids_at_border(computed).len(),
            warnings: remarks.into_iter().filter(|remark| is_of_field(remark)).cloned().collect(),
        }
    }

    /// The share of its cells that touch the border, in [0, 1]; `None` where they are too few to say.
    fn border_share(&self) -> Option<f64> {
        let share = self.border_cells as f64 / self.cell_count as f64;
        (self.cell_count >= FEWEST_CELLS_FOR_SHARE).then_some(share)
    }
}

fn is_of_field(remark: &str) -> bool {
    OF_FIELD.iter().any(|known| known.to_string() == remark)
}

/// Why a field is worth a look.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldDoubt {
    /// It has no cells, and nothing tells why.
    NoCells,
    /// What the segmentation says of its nuclei and background.
    Warning(String),
    /// Its number of cells is far from the usual one.
    Count {
        /// Its own.
        count: usize,
        /// The usual one.
        usual: f64,
    },
    /// Its cells are far smaller or larger than usual.
    Area {
        /// The area in the middle of its own, in pixels.
        area_px: f64,
        /// The usual one.
        usual_px: f64,
    },
    /// Far more of its cells touch the border than usual.
    Border {
        /// Cells that do.
        touching: usize,
        /// All its cells.
        count: usize,
        /// The usual share, in [0, 1].
        usual: f64,
    },
}

impl fmt::Display for FieldDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCells => f.write_str("no nuclei were found"),
            Self::Warning(text) => f.write_str(text),
            Self::Count { count, usual } => {
                let word = if (*count as f64) < *usual { "few" } else { "many" };
                write!(f, "{word} cells: {count}, where images of this set have about {usual:.0}")
            }
            Self::Area { area_px, usual_px } => {
                let word = if area_px < usual_px { "small" } else { "large" };
                let percent = 100.0 * area_px / usual_px;
                write!(f, "{word} cells: {percent:.0} % of the area that is usual in this set")
            }
            Self::Border { touching, count, usual } => {
                let percent = 100.0 * usual;
                write!(f, "{touching} of {count} cells touch the border, where {percent:.0} % are usual in this set")
            }
        }
    }
}

/// Why each of `fields`, all of one set, is worth a look; an empty list where nothing speaks for it. Time O(n log n) for n
/// fields.
#[must_use]
pub fn field_doubts(fields: &[&FieldSigns]) -> Vec<Vec<FieldDoubt>> {
    let usual_of = |value: &dyn Fn(&FieldSigns) -> Option<f64>, least_spread: f64| {
        Usual::of(fields.iter().filter_map(|signs| value(signs)).collect(), least_spread)
    };
    let counts = usual_of(&log_count, LEAST_SPREAD_OF_COUNTS);
    let areas = usual_of(&log_area, LEAST_SPREAD_OF_AREAS);
    let shares = usual_of(&FieldSigns::border_share, LEAST_SPREAD_OF_SHARES);
    let of_field = |signs: &&FieldSigns| {
        let mut doubts: Vec<FieldDoubt> = signs.warnings.iter().cloned().map(FieldDoubt::Warning).collect();
        if signs.cell_count == 0 && doubts.is_empty() {
            doubts.push(FieldDoubt::NoCells);
        }
        if let Some((_, usual)) = far(log_count(signs), counts.as_ref()) {
            doubts.push(FieldDoubt::Count { count: signs.cell_count, usual: usual.exp() });
        }
        if let Some((area, (_, usual))) = signs.median_area_px.zip(far(log_area(signs), areas.as_ref())) {
            doubts.push(FieldDoubt::Area { area_px: area, usual_px: usual.exp() });
        }
        // Few border cells are no reason for doubt.
        if let Some((_, usual)) = far(signs.border_share(), shares.as_ref()).filter(|(way, _)| *way > 0.0) {
            doubts.push(FieldDoubt::Border { touching: signs.border_cells, count: signs.cell_count, usual });
        }
        doubts
    };
    fields.iter().map(of_field).collect()
}

fn log_count(signs: &FieldSigns) -> Option<f64> {
    (signs.cell_count > 0).then(|| (signs.cell_count as f64).ln())
}

fn log_area(signs: &FieldSigns) -> Option<f64> {
    signs.median_area_px.filter(|&area| area > 0.0).map(f64::ln)
}

/// What is usual in a set.
struct Usual {
    median: f64,
    deviation: f64,
}

impl Usual {
    /// Of these `values`, one a field; `None` of too few.
    fn of(values: Vec<f64>, least_spread: f64) -> Option<Self> {
        if values.len() < FEWEST_FIELDS {
            return None;
        }
        let middle = median(values.clone())?;
        let spread = median(values.into_iter().map(|value| (value - middle).abs()).collect())?;
        Some(Self { median: middle, deviation: (TO_STANDARD_DEVIATION * spread).max(least_spread) })
    }
}

/// How far `value` is from the usual one, in deviations and with its sign, and the usual one; `None` if it is not far.
fn far(value: Option<f64>, usual: Option<&Usual>) -> Option<(f64, f64)> {
    let (value, usual) = value.zip(usual)?;
    let distance = (value - usual.median) / usual.deviation;
    (distance.abs() > FAR).then_some((distance, usual.median))
}

/// The value in the middle, of two their mean; `None` of none.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}
