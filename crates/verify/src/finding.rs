//! What is wrong with a data directory, and why nothing could be said about one.

use std::io;
use std::path::PathBuf;

use syndic_ledger::{CheckpointError, KeyError, LineError};
use thiserror::Error;

/// Why a data directory does not verify.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// It is not what was signed.
    #[error(transparent)]
    Refuted(Box<Finding>),
    /// Nothing can be said about it.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

/// The first thing that is wrong.
#[derive(Debug, Error)]
#[error("{}`{}`: {fault}", .index.map(|index| format!("record {index}, ")).unwrap_or_default(), .path.display())]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// The first bad index, where it is of a record.
    pub index: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, Error)]
pub enum Fault {
    /// The line is no record.
    #[error(transparent)]
    Line(LineError),
    /// The line is of another record.
    #[error("the leaf says it is record {0}")]
    Order(u64),
    /// A compressed segment does not unpack.
    #[error("the segment does not unpack: {0}")]
    Packed(io::Error),
    /// The leaf is another one than the hash tiles have, which are those of the checkpoint.
    #[error("the leaf is not the one that was signed")]
    Changed,
    /// The sealed parts are not those that the leaf was written with.
    #[error("{0}")]
    Parts(String),
    /// Records are not there, and no record says that they were dropped.
    #[error("missing up to record {}, and nothing says that they were dropped", .until.saturating_sub(1))]
    Gap {
        /// The first record that is there again.
        until: u64,
    },
    /// The records end before they should.
    #[error("missing: a checkpoint covers {0} records")]
    Missing(u64),
    /// A segment begins where another one has not ended.
    #[error("the segment begins with a record that is in the one before")]
    Overlap,
    /// The directory has another history than the checkpoint, and no hash tells where they part.
    #[error(
        "history was rewritten: the {to} records are not those of this checkpoint; they part at record {from} or later"
    )]
    Rewritten {
        /// Up to here another checkpoint agrees.
        from: u64,
        /// How many records the checkpoint covers.
        to: u64,
    },
    /// The checkpoint is newer than the directory.
    #[error("rolled back: this checkpoint covers {claimed} records, and the directory has {found}")]
    RolledBack {
        /// What the checkpoint says.
        claimed: u64,
        /// What is there.
        found: u64,
    },
    /// A hash is not the one of the records.
    #[error("hash {0} of this level of tiles is not the one of the records")]
    Tile(u64),
    /// Hashes are missing that the checkpoint needs.
    #[error("the tiles of this level end at hash {found}; the checkpoint needs {needed}")]
    TilesMissing {
        /// How many there are.
        found: u64,
        /// How many there must be.
        needed: u64,
    },
    /// A leaf that was kept of a dropped segment is in none.
    #[error("a leaf that was kept of a dropped segment, though none was dropped there")]
    NotDropped,
    /// A checkpoint cannot be believed.
    #[error(transparent)]
    Checkpoint(CheckpointError),
    /// A file that says what the records must be is not there.
    #[error("missing; without it nobody can say what the records must be")]
    NoCheckpoint,
    /// A file has another content than was ever written.
    #[error("damaged")]
    Damaged,
    /// The key in the directory is none.
    #[error(transparent)]
    Key(KeyError),
    /// A file that does not belong there.
    #[error("not named like a segment")]
    Name,
    /// None of the witnesses who were asked for.
    #[error("none of the witnesses that you named cosigned a checkpoint of this log")]
    Unwitnessed,
}

/// Why nothing can be said.
#[derive(Debug, Error)]
pub enum Unusable {
    /// The file system refused.
    #[error("cannot read `{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a data directory.
    #[error("`{}` is no data directory: it has no `segments`", .0.display())]
    NoDirectory(PathBuf),
    /// Of a newer program.
    #[error("`{}` says format {found:?}, this program reads up to 2; use a newer one", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
    },
}

impl VerifyError {
    pub(crate) fn refuted(path: PathBuf, index: impl Into<Option<u64>>, fault: Fault) -> Self {
        Self::Refuted(Box::new(Finding { path, index: index.into(), fault }))
    }

    /// Returns the first bad index, where a record is named.
    #[must_use]
    pub fn index(&self) -> Option<u64> {
        match self {
            Self::Refuted(finding) => finding.index,
            Self::Unusable(_) => None,
        }
    }
}

/// Says of which file an error is.
pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Unusable {
    let path = path.into();
    move |source| Unusable::Io { path, source }
}
