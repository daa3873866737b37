//! Who goes first when cores are few: the window before what is computed for it, and that before whole sets of fields.
//!
//! Drawing takes a few milliseconds a frame, now and then; without this it waits for its turn among threads that are
//! always busy, and the window stutters although next to nothing is lost by serving it first. Where the system knows no
//! such order, or refuses, all threads are alike as before.

use rayon::ThreadPool;
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// Lets the window go before the calling thread: what somebody is waiting for at the window.
pub fn give_way() {
    // A quarter of the scale: on Linux 9 steps nicer, an eighth of the window's share.
    lower(ThreadPriorityValue::try_from(25).map_or(ThreadPriority::Min, ThreadPriority::Crossplatform));
}

/// Lets all others go before the calling thread: what takes minutes.
pub fn stand_back() {
    lower(ThreadPriority::Min);
}

/// Has the threads that all parallel work shares give way. To be called before there are any; later it does nothing.
pub fn share_beside_window() {
    let threads = rayon::ThreadPoolBuilder::new().start_handler(|_| give_way());
    // They are there already, as those somebody else has set.
    let _ = threads.build_global();
}

/// Threads for what the window cannot show a frame without: it may wait for these, but not for those that all parallel
/// work shares, which may be at something long.
pub struct AtOnce(Option<ThreadPool>);

impl Default for AtOnce {
    /// As many as all other parallel work has.
    fn default() -> Self {
        Self(rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build().ok())
    }
}

impl AtOnce {
    /// What `work` returns, whose parallel parts these threads do.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        // Where the system has no threads to give, there is nothing long on the shared ones either.
        match &self.0 {
            Some(threads) => threads.install(work),
            None => work(),
        }
    }
}

fn lower(priority: ThreadPriority) {
    // A slower window is no reason to stop working.
    let _ = set_current_thread_priority(priority);
}
