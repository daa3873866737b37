//! How far a batch is: a bar on a terminal, a plain line now and then elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal;
use crate::workbench::FieldDone;

/// Time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The progress of one batch.
pub struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    failed: usize,
    bar: ProgressBar,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// Nothing done yet of `total` fields; `what` is done to them, as in "segmenting".
    pub fn new(what: &'static str, total: usize) -> Self {
        let bar = ProgressBar::new(total as u64);
        let layout = "{msg} {bar:30} {pos} of {len} fields, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(layout) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.tick();
        let now = Instant::now();
        Self { what, total, done: 0, failed: 0, bar, started: now, last_line: now }
    }

    /// Counts one more field.
    pub fn count(&mut self, field: FieldDone) {
        self.done += 1;
        self.failed += usize::from(field.failed);
        self.bar.inc(1);
        if self.bar.is_hidden() && self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            terminal::complain(&self.line());
        }
    }

    /// Ends the display with a line that stays.
    pub fn finish(self) {
        self.bar.finish_and_clear();
        terminal::complain(&self.line());
    }

    fn line(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = self.done as f64 / seconds.max(1e-3);
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{}: {} of {} fields{failed}, {seconds:.1} s, {rate:.1} fields/s", self.what, self.done, self.total)
    }
}
