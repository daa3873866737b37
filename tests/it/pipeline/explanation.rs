use std::collections::BTreeSet;

use cytoscribe::{
    atlas::{Channel, Field, Location},
    imaging::Plane,
    pipeline::{
        explanation::{
            CellInQuestion, LONGEST_SIDE, LocationRule, Section, Step, Why, page, steps_of_cell, steps_of_stages,
        },
        features::{
            Cell, MeasuredField,
            anatomy::{Anatomy, Counted, Part, RINGS, SLICES},
            feature_names, measure,
        },
        segmentation::{Method, Preset, Segmentation, Stage, Stages},
    },
};

use super::segmentation::field_of_cells;

/// A disc of radius 60 with a nucleus of radius 25 in it; the protein grows from left to right, with three bright specks.
fn disc() -> (Field, Segmentation) {
    let within = |radius: usize| {
        move |row: usize, col: usize| u32::from(row.abs_diff(70).pow(2) + col.abs_diff(65).pow(2) <= radius.pow(2))
    };
    let (cell, nucleus) = (Plane::from_fn(150, 140, within(60)), Plane::from_fn(150, 140, within(25)));
    let protein = Plane::from_fn(150, 140, |row, col| {
        let in_speck = [(40, 50), (70, 100), (100, 60)]
            .into_iter()
            .any(|(r, c): (usize, usize)| r.abs_diff(row) < 4 && c.abs_diff(col) < 4);
        if in_speck { 250 } else { 20 + col as u8 }
    });
    let plain = Plane::filled(150, 140, 90);
    let field = Field::new([plain.clone(), plain.clone(), plain, protein]).unwrap();
    let masks =
        Segmentation { nuclei_mask: nucleus.into(), cell_mask: cell.into(), cell_count: 1, remarks: Vec::new() };
    (field, masks)
}

fn value(cell: &Cell, name: &str) -> f32 {
    cell.features[feature_names().iter().position(|other| other == name).unwrap()]
}

/// Pixels that are drawn in each region.
fn drawn<const N: usize>(
    part: &Part,
    of: impl Fn(cytoscribe::pipeline::features::anatomy::Piece) -> Option<usize>,
) -> [u32; N] {
    let mut pixels = [0; N];
    part.pieces.samples().iter().flatten().filter_map(|&piece| of(piece)).for_each(|at| pixels[at] += 1);
    pixels
}

#[test]
fn the_rings_and_slices_that_are_drawn_are_those_that_features_are_counted_in() {
    let (field, masks) = disc();
    let anatomy = Anatomy::of(&field, &masks, 1).unwrap();
    let measured = measure(&field, &masks);
    for (part, area) in [(&anatomy.cell, 11_289), (&anatomy.nucleus, 1_961)] {
        assert_eq!(drawn::<RINGS>(part, |piece| piece.ring), part.rings.map(|ring| ring.pixels));
        assert_eq!(drawn::<SLICES>(part, |piece| Some(piece.slice)), part.slices.map(|slice| slice.pixels));
        assert_eq!(part.rings.iter().map(|ring| ring.pixels).sum::<u32>(), area);
        assert!(part.rings.windows(2).all(|pair| pair[0].pixels > pair[1].pixels), "rings do not shrink inwards");
    }
    // What is said of rings and slices is what the features compare.
    let range = |regions: &[Counted]| {
        let means = || regions.iter().filter_map(|region| region.mean_protein);
        means().fold(f32::NEG_INFINITY, f32::max) - means().fold(f32::INFINITY, f32::min)
    };
    let cell = &measured.cells[0];
    let mean = value(cell, "cell.mean_pr");
    assert_eq!(value(cell, "cell_ringrange_div_cell.mean_pr").to_bits(), (range(&anatomy.cell.rings) / mean).to_bits());
    assert_eq!(
        value(cell, "cell_slicerange_div_cell.mean_pr").to_bits(),
        (range(&anatomy.cell.slices) / mean).to_bits()
    );
    let mean = value(cell, "nuc.mean_pr");
    assert_eq!(
        value(cell, "nuc_ringrange_div_nuc.mean_pr").to_bits(),
        (range(&anatomy.nucleus.rings) / mean).to_bits()
    );
    assert_eq!(
        value(cell, "nuc_slicerange_div_nuc.mean_pr").to_bits(),
        (range(&anatomy.nucleus.slices) / mean).to_bits()
    );
}

#[test]
fn the_speckles_that_are_drawn_are_those_that_features_count() {
    let (field, masks) = disc();
    let anatomy = Anatomy::of(&field, &masks, 1).unwrap();
    let ids: BTreeSet<u32> = anatomy.speckles.samples().iter().copied().filter(|&id| id > 0).collect();
    assert_eq!(ids.len(), anatomy.speckle_count);
    let protein = &anatomy.stains[Channel::Protein.index()];
    for (&id, &level) in anatomy.speckles.samples().iter().zip(protein.samples()) {
        assert_eq!(id > 0, level > anatomy.brightest_below);
    }
    let cell = &measure(&field, &masks).cells[0];
    let counted = f64::from(value(cell, "cell.speckles_per_pixel")) * cell.area_px as f64;
    assert!((counted - ids.len() as f64).abs() < 1e-3, "{counted} speckles");
    let pixels = anatomy.speckles.samples().iter().filter(|&&id| id > 0).count();
    assert!((value(cell, "cell.speckle_mean") - pixels as f32 / ids.len() as f32).abs() < 1e-3);
}

fn field() -> Field {
    field_of_cells((600, 500), &[(100, 100), (120, 300), (350, 200), (480, 380)])
}

fn steps_by(method: Method) -> Vec<Step> {
    let params = Preset::ALL.map(Preset::params).into_iter().find(|params| params.method == method).unwrap();
    steps_of_stages(&field(), &Stages::of(&field(), &params), &params)
}

#[test]
fn every_stage_of_both_methods_is_a_step_with_a_picture_of_bounded_size() {
    for method in Method::ALL {
        let steps = steps_by(method);
        let titles: Vec<&str> = steps[1..].iter().map(|step| step.title.as_str()).collect();
        assert_eq!(titles, Stage::ALL.map(|stage| stage.name(method)));
        assert_eq!(steps[0].figures.len(), 5);
        for (step, stage) in steps[1..].iter().zip(Stage::ALL) {
            assert!(step.sentence.starts_with(stage.meaning(method)), "{}", step.sentence);
        }
        for figure in steps.iter().flat_map(|step| &step.figures) {
            let (height, width) = figure.picture.size();
            assert_eq!((height, width), (LONGEST_SIDE, LONGEST_SIDE * 500 / 600), "{}", figure.caption);
        }
    }
}

#[test]
fn a_step_names_the_parameters_that_govern_it_and_their_values() {
    let settings = |method: Method, stage: Stage| {
        let step = steps_by(method).into_iter().find(|step| step.title == stage.name(method)).unwrap();
        step.settings.into_iter().map(|setting| format!("{}: {}", setting.name, setting.value)).collect::<Vec<_>>()
    };
    assert_eq!(settings(Method::Standard, Stage::NucleiForeground), ["nucleus threshold: 0.5 of its brightness"]);
    assert_eq!(settings(Method::Standard, Stage::Nuclei), ["split: 0.5"]);
    assert_eq!(settings(Method::Standard, Stage::CellForeground), ["cell extent: 0.5"]);
    assert_eq!(settings(Method::Reference, Stage::Markers), ["marker quantile: 0.4 of the distances"]);
    // On a working image of 400 × 333 pixels.
    assert_eq!(settings(Method::Reference, Stage::CellSmooth), ["median window: 0.01 of the side, here 3 px"]);
    assert_eq!(
        settings(Method::Reference, Stage::NucleiForeground),
        ["background quantile: 0.2 of the pixels above 0", "smallest gap: 0.02 of the side, here an area of 49 px"]
    );
    let (here, there) = (steps_by(Method::Standard), steps_by(Method::Reference));
    assert!(here[9].sentence.ends_with("Here: 4 cells."), "{}", here[9].sentence);
    assert!(there[4].sentence.ends_with("Here: 4 markers."), "{}", there[4].sentence);
}

/// Cells alike in all but one feature of the first.
fn cells(feature: usize, count: u32) -> MeasuredField {
    let (field, masks) = disc();
    let model = measure(&field, &masks).cells.remove(0);
    let cell = |id: u32| {
        let mut cell = Cell { id, ..model.clone() };
        cell.features[feature] = if id == 1 { 5.0 } else { 1.0 };
        cell
    };
    MeasuredField { cells: (1..=count).map(cell).collect(), unmeasured: Vec::new() }
}

#[test]
fn without_a_model_the_features_are_shown_in_which_the_cell_stands_out_and_that_is_said() {
    let (field, masks) = disc();
    let at = feature_names().iter().position(|name| name == "nuc_div_nonnuc.mean_pr").unwrap();
    let measured = cells(at, 5);
    let steps = steps_of_cell(CellInQuestion { field: &field, masks: &masks, measured: &measured, id: 1, rules: &[] });
    let evidence = &steps.last().unwrap().evidence;
    assert_eq!(evidence.len(), 1);
    assert!(evidence[0].sentence.starts_with("No model is learnt"), "{}", evidence[0].sentence);
    // All other features are the same in all cells.
    let [feature] = &evidence[0].features[..] else { panic!("{:?}", evidence[0].features) };
    assert_eq!(feature.words, "mean of the protein, nucleus against the rest of the cell");
    assert_eq!((feature.rank, feature.cells, feature.value), (1, 5, 5.0));
    // One of five lies two standard deviations above their mean.
    assert!((feature.standing - 2.0).abs() < 1e-9);
    assert_eq!(feature.speaks_for(), None);
}

#[test]
fn a_heavy_feature_above_the_mean_speaks_for_its_location_and_below_it_against() {
    let (field, masks) = disc();
    let measured = cells(7, 5);
    let rule = LocationRule {
        location: Location::default(),
        why: Why::Label,
        probability: 0.7,
        heaviest: vec![(7, 0.5), (3, -0.2)],
    };
    for (id, speaks) in [(1, true), (2, false)] {
        let rules = std::slice::from_ref(&rule);
        let evidence = cytoscribe::pipeline::explanation::evidence(&measured, &measured.cells[id as usize - 1], rules);
        assert_eq!(evidence[0].title, "Nucleoplasm: a label of the image, probability 0.70");
        assert_eq!(evidence[0].features[0].speaks_for(), Some(speaks));
        // In what is the same everywhere no cell stands out.
        assert_eq!((evidence[0].features[1].standing, evidence[0].features[1].speaks_for()), (0.0, None));
    }
    let none = steps_of_cell(CellInQuestion { field: &field, masks: &masks, measured: &measured, id: 9, rules: &[] });
    assert_eq!((none.len(), none[0].title.as_str()), (1, "Cell 9 is not measured"));
}

#[test]
fn a_page_has_every_step_and_names_every_picture_it_comes_with() {
    let (field, masks) = disc();
    let measured = measure(&field, &masks);
    let of_cell =
        steps_of_cell(CellInQuestion { field: &field, masks: &masks, measured: &measured, id: 1, rules: &[] });
    let section = |name, steps: Vec<Step>| Section { name, title: name.to_owned(), sentence: String::new(), steps };
    // What is shown twice is one file.
    let shown = |steps: &[Step]| steps.iter().map(|step| step.figures.len()).sum::<usize>();
    let sections = [
        section("standard", steps_by(Method::Standard)),
        section("reference", steps_by(Method::Reference)),
        section("cell", of_cell),
    ];
    let page = page("About a disc.", &sections);
    for step in sections.iter().flat_map(|section| &section.steps) {
        assert!(page.text.contains(&format!(". {}\n\n{}\n", step.title, step.sentence)), "{}", step.title);
    }
    let names: BTreeSet<&String> = page.pictures.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), page.pictures.len(), "two pictures have one name");
    let all: usize = sections.iter().map(|section| shown(&section.steps)).sum();
    assert_eq!(page.text.matches("](").count(), all);
    // The stains of the reference and the protein of the speckles are there already.
    assert!(names.len() <= all - 6, "{} of {all}", names.len());
    assert!(names.iter().all(|name| !name.starts_with("reference_01")));
    assert!(names.iter().all(|name| page.text.contains(&format!("]({name})"))));
}
