use std::fs;

use super::{assert_code, complained, cytoscribe_in, files_below, said};

const SMALL: &str = "demo @/set --fields 4 --test-fields 2 --size 192 --seed 3 --crowding typical";

#[test]
fn a_demo_set_is_drawn_once_and_everything_can_be_done_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let output = cytoscribe_in(folder, SMALL);
    assert_code(&output, 0);
    assert!(said(&output).contains("the truth about them in"), "{}", said(&output));
    let drawn = files_below(&folder.join("set"));
    // Four images and two masks of each field, labels, a table of cells of each part, and the passport.
    assert_eq!(drawn.len(), 6 * 6 + 4, "{:?}", drawn.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let again = cytoscribe_in(folder, SMALL);
    assert_code(&again, 0);
    assert!(complained(&again).contains("is there already, whole"), "{}", complained(&again));
    assert!(files_below(&folder.join("set")) == drawn);

    let run = "run --train @/set/train --labels @/set/train.csv --test @/set/test --out @/results --folds 2";
    assert_code(&cytoscribe_in(folder, run), 0);
    let masks = cytoscribe_in(folder, "score masks --truth @/set/truth/test --masks @/results/masks/test");
    assert_code(&masks, 0);
    assert!(said(&masks).contains("2 fields"), "{}", said(&masks));
    let scored = "score submission --truth @/set/truth/test --submission @/results/submission.csv";
    assert_code(&cytoscribe_in(folder, scored), 0);
    // The truth is its own best result.
    let perfect = "score masks --truth @/set/truth/test --masks @/set/truth/test --json @/perfect.json";
    assert_code(&cytoscribe_in(folder, perfect), 0);
    assert!(fs::read_to_string(folder.join("perfect.json")).unwrap().contains("1.0"));
}

#[test]
fn what_a_demo_set_cannot_be_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (options, words) in [
        ("--size 20", "the side of a field must lie between 128 and 4096 pixels, not 20"),
        ("--silent 2", "the share of silent cells must lie between 0 and 0.9, not 2"),
        ("--fields 0 --test-fields 0", "a set needs a field"),
    ] {
        let output = cytoscribe_in(folder.path(), &format!("demo @/set {options}"));
        assert_code(&output, 2);
        assert!(complained(&output).contains(words), "{}", complained(&output));
    }
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let output = cytoscribe_in(folder.path(), "demo @ --fields 1 --test-fields 0 --size 128");
    assert_code(&output, 2);
    assert!(complained(&output).contains("no demo set"), "{}", complained(&output));
}
