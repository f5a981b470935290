//! Whom a record is about.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::{DecisionApproval, Leaf, Record};
use syndic_model::EventId;

/// Whom a record is about, as far as it says.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The agent.
    pub agent: Option<&'a str>,
    /// The agents it acts for.
    pub chain: &'a [String],
    /// The user, by keyed pseudonym.
    pub user_ref: Option<&'a str>,
    /// The session.
    pub session: Option<&'a str>,
    /// The action or the request for approval, where a record names that and nothing else.
    pub action: Option<&'a str>,
}

impl<'a> About<'a> {
    /// Tells whom a record is about. Records that only name an action, as its outcome does, come after its decision:
    /// where that is held, they are too, since the ledger is dropped from its beginning. See `Decided` where the
    /// decision is at hand.
    #[must_use]
    pub fn record(record: &'a Record) -> Self {
        let of = |agent: &'a str| Self { agent: Some(agent), ..Self::default() };
        let later = |action: &'a str| Self { action: Some(action), ..Self::default() };
        match record {
            Record::Decision(decision) => Self {
                agent: Some(&decision.agent),
                chain: &decision.chain,
                user_ref: decision.user_ref.as_deref(),
                session: decision.session.as_deref(),
                action: None,
            },
            Record::Audited(audited) => Self {
                user_ref: audited.user_ref.as_deref(),
                session: audited.session.as_deref(),
                ..of(&audited.agent)
            },
            Record::Outcome(outcome) => later(&outcome.id),
            Record::OutcomeMissing(missing) => later(&missing.id),
            Record::ApprovalVoted(voted) => later(&voted.id),
            Record::ApprovalEnded(ended) => later(&ended.id),
            Record::ApprovalNotified(notified) => later(&notified.id),
            Record::ApprovalViewed(viewed) => later(&viewed.id),
            Record::SessionOpened(opened) => {
                Self { session: Some(&opened.session), ..of(&opened.agent) }
            }
            Record::AgentSuspended(switched) | Record::AgentResumed(switched) => {
                of(&switched.agent)
            }
            Record::AgentPromoted(promoted) => of(&promoted.agent),
            Record::BreakGlassAsked(asked) => of(&asked.agent),
            Record::ToolsOffered(offered) => of(&offered.agent),
            Record::Anomaly(anomaly) => of(&anomaly.agent),
            Record::StatementMade(made) => of(&made.agent),
            Record::StatementWithdrawn(withdrawn) => of(&withdrawn.agent),
            Record::ReportMade(made) => of(&made.agent),
            Record::ChecklistJudged(judged) => of(&judged.agent),
            Record::IncidentOpened(opened) => of(&opened.agent),
            Record::IncidentUpdated(updated) => of(&updated.agent),
            Record::IncidentClosed(closed) => of(&closed.agent),
            Record::DrillRan(drill) => Self { agent: drill.agent.as_deref(), ..Self::default() },
            Record::UserRedacted(redacted) => {
                Self { user_ref: Some(&redacted.user_ref), ..Self::default() }
            }
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::BreakGlassOpened(_)
            | Record::BreakGlassReviewed(_)
            | Record::LogKeyRotated(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::CallsCounted(_) => Self::default(),
        }
    }
}

/// Whom decisions are about, for the records that come after them.
#[derive(Debug, Default)]
pub(crate) struct Decided(HashMap<String, Arc<Whom>>);

#[derive(Debug)]
struct Whom {
    agent: String,
    chain: Vec<String>,
    user_ref: Option<String>,
    session: Option<String>,
}

impl Decided {
    /// Keeps whom a leaf is about, if it is of a decision.
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        let Record::Decision(decision) = &leaf.record else { return };
        let whom = Arc::new(Whom {
            agent: decision.agent.clone(),
            chain: decision.chain.clone(),
            user_ref: decision.user_ref.clone(),
            session: decision.session.clone(),
        });
        if let Some(DecisionApproval::Opened(opened)) = &decision.approval {
            self.0.insert(opened.id.clone(), whom.clone());
        }
        self.0.insert(decision.id.clone(), whom);
    }

    /// Tells whom a record is about; one that names an action, as its decision says.
    pub(crate) fn about<'a>(&'a self, record: &'a Record) -> About<'a> {
        let about = About::record(record);
        let Some(whom) = about.action.and_then(|action| self.0.get(action)) else { return about };
        About {
            agent: Some(&whom.agent),
            chain: &whom.chain,
            user_ref: whom.user_ref.as_deref(),
            session: whom.session.as_deref(),
            action: None,
        }
    }
}

/// Returns when an id was drawn: a version 7 UUID begins with milliseconds.
pub(crate) fn drawn(id: &str) -> Option<Timestamp> {
    let id: EventId = id.parse().ok()?;
    let (millis, _) = id.as_bytes().split_first_chunk::<6>()?;
    let millis = millis.iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte));
    Timestamp::from_millisecond(millis).ok()
}
