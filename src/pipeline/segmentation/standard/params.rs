//! What can be set in the standard method, in plain words.

use serde::{Deserialize, Serialize};

use crate::pipeline::parameter::{Parameter, ParameterError};

/// How the standard method cuts a field. No length is in here: all of them follow from the size of the nuclei.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StandardParams {
    /// How bright the edge of a nucleus is, as a share of the nucleus' own brightness over its surroundings.
    pub nucleus_threshold: f64,
    /// How sure it must be that two touching pieces are one nucleus, for them to stay one.
    pub split: f64,
    /// How far cells reach out into the dark.
    pub cell_extent: f64,
}

impl StandardParams {
    /// For [`StandardParams::nucleus_threshold`].
    pub const NUCLEUS_THRESHOLD: Parameter = Parameter {
        name: "nucleus threshold",
        unit: "of its brightness",
        range: 0.1..=0.9,
        hover: "How bright a nucleus is at its edge, compared with its middle. \
                More makes nuclei smaller and parts those that touch; less makes them larger and takes in their haze.",
    };
    /// For [`StandardParams::split`].
    pub const SPLIT: Parameter = Parameter {
        name: "split",
        unit: "",
        range: 0.0..=1.0,
        hover: "How sure it must be that two touching pieces are one nucleus. \
                More parts more nuclei and may break lobed ones; less leaves lobed ones whole and joins some that touch.",
    };
    /// For [`StandardParams::cell_extent`].
    pub const CELL_EXTENT: Parameter = Parameter {
        name: "cell extent",
        unit: "",
        range: 0.0..=1.0,
        hover: "How far cells reach out into the dark around them. \
                More takes in dim edges and haze; less keeps to what is stained brightly.",
    };

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        Self::NUCLEUS_THRESHOLD.check(self.nucleus_threshold)?;
        Self::SPLIT.check(self.split)?;
        Self::CELL_EXTENT.check(self.cell_extent)
    }

    /// Brightness over the background from which on a pixel belongs to a cell, as a share of what is usual around nuclei:
    /// from 0.64 down to 0.01, half as much for each sixth of the way; 0.08 in the middle.
    pub(super) fn cell_level(&self) -> f32 {
        (0.64 * (-6.0 * self.cell_extent).exp2()) as f32
    }
}

impl Default for StandardParams {
    fn default() -> Self {
        Self { nucleus_threshold: 0.5, split: 0.5, cell_extent: 0.5 }
    }
}
