mod distance;
mod histogram;
mod median;
mod regions;
mod resize;
mod watershed;
//! Floor 0: pictures in, pictures out.

mod rle;
