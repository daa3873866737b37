//! Who shows what: the labels of a field and of each of its cells.

use super::{
    chance::Chance,
    params::{DemoParams, Prevalence},
};
use crate::atlas::{Location, LocationSet};

/// The pattern that only cells in division show.
const MITOTIC_SPINDLE: usize = 11;
/// What other cells show of a protein of the spindle.
const CYTOSOL: usize = 16;
/// Nuclear membrane, nucleoli and their centres: gone while a cell divides.
const DISSOLVED_IN_DIVISION: [usize; 3] = [1, 2, 3];

/// How often each location is drawn when patterns are as rare as in the atlas, relative to each other.
const PREVALENCE: [f32; Location::COUNT] =
    [4.0, 1.0, 1.5, 1.2, 1.4, 1.4, 1.6, 1.5, 1.0, 1.0, 1.0, 0.5, 1.2, 1.6, 1.6, 0.4, 3.0, 1.6, 0.7];

/// What the protein of field `number` is drawn to show: one to three locations, or negative alone.
pub fn intended_labels(params: &DemoParams, number: usize, chance: &mut Chance) -> LocationSet {
    match params.prevalence {
        Prevalence::Natural => natural_labels(chance),
        Prevalence::Even => even_labels(number),
    }
}

fn natural_labels(chance: &mut Chance) -> LocationSet {
    let draw = chance.share();
    let count = 1 + usize::from(draw > 0.5) + usize::from(draw > 0.88);
    let mut labels = LocationSet::default();
    while labels.len() < count {
        let mut left = chance.share() * PREVALENCE.iter().sum::<f32>();
        let drawn = Location::all().find(|location| {
            left -= PREVALENCE[location.index()];
            left < 0.0
        });
        let drawn = drawn.unwrap_or(Location::NEGATIVE);
        if drawn == Location::NEGATIVE {
            return LocationSet::from_iter([drawn]);
        }
        labels.insert(drawn);
    }
    labels
}

/// Every tenth field is negative; the others show two locations, each of the 18 twice in 18 such fields, with a new
/// partner every time around.
fn even_labels(number: usize) -> LocationSet {
    const PATTERNS: usize = Location::COUNT - 1;
    if number % 10 == 9 {
        return LocationSet::from_iter([Location::NEGATIVE]);
    }
    let turn = number - number / 10;
    let partner = turn + 1 + turn / PATTERNS % (PATTERNS - 1);
    [turn, partner].into_iter().filter_map(|n| Location::new(n % PATTERNS)).collect()
}

/// Share of cells in division in a field of these labels.
pub fn mitotic_share(params: &DemoParams, labels: LocationSet) -> f32 {
    let spindles = labels.iter().any(|location| location.index() == MITOTIC_SPINDLE);
    (params.mitotic_share as f32).max(if spindles { 0.4 } else { 0.0 })
}

/// What one cell shows of its field's `intended` labels; never nothing, but negative.
pub fn labels_of_cell(params: &DemoParams, intended: LocationSet, mitotic: bool, chance: &mut Chance) -> LocationSet {
    let shown: LocationSet = if !chance.happens(params.silent_share as f32) {
        intended
    } else if intended.len() > 1 && chance.happens(0.5) {
        let one = chance.whole(0..intended.len());
        intended.iter().skip(one).take(1).collect()
    } else {
        LocationSet::default()
    };
    let mut labels: LocationSet = shown.iter().filter(|location| possible(*location, mitotic)).collect();
    if labels.is_empty() {
        let spindle_protein = shown.iter().any(|location| location.index() == MITOTIC_SPINDLE);
        let instead = Location::new(CYTOSOL).filter(|_| spindle_protein);
        labels.insert(instead.unwrap_or(Location::NEGATIVE));
    }
    labels
}

fn possible(location: Location, mitotic: bool) -> bool {
    match location.index() {
        MITOTIC_SPINDLE => mitotic,
        number => !(mitotic && DISSOLVED_IN_DIVISION.contains(&number)),
    }
}

/// All that the cells show together; negative only if that is all.
pub fn union(of_cells: impl Iterator<Item = LocationSet>) -> LocationSet {
    let all = of_cells.fold(LocationSet::default(), LocationSet::union);
    let shown: LocationSet = all.iter().filter(|&location| location != Location::NEGATIVE).collect();
    if shown.is_empty() { LocationSet::from_iter([Location::NEGATIVE]) } else { shown }
}
