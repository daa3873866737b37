//! The work behind the rules: the measured cells in the order of a measure, and what is decided by a cut.

use std::sync::Arc;

use super::Workbench;
use crate::{
    project::{
        Edit,
        labels::{Decision, Deed, Reason},
    },
    workbench::{
        Focus,
        lane::{Computed, Lane},
        measured::PortraitMeasures,
        results::SetKey,
        rules::{RuleKey, RuleStep, RuleTable, RuleWish},
        standing::{Gathering, Standings},
    },
};

/// What is known for the rules, and the work on them.
#[derive(Default)]
pub(super) struct RuleDesk {
    tables: Lane<RuleKey, (RuleTable, Option<Arc<PortraitMeasures>>)>,
    table: Option<Computed<RuleKey, Arc<RuleTable>>>,
    portraits: Option<Arc<PortraitMeasures>>,
    gathering: Gathering,
    /// What is to be decided as soon as it can be.
    step: Option<RuleStep>,
    steps: Lane<(RuleKey, RuleStep), Vec<Decision>>,
}

impl RuleDesk {
    pub(super) fn are_free(&self) -> bool {
        self.tables.is_free() && self.steps.is_free() && self.step.is_none()
    }
}

impl Workbench {
    /// The cells for `wish` in the order of its measure. What is decided may have changed since; it is looked at anew.
    #[must_use]
    pub fn rule_table(&self, wish: RuleWish) -> Option<&Arc<RuleTable>> {
        let table = self.rules.table.as_ref()?;
        (table.inputs.wish == wish && self.is_current(&table.inputs.set)).then_some(&table.value)
    }

    /// Whether that is how things stand now.
    #[must_use]
    pub fn is_rule_table_fresh(&self, wish: RuleWish) -> bool {
        self.rules.table.as_ref().is_some_and(|table| self.is_fresh(&table.inputs, wish))
    }

    /// What is being decided by a rule.
    #[must_use]
    pub fn rule_step(&self) -> Option<&RuleStep> {
        self.rules.step.as_ref()
    }

    fn is_fresh(&self, key: &RuleKey, wish: RuleWish) -> bool {
        key.wish == wish
            && key.revision == self.results.cells_revision
            && key.standings == self.standing_key()
            && self.is_current(&key.set)
    }

    /// Decides about the cells on one side of a cut as soon as it is known which they are.
    pub(super) fn decide_by_rule(&mut self, step: RuleStep) {
        if !self.can_decide() {
            self.fail("cells cannot be decided about here, as nothing of it would be kept".to_owned());
        } else if self.rules.step.is_none() {
            self.rules.step = Some(step);
        }
    }

    pub(super) fn take_rules(&mut self) {
        let opening = self.openings;
        if let Some(Computed { inputs, value }) =
            self.rules.tables.take().filter(|table| table.inputs.set.opening == opening)
        {
            match value {
                Ok((table, portraits)) => {
                    self.rules.portraits = portraits.or(self.rules.portraits.take());
                    self.rules.table = Some(Computed { inputs, value: Arc::new(table) });
                }
                Err(reason) => {
                    self.rules.step = None;
                    self.fail(reason);
                }
            }
        }
        let Some(Computed { inputs: (key, step), value }) = self.rules.steps.take() else { return };
        if self.rules.step != Some(step) {
            return;
        }
        // If something was decided meanwhile, the step is made anew, so that nothing is overruled by oversight.
        if !self.is_fresh(&key, step.wish) {
            return;
        }
        self.rules.step = None;
        match value {
            Ok(decisions) if decisions.is_empty() => self.notice("the rule changes no cell".to_owned(), false),
            Ok(decisions) => {
                let words = format!("the rule has decided about {} cells; it is one step to undo", decisions.len());
                self.notice(words, false);
                self.edit(Edit::Labels(Deed::Decide(Reason::Rule, decisions)));
            }
            Err(reason) => self.fail(reason),
        }
    }

    pub(super) fn start_rules(&mut self, focus: &Focus) {
        let Some(cells) = self.set_cells().cloned() else {
            self.rules.step = None;
            return;
        };
        let wish = self.rules.step.map(|step| step.wish).or(focus.rules);
        let Some(wish) = wish else { return };
        let is_fresh = self.is_rule_table_fresh(wish);
        let waits = if is_fresh {
            self.rules.step.is_some() && self.rules.steps.is_free()
        } else {
            self.rules.tables.is_free()
        };
        if !waits {
            return;
        }
        let Some(standings) = self.gather_standings() else { return };
        // A step waits until it is known which cells all decisions fall to, so that none is overruled.
        if is_fresh && standings.is_partial {
            return;
        }
        if let Some((table, step)) = self.rules.table.as_ref().zip(self.rules.step).filter(|_| is_fresh) {
            let (key, table) = (table.inputs.clone(), Arc::clone(&table.value));
            let work = move |_: &_| Ok(table.decisions(&cells, &standings, &step));
            self.rules.steps.start((key, step), &self.wake, work);
        } else if !is_fresh {
            let key = RuleKey {
                set: SetKey::of(&self.project, self.openings),
                revision: self.results.cells_revision,
                standings: self.standing_key(),
                wish,
            };
            let before = self.rules.portraits.clone();
            self.rules.tables.start(key, &self.wake, move |stop| {
                let is_of_portrait = wish.measure.is_of_portrait();
                let portraits =
                    is_of_portrait.then(|| Arc::new(PortraitMeasures::after(before.as_deref(), &cells, stop)));
                Ok((RuleTable::of(&cells, &standings, wish, portraits.as_deref()), portraits))
            });
        }
    }

    /// Everything that is decided; while it is being gathered, the next frame goes on with it.
    pub(super) fn gather_standings(&mut self) -> Option<Arc<Standings>> {
        let mut gathering = std::mem::take(&mut self.rules.gathering);
        let standings = gathering.go_on(self);
        self.rules.gathering = gathering;
        if standings.is_none() {
            (self.wake)();
        }
        standings
    }
}
