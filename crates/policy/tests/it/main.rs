//! What a policy set refuses to load, and what it answers once it is loaded.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bounds;
mod decide;
mod determining;
mod lint;
mod load;
mod native;
mod profile;
mod slice;
mod world;
