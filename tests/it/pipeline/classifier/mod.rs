//! The classifier, on cells whose truth is drawn here.
#![allow(clippy::float_cmp, reason = "the same bits are meant where two floats are compared")]

mod cross_validation;
mod folds;
mod prediction;
mod prior;
mod retraining;
mod samples;
mod scores;
mod training;
mod transform;
mod trees;

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::classifier::TrainingSet,
};
use ndarray::Array2;

/// Draws by lot, the same on every machine: a linear congruential generator, its upper bits.
pub struct Lot(pub u64);

impl Lot {
    /// Uniform in [0, 1).
    pub fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }

    /// Mean 0, standard deviation 1, nearly normal.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// A whole number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }
}

/// Drawn cells: what a [`TrainingSet`] borrows.
#[derive(Clone)]
pub struct Cells {
    pub features: Array2<f32>,
    pub labels: Vec<LocationSet>,
    pub groups: Vec<usize>,
}

impl Cells {
    /// Cells of which `label(cell)` are the labels, six to a group, with `features` features. Location number l, if
    /// shown, raises feature l by 4 standard deviations, where there is one.
    pub fn clusters(cells: usize, features: usize, label: impl FnMut(usize) -> LocationSet) -> Self {
        let mut lot = Lot(7);
        let labels: Vec<_> = (0..cells).map(label).collect();
        let features = Array2::from_shape_fn((cells, features), |(cell, feature)| {
            let shown = Location::new(feature).is_some_and(|location| labels[cell].contains(location));
            (lot.normal() + if shown { 4.0 } else { 0.0 }) as f32
        });
        Self { features, labels, groups: (0..cells).map(|cell| cell / 6).collect() }
    }

    pub fn set(&self) -> TrainingSet<'_> {
        TrainingSet::new(self.features.view(), &self.labels, &self.groups).unwrap()
    }

    /// The same cells in another order.
    pub fn reordered(&self, order: &[usize]) -> Self {
        Self {
            features: self.features.select(ndarray::Axis(0), order),
            labels: order.iter().map(|&cell| self.labels[cell]).collect(),
            groups: order.iter().map(|&cell| self.groups[cell]).collect(),
        }
    }
}

pub fn location(number: usize) -> Location {
    Location::new(number).unwrap()
}

/// The set of these locations.
pub fn locations(numbers: &[usize]) -> LocationSet {
    numbers.iter().map(|&number| location(number)).collect()
}

/// Runs `work` on `threads` threads.
pub fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

/// The order of `len` things shuffled by lot.
pub fn shuffled(len: usize, lot: &mut Lot) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    for at in (1..len).rev() {
        order.swap(at, lot.below(at + 1));
    }
    order
}
