//! Which numbers are searched over, and how they are told to people.
//!
//! Of each method the three that decide most, in the order of the stages they belong to. The working size stays as it is:
//! it is a matter of fineness and time, and all stages hang on it. So do windows and gaps of the reference method.

use serde::Serialize;

use crate::pipeline::{
    parameter::Parameter,
    segmentation::{BackgroundParams, Method, SegmentationParams, StandardParams},
};

/// One value for each number that is searched over.
pub type Values = [f64; 3];

/// Whether both are the same to the bit.
#[must_use]
pub fn are_same(one: Values, other: Values) -> bool {
    one.map(f64::to_bits) == other.map(f64::to_bits)
}

/// A number that is searched over.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Its name, which no other has.
    pub name: &'static str,
    /// What it is.
    pub parameter: Parameter,
    /// The values that are tried first.
    pub coarse: &'static [f64],
    /// The first step around the best of these; it is halved twice.
    pub step: f64,
    /// What more of it does, and what less, in two or three words.
    pub words: [&'static str; 2],
    place: fn(&mut SegmentationParams) -> &mut f64,
}

impl Axis {
    fn distance(&self, one: f64, other: f64) -> f64 {
        (one - other).abs() / (self.parameter.range.end() - self.parameter.range.start())
    }
}

/// The numbers of a method, those of the earliest stage first.
#[must_use]
pub fn axes(method: Method) -> [Axis; 3] {
    match method {
        Method::Standard => [
            Axis {
                name: "nucleus threshold",
                parameter: StandardParams::NUCLEUS_THRESHOLD,
                coarse: &[0.25, 0.4, 0.5, 0.65],
                step: 0.08,
                words: ["smaller nuclei", "larger nuclei"],
                place: |params| &mut params.standard.nucleus_threshold,
            },
            Axis {
                name: "split",
                parameter: StandardParams::SPLIT,
                coarse: &[0.15, 0.4, 0.6, 0.85],
                step: 0.12,
                words: ["parts more nuclei", "joins more nuclei"],
                place: |params| &mut params.standard.split,
            },
            Axis {
                name: "cell extent",
                parameter: StandardParams::CELL_EXTENT,
                coarse: &[0.2, 0.5, 0.8],
                step: 0.16,
                words: ["cells reach farther", "cells keep closer"],
                place: |params| &mut params.standard.cell_extent,
            },
        ],
        Method::Reference => [
            Axis {
                name: "nuclei background quantile",
                parameter: BackgroundParams::QUANTILE,
                coarse: &[0.1, 0.2, 0.4, 0.6],
                step: 0.08,
                words: ["smaller nuclei", "larger nuclei"],
                place: |params| &mut params.nuclei_background.quantile,
            },
            Axis {
                name: "marker quantile",
                parameter: SegmentationParams::MARKER_QUANTILE,
                coarse: &[0.2, 0.4, 0.6, 0.8],
                step: 0.1,
                words: ["parts more nuclei", "joins more nuclei"],
                place: |params| &mut params.marker_quantile,
            },
            Axis {
                name: "cell background quantile",
                parameter: BackgroundParams::QUANTILE,
                coarse: &[0.1, 0.2, 0.4],
                step: 0.08,
                words: ["smaller cells", "larger cells"],
                place: |params| &mut params.cell_background.quantile,
            },
        ],
    }
}

/// The settings of one method around the present one.
#[derive(Clone, Debug)]
pub struct Space {
    axes: [Axis; 3],
    present: SegmentationParams,
}

impl Space {
    /// The settings that differ from `present` in the numbers searched over.
    #[must_use]
    pub fn around(present: &SegmentationParams) -> Self {
        Self { axes: axes(present.method), present: present.clone() }
    }

    /// The numbers in force.
    #[must_use]
    pub fn present(&self) -> Values {
        values(&self.axes, &self.present)
    }

    /// The parameters with these numbers.
    #[must_use]
    pub fn params(&self, values: Values) -> SegmentationParams {
        let mut params = self.present.clone();
        for (axis, value) in self.axes.iter().zip(values) {
            *(axis.place)(&mut params) = value;
        }
        params
    }

    /// How far numbers are from those in force: the sum of their distances as shares of what they may be.
    #[must_use]
    pub fn distance(&self, values: Values) -> f64 {
        let present = self.present();
        self.axes.iter().zip(values).zip(present).map(|((axis, one), other)| axis.distance(one, other)).sum()
    }

    /// The coarse grid, the first number the slowest. In each row the value that is nearest to the present one is that.
    #[must_use]
    pub fn grid(&self) -> Vec<Values> {
        let present = self.present();
        let mut rows = [0, 1, 2].map(|at| {
            let (axis, present) = (&self.axes[at], present[at]);
            let mut row = axis.coarse.to_vec();
            let nearest =
                row.iter_mut().min_by(|one, other| (**one - present).abs().total_cmp(&(**other - present).abs()));
            if let Some(nearest) = nearest {
                *nearest = present;
            }
            row
        });
        for row in &mut rows {
            row.sort_by(f64::total_cmp);
        }
        let [first, second, third] = &rows;
        let pairs = first.iter().flat_map(|&one| second.iter().map(move |&other| (one, other)));
        pairs.flat_map(|(one, other)| third.iter().map(move |&last| [one, other, last])).collect()
    }

    /// One step up and one down from `centre` along each axis, each step halved `halvings` times; what would leave the
    /// range stops at its end. In the order of the numbers.
    #[must_use]
    pub fn neighbours(&self, centre: Values, halvings: i32) -> Vec<Values> {
        let mut all = Vec::new();
        for (at, axis) in self.axes.iter().enumerate() {
            let step = axis.step * 0.5_f64.powi(halvings);
            for moved in [centre[at] - step, centre[at] + step] {
                // Three digits are all that anybody wants to type.
                let moved = (moved * 1000.0).round() / 1000.0;
                let mut values = centre;
                values[at] = moved.clamp(*axis.parameter.range.start(), *axis.parameter.range.end());
                all.push(values);
            }
        }
        all.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
        all
    }
}

fn values(axes: &[Axis; 3], params: &SegmentationParams) -> Values {
    let mut params = params.clone();
    axes.each_ref().map(|axis| *(axis.place)(&mut params))
}

/// The numbers that are searched over, with their names.
#[must_use]
pub fn named_values(params: &SegmentationParams) -> [(&'static str, f64); 3] {
    let axes = axes(params.method);
    let values = values(&axes, params);
    [0, 1, 2].map(|at| (axes[at].name, values[at]))
}

/// A number that is another one in another setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its name.
    pub name: &'static str,
    /// Its value before.
    pub from: f64,
    /// Its value now.
    pub to: f64,
    /// What that does, in two or three words.
    pub effect: &'static str,
}

/// What `other` changes in `present`, of the numbers that are searched over.
#[must_use]
pub fn changes(present: &SegmentationParams, other: &SegmentationParams) -> Vec<Change> {
    let axes = axes(other.method);
    let (from, to) = (values(&axes, present), values(&axes, other));
    let change = |((axis, from), to): ((&Axis, f64), f64)| {
        let effect = axis.words[usize::from(to < from)];
        (from.to_bits() != to.to_bits()).then_some(Change { name: axis.name, from, to, effect })
    };
    axes.iter().zip(from).zip(to).filter_map(change).collect()
}
