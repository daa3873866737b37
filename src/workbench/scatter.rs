//! The cells of a set as points: two numbers for each, chosen among features, measures and principal components.

use std::{collections::BTreeMap, sync::Arc};

use ndarray::Array2;

use super::{
    Stop,
    measured::{feature_values, measure_values},
    results::SetKey,
    set_cells::{CellAt, SetCells},
};
use crate::pipeline::{
    classifier::{Standardisation, TrainingParams, Whitening},
    features::FEATURE_COUNT,
    measures::Measure,
};

/// Cells that are drawn at most: as many as a screen can show apart, and as principal components need.
pub const MOST_POINTS: usize = 20_000;
/// Principal components to choose from.
pub const COMPONENTS: usize = 10;

/// A number that every cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A measure.
    Measure(Measure),
    /// A principal component of all features, from 0: the direction in which cells differ most, the next, ….
    Component(usize),
    /// A feature by its number.
    Feature(usize),
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScatterWish {
    /// To the right.
    pub x: Quantity,
    /// Upwards.
    pub y: Quantity,
}

impl Default for ScatterWish {
    fn default() -> Self {
        Self { x: Quantity::Component(0), y: Quantity::Component(1) }
    }
}

/// All that a cloud follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudKey {
    /// The cells.
    pub set: SetKey,
    /// Counts what is known of them.
    pub revision: u64,
    /// What is drawn.
    pub wish: ScatterWish,
}

/// Cells as points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {
    /// The cells, in the order of the set.
    pub cells: Vec<CellAt>,
    /// Where each is, (x, y); all finite.
    pub points: Vec<[f32; 2]>,
    /// All cells of the set, of which these were drawn by lot.
    pub of: usize,
}

impl Cloud {
    /// The cells as `wish` asks for, with the principal components if it asks for these. Reads from the disk.
    #[must_use]
    pub fn of(
        cells: &SetCells,
        wish: ScatterWish,
        known: Option<Arc<Components>>,
        stop: &Stop,
    ) -> (Self, Option<Arc<Components>>) {
        let chosen = lot(cells, MOST_POINTS);
        let asks_for_components = [wish.x, wish.y].iter().any(|axis| matches!(axis, Quantity::Component(_)));
        let components = known.filter(|known| known.cells == chosen);
        let components =
            components.or_else(|| asks_for_components.then(|| Arc::new(Components::of(cells, &chosen, stop))));
        let values = |axis: Quantity| match axis {
            Quantity::Measure(measure) => measure_values(cells, measure, &chosen, None),
            Quantity::Feature(feature) => feature_values(cells, feature, &chosen),
            Quantity::Component(number) => {
                let values = components.as_ref().and_then(|components| components.values.get(number));
                values.cloned().unwrap_or_else(|| vec![0.0; chosen.len()])
            }
        };
        let points = values(wish.x).into_iter().zip(values(wish.y));
        let there = chosen.iter().zip(points).filter(|(_, (x, y))| x.is_finite() && y.is_finite());
        let (shown, points) = there.map(|(&at, (x, y))| (at, [x, y])).unzip();
        (Self { cells: shown, points, of: cells.count() }, components)
    }

    /// The place of a cell among those drawn.
    #[must_use]
    pub fn place_of(&self, at: CellAt) -> Option<usize> {
        self.cells.binary_search(&at).ok()
    }

    /// The cells inside a polygon, which closes itself.
    #[must_use]
    pub fn inside(&self, polygon: &[[f64; 2]]) -> Vec<CellAt> {
        let bound = |axis: usize, pick: fn(f64, f64) -> f64, from: f64| {
            polygon.iter().map(|corner| corner[axis]).fold(from, pick)
        };
        let low = [0, 1].map(|axis| bound(axis, f64::min, f64::INFINITY));
        let high = [0, 1].map(|axis| bound(axis, f64::max, f64::NEG_INFINITY));
        let is_inside = |point: &[f32; 2]| {
            let point = point.map(f64::from);
            (0..2).all(|axis| low[axis] <= point[axis] && point[axis] <= high[axis]) && is_inside(polygon, point)
        };
        self.cells.iter().zip(&self.points).filter(|(_, point)| is_inside(point)).map(|(&at, _)| at).collect()
    }
}

/// Whether `point` lies inside `polygon`, which closes itself: a ray to the right crosses it an odd number of times.
#[must_use]
pub fn is_inside(polygon: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let Some(&last) = polygon.last() else { return false };
    let mut before = last;
    let mut is_inside = false;
    for &corner in polygon {
        let ([x0, y0], [x1, y1]) = (before, corner);
        if (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0) {
            is_inside = !is_inside;
        }
        before = corner;
    }
    is_inside
}

/// At most so many cells, drawn by a lot that follows from their names alone, in the order of the set.
#[must_use]
pub fn lot(cells: &SetCells, most: usize) -> Vec<CellAt> {
    let all: Vec<CellAt> = cells.all().collect();
    if all.len() <= most {
        return all;
    }
    let drawn = |&at: &CellAt| {
        let (field, cell) = (cells.field(at.field as usize)?, cells.cell(at)?);
        Some((crc32fast::hash(format!("{}/{}", field.image, cell.id).as_bytes()), at))
    };
    let mut drawn: Vec<(u32, CellAt)> = all.iter().filter_map(drawn).collect();
    if drawn.len() > most {
        drawn.select_nth_unstable(most);
        drawn.truncate(most);
    }
    let mut chosen: Vec<CellAt> = drawn.into_iter().map(|(_, at)| at).collect();
    chosen.sort_unstable();
    chosen
}

/// The principal components of the features of some cells, each of mean 0 and variance 1.
#[derive(Clone, Debug, Default)]
pub struct Components {
    /// The cells, in the order of the set.
    cells: Vec<CellAt>,
    /// For each component its value for every cell; not a number for those that cannot be read.
    values: Vec<Vec<f32>>,
}

impl Components {
    /// Those of `chosen` cells. Reads from the disk; some seconds and 100 MB for 20,000 cells.
    #[must_use]
    pub fn of(cells: &SetCells, chosen: &[CellAt], stop: &Stop) -> Self {
        let mut by_field = BTreeMap::<u32, Vec<usize>>::new();
        for (row, at) in chosen.iter().enumerate() {
            by_field.entry(at.field).or_default().push(row);
        }
        let mut features = Array2::<f32>::zeros((chosen.len(), FEATURE_COUNT));
        let mut rows = Vec::with_capacity(chosen.len());
        for (field, of_field) in by_field {
            if stop.is_asked() {
                break;
            }
            let Ok(Some(measured)) = cells.features_of(field as usize) else { continue };
            for row in of_field {
                let cell = measured.get(chosen[row].cell as usize).filter(|cell| cell.len() == FEATURE_COUNT);
                if let Some(cell) = cell {
                    features.row_mut(row).iter_mut().zip(cell).for_each(|(to, &value)| *to = value);
                    rows.push(row);
                }
            }
        }
        let standardisation = Standardisation::fit(features.view(), &rows, TrainingParams::default().clip);
        let whitening = Whitening::fit(&standardisation, features.view(), &rows, COMPONENTS);
        let found = whitening.apply(&standardisation, features.view(), &rows);
        let values = found.columns().into_iter().map(|column| {
            let mut values = vec![f32::NAN; chosen.len()];
            rows.iter().zip(column).for_each(|(&row, &value)| values[row] = value as f32);
            values
        });
        Self { cells: chosen.to_vec(), values: values.collect() }
    }
}
