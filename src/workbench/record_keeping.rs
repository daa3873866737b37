//! Keeping the journal: every decision about cells goes to the disk at once, on a thread beside the window.

use std::{
    env,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    process,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::lane::{Lane, Wake};
use crate::{
    project::{
        Labels,
        labels::{Moment, Record},
    },
    storage::{FileError, journal::Journal},
};

/// After a failure it is tried again when this has passed, or with the next decision.
const BEFORE_TRYING_AGAIN: Duration = Duration::from_secs(10);

/// A journal that is open for writing; its clones are the same.
#[derive(Clone, Debug)]
pub struct OpenJournal {
    folder: PathBuf,
    journal: Arc<Mutex<Journal>>,
}

impl OpenJournal {
    /// The journal in `folder`.
    #[must_use]
    pub fn new(folder: &Path, journal: Journal) -> Self {
        Self { folder: folder.to_owned(), journal: Arc::new(Mutex::new(journal)) }
    }

    /// Whether it is the one in `folder`.
    #[must_use]
    pub fn is_in(&self, folder: &Path) -> bool {
        self.folder == folder
    }

    fn append(&self, records: &[Record]) -> Result<(), FileError> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).append(records)
    }
}

/// What sees to it that decisions are on the disk.
#[derive(Debug, Default)]
pub struct RecordKeeper {
    /// Where they go; without it none can be made.
    journal: Option<OpenJournal>,
    /// Records that are on the disk.
    written: usize,
    /// Records there were when writing failed last, and when it is to be tried again.
    failed: Option<(usize, Instant)>,
    /// Records there will be on the disk.
    lane: Lane<usize, ()>,
}

impl RecordKeeper {
    /// Keeps what is decided from now on in `journal`, which holds `written` records.
    #[must_use]
    pub fn new(journal: Option<OpenJournal>, written: usize) -> Self {
        Self { journal, written, ..Self::default() }
    }

    /// The journal, if there is one.
    #[must_use]
    pub fn journal(&self) -> Option<&OpenJournal> {
        self.journal.as_ref()
    }

    /// Takes `journal`, which holds all that was written, in place of the present one.
    pub fn move_to(&mut self, journal: OpenJournal) {
        self.journal = Some(journal);
    }

    /// Records of `labels` that are not on the disk yet.
    #[must_use]
    pub fn unwritten(&self, labels: &Labels) -> usize {
        if self.journal.is_some() { labels.records().len().saturating_sub(self.written) } else { 0 }
    }

    /// Whether the last writing has failed and some records are only in memory.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether nothing is being written.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.lane.is_free()
    }

    /// Begins to write what is not on the disk; what comes meanwhile is written next. Returns after what time to call
    /// again.
    pub fn keep(&mut self, labels: &Labels, wake: &Wake) -> Option<Duration> {
        let count = labels.records().len();
        let journal = self.journal.clone().filter(|_| self.unwritten(labels) > 0 && self.lane.is_free())?;
        if let Some((_, again)) = self.failed.filter(|(tried, _)| *tried == count) {
            let left = again.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Some(left);
            }
        }
        let records = labels.records()[self.written..].to_vec();
        self.lane.start(count, wake, move |_| Ok(journal.append(&records)?));
        None
    }

    /// What came of the writing, if it is done: `Err` says why nothing was written.
    pub fn take(&mut self) -> Option<Result<(), String>> {
        let done = self.lane.take()?;
        match &done.value {
            Ok(()) => {
                self.written = done.inputs;
                self.failed = None;
            }
            Err(_) => self.failed = Some((done.inputs, Instant::now() + BEFORE_TRYING_AGAIN)),
        }
        Some(done.value)
    }

    /// Writes what is not on the disk and waits for it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&mut self, labels: &Labels) -> Result<(), FileError> {
        while !self.lane.is_free() {
            std::thread::yield_now();
            self.take();
        }
        if let Some(journal) = self.journal.as_ref().filter(|_| self.unwritten(labels) > 0) {
            journal.append(&labels.records()[self.written..])?;
            self.written = labels.records().len();
        }
        Ok(())
    }
}

/// The moment it is now.
#[must_use]
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(since.as_millis() as i64)
}

/// A number for the records of this run of the program that no other run has.
#[must_use]
pub fn new_session() -> u64 {
    // The keys of this hash are drawn by the system.
    RandomState::new().hash_one((SystemTime::now(), process::id()))
}

/// The name under which a person decides who gave none: that of the account.
#[must_use]
pub fn account_name() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
