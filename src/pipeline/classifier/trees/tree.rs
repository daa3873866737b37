//! A tree of yes-or-no questions, told in the order in which it grew. Short on disk, quick to ask.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// A tree with a value at each leaf.
///
/// It begins as leaf 0. Split number s divides the leaf `leaf[s]`: a cell whose `feature[s]` is at most `threshold[s]`
/// stays in it, every other goes to a new leaf with the number s + 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Tree {
    leaf: Vec<u16>,
    feature: Vec<u16>,
    threshold: Vec<f32>,
    value: Vec<f32>,
    /// For each split where "at most" and "more" lead: to a later split, or to a leaf.
    #[serde(skip)]
    branches: Vec<[Branch; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Branch {
    Split(u16),
    Leaf(u16),
}

/// A question at a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// The leaf that it divides.
    pub leaf: usize,
    /// The feature that is asked for.
    pub feature: usize,
    /// The largest value that stays.
    pub threshold: f32,
}

impl Tree {
    /// A tree from its splits in the order of growth and the values of its leaves, one more than splits.
    ///
    /// # Errors
    /// If a split divides a leaf that is not there yet, lengths disagree, or a number is not finite.
    pub fn new(splits: &[Split], value: Vec<f32>) -> Result<Self, TreeError> {
        Self::try_from(Parts {
            leaf: splits.iter().map(|split| split.leaf as u16).collect(),
            feature: splits.iter().map(|split| split.feature as u16).collect(),
            threshold: splits.iter().map(|split| split.threshold).collect(),
            value,
        })
    }

    /// Number of leaves.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.value.len()
    }

    /// Number of features that a cell must have at least.
    #[must_use]
    pub fn features(&self) -> usize {
        self.feature.iter().max().map_or(0, |&last| usize::from(last) + 1)
    }

    /// The value of the leaf that `x` belongs to.
    #[must_use]
    pub fn value(&self, x: ArrayView1<'_, f64>) -> f32 {
        let mut at = if self.branches.is_empty() { Branch::Leaf(0) } else { Branch::Split(0) };
        loop {
            match at {
                Branch::Leaf(leaf) => return self.value[usize::from(leaf)],
                Branch::Split(split) => {
                    let split = usize::from(split);
                    let more = x[usize::from(self.feature[split])] as f32 > self.threshold[split];
                    at = self.branches[split][usize::from(more)];
                }
            }
        }
    }
}

/// A tree as it is read, not yet checked.
#[derive(Deserialize)]
#[serde(rename = "Tree")]
struct Parts {
    leaf: Vec<u16>,
    feature: Vec<u16>,
    threshold: Vec<f32>,
    value: Vec<f32>,
}

/// Lists of numbers that are no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tree has a split of a leaf that is not there, lists of unequal length, or a number out of range")]
pub struct TreeError;

impl TryFrom<Parts> for Tree {
    type Error = TreeError;

    fn try_from(Parts { leaf, feature, threshold, value }: Parts) -> Result<Self, TreeError> {
        let splits = leaf.len();
        let lengths = [feature.len(), threshold.len(), value.len().wrapping_sub(1)];
        let finite = threshold.iter().chain(&value).all(|number| number.is_finite());
        if lengths != [splits; 3] || splits > usize::from(u16::MAX) || !finite {
            return Err(TreeError);
        }
        let mut branches: Vec<[Branch; 2]> = Vec::with_capacity(splits);
        // Where each leaf hangs: at which split and on which of its sides.
        let mut stalks: Vec<Option<(usize, usize)>> = vec![None];
        for (split, &leaf) in leaf.iter().enumerate() {
            let stalk = stalks.get_mut(usize::from(leaf)).ok_or(TreeError)?;
            if let Some((parent, side)) = stalk.replace((split, 0)) {
                branches[parent][side] = Branch::Split(split as u16);
            }
            stalks.push(Some((split, 1)));
            branches.push([Branch::Leaf(leaf), Branch::Leaf(split as u16 + 1)]);
        }
        Ok(Self { leaf, feature, threshold, value, branches })
    }
}
