//! The governance directory, read as people write it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod bounds;
#[cfg(test)]
mod compliance;
#[cfg(test)]
mod detection;
mod examples;
mod fixture;
#[cfg(test)]
mod import;
mod loosened;
mod mistakes;
mod narrow;
mod schemas;
mod shipped;
