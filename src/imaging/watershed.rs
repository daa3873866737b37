//! The marker-controlled watershed.
//!
//! Pixels wait in one queue for each level of the relief, first in, first out; the lowest level that holds a pixel is
//! served first.

use std::collections::VecDeque;

use super::Plane;

/// Floods `relief` from `markers` until the basins meet (marker-controlled watershed), without ridge lines.
///
/// `relief`: (height, width), lowest values flood first. `markers`: same shape; 0 = no marker, every other value keeps
/// its id, also outside `mask`; no other pixel outside `mask` is given an id. Water goes to all eight neighbours: the
/// column to the left, the own one, the one to the right, each from above to below. A pixel is queued with the value
/// of the pixel that pushed it; ties go to the one queued first, and markers push in column-major order. Foreground
/// that no marker reaches stays 0.
///
/// Time O(n) for n pixels, nearly; memory up to 16 bytes a pixel and some bits for every value between the lowest and the
/// highest of the relief.
///
/// Source: Beucher & Meyer (1993).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, watershed::watershed};
/// let relief = Plane::from_rows(&[[0, 1, 9, 1, 0_u32]]);
/// let markers = Plane::from_rows(&[[1, 0, 0, 0, 2_u32]]);
/// let mask = Plane::filled(1, 5, true);
/// assert_eq!(watershed(&relief, &markers, &mask), Plane::from_rows(&[[1, 1, 1, 2, 2]]));
/// ```
#[must_use]
pub fn watershed(relief: &Plane<u32>, markers: &Plane<u32>, mask: &Plane<bool>) -> Plane<u32> {
    let (height, width) = markers.size();
    let mut flood = Flood::new(relief, markers, mask);
    for pixel in flood.shores(height, width) {
        flood.spread_from(pixel);
    }
    while let Some(pixel) = flood.queue.pop() {
        flood.spread_from(pixel as usize);
    }
    let mut basins = Plane::filled(height, width, 0);
    let rows = flood.pixels.chunks(flood.framed_width).skip(1);
    for (basins, pixels) in basins.samples_mut().chunks_mut(width.max(1)).zip(rows) {
        for (basin, pixel) in basins.iter_mut().zip(&pixels[1..]) {
            *basin = if pixel.id == CLOSED { 0 } else { pixel.id };
        }
    }
    basins
}

/// The id of a pixel that must stay without one. 0 is a pixel that is still to be flooded.
const CLOSED: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Pixel {
    id: u32,
    height: u32,
}

/// A picture that is being flooded. A frame of closed pixels around it spares every step the question whether a
/// neighbour exists.
struct Flood {
    pixels: Vec<Pixel>,
    framed_width: usize,
    /// From the pixel above and to the left to all around and the pixel itself: the column to the left, the own one,
    /// the one to the right, each from above to below.
    neighbours: [usize; 9],
    levels: Levels,
    queue: Queue,
}

impl Flood {
    fn new(relief: &Plane<u32>, markers: &Plane<u32>, mask: &Plane<bool>) -> Self {
        let (height, width) = markers.size();
        let framed_width = width + 2;
        let mut pixels = vec![Pixel { id: CLOSED, height: 0 }; (height + 2) * framed_width];
        for (row, pixels) in pixels.chunks_mut(framed_width).skip(1).take(height).enumerate() {
            let samples = markers.row(row).iter().zip(mask.row(row)).zip(relief.row(row));
            for (pixel, ((&marker, &open), &height)) in pixels[1..].iter_mut().zip(samples) {
                *pixel = Pixel { id: if marker == 0 && !open { CLOSED } else { marker }, height };
            }
        }
        let levels = Levels::of(relief.samples());
        let queue = Queue::new(levels.count());
        let neighbours = std::array::from_fn(|k| k % 3 * framed_width + k / 3);
        Self { pixels, framed_width, neighbours, levels, queue }
    }

    /// The pixels of markers that touch a pixel still to be flooded, in column-major order.
    fn shores(&self, height: usize, width: usize) -> impl Iterator<Item = usize> + use<> {
        let mut by_column = vec![Vec::new(); width];
        for row in 1..=height {
            for (col, shores) in (1..).zip(&mut by_column) {
                let pixel = row * self.framed_width + col;
                let rows_around = [pixel - self.framed_width, pixel, pixel + self.framed_width];
                let open_in = |middle: usize| self.pixels[middle - 1..=middle + 1].iter().any(|pixel| pixel.id == 0);
                let is_marker = !matches!(self.pixels[pixel].id, 0 | CLOSED);
                if is_marker && rows_around.into_iter().any(open_in) {
                    shores.push(pixel);
                }
            }
        }
        by_column.into_iter().flatten()
    }

    /// Floods what is open around `pixel` and queues it, in the order of `neighbours`. All of it is looked at before
    /// anything is done, which the processor can do without guessing.
    fn spread_from(&mut self, pixel: usize) {
        let Pixel { id, height } = self.pixels[pixel];
        let first = pixel - self.framed_width - 1;
        let mut open = 0_u32;
        for (bit, offset) in self.neighbours.into_iter().enumerate() {
            open |= u32::from(self.pixels[first + offset].id == 0) << bit;
        }
        if open == 0 {
            return;
        }
        let level = self.levels.rank(height);
        while open > 0 {
            let neighbour = first + self.neighbours[open.trailing_zeros() as usize];
            self.pixels[neighbour].id = id;
            self.queue.push(level, neighbour as u32);
            open &= open - 1;
        }
    }
}

/// The different values of a relief in rising order: a bit for each value that occurs, from the lowest on, and the
/// number of bits before each word.
struct Levels {
    lowest: u32,
    occurs: Vec<u64>,
    before: Vec<u32>,
}

impl Levels {
    fn of(relief: &[u32]) -> Self {
        let lowest = relief.iter().copied().reduce(u32::min).unwrap_or(0);
        let highest = relief.iter().copied().reduce(u32::max).unwrap_or(0);
        let mut occurs = vec![0_u64; (highest - lowest) as usize / 64 + 1];
        for value in relief {
            let at = value - lowest;
            occurs[at as usize / 64] |= 1 << (at % 64);
        }
        let count_so_far = |total: &mut u32, word: &u64| {
            *total += word.count_ones();
            Some(*total - word.count_ones())
        };
        let before = occurs.iter().scan(0, count_so_far).collect();
        Self { lowest, occurs, before }
    }

    /// Position of a value of the relief among its different values, from 0.
    fn rank(&self, value: u32) -> u32 {
        let at = value - self.lowest;
        let lower = self.occurs[at as usize / 64] & ((1 << (at % 64)) - 1);
        self.before[at as usize / 64] + lower.count_ones()
    }

    fn count(&self) -> usize {
        self.occurs.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// Pixels waiting at levels; the lowest level first, within it first in, first out.
struct Queue {
    levels: Vec<VecDeque<u32>>,
    /// A bit for each level at which a pixel waits.
    waiting: Vec<u64>,
    /// No word of `waiting` before this one has a bit.
    lowest_word: usize,
}

impl Queue {
    fn new(levels: usize) -> Self {
        Self { levels: vec![VecDeque::new(); levels], waiting: vec![0; levels.div_ceil(64)], lowest_word: 0 }
    }

    fn push(&mut self, level: u32, pixel: u32) {
        let word = level as usize / 64;
        self.waiting[word] |= 1 << (level % 64);
        self.lowest_word = self.lowest_word.min(word);
        self.levels[level as usize].push_back(pixel);
    }

    fn pop(&mut self) -> Option<u32> {
        while *self.waiting.get(self.lowest_word)? == 0 {
            self.lowest_word += 1;
        }
        let bit = self.waiting[self.lowest_word].trailing_zeros();
        let queue = &mut self.levels[self.lowest_word * 64 + bit as usize];
        let pixel = queue.pop_front();
        if queue.is_empty() {
            self.waiting[self.lowest_word] &= !(1 << bit);
        }
        pixel
    }
}
