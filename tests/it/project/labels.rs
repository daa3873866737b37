use cytoscribe::{
    atlas::{Anchor, CellKey, Location},
    project::{
        Edit, History, Labels, Project,
        labels::{
            Agreement, CellDecisions, Change, Decision, Deed, Exclusion, Grade, Moment, Pen, Reason, Record, RecordId,
            Verdict, merge,
            placement::{Fate, PlacedCell, Placement},
        },
    },
};

use crate::chance::Chance;

const IMAGES: [&str; 3] = ["a", "b", "c"];

fn location(number: usize) -> Location {
    Location::new(number).unwrap()
}

fn verdict(chance: &mut Chance) -> Option<Verdict> {
    match chance.below(4) {
        0 => None,
        1 => Some(Verdict::Yes),
        2 => Some(Verdict::No),
        _ => Some(Verdict::Grade(Grade::ALL[chance.below(5)])),
    }
}

fn change(chance: &mut Chance) -> Change {
    match chance.below(5) {
        0 => Change::Exclude(Some(Exclusion::ALL[chance.below(4)]).filter(|_| chance.below(2) == 0)),
        _ => Change::Label(location(chance.below(Location::COUNT)), verdict(chance)),
    }
}

/// Decisions about some of a few cells.
fn decide(chance: &mut Chance) -> Deed {
    let decisions = (0..=chance.below(3)).map(|_| Decision {
        image: IMAGES[chance.below(3)].to_owned(),
        anchor: (chance.below(3) as u32, 5),
        area_px: chance.below(100) as u64,
        set: (0..=chance.below(3)).map(|_| change(chance)).collect(),
    });
    Deed::Decide(Reason::Image, decisions.collect())
}

fn pen(session: u64, now: i64) -> Pen {
    Pen { session, annotator: format!("person {session}"), now: Moment(now) }
}

/// What holds for every cell that [`decide`] knows.
fn state(labels: &Labels) -> Vec<CellDecisions> {
    IMAGES.iter().flat_map(|image| (0..3).map(|row| labels.of(image, (row, 5)))).collect()
}

/// The records that one person makes in a while, undoing and redoing now and then. Clocks may be set back.
fn session(chance: &mut Chance, number: u64, steps: usize) -> Vec<Record> {
    let mut labels = Labels::default();
    let mut done = Vec::new();
    let mut now = 1000;
    for _ in 0..steps {
        now += chance.below(100) as i64 - 20;
        labels.sign(pen(number, now));
        let deed = match chance.below(4) {
            0 if !done.is_empty() => done.swap_remove(chance.below(done.len())),
            _ => decide(chance),
        };
        done.push(labels.apply(deed));
    }
    labels.records().to_vec()
}

#[test]
fn undo_brings_back_what_was_and_redo_what_was_undone() {
    let mut chance = Chance::of(1);
    let (mut project, mut history) = (Project::default(), History::default());
    project.sign(pen(1, 5));
    let mut states = vec![state(project.labels())];
    for _ in 0..200 {
        history.apply(&mut project, Edit::Labels(decide(&mut chance)));
        history.end_gesture();
        states.push(state(project.labels()));
    }
    // Back and forth by random stretches, and in the end all the way.
    let mut at = states.len() - 1;
    for _ in 0..100 {
        let target = chance.below(states.len());
        while at != target {
            let moved = if at > target { history.undo(&mut project) } else { history.redo(&mut project) };
            assert!(moved);
            at = if at > target { at - 1 } else { at + 1 };
            assert_eq!(state(project.labels()), states[at]);
        }
    }
    assert_eq!(state(&Labels::replay(project.labels().records().to_vec())), states[at]);
}

#[test]
fn the_inverse_of_a_decision_brings_back_every_cell() {
    let mut chance = Chance::of(2);
    let mut labels = Labels::default();
    labels.sign(pen(1, 5));
    for _ in 0..300 {
        let before = state(&labels);
        let inverse = labels.apply(decide(&mut chance));
        let after = state(&labels);
        let again = labels.apply(inverse);
        assert_eq!(state(&labels), before);
        let _ = labels.apply(again);
        assert_eq!(state(&labels), after);
    }
}

#[test]
fn replaying_the_records_gives_the_live_state() {
    for seed in 0..20 {
        let mut chance = Chance::of(seed);
        let mut labels = Labels::default();
        let mut done = Vec::new();
        for step in 0..100 {
            labels.sign(pen(seed, step));
            let deed = if step % 3 == 2 { done.pop().unwrap() } else { decide(&mut chance) };
            done.push(labels.apply(deed));
            if step % 10 == 0 {
                let mut replayed = Labels::replay(labels.records().to_vec());
                replayed.sign(pen(seed, step));
                assert_eq!(replayed, labels);
            }
        }
    }
}

#[test]
fn a_record_that_stands_there_twice_counts_once() {
    let mut chance = Chance::of(3);
    let records = session(&mut chance, 1, 60);
    let twice: Vec<Record> = records.iter().chain(&records).cloned().collect();
    assert_eq!(Labels::replay(twice), Labels::replay(records.clone()));
    let each_twice: Vec<Record> = records.iter().flat_map(|record| [record.clone(), record.clone()]).collect();
    assert_eq!(Labels::replay(each_twice), Labels::replay(records));
}

#[test]
fn undoing_what_is_not_there_does_nothing() {
    let undo = Record { id: RecordId(1, 0), at: Moment(0), by: String::new(), did: Deed::Undo(RecordId(9, 9)) };
    let labels = Labels::replay(vec![undo]);
    assert_eq!((state(&labels), labels.records().len()), (state(&Labels::default()), 1));
}

#[test]
fn decisions_of_several_records_can_be_looked_up_one_by_one() {
    let mut labels = Labels::default();
    labels.sign(pen(7, 1000));
    let set = |verdict| {
        let decision = Decision {
            image: "a".to_owned(),
            anchor: (1, 2),
            area_px: 30,
            set: vec![Change::Label(location(5), verdict)],
        };
        Deed::Decide(Reason::Deck, vec![decision])
    };
    let _ = labels.apply(set(Some(Verdict::Yes)));
    let undo = labels.apply(set(None));
    assert_eq!(labels.decided("a").count(), 0, "a cell about which nothing holds is not decided");
    let _ = labels.apply(undo);
    let (anchor, cell) = labels.decided("a").next().unwrap();
    assert_eq!((anchor, cell.area_px), ((1, 2), 30));
    let history: Vec<_> = labels.history("a", (1, 2)).iter().map(|past| (past.record.id.1, past.is_undone)).collect();
    assert_eq!(history, [(0, false), (1, true)]);
    assert!(labels.is_undone(RecordId(7, 1)) && !labels.is_undone(RecordId(7, 0)) && !labels.is_undone(RecordId(8, 0)));
    assert_eq!(labels.annotators(), ["person 7"]);
    let mut of_image = cytoscribe::atlas::LocationSet::default();
    of_image.insert(location(0));
    assert_eq!(labels.of("a", (1, 2)).labels(of_image).to_string(), "0|5");
}

#[test]
fn merging_does_not_depend_on_who_is_named_first_or_how_often() {
    for seed in 0..30 {
        let mut chance = Chance::of(seed);
        let [one, other] = [1, 2].map(|number| session(&mut chance, number, 40));
        let both = merge(&one, &other);
        assert_eq!(both, merge(&other, &one));
        assert_eq!(both.len(), one.len() + other.len());
        assert_eq!(merge(&both, &both), both);
        assert_eq!(merge(&both, &one), both);
        let third = session(&mut chance, 3, 40);
        assert_eq!(merge(&merge(&one, &other), &third), merge(&one, &merge(&other, &third)));
    }
}

#[test]
fn merging_a_journal_with_itself_changes_nothing_even_if_the_clock_was_set_back() {
    for seed in 0..30 {
        let records = session(&mut Chance::of(seed), 1, 60);
        assert_eq!(merge(&records, &records[..20]), records);
        assert_eq!(merge(&[], &records), records);
    }
    // The second session undid, by a clock that went wrong, something of the first.
    let decide = |id, at| Record { id, at: Moment(at), by: String::new(), did: decide(&mut Chance::of(1)) };
    let undo = Record { did: Deed::Undo(RecordId(5, 0)), ..decide(RecordId(1, 0), 100) };
    let records = [decide(RecordId(5, 0), 900), undo];
    assert_eq!(merge(&records, &[]), records);
    assert_eq!(state(&Labels::replay(merge(&[], &records))), state(&Labels::default()));
}

/// Labels with these verdicts about location 3 of cells in a row.
fn labelled(verdicts: &[Option<Verdict>]) -> Labels {
    let mut labels = Labels::default();
    for (col, &verdict) in (0..).zip(verdicts) {
        let set = vec![Change::Label(location(3), verdict)];
        let decision = Decision { image: "a".to_owned(), anchor: (0, col), area_px: 1, set };
        let _ = labels.apply(Deed::Decide(Reason::Image, vec![decision]));
    }
    labels
}

#[test]
fn kappa_is_that_of_a_table_worked_out_by_hand() {
    let (yes, no) = (Some(Verdict::Yes), Some(Verdict::No));
    let grade = |number: u8| Some(Verdict::Grade(number.try_into().unwrap()));
    // Both yes 4 times, both no 3, once each one alone; a grade in the middle and what only one decided do not count.
    let one = [yes, yes, grade(5), yes, no, no, grade(1), yes, no, grade(3), yes, None];
    let other = [yes, yes, yes, grade(4), no, no, no, no, yes, yes, None, yes];
    let agreement = Agreement::of(&labelled(&one), &labelled(&other));
    assert_eq!(agreement.counts, [[3, 1], [1, 4]]);
    assert_eq!(agreement.common(), 9);
    // Observed 7/9; by chance 5/9 * 5/9 + 4/9 * 4/9 = 41/81; (63 - 41) / (81 - 41) = 0.55.
    assert!((agreement.kappa().unwrap() - 0.55).abs() < 1e-12);
    let cells: Vec<(CellKey, [Verdict; 2])> =
        agreement.disagreements.iter().map(|found| (found.cell.clone(), found.verdicts)).collect();
    let cell = |col| CellKey { field: "a".to_owned(), anchor: (0, col) };
    assert_eq!(cells, [(cell(7), [Verdict::Yes, Verdict::No]), (cell(8), [Verdict::No, Verdict::Yes])]);
}

#[test]
fn kappa_is_one_for_those_who_always_agree_and_none_where_it_says_nothing() {
    let (yes, no) = (Some(Verdict::Yes), Some(Verdict::No));
    let kappa =
        |one: &[Option<Verdict>], other: &[Option<Verdict>]| Agreement::of(&labelled(one), &labelled(other)).kappa();
    assert_eq!(kappa(&[yes, no, no], &[yes, no, no]), Some(1.0));
    assert_eq!(kappa(&[yes, no], &[no, yes]), Some(-1.0));
    assert_eq!(kappa(&[yes, yes], &[yes, yes]), None, "chance alone explains it");
    assert_eq!(kappa(&[yes], &[None]), None, "nothing in common");
    assert_eq!(kappa(&[], &[]), None);
}

/// A mask as a small picture: each letter is a cell, a dot is none.
struct Mask(Vec<Vec<u32>>);

impl Mask {
    fn of(picture: &[&str]) -> Self {
        let id = |letter: u8| if letter == b'.' { 0 } else { u32::from(letter - b'a') + 1 };
        Self(picture.iter().map(|row| row.bytes().map(id).collect()).collect())
    }

    fn id_at(&self, (row, col): Anchor) -> u32 {
        self.0.get(row as usize).and_then(|row| row.get(col as usize)).copied().unwrap_or(0)
    }

    /// Its cells, each named by the pixel of it nearest to the middle of its pixels.
    fn cells(&self) -> Vec<PlacedCell> {
        let highest = self.0.iter().flatten().copied().max().unwrap_or(0);
        (1..=highest).filter_map(|id| self.cell(id)).collect()
    }

    fn cell(&self, id: u32) -> Option<PlacedCell> {
        let pixels: Vec<Anchor> = (0..)
            .zip(&self.0)
            .flat_map(|(row, ids)| {
                (0..).zip(ids).filter(move |(_, found)| **found == id).map(move |(col, _)| (row, col))
            })
            .collect();
        let count = pixels.len() as u32;
        let sum = pixels.iter().fold((0, 0), |sum, pixel| (sum.0 + pixel.0, sum.1 + pixel.1));
        let off = |pixel: &Anchor| (pixel.0 * count).abs_diff(sum.0).pow(2) + (pixel.1 * count).abs_diff(sum.1).pow(2);
        let anchor = pixels.iter().copied().min_by_key(off)?;
        Some(PlacedCell { id, anchor, area_px: u64::from(count) })
    }

    fn place(&self, labels: &Labels) -> Placement {
        Placement::of(labels, "a", &self.cells(), |anchor| self.id_at(anchor))
    }
}

/// Labels in which something is decided about each of these cells.
fn about(cells: &[PlacedCell]) -> Labels {
    let mut labels = Labels::default();
    let set = vec![Change::Label(location(1), Some(Verdict::Yes))];
    let decisions = cells.iter().map(|cell| Decision {
        image: "a".to_owned(),
        anchor: cell.anchor,
        area_px: cell.area_px,
        set: set.clone(),
    });
    let _ = labels.apply(Deed::Decide(Reason::Image, decisions.collect()));
    labels
}

fn fates(before: &[&str], after: &[&str]) -> Vec<Fate> {
    let cells = Mask::of(before).cells();
    let placement = Mask::of(after).place(&about(&cells));
    cells.iter().map(|cell| placement.fates[&cell.anchor]).collect()
}

#[test]
fn a_cell_whose_outline_moves_a_little_is_kept() {
    assert_eq!(fates(&["aaa.", "aaa.", "aaa."], &["aaaa", "aaaa", "...."]), [Fate::Kept]);
    assert_eq!(fates(&["aaa.", "aaa.", "aaa."], &["....", ".bb.", ".bb."]), [Fate::Kept], "it shrank alone");
}

#[test]
fn a_cell_of_which_another_one_has_a_part_is_split() {
    assert_eq!(fates(&["aaaaaa", "aaaaaa", "aaaaaa"], &["aaaabb", "aaaabb", "aaaabb"]), [Fate::Split]);
    assert_eq!(
        fates(&["aaaaaaa", "aaaaaaa", "aaaaaaa"], &["aaaaa.b", "aaaaa.b", "aaaaa.b"]),
        [Fate::Kept],
        "hardly any"
    );
}

#[test]
fn two_decided_cells_in_one_are_merged() {
    let before = ["aaabbb", "aaabbb", "aaabbb"];
    let after = ["cccccc", "cccccc", "cccccc"];
    assert_eq!(fates(&before, &after), [Fate::Merged, Fate::Merged]);
    let placement = Mask::of(&after).place(&about(&Mask::of(&before).cells()));
    assert_eq!(placement.anchors_in(3), [(1, 1), (1, 4)]);
    assert_eq!(placement.name_of(3, (1, 3)), (1, 3), "it has two names, so it gets its own");
    // One of them alone keeps its name.
    let placement = Mask::of(&after).place(&about(&Mask::of(&before).cells()[..1]));
    assert_eq!((placement.fates[&(1, 1)], placement.name_of(3, (1, 3))), (Fate::Kept, (1, 1)));
}

#[test]
fn a_cell_that_is_gone_is_lost_and_its_decision_waits() {
    let before = ["aa.bb", "aa.bb"];
    assert_eq!(fates(&before, &["...bb", "...bb"]), [Fate::Lost, Fate::Kept]);
    let labels = about(&Mask::of(&before).cells());
    assert_eq!(Mask::of(&["....."]).place(&labels).fates.values().filter(|fate| **fate == Fate::Lost).count(), 2);
    assert_eq!(Mask::of(&before).place(&labels).fates.values().filter(|fate| **fate == Fate::Kept).count(), 2);
}

#[test]
fn whatever_becomes_of_the_masks_no_decision_is_lost_and_the_old_masks_bring_the_old_placement() {
    const SIDE: usize = 24;
    let random_mask = |chance: &mut Chance| {
        let mut mask = vec![vec![0; SIDE]; SIDE];
        for id in 1..=chance.below(12) as u32 {
            let (top, left) = (chance.below(SIDE), chance.below(SIDE));
            let (height, width) = (1 + chance.below(9), 1 + chance.below(9));
            for row in mask.iter_mut().skip(top).take(height) {
                row.iter_mut().skip(left).take(width).for_each(|pixel| *pixel = id);
            }
        }
        Mask(mask)
    };
    let mut seen = [0; 4];
    for seed in 0..200 {
        let mut chance = Chance::of(seed);
        let first = random_mask(&mut chance);
        let decided: Vec<PlacedCell> = first.cells().into_iter().filter(|_| chance.below(4) > 0).collect();
        let labels = about(&decided);
        let before = first.place(&labels);
        assert!(before.fates.values().all(|&fate| fate == Fate::Kept), "{:?}", before.fates);
        for _ in 0..5 {
            let other = random_mask(&mut chance);
            let placement = other.place(&labels);
            let mut anchors: Vec<Anchor> = decided.iter().map(|cell| cell.anchor).collect();
            anchors.sort_unstable();
            assert_eq!(placement.fates.keys().copied().collect::<Vec<_>>(), anchors);
            let in_cells: usize = placement.anchors.values().map(Vec::len).sum();
            let lost = placement.fates.values().filter(|&&fate| fate == Fate::Lost).count();
            assert_eq!(in_cells + lost, anchors.len());
            for (at, fate) in Fate::ALL.into_iter().enumerate() {
                seen[at] += placement.fates.values().filter(|&&found| found == fate).count();
            }
            assert_eq!(first.place(&labels), before);
        }
    }
    assert!(seen.iter().all(|&count| count > 20), "every fate occurs: {seen:?}");
}
