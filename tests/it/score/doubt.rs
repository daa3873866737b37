use cytoscribe::{
    atlas::{CellKey, Location, LocationSet},
    score::doubt::{Order, Question, Questions, WrongLeft, doubts, doubts_where, number_of},
};
use ndarray::Array2;

fn location(number: usize) -> Location {
    Location::new(number).unwrap()
}

/// The probability whose log-odds are these.
fn with_log_odds(log_odds: f64) -> f32 {
    (1.0 / (1.0 + (-log_odds).exp())) as f32
}

/// Six cells of three images, of which only location 3 is probable at all. Cells 0 to 3 are said to show it.
struct Drawn {
    probabilities: Array2<f32>,
    given: Vec<LocationSet>,
    images: Vec<usize>,
}

fn drawn() -> Drawn {
    let mut probabilities = Array2::zeros((6, Location::COUNT));
    for (cell, log_odds) in [2.0, 1.0, -3.0, 0.0, -2.0, -4.0].into_iter().enumerate() {
        probabilities[[cell, 3]] = with_log_odds(log_odds);
    }
    let label = |cell| if cell < 4 { [location(3)].into_iter().collect() } else { LocationSet::default() };
    Drawn { probabilities, given: (0..6).map(label).collect(), images: vec![0, 0, 0, 1, 2, 2] }
}

impl Drawn {
    fn doubts(&self) -> Array2<f32> {
        doubts(self.probabilities.view(), &self.given, &self.images)
    }

    fn queue(&self, order: Order, about: Option<Location>, most: usize) -> Vec<Question> {
        let doubts = self.doubts();
        let is_open = |cell: usize, _: Location| cell != 1;
        let name = |cell: usize| cell as u64;
        let questions = Questions {
            probabilities: self.probabilities.view(),
            doubts: doubts.view(),
            given: &self.given,
            name: &name,
            is_open: &is_open,
        };
        questions.queue(order, about, most)
    }
}

fn cells_of(questions: &[Question]) -> Vec<usize> {
    questions.iter().map(|question| question.cell).collect()
}

#[test]
fn doubts_are_those_computed_by_hand() {
    let doubts = drawn().doubts();
    // The mean of the given ones is (2 + 1 − 3 + 0) / 4 = 0. Cell 0: −2 + ½ (−1 − 2); cell 1: −1 + ½ (−½ − 1); cell 2:
    // 3 + ½ (1½ + 3); cell 3 is alone: 0. The mean of the absent ones is −3: cell 4: 1 − ½ (−4 + 2), cell 5: −1 − ½ (−2 + 4).
    for (cell, expected) in [-3.5, -1.75, 5.25, 0.0, 2.0, -2.0].into_iter().enumerate() {
        assert!((doubts[[cell, 3]] - expected).abs() < 1e-4, "cell {cell}: {} for {expected}", doubts[[cell, 3]]);
    }
}

#[test]
fn queues_hold_what_is_open_the_most_doubtful_first() {
    let drawn = drawn();
    assert_eq!(cells_of(&drawn.queue(Order::ProbablyWrong, None, 9)), [2, 3, 0]);
    assert_eq!(cells_of(&drawn.queue(Order::ProbablyWrong, None, 2)), [2, 3]);
    let missing = drawn.queue(Order::ProbablyMissing, Some(location(3)), 9);
    assert_eq!(cells_of(&missing), [4, 5]);
    assert!(missing.iter().all(|question| !question.is_given && question.location == location(3)));
    assert_eq!(cells_of(&drawn.queue(Order::Uncertain, Some(location(3)), 3)), [3, 0, 4]);
    assert!(drawn.queue(Order::ProbablyWrong, Some(location(7)), 9).is_empty());
    assert!(drawn.queue(Order::ProbablyWrong, None, 0).is_empty());
}

#[test]
fn the_order_by_lot_depends_on_names_and_the_seed_alone() {
    let given: Vec<LocationSet> = (0..40).map(|_| [location(0)].into_iter().collect()).collect();
    let nothing = Array2::zeros((40, Location::COUNT));
    let order = |seed: u64, name: &dyn Fn(usize) -> u64| {
        let questions = Questions {
            probabilities: nothing.view(),
            doubts: nothing.view(),
            given: &given,
            name,
            is_open: &|_, _| true,
        };
        cells_of(&questions.queue(Order::Random(seed), None, 40))
    };
    let (forth, back) = (order(1, &|cell| cell as u64), order(1, &|cell| 39 - cell as u64));
    assert_eq!(back, forth.iter().map(|cell| 39 - cell).collect::<Vec<_>>());
    assert_ne!(forth, order(2, &|cell| cell as u64));
    assert_ne!(forth, (0..40).collect::<Vec<_>>());
}

#[test]
fn cells_of_other_fields_and_anchors_have_other_numbers() {
    let key = |field: &str, anchor| CellKey { field: field.to_owned(), anchor };
    let numbers = [key("a", (1, 2)), key("a", (2, 1)), key("b", (1, 2)), key("a", (1, 2))].map(|key| number_of(&key));
    assert!(numbers[0] != numbers[1] && numbers[0] != numbers[2] && numbers[0] == numbers[3]);
}

#[test]
fn odd_probabilities_do_not_spoil_the_doubts() {
    let mut drawn = drawn();
    drawn.probabilities[[0, 3]] = f32::NAN;
    drawn.probabilities[[1, 3]] = 1.0;
    drawn.probabilities[[2, 3]] = 0.0;
    assert!(drawn.doubts().iter().all(|doubt| doubt.is_finite()));
    drawn.images.pop();
    assert_eq!(drawn.doubts().nrows(), 5);
}

#[test]
fn what_was_reviewed_tells_what_is_left() {
    let left = WrongLeft::estimated(10, 8, 100).unwrap();
    assert!((left.estimate - 80.0).abs() < 1e-9);
    assert!((left.interval.0 - 49.02).abs() < 0.01 && (left.interval.1 - 94.33).abs() < 0.01);
    assert_eq!(WrongLeft::estimated(0, 0, 100), None);
}

#[test]
fn cells_of_which_nothing_is_said_do_not_count_for_the_mean_of_absent_labels() {
    let mut drawn = drawn();
    let before = drawn.doubts();
    // Three more cells, of an image without labels, which look like the location.
    drawn.probabilities =
        ndarray::concatenate![ndarray::Axis(0), drawn.probabilities, Array2::from_elem((3, Location::COUNT), 0.99)];
    drawn.given.extend([LocationSet::default(); 3]);
    drawn.images.extend([9; 3]);
    let at = [4, 3];
    assert!((drawn.doubts()[at] - before[at]).abs() > 1.0, "as absent labels they would move the mean");
    let told = doubts_where(drawn.probabilities.view(), &drawn.given, &drawn.images, |cell, _| cell < 6);
    for cell in 0..6 {
        assert!((told[[cell, 3]] - before[[cell, 3]]).abs() < 1e-6, "cell {cell}");
    }
}
