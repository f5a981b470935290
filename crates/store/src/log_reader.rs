//! Reading a log as it lies on disk, closed or in use, without its index and without its lock.

mod chunks;
mod decode;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syndic_ledger::{
    CheckpointError, Hash, Head, Leaf, Line, NoteError, ProveError, SignedCheckpoint, SignedText,
    Tree, VerifierKey, verify_consistency,
};
use thiserror::Error;

use self::chunks::Chunks;
use crate::Store;
use crate::carried;
use crate::directory::Layout;
use crate::lines::Lines;
use crate::recover::kept_from;
use crate::scan::{ScanError, begin, list};
use crate::tiles::TileFiles;

/// Reads the log of a data directory.
#[derive(Debug, Clone)]
pub struct LogReader {
    layout: Layout,
}

/// How far a log was read; nothing of it at first.
#[derive(Debug, Clone, Default)]
pub struct LogRead {
    pub(crate) tree: Tree,
    first: u64,
    kept: u64,
}

/// Why a log cannot be read.
#[derive(Debug, Error)]
pub enum LogReaderError {
    /// The segments are not what was written.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// A signed checkpoint cannot be used.
    #[error("`{}` cannot be used; restore it from a backup", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// `log.vkey` has something that is no key.
    #[error("`{}` holds no verifier key; restore it from a backup", .0.display())]
    Key(PathBuf),
    /// Records that are not there.
    #[error("the log has no record {0}")]
    Beyond(u64),
    /// The record was dropped when its time had come.
    #[error("record {0} was dropped: records are kept for a limited time")]
    Dropped(u64),
}

impl LogRead {
    /// Returns size and root, computed from the records' bytes, and from the kept hashes of those that were dropped.
    #[must_use]
    pub fn head(&self) -> Head {
        self.tree.head()
    }

    /// Returns the first record whose bytes were there; of those before only what still governs is left.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// Returns the first record that is kept, as the records themselves say.
    #[must_use]
    pub const fn first_kept(&self) -> u64 {
        self.kept
    }
}

impl Store {
    /// Returns what reads this log beside its writer; records before [`Self::durable_index`] are there to be read.
    #[must_use]
    pub fn log_reader(&self) -> LogReader {
        LogReader { layout: self.checkpoints.layout.clone() }
    }

    /// Signs a text, which ends with a line feed, with the log's keys, as a signed note.
    ///
    /// # Errors
    /// When the text cannot stand in a note, or could be taken for a checkpoint.
    pub fn sign(&self, text: &str) -> Result<SignedText, NoteError> {
        SignedText::sign(text, &self.checkpoints.keys.read().keys())
    }
}

impl LogReader {
    /// Names the data directory; nothing is read yet.
    #[must_use]
    pub fn of(directory: &Path) -> Self {
        Self { layout: Layout::new(directory) }
    }

    /// Reads the records after those that were read, to before `end`, and gives each to `each`, in order. Leaves that are
    /// left of dropped records come first, where nothing was read yet. They are decoded on several threads; `each` is
    /// called on this one.
    ///
    /// # Errors
    /// When a record is missing or not what was written. What `each` was given until then is to be thrown away.
    pub fn read(
        &self,
        before: LogRead,
        end: u64,
        each: &mut dyn FnMut(&Leaf),
    ) -> Result<LogRead, LogReaderError> {
        let mut read = before;
        if read.tree.size() >= end {
            return Ok(read);
        }
        let segments = list(&self.layout)?;
        if read.tree.size() == 0 {
            read.tree = begin(&self.layout, &segments, &[])?.tree().clone();
            read.first = read.tree.size();
            let kept = &mut read.kept;
            carried::read(&self.layout, &read.tree, &mut |leaf| {
                *kept = (*kept).max(kept_from(&leaf.record));
                if carried::governs(&leaf.record) {
                    each(leaf);
                }
            })?;
        }
        let chunks = Chunks::new(&self.layout, segments, read.tree.size(), end);
        decode::all(chunks, &mut |hash, leaf| {
            read.tree.append_leaf_hash(hash);
            read.kept = read.kept.max(kept_from(&leaf.record));
            each(leaf);
        })?;
        if read.tree.size() < end {
            return Err(LogReaderError::Beyond(read.tree.size()));
        }
        Ok(read)
    }

    /// Returns the first record whose bytes are there now.
    ///
    /// # Errors
    /// When the segments cannot be listed.
    pub fn first(&self) -> Result<u64, LogReaderError> {
        Ok(list(&self.layout)?.first().map_or(0, |segment| segment.first))
    }

    /// Returns the keys that the directory says verify its checkpoints, the current one first; none where it was never
    /// served.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn keys(&self) -> Result<Vec<VerifierKey>, LogReaderError> {
        let path = self.layout.log_vkey();
        let Some(bytes) = read_file(&path)? else { return Ok(Vec::new()) };
        let text = String::from_utf8_lossy(&bytes);
        let keys = text.lines().map(str::parse).collect::<Result<_, _>>();
        keys.map_err(|_| LogReaderError::Key(path))
    }

    /// Returns the newest signed checkpoint; none where none was signed yet. Whose signatures it has is not looked at.
    ///
    /// # Errors
    /// When it is none.
    pub fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, LogReaderError> {
        checkpoint(self.layout.checkpoint())
    }

    /// Returns the newest checkpoint with cosignatures, as [`Self::checkpoint`].
    ///
    /// # Errors
    /// When it is none.
    pub fn cosigned(&self) -> Result<Option<SignedCheckpoint>, LogReaderError> {
        checkpoint(self.layout.cosigned())
    }

    /// Tells whether the log of `later` continues the one of `earlier`, as far as the tiles prove it.
    ///
    /// # Errors
    /// When the tiles cannot be read.
    pub fn continues(&self, earlier: &Head, later: &Head) -> Result<bool, LogReaderError> {
        if earlier.size == 0 || earlier.size >= later.size {
            return Ok(earlier.size == 0 || earlier == later);
        }
        let proof = syndic_ledger::consistency(earlier.size, later.size, &self.tiles()?);
        let proof = proof.map_err(|error| self.unproved(error))?;
        Ok(verify_consistency(earlier, later, &proof).is_ok())
    }

    /// Returns the hash of leaf `index` and the proof that it is in the log of `size` records.
    ///
    /// # Errors
    /// When it is not, or the tiles cannot be read.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<(Hash, Vec<Hash>), LogReaderError> {
        let tiles = self.tiles()?;
        let proof = syndic_ledger::inclusion(index, size, &tiles);
        let proof = proof.map_err(|error| self.unproved(error))?;
        let leaf = tiles.read(0, index, 1).map_err(self.refused())?.pop();
        Ok((leaf.ok_or(LogReaderError::Beyond(index))?, proof))
    }

    /// Reads the bytes of leaves; each segment at most once.
    ///
    /// # Errors
    /// When one is not there, or is not what was written.
    pub fn leaves(
        &self,
        indexes: &BTreeSet<u64>,
    ) -> Result<BTreeMap<u64, Vec<u8>>, LogReaderError> {
        let segments = list(&self.layout)?;
        let mut found = BTreeMap::new();
        for (n, segment) in segments.iter().enumerate() {
            let end = segments.get(n + 1).map_or(u64::MAX, |next| next.first);
            let mut wanted = indexes.range(segment.first..end).copied().peekable();
            if wanted.peek().is_none() {
                continue;
            }
            let refused = |error| LogReaderError::Io(segment.path.clone(), error);
            let (_, mut lines) = Lines::of_segment(&self.layout, segment.first).map_err(refused)?;
            let mut at = segment.first;
            for index in wanted {
                lines.skip(index - at).map_err(refused)?;
                at = index + 1;
                let line = lines.next().map_err(refused)?.ok_or(LogReaderError::Beyond(index))?;
                found.insert(index, leaf(line, index).ok_or(LogReaderError::Beyond(index))?);
            }
        }
        let missing = indexes.iter().find(|index| !found.contains_key(index));
        match missing {
            Some(&index) => Err(self.absent(index)?),
            None => Ok(found),
        }
    }

    fn absent(&self, index: u64) -> Result<LogReaderError, LogReaderError> {
        let dropped = index < self.first()?;
        Ok(if dropped { LogReaderError::Dropped(index) } else { LogReaderError::Beyond(index) })
    }

    fn tiles(&self) -> Result<TileFiles, LogReaderError> {
        TileFiles::open(&self.layout).map_err(self.refused())
    }

    fn refused(&self) -> impl FnOnce(io::Error) -> LogReaderError {
        let path = self.layout.tiles();
        move |error| LogReaderError::Io(path, error)
    }

    fn unproved(&self, error: ProveError<io::Error>) -> LogReaderError {
        match error {
            ProveError::Range { of, .. } => LogReaderError::Beyond(of),
            ProveError::Tiles(error) => self.refused()(error),
        }
    }
}

fn leaf(line: &[u8], index: u64) -> Option<Vec<u8>> {
    let line = Line::parse(line).ok()?;
    line.index().is_ok_and(|found| found == index).then(|| line.leaf().to_vec())
}

fn checkpoint(path: PathBuf) -> Result<Option<SignedCheckpoint>, LogReaderError> {
    let Some(bytes) = read_file(&path)? else { return Ok(None) };
    match SignedCheckpoint::parse(&bytes) {
        Ok(signed) => Ok(Some(signed)),
        Err(source) => Err(LogReaderError::Checkpoint { path, source }),
    }
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, LogReaderError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LogReaderError::Io(path.to_owned(), error)),
    }
}
