//! LABELS of single cells: what people decided about them, as the replay of a journal.
//!
//! A record is never changed or taken away; undo and redo are records too. Of all that was decided about one thing of
//! one cell, the last decision that is not undone holds. Decisions belong to anchors, not to numbers of regions:
//! [`placement`] tells which cell of a segmentation they fall to.

mod agreement;
mod cell_decisions;
pub mod placement;
mod record;

pub use agreement::{Agreement, Disagreement, merge};
pub use cell_decisions::CellDecisions;
pub use record::{
    Change, Decision, Deed, Exclusion, Grade, GradeError, Moment, Reason, Record, RecordId, Verdict, VerdictError,
};

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::cutting::CorrectionsOfFields;
use crate::{
    atlas::{Anchor, Location},
    pipeline::corrections::{Correction, Corrections},
};

/// All decisions about the cells of a set.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    records: Vec<Record>,
    /// Whether the record of the same place is undone.
    undone: Vec<bool>,
    places: HashMap<RecordId, usize>,
    fields: HashMap<String, BTreeMap<Anchor, DecidedCell>>,
    /// Places of the records of corrections, by field.
    corrected: HashMap<String, Vec<usize>>,
    /// The corrections that hold.
    corrections: CorrectionsOfFields,
    pen: Pen,
}

/// Who writes, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pen {
    /// Drawn when the program started.
    pub session: u64,
    /// The name of the person.
    pub annotator: String,
    /// The time now.
    pub now: Moment,
}

/// What was ever decided about one anchor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecidedCell {
    /// The area of the cell in pixels, when it was last decided about; 0 = not known.
    pub area_px: u64,
    /// Places of the records, and what they changed, in their order.
    changes: Vec<(usize, Change)>,
}

/// How cells were decided about one location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that show it.
    pub yes: usize,
    /// Those that do not.
    pub no: usize,
    /// Those with the grade in the middle.
    pub undecided: usize,
    /// Those that are left out.
    pub excluded: usize,
}

impl Tally {
    /// All cells about which there is nothing left to ask.
    #[must_use]
    pub fn settled(&self) -> usize {
        self.yes + self.no + self.undecided + self.excluded
    }
}

/// A change in the history of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastChange<'a> {
    /// The record.
    pub record: &'a Record,
    /// What it changed.
    pub change: Change,
    /// Whether it was undone.
    pub is_undone: bool,
}

/// Labels are equal if the same was done: all else follows from that, and who would write next does not count.
impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.records == other.records
    }
}

impl Labels {
    /// The state after `records`. Those that stand there twice count once, and what undoes a record that is not there does
    /// nothing.
    #[must_use]
    pub fn replay(records: Vec<Record>) -> Self {
        let mut labels = Self {
            records: Vec::with_capacity(records.len()),
            undone: Vec::with_capacity(records.len()),
            places: HashMap::with_capacity(records.len()),
            ..Self::default()
        };
        let changed: BTreeSet<String> = records.into_iter().filter_map(|record| labels.add(record)).collect();
        for image in &changed {
            labels.correct(image);
        }
        labels
    }

    /// Sets who writes from now on, and when.
    pub fn sign(&mut self, pen: Pen) {
        self.pen = pen;
    }

    /// Does these deeds, each as the person with its pen, and returns those that undo them, in the same order.
    pub fn apply_signed(&mut self, deeds: Vec<(Pen, Deed)>) -> Vec<Deed> {
        let pen = self.pen.clone();
        let mut inverses = Vec::with_capacity(deeds.len());
        for (of_deed, deed) in deeds {
            self.pen = of_deed;
            inverses.push(self.apply(deed));
        }
        self.pen = pen;
        inverses
    }

    /// Does `deed` as the person with the pen, as a new record, and returns the deed that undoes it.
    pub fn apply(&mut self, deed: Deed) -> Deed {
        let number =
            self.records.iter().rev().find(|record| record.id.0 == self.pen.session).map_or(0, |last| last.id.1 + 1);
        let id = RecordId(self.pen.session, number);
        let inverse = match &deed {
            Deed::Decide(..) | Deed::Correct { .. } => Deed::Undo(id),
            Deed::Undo(id) => Deed::Redo(*id),
            Deed::Redo(id) => Deed::Undo(*id),
        };
        self.take(Record { id, at: self.pen.now, by: self.pen.annotator.clone(), did: deed });
        inverse
    }

    /// Takes in a record that is made already, after all that are there; nothing if it is there.
    pub fn take(&mut self, record: Record) {
        if let Some(image) = self.add(record) {
            self.correct(&image);
        }
    }

    /// Takes in a record, and returns the field whose corrections it has changed, if any; these are to be gathered anew.
    fn add(&mut self, record: Record) -> Option<String> {
        let place = self.records.len();
        if *self.places.entry(record.id).or_insert(place) != place {
            return None;
        }
        let mut changed = None;
        match &record.did {
            Deed::Decide(_, decisions) => {
                // Of many decisions those about one image stand together.
                for of_image in decisions.chunk_by(|one, next| one.image == next.image) {
                    let cells = match self.fields.get_mut(&of_image[0].image) {
                        Some(cells) => cells,
                        None => self.fields.entry(of_image[0].image.clone()).or_default(),
                    };
                    for decision in of_image {
                        let cell = cells.entry(decision.anchor).or_default();
                        cell.area_px = decision.area_px;
                        // Most cells are decided about once.
                        if cell.changes.is_empty() {
                            cell.changes.reserve_exact(decision.set.len());
                        }
                        cell.changes.extend(decision.set.iter().map(|&change| (place, change)));
                    }
                }
            }
            Deed::Undo(id) | Deed::Redo(id) => {
                if let Some(&place) = self.places.get(id).filter(|&&other| other < place) {
                    self.undone[place] = matches!(record.did, Deed::Undo(_));
                    if let Deed::Correct { image, .. } = &self.records[place].did {
                        changed = Some(image.clone());
                    }
                }
            }
            Deed::Correct { image, .. } => {
                self.corrected.entry(image.clone()).or_default().push(place);
                changed = Some(image.clone());
            }
        }
        self.records.push(record);
        self.undone.push(false);
        changed
    }

    /// Gathers the corrections of the field `image` that hold.
    fn correct(&mut self, image: &str) {
        let holding: Corrections = self.corrections_of(image).map(|(_, correction)| correction.clone()).collect();
        let all = Arc::make_mut(&mut self.corrections);
        if holding.is_empty() {
            all.remove(image);
        } else {
            all.insert(image.to_owned(), holding);
        }
    }

    /// What holds of what was corrected by hand in the masks of the field `image`, the oldest first, with the names of its
    /// records.
    pub fn corrections_of(&self, image: &str) -> impl Iterator<Item = (RecordId, &Correction)> {
        let places = self.corrected.get(image).into_iter().flatten().filter(|place| !self.undone[**place]);
        places.filter_map(|&place| match &self.records[place] {
            Record { id, did: Deed::Correct { correction, .. }, .. } => Some((*id, correction)),
            _ => None,
        })
    }

    /// The corrections that hold, of all fields that have some.
    #[must_use]
    pub fn corrections(&self) -> &CorrectionsOfFields {
        &self.corrections
    }

    /// Nothing but the corrections that hold: all that finding cells needs.
    #[must_use]
    pub fn corrections_alone(&self) -> Self {
        Self { corrections: Arc::clone(&self.corrections), ..Self::default() }
    }

    /// All records in their order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Whether there is a record of this name and it is undone.
    #[must_use]
    pub fn is_undone(&self, id: RecordId) -> bool {
        self.places.get(&id).is_some_and(|&place| self.undone[place])
    }

    /// What holds for the cell with this anchor.
    #[must_use]
    pub fn of(&self, field: &str, anchor: Anchor) -> CellDecisions {
        self.of_all(field, &[anchor])
    }

    /// What holds for a cell that several decided anchors fall to: of each thing what was decided last.
    #[must_use]
    pub fn of_all(&self, field: &str, anchors: &[Anchor]) -> CellDecisions {
        let Some(cells) = self.fields.get(field) else { return CellDecisions::default() };
        let mut changes: Vec<(usize, Change)> =
            anchors.iter().filter_map(|anchor| cells.get(anchor)).flat_map(|cell| self.holding(cell)).collect();
        if anchors.len() > 1 {
            changes.sort_by_key(|(place, _)| *place);
        }
        let mut decisions = CellDecisions::default();
        for (_, change) in changes {
            decisions.take(change);
        }
        decisions
    }

    fn holding<'a>(&'a self, cell: &'a DecidedCell) -> impl Iterator<Item = (usize, Change)> + 'a {
        cell.changes.iter().copied().filter(|(place, _)| !self.undone[*place])
    }

    /// The cells of a field about which something is decided, by anchor.
    pub fn decided(&self, field: &str) -> impl Iterator<Item = (Anchor, &DecidedCell)> {
        let cells = self.fields.get(field).into_iter().flatten();
        cells.filter(|(_, cell)| self.is_decided(cell)).map(|(&anchor, cell)| (anchor, cell))
    }

    fn is_decided(&self, cell: &DecidedCell) -> bool {
        let mut decisions = CellDecisions::default();
        self.holding(cell).for_each(|(_, change)| decisions.take(change));
        decisions != CellDecisions::default()
    }

    /// What is decided about `location` in the fields that `is_counted`, cell by cell, counted.
    #[must_use]
    pub fn tally(&self, location: Location, is_counted: impl Fn(&str) -> bool) -> Tally {
        let mut tally = Tally::default();
        let fields = self.fields.iter().filter(|(field, _)| is_counted(field));
        for cell in fields.flat_map(|(_, cells)| cells.values()) {
            let (mut verdict, mut exclusion) = (None, None);
            for (_, change) in self.holding(cell) {
                match change {
                    Change::Label(other, to) if other == location => verdict = to,
                    Change::Label(..) => {}
                    Change::Exclude(to) => exclusion = to,
                }
            }
            let counted = match (exclusion, verdict.map(Verdict::leaning)) {
                (Some(_), _) => &mut tally.excluded,
                (None, Some(Some(true))) => &mut tally.yes,
                (None, Some(Some(false))) => &mut tally.no,
                (None, Some(None)) => &mut tally.undecided,
                (None, None) => continue,
            };
            *counted += 1;
        }
        tally
    }

    /// The fields about whose cells anything was ever decided, by ID.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.fields.keys().map(String::as_str).collect();
        ids.sort_unstable();
        ids
    }

    /// All that was ever decided about the cell with this anchor, the oldest first.
    #[must_use]
    pub fn history(&self, field: &str, anchor: Anchor) -> Vec<PastChange<'_>> {
        let cell = self.fields.get(field).and_then(|cells| cells.get(&anchor));
        let changes = cell.into_iter().flat_map(|cell| &cell.changes);
        changes
            .map(|&(place, change)| PastChange { record: &self.records[place], change, is_undone: self.undone[place] })
            .collect()
    }

    /// Names of all who wrote, in alphabetical order.
    #[must_use]
    pub fn annotators(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.records.iter().map(|record| record.by.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
