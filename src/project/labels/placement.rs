//! Which cells of a segmentation the decisions fall to: each to the one whose mask covers its anchor.

use std::collections::BTreeMap;

use super::Labels;
use crate::{atlas::Anchor, pipeline::features::anchor::AnchoredCell};

/// A cell of a segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedCell {
    /// Its id in the mask.
    pub id: u32,
    /// Its own anchor.
    pub anchor: Anchor,
    /// Its area in pixels at full size.
    pub area_px: u64,
}

impl From<AnchoredCell> for PlacedCell {
    fn from(AnchoredCell { id, anchor, area_px }: AnchoredCell) -> Self {
        Self { id, anchor, area_px }
    }
}

/// What became of a decided cell in another segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is there.
    Kept,
    /// Only a part of it is left, and another cell is where the rest was.
    Split,
    /// Others about which something was decided are in the same cell now.
    Merged,
    /// No cell covers its anchor. Its decisions wait for one that does.
    Lost,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kept, Self::Split, Self::Merged, Self::Lost];

    /// As in tables and sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Lost => "lost",
        }
    }
}

/// Where the decisions about one field's cells are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The decided anchors in each cell that has some, by its id.
    pub anchors: BTreeMap<u32, Vec<Anchor>>,
    /// What became of every decided anchor.
    pub fates: BTreeMap<Anchor, Fate>,
}

impl Placement {
    /// Places the decisions about the field `field` on `cells`; `cell_at` tells the id of the cell at a pixel, 0 = none.
    ///
    /// A cell counts as split if it has lost a third of its area or more and the anchor of another cell lies within the
    /// circle around its own anchor that has the area it had.
    #[must_use]
    pub fn of(labels: &Labels, field: &str, cells: &[PlacedCell], cell_at: impl Fn(Anchor) -> u32) -> Self {
        let mut placement = Self::default();
        let mut areas = BTreeMap::new();
        for (anchor, cell) in labels.decided(field) {
            areas.insert(anchor, cell.area_px);
            match cell_at(anchor) {
                0 => {
                    placement.fates.insert(anchor, Fate::Lost);
                }
                id => placement.anchors.entry(id).or_default().push(anchor),
            }
        }
        for (&id, anchors) in &placement.anchors {
            for &anchor in anchors {
                let fate = if anchors.len() > 1 {
                    Fate::Merged
                } else if is_split(anchor, areas[&anchor], id, cells) {
                    Fate::Split
                } else {
                    Fate::Kept
                };
                placement.fates.insert(anchor, fate);
            }
        }
        placement
    }

    /// The decided anchors in `cell`: what is decided about these holds for it.
    #[must_use]
    pub fn anchors_in(&self, cell: u32) -> &[Anchor] {
        self.anchors.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// The anchor under which to decide about a cell whose own is `own`: the one it has been decided about under, if there
    /// is one, so that it stays one cell.
    #[must_use]
    pub fn name_of(&self, cell: u32, own: Anchor) -> Anchor {
        match self.anchors_in(cell) {
            [only] => *only,
            _ => own,
        }
    }
}

fn is_split(anchor: Anchor, area_px: u64, id: u32, cells: &[PlacedCell]) -> bool {
    let now = cells.iter().find(|cell| cell.id == id).map_or(0, |cell| cell.area_px);
    let radius_squared = area_px as f64 / std::f64::consts::PI;
    let is_near = |other: Anchor| {
        let (down, across) = (f64::from(other.0) - f64::from(anchor.0), f64::from(other.1) - f64::from(anchor.1));
        down * down + across * across <= radius_squared
    };
    area_px > 0 && 3 * now <= 2 * area_px && cells.iter().any(|cell| cell.id != id && is_near(cell.anchor))
}
