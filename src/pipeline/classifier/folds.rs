//! Folds for cross-validation: which cells are held out together.
//!
//! Groups stay whole, and every location is spread evenly over the folds, the rarest first, as a location whose few
//! examples meet in one fold can be neither learnt nor scored. The idea is iterative stratification (Sechidis,
//! Tsoumakas & Vlahavas 2011), told for groups: each in turn goes to the fold that lacks its locations most.

use std::collections::{BTreeMap, HashMap};

use super::{TrainingSet, draws::split_mix};
use crate::atlas::{Location, LocationSet};

/// The cells of one group in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// Number of cells.
    pub cells: usize,
    /// Number of cells that show each location, by [`Location::index`].
    pub positives: [usize; Location::COUNT],
}

impl GroupCounts {
    /// Where in `locations` those stand that the group shows.
    fn ranks(&self, locations: &[Location]) -> Vec<usize> {
        (0..locations.len()).filter(|&rank| self.positives[locations[rank].index()] > 0).collect()
    }

    /// Takes in one more cell.
    fn take(&mut self, labels: LocationSet) {
        self.cells += 1;
        labels.iter().for_each(|location| self.positives[location.index()] += 1);
    }

    fn add(&mut self, other: &Self) {
        self.cells += other.cells;
        for (sum, positives) in self.positives.iter_mut().zip(other.positives) {
            *sum += positives;
        }
    }
}

/// Counts the groups of a training set, by their number.
#[must_use]
pub fn count_groups(set: &TrainingSet<'_>) -> BTreeMap<usize, GroupCounts> {
    let mut counts = BTreeMap::<usize, GroupCounts>::new();
    for (&group, labels) in set.groups().iter().zip(set.labels()) {
        counts.entry(group).or_default().take(*labels);
    }
    counts
}

/// The fold of every group: `folds` of them, or as many as there are groups if that is fewer; none is empty.
///
/// Groups with the rarest location come first, in an order drawn from `seed`. Each goes to the fold that is emptiest
/// for it: first where the fewest of its locations would stay in one fold, then with the fewest cells of its rarest
/// location, of its next rarest and so on, then with the fewest cells. So a location in two groups or more is in two
/// folds or more, but for rare knots of groups that share several locations; with two folds some cannot be untied.
///
/// The result depends on the groups' numbers and counts, not on the order of the cells.
#[must_use]
pub fn assign_folds(groups: &BTreeMap<usize, GroupCounts>, folds: usize, seed: u64) -> BTreeMap<usize, usize> {
    let by_rarity = locations_by_rarity(groups);
    let mut order: Vec<_> = groups.iter().map(|(&group, counts)| (group, counts, counts.ranks(&by_rarity))).collect();
    order.sort_by_key(|(group, _, ranks)| {
        let rarest = ranks.first().copied().unwrap_or(Location::COUNT);
        (rarest, split_mix(seed ^ split_mix(*group as u64)), *group)
    });

    let mut filled = vec![GroupCounts::default(); folds.min(groups.len())];
    let mut all = GroupCounts::default();
    let mut fold_of_group = BTreeMap::new();
    for (group, counts, ranks) in order {
        let shown = || ranks.iter().map(|&rank| by_rarity[rank].index());
        let fullness = |fold: &GroupCounts| -> (usize, Vec<usize>, usize) {
            let only_here = |at: &usize| fold.positives[*at] > 0 && fold.positives[*at] == all.positives[*at];
            (shown().filter(only_here).count(), shown().map(|at| fold.positives[at]).collect(), fold.cells)
        };
        if let Some(emptiest) = (0..filled.len()).min_by_key(|&fold| fullness(&filled[fold])) {
            filled[emptiest].add(counts);
            all.add(counts);
            fold_of_group.insert(group, emptiest);
        }
    }
    fold_of_group
}

/// The fold of every cell, by the name of its image or sample and what that is said to show: [`assign_folds`] with numbers
/// drawn from the names.
///
/// `names` and `labels`: of each cell. If these are the labels of images, which people's decisions do not change, every
/// cell stays in its fold whatever is decided, and what a fold says of it can be compared before and after.
#[must_use]
pub fn folds_by_name(names: &[&str], labels: &[LocationSet], folds: usize, seed: u64) -> Vec<u8> {
    let numbers: HashMap<&str, usize> = names.iter().map(|&name| (name, drawn_for(name) as usize)).collect();
    let mut groups = BTreeMap::<usize, GroupCounts>::new();
    for (name, labels) in names.iter().zip(labels) {
        groups.entry(numbers[name]).or_default().take(*labels);
    }
    let fold_of_group = assign_folds(&groups, folds.min(usize::from(u8::MAX)), seed);
    names.iter().map(|name| fold_of_group.get(&numbers[name]).copied().unwrap_or(0) as u8).collect()
}

/// A number that looks drawn by lot and belongs to `name`: FNV-1a (Fowler, Noll & Vo), mixed.
fn drawn_for(name: &str) -> u64 {
    let hash = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    split_mix(name.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, hash))
}

/// The locations that any group shows, those in the fewest groups first, then those on the fewest cells.
fn locations_by_rarity(groups: &BTreeMap<usize, GroupCounts>) -> Vec<Location> {
    let shown_by = |location: Location| {
        let positives = groups.values().map(|group| group.positives[location.index()]).filter(|&cells| cells > 0);
        (positives.clone().count(), positives.sum::<usize>())
    };
    let mut locations: Vec<_> = Location::all().filter(|&location| shown_by(location).0 > 0).collect();
    locations.sort_by_key(|&location| shown_by(location));
    locations
}
