//! The deck: about which labels of which cells is asked, one after another.

use rayon::prelude::*;

use super::{
    model::Model,
    results::SetKey,
    set_cells::{CellAt, SetCells},
};
use crate::atlas::{Location, LocationSet};

/// A question: whether a cell shows a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Card {
    /// The cell.
    pub at: CellAt,
    /// The location.
    pub location: Location,
}

/// About which cells is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeckScope {
    /// Those of images that have the label: does this one show it?
    #[default]
    Labelled,
    /// Those of images that do not have the label: is it missing?
    Unlabelled,
    /// All.
    All,
}

impl DeckScope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Labelled, Self::Unlabelled, Self::All];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Labelled => "images with the label",
            Self::Unlabelled => "images without the label",
            Self::All => "all images",
        }
    }

    /// Whether cells of an image with these labels are asked about.
    #[must_use]
    pub fn takes(self, location: Location, of_image: LocationSet) -> bool {
        match self {
            Self::Labelled => of_image.contains(location),
            Self::Unlabelled => !of_image.contains(location),
            Self::All => true,
        }
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeckOrder {
    /// At random, the same every time, so that what is decided first stands for all.
    #[default]
    Shuffled,
    /// Image by image.
    ByImage,
    /// What the model doubts most first: labels that are probably wrong, or missing.
    Doubtful,
    /// What the model is least sure of first: probabilities next to one half.
    Uncertain,
}

impl DeckOrder {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::Shuffled, Self::ByImage, Self::Doubtful, Self::Uncertain];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "in random order",
            Self::ByImage => "image by image",
            Self::Doubtful => "most doubtful first",
            Self::Uncertain => "most uncertain first",
        }
    }

    /// Whether it follows from a model.
    #[must_use]
    pub fn needs_model(self) -> bool {
        matches!(self, Self::Doubtful | Self::Uncertain)
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeckWish {
    /// Whether this is shown; `None`: about every location.
    pub location: Option<Location>,
    /// About which cells.
    pub scope: DeckScope,
    /// In which order.
    pub order: DeckOrder,
}

impl DeckWish {
    /// What it asks for, as people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self.order, self.scope) {
            (DeckOrder::Doubtful, DeckScope::Labelled) => "probably wrong",
            (DeckOrder::Doubtful, DeckScope::Unlabelled) => "probably missing",
            _ => self.order.name(),
        }
    }
}

/// All that the cards of a deck follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct DeckKey {
    /// The cells.
    pub cells: SetKey,
    /// Fields whose cells are measured.
    pub measured: usize,
    /// The labels of images are from this reading of them.
    pub labels: u64,
    /// The number of the model, if the order follows from one.
    pub model: Option<u64>,
    /// What is asked.
    pub wish: DeckWish,
}

/// A deck has at most so many cards about every location; the first ones are what matters.
pub const MOST_OF_ALL: usize = 20_000;

/// What is asked, in its order, decided or not; but where the `model` gives the order, what `is_settled` is left out, as it
/// would pile up at the top. Without the model that an order needs there are no cards.
#[must_use]
pub fn deck(
    cells: &SetCells,
    of_images: &[Option<LocationSet>],
    model: Option<&Model>,
    wish: DeckWish,
    is_settled: impl Fn(Card) -> bool,
) -> Vec<Card> {
    let locations: Vec<Location> = wish.location.map_or_else(|| Location::all().collect(), |one| vec![one]);
    let of_cell = |at: CellAt| {
        let labels = of_images.get(at.field as usize).copied().flatten();
        // Nothing is missing from labels that are not there.
        let is_told = labels.is_some() || wish.order != DeckOrder::Doubtful;
        let of_image = labels.unwrap_or_default();
        let takes = move |location: &&Location| is_told && wish.scope.takes(**location, of_image);
        locations.iter().filter(takes).map(move |&location| Card { at, location })
    };
    let cards = cells.all().flat_map(of_cell);
    match wish.order {
        DeckOrder::ByImage => cards.take(most(wish)).collect(),
        DeckOrder::Shuffled => by_lot(cells, cards.collect(), wish),
        DeckOrder::Doubtful | DeckOrder::Uncertain => {
            by_urgency(cards.filter(|card| !is_settled(*card)), wish, |card| {
                let (model, &Card { at, location }) = (model?, card);
                if wish.order == DeckOrder::Doubtful {
                    model.doubt(at, location)
                } else {
                    Some(-(model.probability(at, location)? - 0.5).abs())
                }
            })
        }
    }
}

fn most(wish: DeckWish) -> usize {
    if wish.location.is_some() { usize::MAX } else { MOST_OF_ALL }
}

/// By a number drawn from the cell's name, so that new cells do not change the order of the others.
fn by_lot(cells: &SetCells, mut cards: Vec<Card>, wish: DeckWish) -> Vec<Card> {
    cards.par_sort_by_cached_key(|&Card { at, location }| {
        let field = cells.field(at.field as usize);
        let name = field.and_then(|field| Some((&field.image, field.cells.get(at.cell as usize)?.anchor)));
        let drawn = match wish.location {
            Some(_) => crc32fast::hash(format!("{name:?}").as_bytes()),
            None => crc32fast::hash(format!("{name:?} {}", location.index()).as_bytes()),
        };
        (drawn, at, location)
    });
    cards.truncate(most(wish));
    cards
}

/// The most urgent first; those of which nothing is known are left out.
fn by_urgency(cards: impl Iterator<Item = Card>, wish: DeckWish, urgency: impl Fn(&Card) -> Option<f32>) -> Vec<Card> {
    let mut urgent: Vec<(f32, Card)> = cards.filter_map(|card| Some((urgency(&card)?, card))).collect();
    let sooner = |(one, card): &(f32, Card), (other, than): &(f32, Card)| other.total_cmp(one).then(card.cmp(than));
    let most = most(wish);
    if most < urgent.len() {
        urgent.select_nth_unstable_by(most, sooner);
        urgent.truncate(most);
    }
    urgent.par_sort_unstable_by(sooner);
    urgent.into_iter().map(|(_, card)| card).collect()
}
