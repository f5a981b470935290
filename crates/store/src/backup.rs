//! Copying a data directory that is in use, as it was at one signed checkpoint.
//!
//! Writing goes on meanwhile: only what rewrites sealed segments waits. What is copied after the checkpoint may be
//! newer than it, where newer does no harm: a key too many, a file of a policy directory that is not in force yet. What
//! says how far somebody has read is copied before it.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use syndic_ledger::{Hash, TILE_LEVELS, VerifierKey, tile_hashes};
use thiserror::Error;

use crate::Store;
use crate::checkpoint::Published;
use crate::directory::{FORMAT, Layout, make, private, replace, sync_parent};
use crate::manifest::Manifest;
use crate::positions::Segment;
use crate::read::ReadError;
use crate::segment::seal;
use crate::verify::{VerifyError, verify};

/// How long to wait for a checkpoint over all there is.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is copied before the checkpoint: how far others have read, and whatever else there may be.
const NOT_CURSORS: &[&str] = &[
    "FORMAT",
    "checkpoint",
    "cosigned",
    "head.json",
    "index",
    "index.db",
    "index.db-shm",
    "index.db-wal",
    "keys",
    "keys.db",
    "keys.db-journal",
    "lock",
    "log.vkey",
    "policy",
    "segments",
    "snapshot",
    "tiles",
];

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made.
    pub at: Timestamp,
    /// The log's name.
    pub origin: String,
    /// How many records it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The secrets of the log are in it: its signing key, and that of permits.
    pub secrets: bool,
    /// The key that opens all others is in it: whoever has it reads every part.
    pub master_key: bool,
}

impl BackedUp {
    /// Returns the root in base64.
    #[must_use]
    pub fn root_text(&self) -> String {
        STANDARD.encode(self.root)
    }
}

/// Why there is no backup. Nothing is left where it should be.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Where it should be is not free.
    #[error("`{}` is not an empty directory; a backup goes into one of its own", .0.display())]
    NotEmpty(PathBuf),
    /// Another one is being made there.
    #[error("another backup to the same place is being made, or was interrupted; remove `{}`", .0.display())]
    Partial(PathBuf),
    /// It would be copied into what it copies.
    #[error("`{}` is within the data directory; a backup belongs on another disk", .0.display())]
    Inside(PathBuf),
    /// The file system refused.
    #[error("cannot write the backup `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// Nothing could be signed.
    #[error(transparent)]
    Checkpoint(#[from] ReadError),
    /// The keys of parts cannot be copied.
    #[error("cannot copy the keys of parts")]
    Keys(#[from] rusqlite::Error),
    /// What was copied does not verify.
    #[error("the copy does not verify, and was removed")]
    Verify(#[from] VerifyError),
}

impl Store {
    /// Copies the data directory to `to`, which is missing or an empty directory, as it is at a checkpoint over all
    /// that is durable now; with `secrets` also the files of `keys/`. It is there whole or not at all. Blocks.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn backup(&self, to: &Path, secrets: bool) -> Result<BackedUp, BackupError> {
        let refused = |error| BackupError::Io(to.to_owned(), error);
        let root = self.shelf.layout.root();
        let to = settle(to).map_err(refused)?;
        let root = fs::canonicalize(root).map_err(refused)?;
        if to.starts_with(&root) {
            return Err(BackupError::Inside(to));
        }
        if !is_free(&to).map_err(refused)? {
            return Err(BackupError::NotEmpty(to));
        }
        let partial = beside(&to, "partial");
        if partial.exists() {
            return Err(BackupError::Partial(partial));
        }
        let copied = self.copy_to(&root, &partial, secrets).and_then(|manifest| {
            fs::rename(&partial, &to).map_err(refused)?;
            sync_parent(&to).map_err(refused)?;
            Ok(manifest)
        });
        let (manifest, root) = match copied {
            Ok(copied) => copied,
            Err(error) => {
                drop(fs::remove_dir_all(&partial));
                return Err(error);
            }
        };
        Ok(BackedUp {
            path: to,
            at: manifest.at,
            size: manifest.size,
            root,
            files: manifest.files.len(),
            bytes: manifest.bytes(),
            secrets: manifest.secrets,
            master_key: manifest.master_key,
            origin: manifest.origin,
        })
    }

    fn copy_to(
        &self,
        from: &Path,
        to: &Path,
        secrets: bool,
    ) -> Result<(Manifest, Hash), BackupError> {
        let refused = |error| BackupError::Io(to.to_owned(), error);
        make(to).map_err(refused)?;
        copy_others(from, to).map_err(refused)?;
        let rewriting = self.shelf.take();
        let cosigned = self.cosigned();
        let checkpoint = self.checkpoint_of_all()?;
        let (source, target) = (Layout::new(from), Layout::new(to));
        self.copy_segments(&source, &target, checkpoint.head.size).map_err(refused)?;
        drop(rewriting);
        copy_tiles(&source, &target, checkpoint.head.size).map_err(refused)?;
        copy_below(&source.policy(), &target.policy()).map_err(refused)?;
        self.keys.copy_to(&target.part_keys())?;
        replace(&target.checkpoint(), checkpoint.text.as_bytes()).map_err(refused)?;
        if let Some(cosigned) = cosigned {
            replace(&target.cosigned(), cosigned.text.as_bytes()).map_err(refused)?;
        }
        let keys: Vec<VerifierKey> = self.log_keys();
        let lines: String = keys.iter().map(|key| format!("{key}\n")).collect();
        replace(&target.log_vkey(), lines.as_bytes()).map_err(refused)?;
        replace(&target.format(), format!("{FORMAT}\n").as_bytes()).map_err(refused)?;
        if secrets {
            copy_below(&from.join("keys"), &to.join("keys")).map_err(refused)?;
        }
        verify(to)?;
        let origin = keys.first().map(|key| key.name().to_owned()).unwrap_or_default();
        let mut manifest = Manifest::new(origin, checkpoint.head.size, self.clock.now());
        manifest.secrets = secrets;
        manifest.master_key = target.secret("master").exists();
        manifest.list(to).map_err(refused)?;
        manifest.write(to).map_err(refused)?;
        Ok((manifest, checkpoint.head.root))
    }

    fn checkpoint_of_all(&self) -> Result<Arc<Published>, ReadError> {
        match self.durable_index().checked_sub(1) {
            Some(last) => self.checkpoint_over(last, PATIENCE),
            None => Ok(self.checkpoint()),
        }
    }

    /// Copies the first `size` records.
    fn copy_segments(&self, from: &Layout, to: &Layout, size: u64) -> io::Result<()> {
        make(&to.segments())?;
        let segments = self.positions.view(|segments| {
            let within = segments.iter().filter(|segment| segment.first < size);
            within.map(Copying::of).collect::<Vec<_>>()
        });
        for Copying { first, records, is_compressed } in segments {
            let (plain, packed) = (from.segment(first), from.compressed(first));
            if is_compressed {
                copy(&packed, &to.compressed(first))?;
                seal(&to.compressed(first))?;
            } else if first + records <= size {
                // The open segment may grow meanwhile.
                copy_lines(&plain, &to.segment(first), records)?;
            } else {
                copy_lines(&plain, &to.segment(first), size - first)?;
            }
        }
        copy_beside(from, to)
    }
}

/// A segment as it was looked at.
struct Copying {
    first: u64,
    records: u64,
    is_compressed: bool,
}

impl Copying {
    const fn of(segment: &Segment) -> Self {
        let (first, records) = (segment.first, segment.records);
        Self { first, records, is_compressed: segment.is_compressed() }
    }
}

/// Copies what lies among the segments and is none: leaves of dropped ones that still govern.
fn copy_beside(from: &Layout, to: &Layout) -> io::Result<()> {
    for entry in fs::read_dir(from.segments())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_segment = name.starts_with(|first: char| first.is_ascii_digit());
        if !is_segment && !name.ends_with("tmp") && entry.file_type()?.is_file() {
            copy(&entry.path(), &to.segments().join(name))?;
        }
    }
    Ok(())
}

/// Copies the hashes that belong to the first `size` leaves.
fn copy_tiles(from: &Layout, to: &Layout, size: u64) -> io::Result<()> {
    for level in 0..TILE_LEVELS {
        let target = to.tile_level(level);
        if let Some(parent) = target.parent() {
            make(parent)?;
        }
        let bytes = tile_hashes(size, level) * size_of::<Hash>() as u64;
        let mut source = File::open(from.tile_level(level))?.take(bytes);
        let mut file = private().create_new(true).write(true).open(target)?;
        io::copy(&mut source, &mut file)?;
        file.sync_all()?;
    }
    Ok(())
}

fn copy_lines(from: &Path, to: &Path, lines: u64) -> io::Result<()> {
    let mut source = BufReader::with_capacity(1 << 16, File::open(from)?);
    let mut file = io::BufWriter::new(private().create_new(true).write(true).open(to)?);
    let mut line = Vec::new();
    for _ in 0..lines {
        line.clear();
        source.read_until(b'\n', &mut line)?;
        file.write_all(&line)?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn copy_others(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let is_other = name.to_str().is_none_or(|name| !NOT_CURSORS.contains(&name));
        if is_other && entry.file_type()?.is_dir() {
            copy_below(&path, &to.join(name))?;
        } else if is_other && is_kept(&entry)? {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// Copies a directory with everything below it; one that is not there is none to copy.
pub(crate) fn copy_below(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    make(to)?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_below(&entry.path(), &target)?;
        } else if is_kept(&entry)? {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// No socket, and nothing that was being written.
fn is_kept(entry: &fs::DirEntry) -> io::Result<bool> {
    let name = entry.file_name();
    Ok(entry.file_type()?.is_file() && !name.to_string_lossy().ends_with("tmp"))
}

/// Copies a file, durably, and for this user alone.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut file = private().create_new(true).write(true).open(to)?;
    io::copy(&mut source, &mut file)?;
    file.sync_all()
}

/// Tells whether a backup may go there, or a restored directory.
pub(crate) fn is_free(path: &Path) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns a path without links in what is there of it; its parent must be.
pub(crate) fn settle(path: &Path) -> io::Result<PathBuf> {
    if let Ok(settled) = fs::canonicalize(path) {
        return Ok(settled);
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(fs::canonicalize(parent.unwrap_or_else(|| Path::new(".")))?.join(name))
}

/// Returns a hidden name beside a path.
pub(crate) fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}
