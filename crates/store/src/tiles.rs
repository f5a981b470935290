//! The hash tiles on disk: a file a level, which a proof is read from. They follow the segments, and are made again
//! where they do not.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::sync::Arc;

use lru::LruCache;
use parking_lot::Mutex;
use syndic_ledger::{
    Hash, TILE_LEVELS, TILE_WIDTH, TileEdge, Tiles, Tree, above, derive_subtree, tile_hashes,
};

use crate::directory::Layout;

const HASH_BYTES: u64 = 32;
/// Levels of the tree in one level of tiles.
const TILE_HEIGHT: u8 = 8;
/// How many tiles are remembered from the inside: 8 KiB each, of a million records when all are of leaves.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// The tiles, as their only writer sees them.
#[derive(Debug)]
pub(crate) struct TileWriter {
    files: Vec<File>,
    edge: TileEdge,
    size: u64,
    /// INVARIANT: hashes of the first so many leaves are never cut.
    kept: u64,
    grown: Vec<Vec<u8>>,
}

/// The tiles, as everybody else sees them.
#[derive(Debug)]
pub(crate) struct TileFiles {
    files: Vec<File>,
    /// What was derived above the hashes of tiles, which never change.
    inner: Mutex<LruCache<(u8, u64), Arc<Inner>>>,
}

/// The levels within a tile, above its first hashes: of a tile that grows, those it had when it was last looked at.
#[derive(Debug)]
struct Inner {
    hashes: u64,
    levels: Vec<Vec<Hash>>,
}

impl TileWriter {
    /// Opens the tiles and keeps what belongs to the first `size` leaves at most. Those of the first `kept` are not made
    /// again: their leaves may be gone.
    pub(crate) fn open(layout: &Layout, size: u64, kept: u64) -> io::Result<Self> {
        let mut files = Vec::with_capacity(TILE_LEVELS);
        for level in 0..TILE_LEVELS {
            let mut options = OpenOptions::new();
            options.read(true).append(true).create(true).mode(0o600);
            files.push(options.open(layout.tile_level(level))?);
        }
        let leaves = files.first().map_or(Ok(0), hashes_in)?;
        let mut opened = Self {
            files,
            edge: TileEdge::default(),
            size: 0,
            kept,
            grown: vec![Vec::new(); TILE_LEVELS],
        };
        opened.cut(leaves.min(size))?;
        Ok(opened)
    }

    /// Returns how many leaves they cover.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the tree that they are of, as far as their right edge tells.
    pub(crate) fn tree(&self) -> Tree {
        self.edge.tree(self.size)
    }

    /// Drops everything but the first `size` leaves, or but what is kept where a level is missing what that needs.
    pub(crate) fn cut(&mut self, size: u64) -> io::Result<()> {
        let lacks = |size| -> io::Result<bool> {
            for (level, file) in self.files.iter().enumerate() {
                if hashes_in(file)? < tile_hashes(size, level) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let size = if size < self.kept || lacks(size)? { self.kept } else { size };
        if lacks(size)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut edge: [Vec<Hash>; TILE_LEVELS] = Default::default();
        for ((level, file), tile) in self.files.iter().enumerate().zip(&mut edge) {
            let hashes = tile_hashes(size, level);
            file.set_len(hashes * HASH_BYTES)?;
            let width = hashes % TILE_WIDTH;
            *tile = read(file, hashes - width, width)?;
        }
        (self.edge, self.size) = (TileEdge::resume(edge), size);
        Ok(())
    }

    /// Appends the hash of a leaf; it is on disk after [`Self::write`].
    pub(crate) fn append(&mut self, leaf: Hash) {
        let grown = &mut self.grown;
        self.edge.append(leaf, |level, hash| {
            if let Some(grown) = grown.get_mut(level) {
                grown.extend_from_slice(hash);
            }
        });
        self.size += 1;
    }

    /// Writes what was appended. Not synced: what a loss of power takes is made again from the segments.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        for (mut file, grown) in self.files.iter().zip(&mut self.grown) {
            if !grown.is_empty() {
                file.write_all(grown)?;
                grown.clear();
            }
        }
        Ok(())
    }
}

impl TileFiles {
    pub(crate) fn open(layout: &Layout) -> io::Result<Self> {
        let files = (0..TILE_LEVELS).map(|level| File::open(layout.tile_level(level)));
        let inner = Mutex::new(LruCache::new(REMEMBERED));
        Ok(Self { files: files.collect::<Result<_, _>>()?, inner })
    }

    /// Returns a hash within a tile, `height` levels above those it is made of.
    fn within(&self, level: u8, height: u8, n: u64) -> io::Result<Hash> {
        let width = TILE_WIDTH >> height;
        let place = n % width;
        let inner = self.inner(level, n / width, (place + 1) << height)?;
        let hashes = inner.levels.get(usize::from(height.saturating_sub(1)));
        let place = usize::try_from(place).ok();
        let hash = hashes.zip(place).and_then(|(hashes, place)| hashes.get(place));
        hash.copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Returns what is above the first `needed` hashes of a tile, at least.
    fn inner(&self, level: u8, tile: u64, needed: u64) -> io::Result<Arc<Inner>> {
        if let Some(known) = self.inner.lock().get(&(level, tile))
            && known.hashes >= needed
        {
            return Ok(Arc::clone(known));
        }
        let read = |hashes| self.read(usize::from(level), tile * TILE_WIDTH, hashes);
        let mut hashes = match read(TILE_WIDTH) {
            // What is beyond those that are needed may be half written.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => read(needed)?,
            whole => whole?,
        };
        let mut inner = Inner { hashes: hashes.len() as u64, levels: Vec::new() };
        while hashes.len() > 1 {
            hashes = above(&hashes);
            inner.levels.push(hashes.clone());
        }
        let inner = Arc::new(inner);
        self.inner.lock().put((level, tile), Arc::clone(&inner));
        Ok(inner)
    }

    /// Returns the tree that the log was when it had `size` leaves.
    pub(crate) fn tree_at(&self, size: u64) -> io::Result<Tree> {
        Ok(self.edge_at(size)?.tree(size))
    }

    /// Returns the right edge of the tiles when the log had `size` leaves.
    pub(crate) fn edge_at(&self, size: u64) -> io::Result<TileEdge> {
        let mut edge: [Vec<Hash>; TILE_LEVELS] = Default::default();
        for (level, tile) in edge.iter_mut().enumerate() {
            let hashes = tile_hashes(size, level);
            let width = hashes % TILE_WIDTH;
            *tile = self.read(level, hashes - width, width)?;
        }
        Ok(TileEdge::resume(edge))
    }

    /// Returns when what was written survives a loss of power.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.files.iter().try_for_each(File::sync_all)
    }

    /// Reads `count` hashes of a level from hash `first` on; fewer is an error.
    pub(crate) fn read(&self, level: usize, first: u64, count: u64) -> io::Result<Vec<Hash>> {
        let file = self.files.get(level).ok_or(io::ErrorKind::NotFound)?;
        read(file, first, count)
    }
}

impl Tiles for TileFiles {
    type Error = io::Error;

    fn hashes(&self, level: u8, first: u64, count: usize) -> io::Result<Vec<Hash>> {
        self.read(usize::from(level), first, count as u64)
    }

    fn subtree(&self, height: u8, n: u64) -> io::Result<Hash> {
        match (height / TILE_HEIGHT, height % TILE_HEIGHT) {
            (_, 0) => derive_subtree(self, height, n),
            (level, within) => self.within(level, within, n),
        }
    }
}

fn hashes_in(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len() / HASH_BYTES)
}

fn read(file: &File, first: u64, count: u64) -> io::Result<Vec<Hash>> {
    let bytes = usize::try_from(count * HASH_BYTES).map_err(io::Error::other)?;
    let mut read = vec![0; bytes];
    file.read_exact_at(&mut read, first * HASH_BYTES)?;
    let (hashes, _) = read.as_chunks::<32>();
    Ok(hashes.to_vec())
}

#[cfg(test)]
mod tests {
    use std::io;

    use proptest::prelude::*;
    use syndic_ledger::{Hash, Tiles, consistency, inclusion, leaf_hash};
    use tempfile::tempdir;

    use super::{TileFiles, TileWriter};
    use crate::directory::Layout;

    /// The same tiles, of which nothing is remembered.
    struct Bare<'a>(&'a TileFiles);

    impl Tiles for Bare<'_> {
        type Error = io::Error;

        fn hashes(&self, level: u8, first: u64, count: usize) -> io::Result<Vec<Hash>> {
            self.0.hashes(level, first, count)
        }
    }

    proptest! {
        #[test]
        fn what_is_remembered_of_tiles_proves_the_same_however_they_grow(
            steps in prop::collection::vec((1_u64..400, any::<prop::sample::Index>()), 1..12),
        ) {
            let directory = tempdir().unwrap();
            let layout = Layout::new(directory.path());
            std::fs::create_dir(layout.tiles()).unwrap();
            let mut writer = TileWriter::open(&layout, 0, 0).unwrap();
            let files = TileFiles::open(&layout).unwrap();
            for (more, asked) in steps {
                for _ in 0..more {
                    writer.append(leaf_hash(&writer.size().to_be_bytes()));
                }
                writer.write().unwrap();
                let size = writer.size();
                for earlier in [size, size - more / 2] {
                    let index = asked.index(usize::try_from(earlier).unwrap()) as u64;
                    let proof = inclusion(index, earlier, &Bare(&files)).unwrap();
                    prop_assert_eq!(inclusion(index, earlier, &files).unwrap(), proof);
                    let proof = consistency(index, earlier, &Bare(&files)).unwrap();
                    prop_assert_eq!(consistency(index, earlier, &files).unwrap(), proof);
                }
            }
        }
    }
}
