//! Corrections of masks as decisions: undone, redone, merged, and part of how a field is cut.

use std::sync::Arc;

use cytoscribe::{
    pipeline::{
        corrections::{Correction, Corrections, corrected},
        features::anchor::anchored_cells,
        segmentation::{Preset, Segmentation, SegmentationParams},
    },
    project::{
        Edit, History, Labels, Project,
        labels::{
            Change, Decision, Deed, Exclusion, Moment, Pen, Reason, merge,
            placement::{PlacedCell, Placement},
        },
    },
};

use crate::{chance::Chance, pictures::ids};

fn pen(session: u64, now: i64) -> Pen {
    Pen { session, annotator: format!("person {session}"), now: Moment(now) }
}

fn delete(number: usize) -> Correction {
    Correction::Delete { cell: (number as u32, 0) }
}

fn correct(image: &str, number: usize) -> Deed {
    Deed::Correct { image: image.to_owned(), correction: delete(number) }
}

fn corrections(numbers: &[usize]) -> Corrections {
    numbers.iter().map(|&number| delete(number)).collect()
}

fn state(project: &Project) -> [Corrections; 2] {
    ["a", "b"].map(|image| project.cutting_of(image).corrections)
}

#[test]
fn a_correction_is_undone_and_redone_wherever_one_is_and_replay_gives_the_same() {
    let mut chance = Chance::of(3);
    let (mut project, mut history) = (Project::default(), History::default());
    project.sign(pen(1, 5));
    let mut states = vec![state(&project)];
    for number in 0..60 {
        let image = ["a", "b"][chance.below(2)];
        history.apply(&mut project, Edit::Masks(correct(image, number)));
        states.push(state(&project));
    }
    assert_eq!(history.undoes(), Some("correction of cells"));
    let mut at = states.len() - 1;
    for _ in 0..40 {
        let target = chance.below(states.len());
        while at != target {
            let moved = if at > target { history.undo(&mut project) } else { history.redo(&mut project) };
            assert!(moved);
            at = if at > target { at - 1 } else { at + 1 };
            assert_eq!(state(&project), states[at]);
        }
    }
    let replayed = Project::default().with_labels(Labels::replay(project.labels().records().to_vec()));
    assert_eq!(state(&replayed), states[at]);
}

#[test]
fn one_correction_is_taken_back_from_among_others_and_comes_back_to_its_place() {
    let (mut project, mut history) = (Project::default(), History::default());
    project.sign(pen(1, 5));
    for number in 0..3 {
        history.apply(&mut project, Edit::Masks(correct("a", number)));
    }
    let second = project.labels().corrections_of("a").nth(1).unwrap().0;
    history.apply(&mut project, Edit::Masks(Deed::Undo(second)));
    assert_eq!(project.cutting_of("a").corrections, corrections(&[0, 2]));
    history.undo(&mut project);
    assert_eq!(project.cutting_of("a").corrections, corrections(&[0, 1, 2]));
    assert_eq!(project.labels().records().len(), 5);
}

#[test]
fn a_field_that_is_corrected_is_cut_otherwise_and_others_are_not() {
    let mut project = Project::default();
    project.sign(pen(1, 5));
    let before = project.cuttings();
    assert!(project.is_cut_as(&before));
    let inverse = project.apply(Edit::Masks(correct("a", 7)));
    assert!(!project.is_cut_as(&before));
    let after = project.cuttings();
    assert!(project.is_cut_as(&after) && after.is_own("a") && !after.is_own("b"));
    assert_eq!((after.of("b"), after.of("a")), (before.of("b"), project.cutting_of("a")));
    // Work on the set knows of it, without the labels.
    assert!(project.without_labels().is_cut_as(&after));
    assert!(project.without_labels().labels().records().is_empty());
    // Other parameters keep it.
    let params = SegmentationParams { working_size: 120, ..Preset::Reference.params() };
    let _ = project.apply(Edit::Segmentation(params.clone()));
    assert_eq!(project.cutting_of("a").params, params);
    assert_eq!(project.cutting_of("a").corrections, corrections(&[7]));
    let _ = project.apply(inverse);
    assert!(!project.cuttings().is_own("a"));
    assert!(Arc::ptr_eq(&project.cuttings().corrections, project.labels().corrections()));
}

#[test]
fn two_journals_merge_their_corrections_in_the_order_of_time_whichever_is_named_first() {
    let session = |number: u64, moments: &[i64], undone: usize| {
        let mut labels = Labels::default();
        let mut inverses = Vec::new();
        for (at, &now) in moments.iter().enumerate() {
            labels.sign(pen(number, now));
            inverses.push(labels.apply(correct("a", number as usize * 10 + at)));
        }
        labels.apply(inverses.swap_remove(undone));
        labels.records().to_vec()
    };
    let (one, other) = (session(1, &[10, 30, 50], 1), session(2, &[20, 40], 0));
    let merged = merge(&one, &other);
    assert_eq!(merged, merge(&other, &one));
    assert_eq!(merged, merge(&merged, &other));
    assert_eq!(merged.len(), one.len() + other.len());
    assert_eq!(Labels::replay(merged).corrections()["a"], corrections(&[10, 21, 12]));
}

#[test]
fn a_correction_falls_to_the_cell_that_decisions_about_its_anchor_fall_to() {
    let cells = ids(&["1111.222", "1111.222", "11113333", "11113333"]);
    let nuclei = ids(&["........", ".1...2..", ".1....3.", "........"]);
    let masks =
        Segmentation { nuclei_mask: nuclei.into(), cell_mask: cells.into(), cell_count: 3, remarks: Vec::new() };
    for anchor in [(1, 1), (1, 3), (1, 6), (2, 4), (0, 4), (9, 9)] {
        let mut labels = Labels::default();
        let set = vec![Change::Exclude(Some(Exclusion::Other))];
        let decision = Decision { image: "a".to_owned(), anchor, area_px: 8, set };
        labels.apply(Deed::Decide(Reason::Image, vec![decision]));
        let placed: Vec<PlacedCell> = anchored_cells(&masks).into_iter().map(PlacedCell::from).collect();
        let placement = Placement::of(&labels, "a", &placed, |anchor| masks.cell_mask.id_or_none(anchor));
        let fallen: Vec<u32> = placement.anchors.into_keys().collect();
        let corrections = [Correction::Delete { cell: anchor }].into_iter().collect();
        let after = corrected(masks.clone(), &corrections);
        assert_eq!(after.gone.into_iter().collect::<Vec<_>>(), fallen);
        assert_eq!(after.lost.is_empty(), !fallen.is_empty());
    }
}
