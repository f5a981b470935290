//! Finds personal data and secrets in text, and redacts them.
//!
//! A [`Scanner`] reads a text once, decides from each byte's class where something may stand, and asks a bounded
//! verifier with the kind's checksum whether it does. Where the text shows signs of a disguise it is read again
//! without it; spans always are of the original. Names of people and street addresses need a model and are **not**
//! found; [`Entity::Person`] and [`Entity::StreetAddress`] are the seam for one.
//!
//! This crate does no IO, depends on no other crate of syndic, and panics on no input.

mod bytes;
mod candidates;
mod checksum;
mod classes;
mod context;
mod entity;
mod finding;
mod hit;
mod json;
mod keyword;
mod kinds;
mod limits;
mod near;
mod overlap;
mod pattern;
mod pii;
mod redact;
mod scanner;
mod secrets;
mod views;

pub use context::{Context, Region, Tail};
pub use entity::{Entity, UnknownEntity};
pub use finding::{Evasion, Evidence, Finding, Findings, Score};
pub use json::JsonError;
pub use limits::{Limits, OverBudget};
pub use pattern::{Checksum, Examples, Pattern, PatternError, UnknownChecksum};
pub use redact::{
    Key, NotRedacted, Opened, Operator, Redacted, Redaction, Tags, Vault, VaultError, redact,
    redact_json,
};
pub use scanner::{Builder, Scanner};
