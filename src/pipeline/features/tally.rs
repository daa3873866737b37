//! What is counted over the pixels of one region, in whole numbers: all that its summary needs.

use super::crop::LONGEST_SIDE;
use crate::atlas::Channel;

/// Pairs of different channels (later, earlier) in the order of their correlations.
pub const PAIRS: [(usize, usize); 6] = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)];

/// Pixels of a crop are counted in 16 bits, which halves the memory that counting runs through.
const _: () = assert!(LONGEST_SIDE * LONGEST_SIDE <= u16::MAX as usize);

/// Counts over the pixels of a region of a crop.
#[derive(Clone)]
pub struct Tally {
    /// Number of pixels.
    pub pixels: u32,
    /// How often each grey level occurs, for each channel.
    pub histograms: [[u16; 256]; Channel::COUNT],
    /// Sum over the pixels of the product of each of [`PAIRS`].
    pub products: [u32; PAIRS.len()],
    /// Pixels of each speckle by its id; entry 0 stays 0.
    pub speckle_sizes: Vec<u16>,
}

impl Tally {
    /// Nothing counted yet, for a crop with this number of speckles.
    pub fn new(speckles: usize) -> Self {
        Self {
            pixels: 0,
            histograms: [[0; 256]; Channel::COUNT],
            products: [0; PAIRS.len()],
            speckle_sizes: vec![0; speckles + 1],
        }
    }

    /// Counts a run of pixels: their samples in each channel.
    pub fn add(&mut self, samples: [&[u8]; Channel::COUNT]) {
        let [a, b, c, d] = samples;
        self.pixels += a.len() as u32;
        for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
            let pixel = [a, b, c, d];
            for (histogram, sample) in self.histograms.iter_mut().zip(pixel) {
                histogram[usize::from(sample)] += 1;
            }
            for (sum, (a, b)) in self.products.iter_mut().zip(PAIRS) {
                *sum += u32::from(pixel[a]) * u32::from(pixel[b]);
            }
        }
    }

    /// Counts a pixel, which [`Tally::add`] counts too, as one of a speckle.
    pub fn add_to_speckle(&mut self, id: u32) {
        self.speckle_sizes[id as usize] += 1;
    }

    /// Counts the pixels of `other` too, which shares none with this region.
    pub fn merge(&mut self, other: &Self) {
        self.combine(other, |count, more| *count += more, |sum, more| *sum += more);
    }

    /// The counts over this region without `other`, which is a part of it.
    pub fn without(mut self, other: &Self) -> Self {
        self.combine(other, |count, less| *count -= less, |sum, less| *sum -= less);
        self
    }

    fn combine(&mut self, other: &Self, count: impl Fn(&mut u16, u16), sum: impl Fn(&mut u32, u32)) {
        sum(&mut self.pixels, other.pixels);
        let counts = self.histograms.as_flattened_mut().iter_mut().zip(other.histograms.as_flattened());
        counts.for_each(|(ours, &theirs)| count(ours, theirs));
        self.products.iter_mut().zip(other.products).for_each(|(ours, theirs)| sum(ours, theirs));
        self.speckle_sizes.iter_mut().zip(&other.speckle_sizes).for_each(|(ours, &theirs)| count(ours, theirs));
    }
}
