//! One line for each training, so that one sees whether cleaning helps; also those of earlier days, if they are still known.

use super::Model;

pub use crate::storage::course_file::Training;

/// Trainings of a project, the oldest first. After as many records there is one, the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trainings(Vec<Training>);

impl Trainings {
    /// Trainings that are kept.
    pub const MOST: usize = 2000;

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Training] {
        &self.0
    }

    /// Takes in what a model came to. `false` if it was not judged.
    pub fn take(&mut self, model: &Model) -> bool {
        let Some(judged) = model.judged() else { return false };
        self.add(Training {
            number: 1,
            records: model.key.records,
            cells: model.lessons.trainer().rows().len(),
            mean: judged.mean,
            mean_of_decided: judged.mean_of_decided,
        });
        true
    }

    /// Adds the last training, whose number follows from those before.
    pub fn add(&mut self, training: Training) {
        let number = self.0.last().map_or(1, |last| last.number.saturating_add(1));
        if self.0.last().is_some_and(|last| last.records == training.records) {
            self.0.pop();
        } else if self.0.len() >= Self::MOST {
            // Every other one of the older half: the course can still be seen.
            let mut place = 0;
            self.0.retain(|_| {
                place += 1;
                place > Self::MOST / 2 || place % 2 == 1
            });
        }
        self.0.push(Training { number, ..training });
    }

    /// Puts those of earlier days, which were read meanwhile, before those of today.
    pub fn continue_from(&mut self, earlier: &[Training]) {
        let today = std::mem::take(&mut self.0);
        let from = earlier.len().saturating_sub(Self::MOST);
        self.0 = earlier[from..].to_vec();
        for training in today {
            self.add(training);
        }
    }
}
