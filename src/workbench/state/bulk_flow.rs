//! The work behind decisions about very many cells: what is decided is put together beside the window, as it is for rules.
//!
//! COST. Of 100,000 cells the window waits for two things, each in one frame: the labels take the decisions in, in some 15 to
//! 30 ms, and the writer of the journal gets a copy of them, in 10 to 20 ms. Undoing takes less than a microsecond.

use super::Workbench;
use crate::{
    project::{
        Edit,
        labels::{Decision, Deed, Reason},
    },
    workbench::{
        bulk::BulkStep,
        lane::{Computed, Lane},
        results::SetKey,
        standing::StandingKey,
    },
};

/// The cells that are to be decided about, and the work on them.
#[derive(Default)]
pub(super) struct BulkDesk {
    /// What is to be decided as soon as it is known under which names.
    step: Option<(SetKey, BulkStep)>,
    steps: Lane<(SetKey, StandingKey), Vec<Decision>>,
}

impl BulkDesk {
    pub(super) fn is_free(&self) -> bool {
        self.step.is_none() && self.steps.is_free()
    }
}

impl Workbench {
    /// Cells that are being decided about in one step.
    #[must_use]
    pub fn deciding(&self) -> usize {
        self.bulk.step.as_ref().map_or(0, |(_, step)| step.cells.len())
    }

    /// Decides about many cells: at once if they are few, else as soon as it is known under which names.
    pub(super) fn decide_about_many(&mut self, step: BulkStep) {
        if !self.can_decide() {
            self.fail("cells cannot be decided about here, as nothing of it would be kept".to_owned());
            return;
        }
        let is_small = step.cells.len() <= BulkStep::AT_ONCE;
        self.bulk.step = Some((SetKey::of(&self.project, self.openings), step));
        if is_small {
            self.finish_bulk();
        }
    }

    /// Decides now what is still being put together: what comes after it must come after it in the journal, too.
    pub(super) fn finish_bulk(&mut self) {
        let Some((key, step)) = self.bulk.step.take() else { return };
        self.bulk.steps = Lane::default();
        let Some(cells) = self.set_cells().cloned().filter(|_| self.is_current(&key)) else { return };
        let decisions = step.decisions(&cells, |field| self.placed(field));
        self.decide(decisions);
    }

    fn decide(&mut self, decisions: Vec<Decision>) {
        if decisions.is_empty() {
            return;
        }
        let count = decisions.len();
        let reason = if count > 1 { Reason::Bulk } else { Reason::Gallery };
        self.edit(Edit::Labels(Deed::Decide(reason, decisions)));
        if count > BulkStep::AT_ONCE {
            self.notice(format!("{count} cells are decided about; it is one step to undo"), false);
        }
    }

    pub(super) fn take_bulk(&mut self) {
        let Some(Computed { inputs: (set, standings), value }) = self.bulk.steps.take() else { return };
        if self.bulk.step.is_none() || set.opening != self.openings {
            return;
        }
        // If something is decided otherwise meanwhile, it is put together anew.
        if standings != self.standing_key() || !self.is_current(&set) {
            return;
        }
        self.bulk.step = None;
        match value {
            Ok(decisions) => self.decide(decisions),
            Err(reason) => self.fail(reason),
        }
    }

    pub(super) fn start_bulk(&mut self) {
        let Some((key, _)) = self.bulk.step.as_ref().filter(|_| self.bulk.steps.is_free()) else { return };
        let Some(cells) = self.set_cells().cloned().filter(|_| self.is_current(key)) else {
            self.bulk.step = None;
            self.fail("nothing is decided: the cells are others now".to_owned());
            return;
        };
        let Some(standings) = self.gather_standings() else { return };
        // Until it is known which cells all decisions fall to, a name could be wrong.
        if standings.is_partial {
            return;
        }
        let Some((key, step)) = self.bulk.step.clone() else { return };
        let inputs = (key, self.standing_key());
        self.bulk.steps.start(inputs, &self.wake, move |_| {
            let placed = |field: usize| Some(standings.decided(field as u32).cloned().unwrap_or_default());
            Ok(step.decisions(&cells, placed))
        });
    }
}
