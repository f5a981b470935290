//! The ledger: encoding of records, the hash tree over them, and how they are verified.
//!
//! Must never write files, know policy, or be async.

mod record;

pub use record::*;
