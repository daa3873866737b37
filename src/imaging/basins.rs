//! Catchment basins of a landscape by the dynamics of its peaks, and the flooding of a mask from markers.

use super::Plane;

/// Levels that heights are rounded to.
const HEIGHTS: usize = 1 << 12;

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
/// `heights`: (height, width), not negative; rounded to 4096 levels between 0 and the largest. A peak whose rise over
/// the pass to a higher one is below `least` belongs to that one (the *dynamic* of Grimaud, 1992). Neighbours are all
/// eight. Ids run from 1 in row order of the basins' first pixels; outside all is 0. Time O(n) for n pixels, nearly.
#[must_use]
pub fn basins(heights: &Plane<f32>, inside: &Plane<bool>, least: LeastDynamic) -> Plane<u32> {
    let frame = Frame::around(heights.size());
    let (heights, inside) = (frame.framed(heights, 0.0), frame.framed(inside, false));
    let mut ids = vec![0_u32; heights.len()];
    let mut peaks = Peaks { highest: Vec::new(), parents: Vec::new() };
    let mut near: Vec<u32> = Vec::new();
    for place in falling(&heights, &inside) {
        let pass = heights[place as usize];
        near.clear();
        for neighbour in frame.neighbours(place as usize) {
            let id = ids[neighbour];
            // Nearly all neighbours are of one peak.
            if id > 0 && near.last() != Some(&id) {
                near.push(id);
            }
        }
        ids[place as usize] = match near[..] {
            [] => peaks.found(pass),
            [id] => peaks.root(id),
            _ => peaks.meet(&mut near, pass, least),
        };
    }
    let mut mask = frame.unframed(&ids);
    let mut numbers = vec![0; peaks.parents.len() + 1];
    let mut count = 0;
    for id in mask.samples_mut().iter_mut().filter(|id| **id > 0) {
        let number = &mut numbers[peaks.root(*id) as usize];
        if *number == 0 {
            count += 1;
            *number = count;
        }
        *id = *number;
    }
    mask
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

    /// Of the peaks whose lands meet at the height `pass`: the highest takes in those that rise too little over it, and
    /// is returned; of equally high ones the first in falling order is the highest.
    fn meet(&mut self, near: &mut Vec<u32>, pass: f32, least: LeastDynamic) -> u32 {
        for id in near.iter_mut() {
            *id = self.root(*id);
        }
        near.sort_unstable_by(|&a, &b| self.height(b).total_cmp(&self.height(a)).then(a.cmp(&b)));
        near.dedup();
        for &peak in &near[1..] {
            let rise = self.height(peak) - pass;
            if rise < least.absolute.max(least.share * self.height(peak)) {
                self.parents[peak as usize - 1] = near[0];
            }
        }
        near[0]
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

/// The places inside, the highest first, equal ones in their order.
fn falling(heights: &[f32], inside: &[bool]) -> Vec<u32> {
    let pixels = || heights.iter().zip(inside);
    let largest = pixels().fold(
        f32::MIN_POSITIVE,
        |largest, (&height, &inside)| {
            if inside && height > largest { height } else { largest }
        },
    );
    let last = (HEIGHTS - 1) as f32;
    // Those outside come after all others.
    let level = |height: f32| last - (height / largest * last).clamp(0.0, last);
    let levels: Vec<u16> =
        pixels().map(|(&height, &inside)| if inside { level(height) as u16 } else { HEIGHTS as u16 }).collect();
    let mut starts = vec![0_u32; HEIGHTS + 2];
    for &level in &levels {
        starts[usize::from(level) + 1] += 1;
    }
    for at in 0..=HEIGHTS {
        starts[at + 1] += starts[at];
    }
    let mut order = vec![0; starts[HEIGHTS] as usize];
    for (place, &level) in (0..).zip(&levels).filter(|(_, level)| usize::from(**level) < HEIGHTS) {
        let next = &mut starts[usize::from(level)];
        order[*next as usize] = place;
        *next += 1;
    }
    order
}

/// Floods the pixels that are `open` from `markers`, the lowest `relief` first, until the waters meet.
///
/// A pixel is flooded by the first water that reaches it and `may_enter` it, which is asked with the pixel's place in row
/// order and the water's id; it is queued at the height of its way there, that is at the higher of its own and its
/// flooder's, first in, first out. Neighbours are all eight. What no water reaches stays 0; markers stay, also where it
/// is not open. Time O(n) for n pixels.
#[must_use]
pub fn flood(
    relief: &Plane<u16>,
    open: &Plane<bool>,
    markers: &Plane<u32>,
    may_enter: impl Fn(usize, u32) -> bool,
) -> Plane<u32> {
    let frame = Frame::around(relief.size());
    let heights = frame.framed(relief, 0);
    let mut ids = frame.framed(markers, CLOSED);
    let is_closed = frame.framed(&open.map(|open| !open), true);
    ids.iter_mut().zip(&is_closed).filter(|(id, closed)| **id == 0 && **closed).for_each(|(id, _)| *id = CLOSED);
    let mut waiting = Waiting::at(usize::from(relief.largest()) + 1, ids.len());
    let spread = |place: usize, level: usize, ids: &mut [u32], waiting: &mut Waiting| {
        let id = ids[place];
        for neighbour in frame.neighbours(place) {
            if ids[neighbour] == 0 && may_enter(frame.pixel(neighbour), id) {
                ids[neighbour] = id;
                waiting.push(level.max(usize::from(heights[neighbour])), neighbour);
            }
        }
    };
    let sources: Vec<usize> = (0..ids.len()).filter(|&place| ids[place] != 0 && ids[place] != CLOSED).collect();
    for place in sources {
        spread(place, 0, &mut ids, &mut waiting);
    }
    for level in 0..waiting.ends.len() {
        while let Some(place) = waiting.pop(level) {
            spread(place, level, &mut ids, &mut waiting);
        }
    }
    frame.unframed(&ids).map(|&id| if id == CLOSED { 0 } else { id })
}

/// In place of an id: no water comes here.
const CLOSED: u32 = u32::MAX;

/// A frame of one pixel around a picture, so that all pixels have eight neighbours. Left and right frame are one column.
struct Frame {
    height: usize,
    width: usize,
    /// From one row to the next.
    stride: usize,
}

impl Frame {
    fn around((height, width): (usize, usize)) -> Self {
        Self { height, width, stride: width + 1 }
    }

    fn start_of(&self, row: usize) -> usize {
        (row + 1) * self.stride + 1
    }

    /// `plane` with samples of a frame around it, by places.
    fn framed<T: Copy>(&self, plane: &Plane<T>, frame: T) -> Vec<T> {
        let mut framed = vec![frame; (self.height + 2) * self.stride + 1];
        for row in 0..self.height {
            framed[self.start_of(row)..][..self.width].copy_from_slice(plane.row(row));
        }
        framed
    }

    fn unframed(&self, framed: &[u32]) -> Plane<u32> {
        let mut samples = Vec::with_capacity(self.height * self.width);
        for row in 0..self.height {
            samples.extend_from_slice(&framed[self.start_of(row)..][..self.width]);
        }
        Plane::from_samples(self.height, self.width, samples)
    }

    /// The places around one in the picture, in row order.
    fn neighbours(&self, place: usize) -> [usize; 8] {
        let (above, below) = (place - self.stride, place + self.stride);
        [above - 1, above, above + 1, place - 1, place + 1, below - 1, below, below + 1]
    }

    /// The pixel at a place in the picture, in row order of the picture.
    fn pixel(&self, place: usize) -> usize {
        let row = (place as u32 - 1) / self.stride as u32 - 1;
        place - self.start_of(row as usize) + row as usize * self.width
    }
}

/// Places that wait at levels, at each first in, first out: each knows the one after it.
struct Waiting {
    /// The first and the last place of each level.
    ends: Vec<Option<(u32, u32)>>,
    next: Vec<u32>,
}

impl Waiting {
    fn at(levels: usize, places: usize) -> Self {
        Self { ends: vec![None; levels], next: vec![0; places] }
    }

    fn push(&mut self, level: usize, place: usize) {
        let ends = &mut self.ends[level];
        let first = match *ends {
            Some((first, last)) => {
                self.next[last as usize] = place as u32;
                first
            }
            None => place as u32,
        };
        *ends = Some((first, place as u32));
    }

    fn pop(&mut self, level: usize) -> Option<usize> {
        let ends = &mut self.ends[level];
        let (first, last) = (*ends)?;
        *ends = (first != last).then(|| (self.next[first as usize], last));
        Some(first as usize)
    }
}

/// Where the pixels around a pixel are, all by their places in row order.
pub struct Neighbours {
    height: usize,
    width: usize,
}

impl Neighbours {
    /// In a plane of (height, width).
    #[must_use]
    pub fn of((height, width): (usize, usize)) -> Self {
        Self { height, width }
    }

    /// Visits the up to eight pixels around `pixel`, in row order.
    #[inline]
    pub fn each(&self, pixel: usize, mut visit: impl FnMut(usize)) {
        let (row, col) = (pixel as u32 / self.width as u32, pixel as u32 % self.width as u32);
        let (row, col, width) = (row as usize, col as usize, self.width);
        // Nearly all pixels have all eight, which need no question.
        if row > 0 && col > 0 && row + 1 < self.height && col + 1 < width {
            let (above, below) = (pixel - width, pixel + width);
            let around = [above - 1, above, above + 1, pixel - 1, pixel + 1, below - 1, below, below + 1];
            around.into_iter().for_each(visit);
            return;
        }
        for r in row.saturating_sub(1)..(row + 2).min(self.height) {
            for c in (col.saturating_sub(1)..(col + 2).min(width)).filter(|&c| (r, c) != (row, col)) {
                visit(r * width + c);
            }
        }
    }
}
