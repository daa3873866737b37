//! The gallery without its window: which cells of a set it shows in which order, and their pictures.

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;

use super::{
    lane::Computed,
    model::Model,
    placements::PlacedField,
    results::SetKey,
    set_cells::{CellAt, SetCells},
    standing::{StandingKey, Standings},
};
use crate::{
    atlas::{Channel, Field, Location, LocationSet},
    imaging::Plane,
    pipeline::{
        composite::{CompositeParams, StainParams, Tones, Window},
        portrait::{Portrait, PortraitLook, draw},
    },
    project::labels::CellDecisions,
    storage::{
        FieldFiles, ImageSet,
        cell_store::{FieldCells, Source},
    },
};

/// What cells are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The ID of their image, and their id in it.
    #[default]
    Image,
    /// Their area.
    Area,
    /// One of their features, by its number.
    Feature(usize),
    /// How probable the chosen location is, by rules that have not seen their image.
    Probability,
    /// How much it is to be doubted what is said of them as to the chosen location.
    Doubt,
}

impl SortKey {
    /// Whether it follows from a model.
    #[must_use]
    pub fn needs_model(self) -> bool {
        matches!(self, Self::Probability | Self::Doubt)
    }
}

/// The order of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// What they are sorted by.
    pub key: SortKey,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// All that an order follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderKey {
    /// The cells.
    pub set: SetKey,
    /// Counts what is known of them.
    pub revision: u64,
    /// The order.
    pub sort: Sort,
    /// The number of the model and the location that is asked about, if the order follows from them.
    pub model: Option<(u64, Location)>,
}

/// All cells of a set in an order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ordered {
    /// The cells.
    pub cells: Vec<CellAt>,
    /// What each was sorted by, if that is a number.
    pub values: Vec<f32>,
}

impl Ordered {
    /// The cells of a set in this order; those that are alike in the order of the set, and those without a number last.
    /// `model`: what a sort by probability or doubt goes by, and about which location. Reads from the disk.
    #[must_use]
    pub fn of(cells: &SetCells, sort: Sort, model: Option<(&Model, Location)>) -> Self {
        let mut all: Vec<CellAt> = cells.all().collect();
        let values: Vec<Vec<f32>> = match sort.key {
            SortKey::Image => {
                if sort.descending {
                    all.reverse();
                }
                return Self { cells: all, values: Vec::new() };
            }
            SortKey::Area => {
                let areas = |field: &Option<Arc<FieldCells>>| {
                    let cells = field.iter().flat_map(|field| &field.cells);
                    cells.map(|cell| cell.area_px as f32).collect()
                };
                cells.fields.iter().map(areas).collect()
            }
            SortKey::Feature(feature) => cells.feature(feature),
            SortKey::Probability => of_model(cells, |at| model.and_then(|(model, of)| model.probability(at, of))),
            SortKey::Doubt => of_model(cells, |at| model.and_then(|(model, of)| model.doubt(at, of))),
        };
        let value = |at: &CellAt| {
            values
                .get(at.field as usize)
                .and_then(|of_field| of_field.get(at.cell as usize))
                .copied()
                .unwrap_or(f32::NAN)
        };
        let mut keyed: Vec<(f32, CellAt)> = all.iter().map(|at| (value(at), *at)).collect();
        keyed.par_sort_by(|(one, at), (other, of_other)| {
            let by_value = if sort.descending { other.total_cmp(one) } else { one.total_cmp(other) };
            one.is_nan().cmp(&other.is_nan()).then(by_value).then(at.cmp(of_other))
        });
        Self {
            values: keyed.iter().map(|(value, _)| *value).collect(),
            cells: keyed.into_iter().map(|(_, at)| at).collect(),
        }
    }
}

/// What a model says of every cell, by field and cell; not a number where it says nothing.
fn of_model(cells: &SetCells, value: impl Fn(CellAt) -> Option<f32>) -> Vec<Vec<f32>> {
    let of_field = |(field, cells): (usize, &Option<Arc<FieldCells>>)| {
        let count = cells.as_ref().map_or(0, |cells| cells.cells.len());
        let at = |cell| CellAt { field: field as u32, cell: cell as u32 };
        (0..count).map(|cell| value(at(cell)).unwrap_or(f32::NAN)).collect()
    };
    cells.fields.iter().enumerate().map(of_field).collect()
}

/// Which cells are shown, by the location that is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Having {
    /// All.
    #[default]
    Any,
    /// Those whose image has the location.
    InImage,
    /// Those that have it themselves: by a decision or, without one, by their image.
    InCell,
    /// Those that do not have it themselves.
    NotInCell,
}

impl Having {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Any, Self::InImage, Self::InCell, Self::NotInCell];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any label",
            Self::InImage => "image has it",
            Self::InCell => "cell has it",
            Self::NotInCell => "cell has it not",
        }
    }
}

/// Which cells are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellFilter {
    /// Whether they have the chosen location.
    pub having: Having,
    /// Whether something is decided about it.
    pub decided: Option<bool>,
    /// Whether they are left out of everything.
    pub excluded: Option<bool>,
    /// Only those whose image's ID holds this.
    pub text: String,
    /// Only those about which this person decided something.
    pub annotator: Option<String>,
    /// Only these, in ascending order.
    pub only: Option<Arc<Vec<CellAt>>>,
}

impl CellFilter {
    /// Whether it asks for decisions, so that these change what is shown.
    #[must_use]
    pub fn is_of_decisions(&self) -> bool {
        matches!(self.having, Having::InCell | Having::NotInCell)
            || self.decided.is_some()
            || self.excluded.is_some()
            || self.annotator.is_some()
    }

    /// Whether it asks for decisions or for what images say.
    #[must_use]
    pub fn needs_standings(&self) -> bool {
        self.having != Having::Any || self.is_of_decisions()
    }

    /// The part of `key` that what is shown follows from, if any of it.
    #[must_use]
    pub fn standing_key(&self, key: StandingKey) -> Option<StandingKey> {
        if self.is_of_decisions() {
            return Some(key);
        }
        self.needs_standings().then_some(StandingKey { records: 0, placed: 0, ..key })
    }

    fn fits(&self, decisions: &CellDecisions, of_image: LocationSet, location: Location) -> bool {
        let has = || decisions.labels(of_image).contains(location);
        (match self.having {
            Having::Any => true,
            Having::InImage => of_image.contains(location),
            Having::InCell => has(),
            Having::NotInCell => !has(),
        }) && self.decided.is_none_or(|decided| decided == decisions.of(location).is_some())
            && self.excluded.is_none_or(|excluded| excluded == decisions.exclusion.is_some())
    }
}

/// All that the cells that are shown follow from.
#[derive(Clone, Debug)]
pub struct ShownKey {
    /// All cells in their order.
    pub order: Computed<OrderKey, Arc<Ordered>>,
    /// Which of them are shown.
    pub filter: CellFilter,
    /// The location that the filter is about.
    pub location: Location,
    /// What is decided and what images say, as far as the filter asks for it.
    pub standings: Option<StandingKey>,
}

/// The cells that are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The cells, in their order.
    pub cells: Vec<CellAt>,
    /// What each was sorted by, if that is a number.
    pub values: Vec<f32>,
    /// Whether a cell is among them, by field and cell.
    holds: Vec<Vec<bool>>,
}

/// What is the same for all cells of a field.
struct OfField<'a> {
    /// Whether its ID fits.
    fits: bool,
    /// Whether those cells do about which nothing is decided.
    undecided: bool,
    /// What is decided about the others.
    decided: Option<&'a PlacedField>,
}

impl Shown {
    /// Of up to so many cells it is told at once which are shown, in well under a millisecond; of more beside the window.
    pub const AT_ONCE: usize = 5000;

    /// Those of the cells in `key` that fit its filter. `standings` may be empty if the filter does not need them. Of
    /// 100,000 cells this takes a few milliseconds.
    #[must_use]
    pub fn of(key: &ShownKey, set: &ImageSet, cells: &SetCells, standings: &Standings) -> Self {
        let ShownKey { order, filter, location, .. } = key;
        let ordered = &order.value;
        let text = filter.text.trim().to_lowercase();
        let of_field = |(place, files): (usize, &FieldFiles)| {
            let fits = text.is_empty() || files.id().to_lowercase().contains(&text);
            let of_image = standings.of_image(place as u32);
            let decided = standings.decided(place as u32).map(|placed| &**placed).filter(|placed| !placed.is_empty());
            let undecided = filter.annotator.is_none() && filter.fits(&CellDecisions::default(), of_image, *location);
            OfField { fits, undecided, decided }
        };
        let fields: Vec<OfField> = set.fields().iter().enumerate().map(of_field).collect();
        let fits = |at: &CellAt| {
            let Some(field) = fields.get(at.field as usize).filter(|field| field.fits) else { return false };
            let Some(placed) = field.decided else { return field.undecided };
            let Some(cell) = cells.cell(*at) else { return false };
            filter.fits(&placed.of(cell.id), standings.of_image(at.field), *location)
                && filter.annotator.as_ref().is_none_or(|name| placed.is_by(cell.id, name))
        };
        let none = |cells: &Option<Arc<FieldCells>>| vec![false; cells.as_ref().map_or(0, |cells| cells.cells.len())];
        let mut shown = Self { holds: cells.fields.iter().map(none).collect(), ..Self::default() };
        for (place, at) in ordered.cells.iter().enumerate() {
            if filter.only.as_ref().is_some_and(|only| only.binary_search(at).is_err()) || !fits(at) {
                continue;
            }
            shown.cells.push(*at);
            shown.values.extend(ordered.values.get(place));
            if let Some(field) = shown.holds.get_mut(at.field as usize)
                && let Some(is_shown) = field.get_mut(at.cell as usize)
            {
                *is_shown = true;
            }
        }
        shown
    }

    /// Whether a cell is among them.
    #[must_use]
    pub fn holds(&self, at: CellAt) -> bool {
        let field = self.holds.get(at.field as usize);
        field.and_then(|field| field.get(at.cell as usize)).copied().unwrap_or_default()
    }
}

/// How the pictures of cells look.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// How their stains are drawn.
    pub display: CompositeParams,
    /// Surroundings and outlines.
    pub portrait: PortraitLook,
}

impl Look {
    /// Cells as fields are drawn, or their protein alone, so many times as bright.
    #[must_use]
    pub fn of(display: &CompositeParams, protein_only: bool, brightness: f64, portrait: PortraitLook) -> Self {
        let mut display = display.clone();
        if protein_only {
            let mut grey = CompositeParams::grey(Channel::Protein);
            let at = Channel::Protein.index();
            grey.stains[at].window = display.stains[at].window;
            display = CompositeParams { gamma: display.gamma, brightness: display.brightness, ..grey };
        }
        display.brightness *= brightness;
        Self { display, portrait }
    }
}

/// `look`, as what it was `before` if that is the same: then what did not change need not be compared again.
pub fn kept_look(before: &mut Option<Arc<Look>>, look: Look) -> Arc<Look> {
    match before {
        Some(before) if **before == look => Arc::clone(before),
        _ => Arc::clone(before.insert(Arc::new(look))),
    }
}

/// What the gallery shows, as far as work follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct GalleryFocus {
    /// The order.
    pub sort: Sort,
    /// The location that a sort by the model is about.
    pub location: Location,
    /// A sort by the model must go by this model, by number, or a later one.
    pub least_model: u64,
    /// Which cells are to be shown in that order, if they are.
    pub filter: Option<CellFilter>,
    /// The cells in view, first those that matter most.
    pub in_view: Vec<CellAt>,
    /// How they look.
    pub look: Arc<Look>,
}

/// Portraits from all over a set in one picture: its contrast is that of the whole set, so that all cells are drawn
/// alike.
#[derive(Debug)]
pub struct Pool {
    /// Fields that were measured then.
    pub fields: usize,
    /// `None` if no portrait could be read.
    stains: Option<Field>,
}

impl Pool {
    /// Portraits that are looked at.
    const SIZE: usize = 240;

    /// Evenly chosen portraits of a set. Reads from the disk.
    #[must_use]
    pub fn of(cells: &SetCells) -> Self {
        let count = cells.count();
        let step = count.div_ceil(Self::SIZE).max(1);
        let chosen: Vec<CellAt> = cells.all().step_by(step).collect();
        let portraits: Vec<Portrait> = chosen.par_iter().filter_map(|at| cells.portrait(*at).ok().flatten()).collect();
        let stains = Channel::ALL.map(|channel| {
            let samples: Vec<u8> =
                portraits.iter().flat_map(|portrait| portrait.stains.plane(channel).samples()).copied().collect();
            Plane::new(portraits.len() * Portrait::SIDE, Portrait::SIDE, samples)
        });
        let stains = match stains {
            [Some(a), Some(b), Some(c), Some(d)] => Field::new([a, b, c, d]).ok(),
            _ => None,
        };
        Self { fields: cells.measured_fields(), stains }
    }

    /// The tones in which cells are drawn; `None` if there is nothing to draw.
    #[must_use]
    pub fn tones(&self, display: &CompositeParams) -> Option<Tones> {
        self.stains.as_ref().map(|stains| Tones::of(stains, display))
    }
}

/// The picture of a cell, or nothing if it cannot be read.
pub type Picture = Option<Arc<Plane<[u8; 3]>>>;

/// The pictures of `cells`, as they look with the tones of `pool`. Reads from the disk.
#[must_use]
pub fn pictures(set: &SetCells, pool: &Pool, look: &Look, cells: &[CellAt]) -> Vec<(CellAt, Picture)> {
    let tones = pool.tones(&look.display);
    let picture = |&at: &CellAt| {
        let portrait = set.portrait(at).ok().flatten().zip(tones.as_ref());
        (at, portrait.map(|(portrait, tones)| Arc::new(draw(&portrait, tones, look.portrait))))
    };
    cells.par_iter().map(picture).collect()
}

/// What pictures follow from, besides their cells.
#[derive(Clone, Debug)]
pub struct PictureSource {
    /// How they look.
    pub look: Arc<Look>,
    /// Fields in the pool, if the contrast depends on that.
    pub pool: Option<usize>,
}

impl PictureSource {
    /// Pictures of this look with the contrast of this pool.
    #[must_use]
    pub fn of(look: &Arc<Look>, pool: &Pool) -> Self {
        let display = &look.display;
        let is_adaptive = |stain: &StainParams| stain.shown && matches!(stain.window, Window::Percentiles { .. });
        let depends = display.match_histograms || display.stains.iter().any(is_adaptive);
        Self { look: Arc::clone(look), pool: depends.then_some(pool.fields) }
    }
}

impl PartialEq for PictureSource {
    fn eq(&self, other: &Self) -> bool {
        self.pool == other.pool && (Arc::ptr_eq(&self.look, &other.look) || self.look == other.look)
    }
}

/// Pictures of cells that were drawn, at most [`Pictures::MOST`].
#[derive(Debug, Default)]
pub struct Pictures {
    by_cell: HashMap<CellAt, KeptPicture>,
    /// Counts the times that pictures came in.
    clock: u64,
}

#[derive(Debug)]
struct KeptPicture {
    /// What the cell follows from.
    cell: Option<Source>,
    source: PictureSource,
    picture: Picture,
    used: u64,
}

impl Pictures {
    /// Pictures that are kept, in some 60 MB: more than fit onto the largest screen.
    pub const MOST: usize = 3000;

    /// The picture of a cell, perhaps in an older look; `None`: not drawn yet.
    #[must_use]
    pub fn get(&self, at: CellAt) -> Option<&Picture> {
        self.by_cell.get(&at).map(|kept| &kept.picture)
    }

    /// Number of pictures.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_cell.len()
    }

    /// Those of `cells` that are not drawn so yet, in their order.
    #[must_use]
    pub fn missing(&self, cells: &[CellAt], set: &SetCells, source: &PictureSource, most: usize) -> Vec<CellAt> {
        let is_missing = |at: &&CellAt| {
            self.by_cell.get(at).is_none_or(|kept| kept.source != *source || kept.cell != source_of(set, **at))
        };
        cells.iter().filter(is_missing).take(most).copied().collect()
    }

    /// Takes in pictures, and lets go of those that were not in view for the longest time.
    pub fn keep(
        &mut self,
        set: &SetCells,
        source: &PictureSource,
        pictures: Vec<(CellAt, Picture)>,
        in_view: &[CellAt],
    ) {
        self.clock += 1;
        for at in in_view {
            if let Some(kept) = self.by_cell.get_mut(at) {
                kept.used = self.clock;
            }
        }
        for (at, picture) in pictures {
            let kept = KeptPicture { cell: source_of(set, at), source: source.clone(), picture, used: self.clock };
            self.by_cell.insert(at, kept);
        }
        let too_many = self.by_cell.len().saturating_sub(Self::MOST);
        if too_many > 0 {
            let mut times: Vec<u64> = self.by_cell.values().map(|kept| kept.used).collect();
            // Some more, so that this is not done again at once.
            let last = (too_many + Self::MOST / 8).min(times.len() - 1);
            let (_, &mut limit, _) = times.select_nth_unstable(last);
            let clock = self.clock;
            self.by_cell.retain(|_, kept| kept.used > limit || kept.used == clock);
        }
    }
}

fn source_of(set: &SetCells, at: CellAt) -> Option<Source> {
    set.field(at.field as usize).map(|cells| cells.source())
}
