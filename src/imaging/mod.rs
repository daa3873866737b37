//! PIXELS (floor 0): pure functions on planes and masks. No word of biology, no files, no threads of its own.
//!
//! A picture is a [`Plane`]: rows by columns, row 0 at the top. A *mask* is a plane of region ids, 0 = background.
//! "Column-major order" means columns from left to right and, inside each column, rows from top to bottom;
//! wherever an order decides a result, this is the one.

pub mod basins;
pub mod blend;
pub mod border;
pub mod column_distance;
pub mod cutout;
pub mod discs;
pub mod distance;
pub mod edges;
pub mod extremes;
pub mod histogram;
pub mod lettering;
pub mod median;
pub mod median_level;
pub mod on_screen;
pub mod outline;
pub mod plane;
pub mod pyramid;
pub mod regions;
pub mod resize;
pub mod rle;
pub mod scaled_mask;
pub mod smoothing;
pub mod tone;
pub mod watershed;
pub mod whole_regions;

pub use border::BorderContact;
pub use plane::Plane;
pub use regions::Connectivity;
pub use rle::RunLengths;
pub use scaled_mask::ScaledMask;
pub use tone::ToneCurve;
