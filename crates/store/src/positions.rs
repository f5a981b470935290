//! Where each record is: any record is found with one bounded read.

use std::io;

use parking_lot::{Condvar, Mutex, RwLock};

use crate::carried::Carried;
use crate::directory::Layout;
use crate::handles::{self, Handles};
use crate::lines::Lines;
use crate::sidecar::{FRAME_LINES, Sidecar};

/// Every how many records of a plain segment an offset is kept: eight bytes of memory for so many records.
const STRIDE: u64 = 32;

/// The offsets of all segments, in memory.
///
/// INVARIANT: a segment has on disk the form it has here. Files are opened and replaced only under the lock.
#[derive(Debug)]
pub(crate) struct Positions {
    layout: Layout,
    segments: RwLock<Vec<Segment>>,
    handles: Handles,
    /// Where the leaves are that are left of dropped segments.
    carried: RwLock<Carried>,
    /// How many segments were sealed since the store was opened, for who waits for one.
    sealed: Mutex<Sealed>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct Sealed {
    count: u64,
    ended: bool,
}

/// The offsets of one segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The index of its first record.
    pub(crate) first: u64,
    /// How many records it has.
    pub(crate) records: u64,
    /// How many bytes its lines have.
    pub(crate) bytes: u64,
    pub(crate) form: Form,
}

/// How a segment lies on disk.
#[derive(Debug)]
pub(crate) enum Form {
    /// As it was written, with the offset of every so many lines.
    Plain(Vec<u64>),
    /// Compressed, with the offset of each frame and how many bytes the file has.
    Compressed(Vec<u64>, u64),
}

impl Segment {
    pub(crate) const fn new(first: u64) -> Self {
        Self { first, records: 0, bytes: 0, form: Form::Plain(Vec::new()) }
    }

    /// A compressed segment, as its sidecar describes it.
    pub(crate) fn compressed(sidecar: Sidecar) -> Self {
        let Sidecar { first, records, bytes, stored, frames, .. } = sidecar;
        Self { first, records, bytes, form: Form::Compressed(frames, stored) }
    }

    pub(crate) fn push(&mut self, line_bytes: u64) {
        if let Form::Plain(marks) = &mut self.form
            && self.records.is_multiple_of(STRIDE)
        {
            marks.push(self.bytes);
        }
        self.records += 1;
        self.bytes += line_bytes;
    }

    /// Returns how many bytes the file has.
    pub(crate) const fn stored(&self) -> u64 {
        match &self.form {
            Form::Plain(_) => self.bytes,
            Form::Compressed(_, stored) => *stored,
        }
    }

    pub(crate) const fn is_compressed(&self) -> bool {
        matches!(self.form, Form::Compressed(..))
    }

    /// Returns where in a plain file the line stands that `within` others precede: from the nearest offset before it to
    /// the nearest after it.
    fn around(&self, within: u64) -> Option<(u64, u64)> {
        let Form::Plain(marks) = &self.form else { return None };
        let nth = usize::try_from(within / STRIDE).ok()?;
        Some((*marks.get(nth)?, marks.get(nth + 1).copied().unwrap_or(self.bytes)))
    }

    /// Opens the file at the nearest offset before the line that `within` others precede, and tells how many lines
    /// are between.
    fn open(&self, layout: &Layout, within: u64) -> io::Result<Option<(Lines, u64)>> {
        let (offsets, stride) = match &self.form {
            Form::Plain(marks) => (marks, STRIDE),
            Form::Compressed(frames, _) => (frames, FRAME_LINES),
        };
        let offset = usize::try_from(within / stride).ok().and_then(|nth| offsets.get(nth));
        let Some(offset) = offset else { return Ok(None) };
        let lines = match &self.form {
            Form::Plain(_) => Lines::follow(&layout.segment(self.first), *offset)?,
            Form::Compressed(..) => Lines::compressed(&layout.compressed(self.first), *offset)?,
        };
        Ok(Some((lines, within % stride)))
    }
}

/// Finds the segment of a record, and how many records precede it there.
fn found(segments: &[Segment], index: u64) -> Option<(&Segment, u64)> {
    let after = segments.partition_point(|segment| segment.first <= index);
    let segment = segments.get(after.checked_sub(1)?)?;
    let within = index.checked_sub(segment.first)?;
    (within < segment.records).then_some((segment, within))
}

impl Positions {
    pub(crate) fn new(layout: Layout, segments: Vec<Segment>, carried: Carried) -> Self {
        let (segments, carried) = (RwLock::new(segments), RwLock::new(carried));
        let handles = Handles::default();
        Self { layout, segments, handles, carried, sealed: Mutex::default(), grown: Condvar::new() }
    }

    /// Returns the first record that was not dropped.
    pub(crate) fn first(&self) -> u64 {
        self.segments.read().first().map_or(0, |segment| segment.first)
    }

    /// Forgets the segments before `index`, and returns where they begin. Who reads one has it open.
    pub(crate) fn drop_before(&self, index: u64) -> Vec<u64> {
        let mut segments = self.segments.write();
        let kept = segments.partition_point(|segment| segment.first < index);
        let dropped: Vec<u64> = segments.drain(..kept).map(|segment| segment.first).collect();
        dropped.iter().for_each(|first| self.handles.forget(*first));
        dropped
    }

    /// Takes other leaves for those that are left of dropped segments, after `rename` put their file in place.
    pub(crate) fn carry(
        &self,
        carried: Carried,
        rename: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let mut places = self.carried.write();
        rename()?;
        *places = carried;
        Ok(())
    }

    /// Adds lines to the last segment.
    pub(crate) fn extend(&self, line_bytes: impl IntoIterator<Item = u64>) {
        if let Some(active) = self.segments.write().last_mut() {
            line_bytes.into_iter().for_each(|bytes| active.push(bytes));
        }
    }

    /// Begins a segment; the one before is sealed.
    pub(crate) fn begin(&self, first: u64) {
        self.segments.write().push(Segment::new(first));
        self.sealed.lock().count += 1;
        self.grown.notify_all();
    }

    /// Looks at all segments, the open one last.
    pub(crate) fn view<T>(&self, view: impl FnOnce(&[Segment]) -> T) -> T {
        view(&self.segments.read())
    }

    /// Reads the line of a record; `None` if there is none.
    pub(crate) fn line(&self, index: u64) -> io::Result<Option<Vec<u8>>> {
        let segments = self.segments.read();
        if let Some((segment, within)) = found(&segments, index)
            && let Some((from, to)) = segment.around(within)
        {
            let file = self.handles.open(segment.first, || self.layout.segment(segment.first))?;
            drop(segments);
            return handles::line(&file, from, to, within % STRIDE).map(Some);
        }
        drop(segments);
        let Some(mut lines) = self.lines_from(index)? else { return Ok(None) };
        Ok(lines.next()?.map(<[u8]>::to_vec))
    }

    /// Opens the segment of a record so that the next line is the record; `None` if there is none.
    pub(crate) fn lines_from(&self, index: u64) -> io::Result<Option<Lines>> {
        let Some((mut lines, skip)) = self.open(index)? else { return Ok(None) };
        lines.skip(skip)?;
        Ok(Some(lines))
    }

    fn open(&self, index: u64) -> io::Result<Option<(Lines, u64)>> {
        let segments = self.segments.read();
        if segments.first().is_none_or(|first| index < first.first) {
            let carried = self.carried.read();
            let Some(offset) = carried.offset(index) else { return Ok(None) };
            return Ok(Some((Lines::follow(&self.layout.carried(), offset)?, 0)));
        }
        match found(&segments, index) {
            Some((segment, within)) => segment.open(&self.layout, within),
            None => Ok(None),
        }
    }

    /// Puts `segment` in the place of the one that begins where it does, after `rename` put its file there.
    pub(crate) fn replace(
        &self,
        segment: Segment,
        rename: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let mut segments = self.segments.write();
        rename()?;
        self.handles.forget(segment.first);
        if let Some(former) = segments.iter_mut().find(|former| former.first == segment.first) {
            *former = segment;
        }
        Ok(())
    }

    /// Waits until more than `seen` segments were sealed since the store was opened, and returns how many; `None` when
    /// it closes.
    pub(crate) fn wait_for_sealed(&self, seen: u64) -> Option<u64> {
        let mut sealed = self.sealed.lock();
        self.grown.wait_while(&mut sealed, |sealed| !sealed.ended && sealed.count <= seen);
        (!sealed.ended).then_some(sealed.count)
    }

    /// Lets go who waits.
    pub(crate) fn end(&self) {
        self.sealed.lock().ended = true;
        self.grown.notify_all();
    }

    /// Tells whether the store closes.
    pub(crate) fn has_ended(&self) -> bool {
        self.sealed.lock().ended
    }
}
