use std::fs;

use cytoscribe::{
    atlas::Location,
    pipeline::post_processing::PostProcessingParams,
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

#[test]
fn how_confidences_are_made_is_read_as_it_was_written_and_files_from_before_are_read_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = file(0.1);
    let own_image_weights = [(Location::new(5).unwrap(), 0.25)].into();
    let params = PostProcessingParams { image_weight: 0.5, own_image_weights, ..PostProcessingParams::default() };
    let _ = written.project.apply(Edit::PostProcessing(params));
    project_file::write(folder.path(), &written).unwrap();
    assert_eq!(project_file::read(folder.path()).unwrap(), Some(written));
    let path = project_file::path_in(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("        post_processing: (").unwrap();
    let (_, after) = rest.split_once("\n        ),\n").unwrap();
    fs::write(&path, format!("{before}{after}")).unwrap();
    assert_eq!(project_file::read(folder.path()).unwrap(), Some(file(0.1)));
    fs::write(&path, text.replace("image_weight: 0.5", "image_weight: 5.0")).unwrap();
    let error = project_file::read(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("the weight of the image must lie between 0 and 1, not 5 — "), "{error}");
}
