use cytoscribe::{
    atlas::{Anchor, Location},
    project::{
        Labels, Project,
        labels::{Change, Decision, Deed, Pen, Reason, Verdict, placement::Fate},
    },
    storage::{ImageSet, SetLayout},
    workbench::{
        Stop,
        placements::{Lookup, Placements},
        set_cells::SetCells,
        whole_set::{Progress, Watch, WholeSet},
    },
};

use crate::drawn_set::draw_set;

fn measured(folder: &std::path::Path) -> (ImageSet, SetCells) {
    let set = folder.join("set");
    draw_set(&set, 2);
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let whole = WholeSet { set: &images, project: &Project::default(), folder: &folder.join("out") };
    let (stop, progress) = (Stop::default(), Progress::default());
    let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
    let cells = whole.measure(watch, &|_| {}).unwrap().1;
    (images, cells)
}

fn decide(labels: &mut Labels, image: &str, anchor: Anchor, verdict: Verdict) -> Deed {
    let set = vec![Change::Label(Location::NEGATIVE, Some(verdict))];
    let decision = Decision { image: image.to_owned(), anchor, area_px: 0, set };
    labels.apply(Deed::Decide(Reason::Image, vec![decision]))
}

#[test]
fn decisions_fall_to_the_cells_that_cover_their_anchors_once_the_mask_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let (images, cells) = measured(folder.path());
    let (placements, mut labels) = (Placements::default(), Labels::default());
    labels.sign(Pen { session: 7, ..Pen::default() });
    let of = |labels: &Labels, place: usize| placements.of(place, &images, labels, &cells).unwrap();
    assert!(of(&labels, 0).is_empty() && !of(&labels, 0).is_partial);

    let first = cells.field(0).unwrap().cells[0];
    let (row, col) = first.anchor;
    decide(&mut labels, "field_0", first.anchor, Verdict::No);
    assert_eq!(of(&labels, 0).of(first.id).of(Location::NEGATIVE), Some(Verdict::No));
    assert!(placements.to_look_up(9, &labels, &cells).is_empty());

    // Made when its anchor was elsewhere, and about one that is gone.
    let undo = decide(&mut labels, "field_0", (row + 3, col + 2), Verdict::Yes);
    decide(&mut labels, "field_0", (0, 0), Verdict::Yes);
    let partial = of(&labels, 0);
    assert!(partial.is_partial);
    let lookups = placements.to_look_up(9, &labels, &cells);
    assert_eq!(lookups.iter().map(|lookup| (lookup.field, lookup.anchors.len())).collect::<Vec<_>>(), [(0, 2)]);
    placements.take(lookups.into_iter().map(|lookup: Lookup| lookup.done(&cells)).collect());
    let placed = of(&labels, 0);
    assert_eq!(placements.revision(), 1);
    assert!(!placed.is_partial);
    assert_eq!(placed.of(first.id).of(Location::NEGATIVE), Some(Verdict::Yes));
    assert_eq!(placed.placement.fates[&(0, 0)], Fate::Lost);
    assert_eq!(placed.placement.anchors_in(first.id), [first.anchor, (row + 3, col + 2)]);
    // It is kept until something is decided about this field.
    assert!(std::sync::Arc::ptr_eq(&placed, &of(&labels, 0)));
    decide(&mut labels, "field_1", cells.field(1).unwrap().cells[0].anchor, Verdict::No);
    assert!(std::sync::Arc::ptr_eq(&placed, &of(&labels, 0)));
    assert!(!of(&labels, 1).is_empty());
    labels.apply(undo);
    assert_eq!(of(&labels, 0).of(first.id).of(Location::NEGATIVE), Some(Verdict::No));
    // Other labels are other labels.
    assert!(of(&Labels::default(), 0).is_empty());
}
