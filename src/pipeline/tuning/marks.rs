//! Single cells that somebody marked as found well or found badly, and how far a mask follows that.
//!
//! A mark keeps the region as it was when it was marked, so that it means the same whatever is found later. A good one is
//! to be found again: the grade grows with the intersection over union up to [`REPRODUCED`]. A bad one is to become another
//! one: full marks as long as nothing found shares more than [`ALIKE`] with it, none if it is there as it was.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use crate::{
    atlas::Anchor,
    imaging::{Plane, RunLengths, ScaledMask, resize::nearest_sources, rle::RleError},
};

/// The intersection over union from which on a good region is found again.
pub const REPRODUCED: f64 = 0.8;
/// The intersection over union up to which a region is another one than the bad one.
pub const ALIKE: f64 = 0.6;

/// What somebody thinks of how a cell was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Opinion {
    /// Its region is right.
    Good,
    /// Its region is wrong.
    Bad,
}

impl Opinion {
    /// How it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }

    /// The colour of its sign.
    #[must_use]
    pub fn colour(self) -> [u8; 3] {
        match self {
            Self::Good => [90, 230, 120],
            Self::Bad => [255, 90, 80],
        }
    }
}

/// A marked cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The cell's anchor when it was marked.
    pub anchor: Anchor,
    /// What was thought of it.
    pub opinion: Opinion,
    /// Its region when it was marked.
    pub region: MarkedRegion,
}

/// A region of a field, in a cutout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RegionText", into = "RegionText")]
pub struct MarkedRegion {
    top: u32,
    left: u32,
    cutout: RunLengths,
}

/// A region as it is written: the cutout's place and size in pixels of the field, and its run lengths as in COCO.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionText {
    top: u32,
    left: u32,
    height: u32,
    width: u32,
    counts: String,
}

impl TryFrom<RegionText> for MarkedRegion {
    type Error = RleError;

    fn try_from(text: RegionText) -> Result<Self, RleError> {
        let cutout = RunLengths::decode(text.height as usize, text.width as usize, &text.counts)?;
        Ok(Self { top: text.top, left: text.left, cutout })
    }
}

impl From<MarkedRegion> for RegionText {
    fn from(region: MarkedRegion) -> Self {
        let (height, width) = (region.cutout.height() as u32, region.cutout.width() as u32);
        Self { top: region.top, left: region.left, height, width, counts: region.cutout.encode() }
    }
}

impl MarkedRegion {
    /// The region `id` of `mask`, of which nothing lies outside of `rows` and `cols` of the mask as computed. `None` if
    /// there is no such region.
    #[must_use]
    pub fn of(mask: &ScaledMask, id: u32, rows: Range<usize>, cols: Range<usize>) -> Option<Self> {
        let (rows, cols) = (mask.rows_of(rows), mask.cols_of(cols));
        let is_inside = |row: usize, col: usize| mask.id((rows.start + row, cols.start + col)) == id;
        let cutout = RunLengths::from_mask(&Plane::from_fn(rows.len(), cols.len(), is_inside));
        (id > 0 && cutout.area() > 0).then_some(Self { top: rows.start as u32, left: cols.start as u32, cutout })
    }

    /// Its pixels at the field's own size.
    #[must_use]
    pub fn area_px(&self) -> usize {
        self.cutout.area()
    }

    /// Whether it holds the pixel (row, column) of the field.
    #[must_use]
    pub fn holds(&self, pixel: Anchor) -> bool {
        let ones: Vec<Range<usize>> = self.cutout.ones().collect();
        self.is_one(&ones, pixel.0 as usize, pixel.1 as usize)
    }

    /// The pixels of a mask of `size` that show it, by their places in row order; the field is of `field_size`.
    fn places_on(&self, field_size: (usize, usize), size: (usize, usize)) -> Vec<usize> {
        let ones: Vec<Range<usize>> = self.cutout.ones().collect();
        let (rows, cols) = (nearest_sources(field_size.0, size.0), nearest_sources(field_size.1, size.1));
        let within = |sources: &[usize], from: u32, length: usize| {
            let from = from as usize;
            sources.partition_point(|&source| source < from)..sources.partition_point(|&source| source < from + length)
        };
        let down = within(&rows, self.top, self.cutout.height());
        let across = within(&cols, self.left, self.cutout.width());
        let places = down.flat_map(|row| across.clone().map(move |col| (row, col)));
        let shown = places.filter(|&(row, col)| self.is_one(&ones, rows[row], cols[col]));
        shown.map(|(row, col)| row * size.1 + col).collect()
    }

    /// Whether the pixel of the field is one of the `ones` of the cutout.
    fn is_one(&self, ones: &[Range<usize>], row: usize, col: usize) -> bool {
        let place = || {
            let (down, across) = (row.checked_sub(self.top as usize)?, col.checked_sub(self.left as usize)?);
            let is_inside = down < self.cutout.height() && across < self.cutout.width();
            is_inside.then(|| across * self.cutout.height() + down)
        };
        place().is_some_and(|place| {
            let at = ones.partition_point(|run| run.end <= place);
            ones.get(at).is_some_and(|run| run.start <= place)
        })
    }
}

/// A mark on masks of one size.
#[derive(Clone, Debug)]
pub struct PlacedMark {
    opinion: Opinion,
    places: Vec<usize>,
}

impl PlacedMark {
    /// `mark` on masks of `size` of a field of `field_size`; `None` if it shows nothing there.
    #[must_use]
    pub fn of(mark: &Mark, field_size: (usize, usize), size: (usize, usize)) -> Option<Self> {
        let places = mark.region.places_on(field_size, size);
        (!places.is_empty()).then_some(Self { opinion: mark.opinion, places })
    }

    /// How far `mask` follows it, 0 to 1. `areas`: pixels of its regions by id.
    #[must_use]
    pub fn grade(&self, mask: &Plane<u32>, areas: &[u32]) -> f64 {
        let mut shared: BTreeMap<u32, u32> = BTreeMap::new();
        for &place in &self.places {
            *shared.entry(mask.samples()[place]).or_default() += 1;
        }
        shared.remove(&0);
        let iou = |(&id, &shared): (&u32, &u32)| {
            f64::from(shared) / (self.places.len() as f64 + f64::from(areas[id as usize] - shared))
        };
        grade(self.opinion, shared.iter().map(iou).fold(0.0, f64::max))
    }
}

/// How far an opinion is followed by masks whose nearest region has this intersection over union with the marked one.
#[must_use]
pub fn grade(opinion: Opinion, iou: f64) -> f64 {
    match opinion {
        Opinion::Good => (iou / REPRODUCED).min(1.0),
        Opinion::Bad => ((1.0 - iou) / (1.0 - ALIKE)).min(1.0),
    }
}
