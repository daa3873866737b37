//! What the pieces of a record in the cell store hold: portraits and masks, made small.

use std::io::{self, Read, Write};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use crate::{
    atlas::{Channel, Field},
    imaging::Plane,
    pipeline::portrait::{CellPart, Portrait},
};

/// Pixels of a portrait.
const PIXELS: usize = Portrait::SIDE * Portrait::SIDE;

/// A portrait as bytes: stain by stain what each pixel differs from the one to its left, then the parts; deflated.
pub(super) fn of_portrait(portrait: &Portrait) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(PIXELS * (Channel::COUNT + 1));
    for plane in portrait.stains.planes() {
        let mut left = 0_u8;
        for &sample in plane.samples() {
            bytes.push(sample.wrapping_sub(left));
            left = sample;
        }
    }
    bytes.extend(portrait.parts.samples().iter().map(|&part| part as u8));
    deflated(&bytes)
}

/// The portrait that [`of_portrait`] made these bytes of; `None` if there is none.
pub(super) fn portrait(bytes: &[u8]) -> Option<Portrait> {
    let bytes = inflated(bytes, PIXELS * (Channel::COUNT + 1))?;
    let (stains, parts) = bytes.split_at_checked(PIXELS * Channel::COUNT)?;
    let mut stains = stains.chunks_exact(PIXELS).map(|plane| {
        let samples = plane.iter().scan(0_u8, |left, &step| {
            *left = left.wrapping_add(step);
            Some(*left)
        });
        Plane::new(Portrait::SIDE, Portrait::SIDE, samples.collect())
    });
    let stains = [stains.next()??, stains.next()??, stains.next()??, stains.next()??];
    let part = |&part: &u8| CellPart::ALL.get(usize::from(part)).copied();
    let parts = Plane::new(Portrait::SIDE, Portrait::SIDE, parts.iter().map(part).collect::<Option<_>>()?)?;
    Some(Portrait { stains: Field::new(stains).ok()?, parts })
}

/// A mask as bytes: its size, and the runs of equal ids; deflated.
pub(super) fn of_mask(mask: &Plane<u32>) -> io::Result<Vec<u8>> {
    let runs = mask.samples().chunk_by(|id, next| id == next).map(|run| (run[0], run.len() as u32));
    let runs: Vec<(u32, u32)> = runs.collect();
    let bytes = postcard::to_stdvec(&(mask.height(), mask.width(), runs)).map_err(io::Error::other)?;
    deflated(&bytes)
}

/// The mask that [`of_mask`] made these bytes of; `None` if there is none.
pub(super) fn mask(bytes: &[u8]) -> Option<Plane<u32>> {
    // Masks are computed at sizes that fit into memory many times.
    const MAX_PIXELS: usize = 1 << 28;
    let bytes = inflated(bytes, MAX_PIXELS)?;
    let (height, width, runs): (usize, usize, Vec<(u32, u32)>) = postcard::from_bytes(&bytes).ok()?;
    let pixels = height.checked_mul(width).filter(|&pixels| pixels <= MAX_PIXELS)?;
    let mut ids = Vec::with_capacity(pixels);
    for (id, length) in runs {
        if length as usize > pixels - ids.len() {
            return None;
        }
        ids.resize(ids.len() + length as usize, id);
    }
    Plane::new(height, width, ids)
}

fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(3));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// At most `most` bytes, so that damage does not fill the memory.
fn inflated(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes).take(most as u64 + 1).read_to_end(&mut inflated).ok()?;
    (inflated.len() <= most).then_some(inflated)
}
