//! The largest eigenvalues of a symmetric matrix, and their eigenvectors. Not for matrices that are not symmetric, and no
//! home for other algebra.
//!
//! The matrix comes to three diagonals by Householder's reflections; of these, eigenvalues are found by bisection with
//! Sturm counts and eigenvectors by inverse iteration; then the reflections are undone. So nothing is spent on the small
//! eigenvalues, and each step is spread over threads. As no sum is divided among them, the bits are the same for any number
//! of threads.
//!
//! Of 540 features to 256 components it takes a seventh of the time of the QR iteration that linfa-linalg has.
//!
//! Source: Golub & Van Loan, Matrix Computations (2013), sections 8.3 and 8.4; Wilkinson (1965) for inverse iteration.

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::draws::split_mix;

/// Numbers that are summed side by side, in a fixed order, as wide as registers are.
const LANES: usize = 8;

/// Rows of a matrix, or vectors, that one thread takes at a time.
const TOGETHER: usize = 16;

/// Rounds of inverse iteration; the first already finds most of the vector.
const ROUNDS: usize = 3;

/// Eigenvalues closer than this share of the largest are those of vectors that inverse iteration alone would leave
/// askew; farther apart, vectors are square to 1e-11.
const CLOSE: f64 = 1e-4;

/// A vector of which less than this is left when its neighbours are taken out is drawn anew: the rest is rounding.
const TOO_LITTLE: f64 = 1e-3;

/// Draws for a vector after which it is taken as it is.
const MOST_DRAWS: u64 = 8;

/// The largest eigenvalues of a symmetric `matrix`, in falling order, at most `count` and all of them above `negligible`
/// times the largest; and their eigenvectors: (rows, eigenvalues). There are none if no eigenvalue is above 0.
///
/// O(n³) for n rows, of which the eigenvectors take O(n² c) for c of them.
pub(super) fn largest(matrix: Array2<f64>, count: usize, negligible: f64) -> (Array1<f64>, Array2<f64>) {
    let size = matrix.nrows();
    let reflected = Reflected::of(matrix);
    let values = reflected.tridiagonal.largest_values(count, negligible);
    let mut vectors = reflected.tridiagonal.vectors(&values);
    vectors.par_chunks_mut(TOGETHER).for_each(|vectors| reflected.undo(vectors));
    let columns = Array2::from_shape_fn((size, values.len()), |(row, column)| vectors[column][row]);
    (Array1::from_vec(values), columns)
}

/// A symmetric matrix of three diagonals.
struct Tridiagonal {
    diagonal: Vec<f64>,
    /// Beside the diagonal; one fewer.
    beside: Vec<f64>,
    /// At least as large as any eigenvalue's size.
    norm: f64,
}

/// A matrix that reflections brought to three diagonals.
struct Reflected {
    tridiagonal: Tridiagonal,
    /// Row by row; in each, right of the diagonal, the vector along which it was reflected.
    along: Vec<f64>,
    /// 2 / the squared length of each such vector; 0 if nothing was to be done.
    factors: Vec<f64>,
}

impl Reflected {
    fn of(matrix: Array2<f64>) -> Self {
        let size = matrix.nrows();
        let mut rows: Vec<f64> = matrix.into_iter().collect();
        let (mut diagonal, mut beside, mut factors) = (Vec::with_capacity(size), Vec::new(), Vec::new());
        // The change that the reflection before made to the rest of the matrix, −v wᵀ − w vᵀ. It is applied when that is
        // next read: so each step goes through the matrix once.
        let (mut v, mut w) = (vec![0.0; size], vec![0.0; size]);
        for step in 0..size {
            let (done, rest) = rows.split_at_mut((step + 1) * size);
            let row = &mut done[step * size..];
            change_and_dot(&mut row[step..], (v[step], w[step]), (&v[step..], &w[step..]), None);
            diagonal.push(row[step]);
            let Some(next) = Some(step + 1).filter(|&next| next < size) else { break };
            let (factor, to) = reflection(&mut row[next..]);
            beside.push(to);
            factors.push(factor);
            let along = &row[next..];
            let mut product = vec![0.0; size - next];
            rest.par_chunks_mut(size).zip(&mut product).enumerate().with_min_len(TOGETHER).for_each(
                |(place, (row, product))| {
                    let at = next + place;
                    let change = (&v[next..], &w[next..]);
                    *product = factor * change_and_dot(&mut row[next..], (v[at], w[at]), change, Some(along));
                },
            );
            let share = 0.5 * factor * dot(along, &product);
            v[next..].copy_from_slice(along);
            for ((w, product), along) in w[next..].iter_mut().zip(product).zip(along) {
                *w = product - share * along;
            }
        }
        Self { tridiagonal: Tridiagonal::new(diagonal, beside), along: rows, factors }
    }

    /// Makes eigenvectors of the three diagonals those of the matrix.
    fn undo(&self, vectors: &mut [Vec<f64>]) {
        let size = self.tridiagonal.diagonal.len();
        for (step, &factor) in self.factors.iter().enumerate().rev() {
            let along = &self.along[step * size + step + 1..(step + 1) * size];
            for vector in &mut *vectors {
                let rest = &mut vector[step + 1..];
                let share = factor * dot(along, rest);
                take_out(rest, share, along);
            }
        }
    }
}

/// Makes a row the vector along which it is reflected onto its first axis. Gives the factor of the reflection and the
/// number that is then left on that axis.
fn reflection(row: &mut [f64]) -> (f64, f64) {
    let length = dot(row, row).sqrt();
    let Some(first) = row.first_mut().filter(|_| length > 0.0) else { return (0.0, 0.0) };
    let to = -length.copysign(*first);
    *first -= to;
    let square = dot(row, row);
    if square > 0.0 { (2.0 / square, to) } else { (0.0, to) }
}

/// Changes a row of a matrix by −v wᵀ − w vᵀ, of which `at` are the numbers of this row; then its product with `other`.
fn change_and_dot(row: &mut [f64], at: (f64, f64), (v, w): (&[f64], &[f64]), other: Option<&[f64]>) -> f64 {
    for ((value, v), w) in row.iter_mut().zip(v).zip(w) {
        *value -= at.0 * w + at.1 * v;
    }
    other.map_or(0.0, |other| dot(row, other))
}

impl Tridiagonal {
    fn new(diagonal: Vec<f64>, beside: Vec<f64>) -> Self {
        let left = std::iter::once(0.0).chain(beside.iter().copied());
        let right = beside.iter().copied().chain([0.0]);
        let sums = diagonal
            .iter()
            .zip(left.zip(right))
            .map(|(middle, (left, right))| f64::abs(*middle) + f64::abs(left) + f64::abs(right));
        // Gershgorin's circles.
        let norm = sums.fold(0.0, f64::max);
        Self { diagonal, beside, norm }
    }

    /// Number of eigenvalues below `bound`: how many pivots of an elimination are negative (Sturm).
    fn below(&self, bound: f64) -> usize {
        let least = f64::MIN_POSITIVE.max(f64::EPSILON * f64::EPSILON * self.norm);
        let (mut pivot, mut count) = (1.0_f64, 0);
        let before = std::iter::once(0.0).chain(self.beside.iter().copied());
        for (diagonal, beside) in self.diagonal.iter().zip(before) {
            pivot = diagonal - bound - beside * beside / pivot;
            if pivot.abs() < least {
                pivot = -least;
            }
            count += usize::from(pivot < 0.0);
        }
        count
    }

    /// The largest eigenvalues in falling order, see [`largest`].
    fn largest_values(&self, count: usize, negligible: f64) -> Vec<f64> {
        let size = self.diagonal.len();
        if size == 0 || count == 0 || self.norm == 0.0 || !self.norm.is_finite() {
            return Vec::new();
        }
        let least = negligible * self.value(0).max(0.0);
        let kept = (size - self.below(least)).min(count);
        let values: Vec<f64> = (0..kept).into_par_iter().map(|place| self.value(place)).collect();
        values.into_iter().filter(|&value| value > least).collect()
    }

    /// The eigenvalue at a place in falling order, by bisection.
    fn value(&self, place: usize) -> f64 {
        let size = self.diagonal.len();
        let (mut low, mut high) = (-self.norm, self.norm);
        while high - low > f64::EPSILON * self.norm {
            let middle = f64::midpoint(low, high);
            if size - self.below(middle) > place {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// The eigenvectors of `values` in falling order, of length 1 and square to one another.
    fn vectors(&self, values: &[f64]) -> Vec<Vec<f64>> {
        let found = |place: usize, draw: u64| self.vector(values[place], split_mix(place as u64) ^ draw);
        let mut vectors: Vec<Vec<f64>> = (0..values.len()).into_par_iter().map(|place| found(place, 0)).collect();
        for place in 0..values.len() {
            let first_close = values[..place].partition_point(|value| value - values[place] > CLOSE * self.norm);
            let (before, rest) = vectors.split_at_mut(place);
            let (close, vector) = (&before[first_close..], &mut rest[0]);
            for draw in 1..=MOST_DRAWS {
                let left = square_to(vector, close);
                if left > TOO_LITTLE || draw == MOST_DRAWS {
                    break;
                }
                *vector = found(place, draw);
            }
        }
        vectors
    }

    /// The vector to which inverse iteration brings one that is drawn by lot.
    fn vector(&self, value: f64, seed: u64) -> Vec<f64> {
        let numbers = (0..self.diagonal.len() as u64).map(|place| split_mix(seed ^ split_mix(place)));
        let mut vector: Vec<f64> = numbers.map(|drawn| (drawn >> 11) as f64 / (1_u64 << 52) as f64 - 1.0).collect();
        let eliminated = Eliminated::of(self, value);
        for _ in 0..ROUNDS {
            eliminated.solve(&mut vector);
            to_length_one(&mut vector);
        }
        vector
    }
}

/// Three diagonals less a number on the middle one, as a product of two triangles: rows may have changed places.
struct Eliminated {
    /// The upper triangle, by row: on its diagonal, right of it, and right of that.
    upper: Vec<[f64; 3]>,
    /// What of each row is taken out of the next.
    shares: Vec<f64>,
    /// Whether a row changed places with the next before.
    changed: Vec<bool>,
}

impl Eliminated {
    fn of(matrix: &Tridiagonal, shift: f64) -> Self {
        let size = matrix.diagonal.len();
        let least = f64::EPSILON * matrix.norm;
        let beside = |place: usize| matrix.beside.get(place).copied().unwrap_or(0.0);
        let (mut upper, mut shares, mut changed) = (Vec::with_capacity(size), Vec::new(), Vec::new());
        let mut row = [matrix.diagonal[0] - shift, beside(0), 0.0];
        for place in 1..size {
            let mut next = [beside(place - 1), matrix.diagonal[place] - shift, beside(place)];
            let changes = next[0].abs() > row[0].abs();
            if changes {
                std::mem::swap(&mut row, &mut next);
            }
            if row[0].abs() < least {
                row[0] = least;
            }
            let share = next[0] / row[0];
            upper.push(row);
            shares.push(share);
            changed.push(changes);
            row = [next[1] - share * row[1], next[2] - share * row[2], 0.0];
        }
        if row[0].abs() < least {
            row[0] = least;
        }
        upper.push(row);
        Self { upper, shares, changed }
    }

    fn solve(&self, vector: &mut [f64]) {
        for (place, (share, &changed)) in self.shares.iter().zip(&self.changed).enumerate() {
            if changed {
                vector.swap(place, place + 1);
            }
            vector[place + 1] -= share * vector[place];
        }
        let (mut one, mut two) = (0.0, 0.0);
        for (value, row) in vector.iter_mut().zip(&self.upper).rev() {
            *value = (*value - row[1] * one - row[2] * two) / row[0];
            (one, two) = (*value, one);
        }
    }
}

/// Takes others, which have length 1 and are square to one another, out of a vector of length 1, and gives it this length
/// again. Says how long it was in between. Twice is enough (Kahan).
fn square_to(vector: &mut [f64], others: &[Vec<f64>]) -> f64 {
    let mut left = 1.0;
    for _ in 0..2 {
        for other in others {
            let share = dot(other, vector);
            take_out(vector, share, other);
        }
        left *= to_length_one(vector);
    }
    left
}

/// Says how long it was.
fn to_length_one(vector: &mut [f64]) -> f64 {
    // By the largest number first: after a solution the squares could be too large.
    let largest = vector.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return 0.0;
    }
    divide(vector, largest);
    let length = dot(vector, vector).sqrt();
    divide(vector, length);
    length * largest
}

fn divide(vector: &mut [f64], by: f64) {
    for value in vector {
        *value /= by;
    }
}

fn take_out(from: &mut [f64], share: f64, vector: &[f64]) {
    for (from, value) in from.iter_mut().zip(vector) {
        *from -= share * value;
    }
}

/// The sum of products, in an order that the compiler can spread over a register.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let (ones, others) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(one, other)| one * other).sum();
    let mut sums = [0.0; LANES];
    for (one, other) in ones.zip(others) {
        for lane in 0..LANES {
            sums[lane] += one[lane] * other[lane];
        }
    }
    sums.into_iter().fold(rest, |total, sum| total + sum)
}
