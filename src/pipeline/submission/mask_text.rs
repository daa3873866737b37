//! A mask as one word of a submission: run lengths, COCO's compressed text, zlib, base64; and back.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::imaging::{RunLengths, rle::RleError};

/// Characters of run lengths that are unpacked at most, whatever the size of the mask.
pub const MAX_COUNTS_LEN: usize = 1 << 26;

/// The word that stands for `mask` in a submission.
#[must_use]
pub fn encode_mask(mask: &RunLengths) -> String {
    BASE64_STANDARD.encode(deflate(mask.encode().as_bytes()))
}

/// The mask of `height` × `width` that `text` stands for.
///
/// Holds at most some [`MAX_COUNTS_LEN`] characters and their runs, whatever `text` would unpack to.
///
/// # Errors
/// If one of the layers of `text` is broken, or if the mask has another number of pixels.
pub fn decode_mask(text: &str, height: usize, width: usize) -> Result<RunLengths, MaskTextError> {
    let limit = RunLengths::max_text_len(height.saturating_mul(width)).min(MAX_COUNTS_LEN);
    let counts = inflate(&BASE64_STANDARD.decode(text)?, limit)?;
    Ok(RunLengths::decode(height, width, counts)?)
}

/// Why a word of a submission is not a mask: its first broken layer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MaskTextError {
    /// The word is not base64.
    #[error("not base64: {0}")]
    Base64(#[from] base64::DecodeError),
    /// The bytes are not a zlib stream.
    #[error("not a zlib stream: {0}")]
    Zlib(#[from] flate2::DecompressError),
    /// The zlib stream has no end.
    #[error("the zlib stream is cut off after {bytes} bytes")]
    Truncated {
        /// Number of bytes there are.
        bytes: usize,
    },
    /// The zlib stream is not all there is.
    #[error("{bytes} bytes follow the end of the zlib stream")]
    Trailing {
        /// Number of bytes after its end.
        bytes: usize,
    },
    /// More text than a mask of this size can have.
    #[error("unpacks to more than the {limit} characters a mask of this size can have")]
    TooLong {
        /// The most it can have.
        limit: usize,
    },
    /// The run lengths are not those of a mask of this size.
    #[error("wrong run lengths: {0}")]
    RunLengths(#[from] RleError),
}

/// zlib at its highest level.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = Compress::new(Compression::best(), true);
    let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
    // Compressing fails on no input; it only asks for more space.
    while let Ok(Status::Ok | Status::BufError) =
        zlib.compress_vec(bytes.get(zlib.total_in() as usize..).unwrap_or_default(), &mut packed, FlushCompress::Finish)
    {
        packed.reserve(packed.capacity());
    }
    packed
}

/// The content of a zlib stream, refused beyond `limit` bytes.
fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, MaskTextError> {
    let mut zlib = Decompress::new(true);
    let mut content = Vec::with_capacity(packed.len().saturating_mul(2).min(limit) + 1);
    loop {
        let rest = packed.get(zlib.total_in() as usize..).unwrap_or_default();
        let status = zlib.decompress_vec(rest, &mut content, FlushDecompress::None)?;
        if content.len() > limit {
            return Err(MaskTextError::TooLong { limit });
        }
        if status == Status::StreamEnd {
            break;
        }
        if content.len() < content.capacity() {
            // It had space left and stopped for want of input.
            return Err(MaskTextError::Truncated { bytes: packed.len() });
        }
        content.reserve(content.len());
    }
    match packed.len() - zlib.total_in() as usize {
        0 => Ok(content),
        bytes => Err(MaskTextError::Trailing { bytes }),
    }
}
