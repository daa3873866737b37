//! The part of both masks that a correction touches, cut out so that its cost is that of the part; and what keeps cells
//! whole in it.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    ops::Range,
};

use super::{Corrected, patch::Patch};
use crate::imaging::{
    Connectivity, Plane,
    column_distance::ColumnDistance,
    distance::INFINITE,
    regions::{number_regions, number_regions_where},
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
        let numbers = number_regions_where(&self.cells, |&other| other == id, Connectivity::Eight);
        let count = numbers.largest() as usize;
        if count > 1 {
            // Pixels of the nucleus, then pixels, then the first.
            let mut sizes: Vec<(usize, usize, Reverse<usize>)> = (0..count).map(|at| (0, 0, Reverse(at))).collect();
            for (number, &nucleus) in
                numbers.samples().iter().zip(self.nuclei.samples()).filter(|(number, _)| **number > 0)
            {
                let size = &mut sizes[*number as usize - 1];
                size.0 += usize::from(nucleus == id);
                size.1 += 1;
            }
            let kept = sizes.into_iter().max().map_or(0, |(.., Reverse(at))| at as u32 + 1);
            for (cell, &number) in self.cells.samples_mut().iter_mut().zip(numbers.samples()) {
                if number > 0 && number != kept {
                    *cell = 0;
                }
            }
        }
        for (nucleus, &cell) in self.nuclei.samples_mut().iter_mut().zip(self.cells.samples()) {
            if *nucleus == id && cell != id {
                *nucleus = 0;
            }
        }
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
    let mut areas = vec![0_usize; numbers.largest() as usize + 1];
    numbers.samples().iter().for_each(|&number| areas[number as usize] += 1);
    let candidates = (1..areas.len()).filter(|&number| areas[number] > 0 && counts(number as u32));
    candidates.max_by_key(|&number| (areas[number], Reverse(number))).map(|number| number as u32)
}

/// Shares the pixels of `ground` out between `owners`: each pixel that can be reached on the ground goes to the one whose
/// `sources` are nearer on the way over it; of equally near ones to the first. 0 = nobody's, 1 = the first owner's, …
///
/// The way over an edge counts 5 and over a corner 7, which is a circle within 5 %. Source: Borgefors (1986).
pub fn share_out(ground: &Plane<bool>, owners: &[&[Pixel]]) -> Plane<u32> {
    let (height, width) = ground.size();
    let mut owner = Plane::filled(height, width, 0_u32);
    let mut nearest = Plane::filled(height, width, u32::MAX);
    let mut waiting = BinaryHeap::new();
    for (number, sources) in (1..).zip(owners) {
        for &pixel in sources.iter().filter(|&&pixel| ground[pixel]) {
            if nearest[pixel] > 0 {
                nearest[pixel] = 0;
                owner[pixel] = number;
                waiting.push(Reverse((0_u32, number, pixel)));
            }
        }
    }
    while let Some(Reverse((distance, number, (row, col)))) = waiting.pop() {
        if distance > nearest[(row, col)] || number != owner[(row, col)] {
            continue;
        }
        for next_row in row.saturating_sub(1)..(row + 2).min(height) {
            for next_col in col.saturating_sub(1)..(col + 2).min(width) {
                let next = (next_row, next_col);
                let step = if next_row == row || next_col == col { 5 } else { 7 };
                let there = distance + step;
                let is_nearer = there < nearest[next] || there == nearest[next] && number < owner[next];
                if ground[next] && is_nearer {
                    nearest[next] = there;
                    owner[next] = number;
                    waiting.push(Reverse((there, number, next)));
                }
            }
        }
    }
    owner
}
