//! The cold fit: what cells are taught, the model that learns it, and probabilities of rules that have not seen a cell.
//!
//! METHOD. A cell is taught as the labels of its image, changed by the decisions about it: yes and the grades 4 and 5 add a
//! location, no and the grades 1 and 2 take it away, grade 3 leaves what the image says. The rules are learnt from these
//! yes-or-no labels; the solver takes neither weights nor shares. Excluded cells, cells that could not be measured, and
//! cells of images without labels teach nothing. Nothing depends on what was learnt before.

use ndarray::{Array2, ArrayView2, Axis};

use super::{ExportError, ExportWatch, gather::Gathered};
use crate::{
    atlas::{Location, LocationSet},
    pipeline::{
        classifier::{
            CrossValidation, OneGroup, SamplePattern, Score, TrainingParams, TrainingSet, cross_validate, numbered,
            train,
        },
        measurement::{self, MeasurementParams, Model},
    },
};

/// What was learnt from the cells of a set.
#[derive(Debug)]
pub struct Learnt {
    /// The model of all cells that were taught.
    pub model: Model,
    /// How well it ranks cells of images it has not seen.
    pub validation: Result<Validation, OneGroup>,
    /// The probability of every location for every cell that counts: (cells, [`Location::COUNT`]); that of a rule that
    /// has not seen the cell's image, where there is one.
    pub probabilities: Array2<f32>,
    /// Number of cells that were taught.
    pub taught: usize,
    /// Number of given labels that look wrong: the cell is no more probable to show the location than those without
    /// that label are on average.
    pub doubtful: usize,
}

/// What a cross-validation says.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Number of folds.
    pub folds: usize,
    /// By location.
    pub scores: Vec<Score>,
}

/// Learns from the cells that have something to teach. `samples`: what of an image's ID names its sample; without, each image
/// is one.
///
/// # Errors
/// If there are none, or the work is stopped.
pub fn learn(
    gathered: &Gathered,
    measurement: MeasurementParams,
    params: &TrainingParams,
    samples: Option<&SamplePattern>,
    watch: ExportWatch,
) -> Result<Learnt, ExportError> {
    let lessons = Lessons::of(gathered);
    let sample = |&place: &usize| {
        let id = gathered.fields[place].id.as_str();
        samples.map_or(id, |pattern| pattern.sample_of(id))
    };
    // Of one sample, cells are never split between learning and judging.
    let groups = numbered(lessons.images.iter().map(sample));
    let features = gathered.features()?;
    let chosen;
    let of_taught = if lessons.rows.len() == features.nrows() {
        features
    } else {
        chosen = features.select(Axis(0), &lessons.rows);
        chosen.view()
    };
    let set = TrainingSet::new(of_taught, &lessons.labels, &groups).map_err(ExportError::Training)?;
    watch.begin("Learning what images not learnt from show", 0)?;
    let validation = cross_validate(&set, params);
    watch.begin("Learning from all images", 0)?;
    let classifier = train(&set, params);
    watch.begin("Predicting", 0)?;
    let probabilities = probabilities(gathered, features, &classifier, &lessons, validation.as_ref().ok())?;
    let doubtful = validation.as_ref().map_or(0, |found| doubtful(found.probabilities.view(), &lessons.labels));
    Ok(Learnt {
        model: Model::new(measurement, image_rates(gathered, &lessons), classifier),
        validation: validation.map(|CrossValidation { folds, scores, .. }| Validation { folds, scores }),
        probabilities,
        taught: lessons.rows.len(),
        doubtful,
    })
}

/// The cells that are taught: their rows among the features, what they are taught, and the places of their images.
struct Lessons {
    rows: Vec<usize>,
    labels: Vec<LocationSet>,
    images: Vec<usize>,
}

impl Lessons {
    fn of(gathered: &Gathered) -> Self {
        let mut lessons = Self { rows: Vec::new(), labels: Vec::new(), images: Vec::new() };
        for (place, cell) in gathered.cells() {
            if let (Some(labels), Some((_, row))) = (gathered.fields[place].labels, cell.measured) {
                lessons.rows.push(row);
                lessons.labels.push(cell.decisions.labels(labels));
                lessons.images.push(place);
            }
        }
        lessons
    }
}

/// Of cells that were taught by rules that have not seen them, if there are such; of others by the model; of those without
/// features the shares of cells that were taught each location, with its prior.
fn probabilities(
    gathered: &Gathered,
    features: ArrayView2<'_, f32>,
    classifier: &crate::pipeline::classifier::Classifier,
    lessons: &Lessons,
    validation: Option<&CrossValidation>,
) -> Result<Array2<f32>, ExportError> {
    let mut of_rows = classifier.predict(features).map_err(|error| ExportError::Fault(error.to_string()))?;
    if let Some(validation) = validation {
        for (&row, unseen) in lessons.rows.iter().zip(validation.probabilities.rows()) {
            of_rows.row_mut(row).assign(&unseen);
        }
    }
    let base_rates = classifier.base_rates();
    let cells: Vec<Option<usize>> = gathered.cells().map(|(_, cell)| cell.measured.map(|(_, row)| row)).collect();
    Ok(Array2::from_shape_fn((cells.len(), Location::COUNT), |(cell, location)| {
        cells[cell].map_or(base_rates[location], |row| of_rows[(row, location)])
    }))
}

/// The share of images with a taught cell that carry each location.
fn image_rates(gathered: &Gathered, lessons: &Lessons) -> [f64; Location::COUNT] {
    let mut images = lessons.images.clone();
    images.dedup();
    let labels: Vec<LocationSet> = images.iter().filter_map(|&place| gathered.fields[place].labels).collect();
    measurement::image_rates(&labels)
}

fn doubtful(probabilities: ArrayView2<'_, f32>, labels: &[LocationSet]) -> usize {
    let of_location = |location: Location| {
        let column = probabilities.column(location.index());
        let without = column.iter().zip(labels).filter(|(_, labels)| !labels.contains(location));
        let (sum, count) = without.fold((0.0, 0.0), |(sum, count), (&p, _)| (sum + f64::from(p), count + 1.0));
        let given = column.iter().zip(labels).filter(|(_, labels)| labels.contains(location));
        given.filter(|(p, _)| count > 0.0 && f64::from(**p) <= sum / count).count()
    };
    Location::all().map(of_location).sum()
}
