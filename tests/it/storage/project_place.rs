use std::{fs, path::Path};

use cytoscribe::{
    project::{Edit, Project},
    storage::{
        SetLayout,
        course_file::{self, Training},
        journal::{self, Journal, JournalContent},
        project_file::{self, ProjectFile},
        project_place::{self, ProjectPlaceError, move_project, project_folder},
    },
};

use super::journal::record;

#[test]
fn paths_are_written_as_seen_from_the_project() {
    let relative = |path: &str, folder: &str| project_place::relative(Path::new(path), Path::new(folder));
    assert_eq!(relative("/a/b/set", "/a/b/set.cytoscribe"), Path::new("../set"));
    assert_eq!(relative("/a/b/set/train.csv", "/a/b/set.cytoscribe"), Path::new("../set/train.csv"));
    assert_eq!(relative("/a/b", "/a/b/c/d"), Path::new("../.."));
    assert_eq!(relative("/x/set", "/a/b"), Path::new("/x/set"));
    for (path, folder) in [("/a/b/set", "/a/b/set.cytoscribe"), ("/a/b", "/a/b/c/d"), ("/x/set", "/a/b")] {
        let there_and_back = project_place::absolute(&relative(path, folder), Path::new(folder));
        assert_eq!(there_and_back, Path::new(path));
    }
}

#[test]
fn a_project_lies_beside_its_set() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("images");
    fs::create_dir(&set).unwrap();
    let project = project_folder(&set).unwrap();
    assert_eq!(project, folder.path().join("images.cytoscribe"));
    assert!(project.is_dir() && fs::read_dir(&project).unwrap().count() == 0);
}

fn file() -> ProjectFile {
    let mut project = Project::default();
    let _ = project.apply(Edit::PixelSize(0.3));
    let version = project_file::VERSION;
    ProjectFile { version, set: "../images".into(), layout: SetLayout::FilePerStain, labels: None, project }
}

#[test]
fn a_project_that_was_moved_is_found_by_its_set_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let [set, elsewhere] = ["images", "my projects/one"].map(|name| folder.path().join(name));
    fs::create_dir(&set).unwrap();
    let usual = project_folder(&set).unwrap();
    project_file::write(&usual, &file()).unwrap();
    move_project(&set, &usual, &elsewhere, &file()).unwrap();
    assert_eq!(project_folder(&set).unwrap(), elsewhere);
    assert_eq!(project_file::read(&elsewhere).unwrap(), Some(file()));
    // Where it was there is none any more, but what was there is not gone.
    assert_eq!(project_file::read(&usual).unwrap(), None);
    assert!(usual.join("project.previous.ron").is_file());

    move_project(&set, &elsewhere, &usual, &file()).unwrap();
    assert_eq!(project_folder(&set).unwrap(), usual);
    assert_eq!(project_file::read(&usual).unwrap(), Some(file()));
}

/// A journal with one record in `folder`.
fn begin_journal(folder: &Path) -> JournalContent {
    Journal::open(folder).unwrap().0.append(&[record(1)]).unwrap();
    journal::read(folder).unwrap()
}

#[test]
fn the_journal_of_labels_moves_with_its_project_and_stays_behind_as_the_previous_one() {
    let folder = tempfile::tempdir().unwrap();
    let [set, elsewhere] = ["images", "elsewhere"].map(|name| folder.path().join(name));
    fs::create_dir(&set).unwrap();
    let usual = project_folder(&set).unwrap();
    project_file::write(&usual, &file()).unwrap();
    let content = begin_journal(&usual);
    let bytes = fs::read(journal::path_in(&usual)).unwrap();
    move_project(&set, &usual, &elsewhere, &file()).unwrap();
    assert_eq!(fs::read(journal::path_in(&elsewhere)).unwrap(), bytes);
    assert_eq!(fs::read(usual.join("labels.previous.journal")).unwrap(), bytes);
    assert_eq!(journal::read(&usual).unwrap(), JournalContent::default());

    Journal::open(&elsewhere).unwrap().0.append(&[record(2)]).unwrap();
    move_project(&set, &elsewhere, &usual, &file()).unwrap();
    assert_eq!(journal::read(&usual).unwrap().records, [content.records, vec![record(2)]].concat());
    assert!(!journal::path_in(&elsewhere).exists());
}

#[test]
fn what_trainings_came_to_moves_with_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let [set, elsewhere] = ["images", "elsewhere"].map(|name| folder.path().join(name));
    fs::create_dir(&set).unwrap();
    let usual = project_folder(&set).unwrap();
    project_file::write(&usual, &file()).unwrap();
    let training = Training { number: 1, records: 4, cells: 30, mean: Some(0.5), mean_of_decided: None };
    course_file::write(&usual, &[training]).unwrap();
    move_project(&set, &usual, &elsewhere, &file()).unwrap();
    assert_eq!(course_file::read(&elsewhere), [training]);
    // One that cannot be read is left behind, and nothing else with it.
    fs::write(course_file::path_in(&elsewhere), "[(number: ruin").unwrap();
    fs::remove_file(course_file::path_in(&usual)).unwrap();
    move_project(&set, &elsewhere, &usual, &file()).unwrap();
    assert_eq!(project_folder(&set).unwrap(), usual);
    assert!(!course_file::path_in(&usual).exists());
}

#[test]
fn a_project_never_takes_the_place_of_other_labels() {
    let folder = tempfile::tempdir().unwrap();
    let [set, taken] = ["images", "taken"].map(|name| folder.path().join(name));
    fs::create_dir(&set).unwrap();
    let usual = project_folder(&set).unwrap();
    project_file::write(&usual, &file()).unwrap();
    let content = begin_journal(&usual);
    Journal::open(&taken).unwrap().0.append(&[record(7)]).unwrap();
    let error = move_project(&set, &usual, &taken, &file()).unwrap_err().to_string();
    let path = journal::path_in(&taken);
    assert_eq!(
        error,
        format!("cannot move the journal of labels here: there is another one already — {}", path.display())
    );
    assert_eq!(journal::read(&taken).unwrap().records, [record(7)]);
    assert_eq!((project_folder(&set).unwrap(), journal::read(&usual).unwrap()), (usual, content));
}

#[test]
fn a_project_never_takes_the_place_of_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let [set, taken] = ["images", "taken"].map(|name| folder.path().join(name));
    for folder in [&set, &taken] {
        fs::create_dir(folder).unwrap();
    }
    let usual = project_folder(&set).unwrap();
    project_file::write(&usual, &file()).unwrap();
    fs::write(project_file::path_in(&taken), "something").unwrap();
    let error = move_project(&set, &usual, &taken, &file()).unwrap_err();
    assert!(matches!(&error, ProjectPlaceError::Taken(_)), "{error}");
    assert_eq!(project_folder(&set).unwrap(), usual);
    assert_eq!(project_file::read(&usual).unwrap(), Some(file()));
}

#[test]
fn a_moved_project_that_is_gone_is_not_begun_anew_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let [set, elsewhere] = ["images", "elsewhere"].map(|name| folder.path().join(name));
    fs::create_dir(&set).unwrap();
    let usual = project_folder(&set).unwrap();
    move_project(&set, &usual, &elsewhere, &file()).unwrap();
    fs::remove_dir_all(&elsewhere).unwrap();
    let error = project_folder(&set).unwrap_err().to_string();
    let expected = format!(
        "the project was moved to {}, where it is no more: bring it back, or delete {} to begin a new one",
        elsewhere.display(),
        usual.join("moved-to.ron").display()
    );
    assert_eq!(error, expected);
    fs::write(usual.join("moved-to.ron"), "[").unwrap();
    let error = project_folder(&set).unwrap_err().to_string();
    assert!(error.starts_with("no signpost to a project of cytoscribe: line 1: "), "{error}");
}
