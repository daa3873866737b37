//! From measured cells to a model, and in words how good it is.

use std::{collections::BTreeSet, error::Error, fmt::Write};

use ndarray::ArrayView2;

use super::{
    arguments::{SampleOption, TrainingOptions},
    terminal::count,
};
use crate::{
    pipeline::{
        classifier::{SamplePattern, TrainingParams, TrainingSet, cross_validate, numbered, train},
        features::FEATURE_COUNT,
        measurement::{MeasurementParams, Model},
    },
    workbench::{TrainingCells, score_table::score_table},
};

/// A model and what there is to say of it.
pub struct Learnt {
    /// The model.
    pub model: Model,
    /// A table of the locations with their cross-validated scores.
    pub summary: String,
}

/// How to learn, checked before hours of measuring.
pub struct Lessons {
    params: TrainingParams,
    samples: Option<SamplePattern>,
}

impl Lessons {
    /// `params` with what `options` ask for.
    pub fn new(
        params: TrainingParams,
        options: &TrainingOptions,
        samples: &SampleOption,
    ) -> Result<Self, Box<dyn Error>> {
        let samples = samples.pattern.as_deref().map(SamplePattern::new).transpose()?;
        Ok(Self { params: options.params(params)?, samples })
    }
}

/// Trains on `cells`, which were measured with `measurement`, and judges the model by cross-validation.
pub fn learn(
    cells: &TrainingCells,
    Lessons { params, samples }: &Lessons,
    measurement: MeasurementParams,
) -> Result<Learnt, Box<dyn Error>> {
    let sample_of = |id| samples.as_ref().map_or(id, |pattern| pattern.sample_of(id));
    let groups = numbered(cells.images.iter().map(|id| sample_of(id)));
    let features = ArrayView2::from_shape((cells.labels.len(), FEATURE_COUNT), &cells.features)?;
    let set = TrainingSet::new(features, &cells.labels, &groups)?;

    let distinct = |names: &mut dyn Iterator<Item = &str>| names.collect::<BTreeSet<_>>().len();
    let images = distinct(&mut cells.images.iter().map(String::as_str));
    let mut summary = format!("{} of {}", count(set.cells(), "cell"), count(images, "image"));
    if samples.is_some() {
        let samples = distinct(&mut cells.images.iter().map(|id| sample_of(id)));
        let _ = write!(summary, " of {}", count(samples, "sample"));
    }
    let _ = write!(summary, ", learnt by {}", params.learner.name());
    match cross_validate(&set, params) {
        Ok(validation) => {
            let _ = writeln!(summary, ", cross-validated in {} folds\n", validation.folds);
            summary.push_str(&score_table(&validation.scores, if samples.is_some() { "samples" } else { "images" }));
        }
        Err(one_group) => {
            let _ = writeln!(summary, "\n{one_group}");
        }
    }
    let model = Model::new(measurement, cells.image_rates(), train(&set, params));
    Ok(Learnt { model, summary: summary.trim_end().to_owned() })
}
