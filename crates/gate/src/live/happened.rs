//! One record as people watch it: what happened to which agent, and nothing that could be erased.

use std::sync::Arc;

use jiff::Timestamp;
use lru::LruCache;
use syndic_ledger::{Decision, DecisionApproval, Leaf, Record};

/// How many actions that may still have an outcome are kept in mind, and as many requests for approval.
const MOST_KNOWN: usize = 16_384;

/// One record as people watch it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Happened {
    /// Its position in the ledger.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// What kind of record, as in the ledger: `decision`, `outcome`, `approval_voted` and so on.
    pub kind: &'static str,
    /// The agent it is about; `*` for all.
    pub agent: Option<Arc<str>>,
    /// The action that the agent asked for.
    pub action: Option<Arc<str>>,
    /// The action's id.
    pub event_id: Option<Arc<str>>,
    /// The verdict.
    pub effect: Option<Arc<str>>,
    /// The request for approval.
    pub approval_id: Option<Arc<str>>,
    /// The policy that weighs most of those that stood in the way.
    pub policy: Option<Arc<str>>,
    /// Of an outcome, an approval, a vote or a message.
    pub status: Option<Arc<str>>,
    /// Why, in the words of the person who did it, where those are in clear in the ledger.
    pub reason: Option<Arc<str>>,
}

/// What an action or a request for approval was about.
#[derive(Debug, Clone)]
struct About {
    agent: Arc<str>,
    action: Option<Arc<str>>,
    event_id: Option<Arc<str>>,
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

fn remember(of: &mut LruCache<Arc<str>, About>, id: &Arc<str>, about: About) {
    of.put(Arc::clone(id), about);
    if of.len() > MOST_KNOWN {
        of.pop_lru();
    }
}

fn text(text: &str) -> Option<Arc<str>> {
    Some(Arc::from(text))
}

impl Happened {
    /// Every kind of record, by the name it has in the ledger.
    pub const KINDS: [&'static str; 38] = [
        "started",
        "policy_loaded",
        "policy_proposed",
        "agent_promoted",
        "decision",
        "outcome",
        "outcome_missing",
        "audited",
        "session_opened",
        "agent_suspended",
        "agent_resumed",
        "key_created",
        "key_revoked",
        "approval_voted",
        "approval_ended",
        "approval_notified",
        "approval_viewed",
        "break_glass_asked",
        "break_glass_opened",
        "break_glass_reviewed",
        "tools_offered",
        "anomaly",
        "log_key_rotated",
        "user_redacted",
        "retention_hold_added",
        "retention_hold_released",
        "segments_pruned",
        "log_continued",
        "sink_rejected",
        "statement_made",
        "statement_withdrawn",
        "drill_ran",
        "calls_counted",
        "report_made",
        "checklist_judged",
        "incident_opened",
        "incident_updated",
        "incident_closed",
    ];

    fn about(mut self, about: Option<&About>) -> Self {
        if let Some(about) = about {
            self.agent = Some(Arc::clone(&about.agent));
            self.action.clone_from(&about.action);
            self.event_id = self.event_id.or_else(|| about.event_id.clone());
        }
        self
    }
}

impl Known {
    /// Tells what a record is to people.
    pub(crate) fn tell(&mut self, leaf: &Leaf) -> Happened {
        let of = |kind| Happened { index: leaf.i, at: leaf.at, kind, ..Happened::default() };
        match &leaf.record {
            Record::Decision(decision) => self.decided(of("decision"), decision),
            Record::Audited(audited) => {
                let weighs = audited.violations.first();
                Happened {
                    agent: text(&audited.agent),
                    action: text(&audited.action),
                    event_id: text(&audited.id),
                    effect: text(audited.effect()),
                    policy: weighs.and_then(|violation| text(&violation.policy)),
                    status: text(&audited.status),
                    ..of("audited")
                }
            }
            Record::Outcome(outcome) => Happened {
                event_id: text(&outcome.id),
                status: text(&outcome.status),
                ..of("outcome").about(self.actions.pop(&*outcome.id).as_ref())
            },
            Record::OutcomeMissing(missing) => Happened {
                event_id: text(&missing.id),
                status: text("missing"),
                ..of("outcome_missing").about(self.actions.get(&*missing.id))
            },
            Record::ApprovalVoted(voted) => Happened {
                approval_id: text(&voted.id),
                status: text(voted.ended.as_deref().unwrap_or(&voted.vote)),
                ..of("approval_voted").about(self.approvals.get(&*voted.id))
            },
            Record::ApprovalEnded(ended) => Happened {
                approval_id: text(&ended.id),
                status: text(&ended.status),
                ..of("approval_ended").about(self.approvals.get(&*ended.id))
            },
            Record::ApprovalNotified(notified) => Happened {
                approval_id: text(&notified.id),
                status: text(if notified.ok { "sent" } else { "failed" }),
                ..of("approval_notified").about(self.approvals.get(&*notified.id))
            },
            Record::ApprovalViewed(viewed) => Happened {
                approval_id: text(&viewed.id),
                ..of("approval_viewed").about(self.approvals.get(&*viewed.id))
            },
            Record::BreakGlassAsked(asked) => {
                let about = About { agent: Arc::from(&*asked.agent), action: None, event_id: None };
                remember(&mut self.break_glasses, &Arc::from(&*asked.id), about.clone());
                let happened = of("break_glass_asked").about(Some(&about));
                Happened { reason: text(&asked.reason), ..happened }
            }
            Record::BreakGlassOpened(opened) => {
                of("break_glass_opened").about(self.break_glasses.get(&*opened.id))
            }
            Record::BreakGlassReviewed(reviewed) => Happened {
                reason: text(&reviewed.note),
                ..of("break_glass_reviewed").about(self.break_glasses.get(&*reviewed.id))
            },
            Record::AgentSuspended(switched) => Happened {
                agent: text(&switched.agent),
                reason: text(&switched.reason),
                ..of("agent_suspended")
            },
            Record::AgentResumed(switched) => Happened {
                agent: text(&switched.agent),
                reason: text(&switched.reason),
                ..of("agent_resumed")
            },
            Record::AgentPromoted(promoted) => {
                Happened { agent: text(&promoted.agent), ..of("agent_promoted") }
            }
            Record::SessionOpened(opened) => {
                Happened { agent: text(&opened.agent), ..of("session_opened") }
            }
            Record::ToolsOffered(offered) => {
                Happened { agent: text(&offered.agent), ..of("tools_offered") }
            }
            Record::Anomaly(anomaly) => Happened {
                agent: text(&anomaly.agent),
                status: text(&anomaly.status),
                reason: text(if anomaly.told.is_empty() { &anomaly.signal } else { &anomaly.told }),
                ..of("anomaly")
            },
            Record::KeyCreated(created) => {
                let holder = created.holder.as_deref().filter(|_| created.role == "agent");
                Happened { agent: holder.and_then(text), ..of("key_created") }
            }
            Record::UserRedacted(redacted) => {
                Happened { reason: text(&redacted.reason), ..of("user_redacted") }
            }
            Record::RetentionHoldAdded(hold) => Happened {
                agent: hold.agent.as_deref().and_then(text),
                reason: text(&hold.reason),
                ..of("retention_hold_added")
            },
            Record::RetentionHoldReleased(released) => {
                Happened { reason: text(&released.reason), ..of("retention_hold_released") }
            }
            Record::LogContinued(continued) => {
                Happened { reason: text(&continued.reason), ..of("log_continued") }
            }
            Record::SinkRejected(rejected) => {
                Happened { reason: text(&rejected.reason), ..of("sink_rejected") }
            }
            Record::StatementMade(made) => Happened {
                agent: text(&made.agent),
                reason: text(&made.field),
                ..of("statement_made")
            },
            Record::StatementWithdrawn(withdrawn) => Happened {
                agent: text(&withdrawn.agent),
                reason: text(&withdrawn.reason),
                ..of("statement_withdrawn")
            },
            Record::DrillRan(drill) => Happened {
                agent: drill.agent.as_deref().and_then(text),
                status: text(if drill.passed { "passed" } else { "failed" }),
                reason: text(&drill.told),
                ..of("drill_ran")
            },
            Record::ReportMade(made) => Happened { agent: text(&made.agent), ..of("report_made") },
            Record::ChecklistJudged(judged) => Happened {
                agent: text(&judged.agent),
                status: text(if judged.count.passed { "passed" } else { "open" }),
                ..of("checklist_judged")
            },
            Record::IncidentOpened(opened) => Happened {
                agent: text(&opened.agent),
                status: text(&opened.class),
                reason: text(&opened.title),
                ..of("incident_opened")
            },
            Record::IncidentUpdated(updated) => Happened {
                agent: text(&updated.agent),
                reason: text(&updated.note),
                ..of("incident_updated")
            },
            Record::IncidentClosed(closed) => Happened {
                agent: text(&closed.agent),
                reason: text(&closed.summary),
                ..of("incident_closed")
            },
            Record::CallsCounted(_) => of("calls_counted"),
            Record::Started(_) => of("started"),
            Record::PolicyLoaded(_) => of("policy_loaded"),
            Record::PolicyProposed(_) => of("policy_proposed"),
            Record::KeyRevoked(_) => of("key_revoked"),
            Record::LogKeyRotated(_) => of("log_key_rotated"),
            Record::SegmentsPruned(_) => of("segments_pruned"),
        }
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

#[cfg(test)]
mod tests {
    use syndic_ledger::Record;

    use super::Happened;

    #[test]
    fn every_kind_of_record_has_the_name_it_has_in_the_ledger() {
        let told = serde_json::from_str::<Record>(r#"{"?": {}}"#).unwrap_err().to_string();
        let (_, names) = told.split_once("expected one of ").unwrap();
        let (names, _) = names.split_once(" at line").unwrap();
        let names: Vec<_> = names.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(names, Happened::KINDS);
    }
}
