//! The ledger: encoding of records, the hash tree over them, and how they are verified.
//!
//! Must never write files, know policy, or be async.

mod append;
mod approval;
mod assurance;
mod audited;
mod checkpoint;
mod concern;
mod custody;
mod key;
mod lanes;
mod line;
mod note;
mod outlive;
mod parts;
mod proof;
mod proof_file;
mod record;
mod sample;
mod tile;
mod tile_path;
mod tree;
mod verify;
mod witness;

pub use append::{AppendError, Content, Ledger, Receipt, Seal, SealError};
pub use approval::*;
pub use assurance::*;
pub use audited::{Acted, Audited};
pub use checkpoint::{Checkpoint, CheckpointError, Signatories, SignedCheckpoint};
pub use concern::Concern;
pub use custody::*;
pub use key::{KeyError, KeyKind, NoteKey, SEED_BYTES, VerifierKey};
pub use lanes::{above, leaf_hashes};
pub use line::{Line, LineError, MAX_LEAF_BYTES, Nonce, Sealed};
pub use note::{NoteError, SignedText};
pub use parts::{BLIND_BYTES, Blinded, Parts, PartsError};
pub use proof::{
    MAX_PROOF_HASHES, MAX_SIZE, ProveError, Refuted, Tiles, consistency, derive_subtree, inclusion,
    verify_consistency, verify_inclusion,
};
pub use proof_file::{
    MAX_PROVED, ProofFile, ProofFileError, ProofRefused, Proved, Subject, UNWITNESSED,
};
pub use record::*;
pub use sample::{MAX_SAMPLE, MAX_SEED_BYTES, Sample, SampleError};
pub use tile::{TILE_LEVELS, TILE_WIDTH, TileEdge, perfect, tile_hashes};
pub use tile_path::{NotATile, TilePath};
pub use tree::{Hash, Head, Tree, leaf_hash};
pub use verify::{Fault, Verifier, VerifyError, verify};
pub use witness::{AddCheckpoint, MAX_REQUEST_BYTES, Refusal, SIZE_CONTENT_TYPE, parse_size};
