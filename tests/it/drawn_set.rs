//! Sets of drawn fields on disk: bright cells on black, with the protein in the nucleus or around it.

use std::{fs, path::Path};

use cytoscribe::atlas::Channel;
use image::GrayImage;

/// Side of a drawn field in pixels.
pub const SIDE: u32 = 240;

/// Centres (row, column) of the cells of a drawn field.
const CENTRES: [(u32, u32); 4] = [(60, 60), (60, 180), (180, 60), (180, 175)];

/// Number of cells of a drawn field.
pub const CELLS: usize = CENTRES.len();

/// Draws the field `id` into `folder`; its protein fills the nuclei or, otherwise, the cells around them.
pub fn draw_field(folder: &Path, id: &str, protein_in_nuclei: bool) {
    fs::create_dir_all(folder).unwrap();
    for channel in Channel::ALL {
        let image = GrayImage::from_fn(SIDE, SIDE, |col, row| {
            let squared = CENTRES.map(|(r, c)| r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2)).into_iter().min();
            let (in_nucleus, in_cell) = (squared <= Some(15 * 15), squared <= Some(45 * 45));
            let texture = (row * 7 + col * 13 + id.len() as u32) % 31;
            let shown = match channel {
                Channel::Nucleus => in_nucleus,
                Channel::Protein => in_cell && in_nucleus == protein_in_nuclei,
                Channel::Microtubules | Channel::EndoplasmicReticulum => in_cell,
            };
            image::Luma([if shown { 150 + texture as u8 } else { 0 }])
        });
        image.save(folder.join(format!("{id}_{}.png", channel.colour()))).unwrap();
    }
}

/// Draws `count` fields, every other with the protein in the nuclei (location 0) and the rest around them (16), and
/// the label file beside them.
pub fn draw_set(folder: &Path, count: usize) {
    let rows = (0..count).map(|number| {
        let (id, in_nuclei) = (format!("field_{number}"), number % 2 == 0);
        draw_field(folder, &id, in_nuclei);
        format!("{id},{}\n", if in_nuclei { "0" } else { "16" })
    });
    fs::write(folder.join("train.csv"), format!("ID,Label\n{}", rows.collect::<String>())).unwrap();
}

/// A set of `count` fields that are the same three under many names, which costs no time to draw.
pub fn link_set(folder: &Path, count: usize) {
    draw_set(folder, 3);
    for number in 3..count {
        for channel in Channel::ALL.map(Channel::colour) {
            let [original, link] = [number % 3, number].map(|id| folder.join(format!("field_{id}_{channel}.png")));
            fs::hard_link(original, link).unwrap();
        }
    }
}

/// Draws `count` fields whose cells fade from their nuclei outwards, so that it depends on parameters how far they reach.
pub fn draw_fading_set(folder: &Path, count: usize) {
    fs::create_dir_all(folder).unwrap();
    for (number, channel) in (0..count).flat_map(|number| Channel::ALL.map(|channel| (number, channel))) {
        let image = GrayImage::from_fn(SIDE, SIDE, |col, row| {
            let squared = CENTRES.map(|(r, c)| r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2)).into_iter().min();
            let distance = f64::from(squared.unwrap_or_default()).sqrt();
            let reach = if channel == Channel::Nucleus { 24.0 } else { 58.0 };
            let noise = (row * 7 + col * 13 + number as u32) % 5;
            image::Luma([(220.0 * (1.0 - distance / reach).max(0.0)) as u8 + noise as u8])
        });
        image.save(folder.join(format!("field_{number}_{}.png", channel.colour()))).unwrap();
    }
}
