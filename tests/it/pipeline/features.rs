use std::{
    cmp::Reverse,
    collections::BTreeSet,
    f64::consts::{FRAC_PI_4, PI},
};

use cytoscribe::{
    imaging::{Plane, distance::squared_distance},
    pipeline::{
        features::{FEATURE_COUNT, UnmeasuredReason, feature_names, measure},
        segmentation::{Preset, Segmentation, segment},
    },
};
use rayon::ThreadPoolBuilder;

use super::segmentation::field_of_cells;
use crate::pictures::{Noise, ids};

fn segmentation_of(nuclei_mask: Plane<u32>, cell_mask: Plane<u32>, cell_count: u32) -> Segmentation {
    let (nuclei_mask, cell_mask) = (nuclei_mask.into(), cell_mask.into());
    Segmentation { nuclei_mask, cell_mask, cell_count, remarks: Vec::new() }
}

#[test]
fn every_feature_has_a_name_of_its_own() {
    let names: BTreeSet<String> = feature_names().into_iter().collect();
    assert_eq!((names.len(), feature_names().len()), (FEATURE_COUNT, FEATURE_COUNT));
    assert_eq!(FEATURE_COUNT, 540);
}

#[test]
fn a_cell_that_cannot_be_measured_is_told_and_the_others_are_measured() {
    let field = field_of_cells((4, 9), &[(1, 1)]);
    let cells = ids(&["111.33...", "111.33...", ".....3...", "........."]);
    let nuclei = ids(&[".1.......", ".........", ".........", "........."]);
    let measured = measure(&field, &segmentation_of(nuclei, cells, 3));
    assert_eq!(measured.cells.iter().map(|cell| (cell.id, cell.area_px)).collect::<Vec<_>>(), [(1, 6)]);
    let unmeasured: Vec<_> = measured.unmeasured.iter().map(|cell| (cell.id, cell.reason)).collect();
    assert_eq!(unmeasured, [(2, UnmeasuredReason::NoPixel), (3, UnmeasuredReason::NoNucleus)]);
}

#[test]
fn an_anchor_is_the_first_of_the_deepest_pixels_of_the_nucleus() {
    let nuclei = ids(&[
        "..........", //
        ".11111....",
        ".11111.2..",
        ".11111....",
        "..........",
        "...33333..",
        "...33333..",
    ]);
    let field = field_of_cells(nuclei.size(), &[(3, 4)]);
    let measured = measure(&field, &segmentation_of(nuclei.clone(), nuclei, 3));
    let anchors: Vec<_> = measured.cells.iter().map(|cell| cell.anchor).collect();
    // The third nucleus is cut by the lower border, which is no edge: its deepest pixels lie there.
    assert_eq!(anchors, [(2, 2), (2, 7), (6, 4)]);
}

#[test]
fn an_anchor_lies_in_its_own_nucleus() {
    let field = field_of_cells((300, 300), &[(60, 60), (70, 180), (160, 110), (0, 260)]);
    let segmentation = segment(&field, &Preset::Reference.params());
    let measured = measure(&field, &segmentation);
    assert_eq!(measured.cells.len(), 4);
    for cell in measured.cells {
        assert_eq!(segmentation.nuclei_mask.id((cell.anchor.0 as usize, cell.anchor.1 as usize)), cell.id);
    }
}

#[test]
fn a_protein_in_the_nucleus_alone_is_seen_there_and_not_around_it() {
    let field = field_of_cells((300, 300), &[(150, 150)]);
    let mut planes = field.planes().clone();
    planes[3] = planes[2].clone();
    let field = cytoscribe::atlas::Field::new(planes).unwrap();
    let measured = measure(&field, &segment(&field, &Preset::Reference.params()));
    let value = |name: &str| {
        let at = feature_names().iter().position(|feature| feature == name).unwrap();
        measured.cells[0].features[at]
    };
    assert!(value("nuc.mean_pr") > 0.6 && value("nonnuc.mean_pr") < 0.1);
    assert!(value("cell.cor_pr_nu") > 0.999, "the protein is where the DNA is");
    assert!(value("cell_ringrange_div_cell.mean_pr") > 1.0, "the rings of the cell differ");
}

#[test]
fn features_are_the_same_to_the_bit_on_any_number_of_threads() {
    let field = field_of_cells((300, 420), &[(60, 60), (70, 180), (160, 110), (210, 330), (90, 300)]);
    let on_threads = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| measure(&field, &segment(&field, &Preset::Reference.params())))
    };
    let bits = |threads: usize| -> Vec<Vec<u32>> {
        let measured = on_threads(threads);
        measured.cells.iter().map(|cell| cell.features.iter().map(|value| value.to_bits()).collect()).collect()
    };
    assert_eq!(bits(1).len(), 5);
    assert_eq!(bits(1), bits(2));
    assert_eq!(bits(1), bits(8));
}

/// The slice of a pixel by its definition: the eighth of a turn that holds its angle around the centre.
fn plain_slice((row, col): (usize, usize), centre: (usize, usize)) -> usize {
    let (down, right) = (row as f64 - centre.0 as f64, col as f64 - centre.1 as f64);
    let eighths = (down.atan2(right) + PI) / FRAC_PI_4;
    // Whole eighths are diagonals and straights, which rounding must not push over; a full turn is none.
    let nearest = eighths.round();
    let eighths = if (eighths - nearest).abs() < 1e-9 { nearest } else { eighths };
    eighths as usize % 8
}

/// Largest less smallest mean of the samples of each group.
fn range_of_means(groups: impl Iterator<Item = (usize, u8)>) -> f64 {
    let mut sums = [(0.0, 0.0); 8];
    for (group, sample) in groups {
        sums[group].0 += f64::from(sample) / 255.0;
        sums[group].1 += 1.0;
    }
    let means = || sums.iter().filter(|sum| sum.1 > 0.0).map(|(sum, count)| sum / count);
    means().fold(f64::MIN, f64::max) - means().fold(f64::MAX, f64::min)
}

#[test]
fn rings_and_slices_hold_the_pixels_of_their_depth_and_angle() {
    let mut noise = Noise::seeded(11);
    let size = (60, 70);
    // Two disks that overlap, away from the border, and an oblong nucleus in the lower one.
    let near = |place: (usize, usize), centre: (usize, usize), radius: usize| {
        place.0.abs_diff(centre.0).pow(2) + place.1.abs_diff(centre.1).pow(2) <= radius * radius
    };
    let in_cell = |row, col| near((row, col), (36, 30), 20) || near((row, col), (20, 48), 13);
    let cell = Plane::from_fn(size.0, size.1, |row, col| u32::from(in_cell(row, col)));
    let nucleus =
        Plane::from_fn(size.0, size.1, |row, col| u32::from((30..41).contains(&row) && (22..44).contains(&col)));
    let planes = std::array::from_fn(|_| noise.plane(size, |noise| noise.below(256) as u8));
    let field = cytoscribe::atlas::Field::new(planes).unwrap();
    let measured = measure(&field, &segmentation_of(nucleus.clone(), cell.clone(), 1));
    let value = |name: String| {
        let at = feature_names().iter().position(|feature| *feature == name).unwrap();
        f64::from(measured.cells[0].features[at])
    };
    for (shape, mask) in [("cell", cell), ("nuc", nucleus)] {
        let squared = squared_distance(&mask.map(|&id| id == 0));
        let column_major = (0..size.1).flat_map(|col| (0..size.0).map(move |row| (row, col)));
        let pixels: Vec<_> = column_major.filter(|&place| mask[place] == 1).collect();
        let deepest = *pixels.iter().min_by_key(|&&place| Reverse(squared[place])).unwrap();
        let depth = |place: (usize, usize)| f64::from(squared[place]).sqrt();
        let ring = |place| (1..4).filter(|&ring| depth(place) > depth(deepest) / 4.0 * f64::from(ring)).count();
        for (at, stain) in ["mt", "er", "nu", "pr"].into_iter().enumerate() {
            let sample = |place| field.planes()[at][place];
            let rings = range_of_means(pixels.iter().map(|&place| (ring(place), sample(place))));
            let slices = range_of_means(pixels.iter().map(|&place| (plain_slice(place, deepest), sample(place))));
            let mean = value(format!("{shape}.mean_{stain}"));
            assert!((value(format!("{shape}_ringrange_div_{shape}.mean_{stain}")) - rings / mean).abs() < 1e-6);
            assert!((value(format!("{shape}_slicerange_div_{shape}.mean_{stain}")) - slices / mean).abs() < 1e-6);
        }
    }
}

#[test]
fn a_nucleus_counts_as_far_as_its_cell_does() {
    let field = field_of_cells((40, 40), &[(20, 20)]);
    let inside = |row: usize, col: usize| (10..30).contains(&row) && (10..25).contains(&col);
    let cell = Plane::from_fn(40, 40, |row, col| u32::from(inside(row, col)));
    let nucleus = Plane::from_fn(40, 40, |row, col| u32::from((15..25).contains(&row) && (15..28).contains(&col)));
    let cut = Plane::from_fn(40, 40, |row, col| nucleus[(row, col)] * u32::from(inside(row, col)));
    let features =
        |nucleus: Plane<u32>| measure(&field, &segmentation_of(nucleus, cell.clone(), 1)).cells[0].features.clone();
    assert_eq!(features(nucleus), features(cut));
}
