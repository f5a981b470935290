//! Destroying the keys that only dropped records name, so that a copy of those opens nothing any more.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use syndic_ledger::{Leaf, Line, Record};

use crate::Store;
use crate::lines::Lines;
use crate::prune::PruneError;
use crate::read::ReadError;
use crate::shelf::{ShelfError, at};

/// How many leaves are read at once.
const PAGE: u64 = 4096;

/// What the records name that are left.
#[derive(Debug, Default)]
struct Named {
    keys: BTreeSet<u64>,
    /// Dropped segments lie in an archive, and are to be readable there.
    archived: bool,
}

impl Named {
    fn see(&mut self, leaf: &Leaf, up_to: u64) {
        self.keys.extend(leaf.key.filter(|key| *key <= up_to));
        self.archived |= is_archived(leaf);
    }
}

/// Tells whether a leaf says that segments were archived before they were dropped.
pub(crate) const fn is_archived(leaf: &Leaf) -> bool {
    matches!(&leaf.record, Record::SegmentsPruned(pruned) if pruned.archived)
}

impl Store {
    /// Destroys the keys of dropped records that no record names which is kept, nor one that is carried with its parts;
    /// none where dropped segments were archived. Reads all leaves. Returns how many there were.
    pub(crate) fn destroy_unnamed_keys(&self) -> Result<u64, PruneError> {
        let Some(size) = self.part_all_keys() else { return Ok(0) };
        let carried = self.carried_leaves()?;
        // INVARIANT: the highest key that a dropped record names is named by a carried one.
        let Some(last) = carried.iter().filter_map(|leaf| leaf.key).max() else { return Ok(0) };
        let mut named = Named::default();
        for leaf in &carried {
            if leaf.parts_outlive_retention() {
                named.see(leaf, last);
            }
            named.archived |= is_archived(leaf);
        }
        let mut index = self.first_index();
        while index < size && !named.archived {
            let page = self.leaves(index, PAGE.min(size - index))?;
            if page.is_empty() {
                return Err(ReadError::Beyond(index).into());
            }
            index += page.len() as u64;
            page.iter().for_each(|leaf| named.see(leaf, last));
        }
        if named.archived {
            return Ok(0);
        }
        Ok(self.keys.destroy_unnamed(last, &named.keys).map_err(Arc::new)?)
    }

    /// Has everybody's records sealed under other keys from now on. Returns the index from which on that is so, unless
    /// the ledger can no longer be written.
    fn part_all_keys(&self) -> Option<u64> {
        // INVARIANT: nobody writes while this is held, so no key seals records on both sides.
        let mut sequencer = self.sequencer.lock();
        sequencer.sealer.forget_all();
        let size = sequencer.ledger.size();
        (size == self.durable_index()).then_some(size)
    }

    pub(crate) fn carried_leaves(&self) -> Result<Vec<Leaf>, ShelfError> {
        let path = self.shelf.layout.carried();
        let refused = || at(path.clone());
        let mut lines = match Lines::plain(&path) {
            Ok(lines) => lines,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(refused()(error)),
        };
        let mut leaves = Vec::new();
        while let Some(line) = lines.next().map_err(refused())? {
            let leaf = Line::parse(line).and_then(|line| line.decode());
            leaves.push(leaf.map_err(|error| refused()(io::Error::other(error)))?);
        }
        Ok(leaves)
    }
}
