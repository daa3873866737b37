//! Catchment basins of a landscape by the dynamics of its peaks, and the flooding of a mask from markers.

use std::collections::VecDeque;

use super::Plane;

/// Numbers of levels that heights are rounded to.
const LEVELS: usize = 1 << 16;

/// The peaks that stay apart: each must rise above the pass to a higher one by at least this much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeastDynamic {
    /// In units of the heights.
    pub absolute: f32,
    /// As a share of the peak's own height.
    pub share: f32,
}

/// Cuts the pixels of `heights` that are `inside` into the basins of its peaks, each with all the land that falls from it.
///
/// `heights`: (height, width), not negative; rounded to 65,536 levels between 0 and the largest. A peak whose rise over
/// the pass to a higher one is below `least` belongs to that one (the *dynamic* of Grimaud, 1992). Neighbours are all
/// eight. Ids run from 1 in row order of the basins' first pixels; outside all is 0. Time O(n) for n pixels, nearly.
#[must_use]
pub fn basins(heights: &Plane<f32>, inside: &Plane<bool>, least: LeastDynamic) -> Plane<u32> {
    let (height, width) = heights.size();
    let samples = heights.samples();
    let mut ids = Plane::filled(height, width, 0_u32);
    let mut peaks = Peaks { highest: Vec::new(), parents: Vec::new() };
    let mut near: Vec<u32> = Vec::new();
    for pixel in falling(heights, inside) {
        let pass = samples[pixel as usize];
        near.clear();
        for neighbour in neighbours(pixel as usize, (height, width)) {
            let id = ids.samples()[neighbour];
            if id > 0 {
                let root = peaks.root(id);
                if !near.contains(&root) {
                    near.push(root);
                }
            }
        }
        // The higher peak takes in the lower; of equal ones the one met first in falling order.
        near.sort_by(|&a, &b| peaks.height(b).total_cmp(&peaks.height(a)).then(a.cmp(&b)));
        let id = if let Some((&highest, lower)) = near.split_first() {
            for &peak in lower {
                let rise = peaks.height(peak) - pass;
                if rise < least.absolute.max(least.share * peaks.height(peak)) {
                    peaks.parents[peak as usize - 1] = highest;
                }
            }
            highest
        } else {
            peaks.found(pass)
        };
        ids.samples_mut()[pixel as usize] = id;
    }
    let mut numbers = vec![0; peaks.parents.len() + 1];
    let mut count = 0;
    for id in ids.samples_mut().iter_mut().filter(|id| **id > 0) {
        let number = &mut numbers[peaks.root(*id) as usize];
        if *number == 0 {
            count += 1;
            *number = count;
        }
        *id = *number;
    }
    ids
}

/// Peaks by id - 1: how high they are, and the one they belong to.
struct Peaks {
    highest: Vec<f32>,
    parents: Vec<u32>,
}

impl Peaks {
    fn found(&mut self, height: f32) -> u32 {
        let id = self.parents.len() as u32 + 1;
        self.highest.push(height);
        self.parents.push(id);
        id
    }

    fn height(&self, id: u32) -> f32 {
        self.highest[id as usize - 1]
    }

    fn root(&mut self, mut id: u32) -> u32 {
        while self.parents[id as usize - 1] != id {
            let parent = self.parents[id as usize - 1];
            self.parents[id as usize - 1] = self.parents[parent as usize - 1];
            id = parent;
        }
        id
    }
}

/// The pixels inside, the highest first, equal ones in row order.
fn falling(heights: &Plane<f32>, inside: &Plane<bool>) -> Vec<u32> {
    let pixels = || heights.samples().iter().zip(inside.samples()).enumerate().filter(|(_, (_, inside))| **inside);
    let largest = pixels().fold(f32::MIN_POSITIVE, |largest, (_, (&height, _))| largest.max(height));
    let level = |height: f32| LEVELS - 1 - ((height / largest).clamp(0.0, 1.0) * (LEVELS - 1) as f32) as usize;
    let mut starts = vec![0_u32; LEVELS + 1];
    pixels().for_each(|(_, (&height, _))| starts[level(height) + 1] += 1);
    for at in 0..LEVELS {
        starts[at + 1] += starts[at];
    }
    let mut order = vec![0; starts[LEVELS] as usize];
    for (pixel, (&height, _)) in pixels() {
        let next = &mut starts[level(height)];
        order[*next as usize] = pixel as u32;
        *next += 1;
    }
    order
}

/// Floods pixels from `markers`, the lowest `relief` first, until the waters meet.
///
/// `relief`: 0 to 65,535. A pixel is flooded by the first water that reaches it and `may_enter` it, which is asked with
/// the pixel's place in row order and the water's id; it is queued at the height of its way there, that is at the higher
/// of its own and its flooder's, first in, first out. Neighbours are all eight. What no water reaches stays 0.
#[must_use]
pub fn flood(relief: &Plane<u16>, markers: &Plane<u32>, may_enter: impl Fn(usize, u32) -> bool) -> Plane<u32> {
    let size = relief.size();
    let mut ids = markers.clone();
    let mut waiting: Vec<VecDeque<u32>> = vec![VecDeque::new(); LEVELS];
    let spread = |pixel: usize, level: usize, ids: &mut Plane<u32>, waiting: &mut [VecDeque<u32>]| {
        let id = ids.samples()[pixel];
        for neighbour in neighbours(pixel, size) {
            if ids.samples()[neighbour] == 0 && may_enter(neighbour, id) {
                ids.samples_mut()[neighbour] = id;
                waiting[level.max(usize::from(relief.samples()[neighbour]))].push_back(neighbour as u32);
            }
        }
    };
    for (pixel, _) in markers.samples().iter().enumerate().filter(|(_, id)| **id > 0) {
        spread(pixel, 0, &mut ids, &mut waiting);
    }
    for level in 0..LEVELS {
        while let Some(pixel) = waiting[level].pop_front() {
            spread(pixel as usize, level, &mut ids, &mut waiting);
        }
    }
    ids
}

/// The up to eight pixels around one, all by their places in row order.
pub fn neighbours(pixel: usize, (height, width): (usize, usize)) -> impl Iterator<Item = usize> {
    let (row, col) = (pixel / width, pixel % width);
    let is_inside = row > 0 && col > 0 && row + 1 < height && col + 1 < width;
    // Nearly all pixels have all eight, which need no question.
    let mut around = [0; 8];
    let mut count = 0;
    if is_inside {
        let (above, below) = (pixel - width, pixel + width);
        around = [above - 1, above, above + 1, pixel - 1, pixel + 1, below - 1, below, below + 1];
        count = 8;
    } else {
        for r in row.saturating_sub(1)..(row + 2).min(height) {
            for c in (col.saturating_sub(1)..(col + 2).min(width)).filter(|&c| (r, c) != (row, col)) {
                around[count] = r * width + c;
                count += 1;
            }
        }
    }
    around.into_iter().take(count)
}
