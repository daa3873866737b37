//! `replay`: a project is exported again to the byte.
//!
//! tests/replay holds a small synthetic set with its truth, a project with some decisions, and the report of its export
//! with the checksums of all files. After a change that is meant to change results:
//! `cytoscribe replay tests/replay/train.cytoscribe --out OUT`, and OUT/report.txt is the new one.

use std::{fs, path::Path};

use cytoscribe::{
    project::Project,
    storage::project_file,
    workbench::{
        Stop,
        opening::{JournalUse, Opening, open},
        whole_set::{Progress, Watch, WholeSet},
    },
};
use tempfile::{TempDir, tempdir};

use super::{assert_code, complained, cytoscribe_in, files_below, said};
use crate::drawn_set::draw_set;

fn kept() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/replay"))
}

/// A copy of the project with its set.
pub fn copied() -> TempDir {
    let folder = tempdir().unwrap();
    for (name, bytes) in files_below(kept()) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Whether this machine rounds products of matrices and functions of the system as that of the stored report does.
fn rounds_as_stored() -> bool {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    let fused = std::arch::is_x86_feature_detected!("fma");
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
    let fused = false;
    fused
}

/// The lines of a report that are the same whatever else was written and learnt.
fn checksums(report: &str, names: &[&str]) -> Vec<String> {
    let is_named = |line: &&str| names.iter().any(|name| line.starts_with(name) && line.contains(" bytes"));
    report.lines().filter(is_named).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_project_is_exported_to_the_same_bytes_on_one_thread_and_on_two_as_ever_and_is_left_as_it_was() {
    let folder = copied();
    let before = files_below(folder.path());
    for threads in [1, 2] {
        let command = format!("replay @/train.cytoscribe --out @/out{threads} --threads {threads}");
        assert_code(&cytoscribe_in(folder.path(), &command), 0);
    }
    let [one, two] = ["out1", "out2"].map(|name| files_below(&folder.path().join(name)));
    assert_eq!(one.len(), 5 + 12, "{:?}", one.iter().map(|(name, _)| name).collect::<Vec<_>>());
    assert!(one == two);
    for name in ["out1", "out2"] {
        let report = fs::read_to_string(folder.path().join(name).join("report.txt")).unwrap();
        let stored = fs::read_to_string(kept().join("report.txt")).unwrap();
        if rounds_as_stored() {
            assert_eq!(report, stored);
        } else {
            let exact = ["images", "labels", "decisions", "coco.json", "masks/"];
            assert_eq!(checksums(&report, &exact), checksums(&stored, &exact));
        }
        fs::remove_dir_all(folder.path().join(name)).unwrap();
    }
    assert!(files_below(folder.path()) == before);
}

#[test]
fn cells_from_the_store_are_exported_to_the_same_bytes_as_cells_that_are_measured_anew() {
    let folder = copied();
    let (set, project) = (folder.path().join("train"), folder.path().join("train.cytoscribe"));
    let Opening::Set(opened) = open(&project, JournalUse::Leave).unwrap() else { panic!("the images are not there") };
    let whole = WholeSet { set: &opened.set, project: &opened.project, folder: &project };
    let (stop, progress) = (Stop::default(), Progress::default());
    let (report, _) = whole.measure(Watch { stop: &stop, progress: &progress, wake: &|| {} }, &|_| {}).unwrap();
    assert_eq!((report.read, report.cells), (6, 38));
    let store = fs::read(project.join("cells.store")).unwrap();
    let command = format!("replay {} --out @/out --write submission,table", project.display());
    assert_code(&cytoscribe_in(folder.path(), &command), 0);
    assert_eq!(fs::read(project.join("cells.store")).unwrap(), store);
    let names: Vec<String> = files_below(&folder.path().join("out")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["cells.parquet", "report.txt", "submission.csv"]);
    if rounds_as_stored() {
        let report = fs::read_to_string(folder.path().join("out/report.txt")).unwrap();
        let stored = fs::read_to_string(kept().join("report.txt")).unwrap();
        let same = ["images", "labels", "decisions", "features", "submission.csv", "cells.parquet"];
        assert_eq!(checksums(&report, &same), checksums(&stored, &same));
        assert_eq!(checksums(&report, &same).len(), same.len());
    }
    assert!(set.is_dir());
}

#[test]
fn results_are_not_written_among_the_images_nor_into_the_project() {
    let folder = copied();
    for out in ["train", "train/results", "train.cytoscribe"] {
        let output = cytoscribe_in(folder.path(), &format!("replay @/train.cytoscribe --out @/{out}"));
        assert_code(&output, 2);
        assert!(complained(&output).contains("choose another folder"), "{}", complained(&output));
    }
    assert_eq!(files_below(folder.path()), files_below(kept()));
}

#[test]
fn without_labels_there_is_no_submission_but_masks_and_features() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 2);
    fs::remove_file(folder.path().join("set/train.csv")).unwrap();
    let output = cytoscribe_in(folder.path(), "replay @/set --out @/out");
    assert_code(&output, 2);
    assert!(complained(&output).contains("read a label file, or leave both out"), "{}", complained(&output));
    let output = cytoscribe_in(folder.path(), "replay @/set --out @/out --write masks,table --table-format csv");
    assert_code(&output, 0);
    assert!(said(&output).contains("8 masks of label maps were decoded"), "{}", said(&output));
    let table = fs::read_to_string(folder.path().join("out/cells.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 8);
    assert!(table.starts_with("image,cell_id,anchor_row,anchor_col,area_px,label 0 Nucleoplasm,"), "{}", &table[..200]);
}

#[test]
fn a_project_that_was_begun_by_a_relative_path_is_found_again() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 1);
    let decide = |path: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_cytoscribe"));
        let program = program.args(["labels", "decide", path]).current_dir(folder.path());
        program.stdin(std::process::Stdio::null()).output().unwrap()
    };
    assert_code(&decide("set"), 0);
    let file = project_file::read(&folder.path().join("set.cytoscribe")).unwrap().unwrap();
    assert_eq!((file.set.to_str(), file.project), (Some("../set"), Project::default()));
    assert_code(&decide("set.cytoscribe"), 0);
}
