//! The store: the ledger's only writer, its segments on disk and how they are recovered, the keys of erasable
//! parts, and the index that is a view of it all.
//!
//! Must never decide anything. It is the only user of SQLite.

mod cipher;
mod directory;
mod follow;
mod head;
mod index;
mod keys;
mod positions;
mod progress;
mod query;
mod read;
mod recover;
mod scan;
mod seal;
mod segment;
mod sequencer;
mod store;
mod verify;
mod write;

pub use directory::DirectoryError;
pub use head::HeadError;
pub use index::IndexError;
pub use keys::KeysError;
pub use query::{EventRow, Page, Query};
pub use read::{Event, Part, ReadError, Stored};
pub use scan::ScanError;
pub use segment::{Disk, RealDisk, SegmentFile};
pub use store::{Durability, OpenError, Options, Statistics, Store};
pub use verify::{Verified, VerifyError, verify};
pub use write::{Committed, Entry, Pending, ReserveError, Slot, Subject, WriteError};
