//! Parameter files.

use std::fs;

use cytoscribe::{
    pipeline::{recipe::Recipe, sample_depth::SampleDepth},
    storage::{read_recipe, recipe_file::recipe_text},
};
use tempfile::tempdir;

use super::reason;

#[test]
fn a_recipe_comes_back_as_it_was_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("params.ron");
    let mut recipe = Recipe::default();
    recipe.measurement.sample_depth = SampleDepth::PercentileWindow;
    recipe.measurement.segmentation.marker_quantile = 0.1 + 0.2;
    recipe.training.seed = u64::MAX;
    for recipe in [Recipe::default(), recipe] {
        fs::write(&path, recipe_text(&recipe).unwrap()).unwrap();
        assert_eq!(read_recipe(&path).unwrap(), recipe);
    }
}

#[test]
fn every_line_that_can_be_changed_is_explained_above_it() {
    let text = recipe_text(&Recipe::default()).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let values: Vec<usize> =
        (0..lines.len()).filter(|&at| lines[at].contains(": ") && lines[at].ends_with(',')).collect();
    assert!(values.iter().filter(|&&at| !lines[at].starts_with("//")).count() > 10);
    for at in values.into_iter().filter(|&at| !lines[at].starts_with("//")) {
        assert!(lines[at - 1].starts_with("// "), "nothing says what this is: {}", lines[at]);
    }
    assert!(text.lines().all(|line| line.len() <= 120));
}

#[test]
fn what_a_parameter_file_leaves_out_has_its_default() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("params.ron");
    fs::write(&path, "(training: (folds: 7))").unwrap();
    let mut expected = Recipe::default();
    expected.training.folds = 7;
    assert_eq!(read_recipe(&path).unwrap(), expected);
}

#[test]
fn a_wrong_parameter_file_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("params.ron");
    let cases = [
        ("(training: (folds: 50))", "the folds must lie between 2 and 20, not 50"),
        (
            "(measurement: (segmentation: (marker_quantile: NaN)))",
            "the marker quantile must lie between 0 and 1, not NaN",
        ),
        ("(\n  training: (\n    fold: 5,\n", "no parameter file of cytoscribe: line 3: Unexpected field named `fold`"),
        ("(training: (folds: many))", "no parameter file of cytoscribe: line 1: Expected integer"),
        ("", "no parameter file of cytoscribe: line 1: "),
    ];
    for (text, expected) in cases {
        fs::write(&path, text).unwrap();
        let error = read_recipe(&path).unwrap_err().to_string();
        assert!(reason(&error, &path).starts_with(expected), "{error}");
    }
    fs::remove_file(&path).unwrap();
    let error = read_recipe(&path).unwrap_err().to_string();
    assert!(reason(&error, &path).starts_with("cannot read the parameter file: No such file"), "{error}");
}
