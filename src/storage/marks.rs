//! Files of records that each begin with a mark: how to go on behind a damaged one.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes looked through at once.
const BLOCK: usize = 1 << 16;

/// Where the next `mark` begins in `file`, from `at` on; `end` if there is none before it.
///
/// # Errors
/// If the file cannot be read.
pub fn next_mark(file: &mut (impl Read + Seek), mark: [u8; 4], mut at: u64, end: u64) -> io::Result<u64> {
    let mut block = Vec::with_capacity(BLOCK);
    while end.saturating_sub(at) >= mark.len() as u64 {
        block.clear();
        file.seek(SeekFrom::Start(at))?;
        file.by_ref().take((end - at).min(BLOCK as u64)).read_to_end(&mut block)?;
        if block.len() < mark.len() {
            break;
        }
        if let Some(found) = block.windows(mark.len()).position(|bytes| bytes == mark) {
            return Ok(at + found as u64);
        }
        // A mark may lie across the blocks' border.
        at += (block.len() - mark.len() + 1) as u64;
    }
    Ok(end)
}
