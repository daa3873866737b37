//! Floor 2: synthetic fields and the truth about them.

mod fields;
mod labels;
mod params;

use cytoscribe::demo::DemoParams;

/// Small fields, so that tests are quick.
fn small(seed: u64) -> DemoParams {
    DemoParams { seed, side_px: 128, ..DemoParams::default() }
}
