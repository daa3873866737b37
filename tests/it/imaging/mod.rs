//! Floor 0: pictures in, pictures out.

mod rle;
