//! The directory of a witness: its key, its lock, and for each log the newest checkpoint that it cosigned.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use syndic_ledger::{KeyKind, NoteKey, SEED_BYTES, SignedCheckpoint, VerifierKey};
use thiserror::Error;

/// Why the directory of a witness cannot be used.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// The file system refused.
    #[error("cannot use `{}`", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process has it.
    #[error(
        "another witness holds the lock `{}`; two of one key would vouch for two histories", .0.display()
    )]
    Locked(PathBuf),
    /// There is no key.
    #[error("there is no key `{}`; make one with `syndic witness key`", .0.display())]
    NoKey(PathBuf),
    /// There is a key already.
    #[error(
        "there is a key for `{name}` already in `{}`; a witness keeps its key", .path.display()
    )]
    HasKey {
        /// Where.
        path: PathBuf,
        /// Whose.
        name: String,
    },
    /// The name cannot be one.
    #[error("`{}` cannot be the name of a witness: {source}", .name.escape_debug())]
    Name {
        /// The name.
        name: String,
        /// Why.
        source: syndic_ledger::KeyError,
    },
    /// A file is not what was written.
    #[error(
        "`{}` is damaged: {reason}; restore it from a backup that is as new, for without it the witness would cosign \
         another history", .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Why a checkpoint was not kept.
#[derive(Debug)]
pub(crate) enum NotKept {
    /// The one before it is as it was.
    Before(io::Error),
    /// Which of the two is there after a crash is not known.
    Unknown(io::Error),
}

/// The directory of a witness, taken for as long as this lives.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    key: NoteKey,
    _lock: File,
}

impl Directory {
    /// Makes the key of a new witness, from a seed that is random and secret.
    ///
    /// # Errors
    /// When there is one already, the name cannot be one, or it cannot be written.
    pub fn make_key(
        root: &Path,
        name: &str,
        seed: &[u8; SEED_BYTES],
    ) -> Result<VerifierKey, DirectoryError> {
        let key = NoteKey::new(name, KeyKind::Witness, seed)
            .map_err(|source| DirectoryError::Name { name: name.to_owned(), source })?;
        private_directory(root).map_err(at(root))?;
        let path = key_path(root);
        let temporary = path.with_extension("tmp");
        let text = format!("{}\n{}\n", key.verifier(), STANDARD.encode(seed));
        write(&temporary, text.as_bytes()).map_err(at(&temporary))?;
        // In place of nothing: two who make a key at once do not replace each other's.
        let made = fs::hard_link(&temporary, &path);
        fs::remove_file(&temporary).map_err(at(&temporary))?;
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let name = read_key(&path)?.verifier().name().to_owned();
                return Err(DirectoryError::HasKey { path, name });
            }
            made => made.map_err(at(&path))?,
        }
        File::open(root).and_then(|root| root.sync_all()).map_err(at(root))?;
        Ok(key.verifier().clone())
    }

    /// Returns the key of a witness, while it may be running.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn verifier(root: &Path) -> Result<VerifierKey, DirectoryError> {
        Ok(read_key(&key_path(root))?.verifier().clone())
    }

    /// Takes the directory.
    ///
    /// # Errors
    /// When another process has it, or its key cannot be read.
    pub fn open(root: &Path) -> Result<Self, DirectoryError> {
        let key = read_key(&key_path(root))?;
        let path = root.join("lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).mode(0o600).open(&path);
        let lock = lock.map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DirectoryError::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(DirectoryError::Io { path, source }),
        }
        let logs = root.join("logs");
        private_directory(&logs).map_err(at(&logs))?;
        // What is read from now on is there after a crash too, even if the last process could not tell.
        File::open(&logs).and_then(|logs| logs.sync_all()).map_err(at(&logs))?;
        File::open(root).and_then(|root| root.sync_all()).map_err(at(root))?;
        Ok(Self { root: root.to_owned(), key, _lock: lock })
    }

    /// Returns the key that it signs with.
    #[must_use]
    pub const fn key(&self) -> &NoteKey {
        &self.key
    }

    /// Reads the newest checkpoint of a log that was cosigned; `None` where none ever was.
    ///
    /// # Errors
    /// When it is not what was written.
    pub(crate) fn newest(
        &self,
        origin: &str,
        keys: &[VerifierKey],
    ) -> Result<Option<SignedCheckpoint>, DirectoryError> {
        let path = self.log(&log_id(origin));
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(DirectoryError::Io { path, source }),
        };
        let damaged = |reason: String| DirectoryError::Damaged { path: path.clone(), reason };
        let checkpoint =
            SignedCheckpoint::parse(&text).map_err(|error| damaged(error.to_string()))?;
        let own = std::slice::from_ref(self.key.verifier());
        let signatories =
            checkpoint.verify(keys, own).map_err(|error| damaged(error.to_string()))?;
        if signatories.witnesses.is_empty() {
            return Err(damaged(format!("it is not cosigned by `{}`", self.key.verifier())));
        }
        Ok(Some(checkpoint))
    }

    /// Keeps a checkpoint, whole and durable: after a crash there is the old one or the new one.
    pub(crate) fn keep(&self, checkpoint: &SignedCheckpoint) -> Result<(), NotKept> {
        let path = self.log(&log_id(&checkpoint.checkpoint().origin));
        let temporary = path.with_extension("tmp");
        let directory = File::open(self.root.join("logs")).map_err(NotKept::Before)?;
        write(&temporary, checkpoint.to_string().as_bytes()).map_err(NotKept::Before)?;
        fs::rename(&temporary, &path).and_then(|()| directory.sync_all()).map_err(NotKept::Unknown)
    }

    /// Reads what is served to monitors.
    pub(crate) fn read(&self, id: &str) -> io::Result<Vec<u8>> {
        fs::read(self.log(id))
    }

    fn log(&self, id: &str) -> PathBuf {
        self.root.join("logs").join(id)
    }
}

/// Returns what a log is called where its origin cannot stand: SHA-256 of the origin in hex.
pub(crate) fn log_id(origin: &str) -> String {
    let mut id = String::with_capacity(64);
    for byte in Sha256::digest(origin) {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

fn key_path(root: &Path) -> PathBuf {
    root.join("witness.key")
}

fn read_key(path: &Path) -> Result<NoteKey, DirectoryError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(DirectoryError::NoKey(path.to_owned()));
        }
        text => text.map_err(at(path))?,
    };
    let damaged =
        |reason: &str| DirectoryError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
    let (verifier, seed) =
        text.trim_end().split_once('\n').ok_or_else(|| damaged("it has not two lines"))?;
    let verifier: VerifierKey =
        verifier.parse().map_err(|_| damaged("its first line is no verifier key"))?;
    let seed = STANDARD.decode(seed).ok().and_then(|seed| seed.try_into().ok());
    let seed = seed.ok_or_else(|| damaged("its second line is no seed"))?;
    NoteKey::new(verifier.name(), KeyKind::Witness, &seed)
        .ok()
        .filter(|key| *key.verifier() == verifier)
        .ok_or_else(|| damaged("its two lines do not belong together"))
}

fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DirectoryError {
    let path = path.to_owned();
    |source| DirectoryError::Io { path, source }
}
