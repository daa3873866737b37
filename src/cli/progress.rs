//! How far a batch is: a bar on a terminal, a plain line now and then elsewhere.

use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

use super::terminal;
use crate::{
    pipeline::submission::SubmissionSize,
    storage::work_file::Opening,
    workbench::{BatchEvent, Stop},
};

/// Time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// The progress of one batch.
pub struct Progress {
    what: &'static str,
    total: usize,
    /// Fields done before it began.
    before: usize,
    /// Fields done since.
    done: usize,
    failed: usize,
    bar: ProgressBar,
    started: Instant,
    last_line: Instant,
    is_stopping: bool,
}

impl Progress {
    /// Nothing done yet of `total` fields; `what` is done to them, as in "segmenting".
    pub fn new(what: &'static str, total: usize) -> Self {
        let bar = ProgressBar::new(total as u64);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        let now = Instant::now();
        Self { what, total, before: 0, done: 0, failed: 0, bar, started: now, last_line: now, is_stopping: false }
    }

    /// Shows what has happened, and that the batch is about to stop.
    pub fn show(&mut self, event: BatchEvent, stop: &Stop) {
        match event {
            BatchEvent::Begun { done, opening } => self.begin(done, opening),
            BatchEvent::FieldDone { failed } => {
                self.done += 1;
                self.failed += usize::from(failed);
            }
            BatchEvent::Writing(size) => self.complain(&in_words(size)),
        }
        self.bar.set_position((self.before + self.done) as u64);
        self.bar.set_message(self.state());
        if self.bar.is_hidden() && self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            terminal::complain(&self.line());
        }
        if stop.is_asked() && !self.is_stopping {
            self.is_stopping = true;
            self.complain("stopping when the fields in work are done; once more stops at once");
        }
    }

    /// Ends the display with a line that stays, if anything was done at all.
    pub fn finish(self) {
        self.bar.finish_and_clear();
        if self.before + self.done > 0 {
            terminal::complain(&self.line());
        }
    }

    fn begin(&mut self, done: usize, opening: Opening) {
        // What was done before says nothing of how fast this is.
        (self.before, self.started) = (done, Instant::now());
        match opening {
            Opening::New => {}
            Opening::Anew => self.complain("beginning anew: the work that is there has other parameters"),
            Opening::Continued { damaged } => {
                let lost = match damaged {
                    0 => String::new(),
                    some => format!("; {} of earlier work damaged", terminal::count(some, "record")),
                };
                self.complain(&format!("continuing: {done} of {} fields are done already{lost}", self.total));
            }
        }
    }

    fn complain(&self, line: &str) {
        self.bar.suspend(|| terminal::complain(&format!("{}: {line}", self.what)));
    }

    fn line(&self) -> String {
        format!("{}: {}", self.what, self.state())
    }

    /// All numbers in words.
    fn state(&self) -> String {
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        let done = self.before + self.done;
        let pace = pace(self.started.elapsed(), self.done, self.total - done);
        format!("{done} of {} fields{failed}, {pace}", self.total)
    }
}

/// What a submission will hold.
fn in_words(SubmissionSize { rows, cells, predictions, bytes }: SubmissionSize) -> String {
    let counts = [(rows, "row"), (cells, "cell"), (predictions, "prediction")];
    let counts = counts.map(|(number, thing)| terminal::count(number, thing)).join(", ");
    format!("the submission will have {counts}: {} ({bytes} bytes)", DecimalBytes(bytes))
}

/// How fast it goes and how long it takes still: "12 s, 3.4 images/s, 2 min left".
fn pace(elapsed: Duration, done: usize, left: usize) -> String {
    let seconds = elapsed.as_secs_f64();
    if done == 0 {
        return duration(seconds);
    }
    let per_second = done as f64 / seconds.max(1e-3);
    let left = if left > 0 { format!(", {} left", duration(left as f64 / per_second)) } else { String::new() };
    format!("{}, {per_second:.1} images/s{left}", duration(seconds))
}

/// A duration as a person says it: "8 s", "3 min", "2 h 5 min".
fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match seconds {
        ..100.0 => format!("{seconds:.0} s"),
        ..6000.0 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}
