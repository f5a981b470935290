//! What the reader gives: keys and checkpoints, as text or in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syndic_ledger::{CheckpointError, KeyError, SignedCheckpoint, VerifierKey};
use thiserror::Error;

/// The longest file of keys or checkpoint that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Verifier keys, each as text or in a file with one a line.
pub type Given = String;

/// Why what was given cannot be used.
#[derive(Debug, Error)]
pub enum GivenError {
    /// There is no such file.
    #[error("`{given}` is neither a verifier key nor a file that can be read: {source}")]
    Io {
        /// What was given.
        given: String,
        /// Why.
        source: io::Error,
    },
    /// A line is no key.
    #[error("`{given}` holds {source}")]
    Key {
        /// What was given.
        given: String,
        /// Why.
        source: KeyError,
    },
    /// The file has no key.
    #[error("`{0}` holds no verifier key")]
    Empty(String),
    /// The file is no checkpoint.
    #[error("`{given}`: {source}")]
    Checkpoint {
        /// The file.
        given: PathBuf,
        /// Why.
        source: CheckpointError,
    },
}

/// Reads verifier keys: each of `given` is one, or a file with one a line.
///
/// # Errors
/// When one is neither.
pub fn keys(given: &[Given]) -> Result<Vec<VerifierKey>, GivenError> {
    let mut keys = Vec::new();
    for given in given {
        if let Ok(key) = given.trim().parse() {
            keys.push(key);
            continue;
        }
        let text = read(given).map_err(|source| GivenError::Io { given: given.clone(), source })?;
        let before = keys.len();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let key = line.parse();
            keys.push(key.map_err(|source| GivenError::Key { given: given.clone(), source })?);
        }
        if keys.len() == before {
            return Err(GivenError::Empty(given.clone()));
        }
    }
    Ok(keys)
}

/// Reads a signed checkpoint from a file.
///
/// # Errors
/// When there is none in it.
pub fn checkpoint(file: &Path) -> Result<SignedCheckpoint, GivenError> {
    let name = file.display().to_string();
    let text = read(&name).map_err(|source| GivenError::Io { given: name.clone(), source })?;
    SignedCheckpoint::parse(text.as_bytes())
        .map_err(|source| GivenError::Checkpoint { given: file.to_owned(), source })
}

fn read(path: &str) -> io::Result<String> {
    if fs::metadata(path)?.len() > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for that"));
    }
    fs::read_to_string(path)
}
