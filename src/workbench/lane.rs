//! A lane of work beside the window: at most one piece at a time, on a thread of its own.

use std::{
    error::Error,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use super::{Stop, fault::in_words, precedence::give_way};

/// Called when a piece of work is done, from its thread, so that somebody looks.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A value and what it was computed from: it is fresh as long as that is what is wanted.
#[derive(Clone, Debug)]
pub struct Computed<I, T> {
    /// What it was computed from.
    pub inputs: I,
    /// The value.
    pub value: T,
}

/// What a piece of work comes to on its thread.
pub type Work<T> = Result<T, Box<dyn Error>>;

/// What came of a piece of work: its value, or in words why there is none.
pub type Outcome<I, T> = Computed<I, Result<T, String>>;

/// Work of one kind, one piece at a time. What is wanted next is not queued here: it follows from the state when the
/// lane is free again, so that nothing is computed that nobody wants any more.
#[derive(Debug)]
pub struct Lane<I, T> {
    running: Option<Running<I, T>>,
}

#[derive(Debug)]
struct Running<I, T> {
    inputs: I,
    stop: Stop,
    value: Receiver<Result<T, String>>,
    /// The value, if it came while it was waited for.
    came: Option<Result<T, String>>,
}

impl<I, T> Default for Lane<I, T> {
    fn default() -> Self {
        Self { running: None }
    }
}

impl<I, T: Send + 'static> Lane<I, T> {
    /// Whether it can take a piece of work.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.running.is_none()
    }

    /// What is being worked on.
    #[must_use]
    pub fn inputs(&self) -> Option<&I> {
        self.running.as_ref().map(|running| &running.inputs)
    }

    /// Starts `work`, which computes the value of `inputs`; the lane must be free, or the piece in it is forgotten.
    pub fn start(&mut self, inputs: I, wake: &Wake, work: impl FnOnce(&Stop) -> Work<T> + Send + 'static) {
        let (sender, value) = mpsc::sync_channel(1);
        let (stop, wake) = (Stop::default(), Arc::clone(wake));
        let asked = stop.clone();
        let started = thread::Builder::new().spawn(move || {
            give_way();
            let result = in_words(|| work(&asked));
            // Nobody may be listening any more, when the program ends.
            let _ = sender.send(result);
            wake();
        });
        // Without a thread the sender is gone, which `take` reports.
        drop(started);
        self.running = Some(Running { inputs, stop, value, came: None });
    }

    /// Asks the work to stop, if there is any.
    pub fn stop(&self) {
        if let Some(running) = &self.running {
            running.stop.ask();
        }
    }

    /// Waits until the work is done, but only so long. Whether it is done.
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let Some(running) = &mut self.running else { return false };
        if running.came.is_none() {
            running.came = match running.value.recv_timeout(at_most) {
                Ok(value) => Some(value),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Err("the system has no thread for it".to_owned())),
            };
        }
        running.came.is_some()
    }

    /// What the work has come to, if it is done; the lane is free then.
    pub fn take(&mut self) -> Option<Outcome<I, T>> {
        self.wait(Duration::ZERO);
        let value = self.running.as_mut()?.came.take()?;
        self.running.take().map(|running| Computed { inputs: running.inputs, value })
    }
}
