//! The marker-controlled watershed.
//!
//! Pixels wait in one queue for each depth, first in, first out; the deepest one that holds a pixel is served first.

use std::collections::VecDeque;

use super::{Plane, regions::fill_undisputed};

/// Floods a landscape of some `depth` from `markers` until the basins meet, without ridge lines.
///
/// `depth`: (height, width), largest values flood first, what is 0 is dry land for ever. `markers`: same shape; 0 = no
/// marker, every other value, up to 2^31 - 1, keeps its id, also on dry land; no other pixel there is given an id.
/// Water goes to all eight neighbours: the column to the left, the own one, the one to the right, each from above to
/// below. A pixel is queued with the depth of the pixel that pushed it; ties go to the one queued first, and markers
/// push in column-major order. Pixels that no marker reaches stay 0.
///
/// Time O(n) for n pixels, nearly; memory up to 24 bytes a pixel and some bits for every value between the smallest and
/// the largest depth.
///
/// Source: Beucher & Meyer (1993).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, watershed::watershed};
/// let depth = Plane::from_rows(&[[9, 8, 1, 8, 9, 0_u32]]);
/// let markers = Plane::from_rows(&[[1, 0, 0, 0, 2, 0_u32]]);
/// assert_eq!(watershed(&depth, &markers), Plane::from_rows(&[[1, 1, 1, 2, 2, 0]]));
/// ```
#[must_use]
pub fn watershed(depth: &Plane<u32>, markers: &Plane<u32>) -> Plane<u32> {
    // Water never crosses from one region to another, so only those with markers of different ids need a flood.
    let mut basins = fill_undisputed(markers, depth);
    let (height, width) = basins.size();
    let to_flood = basins.samples().iter().zip(depth.samples()).map(|(&id, &depth)| id == 0 && depth > 0).collect();
    let to_flood = Plane::from_samples(height, width, to_flood);
    let shores = shores(&basins, &to_flood);
    if shores.is_empty() {
        return basins;
    }
    let mut flood = Flood::new(depth, &basins, &to_flood, &shores);
    while let Some((pixel, level)) = flood.queue.pop() {
        flood.spread_from(pixel as usize, level);
    }
    flood.write(&mut basins);
    basins
}

/// The pixels with an id that touch one that is to be flooded, as (row, column) in column-major order.
fn shores(basins: &Plane<u32>, to_flood: &Plane<bool>) -> Vec<(usize, usize)> {
    let (height, width) = basins.size();
    let mut by_column = vec![Vec::new(); width];
    // For each column, with one more on either side: whether any of the rows above, at and below is to be flooded.
    let mut near = vec![false; width + 2];
    for row in 0..height {
        near[1..=width].fill(false);
        for row in row.saturating_sub(1)..(row + 2).min(height) {
            near[1..].iter_mut().zip(to_flood.row(row)).for_each(|(near, &to_flood)| *near |= to_flood);
        }
        if near.contains(&true) {
            let columns = basins.row(row).iter().zip(near.windows(3)).enumerate();
            for (col, _) in columns.filter(|&(_, (&id, near))| id > 0 && (near[0] | near[1] | near[2])) {
                by_column[col].push((row, col));
            }
        }
    }
    by_column.concat()
}

/// The bit that tells pixels to be flooded from those with an id. Their other bits are the level of their depth.
const TO_FLOOD: u32 = 1 << 31;

/// A picture that is being flooded. A frame of dry land around it spares every step the question whether a neighbour
/// exists.
struct Flood {
    /// Ids, 0 on dry land, and pixels to be flooded.
    pixels: Vec<u32>,
    framed_width: usize,
    /// From the pixel above and to the left to all around and the pixel itself: the column to the left, the own one,
    /// the one to the right, each from above to below.
    neighbours: [usize; 9],
    queue: Queue,
}

impl Flood {
    /// The flood after the first step from every shore.
    fn new(depth: &Plane<u32>, basins: &Plane<u32>, to_flood: &Plane<bool>, shores: &[(usize, usize)]) -> Self {
        let (height, width) = basins.size();
        let framed_width = width + 2;
        let depths = depth.samples().iter().zip(to_flood.samples()).filter(|&(_, &to_flood)| to_flood);
        let levels = Levels::of(depths.map(|(&depth, _)| depth).chain(shores.iter().map(|&shore| depth[shore])));
        let mut pixels = vec![0; (height + 2) * framed_width];
        for (row, pixels) in pixels.chunks_mut(framed_width).skip(1).take(height).enumerate() {
            pixels[1..=width].copy_from_slice(basins.row(row));
            let depths = to_flood.row(row).iter().zip(depth.row(row));
            for (pixel, (_, &depth)) in pixels[1..].iter_mut().zip(depths).filter(|&(_, (&to_flood, _))| to_flood) {
                *pixel = TO_FLOOD | levels.rank(depth);
            }
        }
        let neighbours = std::array::from_fn(|k| k % 3 * framed_width + k / 3);
        let mut flood = Self { pixels, framed_width, neighbours, queue: Queue::new(levels.count()) };
        for &(row, col) in shores {
            flood.spread_from((row + 1) * framed_width + col + 1, levels.rank(depth[(row, col)]));
        }
        flood
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

    fn write(&self, basins: &mut Plane<u32>) {
        let width = basins.width();
        let rows = self.pixels.chunks(self.framed_width).skip(1);
        for (basins, pixels) in basins.samples_mut().chunks_mut(width).zip(rows) {
            for (basin, &pixel) in basins.iter_mut().zip(&pixels[1..]) {
                *basin = if pixel < TO_FLOOD { pixel } else { 0 };
            }
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
