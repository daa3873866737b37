//! A step of the script: what it sees after each frame, and what it may say.

use std::time::{Duration, Instant};

use super::{
    hand::Hand,
    report::{Report, Value},
};
use crate::ui::App;

/// What is measured, or waited for.
pub trait Trial {
    /// Under which heading its figures stand.
    fn group(&self) -> &'static str;

    /// What it is about, for the case that it never comes to its end.
    fn name(&self) -> &'static str;

    /// After what time it is given up if it has not come to its end.
    fn patience(&self) -> Duration {
        Duration::from_mins(1)
    }

    /// Sees the window after each frame until it is done. What it does with `hand` shows in the next frame.
    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next;
}

/// What a trial sees after a frame is drawn and before it is on the screen.
pub struct Seen<'a> {
    /// The window.
    pub app: &'a App,
    /// When the program was started.
    pub started: Instant,
    /// When this frame began, which is when the frame before was on the screen if this one followed at once.
    pub now: Instant,
    /// The frame before.
    pub ended: Option<FrameTimes>,
}

/// How long a frame took.
#[derive(Clone, Copy, Debug)]
pub struct FrameTimes {
    /// The program's own code on the thread of the window.
    pub own: Duration,
    /// That, and turning it into triangles and handing these to the graphics driver, if the window tells.
    pub painted: Option<Duration>,
    /// All of it until the next frame began; longer if that was not asked for at once.
    pub whole: Duration,
}

/// What is to come after a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another frame at once.
    AtOnce,
    /// Another frame after this time, or earlier if the window wants one.
    Within(Duration),
    /// The trial is over.
    Done,
    /// Nothing can be measured, for this reason.
    Fail(String),
}

/// Frames of a trial.
#[derive(Debug, Default)]
pub struct Frames {
    own: Vec<Duration>,
    painted: Vec<Duration>,
    whole: Vec<Duration>,
}

impl Frames {
    /// Adds one that was followed by another at once.
    pub fn add(&mut self, frame: &FrameTimes) {
        self.own.push(frame.own);
        self.painted.extend(frame.painted);
        self.whole.push(frame.whole);
    }

    /// Tells of them under this heading.
    pub fn report(self, group: &'static str, report: &mut Report) {
        report.add(group, "frame", Value::times(self.whole), "< 16 ms, 99 % < 33 ms");
        report.add(group, "  before the driver draws", Value::times(self.painted), "");
        report.add(group, "  own code", Value::times(self.own), "");
    }
}

/// The moment from which something is waited for, until it is on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    since: Instant,
    is_drawn: bool,
    is_over: bool,
}

impl Wait {
    /// Waits from `since` on.
    pub fn from(since: Instant) -> Self {
        Self { since, is_drawn: false, is_over: false }
    }

    /// To be told after each frame whether it was drawn in it; once, the time that it took until this was on the screen.
    pub fn after_frame(&mut self, is_drawn: bool, now: Instant) -> Option<Duration> {
        let ends = self.is_drawn && !self.is_over;
        self.is_over |= ends;
        self.is_drawn |= is_drawn;
        ends.then(|| now - self.since)
    }

    /// Whether it is drawn and only the screen has to show it.
    pub fn is_about_to_end(&self) -> bool {
        self.is_drawn && !self.is_over
    }

    /// When to look again: at once when it was drawn; else the window must say by itself that there is something new.
    pub fn next(&self) -> Next {
        if self.is_drawn { Next::AtOnce } else { Next::Within(Duration::from_secs(1)) }
    }
}
