//! What an incident is told with: what happened to the agent, and proofs of the records of it.

use std::collections::BTreeSet;

use syndic_ledger::{ProofFile, Subject};
use syndic_store::{ReadError, Store};
use thiserror::Error;

use super::{IncidentError, IncidentView};
use crate::Gate;
use crate::about::Decided;
use crate::events::EventsError;
use crate::live::{Happened, Known};
use crate::proof::{checkpoint_over, proved};

/// The most records that are told, the newest of them, and the most that are proved.
const MOST_TOLD: usize = 10_000;
const MOST_PROVED: usize = 1_000;
/// How many are read at once.
const AT_ONCE: u64 = 1_000;

/// See the module.
#[derive(Debug, Clone)]
pub struct IncidentBundle {
    /// The incident.
    pub incident: IncidentView,
    /// What happened to the agent since the incident's records are held, oldest first.
    pub timeline: Vec<Happened>,
    /// How many records before those are left out.
    pub left_out: u64,
    /// Proofs of the incident's own records, and of the newest of the timeline.
    pub proofs: Vec<ProvedRecord>,
    /// The signed checkpoint that they are proved by.
    pub checkpoint: String,
    /// The keys that verify it, the current one first.
    pub keys: Vec<String>,
}

/// A record with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedRecord {
    /// Its place in the ledger.
    pub index: u64,
    /// A proof file, which `syndic-verify` checks offline.
    pub proof: String,
}

/// Says why an incident is not told.
#[derive(Debug, Error)]
pub enum IncidentBundleError {
    /// There is none.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
}

impl Gate {
    /// Tells an incident with all that happened to the agent since its records are held. Reads all of those.
    ///
    /// # Errors
    /// When there is no such incident, or the ledger cannot be read.
    pub async fn incident_bundle(&self, id: &str) -> Result<IncidentBundle, IncidentBundleError> {
        let incident = self.incident(id)?;
        let keys = self.log_keys();
        let own = incident.clone();
        let read = self.reading(move |store| {
            let (timeline, left_out) = timeline(store, &own)?;
            let newest = timeline.iter().rev().take(MOST_PROVED).map(|happened| happened.index);
            let records: BTreeSet<u64> = own.records().chain(newest).collect();
            let last = records.last().copied().unwrap_or_default();
            let checkpoint = checkpoint_over(store, last)?;
            let proved = proved(store, &records, checkpoint.head.size)?;
            Ok((timeline, left_out, proved, checkpoint.text.clone()))
        });
        let (timeline, left_out, proved, checkpoint) = read.await?;
        let proofs = proved.into_iter().map(|one| {
            let index = one.index;
            let file = ProofFile::new(Subject::Record(index), &checkpoint, vec![one]);
            let file = file.map_err(|error| EventsError::Unreadable(error.to_string()))?;
            Ok(ProvedRecord { index, proof: file.to_string() })
        });
        let proofs = proofs.collect::<Result<_, EventsError>>()?;
        Ok(IncidentBundle { incident, timeline, left_out, proofs, checkpoint, keys })
    }
}

impl IncidentView {
    /// Returns where its own records are.
    fn records(&self) -> impl Iterator<Item = u64> + '_ {
        let updates = self.updates.iter().map(|(index, ..)| *index);
        let closed = self.closed.iter().map(|(index, ..)| *index);
        std::iter::once(self.record).chain(updates).chain(closed)
    }
}

/// Reads what happened to the agent from the time on that its records are held; of too much the newest.
fn timeline(store: &Store, incident: &IncidentView) -> Result<(Vec<Happened>, u64), ReadError> {
    let (agent, since) = (incident.opened.agent.as_str(), incident.opened.since);
    let (mut decided, mut known) = (Decided::default(), Known::default());
    let mut timeline = std::collections::VecDeque::new();
    let (mut left_out, mut next) = (0, store.first_index());
    let end = store.durable_index();
    while next < end {
        let leaves = store.leaves(next, AT_ONCE.min(end - next))?;
        let Some(last) = leaves.last() else { break };
        next = last.i + 1;
        for leaf in &leaves {
            decided.see(leaf);
            let happened = known.tell(leaf);
            let about = decided.about(&leaf.record);
            let concerns = about.agent == Some(agent) || about.chain.iter().any(|one| one == agent);
            if !concerns || leaf.at < since {
                continue;
            }
            timeline.push_back(happened);
            if timeline.len() > MOST_TOLD {
                timeline.pop_front();
                left_out += 1;
            }
        }
    }
    Ok((timeline.into(), left_out))
}
