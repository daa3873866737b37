mod distance;
mod histogram;
mod median;
mod regions;
mod resize;
mod watershed;
