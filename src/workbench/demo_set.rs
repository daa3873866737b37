//! A synthetic set brought to disk: many fields at a time, unless it is there already.

use std::path::Path;

use rayon::prelude::*;

use super::Stop;
use crate::{
    demo::{self, DemoSet, Part},
    storage::demo_set::{DemoSetError, DemoSetWriter, Found, find},
};

/// What was done for a set to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing: it was there, and whole.
    WasThere,
    /// It was made.
    Made,
    /// It was made anew, in place of another or a damaged one.
    Replaced,
}

/// Why a set is not there.
#[derive(Debug, thiserror::Error)]
pub enum ProvideError {
    /// It cannot be written.
    #[error(transparent)]
    Set(#[from] DemoSetError),
    /// Somebody asked to stop.
    #[error("stopped: the demo set is made whole or not at all")]
    Stopped,
}

/// Sees to it that `set`, whose parameters are in range, stands in `folder`. `field_done` is called after each field
/// that is made, from any thread.
///
/// Memory is that of one field a thread.
///
/// # Errors
/// If there is something else in `folder`, a file cannot be written, or `stop` was asked for; what was there stays.
pub fn provide_demo_set(
    set: &DemoSet,
    folder: &Path,
    stop: &Stop,
    field_done: impl Fn() + Sync,
) -> Result<Done, ProvideError> {
    let found = find(folder, set)?;
    if found == Found::Whole {
        return Ok(Done::WasThere);
    }
    let writer = DemoSetWriter::create(folder, set)?;
    let numbers: Vec<(Part, usize)> = set.numbers().collect();
    let written = numbers.into_par_iter().map(|(part, number)| {
        if stop.is_asked() {
            return Err(ProvideError::Stopped);
        }
        let written = writer.write(part, &demo::field(&set.params, number))?;
        field_done();
        Ok(written)
    });
    let written: Vec<_> = written.collect::<Result<_, ProvideError>>()?;
    writer.finish(&written)?;
    Ok(if found == Found::Other { Done::Replaced } else { Done::Made })
}
