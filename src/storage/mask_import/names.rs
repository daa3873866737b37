//! Which field and which mask a file is, by its name and the folder it is in. As other programs name masks:
//!
//! | program | names |
//! |---|---|
//! | this one, HPA-Cell-Segmentation | `<ID>_cellmask.png`, `<ID>_nucleimask.png` |
//! | HPA-Cell-Segmentation for the competition | `hpa_cell_mask/<ID>.npz`, `hpa_nuclei_mask/<ID>.npz` |
//! | Cellpose | `<ID>_seg.npy`, `<ID>_cp_masks.png`, `<ID>_cp_masks.tif` |
//! | others | `<ID>_mask`, `<ID>_masks`, `<ID>_label`, `<ID>_labels`, or `<ID>` alone |
//!
//! Before such an ending there may be the colour of the stain that was segmented: in `<ID>_blue_seg.npy` nuclei were.

use std::path::Path;

use crate::{atlas::Channel, storage::masks::MaskKind};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A grey image.
    Image,
    /// An array.
    Npy,
    /// An archive of arrays.
    Npz,
}

/// What the name of a file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskName<'a> {
    /// The field's ID.
    pub id: &'a str,
    /// The mask; `None`: the name does not tell.
    pub kind: Option<MaskKind>,
    /// What is in it.
    pub content: Content,
    /// Of several files for one mask the one with the lowest number is meant.
    pub rank: u8,
}

/// Endings that tell the mask, and those of other programs with their rank.
const OF_OTHERS: [(&str, u8); 6] =
    [("_cp_masks", 1), ("_seg", 2), ("_masks", 3), ("_mask", 3), ("_labels", 3), ("_label", 3)];
const PLAIN: u8 = 4;

/// What the file `name` in `folder` is; `None` if it is no mask.
#[must_use]
pub fn mask_name<'a>(folder: &Path, name: &'a str) -> Option<MaskName<'a>> {
    let (stem, ending) = name.rsplit_once('.')?;
    let content = match ending.to_ascii_lowercase().as_str() {
        "png" | "tif" | "tiff" => Content::Image,
        "npy" => Content::Npy,
        "npz" => Content::Npz,
        _ => return None,
    };
    let named = MaskKind::ALL.into_iter().find_map(|kind| Some((stem.strip_suffix(kind.ending())?, Some(kind), 0)));
    let of_others = || OF_OTHERS.iter().find_map(|(ending, rank)| Some((stem.strip_suffix(ending)?, None, *rank)));
    let (stem, kind, rank) = named.or_else(of_others).unwrap_or((stem, None, PLAIN));
    // Of images that are called like a stain nobody would think that they are masks.
    let (id, colour) = split_colour(stem);
    if rank == PLAIN && content == Content::Image && colour.is_some() || id.is_empty() {
        return None;
    }
    let of_stain = || colour.map(|colour| if colour == Channel::Nucleus { MaskKind::Nuclei } else { MaskKind::Cells });
    let kind = kind.or_else(|| of_folder(folder)).or_else(of_stain);
    Some(MaskName { id, kind, content, rank })
}

/// The ID in the name of an image, which may be that of one of its stains and have folders before it.
#[must_use]
pub fn id_of_image(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    split_colour(stem.rsplit_once('.').map_or(stem, |(stem, _)| stem)).0
}

fn split_colour(stem: &str) -> (&str, Option<Channel>) {
    let split = stem.rsplit_once('_').and_then(|(id, colour)| Some((id, Channel::from_colour(colour)?)));
    split.map_or((stem, None), |(id, channel)| (id, Some(channel)))
}

/// A folder may be called after what is in it, as `hpa_nuclei_mask`.
fn of_folder(folder: &Path) -> Option<MaskKind> {
    let name = folder.file_name()?.to_str()?.to_lowercase();
    if name.contains("nucle") { Some(MaskKind::Nuclei) } else { name.contains("cell_mask").then_some(MaskKind::Cells) }
}
