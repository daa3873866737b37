//! All stages of the reference method, kept, so that a changed parameter recomputes only what follows from it.

use std::sync::Arc;

use super::{Background, Cells, Nuclei, SegmentationParams, SegmentationRemark, WorkingImage, remark};
use crate::atlas::Field;

/// The stages of the reference method on one field.
#[derive(Clone, Debug)]
pub struct ReferenceStages {
    params: SegmentationParams,
    /// The stains at working size.
    pub image: Arc<WorkingImage>,
    /// What is background of the nuclei.
    pub nuclei_background: Arc<Background<u8>>,
    /// The nuclei.
    pub nuclei: Arc<Nuclei>,
    /// What is background of the cells.
    pub cell_background: Arc<Background<u16>>,
    /// The cells.
    pub cells: Arc<Cells>,
    /// Why the result is not what one expects of a field, if so.
    pub remark: Option<SegmentationRemark>,
}

impl ReferenceStages {
    /// The stages of `field` with `params`. What `before`, stages of the same field, has computed from the same
    /// parameters is taken over.
    #[must_use]
    pub fn after(before: Option<&Self>, field: &Field, params: &SegmentationParams) -> Self {
        let old = before.filter(|old| {
            old.params.working_size == params.working_size && old.params.bright_edges == params.bright_edges
        });
        let image = old.map_or_else(|| Arc::new(WorkingImage::prepared(field, params)), |old| Arc::clone(&old.image));
        let old_nuclei = old.filter(|old| old.params.nuclei_background == params.nuclei_background);
        let nuclei_background = old_nuclei.map_or_else(
            || Arc::new(Background::of_nuclei(&image.nucleus, &params.nuclei_background)),
            |old| Arc::clone(&old.nuclei_background),
        );
        let old_markers =
            old_nuclei.filter(|old| old.params.marker_quantile.to_bits() == params.marker_quantile.to_bits());
        let nuclei = old_markers.map_or_else(
            || Arc::new(Nuclei::of(&nuclei_background.background, params.marker_quantile)),
            |old| Arc::clone(&old.nuclei),
        );
        let rule = nuclei_background.rule;
        let old_cells = old
            .filter(|old| old.params.cell_background == params.cell_background && old.nuclei_background.rule == rule);
        let cell_background = old_cells.map_or_else(
            || Arc::new(Background::of_cells(&image, &params.cell_background, rule)),
            |old| Arc::clone(&old.cell_background),
        );
        let unchanged = old_markers.filter(|_| old_cells.is_some());
        let cells = unchanged.map_or_else(
            || Arc::new(Cells::of(&cell_background.background, &nuclei.mask)),
            |old| Arc::clone(&old.cells),
        );
        let remark = remark(&image.nucleus, rule, &nuclei_background.background, &params.nuclei_background);
        Self { params: params.clone(), image, nuclei_background, nuclei, cell_background, cells, remark }
    }
}
