//! The fields that the benches look at: one generated, which is always there, and one real, if the shared data is.

use std::{env, path::PathBuf};

use cytoscribe::{
    atlas::{Channel, Field, Samples},
    demo::{self, Crowding, DemoParams},
    imaging::Plane,
};

/// The side of the generated field in pixels, that of most images of the atlas.
const SIDE: usize = 2048;
/// A real field of 2048 × 2048 pixels and some 25 cells.
const REAL: &str = "000a6c98-bb9b-11e8-b2b9-ac1f6b6435d0";

/// The fields by name.
pub fn fields() -> Vec<(&'static str, Field)> {
    let mut fields = vec![("generated", generated())];
    match real() {
        Some(field) => fields.push(("real", field)),
        None => eprintln!("no real field: no folder ../shared and no CYTOSCRIBE_SHARED"),
    }
    fields
}

fn real() -> Option<Field> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let folder = env::var_os("CYTOSCRIBE_SHARED").map_or_else(beside, PathBuf::from).join("data/hpa");
    let plane = |channel: Channel| {
        let image = image::open(folder.join(format!("{REAL}_{}.png", channel.colour()))).ok()?.into_luma8();
        Plane::new(image.height() as usize, image.width() as usize, image.into_raw())
    };
    let [microtubules, reticulum, nucleus, protein] = Channel::ALL.map(plane);
    Field::new([microtubules?, reticulum?, nucleus?, protein?]).ok()
}

/// A synthetic field.
fn generated() -> Field {
    let params = DemoParams { side_px: SIDE, crowding: Crowding::Typical, ..DemoParams::default() };
    let planes = demo::field(&params, 0).channels.map(|samples| match samples {
        Samples::Eight(plane) => plane,
        Samples::Sixteen(plane) => plane.map(|&sample| (sample >> 8) as u8),
    });
    Field::new(planes).expect("planes of one size")
}
