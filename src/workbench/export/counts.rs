//! What an export would hold, and what is unsettled in it: from what is known before, or of the cells that were gathered.

use super::gather::Gathered;
use crate::{
    atlas::{Location, LocationSet},
    project::{
        Labels,
        labels::{CellDecisions, Verdict},
    },
    storage::ImageSet,
    workbench::set_cells::SetCells,
};

/// Counts of images and cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Images of the set.
    pub images: usize,
    /// Those whose cells are known.
    pub measured_images: usize,
    /// Images without labels, whose cells teach nothing.
    pub images_without_labels: usize,
    /// Cells of all measured images that count.
    pub cells: usize,
    /// Those about which something is decided.
    pub decided: usize,
    /// Cells that are excluded.
    pub excluded: usize,
    /// Answers that are the grade in the middle.
    pub unsure: usize,
    /// Decided cells that no cell covers now, if that was looked up.
    pub lost: usize,
}

impl Counts {
    /// Before anything is gathered: of the cells that are measured, and of what was decided.
    #[must_use]
    pub fn before(
        set: &ImageSet,
        image_labels: &[Option<LocationSet>],
        labels: &Labels,
        cells: Option<&SetCells>,
    ) -> Self {
        let mut counts = Self {
            images: set.fields().len(),
            measured_images: cells.map_or(0, SetCells::measured_fields),
            images_without_labels: image_labels.iter().filter(|labels| labels.is_none()).count(),
            cells: cells.map_or(0, SetCells::count),
            ..Self::default()
        };
        for id in labels.fields().into_iter().filter(|id| set.field(id).is_some()) {
            for (anchor, _) in labels.decided(id) {
                counts.take(&labels.of(id, anchor));
            }
        }
        counts.cells = counts.cells.saturating_sub(counts.excluded);
        counts
    }

    /// Of the cells that were gathered.
    #[must_use]
    pub fn of(gathered: &Gathered) -> Self {
        let mut counts = Self { images: gathered.fields.len(), ..Self::default() };
        for field in &gathered.fields {
            counts.measured_images += usize::from(field.failure.is_none());
            counts.images_without_labels += usize::from(field.labels.is_none());
            counts.cells += field.cells.len();
            counts.excluded += field.excluded;
            counts.lost += field.lost;
            field.cells.iter().for_each(|cell| counts.take(&cell.decisions));
        }
        counts
    }

    fn take(&mut self, decisions: &CellDecisions) {
        if decisions.exclusion.is_some() {
            self.excluded += 1;
        } else if decisions.is_any() {
            self.decided += 1;
            let verdicts = Location::all().filter_map(|location| decisions.of(location).map(Verdict::leaning));
            self.unsure += verdicts.filter(Option::is_none).count();
        }
    }

    /// What is unsettled, a line each: how much, and what follows from it.
    #[must_use]
    pub fn unsettled(&self) -> Vec<String> {
        let undecided = self.cells.saturating_sub(self.decided);
        let lines = [
            ("images not measured", self.images - self.measured_images.min(self.images)),
            ("images without labels, whose cells teach nothing", self.images_without_labels),
            ("cells with the labels of their image alone", undecided),
            ("answers of grade 3, which leave what the image says", self.unsure),
            ("cells left out by decision", self.excluded),
            ("decided cells that are not found with this segmentation", self.lost),
        ];
        let unsettled = lines.into_iter().filter(|(_, count)| *count > 0);
        unsettled.map(|(what, count)| format!("{what}: {count}")).collect()
    }
}
