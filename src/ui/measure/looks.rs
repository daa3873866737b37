//! Trials that go through the images: from one to another, and up and down their list.

use std::time::Duration;

use egui::{Key, Modifiers, Pos2, Rect, Role};

use super::{
    hand::Hand,
    report::{Report, Value},
    trial::{Frames, Next, Seen, Trial, Wait},
};
use crate::ui::App;

/// The rows of the list that are in view to their lower end: the image's place in the set, and where its row is.
fn rows(app: &App, hand: &mut Hand) -> Vec<(usize, Rect)> {
    let Some((opened, canvas)) = app.workbench().opened().zip(hand.find(Role::Image, "Canvas")) else {
        return Vec::new();
    };
    let fields = opened.set.fields();
    let things = hand.things().iter().filter(|thing| thing.role == Role::Button);
    let row = |name: &str| fields.binary_search_by(|field| field.id().cmp(name)).ok();
    let rows = things.filter_map(|thing| Some((row(&thing.name)?, thing.place)));
    rows.filter(|(_, place)| place.bottom() <= canvas.bottom()).collect()
}

/// Which image is gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookAt {
    /// The next one by key, which was read beforehand.
    Next,
    /// One in the list that is not in memory, by mouse.
    Unread,
}

/// How soon another image is on the screen.
pub struct Look {
    at: LookAt,
    /// The image left, and the wait for the other one, which begins with the frame that hears of the wish: while nothing is
    /// going on, none is being drawn when a key is pressed.
    wait: Option<(Option<usize>, Option<Wait>)>,
    is_pressed: Option<Pos2>,
    times: Vec<Duration>,
}

impl Look {
    /// So many images are gone to, if there are as many.
    const TIMES: usize = 8;

    pub fn new(at: LookAt) -> Self {
        Self { at, wait: None, is_pressed: None, times: Vec::new() }
    }

    /// Goes to another image; `None` once there is none.
    fn go(&mut self, seen: &Seen, hand: &mut Hand) -> Option<Next> {
        if self.times.len() == Self::TIMES {
            return None;
        }
        let (workbench, shown) = (seen.app.workbench(), seen.app.view().field);
        let count = workbench.opened()?.set.fields().len();
        match self.at {
            LookAt::Next if count < 2 => return None,
            LookAt::Next => {
                let is_last = shown.is_some_and(|index| index + 1 == count);
                hand.key(Modifiers::NONE, if is_last { Key::PageUp } else { Key::PageDown });
            }
            LookAt::Unread => {
                let Some(place) = self.is_pressed.take() else { return self.press_unread(seen, hand) };
                hand.release(place);
            }
        }
        self.wait = Some((shown, None));
        Some(Next::AtOnce)
    }

    /// Presses the button on an image that is not in memory; `None` if there is none in view.
    fn press_unread(&mut self, seen: &Seen, hand: &mut Hand) -> Option<Next> {
        let rows = rows(seen.app, hand);
        if !rows.is_empty() {
            let workbench = seen.app.workbench();
            let is_unread = |index| !workbench.results().tried(workbench.field_key(index));
            let place = rows.iter().find(|(index, _)| is_unread(*index))?.1.center();
            hand.press(place);
            self.is_pressed = Some(place);
        }
        Some(Next::AtOnce)
    }
}

impl Trial for Look {
    fn group(&self) -> &'static str {
        "another image"
    }

    fn name(&self) -> &'static str {
        match self.at {
            LookAt::Next => "the next one (read beforehand)",
            LookAt::Unread => "one that is not in memory",
        }
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        let (app, now) = (seen.app, seen.now);
        let wanted = if self.at == LookAt::Next { "<= 16 ms" } else { "<= 200 ms" };
        if let Some((left, wait)) = &mut self.wait {
            let wait = wait.get_or_insert(Wait::from(now));
            let shown = app.view().field;
            let drawn = app.drawn().picture.as_ref().map(|picture| picture.field.index);
            let Some(time) = wait.after_frame(shown != *left && drawn == shown, now) else { return wait.next() };
            self.times.push(time);
            self.wait = None;
            hand.let_go();
        }
        // The neighbours of an image are read after it.
        if !app.workbench().is_at_rest() && self.is_pressed.is_none() {
            return Next::Within(Duration::from_millis(20));
        }
        if let Some(next) = self.go(seen, hand) {
            return next;
        }
        let times = std::mem::take(&mut self.times);
        let value = if times.is_empty() { Value::Missing("too few images".to_owned()) } else { Value::times(times) };
        report.add(self.group(), self.name(), value, wanted);
        Next::Done
    }
}

/// Turns the wheel over the list of images.
#[derive(Default)]
pub struct Scroll {
    turns: usize,
    frames: Frames,
}

impl Scroll {
    const TURNS: usize = 150;
    /// Points a frame, some two rows.
    const TURN: f32 = 150.0;
}

impl Trial for Scroll {
    fn group(&self) -> &'static str {
        "scrolling through the list"
    }

    fn name(&self) -> &'static str {
        "frame"
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        if self.turns == 0 {
            let rows = rows(seen.app, hand);
            let Some((_, middle)) = rows.get(rows.len() / 2) else { return Next::AtOnce };
            let images = seen.app.workbench().opened().map_or(0, |opened| opened.set.fields().len());
            if images <= rows.len() {
                let reason = "all images are in view".to_owned();
                report.add(self.group(), self.name(), Value::Missing(reason), "< 16 ms, 99 % < 33 ms");
                return Next::Done;
            }
            hand.point(middle.center());
        } else if let Some(frame) = seen.ended.filter(|_| self.turns > 1) {
            self.frames.add(&frame);
        }
        self.turns += 1;
        if self.turns > Self::TURNS {
            std::mem::take(&mut self.frames).report(self.group(), report);
            return Next::Done;
        }
        hand.wheel(Self::TURN);
        Next::AtOnce
    }
}
