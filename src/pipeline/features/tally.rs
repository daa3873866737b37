//! What is counted over the pixels of one region, in whole numbers: all that its summary needs.

use crate::atlas::Channel;

/// Pairs of different channels (later, earlier) in the order of their correlations.
pub const PAIRS: [(usize, usize); 6] = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)];

/// Counts over the pixels of a region.
#[derive(Clone)]
pub struct Tally {
    /// Number of pixels.
    pub pixels: u64,
    /// How often each grey level occurs, for each channel.
    pub histograms: [[u32; 256]; Channel::COUNT],
    /// Sum over the pixels of the product of each of [`PAIRS`].
    pub products: [u64; PAIRS.len()],
    /// Pixels of each speckle by its id; entry 0 stays 0.
    pub speckle_sizes: Vec<u32>,
}

/// One pixel of a crop, ready to be counted in several regions.
pub struct Pixel {
    samples: [u8; Channel::COUNT],
    products: [u64; PAIRS.len()],
    speckle: u32,
}

impl Pixel {
    /// A pixel of these samples in the speckle of this id, 0 = in none.
    pub fn new(samples: [u8; Channel::COUNT], speckle: u32) -> Self {
        let products = PAIRS.map(|(a, b)| u64::from(samples[a]) * u64::from(samples[b]));
        Self { samples, products, speckle }
    }
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

    /// Counts one pixel.
    pub fn add(&mut self, pixel: &Pixel) {
        self.pixels += 1;
        for (histogram, &sample) in self.histograms.iter_mut().zip(&pixel.samples) {
            histogram[usize::from(sample)] += 1;
        }
        for (sum, product) in self.products.iter_mut().zip(pixel.products) {
            *sum += product;
        }
        if pixel.speckle > 0 {
            self.speckle_sizes[pixel.speckle as usize] += 1;
        }
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

    fn combine(&mut self, other: &Self, count: impl Fn(&mut u32, u32), sum: impl Fn(&mut u64, u64)) {
        sum(&mut self.pixels, other.pixels);
        let counts = self.histograms.as_flattened_mut().iter_mut().zip(other.histograms.as_flattened());
        counts.for_each(|(ours, &theirs)| count(ours, theirs));
        self.products.iter_mut().zip(other.products).for_each(|(ours, theirs)| sum(ours, theirs));
        self.speckle_sizes.iter_mut().zip(&other.speckle_sizes).for_each(|(ours, &theirs)| count(ours, theirs));
    }
}
