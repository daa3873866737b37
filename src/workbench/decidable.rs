//! A cell as something to decide about: its name, what its image says, what was decided, and the deeds that decide more.

use crate::{
    atlas::{Anchor, Location, LocationSet},
    project::{
        Labels,
        labels::{
            CellDecisions, Change, Decision, Deed, Exclusion, Reason, Verdict,
            placement::{PlacedCell, Placement},
        },
    },
};

/// A cell that can be decided about.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidableCell {
    /// Its id in the mask.
    pub id: u32,
    /// The ID of its field.
    pub image: String,
    /// The anchor under which it is decided about.
    pub anchor: Anchor,
    /// All anchors whose decisions hold for it, with its own.
    pub anchors: Vec<Anchor>,
    /// Its area in pixels at full size.
    pub area_px: u64,
    /// The labels of its image.
    pub of_image: LocationSet,
    /// What is decided about it.
    pub decisions: CellDecisions,
}

impl DecidableCell {
    /// The cell `cell` of the field `image`, whose decisions are where `placement` says.
    #[must_use]
    pub fn new(cell: &PlacedCell, image: &str, of_image: LocationSet, labels: &Labels, placement: &Placement) -> Self {
        let anchor = placement.name_of(cell.id, cell.anchor);
        let mut anchors = placement.anchors_in(cell.id).to_vec();
        if !anchors.contains(&anchor) {
            anchors.push(anchor);
        }
        let decisions = labels.of_all(image, &anchors);
        Self { id: cell.id, image: image.to_owned(), anchor, anchors, area_px: cell.area_px, of_image, decisions }
    }

    /// The labels that hold for it.
    #[must_use]
    pub fn labels(&self) -> LocationSet {
        self.decisions.labels(self.of_image)
    }

    /// Makes these changes.
    #[must_use]
    pub fn decision(&self, changes: impl IntoIterator<Item = Change>) -> Decision {
        Decision {
            image: self.image.clone(),
            anchor: self.anchor,
            area_px: self.area_px,
            set: changes.into_iter().collect(),
        }
    }

    /// Makes one change to this cell alone.
    #[must_use]
    pub fn deed(&self, reason: Reason, change: Change) -> Deed {
        Deed::Decide(reason, vec![self.decision([change])])
    }

    /// The change that turns `location` round: off if it holds, else on.
    #[must_use]
    pub fn flip(&self, location: Location) -> Change {
        let verdict = if self.labels().contains(location) { Verdict::No } else { Verdict::Yes };
        Change::Label(location, Some(verdict))
    }

    /// The change that leaves it out, or lets it count again.
    #[must_use]
    pub fn flip_exclusion(&self) -> Change {
        Change::Exclude(if self.decisions.exclusion.is_some() { None } else { Some(Exclusion::Other) })
    }
}
