//! The marker-controlled watershed.
//!
//! Pixels wait in one queue for each depth, first in, first out; the deepest one that holds a pixel is served first.

use std::collections::VecDeque;

use super::{
    Plane,
    regions::{Run, fill_undisputed},
};

/// Floods a landscape of some `depth` from `markers` until the basins meet, without ridge lines.
///
/// `depth`: (height, width), largest values flood first, what is 0 is dry land for ever. `markers`: same shape; 0 = no
/// marker, every other value, up to 2^31 - 1, keeps its id, also on dry land; no other pixel there is given an id.
/// Water goes to all eight neighbours: the column to the left, the own one, the one to the right, each from above to
/// below. A pixel is queued with the depth of the pixel that pushed it; ties go to the one queued first, and markers
/// push in column-major order. Pixels that no marker reaches stay 0.
///
/// Time O(n) for n pixels, nearly, and for the bounding boxes of regions with several markers; memory up to 24 bytes a
/// pixel and some bits for every value between the smallest and the largest depth.
///
/// Source: Beucher & Meyer (1993).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, watershed::watershed};
/// let depth = Plane::from_rows(&[[9, 8, 1, 8, 9, 0_u32]]);
/// let markers = Plane::from_rows(&[[1, 0, 0, 0, 2, 0_u32]]);
/// assert_eq!(watershed(&depth, markers), Plane::from_rows(&[[1, 1, 1, 2, 2, 0]]));
/// ```
#[must_use]
pub fn watershed(depth: &Plane<u32>, markers: Plane<u32>) -> Plane<u32> {
    // Water never crosses from one region to another, so only those with markers of different ids need a flood, and
    // each has one of its own, in a small picture that stays close to the processor.
    let mut basins = markers;
    for region in fill_undisputed(&mut basins, depth) {
        let mut flood = Flood::new(depth, &basins, &region);
        while let Some((pixel, level)) = flood.queue.pop() {
            flood.spread_from(pixel as usize, level);
        }
        flood.write(&region, &mut basins);
    }
    basins
}

/// The bit that tells pixels to be flooded from those with an id. Their other bits are the level of their depth.
const TO_FLOOD: u32 = 1 << 31;

/// A region that is being flooded. A frame of dry land around it spares every step the question whether a neighbour
/// exists.
struct Flood {
    /// Ids, 0 on dry land, and pixels to be flooded.
    pixels: Vec<u32>,
    /// Row and column of the region in the whole picture.
    corner: (usize, usize),
    framed_width: usize,
    /// From the pixel above and to the left to all around and the pixel itself: the column to the left, the own one,
    /// the one to the right, each from above to below.
    neighbours: [usize; 9],
    queue: Queue,
}

impl Flood {
    /// The flood of the region of these runs after the first step from every marker.
    fn new(depth: &Plane<u32>, markers: &Plane<u32>, runs: &[Run]) -> Self {
        let (top, bottom) = (runs[0].row, runs[runs.len() - 1].row);
        let (left, right) = runs.iter().fold((usize::MAX, 0), |(l, r), run| (l.min(run.start), r.max(run.end)));
        let framed_width = right - left + 2;
        let depths = || runs.iter().map(|run| run.of(depth));
        let levels = Levels::of(depths().flatten().copied());
        let mut pixels = vec![0; (bottom - top + 3) * framed_width];
        for (run, depths) in runs.iter().zip(depths()) {
            let start = (run.row - top + 1) * framed_width + run.start - left + 1;
            for ((pixel, &id), &depth) in pixels[start..].iter_mut().zip(run.of(markers)).zip(depths) {
                *pixel = if id > 0 { id } else { TO_FLOOD | levels.rank(depth) };
            }
        }
        let neighbours = std::array::from_fn(|k| k % 3 * framed_width + k / 3);
        let queue = Queue::new(levels.count());
        let mut flood = Self { pixels, corner: (top, left), framed_width, neighbours, queue };
        for (row, col) in flood.shores() {
            let pixel = (row + 1) * framed_width + col + 1;
            flood.spread_from(pixel, levels.rank(depth[(top + row, left + col)]));
        }
        flood
    }

    /// The pixels with an id that touch one that is to be flooded, as (row, column) in column-major order.
    fn shores(&self) -> Vec<(usize, usize)> {
        let mut by_column = vec![Vec::new(); self.framed_width - 2];
        // For each column: whether any of the three rows has a pixel that is to be flooded.
        let mut near = vec![0; self.framed_width];
        for (row, rows) in self.pixels.windows(3 * self.framed_width).step_by(self.framed_width).enumerate() {
            let (above, rest) = rows.split_at(self.framed_width);
            let (own, below) = rest.split_at(self.framed_width);
            for (near, ((above, own), below)) in near.iter_mut().zip(above.iter().zip(own).zip(below)) {
                *near = (above | own | below) & TO_FLOOD;
            }
            for (col, (&pixel, near)) in own[1..].iter().zip(near.windows(3)).enumerate() {
                if pixel > 0 && pixel < TO_FLOOD && near[0] | near[1] | near[2] > 0 {
                    by_column[col].push((row, col));
                }
            }
        }
        by_column.concat()
    }

    /// Floods what is still to be flooded around `pixel` and queues it at `level`, in the order of `neighbours`. All of
    /// it is looked at before anything is done, which the processor can do without guessing.
    fn spread_from(&mut self, pixel: usize, level: u32) {
        let first = pixel - self.framed_width - 1;
        let mut to_flood = 0_u32;
        for (bit, offset) in self.neighbours.into_iter().enumerate() {
            to_flood |= (self.pixels[first + offset] & TO_FLOOD) >> (31 - bit);
        }
        let id = self.pixels[pixel];
        while to_flood > 0 {
            let neighbour = first + self.neighbours[to_flood.trailing_zeros() as usize];
            self.queue.push(level, (neighbour as u32, self.pixels[neighbour] & !TO_FLOOD));
            self.pixels[neighbour] = id;
            to_flood &= to_flood - 1;
        }
    }

    fn write(&self, runs: &[Run], basins: &mut Plane<u32>) {
        let (top, left) = self.corner;
        for run in runs {
            let start = (run.row - top + 1) * self.framed_width + run.start - left + 1;
            run.of_mut(basins).copy_from_slice(&self.pixels[start..][..run.end - run.start]);
        }
    }
}

/// The different depths, the largest first: a bit for each that occurs, from the largest on, and the number of bits
/// before each word.
struct Levels {
    largest: u32,
    occurs: Vec<u64>,
    before: Vec<u32>,
}

impl Levels {
    fn of(depths: impl Iterator<Item = u32> + Clone) -> Self {
        let (smallest, largest) = depths.clone().fold((u32::MAX, 0), |(low, high), d| (low.min(d), high.max(d)));
        let mut occurs = vec![0_u64; largest.saturating_sub(smallest) as usize / 64 + 1];
        for depth in depths {
            let at = largest - depth;
            occurs[at as usize / 64] |= 1 << (at % 64);
        }
        let count_so_far = |total: &mut u32, word: &u64| {
            *total += word.count_ones();
            Some(*total - word.count_ones())
        };
        let before = occurs.iter().scan(0, count_so_far).collect();
        Self { largest, occurs, before }
    }

    /// How many different depths are larger.
    fn rank(&self, depth: u32) -> u32 {
        let at = self.largest - depth;
        let larger = self.occurs[at as usize / 64] & ((1 << (at % 64)) - 1);
        self.before[at as usize / 64] + larger.count_ones()
    }

    fn count(&self) -> usize {
        self.occurs.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// Pixels waiting at levels, each with its own level; the lowest level, which is the deepest water, first, within it
/// first in, first out.
struct Queue {
    levels: Vec<VecDeque<(u32, u32)>>,
    /// A bit for each level at which a pixel waits.
    waiting: Vec<u64>,
    /// No word of `waiting` before this one has a bit.
    lowest_word: usize,
}

impl Queue {
    fn new(levels: usize) -> Self {
        Self { levels: vec![VecDeque::new(); levels], waiting: vec![0; levels.div_ceil(64)], lowest_word: 0 }
    }

    fn push(&mut self, level: u32, pixel: (u32, u32)) {
        let word = level as usize / 64;
        self.waiting[word] |= 1 << (level % 64);
        self.lowest_word = self.lowest_word.min(word);
        self.levels[level as usize].push_back(pixel);
    }

    fn pop(&mut self) -> Option<(u32, u32)> {
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
