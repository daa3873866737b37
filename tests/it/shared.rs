//! Real images and expected results that may be used by tests but not shipped.

use std::{env, io::Write, path::PathBuf};

/// A test that needs the shared data; [`shared_test!`] submits one for each.
pub struct SharedTest;

inventory::collect!(SharedTest);

/// The folder with the shared data: `CYTOSCRIBE_SHARED`, else `../shared` beside the project.
pub fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = env::var_os("CYTOSCRIBE_SHARED").map_or_else(beside, PathBuf::from);
    folder.join("golden").is_dir().then_some(folder)
}

/// Prints a line past the test harness, which keeps what passing tests print to itself.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A test on the shared data, whose folder is the closure's argument; it passes where the data is absent.
macro_rules! shared_test {
    (fn $name:ident($shared:ident: &Path) $body:block) => {
        inventory::submit!(crate::shared::SharedTest);

        #[test]
        fn $name() {
            if let Some(folder) = crate::shared::folder() {
                let $shared: &std::path::Path = &folder;
                $body
            }
        }
    };
}
pub(crate) use shared_test;

#[test]
fn one_line_counts_the_tests_that_need_shared_data() {
    let count = inventory::iter::<SharedTest>.into_iter().count();
    let what = if folder().is_some() { "run" } else { "skipped: no folder ../shared and no CYTOSCRIBE_SHARED" };
    tell(&format!("shared data: {count} tests {what}"));
}
