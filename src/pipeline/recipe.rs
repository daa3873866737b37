//! Everything that can be set on the way from images to a model, as one thing that can be saved, and what each line of
//! it means.

use serde::{Deserialize, Serialize};

use super::{
    classifier::TrainingParams,
    measurement::MeasurementParams,
    parameter::{Parameter, ParameterError},
    segmentation::{BackgroundParams, SegmentationParams, StandardParams},
};

/// All parameters, of which the results are a function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// From samples to features.
    pub measurement: MeasurementParams,
    /// From features to a model.
    pub training: TrainingParams,
}

impl Recipe {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        self.measurement.segmentation.check()?;
        self.training.check()
    }
}

/// What a part of a [`Recipe`] means, by the names of its fields joined by dots: `training.folds`. Every number has
/// such words; of the groups of numbers those have that need them.
#[must_use]
pub fn meaning(part: &str) -> Option<String> {
    let parameter = match part.strip_prefix("measurement.segmentation.").unwrap_or(part) {
        "working_size" => SegmentationParams::WORKING_SIZE,
        "bright_edges" => {
            let Parameter { hover, .. } = SegmentationParams::BRIGHT_EDGES;
            let help = SegmentationParams::BRIGHT_EDGES.help();
            return Some(help.replace(hover, &format!("{hover} None keeps all of them, Some(0.04) is usual.")));
        }
        "standard.nucleus_threshold" => StandardParams::NUCLEUS_THRESHOLD,
        "standard.split" => StandardParams::SPLIT,
        "standard.cell_extent" => StandardParams::CELL_EXTENT,
        "marker_quantile" => SegmentationParams::MARKER_QUANTILE,
        "nuclei_background.median_window" | "cell_background.median_window" => BackgroundParams::MEDIAN_WINDOW,
        "nuclei_background.quantile" | "cell_background.quantile" => BackgroundParams::QUANTILE,
        "nuclei_background.smallest_gap" | "cell_background.smallest_gap" => BackgroundParams::SMALLEST_GAP,
        "training.regularisation" => TrainingParams::REGULARISATION,
        "training.components" => TrainingParams::COMPONENTS,
        "training.clip" => TrainingParams::CLIP,
        "training.folds" => TrainingParams::FOLDS,
        _ => return words(part).map(str::to_owned),
    };
    Some(parameter.help())
}

/// [`meaning`] of what is no number with a range.
fn words(part: &str) -> Option<&'static str> {
    Some(match part {
        "measurement" => "How cells are found and measured.",
        "measurement.sample_depth" => {
            "How 16-bit samples become 8 bit: FullRange, linearly from the full range of 16 bit; or PercentileWindow, \
             linearly from the 0.001 to the 99.999 percentile of each channel, the upper end at least 10,000."
        }
        "measurement.segmentation.method" => {
            "How cells are found: Standard, right for most fields; or Reference, the published notebook's way, which is \
             also meant where this line is missing. What follows is either for both, or the group `standard`, or the \
             reference's own."
        }
        "measurement.segmentation.standard" => "Of the standard method.",
        "measurement.segmentation.nuclei_background" => "What is background of the nuclei, from the nucleus stain.",
        "measurement.segmentation.cell_background" => {
            "What is background of the cells, from nucleus, endoplasmic reticulum and microtubules added up."
        }
        "training" => "How locations are learnt.",
        "training.learner" => {
            "What learns to tell the locations apart: Logistic, a weight for each feature; SmallTrees, 30 boosted trees \
             of 7 leaves; or BigTrees, 1,000 of 127 leaves."
        }
        "training.seed" => "Where all that is drawn by lot starts; the same number gives the same folds and trees.",
        _ => return None,
    })
}
