//! The deck: about which cells a question is asked, one after another.

use rayon::prelude::*;

use super::{
    results::SetKey,
    set_cells::{CellAt, SetCells},
};
use crate::atlas::{Location, LocationSet};

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
}

impl DeckOrder {
    /// All orders.
    pub const ALL: [Self; 2] = [Self::Shuffled, Self::ByImage];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "in random order",
            Self::ByImage => "image by image",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeckWish {
    /// Whether this is shown.
    pub location: Location,
    /// About which cells.
    pub scope: DeckScope,
    /// In which order.
    pub order: DeckOrder,
}

/// All that the cells of a deck follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct DeckKey {
    /// The cells.
    pub cells: SetKey,
    /// Fields whose cells are measured.
    pub measured: usize,
    /// The labels of images are from this reading of them.
    pub labels: u64,
    /// What is asked.
    pub wish: DeckWish,
}

/// The cells that are asked about, in their order, decided or not.
#[must_use]
pub fn deck(cells: &SetCells, of_images: &[Option<LocationSet>], wish: DeckWish) -> Vec<CellAt> {
    let is_taken = |at: &CellAt| {
        let of_image = of_images.get(at.field as usize).copied().flatten().unwrap_or_default();
        wish.scope.takes(wish.location, of_image)
    };
    let mut deck: Vec<CellAt> = cells.all().filter(is_taken).collect();
    if wish.order == DeckOrder::Shuffled {
        // A number drawn from the cell's name, so that new cells do not change the order of the others.
        deck.par_sort_by_cached_key(|&at| {
            let field = cells.field(at.field as usize);
            let name = field.and_then(|field| Some((&field.image, field.cells.get(at.cell as usize)?.anchor)));
            (crc32fast::hash(format!("{name:?}").as_bytes()), at)
        });
    }
    deck
}
