//! From probabilities to the confidences that are written: what the image says is mixed in, cells at the border and of
//! odd size count less, and Negative follows from the rest. Nothing is learnt here; usually nothing is changed.
//!
//! In this order: probabilities are mixed with what is known of the image; Negative is set, if it is to follow from
//! the other locations; penalties lower all confidences of a cell. The sources of these steps are the winning solutions
//! of Kaggle's HPA single-cell classification (2021), which all ranked cells by their image too.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::parameter::{Parameter, ParameterError};
use crate::atlas::{Location, LocationSet};

/// How confidences are made of probabilities. As they are by default, they are the probabilities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostProcessingParams {
    /// What an image says of a location.
    pub image_says: ImageSays,
    /// How much that counts beside the cell itself: 0 nothing, 1 alone.
    pub image_weight: f64,
    /// The same for single locations that have a weight of their own.
    pub own_image_weights: BTreeMap<Location, f64>,
    /// To which power the share of a cell in view lowers its confidences.
    pub border_penalty: f64,
    /// How fast confidences fall with the distance of a cell's size from the usual.
    pub size_penalty: f64,
    /// How confident one is that a cell is negative.
    pub negative: NegativeRule,
}

/// What an image says of a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageSays {
    /// The mean probability of its cells.
    #[default]
    Mean,
    /// Its label: 1 if it has it, else 0. An image without labels says the mean.
    Label,
}

/// How confident one is that a cell is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NegativeRule {
    /// As the model of that location says.
    #[default]
    OwnModel,
    /// As little as the most probable other location leaves: 1 − the highest of them.
    OneMinusHighest,
}

/// What counts of a cell besides its probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellFacts {
    /// The number of its image.
    pub image: usize,
    /// The share of it that is in view, in (0, 1], see [`share_in_view`](super::border_cells::share_in_view).
    pub share_in_view: f64,
    /// Its pixels in view.
    pub area_px: u64,
}

impl PostProcessingParams {
    /// For [`PostProcessingParams::image_weight`] and the weights of single locations.
    pub const IMAGE_WEIGHT: Parameter = Parameter {
        name: "weight of the image",
        unit: "",
        range: 0.0..=1.0,
        hover: "How much the image has a say in the confidence of each of its cells. \
                More ranks cells by their image; less tells the cells of one image apart.",
    };
    /// For [`PostProcessingParams::border_penalty`].
    pub const BORDER_PENALTY: Parameter = Parameter {
        name: "border penalty",
        unit: "",
        range: 0.0..=4.0,
        hover: "How much less a cell counts that the border of the image cuts. \
                At 1 a cell with half of it in view counts half; more lowers it further; 0 lets all count alike.",
    };
    /// For [`PostProcessingParams::size_penalty`].
    pub const SIZE_PENALTY: Parameter = Parameter {
        name: "size penalty",
        unit: "",
        range: 0.0..=2.0,
        hover: "How much less a cell counts that is far smaller or larger than most, as pieces and clumps of cells are. \
                More lowers them further; 0 lets all count alike.",
    };
    /// Standard deviations from the usual size within which no cell is lowered.
    pub const USUAL_SIZES: f64 = 2.0;

    /// The weight of the image for `location`.
    #[must_use]
    pub fn image_weight_of(&self, location: Location) -> f64 {
        self.own_image_weights.get(&location).copied().unwrap_or(self.image_weight)
    }

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        Self::IMAGE_WEIGHT.check(self.image_weight)?;
        self.own_image_weights.values().try_for_each(|&weight| Self::IMAGE_WEIGHT.check(weight))?;
        Self::BORDER_PENALTY.check(self.border_penalty)?;
        Self::SIZE_PENALTY.check(self.size_penalty)
    }

    /// These parameters with nothing but one of their steps in force.
    #[must_use]
    pub fn only(&self, step: Step) -> Self {
        let usual = Self::default();
        match step {
            Step::Image => Self {
                image_says: self.image_says,
                image_weight: self.image_weight,
                own_image_weights: self.own_image_weights.clone(),
                ..usual
            },
            Step::Negative => Self { negative: self.negative, ..usual },
            Step::Border => Self { border_penalty: self.border_penalty, ..usual },
            Step::Size => Self { size_penalty: self.size_penalty, ..usual },
        }
    }

    /// Whether a step changes anything.
    #[must_use]
    pub fn has(&self, step: Step) -> bool {
        match step {
            Step::Image => Location::all().any(|location| self.image_weight_of(location) > 0.0),
            Step::Negative => self.negative != NegativeRule::OwnModel,
            Step::Border => self.border_penalty > 0.0,
            Step::Size => self.size_penalty > 0.0,
        }
    }
}

/// A step of the way from probabilities to confidences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Mixing with what the image says.
    Image,
    /// Negative from the other locations.
    Negative,
    /// Less for cells at the border.
    Border,
    /// Less for cells of odd size.
    Size,
}

impl Step {
    /// All steps in their order.
    pub const ALL: [Self; 4] = [Self::Image, Self::Negative, Self::Border, Self::Size];

    /// As in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "weight of the image",
            Self::Negative => "Negative from the others",
            Self::Border => "border penalty",
            Self::Size => "size penalty",
        }
    }
}

/// The confidences of cells, each in [0, 1].
///
/// `probabilities`: (cells, [`Location::COUNT`]), each in [0, 1], best those of models that have not seen the cell.
/// `cells`: of each row. `image_labels`: of each image, by its number. Of cells about which `cells` says nothing, and
/// with parameters as they are by default, the probabilities stay as they are, to the bit. Time O(n log n) for n cells.
///
/// A cell whose size lies more than [`PostProcessingParams::USUAL_SIZES`] standard deviations from the median is lowered
/// by the exponential of the penalty times the rest of that distance. Sizes are compared by their logarithms; what of a
/// cell is not in view is added; the standard deviation is 1.4826 times the median distance from the median.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::post_processing::{CellFacts, PostProcessingParams, confidences};
/// use ndarray::Array2;
///
/// let probabilities = Array2::from_elem((1, 19), 0.5);
/// let half_in_view = CellFacts { image: 0, share_in_view: 0.5, area_px: 900 };
/// let params = PostProcessingParams { border_penalty: 1.0, ..PostProcessingParams::default() };
/// let found = confidences(probabilities.view(), &[half_in_view], &[None], &params);
/// assert_eq!(found, Array2::from_elem((1, 19), 0.25));
/// ```
#[must_use]
pub fn confidences(
    probabilities: ArrayView2<'_, f32>,
    cells: &[CellFacts],
    image_labels: &[Option<LocationSet>],
    params: &PostProcessingParams,
) -> Array2<f32> {
    let mut found = probabilities.to_owned();
    if params.has(Step::Image) {
        mix_with_images(&mut found, cells, image_labels, params);
    }
    if params.has(Step::Negative) {
        for mut cell in found.rows_mut() {
            let others = Location::all().filter(|&location| location != Location::NEGATIVE);
            let highest = others.map(|location| cell[location.index()]).fold(0.0, f32::max);
            cell[Location::NEGATIVE.index()] = 1.0 - highest;
        }
    }
    if params.has(Step::Border) || params.has(Step::Size) {
        let sizes = UsualSizes::of(cells);
        for (mut row, cell) in found.rows_mut().into_iter().zip(cells) {
            let beyond = (sizes.distance(cell) - PostProcessingParams::USUAL_SIZES).max(0.0);
            let weight = cell.share_in_view.powf(params.border_penalty) * (-params.size_penalty * beyond).exp();
            row.mapv_inplace(|confidence| (f64::from(confidence) * weight) as f32);
        }
    }
    found
}

/// Mixes what its image says into every cell.
fn mix_with_images(
    probabilities: &mut Array2<f32>,
    cells: &[CellFacts],
    image_labels: &[Option<LocationSet>],
    params: &PostProcessingParams,
) {
    let images = cells.iter().map(|cell| cell.image + 1).max().unwrap_or(0);
    let mut sums = vec![(0_usize, [0.0_f64; Location::COUNT]); images];
    for (row, cell) in probabilities.rows().into_iter().zip(cells) {
        let (count, sum) = &mut sums[cell.image];
        *count += 1;
        sum.iter_mut().zip(row).for_each(|(sum, &probability)| *sum += f64::from(probability));
    }
    let says = |image: usize, location: Location| {
        let labels = image_labels.get(image).copied().flatten().filter(|_| params.image_says == ImageSays::Label);
        let (count, sum) = &sums[image];
        labels.map_or(sum[location.index()] / *count as f64, |labels| f64::from(u8::from(labels.contains(location))))
    };
    let weights: Vec<(Location, f64)> =
        Location::all().map(|location| (location, params.image_weight_of(location))).collect();
    for (mut row, cell) in probabilities.rows_mut().into_iter().zip(cells) {
        for &(location, weight) in weights.iter().filter(|(_, weight)| *weight > 0.0) {
            let own = &mut row[location.index()];
            *own = ((1.0 - weight) * f64::from(*own) + weight * says(cell.image, location)) as f32;
        }
    }
}

/// Which sizes most cells have, in logarithms.
#[derive(Clone, Copy, Debug)]
struct UsualSizes {
    median: f64,
    deviation: f64,
}

impl UsualSizes {
    fn of(cells: &[CellFacts]) -> Self {
        let mut sizes: Vec<f64> = cells.iter().filter_map(log_size).collect();
        let median = median_of(&mut sizes);
        let mut distances: Vec<f64> = sizes.into_iter().map(|size| (size - median).abs()).collect();
        Self { median, deviation: 1.4826 * median_of(&mut distances) }
    }

    /// How many standard deviations a cell is from the median; 0 if all cells are of one size.
    fn distance(&self, cell: &CellFacts) -> f64 {
        let size = log_size(cell).filter(|_| self.deviation > 0.0);
        size.map_or(0.0, |size| (size - self.median).abs() / self.deviation)
    }
}

/// The logarithm of the whole cell's area; `None` of a cell without a pixel.
fn log_size(cell: &CellFacts) -> Option<f64> {
    (cell.area_px > 0 && cell.share_in_view > 0.0).then(|| (cell.area_px as f64 / cell.share_in_view).ln())
}

/// The value in the middle, of two the upper one; 0 of none.
fn median_of(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
