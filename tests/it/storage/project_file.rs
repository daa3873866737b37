use std::fs;

use cytoscribe::{
    project::{Edit, Project},
    storage::{
        SetLayout,
        project_file::{self, ProjectFile, ProjectFileError},
    },
};

fn file(pixel_size_um: f64) -> ProjectFile {
    let mut project = Project::default();
    let _ = project.apply(Edit::PixelSize(pixel_size_um));
    let (set, layout) = ("../set".into(), SetLayout::FilePerStain);
    ProjectFile { version: project_file::VERSION, set, layout, labels: Some("../train.csv".into()), project }
}

#[test]
fn a_project_is_read_as_it_was_written_and_the_one_before_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    assert!(project_file::read(folder.path()).unwrap().is_none());
    project_file::write(folder.path(), &file(0.1)).unwrap();
    project_file::write(folder.path(), &file(0.2)).unwrap();
    assert_eq!(project_file::read(folder.path()).unwrap(), Some(file(0.2)));
    let previous = fs::read_to_string(folder.path().join("project.previous.ron")).unwrap();
    assert!(previous.contains("pixel_size_um: 0.1"), "{previous}");
}

#[test]
fn what_is_no_project_is_named_with_its_line_and_never_read_as_one() {
    let folder = tempfile::tempdir().unwrap();
    project_file::write(folder.path(), &file(0.1)).unwrap();
    let path = project_file::path_in(folder.path());
    let whole = fs::read_to_string(&path).unwrap();
    let message = |text: &str| {
        fs::write(&path, text).unwrap();
        let error = project_file::read(folder.path()).unwrap_err();
        (error.to_string(), error)
    };
    let (text, error) = message(&whole.replace("version: 1", "version: 2"));
    assert!(matches!(error, ProjectFileError::Newer { version: 2, .. }));
    let expected =
        format!("the project is of version 2, this program reads up to 1: use a newer cytoscribe — {}", path.display());
    assert_eq!(text, expected);
    let (text, _) = message(&whole[..whole.len() / 2]);
    assert!(text.starts_with("no project of cytoscribe: line ") && text.ends_with("project.ron"), "{text}");
    let (text, _) = message(&whole.replace("pixel_size_um: 0.1", "pixel_size_um: -3.0"));
    assert!(text.starts_with("the pixel size must lie between 0.001 and 100, not -3 — "), "{text}");
    let (text, _) = message(&whole.replace("pixel_size_um", "pixel_sise_um"));
    assert!(text.contains("pixel_sise_um"), "{text}");
}
