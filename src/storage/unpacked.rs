//! The bytes of a file that may be packed with gzip, told by content and not by name.
//!
//! A packed file is unpacked in memory, as far as it is read, so that the header of an image costs no more than its
//! first bytes. It may be cut short, damaged or larger than any image: that is remembered, as a decoder that reads
//! from here reports it in its own words or not at all.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use flate2::read::MultiGzDecoder;

/// The most bytes that a packed file may unpack to: 1 GiB. More is refused; what no decoder asks for is never kept.
pub const MAX_UNPACKED_BYTES: u64 = 1 << 30;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that reads as what it holds, packed or not.
#[derive(Debug)]
pub enum UnpackedFile {
    /// Not packed.
    Plain(File),
    /// Packed with gzip.
    Gzip(Box<Gzip>),
}

/// The content of a gzip file, as far as it is unpacked.
#[derive(Debug)]
pub struct Gzip {
    source: MultiGzDecoder<BufReader<File>>,
    content: Vec<u8>,
    position: u64,
    fault: Option<GzipFault>,
}

/// What is wrong with a packed file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GzipFault {
    /// Its end is missing.
    #[error("unexpected end of file")]
    CutShort,
    /// It holds more than any image.
    #[error("it holds more than {MAX_UNPACKED_BYTES} bytes")]
    TooLong,
    /// Its content does not fit its checksum or makes no sense.
    #[error("{0}")]
    Damaged(String),
}

impl UnpackedFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read. What is wrong with the packing shows when it is unpacked.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut start = Vec::with_capacity(GZIP.len());
        Read::by_ref(&mut file).take(GZIP.len() as u64).read_to_end(&mut start)?;
        file.rewind()?;
        if start != GZIP {
            return Ok(Self::Plain(file));
        }
        let source = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file));
        Ok(Self::Gzip(Box::new(Gzip { source, content: Vec::new(), position: 0, fault: None })))
    }

    /// What was found wrong with the packing so far.
    ///
    /// # Errors
    /// With that.
    pub fn check(&self) -> Result<(), GzipFault> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(gzip) => gzip.fault.clone().map_or(Ok(()), Err),
        }
    }

    /// Unpacks what nobody has asked for, keeps none of it, and compares the checksum.
    ///
    /// # Errors
    /// If anything is wrong with the packing.
    pub fn check_to_end(&mut self) -> Result<(), GzipFault> {
        if let Self::Gzip(gzip) = self {
            gzip.drain();
        }
        self.check()
    }
}

impl Gzip {
    /// Unpacks until there are `length` bytes of content, or all there are.
    fn unpack_to(&mut self, length: u64) -> io::Result<()> {
        let missing = length.min(MAX_UNPACKED_BYTES + 1).saturating_sub(self.content.len() as u64);
        if self.fault.is_none() && missing > 0 {
            let read = Read::by_ref(&mut self.source).take(missing).read_to_end(&mut self.content);
            self.remember(read.map(|_| self.content.len() as u64));
        }
        self.fault.clone().map_or(Ok(()), |fault| Err(io::Error::other(fault)))
    }

    fn drain(&mut self) {
        let known = self.content.len() as u64;
        if self.fault.is_none() {
            let left = MAX_UNPACKED_BYTES + 1 - known;
            let drained = io::copy(&mut Read::by_ref(&mut self.source).take(left), &mut io::sink());
            self.remember(drained.map(|drained| known + drained));
        }
    }

    /// Keeps in mind what went wrong when `unpacked` bytes had been unpacked.
    fn remember(&mut self, unpacked: io::Result<u64>) {
        self.fault = match unpacked {
            Ok(bytes) => (bytes > MAX_UNPACKED_BYTES).then_some(GzipFault::TooLong),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Some(GzipFault::CutShort),
            Err(error) => Some(GzipFault::Damaged(error.to_string())),
        };
    }
}

impl Read for UnpackedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gzip(gzip) => {
                gzip.unpack_to(gzip.position.saturating_add(buffer.len() as u64))?;
                let start = gzip.content.len().min(usize::try_from(gzip.position).unwrap_or(usize::MAX));
                let read = (&gzip.content[start..]).read(buffer)?;
                gzip.position += read as u64;
                Ok(read)
            }
        }
    }
}

impl Seek for UnpackedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Plain(file) => file.seek(to),
            Self::Gzip(gzip) => {
                let position = match to {
                    SeekFrom::Start(position) => Some(position),
                    SeekFrom::Current(step) => gzip.position.checked_add_signed(step),
                    SeekFrom::End(step) => {
                        gzip.unpack_to(u64::MAX)?;
                        (gzip.content.len() as u64).checked_add_signed(step)
                    }
                };
                gzip.position = position.ok_or(io::ErrorKind::InvalidInput)?;
                Ok(gzip.position)
            }
        }
    }
}
