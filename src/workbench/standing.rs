//! How cells stand to a location: what their images say, and what people decided. For work on many cells beside the
//! window.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Workbench,
    model::lessons::DecidedCells,
    placements::PlacedField,
    set_cells::{CellAt, SetCells},
};
use crate::{
    atlas::{Location, LocationSet},
    project::labels::{CellDecisions, Verdict},
};

/// How a cell stands to a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing is decided, and its image has the location.
    InImage,
    /// Nothing is decided, and its image has it not.
    NotInImage,
    /// It is decided that it shows it, or rather does.
    Yes,
    /// It is decided that it does not, or rather not.
    No,
    /// Somebody looked and could not tell.
    Unclear,
    /// It is left out of everything.
    LeftOut,
}

impl Standing {
    /// Number of standings.
    pub const COUNT: usize = 6;

    /// All of them, by number.
    pub const ALL: [Self; Self::COUNT] =
        [Self::InImage, Self::NotInImage, Self::Yes, Self::No, Self::Unclear, Self::LeftOut];

    /// How a cell of which this is decided stands to `location`.
    #[must_use]
    pub fn of(decisions: &CellDecisions, of_image: LocationSet, location: Location) -> Self {
        match decisions.of(location).map(Verdict::leaning) {
            _ if decisions.exclusion.is_some() => Self::LeftOut,
            Some(Some(true)) => Self::Yes,
            Some(Some(false)) => Self::No,
            Some(None) => Self::Unclear,
            None if of_image.contains(location) => Self::InImage,
            None => Self::NotInImage,
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InImage => "image has it",
            Self::NotInImage => "image has it not",
            Self::Yes => "decided yes",
            Self::No => "decided no",
            Self::Unclear => "decided: cannot tell",
            Self::LeftOut => "left out",
        }
    }

    /// Whether nothing is decided.
    #[must_use]
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::InImage | Self::NotInImage)
    }
}

/// What standings follow from, apart from the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingKey {
    /// The labels of images are from this reading of them.
    pub labels: u64,
    /// Records of decisions.
    pub records: usize,
    /// Counts what was looked up of them.
    pub placed: u64,
}

/// What is decided about the cells of a set and what their images say, taken along by a piece of work.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    of_images: Vec<Option<LocationSet>>,
    /// What is decided, for fields about whose cells something is.
    decided: HashMap<u32, Arc<PlacedField>>,
    /// Whether it is still being looked up which cells some decisions fall to.
    pub is_partial: bool,
}

impl Standings {
    /// What a cell's image says.
    #[must_use]
    pub fn of_image(&self, field: u32) -> LocationSet {
        self.of_images.get(field as usize).copied().flatten().unwrap_or_default()
    }

    /// Whether a cell's image has labels, be it none of the locations.
    #[must_use]
    pub fn is_labelled(&self, field: u32) -> bool {
        self.of_images.get(field as usize).is_some_and(Option::is_some)
    }

    /// What is decided, field by field in the order of the set.
    #[must_use]
    pub fn decided_cells(&self) -> Vec<DecidedCells> {
        let of_field = |(&field, placed): (&u32, &Arc<PlacedField>)| DecidedCells {
            field: field as usize,
            placed: Arc::clone(placed),
        };
        let mut all: Vec<DecidedCells> = self.decided.iter().map(of_field).collect();
        all.sort_unstable_by_key(|cells| cells.field);
        all.retain(|cells| !cells.placed.is_empty());
        all
    }

    /// What is decided about the cells of a field, if anything is.
    #[must_use]
    pub fn decided(&self, field: u32) -> Option<&Arc<PlacedField>> {
        self.decided.get(&field)
    }

    /// How a cell stands to `location`.
    #[must_use]
    pub fn of(&self, cells: &SetCells, at: CellAt, location: Location) -> Standing {
        let placed = self.decided(at.field).zip(cells.cell(at));
        let decisions = placed.map(|(placed, cell)| placed.of(cell.id)).unwrap_or_default();
        Standing::of(&decisions, self.of_image(at.field), location)
    }
}

/// How long decisions are gathered at a time: what is drawn meanwhile must not wait.
const AT_A_TIME: Duration = Duration::from_millis(4);

/// Everything that is decided, as far as it is gathered. With a hundred thousand decisions that takes longer than a frame
/// may, so it goes on from one to the next.
#[derive(Debug, Default)]
pub struct Gathering {
    /// What it follows from: the decisions, and the cells they fall to.
    key: Option<(StandingKey, u64)>,
    /// The first field that was not looked at yet.
    next: usize,
    so_far: Standings,
    done: Option<Arc<Standings>>,
}

impl Gathering {
    /// Goes on for a while; `None`: it is not done yet. Of the same decisions about the same cells nothing is asked again.
    pub fn go_on(&mut self, workbench: &Workbench) -> Option<Arc<Standings>> {
        let opened = workbench.opened()?;
        let key = (workbench.standing_key(), workbench.results().cells_revision);
        if self.key != Some(key) {
            let so_far = Standings { of_images: opened.labels.clone(), ..Standings::default() };
            *self = Self { key: Some(key), so_far, ..Self::default() };
        }
        if let Some(done) = &self.done {
            return Some(Arc::clone(done));
        }
        let (since, labels) = (Instant::now(), workbench.project().labels());
        while let Some(files) = opened.set.fields().get(self.next) {
            if self.next.is_multiple_of(16) && since.elapsed() > AT_A_TIME {
                return None;
            }
            let place = self.next;
            self.next += 1;
            let is_decided = labels.decided(files.id()).next().is_some();
            if let Some(placed) = is_decided.then(|| workbench.placed(place)).flatten() {
                self.so_far.is_partial |= placed.is_partial;
                self.so_far.decided.insert(place as u32, placed);
            }
        }
        let done = Arc::new(std::mem::take(&mut self.so_far));
        self.done = Some(Arc::clone(&done));
        Some(done)
    }
}

impl Workbench {
    /// What standings follow from now.
    #[must_use]
    pub fn standing_key(&self) -> StandingKey {
        StandingKey {
            labels: self.opened().map_or(0, |opened| opened.label_readings),
            records: self.project().labels().records().len(),
            placed: self.placed_revision(),
        }
    }

    /// How a measured cell stands to `location`.
    #[must_use]
    pub fn standing(&self, at: CellAt, location: Location) -> Option<Standing> {
        let id = self.set_cells()?.cell(at)?.id;
        let of_image = self.opened()?.labels.get(at.field as usize).copied().flatten().unwrap_or_default();
        Some(Standing::of(&self.placed(at.field as usize)?.of(id), of_image, location))
    }
}
