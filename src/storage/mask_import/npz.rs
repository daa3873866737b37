//! Archives of arrays as `NumPy` writes them: `.npz`, a zip file with a `.npy` for each array, stored or deflated.
//!
//! Not a reader of zip files at large: no encryption, no parts, nothing above 4 GB. The list of entries at the end of the
//! file is what counts, as for every reader of zip files.

use std::io::Read;

use flate2::read::DeflateDecoder;

use super::fault::MaskFault;
use crate::storage::image_file::MAX_PIXELS;

const END: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// The lengths of these records without what varies.
const END_LEN: usize = 22;
const ENTRY_LEN: usize = 46;
const LOCAL_LEN: usize = 30;
/// A comment may follow the end.
const LONGEST_COMMENT: usize = u16::MAX as usize;
/// The name of an array that was given none.
const UNNAMED: &str = "arr_0";
/// The most bytes of an array: eight a pixel, and a header.
const MOST: u64 = MAX_PIXELS * 8 + (1 << 16);

struct Entry<'a> {
    name: &'a str,
    method: u16,
    crc32: u32,
    packed: usize,
    unpacked: u64,
    /// Where its own header begins.
    start: usize,
}

/// The `.npy` of the mask in the archive `bytes`: that named `arr_0`, or the only one.
///
/// # Errors
/// If it is no such archive, is damaged, or which array is meant cannot be told.
pub fn mask_array(bytes: &[u8]) -> Result<Vec<u8>, MaskFault> {
    let entries = entries(bytes).ok_or_else(|| fault("it is no zip file, or damaged"))?;
    let arrays: Vec<(&str, &Entry)> =
        entries.iter().filter_map(|entry| Some((entry.name.strip_suffix(".npy")?, entry))).collect();
    let entry = match arrays[..] {
        [(_, only)] => only,
        _ => arrays.iter().find(|(name, _)| *name == UNNAMED).map(|&(_, entry)| entry).ok_or_else(|| {
            let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).collect();
            MaskFault::Npz(format!("of its arrays ({}) none is named {UNNAMED}: save the mask alone", names.join(", ")))
        })?,
    };
    unpacked(bytes, entry)
}

fn fault(words: &str) -> MaskFault {
    MaskFault::Npz(words.to_owned())
}

/// The entries in the list at the end; `None` if there is no list or it is damaged.
fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let last = bytes.len().checked_sub(END_LEN)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    let end = (first..=last).rev().find(|&at| bytes[at..].starts_with(&END))?;
    let (count, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)? as usize);
    let mut entries = Vec::new();
    for _ in 0..count {
        if !bytes.get(at..)?.starts_with(&ENTRY) {
            return None;
        }
        let lens = [28, 30, 32].map(|field| u16_at(bytes, at + field).map(usize::from));
        let [Some(name_len), Some(extra_len), Some(comment_len)] = lens else { return None };
        let name = bytes.get(at + ENTRY_LEN..at + ENTRY_LEN + name_len)?;
        entries.push(Entry {
            name: str::from_utf8(name).ok()?,
            method: u16_at(bytes, at + 10)?,
            crc32: u32_at(bytes, at + 16)?,
            packed: u32_at(bytes, at + 20)? as usize,
            unpacked: u32_at(bytes, at + 24)?.into(),
            start: u32_at(bytes, at + 42)? as usize,
        });
        at += ENTRY_LEN + name_len + extra_len + comment_len;
    }
    Some(entries)
}

fn unpacked(bytes: &[u8], entry: &Entry) -> Result<Vec<u8>, MaskFault> {
    if entry.unpacked > MOST {
        return Err(fault("its array is larger than any image that is read"));
    }
    let content = content(bytes, entry).ok_or_else(|| fault("it is cut short"))?;
    let mut array = Vec::new();
    match entry.method {
        0 => array.extend_from_slice(content),
        8 => {
            // One byte more than there should be shows that there is too much.
            let mut limited = DeflateDecoder::new(content).take(entry.unpacked + 1);
            limited
                .read_to_end(&mut array)
                .map_err(|error| MaskFault::Npz(format!("it cannot be unpacked, {error}")))?;
        }
        method => {
            return Err(MaskFault::Npz(format!("it is packed by method {method}; numpy.savez_compressed uses 8")));
        }
    }
    if array.len() as u64 != entry.unpacked || crc32fast::hash(&array) != entry.crc32 {
        return Err(fault("its checksum is wrong, so it is damaged"));
    }
    Ok(array)
}

fn content<'a>(bytes: &'a [u8], entry: &Entry) -> Option<&'a [u8]> {
    let header = bytes.get(entry.start..)?;
    let [name_len, extra_len] = [26, 28].map(|field| u16_at(header, field).map(usize::from));
    let begin = LOCAL_LEN + name_len? + extra_len?;
    header.starts_with(&LOCAL).then(|| header.get(begin..begin + entry.packed))?
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
