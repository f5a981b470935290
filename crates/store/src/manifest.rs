//! What a backup contains: `backup.json`, with a hash of every file.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::directory::{FORMAT, replace};

/// The file that makes a directory a backup.
pub(crate) const MANIFEST: &str = "backup.json";

const VERSION: u32 = 1;

/// Why a directory is no backup to restore from.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// It has no manifest: it is something else, or was never finished.
    #[error("`{}` is not a finished backup: it has no `{MANIFEST}`; `syndic backup` makes one", .0.display())]
    None(PathBuf),
    /// The manifest is not what was written.
    #[error("`{}` is damaged; use another backup", .0.display())]
    Malformed(PathBuf),
    /// A newer program made it.
    #[error(
        "the backup `{}` has format {format}, this program reads up to {FORMAT}; restore it with the syndic that made \
         it, or a newer one", .path.display()
    )]
    Format {
        /// The backup.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// A file is not the one that was copied.
    #[error("`{}` is not as it was copied: it is missing or damaged; use another backup", .0.display())]
    File(PathBuf),
}

/// What a backup contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) v: u32,
    /// The format of the data directory.
    pub(crate) format: u32,
    /// When it was made.
    pub(crate) at: Timestamp,
    /// The log's name.
    pub(crate) origin: String,
    /// How many records it has.
    pub(crate) size: u64,
    /// Whether the secrets of `keys/` are in it.
    pub(crate) secrets: bool,
    /// Whether the master key is in it.
    pub(crate) master_key: bool,
    pub(crate) files: Vec<Listed>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    /// Its path in the backup.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// SHA-256 in hex.
    pub(crate) sha256: String,
}

impl Manifest {
    pub(crate) fn new(origin: String, size: u64, at: Timestamp) -> Self {
        Self {
            v: VERSION,
            format: FORMAT,
            at,
            origin,
            size,
            secrets: false,
            master_key: false,
            files: Vec::new(),
        }
    }

    /// Lists every file below `root`, with its hash as it is now on disk.
    pub(crate) fn list(&mut self, root: &Path) -> io::Result<()> {
        let mut files = Vec::new();
        files_below(root, root, &mut files)?;
        files.sort();
        self.files = files
            .into_iter()
            .map(|path| {
                let (bytes, sha256) = digest(&root.join(&path))?;
                Ok(Listed { path, bytes, sha256 })
            })
            .collect::<io::Result<_>>()?;
        Ok(())
    }

    /// Returns how many bytes the files have.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub(crate) fn write(&self, root: &Path) -> io::Result<()> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        replace(&root.join(MANIFEST), &json)
    }

    /// Reads the manifest of a backup.
    pub(crate) fn read(root: &Path) -> Result<Self, ManifestError> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Versions {
            v: u32,
            format: u32,
        }
        let path = root.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ManifestError::None(root.to_owned()));
            }
            Err(error) => return Err(ManifestError::Io(path, error)),
        };
        let malformed = |_| ManifestError::Malformed(path.clone());
        let Versions { v, format } = serde_json::from_slice(&text).map_err(malformed)?;
        if v > VERSION || format > FORMAT {
            return Err(ManifestError::Format { path: root.to_owned(), format });
        }
        let manifest: Self = serde_json::from_slice(&text).map_err(malformed)?;
        // What it says is where to write: nothing outside the directory.
        if manifest.files.iter().any(|file| !is_inside(&file.path)) {
            return Err(ManifestError::Malformed(path));
        }
        Ok(manifest)
    }

    /// Tells whether every file below `root` is the one that was listed.
    pub(crate) fn check(&self, root: &Path) -> Result<(), ManifestError> {
        for file in &self.files {
            let path = root.join(&file.path);
            match digest(&path) {
                Ok((bytes, sha256)) if bytes == file.bytes && sha256 == file.sha256 => {}
                Ok(_) => return Err(ManifestError::File(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(ManifestError::File(path));
                }
                Err(error) => return Err(ManifestError::Io(path, error)),
            }
        }
        Ok(())
    }
}

fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn files_below(root: &Path, directory: &Path, into: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(root, &path, into)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            into.push(name.to_owned());
        }
    }
    Ok(())
}

/// Returns length and SHA-256 of a file.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        bytes += read as u64;
    }
    Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}
