//! Two journals of one set: merged into one, and how far their authors agree.

use std::collections::BTreeMap;

use super::{Deed, Labels, Moment, Record, RecordId, Verdict};
use crate::atlas::{CellKey, Location};

/// The records of both journals, each once, in the order of time; those of one moment by their names. It does not
/// matter which of the two is named first, nor how often they are merged.
///
/// Clocks are set back now and then: what one session wrote stays in its order, and what undoes or redoes a record comes
/// behind it.
#[must_use]
pub fn merge(one: &[Record], other: &[Record]) -> Vec<Record> {
    let all: BTreeMap<RecordId, &Record> = one.iter().chain(other).map(|record| (record.id, record)).collect();
    let mut places: BTreeMap<RecordId, (Moment, u32)> =
        all.values().map(|record| (record.id, (record.at, 0))).collect();
    for _ in 0..PASSES {
        let before = places.clone();
        let mut earlier: Option<RecordId> = None;
        for (&id, record) in &all {
            let in_session = earlier.filter(|earlier| earlier.0 == id.0).map(|earlier| places[&earlier]);
            let target = match record.did {
                Deed::Undo(target) | Deed::Redo(target) if target != id => places.get(&target).copied(),
                _ => None,
            };
            let behind_target = target.map(|(at, depth)| (at, depth + 1));
            let lowest = places[&id].max(in_session.unwrap_or_default()).max(behind_target.unwrap_or_default());
            places.insert(id, lowest);
            earlier = Some(id);
        }
        if places == before {
            break;
        }
    }
    let mut merged: Vec<&Record> = all.into_values().collect();
    merged.sort_by_key(|record| (places[&record.id], record.id));
    merged.into_iter().cloned().collect()
}

/// How often places are put right: as often as sessions can have undone each other's records against their clocks.
const PASSES: usize = 8;

/// A cell about which two sets of labels say different things.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The cell.
    pub cell: CellKey,
    /// The location.
    pub location: Location,
    /// What each says.
    pub verdicts: [Verdict; 2],
}

/// How far two sets of labels agree on what both decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// How often both lean to: no and no, no and yes, yes and no, yes and yes.
    pub counts: [[usize; 2]; 2],
    /// Where they lean to different sides.
    pub disagreements: Vec<Disagreement>,
}

impl Agreement {
    /// Compares what is decided about the same anchors. Grades in the middle are left out.
    #[must_use]
    pub fn of(one: &Labels, other: &Labels) -> Self {
        let mut agreement = Self::default();
        for field in one.fields() {
            for (anchor, _) in one.decided(field) {
                let (first, second) = (one.of(field, anchor), other.of(field, anchor));
                for location in Location::all() {
                    let (Some(a), Some(b)) = (first.of(location), second.of(location)) else { continue };
                    let (Some(leans_a), Some(leans_b)) = (a.leaning(), b.leaning()) else { continue };
                    agreement.counts[usize::from(leans_a)][usize::from(leans_b)] += 1;
                    if leans_a != leans_b {
                        let cell = CellKey { field: field.to_owned(), anchor };
                        agreement.disagreements.push(Disagreement { cell, location, verdicts: [a, b] });
                    }
                }
            }
        }
        agreement
    }

    /// Decisions that both made.
    #[must_use]
    pub fn common(&self) -> usize {
        self.counts.as_flattened().iter().sum()
    }

    /// Cohen's kappa: 1 if they agree always, 0 if no more than by chance; `None` without common decisions, or if both
    /// always say the same one thing, so that chance alone explains it.
    ///
    /// Source: Cohen, A coefficient of agreement for nominal scales (1960).
    #[must_use]
    pub fn kappa(&self) -> Option<f64> {
        let [[no_no, no_yes], [yes_no, yes_yes]] = self.counts.map(|row| row.map(|count| count as f64));
        let total = no_no + no_yes + yes_no + yes_yes;
        let observed = (no_no + yes_yes) / total;
        let by_chance =
            ((no_no + no_yes) * (no_no + yes_no) + (yes_no + yes_yes) * (no_yes + yes_yes)) / (total * total);
        let kappa = (observed - by_chance) / (1.0 - by_chance);
        kappa.is_finite().then_some(kappa)
    }
}
