use std::collections::BTreeSet;

use cytoscribe::{
    imaging::Plane,
    pipeline::{
        features::{FEATURE_COUNT, UnmeasuredReason, feature_names, measure},
        segmentation::{Preset, Segmentation, segment},
    },
};
use rayon::ThreadPoolBuilder;

use super::segmentation::field_of_cells;
use crate::pictures::ids;

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
