//! Trials in which nothing is done but to wait, to look, or to press a key.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role};

use super::{
    hand::Hand,
    report::{Report, Value},
    trial::{Next, Seen, Trial, Wait},
};
use crate::ui::App;

/// From the start of the program to the first image.
#[derive(Default)]
pub struct Opening {
    /// Which of the moments is waited for.
    moment: usize,
    wait: Option<Wait>,
}

/// What the window has drawn that was waited for.
type IsDrawn = fn(&App) -> bool;

impl Opening {
    const MOMENTS: [(&'static str, &'static str, IsDrawn); 3] = [
        ("first frame", "", |_| true),
        ("list of images", "< 1 s", |app| app.view().field.is_some()),
        ("first image", "", |app| app.drawn().picture.is_some()),
    ];
}

impl Trial for Opening {
    fn group(&self) -> &'static str {
        "start of the program to"
    }

    fn name(&self) -> &'static str {
        Self::MOMENTS[self.moment].0
    }

    fn after_frame(&mut self, seen: &Seen, _hand: &mut Hand, report: &mut Report) -> Next {
        let workbench = seen.app.workbench();
        if workbench.opened().is_none()
            && let Some(failure) = workbench.notices().iter().find(|notice| notice.is_failure)
        {
            return Next::Fail(failure.text.clone());
        }
        while let Some((name, wanted, is_drawn)) = Self::MOMENTS.get(self.moment) {
            let wait = self.wait.get_or_insert(Wait::from(seen.started));
            let Some(time) = wait.after_frame(is_drawn(seen.app), seen.now) else { return wait.next() };
            report.add(self.group(), name, Value::Time(time), wanted);
            self.wait = None;
            self.moment += 1;
        }
        Next::Done
    }
}

/// Waits until nothing is being worked on, and a little longer, so that what moves comes to a stand.
#[derive(Default)]
pub struct Settle {
    since: Option<Instant>,
}

impl Settle {
    const QUIET: Duration = Duration::from_millis(300);
    const LOOK: Duration = Duration::from_millis(20);
}

impl Trial for Settle {
    fn group(&self) -> &'static str {
        "rest"
    }

    fn name(&self) -> &'static str {
        "end of all work"
    }

    fn after_frame(&mut self, seen: &Seen, _hand: &mut Hand, _report: &mut Report) -> Next {
        let workbench = seen.app.workbench();
        // Good news goes by itself after a while, which takes a frame.
        let is_over = workbench.is_at_rest() && workbench.notices().iter().all(|notice| notice.is_failure);
        if !is_over {
            self.since = None;
            return Next::Within(Self::LOOK);
        }
        let since = *self.since.get_or_insert(seen.now);
        if seen.now - since < Self::QUIET { Next::Within(Self::LOOK) } else { Next::Done }
    }
}

/// Counts the frames while there is nothing to do.
pub struct Rest {
    name: &'static str,
    /// When it began, after a moment in which frames still come that were asked for before.
    since: Option<Instant>,
    repaints: usize,
}

impl Rest {
    const BEFORE: Duration = Duration::from_millis(100);
    const TIME: Duration = Duration::from_secs(2);

    pub fn new(name: &'static str) -> Self {
        Self { name, since: None, repaints: 0 }
    }
}

impl Trial for Rest {
    fn group(&self) -> &'static str {
        "repaints in 2 s of rest"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn after_frame(&mut self, seen: &Seen, _hand: &mut Hand, report: &mut Report) -> Next {
        let since = *self.since.get_or_insert(seen.now + Self::BEFORE);
        let left = (since + Self::TIME).saturating_duration_since(seen.now);
        if left.is_zero() {
            report.add(self.group(), self.name, Value::Count(self.repaints), "0");
            return Next::Done;
        }
        self.repaints += usize::from(seen.now > since);
        // Frames that are asked for in advance come a little early.
        Next::Within(left + Self::BEFORE)
    }
}

/// Presses a key.
pub struct Press(pub Modifiers, pub Key);

impl Trial for Press {
    fn group(&self) -> &'static str {
        "keys"
    }

    fn name(&self) -> &'static str {
        self.1.name()
    }

    fn after_frame(&mut self, _seen: &Seen, hand: &mut Hand, _report: &mut Report) -> Next {
        hand.key(self.0, self.1);
        Next::Done
    }
}

/// Stops finding the cells of all images, if that is still going on.
pub struct Pause;

impl Trial for Pause {
    fn group(&self) -> &'static str {
        "keys"
    }

    fn name(&self) -> &'static str {
        "pause"
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, _report: &mut Report) -> Next {
        if seen.app.workbench().whole_set_task().is_some() {
            hand.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
        }
        Next::Done
    }
}

/// What the figures depend on.
pub struct Facts;

impl Trial for Facts {
    fn group(&self) -> &'static str {
        "facts"
    }

    fn name(&self) -> &'static str {
        "canvas"
    }

    fn after_frame(&mut self, seen: &Seen, hand: &mut Hand, report: &mut Report) -> Next {
        let Some(canvas) = hand.find(Role::Image, "Canvas") else { return Next::AtOnce };
        let (workbench, view) = (seen.app.workbench(), seen.app.view());
        let images = workbench.opened().map_or(0, |opened| opened.set.fields().len());
        let size = view.field.and_then(|index| workbench.results().field(workbench.field_key(index)));
        let (height, width) = size.map_or((0, 0), |field| field.size());
        report.fact("images", format!("{images}, of {width} x {height} pixels that shown last"));
        report.fact("canvas", format!("{:.0} x {:.0} points", canvas.width(), canvas.height()));
        report.fact("threads", rayon::current_num_threads().to_string());
        let build = if cfg!(debug_assertions) { "with checks, slower than a release" } else { "release" };
        report.fact("program", format!("{} {}, {build}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
        Next::Done
    }
}
