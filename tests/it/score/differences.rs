use std::collections::BTreeMap;

use cytoscribe::score::{
    Difference::{self, Agree, Extra, Merged, Missed, Split},
    Differences, compare_masks,
};

use crate::pictures::{Noise, ids};

type Sides = (BTreeMap<u32, Difference>, BTreeMap<u32, Difference>);

fn sides(truth: &[&str], found: &[&str]) -> Sides {
    let Differences { truth, found } = Differences::of(&ids(truth), &ids(found)).unwrap();
    (truth, found)
}

#[test]
fn each_of_the_five_kinds_is_told_on_both_sides() {
    let truth = &["11.22.......66", "11.22.333333..", "11....333333..", "44.55.........", "44.55........."];
    let found = &["11............", "11....777888..", "11....777888..", "99999.......66", "99999........."];
    let (truth, found) = sides(truth, found);
    assert_eq!(truth, [(1, Agree), (2, Missed), (3, Split), (4, Merged), (5, Merged), (6, Missed)].into());
    assert_eq!(found, [(1, Agree), (6, Extra), (7, Split), (8, Split), (9, Merged)].into());
}

#[test]
fn a_region_that_matches_one_and_swallows_another_agrees_and_the_other_is_merged() {
    assert_eq!(sides(&["11111122"], &["33333333"]), ([(1, Agree), (2, Merged)].into(), [(3, Agree)].into()));
}

#[test]
fn a_speck_beside_a_match_is_extra() {
    assert_eq!(sides(&["11111111"], &["333333.4"]), ([(1, Agree)].into(), [(3, Agree), (4, Extra)].into()));
}

#[test]
fn nothing_agrees_with_nothing() {
    assert_eq!(sides(&["..."], &["..."]), (BTreeMap::new(), BTreeMap::new()));
}

#[test]
fn every_region_has_one_kind_and_the_numbers_are_those_of_the_score() {
    let mut noise = Noise::seeded(5);
    for _ in 0..100 {
        let [truth, found] = [0, 1].map(|_| noise.plane((4, 30), |noise| noise.below(7)));
        let differences = Differences::of(&truth, &found).unwrap();
        let counts = compare_masks(&truth, &found).unwrap();
        assert_eq!((differences.truth.len(), differences.found.len()), (counts.truth, counts.found));
        let counted = Difference::ALL.map(|difference| differences.count(difference));
        assert_eq!(counted, [counts.matched[0], counts.missed, counts.extra, counts.split, counts.merged]);
    }
}
