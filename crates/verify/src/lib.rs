//! Verifying what a ledger left behind, with no server, no database, and no trust in whoever keeps it.
//!
//! Reads data directories, proofs and checkpoints. Must never write, or believe anything that was not signed by a key
//! the reader chose.
