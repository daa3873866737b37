//! The search itself: a coarse grid, then ever smaller steps from the best setting to the best of its neighbours.
//!
//! Settings are compared by their scores; of equals the one nearest to the present setting is better, and of those the one
//! with the smaller numbers. So the answer does not depend on threads, and nothing is changed without a reason.

use std::{
    cmp::Ordering,
    sync::atomic::{AtomicUsize, Ordering as Memory},
};

use rayon::prelude::*;

use super::{
    Example, Judge, Stopped, Tried, Tuned, Watch,
    choice::{self, Outcome},
    marks::PlacedMark,
    space::{Space, Values, are_same},
};
use crate::{
    imaging::{Plane, regions::areas_by_id, resize},
    pipeline::segmentation::{SegmentationParams, Stages},
};

/// Settings that are tried at most.
pub const MOST_SETTINGS: usize = 90;

/// How often the steps are halved.
const HALVINGS: i32 = 2;

/// A setting that was tried on all images.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub values: Values,
    pub score: f64,
    /// What it came to in each image.
    pub outcomes: Vec<Outcome>,
}

/// An example, ready for settings to be tried on it.
struct Bench<'a> {
    example: Example<'a>,
    /// The stages with the present setting, of which others take over what they can.
    stages: Stages,
    marks: Vec<PlacedMark>,
    /// Nuclei and cells to be reached, at the size at which they are computed.
    truth: [Option<Plane<u32>>; 2],
}

/// Looks for the settings of the method of `present` that follow `examples` best. At least one example is needed for a
/// score other than 0. Time some [`MOST_SETTINGS`] segmentations an image, less what they share.
///
/// # Errors
/// If it was stopped.
pub fn search<'a>(
    examples: &[Example<'a>],
    present: &SegmentationParams,
    judge: &Judge,
    watch: &Watch,
) -> Result<Tuned, Stopped> {
    let space = Space::around(present);
    let prepare = |example: &Example<'a>| (!(watch.stop)()).then(|| Bench::of(*example, present));
    let benches: Option<Vec<Bench>> = examples.par_iter().map(prepare).collect();
    let benches = benches.ok_or(Stopped)?;
    let trial = Trial { benches: &benches, space: &space, judge, watch, done: AtomicUsize::new(0) };

    let mut attempts = trial.of(&space.grid())?;
    let (mut best, mut halvings) = (best_of(&attempts, &space), 0);
    while halvings <= HALVINGS && attempts.len() < MOST_SETTINGS {
        let mut next = space.neighbours(attempts[best].values, halvings);
        next.retain(|values| !attempts.iter().any(|attempt| are_same(attempt.values, *values)));
        next.dedup_by(|one, other| are_same(*one, *other));
        next.truncate(MOST_SETTINGS - attempts.len());
        attempts.extend(trial.of(&next)?);
        let found = best_of(&attempts, &space);
        if found == best {
            halvings += 1;
        }
        best = found;
    }
    (watch.progress)(1.0);
    Ok(answer(attempts, &space))
}

/// Whether `one` is better than `other` ([`Ordering::Less`]: it comes first).
pub(super) fn by_merit(one: &Attempt, other: &Attempt, space: &Space) -> Ordering {
    let by_score = other.score.total_cmp(&one.score);
    let by_distance = || space.distance(one.values).total_cmp(&space.distance(other.values));
    let by_numbers = || one.values.partial_cmp(&other.values).unwrap_or(Ordering::Equal);
    by_score.then_with(by_distance).then_with(by_numbers)
}

fn best_of(attempts: &[Attempt], space: &Space) -> usize {
    let all = attempts.iter().enumerate();
    all.min_by(|(_, one), (_, other)| by_merit(one, other, space)).map_or(0, |(at, _)| at)
}

fn answer(mut attempts: Vec<Attempt>, space: &Space) -> Tuned {
    let settings = attempts.len();
    attempts.sort_by(|one, other| by_merit(one, other, space));
    // The grid holds the present setting.
    let present = attempts.iter().position(|attempt| are_same(attempt.values, space.present())).unwrap_or(0);
    let nine = choice::nine(&attempts, present);
    let worst = choice::worst_first(&attempts, present, &nine);
    let tried = |at: usize| {
        let Attempt { values, score, outcomes } = &attempts[at];
        let by_image = outcomes.iter().map(|outcome| outcome.score).collect();
        Tried { params: space.params(*values), score: *score, by_image }
    };
    Tuned { present: tried(present), best: nine.into_iter().map(tried).collect(), worst, settings }
}

/// All that trying settings needs.
struct Trial<'a> {
    benches: &'a [Bench<'a>],
    space: &'a Space,
    judge: &'a Judge<'a>,
    watch: &'a Watch<'a>,
    /// Segmentations done.
    done: AtomicUsize,
}

impl Trial<'_> {
    /// Tries `settings` on every image. A piece of work is an image with the settings that share their first number, so
    /// what follows from that is computed once.
    fn of(&self, settings: &[Values]) -> Result<Vec<Attempt>, Stopped> {
        let groups = || settings.chunk_by(|one, other| one[0].to_bits() == other[0].to_bits());
        let pieces: Vec<(&Bench, &[Values])> =
            self.benches.iter().flat_map(|bench| groups().map(move |group| (bench, group))).collect();
        let outcomes: Option<Vec<Vec<Outcome>>> =
            pieces.par_iter().map(|(bench, group)| self.outcomes(bench, group)).collect();
        let outcomes: Vec<Outcome> = outcomes.ok_or(Stopped)?.into_iter().flatten().collect();
        let attempt = |(at, &values): (usize, &Values)| {
            let outcomes: Vec<Outcome> = outcomes.iter().skip(at).step_by(settings.len()).cloned().collect();
            let score = mean(outcomes.iter().map(|outcome| outcome.score)).unwrap_or(0.0);
            Attempt { values, score, outcomes }
        };
        Ok(settings.iter().enumerate().map(attempt).collect())
    }

    fn outcomes(&self, bench: &Bench, group: &[Values]) -> Option<Vec<Outcome>> {
        let mut stages: Option<Stages> = None;
        let outcome = |values: &Values| {
            if (self.watch.stop)() {
                return None;
            }
            let before = stages.as_ref().unwrap_or(&bench.stages);
            let found = Stages::after(Some(before), bench.example.field, &self.space.params(*values));
            let outcome = Outcome::of(&found, bench.score(&found, self.judge));
            stages = Some(found);
            let done = self.done.fetch_add(1, Memory::Relaxed) + 1;
            (self.watch.progress)(done as f64 / (MOST_SETTINGS * self.benches.len()) as f64);
            Some(outcome)
        };
        group.iter().map(outcome).collect()
    }
}

impl<'a> Bench<'a> {
    fn of(example: Example<'a>, present: &SegmentationParams) -> Self {
        let stages = Stages::of(example.field, present);
        let (field_size, size) = ((example.field.height(), example.field.width()), stages.cell_mask().size());
        let marks = example.marks.iter().filter_map(|mark| PlacedMark::of(mark, field_size, size)).collect();
        let shrunk = |mask: &Plane<u32>| resize::nearest(mask, size.0, size.1);
        let truth = example
            .reference
            .map_or([None, None], |masks| [masks.nuclei.as_ref().map(shrunk), masks.cells.as_ref().map(shrunk)]);
        Self { example, stages, marks, truth }
    }

    /// The score of an image: the mean of its marks, of its masks, or of both means.
    fn score(&self, found: &Stages, judge: &Judge) -> f64 {
        let cells = found.cell_mask();
        let of_marks = || {
            let areas = areas_by_id(cells);
            mean(self.marks.iter().map(|mark| mark.grade(cells, &areas)))
        };
        let both = self.truth.iter().zip([found.nuclei_mask(), cells]);
        let of_masks = mean(both.filter_map(|(truth, found)| Some(judge(truth.as_ref()?, found))));
        mean([of_marks(), of_masks].into_iter().flatten()).unwrap_or(0.0)
    }
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / f64::from(count))
}
