//! Proving what is in the log to somebody who does not trust it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use syndic_governance::Settings;
use syndic_ledger::{MAX_PROVED, ProofFile, Proved, Record, Sample, SampleError, Subject};
use syndic_model::EventId;
use syndic_store::{Examiner, KeysError, Published, ReadError, Store};
use thiserror::Error;

use crate::Gate;
use crate::events::EventsError;
use crate::master_key::{MasterKeyError, master_key};

/// How long a proof waits for a checkpoint that covers it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many records about a request for approval are looked up: more than a proof holds.
const TRAIL: usize = 1_001;

/// Says why records are not proved.
#[derive(Debug, Error)]
pub enum ProofError {
    /// There is no such action.
    #[error("there is no action `{0}`")]
    Unknown(EventId),
    /// Nothing can be drawn so.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A sample of records that are not there yet.
    #[error("the log has {size} records, so nothing can be drawn over {over}")]
    Beyond {
        /// What was asked for.
        over: u64,
        /// What is there.
        size: u64,
    },
    /// More than one file holds.
    #[error("action `{0}` has more than {MAX_PROVED} records, and a proof holds no more")]
    Many(EventId),
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
}

/// Says why sealed parts cannot be examined.
#[derive(Debug, Error)]
pub enum ExaminerError {
    /// The master key that `syndic.yaml` names cannot be had.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The keys of parts cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

/// Opens the keys of sealed parts to examine them, beside whoever has the data directory.
///
/// # Errors
/// When they, or the master key that `settings` name, cannot be had.
pub fn examiner(settings: &Settings) -> Result<Examiner, ExaminerError> {
    Ok(Examiner::open(&settings.data_dir, &master_key(settings)?)?)
}

impl Gate {
    /// Proves every record that an action has so far: its decision, what became of it, and what people said about it.
    /// The proof is a text that `syndic-verify` checks offline.
    ///
    /// # Errors
    /// When there is no such action, or the ledger cannot be read.
    pub async fn prove(&self, action: EventId) -> Result<String, ProofError> {
        let id = action.to_string();
        let subject = Subject::Action(id.clone());
        let found = self.reading(move |store| {
            let Some(indexes) = records_of(store, &id)? else {
                return Ok(Err(ProofError::Unknown(action)));
            };
            if indexes.len() as u64 > MAX_PROVED {
                return Ok(Err(ProofError::Many(action)));
            }
            let last = indexes.last().copied().unwrap_or_default();
            let checkpoint = checkpoint_over(store, last)?;
            Ok(Ok((proved(store, &indexes, checkpoint.head.size)?, checkpoint)))
        });
        let (records, checkpoint) = found.await??;
        write(subject, &checkpoint, records)
    }

    /// Draws `count` of the records that are kept by a seed, from those before `over` or all that are signed for, and
    /// proves each; [`Sample`] says how.
    ///
    /// # Errors
    /// When nothing can be drawn so, or the ledger cannot be read.
    pub async fn sample(
        &self,
        seed: &str,
        count: u64,
        over: Option<u64>,
    ) -> Result<String, ProofError> {
        let signed = self.store.checkpoint().head.size;
        let over = over.unwrap_or(signed);
        if over > signed {
            return Err(ProofError::Beyond { over, size: signed });
        }
        let sample = Sample::new(seed, count, self.store.first_kept(), over)?;
        let drawn: BTreeSet<u64> = sample.draw().into_iter().collect();
        let read = self.reading(move |store| {
            let checkpoint = checkpoint_over(store, over.saturating_sub(1))?;
            Ok((proved(store, &drawn, checkpoint.head.size)?, checkpoint))
        });
        let (records, checkpoint) = read.await?;
        write(Subject::Sample(sample), &checkpoint, records)
    }
}

/// Returns the indexes of every record of an action; `None` when there is no such action.
fn records_of(store: &Store, id: &str) -> Result<Option<BTreeSet<u64>>, ReadError> {
    let Some(row) = store.find(id)? else { return Ok(None) };
    let own = [Some(row.decision), row.outcome, row.late, row.missing];
    let mut indexes: BTreeSet<u64> = own.into_iter().flatten().collect();
    let Record::Decision(decision) = store.read(row.decision)?.leaf.record else {
        return Ok(Some(indexes));
    };
    if let Some(approval) = &decision.approval
        && let Some((asked, trail)) = store.find_approval(approval.id(), TRAIL)?
    {
        indexes.insert(asked.opened);
        indexes.extend(trail);
    }
    Ok(Some(indexes))
}

/// Returns a checkpoint that covers a record: one that a witness cosigned, where it reaches so far.
pub(crate) fn checkpoint_over(store: &Store, index: u64) -> Result<Arc<Published>, ReadError> {
    match store.cosigned().filter(|cosigned| cosigned.head.size > index) {
        Some(cosigned) => Ok(cosigned),
        None => store.checkpoint_over(index, PATIENCE),
    }
}

pub(crate) fn proved(
    store: &Store,
    indexes: &BTreeSet<u64>,
    size: u64,
) -> Result<Vec<Proved>, ReadError> {
    let prove = |&index: &u64| {
        let leaf = String::from_utf8(store.leaf_bytes(index)?);
        let leaf = leaf.map_err(|_| ReadError::Changed(index))?;
        Ok(Proved { index, leaf, path: store.inclusion(index, size)? })
    };
    indexes.iter().map(prove).collect()
}

fn write(
    subject: Subject,
    checkpoint: &Published,
    records: Vec<Proved>,
) -> Result<String, ProofError> {
    let proof = ProofFile::new(subject, &checkpoint.text, records);
    let proof = proof.map_err(|error| EventsError::Unreadable(error.to_string()))?;
    Ok(proof.to_string())
}
