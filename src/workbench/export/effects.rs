//! What post-processing does to the local score: how well the confidences rank cells of which one knows what they show,
//! by a truth or by what people decided. Built on plain arrays, so that any probabilities can feed it that do not come
//! from rules that have seen the cells.

use ndarray::{Array2, ArrayView2};

use crate::{
    atlas::{Location, LocationSet},
    pipeline::{
        classifier::scores::average_precision,
        post_processing::{CellFacts, PostProcessingParams, Step, confidences},
    },
    project::labels::Verdict,
};

/// What is known of one cell: which locations it shows, and of which one does not know.
pub type Known = [Option<bool>; Location::COUNT];

/// From where it is known what cells show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownFrom {
    /// A truth about all cells.
    Truth,
    /// What people decided about some of them.
    Decisions,
}

impl KnownFrom {
    /// As the words after "by".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Truth => "the truth",
            Self::Decisions => "decisions about cells",
        }
    }
}

/// Cells with probabilities and with what is known of them.
#[derive(Clone, Debug)]
pub struct Predicted {
    /// (cells, [`Location::COUNT`]).
    pub probabilities: Array2<f32>,
    /// Of each cell.
    pub facts: Vec<CellFacts>,
    /// Of each image, by its number.
    pub image_labels: Vec<Option<LocationSet>>,
    /// Of each cell.
    pub known: Vec<Known>,
    /// Where that is from.
    pub known_from: KnownFrom,
}

/// How well confidences rank cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalScore {
    /// The mean average precision of the locations that can be scored.
    pub mean_average_precision: f64,
    /// Number of these: of which a cell is known that shows them, and one that does not.
    pub locations: usize,
    /// Number of answers, one a cell and location, that it rests on.
    pub answers: usize,
}

/// How well `confidences` (cells, [`Location::COUNT`]) rank the cells of which something is `known`; `None` if of no
/// location both a cell is known that shows it and one that does not.
#[must_use]
pub fn local_score(confidences: ArrayView2<'_, f32>, known: &[Known]) -> Option<LocalScore> {
    let (mut sum, mut locations, mut answers) = (0.0, 0, 0);
    for location in Location::all() {
        let column = confidences.column(location.index());
        let ranked =
            column.iter().zip(known).filter_map(|(&confidence, known)| Some((confidence, known[location.index()]?)));
        let ranked: Vec<(f32, bool)> = ranked.collect();
        let has_both = ranked.iter().any(|(_, shows)| *shows) && ranked.iter().any(|(_, shows)| !*shows);
        if let Some(precision) = average_precision(&ranked).filter(|_| has_both) {
            sum += precision;
            locations += 1;
            answers += ranked.len();
        }
    }
    (locations > 0).then(|| LocalScore { mean_average_precision: sum / locations as f64, locations, answers })
}

/// What post-processing does to the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// Of the probabilities as they are.
    pub before: Option<LocalScore>,
    /// After all steps.
    pub after: Option<LocalScore>,
    /// After each step alone, of those that change anything.
    pub alone: Vec<(Step, Option<LocalScore>)>,
}

/// How far from what was decided the probability of a decided cell is written: the rules still order those decided alike.
const LEEWAY: f32 = 0.01;

impl Predicted {
    /// The confidences that are written: after post-processing of the probabilities, which where something was decided
    /// about a cell lie within 0.01 of that. `verdicts`: of each cell. [`Predicted::effects`] do not know of this, as
    /// decisions would be judged by themselves.
    #[must_use]
    pub fn written(
        &self,
        params: &PostProcessingParams,
        verdicts: &[[Option<Verdict>; Location::COUNT]],
    ) -> Array2<f32> {
        let mut probabilities = self.probabilities.clone();
        for (mut cell, verdicts) in probabilities.rows_mut().into_iter().zip(verdicts) {
            for (probability, verdict) in cell.iter_mut().zip(verdicts) {
                if let Some(decided) = verdict.map(|verdict| verdict.probability() as f32) {
                    *probability = decided + LEEWAY * (*probability - decided);
                }
            }
        }
        confidences(probabilities.view(), &self.facts, &self.image_labels, params)
    }

    /// The confidences after post-processing, without what was decided.
    #[must_use]
    pub fn confidences(&self, params: &PostProcessingParams) -> Array2<f32> {
        confidences(self.probabilities.view(), &self.facts, &self.image_labels, params)
    }

    /// What `params` do to the score.
    #[must_use]
    pub fn effects(&self, params: &PostProcessingParams) -> Effects {
        let score = |params: &PostProcessingParams| local_score(self.confidences(params).view(), &self.known);
        let in_force: Vec<Step> = Step::ALL.into_iter().filter(|&step| params.has(step)).collect();
        let before = local_score(self.probabilities.view(), &self.known);
        Effects {
            before,
            after: if in_force.is_empty() { before } else { score(params) },
            alone: in_force.into_iter().map(|step| (step, score(&params.only(step)))).collect(),
        }
    }
}
