//! Lines by the chunk, as they lie on disk: unpacked, not looked into.

use std::path::PathBuf;
use std::sync::Arc;

use crate::directory::Layout;
use crate::lines::{Kind, Lines};
use crate::scan::{Listed, ScanError};

/// How many bytes of lines a chunk has at least, where there are as many.
const BYTES: usize = 256 * 1024;

/// Lines that follow each other in one segment.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Counted from 0.
    pub(super) number: u64,
    /// The index of its first record.
    pub(super) first: u64,
    pub(super) lines: Vec<u8>,
    /// The segment.
    pub(super) path: Arc<PathBuf>,
}

/// The chunks of a log.
#[derive(Debug)]
pub(super) struct Chunks {
    layout: Layout,
    segments: std::vec::IntoIter<Listed>,
    open: Option<(Arc<PathBuf>, Kind, Lines)>,
    number: u64,
    /// The index of the next record.
    next: u64,
    end: u64,
}

impl Chunks {
    /// Begins with record `next` and ends before `end`. Segments that end before are passed over.
    pub(super) fn new(layout: &Layout, mut segments: Vec<Listed>, next: u64, end: u64) -> Self {
        let before = segments.iter().rposition(|segment| segment.first <= next);
        segments.drain(..before.unwrap_or_default());
        let segments = segments.into_iter();
        Self { layout: layout.clone(), segments, open: None, number: 0, next, end }
    }

    /// Reads the next chunk; none after an error.
    pub(super) fn take(&mut self) -> Result<Option<Chunk>, ScanError> {
        let read = self.read();
        if read.is_err() {
            self.end = self.next;
        }
        read
    }

    fn read(&mut self) -> Result<Option<Chunk>, ScanError> {
        while self.next < self.end {
            let Some((path, kind, lines)) = &mut self.open else {
                if !self.open_next()? {
                    return Ok(None);
                }
                continue;
            };
            let (first, mut chunk) = (self.next, Vec::with_capacity(BYTES + BYTES / 4));
            while self.next < self.end && chunk.len() < BYTES {
                match lines.next() {
                    Ok(Some(line)) => chunk.extend_from_slice(line),
                    Ok(None) => break,
                    Err(source) if *kind == Kind::Compressed => {
                        let (path, index) = (path.to_path_buf(), self.next);
                        return Err(ScanError::Packed { path, index, source });
                    }
                    Err(source) => return Err(ScanError::Io(path.to_path_buf(), source)),
                }
                self.next += 1;
            }
            if chunk.is_empty() {
                self.open = None;
                continue;
            }
            let (number, path) = (self.number, Arc::clone(path));
            self.number += 1;
            return Ok(Some(Chunk { number, first, lines: chunk, path }));
        }
        Ok(None)
    }

    /// Returns the number that the next chunk has.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Opens the segment of the next record.
    fn open_next(&mut self) -> Result<bool, ScanError> {
        let Some(segment) = self.segments.next() else { return Ok(false) };
        let path = segment.path;
        // Only the first may begin with records that were read already.
        let skipped = self.next.checked_sub(segment.first);
        let Some(skipped) = skipped.filter(|skipped| *skipped == 0 || self.number == 0) else {
            return Err(ScanError::Gap { path, expected: self.next });
        };
        let refused = |error| ScanError::Io(path.clone(), error);
        let (kind, mut lines) = Lines::of_segment(&self.layout, segment.first).map_err(refused)?;
        lines.skip(skipped).map_err(refused)?;
        self.open = Some((Arc::new(path), kind, lines));
        Ok(true)
    }
}
