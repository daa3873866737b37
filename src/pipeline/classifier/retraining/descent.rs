//! The way of one rule down to its minimum: limited-memory BFGS, told as a thing that asks and is answered, so that many
//! can be answered together.
//!
//! Source: Nocedal & Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5; the start of the recursion is the
//! curvature at the base rate. On components of variance 1 that are not correlated this is the Hessian there, a multiple
//! of the identity. (The bound of Böhning & Lindsay (1988), a quarter for every cell, would be one too. Descents along it
//! never fail, but a location on one cell of a hundred needs twenty-five times as many steps.)

use std::collections::VecDeque;

use super::solver::Height;

/// Steps of which the curvature is remembered.
const MEMORY: usize = 10;

/// Steps after which the best so far is taken; some fifteen are usual.
const MOST_STEPS: u32 = 200;

/// Trials along one direction after which no more can be gained: only rounding is left.
const MOST_TRIALS: u32 = 20;

/// Rounding of a loss, as a share of it: what may be lost in a step and still be called a descent.
const ROUNDING: f64 = 1e-9;

/// Second derivatives, roughly, without knowledge of any step.
#[derive(Clone, Copy)]
pub(super) struct Curvature {
    /// By each weight.
    pub weights: f64,
    /// By the intercept.
    pub intercept: f64,
}

impl Curvature {
    /// The inverse of the curvature, times `vector`.
    fn divide(self, vector: &mut [f64]) {
        let Some((intercept, weights)) = vector.split_last_mut() else { return };
        for value in weights {
            *value /= self.weights;
        }
        *intercept /= self.intercept;
    }
}

/// A step taken and how the gradient changed along it.
struct Step {
    moved: Vec<f64>,
    bent: Vec<f64>,
    /// 1 / (moved · bent).
    inverse: f64,
}

/// A descent.
pub(super) struct Descent {
    point: Vec<f64>,
    height: Height,
    curvature: Curvature,
    tolerance: f64,
    history: VecDeque<Step>,
    direction: Vec<f64>,
    /// Of the loss along the direction; below 0.
    slope: f64,
    /// How far along the direction is tried next.
    length: f64,
    trials: u32,
    steps: u32,
    first_gradient: f64,
    gave_up: bool,
}

impl Descent {
    /// At `point`, where the function has this `height`. It ends where the gradient is no longer than `tolerance`.
    pub(super) fn new(point: Vec<f64>, height: Height, curvature: Curvature, tolerance: f64) -> Self {
        let mut descent = Self {
            first_gradient: length(&height.gradient),
            point,
            height,
            curvature,
            tolerance,
            history: VecDeque::with_capacity(MEMORY),
            direction: Vec::new(),
            slope: 0.0,
            length: 1.0,
            trials: 0,
            steps: 0,
            gave_up: false,
        };
        descent.turn();
        descent
    }

    /// Whether nothing is left to try.
    pub(super) fn is_done(&self) -> bool {
        self.gave_up || self.steps >= MOST_STEPS || length(&self.height.gradient) <= self.tolerance
    }

    /// How much of the way is done, on the scale of the logarithm: 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        if self.is_done() {
            return 1.0;
        }
        let shortened = (self.first_gradient / length(&self.height.gradient)).ln();
        (shortened / (self.first_gradient / self.tolerance).ln()).clamp(0.0, 1.0)
    }

    /// Number of steps taken.
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// The point to look at next.
    pub(super) fn trial(&self) -> Vec<f64> {
        self.point.iter().zip(&self.direction).map(|(at, direction)| at + self.length * direction).collect()
    }

    /// Hears how high the function is at the [`trial`](Self::trial).
    ///
    /// As it is convex, it fell all the way if it still falls there. Beyond the valley's floor it must be lower than at the
    /// start; else the next trial is where the slope would be 0 if it changed evenly.
    pub(super) fn take(&mut self, trial: Vec<f64>, height: Height) {
        let slope = dot(&height.gradient, &self.direction);
        let before = self.height.loss;
        let is_lower = height.loss <= before + ROUNDING * before.abs();
        if slope <= 0.0 || (is_lower && slope.is_finite()) {
            self.step_to(trial, height);
            return;
        }
        self.trials += 1;
        let even = self.slope / (self.slope - slope);
        self.length *= if even.is_finite() { even.clamp(0.1, 0.9) } else { 0.1 };
        self.gave_up = self.trials >= MOST_TRIALS;
    }

    /// Where it ended.
    pub(super) fn into_point(self) -> Vec<f64> {
        self.point
    }

    fn step_to(&mut self, point: Vec<f64>, height: Height) {
        let difference = |new: &[f64], old: &[f64]| new.iter().zip(old).map(|(new, old)| new - old).collect::<Vec<_>>();
        let moved = difference(&point, &self.point);
        let bent = difference(&height.gradient, &self.height.gradient);
        let product = dot(&moved, &bent);
        // Above 0 for a convex function, but for rounding.
        if product > 0.0 {
            if self.history.len() == MEMORY {
                self.history.pop_front();
            }
            self.history.push_back(Step { moved, bent, inverse: product.recip() });
        }
        self.point = point;
        self.height = height;
        self.steps += 1;
        self.turn();
    }

    /// Sets out in a new direction.
    fn turn(&mut self) {
        let mut direction: Vec<f64> = self.height.gradient.iter().map(|slope| -slope).collect();
        let mut shares = Vec::with_capacity(self.history.len());
        for step in self.history.iter().rev() {
            let share = step.inverse * dot(&step.moved, &direction);
            add(&mut direction, -share, &step.bent);
            shares.push(share);
        }
        self.curvature.divide(&mut direction);
        if let Some(last) = self.history.back() {
            let mut bent = last.bent.clone();
            self.curvature.divide(&mut bent);
            // The curvature met last, as a multiple of the one that was guessed.
            let scale = (last.inverse * dot(&last.bent, &bent)).recip();
            for value in &mut direction {
                *value *= scale;
            }
        }
        for (step, share) in self.history.iter().zip(shares.into_iter().rev()) {
            let other = step.inverse * dot(&step.bent, &direction);
            add(&mut direction, share - other, &step.moved);
        }
        self.slope = dot(&direction, &self.height.gradient);
        self.direction = direction;
        self.length = 1.0;
        self.trials = 0;
        // Only what is not a number, or rounding, has no way down.
        self.gave_up = self.slope.is_nan() || self.slope >= 0.0;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], times: f64, vector: &[f64]) {
    for (to, value) in to.iter_mut().zip(vector) {
        *to += times * value;
    }
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}
