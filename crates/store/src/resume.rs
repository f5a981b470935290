//! Recovery over a snapshot: what it covers is known by its tree, and only what came after is replayed.
//!
//! The segment that it ends in is read from its beginning, and compared with the checkpoint as all that follows. Of the
//! segments before, only their names, their lengths and their number of records are looked at; their content is
//! compared with the tiles later, in the background.

use std::io;

use syndic_ledger::{Head, Leaf, Tree, Verifier};

use crate::carried;
use crate::directory::Layout;
use crate::lines::{Kind, Lines};
use crate::positions::Segment;
use crate::recover::{Recovered, clear, push, settle};
use crate::scan::{Listed, list, scan_on};
use crate::sidecar::Sidecar;
use crate::snapshot::{Mark, SnapshotError};
use crate::tiles::TileFiles;

/// Recovers from what `mark` says, and replays what came after it.
pub(crate) fn resume(
    layout: &Layout,
    heads: &[Head],
    earlier_size: u64,
    mark: &Mark,
    replay: &mut dyn FnMut(&Leaf),
) -> Result<Recovered, SnapshotError> {
    clear(layout)?;
    let mut before = list(layout)?;
    if before.first().map_or(0, |segment| segment.first) != mark.first {
        return Err(SnapshotError::Dropped);
    }
    let last = before.partition_point(|segment| segment.first <= mark.through).saturating_sub(1);
    let again = before.split_off(last);
    let from = again.first().map_or(0, |segment| segment.first);
    let past = Past::of(layout, heads, from, mark, earlier_size)?;
    let carried = carried::read(layout, &past.first, &mut |_| {})?;
    let mut segments = before_them(layout, &before, from)?;

    let (mut gathered, mut earlier) = (mark.gathered.clone(), past.earlier);
    let (mut is_other, mut read) = (false, Vec::new());
    let verifier = Verifier::after(past.start, heads.iter().copied());
    let mut each = |segment: &Listed, tree: &Tree, line_bytes, leaf: Option<&Leaf>| {
        push(&mut read, segment.first, line_bytes);
        is_other |= tree.size() == mark.through && !mark.is_of(tree);
        if tree.size() == earlier_size {
            earlier = Some(tree.clone());
        }
        if let Some(leaf) = leaf {
            gathered.take(leaf);
            replay(leaf);
        }
    };
    let scanned = scan_on(layout, again, verifier, heads, mark.through, &mut each)?;
    if is_other || scanned.tree.size() < mark.through {
        return Err(SnapshotError::Other);
    }
    gathered.has_all_kept(before.first().or(scanned.segments.first()))?;
    settle(layout, &mut read, &scanned)?;
    segments.append(&mut read);
    Ok(Recovered { tree: scanned.tree, segments, earlier, carried, gathered })
}

/// What the tiles tell of the log before the records that are read again.
struct Past {
    /// Before its first record that was not dropped.
    first: Tree,
    /// Before the first that is read again.
    start: Tree,
    /// When it had the size that was asked for.
    earlier: Option<Tree>,
}

impl Past {
    /// Reads it, where a checkpoint vouches for it: one over as many records, or one that is reached by reading on.
    fn of(
        layout: &Layout,
        heads: &[Head],
        from: u64,
        mark: &Mark,
        earlier_size: u64,
    ) -> Result<Self, SnapshotError> {
        let refused = |error| SnapshotError::Io(layout.tiles(), error);
        let tiles = TileFiles::open(layout).map_err(refused)?;
        let tree_at = |size| match tiles.tree_at(size) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(SnapshotError::Other),
            tree => tree.map_err(refused),
        };
        if !heads.iter().any(|head| head.size >= from) {
            return Err(SnapshotError::Unsigned);
        }
        for head in heads.iter().filter(|head| head.size <= from) {
            if tree_at(head.size)?.head() != *head {
                return Err(SnapshotError::Other);
            }
        }
        if !mark.is_of(&tree_at(mark.through)?) {
            return Err(SnapshotError::Other);
        }
        let earlier = (earlier_size <= from).then(|| tree_at(earlier_size)).transpose()?;
        Ok(Self { first: tree_at(mark.first)?, start: tree_at(from)?, earlier })
    }
}

/// Describes the segments before record `end` without reading a record.
fn before_them(
    layout: &Layout,
    listed: &[Listed],
    end: u64,
) -> Result<Vec<Segment>, SnapshotError> {
    let next = listed.iter().skip(1).map(|segment| segment.first).chain([end]);
    let describe = |(segment, next): (&Listed, u64)| {
        let found = match segment.kind {
            Kind::Compressed => Sidecar::of(layout, segment.first).map(Segment::compressed),
            Kind::Plain => plain(segment),
        };
        let found = found.map_err(|error| SnapshotError::Io(segment.path.clone(), error))?;
        match found.first + found.records == next {
            true => Ok(found),
            false => Err(SnapshotError::Segment(segment.path.clone())),
        }
    };
    listed.iter().zip(next).map(describe).collect()
}

/// Finds the lines of a segment that is not compressed yet.
fn plain(listed: &Listed) -> io::Result<Segment> {
    let mut segment = Segment::new(listed.first);
    let mut lines = Lines::plain(&listed.path)?;
    while let Some(line) = lines.next()? {
        segment.push(line.len() as u64);
    }
    Ok(segment)
}
