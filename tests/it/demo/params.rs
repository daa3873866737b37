use cytoscribe::demo::{self, DemoParams};

#[test]
fn the_default_parameters_and_the_default_set_are_within_their_ranges() {
    DemoParams::default().check().unwrap();
    let set = demo::default_set();
    set.params.check().unwrap();
    assert!(set.training.len() > set.test.len() && set.training.end <= set.test.start);
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
