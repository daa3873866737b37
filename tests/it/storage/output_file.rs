//! Files that appear whole or not at all.

use std::{fs, io::Write};

use cytoscribe::storage::OutputFile;
use tempfile::tempdir;

use super::{names_in, reason};

#[test]
fn an_older_file_stays_until_the_new_one_is_whole() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "old").unwrap();
    let mut file = OutputFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    file.flush().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    file.finish().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names_in(folder.path()), ["table.csv"]);
}

#[test]
fn a_file_given_up_leaves_nothing_behind_and_the_older_one_in_place() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "old").unwrap();
    let mut file = OutputFile::create(&path).unwrap();
    file.write_all(&vec![0; 1 << 20]).unwrap();
    drop(file);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names_in(folder.path()), ["table.csv"]);
}

#[test]
fn missing_folders_are_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a/b/table.csv");
    OutputFile::write(&path, b"content").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"content");
}

#[test]
fn a_parent_that_is_a_file_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let parent = folder.path().join("results");
    fs::write(&parent, "a file").unwrap();
    let error = OutputFile::create(parent.join("table.csv")).unwrap_err();
    assert_eq!(reason(&error.to_string(), &parent), "cannot make the folder: File exists (os error 17)");
    assert_eq!(names_in(folder.path()), ["results"]);
}

#[test]
fn a_folder_in_the_place_of_the_file_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::create_dir(&path).unwrap();
    let error = OutputFile::write(&path, b"content").unwrap_err();
    assert_eq!(reason(&error.to_string(), &path), "cannot write the file: is a directory");
    assert_eq!(names_in(folder.path()), ["table.csv"]);
}

#[test]
fn a_folder_without_permission_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    let mut permissions = fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&locked, permissions).unwrap();
    if fs::write(locked.join("probe"), "").is_ok() {
        return; // Permissions do not bind the superuser.
    }
    let path = locked.join("table.csv");
    let error = OutputFile::create(&path).unwrap_err();
    assert_eq!(reason(&error.to_string(), &path), "cannot write the file: Permission denied (os error 13)");
}
