use std::fs;

use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe_in, files_below, said};
use crate::drawn_set::{draw_field, draw_set};

#[test]
fn a_bad_field_costs_itself_alone_and_still_has_its_row() {
    let folder = TempDir::new().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 4);
    for id in ["cut", "incomplete"] {
        draw_field(&set, id, true);
    }
    let whole = fs::read(set.join("cut_blue.png")).unwrap();
    fs::write(set.join("cut_blue.png"), &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(set.join("incomplete_yellow.png")).unwrap();
    fs::write(set.join("text_red.png"), "no picture").unwrap();

    let run = cytoscribe_in(folder.path(), "run --train @/set --labels @/set/train.csv --test @/set --out @/out");
    assert_code(&run, 1);
    for (id, file) in [("cut", "cut_blue.png"), ("incomplete", "incomplete_yellow.png"), ("text", "text_")] {
        let named =
            complained(&run).lines().any(|line| line.starts_with(&format!("failed: {id}: ")) && line.contains(file));
        assert!(named, "{id} is not named with its file in\n{}", complained(&run));
    }
    assert!(said(&run).contains("4 images with 16 cells, 3 failed"), "{}", said(&run));

    let submission = fs::read_to_string(folder.path().join("out/submission.csv")).unwrap();
    assert_eq!(submission.lines().count(), 1 + 7);
    assert!(submission.lines().any(|line| line.starts_with("incomplete,240,240,0 1 ")));
    let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/set");
    assert_code(&check, 0);
    assert!(complained(&check).contains("text: the size of its images cannot be read"), "{}", complained(&check));
}

#[test]
fn bad_labels_are_named_by_line_and_the_rest_is_used() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let labels = "ID,Label\nfield_0,0\nfield_1,16|x\nfield_2,0\nunknown,3\nfield_3\nfield_1,16\n";
    fs::write(folder.path().join("labels.csv"), labels).unwrap();
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/labels.csv --out @/model.ron");
    assert_code(&train, 0);
    for problem in ["line 3: 'x' is not the number of a location", "line 5: the ID 'unknown' has no image", "line 6: "]
    {
        assert!(complained(&train).contains(problem), "{problem} is not said in\n{}", complained(&train));
    }
    assert!(said(&train).contains("3 of 4 images have labels"), "{}", said(&train));
}

#[test]
fn what_cannot_be_done_at_all_is_one_sentence_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("empty")).unwrap();
    fs::write(path("no_labels.csv"), "ID,Label\n").unwrap();
    fs::write(path("no_header.csv"), "image;class\n").unwrap();
    fs::write(path("a_file"), "").unwrap();
    fs::write(path("others.csv"), "ID,Label\nx,1\ny,2\n").unwrap();
    let train = "train @/set --labels @/set/train.csv --out @/model.ron";
    assert_code(&cytoscribe_in(folder.path(), train), 0);
    let model = fs::read_to_string(path("model.ron")).unwrap();
    fs::write(path("newer.ron"), model.replacen("version: 1", "version: 2", 1)).unwrap();
    fs::write(path("other.ron"), model.replacen("cell.min_mt", "cell.min_xx", 1)).unwrap();
    fs::write(path("cut.ron"), &model[..model.len() / 2]).unwrap();

    let cases = [
        (
            "segment @/nowhere --out @/out",
            "cannot read the image folder: No such file or directory (os error 2) — @/nowhere",
        ),
        ("segment @/empty --out @/out", "found no images: "),
        ("segment @/set --out @/a_file/masks", "cannot make the folder: "),
        ("features @/set --out @/a_file/out.parquet", "cannot make the folder: "),
        (
            "features @/set --out @/out.parquet --marker-quantile 1.5",
            "the marker quantile must lie between 0 and 1, not 1.5",
        ),
        (
            "train @/set --labels @/no_labels.csv --out @/out",
            "none of the 0 IDs of the label file has an image — @/no_labels.csv",
        ),
        ("train @/set --labels @/others.csv --out @/out", "none of the 2 IDs of the label file has an image"),
        ("train @/set --labels @/set/train.csv --out @/out --folds 1", "the folds must lie between 2 and 20, not 1"),
        ("train @/set --labels @/set/train.csv --out @/empty", "cannot write the file: is a directory — @/empty"),
        ("features @/set --out @/empty", "cannot write the file: is a directory — @/empty"),
        ("submit @/set --model @/model.ron --out @/empty", "cannot write the file: is a directory — @/empty"),
        ("run --train @/set --labels @/others.csv --test @/set --out @/out", "none of the 2 IDs of the label file"),
        ("run --train @/set --labels @/set/train.csv --test @/set --out @/out --folds 1", "the folds must lie between"),
        ("train @/set --labels @/no_header.csv --out @/out", "the label file must begin with the line 'ID,Label'"),
        (
            "train @/set --labels @/set/train.csv --out @/out --samples (",
            "the sample pattern '(' is not a regular expression",
        ),
        ("submit @/set --model @/nowhere.ron --out @/out", "cannot read the model: "),
        ("submit @/set --model @/cut.ron --out @/out", "this is no model of cytoscribe: "),
        (
            "submit @/set --model @/newer.ron --out @/out",
            "the model does not fit: it is of version 2, this program reads version 1",
        ),
        (
            "submit @/set --model @/other.ron --out @/out",
            "the model does not fit: it was trained on the feature 'cell.min_xx'",
        ),
        ("composite @/set nobody --out @/out.png", "the set has no image with the ID 'nobody' — @/set"),
        ("composite @/set field_0 --out @/out.png --gamma 0", "the gamma must lie between 0.1 and 5, not 0"),
        ("regions @/set field_0 --out @/a_file/out.png", "cannot make the folder: "),
        ("check @/nowhere.csv", "cannot open the submission: "),
    ];
    let before = files_below(folder.path());
    for (command, error) in cases {
        let output = cytoscribe_in(folder.path(), command);
        assert_code(&output, 2);
        assert!(!complained(&output).contains(" of 2 fields"), "{command} measures before it complains");
        let error = format!("error: {}", error.replace('@', folder.path().to_str().unwrap()));
        let last = complained(&output).lines().last().unwrap().to_owned();
        assert!(last.starts_with(&error), "{command}\nsays    {last}\ninstead {error}");
    }
    assert_eq!(files_below(folder.path()), before);
}

#[test]
fn defects_of_a_submission_are_named_by_line() {
    let folder = TempDir::new().unwrap();
    let rows =
        "ID,ImageWidth,ImageHeight,PredictionString\na,2048,2048,0 1 eNoLCAgIMAEABJkBdQ==\nb,10,10,0 1 nonsense\n";
    fs::write(folder.path().join("submission.csv"), rows).unwrap();
    let output = cytoscribe_in(folder.path(), "check @/submission.csv");
    assert_code(&output, 1);
    assert!(said(&output).starts_with("line 3, ID 'b': "), "{}", said(&output));
    assert!(said(&output).ends_with("2 rows, 0 cells, 2 predictions, 1 defect\n"), "{}", said(&output));
}

#[test]
fn a_label_file_for_many_other_images_does_not_flood_the_terminal() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    let mut labels = vec!["ID,Label".to_owned(), "field_0,0".to_owned(), "field_1,16".to_owned()];
    labels.extend((0..5000).map(|number| format!("other_{number},3")));
    fs::write(folder.path().join("labels.csv"), labels.join("\n")).unwrap();
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/labels.csv --out @/model.ron");
    assert_code(&train, 0);
    assert!(complained(&train).lines().count() < 30);
    assert!(complained(&train).contains("and 4980 more lines of that kind"), "{}", complained(&train));
}

#[test]
fn masks_that_cannot_be_written_cost_the_field_neither_its_features_nor_its_row() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 3);
    fs::create_dir_all(folder.path().join("out/masks/test/field_1_cellmask.png")).unwrap();
    let run = cytoscribe_in(folder.path(), "run --train @/set --labels @/set/train.csv --test @/set --out @/out");
    assert_code(&run, 1);
    assert!(
        complained(&run).contains("failed: field_1: cannot write the file: is a directory"),
        "{}",
        complained(&run)
    );
    assert!(!folder.path().join("out/masks/test/field_1_nucleimask.png").exists(), "one mask without the other");
    assert!(folder.path().join("out/masks/test/field_2_nucleimask.png").exists());
    let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/set");
    assert!(said(&check).contains("3 rows, 12 cells"), "{}", said(&check));
}
