use std::f64::consts::PI;

use cytoscribe::{
    atlas::{Channel, Field, FieldError},
    imaging::{Plane, regions::regions},
    pipeline::{
        features::measure,
        segmentation::{
            Background, Preset, Segmentation, SegmentationParams, SegmentationRemark, Stage, Stages, ThresholdRule,
            WorkingImage, segment, segment_nuclei,
        },
    },
};

use crate::pictures::Noise;

/// A field whose nucleus stain is `nucleus` and whose other stains are that of the cells.
fn field(nucleus: &Plane<u8>, cells: &Plane<u8>) -> Field {
    Field::new(Channel::ALL.map(|channel| if channel == Channel::Nucleus { nucleus.clone() } else { cells.clone() }))
        .unwrap()
}

/// Bright disks of `radius` on black around each of `centres`.
pub fn disks((height, width): (usize, usize), centres: &[(usize, usize)], radius: usize) -> Plane<u8> {
    Plane::from_fn(height, width, |row, col| {
        let near = |&(r, c): &(usize, usize)| r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2) <= radius * radius;
        if centres.iter().any(near) { 180 + (row * 7 + col * 3) as u8 % 40 } else { 0 }
    })
}

/// Nuclei of radius 15 in cells of radius 45.
pub fn field_of_cells(size: (usize, usize), centres: &[(usize, usize)]) -> Field {
    field(&disks(size, centres, 15), &disks(size, centres, 45))
}

fn params(working_size: u32) -> SegmentationParams {
    SegmentationParams { working_size, ..Preset::Reference.params() }
}

/// Each centre is in a nucleus and a cell of one id of its own, and every nucleus lies in its cell.
fn assert_finds(segmentation: &Segmentation, centres: &[(usize, usize)]) {
    assert_eq!(segmentation.cell_count as usize, centres.len());
    let mut ids: Vec<u32> = centres.iter().map(|&centre| segmentation.nuclei_mask.id(centre)).collect();
    for (&centre, &id) in centres.iter().zip(&ids) {
        assert_eq!(segmentation.cell_mask.id(centre), id);
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=centres.len() as u32).collect::<Vec<_>>());
    let (nuclei, cells) = (segmentation.nuclei_mask.to_plane(), segmentation.cell_mask.to_plane());
    for (&nucleus, &cell) in nuclei.samples().iter().zip(cells.samples()) {
        assert!(nucleus == 0 || nucleus == cell);
    }
}

#[test]
fn cells_are_found_at_every_working_size_and_shape_of_the_field() {
    let centres = [(60, 60), (70, 180), (160, 110)];
    for size in [(240, 240), (240, 400), (400, 250)] {
        for working_size in [100, 400, 512, 0] {
            let segmentation = segment(&field_of_cells(size, &centres), &params(working_size));
            assert_eq!(segmentation.cell_mask.size(), size);
            assert_finds(&segmentation, &centres);
            assert!(segmentation.remarks.is_empty());
        }
    }
}

#[test]
fn a_field_without_single_cells_gives_masks_and_says_why() {
    let size = (120, 120);
    let black = Plane::filled(size.0, size.1, 0_u8);
    let constant = Plane::filled(size.0, size.1, 90_u8);
    let mut one_bright_pixel = black.clone();
    one_bright_pixel[(50, 70)] = 255;
    // At half size every second pixel is looked at, so two rows and columns differ.
    let almost_constant = Plane::from_fn(size.0, size.1, |row, col| if row < 2 && col < 2 { 255 } else { 90_u8 });

    let cases = [
        (&black, SegmentationRemark::NucleusStainBlack),
        (&constant, SegmentationRemark::NucleusStainConstant),
        (&one_bright_pixel, SegmentationRemark::OnlySpecks),
        (&almost_constant, SegmentationRemark::OnlySpecks),
    ];
    for (nucleus, remark) in cases {
        let field = field(nucleus, &constant);
        for working_size in [0, 60, 400] {
            let segmentation = segment(&field, &params(working_size));
            assert_eq!(segmentation.remarks, [remark], "at {working_size} px");
            assert!(segmentation.cell_count <= 1, "{remark}");
            let measured = measure(&field, &segmentation);
            assert_eq!(measured.cells.len() + measured.unmeasured.len(), segmentation.cell_count as usize, "{remark}");
            assert!(measured.cells.iter().flat_map(|cell| &cell.features).all(|value| value.is_finite()));
        }
    }
}

#[test]
fn nuclei_are_the_same_without_the_other_stains() {
    let centres = [(60, 60), (70, 180), (160, 110)];
    for size in [(240, 240), (240, 400)] {
        for working_size in [0, 100, 400] {
            let field = field_of_cells(size, &centres);
            for bright_edges in [None, Some(0.04)] {
                let params = SegmentationParams { bright_edges, ..params(working_size) };
                let whole = segment(&field, &params);
                let alone = segment_nuclei(field.plane(Channel::Nucleus), &params);
                assert_eq!(alone.nuclei_mask, whole.nuclei_mask);
                assert_eq!((alone.nucleus_count, alone.remarks), (whole.cell_count, whole.remarks));
            }
        }
    }
    let black = segment_nuclei(&Plane::filled(9, 9, 0), &params(400));
    assert_eq!((black.nucleus_count, black.remarks), (0, vec![SegmentationRemark::NucleusStainBlack]));
}

#[test]
fn a_field_of_one_pixel_is_a_field() {
    for level in [0, 255] {
        let pixel = Plane::filled(1, 1, level);
        let segmentation = segment(&field(&pixel, &pixel), &params(400));
        assert_eq!(segmentation.cell_mask.size(), (1, 1));
        assert_eq!(segmentation.remarks.len(), 1);
    }
}

#[test]
fn noise_is_cut_and_measured_without_an_infinite_feature() {
    let mut noise = Noise::seeded(8);
    for size in [(1, 300), (90, 35), (150, 150)] {
        let planes = Channel::ALL.map(|_| noise.plane(size, |noise| noise.below(256) as u8));
        let field = Field::new(planes).unwrap();
        for working_size in [0, 64, 400] {
            let segmentation = segment(&field, &params(working_size));
            let measured = measure(&field, &segmentation);
            assert_eq!(measured.cells.len() + measured.unmeasured.len(), segmentation.cell_count as usize);
            assert!(measured.cells.iter().flat_map(|cell| &cell.features).all(|value| value.is_finite()));
        }
    }
}

#[test]
fn planes_of_different_size_make_no_field() {
    let plane = Plane::filled(4, 5, 0_u8);
    let error = Field::new([plane.clone(), Plane::filled(4, 6, 0), plane.clone(), plane]).unwrap_err();
    assert!(matches!(error, FieldError::Size { channel: Channel::EndoplasmicReticulum, .. }));
    assert_eq!(
        error.to_string(),
        "the endoplasmic reticulum channel is 6 x 4 pixels, the nucleus channel 5 x 4 (width x height)"
    );
}

#[test]
fn parameters_outside_their_range_are_named() {
    assert_eq!(Preset::Reference.params().check(), Ok(()));
    let mut params = Preset::Reference.params();
    params.nuclei_background.quantile = 1.5;
    let error = params.check().unwrap_err();
    assert_eq!(error.to_string(), "the background quantile must lie between 0 and 1, not 1.5");
    params.nuclei_background.quantile = f64::NAN;
    assert!(params.check().is_err());
}

/// `field` under a haze of 2 to 14 grey levels, those in the middle most often.
fn in_haze(field: &Field) -> Field {
    let mut noise = Noise::seeded(9);
    let hazy = field
        .planes()
        .clone()
        .map(|plane| plane.map(|&sample| sample.saturating_add(2 + (0..4).map(|_| noise.below(4) as u8).sum::<u8>())));
    Field::new(hazy).unwrap()
}

#[test]
fn cells_without_black_background_are_found_and_worth_a_look() {
    let centres = [(60, 60), (70, 180), (160, 110), (330, 400)];
    let hazy = segment(&in_haze(&field_of_cells((480, 480), &centres)), &params(0));
    assert_eq!(hazy.remarks, [SegmentationRemark::NoBlackBackground]);
    assert_finds(&hazy, &centres);
    for (mask, radius) in [(&hazy.nuclei_mask, 15.0), (&hazy.cell_mask, 45.0)] {
        let area = regions(mask).iter().map(|region| region.area).sum::<usize>() as f64;
        let drawn = 4.0 * PI * f64::powi(radius, 2);
        assert!((area / drawn - 1.0).abs() < 0.05, "{area} of {drawn} px");
    }
}

#[test]
fn cells_that_fill_a_field_on_black_nuclei_keep_the_reference_threshold() {
    let size = (240, 240);
    let everywhere = Plane::from_fn(size.0, size.1, |row, col| 40 + ((row / 5 + col / 7) % 90) as u8);
    let image = WorkingImage::of(&field(&disks(size, &[(60, 60), (150, 160)], 15), &everywhere), 0);
    let params = params(0);
    let nuclei = Background::of_nuclei(&image.nucleus, &params.nuclei_background);
    let cells = Background::of_cells(&image, &params.cell_background, nuclei.rule);
    assert_eq!((nuclei.rule, cells.rule), (ThresholdRule::StainedQuantile, ThresholdRule::StainedQuantile));
}

#[test]
fn a_field_that_is_bright_all_over_is_told_not_to_be_trusted() {
    let size = (240, 240);
    let all_over = Plane::from_fn(size.0, size.1, |row, col| if row < 12 { 9 } else { (row + col) as u8 | 64 });
    let segmentation = segment(&field(&all_over, &all_over), &params(400));
    assert_eq!(segmentation.remarks, [SegmentationRemark::NoBackground]);
}

#[test]
fn a_bright_edge_is_blackened_and_the_cells_beside_it_stay() {
    let centres = [(60, 60), (150, 60)];
    let dim = |plane: &Plane<u8>| plane.map(|&sample| sample / 16);
    let (mut nuclei, cells) = (dim(&disks((220, 220), &centres, 15)), dim(&disks((220, 220), &centres, 40)));
    // A scratch across the field, twenty times as bright as the cells.
    (0..220).for_each(|row| (170..174).for_each(|col| nuclei[(row, col)] = 240));
    let field = field(&nuclei, &cells);
    let scratched = segment(&field, &params(0));
    let cleaned = segment(&field, &SegmentationParams { bright_edges: Some(0.04), ..params(0) });
    assert_ne!(scratched.nuclei_mask.id((110, 172)), 0);
    assert_finds(&cleaned, &centres);
    // An edge longer than the field cannot be.
    assert_eq!(segment(&field, &SegmentationParams { bright_edges: Some(1.0), ..params(0) }).cell_count, 2);
    let untouched = segment(&field_of_cells((220, 220), &centres), &params(0));
    assert_finds(&untouched, &centres);
}

#[test]
fn stages_taken_over_from_other_parameters_are_those_computed_anew() {
    let demo = cytoscribe::demo::DemoParams { side_px: 256, ..Default::default() };
    let planes = cytoscribe::demo::field(&demo, 0).channels.map(|samples| match samples {
        cytoscribe::atlas::Samples::Eight(plane) => plane,
        cytoscribe::atlas::Samples::Sixteen(_) => unreachable!("the demo is of 8 bit"),
    });
    let field = Field::new(planes).unwrap();
    let usual = params(200);
    let changes: [fn(&mut SegmentationParams); 7] = [
        |params| params.working_size = 128,
        |params| params.bright_edges = Some(0.04),
        |params| params.nuclei_background.quantile = 0.5,
        |params| params.nuclei_background.median_window = 0.02,
        |params| params.marker_quantile = 0.8,
        |params| params.cell_background.quantile = 0.4,
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
        for stage in [Stage::NucleiSmooth, Stage::Markers, Stage::CellForeground, Stage::CellLandscape] {
            assert_eq!(after.picture(stage), anew.picture(stage), "{stage:?}");
        }
    }
}
