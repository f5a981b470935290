//! The snapshot: a projection as it was at some record, so that a start reads only what came after.
//!
//! One file: a line of JSON, the [`Mark`]; a line with an HMAC-SHA-256 over that line and the content, in hex; the
//! content. The key of the HMAC is the secret that signs checkpoints: who can make a snapshot that counts can sign
//! a history that counts, and what a start took up is compared with the records afterwards all the same. It is derived:
//! without it, everything is read again.

use std::fs;
use std::io;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use syndic_ledger::{Hash, Tree};
use thiserror::Error;

use crate::directory::{Layout, remove, replace};
use crate::keys::{KeysError, existing};
use crate::read::ReadError;
use crate::recover::Gathered;
use crate::scan::ScanError;

/// The layout of the file.
const FORM: u8 = 1;
/// What else the secret is used for says something else first.
const PURPOSE: &[u8] = b"syndic snapshot\n";

/// Why there is no snapshot, or it does not count.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The file system refused.
    #[error("cannot use `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The secret cannot be had.
    #[error(transparent)]
    Key(#[from] KeysError),
    /// It was changed, cut short, or written with another log key.
    #[error("it is not as this log wrote it")]
    Changed,
    /// Another program wrote it.
    #[error("version {found} wrote it, and this is version {own}")]
    Version {
        /// Its version.
        found: String,
        /// That of this program.
        own: String,
    },
    /// It is of another history.
    #[error("it is of other records than those that the checkpoint was signed over")]
    Other,
    /// It is not what the records make, whoever wrote it.
    #[error("it is not what the records make")]
    Untrue,
    /// Records were dropped since it was made.
    #[error("records were dropped since")]
    Dropped,
    /// Nothing signed says that what it covers is what is there.
    #[error("no checkpoint covers the segment that is read again")]
    Unsigned,
    /// A segment that it covers is not there as a whole.
    #[error("segment `{}` does not end where the next one begins", .0.display())]
    Segment(PathBuf),
    /// What comes after cannot be read.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// A record cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    v: u8,
    /// That of the projection.
    version: String,
    /// The first record that was not dropped.
    pub(crate) first: u64,
    /// How many records it covers.
    pub(crate) through: u64,
    /// The root of the tree over them.
    root: String,
    pub(crate) gathered: Gathered,
}

impl Mark {
    pub(crate) fn new(version: &str, first: u64, tree: &Tree, gathered: Gathered) -> Self {
        let (version, root) = (version.to_owned(), STANDARD.encode(tree.root()));
        Self { v: FORM, version, first, through: tree.size(), root, gathered }
    }

    fn line(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Tells whether `tree` is the one it was made at.
    pub(crate) fn is_of(&self, tree: &Tree) -> bool {
        tree.size() == self.through && STANDARD.encode(tree.root()) == self.root
    }
}

/// A snapshot that this log wrote.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) mark: Mark,
    pub(crate) content: Vec<u8>,
}

impl Snapshot {
    /// Reads the snapshot, if there is one. Whether it is of the history that is there is another question.
    pub(crate) fn read(layout: &Layout, version: &str) -> Result<Option<Self>, SnapshotError> {
        let path = layout.snapshot();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SnapshotError::Io(path, error)),
        };
        let (line, rest) = split(&bytes).ok_or(SnapshotError::Changed)?;
        let (check, content) = split(rest).ok_or(SnapshotError::Changed)?;
        let check = STANDARD.decode(check).map_err(|_| SnapshotError::Changed)?;
        let mac = mac(layout, line, content)?;
        mac.verify_slice(&check).map_err(|_| SnapshotError::Changed)?;
        let mark: Mark = serde_json::from_slice(line).map_err(|_| SnapshotError::Changed)?;
        if mark.v != FORM || mark.version != version {
            let found = format!("{} (form {})", mark.version, mark.v);
            return Err(SnapshotError::Version { found, own: version.to_owned() });
        }
        Ok(Some(Self { mark, content: content.to_vec() }))
    }

    /// Returns a hash of all it says: of equal histories it is equal.
    pub(crate) fn digest(&self) -> Hash {
        let line = self.mark.line().unwrap_or_default();
        Sha256::new_with_prefix(line)
            .chain_update(b"\n")
            .chain_update(&self.content)
            .finalize()
            .into()
    }

    /// Writes it in the place of the one before, whole and durable.
    pub(crate) fn write(&self, layout: &Layout) -> Result<(), SnapshotError> {
        let refused = |error| SnapshotError::Io(layout.snapshot(), error);
        let line = self.mark.line().map_err(refused)?;
        let check = mac(layout, &line, &self.content)?.finalize().into_bytes();
        let check = STANDARD.encode(check);
        let bytes = [&line, b"\n".as_slice(), check.as_bytes(), b"\n", &self.content].concat();
        replace(&layout.snapshot(), &bytes).map_err(refused)
    }

    /// Throws away what does not count, and says why.
    pub(crate) fn discard(layout: &Layout, why: &SnapshotError) {
        let error = why as &dyn std::error::Error;
        if let SnapshotError::Version { .. } = why {
            tracing::info!(error, "the snapshot is thrown away: every record is read again");
        } else {
            tracing::warn!(error, "the snapshot is thrown away: every record is read again");
        }
        if let Err(error) = remove(&layout.snapshot()) {
            tracing::warn!(%error, "the snapshot cannot be removed");
        }
    }
}

fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

fn mac(layout: &Layout, line: &[u8], content: &[u8]) -> Result<Hmac<Sha256>, SnapshotError> {
    let secret = existing(&layout.secret("log"))?;
    let refused = |error| SnapshotError::Io(layout.secret("log"), io::Error::other(error));
    let mac = Hmac::<Sha256>::new_from_slice(&secret.0).map_err(refused)?;
    Ok(mac.chain_update(PURPOSE).chain_update(line).chain_update(b"\n").chain_update(content))
}
