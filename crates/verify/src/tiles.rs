//! The hash tiles of a directory: derived, and compared with what is derived again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use syndic_ledger::{Hash, TILE_LEVELS, TILE_WIDTH, Tree, perfect, tile_hashes};

use crate::finding::{Fault, Unusable, VerifyError, at};

const HASH_BYTES: u64 = 32;

/// The tiles as far as the checkpoint covers them; what is beyond may be half written.
#[derive(Debug)]
pub(crate) struct TileFiles {
    levels: Vec<Level>,
    covered: u64,
}

#[derive(Debug)]
struct Level {
    path: PathBuf,
    file: File,
    found: u64,
}

impl TileFiles {
    /// Opens the tiles of a directory; none where it has none, as one of format 1.
    pub(crate) fn open(directory: &Path, covered: u64) -> Result<Self, Unusable> {
        let mut levels = Vec::new();
        for level in 0..TILE_LEVELS {
            let path = directory.join("tiles").join(level.to_string());
            let file = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(at(path)(error)),
            };
            let found = file.metadata().map_err(at(&path))?.len() / HASH_BYTES;
            levels.push(Level { path, file, found });
        }
        Ok(Self { levels, covered })
    }

    /// Returns the file of a level.
    pub(crate) fn path(&self, directory: &Path, level: usize) -> PathBuf {
        let known = self.levels.get(level).map(|level| level.path.clone());
        known.unwrap_or_else(|| directory.join("tiles").join(level.to_string()))
    }

    /// Refuses tiles that end before the checkpoint needs them to.
    pub(crate) fn check_lengths(&self, directory: &Path) -> Result<(), VerifyError> {
        for level in 0..TILE_LEVELS {
            let needed = tile_hashes(self.covered, level);
            let found = self.levels.get(level).map_or(0, |level| level.found);
            if found < needed {
                let fault = Fault::TilesMissing { found, needed };
                return Err(VerifyError::refuted(self.path(directory, level), None, fault));
            }
        }
        Ok(())
    }

    /// Compares hashes with those of a level from hash `first` on; returns the first that is not the same.
    pub(crate) fn differ(
        &self,
        level: usize,
        first: u64,
        hashes: &[Hash],
    ) -> io::Result<Option<u64>> {
        let end = tile_hashes(self.covered, level).min(first.saturating_add(hashes.len() as u64));
        let stored = self.read(level, first, end.saturating_sub(first))?;
        let pairs = hashes.iter().zip(&stored);
        let differs = pairs.zip(first..).find(|((hash, stored), _)| hash != stored);
        Ok(differs.map(|(_, n)| n))
    }

    /// Reads up to `count` hashes of a level; fewer where they end.
    pub(crate) fn read(&self, level: usize, first: u64, count: u64) -> io::Result<Vec<Hash>> {
        let Some(Level { file, found, .. }) = self.levels.get(level) else { return Ok(Vec::new()) };
        let count = count.min(found.saturating_sub(first));
        let bytes = usize::try_from(count * HASH_BYTES).map_err(io::Error::other)?;
        let mut read = vec![0; bytes];
        file.read_exact_at(&mut read, first * HASH_BYTES)?;
        let (hashes, _) = read.as_chunks::<32>();
        Ok(hashes.to_vec())
    }

    /// Derives the tree of the first `size` leaves from their hashes; `None` where there are fewer.
    pub(crate) fn tree(&self, size: u64) -> io::Result<Option<Tree>> {
        let mut tree = Tree::default();
        while tree.size() < size {
            let hashes = self.read(0, tree.size(), TILE_WIDTH.min(size - tree.size()))?;
            match hashes.len() as u64 {
                TILE_WIDTH => tree.append_subtree(8, perfect(&hashes)),
                0 => return Ok(None),
                _ => hashes.iter().for_each(|hash| tree.append_leaf_hash(*hash)),
            }
        }
        Ok(Some(tree))
    }

    /// Compares the levels above the leaves with the roots of the tiles of leaves.
    pub(crate) fn check_above(
        &self,
        directory: &Path,
        roots: Vec<Hash>,
    ) -> Result<(), VerifyError> {
        let mut hashes = roots;
        for level in 1..TILE_LEVELS {
            let path = self.path(directory, level);
            if let Some(n) = self.differ(level, 0, &hashes).map_err(at(&path))? {
                return Err(VerifyError::refuted(path, None, Fault::Tile(n)));
            }
            let (tiles, _) = hashes.as_chunks::<256>();
            hashes = tiles.iter().map(|tile| perfect(tile)).collect();
        }
        Ok(())
    }
}
