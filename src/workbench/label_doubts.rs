//! Which labels of cells are doubtful, without a window: the window's queue as rows.

use std::error::Error;

use super::{
    deck::{Card, DeckExtent, DeckWish, deck},
    label_work::LabelWork,
    model::{
        LessonsKey, ModelKey, Round, learn,
        lessons::{DecidedCells, LessonSource},
    },
    placements::Placements,
    results::SetKey,
    set_cells::SetCells,
    standing::Standing,
    whole_set::{Watch, WholeSet},
};
use crate::{
    atlas::{Anchor, Location, LocationSet},
    pipeline::classifier::retraining,
};

/// Fields whose masks are looked at in one go.
const LOOKUPS: usize = 256;

/// A label that nobody has decided about.
#[derive(Clone, Debug, PartialEq)]
pub struct DoubtRow {
    /// The ID of the image.
    pub image: String,
    /// The cell's id in the mask.
    pub cell_id: u32,
    /// Its anchor.
    pub anchor: Anchor,
    /// The label.
    pub location: Location,
    /// Whether the image gives it.
    pub is_given: bool,
    /// How probable it is, by rules that have not seen the image.
    pub probability: f32,
    /// How much it is to be doubted what the image says; higher is more.
    pub doubt: f32,
}

/// The open labels of `wish` in its order, at most `most`. Cells that are not in the project's store yet are measured into
/// it.
///
/// # Errors
/// If cells cannot be measured or learnt from, all are of one image, or it was stopped.
pub fn doubts(
    work: &LabelWork,
    wish: DeckWish,
    most: usize,
    watch: Watch<'_>,
) -> Result<Vec<DoubtRow>, Box<dyn Error>> {
    let (set, project) = (&work.opened.set, &work.opened.project);
    let whole = WholeSet { set, project, folder: &work.folder };
    let known = whole.measured(None)?.filter(|cells| cells.measured_fields() == set.fields().len());
    let cells = match known {
        Some(cells) => cells,
        None => whole.measure(watch, &|_| {})?.1,
    };
    let of_images: Vec<Option<LocationSet>> = set.fields().iter().map(|files| work.image_labels(files.id())).collect();
    let placements = Placements::default();
    let decided = decided(work, &cells, &placements);
    let lessons = LessonsKey {
        set: SetKey::of(project, 0),
        revision: 0,
        label_readings: 0,
        training: project.training().clone(),
        samples: project.samples().map(str::to_owned),
    };
    let key = ModelKey { lessons, records: work.labels.records().len(), placed: 0 };
    let source = LessonSource { cells: &cells, of_images: &of_images, samples: project.samples() };
    let is_stopped = || watch.stop.is_asked();
    let learning = retraining::Watch { stop: &is_stopped, progress: &|_| {} };
    let model = learn(Round { key: &key, before: None, source, decided: &decided }, |_| {}, &learning)?;
    if let Some(Err(reason)) = &model.judgement {
        return Err(reason.clone().into());
    }
    let is_settled = |card: Card| {
        let placed = placements.of(card.at.field as usize, set, &work.labels, &cells);
        let decisions = placed.zip(cells.cell(card.at)).map(|(placed, cell)| placed.of(cell.id)).unwrap_or_default();
        !Standing::of(&decisions, LocationSet::default(), card.location).is_undecided()
    };
    let row = |card: Card| {
        let (field, cell) = (cells.field(card.at.field as usize)?, cells.cell(card.at)?);
        let of_image = of_images.get(card.at.field as usize).copied().flatten().unwrap_or_default();
        Some(DoubtRow {
            image: field.image.clone(),
            cell_id: cell.id,
            anchor: cell.anchor,
            location: card.location,
            is_given: of_image.contains(card.location),
            probability: model.probability(card.at, card.location)?,
            doubt: model.doubt(card.at, card.location)?,
        })
    };
    let is_told = |card: Card| model.doubt(card.at, card.location).is_some();
    let is_left_out = |card: Card| is_settled(card) || !is_told(card);
    let cards = deck(&cells, &of_images, Some(&model), wish, DeckExtent::Open(most), is_left_out);
    Ok(cards.into_iter().filter_map(row).collect())
}

/// What is decided about the cells, each decision with the cell that its anchor lies in.
fn decided(work: &LabelWork, cells: &SetCells, placements: &Placements) -> Vec<DecidedCells> {
    let set = &work.opened.set;
    let places = || work.labels.fields().into_iter().filter_map(|id| set.place_of(id));
    let placed = |field| placements.of(field, set, &work.labels, cells);
    for field in places() {
        // Asking tells which masks have to be looked at.
        let _ = placed(field);
    }
    loop {
        let lookups = placements.to_look_up(LOOKUPS, &work.labels, cells);
        if lookups.is_empty() {
            break;
        }
        placements.take(lookups.into_iter().map(|lookup| lookup.done(cells)).collect());
    }
    let all = places().filter_map(|field| Some(DecidedCells { field, placed: placed(field)? }));
    all.filter(|cells| !cells.placed.is_empty()).collect()
}
