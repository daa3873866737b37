//! Arrays as `NumPy` writes them: `.npy`, versions 1 to 3, as planes of region ids. Whole numbers and truth values of either
//! byte order and either storage order; nothing else can be a mask.
//!
//! Source: the format's own description, `numpy.lib.format`.

use super::fault::{LARGEST_ID, MaskFault, check_size};
use crate::imaging::{Connectivity, Plane, regions::number_regions};

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The header of an array, and what follows it.
#[derive(Debug)]
pub struct Array<'a> {
    /// What its elements are, as `<u2`, or `O` of Python's own objects.
    pub kind: String,
    /// Its sides.
    pub shape: Vec<usize>,
    /// Whether the first side runs fastest.
    pub fortran_order: bool,
    /// Its elements.
    pub content: &'a [u8],
}

impl<'a> Array<'a> {
    /// Reads the header in `bytes`.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn of(bytes: &'a [u8]) -> Result<Self, MaskFault> {
        let damaged = || MaskFault::Npy("its header is damaged".to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| MaskFault::Npy("it is no NumPy array".to_owned()))?;
        let (&[major, _minor], rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
        let (length, rest) = match major {
            1 => {
                let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
                (usize::from(u16::from_le_bytes(*length)), rest)
            }
            2 | 3 => {
                let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
                (u32::from_le_bytes(*length) as usize, rest)
            }
            _ => return Err(MaskFault::Npy(format!("its format has version {major}, versions 1 to 3 are read"))),
        };
        let (header, content) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let header = str::from_utf8(header).map_err(|_| damaged())?;
        let kind = after(header, "descr").and_then(quoted).ok_or_else(|| {
            MaskFault::Npy("its elements have several parts: write the plane of numbers alone".to_owned())
        })?;
        let fortran_order = after(header, "fortran_order").ok_or_else(damaged)?.starts_with("True");
        let shape = after(header, "shape").and_then(tuple).ok_or_else(damaged)?;
        Ok(Self { kind: kind.to_owned(), shape, fortran_order, content })
    }

    /// The plane of region ids that it is. Sides of one element count for nothing, if two others are there.
    ///
    /// # Errors
    /// If its elements are no whole numbers of 0 to [`LARGEST_ID`], or its sides are not two.
    pub fn ids(&self) -> Result<Plane<u32>, MaskFault> {
        ids(&self.kind, &self.shape, self.fortran_order, self.content)
    }

    /// Whether it holds objects of Python's own, which are pickled behind the header.
    #[must_use]
    pub fn is_of_objects(&self) -> bool {
        self.kind.trim_start_matches('|') == "O"
    }
}

/// The plane of region ids in `content`, elements of the `kind` `<u2` and such, sides as in `shape`. Truth values are the
/// foreground of a picture in black and white, whose separate pieces are numbered.
///
/// # Errors
/// As [`Array::ids`].
pub fn ids(kind: &str, shape: &[usize], fortran_order: bool, content: &[u8]) -> Result<Plane<u32>, MaskFault> {
    let (height, width) = sides(shape)?;
    check_size(height, width)?;
    let unknown = || MaskFault::NotWhole(kind.to_owned());
    let mut characters = kind.chars();
    let is_big = match characters.next() {
        Some('<' | '|' | '=') => false,
        Some('>') => true,
        _ => return Err(unknown()),
    };
    let letter = characters.next().ok_or_else(unknown)?;
    let bytes: usize =
        characters.as_str().parse().ok().filter(|bytes| [1, 2, 4, 8].contains(bytes)).ok_or_else(unknown)?;
    let is_signed = match letter {
        'i' => true,
        'u' => false,
        'b' if bytes == 1 => false,
        _ => return Err(unknown()),
    };
    let pixels = height * width;
    let content =
        content.get(..pixels * bytes).ok_or(MaskFault::Short { bytes: content.len(), wanted: pixels * bytes })?;
    let mut numbers = Vec::with_capacity(pixels);
    for element in content.chunks_exact(bytes) {
        numbers.push(number(element, is_big, is_signed)?);
    }
    let read = if fortran_order {
        Plane::from_fn(height, width, |row, col| numbers[col * height + row])
    } else {
        Plane::from_samples(height, width, numbers)
    };
    Ok(if letter == 'b' { number_regions(&read.map(|&is| is > 0), Connectivity::Eight) } else { read })
}

fn number(element: &[u8], is_big: bool, is_signed: bool) -> Result<u32, MaskFault> {
    let mut wide = [0; 8];
    for (place, &byte) in element.iter().enumerate() {
        wide[if is_big { element.len() - 1 - place } else { place }] = byte;
    }
    let number = u64::from_le_bytes(wide);
    let sign = 1_u64 << (8 * element.len() - 1);
    if is_signed && number & sign > 0 {
        return Err(MaskFault::Negative);
    }
    u32::try_from(number).ok().filter(|&id| id <= LARGEST_ID).ok_or(MaskFault::TooLargeId(number))
}

/// Height and width.
fn sides(shape: &[usize]) -> Result<(usize, usize), MaskFault> {
    if let &[height, width] = shape {
        return Ok((height, width));
    }
    let longer: Vec<usize> = shape.iter().copied().filter(|&side| side != 1).collect();
    match longer[..] {
        [height, width] => Ok((height, width)),
        _ => Err(MaskFault::Sides(shape.to_vec())),
    }
}

/// What follows the key in a header, which is a Python dictionary of three entries.
fn after<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let at = header.find(&format!("'{key}'")).or_else(|| header.find(&format!("\"{key}\"")))?;
    let (_, value) = header[at..].split_once(':')?;
    Some(value.trim_start())
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| ['\'', '"'].contains(first))?;
    text[1..].split_once(quote).map(|(inside, _)| inside)
}

fn tuple(text: &str) -> Option<Vec<usize>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let sides = inside.split(',').map(str::trim).filter(|side| !side.is_empty());
    sides.map(|side| side.trim_end_matches('L').parse().ok()).collect()
}
