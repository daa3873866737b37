//! What opening a cell store reads, kept in a file beside it, so that half a million cells need one read and not two for
//! each image. A cache of a cache: without it, or if it is of another store, the records themselves are read.
//!
//! ```text
//! file    heading, bytes of the store that it is of (u64), CRC-32 of the rest, for each record: its head and its place
//! ```

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{FieldCells, HEADING, Head, HeadCell, Index, opening::glance_at};
use crate::storage::OutputFile;

/// How the file begins, with the version of this format at its end.
const BEGINNING: [u8; 8] = *b"\x89CyCIdx\x01";

/// Bytes before what it holds.
const FRAME: usize = 20;

/// Records that are compared with the store: if they stand where the index says, it is of this store.
const COMPARED: usize = 16;

/// The saved index of the store at `store`.
pub(super) fn path_of(store: &Path) -> PathBuf {
    store.with_extension("index")
}

/// Keeps `index`, which is of the first `bytes` of the store at `store`. Where that fails, there is none.
pub(super) fn save(store: &Path, bytes: u64, index: &Index) {
    let mut records: Vec<&Arc<FieldCells>> = index.values().flatten().collect();
    records.sort_unstable_by_key(|cells| cells.at);
    let records: Vec<Placed> = records.into_iter().map(|cells| (head(cells), cells.at, cells.body)).collect();
    let Ok(content) = postcard::to_stdvec(&records) else { return };
    let mut file = Vec::with_capacity(FRAME + content.len());
    file.extend_from_slice(&BEGINNING);
    file.extend_from_slice(&bytes.to_le_bytes());
    file.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
    file.extend_from_slice(&content);
    if OutputFile::write(path_of(store), &file).is_err() {
        forget(store);
    }
}

/// Sees to it that there is no saved index of the store at `store`, as what it says will not hold any more.
pub(super) fn forget(store: &Path) {
    // If it cannot be removed, it still is compared with the store.
    let _ = fs::remove_file(path_of(store));
}

/// The records of the store at `path`, of which `store` is open and `length` bytes long, as far as they were saved, and how
/// many bytes of it they are; nothing if there is no index of this store.
pub(super) fn load(path: &Path, store: &mut File, length: u64) -> io::Result<Option<(Index, u64)>> {
    let Ok(file) = fs::read(path_of(path)) else { return Ok(None) };
    let Some((records, covered)) = decoded(&file).filter(|(_, covered)| *covered <= length) else { return Ok(None) };
    let mut glance = Vec::new();
    let step = records.len().div_ceil(COMPARED).max(1);
    let last = records.len().saturating_sub(1);
    for (head, at, body) in records.iter().enumerate().filter(|(at, _)| at % step == 0 || *at == last).map(|(_, of)| of)
    {
        let frame = glance_at(store, *at, &mut glance)?;
        let stands_there = frame.is_some_and(|frame| frame.is_of(head, body - at));
        if !stands_there {
            return Ok(None);
        }
    }
    let mut index = Index::with_capacity(records.len());
    for (head, at, body) in records {
        let mut cells = FieldCells::of(&head, at, body, 0);
        cells.bytes = body - at + cells.body_bytes();
        if cells.at < HEADING.len() as u64 || cells.at + cells.bytes > covered {
            return Ok(None);
        }
        super::insert(&mut index, &Arc::new(cells));
    }
    Ok(Some((index, covered)))
}

/// A head, and where its record and the record's body begin.
type Placed = (Head, u64, u64);

/// The records, in their order, and the bytes of the store; `None` if it is damaged.
fn decoded(file: &[u8]) -> Option<(Vec<Placed>, u64)> {
    let content = file.strip_prefix(&BEGINNING)?;
    let (covered, content) = content.split_first_chunk()?;
    let (checksum, content) = content.split_first_chunk()?;
    if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let records: Vec<Placed> = postcard::from_bytes(content).ok()?;
    let are_sound = records.iter().all(|(_, at, body)| at < body);
    are_sound.then_some((records, u64::from_le_bytes(*covered)))
}

/// The head that `cells` were read from.
fn head(cells: &FieldCells) -> Head {
    let of_cell = |cell: &super::StoredCell| {
        let &super::StoredCell { id, anchor, area_px, portrait_bytes, .. } = cell;
        HeadCell { id, anchor, area_px, portrait_bytes }
    };
    Head {
        image: cells.image.clone(),
        source: cells.source,
        size: cells.size,
        cell_count: cells.cell_count,
        remarks: cells.remarks.clone(),
        features: cells.features,
        mask_bytes: cells.mask_bytes,
        cells: cells.cells.iter().map(of_cell).collect(),
    }
}
