use cytoscribe::demo::{DemoParams, DemoSet, Part};

#[test]
fn the_default_parameters_and_the_default_set_are_within_their_ranges() {
    DemoParams::default().check().unwrap();
    let set = DemoSet::default();
    set.params.check().unwrap();
    assert!(set.training_fields > set.test_fields && set.test_fields > 0);
}

#[test]
fn the_fields_of_a_set_are_numbered_through_training_first() {
    let set = DemoSet { training_fields: 2, test_fields: 1, ..DemoSet::default() };
    assert_eq!(set.numbers().collect::<Vec<_>>(), [(Part::Train, 0), (Part::Train, 1), (Part::Test, 2)]);
}

#[test]
fn parameters_out_of_range_are_named_with_the_range() {
    let message = |params: DemoParams| params.check().unwrap_err().to_string();
    let tiny = message(DemoParams { side_px: 16, ..DemoParams::default() });
    assert_eq!(tiny, "the side of a field must lie between 128 and 4096 pixels, not 16");
    let silent = message(DemoParams { silent_share: 1.5, ..DemoParams::default() });
    assert_eq!(silent, "the share of silent cells must lie between 0 and 0.9, not 1.5");
    let dividing = message(DemoParams { mitotic_share: f64::NAN, ..DemoParams::default() });
    assert_eq!(dividing, "the share of mitotic cells must lie between 0 and 0.5, not NaN");
}
