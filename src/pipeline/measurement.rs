//! What decides how fields are measured, from samples to features, and the model that such features were learnt with.

use serde::{Deserialize, Serialize};

use super::{
    classifier::Classifier, features::feature_names, parameter::ParameterError, sample_depth::SampleDepth,
    segmentation::SegmentationParams,
};
use crate::atlas::{Location, LocationSet};

/// Everything that decides what is measured: equal images under equal parameters give equal features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeasurementParams {
    /// How samples become 8 bit.
    pub sample_depth: SampleDepth,
    /// How fields are cut into cells.
    pub segmentation: SegmentationParams,
}

/// A trained classifier with all that is needed to use it on other images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Version of this form of model, [`Model::VERSION`] when made by this program.
    pub version: u32,
    /// How the cells it learnt from were measured; new ones must be measured the same way.
    pub measurement: MeasurementParams,
    /// Names of the features in the order the classifier takes them.
    pub feature_names: Vec<String>,
    /// Share of the training images that carry each location, by [`Location::index`]; each in [0, 1].
    pub image_rates: [f64; Location::COUNT],
    /// Scales of the features and a rule for each location.
    pub classifier: Classifier,
}

impl Model {
    /// The version this program writes and reads.
    pub const VERSION: u32 = 3;

    /// A model of this program's version and features.
    #[must_use]
    pub fn new(measurement: MeasurementParams, image_rates: [f64; Location::COUNT], classifier: Classifier) -> Self {
        Self { version: Self::VERSION, measurement, feature_names: feature_names(), image_rates, classifier }
    }

    /// Checks that this program can use the model: it is of this version, its features are ours and its parameters and
    /// rates are in range.
    ///
    /// # Errors
    /// For the first thing that does not fit.
    pub fn check(&self) -> Result<(), ModelMismatch> {
        let ours = feature_names();
        if self.version != Self::VERSION {
            return Err(ModelMismatch::Version { found: self.version });
        }
        let counts = [self.feature_names.len(), self.classifier.features()];
        if let Some(&found) = counts.iter().find(|&&count| count != ours.len()) {
            return Err(ModelMismatch::FeatureCount { found, ours: ours.len() });
        }
        if let Some((found, ours)) = self.feature_names.iter().zip(&ours).find(|(found, ours)| found != ours) {
            return Err(ModelMismatch::FeatureName { found: found.clone(), ours: ours.clone() });
        }
        let in_range = |location: &Location| (0.0..=1.0).contains(&self.image_rates[location.index()]);
        if let Some(location) = Location::all().find(|location| !in_range(location)) {
            return Err(ModelMismatch::ImageRate { location, found: self.image_rates[location.index()] });
        }
        Ok(self.measurement.segmentation.check()?)
    }
}

/// Share of images with these `labels` that carry each location, by [`Location::index`]; 0 without an image.
#[must_use]
pub fn image_rates(labels: &[LocationSet]) -> [f64; Location::COUNT] {
    let mut rates = [0.0; Location::COUNT];
    for location in Location::all() {
        let carriers = labels.iter().filter(|labels| labels.contains(location)).count();
        rates[location.index()] = carriers as f64 / labels.len().max(1) as f64;
    }
    rates
}

/// Why a model cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelMismatch {
    /// Another form of model.
    #[error("it is of version {found}, this program reads version {}; train it anew", Model::VERSION)]
    Version {
        /// The model's version.
        found: u32,
    },
    /// Another number of features.
    #[error("it was trained on {found} features, this program measures {ours}; train it anew")]
    FeatureCount {
        /// Number of its features.
        found: usize,
        /// Number of this program's features.
        ours: usize,
    },
    /// Other features.
    #[error("it was trained on the feature '{found}' where this program measures '{ours}'; train it anew")]
    FeatureName {
        /// Its feature.
        found: String,
        /// This program's feature at the same place.
        ours: String,
    },
    /// A share that is none.
    #[error("the share of images with {location} is {found}, not between 0 and 1; train it anew")]
    ImageRate {
        /// The location.
        location: Location,
        /// Its share.
        found: f64,
    },
    /// A parameter outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}
