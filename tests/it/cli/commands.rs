use std::fs;

use cytoscribe::{
    pipeline::{features::feature_names, segmentation::Preset},
    storage::{feature_table::read_feature_table, masks::read_mask, read_model},
};
use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe, cytoscribe_in, files_below, said};
use crate::drawn_set::{CELLS, SIDE, draw_set};

#[test]
fn without_a_command_it_says_what_it_does_and_what_can_be_asked_of_it() {
    let output = cytoscribe([""; 0]);
    assert_code(&output, 0);
    for word in ["Usage", "segment", "features", "train", "submit", "run", "check", "submission.csv", "Exit codes"] {
        assert!(said(&output).contains(word), "{word} is missing in\n{}", said(&output));
    }
}

#[test]
fn every_command_explains_itself() {
    for command in ["segment", "features", "train", "submit", "run", "composite", "regions", "check"] {
        let output = cytoscribe([command, "--help"]);
        assert_code(&output, 0);
        assert!(said(&output).len() > 300, "{}", said(&output));
    }
}

#[test]
fn run_makes_masks_features_a_model_a_report_and_a_submission_that_passes_the_check() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 6);
    let run = cytoscribe_in(folder.path(), "run --train @/set --labels @/set/train.csv --test @/set --out @/out");
    assert_code(&run, 0);
    let out = folder.path().join("out");
    let names: Vec<String> = files_below(&out).into_iter().map(|(name, _)| name).collect();
    let mut expected =
        vec!["features_test.parquet", "features_train.parquet", "model.ron", "report.txt", "submission.csv"]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
    for part in ["test", "train"] {
        for field in 0..6 {
            expected.push(format!("masks/{part}/field_{field}_cellmask.png"));
            expected.push(format!("masks/{part}/field_{field}_nucleimask.png"));
        }
    }
    expected.sort();
    assert_eq!(names, expected);

    let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/set");
    assert_code(&check, 0);
    assert!(said(&check).contains(&format!("6 rows, {} cells, {} predictions, no defect", 6 * CELLS, 6 * CELLS * 19)));

    let table = read_feature_table(&out.join("features_test.parquet")).unwrap();
    assert_eq!((table.feature_names, table.cells.len()), (feature_names(), 6 * CELLS));
    let mask = read_mask(&out.join("masks/test/field_3_cellmask.png")).unwrap();
    assert_eq!(mask.size(), (SIDE as usize, SIDE as usize));
    for (_, cell) in table.cells.iter().filter(|(image, _)| image == "field_3") {
        assert_eq!(mask[(cell.anchor.0 as usize, cell.anchor.1 as usize)], cell.id);
        assert_eq!(mask.samples().iter().filter(|&&id| id == cell.id).count() as u64, cell.area_px);
    }
    let report = fs::read_to_string(out.join("report.txt")).unwrap();
    assert!(report.contains("Nucleoplasm") && report.contains("marker_quantile"), "{report}");
}

#[test]
fn the_steps_one_by_one_give_the_same_bytes_as_run() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let all = "run --train @/set --labels @/set/train.csv --test @/set --out @/all";
    let steps = [
        "segment @/set --out @/steps/masks/test",
        "features @/set --out @/steps/features_test.parquet",
        "train @/set --labels @/set/train.csv --out @/steps/model.ron",
        "submit @/set --model @/steps/model.ron --out @/steps/submission.csv",
    ];
    assert_code(&cytoscribe_in(folder.path(), all), 0);
    for step in steps {
        assert_code(&cytoscribe_in(folder.path(), step), 0);
    }
    let all = files_below(&folder.path().join("all"));
    for (name, bytes) in files_below(&folder.path().join("steps")) {
        let same = all.iter().any(|(other, content)| *other == name && *content == bytes);
        assert!(same, "{name} differs");
    }
}

#[test]
fn results_are_the_same_to_the_byte_on_any_number_of_threads() {
    let folder = TempDir::new().unwrap();
    // More fields than one thread begins ahead of the first that is not done.
    draw_set(&folder.path().join("set"), 18);
    let results = |threads: usize| {
        let command = "run --train @/set --labels @/set/train.csv --test @/set --out @/out --threads ";
        assert_code(&cytoscribe_in(folder.path(), &format!("{command}{threads}")), 0);
        files_below(&folder.path().join("out"))
    };
    let one = results(1);
    for threads in [2, 8] {
        for (one, other) in one.iter().zip(results(threads)) {
            assert!(*one == other, "{} differs on {threads} threads", other.0);
        }
    }
}

#[test]
fn the_model_learns_where_the_protein_is() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 8);
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/set/train.csv --out @/model.ron --folds 4");
    assert_code(&train, 0);
    let row = |name: &str| said(&train).lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(row("Nucleoplasm").ends_with("1.000   1.000"), "{}", said(&train));
    assert!(row("Cytosol").ends_with("1.000   1.000"), "{}", said(&train));
    assert!(row("Actin").ends_with("not enough examples: no cell shows it"), "{}", said(&train));
}

#[test]
fn options_reach_the_model_and_the_model_decides_how_a_submission_is_made() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let command = "train @/set --labels @/set/train.csv --out @/model.ron --working-size 240 --marker-quantile 0.5 \
                   --cell-background-quantile 0.1 --sample-depth percentile-window";
    assert_code(&cytoscribe_in(folder.path(), command), 0);
    let segmentation = read_model(&folder.path().join("model.ron")).unwrap().measurement.segmentation;
    assert_eq!(segmentation.working_size, 240);
    assert!((segmentation.marker_quantile - 0.5).abs() < 1e-12);
    assert!((segmentation.cell_background.quantile - 0.1).abs() < 1e-12);
    assert_eq!(segmentation.nuclei_background, Preset::Reference.params().nuclei_background);
    assert_code(&cytoscribe_in(folder.path(), "submit @/set --model @/model.ron --out @/submission.csv"), 0);
}

#[test]
fn away_from_a_terminal_progress_is_a_plain_line() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    let output = cytoscribe_in(folder.path(), "segment @/set --out @/masks");
    assert!(complained(&output).starts_with("segmenting: 2 of 2 fields, "), "{}", complained(&output));
    assert!(said(&output).starts_with(&format!("2 images with {} cells; masks are in ", 2 * CELLS)));
}

#[test]
fn one_field_is_drawn_in_colour_and_so_are_its_regions() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 1);
    let colours_at = |name: &str, row: u32, col: u32| {
        image::open(folder.path().join(name)).unwrap().into_rgb8().get_pixel(col, row).0
    };
    let draw = |command: &str| {
        let output = cytoscribe_in(folder.path(), command);
        assert_code(&output, 0);
    };
    // The protein of this field is in the nuclei, where microtubules, reticulum and nucleus are stained as well.
    draw("composite @/set field_0 --out @/composite.png");
    assert_eq!(colours_at("composite.png", 0, 0), [0, 0, 0]);
    assert!(colours_at("composite.png", 60, 60).iter().all(|&level| level > 140));
    assert_eq!(colours_at("composite.png", 60, 90)[2], 0, "no nucleus, no blue");
    draw("composite @/set field_0 --out @/er.png --only yellow --auto-contrast");
    let grey = colours_at("er.png", 60, 90);
    assert!(grey[0] > 0 && grey == [grey[0]; 3]);
    draw("composite @/set field_0 --out @/dark.png --brightness 0 --gamma 0.5 --match --no-er");
    assert_eq!(colours_at("dark.png", 60, 60), [0, 0, 0]);

    draw("regions @/set field_0 --out @/regions.png");
    assert_eq!(colours_at("regions.png", 0, 0), [0, 0, 0]);
    let (nucleus, cell) = (colours_at("regions.png", 60, 60), colours_at("regions.png", 60, 90));
    assert!(nucleus != cell && cell != [0, 0, 0] && cell != colours_at("regions.png", 180, 90));
}
