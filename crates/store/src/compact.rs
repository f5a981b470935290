//! Compacting: sealed parts whose key was destroyed are dropped, so that a copy of the key opens nothing either. The
//! tree covers leaves alone and stays as it is.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use parking_lot::Mutex;
use syndic_ledger::Line;
use thiserror::Error;

use crate::compress::temporary;
use crate::directory::{remove, sync_parent};
use crate::keys::{Keys, KeysError};
use crate::lines::{Kind, Lines};
use crate::positions::Segment;
use crate::sequencer::Sequencer;
use crate::shelf::{Shelf, ShelfError, at};
use crate::sidecar::Stamp;

/// What compacting came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// How many segments were looked through.
    pub segments: u64,
    /// How many of them were written anew.
    pub rewritten: u64,
    /// How many records had parts that are dropped now.
    pub records: u64,
    /// How many bytes the dropped parts had.
    pub bytes: u64,
}

/// Why compacting stopped. Segments are whole, in the old form or the new one; trying again goes on.
#[derive(Debug, Error)]
pub enum CompactError {
    /// A segment cannot be written anew.
    #[error(transparent)]
    Segment(#[from] ShelfError),
    /// It cannot be told which keys were destroyed.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The ledger is closed.
    #[error("the ledger is closed until a restart")]
    Closed,
}

/// The keys that some lines name and that were destroyed.
type Dead = HashSet<u64>;

impl Shelf {
    /// Drops dead parts from every segment, also from the open one.
    pub(crate) fn compact(
        &self,
        keys: &Keys,
        sequencer: &Mutex<Sequencer>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Compacted, CompactError> {
        let _turn = self.take();
        let mut done = Compacted::default();
        // The open segment first: where it is sealed meanwhile, it is among the sealed ones below.
        self.compact_open(keys, sequencer, &mut done)?;
        let sealed = self.sealed();
        let total = sealed.len() as u64 + 1;
        for segment in sealed {
            progress(done.segments, total);
            self.compact_sealed(segment.first, keys, &mut done)?;
        }
        progress(done.segments, total);
        Ok(done)
    }

    fn compact_sealed(
        &self,
        first: u64,
        keys: &Keys,
        done: &mut Compacted,
    ) -> Result<(), CompactError> {
        done.segments += 1;
        let plain = self.layout.segment(first);
        let open = || Lines::of_segment(&self.layout, first).map_err(at(plain.clone()));
        let (kind, mut lines) = open()?;
        let dead = dead(&mut lines, u64::MAX, &plain, keys)?;
        if dead.is_empty() {
            return Ok(());
        }
        let (_, mut lines) = open()?;
        let mut dropped = Compacted::default();
        let packed = self.pack(first, |each| {
            while let Some(line) = lines.next()? {
                each(&kept(line, &dead, &mut dropped)?)?;
            }
            Ok(())
        })?;
        let (_, mut lines) = open()?;
        let mut written = Lines::compressed(&packed.path, 0).map_err(at(packed.path.clone()))?;
        if !same_leaves(&mut lines, &mut written).map_err(at(plain.clone()))? {
            return Err(ShelfError::Unequal(packed.path).into());
        }
        self.put(packed)?;
        if kind == Kind::Plain {
            let removed = || {
                remove(&plain)?;
                sync_parent(&plain)
            };
            removed().map_err(at(plain.clone()))?;
        }
        done.count(dropped);
        Ok(())
    }

    /// Writes the open segment anew: most of it while the ledger goes on, what came meanwhile while nothing is written.
    fn compact_open(
        &self,
        keys: &Keys,
        sequencer: &Mutex<Sequencer>,
        done: &mut Compacted,
    ) -> Result<(), CompactError> {
        let open = self.positions.view(|segments| {
            segments.last().map(|open| (open.first, open.records)).unwrap_or_default()
        });
        let (first, records) = open;
        let path = self.layout.segment(first);
        let refused = || at(path.clone());
        let lines = || Lines::follow(&path, 0);
        let dead = match lines() {
            Ok(mut lines) => dead(&mut lines, records, &path, keys)?,
            // It was sealed and compressed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(refused()(error).into()),
        };
        if dead.is_empty() {
            done.segments += 1;
            return Ok(());
        }
        let temporary = temporary(&path);
        let mut rewrite = Rewrite {
            dead,
            dropped: Compacted::default(),
            segment: Segment::new(first),
            text: Vec::new(),
        };
        let rewritten = rewrite_open(&mut rewrite, lines, records, &temporary, &path, sequencer);
        if let Err(error) = rewritten {
            remove(&temporary).map_err(refused())?;
            return match error {
                Stopped::Sealed => Ok(()),
                Stopped::Closed => Err(CompactError::Closed),
                Stopped::Io(error) => Err(refused()(error).into()),
            };
        }
        done.segments += 1;
        done.count(rewrite.dropped);
        Ok(())
    }
}

impl Compacted {
    const fn count(&mut self, dropped: Self) {
        self.rewritten += 1;
        self.records += dropped.records;
        self.bytes += dropped.bytes;
    }
}

/// Why the open segment was not written anew.
enum Stopped {
    /// It is not the open one any more.
    Sealed,
    /// The ledger is closed.
    Closed,
    Io(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A segment on its way to being another file.
struct Rewrite {
    dead: Dead,
    dropped: Compacted,
    segment: Segment,
    text: Vec<u8>,
}

impl Rewrite {
    /// Takes `count` lines.
    fn take(&mut self, lines: &mut Lines, count: u64) -> io::Result<&[u8]> {
        self.text.clear();
        for _ in 0..count {
            let line = lines.next()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let line = kept(line, &self.dead, &mut self.dropped)?;
            self.segment.push(line.len() as u64);
            self.text.extend_from_slice(&line);
        }
        Ok(&self.text)
    }
}

/// How many lines are written at once.
const AT_ONCE: u64 = 1024;

fn rewrite_open(
    rewrite: &mut Rewrite,
    lines: impl Fn() -> io::Result<Lines>,
    records: u64,
    temporary: &Path,
    path: &Path,
    sequencer: &Mutex<Sequencer>,
) -> Result<(), Stopped> {
    remove(temporary)?;
    let mut file = sequencer.lock().disk.append_to(temporary)?;
    let mut lines = lines()?;
    let mut left = records;
    while left > 0 {
        let count = left.min(AT_ONCE);
        file.write_all(rewrite.take(&mut lines, count)?)?;
        left -= count;
    }
    file.sync_data()?;

    let mut sequencer = sequencer.lock();
    if sequencer.queue.is_none() {
        return Err(Stopped::Closed);
    }
    if sequencer.segment.first != rewrite.segment.first {
        return Err(Stopped::Sealed);
    }
    let came = sequencer.ledger.size() - rewrite.segment.first - records;
    file.write_all(rewrite.take(&mut lines, came)?)?;
    file.sync_data()?;
    let segment = std::mem::replace(&mut rewrite.segment, Segment::new(0));
    let bytes = segment.bytes;
    let moved = sequencer
        .positions
        .replace(segment, || fs::rename(temporary, path))
        .and_then(|()| sync_parent(path));
    if let Err(error) = moved {
        // Which of both files a restart finds is not known: what is written now could be lost.
        sequencer.queue = None;
        sequencer.shared.close();
        return Err(error.into());
    }
    sequencer.segment.file = file;
    sequencer.segment.bytes = bytes;
    Ok(())
}

/// Returns the destroyed keys that the parts of the next `count` lines were sealed under.
fn dead(lines: &mut Lines, count: u64, path: &Path, keys: &Keys) -> Result<Dead, CompactError> {
    let mut named = HashSet::new();
    for _ in 0..count {
        let Some(line) = lines.next().map_err(at(path.to_owned()))? else { break };
        named.extend(key(line).map_err(at(path.to_owned()))?);
    }
    let existing = keys.existing(named.iter().copied())?;
    named.retain(|key| !existing.contains(key));
    Ok(named)
}

/// Returns the key that the parts of a line are sealed under, if it has any.
fn key(line: &[u8]) -> io::Result<Option<u64>> {
    if line.ends_with(b"\t\n") {
        return Ok(None);
    }
    Ok(Stamp::of(&Line::parse(line).map_err(io::Error::other)?)?.key)
}

/// Returns a line without its parts, where they are dead.
fn kept(line: &[u8], dead: &Dead, dropped: &mut Compacted) -> io::Result<Vec<u8>> {
    if !key(line)?.is_some_and(|key| dead.contains(&key)) {
        return Ok(line.to_vec());
    }
    let leaf = Line::parse(line).map_err(io::Error::other)?.leaf();
    dropped.records += 1;
    dropped.bytes += (line.len() - leaf.len()).saturating_sub(2) as u64;
    Ok([leaf, b"\t\n"].concat())
}

/// Tells whether both have the same leaves, and the second either the same parts or none.
fn same_leaves(before: &mut Lines, after: &mut Lines) -> io::Result<bool> {
    loop {
        let (one, other) = match (before.next()?, after.next()?) {
            (None, None) => return Ok(true),
            (Some(one), Some(other)) => (one, other),
            (Some(_), None) | (None, Some(_)) => return Ok(false),
        };
        let leaf = |line| Line::parse(line).map(|line| line.leaf().to_vec());
        let (leaf, same) = (leaf(one), leaf(other));
        let same_leaf = matches!((leaf, same), (Ok(leaf), Ok(same)) if leaf == same);
        if one != other && !(same_leaf && other.ends_with(b"\t\n")) {
            return Ok(false);
        }
    }
}

impl crate::Store {
    /// Drops sealed parts whose key was destroyed from every segment, so that even a copy of the key opens nothing;
    /// `progress` is told how many segments of how many are done. Doing it again does no harm. Blocks for as long as it
    /// takes; the ledger goes on meanwhile.
    ///
    /// # Errors
    /// See [`CompactError`].
    pub fn compact(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Compacted, CompactError> {
        self.shelf.compact(&self.keys, &self.sequencer, progress)
    }
}
