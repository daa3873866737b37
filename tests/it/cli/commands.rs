use std::{fs, path::Path};

use cytoscribe::{
    atlas::{Channel, Location},
    pipeline::{
        classifier::{LocationModel, Rule},
        features::feature_names,
        segmentation::Preset,
    },
    storage::{feature_table::read_feature_table, masks::read_mask, read_model},
};
use image::{Rgba, RgbaImage};
use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe, cytoscribe_in, files_below, said};
use crate::drawn_set::{CELLS, SIDE, draw_set};

#[test]
fn asked_for_help_it_says_what_it_does_and_what_can_be_asked_of_it() {
    let output = cytoscribe(["--help"]);
    assert_code(&output, 0);
    let words =
        ["Usage", "segment", "features", "train", "submit", "run", "check", "demo", "submission.csv", "Exit codes"];
    for word in words {
        assert!(said(&output).contains(word), "{word} is missing in\n{}", said(&output));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_it_says_what_to_install_and_that_commands_work() {
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cytoscribe"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .output()
        .unwrap();
    assert_code(&output, 2);
    let words = complained(&output);
    for word in ["no window: ", "apt install libx11-6", "libgl1", "cytoscribe --help"] {
        assert!(words.contains(word), "{word} is missing in\n{words}");
    }
    assert!(!words.contains("panicked"), "{words}");
}

#[test]
fn every_command_explains_itself() {
    let commands = [
        "segment",
        "features",
        "train",
        "submit",
        "run",
        "composite",
        "regions",
        "params",
        "check",
        "demo",
        "explain",
        "score masks",
        "score submission",
        "score labels",
        "summary",
    ];
    for command in commands {
        let output = cytoscribe(command.split(' ').chain(["--help"]));
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
    let steps =
        files_below(&folder.path().join("steps")).into_iter().filter(|(name, _)| !name.ends_with("segment.work"));
    for (name, bytes) in steps {
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
fn the_model_knows_the_share_of_images_that_carry_each_location() {
    let folder = TempDir::new().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 4);
    // With half of its cells blackened, an image still counts as one; without a label or without a cell as none.
    for (id, rows) in [("field_1", 0..SIDE / 2), ("field_2", 0..SIDE)] {
        for channel in Channel::ALL {
            let path = set.join(format!("{id}_{}.png", channel.colour()));
            let mut picture = image::open(&path).unwrap().into_luma8();
            rows.clone().for_each(|row| (0..SIDE).for_each(|col| picture.put_pixel(col, row, image::Luma([0]))));
            picture.save(path).unwrap();
        }
    }
    fs::write(set.join("train.csv"), "ID,Label\nfield_0,0|3\nfield_1,0\nfield_2,5\n").unwrap();
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/set/train.csv --out @/model.ron");
    assert_code(&train, 0);
    let mut expected = [0.0; Location::COUNT];
    (expected[0], expected[3]) = (1.0, 0.5);
    let found = read_model(&folder.path().join("model.ron")).unwrap().image_rates;
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
}

#[test]
fn the_learner_asked_for_learns_and_is_named() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 12);
    let command = "run --train @/set --labels @/set/train.csv --test @/set --out @/out --learner small-trees";
    let run = cytoscribe_in(folder.path(), command);
    assert_code(&run, 0);
    let report = fs::read_to_string(folder.path().join("out/report.txt")).unwrap();
    for text in [report, said(&run)] {
        assert!(text.contains("48 cells of 12 images, learnt by small boosted trees, cross-validated"), "{text}");
    }
    let model = read_model(&folder.path().join("out/model.ron")).unwrap();
    let LocationModel::Fitted { rule: Rule::Trees(_), .. } = model.classifier.location(Location::all().next().unwrap())
    else {
        panic!("no trees were learnt")
    };
    assert_code(&cytoscribe_in(folder.path(), "submit @/set --model @/out/model.ron --out @/again.csv"), 0);
    let submission = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(submission("again.csv") == submission("out/submission.csv"));
}

#[test]
fn options_reach_the_model_and_the_model_decides_how_a_submission_is_made() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let command = "train @/set --labels @/set/train.csv --out @/model.ron --preset reference --working-size 240 --marker-quantile 0.5 \
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
    assert!(complained(&output).ends_with(" images/s\n"), "{}", complained(&output));
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

/// The four stains of every field of `set` in one image each, as for `SubCell`, beside it in `subcell`.
fn merge_stains(folder: &Path, count: usize) {
    fs::create_dir_all(folder.join("subcell")).unwrap();
    for id in (0..count).map(|number| format!("field_{number}")) {
        let open = |colour: &str| image::open(folder.join(format!("set/{id}_{colour}.png"))).unwrap().into_luma8();
        let stains = ["blue", "yellow", "red", "green"].map(open);
        let merged =
            RgbaImage::from_fn(SIDE, SIDE, |x, y| Rgba(stains.each_ref().map(|stain| stain.get_pixel(x, y).0[0])));
        merged.save(folder.join(format!("subcell/{id}.png"))).unwrap();
    }
}

#[test]
fn fields_in_one_file_each_give_the_same_bytes_as_in_a_file_per_stain() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    merge_stains(folder.path(), 2);
    let one = "run --train @/set --labels @/set/train.csv --test @/set --out @/one";
    let other = "run --train @/subcell --labels @/set/train.csv --test @/subcell --out @/other --layout subcell";
    assert_code(&cytoscribe_in(folder.path(), one), 0);
    assert_code(&cytoscribe_in(folder.path(), other), 0);
    let without_report = |name: &str| {
        let files = files_below(&folder.path().join(name)).into_iter();
        files.filter(|(name, _)| name != "report.txt").collect::<Vec<_>>()
    };
    assert!(without_report("one") == without_report("other"));
    assert_code(&cytoscribe_in(folder.path(), "check @/one/submission.csv --set @/subcell --layout subcell"), 0);
    let draw = |set: &str| cytoscribe_in(folder.path(), &format!("composite {set} --out @/picture.png"));
    assert_code(&draw("@/subcell field_1 --layout subcell"), 0);
    let drawn = fs::read(folder.path().join("picture.png")).unwrap();
    assert_code(&draw("@/set field_1"), 0);
    assert!(fs::read(folder.path().join("picture.png")).unwrap() == drawn);
}

#[test]
fn of_a_set_with_nothing_but_nuclei_the_nuclei_are_found() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 3);
    assert_code(&cytoscribe_in(folder.path(), "segment @/set --out @/whole"), 0);
    for (colour, number) in ["red", "yellow", "green"].into_iter().flat_map(|colour| [0, 1, 2].map(|n| (colour, n))) {
        fs::remove_file(folder.path().join(format!("set/field_{number}_{colour}.png"))).unwrap();
    }
    fs::write(folder.path().join("set/bad_blue.png"), "text").unwrap();
    let output = cytoscribe_in(folder.path(), "segment @/set --out @/nuclei");
    assert_code(&output, 1);
    let expected = format!(
        "3 images with {} nuclei, 1 failed; masks are in {}/nuclei, of nuclei only, as the set has no other stain\n",
        3 * CELLS,
        folder.path().display()
    );
    assert_eq!(said(&output), expected);
    let whole = files_below(&folder.path().join("whole"));
    let mut nuclei = files_below(&folder.path().join("nuclei"));
    nuclei.retain(|(name, _)| name != "segment.work");
    assert_eq!(nuclei.len(), 3);
    assert!(nuclei.iter().all(|file| whole.contains(file)));
}

#[test]
fn a_summary_counts_what_is_there_and_names_what_is_damaged_on_any_number_of_threads() {
    let folder = TempDir::new().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 20);
    fs::write(set.join("train.csv"), "ID,Label\nfield_0,0\nfield_1,16|0\nother,3\n").unwrap();
    assert_code(&cytoscribe_in(folder.path(), "summary @/set"), 0);
    let whole = fs::read(set.join("field_3_red.png")).unwrap();
    fs::write(set.join("field_3_red.png"), &whole[..whole.len() - 30]).unwrap();
    fs::remove_file(set.join("field_11_green.png")).unwrap();
    assert_code(&cytoscribe_in(folder.path(), "summary @/set --quick"), 1);

    let summary = |threads| {
        let output =
            cytoscribe_in(folder.path(), &format!("summary @/set --labels @/set/train.csv --threads {threads}"));
        assert_code(&output, 1);
        said(&output).replace(folder.path().to_str().unwrap(), "@")
    };
    let said = summary(1);
    assert_eq!(said, summary(3));
    let without_locations: Vec<&str> = said.lines().filter(|line| !line.ends_with("       0")).collect();
    let expected = [
        "set         @/set",
        "fields      20",
        "stains      microtubules, endoplasmic reticulum, nucleus, protein",
        "sizes       240 x 240          20 fields",
        "depth       8 bit",
        "missing     protein                in 1 field",
        "labels      @/set/train.csv",
        "            2 of 20 images labelled",
        "            18 images without a label: field_10, field_11, field_12, field_13, field_14, field_15, field_16, \
         field_17, field_18, field_19, field_2, field_3, field_4, field_5, field_6, field_7, field_8, field_9",
        "            1 label without an image: other",
        "   #  location                                    images",
        "   0  Nucleoplasm                                      2",
        "  16  Cytosol                                          1",
        "damaged: field_11: the protein channel is missing: expected the file — @/set/field_11_green.png",
        "damaged: field_3: cannot decode PNG: unexpected end of file — @/set/field_3_red.png",
        "2 of 20 fields damaged",
    ];
    assert_eq!(without_locations, expected);
}
