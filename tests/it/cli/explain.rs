//! How it works, as a page.

use std::{fs, path::Path};

use cytoscribe::pipeline::segmentation::{Method, Stage};
use tempfile::tempdir;

use super::{assert_code, complained, cytoscribe_in, files_below};
use crate::drawn_set::{SIDE, draw_set};

/// The page in `folder`, whose pictures are all there and no others.
fn read_page(folder: &Path) -> String {
    let page = fs::read_to_string(folder.join("how_it_works.md")).unwrap();
    let mut named: Vec<String> =
        page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned()).collect();
    named.push("how_it_works.md".to_owned());
    named.sort();
    named.dedup();
    let there: Vec<String> = files_below(folder).into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, there);
    for name in there.iter().filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "png")) {
        image::open(folder.join(name)).unwrap();
    }
    page
}

#[test]
fn a_page_explains_every_stage_of_both_methods_and_a_cell_the_same_each_time() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 2);
    assert_code(&cytoscribe_in(folder.path(), "explain @/set --field field_1 --out @/page"), 0);
    let page = read_page(&folder.path().join("page"));
    for method in Method::ALL {
        for stage in Stage::ALL {
            assert!(page.contains(&format!(". {}\n", stage.name(method))), "{} is missing", stage.name(method));
        }
    }
    for words in ["`field_1`, labelled Cytosol", "Rings", "Slices", "Speckles", "No model is learnt", "of 4"] {
        assert!(page.contains(words), "{words} is missing in\n{page}");
    }
    let picture = image::open(folder.path().join("page/standard_10_stage.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (SIDE, SIDE));
    // The file of a stain names the image.
    assert_code(&cytoscribe_in(folder.path(), "explain @/set/field_1_blue.png --out @/again --threads 1"), 0);
    assert_eq!(files_below(&folder.path().join("page")), files_below(&folder.path().join("again")));
}

#[test]
fn the_method_that_is_asked_for_comes_first_and_a_model_tells_what_weighs() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 6);
    assert_code(
        &cytoscribe_in(folder.path(), "train @/set --labels @/set/train.csv --preset reference --out @/model.ron"),
        0,
    );
    let explain = "explain @/set --preset reference --model @/model.ron --cell 2 --out @/page";
    assert_code(&cytoscribe_in(folder.path(), explain), 0);
    let page = read_page(&folder.path().join("page"));
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} is missing in\n{page}"));
    assert!(place("## Cells by the reference method") < place("## Cells by the standard method"));
    assert!(place("## One cell, number 2") < place("**Nucleoplasm: a label of the image, probability"));
    place(" | for |");

    let output = cytoscribe_in(folder.path(), "explain @/set --cell 9 --out @/page");
    assert_code(&output, 2);
    assert!(complained(&output).contains("has no measured cell 9: its cells have numbers from 1 to 4"));
    let output = cytoscribe_in(folder.path(), "explain @/set --field nobody --out @/page");
    assert_code(&output, 2);
    assert!(complained(&output).contains("the set has no image with the ID 'nobody'"), "{}", complained(&output));
    let output = cytoscribe_in(folder.path(), "explain @/set/train.csv --out @/page");
    assert_code(&output, 2);
    assert!(complained(&output).contains("train.csv"), "{}", complained(&output));
}
