//! Two journals of one set: merged into one, and how far their authors agree.

use std::collections::{BTreeMap, BTreeSet};

use super::{Labels, Record, Verdict};
use crate::atlas::{CellKey, Location};

/// The records of both journals, each once, in the order of time; those of one moment by their names. It does not
/// matter which of the two is named first.
#[must_use]
pub fn merge(one: &[Record], other: &[Record]) -> Vec<Record> {
    let all: BTreeMap<_, &Record> = one.iter().chain(other).map(|record| ((record.at, record.id), record)).collect();
    let mut seen = BTreeSet::new();
    all.into_values().filter(|record| seen.insert(record.id)).cloned().collect()
}

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
