//! How much memory this process has, as the system counts it.

use std::fs;

/// Memory of this process in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnMemory {
    /// What is resident now.
    pub now: u64,
    /// The most that was resident at any time.
    pub most: u64,
}

/// The memory of this process; `None` where the system does not tell, which is everywhere but on Linux.
#[must_use]
pub fn own_memory() -> Option<OwnMemory> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kilobytes: u64 = line.trim_end_matches("kB").trim().parse().ok()?;
        Some(kilobytes * 1024)
    };
    Some(OwnMemory { now: bytes("VmRSS:")?, most: bytes("VmHWM:")? })
}
