//! The signed checkpoints on disk, and as they are shown.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use syndic_ledger::{CheckpointError, Head, SignedCheckpoint, VerifierKey};
use thiserror::Error;

use crate::directory::Layout;
use crate::directory::replace;
use crate::head::{self, HeadError};

/// A checkpoint that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The signed note.
    pub text: String,
    /// What it says.
    pub head: Head,
    /// When it was signed; of one that an earlier process signed, when this one read it.
    pub at: Timestamp,
}

/// Why a checkpoint on disk cannot be used.
#[derive(Debug, Error)]
pub enum StoredCheckpointError {
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The file is not what was written.
    #[error("`{}` cannot be used; restore it from a backup, it says what the segments must contain", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// The head of a directory of format 1 cannot be used.
    #[error(transparent)]
    Head(#[from] HeadError),
}

/// What earlier processes signed.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// The newest checkpoint of this log's keys.
    pub(crate) newest: Option<Published>,
    /// The newest one with cosignatures.
    pub(crate) cosigned: Option<Published>,
    /// What a directory of format 1 has in place of a checkpoint.
    pub(crate) unsigned: Option<Head>,
}

impl Stored {
    /// Reads the checkpoints, and believes those that `keys` signed.
    pub(crate) fn read(
        layout: &Layout,
        keys: &[VerifierKey],
        now: Timestamp,
    ) -> Result<Self, StoredCheckpointError> {
        let newest = read(&layout.checkpoint(), keys, now)?;
        let unsigned = if newest.is_none() { head::read(&layout.head())? } else { None };
        let mut cosigned = read(&layout.cosigned(), keys, now)?;
        // Nobody knows how old one is that the log has grown beyond.
        if let Some(cosigned) = &mut cosigned
            && newest.as_ref().is_none_or(|newest| newest.head != cosigned.head)
        {
            cosigned.at = Timestamp::UNIX_EPOCH;
        }
        Ok(Self { newest, cosigned, unsigned })
    }

    /// Returns what the segments must contain at least; nothing where the checkpoint is gone, which the cosigned one
    /// does not stand for: it may be older.
    pub(crate) fn heads(&self) -> impl Iterator<Item = Head> {
        let newest = self.newest.as_ref().map(|newest| newest.head).or(self.unsigned);
        let cosigned = self.cosigned.as_ref().map(|cosigned| cosigned.head);
        newest.into_iter().chain(newest.and(cosigned))
    }
}

fn read(
    path: &Path,
    keys: &[VerifierKey],
    at: Timestamp,
) -> Result<Option<Published>, StoredCheckpointError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoredCheckpointError::Io(path.to_owned(), error)),
    };
    let unusable = |source| StoredCheckpointError::Unusable { path: path.to_owned(), source };
    let signed = SignedCheckpoint::parse(&bytes).map_err(unusable)?;
    signed.verify(keys, &[]).map_err(unusable)?;
    Ok(Some(Published { text: signed.to_string(), head: signed.checkpoint().head, at }))
}

/// Puts `now` in place of `was`: compare and swap, so that of two writers of one directory the second finds out before
/// anybody sees what it signed.
pub(crate) fn swap(path: &Path, was: Option<&str>, now: &str) -> io::Result<()> {
    let found = match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if found.as_deref() != was.map(str::as_bytes) {
        let told = format!("another writer changed `{}`", path.display());
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, told));
    }
    replace(path, now.as_bytes())
}
