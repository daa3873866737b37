//! One line for each training, so that one sees whether cleaning helps.

use super::Model;

/// What a training came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Training {
    /// Counts the trainings of this set, from 1.
    pub number: u64,
    /// Records of decisions that were taken in.
    pub records: usize,
    /// Cells that were learnt from.
    pub cells: usize,
    /// Mean average precision on all cells, as they were taught then.
    pub mean: Option<f64>,
    /// The same on cells that people had decided about.
    pub mean_of_decided: Option<f64>,
}

/// Trainings of a set since it was opened, the oldest first. After as many records there is one, the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trainings(Vec<Training>);

impl Trainings {
    /// Trainings that are kept.
    const MOST: usize = 2000;

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Training] {
        &self.0
    }

    /// Takes in what a model came to, if it was judged.
    pub fn take(&mut self, model: &Model) {
        let Some(judged) = model.judged() else { return };
        let training = Training {
            number: model.number,
            records: model.key.records,
            cells: model.lessons.trainer().rows().len(),
            mean: judged.mean,
            mean_of_decided: judged.mean_of_decided,
        };
        if self.0.last().is_some_and(|last| last.records == training.records) {
            self.0.pop();
        } else if self.0.len() == Self::MOST {
            // Every other one of the older half: the course can still be seen.
            let mut number = 0;
            self.0.retain(|_| {
                number += 1;
                number > Self::MOST / 2 || number % 2 == 1
            });
        }
        self.0.push(training);
    }
}
