//! Erasing what was recorded of a user: every key their records name is destroyed, and their leaves stay.
//!
//! First the user gets other keys for all that comes ([`Store::part_keys`]), so that what is erased ends at one record.
//! Then the record `UserRedacted` says so, and then the keys go. A crash in between is made good at the next start, and
//! so is a `keys.db` that was restored from a time before.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{Concern, DecisionApproval, Leaf, Record};
use thiserror::Error;

use crate::Store;
use crate::index::IndexError;
use crate::keys::{Keys, KeysError};
use crate::read::ReadError;
use crate::unnamed::is_archived;
use crate::write::Subject;

/// How many leaves are read at once.
const PAGE: u64 = 4096;

/// Every record about a user, of the actions that named them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Their indexes, in order.
    pub records: Vec<u64>,
    /// How many of them have parts that can be read.
    pub readable: u64,
    /// The keys those are sealed under.
    pub keys: BTreeSet<u64>,
    /// When the oldest of those was written.
    pub oldest: Option<Timestamp>,
    /// When the newest was.
    pub newest: Option<Timestamp>,
    /// Segments lie in an archive, from which nothing is erased; whether the user is in them nobody can tell.
    pub archived: bool,
}

/// What an erasure came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many records could be read until now.
    pub records: u64,
    /// How many keys were destroyed.
    pub keys: u64,
}

/// Why not all was erased; the next start tries again where the record is on disk.
#[derive(Debug, Clone, Error)]
pub enum EraseError {
    /// The record is another one.
    #[error("record {0} erases nothing")]
    Other(u64),
    /// A record cannot be read, so its key is not known.
    #[error("cannot find the keys to destroy")]
    Read(#[from] ReadError),
    /// A key cannot be destroyed.
    #[error("cannot destroy keys")]
    Keys(#[from] Arc<KeysError>),
    /// The keys are destroyed, and hashes of the words may still be in the index.
    #[error("the keys are destroyed, and the index could not be made again without the words")]
    Index(#[source] Arc<IndexError>),
}

impl Store {
    /// Finds every record before `before` about the actions that named a user, by pseudonym, and shows each to `see`.
    /// Reads all leaves, since the index may be behind. Blocks on the disk.
    ///
    /// # Errors
    /// When a record is not what was written.
    pub fn trace(
        &self,
        user_ref: &str,
        before: u64,
        see: &mut dyn FnMut(&Leaf),
    ) -> Result<Trace, ReadError> {
        let mut tracer = Tracer::new(user_ref);
        let mut index = self.first_index();
        let carried = self.carried_leaves();
        let carried =
            carried.map_err(|error| ReadError::Io(0, Arc::new(io::Error::other(error))))?;
        let mut archived = carried.iter().any(is_archived);
        while index < before {
            let page = match self.leaves(index, PAGE.min(before - index)) {
                Err(ReadError::Pruned(_)) if index < self.first_index() => {
                    index = self.first_index();
                    continue;
                }
                page => page?,
            };
            if page.is_empty() {
                break;
            }
            index += page.len() as u64;
            archived |= page.iter().any(is_archived);
            page.iter().filter(|leaf| tracer.sees(leaf)).for_each(&mut *see);
        }
        Ok(Trace { archived, ..tracer.finish(&self.keys)? })
    }

    /// Parts a user's keys: what is recorded of them from now on is sealed under others. Returns the index from which
    /// on that is so; every record before it is durable.
    #[must_use]
    pub fn part_keys(&self, user_ref: &str) -> u64 {
        // INVARIANT: nobody writes while this is held, so no key seals records on both sides.
        let mut sequencer = self.sequencer.lock();
        sequencer.sealer.forget(&Subject::user(user_ref));
        sequencer.ledger.size().min(self.durable_index())
    }

    /// Destroys what the record `index`, a durable [`UserRedacted`](syndic_ledger::UserRedacted), erases. To do it twice
    /// does no harm. Blocks on the disk.
    ///
    /// # Errors
    /// See [`EraseError`].
    pub fn erase(&self, index: u64) -> Result<Erased, EraseError> {
        let leaf = self.read(index)?.leaf;
        let Record::UserRedacted(redacted) = &leaf.record else {
            return Err(EraseError::Other(index));
        };
        let before = redacted.before.min(index);
        let trace = self.trace(&redacted.user_ref, before, &mut |_| {})?;
        let keys = self.forget_in_index(&trace.records, |forgotten| {
            let keys = self.keys.destroy(&trace.keys).map_err(Arc::new)?;
            forgotten.map_err(|error| EraseError::Index(Arc::new(error)))?;
            self.keys.note_erased(index).map_err(Arc::new)?;
            Ok::<_, EraseError>(keys)
        })?;
        Ok(Erased { records: trace.readable, keys })
    }

    /// Erases what was to be erased when the process ended, or what a restored `keys.db` brought back.
    pub(crate) fn finish_erasing(&self, redactions: &[u64]) -> Result<(), EraseError> {
        let unfinished =
            self.keys.unfinished(redactions, self.durable_index()).map_err(Arc::new)?;
        for index in unfinished {
            match self.erase(index) {
                Ok(Erased { records, keys }) => {
                    tracing::warn!(index, records, keys, "erased what a redaction had left");
                }
                Err(EraseError::Index(error)) => tracing::error!(
                    index,
                    error = &*error as &dyn std::error::Error,
                    "the keys of a redaction are destroyed, but the index cannot be made again without its words"
                ),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Follows the records of one user through the ledger.
struct Tracer<'a> {
    user_ref: &'a str,
    actions: HashSet<String>,
    approvals: HashSet<String>,
    records: Vec<u64>,
    sealed: Vec<(u64, Timestamp)>,
}

impl<'a> Tracer<'a> {
    fn new(user_ref: &'a str) -> Self {
        Self {
            user_ref,
            actions: HashSet::new(),
            approvals: HashSet::new(),
            records: Vec::new(),
            sealed: Vec::new(),
        }
    }

    fn sees(&mut self, leaf: &Leaf) -> bool {
        let is_theirs = self.concerns(&leaf.record);
        if is_theirs {
            self.records.push(leaf.i);
            self.sealed.extend(leaf.key.map(|key| (key, leaf.at)));
        }
        is_theirs
    }

    fn concerns(&mut self, record: &Record) -> bool {
        match record.concern() {
            Concern::Decided(decision) => {
                let is_theirs = decision.user_ref.as_deref() == Some(self.user_ref);
                if is_theirs {
                    self.actions.insert(decision.id.clone());
                    if let Some(DecisionApproval::Opened(opened)) = &decision.approval {
                        self.approvals.insert(opened.id.clone());
                    }
                }
                is_theirs
            }
            Concern::Audited(audited) => audited.user_ref.as_deref() == Some(self.user_ref),
            Concern::Action(id) => self.actions.contains(id),
            Concern::Approval(id) => self.approvals.contains(id),
            Concern::Other => record.user_ref() == Some(self.user_ref),
        }
    }

    /// Leaves out what was destroyed already.
    fn finish(self, keys: &Keys) -> Result<Trace, ReadError> {
        let named: BTreeSet<u64> = self.sealed.iter().map(|(key, _)| *key).collect();
        let keys = keys.existing(named).map_err(Arc::new)?;
        let readable = self.sealed.iter().filter(|(key, _)| keys.contains(key));
        let times: Vec<Timestamp> = readable.map(|(_, at)| *at).collect();
        Ok(Trace {
            records: self.records,
            readable: times.len() as u64,
            keys,
            oldest: times.iter().min().copied(),
            newest: times.iter().max().copied(),
            archived: false,
        })
    }
}
