//! Dropping records whose time has come: whole segments, older than retention asks for, that nobody holds back.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{Record, SegmentsPruned};
use syndic_store::{Prunable, Store};
use thiserror::Error;

use crate::Gate;
use crate::about::About;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::retention::Holds;

/// How often it is tried again when somebody adds or releases a hold meanwhile.
const TRIES: usize = 3;

/// By whom it is done when nobody asked.
pub(crate) const BY_ITSELF: &str = "retention";

/// Copies one segment file to where it is kept, and checks what arrived; says why not. To do it twice does no harm.
pub type Archiver =
    dyn Fn(PathBuf) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// What was dropped, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruning {
    /// The time it was judged by.
    pub at: Timestamp,
    /// Records from this time on are kept.
    pub before: Timestamp,
    /// What may go, and what keeps the rest.
    pub found: Prunable,
    /// It is gone.
    pub dropped: bool,
    /// The record of it.
    pub record: Option<u64>,
}

/// Says why nothing was dropped.
#[derive(Debug, Error)]
pub enum PruneError {
    /// Nobody knows what is old.
    #[error("the host's clock went back; nothing is dropped until it is right again")]
    Clock,
    /// Holds came and went.
    #[error("holds were added or released meanwhile; try again")]
    Busy,
    /// Segments would be lost.
    #[error("`audit.archive` is set, and this program has no archive: nothing is dropped")]
    NoArchive,
    /// The archive does not have them.
    #[error("cannot archive a segment, so it is not dropped: {0}")]
    Archive(String),
    /// The segments cannot be read or dropped.
    #[error("cannot drop old segments")]
    Store(#[from] syndic_store::PruneError),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("dropping old segments was interrupted; it is finished at the next start")]
    Interrupted,
}

impl Gate {
    /// Drops the segments of which every record is older than retention asks for and none is held back; with `dry_run`,
    /// only tells which those are. What of them still governs stays, and so do their hashes.
    ///
    /// # Errors
    /// See [`PruneError`]. What was recorded and not yet removed is removed at the next start.
    pub async fn prune(&self, dry_run: bool, by: &str) -> Result<Pruning, PruneError> {
        let pruned = self.prune_before(Timestamp::MAX, dry_run, by).await?;
        if !dry_run {
            self.is_doubted.store(false, Ordering::Release);
            *self.not_dropped.lock() = None;
        }
        Ok(pruned)
    }

    /// Drops no record from `limit` on either.
    async fn prune_before(
        &self,
        limit: Timestamp,
        dry_run: bool,
        by: &str,
    ) -> Result<Pruning, PruneError> {
        let _one_at_a_time = self.removing.lock().await;
        for _ in 0..TRIES {
            let reading = self.read_clock();
            if !reading.sane {
                return Err(PruneError::Clock);
            }
            let days = self.governance().settings.audit.retention_days;
            let before = old(reading.now, days).min(limit);
            let holds = self.state().holds.clone();
            let found = self.prunable(before, holds.clone()).await?;
            let at = reading.now;
            let nothing = Pruning { at, before, found, dropped: false, record: None };
            if dry_run || found.segments == 0 {
                return Ok(nothing);
            }
            let archived = self.archive(found).await?;
            self.on_disk(move |store| store.carry(found.to)).await?;
            let record = SegmentsPruned {
                from: found.from,
                to: found.to,
                segments: found.segments,
                retention_days: days,
                archived,
                by: by.to_owned(),
            };
            if let Some(record) = self.record_pruning(record, &holds).await? {
                self.on_disk(move |store| store.prune(record)).await?;
                tracing::info!(from = found.from, to = found.to, by, "old segments are dropped");
                return Ok(Pruning { dropped: true, record: Some(record), ..nothing });
            }
        }
        Err(PruneError::Busy)
    }

    /// Returns the time from which on records are kept, unless the clock is wrong.
    pub(crate) fn too_old(&self) -> Option<Timestamp> {
        let reading = self.read_clock();
        let days = self.governance().settings.audit.retention_days;
        reading.sane.then(|| old(reading.now, days))
    }

    /// Drops what is due from before `before`, when nobody asks for it.
    pub(crate) async fn prune_by_itself(self: Arc<Self>, before: Timestamp) {
        if self.is_doubted.load(Ordering::Acquire) {
            tracing::warn!(
                now = %self.now(),
                "NO old segments are dropped: at a start the clock was more than 30 days ahead of the last record; if \
                 it is right, drop by hand once (`syndic audit prune`)"
            );
            return;
        }
        let pruned = self.prune_before(before, false, BY_ITSELF).await;
        *self.not_dropped.lock() = pruned.as_ref().err().map(ToString::to_string);
        if let Err(error) = pruned {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "old segments are not dropped"
            );
        }
    }

    /// Tells why records whose time has come are not dropped, as far as that is known.
    pub(crate) fn retention_trouble(&self) -> Option<String> {
        if self.is_doubted.load(Ordering::Acquire) {
            let why = "at a start the clock was more than 30 days ahead of the last record";
            return Some(why.to_owned());
        }
        self.not_dropped.lock().clone()
    }

    async fn prunable(&self, before: Timestamp, holds: Holds) -> Result<Prunable, PruneError> {
        let needed_from = self.sinks_need_from();
        self.on_disk(move |store| {
            store.prunable_below(before, needed_from, &mut |leaf| {
                holds.over(&About::record(&leaf.record), leaf.at).is_some()
            })
        })
        .await
    }

    /// Says where segments go before they are dropped; once.
    pub fn archive_with(&self, archiver: Arc<Archiver>) {
        drop(self.archiver.set(archiver));
    }

    /// Has every segment that is to be dropped archived, where that is asked for; tells whether it is.
    async fn archive(&self, found: Prunable) -> Result<bool, PruneError> {
        if self.governance().settings.audit.archive.is_none() {
            return Ok(false);
        }
        let archiver = self.archiver.get().ok_or(PruneError::NoArchive)?;
        let files = self.on_disk(move |store| store.segment_files(found.to)).await?;
        for file in files {
            archiver(file).await.map_err(PruneError::Archive)?;
        }
        Ok(true)
    }

    /// Writes the record, unless the holds are others than those that were looked at.
    async fn record_pruning(
        &self,
        pruned: SegmentsPruned,
        holds: &Holds,
    ) -> Result<Option<u64>, PruneError> {
        let slot = self.reserve()?;
        let pending = {
            let state = self.state();
            if state.holds != *holds {
                return Ok(None);
            }
            slot.enqueue(plain(Record::SegmentsPruned(pruned), self.now()))
        };
        Ok(Some(committed(pending).await?.get().index()))
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, syndic_store::PruneError> + Send + 'static,
    ) -> Result<T, PruneError> {
        let store = self.store();
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        Ok(done.map_err(|_| PruneError::Interrupted)??)
    }
}

fn old(now: Timestamp, days: u32) -> Timestamp {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;
    use syndic_ledger::{Leaf, Record};
    use syndic_model::CHANGE_TOOL;

    use crate::key::KeyRing;
    use crate::policy::History;
    use crate::state::State;

    fn decision(id: u32, action: &str, more: &serde_json::Value) -> serde_json::Value {
        let mut decision = json!({
            "id": format!("0198c0de-0000-7000-8000-{id:012}"), "agent": "support", "agent_version": "1",
            "action": action, "asked_by": "k1", "grade": "cooperative", "risk": "low", "mode": "enforce",
            "effect": "allow", "allowed": true, "revision": "r", "args_digest": "d", "session": "s1",
            "server": "shop", "tool_pin": format!("pin-{id}"),
        });
        let all = decision.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        json!({ "decision": decision })
    }

    fn outcome(id: u32) -> serde_json::Value {
        json!({"outcome": {"id": format!("0198c0de-0000-7000-8000-{id:012}"), "status": "ok"}})
    }

    /// One record of each kind that governs, with what does not between them.
    fn records() -> Vec<serde_json::Value> {
        let glass = "0198c0de-0000-7000-8000-00000000b6a5";
        let key = |id: &str| {
            json!({"key_created": {"id": id, "hash": "00", "role": "admin", "by": "bootstrap",
                "expires": "2027-12-01T00:00:00Z"}})
        };
        let hold = |id: &str| json!({"retention_hold_added": {"id": id, "agent": "support", "reason": "r", "by": "k1"}});
        let switched = |agent: &str| json!({"agent": agent, "reason": "r", "by": "k1"});
        vec![
            json!({"started": {"version": "1", "durability": "full"}}),
            json!({"policy_loaded": {"revision": "r1", "manifest": "m1", "count": 1, "environment": "prod", "by": "start"}}),
            json!({"policy_proposed": {"revision": "r2", "manifest": "m2", "against": "m1", "by": "k1", "loosens": [], "count": 1}}),
            key("k1"),
            key("k2"),
            json!({"key_revoked": {"id": "k2", "by": "k1"}}),
            json!({"session_opened": {"session": "s1", "agent": "support", "opened_by": "k1"}}),
            decision(1, "search", &json!({})),
            outcome(1),
            json!({"agent_suspended": switched("support")}),
            json!({"agent_suspended": switched("advisor")}),
            json!({"agent_resumed": switched("support")}),
            json!({"break_glass_asked": {"id": glass, "agent": "support", "person": "lead-1", "by": "k1",
                "reason": "r", "seconds": 900, "expires": "2026-11-22T10:15:00Z"}}),
            json!({"break_glass_opened": {"id": glass, "person": "lead-2", "by": "k1", "until": "2026-11-22T10:30:00Z"}}),
            decision(2, "issue_refund", &json!({"break_glass": [glass]})),
            outcome(2),
            json!({"tools_offered": {"agent": "support", "server": "shop", "count": 1, "digest": "d1", "by": "k1"}}),
            decision(3, CHANGE_TOOL, &json!({})),
            json!({"outcome_missing": {"id": format!("0198c0de-0000-7000-8000-{:012}", 3)}}),
            decision(4, CHANGE_TOOL, &json!({"effect": "hold", "allowed": false})),
            hold("h1"),
            hold("h2"),
            json!({"retention_hold_released": {"id": "h1", "reason": "r", "by": "k1"}}),
        ]
    }

    fn leaves() -> Vec<Leaf> {
        let leaf = |(i, record): (usize, serde_json::Value)| {
            let text =
                json!({"v": 1, "i": i, "at": "2026-11-22T10:00:00Z", "record": record}).to_string();
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
        };
        records().into_iter().enumerate().map(leaf).collect()
    }

    /// What of a gate that replayed `leaves` still matters half a year later.
    fn governs(leaves: &[Leaf]) -> [String; 7] {
        let (mut state, mut keys, mut history) =
            (State::default(), KeyRing::default(), History::default());
        for leaf in leaves {
            state.replay(leaf);
            keys.replay(leaf);
            history.replay(leaf);
        }
        let later = "2027-06-01T00:00:00Z".parse().unwrap();
        state.forget(later);
        state.forget_sessions(later);
        let accepted = [1, 2, 3, 4].map(|n| state.tools.is_accepted("shop", &format!("pin-{n}")));
        [
            format!("{:?}", state.suspended_names()),
            format!("{:?} {accepted:?}", state.tools.offers()),
            format!("{:?}", state.holds),
            format!("{:?}", state.break_glasses),
            format!("{:?} {:?}", state.open_actions(), state.overdue(later)),
            format!("{keys:?}"),
            format!("{history:?}"),
        ]
    }

    #[test]
    fn what_governs_is_the_same_from_what_outlives_retention_alone() {
        let all = leaves();
        let mut actions = HashSet::new();
        let mut carried = Vec::new();
        for leaf in &all {
            let outlives = leaf.record.outlives_retention();
            if let (true, Record::Decision(decision)) = (outlives, &leaf.record) {
                actions.insert(decision.id.clone());
            }
            if outlives || leaf.record.ends().is_some_and(|action| actions.contains(action)) {
                carried.push(leaf.clone());
            }
        }
        assert_eq!((all.len(), carried.len()), (23, 18));
        assert_eq!(governs(&carried), governs(&all));
    }
}
