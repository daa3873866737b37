//! How quick the window is: a run that works the real window by itself, along a script, and tells how long it takes to
//! follow. Not for work: the project is a fresh one in a folder that goes away, so nothing of the user's is changed.
//!
//! ```text
//! hand       puts input in, finds what to touch by its accessible name, and has the clock
//! trial      what a step of the script is, and what it gets to see after each frame
//! waits      trials that wait, press a key, or see what happens of itself
//! looks      trials that go through the images
//! answers    trials that answer questions in the deck while the model learns
//! drag       trials that drag something and see how soon the canvas follows
//! report     the figures, beside what is wanted of them
//! ```

mod answers;
mod drag;
mod hand;
mod looks;
mod report;
mod trial;
mod waits;

use std::{
    cell::RefCell,
    collections::VecDeque,
    mem,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use eframe::{CreationContext, Frame};
use egui::{Context, Key, Modifiers, Role, Ui, ViewportCommand};

pub use report::Report;

use super::{App, WindowError, launch, picker::SystemPicker, view::Kept};
use crate::{
    storage::{FileError, ScratchFolder, own_memory::own_memory},
    workbench::Command,
};
use answers::{Answers, Click, Measured};
use drag::{Drag, Watched};
use hand::Hand;
use looks::{Look, LookAt, Scroll};
use report::Value;
use trial::{FrameTimes, Next, Seen, Trial};
use waits::{Opening, Press, Rest, Settle};

/// So large that the canvas between the lists is 1600 x 1000.
const WINDOW: [f32; 2] = [2270.0, 1064.0];

/// Where the report goes, or in words why there is none.
pub type Outcome = Rc<RefCell<Option<Result<Report, String>>>>;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// There is no window.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// There is no place for the project of the run.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// The window was closed.
    #[error("not measured: the window was closed before the end")]
    Closed,
    /// The set cannot be opened.
    #[error("not measured: {0}")]
    Set(String),
}

/// Opens the window on `set`, measures how quick it is, and closes it.
///
/// # Errors
/// If there is no window, or it is closed before the end, or there is no set.
pub fn measure_window(set: PathBuf) -> Result<Report, MeasureError> {
    let started = Instant::now();
    let scratch = ScratchFolder::new()?;
    let project = scratch.path().join("project");
    let options = eframe::NativeOptions {
        // What is remembered from one start to the next is neither used nor changed.
        persist_window: false,
        persistence_path: Some(scratch.path().join("view.ron")),
        ..launch::options(WINDOW)
    };
    let outcome = Outcome::default();
    let to_fill = Rc::clone(&outcome);
    launch::run(options, move |context| Measuring::new(context, started, set, &project, to_fill))?;
    let result = outcome.borrow_mut().take();
    result.ok_or(MeasureError::Closed)?.map_err(MeasureError::Set)
}

/// The window at work, and the script that works it.
pub struct Measuring {
    app: App,
    started: Instant,
    script: VecDeque<Box<dyn Trial>>,
    trial_since: Instant,
    /// When the last frame began, and what of it was the program's own.
    last_frame: Option<(Instant, Duration)>,
    own: Duration,
    report: Report,
    outcome: Outcome,
}

impl Measuring {
    /// The window on `set`, with its project in the folder `project`. The time to open counts from `started`; what was
    /// measured goes into `outcome` when the window closes itself.
    #[must_use]
    pub fn new(context: &CreationContext, started: Instant, set: PathBuf, project: &Path, outcome: Outcome) -> Self {
        context.egui_ctx.add_plugin(Hand::default());
        // Things are found by the names that those who do not see them hear.
        context.egui_ctx.enable_accesskit();
        let open = Command::OpenAside { set, project: project.to_owned() };
        let kept = Kept::default();
        let app = App::beginning_with(Some(open), kept, context, Box::new(SystemPicker::default()));
        let report = Report::default();
        Self {
            app,
            started,
            script: script(),
            trial_since: started,
            last_frame: None,
            own: Duration::ZERO,
            report,
            outcome,
        }
    }

    /// Sees what the frame has brought, and says what comes next.
    fn after_frame(&mut self, hand: &mut Hand, painted: Option<Duration>) -> Next {
        let (now, own) = (hand.frame_began(), mem::take(&mut self.own));
        let last = self.last_frame.replace((now, own));
        let ended = last.map(|(began, own)| FrameTimes { own, painted, whole: now - began });
        let seen = Seen { app: &self.app, started: self.started, now, ended };
        let Some(trial) = self.script.front_mut() else { return Next::Done };
        let mut next = trial.after_frame(&seen, hand, &mut self.report);
        if next != Next::Done && now - self.trial_since > trial.patience() {
            let reason = format!("given up after {} s", trial.patience().as_secs());
            self.report.add(trial.group(), trial.name(), Value::Missing(reason), "");
            next = Next::Done;
        }
        if next == Next::Done {
            self.script.pop_front();
            hand.let_go();
            self.trial_since = now;
        }
        next
    }

    fn finish(&mut self, context: &Context, result: Result<(), String>) {
        let report = mem::take(&mut self.report);
        *self.outcome.borrow_mut() = Some(result.map(|()| report));
        context.send_viewport_cmd(ViewportCommand::Close);
    }
}

impl eframe::App for Measuring {
    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let context = ui.ctx().clone();
        let before = Instant::now();
        self.app.ui(ui, frame);
        self.own += before.elapsed();
        // A frame may need a second pass.
        if context.will_discard() || self.outcome.borrow().is_some() {
            return;
        }
        let painted = frame.info().cpu_usage.map(Duration::from_secs_f32);
        let Some(next) = context.with_plugin(|hand: &mut Hand| self.after_frame(hand, painted)) else { return };
        match next {
            Next::Within(time) => context.request_repaint_after(time),
            Next::AtOnce => context.request_repaint(),
            Next::Done if !self.script.is_empty() => context.request_repaint(),
            Next::Done => {
                if let Some(memory) = own_memory() {
                    self.report.add("memory", "at the end", Value::Bytes(memory.now), "< 600 MB");
                    self.report.add("memory", "most at any time", Value::Bytes(memory.most), "");
                } else {
                    let reason = "the system does not tell".to_owned();
                    self.report.add("memory", "at the end", Value::Missing(reason), "< 600 MB");
                }
                self.finish(&context, Ok(()));
            }
            Next::Fail(reason) => self.finish(&context, Err(reason)),
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}

/// All that is measured, one after another.
fn script() -> VecDeque<Box<dyn Trial>> {
    const NONE: Modifiers = Modifiers::NONE;
    const COMMAND: Modifiers = Modifiers::COMMAND;
    let press = |modifiers, key| Box::new(Press(modifiers, key));
    let settle = || Box::new(Settle::default());
    let gamma = |group| Drag::new(group, (Role::Slider, "Gamma"), (0.3, 0.7), Watched::Picture);
    let contrast =
        Drag::new("contrast drag", (Role::Slider, "Black and white of protein"), (1.0, 0.4), Watched::Picture);
    let split = Drag::new("split drag", (Role::Slider, "Split"), (0.3, 0.7), Watched::Cells);
    let extent = Drag::new("extent drag", (Role::Slider, "Cell extent"), (0.2, 0.8), Watched::Cells);
    VecDeque::from([
        Box::<Opening>::default() as Box<dyn Trial>,
        settle(),
        Box::new(Rest::new("after opening")),
        Box::new(Look::new(LookAt::Unread)),
        Box::new(Look::new(LookAt::Next)),
        settle(),
        // One pixel of the image to one of the screen fills the canvas.
        press(NONE, Key::Num1),
        settle(),
        Box::new(gamma("gamma drag")),
        press(COMMAND, Key::Z),
        settle(),
        Box::new(contrast),
        press(COMMAND, Key::Z),
        press(NONE, Key::F),
        press(COMMAND, Key::Num2),
        settle(),
        Box::new(split),
        press(COMMAND, Key::Z),
        settle(),
        Box::new(extent),
        press(COMMAND, Key::Z),
        press(COMMAND, Key::Num1),
        settle(),
        Box::<Scroll>::default(),
        settle(),
        press(COMMAND | Modifiers::SHIFT, Key::S),
        Box::new(gamma("gamma drag while cells of all images are found").while_cells_are_found()),
        Box::new(waits::Pause),
        press(COMMAND, Key::Z),
        settle(),
        Box::new(Rest::new("at the end")),
        Box::new(waits::Facts),
        // The place of the model leads to the deck in the order of doubts.
        press(COMMAND | Modifiers::SHIFT, Key::M),
        Box::new(Measured),
        press(NONE, Key::F5),
        settle(),
        Box::new(Click::new(Role::Button, "Doubtful labels")),
        Box::new(Click::new(Role::Button, "Ask in the deck")),
        settle(),
        Box::<Answers>::default(),
    ])
}
