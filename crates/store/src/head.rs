//! What directories of format 1 have in place of a checkpoint: a tree head, not signed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use syndic_ledger::Head;
use thiserror::Error;

const VERSION: u8 = 1;

/// Why the stored head cannot be used.
#[derive(Debug, Error)]
pub enum HeadError {
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The file is not what was written.
    #[error("`{}` is damaged; restore it from a backup, it says what the segments must contain", .0.display())]
    Malformed(PathBuf),
    /// A newer program wrote it.
    #[error("`{}` has version {version}, this program reads up to {VERSION}", .path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u8,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u8,
    size: u64,
    root: String,
}

/// Reads the head; `None` where none was ever written.
pub(crate) fn read(path: &Path) -> Result<Option<Head>, HeadError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(HeadError::Io(path.to_owned(), error)),
    };
    let malformed = || HeadError::Malformed(path.to_owned());
    let wire: Wire = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    if wire.v != VERSION {
        return Err(HeadError::Version { path: path.to_owned(), version: wire.v });
    }
    let root = STANDARD
        .decode(wire.root)
        .ok()
        .and_then(|root| root.try_into().ok())
        .ok_or_else(malformed)?;
    Ok(Some(Head { size: wire.size, root }))
}
