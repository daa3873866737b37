//! The deck: about which labels of which cells is asked, one after another.

use std::cmp::Reverse;

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

/// How much of what is asked is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeckExtent {
    /// What the window asks, decided or not, so that cards keep their places; but where the model gives the order, what is
    /// decided is left out, as it would pile up at the top. About every location only the first [`MOST_OF_ALL`].
    #[default]
    Window,
    /// So many of those about which nothing is decided.
    Open(usize),
}

impl DeckExtent {
    fn most(self, wish: DeckWish) -> usize {
        match self {
            Self::Window if wish.location.is_some() => usize::MAX,
            Self::Window => MOST_OF_ALL,
            Self::Open(most) => most,
        }
    }

    fn leaves_out_settled(self, wish: DeckWish) -> bool {
        self != Self::Window || wish.order.needs_model()
    }
}

/// The window's deck has at most so many cards about every location; the first ones are what matters.
pub const MOST_OF_ALL: usize = 20_000;

/// Cards that are put into order at a time.
const BLOCK: usize = 1 << 16;

/// What is asked, in its order. `is_settled`: whether it is decided, for what leaves that out. Without the model that an
/// order needs there are no cards. Besides the cards it holds no more than as many again, and some 65,000.
#[must_use]
pub fn deck(
    cells: &SetCells,
    of_images: &[Option<LocationSet>],
    model: Option<&Model>,
    wish: DeckWish,
    extent: DeckExtent,
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
    let is_asked = |card: &Card| !(extent.leaves_out_settled(wish) && is_settled(*card));
    let (cards, most) = (cells.all().flat_map(of_cell).filter(is_asked), extent.most(wish));
    match wish.order {
        DeckOrder::ByImage => cards.take(most).collect(),
        DeckOrder::Shuffled => first(cards, most, |card| Some(drawn(cells, card, wish))),
        DeckOrder::Doubtful => first(cards, most, |card| Some(falling(model?.doubt(card.at, card.location)?))),
        DeckOrder::Uncertain => {
            first(cards, most, |card| Some(falling(-(model?.probability(card.at, card.location)? - 0.5).abs())))
        }
    }
}

/// A number drawn from the cell's name, so that new cells do not change the order of the others.
fn drawn(cells: &SetCells, Card { at, location }: Card, wish: DeckWish) -> u32 {
    let field = cells.field(at.field as usize);
    let name = field.and_then(|field| Some((&field.image, field.cells.get(at.cell as usize)?.anchor)));
    match wish.location {
        Some(_) => crc32fast::hash(format!("{name:?}").as_bytes()),
        None => crc32fast::hash(format!("{name:?} {}", location.index()).as_bytes()),
    }
}

/// A key by which larger values come first, in the order of [`f32::total_cmp`].
fn falling(value: f32) -> Reverse<i32> {
    let bits = value.to_bits().cast_signed();
    // Of negative numbers those with larger bits are smaller.
    Reverse(if bits < 0 { bits ^ i32::MAX } else { bits })
}

/// The first `most` of `cards` by their keys, and of equal keys by the cards, in this order; those without a key are left
/// out. O(n log n).
fn first<K: Ord + Send>(
    mut cards: impl Iterator<Item = Card>,
    most: usize,
    key: impl Fn(Card) -> Option<K> + Sync,
) -> Vec<Card> {
    let mut first: Vec<(K, Card)> = Vec::new();
    let cut = |first: &mut Vec<(K, Card)>| {
        if most < first.len() {
            first.select_nth_unstable(most);
            first.truncate(most);
        }
    };
    loop {
        let block: Vec<Card> = cards.by_ref().take(BLOCK).collect();
        if block.is_empty() {
            break;
        }
        first.par_extend(block.into_par_iter().filter_map(|card| Some((key(card)?, card))));
        if first.len() / 2 >= most {
            cut(&mut first);
        }
    }
    cut(&mut first);
    first.par_sort_unstable();
    first.into_iter().map(|(_, card)| card).collect()
}
