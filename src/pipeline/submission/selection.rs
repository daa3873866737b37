//! Which predictions of a set are written: for each location the cells, for each cell the locations.
//!
//! For the average precision of a ranking nothing should be left out; these options make a submission small, or one
//! for people, who want a yes or a no.

use serde::{Deserialize, Serialize};

use crate::{
    atlas::{Location, LocationSet},
    pipeline::parameter::{Parameter, ParameterError},
};

/// What is left out of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmissionParams {
    /// Which cells are written with a location.
    pub keep: Keep,
    /// With how many locations a cell is written at most: those it has most probably, of equals the first by number.
    pub top_locations: u32,
}

/// Which cells of a set are written with a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// The most probable ones, twice the share of training images that carry the location.
    BaseRate,
}

impl SubmissionParams {
    /// For [`SubmissionParams::top_locations`].
    pub const TOP_LOCATIONS: Parameter = Parameter {
        name: "locations of a cell",
        unit: "",
        range: 1.0..=Location::COUNT as f64,
        hover: "Write each cell with only so many of its most probable locations. \
                More loses fewer; less makes the submission smaller.",
    };

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        Self::TOP_LOCATIONS.check(f64::from(self.top_locations))
    }
}

impl Default for SubmissionParams {
    /// Nothing is left out.
    fn default() -> Self {
        Self { keep: Keep::All, top_locations: Location::COUNT as u32 }
    }
}

/// What is written of the cells of one set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// The lowest confidence that is written, by location; infinite where none is.
    cuts: [f32; Location::COUNT],
    top_locations: usize,
}

impl Selection {
    /// What `params` select of a set whose cells have these `confidences` in each location.
    ///
    /// `image_rates`: the share of training images that carry each location, by [`Location::index`]. With
    /// [`Keep::BaseRate`] a location of rate r is written for the share s = min(1, 2 r) of the cells: for those whose
    /// confidence is not below the 1 - s quantile of all. The quantile is the linearly interpolated one (type 7 of R,
    /// the default there and in `NumPy`). Cells that tie at the cut are all written. Of a location that no training image
    /// carries, no cell is. Time O(n) for n cells.
    #[must_use]
    pub fn new(
        params: &SubmissionParams,
        image_rates: &[f64; Location::COUNT],
        confidences: &[[f32; Location::COUNT]],
    ) -> Self {
        let cuts = match params.keep {
            Keep::All => [f32::NEG_INFINITY; Location::COUNT],
            Keep::BaseRate => std::array::from_fn(|location| {
                let mut of_location: Vec<f32> = confidences.iter().map(|cell| cell[location]).collect();
                cut(&mut of_location, (2.0 * image_rates[location]).min(1.0))
            }),
        };
        Self { cuts, top_locations: params.top_locations as usize }
    }

    /// The locations that a cell with these `confidences` is written with.
    #[must_use]
    pub fn of_cell(&self, confidences: &[f32; Location::COUNT]) -> LocationSet {
        let mut locations: Vec<Location> = Location::all().collect();
        locations.sort_by(|a, b| confidences[b.index()].total_cmp(&confidences[a.index()]));
        let top = locations.into_iter().take(self.top_locations);
        top.filter(|location| confidences[location.index()] >= self.cuts[location.index()]).collect()
    }
}

/// The lowest confidence that is not below the 1 - `share` quantile of all; infinite for a share of 0.
fn cut(confidences: &mut [f32], share: f64) -> f32 {
    let Some(last) = confidences.len().checked_sub(1) else { return f32::INFINITY };
    if share <= 0.0 {
        return f32::INFINITY;
    }
    // What is interpolated between two confidences excludes the lower one, so the upper one is the cut. A place that
    // rounding has pushed beyond a whole number is that number.
    let place = (1.0 - share) * last as f64;
    let upper = ((place - 1e-9).ceil().max(0.0) as usize).min(last);
    *confidences.select_nth_unstable_by(upper, f32::total_cmp).1
}
