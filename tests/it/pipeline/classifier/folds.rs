//! Which groups are held out together.

use std::collections::{BTreeMap, BTreeSet};

use cytoscribe::{
    atlas::Location,
    pipeline::classifier::folds::{GroupCounts, assign_folds, count_groups},
};

use super::{Cells, Lot, location, locations, shuffled};

/// Some 40 groups of 1 to 9 cells; location number l is shown by about one group in l + 2.
fn drawn_groups(lot: &mut Lot) -> BTreeMap<usize, GroupCounts> {
    let draw = |lot: &mut Lot| {
        let cells = 1 + lot.below(9);
        let positives = Location::all().map(|location| if lot.below(location.index() + 2) == 0 { cells } else { 0 });
        GroupCounts { cells, positives: positives.collect::<Vec<_>>().try_into().unwrap() }
    };
    (0..20 + lot.below(40)).map(|group| (group, draw(lot))).collect()
}

/// The folds in which a location is held out.
fn folds_with(
    location: Location,
    groups: &BTreeMap<usize, GroupCounts>,
    folds: &BTreeMap<usize, usize>,
) -> BTreeSet<usize> {
    let shows = |group: &usize| groups[group].positives[location.index()] > 0;
    folds.iter().filter(|(group, _)| shows(group)).map(|(_, &fold)| fold).collect()
}

#[test]
fn groups_are_counted_with_the_cells_that_show_each_location() {
    let mut cells = Cells::clusters(4, 3, |cell| locations(if cell == 1 { &[2, 5] } else { &[2] }));
    cells.groups = vec![7, 7, 3, 7];
    let counts = count_groups(&cells.set());
    assert_eq!(counts.keys().collect::<Vec<_>>(), [&3, &7]);
    assert_eq!((counts[&7].cells, counts[&7].positives[2], counts[&7].positives[5]), (3, 3, 1));
    assert_eq!((counts[&3].cells, counts[&3].positives[2], counts[&3].positives[5]), (1, 1, 0));
}

#[test]
fn every_group_has_a_fold_and_no_fold_is_empty() {
    let mut lot = Lot(1);
    for folds in 2..10 {
        let groups = drawn_groups(&mut lot);
        let fold_of_group = assign_folds(&groups, folds, 0);
        assert!(fold_of_group.keys().eq(groups.keys()));
        assert_eq!(fold_of_group.into_values().collect::<BTreeSet<_>>(), (0..folds).collect());
    }
}

#[test]
fn there_are_no_more_folds_than_groups() {
    let cells = Cells::clusters(18, 2, |_| locations(&[0]));
    let fold_of_group = assign_folds(&count_groups(&cells.set()), 5, 0);
    assert_eq!(fold_of_group.into_values().collect::<BTreeSet<_>>(), (0..3).collect());
}

#[test]
fn a_location_in_several_groups_is_held_out_in_several_folds() {
    let mut lot = Lot(2);
    for round in 0..500 {
        let groups = drawn_groups(&mut lot);
        let folds = assign_folds(&groups, 3 + lot.below(6), round);
        for location in Location::all() {
            let showing = groups.values().filter(|group| group.positives[location.index()] > 0).count();
            assert!(showing < 2 || folds_with(location, &groups, &folds).len() >= 2, "round {round}, {location}");
        }
    }
}

#[test]
fn locations_are_spread_evenly() {
    // 100 groups of 6 cells; location 3 is in every fifth group, 4 in every tenth, 11 in five.
    let cells = Cells::clusters(600, 1, |cell| match cell / 6 % 20 {
        0 => locations(&[3, 4, 11]),
        5 | 15 => locations(&[3]),
        10 => locations(&[3, 4]),
        _ => locations(&[0]),
    });
    let groups = count_groups(&cells.set());
    let folds = assign_folds(&groups, 5, 0);
    for (number, positives_per_fold) in [(3, 24), (4, 12), (11, 6)] {
        let mut positives = [0; 5];
        for (group, &fold) in &folds {
            positives[fold] += groups[group].positives[number];
        }
        assert_eq!(positives, [positives_per_fold; 5], "{}", location(number));
    }
}

#[test]
fn the_order_of_the_cells_does_not_change_the_folds() {
    let cells = Cells::clusters(120, 1, |cell| locations(&[cell / 6 % 4]));
    let reordered = cells.reordered(&shuffled(120, &mut Lot(5)));
    let folds = |cells: &Cells| assign_folds(&count_groups(&cells.set()), 4, 9);
    assert_eq!(folds(&cells), folds(&reordered));
}

#[test]
fn another_seed_gives_other_folds() {
    let groups = drawn_groups(&mut Lot(4));
    assert_eq!(assign_folds(&groups, 5, 1), assign_folds(&groups, 5, 1));
    assert_ne!(assign_folds(&groups, 5, 1), assign_folds(&groups, 5, 2));
}
