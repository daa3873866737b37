//! Rules: a measure with a cut. Which cells lie on either side, how they stand to a location, and what is decided about
//! those on one side.

use rayon::prelude::*;

use super::{
    deck::DeckScope,
    measured::{PortraitMeasures, measure_values},
    results::SetKey,
    set_cells::{CellAt, SetCells},
    standing::{Standing, StandingKey, Standings},
};
use crate::{
    atlas::Location,
    pipeline::measures::{Measure, Side},
    project::labels::{Change, Decision, Verdict},
};

/// Which cells are looked at, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleWish {
    /// The location that is asked about.
    pub location: Location,
    /// The measure.
    pub measure: Measure,
    /// Cells of which images.
    pub scope: DeckScope,
}

/// All that a table follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleKey {
    /// The cells.
    pub set: SetKey,
    /// Counts what is known of them.
    pub revision: u64,
    /// How they stand.
    pub standings: StandingKey,
    /// What is looked at.
    pub wish: RuleWish,
}

/// Numbers of cells by [`Standing`].
pub type Counts = [usize; Standing::COUNT];

/// How many cells have which values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Where the first bin begins.
    pub from: f32,
    /// Width of a bin.
    pub step: f32,
    /// The cells in each bin; the first and the last hold what lies beyond, too.
    pub bins: Vec<Counts>,
}

impl Histogram {
    const BINS: usize = 48;
    /// Share of the cells at either end that may lie beyond.
    const BEYOND: f64 = 0.005;

    fn of(values: &[f32], standings: &[Standing]) -> Self {
        let beyond = (values.len() as f64 * Self::BEYOND) as usize;
        let (Some(&from), Some(&to)) = (values.get(beyond), values.iter().rev().nth(beyond)) else {
            return Self { from: 0.0, step: 1.0 / Self::BINS as f32, bins: vec![Counts::default(); Self::BINS] };
        };
        // Where all are alike they still need some width.
        let (from, to) = if to > from { (from, to) } else { (from - 0.5, from + 0.5) };
        let step = (to - from) / Self::BINS as f32;
        let mut bins = vec![Counts::default(); Self::BINS];
        for (value, standing) in values.iter().zip(standings) {
            let bin = (((value - from) / step).max(0.0) as usize).min(Self::BINS - 1);
            bins[bin][*standing as usize] += 1;
        }
        Self { from, step, bins }
    }

    /// Where the last bin ends.
    #[must_use]
    pub fn to(&self) -> f32 {
        self.from + self.step * self.bins.len() as f32
    }
}

/// What a suggested cut was learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learnt {
    /// From cells that people decided about: so many with yes, and with no.
    FromDecisions(usize, usize),
    /// From the labels of images, which do not hold for each of their cells: so many cells with, and without.
    FromImages(usize, usize),
}

/// A cut that separates cells well.
///
/// Of all cuts the one for which the share of the cells with the location that are on its side, plus the share of the
/// others that are on the other side, is largest (Youden's J); so it does not matter that one kind is far more frequent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suggestion {
    /// The cut.
    pub cut: f32,
    /// The side on which cells show the location.
    pub side: Side,
    /// Share of the cells with the location that are on that side: 0 to 1.
    pub found: f64,
    /// Share of the others that are not: 0 to 1.
    pub spared: f64,
    /// From which cells.
    pub learnt: Learnt,
}

/// Decided cells of each kind that are needed to learn from them.
const ENOUGH: usize = 5;

/// The cells that are looked at, by their values.
#[derive(Clone, Debug, Default)]
pub struct RuleTable {
    /// In ascending order of their values, those alike in the order of the set. Without those that are left out and those
    /// that have no value.
    pub cells: Vec<CellAt>,
    /// Their values.
    pub values: Vec<f32>,
    /// How they stand.
    pub standings: Vec<Standing>,
    /// For each of them and the end, how many there are before it.
    before: Vec<[u32; Standing::COUNT]>,
    /// The same in bins.
    pub histogram: Histogram,
    /// A cut, if there is something to learn it from.
    pub suggestion: Option<Suggestion>,
}

impl RuleTable {
    /// The table for `wish`. Reads from the disk.
    #[must_use]
    pub fn of(cells: &SetCells, standings: &Standings, wish: RuleWish, portraits: Option<&PortraitMeasures>) -> Self {
        let all: Vec<CellAt> = cells.all().collect();
        let values = measure_values(cells, wish.measure, &all, portraits);
        let known: Vec<(f32, CellAt, Standing)> = all
            .par_iter()
            .zip(&values)
            .filter(|(_, value)| value.is_finite())
            .map(|(&at, &value)| (value, at, standings.of(cells, at, wish.location)))
            .filter(|(.., standing)| *standing != Standing::LeftOut)
            .collect();
        let is_in_scope = |at: CellAt| wish.scope.takes(wish.location, standings.of_image(at.field));
        let side = wish.measure.tells(wish.location).map(|telling| telling.side);
        Self::of_labelled(known, is_in_scope, |at| standings.is_labelled(at.field), side)
    }

    /// The table of cells that are `known`, in any order: of those that are looked at, while a cut is suggested from all.
    /// `side`: where cells show the location, if that is known.
    #[must_use]
    pub fn of_known(
        known: Vec<(f32, CellAt, Standing)>,
        is_looked_at: impl Fn(CellAt) -> bool,
        side: Option<Side>,
    ) -> Self {
        Self::of_labelled(known, is_looked_at, |_| true, side)
    }

    /// [`RuleTable::of_known`] if not all images have labels: an image without any does not say that its cells show
    /// nothing, so of its cells only those that were decided about have a say in the cut.
    #[must_use]
    pub fn of_labelled(
        mut known: Vec<(f32, CellAt, Standing)>,
        is_looked_at: impl Fn(CellAt) -> bool,
        is_labelled: impl Fn(CellAt) -> bool,
        side: Option<Side>,
    ) -> Self {
        known.par_sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let tells = |&&(_, at, standing): &&(f32, CellAt, Standing)| !standing.is_undecided() || is_labelled(at);
        let telling: Vec<_> = known.iter().filter(tells).copied().collect();
        let suggestion = suggestion(&telling, side);
        known.retain(|&(_, at, _)| is_looked_at(at));
        let values: Vec<f32> = known.iter().map(|&(value, ..)| value).collect();
        let standings: Vec<Standing> = known.iter().map(|&(.., standing)| standing).collect();
        let mut counted = [0; Standing::COUNT];
        let mut before = Vec::with_capacity(known.len() + 1);
        before.push(counted);
        for &standing in &standings {
            counted[standing as usize] += 1;
            before.push(counted);
        }
        Self {
            cells: known.into_iter().map(|(_, at, _)| at).collect(),
            histogram: Histogram::of(&values, &standings),
            values,
            standings,
            before,
            suggestion,
        }
    }

    /// The places of the cells on one side of a cut.
    #[must_use]
    pub fn range(&self, side: Side, cut: f32) -> std::ops::Range<usize> {
        let split = self.values.partition_point(|&value| value < cut);
        match side {
            Side::Below => 0..split,
            Side::Above => split..self.values.len(),
        }
    }

    /// How many cells on one side of a cut stand in which way. Takes O(log n).
    #[must_use]
    pub fn counts(&self, side: Side, cut: f32) -> Counts {
        let range = self.range(side, cut);
        let at = |place: usize| self.before.get(place).copied().unwrap_or_default();
        let (first, last) = (at(range.start), at(range.end));
        std::array::from_fn(|standing| (last[standing] - first[standing]) as usize)
    }

    /// How many cells a step would change. Takes O(log n).
    #[must_use]
    pub fn changed(&self, step: &RuleStep) -> usize {
        let counts = self.counts(step.side, step.cut);
        Standing::ALL.into_iter().filter(|&standing| step.changes(standing)).map(|it| counts[it as usize]).sum()
    }

    /// Some cells on one side of a cut, those nearest to it first; or those farthest away.
    #[must_use]
    pub fn examples(&self, side: Side, cut: f32, from: Nearness, undecided_only: bool, most: usize) -> Vec<CellAt> {
        let range = self.range(side, cut);
        let fits = |&place: &usize| !undecided_only || self.standings[place].is_undecided();
        let first_is_near = side == Side::Above;
        let places: Vec<usize> = if first_is_near == (from == Nearness::Near) {
            range.filter(fits).take(most).collect()
        } else {
            range.rev().filter(fits).take(most).collect()
        };
        places.into_iter().map(|place| self.cells[place]).collect()
    }

    /// What `step` decides, in the order of the set.
    #[must_use]
    pub fn decisions(&self, cells: &SetCells, standings: &Standings, step: &RuleStep) -> Vec<Decision> {
        let range = self.range(step.side, step.cut);
        let mut chosen: Vec<CellAt> =
            range.filter(|&place| step.changes(self.standings[place])).map(|place| self.cells[place]).collect();
        chosen.sort_unstable();
        let decision = |&at: &CellAt| {
            let (field, cell) = (cells.field(at.field as usize)?, cells.cell(at)?);
            // A cell that was decided about before keeps the name it had then.
            let placed = standings.decided(at.field);
            let anchor = placed.map_or(cell.anchor, |placed| placed.placement.name_of(cell.id, cell.anchor));
            let set = vec![Change::Label(step.wish.location, Some(step.verdict))];
            Some(Decision { image: field.image.clone(), anchor, area_px: cell.area_px, set })
        };
        chosen.par_iter().filter_map(decision).collect()
    }
}

/// Which cells of a side are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// Those next to the cut.
    Near,
    /// Those at the end.
    Far,
}

/// Deciding about all cells on one side of a cut, as one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleStep {
    /// Of these cells.
    pub wish: RuleWish,
    /// The cut.
    pub cut: f32,
    /// Those on this side.
    pub side: Side,
    /// Whether they show the location.
    pub verdict: Verdict,
    /// Whether it holds for those, too, about which something else is decided.
    pub overrules: bool,
}

impl RuleStep {
    /// Whether it changes what is decided about a cell that stands so.
    #[must_use]
    pub fn changes(&self, standing: Standing) -> bool {
        let is_so = match self.verdict.leaning() {
            Some(true) => standing == Standing::Yes,
            Some(false) => standing == Standing::No,
            None => standing == Standing::Unclear,
        };
        standing != Standing::LeftOut && !is_so && (self.overrules || standing.is_undecided())
    }
}

/// The cut that separates cells, which are in ascending order of their values, best.
fn suggestion(known: &[(f32, CellAt, Standing)], side: Option<Side>) -> Option<Suggestion> {
    let count = |wanted: Standing| known.iter().filter(|(.., standing)| *standing == wanted).count();
    let (yes, no) = (count(Standing::Yes), count(Standing::No));
    let (kinds, learnt) = if yes >= ENOUGH && no >= ENOUGH {
        ((Standing::Yes, Standing::No), Learnt::FromDecisions(yes, no))
    } else {
        let (with, without) = (count(Standing::InImage), count(Standing::NotInImage));
        ((Standing::InImage, Standing::NotInImage), Learnt::FromImages(with, without))
    };
    let (Learnt::FromDecisions(with, without) | Learnt::FromImages(with, without)) = learnt;
    if with == 0 || without == 0 {
        return None;
    }
    let (mut with_below, mut without_below, mut last) = (0, 0, None);
    let mut best: Option<Suggestion> = None;
    for &(value, _, standing) in known.iter().filter(|(.., standing)| *standing == kinds.0 || *standing == kinds.1) {
        if let Some(last) = last.filter(|&last| last < value) {
            let (with_below, without_below) =
                (f64::from(with_below) / with as f64, f64::from(without_below) / without as f64);
            for tried in [Side::Above, Side::Below].into_iter().filter(|tried| side.is_none_or(|side| side == *tried)) {
                let (found, spared) = match tried {
                    Side::Above => (1.0 - with_below, without_below),
                    Side::Below => (with_below, 1.0 - without_below),
                };
                if best.is_none_or(|best| found + spared > best.found + best.spared) {
                    // Between the two, and above the lower one whatever the rounding.
                    let middle = last + (value - last) / 2.0;
                    let cut = if middle > last { middle } else { value };
                    best = Some(Suggestion { cut, side: tried, found, spared, learnt });
                }
            }
        }
        *if standing == kinds.0 { &mut with_below } else { &mut without_below } += 1_u32;
        last = Some(value);
    }
    best
}
