//! Floor 0: pictures in, pictures out.

mod distance;
mod histogram;
mod median;
mod regions;
mod resize;
mod rle;
mod watershed;
