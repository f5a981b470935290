//! The data directory: its layout, its lock, and how files in it are made.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why the data directory cannot be taken.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// Another process has it.
    #[error("another process holds the lock `{}`", .0.display())]
    Locked(PathBuf),
    /// Another program wrote it.
    #[error(
        "`{}` says format {found:?}, this program reads up to {FORMAT}: use the syndic that wrote it, or a newer one",
        .path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
    },
    /// The file system refused.
    #[error("cannot use `{}`", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The format of data directories that this program writes. It reads 1 too, which has a `head.json` and no file that
/// names a format.
pub(crate) const FORMAT: u32 = 2;

/// Where everything is in a data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    /// The segment whose first record is `first`.
    pub(crate) fn segment(&self, first: u64) -> PathBuf {
        self.segments().join(format!("{first:016}.jsonl"))
    }

    /// The same, sealed and compressed.
    pub(crate) fn compressed(&self, first: u64) -> PathBuf {
        self.segments().join(format!("{first:016}.jsonl.zst"))
    }

    /// The leaves of dropped segments that still govern.
    pub(crate) fn carried(&self) -> PathBuf {
        self.segments().join("carried.jsonl")
    }

    /// What is known of a compressed segment without unpacking it.
    pub(crate) fn sidecar(&self, first: u64) -> PathBuf {
        self.segments().join(format!("{first:016}.idx"))
    }

    pub(crate) fn head(&self) -> PathBuf {
        self.root.join("head.json")
    }

    /// The newest signed checkpoint.
    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    /// The newest checkpoint with cosignatures.
    pub(crate) fn cosigned(&self) -> PathBuf {
        self.root.join("cosigned")
    }

    /// The keys that verify checkpoints.
    pub(crate) fn log_vkey(&self) -> PathBuf {
        self.root.join("log.vkey")
    }

    pub(crate) fn format(&self) -> PathBuf {
        self.root.join("FORMAT")
    }

    pub(crate) fn tiles(&self) -> PathBuf {
        self.root.join("tiles")
    }

    /// The hashes of one level of tiles.
    pub(crate) fn tile_level(&self, level: usize) -> PathBuf {
        self.tiles().join(level.to_string())
    }

    /// What decisions depend on, as it was at some record.
    pub(crate) fn snapshot(&self) -> PathBuf {
        self.root.join("snapshot")
    }

    /// The folder of the index.
    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// A database of the index.
    pub(crate) fn index_file(&self, name: &str) -> PathBuf {
        self.index().join(format!("{name}.db"))
    }

    /// Where earlier versions kept the index.
    pub(crate) fn former_index(&self) -> PathBuf {
        self.root.join("index.db")
    }

    pub(crate) fn part_keys(&self) -> PathBuf {
        self.root.join("keys.db")
    }

    /// The files of governance directories, by content.
    pub(crate) fn policy(&self) -> PathBuf {
        self.root.join("policy")
    }

    /// Tells whether there is any segment.
    pub(crate) fn has_segments(&self) -> io::Result<bool> {
        Ok(fs::read_dir(self.segments())?.next().is_some())
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// A secret of the store itself.
    pub(crate) fn secret(&self, name: &str) -> PathBuf {
        self.keys().join(format!("{name}.key"))
    }

    /// Makes what is missing, for this user only, and takes the lock, which ends with the returned file or the
    /// process.
    pub(crate) fn take(&self) -> Result<File, DirectoryError> {
        let inside = ["segments", "keys", "tiles"].map(|name| self.root.join(name));
        for directory in [self.root.clone()].into_iter().chain(inside) {
            make(&directory).map_err(|source| DirectoryError::Io { path: directory, source })?;
        }
        let path = self.root.join("lock");
        let file = match private().create(true).truncate(false).write(true).open(&path) {
            Ok(file) => file,
            Err(source) => return Err(DirectoryError::Io { path, source }),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DirectoryError::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(DirectoryError::Io { path, source }),
        }
        self.check_format()?;
        self.clear_keys().map_err(|source| DirectoryError::Io { path: self.keys(), source })?;
        Ok(file)
    }

    /// Removes secrets that an interrupted write left and nobody uses.
    fn clear_keys(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.keys())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "tmp") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Refuses what a newer program wrote, and says what this one writes.
    fn check_format(&self) -> Result<(), DirectoryError> {
        let path = self.format();
        let refused = |source| DirectoryError::Io { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(text) if text.trim_end() == FORMAT.to_string() => Ok(()),
            Ok(text) => {
                let found = text.trim_end().chars().take(20).collect();
                Err(DirectoryError::Format { path, found })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                replace(&path, format!("{FORMAT}\n").as_bytes()).map_err(refused)
            }
            Err(error) => Err(refused(error)),
        }
    }
}

/// Makes a directory for this user only, durably, or takes it from everybody else.
pub(crate) fn make(directory: &Path) -> io::Result<()> {
    if directory.exists() {
        return fs::set_permissions(directory, Permissions::from_mode(0o700));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    sync_parent(&fs::canonicalize(directory)?)
}

/// Returns options whose new files only this user can read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Replaces a file as a whole: after a crash there is the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = private().create(true).truncate(true).write(true).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_parent(path)
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes the entry of a new file durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
