//! Pictures drawn in text, and pictures of noise, for tests to look at.

use cytoscribe::imaging::Plane;

/// `#` is true, anything else false.
pub fn black_and_white(rows: &[&str]) -> Plane<bool> {
    drawn(rows, |character| character == '#')
}

/// Digits are ids, anything else 0.
pub fn ids(rows: &[&str]) -> Plane<u32> {
    drawn(rows, |character| character.to_digit(10).unwrap_or(0))
}

fn drawn<T>(rows: &[&str], sample: impl Fn(char) -> T) -> Plane<T> {
    let width = rows[0].chars().count();
    assert!(rows.iter().all(|row| row.chars().count() == width), "rows of one length");
    Plane::new(rows.len(), width, rows.iter().flat_map(|row| row.chars()).map(sample).collect()).unwrap()
}

/// Numbers that look random and are the same in every run (xorshift).
pub struct Noise(u64);

impl Noise {
    pub fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(bound)) as u32
    }

    pub fn plane<T>(&mut self, (height, width): (usize, usize), mut sample: impl FnMut(&mut Self) -> T) -> Plane<T> {
        Plane::from_fn(height, width, |_, _| sample(self))
    }
}

/// Sizes where edges matter: single pixels, lines, and rectangles off the usual multiples.
pub const ODD_SIZES: [(usize, usize); 6] = [(1, 1), (1, 40), (37, 1), (5, 3), (33, 70), (64, 32)];
