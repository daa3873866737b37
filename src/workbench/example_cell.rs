//! A drawn cell that shows one location, beside the sentence that describes it.

use super::close_up::around;
use crate::{
    atlas::{Channel, Field, Location, RawField},
    demo::example,
    imaging::{Plane, ScaledMask, regions::regions},
    pipeline::{
        composite::{CompositeParams, Window, composite},
        sample_depth::{SampleDepth, field_at_8_bit},
    },
};

/// Pictures of a cell that shows a location.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleCell {
    /// In colour.
    pub composite: Plane<[u8; 3]>,
    /// Its protein in grey.
    pub protein: Plane<[u8; 3]>,
}

/// A cell of the example that shows `location` and is whole; `None` if there is none, which a test rules out.
/// Some 0.1 s of one core.
#[must_use]
pub fn example_cell(location: Location) -> Option<ExampleCell> {
    let drawn = example(location);
    let (field, _) = field_at_8_bit(RawField::new(drawn.channels).ok()?, SampleDepth::default());
    let mask: ScaledMask = drawn.cell_mask.into();
    let (height, width) = mask.size();
    let shows = |id: u32| drawn.labels.iter().any(|&(of, labels)| of == id && labels.contains(location));
    let whole = regions(&mask).into_iter().filter(|region| {
        let (bottom, right) = (region.top + region.height, region.left + region.width);
        region.top > 0 && region.left > 0 && bottom < height && right < width && shows(region.id)
    });
    // One that fills a square.
    let cell = whole.max_by_key(|region| 1000 * region.area / region.height.max(region.width).pow(2))?;
    let side = cell.height.max(cell.width) * 7 / 6;
    let rows = around(cell.top + cell.height / 2, side, height);
    let cols = around(cell.left + cell.width / 2, side, width);
    let part = Field::new(field.planes().each_ref().map(|plane| plane.part(rows.clone(), cols.clone()))).ok()?;
    let mut grey = CompositeParams::grey(Channel::Protein);
    let mut colour = CompositeParams::default();
    for params in [&mut grey, &mut colour] {
        params.stains.iter_mut().for_each(|stain| stain.window = Window::AUTOMATIC);
    }
    Some(ExampleCell { composite: composite(&part, &colour), protein: composite(&part, &grey) })
}
