//! The fields that the benches look at: one drawn, which is always there, and one real, if the shared data is.

use std::{env, path::PathBuf};

use cytoscribe::{
    atlas::{Channel, Field},
    imaging::Plane,
};

/// The side of the drawn field in pixels, that of most images of the atlas.
const SIDE: usize = 2048;
/// Pixels from one drawn cell to the next.
const SPACING: usize = 340;
/// A real field of 2048 × 2048 pixels and some 25 cells.
const REAL: &str = "000a6c98-bb9b-11e8-b2b9-ac1f6b6435d0";

/// The fields by name.
pub fn fields() -> Vec<(&'static str, Field)> {
    let mut fields = vec![("drawn", drawn())];
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

/// Bright, grainy disks that fade into their surroundings, a nucleus in the middle of each.
fn drawn() -> Field {
    let mut grain = 1_u64;
    let mut stain = |radius: f64, brightness: f64| {
        Plane::from_fn(SIDE, SIDE, |row, col| {
            grain = grain.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let from_centre = |place: usize| (place % SPACING) as f64 - SPACING as f64 / 2.0;
            let depth = 1.0 - from_centre(row).hypot(from_centre(col)) / radius;
            (brightness * depth.max(0.0).sqrt() + (grain >> 60) as f64) as u8
        })
    };
    let planes = [stain(170.0, 120.0), stain(160.0, 150.0), stain(70.0, 200.0), stain(120.0, 90.0)];
    Field::new(planes).expect("planes of one size")
}
