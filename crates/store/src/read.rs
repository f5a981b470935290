//! Reading one record.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use syndic_ledger::{Hash, Leaf, Line, LineError, PartName, Parts, Record};
use thiserror::Error;

use crate::index::IndexError;
use crate::keys::{Keys, KeysError};
use crate::lines::Lines;
use crate::positions::Positions;

/// A record as it is on disk, its parts opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What the tree covers.
    pub leaf: Leaf,
    /// What was sealed beside it.
    pub parts: BTreeMap<PartName, Part>,
}

/// A part of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Its JSON text, exactly as it was written.
    Clear(String),
    /// Its key was destroyed, or its bytes were dropped.
    Erased,
}

/// Every record of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What was decided.
    pub decision: Stored,
    /// What became of it, where that came in time.
    pub outcome: Option<Stored>,
    /// What became of it, where that came after it had been recorded as missing.
    pub late: Option<Stored>,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Error)]
pub enum ReadError {
    /// There is no durable record of this index.
    #[error("there is no record {0}")]
    Beyond(u64),
    /// The record was dropped when its time had come.
    #[error("record {0} was dropped: records are kept for a limited time")]
    Pruned(u64),
    /// The index is behind.
    #[error("the index has come to record {0} only; try again later")]
    Behind(u64),
    /// The file system refused.
    #[error("cannot read record {0}")]
    Io(u64, #[source] Arc<io::Error>),
    /// The line is no record.
    #[error("record {0} is damaged")]
    Line(u64, #[source] Arc<LineError>),
    /// The segment does not have this record in its place, or the parts are not those the leaf names.
    #[error("record {0} is not what was written")]
    Changed(u64),
    /// The key cannot be read.
    #[error(transparent)]
    Keys(#[from] Arc<KeysError>),
    /// It is in no checkpoint yet.
    #[error("record {0} is not signed yet; try again in a second")]
    Unsigned(u64),
    /// The tiles cannot be read.
    #[error("cannot read the tiles")]
    Tiles(#[source] Arc<io::Error>),
    /// The index cannot be read, or not be changed.
    #[error("cannot use the index")]
    Index(#[source] Arc<IndexError>),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Index(Arc::new(error.into()))
    }
}

impl From<IndexError> for ReadError {
    fn from(error: IndexError) -> Self {
        Self::Index(Arc::new(error))
    }
}

impl Part {
    /// Returns the text, unless it was erased.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Clear(text) => Some(text),
            Self::Erased => None,
        }
    }
}

/// Opens the lines of a segment from record `index` on.
pub(crate) fn lines(positions: &Positions, index: u64) -> Result<Lines, ReadError> {
    let found =
        positions.lines_from(index).map_err(|error| ReadError::Io(index, Arc::new(error)))?;
    found.ok_or_else(|| missing(positions, index))
}

/// Reads the line of record `index`, byte for byte.
pub(crate) fn line(positions: &Positions, index: u64) -> Result<Vec<u8>, ReadError> {
    let found = positions.line(index).map_err(|error| ReadError::Io(index, Arc::new(error)))?;
    found.ok_or_else(|| missing(positions, index))
}

fn missing(positions: &Positions, index: u64) -> ReadError {
    if index < positions.first() { ReadError::Pruned(index) } else { ReadError::Beyond(index) }
}

pub(crate) fn read(positions: &Positions, keys: &Keys, index: u64) -> Result<Stored, ReadError> {
    let damaged = |error| ReadError::Line(index, Arc::new(error));
    let line = line(positions, index)?;
    let line = Line::parse(&line).map_err(damaged)?;
    let leaf = line.decode().map_err(damaged)?;
    if leaf.i != index {
        return Err(ReadError::Changed(index));
    }
    let parts = open(&line, &leaf, keys)?;
    Ok(Stored { leaf, parts })
}

/// Reads at most `most` records from `index` on, in order and at least one: fewer where a segment ends, or where their
/// lines have `bytes` already. The parts of those that `opened` wants are opened, and each comes with its leaf's hash.
pub(crate) fn records(
    positions: &Positions,
    keys: &Keys,
    index: u64,
    most: u64,
    bytes: usize,
    opened: impl Fn(&Record) -> bool,
) -> Result<Vec<(Stored, Hash)>, ReadError> {
    if index < positions.first() {
        return Err(ReadError::Pruned(index));
    }
    let mut lines = lines(positions, index)?;
    let (mut records, mut read) = (Vec::new(), 0);
    for index in index..index.saturating_add(most) {
        let refused = |error| ReadError::Io(index, Arc::new(error));
        let damaged = |error| ReadError::Line(index, Arc::new(error));
        let Some(line) = lines.next().map_err(refused)? else { break };
        read += line.len();
        let line = Line::parse(line).map_err(damaged)?;
        let leaf = line.decode().map_err(damaged)?;
        if leaf.i != index {
            return Err(ReadError::Changed(index));
        }
        let parts = if opened(&leaf.record) { open(&line, &leaf, keys)? } else { BTreeMap::new() };
        records.push((Stored { leaf, parts }, line.hash()));
        if read >= bytes {
            break;
        }
    }
    if records.is_empty() { Err(ReadError::Changed(index)) } else { Ok(records) }
}

/// Reads at most `most` leaves from `index` on, fewer where a segment ends, at least one.
pub(crate) fn leaves(positions: &Positions, index: u64, most: u64) -> Result<Vec<Leaf>, ReadError> {
    if index < positions.first() {
        return Err(ReadError::Pruned(index));
    }
    let refused = |error| ReadError::Io(index, Arc::new(error));
    let mut lines = lines(positions, index)?;
    let mut leaves = Vec::new();
    for index in index..index.saturating_add(most) {
        let Some(line) = lines.next().map_err(refused)? else { break };
        let leaf = Line::parse(line).and_then(|line| line.decode());
        let leaf = leaf.map_err(|error| ReadError::Line(index, Arc::new(error)))?;
        if leaf.i != index {
            return Err(ReadError::Changed(index));
        }
        leaves.push(leaf);
    }
    if leaves.is_empty() { Err(ReadError::Changed(index)) } else { Ok(leaves) }
}

/// Returns the parts of a leaf as they are when nobody can read them any more.
pub(crate) fn erased(leaf: &Leaf) -> BTreeMap<PartName, Part> {
    leaf.parts.keys().map(|name| (*name, Part::Erased)).collect()
}

/// Opens the sealed parts and compares them with the digests in the leaf.
pub(crate) fn open(
    line: &Line<'_>,
    leaf: &Leaf,
    keys: &Keys,
) -> Result<BTreeMap<PartName, Part>, ReadError> {
    let sealed = line.sealed().map_err(|error| ReadError::Line(leaf.i, Arc::new(error)))?;
    let key = match leaf.key {
        Some(id) => keys.get(id).map_err(Arc::new)?,
        None => None,
    };
    let (Some(sealed), Some(key)) = (sealed, key) else {
        return Ok(erased(leaf));
    };
    let text = key.open(sealed.nonce, &line.hash(), sealed.ciphertext);
    let parts =
        text.and_then(|text| Parts::decode(&text).ok()).filter(|parts| parts.belong_to(leaf));
    let parts = parts.ok_or(ReadError::Changed(leaf.i))?;
    Ok(parts.0.into_iter().map(|(name, part)| (name, Part::Clear(part.text))).collect())
}
