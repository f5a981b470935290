//! Recovery: the segments are read again as a whole before anything is appended.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use syndic_ledger::{Head, Leaf, Tree};

use crate::directory::Layout;
use crate::positions::Segment;
use crate::scan::{ScanError, scan};

/// What was found.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) tree: Tree,
    pub(crate) segments: Vec<Segment>,
    /// The first id no leaf names.
    pub(crate) first_free_key: u64,
    /// The tree when it had the size that was asked for.
    pub(crate) earlier: Option<Tree>,
}

/// Reads every record back, cuts what an interrupted write left behind, and replays the rest.
pub(crate) fn recover(
    layout: &Layout,
    head: Option<Head>,
    earlier_size: u64,
    replay: &mut dyn FnMut(u64, &Leaf),
) -> Result<Recovered, ScanError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut first_free_key = 0;
    let mut earlier = (earlier_size == 0).then(Tree::default);
    let scanned = scan(layout, head, &mut |segment, tree, line_bytes, leaf| {
        if segments.last().is_none_or(|last| last.first != segment.first) {
            segments.push(Segment::new(segment.first));
        }
        if let Some(last) = segments.last_mut() {
            last.push(line_bytes);
        }
        if let Some(key) = leaf.key {
            first_free_key = first_free_key.max(key.saturating_add(1));
        }
        if tree.size() == earlier_size {
            earlier = Some(tree.clone());
        }
        replay(leaf.i, leaf);
    })?;
    if let Some(last) = scanned.segments.last() {
        // A segment that was begun and never written to is still the one to write to.
        if segments.last().is_none_or(|segment| segment.first != last.first) {
            segments.push(Segment::new(last.first));
        }
        if let Some(offset) = scanned.torn_at {
            cut(&last.path, offset).map_err(|error| ScanError::Io(last.path.clone(), error))?;
        }
    }
    Ok(Recovered { tree: scanned.tree, segments, first_free_key, earlier })
}

fn cut(path: &Path, offset: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    let lost = file.metadata()?.len().saturating_sub(offset);
    tracing::warn!(segment = %path.display(), bytes = lost, "cut an interrupted write that was never acknowledged");
    file.set_len(offset)?;
    file.sync_all()
}
