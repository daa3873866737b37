//! Trials that drag something, in each frame a little further, and see how soon the canvas follows.

use std::{
    collections::VecDeque,
    mem,
    time::{Duration, Instant},
};

use egui::{Pos2, Rect, Role, pos2};

use super::{
    hand::Hand,
    report::{Report, Value},
    trial::{Frames, Next, Seen, Trial},
};
use crate::{pipeline::composite::CompositeParams, ui::App, workbench::results::CellsKey};

/// What follows the drag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// The picture on the canvas.
    Picture,
    /// The cells over it.
    Cells,
}

/// What the canvas is to be drawn from, or was.
#[derive(Clone, Debug, PartialEq)]
enum Inputs {
    Picture(CompositeParams),
    Cells(CellsKey),
}

impl Watched {
    fn wanted(self, app: &App) -> Option<Inputs> {
        let workbench = app.workbench();
        match self {
            Self::Picture => Some(Inputs::Picture(workbench.project().display().clone())),
            Self::Cells => Some(Inputs::Cells(workbench.cells_key(app.view().field?)?)),
        }
    }

    fn drawn(self, app: &App) -> Option<Inputs> {
        match self {
            Self::Picture => app.drawn().picture.as_ref().map(|picture| Inputs::Picture(picture.display.clone())),
            Self::Cells => app.drawn().cells.clone().map(Inputs::Cells),
        }
    }
}

/// The drag of a slider.
pub struct Drag {
    group: &'static str,
    slider: (Role, &'static str),
    /// From where to where, as shares of its width.
    way: (f32, f32),
    watched: Watched,
    /// Whether only those frames count in which the cells of all images are being found.
    while_cells_are_found: bool,
    place: Option<Rect>,
    step: usize,
    frames: Frames,
    before: Option<Inputs>,
    /// Changes that are not on the canvas yet, the oldest first.
    changes: VecDeque<(Instant, Inputs)>,
    /// When the change was made that this frame has drawn first.
    drawn: Option<Instant>,
    delays: Vec<Duration>,
}

impl Drag {
    /// Frames of a drag.
    const STEPS: usize = 120;

    pub fn new(group: &'static str, slider: (Role, &'static str), way: (f32, f32), watched: Watched) -> Self {
        Self {
            group,
            slider,
            way,
            watched,
            while_cells_are_found: false,
            place: None,
            step: 0,
            frames: Frames::default(),
            before: None,
            changes: VecDeque::new(),
            drawn: None,
            delays: Vec::new(),
        }
    }

    /// Counts only while the cells of all images are being found.
    pub fn while_cells_are_found(self) -> Self {
        Self { while_cells_are_found: true, ..self }
    }

    fn position(&self, place: Rect) -> Pos2 {
        let share = self.step as f32 / Self::STEPS as f32;
        pos2(place.left() + place.width() * (self.way.0 + share * (self.way.1 - self.way.0)), place.center().y)
    }

    /// Sees what was changed and what was drawn.
    fn follow(&mut self, seen: &Seen) {
        if let Some(changed) = self.drawn.take() {
            self.delays.push(seen.now - changed);
        }
        let wanted = self.watched.wanted(seen.app);
        if let Some(inputs) = wanted.clone().filter(|_| self.step > 0 && wanted != self.before) {
            self.changes.push_back((seen.now, inputs));
        }
        self.before = wanted;
        let drawn = self.watched.drawn(seen.app);
        if let Some(at) = self.changes.iter().position(|(_, inputs)| Some(inputs) == drawn.as_ref()) {
            // Those before it were overtaken.
            self.drawn = self.changes.drain(..=at).next_back().map(|(changed, _)| changed);
        }
    }

    fn tell(&mut self, seen: &Seen, report: &mut Report) {
        let delays = Value::times(mem::take(&mut self.delays));
        match self.watched {
            Watched::Picture => {
                report.add(self.group, "change to picture", delays, "<= 33 ms");
                report.add(self.group, "  drawing the picture", drawing(seen.app), "<= 8 ms");
            }
            Watched::Cells => report.add(self.group, "change to cells", delays, "<= 50 ms"),
        }
        mem::take(&mut self.frames).report(self.group, report);
    }
}

/// The time it takes to draw the picture that is on the canvas, with nothing else to do.
fn drawing(app: &App) -> Value {
    let workbench = app.workbench();
    let picture = app.drawn().picture.as_ref();
    let field = picture.and_then(|picture| workbench.results().field(picture.field));
    let Some((picture, field)) = picture.zip(field) else { return Value::Missing("there is none".to_owned()) };
    let times = (0..9).map(|_| {
        let before = Instant::now();
        std::hint::black_box(field.picture(&picture.part, &picture.display));
        before.elapsed()
    });
    Value::times(times.collect())
}

impl Trial for Drag {
    fn group(&self) -> &'static str {
        self.group
    }

    fn name(&self) -> &'static str {
        self.slider.1
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        let Some(place) = self.place else {
            self.place = hand.find(self.slider.0, self.slider.1);
            return Next::AtOnce;
        };
        let counts = !self.while_cells_are_found || seen.app.workbench().whole_set_task().is_some();
        self.follow(seen);
        // The first frames are those in which it is pressed.
        if let Some(frame) = seen.ended.filter(|_| counts && (3..=Self::STEPS).contains(&self.step)) {
            self.frames.add(&frame);
        }
        let position = self.position(place);
        match self.step {
            0 => hand.press(position),
            Self::STEPS => hand.release(position),
            step if step < Self::STEPS => hand.point(position),
            _ if self.changes.is_empty() && self.drawn.is_none() => {
                // What is under the pointer would explain itself after a while.
                hand.leave();
                self.tell(seen, report);
                return Next::Done;
            }
            _ => {}
        }
        self.step += 1;
        Next::AtOnce
    }
}
