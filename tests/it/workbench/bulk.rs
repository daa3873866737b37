//! One decision about very many cells, put together beside the window.

use std::path::Path;

use cytoscribe::{
    atlas::Location,
    project::{
        Edit,
        labels::{Change, Deed, Exclusion, Reason, Record, Verdict},
    },
    storage::journal,
    workbench::{
        Command, Focus, WholeSetTask, Workbench,
        bulk::{BulkChange, BulkStep},
        set_cells::CellAt,
        standing::Standing,
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
    ticks_until(&mut workbench, "the set", |workbench| workbench.opened().is_some());
    workbench.run(Command::OfAll(WholeSetTask::Measure));
    ticks_until(&mut workbench, "all cells", |workbench| {
        workbench.set_cells().is_some_and(|cells| cells.count() == IMAGES * CELLS)
            && workbench.whole_set_task().is_none()
    });
    workbench
}

fn ticks_until(workbench: &mut Workbench, what: &str, is_there: impl Fn(&Workbench) -> bool) {
    let since = std::time::Instant::now();
    while !is_there(workbench) {
        workbench.tick(&Focus::default());
        assert!(since.elapsed().as_secs() < 60, "waited in vain for {what}");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// All cells of the set from the last to the first, among so many that are not there that it is a matter for a thread.
fn many(workbench: &Workbench, change: BulkChange) -> Command {
    let mut cells: Vec<CellAt> = (0..2 * BulkStep::AT_ONCE as u32).map(|cell| CellAt { field: 999, cell }).collect();
    cells.extend(workbench.set_cells().unwrap().all());
    cells.reverse();
    Command::OfMany(BulkStep { cells, change })
}

fn yes() -> BulkChange {
    BulkChange::To(Change::Label(location(), Some(Verdict::Yes)))
}

fn standings(workbench: &Workbench) -> Vec<Standing> {
    let cells = workbench.set_cells().unwrap();
    cells.all().map(|at| workbench.standing(at, location()).unwrap()).collect()
}

fn on_disk(workbench: &Workbench) -> Vec<Record> {
    journal::read(workbench.opened().unwrap().folder.as_ref().unwrap()).unwrap().records
}

#[test]
fn very_many_cells_are_decided_about_beside_the_window_in_one_step_that_is_on_the_disk_before_it_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    workbench.run(many(&workbench, yes()));
    assert!(workbench.deciding() > 0 && !workbench.is_at_rest());
    assert_eq!(workbench.project().labels().records(), [], "the window goes on meanwhile");
    ticks_until(&mut workbench, "the step", |workbench| workbench.deciding() == 0);
    assert!(workbench.is_unsaved() || on_disk(&workbench).len() == 1);
    ticks_until(&mut workbench, "the disk", |workbench| workbench.unwritten_decisions() == 0);
    let records = on_disk(&workbench);
    let Deed::Decide(reason, decisions) = &records[0].did else { panic!("{records:?}") };
    assert_eq!((records.len(), *reason, decisions.len()), (1, Reason::Bulk, IMAGES * CELLS));
    let cells = workbench.set_cells().unwrap();
    for (decision, at) in decisions.iter().zip(cells.all()) {
        let (field, cell) = (cells.field(at.field as usize).unwrap(), cells.cell(at).unwrap());
        assert_eq!((&decision.image, decision.anchor, decision.area_px), (&field.image, cell.anchor, cell.area_px));
    }
    assert_eq!(standings(&workbench), [Standing::Yes; IMAGES * CELLS]);
    workbench.run(Command::Undo);
    assert!(standings(&workbench).iter().all(|standing| standing.is_undecided()));
    workbench.run(Command::Redo);
    assert_eq!(standings(&workbench), [Standing::Yes; IMAGES * CELLS]);
}

#[test]
fn what_is_decided_while_a_large_step_is_put_together_comes_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    workbench.run(many(&workbench, yes()));
    let cell = workbench.decidable_at(CellAt { field: 1, cell: 2 }).unwrap();
    let deed = cell.deed(Reason::Image, Change::Label(location(), Some(Verdict::No)));
    workbench.run(Command::Edit(Edit::Labels(deed)));
    assert_eq!((workbench.project().labels().records().len(), workbench.deciding()), (2, 0));
    let no = standings(&workbench).into_iter().filter(|standing| *standing == Standing::No).count();
    assert_eq!(no, 1);
    // Undo of a step that is not there yet undoes that step, and not the one before.
    workbench.run(many(&workbench, yes()));
    workbench.run(Command::Undo);
    assert_eq!(standings(&workbench)[CELLS + 2], Standing::No);
    ticks_until(&mut workbench, "the disk", Workbench::is_at_rest);
    assert_eq!(on_disk(&workbench).len(), 4);
}

#[test]
fn a_large_step_is_not_lost_when_the_set_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    workbench.run(many(&workbench, yes()));
    assert!(workbench.close());
    assert_eq!(on_disk(&workbench).len(), 1);
}

#[test]
fn many_cells_are_left_out_count_again_and_take_back_what_was_decided_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path());
    let out = BulkChange::LeftOutOrNot(Exclusion::Debris);
    let step = |workbench: &mut Workbench, change| {
        workbench.run(many(workbench, change));
        ticks_until(workbench, "a step", |workbench| workbench.deciding() == 0);
    };
    // Nothing is decided: there is nothing to take back.
    step(&mut workbench, BulkChange::To(Change::Label(location(), None)));
    assert_eq!(workbench.project().labels().records(), []);
    step(&mut workbench, out);
    assert_eq!(standings(&workbench), [Standing::LeftOut; IMAGES * CELLS]);
    step(&mut workbench, out);
    assert!(standings(&workbench).iter().all(|standing| standing.is_undecided()));
}
