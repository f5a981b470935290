//! What a server says its tools are, compared with what was approved.
//!
//! Pure: two definitions in, what changed, how much it matters, how it reads, and what in a description speaks to the
//! model rather than about the tool. Nothing here decides; a changed tool is decided by the gate like any action.

mod class;
mod diff;
mod hidden;
mod instruction;
mod scan;
mod schema;
mod show;
mod words;

pub use class::{Change, Difference, class, compare};
pub use diff::{describe, diff};
pub use scan::{Finding, Kind, Weight, scan};
