//! The ledger: encoding of records, the hash tree over them, and how they are verified.
//!
//! Must never write files, know policy, or be async.

mod append;
mod approval;
mod line;
mod parts;
mod record;
mod tree;
mod verify;

pub use append::{AppendError, Content, Ledger, Receipt, Seal, SealError};
pub use approval::*;
pub use line::{Line, LineError, MAX_LEAF_BYTES, Nonce, Sealed};
pub use parts::{BLIND_BYTES, Blinded, Parts, PartsError};
pub use record::*;
pub use tree::{Hash, Head, Tree, leaf_hash};
pub use verify::{Fault, Verifier, VerifyError, verify};
