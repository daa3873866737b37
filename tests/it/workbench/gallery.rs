//! Which cells the gallery shows: told by the workbench, as decisions come in.

use std::{path::Path, sync::Arc};

use cytoscribe::{
    atlas::Location,
    pipeline::{composite::CompositeParams, portrait::PortraitLook},
    project::{
        Edit,
        labels::{Change, Exclusion, Reason, Verdict},
    },
    workbench::{
        Command, Focus, WholeSetTask, Workbench,
        gallery::{CellFilter, GalleryFocus, Having, Look, Shown, Sort, SortKey},
        set_cells::CellAt,
    },
};

use crate::drawn_set::{CELLS, draw_set};

const IMAGES: usize = 3;

fn location() -> Location {
    Location::new(5).unwrap()
}

fn on_the_table(folder: &Path) -> Workbench {
    let set = folder.join("set");
    draw_set(&set, IMAGES);
    let mut workbench = Workbench::new(|| {});
    workbench.run(Command::Open(set));
    ticks_until(&mut workbench, &Focus::default(), "the set", |workbench| workbench.opened().is_some());
    workbench.run(Command::OfAll(WholeSetTask::Measure));
    ticks_until(&mut workbench, &Focus::default(), "all cells", |workbench| {
        workbench.set_cells().is_some_and(|cells| cells.count() == IMAGES * CELLS)
            && workbench.whole_set_task().is_none()
    });
    workbench
}

fn ticks_until(workbench: &mut Workbench, focus: &Focus, what: &str, is_there: impl Fn(&Workbench) -> bool) {
    let since = std::time::Instant::now();
    while !is_there(workbench) {
        workbench.tick(focus);
        assert!(since.elapsed().as_secs() < 60, "waited in vain for {what}");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// The cells that are shown in the end, when nothing more is worked on.
fn shown(workbench: &mut Workbench, filter: CellFilter, sort: SortKey) -> Arc<Shown> {
    let look = Look::of(&CompositeParams::default(), false, 1.0, PortraitLook { masked: false, outlined: false });
    let gallery = GalleryFocus {
        sort: Sort { key: sort, descending: false },
        location: location(),
        least_model: 0,
        filter: Some(filter),
        in_view: Vec::new(),
        look: Arc::new(look),
    };
    let focus = Focus { gallery: Some(gallery), ..Focus::default() };
    workbench.tick(&focus);
    ticks_until(workbench, &focus, "what is shown", Workbench::is_at_rest);
    Arc::clone(&workbench.results().shown.as_ref().unwrap().value)
}

fn places(shown: &Shown) -> Vec<(u32, u32)> {
    shown.cells.iter().map(|at| (at.field, at.cell)).collect()
}

fn decide(workbench: &mut Workbench, (field, cell): (u32, u32), by: &str, change: Change) {
    workbench.run(Command::SignAs(by.to_owned()));
    let deed = workbench.decidable_at(CellAt { field, cell }).unwrap().deed(Reason::Gallery, change);
    workbench.run(Command::Edit(Edit::Labels(deed)));
}

#[test]
fn cells_are_shown_by_who_decided_about_them_also_if_another_decided_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    let label = |verdict| Change::Label(location(), Some(verdict));
    decide(&mut workbench, (0, 1), "Ada", label(Verdict::Yes));
    decide(&mut workbench, (1, 2), "Ben", label(Verdict::No));
    decide(&mut workbench, (0, 1), "Ben", label(Verdict::No));
    decide(&mut workbench, (2, 3), "Ada", Change::Exclude(Some(Exclusion::Debris)));
    let by = |name: &str| CellFilter { annotator: Some(name.to_owned()), ..CellFilter::default() };
    assert_eq!(places(&shown(&mut workbench, by("Ada"), SortKey::Image)), [(0, 1), (2, 3)]);
    assert_eq!(places(&shown(&mut workbench, by("Ben"), SortKey::Image)), [(0, 1), (1, 2)]);
    assert!(shown(&mut workbench, by("Cleo"), SortKey::Image).cells.is_empty());
    let left_out = CellFilter { excluded: Some(true), ..by("Ada") };
    assert_eq!(places(&shown(&mut workbench, left_out, SortKey::Image)), [(2, 3)]);
    let here = CellFilter { text: " FIELD_1 ".to_owned(), ..by("Ben") };
    assert_eq!(places(&shown(&mut workbench, here, SortKey::Image)), [(1, 2)]);
    // Undone, nothing is decided about the cell any more.
    workbench.run(Command::Undo);
    assert_eq!(places(&shown(&mut workbench, by("Ada"), SortKey::Image)), [(0, 1)]);
}

#[test]
fn what_is_shown_follows_every_decision_in_the_order_of_the_cells_and_is_not_told_again_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    let filter = CellFilter { decided: Some(false), ..CellFilter::default() };
    let before = shown(&mut workbench, filter.clone(), SortKey::Area);
    assert_eq!((before.cells.len(), before.values.len()), (IMAGES * CELLS, IMAGES * CELLS));
    assert!(before.values.is_sorted());
    assert!(Arc::ptr_eq(&before, &shown(&mut workbench, filter.clone(), SortKey::Area)));
    let second = before.cells[1];
    decide(&mut workbench, (second.field, second.cell), "Ada", Change::Label(location(), Some(Verdict::No)));
    let after = shown(&mut workbench, filter, SortKey::Area);
    let others: Vec<CellAt> = before.cells.iter().copied().filter(|&at| at != second).collect();
    assert_eq!(after.cells, others);
    assert_eq!(after.values, [&before.values[..1], &before.values[2..]].concat());
    assert!(!after.holds(second) && others.iter().all(|&at| after.holds(at)));
    assert!(!after.holds(CellAt { field: 99, cell: 0 }));
    // What no decision can change stays.
    let all = shown(&mut workbench, CellFilter::default(), SortKey::Area);
    decide(&mut workbench, (second.field, second.cell), "Ada", Change::Label(location(), None));
    assert!(Arc::ptr_eq(&all, &shown(&mut workbench, CellFilter::default(), SortKey::Area)));
    // By what images say and what is decided, all cells are on one side.
    let having = |having| CellFilter { having, ..CellFilter::default() };
    let has = shown(&mut workbench, having(Having::InCell), SortKey::Image);
    let has_not = shown(&mut workbench, having(Having::NotInCell), SortKey::Image);
    assert_eq!(has.cells.len() + has_not.cells.len(), IMAGES * CELLS);
    assert!(has.cells.iter().all(|&at| !has_not.holds(at)));
}
