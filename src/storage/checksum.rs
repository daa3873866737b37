//! By what the content of files is known again: their length and CRC-32. Against damage and mix-ups, not against malice.

use std::{fmt, fs::File, io::Read, path::Path};

use super::FileError;

const READ: &str = "read the file";

/// Bytes that are read at once.
const BLOCK: usize = 1 << 18;

/// Length and CRC-32 of some content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksum {
    /// Number of bytes.
    pub bytes: u64,
    /// Their CRC-32, as in zip and PNG.
    pub crc32: u32,
}

/// As in reports: `9f01aa3c, 1234 bytes`.
impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}, {} bytes", self.crc32, self.bytes)
    }
}

impl Checksum {
    /// Of bytes in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, crc32: crc32fast::hash(bytes) }
    }

    /// Of numbers in memory, as little-endian bytes.
    #[must_use]
    pub fn of_values(values: &[f32]) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        for value in values {
            hasher.update(&value.to_le_bytes());
        }
        Self { bytes: 4 * values.len() as u64, crc32: hasher.finalize() }
    }

    /// Of many things as one: of all bytes together, and of all checksums in their order.
    #[must_use]
    pub fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        let mut bytes = 0;
        for part in parts {
            hasher.update(&part.bytes.to_le_bytes());
            hasher.update(&part.crc32.to_le_bytes());
            bytes += part.bytes;
        }
        Self { bytes, crc32: hasher.finalize() }
    }

    /// Of the file at `path`, which is read in pieces.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of_file(path: &Path) -> Result<Self, FileError> {
        let mut file = File::open(path).map_err(FileError::at(READ, path))?;
        let mut hasher = crc32fast::Hasher::new();
        let (mut bytes, mut block) = (0, vec![0; BLOCK]);
        loop {
            let read = file.read(&mut block).map_err(FileError::at(READ, path))?;
            if read == 0 {
                return Ok(Self { bytes, crc32: hasher.finalize() });
            }
            hasher.update(&block[..read]);
            bytes += read as u64;
        }
    }
}
