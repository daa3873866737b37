//! The part of both masks that a correction touches, cut out so that its cost is that of the part; and what keeps cells
//! whole in it.

use std::{cmp::Reverse, collections::BTreeSet, ops::Range};

use super::{Corrected, patch::Patch};
use crate::imaging::{
    Connectivity, Plane,
    column_distance::ColumnDistance,
    distance::INFINITE,
    regions::{areas_by_id, number_regions, number_regions_where},
};

/// A rectangle of both masks at working size. Positions in it are counted from its own corner.
pub struct Piece {
    rows: Range<usize>,
    cols: Range<usize>,
    /// Ids of cells.
    pub cells: Plane<u32>,
    /// Ids of nuclei.
    pub nuclei: Plane<u32>,
}

/// A pixel of a piece, (row, column).
pub type Pixel = (usize, usize);

impl Piece {
    /// The box of `rows` and `cols`, made larger until it holds all of the cells `ids` that reach into it, and one pixel
    /// more where the mask has one.
    pub fn around(masks: &Corrected, rows: Range<usize>, cols: Range<usize>, ids: &BTreeSet<u32>) -> Self {
        let mask = masks.segmentation.cell_mask.computed();
        let (mut rows, mut cols) = (rows, cols);
        let (height, width) = mask.size();
        let is_wanted = |id: &u32| *id > 0 && ids.contains(id);
        loop {
            let before = (rows.clone(), cols.clone());
            // One more on each side, as neighbours touch at corners, too.
            let wide = cols.start.saturating_sub(1)..(cols.end + 1).min(width);
            let reaches_row = |row: usize| mask.row(row)[wide.clone()].iter().any(is_wanted);
            if rows.start > 0 && reaches_row(rows.start - 1) {
                rows.start -= 1;
            }
            if rows.end < height && reaches_row(rows.end) {
                rows.end += 1;
            }
            let high = rows.start.saturating_sub(1)..(rows.end + 1).min(height);
            let reaches_col = |col: usize| high.clone().any(|row| is_wanted(&mask[(row, col)]));
            if cols.start > 0 && reaches_col(cols.start - 1) {
                cols.start -= 1;
            }
            if cols.end < width && reaches_col(cols.end) {
                cols.end += 1;
            }
            if before == (rows.clone(), cols.clone()) {
                break;
            }
        }
        let rows = rows.start.saturating_sub(1)..(rows.end + 1).min(height);
        let cols = cols.start.saturating_sub(1)..(cols.end + 1).min(width);
        let nuclei = masks.segmentation.nuclei_mask.computed();
        Self {
            cells: mask.part(rows.clone(), cols.clone()),
            nuclei: nuclei.part(rows.clone(), cols.clone()),
            rows,
            cols,
        }
    }

    /// Puts it back where it was.
    pub fn put_back(self, masks: &mut Corrected) {
        let segmentation = &mut masks.segmentation;
        for (mask, part) in [(&mut segmentation.cell_mask, &self.cells), (&mut segmentation.nuclei_mask, &self.nuclei)]
        {
            let mask = mask.computed_mut();
            for (at, row) in self.rows.clone().enumerate() {
                mask.row_mut(row)[self.cols.clone()].copy_from_slice(part.row(at));
            }
        }
    }

    /// Where a pixel of the mask is in here, if it is.
    pub fn place(&self, (row, col): (usize, usize)) -> Option<Pixel> {
        let is_here = self.rows.contains(&row) && self.cols.contains(&col);
        is_here.then(|| (row - self.rows.start, col - self.cols.start))
    }

    /// The same for a pixel that may lie beyond the mask.
    pub fn place_of(&self, (row, col): (isize, isize)) -> Option<Pixel> {
        self.place((usize::try_from(row).ok()?, usize::try_from(col).ok()?))
    }

    /// The pixels of a patch that are in here.
    pub fn covered<'a>(&'a self, patch: &'a Patch) -> impl Iterator<Item = Pixel> + 'a {
        patch.pixels().filter_map(|pixel| self.place(pixel))
    }

    /// Which pixels `is_wanted`.
    pub fn where_is(&self, is_wanted: impl Fn(Pixel) -> bool) -> Plane<bool> {
        let (height, width) = self.cells.size();
        Plane::from_fn(height, width, |row, col| is_wanted((row, col)))
    }

    /// The pixels of the nucleus `id`.
    pub fn nucleus(&self, id: u32) -> Vec<Pixel> {
        pixels_where(&self.nuclei, |&other| other == id)
    }

    /// Gives a pixel to the cell `id`, and takes it from any nucleus.
    pub fn give(&mut self, pixel: Pixel, id: u32) {
        self.cells[pixel] = id;
        if self.nuclei[pixel] != id {
            self.nuclei[pixel] = 0;
        }
    }

    /// Leaves of the cell `id` the part that hangs together and has most of the nucleus; the rest is background.
    pub fn keep_whole(&mut self, id: u32) {
        if let Some((rows, cols)) = self.box_of(id) {
            let [cells, nuclei] = [&self.cells, &self.nuclei].map(|plane| plane.part(rows.clone(), cols.clone()));
            let numbers = number_regions_where(&cells, |&other| other == id, Connectivity::Eight);
            // Pixels of the nucleus, then pixels, then the first.
            let count = numbers.largest() as usize;
            let mut sizes: Vec<(usize, usize, Reverse<usize>)> = (0..count).map(|at| (0, 0, Reverse(at))).collect();
            for (&number, &nucleus) in numbers.samples().iter().zip(nuclei.samples()).filter(|(number, _)| **number > 0)
            {
                let size = &mut sizes[number as usize - 1];
                size.0 += usize::from(nucleus == id);
                size.1 += 1;
            }
            let kept = sizes.into_iter().max().map_or(0, |(.., Reverse(at))| at as u32 + 1);
            for (row, col) in pixels_where(&numbers, |&number| count > 1 && number > 0 && number != kept) {
                self.cells[(rows.start + row, cols.start + col)] = 0;
            }
        }
        for (nucleus, &cell) in self.nuclei.samples_mut().iter_mut().zip(self.cells.samples()) {
            if *nucleus == id && cell != id {
                *nucleus = 0;
            }
        }
    }

    /// The rows and the columns that the cell `id` has pixels in; `None` without a pixel.
    fn box_of(&self, id: u32) -> Option<(Range<usize>, Range<usize>)> {
        let mut found: Option<(Range<usize>, Range<usize>)> = None;
        for row in 0..self.cells.height() {
            let pixels = self.cells.row(row);
            let Some(first) = pixels.iter().position(|&other| other == id) else { continue };
            let last = pixels.iter().rposition(|&other| other == id).unwrap_or(first);
            let (rows, cols) = found.unwrap_or((row..row, first..last));
            found = Some((rows.start..row + 1, cols.start.min(first)..cols.end.max(last + 1)));
        }
        found
    }

    /// Whether the cell `id` has a pixel.
    pub fn has_cell(&self, id: u32) -> bool {
        self.cells.samples().contains(&id)
    }

    /// Whether the nucleus `id` has a pixel.
    pub fn has_nucleus(&self, id: u32) -> bool {
        self.nuclei.samples().contains(&id)
    }

    /// Takes all pixels from the cell `id`.
    pub fn remove(&mut self, id: u32) {
        for plane in [&mut self.cells, &mut self.nuclei] {
            plane.samples_mut().iter_mut().filter(|other| **other == id).for_each(|other| *other = 0);
        }
    }

    /// If the cell `id` has no nucleus, gives it a disc around its deepest pixel with half of the depth there for a radius.
    pub fn ensure_nucleus(&mut self, id: u32) {
        if self.has_nucleus(id) || !self.has_cell(id) {
            return;
        }
        let distance = ColumnDistance::to(&self.where_is(|pixel| self.cells[pixel] != id));
        let (row, col) = distance.farthest();
        let (height, width) = self.cells.size();
        let (middle, depth) = match distance.squared_distance((row, col)) {
            // A cell that is all there is.
            INFINITE => ((height / 2, width / 2), height.min(width) as f64 / 2.0),
            squared => ((row, col), f64::from(squared).sqrt()),
        };
        let squared_radius = (depth / 2.0).powi(2);
        for pixel in pixels_where(&self.cells, |&other| other == id) {
            let (down, across) = (pixel.0.abs_diff(middle.0) as f64, pixel.1.abs_diff(middle.1) as f64);
            if down * down + across * across <= squared_radius {
                self.nuclei[pixel] = id;
            }
        }
        self.nuclei[middle] = id;
    }
}

/// The pixels of `plane` that are `wanted`, row by row.
pub fn pixels_where<T>(plane: &Plane<T>, wanted: impl Fn(&T) -> bool) -> Vec<Pixel> {
    let width = plane.width().max(1);
    let all = plane.samples().iter().enumerate().filter(|(_, sample)| wanted(sample));
    all.map(|(at, _)| (at / width, at % width)).collect()
}

/// The largest part of `inside` that hangs together; of several the first.
pub fn largest_region(inside: &Plane<bool>, connectivity: Connectivity) -> Vec<Pixel> {
    let numbers = number_regions(inside, connectivity);
    match largest_number(&numbers, |_| true) {
        Some(number) => pixels_where(&numbers, |&other| other == number),
        None => Vec::new(),
    }
}

/// The number of the largest region of those that `counts`; of several the smallest number.
pub fn largest_number(numbers: &Plane<u32>, counts: impl Fn(u32) -> bool) -> Option<u32> {
    let areas = areas_by_id(numbers);
    let candidates = (1..areas.len()).filter(|&number| areas[number] > 0 && counts(number as u32));
    candidates.max_by_key(|&number| (areas[number], Reverse(number))).map(|number| number as u32)
}

/// The pixels of `ground` that are nearer to `new` than to `old`, on the way over the ground, row by row; those that are as
/// near stay with `old`. Pixels that neither reaches are in neither.
///
/// The way over an edge counts 5 and over a corner 7, which is a circle within 5 %. Pixels wait in one queue for each
/// distance; as every step is longer than 0 and none longer than 7, eight queues are enough. It ends as soon as `new` can
/// come to no further pixel. Source: Borgefors (1986); Dial (1969) for the queues.
pub fn nearer_to(new: &[Pixel], old: &[Pixel], ground: &Plane<bool>) -> Vec<Pixel> {
    const QUEUES: usize = 8;
    let (height, width) = ground.size();
    let mut is_new = Plane::filled(height, width, false);
    let mut nearest = Plane::filled(height, width, u32::MAX);
    for (sources, of_new) in [(old, false), (new, true)] {
        for &pixel in sources.iter().filter(|&&pixel| ground[pixel]) {
            nearest[pixel] = 0;
            is_new[pixel] = of_new;
        }
    }
    let around = |(row, col): Pixel| {
        let cols = col.saturating_sub(1)..(col + 2).min(width);
        (row.saturating_sub(1)..(row + 2).min(height)).flat_map(move |row| cols.clone().map(move |col| (row, col)))
    };
    let mut queues: [Vec<(Pixel, bool)>; QUEUES] = Default::default();
    // From the inside of a source nothing is reached that its rim does not reach sooner.
    let is_rim = |pixel: Pixel| around(pixel).any(|next| ground[next] && nearest[next] > 0);
    let rim = old.iter().chain(new).copied().filter(|&pixel| ground[pixel] && is_rim(pixel));
    queues[0] = rim.map(|pixel| (pixel, is_new[pixel])).collect();
    let mut waiting_new = queues[0].iter().filter(|(_, of_new)| *of_new).count();
    let mut distance = 0_u32;
    while waiting_new > 0 {
        for ((row, col), of_new) in std::mem::take(&mut queues[distance as usize % QUEUES]) {
            waiting_new -= usize::from(of_new);
            if nearest[(row, col)] != distance || is_new[(row, col)] != of_new {
                continue;
            }
            for next in around((row, col)).filter(|&next| ground[next]) {
                let there = distance + if next.0 == row || next.1 == col { 5 } else { 7 };
                let is_nearer = there < nearest[next] || there == nearest[next] && is_new[next] && !of_new;
                if is_nearer {
                    nearest[next] = there;
                    is_new[next] = of_new;
                    queues[there as usize % QUEUES].push((next, of_new));
                    waiting_new += usize::from(of_new);
                }
            }
        }
        distance += 1;
    }
    pixels_where(&is_new, |&of_new| of_new)
}
