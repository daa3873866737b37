//! Work on many things at a time, results one after another in the things' order.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;

/// Things that are begun before all earlier ones are done, for each thread. Enough that nobody waits long for the
/// slowest, few enough that memory stays bounded.
const AHEAD: usize = 16;

/// Runs `work` on all `items` in parallel, as many at once as there are threads, and hands each result to `take` in
/// the order of `items`. `take` runs on one thread at a time and must not wait for other work of the pool.
///
/// At most 16 results a thread wait for their turn, so memory does not grow with the number of items.
///
/// # Errors
/// The first error of `take`; work that has not begun is then left out.
pub fn in_order<T, R, E>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(&T, R) -> Result<(), E> + Send,
) -> Result<(), E>
where
    T: Sync,
    R: Send,
    E: Send,
{
    items.chunks(AHEAD * rayon::current_num_threads()).try_for_each(|chunk| {
        let line = Mutex::new(Line { next: 0, waiting: BTreeMap::new(), take: &mut take });
        chunk.iter().enumerate().par_bridge().try_for_each(|(place, item)| {
            let result = work(item);
            let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
            line.waiting.insert(place, result);
            while let Some((item, result)) = line.first_of(chunk) {
                (line.take)(item, result)?;
            }
            Ok(())
        })
    })
}

/// Results that wait for those before them.
struct Line<'a, R, F> {
    next: usize,
    waiting: BTreeMap<usize, R>,
    take: &'a mut F,
}

impl<R, F> Line<'_, R, F> {
    /// The next result in order with its item, once it is there.
    fn first_of<'i, T>(&mut self, items: &'i [T]) -> Option<(&'i T, R)> {
        let result = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some((&items[self.next - 1], result))
    }
}
