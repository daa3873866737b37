//! What becomes of cells that the border of the image cuts, and how much of such a cell is in view.
//!
//! Not part of the measurement: masks and features of a cell are the same whatever is decided here; only whether the
//! cell is listed, and how much its predictions count.

use std::f64::consts::{PI, TAU};

use serde::{Deserialize, Serialize};

use crate::imaging::{BorderContact, RunLengths};

/// What becomes of cells that touch the border of the image. Their masks stay in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BorderCells {
    /// They are cells like others.
    #[default]
    Keep,
    /// They are in no table, teach nothing and are not predicted.
    LeaveOut,
    /// The same, but only those with half of them or less in view: the rule of the atlas.
    LeaveOutHalf,
    /// Their confidence in a prediction is multiplied by the share of them in view.
    Weigh,
}

impl BorderCells {
    /// What the confidence in the cell with this `mask` is multiplied by, in (0, 1]; `None` if it is left out.
    #[must_use]
    pub fn weight_of(self, mask: &RunLengths) -> Option<f32> {
        let contact = BorderContact::of(mask);
        if self == Self::Keep || !contact.is_any() {
            return Some(1.0);
        }
        let share = || share_in_view(mask.area(), &contact);
        match self {
            Self::Keep => Some(1.0),
            Self::LeaveOut => None,
            Self::LeaveOutHalf => (share() > 0.5).then_some(1.0),
            Self::Weigh => Some(share() as f32),
        }
    }
}

/// The share of a cell that is in view, in (0, 1], as an estimate: as if the cell were a disc, cut where it touches
/// the border of the image.
///
/// `area_px`: its pixels in view, at least one. The disc is the one that has this area in view and these lengths on
/// the sides of the image. Of discs with a radius of r pixels the share is right within 0.6 / r for one side and
/// 1.6 / r for two (0.03 and 0.08 at 20 pixels; a test holds it to that); the less a cell is like a disc, the less
/// it can be trusted. A cell that lies in all four corners tells nothing of its size and counts as wholly in view.
///
/// Method: a side cuts the disc in a chord, and sides that meet in a corner of the image inside the disc cut off all
/// but a polygon and what lies between it and the disc, whose chord goes from the one end of their contact to the
/// other. A chord of length c that the angle θ is seen under from the centre leaves the area
/// c² (θ − sin θ) / (8 sin² (θ/2)) in view, less what other chords cut off; this grows with θ, which is found by
/// bisection.
#[must_use]
pub fn share_in_view(area_px: usize, contact: &BorderContact) -> f64 {
    if !contact.is_any() || contact.corners == [true; 4] {
        return 1.0;
    }
    let (mut chords, polygons) = chords(contact);
    chords.sort_by(|a, b| b.total_cmp(a));
    let [longest, others @ ..] = &*chords else { return 1.0 };
    let radius = |angle: f64| longest / (2.0 * (angle / 2.0).sin());
    let beyond_others = |radius: f64| {
        others.iter().map(|chord| segment_area(radius, 2.0 * (chord / (2.0 * radius)).min(1.0).asin())).sum::<f64>()
    };
    // Contact is counted along the centres of pixels; what of them lies nearer to the border is not behind these lines.
    let corners = contact.corners.iter().filter(|corner| **corner).count() as f64;
    let behind = area_px as f64 - contact.sides_px.iter().sum::<usize>() as f64 / 2.0 + corners / 4.0;
    let (mut least, mut most) = (0.0, TAU);
    for _ in 0..BISECTIONS {
        let angle = f64::midpoint(least, most);
        let radius = radius(angle);
        let in_view = polygons + segment_area(radius, angle) - beyond_others(radius);
        if in_view < behind { least = angle } else { most = angle }
    }
    let radius = radius(f64::midpoint(least, most));
    (area_px as f64 / (PI * radius * radius)).clamp(f64::MIN_POSITIVE, 1.0)
}

/// Enough to tell neighbouring areas of the largest images apart.
const BISECTIONS: usize = 50;

/// What a chord seen under `angle`, up to a whole turn, cuts off a disc.
fn segment_area(radius: f64, angle: f64) -> f64 {
    radius * radius * (angle - angle.sin()) / 2.0
}

/// The lengths of the chords that cut a disc with this `contact`, and the area of the polygons between them and the
/// corners of the image. At least one corner is free.
fn chords(contact: &BorderContact) -> (Vec<f64>, f64) {
    let free = contact.corners.iter().position(|corner| !corner).unwrap_or(0);
    let (mut chords, mut polygons) = (Vec::new(), 0.0);
    // Round the image from a free corner, along paths that begin wherever a corner is free: where a path has come to,
    // seen from its beginning, and which way it goes.
    let (mut place, mut way) = ((0.0_f64, 0.0_f64), (1.0, 0.0));
    for side in (free..free + 4).map(|side| side % 4) {
        if contact.corners[side] {
            way = (-way.1, way.0);
        } else {
            chords.push(place.0.hypot(place.1));
            (place, way) = ((0.0, 0.0), (1.0, 0.0));
        }
        let corners = [side, (side + 1) % 4].into_iter().filter(|&corner| contact.corners[corner]).count();
        let length = contact.sides_px[side] as f64 - 0.5 * corners as f64;
        let next = (place.0 + way.0 * length, place.1 + way.1 * length);
        // The triangle of the path's beginning and the two ends of this side.
        polygons += (place.0 * next.1 - place.1 * next.0) / 2.0;
        place = next;
    }
    chords.push(place.0.hypot(place.1));
    chords.retain(|&chord| chord > 0.0);
    (chords, polygons)
}
