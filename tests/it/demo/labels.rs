use cytoscribe::{
    atlas::{Location, LocationSet},
    demo::{self, Crowding, DemoParams, Prevalence},
};

use super::small;

#[test]
fn an_image_shows_what_its_cells_show_together() {
    for number in 0..12 {
        let field = demo::field(&small(3), number);
        let all = field.labels.iter().fold(LocationSet::default(), |all, &(_, labels)| all.union(labels));
        for location in Location::all() {
            let expected = if location == Location::NEGATIVE { all.len() == 1 } else { true };
            assert_eq!(field.image_labels.contains(location), all.contains(location) && expected, "{}", field.id);
        }
        assert!(field.labels.iter().all(|(_, labels)| !labels.is_empty()));
        assert!(field.labels.iter().all(|(_, labels)| !labels.contains(Location::NEGATIVE) || labels.len() == 1));
    }
}

#[test]
fn about_as_many_cells_are_silent_as_asked_for() {
    let deviating = |silent_share| {
        let params = DemoParams { silent_share, mitotic_share: 0.0, crowding: Crowding::Crowded, ..small(5) };
        let fields: Vec<_> = (0..10).map(|number| demo::field(&params, number)).collect();
        let spindle = Location::new(11).unwrap();
        let negative = LocationSet::from_iter([Location::NEGATIVE]);
        let usual =
            fields.iter().filter(|field| !field.image_labels.contains(spindle) && field.image_labels != negative);
        let differs = usual.flat_map(|field| field.labels.iter().map(|&(_, labels)| labels != field.image_labels));
        let differs: Vec<bool> = differs.collect();
        assert!(differs.len() > 150, "{} cells", differs.len());
        differs.iter().filter(|&&differs| differs).count() as f64 / differs.len() as f64
    };
    assert!(deviating(0.0).abs() < f64::EPSILON);
    assert!((deviating(0.2) - 0.2).abs() < 0.08);
    assert!((deviating(0.6) - 0.6).abs() < 0.1);
}

#[test]
fn twenty_even_fields_show_every_location() {
    let params = DemoParams { prevalence: Prevalence::Even, silent_share: 0.0, ..small(2) };
    let mut seen = [0; Location::COUNT];
    for number in 0..20 {
        for location in demo::field(&params, number).image_labels.iter() {
            seen[location.index()] += 1;
        }
    }
    assert!(seen.iter().all(|&count| count >= 1), "{seen:?}");
}
