//! Learning from the cells of a set as they are labelled.

use std::{path::Path, sync::Arc};

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::classifier::{NotLearnt, TrainingParams, Unscored, retraining::Watch as Watched},
    project::{
        Edit, Labels, Project,
        labels::{Change, Decision, Deed, Exclusion, Grade, Pen, Reason, Verdict},
    },
    storage::{ImageSet, SetLayout},
    workbench::{
        Command, Focus, Stop, Workbench,
        deck::{Card, DeckExtent, DeckOrder, DeckScope, DeckWish, MOST_OF_ALL, deck},
        focus::ModelWish,
        gallery::{Ordered, Sort, SortKey},
        model::{
            LessonsKey, Model, ModelKey, Round, learn,
            lessons::{DecidedCells, LessonSource, LessonsError},
            priors::{try_priors, with_priors},
            tuning::{TRIED, best, tune},
        },
        placements::Placements,
        results::SetKey,
        set_cells::{CellAt, SetCells},
        whole_set::{Progress, Watch, WholeSet},
    },
};

use crate::drawn_set::{CELLS, draw_set};

/// A measured set of images that show location 0 and 16 in turn.
struct Bench {
    images: ImageSet,
    cells: SetCells,
    of_images: Vec<Option<LocationSet>>,
    labels: Labels,
    placements: Placements,
    _folder: tempfile::TempDir,
}

fn location(index: usize) -> Location {
    Location::new(index).unwrap()
}

impl Bench {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("set");
        draw_set(&set, count);
        let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
        let cells = measured(&images, &folder.path().join("out"));
        let of_image = |number: usize| [location(if number.is_multiple_of(2) { 0 } else { 16 })].into_iter().collect();
        let mut labels = Labels::default();
        labels.sign(Pen { session: 7, ..Pen::default() });
        let of_images = (0..count).map(|number| Some(of_image(number))).collect();
        Self { images, cells, of_images, labels, placements: Placements::default(), _folder: folder }
    }

    fn decide(&mut self, at: CellAt, change: Change) {
        let (field, cell) = (self.cells.field(at.field as usize).unwrap(), self.cells.cell(at).unwrap());
        let decision =
            Decision { image: field.image.clone(), anchor: cell.anchor, area_px: cell.area_px, set: vec![change] };
        self.labels.apply(Deed::Decide(Reason::Image, vec![decision]));
    }

    fn decided(&self) -> Vec<DecidedCells> {
        let placed = |field| self.placements.of(field, &self.images, &self.labels, &self.cells);
        let all = (0..self.of_images.len()).filter_map(|field| Some(DecidedCells { field, placed: placed(field)? }));
        all.filter(|cells| !cells.placed.is_empty()).collect()
    }

    fn try_to_learn(&self, before: Option<&Model>) -> Result<Model, LessonsError> {
        let lessons = LessonsKey {
            set: SetKey::of(&Project::default(), 1),
            revision: 1,
            label_readings: 0,
            // So few cells would hardly be believed with the usual one.
            training: TrainingParams { regularisation: 0.3, ..TrainingParams::default() },
            samples: None,
        };
        let key = ModelKey { lessons, records: self.labels.records().len(), placed: 0 };
        let source = LessonSource { cells: &self.cells, of_images: &self.of_images, samples: None };
        let (decided, mut shown) = (self.decided(), None);
        let round = Round { key: &key, before, source, decided: &decided };
        let model = learn(round, |model| shown = Some(model), &Watched::NOBODY)?;
        // The rules are shown before they are judged, and do not change by that.
        let shown = shown.unwrap();
        assert_eq!(shown.fit, model.fit);
        assert_eq!(shown.judged_number, before.and_then(|before| before.judged_number));
        assert_eq!(model.judged_number, Some(model.number));
        Ok(model)
    }

    fn learn(&self, before: Option<&Model>) -> Model {
        self.try_to_learn(before).unwrap()
    }
}

fn measured(images: &ImageSet, out: &Path) -> SetCells {
    let whole = WholeSet { set: images, project: &Project::default(), folder: out };
    let (stop, progress) = (Stop::default(), Progress::default());
    let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
    whole.measure(watch, &|_| {}).unwrap().1
}

fn at(field: u32, cell: u32) -> CellAt {
    CellAt { field, cell }
}

#[test]
fn every_location_that_was_decided_about_has_another_rule_afterwards() {
    let mut bench = Bench::new(6);
    let before = bench.learn(None);
    assert_eq!(before.lessons.cells().len(), 6 * CELLS);
    for location in Location::all() {
        let (field, cell) = (location.index() as u32 % 6, location.index() as u32 % CELLS as u32);
        let is_given = bench.of_images[field as usize].unwrap().contains(location);
        let verdict = if is_given { Verdict::No } else { Verdict::Yes };
        bench.decide(at(field, cell), Change::Label(location, Some(verdict)));
    }
    let after = bench.learn(Some(&before));
    for location in Location::all() {
        let [old, new] = [&before, &after].map(|model| model.fit.of(location).unwrap());
        assert_ne!(old.rule, new.rule, "{location}");
        assert!(new.rule.is_ok(), "{location}");
        let moved = (new.counts.positives - old.counts.positives).abs();
        assert!((moved - 1.0).abs() < 1e-9, "{location}");
    }
    assert!(Arc::ptr_eq(&before.lessons, &after.lessons));
    // What is learnt step by step is what is learnt at once, but for the tolerance of the descent.
    let (anew, number) = (bench.learn(None), after.lessons.number(at(2, 1)).unwrap());
    for location in Location::all() {
        let [one, other] = [&after, &anew].map(|model| model.judged().unwrap().probability(number, location).unwrap());
        assert!((one - other).abs() < 2e-3, "{location}: {one} and {other}");
    }
}

#[test]
fn a_decision_that_is_taken_back_brings_the_rule_back() {
    let mut bench = Bench::new(4);
    let first = bench.learn(None);
    bench.decide(at(1, 2), Change::Label(location(3), Some(Verdict::Yes)));
    let second = bench.learn(Some(&first));
    assert!(second.fit.of(location(3)).unwrap().rule.is_ok());
    bench.decide(at(1, 2), Change::Label(location(3), None));
    let third = bench.learn(Some(&second));
    assert_eq!(third.fit.of(location(3)).unwrap().rule, Err(NotLearnt::Absent));
}

#[test]
fn cells_that_are_left_out_and_cells_of_unlabelled_images_teach_only_what_was_decided() {
    let mut bench = Bench::new(4);
    bench.of_images[3] = None;
    let counts = |model: &Model, at: usize| model.fit.of(location(at)).unwrap().counts;
    let before = bench.learn(None);
    assert!((counts(&before, 0).cells() - 3.0 * CELLS as f64).abs() < 1e-9);
    bench.decide(at(0, 0), Change::Exclude(Some(Exclusion::Debris)));
    bench.decide(at(3, 0), Change::Label(location(0), Some(Verdict::Grade(Grade::ALL[3]))));
    let after = bench.learn(Some(&before));
    // One is gone, and one has come for location 0 alone, with three quarters.
    assert!((counts(&after, 0).cells() - 3.0 * CELLS as f64).abs() < 1e-9);
    assert!((counts(&after, 0).positives - counts(&before, 0).positives + 1.0 - 0.75).abs() < 1e-6);
    assert!((counts(&after, 5).cells() - (3.0 * CELLS as f64 - 1.0)).abs() < 1e-9);
}

#[test]
fn where_nothing_can_be_told_words_say_why() {
    let mut bench = Bench::new(2);
    let model = bench.learn(None);
    let quality = |model: &Model, at: usize| model.judged().unwrap().of(location(at)).unwrap().quality.clone();
    assert_eq!(quality(&model, 4), Err(Unscored::Absent));
    // Each of two images has a label of its own: with one of them held out there is nothing to learn from.
    assert_eq!(quality(&model, 0), Err(Unscored::PositivesInOneGroup));
    bench.of_images.fill(Some([location(0)].into_iter().collect()));
    assert_eq!(quality(&bench.learn(None), 0), Err(Unscored::Everywhere));

    let alone = Bench::new(1).learn(None);
    assert!(alone.judgement.unwrap().unwrap_err().contains("at least two images"));
    let mut nothing = Bench::new(1);
    nothing.cells.fields.fill(None);
    assert_eq!(nothing.try_to_learn(None).unwrap_err().to_string(), "there are no cells to learn from");
}

#[test]
fn a_window_asks_the_first_of_very_many_labels_and_a_list_has_as_many_as_are_wanted() {
    let bench = Bench::new(2);
    // A thousand images of the same cells.
    let mut cells = bench.cells.clone();
    cells.fields = (0..1000).map(|place| cells.fields[place % 2].clone()).collect();
    let of_images = vec![None; 1000];
    let asked = |order, extent, is_settled: &dyn Fn(Card) -> bool| {
        let wish = DeckWish { location: None, scope: DeckScope::All, order };
        deck(&cells, &of_images, None, wish, extent, is_settled)
    };
    let all = 1000 * CELLS * Location::COUNT;
    assert!(all > 3 * MOST_OF_ALL);
    for order in [DeckOrder::ByImage, DeckOrder::Shuffled] {
        let every = asked(order, DeckExtent::Open(usize::MAX), &|_| false);
        assert_eq!(every.len(), all, "{order:?}");
        assert_eq!(asked(order, DeckExtent::Open(all), &|_| false), every);
        for most in [0, 1, 700, 50_000] {
            assert_eq!(asked(order, DeckExtent::Open(most), &|_| false), every[..most], "{order:?}");
        }
        // In the window what is decided keeps its place.
        let is_settled = |card: Card| card.at.field < 900;
        assert_eq!(asked(order, DeckExtent::Window, &is_settled), every[..MOST_OF_ALL], "{order:?}");
        let open: Vec<Card> = every.into_iter().filter(|card| !is_settled(*card)).take(5000).collect();
        assert_eq!(asked(order, DeckExtent::Open(5000), &is_settled), open, "{order:?}");
    }
}

#[test]
fn a_wrong_label_is_doubted_most_and_asked_about_first() {
    let mut bench = Bench::new(8);
    // The last image shows 16 and is said to show 0.
    bench.of_images[7] = Some([location(0)].into_iter().collect());
    let model = bench.learn(None);
    let wish = DeckWish { location: Some(location(0)), scope: DeckScope::Labelled, order: DeckOrder::Doubtful };
    assert_eq!(wish.name(), "probably wrong");
    let cards = deck(&bench.cells, &bench.of_images, Some(&model), wish, DeckExtent::Window, |_| false);
    assert_eq!(cards.len(), 5 * CELLS);
    assert!(cards[..CELLS].iter().all(|card| card.at.field == 7), "{:?}", &cards[..CELLS]);
    let others =
        deck(&bench.cells, &bench.of_images, Some(&model), wish, DeckExtent::Window, |card| card.at.field == 7);
    assert!(others.len() == 4 * CELLS && others.iter().all(|card| card.at.field != 7));
    let missing = DeckWish { location: None, scope: DeckScope::Unlabelled, order: DeckOrder::Doubtful };
    assert_eq!(missing.name(), "probably missing");
    let missing = deck(&bench.cells, &bench.of_images, Some(&model), missing, DeckExtent::Window, |_| false);
    assert!(missing.len() <= MOST_OF_ALL);
    let first: Vec<Card> = missing.into_iter().filter(|card| card.location == location(16)).take(CELLS).collect();
    assert!(first.iter().all(|card| card.at.field == 7), "{first:?}");
    let sort = Sort { key: SortKey::Probability, descending: true };
    let ordered = Ordered::of(&bench.cells, sort, Some((&model, location(16))));
    assert_eq!(ordered.cells.len(), 8 * CELLS);
    assert!(ordered.cells[..CELLS].iter().all(|cell| cell.field % 2 == 1));
    assert!(ordered.values.is_sorted_by(|one, next| one >= next));

    for cell in 0..CELLS as u32 {
        bench.decide(at(7, cell), Change::Label(location(0), Some(Verdict::No)));
    }
    bench.decide(at(0, 0), Change::Label(location(0), Some(Verdict::Yes)));
    let judged = bench.learn(Some(&model));
    let reviewed = judged.judged().unwrap().reviewed(Some(location(0)), true);
    assert_eq!((reviewed.reviewed, reviewed.changed, reviewed.open), (CELLS + 1, CELLS, 4 * CELLS - 1));
    assert_eq!(judged.judged().unwrap().reviewed(None, false).reviewed, 0);
}

#[test]
fn what_lies_above_a_threshold_is_counted() {
    let bench = Bench::new(6);
    let model = bench.learn(None);
    let judged = model.judged().unwrap().of(location(0)).unwrap();
    let all = judged.above(0.0);
    assert_eq!((all.positives, all.negatives), (3 * CELLS, 3 * CELLS));
    let none = judged.above(1.1);
    assert_eq!((none.positives, none.negatives), (0, 0));
    let quality = judged.quality.as_ref().unwrap();
    let (precision, area) = (quality.average_precision, quality.area_under_curve);
    assert!(precision > 0.8 && area > 0.8, "{precision} {area}");
    let last = quality.curve.last().unwrap();
    assert!((last[0] - 1.0).abs() < 1e-12);
    assert_eq!(quality.calibration.iter().map(|bin| bin.cells).sum::<usize>(), 6 * CELLS);
    let heaviest = model.heaviest_features(location(0));
    assert_eq!(heaviest.len(), 10);
    assert!(heaviest.windows(2).all(|pair| pair[0].1.abs() >= pair[1].1.abs()) && heaviest[0].1 != 0.0);
    assert_eq!(model.heaviest_features(location(4)), []);
}

#[test]
fn every_regularisation_is_tried_and_the_best_is_named() {
    let bench = Bench::new(6);
    let model = bench.learn(None);
    let tried = tune(&model.lessons, &[], &Watched::NOBODY).unwrap();
    assert_eq!(tried.iter().map(|tried| tried.regularisation).collect::<Vec<_>>(), TRIED);
    let most = tried.iter().filter_map(|tried| tried.mean).fold(0.0, f64::max);
    let best = best(&tried).unwrap();
    assert_eq!(best.mean, Some(most));
    assert!(tried.iter().all(|tried| tried.mean < Some(most) || tried.regularisation <= best.regularisation));
}

/// A workbench on a measured set of `count` images.
fn on_the_table(folder: &Path, count: usize) -> Workbench {
    let set = folder.join("set");
    draw_set(&set, count);
    let mut workbench = Workbench::new(|| {});
    workbench.run(Command::Open(set));
    let focus = Focus::default();
    ticks_until(&mut workbench, &focus, "the set", |workbench| workbench.opened().is_some());
    workbench.run(Command::OfAll(cytoscribe::workbench::WholeSetTask::Measure));
    ticks_until(&mut workbench, &focus, "all cells", |workbench| {
        workbench.set_cells().is_some_and(|cells| cells.count() == count * CELLS)
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

fn decide(workbench: &mut Workbench, at: CellAt, location: Location, verdict: Verdict) {
    let cell = workbench.decidable_at(at).unwrap();
    let deed = cell.deed(Reason::Deck, Change::Label(location, Some(verdict)));
    workbench.run(Command::Edit(Edit::Labels(deed)));
}

#[test]
fn the_model_learns_after_every_decision_if_it_is_live_and_otherwise_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path(), 4);
    let focus = |model| Focus { model, ..Focus::default() };
    for _ in 0..20 {
        workbench.tick(&focus(ModelWish::OnDemand));
    }
    assert!(workbench.model().is_none() && workbench.learning().is_none());
    let is_judged = |workbench: &Workbench| {
        workbench.learning().is_none() && workbench.model().is_some_and(|model| model.judged().is_some())
    };
    ticks_until(&mut workbench, &focus(ModelWish::Any), "a model", is_judged);
    assert_eq!(workbench.model().unwrap().number, 1);

    decide(&mut workbench, at(1, 0), location(5), Verdict::Yes);
    for _ in 0..20 {
        workbench.tick(&focus(ModelWish::Any));
    }
    assert_eq!((workbench.model().unwrap().number, workbench.records_since_model()), (1, 1));
    workbench.run(Command::Learn);
    let is_second = |workbench: &Workbench| is_judged(workbench) && workbench.model().unwrap().number == 2;
    ticks_until(&mut workbench, &focus(ModelWish::OnDemand), "the second model", is_second);
    assert_eq!(workbench.records_since_model(), 0);

    decide(&mut workbench, at(2, 0), location(5), Verdict::Yes);
    let knows_both = |workbench: &Workbench| {
        is_judged(workbench)
            && workbench.model().unwrap().fit.of(location(5)).is_some_and(|of| (of.counts.positives - 2.0).abs() < 1e-9)
    };
    ticks_until(&mut workbench, &focus(ModelWish::Live), "the third model", knows_both);
    assert_eq!(workbench.results().trainings.all().iter().map(|one| one.records).collect::<Vec<_>>(), [0, 1, 2]);

    // Another parameter is learnt with at once, and undoing it brings back what was there.
    let before = workbench.model().unwrap().fit.clone();
    let training = TrainingParams { regularisation: 300.0, ..TrainingParams::default() };
    workbench.run(Command::Edit(Edit::Training(training)));
    assert!(workbench.is_model_of_other_lessons());
    let is_of_project = |workbench: &Workbench| {
        is_judged(workbench) && workbench.model().unwrap().key.lessons.training == *workbench.project().training()
    };
    ticks_until(&mut workbench, &focus(ModelWish::Live), "stronger regularisation", is_of_project);
    assert_ne!(workbench.model().unwrap().fit.of(location(0)).unwrap().rule, before.of(location(0)).unwrap().rule);
    workbench.run(Command::Undo);
    ticks_until(&mut workbench, &focus(ModelWish::Live), "the regularisation before", is_of_project);
    let rule =
        |fit: &cytoscribe::pipeline::classifier::retraining::Fit| fit.of(location(0)).unwrap().rule.clone().unwrap();
    let (now, before) = (rule(&workbench.model().unwrap().fit), rule(&before));
    assert!((now.intercept - before.intercept).abs() < 1e-2, "{} and {}", now.intercept, before.intercept);
}

#[test]
fn base_rates_are_set_right_by_decided_cells_in_one_step_that_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path(), 6);
    // Images 0, 2 and 4 are said to show location 0 on all their cells.
    workbench.run(Command::Edit(Edit::Training(TrainingParams { regularisation: 0.3, ..TrainingParams::default() })));
    let focus = Focus { model: ModelWish::Any, ..Focus::default() };
    let is_judged = |workbench: &Workbench| {
        workbench.learning().is_none() && workbench.model().is_some_and(|model| model.judged().is_some())
    };
    ticks_until(&mut workbench, &focus, "a model", is_judged);

    // Nothing is decided: nothing is chosen.
    let before = workbench.project().training().clone();
    workbench.run(Command::FitPriors);
    let on_demand = Focus { model: ModelWish::OnDemand, ..Focus::default() };
    ticks_until(&mut workbench, &on_demand, "no priors", |workbench| workbench.results().priors.is_some());
    assert_eq!(*workbench.project().training(), before);

    // Of ten cells that are said to show it, one does.
    for (number, field) in [0, 2, 4].into_iter().enumerate() {
        for cell in 0..CELLS as u32 {
            let verdict = if (number, cell) == (0, 0) { Verdict::Yes } else { Verdict::No };
            decide(&mut workbench, at(field, cell), location(0), verdict);
        }
    }
    workbench.run(Command::FitPriors);
    let is_chosen = |workbench: &Workbench| !workbench.project().training().priors.is_empty();
    ticks_until(&mut workbench, &on_demand, "priors", is_chosen);
    let prior = workbench.project().training().prior_of(location(0));
    assert!(prior < 0.5, "{prior}");
    assert_eq!(workbench.project().training().priors.len(), 1, "of the others too few are decided");
    let tried = workbench.results().priors.as_ref().unwrap().value[0];
    assert_eq!((tried.yes, tried.no), (1, 3 * CELLS - 1));
    workbench.run(Command::Undo);
    assert_eq!(*workbench.project().training(), before);
    workbench.run(Command::Redo);
    assert!(is_chosen(&workbench));
}

#[test]
fn a_prior_that_is_in_force_is_taken_off_before_another_is_chosen() {
    let mut bench = Bench::new(6);
    let model = bench.learn(None);
    for (field, cell) in [0, 2, 4].into_iter().flat_map(|field| (0..CELLS as u32).map(move |cell| (field, cell))) {
        let verdict = if (field, cell) == (0, 0) { Verdict::Yes } else { Verdict::No };
        bench.decide(at(field, cell), Change::Label(location(0), Some(verdict)));
    }
    let judged = model.judged().unwrap();
    let training = &model.key.lessons.training;
    let tried = try_priors(&model.lessons, judged, training, &bench.decided());
    let with = with_priors(training, &tried);
    // The same probabilities, said to be half as likely already: twice as much is to be set right.
    let halved = TrainingParams { priors: [(location(0), 0.5)].into_iter().collect(), ..training.clone() };
    let again = try_priors(&model.lessons, judged, &halved, &bench.decided());
    let (once, twice) = (with.prior_of(location(0)), again[0].choice.unwrap().factor);
    assert!(once < 0.5 && twice < once, "{once} and {twice}");
}

#[test]
fn what_was_exported_no_longer_holds_once_something_else_is_learnt_with() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path(), 4);
    workbench.run(Command::Export(cytoscribe::workbench::ExportCommand::Start(None)));
    ticks_until(&mut workbench, &Focus::default(), "the export", |workbench| workbench.last_export().is_some());
    let holds = |workbench: &Workbench| workbench.exported_counts().is_some();
    assert!(holds(&workbench));
    let training = TrainingParams { components: 7, ..TrainingParams::default() };
    for edit in [Edit::Training(training), Edit::Samples(Some("^(field)_".to_owned()))] {
        workbench.run(Command::EndGesture);
        workbench.run(Command::Edit(edit));
        assert!(!holds(&workbench));
        workbench.run(Command::Undo);
        assert!(holds(&workbench));
    }
}

#[test]
fn what_trainings_came_to_is_known_when_the_project_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = on_the_table(folder.path(), 4);
    let focus = |model| Focus { model, ..Focus::default() };
    let trainings = |workbench: &Workbench| workbench.results().trainings.all().len();
    ticks_until(&mut workbench, &focus(ModelWish::Live), "a model", |workbench| trainings(workbench) == 1);
    decide(&mut workbench, at(1, 0), location(5), Verdict::Yes);
    ticks_until(&mut workbench, &focus(ModelWish::Live), "the next", |workbench| trainings(workbench) == 2);
    ticks_until(&mut workbench, &focus(ModelWish::OnDemand), "the disk", Workbench::is_at_rest);
    let before = workbench.results().trainings.clone();
    let project = workbench.opened().unwrap().folder.clone().unwrap();
    assert!(workbench.close());
    drop(workbench);

    let open_again = || {
        let mut workbench = Workbench::new(|| {});
        workbench.run(Command::Open(folder.path().join("set")));
        ticks_until(&mut workbench, &focus(ModelWish::OnDemand), "the set", |workbench| workbench.opened().is_some());
        workbench
    };
    let mut again = open_again();
    ticks_until(&mut again, &focus(ModelWish::OnDemand), "trainings", |workbench| trainings(workbench) == 2);
    assert_eq!(again.results().trainings, before);
    assert!(again.close());
    drop(again);
    // It is safe to lose.
    std::fs::write(cytoscribe::storage::course_file::path_in(&project), "[(number: ruin").unwrap();
    let mut again = open_again();
    ticks_until(&mut again, &focus(ModelWish::OnDemand), "rest", Workbench::is_at_rest);
    assert_eq!((trainings(&again), again.notices().iter().filter(|notice| notice.is_failure).count()), (0, 0));
}

#[test]
fn the_course_of_trainings_is_bounded_and_counts_on() {
    use cytoscribe::workbench::model::history::{Training, Trainings};
    let training = |records| Training { number: 1, records, cells: 9, mean: Some(0.5), mean_of_decided: None };
    let mut earlier = Trainings::default();
    for records in 0..5000 {
        earlier.add(training(records));
    }
    assert!(earlier.all().len() <= Trainings::MOST);
    assert_eq!((earlier.all()[0].records, earlier.all().last().unwrap().number), (0, 5000));
    let mut today = Trainings::default();
    today.add(training(6000));
    today.continue_from(earlier.all());
    assert_eq!((today.all()[0].records, today.all().last().unwrap().number), (0, 5001));
    today.add(training(6000));
    assert_eq!(today.all().iter().filter(|one| one.records == 6000).count(), 1);
}
