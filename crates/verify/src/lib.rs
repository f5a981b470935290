//! Verifying what a ledger left behind, with no server, no database, and no trust in whoever keeps it.
//!
//! Reads data directories, proofs and checkpoints. Must never write, or believe anything that was not signed by a key
//! the reader chose.

mod directory;
mod proof;

mod claims;
mod derive;
mod pages;
mod segment;
mod tiles;

mod finding;
mod given;
mod report;

pub use directory::{Options, PartsHook, verify_directory};
pub use finding::{Fault, Finding, Unusable, VerifyError};
pub use given::{Given, GivenError, checkpoint, keys};
pub use proof::{ProofError, ProofReport, verify_proof};
pub use report::{Claimed, Pruned, SealedParts, Verified, Witnessed};
