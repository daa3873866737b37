//! Trials in which labels are decided about in the deck, with the model learning after every answer: how long it takes from
//! a key to the next question, to what is learnt from the answer, and to the questions in their new order.

use std::{
    mem,
    time::{Duration, Instant},
};

use egui::{Key, Modifiers, Role};

use super::{
    hand::Hand,
    report::{Report, Value},
    trial::{Next, Seen, Trial, Wait},
};
use crate::ui::App;

/// The heading of these figures.
const GROUP: &str = "answers in the deck, most doubtful first";

/// Waits until the cells of all images are measured, and tells how many there are.
pub struct Measured;

impl Measured {
    const LOOK: Duration = Duration::from_millis(50);
}

impl Trial for Measured {
    fn group(&self) -> &'static str {
        GROUP
    }

    fn name(&self) -> &'static str {
        "cells of the set"
    }

    fn patience(&self) -> Duration {
        Duration::from_mins(5)
    }

    fn after_frame(&mut self, seen: &Seen, _hand: &mut Hand, report: &mut Report) -> Next {
        let workbench = seen.app.workbench();
        if workbench.whole_set_task().is_some() || !workbench.is_at_rest() {
            return Next::Within(Self::LOOK);
        }
        report.add(GROUP, self.name(), Value::Count(workbench.set_cells().map_or(0, |cells| cells.count())), "");
        Next::Done
    }
}

/// Clicks a thing of this name, if it comes into view soon.
pub struct Click {
    role: Role,
    name: &'static str,
    since: Option<Instant>,
    is_pressed: bool,
}

impl Click {
    const SOON: Duration = Duration::from_secs(3);

    pub fn new(role: Role, name: &'static str) -> Self {
        Self { role, name, since: None, is_pressed: false }
    }
}

impl Trial for Click {
    fn group(&self) -> &'static str {
        GROUP
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, _report: &mut Report) -> Next {
        let since = *self.since.get_or_insert(seen.now);
        let Some(place) = hand.find(self.role, self.name) else {
            return if seen.now - since > Self::SOON { Next::Done } else { Next::AtOnce };
        };
        if mem::replace(&mut self.is_pressed, true) {
            hand.release(place.center());
            hand.leave();
            return Next::Done;
        }
        hand.press(place.center());
        Next::AtOnce
    }
}

/// What is waited for after a key.
struct Answered {
    /// Records of decisions with this one.
    records: usize,
    question: Wait,
    rules: Wait,
    queue: Wait,
}

/// Answers one question after another.
#[derive(Default)]
pub struct Answers {
    /// How often a key was pressed.
    pressed: usize,
    /// Records of decisions when it was pressed last.
    before: Option<usize>,
    answered: Option<Answered>,
    /// Since when nothing is going on and nothing is asked.
    idle: Option<Instant>,
    questions: Vec<Duration>,
    rules: Vec<Duration>,
    queues: Vec<Duration>,
}

impl Answers {
    /// Answers that are given.
    const COUNT: usize = 30;
    /// If nothing is asked for so long, nothing will be.
    const PATIENCE: Duration = Duration::from_secs(2);
    const LOOK: Duration = Duration::from_millis(10);

    /// Presses the next key once what the last one began is learnt and on the disk.
    fn press(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        let workbench = seen.app.workbench();
        let is_ready = workbench.learning().is_none() && workbench.unwritten_decisions() == 0;
        if is_ready && seen.app.view().deck.asked.is_some() && self.pressed < Self::COUNT {
            self.idle = None;
            self.before = Some(records(seen.app));
            // Rather no: most of what is doubted is wrong.
            hand.key(Modifiers::NONE, if self.pressed.is_multiple_of(4) { Key::Y } else { Key::N });
            self.pressed += 1;
            return Next::AtOnce;
        }
        let is_over = self.pressed == Self::COUNT
            || workbench.is_at_rest() && seen.now - *self.idle.get_or_insert(seen.now) > Self::PATIENCE;
        if is_over { self.tell(report) } else { Next::Within(Self::LOOK) }
    }

    /// Sees what has come of an answer.
    fn follow(&mut self, mut answered: Answered, seen: &Seen) -> Next {
        let (workbench, view) = (seen.app.workbench(), seen.app.view());
        let model = workbench.model().filter(|model| model.key.records == answered.records);
        let judged = model.and_then(|model| model.judged_number.filter(|number| *number == model.number));
        let queue = workbench.results().deck.as_ref().and_then(|deck| deck.inputs.model);
        self.questions.extend(answered.question.after_frame(view.deck.asked.is_some(), seen.now));
        self.rules.extend(answered.rules.after_frame(model.is_some(), seen.now));
        if let Some(time) = answered.queue.after_frame(judged.is_some() && judged == queue, seen.now) {
            self.queues.push(time);
            return Next::AtOnce;
        }
        let waits = [&answered.question, &answered.rules, &answered.queue];
        let next = if waits.iter().any(|wait| wait.is_about_to_end()) { Next::AtOnce } else { answered.queue.next() };
        self.answered = Some(answered);
        next
    }

    fn tell(&mut self, report: &mut Report) -> Next {
        if self.pressed == 0 {
            let reason = "nothing is asked: it needs labels of two images and a doubt".to_owned();
            report.add(GROUP, "key to questions in new order", Value::Missing(reason), "<= 1 s");
            return Next::Done;
        }
        report.add(GROUP, "key to next question", Value::times(mem::take(&mut self.questions)), "<= 33 ms");
        report.add(GROUP, "key to rules learnt anew", Value::times(mem::take(&mut self.rules)), "");
        report.add(GROUP, "key to questions in new order", Value::times(mem::take(&mut self.queues)), "<= 1 s");
        Next::Done
    }
}

impl Trial for Answers {
    fn group(&self) -> &'static str {
        GROUP
    }

    fn name(&self) -> &'static str {
        "key to questions in new order"
    }

    fn patience(&self) -> Duration {
        Duration::from_mins(3)
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        if let Some(before) = self.before.take() {
            // This frame has heard the key.
            let (since, records) = (Wait::from(seen.now), records(seen.app));
            if records > before {
                self.answered = Some(Answered { records, question: since, rules: since, queue: since });
            }
        }
        match self.answered.take() {
            Some(answered) => self.follow(answered, seen),
            None => self.press(seen, hand, report),
        }
    }
}

fn records(app: &App) -> usize {
    app.workbench().project().labels().records().len()
}
