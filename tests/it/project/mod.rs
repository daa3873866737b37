//! Floor 3: decisions, and undoing them.

mod corrections;
mod labels;
mod new_segmentations;

use cytoscribe::{
    imaging::Plane,
    pipeline::{
        composite::CompositeParams,
        post_processing::PostProcessingParams,
        sample_depth::SampleDepth,
        segmentation::{Preset, SegmentationParams},
        tuning::{Mark, MarkedRegion, Opinion},
    },
    project::{Edit, History, Project, TuningExamples},
};

fn with_size(working_size: u32) -> SegmentationParams {
    SegmentationParams { working_size, ..Preset::Reference.params() }
}

/// A mark of the cell that fills a square at this corner.
fn mark(corner: u32, opinion: Opinion) -> Mark {
    let mask = Plane::from_fn(40, 40, |row, col| {
        let inside = |at: usize| (corner as usize..corner as usize + 5).contains(&at);
        u32::from(inside(row) && inside(col))
    });
    let region = MarkedRegion::of(&mask.into(), 1, 0..40, 0..40).unwrap();
    Mark { anchor: (corner + 2, corner + 2), opinion, region }
}

fn examples() -> TuningExamples {
    TuningExamples::default().with("a", mark(20, Opinion::Bad)).with("a", mark(3, Opinion::Good))
}

/// One edit of every kind.
fn edits() -> Vec<Edit> {
    let own = |id: &str, params| Edit::Override { id: id.to_owned(), params };
    vec![
        Edit::Display(CompositeParams { gamma: 0.5, ..CompositeParams::default() }),
        Edit::SampleDepth(SampleDepth::PercentileWindow),
        Edit::Segmentation(with_size(800)),
        own("a", Some(with_size(200))),
        own("a", Some(with_size(300))),
        own("a", None),
        own("b", None),
        Edit::PixelSize(0.2),
        Edit::PostProcessing(PostProcessingParams { border_penalty: 1.0, ..PostProcessingParams::default() }),
        Edit::Examples(examples()),
        Edit::Examples(examples().without_marks()),
        Edit::LabelFile(Some("labels.csv".into())),
        Edit::LabelFile(None),
        Edit::Reviewed { id: "a".to_owned(), is_reviewed: true },
        Edit::Reviewed { id: "a".to_owned(), is_reviewed: true },
        Edit::Reviewed { id: "b".to_owned(), is_reviewed: false },
        Edit::Reviewed { id: "a".to_owned(), is_reviewed: false },
        Edit::Together(vec![own("c", Some(with_size(100))), Edit::Segmentation(with_size(100)), own("c", None)]),
    ]
}

#[test]
fn the_inverse_of_every_edit_brings_the_project_back() {
    let mut project = Project::default();
    for edit in edits() {
        let before = project.clone();
        let mut changed = before.clone();
        let inverse = changed.apply(edit.clone());
        let after = changed.clone();
        let again = changed.apply(inverse);
        assert_eq!(changed, before, "{edit:?}");
        let _ = changed.apply(again);
        assert_eq!(changed, after, "{edit:?}");
        project = after;
    }
}

#[test]
fn all_that_was_done_is_undone_step_by_step_and_redone() {
    let (mut project, mut history) = (Project::default(), History::default());
    let mut states = vec![project.clone()];
    for edit in edits() {
        history.apply(&mut project, edit);
        history.end_gesture();
        states.push(project.clone());
    }
    for state in states.iter().rev().skip(1) {
        assert!(history.undo(&mut project));
        assert_eq!(project, *state);
    }
    assert!(!history.undo(&mut project));
    for state in &states[1..] {
        assert!(history.redo(&mut project));
        assert_eq!(project, *state);
    }
    assert!(!history.redo(&mut project));
}

#[test]
fn a_drag_is_one_undo_step() {
    let (mut project, mut history) = (Project::default(), History::default());
    for size in 401..440 {
        history.apply(&mut project, Edit::Segmentation(with_size(size)));
    }
    history.end_gesture();
    history.apply(&mut project, Edit::Segmentation(with_size(500)));
    assert_eq!(history.undoes(), Some("change of segmentation"));
    history.undo(&mut project);
    assert_eq!(project.segmentation().working_size, 439);
    history.undo(&mut project);
    assert_eq!(project, Project::default());
}

#[test]
fn what_a_gesture_changes_besides_is_a_step_of_its_own() {
    let (mut project, mut history) = (Project::default(), History::default());
    history.apply(&mut project, Edit::PixelSize(0.1));
    history.apply(&mut project, Edit::SampleDepth(SampleDepth::PercentileWindow));
    history.undo(&mut project);
    assert_eq!((project.sample_depth(), project.pixel_size_um()), (SampleDepth::default(), 0.1));
}

#[test]
fn a_new_edit_ends_what_could_be_redone() {
    let (mut project, mut history) = (Project::default(), History::default());
    history.apply(&mut project, Edit::PixelSize(0.1));
    history.undo(&mut project);
    assert_eq!(history.redoes(), Some("change of pixel size"));
    history.apply(&mut project, Edit::PixelSize(0.3));
    assert!(!history.redo(&mut project));
}

#[test]
fn a_cell_has_one_mark_and_the_same_mark_once_more_takes_it_away() {
    let examples = examples();
    assert_eq!(examples.marks_of("a"), [mark(3, Opinion::Good), mark(20, Opinion::Bad)]);
    let turned = examples.with("a", mark(3, Opinion::Bad));
    assert_eq!(turned.marks_of("a"), [mark(3, Opinion::Bad), mark(20, Opinion::Bad)]);
    // Another cell in its place: its anchor lies in what was marked.
    let moved = examples.with("a", mark(5, Opinion::Good));
    assert_eq!(moved.marks_of("a"), [mark(5, Opinion::Good), mark(20, Opinion::Bad)]);
    let none = examples.with("a", mark(3, Opinion::Good)).without("a", (22, 22));
    assert_eq!(none, TuningExamples::default());
    assert_eq!((examples.count(), none.count()), (2, 0));
}

#[test]
fn a_setting_for_all_images_is_also_that_of_those_that_had_their_own_in_one_step() {
    let (mut project, mut history) = (Project::default(), History::default());
    history.apply(&mut project, Edit::Override { id: "a".to_owned(), params: Some(with_size(200)) });
    let before = project.clone();
    let edit = project.cut_all_by(&with_size(300));
    history.apply(&mut project, edit);
    assert_eq!([project.segmentation(), project.segmentation_of("a")], [&with_size(300); 2]);
    assert!(project.overrides().is_empty());
    history.undo(&mut project);
    assert_eq!(project, before);
}
