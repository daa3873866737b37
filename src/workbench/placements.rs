//! What is decided about the cells of measured fields: which cells the decisions fall to, looked up once and kept until
//! decisions or cells change.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::set_cells::SetCells;
use crate::{
    atlas::Anchor,
    project::{
        Labels,
        labels::{
            CellDecisions, Deed, RecordId,
            placement::{PlacedCell, Placement},
        },
    },
    storage::{
        ImageSet,
        cell_store::{FieldCells, Source},
    },
};

/// What is decided about the cells of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedField {
    /// Which cells the decisions fall to.
    pub placement: Placement,
    /// What holds for those cells about which something is decided, by id.
    decisions: BTreeMap<u32, CellDecisions>,
    /// Everybody who ever decided something about these cells, by name, with the ids of the cells.
    deciders: BTreeMap<String, BTreeSet<u32>>,
    /// Whether some anchors are still being looked up in the mask; their decisions are not in here yet.
    pub is_partial: bool,
}

impl PlacedField {
    /// What is decided about a cell.
    #[must_use]
    pub fn of(&self, cell: u32) -> CellDecisions {
        self.decisions.get(&cell).copied().unwrap_or_default()
    }

    /// Whether this person ever decided something about a cell about which something is decided.
    #[must_use]
    pub fn is_by(&self, cell: u32, annotator: &str) -> bool {
        self.deciders.get(annotator).is_some_and(|cells| cells.contains(&cell))
    }

    /// The cells about which something is decided, by id.
    pub fn decided(&self) -> impl Iterator<Item = (u32, &CellDecisions)> {
        self.decisions.iter().map(|(&id, decisions)| (id, decisions))
    }

    /// Whether nothing is decided about any cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }
}

/// Anchors of a field that are to be looked up in its mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// The place of the field in the set.
    pub field: usize,
    /// What its cells follow from.
    pub source: Source,
    /// The anchors, and the id of the cell at each once that is known.
    pub anchors: Vec<(Anchor, u32)>,
}

impl Lookup {
    /// The same with the ids of the cells. Reads from the disk; where that fails, there are none.
    #[must_use]
    pub fn done(mut self, cells: &SetCells) -> Self {
        let pixels: Vec<Anchor> = self.anchors.iter().map(|(anchor, _)| *anchor).collect();
        let ids = cells.cells_at(self.field, &pixels).unwrap_or_default();
        self.anchors.iter_mut().zip(ids).for_each(|((_, known), id)| *known = id);
        self
    }
}

/// Where decisions fall, field by field. Asking keeps what is found, so it needs no one who may change it.
#[derive(Debug, Default)]
pub struct Placements(RefCell<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Records of the labels that were taken in, and the name of the last of them.
    records: (usize, Option<RecordId>),
    fields: HashMap<usize, (Source, Arc<PlacedField>)>,
    /// The cells at anchors that are no cell's own.
    looked_up: HashMap<usize, (Source, BTreeMap<Anchor, u32>)>,
    to_look_up: BTreeSet<usize>,
    revision: u64,
}

impl Placements {
    /// What is decided about the cells of the field at `place`; `None` if its cells are not measured.
    #[must_use]
    pub fn of(&self, place: usize, set: &ImageSet, labels: &Labels, cells: &SetCells) -> Option<Arc<PlacedField>> {
        let measured = cells.field(place)?;
        let kept = &mut *self.0.borrow_mut();
        kept.follow(set, labels);
        if let Some((_, placed)) = kept.fields.get(&place).filter(|(source, _)| *source == measured.source()) {
            return Some(Arc::clone(placed));
        }
        let placed = Arc::new(kept.place(place, labels, measured));
        if placed.is_partial {
            kept.to_look_up.insert(place);
        }
        kept.fields.insert(place, (measured.source(), Arc::clone(&placed)));
        Some(placed)
    }

    /// Counts the changes by what was looked up.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.borrow().revision
    }

    /// Up to `most` fields whose masks have to be looked at, which are not named again.
    #[must_use]
    pub fn to_look_up(&self, most: usize, labels: &Labels, cells: &SetCells) -> Vec<Lookup> {
        let kept = &mut *self.0.borrow_mut();
        let mut lookups = Vec::new();
        while lookups.len() < most {
            let Some(field) = kept.to_look_up.pop_first() else { break };
            let Some(measured) = cells.field(field) else { continue };
            let anchors = labels.decided(&measured.image).map(|(anchor, _)| anchor);
            let unknown = anchors.filter(|&anchor| own(measured, anchor).is_none()).map(|anchor| (anchor, 0));
            lookups.push(Lookup { field, source: measured.source(), anchors: unknown.collect() });
        }
        lookups
    }

    /// Takes in what was looked up.
    pub fn take(&self, lookups: Vec<Lookup>) {
        let kept = &mut *self.0.borrow_mut();
        for Lookup { field, source, anchors } in lookups {
            let known = kept.looked_up.entry(field).or_insert_with(|| (source, BTreeMap::new()));
            if known.0 != source {
                *known = (source, BTreeMap::new());
            }
            known.1.extend(anchors);
            kept.fields.remove(&field);
            kept.revision += 1;
        }
    }
}

impl Kept {
    /// Lets go of the fields about which something was decided since it was asked last.
    fn follow(&mut self, set: &ImageSet, labels: &Labels) {
        let records = labels.records();
        let (seen, last) = self.records;
        let continues = seen <= records.len() && seen.checked_sub(1).map(|last| records[last].id) == last;
        if !continues {
            // Other labels than before.
            self.fields.clear();
            self.looked_up.clear();
        }
        for record in records.iter().skip(if continues { seen } else { records.len() }) {
            let decided = match &record.did {
                Deed::Undo(id) | Deed::Redo(id) => {
                    records.iter().rev().find(|other| other.id == *id).map(|other| &other.did)
                }
                deed => Some(deed),
            };
            let Some(Deed::Decide(_, decisions)) = decided else { continue };
            // Of many decisions those about one image stand together.
            for of_image in decisions.chunk_by(|one, next| one.image == next.image) {
                if let Some(place) = set.place_of(&of_image[0].image) {
                    self.fields.remove(&place);
                }
            }
        }
        self.records = (records.len(), records.last().map(|record| record.id));
    }

    fn place(&self, place: usize, labels: &Labels, measured: &FieldCells) -> PlacedField {
        let image = &measured.image;
        if labels.decided(image).next().is_none() {
            return PlacedField::default();
        }
        let looked_up = self.looked_up.get(&place).filter(|(source, _)| *source == measured.source());
        let cell_at = |anchor: Anchor| {
            own(measured, anchor).or_else(|| looked_up.and_then(|(_, known)| known.get(&anchor).copied()))
        };
        let cells: Vec<PlacedCell> = measured
            .cells
            .iter()
            .map(|cell| PlacedCell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px })
            .collect();
        let placement = Placement::of(labels, image, &cells, |anchor| cell_at(anchor).unwrap_or(0));
        let decisions = placement.anchors.iter().map(|(&id, anchors)| (id, labels.of_all(image, anchors)));
        PlacedField {
            deciders: deciders(&placement, labels, image),
            decisions: decisions.collect(),
            is_partial: labels.decided(image).any(|(anchor, _)| cell_at(anchor).is_none()),
            placement,
        }
    }
}

/// Everybody who ever decided something about the cells of the field `image`, with their ids.
fn deciders(placement: &Placement, labels: &Labels, image: &str) -> BTreeMap<String, BTreeSet<u32>> {
    let mut deciders: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (&id, anchors) in &placement.anchors {
        for past in anchors.iter().flat_map(|&anchor| labels.history(image, anchor)) {
            match deciders.get_mut(&past.record.by) {
                Some(cells) => {
                    cells.insert(id);
                }
                None => {
                    deciders.insert(past.record.by.clone(), BTreeSet::from([id]));
                }
            }
        }
    }
    deciders
}

/// The id of the cell whose own anchor this is.
fn own(measured: &FieldCells, anchor: Anchor) -> Option<u32> {
    measured.cells.iter().find(|cell| cell.anchor == anchor).map(|cell| cell.id)
}
