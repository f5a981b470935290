//! What a policy set refuses to load, and what it answers once it is loaded.

mod decide;
mod load;
mod profile;
mod slice;
mod world;
