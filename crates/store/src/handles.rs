//! Segments that are kept open, because one record after the other is read from them.

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use lru::LruCache;
use memchr::memchr_iter;
use parking_lot::Mutex;

/// How many files are kept open.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// Open segments by their first record.
#[derive(Debug)]
pub(crate) struct Handles(Mutex<LruCache<u64, Arc<File>>>);

impl Default for Handles {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Handles {
    /// Returns the file of a segment, opened at `path` where it is not yet.
    pub(crate) fn open(&self, first: u64, path: impl FnOnce() -> PathBuf) -> io::Result<Arc<File>> {
        let mut kept = self.0.lock();
        let file = kept.try_get_or_insert(first, || File::open(path()).map(Arc::new))?;
        Ok(Arc::clone(file))
    }

    /// Closes the file of a segment when nobody reads it any more.
    pub(crate) fn forget(&self, first: u64) {
        self.0.lock().pop(&first);
    }
}

/// Reads the line that `skip` others precede from `from` on; empty where there are not so many up to `to`.
pub(crate) fn line(file: &File, from: u64, to: u64, skip: u64) -> io::Result<Vec<u8>> {
    let bytes = usize::try_from(to.saturating_sub(from)).map_err(io::Error::other)?;
    let mut lines = vec![0; bytes];
    file.read_exact_at(&mut lines, from)?;
    let mut ends = memchr_iter(b'\n', &lines).map(|feed| feed + 1);
    let begin = match usize::try_from(skip).map_err(io::Error::other)?.checked_sub(1) {
        Some(before) => ends.nth(before).unwrap_or(bytes),
        None => 0,
    };
    let end = ends.next().unwrap_or(bytes);
    Ok(lines.get(begin..end).unwrap_or_default().to_vec())
}
