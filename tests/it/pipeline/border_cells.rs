//! Cells at the border of the image, and how much of them is in view.

use cytoscribe::{
    imaging::{BorderContact, Plane, RunLengths},
    pipeline::border_cells::{BorderCells, share_in_view},
};

/// A disc in an image of 300 × 300 pixels, its centre at (row, column) from the top left corner, which may lie outside.
fn disc((row, col): (f64, f64), radius: f64) -> RunLengths {
    RunLengths::from_mask(&Plane::from_fn(300, 300, |r, c| {
        (r as f64 + 0.5 - row).hypot(c as f64 + 0.5 - col) <= radius
    }))
}

fn estimate(mask: &RunLengths) -> f64 {
    share_in_view(mask.area(), &BorderContact::of(mask))
}

fn true_share(mask: &RunLengths, radius: f64) -> f64 {
    mask.area() as f64 / (std::f64::consts::PI * radius * radius)
}

/// The largest product of error and radius over discs of several sizes with centres at these places.
fn largest_error(centres: impl Fn(f64) -> Vec<(f64, f64)>) -> f64 {
    let mut largest = 0.0_f64;
    for radius in [20.0, 33.3, 47.0, 90.0] {
        for (row, col) in centres(radius) {
            let mask = disc((row, col), radius);
            if mask.area() > 0 {
                let error = (estimate(&mask) - true_share(&mask, radius)).abs();
                largest = largest.max(error * radius);
            }
        }
    }
    largest
}

#[test]
fn the_share_of_a_disc_cut_by_one_side_is_found_wherever_the_cut_is() {
    let error = largest_error(|radius| (-9..=9).map(|tenth| (f64::from(tenth) / 10.0 * radius, 150.0)).collect());
    assert!(error < 0.6, "{error}");
}

#[test]
fn the_share_of_a_disc_cut_by_two_sides_is_found_in_the_corner_and_beside_it() {
    let error = largest_error(|radius| {
        let places = || (-6..=9).map(|tenth| f64::from(tenth) / 10.0 * radius);
        places().flat_map(|row| places().map(move |col| (row, col))).collect()
    });
    assert!(error < 1.6, "{error}");
}

#[test]
fn all_sides_and_corners_are_alike() {
    let (height, width) = (120, 120);
    let corner = |row: f64, col: f64| {
        RunLengths::from_mask(&Plane::from_fn(height, width, |r, c| {
            (r as f64 + 0.5 - row).hypot(c as f64 + 0.5 - col) <= 40.0
        }))
    };
    let shares = [(10.0, 20.0), (10.0, 100.0), (110.0, 100.0), (110.0, 20.0)].map(|(r, c)| estimate(&corner(r, c)));
    assert!(shares.iter().all(|share| (share - shares[0]).abs() < 1e-9), "{shares:?}");
    let shares = [(10.0, 60.0), (60.0, 110.0), (110.0, 60.0), (60.0, 10.0)].map(|(r, c)| estimate(&corner(r, c)));
    assert!(shares.iter().all(|share| (share - shares[0]).abs() < 1e-9), "{shares:?}");
}

#[test]
fn more_in_view_on_the_same_cut_is_a_larger_share() {
    let contact = BorderContact { sides_px: [40, 0, 0, 0], corners: [false; 4] };
    let shares: Vec<f64> = (1..400).map(|area| share_in_view(area * 25, &contact)).collect();
    assert!(shares.is_sorted() && shares.iter().all(|share| *share > 0.0 && *share <= 1.0));
    // Half a disc with a diameter of 40.
    assert!((share_in_view(628, &contact) - 0.5).abs() < 1e-3);
}

#[test]
fn a_region_of_any_shape_has_a_share_above_nothing_and_at_most_all() {
    for corners in 0..16_u32 {
        for sides in [[1, 1, 1, 1], [300, 1, 300, 1], [300, 300, 300, 300], [7, 0, 90, 0], [2, 5, 0, 250]] {
            for area_px in [1, 10, 5_000, 90_000] {
                let corners = std::array::from_fn(|corner| corners >> corner & 1 == 1);
                let share = share_in_view(area_px, &BorderContact { sides_px: sides, corners });
                assert!(share > 0.0 && share <= 1.0, "{area_px} px, {sides:?}, {corners:?}: {share}");
            }
        }
    }
}

#[test]
fn border_cells_are_kept_left_out_or_weighed() {
    let most = disc((20.0, 150.0), 40.0);
    let little = disc((-20.0, 150.0), 40.0);
    let whole = disc((150.0, 150.0), 40.0);
    let weights = |choice: BorderCells| [&whole, &most, &little].map(|mask| choice.weight_of(mask));
    assert_eq!(weights(BorderCells::Keep), [Some(1.0); 3]);
    assert_eq!(weights(BorderCells::LeaveOut), [Some(1.0), None, None]);
    assert_eq!(weights(BorderCells::LeaveOutHalf), [Some(1.0), Some(1.0), None]);
    let [whole, most, little] = weights(BorderCells::Weigh).map(Option::unwrap);
    assert!((whole - 1.0).abs() < f32::EPSILON);
    // A disc cut half a radius from its centre has 80 % on the one side and 20 % on the other.
    assert!((most - 0.804).abs() < 0.02 && (little - 0.196).abs() < 0.02, "{most} {little}");
}
