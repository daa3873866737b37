//! Connected regions of a picture in black and white, and the places of a mask's regions.
//!
//! Regions are joined run by run: the runs of one row that touch a run of the row above belong together (union-find).

use std::{collections::BTreeMap, iter, ops::Range};

use super::{Plane, ScaledMask};

/// Which neighbours of a pixel touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Above, below, left and right.
    Four,
    /// These and the diagonals.
    Eight,
}

/// The regions of `foreground`: a mask of ids 1, 2, … in the column-major order of each region's first pixel.
///
/// Time O(n) for n pixels, nearly.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Connectivity, Plane, regions::number_regions};
/// let picture = Plane::from_rows(&[[true, false, true], [false, true, true]]);
/// assert_eq!(number_regions(&picture, Connectivity::Four), Plane::from_rows(&[[1, 0, 2], [0, 2, 2]]));
/// assert_eq!(number_regions(&picture, Connectivity::Eight), Plane::from_rows(&[[1, 0, 1], [0, 1, 1]]));
/// ```
#[must_use]
pub fn number_regions(foreground: &Plane<bool>, connectivity: Connectivity) -> Plane<u32> {
    number_regions_where(foreground, |&inside| inside, connectivity)
}

/// [`number_regions`] of the pixels of `plane` that are `inside`.
pub fn number_regions_where<T>(
    plane: &Plane<T>,
    inside: impl Fn(&T) -> bool,
    connectivity: Connectivity,
) -> Plane<u32> {
    let runs = Runs::of_rows(plane.size(), connectivity, |row, foreground| {
        foreground.iter_mut().zip(plane.row(row)).for_each(|(foreground, sample)| *foreground = inside(sample));
    });
    let ids = runs.ids();
    let mut mask = Plane::filled(plane.height(), plane.width(), 0_u32);
    for (run, &root) in runs.runs.iter().zip(&runs.roots) {
        run.of_mut(&mut mask).fill(ids[root]);
    }
    mask
}

/// The regions of [`number_regions`] run by run, from the top row to the last: (id, row, columns).
pub fn numbered_runs(
    foreground: &Plane<bool>,
    connectivity: Connectivity,
) -> impl Iterator<Item = (u32, usize, Range<usize>)> {
    let runs = Runs::of(foreground, connectivity);
    let ids = runs.ids();
    runs.runs.into_iter().zip(runs.roots).map(move |(run, root)| (ids[root], run.row, run.start..run.end))
}

/// `foreground` without its regions of fewer than `min_area_px` pixels.
#[must_use]
pub fn without_small_regions(
    mut foreground: Plane<bool>,
    min_area_px: usize,
    connectivity: Connectivity,
) -> Plane<bool> {
    let runs = Runs::of(&foreground, connectivity);
    let mut areas = vec![0_usize; runs.roots.len()];
    for (run, &root) in runs.runs.iter().zip(&runs.roots) {
        areas[root] += run.end - run.start;
    }
    for (run, _) in runs.runs.iter().zip(&runs.roots).filter(|&(_, &root)| areas[root] < min_area_px) {
        run.of_mut(&mut foreground).fill(false);
    }
    foreground
}

/// Fills every region of markers and depth above 0 in which no two markers differ with their id, and returns the
/// regions in which some do, each run by run from the top row to the last.
///
/// Regions are those of [`Connectivity::Eight`].
pub(super) fn fill_undisputed(markers: &mut Plane<u32>, depth: &Plane<u32>) -> Vec<Vec<Run>> {
    let runs = Runs::of_rows(markers.size(), Connectivity::Eight, |row, ground| {
        for ((ground, &marker), &depth) in ground.iter_mut().zip(markers.row(row)).zip(depth.row(row)) {
            *ground = marker | depth > 0;
        }
    });
    // For each region the smallest and the largest of its markers' ids.
    let mut ids = vec![(u32::MAX, 0); runs.roots.len()];
    for (run, &root) in runs.runs.iter().zip(&runs.roots) {
        let (smallest, largest) = &mut ids[root];
        for &id in run.of(markers) {
            *smallest = if id > 0 { id.min(*smallest) } else { *smallest };
            *largest = id.max(*largest);
        }
    }
    let mut disputed = BTreeMap::<usize, Vec<Run>>::new();
    for (run, &root) in runs.runs.iter().zip(&runs.roots) {
        let (smallest, largest) = ids[root];
        if smallest == largest {
            run.of_mut(markers).fill(largest);
        } else if smallest < largest {
            disputed.entry(root).or_default().push(*run);
        }
    }
    disputed.into_values().collect()
}

/// Where one region of a mask lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The region's id in the mask, not 0.
    pub id: u32,
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Number of rows from the first to the last.
    pub height: usize,
    /// Number of columns from the first to the last.
    pub width: usize,
    /// Number of pixels.
    pub area: usize,
}

/// The runs of pixels of one id, from the top row to the last: (id, row, columns). Those of the background are left out.
pub fn runs_of_ids(mask: &Plane<u32>) -> impl Iterator<Item = (u32, usize, Range<usize>)> {
    (0..mask.height())
        .flat_map(|row| equal_runs(mask.row(row)).map(move |(id, cols)| (id, row, cols)))
        .filter(|(id, ..)| *id > 0)
}

/// The pixels of each id of `mask`, those of the background at 0; ids without a pixel have 0, and there are no more numbers
/// than the largest id needs. Time O(n) for n pixels, memory O(largest id).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, regions::areas_by_id};
/// assert_eq!(areas_by_id(&Plane::from_rows(&[[1, 1, 0], [1, 3, 3]])), [1, 3, 0, 2]);
/// ```
#[must_use]
pub fn areas_by_id(mask: &Plane<u32>) -> Vec<u32> {
    let mut areas = vec![0; mask.largest() as usize + 1];
    for (id, cols) in (0..mask.height()).flat_map(|row| equal_runs(mask.row(row))) {
        areas[id as usize] += cols.len() as u32;
    }
    areas
}

/// The regions that `mask` shows, by id; ids without a pixel are absent. Time O(n) for n pixels of the mask as it was
/// computed, memory O(largest id).
#[must_use]
pub fn regions(mask: &ScaledMask) -> Vec<Region> {
    let mut places: Vec<Option<Region>> = Vec::new();
    let (height, width) = mask.computed().size();
    for (id, Rectangle { rows, cols }) in rectangles(mask, 0..height, 0..width).filter(|&(id, _)| id > 0) {
        if id as usize >= places.len() {
            places.resize(id as usize + 1, None);
        }
        let area = rows.len() * cols.len();
        let here = Region { id, top: rows.start, left: cols.start, height: rows.len(), width: cols.len(), area };
        let place = &mut places[id as usize];
        *place = Some(place.map_or(here, |place| place.with(&here)));
    }
    places.into_iter().flatten().collect()
}

/// A rectangle of pixels of one id, as a mask shows it: a run of the mask as it was computed, enlarged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// Its rows.
    pub rows: Range<usize>,
    /// Its columns.
    pub cols: Range<usize>,
}

/// The rectangles of the region's id that `mask` shows in the region's bounding box, from top to bottom: the rows of
/// two are the same or share none. Time O(n) for n pixels of the box in the mask as it was computed.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, ScaledMask, regions::{Rectangle, rectangles_of, regions}};
/// let mask = ScaledMask::new(Plane::from_rows(&[[0, 7, 7], [7, 7, 0]]), 4, 6);
/// let region = regions(&mask)[0];
/// let expected = [Rectangle { rows: 0..2, cols: 2..6 }, Rectangle { rows: 2..4, cols: 0..4 }];
/// assert!(rectangles_of(&mask, &region).eq(expected));
/// ```
pub fn rectangles_of(mask: &ScaledMask, region: &Region) -> impl Iterator<Item = Rectangle> {
    let (rows, cols) = (region.top..region.top + region.height, region.left..region.left + region.width);
    let (computed_rows, computed_cols) = mask.shown_by(rows.clone(), cols.clone());
    let within = |range: Range<usize>, bounds: &Range<usize>| range.start.max(bounds.start)..range.end.min(bounds.end);
    rectangles(mask, computed_rows, computed_cols).filter(|&(id, _)| id == region.id).map(move |(_, rectangle)| {
        Rectangle { rows: within(rectangle.rows, &rows), cols: within(rectangle.cols, &cols) }
    })
}

/// What `mask` shows of these rows and columns of the mask as computed: ids and rectangles.
fn rectangles(
    mask: &ScaledMask,
    computed_rows: Range<usize>,
    computed_cols: Range<usize>,
) -> impl Iterator<Item = (u32, Rectangle)> {
    let shown = computed_rows.flat_map(move |row| {
        let left = computed_cols.start;
        let runs = equal_runs(&mask.computed().row(row)[computed_cols.clone()]);
        runs.map(move |(id, run)| {
            (id, Rectangle { rows: mask.rows_of(row..row + 1), cols: mask.cols_of(left + run.start..left + run.end) })
        })
    });
    shown.filter(|(_, rectangle)| !rectangle.rows.is_empty() && !rectangle.cols.is_empty())
}

impl Region {
    /// This region and another part of it, which shares no pixel with it.
    fn with(self, part: &Self) -> Self {
        let (top, left) = (self.top.min(part.top), self.left.min(part.left));
        Self {
            id: self.id,
            top,
            left,
            height: (self.top + self.height).max(part.top + part.height) - top,
            width: (self.left + self.width).max(part.left + part.width) - left,
            area: self.area + part.area,
        }
    }
}

/// The longest runs of equal samples of a row: the sample, and where it runs.
///
/// Compares whole blocks as long as they are all equal, which is many samples at a time.
pub fn equal_runs<T: Copy + PartialEq>(row: &[T]) -> impl Iterator<Item = (T, Range<usize>)> {
    const BLOCK: usize = 16;
    let mut start = 0;
    iter::from_fn(move || {
        let rest = &row[start..];
        let &sample = rest.first()?;
        let equal_blocks =
            rest.chunks_exact(BLOCK).take_while(|block| block.iter().filter(|&&other| other != sample).count() == 0);
        let whole = BLOCK * equal_blocks.count();
        let run = start..start + whole + rest[whole..].iter().take_while(|&&other| other == sample).count();
        start = run.end;
        Some((sample, run))
    })
}

/// Pixels `start..end` of one row.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) row: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Run {
    /// The samples of this run.
    pub(super) fn of<T>(self, plane: &Plane<T>) -> &[T] {
        &plane.row(self.row)[self.start..self.end]
    }

    /// The samples of this run, to be changed.
    pub(super) fn of_mut<T>(self, plane: &mut Plane<T>) -> &mut [T] {
        &mut plane.row_mut(self.row)[self.start..self.end]
    }
}

/// The runs of a picture row by row, and for each the run that stands for its region.
pub(super) struct Runs {
    pub(super) runs: Vec<Run>,
    pub(super) roots: Vec<usize>,
}

impl Runs {
    fn of(foreground: &Plane<bool>, connectivity: Connectivity) -> Self {
        Self::of_rows(foreground.size(), connectivity, |row, samples| samples.copy_from_slice(foreground.row(row)))
    }

    /// `write_row(row, samples)` writes the samples of a row, the default being background. Runs of equal samples that
    /// touch belong together.
    pub(super) fn of_rows<T: Copy + Default + PartialEq>(
        (height, width): (usize, usize),
        connectivity: Connectivity,
        write_row: impl Fn(usize, &mut [T]),
    ) -> Self {
        let mut samples = vec![T::default(); width];
        let mut kinds: Vec<T> = Vec::new();
        let reach = usize::from(connectivity == Connectivity::Eight);
        let mut runs: Vec<Run> = Vec::new();
        let mut parents: Vec<usize> = Vec::new();
        let mut above = 0..0;
        for row in 0..height {
            write_row(row, &mut samples);
            let first = runs.len();
            let mut candidate = above.start;
            for (kind, Range { start, end }) in equal_runs(&samples).filter(|&(kind, _)| kind != T::default()) {
                let run = Run { row, start, end };
                let this = runs.len();
                runs.push(run);
                kinds.push(kind);
                parents.push(this);
                while candidate < above.end && runs[candidate].end + reach <= run.start {
                    candidate += 1;
                }
                // The last run above that touches this one may touch the next one too, so it stays the candidate.
                let touching = (candidate..above.end).take_while(|&k| runs[k].start < run.end + reach);
                for other in touching.filter(|&other| kinds[other] == kind) {
                    join(&mut parents, this, other);
                }
            }
            above = first..runs.len();
        }
        let roots = (0..parents.len()).map(|run| root(&mut parents, run)).collect();
        Self { runs, roots }
    }

    /// For each run that stands for a region, the region's id: 1, 2, … in the column-major order of first pixels.
    fn ids(&self) -> Vec<u32> {
        let mut firsts: Vec<Option<(usize, usize)>> = vec![None; self.roots.len()];
        for (run, &root) in self.runs.iter().zip(&self.roots) {
            let pixel = (run.start, run.row);
            let first = &mut firsts[root];
            *first = Some(first.map_or(pixel, |first| first.min(pixel)));
        }
        let mut by_first: Vec<usize> = (0..firsts.len()).filter(|&root| firsts[root].is_some()).collect();
        by_first.sort_unstable_by_key(|&root| firsts[root]);
        let mut ids = vec![0_u32; firsts.len()];
        for (root, id) in by_first.into_iter().zip(1..) {
            ids[root] = id;
        }
        ids
    }
}

fn root(parents: &mut [usize], mut run: usize) -> usize {
    while parents[run] != run {
        parents[run] = parents[parents[run]];
        run = parents[run];
    }
    run
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}
