//! Verifying a whole data directory, closed or in use: the order in which that is done.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use syndic_ledger::{Line, SignedCheckpoint, TILE_WIDTH, VerifierKey};

use crate::claims::Claims;
use crate::derive::Derived;
use crate::finding::{Unusable, VerifyError};
use crate::report::{Claimed, Verified, encoded, witnessed};
use crate::segment::{Listed, Read, Reading, list};
use crate::tiles::TileFiles;

/// Opens what is sealed beside a leaf: whether that could be read, `false` where it was erased, `None` where the leaf
/// has no parts. It fails with what is wrong where the parts are not those the leaf was written with.
pub type PartsHook<'a> = dyn Fn(&Line<'_>) -> Result<Option<bool>, String> + Sync + 'a;

/// What the reader brings along.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// The log's keys that the reader believes in; those of the directory itself where there are none.
    pub keys: &'a [VerifierKey],
    /// Witnesses that the reader believes in; where there are any, one must have cosigned.
    pub witnesses: &'a [VerifierKey],
    /// Checkpoints that were kept elsewhere, each with the file it is from.
    pub from: &'a [(PathBuf, SignedCheckpoint)],
    /// Opens sealed parts, where the keys are at hand.
    pub parts: Option<&'a PartsHook<'a>>,
    /// How many threads read; as many as there are processors where it is zero.
    pub threads: usize,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { keys, witnesses, threads, .. } = self;
        f.debug_struct("Options")
            .field("keys", keys)
            .field("witnesses", witnesses)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

/// Derives the tree of `directory` again, from its records alone, and compares it with the checkpoints, the tiles and
/// the checkpoints that were kept elsewhere. A last line that is still being written is left out.
///
/// # Errors
/// The first thing that is wrong, with file and index, or why nothing can be said.
pub fn verify_directory(directory: &Path, options: &Options<'_>) -> Result<Verified, VerifyError> {
    let is_none =
        ["FORMAT", "segments", "checkpoint"].iter().all(|at| !directory.join(at).exists());
    if is_none {
        return Err(Unusable::NoDirectory(directory.to_owned()).into());
    }
    // What is claimed is read before the records: they grow meanwhile, and must then cover it.
    let claims = Claims::read(directory, options)?;
    let covered = claims.covered();
    let tiles = TileFiles::open(directory, covered)?;
    let segments = list(directory)?;
    let sizes: Vec<u64> =
        claims.all().map(|claim| claim.head.size).filter(|size| size % TILE_WIDTH != 0).collect();
    let reading = Reading { tiles: &tiles, covered, sizes: &sizes, parts: options.parts };
    let read = read_all(&segments, &reading, options.threads)?;
    let derived = Derived::join(directory, read, &claims, &tiles)?;
    Ok(report(&claims, derived, options))
}

/// Reads all segments, several at once.
fn read_all(
    segments: &[Listed],
    reading: &Reading<'_>,
    threads: usize,
) -> Result<Vec<Read>, Unusable> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads == 0 { processors } else { threads }.clamp(1, segments.len().max(1));
    let next = AtomicUsize::new(0);
    let read = Mutex::new(Vec::with_capacity(segments.len()));
    let work = || {
        while let Some(segment) = segments.get(next.fetch_add(1, Ordering::Relaxed)) {
            let done = segment.read(reading);
            read.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(done);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let read = read.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut read = read.into_iter().collect::<Result<Vec<_>, _>>()?;
    read.sort_by_key(|read| read.first);
    Ok(read)
}

fn report(claims: &Claims, derived: Derived, options: &Options<'_>) -> Verified {
    let claimed =
        |head: &syndic_ledger::Head| Claimed { size: head.size, root: encoded(&head.root) };
    let mut parts = derived.parts;
    parts.unopened = options.parts.is_none();
    let by_witness = claims.cosigned.as_ref().filter(|(_, by)| !by.witnesses.is_empty());
    Verified {
        origin: claims.origin.clone(),
        records: derived.head.size,
        root: encoded(&derived.head.root),
        segments: derived.segments,
        bytes: derived.bytes,
        checkpoint: Some(claimed(&claims.newest.head)),
        signed_by: claims.signed_by.iter().map(ToString::to_string).collect(),
        keys_given: !options.keys.is_empty(),
        cosigned: by_witness.map(|(claim, _)| claimed(&claim.head)),
        witnesses: by_witness
            .iter()
            .flat_map(|(_, by)| by.witnesses.iter().map(witnessed))
            .collect(),
        continues: claims.given.iter().map(|claim| claimed(&claim.head)).collect(),
        pruned: derived.pruned,
        parts,
        torn: derived.torn,
    }
}
