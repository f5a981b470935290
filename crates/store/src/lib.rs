//! The store: the ledger's only writer, its segments on disk and how they are recovered, the keys of erasable
//! parts, and the index that is a view of it all.
//!
//! Must never decide anything. It is the only user of SQLite.

// What is asked of it.
mod audited;
mod begin;
mod evidence;
mod open;
mod projection;
mod store;
mod threads;

// Writing.
mod bell;
mod priority;
mod publish;
mod seal;
mod sequencer;
mod write;

// A copy of it, and the way back.
mod backup;
mod former;
mod manifest;
mod restore;
mod succession;

// What is on disk, and reading it back.
mod advance;
mod carried;
mod checkpoint;
mod compact;
mod compress;
mod directory;
mod handles;
mod head;
mod lines;
mod log_reader;
mod policy;
mod positions;
mod prune;
mod raw;
mod read;
mod recover;
mod resume;
mod scan;
mod scrub;
mod segment;
mod shelf;
mod sidecar;
mod snapshot;
mod swap;
mod tiles;
mod verify;

// Keys, and destroying them.
mod cipher;
mod erase;
mod examine;
mod keys;
mod log_key;
mod master;

// The view.
mod approval;
mod follow;
mod index;
mod progress;
mod query;
mod search;
mod tokens;
mod trail;
mod unnamed;
mod words;

pub use approval::{ApprovalPage, ApprovalQuery, ApprovalRow};
pub use backup::{BackedUp, BackupError};
pub use checkpoint::{Published, StoredCheckpointError};
pub use compact::{CompactError, Compacted};
pub use directory::DirectoryError;
pub use erase::{EraseError, Erased, Trace};
pub use examine::{ExamineError, Examiner};
pub use head::HeadError;
pub use index::IndexError;
pub use keys::KeysError;
pub use log_key::LogKeyError;
pub use log_reader::{LogRead, LogReader, LogReaderError};
pub use manifest::ManifestError;
pub use master::{GivenKey, GivenKeyError, MasterKey};
pub use open::{Durability, OpenError, Options};
pub use policy::{Files, PolicyFiles, PolicyFilesError};
pub use projection::Projection;
pub use prune::{KeptBy, Prunable, PruneError};
pub use publish::CosignError;
pub use query::{EventRow, Page, Query};
pub use read::{Event, Part, ReadError, Stored};
pub use restore::{Backup, Known, Loss, RestoreError, Restored, restore};
pub use scan::ScanError;
pub use scrub::{ScrubError, Scrubbed};
pub use segment::{Disk, RealDisk, SegmentFile};
pub use shelf::ShelfError;
pub use snapshot::SnapshotError;
pub use store::{Statistics, Store};
pub use succession::Continued;
pub use trail::{Ended, audit_event, checks};
pub use verify::{Verified, VerifyError, verify};
pub use words::{Search, SearchError};
pub use write::{Committed, Entry, Pending, ReserveError, Slot, Subject, WriteError};
