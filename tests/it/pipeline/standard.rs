//! The standard method on drawn nuclei, on synthetic fields and on real ones.

use std::{fs, path::Path};

use cytoscribe::{
    atlas::{Channel, Field, Samples},
    demo::{Crowding, DemoParams, field as demo_field},
    imaging::Plane,
    pipeline::segmentation::{
        Preset, Segmentation, SegmentationParams, SegmentationRemark, Stage, Stages, StandardParams, segment,
        segment_nuclei,
    },
    score::{RegionCounts, compare_masks},
    storage::masks::read_mask,
};

use crate::{pictures::Noise, shared::shared_test};

/// An ellipse: its middle (row, column) and half axes (down, across).
pub type Ellipse = ((f32, f32), (f32, f32));

/// How far inside an ellipse a place is: 1 in the middle, 0 at the edge.
fn depth(((row, col), (down, across)): Ellipse, at: (f32, f32)) -> f32 {
    1.0 - (((at.0 - row) / down).powi(2) + ((at.1 - col) / across).powi(2)).sqrt()
}

/// A field of `side` pixels: nuclei as bright as said, each union of ellipses one of them, in cells that are twice as
/// large; cytoplasm is dark in nuclei and, with `seams`, bright where two nuclei are near.
pub fn drawn(side: usize, nuclei: &[(&[Ellipse], f32)]) -> Field {
    let mut noise = Noise::seeded(11);
    let inside = |shapes: &[Ellipse], at, grown: f32| {
        let grow = |&(middle, (down, across)): &Ellipse| depth((middle, (down + grown, across + grown)), at);
        shapes.iter().map(grow).fold(f32::MIN, f32::max)
    };
    let stain = Plane::from_fn(side, side, |row, col| {
        let at = (row as f32, col as f32);
        let light = nuclei.iter().map(|(shapes, bright)| {
            // Nuclei are thinner towards their edges, so the stain dips where two meet.
            let depth = inside(shapes, at, 0.0);
            if depth > 0.0 { bright * (0.55 + 0.45 * (3.0 * depth).min(1.0)) } else { 0.0 }
        });
        (light.fold(0.0, f32::max) + noise.below(6) as f32).min(255.0) as u8
    });
    let cytoplasm = Plane::from_fn(side, side, |row, col| {
        let at = (row as f32, col as f32);
        let near = nuclei.iter().map(|(shapes, _)| inside(shapes, at, 30.0)).fold(f32::MIN, f32::max);
        let nuclear = nuclei.iter().map(|(shapes, _)| inside(shapes, at, -3.0)).fold(f32::MIN, f32::max);
        let level = if nuclear > 0.0 { 30.0 } else { 90.0 * near.clamp(0.0, 0.5) * 2.0 };
        (level + noise.below(6) as f32) as u8
    });
    let planes =
        Channel::ALL.map(|channel| if channel == Channel::Nucleus { stain.clone() } else { cytoplasm.clone() });
    Field::new(planes).unwrap()
}

fn standard() -> SegmentationParams {
    Preset::Standard.params()
}

fn ids_at(segmentation: &Segmentation, places: &[(usize, usize)]) -> Vec<u32> {
    places.iter().map(|&place| segmentation.nuclei_mask.id(place)).collect()
}

/// Nuclei that stand alone, for the method to know how large nuclei are.
const ALONE: [Ellipse; 5] = [
    ((70.0, 80.0), (24.0, 30.0)),
    ((80.0, 420.0), (28.0, 24.0)),
    ((430.0, 90.0), (30.0, 25.0)),
    ((440.0, 300.0), (25.0, 28.0)),
    ((420.0, 440.0), (26.0, 26.0)),
];

fn with_alone<'a>(more: &[(&'a [Ellipse], f32)]) -> Vec<(&'a [Ellipse], f32)> {
    static ALONE_EACH: [[Ellipse; 1]; 5] = [[ALONE[0]], [ALONE[1]], [ALONE[2]], [ALONE[3]], [ALONE[4]]];
    ALONE_EACH.iter().map(|one| (&one[..], 140.0)).chain(more.iter().copied()).collect()
}

#[test]
fn nuclei_that_touch_are_two() {
    let (left, right) = ([((240.0, 180.0), (26.0, 27.0))], [((244.0, 230.0), (27.0, 25.0))]);
    let found = segment(&drawn(512, &with_alone(&[(&left, 150.0), (&right, 130.0)])), &standard());
    assert_eq!(found.cell_count, 7);
    let ids = ids_at(&found, &[(240, 178), (244, 232)]);
    assert!(ids[0] > 0 && ids[1] > 0 && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn a_nucleus_with_a_lobe_stays_whole() {
    let lobed = [((240.0, 200.0), (25.0, 30.0)), ((232.0, 228.0), (17.0, 18.0))];
    let found = segment(&drawn(512, &with_alone(&[(&lobed, 140.0)])), &standard());
    assert_eq!(found.cell_count, 6);
    let ids = ids_at(&found, &[(240, 195), (232, 236)]);
    assert!(ids[0] > 0 && ids[0] == ids[1], "{ids:?}");
}

#[test]
fn more_split_never_gives_fewer_nuclei() {
    let (left, right) = ([((240.0, 180.0), (26.0, 27.0))], [((244.0, 226.0), (27.0, 25.0))]);
    let lobed = [((330.0, 200.0), (25.0, 30.0)), ((322.0, 228.0), (17.0, 18.0))];
    let field = drawn(512, &with_alone(&[(&left, 150.0), (&right, 130.0), (&lobed, 140.0)]));
    let count = |split| {
        let params = SegmentationParams { standard: StandardParams { split, ..Default::default() }, ..standard() };
        segment(&field, &params).cell_count
    };
    let counts: Vec<u32> = [0.0, 0.2, 0.5, 0.62, 0.9, 1.0].map(count).to_vec();
    assert!(counts.is_sorted(), "{counts:?}");
    assert!(counts[0] < counts[5], "{counts:?}");
}

#[test]
fn a_dim_nucleus_beside_a_bright_one_is_found() {
    let (bright, dim) = ([((240.0, 170.0), (26.0, 27.0))], [((244.0, 250.0), (27.0, 25.0))]);
    let found = segment(&drawn(512, &with_alone(&[(&bright, 230.0), (&dim, 70.0)])), &standard());
    let ids = ids_at(&found, &[(240, 170), (244, 250)]);
    assert!(ids[0] > 0 && ids[1] > 0 && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn cells_hold_their_nuclei_are_one_piece_each_and_reach_farther_with_more_extent() {
    let field = drawn(512, &with_alone(&[]));
    let area = |cell_extent| {
        let params =
            SegmentationParams { standard: StandardParams { cell_extent, ..Default::default() }, ..standard() };
        let found = segment(&field, &params);
        for (&nucleus, &cell) in found.nuclei_mask.to_plane().samples().iter().zip(found.cell_mask.to_plane().samples())
        {
            assert!(nucleus == 0 || nucleus == cell);
        }
        found.cell_mask.to_plane().samples().iter().filter(|&&id| id > 0).count()
    };
    let areas = [0.0, 0.3, 0.5, 0.8].map(area);
    assert!(areas.is_sorted(), "{areas:?}");
    assert!(areas[0] < areas[3], "{areas:?}");
}

#[test]
fn a_field_without_nuclei_has_no_cells_and_says_why() {
    let flat = |level: u8| {
        let planes = Channel::ALL.map(|_| Plane::filled(64, 80, level));
        segment(&Field::new(planes).unwrap(), &standard())
    };
    assert_eq!(flat(0).remarks, [SegmentationRemark::NucleusStainBlack]);
    assert_eq!(flat(90).remarks, [SegmentationRemark::NucleusStainConstant]);
    assert_eq!((flat(0).cell_count, flat(90).cell_count), (0, 0));
    let pixel = segment(&Field::new(Channel::ALL.map(|_| Plane::filled(1, 1, 7))).unwrap(), &standard());
    assert_eq!(pixel.cell_count, 0);
    // Faint noise alone is no nucleus.
    let mut noise = Noise::seeded(2);
    let faint = Plane::from_fn(200, 200, |_, _| 10 + noise.below(4) as u8);
    let found = segment(&Field::new(Channel::ALL.map(|_| faint.clone())).unwrap(), &standard());
    assert_eq!((found.cell_count, found.remarks), (0, vec![SegmentationRemark::OnlySpecks]));
}

#[test]
fn stages_taken_over_from_other_parameters_are_those_computed_anew() {
    let field = demo(Crowding::Typical, 256, 0).0;
    let usual = standard();
    let changes: [fn(&mut SegmentationParams); 6] = [
        |params| params.working_size = 128,
        |params| params.standard.nucleus_threshold = 0.7,
        |params| params.standard.split = 0.95,
        |params| params.standard.cell_extent = 0.2,
        |params| *params = Preset::Reference.params(),
        |_| {},
    ];
    let before = Stages::of(&field, &usual);
    assert_eq!(before.segmentation(), segment(&field, &usual));
    for change in changes {
        let mut params = usual.clone();
        change(&mut params);
        let after = Stages::after(Some(&before), &field, &params);
        let anew = Stages::of(&field, &params);
        assert_eq!(after.segmentation(), anew.segmentation());
        for stage in [Stage::NucleiForeground, Stage::Markers, Stage::CellSmooth, Stage::CellLandscape] {
            assert_eq!(after.picture(stage), anew.picture(stage), "{stage:?}");
        }
    }
}

/// An image file as one grey plane; of colours the brightest.
fn read_grey(path: &Path) -> Plane<u8> {
    let image = image::open(path).unwrap().into_rgb8();
    let samples = image.pixels().map(|pixel| pixel.0.into_iter().max().unwrap()).collect();
    Plane::new(image.height() as usize, image.width() as usize, samples).unwrap()
}

/// A synthetic field with its true masks of nuclei and cells.
fn demo(crowding: Crowding, side_px: usize, number: usize) -> (Field, Plane<u32>, Plane<u32>) {
    let made = demo_field(&DemoParams { crowding, side_px, seed: 7, ..Default::default() }, number);
    let planes = made.channels.map(|samples| match samples {
        Samples::Eight(plane) => plane,
        Samples::Sixteen(_) => unreachable!("the demo is of 8 bit"),
    });
    (Field::new(planes).unwrap(), made.nuclei_mask, made.cell_mask)
}

#[test]
fn crowded_and_sparse_fields_are_cut_as_they_were_drawn() {
    for (crowding, fields) in [(Crowding::Crowded, 4), (Crowding::Sparse, 6)] {
        let mut counts = RegionCounts::default();
        for number in 0..fields {
            let (field, _, cells) = demo(crowding, 1024, number);
            let found = segment(&field, &standard()).cell_mask.to_plane();
            counts += &compare_masks(&cells, &found).unwrap();
        }
        let f1 = counts.score().at_50.f1.unwrap();
        assert!(f1 >= 0.95, "{crowding:?}: {f1}");
    }
}

#[test]
fn the_same_scene_at_another_resolution_has_the_same_cells() {
    let count = |side| segment(&demo(Crowding::Typical, side, 3).0, &standard()).cell_count;
    let counts = [512, 1024, 1536].map(count);
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(most - least <= 1, "{counts:?}");
}

shared_test! {
    fn cells_of_real_fields_are_those_of_a_deep_network(shared: &Path) {
        let mut counts = RegionCounts::default();
        for entry in fs::read_dir(shared.join("data/hpa_cellseg")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let Some(id) = name.strip_suffix("_cellmask.png") else { continue };
            let planes = [("red", Channel::Microtubules), ("green", Channel::Protein), ("blue", Channel::Nucleus), ("yellow", Channel::EndoplasmicReticulum)];
            let planes = Channel::ALL.map(|channel| {
                let (colour, _) = planes.iter().find(|(_, of)| *of == channel).unwrap();
                read_grey(&shared.join(format!("data/hpa/{id}_{colour}.png")))
            });
            let found = segment(&Field::new(planes).unwrap(), &standard()).cell_mask.to_plane();
            counts += &compare_masks(&read_mask(&path).unwrap(), &found).unwrap();
        }
        let f1 = counts.score().at_60.f1.unwrap();
        assert!(f1 >= 0.95, "F1 at 0.6: {f1}");
    }
}

shared_test! {
    fn nuclei_of_all_sizes_and_crowds_are_found(shared: &Path) {
        let mut fields = Vec::new();
        for entry in fs::read_dir(shared.join("data/dsb2018/images")).unwrap() {
            let path = entry.unwrap().path();
            let image = read_grey(&path);
            let truth = read_mask(&shared.join("data/dsb2018/masks").join(path.file_name().unwrap())).unwrap();
            let found = segment_nuclei(&image, &standard()).nuclei_mask.to_plane();
            fields.push(compare_masks(&truth, &found).unwrap());
        }
        let mean = fields.iter().map(|counts| counts.score().average_precision_50).sum::<f64>() / fields.len() as f64;
        assert!(mean >= 0.78, "{mean}");
    }
}

#[test]
fn parameters_written_before_there_was_a_choice_are_the_references() {
    let old: SegmentationParams = ron::from_str("(working_size: 400, marker_quantile: 0.5)").unwrap();
    assert_eq!(old, SegmentationParams { marker_quantile: 0.5, ..Preset::Reference.params() });
    let new: SegmentationParams = ron::from_str("(method: Standard, working_size: 512)").unwrap();
    assert_eq!(new, Preset::Standard.params());
    let text = ron::to_string(&Preset::Standard.params()).unwrap();
    assert_eq!(ron::from_str::<SegmentationParams>(&text).unwrap(), Preset::Standard.params());
}
