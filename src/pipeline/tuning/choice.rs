//! Which of the settings that were tried are shown, and on which images: good ones that differ, where it matters.
//!
//! The best comes first. Each further one is the one with the greatest score, less up to [`SAMENESS`] for how much its cells
//! are those of a setting that is chosen already or in force: nine tiles with the same picture would help nobody. What
//! gives the very same masks as one of those in all images is never chosen.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use rayon::prelude::*;

use super::search::{Attempt, mean};
use crate::{
    imaging::{Plane, resize},
    pipeline::segmentation::Stages,
};

/// Settings that are shown at most.
pub const SHOWN: usize = 9;
/// What a setting loses if its cells are those of another one.
pub const SAMENESS: f64 = 0.1;
/// Settings that differ so much lose nothing.
const DIFFERENT: f64 = 0.1;
/// The longer side of masks that are compared, in pixels.
const SIDE: usize = 96;

/// What a setting came to in one image.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How good it is.
    pub score: f64,
    /// The same for the same masks.
    fingerprint: u64,
    /// The cells, small.
    cells: Plane<u32>,
}

impl Outcome {
    /// Of these stages, which have this score.
    #[must_use]
    pub fn of(stages: &Stages, score: f64) -> Self {
        let (nuclei, cells) = (stages.nuclei_mask(), stages.cell_mask());
        let mut hasher = DefaultHasher::new();
        (nuclei.samples(), cells.samples()).hash(&mut hasher);
        let (height, width) = cells.size();
        let longer = height.max(width).max(SIDE);
        let small = |side: usize| (side * SIDE / longer).max(1);
        Self { score, fingerprint: hasher.finish(), cells: resize::nearest(cells, small(height), small(width)) }
    }
}

/// How much two masks of one size differ, 0 to 1: one minus the mean intersection over union of each region with the one
/// it shares most with, by area, and both ways.
#[must_use]
pub fn difference(one: &Plane<u32>, other: &Plane<u32>) -> f64 {
    let (mut pairs, mut run, mut length) = (HashMap::<(u32, u32), u32>::new(), (0, 0), 0);
    for pair in one.samples().iter().copied().zip(other.samples().iter().copied()) {
        if pair != run {
            *pairs.entry(run).or_default() += length;
            (run, length) = (pair, 0);
        }
        length += 1;
    }
    *pairs.entry(run).or_default() += length;
    // In the order of ids, for sums to come out the same each time.
    let pairs: BTreeMap<(u32, u32), u32> = pairs.into_iter().filter(|(_, shared)| *shared > 0).collect();
    let (mut areas, mut others) = (BTreeMap::<u32, u32>::new(), BTreeMap::<u32, u32>::new());
    for (&(one, other), &shared) in &pairs {
        *areas.entry(one).or_default() += shared;
        *others.entry(other).or_default() += shared;
    }
    let (mut best, mut best_of_others) = (BTreeMap::<u32, f64>::new(), BTreeMap::<u32, f64>::new());
    for (&(one, other), &shared) in pairs.iter().filter(|((one, other), _)| *one > 0 && *other > 0) {
        let iou = f64::from(shared) / f64::from(areas[&one] + others[&other] - shared);
        for (best, id) in [(&mut best, one), (&mut best_of_others, other)] {
            let best = best.entry(id).or_default();
            *best = best.max(iou);
        }
    }
    let agreement = |areas: &BTreeMap<u32, u32>, best: &BTreeMap<u32, f64>| {
        let regions = || areas.iter().filter(|(id, _)| **id > 0);
        let all: f64 = regions().map(|(_, &area)| f64::from(area)).sum();
        let kept: f64 = regions().map(|(id, &area)| f64::from(area) * best.get(id).copied().unwrap_or(0.0)).sum();
        if all > 0.0 { kept / all } else { f64::from(u8::from(one == other)) }
    };
    1.0 - 0.5 * (agreement(&areas, &best) + agreement(&others, &best_of_others))
}

/// How much the cells of two settings differ, in the mean of all images; `None` if all masks are the same.
fn apart(one: &Attempt, other: &Attempt) -> Option<f64> {
    let both = || one.outcomes.iter().zip(&other.outcomes);
    let is_other = both().any(|(one, other)| one.fingerprint != other.fingerprint);
    is_other.then(|| mean(both().map(|(one, other)| difference(&one.cells, &other.cells))).unwrap_or(0.0))
}

/// The settings that are shown, the best first, by their places among `attempts`, which are in the order of merit.
pub(super) fn nine(attempts: &[Attempt], present: usize) -> Vec<usize> {
    // Of each setting, how far it is from the nearest one that is chosen; `None`: it is out.
    let mut open: Vec<Option<f64>> = vec![Some(f64::INFINITY); attempts.len()];
    let leave_out = |open: &mut Vec<Option<f64>>, chosen: usize| {
        open.par_iter_mut().enumerate().for_each(|(at, nearest)| {
            *nearest = nearest.and_then(|nearest| Some(apart(&attempts[at], &attempts[chosen])?.min(nearest)));
        });
    };
    leave_out(&mut open, present);
    let mut chosen = Vec::new();
    while chosen.len() < SHOWN {
        let value = |at: usize, apart: f64| {
            let sameness = if chosen.is_empty() { 0.0 } else { 1.0 - (apart / DIFFERENT).min(1.0) };
            attempts[at].score - SAMENESS * sameness
        };
        let all = open.iter().enumerate().filter_map(|(at, apart)| Some((at, value(at, (*apart)?))));
        // The first of equals.
        let best = all.fold(
            None,
            |best: Option<(usize, f64)>, (at, value)| {
                if best.is_none_or(|(_, most)| value > most) { Some((at, value)) } else { best }
            },
        );
        let Some((best, _)) = best else { break };
        chosen.push(best);
        leave_out(&mut open, best);
    }
    chosen.sort_unstable();
    chosen
}

/// The images from the worst on.
pub(super) fn worst_first(attempts: &[Attempt], present: usize, nine: &[usize]) -> Vec<usize> {
    let present = &attempts[present].outcomes;
    let key = |image: usize| {
        let others = nine.iter().map(|&at| &attempts[at].outcomes[image]);
        let disagreement = mean(others.map(|other| difference(&present[image].cells, &other.cells))).unwrap_or(0.0);
        (present[image].score, disagreement)
    };
    let mut images: Vec<(usize, (f64, f64))> = (0..present.len()).map(|image| (image, key(image))).collect();
    images.sort_by(|(_, one), (_, other)| one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)));
    images.into_iter().map(|(image, _)| image).collect()
}
