//! `carried.jsonl`: what is left of dropped segments. Leaves that still govern are kept byte for byte, so that a replay
//! comes to the same; so is the leaf that names the highest key of parts, lest that be taken for unused.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write as _};

use syndic_ledger::{Leaf, Line, Record, Tree, inclusion, verify_inclusion};

use crate::compress::temporary;
use crate::directory::{Layout, private, sync_parent};
use crate::lines::Lines;
use crate::positions::Positions;
use crate::scan::ScanError;
use crate::tiles::TileFiles;

/// Where each carried leaf is in the file, by its index.
#[derive(Debug, Default)]
pub(crate) struct Carried(Vec<(u64, u64)>);

impl Carried {
    /// Returns where record `index` is, if it is here.
    pub(crate) fn offset(&self, index: u64) -> Option<u64> {
        let nth = self.0.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        self.0.get(nth).map(|(_, offset)| *offset)
    }
}

/// Reads what is left of the records before those of `tree`, and proves each leaf by the tiles.
pub(crate) fn read(
    layout: &Layout,
    tree: &Tree,
    each: &mut dyn FnMut(&Leaf),
) -> Result<Carried, ScanError> {
    let path = layout.carried();
    let mut carried = Carried::default();
    let mut lines = match Lines::plain(&path) {
        Ok(lines) if tree.size() > 0 => lines,
        Ok(_) => return Ok(carried),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(carried),
        Err(error) => return Err(ScanError::Io(path, error)),
    };
    let head = tree.head();
    let tiles = TileFiles::open(layout).map_err(|source| ScanError::NoTiles {
        path: layout.tiles(),
        first: head.size,
        source,
    })?;
    let mut offset = 0;
    while let Some(line) = lines.next().map_err(|error| ScanError::Io(path.clone(), error))? {
        let last = carried.0.last().map_or(0, |(index, _)| *index);
        let damaged = |index| ScanError::Carried { path: path.clone(), index };
        let bytes = line.len() as u64;
        let line = Line::parse(line).map_err(|_| damaged(last))?;
        let leaf = line.decode().map_err(|_| damaged(last))?;
        // What was carried for a dropping that did not come to its end is still in its segment.
        if leaf.i >= head.size {
            break;
        }
        let proof = inclusion(leaf.i, head.size, &tiles).map_err(|_| damaged(leaf.i))?;
        verify_inclusion(line.hash(), leaf.i, &head, &proof).map_err(|_| damaged(leaf.i))?;
        if !carried.0.is_empty() && leaf.i <= last {
            return Err(damaged(leaf.i));
        }
        carried.0.push((leaf.i, offset));
        offset += bytes;
        each(&leaf);
    }
    Ok(carried)
}

/// Tells whether a carried leaf is there for what it says, and not for the key it names.
pub(crate) fn governs(record: &Record) -> bool {
    record.outlives_retention() || record.ends().is_some()
}

/// What is to be carried.
#[derive(Debug, Default)]
pub(crate) struct Luggage {
    lines: BTreeMap<u64, Vec<u8>>,
    actions: HashSet<String>,
    highest: Option<(u64, u64, Vec<u8>)>,
}

impl Luggage {
    /// Takes what was carried until now, of records before `first`.
    pub(crate) fn take_former(&mut self, layout: &Layout, first: u64) -> io::Result<()> {
        let mut lines = match Lines::plain(&layout.carried()) {
            Ok(lines) => lines,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        while let Some(line) = lines.next()? {
            let leaf =
                Line::parse(line).and_then(|line| line.decode()).map_err(io::Error::other)?;
            if leaf.i < first {
                self.take(line, &leaf);
            }
        }
        Ok(())
    }

    /// Takes a line of a segment that is dropped, if it is to be carried.
    pub(crate) fn take(&mut self, line: &[u8], leaf: &Leaf) {
        let bare = || {
            let end = line.iter().position(|byte| *byte == b'\t').unwrap_or(line.len());
            [line.get(..end).unwrap_or_default(), b"\t\n"].concat()
        };
        if let Some(key) = leaf.key
            && self.highest.as_ref().is_none_or(|(highest, ..)| *highest < key)
        {
            self.highest = Some((key, leaf.i, bare()));
        }
        let outlives = leaf.record.outlives_retention();
        if let (true, Record::Decision(decision)) = (outlives, &leaf.record) {
            self.actions.insert(decision.id.clone());
        }
        if outlives || leaf.record.ends().is_some_and(|action| self.actions.contains(action)) {
            let kept = if leaf.parts_outlive_retention() { line.to_vec() } else { bare() };
            self.lines.insert(leaf.i, kept);
        }
    }

    /// Writes it, durably, in the place of what was carried until now.
    pub(crate) fn write(mut self, layout: &Layout, positions: &Positions) -> io::Result<()> {
        if let Some((_, index, line)) = self.highest {
            self.lines.entry(index).or_insert(line);
        }
        let path = layout.carried();
        let new = temporary(&path);
        let mut file = private().create(true).truncate(true).write(true).open(&new)?;
        let (mut carried, mut offset) = (Carried::default(), 0);
        for (index, line) in &self.lines {
            file.write_all(line)?;
            carried.0.push((*index, offset));
            offset += line.len() as u64;
        }
        file.sync_all()?;
        positions.carry(carried, || fs::rename(&new, &path))?;
        sync_parent(&path)
    }
}
