//! Compliance: what a framework asks for, what the ledger shows of it, and what a report says.
//!
//! Pure rules over records, configuration and time; must never fetch evidence itself, read a clock, or say of an agent
//! that it is compliant.

mod evidence;
mod facts;
mod probe;
mod reading;
mod setup;
mod status;

pub use evidence::{Evidence, Log, Window};
pub use facts::{Drills, Facts, Incident, Incidents, Ran, Reported, Stated, Statements};
pub use probe::measure;
pub use reading::{Figure, Reading, Verdict};
pub use setup::{Control, Retention, Setup, TestRun};
pub use status::Status;
