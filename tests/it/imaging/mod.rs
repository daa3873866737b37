//! Floor 0: pictures in, pictures out.

mod basins;
mod blend;
mod border;
mod column_distance;
mod discs;
mod distance;
mod edges;
mod histogram;
mod lettering;
mod median;
mod median_level;
mod on_screen;
mod outline;
mod pyramid;
mod regions;
mod resize;
mod rle;
mod scaled_mask;
mod smoothing;
mod tone;
mod watershed;
mod whole_regions;
