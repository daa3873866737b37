//! The marker-controlled watershed.
//!
//! Pixels wait in one queue for each level of the relief, first in, first out; the lowest level that holds a pixel is
//! served first. As every pixel waits at most once, the queues are linked lists through one array.

use super::Plane;

/// Floods `relief` from `markers` until the basins meet (marker-controlled watershed), without ridge lines.
///
/// `relief`: (height, width), lowest values flood first. `markers`: same shape; 0 = no marker, every other value keeps
/// its id, also outside `mask`; no other pixel outside `mask` is labelled. Water goes to all eight neighbours: the
/// column to the left, the own one, the one to the right, each from above to below. A pixel is queued with the value
/// of the pixel that pushed it; ties go to the one queued first, and markers push in column-major order. Foreground
/// that no marker reaches stays 0.
///
/// Time O(n) for n pixels, nearly; memory 12 bytes a pixel and some bits for every value between the lowest and the
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
    let levels = Levels::of(relief.samples());
    // A frame of closed pixels around the picture spares every step the question whether a neighbour exists.
    let framed_width = width + 2;
    let framed = |row: usize, col: usize| (row + 1) * framed_width + col + 1;
    let mut ids = vec![CLOSED; (height + 2) * framed_width];
    let mut ranks = vec![0_u32; ids.len()];
    for row in 0..height {
        for col in 0..width {
            ids[framed(row, col)] = match (markers[(row, col)], mask[(row, col)]) {
                (0, false) => CLOSED,
                (marker, _) => marker,
            };
            ranks[framed(row, col)] = levels.rank(relief[(row, col)]);
        }
    }
    let mut queue = Queue::new(levels.count(), ids.len());
    let flood_from = |pixel: usize, ids: &mut [u32], queue: &mut Queue| {
        for col in [pixel - 1, pixel, pixel + 1] {
            for neighbour in [col - framed_width, col, col + framed_width] {
                if ids[neighbour] == 0 {
                    ids[neighbour] = ids[pixel];
                    queue.push(ranks[pixel], neighbour as u32);
                }
            }
        }
    };
    for col in 0..width {
        for row in 0..height {
            if markers[(row, col)] > 0 {
                flood_from(framed(row, col), &mut ids, &mut queue);
            }
        }
    }
    while let Some(pixel) = queue.pop() {
        flood_from(pixel as usize, &mut ids, &mut queue);
    }
    Plane::from_fn(height, width, |row, col| match ids[framed(row, col)] {
        CLOSED => 0,
        id => id,
    })
}

/// The id of a pixel that must not be labelled. 0 is a pixel that is still to be labelled.
const CLOSED: u32 = u32::MAX;

/// The different values of a relief in rising order: a bit for each value that occurs, from the lowest on, and the
/// number of bits before each word.
struct Levels {
    lowest: u32,
    occurs: Vec<u64>,
    before: Vec<u32>,
}

impl Levels {
    fn of(relief: &[u32]) -> Self {
        let lowest = relief.iter().min().map_or(0, |&value| value);
        let highest = relief.iter().max().map_or(0, |&value| value);
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
    /// Per level the first and the last pixel that wait, [`Queue::NOBODY`] if none.
    ends: Vec<(u32, u32)>,
    /// Per pixel the one that waits behind it.
    behind: Vec<u32>,
    /// A bit for each level at which a pixel waits.
    waiting: Vec<u64>,
    /// No word of `waiting` before this one has a bit.
    lowest_word: usize,
}

impl Queue {
    const NOBODY: u32 = u32::MAX;

    fn new(levels: usize, pixels: usize) -> Self {
        Self {
            ends: vec![(Self::NOBODY, Self::NOBODY); levels],
            behind: vec![Self::NOBODY; pixels],
            waiting: vec![0; levels.div_ceil(64)],
            lowest_word: 0,
        }
    }

    fn push(&mut self, level: u32, pixel: u32) {
        let word = level as usize / 64;
        let (first, last) = &mut self.ends[level as usize];
        if *first == Self::NOBODY {
            *first = pixel;
            self.waiting[word] |= 1 << (level % 64);
            self.lowest_word = self.lowest_word.min(word);
        } else {
            self.behind[*last as usize] = pixel;
        }
        *last = pixel;
    }

    fn pop(&mut self) -> Option<u32> {
        while *self.waiting.get(self.lowest_word)? == 0 {
            self.lowest_word += 1;
        }
        let bit = self.waiting[self.lowest_word].trailing_zeros();
        let (first, last) = &mut self.ends[self.lowest_word * 64 + bit as usize];
        let pixel = *first;
        if pixel == *last {
            *first = Self::NOBODY;
            self.waiting[self.lowest_word] &= !(1 << bit);
        } else {
            *first = self.behind[pixel as usize];
        }
        Some(pixel)
    }
}
