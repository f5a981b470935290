//! Where each record is: any record is found with one bounded read.

use std::path::PathBuf;

use parking_lot::RwLock;

use crate::directory::Layout;

/// Every how many records an offset is kept: eight bytes of memory for so many records.
const STRIDE: u64 = 32;

/// The offsets of all segments, in memory.
#[derive(Debug)]
pub(crate) struct Positions {
    layout: Layout,
    segments: RwLock<Vec<Segment>>,
}

/// The offsets of one segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The index of its first record.
    pub(crate) first: u64,
    /// How many records it has.
    pub(crate) records: u64,
    /// How many bytes it has.
    pub(crate) bytes: u64,
    marks: Vec<u64>,
}

/// Where to begin reading, and how many lines to skip.
#[derive(Debug)]
pub(crate) struct Position {
    pub(crate) path: PathBuf,
    pub(crate) offset: u64,
    pub(crate) skip: u64,
}

impl Segment {
    pub(crate) const fn new(first: u64) -> Self {
        Self { first, records: 0, bytes: 0, marks: Vec::new() }
    }

    pub(crate) fn push(&mut self, line_bytes: u64) {
        if self.records.is_multiple_of(STRIDE) {
            self.marks.push(self.bytes);
        }
        self.records += 1;
        self.bytes += line_bytes;
    }
}

impl Positions {
    pub(crate) fn new(layout: Layout, segments: Vec<Segment>) -> Self {
        Self { layout, segments: RwLock::new(segments) }
    }

    /// Adds lines to the last segment.
    pub(crate) fn extend(&self, line_bytes: impl IntoIterator<Item = u64>) {
        if let Some(active) = self.segments.write().last_mut() {
            line_bytes.into_iter().for_each(|bytes| active.push(bytes));
        }
    }

    /// Begins a segment.
    pub(crate) fn begin(&self, first: u64) {
        self.segments.write().push(Segment::new(first));
    }

    /// Returns how many bytes all segments have.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.read().iter().map(|segment| segment.bytes).sum()
    }

    /// Returns where a record is; `None` if there is none.
    pub(crate) fn locate(&self, index: u64) -> Option<Position> {
        let segments = self.segments.read();
        let after = segments.partition_point(|segment| segment.first <= index);
        let segment = segments.get(after.checked_sub(1)?)?;
        let within = index.checked_sub(segment.first).filter(|within| *within < segment.records)?;
        let mark = usize::try_from(within / STRIDE).ok()?;
        let offset = *segment.marks.get(mark)?;
        Some(Position { path: self.layout.segment(segment.first), offset, skip: within % STRIDE })
    }
}
