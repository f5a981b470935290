//! Which record completes which event: every event once, in the order of the records that complete them.
//!
//! An event is complete at a denial, at the outcome, at the end of the request for approval that held it, and when its
//! outcome is overdue. An outcome that comes after that is an event of its own.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use syndic_ledger::{Decision, DecisionApproval, Hash, Leaf, Outcome, Record};
use syndic_model::AuditEvent;
use syndic_store::{Ended, ReadError, Store, Stored, audit_event};

use crate::format::Placement;
use crate::sinks::recent::Recent;

/// How many decisions whose end is awaited are kept in mind; the ends of others are looked up in the index.
const MOST_OPEN: usize = 65_536;
/// How many records are read at once where a request for approval began before what is in mind.
const BATCH: u64 = 1024;

/// An event, and where it stands.
#[derive(Debug)]
pub(crate) struct Complete {
    pub(crate) event: AuditEvent,
    pub(crate) placement: Placement,
    /// The record of its decision.
    pub(crate) decision: u64,
}

/// Puts events together from records in order.
#[derive(Debug)]
pub(crate) struct Assembler {
    /// The log's name.
    origin: String,
    /// Every decision from this record on was seen, and those before that were open.
    whole_from: u64,
    /// Allowed actions whose outcome is awaited: the record of each, by id.
    awaited: HashMap<String, u64>,
    /// Held actions by the request for approval they wait for.
    held: BTreeMap<String, Vec<u64>>,
    held_count: usize,
    recent: Recent,
}

impl Assembler {
    /// Begins at record `whole_from`, with nothing open.
    pub(crate) fn new(origin: String, whole_from: u64) -> Self {
        Self {
            origin,
            whole_from,
            awaited: HashMap::new(),
            held: BTreeMap::new(),
            held_count: 0,
            recent: Recent::default(),
        }
    }

    /// Tells from which record on every decision was seen.
    pub(crate) const fn whole_from(&self) -> u64 {
        self.whole_from
    }

    /// Returns the records of the decisions that are open, in no order.
    pub(crate) fn open(&self) -> impl Iterator<Item = u64> {
        self.awaited.values().copied().chain(self.held.values().flatten().copied())
    }

    /// Takes up a decision that was open.
    pub(crate) fn resume(&mut self, leaf: &Leaf) {
        if let Record::Decision(decision) = &leaf.record {
            self.is_open(decision, leaf.i);
        }
    }

    /// Takes the next record, and returns the events that it completes. After an error nothing has changed: it may be
    /// given again.
    pub(crate) fn take(
        &mut self,
        store: &Store,
        stored: Stored,
        hash: Hash,
    ) -> Result<Vec<Complete>, ReadError> {
        let index = stored.leaf.i;
        let failed = is_failed(&stored.leaf.record);
        let complete = match &stored.leaf.record {
            Record::Decision(decision) => {
                if self.is_open(decision, index) {
                    self.recent.keep(stored);
                    return Ok(Vec::new());
                }
                self.at_once(&stored)
            }
            Record::Outcome(outcome) => self.at_outcome(store, outcome, &stored)?,
            Record::OutcomeMissing(missing) => self.overdue(store, &missing.id)?,
            Record::ApprovalVoted(voted) => match &voted.ended {
                Some(status) => self.at_end(store, &voted.id, status, index)?,
                None => Vec::new(),
            },
            Record::ApprovalEnded(ended) => self.at_end(store, &ended.id, &ended.status, index)?,
            Record::UserRedacted(_) => {
                // What is erased goes nowhere any more.
                self.recent.forget();
                Vec::new()
            }
            // A whole event by itself.
            Record::Audited(_) => self.at_once(&stored),
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::SessionOpened(_)
            | Record::AgentSuspended(_)
            | Record::AgentResumed(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::ApprovalNotified(_)
            | Record::ApprovalViewed(_)
            | Record::BreakGlassAsked(_)
            | Record::BreakGlassOpened(_)
            | Record::BreakGlassReviewed(_)
            | Record::ToolsOffered(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::CallsCounted(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => Vec::new(),
        };
        let placed = complete.into_iter().map(|(event, decision)| {
            let completes = event.metadata.get("completes").and_then(|id| id.as_str());
            let placement = Placement {
                index,
                leaf_hash: hash,
                origin: self.origin.clone(),
                completes: completes.map(str::to_owned),
                failed,
            };
            Complete { event, placement, decision }
        });
        Ok(placed.collect())
    }

    /// Takes note of a decision whose end is awaited; false where it is complete by itself.
    fn is_open(&mut self, decision: &Decision, index: u64) -> bool {
        if decision.allowed {
            if decision.args_digest.is_some() && self.awaited.len() < MOST_OPEN {
                self.awaited.insert(decision.id.clone(), index);
            }
            return decision.args_digest.is_some();
        }
        let Some(DecisionApproval::Opened(_) | DecisionApproval::Joined(_)) = &decision.approval
        else {
            return false;
        };
        if self.held_count >= MOST_OPEN {
            // They are found by reading from their request on.
            self.whole_from = self.whole_from.max(index + 1);
        } else if let Some(approval) = &decision.approval {
            let held = self.held.entry(approval.id().to_owned()).or_default();
            if !held.contains(&index) {
                held.push(index);
                self.held_count += 1;
            }
        }
        true
    }

    fn at_once(&self, stored: &Stored) -> Vec<(AuditEvent, u64)> {
        let status = status_at_once(stored);
        let ended = Ended { approval_status: status, ..Ended::default() };
        audit_event(stored, &ended).map(|event| (event, stored.leaf.i)).into_iter().collect()
    }

    fn at_outcome(
        &mut self,
        store: &Store,
        outcome: &Outcome,
        stored: &Stored,
    ) -> Result<Vec<(AuditEvent, u64)>, ReadError> {
        let Some(decision) = self.decision(store, &outcome.id)? else { return Ok(Vec::new()) };
        let index = decision.leaf.i;
        let ended = Ended {
            outcome: Some(stored),
            is_overdue: outcome.late,
            approval_status: status_at_once(&decision),
        };
        let mut event = audit_event(&decision, &ended);
        if let Some(event) = event.as_mut().filter(|_| outcome.late) {
            let first = std::mem::replace(&mut event.event_id, format!("{}-late", outcome.id));
            event.metadata.insert("completes".to_owned(), json!(first));
        }
        self.awaited.remove(&outcome.id);
        self.recent.drop(index);
        Ok(event.map(|event| (event, index)).into_iter().collect())
    }

    fn overdue(&mut self, store: &Store, id: &str) -> Result<Vec<(AuditEvent, u64)>, ReadError> {
        let Some(decision) = self.decision(store, id)? else { return Ok(Vec::new()) };
        let approval_status = status_at_once(&decision);
        let ended = Ended { is_overdue: true, approval_status, ..Ended::default() };
        let event = audit_event(&decision, &ended).map(|event| (event, decision.leaf.i));
        self.awaited.remove(id);
        self.recent.drop(decision.leaf.i);
        Ok(event.into_iter().collect())
    }

    /// Ends what a request for approval held.
    fn at_end(
        &mut self,
        store: &Store,
        approval: &str,
        status: &str,
        end: u64,
    ) -> Result<Vec<(AuditEvent, u64)>, ReadError> {
        let mut held = self.held.get(approval).cloned().unwrap_or_default();
        self.before_in_mind(store, approval, end, &mut held)?;
        held.sort_unstable();
        held.dedup();
        let mut complete = Vec::new();
        for index in &held {
            let Some(decision) = self.read(store, *index)? else { continue };
            let ended = Ended { approval_status: Some(status), ..Ended::default() };
            complete.extend(audit_event(&decision, &ended).map(|event| (event, *index)));
        }
        let in_mind = self.held.remove(approval).unwrap_or_default();
        self.held_count = self.held_count.saturating_sub(in_mind.len());
        in_mind.into_iter().for_each(|index| self.recent.drop(index));
        Ok(complete)
    }

    /// Finds what a request held before everything was in mind: after a replay, or where it begins in the middle.
    fn before_in_mind(
        &self,
        store: &Store,
        approval: &str,
        end: u64,
        held: &mut Vec<u64>,
    ) -> Result<(), ReadError> {
        if self.whole_from == 0 {
            return Ok(());
        }
        let Some((row, _)) = store.find_approval(approval, 0)? else { return Ok(()) };
        let mut next = row.opened.max(store.first_index());
        let until = self.whole_from.min(end);
        while next < until {
            let leaves = store.leaves(next, BATCH.min(until - next))?;
            let Some(last) = leaves.last() else { break };
            next = last.i + 1;
            held.extend(leaves.iter().filter(|leaf| is_held_by(leaf, approval)).map(|leaf| leaf.i));
        }
        Ok(())
    }

    /// Reads the decision of an action; none where it was dropped.
    fn decision(&mut self, store: &Store, id: &str) -> Result<Option<Stored>, ReadError> {
        let index = match self.awaited.get(id) {
            Some(index) => *index,
            None => match store.find(id)? {
                Some(row) => row.decision,
                None => return Ok(None),
            },
        };
        self.read(store, index)
    }

    fn read(&mut self, store: &Store, index: u64) -> Result<Option<Stored>, ReadError> {
        if let Some(stored) = self.recent.find(index) {
            return Ok(Some(stored));
        }
        match store.read(index) {
            Ok(stored) => Ok(Some(stored)),
            Err(ReadError::Pruned(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Tells whether a record says that what ran failed; of a function that was audited, that it panicked or was cancelled too.
fn is_failed(record: &Record) -> bool {
    if let Record::Outcome(outcome) = record {
        outcome.status == "error"
    } else if let Record::Audited(audited) = record {
        audited.allowed && audited.status != "ok"
    } else {
        false
    }
}

/// Tells whether a record's parts are needed.
pub(crate) const fn is_opened(record: &Record) -> bool {
    matches!(record, Record::Decision(_) | Record::Outcome(_) | Record::Audited(_))
}

/// Tells what became of the request behind a decision that waits for none.
fn status_at_once(stored: &Stored) -> Option<&'static str> {
    let Record::Decision(decision) = &stored.leaf.record else { return None };
    match &decision.approval {
        Some(DecisionApproval::Used(_)) => Some("approved"),
        Some(DecisionApproval::Refused(_)) => Some("rejected"),
        Some(DecisionApproval::Opened(_) | DecisionApproval::Joined(_)) | None => None,
    }
}

fn is_held_by(leaf: &Leaf, approval: &str) -> bool {
    let Record::Decision(decision) = &leaf.record else { return false };
    let waits = match &decision.approval {
        Some(DecisionApproval::Opened(opened)) => opened.id == approval,
        Some(DecisionApproval::Joined(id)) => id == approval,
        Some(DecisionApproval::Used(_) | DecisionApproval::Refused(_)) | None => false,
    };
    waits && !decision.allowed
}
