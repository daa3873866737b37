//! How well wrong labels were found. A cell inherits the labels of its image; such a *given* label is wrong if the
//! cell does not really show that location. What a cell shows beyond its image's labels is no given label.
//!
//! Average precision ranks the suspected labels by their score and counts every wrong label that was not suspected as
//! never found. Equal scores are one threshold.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{
    CellLabels,
    average_precision::{Interpolation, average_precision},
    share,
};
use crate::atlas::{Location, LocationSet};

/// A given label of one cell that is suspected to be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The ID of the cell's image.
    pub image: String,
    /// The cell's id in the mask of the truth.
    pub cell: u32,
    /// The label.
    pub location: Location,
    /// How suspicious it is: higher means more; a number, not NaN.
    pub score: f64,
}

/// How well wrong labels were found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelScore {
    /// Over all locations.
    pub total: FoundLabels,
    /// Among the suspects with the highest scores; of equal scores those of the first image, cell and location.
    pub top: Vec<TopSuspects>,
    /// Every location, by number.
    pub locations: Vec<FoundLabels>,
    /// Suspects that are no given label of a cell of the truth; they do not count.
    pub not_given: usize,
    /// Suspects that say again what another one says; the highest score counts.
    pub repeated: usize,
    /// Images of the truth without given labels; they do not count.
    pub images_without_labels: usize,
}

/// What there was to find and what was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FoundLabels {
    /// The location's name; none for all of them together.
    pub location: Option<&'static str>,
    /// Given labels of all cells.
    pub given: usize,
    /// Those that are wrong.
    pub wrong: usize,
    /// Those that are suspected.
    pub suspects: usize,
    /// Those that are wrong and suspected.
    pub found: usize,
    /// Share of given labels that are wrong: the precision of suspecting at random.
    pub base_rate: Option<f64>,
    /// Share of suspects that are wrong.
    pub precision: Option<f64>,
    /// Share of wrong labels that are suspected.
    pub recall: Option<f64>,
    /// Of the suspects in the order of their scores.
    pub average_precision: Option<f64>,
}

/// The suspects with the highest scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TopSuspects {
    /// Number of suspects.
    pub suspects: usize,
    /// How many of them are wrong labels.
    pub found: usize,
    /// Their share.
    pub precision: f64,
}

/// Judges `suspects` by what cells really show (`truth`) and what their images are said to show (`given`).
///
/// # Examples
/// ```
/// use cytoscribe::{atlas::Location, score::{Suspect, score_labels}};
/// let truth = [("a".to_owned(), [(1, "0".parse().unwrap()), (2, "0|16".parse().unwrap())].into())].into();
/// let given = [("a".to_owned(), "0|16".parse().unwrap())].into();
/// let location = Location::new(16).unwrap();
/// let suspect = |cell, score| Suspect { image: "a".to_owned(), cell, location, score };
/// let score = score_labels(&truth, &given, &[suspect(1, 0.9), suspect(2, 0.8)]).total;
/// assert_eq!((score.given, score.wrong, score.suspects, score.found), (4, 1, 2, 1));
/// assert_eq!(score.average_precision, Some(1.0));
/// ```
#[must_use]
pub fn score_labels(truth: &CellLabels, given: &BTreeMap<String, LocationSet>, suspects: &[Suspect]) -> LabelScore {
    let mut locations: Vec<FoundLabels> = Location::all()
        .map(|location| FoundLabels { location: Some(location.name()), ..FoundLabels::default() })
        .collect();
    let mut images_without_labels = 0;
    for (image, cells) in truth {
        let Some(given) = given.get(image) else {
            images_without_labels += 1;
            continue;
        };
        for location in given.iter() {
            let found = &mut locations[location.index()];
            found.given += cells.len();
            found.wrong += cells.values().filter(|shown| !shown.contains(location)).count();
        }
    }

    // Whether the suspected label is wrong; `None` if it is no given label.
    let is_wrong = |suspect: &Suspect| {
        let shown = truth.get(&suspect.image)?.get(&suspect.cell)?;
        given.get(&suspect.image)?.contains(suspect.location).then(|| !shown.contains(suspect.location))
    };
    let mut highest: HashMap<(&str, u32, Location), (f64, bool)> = HashMap::new();
    let mut judged = 0;
    for (suspect, wrong) in suspects.iter().filter_map(|suspect| Some((suspect, is_wrong(suspect)?))) {
        judged += 1;
        let key = (suspect.image.as_str(), suspect.cell, suspect.location);
        let (score, _) = highest.entry(key).or_insert((suspect.score, wrong));
        *score = suspect.score.max(*score);
    }
    let mut ranked: Vec<_> = highest.into_iter().collect();
    ranked.sort_by(|(a, (a_score, _)), (b, (b_score, _))| b_score.total_cmp(a_score).then(a.cmp(b)));
    for (location, found) in Location::all().zip(&mut locations) {
        let of_location = ranked.iter().filter(|((_, _, suspected), _)| *suspected == location);
        found.rank(&of_location.map(|(_, ranked)| *ranked).collect::<Vec<_>>());
    }
    let sum = |count: fn(&FoundLabels) -> usize| locations.iter().map(count).sum();
    let mut total =
        FoundLabels { given: sum(|found| found.given), wrong: sum(|found| found.wrong), ..FoundLabels::default() };
    let ranked: Vec<(f64, bool)> = ranked.into_iter().map(|(_, ranked)| ranked).collect();
    total.rank(&ranked);
    LabelScore {
        total,
        top: top_suspects(&ranked),
        locations,
        not_given: suspects.len() - judged,
        repeated: judged - ranked.len(),
        images_without_labels,
    }
}

impl FoundLabels {
    /// Fills in what the suspects, pairs of score and whether the label is wrong, say.
    fn rank(&mut self, ranked: &[(f64, bool)]) {
        self.suspects = ranked.len();
        self.found = ranked.iter().filter(|(_, wrong)| *wrong).count();
        self.base_rate = share(self.wrong, self.given);
        self.precision = share(self.found, self.suspects);
        self.recall = share(self.found, self.wrong);
        self.average_precision = average_precision(ranked, self.wrong, Interpolation::None);
    }
}

/// The first 100, 200, 500, 1,000 … of `ranked`, as far as they go.
fn top_suspects(ranked: &[(f64, bool)]) -> Vec<TopSuspects> {
    let steps = (2..).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_usize.pow(power)));
    steps
        .take_while(|&suspects| suspects <= ranked.len())
        .map(|suspects| {
            let found = ranked[..suspects].iter().filter(|(_, wrong)| *wrong).count();
            TopSuspects { suspects, found, precision: found as f64 / suspects as f64 }
        })
        .collect()
}
