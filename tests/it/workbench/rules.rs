use std::time::{Duration, Instant};

use cytoscribe::{
    atlas::Location,
    pipeline::measures::{Measure, Side},
    project::{
        Edit,
        labels::{Change, Decision, Deed, Reason, Verdict},
    },
    workbench::{
        Command, Focus, WholeSetTask, Workbench,
        deck::DeckScope,
        rules::{Learnt, Nearness, RuleStep, RuleTable, RuleWish},
        set_cells::CellAt,
        standing::Standing,
    },
};

use crate::{chance::Chance, drawn_set::draw_set};

type Known = Vec<(f32, CellAt, Standing)>;

/// Cells with few different values, so that many are alike; those with the location have higher ones.
fn known(count: usize, seed: u64) -> Known {
    let mut chance = Chance::of(seed);
    let cell = |number: usize| {
        let standing = Standing::ALL[chance.below(5)];
        let shift = if matches!(standing, Standing::Yes | Standing::InImage) { 6 } else { 0 };
        let value = (chance.below(20) + shift) as f32 / 4.0;
        (value, CellAt { field: (number / 7) as u32, cell: (number % 7) as u32 }, standing)
    };
    (0..count).map(cell).collect()
}

#[test]
fn counts_on_both_sides_of_a_cut_are_those_of_the_cells_that_lie_there() {
    let known = known(500, 3);
    let is_even = |at: CellAt| at.field.is_multiple_of(2);
    let table = RuleTable::of_known(known.clone(), is_even, None);
    assert!(table.values.is_sorted() && table.cells.len() < known.len());
    for cut in [-1.0, 0.0, 1.3, 2.5, 2.6, 6.0, 99.0] {
        for side in [Side::Below, Side::Above] {
            let counts = table.counts(side, cut);
            for standing in Standing::ALL {
                let wanted = known.iter().filter(|&&(value, at, of)| {
                    is_even(at) && of == standing && (value >= cut) == (side == Side::Above)
                });
                assert_eq!(counts[standing as usize], wanted.count(), "{cut} {side:?} {standing:?}");
            }
        }
    }
    let bins: usize = table.histogram.bins.iter().flatten().sum();
    assert_eq!(bins, table.cells.len());
}

#[test]
fn the_suggested_cut_separates_as_well_as_any() {
    let told = |known: &Known, cut: f32, side: Side, kinds: (Standing, Standing)| {
        let share = |standing: Standing, side: Side| {
            let all = || known.iter().filter(|(.., of)| *of == standing);
            all().filter(|(value, ..)| side.has(*value, cut)).count() as f64 / all().count() as f64
        };
        share(kinds.0, side) + share(kinds.1, side.other())
    };
    for seed in 0..6 {
        let known = known(300, seed);
        let suggestion = RuleTable::of_known(known.clone(), |_| true, None).suggestion.unwrap();
        assert!(matches!(suggestion.learnt, Learnt::FromDecisions(..)));
        let kinds = (Standing::Yes, Standing::No);
        let best = (0..110)
            .flat_map(|step| [Side::Above, Side::Below].map(|side| told(&known, step as f32 / 16.0, side, kinds)))
            .fold(0.0, f64::max);
        let reached = told(&known, suggestion.cut, suggestion.side, kinds);
        assert!((reached - best).abs() < 1e-9, "{reached} {best}");
        assert!((suggestion.found + suggestion.spared - reached).abs() < 1e-9);
        // Without decisions it is learnt from images, and where the side is known, for that side.
        let undecided: Known = known.into_iter().filter(|(.., standing)| standing.is_undecided()).collect();
        let suggestion = RuleTable::of_known(undecided.clone(), |_| true, Some(Side::Below)).suggestion.unwrap();
        assert!(matches!(suggestion.learnt, Learnt::FromImages(..)) && suggestion.side == Side::Below);
        let one_kind = undecided.into_iter().filter(|(.., standing)| *standing == Standing::InImage).collect();
        assert_eq!(RuleTable::of_known(one_kind, |_| true, None).suggestion, None);
    }
}

#[test]
fn examples_are_nearest_to_the_cut_or_farthest_from_it() {
    let known: Known = (0..10)
        .map(|cell| {
            let standing = if cell == 4 || cell == 9 { Standing::No } else { Standing::InImage };
            (cell as f32, CellAt { field: 0, cell }, standing)
        })
        .collect();
    let table = RuleTable::of_known(known, |_| true, None);
    let examples = |side, nearness, undecided_only| -> Vec<u32> {
        table.examples(side, 5.0, nearness, undecided_only, 3).into_iter().map(|at| at.cell).collect()
    };
    assert_eq!(examples(Side::Below, Nearness::Near, false), [4, 3, 2]);
    assert_eq!(examples(Side::Below, Nearness::Near, true), [3, 2, 1]);
    assert_eq!(examples(Side::Below, Nearness::Far, true), [0, 1, 2]);
    assert_eq!(examples(Side::Above, Nearness::Near, true), [5, 6, 7]);
    assert_eq!(examples(Side::Above, Nearness::Far, true), [8, 7, 6]);
    assert_eq!(examples(Side::Above, Nearness::Far, false), [9, 8, 7]);
}

fn wait(workbench: &mut Workbench, focus: &Focus, what: &str, is_there: impl Fn(&Workbench) -> bool) {
    let since = Instant::now();
    while !is_there(workbench) {
        assert!(since.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
        workbench.tick(focus);
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A measured set of three drawn fields, two with the protein in the nuclei and labelled so; and what is looked at.
fn measured(folder: &std::path::Path) -> (Workbench, RuleWish, Focus) {
    let set = folder.join("set");
    draw_set(&set, 3);
    let mut workbench = Workbench::new(|| {});
    workbench.run(Command::Open(set));
    let nothing = Focus::default();
    wait(&mut workbench, &nothing, "the set", |workbench| workbench.opened().is_some());
    workbench.run(Command::OfAll(WholeSetTask::Measure));
    let measure = Measure::all().find(|measure| measure.name() == "Protein in the nucleus").unwrap();
    let wish = RuleWish { location: Location::default(), measure, scope: DeckScope::All };
    let focus = Focus { rules: Some(wish), ..Focus::default() };
    wait(&mut workbench, &focus, "the cells", |workbench| {
        workbench.set_cells().is_some_and(|cells| cells.count() == 12)
            && workbench.is_at_rest()
            && workbench.is_rule_table_fresh(wish)
    });
    (workbench, wish, focus)
}

fn decide(workbench: &mut Workbench, at: CellAt, verdict: Verdict) {
    let cells = workbench.set_cells().unwrap();
    let (cell, field) = (cells.cell(at).unwrap(), cells.field(at.field as usize).unwrap());
    let set = vec![Change::Label(Location::default(), Some(verdict))];
    let decision = Decision { image: field.image.clone(), anchor: cell.anchor, area_px: cell.area_px, set };
    workbench.run(Command::Edit(Edit::Labels(Deed::Decide(Reason::Gallery, vec![decision]))));
}

#[test]
fn a_rule_decides_in_one_step_and_leaves_alone_what_people_decided() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, wish, focus) = measured(folder.path());
    let table = workbench.rule_table(wish).unwrap().clone();
    let suggestion = table.suggestion.unwrap();
    assert_eq!((suggestion.side, suggestion.learnt), (Side::Above, Learnt::FromImages(8, 4)));
    assert!((suggestion.found - 1.0).abs() < 1e-9 && (suggestion.spared - 1.0).abs() < 1e-9);
    assert_eq!(table.counts(Side::Above, suggestion.cut)[Standing::InImage as usize], 8);

    let own = CellAt { field: 0, cell: 1 };
    decide(&mut workbench, own, Verdict::No);
    let step = RuleStep { wish, cut: suggestion.cut, side: Side::Above, verdict: Verdict::Yes, overrules: false };
    // Asked for before the table knows of that decision.
    workbench.run(Command::ByRule(step));
    wait(&mut workbench, &focus, "the step", |workbench| workbench.rule_step().is_none());
    let of = |workbench: &Workbench, at: CellAt| workbench.standing(at, Location::default()).unwrap();
    let standings = |workbench: &Workbench| -> Vec<Standing> {
        workbench.set_cells().unwrap().all().map(|at| of(workbench, at)).collect()
    };
    assert_eq!(of(&workbench, own), Standing::No);
    assert_eq!(standings(&workbench).iter().filter(|&&it| it == Standing::Yes).count(), 7);
    assert_eq!(standings(&workbench).iter().filter(|&&it| it == Standing::NotInImage).count(), 4);
    let records = workbench.project().labels().records();
    let Deed::Decide(Reason::Rule, decisions) = &records.last().unwrap().did else { panic!("{records:?}") };
    assert_eq!((records.len(), decisions.len()), (2, 7));
    workbench.run(Command::Undo);
    assert_eq!(standings(&workbench).iter().filter(|&&it| it == Standing::InImage).count(), 7);
    assert_eq!(of(&workbench, own), Standing::No);

    // Asked to, it overrules.
    workbench.run(Command::ByRule(RuleStep { overrules: true, ..step }));
    wait(&mut workbench, &focus, "the step", |workbench| workbench.rule_step().is_none());
    assert_eq!(standings(&workbench).iter().filter(|&&it| it == Standing::Yes).count(), 8);
    wait(&mut workbench, &focus, "the table", |workbench| workbench.is_rule_table_fresh(wish));
    let table = workbench.rule_table(wish).unwrap();
    assert_eq!(table.changed(&RuleStep { overrules: true, ..step }), 0);
    assert_eq!(table.changed(&RuleStep { verdict: Verdict::No, ..step }), 0);
    assert_eq!(table.changed(&RuleStep { verdict: Verdict::No, overrules: true, ..step }), 8);
}

#[test]
fn every_measure_puts_all_cells_in_order_and_the_scope_picks_their_images() {
    let folder = tempfile::tempdir().unwrap();
    let (mut workbench, wish, _) = measured(folder.path());
    for measure in Measure::all() {
        let wish = RuleWish { measure, ..wish };
        let focus = Focus { rules: Some(wish), ..Focus::default() };
        wait(&mut workbench, &focus, "the table", |workbench| workbench.is_rule_table_fresh(wish));
        assert_eq!(workbench.rule_table(wish).unwrap().cells.len(), 12, "{}", measure.name());
    }
    for (scope, count) in [(DeckScope::Labelled, 8), (DeckScope::Unlabelled, 4)] {
        let wish = RuleWish { scope, ..wish };
        let focus = Focus { rules: Some(wish), ..Focus::default() };
        wait(&mut workbench, &focus, "the table", |workbench| workbench.is_rule_table_fresh(wish));
        let table = workbench.rule_table(wish).unwrap();
        assert_eq!(table.cells.len(), count);
        // The cut is learnt from all cells, whichever are looked at.
        assert_eq!(table.suggestion.unwrap().learnt, Learnt::FromImages(8, 4));
    }
}

#[test]
fn images_without_labels_have_no_say_in_a_suggested_cut() {
    // Images 0 and 1 are labelled; those after them have no labels, and their cells would draw the cut far down.
    let cell = |field: u32, value: f32, standing| (value, CellAt { field, cell: (8.0 * value) as u32 }, standing);
    let mut known: Known = (0..40).map(|at| cell(0, 5.0 + at as f32 / 8.0, Standing::InImage)).collect();
    known.extend((0..40).map(|at| cell(1, at as f32 / 8.0, Standing::NotInImage)));
    let labelled = RuleTable::of_known(known.clone(), |_| true, None).suggestion.unwrap();
    known.extend((0..200).map(|at| cell(2, 5.0 + at as f32 / 8.0, Standing::NotInImage)));
    let misled = RuleTable::of_known(known.clone(), |_| true, None).suggestion.unwrap();
    assert_ne!(misled, labelled);
    let suggestion =
        |known: &Known| RuleTable::of_labelled(known.clone(), |_| true, |at| at.field < 2, None).suggestion.unwrap();
    assert_eq!(suggestion(&known), labelled);
    assert_eq!(labelled.learnt, Learnt::FromImages(40, 40));
    // What people decided about their cells counts all the same.
    known.extend((0..5).map(|at| cell(3, 20.0 + at as f32, Standing::No)));
    known.extend((0..5).map(|at| cell(3, at as f32, Standing::Yes)));
    assert_eq!(suggestion(&known).learnt, Learnt::FromDecisions(5, 5));
}
