//! The files of every governance directory that was in force, by content: a decision can be made again by the files
//! it was made by.
//!
//! A file is kept under the SHA-256 of its text. What belongs together stands in a manifest, which is kept in the same
//! way: a line for each file, `<hash>  <path>`, as `sha256sum` writes them. A revision is the first twelve digits of
//! the manifest's hash.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::directory::{Layout, make, private};

/// The largest text that is read back; no larger one is ever in force.
const MOST_BYTES: u64 = 8 << 20;

/// Texts by path.
pub type Files = BTreeMap<String, String>;

/// Where the files of governance directories are kept.
#[derive(Debug, Clone)]
pub struct PolicyFiles {
    folder: PathBuf,
}

/// Why files cannot be had back.
#[derive(Debug, Error)]
pub enum PolicyFilesError {
    /// They were never kept here.
    #[error("no files of revision `{0}` are kept")]
    Unknown(String),
    /// The short name stands for several.
    #[error(
        "revision `{0}` stands for more than one set of files; name the whole hash of the manifest"
    )]
    Ambiguous(String),
    /// What is kept is not what was.
    #[error("`{}` is not what was kept: its content has another hash", .0.display())]
    Changed(PathBuf),
    /// The file system refused.
    #[error("cannot read `{}`", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl PolicyFiles {
    /// Names the place in a data directory; reading needs no lock.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: Layout::new(data_dir).policy() }
    }

    /// Keeps files, durably before it returns, and returns the hash of their manifest. What is kept already is
    /// compared, and mended where it is not what it was.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, files: &Files) -> io::Result<String> {
        make(&self.folder)?;
        let mut manifest = String::new();
        let mut written = false;
        for (path, text) in files {
            let hash = hash(text);
            written |= self.keep_one(&hash, text)?;
            manifest.push_str(&format!("{hash}  {path}\n"));
        }
        let hash = hash(&manifest);
        written |= self.keep_one(&hash, &manifest)?;
        if written {
            File::open(&self.folder)?.sync_all()?;
        }
        Ok(hash)
    }

    fn keep_one(&self, hash: &str, text: &str) -> io::Result<bool> {
        let path = self.folder.join(hash);
        if fs::read(&path).is_ok_and(|kept| kept == text.as_bytes()) {
            return Ok(false);
        }
        let temporary = path.with_extension("tmp");
        let mut file = private().create(true).truncate(true).write(true).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        Ok(true)
    }

    /// Returns the files of a revision, or of the whole hash of a manifest.
    ///
    /// # Errors
    /// When they are not kept, not what they were, or the revision stands for more than one manifest.
    pub fn read(&self, revision: &str) -> Result<Files, PolicyFilesError> {
        let hashes = self.hashes(revision)?.into_iter();
        hashes.map(|(path, hash)| Ok((path, self.text(&hash)?))).collect()
    }

    /// Returns the hash of each file of a revision, or of the whole hash of a manifest, by path.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn hashes(&self, revision: &str) -> Result<BTreeMap<String, String>, PolicyFilesError> {
        let mut hashes = BTreeMap::new();
        for line in self.manifest(revision)?.lines() {
            let Some((hash, path)) = line.split_once("  ") else {
                return Err(PolicyFilesError::Unknown(revision.to_owned()));
            };
            hashes.insert(path.to_owned(), hash.to_owned());
        }
        Ok(hashes)
    }

    fn manifest(&self, revision: &str) -> Result<String, PolicyFilesError> {
        let unknown = || PolicyFilesError::Unknown(revision.to_owned());
        if revision.len() < 12 || !is_hex(revision) {
            return Err(unknown());
        }
        if is_hash(revision) {
            let there = self.folder.join(revision).is_file();
            let text = if there { self.text(revision)? } else { return Err(unknown()) };
            return if is_manifest(&text) { Ok(text) } else { Err(unknown()) };
        }
        let failed = |source| PolicyFilesError::Io { path: self.folder.clone(), source };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unknown()),
            entries => entries.map_err(failed)?,
        };
        let mut found = None;
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let Some(name) = name.to_str().filter(|name| is_hash(name)) else { continue };
            if !name.starts_with(revision) {
                continue;
            }
            let text = self.text(name)?;
            if is_manifest(&text) && found.replace(text).is_some() {
                return Err(PolicyFilesError::Ambiguous(revision.to_owned()));
            }
        }
        found.ok_or_else(unknown)
    }

    /// Returns the text that has this hash.
    ///
    /// # Errors
    /// When it is not kept, or not what it was.
    pub fn text(&self, name: &str) -> Result<String, PolicyFilesError> {
        if !is_hash(name) {
            return Err(PolicyFilesError::Unknown(name.to_owned()));
        }
        let path = self.folder.join(name);
        let read = || {
            if fs::metadata(&path)?.len() > MOST_BYTES {
                return Err(io::Error::other("it is too large"));
            }
            fs::read_to_string(&path)
        };
        match read() {
            Ok(text) if hash(&text) == name => Ok(text),
            Ok(_) => Err(PolicyFilesError::Changed(path)),
            Err(source) => Err(PolicyFilesError::Io { path, source }),
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && is_hex(text)
}

fn is_manifest(text: &str) -> bool {
    let line = |line: &str| line.split_once("  ").is_some_and(|(hash, _)| is_hash(hash));
    !text.is_empty() && text.ends_with('\n') && text.lines().all(line)
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
