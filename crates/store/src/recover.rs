//! Recovery: the segments are read again as a whole before anything is appended.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use syndic_ledger::{Head, Leaf, Record, Tree};

use crate::carried::{self, Carried};
use crate::directory::{Layout, remove};
use crate::lines::Kind;
use crate::positions::Segment;
use crate::scan::{Listed, ScanError, Scanned, begin, list, scan};
use crate::sidecar::Sidecar;

/// What was found.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) tree: Tree,
    pub(crate) segments: Vec<Segment>,
    /// The tree when it had the size that was asked for.
    pub(crate) earlier: Option<Tree>,
    /// Where the leaves are that are left of dropped segments.
    pub(crate) carried: Carried,
    pub(crate) gathered: Gathered,
}

/// What the store itself wants to know of all leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gathered {
    /// The first id of a key that no leaf names.
    pub(crate) first_free_key: u64,
    /// The first record that is kept, as the records say.
    pub(crate) kept: u64,
    /// The records that erase somebody.
    pub(crate) redactions: Vec<u64>,
}

impl Gathered {
    pub(crate) fn take(&mut self, leaf: &Leaf) {
        if let Some(key) = leaf.key {
            self.first_free_key = self.first_free_key.max(key.saturating_add(1));
        }
        self.kept = self.kept.max(kept_from(&leaf.record));
        if let Record::UserRedacted(_) = &leaf.record {
            self.redactions.push(leaf.i);
        }
    }
}

/// Reads every record back, cuts what an interrupted write left behind, and replays the rest.
pub(crate) fn recover(
    layout: &Layout,
    heads: &[Head],
    earlier_size: u64,
    replay: &mut dyn FnMut(&Leaf),
) -> Result<Recovered, ScanError> {
    clear(layout)?;
    let mut segments: Vec<Segment> = Vec::new();
    let mut gathered = Gathered::default();
    let begun = begin(layout, &list(layout)?, heads)?;
    let start = begun.tree().clone();
    let mut earlier = (earlier_size == start.size()).then(|| start.clone());
    let carried = carried::read(layout, &start, &mut |leaf| {
        gathered.take(leaf);
        if carried::governs(&leaf.record) {
            replay(leaf);
        }
    })?;
    let scanned = scan(layout, heads, &mut |segment, tree, line_bytes, leaf| {
        push(&mut segments, segment.first, line_bytes);
        gathered.take(leaf);
        if tree.size() == earlier_size {
            earlier = Some(tree.clone());
        }
        replay(leaf);
    })?;
    gathered.has_all_kept(scanned.segments.first())?;
    settle(layout, &mut segments, &scanned)?;
    Ok(Recovered { tree: scanned.tree, segments, earlier, carried, gathered })
}

impl Gathered {
    /// Says whether segments are missing before the first that is there.
    pub(crate) fn has_all_kept(&self, first: Option<&Listed>) -> Result<(), ScanError> {
        match first.filter(|first| first.first > self.kept) {
            Some(first) => Err(ScanError::Gap { path: first.path.clone(), expected: self.kept }),
            None => Ok(()),
        }
    }
}

/// Takes note of a line that was read.
pub(crate) fn push(segments: &mut Vec<Segment>, first: u64, line_bytes: u64) {
    if segments.last().is_none_or(|last| last.first != first) {
        segments.push(Segment::new(first));
    }
    if let Some(last) = segments.last_mut() {
        last.push(line_bytes);
    }
}

/// Makes the segments that were read ready to go on with: described as they lie on disk, a torn line cut.
pub(crate) fn settle(
    layout: &Layout,
    segments: &mut Vec<Segment>,
    scanned: &Scanned,
) -> Result<(), ScanError> {
    for (segment, listed) in segments.iter_mut().zip(&scanned.segments) {
        if listed.kind == Kind::Compressed {
            *segment = compressed(layout, segment, listed)?;
        }
    }
    if let Some(last) = scanned.segments.last() {
        // A segment that was begun and never written to is still the one to write to.
        if segments.last().is_none_or(|segment| segment.first != last.first) {
            segments.push(Segment::new(last.first));
        }
        if let Some(offset) = scanned.torn_at {
            cut(&last.path, offset).map_err(|error| ScanError::Io(last.path.clone(), error))?;
        }
    }
    if segments.last().is_some_and(Segment::is_compressed) {
        segments.push(Segment::new(scanned.tree.size()));
    }
    Ok(())
}

/// Returns the first record that is kept after this one.
pub(crate) fn kept_from(record: &Record) -> u64 {
    if let Record::SegmentsPruned(pruned) = record { pruned.to } else { 0 }
}

/// Removes what interrupted writes left: half files, and compressed ones whose plain one is still there.
pub(crate) fn clear(layout: &Layout) -> Result<(), ScanError> {
    let directory = layout.segments();
    let refused = |error| ScanError::Io(directory.clone(), error);
    for entry in fs::read_dir(&directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            fs::remove_file(path).map_err(refused)?;
        }
    }
    for segment in list(layout)?.iter().filter(|segment| segment.kind == Kind::Plain) {
        remove(&layout.compressed(segment.first)).map_err(refused)?;
        remove(&layout.sidecar(segment.first)).map_err(refused)?;
    }
    Ok(())
}

/// Describes a compressed segment by its sidecar, which must say what was just read.
fn compressed(layout: &Layout, read: &Segment, listed: &Listed) -> Result<Segment, ScanError> {
    let refused = |error| ScanError::Io(listed.path.clone(), error);
    let mut sidecar = Sidecar::of(layout, read.first).map_err(refused)?;
    if (sidecar.records, sidecar.bytes) != (read.records, read.bytes) {
        sidecar = Sidecar::rebuild(layout, read.first).map_err(refused)?;
    }
    Ok(Segment::compressed(sidecar))
}

fn cut(path: &Path, offset: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    let lost = file.metadata()?.len().saturating_sub(offset);
    tracing::warn!(segment = %path.display(), bytes = lost, "cut an interrupted write that was never acknowledged");
    file.set_len(offset)?;
    file.sync_all()
}
