//! Work that may fail, and may even be wrong itself: either way it costs one field, as a sentence.

use std::{
    any::Any,
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The result of `work`, or its failure in words; a panic is a fault of the program and says so.
///
/// # Errors
/// If `work` fails or panics.
pub fn in_words<T>(work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<T, String> {
    let result = catch_unwind(AssertUnwindSafe(work));
    result
        .map_err(|panic| format!("a fault of the program, please report it: {}", words_of(&*panic)))?
        .map_err(|error| error.to_string())
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}
