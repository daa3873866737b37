//! Learning anew after decisions, from where one was.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::classifier::{
        Classifier, NotLearnt, OneGroup, Targets, Trainer, TrainingParams,
        folds::folds_by_name,
        retraining::{CrossFit, CrossFitError, Fit, Stopped, TrainerError, Watch},
        train,
    },
};
use ndarray::{Array2, Axis};

use super::{Cells, Lot, location, locations, on_threads};

/// Names of the groups, six cells each.
fn names(cells: &Cells) -> Vec<String> {
    cells.groups.iter().map(|group| format!("image {group}")).collect()
}

/// 900 cells of which location l shows on about one in l + 2, for l up to 9; a tenth of all labels is wrong.
fn cells() -> Cells {
    let mut lot = Lot(21);
    let mut cells = Cells::clusters(900, 24, |_| (0..10).filter(|l| lot.below(l + 2) == 0).map(location).collect());
    let mut lot = Lot(22);
    for labels in &mut cells.labels {
        *labels = (0..10).map(location).filter(|&l| labels.contains(l) != (lot.below(10) == 0)).collect();
    }
    cells
}

fn trainer_with(cells: &Cells, params: &TrainingParams) -> Trainer {
    let names = names(cells);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows: Vec<usize> = (0..cells.features.nrows()).collect();
    Trainer::new(cells.features.view(), &rows, &names, &cells.labels, params, &Watch::NOBODY).unwrap()
}

fn trainer(cells: &Cells) -> Trainer {
    trainer_with(cells, &TrainingParams::default())
}

fn fit(trainer: &Trainer, targets: &Targets, before: Option<&Fit>) -> Fit {
    trainer.fit(targets, before, &Watch::NOBODY).unwrap()
}

fn cross_fit(trainer: &Trainer, targets: &Targets, before: Option<&CrossFit>) -> CrossFit {
    trainer.cross_fit(targets, before, None, &Watch::NOBODY).unwrap()
}

fn largest_difference(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    (a - b).iter().map(|difference| difference.abs()).fold(0.0, f32::max)
}

/// What a cell is taught as, with one location changed.
fn changed(targets: &Targets, cell: usize, location: Location, to: f64) -> Option<[f64; Location::COUNT]> {
    let mut probabilities = [0.0; Location::COUNT];
    for of in Location::all() {
        probabilities[of.index()] = f64::from(targets.of(cell, of)?);
    }
    probabilities[location.index()] = to;
    Some(probabilities)
}

fn change(targets: &mut Targets, cell: usize, location: Location, to: f64) {
    let probabilities = changed(targets, cell, location, to);
    targets.set(cell, probabilities);
}

#[test]
fn a_fit_is_the_optimum_that_the_exported_model_has() {
    for (regularisation, components) in [(30.0, 256), (1.0, 12), (1000.0, 5)] {
        let cells = cells();
        let params = TrainingParams { regularisation, components, ..TrainingParams::default() };
        let exported = train(&cells.set(), &params).predict(cells.features.view()).unwrap();
        let trainer = trainer_with(&cells, &params);
        let found = fit(&trainer, &Targets::of_labels(&cells.labels), None);
        let difference = largest_difference(&trainer.probabilities(&found), &exported);
        assert!(difference < 1e-3, "{difference} with {regularisation}");
    }
}

#[test]
fn a_fit_as_a_classifier_on_features_says_the_same() {
    let cells = cells();
    let trainer = trainer(&cells);
    let found = fit(&trainer, &Targets::of_labels(&cells.labels), None);
    let classifier = trainer.classifier(&found);
    let predicted = classifier.predict(cells.features.view()).unwrap();
    assert!(largest_difference(&trainer.probabilities(&found), &predicted) < 1e-5);
    let text = ron::to_string(&classifier).unwrap();
    assert_eq!(ron::from_str::<Classifier>(&text).unwrap(), classifier);
}

#[test]
fn every_decision_moves_its_location_and_no_other() {
    let cells = cells();
    let trainer = trainer(&cells);
    let targets = Targets::of_labels(&cells.labels);
    let before = fit(&trainer, &targets, None);
    for edited in (0..10).map(location) {
        for to in [0.25, 0.5, 1.0] {
            let mut targets = targets.clone();
            let cell = (0..900).find(|&cell| targets.of(cell, edited) == Some(0.0)).unwrap();
            change(&mut targets, cell, edited, to);
            let after = fit(&trainer, &targets, Some(&before));
            for location in Location::all() {
                let [before, after] = [&before, &after].map(|fit| fit.of(location).unwrap());
                assert_eq!(before.rule == after.rule, location != edited, "{location} after {edited} {to}");
            }
            let [before, after] = [&before, &after].map(|fit| trainer.probabilities(fit)[[cell, edited.index()]]);
            assert!(after > before, "{edited}: {after} after {before} for {to}");
        }
    }
}

#[test]
fn a_warm_fit_ends_where_a_cold_one_does() {
    let cells = cells();
    let trainer = trainer(&cells);
    let mut targets = Targets::of_labels(&cells.labels);
    let mut warm = fit(&trainer, &targets, None);
    let mut warm_folds = cross_fit(&trainer, &targets, None);
    let mut lot = Lot(5);
    for _ in 0..4 {
        for _ in 0..10 {
            let (cell, location) = (lot.below(900), location(lot.below(11)));
            change(&mut targets, cell, location, lot.below(5) as f64 / 4.0);
        }
        targets.set(lot.below(900), None);
        warm = fit(&trainer, &targets, Some(&warm));
        warm_folds = cross_fit(&trainer, &targets, Some(&warm_folds));
    }
    let cold = fit(&trainer, &targets, None);
    let difference = largest_difference(&trainer.probabilities(&warm), &trainer.probabilities(&cold));
    assert!(difference < 1e-3, "{difference}");
    let cold = cross_fit(&trainer, &targets, None);
    let difference = largest_difference(&warm_folds.probabilities, &cold.probabilities);
    assert!(difference < 1e-3, "{difference} out of fold");
}

#[test]
fn a_grade_is_as_good_as_so_many_cells_of_either_kind() {
    // Every cell four times: three of them show location 2, one does not; or all four do by three quarters.
    let once = Cells::clusters(60, 6, |cell| locations(&[cell % 3]));
    let rows: Vec<usize> = (0..240).map(|row| row / 4).collect();
    let cells = once.reordered(&rows);
    let trainer = trainer_with(&cells, &TrainingParams { regularisation: 1.0, ..TrainingParams::default() });
    let [mut hard, mut soft] = [(); 2].map(|()| Targets::of_labels(&cells.labels));
    for cell in (0..240).filter(|cell| cell / 4 % 3 == 2) {
        change(&mut hard, cell, location(2), f64::from(u8::from(cell % 4 > 0)));
        change(&mut soft, cell, location(2), 0.75);
    }
    let [hard, soft] = [hard, soft].map(|targets| fit(&trainer, &targets, None));
    assert_eq!(soft.of(location(2)).unwrap().counts.positives, 60.0);
    assert_eq!(soft.of(location(2)).unwrap().counts, hard.of(location(2)).unwrap().counts);
    assert!(largest_difference(&trainer.probabilities(&hard), &trainer.probabilities(&soft)) < 1e-3);
}

#[test]
fn a_cell_that_is_left_out_says_nothing() {
    let mut cells = cells();
    let params = TrainingParams { components: 8, ..TrainingParams::default() };
    let trainer = trainer_with(&cells, &params);
    let mut targets = Targets::of_labels(&cells.labels);
    targets.set(17, None);
    targets.set(5000, None);
    assert_eq!(targets.of(17, location(0)), None);
    let found = fit(&trainer, &targets, None);
    assert_eq!(found.of(location(0)).unwrap().counts.cells(), 899.0);
    // Whatever it showed.
    cells.labels[17] = LocationSet::default();
    let mut others = Targets::of_labels(&cells.labels);
    others.set(17, None);
    assert_eq!(trainer.probabilities(&fit(&trainer, &others, None)), trainer.probabilities(&found));
}

#[test]
fn a_cell_is_judged_without_its_image() {
    let cells = cells();
    let trainer = trainer(&cells);
    let targets = Targets::of_labels(&cells.labels);
    let found = cross_fit(&trainer, &targets, None);
    // What is decided about an image does not change what is said of it: its own labels are not learnt from.
    let mut others = targets.clone();
    (6..12).for_each(|cell| others.set(cell, None));
    let without = cross_fit(&trainer, &others, Some(&found));
    for cell in 6..12 {
        for (a, b) in found.probabilities.row(cell).iter().zip(without.probabilities.row(cell)) {
            assert!((a - b).abs() < 1e-3, "{a} and {b}");
        }
    }
    assert!(largest_difference(&found.probabilities, &without.probabilities) > 1e-3);
}

#[test]
fn a_location_that_comes_and_goes_is_learnt_and_unlearnt() {
    let cells = Cells::clusters(120, 6, |cell| locations(&[cell % 3]));
    let trainer = trainer(&cells);
    let none = Targets::of_labels(&cells.labels);
    let before = fit(&trainer, &none, None);
    assert_eq!(before.of(location(4)).unwrap().rule, Err(NotLearnt::Absent));
    assert!(trainer.probabilities(&before).column(4).iter().all(|&probability| probability == 0.0));
    let mut one = none.clone();
    change(&mut one, 7, location(4), 1.0);
    let with_one = fit(&trainer, &one, Some(&before));
    assert!(with_one.of(location(4)).unwrap().rule.is_ok());
    assert!(trainer.probabilities(&with_one)[[7, 4]] > 0.0);
    let again = fit(&trainer, &none, Some(&with_one));
    assert_eq!(again.of(location(4)).unwrap().rule, Err(NotLearnt::Absent));
    assert_eq!(again.of(location(0)), before.of(location(0)));
}

#[test]
fn the_same_bits_come_out_on_any_number_of_threads() {
    let cells = cells();
    let run = || {
        let trainer = trainer(&cells);
        let mut targets = Targets::of_labels(&cells.labels);
        let before = fit(&trainer, &targets, None);
        change(&mut targets, 3, location(3), 0.5);
        let found = cross_fit(&trainer, &targets, None);
        (fit(&trainer, &targets, Some(&before)), trainer.probabilities(&before), found)
    };
    let alone = on_threads(1, run);
    for threads in [2, 8] {
        assert!(on_threads(threads, run) == alone, "{threads} threads");
    }
}

#[test]
fn folds_stay_when_labels_change_and_never_split_an_image() {
    let cells = cells();
    let found = trainer(&cells);
    assert_eq!(found.folds(), 5);
    for images in found.fold_of_cell().chunks(6) {
        assert!(images.iter().all(|&fold| fold == images[0]));
    }
    let one_image = folds_by_name(&["a"; 4], &[LocationSet::default(); 4], 5, 0);
    assert_eq!(one_image, [0; 4]);
    // Nor does it matter in which order the cells come.
    let names = ["a", "b", "c", "b"];
    let labels = [locations(&[1]), locations(&[2]), locations(&[1, 2]), locations(&[2])];
    let there = folds_by_name(&names, &labels, 2, 7);
    let back = folds_by_name(&["b", "c", "b", "a"], &[labels[3], labels[2], labels[1], labels[0]], 2, 7);
    assert_eq!(back, [there[3], there[2], there[1], there[0]]);
}

#[test]
fn one_image_cannot_be_held_out() {
    let mut cells = Cells::clusters(12, 3, |cell| locations(&[cell % 2]));
    cells.groups.fill(0);
    let trainer = trainer(&cells);
    let targets = Targets::of_labels(&cells.labels);
    let error = trainer.cross_fit(&targets, None, None, &Watch::NOBODY).unwrap_err();
    assert_eq!(error, CrossFitError::OneGroup(OneGroup { cells: 12 }));
}

#[test]
fn a_stop_is_heard_and_progress_is_told() {
    let cells = cells();
    let trainer = trainer(&cells);
    let targets = Targets::of_labels(&cells.labels);
    let asked = AtomicUsize::new(0);
    let told = Mutex::new(Vec::new());
    let progress = |done: f64| told.lock().unwrap().push(done);
    let patient = Watch { stop: &|| false, progress: &progress };
    trainer.fit(&targets, None, &patient).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.len() > 5 && told.iter().all(|done| (0.0..=1.0).contains(done)));
    assert_eq!(told.last(), Some(&1.0));
    let stop = || asked.fetch_add(1, Ordering::Relaxed) > 100;
    let hasty = Watch { stop: &stop, progress: &|_| {} };
    assert_eq!(trainer.fit(&targets, None, &hasty), Err(Stopped));
    assert_eq!(trainer.cross_fit(&targets, None, None, &hasty), Err(CrossFitError::Stopped(Stopped)));
    let names = names(&cells);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows: Vec<usize> = (0..cells.features.nrows()).collect();
    let params = TrainingParams::default();
    let error = Trainer::new(cells.features.view(), &rows, &names, &cells.labels, &params, &hasty);
    assert_eq!(error.unwrap_err(), TrainerError::Stopped(Stopped));
}

#[test]
fn cells_beyond_those_drawn_by_lot_join_when_they_are_decided_about() {
    // One feature, so that it is quick.
    let count = Trainer::MOST_CELLS + 500;
    let cells = Cells::clusters(count, 1, |cell| locations(&[cell % 2]));
    let names = names(&cells);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let params = TrainingParams::default();
    let nobody = Watch::NOBODY;
    let rows = Trainer::rows_of(count, params.seed, &[]);
    assert_eq!(rows.len(), Trainer::MOST_CELLS);
    let of = |cells_at: &[usize]| cells.features.select(Axis(0), cells_at);
    let mut trainer = Trainer::new(of(&rows).view(), &rows, &names, &cells.labels, &params, &nobody).unwrap();
    assert_eq!(trainer.rows(), rows);
    let missing = (0..count).find(|cell| rows.binary_search(cell).is_err()).unwrap();
    let mut targets = Targets::of_labels(&cells.labels);
    let before = fit(&trainer, &targets, None);
    let there = rows[7];
    assert_eq!(trainer.missing(&[missing, there, missing, count + 9]), [missing]);
    let asked = [missing, there, missing];
    trainer.learn_from(of(&asked).view(), &asked, &nobody).unwrap();
    assert_eq!(trainer.rows().len(), Trainer::MOST_CELLS + 1);
    assert_eq!(trainer.rows().last(), Some(&missing));
    change(&mut targets, missing, location(6), 1.0);
    let after = fit(&trainer, &targets, Some(&before));
    assert!(after.of(location(6)).unwrap().rule.is_ok());
    let kept = Trainer::rows_of(count, params.seed, &[missing, count]);
    assert!(kept.contains(&missing) && kept.len() == Trainer::MOST_CELLS + 1);
}

#[test]
fn a_cell_may_be_left_out_as_to_one_location_alone() {
    let cells = cells();
    let trainer = trainer(&cells);
    let mut targets = Targets::of_labels(&cells.labels);
    let before = fit(&trainer, &targets, None);
    targets.say(3, location(2), None);
    assert_eq!((targets.of(3, location(2)), targets.of(3, location(1)).is_some()), (None, true));
    let after = fit(&trainer, &targets, Some(&before));
    let cells_of = |fit: &Fit, at| fit.of(location(at)).unwrap().counts.cells();
    assert!((cells_of(&before, 2) - cells_of(&after, 2) - 1.0).abs() < 1e-9);
    assert_eq!(before.of(location(1)), after.of(location(1)));
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let mut cells = Cells::clusters(12, 3, |cell| locations(&[cell % 2]));
    let refusal = |cells: &Cells, names: &[&str]| {
        let params = TrainingParams::default();
        let rows: Vec<usize> = (0..cells.features.nrows().min(names.len())).collect();
        let made = Trainer::new(cells.features.view(), &rows, names, &cells.labels, &params, &Watch::NOBODY);
        made.unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&cells, &["a"; 11]),
        "11 cells are to be learnt from and 12 have features; 11 have the names of their images and 12 have labels"
    );
    cells.features[[2, 1]] = f32::NAN;
    assert_eq!(refusal(&cells, &["a"; 12]), "feature 1 of cell 2 is infinite or not a number (both counted from 0)");
    assert_eq!(refusal(&Cells::clusters(0, 3, |_| locations(&[])), &[]), "there are no cells to learn from");
}

#[test]
fn targets_outside_the_range_are_brought_into_it() {
    let mut targets = Targets::of_labels(&[LocationSet::default(); 2]);
    let mut wild = [7.0; Location::COUNT];
    (wild[1], wild[2]) = (-1.0, f64::NAN);
    targets.set(1, Some(wild));
    assert_eq!([0, 1, 2].map(|l| targets.of(1, location(l))), [Some(1.0), Some(0.0), Some(0.5)]);
    assert_eq!((targets.cells(), targets.of(2, location(0))), (2, None));
}
