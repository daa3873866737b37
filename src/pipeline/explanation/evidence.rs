//! What tells the locations of one cell apart: the features that weigh most in the rules, with where the cell stands in
//! them among the cells of its image; or, where nothing is learnt, those in which it stands out most.

use std::collections::BTreeSet;

use crate::{
    atlas::{Location, LocationSet},
    pipeline::{
        classifier::{Classifier, LocationModel, Logit, Rule},
        features::{Cell, MeasuredField, feature_in_words, feature_names},
    },
};

/// Features that are shown of a location.
const SHOWN: usize = 5;
/// Locations that are shown.
const LOCATIONS: usize = 4;
/// Of these, those that the image is not labelled with: the most probable.
const PROBABLE: usize = 2;

/// Standard deviations from the mean below which a cell is as the others.
const SLIGHTEST: f64 = 0.05;

/// Why a location is in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The image is labelled with it.
    Label,
    /// It is among the most probable of the others.
    Probable,
}

/// The rule of a location that is in question for a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct LocationRule {
    /// The location.
    pub location: Location,
    /// Why it is in question.
    pub why: Why,
    /// How probable the cell shows it.
    pub probability: f32,
    /// The features that weigh most in its rule, the heaviest first, with their weights by standard deviation; none
    /// if it has no rule, or one that weighs no feature by itself.
    pub heaviest: Vec<(usize, f64)>,
}

/// What speaks for or against something.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// A location; or what stands in where nothing is learnt.
    pub title: String,
    /// What the features below are.
    pub sentence: String,
    /// The features.
    pub features: Vec<TellingFeature>,
}

/// A feature of a cell among those of the other cells of its image.
#[derive(Clone, Debug, PartialEq)]
pub struct TellingFeature {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub words: String,
    /// Its weight in the rule, by standard deviation, if there is a rule.
    pub weight: Option<f64>,
    /// Its value.
    pub value: f32,
    /// The cell's rank by it, the largest value first, from 1.
    pub rank: usize,
    /// Number of cells of the image.
    pub cells: usize,
    /// Standard deviations that the cell lies above the mean of the cells of its image.
    pub standing: f64,
}

impl TellingFeature {
    /// Whether it speaks for the location in this cell; `None`: there is no rule, or the cell is as the others.
    #[must_use]
    pub fn speaks_for(&self) -> Option<bool> {
        let speech = self.weight? * self.standing;
        (self.standing.abs() >= SLIGHTEST).then_some(speech > 0.0)
    }
}

/// The rules of the locations in question for a cell: those its image is labelled with, and of the others the two most
/// probable; at most four. `probabilities`: by [`Location::index`].
#[must_use]
pub fn rules_of(
    classifier: &Classifier,
    probabilities: &[f32; Location::COUNT],
    labels: LocationSet,
) -> Vec<LocationRule> {
    let probability = |location: Location| probabilities[location.index()];
    let mut others: Vec<Location> = Location::all().filter(|&location| !labels.contains(location)).collect();
    others.sort_by(|&one, &other| probability(other).total_cmp(&probability(one)));
    let labelled = labels.iter().map(|location| (location, Why::Label)).take(LOCATIONS);
    let probable = others.into_iter().map(|location| (location, Why::Probable)).take(PROBABLE);
    let rule = |(location, why)| LocationRule {
        location,
        why,
        probability: probability(location),
        heaviest: heaviest(classifier, location),
    };
    labelled.chain(probable).take(LOCATIONS).map(rule).collect()
}

fn heaviest(classifier: &Classifier, location: Location) -> Vec<(usize, f64)> {
    match classifier.location(location) {
        LocationModel::Fitted { rule: Rule::Logit(logit), .. } => Logit::heaviest(&logit.weights, SHOWN),
        _ => Vec::new(),
    }
}

/// What tells the locations of `cell` apart, by these rules; without any, in which features it stands out most.
#[must_use]
pub fn evidence(measured: &MeasuredField, cell: &Cell, rules: &[LocationRule]) -> Vec<Evidence> {
    let names = feature_names();
    let telling = |(feature, weight): (usize, Option<f64>)| {
        let name = names.get(feature).cloned().unwrap_or_default();
        let value = cell.features[feature];
        let larger = measured.cells.iter().filter(|other| other.features[feature] > value).count();
        TellingFeature {
            words: feature_in_words(&name),
            name,
            weight,
            value,
            rank: larger + 1,
            cells: measured.cells.len(),
            standing: standing(measured, cell, feature),
        }
    };
    let by_rule = |rule: &LocationRule| {
        let features = rule.heaviest.iter().filter(|(feature, _)| *feature < cell.features.len());
        let features = features.map(|&(feature, weight)| telling((feature, Some(weight)))).collect();
        Evidence { title: title(rule), sentence: sentence(rule).to_owned(), features }
    };
    if rules.is_empty() {
        let features = conspicuous(measured, cell, &names).into_iter().map(|feature| telling((feature, None)));
        return vec![Evidence {
            title: "Where it stands out".to_owned(),
            sentence:
                "No model is learnt, so there are no weights. In their place: the features in which this cell lies \
                       farthest from the mean of the cells of its image. They need not tell its locations."
                    .to_owned(),
            features: features.collect(),
        }];
    }
    rules.iter().map(by_rule).collect()
}

fn title(rule: &LocationRule) -> String {
    let why = match rule.why {
        Why::Label => "a label of the image",
        Why::Probable => "no label of the image",
    };
    format!("{}: {why}, probability {:.2}", rule.location.name(), rule.probability)
}

/// What is to be said where a rule has no heavy features.
fn sentence(rule: &LocationRule) -> &'static str {
    if rule.heaviest.is_empty() {
        return "No feature has a weight of its own in its rule: nothing could be learnt, or it asks questions in trees.";
    }
    ""
}

/// Standard deviations that `cell` lies above the mean of all; 0 where all are equal.
fn standing(measured: &MeasuredField, cell: &Cell, feature: usize) -> f64 {
    let values = || measured.cells.iter().map(|other| f64::from(other.features[feature]));
    let count = measured.cells.len().max(1) as f64;
    let mean = values().sum::<f64>() / count;
    let spread = (values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
    // Rounding alone leaves some spread where all are equal.
    let is_varied = spread > 1e-9 * mean.abs().max(1e-9);
    if is_varied { (f64::from(cell.features[feature]) - mean) / spread } else { 0.0 }
}

/// The features in which a cell lies farthest from the mean, the farthest first; of each of the 54 numbers only the form
/// in which it does so most.
fn conspicuous(measured: &MeasuredField, cell: &Cell, names: &[String]) -> Vec<usize> {
    let standings: Vec<f64> = (0..cell.features.len()).map(|feature| standing(measured, cell, feature).abs()).collect();
    let mut all: Vec<usize> = (0..standings.len()).filter(|&feature| standings[feature] > 0.0).collect();
    all.sort_by(|&one, &other| standings[other].total_cmp(&standings[one]));
    let mut numbers = BTreeSet::new();
    all.retain(|&feature| numbers.insert(names[feature].split_once('.').map(|(_, number)| number)));
    all.truncate(SHOWN);
    all
}
