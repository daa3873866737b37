//! Pieces of nuclei, and which of them are one nucleus.
//!
//! The foreground is cut into more pieces than there are nuclei: the basins of a landscape that is high where the
//! background is far and the stain as bright as around. Pieces that touch are then joined, the surest pair first, by
//! evidence that tells a lobed nucleus from two that touch: how deep the neck is, whether the DNA stain dips in it, whether
//! cytoplasm rises there, whether both are equally bright, how round they are and how large, alone and together.
//!
//! The weights of the evidence are those of a logistic regression on pairs of pieces of 71 fields, real and synthetic; with
//! them one number, how sure one must be, is all that is left to choose.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BinaryHeap},
    f64::consts::PI,
    ops::Range,
};

use super::{
    foreground::{Foreground, at_lower_resolution},
    image::WorkingStains,
};
use crate::imaging::{
    Plane,
    basins::{LeastDynamic, Neighbours, basins},
    distance::{INFINITE, squared_distance},
    extremes::largest_around,
    regions::runs_of_ids,
    smoothing::gaussian,
};

/// Lengths as shares of a nucleus' diameter: of how far the brightest place around is looked for and smoothed, and of the
/// smoothing of distances.
const BRIGHTEST_AROUND: f32 = 0.5;
const BRIGHTEST_SMOOTHING: f32 = 0.3;
const DISTANCE_SMOOTHING: f32 = 0.02;
/// A piece's peak rises by this share of its height over the pass to a higher one, …
const LEAST_SHARE: f32 = 0.1;
/// … and by this share of the diameter.
const LEAST_RISE: f32 = 0.02;

/// Pieces of evidence for two pieces being one nucleus.
const EVIDENCE: usize = 9;
/// Their weights where the usual area of a nucleus is only known from the scale of the picture.
const FIRST_WEIGHTS: [f64; EVIDENCE] = [-5.489, 0.932, 3.013, 6.652, -12.23, -1.415, 0.6008, -1.251, 7.862];
/// Their weights where it is known from the nuclei that the former weights have joined.
const WEIGHTS: [f64; EVIDENCE] = [-2.931, 3.024, 2.333, 3.477, -8.989, -1.153, -2.078, -2.031, 4.549];

/// The foreground cut into pieces.
#[derive(Clone, Debug)]
pub struct Pieces {
    /// High where the background is far and the stain as bright as around; 0 outside.
    pub landscape: Plane<f32>,
    /// The pieces: ids 1, 2, …, 0 = background.
    pub mask: Plane<u32>,
    /// The pieces by id; that of 0 is empty.
    shapes: Vec<Shape>,
    /// Where two of them touch, by their ids, the smaller first.
    contacts: BTreeMap<(u32, u32), Contact>,
    is_cytoplasm_known: bool,
}

/// What is known of a piece.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    pub area: f64,
    row_sum: f64,
    col_sum: f64,
    row_squares: f64,
    col_squares: f64,
    products: f64,
    /// Contrast weighted by the distance to the background, and these weights.
    weighted_contrast: f64,
    weights: f64,
    cytoplasm: f64,
    deepest: f32,
    brightest: f32,
    pub is_at_border: bool,
}

/// What is known of the pixels where two pieces touch.
#[derive(Clone, Copy, Debug, Default)]
struct Contact {
    pixels: f64,
    cytoplasm: f64,
    /// The pass between both in the distance to the background.
    deepest: f32,
    /// The pass between both in the contrast.
    brightest: f32,
}

impl Shape {
    fn add(&mut self, other: &Self) {
        self.area += other.area;
        self.row_sum += other.row_sum;
        self.col_sum += other.col_sum;
        self.row_squares += other.row_squares;
        self.col_squares += other.col_squares;
        self.products += other.products;
        self.weighted_contrast += other.weighted_contrast;
        self.weights += other.weights;
        self.cytoplasm += other.cytoplasm;
        self.deepest = self.deepest.max(other.deepest);
        self.brightest = self.brightest.max(other.brightest);
        self.is_at_border |= other.is_at_border;
    }

    /// Adds the pixels `cols` of a `row`. All are whole numbers, so that sums are exact.
    fn add_run(&mut self, row: usize, cols: &Range<usize>) {
        let squares_below = |end: f64| (end - 1.0) * end * (2.0 * end - 1.0) / 6.0;
        let (row, start, end) = (row as f64, cols.start as f64, cols.end as f64);
        let pixels = end - start;
        let col_sum = pixels * (start + end - 1.0) / 2.0;
        self.area += pixels;
        self.row_sum += pixels * row;
        self.col_sum += col_sum;
        self.row_squares += pixels * row * row;
        self.col_squares += squares_below(end) - squares_below(start);
        self.products += row * col_sum;
    }

    /// Area over that of the ellipse with the same second moments: 1 for an ellipse, less for anything else.
    pub fn ellipticity(&self) -> f64 {
        let (row, col) = (self.row_sum / self.area, self.col_sum / self.area);
        // A pixel is a square, which has a variance of its own.
        let down = self.row_squares / self.area - row * row + 1.0 / 12.0;
        let across = self.col_squares / self.area - col * col + 1.0 / 12.0;
        let both = self.products / self.area - row * col;
        self.area / (4.0 * PI * (down * across - both * both).max(1e-9).sqrt())
    }

    fn contrast(&self) -> f64 {
        self.weighted_contrast / self.weights.max(1e-6)
    }
}

impl Pieces {
    /// Cuts the foreground.
    #[must_use]
    pub fn of(stains: &WorkingStains, found: &Foreground) -> Self {
        let diameter = stains.diameter_px;
        let distance = distance_to_background(&found.foreground);
        let landscape = landscape(found, &distance, diameter);
        let least = LeastDynamic { absolute: LEAST_RISE * diameter, share: LEAST_SHARE };
        let mask = basins(&landscape, &found.foreground, least);
        let views = Views { distance: &distance, found, cytoplasm: stains.cytoplasm.as_ref() };
        let (shapes, contacts) = views.measured(&mask);
        Self { landscape, mask, shapes, contacts, is_cytoplasm_known: stains.cytoplasm.is_some() }
    }

    /// The pieces joined to nuclei: their mask, each with the id of one of its pieces, and a nucleus' usual area in pixels.
    /// `split`: how sure it must be that two pieces are one nucleus for them to be joined, 0 to 1.
    #[must_use]
    pub fn joined(&self, diameter_px: f32, split: f64) -> (Plane<u32>, f64) {
        let usual = PI / 4.0 * f64::from(diameter_px).powi(2);
        let mut first = Joining::new(self, FIRST_WEIGHTS, usual, 0.0);
        first.run();
        let usual = first.usual_area();
        let least = (split.clamp(1e-9, 1.0 - 1e-9) / (1.0 - split.clamp(1e-9, 1.0 - 1e-9))).ln();
        let mut joining = Joining::new(self, WEIGHTS, usual, least);
        joining.run();
        let into: Vec<u32> = (0..self.shapes.len() as u32).map(|id| joining.root(id)).collect();
        (self.mask.map(|&id| into[id as usize]), usual)
    }
}

/// Distance to the background, in pixels.
fn distance_to_background(foreground: &Plane<bool>) -> Plane<f32> {
    let squared = squared_distance(&foreground.map(|inside| !inside));
    let (height, width) = foreground.size();
    let farthest = (height + width) as f32;
    squared.map(|&squared| if squared == INFINITE { farthest } else { (squared as f32).sqrt() })
}

fn landscape(found: &Foreground, distance: &Plane<f32>, diameter: f32) -> Plane<f32> {
    let stain = &found.peaks;
    let around = at_lower_resolution(stain, diameter, |stain, diameter| {
        let around = largest_around(stain, (BRIGHTEST_AROUND * diameter) as usize);
        gaussian(&around, BRIGHTEST_SMOOTHING * diameter)
    });
    let distance = gaussian(distance, (DISTANCE_SMOOTHING * diameter).max(0.5));
    let pixels = stain.samples().iter().zip(around.samples()).zip(distance.samples()).zip(found.foreground.samples());
    let heights = pixels.map(
        |(((stain, around), distance), &inside)| {
            if inside { distance * (stain / around.max(1.0)).clamp(0.0, 1.0) } else { 0.0 }
        },
    );
    Plane::from_samples(stain.height(), stain.width(), heights.collect())
}

/// Shapes of regions, by id.
pub(super) fn shapes_of(mask: &Plane<u32>) -> Vec<Shape> {
    let (height, width) = mask.size();
    let mut shapes = vec![Shape::default(); mask.largest() as usize + 1];
    for (id, row, cols) in runs_of_ids(mask) {
        let shape = &mut shapes[id as usize];
        shape.add_run(row, &cols);
        shape.is_at_border |= row == 0 || cols.start == 0 || row + 1 == height || cols.end == width;
    }
    shapes
}

/// What pieces are measured on.
struct Views<'a> {
    distance: &'a Plane<f32>,
    found: &'a Foreground,
    cytoplasm: Option<&'a Plane<f32>>,
}

impl Views<'_> {
    fn measured(&self, mask: &Plane<u32>) -> (Vec<Shape>, BTreeMap<(u32, u32), Contact>) {
        let mut shapes = shapes_of(mask);
        let mut contacts: BTreeMap<(u32, u32), Contact> = BTreeMap::new();
        let [distance, contrast, smooth, peaks] =
            [self.distance, &self.found.contrast, &self.found.smooth, &self.found.peaks].map(Plane::samples);
        // How much brighter than the surroundings, which have no texture to smooth.
        let peak = |pixel: usize| peaks[pixel] - (smooth[pixel] - contrast[pixel]);
        let ids = mask.samples();
        let around = Neighbours::of(mask.size());
        let mut met: Vec<u32> = Vec::new();
        for (pixel, &id) in ids.iter().enumerate().filter(|(_, id)| **id > 0) {
            let cytoplasm = self.cytoplasm.map_or(0.0, |plane| f64::from(plane.samples()[pixel]));
            let shape = &mut shapes[id as usize];
            shape.weights += f64::from(distance[pixel]);
            shape.weighted_contrast += f64::from(distance[pixel]) * f64::from(contrast[pixel]);
            shape.cytoplasm += cytoplasm;
            shape.deepest = shape.deepest.max(distance[pixel]);
            shape.brightest = shape.brightest.max(peak(pixel));
            met.clear();
            around.each(pixel, |other| {
                if ids[other] == 0 || ids[other] == id {
                    return;
                }
                let contact = contacts.entry((id.min(ids[other]), id.max(ids[other]))).or_default();
                contact.deepest = contact.deepest.max(distance[pixel].min(distance[other]));
                contact.brightest = contact.brightest.max(peak(pixel).min(peak(other)));
                if !met.contains(&ids[other]) {
                    met.push(ids[other]);
                    contact.pixels += 1.0;
                    contact.cytoplasm += cytoplasm;
                }
            });
        }
        (shapes, contacts)
    }
}

/// Pieces on their way to nuclei.
struct Joining<'a> {
    pieces: &'a Pieces,
    weights: [f64; EVIDENCE],
    /// A nucleus' usual area in pixels.
    usual: f64,
    /// Pairs below this are left apart.
    least: f64,
    shapes: Vec<Shape>,
    contacts: BTreeMap<(u32, u32), Contact>,
    /// For each piece the pieces it touches.
    near: Vec<Vec<u32>>,
    parents: Vec<u32>,
    /// Counts how often each has grown, so that pairs of the time before are known.
    grown: Vec<u32>,
    waiting: BinaryHeap<Pair>,
}

/// Two pieces that may be joined.
struct Pair {
    sureness: f64,
    ids: (u32, u32),
    grown: (u32, u32),
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Pair {}
impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Pair {
    /// The surest is the greatest; of equally sure ones that of the smaller ids.
    fn cmp(&self, other: &Self) -> Ordering {
        self.sureness.total_cmp(&other.sureness).then(other.ids.cmp(&self.ids))
    }
}

impl<'a> Joining<'a> {
    fn new(pieces: &'a Pieces, weights: [f64; EVIDENCE], usual: f64, least: f64) -> Self {
        let count = pieces.shapes.len();
        let mut near = vec![Vec::new(); count];
        for &(one, other) in pieces.contacts.keys() {
            near[one as usize].push(other);
            near[other as usize].push(one);
        }
        let mut joining = Self {
            pieces,
            weights,
            usual,
            least,
            shapes: pieces.shapes.clone(),
            contacts: pieces.contacts.clone(),
            near,
            parents: (0..count as u32).collect(),
            grown: vec![0; count],
            waiting: BinaryHeap::new(),
        };
        pieces.contacts.keys().for_each(|&ids| joining.propose(ids));
        joining
    }

    fn run(&mut self) {
        while let Some(Pair { ids: (one, other), grown, .. }) = self.waiting.pop() {
            let is_there = self.parents[one as usize] == one && self.parents[other as usize] == other;
            if is_there && grown == (self.grown[one as usize], self.grown[other as usize]) {
                self.join(one, other);
            }
        }
    }

    fn join(&mut self, one: u32, other: u32) {
        let shape = self.shapes[other as usize];
        self.shapes[one as usize].add(&shape);
        self.parents[other as usize] = one;
        self.grown[one as usize] += 1;
        self.contacts.remove(&(one, other));
        for far in std::mem::take(&mut self.near[other as usize]) {
            let Some(contact) = self.contacts.remove(&(far.min(other), far.max(other))) else { continue };
            let into = self.contacts.entry((far.min(one), far.max(one))).or_default();
            into.pixels += contact.pixels;
            into.cytoplasm += contact.cytoplasm;
            into.deepest = into.deepest.max(contact.deepest);
            into.brightest = into.brightest.max(contact.brightest);
            if !self.near[one as usize].contains(&far) {
                self.near[one as usize].push(far);
                self.near[far as usize].push(one);
            }
        }
        for far in self.near[one as usize].clone() {
            self.propose((far.min(one), far.max(one)));
        }
    }

    /// Lets a pair wait, if there is such a contact and it is sure enough.
    fn propose(&mut self, ids: (u32, u32)) {
        let Some(contact) = self.contacts.get(&ids) else { return };
        let (one, other) = (&self.shapes[ids.0 as usize], &self.shapes[ids.1 as usize]);
        let evidence = self.evidence(one, other, contact);
        let sureness: f64 = evidence.iter().zip(self.weights).map(|(evidence, weight)| evidence * weight).sum();
        if sureness > self.least {
            let grown = (self.grown[ids.0 as usize], self.grown[ids.1 as usize]);
            self.waiting.push(Pair { sureness, ids, grown });
        }
    }

    fn evidence(&self, one: &Shape, other: &Shape, contact: &Contact) -> [f64; EVIDENCE] {
        let is_known = self.pieces.is_cytoplasm_known;
        let mut both = *one;
        both.add(other);
        let (contrast, others) = (one.contrast(), other.contrast());
        let of_usual = |area: f64| (area / self.usual).max(1e-3).ln();
        let cytoplasm = |shape: &Shape| shape.cytoplasm / shape.area;
        let rise = contact.cytoplasm / contact.pixels / cytoplasm(one).min(cytoplasm(other)).max(1.0);
        [
            1.0,
            // How wide the neck is.
            f64::from(contact.deepest / one.deepest.min(other.deepest).max(1e-3)).min(1.5),
            f64::from(u8::from(is_known)),
            contrast.min(others) / contrast.max(others).max(1e-3),
            // How round the pieces are alone.
            (one.area * one.ellipticity() + other.area * other.ellipticity()) / both.area,
            of_usual(one.area.min(other.area)),
            of_usual(both.area),
            if is_known { rise.clamp(0.3, 3.0).ln() } else { 0.0 },
            // How little the stain dips between both.
            f64::from(contact.brightest / one.brightest.min(other.brightest).max(1e-3)).min(1.2),
        ]
    }

    /// The median area of what is neither tiny nor cut by the border; what was taken for it so far if there is little.
    fn usual_area(&self) -> f64 {
        let is_whole = |id: usize| {
            let shape = &self.shapes[id];
            self.parents[id] == id as u32 && shape.area > 0.15 * self.usual && !shape.is_at_border
        };
        let mut areas: Vec<f64> =
            (1..self.shapes.len()).filter(|&id| is_whole(id)).map(|id| self.shapes[id].area).collect();
        areas.sort_by(f64::total_cmp);
        if areas.len() < 3 { self.usual } else { areas[areas.len() / 2] }
    }

    fn root(&self, mut id: u32) -> u32 {
        while self.parents[id as usize] != id {
            id = self.parents[id as usize];
        }
        id
    }
}
