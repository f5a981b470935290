//! What records are about, of which many name no more than the id of what came before.

use std::sync::Arc;

use lru::LruCache;
use syndic_ledger::{BreakGlassAsked, Decision, DecisionApproval, Leaf, Outcome, Record};

use super::happened::{Happened, text};

/// How many actions that may still have an outcome are kept in mind, and as many requests for approval.
const MOST_KNOWN: usize = 16_384;

/// What an action or a request for approval was about.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) agent: Arc<str>,
    pub(super) action: Option<Arc<str>>,
    pub(super) event_id: Option<Arc<str>>,
}

/// What later records are about that name no more than an id. Bounded: what is forgotten is told without its agent.
#[derive(Debug)]
pub(crate) struct Known {
    actions: LruCache<Arc<str>, About>,
    approvals: LruCache<Arc<str>, About>,
    break_glasses: LruCache<Arc<str>, About>,
}

impl Default for Known {
    fn default() -> Self {
        // Bounded by `remember`: a bound given here is paid for in advance.
        let unbounded = LruCache::unbounded;
        Self { actions: unbounded(), approvals: unbounded(), break_glasses: unbounded() }
    }
}

impl Known {
    /// Tells what a record is to people.
    pub(crate) fn tell(&mut self, leaf: &Leaf) -> Happened {
        let a = |kind| Happened { index: leaf.i, at: leaf.at, kind, ..Happened::default() };
        match &leaf.record {
            Record::Decision(it) => self.decided(a("decision"), it),
            Record::Audited(it) => a("audited").audited(it),
            Record::Outcome(it) => self.ended(a("outcome"), it),
            Record::OutcomeMissing(it) => {
                self.acted(a("outcome_missing").stands("missing"), &it.id)
            }
            Record::ApprovalVoted(it) => {
                let status = it.ended.as_deref().unwrap_or(&it.vote);
                self.asked(a("approval_voted").stands(status), &it.id)
            }
            Record::ApprovalEnded(it) => self.asked(a("approval_ended").stands(&it.status), &it.id),
            Record::ApprovalNotified(it) => {
                let status = if it.ok { "sent" } else { "failed" };
                self.asked(a("approval_notified").stands(status), &it.id)
            }
            Record::ApprovalViewed(it) => self.asked(a("approval_viewed"), &it.id),
            Record::BreakGlassAsked(it) => self.broken(a("break_glass_asked"), it),
            Record::BreakGlassOpened(it) => {
                a("break_glass_opened").about(self.break_glasses.get(&*it.id))
            }
            Record::BreakGlassReviewed(it) => {
                let about = self.break_glasses.get(&*it.id);
                a("break_glass_reviewed").because(&it.note).about(about)
            }
            Record::AgentSuspended(it) => a("agent_suspended").of(&it.agent).because(&it.reason),
            Record::AgentResumed(it) => a("agent_resumed").of(&it.agent).because(&it.reason),
            Record::AgentPromoted(it) => a("agent_promoted").of(&it.agent),
            Record::SessionOpened(it) => a("session_opened").of(&it.agent),
            Record::ToolsOffered(it) => a("tools_offered").of(&it.agent),
            Record::Anomaly(it) => {
                let reason = if it.told.is_empty() { &it.signal } else { &it.told };
                a("anomaly").of(&it.agent).stands(&it.status).because(reason)
            }
            Record::KeyCreated(it) => {
                a("key_created").of_any(it.holder.as_deref().filter(|_| it.role == "agent"))
            }
            Record::UserRedacted(it) => a("user_redacted").because(&it.reason),
            Record::RetentionHoldAdded(it) => {
                a("retention_hold_added").of_any(it.agent.as_deref()).because(&it.reason)
            }
            Record::RetentionHoldReleased(it) => a("retention_hold_released").because(&it.reason),
            Record::LogContinued(it) => a("log_continued").because(&it.reason),
            Record::SinkRejected(it) => a("sink_rejected").because(&it.reason),
            Record::StatementMade(it) => a("statement_made").of(&it.agent).because(&it.field),
            Record::StatementWithdrawn(it) => {
                a("statement_withdrawn").of(&it.agent).because(&it.reason)
            }
            Record::DrillRan(it) => {
                let status = if it.passed { "passed" } else { "failed" };
                a("drill_ran").of_any(it.agent.as_deref()).stands(status).because(&it.told)
            }
            Record::ReportMade(it) => a("report_made").of(&it.agent),
            Record::ChecklistJudged(it) => {
                let status = if it.count.passed { "passed" } else { "open" };
                a("checklist_judged").of(&it.agent).stands(status)
            }
            Record::IncidentOpened(it) => {
                a("incident_opened").of(&it.agent).stands(&it.class).because(&it.title)
            }
            Record::IncidentUpdated(it) => a("incident_updated").of(&it.agent).because(&it.note),
            Record::IncidentClosed(it) => a("incident_closed").of(&it.agent).because(&it.summary),
            Record::CallsCounted(_) => a("calls_counted"),
            Record::Started(_) => a("started"),
            Record::PolicyLoaded(_) => a("policy_loaded"),
            Record::PolicyProposed(_) => a("policy_proposed"),
            Record::KeyRevoked(_) => a("key_revoked"),
            Record::LogKeyRotated(_) => a("log_key_rotated"),
            Record::SegmentsPruned(_) => a("segments_pruned"),
        }
    }

    /// Tells what became of an action, of which nothing else will be told.
    fn ended(&mut self, happened: Happened, outcome: &Outcome) -> Happened {
        let about = self.actions.pop(&*outcome.id);
        let happened = Happened { event_id: text(&outcome.id), ..happened };
        happened.stands(&outcome.status).about(about.as_ref())
    }

    /// Tells something of the action with this id.
    fn acted(&mut self, happened: Happened, id: &str) -> Happened {
        Happened { event_id: text(id), ..happened }.about(self.actions.get(id))
    }

    /// Tells something of the request for approval with this id.
    fn asked(&mut self, happened: Happened, id: &str) -> Happened {
        Happened { approval_id: text(id), ..happened }.about(self.approvals.get(id))
    }

    /// Tells for whom a break-glass was asked, and keeps it in mind.
    fn broken(&mut self, happened: Happened, asked: &BreakGlassAsked) -> Happened {
        let about = About { agent: Arc::from(&*asked.agent), action: None, event_id: None };
        remember(&mut self.break_glasses, &Arc::from(&*asked.id), about.clone());
        happened.because(&asked.reason).about(Some(&about))
    }

    /// Tells what was decided, and keeps in mind what later records are about.
    fn decided(&mut self, happened: Happened, decision: &Decision) -> Happened {
        let (agent, id) = (Arc::from(&*decision.agent), Arc::from(&*decision.id));
        let action: Option<Arc<str>> = text(&decision.action);
        let about = About { agent, action, event_id: Some(Arc::clone(&id)) };
        let approval_id = decision.approval.as_ref().and_then(|one| text(one.id()));
        if let (Some(DecisionApproval::Opened(_)), Some(approval)) =
            (&decision.approval, &approval_id)
        {
            remember(&mut self.approvals, approval, about.clone());
        }
        if decision.allowed {
            remember(&mut self.actions, &id, about.clone());
        }
        let weighs = decision.violations.iter().find(|violation| !violation.shadow);
        Happened {
            effect: text(&decision.effect),
            approval_id,
            policy: weighs.and_then(|violation| text(&violation.policy)),
            ..happened.about(Some(&about))
        }
    }
}

fn remember(of: &mut LruCache<Arc<str>, About>, id: &Arc<str>, about: About) {
    of.put(Arc::clone(id), about);
    if of.len() > MOST_KNOWN {
        of.pop_lru();
    }
}
