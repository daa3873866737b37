//! Tuning by example in the window: the search, how far it is, what came of it, and the pictures of that.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::Workbench;
use crate::{
    imaging::Plane,
    pipeline::{composite::CompositeParams, segmentation::SegmentationParams, tuning::Stopped},
    workbench::{
        Focus,
        lane::{Computed, Lane},
        tuning::{SearchKey, TunedSet, TuningError, tile_picture, tune},
        whole_set::aside,
    },
};

/// What the window may ask of tuning.
#[derive(Clone, Debug, PartialEq)]
pub enum TuningCommand {
    /// Look for settings, beginning with this one.
    Search(SegmentationParams),
    /// Stop that.
    Stop,
}

/// A picture of what a setting comes to: which of the searches, the image by its place in it, and the tile.
type TileKey = (u64, usize, usize);

/// A picture, and how it is drawn.
type Tile = Computed<CompositeParams, Arc<Plane<[u8; 3]>>>;

/// What is known of tuning.
#[derive(Default)]
pub(super) struct TuningDesk {
    searching: Lane<SearchKey, Result<TunedSet, Stopped>>,
    /// The share that is done, in thousandths.
    done: Arc<AtomicUsize>,
    last: Option<Computed<SearchKey, Result<Arc<TunedSet>, String>>>,
    /// Counts the searches that came to something.
    searches: u64,
    drawing: Lane<(TileKey, CompositeParams), Plane<[u8; 3]>>,
    tiles: HashMap<TileKey, Tile>,
}

impl TuningDesk {
    /// Whether nothing is being worked on.
    pub(super) fn is_at_rest(&self) -> bool {
        self.searching.is_free() && self.drawing.is_free()
    }

    /// Stops what is going on.
    pub(super) fn stop(&self) {
        self.searching.stop();
    }
}

impl Workbench {
    /// How far the search is that runs, if one does: 0 to 1.
    #[must_use]
    pub fn tuning_share(&self) -> Option<f32> {
        let is_searching = !self.tuning.searching.is_free();
        is_searching.then(|| self.tuning.done.load(Ordering::Relaxed) as f32 / 1000.0)
    }

    /// What the last search in this set came to, and what it follows from.
    #[must_use]
    pub fn tuned(&self) -> Option<(&SearchKey, Result<&Arc<TunedSet>, &str>)> {
        let last = self.tuning.last.as_ref()?;
        Some((&last.inputs, last.value.as_ref().map_err(String::as_str)))
    }

    /// The picture of a tile of the last search on the image at `rank` of those from the worst on, perhaps in another way
    /// than is wanted now.
    #[must_use]
    pub fn tile(&self, rank: usize, tile: usize) -> Option<&Arc<Plane<[u8; 3]>>> {
        let (image, _) = self.tuned()?.1.ok()?.image(rank)?;
        Some(&self.tuning.tiles.get(&(self.tuning.searches, image, tile))?.value)
    }

    pub(super) fn run_tuning(&mut self, command: TuningCommand) {
        match command {
            TuningCommand::Search(present) => self.start_search(present),
            TuningCommand::Stop => self.tuning.stop(),
        }
    }

    fn start_search(&mut self, present: SegmentationParams) {
        let Some(opened) = self.opened.as_ref().filter(|_| self.tuning.searching.is_free()) else { return };
        let key = SearchKey {
            opening: self.openings,
            depth: self.project.sample_depth(),
            present: present.clone(),
            examples: self.project.examples().clone(),
        };
        // A count of its own: an older search may still be ending.
        self.tuning.done = Arc::default();
        let (set, project) = (Arc::clone(&opened.set), self.project.without_labels());
        let (done, wake) = (Arc::clone(&self.tuning.done), Arc::clone(&self.wake));
        self.tuning.searching.start(key, &self.wake, move |stop| {
            let progress = |share: f64| {
                done.fetch_max((1000.0 * share) as usize, Ordering::Relaxed);
                wake();
            };
            match aside(|| tune(&set, &project, &present, stop, &progress)) {
                Err(TuningError::Stopped(stopped)) => Ok(Err(stopped)),
                other => Ok(Ok(other?)),
            }
        });
    }

    /// Takes in what is done.
    pub(super) fn take_tuning(&mut self) {
        if let Some(Computed { inputs, value }) = self.tuning.searching.take()
            && inputs.opening == self.openings
        {
            let value = match value {
                Ok(Ok(tuned)) => Ok(Arc::new(tuned)),
                // What was found before is still there.
                Ok(Err(Stopped)) => return,
                Err(reason) => Err(reason),
            };
            self.tuning.tiles.clear();
            self.tuning.searches += 1;
            self.tuning.last = Some(Computed { inputs, value });
        }
        if let Some(Computed { inputs: (key, display), value }) = self.tuning.drawing.take()
            && key.0 == self.tuning.searches
        {
            // What cannot be drawn is not tried again and again.
            let picture = value.unwrap_or_else(|reason| {
                self.fail(reason);
                Plane::filled(1, 1, [0; 3])
            });
            self.tuning.tiles.insert(key, Computed { inputs: display, value: Arc::new(picture) });
        }
    }

    /// Draws the first picture that is missing.
    pub(super) fn start_tiles(&mut self, focus: &Focus) {
        let Some(rank) = focus.tuning.filter(|_| self.tuning.drawing.is_free()) else { return };
        let Some(Ok(tuned)) = self.tuned().map(|(_, tuned)| tuned) else { return };
        let Some((image, _)) = tuned.image(rank) else { return };
        let display = self.display();
        let is_missing = |tile: &usize| {
            let there = self.tuning.tiles.get(&(self.tuning.searches, image, *tile));
            there.is_none_or(|there| there.inputs != *display)
        };
        let Some(tile) = (0..=tuned.tuned.best.len()).find(is_missing) else { return };
        let (tuned, display) = (Arc::clone(tuned), display.clone());
        let key = ((self.tuning.searches, image, tile), display.clone());
        self.tuning.drawing.start(key, &self.wake, move |_| {
            let params = tuned.params(tile).ok_or("there is no such setting")?;
            Ok(tile_picture(&tuned.images[image], params, &display))
        });
    }
}
