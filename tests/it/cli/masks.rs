//! Masks from elsewhere by command.

use std::{fs, path::Path};

use cytoscribe::storage::{MaskFormat, masks::read_mask, masks::write_mask};
use tempfile::tempdir;

use super::{assert_code, complained, cytoscribe_in, said};
use crate::drawn_set::{CELLS, draw_fading_set, draw_set};

/// A drawn set of three images in `set` and its computed masks in `masks`, and as COCO annotations.
fn segmented(folder: &Path) {
    draw_set(&folder.join("set"), 3);
    assert_code(&cytoscribe_in(folder, "segment @/set --out @/masks --coco @/coco.json"), 0);
}

#[test]
fn sources_of_masks_are_compared_whatever_their_formats() {
    let folder = tempdir().unwrap();
    segmented(folder.path());
    let output = cytoscribe_in(folder.path(), "compare @/masks @/coco.json --set @/set --json @/out.json");
    assert_code(&output, 0);
    let table = said(&output);
    assert!(table.starts_with("nuclei"), "{table}");
    let totals: Vec<&str> = table.lines().filter(|line| line.starts_with("3 fields")).collect();
    assert_eq!(totals.len(), 2);
    assert!(totals[1].contains(&format!("{}  ", 3 * CELLS)) && totals[1].contains("1.000"), "{table}");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["cells"]["total"]["at_60"]["f1"], 1.0);

    fs::remove_file(folder.path().join("masks/field_1_cellmask.png")).unwrap();
    fs::remove_file(folder.path().join("masks/field_1_nucleimask.png")).unwrap();
    let output = cytoscribe_in(folder.path(), "compare @/coco.json @/masks");
    assert_code(&output, 0);
    assert!(complained(&output).contains("note: field_1: no mask in"), "{}", complained(&output));
    let output = cytoscribe_in(folder.path(), "compare @/set @/masks");
    assert_code(&output, 2);
    assert!(complained(&output).contains("found no masks: expected files named"), "{}", complained(&output));
}

#[test]
fn the_masks_of_a_set_are_compared_with_those_of_a_preset() {
    let folder = tempdir().unwrap();
    segmented(folder.path());
    let output = cytoscribe_in(folder.path(), "compare @/set --with-preset standard --json @/out.json");
    assert_code(&output, 0);
    assert!(said(&output).starts_with("cells"), "{}", said(&output));
    let read =
        || serde_json::from_slice::<serde_json::Value>(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(read()["cells"]["total"]["mean_best_iou"], 1.0);
    assert_code(&cytoscribe_in(folder.path(), "compare @/set --with-preset reference --json @/out.json"), 0);
    let total = read()["cells"]["total"].clone();
    assert_eq!((&total["found"], &total["truth"]), (&(3 * CELLS).into(), &(3 * CELLS).into()));
    assert!(total["mean_best_iou"].as_f64().unwrap() < 1.0, "both methods are the same");

    // What is imported is what the images have now.
    let mask =
        read_mask(&folder.path().join("masks/field_1_cellmask.png")).unwrap().map(|&id| if id < 2 { 0 } else { id });
    write_mask(&folder.path().join("theirs/field_1_cellmask.png"), &mask.into(), MaskFormat::Png).unwrap();
    assert_code(&cytoscribe_in(folder.path(), "import-masks @/set --masks @/theirs"), 0);
    assert_code(&cytoscribe_in(folder.path(), "compare @/set --with-preset standard --json @/out.json"), 0);
    assert_eq!(read()["cells"]["total"]["missed"], 1);
    assert_code(&cytoscribe_in(folder.path(), "compare @/set @/masks --with-preset standard"), 2);
}

#[test]
fn imported_masks_are_what_replay_exports_until_one_goes_back_to_computed_ones() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    segmented(folder.path());
    // The second image without its first cell, under other numbers.
    for kind in ["nucleimask", "cellmask"] {
        let mask = read_mask(&path(&format!("masks/field_1_{kind}.png"))).unwrap();
        let mask = mask.map(|&id| if id < 2 { 0 } else { id + 20 });
        write_mask(&path(&format!("theirs/field_1_{kind}.png")), &mask.into(), MaskFormat::Png).unwrap();
    }
    fs::write(path("theirs/field_2_cellmask.png"), "no image").unwrap();
    let output = cytoscribe_in(folder.path(), "import-masks @/set --masks @/theirs");
    assert_code(&output, 1);
    assert!(said(&output).starts_with(&format!("1 images have imported masks, with {} cells", CELLS - 1)));
    assert!(complained(&output).contains("failed: field_2: the content is no PNG, JPEG or TIFF image"));
    assert!(complained(&output).contains("note: field_0: no masks"));

    assert_code(&cytoscribe_in(folder.path(), "replay @/set.cytoscribe --out @/out --write masks"), 0);
    assert_code(
        &cytoscribe_in(folder.path(), "compare @/theirs/field_1_cellmask.png @/out/masks/field_1_cellmask.png"),
        0,
    );
    assert_eq!(
        read_mask(&path("theirs/field_1_cellmask.png")).unwrap(),
        read_mask(&path("out/masks/field_1_cellmask.png")).unwrap()
    );
    assert_eq!(
        read_mask(&path("masks/field_0_cellmask.png")).unwrap(),
        read_mask(&path("out/masks/field_0_cellmask.png")).unwrap()
    );

    let output = cytoscribe_in(folder.path(), "import-masks @/set --computed");
    assert_code(&output, 0);
    assert_eq!(said(&output), "1 image back to computed masks\n");
    assert_code(&cytoscribe_in(folder.path(), "replay @/set.cytoscribe --out @/again --write masks"), 0);
    assert_eq!(
        read_mask(&path("masks/field_1_cellmask.png")).unwrap(),
        read_mask(&path("again/masks/field_1_cellmask.png")).unwrap()
    );
    let output = cytoscribe_in(folder.path(), "import-masks @/set --masks @/theirs --image nobody");
    assert_code(&output, 2);
    assert!(complained(&output).contains("the set has no image 'nobody'"));
}

#[test]
fn tune_finds_the_options_that_masks_were_made_with_and_tells_what_it_cannot_use() {
    let folder = tempdir().unwrap();
    draw_fading_set(&folder.path().join("set"), 2);
    let made = "--working-size 100 --nucleus-threshold 0.4 --cell-extent 0.2";
    assert_code(&cytoscribe_in(folder.path(), &format!("segment @/set --out @/masks {made}")), 0);
    fs::write(folder.path().join("masks/field_1_cellmask.png"), "no image").unwrap();
    let output = cytoscribe_in(
        folder.path(),
        "tune @/set --truth @/masks --working-size 100 --cell-extent 0.9 --json @/out.json",
    );
    assert_code(&output, 1);
    assert!(complained(&output).contains("failed: field_1: the content is no PNG"), "{}", complained(&output));
    let table = said(&output);
    assert!(table.contains("settings on 1 image; the score is the mean F1"), "{table}");
    let rows: Vec<&str> = table.lines().skip_while(|line| !line.starts_with("as given")).collect();
    assert!(rows[0].ends_with("--nucleus-threshold 0.5 --split 0.5 --cell-extent 0.9"), "{table}");
    assert!(rows[1].starts_with("1 ") && rows[1].contains("1.000"), "{table}");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["best"][0]["score"], 1.0);
    let output = cytoscribe_in(folder.path(), "tune @/set --truth @/set");
    assert_code(&output, 2);
    assert!(complained(&output).contains("found no masks"), "{}", complained(&output));
}
