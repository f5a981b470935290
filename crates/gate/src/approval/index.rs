//! Requests that are out of mind, read from the ledger again.

use syndic_ledger::{DecisionApproval, PartName, Record};
use syndic_model::{ApprovalId, Vote};
use syndic_store::{ApprovalRow, ReadError, Store, Stored};
use thiserror::Error;

use crate::approval::Held;
use crate::approval::held::cast;
use crate::events::EventsError;

/// The most records about one request that are read.
pub(crate) const MOST_TRAIL: usize = 1000;

/// Says why a request cannot be told.
#[derive(Debug, Error)]
pub enum ApprovalError {
    /// There is none.
    #[error("there is no approval `{0}`; `syndic approvals list` shows those there are")]
    Unknown(ApprovalId),
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
}

/// A request as the ledger tells it, with every record about it.
pub(crate) struct Found {
    pub(crate) held: Held,
    pub(crate) row: ApprovalRow,
    pub(crate) decision: Stored,
    /// Oldest first.
    pub(crate) trail: Vec<Stored>,
}

/// Reads a request; nothing where there is none.
pub(crate) fn find(store: &Store, id: ApprovalId) -> Result<Option<Found>, ReadError> {
    let Some((row, trail)) = store.find_approval(&id.to_string(), MOST_TRAIL)? else {
        return Ok(None);
    };
    let decision = store.read(row.opened)?;
    let trail: Vec<Stored> =
        trail.into_iter().map(|index| store.read(index)).collect::<Result<_, _>>()?;
    Ok(replayed(&decision, &trail).map(|held| Found { held, row, decision, trail }))
}

/// Puts a request together from its records.
pub(crate) fn replayed(decision: &Stored, trail: &[Stored]) -> Option<Held> {
    let at = decision.leaf.at;
    let Record::Decision(decided) = &decision.leaf.record else { return None };
    let Some(DecisionApproval::Opened(opened)) = &decided.approval else { return None };
    let mut held = Held::read(decided, opened, at)?;
    for stored in trail {
        step(&mut held, stored);
    }
    held.show();
    Some(held)
}

fn step(held: &mut Held, stored: &Stored) {
    let at = stored.leaf.at;
    match &stored.leaf.record {
        Record::ApprovalVoted(voted) => {
            if let Some(cast) = cast(voted, at) {
                held.approval.apply(cast);
            }
            if voted.vote == Vote::Reject.as_str() {
                held.reason = stored
                    .value(PartName::Reason)
                    .and_then(|reason| reason.as_str().map(str::to_owned));
            }
        }
        Record::ApprovalEnded(ended) => {
            if let Ok(status) = ended.status.parse() {
                let _first_end_stands = held.approval.end(status, at);
            }
        }
        Record::Decision(decision) => {
            if let (Some(DecisionApproval::Used(_)), Ok(event)) =
                (&decision.approval, decision.id.parse())
            {
                held.approval.used_by(event);
            }
        }
        Record::Started(_)
        | Record::PolicyLoaded(_)
        | Record::PolicyProposed(_)
        | Record::AgentPromoted(_)
        | Record::Outcome(_)
        | Record::OutcomeMissing(_)
        | Record::Audited(_)
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
        | Record::UserRedacted(_)
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
        | Record::IncidentClosed(_) => {}
    }
}
