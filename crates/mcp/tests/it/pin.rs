//! What changed about a tool, how it reads, and what its texts say to the model.

mod class;
mod diff;
mod scan;
