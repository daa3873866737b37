//! How far an export is.

use std::sync::{Arc, Mutex, PoisonError};

use crate::workbench::Stop;

/// What it is doing, and how much of it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doing {
    /// As the words before a colon.
    pub what: &'static str,
    /// Things that are done.
    pub done: usize,
    /// All of them; 0 where nobody knows.
    pub total: usize,
}

/// How far an export is; its clones are the same.
#[derive(Clone, Debug, Default)]
pub struct ExportProgress(Arc<Mutex<Doing>>);

impl ExportProgress {
    /// What it is doing now.
    #[must_use]
    pub fn now(&self) -> Doing {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut Doing)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// How an export is watched and stopped.
#[derive(Clone, Copy)]
pub struct ExportWatch<'a> {
    /// Asked for to stop it. An image or a rule that is in work is finished first.
    pub stop: &'a Stop,
    /// What it is doing.
    pub progress: &'a ExportProgress,
    /// Called whenever there is progress.
    pub wake: &'a (dyn Fn() + Send + Sync),
}

impl ExportWatch<'_> {
    /// Something else begins, of `total` parts.
    ///
    /// # Errors
    /// If it is to stop.
    pub fn begin(&self, what: &'static str, total: usize) -> Result<(), Stopped> {
        self.progress.set(|doing| *doing = Doing { what, done: 0, total });
        (self.wake)();
        self.go_on()
    }

    /// A part is done.
    ///
    /// # Errors
    /// If it is to stop.
    pub fn step(&self) -> Result<(), Stopped> {
        self.progress.set(|doing| doing.done += 1);
        (self.wake)();
        self.go_on()
    }

    fn go_on(&self) -> Result<(), Stopped> {
        if self.stop.is_asked() { Err(Stopped) } else { Ok(()) }
    }
}

/// Somebody asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped: what is finished stays, and there is no report")]
pub struct Stopped;
