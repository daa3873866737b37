//! Samples from the IDs of images.

use cytoscribe::pipeline::classifier::{SamplePattern, numbered};

fn error(pattern: &str) -> String {
    SamplePattern::new(pattern).unwrap_err().to_string()
}

#[test]
fn the_capture_group_is_the_sample() {
    let pattern = SamplePattern::new(r"^(.+)_R\d+_z\d+$").unwrap();
    assert_eq!(pattern.sample_of("B2AI_1_Paclitaxel_C1_R1_z01"), "B2AI_1_Paclitaxel_C1");
    assert_eq!(pattern.sample_of("B2AI_1_Paclitaxel_C1_R2_z01"), "B2AI_1_Paclitaxel_C1");
}

#[test]
fn an_image_whose_id_does_not_match_is_its_own_sample() {
    let pattern = SamplePattern::new(r"^(\d+)_|^x").unwrap();
    assert_eq!(pattern.sample_of("abc"), "abc");
    // The pattern matches here, its group does not.
    assert_eq!(pattern.sample_of("xyz"), "xyz");
}

#[test]
fn a_bad_pattern_is_named_with_what_is_wrong() {
    assert!(error("(").starts_with("the sample pattern '(' is not a regular expression: "), "{}", error("("));
    let needs_one = "needs one capture group in (...) around the sample";
    assert_eq!(error("abc"), format!("the sample pattern 'abc' {needs_one}; it has 0"));
    assert_eq!(error("(a)(b)"), format!("the sample pattern '(a)(b)' {needs_one}; it has 2"));
}

#[test]
fn equal_samples_get_equal_numbers() {
    let pattern = SamplePattern::new("^(.)").unwrap();
    assert_eq!(numbered(["a1", "b1", "a2", "c1"].map(|id| pattern.sample_of(id))), [0, 1, 0, 2]);
}
