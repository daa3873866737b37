use cytoscribe::{
    atlas::{Location, RawField},
    demo::example,
    pipeline::{
        features::{feature_names, measure},
        measures::{InPortrait, Measure, Side},
        portrait::portraits,
        sample_depth::{SampleDepth, field_at_8_bit},
        segmentation::Segmentation,
    },
};
use rayon::prelude::*;

/// The values of all measures for the cells of a drawn field that show `location`, cell by cell.
fn values(location: usize) -> Vec<Vec<f32>> {
    let drawn = example(Location::new(location).unwrap());
    let (field, _) = field_at_8_bit(RawField::new(drawn.channels).unwrap(), SampleDepth::default());
    let segmentation = Segmentation {
        nuclei_mask: drawn.nuclei_mask.into(),
        cell_mask: drawn.cell_mask.into(),
        cell_count: drawn.labels.len() as u32,
        remarks: Vec::new(),
    };
    let portraits = portraits(&field, &segmentation);
    let shows =
        |id: u32| drawn.labels.iter().any(|(of, labels)| *of == id && labels.iter().any(|it| it.index() == location));
    let cells = measure(&field, &segmentation).cells.into_iter().filter(|cell| shows(cell.id));
    let all = cells.map(|cell| {
        let (_, portrait) = portraits.iter().find(|(id, _)| *id == cell.id).unwrap();
        let measured = InPortrait::of(portrait);
        let of = |measure: Measure| {
            if measure.is_of_portrait() {
                return measure.of_portrait(&measured);
            }
            let features: Vec<f32> = measure.features().iter().map(|&feature| cell.features[feature]).collect();
            measure.of_features(&features)
        };
        Measure::all().map(of).collect()
    });
    all.collect()
}

fn named(name: &str) -> usize {
    Measure::all().position(|measure| measure.name() == name).unwrap_or_else(|| panic!("no measure {name}"))
}

fn median(cells: &[Vec<f32>], measure: usize) -> f32 {
    let mut values: Vec<f32> = cells.iter().map(|cell| cell[measure]).collect();
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}

#[test]
fn every_measure_has_a_name_a_sentence_and_features_that_exist() {
    let mut names: Vec<&str> = Measure::all().map(Measure::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Measure::COUNT);
    for measure in Measure::all() {
        assert!(measure.description().ends_with('.'), "{}", measure.name());
        assert!(measure.range().start() < measure.range().end());
        assert_ne!(measure.is_of_portrait(), !measure.features().is_empty(), "{}", measure.name());
        assert!(measure.features().iter().all(|&feature| feature < feature_names().len()));
        let zeros = vec![0.0; measure.features().len()];
        assert_eq!(measure.of_features(&zeros).is_finite(), !measure.is_of_portrait(), "{}", measure.name());
        assert!(measure.of_features(&[0.0; 9]).is_nan() && (Location::all().any(|it| measure.tells(it).is_some())));
    }
}

#[test]
fn every_location_is_told_by_a_handful_of_measures_the_best_first() {
    for location in Location::all() {
        let telling = Measure::telling(location);
        assert!((4..=6).contains(&telling.len()), "{location}: {}", telling.len());
        assert!(telling.is_sorted_by(|(_, one), (_, next)| one.auc_percent >= next.auc_percent));
        assert!(telling.iter().all(|(_, telling)| (62..=100).contains(&telling.auc_percent)));
    }
}

#[test]
fn measures_tell_drawn_cells_apart_in_the_direction_they_say() {
    const LOCATIONS: [usize; 9] = [0, 1, 2, 6, 9, 10, 13, 15, 16];
    let cells: Vec<Vec<Vec<f32>>> = LOCATIONS.par_iter().map(|&location| values(location)).collect();
    let of = |location: usize| &cells[LOCATIONS.iter().position(|&it| it == location).unwrap()][..];
    for (cells, location) in cells.iter().zip(LOCATIONS) {
        assert!(cells.len() > 2, "{location}");
        assert!(cells.iter().flatten().all(|value| value.is_finite()), "{location}");
    }
    // The measure, the location it tells, and another one.
    for (name, one, other) in [
        ("Protein in the nucleus", 0, 16),
        ("Follows the DNA", 0, 10),
        ("Unevenness of the nucleus", 0, 1),
        ("Rim of the nucleus", 1, 0),
        ("Protein in the nucleoli", 2, 0),
        ("Follows the ER", 6, 10),
        ("Parallel fibres", 9, 16),
        ("Follows the microtubules", 10, 6),
        ("Edge of the cell", 13, 6),
        ("Largest bright spot around the nucleus", 15, 16),
        ("One bright spot by the nucleus", 15, 6),
        ("Scatter of the brightest places", 15, 13),
        ("Unevenness of the cell", 16, 15),
        ("Grain of the cytoplasm", 16, 10),
    ] {
        let measure = named(name);
        let (shown, not) = (median(of(one), measure), median(of(other), measure));
        let telling = Measure::all().nth(measure).unwrap().tells(Location::new(one).unwrap());
        let side = telling.unwrap_or_else(|| panic!("{name} tells {one}")).side;
        assert_eq!(shown > not, side == Side::Above, "{name}: {shown} at {one}, {not} at {other}");
    }
}

#[test]
fn a_portrait_without_a_cell_is_measured_without_harm() {
    use cytoscribe::{
        atlas::Field,
        imaging::Plane,
        pipeline::portrait::{CellPart, Portrait},
    };
    let dark = || Plane::filled(Portrait::SIDE, Portrait::SIDE, 0_u8);
    for part in CellPart::ALL {
        let stains = Field::new([dark(), dark(), dark(), dark()]).unwrap();
        let portrait = Portrait { stains, parts: Plane::filled(Portrait::SIDE, Portrait::SIDE, part) };
        let measured = InPortrait::of(&portrait);
        for measure in Measure::all().filter(|measure| measure.is_of_portrait()) {
            assert!(measure.of_portrait(&measured).is_finite(), "{} of {part:?}", measure.name());
        }
    }
}
