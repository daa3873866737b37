//! A picture at halved sizes, for showing it smaller than it is without flicker and without reading all of it.

use rayon::prelude::*;

use super::Plane;

/// The picture at half its size, rounded up: each sample the mean of two by two, rounded; those at an odd end the mean
/// of what there is.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, pyramid::halved};
/// let picture = Plane::from_rows(&[[10_u8, 20, 7], [30, 40, 9]]);
/// assert_eq!(halved(&picture), Plane::from_rows(&[[25, 8]]));
/// ```
#[must_use]
pub fn halved(picture: &Plane<u8>) -> Plane<u8> {
    let (height, width) = picture.size();
    let (half_height, half_width) = (height.div_ceil(2), width.div_ceil(2));
    let mut half = Plane::filled(half_height, half_width, 0);
    half.samples_mut().par_chunks_mut(half_width.max(1)).enumerate().for_each(|(row, samples)| {
        let upper = picture.row(2 * row);
        // Of an odd end the last row, and below the last column, stands for its missing neighbour.
        let lower = picture.row((2 * row + 1).min(height - 1));
        for ((half, upper), lower) in samples.iter_mut().zip(upper.chunks(2)).zip(lower.chunks(2)) {
            let ends = |pair: &[u8]| u16::from(pair[0]) + u16::from(pair[pair.len() - 1]);
            *half = ((ends(upper) + ends(lower) + 2) / 4) as u8;
        }
    });
    half
}
